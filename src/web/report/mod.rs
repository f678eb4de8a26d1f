//! The report of a diagnosis: read by everybody, drafted and written by the committee.

mod draft;
mod faults;
mod figures;
mod read;
mod view;
mod write;

pub(super) use figures::{change, drop, list, one};
pub(super) use read::{newest, public, published, read, to_language};
pub(super) use write::{act, page, save};

use crate::domain::report::{Block, Part, Section, SectionText, parse};
use crate::domain::text::Lang;
use crate::words::ReportWords;

/// What a section is called.
#[must_use]
pub(super) fn title(section: Section, words: &ReportWords) -> &str {
    match section {
        Section::Summary => &words.summary,
        Section::Committee => &words.committee,
        Section::Neighbourhood => &words.neighbourhood,
        Section::Listening => &words.listening,
        Section::Good => &words.good,
        Section::Bothers => &words.bothers,
        Section::Safe => &words.safe,
        Section::Together => &words.together,
        Section::Services => &words.services,
        Section::Young => &words.young,
        Section::Other => &words.other,
        Section::Registered => &words.registered,
        Section::Findings => &words.findings,
        Section::Changed => &words.changed,
        Section::Priorities => &words.priorities,
        Section::Matrices => &words.matrices,
        Section::Promised => &words.promised,
        Section::Method => &words.method,
    }
}

/// The text of a section in a language, where somebody wrote one.
#[must_use]
pub(super) fn own(texts: &[SectionText], section: Section, lang: Lang) -> Option<&SectionText> {
    texts.iter().find(|text| text.section == section && text.lang == lang)
}

/// The text of a section in a language; else the one of the first language that has one.
#[must_use]
pub(super) fn best<'t>(
    texts: &'t [SectionText],
    section: Section,
    lang: Lang,
    languages: &[Lang],
) -> Option<&'t SectionText> {
    let others = languages.iter().find_map(|other| own(texts, section, *other));
    own(texts, section, lang).or(others)
}

/// The first words of a text, without its figures and charts.
#[must_use]
pub(super) fn plain(said: &str) -> String {
    let words = |parts: Vec<Part>| -> Option<String> {
        let all: Option<Vec<String>> = parts
            .into_iter()
            .map(|part| match part {
                Part::Words(said) => Some(said),
                Part::Figure(_) | Part::Say(_) => None,
            })
            .collect();
        all.map(|words| words.concat())
    };
    let first = parse(said).0.into_iter().find_map(|block| match block {
        Block::Paragraph(parts) => words(parts),
        Block::List(items) => items.into_iter().next().and_then(words),
        Block::Heading(_)
        | Block::Chart(_)
        | Block::Other(_)
        | Block::Map
        | Block::Collections
        | Block::Withheld
        | Block::Wordings
        | Block::Nothing => None,
    });
    first.unwrap_or_default()
}
