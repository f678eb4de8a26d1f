//! The projector: one chart a screen, what the room says beside it, driven by keyboard. Opened
//! after signing in; it shows the release the walk is pinned to and reflections let through.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::app::{App, Inner};
use super::assets;
use super::error::{Error, Result};
use super::page::{self, Frame};
use super::sign_in::SignedIn;
use super::wall::{is_public, verdict_name};
use crate::charts::{Caption, Look, caption, draw};
use crate::domain::data_walk::{DataWalk, ReflectionState};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::publish::spoken;
use crate::words::{PosterWords, fill};

/// A walk of this diagnosis, by its id.
///
/// # Errors
/// `NotFound` when there is none.
pub(super) async fn walk(app: &Inner, of: &Diagnosis, id: &str) -> Result<DataWalk> {
    let walks = app.store.data_walks(of.id).await?;
    walks.into_iter().find(|walk| walk.id.to_string() == id).ok_or(Error::NotFound)
}

/// The diagnosis and the walk of an address, for somebody who may see the release on its wall.
async fn hall(
    app: &Inner,
    signed_in: &SignedIn,
    slug: &str,
    id: &str,
) -> Result<(Diagnosis, DataWalk)> {
    let diagnosis = signed_in.diagnosis(app, slug, May::SeePublished).await?;
    let walk = walk(app, &diagnosis, id).await?;
    let committee = signed_in.0.may(diagnosis.id, May::SeeCommittee);
    if committee || is_public(app, &walk).await? {
        Ok((diagnosis, walk))
    } else {
        Err(Error::Forbidden)
    }
}

/// `GET /d/{slug}/walks/{walk}/projector`: to the first screen.
pub(super) async fn first(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let (diagnosis, walk) = hall(&app, &signed_in, &slug, &id).await?;
    let wall = app.wall(&diagnosis, walk.release).await?;
    let first = wall.stations().first().ok_or(Error::NotFound)?;
    let lang = diagnosis.settings.languages.first().copied().unwrap_or(Lang::En);
    let path = format!("/d/{slug}/walks/{id}/projector/{lang}/{}/1", first.number);
    Ok(Redirect::to(&path).into_response())
}

#[derive(Template)]
#[template(path = "projector.html")]
struct ProjectorPage<'a> {
    frame: Frame,
    words: &'a PosterWords,
    head: String,
    takeaway: String,
    by: Option<String>,
    question: String,
    chart: String,
    caption: Caption,
    notes: Vec<(String, &'a str)>,
    before: Option<String>,
    after: Option<String>,
    languages: Vec<(Lang, String)>,
    css: String,
    script: String,
}

/// `GET /d/{slug}/walks/{walk}/projector/{lang}/{station}/{chart}`: one chart.
pub(super) async fn screen(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, tag, station, chart)): Path<(String, String, String, u32, usize)>,
) -> Result<Response> {
    let (diagnosis, walk) = hall(&app, &signed_in, &slug, &id).await?;
    let wished: Lang = tag.parse().map_err(|_unknown| Error::NotFound)?;
    let wall = app.wall(&diagnosis, walk.release).await?;
    let at = wall.station(station).ok_or(Error::NotFound)?;
    let lang = at.spoken(wished, &diagnosis.settings.languages);
    let shown =
        chart.checked_sub(1).and_then(|chart| at.shown.get(chart)).ok_or(Error::NotFound)?;
    let form = app.form_words(lang);
    let words = app.poster_words(lang);
    let here = format!("/d/{slug}/walks/{id}/projector");
    let screens: Vec<(u32, usize)> = wall
        .stations()
        .iter()
        .flat_map(|station| (1..=station.shown.len()).map(|chart| (station.number, chart)))
        .collect();
    let place = screens.iter().position(|screen| *screen == (station, chart)).unwrap_or(0);
    let path = |(station, chart): &(u32, usize)| format!("{here}/{wished}/{station}/{chart}");
    let alone = crate::publish::Station { shown: vec![shown.clone()], ..at.clone() };
    let written = app.store.takeaways(diagnosis.id).await?;
    let said = spoken(&alone, lang, words, &written);
    let mut picture = shown.picture(shown.most_on_a_wall());
    "screen".clone_into(&mut picture.id);
    let svg = draw(&picture, &Look::projector(), lang, app.chart_words(lang))
        .map_err(|refusal| Error::Failed(refusal.to_string()))?;
    let (n, of) = (station.to_string(), wall.stations().len().to_string());
    let reflections = app.store.reflections(&walk).await?;
    let notes = reflections
        .into_iter()
        .filter(|said| said.station == station && said.state == ReflectionState::Shown);
    let mut frame = Frame::new(lang, at.question(lang), &diagnosis.name);
    frame.invented = at.is_invented().then(|| form.invented.clone());
    let speaks = |other: &&Lang| **other != lang && at.title.has(**other);
    let others = diagnosis.settings.languages.iter().filter(speaks);
    let page = ProjectorPage {
        head: fill(&words.station_of, &[("n", &n), ("of", &of), ("area", &diagnosis.name)]),
        takeaway: said.said,
        by: said.by.map(|by| fill(&words.words_by, &[("name", &by)])),
        question: shown.plan.title.get(lang).to_owned(),
        chart: svg.xml,
        caption: caption(&picture.tables, lang, app.chart_words(lang)),
        notes: notes.map(|said| (said.said, verdict_name(said.verdict, form))).collect(),
        before: place.checked_sub(1).and_then(|before| screens.get(before)).map(path),
        after: screens.get(place + 1).map(path),
        languages: others
            .map(|other| (*other, format!("{here}/{other}/{station}/{chart}")))
            .collect(),
        css: assets::address("wall.css"),
        script: assets::address("projector.js"),
        words,
        frame,
    };
    Ok(page::html(page.render()))
}
