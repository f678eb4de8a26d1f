//! Answers as they are kept, and what a form turns into: answers, words apart, and complaints.
//!
//! How a form is read stands in [`super::reading`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use super::ground::Ground;
use super::personal::Personal;
use super::photo::SentPhotos;

/// The answers of one response: question id to answer. Absent means not asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Answer>);

/// One answer. In JSON: `null`, a code, a list of codes (in order, for a rank), a number, a list of
/// objects, or an object of objects of counts. How it is read stands in [`super::kept`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Asked and skipped.
    Skipped,
    /// One choice.
    Code(String),
    /// A number.
    Number(f64),
    /// Several choices; never empty.
    Codes(Vec<String>),
    /// The repeats of a group.
    Group(Vec<Answers>),
    /// How many people of each group stood by each statement: statement to group to people.
    Counts(BTreeMap<String, BTreeMap<String, u32>>),
}

/// What a form said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What could be read, without free text.
    pub answers: Answers,
    /// The free texts, apart.
    pub texts: Vec<FreeText>,
    /// The photos, apart: what the form carries for each.
    pub photos: Vec<SentPhotos>,
    /// What could not be read, beside its field.
    pub complaints: Vec<Complaint>,
}

/// One free text, on its way to a table of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeText {
    /// The question it answers.
    pub question: String,
    /// What was written.
    pub raw: String,
}

/// Something wrong with what a person gave us.
#[derive(Debug, Clone, PartialEq)]
pub struct Complaint {
    /// The field it stands beside.
    pub field: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Wrong {
    /// No such choice.
    NoSuchChoice,
    /// Several answers where one is possible.
    OnlyOne,
    /// More ticks than allowed.
    TooMany {
        /// How many were ticked.
        ticked: usize,
        /// How many may be.
        max: usize,
    },
    /// "None of these" beside something else.
    Exclusive,
    /// Not a number.
    NotANumber,
    /// A number outside what is asked.
    OutOfRange {
        /// The lowest.
        min: f64,
        /// The highest.
        max: f64,
    },
    /// More characters than fit.
    TooLong {
        /// How many fit.
        max: usize,
    },
    /// Characters nobody can write on purpose: control characters, or bytes that were no UTF-8.
    Unreadable,
    /// Two choices on the same place of a ranking, or one choice on two places.
    RankedTwice,
    /// No yes where nothing is taken without one.
    NoConsent,
    /// Nothing said about the age where it must be known.
    NoAge,
    /// Younger than the consent age: this form is not for them alone.
    TooYoung,
    /// Neither a place of the area nor a point.
    NoSuchPlace,
    /// A point outside the area.
    OutsideArea,
    /// A point in the area, but no street or place with a name is near.
    NoPlaceNear,
    /// Photos without the word that nobody can be recognised in them.
    PhotoNotClear,
    /// A file that is no photo anybody here can read.
    NotAPhoto,
    /// A photo in the format of some phones.
    Heic,
    /// A photo of too many bytes or pixels.
    PhotoTooLarge,
    /// A photo that is not here any more, or never was.
    PhotoGone,
    /// A photo that could not be kept: the disk is full, or worse.
    PhotoNotKept,
    /// Words that look as if they named somebody. A question to the writer: [`AS_IS`] answers it.
    Personal {
        /// What they look like.
        what: Vec<Personal>,
    },
}

/// The field with which a writer says that their words may go as they are.
pub const AS_IS: &str = "_as_is";

impl Answers {
    /// The codes given to a question: none, one or several.
    #[must_use]
    pub fn codes(&self, question: &str) -> Vec<&str> {
        match self.0.get(question) {
            Some(Answer::Code(code)) => vec![code],
            Some(Answer::Codes(codes)) => codes.iter().map(String::as_str).collect(),
            Some(Answer::Skipped | Answer::Number(_) | Answer::Group(_) | Answer::Counts(_))
            | None => Vec::new(),
        }
    }

    /// Whether nothing at all was answered.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.values().all(|answer| match answer {
            Answer::Skipped => true,
            Answer::Group(rows) => rows.iter().all(Self::is_blank),
            Answer::Code(_) | Answer::Number(_) | Answer::Codes(_) | Answer::Counts(_) => false,
        })
    }
}
