//! `Ballot`: votes are exact, shown once and only after closing, in no group of fewer than five.
//!
//! A vote is a public act of a group that knows who sat in the room, so nothing is rounded; what is
//! protected is who voted what. There are two blocks, the community and the institutions (the police
//! are one of them), and they are never mixed: with fewer than five in either there is only the count
//! of everyone. A block is split into its constituencies when each that voted has five; without
//! blocks, constituencies that are too small are merged as the instrument says. Whoever is in no
//! block could be had by subtraction, so nobody is, or five and more are. A question that was asked
//! of some voters only is not broken down: with exact counts it would show who the others are.

use super::draft::{self, Desk, basis, made};
use super::policy::{self, FEW_PEOPLE, Parts};
use super::table::{Body, Group, Withheld};
use super::{Made, people};
use crate::analysis::Tally;
use crate::domain::collection::State;
use crate::domain::question::Question;

/// The constituencies that are institutions; all others are the community.
const INSTITUTIONS: [&str; 2] = ["institution", "police"];

/// A table of every question of a ballot: all votes, then by constituency.
pub(super) fn votes(desk: &Desk<'_>) -> Vec<Made> {
    let everyone = |question: &str| {
        let whole = |tally: &&Tally| tally.question == question && tally.by.is_none();
        desk.input.tallies.iter().find(whole)
    };
    let table = |tally: &Tally| {
        let question = desk.question(&tally.question)?;
        let by = tally.by.as_deref();
        if let Some(earlier) = desk.earlier(&question.id, by).filter(|it| people::stays(it)) {
            return Some(Made::copied(earlier));
        }
        let body = counted(desk, question, everyone(&tally.question)?, tally);
        let body = body.unwrap_or_else(|why| desk.withheld(question, by, why));
        Some(made(body, basis(everyone(&tally.question)?, tally)))
    };
    desk.input.tallies.iter().filter_map(table).collect()
}

fn counted(
    desk: &Desk<'_>,
    question: &Question,
    everyone: &Tally,
    tally: &Tally,
) -> Result<Body, Withheld> {
    if desk.input.collection.state != State::Closed {
        return Err(Withheld::StillOpen);
    }
    let bases: Vec<u64> = tally.groups.iter().map(|group| group.base).collect();
    if bases.iter().sum::<u64>() < FEW_PEOPLE {
        return Err(Withheld::TooFew { needed: FEW_PEOPLE });
    }
    let by = tally.by.as_deref();
    let parts = match by {
        None => vec![(0..bases.len()).collect()],
        Some(by) => by_blocks(desk, question, by, everyone, (tally, &bases))?,
    };
    let cells = policy::unfolded(&tally.codes);
    let group = |part: &Vec<usize>| {
        let counts = draft::counts(tally, part, &cells);
        let named = desk.group(tally, if by.is_some() { part } else { &[] });
        let missing = if by.is_some() { 0 } else { counts.missing };
        Group { base: counts.base, missing, cells: counts.cells, ..named }
    };
    let groups = parts.iter().map(group).collect();
    let choices = desk.choices(question, &tally.codes, &cells);
    Ok(Body { choices, groups, ..desk.body(question, by) })
}

/// How the constituencies stand together in a breakdown.
fn by_blocks(
    desk: &Desk<'_>,
    question: &Question,
    by: &str,
    everyone: &Tally,
    (tally, bases): (&Tally, &[u64]),
) -> Result<Parts, Withheld> {
    let merge = desk.input.instrument.breakdown(by).ok_or(Withheld::CouldBeWorkedOut)?.merge;
    let all: u64 = everyone.groups.iter().map(|group| group.base).sum();
    let apart = all.saturating_sub(bases.iter().sum());
    if question.show_if.is_some() || (1..FEW_PEOPLE).contains(&apart) {
        return Err(Withheld::CouldBeWorkedOut);
    }
    let is_institution = |at: &usize| INSTITUTIONS.contains(&tally.groups[*at].group.as_str());
    let (institutions, community): (Vec<usize>, Vec<usize>) =
        (0..bases.len()).partition(is_institution);
    let parts = if institutions.is_empty() || community.is_empty() {
        policy::merged(bases, merge, FEW_PEOPLE)
    } else if [&community, &institutions].into_iter().any(|block| sum(block, bases) < FEW_PEOPLE) {
        return Err(Withheld::OneGroup);
    } else {
        [community, institutions].into_iter().flat_map(|block| split(block, bases)).collect()
    };
    if parts.len() < 2 { Err(Withheld::OneGroup) } else { Ok(parts) }
}

/// A block as its constituencies, where each that voted has five; one that did not vote stands with
/// the first that did.
fn split(block: Vec<usize>, bases: &[u64]) -> Parts {
    let (empty, voted): (Vec<usize>, Vec<usize>) =
        block.iter().copied().partition(|at| bases[*at] == 0);
    if voted.iter().any(|at| bases[*at] < FEW_PEOPLE) {
        return vec![block];
    }
    let mut parts: Parts = voted.into_iter().map(|at| vec![at]).collect();
    if let Some(first) = parts.first_mut() {
        first.extend(empty);
    }
    parts
}

fn sum(block: &[usize], bases: &[u64]) -> u64 {
    block.iter().map(|at| bases[*at]).sum()
}
