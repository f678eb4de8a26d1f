//! What changed between two versions of an instrument, and what that means for a line over waves.
//!
//! Words may be improved without a break; what can be answered may not: then the old answers do not
//! fit, and `meaning` must be raised. Which lines go on is in [`super::line`].

use std::collections::{BTreeMap, BTreeSet};

use super::instrument::Instrument;
use super::part::{At, Part, What, parts};
use super::question::Question;
use super::text::{Lang, Text};

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where.
    pub at: At,
    /// What changed.
    pub what: What,
    /// What sort of change it is.
    pub act: Act,
    /// How it was; nothing when it is new.
    pub was: Option<Side>,
    /// How it is; nothing when it is gone.
    pub now: Option<Side>,
}

/// One side of a change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Side {
    /// Its words; none for what only a program reads.
    pub words: Text,
    /// Codes, numbers, names and rules.
    pub data: Vec<String>,
}

/// What sort of change it is; the most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// What can be answered changed: the old answers do not fit. The line breaks, and `meaning`
    /// must be raised.
    Scale,
    /// What is asked changed: the line breaks here.
    Meaning,
    /// Who is asked changed: the line goes on with a note.
    Logic,
    /// A question or section that was not there.
    Added,
    /// A question or section that is gone.
    Removed,
    /// Better words for the same: the line goes on.
    Wording,
    /// How it is shown or kept.
    Setting,
    /// Another place: no consequence.
    Moved,
}

impl Act {
    /// Every act, the most serious first.
    pub const ALL: [Self; 8] = [
        Self::Scale,
        Self::Meaning,
        Self::Logic,
        Self::Added,
        Self::Removed,
        Self::Wording,
        Self::Setting,
        Self::Moved,
    ];
}

/// What a change of a part's data is; a change of its words alone is [`Act::Wording`].
const fn weight(what: &What) -> Act {
    match what {
        What::Kind
        | What::Choice(_)
        | What::Band(_)
        | What::Statement(_)
        | What::People(_)
        | What::Places
        | What::Steps
        | What::Ticks
        | What::Limits
        | What::Within => Act::Scale,
        What::Meaning | What::Reused => Act::Meaning,
        What::MinAge | What::Base | What::Offered(_) => Act::Logic,
        What::Place | What::ChoiceOrder | What::Sections => Act::Moved,
        What::Title
        | What::Intro
        | What::Outro
        | What::Hint
        | What::Asked
        | What::Low
        | What::High
        | What::Body
        | What::Constructs
        | What::Sources
        | What::NotFor
        | What::Prompt(_)
        | What::Translation(_) => Act::Wording,
        What::Whole
        | What::Slug
        | What::Sheet
        | What::Policy
        | What::Minutes
        | What::Layout
        | What::Sensitivity
        | What::Languages
        | What::Help
        | What::Shuffle
        | What::SameAs
        | What::Sensitive
        | What::Fold
        | What::ScaleName
        | What::Most
        | What::Length
        | What::Lint
        | What::Repeats
        | What::Merge
        | What::Questions
        | What::Direction
        | What::Drawn
        | What::By
        | What::Top
        | What::Ends
        | What::Cut
        | What::Charts => Act::Setting,
    }
}

/// Everything that changed from one version to the next, in the order of the new one; what is gone
/// comes last. Nothing exactly when nothing that counts differs.
#[must_use]
pub fn changes(old: &Instrument, new: &Instrument) -> Vec<Change> {
    let (before, after) = (Side::all(old), Side::all(new));
    let langs: Vec<Lang> =
        new.languages.iter().copied().filter(|lang| old.languages.contains(lang)).collect();
    let mut found = Comparison { before: &before, after: &after, langs, changes: Vec::new() };
    found.came_and_stayed();
    found.went();
    found.moved(old, new);
    found.translated();
    let mut changes = found.changes;
    raised(old, new, &mut changes);
    changes
}

/// Questions whose answers or words changed so that their `meaning` must be raised, and was not:
/// another scale, an id used again for something else, or a `meaning` that went down.
#[must_use]
pub fn must_raise(old: &Instrument, new: &Instrument) -> Vec<String> {
    let changes = changes(old, new);
    let broken = |id: &str| breaks(&changes, new, id);
    let must = |now: &&Question| {
        let was = old.question(&now.id).map(|was| was.meaning);
        was.is_some_and(|was| now.meaning < was || (now.meaning == was && broken(&now.id)))
    };
    new.all_questions().filter(must).map(|question| question.id.clone()).collect()
}

/// The same against every earlier version, the newest first: each question is held against the
/// newest version that had it, so that an id that comes back is still what it was.
#[must_use]
pub fn must_raise_since<'a>(
    earlier: impl IntoIterator<Item = &'a Instrument>,
    new: &Instrument,
) -> Vec<String> {
    let (mut held, mut must) = (BTreeSet::new(), BTreeSet::new());
    for old in earlier {
        let broken = must_raise(old, new);
        for question in old.all_questions().filter(|question| held.insert(question.id.as_str())) {
            must.extend(broken.iter().filter(|id| **id == question.id).cloned());
        }
    }
    let ids = new.all_questions().map(|question| &question.id);
    ids.filter(|id| must.contains(*id)).cloned().collect()
}

/// Whether the changes break the line of the question with this id. The rows of a grid stand under
/// its heading: other words there ask something else in each of them.
pub(super) fn breaks(changes: &[Change], new: &Instrument, id: &str) -> bool {
    let is_at = |change: &Change, id: &str| change.at == At::Question(id.to_owned());
    let grid = new.grid_of(id).map(|grid| grid.id.as_str());
    changes.iter().any(|change| {
        let own = is_at(change, id) && matches!(change.act, Act::Scale | Act::Meaning);
        let heading = change.what == What::Reused && grid.is_some_and(|grid| is_at(change, grid));
        own || heading
    })
}

impl Side {
    fn all(of: &Instrument) -> Vec<(At, What, Self)> {
        let side = |part: Part<'_>| {
            let words = part.words.cloned().unwrap_or_default();
            (part.at, part.what, Self { words, data: part.data })
        };
        parts(of).into_iter().map(side).collect()
    }
}

/// Two versions beside one another.
struct Comparison<'a> {
    before: &'a [(At, What, Side)],
    after: &'a [(At, What, Side)],
    /// The languages both are complete in.
    langs: Vec<Lang>,
    changes: Vec<Change>,
}

impl Comparison<'_> {
    fn came_and_stayed(&mut self) {
        let (before, known) = (index(self.before), places(self.before));
        for (at, what, now) in self.after {
            if !known.contains(at) {
                self.whole(at, None, Some(now));
                continue;
            }
            match before.get(&(at, what)) {
                Some(was) => self.changes.extend(self.compare(at, what, was, now)),
                None => self.one_sided(at, what, None, Some(now)),
            }
        }
    }

    fn went(&mut self) {
        let (after, known) = (index(self.after), places(self.after));
        for (at, what, was) in self.before {
            if !known.contains(at) {
                self.whole(at, Some(was), None);
            } else if !after.contains_key(&(at, what)) {
                self.one_sided(at, what, Some(was), None);
            }
        }
    }

    /// A question, section or plan on one side only: one change, with its first words.
    fn whole(&mut self, at: &At, was: Option<&Side>, now: Option<&Side>) {
        if self.changes.iter().any(|change| change.at == *at && change.what == What::Whole) {
            return;
        }
        let act = match (at, now.is_some()) {
            (At::Question(_) | At::Section(_), true) => Act::Added,
            (At::Question(_) | At::Section(_), false) => Act::Removed,
            (At::Sheet | At::Breakdown(_) | At::Index(_) | At::Chart(_) | At::Station(_), _) => {
                Act::Setting
            }
        };
        self.push(at, &What::Whole, act, was, now);
    }

    /// A part on one side only. Where only some kinds have it, the change of kind says it.
    fn one_sided(&mut self, at: &At, what: &What, was: Option<&Side>, now: Option<&Side>) {
        if !is_of_kind(what) {
            self.push(at, what, weight(what), was, now);
        }
    }

    fn compare(&self, at: &At, what: &What, was: &Side, now: &Side) -> Option<Change> {
        let act = if is_other(what, was, now) {
            weight(what)
        } else if self.langs.iter().any(|lang| was.words.0.get(lang) != now.words.0.get(lang)) {
            Act::Wording
        } else {
            return None;
        };
        let reused = *what == What::Asked && is_reused(&was.words, &now.words, &self.langs);
        let (what, act) = if reused { (What::Reused, Act::Meaning) } else { (what.clone(), act) };
        let (was, now) = (Some(was.clone()), Some(now.clone()));
        Some(Change { at: at.clone(), what, act, was, now })
    }

    /// Questions that changed their place among those that stayed.
    fn moved(&mut self, old: &Instrument, new: &Instrument) {
        let order = |of: &Instrument| -> Vec<String> {
            of.all_questions().map(|question| question.id.clone()).collect()
        };
        let (before, after) = (order(old), order(new));
        let kept: Vec<usize> =
            after.iter().filter_map(|id| before.iter().position(|was| was == id)).collect();
        let steady = rising(&kept);
        for (place, id) in before.iter().enumerate() {
            let at = At::Question(id.clone());
            let has = |what: &What| self.changes.iter().any(|c| c.at == at && (c.what == *what));
            let gone = !kept.contains(&place);
            if gone || steady.contains(&place) || has(&What::Place) {
                continue;
            }
            self.push(&at, &What::Place, Act::Moved, None, None);
        }
    }

    /// Languages that are in one version only and whose texts differ.
    fn translated(&mut self) {
        let before = index(self.before);
        let mut langs = BTreeSet::new();
        for (at, what, now) in self.after {
            let Some(was) = before.get(&(at, what)) else { continue };
            let other = Lang::ALL.into_iter().filter(|lang| !self.langs.contains(lang));
            langs.extend(other.filter(|lang| was.words.0.get(lang) != now.words.0.get(lang)));
        }
        for lang in langs {
            self.push(&At::Sheet, &What::Translation(lang), Act::Wording, None, None);
        }
    }

    fn push(&mut self, at: &At, what: &What, act: Act, was: Option<&Side>, now: Option<&Side>) {
        let (at, what) = (at.clone(), what.clone());
        self.changes.push(Change { at, what, act, was: was.cloned(), now: now.cloned() });
    }
}

/// Parts that only some kinds of question have, or only the choices of one.
const fn is_of_kind(what: &What) -> bool {
    let is_order = matches!(what, What::Steps | What::ChoiceOrder | What::ScaleName);
    let is_limit = matches!(what, What::Ticks | What::Limits | What::Length | What::Repeats);
    let is_other = matches!(what, What::Lint | What::Places | What::Most | What::Shuffle);
    is_order || is_limit || is_other || matches!(what, What::Body | What::Offered(_))
}

/// Whether the data differ; an order only counts among what both sides have.
fn is_other(what: &What, was: &Side, now: &Side) -> bool {
    if !matches!(what, What::Steps | What::ChoiceOrder | What::Sections) {
        return was.data != now.data;
    }
    let common = |a: &Side, b: &Side| -> Vec<String> {
        a.data.iter().filter(|one| b.data.contains(one)).cloned().collect()
    };
    common(was, now) != common(now, was)
}

/// Better words under another meaning are no better words: what is asked changed.
fn raised(old: &Instrument, new: &Instrument, changes: &mut [Change]) {
    for change in changes.iter_mut().filter(|change| change.act == Act::Wording) {
        let At::Question(id) = &change.at else { continue };
        let meaning = |of: &Instrument| of.question(id).map(|question| question.meaning);
        if meaning(old) != meaning(new) {
            change.act = Act::Meaning;
        }
    }
}

fn index(sides: &[(At, What, Side)]) -> BTreeMap<(&At, &What), &Side> {
    sides.iter().map(|(at, what, side)| ((at, what), side)).collect()
}

fn places(sides: &[(At, What, Side)]) -> BTreeSet<&At> {
    sides.iter().map(|(at, _, _)| at).collect()
}

/// The longest run of numbers that rises, not necessarily side by side: what kept its order.
fn rising(numbers: &[usize]) -> BTreeSet<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (place, number) in numbers.iter().enumerate() {
        let lower = (0..place).filter(|before| numbers[*before] < *number);
        let before = lower.max_by_key(|before| (best[*before].0, usize::MAX - before));
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let longest = (0..numbers.len()).max_by_key(|place| (best[*place].0, usize::MAX - place));
    let steps = std::iter::successors(longest, |place| best[*place].1);
    steps.map(|place| numbers[place]).collect()
}

/// A text this short may be put quite otherwise and ask the same.
const FEW_WORDS: usize = 4;

/// Whether the words share so little in every language that the id asks something else: fewer
/// than one word in four.
fn is_reused(was: &Text, now: &Text, langs: &[Lang]) -> bool {
    let mut judged = 0;
    for lang in langs {
        let (was, now) = (words(was.get_in(*lang)), words(now.get_in(*lang)));
        if was == now {
            return false;
        }
        let fewer = was.len().min(now.len());
        if fewer >= FEW_WORDS {
            judged += 1;
            if was.intersection(&now).count() * 4 >= fewer {
                return false;
            }
        }
    }
    judged > 0
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
