//! A later release against an earlier one: what the difference says of those who came in between.

use std::collections::BTreeSet;
use std::mem;

use super::align::{aligned, owned, same_rows};
use super::{REACH, Reader, Sum, count};
use crate::release::policy::{NEW_ANSWERS, NEW_IN_GROUP};
use crate::release::table::{Body, Shape};

/// How much a count of one breakdown grew between two releases.
pub(super) struct Grown {
    between: (i64, i64),
    by: Option<String>,
    row: Row,
    unknown: usize,
}

/// What a growth is of, the same in every table of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    Answers(BTreeSet<String>),
    Base,
    Missing,
}

impl Reader {
    /// A later release against an earlier one: answers are only ever added.
    pub(super) fn growth(&mut self, (a, earlier): (usize, &Body), (b, later): (usize, &Body)) {
        let codes = |body: &Body| -> Vec<BTreeSet<String>> {
            body.groups.iter().map(|group| owned(group.codes())).collect()
        };
        let rows = same_rows(earlier, later);
        for (before, after) in aligned(&codes(earlier), &codes(later)) {
            let mut new = Vec::new();
            for (inner, outer) in &rows {
                let minus: Vec<usize> =
                    after.iter().flat_map(|group| self.of(b, *group, outer)).collect();
                let mut plus: Vec<usize> =
                    before.iter().flat_map(|group| self.of(a, *group, inner)).collect();
                let grown = self.grown(&plus, &minus);
                self.watch(grown, b, after.first().copied(), true);
                self.grown.push(Grown {
                    between: (earlier.address.release, later.address.release),
                    by: later.address.by.clone(),
                    row: Row::of(later, outer),
                    unknown: grown,
                });
                plus.push(grown);
                self.sums.push(Sum { plus, minus });
                new.push(grown);
            }
            self.newcomers(later, &new);
        }
    }

    /// Who is new in the groups against who is new at all.
    pub(super) fn newcomers_by_group(&mut self) {
        let grown = mem::take(&mut self.grown);
        for all in grown.iter().filter(|grown| grown.by.is_none()) {
            let part = |grown: &&Grown| grown.between == all.between && grown.row == all.row;
            let by: BTreeSet<&String> =
                grown.iter().filter(part).filter_map(|g| g.by.as_ref()).collect();
            for by in by {
                let groups =
                    grown.iter().filter(part).filter(|grown| grown.by.as_ref() == Some(by));
                let mut plus: Vec<usize> = groups.map(|grown| grown.unknown).collect();
                plus.push(self.rest());
                self.sums.push(Sum { plus, minus: vec![all.unknown] });
            }
        }
    }

    /// How much a count grew. One cell against the same cell is rounded the same way both times.
    fn grown(&mut self, before: &[usize], after: &[usize]) -> usize {
        match (before, after) {
            ([before], [after]) => {
                let step = self.bounds[*after].1 - self.bounds[*before].1;
                self.unknown(step - REACH, step + REACH)
            }
            _ => self.rest(),
        }
    }

    /// New answers against how many are new, as the rules of the gate have it.
    fn newcomers(&mut self, later: &Body, new: &[usize]) {
        let [cells @ .., base, _missing] = new else { return };
        if later.address.by.is_none() {
            self.bounds[*base].0 = self.bounds[*base].0.max(count(NEW_ANSWERS));
        } else {
            self.jumps.push(*base);
        }
        if later.shape == Shape::Multiple {
            for cell in cells {
                let others = self.rest();
                self.sums.push(Sum { plus: vec![*cell, others], minus: vec![*base] });
            }
        } else if !later.weighted {
            self.sums.push(Sum { plus: cells.to_vec(), minus: vec![*base] });
        }
    }
}

impl Row {
    fn of(body: &Body, cells: &[usize]) -> Self {
        match cells {
            [cell] if *cell == body.choices.len() => Self::Base,
            [cell] if *cell > body.choices.len() => Self::Missing,
            cells => Self::Answers(
                cells.iter().flat_map(|cell| owned(body.choices[*cell].codes())).collect(),
            ),
        }
    }
}

/// None new, or at least five.
pub(super) fn leap(bounds: &mut (i64, i64)) {
    let five = count(NEW_IN_GROUP);
    if bounds.0 >= 1 {
        bounds.0 = bounds.0.max(five);
    }
    if bounds.1 < five {
        bounds.1 = bounds.1.min(0);
    }
}
