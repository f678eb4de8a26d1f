//! Tests of the charts: invented tables, drawn in every language for every look.

mod pictures;
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
        let picture = Picture { id: "p".to_owned(), kind: kinds[kind], title: &title, tables: vec![&table], top: if grouped { &top } else { &[] }, most: None, ends: &ends, cut: Some(2), rounds: &[] };
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
