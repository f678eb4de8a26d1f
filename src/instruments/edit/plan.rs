//! What is shown of questions: breakdowns, indices, charts and stations, begun from what they show.

use serde::{Deserialize, Serialize};
use toml_edit::{Array, InlineTable, Item, Table, Value};

use super::words::{listed, name, quoted, take};
use super::{Bench, Path, Refusal, Sort, table, under};
use crate::domain::collection::coded;

coded! {
    /// A list of what is shown.
    Plan {
        /// A variable tables may be broken down by.
        Breakdown = "breakdown",
        /// Several questions as one number.
        Index = "index",
        /// A chart.
        Chart = "chart",
        /// A place in a data walk.
        Station = "station",
    }
}

coded! {
    /// A list of ids or codes that a plan names.
    Pick {
        /// The questions of a chart or an index.
        Questions = "questions",
        /// The answers that count in a chart.
        Top = "top",
        /// The two groups that a chart compares.
        Ends = "ends",
        /// The charts of a station.
        Charts = "charts",
    }
}

impl Pick {
    /// Writes the list; one that may be absent is taken out when it is empty.
    pub(super) fn set(self, plan: &mut Item, ids: &[String]) -> Result<(), Refusal> {
        if ids.is_empty() && matches!(self, Self::Top | Self::Ends) {
            take(plan, self.code());
            return Ok(());
        }
        name(plan, self.code(), ids)
    }
}

impl Bench<'_> {
    /// Begins a plan that shows one thing: a question by its id, or for a station a chart.
    pub(super) fn add_plan(&mut self, plan: Plan, of: &str) -> Result<(), Refusal> {
        let root = self.document.as_item();
        let id = |begin: &str| {
            let known = under(root, plan.code()).filter_map(|(_, one)| one.get("id")?.as_str());
            super::add::free(begin, &known.map(str::to_owned).collect::<Vec<_>>())
        };
        let begun = match plan {
            Plan::Breakdown => table([("by", quoted(of)?), ("merge", "other".into())]),
            Plan::Index => index(&id("i"), of)?,
            Plan::Chart => chart(root, &id("c"), of)?,
            Plan::Station => station(root, of)?,
        };
        self.add_table(&Path::default(), plan.code(), usize::MAX, begun)
    }
}

fn index(id: &str, of: &str) -> Result<Table, Refusal> {
    let mut ends = InlineTable::new();
    ends.insert("low", InlineTable::new().into());
    ends.insert("high", InlineTable::new().into());
    Ok(table([
        ("id", quoted(id)?),
        ("title", InlineTable::new().into()),
        ("questions", listed(&[of.to_owned()])?),
        ("direction", "higher_is_better".into()),
        ("ends", ends.into()),
    ]))
}

/// A chart of a question, drawn as suits its kind, under its own words; of a grid, all its rows.
fn chart(root: &Item, id: &str, of: &str) -> Result<Table, Refusal> {
    let question = question(root, of).ok_or(Refusal::Gone)?;
    let rows = under(question, "rows").filter_map(|(_, row)| row.get("id")?.as_str());
    let mut questions: Vec<String> = rows.map(str::to_owned).collect();
    if questions.is_empty() {
        questions.push(of.to_owned());
    }
    let sort = question.get("kind").and_then(Item::as_str).and_then(Sort::from_code);
    let is_ordered = sort.is_some_and(Sort::has_steps);
    let dots = root.get("policy").and_then(Item::as_str) == Some("people");
    let drawn = match (dots, is_ordered) {
        (true, _) => "people_dots",
        (false, true) => "diverging",
        (false, false) => "sorted_bars",
    };
    Ok(table([
        ("id", quoted(id)?),
        ("kind", drawn.into()),
        ("questions", listed(&questions)?),
        ("title", words_of(question, "text")),
    ]))
}

/// A station that shows a chart, under its title.
fn station(root: &Item, of: &str) -> Result<Table, Refusal> {
    let is_it = |(_, chart): &(usize, &Item)| chart.get("id").and_then(Item::as_str) == Some(of);
    let (_, shown) = under(root, "chart").find(is_it).ok_or(Refusal::Gone)?;
    let numbers = under(root, "station").filter_map(|(_, one)| one.get("number")?.as_integer());
    let number = numbers.max().unwrap_or(0).saturating_add(1);
    let prompts: Array = [InlineTable::new(), InlineTable::new()].into_iter().collect();
    Ok(table([
        ("number", number.into()),
        ("title", words_of(shown, "title")),
        ("prompts", prompts.into()),
        ("charts", listed(&[of.to_owned()])?),
    ]))
}

/// The question with an id, inside a group or outside.
fn question<'a>(holder: &'a Item, id: &str) -> Option<&'a Item> {
    for key in ["section", "question"] {
        for (_, member) in under(holder, key) {
            let is_it = key == "question" && member.get("id").and_then(Item::as_str) == Some(id);
            if let Some(found) = is_it.then_some(member).or_else(|| question(member, id)) {
                return Some(found);
            }
        }
    }
    None
}

/// The words of a part, to begin with.
fn words_of(part: &Item, key: &str) -> Value {
    let words = part.get(key).and_then(Item::as_table_like);
    let mut text = InlineTable::new();
    for (lang, words) in words.iter().flat_map(|words| words.iter()) {
        if let Some(words) = words.as_str().and_then(|words| quoted(words).ok()) {
            text.insert(lang, words);
        }
    }
    text.into()
}
