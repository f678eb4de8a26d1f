//! A few thousand random tables in every test run; the bench goes on to a million.

use std::sync::atomic::AtomicU64;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{collection, floor_of, instrument, seen, zones};
use crate::analysis::{GroupTally, Tally};
use crate::domain::collection::{Mode, State};
use crate::domain::instrument::Policy;
use crate::release::attacker::beliefs;
use crate::release::table::Body;
use crate::release::{Input, release};

/// The exact counts of one question for everyone, by age and by zone, of people nobody chose.
fn tallies(rng: &mut StdRng, question: &str, people: usize) -> Vec<Tally> {
    let (steps, ages, places) = (5, 4, 3);
    let skew: f64 = rng.random_range(0.2..1.5);
    let pick = |rng: &mut StdRng, of: usize| -> usize {
        (0..of).find(|_| rng.random_bool((skew / 2.5).min(1.0))).unwrap_or(of - 1)
    };
    let empty = |codes: &[&str]| -> Vec<GroupTally> {
        let group = |code: &&str| GroupTally {
            group: (*code).to_owned(),
            counts: vec![0; steps],
            ..GroupTally::default()
        };
        codes.iter().map(group).collect()
    };
    let mut all = empty(&[""]);
    let mut by_age = empty(&["a1", "a2", "a3", "a4"]);
    let mut by_zone = empty(&["north", "south", "west"]);
    for _ in 0..people {
        let (answer, age, zone) = (pick(rng, steps), pick(rng, ages), pick(rng, places));
        let (missing, ageless) = (rng.random_bool(0.05), rng.random_bool(0.05));
        let mut groups = vec![&mut all[0], &mut by_zone[zone]];
        if !ageless {
            groups.push(&mut by_age[age]);
        }
        for group in groups {
            if missing {
                group.missing += 1;
            } else {
                group.base += 1;
                group.counts[answer] += 1;
            }
        }
    }
    let codes: Vec<String> = (0..steps).map(|step| format!("s{step}")).collect();
    let tally = |by: Option<&str>, groups| Tally {
        question: question.to_owned(),
        by: by.map(str::to_owned),
        codes: codes.clone(),
        groups,
    };
    vec![tally(None, all), tally(Some("age"), by_age), tally(Some("zone"), by_zone)]
}

#[test]
fn no_count_of_thousands_of_tables_is_known_exactly() {
    let mut rng = StdRng::seed_from_u64(1);
    let (instrument, zones) = (instrument(), zones());
    let collection = collection(Policy::Rounded, State::Closed);
    let (mut tables, mut cells) = (0, 0);
    for round in 0..1500_u32 {
        let people = rng.random_range(10..700);
        let question = if round % 3 == 0 { "harm" } else { "feel" };
        let exact = tallies(&mut rng, question, people);
        let made = release(&Input {
            release: 1,
            collection: &collection,
            instrument: &instrument,
            zones: &zones,
            map: None,
            modes: vec![(Mode::Own, 6), (Mode::Paper, people as u64 - 6)],
            people: people as u64,
            tallies: &exact,
            places: &[],
            marks: &[],
            games: &[],
            population: &[],
            population_source: None,
            earlier: &[],
            done: &AtomicU64::new(0),
            secret: &round.to_be_bytes(),
        });
        let bodies: Vec<&Body> = made
            .iter()
            .map(|made| &made.table.body)
            .filter(|body| body.withheld.is_none())
            .collect();
        tables += bodies.len();
        for ((table, group), bounds) in beliefs(&seen(&bodies)) {
            let truth = super::truth(std::slice::from_ref(&exact), bodies[table], group);
            for ((low, high), truth) in bounds.into_iter().zip(truth) {
                assert!(low <= truth && truth <= high, "the attacker is never wrong");
                assert!(low < high, "known exactly: {low}");
                assert!(low < 1 || high > 4, "certainly few: {low} to {high}");
                cells += 1;
            }
        }
        assert!(bodies.iter().all(|body| body.address.by.is_none() || floor_of(question) >= 10));
    }
    assert!(tables > 3000 && cells > 50_000, "{tables} tables, {cells} counts");
}
