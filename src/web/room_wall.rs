//! The wall of the room: a screen that fills while people walk. It needs no sign-in, shows the one
//! public release of the walk and words that were let through, and takes itself anew when there are
//! more; without a script it is loaded again now and then. Everything comes from this server, so it
//! works on a network of the room's own.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::app::App;
use super::assets;
use super::error::{Error, Result};
use super::page::{self, Frame};
use super::qr::Qr;
use super::voices::{Heard, heard};
use super::walk::tallied;
use super::wall::{Hall, hall, spoken};
use crate::charts::{Caption, Look, caption, date, draw_or_say};
use crate::domain::text::Lang;
use crate::publish::{Station, spoken as spoken_of};
use crate::words::{WalkWords, fill};

/// A station on the wall.
struct Column {
    number: u32,
    question: String,
    lang: Lang,
    path: String,
    tally: Vec<(&'static str, String, usize)>,
    heard: Heard,
}

#[derive(Template)]
#[template(path = "room_wall.html")]
struct RoomWall<'a> {
    frame: Frame,
    walk_words: &'a WalkWords,
    head: String,
    css: String,
    script: String,
    live: String,
    qr: Option<Qr>,
    columns: Vec<Column>,
    charts: Vec<String>,
    takeaway: String,
    caption: Option<Caption>,
    all: String,
}

/// `GET /w/{door}/{lang}/wall`: every station with what was said there.
pub(super) async fn every(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await, spoken(&tag)?);
    let said = app.store.shown_reflections(&hall.walk).await?;
    let mut columns = Vec::new();
    for station in hall.wall.stations() {
        columns.push(column(&app, &hall, station, lang, &said).await?);
    }
    let title = hall.walk.title.clone();
    let page = RoomWall { columns, ..blank(&app, &hall, lang, &title) };
    Ok(page::html(page.render()))
}

/// `GET /w/{door}/{lang}/wall/{station}`: one station with its charts, large.
pub(super) async fn one(
    State(app): State<App>,
    Path((door, tag, number)): Path<(String, String, u32)>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await, spoken(&tag)?);
    let station = hall.wall.station(number).ok_or(Error::NotFound)?;
    let lang = station.spoken(lang, &hall.diagnosis.settings.languages);
    let said = app.store.shown_reflections(&hall.walk).await?;
    let column = column(&app, &hall, station, lang, &said).await?;
    let (look, words) = (Look::projector(), app.chart_words(lang));
    let draw = |(shown, marks): (&crate::publish::Shown, &Vec<crate::charts::Mark>)| {
        let picture = shown.picture(shown.most_on_a_wall());
        draw_or_say(&picture, &look, lang, words, marks).map(|svg| svg.xml)
    };
    let charts = station.shown.iter().zip(&column.heard.marks).map(draw);
    let charts = charts.collect::<std::result::Result<Vec<_>, _>>();
    let tables: Vec<_> = station.tables().collect();
    let page = RoomWall {
        charts: charts.map_err(|refusal| Error::Failed(refusal.to_string()))?,
        takeaway: spoken_of(station, lang, (app.poster_words(lang), words), &hall.written).said,
        caption: Some(caption(&tables, lang, words)),
        columns: vec![column],
        ..blank(&app, &hall, lang, station.question(lang))
    };
    Ok(page::html(page.render()))
}

async fn column(
    app: &App,
    hall: &Hall,
    station: &Station,
    lang: Lang,
    said: &[crate::domain::data_walk::Reflection],
) -> Result<Column> {
    let own = station.spoken(lang, &hall.diagnosis.settings.languages);
    let heard = heard(app, hall.at(), station, own, said).await?;
    Ok(Column {
        number: station.number,
        question: station.question(own).to_owned(),
        lang: own,
        path: format!("/w/{}/{own}/wall/{}", hall.walk.door, station.number),
        tally: tallied(heard.tally, app.form_words(own)),
        heard,
    })
}

/// The wall with nothing on it yet.
fn blank<'a>(app: &'a App, hall: &Hall, lang: Lang, title: &str) -> RoomWall<'a> {
    let (words, walk_words) = (app.form_words(lang), app.walk_words(lang));
    let mut frame = Frame::new(lang, title, &hall.diagnosis.name);
    frame.invented = hall.diagnosis.settings.invented.then(|| words.invented.clone());
    let (door, day) = (&hall.walk.door, date(hall.walk.held_on, app.chart_words(lang)));
    RoomWall {
        head: format!("{} · {}", hall.walk.title, fill(&words.read_at, &[("day", &day)])),
        css: assets::address("walk.css,room_wall.css"),
        script: assets::address("live.js,room_wall.js"),
        live: format!("/w/{door}/live"),
        qr: Qr::of(&app.base_url.join(&format!("/w/{door}"))).ok(),
        all: format!("/w/{door}/{lang}/wall"),
        columns: Vec::new(),
        charts: Vec::new(),
        takeaway: String::new(),
        caption: None,
        frame,
        walk_words,
    }
}
