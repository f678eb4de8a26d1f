//! What did not come along, cell by cell.

use std::fmt;

use super::book::place;

/// The most entries of the list: nobody reads more.
const ENTRIES: usize = 2000;
/// The most characters of a form that a sentence repeats.
const SHOWN: usize = 60;

/// Something of a form that is not in the draft, or not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The sheet.
    pub sheet: String,
    /// The cell, such as `C14`; empty when it is about the whole form.
    pub cell: String,
    /// What became of it, and why.
    pub why: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sheet, cell, why } = self;
        if cell.is_empty() {
            write!(f, "{sheet}: {why}")
        } else {
            write!(f, "{sheet}!{cell}: {why}")
        }
    }
}

/// A cell: its row and its column, from 0.
pub(super) type At = (u32, u32);

/// The list while it grows.
#[derive(Debug, Default)]
pub(super) struct Report {
    found: Vec<(Option<At>, LeftOut)>,
    beyond: usize,
}

impl Report {
    /// Adds something about a cell.
    pub(super) fn add(&mut self, sheet: &str, at: At, why: impl Into<String>) {
        self.put(sheet, Some(at), why.into());
    }

    /// Adds something about the whole form.
    pub(super) fn whole(&mut self, sheet: &str, why: impl Into<String>) {
        self.put(sheet, None, why.into());
    }

    fn put(&mut self, sheet: &str, at: Option<At>, why: String) {
        if self.found.len() == ENTRIES {
            self.beyond += 1;
            return;
        }
        let cell = at.map_or_else(String::new, |(row, column)| place(row, column));
        self.found.push((at, LeftOut { sheet: sheet.to_owned(), cell, why }));
    }

    /// Takes over what another list has.
    pub(super) fn take(&mut self, other: &mut Self) {
        for (at, LeftOut { sheet, why, .. }) in other.found.drain(..) {
            self.put(&sheet, at, why);
        }
        self.beyond += std::mem::take(&mut other.beyond);
    }

    /// The first entries about the cells of a sheet that are no headings.
    pub(super) fn first(&self, sheet: &str, most: usize) -> Vec<String> {
        let below = self.found.iter().filter(|(at, it)| {
            it.sheet.eq_ignore_ascii_case(sheet) && at.is_some_and(|(row, _)| row > 0)
        });
        below.take(most).map(|(_, it)| it.to_string()).collect()
    }

    /// The list, sheet by sheet, from top to bottom.
    pub(super) fn listed(mut self) -> Vec<LeftOut> {
        self.found.sort_by(|(a, one), (b, other)| (&one.sheet, a).cmp(&(&other.sheet, b)));
        let mut listed: Vec<LeftOut> = self.found.into_iter().map(|(_, it)| it).collect();
        listed.dedup();
        if self.beyond > 0 {
            let why = format!("{} more things did not come along", self.beyond);
            listed.push(LeftOut { sheet: "survey".to_owned(), cell: String::new(), why });
        }
        listed
    }
}

/// Words of a form inside a sentence: short and on one line.
pub(super) fn short(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    line.chars().take(SHOWN).chain(['…']).collect()
}
