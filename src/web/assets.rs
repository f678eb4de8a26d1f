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

/// The address of an asset, as in `/a/3f2a9c01/respondent.css`.
#[must_use]
pub(super) fn address(name: &str) -> String {
    let hash = Assets::get(name).map_or_else(String::new, |file| {
        file.metadata.sha256_hash().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    });
    format!("/a/{hash}/{name}")
}

/// `GET /a/{hash}/{*name}`.
pub(super) async fn asset(Path((_hash, name)): Path<(String, String)>) -> Response {
    let Some(file) = Assets::get(&name) else {
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
    (headers, file.data.into_owned()).into_response()
}
