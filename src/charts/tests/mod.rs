//! Tests of the charts: invented tables, drawn in every language for every look.

mod figures;
mod hostile;
mod marked;
mod paper;
mod pictures;
mod places;
mod quality;
mod samples;
mod snapshots;

use proptest::prelude::*;

use super::*;
use crate::release::table::{Shape, sample};

#[test]
fn every_kind_is_drawn_for_every_look() {
    for lang in Lang::RESPONDENTS {
        let words = ChartWords::of(lang).unwrap();
        for (name, picture) in pictures::pictures(&pictures::all()) {
            for (look_name, look) in pictures::looks() {
                let svg = draw(&picture, &look, lang, &words);
                let svg = svg.unwrap_or_else(|why| panic!("{name} {look_name} {lang}: {why}"));
                assert!(svg.height > 20.0, "{name} {look_name}");
                let table = data_table(&picture, lang, &words);
                assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{name}");
                pictures::keep(&format!("{name}_{look_name}_{lang}"), &svg);
            }
        }
    }
}

#[test]
fn nothing_to_draw_is_refused() {
    let words = ChartWords::of(Lang::En).unwrap();
    let title = Text::name("x");
    let empty = Picture {
        id: "x".to_owned(),
        kind: ChartKind::Diverging,
        title: &title,
        tables: Vec::new(),
        top: &[],
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: None,
    };
    assert_eq!(draw(&empty, &Look::page_wide(), Lang::En, &words), Err(Refusal::Empty));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn arbitrary_tables_are_drawn_or_refused(
        steps in 0_usize..9,
        cells in prop::collection::vec(prop::collection::vec(0_u64..4000, 0..10), 0..6),
        shape in 0_usize..6,
        kind in 0_usize..11,
        name in "\\PC{0,40}",
        grouped: bool,
    ) {
        let shapes = [Shape::Ordered, Shape::Single, Shape::Multiple, Shape::People, Shape::Places, Shape::Groups];
        let kinds = pictures::KINDS;
        let table = sample(samples::arbitrary(steps, &cells, shapes[shape], &name, grouped));
        let title = Text::name(&name);
        let (top, ends) = (["c0".to_owned()], []);
        let picture = Picture { id: "p".to_owned(), kind: kinds[kind], title: &title, tables: vec![&table], top: if grouped { &top } else { &[] }, most: None, ends: &ends, cut: Some(2), rounds: &[], ground: None };
        let words = ChartWords::of(Lang::En).unwrap();
        for (_, look) in pictures::looks() {
            if let Ok(svg) = draw(&picture, &look, Lang::En, &words) {
                prop_assert!(!svg.body.contains("NaN") && !svg.body.contains("inf"));
                prop_assert!(!svg.body.contains("=\"-") || svg.body.contains("y=\"-"));
            }
        }
        let numbers = data_table(&picture, Lang::En, &words);
        prop_assert!(numbers.rows.iter().all(|row| row.len() == numbers.head.len()));
        prop_assert!(!caption(&[&table], Lang::En, &words).who.is_empty());
    }
}

#[test]
fn numbers_that_are_not_shown_are_nowhere() {
    let words = ChartWords::of(Lang::En).unwrap();
    let tables = pictures::all();
    let (_, picture) = pictures::pictures(&tables).swap_remove(0);
    let svg = draw(&picture, &Look::page_wide(), Lang::En, &words).unwrap();
    assert!(svg.desc.contains("76%") && svg.desc.contains("11%"), "{}", svg.desc);
    let numbers = data_table(&picture, Lang::En, &words);
    assert_eq!(numbers.rows[5][1], "Not shown: fewer than 10 answers.");
    assert!(numbers.rows[5][2..].iter().all(|cell| cell == "not shown"));
}

#[test]
fn captions_say_who_answered_and_what_to_mind() {
    let words = ChartWords::of(Lang::En).unwrap();
    let tables = pictures::all();
    let (_, picture) = pictures::pictures(&tables).swap_remove(2);
    let caption = caption(&picture.tables, Lang::En, &words);
    assert!(caption.who.starts_with("About 185 people answered"), "{}", caption.who);
    assert!(caption.careful.contains(&words.no_margin));
    let all = format!("{}\n{}", caption.who, caption.careful.join("\n"));
    assert!(!all.contains('{') && !all.contains("significant"), "{all}");
    insta::assert_snapshot!("caption_en", all);
}

#[test]
fn what_is_not_clear_and_what_cannot_be_compared_is_said() {
    let words = ChartWords::of(Lang::En).unwrap();
    let tables = pictures::all();
    let all = pictures::pictures(&tables);
    let of = |name: &str| &all.iter().find(|(known, _)| *known == name).unwrap().1;
    let column = |name, at: usize| {
        let table = data_table(of(name), Lang::En, &words);
        table.rows.iter().map(|row| row[at].clone()).collect::<Vec<_>>()
    };
    // Everyone, then five zones; the last two are counted together after dark only.
    let told = column("dumbbell", 3);
    assert_eq!(told[0], words.less);
    assert_eq!(told[2], words.no_clear, "{told:?}");
    assert_eq!(told[4..], ["not known", "not known"]);
    let ends = [&words.no_clear, &words.more, &words.table_unknown].map(String::as_str);
    assert_eq!(column("dumbbell_groups", 3), ends);
    assert_eq!(column("change", 3), [words.no_change.as_str(), &words.more]);
    let waves = column("waves", 3);
    assert_eq!(waves[1], words.no_change);
    assert_eq!(waves[3], format!("{}; {}", words.no_change, words.more));
    let broken = column("waves_broken", 3);
    assert_eq!(broken[1], words.break_sampling);
    assert_eq!(broken[4], format!("{}; {}", words.break_not_random, words.break_question));
    let svg = draw(of("waves_broken"), &Look::page_wide(), Lang::En, &words).unwrap();
    assert!(svg.body.contains("hg)") && svg.body.contains("fewer than 10"), "{}", svg.body);
    // Where everything is withheld, no number is left anywhere.
    for name in ["interval_hidden", "dumbbell_hidden", "heat_hidden", "multiples_hidden"] {
        let svg = draw(of(name), &Look::page_wide(), Lang::En, &words).unwrap();
        assert!(svg.desc.contains("Nothing in this chart") && !svg.body.contains('%'), "{name}");
        assert!(svg.body.contains("Not shown"), "{name}");
    }
}

#[test]
fn ranges_are_drawn_only_for_people_drawn_at_random() {
    let words = ChartWords::of(Lang::En).unwrap();
    let tables = pictures::all();
    for (name, picture) in pictures::pictures(&tables) {
        let random = picture
            .tables
            .iter()
            .any(|table| table.about().sampling == crate::domain::collection::Sampling::Random);
        let svg = draw(&picture, &Look::page_wide(), Lang::En, &words).unwrap();
        let ranged = svg.body.contains(&words.key_range) || svg.body.contains(&words.key_chance);
        assert!(random || !ranged, "{name}");
    }
    let all = pictures::pictures(&tables);
    let of = |name: &str| &all.iter().find(|(known, _)| *known == name).unwrap().1;
    for name in ["bars_random", "bars_random_top", "interval"] {
        let svg = draw(of(name), &Look::page_wide(), Lang::En, &words).unwrap();
        let ranged = svg.body.contains(&words.key_range) || svg.body.contains(&words.key_chance);
        assert!(ranged, "{name}");
    }
    // Twenty answers are too few for percentages, and for a range.
    let ages = data_table(of("interval"), Lang::En, &words);
    assert_eq!(ages.rows[3][1..4], ["5 of about 20", "not known", "not known"]);
}
