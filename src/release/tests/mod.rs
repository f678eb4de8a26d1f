//! What a reader must not be able to do, tried on surveys nobody chose.

mod ballot;
mod many;
mod marks;
mod rules;
mod small;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::AtomicU64;

use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::attacker::{Seen, beliefs, breaches};
use super::table::{Body, Withheld};
use super::{Earlier, Input, Made, NotSealed, Table, open, release, seal};
use crate::analysis::{Frame, GroupTally, Tally, Weighting};
use crate::domain::answer::{Answer, Answers};
use crate::domain::collection::{Collection, Field, Mode, Origin, Presence, Sampling, State};
use crate::domain::diagnosis::{PopulationCount, Zone};
use crate::domain::ids::{CollectionId, DiagnosisId, WaveId};
use crate::domain::instrument::{Breakdown, Direction, Index, Instrument, Merge};
use crate::domain::instrument::{Policy, Section, Sensitivity, Sheet};
use crate::domain::question::{Choice, Fold, Kind, Question};
use crate::domain::text::{Lang, Text};

fn choice(code: &str, score: Option<f64>) -> Choice {
    let (missing, exclusive) = (code.starts_with("no_"), code == "none");
    Choice {
        code: code.to_owned(),
        text: Text::name(code),
        score,
        missing,
        exclusive,
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

fn choices(codes: &[&str]) -> Vec<Choice> {
    codes.iter().map(|code| choice(code, None)).collect()
}

const AGES: [&str; 5] = ["a1", "a2", "a3", "a4", "no_say"];
const TICKS: [&str; 5] = ["x", "y", "z", "none", "no_say"];

/// A scale, a sensitive scale that folds, ticks, and two breakdowns.
fn instrument() -> Instrument {
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    let fold =
        Fold { low: codes(&["s0", "s1"]), middle: codes(&["s2"]), high: codes(&["s3", "s4"]) };
    let harm = Question { sensitive: true, fold: Some(fold), ..question("harm", scale(5)) };
    let faces = Kind::Faces { scale: None, choices: scale_choices(5) };
    let stops = vec![question("light", scale(4)), question("feel_here", faces)];
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
            questions: vec![
                question("feel", scale(5)),
                harm,
                question(
                    "ticks",
                    Kind::Multiple { choices: choices(&TICKS), max: None, shuffle: false },
                ),
                question("age", Kind::Single { choices: choices(&AGES), shuffle: false }),
                question("zone", Kind::Zone),
                question("weight", Kind::Weight),
                question("stop", Kind::Group { questions: stops, max: 5 }),
            ],
        }],
        breakdowns: vec![by("age", Merge::Neighbour), by("zone", Merge::Other)],
        indices: vec![Index {
            id: "place".to_owned(),
            title: Text::name("place"),
            questions: vec!["light".to_owned()],
            direction: Direction::HigherIsBetter,
            low: Text::default(),
            high: Text::default(),
        }],
        charts: Vec::new(),
        stations: Vec::new(),
    }
}

fn scale_choices(steps: u32) -> Vec<Choice> {
    (0..steps).map(|step| choice(&format!("s{step}"), Some(f64::from(step)))).collect()
}

fn zones() -> Vec<Zone> {
    ["north", "south", "west"]
        .map(|code| Zone { code: code.to_owned(), name: code.to_owned() })
        .into()
}

fn collection(policy: Policy, state: State) -> Collection {
    Collection {
        id: CollectionId(Uuid::from_u128(7)),
        diagnosis: DiagnosisId(Uuid::from_u128(8)),
        wave: WaveId(Uuid::from_u128(9)),
        instrument: String::new(),
        title: "x".to_owned(),
        field: Field {
            sampling: Sampling::SelfSelected,
            asked_by: "x".to_owned(),
            presence: Presence::Nobody,
            recruited_by: "x".to_owned(),
            origin: Origin::Invented,
            policy,
            languages: vec![Lang::En],
            source: None,
            area: None,
        },
        state,
        opened: Some(date(2026, 3, 1)),
        closed: None,
        group_said_yes: false,
    }
}

/// One made-up survey and its releases.
struct Survey {
    policy: Policy,
    state: State,
    rows: Vec<Answers>,
    secret: Vec<u8>,
    weighting: Weighting,
}

impl Survey {
    fn new(policy: Policy, rows: &[Answers]) -> Self {
        Self {
            policy,
            state: State::Closed,
            rows: rows.to_vec(),
            secret: b"secret".to_vec(),
            weighting: Weighting::Plain,
        }
    }

    fn tallies(&self) -> Vec<Tally> {
        let frame = Frame::new(&instrument(), &zones(), self.rows.clone()).unwrap();
        frame.tallies(&instrument(), self.weighting).unwrap()
    }

    fn release(&self, number: i64, earlier: &[Made]) -> Vec<Made> {
        let people = u64::try_from(self.rows.len()).unwrap();
        self.release_in(number, earlier, vec![(Mode::Own, people)])
    }

    fn release_in(&self, number: i64, earlier: &[Made], modes: Vec<(Mode, u64)>) -> Vec<Made> {
        let (instrument, zones) = (instrument(), zones());
        let collection = collection(self.policy, self.state);
        let frame = Frame::new(&instrument, &zones, self.rows.clone()).unwrap();
        let earlier: Vec<Earlier> = earlier
            .iter()
            .map(|made| Earlier { table: made.table.clone(), basis: made.basis.clone() })
            .collect();
        let lives = |age: &str, count| PopulationCount {
            zone: "north".to_owned(),
            age: age.to_owned(),
            gender: "any".to_owned(),
            count,
        };
        release(&Input {
            release: number,
            collection: &collection,
            instrument: &instrument,
            zones: &zones,
            map: None,
            modes,
            people: u64::try_from(self.rows.len()).unwrap(),
            tallies: &self.tallies(),
            places: &frame.places(&instrument).unwrap(),
            marks: &[],
            games: &[],
            population: &[lives("a1", 300), lives("a2", 100)],
            population_source: None,
            earlier: &earlier,
            done: &AtomicU64::new(0),
            secret: &self.secret,
        })
    }
}

fn shown(made: &[Made]) -> impl Iterator<Item = &Table> {
    made.iter().map(|made| &made.table).filter(|table| table.withheld().is_none())
}

fn code(codes: &'static [&'static str]) -> impl Strategy<Value = Answer> {
    // Earlier codes are likelier, so that some groups are small.
    let place = (0..codes.len(), 0..codes.len()).prop_map(|(a, b)| a.min(b));
    place.prop_map(move |at| Answer::Code(codes[at].to_owned()))
}

fn respondent() -> impl Strategy<Value = Answers> {
    const STEPS: [&str; 6] = ["s1", "s0", "s3", "s2", "s4", "no_idea"];
    const ZONES: [&str; 4] = ["north", "south", "west", "rather_not_say"];
    let ticks = prop_oneof![
        4 => subsequence(vec!["x", "y", "z"], 1..3),
        1 => Just(vec!["none"]),
    ];
    let ticks =
        ticks.prop_map(|codes| Answer::Codes(codes.iter().map(|c| (*c).to_owned()).collect()));
    let skipped = || prop_oneof![9 => Just(false), 1 => Just(true)];
    (code(&STEPS), code(&STEPS), ticks, code(&AGES), code(&ZONES), skipped()).prop_map(
        |(feel, harm, ticks, age, zone, skipped)| {
            let feel = if skipped { Answer::Skipped } else { feel };
            let answers = [("feel", feel), ("harm", harm), ("ticks", ticks), ("age", age)];
            let all = answers.into_iter().chain([("zone", zone)]);
            Answers(all.map(|(id, answer)| (id.to_owned(), answer)).collect())
        },
    )
}

fn survey(sizes: Range<usize>) -> impl Strategy<Value = Vec<Answers>> {
    vec(respondent(), sizes)
}

/// Every table of one question, of one or several releases, without the copies.
fn by_question<'m>(releases: &[&'m [Made]]) -> BTreeMap<&'m str, Vec<&'m Body>> {
    let mut questions: BTreeMap<&str, Vec<&Body>> = BTreeMap::new();
    for table in releases.iter().flat_map(|made| shown(made)) {
        let known = questions.entry(table.address().question.as_str()).or_default();
        if !known.iter().any(|body| body.address == table.body.address) {
            known.push(&table.body);
        }
    }
    questions
}

fn floor_of(question: &str) -> u64 {
    if question == "harm" { 20 } else { 10 }
}

/// What a reader sees, who knows the rules.
fn seen<'b>(tables: &[&'b Body]) -> Vec<Seen<'b>> {
    let of = |body: &&'b Body| Seen {
        body,
        floor: floor_of(&body.address.question),
        ticks: None,
        overlapping: false,
    };
    tables.iter().map(of).collect()
}

/// The exact cells, base and missing answers behind a group, from the tallies of each release.
fn truth(exact: &[Vec<Tally>], body: &Body, group: usize) -> Vec<i64> {
    let release = usize::try_from(body.address.release - 1).unwrap();
    let same =
        |tally: &&Tally| tally.question == body.address.question && tally.by == body.address.by;
    let tally = exact[release].iter().find(same).unwrap();
    let here = |of: &&GroupTally| body.groups[group].codes().any(|code| code == of.group);
    let groups: Vec<&GroupTally> = tally.groups.iter().filter(here).collect();
    let given = |code: &str| {
        let at = tally.codes.iter().position(|known| known == code).unwrap();
        groups.iter().map(|group| group.counts[at]).sum::<u64>()
    };
    let cells = body.choices.iter().map(|label| label.codes().map(given).sum());
    let base = groups.iter().map(|group| group.base).sum();
    let missing = groups.iter().map(|group| group.missing).sum();
    cells.chain([base, missing]).map(|count: u64| i64::try_from(count).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn nothing_published_can_be_worked_out(rows in survey(10..400)) {
        let made = Survey::new(Policy::Rounded, &rows).release(1, &[]);
        for (question, tables) in by_question(&[&made]) {
            prop_assert!(breaches(&seen(&tables)).is_empty(), "{}", question);
        }
    }

    #[test]
    fn two_releases_tell_no_more_than_each(rows in survey(60..200), more in survey(1..60)) {
        let first = Survey::new(Policy::Rounded, &rows).release(1, &[]);
        let rows = [rows, more].concat();
        let second = Survey::new(Policy::Rounded, &rows).release(2, &first);
        for (question, tables) in by_question(&[&first, &second]) {
            prop_assert!(breaches(&seen(&tables)).is_empty(), "{}", question);
        }
    }

    #[test]
    fn three_releases_tell_no_more_than_each(
        rows in survey(60..120), more in survey(10..40), still in survey(10..40),
    ) {
        let first = Survey::new(Policy::Rounded, &rows).release(1, &[]);
        let rows = [rows, more].concat();
        let second = Survey::new(Policy::Rounded, &rows).release(2, &first);
        let rows = [rows, still].concat();
        let kept = [first.clone(), second.clone()].concat();
        let third = Survey::new(Policy::Rounded, &rows).release(3, &kept);
        for (question, tables) in by_question(&[&first, &second, &third]) {
            prop_assert!(breaches(&seen(&tables)).is_empty(), "{}", question);
        }
    }

    #[test]
    fn the_attacker_is_never_wrong(rows in survey(40..200), more in survey(1..80)) {
        let before = Survey::new(Policy::Rounded, &rows);
        let first = before.release(1, &[]);
        let after = Survey::new(Policy::Rounded, &[rows, more].concat());
        let second = after.release(2, &first);
        let exact = [before.tallies(), after.tallies()];
        for tables in by_question(&[&first, &second]).into_values() {
            for ((table, group), bounds) in beliefs(&seen(&tables)) {
                let truth = truth(&exact, tables[table], group);
                for (truth, (low, high)) in truth.into_iter().zip(bounds) {
                    prop_assert!(low <= truth && truth <= high);
                }
            }
        }
    }

    #[test]
    fn fewer_than_ten_new_answers_change_nothing(rows in survey(1..120), more in survey(1..10)) {
        let first = Survey::new(Policy::Rounded, &rows).release(1, &[]);
        let rows = [rows, more].concat();
        let second = Survey::new(Policy::Rounded, &rows).release(2, &first);
        for (one, other) in first.iter().zip(&second) {
            prop_assert_eq!(seal(&one.table, b"k"), seal(&other.table, b"k"));
            prop_assert_eq!(&one.basis, &other.basis);
            prop_assert!(!other.renewed);
        }
    }

    #[test]
    fn every_rounded_count_is_a_multiple_of_five(rows in survey(1..200)) {
        for table in shown(&Survey::new(Policy::Rounded, &rows).release(1, &[])) {
            prop_assert_eq!(table.step(), 5);
            prop_assert_eq!(table.about().people % 5, 0);
            for group in table.groups() {
                let counts = group.cells.iter().chain([&group.base, &group.missing]);
                prop_assert!(counts.into_iter().all(|count| count % 5 == 0));
            }
        }
    }

    #[test]
    fn no_group_is_smaller_than_the_floor(rows in survey(10..300)) {
        let survey = Survey::new(Policy::Rounded, &rows);
        let tallies = survey.tallies();
        for table in shown(&survey.release(1, &[])) {
            let address = table.address();
            let same = |tally: &&Tally| tally.question == address.question && tally.by == address.by;
            let exact = tallies.iter().find(same).unwrap();
            let all: u64 = exact.groups.iter().map(|group| group.base).sum();
            prop_assert!(address.by.is_none() || (all >= 10 && table.groups().len() >= 2));
            let mut counted = 0;
            for group in table.groups() {
                let of = |tally: &&GroupTally| group.codes().any(|c| c == tally.group);
                let base: u64 = exact.groups.iter().filter(of).map(|group| group.base).sum();
                prop_assert!(base >= floor_of(&address.question));
                counted += base;
            }
            // Nobody with a group is left out, so that no withheld group stands alone.
            prop_assert_eq!(counted, all);
        }
    }

    #[test]
    fn a_seal_refuses_every_changed_byte(rows in survey(12..60), at in 0..10_000_usize) {
        let made = Survey::new(Policy::Rounded, &rows).release(1, &[]);
        for table in made.iter().map(|made| &made.table) {
            let sealed = seal(table, b"key");
            prop_assert_eq!(&open(&sealed.json, &sealed.mac, b"key").unwrap(), table);
            let mut bytes = sealed.json.clone().into_bytes();
            let place = at % bytes.len();
            bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert!(matches!(open(&changed, &sealed.mac, b"key"), Err(NotSealed::Broken)));
            }
            let mut mac = sealed.mac;
            mac[at % 32] ^= 1;
            prop_assert!(open(&sealed.json, &mac, b"key").is_err());
            prop_assert!(open(&sealed.json, &sealed.mac, b"another").is_err());
            prop_assert!(open(&sealed.json, &sealed.mac[..31], b"key").is_err());
        }
    }
}

/// So many respondents in turn from the lists.
fn people(count: usize, feel: &[&str], age: &[&str]) -> Vec<Answers> {
    let code = |code: &str| Answer::Code(code.to_owned());
    (0..count)
        .map(|at| {
            let answers = [
                ("feel".to_owned(), code(feel[at % feel.len()])),
                ("age".to_owned(), code(age[at / feel.len() % age.len()])),
            ];
            Answers(BTreeMap::from(answers))
        })
        .collect()
}

fn table<'m>(made: &'m [Made], question: &str, by: Option<&str>) -> &'m Table {
    let wanted = |made: &&Made| {
        made.table.address().question == question && made.table.address().by.as_deref() == by
    };
    &made.iter().find(wanted).unwrap().table
}

#[test]
fn under_ten_nothing_and_under_thirty_no_breakdown() {
    let few =
        Survey::new(Policy::Rounded, &people(9, &["s1", "s2"], &["a1", "a2"])).release(1, &[]);
    assert_eq!(shown(&few).count(), 0);
    assert_eq!(table(&few, "feel", None).withheld(), Some(Withheld::TooFew { needed: 10 }));
    assert_eq!(table(&few, "feel", None).about().people, 0);
    let some =
        Survey::new(Policy::Rounded, &people(29, &["s1", "s2"], &["a1", "a2"])).release(1, &[]);
    assert_eq!(table(&some, "feel", None).withheld(), None);
    let by = table(&some, "feel", Some("age"));
    assert_eq!(by.withheld(), Some(Withheld::TooFew { needed: 30 }));
}

#[test]
fn two_large_groups_are_shown_and_renewed_when_both_grew() {
    let ages = ["a1", "a3"];
    let rows = people(120, &["s1", "s2", "s3"], &ages);
    let first = Survey::new(Policy::Rounded, &rows).release(1, &[]);
    let by = table(&first, "feel", Some("age"));
    assert_eq!(by.withheld(), None, "{by:?}");
    assert_eq!(by.groups().len(), 2);
    let more = Survey::new(Policy::Rounded, &people(300, &["s1", "s2", "s3"], &ages));
    let second = more.release(2, &first);
    assert_eq!(table(&second, "feel", Some("age")).address().release, 2);
    let lopsided = [rows, people(40, &["s1", "s2"], &["a1"]), people(2, &["s1"], &["a3"])].concat();
    let third = Survey::new(Policy::Rounded, &lopsided).release(2, &first);
    assert_eq!(table(&third, "feel", None).address().release, 2);
    assert_eq!(table(&third, "feel", Some("age")).address().release, 1);
}

#[test]
fn who_answered_stands_beside_who_lives_here() {
    let rows = people(60, &["s1"], &["a1", "a2", "a3"]);
    let made = Survey::new(Policy::Rounded, &rows).release(1, &[]);
    let reference = table(&made, "age", None).groups()[0].reference.as_ref();
    assert_eq!(reference, Some(&vec![0.75, 0.25, 0.0, 0.0]));
    assert_eq!(table(&made, "feel", None).groups()[0].reference, None);
}

#[test]
fn certain_small_counts_are_found_by_the_attacker() {
    let rows = people(60, &["s1", "s2", "s3"], &["a1", "a3"]);
    let made = Survey::new(Policy::Rounded, &rows).release(1, &[]);
    let mut body = table(&made, "feel", None).body.clone();
    body.choices.truncate(3);
    // At least ten answered and no cell can hold more than four: each holds two at least.
    (body.groups[0].base, body.groups[0].cells) = (10, vec![0, 0, 0]);
    assert!(!breaches(&seen(&[&body])).is_empty());
    // 14 at the very most, and the cells are 11 + 1 + 1 at the very least.
    body.groups[0].cells = vec![15, 5, 5];
    assert!(!breaches(&seen(&[&body])).is_empty());
    (body.groups[0].base, body.groups[0].cells) = (60, vec![20, 20, 20]);
    assert!(breaches(&seen(&[&body])).is_empty());
}

#[test]
fn a_difference_between_releases_is_found_by_the_attacker() {
    let rows = people(90, &["s1", "s2", "s3"], &["a1", "a3"]);
    let made = Survey::new(Policy::Rounded, &rows).release(1, &[]);
    let mut earlier = table(&made, "feel", None).body.clone();
    earlier.choices.truncate(3);
    (earlier.groups[0].base, earlier.groups[0].cells) = (60, vec![20, 20, 20]);
    let mut later = earlier.clone();
    later.address.release = 2;
    // Ten came and no cell moved: each grew by two to four.
    later.groups[0].base = 65;
    assert!(!breaches(&seen(&[&earlier, &later])).is_empty());
    (later.groups[0].base, later.groups[0].cells) = (90, vec![30, 30, 30]);
    assert!(breaches(&seen(&[&earlier, &later])).is_empty());
}

#[test]
fn three_hundred_answers_are_worth_asking_for() {
    let mut runner = TestRunner::deterministic();
    let (mut shown, mut made) = (0, 0);
    for secret in 0..12_u8 {
        let rows = vec(respondent(), 300).new_tree(&mut runner).unwrap().current();
        let survey = Survey { secret: vec![secret], ..Survey::new(Policy::Rounded, &rows) };
        let tables = survey.release(1, &[]);
        made += tables.len();
        shown += tables.iter().filter(|made| made.table.withheld().is_none()).count();
    }
    assert!(shown * 20 > made * 19, "{shown} of {made}");
}

#[test]
fn a_weighted_cell_is_a_weighted_share_of_the_answers() {
    let weighing = |(at, mut answers): (usize, Answers)| {
        // Every other respondent, who all feel the same, stands for three.
        let weight = if at.is_multiple_of(2) { 1.5 } else { 0.5 };
        answers.0.insert("weight".to_owned(), Answer::Number(weight));
        answers
    };
    let rows: Vec<Answers> =
        people(200, &["s0", "s4"], &["a1", "a2"]).into_iter().enumerate().map(weighing).collect();
    let plain = Survey::new(Policy::Rounded, &rows);
    let weighted =
        Survey { weighting: Weighting::ByQuestion, ..Survey::new(Policy::Rounded, &rows) };
    let (plain, weighted) = (plain.release(1, &[]), weighted.release(1, &[]));
    let [plain, weighted] = [&plain, &weighted].map(|made| table(made, "feel", None));
    assert!(weighted.weighted() && !plain.weighted());
    assert_eq!(plain.groups()[0].base, weighted.groups()[0].base);
    let rounded_from = |cell: u64, exact: u64| cell.abs_diff(exact) <= 4;
    assert!(rounded_from(plain.groups()[0].cells[0], 100));
    assert!(rounded_from(weighted.groups()[0].cells[0], 150));
    // Half without the weights, three in four with them: both are told; without weights, nothing.
    let (choice, share) = weighted.plain().unwrap();
    assert!([0, 4].contains(&choice) && (share - 0.5).abs() <= 0.03, "{choice} {share}");
    assert_eq!(plain.plain(), None);
}
