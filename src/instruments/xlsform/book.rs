//! The sheets of a form as rows of texts, read cell by cell.
//!
//! A sheet is never laid out as a rectangle: one cell in the last corner of a sheet would be a
//! thousand million cells. Rows and cells that are empty are not kept.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::{Refused, guard};

/// The most rows, columns, cells and characters that are read.
const ROWS: u32 = 20_000;
const COLUMNS: u32 = 500;
const CELLS: usize = 120_000;
const LETTERS: usize = 4_000_000;

/// The sheets that are read; what they are called is the form's business in any case of letters.
pub(super) const SURVEY: &str = "survey";
pub(super) const CHOICES: &str = "choices";
pub(super) const SETTINGS: &str = "settings";
pub(super) const OURS: &str = "miradouro";

/// A form's sheets.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Those that are read, by their name in small letters.
    pub(super) sheets: BTreeMap<String, Sheet>,
    /// The names of the others.
    pub(super) others: Vec<String>,
}

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Its name as the file has it.
    pub(super) name: String,
    /// Its rows that are not empty, in order.
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Its number, from 0.
    pub(super) number: u32,
    /// Its cells that are not empty, by column from 0.
    pub(super) cells: BTreeMap<u32, String>,
}

/// Reads the sheets of a form.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Refused> {
    let kept = guard::sieve(bytes)?;
    // The reader is a library that may have faults of its own; none of them ends more than this.
    let outcome = catch_unwind(AssertUnwindSafe(|| sheets(&kept)));
    outcome.unwrap_or_else(|_| Err(Refused::of("the file is broken and cannot be read")))
}

fn sheets(kept: &[u8]) -> Result<Book, Refused> {
    let mut file: Xlsx<_> = Xlsx::new(Cursor::new(kept)).map_err(|fault| broken(&fault))?;
    let mut book = Book::default();
    let mut taken = Taken::default();
    let names = file.sheet_names();
    // A file of one sheet is a survey, whatever the sheet is called.
    let only = names.len() == 1;
    for name in names {
        let key = if only { SURVEY.to_owned() } else { name.trim().to_lowercase() };
        let is_read = [SURVEY, CHOICES, SETTINGS, OURS].contains(&key.as_str());
        if !is_read || book.sheets.contains_key(&key) {
            book.others.push(name);
            continue;
        }
        let rows = rows(&mut file, &name, &mut taken)?;
        book.sheets.insert(key, Sheet { name, rows });
    }
    if !book.sheets.contains_key(SURVEY) {
        let others = book.others.join(", ");
        return Err(Refused(format!("the file has no sheet called survey; it has {others}")));
    }
    Ok(book)
}

fn broken(fault: &XlsxError) -> Refused {
    let fault: String = fault.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    Refused(format!("the file is not an .xlsx file that can be read: {fault}"))
}

/// How much has been taken from a file.
#[derive(Default)]
struct Taken {
    cells: usize,
    letters: usize,
}

fn rows(
    file: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    taken: &mut Taken,
) -> Result<Vec<Row>, Refused> {
    let mut found: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    let mut cells = file.worksheet_cells_reader(name).map_err(|fault| broken(&fault))?;
    while let Some(cell) = cells.next_cell().map_err(|fault| broken(&fault))? {
        taken.cells += 1;
        if taken.cells > CELLS {
            return Err(Refused(format!("the file has more than {CELLS} cells, which is no form")));
        }
        let (row, column) = cell.get_position();
        let Some(words) = words(cell.get_value()) else { continue };
        if row >= ROWS || column >= COLUMNS {
            let at = place(row, column);
            return Err(Refused(format!(
                "the sheet {name} has a cell at {at}; a form has at most {ROWS} rows and \
                 {COLUMNS} columns"
            )));
        }
        taken.letters += words.len();
        if taken.letters > LETTERS {
            return Err(Refused(format!("the file has more than {LETTERS} letters")));
        }
        found.entry(row).or_default().insert(column, words);
    }
    Ok(found.into_iter().map(|(number, cells)| Row { number, cells }).collect())
}

/// The words of a cell: trimmed, without what nobody can see; `None` when there are none.
fn words(value: &DataRef<'_>) -> Option<String> {
    let words = match value {
        DataRef::String(words) | DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => {
            tidied(words)
        }
        DataRef::SharedString(words) => tidied(words),
        // Excel writes 1 as 1.0.
        DataRef::Float(number) => number.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::DateTime(date) => date.as_f64().to_string(),
        DataRef::Bool(true) => "true".to_owned(),
        DataRef::Bool(false) => "false".to_owned(),
        DataRef::Error(_) | DataRef::Empty => return None,
    };
    (!words.is_empty()).then_some(words)
}

fn tidied(words: &str) -> String {
    // Excel keeps a line end as _x000D_ where it cannot write it.
    let words = words.replace("_x000D_", "").replace("\r\n", "\n").replace('\r', "\n");
    let seen = words.chars().filter_map(|c| match c {
        '\t' => Some(' '),
        '\n' => Some('\n'),
        c => (!c.is_control() && c != '\u{feff}').then_some(c),
    });
    seen.collect::<String>().trim().to_owned()
}

/// The name of a cell: `C14`.
pub(super) fn place(row: u32, column: u32) -> String {
    let (mut letters, mut left) = (Vec::new(), u64::from(column) + 1);
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_a_spreadsheet_shows() {
        assert_eq!(place(13, 2), "C14");
        assert_eq!(place(0, 25), "Z1");
        assert_eq!(place(0, 26), "AA1");
        assert_eq!(place(1_048_575, 16_383), "XFD1048576");
    }
}
