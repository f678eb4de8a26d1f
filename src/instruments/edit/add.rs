//! What is added, copied, moved and taken out.

use serde::{Deserialize, Serialize};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use super::path::Path;
use super::words::{kept, put, quoted, take};
use super::{Bench, Refusal, Sort, language, list, mention, scores, table, under};
use crate::domain::collection::coded;
use crate::domain::diagnosis::slug;
use crate::domain::text::Lang;

/// The most letters of a code made from words.
const CODE: usize = 24;

coded! {
    /// A list of what can be chosen in a question.
    List {
        /// Answers.
        Choices = "choices",
        /// The rows of a grid: each is a question.
        Rows = "rows",
        /// The stretches of a number.
        Bands = "bands",
        /// Statements people stand by.
        Statements = "statements",
        /// Groups of people who are counted.
        Groups = "groups",
    }
}

impl List {
    /// What its members are named by.
    const fn name(self) -> &'static str {
        match self {
            Self::Rows => "id",
            Self::Choices | Self::Bands | Self::Statements | Self::Groups => "code",
        }
    }
}

impl Bench<'_> {
    pub(super) fn add_question(
        &mut self,
        to: &Path,
        place: usize,
        sort: Sort,
    ) -> Result<(), Refusal> {
        let id = free("q", &mention::ids(self.document.as_item()));
        let question = sort.question(&id);
        self.add_table(to, "question", place, question)
    }

    pub(super) fn add_section(&mut self, place: usize) -> Result<(), Refusal> {
        let root = self.document.as_item();
        let known = under(root, "section").filter_map(|(_, section)| section.get("id")?.as_str());
        let id = free("s", &known.map(str::to_owned).collect::<Vec<_>>());
        let section = table([("id", id.into()), ("title", InlineTable::new().into())]);
        let is_first = root.get("section").is_none();
        self.add_table(&Path::default(), "section", place, section)?;
        if is_first {
            self.questions_first();
        }
        Ok(())
    }

    /// What is shown of questions stands behind them.
    fn questions_first(&mut self) {
        let root = self.document.as_table_mut();
        for key in ["breakdown", "index", "chart", "station"] {
            if let Some((key, item)) = root.remove_entry(key) {
                root.insert_formatted(&key, item);
            }
        }
    }

    /// Puts a table into a list of tables, which is begun where it is missing.
    pub(super) fn add_table(
        &mut self,
        to: &Path,
        key: &str,
        place: usize,
        mut table: Table,
    ) -> Result<(), Refusal> {
        let owner = to.item_mut(self.root())?;
        let has = owner.get(key).is_some();
        let place = place.min(owner.get(key).map_or(0, list::len));
        match owner {
            Item::Table(owner) if !has => {
                table.decor_mut().set_prefix("\n");
                let mut tables = ArrayOfTables::new();
                tables.push(table);
                owner.insert(key, Item::ArrayOfTables(tables));
            }
            Item::Value(Value::InlineTable(_)) if !has => {
                put(owner, key, Array::new().into())?;
                list::insert(owner.get_mut(key).ok_or(Refusal::Gone)?, place, table)?;
            }
            Item::Table(_) | Item::Value(_) | Item::ArrayOfTables(_) | Item::None => {
                list::insert(owner.get_mut(key).ok_or(Refusal::Gone)?, place, table)?;
            }
        }
        self.at = Some(to.key(key).place(place));
        self.settle();
        Ok(())
    }

    pub(super) fn add_entry(
        &mut self,
        to: &Path,
        list: List,
        words: &[(Lang, String)],
    ) -> Result<(), Refusal> {
        let name = self.name(to, list, words)?;
        let mut text = InlineTable::new();
        for (lang, words) in words {
            let words = kept(words)?;
            if !words.is_empty() {
                text.insert(lang.tag(), quoted(&words)?);
            }
        }
        let entry = table([(list.name(), quoted(&name)?), ("text", text.into())]);
        let owner = to.item_mut(self.root())?;
        let sort = owner.get("kind").and_then(Item::as_str).and_then(Sort::from_code);
        if owner.get(list.code()).is_none() {
            take(owner, "scale");
            put(owner, list.code(), Array::new().into())?;
        }
        let entries = owner.get_mut(list.code()).ok_or(Refusal::Gone)?;
        // What is no answer stays last, and so does what stands alone.
        let is_real = |(_, entry): &(usize, &dyn toml_edit::TableLike)| {
            let says = |key: &str| entry.get(key).and_then(Item::as_bool) == Some(true);
            !says("missing") && !says("exclusive")
        };
        let place = list::tables(entries).filter(is_real).last().map_or(0, |(place, _)| place + 1);
        list::insert(entries, place, entry)?;
        if list == List::Choices {
            if sort == Some(Sort::Number) {
                put(entries.get_mut(place).ok_or(Refusal::Gone)?, "missing", true.into())?;
            }
            scores::settle(entries, is_scale(to) || sort.is_some_and(Sort::has_steps))?;
        }
        self.at = Some(to.key(list.code()).place(place));
        self.settle();
        Ok(())
    }

    /// A name for a new entry: made of its words, where they have letters for it.
    fn name(&self, to: &Path, list: List, words: &[(Lang, String)]) -> Result<String, Refusal> {
        let root = self.document.as_item();
        let owner = to.item(root).ok_or(Refusal::Gone)?;
        if list == List::Rows {
            let id = owner.get("id").and_then(Item::as_str).unwrap_or("row");
            return Ok(free(&format!("{id}_"), &mention::ids(root)));
        }
        let known = under(owner, list.code()).filter_map(|(_, entry)| entry.get("code")?.as_str());
        let known: Vec<String> = known.map(str::to_owned).collect();
        let made = words.iter().map(|(_, words)| code(words)).find(|code| !code.is_empty());
        Ok(match made {
            Some(code) if !known.contains(&code) => code,
            Some(code) => free(&format!("{code}_"), &known),
            None => free("c", &known),
        })
    }

    pub(super) fn duplicate(&mut self, at: &Path) -> Result<(), Refusal> {
        let (list, key, place) = at.in_list().ok_or(Refusal::Gone)?;
        let key = key.to_owned();
        let mut copy = match at.item(self.document.as_item()).ok_or(Refusal::Gone)? {
            Item::Table(table) => table.clone(),
            Item::Value(Value::InlineTable(table)) => table.clone().into_table(),
            Item::Value(_) | Item::ArrayOfTables(_) | Item::None => return Err(Refusal::Gone),
        };
        let mut known = mention::ids(self.document.as_item());
        if key == "section" {
            let root = self.document.as_item();
            let ids = under(root, "section").filter_map(|(_, section)| section.get("id")?.as_str());
            let id = free("s", &ids.map(str::to_owned).collect::<Vec<_>>());
            copy.insert("id", value(id));
        } else if matches!(key.as_str(), "question" | "rows") {
            anew(&mut copy, &mut known);
        } else {
            return Err(Refusal::Gone);
        }
        for question in questions(&mut copy) {
            anew(question, &mut known);
        }
        let (owner, _) = list.in_table().ok_or(Refusal::Gone)?;
        self.add_table(&owner, &key, place + 1, copy)
    }

    pub(super) fn remove(&mut self, at: &Path) -> Result<(), Refusal> {
        let root = self.document.as_item();
        let before = mention::ids(root);
        let (list, key, place) = at.in_list().ok_or(Refusal::Gone)?;
        let (owner, _) = list.in_table().ok_or(Refusal::Gone)?;
        let (key, steps) = (key.to_owned(), is_scale(&owner));
        let members = list.item_mut(self.root())?;
        list::remove(members, place)?;
        let is_empty = list::len(members) == 0;
        let owner = owner.item_mut(self.root())?;
        if is_empty && !is_written_out(&key) {
            take(owner, &key);
        }
        if key == "choices" {
            rescore(owner, steps)?;
        }
        let after = mention::ids(self.document.as_item());
        let gone: Vec<String> = before.into_iter().filter(|id| !after.contains(id)).collect();
        mention::forget(self.root(), &gone)
    }

    /// Moves a member one place on; a question goes on into the next section.
    pub(super) fn shift(&mut self, at: &Path, up: bool) -> Result<(), Refusal> {
        let (list, key, place) = at.in_list().ok_or(Refusal::Gone)?;
        let members = list.item_mut(self.root())?;
        let last = list::len(members).checked_sub(1).ok_or(Refusal::Gone)?;
        if place > last {
            return Err(Refusal::Gone);
        }
        let to = if up { place.checked_sub(1) } else { Some(place + 1).filter(|to| *to <= last) };
        let Some(to) = to else { return self.cross(at, up) };
        list::shift(members, place, to)?;
        if key == "choices" {
            let (owner, _) = list.in_table().ok_or(Refusal::Gone)?;
            rescore(owner.item_mut(self.root())?, is_scale(&owner))?;
        }
        self.at = Some(list.place(to));
        self.settle();
        Ok(())
    }

    /// Moves a question to the end of the section before or the beginning of the one behind.
    fn cross(&mut self, at: &Path, up: bool) -> Result<(), Refusal> {
        let (list, key, place) = at.in_list().ok_or(Refusal::Edge)?;
        let (owner, _) = list.in_table().ok_or(Refusal::Edge)?;
        let (sections, holder, number) = owner.in_list().ok_or(Refusal::Edge)?;
        if key != "question" || holder != "section" {
            return Err(Refusal::Edge);
        }
        let root = self.document.as_item();
        let count = sections.item(root).map_or(0, list::len);
        let mut on: Box<dyn Iterator<Item = usize>> =
            if up { Box::new((0..number).rev()) } else { Box::new(number + 1..count) };
        let is_open = |number: &usize| {
            sections.place(*number).item(root).is_some_and(|section| section.get("block").is_none())
        };
        let to = sections.place(on.find(is_open).ok_or(Refusal::Edge)?);
        drop(on);
        let question = match at.item(root).ok_or(Refusal::Gone)? {
            Item::Table(table) => table.clone(),
            Item::Value(Value::InlineTable(table)) => table.clone().into_table(),
            Item::Value(_) | Item::ArrayOfTables(_) | Item::None => return Err(Refusal::Gone),
        };
        let decor = question.decor().clone();
        let members = list.item_mut(self.root())?;
        list::remove(members, place)?;
        if list::len(members) == 0 {
            take(owner.item_mut(self.root())?, "question");
        }
        self.add_table(&to, "question", if up { usize::MAX } else { 0 }, question)?;
        let at = self.at.clone().unwrap_or_default();
        if let Item::Table(moved) = at.item_mut(self.root())? {
            *moved.decor_mut() = decor;
        }
        Ok(())
    }

    /// Copies what a question or section takes from elsewhere into the draft.
    pub(super) fn own(&mut self, at: &Path) -> Result<(), Refusal> {
        let root = self.document.as_item();
        let taker = at.item(root).ok_or(Refusal::Gone)?;
        let named = |key: &str| taker.get(key).and_then(Item::as_str).map(str::to_owned);
        let langs = language::all(root);
        if let Some(scale) = named("scale") {
            let choices = self.shared_member("scale", &scale)?;
            let choices = choices.get("choices").cloned().ok_or(Refusal::Gone)?;
            let mut choices = Item::Value(choices.into_value().map_err(|_none| Refusal::Gone)?);
            language::only(&mut choices, &langs);
            let taker = at.item_mut(self.root())?;
            take(taker, "scale");
            return put(taker, "choices", choices.into_value().map_err(|_none| Refusal::Gone)?);
        }
        let block = named("block").ok_or(Refusal::Gone)?;
        let mut block = self.shared_member("block", &block)?;
        language::only(&mut block, &langs);
        let taker = at.item_mut(self.root())?;
        take(taker, "block");
        for key in ["title", "question"] {
            let part = block.get(key).cloned().ok_or(Refusal::Gone)?;
            taker.as_table_like_mut().ok_or(Refusal::Gone)?.insert(key, part);
        }
        self.settle();
        Ok(())
    }

    /// A scale or block by its id: the draft's own, or a shared one.
    fn shared_member(&self, key: &str, id: &str) -> Result<Item, Refusal> {
        let of = |root: &Item| {
            let is = |item: &&Item| item.get("id").and_then(Item::as_str) == Some(id);
            under(root, key).map(|(_, item)| item).find(is).cloned()
        };
        let shared = || {
            let files = self.shared.iter().filter_map(|text| text.parse::<DocumentMut>().ok());
            files.into_iter().find_map(|file| of(file.as_item()))
        };
        of(self.document.as_item()).or_else(shared).ok_or(Refusal::Gone)
    }
}

/// Whether an empty list of this name is written all the same, for something to be added to.
fn is_written_out(key: &str) -> bool {
    List::from_code(key).is_some()
}

/// Whether a table is a scale of its own.
fn is_scale(at: &Path) -> bool {
    at.in_list().is_some_and(|(_, key, _)| key == "scale")
}

/// After answers moved, their scores rise again.
fn rescore(owner: &mut Item, steps: bool) -> Result<(), Refusal> {
    let sort = owner.get("kind").and_then(Item::as_str).and_then(Sort::from_code);
    let steps = steps || sort.is_some_and(Sort::has_steps);
    owner.get_mut("choices").map_or(Ok(()), |choices| scores::settle(choices, steps))
}

/// The questions inside a section or group.
fn questions(table: &mut Table) -> Vec<&mut Table> {
    let list = table.get_mut("question").and_then(Item::as_array_of_tables_mut);
    list.into_iter().flat_map(ArrayOfTables::iter_mut).collect()
}

/// A copied question is another question: with an id of its own and no kin.
fn anew(question: &mut Table, known: &mut Vec<String>) {
    let id = free("q", known);
    question.insert("id", value(&id));
    known.push(id.clone());
    for key in ["same_as", "meaning"] {
        question.remove(key);
    }
    let rows = question.get_mut("rows");
    for place in 0..rows.as_deref().map_or(0, list::len) {
        let row = question.get_mut("rows").and_then(|rows| rows.get_mut(place));
        let Some(row) = row.and_then(Item::as_table_like_mut) else { continue };
        let of_row = free(&format!("{id}_"), known);
        row.insert("id", value(&of_row));
        row.remove("same_as");
        row.remove("meaning");
        known.push(of_row);
    }
    for inner in questions(question) {
        anew(inner, known);
    }
}

/// The first name with this beginning and a number that nothing has yet.
pub(super) fn free(begin: &str, known: &[String]) -> String {
    let number = |id: &String| id.strip_prefix(begin)?.parse::<usize>().ok();
    let last = known.iter().filter_map(number).max().unwrap_or(0);
    format!("{begin}{}", last.saturating_add(1))
}

/// A code made of words; empty when they have no letters for one.
fn code(words: &str) -> String {
    let code = slug(words).replace('-', "_");
    let code: String = code.chars().take(CODE).collect();
    code.trim_matches('_').to_owned()
}
