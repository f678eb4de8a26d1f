//! What stands at a door besides the questions: letters to type, a one-time code, the screens of a
//! kiosk, and the page of a door that is over.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::app::{App, Inner};
use super::assets;
use super::page::{self, Frame, Message};
use super::participate::{Pairs, best, wished};
use super::phone::{Became, Said};
use crate::domain::code::Code;
use crate::domain::collection::{Collection, Door, Mode};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::text::Lang;
use crate::store::StoreError;
use crate::words::{FormWords, WaysWords, WireWords, fill};

/// The field of a one-time code.
pub(super) const FIELD: &str = "_code";

/// Why a form came back though its answers are fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No code was typed.
    NoCode,
    /// What was typed is no code.
    Unreadable,
    /// The code is not known, or was used before.
    Unknown,
    /// Too many wrong codes came from there.
    TooOften,
    /// The collection takes no more answers.
    Full,
    /// Something came that the form does not ask.
    NotAsked,
}

impl Trouble {
    /// The status a browser is told.
    #[must_use]
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::NoCode | Self::Unreadable | Self::NotAsked => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unknown | Self::Full => StatusCode::CONFLICT,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// What is said to whoever filled the form in.
    #[must_use]
    pub(super) fn sentence<'a>(self, words: &'a WaysWords, wire: &'a WireWords) -> &'a str {
        match self {
            Self::NoCode => &words.code_missing,
            Self::Unreadable => &words.code_unreadable,
            Self::Unknown => &words.code_unknown,
            Self::TooOften => &words.code_too_often,
            Self::Full => &words.full,
            Self::NotAsked => &wire.unknown_field,
        }
    }

    /// Whether it is about the code.
    #[must_use]
    pub(super) const fn is_of_code(self) -> bool {
        match self {
            Self::NoCode | Self::Unreadable | Self::Unknown | Self::TooOften => true,
            Self::Full | Self::NotAsked => false,
        }
    }
}

/// The code that came with a form, if its door asks for one.
///
/// # Errors
/// When there is none that can be read.
pub(super) fn code(door: &Door, pairs: &[(String, String)]) -> Result<Option<Code>, Trouble> {
    if !door.with_codes {
        return Ok(None);
    }
    let typed = typed(pairs);
    if typed.is_empty() {
        return Err(Trouble::NoCode);
    }
    Code::read(typed).map(Some).ok_or(Trouble::Unreadable)
}

fn typed(pairs: &[(String, String)]) -> &str {
    pairs.iter().find(|(name, _)| name == FIELD).map_or("", |(_, value)| value.trim())
}

/// What stands above the questions: the field of the code, and what went wrong.
#[derive(Template)]
#[template(path = "above.html")]
struct Above<'a> {
    words: &'a WaysWords,
    with_codes: bool,
    typed: &'a str,
    wrong: Option<&'a str>,
    notice: Option<&'a str>,
}

/// What stands above the questions of a door.
///
/// # Errors
/// When the template fails.
pub(super) fn above(
    door: &Door,
    (words, wire): (&WaysWords, &WireWords),
    pairs: &[(String, String)],
    trouble: Option<Trouble>,
) -> askama::Result<String> {
    let said = |of_code| {
        let trouble = trouble.filter(|trouble| trouble.is_of_code() == of_code);
        trouble.map(|trouble| trouble.sentence(words, wire))
    };
    let (wrong, notice) = (said(true), said(false));
    Above { words, with_codes: door.with_codes, typed: typed(pairs), wrong, notice }.render()
}

/// The scripts a door needs besides the form's own, to be put behind its name.
#[must_use]
pub(super) fn scripts(door: &Door) -> String {
    let code = if door.with_codes { ",code.js" } else { "" };
    let kiosk = if door.mode == Mode::Kiosk { ",kiosk.js" } else { "" };
    format!("{code}{kiosk}")
}

/// What a page of a kiosk needs.
pub(super) struct Kiosk<'a> {
    /// The address of its style sheet.
    pub css: String,
    /// Its start screen.
    pub start: String,
    /// Its texts.
    pub words: &'a WaysWords,
}

/// What a page needs when its door is a kiosk.
#[must_use]
pub(super) fn kiosk<'a>(door: &Door, words: &'a WaysWords) -> Option<Kiosk<'a>> {
    let css = assets::address("kiosk.css");
    let start = format!("/p/{}", door.code);
    (door.mode == Mode::Kiosk).then_some(Kiosk { css, start, words })
}

#[derive(Template)]
#[template(path = "kiosk.html")]
struct StartPage<'a> {
    frame: Frame,
    script: String,
    css: String,
    start: String,
    /// Each language with where it leads and its texts.
    languages: Vec<(Lang, String, &'a WaysWords)>,
}

/// The start screen of a kiosk: a large button for each language.
#[must_use]
pub(super) fn start(
    app: &Inner,
    (door, collection, diagnosis): (&Door, &Collection, &Diagnosis),
    invented: Option<String>,
) -> Response {
    let offered = &collection.field.languages;
    let lang = offered.first().copied().unwrap_or(Lang::En);
    let mut frame = Frame::new(lang, &diagnosis.name, "");
    frame.invented = invented;
    let start = format!("/p/{}", door.code);
    let language = |lang: &Lang| (*lang, format!("{start}/{lang}"), app.ways_words(*lang));
    let languages = offered.iter().map(language).collect();
    let (script, css) = (assets::address("kiosk.js"), assets::address("kiosk.css"));
    unkept(page::html(StartPage { frame, script, css, start, languages }.render()))
}

/// The last screen of one person at a kiosk.
#[derive(Template)]
#[template(path = "kiosk_thanks.html")]
pub(super) struct HandOver<'a> {
    /// The frame.
    pub frame: Frame,
    /// What a page of a kiosk needs.
    pub kiosk: Kiosk<'a>,
    /// The address of its script.
    pub script: String,
    /// What is said.
    pub paragraphs: Vec<String>,
    /// Over the help addresses.
    pub help_title: String,
    /// Kind and address.
    pub help: Vec<(String, String)>,
}

/// The thank-you page at a kiosk: it hands over to the next person by itself.
#[must_use]
pub(super) fn hand_over(kiosk: Kiosk<'_>, page: Message) -> Response {
    let script = assets::address("kiosk.js");
    let Message { frame, paragraphs, help_title, help, links: _, again: _, sent: _ } = page;
    let shown = HandOver { frame, kiosk, script, paragraphs, help_title, help };
    unkept(page::html(shown.render()))
}

/// The same page, which no cache may keep.
fn unkept(mut page: Response) -> Response {
    let never = HeaderValue::from_static("no-store");
    page.headers_mut().insert(header::CACHE_CONTROL, never);
    page
}

/// The page of a door that was shut by itself: whom to ask, and where to go on.
#[must_use]
pub(super) fn shut(
    app: &Inner,
    (door, collection, of): (&Door, &Collection, &Diagnosis),
    lang: Lang,
) -> Response {
    let words = app.ways_words(lang);
    let who = fill(&words.shut, &[("who", &collection.field.asked_by)]);
    let mut page = Message::plain(lang, &words.shut_title, &who);
    page.frame.name.clone_from(&of.name);
    page.links = onward(words, of);
    let kept = app.phone_words(lang).waiting_link.clone();
    page.links.insert(0, (kept, format!("/p/{}/{lang}/waiting", door.code)));
    let page = (StatusCode::GONE, page::html(page.render())).into_response();
    Said::new(Some(Became::Closed), &words.shut_title, &who).beside(page)
}

/// Where to go from a door that is over: another card, or what came of it.
#[must_use]
pub(super) fn onward(words: &WaysWords, of: &Diagnosis) -> Vec<(String, String)> {
    vec![
        (words.type_door.clone(), "/p".to_owned()),
        (words.see_results.clone(), format!("/n/{}", of.slug)),
    ]
}

#[derive(Template)]
#[template(path = "letters.html")]
struct LettersPage<'a> {
    frame: Frame,
    words: &'a WaysWords,
    form: &'a FormWords,
    typed: String,
    wrong: Option<&'a str>,
}

fn letters(app: &Inner, lang: Lang, typed: &str, wrong: Option<&str>) -> Response {
    let (words, form) = (app.ways_words(lang), app.form_words(lang));
    let frame = Frame::new(lang, &words.door_title, "Miradouro");
    let status = if wrong.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let typed: String = typed.chars().take(64).collect();
    (status, page::html(LettersPage { frame, words, form, typed, wrong }.render())).into_response()
}

/// `GET /p`: where the letters of a card or poster are typed.
pub(super) async fn letters_page(State(app): State<App>, headers: HeaderMap) -> Response {
    letters(&app, best(&wished(&headers), &Lang::RESPONDENTS), "", None)
}

/// `POST /p`: to the door with these letters. Posted, so that a code typed here by mistake stands in
/// no address and no log.
pub(super) async fn find(
    State(app): State<App>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Response {
    let lang = best(&wished(&headers), &Lang::RESPONDENTS);
    let words = app.ways_words(lang);
    let typed = pairs.iter().find(|(name, _)| name == "door").map_or("", |(_, value)| value.trim());
    if typed.is_empty() {
        return letters(&app, lang, "", Some(&words.door_missing));
    }
    match app.store.meant_door(typed).await {
        Ok(door) => Redirect::to(&format!("/p/{}", door.code)).into_response(),
        Err(StoreError::NotFound(_)) if Code::read(typed).is_some() => {
            letters(&app, lang, "", Some(&words.door_is_code))
        }
        Err(StoreError::NotFound(_)) => letters(&app, lang, typed, Some(&words.door_unknown)),
        Err(error) => super::error::Error::from(error).page(&app, lang),
    }
}
