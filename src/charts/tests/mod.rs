//! Tests of the charts: invented tables in three languages, drawn for every look.

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
        for (name, picture) in samples::pictures(&samples::all()) {
            for (look_name, look) in samples::looks() {
                let svg = draw(&picture, &look, lang, &words);
                let svg = svg.unwrap_or_else(|why| panic!("{name} {look_name} {lang}: {why}"));
                assert!(svg.height > 20.0, "{name} {look_name}");
                data_table(&picture, lang, &words);
                samples::keep(&format!("{name}_{look_name}_{lang}"), &svg);
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
        kind in 0_usize..4,
        name in "\\PC{0,40}",
        grouped: bool,
    ) {
        let shapes = [Shape::Ordered, Shape::Single, Shape::Multiple, Shape::People, Shape::Places, Shape::Groups];
        let kinds = [ChartKind::Diverging, ChartKind::SortedBars, ChartKind::PeopleDots, ChartKind::Population];
        let table = sample(samples::arbitrary(steps, &cells, shapes[shape], &name, grouped));
        let title = Text::name(&name);
        let top = ["c0".to_owned()];
        let picture = Picture { id: "p".to_owned(), kind: kinds[kind], title: &title, tables: vec![&table], top: if grouped { &top } else { &[] }, most: None };
        let words = ChartWords::of(Lang::En).unwrap();
        for (_, look) in samples::looks() {
            if let Ok(svg) = draw(&picture, &look, Lang::En, &words) {
                prop_assert!(!svg.body.contains("NaN") && !svg.body.contains("inf"));
                prop_assert!(!svg.body.contains("=\"-") || svg.body.contains("y=\"-"));
            }
        }
        data_table(&picture, Lang::En, &words);
        caption(&[&table], Lang::En, &words);
    }
}
