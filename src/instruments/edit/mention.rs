//! What names a question or an answer elsewhere in the file follows it: rules, folds, charts,
//! indices and breakdowns.

use toml_edit::{Array, Item};

use super::path::Path;
use super::words::{kept, listed, put, quoted, retain, take};
use super::{Refusal, list, under};
use crate::domain::condition::Condition;
use crate::instruments::table::{is_code, is_id};

/// Every id of a question, of the rows of grids too.
pub(super) fn ids(root: &Item) -> Vec<String> {
    let mut found = Vec::new();
    every(root, &mut |key, table| {
        let named = matches!(key, "question" | "rows").then(|| table.get("id")?.as_str());
        found.extend(named.flatten().map(str::to_owned));
    });
    found
}

/// Gives a question another id.
pub(super) fn rename(root: &mut Item, at: &Path, id: &str) -> Result<(), Refusal> {
    let id = kept(id)?;
    let old = at.item(root).ok_or(Refusal::Gone)?.get("id").and_then(Item::as_str);
    let old = old.unwrap_or("").to_owned();
    if old == id {
        return Ok(());
    }
    if !is_id(&id) || matches!(id.as_str(), "and" | "or" | "not" | "in") {
        return Err(Refusal::NoWord(id));
    }
    if ids(root).contains(&id) {
        return Err(Refusal::Taken(id));
    }
    put(at.item_mut(root)?, "id", quoted(&id)?)?;
    if old.is_empty() {
        return Ok(());
    }
    let slug = root.get("slug").and_then(Item::as_str).unwrap_or("").to_owned();
    let (kin, new_kin) = (format!("{slug}/{old}"), format!("{slug}/{id}"));
    each(root, &mut |table| {
        rule(table, |rule| rule.renamed(&old, &id))?;
        swap(table, "same_as", &kin, &new_kin)?;
        swap(table, "by", &old, &id)?;
        swap_in(table, "questions", &old, &id)?;
        table.get_mut("carry").map_or(Ok(()), |carry| swap(carry, "from", &old, &id))
    })
}

/// Gives an answer another code.
pub(super) fn recode(root: &mut Item, at: &Path, code: &str) -> Result<(), Refusal> {
    let code = kept(code)?;
    let entry = at.item(root).ok_or(Refusal::Gone)?;
    let old = entry.get("code").and_then(Item::as_str).unwrap_or("").to_owned();
    if old == code {
        return Ok(());
    }
    if !is_code(&code) || code.is_empty() {
        return Err(Refusal::NoWord(code));
    }
    let (list, ..) = at.in_list().ok_or(Refusal::Gone)?;
    let siblings = list.item(root).ok_or(Refusal::Gone)?;
    if list::tables(siblings).any(|(_, one)| one.get("code").and_then(Item::as_str) == Some(&code))
    {
        return Err(Refusal::Taken(code));
    }
    put(at.item_mut(root)?, "code", quoted(&code)?)?;
    let (owner, _) = list.in_table().ok_or(Refusal::Gone)?;
    let asking = asking(root, &owner);
    each(root, &mut |table| follow(table, &asking, &old, &code))
}

/// The questions that give the answers of a table: the question itself with the rows of its grid,
/// or those that take the scale.
fn asking(root: &Item, owner: &Path) -> Vec<String> {
    let Some(table) = owner.item(root) else { return Vec::new() };
    let id = |item: &Item| item.get("id").and_then(Item::as_str).map(str::to_owned);
    let with_rows = |item: &Item| -> Vec<String> {
        id(item).into_iter().chain(under(item, "rows").filter_map(|(_, row)| id(row))).collect()
    };
    let is_scale = owner.in_list().is_some_and(|(_, key, _)| key == "scale");
    if !is_scale {
        return with_rows(table);
    }
    let (name, mut found) = (id(table), Vec::new());
    every(root, &mut |key, table| {
        let takes = table.get("scale").and_then(Item::as_str).map(str::to_owned);
        if key == "question" && takes.is_some() && takes == name {
            found.extend(with_rows(table));
        }
    });
    found
}

/// Lets one table follow a new code.
fn follow(table: &mut Item, asking: &[String], old: &str, new: &str) -> Result<(), Refusal> {
    for question in asking {
        rule(table, |rule| rule.recoded(question, old, new))?;
    }
    let names = |table: &Item, key: &str| {
        let list = table.get(key).and_then(Item::as_array);
        list.into_iter()
            .flatten()
            .any(|id| id.as_str().is_some_and(|id| asking.contains(&id.to_owned())))
    };
    if names(table, "questions") {
        swap_in(table, "top", old, new)?;
    }
    let is = |table: &Item, key: &str| {
        let id = table.get(key).and_then(Item::as_str);
        id.is_some_and(|id| asking.iter().any(|asking| asking == id))
    };
    if is(table, "id") {
        for part in ["low", "middle", "high"] {
            table.get_mut("fold").map_or(Ok(()), |fold| swap_in(fold, part, old, new))?;
        }
    }
    if table.get("carry").is_some_and(|carry| is(carry, "from")) {
        table.get_mut("carry").map_or(Ok(()), |carry| swap_in(carry, "when", old, new))?;
    }
    Ok(())
}

/// Takes a question out of whatever is shown of it. A chart or index of nothing else goes too; a
/// station that showed only that is left for a person to mend.
pub(super) fn forget(root: &mut Item, gone: &[String]) -> Result<(), Refusal> {
    let is_gone = |id: Option<&str>| id.is_some_and(|id| gone.iter().any(|gone| gone == id));
    let mut charts = Vec::new();
    for key in ["breakdown", "index", "chart"] {
        let mut places: Vec<usize> = under(root, key).map(|(place, _)| place).collect();
        places.reverse();
        for place in places {
            let Some(list) = root.get_mut(key) else { break };
            let member = list.get_mut(place).ok_or(Refusal::Gone)?;
            if is_gone(member.get("by").and_then(Item::as_str)) {
                take(member, "by");
            }
            if let Some(questions) = member.get_mut("questions").and_then(Item::as_array_mut) {
                retain(questions, |id| !is_gone(Some(id)));
            }
            let id = member.get("id").and_then(Item::as_str).map(str::to_owned);
            if is_bare(member, key) {
                charts.extend(id.filter(|_| key == "chart"));
                list::remove(list, place)?;
            }
        }
        if root.get(key).is_some_and(|list| list::len(list) == 0) {
            take(root, key);
        }
    }
    let stations = root.get("station").map_or(0, list::len);
    for place in 0..stations {
        let station = root.get_mut("station").and_then(|list| list.get_mut(place));
        let shown = station.and_then(|station| station.get_mut("charts"));
        if let Some(shown) = shown.and_then(Item::as_array_mut) {
            retain(shown, |id| !charts.iter().any(|gone: &String| gone == id));
        }
    }
    Ok(())
}

/// Whether a plan names no question any more.
fn is_bare(member: &Item, key: &str) -> bool {
    match key {
        "breakdown" => member.get("by").is_none(),
        _ => member.get("questions").and_then(Item::as_array).is_some_and(Array::is_empty),
    }
}

/// Rewrites a table's rule, if it can be read.
fn rule(table: &mut Item, anew: impl Fn(&Condition) -> String) -> Result<(), Refusal> {
    let text = table.get("show_if").and_then(Item::as_str);
    let Some(Ok(condition)) = text.map(str::parse::<Condition>) else { return Ok(()) };
    let new = anew(&condition);
    if new == condition.to_string() { Ok(()) } else { put(table, "show_if", quoted(&new)?) }
}

fn swap(table: &mut Item, key: &str, old: &str, new: &str) -> Result<(), Refusal> {
    if table.get(key).and_then(Item::as_str) == Some(old) {
        put(table, key, quoted(new)?)?;
    }
    Ok(())
}

fn swap_in(table: &mut Item, key: &str, old: &str, new: &str) -> Result<(), Refusal> {
    let Some(array) = table.get(key).and_then(Item::as_array) else { return Ok(()) };
    let words: Option<Vec<&str>> = array.iter().map(toml_edit::Value::as_str).collect();
    let Some(words) = words.filter(|words| words.contains(&old)) else { return Ok(()) };
    let swapped = |word: &str| if word == old { new.to_owned() } else { word.to_owned() };
    let swapped: Vec<String> = words.into_iter().map(swapped).collect();
    put(table, key, listed(&swapped)?)
}

/// Shows every table of a file, each with the key of the list it stands in.
fn every(item: &Item, see: &mut impl FnMut(&str, &Item)) {
    let Some(table) = item.as_table_like() else { return };
    for (key, inner) in table.iter() {
        if inner.as_table_like().is_some() {
            every(inner, see);
        }
        for (_, member) in under(item, key) {
            see(key, member);
            every(member, see);
        }
    }
}

/// The same, to change them.
fn each(
    item: &mut Item,
    change: &mut impl FnMut(&mut Item) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if item.as_table_like().is_some() {
        change(item)?;
    }
    if let Some(table) = item.as_table_like_mut() {
        for (_, inner) in table.iter_mut() {
            each(inner, change)?;
        }
        return Ok(());
    }
    for place in 0..list::len(item) {
        if let Some(member) = item.get_mut(place) {
            each(member, change)?;
        }
    }
    Ok(())
}
