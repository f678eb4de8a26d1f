//! Translations: every text of an instrument beside its original, and how far each language is.
//!
//! Whether somebody has checked a text is kept outside the instrument, under the hash of original
//! and translation together ([`Passage::key`]): a change of either makes it a draft again.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::instrument::Instrument;
use super::part::{At, What, parts};
use super::text::Lang;

/// Texts that are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter<'a> {
    /// What it is about.
    pub about: About,
    /// Its texts, each once.
    pub passages: Vec<Passage<'a>>,
}

/// What a chapter is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// What is said before and after the questions.
    Sheet,
    /// The section with this id.
    Section(String),
    /// Indices, charts and stations.
    Results,
}

/// A text beside its original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage<'a> {
    /// Where it stands; more than once when the same words do.
    pub places: Vec<(At, What)>,
    /// The words in the instrument's first language.
    pub original: &'a str,
    /// The words in the other language; empty when they are missing.
    pub translation: &'a str,
}

/// How far a language is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many texts there are, each counted once.
    pub texts: usize,
    /// How many of them are missing.
    pub missing: usize,
    /// How many somebody has checked.
    pub checked: usize,
}

impl Standing {
    /// How many are there and nobody has checked.
    #[must_use]
    pub const fn unchecked(&self) -> usize {
        self.texts - self.missing - self.checked
    }
}

impl Passage<'_> {
    /// Whether there are no words in the language.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.translation.trim().is_empty()
    }

    /// What its check is kept under: 64 hexadecimal letters over both texts.
    #[must_use]
    pub fn key(&self) -> String {
        let mut hash = Sha256::new();
        for text in [self.original, self.translation] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The language an instrument is translated from: the first it names.
#[must_use]
pub fn original(instrument: &Instrument) -> Lang {
    instrument.languages.first().copied().unwrap_or(Lang::En)
}

/// Every text beside its original, in the order in which somebody reads them. The same words twice
/// are read once, where they come first. What only researchers read is there in their languages.
#[must_use]
pub fn chapters(instrument: &Instrument, lang: Lang) -> Vec<Chapter<'_>> {
    let first = original(instrument);
    let for_staff = [first, lang].iter().all(|lang| Lang::STAFF.contains(lang));
    let mut chapters: Vec<Chapter<'_>> = Vec::new();
    let mut known: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut section = About::Sheet;
    for part in parts(instrument) {
        if let At::Section(id) = &part.at {
            section = About::Section(id.clone());
        }
        let Some(words) = part.words.filter(|words| Lang::ALL.iter().any(|lang| words.has(*lang)))
        else {
            continue;
        };
        if matches!(part.what, What::Constructs | What::Sources | What::NotFor) && !for_staff {
            continue;
        }
        let (original, translation) = (words.get_in(first), words.get_in(lang));
        if let Some((chapter, place)) = known.get(&(original, translation)) {
            chapters[*chapter].passages[*place].places.push((part.at, part.what));
            continue;
        }
        let about = match &part.at {
            At::Sheet => About::Sheet,
            At::Section(_) | At::Question(_) => section.clone(),
            At::Breakdown(_) | At::Index(_) | At::Chart(_) | At::Station(_) => About::Results,
        };
        let place = chapters.iter().position(|chapter| chapter.about == about);
        let place = place.unwrap_or_else(|| {
            chapters.push(Chapter { about, passages: Vec::new() });
            chapters.len() - 1
        });
        let passages = &mut chapters[place].passages;
        known.insert((original, translation), (place, passages.len()));
        passages.push(Passage { places: vec![(part.at, part.what)], original, translation });
    }
    chapters
}

/// How far a language is, with the keys of what somebody has checked.
#[must_use]
pub fn standing(instrument: &Instrument, lang: Lang, checked: &BTreeSet<String>) -> Standing {
    let mut standing = Standing::default();
    for passage in chapters(instrument, lang).iter().flat_map(|chapter| &chapter.passages) {
        standing.texts += 1;
        if passage.is_missing() {
            standing.missing += 1;
        } else if !checked.is_empty() && checked.contains(&passage.key()) {
            standing.checked += 1;
        }
    }
    standing
}

/// Whether every text exists in a language the instrument names.
#[must_use]
pub fn is_complete(instrument: &Instrument, lang: Lang) -> bool {
    let lacks = |passage: &Passage<'_>| passage.is_missing();
    let has_all = || {
        let chapters = chapters(instrument, lang);
        !chapters.iter().flat_map(|chapter| &chapter.passages).any(lacks)
    };
    instrument.languages.contains(&lang) && has_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::Shelf;

    fn sheet() -> Instrument {
        let mut sheet = Shelf::load(None).instrument("resident_safety").unwrap().clone();
        sheet.languages.retain(|lang| Lang::STAFF.contains(lang));
        sheet
    }

    fn keys(of: &Instrument, lang: Lang) -> BTreeSet<String> {
        let chapters = chapters(of, lang);
        chapters.iter().flat_map(|chapter| &chapter.passages).map(Passage::key).collect()
    }

    #[test]
    fn every_text_is_read_once_and_every_place_is_named() {
        let sheet = sheet();
        let chapters = chapters(&sheet, Lang::Nl);
        let places: usize = chapters
            .iter()
            .flat_map(|chapter| &chapter.passages)
            .map(|passage| passage.places.len())
            .sum();
        let texts = parts(&sheet).into_iter().filter_map(|part| part.words);
        assert_eq!(places, texts.filter(|words| words.has(Lang::En)).count());
        let standing = standing(&sheet, Lang::Nl, &BTreeSet::new());
        assert!(standing.texts < places, "scales are read once");
        assert_eq!(standing.texts, keys(&sheet, Lang::Nl).len(), "keys are one to one");
        assert_eq!((standing.missing, standing.checked), (0, 0));
        assert_eq!(standing.unchecked(), standing.texts);
        let about: Vec<&About> = chapters.iter().map(|chapter| &chapter.about).collect();
        assert_eq!(about.first(), Some(&&About::Sheet));
        assert_eq!(about.last(), Some(&&About::Results));
        let once: BTreeSet<&&About> = about.iter().collect();
        assert_eq!(once.len(), about.len());
    }

    #[test]
    fn a_change_of_either_side_is_a_draft_again() {
        let (sheet, mut changed) = (sheet(), sheet());
        let checked = keys(&sheet, Lang::Nl);
        let all = standing(&sheet, Lang::Nl, &checked);
        assert_eq!((all.checked, all.unchecked()), (all.texts, 0));
        changed.title.0.insert(Lang::Nl, "Anders".to_owned());
        changed.intro.0.insert(Lang::En, "Otherwise.".to_owned());
        changed.outro.0.insert(Lang::Fr, "Autrement.".to_owned());
        assert_eq!(standing(&changed, Lang::Nl, &checked).unchecked(), 2, "French is not Dutch");
        let french = keys(&sheet, Lang::Fr);
        assert_eq!(standing(&changed, Lang::Fr, &french).unchecked(), 2);
    }

    #[test]
    fn what_is_missing_is_counted_and_keeps_a_language_incomplete() {
        let mut sheet = sheet();
        assert!(is_complete(&sheet, Lang::Nl));
        sheet.title.0.remove(&Lang::Nl);
        sheet.outro.0.insert(Lang::Nl, " ".to_owned());
        let standing = standing(&sheet, Lang::Nl, &BTreeSet::new());
        assert_eq!(standing.missing, 2);
        assert!(!is_complete(&sheet, Lang::Nl) && is_complete(&sheet, Lang::En));
        assert!(!is_complete(&sheet, Lang::De), "it does not name German");
    }

    #[test]
    fn a_key_does_not_run_two_texts_together() {
        let passage = |original, translation| Passage { places: Vec::new(), original, translation };
        assert_ne!(passage("ab", "c").key(), passage("a", "bc").key());
        assert_eq!(passage("ab", "c").key().len(), 64);
    }
}
