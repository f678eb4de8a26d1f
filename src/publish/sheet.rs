//! Released tables as rows and columns: one long table for programs, and a workbook for people with
//! that table and every chart's own beside it. The same numbers as on the page, never more.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Past, Shown};
use crate::charts::{DataTable, caption, data_table};
use crate::domain::collection::Collection;
use crate::domain::instrument::Instrument;
use crate::domain::text::{Lang, harmless};
use crate::release::Table;
use crate::release::table::{Group, Nearly, Shape};
use crate::words::ChartWords;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// Nothing: it cannot be said, and the columns `status` and `said` say why.
    Nothing,
}

/// The columns of the long table.
const HEAD: [&str; 31] = [
    "release",
    "collection",
    "collection_title",
    "instrument",
    "question",
    "question_text",
    "meaning",
    "by",
    "by_text",
    "group",
    "group_text",
    "counted_with",
    "choice",
    "choice_text",
    "count",
    "share",
    "low",
    "high",
    "mean",
    "said",
    "base",
    "missing",
    "rounded_to",
    "weighted",
    "shape",
    "status",
    "origin",
    "sampling",
    "asked_by",
    "opened",
    "closed",
];

/// Rows under a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The names of the columns.
    pub head: Vec<&'static str>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Cell>>,
}

/// Every cell of some tables, one a row; a table that is withheld has one row with the reason.
#[must_use]
pub fn long<'t>(tables: impl IntoIterator<Item = &'t Table>, lang: Lang) -> Grid {
    let rows = tables.into_iter().flat_map(|table| rows_of(table, lang));
    Grid { head: HEAD.to_vec(), rows: rows.collect() }
}

fn words(text: &str) -> Cell {
    if text.is_empty() { Cell::Nothing } else { Cell::Text(text.to_owned()) }
}

/// A count of people as a number of a spreadsheet.
#[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
const fn count(n: u64) -> Cell {
    Cell::Number(n as f64)
}

/// A share with four decimals.
fn rounded(share: f64) -> Cell {
    Cell::Number((share * 10_000.0).round() / 10_000.0)
}

/// The word of a value that is written as one in our own files.
#[must_use]
pub fn coded(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(only)) => {
            only.into_iter().next().map(|(word, _)| word).unwrap_or_default()
        }
        Ok(_) | Err(_) => String::new(),
    }
}

fn rows_of(table: &Table, lang: Lang) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (at, group) in table.groups().iter().enumerate() {
        for choice in 0..group.cells.len().max(1) {
            rows.push(row(table, Some((group, at, choice)), lang));
        }
    }
    if rows.is_empty() {
        rows.push(row(table, None, lang));
    }
    rows
}

fn row(table: &Table, place: Option<(&Group, usize, usize)>, lang: Lang) -> Vec<Cell> {
    let (address, about) = (table.address(), table.about());
    let is_place = table.shape() == Shape::Places;
    let day =
        |day: Option<jiff::civil::Date>| day.map_or(Cell::Nothing, |day| words(&day.to_string()));
    let status = table.withheld().map_or("released".to_owned(), |why| coded(&why));
    let group = place.map(|(group, _, _)| group);
    let label = place.and_then(|(_, _, choice)| table.choices().get(choice)).filter(|_| !is_place);
    let nearly = place.and_then(|(_, group, choice)| table.nearly(group, choice));
    let cell = place.and_then(|(group, _, choice)| group.cells.get(choice).copied());
    let shown = cell.filter(|_| nearly.is_none());
    let share = place.and_then(|(_, group, choice)| table.share(group, choice));
    let interval = place.and_then(|(_, group, choice)| table.interval(group, &[choice]));
    let end = |end: Option<f64>| end.map_or(Cell::Nothing, rounded);
    let with = group
        .map(|group| group.with.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join("; "));
    let said = match nearly {
        Some(Nearly::All) => "all_or_nearly_all",
        Some(Nearly::None) => "none_or_nearly_none",
        None => "",
    };
    let mean = shown.filter(|_| is_place).map(count);
    let mean = mean.map(|tenths| match tenths {
        Cell::Number(tenths) => Cell::Number(tenths / 10.0),
        other @ (Cell::Text(_) | Cell::Nothing) => other,
    });
    #[expect(clippy::cast_precision_loss, reason = "releases are few")]
    let release = Cell::Number(address.release as f64);
    vec![
        release,
        words(&address.collection.to_string()),
        words(&about.title),
        words(&about.instrument),
        words(&address.question),
        words(table.text().get(lang)),
        count(u64::from(table.meaning())),
        words(address.by.as_deref().unwrap_or_default()),
        words(table.by_text().map(|text| text.get(lang)).unwrap_or_default()),
        words(group.map(|group| group.code.as_str()).unwrap_or_default()),
        words(group.map(|group| group.text.get(lang)).unwrap_or_default()),
        words(with.as_deref().unwrap_or_default()),
        words(label.map(|label| label.code.as_str()).unwrap_or_default()),
        words(label.map(|label| label.text.get(lang)).unwrap_or_default()),
        shown.filter(|_| !is_place).map_or(Cell::Nothing, count),
        share.map_or(Cell::Nothing, rounded),
        end(interval.map(|ends| ends.0)),
        end(interval.map(|ends| ends.1)),
        mean.unwrap_or(Cell::Nothing),
        words(said),
        group.map_or(Cell::Nothing, |group| count(group.base)),
        group.map_or(Cell::Nothing, |group| count(group.missing)),
        count(table.step()),
        words(if table.weighted() { "yes" } else { "no" }),
        words(&coded(&table.shape())),
        words(&status),
        words(about.origin.code()),
        words(about.sampling.code()),
        words(&about.asked_by),
        day(about.opened),
        day(about.closed),
    ]
}

impl Grid {
    /// The rows as CSV. Words that a spreadsheet would take for a formula get an apostrophe;
    /// numbers stay numbers.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut whole = writer.write_record(&self.head).is_ok();
        for row in &self.rows {
            let cells = row.iter().map(|cell| match cell {
                Cell::Text(text) => harmless(text),
                Cell::Number(number) => number.to_string(),
                Cell::Nothing => String::new(),
            });
            whole &= writer.write_record(cells.collect::<Vec<_>>()).is_ok();
        }
        let bytes = writer.into_inner().unwrap_or_default();
        if whole { String::from_utf8(bytes).unwrap_or_default() } else { String::new() }
    }
}

/// A page of a workbook: a name, lines above the table, and the table.
#[derive(Debug, Clone)]
pub struct Page {
    /// What it is called; made fit for a workbook.
    pub name: String,
    /// What is said above.
    pub above: Vec<String>,
    /// The table.
    pub table: DataTable,
}

impl Page {
    /// One chart's table, with who was asked above it.
    #[must_use]
    pub fn of(collection: &Collection, shown: &Shown, lang: Lang, words: &ChartWords) -> Self {
        let picture = shown.picture(None);
        let said = caption(&picture.tables, lang, words);
        let mut above = vec![collection.title.clone(), said.who];
        above.extend(said.careful);
        let (name, table) = (shown.plan.id.clone(), data_table(&picture, lang, words));
        Self { name, above, table }
    }
}

/// The table of every chart that the collections of a release plan.
#[must_use]
pub fn charts(
    sheets: &[(Collection, Instrument)],
    tables: &[Table],
    lang: Lang,
    words: &ChartWords,
) -> Vec<Page> {
    let mut pages = Vec::new();
    for (collection, instrument) in sheets {
        let own = tables.iter().filter(|table| table.address().collection == collection.id);
        let own: Vec<&Table> = own.collect();
        let past = Past { collection, instrument, sheets, tables };
        let shown = instrument.charts.iter().filter_map(|plan| Shown::of(plan, &own));
        let shown = shown.map(|shown| shown.since(&past));
        pages.extend(shown.map(|shown| Page::of(collection, &shown, lang, words)));
    }
    pages
}

/// A workbook: a page for each chart, then the long table. No cell is a formula or a link, and no
/// time but the day of the release is in it.
///
/// # Errors
/// A sentence, when it cannot be written.
pub fn workbook(
    title: &str,
    made: jiff::civil::Date,
    pages: &[Page],
    long: Option<&Grid>,
) -> Result<Vec<u8>, String> {
    written(title, made, pages, long)
        .map_err(|error| format!("the workbook was not written: {error}"))
}

fn written(
    title: &str,
    made: jiff::civil::Date,
    pages: &[Page],
    long: Option<&Grid>,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let year = u16::try_from(made.year()).unwrap_or(1900).max(1900);
    let (month, day) = (made.month().unsigned_abs(), made.day().unsigned_abs());
    let when = ExcelDateTime::from_ymd(year, month, day)?;
    book.set_properties(&DocProperties::new().set_title(fits(title)).set_creation_datetime(&when));
    let bold = Format::new().set_bold();
    let mut taken: Vec<String> = Vec::new();
    for page in pages {
        let sheet = book.add_worksheet();
        sheet.set_name(name(&page.name, &mut taken))?;
        for (line, text) in (0..).zip(page.above.iter().chain([&page.table.caption])) {
            sheet.write_string(line, 0, fits(text))?;
        }
        let top = u32::try_from(page.above.len()).unwrap_or(0) + 2;
        let rows = std::iter::once(&page.table.head).chain(&page.table.rows);
        for (line, row) in (top..).zip(rows) {
            for (column, cell) in (0..).zip(row) {
                if line == top {
                    sheet.write_string_with_format(line, column, fits(cell), &bold)?;
                } else {
                    sheet.write_string(line, column, fits(cell))?;
                }
            }
        }
        sheet.set_column_width(0, 40)?;
    }
    if let Some(long) = long {
        grid(book.add_worksheet().set_name(name("all tables", &mut taken))?, long, &bold)?;
    }
    book.save_to_buffer()
}

fn grid(sheet: &mut Worksheet, grid: &Grid, bold: &Format) -> Result<(), XlsxError> {
    for (column, head) in (0..).zip(&grid.head) {
        sheet.write_string_with_format(0, column, *head, bold)?;
    }
    for (line, row) in (1..).zip(&grid.rows) {
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Text(text) => sheet.write_string(line, column, fits(text))?,
                Cell::Number(number) => sheet.write_number(line, column, *number)?,
                Cell::Nothing => sheet,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A text as a cell can hold it.
fn fits(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(8000).collect()
}

/// A name that a page of a workbook may have: short, without signs, and no name twice.
fn name(wanted: &str, taken: &mut Vec<String>) -> String {
    let signs = ['[', ']', ':', '*', '?', '/', '\\', '\''];
    let plain: String = fits(wanted).chars().filter(|c| !signs.contains(c)).take(26).collect();
    let plain = if plain.trim().is_empty() { "table".to_owned() } else { plain.trim().to_owned() };
    let is_taken =
        |name: &String| taken.iter().any(|one| one.to_lowercase() == name.to_lowercase());
    let later = (2..).map(|n: u32| format!("{plain} {n}"));
    let mut names = std::iter::once(plain.clone()).chain(later);
    let name = names.find(|name| !is_taken(name)).unwrap_or(plain);
    taken.push(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_takes_every_name_and_no_formula() {
        let mut taken = Vec::new();
        let names = ["=1+1", "a/b:c", "A/B*C", "", "'quoted'", &"long ".repeat(20)]
            .map(|wanted| name(wanted, &mut taken));
        assert_eq!(names[..5], ["=1+1", "abc", "ABC 2", "table", "quoted"]);
        assert!(names[5].chars().count() <= 31);
        let table = DataTable {
            caption: "=HYPERLINK(\"http://x\")".to_owned(),
            head: vec!["=a".to_owned(), "http://x.example".to_owned()],
            rows: vec![vec!["+1".to_owned(), "\0\u{1}b".to_owned()]],
        };
        let page =
            Page { name: "=cmd|' /C calc'!A0".to_owned(), above: vec!["@x".to_owned()], table };
        let day = "2026-11-22".parse().unwrap();
        let grid = Grid { head: vec!["x"], rows: vec![vec![Cell::Number(0.5)]] };
        assert!(workbook("=t", day, &[page.clone(), page], Some(&grid)).is_ok());
    }

    #[test]
    fn numbers_stay_numbers_and_words_are_harmless() {
        let grid = Grid {
            head: vec!["a", "b"],
            rows: vec![
                vec![Cell::Number(-0.5), Cell::Text("=cmd()".to_owned())],
                vec![Cell::Nothing, Cell::Text("a,\"b\"\n;c".to_owned())],
            ],
        };
        assert_eq!(grid.csv(), "a,b\n-0.5,'=cmd()\n,\"a,\"\"b\"\"\n;c\"\n");
    }
}
