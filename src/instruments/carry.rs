//! `carry`: choices taken over from an earlier question, each offered to those who named it there.
//!
//! `carry = { from = "problems", when = ["small", "very_big"] }` makes a choice of every row of a
//! grid, offered when the row was rated so; `carry = { from = "q1" }` makes one of every choice of
//! a multiple or a ranking, offered when it was ticked. The choices are written out as the file is
//! read: a published version does not know that they were carried.

use super::lint::Notes;
use super::table::{Placed, Table};
use crate::domain::condition::Condition;
use crate::domain::question::{Choice, Kind, Measure, Question};
use crate::domain::text::Text;

/// Reads `carry`; `None` without it, or when it could not be read (which is noted).
pub(super) fn carried(
    table: &mut Table<'_>,
    earlier: &[Question],
    notes: &mut Notes,
) -> Option<Vec<Choice>> {
    let what = table.what.clone();
    let mut entry = table.table("carry", notes)?;
    let from = entry.string("from", notes);
    let from = entry.need("from", from, notes);
    let when = entry.strings("when", notes);
    entry.finish(notes);
    let from = from?;
    let Some(source) = earlier.iter().find(|question| question.id == from.value) else {
        notes.error(
            &from.at,
            format!("{what} carries from {}, and it was not asked before", from.value),
        );
        return None;
    };
    if let Kind::Grid { questions, .. } = &source.kind {
        let when = entry_codes(when, &from, notes)?;
        return Some(rated(questions, &when, notes));
    }
    if source.measure() != Measure::Several {
        let sentence = format!("{} is neither a grid nor a multiple to carry from", from.value);
        notes.error(&from.at, sentence);
        return None;
    }
    if let Some(code) = when.iter().flatten().next() {
        notes.error(
            &code.at,
            format!("{} is no grid, so there is no rating to wait for", from.value),
        );
    }
    Some(ticked(source))
}

/// The ratings a row must have had.
fn entry_codes(
    when: Option<Vec<Placed<String>>>,
    from: &Placed<String>,
    notes: &mut Notes,
) -> Option<Vec<Placed<String>>> {
    let found = when.filter(|codes| !codes.is_empty());
    if found.is_none() {
        notes.error(&from.at, format!("{} is a grid: say which ratings count in when", from.value));
    }
    found
}

fn rated(rows: &[Question], when: &[Placed<String>], notes: &mut Notes) -> Vec<Choice> {
    for code in when {
        let known = rows.first().is_some_and(|row| row.choice(&code.value).is_some());
        if !known {
            notes.error(&code.at, format!("the grid has no rating {}", code.value));
        }
    }
    let codes: Vec<&str> = when.iter().map(|code| code.value.as_str()).collect();
    let codes = codes.join(", ");
    let choice = |row: &Question| offered(&row.id, &row.text, &format!("{} in [{codes}]", row.id));
    rows.iter().map(choice).collect()
}

fn ticked(source: &Question) -> Vec<Choice> {
    let real = source.choices().iter().filter(|choice| !choice.missing && !choice.exclusive);
    real.map(|it| offered(&it.code, &it.text, &format!("{} = {}", source.id, it.code))).collect()
}

fn offered(code: &str, text: &Text, rule: &str) -> Choice {
    Choice {
        code: code.to_owned(),
        text: text.clone(),
        score: None,
        missing: false,
        exclusive: false,
        show_if: rule.parse::<Condition>().ok(),
    }
}
