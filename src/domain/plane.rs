//! Positions on the earth, and the flat piece of it on which a neighbourhood lies.
//!
//! Distances are taken on an equidistant cylindrical plane that touches the earth at the middle of
//! the area: x = R · (λ − λ₀) · cos φ₀ and y = R · (φ − φ₀), with the mean radius R of the earth.
//! The formula is (12-1) and (12-2) of Snyder, *Map Projections: A Working Manual*, U.S. Geological
//! Survey Professional Paper 1395 (1987), page 91; R is the mean radius R₁ of GRS 80 (Moritz, 2000).
//! Over ten kilometres it is wrong by less than one part in five hundred, which is far less than a
//! phone is wrong about where it is.

use serde::{Deserialize, Serialize};

/// The mean radius of the earth, in metres.
const EARTH: f64 = 6_371_008.8;

/// A position on the earth, in degrees of WGS 84. Stored as `[longitude, latitude]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 2]", into = "[f64; 2]")]
pub struct Point {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

impl From<[f64; 2]> for Point {
    fn from([lon, lat]: [f64; 2]) -> Self {
        Self { lon, lat }
    }
}

impl From<Point> for [f64; 2] {
    fn from(point: Point) -> Self {
        [point.lon, point.lat]
    }
}

impl Point {
    /// A position, if there is one like it on the earth.
    ///
    /// ```
    /// use miradouro::domain::plane::Point;
    /// assert!(Point::on_earth(3.72, 51.05).is_some());
    /// assert!(Point::on_earth(51.05, 372.0).is_none());
    /// assert!(Point::on_earth(f64::NAN, 51.05).is_none());
    /// ```
    #[must_use]
    pub fn on_earth(lon: f64, lat: f64) -> Option<Self> {
        // A number that is none is in no range.
        let is_there = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
        is_there.then_some(Self { lon, lat })
    }

    /// A position as people write it, latitude first: `51.05, 3.72`, or `51,05 3,72`.
    ///
    /// ```
    /// use miradouro::domain::plane::Point;
    /// let point = Point::written("51.05, 3.72").unwrap();
    /// assert_eq!((point.lat, point.lon), (51.05, 3.72));
    /// assert_eq!(Point::written("51,05; 3,72"), Some(point));
    /// assert_eq!(Point::written("Kerkstraat 3"), None);
    /// ```
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        let has_points = text.contains('.');
        let parts = text.split(|c: char| c.is_whitespace() || c == ';' || (c == ',' && has_points));
        let numbers = parts.map(|part| part.trim_matches([',', '°'])).filter(|p| !p.is_empty());
        let numbers: Option<Vec<f64>> =
            numbers.map(|number| number.replace(',', ".").parse().ok()).collect();
        match numbers?.as_slice() {
            [lat, lon] => Self::on_earth(*lon, *lat),
            _ => None,
        }
    }

    /// The same position to a millionth of a degree, about a hand's width.
    #[must_use]
    pub fn rounded(self) -> Self {
        let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
        Self { lon: round(self.lon), lat: round(self.lat) }
    }
}

/// A spot on a plane, in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct At {
    /// Metres east of the middle.
    pub x: f64,
    /// Metres north of the middle.
    pub y: f64,
}

impl At {
    /// How far another spot is.
    #[must_use]
    pub fn to(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// How far the nearest spot of a line is; infinitely far when the line has no points.
    #[must_use]
    pub fn to_line(self, line: &[Self]) -> f64 {
        let first = line.first().map_or(f64::INFINITY, |only| self.to(*only));
        line.windows(2).fold(first, |least, pair| match pair {
            [from, to] => least.min(self.to_stretch(*from, *to)),
            _ => least,
        })
    }

    /// How far the nearest spot of a straight stretch is.
    fn to_stretch(self, from: Self, to: Self) -> f64 {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx * dx + dy * dy;
        if length <= 0.0 {
            return self.to(from);
        }
        let along = ((self.x - from.x) * dx + (self.y - from.y) * dy) / length;
        let along = along.clamp(0.0, 1.0);
        self.to(Self { x: from.x + along * dx, y: from.y + along * dy })
    }

    /// Whether a ring goes around this spot: a line from here crosses it an odd number of times.
    #[must_use]
    pub fn is_within(self, ring: &[Self]) -> bool {
        let before = ring.iter().skip(ring.len().saturating_sub(1)).chain(ring);
        before.zip(ring).fold(false, |inside, (from, to)| {
            let crosses = (from.y > self.y) != (to.y > self.y);
            let left = || from.x + (self.y - from.y) / (to.y - from.y) * (to.x - from.x) > self.x;
            inside != (crosses && left())
        })
    }
}

/// Whether two lines cross or touch.
#[must_use]
pub fn cross(one: &[At], other: &[At]) -> bool {
    one.windows(2).any(|stretch| other.windows(2).any(|edge| meet(stretch, edge)))
}

/// Whether two straight stretches meet: each has its ends on different sides of the other.
fn meet(one: &[At], other: &[At]) -> bool {
    let ([a, b], [c, d]) = (one, other) else { return false };
    let side = |p: &At, q: &At, r: &At| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let apart = |p: f64, q: f64| p * q <= 0.0;
    let near = |p: f64, q: f64, r: f64, s: f64| p.min(q) <= r.max(s) && r.min(s) <= p.max(q);
    near(a.x, b.x, c.x, d.x)
        && near(a.y, b.y, c.y, d.y)
        && apart(side(a, b, c), side(a, b, d))
        && apart(side(c, d, a), side(c, d, b))
}

/// A flat piece of the earth around a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    middle: Point,
    /// How much narrower a degree east is than a degree north.
    narrow: f64,
}

impl Plane {
    /// The plane that touches the earth here.
    #[must_use]
    pub fn around(middle: Point) -> Self {
        Self { middle, narrow: middle.lat.to_radians().cos() }
    }

    /// Where a position lies on it.
    #[must_use]
    pub fn at(&self, point: Point) -> At {
        let x = EARTH * (point.lon - self.middle.lon).to_radians() * self.narrow;
        let y = EARTH * (point.lat - self.middle.lat).to_radians();
        At { x, y }
    }

    /// Where a line lies on it.
    #[must_use]
    pub fn line(&self, line: &[Point]) -> Vec<At> {
        line.iter().map(|point| self.at(*point)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The distance along a great circle, by the haversine.
    fn haversine(a: Point, b: Point) -> f64 {
        let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let h = a.lat.to_radians().cos() * b.lat.to_radians().cos();
        2.0 * EARTH * h.mul_add(half(a.lon, b.lon), half(a.lat, b.lat)).sqrt().asin()
    }

    #[test]
    fn positions_are_read_as_people_write_them() {
        let ghent = Some(Point { lon: 3.72, lat: 51.05 });
        for text in ["51.05,3.72", " 51.05 , 3.72 ", "51.05 3.72", "51,05 3,72", "51,05, 3,72"] {
            assert_eq!(Point::written(text), ghent, "{text}");
        }
        assert_eq!(Point::written("51.05°, 3.72°"), ghent);
        assert_eq!(Point::written("-38, 145"), Some(Point { lon: 145.0, lat: -38.0 }));
        for text in
            ["", "51.05", "51.05, 3.72, 4", "151.05, 3.72", "NaN, 1.0", "inf 1.0", "1e999 1"]
        {
            assert_eq!(Point::written(text), None, "{text}");
        }
    }

    #[test]
    fn a_ring_goes_around_what_is_inside() {
        let at = |x, y| At { x, y };
        let horseshoe =
            [at(0., 0.), at(9., 0.), at(9., 9.), at(6., 9.), at(6., 3.), at(3., 3.), at(3., 9.)];
        assert!(at(1., 1.).is_within(&horseshoe));
        assert!(at(7., 8.).is_within(&horseshoe));
        assert!(!at(4.5, 6.).is_within(&horseshoe), "between the legs");
        assert!(!at(-1., 1.).is_within(&horseshoe));
        assert!(!at(1., 1.).is_within(&[]));
    }

    #[test]
    fn lines_that_meet_are_told_from_lines_that_do_not() {
        let at = |x, y| At { x, y };
        let street = [at(0., 0.), at(4., 0.), at(4., 4.)];
        assert!(cross(&street, &[at(2., -1.), at(2., 1.)]));
        assert!(cross(&street, &[at(3., 3.), at(4., 3.)]), "an end on it");
        assert!(!cross(&street, &[at(5., -1.), at(5., 9.)]));
        assert!(!cross(&street, &[at(0., 1.), at(3., 1.)]));
        assert!(!cross(&street, &[at(2., 1.)]));
    }

    proptest! {
        #[test]
        fn near_distances_are_those_of_the_globe(
            lon in -170.0..170.0_f64, lat in -70.0..70.0_f64,
            east in -0.02..0.02_f64, north in -0.02..0.02_f64,
        ) {
            let (here, there) = (Point { lon, lat }, Point { lon: lon + east, lat: lat + north });
            let plane = Plane::around(here);
            let (flat, round) = (plane.at(here).to(plane.at(there)), haversine(here, there));
            prop_assert!((flat - round).abs() <= 0.002 * round + 0.01, "{flat} {round}");
        }

        #[test]
        fn a_line_is_as_near_as_its_nearest_point(
            points in prop::collection::vec((-500.0..500.0_f64, -500.0..500.0_f64), 1..9),
            x in -900.0..900.0_f64, y in -900.0..900.0_f64,
        ) {
            let line: Vec<At> = points.into_iter().map(|(x, y)| At { x, y }).collect();
            let here = At { x, y };
            let near = here.to_line(&line);
            let corners = line.iter().map(|at| here.to(*at)).fold(f64::INFINITY, f64::min);
            let mut sampled = corners;
            for pair in line.windows(2) {
                for step in 0..=1000 {
                    let part = f64::from(step) / 1000.0;
                    let along = |a: f64, b: f64| (b - a).mul_add(part, a);
                    let at = At { x: along(pair[0].x, pair[1].x), y: along(pair[0].y, pair[1].y) };
                    sampled = sampled.min(here.to(at));
                }
            }
            prop_assert!(near <= sampled + 1e-9 && near >= sampled - 1.0, "{near} {sampled}");
        }

        #[test]
        fn writing_never_panics(text in "\\PC{0,40}") {
            let _point = Point::written(&text);
        }
    }
}
