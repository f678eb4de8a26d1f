//! What every handler has: the store, the shelf of instruments, the words, the clock.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::known::KnownDoors;
use super::live::Live;
use super::making::Making;
use super::misses::Misses;
use super::photo::PhotoDesk;
use super::posters::SetMaking;
use crate::domain::area::Area;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::{AreaId, DiagnosisId};
use crate::domain::instrument::Instrument;
use crate::domain::text::Lang;
use crate::instruments::Shelf;
use crate::publish::Wall;
use crate::publish::study::Terms;
use crate::store::{Result, Store};
use crate::words::{
    ChartWords, DataWords, DoorWords, EditorWords, ExportWords, FormWords, GateWords, HostWords,
    InstrumentWords, KeepWords, KeyinWords, LintWords, NightWords, PageWords, PaperWords,
    PhoneWords, PosterWords, PressWords, PrivacyWords, RemoteWords, ReportWords, ReportingWords,
    ScreenWords, SetWords, StaffWords, WalkWords, WaysWords, WireWords,
};

/// So many whole pages are kept.
const MOST_PAGES: usize = 64;

/// The state of the program; cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What [`App`] shares.
pub struct Inner {
    /// Everything that is kept.
    pub store: Store,
    /// The same, read by connections of its own: for what residents wait for.
    pub intake: Store,
    /// The instruments that can be fielded.
    pub shelf: Shelf,
    /// How this server is reached.
    pub base_url: BaseUrl,
    /// What time it is.
    pub clock: Clock,
    words: Words,
    published: RwLock<HashMap<(DiagnosisId, String), Arc<Instrument>>>,
    areas: RwLock<HashMap<(DiagnosisId, AreaId), Arc<Area>>>,
    drawings: RwLock<HashMap<AreaId, Arc<str>>>,
    photo_desk: PhotoDesk,
    misses: Misses,
    doors: KnownDoors,
    walls: RwLock<HashMap<(DiagnosisId, i64), Arc<Wall>>>,
    makings: RwLock<HashMap<DiagnosisId, Making>>,
    sets: RwLock<HashMap<DiagnosisId, SetMaking>>,
    live: Live,
    pages: RwLock<HashMap<(DiagnosisId, String), Arc<str>>>,
}

struct Words {
    form: HashMap<Lang, FormWords>,
    page: HashMap<Lang, PageWords>,
    privacy: HashMap<Lang, PrivacyWords>,
    phone: HashMap<Lang, PhoneWords>,
    keep: HashMap<Lang, KeepWords>,
    staff: HashMap<Lang, StaffWords>,
    instrument: HashMap<Lang, InstrumentWords>,
    editor: HashMap<Lang, EditorWords>,
    lint: HashMap<Lang, LintWords>,
    chart: HashMap<Lang, ChartWords>,
    poster: HashMap<Lang, PosterWords>,
    paper: HashMap<Lang, PaperWords>,
    keyin: HashMap<Lang, KeyinWords>,
    ways: HashMap<Lang, WaysWords>,
    wire: HashMap<Lang, WireWords>,
    doors: HashMap<Lang, DoorWords>,
    night: HashMap<Lang, NightWords>,
    gate: HashMap<Lang, GateWords>,
    export: HashMap<Lang, ExportWords>,
    data: HashMap<Lang, DataWords>,
    screen: HashMap<Lang, ScreenWords>,
    remote: HashMap<Lang, RemoteWords>,
    set: HashMap<Lang, SetWords>,
    press: HashMap<Lang, PressWords>,
    walk: HashMap<Lang, WalkWords>,
    host: HashMap<Lang, HostWords>,
    report: HashMap<Lang, ReportWords>,
    reporting: HashMap<Lang, ReportingWords>,
    terms: Terms,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// The state over an open store.
    ///
    /// # Errors
    /// A sentence, when a language file is broken.
    pub fn new(
        store: Store,
        shelf: Shelf,
        base_url: BaseUrl,
        clock: Clock,
    ) -> std::result::Result<Self, String> {
        let words = Words {
            form: each(&Lang::RESPONDENTS, FormWords::of)?,
            page: each(&Lang::RESPONDENTS, PageWords::of)?,
            privacy: each(&Lang::RESPONDENTS, PrivacyWords::of)?,
            phone: each(&Lang::RESPONDENTS, PhoneWords::of)?,
            keep: each(&Lang::RESPONDENTS, KeepWords::of)?,
            staff: each(&Lang::STAFF, StaffWords::of)?,
            instrument: each(&Lang::STAFF, InstrumentWords::of)?,
            editor: each(&Lang::STAFF, EditorWords::of)?,
            lint: each(&Lang::STAFF, LintWords::of)?,
            chart: each(&Lang::RESPONDENTS, ChartWords::of)?,
            poster: each(&Lang::RESPONDENTS, PosterWords::of)?,
            paper: each(&Lang::RESPONDENTS, PaperWords::of)?,
            keyin: each(&Lang::STAFF, KeyinWords::of)?,
            ways: each(&Lang::RESPONDENTS, WaysWords::of)?,
            wire: each(&Lang::RESPONDENTS, WireWords::of)?,
            doors: each(&Lang::STAFF, DoorWords::of)?,
            night: each(&Lang::STAFF, NightWords::of)?,
            gate: each(&Lang::STAFF, GateWords::of)?,
            export: each(&Lang::STAFF, ExportWords::of)?,
            data: each(&Lang::RESPONDENTS, DataWords::of)?,
            screen: each(&Lang::RESPONDENTS, ScreenWords::of)?,
            remote: each(&Lang::STAFF, RemoteWords::of)?,
            set: each(&Lang::RESPONDENTS, SetWords::of)?,
            press: each(&Lang::STAFF, PressWords::of)?,
            walk: each(&Lang::RESPONDENTS, WalkWords::of)?,
            host: each(&Lang::STAFF, HostWords::of)?,
            report: each(&Lang::RESPONDENTS, ReportWords::of)?,
            reporting: each(&Lang::STAFF, ReportingWords::of)?,
            terms: Terms::new()?,
        };
        let (published, areas, drawings, photo_desk, misses, doors, walls, makings, sets, pages) =
            Default::default();
        Ok(Self(Arc::new(Inner {
            intake: store.for_intake(),
            store,
            shelf,
            base_url,
            clock,
            words,
            published,
            areas,
            drawings,
            photo_desk,
            misses,
            doors,
            walls,
            makings,
            sets,
            live: Live::default(),
            pages,
        })))
    }
}

fn each<T>(
    langs: &[Lang],
    read: fn(Lang) -> std::result::Result<T, String>,
) -> std::result::Result<HashMap<Lang, T>, String> {
    langs.iter().map(|lang| Ok((*lang, read(*lang)?))).collect()
}

impl Inner {
    /// The texts of answering pages; English where a language has none yet.
    #[must_use]
    pub fn form_words(&self, lang: Lang) -> &FormWords {
        pick(&self.words.form, lang)
    }

    /// The texts of the form page itself; English where a language has none yet.
    #[must_use]
    pub fn page_words(&self, lang: Lang) -> &PageWords {
        pick(&self.words.page, lang)
    }

    /// What is said where nothing can be written; English where a language has none yet.
    #[must_use]
    pub fn keep_words(&self, lang: Lang) -> &KeepWords {
        pick(&self.words.keep, lang)
    }

    /// The texts of the privacy page; English where a language has none yet.
    #[must_use]
    pub fn privacy_words(&self, lang: Lang) -> &PrivacyWords {
        pick(&self.words.privacy, lang)
    }

    /// The texts of a form without a signal; English where a language has none yet.
    #[must_use]
    pub fn phone_words(&self, lang: Lang) -> &PhoneWords {
        pick(&self.words.phone, lang)
    }

    /// The texts of staff pages; English where a language has none yet.
    #[must_use]
    pub fn staff_words(&self, lang: Lang) -> &StaffWords {
        pick(&self.words.staff, lang)
    }

    /// The texts of pages about instruments; English where a language has none yet.
    #[must_use]
    pub fn instrument_words(&self, lang: Lang) -> &InstrumentWords {
        pick(&self.words.instrument, lang)
    }

    /// The texts of the editor; English where a language has none yet.
    #[must_use]
    pub fn editor_words(&self, lang: Lang) -> &EditorWords {
        pick(&self.words.editor, lang)
    }

    /// What the check of a file says, in a language; in English, where a sentence is not known.
    #[must_use]
    pub fn say_fault(&self, sentence: &str, lang: Lang) -> (String, Lang) {
        match pick(&self.words.lint, lang).say(sentence) {
            Some(said) => (said, lang),
            None => (sentence.to_owned(), Lang::En),
        }
    }

    /// The texts of charts and posters; English where a language has none yet.
    #[must_use]
    pub fn chart_words(&self, lang: Lang) -> &ChartWords {
        pick(&self.words.chart, lang)
    }

    /// The texts around charts on walls; English where a language has none yet.
    #[must_use]
    pub fn poster_words(&self, lang: Lang) -> &PosterWords {
        pick(&self.words.poster, lang)
    }

    /// The texts on paper sheets; English where a language has none yet.
    #[must_use]
    pub fn paper_words(&self, lang: Lang) -> &PaperWords {
        pick(&self.words.paper, lang)
    }

    /// The texts for printing, typing in and counting sheets; English where there are none yet.
    #[must_use]
    pub fn keyin_words(&self, lang: Lang) -> &KeyinWords {
        pick(&self.words.keyin, lang)
    }

    /// The texts of doors, codes and kiosk; English where a language has none yet.
    #[must_use]
    pub fn ways_words(&self, lang: Lang) -> &WaysWords {
        pick(&self.words.ways, lang)
    }

    /// The texts for a form that could not be heard; English where a language has none yet.
    #[must_use]
    pub fn wire_words(&self, lang: Lang) -> &WireWords {
        pick(&self.words.wire, lang)
    }

    /// The texts of staff pages about doors; English where a language has none yet.
    #[must_use]
    pub fn door_words(&self, lang: Lang) -> &DoorWords {
        pick(&self.words.doors, lang)
    }

    /// The texts about the server's own work; English where a language has none yet.
    #[must_use]
    pub fn night_words(&self, lang: Lang) -> &NightWords {
        pick(&self.words.night, lang)
    }

    /// The texts about releases and the words under charts; English where a language has none yet.
    #[must_use]
    pub fn gate_words(&self, lang: Lang) -> &GateWords {
        pick(&self.words.gate, lang)
    }

    /// The release of a diagnosis that is being made, or the last one that was.
    pub(super) fn making(&self, of: DiagnosisId) -> Option<Making> {
        self.makings.read().ok()?.get(&of).cloned()
    }

    /// Notes that a release is being made; not while another one is.
    pub(super) fn begin_making(&self, of: DiagnosisId, making: Making) -> bool {
        let Ok(mut makings) = self.makings.write() else { return false };
        if makings.get(&of).is_some_and(Making::goes_on) {
            return false;
        }
        makings.insert(of, making);
        true
    }

    /// The set of a diagnosis that is being made, or the last one that was.
    pub(super) fn set_making(&self, of: DiagnosisId) -> Option<SetMaking> {
        self.sets.read().ok()?.get(&of).cloned()
    }

    /// Notes that a set is being made, in place of the last one; not while that goes on.
    pub(super) fn begin_set(&self, of: DiagnosisId, making: SetMaking) -> bool {
        let Ok(mut sets) = self.sets.write() else { return false };
        if sets.get(&of).is_some_and(SetMaking::goes_on) {
            return false;
        }
        sets.insert(of, making);
        true
    }

    /// The texts about data for research; English where a language has none yet.
    #[must_use]
    pub fn export_words(&self, lang: Lang) -> &ExportWords {
        pick(&self.words.export, lang)
    }

    /// The texts beside an instrument's own in files; English where a language has none yet.
    #[must_use]
    pub fn data_words(&self, lang: Lang) -> &DataWords {
        pick(&self.words.data, lang)
    }

    /// The texts of projectors and the phones that follow them; English where there are none yet.
    #[must_use]
    pub fn screen_words(&self, lang: Lang) -> &ScreenWords {
        pick(&self.words.screen, lang)
    }

    /// The texts of the remote; English where a language has none yet.
    #[must_use]
    pub fn remote_words(&self, lang: Lang) -> &RemoteWords {
        pick(&self.words.remote, lang)
    }

    /// The texts of sets for a data walk; English where a language has none yet.
    #[must_use]
    pub fn set_words(&self, lang: Lang) -> &SetWords {
        pick(&self.words.set, lang)
    }

    /// The texts for those who prepare a data walk; English where a language has none yet.
    #[must_use]
    pub fn press_words(&self, lang: Lang) -> &PressWords {
        pick(&self.words.press, lang)
    }

    /// The texts of a data walk's public pages; English where a language has none yet.
    #[must_use]
    pub fn walk_words(&self, lang: Lang) -> &WalkWords {
        pick(&self.words.walk, lang)
    }

    /// The texts for whoever runs a data walk; English where a language has none yet.
    #[must_use]
    pub fn host_words(&self, lang: Lang) -> &HostWords {
        pick(&self.words.host, lang)
    }

    /// The texts of the report and of the public page; English where a language has none yet.
    #[must_use]
    pub fn report_words(&self, lang: Lang) -> &ReportWords {
        pick(&self.words.report, lang)
    }

    /// The texts around writing the report; English where a language has none yet.
    #[must_use]
    pub fn reporting_words(&self, lang: Lang) -> &ReportingWords {
        pick(&self.words.reporting, lang)
    }

    /// The words of columns and codes that no instrument has, in every language.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.words.terms
    }

    /// The wall of a release, if it was made already.
    pub(super) fn known_wall(&self, of: DiagnosisId, release: i64) -> Option<Arc<Wall>> {
        self.walls.read().ok()?.get(&(of, release)).cloned()
    }

    /// Keeps a wall; a release never changes, so it stays right.
    pub(super) fn keep_wall(&self, of: DiagnosisId, release: i64, wall: Wall) -> Arc<Wall> {
        let wall = Arc::new(wall);
        if let Ok(mut walls) = self.walls.write() {
            walls.insert((of, release), Arc::clone(&wall));
        }
        wall
    }

    /// A page that never changes, if it was made already.
    pub(super) fn kept_page(&self, of: DiagnosisId, key: &str) -> Option<Arc<str>> {
        self.pages.read().ok()?.get(&(of, key.to_owned())).cloned()
    }

    /// Keeps a page that never changes; all are let go when there are many.
    pub(super) fn keep_page(&self, of: DiagnosisId, key: String, page: Arc<str>) {
        if let Ok(mut pages) = self.pages.write() {
            if pages.len() >= MOST_PAGES {
                pages.clear();
            }
            pages.insert((of, key), page);
        }
    }

    /// A published version; read once, since it never changes.
    ///
    /// # Errors
    /// `NotFound` when it was never published in that diagnosis.
    pub async fn instrument(&self, of: DiagnosisId, hash: &str) -> Result<Arc<Instrument>> {
        let key = (of, hash.to_owned());
        if let Some(known) = self.published.read().ok().and_then(|map| map.get(&key).cloned()) {
            return Ok(known);
        }
        let instrument = Arc::new(self.store.published(of, hash).await?);
        if let Ok(mut map) = self.published.write() {
            map.insert(key, Arc::clone(&instrument));
        }
        Ok(instrument)
    }

    /// An area; read once, since it never changes.
    ///
    /// # Errors
    /// `NotFound` when it was never imported in that diagnosis.
    pub async fn area(&self, of: DiagnosisId, id: AreaId) -> Result<Arc<Area>> {
        if let Some(known) = self.areas.read().ok().and_then(|map| map.get(&(of, id)).cloned()) {
            return Ok(known);
        }
        let area = Arc::new(self.store.area(of, id).await?);
        if let Ok(mut map) = self.areas.write() {
            map.insert((of, id), Arc::clone(&area));
        }
        Ok(area)
    }

    /// Doors that were read a moment ago.
    pub(super) fn doors(&self) -> &KnownDoors {
        &self.doors
    }

    /// Wrong one-time codes.
    pub(super) fn misses(&self) -> &Misses {
        &self.misses
    }

    /// Where photos come in.
    pub(super) fn photo_desk(&self) -> &PhotoDesk {
        &self.photo_desk
    }

    /// Who looks at screens that change.
    pub(super) fn live(&self) -> &Live {
        &self.live
    }

    /// Sends away who only waits for news, so that a server that stops does not wait for them.
    pub fn stop_telling(&self) {
        self.live.close();
    }

    /// The drawing of an area, if it was made already.
    pub(super) fn known_drawing(&self, area: AreaId) -> Option<Arc<str>> {
        self.drawings.read().ok()?.get(&area).cloned()
    }

    /// Keeps a drawing; an area never changes, so it stays right.
    pub(super) fn keep_drawing(&self, area: AreaId, drawn: Arc<str>) -> Arc<str> {
        if let Ok(mut drawings) = self.drawings.write() {
            drawings.insert(area, Arc::clone(&drawn));
        }
        drawn
    }

    /// Today, in the diagnosis's time zone.
    #[must_use]
    pub fn today(&self, diagnosis: &Diagnosis) -> Date {
        self.clock.today(&diagnosis.settings.time_zone)
    }
}

fn pick<T>(words: &HashMap<Lang, T>, lang: Lang) -> &T {
    #[expect(clippy::expect_used, reason = "English is always read, or App::new fails")]
    words.get(&lang).or_else(|| words.get(&Lang::En)).expect("English was read at start")
}

/// How this server is reached: decides addresses in QR codes and the kind of cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// An address such as `https://diagnosis.example.org`.
    ///
    /// # Errors
    /// A sentence, when it is no such address.
    pub fn new(url: &str) -> std::result::Result<Self, String> {
        let url = url.trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        match rest {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => {
                Ok(Self(url.to_owned()))
            }
            Some(_) | None => Err(format!(
                "{url:?} is no base address; write it like https://diagnosis.example.org"
            )),
        }
    }

    /// The whole address of a path that begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address itself, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether pages are served encrypted: `__Host-` cookies then.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether only this machine can reach the address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        ["http://127.", "http://localhost", "http://[::1]"]
            .iter()
            .any(|own| self.0.starts_with(own))
    }
}

/// What time it is: the system's time, or a fixed one in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The system's.
    System,
    /// Milliseconds since 1970 UTC.
    Fixed(i64),
}

impl Clock {
    /// Milliseconds since 1970 UTC.
    #[must_use]
    pub fn now(self) -> i64 {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the only place that reads the clock")]
            Self::System => Timestamp::now().as_millisecond(),
            Self::Fixed(now) => now,
        }
    }

    /// The day in a time zone; UTC when the zone is unknown.
    #[must_use]
    pub fn today(self, zone: &str) -> Date {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let now = Timestamp::from_millisecond(self.now()).unwrap_or(Timestamp::UNIX_EPOCH);
        now.to_zoned(zone).date()
    }

    /// So many days from now.
    #[must_use]
    pub fn in_days(self, days: i64) -> i64 {
        self.now() + i64::try_from(SignedDuration::from_hours(24 * days).as_millis()).unwrap_or(0)
    }
}
