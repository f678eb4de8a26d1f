//! Printing: numbered sheets of a collection, one to look at first, and extra pages.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::collections::Held;
use super::desk::Act;
use super::error::{Error, Result};
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::area::Area;
use crate::domain::collection::{Origin, State as Stands};
use crate::domain::diagnosis::Zone;
use crate::domain::paper::SheetNumber;
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::publish::{Print, Twin};
use crate::store::StoreError;
use crate::words::{KeyinWords, fill};

/// The most sheets of one file.
const MOST: u32 = 200;

/// Which print is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    lang: Lang,
    large: bool,
    extra: bool,
}

/// The part of a collection's page that is about paper.
pub(super) struct PaperBox<'a> {
    /// Its texts.
    pub words: &'a KeyinWords,
    /// The languages it can be printed in.
    pub languages: &'a [Lang],
    /// The most sheets of one file.
    pub most: String,
    /// Whether it has stops or notes that may need extra pages.
    pub extra: bool,
    /// Whether new sheets can be printed.
    pub prints: bool,
    /// Whether sheets can be typed in.
    pub types: bool,
}

impl<'a> PaperBox<'a> {
    /// The part about paper, for those who may print and type.
    #[must_use]
    pub(super) fn of(held: &'a Held) -> Option<Self> {
        let state = held.collection.state;
        let asked = held.collection.field.origin != Origin::Imported;
        (held.desk.may(May::Facilitate) && asked).then(|| Self {
            words: held.desk.app.keyin_words(held.desk.lang()),
            languages: &held.collection.field.languages,
            most: MOST.to_string(),
            extra: held.instrument.group().is_some(),
            prints: state != Stands::Closed && !held.collection.field.languages.is_empty(),
            types: state == Stands::Open,
        })
    }
}

/// `POST /d/{slug}/collections/{id}/paper`: sheets with numbers, which count as handed out.
pub(super) async fn print(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let (desk, filled) = (&held.desk, Filled(pairs));
    let words = app.keyin_words(desk.lang());
    if held.collection.state == Stands::Closed {
        return Err(Error::Stale(words.not_open.clone()));
    }
    let copies = filled.first("copies").parse().ok().filter(|n| (1..=MOST).contains(n));
    let Some(copies) = copies else {
        let said = fill(&words.copies_wrong, &[("most", &MOST.to_string())]);
        return Err(Error::Bad(said));
    };
    let lang = offered(&held, filled.first("lang"))
        .ok_or_else(|| Error::Bad(desk.words().choose_one.clone()))?;
    let wanted = Wanted { lang, large: filled.first("size") == "large", extra: false };
    // First the sheet, then its numbers: what cannot be printed is not handed out.
    let sheet = twin(&held, wanted).await?;
    let numbers = app.store.hand_out(desk.diagnosis.id, held.collection.id, copies).await;
    let numbers = numbers.map_err(|error| match error {
        StoreError::Stale(_) => Error::Stale(words.no_more_numbers.clone()),
        error @ (StoreError::NotFound(_)
        | StoreError::Taken(_)
        | StoreError::MeaningNotRaised(_)
        | StoreError::Busy
        | StoreError::NoRoom
        | StoreError::Away(_)
        | StoreError::Disk(_)
        | StoreError::Folder { .. }
        | StoreError::Newer(_)
        | StoreError::OldSqlite(_)
        | StoreError::OtherSecret(_)
        | StoreError::Broken(..)
        | StoreError::Database(_)
        | StoreError::Migration(_)
        | StoreError::NotKept { .. }
        | StoreError::ReadOnly) => error.into(),
    })?;
    desk.log(Act::PrintedSheets, &format!("{} · {copies}", held.collection.title)).await?;
    pdf(&held, lang, sheet, numbers).await
}

/// `GET /d/{slug}/collections/{id}/paper/{file}`: one sheet without a number, or extra pages:
/// `nl.pdf`, `nl-large.pdf`, `nl-extra.pdf`, `nl-large-extra.pdf`.
pub(super) async fn look(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, file)): Path<(String, String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let name = file.strip_suffix(".pdf").ok_or(Error::NotFound)?;
    let mut parts = name.split('-');
    let lang = parts.next().and_then(|tag| offered(&held, tag)).ok_or(Error::NotFound)?;
    let parts: Vec<&str> = parts.collect();
    let known = |part: &&str| matches!(*part, "large" | "extra");
    let extra = parts.contains(&"extra");
    if !parts.iter().all(known) || (extra && held.instrument.group().is_none()) {
        return Err(Error::NotFound);
    }
    let sheet = twin(&held, Wanted { lang, large: parts.contains(&"large"), extra }).await?;
    pdf(&held, lang, sheet, Vec::new()).await
}

/// A language of the collection.
pub(super) fn offered(held: &Held, tag: &str) -> Option<Lang> {
    let lang: Lang = tag.parse().ok()?;
    held.collection.field.languages.contains(&lang).then_some(lang)
}

/// What stands around the questions of a collection.
pub(super) async fn around(held: &Held) -> Result<(Vec<Zone>, Option<Arc<Area>>)> {
    let (app, of) = (&held.desk.app, held.desk.diagnosis.id);
    let zones = app.store.zones(of, held.collection.wave).await?;
    let area = match held.collection.field.area {
        Some(area) => Some(app.area(of, area).await?),
        // A draft gets the newest map when it opens; its sheets are printed with that one already.
        None if held.collection.state == Stands::Draft && held.instrument.asks_places() => {
            match app.store.newest_area(of).await? {
                Some(area) => Some(app.area(of, area).await?),
                None => None,
            }
        }
        None => None,
    };
    Ok((zones, area))
}

/// Lays a sheet out.
async fn twin(held: &Held, wanted: Wanted) -> Result<Twin> {
    let (zones, area) = around(held).await?;
    let app = held.desk.app.clone();
    let (instrument, diagnosis) = (Arc::clone(&held.instrument), held.desk.diagnosis.clone());
    let field = held.collection.field.clone();
    let Wanted { lang, large, extra } = wanted;
    let laid_out = tokio::task::spawn_blocking(move || {
        let print = Print {
            instrument: &instrument,
            lang,
            large,
            extra,
            area: &diagnosis.name,
            asked_by: &field.asked_by,
            invented: diagnosis.settings.invented || field.origin == Origin::Invented,
            help: &diagnosis.settings.help,
            consent_age: diagnosis.settings.consent_age,
            zones: &zones,
            map: area.as_deref().map(|area| &area.map),
            form: app.form_words(lang),
            words: app.paper_words(lang),
        };
        print.twin()
    });
    let laid_out = laid_out.await.map_err(|error| Error::Failed(error.to_string()))?;
    laid_out.map_err(|error| Error::Failed(error.to_string()))
}

/// Writes a sheet for every number.
async fn pdf(held: &Held, lang: Lang, twin: Twin, numbers: Vec<SheetNumber>) -> Result<Response> {
    let pdf = tokio::task::spawn_blocking(move || twin.pdf(&numbers))
        .await
        .map_err(|error| Error::Failed(error.to_string()))?
        .map_err(|error| Error::Failed(error.to_string()))?;
    let name = format!("inline; filename=\"{}-{lang}.pdf\"", held.instrument.slug);
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, pdf).into_response())
}
