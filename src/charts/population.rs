//! Who answered beside who lives here: a pair of bars for each age band or gender.
//!
//! It shows whom the answers speak for, so it says so in words when there is nothing to compare.

use super::legend::{self, Entry};
use super::look::{BAR, INK, OTHER};
use super::marks::Spot;
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
    /// The same in as few letters as can be.
    pub(super) brief: String,
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
            legend::not_shown(task, &mut scene, &Words::of(task).why(why))?;
            continue;
        }
        let pairs = pairs(task, at);
        if at == 0 {
            legend::place(task, &mut scene, &entries(task, &pairs))?;
        }
        place(task, &mut scene, &pairs, at)?;
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
        let other = share.map(|share| (share, words.percentage(share, rows::WHOLE_FROM)));
        Pair {
            name: choice.text.get(task.lang).to_owned(),
            value,
            figure: words.full(value, count, group.base, table.step() <= 1),
            brief: words.brief(value, count, group.base),
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

/// Where bars lie across.
struct Room {
    names: f64,
    from: f64,
    unit: f64,
}

impl Room {
    fn new(task: &Task<'_>, pairs: &[Pair]) -> Result<Self, Refusal> {
        let (name, number) = (named(task.look), task.look.text.number);
        let (mut names, mut from) = (task.width(), 0.0);
        if task.look.beside() {
            names = name.column(pairs.iter().map(|pair| pair.name.as_str()), names * 0.36)?;
            from = names + name.size;
        }
        let (mut longest, mut tail) = (0.2_f64, 0.0_f64);
        for pair in pairs {
            let (share, other) = pair.other.as_ref().map_or((0.0, ""), |(s, words)| (*s, words));
            let style = Type::bold(number, INK);
            tail = tail.max(style.width(&pair.figure)?).max(style.width(other)?);
            longest = longest.max(pair.value).max(share);
        }
        let unit = (task.width() - from - tail - number * 0.6).max(1.0) / longest;
        Ok(Self { names, from, unit })
    }
}

fn place(task: &Task<'_>, scene: &mut Scene, pairs: &[Pair], table: usize) -> Result<(), Refusal> {
    let (name, number) = (named(task.look), task.look.text.number);
    let (first, second) = (Type::bold(number, INK), Type::plain(number, INK));
    let room = Room::new(task, pairs)?;
    let bar = number * 1.3;
    for (choice, pair) in pairs.iter().enumerate() {
        let lines = name.wrap(&pair.name, room.names)?;
        let tall = name.height(lines.len());
        let bars = bar * if pair.other.is_some() { 2.0 } else { 1.0 };
        let (label, top, bottom) = if task.look.beside() {
            let height = f64::max(tall, bars);
            let middle = scene.bottom + height / 2.0;
            (middle - tall / 2.0, middle - bars / 2.0, scene.bottom + height)
        } else {
            let top = scene.bottom + tall + name.size * 0.3;
            (scene.bottom, top, top + bars)
        };
        scene.text((0.0, label), At::Start, &lines, name);
        let spot = Spot { table, group: 0, choice: Some(choice) };
        scene.spot(spot, (room.from, top + bars));
        let mut draw = |top: f64, share: f64, color, figure: &str, style| {
            let long = (share * room.unit).max(number * 0.12);
            scene.bar((room.from, top, long, bar * 0.92), color, None, share);
            let x = room.from + long + number * 0.5;
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
