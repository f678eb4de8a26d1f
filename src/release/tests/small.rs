//! Small groups of people, places, and groups that are counted as groups.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use proptest::prelude::*;

use super::{Survey, collection, instrument, people, shown, survey, table, zones};
use crate::analysis::{Frame, groups};
use crate::domain::answer::{Answer, Answers};
use crate::domain::collection::State;
use crate::domain::instrument::Policy;
use crate::release::table::{Nearly, Shape, Withheld};
use crate::release::{Input, release};

proptest! {
    #[test]
    fn few_people_are_never_counted_as_all_or_none(rows in survey(1..30)) {
        for table in shown(&Survey::new(Policy::People, &rows).release(1, &[])) {
            prop_assert!(table.address().by.is_none());
            let group = &table.groups()[0];
            prop_assert!(group.base >= 5 && group.missing == 0);
            let words = |at: usize| table.nearly(0, at).is_some();
            for (at, cell) in group.cells.iter().enumerate() {
                let safe = *cell >= 2 && *cell + 2 <= group.base;
                prop_assert!((words(at) && *cell == 0) || (!words(at) && safe));
            }
            if table.shape() == Shape::People {
                prop_assert!(table.choices().len() <= 3);
                let said = (0..group.cells.len()).filter(|at| words(*at)).count();
                // One hidden number could be had by subtraction; all or none cannot.
                prop_assert!(said == 0 || said == group.cells.len());
                prop_assert!(said > 0 || group.cells.iter().sum::<u64>() == group.base);
            }
        }
    }
}

#[test]
fn a_small_group_waits_for_the_end_and_is_shown_once() {
    let rows = people(12, &["s4", "s3", "s4", "s0"], &["a1"]);
    let mut survey = Survey { state: State::Open, ..Survey::new(Policy::People, &rows) };
    let open = survey.release(1, &[]);
    assert_eq!(table(&open, "feel", None).withheld(), Some(Withheld::StillOpen));
    survey.state = State::Closed;
    let first = survey.release(2, &open);
    let feel = table(&first, "feel", None);
    assert_eq!((feel.shape(), feel.step(), feel.groups()[0].base), (Shape::People, 1, 12));
    assert_eq!(feel.groups()[0].cells, [3, 9]);
    survey.rows.extend(people(12, &["s0"], &["a1"]));
    assert!(survey.release(3, &first).iter().all(|made| !made.renewed));
}

#[test]
fn all_and_all_but_one_look_the_same() {
    let all = people(8, &["s4"], &["a1"]);
    let but_one = [people(7, &["s4"], &["a1"]), people(1, &["s0"], &["a1"])].concat();
    let made = [all, but_one].map(|rows| Survey::new(Policy::People, &rows).release(1, &[]));
    let [one, other] = made.each_ref().map(|made| table(made, "feel", None));
    assert_eq!(one.nearly(0, 1), Some(Nearly::All));
    assert_eq!(one.nearly(0, 0), Some(Nearly::None));
    assert_eq!(one.share(0, 1), None);
    assert_eq!(one.groups(), other.groups());
}

#[test]
fn a_place_is_rated_by_one_and_felt_by_five() {
    let stop = |light: &str, feel: &str| {
        let code = |code: &str| Answer::Code(code.to_owned());
        let pairs = [("light", code(light)), ("feel_here", code(feel))];
        Answers(pairs.map(|(id, answer)| (id.to_owned(), answer)).into())
    };
    let sheet = |stops| Answers(BTreeMap::from([("stop".to_owned(), Answer::Group(stops))]));
    let mut rows = vec![sheet(vec![stop("s3", "s4"), stop("s1", "s0")])];
    rows.extend((0..5).map(|_| sheet(vec![stop("s2", "s1")])));
    let made = Survey::new(Policy::Places, &rows).release(1, &[]);
    let light = table(&made, "light", Some("stop"));
    assert_eq!(light.shape(), Shape::Places);
    assert_eq!((light.groups()[0].base, light.groups()[0].cells[0]), (6, 72));
    assert_eq!((light.groups()[1].base, light.groups()[1].cells[0]), (1, 33));
    assert_eq!(table(&made, "place", Some("stop")).groups()[1].base, 1);
    let feel = table(&made, "feel_here", Some("stop"));
    assert_eq!((feel.shape(), feel.groups().len()), (Shape::People, 1));
    assert!(feel.nearly(0, 0).is_some());
    let again = Survey::new(Policy::Places, &rows).release(2, &made);
    assert!(again.iter().all(|made| !made.renewed));
}

#[test]
fn groups_are_counted_and_not_people() {
    let note = |light: &str| {
        let pair = ("light".to_owned(), Answer::Code(light.to_owned()));
        let notes = Answer::Group(vec![Answers(BTreeMap::from([pair]))]);
        Answers(BTreeMap::from([("stop".to_owned(), notes)]))
    };
    let (instrument, zones) = (instrument(), zones());
    let frame = |rows: Vec<Answers>| Frame::new(&instrument, &zones, rows).unwrap();
    let frames = [frame(vec![note("s0"), note("s0")]), frame(vec![note("s0"), note("s3")])];
    let tally = groups(&frames.each_ref(), "light").unwrap();
    let collection = collection(Policy::Spoken, State::Open);
    let made = release(&Input {
        release: 1,
        collection: &collection,
        instrument: &instrument,
        zones: &zones,
        map: None,
        modes: Vec::new(),
        people: 2,
        tallies: &[tally],
        places: &[],
        marks: &[],
        games: &[],
        population: &[],
        population_source: None,
        earlier: &[],
        done: &AtomicU64::new(0),
        secret: b"secret",
    });
    let table = &made[0].table;
    assert_eq!((table.shape(), table.groups()[0].base), (Shape::Groups, 2));
    assert_eq!(table.groups()[0].cells, [2, 0, 0, 1]);
    assert_eq!(table.share(0, 3), Some(0.5));
}
