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
        /// Whether the choices come in random order.
        #[serde(default, skip_serializing_if = "is_false")]
        shuffle: bool,
    },
    /// Any of several choices.
    Multiple {
        /// What can be chosen.
        choices: Vec<Choice>,
        /// The most ticks allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<usize>,
        /// Whether the choices come in random order.
        #[serde(default, skip_serializing_if = "is_false")]
        shuffle: bool,
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
    /// Several questions on one scale under one heading: a table on a wide screen, cards on a
    /// phone. Each row is a question of its own, with its own id and its own answer.
    Grid {
        /// The rows; each of kind scale, all on the same steps.
        questions: Vec<Question>,
        /// Whether the rows come in random order.
        #[serde(default, skip_serializing_if = "is_false")]
        shuffle: bool,
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
    /// A named place or a street of the area, by its code; a point is snapped to one and never kept.
    Place,
    /// Photos of a place, kept apart from the response.
    Photo {
        /// The most photos.
        max: usize,
    },
    /// Questions asked again and again: stops of a walk, notes of a sitting.
    Group {
        /// What is asked each time.
        questions: Vec<Question>,
        /// The most times.
        max: usize,
    },
    /// How many people of each group stood by each statement.
    Counts {
        /// What was said.
        statements: Vec<Label>,
        /// Who was counted apart.
        groups: Vec<Label>,
        /// The most people of one group.
        max: u32,
    },
    /// The first few of several choices, in order.
    Rank {
        /// What can be ranked.
        choices: Vec<Choice>,
        /// How many places there are.
        places: usize,
        /// Whether the choices come in random order.
        #[serde(default, skip_serializing_if = "is_false")]
        shuffle: bool,
    },
    /// A yes without which nothing is taken. Not stored: every stored response has said it.
    Consent,
    /// Whether somebody has the consent age of the diagnosis. Not stored; a no ends the form.
    AgeGate,
    /// Words between questions; nothing is answered.
    Info {
        /// What is said.
        body: Text,
    },
    /// A survey weight; only an import fills it.
    Weight,
}

/// How the answers of a kind are counted. What counts, draws or imports answers asks for this and
/// not for the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// One of several answers without an order.
    One,
    /// One step of an order.
    Steps,
    /// Any of several answers; a ranking counts as the choices it names.
    Several,
    /// A number, in bands.
    Amount,
    /// One of the zones.
    Zone,
    /// One of the places of the area.
    Place,
    /// A survey weight.
    Weight,
    /// Nothing that a column could hold: words, photos, repeats, counts, gates.
    Apart,
}

/// A code and how it reads: a statement, a group of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What is stored.
    pub code: String,
    /// What is read.
    pub text: Text,
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
    /// When it is offered; always, without a rule. This carries choices over from earlier answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Condition>,
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

impl Kind {
    /// What a kind is called in a file, and how its answers are counted.
    const fn essence(&self) -> (&'static str, Measure) {
        match self {
            Self::Single { .. } => ("single", Measure::One),
            Self::Multiple { .. } => ("multiple", Measure::Several),
            Self::Scale { .. } => ("scale", Measure::Steps),
            Self::Faces { .. } => ("faces", Measure::Steps),
            Self::Grid { .. } => ("grid", Measure::Apart),
            Self::Number { .. } => ("number", Measure::Amount),
            Self::Text { .. } => ("text", Measure::Apart),
            Self::Zone => ("zone", Measure::Zone),
            Self::Place => ("place", Measure::Place),
            Self::Photo { .. } => ("photo", Measure::Apart),
            Self::Group { .. } => ("group", Measure::Apart),
            Self::Counts { .. } => ("counts", Measure::Apart),
            Self::Rank { .. } => ("rank", Measure::Several),
            Self::Consent => ("consent", Measure::Apart),
            Self::AgeGate => ("age_gate", Measure::Apart),
            Self::Info { .. } => ("info", Measure::Apart),
            Self::Weight => ("weight", Measure::Weight),
        }
    }

    /// Every text inside a kind: of choices, bands, labels, rows and pages of words.
    pub fn texts_mut(&mut self) -> Vec<&mut Text> {
        let mut found: Vec<&mut Text> = Vec::new();
        if let Self::Info { body } = self {
            found.push(body);
        } else if let Self::Group { questions, .. } | Self::Grid { questions, .. } = self {
            for question in questions {
                found.push(&mut question.text);
                found.extend(&mut question.hint);
                found.extend(question.kind.texts_mut());
            }
        } else if let Self::Counts { statements, groups, .. } = self {
            found.extend(statements.iter_mut().chain(groups).map(|label| &mut label.text));
        } else if let Self::Number { bands, choices, .. } = self {
            found.extend(bands.iter_mut().map(|band| &mut band.text));
            found.extend(choices.iter_mut().map(|choice| &mut choice.text));
        } else if let Self::Single { choices, .. }
        | Self::Multiple { choices, .. }
        | Self::Scale { choices, .. }
        | Self::Faces { choices, .. }
        | Self::Rank { choices, .. } = self
        {
            found.extend(choices.iter_mut().map(|choice| &mut choice.text));
        }
        found
    }

    /// The word a kind has in a file.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.essence().0
    }
}

impl Question {
    /// The choices of the question; a zone's, a place's and a number's bands are not choices.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        if let Kind::Single { choices, .. }
        | Kind::Multiple { choices, .. }
        | Kind::Scale { choices, .. }
        | Kind::Faces { choices, .. }
        | Kind::Number { choices, .. }
        | Kind::Rank { choices, .. } = &self.kind
        {
            choices
        } else {
            &[]
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
        if let Kind::Group { questions, .. } = &self.kind { questions } else { &[] }
    }

    /// The rows of a grid, else the question itself: what is answered one by one.
    #[must_use]
    pub fn rows(&self) -> &[Self] {
        if let Kind::Grid { questions, .. } = &self.kind {
            questions
        } else {
            std::slice::from_ref(self)
        }
    }

    /// How its answers are counted.
    #[must_use]
    pub const fn measure(&self) -> Measure {
        self.kind.essence().1
    }

    /// Whether a respondent is shown this question (a weight never is).
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        !matches!(self.kind, Kind::Weight)
    }

    /// Whether it waits for an answer: words between questions do not.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        !matches!(self.kind, Kind::Weight | Kind::Info { .. })
    }

    /// Whether its answer stays in the response, where a rule can look at it: not that of a gate,
    /// words or photos.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        match self.measure() {
            Measure::Apart => matches!(self.kind, Kind::Group { .. } | Kind::Counts { .. }),
            Measure::One
            | Measure::Steps
            | Measure::Several
            | Measure::Amount
            | Measure::Zone
            | Measure::Place => true,
            Measure::Weight => false,
        }
    }
}

/// For serde: a flag that is not set is not written, so that what was published before it existed
/// keeps its hash.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The band a number falls into: the last one that begins at or below it.
#[must_use]
pub fn band(bands: &[Band], number: f64) -> Option<&Band> {
    bands.iter().rev().find(|band| number >= band.from)
}
