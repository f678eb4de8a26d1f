//! One-time codes on cards, and the ceiling of a collection.
//!
//! A code is stored as a keyed hash and nothing else: no name, no number, no way to an answer. It is
//! deleted in the transaction that keeps the answer it was spent on.

use super::{Result, Secret, Store, StoreError, Tx, on, within};
use crate::domain::code::Code;
use crate::domain::ids::{CollectionId, DiagnosisId};

/// How many answers a collection takes where nobody chose another number.
pub const CEILING: u64 = 100_000;

/// The keyed hash of a code; the same letters on a card of another collection have another one.
pub(super) fn hash(secret: &Secret, collection: CollectionId, code: &Code) -> Vec<u8> {
    secret.hash(&[b"code", collection.0.as_bytes(), code.letters().as_bytes()])
}

/// Deletes what nobody used, and keeps how many they were.
pub(super) async fn purge(tx: &mut Tx, of: DiagnosisId, collection: CollectionId) -> Result<()> {
    const COUNT: &str = "
        update collection
           set unspent = (select count(*)
                            from code
                           where code.diagnosis = $1
                             and code.collection = $2)
         where diagnosis = $1
           and id = $2";
    const PURGE: &str = "
        delete from code
         where diagnosis = $1
           and collection = $2";
    for sql in [COUNT, PURGE] {
        within!(tx, it => sqlx::query(sql)
            .bind(of.0).bind(collection.0).execute(it).await?.rows_affected());
    }
    Ok(())
}

impl Store {
    /// Gives codes out: they can be spent from now on.
    ///
    /// # Errors
    /// `Stale` when the collection has closed: nothing was stored then.
    pub async fn issue_codes(
        &self,
        of: DiagnosisId,
        collection: CollectionId,
        codes: &[Code],
    ) -> Result<()> {
        const COUNT: &str = "
            update collection
               set issued = issued + $3
             where diagnosis = $1
               and id = $2
               and state <> 'closed'";
        const ADD: &str = "
            insert into code (diagnosis, collection, hash)
            values ($1, $2, $3)";
        let mut tx = self.begin().await?;
        let n = i64::try_from(codes.len()).unwrap_or(0);
        let counted = within!(&mut tx, it => sqlx::query(COUNT)
            .bind(of.0).bind(collection.0).bind(n).execute(it).await?.rows_affected());
        if counted == 0 {
            return Err(StoreError::Stale("the collection has closed"));
        }
        for code in codes {
            let hash = hash(&self.secret, collection, code);
            within!(&mut tx, it => sqlx::query(ADD)
                .bind(of.0).bind(collection.0).bind(&hash).execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// How many codes a collection gave out, and how many of them are left; after closing, how many
    /// were left then.
    ///
    /// # Errors
    /// `NotFound` when there is no such collection.
    pub async fn codes(&self, of: DiagnosisId, collection: CollectionId) -> Result<(u64, u64)> {
        const SQL: &str = "
            select issued,
                   coalesce(unspent, (select count(*)
                                        from code
                                       where code.diagnosis = $1
                                         and code.collection = $2))
              from collection
             where diagnosis = $1
               and id = $2";
        let row: Option<(i64, i64)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(of.0).bind(collection.0).fetch_optional(pool).await)?;
        let (issued, left) = row.ok_or(StoreError::NotFound("collection"))?;
        Ok((u64::try_from(issued).unwrap_or(0), u64::try_from(left).unwrap_or(0)))
    }

    /// How many answers a collection takes at most.
    ///
    /// # Errors
    /// `NotFound` when there is no such collection.
    pub async fn ceiling(&self, of: DiagnosisId, collection: CollectionId) -> Result<u64> {
        const SQL: &str = "
            select ceiling
              from collection
             where diagnosis = $1
               and id = $2";
        let row: Option<(Option<i64>,)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(of.0).bind(collection.0).fetch_optional(pool).await)?;
        let (ceiling,) = row.ok_or(StoreError::NotFound("collection"))?;
        Ok(ceiling.and_then(|n| u64::try_from(n).ok()).unwrap_or(CEILING))
    }

    /// Chooses how many answers a collection takes at most.
    ///
    /// # Errors
    /// `Stale` when it has closed.
    pub async fn set_ceiling(
        &self,
        of: DiagnosisId,
        collection: CollectionId,
        most: u64,
    ) -> Result<()> {
        const SQL: &str = "
            update collection
               set ceiling = $3
             where diagnosis = $1
               and id = $2
               and state <> 'closed'";
        let mut tx = self.begin().await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(collection.0).bind(most).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::Stale("the collection has closed")) } else { Ok(()) }
    }
}
