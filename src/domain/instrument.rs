//! An instrument: a versioned sheet of questions, with what is to be shown of it.
//!
//! Its identity is the hash of its canonical content ([`Instrument::hash`]); a published version
//! never changes, because a change is another hash.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::question::{Kind, Question};
use super::text::{Lang, Text};

/// A sheet of questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its short name, as in its file's name.
    pub slug: String,
    /// What it is called.
    pub title: Text,
    /// What sort of sheet it is.
    pub sheet: Sheet,
    /// How what it brings may be shown.
    pub policy: Policy,
    /// How long it takes.
    pub minutes: u32,
    /// How sensitive it is.
    pub sensitivity: Sensitivity,
    /// The lowest age it is meant for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u32>,
    /// How it is shown on a phone, where that is not what is usual for its sort of sheet. Read it
    /// through [`Instrument::shown_as`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// The languages it is complete in.
    pub languages: Vec<Lang>,
    /// For researchers: what it measures, where it comes from, what it must not be used for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub research: Option<Research>,
    /// What is said before.
    pub intro: Text,
    /// What is said after.
    pub outro: Text,
    /// The kinds of help its closing page names.
    pub help: Vec<Help>,
    /// Its questions.
    pub sections: Vec<Section>,
    /// The only variables its tables may be broken down by.
    #[serde(default)]
    pub breakdowns: Vec<Breakdown>,
    /// Its indices.
    #[serde(default)]
    pub indices: Vec<Index>,
    /// Its charts.
    #[serde(default)]
    pub charts: Vec<ChartPlan>,
    /// Its stations in a data walk.
    #[serde(default)]
    pub stations: Vec<StationPlan>,
}

/// What a researcher must know before using the figures of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Research {
    /// What its questions measure.
    pub constructs: Text,
    /// Where they come from.
    pub sources: Text,
    /// What it must not be used for.
    pub not_for: Text,
}

/// What sort of sheet an instrument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sheet {
    /// Residents answer it.
    Questionnaire,
    /// A walk audit, stop by stop.
    WalkSheet,
    /// Notes of a sitting.
    NoteSheet,
    /// Feedback after an activity: never with police in the room.
    Feedback,
    /// Marks on a map: places liked, avoided, to change.
    MapSheet,
    /// A game with statements; a facilitator counts.
    Game,
    /// A secret vote over a shortlist.
    Ballot,
    /// Somebody who wants to join: a name and a way to reach them, never linked to answers.
    SignUp,
}

impl Sheet {
    /// How such a sheet is shown unless its file says otherwise: who answers alone is asked one
    /// thing at a time, who writes down what a group says or sees wants the whole sheet.
    #[must_use]
    pub const fn layout(self) -> Layout {
        match self {
            Self::Questionnaire | Self::Feedback => Layout::Screens,
            Self::WalkSheet
            | Self::NoteSheet
            | Self::MapSheet
            | Self::Game
            | Self::Ballot
            | Self::SignUp => Layout::Page,
        }
    }
}

/// How an instrument is shown where a script runs; without one it is always one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One question a screen, and all answers once more before they are sent.
    Screens,
    /// All questions on one page.
    Page,
}

/// How what a collection brings may be shown: a closed list, each with its own attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Questionnaires: bases of ten and more, every count rounded to five.
    Rounded,
    /// Feedback of 5 to 29 people: one release, dots, answers folded to three.
    People,
    /// Walk ratings per stop, with the number of raters.
    Places,
    /// Notes and reflections: counts of groups.
    Spoken,
    /// Votes: exact, and only after closing.
    Ballot,
    /// Names and addresses: never.
    Private,
}

/// How sensitive an instrument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Little harm even if read by the wrong person.
    Low,
    /// Opinions about police and neighbours.
    Medium,
    /// Experiences that can hurt.
    High,
}

/// A kind of help a closing page names; the diagnosis has the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Help {
    /// Danger now.
    Emergency,
    /// For victims.
    VictimSupport,
    /// For young people.
    YouthLine,
    /// About discrimination.
    Discrimination,
    /// Complaints about the police.
    PoliceComplaints,
}

impl Help {
    /// Every kind of help.
    pub const ALL: [Self; 5] = [
        Self::Emergency,
        Self::VictimSupport,
        Self::YouthLine,
        Self::Discrimination,
        Self::PoliceComplaints,
    ];

    /// Its code in files and forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::VictimSupport => "victim_support",
            Self::YouthLine => "youth_line",
            Self::Discrimination => "discrimination",
            Self::PoliceComplaints => "police_complaints",
        }
    }
}

/// Questions that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its heading.
    #[serde(default)]
    pub title: Text,
    /// A line under the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// Whether its questions come in random order.
    #[serde(default)]
    pub shuffle: bool,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// A variable tables may be broken down by, and how small groups merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// The question.
    pub by: String,
    /// Where a group that is too small goes.
    pub merge: Merge,
}

/// Where a group that is too small goes: fixed before anything is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// To the neighbouring band.
    Neighbour,
    /// To "other".
    Other,
}

/// Several questions as one number from 0 to 10.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// Its questions.
    pub questions: Vec<String>,
    /// Which end is good.
    pub direction: Direction,
    /// What 0 and 10 mean.
    pub low: Text,
    /// What 10 means.
    pub high: Text,
}

/// Which end of an index is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 10 is good.
    HigherIsBetter,
    /// 10 means many problems.
    HigherIsWorse,
}

/// A chart an instrument wants of its questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartPlan {
    /// Its id.
    pub id: String,
    /// How it is drawn.
    pub chart: ChartKind,
    /// The questions in it.
    pub questions: Vec<String>,
    /// The breakdown whose groups are its rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The codes that count, in sorted bars over a scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<String>,
    /// The two groups of a dumbbell between groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<String>,
    /// After how many of a ranking a line is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<u32>,
    /// The question in the words people use.
    pub title: Text,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Stacked bars on both sides of a centre line: ordered answers.
    Diverging,
    /// Bars from most to least, with counts.
    SortedBars,
    /// One dot for one person.
    PeopleDots,
    /// Who answered beside who lives here.
    Population,
    /// A dot for each group or statement, with how far chance may go, and everyone as a line.
    Interval,
    /// Two ends on a row: two questions, or two groups.
    Dumbbell,
    /// Two ends on a row: this wave and the one before.
    Change,
    /// A number in every cell: groups by statements, or stops by what was rated.
    HeatTable,
    /// A ranking with a line under the first few.
    Lollipop,
    /// Lines over waves, broken where they cannot be compared.
    Waves,
    /// A small chart for each group, all on one scale.
    SmallMultiples,
    /// What people like and avoid, on the map of the area.
    PlaceMarks,
    /// Marks counted in hexagons over the map of the area.
    Hexagons,
    /// In how many of the groups that were listened to a theme came up.
    Themes,
    /// Who stepped over the line in the statement game, by group.
    TwoSides,
    /// A ballot by constituency, each counting the same.
    Ballot,
}

/// A place in a data walk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationPlan {
    /// Its number on the wall.
    pub number: u32,
    /// The question it asks.
    pub title: Text,
    /// What to talk about.
    pub prompts: Vec<Text>,
    /// Ids of its charts.
    pub charts: Vec<String>,
}

impl Instrument {
    /// The hash of the canonical content, as 64 hexadecimal letters.
    #[must_use]
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(self.canonical().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The canonical content: compact JSON in the order of the fields.
    #[must_use]
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether any of its charts is drawn on the map of the area.
    #[must_use]
    pub fn has_map(&self) -> bool {
        self.charts.iter().any(|plan| match plan.chart {
            ChartKind::PlaceMarks | ChartKind::Hexagons => true,
            ChartKind::Diverging
            | ChartKind::SortedBars
            | ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::Themes
            | ChartKind::TwoSides
            | ChartKind::Ballot
            | ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::HeatTable
            | ChartKind::Lollipop
            | ChartKind::Waves
            | ChartKind::SmallMultiples => false,
        })
    }

    /// How it is shown where a script runs.
    #[must_use]
    pub fn shown_as(&self) -> Layout {
        self.layout.unwrap_or_else(|| self.sheet.layout())
    }

    /// Whether somebody may have to leave its page quickly: it is about what can hurt.
    #[must_use]
    pub fn is_delicate(&self) -> bool {
        self.sensitivity == Sensitivity::High
            || self.all_questions().any(|question| question.sensitive)
    }

    /// Every question as it is laid out, outside repeat groups: a grid is one.
    pub fn laid_out(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// Every question outside a repeat group, in order: the rows of a grid are questions, the grid
    /// is none.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.laid_out().flat_map(Question::rows)
    }

    /// Every question, those inside repeat groups too.
    pub fn all_questions(&self) -> impl Iterator<Item = &Question> {
        let rows = |question| Question::inner(question).iter().flat_map(Question::rows);
        self.questions().flat_map(move |question| std::iter::once(question).chain(rows(question)))
    }

    /// The question with this id, inside a repeat group or outside.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.all_questions().find(|question| question.id == id)
    }

    /// Whether any question is answered with photos.
    #[must_use]
    pub fn asks_photos(&self) -> bool {
        self.all_questions().any(|question| matches!(question.kind, Kind::Photo { .. }))
    }

    /// The grid in which the question with this id is a row, inside a repeat group or outside.
    #[must_use]
    pub fn grid_of(&self, id: &str) -> Option<&Question> {
        let mut all = self.laid_out().flat_map(|one| std::iter::once(one).chain(one.inner()));
        all.find(|one| one.id != id && one.rows().iter().any(|row| row.id == id))
    }

    /// Whether any question is answered with a place of the area.
    #[must_use]
    pub fn asks_places(&self) -> bool {
        self.all_questions().any(|question| matches!(question.kind, Kind::Place))
    }

    /// The repeat group of a walk sheet or note sheet.
    #[must_use]
    pub fn group(&self) -> Option<&Question> {
        self.questions().find(|question| matches!(question.kind, Kind::Group { .. }))
    }

    /// The chart with this id.
    #[must_use]
    pub fn chart(&self, id: &str) -> Option<&ChartPlan> {
        self.charts.iter().find(|chart| chart.id == id)
    }

    /// The breakdown by this question.
    #[must_use]
    pub fn breakdown(&self, by: &str) -> Option<&Breakdown> {
        self.breakdowns.iter().find(|breakdown| breakdown.by == by)
    }
}
