//! A question and the kinds of answer it can take: a closed list.
//!
//! A new kind is a variant of [`Kind`]; the compiler then names every place that must say what it
//! means (reading an answer, sampling one, counting it, showing its field). The file
//! `docs/adding-a-kind.md` adds one.

use serde::{Deserialize, Serialize};

use super::collection::coded;
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

coded! {
    /// A kind of question, by the word a file uses for it.
    Sort {
        /// One of several answers.
        Single = "single",
        /// Any of several answers.
        Multiple = "multiple",
        /// A step of a scale.
        Scale = "scale",
        /// A face.
        Faces = "faces",
        /// Several questions on one scale.
        Grid = "grid",
        /// The first few, in order.
        Rank = "rank",
        /// A number.
        Number = "number",
        /// Words.
        Text = "text",
        /// A part of the neighbourhood.
        Zone = "zone",
        /// A named place.
        Place = "place",
        /// A photo.
        Photo = "photo",
        /// How many people stood by which statement.
        Counts = "counts",
        /// Questions asked again and again.
        Group = "group",
        /// A page of words.
        Info = "info",
        /// A tick without which the form is not taken.
        Consent = "consent",
        /// Whether somebody is old enough.
        AgeGate = "age_gate",
        /// A survey weight.
        Weight = "weight",
    }
}

/// How the answers of a kind are counted. What counts, draws or imports answers asks for this and
/// not for the kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure<'a> {
    /// One of several answers without an order.
    One,
    /// One step of an order.
    Steps,
    /// Any of several answers; a ranking counts as the choices it names.
    Several,
    /// A number, in bands.
    Amount(Amount<'a>),
    /// One of the zones.
    Zone,
    /// One of the places of the area.
    Place,
    /// A survey weight.
    Weight,
    /// Nothing that a column could hold: words, photos, repeats, counts, gates.
    Apart,
}

/// The numbers that are taken, and the bands they are counted in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount<'a> {
    /// The lowest number taken.
    pub min: f64,
    /// The highest number taken.
    pub max: f64,
    /// The bands.
    pub bands: &'a [Band],
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
    const fn essence(&self) -> (Sort, Measure<'_>) {
        match self {
            Self::Single { .. } => (Sort::Single, Measure::One),
            Self::Multiple { .. } => (Sort::Multiple, Measure::Several),
            Self::Scale { .. } => (Sort::Scale, Measure::Steps),
            Self::Faces { .. } => (Sort::Faces, Measure::Steps),
            Self::Grid { .. } => (Sort::Grid, Measure::Apart),
            Self::Number { min, max, bands, .. } => {
                let bands = bands.as_slice();
                (Sort::Number, Measure::Amount(Amount { min: *min, max: *max, bands }))
            }
            Self::Text { .. } => (Sort::Text, Measure::Apart),
            Self::Zone => (Sort::Zone, Measure::Zone),
            Self::Place => (Sort::Place, Measure::Place),
            Self::Photo { .. } => (Sort::Photo, Measure::Apart),
            Self::Group { .. } => (Sort::Group, Measure::Apart),
            Self::Counts { .. } => (Sort::Counts, Measure::Apart),
            Self::Rank { .. } => (Sort::Rank, Measure::Several),
            Self::Consent => (Sort::Consent, Measure::Apart),
            Self::AgeGate => (Sort::AgeGate, Measure::Apart),
            Self::Info { .. } => (Sort::Info, Measure::Apart),
            Self::Weight => (Sort::Weight, Measure::Weight),
        }
    }

    /// Every text inside a kind: of choices, bands, labels, rows and pages of words.
    pub fn texts_mut(&mut self) -> Vec<&mut Text> {
        match self {
            Self::Single { choices, .. }
            | Self::Multiple { choices, .. }
            | Self::Scale { choices, .. }
            | Self::Faces { choices, .. }
            | Self::Rank { choices, .. } => {
                choices.iter_mut().map(|choice| &mut choice.text).collect()
            }
            Self::Number { bands, choices, .. } => {
                let bands = bands.iter_mut().map(|band| &mut band.text);
                bands.chain(choices.iter_mut().map(|choice| &mut choice.text)).collect()
            }
            Self::Counts { statements, groups, .. } => {
                statements.iter_mut().chain(groups).map(|label| &mut label.text).collect()
            }
            Self::Info { body } => vec![body],
            Self::Group { questions, .. } | Self::Grid { questions, .. } => {
                questions.iter_mut().flat_map(Question::texts_mut).collect()
            }
            Self::Text { .. }
            | Self::Zone
            | Self::Place
            | Self::Photo { .. }
            | Self::Consent
            | Self::AgeGate
            | Self::Weight => Vec::new(),
        }
    }

    /// The kind by its name.
    #[must_use]
    pub const fn sort(&self) -> Sort {
        self.essence().0
    }

    /// The word a kind has in a file.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.sort().code()
    }

    /// How its answers are counted.
    #[must_use]
    pub const fn measure(&self) -> Measure<'_> {
        self.essence().1
    }

    /// Whether its answers can be folded into three.
    #[must_use]
    pub const fn folds(&self) -> bool {
        match self.measure() {
            Measure::One | Measure::Steps | Measure::Amount(_) => true,
            Measure::Several
            | Measure::Zone
            | Measure::Place
            | Measure::Weight
            | Measure::Apart => false,
        }
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

    /// Its answers that stand in a denominator, choices or bands: code, words and score.
    #[must_use]
    pub fn answers(&self) -> Vec<(&str, &Text, Option<f64>)> {
        if let Measure::Amount(Amount { bands, .. }) = self.measure() {
            return bands.iter().map(|band| (band.code.as_str(), &band.text, band.score)).collect();
        }
        let real = self.choices().iter().filter(|choice| !choice.missing);
        real.map(|choice| (choice.code.as_str(), &choice.text, choice.score)).collect()
    }

    /// Every text of the question.
    pub fn texts_mut(&mut self) -> Vec<&mut Text> {
        let Self { text, hint, kind, .. } = self;
        let mut found: Vec<&mut Text> = vec![text];
        found.extend(hint);
        found.extend(kind.texts_mut());
        found
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
    pub const fn measure(&self) -> Measure<'_> {
        self.kind.measure()
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
            | Measure::Amount(_)
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
