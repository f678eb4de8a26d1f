//! Files as people have them, and files as nobody should.

use std::fmt::Write;

use super::*;
use crate::domain::area::{LeftOut, Shape, WhyLeftOut};
use crate::domain::plane::Point;

const GHENT: &str = "Europe/Brussels";

/// A collection of these features.
fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn feature(properties: &str, kind: &str, coordinates: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
    )
}

/// A square around Ghent, about 1,4 by 2,2 kilometres.
fn outline() -> String {
    let ring = "[[[3.71,51.04],[3.73,51.04],[3.73,51.06],[3.71,51.06],[3.71,51.04]]]";
    feature(r#"{"kind":"outline"}"#, "Polygon", ring)
}

fn street(name: &str, from: (f64, f64), to: (f64, f64)) -> String {
    let line = format!("[[{},{}],[{},{}]]", from.0, from.1, to.0, to.1);
    feature(&format!(r#"{{"name":"{name}","zone":"Kade"}}"#), "LineString", &line)
}

fn square(name: &str) -> String {
    let ring = "[[[3.715,51.05],[3.716,51.05],[3.716,51.051],[3.715,51.05]]]";
    feature(&format!(r#"{{"name":"{name}"}}"#), "Polygon", ring)
}

fn whole_file() -> String {
    collection(&[
        street("Lange Kade", (3.712, 51.045), (3.72, 51.045)),
        street("Lange Kade", (3.72, 51.045), (3.728, 51.046)),
        outline(),
        square("Marktplein"),
        feature(r#"{"name":"Halte Tunnel","zone":"Tunnelwijk"}"#, "Point", "[3.725,51.055]"),
        feature(r#"{"name":null}"#, "LineString", "[[3.72,51.05],[3.721,51.05]]"),
        feature(r#"{"name":"Verre Weg"}"#, "LineString", "[[3.80,51.05],[3.81,51.05]]"),
        r#"{"type":"Feature","properties":{"name":"Nergens"},"geometry":null}"#.to_owned(),
        feature(r#"{"name":"Lange Kade","zone":"Haven"}"#, "Point", "[3.722,51.045,7.5]"),
    ])
}

fn wrongs(file: &str) -> Vec<(Option<usize>, Wrong)> {
    let faults = read(file.as_bytes(), GHENT).unwrap_err();
    faults.into_iter().map(|fault| (fault.feature, fault.wrong)).collect()
}

/// What is wrong with one more feature in a good file; it has number 3.
fn wrong_with(feature: &str) -> Vec<(Option<usize>, Wrong)> {
    let good = street("Kade", (3.712, 51.045), (3.72, 51.045));
    wrongs(&collection(&[outline(), good, feature.to_owned()]))
}

#[test]
fn a_file_becomes_a_map() {
    let map = read(whole_file().as_bytes(), GHENT).unwrap();
    let names: Vec<_> = map.places.iter().map(|place| place.name.as_str()).collect();
    assert_eq!(names, ["Halte Tunnel", "Lange Kade", "Marktplein"]);
    let quay = map.place("lange-kade").unwrap();
    assert_eq!(quay.zone.as_deref(), Some("Kade"));
    assert!(matches!(quay.shapes.as_slice(), [Shape::Way(_), Shape::Way(_), Shape::Spot(_)]));
    assert_eq!(map.snap(Point { lon: 3.724, lat: 51.0456 }).unwrap().code, "lange-kade");
    let left = |why, which: &str| LeftOut { why, which: vec![which.to_owned()], count: 1 };
    let expected = [
        left(WhyLeftOut::NoName, "6"),
        left(WhyLeftOut::NoGeometry, "Nergens"),
        left(WhyLeftOut::Outside, "Verre Weg"),
        left(WhyLeftOut::SeveralZones, "Lange Kade"),
    ];
    assert_eq!(map.left_out, expected);
}

#[test]
fn the_only_ground_is_the_outline_and_a_mark_before_the_file_is_nothing() {
    let ring = "[[[3.71,51.04],[3.73,51.04],[3.73,51.06],[3.71,51.06]]]";
    let file = collection(&[
        feature("{}", "MultiPolygon", &format!("[{ring}]")),
        street("Kade", (3.712, 51.045), (3.72, 51.045)),
    ]);
    let map = read(format!("\u{feff}{file}").as_bytes(), GHENT).unwrap();
    assert_eq!(map.outline[0].edge.len(), 5, "a ring is closed when it is not");
    assert_eq!(map.places.len(), 1);
}

#[test]
fn the_same_name_is_the_same_place_however_it_is_written() {
    let file = collection(&[
        outline(),
        street("Rue de l’E\u{301}te\u{301}", (3.712, 51.045), (3.72, 51.045)),
        street("rue  de l’Été", (3.72, 51.045), (3.728, 51.046)),
        street("شارع النخيل", (3.72, 51.05), (3.728, 51.05)),
    ]);
    let map = read(file.as_bytes(), GHENT).unwrap();
    let names: Vec<_> = map.places.iter().map(|place| place.name.as_str()).collect();
    assert_eq!(names, ["Rue de l’Été", "شارع النخيل"]);
}

#[test]
fn every_fault_is_told_with_the_number_of_its_feature() {
    let file = collection(&[
        outline(),
        feature(r#"{"name":"Oost"}"#, "Point", "[351.05,51.05]"),
        feature(r#"{"name":"<b>Kerk</b>"}"#, "Point", "[3.72,51.05]"),
        feature(r#"{"name":12}"#, "Point", "[3.72]"),
        feature(r#"{"name":"Kort"}"#, "LineString", "[[3.72,51.05]]"),
        feature(r#"{"kind":"outline"}"#, "Point", "[3.72,51.05]"),
        r#"{"type":"Street"}"#.to_owned(),
    ]);
    let wrongs = wrongs(&file);
    assert_eq!(wrongs[0], (Some(2), Wrong::OffTheEarth(351.05)));
    assert_eq!(wrongs[1], (Some(3), Wrong::NameMarkup));
    assert!(matches!(&wrongs[2], (Some(4), Wrong::NotAFeature(why)) if why.contains("position")));
    assert_eq!(wrongs[3], (Some(5), Wrong::TooShort));
    assert_eq!(wrongs[4], (Some(6), Wrong::OutlineNotLand));
    assert!(
        matches!(&wrongs[5], (Some(7), Wrong::NotAFeature(why)) if !why.contains("line")),
        "{wrongs:?}"
    );
    assert_eq!(wrongs.len(), 6, "{wrongs:?}");
}

#[test]
fn names_that_deceive_are_refused() {
    for name in [
        "Kerk\\u202estraat",
        "Kerk\\u0000",
        "Kerk\\u2066",
        "\\u200fKerk",
        "Ke\\u200brk",
        "\\ufeffKerk",
    ] {
        let kerk = feature(&format!(r#"{{"name":"{name}"}}"#), "Point", "[3.72,51.05]");
        assert_eq!(wrong_with(&kerk), [(Some(3), Wrong::NameUnseen)], "{name}");
    }
    let long = feature(&format!(r#"{{"name":"{}"}}"#, "x".repeat(81)), "Point", "[3.72,51.05]");
    assert_eq!(wrong_with(&long), [(Some(3), Wrong::NameTooLong)]);
    let number = feature(r#"{"name":12}"#, "Point", "[3.72,51.05]");
    assert_eq!(wrong_with(&number), [(Some(3), Wrong::NameNotText)]);
    let zone = feature(r#"{"name":"Kerk","zone":"<i>"}"#, "Point", "[3.72,51.05]");
    assert_eq!(wrong_with(&zone), [(Some(3), Wrong::NameMarkup)]);
}

#[test]
fn latitude_first_is_recognised() {
    let one = feature(r#"{"name":"Kerk"}"#, "Point", "[51.05,3.72]");
    assert_eq!(wrong_with(&one), [(Some(3), Wrong::Swapped)], "only it is inside when swapped");
    let tokyo = feature(r#"{"name":"Kerk"}"#, "Point", "[35.68,139.69]");
    assert_eq!(wrong_with(&tokyo), [(Some(3), Wrong::Swapped)], "no latitude is so large");
    let ring = "[[[51.04,3.71],[51.04,3.73],[51.06,3.73],[51.06,3.71],[51.04,3.71]]]";
    let all = collection(&[
        feature("{}", "Polygon", ring),
        feature(r#"{"name":"Kade"}"#, "Point", "[51.05,3.72]"),
    ]);
    assert_eq!(wrongs(&all), [(None, Wrong::SeemsSwapped(GHENT.to_owned()))]);
    assert!(read(all.as_bytes(), "Indian/Mahe").is_ok(), "there is such a place");
    assert!(read(all.as_bytes(), "UTC").is_ok(), "nothing is known");
    for (zone, lon, lat) in [
        ("America/Argentina/Rio_Gallegos", -72.3, -50.3),
        ("Asia/Shanghai", 76.0, 39.5),
        ("Africa/El_Aaiun", -15.9, 23.7),
        ("Europe/Madrid", -8.7, 42.2),
        ("Pacific/Kiritimati", -157.4, 1.9),
        ("Atlantic/Reykjavik", -21.9, 64.1),
    ] {
        let at = |dx: f64, dy: f64| format!("[{},{}]", lon + dx, lat + dy);
        let ring = format!("[[{},{},{}]]", at(-0.01, -0.01), at(0.01, -0.01), at(0.0, 0.01));
        let file = collection(&[
            feature("{}", "Polygon", &ring),
            feature(r#"{"name":"X"}"#, "Point", &at(0.0, 0.0)),
        ]);
        assert!(read(file.as_bytes(), zone).is_ok(), "{zone} is where it is");
    }
}

#[test]
fn a_file_that_is_no_map_says_why() {
    let none = |wrong| vec![(None, wrong)];
    assert_eq!(wrongs(""), none(Wrong::NotJson { line: 1, column: 0 }));
    assert_eq!(wrongs("{\n \"type\": NaN}"), none(Wrong::NotJson { line: 2, column: 10 }));
    assert_eq!(wrongs("[]"), none(Wrong::NotACollection));
    assert_eq!(wrongs(r#"{"type":"Feature"}"#), none(Wrong::NotACollection));
    assert_eq!(
        wrongs(r#"{"type":"FeatureCollection","features":{}}"#),
        none(Wrong::NotACollection)
    );
    assert_eq!(wrongs(&collection(&[])), none(Wrong::NoOutline));
    assert_eq!(wrongs(&collection(&[outline()])), none(Wrong::NoPlaces));
    let two = collection(&[square("Plein"), square("Park")]);
    assert_eq!(wrongs(&two), none(Wrong::WhichOutline(2)));
    let lambert =
        whole_file().replacen('{', r#"{"crs":{"name":"urn:ogc:def:crs:EPSG::31370"},"#, 1);
    assert_eq!(wrongs(&lambert), none(Wrong::OtherSystem));
    let metres = feature(r#"{"name":"Kerk"}"#, "Point", "[104512.3,194027.1]");
    assert_eq!(wrong_with(&metres), [(Some(3), Wrong::OtherSystem)]);
    let wide = "[[[3.0,51.0],[4.0,51.0],[4.0,51.2],[3.0,51.0]]]";
    let wide = collection(&[feature("{}", "Polygon", wide)]);
    assert!(
        matches!(wrongs(&wide)[..], [(None, Wrong::TooWide(km))] if (69.0..71.0).contains(&km))
    );
    let latin = read(b"{\"type\":\n\"\xff\"}", GHENT).unwrap_err();
    assert_eq!(latin[0].wrong, Wrong::NotJson { line: 2, column: 2 });
}

#[test]
fn faults_beyond_what_anybody_reads_are_counted() {
    let wrong = vec![feature(r#"{"name":"<"}"#, "Point", "[3.72,51.05]"); 60];
    let wrongs = wrongs(&collection(&wrong));
    assert_eq!(wrongs.len(), MOST_FAULTS + 1);
    assert_eq!(wrongs[MOST_FAULTS], (None, Wrong::More(11)), "the outline is missing too");
}

/// What somebody would send to make the server stop: each is refused within two seconds.
fn hostile() -> Vec<(&'static str, String)> {
    let size = LARGEST - 200;
    let points = |separator: &str, one: &str| {
        let mut text = String::with_capacity(size);
        while text.len() + one.len() + 1 < size {
            let _infallible = write!(text, "{}{one}", if text.is_empty() { "" } else { separator });
        }
        text
    };
    let many = |n: usize| {
        let one = street("Kade", (3.712, 51.045), (3.72, 51.045));
        let mut all = vec![outline()];
        all.extend((0..n).map(|at| one.replace("Kade", &format!("Kade {at}"))));
        collection(&all)
    };
    let stops = |n: usize| {
        let mut all = vec![outline()];
        let stop = |at| feature(&format!(r#"{{"name":"{at}"}}"#), "Point", "[3.7,51]");
        all.extend((0..n).map(stop));
        collection(&all)
    };
    let spiral: Vec<String> = (0..45_000)
        .map(|at| {
            let turn = f64::from(at) / 9.0;
            let out = 0.00002 * turn.sqrt() * 10.0;
            format!("[{:.6},{:.6}]", 3.72 + out * turn.cos(), 51.05 + out * turn.sin())
        })
        .collect();
    let halves = spiral
        .chunks(15_000)
        .map(|line| feature(r#"{"name":"Slak"}"#, "LineString", &format!("[{}]", line.join(","))));
    vec![
        ("ten megabytes", "x".repeat(10 * 1024 * 1024)),
        (
            "empty features",
            format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, points(",", "{}")),
        ),
        ("a hundred thousand streets", many(100_000)),
        ("eighty thousand stops", stops(80_000)),
        ("as many stops as are read", stops(MOST_FEATURES - 1)),
        ("as many streets as are read", many(MOST_FEATURES - 1)),
        (
            "one giant feature",
            collection(&[feature("{}", "LineString", &format!("[{}]", points(",", "[0,0]")))]),
        ),
        (
            "nested for ever",
            format!(r#"{{"type":"FeatureCollection","features":[{}"#, "[".repeat(size)),
        ),
        (
            "nested and closed",
            collection(&[format!("{}{}", "[".repeat(size / 2), "]".repeat(size / 2 - 100))]),
        ),
        (
            "nested properties",
            collection(&[feature(
                &format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000)),
                "Point",
                "[3.72,51.05]",
            )]),
        ),
        (
            "nested strangers",
            format!(
                r#"{{"type":"FeatureCollection","x":{}{},"features":[]}}"#,
                "[".repeat(size / 2),
                "]".repeat(size / 2)
            ),
        ),
        (
            "too many corners",
            collection(&std::iter::once(outline()).chain(halves).collect::<Vec<_>>()),
        ),
        ("infinite", collection(&[outline(), feature(r#"{"name":"x"}"#, "Point", "[1e999,51]")])),
        (
            "a number without end",
            collection(&[
                outline(),
                feature(r#"{"name":"x"}"#, "Point", &format!("[{},51]", "9".repeat(500_000))),
            ]),
        ),
        (
            "a name without end",
            collection(&[
                outline(),
                feature(
                    &format!(r#"{{"name":"{}"}}"#, "x".repeat(900_000)),
                    "Point",
                    "[3.72,51.05]",
                ),
            ]),
        ),
    ]
}

#[test]
fn the_largest_map_is_read() {
    let mut all = vec![outline()];
    for place in 0..MOST_PLACES - 1 {
        let at = |step: usize| {
            let (x, y) = (place % 40, place / 40);
            let lon = 3.7101 + 0.0004 * f64::from(u32::try_from(x).unwrap());
            let lat = 51.0401 + 0.0003 * f64::from(u32::try_from(y).unwrap());
            format!("[{:.6},{:.6}]", lon + 0.00004 * f64::from(u32::try_from(step).unwrap()), lat)
        };
        let line: Vec<String> = (0..19).map(at).collect();
        let line = format!("[{}]", line.join(","));
        all.push(feature(&format!(r#"{{"name":"Straat {place}"}}"#), "LineString", &line));
    }
    let file = collection(&all);
    let map = read(file.as_bytes(), GHENT).unwrap();
    assert_eq!(map.places.len() + map.left_out.iter().map(|l| l.count).sum::<usize>(), 1999);
    assert!(map.snap(Point { lon: 3.7203, lat: 51.0471 }).is_ok());
}

#[test]
fn hostile_files_are_refused() {
    for (what, file) in hostile() {
        let faults = read(file.as_bytes(), GHENT).expect_err(what);
        assert!(faults.len() <= MOST_FAULTS + 1, "{what}: {} faults", faults.len());
    }
}
