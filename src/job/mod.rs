//! Work that takes longer than a page: the one place where stored answers meet analysis and the
//! gate, and the only caller that reads answers in bulk.

pub mod area;
pub mod backup;
mod codebook;
pub mod evidence;
pub mod export;
pub mod import;
pub mod mapping;
pub mod night;
pub mod own_words;
pub mod photo;
pub mod release;
pub mod rows;
pub mod seizure;

use crate::analysis::AnalysisError;
use crate::release::NotSealed;
use crate::store::StoreError;
use crate::store::dump::DumpError;

/// Why a job could not be done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The analysis.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A stored table whose seal does not hold.
    #[error("a stored table cannot be opened: {0}")]
    Sealed(#[from] NotSealed),
    /// Nothing can be shown yet.
    #[error("there are not enough answers yet: a release needs at least 10, feedback at least 5")]
    NothingToShow,
    /// Nothing changed since the release before.
    #[error("nothing new can be shown since release {0}: a table is renewed after 10 more answers")]
    NothingNew(i64),
    /// The backup.
    #[error(transparent)]
    Backup(#[from] DumpError),
    /// A thread died.
    #[error("the work was cut off")]
    CutOff,
}

impl JobError {
    /// The error with what caused it, for the log of the server.
    #[must_use]
    pub fn with_causes(&self) -> String {
        let (mut text, mut cause) = (self.to_string(), std::error::Error::source(self));
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}
