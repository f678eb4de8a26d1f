//! `charts`: the catalogue as files, and the check that nothing in it is broken.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::catalogue::matrix::{Report, check, count};
use super::catalogue::page::{Drawn, drawn, drawn_apart, page};
use super::catalogue::{Catalogue, LOOKS, Wording, look, words};
use super::say;
use crate::charts::judge::{Image, image};
use crate::domain::text::Lang;
use crate::instruments::Shelf;
use crate::publish::csv;

/// How wide a picture is, in pixels.
const PICTURE: f64 = 1520.0;
/// How wide a picture on a contact sheet is, and how many stand beside each other.
const CONTACT: (f64, usize) = (640.0, 3);

/// What `charts` needs.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command")]
pub(super) struct Charts {
    /// The folder to write: a page, and beside it a folder of drawings and tables.
    #[arg(long, value_name = "FOLDER", required_unless_present = "check")]
    out: Option<PathBuf>,
    /// Only one chart of each kind, as in the documentation.
    #[arg(long)]
    kinds: bool,
    /// The languages; English without it, all of them for a check.
    #[arg(long, value_name = "LANG,LANG", value_delimiter = ',')]
    lang: Vec<Lang>,
    /// The looks: narrow, wide, projector, wall, wall-a2, and for grey printing wall-stripes and
    /// wall-a2-stripes; a wide page without it, all of them for a check.
    #[arg(long, value_name = "LOOK,LOOK", value_delimiter = ',')]
    look: Vec<String>,
    /// Write a picture (PNG) of each drawing too.
    #[arg(long)]
    png: bool,
    /// Write one picture with all drawings of a language on it.
    #[arg(long)]
    contact: bool,
    /// Words two fifths longer, as a translation may be.
    #[arg(long)]
    longer: bool,
    /// Draw and judge everything instead, and write nothing; an error when something is wrong.
    #[arg(long, conflicts_with_all = ["out", "png", "contact", "kinds", "longer"])]
    check: bool,
}

pub(super) fn obey(with: &Charts) -> Result<ExitCode> {
    let known = || LOOKS.map(|(name, _)| name);
    if let Some(unknown) = with.look.iter().find(|name| look(name).is_none()) {
        bail!("there is no look {unknown:?}; there are {}", known().join(", "));
    }
    let looks: Vec<&str> = with.look.iter().map(String::as_str).collect();
    match &with.out {
        Some(out) if !with.check => {
            let langs = if with.lang.is_empty() { vec![Lang::En] } else { with.lang.clone() };
            let looks = if looks.is_empty() { vec!["wide"] } else { looks };
            write(with, out, &langs, &looks)
        }
        Some(_) | None => {
            let langs =
                if with.lang.is_empty() { Lang::RESPONDENTS.to_vec() } else { with.lang.clone() };
            let looks = if looks.is_empty() { known().to_vec() } else { looks };
            checked(&langs, &looks)
        }
    }
}

fn write(with: &Charts, out: &Path, langs: &[Lang], looks: &[&str]) -> Result<ExitCode> {
    let wording = if with.longer { Wording::Long } else { Wording::Plain };
    let catalogue = Catalogue::invent(&Shelf::load(None), wording, 1)?;
    let chosen: Vec<_> = if with.kinds {
        catalogue.kinds().into_iter().map(|(kind, named)| (Some(kind), named)).collect()
    } else {
        catalogue.charts.iter().chain(&catalogue.withheld).map(|named| (None, named)).collect()
    };
    let folder = out.join("charts");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("could not make {}", folder.display()))?;
    let mut all = Vec::new();
    for lang in langs {
        let words = words(*lang, wording)?;
        let mut own: Vec<Drawn> = Vec::new();
        for name in looks {
            let look = look(name).with_context(|| format!("there is no look {name:?}"))?;
            // A file of the documentation has no language in its name.
            let only = langs.len() == 1 && looks.len() == 1;
            for (kind, named) in &chosen {
                let kind = kind.filter(|_| only);
                let chart = drawn(named, kind, (name, &look), *lang, &words);
                own.push(chart.with_context(|| format!("{} could not be drawn", named.name))?);
            }
            for apart in &catalogue.apart {
                let chart = drawn_apart(apart, only && with.kinds, (name, &look), *lang, &words);
                own.push(chart.with_context(|| format!("{} could not be drawn", apart.name))?);
            }
        }
        if with.contact {
            contact(&own, &out.join(format!("contact-{lang}.png")))?;
        }
        all.extend(own);
    }
    for chart in &all {
        let put =
            |end: &str, bytes: &[u8]| file(&folder.join(format!("{}.{end}", chart.name)), bytes);
        put("svg", chart.svg.xml.as_bytes())?;
        put("csv", csv(&chart.table).as_bytes())?;
        if with.png {
            let picture = image(&chart.svg.xml, PICTURE).map_err(|why| anyhow!(why))?;
            put("png", &picture.png().map_err(|why| anyhow!(why))?)?;
        }
    }
    file(&out.join("charts.md"), page(&all, "charts").as_bytes())?;
    say(&format!("{}: {} charts", out.join("charts.md").display(), all.len()));
    Ok(ExitCode::SUCCESS)
}

fn file(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}

/// All drawings of a language on one picture.
fn contact(charts: &[Drawn], path: &Path) -> Result<()> {
    let (wide, columns) = CONTACT;
    let pictures = charts.iter().map(|chart| image(&chart.svg.xml, wide));
    let pictures: Vec<Image> = pictures.collect::<Result<_, _>>().map_err(|why| anyhow!(why))?;
    let sheet = Image::contact(&pictures, columns).context("there is nothing to draw")?;
    file(path, &sheet.png().map_err(|why| anyhow!(why))?)
}

/// Draws and judges everything, with words as they are and with longer ones.
fn checked(langs: &[Lang], looks: &[&str]) -> Result<ExitCode> {
    let shelf = Shelf::load(None);
    let mut report = Report::default();
    for wording in [Wording::Plain, Wording::Long] {
        let catalogue = Catalogue::invent(&shelf, wording, 1)?;
        let bar = ProgressBar::new(count(&catalogue, langs, looks) as u64);
        let style = "{bar:40} {pos}/{len} charts, {eta} left";
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        report = report.and(check(&catalogue, wording, (langs, looks), || bar.inc(1))?);
        bar.finish_and_clear();
    }
    for finding in &report.findings {
        say(finding);
    }
    let ms = |of: usize| report.percentile(of).as_secs_f64() * 1000.0;
    let (bytes, name) = &report.largest;
    say(&format!(
        "{} drawings, {} findings; half of them in {:.1} ms, the slowest in {:.1} ms; the largest \
         has {} KB ({name})",
        report.drawings,
        report.findings.len(),
        ms(50),
        ms(100),
        bytes.div_ceil(1024),
    ));
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
