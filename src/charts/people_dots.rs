//! One dot for one person: small groups, in counts and never in percentages.
//!
//! Where a number would say what each or nobody answered, the gate left words in its place; then
//! the group is drawn as dots of one kind, and the words stand beside the answers.

use plotters::style::RGBColor;

use super::legend;
use super::look::{self, BAR, INK, MUTED};
use super::marks::Spot;
use super::rows::Words;
use super::scene::{At, Scene, Type, named};
use super::{Refusal, Svg, Task};
use crate::release::table::{Group, Nearly, Shape, Table};
use crate::words::fill;

/// Air below a name, in its size: letters of some scripts reach far down.
const AIR: f64 = 0.3;

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let mut scene = Scene::new();
    let mut said = Vec::new();
    for (number, table) in task.picture.tables.iter().enumerate() {
        let middle = scene.bottom + task.look.text.statement * 0.5;
        scene.spot(Spot::line((number, 0)), (task.width(), middle));
        if task.picture.tables.len() > 1 {
            heading(task, &mut scene, table.text().get(task.lang))?;
        }
        if let Some(why) = table.withheld() {
            legend::not_shown(task, &mut scene, &Words::of(task).why(why))?;
        } else if table.groups().is_empty() {
            legend::not_shown(task, &mut scene, &task.words.no_answers)?;
        }
        for (at, group) in table.groups().iter().enumerate() {
            said.push(of_group(task, &mut scene, (number, table), (at, group))?);
        }
        scene.bottom += task.look.text.statement * 0.6;
    }
    let desc = fill(&task.words.desc_people, &[("rows", &said.join(" "))]);
    task.paint(scene, desc)
}

/// What is said of one answer: a number, or words in its place.
pub(super) fn said(task: &Task<'_>, table: &Table, at: (usize, usize), group: &Group) -> String {
    match table.nearly(at.0, at.1) {
        Some(Nearly::All) => task.words.nearly_all.clone(),
        Some(Nearly::None) => task.words.nearly_none.clone(),
        None => {
            let count = group.cells.get(at.1).copied().unwrap_or_default().to_string();
            fill(&task.words.count_of, &[("k", &count), ("n", &group.base.to_string())])
        }
    }
}

fn heading(task: &Task<'_>, scene: &mut Scene, words: &str) -> Result<(), Refusal> {
    let style = Type::bold(task.look.text.statement, INK);
    let lines = style.wrap(words, task.width())?;
    scene.text((0.0, scene.bottom), At::Start, &lines, style);
    scene.bottom += style.height(lines.len()) + style.size * AIR;
    Ok(())
}

/// The answers of one group; gives back what was said, for the description.
fn of_group(
    task: &Task<'_>,
    scene: &mut Scene,
    (number, table): (usize, &Table),
    (at, group): (usize, &Group),
) -> Result<String, Refusal> {
    if table.address().by.is_some() {
        heading(task, scene, group.text.get(task.lang))?;
    }
    let note = Type::plain(task.look.text.legend, MUTED);
    let those = fill(&task.words.of_those, &[("n", &group.base.to_string())]);
    let lines = note.wrap(&those, task.width())?;
    scene.text((0.0, scene.bottom), At::Start, &lines, note);
    scene.bottom += note.height(lines.len()) + note.size * 0.35;
    let choices = table.choices();
    let in_words = (0..choices.len()).any(|choice| table.nearly(at, choice).is_some());
    if in_words && table.shape() != Shape::Multiple {
        dots(task, scene, (0.0, task.width()), (group.base, 0), MUTED)?;
        scene.bottom += task.look.text.statement * 0.3;
    }
    let mut rows = Vec::new();
    for (choice, label) in choices.iter().enumerate() {
        let name = label.text.get(task.lang);
        let value = said(task, table, (at, choice), group);
        answer(task, scene, table, (at, choice), group)?;
        let spot = Spot { table: number, group: at, choice: Some(choice) };
        scene.spot(spot, (0.0, scene.bottom - task.look.text.statement * 0.35));
        rows.push(fill(&task.words.desc_value, &[("row", name), ("value", &value)]));
    }
    let rows = rows.join(&task.words.semicolon);
    Ok(format!("{those} {rows}."))
}

/// One answer: its name, then its number and dots, or its words.
fn answer(
    task: &Task<'_>,
    scene: &mut Scene,
    table: &Table,
    at: (usize, usize),
    group: &Group,
) -> Result<(), Refusal> {
    let (name, value) = (named(task.look), Type::bold(task.look.text.total, INK));
    let beside = task.look.beside();
    let texts = || table.choices().iter().map(|choice| choice.text.get(task.lang));
    let mut room = task.width();
    if beside {
        room = name.column(texts(), room * 0.36)?;
    }
    let lines = name.wrap(texts().nth(at.1).unwrap_or_default(), room)?;
    let from = if beside { room + name.size } else { 0.0 };
    scene.text((0.0, scene.bottom), At::Start, &lines, name);
    let named_to = scene.bottom + name.height(lines.len());
    if !beside {
        scene.bottom = named_to + name.size * AIR;
    }
    if table.nearly(at.0, at.1).is_some() {
        let words = said(task, table, at, group);
        let lines = value.wrap(&words, task.width() - from)?;
        scene.text((from, scene.bottom), At::Start, &lines, value);
        scene.bottom += value.height(lines.len());
    } else {
        counted(task, scene, table, (at.1, group), from)?;
    }
    scene.bottom = scene.bottom.max(named_to) + name.size * 0.35;
    Ok(())
}

/// The number of an answer and its dots; where several may be ticked, the others as rings.
fn counted(
    task: &Task<'_>,
    scene: &mut Scene,
    table: &Table,
    (choice, group): (usize, &Group),
    from: f64,
) -> Result<(), Refusal> {
    let value = Type::bold(task.look.text.total, INK);
    let count = group.cells.get(choice).copied().unwrap_or_default();
    let middle = scene.bottom + radius(task) + task.look.text.statement * 0.06;
    scene.word((from, middle), At::Start, &count.to_string(), value);
    let after = from + value.width("00")? + value.size * 0.55;
    let rest = match table.shape() {
        Shape::Multiple => group.base.saturating_sub(count),
        Shape::Ordered | Shape::Single | Shape::People | Shape::Places | Shape::Groups => 0,
    };
    dots(task, scene, (after, task.width()), (count, rest), color(table, choice))
}

fn color(table: &Table, choice: usize) -> RGBColor {
    match table.shape() {
        Shape::Multiple => BAR,
        Shape::Ordered | Shape::Single | Shape::People | Shape::Places | Shape::Groups => {
            let color = look::step(choice, table.choices().len());
            if color == look::MIDDLE { look::OTHER } else { color }
        }
    }
}

fn radius(task: &Task<'_>) -> f64 {
    task.look.text.statement * 0.58
}

/// Rows of filled dots and then of rings, from `scene.bottom` down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive count")]
fn dots(
    task: &Task<'_>,
    scene: &mut Scene,
    (from, to): (f64, f64),
    (filled, rings): (u64, u64),
    color: RGBColor,
) -> Result<(), Refusal> {
    let (radius, all) = (radius(task), filled + rings);
    if all > 300 {
        return Err(Refusal::NotThisWay("too many people for one dot each"));
    }
    let step = radius * 2.35;
    let a_row = (((to - from) / step).floor().max(1.0)) as u64;
    let top = scene.bottom + task.look.text.statement * 0.06;
    for dot in 0..all {
        let (column, row) = (small(dot % a_row), small(dot / a_row));
        let center = (from + radius + column * step, top + radius + row * step);
        scene.dot(center, radius, color, dot < filled);
    }
    scene.bottom = top + small(all.div_ceil(a_row).max(1)) * step;
    Ok(())
}

fn small(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
