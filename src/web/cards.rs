//! Typing in what stands on paper: a host types one card after the other, with the station, the
//! group and the figure it was stuck to. The moderator reads it before others do.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::{App, Inner};
use super::desk::{self, Act, StaffFrame};
use super::error::{Error, Result};
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use super::voices::{Choosing, chosen};
use super::walk::Run;
use super::wall::{LONGEST, is_public, letter, own_words, verdict_name};
use crate::domain::data_walk::{Reflection, ReflectionState, Verdict};
use crate::domain::ids::ReflectionId;
use crate::domain::people::May;
use crate::publish::{OwnWords, Wall};
use crate::store::{NewReflection, Received};
use crate::words::{FormWords, HostWords, WalkWords, fill};

#[derive(Template)]
#[template(path = "cards.html")]
struct CardPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a HostWords,
    walk_words: &'a WalkWords,
    form: &'a FormWords,
    action: String,
    kept: bool,
    wrong: Vec<String>,
    id: String,
    station: u32,
    question: String,
    stations: Vec<(u32, String, String)>,
    choosing: Choosing,
    verdicts: Vec<(&'static str, &'a str, bool)>,
    said: String,
    longest: usize,
}

/// `GET /d/{slug}/walks/{id}/cards?station=…&group=…`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let filled = ["station", "group", "kept"].iter().fold(Filled::default(), |filled, name| {
        filled.with(name, asked.get(*name).map_or("", String::as_str))
    });
    show(&run, &filled, Vec::new()).await
}

/// `POST /d/{slug}/walks/{id}/cards`.
pub(super) async fn keep(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let (filled, words) = (Filled(pairs), run.words());
    let wall = app.wall(&run.desk.diagnosis, run.walk.release).await?;
    let number = filled.first("station").parse().ok();
    let station = number.and_then(|number| wall.station(number)).ok_or(Error::NotFound)?;
    let groups = app.store.walk_groups(&run.walk).await?;
    let said = filled.first("said").replace("\r\n", "\n");
    let own = shown_words(&app, &run, &wall).await?;
    let (verdict, pin) =
        (Verdict::from_code(filled.first("verdict")), chosen(station, &own, filled.first("pin")));
    let mut wrong = Vec::new();
    if verdict.is_none() {
        wrong.push(words.type_verdict_missing.clone());
    }
    if said.chars().count() > LONGEST {
        wrong.push(fill(&words.type_long, &[("max", &LONGEST.to_string())]));
    }
    if pin.is_err() {
        wrong.push(app.walk_words(run.desk.lang()).pin_wrong.clone());
    }
    let (Some(verdict), Ok(pin), true) = (verdict, pin, wrong.is_empty()) else {
        return show(&run, &filled, wrong).await;
    };
    let reflection = Reflection {
        id: filled.first("_id").parse().unwrap_or_else(|_none| ReflectionId::random()),
        station: station.number,
        verdict,
        said,
        state: ReflectionState::New,
        group: letter(filled.first("group"), &groups),
        pin,
    };
    let (group, station) = (reflection.party(), station.number);
    let (diagnosis, data_walk) = (run.desk.diagnosis.id, run.walk.id);
    match app.store.reflect(NewReflection { diagnosis, data_walk, reflection }).await? {
        Received::Now => run.desk.log(Act::TypedCard, &run.walk.title).await?,
        Received::Already | Received::Closed | Received::Full | Received::NoSuchCode => {}
    }
    Ok(run.desk.go(&run.path(&format!("/cards?station={station}&group={group}&kept=1"))))
}

/// The words that everybody may read beside the walk; none beside a release of the committee's.
async fn shown_words(app: &Inner, run: &Run, wall: &Wall) -> Result<Vec<OwnWords>> {
    if !is_public(app, &run.walk).await? {
        return Ok(Vec::new());
    }
    own_words(&app.store, &run.desk.diagnosis, wall).await
}

async fn show(run: &Run, filled: &Filled, wrong: Vec<String>) -> Result<Response> {
    let (desk, app, words) = (&run.desk, &run.desk.app, run.words());
    let lang = desk.lang();
    let wall = app.wall(&desk.diagnosis, run.walk.release).await?;
    let groups = app.store.walk_groups(&run.walk).await?;
    let wished = filled.first("station").parse().ok().and_then(|number| wall.station(number));
    let station = wished.or_else(|| wall.stations().first()).ok_or(Error::NotFound)?;
    let own = shown_words(app, run, &wall).await?;
    let group = letter(filled.first("group"), &groups);
    let of_group = group.map_or_else(String::new, |letter| format!("&group={letter}"));
    let other = |other: &crate::publish::Station| {
        let at = run.path(&format!("/cards?station={}{of_group}", other.number));
        (other.number, other.question(lang).to_owned(), desk.path(&at))
    };
    let form = app.form_words(lang);
    let verdict = Verdict::from_code(filled.first("verdict"));
    let tick = |one: &Verdict| (one.code(), verdict_name(*one, form), verdict == Some(*one));
    let id = filled.first("_id").parse::<ReflectionId>();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CardPage {
        frame: desk.frame(&words.type_in),
        walk_words: app.walk_words(lang),
        form,
        action: desk.path(&run.path("/cards")),
        kept: filled.first("kept") == "1",
        wrong,
        id: id.unwrap_or_else(|_none| ReflectionId::random()).to_string(),
        station: station.number,
        question: station.question(lang).to_owned(),
        stations: wall.stations().iter().map(other).collect(),
        choosing: Choosing::at(app, (station, &own), lang, &groups, (group, filled.first("pin"))),
        verdicts: Verdict::ALL.iter().map(tick).collect(),
        said: filled.first("said").to_owned(),
        longest: LONGEST,
        words,
    };
    Ok(desk::show(status, &page))
}
