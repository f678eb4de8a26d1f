//! Words, numbers and flags as they are written into a file: what nobody can see is refused, and
//! everything else stays on one line between plain quotes.

use toml_edit::{Array, InlineTable, Item, RawString, Value};

use super::Refusal;
use crate::domain::text::{Lang, is_unseen};

/// The most characters of one text: more than any form has room for.
const LONGEST: usize = 4000;

/// Words as they are kept: without spaces around them, lines ended one way only.
pub(super) fn kept(words: &str) -> Result<String, Refusal> {
    let words = words.replace("\r\n", "\n").replace(['\r', '\t'], " ");
    let words = words.trim();
    if words.chars().any(is_unseen) {
        return Err(Refusal::Unseen);
    }
    if words.chars().count() > LONGEST {
        return Err(Refusal::Long);
    }
    Ok(words.to_owned())
}

/// A string between quotes on one line.
pub(super) fn quoted(words: &str) -> Result<Value, Refusal> {
    let escaped = words.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("\"{escaped}\"").parse().map_err(|_unwritable| Refusal::Unseen)
}

/// A list of strings on one line.
pub(super) fn listed(all: &[String]) -> Result<Value, Refusal> {
    let mut array = Array::new();
    for words in all {
        array.push(quoted(words)?);
    }
    array.fmt();
    Ok(array.into())
}

/// Writes a list of names; what was named already keeps its place.
pub(super) fn name(table: &mut Item, key: &str, wanted: &[String]) -> Result<(), Refusal> {
    let old = table.get(key).and_then(Item::as_array);
    let before: Option<Vec<String>> =
        old.map(|old| old.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let mut names = before.clone().unwrap_or_default();
    names.retain(|name| wanted.contains(name));
    let new: Vec<&String> = wanted.iter().filter(|name| !names.contains(name)).collect();
    names.extend(new.into_iter().cloned());
    if before.as_ref() == Some(&names) { Ok(()) } else { put(table, key, listed(&names)?) }
}

/// Keeps some of the strings of a list; the first one stands right behind the bracket.
pub(super) fn retain(list: &mut Array, keep: impl Fn(&str) -> bool) {
    list.retain(|value| value.as_str().is_none_or(&keep));
    let decor = list.get_mut(0).map(Value::decor_mut);
    if let Some(decor) = decor.filter(|decor| !has_line(decor.prefix())) {
        decor.set_prefix("");
    }
}

/// Puts a value under a key of a table; what is written around an old value stays.
pub(super) fn put(table: &mut Item, key: &str, mut value: Value) -> Result<(), Refusal> {
    let entries = table.as_table_like_mut().ok_or(Refusal::Gone)?;
    match entries.get_mut(key) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        Some(item @ (Item::None | Item::Table(_) | Item::ArrayOfTables(_))) => {
            *item = Item::Value(value);
        }
        None => {
            entries.insert(key, Item::Value(value));
            space(table);
        }
    }
    Ok(())
}

/// Takes a key out of a table, with what is under it.
pub(super) fn take(table: &mut Item, key: &str) -> Option<Item> {
    let taken = table.as_table_like_mut()?.remove(key);
    if taken.is_some() {
        space(table);
    }
    taken
}

/// Writes words in one language into a text; without words the language is taken out. A text that
/// was a bare string is one in the first language.
pub(super) fn say(text: &mut Item, first: Lang, lang: Lang, words: &str) -> Result<(), Refusal> {
    if let Item::Value(Value::String(bare)) = text {
        let (bare, mut table) = (bare.value().clone(), InlineTable::new());
        table.insert(first.tag(), quoted(&bare)?);
        *text = Item::Value(table.into());
    }
    if text.as_table_like().is_none() {
        *text = Item::Value(InlineTable::new().into());
    }
    let words = kept(words)?;
    let old = text.get(lang.tag());
    if words.is_empty() {
        take(text, lang.tag());
    } else if old.and_then(Item::as_str) != Some(words.as_str()) {
        put(text, lang.tag(), quoted(&words)?)?;
    }
    Ok(())
}

/// Spaces between braces are set anew where all stands on one line.
fn space(table: &mut Item) {
    if let Some(table) = table.as_inline_table_mut().filter(|table| is_one_line(table)) {
        table.fmt();
        table.set_trailing("");
    }
}

/// Whether a line or a comment ends in what is written around a value.
fn has_line(raw: Option<&RawString>) -> bool {
    raw.and_then(RawString::as_str).is_some_and(|raw| raw.contains(['\n', '#']))
}

fn is_one_line(table: &InlineTable) -> bool {
    let decors = table.iter().flat_map(|(key, value)| {
        [Some(value.decor()), table.key(key).map(toml_edit::Key::leaf_decor)]
    });
    let is_plain =
        |decor: &toml_edit::Decor| !has_line(decor.prefix()) && !has_line(decor.suffix());
    !has_line(Some(table.trailing())) && decors.flatten().all(is_plain)
}
