//! What is wrong with a request, as a problem document (RFC 9457): a status and one sentence.

use std::str::FromStr;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::error::Error;
use super::super::participate::Pairs;
use crate::store::StoreError;

const KIND: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A status and a sentence.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
}

impl Problem {
    fn new(status: StatusCode, detail: &str) -> Self {
        Self { status, detail: detail.to_owned() }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = match &error {
            Error::SignIn => {
                return Self::new(StatusCode::UNAUTHORIZED, "Sign in on a page first.");
            }
            Error::Forbidden => "This is not yours to see.",
            Error::NotFound => "There is nothing at this address that you may see.",
            Error::Bad(sentence) | Error::Stale(sentence) => sentence,
            Error::Busy => "Too much is waiting; please try again in a minute.",
            Error::ReadOnly => "The database is damaged, and nothing is written.",
            Error::Failed(cause) => {
                tracing::error!(%cause, "a request failed");
                "Something failed here, and it was written down."
            }
        };
        Self::new(error.status(), detail)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Problem");
        let status = self.status.as_u16();
        let told =
            json!({"type": "about:blank", "title": title, "status": status, "detail": self.detail});
        let headers = [
            (header::CONTENT_TYPE, KIND),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let mut response = (self.status, headers, told.to_string()).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

/// Makes a problem document of every error that is none yet: an address that cannot be read, a
/// method that is not there, an extractor that gave up.
pub(super) async fn always(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_told = response.headers().get(header::CONTENT_TYPE) == Some(&KIND);
    // Somebody whose sign-in cannot be read would be sent to a page.
    if status.is_redirection() {
        return Problem::from(Error::SignIn).into_response();
    }
    if is_told || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let error = response.extensions().get::<std::sync::Arc<Error>>();
    let detail = match (error.map(std::convert::AsRef::as_ref), status) {
        (Some(Error::Bad(sentence) | Error::Stale(sentence)), _) => sentence.clone(),
        (_, StatusCode::METHOD_NOT_ALLOWED) => "Only reading is possible here.".to_owned(),
        (_, StatusCode::BAD_REQUEST) => "The address cannot be read.".to_owned(),
        (_, _) => status.canonical_reason().unwrap_or("It did not work.").to_owned(),
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut told = Problem { status, detail }.into_response();
    if let Some(allow) = allow {
        told.headers_mut().insert(header::ALLOW, allow);
    }
    told
}

/// The parameters of a request, each known and given once.
pub(super) struct Asked(Pairs);

impl Asked {
    /// The parameters, if there is none but these.
    ///
    /// # Errors
    /// 400 with a sentence.
    pub(super) fn of(pairs: Pairs, known: &[&str]) -> Result<Self, Problem> {
        let bad = |sentence: String| Err(Problem::new(StatusCode::BAD_REQUEST, &sentence));
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let there_are = if known.is_empty() {
                    "there is none here".to_owned()
                } else {
                    format!("there are {}", known.join(", "))
                };
                return bad(format!("There is no parameter {name:?}; {there_are}."));
            }
            if pairs.iter().take(at).any(|(before, _)| before == name) {
                return bad(format!("The parameter {name} is given twice."));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(own, _)| own == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The value of a parameter with a few values; the first of them, without one.
    ///
    /// # Errors
    /// 400 with a sentence.
    pub(super) fn one_of(
        &self,
        name: &str,
        values: &[&'static str],
    ) -> Result<&'static str, Problem> {
        let given = self.first(name);
        let found = match given {
            Some(given) => values.iter().find(|value| **value == given),
            None => values.first(),
        };
        found.copied().ok_or_else(|| {
            let given = given.unwrap_or_default();
            let sentence =
                format!("{name} cannot be {given:?}; it is one of {}.", values.join(", "));
            Problem::new(StatusCode::BAD_REQUEST, &sentence)
        })
    }
}

/// A number in an address; what is none is not there.
///
/// # Errors
/// 404.
pub(super) fn number(written: &str) -> Result<i64, Problem> {
    written.parse().map_err(|_no_number| Error::NotFound.into())
}

/// An id in an address, written as we write it; what is none is not there.
///
/// # Errors
/// 404.
pub(super) fn id<T: FromStr + std::fmt::Display>(written: &str) -> Result<T, Problem> {
    let id: Option<T> = written.parse().ok();
    id.filter(|id| id.to_string() == written).ok_or_else(|| Error::NotFound.into())
}
