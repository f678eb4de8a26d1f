//! Votes, and what is never shown.

use proptest::prelude::*;

use super::{Survey, people, shown, survey, table};
use crate::domain::collection::State;
use crate::domain::instrument::Policy;
use crate::release::table::Withheld;

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
