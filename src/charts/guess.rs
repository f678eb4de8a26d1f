//! The same rows without their bars: people draw what they expect before they see what was found.
//!
//! Nothing of a number is on it, nor the order of the numbers: rows stand as the question has them.

use super::look::{INK, MUTED, RULE};
use super::rows::{PERCENT_FROM, list};
use super::scene::{At, Scene, Type, named};
use super::{Look, Picture, Refusal, Svg, Task};
use crate::domain::text::{Lang, Text};
use crate::release::table::{Shape, Table};
use crate::words::{ChartWords, fill};

/// The words of a drawing to be filled in.
#[derive(Debug, Clone, Copy)]
pub struct Guess<'a> {
    /// What is asked of every row where some answers count: `How many say “{answers}”?`
    pub share_of: &'a str,
    /// What is asked of every row otherwise.
    pub share: &'a str,
    /// What is asked of a rating.
    pub rating: &'a str,
    /// What is asked where groups are counted.
    pub groups: &'a str,
    /// How an answer is quoted: `“{text}”`.
    pub quote: &'a str,
    /// Between the last two answers.
    pub or: &'a str,
    /// What it shows, in words: `Empty bars to draw in: {rows}.`
    pub desc: &'a str,
}

/// What the bars of a drawing would be.
struct Asked {
    what: String,
    rows: Vec<String>,
    scale: Scale,
}

/// What stands along an empty bar.
enum Scale {
    /// From nobody to everybody, in percent.
    Share,
    /// From none to so many.
    Count(u64),
    /// From 0 to 10.
    Rating,
}

/// Draws a picture without its numbers. Where nothing may be shown, the reason stands there as in
/// the chart itself.
///
/// # Errors
/// When there is nothing to draw or something does not fit.
pub fn guess(
    picture: &Picture<'_>,
    look: &Look,
    lang: Lang,
    words: &ChartWords,
    say: &Guess<'_>,
) -> Result<Svg, Refusal> {
    let task = Task { picture, look, lang, words, marks: &[] };
    let shown: Vec<&Table> =
        picture.tables.iter().copied().filter(|table| is_shown(table)).collect();
    let Some(first) = shown.first() else { return super::draw(picture, look, lang, words) };
    let asked = asked(&task, &shown, first, say);
    let mut scene = Scene::new();
    let soft = Type::plain(look.text.number, MUTED);
    let lines = soft.wrap(&asked.what, task.width())?;
    scene.text((0.0, 0.0), At::Start, &lines, soft);
    scene.bottom = soft.height(lines.len()) + soft.size * 0.5;
    place(&task, &mut scene, &asked)?;
    let rows: Vec<&str> = asked.rows.iter().map(String::as_str).collect();
    let rows = list(&rows, &words.comma, &words.last_and);
    task.paint(scene, format!("{} {}", asked.what, fill(say.desc, &[("rows", &rows)])))
}

fn is_shown(table: &Table) -> bool {
    table.withheld().is_none() && !table.groups().is_empty()
}

fn asked(task: &Task<'_>, shown: &[&Table], first: &Table, say: &Guess<'_>) -> Asked {
    let name = |text: &Text| text.get(task.lang).to_owned();
    let by_group = first.address().by.is_some() || first.groups().len() > 1;
    let (rows, of_some): (Vec<String>, bool) = match shown {
        [table] if by_group => {
            (table.groups().iter().map(|group| name(&group.text)).collect(), true)
        }
        [table] => (choices(task, table), false),
        tables => (statements(task, tables), true),
    };
    let base = first.groups().iter().map(|group| group.base).max().unwrap_or(0);
    let (what, scale) = match first.shape() {
        Shape::Places => (say.rating.to_owned(), Scale::Rating),
        Shape::Groups => (say.groups.to_owned(), Scale::Count(base)),
        Shape::People if base < PERCENT_FROM => {
            (share(task, first, say, of_some), Scale::Count(base))
        }
        Shape::Ordered | Shape::Single | Shape::Multiple | Shape::People => {
            (share(task, first, say, of_some), Scale::Share)
        }
    };
    Asked { what, rows, scale }
}

/// The choices of a long list that stand on the poster, as the question has them.
fn choices(task: &Task<'_>, table: &Table) -> Vec<String> {
    let mut order: Vec<usize> = (0..table.choices().len()).collect();
    if let Some(most) = task.picture.most.filter(|most| *most < order.len()) {
        let of = |at: &usize| table.share(0, *at).unwrap_or_default();
        order.sort_by(|a, b| of(b).total_cmp(&of(a)));
        order.truncate(most);
        order.sort_unstable();
    }
    let label = |at: usize| table.choices().get(at).map(|one| one.text.get(task.lang).to_owned());
    order.into_iter().filter_map(label).collect()
}

/// The statements of a long list that stand on the poster, as the question has them.
fn statements(task: &Task<'_>, tables: &[&Table]) -> Vec<String> {
    let mut order: Vec<usize> = (0..tables.len()).collect();
    if let Some(most) = task.picture.most.filter(|most| *most < order.len()) {
        let of = |at: &usize| tables.get(*at).map_or(0.0, |table| counted(task, table));
        order.sort_by(|a, b| of(b).total_cmp(&of(a)));
        order.truncate(most);
        order.sort_unstable();
    }
    let named = |at: usize| tables.get(at).map(|one| one.text().get(task.lang).to_owned());
    order.into_iter().filter_map(named).collect()
}

/// The share of the answers that count.
fn counted(task: &Task<'_>, table: &Table) -> f64 {
    let wanted = |code: &str| task.picture.top.iter().any(|top| top == code);
    let all = table.choices().iter().enumerate();
    let some = all.filter(|(_, choice)| choice.codes().all(wanted));
    some.filter_map(|(at, _)| table.share(0, at)).sum()
}

/// What is asked where answers are counted: of some of them, or of each.
fn share(task: &Task<'_>, table: &Table, say: &Guess<'_>, of_some: bool) -> String {
    if !of_some {
        return say.share.to_owned();
    }
    let all = table.choices();
    let wanted = |code: &str| task.picture.top.iter().any(|top| top == code);
    let mut counted: Vec<&str> = all
        .iter()
        .filter(|choice| choice.codes().all(wanted))
        .map(|choice| choice.text.get(task.lang))
        .collect();
    if counted.is_empty() && table.shape() == Shape::Ordered {
        let upper = all.iter().skip(all.len().div_ceil(2));
        counted = upper.map(|choice| choice.text.get(task.lang)).collect();
    }
    if counted.is_empty() {
        return say.share.to_owned();
    }
    let quoted: Vec<String> =
        counted.iter().map(|answer| fill(say.quote, &[("text", answer)])).collect();
    let quoted: Vec<&str> = quoted.iter().map(String::as_str).collect();
    let answers = list(&quoted, &task.words.comma, &format!(" {} ", say.or));
    fill(say.share_of, &[("answers", &answers)])
}

fn place(task: &Task<'_>, scene: &mut Scene, asked: &Asked) -> Result<(), Refusal> {
    let look = task.look;
    let (name, small) = (named(look), Type::plain(look.text.number, MUTED));
    let (mut names, mut from) = (task.width(), 0.0);
    if look.beside() {
        let rows = asked.rows.iter().map(String::as_str);
        names = name.column(rows, task.width() * 0.4)?;
        from = names + name.size;
    }
    let ticks = ticks(task, &asked.scale);
    // Half of the last number stands beyond the end of the scale.
    let (first, last) = (ticks.first(), ticks.last());
    let half = |tick: Option<&(f64, String)>| -> Result<f64, Refusal> {
        Ok(tick.map(|(_, words)| small.width(words)).transpose()?.unwrap_or(0.0) / 2.0)
    };
    let (from, end) = (from + half(first)?, task.width() - half(last)?);
    let unit = (end - from).max(1.0);
    let tall = look.bar() * 1.3;
    for (at, row) in asked.rows.iter().enumerate() {
        let lines = name.wrap(row, names)?;
        let words = name.height(lines.len());
        let top = if look.beside() {
            let height = words.max(tall);
            let middle = scene.bottom + height / 2.0;
            scene.centred((0.0, middle), At::Start, &lines, name);
            scene.bottom += height;
            middle - tall / 2.0
        } else {
            scene.text((0.0, scene.bottom), At::Start, &lines, name);
            let top = scene.bottom + words + name.size * 0.1;
            scene.bottom = top + tall;
            top
        };
        frame(scene, (from, top, unit, tall), &ticks);
        scene.bottom += if at + 1 < asked.rows.len() { name.size * 0.4 } else { 0.0 };
    }
    let y = scene.bottom + small.size * 0.8;
    for (along, words) in &ticks {
        scene.word((from + along * unit, y), At::Middle, words, small);
    }
    scene.bottom = y + small.size * 0.8;
    Ok(())
}

/// An empty bar: its frame, and a line at each number.
fn frame(scene: &mut Scene, (x, y, width, height): (f64, f64, f64, f64), ticks: &[(f64, String)]) {
    let line = height * 0.03;
    for (from, to) in [
        ((x, y), (x + width, y)),
        ((x, y + height), (x + width, y + height)),
        ((x, y), (x, y + height)),
        ((x + width, y), (x + width, y + height)),
    ] {
        scene.line(from, to, INK, line * 1.5);
    }
    for (along, _) in ticks {
        let at = x + along * width;
        scene.line((at, y + height * 0.72), (at, y + height), RULE, line);
    }
}

/// Where the numbers of a scale stand, from 0 to 1.
fn ticks(task: &Task<'_>, scale: &Scale) -> Vec<(f64, String)> {
    let percent = |n: u8| fill(&task.words.percent, &[("n", &n.to_string())]);
    match scale {
        Scale::Share => [0, 25, 50, 75, 100].map(|n| (f64::from(n) / 100.0, percent(n))).to_vec(),
        Scale::Rating => {
            [0_u8, 2, 4, 6, 8, 10].map(|n| (f64::from(n) / 10.0, n.to_string())).to_vec()
        }
        Scale::Count(all) => {
            let all = u32::try_from(*all).unwrap_or(1).max(1);
            let step = if all <= 10 { 1 } else { all.div_ceil(6) };
            let mut numbers: Vec<u32> = (0..all).step_by(step as usize).collect();
            numbers.retain(|n| *n == 0 || all - n >= step);
            numbers.push(all);
            numbers.into_iter().map(|n| (f64::from(n) / f64::from(all), n.to_string())).collect()
        }
    }
}
