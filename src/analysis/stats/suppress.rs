//! Which cells of a published table must be hidden, so that no small count can be worked out from
//! the others.
//!
//! All sums are known to whoever reads the table, and that no count is negative. A hidden cell is
//! safe when one more or one fewer in it leaves a table with the same sums: when there is a way
//! round through other hidden cells, up in one and down in the next, and none below 0.
//!
//! This is for `analyse` and for comparison with other tools; what people are shown goes through
//! [`crate::release`], which rounds.

use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::Ask;

use super::tables::{Counts, cross, totals};

/// A row and a column, from 0.
type Spot = (usize, usize);

/// So many patterns are looked at for the smallest.
const PATTERNS: usize = 300_000;

/// `suppression`: the small cells (1 to threshold - 1) and the fewest others to hide with them.
///
/// `suppressed` is the whole pattern. `min_secondary` is proven, with zero cells shown, as long as
/// the table is small; else it is left out, and the pattern is a good one.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn suppression(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let threshold = ask.whole("threshold")?;
    let (row_codes, col_codes) = (ask.codes("row_values")?, ask.codes("col_values")?);
    let row_places = ask.places(ask.text("row")?, &row_codes, &rows)?;
    let col_places = ask.places(ask.text("col")?, &col_codes, &rows)?;
    let counts = cross(&row_places, &col_places, (row_codes.len(), col_codes.len()));
    Ok(pattern(&counts, threshold))
}

fn pattern(counts: &Counts, threshold: usize) -> Answer {
    let (rows, cols) = totals(counts);
    let spots = |wanted: &dyn Fn(usize) -> bool| -> Vec<Spot> {
        let all = (0..rows.len()).flat_map(|row| (0..cols.len()).map(move |col| (row, col)));
        all.filter(|(row, col)| wanted(counts[*row][*col])).collect()
    };
    let primary = spots(&|count| count > 0 && count < threshold);
    let others = spots(&|count| count >= threshold && count > 0);
    let zeros = spots(&|count| count == 0);
    let open = exposed(counts, &primary, &primary);
    let found = smallest(counts, &primary, &others);
    let (extra, proven, why) = match found {
        Found::Smallest(extra) => (Some(extra), true, None),
        Found::TooMany => (greedy(counts, &primary, &others), false, Some(NOT_PROVEN)),
        Found::Nothing => {
            let all: Vec<Spot> = others.iter().chain(&zeros).copied().collect();
            (greedy(counts, &primary, &all), false, Some(ZEROS))
        }
    };
    let answer = Answer::new()
        .with("counts", counts.clone())
        .with("row_totals", rows)
        .with("col_totals", cols)
        .with("primary_cells", list(&primary))
        .with("primary_alone_exactly_recoverable", list(&open));
    let Some(extra) = extra else {
        return answer
            .with("suppressed", None::<Vec<usize>>)
            .cannot("no choice of cells hides them all while the totals are shown");
    };
    let sum: usize = extra.iter().map(|(row, col)| counts[*row][*col]).sum();
    let mut all: Vec<Spot> = primary.iter().chain(&extra).copied().collect();
    all.sort_unstable();
    answer
        .with("min_secondary", proven.then_some(extra.len()))
        .with("min_hidden_count_sum", proven.then_some(sum))
        .with("an_optimal_choice", proven.then(|| list(&extra)))
        .with("suppressed", list(&all))
        .cannot_if(why)
}

const NOT_PROVEN: &str =
    "the table is too large to prove the fewest cells; what is hidden is safe all the same";
const ZEROS: &str = "impossible without hiding zero cells or totals; zero cells are hidden here";

fn list(spots: &[Spot]) -> Vec<Vec<usize>> {
    spots.iter().map(|(row, col)| vec![*row, *col]).collect()
}

/// Which of some cells can be worked out exactly when `hidden` is hidden.
fn exposed(counts: &Counts, hidden: &[Spot], of: &[Spot]) -> Vec<Spot> {
    of.iter().filter(|spot| !moves(counts, hidden, **spot)).copied().collect()
}

/// Whether a hidden cell could be one more or one fewer.
fn moves(counts: &Counts, hidden: &[Spot], spot: Spot) -> bool {
    let more = reaches(counts, hidden, spot, false);
    more || (counts[spot.0][spot.1] > 0 && reaches(counts, hidden, spot, true))
}

/// Whether the change of one cell can be made good: from its column back to its row when it grows
/// (a row is left through a cell that grows, a column through one that shrinks), or, `backwards`,
/// from its row to its column when it shrinks.
fn reaches(counts: &Counts, hidden: &[Spot], spot: Spot, backwards: bool) -> bool {
    let width = counts.first().map_or(0, Vec::len);
    let mut rows = vec![false; counts.len()];
    let mut cols = vec![false; width];
    if backwards {
        rows[spot.0] = true;
    } else {
        cols[spot.1] = true;
    }
    loop {
        let before = rows.iter().chain(&cols).filter(|seen| **seen).count();
        for (row, col) in hidden.iter().filter(|other| **other != spot) {
            if rows[*row] {
                cols[*col] = true;
            }
            if cols[*col] && counts[*row][*col] > 0 {
                rows[*row] = true;
            }
        }
        if if backwards { cols[spot.1] } else { rows[spot.0] } {
            return true;
        }
        if rows.iter().chain(&cols).filter(|seen| **seen).count() == before {
            return false;
        }
    }
}

enum Found {
    Smallest(Vec<Spot>),
    Nothing,
    TooMany,
}

/// The fewest further cells, and among those the ones that hide the fewest answers.
fn smallest(counts: &Counts, primary: &[Spot], others: &[Spot]) -> Found {
    let all: Vec<Spot> = primary.iter().chain(others).copied().collect();
    if !exposed(counts, &all, primary).is_empty() {
        return Found::Nothing;
    }
    let mut left = PATTERNS;
    for size in 0..=others.len() {
        let mut best: Option<(usize, Vec<Spot>)> = None;
        let mut chosen = Vec::new();
        let mut search = Search { counts, primary, others, best: &mut best, left: &mut left };
        if !search.choose(0, size, &mut chosen) {
            return Found::TooMany;
        }
        if let Some((_, spots)) = best {
            return Found::Smallest(spots);
        }
    }
    Found::Nothing
}

struct Search<'a> {
    counts: &'a Counts,
    primary: &'a [Spot],
    others: &'a [Spot],
    best: &'a mut Option<(usize, Vec<Spot>)>,
    left: &'a mut usize,
}

impl Search<'_> {
    /// Looks at every choice of `more` further cells; false when there are too many.
    fn choose(&mut self, from: usize, more: usize, chosen: &mut Vec<Spot>) -> bool {
        if more == 0 {
            let Some(left) = self.left.checked_sub(1) else { return false };
            *self.left = left;
            let sum: usize = chosen.iter().map(|(row, col)| self.counts[*row][*col]).sum();
            let better = self.best.as_ref().is_none_or(|(best, _)| sum < *best);
            let hidden: Vec<Spot> = self.primary.iter().chain(&*chosen).copied().collect();
            if better && exposed(self.counts, &hidden, self.primary).is_empty() {
                *self.best = Some((sum, chosen.clone()));
            }
            return true;
        }
        for at in from..=self.others.len() - more {
            chosen.push(self.others[at]);
            let done = self.choose(at + 1, more - 1, chosen);
            chosen.pop();
            if !done {
                return false;
            }
        }
        true
    }
}

/// Cells are added, the one that protects most first and of those the smallest, then every one that
/// is not needed is shown again, the largest first.
fn greedy(counts: &Counts, primary: &[Spot], others: &[Spot]) -> Option<Vec<Spot>> {
    let count = |spot: &Spot| counts[spot.0][spot.1];
    let everything: Vec<Spot> = primary.iter().chain(others).copied().collect();
    if !exposed(counts, &everything, primary).is_empty() {
        return None;
    }
    let mut extra = others.to_vec();
    // zeros help least and say most: they go first
    extra.sort_by_key(|spot| (count(spot) > 0, usize::MAX - count(spot)));
    let mut at = 0;
    while at < extra.len() {
        let spot = extra.remove(at);
        let hidden: Vec<Spot> = primary.iter().chain(&extra).copied().collect();
        if !exposed(counts, &hidden, primary).is_empty() {
            extra.insert(at, spot);
            at += 1;
        }
    }
    extra.sort_unstable();
    Some(extra)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Spot, exposed, pattern};

    fn spots(value: &serde_json::Value) -> Vec<Spot> {
        let pair = |spot: &serde_json::Value| {
            let at = |place: usize| usize::try_from(spot[place].as_u64().unwrap()).unwrap();
            (at(0), at(1))
        };
        value.as_array().unwrap().iter().map(pair).collect()
    }

    #[test]
    fn one_small_cell_needs_three_more() {
        let said =
            pattern(&vec![vec![3, 20, 30], vec![25, 15, 40], vec![22, 33, 11]], 5).into_value();
        assert_eq!(said["min_secondary"], 3);
        assert_eq!(spots(&said["primary_alone_exactly_recoverable"]), [(0, 0)]);
        assert_eq!(said["min_hidden_count_sum"], 20 + 25 + 15);
    }

    #[test]
    fn where_only_zeros_are_left_it_says_so() {
        let said = pattern(&vec![vec![3, 0], vec![0, 7]], 5).into_value();
        assert!(said["reason"].as_str().unwrap().contains("zero"), "{said}");
        assert_eq!(spots(&said["suppressed"]).len(), 4);
        let line = pattern(&vec![vec![3, 8, 9]], 5).into_value();
        assert!(line["suppressed"].is_null(), "{line}");
        assert_eq!(pattern(&vec![vec![30, 80]], 5).into_value()["min_secondary"], 0);
    }

    /// Every table with the same sums and the same shown cells.
    fn others(
        counts: &[Vec<usize>],
        hidden: &[Spot],
        at: usize,
        so_far: &mut Vec<Vec<usize>>,
        found: &mut Vec<Vec<Vec<usize>>>,
    ) {
        let sums = |table: &[Vec<usize>]| super::totals(&table.to_vec());
        let Some((row, col)) = hidden.get(at).copied() else {
            if sums(so_far) == sums(counts) {
                found.push(so_far.clone());
            }
            return;
        };
        for value in 0..=counts[row].iter().sum() {
            so_far[row][col] = value;
            others(counts, hidden, at + 1, so_far, found);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn a_cell_is_exposed_when_every_table_agrees(
            cells in proptest::collection::vec(0_usize..4, 6),
            mask in proptest::collection::vec(any::<bool>(), 6),
        ) {
            let counts: Vec<Vec<usize>> = cells.chunks(3).map(<[_]>::to_vec).collect();
            let hidden: Vec<Spot> = (0..6).filter(|at| mask[*at]).map(|at| (at / 3, at % 3)).collect();
            let mut found = Vec::new();
            others(&counts, &hidden, 0, &mut counts.clone(), &mut found);
            let fixed: Vec<Spot> = hidden.iter().copied()
                .filter(|(row, col)| found.iter().all(|table| table[*row][*col] == counts[*row][*col]))
                .collect();
            prop_assert_eq!(exposed(&counts, &hidden, &hidden), fixed);
        }
    }
}
