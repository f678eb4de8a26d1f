//! Groups by statements: one share for each, or one mean for each stop of a walk and what was rated.
//!
//! Rows are the groups of the statement that tells most of them apart. Where another statement had to
//! count groups together, its number of all of them stands in each, and a remark says so.

use super::data_table::{Cells, head};
use super::rows::{self, PERCENT_FROM, Words};
use super::shares::{Share, counted, counting, grouped, place};
use super::sorted_bars::tenths_of;
use super::{Refusal, Task};
use crate::release::table::{Group, Shape, Table};
use crate::words::fill;

/// A number, or the reason why there is none.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Share(Share),
    /// A mean in tenths, and how many gave it.
    Mean(u64, u64),
    Hidden(String),
}

/// A group with its cells, one for each column.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) with: Option<String>,
    pub(super) cells: Vec<Cell>,
    /// Of each cell, the places of its table in the picture and of its group in the table.
    pub(super) at: Vec<(usize, usize)>,
}

/// All of it.
pub(super) struct Matrix {
    pub(super) columns: Vec<String>,
    pub(super) lines: Vec<Line>,
    /// Everyone together, where that is known.
    pub(super) whole: Option<Line>,
    /// Whether the numbers are means of ratings.
    pub(super) is_mean: bool,
    /// Whether a cell is of more groups than its row.
    pub(super) is_shared: bool,
}

/// The largest and the smallest cell, each with its row and column.
pub(super) type Extremes<'m> = [(&'m Line, usize); 2];

impl Cell {
    /// From 0 to 1.
    pub(super) fn value(&self) -> Option<f64> {
        match self {
            Self::Share(share) => Some(share.value),
            Self::Mean(tenths, _) => {
                Some(f64::from(u32::try_from((*tenths).min(100)).unwrap_or(100)) / 100.0)
            }
            Self::Hidden(_) => None,
        }
    }

    /// The number in as few letters as possible.
    pub(super) fn brief(&self, task: &Task<'_>) -> String {
        match self {
            Self::Share(share) if share.base < PERCENT_FROM && share.count > 0 => {
                format!("{}/{}", share.count, share.base)
            }
            Self::Share(share) => Words::of(task).brief(share.value, share.count, share.base),
            Self::Mean(tenths, _) => mean(task, *tenths),
            Self::Hidden(_) => String::new(),
        }
    }

    /// The number in full, or the reason.
    pub(super) fn full(&self, task: &Task<'_>) -> String {
        match self {
            Self::Share(share) => share.figure(&Words::of(task)),
            Self::Mean(tenths, _) => tenths_of(task, *tenths),
            Self::Hidden(why) => why.clone(),
        }
    }

    /// Of how many, and whether that is exact.
    const fn base(&self) -> Option<(u64, bool)> {
        match self {
            Self::Share(share) => Some((share.base, share.exact)),
            Self::Mean(_, raters) => Some((*raters, true)),
            Self::Hidden(_) => None,
        }
    }
}

fn mean(task: &Task<'_>, tenths: u64) -> String {
    let tenths = tenths.min(100);
    format!("{}{}{}", tenths / 10, task.words.decimal, tenths % 10)
}

impl Line {
    /// How many answered: one number, or from the fewest to the most.
    pub(super) fn base(&self, task: &Task<'_>, is_mean: bool) -> Option<String> {
        let bases = || self.cells.iter().filter_map(Cell::base);
        let least = bases().min_by_key(|(base, _)| *base)?;
        let most = bases().max_by_key(|(base, _)| *base)?;
        let n = if least.0 == most.0 {
            least.0.to_string()
        } else {
            let with = [("low", least.0.to_string()), ("high", most.0.to_string())];
            let with = [("low", with[0].1.as_str()), ("high", with[1].1.as_str())];
            fill(&task.words.number_range, &with)
        };
        let words = task.words;
        let pattern = match (is_mean, least.1) {
            (true, _) if n == "1" => return Some(words.observation_one.clone()),
            (true, _) => &words.observations,
            (false, true) => &words.people,
            (false, false) => &words.people_about,
        };
        Some(fill(pattern, &[("n", &n)]))
    }

    /// The one reason why nothing of it is shown.
    pub(super) fn why(&self) -> Option<&str> {
        let mut whole = None;
        for cell in &self.cells {
            match cell {
                Cell::Hidden(why) => whole = whole.or(Some(why.as_str())),
                Cell::Share(_) | Cell::Mean(..) => return None,
            }
        }
        whole
    }
}

/// The cells of a picture.
pub(super) fn matrix(task: &Task<'_>) -> Result<Matrix, Refusal> {
    let places = task.picture.tables.iter().any(|table| table.shape() == Shape::Places);
    if places {
        return Ok(stops(task));
    }
    rows::only_shares(task)?;
    let tables = grouped(task);
    if tables.is_empty() {
        return Err(Refusal::NotThisWay("a table of numbers needs groups"));
    }
    let words = Words::of(task);
    let columns = tables.iter().map(|(table, _)| table.text().get(task.lang).to_owned()).collect();
    let finest = tables.iter().map(|(table, _)| *table).reduce(|best, other| {
        if other.groups().len() > best.groups().len() { other } else { best }
    });
    let groups = finest.map(Table::groups).unwrap_or_default();
    let mut is_shared = false;
    let mut lines = Vec::new();
    for group in groups {
        let found = tables.iter().map(|(table, _)| {
            let (cell, at, shared) = cell(task, table, group);
            is_shared |= shared;
            (cell, (place(task, table), at))
        });
        let (cells, at) = found.unzip();
        let name = group.text.get(task.lang).to_owned();
        lines.push(Line { name, with: words.counted_with(&group.with), cells, at });
    }
    if groups.is_empty() {
        let by = finest.and_then(Table::by_text).map_or("", |by| by.get(task.lang));
        let why = |(table, _): &(&Table, Option<&Table>)| Cell::Hidden(why(task, table));
        let cells = tables.iter().map(why).collect();
        let at = tables.iter().map(|(table, _)| (place(task, table), 0)).collect();
        lines.push(Line { name: by.to_owned(), with: None, cells, at });
    }
    let whole = whole(task, &tables);
    Ok(Matrix { columns, lines, whole, is_mean: false, is_shared })
}

fn why(task: &Task<'_>, table: &Table) -> String {
    let why = table.withheld().map(|why| Words::of(task).why(why));
    why.unwrap_or_else(|| task.words.no_answers.clone())
}

/// The cell of a group in a table, the place of that group, and whether it is of more groups.
fn cell(task: &Task<'_>, table: &Table, group: &Group) -> (Cell, usize, bool) {
    let covers =
        |other: &&(usize, &Group)| group.codes().all(|code| other.1.codes().any(|own| own == code));
    let groups: Vec<(usize, &Group)> = table.groups().iter().enumerate().collect();
    let Some((at, found)) = groups.iter().find(covers) else {
        return (Cell::Hidden(why(task, table)), 0, false);
    };
    match Share::of(table, *at, &counting(task, table)) {
        Some(share) => (Cell::Share(share), *at, found.code != group.code),
        None => (Cell::Hidden(task.words.no_answers.clone()), *at, false),
    }
}

fn whole(task: &Task<'_>, tables: &[(&Table, Option<&Table>)]) -> Option<Line> {
    let cell = |(_, whole): &(&Table, Option<&Table>)| {
        let Some(table) = *whole else { return Cell::Hidden(task.words.table_unknown.clone()) };
        let share = Share::of(table, 0, &counting(task, table));
        share.map_or_else(|| Cell::Hidden(why(task, table)), Cell::Share)
    };
    let cells: Vec<Cell> = tables.iter().map(cell).collect();
    let known = cells.iter().any(|cell| cell.value().is_some());
    let at =
        tables.iter().map(|(table, whole)| (place(task, whole.unwrap_or(*table)), 0)).collect();
    known.then(|| Line { name: task.words.everyone.clone(), with: None, cells, at })
}

/// The stops of a walk by what was rated there.
fn stops(task: &Task<'_>) -> Matrix {
    let tables = &task.picture.tables;
    let columns = tables.iter().map(|table| table.text().get(task.lang).to_owned()).collect();
    let mut stops: Vec<&Group> = Vec::new();
    for group in tables.iter().flat_map(|table| table.groups()) {
        if !stops.iter().any(|known| known.code == group.code && known.text == group.text) {
            stops.push(group);
        }
    }
    let line = |stop: &&Group| {
        let cells = tables.iter().map(|table| {
            let mut groups = table.groups().iter();
            let same = groups.find(|group| group.code == stop.code && group.text == stop.text);
            let mean = same.filter(|_| table.shape() == Shape::Places);
            let mean = mean.and_then(|group| Some((*group.cells.first()?, group.base)));
            mean.map_or_else(
                || Cell::Hidden(why(task, table)),
                |(tenths, raters)| Cell::Mean(tenths, raters),
            )
        });
        let name = fill(&task.words.stop, &[("n", stop.text.get(task.lang))]);
        let at = tables.iter().enumerate().map(|(number, table)| {
            let mut groups = table.groups().iter();
            (
                number,
                groups
                    .position(|group| group.code == stop.code && group.text == stop.text)
                    .unwrap_or(0),
            )
        });
        let (with, cells) = (Words::of(task).counted_with(&stop.with), cells.collect());
        Line { name, with, cells, at: at.collect() }
    };
    let lines = stops.iter().map(line).collect();
    Matrix { columns, lines, whole: None, is_mean: true, is_shared: false }
}

impl Matrix {
    /// Every number of the groups, with its row and column.
    pub(super) fn shown(&self) -> impl Iterator<Item = (&Line, usize, f64)> {
        self.lines.iter().flat_map(|line| {
            let cells = line.cells.iter().enumerate();
            cells.filter_map(move |(at, cell)| Some((line, at, cell.value()?)))
        })
    }

    /// The largest and the smallest.
    pub(super) fn extremes(&self) -> Option<Extremes<'_>> {
        let most = self.shown().max_by(|a, b| a.2.total_cmp(&b.2))?;
        let least = self.shown().min_by(|a, b| a.2.total_cmp(&b.2))?;
        Some([(most.0, most.1), (least.0, least.1)])
    }

    /// How many cells are not shown.
    pub(super) fn hidden(&self) -> usize {
        let cells = self.lines.iter().flat_map(|line| &line.cells);
        cells.filter(|cell| cell.value().is_none()).count()
    }

    /// The words of the extremes, to be filled into a pattern.
    pub(super) fn said(&self, task: &Task<'_>) -> Option<[(&'static str, String); 4]> {
        let [most, least] = self.extremes()?;
        let name = |(line, at): (&Line, usize)| {
            let column = self.columns.get(at).map_or("", String::as_str);
            fill(&task.words.desc_at, &[("row", column), ("where", &line.name)])
        };
        let value = |(line, at): (&Line, usize)| {
            line.cells.get(at).map_or_else(String::new, |cell| cell.full(task))
        };
        Some([
            ("top", name(most)),
            ("top_value", value(most)),
            ("low", name(least)),
            ("low_value", value(least)),
        ])
    }
}

/// The same numbers as a table.
pub(super) fn numbers(task: &Task<'_>) -> Option<Cells> {
    let matrix = matrix(task).ok()?;
    let words = task.words;
    let first = if matrix.is_mean { &words.table_place } else { &words.table_group };
    let mut columns = head(&[first]);
    columns.extend(matrix.columns.iter().cloned());
    columns.push(if matrix.is_mean { &words.table_raters } else { &words.table_base }.clone());
    let line = |line: &Line| {
        let name = match &line.with {
            Some(with) => format!("{} ({with})", line.name),
            None => line.name.clone(),
        };
        let mut cells = vec![name];
        cells.extend(line.cells.iter().map(|cell| cell.full(task)));
        let base = line.base(task, matrix.is_mean);
        cells.push(base.unwrap_or_else(|| words.table_withheld.clone()));
        cells
    };
    let lines = matrix.whole.iter().chain(&matrix.lines).map(line).collect();
    Some((columns, lines))
}

/// Which answers count, for the words above the drawing.
pub(super) fn counts(task: &Task<'_>, matrix: &Matrix) -> String {
    if matrix.is_mean { String::new() } else { counted(task) }
}
