//! Feedback after an activity, for a youth worker on a phone: one sheet, one tap, and the QR code
//! is there. Never with police in the room.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::collections::{Held, begin, draft, instrument_tick, lang_names, presence_ticks};
use super::desk::{self, Desk, StaffFrame};
use super::error::{Error, Result};
use super::instruments::{Checked, Known};
use super::named;
use super::participate::Pairs;
use super::qr::Qr;
use super::sheet::{Faults, Filled, Input, Sheet, Tick};
use super::sign_in::SignedIn;
use crate::domain::collection::{Field, Mode, Presence, Sampling, State as Stands, not_ready};
use crate::domain::instrument::{Instrument, Sheet as Kind};
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::instruments::Shelf;
use crate::words::{StaffWords, fill};

/// The sheet that is chosen until another one is.
const USUAL: &str = "feedback_youth";

/// The instruments for feedback as they can be asked here: one's own before those of the shelf.
async fn sheets(desk: &Desk) -> Result<Vec<Arc<Instrument>>> {
    let mut all = Known::askable(desk).await?;
    all.retain(|one| one.sheet == Kind::Feedback);
    Ok(all)
}

/// The instruments for feedback that come with the program.
pub(super) fn offered(shelf: &Shelf) -> impl Iterator<Item = &Instrument> {
    shelf.instruments().iter().filter(|one| one.sheet == Kind::Feedback)
}

/// `GET /d/{slug}/activity`.
pub(super) async fn new_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Facilitate).await?;
    let mut filled = Filled::default()
        .with("presence", Presence::YouthWorker.code())
        .with("asked_by", &desk.person.name);
    let sheets = sheets(&desk).await?;
    if let Some(usual) = sheets.iter().find(|one| one.slug == USUAL) {
        filled = filled.with("instrument", &usual.slug);
    }
    for lang in spoken(&desk, &sheets) {
        filled = filled.with("languages", lang.tag());
    }
    Ok(sheet(&desk, &sheets, &filled).await?.show(Faults::default()))
}

/// `POST /d/{slug}/activity`: opens at once.
pub(super) async fn start(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Facilitate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let waves = app.store.waves(desk.diagnosis.id).await?;
    let wave = waves.last().ok_or(Error::NotFound)?;
    let sheets = sheets(&desk).await?;
    let instrument = sheets.iter().find(|one| one.slug == filled.first("instrument"));
    let instrument = instrument.map(AsRef::as_ref);
    faults.when(instrument.is_none(), "instrument", &desk.words().choose_one);
    let field = read(&desk, &filled, instrument, &mut faults);
    let (Some(instrument), Some(field)) = (instrument, field) else {
        return Ok(sheet(&desk, &sheets, &filled).await?.show(faults));
    };
    let title = filled.first("title").to_owned();
    let collection = match draft(&desk, instrument, wave, &title, field, Mode::Own).await {
        Err(Error::Bad(sentence)) => {
            faults.add("instrument", &sentence);
            return Ok(sheet(&desk, &sheets, &filled).await?.show(faults));
        }
        drafted => drafted?,
    };
    let instrument = app.instrument(desk.diagnosis.id, &collection.instrument).await?;
    let held = Held { desk, collection, instrument };
    begin(&held).await?;
    Ok(held.desk.go(&format!("/activity/{}", held.collection.id)))
}

/// Reads the sheet, with every reason why it could not open beside its field.
fn read(
    desk: &Desk,
    filled: &Filled,
    instrument: Option<&Instrument>,
    faults: &mut Faults,
) -> Option<Field> {
    let words = desk.words();
    faults.when(filled.first("title").is_empty(), "title", &words.title_needed);
    let presence = Presence::from_code(filled.first("presence"));
    faults.when(presence.is_none(), "presence", &words.choose_one);
    let given = filled.all("languages");
    let field = Field {
        sampling: Sampling::SelfSelected,
        asked_by: filled.first("asked_by").to_owned(),
        presence: presence?,
        recruited_by: filled.first("recruited_by").to_owned(),
        origin: desk.origin(),
        policy: instrument?.policy,
        languages: Lang::ALL.into_iter().filter(|lang| given.contains(&lang.tag())).collect(),
        source: None,
        area: None,
    };
    for why in not_ready(&field, instrument?, &desk.diagnosis.settings.help) {
        let reason = named::reason(why, words, desk.app.form_words(desk.lang()));
        faults.add(named::reason_field(why), &reason);
    }
    faults.is_empty().then_some(field)
}

/// The languages of the diagnosis that some feedback instrument speaks.
fn spoken(desk: &Desk, sheets: &[Arc<Instrument>]) -> Vec<Lang> {
    let speaks = |lang: &&Lang| sheets.iter().any(|one| one.languages.contains(lang));
    desk.diagnosis.settings.languages.iter().filter(speaks).copied().collect()
}

/// A language to choose, with the texts of each feedback sheet that nobody has checked in it.
fn lang_tick(desk: &Desk, sheets: &[Arc<Instrument>], lang: Lang, checked: &Checked) -> Tick {
    let spoken = sheets.iter().filter(|one| one.languages.contains(&lang));
    let standings = spoken.map(|one| (one, checked.standing(one, lang)));
    let unchecked = standings.filter(|(_, standing)| standing.unchecked() > 0);
    let said = unchecked.map(|(one, standing)| {
        format!("{}: {}", one.title.get(desk.lang()), named::unchecked(standing, desk.words()))
    });
    Tick::new(lang.tag(), lang.name(), &said.collect::<Vec<_>>().join(" · "))
}

/// The sheet; before anything opens it says what nobody has checked.
async fn sheet<'a>(
    desk: &'a Desk,
    sheets: &[Arc<Instrument>],
    filled: &Filled,
) -> Result<Sheet<'a>> {
    let (words, checked) = (desk.words(), Checked::of(desk).await?);
    let tick = |one: &Arc<Instrument>| instrument_tick(one, desk.lang(), words);
    let instruments = sheets.iter().map(tick).collect();
    let languages = spoken(desk, sheets);
    let languages = languages.iter().map(|lang| lang_tick(desk, sheets, *lang, &checked)).collect();
    let inputs = vec![
        Input::line("title", &words.activity_title, filled).hinted(&words.activity_title_hint),
        Input::one("presence", &words.presence, presence_ticks(words), filled)
            .hinted(&words.presence_feedback_hint),
        Input::one("instrument", &words.instrument, instruments, filled),
        Input::many("languages", &words.languages, languages, filled),
        Input::line("asked_by", &words.asked_by, filled).hinted(&words.asked_by_hint),
        Input::line("recruited_by", &words.recruited_by, filled).hinted(&words.recruited_by_hint),
    ];
    let (frame, action) = (desk.frame(&words.ask_feedback), desk.path("/activity"));
    Ok(Sheet::new(frame, action, &words.open_and_show, inputs).saying(&words.feedback_intro))
}

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    qr: Option<Qr>,
    count: String,
    languages: String,
    path: String,
    again: String,
    feedback: bool,
}

/// `GET /d/{slug}/activity/{id}`: the QR code to show, and how many have answered so far.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let (desk, collection) = (&held.desk, &held.collection);
    let n = app.store.received(desk.diagnosis.id, collection.id).await?;
    let is_open = collection.state == Stands::Open;
    let doors = app.store.doors(desk.diagnosis.id, collection.id).await?;
    let door = doors.iter().find(|door| !door.shut && !door.with_codes);
    let address = door.map(|door| app.base_url.join(&format!("/p/{}", door.code)));
    let words = desk.words();
    let languages = lang_names(&collection.field.languages);
    let page = ActivityPage {
        frame: desk.frame(&collection.title),
        words,
        qr: address.filter(|_| is_open).map(|address| Qr::of(&address)).transpose()?,
        count: named::answers(n, words),
        languages: fill(&words.in_languages, &[("languages", &languages)]),
        path: desk.path(&format!("/collections/{}", collection.id)),
        again: desk.path(&format!("/activity/{}", collection.id)),
        feedback: true,
    };
    Ok(desk::show(StatusCode::OK, &page))
}
