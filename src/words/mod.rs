//! Every text a person sees that is not an instrument's: typed, one file per language.
//!
//! A missing or unknown key is a failing test, and there is no silent fallback to English.

mod chart;
mod form;
mod poster;
mod staff;

pub use chart::ChartWords;
pub use form::FormWords;
pub use poster::{PosterWords, ShareWords, SubjectWords};
use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
pub use staff::StaffWords;

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
    use super::*;

    #[test]
    fn every_language_has_every_text() {
        for lang in Lang::RESPONDENTS {
            FormWords::of(lang).unwrap();
            PosterWords::of(lang).unwrap();
            ChartWords::of(lang).unwrap();
        }
        for lang in Lang::STAFF {
            StaffWords::of(lang).unwrap();
        }
    }
}
