//! `check --languages`: how far every instrument is in every language.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;

use super::data::one;
use super::{Place, say};
use crate::domain::instrument::Instrument;
use crate::domain::text::Lang;
use crate::domain::translation::{Standing, standing};
use crate::instruments::{self, Shelf};
use crate::store::Store;

/// What `check` needs.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The files; with --languages, those that come with the program without any.
    #[arg(required_unless_present = "languages", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Print which texts are missing in which language, instrument by instrument.
    #[arg(long)]
    pub(super) languages: bool,
    /// A data folder: its own instruments, and how many texts somebody has checked.
    #[arg(long, value_name = "DIR", requires = "languages", conflicts_with = "files")]
    data: Option<PathBuf>,
    /// A PostgreSQL with the tables of that folder.
    #[arg(long, value_name = "URL", env = "MIRADOURO_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG", requires = "data")]
    diagnosis: Option<String>,
}

/// A row: an instrument and how far it is in each language.
struct Row {
    instrument: Instrument,
    standings: Vec<(Lang, Standing)>,
}

/// Prints the table; exit code 1 when a file cannot be read or lacks texts in a language it names.
pub(crate) async fn table(with: Check) -> Result<ExitCode> {
    let mut good = true;
    let (instruments, checked) = match (&with.data, with.files.is_empty()) {
        (Some(data), _) => in_folder(data, &with).await?,
        (None, true) => (on_shelf(&Shelf::load(None)), None),
        (None, false) => {
            let read: Vec<_> = with.files.iter().map(|file| from_file(file)).collect();
            good = read.iter().all(Option::is_some);
            (read.into_iter().flatten().collect(), None)
        }
    };
    let rows: Vec<Row> = instruments.into_iter().map(|one| row(one, checked.as_ref())).collect();
    let lacks = |row: &Row| {
        let named = |lang: &Lang| row.instrument.languages.contains(lang);
        row.standings.iter().any(|(lang, standing)| named(lang) && standing.missing > 0)
    };
    good &= !rows.iter().any(lacks);
    print(&rows, checked.is_some());
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What somebody has checked, language by language.
type Checked = Vec<(Lang, BTreeSet<String>)>;

/// The instruments of a data folder, and those published in the diagnosis that are on no shelf.
async fn in_folder(data: &Path, with: &Check) -> Result<(Vec<Instrument>, Option<Checked>)> {
    if !data.is_dir() {
        bail!("there is no data folder {}", data.display());
    }
    let place = Place { data: data.to_owned(), database_url: with.database_url.clone() };
    let store = place.open().await?;
    let of = one(&store, with.diagnosis.as_deref()).await?.id;
    let mut instruments = on_shelf(&Shelf::load(Some(&data.join("instruments"))));
    for version in store.versions(of).await?.into_iter().rev() {
        if !instruments.iter().any(|one| one.slug == version.slug) {
            instruments.push(store.published(of, &version.hash).await?);
        }
    }
    instruments.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok((instruments, Some(checks(&store, of).await?)))
}

async fn checks(store: &Store, of: crate::domain::ids::DiagnosisId) -> Result<Checked> {
    let mut checked = Vec::new();
    for lang in Lang::ALL {
        let texts = store.text_checks(of, lang).await?;
        checked.push((lang, texts.into_keys().collect()));
    }
    Ok(checked)
}

fn on_shelf(shelf: &Shelf) -> Vec<Instrument> {
    let each = shelf.instruments().iter();
    each.map(|one| shelf.in_any_language(&one.slug).unwrap_or_else(|| one.clone())).collect()
}

/// The instrument of a file; what is wrong with it is for `check` without `--languages`.
fn from_file(path: &Path) -> Option<Instrument> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("{name}: could not be read"));
    let shared = std::fs::read_to_string(path.with_file_name("shared.toml")).ok();
    let found = match text {
        Ok(text) => instruments::in_any_language(&name, &text, shared.as_deref()),
        Err(error) => {
            say(&format!("{error:#}"));
            return None;
        }
    };
    if found.is_none() {
        say(&format!("{name}: is no instrument, or has faults; miradouro check {name} says which"));
    }
    found
}

fn row(instrument: Instrument, checked: Option<&Checked>) -> Row {
    let none = BTreeSet::new();
    let each = Lang::ALL.into_iter().map(|lang| {
        let checked = checked.and_then(|all| all.iter().find(|(of, _)| *of == lang));
        let checked = checked.map_or(&none, |(_, texts)| texts);
        (lang, standing(&instrument, lang, checked))
    });
    let standings = each.collect();
    Row { instrument, standings }
}

/// The table with columns as wide as they need be.
fn print(rows: &[Row], with_checks: bool) {
    let head = ["instrument", "texts"].map(str::to_owned).into_iter();
    let mut lines: Vec<Vec<String>> =
        vec![head.chain(Lang::ALL.map(|lang| lang.tag().to_owned())).collect()];
    for row in rows {
        let texts = row.standings.first().map_or(0, |(_, standing)| standing.texts);
        let about = [row.instrument.slug.clone(), texts.to_string()].into_iter();
        let cells = row.standings.iter().map(|(lang, standing)| {
            cell(*standing, row.instrument.languages.contains(lang), with_checks)
        });
        lines.push(about.chain(cells).collect());
    }
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..2 + Lang::ALL.len()).filter_map(width).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    say("[ ] stands around languages that the file does not name.");
}

fn cell(standing: Standing, is_named: bool, with_checks: bool) -> String {
    let Standing { texts, missing, checked } = standing;
    if missing == texts {
        return "-".to_owned();
    }
    let state = if missing == 0 { "complete".to_owned() } else { format!("missing {missing}") };
    let said = if with_checks { format!("{state}, {checked} checked") } else { state };
    if is_named { said } else { format!("[{said}]") }
}
