//! From features to a map: which of them is the outline, which pieces are one street, and what
//! is left out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::feature::{self, Read};
use super::{Fault, MOST_PLACES, MOST_POINTS, WIDEST, Wrong, whole};
use crate::domain::area::{Land, LeftOut, Map, Place, Shape, WhyLeftOut, code};
use crate::domain::plane::Point;

/// How many of what was left out are named.
const NAMED: usize = 12;
/// How far, in degrees, a place may be from the middle of its time zone: no country is farther.
const FAR_FROM_NOON: f64 = 33.0;
/// How near it must come when its coordinates are swapped.
const NEAR_NOON: f64 = 25.0;

/// Every feature that can be read, and every fault of those that cannot.
pub(super) fn each(features: &[&str]) -> (Vec<Read>, Vec<Fault>) {
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    let mut points = 0;
    for (number, text) in (1..).zip(features) {
        match feature::read(number, text) {
            Ok(one) => {
                points += one.shapes.iter().map(corners).sum::<usize>();
                read.push(one);
            }
            Err(wrong) => {
                let feature = Some(number);
                faults.extend(wrong.into_iter().map(|wrong| Fault { feature, wrong }));
            }
        }
        if points > MOST_POINTS {
            faults.push(whole(Wrong::TooManyPoints));
            break;
        }
    }
    (read, faults)
}

fn corners(shape: &Shape) -> usize {
    match shape {
        Shape::Spot(_) => 1,
        Shape::Way(line) => line.len(),
        Shape::Land(land) => land.edge.len() + land.holes.iter().map(Vec::len).sum::<usize>(),
    }
}

/// The map, as far as it can be made.
pub(super) fn map(read: Vec<Read>, faults: &mut Vec<Fault>) -> Map {
    let (outline, rest) = match outline(read, !faults.is_empty()) {
        Ok(found) => found,
        Err(wrong) => {
            faults.push(whole(wrong));
            return Map::default();
        }
    };
    let mut map = Map { outline, ..Map::default() };
    let wide = width(&map);
    if wide > WIDEST {
        faults.push(whole(Wrong::TooWide(wide)));
        return map;
    }
    let mut left_out = Heap::default();
    let mut places = places(rest, &mut left_out);
    places.retain(|(number, place)| {
        let is_inside = place.touches(&map);
        if !is_inside && is_swapped(&map, place) {
            faults.push(Fault { feature: Some(*number), wrong: Wrong::Swapped });
        } else if !is_inside {
            left_out.add(WhyLeftOut::Outside, &place.name);
        }
        is_inside
    });
    let mut places: Vec<Place> = places.into_iter().map(|(_, place)| place).collect();
    places.sort_by_key(|place| (place.name.to_lowercase(), place.name.clone()));
    // While features are missing, so may be their places: one fault does not bring another.
    let wrong = match places.len() {
        0 if faults.is_empty() => Some(Wrong::NoPlaces),
        n if n > MOST_PLACES => Some(Wrong::TooManyPlaces(n)),
        _ => None,
    };
    faults.extend(wrong.map(whole));
    (map.places, map.left_out) = (places, left_out.told());
    map
}

/// The outline and everything else: what calls itself the outline, or the only land there is.
fn outline(read: Vec<Read>, has_faults: bool) -> Result<(Vec<Land>, Vec<Read>), Wrong> {
    let is_land = |one: &Read| {
        !one.shapes.is_empty() && one.shapes.iter().all(|s| matches!(s, Shape::Land(_)))
    };
    let is_named = read.iter().any(|one| one.is_outline);
    let lands = read.iter().filter(|one| is_land(one)).count();
    match (is_named, lands) {
        (false, 0) => return Err(Wrong::NoOutline),
        (false, 2..) => return Err(Wrong::WhichOutline(lands)),
        // The one that can be read need not be the one that is meant.
        (false, 1) if has_faults => return Ok((Vec::new(), Vec::new())),
        (true, _) | (false, 1) => {}
    }
    let (outline, rest): (Vec<Read>, Vec<Read>) =
        read.into_iter().partition(|one| if is_named { one.is_outline } else { is_land(one) });
    let shapes = outline.into_iter().flat_map(|one| one.shapes);
    let lands = shapes.filter_map(|shape| match shape {
        Shape::Land(land) => Some(land),
        Shape::Spot(_) | Shape::Way(_) => None,
    });
    Ok((lands.collect(), rest))
}

/// The larger side of the outline, in kilometres.
fn width(map: &Map) -> f64 {
    let Some((low, high)) = map.corners() else { return 0.0 };
    let plane = map.plane();
    let (low, high) = (plane.at(low), plane.at(high));
    (high.x - low.x).max(high.y - low.y) / 1000.0
}

/// Features of one name as one place, with the number of the first of them.
fn places(read: Vec<Read>, left_out: &mut Heap) -> Vec<(usize, Place)> {
    let mut places: Vec<(usize, Place)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for one in read {
        let Some(name) = one.name else {
            left_out.add(WhyLeftOut::NoName, &one.number.to_string());
            continue;
        };
        if one.shapes.is_empty() {
            left_out.add(WhyLeftOut::NoGeometry, &name);
            continue;
        }
        let code = code(&name);
        let Some((_, place)) = known.get(&code).and_then(|at| places.get_mut(*at)) else {
            known.insert(code.clone(), places.len());
            places.push((one.number, Place { code, name, zone: one.zone, shapes: one.shapes }));
            continue;
        };
        if place.zone.is_some() && one.zone.is_some() && place.zone != one.zone {
            left_out.add(WhyLeftOut::SeveralZones, &name);
        }
        place.zone = place.zone.take().or(one.zone);
        place.shapes.extend(one.shapes);
    }
    places
}

/// Whether a place lies inside the outline once its latitude and longitude change places.
fn is_swapped(map: &Map, place: &Place) -> bool {
    let turned = |point: &Point| Point::on_earth(point.lat, point.lon);
    let first = place.shapes.first().and_then(|shape| match shape {
        Shape::Spot(point) => turned(point),
        Shape::Way(line) => line.first().and_then(turned),
        Shape::Land(land) => land.edge.first().and_then(turned),
    });
    first.is_some_and(|point| map.holds(point))
}

/// A whole file with latitude first is a good file of somewhere else; only the time zone of the
/// diagnosis knows better: the sun is never so far from its noon in any country.
pub(super) fn suspicion(map: &Map, time_zone: &str) -> Option<Wrong> {
    let (low, high) = map.corners()?;
    let zone = TimeZone::get(time_zone).ok().filter(|_| time_zone.contains('/'))?;
    let offset =
        |second: i64| Timestamp::from_second(second).map_or(0, |at| zone.to_offset(at).seconds());
    // The first days of January and July 2026: the lesser offset is the one without summer time.
    let noon = f64::from(offset(1_767_225_600).min(offset(1_782_864_000))) / 240.0;
    let far = |degrees: f64| ((degrees - noon + 540.0).rem_euclid(360.0) - 180.0).abs();
    let (lon, lat) = (f64::midpoint(low.lon, high.lon), f64::midpoint(low.lat, high.lat));
    let is_suspect = far(lon) > FAR_FROM_NOON && far(lat) < NEAR_NOON;
    is_suspect.then(|| Wrong::SeemsSwapped(time_zone.to_owned()))
}

/// What is left out, by reason.
#[derive(Default)]
struct Heap(BTreeMap<WhyLeftOut, Vec<String>>);

impl Heap {
    fn add(&mut self, why: WhyLeftOut, which: &str) {
        let pile = self.0.entry(why).or_default();
        if pile.last().is_none_or(|last| last != which) {
            pile.push(which.to_owned());
        }
    }

    fn told(self) -> Vec<LeftOut> {
        let pile = |(why, mut which): (WhyLeftOut, Vec<String>)| {
            let count = which.len();
            which.truncate(NAMED);
            LeftOut { why, which, count }
        };
        self.0.into_iter().map(pile).collect()
    }
}
