//! One share for each group, statement or wave: the answers that count, taken together, with how far
//! rounding and, for people drawn at random, chance may have moved it.

use super::Task;
use super::rows::{self, PERCENT_FROM, Words};
use crate::release::table::Table;

/// A share with what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Share {
    /// From 0 to 1.
    pub(super) value: f64,
    /// How many people that is.
    pub(super) count: u64,
    /// Of how many.
    pub(super) base: u64,
    /// Whether counts are exact.
    pub(super) exact: bool,
    /// How far chance may go, where people were drawn at random.
    pub(super) range: Option<(f64, f64)>,
    /// How far rounding may have moved it.
    pub(super) slack: f64,
}

impl Share {
    /// The share of some choices in a group; none where one of them is not shown.
    #[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
    pub(super) fn of(table: &Table, group: usize, choices: &[usize]) -> Option<Self> {
        if choices.is_empty() {
            return None;
        }
        let value = choices.iter().map(|at| table.share(group, *at)).sum::<Option<f64>>()?;
        let of = table.groups().get(group)?;
        let count: u64 = choices.iter().filter_map(|at| of.cells.get(*at)).sum();
        Some(Self {
            value: value.min(1.0),
            count: count.min(of.base),
            base: of.base,
            exact: table.step() <= 1,
            range: table.interval(group, choices).filter(|_| of.base >= PERCENT_FROM),
            slack: table.step().saturating_sub(1) as f64 / of.base.max(1) as f64,
        })
    }

    /// A percentage, or a count of so many.
    pub(super) fn figure(&self, words: &Words<'_>) -> String {
        words.full(self.value, self.count, self.base, self.exact)
    }

    /// How many answered, unless the figure says so already.
    pub(super) fn of_how_many(&self, words: &Words<'_>) -> String {
        if self.base < PERCENT_FROM { String::new() } else { words.people(self.base, self.exact) }
    }

    /// Whether two shares are no further apart than rounding and, where it is known, chance can do
    /// (the arms of both intervals together: Newcombe 1998, method 10). Of the same people asked
    /// twice this keeps rather too many apart from being told.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let (low, high) = if self.value <= other.value { (self, other) } else { (other, self) };
        let gap = high.value - low.value;
        if gap <= low.slack + high.slack {
            return true;
        }
        let (Some(below), Some(above)) = (low.range, high.range) else { return false };
        let (up, down) = (below.1 - low.value, high.value - above.0);
        gap <= up.hypot(down)
    }
}

/// The choices of a table that count.
pub(super) fn counting(task: &Task<'_>, table: &Table) -> Vec<usize> {
    let counts = |code: &str| task.picture.top.iter().any(|top| top == code);
    let choices = table.choices();
    (0..choices.len()).filter(|at| choices[*at].codes().any(counts)).collect()
}

/// The answers that count, in words.
pub(super) fn counted(task: &Task<'_>) -> String {
    let Some(table) = rows::scale(task) else { return String::new() };
    let names = counting(task, table).into_iter().filter_map(|at| table.choices().get(at));
    let names: Vec<&str> = names.map(|choice| choice.text.get(task.lang)).collect();
    rows::list(&names, &task.words.comma, &task.words.or)
}

/// The groups of a breakdown, and everyone beside them: the tables of a picture in pairs.
pub(super) fn grouped<'t>(task: &Task<'t>) -> Vec<(&'t Table, Option<&'t Table>)> {
    let tables = &task.picture.tables;
    let same = |one: &Table, other: &Table| {
        one.address().question == other.address().question && one.text() == other.text()
    };
    let whole = |by: &Table| {
        let mut found = tables.iter().filter(|table| table.address().by.is_none());
        found.find(|table| same(table, by)).copied()
    };
    let by = tables.iter().filter(|table| table.address().by.is_some());
    by.map(|table| (*table, whole(table))).collect()
}

/// The place of a table in the picture.
pub(super) fn place(task: &Task<'_>, table: &Table) -> usize {
    let tables = task.picture.tables.iter();
    tables.map(|one| std::ptr::eq(*one, table)).position(|same| same).unwrap_or(0)
}

/// A whole number in letters.
pub(super) fn number(of: usize) -> String {
    of.to_string()
}
