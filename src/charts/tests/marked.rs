//! Numbers beside figures: in every kind of chart each has its place, inside the sheet and apart
//! from the others, and a drawing without numbers is what it was.

use super::pictures;
use crate::charts::{Mark, Spot, draw, draw_marked};
use crate::domain::text::Lang;
use crate::words::ChartWords;

/// Centre and radius of every dark disc.
fn discs(xml: &str) -> Vec<(f64, f64, f64)> {
    let number = |circle: &str, name: &str| -> f64 {
        let rest = circle.split(&format!(" {name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let circles = xml.split("<circle").skip(1).map(|rest| rest.split("/>").next().unwrap());
    let dark = circles.filter(|circle| circle.to_lowercase().contains("fill=\"#1a1a1a\""));
    dark.map(|it| (number(it, "cx"), number(it, "cy"), number(it, "r"))).collect()
}

#[test]
fn every_number_has_a_place_of_its_own() {
    let mut wrong = Vec::new();
    for lang in [Lang::Nl, Lang::Ar] {
        let words = ChartWords::of(lang).unwrap();
        for (name, picture) in pictures::pictures(&pictures::all()) {
            let mut spots: Vec<Spot> = Vec::new();
            for (table, one) in picture.tables.iter().enumerate() {
                for group in 0..one.groups().len().max(1) {
                    for choice in [None, Some(0), Some(1)] {
                        spots.push(Spot { table, group, choice });
                    }
                }
            }
            spots.truncate(12);
            let marks: Vec<Mark> =
                (1..).zip(&spots).map(|(n, spot)| Mark { spot: *spot, n }).collect();
            for (look_name, look) in pictures::looks() {
                let plain = draw(&picture, &look, lang, &words).unwrap();
                let none = draw_marked(&picture, &look, lang, &words, &[]).unwrap();
                assert_eq!(plain, none, "{name} {look_name}");
                let svg = draw_marked(&picture, &look, lang, &words, &marks).unwrap();
                let own = discs(&svg.xml).len() - discs(&plain.xml).len();
                let all = discs(&svg.xml);
                let discs = &all[all.len() - own..];
                let at = format!("{name} {look_name} {lang}");
                if own == 0 || own > marks.len() {
                    wrong.push(format!("{at}: {own} numbers of {}", marks.len()));
                }
                for (place, (x, y, r)) in discs.iter().enumerate() {
                    let inside = x - r >= -1.0
                        && x + r <= svg.width + 1.0
                        && y - r >= -1.0
                        && y + r <= svg.height + 1.0;
                    if !inside {
                        let (wide, tall) = (svg.width, svg.height);
                        wrong.push(format!("{at}: {x} {y} {r} leaves {wide} {tall}"));
                    }
                    let near = |(other_x, other_y, _): &&(f64, f64, f64)| {
                        (x - other_x).hypot(y - other_y) <= r * 1.5
                    };
                    if discs[..place].iter().any(|other| near(&other)) {
                        wrong.push(format!("{at}: {x} {y} stands on another"));
                    }
                }
                pictures::keep(&format!("{name}_{look_name}_{lang}_marked"), &svg);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
