//! What happens with an answer, in plain words, and for whom the pages are made.
//!
//! Each sentence is shown only where it is true of the form: of photos where photos are asked, of
//! groups where the gate shows nothing but groups.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::app::App;
use super::page::{self, Frame};
use super::participate::{self, Entry};
use crate::domain::collection::State as Stage;
use crate::domain::instrument::{Instrument, Policy};
use crate::domain::question::Kind;
use crate::domain::text::Lang;
use crate::words::{PrivacyWords, fill};

/// Headings, each with its paragraphs; the ways to the form and to help.
#[derive(Template)]
#[template(path = "privacy.html")]
struct Told<'a> {
    frame: Frame,
    languages: &'a [Lang],
    /// The address of the form, as `/p/{door}`.
    base: String,
    /// The end of this page's own address.
    page: &'static str,
    parts: Vec<(&'a str, Vec<String>)>,
    help_title: &'a str,
    help: Vec<(String, String)>,
    /// What the way to the form is called, while it is open.
    to_form: Option<&'a str>,
}

/// `GET /p/{door}/{lang}/privacy`.
pub(super) async fn page(
    State(app): State<App>,
    Path((door, lang)): Path<(String, String)>,
) -> Response {
    shown(&app, &door, &lang, "privacy", privacy).await
}

/// `GET /p/{door}/{lang}/accessibility`.
pub(super) async fn accessibility(
    State(app): State<App>,
    Path((door, lang)): Path<(String, String)>,
) -> Response {
    shown(&app, &door, &lang, "accessibility", using).await
}

/// A title and what stands under it.
type Parts<'a> = (&'a str, Vec<(&'a str, Vec<String>)>);

async fn shown(
    app: &App,
    door: &str,
    lang: &str,
    page: &'static str,
    told: for<'a> fn(&'a PrivacyWords, &Entry) -> Parts<'a>,
) -> Response {
    let asked = lang.parse().ok().filter(|lang| Lang::RESPONDENTS.contains(lang));
    let lang = asked.unwrap_or(Lang::En);
    let entry = match participate::entry(app, door).await {
        Ok(entry) => entry,
        Err(error) => return participate::refuse(app, lang, &error),
    };
    let (words, form) = (app.privacy_words(lang), app.form_words(lang));
    let (title, parts) = told(words, &entry);
    let mut frame = Frame::new(lang, title, &entry.diagnosis.name);
    frame.invented = participate::invented(&entry, form);
    let is_open = entry.collection.state == Stage::Open;
    let told = Told {
        frame,
        languages: &entry.collection.field.languages,
        base: format!("/p/{}", entry.door.code),
        page,
        parts,
        help_title: &form.help_title,
        help: participate::help(&entry, form),
        to_form: is_open.then_some(words.to_form.as_str()),
    };
    page::html(told.render())
}

fn privacy<'a>(words: &'a PrivacyWords, entry: &Entry) -> Parts<'a> {
    let who = [("who", entry.collection.field.asked_by.as_str())];
    let of = &*entry.instrument;
    let mut kept = vec![words.kept.clone()];
    if of.policy == Policy::Private {
        kept.push(words.kept_private.clone());
    }
    if of.asks_places() {
        kept.push(words.kept_place.clone());
    }
    if of.asks_photos() {
        kept.push(words.kept_photo.clone());
    }
    kept.extend([words.kept_night.clone(), words.kept_language.clone(), words.kept_cookie.clone()]);
    let mut parts = vec![(words.kept_title.as_str(), kept)];
    if asks_texts(of) {
        parts.push((&words.texts_title, vec![words.texts.clone()]));
    }
    match of.policy {
        Policy::Rounded | Policy::People | Policy::Spoken | Policy::Ballot => {
            parts.push((&words.shown_title, vec![words.shown.clone()]));
        }
        // What one walker saw is shown as one observation; a name is never shown.
        Policy::Places | Policy::Private => {}
    }
    let phone = [&words.phone, &words.phone_flag, &words.phone_trace].map(String::clone);
    parts.extend([
        (words.receipt_title.as_str(), vec![words.receipt.clone(), words.no_return.clone()]),
        (&words.code_title, vec![words.code_can.clone(), words.code_cannot.clone()]),
        (&words.phone_title, phone.into()),
        (&words.time_title, how_long(words, of, &who)),
        (&words.ask_title, vec![fill(&words.ask, &who)]),
    ]);
    (&words.title, parts)
}

fn asks_texts(of: &Instrument) -> bool {
    of.all_questions().any(|question| matches!(question.kind, Kind::Text { .. }))
}

/// How long what is kept: what [`crate::domain::retention`] says, in words.
fn how_long(words: &PrivacyWords, of: &Instrument, who: &[(&str, &str)]) -> Vec<String> {
    if of.policy == Policy::Private {
        return vec![words.time_private.clone(), words.time_receipt.clone()];
    }
    let mut said = vec![fill(&words.time, who), words.time_receipt.clone()];
    if asks_texts(of) {
        said.push(words.time_texts.clone());
    }
    if of.asks_photos() {
        said.push(words.time_photos.clone());
    }
    said
}

fn using<'a>(words: &'a PrivacyWords, entry: &Entry) -> Parts<'a> {
    let who = [("who", entry.collection.field.asked_by.as_str())];
    let said = vec![
        words.use_for_all.clone(),
        words.use_how.clone(),
        words.use_limits.clone(),
        fill(&words.use_help, &who),
    ];
    (&words.use_title, vec![("", said)])
}
