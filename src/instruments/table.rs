//! One table of a TOML file, asked key by key.
//!
//! What is never asked for is unknown: [`Table::finish`] refuses every key that no reader wanted,
//! so the shape of the file is written down once, in the readers.

use std::ops::Range;

use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

use super::lint::{Notes, Span};
use crate::domain::text::{Lang, Text, is_unseen};

/// The longest list of questions, choices and the like that is read.
const LONGEST: usize = 300;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed<T> {
    /// The value.
    pub(super) value: T,
    /// Where it stands.
    pub(super) at: Span,
}

/// A table and the keys that were asked for.
pub(super) struct Table<'a> {
    /// What it is, for sentences: `question f1`.
    pub(super) what: String,
    /// Where it begins.
    pub(super) at: Span,
    entries: &'a DeTable<'a>,
    asked: Vec<&'static str>,
    open: bool,
}

impl<'a> Table<'a> {
    /// A table that has not been asked anything.
    pub(super) fn new(what: &str, at: Range<usize>, entries: &'a DeTable<'a>) -> Self {
        Self { what: what.to_owned(), at, entries, asked: Vec::new(), open: false }
    }

    /// Whether the key is there, of whatever type.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Whether a list is absent or has nothing in it.
    pub(super) fn is_empty_list(&self, key: &str) -> bool {
        let list = self.entries.get(key).map(|value| value.get_ref().as_array());
        list.is_none_or(|list| list.is_some_and(|list| list.is_empty()))
    }

    /// Where the value of a key stands; the table itself, without it.
    pub(super) fn place(&self, key: &str) -> Span {
        self.entries.get(key).map_or_else(|| self.at.clone(), toml::Spanned::span)
    }

    /// Counts a key as asked for without reading it.
    pub(super) fn take(&mut self, key: &'static str) {
        self.asked.push(key);
    }

    /// Counts every key as asked for.
    pub(super) const fn take_all(&mut self) {
        self.open = true;
    }

    /// Notes that a key is missing, unless it is there and was complained about already.
    pub(super) fn need<T>(&self, key: &str, found: Option<T>, notes: &mut Notes) -> Option<T> {
        if found.is_none() && !self.has(key) {
            notes.error(&self.at, format!("{} has no {key}", self.what));
        }
        found
    }

    /// A string.
    pub(super) fn string(
        &mut self,
        key: &'static str,
        notes: &mut Notes,
    ) -> Option<Placed<String>> {
        self.typed(key, "a string in quotes", notes, string)
    }

    /// `true` or `false`; `false` when absent.
    pub(super) fn flag(&mut self, key: &'static str, notes: &mut Notes) -> bool {
        self.optional_flag(key, notes).unwrap_or(false)
    }

    /// `true` or `false`.
    pub(super) fn optional_flag(&mut self, key: &'static str, notes: &mut Notes) -> Option<bool> {
        self.typed(key, "true or false", notes, DeValue::as_bool).map(|flag| flag.value)
    }

    /// A whole number from 0.
    pub(super) fn whole(&mut self, key: &'static str, notes: &mut Notes) -> Option<Placed<u32>> {
        self.typed(key, "a whole number", notes, |value| {
            let whole = value.as_integer()?;
            u32::from_str_radix(whole.as_str(), whole.radix()).ok()
        })
    }

    /// A number.
    pub(super) fn number(&mut self, key: &'static str, notes: &mut Notes) -> Option<Placed<f64>> {
        self.typed(key, "a number", notes, |value| {
            let whole = value.as_integer().filter(|whole| whole.radix() == 10);
            let written = whole.map(DeInteger::as_str);
            let written = written.or_else(|| value.as_float().map(DeFloat::as_str))?;
            written.parse().ok().filter(|number: &f64| number.is_finite())
        })
    }

    /// A list of strings.
    pub(super) fn strings(
        &mut self,
        key: &'static str,
        notes: &mut Notes,
    ) -> Option<Vec<Placed<String>>> {
        let list = self.typed(key, "a list of strings", notes, DeValue::as_array)?;
        let mut found = Vec::new();
        for value in list.value {
            match string(value.get_ref()) {
                Some(text) => found.push(Placed { value: text, at: value.span() }),
                None => notes.error(&value.span(), format!("{key} should hold strings in quotes")),
            }
        }
        Some(found)
    }

    /// A table inside.
    pub(super) fn table(&mut self, key: &'static str, notes: &mut Notes) -> Option<Self> {
        let inner = self.typed(key, "a table { … }", notes, DeValue::as_table)?;
        Some(Self::new(&format!("{key} of {}", self.what), inner.at, inner.value))
    }

    /// A list of tables inside, each named `noun` until it says its own name.
    pub(super) fn tables(
        &mut self,
        key: &'static str,
        noun: &str,
        notes: &mut Notes,
    ) -> Option<Vec<Self>> {
        let list = self.typed(key, "a list of tables", notes, DeValue::as_array)?;
        if list.value.len() > LONGEST {
            let sentence =
                format!("{key} has {} entries; nobody reads more than {LONGEST}", list.value.len());
            notes.error(&list.at, sentence);
        }
        let mut found = Vec::new();
        for value in list.value.iter().take(LONGEST) {
            match value.get_ref().as_table() {
                Some(table) => found.push(Self::new(noun, value.span(), table)),
                None => notes.error(&value.span(), format!("{key} should hold tables")),
            }
        }
        Some(found)
    }

    /// One of a closed list of words.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
        notes: &mut Notes,
    ) -> Option<Placed<T>> {
        let found = self.string(key, notes);
        let said = self.need(key, found, notes)?;
        let known = words.iter().find(|(word, _)| *word == said.value);
        if known.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let all = all.join(", ");
            notes.error(&said.at, format!("there is no {key} {:?}; there are {all}", said.value));
        }
        known.map(|(_, value)| Placed { value: *value, at: said.at })
    }

    /// The table's own name: letters, digits and underlines. It becomes part of the sentences.
    pub(super) fn id(&mut self, key: &'static str, notes: &mut Notes) -> Option<Placed<String>> {
        let found = self.string(key, notes);
        let id = self.need(key, found, notes)?;
        if !is_id(&id.value) {
            let rule = "begins with a to z and goes on with a to z, 0 to 9 and _";
            notes.error(&id.at, format!("{key} {:?} should be a word that {rule}", id.value));
        } else if matches!(id.value.as_str(), "and" | "or" | "not" | "in") {
            notes.error(&id.at, format!("{:?} is a word of show_if and cannot be an id", id.value));
        }
        self.what = format!("{} {}", self.what, id.value);
        Some(id)
    }

    /// A text in every one of `langs`; the languages beyond are left out. Without `langs` (a
    /// shared file) any language will do.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        most: usize,
        langs: &[Lang],
        notes: &mut Notes,
    ) -> Option<Text> {
        let value = self.typed(key, "a table { en = \"…\" }", notes, DeValue::as_table)?;
        let what = format!("{key} of {}", self.what);
        Some(text(&what, &value, most, langs, notes))
    }

    /// A list of texts.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        most: usize,
        langs: &[Lang],
        notes: &mut Notes,
    ) -> Vec<Text> {
        let what = format!("{key} of {}", self.what);
        let tables = self.tables(key, &what, notes).unwrap_or_default();
        let read = |table: Self| {
            let value = Placed { value: table.entries, at: table.at };
            text(&what, &value, most, langs, notes)
        };
        tables.into_iter().map(read).collect()
    }

    /// Refuses every key that was not asked for.
    pub(super) fn finish(self, notes: &mut Notes) {
        for key in self.entries.keys().filter(|_| !self.open) {
            if !self.asked.contains(&key.get_ref().as_ref()) {
                notes.error(&key.span(), format!("{} takes no {:?}", self.what, key.get_ref()));
            }
        }
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        notes: &mut Notes,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Placed<T>> {
        self.asked.push(key);
        let value = self.entries.get(key)?;
        let found = read(value.get_ref());
        if found.is_none() {
            notes.error(&value.span(), format!("{key} should be {wanted}"));
        }
        found.map(|found| Placed { value: found, at: value.span() })
    }
}

fn string(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Whether a word can be an id.
pub(super) fn is_id(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase()) && is_code(word)
}

/// Whether a word can be a code.
pub(super) fn is_code(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.starts_with(|c: char| c != '_') && word.chars().all(fits)
}

fn text(
    what: &str,
    table: &Placed<&DeTable<'_>>,
    most: usize,
    langs: &[Lang],
    notes: &mut Notes,
) -> Text {
    let mut found = Text::default();
    for (key, value) in table.value {
        let lang = match key.get_ref().parse::<Lang>() {
            Ok(lang) => lang,
            Err(unknown) => {
                notes.error(&key.span(), unknown.to_string());
                continue;
            }
        };
        match value.get_ref().as_str() {
            Some(words) => {
                complain(what, &Placed { value: words, at: value.span() }, most, notes);
                found.0.insert(lang, words.to_owned());
            }
            None => notes.error(&value.span(), format!("{what} should be a string in quotes")),
        }
        if !langs.is_empty() && !langs.contains(&lang) {
            notes.warning(&key.span(), format!("{lang} is not among the languages of this file"));
        }
    }
    for lang in langs.iter().filter(|lang| !found.0.contains_key(lang)) {
        notes.lacks(&table.at, what, *lang);
    }
    if found.0.is_empty() && langs.is_empty() {
        notes.error(&table.at, format!("{what} is empty"));
    }
    found.0.retain(|lang, _| langs.is_empty() || langs.contains(lang));
    found
}

/// Marks that override or isolate the direction of writing: the language alone decides it.
pub(super) const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Whether something stands there that looks like a tag: `<b>`, `</p>`, `<!--`.
pub(super) fn has_markup(words: &str) -> bool {
    let tag =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    words.split('<').skip(1).any(tag)
}

/// What is wrong with the words in one language.
fn complain(what: &str, words: &Placed<&str>, most: usize, notes: &mut Notes) {
    let length = words.value.chars().count();
    if words.value.trim().is_empty() {
        notes.error(&words.at, format!("{what} is empty"));
    }
    if words.value.chars().any(is_unseen) {
        notes.error(&words.at, format!("{what} has characters that nobody can see"));
    }
    if words.value.chars().any(turns) {
        let sentence = format!("{what} has characters that turn the direction of writing");
        notes.error(&words.at, sentence);
    }
    if has_markup(words.value) {
        notes.error(&words.at, format!("{what} has markup; it would be shown as it stands"));
    }
    if length > most {
        let sentence = format!("{what} has {length} characters; more than {most} is hard to read");
        notes.warning(&words.at, sentence);
    }
}
