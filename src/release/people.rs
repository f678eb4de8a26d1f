//! `People`: feedback of 5 to 29 people. Exact, once, after closing, and at most three answers.
//!
//! An answer that nobody or one person gave is not shown by itself: it is counted with the answer
//! next to it, so that its number cannot be had by subtracting the others from all. Where two
//! answers are left and one is still that small, both are said in words ("all or nearly all", "none
//! or nearly none") and neither number is in the table. Where several may be ticked each tick is a
//! question of its own, and only words that the other ticks would give away withhold the table.

use super::draft::{Desk, basis, made};
use super::policy::{self, FEW_PEOPLE};
use super::table::{Body, Group, Nearly, Shape, Withheld};
use super::{Earlier, Made};
use crate::analysis::Tally;
use crate::domain::collection::State;
use crate::domain::question::Question;

/// A table for every question; no breakdowns.
pub(super) fn tables(desk: &Desk<'_>) -> Vec<Made> {
    let everyone = desk.input.tallies.iter().filter(|tally| tally.by.is_none());
    everyone
        .filter_map(|tally| Some((tally, desk.question(&tally.question)?)))
        .map(|(tally, question)| match desk.earlier(&question.id, None).filter(|it| stays(it)) {
            Some(earlier) => Made::copied(earlier),
            None => made(table(desk, question, tally), basis(tally, tally)),
        })
        .collect()
}

/// Whether an earlier table is the one release there is.
pub(super) fn stays(earlier: &Earlier) -> bool {
    !earlier.was_only_waiting()
}

fn table(desk: &Desk<'_>, question: &Question, tally: &Tally) -> Body {
    let rows: Vec<Vec<u64>> = tally.groups.iter().map(|all| all.counts.clone()).collect();
    let bases: Vec<u64> = tally.groups.iter().map(|all| all.base).collect();
    match said(desk.input.collection.state, question, &tally.codes, &rows, &bases) {
        Err(why) => desk.withheld(question, None, why),
        Ok(said) => {
            let groups = said.cells.into_iter().zip(bases).map(|(cells, base)| {
                let group = desk.group(tally, &[]);
                Group { base, cells, ..group }
            });
            Body {
                groups: groups.collect(),
                choices: desk.choices(question, &tally.codes, &said.fold),
                nearly: said.nearly,
                shape: shape(question),
                ..desk.body(question, None)
            }
        }
    }
}

/// What a small group's numbers are called.
pub(super) fn shape(question: &Question) -> Shape {
    if policy::is_multiple(question) { Shape::Multiple } else { Shape::People }
}

/// What may be said of small groups that answered one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// Which answers are counted together.
    pub(super) fold: Vec<Vec<usize>>,
    /// The exact counts of each group; 0 where they are said in words.
    pub(super) cells: Vec<Vec<u64>>,
    /// Which of them are said in words.
    pub(super) nearly: Vec<Vec<Option<Nearly>>>,
}

/// What may be said of each group (a row of counts, with its base), or why nothing.
pub(super) fn said(
    state: State,
    question: &Question,
    codes: &[String],
    rows: &[Vec<u64>],
    bases: &[u64],
) -> Result<Said, Withheld> {
    match state {
        State::Draft | State::Open => return Err(Withheld::StillOpen),
        State::Closed => {}
    }
    if bases.is_empty() || bases.iter().any(|base| *base < FEW_PEOPLE) {
        return Err(Withheld::TooFew { needed: FEW_PEOPLE });
    }
    let fold = if policy::is_multiple(question) {
        policy::unfolded(codes)
    } else {
        let together = (0..codes.len()).map(|at| rows.iter().map(|row| row[at]).sum());
        let together: Vec<u64> = together.collect();
        coarse(fold(question, codes, &together), &together, rows)
    };
    let exact: Vec<Vec<u64>> = rows.iter().map(|row| sums(&fold, row)).collect();
    let (cells, nearly): (Vec<_>, Vec<_>) =
        exact.into_iter().zip(bases).map(|(cells, base)| in_words(cells, *base)).unzip();
    let ticks = cells.iter().zip(&nearly).zip(bases);
    let open = |((cells, nearly), base): ((&Vec<u64>, &Vec<Option<Nearly>>), &u64)| {
        gives_away(question, cells, nearly, *base)
    };
    if policy::is_multiple(question) && ticks.into_iter().any(open) {
        return Err(Withheld::CouldBeWorkedOut);
    }
    Ok(Said { fold, cells, nearly })
}

/// At most three answers: as the question says, else the ends and the middle of a scale, else the
/// two most common and the rest.
fn fold(question: &Question, codes: &[String], counts: &[u64]) -> Vec<Vec<usize>> {
    let known = policy::folded(question, codes).filter(|cells| cells.len() <= 3);
    let steps = codes.len();
    if let Some(cells) = known {
        return cells;
    }
    if steps <= 3 {
        return policy::unfolded(codes);
    }
    if let Some(cells) = policy::ends(question, steps) {
        return cells;
    }
    let mut order: Vec<usize> = (0..steps).collect();
    order.sort_by_key(|at| (u64::MAX - counts[*at], *at));
    let mut rest = order.split_off(2);
    rest.sort_unstable();
    order.sort_unstable();
    order.into_iter().map(|at| vec![at]).chain([rest]).collect()
}

/// Counts an answer that nobody or one person of some group gave with the rarer one next to it.
fn coarse(mut fold: Vec<Vec<usize>>, together: &[u64], rows: &[Vec<u64>]) -> Vec<Vec<usize>> {
    let rare = |fold: &[Vec<usize>]| rows.iter().any(|row| sums(fold, row).iter().any(|c| *c <= 1));
    while fold.len() > 2 && rare(&fold) {
        let cells = sums(&fold, together);
        let Some(at) = (0..cells.len()).min_by_key(|at| cells[*at]) else { break };
        let next = (0..cells.len()).filter(|other| other.abs_diff(at) == 1);
        let Some(next) = next.min_by_key(|other| cells[*other]) else { break };
        let moved = fold.remove(at.max(next));
        fold[at.min(next)].extend(moved);
    }
    fold
}

fn sums(fold: &[Vec<usize>], counts: &[u64]) -> Vec<u64> {
    fold.iter().map(|cell| cell.iter().map(|at| counts[*at]).sum()).collect()
}

/// Takes the numbers away that would say what all or nobody answered.
pub(super) fn in_words(mut cells: Vec<u64>, base: u64) -> (Vec<u64>, Vec<Option<Nearly>>) {
    let nearly: Vec<Option<Nearly>> = cells.iter().map(|cell| nearly(*cell, base)).collect();
    for (cell, _) in cells.iter_mut().zip(&nearly).filter(|(_, nearly)| nearly.is_some()) {
        *cell = 0;
    }
    (cells, nearly)
}

const fn nearly(cell: u64, base: u64) -> Option<Nearly> {
    if cell <= 1 {
        Some(Nearly::None)
    } else if cell + 1 >= base {
        Some(Nearly::All)
    } else {
        None
    }
}

/// Whether the ticks together say which of two numbers a word stands for: when all others at their
/// highest leave too few for everybody to have one, or at their lowest are as many as are allowed.
fn gives_away(question: &Question, cells: &[u64], nearly: &[Option<Nearly>], base: u64) -> bool {
    let ranges = cells.iter().zip(nearly).map(|(cell, nearly)| match nearly {
        None => (*cell, *cell),
        Some(Nearly::None) => (0, 1),
        Some(Nearly::All) => (base - 1, base),
    });
    let (low, high) = ranges.fold((0, 0), |sum, range| (sum.0 + range.0, sum.1 + range.1));
    let most = base.saturating_mul(policy::most_ticks(question).unwrap_or(u64::MAX));
    nearly.iter().any(Option::is_some) && (high <= base || low >= most)
}
