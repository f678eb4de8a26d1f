//! XLSForm, the spreadsheet other survey programs speak: out of an instrument and into a draft.

mod book;
mod guard;
mod rules;
mod xpath;

pub use guard::FILE;

/// Why a file was not taken: a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(crate) String);

impl Refused {
    fn of(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}
