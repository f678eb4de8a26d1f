//! Places people like and places they avoid, on the area's own map: one sign for each kind of mark,
//! with how many people put it. A place is a street or square by its name; no point of anybody is
//! known here. Where no map was imported the places stand in a list.

use plotters::style::RGBColor;

use super::area_map::Ground;
use super::legend;
use super::letters::wrapped;
use super::look::{INK, PAPER, RULE};
use super::marks::Spot;
use super::rows::Words;
use super::scene::{At, Paint, Scene, Type};
use super::symbols::{self, KINDS, Symbol};
use super::{Refusal, Svg, Task};
use crate::release::table::Table;
use crate::words::fill;

/// The most places in a list.
const LISTED: usize = 20;
/// The most names in a remark.
const NAMED: usize = 6;

/// A place with what people put on it.
pub(super) struct Marked<'t> {
    /// Its place among the groups of its table.
    pub(super) group: usize,
    pub(super) code: &'t str,
    pub(super) name: &'t str,
    /// The counts of the kinds that are drawn.
    pub(super) counts: Vec<u64>,
    /// How many people marked it.
    pub(super) people: u64,
}

impl Marked<'_> {
    pub(super) fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// The kinds of mark a picture is about: all, or those that count.
pub(super) fn kinds(task: &Task<'_>, table: &Table) -> Vec<usize> {
    let top = task.picture.top;
    let counts = |at: &usize| {
        let label = &table.choices()[*at];
        top.is_empty() || label.codes().any(|code| top.iter().any(|top| top == code))
    };
    (0..table.choices().len()).filter(counts).collect()
}

/// The places of a table, those with the most marks first.
pub(super) fn marked<'t>(task: &Task<'t>, table: &'t Table, kinds: &[usize]) -> Vec<Marked<'t>> {
    let of = |(at, group): (usize, &'t crate::release::table::Group)| Marked {
        group: at,
        code: &group.code,
        name: group.text.get(task.lang),
        counts: kinds.iter().map(|at| group.cells.get(*at).copied().unwrap_or_default()).collect(),
        people: group.base,
    };
    let mut places: Vec<Marked<'_>> = table.groups().iter().enumerate().map(of).collect();
    places.sort_by(|a, b| {
        b.total().cmp(&a.total()).then(b.people.cmp(&a.people)).then(a.code.cmp(b.code))
    });
    places
}

/// A picture about places has one table, by place.
pub(super) fn only<'t>(task: &Task<'t>) -> Result<&'t Table, Refusal> {
    match task.picture.tables[..] {
        [table] if table.withheld().is_some() || table.address().by.is_some() => Ok(table),
        [..] => Err(Refusal::NotThisWay("a map shows one question by place")),
    }
}

/// The sign and colour of a kind of mark.
fn sign(at: usize) -> (Symbol, RGBColor) {
    KINDS[at % KINDS.len()]
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let table = only(task)?;
    let mut scene = Scene::new();
    let kinds = kinds(task, table);
    let places = marked(task, table, &kinds);
    let words = Words::of(task);
    let why = table.withheld().map(|why| words.why(why));
    let why = why.or_else(|| places.is_empty().then(|| task.words.no_answers.clone()));
    if let Some(why) = why {
        legend::not_shown(task, &mut scene, &why)?;
        return task.paint(scene, task.words.desc_nothing.clone());
    }
    let entry = |(at, choice): (usize, &usize)| {
        let (symbol, color) = sign(at);
        (symbol, color, table.choices()[*choice].text.get(task.lang).to_owned())
    };
    let entries: Vec<_> = kinds.iter().enumerate().map(entry).collect();
    symbols::legend(task, &mut scene, &entries)?;
    let ground = task.picture.ground.filter(|map| {
        places.iter().any(|place| map.place(place.code).is_some()) && !map.outline.is_empty()
    });
    let mut remarks = Vec::new();
    let left = if let Some(map) = ground {
        let ground = Ground::new(task, map, scene.bottom)?;
        let left = on_the_map(task, &mut scene, &ground, &places)?;
        let with = [("source", map.source.as_str()), ("licence", &map.licence)];
        remarks.push(fill(&task.words.map_source, &with));
        left
    } else {
        remarks.push(task.words.no_map.clone());
        listed(task, &mut scene, &places)
    };
    let mut said: Vec<String> =
        left.iter().take(NAMED).map(|at| in_words(&places[*at], &entries, task)).collect();
    said.retain(|one| Type::plain(1.0, INK).width(one).is_ok());
    let mut first = Vec::new();
    if !said.is_empty() {
        let with = said.join(&task.words.semicolon);
        first.push(fill(&task.words.marks_more, &[("places", &with)]));
    }
    if left.len() > said.len() {
        let n = (left.len() - said.len()).to_string();
        first.push(fill(&task.words.marks_rest, &[("n", &n)]));
    }
    if places.iter().any(|place| place.counts.contains(&0)) {
        first.push(fill(&task.words.marks_missing, &[("few", &words.hardly())]));
    }
    first.push(task.words.marks_not.clone());
    first.extend(remarks);
    symbols::remarks(task, &mut scene, &first)?;
    let last = places.last().filter(|_| places.len() > NAMED);
    let rows: Vec<String> = places
        .iter()
        .take(NAMED)
        .chain(last)
        .map(|place| in_words(place, &entries, task))
        .collect();
    let rows = rows.join(&task.words.semicolon);
    task.paint(scene, fill(&task.words.desc_marks, &[("rows", &rows)]))
}

/// "Bridge square: I like it here 25, I avoid it 10".
fn in_words(place: &Marked<'_>, kinds: &[(Symbol, RGBColor, String)], task: &Task<'_>) -> String {
    let words = Words::of(task);
    let count = |(kind, count): (&(Symbol, RGBColor, String), &u64)| {
        let count = if *count == 0 { words.hardly() } else { count.to_string() };
        format!("{} {count}", kind.2)
    };
    let counts: Vec<String> = kinds.iter().zip(&place.counts).map(count).collect();
    let with = [("row", place.name), ("value", &counts.join(&task.words.comma))];
    fill(&task.words.desc_value, &with)
}

/// A name with its signs and counts, measured.
struct Plate {
    lines: Vec<String>,
    /// Sign, colour, number and where it stands from the left.
    signs: Vec<(Symbol, RGBColor, String, f64)>,
    size: (f64, f64),
}

impl Plate {
    fn of(task: &Task<'_>, place: &Marked<'_>) -> Result<Self, Refusal> {
        let name = Type::bold(task.look.text.number, INK);
        let size = name.size;
        let lines = wrapped(place.name, size, true, task.width() * 0.34)?;
        let mut wide = 0.0_f64;
        for line in &lines {
            wide = wide.max(name.width(line)?);
        }
        let (mut signs, mut x) = (Vec::new(), 0.0);
        for (at, count) in place.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (symbol, color) = sign(at);
            let number = count.to_string();
            let long = size * 1.25 + name.width(&number)? + size * 0.6;
            signs.push((symbol, color, number, x));
            x += long;
        }
        let row = if signs.is_empty() { 0.0 } else { name.height(1) };
        let tall = name.height(lines.len()) + row + size * 0.3;
        Ok(Self { lines, signs, size: (wide.max(x - size * 0.6) + size * 0.9, tall) })
    }

    /// Draws it in its box, centred or from the start.
    fn draw(&self, task: &Task<'_>, scene: &mut Scene, (x, y): (f64, f64)) {
        let name = Type::bold(task.look.text.number, INK);
        let (wide, tall) = self.size;
        let ring = vec![(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)];
        let line = Some((RULE, name.size * 0.08));
        let paint = Paint { fill: Some(PAPER), line, closed: true, hatch: None };
        scene.land(vec![ring], paint);
        let left = x + name.size * 0.45;
        scene.text((left, y + name.size * 0.12), At::Start, &self.lines, name);
        let row = y + name.size * 0.12 + name.height(self.lines.len()) + name.height(1) * 0.5;
        for (symbol, color, number, dx) in &self.signs {
            symbol.draw(scene, (left + dx + name.size * 0.5, row), name.size * 0.44, *color);
            let at = (left + dx + name.size * 1.25, row);
            scene.word(at, At::Start, number, name);
        }
    }
}

type Area = (f64, f64, f64, f64);

fn meet(a: Area, b: Area, air: f64) -> bool {
    a.0 < b.0 + b.2 + air && b.0 < a.0 + a.2 + air && a.1 < b.1 + b.3 + air && b.1 < a.1 + a.3 + air
}

/// A plate that has its place, and the spot it is about.
struct Seated {
    group: usize,
    spot: (f64, f64),
    plate: Plate,
    area: Area,
}

/// Draws the map with a plate for each place that has room; gives back those that have not.
fn on_the_map(
    task: &Task<'_>,
    scene: &mut Scene,
    ground: &Ground<'_>,
    places: &[Marked<'_>],
) -> Result<Vec<usize>, Refusal> {
    let codes: Vec<&str> = places.iter().map(|place| place.code).collect();
    ground.draw(scene, &codes);
    let north = ground.north(task, scene);
    let size = task.look.text.number;
    let dot = size * 0.3;
    let spots: Vec<Option<(f64, f64)>> =
        places.iter().map(|place| ground.spot(place.code)).collect();
    let room = (0.0, scene.bottom, task.width(), ground.height());
    let (seated, left) = seat(task, places, &spots, (room, north));
    for Seated { spot, area, .. } in &seated {
        let end = (
            spot.0.clamp(area.0 + size * 0.3, area.0 + area.2 - size * 0.3),
            spot.1.clamp(area.1, area.1 + area.3),
        );
        scene.line(*spot, end, INK, size * 0.12);
        scene.dot(*spot, dot, INK, true);
    }
    for Seated { group, plate, area, .. } in &seated {
        scene.spot(Spot::line((0, *group)), (area.0 + area.2, area.1 + area.3));
        plate.draw(task, scene, (area.0, area.1));
    }
    for at in &left {
        let Some(spot) = spots.get(*at).copied().flatten() else { continue };
        if let Some(place) = places.get(*at) {
            scene.spot(Spot::line((0, place.group)), spot);
        }
        scene.dot(spot, dot * 0.8, RULE, true);
    }
    ground.scale_bar(task, scene)?;
    Ok(left)
}

/// Gives each place the nearest seat that is free, the largest first; those without one are left.
fn seat(
    task: &Task<'_>,
    places: &[Marked<'_>],
    spots: &[Option<(f64, f64)>],
    (room, north): (Area, Area),
) -> (Vec<Seated>, Vec<usize>) {
    let size = task.look.text.number;
    let dot = size * 0.3;
    let mut taken: Vec<Area> = vec![north];
    let (mut seated, mut left) = (Vec::new(), Vec::new());
    for (at, (place, spot)) in places.iter().zip(spots).enumerate() {
        let found = spot.zip(Plate::of(task, place).ok()).and_then(|(spot, plate)| {
            let others = spots
                .iter()
                .flatten()
                .filter(|(x, y)| (x - spot.0).abs() > dot || (y - spot.1).abs() > dot);
            let others: Vec<Area> =
                others.map(|(x, y)| (x - dot, y - dot, dot * 2.0, dot * 2.0)).collect();
            let free = |area: &Area| {
                area.0 >= room.0
                    && area.1 >= room.1
                    && area.0 + area.2 <= room.0 + room.2
                    && area.1 + area.3 <= room.1 + room.3
                    && taken.iter().all(|other| !meet(*area, *other, size * 0.2))
                    && others.iter().all(|other| !meet(*area, *other, 0.0))
            };
            let area = seats(spot, plate.size, dot, size).find(free)?;
            Some(Seated { group: place.group, spot, plate, area })
        });
        match found {
            Some(one) => {
                taken.push(one.area);
                seated.push(one);
            }
            None => left.push(at),
        }
    }
    (seated, left)
}

/// Where a plate may stand around its spot, the nearest first.
fn seats(
    spot: (f64, f64),
    (wide, tall): (f64, f64),
    dot: f64,
    size: f64,
) -> impl Iterator<Item = Area> {
    let turn = |step: u32| f64::from(step) * std::f64::consts::TAU / 16.0;
    let steps = [4_u32, 12, 0, 8, 2, 14, 6, 10, 3, 13, 5, 11, 1, 15, 7, 9];
    (0..10_u32).flat_map(move |away| {
        steps.into_iter().map(move |step| {
            let out = dot + size * 0.25 + f64::from(away) * size * 0.8;
            let (dx, dy) = (turn(step).cos(), -turn(step).sin());
            let x = dx.mul_add(wide / 2.0 + out, spot.0);
            let y = dy.mul_add(tall / 2.0 + out, spot.1);
            (x - wide / 2.0, y - tall / 2.0, wide, tall)
        })
    })
}

/// Draws the places as a list; gives back those that are not in it.
fn listed(task: &Task<'_>, scene: &mut Scene, places: &[Marked<'_>]) -> Vec<usize> {
    let mut left = Vec::new();
    for (at, place) in places.iter().enumerate() {
        match Plate::of(task, place) {
            Ok(plate) if at < LISTED => {
                let left = task.look.text.number * 0.2;
                plate.draw(task, scene, (left, scene.bottom));
                let corner = (left + plate.size.0, scene.bottom + plate.size.1);
                scene.spot(Spot::line((0, place.group)), corner);
                scene.bottom += plate.size.1 + task.look.text.number * 0.5;
            }
            Ok(_) | Err(_) => left.push(at),
        }
    }
    left
}
