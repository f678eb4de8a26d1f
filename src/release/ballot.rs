//! `Ballot`: votes are exact, shown once and only after closing, in no group of fewer than five.
//!
//! A vote is a public act of a group that knows who sat in the room, so nothing is rounded; what is
//! protected is who voted what. Constituencies that are too small are merged as the instrument says
//! before anything is shown.

use super::draft::{self, Desk, basis, made};
use super::policy::{self, FEW_PEOPLE};
use super::table::{Body, Group, Withheld};
use super::{Made, people};
use crate::analysis::Tally;
use crate::domain::collection::State;
use crate::domain::question::Question;

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
        let body = counted(desk, question, tally);
        let body = body.unwrap_or_else(|why| desk.withheld(question, by, why));
        Some(made(body, basis(everyone(&tally.question)?, tally)))
    };
    desk.input.tallies.iter().filter_map(table).collect()
}

fn counted(desk: &Desk<'_>, question: &Question, tally: &Tally) -> Result<Body, Withheld> {
    if desk.input.collection.state != State::Closed {
        return Err(Withheld::StillOpen);
    }
    let bases: Vec<u64> = tally.groups.iter().map(|group| group.base).collect();
    if bases.iter().sum::<u64>() < FEW_PEOPLE {
        return Err(Withheld::TooFew { needed: FEW_PEOPLE });
    }
    let by = tally.by.as_deref();
    let parts = match by.map(|by| desk.input.instrument.breakdown(by)) {
        None => vec![(0..bases.len()).collect()],
        Some(breakdown) => {
            let merge = breakdown.ok_or(Withheld::CouldBeWorkedOut)?.merge;
            policy::merged(&bases, merge, FEW_PEOPLE)
        }
    };
    if by.is_some() && parts.len() < 2 {
        return Err(Withheld::OneGroup);
    }
    let cells = policy::unfolded(&tally.codes);
    let group = |part: &Vec<usize>| {
        let counts = draft::counts(tally, part, &cells);
        let named = desk.group(tally, if by.is_some() { part } else { &[] });
        Group { base: counts.base, missing: counts.missing, cells: counts.cells, ..named }
    };
    let groups = parts.iter().map(group).collect();
    let choices = desk.choices(question, &tally.codes, &cells);
    Ok(Body { choices, groups, ..desk.body(question, by) })
}
