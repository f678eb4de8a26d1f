//! Photos of places: what is known of one, and what becomes of it.
//!
//! The picture itself is a file; everything that came with it (when, where, by which phone) was
//! taken out before it was kept.

use serde::{Deserialize, Serialize};

use super::collection::coded;
use super::ids::PhotoId;

coded! {
    /// Where a photo stands with the moderator.
    PhotoState {
        /// Nobody has looked at it yet.
        New = "new",
        /// It may be shown.
        Shown = "shown",
        /// It was held back, and its picture deleted.
        Withheld = "withheld",
    }
}

/// A photo, apart from the response that brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Its id, and the name of its file.
    pub id: PhotoId,
    /// The question it answers.
    pub question: String,
    /// The number of the stop, from 1; none outside a repeat group.
    pub number: Option<u32>,
    /// The code of the place that was given beside it.
    pub place: Option<String>,
    /// Where it stands.
    pub state: PhotoState,
}

/// Photos as a form names them, on their way to rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentPhotos {
    /// The field they were chosen in.
    pub field: String,
    /// The question it is.
    pub question: String,
    /// The number of the repeat, from 1; none outside a repeat group.
    pub number: Option<u32>,
    /// The place that was given beside them.
    pub place: Option<String>,
    /// What the server gave the form for each picture that it keeps.
    pub tokens: Vec<String>,
}

/// The name of the tick that says that nobody can be recognised in the photos of a field.
#[must_use]
pub fn clear_field(field: &str) -> String {
    format!("_clear.{field}")
}
