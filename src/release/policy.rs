//! The numbers and choices of each policy: from how many answers on, folded how, merged into what.
//!
//! | policy | shown | from |
//! |---|---|---|
//! | `Rounded` | every count rounded to five by a key | 10 answers, 20 where sensitive; groups from 30 |
//! | `People` | exact, at most three answers, all and none in words | 5, once, after closing; 30: `Rounded` |
//! | `Places` | mean ratings with the number of raters | 1; personal questions as `People` |
//! | `Spoken` | in how many groups something came up | 1 group |
//! | `Ballot` | exact votes, all together and in two blocks | 5, after closing; blocks of 5 and more |
//! | `Private` | nothing | never |

use crate::domain::instrument::{Merge, Policy};
use crate::domain::question::{Kind, Measure, Question};

/// New answers that make a table due.
pub(super) const NEW_ANSWERS: u64 = 10;
/// New answers in a group, unless there are none at all.
pub(super) const NEW_IN_GROUP: u64 = 5;
/// Answers from which on there are breakdowns.
pub(super) const BREAKDOWNS_FROM: u64 = 30;
/// The smallest group of people that is shown.
pub(super) const FEW_PEOPLE: u64 = 5;
/// From here on a group of people is shown like any other.
pub(super) const MANY_PEOPLE: u64 = 30;

/// The policy that holds for so many people.
pub(super) const fn in_force(policy: Policy, people: u64) -> Policy {
    match policy {
        Policy::People if people >= MANY_PEOPLE => Policy::Rounded,
        Policy::Rounded
        | Policy::People
        | Policy::Places
        | Policy::Spoken
        | Policy::Ballot
        | Policy::Private => policy,
    }
}

/// The smallest base of a rounded table, and of each of its groups: twenty where the question is
/// about what can hurt, or what its groups are made by is.
pub(super) fn floor(question: &Question, by: Option<&Question>) -> u64 {
    if question.sensitive || by.is_some_and(|by| by.sensitive) { 20 } else { 10 }
}

/// The fewest people who marked a place on a map.
pub(super) const fn floor_of_place(question: &Question) -> u64 {
    if question.sensitive { 20 } else { FEW_PEOPLE }
}

/// The most of a group's weight that one answer may have: with more, a weighted share is that
/// person's answer.
pub(super) const HEAVIEST: f64 = 0.2;

/// From how many answers on a way of answering is named.
pub(super) const NAMED_WAY: u64 = 10;

/// Each answer by itself.
pub(super) fn unfolded(codes: &[String]) -> Vec<Vec<usize>> {
    (0..codes.len()).map(|at| vec![at]).collect()
}

/// The answers as the question folds them; none where it does not.
pub(super) fn folded(question: &Question, codes: &[String]) -> Option<Vec<Vec<usize>>> {
    let fold = question.fold.as_ref().filter(|_| !is_multiple(question))?;
    let place = |code: &String| codes.iter().position(|known| known == code);
    let ends = [&fold.low, &fold.middle, &fold.high];
    let mut cells: Vec<Vec<usize>> =
        ends.into_iter().map(|end| end.iter().filter_map(place).collect()).collect();
    let left = (0..codes.len()).filter(|at| !cells.iter().flatten().any(|known| known == at));
    let left: Vec<Vec<usize>> = left.map(|at| vec![at]).collect();
    cells.extend(left);
    cells.retain(|cell| !cell.is_empty());
    Some(cells)
}

/// Whether several answers may be given.
pub(super) const fn is_multiple(question: &Question) -> bool {
    matches!(question.measure(), Measure::Several)
}

/// How the answers of a rounded table may be folded, the finest first; none at all for what is
/// sensitive and cannot be said in three answers by a rule that was fixed before.
pub(super) fn foldings(question: &Question, codes: &[String]) -> Vec<Vec<Vec<usize>>> {
    match (folded(question, codes), question.sensitive) {
        (Some(folded), true) => vec![folded],
        (Some(folded), false) => vec![unfolded(codes), folded],
        (None, true) if codes.len() > 3 && !is_multiple(question) => {
            ends(question, codes.len()).into_iter().collect()
        }
        (None, _) => vec![unfolded(codes)],
    }
}

/// Three answers for a table whose finer one cannot be shown, each made of whole ones of `finer`;
/// none where there is no order or there are no more already.
pub(super) fn in_three(
    question: &Question,
    codes: &[String],
    finer: &[Vec<usize>],
) -> Option<Vec<Vec<usize>>> {
    let three = folded(question, codes).or_else(|| ends(question, codes.len()))?;
    let is_whole =
        |cell: &Vec<usize>| three.iter().any(|coarse| cell.iter().all(|at| coarse.contains(at)));
    (three.len() < finer.len() && finer.iter().all(is_whole)).then_some(three)
}

/// The two ends of a scale and its middle, whatever was answered; none without an order.
pub(super) fn ends(question: &Question, steps: usize) -> Option<Vec<Vec<usize>>> {
    match question.measure() {
        Measure::Steps | Measure::Amount(_) => {
            let (low, high) = (steps / 2, steps.div_ceil(2));
            let mut cells: Vec<Vec<usize>> =
                vec![(0..low).collect(), (low..high).collect(), (high..steps).collect()];
            cells.retain(|cell| !cell.is_empty());
            Some(cells)
        }
        Measure::One
        | Measure::Several
        | Measure::Zone
        | Measure::Place
        | Measure::Weight
        | Measure::Apart => None,
    }
}

/// The most answers of a question one person can have given, where several may be.
pub(super) fn most_ticks(question: &Question) -> Option<u64> {
    let (Kind::Multiple { max: Some(most), .. } | Kind::Rank { places: most, .. }) = question.kind
    else {
        return None;
    };
    u64::try_from(most).ok()
}

/// Groups that are counted together: their places in the breakdown.
pub(super) type Parts = Vec<Vec<usize>>;

/// Merges groups until each has `floor` valid answers or only one is left.
pub(super) fn merged(bases: &[u64], merge: Merge, floor: u64) -> Parts {
    let mut parts: Parts = (0..bases.len()).map(|at| vec![at]).collect();
    if merge == Merge::Other {
        let (small, mut large): (Parts, Parts) =
            parts.into_iter().partition(|part| base(part, bases) < floor);
        let pool: Vec<usize> = small.into_iter().flatten().collect();
        large.extend((!pool.is_empty()).then_some(pool));
        parts = large;
    }
    while parts.len() > 1 {
        let Some(at) = smallest(&parts, bases).filter(|at| base(&parts[*at], bases) < floor) else {
            break;
        };
        merge_at(&mut parts, bases, merge, at);
    }
    parts
}

/// Merges one group into the one its breakdown says: the smaller neighbour, or "other".
pub(super) fn merge_at(parts: &mut Parts, bases: &[u64], merge: Merge, at: usize) {
    let others = (0..parts.len()).filter(|other| *other != at);
    let into = match merge {
        Merge::Neighbour => others
            .filter(|other| other.abs_diff(at) == 1)
            .min_by_key(|other| base(&parts[*other], bases)),
        Merge::Other => {
            others.min_by_key(|other| (parts[*other].len() == 1, base(&parts[*other], bases)))
        }
    };
    let Some(into) = into else { return };
    let mut whole = parts.remove(at.max(into));
    whole.append(&mut parts.remove(at.min(into)));
    whole.sort_unstable();
    match merge {
        Merge::Neighbour => parts.insert(at.min(into), whole),
        Merge::Other => parts.push(whole),
    }
}

/// The group with the fewest valid answers.
pub(super) fn smallest(parts: &Parts, bases: &[u64]) -> Option<usize> {
    (0..parts.len()).min_by_key(|at| base(&parts[*at], bases))
}

fn base(part: &[usize], bases: &[u64]) -> u64 {
    part.iter().map(|at| bases[*at]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_band_goes_to_its_smaller_neighbour() {
        let parts = merged(&[30, 4, 12, 40], Merge::Neighbour, 10);
        assert_eq!(parts, [vec![0], vec![1, 2], vec![3]]);
    }

    #[test]
    fn one_small_group_takes_the_next_smallest_along() {
        let parts = merged(&[30, 4, 12, 40], Merge::Other, 10);
        assert_eq!(parts, [vec![0], vec![3], vec![1, 2]]);
    }

    #[test]
    fn an_empty_group_is_merged_too_and_one_group_may_be_left() {
        assert_eq!(merged(&[30, 0], Merge::Other, 10), [vec![0, 1]]);
        assert_eq!(merged(&[3, 3, 2], Merge::Neighbour, 10), [vec![0, 1, 2]]);
    }
}
