//! Collections: preparing one, its page with doors and counts, opening and closing.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use rand::seq::IndexedRandom;

use super::app::App;
use super::desk::{self, Act, Desk, StaffFrame, id};
use super::error::{Error, Result};

use super::instruments::{Checked, Known};
use super::named;
use super::night;
use super::paper::PaperBox;
use super::participate::Pairs;
use super::qr::Qr;
use super::sheet::{Faults, Filled, Input, Sheet, Tick};
use super::sign_in::SignedIn;
use crate::domain::collection::{
    Collection, Door, Field, Mode, Origin, Presence, Sampling, State as Stands, not_ready,
};
use crate::domain::diagnosis::Wave;
use crate::domain::ids::CollectionId;
use crate::domain::instrument::{Instrument, Sheet as Kind};
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::domain::version::Publication;
use crate::words::{StaffWords, fill};

/// Letters that cannot be taken for one another, and no vowels, so that no words come out.
const LETTERS: &[u8] = b"bcdfghjkmnpqrstvwxz23456789";
/// The ways of answering through a door.
pub(super) const MODES: [Mode; 3] = [Mode::Own, Mode::Kiosk, Mode::Assisted];

/// A fresh word for a public address.
#[must_use]
pub(super) fn door_code() -> String {
    let mut rng = rand::rng();
    let letter = |_: u8| LETTERS.choose(&mut rng).map_or('x', |byte| char::from(*byte));
    (0..8).map(letter).collect()
}

/// A collection with its instrument, and who is looking at it.
pub(super) struct Held {
    /// Who and where.
    pub desk: Desk,
    /// What.
    pub collection: Collection,
    /// Its published instrument.
    pub instrument: Arc<Instrument>,
}

impl Held {
    /// The collection of an address.
    ///
    /// # Errors
    /// `NotFound` or `Forbidden`.
    pub(super) async fn at(
        app: &App,
        signed_in: SignedIn,
        (slug, collection): (&str, &str),
        what: May,
    ) -> Result<Self> {
        let desk = Desk::at(app, signed_in, slug, what).await?;
        let collection = app.store.collection(desk.diagnosis.id, id(collection)?).await?;
        let instrument = app.instrument(desk.diagnosis.id, &collection.instrument).await?;
        Ok(Self { desk, collection, instrument })
    }

    /// What one must be allowed to open and close it: feedback is the youth worker's too.
    #[must_use]
    pub(super) fn runs(&self) -> May {
        match self.instrument.sheet {
            Kind::Feedback => May::Facilitate,
            Kind::Questionnaire
            | Kind::WalkSheet
            | Kind::NoteSheet
            | Kind::MapSheet
            | Kind::Game
            | Kind::Ballot
            | Kind::SignUp => May::Coordinate,
        }
    }

    /// Its address in the diagnosis.
    #[must_use]
    pub(super) fn path(&self) -> String {
        format!("/collections/{}", self.collection.id)
    }

    /// Every reason why it cannot open, in words.
    fn reasons(&self) -> Vec<String> {
        let help = &self.desk.diagnosis.settings.help;
        let why = not_ready(&self.collection.field, &self.instrument, help);
        let form = self.desk.app.form_words(self.desk.lang());
        why.into_iter().map(|why| named::reason(why, self.desk.words(), form)).collect()
    }
}

/// `GET /d/{slug}/collections/new`.
pub(super) async fn new_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let waves = app.store.waves(desk.diagnosis.id).await?;
    let mut filled = Filled::default().with("mode", Mode::Own.code());
    if let Some(wave) = waves.last() {
        filled = filled.with("wave", &wave.id.to_string());
    }
    for lang in &desk.diagnosis.settings.languages {
        filled = filled.with("languages", lang.tag());
    }
    let offered = Known::askable(&desk).await?;
    Ok(new_sheet(&desk, (&offered, &waves), &filled).show(Faults::default()))
}

/// `POST /d/{slug}/collections/new`: a draft with one door.
pub(super) async fn prepare(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let waves = app.store.waves(desk.diagnosis.id).await?;
    let offered = Known::askable(&desk).await?;
    let instrument = offered.iter().find(|one| one.slug == filled.first("instrument"));
    let instrument = instrument.map(AsRef::as_ref);
    let wave = waves.iter().find(|wave| wave.id.to_string() == filled.first("wave"));
    let mode = MODES.into_iter().find(|mode| mode.code() == filled.first("mode"));
    let words = desk.words();
    faults.when(instrument.is_none(), "instrument", &words.choose_one);
    faults.when(wave.is_none(), "wave", &words.choose_one);
    faults.when(mode.is_none(), "mode", &words.choose_one);
    let origin = desk.origin();
    let field = read(&filled, instrument, origin, words, &mut faults);
    let (Some(instrument), Some(wave), Some(mode), Some(field)) = (instrument, wave, mode, field)
    else {
        return Ok(new_sheet(&desk, (&offered, &waves), &filled).show(faults));
    };
    let title = filled.first("title");
    let collection = match draft(&desk, instrument, wave, title, field, mode).await {
        Err(Error::Bad(sentence)) => {
            faults.add("instrument", &sentence);
            return Ok(new_sheet(&desk, (&offered, &waves), &filled).show(faults));
        }
        drafted => drafted?,
    };
    desk.log(Act::Prepared, title).await?;
    Ok(desk.go(&format!("/collections/{}", collection.id)))
}

/// Publishes the instrument and stores a draft with one door.
///
/// # Errors
/// When the store fails.
pub(super) async fn draft(
    desk: &Desk,
    instrument: &Instrument,
    wave: &Wave,
    title: &str,
    field: Field,
    mode: Mode,
) -> Result<Collection> {
    let (diagnosis, id) = (desk.diagnosis.id, CollectionId::random());
    let shelf = &desk.app.shelf;
    let is_ours = shelf.instrument(&instrument.slug) == Some(instrument);
    let how = Publication {
        source: shelf.source(&instrument.slug).filter(|_| is_ours),
        at: Some(desk.app.clock.now()),
        by: Some(desk.person.id),
        note: "",
    };
    let published = desk.app.store.publish_version(diagnosis, instrument, &how).await;
    let collection = Collection {
        id,
        diagnosis,
        wave: wave.id,
        instrument: published.map_err(|error| desk.said(error))?.hash,
        title: title.to_owned(),
        field,
        state: Stands::Draft,
        opened: None,
        closed: None,
        group_said_yes: false,
    };
    let door = Door::new(&door_code(), id, diagnosis, mode);
    desk.app.store.add_collection(&collection, &[door]).await.map_err(|e| desk.said(e))?;
    Ok(collection)
}

/// Reads what stays open to change while it is a draft; nothing when something is wrong.
fn read(
    filled: &Filled,
    instrument: Option<&Instrument>,
    origin: Origin,
    words: &StaffWords,
    faults: &mut Faults,
) -> Option<Field> {
    faults.when(filled.first("title").is_empty(), "title", &words.title_needed);
    let sampling = Sampling::from_code(filled.first("sampling"));
    let presence = Presence::from_code(filled.first("presence"));
    faults.when(sampling.is_none(), "sampling", &words.choose_one);
    faults.when(presence.is_none(), "presence", &words.choose_one);
    let feedback = instrument.is_some_and(|one| one.sheet == Kind::Feedback);
    let police = feedback && presence == Some(Presence::Police);
    faults.when(police, "presence", &words.police_refused);
    let given = filled.all("languages");
    let languages = Lang::ALL.into_iter().filter(|lang| given.contains(&lang.tag())).collect();
    let field = Field {
        sampling: sampling?,
        asked_by: filled.first("asked_by").to_owned(),
        presence: presence?,
        recruited_by: filled.first("recruited_by").to_owned(),
        origin,
        policy: instrument?.policy,
        languages,
        source: None,
        area: None,
    };
    faults.is_empty().then_some(field)
}

fn new_sheet<'a>(
    desk: &'a Desk,
    (offered, waves): (&[Arc<Instrument>], &[Wave]),
    filled: &Filled,
) -> Sheet<'a> {
    let words = desk.words();
    let instruments = offered.iter();
    let instruments = instruments.map(|one| instrument_tick(one, desk.lang(), words)).collect();
    let wave = |wave: &Wave| Tick::new(&wave.id.to_string(), &wave.title, "");
    let waves = waves.iter().map(wave).collect();
    let modes = MODES.map(|mode| Tick::new(mode.code(), named::mode(mode, words), "")).into();
    let mut inputs = vec![
        Input::one("instrument", &words.instrument, instruments, filled),
        Input::one("wave", &words.wave, waves, filled),
    ];
    inputs.extend(field_inputs(desk, filled));
    inputs.push(Input::one("mode", &words.mode, modes, filled));
    let (frame, action) = (desk.frame(&words.new_collection), desk.path("/collections/new"));
    Sheet::new(frame, action, &words.prepare, inputs).saying(&words.new_collection_intro)
}

/// An instrument to choose, with its length and languages.
#[must_use]
pub(super) fn instrument_tick(one: &Instrument, lang: Lang, words: &StaffWords) -> Tick {
    let minutes = fill(&words.minutes, &[("n", &one.minutes.to_string())]);
    let hint = format!("{minutes} · {}", lang_names(&one.languages));
    Tick::new(&one.slug, one.title.get(lang), &hint)
}

fn field_inputs(desk: &Desk, filled: &Filled) -> Vec<Input> {
    let words = desk.words();
    let sampling = |value: &Sampling| {
        let (label, hint) = named::sampling(*value, words);
        Tick::new(value.code(), label, hint)
    };
    let sampling = Sampling::ALL.iter().map(sampling).collect();
    let languages = desk.diagnosis.settings.languages.iter();
    let languages = languages.map(|lang| Tick::new(lang.tag(), lang.name(), "")).collect();
    vec![
        Input::line("title", &words.collection_title, filled).hinted(&words.collection_title_hint),
        Input::one("sampling", &words.sampling, sampling, filled),
        Input::line("asked_by", &words.asked_by, filled).hinted(&words.asked_by_hint),
        Input::one("presence", &words.presence, presence_ticks(words), filled),
        Input::line("recruited_by", &words.recruited_by, filled).hinted(&words.recruited_by_hint),
        Input::many("languages", &words.languages, languages, filled),
    ]
}

/// Who can be in the room.
#[must_use]
pub(super) fn presence_ticks(words: &StaffWords) -> Vec<Tick> {
    let tick = |value: &Presence| Tick::new(value.code(), named::presence(*value, words), "");
    Presence::ALL.iter().map(tick).collect()
}

/// Languages by their own names.
#[must_use]
pub(super) fn lang_names(langs: &[Lang]) -> String {
    langs.iter().map(|lang| lang.name()).collect::<Vec<_>>().join(", ")
}

/// `GET /d/{slug}/collections/{id}/edit`: only a draft can be changed.
pub(super) async fn edit_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    if held.collection.state != Stands::Draft {
        return Err(Error::Stale(held.desk.words().meanwhile.clone()));
    }
    let field = &held.collection.field;
    let mut filled = Filled::default()
        .with("title", &held.collection.title)
        .with("sampling", field.sampling.code())
        .with("asked_by", &field.asked_by)
        .with("presence", field.presence.code())
        .with("recruited_by", &field.recruited_by);
    for lang in &field.languages {
        filled = filled.with("languages", lang.tag());
    }
    Ok(edit_sheet(&held, &filled).show(Faults::default()))
}

/// `POST /d/{slug}/collections/{id}/edit`.
pub(super) async fn edit(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let mut held = Held::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let (origin, source) = (held.collection.field.origin, held.collection.field.source.clone());
    let words = held.desk.words();
    let read = read(&filled, Some(&held.instrument), origin, words, &mut faults);
    let Some(field) = read else { return Ok(edit_sheet(&held, &filled).show(faults)) };
    held.collection.field = Field { source, ..field };
    filled.first("title").clone_into(&mut held.collection.title);
    app.store.change_draft(&held.collection).await.map_err(|e| held.desk.said(e))?;
    held.desk.log(Act::ChangedDraft, &held.collection.title).await?;
    Ok(held.desk.go(&held.path()))
}

fn edit_sheet<'a>(held: &'a Held, filled: &Filled) -> Sheet<'a> {
    let words = held.desk.words();
    let inputs = field_inputs(&held.desk, filled);
    let action = held.desk.path(&format!("{}/edit", held.path()));
    Sheet::new(held.desk.frame(&words.change_draft), action, &words.save, inputs)
}

/// The page of a collection.
#[derive(Template)]
#[template(path = "collection.html")]
#[expect(clippy::struct_excessive_bools, reason = "a page asks many yes-or-no questions")]
struct CollectionPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    path: String,
    tag: (&'static str, &'a str),
    facts: Vec<(&'a str, String)>,
    doors: Vec<(&'a str, Qr)>,
    /// The way to its doors, for those who run collections.
    to_doors: Option<&'a str>,
    received: Option<Received>,
    reasons: Vec<String>,
    /// The languages with texts nobody has checked, and where they are read, while it can still
    /// be opened.
    unchecked: Vec<(String, String)>,
    /// Printing sheets, typing them in and counting them.
    paper: Option<PaperBox<'a>>,
    feedback: bool,
    is_draft: bool,
    is_open: bool,
    may_run: bool,
    may_edit: bool,
    may_read: bool,
}

/// What has come in: the plain count, and the languages used.
struct Received {
    answers: String,
    languages: Vec<(String, u64)>,
}

/// `GET /d/{slug}/collections/{id}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::SeeCommittee).await?;
    show(&held, StatusCode::OK).await
}

async fn show(held: &Held, status: StatusCode) -> Result<Response> {
    let (desk, collection) = (&held.desk, &held.collection);
    let words = desk.words();
    let is_draft = collection.state == Stands::Draft;
    let page = CollectionPage {
        frame: desk.frame(&collection.title),
        words,
        path: desk.path(&held.path()),
        tag: named::state(collection.state, words),
        facts: facts(held),
        doors: doors(held).await?,
        to_doors: desk.may(May::Facilitate).then(|| desk.door_words().to_page.as_str()),
        received: received(held).await?,
        reasons: if is_draft { held.reasons() } else { Vec::new() },
        unchecked: if is_draft { unchecked(held).await? } else { Vec::new() },
        paper: PaperBox::of(held),
        feedback: held.instrument.sheet == Kind::Feedback,
        is_draft,
        is_open: collection.state == Stands::Open,
        may_run: desk.may(held.runs()),
        may_edit: is_draft && desk.may(May::Coordinate),
        may_read: desk.may(May::Moderate),
    };
    Ok(desk::show(status, &page))
}

/// What is fixed about a collection, and what it is called.
fn facts(held: &Held) -> Vec<(&str, String)> {
    let (collection, words) = (&held.collection, held.desk.words());
    let field = &collection.field;
    let day = |day: Option<Date>| day.map_or(String::new(), |day| day.to_string());
    let poster = if collection.group_said_yes { &words.yes } else { &words.no };
    let closed = collection.state == Stands::Closed;
    let asked = closed && held.instrument.sheet == Kind::Feedback;
    let facts = vec![
        (words.instrument.as_str(), held.instrument.title.get(held.desk.lang()).to_owned()),
        (&words.sampling, named::sampling(field.sampling, words).0.to_owned()),
        (&words.asked_by, field.asked_by.clone()),
        (&words.presence, named::presence(field.presence, words).to_owned()),
        (&words.recruited_by, field.recruited_by.clone()),
        (&words.languages, lang_names(&field.languages)),
        (&words.origin, named::origin(field.origin, words).to_owned()),
        (&words.source, field.source.clone().unwrap_or_default()),
        (&words.policy, named::policy(field.policy, words).to_owned()),
        (&words.opened_on, day(collection.opened)),
        (&words.closed_on, day(collection.closed)),
        (&words.poster_yes, if asked { poster.clone() } else { String::new() }),
    ];
    facts.into_iter().filter(|(_, what)| !what.is_empty()).collect()
}

/// The doors of an open collection or a draft, for those who run it.
async fn doors(held: &Held) -> Result<Vec<(&str, Qr)>> {
    let (desk, collection) = (&held.desk, &held.collection);
    if collection.state == Stands::Closed || !desk.may(May::Facilitate) {
        return Ok(Vec::new());
    }
    let doors = desk.app.store.doors(desk.diagnosis.id, collection.id).await?;
    let shown = |door: &&Door| {
        let address = desk.app.base_url.join(&format!("/p/{}", door.code));
        Ok((named::mode(door.mode, desk.words()), Qr::of(&address)?))
    };
    doors.iter().filter(|door| !door.shut).map(|door| shown(&door)).collect()
}

/// The plain count, for those who run collections.
async fn received(held: &Held) -> Result<Option<Received>> {
    let (desk, collection) = (&held.desk, &held.collection);
    if collection.state == Stands::Draft || !desk.may(May::Facilitate) {
        return Ok(None);
    }
    let (of, id) = (desk.diagnosis.id, collection.id);
    let n = desk.app.store.received(of, id).await?;
    let name = |tag: String| tag.parse::<Lang>().map_or(tag, |lang| lang.name().to_owned());
    let languages = desk.app.store.languages_used(of, id).await?;
    let languages = languages.into_iter().map(|(tag, n)| (name(tag), n)).collect();
    Ok(Some(Received { answers: named::answers(n, desk.words()), languages }))
}

/// `POST /d/{slug}/collections/{id}/open`: with every reason at once when it cannot.
pub(super) async fn open(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::SeeCommittee).await?;
    held.desk.demand(held.runs())?;
    if held.collection.state == Stands::Draft && !held.reasons().is_empty() {
        return show(&held, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    begin(&held).await?;
    Ok(held.desk.go(&held.path()))
}

/// How many texts nobody has checked in each language, and where they are read.
async fn unchecked(held: &Held) -> Result<Vec<(String, String)>> {
    let (desk, instrument) = (&held.desk, &held.instrument);
    let (known, checked) = (Known::at(desk, &instrument.slug).await?, Checked::of(desk).await?);
    let version = known.version_of(instrument).map_or(0, |version| version.number);
    let said = |lang: &Lang| {
        let standing = checked.standing(instrument, *lang);
        let said = format!("{}: {}", lang.name(), named::unchecked(standing, desk.words()));
        let page = known.path(&format!("/translations/{lang}?version={version}"));
        (standing.unchecked() > 0).then(|| (said, desk.path(&page)))
    };
    Ok(held.collection.field.languages.iter().filter_map(said).collect())
}

/// Opens a collection with the newest map and writes down how many of its texts nobody has checked.
///
/// # Errors
/// `Stale` when it is no draft any more.
pub(super) async fn begin(held: &Held) -> Result<()> {
    let (desk, collection) = (&held.desk, &held.collection);
    let today = desk.app.today(&desk.diagnosis);
    if held.instrument.asks_places() {
        let area = desk.app.store.newest_area(desk.diagnosis.id).await?;
        let field = Field { area, ..collection.field.clone() };
        let fixed = Collection { field, ..collection.clone() };
        desk.app.store.change_draft(&fixed).await.map_err(|e| desk.said(e))?;
    }
    let opened = desk.app.store.open_collection(desk.diagnosis.id, collection.id, today).await;
    opened.map_err(|e| desk.said(e))?;
    desk.log(Act::Opened, &collection.title).await?;
    let unchecked: Vec<String> = unchecked(held).await?.into_iter().map(|(said, _)| said).collect();
    if unchecked.is_empty() {
        return Ok(());
    }
    let unchecked = unchecked.join(", ");
    tracing::warn!(
        diagnosis.slug = %desk.diagnosis.slug,
        languages = %unchecked,
        "a collection was opened with texts that nobody has checked"
    );
    desk.log(Act::Unchecked, &format!("{} · {unchecked}", collection.title)).await
}

/// `POST /d/{slug}/collections/{id}/close`, with the group's yes or no to a poster.
pub(super) async fn close(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::SeeCommittee).await?;
    held.desk.demand(held.runs())?;
    let yes = held.instrument.sheet == Kind::Feedback && Filled(pairs).first("poster") == "yes";
    let (of, today) = (held.desk.diagnosis.id, app.today(&held.desk.diagnosis));
    let closed = app.store.close_collection(of, held.collection.id, today, yes).await;
    closed.map_err(|e| held.desk.said(e))?;
    held.desk.log(Act::Closed, &held.collection.title).await?;
    night::after_closing(&app);
    Ok(held.desk.go(&held.path()))
}
