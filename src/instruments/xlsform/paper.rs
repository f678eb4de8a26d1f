//! Lines of a form as a spreadsheet.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Refused;
use crate::domain::text::{Lang, Text};

/// The columns of a sheet in order; those in languages come once for each.
const SURVEY: [&str; 25] = [
    "type",
    "name",
    "label::",
    "hint::",
    "guidance_hint::",
    "required",
    "relevant",
    "constraint",
    "choice_filter",
    "appearance",
    "parameters",
    "miradouro_kind",
    "miradouro_id",
    "miradouro_scale",
    "miradouro_bands",
    "miradouro_max",
    "miradouro_shuffle",
    "miradouro_meaning",
    "miradouro_same_as",
    "miradouro_sensitive",
    "miradouro_fold",
    "miradouro_no_lint",
    "miradouro_show_if",
    "miradouro_relevant",
    "miradouro_filter",
];
const CHOICES: [&str; 9] = [
    "list_name",
    "name",
    "label::",
    "miradouro_score",
    "miradouro_from",
    "miradouro_to",
    "miradouro_missing",
    "miradouro_exclusive",
    "miradouro_show_if",
];
const SETTINGS: [&str; 4] = ["form_title", "form_id", "version", "default_language"];
/// How wide a column of words and any other column is, in letters.
const WIDE: f64 = 50.0;
const NARROW: f64 = 18.0;

/// One line: what stands in which column.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line(Vec<(String, String)>);

impl Line {
    /// An empty line.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// With this in a column; what stood there is replaced.
    pub(super) fn with(self, column: &str, words: impl Into<String>) -> Self {
        let mut line = self.without(column);
        line.0.push((column.to_owned(), words.into()));
        line
    }

    /// Without what stands in a column.
    pub(super) fn without(mut self, column: &str) -> Self {
        self.0.retain(|(known, _)| known != column);
        self
    }

    /// With this in a column, if there is any.
    pub(super) fn perhaps_with(self, column: &str, words: Option<String>) -> Self {
        match words {
            Some(words) => self.with(column, words),
            None => self,
        }
    }

    /// With a yes in a column.
    pub(super) fn flag(self, column: &str, is_set: bool) -> Self {
        if is_set { self.with(column, "yes") } else { self }
    }

    /// With a text in the columns of its languages.
    pub(super) fn text(self, column: &str, text: &Text) -> Self {
        text.0.iter().fold(self, |line, (lang, words)| {
            line.with(&format!("{column}::{}", heading(*lang)), words)
        })
    }

    /// With a text, if there is one.
    pub(super) fn perhaps(self, column: &str, text: Option<&Text>) -> Self {
        match text {
            Some(text) => self.text(column, text),
            None => self,
        }
    }

    fn get(&self, column: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == column).map(|(_, words)| words.as_str())
    }
}

/// What a language is called at the head of a column: `Nederlands (nl)`.
pub(super) fn heading(lang: Lang) -> String {
    format!("{} ({})", lang.name(), lang.tag())
}

/// Everything a form says.
pub(super) struct Sheets<'a> {
    /// Its languages.
    pub(super) languages: &'a [Lang],
    /// Its questions.
    pub(super) survey: Vec<Line>,
    /// Its choices.
    pub(super) choices: Vec<Line>,
    /// What holds for the whole.
    pub(super) settings: Vec<Line>,
    /// What forms have no words for, as lines of our own file.
    pub(super) ours: Vec<String>,
}

/// The spreadsheet. The same form gives the same bytes.
pub(super) fn print(sheets: &Sheets<'_>) -> Result<Vec<u8>, Refused> {
    written(sheets).map_err(|fault| Refused(format!("the spreadsheet could not be made: {fault}")))
}

fn written(sheets: &Sheets<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let long_ago = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&long_ago));
    for (name, columns, lines) in [
        ("survey", SURVEY.as_slice(), &sheets.survey),
        ("choices", CHOICES.as_slice(), &sheets.choices),
        ("settings", SETTINGS.as_slice(), &sheets.settings),
    ] {
        table(book.add_worksheet().set_name(name)?, columns, lines, sheets.languages)?;
    }
    let ours = book.add_worksheet().set_name(super::book::OURS)?;
    ours.set_column_width(0, WIDE * 2.0)?;
    for (row, line) in (0..).zip(&sheets.ours) {
        ours.write_string(row, 0, line)?;
    }
    book.save_to_buffer()
}

fn table(
    sheet: &mut Worksheet,
    columns: &[&str],
    lines: &[Line],
    languages: &[Lang],
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let in_languages = |column: &&str| match column.strip_suffix("::") {
        Some(_) => languages.iter().map(|lang| format!("{column}{}", heading(*lang))).collect(),
        None => vec![(*column).to_owned()],
    };
    let all = columns.iter().flat_map(in_languages);
    let used = all.filter(|column| lines.iter().any(|line| line.get(column).is_some()));
    for (number, column) in (0..).zip(used) {
        let width = if column.contains("::") { WIDE } else { NARROW };
        sheet.set_column_width(number, width)?;
        sheet.write_string_with_format(0, number, &column, &bold)?;
        for (row, line) in (1..).zip(lines) {
            if let Some(words) = line.get(&column) {
                sheet.write_string(row, number, words)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}
