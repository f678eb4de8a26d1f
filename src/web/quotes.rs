//! What people wrote in their own words and the moderator let through: cards beside the charts of a
//! release and on the public page of a data walk. They are read when the page is opened, and go when
//! the texts are deleted.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use super::app::{App, Inner};
use super::error::{Error, Result};
use super::page::{self, Frame};
use super::wall::{hall, spoken};
use crate::charts::{Look, MOST_QUOTES, Quote, quote_wall};
use crate::domain::collection::{Collection, Origin, State as Stand};
use crate::domain::data_walk::ReflectionState;
use crate::domain::instrument::{Instrument, Policy};
use crate::domain::text::Lang;
use crate::job::evidence::{self, Evidence};
use crate::publish::may_hang;
use crate::store::FreeTextRow;
use crate::words::FormWords;

/// Words are shown from so many answers on, and from fewer where everybody of a small group was
/// asked.
const ANSWERS: u64 = 10;
const ANSWERS_OF_A_GROUP: u64 = 5;

/// The cards of one collection, drawn for wide screens and for phones, and as a list.
pub(super) struct Cards {
    /// What the collection is called.
    pub title: String,
    /// For wide screens.
    pub wide: String,
    /// For phones.
    pub narrow: String,
    /// The same texts.
    pub said: Vec<(String, String)>,
}

/// The quotes of a collection in a release: none while it is open, or with too few answers.
async fn quotes(
    app: &Inner,
    evidence: &Evidence,
    (collection, instrument): (&Collection, &Instrument),
    lang: Lang,
) -> Result<Vec<Quote>> {
    let people = evidence.tables_of(collection).iter().map(|table| table.about().people).max();
    let needed = match collection.field.policy {
        Policy::People | Policy::Spoken => ANSWERS_OF_A_GROUP,
        Policy::Rounded | Policy::Places | Policy::Ballot => ANSWERS,
        Policy::Private => return Ok(Vec::new()),
    };
    // A sitting is one sheet, on which somebody wrote down what a whole group said.
    let is_sitting = collection.field.policy == Policy::Spoken;
    let enough = is_sitting || people.unwrap_or(0) >= needed;
    if !enough || collection.state != Stand::Closed {
        return Ok(Vec::new());
    }
    let texts = app.store.free_texts(collection.diagnosis, collection.id).await?;
    let let_through = texts.into_iter().filter(|text| text.state == ReflectionState::Shown);
    let quote = |text: FreeTextRow| {
        let asked = instrument.question(&text.question);
        let about = asked.map_or("", |question| question.text.get(lang)).to_owned();
        Quote { said: text.raw, about }
    };
    Ok(let_through.map(quote).collect())
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
        let svg = quote_wall(&quotes, &id, title, (look, lang), words);
        svg.map(|svg| svg.xml).map_err(|refusal| Error::Failed(refusal.to_string()))
    };
    let (wide, narrow) = (draw("w", &Look::page_wide())?, draw("n", &Look::page_narrow())?);
    let said = quotes.into_iter().take(4 * MOST_QUOTES).map(|one| (one.said, one.about)).collect();
    Ok(Some(Cards { title: sheet.0.title.clone(), wide, narrow, said }))
}

#[derive(Template)]
#[template(path = "quotes.html")]
struct QuotesPage<'a> {
    frame: Frame,
    words: &'a FormWords,
    cards: Vec<Cards>,
    all: String,
}

/// `GET /w/{door}/{lang}/words`: what people wrote, for everybody.
pub(super) async fn page(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?, spoken(&tag)?);
    let evidence = evidence::load(&app.store, &hall.diagnosis, hall.walk.release).await?;
    let words = app.form_words(lang);
    let title = crate::domain::text::Text::name(&words.own_words);
    let mut all = Vec::new();
    let mut invented = false;
    for (at, (collection, instrument)) in evidence.sheets.iter().enumerate() {
        if may_hang(collection, &evidence.tables) {
            let id = format!("q{at}");
            let drawn =
                cards(&app, &evidence, (collection, instrument), (&id, &title), lang).await?;
            invented |= drawn.is_some() && collection.field.origin == Origin::Invented;
            all.extend(drawn);
        }
    }
    let mut frame = Frame::new(lang, &words.own_words, &hall.diagnosis.name);
    frame.invented = invented.then(|| words.invented.clone());
    let page = QuotesPage { frame, words, cards: all, all: format!("/w/{door}/{lang}") };
    Ok(page::html(page.render()).into_response())
}
