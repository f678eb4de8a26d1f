//! A kilometre of an invented town, and what is meant in it.

use proptest::prelude::*;

use super::*;

/// Metres east and north of the middle of a square of a kilometre around 51° N 4° E.
fn point(east: f64, north: f64) -> Point {
    let degree = 111_195.08;
    let narrow = 51.0_f64.to_radians().cos();
    Point { lon: 4.0 + east / (degree * narrow), lat: 51.0 + north / degree }.rounded()
}

fn square(middle: (f64, f64), half: f64) -> Land {
    let (x, y) = middle;
    let corners = [(-1., -1.), (1., -1.), (1., 1.), (-1., 1.), (-1., -1.)];
    let edge = corners.iter().map(|(dx, dy)| point(x + dx * half, y + dy * half)).collect();
    Land { edge, holes: Vec::new() }
}

fn place(name: &str, shape: Shape) -> Place {
    Place { code: code(name), name: name.to_owned(), zone: None, shapes: vec![shape] }
}

/// A kilometre square with a hole in the south-west, a street, a park with a pond in it, a stop.
fn map() -> Map {
    let mut outline = square((0.0, 0.0), 500.0);
    outline.holes.push(square((-350.0, -350.0), 50.0).edge);
    let street = Shape::Way(vec![point(-400.0, 0.0), point(400.0, 0.0)]);
    Map {
        source: "a test".to_owned(),
        licence: "none".to_owned(),
        outline: vec![outline],
        places: vec![
            place("Lange Straat", street),
            place("Park", Shape::Land(square((300.0, 300.0), 100.0))),
            place("Vijver", Shape::Land(square((300.0, 300.0), 20.0))),
            place("Halte Noord", Shape::Spot(point(-300.0, 300.0))),
        ],
        left_out: Vec::new(),
    }
}

fn snapped(east: f64, north: f64) -> Result<String, NoPlace> {
    map().snap(point(east, north)).map(|place| place.name.clone())
}

#[test]
fn a_position_means_the_nearest_named_place() {
    assert_eq!(snapped(0.0, 60.0).as_deref(), Ok("Lange Straat"));
    assert_eq!(snapped(380.0, 220.0).as_deref(), Ok("Park"), "inside it");
    assert_eq!(snapped(305.0, 295.0).as_deref(), Ok("Vijver"), "the smaller of two");
    assert_eq!(snapped(-300.0, 420.0).as_deref(), Ok("Halte Noord"));
    assert_eq!(snapped(-300.0, -480.0), Err(NoPlace::Nothing), "too far from anything");
    assert_eq!(snapped(0.0, 501.0), Err(NoPlace::Outside));
    assert_eq!(snapped(-350.0, -350.0), Err(NoPlace::Outside), "a hole");
    let nowhere = Point { lon: f64::NAN, lat: f64::INFINITY };
    assert_eq!(map().snap(nowhere), Err(NoPlace::Outside));
    assert_eq!(Map::default().snap(point(0.0, 0.0)), Err(NoPlace::Outside));
    let sentence = NoPlace::Nothing.to_string();
    assert_eq!(sentence, "no street or place with a name is within 150 metres of this");
}

#[test]
fn places_are_listed_by_zone_or_else_by_letter() {
    let names = |map: &Map, zones: &[Zone]| -> Vec<(String, Vec<String>)> {
        let names = |places: Vec<&Place>| places.iter().map(|p| p.name.clone()).collect();
        map.listed(zones).into_iter().map(|(heading, it)| (heading, names(it))).collect()
    };
    let expect = |all: &[(&str, &[&str])]| -> Vec<(String, Vec<String>)> {
        let group = |(heading, names): &(&str, &[&str])| {
            ((*heading).to_owned(), names.iter().map(|&n| n.to_owned()).collect())
        };
        all.iter().map(group).collect()
    };
    let zone = |name: &str| Zone { code: slug(name), name: name.to_owned() };
    let mut map = map();
    let letters: [(&str, &[&str]); 4] =
        [("H", &["Halte Noord"]), ("L", &["Lange Straat"]), ("P", &["Park"]), ("V", &["Vijver"])];
    assert_eq!(names(&map, &[zone("Noord")]), expect(&letters));
    for (at, zone) in [(0, "haven"), (1, "Noord"), (3, "Elders")] {
        map.places[at].zone = Some(zone.to_owned());
    }
    let zones: [(&str, &[&str]); 4] = [
        ("Noord", &["Park"]),
        ("Haven", &["Lange Straat"]),
        ("Elders", &["Halte Noord"]),
        ("", &["Vijver"]),
    ];
    assert_eq!(names(&map, &[zone("Noord"), zone("Haven")]), expect(&zones));
}

#[test]
fn codes_come_from_names_alone() {
    assert_eq!(code("Sint-Jansstraat"), "sint-jansstraat");
    assert_ne!(code("Café"), code("Caf"));
    assert_ne!(code("القدس"), code("النخيل"));
    let long = "Place de la Resistance et de la Deportation ";
    assert_ne!(code(&format!("{long} Nord")), code(&format!("{long} Sud")));
    assert!(code(long).len() <= LONGEST_CODE);
    assert_eq!(code("!!!").len(), "place-".len() + 8);
}

#[test]
fn a_map_is_stored_and_read_back() {
    let text = serde_json::to_string(&map()).unwrap();
    assert_eq!(serde_json::from_str::<Map>(&text).unwrap(), map());
    assert!(text.contains("[4."), "longitude first: {text}");
}

#[test]
fn what_lies_outside_is_told_apart() {
    let map = map();
    assert!(map.places.iter().all(|place| place.touches(&map)));
    let way = |from, to| place("Baan", Shape::Way(vec![from, to]));
    assert!(way(point(-900.0, 100.0), point(900.0, 120.0)).touches(&map), "right across");
    assert!(way(point(0.0, 100.0), point(10.0, 100.0)).touches(&map), "inside");
    let around = place("Om", Shape::Land(square((0.0, 0.0), 2000.0)));
    assert!(around.touches(&map), "all around");
    for shape in [
        Shape::Spot(point(900.0, 0.0)),
        Shape::Way(vec![point(-900.0, 600.0), point(900.0, 600.0)]),
        Shape::Way(Vec::new()),
        Shape::Land(square((900.0, 0.0), 100.0)),
    ] {
        assert!(!place("Ver", shape.clone()).touches(&map), "{shape:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_nearer_than_what_is_found(
        east in -700.0..700.0_f64, north in -700.0..700.0_f64,
    ) {
        let map = map();
        let plane = map.plane();
        let here = plane.at(point(east, north));
        let far = |place: &Place| place.distance(&plane, here).0;
        match map.snap(point(east, north)) {
            Ok(found) => {
                prop_assert!(map.holds(point(east, north)));
                prop_assert!(far(found) <= NEAR);
                prop_assert!(map.places.iter().all(|place| far(found) <= far(place)));
            }
            Err(NoPlace::Outside) => prop_assert!(!map.holds(point(east, north))),
            Err(NoPlace::Nothing) => {
                prop_assert!(map.places.iter().all(|place| far(place) > NEAR));
            }
        }
    }

    #[test]
    fn every_corner_of_a_place_means_a_place_that_is_there(which in 0..4_usize) {
        let map = map();
        let plane = map.plane();
        for shape in &map.places[which].shapes {
            let points = match shape {
                Shape::Spot(point) => vec![*point],
                Shape::Way(line) => line.clone(),
                Shape::Land(land) => land.edge.clone(),
            };
            for point in points {
                let found = map.snap(point).unwrap();
                prop_assert!(found.distance(&plane, plane.at(point)).0 < 0.01);
            }
        }
    }

    #[test]
    fn codes_are_words_of_an_address(name in "\\PC{1,90}") {
        let code = code(&name);
        prop_assert!(!code.is_empty() && code.len() <= LONGEST_CODE, "{code}");
        prop_assert!(code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{code}");
        prop_assert_eq!(&code, &super::code(&format!("  {name} ")));
    }
}
