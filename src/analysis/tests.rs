//! What must hold of every count, whatever people answered.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Frame, Tally, Weighting, groups};
use crate::domain::answer::{Answer, Answers, Ground};
use crate::domain::area::{Map, Place};
use crate::domain::diagnosis::Zone;
use crate::domain::instrument::{Breakdown, Direction, Index, Instrument, Merge};
use crate::domain::instrument::{Policy, Section, Sensitivity, Sheet};
use crate::domain::question::{Band, Choice, Kind, Question};
use crate::domain::text::{Lang, Text};

fn choice(code: &str, score: Option<f64>) -> Choice {
    Choice {
        code: code.to_owned(),
        text: Text::name(code),
        score,
        missing: score.is_none() && code.starts_with("no_"),
        exclusive: code == "none",
        show_if: None,
    }
}

fn question(id: &str, kind: Kind) -> Question {
    Question {
        id: id.to_owned(),
        meaning: 1,
        same_as: None,
        text: Text::name(id),
        hint: None,
        kind,
        show_if: None,
        sensitive: false,
        fold: None,
    }
}

fn scale(steps: u32) -> Kind {
    let steps = (0..steps).map(|step| choice(&format!("s{step}"), Some(f64::from(step))));
    Kind::Scale { scale: None, choices: steps.chain([choice("no_idea", None)]).collect() }
}

fn single(codes: &[&str]) -> Vec<Choice> {
    codes.iter().map(|code| choice(code, None)).collect()
}

fn instrument(questions: Vec<Question>) -> Instrument {
    let by = |by: &str, merge| Breakdown { by: by.to_owned(), merge };
    Instrument {
        slug: "x".to_owned(),
        title: Text::name("x"),
        sheet: Sheet::Questionnaire,
        policy: Policy::Rounded,
        minutes: 1,
        sensitivity: Sensitivity::Low,
        min_age: None,
        layout: None,
        languages: vec![Lang::En],
        research: None,
        intro: Text::default(),
        outro: Text::default(),
        help: Vec::new(),
        sections: vec![Section {
            id: "x".to_owned(),
            title: Text::default(),
            hint: None,
            shuffle: false,
            questions,
        }],
        breakdowns: vec![by("age", Merge::Neighbour), by("zone", Merge::Other)],
        indices: Vec::new(),
        charts: Vec::new(),
        stations: Vec::new(),
    }
}

fn everything() -> Instrument {
    let band = |code: &str, from, to| Band {
        code: code.to_owned(),
        text: Text::name(code),
        from,
        to,
        score: None,
    };
    let bands = vec![band("few", 0.0, 4.0), band("many", 5.0, 20.0)];
    let number = Kind::Number { min: 0.0, max: 20.0, bands, choices: single(&["no_idea"]) };
    let stops = vec![question("light", scale(4)), question("view", scale(4))];
    let ticks = single(&["a", "b", "none", "no_say"]);
    let mut instrument = instrument(vec![
        question("feel", scale(5)),
        question("ticks", Kind::Multiple { choices: ticks, max: None, shuffle: false }),
        question("number", number),
        question(
            "age",
            Kind::Single { choices: single(&["young", "old", "no_say"]), shuffle: false },
        ),
        question("zone", Kind::Zone),
        question("weight", Kind::Weight),
        question("stop", Kind::Group { questions: stops, max: 5 }),
    ]);
    instrument.indices.push(Index {
        id: "place".to_owned(),
        title: Text::name("place"),
        questions: vec!["light".to_owned(), "view".to_owned()],
        direction: Direction::HigherIsBetter,
        low: Text::default(),
        high: Text::default(),
    });
    instrument
}

fn zones() -> Vec<Zone> {
    ["north", "south"].map(|code| Zone { code: code.to_owned(), name: code.to_owned() }).into()
}

fn answer() -> impl Strategy<Value = Answer> {
    let codes = ["s0", "s3", "young", "old", "no_say", "no_idea", "a", "b", "none", "north", "?"];
    let code = select(codes.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        Just(Answer::Skipped),
        code.clone().prop_map(Answer::Code),
        vec(code, 0..4).prop_map(Answer::Codes),
        prop_oneof![-5.0..30.0, Just(f64::NAN), Just(f64::INFINITY)].prop_map(Answer::Number),
    ]
}

fn answers() -> impl Strategy<Value = Answers> {
    let ids = ["feel", "ticks", "number", "age", "zone", "weight", "light", "view", "stop", "?"];
    let id = || select(ids.to_vec()).prop_map(str::to_owned);
    let flat = move || btree_map(id(), answer(), 0..9).prop_map(Answers);
    let repeats = vec(flat(), 0..4).prop_map(Answer::Group);
    (flat(), option::of(repeats)).prop_map(|(mut answers, repeats)| {
        answers.0.extend(repeats.map(|repeats| ("stop".to_owned(), repeats)));
        answers
    })
}

fn asked(rows: &[Answers], id: &str) -> u64 {
    u64::try_from(rows.iter().filter(|row| row.0.contains_key(id)).count()).unwrap()
}

fn everyone(tally: &Tally) -> (u64, u64) {
    let asked = tally.groups.iter().map(|group| group.base + group.missing + group.skipped);
    (asked.sum(), tally.groups.iter().map(|group| group.base).sum())
}

#[test]
fn places_are_those_of_the_map_or_else_the_zones() {
    let instrument = instrument(vec![question("where", Kind::Place)]);
    let row = |code: &str| {
        let answer = Answer::Code(code.to_owned());
        Answers([("where".to_owned(), answer)].into())
    };
    let rows = ["quay", "quay", "square", "north", "rather_not_say"].map(row);
    let place = |code: &str| Place {
        code: code.to_owned(),
        name: code.to_uppercase(),
        zone: None,
        shapes: Vec::new(),
    };
    let map = Map { places: ["quay", "square", "park"].map(place).to_vec(), ..Map::default() };
    let zones = zones();
    let counted = |ground: Ground<'_>| {
        let frame = Frame::new(&instrument, ground, rows.clone()).unwrap();
        let tally = frame.tally("where", None, Weighting::Plain).unwrap();
        (tally.codes.clone(), tally.groups[0].counts.clone(), tally.groups[0].missing)
    };
    let codes = |codes: &[&str]| codes.iter().map(|&code| code.to_owned()).collect::<Vec<_>>();
    let named = counted(Ground::from(&zones).with(Some(&map)));
    assert_eq!(named, (codes(&["quay", "square", "park"]), vec![2, 1, 0], 2));
    assert_eq!(counted(Ground::from(&zones)), (codes(&["north", "south"]), vec![1, 0], 4));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_answer_is_counted_once(rows in vec(answers(), 0..40)) {
        let instrument = everything();
        let frame = Frame::new(&instrument, &zones(), rows.clone()).unwrap();
        prop_assert_eq!(frame.len(), rows.len());
        for id in ["feel", "number", "age", "zone", "ticks"] {
            let tally = frame.tally(id, None, Weighting::ByQuestion).unwrap();
            let group = &tally.groups[0];
            prop_assert_eq!(everyone(&tally).0, asked(&rows, id), "{}", id);
            let sum: u64 = group.counts.iter().sum();
            if id == "ticks" {
                prop_assert!(sum >= group.base && group.counts.iter().all(|c| *c <= group.base));
            } else {
                prop_assert_eq!(sum, group.base);
            }
            let weighted = group.weighted.as_ref().unwrap();
            prop_assert!(weighted.iter().all(|share| (0.0..=1.0 + 1e-9).contains(share)));
        }
    }

    #[test]
    fn groups_and_those_without_one_are_everyone(rows in vec(answers(), 0..40)) {
        let frame = Frame::new(&everything(), &zones(), rows.clone()).unwrap();
        let grouped = |row: &Answers| {
            let age = row.0.get("age");
            matches!(age, Some(Answer::Code(code)) if code == "young" || code == "old")
        };
        let (inside, outside): (Vec<_>, Vec<_>) = rows.into_iter().partition(grouped);
        let rest = Frame::new(&everything(), &zones(), outside).unwrap();
        prop_assert_eq!(frame.len(), inside.len() + rest.len());
        for id in ["feel", "ticks", "number", "zone"] {
            let all = frame.tally(id, None, Weighting::Plain).unwrap();
            let by = frame.tally(id, Some("age"), Weighting::Plain).unwrap();
            let rest = rest.tally(id, None, Weighting::Plain).unwrap();
            prop_assert_eq!(everyone(&all), {
                let (by, rest) = (everyone(&by), everyone(&rest));
                (by.0 + rest.0, by.1 + rest.1)
            });
            for (at, count) in all.groups[0].counts.iter().enumerate() {
                let inside: u64 = by.groups.iter().map(|group| group.counts[at]).sum();
                prop_assert_eq!(*count, inside + rest.groups[0].counts[at]);
            }
        }
    }

    #[test]
    fn tables_are_those_of_a_plain_loop(rows in vec(answers(), 0..40)) {
        let instrument = everything();
        let frame = Frame::new(&instrument, &zones(), rows.clone()).unwrap();
        let all = frame.tallies(&instrument, Weighting::ByQuestion).unwrap();
        let code = |row: &Answers, id: &str| match row.0.get(id) {
            Some(Answer::Code(code)) => Some(code.clone()),
            _ => None,
        };
        let weight = |row: &Answers| match row.0.get("weight") {
            Some(Answer::Number(weight)) if weight.is_finite() && *weight > 0.0 => *weight,
            _ => 0.0,
        };
        for tally in all.iter().filter(|tally| tally.question == "feel") {
            for group in &tally.groups {
                let here = |row: &&Answers| tally.by.as_ref().is_none_or(|by| {
                    code(row, by).as_ref() == Some(&group.group)
                });
                let gave = |wanted: &str| {
                    let rows = rows.iter().filter(here);
                    rows.filter(|row| code(row, "feel").as_deref() == Some(wanted)).collect::<Vec<_>>()
                };
                let sums: Vec<f64> = tally.codes.iter()
                    .map(|code| gave(code).iter().map(|row| weight(row)).sum()).collect();
                let whole: f64 = sums.iter().sum();
                for (at, wanted) in tally.codes.iter().enumerate() {
                    prop_assert_eq!(group.counts[at], gave(wanted).len() as u64);
                    let share = group.weighted.as_ref().unwrap()[at];
                    let expected = if whole > 0.0 { sums[at] / whole } else { 0.0 };
                    prop_assert!((share - expected).abs() < 1e-12);
                }
                prop_assert!((group.weights.unwrap().sum - whole).abs() < 1e-9);
            }
        }
        // One question asked alone is counted as among the others.
        for tally in &all {
            let alone = frame.tally(&tally.question, tally.by.as_deref(), Weighting::ByQuestion);
            let alone = alone.unwrap();
            prop_assert_eq!(alone.groups.len(), tally.groups.len());
            for (one, other) in alone.groups.iter().zip(&tally.groups) {
                prop_assert_eq!((&one.counts, one.base), (&other.counts, other.base));
                prop_assert_eq!((one.missing, one.skipped), (other.missing, other.skipped));
            }
        }
    }

    #[test]
    fn places_and_groups_never_fail(rows in vec(answers(), 0..20)) {
        let instrument = everything();
        let frame = Frame::new(&instrument, &zones(), rows).unwrap();
        for place in frame.places(&instrument).unwrap() {
            for stop in place.stops {
                prop_assert!(stop.mean.is_none_or(|mean| (0.0..=10.0).contains(&mean)));
                prop_assert!(stop.counts.is_empty() || stop.raters == stop.counts.iter().sum::<u64>());
            }
        }
        let sittings = groups(&[&frame.clone(), &frame], "light").unwrap();
        prop_assert!(sittings.groups[0].counts.iter().all(|c| *c == 0 || *c == 2));
    }
}

#[test]
fn a_skip_a_refusal_and_none_of_these_are_three_things() {
    let row = |answer| Answers(BTreeMap::from([("ticks".to_owned(), answer)]));
    let ticks = |code: &str| row(Answer::Codes(vec![code.to_owned()]));
    let rows = [row(Answer::Skipped), ticks("no_say"), ticks("none"), Answers::default()];
    let frame = Frame::new(&everything(), &zones(), rows).unwrap();
    let tally = frame.tally("ticks", None, Weighting::Plain).unwrap();
    assert_eq!(tally.codes, ["a", "b", "none"]);
    let group = &tally.groups[0];
    assert_eq!((group.base, group.missing, group.skipped), (1, 1, 1));
    assert_eq!(group.counts, [0, 0, 1]);
}

#[test]
fn a_place_has_a_score_where_enough_was_rated() {
    let stop = |light: &str, view: Option<&str>| {
        let mut answers = Answers::default();
        answers.0.insert("light".to_owned(), Answer::Code(light.to_owned()));
        answers.0.extend(view.map(|view| ("view".to_owned(), Answer::Code(view.to_owned()))));
        answers
    };
    let sheet = |stops| Answers(BTreeMap::from([("stop".to_owned(), Answer::Group(stops))]));
    let rows = [
        sheet(vec![stop("s3", Some("s0")), stop("s1", None)]),
        sheet(vec![stop("s3", Some("s3"))]),
    ];
    let instrument = everything();
    let frame = Frame::new(&instrument, &zones(), rows).unwrap();
    let places = frame.places(&instrument).unwrap();
    assert_eq!(places[0].stops[0].mean, Some(10.0));
    assert_eq!(places[1].stops[0].mean, Some(5.0));
    assert_eq!((places[2].stops[0].mean, places[2].stops[0].raters), (Some(7.5), 2));
    assert_eq!((places[2].stops[1].mean, places[2].stops[1].raters), (None, 0));
}
