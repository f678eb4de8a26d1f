//! Publishing a draft: what changed and what that means for comparing, then the next version.

use askama::Template;
use axum::extract::{Form, Path as Address, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{FaultSaid, Held, revision};
use crate::domain::instrument::Instrument;
use crate::domain::version::Publication;
use crate::instruments::Look;
use crate::instruments::edit::View;
use crate::store::StoreError;
use crate::web::app::App;
use crate::web::desk::{self, Act, StaffFrame};
use crate::web::error::{Error, Result};
use crate::web::instruments::Known;
use crate::web::participate::Pairs;
use crate::web::sheet::Filled;
use crate::web::sign_in::SignedIn;
use crate::web::versions::{DiffRow, Difference, between, diff};
use crate::words::{EditorWords, InstrumentWords, fill};

/// The most letters of a note about what changed.
const NOTE: usize = 400;

#[derive(Template)]
#[template(path = "editor/diff.html")]
struct DiffPage<'a> {
    frame: StaffFrame<'a>,
    editor: &'a EditorWords,
    path: String,
    rows: Vec<DiffRow>,
}

/// `GET /d/{slug}/drafts/{draft}/diff`: the lines that differ from what the draft began from.
pub(in crate::web) async fn difference(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    let editor = held.words();
    let page = DiffPage {
        frame: held.desk.frame(&editor.diff_title),
        editor,
        path: held.desk.path(&held.path("")),
        rows: diff(&held.draft.began_text, &held.draft.source),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// A question whose meaning must be raised, and where it stands.
struct Raise {
    at: String,
    label: String,
}

#[derive(Template)]
#[template(path = "editor/publish.html")]
struct PublishPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a InstrumentWords,
    editor: &'a EditorWords,
    path: String,
    revision: i64,
    errors: Vec<FaultSaid>,
    warnings: Vec<FaultSaid>,
    raise: Vec<Raise>,
    difference: Option<Difference<'a>>,
    note: String,
    wrong: Option<String>,
    ready: bool,
    /// Whether nothing that counts differs from what there is.
    is_same: bool,
}

/// `GET /d/{slug}/drafts/{draft}/publish`.
pub(in crate::web) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    show(&held, "", None).await
}

/// The page; 422 with a sentence when it could not be published.
async fn show(held: &Held, note: &str, wrong: Option<String>) -> Result<Response> {
    let (desk, editor, look) = (&held.desk, held.words(), held.look());
    let said = |is_error: bool| {
        let faults = look.faults.iter().filter(|fault| fault.is_error() == is_error);
        faults.map(|fault| held.said(fault)).collect::<Vec<_>>()
    };
    let must_raise = held.must_raise(&look).await?;
    let difference = match (&look.whole, base(held).await?) {
        (Some(new), Some((old, text))) => {
            let title = fill(&editor.compared_with, &[("name", old.title.get(desk.lang()))]);
            Some(between(desk, title, (&old, new), (&text, &held.draft.source)))
        }
        (Some(_) | None, _) => None,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = PublishPage {
        frame: desk.frame(&editor.publish_title),
        words: desk.instrument_words(),
        editor,
        path: desk.path(&held.path("")),
        revision: held.draft.revision,
        errors: said(true),
        warnings: said(false),
        raise: raise(held, &look, &must_raise),
        is_same: difference.as_ref().is_some_and(|difference| difference.acts.is_empty()),
        difference,
        note: note.to_owned(),
        wrong,
        ready: look.whole.is_some() && must_raise.is_empty(),
    };
    Ok(desk::show(status, &page))
}

/// What the draft is held against: what would be fielded now, and the text of its file.
async fn base(held: &Held) -> Result<Option<(Instrument, String)>> {
    let known = match Known::at(&held.desk, &held.draft.slug).await {
        Ok(known) => known,
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let current = known.current(&held.desk).await?;
    Ok(Some(((*current).clone(), held.draft.began_text.clone())))
}

fn raise(held: &Held, look: &Look, must_raise: &[String]) -> Vec<Raise> {
    let Ok(view) = View::of(&held.draft.source) else { return Vec::new() };
    let mut found: Vec<Raise> = Vec::new();
    for id in must_raise {
        let is_it = |part: &crate::instruments::edit::Part| part.name == *id;
        let rows = |question: &&crate::instruments::edit::Question| {
            let rows = question.part.entries(crate::instruments::edit::List::Rows);
            is_it(&question.part) || rows.iter().any(is_it)
        };
        let Some(question) = view.questions().find(rows) else { continue };
        let row = question.part.entries(crate::instruments::edit::List::Rows);
        let part = row.iter().find(|part| is_it(part)).unwrap_or(&question.part);
        let text = look.shown.as_ref().and_then(|shown| shown.question(id));
        let text = text.map_or("", |question| question.text.get(held.desk.lang()));
        found.push(Raise { at: part.at.to_string(), label: format!("{text} ({id})") });
    }
    found
}

/// `POST /d/{slug}/drafts/{draft}/publish`.
pub(in crate::web) async fn publish(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    let (desk, editor, filled) = (&held.desk, held.words(), Filled(pairs));
    let note: String = filled.first("note").chars().take(NOTE).collect();
    if revision(&filled) != held.draft.revision {
        return Err(Error::Stale(desk.words().meanwhile.clone()));
    }
    let Some(instrument) = held.look().whole else {
        return show(&held, &note, Some(editor.not_publishable.clone())).await;
    };
    let (of, source) = (desk.diagnosis.id, held.draft.source.as_str());
    let how = Publication {
        source: Some(source),
        at: Some(app.clock.now()),
        by: Some(desk.person.id),
        note: &note,
    };
    let version = match app.store.publish_version(of, &instrument, &how).await {
        Err(StoreError::MeaningNotRaised(_)) => {
            return show(&held, &note, Some(editor.must_raise.clone())).await;
        }
        version => version.map_err(|error| desk.said(error))?,
    };
    app.store.offer(of, &version.slug, &version.hash).await.map_err(|error| desk.said(error))?;
    let gone = app.store.discard_draft(of, &held.draft.slug, held.draft.revision).await;
    gone.map_err(|error| desk.said(error))?;
    let about = format!("{} {}", version.slug, version.number);
    desk.log(Act::PublishedInstrument, &about).await?;
    Ok(desk.go(&format!("/instruments/{}", version.slug)))
}
