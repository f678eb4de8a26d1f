//! The files a plan is about, as columns in memory: only those that the plan names.
//!
//! A column is not one of polars: a byte a row and a book of values is a quarter of what a dictionary
//! column takes there, and polars' own reader of CSV brings 120 crates and a network client.
//!
//! What is odd about a file (a row of another length, another encoding, an id that stands twice) is
//! said once and beside every answer from it; the rows are counted as they stand.

mod column;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::answer::Refusal;
use super::plan::{Check, Plan};

pub(super) use column::{BLANK, NOWHERE, OTHER};
pub use column::{Column, Place};

/// The file of a folder that a check is about when it names none.
const USUAL: &str = "data.csv";

/// The files of a plan.
#[derive(Debug)]
pub struct Data {
    /// The file of each check, by its id.
    files: BTreeMap<String, Result<String, Refusal>>,
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
        let folder = place.is_dir().then(|| Folder::of(place));
        let mut wishes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut files = BTreeMap::new();
        for check in &plan.checks {
            let mut words = BTreeSet::new();
            check.words(&mut words);
            let file = match &folder {
                Some(folder) => folder.file(check.file(), &words),
                None => only(place, check.file()),
            };
            if let Ok(name) = &file {
                wishes.entry(name.clone()).or_default().extend(words);
            }
            files.insert(check.id.clone(), file);
        }
        let tables = wishes.into_iter().map(|(name, words)| {
            let path = if folder.is_some() { place.join(&name) } else { place.to_owned() };
            let table = Table::read(&path, &name, &words);
            (name, table)
        });
        Self { tables: tables.collect(), files }
    }

    /// The table a check is about.
    ///
    /// # Errors
    /// When there is no such file, or it could not be read.
    pub fn table(&self, check: &Check) -> Result<&Table, Refusal> {
        let unread = || Refusal::cannot("the files were read without this check");
        let name = self.files.get(&check.id).ok_or_else(unread)?.as_ref().map_err(Clone::clone)?;
        self.tables.get(name).ok_or_else(unread)?.as_ref().map_err(Clone::clone)
    }

    /// Everything that is odd about the files, one sentence each.
    pub fn odd(&self) -> impl Iterator<Item = &str> {
        let tables = self.tables.values().filter_map(|table| table.as_ref().ok());
        tables.flat_map(|table| &table.odd).map(String::as_str)
    }
}

/// The one file that was given, unless the check is about another.
fn only(place: &Path, named: Option<&str>) -> Result<String, Refusal> {
    let own = place.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    match named {
        Some(name) if name != own => Err(Refusal::cannot(format!(
            "the check is about {name:?}, which is not the file that was given"
        ))),
        Some(_) | None => Ok(own),
    }
}

/// A folder of files.
struct Folder {
    /// Its CSV files and their headers, in the order of their names.
    headers: BTreeMap<String, Vec<String>>,
}

impl Folder {
    fn of(place: &Path) -> Self {
        let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path()).filter(|path| {
            path.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"))
        });
        let named = files.filter_map(|path| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, read::names(&path).unwrap_or_default()))
        });
        Self { headers: named.collect() }
    }

    /// The file a check names, or the usual one; where there is neither, the only one with the most
    /// columns of the check.
    fn file(&self, named: Option<&str>, words: &BTreeSet<String>) -> Result<String, Refusal> {
        let name = named.unwrap_or(USUAL);
        if self.headers.contains_key(name) {
            return Ok(name.to_owned());
        }
        if named.is_some() {
            return Err(Refusal::cannot(format!("there is no file {name} in the folder")));
        }
        let fits = |header: &[String]| header.iter().filter(|name| words.contains(*name)).count();
        let most = self.headers.values().map(|header| fits(header)).max().unwrap_or(0);
        let mut best = self.headers.iter().filter(|(_, header)| most > 0 && fits(header) == most);
        match (best.next(), best.next()) {
            (Some((file, _)), None) => Ok(file.clone()),
            (_, _) => Err(Refusal::cannot(format!(
                "the check names no file, there is no {USUAL}, and no one file has its columns"
            ))),
        }
    }
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
