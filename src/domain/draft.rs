//! An instrument being written: the text of its file, sound or not, until it is published.

use super::ids::PersonId;

/// A draft. There is one for each short name in a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The short name of the instrument it becomes.
    pub slug: String,
    /// The text of its file.
    pub source: String,
    /// The text before the last change.
    pub undo: Option<String>,
    /// The hash of the version it began from, if it began from one.
    pub began_from: Option<String>,
    /// The text it began from; empty when it began with nothing.
    pub began_text: String,
    /// Rises with every change.
    pub revision: i64,
    /// When it was changed last, in milliseconds since 1970 UTC.
    pub changed_at: i64,
    /// Who changed it last.
    pub person: PersonId,
}
