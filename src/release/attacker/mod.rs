//! The attacker: what a patient reader can work out from rounded tables of one question.
//!
//! Every exact count behind a table becomes an unknown with a lowest and a highest value. What is
//! published, what the rules of the gate say and what adds up narrows these bounds until nothing
//! moves any more. A count that is then known exactly, or is certainly 1 to 4, is a breach.
//!
//! It knows: the step of the rounding, but not the key; that a cell is rounded the same way in two
//! releases; the smallest bases; the most ticks; answers against their base; ways of answering
//! against everyone; the tables of one release against each other; an earlier release against a
//! later one, and who came in between. It reads one question at a time and narrows each sum alone,
//! so chains over several questions are beyond it.

mod align;
mod growth;

use std::collections::BTreeMap;

use super::policy::{BREAKDOWNS_FROM, NAMED_WAY};
use super::table::{Body, Group, Shape};

use align::same_rows;
use growth::{Grown, leap};

/// More than there are people.
const MANY: i64 = 1 << 40;
/// How far a rounded count may lie from the exact one.
const REACH: i64 = 4;
/// After so many rounds the attacker is believed to be about to succeed.
const ROUNDS: usize = 400;

/// A count that could be worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Breach {
    /// The table, by its place in what was read.
    pub(super) table: usize,
    /// The group in it; none when it is those who are in no group.
    pub(super) group: Option<usize>,
}

/// A table, and what a reader knows of it who has read the rules of the gate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    /// What is or will be published.
    pub(super) body: &'a Body,
    /// The smallest base of a group.
    pub(super) floor: u64,
    /// The most answers one person may give, where several may be given and there is a limit.
    pub(super) ticks: Option<u64>,
    /// Whether somebody may be in several groups: then they do not add up to everyone.
    pub(super) overlapping: bool,
}

/// What can be worked out from rounded tables of one question, shown in one release or several.
pub(super) fn breaches(tables: &[Seen<'_>]) -> Vec<Breach> {
    let mut reader = Reader::new(tables);
    if reader.narrow() { reader.breached() } else { reader.everything() }
}

/// The smallest base a table may have: everyone is at least thirty where there are breakdowns.
fn lowest(tables: &[Seen<'_>], seen: &Seen<'_>) -> i64 {
    let body = seen.body;
    let broken_down = |other: &Seen<'_>| {
        other.body.address.by.is_some()
            && other.body.withheld.is_none()
            && other.body.address.release == body.address.release
    };
    let many = body.address.by.is_none() && tables.iter().any(broken_down);
    count(if many { BREAKDOWNS_FROM.max(seen.floor) } else { seen.floor })
}

/// The unknowns, what they add up to, and which of them must not be found.
#[derive(Default)]
struct Reader {
    bounds: Vec<(i64, i64)>,
    sums: Vec<Sum>,
    /// Unknowns that are 0 or at least five.
    jumps: Vec<usize>,
    watched: Vec<Watched>,
    /// By table and group: its cells, its base, its missing answers.
    rows: BTreeMap<(usize, usize), Vec<usize>>,
    /// Everyone who sent the sheet, by release.
    people: BTreeMap<i64, usize>,
    grown: Vec<Grown>,
}

/// `plus` and `minus` add up to the same.
struct Sum {
    plus: Vec<usize>,
    minus: Vec<usize>,
}

struct Watched {
    unknown: usize,
    breach: Breach,
    /// The growth between two releases, where "nobody new" says nothing about anybody.
    growth: bool,
}

impl Reader {
    fn new(tables: &[Seen<'_>]) -> Self {
        let mut reader = Self::default();
        for (at, seen) in tables.iter().enumerate() {
            reader.read(at, seen, lowest(tables, seen));
        }
        for (a, one) in tables.iter().enumerate() {
            for (b, other) in tables.iter().enumerate() {
                reader.compare((a, one), (b, other));
            }
        }
        reader.newcomers_by_group();
        reader
    }

    fn unknown(&mut self, low: i64, high: i64) -> usize {
        self.bounds.push((low.max(0), high));
        self.bounds.len() - 1
    }

    fn rest(&mut self) -> usize {
        self.unknown(0, MANY)
    }

    fn watch(&mut self, unknown: usize, table: usize, group: Option<usize>, growth: bool) {
        self.watched.push(Watched { unknown, breach: Breach { table, group }, growth });
    }

    fn rounded(&mut self, shown: u64) -> usize {
        self.unknown(count(shown) - REACH, count(shown) + REACH)
    }

    /// One table by itself.
    fn read(&mut self, table: usize, seen: &Seen<'_>, floor: i64) {
        let body = seen.body;
        for (at, group) in body.groups.iter().enumerate() {
            let row = self.row(group);
            for unknown in &row {
                self.watch(*unknown, table, Some(at), false);
            }
            let base = row[group.cells.len()];
            self.bounds[base].0 = self.bounds[base].0.max(floor);
            self.answers(table, at, seen, &row);
            if body.address.by.is_none() {
                self.everyone(body, &row);
            }
            self.rows.insert((table, at), row);
        }
    }

    fn row(&mut self, group: &Group) -> Vec<usize> {
        let shown = group.cells.iter().chain([&group.base, &group.missing]);
        shown.map(|shown| self.rounded(*shown)).collect()
    }

    /// Answers against their base.
    fn answers(&mut self, table: usize, group: usize, seen: &Seen<'_>, row: &[usize]) {
        let body = seen.body;
        let (cells, base) = (&row[..row.len() - 2], row[row.len() - 2]);
        if body.weighted {
            return;
        }
        if body.shape != Shape::Multiple {
            self.sums.push(Sum { plus: cells.to_vec(), minus: vec![base] });
            return;
        }
        let more = self.rest();
        self.sums.push(Sum { plus: cells.to_vec(), minus: vec![base, more] });
        if let Some(most) = seen.ticks.and_then(|most| usize::try_from(most).ok()) {
            let mut fewer = cells.to_vec();
            fewer.push(self.rest());
            self.sums.push(Sum { plus: fewer, minus: vec![base; most] });
        }
        for cell in cells {
            let unticked = self.rest();
            self.watch(unticked, table, Some(group), false);
            self.sums.push(Sum { plus: vec![*cell, unticked], minus: vec![base] });
        }
    }

    /// Who answered this question against who sent the sheet.
    fn everyone(&mut self, body: &Body, row: &[usize]) {
        let release = body.address.release;
        let people = match self.people.get(&release) {
            Some(people) => *people,
            None => self.rounded(body.about.people),
        };
        if self.people.insert(release, people).is_none() && !body.about.ways.is_empty() {
            // Each way that is named is at least as many as it takes to be named.
            let mut ways: Vec<usize> = Vec::new();
            for (_, shown) in &body.about.ways {
                let way = self.rounded(*shown);
                self.bounds[way].0 = self.bounds[way].0.max(count(NAMED_WAY));
                ways.push(way);
            }
            ways.push(self.rest());
            self.sums.push(Sum { plus: ways, minus: vec![people] });
        }
        let skipped = self.rest();
        let of = vec![row[row.len() - 2], row[row.len() - 1], skipped];
        self.sums.push(Sum { plus: of, minus: vec![people] });
    }

    /// Two tables side by side.
    fn compare(&mut self, (a, seen): (usize, &Seen<'_>), (b, later): (usize, &Seen<'_>)) {
        let (one, other) = (seen.body, later.body);
        let (from, to) = (one.address.release, other.address.release);
        if one.address.by == other.address.by && from < to {
            self.growth((a, one), (b, other));
        } else if one.address.by.is_some() && other.address.by.is_none() && from <= to {
            if seen.overlapping {
                self.within((a, one), (b, other));
            } else {
                self.star((a, one), (b, other), from == to);
            }
        }
    }

    /// Groups that overlap against everyone: each is a part of the whole.
    fn within(&mut self, (a, part): (usize, &Body), (b, whole): (usize, &Body)) {
        for (inner, outer) in same_rows(part, whole) {
            for group in 0..part.groups.len() {
                let mut plus = self.of(a, group, &inner);
                plus.push(self.rest());
                let minus = self.of(b, 0, &outer);
                self.sums.push(Sum { plus, minus });
            }
        }
    }

    /// A breakdown against everyone: the groups are a part of the whole.
    fn star(&mut self, (a, part): (usize, &Body), (b, whole): (usize, &Body), watched: bool) {
        for (inner, outer) in same_rows(part, whole) {
            let groups = 0..part.groups.len();
            let mut plus: Vec<usize> = groups.flat_map(|group| self.of(a, group, &inner)).collect();
            let rest = self.rest();
            plus.push(rest);
            if watched {
                self.watch(rest, a, None, false);
            }
            let minus = self.of(b, 0, &outer);
            self.sums.push(Sum { plus, minus });
        }
    }

    fn of(&self, table: usize, group: usize, cells: &[usize]) -> Vec<usize> {
        let row = self.rows.get(&(table, group));
        row.map(|row| cells.iter().map(|cell| row[*cell]).collect()).unwrap_or_default()
    }

    /// Narrows all bounds until nothing moves; false when that does not come to an end or what is
    /// published contradicts itself.
    fn narrow(&mut self) -> bool {
        for _ in 0..ROUNDS {
            let before = self.bounds.clone();
            for sum in &self.sums {
                sum.narrow(&mut self.bounds);
            }
            for jump in &self.jumps {
                leap(&mut self.bounds[*jump]);
            }
            if self.bounds.iter().any(|(low, high)| low > high) {
                return false;
            }
            if before == self.bounds {
                return true;
            }
        }
        false
    }

    fn breached(&self) -> Vec<Breach> {
        let found = self.watched.iter().filter(|watched| {
            let (low, high) = self.bounds[watched.unknown];
            let certainly_few = low >= 1 && high <= 4;
            let exact = low == high && !(watched.growth && low == 0);
            certainly_few || exact
        });
        found.map(|watched| watched.breach).collect()
    }

    fn everything(&self) -> Vec<Breach> {
        self.watched.iter().map(|watched| watched.breach).collect()
    }
}

impl Sum {
    /// Each term lies between what the others leave at most and at least.
    fn narrow(&self, bounds: &mut [(i64, i64)]) {
        let low = |side: &[usize], bounds: &[(i64, i64)]| side.iter().map(|at| bounds[*at].0).sum();
        let high =
            |side: &[usize], bounds: &[(i64, i64)]| side.iter().map(|at| bounds[*at].1).sum();
        for (side, other) in [(&self.plus, &self.minus), (&self.minus, &self.plus)] {
            let (mine_low, mine_high): (i64, i64) = (low(side, bounds), high(side, bounds));
            let (their_low, their_high): (i64, i64) = (low(other, bounds), high(other, bounds));
            for at in side {
                let (its_low, its_high) = bounds[*at];
                bounds[*at].0 = its_low.max(their_low - (mine_high - its_high));
                bounds[*at].1 = its_high.min(their_high - (mine_low - its_low));
            }
        }
    }
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(MANY).min(MANY)
}

/// What the attacker believes of every count shown: by table and group the bounds of its cells, its
/// base and its missing answers.
#[cfg(test)]
pub(super) fn beliefs(tables: &[Seen<'_>]) -> BTreeMap<(usize, usize), Vec<(i64, i64)>> {
    let mut reader = Reader::new(tables);
    assert!(reader.narrow(), "what is published contradicts itself");
    let bounds = |row: &Vec<usize>| row.iter().map(|unknown| reader.bounds[*unknown]).collect();
    reader.rows.iter().map(|(at, row)| (*at, bounds(row))).collect()
}
