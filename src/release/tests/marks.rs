//! Marks on a map, and the statement game.

use std::sync::atomic::AtomicU64;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{choices, collection, instrument, question, zones};
use crate::analysis::{Frame, game};
use crate::domain::answer::{Answer, Answers};
use crate::domain::collection::{Mode, State};
use crate::domain::instrument::{Instrument, Policy, Sheet};
use crate::domain::question::{Kind, Label};
use crate::domain::text::Text;
use crate::release::table::{Nearly, Withheld};
use crate::release::{Earlier, Input, Made, Table, release};

const KINDS: [&str; 3] = ["like", "avoid", "change"];

fn map_sheet() -> Instrument {
    let mark = vec![
        question("kind", Kind::Single { choices: choices(&KINDS), shuffle: false }),
        question("where", Kind::Place),
    ];
    let mut sheet = instrument();
    (sheet.sheet, sheet.policy) = (Sheet::MapSheet, Policy::Places);
    sheet.sections[0].questions = vec![question("mark", Kind::Group { questions: mark, max: 5 })];
    (sheet.breakdowns, sheet.indices) = (Vec::new(), Vec::new());
    sheet
}

/// One person with marks: kind and zone.
fn person(marks: &[(&str, &str)]) -> Answers {
    let code = |code: &str| Answer::Code(code.to_owned());
    let mark = |(kind, at): &(&str, &str)| {
        Answers([("kind".to_owned(), code(kind)), ("where".to_owned(), code(at))].into())
    };
    Answers([("mark".to_owned(), Answer::Group(marks.iter().map(mark).collect()))].into())
}

fn made(rows: &[Answers], state: State, earlier: &[Made]) -> Vec<Made> {
    let (sheet, zones) = (map_sheet(), zones());
    let frame = Frame::new(&sheet, &zones, rows.to_vec()).unwrap();
    let earlier: Vec<Earlier> = earlier
        .iter()
        .map(|made| Earlier { table: made.table.clone(), basis: made.basis.clone() })
        .collect();
    let people = u64::try_from(rows.len()).unwrap();
    release(&Input {
        release: i64::try_from(earlier.len()).unwrap() + 1,
        collection: &collection(Policy::Places, state),
        instrument: &sheet,
        zones: &zones,
        map: None,
        modes: vec![(Mode::Own, people)],
        people,
        tallies: &[],
        places: &[],
        marks: &frame.marks(&sheet).unwrap(),
        games: &[],
        population: &[],
        population_source: None,
        earlier: &earlier,
        done: &AtomicU64::new(0),
        secret: b"secret",
    })
}

fn by_place(made: &[Made]) -> &Table {
    &made.iter().find(|made| made.table.address().by.is_some()).unwrap().table
}

#[test]
fn five_marks_of_one_person_are_one_person() {
    let mut rows: Vec<Answers> = (0..40).map(|_| person(&[("avoid", "north")])).collect();
    rows.extend((0..4).map(|_| person(&[("like", "south"); 5])));
    rows.extend((0..6).map(|_| person(&[("like", "west"), ("change", "west")])));
    let open = made(&rows, State::Open, &[]);
    assert_eq!(by_place(&open).withheld(), Some(Withheld::StillOpen));
    let closed = made(&rows, State::Closed, &open);
    let places: Vec<&str> =
        by_place(&closed).groups().iter().map(|one| one.code.as_str()).collect();
    assert_eq!(places, ["north", "west"], "twenty marks of four people are no place");
    assert!(by_place(&closed).groups()[0].base.abs_diff(40) <= 4);
    assert_eq!(closed[0].table.about().people % 5, 0);
    rows.extend((0..30).map(|_| person(&[("like", "south")])));
    assert!(made(&rows, State::Closed, &closed).iter().all(|made| !made.renewed), "once");
}

#[test]
fn under_thirty_people_no_place_is_named() {
    let rows: Vec<Answers> = (0..29).map(|_| person(&[("avoid", "north")])).collect();
    let made = made(&rows, State::Closed, &[]);
    assert_eq!(by_place(&made).withheld(), Some(Withheld::TooFew { needed: 30 }));
    assert_eq!(made[0].table.withheld(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_place_shown_has_five_people(
        marks in vec(vec((0..3_usize, 0..3_usize, 0..3_usize), 1..5), 30..80),
    ) {
        let rows: Vec<Answers> = marks.iter().map(|marks| {
            let marks: Vec<(&str, &str)> = marks.iter()
                .map(|(kind, a, b)| (KINDS[*kind], ["north", "south", "west"][*a.min(b)]))
                .collect();
            person(&marks)
        }).collect();
        let closed = made(&rows, State::Closed, &[]);
        for group in by_place(&closed).groups() {
            let here = |row: &&Answers| match &row.0["mark"] {
                Answer::Group(marks) => marks.iter().any(|mark| {
                    mark.0["where"] == Answer::Code(group.code.clone())
                }),
                _ => false,
            };
            let people = rows.iter().filter(here).count();
            prop_assert!(people >= 5);
            prop_assert!(group.cells.iter().chain([&group.base]).all(|count| count % 5 == 0));
            prop_assert!(group.base.abs_diff(u64::try_from(people).unwrap()) <= 4);
        }
    }
}

fn labels(codes: &[&str]) -> Vec<Label> {
    let label = |code: &&str| Label { code: (*code).to_owned(), text: Text::name(code) };
    codes.iter().map(label).collect()
}

#[test]
fn players_step_over_a_line_in_groups_of_five() {
    let groups = || labels(&["youth", "police", "other"]);
    let counted =
        |codes: &[&str]| Kind::Counts { statements: labels(codes), groups: groups(), max: 60 };
    let mut sheet = instrument();
    (sheet.sheet, sheet.policy) = (Sheet::Game, Policy::Spoken);
    sheet.sections[0].questions = vec![
        question("sizes", counted(&["plays"])),
        question("before", counted(&["s1", "s2", "not_played"])),
    ];
    let row = |counts: [u32; 3]| {
        let names = ["youth", "police", "other"].map(str::to_owned);
        names.into_iter().zip(counts).collect::<std::collections::BTreeMap<_, _>>()
    };
    let counts = |rows: &[(&str, [u32; 3])]| {
        Answer::Counts(
            rows.iter().map(|(code, counts)| ((*code).to_owned(), row(*counts))).collect(),
        )
    };
    let answers = [
        ("sizes".to_owned(), counts(&[("plays", [12, 3, 4])])),
        ("before".to_owned(), counts(&[("s1", [11, 1, 2]), ("s2", [6, 3, 0])])),
    ];
    let games = game(&sheet, &[Answers(answers.into())]);
    assert_eq!(games[0].statements, ["s1", "s2"]);
    let play = |state| {
        let made = release(&Input {
            release: 1,
            collection: &collection(Policy::Spoken, state),
            instrument: &sheet,
            zones: &[],
            map: None,
            modes: Vec::new(),
            people: 1,
            tallies: &[],
            places: &[],
            marks: &[],
            games: &games,
            population: &[],
            population_source: None,
            earlier: &[],
            done: &AtomicU64::new(0),
            secret: b"secret",
        });
        made[0].table.clone()
    };
    assert_eq!(play(State::Open).withheld(), Some(Withheld::StillOpen));
    let table = play(State::Closed);
    let [youth, others] = table.groups() else { panic!("{table:?}") };
    assert_eq!((youth.code.as_str(), youth.base), ("youth", 12));
    assert_eq!(
        (others.code.as_str(), others.base),
        ("police+other", 7),
        "three police are not shown"
    );
    assert_eq!(table.nearly(0, 0), Some(Nearly::All), "eleven of twelve");
    assert_eq!(youth.cells, [0, 6]);
    assert_eq!(others.cells, [3, 3]);
}
