//! A collection: one instrument in the field, with everything a chart must say about how people
//! came to answer. All of it is fixed when the collection opens.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ids::{AreaId, CollectionId, DiagnosisId, WaveId};
use super::instrument::{Policy, Sheet};
use super::text::Lang;
use super::translation::is_complete;

/// One instrument in the field in one wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// The diagnosis it belongs to.
    pub diagnosis: DiagnosisId,
    /// The wave it belongs to.
    pub wave: WaveId,
    /// The published version of the instrument.
    pub instrument: String,
    /// What people call it.
    pub title: String,
    /// How it is in the field.
    pub field: Field,
    /// Where it stands.
    pub state: State,
    /// The first day, once open.
    pub opened: Option<Date>,
    /// The last day, once closed.
    pub closed: Option<Date>,
    /// Whether the group said yes to being shown on a data-walk poster.
    pub group_said_yes: bool,
}

/// How a collection is in the field: fixed when it opens, printed on every chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// How people were chosen.
    pub sampling: Sampling,
    /// Who asks.
    pub asked_by: String,
    /// Who is in the room.
    pub presence: Presence,
    /// Who brought people in.
    pub recruited_by: String,
    /// Where the answers come from.
    pub origin: Origin,
    /// How they may be shown.
    pub policy: Policy,
    /// The languages it is open in.
    pub languages: Vec<Lang>,
    /// Where the data come from, for imports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The map places are chosen from; the zones are, without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
}

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[allow(unreachable_pub, reason = "one macro for public rooms and private ones")]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant),* }

        #[allow(unreachable_pub, reason = "one macro for public rooms and private ones")]
        impl $name {
            /// Every value, in the order it is offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code in files, forms and the store.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The value with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}
pub(crate) use coded;

coded! {
    /// How people were chosen; decides words, weights and intervals.
    Sampling {
        /// A random sample: the only one with intervals.
        Random = "random",
        /// Everyone of a known group was asked.
        EveryoneInvited = "everyone_invited",
        /// Somebody picked them.
        Picked = "picked",
        /// People chose to take part.
        SelfSelected = "self_selected",
    }
}
coded! {
    /// Who is in the room while people answer.
    Presence {
        /// Nobody.
        Nobody = "nobody",
        /// A youth worker.
        YouthWorker = "youth_worker",
        /// A researcher.
        Researcher = "researcher",
        /// A teacher.
        Teacher = "teacher",
        /// Police: refused for feedback.
        Police = "police",
    }
}
coded! {
    /// Where answers come from: travels into every table, chart, page and file.
    Origin {
        /// People were asked here.
        Asked = "asked",
        /// A file brought them.
        Imported = "imported",
        /// A generator made them up.
        Invented = "invented",
    }
}
coded! {
    /// Where a collection stands.
    State {
        /// Being prepared.
        Draft = "draft",
        /// Taking answers.
        Open = "open",
        /// No longer taking answers.
        Closed = "closed",
    }
}
coded! {
    /// By which way a response came in.
    Mode {
        /// On somebody's own phone.
        Own = "own",
        /// On a passed device.
        Kiosk = "kiosk",
        /// With somebody's help.
        Assisted = "assisted",
        /// Typed in from paper.
        Paper = "paper",
        /// From a file.
        Imported = "imported",
    }
}

/// A public entry of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The word in its address.
    pub code: String,
    /// The collection it opens.
    pub collection: CollectionId,
    /// The diagnosis of that collection.
    pub diagnosis: DiagnosisId,
    /// The mode of what comes in through it.
    pub mode: Mode,
    /// Whether it asks for a one-time code.
    pub with_codes: bool,
    /// Whether it was shut by itself, while the collection may be open.
    pub shut: bool,
}

impl Door {
    /// An open door without codes.
    #[must_use]
    pub fn new(code: &str, collection: CollectionId, diagnosis: DiagnosisId, mode: Mode) -> Self {
        let (with_codes, shut) = (false, false);
        Self { code: code.to_owned(), collection, diagnosis, mode, with_codes, shut }
    }
}

/// How many days after closing a sheet that waited on a phone is still taken: as long as receipts
/// are kept, without which it could be counted twice.
pub const LATE_DAYS: i64 = 30;

/// Whether what a collection brought can be released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ripe {
    /// It can.
    Now,
    /// Only after it has closed.
    AfterClosing,
    /// Not before this many answers are there.
    TooFew(u64),
}

impl Collection {
    /// The closing day from which on a late sheet is still taken; none for a ballot, whose votes are
    /// exact and shown once it has closed: one more vote afterwards would give itself away.
    #[must_use]
    pub fn late_since(&self, today: Date) -> Option<Date> {
        match self.field.policy {
            Policy::Ballot => None,
            Policy::Rounded
            | Policy::People
            | Policy::Places
            | Policy::Spoken
            | Policy::Private => today.checked_sub(jiff::Span::new().days(LATE_DAYS)).ok(),
        }
    }

    /// Whether so many answers can be released; the gate has the last word.
    #[must_use]
    pub fn ripe(&self, received: u64) -> Ripe {
        let least = match self.field.policy {
            Policy::Rounded => 10,
            Policy::People | Policy::Ballot => 5,
            Policy::Places | Policy::Spoken | Policy::Private => 1,
        };
        let once = matches!(self.field.policy, Policy::People | Policy::Ballot);
        let waits = once && self.state != State::Closed;
        match (received < least, waits) {
            (true, _) => Ripe::TooFew(least),
            (false, true) => Ripe::AfterClosing,
            (false, false) => Ripe::Now,
        }
    }
}

/// Why a collection cannot open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// Feedback with police in the room.
    PolicePresent,
    /// No language chosen.
    NoLanguage,
    /// A language the instrument is not complete in.
    LanguageIncomplete(Lang),
    /// A kind of help without an address.
    HelpMissing(super::instrument::Help),
    /// Nobody is named as the one who asks.
    AskedByMissing,
}

/// Everything that keeps a collection from opening, all at once.
#[must_use]
pub fn not_ready(
    field: &Field,
    instrument: &super::instrument::Instrument,
    help: &[super::diagnosis::HelpAddress],
) -> Vec<NotReady> {
    let mut why = Vec::new();
    if instrument.sheet == Sheet::Feedback && field.presence == Presence::Police {
        why.push(NotReady::PolicePresent);
    }
    if field.languages.is_empty() {
        why.push(NotReady::NoLanguage);
    }
    if field.asked_by.trim().is_empty() {
        why.push(NotReady::AskedByMissing);
    }
    let incomplete = field
        .languages
        .iter()
        .filter(|lang| !is_complete(instrument, **lang) || !Lang::RESPONDENTS.contains(lang));
    why.extend(incomplete.map(|lang| NotReady::LanguageIncomplete(*lang)));
    let missing = instrument.help.iter().filter(|kind| {
        !help.iter().any(|address| address.kind == **kind && !address.address.trim().is_empty())
    });
    why.extend(missing.map(|kind| NotReady::HelpMissing(*kind)));
    why
}
