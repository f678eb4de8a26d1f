//! `tables`, `codebook`, `rows`, `openapi`: what researchers and programs get, on the server itself.
//! The rules are those of the pages: released tables only, and rows only after two people agreed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::Timestamp;

use super::data::{instrument, one};
use super::export::{keep, make};
use super::{Place, say};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::row_export::{RowExport, Standing};
use crate::domain::text::Lang;
use crate::domain::variable::Names;
use crate::instruments::Shelf;
use crate::job::{evidence, rows};
use crate::publish::ddi;
use crate::publish::sheet::{charts, long, workbook};
use crate::publish::study::{self, File, Study, Terms};
use crate::store::Store;
use crate::web::app::Clock;
use crate::words::{ChartWords, DataWords};

/// What `tables` needs.
#[derive(Debug, Args)]
pub(super) struct Tables {
    #[command(flatten)]
    place: Place,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// The number of the release; the last one without it.
    #[arg(long, value_name = "N")]
    release: Option<i64>,
    /// The language of the texts.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: Lang,
    /// The file to write: its end says whether as CSV or as a workbook.
    #[arg(long, value_name = "FILE.csv|FILE.xlsx")]
    out: PathBuf,
}

pub(super) async fn tables(with: Tables) -> Result<ExitCode> {
    let end = end(&with.out, &["csv", "xlsx"])?;
    let store = with.place.open().await?;
    let diagnosis = one(&store, with.diagnosis.as_deref()).await?;
    let last = store.releases(diagnosis.id).await?.last().map(|release| release.number);
    let number = with.release.or(last);
    let number = number.with_context(|| format!("{} has no release yet", diagnosis.name))?;
    let evidence = evidence::load(&store, &diagnosis, number).await;
    let evidence = evidence.with_context(|| format!("could not open release {number}"))?;
    let grid = long(&evidence.tables, with.lang);
    let content = if end == "csv" {
        grid.csv().into_bytes()
    } else {
        let words = ChartWords::of(with.lang).map_err(|why| anyhow!(why))?;
        let title = DataWords::of(with.lang).map_err(|why| anyhow!(why))?.tables(number);
        let pages = charts(&evidence.sheets, &evidence.tables, with.lang, &words);
        workbook(&title, evidence.release.made, &pages, Some(&grid)).map_err(|why| anyhow!(why))?
    };
    write(&with.out, &content)?;
    let n = evidence.tables.len();
    say(&format!("{}: {n} tables of release {number}", with.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// What `codebook` needs.
#[derive(Debug, Args)]
pub(super) struct Codebook {
    #[command(flatten)]
    place: Place,
    /// The instrument: a file, or the name of one.
    #[arg(value_name = "NAME|FILE")]
    instrument: String,
    /// A diagnosis in which it was published: with the names of its zones.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// The version that was published there; the last one without it.
    #[arg(long, value_name = "N", requires = "diagnosis")]
    version: Option<u32>,
    /// The file to write: its end says whether as DDI Codebook 2.5 or as CSV.
    #[arg(long, value_name = "FILE.xml|FILE.csv")]
    out: PathBuf,
}

pub(super) async fn codebook(with: Codebook) -> Result<ExitCode> {
    let end = end(&with.out, &["xml", "csv"])?;
    let terms = Terms::new().map_err(|why| anyhow!(why))?;
    let (diagnosis, instrument, names) = match &with.diagnosis {
        None => {
            let shelf = Shelf::load(Some(&with.place.data.join("instruments")));
            let known = shelf.instrument(&with.instrument).cloned();
            let read = known.map_or_else(|| instrument(&with.instrument), Ok)?;
            (None, read, Names::default())
        }
        Some(slug) => {
            let store = with.place.open().await?;
            let diagnosis = one(&store, Some(slug)).await?;
            let versions = store.versions(diagnosis.id).await?;
            let mut own = versions.iter().filter(|version| version.slug == with.instrument);
            let version = match with.version {
                Some(number) => own.find(|version| version.number == number),
                None => own.next_back(),
            };
            let none = || format!("{} has no such version of {}", diagnosis.name, with.instrument);
            let version = version.with_context(none)?;
            let read = store.published(diagnosis.id, &version.hash).await?;
            let names = rows::names(&store, diagnosis.id, None).await?;
            (Some(diagnosis), read, names)
        }
    };
    let study = Study::new(diagnosis.as_ref(), None, &instrument, &names, &terms);
    let content = if end == "csv" {
        study::codebook_csv(&study)
    } else {
        ddi(&study).map_err(|why| anyhow!(why))?
    };
    write(&with.out, content.as_bytes())?;
    say(&format!("{}: {} columns", with.out.display(), study.variables.len()));
    Ok(ExitCode::SUCCESS)
}

/// What `rows` needs.
#[derive(Debug, Args)]
pub(super) struct Rows {
    #[command(flatten)]
    place: Place,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// List the requests with where they stand.
    #[arg(long, required_unless_present_any = ["export", "trace"], conflicts_with_all = ["export", "trace"])]
    list: bool,
    /// A request to which somebody of another organisation agreed in the last 24 hours, by its id.
    #[arg(long, value_name = "ID", requires = "out", conflicts_with = "trace")]
    export: Option<String>,
    /// The folder to write; it must be new or empty.
    #[arg(long, value_name = "FOLDER", requires = "export")]
    out: Option<PathBuf>,
    /// Say which request a row came from, by its `row_id`.
    #[arg(long, value_name = "ROW_ID")]
    trace: Option<String>,
}

pub(super) async fn rows(with: Rows) -> Result<ExitCode> {
    let store = with.place.open().await?;
    let diagnosis = one(&store, with.diagnosis.as_deref()).await?;
    if let Some(row) = &with.trace {
        let found = rows::trace(&store, diagnosis.id, row.trim()).await?;
        let none = || format!("no row that went out of {} has the id {row:?}", diagnosis.name);
        say(&line(&store, &found.with_context(none)?).await?);
        return Ok(ExitCode::SUCCESS);
    }
    let requests = store.row_exports(diagnosis.id).await?;
    let (Some(id), Some(out)) = (&with.export, &with.out) else {
        for request in &requests {
            say(&line(&store, request).await?);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let none =
        || anyhow!("there is no request {id:?} in {}; --list shows them all", diagnosis.name);
    let request = requests.iter().find(|one| one.id.to_string() == *id).ok_or_else(none)?;
    fetch(&store, &diagnosis, request, out).await
}

/// Writes the rows of a request into a folder that only its owner can open.
async fn fetch(
    store: &Store,
    diagnosis: &Diagnosis,
    request: &RowExport,
    out: &Path,
) -> Result<ExitCode> {
    let now = Clock::System.now();
    match request.standing {
        Standing::Consented => {}
        Standing::Waiting => bail!("nobody of another organisation has agreed to this request yet"),
        Standing::Refused => bail!("this request was refused"),
        Standing::Withdrawn => bail!("this request was taken back"),
    }
    if !request.opens_for(request.asked.person, now) {
        bail!("the 24 hours after the yes are over; rows have to be asked for again");
    }
    let collection = store.collection(diagnosis.id, request.collection).await?;
    let instrument = store.published(diagnosis.id, &collection.instrument).await?;
    let drawn = rows::draw(store, request, &collection, &instrument).await?;
    let names = rows::names(store, diagnosis.id, Some(&collection)).await?;
    let terms = Terms::new().map_err(|why| anyhow!(why))?;
    let at = request.decided.as_ref().map_or(request.asked.at, |yes| yes.at);
    let file = File {
        request,
        rows: &drawn.rows,
        left_out: drawn.left_out,
        is_weighted: drawn.is_weighted,
        day: crate::domain::night::day(at),
    };
    let study = Study::new(Some(diagnosis), Some(&collection), &instrument, &names, &terms);
    let files = study::files(&study.with(file)).map_err(|why| anyhow!(why))?;
    make(out)?;
    for (name, content) in &files {
        keep(&out.join(name), content)?;
    }
    store.log(diagnosis.id, None, now, "rows_fetched", &collection.title).await?;
    let (n, left) = (drawn.rows.len(), drawn.left_out);
    say(&format!("{}: {n} rows in {}, {left} left out", collection.title, out.display()));
    say("These files hold single answers of people: keep them closed, and delete them after use.");
    Ok(ExitCode::SUCCESS)
}

/// A request in one line.
async fn line(store: &Store, request: &RowExport) -> Result<String> {
    let collection = store.collection(request.diagnosis, request.collection).await?;
    let at = Timestamp::from_millisecond(request.asked.at).unwrap_or(Timestamp::UNIX_EPOCH);
    let second = request.decided.as_ref().map(|signed| format!(" by {}", signed.organisation));
    Ok(format!(
        "{}  {}{}  {}  asked by {} at {at}",
        request.id,
        request.standing.code(),
        second.unwrap_or_default(),
        collection.title,
        request.asked.organisation,
    ))
}

/// Prints the description of the interface.
pub(super) fn openapi() -> ExitCode {
    say(crate::web::api::DESCRIPTION.trim_end());
    ExitCode::SUCCESS
}

/// The end of a file's name, if it is one of these.
fn end<'a>(out: &Path, known: &[&'a str]) -> Result<&'a str> {
    let given = out.extension().and_then(|end| end.to_str()).unwrap_or_default();
    known.iter().find(|end| **end == given).copied().with_context(|| {
        format!(
            "{} must end in .{}, which says how it is written",
            out.display(),
            known.join(" or .")
        )
    })
}

fn write(out: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(out, content).with_context(|| format!("could not write {}", out.display()))
}
