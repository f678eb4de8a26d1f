//! A picture drawn and judged beside its own tables: every bar must stand for a number in them, and
//! the description must say the largest and the smallest.

use std::collections::BTreeSet;

use super::{Check, Finding, MAP_BYTES, Yardstick, judge};
use crate::charts::rows::{self, PERCENT_FROM};
use crate::charts::{Look, Picture, Refusal, Svg, data_table, draw, kind};
use crate::domain::instrument::ChartKind;
use crate::domain::text::Lang;
use crate::release::table::{Shape, Table};
use crate::words::ChartWords;

/// Draws a picture, twice, and judges it beside its tables.
///
/// # Errors
/// When it cannot be drawn.
pub fn drawn(
    picture: &Picture<'_>,
    look: &Look,
    lang: Lang,
    words: &ChartWords,
) -> Result<(Svg, Vec<Finding>), Refusal> {
    let svg = draw(picture, look, lang, words)?;
    let again = draw(picture, look, lang, words)?;
    let usual = Yardstick::of(look);
    let against = Yardstick {
        shares: shares(picture),
        says: says(picture, words),
        bytes: if picture.ground.is_some() { MAP_BYTES } else { usual.bytes },
        ..usual
    };
    let mut findings = judge(&svg.xml, &against);
    if against.says.is_empty() {
        findings.extend(unsaid(picture, &svg, lang, words));
    }
    if svg != again {
        let said = "drawn twice, it is not the same".to_owned();
        findings.push(Finding { check: Check::Same, said });
    }
    Ok((svg, findings))
}

/// A description that says no number of the table behind the chart, though there are some. Charts
/// whose largest and smallest number are known are asked for those instead.
fn unsaid(picture: &Picture<'_>, svg: &Svg, lang: Lang, words: &ChartWords) -> Option<Finding> {
    let table = data_table(picture, lang, words);
    let known: BTreeSet<&str> = table
        .rows
        .iter()
        .flat_map(|row| row.iter().skip(1))
        .flat_map(|cell| numbers(cell))
        .collect();
    let is_said = known.is_empty()
        || svg.desc.contains(&words.desc_nothing)
        || numbers(&svg.desc).any(|number| known.contains(number));
    let said = format!("its description says no number of its table: {:?}", svg.desc);
    (!is_said).then_some(Finding { check: Check::Described, said })
}

/// The numbers in a text.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty())
}

/// Everything a bar of this picture may stand for.
fn shares(picture: &Picture<'_>) -> Vec<f64> {
    let mut shares = Vec::new();
    for table in &picture.tables {
        let tops = top(picture, table);
        for (at, group) in table.groups().iter().enumerate() {
            let of = |choice| table.share(at, choice).unwrap_or_default();
            shares.extend((0..table.choices().len()).map(of));
            shares
                .extend(table.interval(at, &tops).into_iter().flat_map(|(low, high)| [low, high]));
            for choice in 0..table.choices().len() {
                let range = table.interval(at, &[choice]);
                shares.extend(range.into_iter().flat_map(|(low, high)| [low, high]));
            }
            shares.push(tops.iter().map(|choice| of(*choice)).sum::<f64>().min(1.0));
            shares.extend(group.reference.iter().flatten());
        }
        if table.shape() == Shape::Places {
            shares.extend((0..=100_u32).map(|tenths| f64::from(tenths) / 100.0));
        }
    }
    shares
}

/// The choices that count.
fn top(picture: &Picture<'_>, table: &Table) -> Vec<usize> {
    let counts = |code: &str| picture.top.iter().any(|top| top == code);
    let choices = table.choices().iter().enumerate();
    choices.filter(|(_, choice)| choice.codes().any(counts)).map(|(at, _)| at).collect()
}

/// A number as the description says it, with what it is sorted by.
struct Said {
    value: f64,
    words: String,
}

/// The largest and the smallest number of a picture, as they are said.
fn says(picture: &Picture<'_>, words: &ChartWords) -> Vec<String> {
    let shown: Vec<&Table> =
        picture.tables.iter().copied().filter(|table| table.withheld().is_none()).collect();
    let all: Vec<Said> = match kind(picture) {
        ChartKind::Diverging => shown.iter().flat_map(|table| sides(table)).collect(),
        ChartKind::SortedBars | ChartKind::Lollipop => {
            let bars = shown.iter().flat_map(|table| bars(picture, table, words));
            return ends(bars.collect(), picture.most.unwrap_or(usize::MAX));
        }
        ChartKind::PeopleDots => shown.iter().flat_map(|table| dots(table)).collect(),
        ChartKind::Population => shown.iter().flat_map(|table| bands(table)).collect(),
        ChartKind::Interval | ChartKind::HeatTable | ChartKind::SmallMultiples => {
            cells(picture, &shown)
        }
        // What these say is looked up in the table behind them.
        ChartKind::PlaceMarks
        | ChartKind::Hexagons
        | ChartKind::Themes
        | ChartKind::TwoSides
        | ChartKind::Ballot
        | ChartKind::Dumbbell
        | ChartKind::Change
        | ChartKind::Waves => Vec::new(),
    };
    ends(all, usize::MAX)
}

/// The largest and the smallest of the first so many.
fn ends(mut all: Vec<Said>, most: usize) -> Vec<String> {
    all.sort_by(|a, b| b.value.total_cmp(&a.value));
    all.truncate(most);
    let ends = all.first().into_iter().chain(all.last());
    ends.filter(|said| !said.words.is_empty()).map(|said| said.words.clone()).collect()
}

/// A share as a percentage, or as a count where few answered.
fn share(table: &Table, group: usize, choices: &[usize]) -> Option<Said> {
    let of = table.groups().get(group)?;
    let shares = choices.iter().map(|choice| table.share(group, *choice));
    let value = shares.sum::<Option<f64>>()?.min(1.0);
    let count: u64 = choices.iter().filter_map(|choice| of.cells.get(*choice)).sum();
    let number =
        if of.base < PERCENT_FROM { count.min(of.base) } else { rows::percent(value, of.base) };
    // A rounded nobody may be a few people: that is said in words, and never as 0.
    let words = if number == 0 && table.step() > 1 { String::new() } else { number.to_string() };
    Some(Said { value, words })
}

/// The share that counts, of every group; of every table where there are none.
fn cells(picture: &Picture<'_>, shown: &[&Table]) -> Vec<Said> {
    let grouped = shown.iter().any(|table| table.address().by.is_some());
    let tables = shown.iter().filter(|table| table.address().by.is_some() == grouped);
    let of = |table: &&Table| {
        let top = top(picture, table);
        let groups = (0..table.groups().len()).filter(|_| !top.is_empty());
        groups.filter_map(|group| share(table, group, &top)).collect::<Vec<_>>()
    };
    tables.flat_map(of).collect()
}

/// The high side of every group.
fn sides(table: &Table) -> Vec<Said> {
    let steps = table.choices().len();
    let high: Vec<usize> = (steps - steps / 2..steps).collect();
    (0..table.groups().len()).filter_map(|group| share(table, group, &high)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
fn bars(picture: &Picture<'_>, table: &Table, words: &ChartWords) -> Vec<Said> {
    let groups = table.groups();
    match table.shape() {
        Shape::Places if picture.tables.len() > 1 => Vec::new(),
        Shape::Places => {
            let tenths = groups.iter().filter_map(|group| group.cells.first());
            let said = |tenths: &u64| Said {
                value: *tenths as f64,
                words: format!("{}{}{}", tenths / 10, words.decimal, tenths % 10),
            };
            tenths.map(said).collect()
        }
        Shape::Groups => {
            let cells = groups.iter().flat_map(|group| &group.cells);
            cells.map(|cell| Said { value: *cell as f64, words: cell.to_string() }).collect()
        }
        Shape::Ordered | Shape::Single | Shape::Multiple | Shape::People => {
            if picture.top.is_empty() {
                let one = |choice| share(table, 0, &[choice]);
                (0..table.choices().len()).filter_map(one).collect()
            } else {
                let top = top(picture, table);
                (0..groups.len()).filter_map(|group| share(table, group, &top)).collect()
            }
        }
    }
}

/// Every count that is no words.
#[expect(clippy::cast_precision_loss, reason = "a small group of people")]
fn dots(table: &Table) -> Vec<Said> {
    let mut said = Vec::new();
    for (at, group) in table.groups().iter().enumerate() {
        for (choice, cell) in group.cells.iter().enumerate() {
            if table.nearly(at, choice).is_none() {
                said.push(Said { value: *cell as f64, words: cell.to_string() });
            }
        }
    }
    said
}

/// Every band of those who answered.
fn bands(table: &Table) -> Vec<Said> {
    (0..table.choices().len()).filter_map(|choice| share(table, 0, &[choice])).collect()
}
