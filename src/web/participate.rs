//! Answering: what comes in through a door, what becomes of it, and the thank-you page.
//!
//! Whole without JavaScript: the language switch and "add a stop" are submit buttons that bring the
//! answers back. Nothing about the sender is kept or logged.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;

use super::LARGEST_BODY;
use super::app::{App, Inner};
use super::door::{self, Trouble};
use super::error::{Error, Result};
use super::form::{form_page, show, show_again, unkept};
use super::later::Later;
use super::misses::Sender;
use super::page::{self, Again, Message};
use super::phone::{self, At, Became, NotOpened, Said, Waited};
use super::photo::{self, Came, NotTaken};
use super::upload::Broken;
use crate::domain::answer::Ground;
use crate::domain::area::{Area, Map};
use crate::domain::collection::{self, Collection, Door, Mode, Origin};
use crate::domain::diagnosis::{Diagnosis, Zone};
use crate::domain::ids::ResponseId;
use crate::domain::instrument::{Help, Instrument};
use crate::domain::text::Lang;
use crate::store::{NewResponse, Received};
use crate::words::FormWords;

/// The pairs of a form, in order.
pub(super) type Pairs = Vec<(String, String)>;
/// A form that may not have been one.
pub(super) type MaybeForm = std::result::Result<Form<Pairs>, FormRejection>;

/// More fields than any instrument has.
const MOST_FIELDS: usize = 4000;
/// Longer than the name of any field.
const LONGEST_NAME: usize = 256;
/// Longer than the longest text, in bytes.
const LONGEST_VALUE: usize = 64 * 1024;

/// A door with everything behind it.
pub(super) struct Entry {
    behind: Arc<Behind>,
    /// For a sheet that waited on a phone: the closing day from which on it is still taken.
    pub(super) late_since: Option<Date>,
}

/// What is behind a door; the program keeps it for a moment.
pub(super) struct Behind {
    pub(super) door: Door,
    pub(super) diagnosis: Diagnosis,
    pub(super) collection: Collection,
    pub(super) instrument: Arc<Instrument>,
    pub(super) zones: Vec<Zone>,
    pub(super) area: Option<Arc<Area>>,
}

impl std::ops::Deref for Entry {
    type Target = Behind;

    fn deref(&self) -> &Behind {
        &self.behind
    }
}

impl From<Arc<Behind>> for Entry {
    fn from(behind: Arc<Behind>) -> Self {
        Self { behind, late_since: None }
    }
}

impl Entry {
    fn is_open(&self) -> bool {
        self.collection.state == collection::State::Open && !self.door.shut
    }

    /// The map places are chosen from.
    pub(super) fn map(&self) -> Option<&Map> {
        self.area.as_deref().map(|area| &area.map)
    }
}

/// `GET /p/{door}`: to the language the browser asks for, if the collection has it.
pub(super) async fn enter(
    State(app): State<App>,
    Path(door): Path<String>,
    headers: HeaderMap,
) -> Response {
    let wished = wished(&headers);
    match entry(&app, &door).await {
        Ok(entry) if entry.door.mode == Mode::Kiosk && entry.is_open() => {
            let first = best(&[], &entry.collection.field.languages);
            let invented = invented(&entry, app.form_words(first));
            door::start(&app, (&entry.door, &entry.collection, &entry.diagnosis), invented)
        }
        Ok(entry) => {
            let lang = best(&wished, &entry.collection.field.languages);
            Redirect::to(&format!("/p/{}/{lang}", entry.door.code)).into_response()
        }
        Err(error) => refuse(&app, best(&wished, &Lang::RESPONDENTS), &error),
    }
}

/// `GET /p/{door}/{lang}`: the form.
pub(super) async fn form(
    State(app): State<App>,
    Path((door, lang)): Path<(String, String)>,
) -> Response {
    let (entry, lang) = match open(&app, &door, &lang, None).await {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    show(&app, &entry, lang, ResponseId::random(), &[], &[])
}

/// `POST /p/{door}/{lang}`: answers, a language switch or one more stop. A script that sends what
/// waited on a phone reads an answer of its own instead of a page.
pub(super) async fn submit(State(app): State<App>, Path(at): At, request: Request) -> Response {
    let waited = Waited::of(request.headers());
    let page = sent(app, at, &waited, request).await;
    if waited.reads_json { phone::told(&page) } else { page }
}

async fn sent(
    app: App,
    (door, lang): (String, String),
    waited: &Waited,
    request: Request,
) -> Response {
    let (entry, lang) = match open(&app, &door, &lang, Some(waited)).await {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let sender = Sender::of(&request);
    let Came { pairs, complaints } = match brought(&app, &entry, lang, request).await {
        Ok(came) => came,
        Err(refusal) => return *refusal,
    };
    let value = |name: &str| pairs.iter().find(|(field, _)| field == name).map(|(_, v)| v.as_str());
    let is_long =
        |(name, value): &(String, String)| name.len() > LONGEST_NAME || value.len() > LONGEST_VALUE;
    if pairs.iter().any(is_long) {
        return too_big(app.form_words(lang), lang);
    }
    let Some(id) = value("_id").and_then(ResponseId::of_form) else {
        return unreadable(app.form_words(lang), lang);
    };
    if let Some(other) = value("_lang").and_then(|tag| tag.parse().ok()) {
        let offered = entry.collection.field.languages.contains(&other);
        return show(&app, &entry, if offered { other } else { lang }, id, &pairs, &complaints);
    }
    if value("_add").is_some() {
        return show(&app, &entry, lang, id, &pairs, &complaints);
    }
    let came = Came { pairs, complaints };
    // All of it is here: from now on a phone that loses its signal does not undo its answer.
    let taken = tokio::spawn(async move { take(&app, &entry, (lang, &sender), id, came).await });
    match taken.await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(page) => page,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_stopping)) => Error::Busy.into_response(),
    }
}

/// What came in; a sealed sheet is opened first.
async fn brought(
    app: &App,
    entry: &Entry,
    lang: Lang,
    request: Request,
) -> std::result::Result<Came, Box<Response>> {
    if !phone::is_sealed(&request) {
        return came(app, entry, lang, request).await;
    }
    let opened = phone::opened(app, &entry.door, &entry.instrument, request);
    let opened = tokio::time::timeout(photo::PATIENCE, opened).await;
    let opened = opened.map_err(|_late| Box::new(Error::Busy.page(app, lang)))?;
    let parts = opened.map_err(|why| match why {
        NotOpened::TooBig => Box::new(too_big(app.form_words(lang), lang)),
        NotOpened::Broken => {
            let (form, words) = (app.form_words(lang), app.phone_words(lang));
            let status = StatusCode::BAD_REQUEST;
            Box::new(message(status, lang, &form.unreadable_title, &words.cannot_open))
        }
    })?;
    let mut whole: Option<Came> = None;
    for part in parts {
        let came = came(app, entry, lang, part).await?;
        whole = Some(match whole {
            Some(before) => phone::mended(before, came),
            None => came,
        });
    }
    whole.ok_or_else(|| Box::new(unreadable(app.form_words(lang), lang)))
}

/// What came in, whole and in time.
async fn came(
    app: &App,
    entry: &Entry,
    lang: Lang,
    request: Request,
) -> std::result::Result<Came, Box<Response>> {
    let words = app.form_words(lang);
    let busy = || Box::new(Error::Busy.page(app, lang));
    if !photo::comes_in_parts(&request) {
        let pairs = pairs(Form::from_request(request, app).await, words, lang)?;
        return Ok(Came { pairs, complaints: Vec::new() });
    }
    let of = (&*entry.instrument, entry.collection.id);
    let taken = photo::taken(app, of, request, LARGEST_BODY);
    let taken = tokio::time::timeout(photo::PATIENCE, taken).await.map_err(|_late| busy())?;
    taken.map_err(|why| match why {
        NotTaken::Busy => busy(),
        NotTaken::Broken(Broken::TooBig) => too_big(words, lang).into(),
        NotTaken::Broken(Broken::NotAForm) => unreadable(words, lang).into(),
    })
}

/// Reads the answers and hands them in.
async fn take(
    app: &App,
    entry: &Entry,
    (lang, sender): (Lang, &Sender),
    id: ResponseId,
    came: Came,
) -> Response {
    let Came { mut pairs, mut complaints } = came;
    if !entry.instrument.asks_for(&pairs) {
        let of = (&*entry.instrument, entry.collection.id);
        pairs = photo::only_kept(&app.store, of, pairs).await;
        return show_again(app, entry, lang, id, (&pairs, &complaints), Some(Trouble::NotAsked));
    }
    let ground = Ground::from(&entry.zones).with(entry.map());
    let mut reading = entry.instrument.read(&pairs, &ground);
    complaints.append(&mut reading.complaints);
    let collection = entry.collection.id;
    let sent = std::mem::take(&mut reading.photos);
    let claimed = photo::claimed(app, collection, sent).await;
    let code = door::code(&entry.door, &pairs);
    let of = (&*entry.instrument, collection);
    let (photos, claim) = match claimed {
        Ok((photos, claim)) if complaints.is_empty() && code.is_ok() => (photos, claim),
        claimed => {
            complaints.extend(claimed.err().unwrap_or_default());
            let pairs = photo::only_kept(&app.store, of, pairs).await;
            return show_again(app, entry, lang, id, (&pairs, &complaints), code.err());
        }
    };
    let (code, now) = (code.ok().flatten(), app.clock.now());
    if code.is_some() && app.misses().too_often(sender, now) {
        let pairs = photo::only_kept(&app.store, of, pairs).await;
        return show_again(app, entry, lang, id, (&pairs, &[]), Some(Trouble::TooOften));
    }
    let hash = &entry.collection.instrument;
    let response = NewResponse::through(&entry.door, id, hash, lang, reading);
    let count = photos.len();
    let response = NewResponse { photos, closed_since: entry.late_since, ..response };
    let received = match code {
        Some(code) => app.store.receive_with(response, &code).await,
        None => app.store.receive(response).await,
    };
    drop(claim);
    let trouble = match received {
        Ok(Received::Now) => {
            photo::have_rows(app, count);
            return Redirect::to(&thanks_path(entry, lang)).into_response();
        }
        Ok(Received::Already) if entry.door.mode == Mode::Kiosk => {
            return Redirect::to(&thanks_path(entry, lang)).into_response();
        }
        Ok(Received::Already) => return already(app, entry, lang, pairs),
        Ok(Received::Closed) => return closed(app, entry, lang),
        Ok(Received::Full) => Trouble::Full,
        Ok(Received::NoSuchCode) => {
            app.misses().count(sender, now);
            Trouble::Unknown
        }
        Err(error) => return not_stored(app, (entry, lang, id), pairs, error.into()).await,
    };
    let pairs = photo::only_kept(&app.store, of, pairs).await;
    show_again(app, entry, lang, id, (&pairs, &[]), Some(trouble))
}

fn thanks_path(entry: &Entry, lang: Lang) -> String {
    format!("/p/{}/{lang}/thanks", entry.door.code)
}

/// `GET /p/{door}/{lang}/phone.json`: what the form's script needs without a signal.
pub(super) async fn about(State(app): State<App>, Path((door, lang)): At) -> Response {
    let lang: Lang = lang.parse().unwrap_or(Lang::En);
    match entry(&app, &door).await {
        Ok(entry) => phone::about(&app, (&entry.door, &entry.collection, &entry.instrument), lang),
        Err(error) => phone::told(&refuse(&app, lang, &error)),
    }
}

/// `GET /p/{door}/{lang}/waiting`: what waits on this phone.
pub(super) async fn waiting(State(app): State<App>, Path((door, lang)): At) -> Response {
    let lang: Lang = lang.parse().unwrap_or(Lang::En);
    match entry(&app, &door).await {
        Ok(entry) => phone::waiting(&app, &entry.diagnosis.name, &entry.door.code, lang),
        Err(error) => refuse(&app, lang, &error),
    }
}

/// `GET /p/{door}/{lang}/thanks`.
pub(super) async fn thanks(
    State(app): State<App>,
    Path((door, lang)): Path<(String, String)>,
) -> Response {
    let lang: Lang = lang.parse().unwrap_or(Lang::En);
    let entry = match entry(&app, &door).await {
        Ok(entry) => entry,
        Err(error) => return refuse(&app, lang, &error),
    };
    let words = app.form_words(lang);
    let mut page = Message::plain(lang, &words.thanks_title, &words.thanks);
    page.frame.name.clone_from(&entry.diagnosis.name);
    page.frame.invented = invented(&entry, words);
    page.paragraphs.push(words.thanks_kept.clone());
    page.paragraphs.extend(paragraphs(entry.instrument.outro.get(lang)));
    page.paragraphs.push(words.results.clone());
    words.help_title.clone_into(&mut page.help_title);
    page.help = help(&entry, words);
    page.sent = Some(Later::of(&app, &entry, lang));
    match door::kiosk(&entry.door, app.ways_words(lang)) {
        Some(kiosk) => door::hand_over(kiosk, page),
        None => page::html(page.render()),
    }
}

/// The door, its collection, its instrument. What was read a moment ago and not changed by this
/// program since is not read again; whether an answer is taken is asked when it is written.
pub(super) async fn entry(app: &Inner, word: &str) -> Result<Entry> {
    let changes = app.store.changes();
    if let Some(behind) = app.doors().known(word, changes) {
        return Ok(behind.into());
    }
    let door = app.intake.meant_door(word).await?;
    let diagnosis = app.intake.diagnosis_of(door.diagnosis).await?;
    let collection = app.intake.collection(door.diagnosis, door.collection).await?;
    let instrument = app.instrument(door.diagnosis, &collection.instrument).await?;
    let zones = app.intake.zones(door.diagnosis, collection.wave).await?;
    let area = match collection.field.area {
        Some(area) => Some(app.area(door.diagnosis, area).await?),
        None => None,
    };
    let behind = Arc::new(Behind { door, diagnosis, collection, instrument, zones, area });
    app.doors().keep(changes, Arc::clone(&behind));
    Ok(behind.into())
}

/// The same, if it is open in this language; else the page that says why not. What waited on a phone
/// comes in for a while after closing. Answers come in whatever their language: they are codes.
async fn open(
    app: &Inner,
    door: &str,
    tag: &str,
    brings: Option<&Waited>,
) -> std::result::Result<(Entry, Lang), Box<Response>> {
    let asked: Option<Lang> = tag.parse().ok().filter(|lang| Lang::RESPONDENTS.contains(lang));
    let lang = asked.unwrap_or(Lang::En);
    let mut entry = entry(app, door).await.map_err(|error| Box::new(refuse(app, lang, &error)))?;
    let words = app.form_words(lang);
    match entry.collection.state {
        collection::State::Open if entry.door.shut => {
            let of = (&entry.door, &entry.collection, &entry.diagnosis);
            return Err(door::shut(app, of, lang).into());
        }
        collection::State::Open => {}
        collection::State::Draft => {
            let status = StatusCode::NOT_FOUND;
            return Err(message(status, lang, &words.not_open_title, &words.not_open).into());
        }
        collection::State::Closed => {
            let has_pass = |it: &&Waited| it.has_pass(&app.store, &entry.collection);
            let Some(_waited) = brings.filter(has_pass) else {
                return Err(closed(app, &entry, lang).into());
            };
            entry.late_since = entry.collection.late_since(app.today(&entry.diagnosis));
            if entry.collection.closed < entry.late_since || entry.late_since.is_none() {
                return Err(too_late(app, lang).into());
            }
        }
    }
    if brings.is_some_and(|waited| waited.is_other(&entry.collection)) {
        let words = app.phone_words(lang);
        let (title, text) = (&words.other_version_title, &words.other_version);
        return Err(message(StatusCode::CONFLICT, lang, title, text).into());
    }
    let is_offered = |lang: &Lang| entry.collection.field.languages.contains(lang);
    match asked.filter(|lang| brings.is_some() || is_offered(lang)) {
        Some(lang) => Ok((entry, lang)),
        None => Err(wrong_lang(app, &entry, lang).into()),
    }
}

/// The pairs of a form, if it is one and not too big.
fn pairs(
    form: MaybeForm,
    words: &FormWords,
    lang: Lang,
) -> std::result::Result<Pairs, Box<Response>> {
    match form {
        Ok(Form(pairs)) if pairs.len() > MOST_FIELDS => Err(too_big(words, lang).into()),
        Ok(Form(pairs)) => Ok(pairs),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(too_big(words, lang).into())
        }
        Err(_) => Err(unreadable(words, lang).into()),
    }
}

fn too_big(words: &FormWords, lang: Lang) -> Response {
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    message(status, lang, &words.too_big_title, &words.too_big)
}

fn unreadable(words: &FormWords, lang: Lang) -> Response {
    message(StatusCode::BAD_REQUEST, lang, &words.unreadable_title, &words.unreadable)
}

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn invented(entry: &Entry, words: &FormWords) -> Option<String> {
    let invented =
        entry.diagnosis.settings.invented || entry.collection.field.origin == Origin::Invented;
    invented.then(|| words.invented.clone())
}

pub(super) fn help(entry: &Entry, words: &FormWords) -> Vec<(String, String)> {
    let named = |kind: &Help| {
        let found = entry.diagnosis.settings.help.iter().find(|address| address.kind == *kind)?;
        (!found.address.is_empty())
            .then(|| (help_name(*kind, words).to_owned(), found.address.clone()))
    };
    entry.instrument.help.iter().filter_map(named).collect()
}

/// What a kind of help is called.
#[must_use]
pub(super) fn help_name(kind: Help, words: &FormWords) -> &str {
    match kind {
        Help::Emergency => &words.help_emergency,
        Help::VictimSupport => &words.help_victim_support,
        Help::YouthLine => &words.help_youth_line,
        Help::Discrimination => &words.help_discrimination,
        Help::PoliceComplaints => &words.help_police_complaints,
    }
}

fn message(status: StatusCode, lang: Lang, title: &str, text: &str) -> Response {
    let page = (status, page::html(Message::plain(lang, title, text).render())).into_response();
    Said::new(None, title, text).beside(page)
}

pub(super) fn refuse(app: &Inner, lang: Lang, error: &Error) -> Response {
    if matches!(error, Error::NotFound) {
        let words = app.form_words(lang);
        return message(StatusCode::NOT_FOUND, lang, &words.unknown_title, &words.unknown_door);
    }
    error.page(app, lang)
}

fn closed(app: &Inner, entry: &Entry, lang: Lang) -> Response {
    let words = app.form_words(lang);
    let mut page = Message::plain(lang, &words.closed_title, &words.closed);
    page.frame.name.clone_from(&entry.diagnosis.name);
    words.help_title.clone_into(&mut page.help_title);
    page.help = help(entry, words);
    page.links = door::onward(app.ways_words(lang), &entry.diagnosis);
    let kept = &app.phone_words(lang).waiting_link;
    page.links.insert(0, (kept.clone(), format!("/p/{}/{lang}/waiting", entry.door.code)));
    let page = (StatusCode::GONE, page::html(page.render())).into_response();
    Said::new(Some(Became::Closed), &words.closed_title, &words.closed).beside(page)
}

/// What waited on a phone for too long, or for a ballot.
fn too_late(app: &Inner, lang: Lang) -> Response {
    let (title, text) = (&app.form_words(lang).closed_title, &app.phone_words(lang).too_late);
    let page = message(StatusCode::GONE, lang, title, text);
    Said::new(Some(Became::Closed), title, text).beside(page)
}

fn wrong_lang(app: &Inner, entry: &Entry, lang: Lang) -> Response {
    let words = app.form_words(lang);
    let mut page = Message::plain(lang, &words.wrong_lang_title, &words.wrong_lang);
    let link = |lang: &Lang| (lang.name().to_owned(), format!("/p/{}/{lang}", entry.door.code));
    page.links = entry.collection.field.languages.iter().map(link).collect();
    (StatusCode::NOT_FOUND, page::html(page.render())).into_response()
}

fn already(app: &Inner, entry: &Entry, lang: Lang, pairs: Pairs) -> Response {
    let words = app.form_words(lang);
    if entry.door.with_codes {
        // A card counts once: there is nobody else to send these answers for.
        let once = &app.ways_words(lang).code_why;
        let page = Message::plain(lang, &words.already_title, once);
        let page = page::html(page.render());
        return Said::new(Some(Became::Already), &words.already_title, once).beside(page);
    }
    let mut page = Message::plain(lang, &words.already_title, &words.already);
    let mut fields: Pairs = pairs.into_iter().filter(|(name, _)| name != "_id").collect();
    fields.push(("_id".to_owned(), ResponseId::random().to_string()));
    let action = format!("/p/{}/{lang}", entry.door.code);
    page.again = Some(Again { action, button: words.send_as_new.clone(), fields });
    let page = page::html(page.render());
    Said::new(Some(Became::Already), &words.already_title, &words.already).beside(page)
}

/// Nothing was stored: the filled form again, which says so.
async fn not_stored(
    app: &Inner,
    (entry, lang, id): (&Entry, Lang, ResponseId),
    pairs: Pairs,
    error: Error,
) -> Response {
    let status = match error {
        Error::Failed(cause) => {
            tracing::error!(%cause, "an answer could not be stored");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        Error::Busy | Error::ReadOnly => StatusCode::SERVICE_UNAVAILABLE,
        Error::SignIn | Error::Forbidden | Error::NotFound | Error::Bad(_) | Error::Stale(_) => {
            return error.page(app, lang);
        }
    };
    let of = (&*entry.instrument, entry.collection.id);
    let pairs = photo::only_kept(&app.store, of, pairs).await;
    match form_page(app, entry, lang, id, &pairs, &[]) {
        Ok(mut page) => {
            let words = app.form_words(lang);
            page.notice = Some(app.page_words(lang).not_sent.clone());
            let mut page = (status, unkept(), page::html(page.render())).into_response();
            if status == StatusCode::SERVICE_UNAVAILABLE {
                page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            Said::new(None, &words.failed_title, &app.page_words(lang).not_sent).beside(page)
        }
        Err(error) => Error::from(error).into_response(),
    }
}

/// The languages a browser asks for, best first.
#[must_use]
pub(super) fn wished(headers: &HeaderMap) -> Vec<Lang> {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut wishes: Vec<(Lang, f32)> = Vec::new();
    for wish in header.unwrap_or("").split(',') {
        let mut parts = wish.split(';');
        let tag = parts.next().unwrap_or("").trim().to_lowercase();
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok());
        if let Ok(lang) = tag.split('-').next().unwrap_or("").parse() {
            wishes.push((lang, weight.unwrap_or(1.0)));
        }
    }
    wishes.sort_by(|a, b| b.1.total_cmp(&a.1));
    wishes.into_iter().map(|(lang, _)| lang).collect()
}

/// The first wish that is offered, else the first that is offered.
#[must_use]
pub(super) fn best(wished: &[Lang], offered: &[Lang]) -> Lang {
    let found = wished.iter().find(|lang| offered.contains(lang));
    found.or_else(|| offered.first()).copied().unwrap_or(Lang::En)
}
