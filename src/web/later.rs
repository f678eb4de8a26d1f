//! What a form asks for once it stands: the script `later.js` and its words, in a file of their own,
//! because nobody needs them to answer.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::app::{App, Inner};
use super::assets;
use super::participate::Entry;
use super::phone;
use crate::domain::collection::Mode;
use crate::domain::text::Lang;
use crate::words::PageWords;

/// What the script is told by the page.
pub(super) struct Later {
    /// The address of the script.
    pub script: String,
    /// The address of its words.
    pub words: String,
    /// Under what name the phone keeps something of this form; nothing where it is not the phone of
    /// whoever answers.
    pub key: Option<String>,
    /// The day by the server's clock, counted from 1970: a phone's clock may be wrong.
    pub day: i64,
}

impl Later {
    /// For a form and its thank-you page.
    #[must_use]
    pub(super) fn of(app: &Inner, entry: &Entry, lang: Lang) -> Self {
        let said = said(app.page_words(lang));
        let hash: String =
            Sha256::digest(&said).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let version: String = entry.collection.instrument.chars().take(8).collect();
        let has_map = entry.instrument.asks_places() && entry.area.is_some();
        let script = format!("{}{}", phone::LATER, if has_map { ",place.js" } else { "" });
        let is_own =
            entry.door.mode != Mode::Kiosk && !phone::seals(&entry.door, &entry.instrument);
        Self {
            script: assets::address(&script),
            words: format!("/words/{hash}/{lang}"),
            key: is_own.then(|| format!("{}.{version}", entry.door.code)),
            day: app.clock.now() / 86_400_000,
        }
    }
}

/// `GET /words/{hash}/{lang}`: what `later.js` says.
pub(super) async fn words(
    State(app): State<App>,
    Path((_hash, lang)): Path<(String, String)>,
) -> Response {
    let lang = lang.parse().unwrap_or(Lang::En);
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, said(app.page_words(lang))).into_response()
}

fn said(words: &PageWords) -> String {
    serde_json::json!({
        "look": assets::address("later.css"),
        "keep": words.keep,
        "kept": words.kept,
        "forget": words.forget,
        "forgotten": words.forgotten,
        "found": words.found,
        "go_on": words.go_on,
        "refused": words.refused,
        "elsewhere": words.elsewhere,
        "no_photos": words.no_photos,
        "done": words.done,
        "again": words.again,
        "larger": words.larger,
        "read": words.read,
        "quiet": words.quiet,
    })
    .to_string()
}
