//! `xlsform`: instruments to and from the spreadsheets of other survey programs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::{data, say};
use crate::instruments::{Shelf, xlsform};

/// What can be done with a form.
#[derive(Debug, Subcommand)]
pub(crate) enum Xlsform {
    /// Turn a form into a draft of an instrument, and list what did not map, cell by cell.
    #[command(after_help = "Example: miradouro xlsform import form.xlsx --out my_survey.toml")]
    Import(Import),
    /// Write an instrument as a form for other survey programs, such as ODK and Kobo.
    #[command(after_help = "Example: miradouro xlsform export pulse2 --out pulse2.xlsx\n\
                            Example: miradouro xlsform export --all --out forms")]
    Export(Export),
}

/// What `xlsform import` needs.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The form.
    #[arg(value_name = "FILE.xlsx")]
    form: PathBuf,
    /// Where the draft goes; a file of the form's own name, without it. It is never overwritten.
    #[arg(long, value_name = "NAME.toml")]
    out: Option<PathBuf>,
}

/// What `xlsform export` needs.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A file, or the name of an instrument that comes with the program.
    #[arg(value_name = "FILE-or-SLUG", required_unless_present = "all")]
    instrument: Option<String>,
    /// Every instrument that comes with the program.
    #[arg(long, requires = "out", conflicts_with = "instrument")]
    all: bool,
    /// Where the form goes (with --all, the folder); a file of the instrument's name, without it.
    #[arg(long, value_name = "FILE.xlsx")]
    out: Option<PathBuf>,
}

pub(crate) fn obey(with: Xlsform) -> Result<ExitCode> {
    match with {
        Xlsform::Import(with) => import(&with),
        Xlsform::Export(with) => export(&with),
    }
}

/// Exit code 2 when the draft has faults that somebody must mend.
fn import(with: &Import) -> Result<ExitCode> {
    let shown = with.form.display();
    let length =
        std::fs::metadata(&with.form).with_context(|| format!("could not open {shown}"))?.len();
    xlsform::weighed(length).with_context(|| shown.to_string())?;
    let bytes = std::fs::read(&with.form).with_context(|| format!("could not read {shown}"))?;
    let mut imported = xlsform::import(&bytes).with_context(|| shown.to_string())?;
    if let Some(slug) = with.out.as_deref().and_then(stem) {
        imported = imported.under(slug);
    }
    let own = || PathBuf::from(format!("{}.toml", imported.slug));
    let out = with.out.clone().unwrap_or_else(own);
    if out.exists() {
        bail!("{} is there already; choose another name with --out", out.display());
    }
    std::fs::write(&out, &imported.toml)
        .with_context(|| format!("could not write {}", out.display()))?;
    for left_out in &imported.left_out {
        say(&left_out.to_string());
    }
    let name = out.display().to_string();
    for fault in &imported.faults {
        say(&fault.show(&name));
    }
    let (listed, faults) = (imported.left_out.len(), imported.faults.len());
    say(&format!("{name}: a draft; {listed} things to look at above, {faults} faults"));
    let is_broken = imported.faults.iter().any(crate::instruments::Fault::is_error);
    Ok(if is_broken { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem().and_then(|stem| stem.to_str())
}

fn export(with: &Export) -> Result<ExitCode> {
    let shelf = Shelf::load(None);
    let Some(name) = &with.instrument else {
        let folder = with.out.clone().unwrap_or_default();
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("could not make the folder {}", folder.display()))?;
        for instrument in shelf.instruments() {
            write(instrument, &folder.join(format!("{}.xlsx", instrument.slug)))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let instrument = data::instrument(name)?;
    let own = || PathBuf::from(format!("{}.xlsx", instrument.slug));
    write(&instrument, &with.out.clone().unwrap_or_else(own))?;
    Ok(ExitCode::SUCCESS)
}

fn write(instrument: &crate::domain::instrument::Instrument, out: &Path) -> Result<()> {
    let bytes = xlsform::export(instrument)?;
    std::fs::write(out, bytes).with_context(|| format!("could not write {}", out.display()))?;
    say(&out.display().to_string());
    Ok(())
}
