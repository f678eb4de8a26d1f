//! Lists in a file, whichever way they are written: `[[section.question]]` or `choices = [ … ]`.
//!
//! What stands before a member (a comment on lines of its own) goes where the member goes, and so
//! does a comment at the end of its line.

use std::mem;

use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table, TableLike, Value};

use super::Refusal;

/// How many members a list has; none when it is no list.
pub(super) fn len(list: &Item) -> usize {
    match list {
        Item::ArrayOfTables(tables) => tables.len(),
        Item::Value(Value::Array(array)) => array.len(),
        Item::None | Item::Value(_) | Item::Table(_) => 0,
    }
}

/// The members that are tables, each with its place.
pub(super) fn tables(list: &Item) -> impl Iterator<Item = (usize, &dyn TableLike)> {
    let member = |place: usize| Some((place, list.get(place)?.as_table_like()?));
    (0..len(list)).filter_map(member)
}

/// Puts a table into a list, so that it comes to stand at `place`.
pub(super) fn insert(list: &mut Item, place: usize, table: Table) -> Result<(), Refusal> {
    match list {
        Item::ArrayOfTables(tables) => {
            let mut all = taken(tables);
            let mut table = table;
            table.decor_mut().set_prefix("\n");
            all.insert(place.min(all.len()), table);
            tables.extend(all);
        }
        Item::Value(Value::Array(array)) => {
            let mut rows = Rows::of(array);
            let lead = rows.usual_lead();
            let row = Row { lead, value: inline(table).into(), after: String::new() };
            rows.rows.insert(place.min(rows.rows.len()), row);
            rows.write(array);
        }
        Item::None | Item::Value(_) | Item::Table(_) => return Err(Refusal::Gone),
    }
    Ok(())
}

/// Takes a member out. A comment above it goes with it.
pub(super) fn remove(list: &mut Item, place: usize) -> Result<(), Refusal> {
    if place >= len(list) {
        return Err(Refusal::Gone);
    }
    match list {
        Item::ArrayOfTables(tables) => {
            tables.remove(place);
        }
        Item::Value(Value::Array(array)) => {
            let mut rows = Rows::of(array);
            rows.rows.remove(place);
            rows.write(array);
        }
        Item::None | Item::Value(_) | Item::Table(_) => return Err(Refusal::Gone),
    }
    Ok(())
}

/// Moves a member to another place.
pub(super) fn shift(list: &mut Item, from: usize, to: usize) -> Result<(), Refusal> {
    if from >= len(list) || to >= len(list) {
        return Err(Refusal::Edge);
    }
    match list {
        Item::ArrayOfTables(tables) => {
            let mut all = taken(tables);
            let table = all.remove(from);
            all.insert(to, table);
            tables.extend(all);
        }
        Item::Value(Value::Array(array)) => {
            let mut rows = Rows::of(array);
            let row = rows.rows.remove(from);
            rows.rows.insert(to, row);
            rows.write(array);
        }
        Item::None | Item::Value(_) | Item::Table(_) => return Err(Refusal::Gone),
    }
    Ok(())
}

/// Every table of a list, which is empty afterwards.
fn taken(tables: &mut ArrayOfTables) -> Vec<Table> {
    mem::take(tables).into_iter().collect()
}

/// A table as it is written between braces.
fn inline(table: Table) -> InlineTable {
    let mut inline = table.into_inline_table();
    inline.fmt();
    inline
}

/// Where tables were added or moved, the file is written in the order of its content.
pub(super) fn in_order(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => in_order(inner),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(in_order),
            Item::None | Item::Value(_) => {}
        }
    }
}

/// An array taken apart, each member with what is written around it.
struct Rows {
    /// The rest of the line of the opening bracket.
    open: String,
    rows: Vec<Row>,
    /// What stands before the closing bracket.
    close: String,
}

/// A member, the lines before it, and the rest of its own line.
struct Row {
    lead: String,
    value: Value,
    after: String,
}

impl Rows {
    fn of(array: &mut Array) -> Self {
        let mut rows = Self { open: String::new(), rows: Vec::new(), close: String::new() };
        for mut value in array.iter().cloned() {
            let (after, lead) = parted(&written(value.decor().prefix()));
            rows.end_line(&after);
            let rest = written(value.decor().suffix());
            let after = rest.trim_end().to_owned();
            let after = if after.contains('#') {
                format!(" {}", after.trim_start())
            } else {
                String::new()
            };
            value.decor_mut().clear();
            rows.rows.push(Row { lead, value, after });
        }
        let (after, close) = parted(array.trailing().as_str().unwrap_or(""));
        rows.end_line(&after);
        rows.close = close;
        array.clear();
        rows
    }

    /// What belongs to the line before.
    fn end_line(&mut self, rest: &str) {
        let place = self.rows.last_mut().map_or(&mut self.open, |row| &mut row.after);
        place.push_str(rest);
    }

    /// What the lines of a new member begin with: as the others do, without their comments.
    fn usual_lead(&self) -> String {
        let Some(row) = self.rows.last() else { return "\n  ".to_owned() };
        match row.lead.rsplit_once('\n') {
            Some((_, indent)) => format!("\n{indent}"),
            None => " ".to_owned(),
        }
    }

    fn write(self, array: &mut Array) {
        let mut before = self.open;
        let is_long = self.rows.iter().any(|row| row.lead.contains('\n'));
        for (number, mut row) in self.rows.into_iter().enumerate() {
            let lead = if number == 0 && !is_long { row.lead.trim_start() } else { &row.lead };
            let lead = if number > 0 && lead.is_empty() { " " } else { lead };
            row.value.decor_mut().set_prefix(together(&before, lead));
            before = row.after;
            array.push_formatted(row.value);
        }
        let close = if is_long && !self.close.contains('\n') { "\n" } else { &self.close };
        array.set_trailing(together(&before, close));
        array.set_trailing_comma(is_long && !array.is_empty());
    }
}

/// What ends the line before, if it is a comment, and what begins the next.
fn parted(gap: &str) -> (String, String) {
    match gap.split_once('\n') {
        Some((end, rest)) if end.contains('#') => (end.to_owned(), format!("\n{rest}")),
        Some(_) | None => (String::new(), gap.to_owned()),
    }
}

/// The end of a line and the beginning of the next; a comment always ends its line.
fn together(end: &str, next: &str) -> String {
    let is_cut = end.contains('#') && !next.starts_with('\n');
    format!("{end}{}{next}", if is_cut { "\n" } else { "" })
}

fn written(raw: Option<&toml_edit::RawString>) -> String {
    raw.and_then(toml_edit::RawString::as_str).unwrap_or("").to_owned()
}
