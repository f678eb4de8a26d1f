//! One feature of a file: what it is called and where it is, or everything wrong with it.

use geojson::{Feature, GeometryValue, Position};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::{LONGEST_NAME, Wrong};
use crate::domain::area::{Land, Shape};
use crate::domain::plane::{Plane, Point};

/// The largest single feature, in bytes: the outline of a large town fits three times.
const LARGEST_FEATURE: usize = 1024 * 1024;
/// Corners nearer to the last one than this, in metres, say nothing on a map.
const FINE: f64 = 2.0;
/// No degree is larger; a number far beyond is in metres.
const CIRCLE: f64 = 360.0;

/// A feature, read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The zone it says it is in.
    pub zone: Option<String>,
    /// Whether it says that it is the outline.
    pub is_outline: bool,
    /// Where it is; empty without a geometry that can be drawn.
    pub shapes: Vec<Shape>,
}

/// Reads one feature.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(number: usize, text: &str) -> Result<Read, Vec<Wrong>> {
    if text.len() > LARGEST_FEATURE {
        return Err(vec![Wrong::FeatureTooBig]);
    }
    let feature: Feature = serde_json::from_str(text)
        .map_err(|error| vec![Wrong::NotAFeature(without_place(&error.to_string()))])?;
    let mut wrong = Vec::new();
    let mut word = |property: &str| match name(feature.property(property)) {
        Ok(name) => name,
        Err(fault) => {
            wrong.push(fault);
            None
        }
    };
    let (name, zone) = (word("name"), word("zone"));
    let is_outline = feature.property("kind").and_then(Value::as_str) == Some("outline");
    let geometry = feature.geometry.as_ref().map(|geometry| &geometry.value);
    let shapes = match geometry.map_or(Ok(Vec::new()), shapes) {
        Ok(shapes) => shapes,
        Err(fault) => {
            wrong.push(fault);
            Vec::new()
        }
    };
    let is_land = !shapes.is_empty() && shapes.iter().all(|s| matches!(s, Shape::Land(_)));
    if is_outline && !is_land && wrong.is_empty() {
        wrong.push(Wrong::OutlineNotLand);
    }
    if wrong.is_empty() { Ok(Read { number, name, zone, is_outline, shapes }) } else { Err(wrong) }
}

/// What the reader of GeoJSON says, without a line and column that count from the feature.
fn without_place(said: &str) -> String {
    said.split(" at line ").next().unwrap_or(said).chars().take(160).collect()
}

/// A name as it can be shown; nothing when there is none, or no letter in it.
fn name(value: Option<&Value>) -> Result<Option<String>, Wrong> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            return Err(Wrong::NameNotText);
        }
    };
    if text.chars().any(is_unseen) {
        return Err(Wrong::NameUnseen);
    }
    if text.contains(['<', '>']) {
        return Err(Wrong::NameMarkup);
    }
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > LONGEST_NAME {
        return Err(Wrong::NameTooLong);
    }
    let name: String = name.nfc().collect();
    Ok(name.chars().any(char::is_alphanumeric).then_some(name))
}

/// Characters nobody can see and that change what is read: controls, and whatever turns the order
/// of letters around. The joiners that some scripts are written with are none of them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

fn shapes(geometry: &GeometryValue) -> Result<Vec<Shape>, Wrong> {
    match geometry {
        GeometryValue::Point { coordinates } => Ok(vec![Shape::Spot(point(coordinates)?)]),
        GeometryValue::MultiPoint { coordinates } => {
            coordinates.iter().map(|at| point(at).map(Shape::Spot)).collect()
        }
        GeometryValue::LineString { coordinates } => Ok(vec![way(coordinates)?]),
        GeometryValue::MultiLineString { coordinates } => {
            coordinates.iter().map(|line| way(line)).collect()
        }
        GeometryValue::Polygon { coordinates } => Ok(vec![land(coordinates)?]),
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().map(|rings| land(rings)).collect()
        }
        GeometryValue::GeometryCollection { .. } => Ok(Vec::new()),
    }
}

fn point(position: &Position) -> Result<Point, Wrong> {
    let [lon, lat, ..] = position.as_slice() else { return Err(Wrong::TooShort) };
    if let Some(point) = Point::on_earth(*lon, *lat) {
        return Ok(point.rounded());
    }
    Err(if Point::on_earth(*lat, *lon).is_some() {
        Wrong::Swapped
    } else if lon.abs().max(lat.abs()) > CIRCLE {
        Wrong::OtherSystem
    } else {
        Wrong::OffTheEarth(if (-180.0..=180.0).contains(lon) { *lat } else { *lon })
    })
}

fn way(line: &[Position]) -> Result<Shape, Wrong> {
    let line = thinned(line)?;
    if line.len() < 2 { Err(Wrong::TooShort) } else { Ok(Shape::Way(line)) }
}

fn land(rings: &[Vec<Position>]) -> Result<Shape, Wrong> {
    let mut rings = rings.iter().map(|ring| ring_of(ring));
    let edge = rings.next().unwrap_or(Err(Wrong::TooShort))?;
    // A hole too small to be drawn is no fault.
    let holes = rings.filter(|ring| !matches!(ring, Err(Wrong::TooShort)));
    Ok(Shape::Land(Land { edge, holes: holes.collect::<Result<_, _>>()? }))
}

fn ring_of(ring: &[Position]) -> Result<Vec<Point>, Wrong> {
    let mut ring = thinned(ring)?;
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    if ring.len() < 3 {
        return Err(Wrong::TooShort);
    }
    ring.extend(ring.first().copied());
    Ok(ring)
}

/// A line without the corners that are too near to the one before; its end stays.
fn thinned(line: &[Position]) -> Result<Vec<Point>, Wrong> {
    let mut kept: Vec<Point> = Vec::new();
    for (at, position) in line.iter().enumerate() {
        let point = point(position)?;
        let is_end = at + 1 == line.len();
        let is_near = kept.last().is_some_and(|last| {
            let plane = Plane::around(*last);
            plane.at(*last).to(plane.at(point)) < if is_end { f64::MIN_POSITIVE } else { FINE }
        });
        if !is_near {
            kept.push(point);
        }
    }
    Ok(kept)
}
