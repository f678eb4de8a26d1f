//! The first page of a diagnosis: waves with their collections, releases, data walks, people.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::{App, Inner};
use super::collections::lang_names;
use super::desk::{self, Card, Desk, StaffFrame};
use super::error::Result;
use super::feedback::offered;
use super::named;
use super::sign_in::SignedIn;
use super::wall::is_public;
use crate::domain::collection::{Collection, Ripe, State as Stands};
use crate::domain::data_walk::{DataWalk, ReflectionState};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::DiagnosisId;
use crate::domain::people::{May, Person};
use crate::store::StoredRelease;
use crate::words::{StaffWords, fill};

/// A wave and what is in the field in it.
struct WaveView {
    title: String,
    zones: String,
    cards: Vec<Card>,
}

/// A data walk with its pages.
struct WalkView {
    card: Card,
    links: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "diagnosis.html")]
struct OverviewPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    path: String,
    waves: Vec<WaveView>,
    ripe: Vec<String>,
    releases: Vec<Card>,
    walks: Vec<WalkView>,
    people: usize,
    instruments: &'a str,
    exports: &'a str,
    report: &'a str,
    coordinates: bool,
    feedback: bool,
    sees_committee: bool,
}

/// `GET /d/{slug}`; police members see what is published.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeePublished).await?;
    let coordinates = desk.may(May::Coordinate);
    let of = desk.diagnosis.id;
    let page = OverviewPage {
        frame: desk.frame(&desk.diagnosis.name),
        words: desk.words(),
        path: desk.path(""),
        waves: waves(&desk).await?,
        ripe: if coordinates { ripe(&app, of).await? } else { Vec::new() },
        releases: releases(&desk).await?,
        walks: walks(&desk).await?,
        people: people(&desk).await?,
        instruments: &desk.instrument_words().instruments,
        exports: &desk.export_words().title,
        report: &app.reporting_words(desk.lang()).title,
        coordinates,
        feedback: desk.may(May::Facilitate) && offered(&app.shelf).next().is_some(),
        sees_committee: desk.may(May::SeeCommittee),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// The waves, newest first, with their collections: open ones, drafts, closed ones.
async fn waves(desk: &Desk) -> Result<Vec<WaveView>> {
    if !desk.may(May::SeeCommittee) {
        return Ok(Vec::new());
    }
    let (app, of) = (&desk.app, desk.diagnosis.id);
    let mut collections = app.store.collections(of).await?;
    collections.sort_by_key(|one| rank(one.state));
    let mut views = Vec::new();
    for wave in app.store.waves(of).await?.into_iter().rev() {
        let mut cards = Vec::new();
        for one in collections.iter().filter(|one| one.wave == wave.id) {
            cards.push(card(app, &desk.person, &desk.diagnosis, one).await?);
        }
        let zones = app.store.zones(of, wave.id).await?;
        let zones = zones.into_iter().map(|zone| zone.name).collect::<Vec<_>>().join(", ");
        views.push(WaveView { title: wave.title, zones, cards });
    }
    Ok(views)
}

fn rank(state: Stands) -> u8 {
    match state {
        Stands::Open => 0,
        Stands::Draft => 1,
        Stands::Closed => 2,
    }
}

/// A collection in a list; the count only for those who run collections.
///
/// # Errors
/// When the store fails.
pub(super) async fn card(
    app: &Inner,
    person: &Person,
    diagnosis: &Diagnosis,
    one: &Collection,
) -> Result<Card> {
    let words = app.staff_words(person.lang);
    let mut line = vec![named::sampling(one.field.sampling, words).0.to_owned()];
    if one.state != Stands::Draft && person.may(diagnosis.id, May::Facilitate) {
        let n = app.store.received(diagnosis.id, one.id).await?;
        line.insert(0, named::answers(n, words));
    }
    let mut lines = vec![line.join(" · ")];
    lines.extend(one.opened.map(|day| format!("{} {day}", words.opened_on)));
    lines.extend(one.closed.map(|day| format!("{} {day}", words.closed_on)));
    let (kind, state) = named::state(one.state, words);
    let mut tags = vec![(kind, state.to_owned()), ("", lang_names(&one.field.languages))];
    tags.retain(|(_, text)| !text.is_empty());
    let address = format!("/d/{}/collections/{}", diagnosis.slug, one.id);
    Ok(Card { title: one.title.clone(), address, lines, tags })
}

/// The collections whose answers can be released and are in no table of the last release.
///
/// # Errors
/// When the store fails.
pub(super) async fn ripe(app: &Inner, of: DiagnosisId) -> Result<Vec<String>> {
    let last = app.store.releases(of).await?.last().map(|release| release.number);
    let tables = match last {
        Some(number) => app.store.released_tables(of, number).await?,
        None => Vec::new(),
    };
    let mut titles = Vec::new();
    for one in app.store.collections(of).await? {
        let received = app.store.received(of, one.id).await?;
        let shown = tables.iter().any(|table| table.collection == one.id);
        if !shown && one.ripe(received) == Ripe::Now {
            titles.push(one.title);
        }
    }
    Ok(titles)
}

/// The releases this person may see, newest first.
async fn releases(desk: &Desk) -> Result<Vec<Card>> {
    let (words, all) = (desk.words(), desk.may(May::SeeCommittee));
    let card = |release: StoredRelease| {
        let n = release.number.to_string();
        let tag = if release.published {
            ("open", words.for_public.clone())
        } else {
            ("wait", words.for_committee.clone())
        };
        Card {
            title: fill(&words.release_n, &[("n", &n)]),
            address: desk.path(&format!("/releases/{n}")),
            lines: vec![release.made.to_string()],
            tags: vec![tag],
        }
    };
    let releases = desk.app.store.releases(desk.diagnosis.id).await?;
    let seen = releases.into_iter().rev().filter(|release| all || release.published);
    Ok(seen.map(card).collect())
}

/// The data walks, newest first, with what this person may open of them.
async fn walks(desk: &Desk) -> Result<Vec<WalkView>> {
    let mut views = Vec::new();
    for walk in desk.app.store.data_walks(desk.diagnosis.id).await?.into_iter().rev() {
        if !desk.may(May::SeeCommittee) && !is_public(&desk.app, &walk).await? {
            continue;
        }
        let tags = new_reflections(desk, &walk).await?;
        let words = desk.words();
        let release = fill(&words.release_n, &[("n", &walk.release.to_string())]);
        let lines = vec![format!("{} · {release}", walk.held_on)];
        let address = format!("/w/{}", walk.door);
        let links = links(desk, &walk);
        views.push(WalkView { card: Card { title: walk.title, address, lines, tags }, links });
    }
    Ok(views)
}

/// How many reflections wait, for the moderator.
async fn new_reflections(desk: &Desk, walk: &DataWalk) -> Result<Vec<(&'static str, String)>> {
    if !desk.may(May::Moderate) {
        return Ok(Vec::new());
    }
    let all = desk.app.store.reflections(walk).await?;
    let n = all.iter().filter(|one| one.state == ReflectionState::New).count();
    let waiting = fill(&desk.words().reflections_waiting, &[("n", &n.to_string())]);
    Ok(if n == 0 { Vec::new() } else { vec![("wait", waiting)] })
}

fn links(desk: &Desk, walk: &DataWalk) -> Vec<(String, String)> {
    let words = desk.words();
    let at = |page: &str| desk.path(&format!("/walks/{}/{page}", walk.id));
    let mut links = Vec::new();
    if desk.may(May::SeeCommittee) {
        let open = &desk.app.host_words(desk.lang()).open;
        links.push((open.clone(), desk.path(&format!("/walks/{}", walk.id))));
    }
    links.push((words.projector.clone(), at("projector")));
    if desk.may(May::Facilitate) {
        links.push((desk.app.remote_words(desk.lang()).title.clone(), at("remote")));
    }
    if desk.may(May::Moderate) {
        links.push((words.reflections.clone(), at("reflections")));
    }
    links
}

/// How many people take part.
async fn people(desk: &Desk) -> Result<usize> {
    let mut people = desk.app.store.members(desk.diagnosis.id).await?;
    people.sort_by_key(|(id, _, _)| *id);
    people.dedup_by_key(|(id, _, _)| *id);
    Ok(people.len())
}
