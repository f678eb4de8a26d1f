//! What people and programs write where a name was meant: each gives a drawing that says what it is,
//! or a refusal with its reason, and never a broken picture.

use super::*;
use crate::charts::judge;
use crate::release::Table;
use crate::release::table::{Label, Withheld};

/// The two looks with least room for names.
const CLOSE: [&str; 2] = ["narrow", "hatched"];

/// Names nobody should give.
fn names() -> Vec<(&'static str, String)> {
    vec![
        ("markup", "<script>alert(1)</script> & \"x\" 'y' ]]> <![CDATA[ -->".to_owned()),
        ("control", "Brug\u{0}ple\u{7}in\u{1b}[31m \u{200b}by\u{202e}thgin\u{2066}".to_owned()),
        ("endless", "x".repeat(300)),
        ("endless_arabic", "سلام".repeat(75)),
        ("wordy", "a street where people live and work ".repeat(9)),
        ("three_scripts", "Kade شارع Straße 12 (بناية)".to_owned()),
        ("lines", "one\ntwo\r\n\nthree\tfour".to_owned()),
        ("signs", "100% {n} & co. – “quoted” ½ € @#".to_owned()),
        ("empty", String::new()),
        ("spaces", "   ".to_owned()),
    ]
}

/// A picture of one table.
fn picture<'a>(kind: ChartKind, title: &'a Text, table: &'a Table) -> Picture<'a> {
    Picture {
        id: "p".to_owned(),
        kind,
        title,
        tables: vec![table],
        top: &[],
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: None,
    }
}

/// A picture of each kind whose every text is `name`.
fn drawn_with(name: &str) -> Vec<(ChartKind, Table)> {
    let kinds = [
        (ChartKind::Diverging, Shape::Ordered),
        (ChartKind::SortedBars, Shape::Single),
        (ChartKind::PeopleDots, Shape::People),
        (ChartKind::Population, Shape::Single),
    ];
    let table = |shape| {
        let few = shape == Shape::People;
        let cells = if few { vec![vec![3, 4, 5]] } else { vec![vec![30, 45, 60]] };
        sample(samples::arbitrary(3, &cells, shape, name, false))
    };
    kinds.into_iter().map(|(kind, shape)| (kind, table(shape))).collect()
}

#[test]
fn hostile_names_break_no_chart() {
    let mut wrong = Vec::new();
    for (name, text) in names() {
        for (kind, table) in drawn_with(&text) {
            let title = Text::name("How safe do we feel here?");
            let picture = picture(kind, &title, &table);
            for lang in [Lang::En, Lang::Ar] {
                let words = ChartWords::of(lang).unwrap();
                let looks = pictures::looks().into_iter();
                for (look_name, look) in looks.filter(|(name, _)| CLOSE.contains(name)) {
                    let place = format!("{name} {kind:?} {look_name} {lang}");
                    match judge::drawn(&picture, &look, lang, &words) {
                        Ok((svg, findings)) => {
                            pictures::keep(&place.replace(' ', "_"), &svg);
                            wrong.extend(findings.iter().map(|it| format!("{place} {it}")));
                        }
                        Err(why) => wrong.push(format!("{place} was refused: {why}")),
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn letters_no_font_has_are_refused_with_their_name() {
    let words = ChartWords::of(Lang::En).unwrap();
    for text in ["雨の街", "Kade 🙂", "Ωδός شارع"] {
        let (kind, table) = drawn_with(text).remove(1);
        let title = Text::name("How safe do we feel here?");
        let picture = picture(kind, &title, &table);
        let drawn = draw(&picture, &Look::page_wide(), Lang::En, &words);
        let Err(why) = drawn else { panic!("{text} was drawn") };
        let said = draw_or_say(&picture, &Look::page_wide(), Lang::En, &words, &[]).unwrap();
        assert!(said.body.contains("numbers are in the table"), "{}", said.body);
        let against = judge::Yardstick::of(&Look::page_wide());
        assert_eq!(judge::judge(&said.xml, &against), [], "a sheet that says what it is");
        assert!(why.to_string().contains("no embedded font has every letter"), "{why}");
    }
}

/// A table with so many choices, and so many answers to each.
fn choices(of: usize, each: u64, shape: Shape) -> Table {
    let mut made = samples::arbitrary(of, &[vec![each; of]], shape, "x", false);
    let label = |at: usize| Label {
        code: format!("c{at}"),
        text: Text::name(&format!("street number {at}")),
        score: None,
    };
    made.choices = (0..of).map(label).collect();
    made.text = Text::name("Which street is meant?");
    sample(made)
}

#[test]
fn nothing_one_and_forty_are_sheets_that_say_what_they_are() {
    let kinds = [ChartKind::Diverging, ChartKind::SortedBars, ChartKind::Population];
    let mut withheld = samples::arbitrary(0, &[], Shape::Ordered, "Safe at night?", false);
    withheld.withheld = Some(Withheld::TooFew { needed: 10 });
    let cases = [
        ("no_answers", choices(5, 0, Shape::Single)),
        ("one_category", choices(1, 45, Shape::Single)),
        ("one_answer", choices(1, 1, Shape::Single)),
        ("forty", choices(40, 15, Shape::Single)),
        ("all_withheld", sample(withheld)),
    ];
    let words = ChartWords::of(Lang::Nl).unwrap();
    let title = Text::name("How safe do we feel here?");
    let mut wrong = Vec::new();
    for (name, table) in &cases {
        for kind in kinds {
            if *name == "forty" && kind == ChartKind::Diverging {
                continue; // Refused: forty steps cannot be told apart.
            }
            let picture = picture(kind, &title, table);
            for (look_name, look) in pictures::looks() {
                let place = format!("{name} {kind:?} {look_name}");
                match judge::drawn(&picture, &look, Lang::Nl, &words) {
                    Ok((svg, findings)) => {
                        let words = svg.body.matches("<text").count();
                        wrong.extend(findings.iter().map(|it| format!("{place} {it}")));
                        if words == 0 {
                            wrong.push(format!("{place} says nothing"));
                        }
                        pictures::keep(&place.replace(' ', "_"), &svg);
                    }
                    Err(why) => wrong.push(format!("{place} was refused: {why}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}
