//! The moderator's pages: reflections one tap at a time, and free texts one per card. Opening free
//! texts is written into the log; nothing here can be saved as a file.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rand::seq::SliceRandom;

use super::app::App;
use super::collections::Held;
use super::desk::{self, Act, Desk, StaffFrame, id};
use super::error::{Error, Result};
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::data_walk::{DataWalk, Reflection, ReflectionState, Verdict};
use crate::domain::ids::{DataWalkId, ReflectionId};
use crate::domain::people::May;
use crate::words::{FormWords, StaffWords, fill};

/// One reflection, in words.
struct Said {
    id: ReflectionId,
    station: String,
    verdict: String,
    said: String,
    is_shown: bool,
    is_withheld: bool,
}

/// Reflections that stand alike.
struct Pile<'a> {
    title: &'a str,
    said: Vec<Said>,
}

#[derive(Template)]
#[template(path = "reflections.html")]
struct ReflectionsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    action: String,
    piles: Vec<Pile<'a>>,
}

/// `GET /d/{slug}/walks/{id}/reflections`.
pub(super) async fn reflections(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, walk)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Moderate).await?;
    let walk = walk_of(&desk, &walk).await?;
    let all = app.store.reflections(&walk).await?;
    let (words, form) = (desk.words(), app.form_words(desk.lang()));
    let pile = |state: ReflectionState| {
        let these = all.iter().filter(|one| one.state == state);
        Pile {
            title: pile_title(state, words),
            said: these.map(|r| said(r, words, form)).collect(),
        }
    };
    let page = ReflectionsPage {
        frame: desk.frame(&walk.title),
        words,
        action: desk.path(&format!("/walks/{}/reflections", walk.id)),
        piles: ReflectionState::ALL.iter().copied().map(pile).collect(),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// `POST /d/{slug}/walks/{id}/reflections`: lets one through or holds it back.
pub(super) async fn moderate(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, walk)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Moderate).await?;
    let (walk, filled) = (walk_of(&desk, &walk).await?, Filled(pairs));
    let reflection = id(filled.first("reflection"))?;
    let state = ReflectionState::from_code(filled.first("state")).ok_or(Error::NotFound)?;
    app.store.moderate(&walk, reflection, state).await?;
    let act = match state {
        ReflectionState::Shown => Act::Shown,
        ReflectionState::New | ReflectionState::Withheld => Act::Withheld,
    };
    desk.log(act, &walk.title).await?;
    Ok(desk.go(&format!("/walks/{}/reflections", walk.id)))
}

/// The data walk of an address.
async fn walk_of(desk: &Desk, written: &str) -> Result<DataWalk> {
    let wanted: DataWalkId = id(written)?;
    let walks = desk.app.store.data_walks(desk.diagnosis.id).await?;
    walks.into_iter().find(|walk| walk.id == wanted).ok_or(Error::NotFound)
}

fn pile_title(state: ReflectionState, words: &StaffWords) -> &str {
    match state {
        ReflectionState::New => &words.reflections_new,
        ReflectionState::Shown => &words.reflections_shown,
        ReflectionState::Withheld => &words.reflections_withheld,
    }
}

fn said(one: &Reflection, words: &StaffWords, form: &FormWords) -> Said {
    let verdict = match one.verdict {
        Verdict::Fits => &form.verdict_fits,
        Verdict::Partly => &form.verdict_partly,
        Verdict::DoesNotFit => &form.verdict_does_not_fit,
    };
    Said {
        id: one.id,
        station: fill(&words.station, &[("n", &one.station.to_string())]),
        verdict: verdict.clone(),
        said: one.said.clone(),
        is_shown: one.state == ReflectionState::Shown,
        is_withheld: one.state == ReflectionState::Withheld,
    }
}

#[derive(Template)]
#[template(path = "texts.html")]
struct TextsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    texts: Vec<(String, String)>,
}

/// `GET /d/{slug}/collections/{id}/texts`: in random order, so that none can be tied to another.
pub(super) async fn texts(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Moderate).await?;
    held.desk.log(Act::ReadTexts, &held.collection.title).await?;
    let mut rows = app.store.free_texts(held.desk.diagnosis.id, held.collection.id).await?;
    rows.shuffle(&mut rand::rng());
    let asked = |id: &str| {
        let question = held.instrument.question(id);
        question.map_or(id, |question| question.text.get(held.desk.lang())).to_owned()
    };
    let texts = rows.into_iter().map(|row| (asked(&row.question), row.raw)).collect();
    let words = held.desk.words();
    let page = TextsPage { frame: held.desk.frame(&held.collection.title), words, texts };
    Ok(desk::show(StatusCode::OK, &page))
}
