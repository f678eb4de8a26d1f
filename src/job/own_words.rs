//! The texts that a moderator let through, read when a page is opened: what is held back or deleted
//! is gone from every page at once.

use std::collections::BTreeSet;

use crate::domain::collection::State;
use crate::domain::data_walk::ReflectionState;
use crate::domain::ids::{CollectionId, DiagnosisId};
use crate::domain::own_words::LetThrough;
use crate::store::{Store, StoreError};

/// The texts of some collections that were let through; none of one that is open, because a text
/// that comes in while somebody looks says who wrote it.
///
/// # Errors
/// When the store fails.
pub async fn let_through(
    store: &Store,
    of: DiagnosisId,
    wanted: &[CollectionId],
) -> Result<Vec<LetThrough>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: BTreeSet<CollectionId> = wanted.iter().copied().collect();
    let mut all = Vec::new();
    for collection in store.collections(of).await? {
        if collection.state != State::Closed || !wanted.contains(&collection.id) {
            continue;
        }
        let texts = store.free_texts(of, collection.id).await?.into_iter();
        let shown = texts.filter(|text| text.state == ReflectionState::Shown);
        all.extend(shown.map(|text| LetThrough {
            id: text.id,
            collection: collection.id,
            question: text.question,
            said: text.raw,
        }));
    }
    // By their random ids: nothing says which group or day a text came from.
    all.sort_by_key(|text| text.id);
    Ok(all)
}
