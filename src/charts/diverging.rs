//! Stacked bars to both sides of a centre line: ordered answers, several rows on one scale.
//!
//! The totals of both sides, printed at the ends, are the message; the middle answer lies across
//! the centre. Names stand beside their bars on a page and above them on a phone and a wall.

use super::legend::{self, Entry};
use super::look::{self, HIGH, INK, LOW, MUTED, RULE};
use super::marks::Spot;
use super::rows::{self, PERCENT_FROM, Row, Words};
use super::scene::{At, Scene, Type, named};
use super::sorted_bars::{cut, note};
use super::{Refusal, Svg, Task};
use crate::release::table::Table;
use crate::words::fill;

/// The most steps whose colours can be told apart.
const MOST: usize = 11;

/// Where everything lies across.
struct Across {
    /// Where bars may begin and end, with their totals.
    from: f64,
    to: f64,
    /// The centre line.
    centre: f64,
    /// Units of width for a share of one.
    unit: f64,
}

/// A row with what is said of it.
struct Placed {
    row: Row,
    low: f64,
    high: f64,
    middle: f64,
    totals: [String; 2],
    base: String,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    rows::only_shares(task)?;
    if rows::scale(task).is_some_and(|table| table.choices().len() > MOST) {
        return Err(Refusal::NotThisWay("a scale has at most eleven steps"));
    }
    let words = Words::of(task);
    let mut rows: Vec<Placed> =
        rows::rows(task)?.into_iter().map(|row| Placed::new(row, &words)).collect();
    let more = cut(task, &mut rows);
    let rows = rows.as_slice();
    let mut scene = Scene::new();
    if let Some(table) = rows::scale(task) {
        legend::place(task, &mut scene, &entries(task, table))?;
    }
    let across = Across::new(task, rows)?;
    let mut gap = Some(scene.bottom);
    for row in rows {
        let (top, bottom) = if task.look.beside() {
            beside(task, &mut scene, &across, row)?
        } else {
            above(task, &mut scene, &across, row)?
        };
        if let Some(from) = gap.filter(|_| row.shown() && task.look.beside()) {
            centre_line(task, &mut scene, &across, (from, top));
        }
        gap = row.shown().then_some(bottom);
    }
    note(task, &mut scene, &more.unwrap_or_default())?;
    task.paint(scene, desc(task, rows))
}

impl Placed {
    fn new(row: Row, words: &Words<'_>) -> Self {
        let steps = row.shares.len();
        let half = steps / 2;
        let low: Vec<usize> = (0..half).collect();
        let high: Vec<usize> = (steps - half..steps).collect();
        let total = |side: &[usize]| words.brief(row.together(side), row.counted(side), row.base);
        let totals = [total(&low), total(&high)];
        let (below, beyond) = (row.together(&low), row.together(&high));
        let middle = if steps % 2 == 1 { row.shares[half] } else { 0.0 };
        let base = words.base(&row);
        Self { row, low: below, high: beyond, middle, totals, base }
    }

    const fn shown(&self) -> bool {
        self.row.why.is_none()
    }
}

impl Across {
    fn new(task: &Task<'_>, rows: &[Placed]) -> Result<Self, Refusal> {
        let text = &task.look.text;
        let total = Type::bold(text.total, INK);
        let mut ends = [0.0_f64; 2];
        let mut bases = 0.0_f64;
        for row in rows.iter().filter(|row| row.shown()) {
            for (end, words) in ends.iter_mut().zip(&row.totals) {
                *end = end.max(total.width(words)? + text.total * 0.35);
            }
            bases = bases.max(Type::plain(text.note, MUTED).width(&row.base)? + text.note * 0.8);
        }
        let (from, to) = if task.look.beside() {
            let (most, small) = (task.width() * 0.31, Type::plain(text.note, MUTED));
            let names = rows.iter().map(|row| row.row.name.as_str());
            let with = rows.iter().filter_map(|row| row.row.with.as_deref());
            let wide = named(task.look).column(names, most)?.max(small.column(with, most)?);
            (wide + text.statement, task.width() - bases)
        } else {
            (0.0, task.width())
        };
        let most = |side: fn(&Placed) -> f64| {
            rows.iter().map(|row| side(row) + row.middle / 2.0).fold(0.0, f64::max)
        };
        let (left, right) = (most(|row| row.low), most(|row| row.high));
        let room = (to - from - ends[0] - ends[1]).max(1.0);
        let unit = room / (left + right).max(0.01);
        Ok(Self { from, to, centre: from + ends[0] + left * unit, unit })
    }
}

fn entries(task: &Task<'_>, table: &Table) -> Vec<Entry> {
    let steps = table.choices().len();
    let entry = |(at, choice): (usize, &crate::release::table::Label)| Entry {
        words: choice.text.get(task.lang).to_owned(),
        color: look::step(at, steps),
        hatch: look::hatch(at, steps).filter(|_| task.look.hatched),
    };
    table.choices().iter().enumerate().map(entry).collect()
}

/// A name beside its bar; gives back the top and bottom of the bar.
fn beside(
    task: &Task<'_>,
    scene: &mut Scene,
    across: &Across,
    row: &Placed,
) -> Result<(f64, f64), Refusal> {
    let (name, note) = (named(task.look), Type::plain(task.look.text.note, MUTED));
    let room = across.from - task.look.text.statement;
    let lines = name.wrap(&row.row.name, room)?;
    let with = row.row.with.as_ref().map_or(Ok(Vec::new()), |with| note.wrap(with, room))?;
    let tall = name.height(lines.len()) + note.height(with.len()) + note.size * 0.15;
    let bar = bar_height(task, across, row)?;
    let height = f64::max(tall, bar) + task.look.text.statement * 0.7;
    let middle = scene.bottom + height / 2.0;
    scene.text((0.0, middle - tall / 2.0), At::Start, &lines, name);
    let below = middle - tall / 2.0 + name.height(lines.len()) + note.size * 0.15;
    if !with.is_empty() {
        scene.text((0.0, below), At::Start, &with, note);
    }
    if row.shown() {
        scene.word((task.width(), middle), At::End, &row.base, note);
    }
    self::bar(task, scene, across, row, (middle - bar / 2.0, bar))?;
    scene.bottom += height;
    Ok((middle - bar / 2.0, middle + bar / 2.0))
}

/// A name above its bar; gives back the top and bottom of the bar.
fn above(
    task: &Task<'_>,
    scene: &mut Scene,
    across: &Across,
    row: &Placed,
) -> Result<(f64, f64), Refusal> {
    let (name, note) = (named(task.look), Type::plain(task.look.text.note, MUTED));
    let lines = name_above(task, scene, row)?;
    let with =
        row.row.with.as_ref().map_or(Ok(Vec::new()), |with| note.wrap(with, task.width()))?;
    let mut top = scene.bottom + name.height(lines);
    if !with.is_empty() {
        top += note.size * 0.15;
        scene.text((0.0, top), At::Start, &with, note);
        top += note.height(with.len());
    }
    top += name.size * 0.3;
    let bar = bar_height(task, across, row)?;
    self::bar(task, scene, across, row, (top, bar))?;
    scene.bottom = top + bar + name.size * 0.75;
    Ok((top, top + bar))
}

/// A name and how many answered, on one line where there is room; gives back its lines.
fn name_above(task: &Task<'_>, scene: &mut Scene, row: &Placed) -> Result<usize, Refusal> {
    let (name, note) = (named(task.look), Type::plain(task.look.text.note, MUTED));
    let line = scene.bottom + (name.size - note.size) * 0.95;
    let mut room = task.width();
    if row.shown() {
        room -= note.width(&row.base)? + note.size;
        scene.text((task.width(), line), At::End, std::slice::from_ref(&row.base), note);
    }
    let beside = name.wrap(&row.row.name, room);
    if beside.is_err() {
        scene.bottom = line + note.height(1);
    }
    let lines = beside.or_else(|_| name.wrap(&row.row.name, task.width()))?;
    scene.text((0.0, scene.bottom), At::Start, &lines, name);
    // How many answered stands there even where there is no name.
    Ok(lines.len().max(1))
}

/// How high a bar is: a box with a reason is as high as its lines.
fn bar_height(task: &Task<'_>, across: &Across, row: &Placed) -> Result<f64, Refusal> {
    let note = Type::plain(task.look.text.note, INK);
    // Thicker than a plain bar where there is room: it is read by its parts.
    let thick = task.look.bar() * if task.look.beside() { 1.25 } else { 1.0 };
    let Some(why) = &row.row.why else { return Ok(thick) };
    let lines = note.wrap(why, across.to - across.from - note.size * 2.5)?;
    Ok(f64::max(task.look.bar(), note.height(lines.len()) + note.size * 1.2))
}

/// The segments with their numbers, and the totals at both ends; or a box with the reason.
fn bar(
    task: &Task<'_>,
    scene: &mut Scene,
    across: &Across,
    row: &Placed,
    (top, height): (f64, f64),
) -> Result<(), Refusal> {
    if let Some(why) = &row.row.why {
        scene.spot(Spot::line(row.row.at), (across.from, top + height));
        let note = Type::plain(task.look.text.note, INK);
        let lines = note.wrap(why, across.to - across.from - note.size * 2.5)?;
        let area = (across.from, top, across.to - across.from, height);
        scene.withheld(area, &lines, note);
        return Ok(());
    }
    let start = across.centre - (row.low + row.middle / 2.0) * across.unit;
    let mut x = start;
    scene.spot(Spot::line(row.row.at), (start, top + height));
    for (at, share) in row.row.shares.iter().enumerate() {
        let wide = share * across.unit;
        let (table, group) = row.row.at;
        let spot = Spot { table, group, choice: Some(at) };
        scene.spot(spot, (x + wide / 2.0, top + height));
        segment(task, scene, row, at, (x, top, wide, height))?;
        x += wide;
    }
    let (pad, middle) = (task.look.text.total * 0.35, top + height / 2.0);
    let total = |color| Type::bold(task.look.text.total, color);
    scene.word((start - pad, middle), At::End, &row.totals[0], total(LOW));
    scene.word((x + pad, middle), At::Start, &row.totals[1], total(HIGH));
    Ok(())
}

fn segment(
    task: &Task<'_>,
    scene: &mut Scene,
    row: &Placed,
    at: usize,
    (x, top, wide, height): (f64, f64, f64, f64),
) -> Result<(), Refusal> {
    if wide <= 0.0 {
        return Ok(());
    }
    let steps = row.row.shares.len();
    let fill = look::step(at, steps);
    let hatch = look::hatch(at, steps).filter(|_| task.look.hatched);
    scene.bar((x, top, wide, height), fill, hatch, row.row.shares[at]);
    let style = Type::bold(task.look.text.number, look::on(fill));
    let number = if row.row.base < PERCENT_FROM {
        row.row.cells.get(at).copied().unwrap_or_default()
    } else {
        rows::percent(row.row.shares[at], row.row.base)
    };
    let number = number.to_string();
    let needs = style.width(&number)?;
    if number != "0" && wide > needs + style.size * 0.4 {
        let middle = (x + wide / 2.0, top + height / 2.0);
        if hatch.is_some() {
            let (w, h) = (needs + style.size * 0.4, style.size * 1.2);
            scene.fill((middle.0 - w / 2.0, middle.1 - h / 2.0, w, h), fill);
        }
        scene.word(middle, At::Middle, &number, style);
    }
    Ok(())
}

/// The centre line, only between bars, so that it never strikes through a number.
fn centre_line(task: &Task<'_>, scene: &mut Scene, across: &Across, (from, to): (f64, f64)) {
    let width = task.look.text.note * 0.08;
    scene.line((across.centre, from), (across.centre, to), RULE, width);
}

/// What it shows, in words: the rows with most and least on the high side.
fn desc(task: &Task<'_>, rows: &[Placed]) -> String {
    let words = Words::of(task);
    let mut shown: Vec<&Placed> = rows.iter().filter(|row| row.shown()).collect();
    shown.sort_by(|a, b| b.high.total_cmp(&a.high));
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else {
        return task.words.desc_nothing.clone();
    };
    let steps = first.row.shares.len();
    let high: Vec<usize> = (steps - steps / 2..steps).collect();
    let value = |row: &Placed| {
        let count = row.row.counted(&high);
        words.full(row.high, count, row.row.base, row.row.exact)
    };
    let side = rows::scale(task).and_then(|table| table.choices().last());
    let side = side.map_or("", |choice| choice.text.get(task.lang));
    let mut desc = fill(
        &task.words.desc_diverging,
        &[
            ("side", side),
            ("top", &first.row.name),
            ("top_value", &value(first)),
            ("low", &last.row.name),
            ("low_value", &value(last)),
        ],
    );
    let hidden = (rows.len() - shown.len()).to_string();
    if shown.len() < rows.len() {
        desc.push(' ');
        desc.push_str(&fill(&task.words.withheld_some, &[("n", &hidden)]));
    }
    desc
}
