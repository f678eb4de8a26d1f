//! One web error. What a reader did wrong is said in their language with the right status; what
//! failed here is logged once and never shown.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::app::Inner;
use super::page::{self, Message};
use crate::domain::text::Lang;
use crate::job::JobError;
use crate::store::StoreError;

/// What stands between a request and its answer.
#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in.
    SignIn,
    /// Signed in, but this is not theirs to do.
    Forbidden,
    /// There is nothing at this address.
    NotFound,
    /// The sentence says what is wrong with what was given.
    Bad(String),
    /// The state changed meanwhile: the sentence says how.
    Stale(String),
    /// Too many answers are waiting.
    Busy,
    /// The file is damaged, and nothing is written.
    ReadOnly,
    /// Something failed here.
    Failed(String),
}

/// What a handler gives back.
pub(super) type Result<T> = std::result::Result<T, Error>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::NotFound,
            StoreError::Taken(_) | StoreError::Stale(_) => Self::Stale(error.to_string()),
            StoreError::MeaningNotRaised(_) => Self::Bad(error.to_string()),
            StoreError::Busy => Self::Busy,
            StoreError::NoRoom | StoreError::Away(_) | StoreError::Disk(_) => {
                tracing::warn!(%error, "a request must be sent again later");
                Self::Busy
            }
            StoreError::ReadOnly => Self::ReadOnly,
            StoreError::Folder { .. }
            | StoreError::Newer(_)
            | StoreError::OldSqlite(_)
            | StoreError::OtherSecret(_)
            | StoreError::Broken(..)
            | StoreError::Database(_)
            | StoreError::Migration(_)
            | StoreError::NotKept { .. } => Self::Failed(with_causes(&error)),
        }
    }
}

impl From<JobError> for Error {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Store(error) => error.into(),
            JobError::NothingToShow | JobError::NothingNew(_) => Self::Stale(error.to_string()),
            JobError::Analysis(_)
            | JobError::Sealed(_)
            | JobError::Backup(_)
            | JobError::CutOff => Self::Failed(error.to_string()),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl Error {
    /// The status a browser is told.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::SEE_OTHER,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Bad(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Stale(_) => StatusCode::CONFLICT,
            Self::Busy | Self::ReadOnly => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page a person reads, in their language.
    pub fn page(&self, app: &Inner, lang: Lang) -> Response {
        if matches!(self, Self::SignIn) {
            return axum::response::Redirect::to("/sign-in").into_response();
        }
        let (form, staff) = (app.form_words(lang), app.staff_words(lang));
        let status = self.status();
        let (title, text) = match self {
            Self::SignIn | Self::Forbidden => {
                (staff.forbidden_title.clone(), staff.forbidden.clone())
            }
            Self::NotFound => (staff.not_found_title.clone(), staff.not_found.clone()),
            Self::Bad(sentence) | Self::Stale(sentence) => {
                (staff.not_done_title.clone(), sentence.clone())
            }
            Self::Busy => (form.busy_title.clone(), form.busy.clone()),
            Self::ReadOnly => {
                let keep = app.keep_words(lang);
                (keep.read_only_title.clone(), keep.read_only.clone())
            }
            Self::Failed(cause) => {
                tracing::error!(%cause, "a request failed");
                (staff.failed_title.clone(), staff.failed.clone())
            }
        };
        let message = Message::plain(lang, &title, &text);
        let mut response = (status, page::html(message.render())).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

/// An error of a page whose reader's language is not known: English, and still a page.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if matches!(self, Self::SignIn) {
            return axum::response::Redirect::to("/sign-in").into_response();
        }
        if let Self::Failed(cause) = &self {
            tracing::error!(%cause, "a request failed");
        }
        let status = self.status();
        // The localising layer of `web::mod` replaces this body; see there.
        let mut response = (status, Html(status.to_string())).into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}
