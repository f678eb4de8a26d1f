//! Every sort of change is told as what it is, on our own instruments; and properties that hold for
//! any of them changed anywhere.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::line::{Join, Line, joins, lines};
use super::*;
use crate::domain::question::{Band, Choice, Kind};
use crate::instruments::Shelf;

static SHELF: LazyLock<Shelf> = LazyLock::new(|| Shelf::load(None));

/// The long questionnaire in three languages.
fn sheet() -> Instrument {
    let mut sheet = SHELF.instrument("resident_safety").unwrap().clone();
    sheet.languages.retain(|lang| Lang::STAFF.contains(lang));
    sheet
}

/// The question with this id, to be changed.
fn at<'a>(of: &'a mut Instrument, id: &str) -> &'a mut Question {
    let mut all = of.sections.iter_mut().flat_map(|section| &mut section.questions);
    all.find(|question| question.id == id).unwrap()
}

fn choices(of: &mut Question) -> &mut Vec<Choice> {
    match &mut of.kind {
        Kind::Single { choices, .. }
        | Kind::Multiple { choices, .. }
        | Kind::Scale { choices, .. }
        | Kind::Rank { choices, .. } => choices,
        Kind::Faces { .. }
        | Kind::Grid { .. }
        | Kind::Number { .. }
        | Kind::Text { .. }
        | Kind::Zone
        | Kind::Place
        | Kind::Photo { .. }
        | Kind::Group { .. }
        | Kind::Counts { .. }
        | Kind::Consent
        | Kind::AgeGate
        | Kind::Info { .. }
        | Kind::Weight => unreachable!("these tests change no choices of it"),
    }
}

fn put(text: &mut Text, lang: Lang, words: &str) {
    text.0.insert(lang, words.to_owned());
}

/// What changed after something was done to the questionnaire: where, what and as which act.
fn after(done: impl FnOnce(&mut Instrument)) -> (Instrument, Vec<(At, What, Act)>) {
    let old = sheet();
    let mut new = old.clone();
    done(&mut new);
    let changes = changes(&old, &new).into_iter();
    (new, changes.map(|change| (change.at, change.what, change.act)).collect())
}

fn question(id: &str) -> At {
    At::Question(id.to_owned())
}

fn line_of(new: &Instrument, id: &str) -> Line {
    let lines = lines(&sheet(), new);
    lines.into_iter().find(|(at, _)| *at == question(id)).unwrap().1
}

#[test]
fn the_same_has_no_changes() {
    let (new, changed) = after(|_| {});
    assert_eq!(changed, []);
    assert!(lines(&sheet(), &new).iter().all(|(_, line)| *line == Line::GoesOn));
}

#[test]
fn better_words_go_on() {
    let (new, changed) = after(|new| {
        put(&mut at(new, "a1").text, Lang::Nl, "Hoe vindt u deze buurt, alles bij elkaar?");
        put(&mut choices(at(new, "a2"))[0].text, Lang::En, "far worse");
    });
    let much_worse = What::Choice("much_worse".to_owned());
    let words =
        [(question("a1"), What::Asked, Act::Wording), (question("a2"), much_worse, Act::Wording)];
    assert_eq!(changed, words);
    assert_eq!(must_raise(&sheet(), &new), Vec::<String>::new());
    assert_eq!(line_of(&new, "a1"), Line::GoesOn);
}

#[test]
fn both_sides_of_better_words_are_told() {
    let (old, mut new) = (sheet(), sheet());
    put(&mut at(&mut new, "a1").text, Lang::En, "How do you like this neighbourhood?");
    let changed = changes(&old, &new);
    let [change] = changed.as_slice() else { panic!("{changed:?}") };
    let words = |side: &Option<Side>| side.clone().unwrap().words.get(Lang::En).to_owned();
    assert_eq!(words(&change.was), "How do you like this neighbourhood overall?");
    assert_eq!(words(&change.now), "How do you like this neighbourhood?");
}

#[test]
fn a_raised_meaning_breaks_the_line_and_makes_its_words_a_change_of_meaning() {
    let (new, changed) = after(|new| {
        at(new, "a1").meaning = 2;
        put(&mut at(new, "a1").text, Lang::En, "How do you like your street overall?");
    });
    let both = [
        (question("a1"), What::Asked, Act::Meaning),
        (question("a1"), What::Meaning, Act::Meaning),
    ];
    assert_eq!(changed, both);
    assert_eq!(must_raise(&sheet(), &new), Vec::<String>::new());
    assert_eq!(line_of(&new, "a1"), Line::Breaks);
}

#[test]
fn what_can_be_answered_is_the_scale() {
    type Done = fn(&mut Question);
    let ways: [(Done, What); 5] = [
        (|q| choices(q)[0].code = "dreadful".to_owned(), What::Choice("dreadful".to_owned())),
        (|q| choices(q)[0].score = Some(-1.0), What::Choice("very_bad".to_owned())),
        (|q| choices(q)[4].missing = true, What::Choice("very_good".to_owned())),
        (|q| choices(q).swap(0, 1), What::Steps),
        (|q| q.kind = Kind::Single { choices: choices(q).clone(), shuffle: false }, What::Kind),
    ];
    for (done, what) in ways {
        let (new, changed) = after(|new| done(at(new, "a1")));
        assert!(changed.contains(&(question("a1"), what.clone(), Act::Scale)), "{changed:?}");
        assert_eq!(must_raise(&sheet(), &new), ["a1"], "{what:?}");
        assert_eq!(line_of(&new, "a1"), Line::Breaks);
        let (new, _) = after(|new| {
            done(at(new, "a1"));
            at(new, "a1").meaning = 2;
        });
        assert_eq!(must_raise(&sheet(), &new), Vec::<String>::new(), "{what:?}");
        assert_eq!(line_of(&new, "a1"), Line::Breaks);
    }
}

#[test]
fn bands_and_limits_are_the_scale_too() {
    let band = |code: &str, from: f64, to: f64| Band {
        code: code.to_owned(),
        text: Text::name(code),
        from,
        to,
        score: None,
    };
    let number = |max: f64, cut: f64| {
        let mut of = sheet();
        let bands = vec![band("few", 0.0, cut), band("many", cut + 1.0, max)];
        at(&mut of, "a1").kind = Kind::Number { min: 0.0, max, bands, choices: Vec::new() };
        of
    };
    assert_eq!(must_raise(&number(10.0, 4.0), &number(10.0, 4.0)), Vec::<String>::new());
    assert_eq!(must_raise(&number(10.0, 4.0), &number(10.0, 5.0)), ["a1"]);
    let changed = changes(&number(10.0, 4.0), &number(20.0, 4.0));
    assert!(changed.iter().any(|change| (&change.what, change.act) == (&What::Limits, Act::Scale)));
}

/// The sheet in which every kind stands once.
fn every_kind() -> Instrument {
    let text = include_str!("../../../tests/surveys/every_kind.toml");
    let (found, faults) = crate::instruments::check("every_kind.toml", text, None);
    found.unwrap_or_else(|| panic!("{faults:?}"))
}

/// The first question of a kind, to be changed.
fn of_kind(of: &mut Instrument, is_it: fn(&Kind) -> bool) -> &mut Question {
    let mut all = of.sections.iter_mut().flat_map(|section| &mut section.questions);
    all.find(|question| is_it(&question.kind)).unwrap()
}

#[test]
fn the_heading_of_a_grid_stands_over_its_rows() {
    let is_grid = |kind: &Kind| matches!(kind, Kind::Grid { .. });
    let mut old = every_kind();
    let grid = of_kind(&mut old, is_grid);
    for words in grid.text.0.values_mut() {
        "How much of a problem is this here?".clone_into(words);
    }
    let (id, rows) = (grid.id.clone(), grid.rows().iter().map(|row| row.id.clone()));
    let rows: Vec<String> = rows.collect();
    let mut new = old.clone();
    for words in at(&mut new, &id).text.0.values_mut() {
        words.push_str(" And now?");
    }
    assert_eq!(must_raise(&old, &new), Vec::<String>::new());
    for words in at(&mut new, &id).text.0.values_mut() {
        "Completely unlike anything asked earlier".clone_into(words);
    }
    assert_eq!(must_raise(&old, &new), rows);
    let lines: Vec<_> = lines(&old, &new).into_iter().filter(|(_, l)| *l != Line::GoesOn).collect();
    let broken = rows.into_iter().map(|row| (At::Question(row), Line::Breaks));
    assert_eq!(lines, broken.collect::<Vec<_>>());
}

#[test]
fn what_the_newer_kinds_can_change() {
    type Done = fn(&mut Question);
    type Is = fn(&Kind) -> bool;
    let is_rank: Is = |kind| matches!(kind, Kind::Rank { .. });
    let ways: [(Is, Done, Act); 5] = [
        (
            is_rank,
            |q| {
                if let Kind::Rank { places, .. } = &mut q.kind {
                    *places = 3;
                }
            },
            Act::Scale,
        ),
        (is_rank, |q| choices(q).rotate_left(1), Act::Moved),
        (is_rank, |q| choices(q)[0].show_if = "a = b".parse().ok(), Act::Logic),
        (
            |kind| matches!(kind, Kind::Counts { .. }),
            |q| {
                if let Kind::Counts { groups, .. } = &mut q.kind {
                    groups.truncate(1);
                }
            },
            Act::Scale,
        ),
        (
            |kind| matches!(kind, Kind::Info { .. }),
            |q| {
                if let Kind::Info { body } = &mut q.kind {
                    *body = Text::name("Other.");
                }
            },
            Act::Wording,
        ),
    ];
    for (is_it, done, act) in ways {
        let (old, mut new) = (every_kind(), every_kind());
        let changed = of_kind(&mut new, is_it);
        done(changed);
        let id = changed.id.clone();
        let told = changes(&old, &new);
        assert!(!told.is_empty() && told.iter().all(|change| change.act == act), "{told:?}");
        let must = if act == Act::Scale { vec![id] } else { Vec::new() };
        assert_eq!(must_raise(&old, &new), must);
    }
}

#[test]
fn who_is_asked_leaves_a_note() {
    let rule = || "a1 = very_bad".parse().ok();
    let (new, changed) = after(|new| at(new, "a2").show_if = rule());
    assert_eq!(changed, [(question("a2"), What::Base, Act::Logic)]);
    assert_eq!(line_of(&new, "a2"), Line::Noted);
    assert_eq!(must_raise(&sheet(), &new), Vec::<String>::new());
}

#[test]
fn one_question_moved_is_one_change() {
    let (new, changed) = after(|new| {
        let section = new.sections.iter_mut().find(|one| one.questions.len() > 3).unwrap();
        let first = section.questions.remove(0);
        section.questions.insert(3, first);
    });
    let [(_, What::Place, Act::Moved)] = changed.as_slice() else { panic!("{changed:?}") };
    assert!(lines(&sheet(), &new).iter().all(|(_, line)| *line == Line::GoesOn));
}

#[test]
fn a_question_comes_and_another_goes() {
    let (new, changed) = after(|new| at(new, "a1").id = "a9".to_owned());
    let expected =
        [(question("a9"), What::Whole, Act::Added), (question("a1"), What::Whole, Act::Removed)];
    let told = changed.iter().filter(|(at, _, _)| matches!(at, At::Question(_)));
    assert_eq!(told.cloned().collect::<Vec<_>>(), expected);
    assert_eq!(line_of(&new, "a9"), Line::Begins);
    assert_eq!(line_of(&new, "a1"), Line::Ends);
}

#[test]
fn an_id_used_again_for_something_else_must_be_raised() {
    let (new, changed) = after(|new| {
        let text = &mut at(new, "a1").text;
        put(text, Lang::En, "Is there enough light in the streets at night?");
        put(text, Lang::Nl, "Is er ’s nachts genoeg licht op straat?");
        put(text, Lang::Fr, "Les rues sont-elles assez éclairées pendant la nuit ?");
    });
    assert_eq!(changed, [(question("a1"), What::Reused, Act::Meaning)]);
    assert_eq!(must_raise(&sheet(), &new), ["a1"]);
    let (new, _) = after(|new| {
        put(&mut at(new, "a1").text, Lang::En, "Is there enough light in the streets at night?");
    });
    assert_eq!(must_raise(&sheet(), &new), Vec::<String>::new(), "one language is a translation");
}

#[test]
fn a_meaning_never_goes_down() {
    let mut old = sheet();
    at(&mut old, "a1").meaning = 2;
    assert_eq!(must_raise(&old, &sheet()), ["a1"]);
}

#[test]
fn another_method_is_marked() {
    let (long, short) = (sheet(), SHELF.instrument("pulse2").unwrap());
    let twin = short.all_questions().find(|question| question.same_as.is_some()).unwrap();
    let id = twin.same_as.as_deref().unwrap().split_once('/').unwrap().1;
    let asked = (long.slug.as_str(), long.question(id).unwrap());
    assert_eq!(joins(asked, (&short.slug, twin)), Join::OtherMethod);
    assert_eq!(joins((&short.slug, twin), asked), Join::OtherMethod);
    assert_eq!(joins(asked, asked), Join::Same);
    let other = (long.slug.as_str(), long.question("a2").unwrap());
    assert_eq!(joins(asked, other), Join::No);
    let (new, _) = after(|new| {
        let mut twin = at(new, "a1").clone();
        twin.id = "a1_short".to_owned();
        twin.same_as = Some("resident_safety/a1".to_owned());
        new.sections[0].questions.push(twin);
    });
    assert_eq!(line_of(&new, "a1_short"), Line::OtherMethod);
}

#[test]
fn an_index_breaks_with_its_questions() {
    let index = sheet().indices[0].clone();
    let line = |new: &Instrument| {
        let lines = lines(&sheet(), new);
        lines.into_iter().find(|(at, _)| *at == At::Index(index.id.clone())).unwrap().1
    };
    let (new, _) = after(|new| at(new, &index.questions[0]).meaning = 2);
    assert_eq!(line(&new), Line::Breaks);
    let (new, _) = after(|new| new.indices[0].questions.truncate(2));
    assert_eq!(line(&new), Line::Breaks);
    let (new, _) = after(|new| {
        at(new, &index.questions[0]).show_if = "a1 = very_bad".parse().ok();
    });
    assert_eq!(line(&new), Line::Noted);
}

#[test]
fn a_new_language_is_one_change() {
    let (_, changed) = after(|new| {
        new.languages.push(Lang::De);
        put(&mut at(new, "a1").text, Lang::De, "Wie gefällt es Ihnen hier?");
        put(&mut at(new, "a2").text, Lang::De, "Und verglichen mit letztem Jahr?");
    });
    let expected = [
        (At::Sheet, What::Languages, Act::Setting),
        (At::Sheet, What::Translation(Lang::De), Act::Wording),
    ];
    assert_eq!(changed, expected);
}

/// Ways of changing a question of any kind.
const WAYS: usize = 8;

fn change(of: &mut Instrument, way: usize, place: usize) {
    let count = of.laid_out().count();
    let mut all = of.sections.iter_mut().flat_map(|section| &mut section.questions);
    let question = all.nth(place % count).unwrap();
    match way {
        0 => put(&mut question.text, Lang::En, "Quite another question, isn’t it?"),
        1 => question.meaning += 1,
        2 => question.sensitive = !question.sensitive,
        3 => question.hint = Some(Text::name("hint")),
        4 => question.show_if = "nothing = else".parse().ok(),
        5 => question.kind = Kind::Weight,
        6 => question.id += "_other",
        _ => {
            let section = of.sections.iter_mut().find(|one| one.questions.len() > 1);
            if let Some(section) = section {
                section.questions.rotate_left(1);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_change_is_told_both_ways(done in prop::collection::vec((0..WAYS, 0..200usize), 0..5)) {
        for old in SHELF.instruments() {
            let mut new = old.clone();
            for (way, place) in &done {
change(&mut new, *way, *place);
}
            let (there, back) = (changes(old, &new), changes(&new, old));
            prop_assert_eq!(there.is_empty(), *old == new);
            prop_assert_eq!(back.is_empty(), *old == new);
            let steady = |all: &[Change]| all.iter().filter(|c| c.act != Act::Moved).count();
            prop_assert_eq!(steady(&there), steady(&back));
            let count = |all: &[Change], act| all.iter().filter(|c| c.act == act).count();
            prop_assert_eq!(count(&there, Act::Added), count(&back, Act::Removed));
        }
    }

    #[test]
    fn raising_is_enough(done in prop::collection::vec((0..WAYS, 0..200usize), 0..5)) {
        let old = sheet();
        let mut new = old.clone();
        for (way, place) in &done {
change(&mut new, *way, *place);
}
        for id in must_raise(&old, &new) {
            at(&mut new, &id).meaning = old.question(&id).unwrap().meaning + 1;
        }
        prop_assert_eq!(must_raise(&old, &new), Vec::<String>::new());
        for (at, line) in lines(&old, &new) {
            let At::Question(id) = at else { continue };
            let same = old.question(&id).zip(new.question(&id));
            let same = same.is_some_and(|(was, now)| was.meaning == now.meaning);
            prop_assert_eq!(same, matches!(line, Line::GoesOn | Line::Noted), "{}", id);
        }
    }

    #[test]
    fn what_rises_rises(numbers in prop::collection::vec(0..50usize, 0..30)) {
        let mut numbers = numbers;
        let mut seen = BTreeSet::new();
        numbers.retain(|number| seen.insert(*number));
        let kept = rising(&numbers);
        let inside: Vec<usize> = numbers.iter().copied().filter(|n| kept.contains(n)).collect();
        prop_assert!(inside.is_sorted());
        prop_assert_eq!(kept.is_empty(), numbers.is_empty());
    }
}
