//! The doors of a collection, for those who run it: adding and shutting them, the sheet beside each,
//! cards with one-time codes, the kiosk, and the ceiling.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;

use super::app::App;
use super::collections::{Held, MODES, door_code};
use super::desk::{self, Act, StaffFrame};
use super::error::{Error, Result};
use super::named;
use super::participate::Pairs;
use super::qr::Qr;
use super::sheet::{Faults, Filled, Input, InputKind, Tick};
use super::sign_in::{SignedIn, leave};
use crate::charts::cards::CardSize;
use crate::domain::code::{Code, grouped};
use crate::domain::collection::{Door, Mode, State as Stands};
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::publish::{Entrance, MOST_CARDS, MOST_LANGUAGES};
use crate::store::StoreError;
use crate::words::{DoorWords, StaffWords, fill};

/// The highest ceiling that can be chosen.
const HIGHEST: u64 = 1_000_000;
/// How often another word is tried when a door's is taken.
const TRIES: usize = 5;

/// One door on the page.
struct DoorView<'a> {
    door: Door,
    mode: &'a str,
    who: &'a str,
    letters: String,
    qr: Qr,
    path: String,
    kiosk: bool,
}

#[derive(Template)]
#[template(path = "doors.html")]
struct DoorsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a DoorWords,
    collection: &'a str,
    path: String,
    room: String,
    notice: Option<&'a str>,
    doors: Vec<DoorView<'a>>,
    is_open: bool,
    may_run: bool,
    /// How many codes were made, used and left.
    stand: Option<String>,
    wrong: Vec<String>,
    complained: Vec<(String, String)>,
    add: Vec<Input>,
    cards: Vec<Input>,
    ceiling: Vec<Input>,
}

/// `GET /d/{slug}/collections/{id}/doors`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let filled = usual(&held).await?;
    show(&held, &filled, Faults::default()).await
}

/// What is filled in before anybody filled anything in.
async fn usual(held: &Held) -> Result<Filled> {
    let most = held.desk.app.store.ceiling(held.desk.diagnosis.id, held.collection.id).await?;
    let mut filled = Filled::default()
        .with("mode", Mode::Own.code())
        .with("codes", "no")
        .with("count", "100")
        .with("size", "8")
        .with("ceiling", &most.to_string());
    for lang in held.collection.field.languages.iter().take(MOST_LANGUAGES) {
        filled = filled.with("languages", lang.tag());
    }
    Ok(filled)
}

async fn show(held: &Held, filled: &Filled, faults: Faults) -> Result<Response> {
    let (desk, collection) = (&held.desk, &held.collection);
    let (words, of) = (desk.door_words(), desk.diagnosis.id);
    let doors = desk.app.store.doors(of, collection.id).await?;
    let (issued, left) = desk.app.store.codes(of, collection.id).await?;
    let closed = collection.state == Stands::Closed;
    let may_run = desk.may(held.runs()) && !closed;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut inputs = inputs(held, &doors, filled);
    let (wrong, complained) = faults.beside(&mut inputs);
    let (mut add, mut cards, mut ceiling) = (Vec::new(), Vec::new(), Vec::new());
    for input in inputs.into_iter().filter(|_| may_run) {
        match input.name.as_str() {
            "mode" | "codes" => add.push(input),
            "ceiling" => ceiling.push(input),
            _ => cards.push(input),
        }
    }
    let with_codes = doors.iter().any(|door| door.with_codes && !door.shut);
    if !with_codes {
        cards.clear();
    }
    let page = DoorsPage {
        frame: desk.frame(&words.title),
        words,
        collection: &collection.title,
        path: desk.path(&held.path()),
        room: desk.path(&format!("{}/room", held.path())),
        notice: match collection.state {
            Stands::Draft => Some(&words.collection_draft),
            Stands::Open => None,
            Stands::Closed => Some(&words.collection_closed),
        },
        doors: doors.into_iter().map(|door| view(held, door)).collect::<Result<_>>()?,
        is_open: collection.state == Stands::Open,
        may_run,
        stand: (issued > 0).then(|| stand(words, (issued, left), closed)),
        wrong,
        complained,
        add,
        cards,
        ceiling,
    };
    Ok(desk::show(status, &page))
}

fn stand(words: &DoorWords, (issued, left): (u64, u64), closed: bool) -> String {
    let text = if closed { &words.cards_gone } else { &words.cards_stand };
    let spent = issued.saturating_sub(left);
    let numbers = [issued, spent, left].map(|n| n.to_string());
    let [issued, spent, left] = &numbers;
    fill(text, &[("issued", issued), ("spent", spent), ("left", left)])
}

fn view(held: &Held, door: Door) -> Result<DoorView<'_>> {
    let (desk, words) = (&held.desk, held.desk.door_words());
    let address = desk.app.base_url.join(&format!("/p/{}", door.code));
    Ok(DoorView {
        mode: named::mode(door.mode, desk.words()),
        who: if door.with_codes { &words.with_codes } else { &words.open_to_all },
        letters: grouped(&door.code, 4),
        qr: Qr::of(&address)?,
        path: desk.path(&format!("{}/doors/{}", held.path(), door.code)),
        kiosk: door.mode == Mode::Kiosk && !door.shut,
        door,
    })
}

/// The fields of all forms on the page.
fn inputs(held: &Held, doors: &[Door], filled: &Filled) -> Vec<Input> {
    let (desk, words) = (&held.desk, held.desk.door_words());
    let modes = MODES.map(|mode| Tick::new(mode.code(), named::mode(mode, desk.words()), ""));
    let who = vec![
        Tick::new("no", &words.open_to_all, &words.open_to_all_hint),
        Tick::new("yes", &words.with_codes, &words.with_codes_hint),
    ];
    let languages = held.collection.field.languages.iter();
    let languages = languages.map(|lang| Tick::new(lang.tag(), lang.name(), "")).collect();
    let sizes = vec![Tick::new("8", &words.cards_eight, ""), Tick::new("10", &words.cards_ten, "")];
    let most = MOST_CARDS.to_string();
    let number = |name: &str, label: &str, hint: &str| {
        let mut input = Input::line(name, label, filled).hinted(hint);
        let value = filled.first(name).to_owned();
        input.kind = InputKind::Line { value, kind: "number" };
        input
    };
    let mut all = vec![
        Input::one("mode", &words.add_mode, modes.into(), filled).hinted(&words.add_hint),
        Input::one("codes", &words.code_question, who, filled),
        number("count", &words.cards_count, &fill(&words.cards_count_hint, &[("most", &most)])),
        Input::many("languages", &words.cards_langs, languages, filled)
            .hinted(&words.cards_langs_hint),
        Input::one("size", &words.cards_size, sizes, filled),
    ];
    let coded: Vec<&Door> = doors.iter().filter(|door| door.with_codes && !door.shut).collect();
    if coded.len() > 1 {
        let tick = |door: &&Door| {
            Tick::new(&door.code, &grouped(&door.code, 4), named::mode(door.mode, desk.words()))
        };
        let ticks = coded.iter().map(tick).collect();
        all.push(Input::one("door", &words.cards_door, ticks, filled));
    }
    all.push(number("ceiling", &words.ceiling_label, &words.ceiling_hint));
    all
}

/// The collection, for whoever may change its doors now.
async fn running(app: &App, signed_in: SignedIn, at: (&str, &str)) -> Result<Held> {
    let held = Held::at(app, signed_in, at, May::Facilitate).await?;
    held.desk.demand(held.runs())?;
    if held.collection.state == Stands::Closed {
        return Err(Error::Stale(held.desk.door_words().collection_closed.clone()));
    }
    Ok(held)
}

/// A door of this collection.
async fn door_of(held: &Held, code: &str) -> Result<Door> {
    let of = held.desk.diagnosis.id;
    let doors = held.desk.app.store.doors(of, held.collection.id).await?;
    doors.into_iter().find(|door| door.code == code).ok_or(Error::NotFound)
}

/// `POST /d/{slug}/collections/{id}/doors`: one more door.
pub(super) async fn add(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = running(&app, signed_in, (&slug, &id)).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let words = held.desk.words();
    let mode = MODES.into_iter().find(|mode| mode.code() == filled.first("mode"));
    let codes = match filled.first("codes") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    faults.when(mode.is_none(), "mode", &words.choose_one);
    faults.when(codes.is_none(), "codes", &words.choose_one);
    let (Some(mode), Some(with_codes)) = (mode, codes) else {
        return show(&held, &merged(&held, filled).await?, faults).await;
    };
    let code = put(&held, mode, with_codes).await?;
    let about = format!("{} · {code}", held.collection.title);
    held.desk.log(Act::AddedDoor, &about).await?;
    Ok(held.desk.go(&format!("{}/doors#{code}", held.path())))
}

/// What was sent, and for the other forms on the page what usually stands there.
async fn merged(held: &Held, filled: Filled) -> Result<Filled> {
    let mut all = usual(held).await?;
    all.0.retain(|(name, _)| filled.all(name).is_empty());
    all.0.extend(filled.0);
    Ok(all)
}

/// Adds a door with a word that nobody has yet.
async fn put(held: &Held, mode: Mode, with_codes: bool) -> Result<String> {
    let (store, of) = (&held.desk.app.store, held.desk.diagnosis.id);
    let mut outcome = Err(StoreError::Taken("door"));
    for _ in 0..TRIES {
        let new = Door::new(&door_code(), held.collection.id, of, mode);
        let door = Door { with_codes, ..new };
        outcome = store.add_door(&door).await.map(|()| door.code);
        if !matches!(outcome, Err(StoreError::Taken(_))) {
            break;
        }
    }
    outcome.map_err(|error| held.desk.said(error))
}

/// `POST /d/{slug}/collections/{id}/doors/{door}`: shuts one, or opens it again.
pub(super) async fn turn(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, door)): Path<(String, String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = running(&app, signed_in, (&slug, &id)).await?;
    let door = door_of(&held, &door).await?;
    let (shut, act) = match Filled(pairs).first("do") {
        "shut" => (true, Act::ShutDoor),
        "open" => (false, Act::ReopenedDoor),
        _ => return Err(Error::Bad(held.desk.words().choose_one.clone())),
    };
    app.store.shut_door(&door, shut).await?;
    held.desk.log(act, &format!("{} · {}", held.collection.title, door.code)).await?;
    Ok(held.desk.go(&format!("{}/doors#{}", held.path(), door.code)))
}

/// The printed things of a door in some languages.
fn entrance<'a>(held: &'a Held, door: &'a Door, languages: &[Lang]) -> Entrance<'a> {
    let (app, diagnosis) = (&held.desk.app, &held.desk.diagnosis);
    let lang = languages.first().copied().unwrap_or(Lang::En);
    let invented = diagnosis.settings.invented.then(|| app.form_words(lang).invented.clone());
    Entrance {
        door,
        base: app.base_url.as_str(),
        name: &diagnosis.name,
        about: &held.instrument.title,
        languages: languages.iter().map(|lang| (*lang, app.ways_words(*lang))).collect(),
        invented,
    }
}

/// A PDF that no cache keeps.
fn file(pdf: Vec<u8>, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, pdf).into_response()
}

/// `GET /d/{slug}/collections/{id}/doors/{door}/sheet.pdf`: the sheet that hangs beside it.
pub(super) async fn sheet(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, door)): Path<(String, String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let door = door_of(&held, &door).await?;
    let entrance = entrance(&held, &door, &held.collection.field.languages);
    let pdf = entrance.sheet().map_err(|_said_in_words| not_printable(&held))?;
    Ok(file(pdf, &format!("{}.pdf", door.code)))
}

fn not_printable(held: &Held) -> Error {
    Error::Bad(held.desk.door_words().not_printable.clone())
}

/// `POST /d/{slug}/collections/{id}/doors/{door}/kiosk`: this tablet becomes the kiosk, and whoever
/// set it up is signed out on it.
pub(super) async fn kiosk(
    State(app): State<App>,
    signed_in: SignedIn,
    jar: CookieJar,
    Path((slug, id, door)): Path<(String, String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let door = door_of(&held, &door).await?;
    if door.mode != Mode::Kiosk || door.shut {
        return Err(Error::NotFound);
    }
    let jar = leave(&app, jar).await?;
    Ok((jar, Redirect::to(&format!("/p/{}", door.code))).into_response())
}

/// `POST /d/{slug}/collections/{id}/cards`: cards with fresh codes, given once as a file. Only their
/// keyed hashes stay.
pub(super) async fn cards(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = running(&app, signed_in, (&slug, &id)).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let of = held.desk.diagnosis.id;
    let doors = app.store.doors(of, held.collection.id).await?;
    let coded: Vec<&Door> = doors.iter().filter(|door| door.with_codes && !door.shut).collect();
    let wanted = Wanted::read(&held, &coded, &filled, &mut faults);
    let Some(Wanted { door, codes, languages, size }) = wanted else {
        return show(&held, &merged(&held, filled).await?, faults).await;
    };
    // Drawn before they are valid: what cannot be printed is not given out.
    let pdf = tokio::task::block_in_place(|| {
        entrance(&held, door, &languages)
            .cards(&codes, size)
            .map_err(|_said_in_words| not_printable(&held))
    })?;
    let issued = app.store.issue_codes(of, held.collection.id, &codes).await;
    issued.map_err(|error| held.desk.said(error))?;
    let about = format!("{} · {}", held.collection.title, codes.len());
    held.desk.log(Act::MadeCards, &about).await?;
    Ok(file(pdf, &format!("cards-{}-{}.pdf", door.code, codes.len())))
}

/// The cards somebody asks for.
struct Wanted<'a> {
    door: &'a Door,
    codes: Vec<Code>,
    languages: Vec<Lang>,
    size: CardSize,
}

impl<'a> Wanted<'a> {
    /// Reads the form; nothing when something is wrong with it.
    fn read(held: &Held, coded: &[&'a Door], filled: &Filled, faults: &mut Faults) -> Option<Self> {
        let (words, staff): (&DoorWords, &StaffWords) = (held.desk.door_words(), held.desk.words());
        let count = filled.first("count").parse().ok();
        let count = count.filter(|n| (1..=MOST_CARDS).contains(n));
        let most = MOST_CARDS.to_string();
        faults.when(count.is_none(), "count", &fill(&words.wrong_count, &[("most", &most)]));
        let given = filled.all("languages");
        let offered = held.collection.field.languages.iter().copied();
        let languages: Vec<Lang> = offered.filter(|lang| given.contains(&lang.tag())).collect();
        let fits = (1..=MOST_LANGUAGES).contains(&languages.len());
        faults.when(!fits, "languages", &words.wrong_langs);
        let size = match filled.first("size") {
            "8" => Some(CardSize::Eight),
            "10" => Some(CardSize::Ten),
            _ => None,
        };
        faults.when(size.is_none(), "size", &staff.choose_one);
        let door = match coded {
            [only] => Some(*only),
            several => several.iter().find(|door| door.code == filled.first("door")).copied(),
        };
        let none = coded.is_empty();
        faults.when(none, "", &words.cards_no_door);
        faults.when(!none && door.is_none(), "door", &staff.choose_one);
        let (count, size, door) = (count?, size?, door?);
        let codes = (0..count).map(|_| Code::random()).collect();
        faults.is_empty().then_some(Self { door, codes, languages, size })
    }
}

/// `POST /d/{slug}/collections/{id}/ceiling`: how many answers are enough.
pub(super) async fn ceiling(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = running(&app, signed_in, (&slug, &id)).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let most = filled.first("ceiling").parse().ok().filter(|n| (1..=HIGHEST).contains(n));
    let Some(most) = most else {
        let said = held.desk.door_words().wrong_ceiling.clone();
        faults.add("ceiling", &fill(&said, &[("most", &HIGHEST.to_string())]));
        return show(&held, &merged(&held, filled).await?, faults).await;
    };
    let set = app.store.set_ceiling(held.desk.diagnosis.id, held.collection.id, most).await;
    set.map_err(|error| held.desk.said(error))?;
    let about = format!("{} · {most}", held.collection.title);
    held.desk.log(Act::ChangedCeiling, &about).await?;
    Ok(held.desk.go(&format!("{}/doors", held.path())))
}
