//! The draft as people will see it: the real form, with nothing behind its button.

use axum::extract::{Path as Address, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Held;
use crate::domain::text::Lang;
use crate::web::app::App;
use crate::web::desk;
use crate::web::error::{Error, Result};
use crate::web::form;
use crate::web::page::{self, Message};
use crate::web::participate::Pairs;
use crate::web::sign_in::SignedIn;
use askama::Template;

/// As on every page, except that our own editor may show this one in a frame.
fn policy() -> String {
    crate::web::CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
}

/// `GET /d/{slug}/drafts/{draft}/preview/{lang}`.
pub(in crate::web) async fn show(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft, lang)): Address<(String, String, String)>,
    Query(filled): Query<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    let lang: Lang = lang.parse().map_err(|_no_lang| Error::NotFound)?;
    let words = held.words();
    let mut response = if let Some(instrument) = held.look().shown {
        let of = held.desk.diagnosis.clone();
        let waves = app.store.waves(of.id).await?;
        let zones = match waves.last() {
            Some(wave) => app.store.zones(of.id, wave.id).await?,
            None => Vec::new(),
        };
        form::trial(&app, (of, instrument, zones), (lang, &words.trial), &filled)
    } else {
        let text = &words.refused_unreadable;
        let message = Message::plain(held.desk.lang(), &words.preview, text);
        (StatusCode::OK, page::html(message.render())).into_response()
    };
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    Ok(desk::under(&policy(), response))
}
