//! The kinds of question as a file names them: which keys each takes, and how one begins.

use toml_edit::{Array, InlineTable, Item, Table, Value, value};

use super::words::{put, take};
use super::{Refusal, list, scores};
use crate::domain::question::Sort;

impl Sort {
    /// The kinds a coordinator can add; a weight only comes with an import.
    pub fn offered() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|sort| *sort != Self::Weight)
    }

    /// The keys of this kind alone.
    #[must_use]
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Single => &["scale", "choices", "shuffle", "carry"],
            Self::Multiple => &["scale", "choices", "max", "shuffle", "carry"],
            Self::Scale | Self::Faces => &["scale", "choices"],
            Self::Grid => &["scale", "choices", "rows", "shuffle"],
            Self::Rank => &["choices", "places", "shuffle", "carry"],
            Self::Number => &["min", "max", "bands", "choices"],
            Self::Text => &["max", "lint"],
            Self::Photo => &["max"],
            Self::Counts => &["max", "statements", "groups"],
            Self::Group => &["max", "question"],
            Self::Info => &["body"],
            Self::Zone | Self::Place | Self::Consent | Self::AgeGate | Self::Weight => &[],
        }
    }

    /// Whether its answers come in steps, each with a score.
    #[must_use]
    pub const fn has_steps(self) -> bool {
        matches!(self, Self::Scale | Self::Faces | Self::Grid)
    }

    /// Whether its answers can be folded into three.
    #[must_use]
    pub const fn folds(self) -> bool {
        matches!(self, Self::Single | Self::Scale | Self::Faces | Self::Grid | Self::Number)
    }

    /// What it begins with, besides an id and words.
    fn beginning(self) -> Vec<(&'static str, Value)> {
        let none = || Value::from(Array::new());
        match self {
            Self::Single | Self::Multiple => vec![("choices", none())],
            Self::Scale => vec![("scale", "amount5".into())],
            Self::Faces => vec![("scale", "face5".into())],
            Self::Grid => vec![("scale", "prob4".into()), ("rows", none())],
            Self::Rank => vec![("places", 3.into()), ("choices", none())],
            Self::Number => vec![("min", 0.into()), ("max", 100.into()), ("bands", none())],
            Self::Text => vec![("max", 140.into()), ("lint", true.into())],
            Self::Photo => vec![("max", 1.into())],
            Self::Counts => {
                vec![("max", 60.into()), ("statements", none()), ("groups", none())]
            }
            Self::Group => vec![("max", 20.into())],
            Self::Info => vec![("body", InlineTable::new().into())],
            Self::Zone | Self::Place | Self::Consent | Self::AgeGate | Self::Weight => Vec::new(),
        }
    }

    /// A question of this kind without words.
    pub(super) fn question(self, id: &str) -> Table {
        let mut table = Table::new();
        table.insert("id", value(id));
        table.insert("kind", value(self.code()));
        for (key, beginning) in self.beginning() {
            table.insert(key, value(beginning));
        }
        table.insert("text", value(InlineTable::new()));
        table
    }
}

/// Makes a question one of another kind: what both take stays, what the other lacks is begun.
pub(super) fn change(question: &mut Item, sort: Sort) -> Result<(), Refusal> {
    let old = question.get("kind").and_then(Item::as_str).and_then(Sort::from_code);
    if old == Some(sort) {
        return Ok(());
    }
    put(question, "kind", sort.code().into())?;
    for key in Sort::ALL.iter().flat_map(|other| other.keys()) {
        if !sort.keys().contains(key) {
            take(question, key);
        }
    }
    // A limit of one thing is no limit of another.
    take(question, "max");
    if !sort.folds() {
        take(question, "fold");
    }
    let has = |key: &str, question: &Item| question.get(key).is_some();
    let answered = has("choices", question) || has("scale", question) || has("carry", question);
    for (key, beginning) in sort.beginning() {
        let is_answers = matches!(key, "choices" | "scale");
        if !(has(key, question) || is_answers && answered) {
            put(question, key, beginning)?;
        }
    }
    if let Some(Ok(choices)) = question.get("choices").is_some().then(|| choices(question)) {
        plain(choices, sort)?;
        scores::settle(choices, sort.has_steps())?;
    }
    Ok(())
}

fn choices(question: &mut Item) -> Result<&mut Item, Refusal> {
    question.get_mut("choices").ok_or(Refusal::Gone)
}

/// Takes from choices what only another kind could use.
fn plain(choices: &mut Item, sort: Sort) -> Result<(), Refusal> {
    for place in 0..list::len(choices) {
        let choice = choices.get_mut(place).ok_or(Refusal::Gone)?;
        if sort != Sort::Multiple {
            take(choice, "exclusive");
        }
        match sort {
            Sort::Multiple | Sort::Rank => {
                take(choice, "score");
            }
            Sort::Number => {
                take(choice, "score");
                put(choice, "missing", true.into())?;
            }
            Sort::Single
            | Sort::Scale
            | Sort::Faces
            | Sort::Grid
            | Sort::Text
            | Sort::Zone
            | Sort::Place
            | Sort::Photo
            | Sort::Counts
            | Sort::Group
            | Sort::Info
            | Sort::Consent
            | Sort::AgeGate
            | Sort::Weight => {}
        }
    }
    Ok(())
}
