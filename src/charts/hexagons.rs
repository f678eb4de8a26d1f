//! Marks on the area's map, counted in hexagons: four classes from light to dark, and the number in
//! every hexagon. One without a number is hatched: nobody marked a place in it, or too few did, and
//! that is not the same as nothing being wrong there.

use plotters::style::RGBColor;

use super::area_map::Ground;
use super::legend::{self, Entry};
use super::look::{self, INK, PAPER, RULE};
use super::marks::Spot;
use super::place_marks::{self, Marked};
use super::rows::{self, Words};
use super::scene::{At, Paint, Ring, Scene, Type};
use super::sink::Hatch;
use super::symbols;
use super::{Refusal, Svg, Task};
use crate::words::fill;

/// From light to dark; neighbours are more than ten steps of lightness apart.
const CLASSES: [RGBColor; 4] = [
    RGBColor(0xc6, 0xdb, 0xef),
    RGBColor(0x6b, 0xae, 0xd6),
    RGBColor(0x21, 0x71, 0xb5),
    RGBColor(0x08, 0x30, 0x6b),
];
/// How many hexagons lie across a map where its numbers fit.
const ACROSS: f64 = 9.0;

/// A hexagon with what lies in it. One at the edge whose number would stand outside the area is
/// counted with its neighbour, and drawn as a part of it.
struct Cell<'p> {
    center: (f64, f64),
    places: Vec<&'p Marked<'p>>,
    parts: Vec<(f64, f64)>,
}

impl Cell<'_> {
    fn total(&self) -> u64 {
        self.places.iter().map(|place| place.total()).sum()
    }
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let table = place_marks::only(task)?;
    let kinds = place_marks::kinds(task, table);
    let places = place_marks::marked(task, table, &kinds);
    let has_spot =
        |place: &Marked<'_>| task.picture.ground.is_some_and(|map| map.place(place.code).is_some());
    let Some(map) = task.picture.ground.filter(|map| !map.outline.is_empty()) else {
        return place_marks::draw(task);
    };
    if table.withheld().is_some() || !places.iter().any(has_spot) {
        return place_marks::draw(task);
    }
    let mut scene = Scene::new();
    let number = Type::bold(task.look.text.number, INK);
    let most: u64 = places.iter().map(Marked::total).sum();
    let mut wide = number.width(&task.words.hex_few)?;
    wide = wide.max(number.width(&most.to_string())?);
    // The legend comes first, but its classes follow from the hexagons: they do not depend on
    // where the map begins.
    let r = radius(task, map, wide)?;
    let flat = Ground::new(task, map, 0.0)?;
    let probe = joined(&flat, cells(&flat, &places, r), (wide / 2.0, number.size / 2.0));
    let classes = Classes::of(probe.iter().map(Cell::total).max().unwrap_or(0));
    legend::place(task, &mut scene, &entries(task, &classes))?;
    let ground = Ground::new(task, map, scene.bottom)?;
    let cells = cells(&ground, &places, r);
    let cells = joined(&ground, cells, (wide / 2.0, number.size / 2.0));
    ground.draw(&mut scene, &[]);
    hatched(&mut scene, &ground, &cells, r);
    ground.streets(&mut scene);
    counted(task, &mut scene, &ground, (&cells, &classes, r));
    ground.north(task, &mut scene);
    ground.scale_bar(task, &mut scene)?;
    let metres = (ground.metres(r * 3.0_f64.sqrt()) / 10.0).round() * 10.0;
    let chosen: Vec<&str> =
        kinds.iter().map(|at| table.choices()[*at].text.get(task.lang)).collect();
    let desc = said(task, &mut scene, &cells, &chosen, metres)?;
    task.paint(scene, desc)
}

/// Hexagons with their numbers, cut off where the area ends.
fn counted(
    task: &Task<'_>,
    scene: &mut Scene,
    ground: &Ground<'_>,
    (cells, classes, r): (&[Cell<'_>], &Classes, f64),
) {
    let number = Type::bold(task.look.text.number, INK);
    let with = || cells.iter().filter(|cell| !cell.places.is_empty());
    scene.clip(ground.outline());
    for cell in with() {
        let fill = classes.color(cell.total());
        let thin = number.size * 0.14;
        // Parts lie together without a seam: the line around them all goes below them.
        let lines = match (cell.total(), cell.parts.is_empty()) {
            (0, true) => vec![(RULE, thin)],
            (0, false) => vec![(RULE, r * 0.07 + thin), (fill, r * 0.07)],
            (_, true) => vec![(PAPER, thin)],
            (_, false) => vec![(fill, r * 0.07)],
        };
        for line in lines {
            let paint = Paint { fill: Some(fill), line: Some(line), closed: true, hatch: None };
            for center in std::iter::once(&cell.center).chain(&cell.parts) {
                scene.land(vec![hexagon(*center, r * 0.97)], paint);
            }
        }
    }
    scene.whole();
    ground.edge(scene);
    for cell in with() {
        let text = match cell.total() {
            0 => task.words.hex_few.clone(),
            total => total.to_string(),
        };
        let style = Type::bold(number.size, look::on(classes.color(cell.total())));
        scene.word(cell.center, At::Middle, &text, style);
        // What is said of a place has its number at the foot of the hexagon it is counted in.
        for place in &cell.places {
            let foot = (cell.center.0, cell.center.1 + r * 0.62);
            scene.spot(Spot::line((0, place.group)), foot);
        }
    }
}

/// Hexagons whose number, half as large as given, would not stand inside the area are joined to the
/// nearest where it does; where there is none, all stay as they are.
fn joined<'p>(ground: &Ground<'_>, cells: Vec<Cell<'p>>, (w, h): (f64, f64)) -> Vec<Cell<'p>> {
    let outline = ground.outline();
    let inside = |cell: &Cell<'_>| {
        let (x, y) = cell.center;
        [(-w, -h), (w, -h), (-w, h), (w, h)]
            .iter()
            .all(|(dx, dy)| holds(&outline, (x + dx, y + dy)))
    };
    let (mut whole, rest): (Vec<Cell<'p>>, Vec<Cell<'p>>) = cells.into_iter().partition(inside);
    if whole.is_empty() {
        return rest;
    }
    let mut left = Vec::new();
    for cell in rest {
        let away = |one: &&mut Cell<'_>| distance(one.center, cell.center);
        match whole.iter_mut().min_by(|a, b| away(a).total_cmp(&away(b))) {
            Some(one) if !cell.places.is_empty() => {
                one.places.extend(cell.places);
                one.parts.push(cell.center);
            }
            Some(_) | None => left.push(cell),
        }
    }
    whole.extend(left);
    whole
}

/// Whether a point lies inside rings, counting how often a line to its left crosses them.
fn holds(rings: &[Ring], (x, y): (f64, f64)) -> bool {
    let crosses = |(a, b): (&(f64, f64), &(f64, f64))| {
        (a.1 > y) != (b.1 > y) && x > (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0
    };
    let sides = rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
    sides.filter(|side| crosses(*side)).count() % 2 == 1
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The remarks below the map; gives back the drawing in words.
fn said(
    task: &Task<'_>,
    scene: &mut Scene,
    cells: &[Cell<'_>],
    chosen: &[&str],
    metres: f64,
) -> Result<String, Refusal> {
    let mut order: Vec<&Cell<'_>> = cells.iter().filter(|cell| !cell.places.is_empty()).collect();
    order.sort_by_key(|cell| std::cmp::Reverse(cell.total()));
    let number = Type::bold(task.look.text.number, INK);
    let names = |cell: &Cell<'_>| {
        let drawn = cell.places.iter().filter(|place| number.width(place.name).is_ok());
        let names: Vec<&str> = drawn.take(4).map(|place| place.name).collect();
        rows::list(&names, &task.words.comma, &task.words.last_and)
    };
    let chosen: Vec<String> = chosen.iter().map(|one| format!("“{one}”")).collect();
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let answers = rows::list(&chosen, &task.words.comma, &task.words.or);
    let mut remarks = vec![fill(&task.words.hex_counts, &[("answers", &answers)])];
    if let Some(first) = order.first() {
        remarks.push(fill(&task.words.hex_busiest, &[("places", &names(first))]));
    }
    remarks.push(fill(&task.words.hex_size, &[("n", &format!("{metres:.0}"))]));
    remarks.push(task.words.marks_not.clone());
    remarks.extend(task.picture.ground.map(|map| {
        let with = [("source", map.source.as_str()), ("licence", &map.licence)];
        fill(&task.words.map_source, &with)
    }));
    symbols::remarks(task, scene, &remarks)?;
    let words = Words::of(task);
    let value = |cell: &Cell<'_>| match cell.total() {
        0 => words.hardly(),
        total => total.to_string(),
    };
    Ok(match (order.first(), order.last()) {
        (Some(first), Some(last)) => fill(
            &task.words.desc_hex,
            &[
                ("top", &names(first)),
                ("top_value", &value(first)),
                ("low", &names(last)),
                ("low_value", &value(last)),
            ],
        ),
        (None, _) | (_, None) => task.words.desc_nothing.clone(),
    })
}

/// How large a hexagon is: so many across, and its number fits.
fn radius(task: &Task<'_>, map: &crate::domain::area::Map, wide: f64) -> Result<f64, Refusal> {
    let (left, right) = Ground::new(task, map, 0.0)?.sides();
    let across = (right - left) / ACROSS / 3.0_f64.sqrt();
    Ok(across.max(wide * 0.68).max(task.look.text.number * 1.15))
}

/// The corners of a hexagon that stands on one of them.
fn hexagon((x, y): (f64, f64), r: f64) -> Ring {
    let corner = |at: u32| {
        let turn = (f64::from(at) + 0.5) * std::f64::consts::FRAC_PI_3;
        (r.mul_add(turn.cos(), x), r.mul_add(turn.sin(), y))
    };
    (0..6).map(corner).collect()
}

/// The hexagons over a map. The nearest centre is that of the hexagon a spot lies in.
fn cells<'p>(ground: &Ground<'_>, places: &'p [Marked<'p>], r: f64) -> Vec<Cell<'p>> {
    let (left, right) = ground.sides();
    let (top, bottom) = (ground.bottom() - ground.height(), ground.bottom());
    let (dx, dy) = (r * 3.0_f64.sqrt(), r * 1.5);
    let mut cells: Vec<Cell<'p>> = Vec::new();
    let (mut y, mut odd) = (top + r * 0.5, false);
    while y < bottom + r {
        let mut x = left + if odd { dx / 2.0 } else { 0.0 };
        while x < right + dx / 2.0 {
            cells.push(Cell { center: (x, y), places: Vec::new(), parts: Vec::new() });
            x += dx;
        }
        (y, odd) = (y + dy, !odd);
    }
    for place in places {
        let Some(spot) = ground.spot(place.code) else { continue };
        let away = |cell: &&mut Cell<'_>| distance(cell.center, spot);
        if let Some(cell) = cells.iter_mut().min_by(|a, b| away(a).total_cmp(&away(b))) {
            cell.places.push(place);
        }
    }
    cells
}

/// Hexagons without a number, hatched where they lie inside the outline.
fn hatched(scene: &mut Scene, ground: &Ground<'_>, cells: &[Cell<'_>], r: f64) {
    scene.clip(ground.outline());
    let empty = cells.iter().filter(|cell| cell.places.is_empty());
    for cell in empty {
        let hatch = Some(Hatch::Grey);
        let line = Some((RGBColor(0xc8, 0xc8, 0xc8), r * 0.03));
        let paint = Paint { fill: Some(PAPER), hatch, line, closed: true };
        scene.land(vec![hexagon(cell.center, r * 0.97)], paint);
    }
    scene.whole();
}

/// Four classes of equal width, in fives.
struct Classes {
    step: u64,
    used: usize,
}

impl Classes {
    fn of(most: u64) -> Self {
        let step = most.div_ceil(4).div_ceil(5).max(1) * 5;
        let used = usize::try_from(most.div_ceil(step)).unwrap_or(4).clamp(1, 4);
        Self { step, used }
    }

    fn color(&self, total: u64) -> RGBColor {
        match total.checked_sub(1) {
            None => PAPER,
            Some(below) => {
                let at = usize::try_from(below / self.step).unwrap_or(3).min(self.used - 1);
                CLASSES[at + usize::from(self.used < 3)]
            }
        }
    }

    /// The lowest and highest number of each class.
    fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        let step = self.step;
        (0..self.used as u64).map(move |at| (at * step + 5, (at + 1) * step))
    }
}

fn entries(task: &Task<'_>, classes: &Classes) -> Vec<Entry> {
    let entry = |(from, to): (u64, u64)| {
        let words = if from == to {
            from.to_string()
        } else {
            let with = [("from", from.to_string()), ("to", to.to_string())];
            let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
            fill(&task.words.hex_range, &with)
        };
        Entry { words, color: classes.color(to), hatch: None }
    };
    let mut entries: Vec<Entry> = classes.ranges().map(entry).collect();
    let words = task.words.hex_none.clone();
    entries.push(Entry { words, color: PAPER, hatch: Some(Hatch::Grey) });
    entries
}
