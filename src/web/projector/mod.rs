//! The projector: a screen apart, which follows the remote of whoever leads the evening. What it shows
//! is kept on the server, so any number of screens may follow and nothing is lost when a laptop
//! closes. It shows the release that the walk is pinned to, and what was let through of the room.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::{App, Inner};
use super::assets;
use super::error::{Error, Result};
use super::live::{Audience, look_after};
use super::page;
use super::sign_in::SignedIn;
use super::wall::{Hall, is_public, own_words};
use crate::domain::data_walk::DataWalk;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::people::May;
use crate::domain::screen::{Screen, Slide};
use crate::domain::text::Lang;

mod remote;
mod twin;
mod view;

pub(super) use remote::{act, page as remote};
pub(super) use twin::{enter as twin_enter, page as twin};

use remote::Button;
use view::{Drawing, SlideView, view};

/// A walk of this diagnosis, by its id.
///
/// # Errors
/// `NotFound` when there is none.
pub(super) async fn walk(app: &Inner, of: &Diagnosis, id: &str) -> Result<DataWalk> {
    let walks = app.store.data_walks(of.id).await?;
    walks.into_iter().find(|walk| walk.id.to_string() == id).ok_or(Error::NotFound)
}

/// A wall that somebody who is signed in may see, and whether everybody may.
struct Seat {
    hall: Hall,
    public: bool,
    /// Whether this person may change what the room sees.
    leads: bool,
}

impl Seat {
    async fn of(app: &Inner, signed_in: &SignedIn, (slug, id): (&str, &str)) -> Result<Self> {
        let diagnosis = signed_in.diagnosis(app, slug, May::SeePublished).await?;
        let walk = walk(app, &diagnosis, id).await?;
        let public = is_public(app, &walk).await?;
        if !public && !signed_in.0.may(diagnosis.id, May::SeeCommittee) {
            return Err(Error::Forbidden);
        }
        let leads = signed_in.0.may(diagnosis.id, May::Facilitate);
        let wall = app.wall(&diagnosis, walk.release).await?;
        let written = app.store.takeaways(diagnosis.id).await?;
        // As on the public page of words: nothing of a release that is the committee's.
        let own = if public { own_words(&app.store, &diagnosis, &wall).await? } else { Vec::new() };
        Ok(Self { hall: Hall { diagnosis, walk, wall, written, own }, public, leads })
    }

    fn path(&self, rest: &str) -> String {
        format!("/d/{}/walks/{}{rest}", self.hall.diagnosis.slug, self.hall.walk.id)
    }
}

/// What the room of a wall sees now, and since which change; before anybody used the remote, the
/// first picture.
///
/// # Errors
/// `NotFound` where the wall has no picture.
async fn shown_now(app: &Inner, hall: &Hall) -> Result<(Screen, Option<i64>)> {
    let slides = hall.slides();
    let lang = hall.diagnosis.settings.languages.first().copied().unwrap_or(Lang::En);
    let begun = || Screen::begin(&slides, lang).ok_or(Error::NotFound);
    match app.store.screen(&hall.walk).await? {
        // A picture that is not on this wall any more: the first one, in the same way.
        Some((kept, at)) if kept.place(&slides).is_none() => {
            Ok((Screen { slide: begun()?.slide, ..kept }, Some(at)))
        }
        Some((kept, at)) => Ok((kept, Some(at))),
        None => Ok((begun()?, None)),
    }
}

#[derive(Template)]
#[template(path = "projector.html")]
struct ProjectorPage<'a> {
    title: String,
    slide: SlideView<'a>,
    /// Where news comes from, on a screen that follows.
    live: Option<String>,
    /// What somebody who leads may do from the screen itself.
    remote: Option<(String, String, Vec<Button>)>,
    /// The slides before and after, and other languages, of a slide by itself.
    before: Option<String>,
    after: Option<String>,
    languages: Vec<(Lang, String)>,
    css: String,
    script: String,
}

impl<'a> ProjectorPage<'a> {
    fn new(title: &str, slide: SlideView<'a>) -> Self {
        Self {
            title: title.to_owned(),
            slide,
            live: None,
            remote: None,
            before: None,
            after: None,
            languages: Vec::new(),
            css: assets::address("miradouro.css,wall.css,slide.css"),
            script: assets::address("live.js,projector.js"),
        }
    }

    fn show(&self) -> Response {
        let headers = [(header::CACHE_CONTROL, "no-store")];
        (StatusCode::OK, headers, page::html(self.render())).into_response()
    }
}

/// `GET /d/{slug}/walks/{walk}/projector`: the screen; it follows the remote.
pub(super) async fn screen(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let seat = Seat::of(&app, &signed_in, (&slug, &id)).await?;
    follow(&app, &signed_in, &seat, None).await
}

/// `GET /d/{slug}/walks/{walk}/projector/{lang}`: a second screen, in a language of its own.
pub(super) async fn screen_in(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, tag)): Path<(String, String, String)>,
) -> Result<Response> {
    let seat = Seat::of(&app, &signed_in, (&slug, &id)).await?;
    let lang: Lang = tag.parse().map_err(|_unknown| Error::NotFound)?;
    follow(&app, &signed_in, &seat, Some(lang)).await
}

async fn follow(
    app: &Inner,
    signed_in: &SignedIn,
    seat: &Seat,
    lang: Option<Lang>,
) -> Result<Response> {
    let (now, _) = shown_now(app, &seat.hall).await?;
    let seen = Screen { lang: lang.unwrap_or(now.lang), ..now };
    let slide = view(app, &seat.hall, &seen, ("screen", seat.public)).await?;
    let mut page = ProjectorPage::new(&seat.hall.walk.title, slide);
    page.live = Some(seat.path("/live"));
    if seat.leads {
        let words = app.remote_words(signed_in.0.lang);
        let buttons = remote::buttons(&now, &seat.hall.slides(), words);
        let back = lang.map_or("screen".to_owned(), |lang| format!("screen/{lang}"));
        page.remote = Some((seat.path("/remote"), back, buttons));
    }
    Ok(page.show())
}

/// `GET /d/{slug}/walks/{walk}/projector/{lang}/{station}/{chart}`: one slide by itself, whatever the
/// room sees.
pub(super) async fn slide(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, tag, station, chart)): Path<(String, String, String, u32, u32)>,
) -> Result<Response> {
    let seat = Seat::of(&app, &signed_in, (&slug, &id)).await?;
    let lang: Lang = tag.parse().map_err(|_unknown| Error::NotFound)?;
    let slides = seat.hall.slides();
    let one = Slide { station, chart };
    let begun = Screen::begin(&slides, lang).ok_or(Error::NotFound)?;
    let alone = Screen { slide: one, ..begun };
    let on_wall = view::found(&seat.hall, one)?;
    let speaks = |other: &&Lang| **other != lang && on_wall.speaks(**other);
    let others = seat.hall.diagnosis.settings.languages.iter().filter(speaks);
    let path = |lang: Lang, slide: Slide| seat.path(&format!("/projector/{lang}/{slide}"));
    let languages = others.map(|other| (*other, path(*other, one))).collect();
    let at = alone.place(&slides).ok_or(Error::NotFound)?;
    let slide = view(&app, &seat.hall, &alone, ("screen", seat.public)).await?;
    let mut page = ProjectorPage::new(&seat.hall.walk.title, slide);
    page.languages = languages;
    let beside = |place: Option<usize>| {
        place.and_then(|place| slides.get(place)).map(|slide| path(lang, *slide))
    };
    (page.before, page.after) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
    Ok(page.show())
}

/// `GET /d/{slug}/walks/{walk}/live`: news for the screens and remotes of a walk.
pub(super) async fn live(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let seat = Seat::of(&app, &signed_in, (&slug, &id)).await?;
    let heard = app.live().listen(seat.hall.walk.id, Audience::Staff)?;
    look_after(&app, seat.hall.walk);
    Ok(heard)
}
