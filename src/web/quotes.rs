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
use super::wall::{hall, in_turn, on_paper, spoken};
use crate::charts::{Look, MOST_QUOTES, Quote, quote_wall};
use crate::domain::collection::Collection;
use crate::domain::instrument::Instrument;
use crate::domain::own_words::LetThrough;
use crate::domain::text::{Lang, Text};
use crate::job::evidence::Evidence;
use crate::job::own_words::let_through;
use crate::publish::{OwnWords, PosterError, Sheet, Texts, may_quote};
use crate::words::FormWords;

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
    said: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "quotes.html")]
struct QuotesPage<'a> {
    frame: Frame,
    words: &'a FormWords,
    sections: Vec<Section>,
    posters: Vec<(String, &'a str)>,
    all: String,
}

/// `GET /w/{door}/{lang}/words`: what people wrote, for everybody.
pub(super) async fn page(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await?, spoken(&tag)?);
    let words = app.form_words(lang);
    let mut frame = Frame::new(lang, &words.own_words, &hall.diagnosis.name);
    let invented = hall.own.iter().any(|own| own.is_invented);
    frame.invented = invented.then(|| words.invented.clone());
    let sections = hall.own.iter().enumerate().map(|one| section(&app, one, lang));
    let poster = format!("/w/{door}/{lang}/words/poster.pdf");
    let page = QuotesPage {
        frame,
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

fn section(app: &Inner, (at, own): (usize, &OwnWords), lang: Lang) -> Result<Section> {
    let (words, title) = (app.chart_words(lang), Text::name(&app.form_words(lang).own_words));
    let draw = |suffix: &str, look: &Look| {
        let svg = own.drawn(&format!("q{at}-{suffix}"), &title, (look, lang), words);
        svg.map(|svg| svg.xml).map_err(|refusal| Error::Failed(refusal.to_string()))
    };
    let quotes = own.quotes(lang).into_iter();
    Ok(Section {
        title: own.title.get(lang).to_owned(),
        wide: draw("w", &Look::page_wide())?,
        narrow: draw("n", &Look::page_narrow())?,
        said: quotes.map(|one| (one.said, one.about)).take(4 * MOST_QUOTES).collect(),
    })
}

/// `GET /w/{door}/{lang}/words/poster.pdf`: the same as posters, a sheet for each instrument; on A3,
/// unless `paper=a2` asks for the other, and in up to three languages with `also=fr,ar`.
pub(super) async fn poster(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await?, spoken(&tag)?);
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
