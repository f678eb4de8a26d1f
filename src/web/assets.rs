//! The style sheet, the projector's script and the fonts of staff pages, from inside the program.
//!
//! Their addresses carry the hash of their content, so they may be kept for ever.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "templates/assets"]
struct Assets;

/// The address of an asset, as in `/a/3f2a9c01/respondent.css`; of several at once, with commas
/// between them: a phone far from town asks for one file rather than two.
#[must_use]
pub(super) fn address(name: &str) -> String {
    let files = name.split(',').filter_map(Assets::get);
    let bytes = files.flat_map(|file| file.metadata.sha256_hash().into_iter().take(4));
    let hash: String = bytes.map(|byte| format!("{byte:02x}")).collect();
    format!("/a/{hash}/{name}")
}

/// The content of an asset, or of several, one after the other.
pub(super) fn content(names: &str) -> Option<Vec<u8>> {
    let files: Option<Vec<_>> = names.split(',').map(Assets::get).collect();
    let content = files?.iter().map(|file| file.data.as_ref()).collect::<Vec<_>>().join(&b'\n');
    let is_script = names.rsplit('.').next() == Some("js");
    Some(if is_script { without_remarks(content) } else { content })
}

/// A script without its remarks and indentation, which a phone need not load. Ours have every
/// remark on a line of its own and no text over several lines.
fn without_remarks(script: Vec<u8>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&script) else { return script };
    let lines = text.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}

/// `GET /a/{hash}/{*name}`.
pub(super) async fn asset(Path((_hash, name)): Path<(String, String)>) -> Response {
    let Some(content) = content(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("ttf") => "font/ttf",
        Some("svg") => "image/svg+xml",
        Some(_) | None => "text/plain; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, content).into_response()
}
