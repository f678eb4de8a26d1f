//! Published versions of instruments: content under its hash, never changed.

use super::{Result, Store, StoreError, document, on, within};
use crate::domain::ids::DiagnosisId;
use crate::domain::instrument::Instrument;

impl Store {
    /// Publishes an instrument in a diagnosis and gives its hash; publishing twice changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publish(&self, diagnosis: DiagnosisId, instrument: &Instrument) -> Result<String> {
        const SQL: &str = "
            insert into instrument (diagnosis, hash, slug, content)
            values ($1, $2, $3, $4)
                on conflict do nothing";
        let (hash, content) = (instrument.hash(), instrument.canonical());
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(diagnosis.0).bind(&hash).bind(&instrument.slug).bind(&content)
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        Ok(hash)
    }

    /// The published version with this hash.
    ///
    /// # Errors
    /// `NotFound` when it was never published here.
    pub async fn published(&self, diagnosis: DiagnosisId, hash: &str) -> Result<Instrument> {
        const SQL: &str = "
            select content
              from instrument
             where diagnosis = $1
               and hash = $2";
        let content: Option<String> = on!(&self.db, pool => sqlx::query_scalar(SQL)
            .bind(diagnosis.0).bind(hash).fetch_optional(pool).await)?;
        document("instrument", &content.ok_or(StoreError::NotFound("instrument"))?)
    }
}
