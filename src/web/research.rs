//! What pages and programs both get: released tables as files, codebooks, and the rows of a request.
//! Whoever asks, it is the same content under the same rules.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::Semaphore;

use super::app::{App, Inner};
use super::error::{Error, Result};
use crate::domain::collection::{Collection, State as Stands};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::instrument::Instrument;
use crate::domain::people::{May, Person};
use crate::domain::row_export::RowExport;
use crate::domain::text::Lang;
use crate::job::evidence::{self, Evidence};
use crate::job::rows::{self, Drawn};
use crate::publish::sheet::{charts, long, workbook};
use crate::publish::study::{self, File, Study};
use crate::publish::{ddi, may_hang};
use crate::store::StoredRelease;

/// XLSX.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// CSV.
pub(super) const CSV: &str = "text/csv; charset=utf-8";

/// Somebody who reads about a diagnosis: a member of it, or anybody.
pub(super) struct Reader {
    /// Who, if they are signed in and have a role here.
    pub member: Option<Person>,
    /// Where.
    pub diagnosis: Diagnosis,
}

impl Reader {
    /// Whether they may do that here.
    #[must_use]
    pub(super) fn may(&self, what: May) -> bool {
        self.member.as_ref().is_some_and(|person| person.may(self.diagnosis.id, what))
    }

    /// The releases they may see, by number: everybody sees published ones.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn releases(&self, app: &Inner) -> Result<Vec<StoredRelease>> {
        let mut all = app.store.releases(self.diagnosis.id).await?;
        all.retain(|release| release.published || self.may(May::SeeCommittee));
        Ok(all)
    }

    /// A release with what they may see of it: small groups only where they may hang on a wall.
    ///
    /// # Errors
    /// `NotFound`, for a release that is not theirs to see too.
    pub(super) async fn evidence(&self, app: &Inner, number: i64) -> Result<Evidence> {
        let mut evidence = evidence::load(&app.store, &self.diagnosis, number).await?;
        if self.may(May::SeeCommittee) {
            return Ok(evidence);
        }
        if !evidence.release.published {
            return Err(Error::NotFound);
        }
        public(&mut evidence);
        Ok(evidence)
    }

    /// The versions whose codebooks they may have: members all, others what was in the field.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn versions(
        &self,
        app: &Inner,
    ) -> Result<Vec<crate::domain::version::Version>> {
        let of = self.diagnosis.id;
        let mut versions = app.store.versions(of).await?;
        if !self.may(May::SeePublished) {
            let fielded = self.fielded(app).await?;
            versions.retain(|version| fielded.contains(&version.hash));
        }
        Ok(versions)
    }

    /// The instruments that were in the field, by their hashes; also an intake server may read them.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn fielded(&self, app: &Inner) -> Result<BTreeSet<String>> {
        let collections = app.store.collections(self.diagnosis.id).await?;
        let asked = collections.into_iter().filter(|one| one.state != Stands::Draft);
        Ok(asked.map(|one| one.instrument).collect())
    }
}

/// Keeps of a release only what may hang on a public wall.
pub(super) fn public(evidence: &mut Evidence) {
    let tables = &evidence.tables;
    evidence.sheets.retain(|(collection, _)| may_hang(collection, tables));
    let left = &evidence.sheets;
    evidence.tables.retain(|table| {
        left.iter().any(|(collection, _)| collection.id == table.address().collection)
    });
}

/// A file to be saved under a fixed name; no cache keeps it.
pub(super) fn save(name: &str, kind: &'static str, content: impl IntoResponse) -> Response {
    let fits = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = name.chars().map(fits).collect();
    let named: [(HeaderName, String); 3] = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let mut response = content.into_response();
    *response.status_mut() = StatusCode::OK;
    (named, response).into_response()
}

/// How many files are written at once: they take a processor each, and residents come first.
static WRITING: Semaphore = Semaphore::const_new(2);
/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Writes a file off the threads that answer, when it is its turn.
///
/// # Errors
/// `Busy`, when the turn does not come; what the writing says.
pub(super) async fn writing<T: Send + 'static>(
    write: impl FnOnce() -> std::result::Result<T, String> + Send + 'static,
) -> Result<T> {
    let turn = tokio::time::timeout(PATIENCE, WRITING.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(Error::Busy) };
    let written = tokio::task::spawn_blocking(write).await;
    written.map_err(|error| Error::Failed(error.to_string()))?.map_err(Error::Failed)
}

/// Every table of a release as CSV, or with every chart's table as a workbook.
///
/// # Errors
/// When the workbook cannot be written; `NotFound` for another kind of file.
pub(super) async fn tables(
    app: &App,
    evidence: Evidence,
    kind: &str,
    lang: Lang,
) -> Result<Response> {
    let number = evidence.release.number;
    match kind {
        "csv" => {
            let csv = writing(move || Ok(long(&evidence.tables, lang).csv())).await?;
            Ok(save(&format!("release-{number}.csv"), CSV, csv))
        }
        "xlsx" => {
            let app = app.clone();
            let book = writing(move || {
                let grid = long(&evidence.tables, lang);
                let title = app.data_words(lang).tables(number);
                let words = app.chart_words(lang);
                let pages = charts(&evidence.sheets, &evidence.tables, lang, words);
                workbook(&title, evidence.release.made, &pages, Some(&grid))
            });
            Ok(save(&format!("release-{number}.xlsx"), XLSX, book.await?))
        }
        _ => Err(Error::NotFound),
    }
}

/// The codebook of a published version: `xml` (DDI), `csv` or nothing else.
///
/// # Errors
/// `NotFound`, or when it cannot be written.
pub(super) async fn codebook(
    app: &App,
    diagnosis: &Diagnosis,
    instrument: &Instrument,
    kind: &str,
) -> Result<Response> {
    let names = rows::names(&app.store, diagnosis.id, None).await?;
    let study = Study::new(Some(diagnosis), None, instrument, &names, app.terms());
    let name = format!("codebook-{}.{kind}", instrument.slug);
    match kind {
        "xml" => {
            let xml = ddi(&study).map_err(Error::Failed)?;
            Ok(save(&name, "application/xml; charset=utf-8", xml))
        }
        "csv" => Ok(save(&name, CSV, study::codebook_csv(&study))),
        _ => Err(Error::NotFound),
    }
}

/// The files of a request whose rows may be seen.
///
/// # Errors
/// When the store fails or a file cannot be written.
pub(super) async fn files(
    app: &App,
    diagnosis: &Diagnosis,
    request: &RowExport,
) -> Result<(Collection, Vec<(String, String)>)> {
    let of = diagnosis.id;
    let collection = app.store.collection(of, request.collection).await?;
    let instrument = app.instrument(of, &collection.instrument).await?;
    let drawn = rows::draw(&app.store, request, &collection, &instrument).await?;
    let names = rows::names(&app.store, of, Some(&collection)).await?;
    let day = request.decided.as_ref().map_or(request.asked.at, |yes| yes.at);
    let day = day_of(diagnosis, day);
    let (app, diagnosis) = (app.clone(), diagnosis.clone());
    let (request, of) = (request.clone(), collection.clone());
    let files = writing(move || {
        let study = Study::new(Some(&diagnosis), Some(&of), &instrument, &names, app.terms());
        let Drawn { rows, left_out, is_weighted } = &drawn;
        let (left_out, is_weighted) = (*left_out, *is_weighted);
        study::files(&study.with(File { request: &request, rows, left_out, is_weighted, day }))
    });
    Ok((collection, files.await?))
}

fn day_of(diagnosis: &Diagnosis, at: i64) -> Date {
    let zone = TimeZone::get(&diagnosis.settings.time_zone).unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone).date()
}

/// One of these files, or all of them as `rows.zip`.
///
/// # Errors
/// `NotFound`, or when the archive cannot be written.
pub(super) fn pick(files: &[(String, String)], name: &str) -> Result<Response> {
    if name == "rows.zip" {
        let zipped = study::zipped(files).map_err(Error::Failed)?;
        return Ok(save(name, "application/zip", zipped));
    }
    let found = files.iter().find(|(own, _)| own == name);
    let (own, content) = found.ok_or(Error::NotFound)?;
    let kind = match own.rsplit_once('.').map_or("", |(_, end)| end) {
        "csv" => CSV,
        "xml" => "application/xml; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    Ok(save(own, kind, content.clone()))
}
