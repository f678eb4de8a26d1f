//! Which counts of one table add up to which of another, by the codes they stand for.

use std::collections::BTreeSet;

use crate::release::table::{Body, Label};

/// Places on one side that together stand for the same as places on the other.
pub(super) type Bundle = (Vec<usize>, Vec<usize>);

/// Which cells of one table add up to which of another: the base, the missing answers, and, where
/// neither is weighted, the answers.
pub(super) fn same_rows(inner: &Body, outer: &Body) -> Vec<Bundle> {
    let codes = |body: &Body| -> Vec<BTreeSet<String>> {
        body.choices.iter().map(|label| owned(Label::codes(label))).collect()
    };
    let (one, other) = (codes(inner), codes(outer));
    let weighted = inner.weighted || outer.weighted;
    let mut rows = if weighted { Vec::new() } else { aligned(&one, &other) };
    rows.push((vec![one.len()], vec![other.len()]));
    rows.push((vec![one.len() + 1], vec![other.len() + 1]));
    rows
}

pub(super) fn owned<'c>(codes: impl Iterator<Item = &'c str>) -> BTreeSet<String> {
    codes.map(str::to_owned).collect()
}

/// The smallest bundles of sets on both sides that hold each other's codes, where the inner ones
/// lie within the outer ones.
pub(super) fn aligned(inner: &[BTreeSet<String>], outer: &[BTreeSet<String>]) -> Vec<Bundle> {
    let mut bundles = Vec::new();
    let mut open: BTreeSet<usize> = (0..inner.len()).collect();
    while let Some(first) = open.pop_first() {
        let mut mine = vec![first];
        let theirs = loop {
            let theirs = touching(outer, &union(inner, &mine));
            let reached = touching(inner, &union(outer, &theirs));
            if reached.iter().all(|at| mine.contains(at)) {
                break theirs;
            }
            mine.extend(reached.into_iter().filter(|at| open.remove(at)));
        };
        if union(inner, &mine).is_subset(&union(outer, &theirs)) {
            bundles.push((mine, theirs));
        }
    }
    bundles
}

fn union(sets: &[BTreeSet<String>], of: &[usize]) -> BTreeSet<String> {
    of.iter().flat_map(|at| sets[*at].iter().cloned()).collect()
}

fn touching(sets: &[BTreeSet<String>], codes: &BTreeSet<String>) -> Vec<usize> {
    (0..sets.len()).filter(|at| !sets[*at].is_disjoint(codes)).collect()
}
