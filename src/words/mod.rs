//! Every text a person sees that is not an instrument's: typed, one file per language.
//!
//! A missing or unknown key is a failing test, and there is no silent fallback to English.

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

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
