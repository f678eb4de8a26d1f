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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::collection::{Mode, Origin, Presence, Sampling};
    use crate::release::table::{About, Group, Label, Sample, sample};

    fn table(by: bool, groups: &[(&str, u64, [u64; 4])]) -> Table {
        let about = About {
            title: "x".to_owned(),
            instrument: "x".to_owned(),
            sampling: Sampling::EveryoneInvited,
            asked_by: String::new(),
            presence: Presence::Nobody,
            recruited_by: String::new(),
            origin: Origin::Asked,
            modes: vec![Mode::Own],
            ways: Vec::new(),
            population: None,
            opened: None,
            closed: None,
            source: None,
            people: 30,
        };
        let label =
            |code: &str| Label { code: code.to_owned(), text: Text::name(code), score: None };
        let group = |(code, base, cells): &(&str, u64, [u64; 4])| Group {
            code: (*code).to_owned(),
            text: Text::name(code),
            with: Vec::new(),
            base: *base,
            cells: cells.to_vec(),
            missing: 0,
            reference: None,
        };
        sample(Sample {
            text: Text::name("q"),
            by: by.then(|| Text::name("by")),
            about,
            shape: Shape::Multiple,
            choices: ["a", "b", "c", "d"].map(label).into(),
            groups: groups.iter().map(group).collect(),
            withheld: None,
            step: 1,
            nearly: Vec::new(),
        })
    }

    #[test]
    fn four_officers_and_twenty_residents_weigh_the_same_and_a_tie_goes_to_residents() {
        let everyone = table(false, &[("", 30, [12, 12, 6, 6])]);
        let blocks = [("resident", 20, [12, 2, 1, 1]), ("police", 10, [0, 10, 5, 5])];
        let places = standing(&everyone, &table(true, &blocks));
        let order: Vec<&str> =
            places.iter().map(|one| one.text.get(crate::domain::text::Lang::En)).collect();
        // b: (10 % + 100 %) / 2; a: (60 % + 0) / 2; c and d: (5 % + 50 %) / 2 each.
        assert_eq!(order, ["b", "a", "c", "d"]);
        assert!((places[0].equal - 0.55).abs() < 1e-9 && places[0].votes == 12);
        assert_eq!((places[0].by_lot, places[1].by_lot), (false, false));
        assert_eq!((places[2].by_lot, places[3].by_lot), (true, true), "a lot must decide");
        let blocks = [("resident", 20, [4, 8, 0, 0]), ("police", 10, [6, 4, 0, 0])];
        let tied = standing(&everyone, &table(true, &blocks));
        assert_eq!(
            tied[0].text.get(crate::domain::text::Lang::En),
            "b",
            "what residents ticked more"
        );
        assert!(tied[0].by_residents && tied[1].by_residents && !tied[0].by_lot);
    }
}
