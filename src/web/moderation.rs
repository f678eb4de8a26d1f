//! The moderator's pages: reflections one tap at a time, and free texts and photos one per card.
//! Opening them is written into the log; nothing here is offered as a file.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rand::seq::SliceRandom;

use super::app::App;
use super::collections::Held;
use super::desk::{self, Act, Desk, StaffFrame, id};
use super::error::{Error, Result};
use super::live::News;
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use super::voices::{figure, quoted};
use super::wall::own_words;
use crate::domain::data_walk::{DataWalk, Reflection, ReflectionState, Verdict};
use crate::domain::ids::{DataWalkId, PhotoId, ReflectionId, TextId};
use crate::domain::people::May;
use crate::domain::photo::{Photo, PhotoState};
use crate::publish::pin::find;
use crate::publish::{OwnWords, Wall, place_of};
use crate::store::FreeTextRow;
use crate::words::{FormWords, StaffWords, fill};

/// One reflection, in words.
struct Said {
    id: ReflectionId,
    station: String,
    about: Vec<String>,
    verdict: String,
    said: String,
    is_shown: bool,
    is_withheld: bool,
}

/// Reflections that stand alike.
struct Pile<'a> {
    title: &'a str,
    said: Vec<Said>,
}

#[derive(Template)]
#[template(path = "reflections.html")]
struct ReflectionsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    action: String,
    piles: Vec<Pile<'a>>,
}

/// `GET /d/{slug}/walks/{id}/reflections`.
pub(super) async fn reflections(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, walk)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Moderate).await?;
    let walk = walk_of(&desk, &walk).await?;
    let all = app.store.reflections(&walk).await?;
    let (words, form) = (desk.words(), app.form_words(desk.lang()));
    let wall = app.wall(&desk.diagnosis, walk.release).await?;
    let own = own_words(&app.store, &desk.diagnosis, &wall).await?;
    let about = |one: &Reflection| about(&desk, (&wall, &own), one);
    let pile = |state: ReflectionState| {
        let these = all.iter().filter(|one| one.state == state);
        Pile {
            title: pile_title(state, words),
            said: these.map(|r| said(r, about(r), words, form)).collect(),
        }
    };
    let page = ReflectionsPage {
        frame: desk.frame(&walk.title),
        words,
        action: desk.path(&format!("/walks/{}/reflections", walk.id)),
        piles: ReflectionState::ALL.iter().copied().map(pile).collect(),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// `POST /d/{slug}/walks/{id}/reflections`: lets one through or holds it back.
pub(super) async fn moderate(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, walk)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Moderate).await?;
    let (walk, filled) = (walk_of(&desk, &walk).await?, Filled(pairs));
    let reflection = id(filled.first("reflection"))?;
    let state = ReflectionState::from_code(filled.first("state")).ok_or(Error::NotFound)?;
    app.store.moderate(&walk, reflection, state).await?;
    app.live().tell(walk.id, News::Said);
    let act = match state {
        ReflectionState::Shown => Act::Shown,
        ReflectionState::New | ReflectionState::Withheld => Act::Withheld,
    };
    desk.log(act, &walk.title).await?;
    app.live().tell(walk.id, News::Said);
    Ok(desk.go(&format!("/walks/{}/reflections", walk.id)))
}

/// The data walk of an address.
async fn walk_of(desk: &Desk, written: &str) -> Result<DataWalk> {
    let wanted: DataWalkId = id(written)?;
    let walks = desk.app.store.data_walks(desk.diagnosis.id).await?;
    walks.into_iter().find(|walk| walk.id == wanted).ok_or(Error::NotFound)
}

fn pile_title(state: ReflectionState, words: &StaffWords) -> &str {
    match state {
        ReflectionState::New => &words.reflections_new,
        ReflectionState::Shown => &words.reflections_shown,
        ReflectionState::Withheld => &words.reflections_withheld,
    }
}

/// Which group said it, and about which figure.
fn about(desk: &Desk, (wall, own): (&Wall, &[OwnWords]), one: &Reflection) -> Vec<String> {
    let (app, lang) = (&desk.app, desk.lang());
    let group = one
        .group
        .map(|letter| fill(&app.host_words(lang).group, &[("letter", &letter.to_string())]));
    let station = wall.station(place_of(wall, one));
    let found = station.and_then(|station| find(station, one.pin.as_ref()?));
    let figure = found.map(|found| figure(app, &found, lang));
    let text = one.pin.as_ref().and_then(|pin| own.iter().find_map(|own| own.find(pin)));
    let text = text.map(|text| quoted(app, &text.said, lang));
    group.into_iter().chain(figure).chain(text).collect()
}

fn said(one: &Reflection, about: Vec<String>, words: &StaffWords, form: &FormWords) -> Said {
    let verdict = match one.verdict {
        Verdict::Fits => &form.verdict_fits,
        Verdict::Partly => &form.verdict_partly,
        Verdict::DoesNotFit => &form.verdict_does_not_fit,
    };
    Said {
        id: one.id,
        station: fill(&words.station, &[("n", &one.station.to_string())]),
        about,
        verdict: verdict.clone(),
        said: one.said.clone(),
        is_shown: one.state == ReflectionState::Shown,
        is_withheld: one.state == ReflectionState::Withheld,
    }
}

#[derive(Template)]
#[template(path = "texts.html")]
struct TextsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    action: String,
    texts: Vec<TextView<'a>>,
    texts_action: String,
    photos: Vec<PhotoView<'a>>,
    withheld: String,
}

/// A free text, apart from everything else.
struct TextView<'a> {
    id: TextId,
    asked: String,
    raw: String,
    state: &'a str,
    is_shown: bool,
    is_withheld: bool,
}

/// A photo with what is known of it.
struct PhotoView<'a> {
    id: PhotoId,
    image: String,
    asked: String,
    stop: String,
    place: String,
    state: &'a str,
    is_new: bool,
}

/// `GET /d/{slug}/collections/{id}/texts`: in random order, so that none can be tied to another.
pub(super) async fn texts(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Moderate).await?;
    held.desk.log(Act::ReadTexts, &held.collection.title).await?;
    let (of, id) = (held.desk.diagnosis.id, held.collection.id);
    let mut rows = app.store.free_texts(of, id).await?;
    let mut photos = app.store.photos(of, id).await?;
    rows.shuffle(&mut rand::rng());
    photos.shuffle(&mut rand::rng());
    let withheld = photos.iter().filter(|photo| photo.state == PhotoState::Withheld).count();
    photos.retain(|photo| photo.state != PhotoState::Withheld);
    let names = names(&held).await?;
    let words = held.desk.words();
    let count = fill(&words.photos_withheld, &[("n", &withheld.to_string())]);
    let page = TextsPage {
        frame: held.desk.frame(&held.collection.title),
        words,
        action: photos_path(&held),
        texts: rows.into_iter().map(|row| written(&held, row)).collect(),
        texts_action: held.desk.path(&format!("/collections/{}/texts", held.collection.id)),
        photos: photos.iter().map(|photo| view(&held, photo, &names)).collect(),
        withheld: if withheld > 0 { count } else { String::new() },
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// A free text as its card shows it.
fn written(held: &Held, row: FreeTextRow) -> TextView<'_> {
    let words = held.desk.words();
    TextView {
        id: row.id,
        asked: asked(held, &row.question),
        raw: row.raw,
        state: match row.state {
            ReflectionState::New => &words.text_new,
            ReflectionState::Shown => &words.text_shown,
            ReflectionState::Withheld => &words.text_withheld,
        },
        is_shown: row.state == ReflectionState::Shown,
        is_withheld: row.state == ReflectionState::Withheld,
    }
}

/// `POST /d/{slug}/collections/{id}/texts`: lets one through to the quotes of a release, or holds it
/// back.
pub(super) async fn moderate_text(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, collection)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &collection), May::Moderate).await?;
    let filled = Filled(pairs);
    let text = id(filled.first("text"))?;
    let state = ReflectionState::from_code(filled.first("state")).ok_or(Error::NotFound)?;
    let act = match state {
        ReflectionState::Shown => Act::TextShown,
        ReflectionState::New | ReflectionState::Withheld => Act::TextWithheld,
    };
    app.store.moderate_text(held.desk.diagnosis.id, held.collection.id, text, state).await?;
    held.desk.log(act, &held.collection.title).await?;
    Ok(held.desk.go(&format!("/collections/{collection}/texts")))
}

/// What a question asks, in the language of who reads.
fn asked(held: &Held, id: &str) -> String {
    let question = held.instrument.question(id);
    question.map_or(id, |question| question.text.get(held.desk.lang())).to_owned()
}

/// What places and zones are called, by their codes.
async fn names(held: &Held) -> Result<BTreeMap<String, String>> {
    let (app, of) = (&held.desk.app, held.desk.diagnosis.id);
    let zones = app.store.zones(of, held.collection.wave).await?;
    let mut names: BTreeMap<String, String> =
        zones.into_iter().map(|zone| (zone.code, zone.name)).collect();
    if let Some(area) = held.collection.field.area {
        let area = app.area(of, area).await?;
        names.extend(area.map.places.iter().map(|place| (place.code.clone(), place.name.clone())));
    }
    Ok(names)
}

fn photos_path(held: &Held) -> String {
    held.desk.path(&format!("/collections/{}/photos", held.collection.id))
}

fn view<'a>(held: &'a Held, photo: &Photo, names: &BTreeMap<String, String>) -> PhotoView<'a> {
    let words = held.desk.words();
    let stop = |number: u32| fill(&words.photo_stop, &[("n", &number.to_string())]);
    let place = photo.place.as_ref().and_then(|place| names.get(place));
    PhotoView {
        id: photo.id,
        image: format!("{}/{}", photos_path(held), photo.id),
        asked: asked(held, &photo.question),
        stop: photo.number.map_or_else(String::new, stop),
        place: place.cloned().unwrap_or_default(),
        state: match photo.state {
            PhotoState::New => &words.photo_new,
            PhotoState::Shown | PhotoState::Withheld => &words.photo_shown,
        },
        is_new: photo.state == PhotoState::New,
    }
}

/// `GET /d/{slug}/collections/{id}/photos/{photo}`: the picture, for the moderator's eyes and no
/// cache.
pub(super) async fn photo(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, collection, photo)): Path<(String, String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &collection), May::Moderate).await?;
    let (of, collection) = (held.desk.diagnosis.id, held.collection.id);
    let jpeg = app.store.photo(of, collection, id(&photo)?).await?;
    let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, jpeg).into_response())
}

/// `POST /d/{slug}/collections/{id}/photos`: lets one through, or holds it back and deletes it.
pub(super) async fn moderate_photo(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, collection)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &collection), May::Moderate).await?;
    let filled = Filled(pairs);
    let photo = id(filled.first("photo"))?;
    let (state, act) = match PhotoState::from_code(filled.first("state")) {
        Some(PhotoState::Shown) => (PhotoState::Shown, Act::PhotoShown),
        Some(PhotoState::Withheld) => (PhotoState::Withheld, Act::PhotoWithheld),
        Some(PhotoState::New) | None => return Err(Error::NotFound),
    };
    let (of, collection) = (held.desk.diagnosis.id, held.collection.id);
    app.store.moderate_photo(of, collection, photo, state).await?;
    held.desk.log(act, &held.collection.title).await?;
    Ok(held.desk.go(&format!("/collections/{collection}/texts")))
}
