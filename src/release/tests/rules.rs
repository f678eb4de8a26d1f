//! The rules that a clever reader would turn against the gate.

use std::collections::BTreeMap;

use super::{Survey, floor_of, people, question, respondent, scale, seen, shown, table};
use crate::analysis::Weighting;
use crate::domain::answer::{Answer, Answers};
use crate::domain::collection::Mode;
use crate::domain::instrument::Policy;
use crate::domain::question::{Kind, Question};
use crate::release::attacker::breaches;
use crate::release::policy;
use crate::release::table::{Body, Label, Withheld};

use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_zero_of_a_sensitive_group_is_never_shown(rows in vec(respondent(), 60..400)) {
        // Whoever has read the rules knows that nobody is shown as being of one mind: so a zero that
        // was shown all the same would say "one to four".
        for table in shown(&Survey::new(Policy::Rounded, &rows).release(1, &[])) {
            if table.address().question == "harm" && table.address().by.is_some() {
                for group in table.groups() {
                    prop_assert!(group.cells.iter().all(|cell| *cell > 0 && *cell < group.base));
                }
            }
        }
    }

    #[test]
    fn four_releases_tell_no_more_than_each(
        rows in vec(respondent(), 60..100), more in vec(vec(respondent(), 10..30), 3),
    ) {
        let mut all = rows;
        let mut kept = Vec::new();
        let mut releases = vec![Survey::new(Policy::Rounded, &all).release(1, &[])];
        for (number, more) in (2..).zip(more) {
            kept.extend(releases.last().unwrap().iter().filter(|made| made.renewed).cloned());
            all.extend(more);
            releases.push(Survey::new(Policy::Rounded, &all).release(number, &kept));
        }
        let releases: Vec<&[_]> = releases.iter().map(Vec::as_slice).collect();
        for (question, tables) in super::by_question(&releases) {
            prop_assert!(breaches(&seen(&tables)).is_empty(), "{}", question);
        }
    }

    #[test]
    fn a_group_with_one_to_four_newcomers_keeps_its_table(
        rows in vec(respondent(), 120..200), few in 1..5_usize,
    ) {
        let first = Survey::new(Policy::Rounded, &rows).release(1, &[]);
        // Ten and more in one group, a few in the other.
        let code = |code: &str| Answer::Code(code.to_owned());
        let newcomer = |age: &str| {
            BTreeMap::from([("feel".to_owned(), code("s1")), ("age".to_owned(), code(age))])
        };
        let mut more = rows.clone();
        more.extend((0..20).map(|_| Answers(newcomer("a1"))));
        more.extend((0..few).map(|_| Answers(newcomer("a4"))));
        let second = Survey::new(Policy::Rounded, &more).release(2, &first);
        let before = table(&first, "feel", Some("age"));
        let last = |table: &crate::release::Table| {
            let of = table.groups().iter().find(|group| group.codes().any(|code| code == "a4"));
            of.map(|group| group.code.clone())
        };
        let apart = last(before).is_some_and(|code| !code.contains("a1"));
        if before.withheld().is_none() && apart {
            let after = table(&second, "feel", Some("age"));
            prop_assert_eq!(after, before, "not one byte");
        }
    }
}

fn weighing(rows: Vec<Answers>, weight: impl Fn(usize) -> f64) -> Vec<Answers> {
    let mut rows = rows;
    for (at, row) in rows.iter_mut().enumerate() {
        row.0.insert("weight".to_owned(), Answer::Number(weight(at)));
    }
    rows
}

#[test]
fn one_heavy_answer_is_not_a_group() {
    // Everybody counts a little, and one person for more than the rest together.
    let rows = people(120, &["s0", "s1", "s3"], &["a1", "a2"]);
    let rows = weighing(rows, |at| if at == 7 { 500.0 } else { 1.0 });
    let heavy = Survey { weighting: Weighting::ByQuestion, ..Survey::new(Policy::Rounded, &rows) };
    let made = heavy.release(1, &[]);
    assert_eq!(table(&made, "feel", None).withheld(), Some(Withheld::CouldBeWorkedOut));
    // In one group only: that group goes to its neighbour, and none is left.
    let rows = people(120, &["s0", "s1", "s3"], &["a1", "a2"]);
    let rows = weighing(rows, |at| if at == 7 { 20.0 } else { 1.0 });
    let heavy = Survey { weighting: Weighting::ByQuestion, ..Survey::new(Policy::Rounded, &rows) };
    let made = heavy.release(1, &[]);
    assert_eq!(table(&made, "feel", None).withheld(), None);
    for group in table(&made, "feel", Some("age")).groups() {
        assert_ne!(group.code, "a1", "one answer in it weighs a quarter of all");
    }
}

#[test]
fn a_merged_group_has_the_weighted_share_of_all_its_answers() {
    let rows = people(120, &["s0", "s4"], &["a1", "a2", "a3", "a4"]);
    // The people of a1 weigh three times as much as the others, and all of them feel alike.
    let mut rows = weighing(rows, |_| 1.0);
    for row in &mut rows {
        if row.0["age"] == Answer::Code("a1".to_owned()) {
            row.0.insert("weight".to_owned(), Answer::Number(3.0));
            row.0.insert("feel".to_owned(), Answer::Code("s0".to_owned()));
        } else {
            row.0.insert("feel".to_owned(), Answer::Code("s4".to_owned()));
        }
    }
    let survey = Survey { weighting: Weighting::ByQuestion, ..Survey::new(Policy::Rounded, &rows) };
    let tally = survey
        .tallies()
        .into_iter()
        .find(|tally| tally.question == "feel" && tally.by.as_deref() == Some("age"));
    let tally = tally.unwrap();
    let counts = crate::release::draft::counts(&tally, &[0, 1], &policy::unfolded(&tally.codes));
    // 30 people of weight 3 and 30 of weight 1: three quarters of 60.
    assert_eq!((counts.base, counts.cells[0], counts.cells[4]), (60, 45, 15));
}

#[test]
fn groups_of_a_sensitive_variable_need_twenty() {
    let plain = question("feel", scale(5));
    let harm = Question { sensitive: true, ..question("harm", scale(5)) };
    assert_eq!(policy::floor(&plain, None), 10);
    assert_eq!(policy::floor(&plain, Some(&harm)), 20);
    assert_eq!(policy::floor(&harm, Some(&plain)), 20);
}

#[test]
fn what_can_hurt_is_said_in_three_answers_or_not_at_all() {
    let codes: Vec<String> = (0..5).map(|step| format!("s{step}")).collect();
    let scale = Question { sensitive: true, ..question("harm", scale(5)) };
    assert_eq!(policy::foldings(&scale, &codes), [vec![vec![0, 1], vec![2], vec![3, 4]]]);
    let kind =
        Kind::Single { choices: super::choices(&["s0", "s1", "s2", "s3", "s4"]), shuffle: false };
    let one_of = Question { sensitive: true, ..question("harm", kind) };
    assert!(policy::foldings(&one_of, &codes).is_empty(), "no order, so no ends and no middle");
}

#[test]
fn a_way_that_few_took_is_not_named() {
    let rows = people(60, &["s1", "s2"], &["a1", "a2"]);
    let survey = Survey::new(Policy::Rounded, &rows);
    let made =
        survey.release_in(1, &[], vec![(Mode::Assisted, 9), (Mode::Paper, 12), (Mode::Own, 39)]);
    let about = table(&made, "feel", None).about();
    assert_eq!(about.modes, [Mode::Own, Mode::Paper]);
    assert!(about.ways.iter().all(|(_, count)| count % 5 == 0 && *count >= 5));
}

#[test]
fn the_most_ticks_are_known_to_the_attacker() {
    // Two of two ticks at most by ten people, and one choice has none: the others are everybody's.
    let rows = people(60, &["s1", "s2"], &["a1", "a3"]);
    let made = Survey::new(Policy::Rounded, &rows).release(1, &[]);
    let mut body: Body = table(&made, "feel", None).body.clone();
    body.shape = crate::release::table::Shape::Multiple;
    body.choices.truncate(3);
    body.about.people = 60;
    (body.groups[0].base, body.groups[0].cells) = (15, vec![15, 15, 10]);
    let mut one = seen(&[&body]);
    let free = breaches(&one).is_empty();
    one[0].ticks = Some(1);
    assert!(free && !breaches(&one).is_empty(), "one tick each cannot come to that");
    assert_eq!(floor_of("feel"), 10);
}

#[test]
fn whoever_cannot_be_counted_in_a_group_is_not_left_alone() {
    // 57 with an age, and three without: everyone minus the groups would be those three.
    let mut rows = people(57, &["s1", "s2", "s3"], &["a1", "a2"]);
    rows.extend(people(3, &["s0"], &["no_say"]));
    let made = Survey::new(Policy::Rounded, &rows).release(1, &[]);
    let tables: Vec<&Body> = shown(&made).map(|table| &table.body).collect();
    let feel: Vec<&Body> =
        tables.into_iter().filter(|body| body.address.question == "feel").collect();
    assert!(breaches(&seen(&feel)).is_empty());
}

#[test]
fn what_five_answers_would_give_away_is_shown_in_three() {
    let feel = ["s0", "s1", "s1", "s2", "s2", "s2", "s1", "s2", "s3", "s2", "s3"];
    let rows = people(40, &feel, &["a1", "a3"]);
    let mut in_three = 0;
    for key in 0..60_u8 {
        let survey = Survey { secret: vec![key], ..Survey::new(Policy::Rounded, &rows) };
        let made = survey.release(1, &[]);
        let (all, by) = (table(&made, "feel", None), table(&made, "feel", Some("age")));
        if by.withheld().is_some() || by.choices().len() == all.choices().len() {
            continue;
        }
        in_three += 1;
        assert_eq!((all.choices().len(), by.choices().len(), by.groups().len()), (5, 3, 2));
        let codes = by.choices().iter().flat_map(Label::codes);
        let whole = all.choices().iter().map(|label| label.code.as_str());
        assert!(codes.eq(whole), "each answer stands in one of the three");
        assert_eq!(breaches(&seen(&[&all.body, &by.body])), []);
    }
    assert!(in_three > 0, "no key asked for it");
}
