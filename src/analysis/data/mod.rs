//! The files a plan is about, as columns in memory: only those that the plan names.
//!
//! What is odd about a file (a row of another length, another encoding, an id that stands twice) is
//! said once and beside every answer from it; the rows are counted as they stand.

mod column;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::answer::Refusal;
use super::plan::{Check, Plan};

pub(super) use column::{BLANK, NOWHERE, OTHER};
pub use column::{Column, Place};

/// The file of a folder that a check is about when it names none.
const USUAL: &str = "data.csv";

/// The files of a plan.
#[derive(Debug)]
pub struct Data {
    place: PathBuf,
    /// The file that a check without one is about, by the check's id, where the folder has no usual one.
    homes: BTreeMap<String, String>,
    tables: BTreeMap<String, Result<Table, Refusal>>,
}

/// One file.
#[derive(Debug)]
pub struct Table {
    name: String,
    header: Vec<String>,
    columns: HashMap<usize, Column>,
    rows: usize,
    odd: Vec<String>,
}

impl Data {
    /// Reads what a plan needs of a file, or of the files of a folder.
    ///
    /// A file that cannot be read is a refusal for the checks about it, and for no other.
    #[must_use]
    pub fn read(place: &Path, plan: &Plan) -> Self {
        let mut wishes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let homes = homes(place, plan);
        for check in &plan.checks {
            let named = check.file().or(homes.get(&check.id).map(String::as_str));
            check.words(wishes.entry(file_of(place, named)).or_default());
        }
        let tables = wishes.into_iter().map(|(name, words)| {
            let table = path(place, &name).and_then(|path| Table::read(&path, &name, &words));
            (name, table)
        });
        Self { place: place.to_owned(), tables: tables.collect(), homes }
    }

    /// The table a check is about: the one it names, the usual one, or the only one with its columns.
    ///
    /// # Errors
    /// When its file could not be read.
    pub fn table_of(&self, check: &Check) -> Result<&Table, Refusal> {
        self.table(check.file().or(self.homes.get(&check.id).map(String::as_str)))
    }

    /// The table of a file; without one, the usual one.
    ///
    /// # Errors
    /// When it could not be read.
    pub fn table(&self, file: Option<&str>) -> Result<&Table, Refusal> {
        match self.tables.get(&file_of(&self.place, file)) {
            Some(Ok(table)) => Ok(table),
            Some(Err(refusal)) => Err(refusal.clone()),
            None => Err(Refusal::cannot("the plan was read without this check")),
        }
    }

    /// Everything that is odd about the files, one sentence each.
    pub fn odd(&self) -> impl Iterator<Item = &str> {
        let tables = self.tables.values().filter_map(|table| table.as_ref().ok());
        tables.flat_map(|table| &table.odd).map(String::as_str)
    }
}

/// In a folder without the usual file, the file of each check that names none: the one CSV file that
/// has more of the columns it names than any other.
fn homes(place: &Path, plan: &Plan) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    let homeless = || plan.checks.iter().filter(|check| check.file().is_none());
    if !place.is_dir() || place.join(USUAL).is_file() || homeless().next().is_none() {
        return homes;
    }
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let mut headers: Vec<(String, Vec<String>)> = entries
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "csv"))
        .filter_map(|entry| {
            let header = read::read(&entry.path(), |_| false).ok()?.header;
            Some((entry.file_name().to_string_lossy().into_owned(), header))
        })
        .collect();
    headers.sort();
    for check in homeless() {
        let mut words = BTreeSet::new();
        check.words(&mut words);
        let has = |header: &[String]| header.iter().filter(|name| words.contains(*name)).count();
        let most = headers.iter().map(|(_, header)| has(header)).max().unwrap_or(0);
        let mut best = headers.iter().filter(|(_, header)| most > 0 && has(header) == most);
        if let (Some((name, _)), None) = (best.next(), best.next()) {
            homes.insert(check.id.clone(), name.clone());
        }
    }
    homes
}

/// The name of the file a check is about.
fn file_of(place: &Path, named: Option<&str>) -> String {
    let own = || place.file_name().map(|name| name.to_string_lossy().into_owned());
    match named {
        Some(name) => name.to_owned(),
        None if place.is_dir() => USUAL.to_owned(),
        None => own().unwrap_or_else(|| USUAL.to_owned()),
    }
}

/// Where that file lies: in the folder, or the one file that was given.
fn path(place: &Path, name: &str) -> Result<PathBuf, Refusal> {
    let plain = Path::new(name).file_name().is_some_and(|plain| plain == name);
    if place.is_dir() && plain {
        let path = place.join(name);
        let there = path.is_file().then_some(path);
        return there
            .ok_or_else(|| Refusal::cannot(format!("there is no file {name} in the folder")));
    }
    if place.file_name().is_some_and(|own| own == name) {
        return Ok(place.to_owned());
    }
    Err(Refusal::cannot(format!(
        "the check is about {name:?}, which is not the file that was given"
    )))
}

impl Table {
    fn read(path: &Path, name: &str, words: &BTreeSet<String>) -> Result<Self, Refusal> {
        let read::Content { header, columns, rows, odd } =
            read::read(path, |column| words.contains(column))?;
        Ok(Self { name: name.to_owned(), header, columns, rows, odd })
    }

    /// Its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows it has, the header not counted.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What is odd about it.
    #[must_use]
    pub fn odd(&self) -> &[String] {
        &self.odd
    }

    /// The column of a name.
    ///
    /// # Errors
    /// When there is none, or two.
    pub fn column(&self, name: &str) -> Result<&Column, Refusal> {
        let mut places = (0..self.header.len()).filter(|at| self.header[*at] == name);
        let (first, second) = (places.next(), places.next());
        let column = first.and_then(|at| self.columns.get(&at));
        match (column, second) {
            (Some(_), Some(_)) => {
                Err(Refusal::cannot(format!("{} has two columns called {name:?}", self.name)))
            }
            (Some(column), None) => Ok(column),
            (None, _) => Err(Refusal::cannot(format!("{} has no column {name:?}", self.name))),
        }
    }
}
