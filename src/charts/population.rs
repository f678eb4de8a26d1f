//! Who answered beside who lives here: a pair of bars for each age band or gender.
//!
//! It shows whom the answers speak for, so it says so in words when there is nothing to compare.

use super::legend::{self, Entry};
use super::look::{BAR, INK, OTHER};
use super::rows::{self, Words};
use super::scene::{At, Scene, Type, named};
use super::sorted_bars::note;
use super::{Refusal, Svg, Task};
use crate::words::fill;

/// A band with its share of the answers and of the neighbourhood.
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) figure: String,
    pub(super) other: Option<(f64, String)>,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    rows::only_shares(task)?;
    let mut scene = Scene::new();
    let mut said = Vec::new();
    for (at, table) in task.picture.tables.iter().enumerate() {
        if at > 0 {
            scene.bottom += task.look.text.statement;
        }
        if let Some(why) = table.withheld() {
            withheld(task, &mut scene, &Words::of(task).why(why))?;
            continue;
        }
        let pairs = pairs(task, at);
        if at == 0 {
            legend::place(task, &mut scene, &entries(task, &pairs))?;
        }
        place(task, &mut scene, &pairs)?;
        if pairs.iter().all(|pair| pair.other.is_none()) {
            note(task, &mut scene, &task.words.no_reference)?;
        }
        said.extend(pairs.iter().map(|pair| in_words(task, pair)));
    }
    let rows = format!("{}.", said.join(&task.words.semicolon));
    let desc = match said[..] {
        [] => task.words.desc_nothing.clone(),
        [..] => fill(&task.words.desc_population, &[("rows", &rows)]),
    };
    task.paint(scene, desc)
}

/// The bands of one table.
pub(super) fn pairs(task: &Task<'_>, table: usize) -> Vec<Pair> {
    let words = Words::of(task);
    let Some(table) = task.picture.tables.get(table) else { return Vec::new() };
    let Some(group) = table.groups().first() else { return Vec::new() };
    let pair = |(at, choice): (usize, &crate::release::table::Label)| {
        let value = table.share(0, at).unwrap_or_default();
        let count = group.cells.get(at).copied().unwrap_or_default();
        let share = group.reference.as_ref().and_then(|all| all.get(at)).copied();
        let other = share.map(|share| (share, words.brief(share, 0, rows::WHOLE_FROM)));
        Pair {
            name: choice.text.get(task.lang).to_owned(),
            value,
            figure: words.full(value, count, group.base, table.step() <= 1),
            other,
        }
    };
    table.choices().iter().enumerate().map(pair).collect()
}

fn in_words(task: &Task<'_>, pair: &Pair) -> String {
    let (pattern, other) = match &pair.other {
        Some((_, other)) => (&task.words.desc_pair, other.as_str()),
        None => (&task.words.desc_value, ""),
    };
    fill(pattern, &[("row", &pair.name), ("value", &pair.figure), ("other", other)])
}

fn entries(task: &Task<'_>, pairs: &[Pair]) -> Vec<Entry> {
    let entry = |words: &String, color| Entry { words: words.clone(), color, hatch: None };
    let mut entries = vec![entry(&task.words.answered, BAR)];
    if pairs.iter().any(|pair| pair.other.is_some()) {
        entries.push(entry(&task.words.neighbourhood, OTHER));
    }
    entries
}

fn withheld(task: &Task<'_>, scene: &mut Scene, why: &str) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.legend, INK);
    let lines = style.wrap(why, task.width() - style.size * 2.5)?;
    let tall = style.height(lines.len()) + style.size * 1.2;
    scene.withheld((0.0, scene.bottom, task.width(), tall), &lines, style);
    scene.bottom += tall;
    Ok(())
}

fn place(task: &Task<'_>, scene: &mut Scene, pairs: &[Pair]) -> Result<(), Refusal> {
    let (name, text) = (named(task.look), &task.look.text);
    let (first, second) = (Type::bold(text.number, INK), Type::plain(text.number, INK));
    let beside = task.look.beside();
    let names = task.width() * if beside { 0.36 } else { 1.0 };
    let names = name.column(pairs.iter().map(|pair| pair.name.as_str()), names)? + 0.5;
    let from = if beside { names + name.size } else { 0.0 };
    let (mut most, mut tail) = (0.2_f64, 0.0_f64);
    for pair in pairs {
        tail = tail.max(first.width(&pair.figure)?);
        most = most.max(pair.value).max(pair.other.as_ref().map_or(0.0, |(share, _)| *share));
    }
    let unit = (task.width() - from - tail - text.number * 0.6).max(1.0) / most;
    let bar = text.number * 1.3;
    for pair in pairs {
        let lines = name.wrap(&pair.name, names)?;
        let tall = name.height(lines.len());
        let bars = bar * if pair.other.is_some() { 2.0 } else { 1.0 };
        let height = f64::max(tall, bars);
        let (label, top, bottom) = if beside {
            let middle = scene.bottom + height / 2.0;
            (middle - tall / 2.0, middle - bars / 2.0, scene.bottom + height)
        } else {
            (scene.bottom, scene.bottom + tall, scene.bottom + tall + bars)
        };
        scene.text((0.0, label), At::Start, &lines, name);
        let mut draw = |top: f64, share: f64, color, figure: &str, style| {
            scene.fill((from, top, (share * unit).max(text.note * 0.12), bar * 0.92), color);
            let x = from + share * unit + text.number * 0.5;
            scene.word((x, top + bar * 0.46), At::Start, figure, style);
        };
        draw(top, pair.value, BAR, &pair.figure, first);
        if let Some((share, figure)) = &pair.other {
            draw(top + bar, *share, OTHER, figure, second);
        }
        scene.bottom = bottom + name.size * 0.7;
    }
    Ok(())
}
