//! The languages of a draft: one more, or one less with all its words.

use toml_edit::{Item, TableLike};

use super::words::take;
use super::{Refusal, list, words};
use crate::domain::text::Lang;

/// The languages a file says it speaks, in its order; those nobody knows are left out.
pub(super) fn all(root: &Item) -> Vec<Lang> {
    let listed = root.get("languages").and_then(Item::as_array);
    let known = listed.into_iter().flatten().filter_map(|tag| tag.as_str()?.parse().ok());
    let mut langs: Vec<Lang> = Vec::new();
    known.for_each(|lang| {
        if !langs.contains(&lang) {
            langs.push(lang);
        }
    });
    langs
}

/// Adds a language; its words come one by one.
pub(super) fn add(root: &mut Item, lang: Lang) -> Result<(), Refusal> {
    if all(root).contains(&lang) {
        return Ok(());
    }
    match root.get_mut("languages").and_then(Item::as_array_mut) {
        Some(tags) => tags.push(words::quoted(lang.tag())?),
        None => words::put(root, "languages", words::listed(&[lang.tag().to_owned()])?)?,
    }
    Ok(())
}

/// Takes a language out, wherever it says something to those who answer.
pub(super) fn remove(root: &mut Item, lang: Lang) -> Result<(), Refusal> {
    if all(root) == [lang] {
        return Err(Refusal::LastLanguage);
    }
    if let Some(tags) = root.get_mut("languages").and_then(Item::as_array_mut) {
        words::retain(tags, |tag| tag != lang.tag());
    }
    forget(root, &|other| other != lang);
    Ok(())
}

/// Keeps only these languages in a table and everything below it.
pub(super) fn only(table: &mut Item, kept: &[Lang]) {
    forget(table, &|lang| kept.contains(&lang));
}

fn forget(item: &mut Item, keep: &impl Fn(Lang) -> bool) {
    let Some(table) = item.as_table_like() else {
        for place in 0..list::len(item) {
            if let Some(member) = item.get_mut(place) {
                forget(member, keep);
            }
        }
        return;
    };
    if is_text(table) {
        let known = table.iter().filter_map(|(tag, _)| tag.parse::<Lang>().ok());
        let gone: Vec<Lang> = known.filter(|lang| !keep(*lang)).collect();
        for lang in gone {
            take(item, lang.tag());
        }
        return;
    }
    let Some(table) = item.as_table_like_mut() else { return };
    for (_, inner) in table.iter_mut() {
        forget(inner, keep);
    }
}

/// Whether a table holds one text: all its keys are languages.
fn is_text(table: &dyn TableLike) -> bool {
    !table.is_empty() && table.iter().all(|(key, _)| key.parse::<Lang>().is_ok())
}
