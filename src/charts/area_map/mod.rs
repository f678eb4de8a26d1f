//! The area's own map: outline, streets, squares, parks and stops, with the names that fit.
//!
//! It is drawn from the imported map alone: no tiles, and nothing of anybody's answers. Every street
//! and place carries its code, and the drawing says how degrees become its units, so that a page
//! can turn a tap or a phone's position into a code without sending either anywhere. It has no
//! words but names, so one drawing serves every language; it is not mirrored, because a map is not.

mod ground;
mod names;

pub(super) use ground::Ground;

use std::fmt::Write;

use super::plain::{clean, escape};
use super::sink::short;
use super::{Refusal, Svg};
use crate::domain::area::{Land, Map, NEAR, Place, Shape};
use crate::domain::plane::{At, Plane, Point};

/// The largest drawing, in units: pixels on a small phone.
const LARGEST: (f64, f64) = (360.0, 480.0);
/// The empty edge around the outline.
const EDGE: f64 = 6.0;
/// Corners nearer to the one before than this, in units, are not drawn.
const FINE: f64 = 0.7;

/// Draws the map of an area under its name; `id` begins every id inside the drawing.
///
/// # Errors
/// When there is no outline, or its name is in letters no embedded font has.
pub fn area_map(map: &Map, id: &str, name: &str) -> Result<Svg, Refusal> {
    let paper = Paper::fit(map, LARGEST, FINE)?;
    let (width, height) = paper.size;
    let desc = format!("{} ({})", clean(&map.source), clean(&map.licence));
    let body = body(map, &paper, id);
    let title = clean(name);
    let xml = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-labelledby=\"{id}-t\" data-at=\"{}\">\n<title id=\"{id}-t\">{}</title><desc>{}</desc>\n{body}</svg>\n",
        short(width),
        short(height),
        paper.key(),
        escape(&title),
        escape(&desc),
    );
    Ok(Svg { xml, body, width, height, title, desc })
}

fn body(map: &Map, paper: &Paper, id: &str) -> String {
    let outline: String = map.outline.iter().map(|land| paper.land(land)).collect();
    let mut body = format!(
        "<clipPath id=\"{id}-c\"><path clip-rule=\"evenodd\" d=\"{outline}\"/></clipPath>\n\
         <path class=\"area\" fill=\"#f4f6f9\" fill-rule=\"evenodd\" stroke=\"#0b3c6f\" \
         stroke-width=\"1.5\" stroke-linejoin=\"round\" d=\"{outline}\"/>\n\
         <g clip-path=\"url(#{id}-c)\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n"
    );
    let layers: [(&str, Layer); 3] = [
        ("fill=\"#d9ead3\" stroke=\"#9dbb92\" fill-rule=\"evenodd\"", Paper::lands),
        ("fill=\"none\" stroke=\"#a3adba\" stroke-width=\"2.2\"", Paper::ways),
        ("fill=\"none\" stroke=\"#8c3a00\" stroke-width=\"6\"", Paper::spots),
    ];
    for (look, draw) in layers {
        let drawn: String =
            map.places.iter().filter_map(|place| paths(paper, place, draw)).collect();
        let _infallible = writeln!(body, "<g {look}>\n{drawn}</g>");
    }
    body.push_str("</g>\n");
    body.push_str(&names::names(map, paper));
    body
}

/// How one layer draws a shape, if the shape is in it.
type Layer = fn(&Paper, &Shape) -> Option<String>;

/// What one layer draws of a place, under its code.
fn paths(paper: &Paper, place: &Place, draw: Layer) -> Option<String> {
    let d: String = place.shapes.iter().filter_map(|shape| draw(paper, shape)).collect();
    (!d.is_empty()).then(|| format!("<path data-code=\"{}\" d=\"{d}\"/>\n", escape(&place.code)))
}

/// Where degrees lie on the drawing.
struct Paper {
    plane: Plane,
    /// Units for a metre.
    scale: f64,
    /// The north-west corner of what is drawn, on the plane.
    corner: At,
    size: (f64, f64),
    /// Corners nearer to the one before than this are not drawn.
    fine: f64,
}

impl Paper {
    /// A map as large as fits into `room`.
    fn fit(map: &Map, room: (f64, f64), fine: f64) -> Result<Self, Refusal> {
        let (low, high) = map.corners().ok_or(Refusal::Empty)?;
        let plane = map.plane();
        let (low, high) = (plane.at(low), plane.at(high));
        let (wide, tall) = ((high.x - low.x).max(1.0), (high.y - low.y).max(1.0));
        let inner = |size: f64| size - 2.0 * EDGE;
        let scale = (inner(room.0) / wide).min(inner(room.1) / tall);
        if !(scale.is_finite() && scale > 0.0) {
            return Err(Refusal::NotANumber);
        }
        let corner = At { x: low.x - EDGE / scale, y: high.y + EDGE / scale };
        let size = (wide.mul_add(scale, 2.0 * EDGE), tall.mul_add(scale, 2.0 * EDGE));
        Ok(Self { plane, scale, corner, size, fine })
    }

    fn at(&self, point: Point) -> At {
        let at = self.plane.at(point);
        At { x: (at.x - self.corner.x) * self.scale, y: (self.corner.y - at.y) * self.scale }
    }

    /// How a page turns degrees into units: x and y of nowhere (0° 0°), units for a degree east and
    /// for a degree south, and how many units are near.
    fn key(&self) -> String {
        let zero = self.at(Point { lon: 0.0, lat: 0.0 });
        let one = self.at(Point { lon: 1.0, lat: 1.0 });
        let near = NEAR * self.scale;
        let numbers = [zero.x, zero.y, one.x - zero.x, one.y - zero.y, near];
        numbers.map(|number| format!("{number:.3}")).join(" ")
    }

    /// A line without corners too close to be seen; its end stays.
    fn line(&self, line: &[Point]) -> Vec<At> {
        let mut kept: Vec<At> = Vec::new();
        for (at, point) in line.iter().enumerate() {
            let here = self.at(*point);
            let is_end = at + 1 == line.len();
            if is_end || kept.last().is_none_or(|last| last.to(here) >= self.fine) {
                kept.push(here);
            }
        }
        kept
    }

    fn path(&self, line: &[Point]) -> String {
        let corners: Vec<String> =
            self.line(line).iter().map(|at| format!("{} {}", tenth(at.x), tenth(at.y))).collect();
        format!("M{}", corners.join("L"))
    }

    fn land(&self, land: &Land) -> String {
        let rings = std::iter::once(&land.edge).chain(&land.holes);
        rings.map(|ring| self.path(ring) + "Z").collect()
    }

    fn lands(&self, shape: &Shape) -> Option<String> {
        match shape {
            Shape::Land(land) => Some(self.land(land)),
            Shape::Spot(_) | Shape::Way(_) => None,
        }
    }

    fn ways(&self, shape: &Shape) -> Option<String> {
        match shape {
            Shape::Way(line) => Some(self.path(line)),
            Shape::Spot(_) | Shape::Land(_) => None,
        }
    }

    /// A line of hardly any length has round ends: a dot.
    fn spots(&self, shape: &Shape) -> Option<String> {
        match shape {
            Shape::Spot(point) => Some(self.path(&[*point]) + "h.1"),
            Shape::Way(_) | Shape::Land(_) => None,
        }
    }
}

fn tenth(number: f64) -> String {
    short((number * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::names::LETTERS;
    use super::*;
    use crate::charts::layout;
    use crate::domain::area::code;

    fn place(name: &str, shapes: Vec<Shape>) -> Place {
        Place { code: code(name), name: name.to_owned(), zone: None, shapes }
    }

    fn at(lon: f64, lat: f64) -> Point {
        Point { lon, lat }
    }

    fn ring(west: f64, south: f64, east: f64, north: f64) -> Vec<Point> {
        vec![at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)]
    }

    fn map() -> Map {
        let land = |edge| Land { edge, holes: Vec::new() };
        Map {
            source: "verzonnen <hier>".to_owned(),
            licence: "CC0".to_owned(),
            outline: vec![land(ring(3.71, 51.04, 3.73, 51.06))],
            places: vec![
                place("Halte Tunnel", vec![Shape::Spot(at(3.724, 51.055))]),
                place(
                    "Lange & Korte Kade",
                    vec![Shape::Way(vec![at(3.711, 51.043), at(3.72, 51.0431), at(3.729, 51.044)])],
                ),
                place("Marktplein", vec![Shape::Land(land(ring(3.714, 51.048, 3.718, 51.051)))]),
                place("Steeg", vec![Shape::Way(vec![at(3.712, 51.0431), at(3.7122, 51.0436)])]),
                place("شارع النخيل", vec![Shape::Way(vec![at(3.728, 51.045), at(3.727, 51.059)])]),
            ],
            left_out: Vec::new(),
        }
    }

    #[test]
    fn every_place_is_drawn_under_its_code_and_named_where_there_is_room() {
        let svg = area_map(&map(), "m", "Oude \u{202e}Haven").unwrap();
        for place in &map().places {
            assert!(svg.xml.contains(&format!("data-code=\"{}\"", place.code)), "{}", place.code);
        }
        assert!(svg.xml.contains("Lange &amp; Korte Kade</text>"));
        assert!(svg.xml.contains("النخيل"));
        assert!(!svg.xml.contains("Steeg"), "there is no room for its name");
        assert!(svg.xml.contains("<title id=\"m-t\">Oude Haven</title>"));
        assert!(svg.xml.contains("verzonnen &lt;hier&gt; (CC0)"));
        assert!(!svg.xml.contains("NaN") && !svg.xml.contains("inf"));
        assert!(svg.width <= LARGEST.0 && svg.height <= LARGEST.1);
        assert_eq!(svg, area_map(&map(), "m", "Oude Haven").unwrap(), "the same every time");
        assert_eq!(area_map(&Map::default(), "m", "x"), Err(Refusal::Empty));
        let opt = usvg::Options::default();
        assert!(usvg::Tree::from_str(&svg.xml, &opt).is_ok(), "it is a drawing");
    }

    #[test]
    fn the_key_turns_degrees_into_units() {
        let svg = area_map(&map(), "m", "x").unwrap();
        let key = svg.xml.split("data-at=\"").nth(1).unwrap().split('"').next().unwrap();
        let key: Vec<f64> = key.split(' ').map(|number| number.parse().unwrap()).collect();
        let (x, y) = (key[0] + 3.724 * key[2], key[1] + 51.055 * key[3]);
        let dot = format!("M{} {}h.1", tenth(x), tenth(y));
        assert!(svg.xml.contains(&dot), "{dot} in {}", svg.xml);
        let wide = svg.width - 2.0 * EDGE;
        assert!((key[2] * 0.02 - wide).abs() < 0.1, "two hundredths of a degree are the width");
    }

    #[test]
    fn names_keep_their_distance() {
        let street = |n: u32| {
            let y = 51.041 + 0.00006 * f64::from(n);
            place(&format!("Straat {n}"), vec![Shape::Way(vec![at(3.711, y), at(3.729, y)])])
        };
        let crowded = Map { places: (0..300).map(street).collect(), ..map() };
        let svg = area_map(&crowded, "m", "x").unwrap();
        let number = |text: &str, mark: &str| -> f64 {
            text.split(mark).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        let texts = svg.xml.split("<text ").skip(1);
        let at: Vec<(f64, f64)> =
            texts.map(|text| (number(text, "x=\""), number(text, "y=\""))).collect();
        assert!(at.len() > 10 && at.len() < 300, "{}", at.len());
        let wide = layout::width("Straat 1", LETTERS, false).unwrap();
        for (number, one) in at.iter().enumerate() {
            for other in at.iter().skip(number + 1) {
                let is_apart = (one.0 - other.0).abs() > wide || (one.1 - other.1).abs() > LETTERS;
                assert!(is_apart, "{one:?} {other:?}");
            }
        }
    }
}
