//! Every kind of chart as a file that is read again when a drawing changes.

use super::*;

#[test]
fn every_kind_keeps_its_drawing() {
    let kinds = ["diverging", "bars", "places", "people", "population"];
    for (name, picture) in pictures::pictures(&pictures::all()) {
        if !kinds.contains(&name) {
            continue;
        }
        let words = ChartWords::of(Lang::En).unwrap();
        let svg = draw(&picture, &Look::page_wide(), Lang::En, &words).unwrap();
        insta::assert_snapshot!(format!("{name}_en"), svg.xml);
    }
}

#[test]
fn arabic_keeps_its_drawing() {
    let tables = pictures::all();
    let (_, picture) = pictures::pictures(&tables).swap_remove(1);
    let words = ChartWords::of(Lang::Ar).unwrap();
    let svg = draw(&picture, &Look::page_narrow(), Lang::Ar, &words).unwrap();
    insta::assert_snapshot!("diverging_groups_ar", svg.xml);
}
