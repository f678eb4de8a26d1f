//! The report of a diagnosis: its sections, its editions, and what somebody wrote in them.
//!
//! The text of a section names figures and charts by their addresses; [`parse`] reads them. A number
//! is looked up when the report is read, so it is always the number of a table.

mod markup;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::collection::coded;
use super::ids::CollectionId;
use super::text::Lang;

pub use markup::{Block, ChartAt, Fault, FigureAt, Part, SheetAt, What, parse};

coded! {
    /// A section of the report, in the order they are read.
    Section {
        /// All of it on one page.
        Summary = "summary",
        /// Who the committee is.
        Committee = "committee",
        /// The neighbourhood: its map, its zones, who lives there.
        Neighbourhood = "neighbourhood",
        /// How people were listened to, and who is missing.
        Listening = "listening",
        /// What is good here.
        Good = "good",
        /// What bothers people.
        Bothers = "bothers",
        /// When, where and for whom it feels safe.
        Safe = "safe",
        /// Living together.
        Together = "together",
        /// Police, city and services.
        Services = "services",
        /// What young people say.
        Young = "young",
        /// What else people said.
        Other = "other",
        /// Figures of police and city, never mixed into one score.
        Registered = "registered",
        /// What was found, with how sure that is.
        Findings = "findings",
        /// What residents changed at a data walk.
        Changed = "changed",
        /// What comes first, and why the rest waits.
        Priorities = "priorities",
        /// Who does what until when.
        Matrices = "matrices",
        /// What was promised last time, and what came of it.
        Promised = "promised",
        /// How it was done, and what is not shown.
        Method = "method",
    }
}

impl Section {
    /// Whether it is about what tables show: a table never says why something is so.
    #[must_use]
    pub const fn is_about_figures(self) -> bool {
        match self {
            Self::Good
            | Self::Bothers
            | Self::Safe
            | Self::Together
            | Self::Services
            | Self::Young
            | Self::Other
            | Self::Registered
            | Self::Findings => true,
            Self::Summary
            | Self::Committee
            | Self::Neighbourhood
            | Self::Listening
            | Self::Changed
            | Self::Priorities
            | Self::Matrices
            | Self::Promised
            | Self::Method => false,
        }
    }
}

/// The draft of a report, or an edition that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its number; 0 for the draft.
    pub edition: i64,
    /// The release its numbers come from.
    pub release: i64,
    /// The day it was published, or pinned to that release.
    pub made: Date,
    /// Who did.
    pub editor: String,
}

/// What stands in a section in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionText {
    /// The section.
    pub section: Section,
    /// The language.
    pub lang: Lang,
    /// The text, with the addresses of figures in it.
    pub said: String,
    /// Who wrote it; nobody, where it was put together from the release.
    pub editor: String,
    /// On which day.
    pub written: Date,
}

/// The most characters of a section.
pub const LONGEST: usize = 12_000;

/// How a collection is called in the text of a report: its instrument and the first letters of its
/// id, which never change.
///
/// ```
/// use miradouro::domain::{ids::CollectionId, report::sheet_code};
/// assert_eq!(sheet_code("pulse2", CollectionId(uuid::Uuid::nil())), "pulse2-000000");
/// ```
#[must_use]
pub fn sheet_code(slug: &str, id: CollectionId) -> String {
    let id: String = id.to_string().chars().take(6).collect();
    format!("{slug}-{id}")
}

/// A percentage that somebody typed instead of naming the figure: "34 %" or "٣٤٪".
#[must_use]
pub fn typed_share(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = chars.iter().position(|c| matches!(c, '%' | '٪' | '％'))?;
    let before = chars.iter().take(at).rev();
    let mut number: Vec<char> = before
        .skip_while(|c| c.is_whitespace())
        .take_while(|c| c.is_numeric() || matches!(c, '.' | ',' | '٫'))
        .copied()
        .collect();
    number.reverse();
    if number.is_empty() {
        let rest: String = chars.iter().skip(at + 1).collect();
        return typed_share(&rest);
    }
    Some(number.into_iter().chain([' ', '%']).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_percentage_is_found_in_every_script() {
        assert_eq!(typed_share("34% of us"), Some("34 %".to_owned()));
        assert_eq!(typed_share("a % sign, then 7,5 %"), Some("7,5 %".to_owned()));
        assert_eq!(typed_share("٣٤٪"), Some("٣٤ %".to_owned()));
        assert_eq!(typed_share("in 2026 we met 7 times, 100 people"), None);
    }

    #[test]
    fn sections_are_read_in_order_and_named_once() {
        for section in Section::ALL {
            assert_eq!(Section::from_code(section.code()), Some(*section));
        }
        assert_eq!(Section::ALL.first(), Some(&Section::Summary));
        assert_eq!(Section::ALL.last(), Some(&Section::Method));
    }
}
