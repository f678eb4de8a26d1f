//! Released tables as CSV: the same numbers as on the page, never more.

use crate::charts::DataTable;
use crate::domain::text::harmless;

/// One table as CSV, with its caption as a first comment line and a heading line.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
#[must_use]
pub fn csv(table: &DataTable) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut write = |cells: &[String]| {
        let safe: Vec<String> = cells.iter().map(|cell| harmless(cell)).collect();
        writer.write_record(&safe).is_ok()
    };
    let _whole = write(std::slice::from_ref(&table.caption))
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
