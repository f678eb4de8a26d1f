//! Marks on a map: how many people liked, avoid or want to change a place. Once, after closing.
//!
//! Everything is counted in people and never in marks, and every count is rounded to five by the
//! key. A place is shown when five people and more marked it (twenty where the subject can hurt),
//! which is five marks at the least; the others are not in the table, and what is left of everyone
//! says nothing about them, since one person marks several places. The attacker reads both tables
//! of a question together; while it finds something the smallest place goes.

use super::Made;
use super::attacker::{Seen, breaches};
use super::draft::{Desk, basis, counts, made};
use super::people::stays;
use super::policy;
use super::round::{BASE, Cell, MISSING, STEP};
use super::table::{Body, Shape, Withheld};
use crate::analysis::Tally;
use crate::domain::collection::State;
use crate::domain::question::Question;

/// For every question about a mark the table of everyone, then by place.
pub(super) fn tables(desk: &Desk<'_>) -> Vec<Made> {
    let marks = desk.input.marks;
    let mut all = Vec::new();
    for everyone in marks.iter().filter(|tally| tally.by.is_none()) {
        let Some(question) = desk.question(&everyone.question) else { continue };
        let by_place = |tally: &&Tally| tally.question == question.id && tally.by.is_some();
        let by_place = marks.iter().find(by_place);
        let earlier = desk.earlier(&question.id, None).filter(|earlier| stays(earlier));
        if let Some(earlier) = earlier {
            all.push(Made::copied(earlier));
            let place = by_place.and_then(|tally| desk.earlier(&question.id, tally.by.as_deref()));
            all.extend(place.map(Made::copied));
            continue;
        }
        let whole = whole(desk, question, everyone);
        let all_of = basis(everyone, everyone).base;
        let by_place =
            by_place.map(|tally| (places(desk, question, (&whole, all_of), tally), tally));
        all.push(made(shown(desk, question, None, whole), basis(everyone, everyone)));
        all.extend(by_place.map(|(body, tally)| {
            made(shown(desk, question, tally.by.as_deref(), body), basis(everyone, tally))
        }));
    }
    all
}

fn shown(
    desk: &Desk<'_>,
    question: &Question,
    by: Option<&str>,
    body: Result<Body, Withheld>,
) -> Body {
    body.unwrap_or_else(|why| desk.withheld(question, by, why))
}

/// Everyone who put a mark.
fn whole(desk: &Desk<'_>, question: &Question, tally: &Tally) -> Result<Body, Withheld> {
    match desk.input.collection.state {
        State::Draft | State::Open => return Err(Withheld::StillOpen),
        State::Closed => {}
    }
    let needed = policy::floor(question, None);
    if tally.groups.iter().map(|group| group.base).sum::<u64>() < needed {
        return Err(Withheld::TooFew { needed });
    }
    let body = draft(desk, question, tally, &[0]);
    let found = breaches(&[seen(&body, needed, false)]);
    if found.is_empty() { Ok(body) } else { Err(Withheld::CouldBeWorkedOut) }
}

/// The places that enough people marked.
fn places(
    desk: &Desk<'_>,
    question: &Question,
    (whole, all): (&Result<Body, Withheld>, u64),
    tally: &Tally,
) -> Result<Body, Withheld> {
    let whole = whole.as_ref().map_err(|why| *why)?;
    let needed = policy::BREAKDOWNS_FROM;
    if all < needed {
        return Err(Withheld::TooFew { needed });
    }
    let floor = policy::floor_of_place(question);
    let mut at: Vec<usize> = (0..tally.groups.len()).collect();
    at.retain(|at| tally.groups[*at].base >= floor);
    if at.is_empty() {
        return Err(Withheld::TooFew { needed: floor });
    }
    while !at.is_empty() {
        let body = draft(desk, question, tally, &at);
        let everyone = seen(whole, policy::floor(question, None), false);
        let found = breaches(&[everyone, seen(&body, floor, true)]);
        let Some(first) = found.first() else { return Ok(body) };
        let smallest = (0..at.len()).min_by_key(|place| tally.groups[at[*place]].base);
        let goes = first.group.filter(|_| first.table == 1).or(smallest);
        at.remove(goes.unwrap_or_default());
    }
    Err(Withheld::CouldBeWorkedOut)
}

fn seen(body: &Body, floor: u64, overlapping: bool) -> Seen<'_> {
    Seen { body, floor, ticks: None, overlapping }
}

fn draft(desk: &Desk<'_>, question: &Question, tally: &Tally, at: &[usize]) -> Body {
    let by = tally.by.as_deref();
    let mut body = desk.body(question, by);
    let cells = policy::unfolded(&tally.codes);
    body.step = STEP;
    body.shape = Shape::Multiple;
    body.choices = desk.choices(question, &tally.codes, &cells);
    for at in at {
        let part = [*at];
        let mut group = desk.group(tally, if by.is_some() { &part } else { &[] });
        let exact = counts(tally, &part, &cells);
        let code = group.code.clone();
        let round = |answer: &str, count| {
            let cell = Cell { question: &question.id, answer, by, group: &code };
            desk.rounding.round(cell, count)
        };
        group.base = round(BASE, exact.base);
        group.missing = round(MISSING, exact.missing);
        let labelled = body.choices.iter().zip(&exact.cells);
        group.cells = labelled.map(|(label, count)| round(&label.code, *count)).collect();
        body.groups.push(group);
    }
    body
}
