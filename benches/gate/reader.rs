//! A patient reader: published numbers and the rules of the gate as sums over unknown counts.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, OptimizationDirection, Problem};
use miradouro::release::Table;

use super::survey::{Published, Survey};

/// How far a count may lie from what is shown.
const REACH: i64 = 4;
const MANY: i64 = 1 << 20;

/// What the reader found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    /// Counts it looked at.
    pub(crate) cells: u64,
    /// Counts it knows exactly.
    pub(crate) exact: u64,
    /// Counts it knows to be one to four.
    pub(crate) certain: u64,
}

/// Unknown counts between bounds, and sums of them that are nought.
pub(crate) struct Reader {
    bounds: Vec<(i64, i64)>,
    truth: Vec<i64>,
    sums: Vec<Vec<(i64, usize)>>,
    watched: Vec<usize>,
}

/// The unknowns of a group: its cells, its base and its missing answers.
struct Row {
    cells: Vec<usize>,
    base: usize,
    missing: usize,
}

impl Reader {
    pub(crate) fn new(survey: &Survey) -> Self {
        let mut reader =
            Self { bounds: Vec::new(), truth: Vec::new(), sums: Vec::new(), watched: Vec::new() };
        let shown: Vec<&Published> =
            survey.published().iter().filter(|one| one.table.withheld().is_none()).collect();
        let rows: Vec<Vec<Row>> =
            shown.iter().map(|one| reader.table(survey, one, &shown)).collect();
        for (at, one) in shown.iter().enumerate() {
            for (other_at, other) in shown.iter().enumerate() {
                let (a, b) = (one.table.address(), other.table.address());
                if a.by == b.by && a.release < b.release {
                    let pair = (&one.table, &rows[at], &other.table, &rows[other_at]);
                    reader.grown(pair);
                }
                if a.by.is_some() && b.by.is_none() && a.release <= b.release {
                    let watch = a.release == b.release;
                    let pair = (&one.table, &rows[at], &other.table, &rows[other_at]);
                    reader.part_of_all(pair, watch);
                }
            }
        }
        reader
    }

    fn unknown(&mut self, low: i64, high: i64, truth: u64) -> usize {
        let truth = truth as i64;
        assert!(low <= truth && truth <= high, "the reader is wrong: {truth} in {low} to {high}");
        self.bounds.push((low.max(0), high));
        self.truth.push(truth);
        self.bounds.len() - 1
    }

    fn shown(&mut self, shown: u64, least: i64, truth: u64) -> usize {
        let shown = shown as i64;
        self.unknown((shown - REACH).max(least), shown + REACH, truth)
    }

    /// Whatever makes a sum come out; what it really is follows from the others.
    fn rest(&mut self, sum: &mut Vec<(i64, usize)>, sign: i64) -> usize {
        let others: i64 = sum.iter().map(|(sign, at)| sign * self.truth[*at]).sum();
        let truth = -sign * others;
        assert!(truth >= 0, "the reader is wrong: a rest of {truth}");
        let rest = self.unknown(0, MANY, truth as u64);
        sum.push((sign, rest));
        rest
    }

    fn table(&mut self, survey: &Survey, one: &Published, all: &[&Published]) -> Vec<Row> {
        let (table, address) = (&one.table, one.table.address());
        let floor = if survey.sensitive { 20 } else { 10 };
        let is_broken_down = all.iter().any(|other| {
            let other = other.table.address();
            other.release == address.release && other.by.is_some()
        });
        let least = if address.by.is_none() && is_broken_down { 30 } else { floor };
        let mut rows = Vec::new();
        for group in table.groups() {
            let truth = survey.truth(one, group);
            // Of a sensitive group nobody is of one mind; that is read off the numbers shown.
            let cells: Vec<usize> = group
                .cells
                .iter()
                .zip(&truth.cells)
                .map(|(shown, truth)| self.shown(*shown, 0, *truth))
                .collect();
            let base = self.shown(group.base, least, truth.base);
            let missing = self.shown(group.missing, 0, truth.missing);
            self.watched.extend(cells.iter().chain([&base, &missing]));
            let mut sum: Vec<(i64, usize)> = cells.iter().map(|at| (1, *at)).collect();
            sum.push((-1, base));
            if survey.several {
                self.rest(&mut sum, -1);
                for cell in &cells {
                    let mut ticked = vec![(1, *cell), (-1, base)];
                    let unticked = self.rest(&mut ticked, 1);
                    self.watched.push(unticked);
                    self.sums.push(ticked);
                }
            }
            self.sums.push(sum);
            rows.push(Row { cells, base, missing });
        }
        if let ([all], Some(group)) = (&rows[..], table.groups().first())
            && address.by.is_none()
        {
            let truth = survey.truth(one, group);
            // How many sent the sheet is shown too; how many skipped is not.
            let sent = survey.sent(address.release);
            let skipped = self.unknown(0, MANY, sent - truth.base - truth.missing);
            let people = self.shown(table.about().people, 0, sent);
            self.sums.push(vec![(1, all.base), (1, all.missing), (1, skipped), (-1, people)]);
        }
        rows
    }

    /// A later table: nobody went, ten came at least, and one cell is rounded the same way twice.
    fn grown(&mut self, pair: (&Table, &[Row], &Table, &[Row])) {
        let (before, old, after, new) = pair;
        let groups = codes(before.groups().iter().map(|group| group.code.as_str()));
        let later = codes(after.groups().iter().map(|group| group.code.as_str()));
        let choices = codes(before.choices().iter().map(|label| label.code.as_str()));
        let same = codes(after.choices().iter().map(|label| label.code.as_str()));
        for (code, group) in &groups {
            let Some(other) = later.get(code) else { continue };
            let mut pairs = vec![
                (old[*group].base, new[*other].base, true),
                (old[*group].missing, new[*other].missing, false),
            ];
            for (choice, at) in &choices {
                if let Some(there) = same.get(choice) {
                    pairs.push((old[*group].cells[*at], new[*other].cells[*there], false));
                }
            }
            let shown = |table: &Table, group: usize| table.groups()[group].clone();
            let (was, is) = (shown(before, *group), shown(after, *other));
            let steps: Vec<i64> = [(is.base, was.base), (is.missing, was.missing)]
                .into_iter()
                .chain(choices.iter().filter_map(|(choice, at)| {
                    same.get(choice).map(|there| (is.cells[*there], was.cells[*at]))
                }))
                .map(|(is, was)| is as i64 - was as i64)
                .collect();
            for ((a, b, is_base), step) in pairs.into_iter().zip(steps) {
                let truth = self.truth[b] - self.truth[a];
                assert!(truth >= 0, "nobody takes an answer back here");
                let least = if is_base && before.address().by.is_none() { 10 } else { 0 };
                let new = self.unknown((step - REACH).max(least), step + REACH, truth as u64);
                self.sums.push(vec![(1, b), (-1, a), (-1, new)]);
            }
        }
    }

    /// The groups of a breakdown and those who are in none are everyone.
    fn part_of_all(&mut self, pair: (&Table, &[Row], &Table, &[Row]), watch: bool) {
        let (part, groups, whole, all) = pair;
        let Some(all) = all.first() else { return };
        let mut rows: Vec<(Vec<usize>, usize)> = vec![
            (groups.iter().map(|row| row.base).collect(), all.base),
            (groups.iter().map(|row| row.missing).collect(), all.missing),
        ];
        if part.choices() == whole.choices() {
            for at in 0..all.cells.len() {
                rows.push((groups.iter().map(|row| row.cells[at]).collect(), all.cells[at]));
            }
        }
        for (parts, whole) in rows {
            let mut sum: Vec<(i64, usize)> = parts.into_iter().map(|at| (1, at)).collect();
            sum.push((-1, whole));
            let rest = self.rest(&mut sum, 1);
            if watch {
                self.watched.push(rest);
            }
            self.sums.push(sum);
        }
    }

    /// Narrows every count by every sum until nothing moves.
    pub(crate) fn narrow(&mut self) -> Found {
        loop {
            let mut moved = false;
            for sum in &self.sums {
                let ends = |(sign, at): &(i64, usize)| {
                    let (low, high) = self.bounds[*at];
                    if *sign > 0 { (sign * low, sign * high) } else { (sign * high, sign * low) }
                };
                let (low, high) = sum
                    .iter()
                    .map(ends)
                    .fold((0, 0), |all, (low, high)| (all.0 + low, all.1 + high));
                let news: Vec<(usize, i64, i64)> = sum
                    .iter()
                    .map(|term| {
                        let ((sign, at), (mine_low, mine_high)) = (*term, ends(term));
                        // sign × x lies between minus what the others have at most and at least.
                        let (least, most) = (-(high - mine_high), -(low - mine_low));
                        if sign > 0 {
                            (at, ceil(least, sign), floor(most, sign))
                        } else {
                            (at, ceil(-most, -sign), floor(-least, -sign))
                        }
                    })
                    .collect();
                for (at, low, high) in news {
                    let known = &mut self.bounds[at];
                    let new = (known.0.max(low), known.1.min(high));
                    moved |= new != *known;
                    *known = new;
                }
            }
            if !moved {
                break;
            }
        }
        self.found(|reader, at| reader.bounds[at])
    }

    /// The lowest and highest of every count that could be small, under all sums at once.
    pub(crate) fn solve(&self) -> Found {
        let end = |at: usize, direction: OptimizationDirection| -> i64 {
            let mut problem = Problem::new(direction);
            let variables: Vec<_> = self
                .bounds
                .iter()
                .enumerate()
                .map(|(one, (low, high))| {
                    let weight = if one == at { 1.0 } else { 0.0 };
                    problem.add_var(weight, (*low as f64, *high as f64))
                })
                .collect();
            for sum in &self.sums {
                let terms: Vec<_> =
                    sum.iter().map(|(sign, at)| (variables[*at], *sign as f64)).collect();
                problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
            }
            let best = problem.solve().unwrap().objective();
            match direction {
                OptimizationDirection::Minimize => (best - 1e-6).ceil() as i64,
                OptimizationDirection::Maximize => (best + 1e-6).floor() as i64,
            }
        };
        self.found(|reader, at| {
            let (low, high) = reader.bounds[at];
            // Only a count that may be known or small is worth the solver's time.
            if high - low > 8 {
                return (low, high);
            }
            (end(at, OptimizationDirection::Minimize), end(at, OptimizationDirection::Maximize))
        })
    }

    fn found(&self, known: impl Fn(&Self, usize) -> (i64, i64)) -> Found {
        let mut found = Found::default();
        for at in &self.watched {
            let (low, high) = known(self, *at);
            let truth = self.truth[*at];
            assert!(low <= truth && truth <= high, "the reader is wrong: {truth}, {low} to {high}");
            found.cells += 1;
            found.exact += u64::from(low == high);
            found.certain += u64::from(low >= 1 && high <= 4 && low < high);
        }
        found
    }
}

fn ceil(number: i64, by: i64) -> i64 {
    number.div_euclid(by) + i64::from(number.rem_euclid(by) > 0)
}

fn floor(number: i64, by: i64) -> i64 {
    number.div_euclid(by)
}

fn codes<'c>(codes: impl Iterator<Item = &'c str>) -> BTreeMap<String, usize> {
    codes.enumerate().map(|(at, code)| (code.to_owned(), at)).collect()
}
