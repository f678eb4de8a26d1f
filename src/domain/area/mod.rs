//! The area's own map: its outline, and the named places and streets in it.
//!
//! A place somebody means is kept as the code of a street, square, park or stop: `Map::snap`
//! turns a position into the nearest one and the position is forgotten. An area is never edited; a
//! new import is a new one, and a collection keeps the one it opened with. A code is made from the
//! name alone, so the same street has the same code in every import.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::diagnosis::{Zone, slug};
use crate::domain::ids::{AreaId, DiagnosisId};
use crate::domain::plane::{self, At, Plane, Point};

/// How far, in metres, a place may be from a position that means it: a fingertip on a phone's map,
/// or a phone that does not know better between high walls.
pub const NEAR: f64 = 150.0;

/// The longest code that is made of the letters of a name alone.
const LONGEST_CODE: usize = 40;

/// A map as it was imported.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// The diagnosis it belongs to.
    pub diagnosis: DiagnosisId,
    /// Its number in the diagnosis, from 1.
    pub number: i64,
    /// The day it was imported.
    pub imported: Date,
    /// What is on it.
    pub map: Map,
}

/// What is on a map, and where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// Who drew what it was made from: shown under every map.
    pub source: String,
    /// Under which terms: shown under every map.
    pub licence: String,
    /// The outline of the area.
    pub outline: Vec<Land>,
    /// The named places, in the order of their names.
    pub places: Vec<Place>,
    /// What the file had and the map has not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A piece of land.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Land {
    /// The ring around it.
    pub edge: Vec<Point>,
    /// Rings around what does not belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<Vec<Point>>,
}

/// A street, square, park or stop that people call by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What is stored when somebody means it.
    pub code: String,
    /// Its name, the same in every language.
    pub name: String,
    /// The zone it is listed under, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Where it is: pieces of a street, a spot, land.
    pub shapes: Vec<Shape>,
}

/// Where a place or a piece of it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A spot.
    Spot(Point),
    /// A piece of a street.
    Way(Vec<Point>),
    /// A square or a park.
    Land(Land),
}

/// Something a file had that is not on the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Why.
    pub why: WhyLeftOut,
    /// The first few, by their names or their numbers in the file.
    pub which: Vec<String>,
    /// How many they are.
    pub count: usize,
}

/// Why something in a file is not on the map as it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeftOut {
    /// It has no name, so nobody can mean it.
    NoName,
    /// It has no geometry, or one of several kinds at once.
    NoGeometry,
    /// All of it lies outside the outline.
    Outside,
    /// It is there, but listed under the first of its zones only.
    SeveralZones,
}

/// Why a position means no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// Not in the area.
    #[error("this is outside the area")]
    Outside,
    /// In the area, but no named place is near.
    #[error("no street or place with a name is within {NEAR} metres of this")]
    Nothing,
}

/// The code of a name: the same for the same name, however it is written in capitals.
///
/// Letters that an address cannot have would be lost, so a name with any of them, or a long one,
/// gets eight hexadecimal letters of its hash.
///
/// ```
/// use miradouro::domain::area::code;
/// assert_eq!(code("Kerkstraat"), "kerkstraat");
/// assert_eq!(code(" KERKSTRAAT "), "kerkstraat");
/// assert_ne!(code("Rue de l’Été"), code("Rue de l’t"));
/// assert!(code("شارع النخيل").starts_with("place-"));
/// ```
#[must_use]
pub fn code(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let word = slug(&lower);
    let is_lossy = lower.chars().any(|c| c.is_alphanumeric() && !c.is_ascii());
    if !word.is_empty() && !is_lossy && word.len() < LONGEST_CODE {
        return word;
    }
    let hash: String =
        Sha256::digest(lower.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let word: String = word.chars().take(LONGEST_CODE - 9).collect();
    match word.trim_end_matches('-') {
        "" => format!("place-{hash}"),
        word => format!("{word}-{hash}"),
    }
}

impl Map {
    /// The south-west and north-east corners of the outline; nothing without one.
    #[must_use]
    pub fn corners(&self) -> Option<(Point, Point)> {
        let points = self.outline.iter().flat_map(|land| &land.edge);
        points.fold(None, |corners, point| {
            let (low, high) = corners.unwrap_or((*point, *point));
            Some((
                Point { lon: low.lon.min(point.lon), lat: low.lat.min(point.lat) },
                Point { lon: high.lon.max(point.lon), lat: high.lat.max(point.lat) },
            ))
        })
    }

    /// The plane around the middle of the outline.
    #[must_use]
    pub fn plane(&self) -> Plane {
        let (low, high) =
            self.corners().unwrap_or((Point { lon: 0.0, lat: 0.0 }, Point { lon: 0.0, lat: 0.0 }));
        let lon = f64::midpoint(low.lon, high.lon);
        Plane::around(Point { lon, lat: f64::midpoint(low.lat, high.lat) })
    }

    /// Whether a position is inside the outline.
    #[must_use]
    pub fn holds(&self, point: Point) -> bool {
        let plane = self.plane();
        self.outline.iter().any(|land| land.holds(&plane, plane.at(point)))
    }

    /// Whether a line begins inside the outline or comes into it.
    fn meets(&self, plane: &Plane, line: &[Point]) -> bool {
        if line.first().is_some_and(|point| self.holds(*point)) {
            return true;
        }
        let line = plane.line(line);
        let edges = self.outline.iter().map(|land| plane.line(&land.edge));
        edges.into_iter().any(|edge| plane::cross(&line, &edge))
    }

    /// The place with this code.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.code == code)
    }

    /// The places under the headings they are looked for by: their zones, in the order of `zones`
    /// and then of their names, those without one last and under none. Where no place says its
    /// zone, the first letters of the names.
    #[must_use]
    pub fn listed(&self, zones: &[Zone]) -> Vec<(String, Vec<&Place>)> {
        if self.places.iter().all(|place| place.zone.is_none()) {
            return self.by_letter();
        }
        let rank = |place: &Place| {
            let Some(name) = &place.zone else { return (usize::MAX, String::new()) };
            let is_it = |zone: &Zone| zone.name.to_lowercase() == name.to_lowercase();
            match zones.iter().position(is_it) {
                Some(at) => (at, zones[at].name.clone()),
                None => (zones.len(), name.clone()),
            }
        };
        let mut groups: BTreeMap<(usize, String), Vec<&Place>> = BTreeMap::new();
        for place in &self.places {
            groups.entry(rank(place)).or_default().push(place);
        }
        groups.into_iter().map(|((_, heading), places)| (heading, places)).collect()
    }

    fn by_letter(&self) -> Vec<(String, Vec<&Place>)> {
        let mut groups: BTreeMap<String, Vec<&Place>> = BTreeMap::new();
        for place in &self.places {
            let letter = place.name.chars().find(|c| c.is_alphanumeric());
            let letter = letter.map_or_else(String::new, |c| c.to_uppercase().collect());
            groups.entry(letter).or_default().push(place);
        }
        groups.into_iter().collect()
    }

    /// The named place a position means: the nearest one, the smallest of those it is in.
    ///
    /// # Errors
    /// When the position is outside the outline, or no place is near.
    pub fn snap(&self, point: Point) -> Result<&Place, NoPlace> {
        if !self.holds(point) {
            return Err(NoPlace::Outside);
        }
        let plane = self.plane();
        let here = plane.at(point);
        let far = self.places.iter().map(|place| (place.distance(&plane, here), place));
        let near = far.filter(|((metres, _), _)| *metres <= NEAR);
        let nearest = near
            .min_by(|((a, small), _), ((b, large), _)| a.total_cmp(b).then(small.total_cmp(large)));
        nearest.map(|(_, place)| place).ok_or(NoPlace::Nothing)
    }
}

impl Place {
    /// How far the nearest piece of it is from a spot, and how large that piece is.
    fn distance(&self, plane: &Plane, here: At) -> (f64, f64) {
        let each = self.shapes.iter().map(|shape| shape.distance(plane, here));
        each.fold((f64::INFINITY, 0.0), |least, one| if one.0 < least.0 { one } else { least })
    }

    /// Whether any part of it lies inside an outline.
    #[must_use]
    pub fn touches(&self, map: &Map) -> bool {
        let plane = map.plane();
        self.shapes.iter().any(|shape| match shape {
            Shape::Spot(point) => map.holds(*point),
            Shape::Way(line) => map.meets(&plane, line),
            Shape::Land(land) => {
                let first = map.outline.iter().filter_map(|outline| outline.edge.first());
                map.meets(&plane, &land.edge)
                    || first.into_iter().any(|corner| land.holds(&plane, plane.at(*corner)))
            }
        })
    }
}

impl Shape {
    fn distance(&self, plane: &Plane, here: At) -> (f64, f64) {
        match self {
            Self::Spot(point) => (here.to(plane.at(*point)), 0.0),
            Self::Way(line) => (here.to_line(&plane.line(line)), 0.0),
            Self::Land(land) if land.holds(plane, here) => (0.0, land.extent(plane)),
            Self::Land(land) => (land.edge_from(plane, here), land.extent(plane)),
        }
    }
}

impl Land {
    /// Whether a spot is on it.
    fn holds(&self, plane: &Plane, here: At) -> bool {
        here.is_within(&plane.line(&self.edge))
            && !self.holes.iter().any(|hole| here.is_within(&plane.line(hole)))
    }

    /// How far the nearest edge is.
    fn edge_from(&self, plane: &Plane, here: At) -> f64 {
        let rings = std::iter::once(&self.edge).chain(&self.holes);
        rings.map(|ring| here.to_line(&plane.line(ring))).fold(f64::INFINITY, f64::min)
    }

    /// How large it is, in square metres: the shoelace formula, holes not taken out.
    fn extent(&self, plane: &Plane) -> f64 {
        let ring = plane.line(&self.edge);
        let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
        pairs.map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f64>().abs() / 2.0
    }
}
