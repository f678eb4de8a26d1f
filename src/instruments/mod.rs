//! The shelf: the instruments that come with the program and those of the operator.
//!
//! Files are drafts; a published version lives in the store. An operator's file with the slug of
//! one of ours takes its place, and a file with errors is reported and left out: it never keeps
//! the others away.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rust_embed::RustEmbed;

use crate::domain::instrument::Instrument;

mod carry;
mod chart;
mod choice;
mod draft;
pub mod edit;
mod file;
mod grid;
mod kin;
mod lint;
mod plan;
mod question;
mod roll;
mod rule;
pub mod sample;
mod shared;
mod suit;
mod table;
#[cfg(test)]
mod tests;
mod write;
pub mod xlsform;

pub use draft::{Look, ScaleName};
pub use lint::{Fault, Severity};
pub use write::{write, write_beside};

/// The largest file that is read: six times the longest instrument in seven languages.
const LARGEST: usize = 512 * 1024;
/// The file of shared scales and blocks.
const SHARED: &str = "shared.toml";

#[derive(RustEmbed)]
#[folder = "surveys"]
struct Files;

/// The instruments that can be used.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    instruments: Vec<Instrument>,
    /// The operator's own scales and blocks.
    shared: Option<String>,
    sources: BTreeMap<String, Source>,
    faults: Vec<(String, Fault)>,
}

/// The text of an instrument's file, and of the shared file beside it.
#[derive(Debug, Clone)]
struct Source {
    text: String,
    shared: Option<Arc<str>>,
}

impl Shelf {
    /// The embedded instruments, and over them those of the operator's folder, if there is one.
    #[must_use]
    pub fn load(operator: Option<&Path>) -> Self {
        let mut shelf = Self::default();
        let embedded = Files::iter().filter_map(|name| Some((name.to_string(), embedded(&name)?)));
        shelf.put(embedded.collect(), None);
        if let Some(folder) = operator.filter(|folder| folder.exists()) {
            let files = shelf.texts(folder);
            shelf.put(files, Some(folder));
        }
        shelf.instruments.sort_by(|a, b| a.slug.cmp(&b.slug));
        shelf
    }

    /// Every instrument, by slug.
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// The instrument with this slug.
    #[must_use]
    pub fn instrument(&self, slug: &str) -> Option<&Instrument> {
        self.instruments.iter().find(|instrument| instrument.slug == slug)
    }

    /// The text of the file of the instrument with this slug.
    #[must_use]
    pub fn source(&self, slug: &str) -> Option<&str> {
        self.sources.get(slug).map(|source| source.text.as_str())
    }

    /// The instrument with this slug and its texts in every language there is, whatever is missing
    /// in one.
    #[must_use]
    pub fn in_any_language(&self, slug: &str) -> Option<Instrument> {
        let Source { text, shared } = self.sources.get(slug)?;
        in_any_language(&format!("{slug}.toml"), text, shared.as_deref())
    }

    /// What is wrong with the files, warnings too, each with the name of its file.
    #[must_use]
    pub fn faults(&self) -> &[(String, Fault)] {
        &self.faults
    }

    /// The text of an embedded file, such as `barcelona_2020.mapping.toml`.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<String> {
        embedded(name)
    }

    /// The names and texts of the files in a folder; what cannot be read is a fault.
    fn texts(&mut self, folder: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.unwrap_or_else(|error| {
            self.unreadable(folder, &error);
            Vec::new()
        });
        let mut files = Vec::new();
        for path in entries.into_iter().map(|entry| entry.path()) {
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| is_checked(name)) else { continue };
            match read(&path) {
                Ok(text) => files.push((name.to_owned(), text)),
                Err(error) => self.unreadable(&path, &error),
            }
        }
        files
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        let fault = Fault::of_file(format!("could not be read: {error}"));
        self.faults.push((path.display().to_string(), fault));
    }

    /// Puts files on the shelf, in place of those with the same slug.
    fn put(&mut self, mut files: Vec<(String, String)>, folder: Option<&Path>) {
        files.sort();
        let shared = files.iter().find(|(name, _)| name == SHARED);
        if folder.is_some() {
            self.shared = shared.map(|(_, text)| text.clone());
        }
        let shared: Option<Arc<str>> = shared.map(|(_, text)| text.as_str().into());
        for (name, text) in files.iter().filter(|(name, _)| is_checked(name)) {
            let (instrument, faults) = check(name, text, shared.as_deref());
            let shown = folder.map_or_else(|| name.clone(), |f| f.join(name).display().to_string());
            self.faults.extend(faults.into_iter().map(|fault| (shown.clone(), fault)));
            if let Some(instrument) = instrument {
                self.instruments.retain(|earlier| earlier.slug != instrument.slug);
                let source = Source { text: text.clone(), shared: shared.clone() };
                self.sources.insert(instrument.slug.clone(), source);
                self.instruments.push(instrument);
            }
        }
    }
}

/// Checks one file, `shared.toml` too; faults come in the order of the file. Scales and blocks
/// come from `shared`, or from the embedded `shared.toml` without it. There is an instrument when
/// the file is one and has no errors; warnings do no harm.
#[must_use]
pub fn check(name: &str, text: &str, shared: Option<&str>) -> (Option<Instrument>, Vec<Fault>) {
    if text.len() > LARGEST {
        let sentence = format!(
            "{} KB is no instrument; at most {} KB is read",
            text.len() / 1024,
            LARGEST / 1024
        );
        return (None, vec![Fault::of_file(sentence)]);
    }
    let file = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name);
    if file == SHARED {
        return (None, shared::read(text).1);
    }
    let ours = embedded(SHARED).unwrap_or_default();
    let theirs = shared.map(|shared| shared::read(shared).0);
    let ours = shared::read(&ours).0;
    let known = |slug: &str| {
        let name = format!("{slug}.toml");
        file::read(&name, &embedded(&name)?, &ours, &|_| None).0
    };
    file::read(file, text, theirs.as_ref().unwrap_or(&ours), &known)
}

/// The text of a file, unless it is too large to be an instrument.
///
/// # Errors
/// When it cannot be read, is no text, or is too large: in a sentence.
pub fn read(path: &Path) -> io::Result<String> {
    let size = fs::metadata(path)?.len();
    if size > LARGEST as u64 {
        let sentence =
            format!("{} KB is no instrument; at most {} KB is read", size / 1024, LARGEST / 1024);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, sentence));
    }
    fs::read_to_string(path)
}

/// The instrument of a file with its texts in every language there is, whatever is missing in one:
/// for counting translations. There is none when anything else is wrong with the file; [`check`]
/// says what.
#[must_use]
pub fn in_any_language(name: &str, text: &str, shared: Option<&str>) -> Option<Instrument> {
    let file = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name);
    let ours = embedded(SHARED).unwrap_or_default();
    file::read_in_any_language(file, text, &shared::read(shared.unwrap_or(&ours)).0)
}

/// Whether a file is an instrument or the shared scales; a mapping of imported data is neither.
#[must_use]
pub fn is_checked(name: &str) -> bool {
    name.strip_suffix(".toml").is_some_and(|stem| Path::new(stem).extension().is_none())
}

fn embedded(name: &str) -> Option<String> {
    String::from_utf8(Files::get(name)?.data.into_owned()).ok()
}
