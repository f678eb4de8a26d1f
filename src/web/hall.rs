//! The public page of a data walk: its stations, and what the committee found, with what groups say
//! to it and what it changed because of them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::app::App;
use super::assets;
use super::error::Result;
use super::findings::signed;
use super::page::{self, Frame};
use super::walk::tallied;
use super::wall::{Hall, hall, spoken};
use crate::charts::date;
use crate::domain::data_walk::Reflection;
use crate::domain::finding::Finding;
use crate::domain::text::{Lang, Text};
use crate::publish::{place_of, station_path, tally};
use crate::words::{FormWords, WalkWords, fill};

/// A sentence in the language it has.
struct Sentence {
    lang: Lang,
    said: String,
}

/// A finding as everybody reads it.
struct View {
    now: Sentence,
    before: Option<Sentence>,
    because: Vec<String>,
    by: String,
    tally: Vec<(&'static str, String, usize)>,
    stations: Vec<(String, String)>,
}

/// A station in the list.
struct Stop {
    number: u32,
    question: String,
    lang: Lang,
    path: String,
    reactions: String,
}

#[derive(Template)]
#[template(path = "hall.html")]
struct HallPage<'a> {
    frame: Frame,
    words: &'a FormWords,
    walk_words: &'a WalkWords,
    walk_css: String,
    day: String,
    languages: Vec<(Lang, String)>,
    stops: Vec<Stop>,
    findings: Vec<View>,
    wall: String,
    more: Vec<(String, String)>,
}

/// `GET /w/{door}/{lang}`: the stations and the findings.
pub(super) async fn page(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?, spoken(&tag)?);
    let (words, walk_words) = (app.form_words(lang), app.walk_words(lang));
    let shown = app.store.shown_reflections(&hall.walk).await?;
    let mut findings = app.store.findings(hall.diagnosis.id).await?;
    findings.retain(|one| one.data_walk == hall.walk.id);
    let mut frame = Frame::new(lang, &hall.walk.title, &hall.diagnosis.name);
    frame.invented = hall.diagnosis.settings.invented.then(|| words.invented.clone());
    let others = hall.diagnosis.settings.languages.iter().filter(|other| **other != lang);
    let summary = &app.set_words(lang).summary_title;
    let summary = format!("{} (PDF)", fill(summary, &[("area", &hall.diagnosis.name)]));
    let page = HallPage {
        frame,
        walk_css: assets::address("walk.css"),
        day: fill(&words.read_at, &[("day", &date(hall.walk.held_on, app.chart_words(lang)))]),
        languages: others.map(|other| (*other, format!("/w/{door}/{other}"))).collect(),
        stops: stops(&app, &hall, lang, &shown),
        findings: findings.iter().map(|one| view(&app, &hall, lang, one, &shown)).collect(),
        wall: format!("/w/{door}/{lang}/wall"),
        more: vec![
            (summary, format!("/w/{door}/{lang}/summary.pdf")),
            (words.own_words.clone(), format!("/w/{door}/{lang}/words")),
        ],
        words,
        walk_words,
    };
    Ok(page::html(page.render()))
}

fn stops(app: &App, hall: &Hall, lang: Lang, shown: &[Reflection]) -> Vec<Stop> {
    let stop = |station: &crate::publish::Station| {
        let own = station.spoken(lang, &hall.diagnosis.settings.languages);
        let place = |one: &&Reflection| place_of(&hall.wall, one) == station.number;
        let n = shown.iter().filter(place).count();
        let reactions = fill(&app.walk_words(lang).reactions, &[("n", &n.to_string())]);
        Stop {
            number: station.number,
            question: station.question(own).to_owned(),
            lang: own,
            path: station_path(&hall.walk.door, station.number, own),
            reactions: if n == 0 { String::new() } else { reactions },
        }
    };
    hall.wall.stations().iter().map(stop).collect()
}

fn view(app: &App, hall: &Hall, lang: Lang, one: &Finding, shown: &[Reflection]) -> View {
    let words = app.walk_words(lang);
    let changed = one.is_amended();
    let because = shown.iter().filter(|said| one.because.contains(&said.id));
    let stations = hall.wall.stations().iter().filter(|station| {
        station.shown.iter().any(|chart| {
            let of = chart.tables.first().map(|table| table.address().collection);
            let is = |it: &crate::domain::finding::Evidence| {
                it.chart == chart.plan.id && Some(it.collection) == of
            };
            one.evidence.iter().any(is)
        })
    });
    let link = |station: &crate::publish::Station| {
        let own = station.spoken(lang, &hall.diagnosis.settings.languages);
        let with =
            [("n", station.number.to_string()), ("question", station.question(own).to_owned())];
        let with: Vec<(&str, &str)> = with.iter().map(|(name, it)| (*name, it.as_str())).collect();
        let path = station_path(&hall.walk.door, station.number, own);
        (fill(&words.finding_station, &with), path)
    };
    View {
        now: sentence(if changed { &one.amended } else { &one.said }, lang),
        before: changed.then(|| sentence(&one.said, lang)),
        because: because.map(|said| said.said.clone()).collect(),
        by: signed(&words.finding_by, one, app.chart_words(lang)),
        tally: tallied(tally(&hall.wall, one, shown), app.form_words(lang)),
        stations: stations.map(link).collect(),
    }
}

fn sentence(text: &Text, lang: Lang) -> Sentence {
    let own = if text.has(lang) { Some(lang) } else { text.0.keys().next().copied() };
    Sentence { lang: own.unwrap_or(lang), said: text.get(lang).to_owned() }
}
