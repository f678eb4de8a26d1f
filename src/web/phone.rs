//! What a form needs on a phone without a signal: the words and the key it asks for once the page
//! stands, the service worker, the page that shows what waits, and answers for a script instead of
//! pages. What comes in from a phone goes the way of every form; a sealed sheet is opened first.

use std::collections::BTreeMap;

use askama::Template;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::LARGEST_BODY;
use super::app::{App, Inner};
use super::assets;
use super::door::{self, Trouble};
use super::field::sentence;
use super::page::{self, Frame};
use super::participate::Pairs;
use super::photo::Came;
use crate::domain::answer::{AS_IS, Complaint, Wrong};
use crate::domain::collection::{Collection, Door, Mode, State as Stands};
use crate::domain::instrument::{Instrument, Sheet};
use crate::domain::question::Kind;
use crate::domain::text::Lang;
use crate::store::Store;
use crate::words::{PhoneWords, WaysWords, WireWords};

/// What a sealed sheet says it is.
const SEALED: &str = "application/vnd.miradouro.sealed";
/// The largest sealed sheet with photos, in bytes: twenty stops with three photos each, as the
/// script makes them. It is opened in memory.
const LARGEST_SEALED: usize = 24 * 1024 * 1024;
/// How many sealed sheets are in memory at the same time.
static AT_ONCE: Semaphore = Semaphore::const_new(8);
/// The field in which a correction names what it replaces.
const MENDS: &str = "_mend";

/// What a form asks for once it stands.
pub(super) const LATER: &str = "later.js,outbox.js,offline.js";

const PASS: HeaderName = HeaderName::from_static("miradouro-pass");
const VERSION: HeaderName = HeaderName::from_static("miradouro-version");

/// What a script says about the sheet it sends, beside the sheet.
#[derive(Debug, Default)]
pub(super) struct Waited {
    /// Whether it reads JSON rather than a page.
    pub reads_json: bool,
    pass: Option<String>,
    version: Option<String>,
}

impl Waited {
    /// What the headers say.
    #[must_use]
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            reads_json: text(header::ACCEPT).is_some_and(|kind| kind == "application/json"),
            pass: text(PASS).map(str::to_owned),
            version: text(VERSION).map(str::to_owned),
        }
    }

    /// Whether the form was fetched while its collection took answers.
    #[must_use]
    pub(super) fn has_pass(&self, store: &Store, collection: &Collection) -> bool {
        self.pass.as_deref() == Some(&store.late_pass(collection.id))
    }

    /// Whether it was filled in on another version than the one in the field: that version is fixed
    /// when a collection opens, so this is no honest sheet of this door.
    #[must_use]
    pub(super) fn is_other(&self, collection: &Collection) -> bool {
        self.version.as_ref().is_some_and(|version| *version != collection.instrument)
    }
}

/// What became of a sheet, for the script that sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Became {
    /// It is on the disk.
    Now,
    /// It was there already.
    Already,
    /// The collection takes none any more.
    Closed,
    /// Something in it must be put right first.
    Refused,
    /// Not now; later.
    Busy,
}

/// What a page says, kept beside it for a script.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Said {
    /// What became of the sheet; the status says it where nothing is here.
    pub state: Option<Became>,
    /// The heading.
    pub title: String,
    /// The sentence.
    pub sentence: String,
    /// What is wrong, field by field.
    pub wrong: Vec<Fault>,
    /// The field and the label of the button that sends words as they are.
    pub as_is: Option<(&'static str, String)>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fault {
    field: String,
    question: String,
    sentence: String,
}

impl Said {
    /// A heading and a sentence.
    #[must_use]
    pub(super) fn new(state: Option<Became>, title: &str, sentence: &str) -> Self {
        let (title, sentence) = (title.to_owned(), sentence.to_owned());
        Self { state, title, sentence, ..Self::default() }
    }

    /// Complaints, with the words of their questions.
    #[must_use]
    pub(super) fn wrong(
        app: &Inner,
        lang: Lang,
        complaints: &[Complaint],
        questions: Vec<(String, String)>,
    ) -> Self {
        let words = app.form_words(lang);
        let faults = complaints.iter().zip(questions).map(|(complaint, (field, question))| Fault {
            field,
            question,
            sentence: sentence(&complaint.wrong, words),
        });
        let names = |one: &Complaint| matches!(one.wrong, Wrong::Personal { .. });
        let as_is = complaints.iter().any(names).then(|| (AS_IS, words.send_as_is.clone()));
        let said = Self::new(Some(Became::Refused), &words.wrong_title, &words.wrong_title);
        Self { wrong: faults.collect(), as_is, ..said }
    }

    /// What went wrong though the answers are fine.
    #[must_use]
    pub(super) fn with(mut self, trouble: Trouble, words: &WaysWords, wire: &WireWords) -> Self {
        trouble.sentence(words, wire).clone_into(&mut self.sentence);
        self.title.clear();
        match trouble {
            Trouble::NoCode | Trouble::Unreadable | Trouble::Unknown => self.wrong.push(Fault {
                field: door::FIELD.to_owned(),
                question: words.code_label.clone(),
                sentence: self.sentence.clone(),
            }),
            Trouble::TooOften => self.state = Some(Became::Busy),
            Trouble::Full => self.state = Some(Became::Closed),
            Trouble::NotAsked => {}
        }
        self
    }

    /// The same beside a page.
    #[must_use]
    pub(super) fn beside(self, mut page: Response) -> Response {
        page.extensions_mut().insert(self);
        page
    }
}

/// A page as an answer for a script.
#[must_use]
pub(super) fn told(page: &Response) -> Response {
    let mut said = page.extensions().get::<Said>().cloned().unwrap_or_default();
    let status = page.status();
    said.state = said.state.or(Some(match status {
        StatusCode::SEE_OTHER => Became::Now,
        status if status.is_server_error() => Became::Busy,
        _ => Became::Refused,
    }));
    let status = if status.is_redirection() { StatusCode::OK } else { status };
    let mut answer = (status, Json(said)).into_response();
    if let Some(when) = page.headers().get(header::RETRY_AFTER) {
        answer.headers_mut().insert(header::RETRY_AFTER, when.clone());
    }
    never_kept(&mut answer);
    answer
}

fn never_kept(answer: &mut Response) {
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Whether a request brings a sealed sheet.
#[must_use]
pub(super) fn is_sealed(request: &Request) -> bool {
    request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == SEALED)
}

/// Why a sealed sheet was not opened.
pub(super) enum NotOpened {
    /// More than is taken.
    TooBig,
    /// Cut off, sealed for another door or server, or no sheet at all.
    Broken,
}

/// Opens a sealed sheet: the form as it was finished, then every later correction, each as if it had
/// come by itself.
///
/// # Errors
/// When it is too big or cannot be opened.
pub(super) async fn opened(
    app: &App,
    door: &Door,
    instrument: &Instrument,
    mut request: Request,
) -> Result<Vec<Request>, NotOpened> {
    let _one = AT_ONCE.acquire().await.map_err(|_closed| NotOpened::Broken)?;
    let most = if instrument.asks_photos() { LARGEST_SEALED } else { LARGEST_BODY };
    DefaultBodyLimit::max(most).apply(&mut request);
    let sealed = Bytes::from_request(request, app).await.map_err(|error| {
        let is_too_big = error.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE;
        if is_too_big { NotOpened::TooBig } else { NotOpened::Broken }
    })?;
    let (store, door) = (app.store.clone(), door.code.clone());
    // Opening twenty megabytes takes a moment.
    let parts = tokio::task::spawn_blocking(move || parts(&store, &door, &sealed)).await;
    parts.ok().flatten().ok_or(NotOpened::Broken)
}

/// The parts of a sealed sheet: each with its length before it, and in each the kind of its content
/// on a line before that.
fn parts(store: &Store, door: &str, sealed: &[u8]) -> Option<Vec<Request>> {
    let (mut requests, mut rest) = (Vec::new(), sealed);
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (part, after) = after.split_at_checked(length)?;
        let opened = store.open_sheet(door, part)?;
        let line = opened.iter().position(|byte| *byte == b'\n')?;
        let (kind, content) = opened.split_at_checked(line)?;
        let kind = HeaderValue::from_bytes(kind).ok()?;
        let content = content.get(1..)?.to_vec();
        let request = Request::post("/").header(header::CONTENT_TYPE, kind);
        requests.push(request.body(Body::from(content)).ok()?);
        rest = after;
    }
    (!requests.is_empty()).then_some(requests)
}

/// A form with a later correction: the fields it names are replaced, everything else stays.
#[must_use]
pub(super) fn mended(before: Came, after: Came) -> Came {
    let named = |pairs: &Pairs, field: &str| {
        pairs.iter().any(|(name, value)| name == MENDS && value == field)
    };
    let Came { mut pairs, mut complaints } = before;
    pairs.retain(|(field, _)| !named(&after.pairs, field));
    complaints.retain(|complaint| !named(&after.pairs, &complaint.field));
    pairs.extend(after.pairs.into_iter().filter(|(field, _)| field != MENDS && field != "_id"));
    complaints.extend(after.complaints);
    Came { pairs, complaints }
}

/// What a form's script asks for once the page stands.
#[derive(Serialize)]
struct About<'a> {
    words: BTreeMap<&'static str, &'a str>,
    title: &'a str,
    version: &'a str,
    /// Whether what waits is sealed: sheets that staff fill in with others.
    sealed: bool,
    /// The key it is sealed to.
    key: String,
    /// What lets a sheet in that was filled in while the collection was open.
    pass: Option<String>,
    /// How often a group can be repeated.
    most: BTreeMap<&'a str, usize>,
}

/// The answer to `GET /p/{door}/{lang}/phone.json`.
#[must_use]
pub(super) fn about(
    app: &Inner,
    (door, collection, instrument): (&Door, &Collection, &Instrument),
    lang: Lang,
) -> Response {
    let form = app.form_words(lang);
    let mut words: BTreeMap<_, _> = app.phone_words(lang).pairs().into_iter().collect();
    words.extend([
        ("wrong_title", form.wrong_title.as_str()),
        ("send_as_new", &form.send_as_new),
        ("photo_kind", &form.wrong_photo_kind),
    ]);
    let most = instrument.group().and_then(|group| match &group.kind {
        Kind::Group { max, .. } => Some((group.id.as_str(), *max)),
        Kind::Single { .. }
        | Kind::Multiple { .. }
        | Kind::Scale { .. }
        | Kind::Faces { .. }
        | Kind::Grid { .. }
        | Kind::Number { .. }
        | Kind::Text { .. }
        | Kind::Zone
        | Kind::Place
        | Kind::Photo { .. }
        | Kind::Counts { .. }
        | Kind::Rank { .. }
        | Kind::Consent
        | Kind::AgeGate
        | Kind::Info { .. }
        | Kind::Weight => None,
    });
    let is_open = collection.state == Stands::Open;
    let mut answer = Json(About {
        words,
        title: instrument.title.get(lang),
        version: &collection.instrument,
        sealed: seals(door, instrument),
        key: app.store.sheet_key().iter().map(|byte| format!("{byte:02x}")).collect(),
        pass: is_open.then(|| app.store.late_pass(collection.id)),
        most: most.into_iter().collect(),
    })
    .into_response();
    never_kept(&mut answer);
    answer
}

/// Whether what waits is sealed, because staff fill it in with others.
#[must_use]
pub(super) fn seals(door: &Door, instrument: &Instrument) -> bool {
    door.mode == Mode::Assisted || is_staff_sheet(instrument)
}

/// Whether a sheet is filled in by somebody who works on the diagnosis, whatever its door says.
fn is_staff_sheet(instrument: &Instrument) -> bool {
    match instrument.sheet {
        Sheet::WalkSheet | Sheet::NoteSheet | Sheet::Game => true,
        Sheet::Questionnaire
        | Sheet::Feedback
        | Sheet::MapSheet
        | Sheet::Ballot
        | Sheet::SignUp => false,
    }
}

/// The page that shows what waits on this phone.
#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage<'a> {
    frame: Frame,
    words: &'a PhoneWords,
    script: String,
    about: String,
}

/// The answer to `GET /p/{door}/{lang}/waiting`, whatever became of the collection.
#[must_use]
pub(super) fn waiting(app: &Inner, name: &str, door: &str, lang: Lang) -> Response {
    let words = app.phone_words(lang);
    let frame = Frame::new(lang, &words.waiting_title, name);
    let script = assets::address(LATER);
    let about = format!("/p/{door}/{lang}");
    page::html(WaitingPage { frame, words, script, about }.render())
}

/// `GET /p/sw.js`: the service worker of the forms, and of nothing else here.
pub(super) async fn worker(State(_app): State<App>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("service-worker-allowed"), "/p/"),
    ];
    match assets::content("outbox.js,sw.js") {
        Some(script) => (headers, script).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The door and language of an address of a form.
pub(super) type At = Path<(String, String)>;

#[cfg(test)]
mod tests {
    use super::*;

    fn came(pairs: &[(&str, &str)]) -> Came {
        let pairs = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Came { pairs, complaints: Vec::new() }
    }

    #[test]
    fn a_correction_replaces_what_it_names_and_nothing_else() {
        let before = came(&[("_id", "a"), ("q1", "x"), ("q2", "y"), ("q2", "z"), ("q3", "w")]);
        let after =
            came(&[("_id", "b"), ("_mend", "q2"), ("_mend", "q3"), ("q2", "n"), ("_as_is", "yes")]);
        let Came { pairs, complaints } = mended(before, after);
        assert_eq!(pairs, came(&[("_id", "a"), ("q1", "x"), ("q2", "n"), ("_as_is", "yes")]).pairs);
        assert_eq!(complaints, []);
    }
}
