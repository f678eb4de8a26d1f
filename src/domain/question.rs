//! A question and the kinds of answer it can take: a closed list.
//!
//! A new kind is a variant of [`Kind`]; the compiler then names every place that must say what it
//! means (reading an answer, sampling one, counting it, showing its field).

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::text::Text;

/// One question of an instrument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Stable apart from the label; what a line over waves joins by.
    pub id: String,
    /// Raised by a change of meaning or of scale.
    pub meaning: u32,
    /// `instrument/question` this one asks the same as, by another method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// What is asked.
    pub text: Text,
    /// A line under the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// What sort of answer it takes.
    pub kind: Kind,
    /// When it is asked; always, without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Condition>,
    /// Victimisation, drugs, police contact: base 20 and three answers.
    #[serde(default)]
    pub sensitive: bool,
    /// How its scored answers fold into three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
}

/// What sort of answer a question takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// One of several choices without an order.
    Single {
        /// What can be chosen.
        choices: Vec<Choice>,
    },
    /// Any of several choices.
    Multiple {
        /// What can be chosen.
        choices: Vec<Choice>,
        /// The most ticks allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<usize>,
    },
    /// One step of an ordered, labelled scale.
    Scale {
        /// The scale's id when it is shared: questions on one scale may stand in one chart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<String>,
        /// The steps from low to high, then the missing ones.
        choices: Vec<Choice>,
    },
    /// One of a row of faces, each with its word.
    Faces {
        /// The scale's id when it is shared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<String>,
        /// The faces from sad to glad.
        choices: Vec<Choice>,
    },
    /// A number, shown only in bands.
    Number {
        /// The lowest number taken.
        min: f64,
        /// The highest number taken.
        max: f64,
        /// The bands it is counted in.
        bands: Vec<Band>,
        /// Ways of not giving a number (don't know, refused): all missing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<Choice>,
    },
    /// A short free text, kept apart from the response.
    Text {
        /// The most characters.
        max: usize,
        /// Whether the personal-data lint reads it.
        lint: bool,
    },
    /// One of the zones of the collection, or rather not say.
    Zone,
    /// Questions asked again and again: stops of a walk, notes of a sitting.
    Group {
        /// What is asked each time.
        questions: Vec<Question>,
        /// The most times.
        max: usize,
    },
    /// A survey weight; only an import fills it.
    Weight,
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub code: String,
    /// What is read.
    pub text: Text,
    /// Its place on the scale, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Don't know, refused, does not apply: in no denominator, but counted.
    #[serde(default)]
    pub missing: bool,
    /// Cannot be ticked beside another.
    #[serde(default)]
    pub exclusive: bool,
}

/// A stretch of numbers that is shown as one answer. Both ends belong to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// What it is counted as.
    pub code: String,
    /// What is read.
    pub text: Text,
    /// The lowest number in it.
    pub from: f64,
    /// The highest number in it; a number between two bands belongs to the lower one.
    pub to: f64,
    /// Its place on the scale, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// How a scale folds into three answers for small groups and sensitive subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// Codes at the low end.
    pub low: Vec<String>,
    /// Codes in between.
    pub middle: Vec<String>,
    /// Codes at the high end.
    pub high: Vec<String>,
}

/// The code of "rather not say" on a zone question.
pub const ZONE_REFUSED: &str = "rather_not_say";

impl Question {
    /// The choices of the question; a zone's and a number's bands are not choices.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            Kind::Single { choices }
            | Kind::Multiple { choices, .. }
            | Kind::Scale { choices, .. }
            | Kind::Faces { choices, .. }
            | Kind::Number { choices, .. } => choices,
            Kind::Text { .. } | Kind::Zone | Kind::Group { .. } | Kind::Weight => &[],
        }
    }

    /// The choice with this code.
    #[must_use]
    pub fn choice(&self, code: &str) -> Option<&Choice> {
        self.choices().iter().find(|choice| choice.code == code)
    }

    /// The questions inside a repeat group, else none.
    #[must_use]
    pub fn inner(&self) -> &[Self] {
        match &self.kind {
            Kind::Group { questions, .. } => questions,
            Kind::Single { .. }
            | Kind::Multiple { .. }
            | Kind::Scale { .. }
            | Kind::Faces { .. }
            | Kind::Number { .. }
            | Kind::Text { .. }
            | Kind::Zone
            | Kind::Weight => &[],
        }
    }

    /// Whether a respondent is shown this question (a weight never is).
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        !matches!(self.kind, Kind::Weight)
    }
}

/// The band a number falls into: the last one that begins at or below it.
#[must_use]
pub fn band(bands: &[Band], number: f64) -> Option<&Band> {
    bands.iter().rev().find(|band| number >= band.from)
}
