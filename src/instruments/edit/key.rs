//! The settings of a file that are one word, one number or a yes.

use serde::{Deserialize, Serialize};
use toml_edit::{Array, Item, Value};

use super::Refusal;
use super::scores::{number, written};
use super::words::{kept, put, quoted, take};
use crate::domain::collection::coded;

coded! {
    /// A setting, by its key in the file.
    Key {
        /// The minutes it takes.
        Minutes = "minutes",
        /// The lowest age.
        MinAge = "min_age",
        /// How sensitive the whole is.
        Sensitivity = "sensitivity",
        /// Whether one question is shown at a time.
        Layout = "layout",
        /// What a chart is drawn as.
        Kind = "kind",
        /// What a chart or table is broken down by.
        By = "by",
        /// Where a group that is too small goes.
        Merge = "merge",
        /// Which end of an index is good.
        Direction = "direction",
        /// The named scale of a question.
        Scale = "scale",
        /// When a question or answer is shown.
        ShowIf = "show_if",
        /// What it asks the same as.
        SameAs = "same_as",
        /// Which meaning of a question it is.
        Meaning = "meaning",
        /// Whether it is about what can hurt.
        Sensitive = "sensitive",
        /// Whether its parts come in random order.
        Shuffle = "shuffle",
        /// The most of something.
        Max = "max",
        /// The least number.
        Min = "min",
        /// Where a band begins.
        From = "from",
        /// Where a band ends.
        To = "to",
        /// After how many of a ranking a line is drawn.
        Cut = "cut",
        /// The score of an answer.
        Score = "score",
        /// How many are put in order.
        Places = "places",
        /// Whether words are read for names of people.
        Lint = "lint",
        /// Whether an answer is a way of not giving one.
        Missing = "missing",
        /// Whether an answer stands alone.
        Exclusive = "exclusive",
    }
}

/// What can be typed for a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Words,
    Number,
    /// Yes or no; the second is what it is when the file does not say.
    Flag(bool),
}

impl Key {
    const fn takes(self) -> Takes {
        match self {
            Self::Sensitivity
            | Self::Layout
            | Self::Kind
            | Self::By
            | Self::Merge
            | Self::Direction
            | Self::Scale
            | Self::ShowIf
            | Self::SameAs => Takes::Words,
            Self::Minutes
            | Self::MinAge
            | Self::Meaning
            | Self::Max
            | Self::Cut
            | Self::Min
            | Self::From
            | Self::To
            | Self::Score
            | Self::Places => Takes::Number,
            Self::Sensitive | Self::Shuffle | Self::Missing | Self::Exclusive => Takes::Flag(false),
            Self::Lint => Takes::Flag(true),
        }
    }

    /// Writes a setting as somebody typed it.
    pub(super) fn set(self, table: &mut Item, typed: &str) -> Result<(), Refusal> {
        if table.as_table_like().is_none() {
            return Err(Refusal::Gone);
        }
        let typed = kept(typed)?;
        match self.takes() {
            Takes::Flag(usual) => self.flag(table, usual, typed == "yes"),
            Takes::Words if self == Self::Scale => scale(table, &typed),
            Takes::Words | Takes::Number if typed.is_empty() => {
                take(table, self.code());
                Ok(())
            }
            Takes::Words => {
                let old = table.get(self.code()).and_then(Item::as_str);
                if old == Some(&typed) { Ok(()) } else { put(table, self.code(), quoted(&typed)?) }
            }
            Takes::Number => {
                let new = typed.replace(',', ".").parse::<f64>().ok();
                let new = new.filter(|number| number.is_finite() && number.abs() < 1e12);
                let Some(new) = new else { return Err(Refusal::NoNumber(typed)) };
                if table.get(self.code()).and_then(number) == Some(new) {
                    return Ok(());
                }
                put(table, self.code(), written(new))
            }
        }
    }

    /// What goes without saying is not written, unless the file said it already.
    fn flag(self, table: &mut Item, usual: bool, new: bool) -> Result<(), Refusal> {
        let old = table.get(self.code());
        if old.and_then(Item::as_bool).unwrap_or(usual) == new {
            return Ok(());
        }
        if new == usual && !usual {
            take(table, self.code());
            return Ok(());
        }
        put(table, self.code(), Value::from(new))
    }
}

/// A question on a named scale has no answers of its own, and one without has a list for them.
fn scale(question: &mut Item, name: &str) -> Result<(), Refusal> {
    if question.get("scale").and_then(Item::as_str).unwrap_or("") == name {
        return Ok(());
    }
    if name.is_empty() {
        take(question, "scale");
        let has = question.get("choices").is_some() || question.get("carry").is_some();
        return if has { Ok(()) } else { put(question, "choices", Array::new().into()) };
    }
    take(question, "choices");
    take(question, "carry");
    put(question, "scale", quoted(name)?)
}

/// Raises the meaning of a question, or of every row of a grid.
pub(super) fn raise(question: &mut Item) -> Result<(), Refusal> {
    let rows = question.get("rows").map_or(0, super::list::len);
    for place in 0..rows {
        let row = question.get_mut("rows").and_then(|rows| rows.get_mut(place));
        raise_one(row.ok_or(Refusal::Gone)?)?;
    }
    if rows == 0 { raise_one(question) } else { Ok(()) }
}

fn raise_one(question: &mut Item) -> Result<(), Refusal> {
    let old = question.get("meaning").and_then(Item::as_integer).unwrap_or(1);
    put(question, "meaning", (old.clamp(1, 1_000_000) + 1).into())
}
