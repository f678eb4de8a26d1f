//! Sentences about distances: two ends of a row, this wave and the one before, and the cells of a table
//! of numbers.

use super::sentence::{Speaker, codes_at, slack, sum};
use crate::release::Table;
use crate::release::change::{Change, Pair, changes};
use crate::release::table::Shape;
use crate::words::fill;

/// A share with where it stands.
struct Cell<'a> {
    table: &'a Table,
    group: usize,
    share: f64,
    slack: f64,
    /// In words.
    part: String,
}

impl Speaker<'_> {
    /// Two questions, or two groups of the first question that shows both.
    pub(super) fn two_ends(&self) -> Option<String> {
        let ends = &self.shown.plan.ends;
        let (one, two, names) = if ends.is_empty() {
            let everyone = || {
                let tables = self.shown.tables.iter().filter(|table| table.withheld().is_none());
                tables.filter(|table| table.address().by.is_none())
            };
            let (one, two) = (everyone().next()?, everyone().nth(1)?);
            let names = [one, two].map(|table| self.quoted(table.text().get(self.lang)));
            (self.cell(one, 0)?, self.cell(two, 0)?, names)
        } else {
            let shown = |table: &&Table| {
                table.withheld().is_none() && ends.iter().all(|end| place(table, end).is_some())
            };
            let table = self.shown.tables.iter().find(shown)?;
            let [one, two] = &ends[..] else { return None };
            let (one, two) = (place(table, one)?, place(table, two)?);
            if one == two {
                return None;
            }
            let name = |at: usize| {
                table.groups().get(at).map_or("", |group| group.text.get(self.lang)).to_owned()
            };
            (self.cell(table, one)?, self.cell(table, two)?, [name(one), name(two)])
        };
        let answers = self.labels(one.table, &codes_at(one.table, &self.shown.plan.top));
        let words = &self.words.figures;
        let is_like = (one.share - two.share).abs() <= one.slack + two.slack;
        let pattern = if is_like { &words.two_alike } else { &words.two_ends };
        let with = [
            ("answers", answers.as_str()),
            ("one", &one.part),
            ("two", &two.part),
            ("first", &names[0]),
            ("second", &names[1]),
        ];
        Some(fill(pattern, &with))
    }

    /// The first question of this wave beside the wave before.
    pub(super) fn over_waves(&self) -> Option<String> {
        let rounds = &self.shown.rounds;
        let now = self.first()?;
        let at = self.shown.tables.iter().position(|table| table.address() == now.address())?;
        let after = codes_at(now, &self.shown.plan.top);
        sum(now, 0, &after)?;
        let before = rounds.iter().rev().nth(1).and_then(|round| round.tables.get(at)?.as_ref());
        let join = rounds.last().and_then(|round| round.joins.get(at).copied());
        let then = before.filter(|table| table.withheld().is_none()).and_then(|table| {
            sum(table, 0, &codes_at(table, &self.shown.plan.top)).map(|_shown| table)
        });
        let words = &self.words.figures;
        let (pattern, was) = match then.zip(join) {
            None => (&words.once, String::new()),
            Some((before, join)) => {
                let choices = codes_at(before, &self.shown.plan.top);
                let pair = Pair { before, after: now, join, choices: (&choices, &after) };
                let pattern = match changes(&[pair]).first() {
                    Some(Change::More) => &words.then_more,
                    Some(Change::Less) => &words.then_less,
                    Some(Change::NoClear) => &words.then_same,
                    Some(Change::Broken(_)) | None => &words.then_broken,
                };
                (pattern, self.part(before, 0, &choices))
            }
        };
        let with = [
            ("statement", now.text().get(self.lang)),
            ("answers", &self.labels(now, &after)),
            ("now", &self.part(now, 0, &after)),
            ("then", &was),
        ];
        Some(fill(pattern, &with))
    }

    /// From the smallest cell to the largest.
    pub(super) fn cells(&self) -> Option<String> {
        let first = self.first()?;
        if first.shape() == Shape::Places {
            return self.places(first);
        }
        let by = self.shown.tables.iter().filter(|table| table.address().by.is_some());
        let cells: Vec<Cell<'_>> = by
            .flat_map(|table| (0..table.groups().len()).map(move |at| (table, at)))
            .filter_map(|(table, at)| self.cell(table, at))
            .collect();
        let most = cells.iter().max_by(|a, b| a.share.total_cmp(&b.share))?;
        let least = cells.iter().min_by(|a, b| a.share.total_cmp(&b.share))?;
        let answers = self.labels(most.table, &codes_at(most.table, &self.shown.plan.top));
        if most.share - least.share <= most.slack + least.slack {
            return Some(fill(&self.words.groups_alike, &[("answers", &answers)]));
        }
        let group = |cell: &Cell<'_>| {
            let group = cell.table.groups().get(cell.group);
            group.map_or("", |group| group.text.get(self.lang)).to_owned()
        };
        let with = [
            ("answers", answers.as_str()),
            ("low", &least.part),
            ("first", &self.quoted(least.table.text().get(self.lang))),
            ("lowest", &group(least)),
            ("high", &most.part),
            ("second", &self.quoted(most.table.text().get(self.lang))),
            ("highest", &group(most)),
        ];
        Some(fill(&self.words.figures.cells_range, &with))
    }

    fn cell<'t>(&self, table: &'t Table, group: usize) -> Option<Cell<'t>> {
        let codes = codes_at(table, &self.shown.plan.top);
        let share = sum(table, group, &codes).filter(|_| !codes.is_empty())?;
        let slack = table.groups().get(group).map(slack)?;
        let part = self.part(table, group, &codes);
        Some(Cell { table, group, share, slack, part })
    }
}

/// The group that counts a code.
fn place(table: &Table, code: &String) -> Option<usize> {
    table.groups().iter().position(|group| group.codes().any(|own| own == code))
}
