//! Everything a wall of posters is made from: a release, its opened tables, and the instruments
//! they came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::JobError;
use super::release::tables;
use crate::domain::area::Map;
use crate::domain::collection::Collection;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::{AreaId, CollectionId};
use crate::domain::instrument::Instrument;
use crate::release::Table;
use crate::store::{Store, StoreError, StoredRelease};

/// A release with what it is made of.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The release.
    pub release: StoredRelease,
    /// The collections in it, each with its published instrument, newest first.
    pub sheets: Vec<(Collection, Instrument)>,
    /// Its tables, in the order they were made.
    pub tables: Vec<Table>,
    /// The map of the area of each collection that has one.
    pub grounds: BTreeMap<CollectionId, Arc<Map>>,
}

impl Evidence {
    /// The tables of one collection.
    #[must_use]
    pub fn tables_of(&self, collection: &Collection) -> Vec<&Table> {
        let own = |table: &&Table| table.address().collection == collection.id;
        self.tables.iter().filter(own).collect()
    }
}

/// Reads a release.
///
/// # Errors
/// `NotFound` when there is none, or when a seal does not hold.
pub async fn load(store: &Store, diagnosis: &Diagnosis, number: i64) -> Result<Evidence, JobError> {
    let of = diagnosis.id;
    let release = store.releases(of).await?.into_iter().find(|release| release.number == number);
    let release = release.ok_or(StoreError::NotFound("release"))?;
    let tables = tables(store, of, number).await?;
    let mut sheets = Vec::new();
    let mut maps: BTreeMap<AreaId, Arc<Map>> = BTreeMap::new();
    let mut grounds = BTreeMap::new();
    for collection in store.collections(of).await?.into_iter().rev() {
        if tables.iter().any(|table| table.address().collection == collection.id) {
            let instrument = store.published(of, &collection.instrument).await?;
            if let Some(area) = collection.field.area.filter(|_| instrument.has_map()) {
                let map = match maps.get(&area) {
                    Some(map) => Arc::clone(map),
                    None => Arc::new(store.area(of, area).await?.map),
                };
                maps.insert(area, Arc::clone(&map));
                grounds.insert(collection.id, map);
            }
            sheets.push((collection, instrument));
        }
    }
    Ok(Evidence { release, sheets, tables, grounds })
}
