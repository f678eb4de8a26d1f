//! The statement game as it was played: a line, and who stepped over it. For each statement every
//! group has a row of its own, a dot for one person: rings on the near side, filled ones beyond.
//!
//! Where nearly all or nearly nobody of a group stepped over, the gate left words in place of the
//! number, and the words stand on that side.

use super::legend;
use super::letters::wrapped;
use super::look::{BAR, INK, MUTED, OTHER, RULE};
use super::marks::Spot;
use super::rows::Words;
use super::scene::{At, Scene, Type, named};
use super::symbols::{self, Symbol};
use super::{Refusal, Svg, Task, people_dots};
use crate::release::table::{Group, Nearly, Table};
use crate::words::fill;

/// From so many on one side a bar takes the place of dots.
const DOTS: u64 = 160;

/// A statement with how far its groups stand apart.
struct Statement {
    choice: usize,
    apart: f64,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let [table] = task.picture.tables[..] else {
        return Err(Refusal::NotThisWay("a line is drawn for one count"));
    };
    let mut scene = Scene::new();
    let why = table.withheld().map(|why| Words::of(task).why(why));
    let empty = table.groups().is_empty() || table.choices().is_empty();
    if let Some(why) = why.or_else(|| empty.then(|| task.words.no_answers.clone())) {
        legend::not_shown(task, &mut scene, &why)?;
        return task.paint(scene, task.words.desc_nothing.clone());
    }
    if table.address().by.is_none() {
        return Err(Refusal::NotThisWay("a line needs the groups that played"));
    }
    let statements = statements(table);
    let most = task.picture.most.unwrap_or(statements.len()).min(statements.len());
    let entries = [
        (Symbol::Ring, OTHER, task.words.stayed.clone()),
        (Symbol::Circle, BAR, task.words.stepped.clone()),
    ];
    symbols::legend(task, &mut scene, &entries)?;
    let room = Room::new(task, table);
    let mut said = Vec::new();
    for statement in &statements[..most] {
        said.push(place(task, &mut scene, &room, table, statement.choice)?);
    }
    let mut remarks = vec![task.words.sides_apart.clone()];
    if most < statements.len() {
        let with = [("n", most.to_string()), ("of", statements.len().to_string())];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        remarks.push(fill(&task.words.first_shown, &with));
    }
    symbols::remarks(task, &mut scene, &remarks)?;
    let rows = said.join(&task.words.semicolon);
    task.paint(scene, fill(&task.words.desc_sides, &[("rows", &rows)]))
}

/// The part of a group that stepped over; words count as all or none.
fn part(table: &Table, group: usize, choice: usize) -> f64 {
    match table.nearly(group, choice) {
        Some(Nearly::All) => 1.0,
        Some(Nearly::None) => 0.0,
        None => table.share(group, choice).unwrap_or(0.0),
    }
}

/// The statements, those on which the groups stand furthest apart first.
fn statements(table: &Table) -> Vec<Statement> {
    let of = |choice: usize| {
        let parts = (0..table.groups().len()).map(|group| part(table, group, choice));
        let (low, high) = parts.fold((1.0_f64, 0.0_f64), |(l, h), p| (l.min(p), h.max(p)));
        Statement { choice, apart: (high - low).max(0.0) }
    };
    let mut all: Vec<Statement> = (0..table.choices().len()).map(of).collect();
    all.sort_by(|a, b| b.apart.total_cmp(&a.apart).then(a.choice.cmp(&b.choice)));
    all
}

/// Where everything lies across, and how large a dot is.
struct Room {
    names: f64,
    /// The line.
    line: f64,
    /// The room on each side of it.
    half: f64,
    radius: f64,
    rows: u64,
    figures: f64,
}

impl Room {
    fn new(task: &Task<'_>, table: &Table) -> Self {
        let text = &task.look.text;
        let width = task.width();
        let figures = width * if task.look.beside() { 0.2 } else { 0.24 };
        let names = width * if task.look.beside() { 0.18 } else { 0.24 };
        let gap = text.number * 0.7;
        let half = (width - names - figures - gap * 2.0) / 2.0;
        let line = names + gap + half;
        let side = |group: &Group| {
            let over = group.cells.iter().copied().max().unwrap_or(0);
            let least = group.cells.iter().copied().min().unwrap_or(0);
            over.max(group.base.saturating_sub(least))
        };
        let most = table.groups().iter().map(side).max().unwrap_or(1).max(1);
        let radius = |rows: u64| {
            let columns = small(most.div_ceil(rows)) + 0.5;
            (half / columns / 2.3).min(text.number * 0.5)
        };
        let enough = (1..=4).find(|rows| radius(*rows) >= text.number * 0.36);
        let rows = enough.unwrap_or(4);
        Self { names, line, half, radius: radius(rows), rows, figures }
    }
}

/// A statement with a row for each group; gives back what it says in words.
fn place(
    task: &Task<'_>,
    scene: &mut Scene,
    room: &Room,
    table: &Table,
    choice: usize,
) -> Result<String, Refusal> {
    let heading = named(task.look);
    let heading = Type { bold: true, ..heading };
    let statement = table.choices()[choice].text.get(task.lang);
    let lines = wrapped(statement, heading.size, true, task.width())?;
    scene.text((0.0, scene.bottom), At::Start, &lines, heading);
    scene.bottom += heading.height(lines.len()) + heading.size * 0.25;
    let top = scene.bottom;
    let mut said = Vec::new();
    for (at, group) in table.groups().iter().enumerate() {
        said.push(row(task, scene, room, table, (at, choice), group)?);
    }
    let width = task.look.text.number * 0.14;
    scene.line((room.line, top), (room.line, scene.bottom), INK, width);
    scene.bottom += heading.size * 0.8;
    let with = [("row", statement), ("value", &said.join(&task.words.comma))];
    Ok(fill(&task.words.desc_value, &with))
}

/// What a group is called, with those counted together with it, and how many played.
pub(super) fn group_name(task: &Task<'_>, group: &Group) -> String {
    let names: Vec<&str> =
        std::iter::once(&group.text).chain(&group.with).map(|text| text.get(task.lang)).collect();
    let names = super::rows::list(&names, &task.words.comma, &task.words.last_and);
    fill(&task.words.played, &[("group", &names), ("n", &group.base.to_string())])
}

fn row(
    task: &Task<'_>,
    scene: &mut Scene,
    room: &Room,
    table: &Table,
    (at, choice): (usize, usize),
    group: &Group,
) -> Result<String, Refusal> {
    let text = &task.look.text;
    let (name, figure) = (Type::plain(text.number, MUTED), Type::bold(text.number, INK));
    let called = group_name(task, group);
    let names = wrapped(&called, name.size, false, room.names)?;
    let said = people_dots::said(task, table, (at, choice), group);
    let figures = wrapped(&said, figure.size, true, room.figures)?;
    let dots = small(room.rows) * room.radius * 2.3;
    let tall = name.height(names.len()).max(figure.height(figures.len())).max(dots);
    let height = tall + text.number * 0.35;
    let middle = scene.bottom + height / 2.0;
    scene.centred((0.0, middle), At::Start, &names, name);
    let figures_at = task.width() - room.figures;
    scene.centred((figures_at, middle), At::Start, &figures, figure);
    let spot = Spot { table: 0, group: at, choice: Some(choice) };
    scene.spot(spot, (figures_at - text.number, middle));
    let over = group.cells.get(choice).copied().unwrap_or(0).min(group.base);
    match table.nearly(at, choice) {
        None => {
            side(scene, room, (middle, 1.0), over);
            side(scene, room, (middle, -1.0), group.base - over);
        }
        Some(nearly) => {
            let way = match nearly {
                Nearly::All => 1.0,
                Nearly::None => -1.0,
            };
            let (x, wide) = (room.half * 0.12, room.half * 0.82);
            let left = if way > 0.0 { room.line + x } else { room.line - x - wide };
            let thick = room.radius * 1.5;
            scene.fill(
                (left, middle - thick / 2.0, wide, thick),
                if way > 0.0 { BAR } else { OTHER },
            );
        }
    }
    scene.bottom += height;
    let with = [("row", called.as_str()), ("value", &said)];
    Ok(fill(&task.words.desc_value, &with))
}

/// The people on one side of the line, from the line outwards.
fn side(scene: &mut Scene, room: &Room, (middle, way): (f64, f64), people: u64) {
    let color = if way > 0.0 { BAR } else { OTHER };
    if people > DOTS {
        let wide = room.half * 0.94;
        let left = if way > 0.0 { room.line + room.radius } else { room.line - room.radius - wide };
        scene.fill((left, middle - room.radius, wide, room.radius * 2.0), RULE);
        return;
    }
    let step = room.radius * 2.3;
    let rows = room.rows.min(people.max(1));
    let top = middle - (small(rows) - 1.0) * step / 2.0;
    for person in 0..people {
        let (column, row) = (small(person / rows), small(person % rows));
        let x = way.mul_add((column + 0.8) * step, room.line);
        scene.dot((x, row.mul_add(step, top)), room.radius, color, way > 0.0);
    }
}

fn small(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
