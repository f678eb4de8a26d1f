//! What a ballot decided: by equal weight of its constituencies, with the raw count beside it.
//!
//! A tie goes to what more residents ticked; what is a tie even then is drawn by lot, by the people
//! in the room, and this says so. (The kinds of evidence behind a finding come between the two when
//! findings are kept here.)

use crate::domain::text::Text;
use crate::release::Table;
use crate::release::table::Shape;

/// The code of the constituency that breaks a tie.
const RESIDENTS: &str = "resident";

/// One finding and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its place, from 1.
    pub place: usize,
    /// What it is.
    pub text: Text,
    /// The mean of its shares in all constituencies, each counting the same.
    pub equal: f64,
    /// How many voted for it.
    pub votes: u64,
    /// Whether residents decided its place.
    pub by_residents: bool,
    /// Whether a lot must decide between it and another.
    pub by_lot: bool,
}

/// The order of what was voted on; none where the constituencies are not shown apart.
#[must_use]
pub fn standing(everyone: &Table, by: &Table) -> Vec<Standing> {
    if everyone.shape() != Shape::Multiple || by.withheld().or(everyone.withheld()).is_some() {
        return Vec::new();
    }
    let Some(all) = everyone.groups().first() else { return Vec::new() };
    let residents = by.groups().iter().position(|group| group.codes().any(|one| one == RESIDENTS));
    let mut order: Vec<(usize, f64, f64)> = (0..everyone.choices().len())
        .filter_map(|at| {
            let theirs = residents.and_then(|group| by.share(group, at)).unwrap_or(0.0);
            Some((at, by.equal_weight(at)?, theirs))
        })
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
    let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let neighbours = |at: usize| {
        let others = [at.checked_sub(1), Some(at + 1)];
        others.into_iter().flatten().filter_map(|other| order.get(other))
    };
    order
        .iter()
        .enumerate()
        .map(|(place, (at, equal, theirs))| {
            let tied = || neighbours(place).filter(|(_, other, _)| same(*other, *equal));
            let by_lot = tied().any(|(.., other)| same(*other, *theirs));
            Standing {
                place: place + 1,
                text: everyone.choices()[*at].text.clone(),
                equal: *equal,
                votes: all.cells[*at],
                by_residents: !by_lot && tied().next().is_some(),
                by_lot,
            }
        })
        .collect()
}
