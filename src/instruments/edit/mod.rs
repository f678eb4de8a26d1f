//! Changes to the text of an instrument's file, one at a time and all of them closed: what the
//! pages of the editor do. Comments and layout stay.
//!
//! A half-made draft is a draft: an edit never asks whether the instrument is sound, only whether
//! what it changes is there and whether what it writes can be read. Whatever is wrong with the
//! whole is said by [`super::check`].

use toml_edit::{DocumentMut, Item, Table};

use super::file::{POLICIES, SENSITIVITIES, SHEETS};
use super::suit::policy_of;
use super::table::is_id;
use crate::domain::instrument::{Help, Sensitivity, Sheet};
use crate::domain::question::Sort;
use crate::domain::text::Lang;

mod add;
mod form;
mod fresh;
mod key;
mod kind;
mod language;
mod list;
mod mention;
mod path;
mod plan;
mod scores;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use add::List;
pub use form::{Card, Field};
pub use fresh::fresh;
pub use key::Key;
pub use path::Path;
pub use plan::{Pick, Plan};
pub use view::{Part, Question, Section, View, value};

/// The largest file: fifty times the longest questionnaire of ours.
pub const LARGEST: usize = 192 * 1024;

/// One change to a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Words in one language; empty words take the language out of this text.
    Say {
        /// The text.
        at: Path,
        /// The language.
        lang: Lang,
        /// The words.
        words: String,
    },
    /// A setting as somebody typed it; an empty one is taken out.
    Set {
        /// The table it stands in.
        at: Path,
        /// Which.
        key: Key,
        /// What was typed.
        value: String,
    },
    /// Another short name.
    Slug(String),
    /// What sort of sheet it is; how it may be shown follows from that.
    Sheet(Sheet),
    /// The kinds of help the closing page names.
    Help(Vec<Help>),
    /// The answers at the low end, in between and at the high end; no fold, without one.
    Fold {
        /// The question.
        at: Path,
        /// Codes.
        parts: Option<[Vec<String>; 3]>,
    },
    /// A question of another kind.
    Kind {
        /// The question.
        at: Path,
        /// What it becomes.
        sort: Sort,
    },
    /// Another id; whatever names the question follows.
    Rename {
        /// The question or the row of a grid.
        at: Path,
        /// Its new id.
        id: String,
    },
    /// Another code; whatever names the answer follows.
    Recode {
        /// The answer.
        at: Path,
        /// Its new code.
        code: String,
    },
    /// A new question.
    AddQuestion {
        /// The section or group.
        to: Path,
        /// Where in it.
        place: usize,
        /// Its kind.
        sort: Sort,
    },
    /// A new answer, row or statement, with words in some languages.
    AddEntry {
        /// The question or scale.
        to: Path,
        /// To which of its lists.
        list: List,
        /// Its words.
        words: Vec<(Lang, String)>,
    },
    /// The ids or codes that a plan names.
    Pick {
        /// The plan.
        at: Path,
        /// Which of its lists.
        list: Pick,
        /// What it names.
        ids: Vec<String>,
    },
    /// A new breakdown, index, chart or station.
    AddPlan {
        /// What.
        plan: Plan,
        /// What it shows: the id of a question, or for a station of a chart.
        of: String,
    },
    /// A new section.
    AddSection {
        /// Where.
        place: usize,
    },
    /// A copy right behind it.
    Duplicate {
        /// The question or section.
        at: Path,
    },
    /// Out it goes, and whatever shows nothing but it.
    Remove {
        /// A member of any list.
        at: Path,
    },
    /// One place towards the beginning or the end.
    Move {
        /// A member of any list.
        at: Path,
        /// Whether towards the beginning.
        up: bool,
    },
    /// A meaning of its own from now on: lines over waves end here.
    RaiseMeaning {
        /// The question or row.
        at: Path,
    },
    /// A shared scale or block becomes the draft's own.
    Own {
        /// The question or section that takes it.
        at: Path,
    },
    /// One more language.
    AddLanguage(Lang),
    /// One language less, with its words.
    RemoveLanguage(Lang),
}

/// Why an edit cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file is no TOML, so there is nothing to change but its text.
    #[error("the file cannot be read; please mend its text first")]
    Unreadable,
    /// What was to be changed is not there.
    #[error("this is not there any more")]
    Gone,
    /// It is the first or the last already.
    #[error("there is nowhere further to go")]
    Edge,
    /// Characters nobody can see.
    #[error("the words have characters that nobody can see")]
    Unseen,
    /// More words than any form has room for.
    #[error("the words are too long")]
    Long,
    /// The file would be too large.
    #[error("the file would be too large")]
    Large,
    /// A setting that is no number.
    #[error("{0:?} is no number")]
    NoNumber(String),
    /// An id or code that is no word.
    #[error("{0:?} is no word of a to z, 0 to 9 and _")]
    NoWord(String),
    /// An id or code that something else has.
    #[error("there is {0:?} already")]
    Taken(String),
    /// An instrument speaks at least one language.
    #[error("an instrument speaks at least one language")]
    LastLanguage,
}

/// Whether a word can be the short name of an instrument.
#[must_use]
pub fn is_name(word: &str) -> bool {
    is_id(word) && !matches!(word, "and" | "or" | "not" | "in")
}

/// The word a file has for a sort of sheet.
#[must_use]
pub fn sheet_word(sheet: Sheet) -> &'static str {
    SHEETS.iter().find(|(_, known)| *known == sheet).map_or("", |(word, _)| word)
}

/// The words a file has for how sensitive a sheet is.
#[must_use]
pub const fn sensitivity_words() -> [(&'static str, Sensitivity); 3] {
    SENSITIVITIES
}

/// A draft after some edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Its text.
    pub text: String,
    /// Where what was added or moved stands now.
    pub at: Option<Path>,
}

/// Makes some edits, all or none. `shared` is what scales and blocks are taken from.
///
/// # Errors
/// The first edit that cannot be done.
pub fn apply(text: &str, shared: &[String], edits: &[Edit]) -> Result<Edited, Refusal> {
    let first = |refusals: Vec<(usize, Refusal)>| refusals.into_iter().next().map(|(_, why)| why);
    all_at_once(text, shared, edits).map_err(|refusals| first(refusals).unwrap_or(Refusal::Gone))
}

/// The same with every edit that cannot be done, by its number.
///
/// # Errors
/// All of them; the number of edits, for what is wrong with the whole.
pub fn all_at_once(
    text: &str,
    shared: &[String],
    edits: &[Edit],
) -> Result<Edited, Vec<(usize, Refusal)>> {
    let of_all = |refusal| vec![(edits.len(), refusal)];
    let mut bench = Bench { document: parsed(text).map_err(of_all)?, shared, at: None };
    let mut refusals = Vec::new();
    for (number, edit) in edits.iter().enumerate() {
        refusals.extend(bench.make(edit).err().map(|refusal| (number, refusal)));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let edited = Edited { text: bench.document.to_string(), at: bench.at };
    if edited.text.len() > LARGEST {
        return Err(of_all(Refusal::Large));
    }
    // Nothing written here is unreadable; were it so, nothing would be changed.
    parsed(&edited.text).map_err(of_all)?;
    Ok(edited)
}

fn parsed(text: &str) -> Result<DocumentMut, Refusal> {
    text.parse().map_err(|_fault: toml_edit::TomlError| Refusal::Unreadable)
}

/// A draft being edited.
struct Bench<'a> {
    document: DocumentMut,
    shared: &'a [String],
    at: Option<Path>,
}

impl Bench<'_> {
    fn make(&mut self, edit: &Edit) -> Result<(), Refusal> {
        match edit {
            Edit::Say { at, lang, words } => self.say(at, *lang, words),
            Edit::Set { at, key, value } => key.set(at.item_mut(self.root())?, value),
            Edit::Slug(slug) => self.slug(slug),
            Edit::Sheet(sheet) => self.sheet(*sheet),
            Edit::Help(help) => self.help(help),
            Edit::Fold { at, parts } => self.fold(at, parts.as_ref()),
            Edit::Kind { at, sort } => kind::change(at.item_mut(self.root())?, *sort),
            Edit::Rename { at, id } => mention::rename(self.root(), at, id),
            Edit::Recode { at, code } => mention::recode(self.root(), at, code),
            Edit::AddQuestion { to, place, sort } => self.add_question(to, *place, *sort),
            Edit::AddEntry { to, list, words } => self.add_entry(to, *list, words),
            Edit::Pick { at, list, ids } => list.set(at.item_mut(self.root())?, ids),
            Edit::AddPlan { plan, of } => self.add_plan(*plan, of),
            Edit::AddSection { place } => self.add_section(*place),
            Edit::Duplicate { at } => self.duplicate(at),
            Edit::Remove { at } => self.remove(at),
            Edit::Move { at, up } => self.shift(at, *up),
            Edit::RaiseMeaning { at } => key::raise(at.item_mut(self.root())?),
            Edit::Own { at } => self.own(at),
            Edit::AddLanguage(lang) => language::add(self.root(), *lang),
            Edit::RemoveLanguage(lang) => language::remove(self.root(), *lang),
        }
    }

    fn root(&mut self) -> &mut Item {
        self.document.as_item_mut()
    }

    /// The language the draft was first written in.
    fn first(&self) -> Lang {
        language::all(self.document.as_item()).first().copied().unwrap_or(Lang::En)
    }

    fn say(&mut self, at: &Path, lang: Lang, words: &str) -> Result<(), Refusal> {
        let first = self.first();
        let is_text = |item: &Item| item.as_table_like().is_some() || item.is_str();
        if at.item(self.document.as_item()).is_some_and(is_text) {
            return words::say(at.item_mut(self.root())?, first, lang, words);
        }
        let mut text = Item::None;
        words::say(&mut text, first, lang, words)?;
        let is_empty = text.as_table_like().is_none_or(toml_edit::TableLike::is_empty);
        let (table, key) = at.in_table().ok_or(Refusal::Gone)?;
        match text.into_value() {
            Ok(text) if !is_empty => words::put(table.item_mut(self.root())?, key, text),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// What was the same as a question of this file stays so.
    fn slug(&mut self, slug: &str) -> Result<(), Refusal> {
        if !is_name(slug) {
            return Err(Refusal::NoWord(slug.to_owned()));
        }
        words::put(self.root(), "slug", words::quoted(slug)?)
    }

    fn sheet(&mut self, sheet: Sheet) -> Result<(), Refusal> {
        let word = SHEETS.iter().find(|(_, known)| *known == sheet).ok_or(Refusal::Gone)?.0;
        let policy = policy_of(sheet).0;
        let policy = POLICIES.iter().find(|(_, known)| *known == policy).ok_or(Refusal::Gone)?.0;
        words::put(self.root(), "kind", word.into())?;
        words::put(self.root(), "policy", policy.into())
    }

    fn help(&mut self, help: &[Help]) -> Result<(), Refusal> {
        let codes: Vec<String> = help.iter().map(|help| help.code().to_owned()).collect();
        words::name(self.root(), "help", &codes)
    }

    fn fold(&mut self, at: &Path, parts: Option<&[Vec<String>; 3]>) -> Result<(), Refusal> {
        let question = at.item_mut(self.root())?;
        let Some(parts) = parts else {
            words::take(question, "fold");
            return Ok(());
        };
        let old = |key: &str, codes: &Vec<String>| {
            let old = question.get("fold").and_then(|fold| fold.get(key)).and_then(Item::as_array);
            old.is_some_and(|old| {
                old.iter()
                    .map(toml_edit::Value::as_str)
                    .eq(codes.iter().map(|code| Some(code.as_str())))
            })
        };
        if ["low", "middle", "high"].into_iter().zip(parts).all(|(key, codes)| old(key, codes)) {
            return Ok(());
        }
        let mut fold = toml_edit::InlineTable::new();
        for (key, codes) in ["low", "middle", "high"].into_iter().zip(parts) {
            fold.insert(key, words::listed(codes)?);
        }
        words::put(question, "fold", fold.into())
    }

    /// After something was added or moved, the file is written in the order of its content.
    fn settle(&mut self) {
        list::in_order(self.document.as_table_mut());
    }
}

/// The tables of a list of the file, wherever it stands.
fn under<'a>(table: &'a Item, key: &str) -> impl Iterator<Item = (usize, &'a Item)> {
    let list = table.get(key);
    let members = list.map_or(0, list::len);
    (0..members).filter_map(move |place| Some((place, list?.get(place)?)))
}

/// A table with nothing in it yet.
fn table(entries: impl IntoIterator<Item = (&'static str, toml_edit::Value)>) -> Table {
    let mut table = Table::new();
    for (key, value) in entries {
        table.insert(key, toml_edit::value(value));
    }
    table
}
