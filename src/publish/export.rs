//! Released tables as CSV: the same numbers as on the page, never more.

use crate::charts::{Caption, DataTable};
use crate::domain::text::harmless;

/// One table as CSV, with its caption as a first comment line and a heading line.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
#[must_use]
pub fn csv(table: &DataTable) -> String {
    captioned(table, &Caption::default())
}

/// The same with who answered and what to be careful about above it, each on a line of its own.
#[must_use]
pub fn captioned(table: &DataTable, said: &Caption) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut write = |cells: &[String]| {
        let safe: Vec<String> = cells.iter().map(|cell| harmless(cell)).collect();
        writer.write_record(&safe).is_ok()
    };
    let above = std::iter::once(&said.who).chain(&said.careful).filter(|line| !line.is_empty());
    let _whole = write(std::slice::from_ref(&table.caption))
        && above.map(std::slice::from_ref).all(&mut write)
        && write(&table.head)
        && table.rows.iter().all(|row| write(row));
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let table = DataTable {
            caption: "who".to_owned(),
            head: vec!["a".to_owned(), "=cmd()".to_owned()],
            rows: vec![vec!["+1".to_owned(), "b,c".to_owned()]],
        };
        assert_eq!(csv(&table), "who\na,'=cmd()\n'+1,\"b,c\"\n");
    }
}
