//! A patient reader: published numbers and the rules of the gate as sums over unknown counts.

use std::collections::BTreeMap;

use miradouro::release::Table;

use super::survey::{Published, Survey};

/// How far a count may lie from what is shown.
const REACH: i64 = 4;
const MANY: i64 = 1 << 20;
/// How often a search by trial branches before it gives up.
const TRIES: u32 = 3000;

/// What the reader found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    /// Counts it looked at.
    pub(crate) cells: u64,
    /// Counts it knows exactly.
    pub(crate) exact: u64,
    /// Counts it knows to be one to four.
    pub(crate) certain: u64,
    /// Counts over which the search gave up.
    pub(crate) open: u64,
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
                    let pair = (&one.table, &rows[at][..], &other.table, &rows[other_at][..]);
                    reader.grown(pair);
                }
                if a.by.is_some() && b.by.is_none() && a.release <= b.release {
                    let watch = a.release == b.release;
                    let pair = (&one.table, &rows[at][..], &other.table, &rows[other_at][..]);
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
        let mut bounds = std::mem::take(&mut self.bounds);
        assert!(self.settle(&mut bounds), "the reader is wrong: what is shown contradicts itself");
        self.bounds = bounds;
        self.found(|reader, at| {
            let (low, high) = reader.bounds[at];
            (low == high, low >= 1 && high <= 4 && low < high, false)
        })
    }

    /// False when some count can be nothing any more.
    fn settle(&self, bounds: &mut [(i64, i64)]) -> bool {
        loop {
            let mut moved = false;
            for sum in &self.sums {
                let ends = |(sign, at): &(i64, usize), bounds: &[(i64, i64)]| {
                    let (low, high) = bounds[*at];
                    if *sign > 0 { (low, high) } else { (-high, -low) }
                };
                let (low, high) = sum
                    .iter()
                    .map(|term| ends(term, bounds))
                    .fold((0, 0), |all, (low, high)| (all.0 + low, all.1 + high));
                for term in sum {
                    let ((sign, at), (mine_low, mine_high)) = (*term, ends(term, bounds));
                    // sign × x lies between minus what the others have at most and at least.
                    let (least, most) = (mine_high - high, mine_low - low);
                    let (least, most) = if sign > 0 { (least, most) } else { (-most, -least) };
                    let known = &mut bounds[at];
                    let new = (known.0.max(least), known.1.min(most));
                    if new.0 > new.1 {
                        return false;
                    }
                    if new != *known {
                        (*known, moved) = (new, true);
                        // The sums of this line are stale now; they come again in the next round.
                        break;
                    }
                }
            }
            if !moved {
                return true;
            }
        }
    }

    /// The same by trial: a count is only known, or certainly one to four, when no whole set of
    /// counts fits all that is shown in which it is anything else. Where the search gives up, that is
    /// counted apart.
    pub(crate) fn solve(&self) -> Found {
        self.found(|reader, at| {
            let (low, high) = reader.bounds[at];
            let truth = reader.truth[at];
            // Whether it can be another value; nothing where the search gave up.
            let other = |values: Vec<i64>| {
                let mut gave_up = false;
                for value in values {
                    let (mut bounds, mut tries) = (reader.bounds.clone(), TRIES);
                    bounds[at] = (value, value);
                    if reader.fits(&mut bounds, &mut tries) {
                        return Some(true);
                    }
                    gave_up |= tries == 0;
                }
                (!gave_up).then_some(false)
            };
            // Far from the truth is the hardest, so near values are tried first.
            let near = |from: i64, to: i64| {
                let ends = (from.max(low).max(truth - 6), to.min(high).min(truth + 6));
                let mut values: Vec<i64> = (ends.0..=ends.1).collect();
                values.sort_by_key(|value| (value - truth).abs());
                values
            };
            let mut others = near(low, high);
            others.retain(|value| *value != truth);
            let known = other(others);
            let small = if (1..=4).contains(&truth) {
                other([near(5, high), near(0, 0)].concat())
            } else {
                Some(true)
            };
            let exact = known == Some(false);
            (exact, small == Some(false) && !exact, known.is_none() || small.is_none())
        })
    }

    /// Whether some set of whole counts within these bounds fits every sum.
    fn fits(&self, bounds: &mut [(i64, i64)], tries: &mut u32) -> bool {
        if *tries == 0 || !self.settle(bounds) {
            return false;
        }
        *tries -= 1;
        let open = (0..bounds.len()).filter(|at| bounds[*at].0 < bounds[*at].1);
        let Some(at) = open.min_by_key(|at| bounds[*at].1 - bounds[*at].0) else { return true };
        let (low, high) = bounds[at];
        let value = self.truth[at].clamp(low, high);
        let mut with = bounds.to_vec();
        with[at] = (value, value);
        if self.fits(&mut with, tries) {
            return true;
        }
        let mut below = bounds.to_vec();
        below[at] = (low, value - 1);
        let mut above = bounds.to_vec();
        above[at] = (value + 1, high);
        (value > low && self.fits(&mut below, tries))
            || (value < high && self.fits(&mut above, tries))
    }

    fn found(&self, known: impl Fn(&Self, usize) -> (bool, bool, bool)) -> Found {
        let mut found = Found::default();
        for at in &self.watched {
            let ((low, high), truth) = (self.bounds[*at], self.truth[*at]);
            assert!(low <= truth && truth <= high, "the reader is wrong: {truth}, {low} to {high}");
            let (exact, certain, open) = known(self, *at);
            found.cells += 1;
            found.exact += u64::from(exact);
            found.certain += u64::from(certain);
            found.open += u64::from(open);
        }
        found
    }
}

fn codes<'c>(codes: impl Iterator<Item = &'c str>) -> BTreeMap<String, usize> {
    codes.enumerate().map(|(at, code)| (code.to_owned(), at)).collect()
}
