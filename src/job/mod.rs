//! The one place where stored answers meet analysis and the gate.

pub mod release;

/// What keeps a job from being done, as a sentence.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// Something else.
    #[error("{0}")]
    Refused(String),
}
