//! A mapping: which column of a CSV file is which question, and which value which choice.
//!
//! Read from TOML and held against the instrument; every fault is said at once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::collection::{Presence, Sampling};
use crate::domain::instrument::Instrument;
use crate::domain::question::{Measure, Question};
use crate::domain::text::Text;

/// How a file becomes a collection.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The instrument's short name.
    pub instrument: String,
    /// What the collection is called.
    pub title: Text,
    /// The first day of asking.
    pub opened: Date,
    /// The last day of asking.
    pub closed: Date,
    /// How people were chosen.
    pub sampling: Sampling,
    /// Who asked.
    pub asked_by: String,
    /// Who brought people in.
    pub recruited_by: String,
    /// Who was in the room.
    pub presence: Presence,
    /// Always `imported`; said in the file so that nobody wonders.
    pub mode: crate::domain::collection::Mode,
    /// Where the data come from.
    pub source: String,
    /// Value in the file → name of the zone.
    #[serde(default)]
    pub zones: BTreeMap<String, String>,
    /// The columns; those not named are not read.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

/// One column of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// The question it answers.
    pub question: String,
    /// Value in the file → code of the choice.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Whether other values are read as a number.
    #[serde(default)]
    pub number: bool,
    /// Whether values are looked up among the zones.
    #[serde(default)]
    pub zones: bool,
    /// What an empty cell means.
    #[serde(default)]
    pub blank: Blank,
}

/// What an empty cell means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blank {
    /// The question was not asked.
    #[default]
    NotAsked,
    /// It was asked and skipped.
    Skipped,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// The parser's sentence with line and column.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// Everything in the mapping that does not fit the instrument or the file's headings.
    #[must_use]
    pub fn faults(&self, instrument: &Instrument, headings: &[String]) -> Vec<String> {
        let mut faults = Vec::new();
        if self.instrument != instrument.slug {
            faults.push(format!(
                "the mapping is for the instrument {:?}, not for {:?}",
                self.instrument, instrument.slug
            ));
        }
        if self.closed < self.opened {
            faults
                .push(format!("it closed on {}, before it opened on {}", self.closed, self.opened));
        }
        let absent: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .filter(|name| !headings.iter().any(|heading| heading == name))
            .collect();
        if !absent.is_empty() {
            let columns = absent.join(", ");
            faults.push(format!("the file has no column called {columns}"));
        }
        for column in &self.columns {
            match instrument.questions().find(|question| question.id == column.question) {
                Some(question) => faults.extend(self.column_faults(column, question)),
                None => faults.push(format!(
                    "column {} is for question {:?}, which the instrument does not have",
                    column.name, column.question
                )),
            }
        }
        faults
    }

    fn column_faults(&self, column: &Column, question: &Question) -> Vec<String> {
        let is_zone = question.measure() == Measure::Zone;
        let mut faults = Vec::new();
        if column.zones != is_zone {
            let about = if is_zone { "needs `zones = true`" } else { "is no zone question" };
            faults.push(format!("column {}: question {:?} {about}", column.name, question.id));
        }
        if column.zones && self.zones.is_empty() {
            faults.push("the mapping names no zones".to_owned());
        }
        let takes_number = matches!(question.measure(), Measure::Amount(_) | Measure::Weight);
        if column.number && !takes_number {
            let (name, id) = (&column.name, &question.id);
            faults.push(format!("column {name}: question {id:?} takes no number"));
        }
        if question.measure() == Measure::Apart {
            let (name, id) = (&column.name, &question.id);
            faults.push(format!("column {name}: question {id:?} cannot be filled from a column"));
        }
        // Which places there are, the map says and not the instrument.
        let is_place = question.measure() == Measure::Place;
        let values = column.values.values().filter(|_| !is_place);
        let unknown = values.filter(|code| question.choice(code).is_none());
        faults.extend(unknown.map(|code| {
            format!("column {}: question {:?} has no choice {code:?}", column.name, question.id)
        }));
        faults
    }
}
