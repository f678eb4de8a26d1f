//! Which lines over waves go on from one version of an instrument to the next.
//!
//! A line joins answers to the same question (same id and `meaning`), or to one that says it is the
//! same by another method (`same_as`): that one is marked.

use std::collections::BTreeSet;

use super::change::{Act, Change, breaks, changes};
use super::instrument::{Index, Instrument};
use super::part::At;
use super::question::{Measure, Question};

/// Whether the line of a question goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// It goes on.
    GoesOn,
    /// It goes on with a note: others were asked.
    Noted,
    /// It goes on with a mark: asked by another method.
    OtherMethod,
    /// It breaks here.
    Breaks,
    /// It begins here.
    Begins,
    /// It ends here.
    Ends,
}

/// Whether two questions stand on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// The same question.
    Same,
    /// The same by another method: marked.
    OtherMethod,
    /// Not comparable.
    No,
}

/// Whether the answers to two questions stand on one line, each with the slug of its instrument.
#[must_use]
pub fn joins(a: (&str, &Question), b: (&str, &Question)) -> Join {
    if (&a.1.id, a.1.meaning) == (&b.1.id, b.1.meaning) {
        return Join::Same;
    }
    let name = |of: (&str, &Question)| format!("{}/{}", of.0, of.1.id);
    let says = |of: &Question, name: &str| of.same_as.as_deref() == Some(name);
    let third = a.1.same_as.is_some() && a.1.same_as == b.1.same_as && a.1.id != b.1.id;
    if third || (a.1.id != b.1.id && (says(a.1, &name(b)) || says(b.1, &name(a)))) {
        Join::OtherMethod
    } else {
        Join::No
    }
}

/// What becomes of every line: the questions that are counted, then the indices.
#[must_use]
pub fn lines(old: &Instrument, new: &Instrument) -> Vec<(At, Line)> {
    let changes = changes(old, new);
    let counted = |question: &&Question| is_counted(question);
    let now = new.all_questions().filter(counted);
    let gone = old.all_questions().filter(counted).filter(|was| new.question(&was.id).is_none());
    let questions = now.map(|now| (At::Question(now.id.clone()), line(old, new, now, &changes)));
    let ends = gone.map(|was| (At::Question(was.id.clone()), Line::Ends));
    let mut lines: Vec<(At, Line)> = questions.chain(ends).collect();
    let find = |of: &Instrument, id: &str| of.indices.iter().find(|one| one.id == id).cloned();
    for now in &new.indices {
        let was = find(old, &now.id);
        let line = was.map_or(Line::Begins, |was| index_line(&was, now, &lines));
        lines.push((At::Index(now.id.clone()), line));
    }
    let ended = old.indices.iter().filter(|was| find(new, &was.id).is_none());
    lines.extend(ended.map(|was| (At::Index(was.id.clone()), Line::Ends)));
    lines
}

/// Whether its answers are counted, so that there is a line at all.
const fn is_counted(question: &Question) -> bool {
    match question.measure() {
        Measure::One
        | Measure::Steps
        | Measure::Several
        | Measure::Amount(_)
        | Measure::Zone
        | Measure::Place => true,
        Measure::Weight | Measure::Apart => false,
    }
}

fn line(old: &Instrument, new: &Instrument, now: &Question, changes: &[Change]) -> Line {
    let join = |was: &Question| joins((&old.slug, was), (&new.slug, now));
    let of = |change: &&Change| change.at == At::Question(now.id.clone());
    let is_noted = changes.iter().filter(of).any(|change| change.act == Act::Logic);
    match old.question(&now.id) {
        Some(was) if join(was) == Join::Same && !breaks(changes, new, &now.id) => {
            if is_noted {
                Line::Noted
            } else {
                Line::GoesOn
            }
        }
        _ if old.all_questions().any(|was| join(was) == Join::OtherMethod) => Line::OtherMethod,
        Some(_) => Line::Breaks,
        None => Line::Begins,
    }
}

/// An index goes on only with the same questions, none of which breaks, read in one direction.
fn index_line(was: &Index, now: &Index, lines: &[(At, Line)]) -> Line {
    let of = |id: &String| lines.iter().find(|(at, _)| *at == At::Question(id.clone()));
    let broken = |id: &String| match of(id).map(|(_, line)| line) {
        Some(Line::GoesOn | Line::Noted) => false,
        Some(Line::OtherMethod | Line::Breaks | Line::Begins | Line::Ends) | None => true,
    };
    let noted = |id: &String| of(id).is_some_and(|(_, line)| *line == Line::Noted);
    let set = |index: &Index| index.questions.iter().cloned().collect::<BTreeSet<_>>();
    let same = set(was) == set(now) && was.direction == now.direction;
    if !same || now.questions.iter().any(broken) {
        Line::Breaks
    } else if now.questions.iter().any(noted) {
        Line::Noted
    } else {
        Line::GoesOn
    }
}
