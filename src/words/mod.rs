//! Every text a person sees that is not an instrument's: typed, one file per language.
//!
//! A missing or unknown key is a failing test, and there is no silent fallback to English.

/// A flat tree of texts: a struct with a field for each, read from `templates/text/{lang}/{tree}.toml`.
///
/// Derived deserialisers of structs with hundreds of fields take an optimising compiler minutes;
/// a table of places to fill takes it none.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident from $tree:literal { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        #[expect(missing_docs, reason = "each field is a text, and its name says which")]
        pub struct $name { $(pub $field: String),* }

        impl $name {
            /// The texts of a language.
            ///
            /// # Errors
            /// A sentence, when the file lacks a text or has one too many; a test reads every
            /// language.
            pub fn of(lang: $crate::domain::text::Lang) -> Result<Self, String> {
                let mut words = Self::default();
                super::fill_in(lang, $tree, &[$(stringify!($field)),*], |key, text| {
                    if let Some(place) = words.place(key) {
                        *place = text;
                    }
                })?;
                Ok(words)
            }

            /// The same with every text made anew, to see how a page looks with longer words.
            #[must_use]
            pub fn map(mut self, anew: impl Fn(&str) -> String) -> Self {
                $(self.$field = anew(&self.$field);)*
                self
            }

            /// Every text with its name, for those who hand all of them on.
            #[must_use]
            pub fn pairs(&self) -> Vec<(&'static str, &str)> {
                vec![$((stringify!($field), self.$field.as_str())),*]
            }

            fn place(&mut self, key: &str) -> Option<&mut String> {
                match key {
                    $(stringify!($field) => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

mod chart;
mod data;
mod doors;
mod editor;
mod export;
mod form;
mod gate;
mod host;
mod instrument;
mod keep;
mod lint;
mod night;
mod page;
mod paper;
mod phone;
mod poster;
mod press;
mod privacy;
mod remote;
mod report;
mod rule;
mod screen;
mod set;
mod staff;
mod walk;
mod ways;
mod wire;

pub use chart::ChartWords;
pub use data::DataWords;
pub use doors::DoorWords;
pub use editor::EditorWords;
pub use export::ExportWords;
pub use form::FormWords;
pub use gate::GateWords;
pub use host::HostWords;
pub use instrument::InstrumentWords;
pub use keep::KeepWords;
pub use lint::LintWords;
pub use night::NightWords;
pub use page::PageWords;
pub use paper::{KeyinWords, PaperWords};
pub use phone::PhoneWords;
pub use poster::{PosterWords, ShareWords, SubjectWords};
pub use press::PressWords;
pub use privacy::PrivacyWords;
pub use remote::RemoteWords;
pub use report::{ReportWords, ReportingWords};
pub use rule::Speaker;
pub use screen::ScreenWords;
pub use set::SetWords;
use std::collections::BTreeMap;

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
pub use staff::StaffWords;
pub use walk::WalkWords;
pub use ways::WaysWords;
pub use wire::WireWords;

use crate::domain::text::Lang;

#[derive(RustEmbed)]
#[folder = "templates/text"]
struct Files;

/// Reads one typed tree of texts, `templates/text/{lang}/{tree}.toml`.
///
/// # Errors
/// A sentence that names the file and the key that is missing, unknown or ill-formed.
pub fn read<T: DeserializeOwned>(lang: Lang, tree: &str) -> Result<T, String> {
    let path = format!("{lang}/{tree}.toml");
    let file = Files::get(&path).ok_or_else(|| format!("templates/text/{path} is missing"))?;
    let text = std::str::from_utf8(&file.data).map_err(|error| format!("{path}: {error}"))?;
    toml::from_str(text).map_err(|error| format!("templates/text/{path}: {error}"))
}

/// Reads a flat tree of texts and hands each one over.
///
/// # Errors
/// A sentence that names every text that is missing or unknown.
fn fill_in(
    lang: Lang,
    tree: &str,
    keys: &[&str],
    mut put: impl FnMut(&str, String),
) -> Result<(), String> {
    let texts: BTreeMap<String, String> = read(lang, tree)?;
    let missing =
        keys.iter().filter(|key| !texts.contains_key(**key)).map(|key| format!("lacks {key}"));
    let unknown = texts.keys().filter(|key| !keys.contains(&key.as_str()));
    let wrong: Vec<String> =
        missing.chain(unknown.map(|key| format!("has {key}, which nothing shows"))).collect();
    if !wrong.is_empty() {
        return Err(format!("templates/text/{lang}/{tree}.toml {}", wrong.join(", ")));
    }
    for (key, text) in texts {
        put(&key, text);
    }
    Ok(())
}

/// Fills `{name}` places in a text.
///
/// ```
/// assert_eq!(miradouro::words::fill("{n} of {of}", &[("n", "2"), ("of", "7")]), "2 of 7");
/// ```
#[must_use]
pub fn fill(text: &str, with: &[(&str, &str)]) -> String {
    with.iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_has_every_text() {
        for lang in Lang::RESPONDENTS {
            FormWords::of(lang).unwrap();
            PhoneWords::of(lang).unwrap();
            PosterWords::of(lang).unwrap();
            ChartWords::of(lang).unwrap();
            PageWords::of(lang).unwrap();
            PrivacyWords::of(lang).unwrap();
            PaperWords::of(lang).unwrap();
            WaysWords::of(lang).unwrap();
            KeepWords::of(lang).unwrap();
            WireWords::of(lang).unwrap();
            DataWords::of(lang).unwrap();
            ScreenWords::of(lang).unwrap();
            SetWords::of(lang).unwrap();
            WalkWords::of(lang).unwrap();
            ReportWords::of(lang).unwrap();
        }
        for lang in Lang::STAFF {
            StaffWords::of(lang).unwrap();
            InstrumentWords::of(lang).unwrap();
            EditorWords::of(lang).unwrap();
            KeyinWords::of(lang).unwrap();
            DoorWords::of(lang).unwrap();
            NightWords::of(lang).unwrap();
            GateWords::of(lang).unwrap();
            ExportWords::of(lang).unwrap();
            RemoteWords::of(lang).unwrap();
            PressWords::of(lang).unwrap();
            HostWords::of(lang).unwrap();
            ReportingWords::of(lang).unwrap();
        }
    }

    #[test]
    fn every_language_has_the_same_places_to_fill() {
        let trees = [
            "form", "chart", "paper", "poster", "ways", "wire", "phone", "page", "privacy", "keep",
            "data", "report", "screen", "set", "walk",
        ];
        for tree in trees {
            let english = places(Lang::En, tree);
            for lang in Lang::RESPONDENTS {
                assert_eq!(places(lang, tree), english, "templates/text/{lang}/{tree}.toml");
            }
        }
    }

    /// The `{…}` of every text, by its key.
    fn places(lang: Lang, tree: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        let mut gather = |key: String, text: &str| {
            let names = text.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            found.insert(key, names.map(str::to_owned).collect());
        };
        for (key, value) in read::<toml::Table>(lang, tree).unwrap() {
            if let Some(text) = value.as_str() {
                gather(key, text);
                continue;
            }
            for (name, text) in value.as_table().unwrap() {
                gather(format!("{key}.{name}"), text.as_str().unwrap());
            }
        }
        found
    }
}
