//! Bars from most to least: choices, shares of the answers that count, places, or groups.
//!
//! The number stands at the end of its bar in bold, and what it is of in smaller letters. Only
//! ratings of places and counts of groups have a known whole, drawn as a pale track. Of people drawn at
//! random a bar is solid as far as chance leaves it, striped as far as chance may take it, with a tick
//! at what was answered.

use plotters::style::RGBColor;

use super::keys::{self, Sign};
use super::legend::{self, Entry};
use super::look::{BAR, INK, MUTED};
use super::marks::Spot;
use super::rows::{self, PERCENT_FROM, Row, Words};
use super::scene::{At, Scene, Type, named};
use super::shares::{self, number};
use super::sink::Hatch;
use super::{Refusal, Svg, Task};
use crate::release::table::{Group, Shape, Table};
use crate::words::fill;

const TRACK: RGBColor = RGBColor(0xe6, 0xe6, 0xe6);
/// Under the stripes of what chance may add.
const PALE: RGBColor = RGBColor(0xd3, 0xe4, 0xf3);

/// One bar with its words.
pub(super) struct Item {
    /// Its table in the picture, its group in that, and its choice where it is one.
    pub(super) at: Spot,
    pub(super) name: String,
    pub(super) with: Option<String>,
    /// The length of the bar, from 0 to 1.
    pub(super) value: f64,
    /// The number at its end.
    pub(super) figure: String,
    /// What the number is of.
    pub(super) of: String,
    /// How far chance may go, where people were drawn at random.
    pub(super) range: Option<(f64, f64)>,
    /// How far rounding may have moved it.
    pub(super) slack: f64,
    /// Why it is not shown.
    pub(super) why: Option<String>,
}

/// The bars of a picture, sorted, with what is said of them together.
pub(super) struct Items {
    pub(super) bars: Vec<Item>,
    /// Whether the whole is known.
    pub(super) track: bool,
    /// Which answers count.
    pub(super) counting: Option<String>,
    /// How many answered, where it is one number.
    pub(super) foot: Option<String>,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let Items { bars: mut items, track, counting, foot } = items(task)?;
    let all = items.len();
    items.truncate(task.picture.most.unwrap_or(all));
    let mut scene = Scene::new();
    key(task, &mut scene, &items, counting)?;
    let room = Room::new(task, &items, track, Drawn::Bar)?;
    for item in &items {
        place(task, &mut scene, &room, item)?;
    }
    let mut remarks: Vec<String> = Vec::new();
    if items.len() < all {
        remarks.push(of_all(task, items.len(), all));
    }
    remarks.extend(foot);
    note(task, &mut scene, &remarks.join(" "))?;
    task.paint(scene, desc(task, &items))
}

/// Which answers count; and what the parts of a bar mean, where chance is drawn.
fn key(
    task: &Task<'_>,
    scene: &mut Scene,
    items: &[Item],
    counting: Option<String>,
) -> Result<(), Refusal> {
    let words = task.words;
    if !items.iter().any(|item| item.why.is_none() && item.range.is_some()) {
        let entry = |words| Entry { words, color: BAR, hatch: None };
        return counting.map_or(Ok(()), |words| legend::place(task, scene, &[entry(words)]));
    }
    keys::place(task, scene, &[(Sign::Words, counting.unwrap_or_default())])?;
    let parts = [
        (Sign::Box(BAR), words.key_sure.clone()),
        (Sign::Hatched(PALE, Hatch::Range), words.key_range.clone()),
        (Sign::Tick(INK), words.key_answered.clone()),
    ];
    keys::place(task, scene, &parts)
}

pub(super) fn of_all(task: &Task<'_>, shown: usize, all: usize) -> String {
    let choices = task.picture.tables.iter().all(|table| match table.shape() {
        Shape::Single | Shape::Multiple | Shape::Groups => table.address().by.is_none(),
        Shape::Ordered | Shape::People | Shape::Places => false,
    });
    let named = choices && task.picture.top.is_empty();
    let pattern = if named { &task.words.most_named } else { &task.words.first_shown };
    fill(pattern, &[("n", &shown.to_string()), ("of", &all.to_string())])
}

/// How many rows are drawn, of how many; below them it says that there are more.
pub(super) fn cut<T>(task: &Task<'_>, rows: &mut Vec<T>) -> Option<String> {
    let all = rows.len();
    let most = task.picture.most.filter(|most| *most < all)?;
    rows.truncate(most);
    let with = [("n", &*most.to_string()), ("of", &all.to_string())];
    Some(fill(&task.words.rows_first, &with))
}

/// The bars, from most to least; those not shown come last.
pub(super) fn items(task: &Task<'_>) -> Result<Items, Refusal> {
    let shape = rows::scale(task).map(Table::shape);
    let mut items = match shape {
        Some(Shape::People) => return Err(Refusal::NotThisWay("dots are for small groups")),
        Some(Shape::Places) => of_places(task),
        Some(Shape::Groups) => of_choices(task)?,
        Some(Shape::Ordered | Shape::Single | Shape::Multiple) | None => {
            if task.picture.top.is_empty() && shape.is_some() {
                of_choices(task)?
            } else {
                of_rows(task)?
            }
        }
    };
    items
        .bars
        .sort_by(|a, b| a.why.is_some().cmp(&b.why.is_some()).then(b.value.total_cmp(&a.value)));
    Ok(items)
}

/// Shares of the answers that count, over several tables or the groups of one.
fn of_rows(task: &Task<'_>) -> Result<Items, Refusal> {
    rows::only_shares(task)?;
    let words = Words::of(task);
    let counts = |code: &str| task.picture.top.iter().any(|top| top == code);
    let choices = rows::scale(task).map(Table::choices).unwrap_or_default();
    let top: Vec<usize> =
        (0..choices.len()).filter(|at| choices[*at].codes().any(counts)).collect();
    let names: Vec<&str> = top.iter().map(|at| choices[*at].text.get(task.lang)).collect();
    let counting = rows::list(&names, &task.words.comma, &task.words.or);
    let item = |(row, range): (Row, Option<(f64, f64)>)| {
        let (value, count) = (row.together(&top), row.counted(&top));
        let figure = words.full(value, count, row.base, row.exact);
        let of = if row.base < PERCENT_FROM { String::new() } else { words.base(&row) };
        let at = Spot::line(row.at);
        let slack = slack(row.exact, row.base);
        let (name, with, why) = (row.name, row.with, row.why);
        Item { at, name, with, value, figure, of, range, slack, why }
    };
    let items = rows::rows(task)?.into_iter().zip(ranges(task)).map(item).collect();
    let counting = (!names.is_empty()).then_some(counting);
    Ok(Items { bars: items, track: false, counting, foot: None })
}

/// How far chance may go in every row, in the order of the rows.
fn ranges(task: &Task<'_>) -> Vec<Option<(f64, f64)>> {
    let of = |table: &&Table| {
        let (table, top) = (*table, shares::counting(task, table));
        let shown = if table.withheld().is_none() { table.groups().len() } else { 0 };
        let enough = move |at: usize| {
            at < shown && table.groups().get(at).is_some_and(|group| group.base >= PERCENT_FROM)
        };
        let range = move |at| table.interval(at, &top).filter(|_| enough(at));
        (0..shown.max(1)).map(range).collect::<Vec<_>>()
    };
    task.picture.tables.iter().flat_map(of).collect()
}

/// How far rounding to five may have moved a share.
#[expect(clippy::cast_precision_loss, reason = "counts of people are small")]
fn slack(exact: bool, base: u64) -> f64 {
    if exact { 0.0 } else { 4.0 / base.max(1) as f64 }
}

/// The choices of one table.
fn of_choices(task: &Task<'_>) -> Result<Items, Refusal> {
    let [table] = task.picture.tables[..] else {
        return Err(Refusal::NotThisWay("one question at a time, or name the answers that count"));
    };
    let words = Words::of(task);
    let [group] = table.groups() else {
        return Err(Refusal::NotThisWay("one breakdown needs the answers that count"));
    };
    let (base, exact) = (group.base, table.step() <= 1);
    let groups = table.shape() == Shape::Groups;
    let item = |(at, choice): (usize, &crate::release::table::Label)| {
        let value = table.share(0, at).unwrap_or_default();
        let count = group.cells.get(at).copied().unwrap_or_default();
        let (k, n) = (count.to_string(), base.to_string());
        let people = if exact { &task.words.people } else { &task.words.people_about };
        let few = groups || base < PERCENT_FROM || (count == 0 && !exact);
        Item {
            at: Spot { table: 0, group: 0, choice: Some(at) },
            name: choice.text.get(task.lang).to_owned(),
            with: None,
            value,
            figure: if groups {
                fill(&task.words.in_groups, &[("k", &k), ("n", &n)])
            } else {
                words.full(value, count, base, exact)
            },
            of: if few { String::new() } else { fill(people, &[("n", &k)]) },
            range: table.interval(0, &[at]).filter(|_| base >= PERCENT_FROM),
            slack: slack(exact || groups, base),
            why: None,
        }
    };
    let items = table.choices().iter().enumerate().map(item).collect();
    let pattern = if exact { &task.words.foot_people } else { &task.words.foot_people_about };
    let foot = (!groups).then(|| fill(pattern, &[("n", &base.to_string())]));
    Ok(Items { bars: items, track: groups, counting: None, foot })
}

/// Places: the stops of one rating, or, of several ratings, each rating over all its stops.
fn of_places(task: &Task<'_>) -> Items {
    let bars = match task.picture.tables.as_slice() {
        [table] => table
            .groups()
            .iter()
            .enumerate()
            .map(|(at, group)| Item { at: Spot::line((0, at)), ..of_stop(task, group) })
            .collect(),
        tables => tables
            .iter()
            .enumerate()
            .map(|(at, table)| Item { at: Spot::line((at, 0)), ..of_rating(task, table) })
            .collect(),
    };
    Items { bars, track: true, counting: None, foot: None }
}

fn of_stop(task: &Task<'_>, group: &Group) -> Item {
    let stop = fill(&task.words.stop, &[("n", group.text.get(task.lang))]);
    let why = group.cells.is_empty().then(|| task.words.no_answers.clone());
    let mean = group.cells.first().copied().unwrap_or_default();
    Item {
        with: Words::of(task).counted_with(&group.with),
        why,
        ..rated(task, stop, mean, group.base)
    }
}

/// One rating over all its stops: the mean of their means, each as heavy as its raters are many.
fn of_rating(task: &Task<'_>, table: &Table) -> Item {
    let rated_stops = table.groups().iter().filter(|group| !group.cells.is_empty());
    let (sum, raters) = rated_stops.fold((0, 0), |(sum, raters), group| {
        (sum + group.cells[0] * group.base, raters + group.base)
    });
    let mean = (sum + raters / 2).checked_div(raters).unwrap_or(0);
    let why = table.withheld().map(|why| Words::of(task).why(why));
    let why = why.or_else(|| (raters == 0).then(|| task.words.no_answers.clone()));
    Item { why, ..rated(task, table.text().get(task.lang).to_owned(), mean, raters) }
}

/// A mean in tenths with how many gave it.
fn rated(task: &Task<'_>, name: String, tenths: u64, raters: u64) -> Item {
    let tenths = tenths.min(100);
    let of = match raters {
        1 => task.words.observation_one.clone(),
        many => fill(&task.words.observations, &[("n", &many.to_string())]),
    };
    let value = f64::from(u32::try_from(tenths).unwrap_or(0)) / 100.0;
    let (at, figure) = (Spot::line((0, 0)), tenths_of(task, tenths));
    Item { at, name, with: None, value, figure, of, range: None, slack: 0.0, why: None }
}

/// A mean in tenths as it is said: "3.1 out of 10".
pub(super) fn tenths_of(task: &Task<'_>, tenths: u64) -> String {
    let mean = format!("{}{}{}", tenths / 10, task.words.decimal, tenths % 10);
    fill(&task.words.mean, &[("n", &mean)])
}

/// How a value is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawn {
    /// A bar.
    Bar,
    /// A thin stem with a dot at its end.
    Stem,
}

/// Where bars lie across.
pub(super) struct Room {
    names: f64,
    from: f64,
    unit: f64,
    track: bool,
    drawn: Drawn,
}

impl Room {
    pub(super) fn new(
        task: &Task<'_>,
        items: &[Item],
        track: bool,
        drawn: Drawn,
    ) -> Result<Self, Refusal> {
        let text = &task.look.text;
        let (names, from) = if task.look.beside() {
            let (most, small) = (task.width() * 0.36, Type::plain(text.note, MUTED));
            let names = items.iter().map(|item| item.name.as_str());
            let with = items.iter().filter_map(|item| item.with.as_deref());
            let wide = named(task.look).column(names, most)?.max(small.column(with, most)?);
            (wide, wide + text.statement)
        } else {
            (task.width(), 0.0)
        };
        let mut tail = 0.0_f64;
        for item in items {
            tail = tail.max(tail_of(task, item)?);
        }
        let long = |item: &Item| item.range.map_or(item.value, |range| range.1);
        let most = items.iter().map(long).fold(0.0, f64::max);
        let most = if track { 1.0 } else { most.max(0.2) };
        // A dot reaches beyond its end.
        let dot = match drawn {
            Drawn::Bar => 0.0,
            Drawn::Stem => task.look.bar(),
        };
        let unit = (task.width() - from - tail - dot).max(1.0) / most;
        Ok(Self { names, from, unit, track, drawn })
    }
}

fn tail_of(task: &Task<'_>, item: &Item) -> Result<f64, Refusal> {
    let text = &task.look.text;
    let figure = Type::bold(text.total, INK).width(&item.figure)?;
    let of = Type::plain(text.note, MUTED).width(&item.of)?;
    Ok(figure + of + text.total * 0.4 + text.note * 0.8)
}

pub(super) fn place(
    task: &Task<'_>,
    scene: &mut Scene,
    room: &Room,
    item: &Item,
) -> Result<(), Refusal> {
    let (name, small) = (named(task.look), Type::plain(task.look.text.note, MUTED));
    let lines = name.wrap(&item.name, room.names)?;
    let with = item.with.as_ref().map_or(Ok(Vec::new()), |with| small.wrap(with, room.names))?;
    let tall = name.height(lines.len()) + small.height(with.len()) + small.size * 0.15;
    let why =
        item.why.as_ref().map(|why| small.wrap(why, task.width() - room.from - small.size * 2.5));
    let why = why.transpose()?.unwrap_or_default();
    let bar = f64::max(task.look.bar() * 0.8, small.height(why.len()) + small.size);
    let bar = if why.is_empty() { task.look.bar() * 0.8 } else { bar };
    let (label, top, bottom) = if task.look.beside() {
        let height = f64::max(tall, bar) + name.size * 0.55;
        let middle = scene.bottom + height / 2.0;
        (middle - tall / 2.0, middle - bar / 2.0, scene.bottom + height)
    } else {
        let top = scene.bottom + tall + name.size * 0.3;
        (scene.bottom, top, top + bar + name.size * 0.6)
    };
    scene.text((0.0, label), At::Start, &lines, name);
    if !with.is_empty() {
        let below = label + name.height(lines.len()) + small.size * 0.15;
        scene.text((0.0, below), At::Start, &with, small);
    }
    scene.spot(item.at, (room.from, top + bar));
    if why.is_empty() {
        bar_of(task, scene, room, item, (top, bar))?;
    } else {
        let style = Type::plain(small.size, INK);
        scene.withheld((room.from, top, task.width() - room.from, bar), &why, style);
    }
    scene.bottom = bottom;
    Ok(())
}

fn bar_of(
    task: &Task<'_>,
    scene: &mut Scene,
    room: &Room,
    item: &Item,
    (top, bar): (f64, f64),
) -> Result<(), Refusal> {
    let text = &task.look.text;
    if room.track {
        scene.fill((room.from, top, room.unit, bar), TRACK);
    }
    let long = item.value * room.unit;
    let mut end = room.from + if room.track { room.unit } else { long };
    match (room.drawn, item.range) {
        (Drawn::Bar, None) => {
            let area = (room.from, top, long.max(text.note * 0.12), bar);
            scene.bar(area, BAR, None, item.value);
        }
        (Drawn::Bar, Some((low, high))) => {
            let (low, high) = (low * room.unit, high * room.unit);
            scene.fill((room.from, top, low.max(text.note * 0.12), bar), BAR);
            let striped = (room.from + low, top, (high - low).max(0.1), bar);
            scene.hatched(striped, PALE, Some(Hatch::Range));
            let tick = text.note * 0.22;
            let at = room.from + long - tick / 2.0;
            scene.fill((at, top - bar * 0.14, tick, bar * 1.28), INK);
            end = end.max(room.from + high);
        }
        (Drawn::Stem, range) => {
            let (middle, radius) = (top + bar / 2.0, bar * 0.32);
            if let Some((low, high)) = range {
                let wide = (high - low) * room.unit;
                let from = room.from + low * room.unit;
                scene.fill((from, middle - bar * 0.14, wide.max(0.1), bar * 0.28), PALE);
                end = end.max(room.from + high * room.unit);
            }
            scene.fill((room.from, middle - text.note * 0.1, long, text.note * 0.2), BAR);
            scene.dot((room.from + long, middle), radius, BAR, true);
            end = end.max(room.from + long + radius);
        }
    }
    let (figure, middle) = (Type::bold(text.total, INK), top + bar / 2.0);
    let x = end + text.total * 0.4;
    scene.word((x, middle), At::Start, &item.figure, figure);
    if !item.of.is_empty() {
        let x = x + figure.width(&item.figure)? + text.note * 0.8;
        scene.word((x, middle), At::Start, &item.of, Type::plain(text.note, MUTED));
    }
    Ok(())
}

/// A remark below everything.
pub(super) fn note(task: &Task<'_>, scene: &mut Scene, words: &str) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.note, MUTED);
    if !words.is_empty() {
        let lines = style.wrap(words, task.width())?;
        scene.bottom += style.size * 0.4;
        scene.text((0.0, scene.bottom), At::Start, &lines, style);
        scene.bottom += style.height(lines.len());
    }
    Ok(())
}

pub(super) fn desc(task: &Task<'_>, items: &[Item]) -> String {
    let shown: Vec<&Item> = items.iter().filter(|item| item.why.is_none()).collect();
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else {
        return task.words.desc_nothing.clone();
    };
    let value = |item: &Item| {
        if item.of.is_empty() {
            item.figure.clone()
        } else {
            format!("{} ({})", item.figure, item.of)
        }
    };
    let with = [
        ("top", first.name.as_str()),
        ("top_value", &value(first)),
        ("low", &last.name),
        ("low_value", &value(last)),
    ];
    let mut desc = fill(&task.words.desc_sorted, &with);
    if shown.len() < items.len() {
        let hidden = number(items.len() - shown.len());
        desc.push(' ');
        desc.push_str(&fill(&task.words.withheld_some, &[("n", &hidden)]));
    }
    desc
}
