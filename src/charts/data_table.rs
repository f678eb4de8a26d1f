//! The same numbers as a table: what a screen reader reads, and what can be copied.

use super::rows::{self, PERCENT_FROM, Row, Words};
use super::sorted_bars::tenths_of;
use super::two_sides::group_name;
use super::{
    Look, Picture, Task, ballot, dumbbell, heat, interval, lollipop, multiples, people_dots,
    place_marks, population, waves,
};
use crate::domain::instrument::ChartKind;
use crate::domain::text::Lang;
use crate::release::table::{Label, Shape, Table};
use crate::words::{ChartWords, fill};

/// A table of words and numbers; every row is as long as its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataTable {
    /// What it is a table of.
    pub caption: String,
    /// The names of its columns.
    pub head: Vec<String>,
    /// Its rows; the first cell is the row's name.
    pub rows: Vec<Vec<String>>,
}

/// The numbers of a picture as a table.
#[must_use]
pub fn data_table(picture: &Picture<'_>, lang: Lang, words: &ChartWords) -> DataTable {
    let look = Look::page_wide();
    let task = Task { picture, look: &look, lang, words, marks: &[] };
    let title = picture.title.get(lang);
    let shape = rows::scale(&task).map(Table::shape);
    let (head, rows) = match (super::kind(picture), shape) {
        (ChartKind::PlaceMarks | ChartKind::Hexagons, _) => marks(&task),
        (ChartKind::TwoSides, _) => sides(&task),
        (ChartKind::Ballot, _) => ballots(&task),
        (ChartKind::PeopleDots, _) => people(&task),
        (ChartKind::Interval, _) => interval::numbers(&task).unwrap_or_else(|| nothing(&task)),
        (ChartKind::Dumbbell | ChartKind::Change, _) => {
            dumbbell::numbers(&task).unwrap_or_else(|| nothing(&task))
        }
        (ChartKind::HeatTable, _) => heat::numbers(&task).unwrap_or_else(|| nothing(&task)),
        (ChartKind::SmallMultiples, _) => {
            multiples::numbers(&task).unwrap_or_else(|| nothing(&task))
        }
        (ChartKind::Waves, _) => waves::numbers(&task).unwrap_or_else(|| nothing(&task)),
        (ChartKind::Lollipop, _) => lollipop::numbers(&task).unwrap_or_else(|| nothing(&task)),
        (_, Some(Shape::Places)) => places(&task),
        (_, Some(Shape::Groups)) => groups(&task),
        (ChartKind::Population, _) => bands(&task),
        (ChartKind::Diverging | ChartKind::SortedBars | ChartKind::Themes, _) => shares(&task),
    };
    DataTable { caption: fill(&words.table_caption, &[("title", title)]), head, rows }
}

/// The names of columns, and rows.
pub(super) type Cells = (Vec<String>, Vec<Vec<String>>);

pub(super) fn head(words: &[&String]) -> Vec<String> {
    words.iter().map(|word| (*word).clone()).collect()
}

/// Shares of every choice: choices down where one question was asked of everyone, else across.
fn shares(task: &Task<'_>) -> Cells {
    let words = task.words;
    let Some(table) = rows::scale(task) else { return nothing(task) };
    let Ok(rows) = rows::rows(task) else { return nothing(task) };
    match (&rows[..], table.address().by.is_none()) {
        ([row], true) if row.why.is_none() => {
            let mut head = head(&[&words.table_answer, &words.table_share, &words.table_count]);
            let mut lines = down(task, table, row);
            if row.base >= PERCENT_FROM && table.interval(0, &[0]).is_some() {
                head.push(words.table_interval.clone());
                for (at, line) in lines.iter_mut().enumerate() {
                    line.push(Words::of(task).between(table, 0, &[at]).unwrap_or_default());
                }
            }
            (head, lines)
        }
        _ => across(task, table, &rows),
    }
}

fn down(task: &Task<'_>, table: &Table, row: &Row) -> Vec<Vec<String>> {
    let words = Words::of(task);
    let about = if row.exact { "{n}" } else { task.words.about.as_str() };
    let count = |n: u64| match n {
        0 if !row.exact => words.hardly(),
        n => fill(about, &[("n", &n.to_string())]),
    };
    let line = |(at, choice): (usize, &Label)| {
        let share = row.shares.get(at).copied().unwrap_or_default();
        let cell = row.cells.get(at).copied().unwrap_or_default();
        let name = choice.text.get(task.lang).to_owned();
        vec![name, words.full(share, cell, row.base, row.exact), count(cell)]
    };
    let mut lines: Vec<Vec<String>> = table.choices().iter().enumerate().map(line).collect();
    if row.missing > 0 {
        lines.push(vec![task.words.table_missing.clone(), String::new(), count(row.missing)]);
    }
    lines.push(vec![task.words.table_base.clone(), String::new(), count(row.base)]);
    lines
}

fn across(task: &Task<'_>, table: &Table, rows: &[Row]) -> Cells {
    let words = Words::of(task);
    let by = table.address().by.is_some();
    let first = if by { &task.words.table_group } else { &task.words.table_row };
    let mut head = vec![first.clone()];
    head.extend(table.choices().iter().map(|choice| choice.text.get(task.lang).to_owned()));
    head.extend([task.words.table_base.clone(), task.words.table_missing.clone()]);
    let line = |row: &Row| {
        let name = match &row.with {
            Some(with) => format!("{} ({with})", row.name),
            None => row.name.clone(),
        };
        let mut cells = vec![name];
        if let Some(why) = &row.why {
            cells.push(why.clone());
            cells.resize(head.len(), task.words.table_withheld.clone());
            return cells;
        }
        let about = if row.exact { "{n}" } else { task.words.about.as_str() };
        let count = |n: u64| match n {
            0 if !row.exact => words.hardly(),
            n => fill(about, &[("n", &n.to_string())]),
        };
        for at in 0..table.choices().len() {
            let share = row.shares.get(at).copied().unwrap_or_default();
            let cell = row.cells.get(at).copied().unwrap_or_default();
            let brief = words.brief(share, cell, row.base);
            cells.push(match row.between.get(at).cloned().flatten() {
                Some(between) => format!("{brief} ({between})"),
                None => brief,
            });
        }
        cells.extend([count(row.base), count(row.missing)]);
        cells
    };
    let rows = rows.iter().map(line).collect();
    (head, rows)
}

fn people(task: &Task<'_>) -> Cells {
    let words = task.words;
    let head = head(&[&words.table_row, &words.table_answer, &words.table_count]);
    let mut lines = Vec::new();
    for table in &task.picture.tables {
        let question = table.text().get(task.lang).to_owned();
        if let Some(why) = table.withheld() {
            let why = Words::of(task).why(why);
            lines.push(vec![question.clone(), why, words.table_withheld.clone()]);
        }
        for (at, group) in table.groups().iter().enumerate() {
            for (choice, label) in table.choices().iter().enumerate() {
                let answer = label.text.get(task.lang).to_owned();
                let said = people_dots::said(task, table, (at, choice), group);
                lines.push(vec![question.clone(), answer, said]);
            }
        }
    }
    (head, lines)
}

fn places(task: &Task<'_>) -> Cells {
    let words = task.words;
    let head = head(&[&words.table_place, &words.table_mean, &words.table_raters]);
    let groups = task.picture.tables.iter().flat_map(|table| table.groups());
    let line = |group: &crate::release::table::Group| {
        let mean = group.cells.first().map(|tenths| tenths_of(task, *tenths));
        vec![
            group.text.get(task.lang).to_owned(),
            mean.unwrap_or_else(|| words.table_withheld.clone()),
            group.base.to_string(),
        ]
    };
    (head, groups.map(line).collect())
}

fn groups(task: &Task<'_>) -> Cells {
    let words = task.words;
    let head = head(&[&words.table_answer, &words.table_groups]);
    let mut lines = Vec::new();
    for table in &task.picture.tables {
        let Some(group) = table.groups().first() else { continue };
        let all = group.base.to_string();
        for (choice, count) in table.choices().iter().zip(&group.cells) {
            let said = fill(&words.count_of, &[("k", &count.to_string()), ("n", &all)]);
            lines.push(vec![choice.text.get(task.lang).to_owned(), said]);
        }
    }
    (head, lines)
}

fn bands(task: &Task<'_>) -> Cells {
    let words = task.words;
    let head = head(&[&words.table_group, &words.answered, &words.neighbourhood]);
    let pairs = (0..task.picture.tables.len()).flat_map(|at| population::pairs(task, at));
    let line = |pair: population::Pair| {
        let other = pair.other.map_or_else(|| words.table_unknown.clone(), |(_, other)| other);
        vec![pair.name, pair.figure, other]
    };
    let lines: Vec<Vec<String>> = pairs.map(line).collect();
    if lines.is_empty() { nothing(task) } else { (head, lines) }
}

/// Places with how many people put each kind of mark.
fn marks(task: &Task<'_>) -> Cells {
    let (words, count) = (task.words, Words::of(task));
    let shown = place_marks::only(task).ok().filter(|table| table.withheld().is_none());
    let Some(table) = shown else { return nothing(task) };
    let kinds = place_marks::kinds(task, table);
    let mut head = head(&[&words.table_place]);
    head.extend(kinds.iter().map(|at| table.choices()[*at].text.get(task.lang).to_owned()));
    head.push(words.table_people.clone());
    let said = |n: &u64| if *n == 0 { count.hardly() } else { n.to_string() };
    let line = |place: place_marks::Marked<'_>| {
        let mut cells = vec![place.name.to_owned()];
        cells.extend(place.counts.iter().chain([&place.people]).map(said));
        cells
    };
    (head, place_marks::marked(task, table, &kinds).into_iter().map(line).collect())
}

/// Statements with how many of each group stepped over the line.
fn sides(task: &Task<'_>) -> Cells {
    let shown = task.picture.tables.iter().find(|table| table.withheld().is_none());
    let Some(table) = shown else { return nothing(task) };
    let mut head = head(&[&task.words.table_statement]);
    head.extend(table.groups().iter().map(|group| group_name(task, group)));
    let line = |(at, choice): (usize, &Label)| {
        let mut cells = vec![choice.text.get(task.lang).to_owned()];
        let groups = table.groups().iter().enumerate();
        cells.extend(groups.map(|(group, of)| people_dots::said(task, table, (group, at), of)));
        cells
    };
    (head, table.choices().iter().enumerate().map(line).collect())
}

/// Findings with their equal weight, all votes, and those of each constituency.
fn ballots(task: &Task<'_>) -> Cells {
    let words = task.words;
    let Ok(order) = ballot::order(task) else { return nothing(task) };
    let Some(first) = order.findings.first() else { return nothing(task) };
    let mut head = head(&[&words.table_finding, &words.table_equal, &words.table_votes]);
    head.extend(first.parts.iter().map(|(name, ..)| name.clone()));
    let line = |one: ballot::Finding| {
        let equal = if one.parts.is_empty() { words.table_withheld.clone() } else { one.figure };
        let mut cells = vec![one.name, equal, one.votes];
        cells.extend(one.parts.into_iter().map(|(_, _, votes)| votes));
        cells
    };
    (head, order.findings.into_iter().map(line).collect())
}

/// Every table with the reason why it is not shown.
fn nothing(task: &Task<'_>) -> Cells {
    let head = head(&[&task.words.table_row, &task.words.table_answer]);
    let line = |table: &&Table| {
        let why = table.withheld().map(|why| Words::of(task).why(why));
        let why = why.unwrap_or_else(|| task.words.table_withheld.clone());
        vec![table.text().get(task.lang).to_owned(), why]
    };
    (head, task.picture.tables.iter().map(line).collect())
}
