//! Languages and texts in several of them.
//!
//! The direction of writing is declared per language here and never guessed from a label.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language the program can speak to respondents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// Dutch.
    Nl,
    /// French.
    Fr,
    /// German.
    De,
    /// Portuguese.
    Pt,
    /// Turkish.
    Tr,
    /// Arabic.
    Ar,
}

impl Lang {
    /// Every language, in the order they are offered.
    pub const ALL: [Self; 7] =
        [Self::En, Self::Nl, Self::Fr, Self::De, Self::Pt, Self::Tr, Self::Ar];

    /// The languages that have every interface text for respondents: today, all of them.
    pub const RESPONDENTS: [Self; 7] = Self::ALL;

    /// The languages staff pages speak today.
    pub const STAFF: [Self; 3] = [Self::En, Self::Nl, Self::Fr];

    /// The tag that stands in `lang=""` and in addresses.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::De => "de",
            Self::Pt => "pt",
            Self::Tr => "tr",
            Self::Ar => "ar",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Nl => "Nederlands",
            Self::Fr => "Français",
            Self::De => "Deutsch",
            Self::Pt => "Português",
            Self::Tr => "Türkçe",
            Self::Ar => "العربية",
        }
    }

    /// `ltr` or `rtl`, as `dir=""` wants it.
    #[must_use]
    pub const fn dir(self) -> &'static str {
        if self.is_rtl() { "rtl" } else { "ltr" }
    }

    /// Whether the language is written from right to left.
    #[must_use]
    pub const fn is_rtl(self) -> bool {
        matches!(self, Self::Ar)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|lang| lang.tag() == tag)
            .ok_or_else(|| UnknownLang(tag.to_owned()))
    }
}

/// A language tag nobody here speaks.
#[derive(Debug, thiserror::Error)]
#[error("there is no language {0:?} here; there are en, nl, fr, de, pt, tr and ar")]
pub struct UnknownLang(String);

/// One text in several languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<Lang, String>);

impl Text {
    /// The text in `lang`, or in the first language it has (English where it has it).
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        self.0.get(&lang).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }

    /// The text in exactly this language; empty when there is none.
    #[must_use]
    pub fn get_in(&self, lang: Lang) -> &str {
        self.0.get(&lang).map_or("", String::as_str)
    }

    /// Whether the text exists in `lang`.
    #[must_use]
    pub fn has(&self, lang: Lang) -> bool {
        self.0.get(&lang).is_some_and(|text| !text.trim().is_empty())
    }

    /// The same words in every language: for proper names.
    #[must_use]
    pub fn name(name: &str) -> Self {
        Self(Lang::ALL.into_iter().map(|lang| (lang, name.to_owned())).collect())
    }
}

/// Words of somebody else in a sentence of a language: with letters that run the other way they are
/// set apart, so that the sentence around them stays in order.
///
/// ```
/// use miradouro::domain::text::{Lang, apart};
/// assert_eq!(apart("De kade.", Lang::Nl), "De kade.");
/// assert_eq!(apart("De kade.", Lang::Ar), "\u{2068}De kade.\u{2069}");
/// ```
#[must_use]
pub fn apart(words: &str, lang: Lang) -> String {
    let arabic = |c: char| matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}');
    let other = |c: char| c.is_alphabetic() && arabic(c) != lang.is_rtl();
    if words.chars().any(other) { format!("\u{2068}{words}\u{2069}") } else { words.to_owned() }
}

/// A cell that no spreadsheet takes for a formula: an apostrophe stands before what begins like one,
/// also behind spaces or a quotation mark, and in the wide letters of East Asia. Characters that
/// nobody can see are taken out: some programs end a cell or a file there.
#[must_use]
pub fn harmless(cell: &str) -> String {
    let seen: String =
        cell.chars().filter(|c| !is_unseen(*c) || matches!(c, '\t' | '\r')).collect();
    let first = seen.trim_start_matches([' ', '\u{a0}', '"', '\'']);
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if seen.starts_with(['\t', '\r', '\n']) || first.starts_with(signs) {
        format!("'{seen}")
    } else {
        seen
    }
}

/// Whether nobody can see a character that yet changes how words are read: control characters
/// other than the end of a line, and those that turn the direction of writing around.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    (c.is_control() && c != '\n') || turns || breaks
}
