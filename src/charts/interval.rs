//! A dot for each group or statement on one scale. A pale band says how far chance may go, where people
//! were drawn at random; a dashed line is everyone together.

use super::data_table::{Cells, head};
use super::keys::{self, Sign};
use super::look::{BAR, INK, MUTED};
use super::rows::{self, PERCENT_FROM, Words};
use super::scene::{At, Scene, Type};
use super::shares::{self, Share};
use super::sorted_bars::{cut, note};
use super::track::{Head, Track};
use super::{Refusal, Svg, Task};
use crate::release::table::Table;
use crate::words::fill;

use plotters::style::RGBColor;

/// How far chance may go.
const BAND: RGBColor = RGBColor(0xa9, 0xcb, 0xe6);

/// A row with its share.
struct Dot {
    head: Head,
    share: Option<Share>,
}

/// The rows, and the share of everyone.
struct Dots {
    rows: Vec<Dot>,
    whole: Option<Share>,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let Dots { mut rows, whole } = dots(task)?;
    let more = cut(task, &mut rows);
    let mut scene = Scene::new();
    let words = Words::of(task);
    let shown: Vec<&Share> = rows.iter().filter_map(|row| row.share.as_ref()).collect();
    key(task, &mut scene, &shown, whole.as_ref())?;
    let (figure, of) = styles(task);
    let mut column = 0.0_f64;
    for share in &shown {
        let wide = figure.width(&share.figure(&words))? + figure.size * 0.5;
        // Where names stand above, how many answered stands with them.
        let many = if task.look.beside() {
            of.width(&share.of_how_many(&words))? + of.size * 0.8
        } else {
            0.0
        };
        column = column.max(wide + many);
    }
    let high = |share: &Share| share.range.map_or(share.value, |range| range.1);
    let most = shown.iter().copied().chain(&whole).map(high).fold(0.0, f64::max);
    let heads: Vec<&Head> = rows.iter().map(|row| &row.head).collect();
    let track = Track::new(task, &heads, (figure.size * 0.5, column), most)?;
    for row in &rows {
        place(task, &mut scene, &track, row, whole.as_ref())?;
    }
    if shown.iter().any(|share| share.base >= PERCENT_FROM) {
        track.axis(task, &mut scene)?;
    }
    note(task, &mut scene, &more.unwrap_or_default())?;
    task.paint(scene, desc(task, &rows))
}

fn styles(task: &Task<'_>) -> (Type, Type) {
    let text = &task.look.text;
    (Type::bold(text.total, INK), Type::plain(text.note, MUTED))
}

/// The groups of one table with everyone beside them, or a row for each table.
fn dots(task: &Task<'_>) -> Result<Dots, Refusal> {
    rows::only_shares(task)?;
    let words = Words::of(task);
    let by = shares::grouped(task);
    match by.as_slice() {
        [] => {
            let rows = rows::rows(task)?;
            let tables = &task.picture.tables;
            let dot = |(place, (row, table)): (usize, (rows::Row, &&Table))| {
                let share = Share::of(table, 0, &shares::counting(task, table));
                let why =
                    row.why.or_else(|| share.is_none().then(|| words.words.no_answers.clone()));
                let share = share.filter(|_| why.is_none());
                let at = (place, 0);
                Dot { head: Head { name: row.name, with: row.with, why, at }, share }
            };
            Ok(Dots {
                rows: rows.into_iter().zip(tables).enumerate().map(dot).collect(),
                whole: None,
            })
        }
        [(table, whole)] => {
            let top = shares::counting(task, table);
            let whole = whole.and_then(|whole| Share::of(whole, 0, &shares::counting(task, whole)));
            let why = table.withheld().map(|why| words.why(why));
            if let Some(why) = why {
                let name = table.text().get(task.lang).to_owned();
                let at = (shares::place(task, table), 0);
                let head = Head { name, with: None, why: Some(why), at };
                return Ok(Dots { rows: vec![Dot { head, share: None }], whole });
            }
            let dot = |(at, group): (usize, &crate::release::table::Group)| {
                let share = Share::of(table, at, &top);
                let (name, with) =
                    (group.text.get(task.lang).to_owned(), words.counted_with(&group.with));
                let why = share.is_none().then(|| words.words.no_answers.clone());
                let at = (shares::place(task, table), at);
                Dot { head: Head { name, with, why, at }, share }
            };
            Ok(Dots { rows: table.groups().iter().enumerate().map(dot).collect(), whole })
        }
        [..] => Err(Refusal::NotThisWay("one breakdown at a time")),
    }
}

fn key(
    task: &Task<'_>,
    scene: &mut Scene,
    shown: &[&Share],
    whole: Option<&Share>,
) -> Result<(), Refusal> {
    let mut keys = vec![(Sign::Dot(BAR), shares::counted(task))];
    if shown.iter().any(|share| share.range.is_some()) {
        keys.push((Sign::Band(BAND), task.words.key_chance.clone()));
    }
    if let Some(whole) = whole.filter(|_| !shown.is_empty()) {
        let value = whole.figure(&Words::of(task));
        let words = fill(&task.words.everyone_line, &[("value", &value)]);
        keys.push((Sign::Line(INK, Some(strokes(task))), words));
    }
    keys::place(task, scene, &keys)
}

/// The strokes of the line of everyone.
fn strokes(task: &Task<'_>) -> (f64, f64) {
    let size = task.look.text.note;
    (size * 0.45, size * 0.3)
}

fn place(
    task: &Task<'_>,
    scene: &mut Scene,
    track: &Track,
    row: &Dot,
    whole: Option<&Share>,
) -> Result<(), Refusal> {
    let from = scene.bottom;
    let ((figure, of), words) = (styles(task), Words::of(task));
    let many = row.share.as_ref().map(|share| share.of_how_many(&words)).unwrap_or_default();
    let head = row.head.clone().and_under(if track.beside { "" } else { &many });
    let lane = track.lane(task, scene, &head, task.look.bar() * 0.85)?;
    let Some(share) = &row.share else { return Ok(()) };
    if let Some(whole) = whole {
        let (top, bottom) =
            if track.beside { (from, scene.bottom) } else { (lane.top, lane.top + lane.tall) };
        let x = track.at(whole.value);
        let line = vec![(x, top), (x, bottom)];
        scene.path(line, INK, task.look.text.note * 0.13, Some(strokes(task)));
    }
    if let Some((low, high)) = share.range {
        let (low, high) = (track.at(low), track.at(high));
        let tall = lane.tall * 0.42;
        scene.fill((low, lane.middle - tall / 2.0, (high - low).max(1.0), tall), BAND);
    }
    scene.dot((track.at(share.value), lane.middle), lane.tall * 0.3, BAR, true);
    let said = share.figure(&words);
    let x = track.to + figure.size * 0.5;
    scene.word((x, lane.middle), At::Start, &said, figure);
    if !many.is_empty() && track.beside {
        let x = x + figure.width(&said)? + of.size * 0.8;
        scene.word((x, lane.middle), At::Start, &many, of);
    }
    Ok(())
}

fn desc(task: &Task<'_>, rows: &[Dot]) -> String {
    let words = Words::of(task);
    let shown = || rows.iter().filter_map(|row| Some((row, row.share.as_ref()?)));
    let most = shown().max_by(|a, b| a.1.value.total_cmp(&b.1.value));
    let least = shown().min_by(|a, b| a.1.value.total_cmp(&b.1.value));
    let (Some((top, most)), Some((low, least))) = (most, least) else {
        return task.words.desc_nothing.clone();
    };
    let with = [
        ("top", top.head.name.as_str()),
        ("top_value", &most.figure(&words)),
        ("low", &low.head.name),
        ("low_value", &least.figure(&words)),
    ];
    let hidden = rows.len() - shown().count();
    with_hidden(task, fill(&task.words.desc_interval, &with), hidden)
}

/// A description, and how many rows are not shown.
pub(super) fn with_hidden(task: &Task<'_>, desc: String, hidden: usize) -> String {
    if hidden == 0 {
        return desc;
    }
    let some = fill(&task.words.withheld_some, &[("n", &shares::number(hidden))]);
    format!("{desc} {some}")
}

/// The same numbers as a table.
pub(super) fn numbers(task: &Task<'_>) -> Option<Cells> {
    let Dots { rows, whole } = dots(task).ok()?;
    let words = task.words;
    let ranged = rows.iter().any(|row| row.share.as_ref().is_some_and(|one| one.range.is_some()));
    let mut columns = vec![&words.table_row, &words.table_share];
    if ranged {
        columns.extend([&words.table_low, &words.table_high]);
    }
    columns.push(&words.table_base);
    let everyone = Head { name: words.everyone.clone(), ..Head::default() };
    let everyone = whole.map(|whole| Dot { head: everyone, share: Some(whole) });
    let rows = rows.into_iter().chain(everyone).map(|row| line(task, &row, ranged));
    Some((head(&columns), rows.collect()))
}

fn line(task: &Task<'_>, row: &Dot, ranged: bool) -> Vec<String> {
    let words = Words::of(task);
    let name = match &row.head.with {
        Some(with) => format!("{} ({with})", row.head.name),
        None => row.head.name.clone(),
    };
    let mut cells = vec![name];
    let Some(share) = &row.share else {
        cells.push(row.head.why.clone().unwrap_or_else(|| task.words.table_withheld.clone()));
        cells.resize(if ranged { 5 } else { 3 }, task.words.table_withheld.clone());
        return cells;
    };
    cells.push(share.figure(&words));
    if ranged {
        let end = |end: fn((f64, f64)) -> f64| {
            let known = share.range.map(|range| words.tick(end(range)));
            known.unwrap_or_else(|| task.words.table_unknown.clone())
        };
        cells.extend([end(|range| range.0), end(|range| range.1)]);
    }
    cells.push(words.people(share.base, share.exact));
    cells
}
