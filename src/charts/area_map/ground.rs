//! The area's own map as the ground of a chart: outline, streets, squares and parks, without names,
//! with a scale bar and the north. A map is never mirrored, also where the page around it is.

use plotters::style::RGBColor;

use super::Paper;
use crate::charts::look::{INK, LookKind, PAPER};
use crate::charts::scene::{At, Paint, Ring, Scene, Type};
use crate::charts::{Refusal, Task};
use crate::domain::area::{Land, Map, Place, Shape};
use crate::domain::plane;
use crate::words::fill;

const LAND: RGBColor = RGBColor(0xf2, 0xf1, 0xec);
const GREEN: RGBColor = RGBColor(0xd9, 0xea, 0xd3);
const KERB: RGBColor = RGBColor(0xc4, 0xc2, 0xb8);
const EDGE: RGBColor = RGBColor(0x4d, 0x4d, 0x4d);
/// A street that was marked.
const DARK: RGBColor = RGBColor(0x8c, 0x8c, 0x86);
/// The lengths a scale bar may have, in metres.
const LENGTHS: [u32; 10] = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

/// A map at its place in a chart.
pub(in crate::charts) struct Ground<'m> {
    map: &'m Map,
    paper: Paper,
    left: f64,
    top: f64,
    /// The width of the chart, where the page is mirrored.
    mirrored: Option<f64>,
    /// The width of a thin line.
    thin: f64,
}

impl<'m> Ground<'m> {
    /// The map as large as fits below `top`.
    pub(in crate::charts) fn new(task: &Task<'_>, map: &'m Map, top: f64) -> Result<Self, Refusal> {
        let width = task.width();
        let tall = width
            * match task.look.kind {
                LookKind::Wide => 0.68,
                LookKind::Narrow => 1.1,
                LookKind::Wall => 0.66,
                LookKind::Sheet => 0.44,
                LookKind::Projector => 0.38,
            };
        let paper = Paper::fit(map, (width, tall), task.look.text.note / 20.0)?;
        let left = (width - paper.size.0) / 2.0;
        let mirrored = task.lang.is_rtl().then_some(width);
        Ok(Self { map, paper, left, top, mirrored, thin: task.look.text.note * 0.11 })
    }

    /// How high it is.
    pub(in crate::charts) fn height(&self) -> f64 {
        self.paper.size.1
    }

    /// Down to where it lies.
    pub(in crate::charts) fn bottom(&self) -> f64 {
        self.top + self.paper.size.1
    }

    /// The box it lies in: from left to right, in the coordinates of the chart.
    pub(in crate::charts) fn sides(&self) -> (f64, f64) {
        (self.left, self.left + self.paper.size.0)
    }

    /// So many units, in metres.
    pub(in crate::charts) fn metres(&self, units: f64) -> f64 {
        units / self.paper.scale
    }

    fn turned(&self, x: f64) -> f64 {
        self.mirrored.map_or(x, |width| width - x)
    }

    fn line(&self, line: &[plane::Point]) -> Ring {
        let at = |at: plane::At| (self.turned(self.left + at.x), self.top + at.y);
        self.paper.line(line).into_iter().map(at).collect()
    }

    fn rings(&self, land: &Land) -> Vec<Ring> {
        std::iter::once(&land.edge).chain(&land.holes).map(|ring| self.line(ring)).collect()
    }

    /// The outline of the area.
    pub(in crate::charts) fn outline(&self) -> Vec<Ring> {
        self.map.outline.iter().flat_map(|land| self.rings(land)).collect()
    }

    fn lands(&self, place: &Place) -> Vec<Ring> {
        let land = |shape: &Shape| match shape {
            Shape::Land(land) => self.rings(land),
            Shape::Way(_) | Shape::Spot(_) => Vec::new(),
        };
        place.shapes.iter().flat_map(land).collect()
    }

    fn ways(&self, place: &Place) -> Vec<Ring> {
        let way = |shape: &Shape| match shape {
            Shape::Way(line) => Some(self.line(line)),
            Shape::Land(_) | Shape::Spot(_) => None,
        };
        place.shapes.iter().filter_map(way).collect()
    }

    /// Draws the ground, with the places of these codes darker.
    pub(in crate::charts) fn draw(&self, scene: &mut Scene, dark: &[&str]) {
        let (outline, thin) = (self.outline(), self.thin);
        let area = |fill, line, closed| Paint { fill, hatch: None, line, closed };
        scene.land(outline.clone(), area(Some(LAND), None, true));
        scene.clip(outline.clone());
        let greens: Vec<Ring> = self.map.places.iter().flat_map(|one| self.lands(one)).collect();
        if !greens.is_empty() {
            scene.land(greens, area(Some(GREEN), Some((KERB, thin)), true));
        }
        let streets: Vec<Ring> = self.map.places.iter().flat_map(|one| self.ways(one)).collect();
        if !streets.is_empty() {
            scene.land(streets.clone(), area(None, Some((KERB, thin * 5.0)), false));
            scene.land(streets, area(None, Some((PAPER, thin * 3.4)), false));
        }
        let dark = || self.map.places.iter().filter(|one| dark.contains(&one.code.as_str()));
        let streets: Vec<Ring> = dark().flat_map(|one| self.ways(one)).collect();
        if !streets.is_empty() {
            scene.land(streets, area(None, Some((DARK, thin * 3.4)), false));
        }
        let squares: Vec<Ring> = dark().flat_map(|one| self.lands(one)).collect();
        if !squares.is_empty() {
            scene.land(squares, area(None, Some((DARK, thin * 2.4)), true));
        }
        scene.whole();
        self.edge(scene);
    }

    /// Draws the line around the area.
    pub(in crate::charts) fn edge(&self, scene: &mut Scene) {
        let line = Some((EDGE, self.thin * 2.2));
        let paint = Paint { fill: None, hatch: None, line, closed: true };
        scene.land(self.outline(), paint);
    }

    /// Where a place is: on its square, at its spot, or half way along its longest stretch inside
    /// the outline.
    pub(in crate::charts) fn spot(&self, code: &str) -> Option<(f64, f64)> {
        let place = self.map.place(code)?;
        let mut found: Option<(f64, (f64, f64))> = None;
        for shape in &place.shapes {
            let (weight, at) = match shape {
                Shape::Land(land) => (f64::INFINITY, middle(&self.line(&land.edge))?),
                Shape::Spot(point) => (1e9, self.line(&[*point]).first().copied()?),
                Shape::Way(line) => self.half_way(line)?,
            };
            if found.is_none_or(|(other, _)| weight > other) {
                found = Some((weight, at));
            }
        }
        found.map(|(_, at)| at)
    }

    /// The length of a street and the spot half way along it, of what lies inside the outline.
    fn half_way(&self, line: &[plane::Point]) -> Option<(f64, (f64, f64))> {
        let inside: Vec<plane::Point> =
            line.iter().copied().filter(|point| self.map.holds(*point)).collect();
        let line = self.line(if inside.len() > 1 { &inside } else { line });
        let long = |pair: &[(f64, f64)]| match pair {
            [a, b] => (a.0 - b.0).hypot(a.1 - b.1),
            _ => 0.0,
        };
        let all: f64 = line.windows(2).map(long).sum();
        let mut left = all / 2.0;
        for pair in line.windows(2) {
            let (length, [a, b]) = (long(pair), pair) else { continue };
            if left <= length && length > 0.0 {
                let part = left / length;
                return Some((
                    all,
                    ((b.0 - a.0).mul_add(part, a.0), (b.1 - a.1).mul_add(part, a.1)),
                ));
            }
            left -= length;
        }
        line.first().map(|first| (all, *first))
    }

    /// Draws the streets and the outline once more, thinner, over what was laid on the ground.
    pub(in crate::charts) fn streets(&self, scene: &mut Scene) {
        let (outline, thin) = (self.outline(), self.thin);
        let streets: Vec<Ring> = self.map.places.iter().flat_map(|one| self.ways(one)).collect();
        scene.clip(outline.clone());
        if !streets.is_empty() {
            let line = Some((DARK, thin * 1.6));
            scene.land(streets, Paint { line, ..Paint::default() });
        }
        scene.whole();
        let line = Some((EDGE, thin * 2.2));
        scene.land(outline, Paint { line, closed: true, ..Paint::default() });
    }

    /// The north, at the right end of the map; gives back the box it takes.
    pub(in crate::charts) fn north(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
    ) -> (f64, f64, f64, f64) {
        let size = task.look.text.number;
        let x = self.turned(task.width() - size * 0.8);
        let y = self.top;
        let corner = |dx: f64, dy: f64| (dx.mul_add(size, x), dy.mul_add(size, y));
        let arrow = vec![corner(0.0, 0.0), corner(0.6, 1.7), corner(0.0, 1.3), corner(-0.6, 1.7)];
        scene.land(vec![arrow], Paint { fill: Some(INK), closed: true, ..Paint::default() });
        let at = (x, size.mul_add(2.4, y));
        scene.word(at, At::Middle, "N", Type::bold(size, INK));
        (x - size * 0.8, y, size * 1.6, size * 3.1)
    }

    /// A bar of a round length, below the map.
    pub(in crate::charts) fn scale_bar(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
    ) -> Result<(), Refusal> {
        let style = Type::plain(task.look.text.note, INK);
        let room = task.width() * 0.3;
        let fits = |length: &&u32| f64::from(**length) * self.paper.scale <= room;
        let length = LENGTHS.iter().rfind(fits).unwrap_or(&LENGTHS[0]);
        let long = f64::from(*length) * self.paper.scale;
        let words = fill(&task.words.meters, &[("n", &length.to_string())]);
        let (top, tall) = (self.bottom() + style.height(1) * 1.5, style.size * 0.45);
        let left = if self.mirrored.is_some() { task.width() - long } else { 0.0 };
        let (dark, light) = if self.mirrored.is_some() {
            (left + long / 2.0, left)
        } else {
            (left, left + long / 2.0)
        };
        let half = |x: f64, color| {
            let (right, bottom) = (x + long / 2.0, top + tall);
            let ring = vec![(x, top), (right, top), (right, bottom), (x, bottom)];
            let line = Some((INK, style.size * 0.08));
            (vec![ring], Paint { fill: Some(color), line, closed: true, hatch: None })
        };
        for (x, color) in [(dark, INK), (light, PAPER)] {
            let (ring, paint) = half(x, color);
            scene.land(ring, paint);
        }
        // The names of both ends stand above them, not mirrored either.
        // Arabic letters reach far down.
        let middle = top - style.height(1) * 0.8;
        let (zero, end) =
            if self.mirrored.is_some() { (left + long, left) } else { (left, left + long) };
        let (first, last) =
            if self.mirrored.is_some() { (At::End, At::Start) } else { (At::Start, At::End) };
        if style.width("0")? + style.width(&words)? + style.size < long {
            scene.word((zero, middle), first, "0", style);
            scene.word((end, middle), last, &words, style);
        } else {
            scene.word((left, middle), At::Start, &words, style);
        }
        scene.bottom = top + tall + style.size * 0.5;
        Ok(())
    }
}

/// The middle of the box around some corners.
fn middle(line: &[(f64, f64)]) -> Option<(f64, f64)> {
    let first = *line.first()?;
    let (low, high) = line.iter().fold((first, first), |(low, high), at| {
        ((low.0.min(at.0), low.1.min(at.1)), (high.0.max(at.0), high.1.max(at.1)))
    });
    Some((f64::midpoint(low.0, high.0), f64::midpoint(low.1, high.1)))
}
