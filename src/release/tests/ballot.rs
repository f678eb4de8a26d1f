//! Votes, and what is never shown.

use proptest::prelude::*;

use std::sync::atomic::AtomicU64;

use super::{
    Survey, choices, collection, instrument, people, question, scale, shown, survey, table,
};
use crate::analysis::{GroupTally, Tally};
use crate::domain::collection::State;
use crate::domain::instrument::{Breakdown, Merge, Policy, Sheet};
use crate::domain::question::Kind;
use crate::release::table::Withheld;
use crate::release::{Input, Made, release};

#[test]
fn votes_are_exact_and_wait_for_the_end() {
    let rows = people(16, &["s4", "s3", "s4", "s0"], &["a1", "a2"]);
    let mut ballot = Survey { state: State::Open, ..Survey::new(Policy::Ballot, &rows) };
    let open = ballot.release(1, &[]);
    assert!(open.iter().all(|made| made.table.withheld() == Some(Withheld::StillOpen)));
    assert!(open.iter().all(|made| made.table.about().people == 0), "not even how many voted");
    ballot.state = State::Closed;
    let counted = ballot.release(2, &open);
    let feel = table(&counted, "feel", None);
    assert_eq!((feel.step(), feel.groups()[0].base), (1, 16));
    assert_eq!(feel.groups()[0].cells, [4, 0, 0, 4, 8]);
    assert_eq!(table(&counted, "feel", Some("age")).withheld(), None);
    let groups = table(&counted, "feel", Some("age")).groups().iter();
    let groups: Vec<(&str, u64)> = groups.map(|group| (group.code.as_str(), group.base)).collect();
    assert_eq!(groups, [("a1", 8), ("a2+a3+a4", 8)], "empty blocks stand with a neighbour");
    ballot.rows.extend(people(12, &["s0"], &["a1"]));
    assert!(ballot.release(3, &counted).iter().all(|made| !made.renewed), "a vote is shown once");
}

#[test]
fn four_voters_are_not_shown() {
    let rows = people(4, &["s4"], &["a1"]);
    let made = Survey::new(Policy::Ballot, &rows).release(1, &[]);
    let wanted = Some(Withheld::TooFew { needed: 5 });
    assert!(made.iter().all(|made| made.table.withheld() == wanted));
}

/// A ballot by constituency: so many voters of each, all for the same.
fn constituencies(sizes: [u64; 5], apart: u64) -> Vec<Made> {
    const CODES: [&str; 5] = ["resident", "youth", "civil_society", "institution", "police"];
    let by = question("who", Kind::Single { choices: choices(&CODES), shuffle: false });
    let mut ballot = instrument();
    (ballot.sheet, ballot.policy) = (Sheet::Ballot, Policy::Ballot);
    ballot.sections[0].questions = vec![question("feel", scale(2)), by];
    ballot.breakdowns = vec![Breakdown { by: "who".to_owned(), merge: Merge::Neighbour }];
    let group = |code: &str, base| GroupTally {
        group: code.to_owned(),
        base,
        counts: vec![base, 0],
        ..GroupTally::default()
    };
    let tally = |by: Option<&str>, groups| Tally {
        question: "feel".to_owned(),
        by: by.map(str::to_owned),
        codes: vec!["s0".to_owned(), "s1".to_owned()],
        groups,
    };
    let all = sizes.iter().sum::<u64>() + apart;
    let blocks = CODES.iter().zip(sizes).map(|(code, size)| group(code, size)).collect();
    release(&Input {
        release: 1,
        collection: &collection(Policy::Ballot, State::Closed),
        instrument: &ballot,
        zones: &[],
        map: None,
        modes: Vec::new(),
        people: all,
        tallies: &[tally(None, vec![group("", all)]), tally(Some("who"), blocks)],
        places: &[],
        marks: &[],
        games: &[],
        population: &[],
        population_source: None,
        earlier: &[],
        done: &AtomicU64::new(0),
        secret: b"secret",
    })
}

#[test]
fn community_and_institutions_are_never_mixed() {
    let blocks = |sizes, apart| {
        let made = constituencies(sizes, apart);
        let by = table(&made, "feel", Some("who"));
        let codes: Vec<String> = by.groups().iter().map(|group| group.code.clone()).collect();
        (by.withheld(), codes)
    };
    let two = ["resident+youth+civil_society", "institution+police"].map(str::to_owned).to_vec();
    assert_eq!(blocks([20, 3, 2, 6, 4], 0), (None, two.clone()));
    assert_eq!(blocks([20, 2, 3, 2, 3], 0), (None, two), "the small ones do not meet");
    let finer = ["resident+civil_society", "youth", "institution", "police"];
    assert_eq!(blocks([20, 6, 0, 5, 5], 0), (None, finer.map(str::to_owned).to_vec()));
    assert_eq!(blocks([20, 6, 5, 2, 2], 0), (Some(Withheld::OneGroup), Vec::new()));
    let alone = Some(Withheld::CouldBeWorkedOut);
    assert_eq!(blocks([20, 6, 5, 5, 5], 1), (alone, Vec::new()), "one vote could be subtracted");
    assert_eq!(blocks([20, 6, 5, 5, 5], 5).0, None);
}

#[test]
fn each_constituency_weighs_the_same() {
    let made = constituencies([20, 6, 5, 5, 5], 0);
    let by = table(&made, "feel", Some("who"));
    assert_eq!((by.equal_weight(0), by.equal_weight(1)), (Some(1.0), Some(0.0)));
    assert_eq!(table(&made, "feel", None).equal_weight(0), None);
}

proptest! {
    #[test]
    fn no_block_of_voters_has_fewer_than_five(rows in survey(1..60)) {
        for table in shown(&Survey::new(Policy::Ballot, &rows).release(1, &[])) {
            prop_assert!(table.groups().iter().all(|group| group.base >= 5));
            prop_assert!(table.address().by.is_none() || table.groups().len() > 1);
        }
    }

    #[test]
    fn what_is_private_has_no_table(rows in survey(1..60)) {
        prop_assert!(Survey::new(Policy::Private, &rows).release(1, &[]).is_empty());
    }
}
