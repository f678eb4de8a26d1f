//! The remote: what the room sees, what it will see after the next tap, and the taps themselves, for
//! a phone in the hand or a laptop with its keys. Presentation clickers press the same keys.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::view::{Drawing, Picture, SlideView, found, view};
use super::{Seat, shown_now};
use crate::domain::people::May;
use crate::domain::screen::{Act, Screen, Slide};
use crate::domain::text::Lang;
use crate::web::app::App;
use crate::web::assets;
use crate::web::desk::{Desk, StaffFrame, show};
use crate::web::error::{Error, Result};
use crate::web::live::News;
use crate::web::participate::Pairs;
use crate::web::qr::Qr;
use crate::web::sign_in::SignedIn;
use crate::words::{FormWords, RemoteWords};

/// How often a tap is tried again that somebody else's tap came before.
const TRIES: usize = 8;

/// A button of the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    /// The field it sends.
    pub(super) name: &'static str,
    /// Its value.
    pub(super) value: String,
    /// What it says.
    pub(super) label: String,
    /// The keys that press it.
    pub(super) keys: &'static str,
    /// How it looks, and its id.
    pub(super) class: &'static str,
}

impl Button {
    fn new(act: Act, label: &str, keys: &'static str, class: &'static str) -> Self {
        let (name, value) = act.field();
        Self { name, value, label: label.to_owned(), keys, class }
    }
}

/// What can be done to a screen: on, back, curtain first.
pub(super) fn buttons(now: &Screen, slides: &[Slide], words: &RemoteWords) -> Vec<Button> {
    let mut all = Vec::new();
    all.extend(
        now.back(slides).map(|act| Button::new(act, &words.back, "ArrowLeft PageUp", "back")),
    );
    let (closed, label) = (now.curtain, if now.curtain { &words.show } else { &words.hide });
    all.push(Button::new(Act::Curtain(!closed), label, "b .", "hide"));
    all.extend(
        now.next(slides)
            .map(|act| Button::new(act, on(act, words), "ArrowRight PageDown space", "on")),
    );
    let mut toggle = |act: fn(bool) -> Act, is: bool, labels: [&str; 2], keys, class| {
        let [take_off, put_on] = labels;
        all.push(Button::new(act(!is), if is { take_off } else { put_on }, keys, class));
    };
    let figures = [words.figures_hide.as_str(), &words.figures_show];
    toggle(Act::Figures, now.figures, figures, "r", "figures");
    toggle(Act::Source, now.source, [&words.source_off, &words.source_on], "s ?", "source");
    toggle(Act::Alone, now.alone, [&words.alone_off, &words.alone_on], "n", "alone");
    toggle(Act::GuessFirst, now.guess_first, [&words.guess_off, &words.guess_on], "g", "guess");
    all
}

/// What the large button does, in words.
fn on(act: Act, words: &RemoteWords) -> &str {
    match act {
        Act::Curtain(_) => &words.next_curtain,
        Act::Source(_) => &words.next_source,
        Act::Figures(_) => &words.next_figures,
        Act::Go(_) | Act::Speak(_) | Act::GuessFirst(_) | Act::Alone(_) => &words.next,
    }
}

/// A picture in the list of all.
struct Choice {
    value: String,
    title: String,
    is_now: bool,
}

#[derive(Template)]
#[template(path = "remote.html")]
struct RemotePage<'a> {
    frame: StaffFrame<'a>,
    words: &'a RemoteWords,
    action: String,
    live: String,
    screen: String,
    complaint: Option<&'a str>,
    now: SlideView<'a>,
    next: Option<SlideView<'a>>,
    steps: Vec<Button>,
    more: Vec<Button>,
    languages: Vec<(Lang, bool)>,
    screens: Vec<(Lang, String)>,
    all: Vec<Choice>,
    phones: Option<(Option<Qr>, String)>,
    keys: Vec<&'a str>,
    css: String,
    script: String,
}

/// `GET /d/{slug}/walks/{walk}/remote`.
pub(in crate::web) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in.clone(), &slug, May::Facilitate).await?;
    let seat = Seat::of(&app, &signed_in, (&slug, &id)).await?;
    shown(&app, &desk, &seat, None).await
}

async fn shown(app: &App, desk: &Desk, seat: &Seat, complaint: Option<&str>) -> Result<Response> {
    let words = app.remote_words(desk.lang());
    let slides = seat.hall.slides();
    if slides.is_empty() {
        return Err(Error::Stale(words.no_pictures.clone()));
    }
    let (now, _) = shown_now(app, &seat.hall).await?;
    let then = now.next(&slides).and_then(|act| now.after(act, &slides));
    let next = match then {
        Some(then) => Some(view(app, &seat.hall, &then, ("then", seat.public)).await?),
        None => None,
    };
    let mut steps = buttons(&now, &slides, words);
    let more = steps.iter().position(|one| one.class == "figures").unwrap_or(steps.len());
    let more = steps.split_off(more);
    let langs = &seat.hall.diagnosis.settings.languages;
    let own = (desk.lang(), app.form_words(desk.lang()));
    let at = |lang: &Lang| (*lang, seat.path(&format!("/projector/{lang}")));
    let page = RemotePage {
        frame: desk.frame(&words.title),
        words,
        action: seat.path("/remote"),
        live: seat.path("/live"),
        screen: seat.path("/projector"),
        complaint,
        now: view(app, &seat.hall, &now, ("now", seat.public)).await?,
        next,
        steps,
        more,
        languages: langs.iter().map(|lang| (*lang, *lang == now.lang)).collect(),
        screens: langs.iter().filter(|lang| **lang != now.lang).map(at).collect(),
        all: slides.iter().filter_map(|slide| choice(seat, *slide, &now, own)).collect(),
        phones: seat.public.then(|| super::view::follow(app, &seat.hall.walk.door)),
        keys: keys(words),
        css: assets::address("wall.css,slide.css"),
        script: assets::address("live.js,projector.js"),
    };
    let status = if complaint.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(show(status, &page))
}

/// What the keys do, a line each.
fn keys(words: &RemoteWords) -> Vec<&str> {
    let all = [
        &words.keys_next,
        &words.keys_back,
        &words.keys_hide,
        &words.keys_source,
        &words.keys_alone,
        &words.keys_guess,
        &words.keys_full,
    ];
    all.map(String::as_str).to_vec()
}

fn choice(
    seat: &Seat,
    slide: Slide,
    now: &Screen,
    (lang, words): (Lang, &FormWords),
) -> Option<Choice> {
    let (station, shown) = match found(&seat.hall, slide).ok()? {
        Picture::Chart(station, shown) => (station, shown),
        Picture::Words(own) => {
            let title = format!("{} · {}", words.own_words, own.title.get(lang));
            return Some(Choice { value: slide.to_string(), title, is_now: slide == now.slide });
        }
    };
    let lang = station.spoken(lang, &seat.hall.diagnosis.settings.languages);
    let (question, title) = (station.question(lang), shown.plan.title.get(lang));
    let title = if station.shown.len() > 1 && title != question {
        format!("{question} · {title}")
    } else {
        question.to_owned()
    };
    Some(Choice { value: slide.to_string(), title, is_now: slide == now.slide })
}

/// `POST /d/{slug}/walks/{walk}/remote`: one tap.
pub(in crate::web) async fn act(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in.clone(), &slug, May::Facilitate).await?;
    let seat = Seat::of(&app, &signed_in, (&slug, &id)).await?;
    let acts: Vec<Act> =
        pairs.iter().filter_map(|(field, value)| Act::read(field, value)).collect();
    if !done(&app, &seat, &acts).await? {
        let gone = &app.remote_words(desk.lang()).gone;
        return shown(&app, &desk, &seat, Some(gone)).await;
    }
    let back = pairs.iter().find(|(field, _)| field == "back").map(|(_, to)| to.as_str());
    let path = match back.and_then(|to| to.strip_prefix("screen")) {
        None => seat.path("/remote"),
        Some(rest) => match rest.strip_prefix('/').and_then(|tag| tag.parse::<Lang>().ok()) {
            Some(lang) => seat.path(&format!("/projector/{lang}")),
            None => seat.path("/projector"),
        },
    };
    Ok(Redirect::to(&path).into_response())
}

/// Does to the screen what was asked and tells everybody who looks; no, when there is no such picture.
async fn done(app: &App, seat: &Seat, acts: &[Act]) -> Result<bool> {
    let slides = seat.hall.slides();
    for _ in 0..TRIES {
        let (now, since) = shown_now(app, &seat.hall).await?;
        let after = acts.iter().try_fold(now, |screen, act| screen.after(*act, &slides));
        let Some(after) = after else { return Ok(false) };
        if after == now {
            return Ok(true);
        }
        if app.store.set_screen(&seat.hall.walk, &after, since).await? {
            app.live().tell(seat.hall.walk.id, News::Screen);
            return Ok(true);
        }
    }
    Err(Error::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_presses_one_button() {
        let words = RemoteWords::of(Lang::En).unwrap();
        let slides = [1, 2, 3].map(|station| Slide { station, chart: 1 });
        let begun = Screen::begin(&slides, Lang::En).unwrap();
        let second = begun.after(Act::Go(slides[1]), &slides).unwrap();
        for curtain in [false, true] {
            let now = second.after(Act::Curtain(curtain), &slides).unwrap();
            let all = buttons(&now, &slides, &words);
            let mut keys: Vec<&str> = all.iter().flat_map(|one| one.keys.split(' ')).collect();
            let many = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!((many, keys.len()), (12, 12), "{all:?}");
            for button in &all {
                let act = Act::read(button.name, &button.value).unwrap();
                assert_ne!(now.after(act, &slides), Some(now), "{button:?} does nothing");
            }
        }
    }
}
