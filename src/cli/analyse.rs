//! `analyse`: a plan of questions, answered from files on this machine.
//!
//! The numbers are raw: no gate stands before them, and whoever has the files could count
//! themselves. Nothing of it is on any page.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::analysis::plan::Plan;
use crate::analysis::{Data, analyse};

/// What `analyse` needs.
#[derive(Debug, Args)]
pub(crate) struct Analyse {
    /// A CSV file, or a folder of them when the checks name several.
    #[arg(long, value_name = "FILE-or-FOLDER")]
    data: PathBuf,
    /// The questions: {"checks": [{"id", "method", "params"}, …]}.
    #[arg(long, value_name = "PLAN.json")]
    plan: PathBuf,
    /// Write the answers here, and not to the screen.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn obey(with: &Analyse) -> Result<ExitCode> {
    let name = with.plan.display();
    let bytes = std::fs::read(&with.plan).with_context(|| format!("could not read {name}"))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8"))?;
    let plan = Plan::read(&text).with_context(|| format!("could not read {name}"))?;
    if !with.data.exists() {
        bail!("there is no file or folder {}", with.data.display());
    }
    let data = Data::read(&with.data, &plan);
    for odd in data.odd() {
        tracing::warn!("{odd}");
    }
    let answers = analyse(&plan, &data);
    let mut text = serde_json::to_vec_pretty(&answers)?;
    text.push(b'\n');
    match &with.out {
        Some(path) => std::fs::write(path, &text)
            .with_context(|| format!("could not write {}", path.display()))?,
        None => std::io::stdout().lock().write_all(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}
