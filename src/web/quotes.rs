//! What people wrote in their own words and the moderator let through: cards beside the charts of a
//! release and on the public page of a data walk. They are read when the page is opened, and go when
//! the texts are deleted.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::app::{App, Inner};
use super::error::{Error, Result};
use super::page::{self, Frame};
use super::participate::Pairs;
use super::sheet::Filled;
use super::voices::station_for;
use super::wall::{Hall, hall, in_turn, on_paper, spoken};
use crate::charts::{Look, MOST_QUOTES, Quote, quote_wall};
use crate::domain::collection::Collection;
use crate::domain::data_walk::Reflection;
use crate::domain::instrument::Instrument;
use crate::domain::own_words::LetThrough;
use crate::domain::text::{Lang, Text};
use crate::job::evidence::Evidence;
use crate::job::own_words::let_through;
use crate::publish::{OwnWords, PosterError, Sheet, Texts, may_quote, station_path};
use crate::words::{FormWords, WalkWords};

/// The cards of one collection, drawn for wide screens and for phones.
pub(super) struct Cards {
    /// For wide screens.
    pub wide: String,
    /// For phones.
    pub narrow: String,
}

/// The quotes of a collection in a release: none while it is open, or with too few answers.
async fn quotes(
    app: &Inner,
    evidence: &Evidence,
    (collection, instrument): (&Collection, &Instrument),
    lang: Lang,
) -> Result<Vec<Quote>> {
    let people = evidence.tables_of(collection).iter().map(|table| table.about().people).max();
    if !may_quote(collection.field.policy, people) {
        return Ok(Vec::new());
    }
    let texts = let_through(&app.store, collection.diagnosis, &[collection.id]).await?;
    let quote = |text: LetThrough| {
        let asked = instrument.question(&text.question);
        let about = asked.map_or("", |question| question.text.get(lang)).to_owned();
        Quote { said: text.said, about }
    };
    Ok(texts.into_iter().map(quote).collect())
}

/// The cards of a collection; none where nothing was let through.
///
/// # Errors
/// When the store fails, or the cards cannot be drawn.
pub(super) async fn cards(
    app: &Inner,
    evidence: &Evidence,
    sheet: (&Collection, &Instrument),
    (id, title): (&str, &crate::domain::text::Text),
    lang: Lang,
) -> Result<Option<Cards>> {
    let quotes = quotes(app, evidence, sheet, lang).await?;
    if quotes.is_empty() {
        return Ok(None);
    }
    let draw = |suffix: &str, look: &Look| {
        let (id, words) = (format!("{id}-{suffix}"), app.chart_words(lang));
        let svg = quote_wall((&quotes, MOST_QUOTES), &id, title, (look, lang), words);
        svg.map(|svg| svg.xml).map_err(|refusal| Error::Failed(refusal.to_string()))
    };
    let (wide, narrow) = (draw("w", &Look::page_wide())?, draw("n", &Look::page_narrow())?);
    Ok(Some(Cards { wide, narrow }))
}

/// What people wrote in answer to one instrument.
struct Section {
    title: String,
    wide: String,
    narrow: String,
    said: Vec<Told>,
}

/// A text with what was asked, where something can be said about it, and what was said.
struct Told {
    said: String,
    asked: String,
    say: Option<String>,
    heard: Vec<String>,
}

#[derive(Template)]
#[template(path = "quotes.html")]
struct QuotesPage<'a> {
    frame: Frame,
    words: &'a FormWords,
    walk_words: &'a WalkWords,
    sections: Vec<Section>,
    posters: Vec<(String, &'a str)>,
    all: String,
}

/// `GET /w/{door}/{lang}/words`: what people wrote, for everybody.
pub(super) async fn page(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await, spoken(&tag)?);
    let words = app.form_words(lang);
    let heard = app.store.shown_reflections(&hall.walk).await?;
    let mut frame = Frame::new(lang, &words.own_words, &hall.diagnosis.name);
    let invented = hall.own.iter().any(|own| own.is_invented);
    frame.invented = invented.then(|| words.invented.clone());
    let sections = hall.own.iter().enumerate().map(|one| section(&app, &hall, one, (lang, &heard)));
    let poster = format!("/w/{door}/{lang}/words/poster.pdf");
    let page = QuotesPage {
        frame,
        walk_words: app.walk_words(lang),
        sections: sections.collect::<Result<_>>()?,
        posters: vec![
            (poster.clone(), &words.own_words_a3),
            (format!("{poster}?paper=a2"), &words.own_words_a2),
        ],
        all: format!("/w/{door}/{lang}"),
        words,
    };
    Ok(page::html(page.render()).into_response())
}

fn section(
    app: &Inner,
    hall: &Hall,
    (at, own): (usize, &OwnWords),
    (lang, heard): (Lang, &[Reflection]),
) -> Result<Section> {
    let (words, title) = (app.chart_words(lang), Text::name(&app.form_words(lang).own_words));
    let draw = |suffix: &str, look: &Look| {
        let svg = own.drawn(&format!("q{at}-{suffix}"), &title, (look, lang), words);
        svg.map(|svg| svg.xml).map_err(|refusal| Error::Failed(refusal.to_string()))
    };
    let (langs, walk) = (&hall.diagnosis.settings.languages, &hall.walk);
    let told = |(text, asked): &(LetThrough, Text)| {
        let say = station_for(&hall.wall, text).map(|station| {
            let path = station_path(&walk.door, station.number, station.spoken(lang, langs));
            format!("{path}?pin={}#say", text.pin(walk.release))
        });
        let about = heard.iter().filter(|one| one.pin.as_ref().is_some_and(|it| it.is_at(text)));
        let about = about.filter(|one| !one.said.trim().is_empty());
        let heard = about.map(|one| one.said.clone()).collect();
        Told { said: text.said.clone(), asked: asked.get(lang).to_owned(), say, heard }
    };
    Ok(Section {
        title: own.title.get(lang).to_owned(),
        wide: draw("w", &Look::page_wide())?,
        narrow: draw("n", &Look::page_narrow())?,
        said: own.texts.iter().take(4 * MOST_QUOTES).map(told).collect(),
    })
}

/// `GET /w/{door}/{lang}/words/poster.pdf`: the same as posters, a sheet for each instrument; on A3,
/// unless `paper=a2` asks for the other, and in up to three languages with `also=fr,ar`.
pub(super) async fn poster(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await, spoken(&tag)?);
    let (paper, langs) = on_paper(&Filled(pairs), lang)?;
    if hall.own.is_empty() {
        return Err(Error::NotFound);
    }
    let address = app.base_url.join(&format!("/w/{door}/{lang}/words"));
    let (inner, several) = (app.clone(), langs.len() > 1);
    let pdf = in_turn(move || {
        let texts: Vec<Texts<'_>> = langs.iter().map(|lang| inner.texts(*lang)).collect();
        let (address, texts) = (Some(address.as_str()), texts.as_slice());
        let sheet = Sheet { paper, texts, stripes: false, guess: false, address, written: &[] };
        match hall.wall.words_posters(&hall.own, &sheet) {
            Err(PosterError::Refused(_)) if several => Ok(None),
            pdf => pdf.map(Some),
        }
    });
    let pdf = pdf.await?.ok_or_else(|| Error::Bad(app.set_words(lang).too_many.clone()))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}
