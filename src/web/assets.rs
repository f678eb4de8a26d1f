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
    Some(files?.iter().map(|file| file.data.as_ref()).collect::<Vec<_>>().join(&b'\n'))
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
