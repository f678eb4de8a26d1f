//! The texts that a moderator let through, read when a page is opened: what is held back or deleted
//! is gone from every page at once.

use std::collections::BTreeMap;

use crate::domain::collection::State;
use crate::domain::ids::{CollectionId, DiagnosisId};
use crate::domain::instrument::Policy;
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
    let collections = store.collections(of).await?;
    // What groups said is counted together under one of them, and their words stand there too.
    let spoken: BTreeMap<String, CollectionId> = collections
        .iter()
        .filter(|one| one.field.policy == Policy::Spoken && wanted.contains(&one.id))
        .map(|one| (one.instrument.clone(), one.id))
        .collect();
    let mut all = Vec::new();
    for collection in collections {
        let under = match collection.field.policy {
            Policy::Spoken => spoken.get(&collection.instrument).copied(),
            Policy::Rounded
            | Policy::People
            | Policy::Places
            | Policy::Ballot
            | Policy::Private => wanted.contains(&collection.id).then_some(collection.id),
        };
        let Some(under) = under.filter(|_| collection.state == State::Closed) else { continue };
        let texts = store.shown_texts(of, collection.id).await?.into_iter();
        let text = |(id, question, said)| LetThrough { id, collection: under, question, said };
        all.extend(texts.map(text));
    }
    // By their random ids: nothing says which group or day a text came from.
    all.sort_by_key(|text| text.id);
    Ok(all)
}
