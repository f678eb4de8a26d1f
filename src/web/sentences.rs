//! What the charts of a release say: the sentence made from their figures, and whatever somebody
//! writes in its place, with their name.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::desk::{Desk, StaffFrame, show};
use super::error::{Error, Result};
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::people::May;
use crate::domain::takeaway::Takeaway;
use crate::domain::text::Lang;
use crate::publish::{Careless, LONGEST, Station, about, careless, key, spoken, takeaway};
use crate::words::{GateWords, fill};

/// In which language.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "sentences.html")]
struct SentencesPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a GateWords,
    action: String,
    lang: Lang,
    languages: Vec<(Lang, String)>,
    stations: Vec<View>,
    longest: usize,
}

/// A station with its sentences.
struct View {
    number: u32,
    question: String,
    made: String,
    own: String,
    notes: Vec<String>,
    wrong: Vec<String>,
}

/// A sentence that was sent and not kept: its station, itself, and what is careless about it.
type Refused = (u32, String, Vec<String>);

/// `GET /d/{slug}/releases/{n}/sentences`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, number)): Path<(String, i64)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let lang = chosen(&desk, asked.lang.as_deref());
    sheet(&desk, number, lang, None).await
}

/// `POST /d/{slug}/releases/{n}/sentences`: a sentence of somebody's own, or an empty one.
pub(super) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, number)): Path<(String, i64)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let filled = Filled(pairs);
    let lang = chosen(&desk, Some(filled.first("lang")));
    let wall = app.wall(&desk.diagnosis, number).await?;
    let station = filled.first("station").parse().ok().and_then(|number| wall.station(number));
    let station = station.ok_or(Error::NotFound)?;
    let (collection, chart) = key(station).ok_or(Error::NotFound)?;
    let said = filled.first("said").split_whitespace().collect::<Vec<_>>().join(" ");
    let words = app.gate_words(desk.lang());
    let wrong: Vec<String> =
        careless(&said, lang).into_iter().map(|what| in_words(what, words)).collect();
    if !wrong.is_empty() {
        return sheet(&desk, number, lang, Some((station.number, said, wrong))).await;
    }
    let new = Takeaway {
        collection,
        chart: chart.to_owned(),
        lang,
        said,
        editor: desk.person.name.clone(),
        written: app.today(&desk.diagnosis),
        about: about(station),
    };
    app.store.set_takeaway(desk.diagnosis.id, &new).await?;
    Ok(desk.go(&format!("/releases/{number}/sentences?lang={lang}")))
}

/// The wished language if the diagnosis has it, else its first.
fn chosen(desk: &Desk, wished: Option<&str>) -> Lang {
    let languages = &desk.diagnosis.settings.languages;
    let wished = wished.and_then(|tag| tag.parse::<Lang>().ok());
    let own = wished.filter(|lang| languages.contains(lang));
    own.or_else(|| languages.first().copied()).unwrap_or(Lang::En)
}

/// What is careless about a sentence, in words.
#[must_use]
pub(super) fn in_words(what: Careless, words: &GateWords) -> String {
    match what {
        Careless::Decimal(what) => fill(&words.sentence_decimal, &[("what", &what)]),
        Careless::Word(what) => fill(&words.sentence_claim, &[("what", what)]),
        Careless::Long => fill(&words.sentence_long, &[("n", &LONGEST.to_string())]),
    }
}

async fn sheet(desk: &Desk, number: i64, lang: Lang, refused: Option<Refused>) -> Result<Response> {
    let (app, words) = (&desk.app, desk.app.gate_words(desk.lang()));
    let wall = app.wall(&desk.diagnosis, number).await?;
    let written = app.store.takeaways(desk.diagnosis.id).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = |station: &Station| {
        let spoken = spoken(station, lang, app.sentences(lang), &written);
        let key = key(station);
        let kept = written
            .iter()
            .find(|one| key == Some((one.collection, one.chart.as_str())) && one.lang == lang);
        let by = |pattern: &str, one: &Takeaway| {
            let day = one.written.to_string();
            fill(pattern, &[("name", &one.editor), ("day", &day), ("said", &one.said)])
        };
        let note = match (&spoken.stale, kept) {
            (Some(stale), _) => Some(by(&words.sentence_stale, stale)),
            (None, Some(kept)) => Some(by(&words.sentence_by, kept)),
            (None, None) => None,
        };
        let sent = refused.as_ref().filter(|(of, ..)| *of == station.number);
        let own = if spoken.by.is_some() { spoken.said.clone() } else { String::new() };
        View {
            number: station.number,
            question: station.question(station.spoken(lang, &[])).to_owned(),
            made: takeaway(station, lang, app.sentences(lang)),
            own: sent.map_or(own, |(_, said, _)| said.clone()),
            notes: note.into_iter().collect(),
            wrong: sent.map(|(.., wrong)| wrong.clone()).unwrap_or_default(),
        }
    };
    let action = desk.path(&format!("/releases/{number}/sentences"));
    let languages = desk.diagnosis.settings.languages.iter().filter(|other| **other != lang);
    let page = SentencesPage {
        frame: desk.frame(&words.sentences),
        words,
        lang,
        languages: languages.map(|other| (*other, format!("{action}?lang={other}"))).collect(),
        stations: wall.stations().iter().map(view).collect(),
        longest: LONGEST,
        action,
    };
    Ok(show(status, &page))
}
