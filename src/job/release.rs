//! Making a release.

use jiff::civil::Date;

use super::JobError;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::CollectionId;
use crate::store::{Store, StoredRelease};

/// Makes the next release of a diagnosis from these collections.
///
/// # Errors
/// A sentence, when it cannot be made.
pub async fn make(
    _store: &Store,
    _diagnosis: &Diagnosis,
    _today: Date,
    _public: bool,
    _collections: &[CollectionId],
) -> Result<StoredRelease, JobError> {
    Err(JobError::NothingToShow)
}
