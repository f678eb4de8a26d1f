//! Broken drawings, each of which must fail by the check in its name and by no other; and colours.

use std::path::PathBuf;

use super::*;
use crate::charts::look;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/broken_svg")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// A page, or a sheet of paper where the name says so; with what a careful person knows of it.
fn against(name: &str) -> Yardstick {
    let look = match (name.contains("_wall_"), name.contains("_hatched_")) {
        (true, true) => Look::wall(2670.0).hatched(),
        (true, false) => Look::wall(2670.0),
        (false, _) => Look::page_wide(),
    };
    Yardstick {
        shares: vec![0.8, 0.4, 0.02],
        says: vec!["80".to_owned(), "40".to_owned()],
        hidden: vec!["1234".to_owned()],
        ..Yardstick::of(&look)
    }
}

#[test]
fn every_broken_drawing_fails_by_its_own_check() {
    let (mut seen, mut wrong) = (std::collections::BTreeSet::new(), Vec::new());
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_drawing = std::path::Path::new(&name).extension().is_some_and(|end| end == "svg");
        if name.starts_with("00_") || !is_drawing {
            continue;
        }
        let findings = judge(&read(&name), &against(&name));
        let wanted: u8 = name.split('_').next().unwrap().parse().unwrap();
        let found: Vec<u8> = findings.iter().map(|it| it.check.number()).collect();
        if found.is_empty() || found.iter().any(|it| *it != wanted) {
            wrong.push(format!("{name}: {findings:?}"));
        }
        seen.insert(wanted);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Drawing twice is not in a file.
    let missing: Vec<u8> =
        Check::ALL.iter().map(|check| check.number()).filter(|it| !seen.contains(it)).collect();
    assert_eq!(missing, [Check::Same.number()]);
}

#[test]
fn what_is_whole_passes() {
    for name in ["00_whole.svg", "00_wall_hatched_whole.svg"] {
        let findings = judge(&read(name), &against(name));
        assert!(findings.is_empty(), "{name}: {findings:?}");
    }
}

#[test]
fn a_label_that_was_moved_is_looked_for_where_it_is() {
    let whole = read("00_whole.svg");
    let moved = whole.replace("<text x=\"20\"", "<text transform=\"translate(-40 0)\" x=\"20\"");
    assert_ne!(whole, moved);
    let findings = judge(&moved, &against("00_whole.svg"));
    assert!(findings.iter().any(|it| it.check == Check::Outside), "{findings:?}");
}

#[test]
fn every_colour_of_the_house_is_told_apart() {
    let hex = |color: plotters::style::RGBColor| {
        format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
    };
    for of in 2..=11 {
        let patch = |at: usize| {
            let over = look::hatch(at, of).map_or(String::new(), |hatch| {
                format!("<rect width=\"9\" height=\"9\" fill=\"url(#{hatch:?})\"/>")
            });
            format!("<rect data-key=\"1\" fill=\"{}\"/>{over}", hex(look::step(at, of)))
        };
        for hatched in [false, true] {
            let patches: String = (0..of).map(patch).collect();
            let look = Look::page_wide();
            let against = Yardstick { hatched, ..Yardstick::of(&look) };
            let xml = format!("<svg>{patches}</svg>");
            let document = roxmltree::Document::parse(&xml).unwrap();
            let mut found = Found(Vec::new());
            colour::judge(&document, &against, &mut found);
            assert!(found.0.is_empty(), "{of} steps: {:?}", found.0);
        }
    }
}

#[test]
fn letters_are_large_enough_where_they_are_read() {
    let (wall, points) = (Look::wall(2670.0).text, |points: f64| points * 254.0 / 72.0);
    assert!(wall.statement >= points(36.0) && wall.total >= points(36.0), "three metres");
    assert!(wall.number >= points(22.0) && wall.legend >= points(22.0), "one and a half");
    assert!(wall.note >= points(13.0), "in the hand");
    let projector = Look::projector().text;
    for size in [projector.statement, projector.number, projector.legend, projector.note] {
        assert!(size >= 24.0);
    }
    for look in [Look::page_wide(), Look::page_narrow()] {
        assert!(look.text.note >= 12.0 && look.text.number >= 12.0);
    }
}
