//! The answer scales and blocks of questions that several instruments use: `shared.toml`.
//!
//! A shared file declares no languages. What an instrument takes from it must be complete in the
//! languages of that instrument, and that is complained about where it is taken.

use super::choice::{self, Use};
use super::lint::{Fault, Notes};
use super::question::{Asked, Context};
use super::roll::Roll;
use super::table::{Placed, Table};
use super::{file, rule};
use crate::domain::question::Choice;
use crate::domain::text::{Lang, Text};

/// The most characters of a heading.
pub(super) const HEADING: usize = 80;

/// A scale under a name.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    /// Its id.
    pub(super) id: String,
    /// Its steps.
    pub(super) choices: Vec<Choice>,
    /// Whether it comes from the shared file.
    pub(super) is_shared: bool,
}

/// Questions under a name.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Its id.
    pub(super) id: String,
    /// Its heading.
    pub(super) title: Text,
    /// Its questions.
    pub(super) asked: Vec<Asked>,
}

/// What is shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    /// The scales.
    pub(super) scales: Vec<Scale>,
    /// The blocks.
    pub(super) blocks: Vec<Block>,
    /// Whether the file has errors of its own.
    pub(super) is_broken: bool,
}

/// Reads a shared file.
pub(super) fn read(text: &str) -> (Shared, Vec<Fault>) {
    let mut notes = Notes::default();
    let mut shared = Shared::default();
    file::document(text, &mut notes, |root, notes| {
        shared.scales = scales(root, &[], &[], notes);
        shared.blocks = blocks(root, text, &shared.scales, notes);
    });
    shared.is_broken = notes.errors() > 0;
    (shared, notes.faults(text))
}

/// Reads every `[[scale]]`. Without `langs` the file is a shared one.
pub(super) fn scales(
    root: &mut Table<'_>,
    langs: &[Lang],
    taken: &[Scale],
    notes: &mut Notes,
) -> Vec<Scale> {
    let mut scales: Vec<Scale> = Vec::new();
    for mut table in root.tables("scale", "scale", notes).unwrap_or_default() {
        let id = table.id("id", notes);
        let listed = choice::choices(&mut table, "", langs, notes);
        let listed = table.need("choices", listed, notes);
        if let Some(id) = id.as_ref().filter(|id| scales.iter().any(|s| s.id == id.value)) {
            notes.error(&id.at, format!("there is a scale {} already", id.value));
        }
        if let (Some(id), Some(list)) = (id, listed) {
            if let Some(theirs) = taken.iter().find(|scale| scale.id == id.value) {
                own_words(&id, &list.value, &theirs.choices, notes);
            }
            if langs.is_empty() {
                choice::fits(&table.what, (&list.value, &list.at), Use::Single, notes);
            }
            if let Some(rule) = list.rules.first() {
                notes.error(&rule.at, "the steps of a scale are offered to everybody");
            }
            let (choices, is_shared) = (list.value, langs.is_empty());
            scales.push(Scale { id: id.value, choices, is_shared });
        }
        table.finish(notes);
    }
    scales
}

/// A file may say a shared scale in its own words; with other answers it would be another scale
/// under the same name.
fn own_words(id: &Placed<String>, own: &[Choice], theirs: &[Choice], notes: &mut Notes) {
    let name = &id.value;
    if means_the_same(own, theirs) {
        notes.warning(&id.at, format!("the shared scale {name} stands here in its own words"));
    } else {
        notes.error(&id.at, format!("there is a shared scale {name} with other answers"));
    }
}

/// Whether two lists have the same answers, whatever their words.
pub(super) fn means_the_same(one: &[Choice], other: &[Choice]) -> bool {
    let same =
        |(a, b): (&Choice, &Choice)| (&a.code, a.score, a.missing) == (&b.code, b.score, b.missing);
    one.len() == other.len() && one.iter().zip(other).all(same)
}

fn blocks(root: &mut Table<'_>, text: &str, scales: &[Scale], notes: &mut Notes) -> Vec<Block> {
    let context = Context { text, langs: &[], scales, earlier: &[] };
    let mut blocks: Vec<Block> = Vec::new();
    for mut table in root.tables("block", "block", notes).unwrap_or_default() {
        let id = table.id("id", notes);
        let title = table.text("title", HEADING, &[], notes);
        let title = table.need("title", title, notes);
        let listed = table.tables("question", "question", notes);
        let listed = table.need("question", listed, notes).unwrap_or_default();
        let asked: Vec<Asked> =
            listed.into_iter().filter_map(|table| context.question(table, notes)).collect();
        let mut roll = Roll::default();
        roll.add(&asked, false, notes);
        rule::check(&roll, true, notes);
        if let Some(id) = id {
            if blocks.iter().any(|block| block.id == id.value) {
                notes.error(&id.at, format!("there is a block {} already", id.value));
            }
            blocks.push(Block { id: id.value, title: title.unwrap_or_default(), asked });
        }
        table.finish(notes);
    }
    blocks
}

/// Takes a block into an instrument: in its languages, with every fault at the place of use.
pub(super) fn taken(
    shared: &Shared,
    named: &Placed<String>,
    langs: &[Lang],
    notes: &mut Notes,
) -> Option<(Text, Vec<Asked>)> {
    let Some(block) = shared.blocks.iter().find(|block| block.id == named.value) else {
        notes.error(&named.at, format!("there is no block {:?}", named.value));
        return None;
    };
    let Block { mut title, mut asked, id } = block.clone();
    let mut lacking: Vec<Lang> = within(&mut title, langs);
    for asked in &mut asked {
        settle(asked, named);
        for text in asked.question.texts_mut() {
            lacking.extend(within(text, langs));
        }
    }
    lacking.sort_unstable();
    lacking.dedup();
    for lang in lacking {
        notes.lacks(&named.at, &format!("the block {id}"), lang);
    }
    Some((title, asked))
}

/// From now on the question stands where its block is named.
fn settle(asked: &mut Asked, named: &Placed<String>) {
    asked.at = named.at.clone();
    for rule in &mut asked.rules {
        (rule.at, rule.begins) = (named.at.clone(), None);
    }
    asked.kin = asked.kin.take().map(|_| named.at.clone());
    asked.inner.iter_mut().for_each(|inner| settle(inner, named));
}

/// Keeps a text's words in `langs` and says which are not there.
fn within(text: &mut Text, langs: &[Lang]) -> Vec<Lang> {
    text.0.retain(|lang, _| langs.contains(lang));
    langs.iter().copied().filter(|lang| !text.has(*lang)).collect()
}
