//! Releases and their tables, as sealed bytes. Opening the seal is the gate's work; this room only
//! keeps the bytes.

use jiff::civil::Date;
use uuid::Uuid;

use super::{Result, Store, StoreError, on, within};
use crate::domain::ids::{CollectionId, DiagnosisId};

/// A numbered release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRelease {
    /// Its number in the diagnosis, from 1.
    pub number: i64,
    /// The day it was made, in the diagnosis's time zone.
    pub made: Date,
    /// Whether everybody may see it, or only the committee.
    pub published: bool,
}

/// One table of a release: sealed bytes and what stays behind the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTable {
    /// The collection.
    pub collection: CollectionId,
    /// The question.
    pub question: String,
    /// The breakdown, or everyone.
    pub by: Option<String>,
    /// The sealed table.
    pub body: String,
    /// Its seal.
    pub mac: Vec<u8>,
    /// The exact numbers it was made from: never shown.
    pub basis: String,
}

impl Store {
    /// Adds a release with its tables, in one transaction.
    ///
    /// # Errors
    /// `Stale` when somebody made a release with that number meanwhile.
    pub async fn add_release(
        &self,
        of: DiagnosisId,
        release: &StoredRelease,
        tables: &[StoredTable],
    ) -> Result<()> {
        const SQL: &str = "
            insert into release (diagnosis, number, made, published)
            values ($1, $2, $3, $4)
                on conflict do nothing";
        const TABLE: &str = "
            insert into released_table (diagnosis, release, collection, question, breakdown,
                                        place, body, mac, basis)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(release.number).bind(release.made.to_string())
            .bind(release.published).execute(it).await?.rows_affected());
        if n == 0 {
            return Err(StoreError::Stale("somebody made a release meanwhile"));
        }
        for (place, table) in tables.iter().enumerate() {
            within!(&mut tx, it => sqlx::query(TABLE)
                .bind(of.0).bind(release.number).bind(table.collection.0)
                .bind(&table.question).bind(table.by.as_deref().unwrap_or(""))
                .bind(i64::try_from(place).unwrap_or(i64::MAX))
                .bind(&table.body).bind(&table.mac).bind(&table.basis)
                .execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// The releases of a diagnosis, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn releases(&self, of: DiagnosisId) -> Result<Vec<StoredRelease>> {
        const SQL: &str = "
            select number, made, published
              from release
             where diagnosis = $1
             order by number";
        let rows: Vec<(i64, String, bool)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        rows.into_iter()
            .map(|(number, made, published)| {
                let made =
                    made.parse().map_err(|_no_day| StoreError::Broken("day", made.clone()))?;
                Ok(StoredRelease { number, made, published })
            })
            .collect()
    }

    /// Lets everybody see a release.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn publish_release(&self, of: DiagnosisId, number: i64) -> Result<()> {
        const SQL: &str = "
            update release
               set published = $3
             where diagnosis = $1
               and number = $2";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(number).bind(true).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::NotFound("release")) } else { Ok(()) }
    }

    /// The tables of a release, in the order they were made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn released_tables(&self, of: DiagnosisId, release: i64) -> Result<Vec<StoredTable>> {
        const SQL: &str = "
            select collection, question, breakdown, body, mac, basis
              from released_table
             where diagnosis = $1
               and release = $2
             order by place";
        let rows: Vec<(Uuid, String, String, String, Vec<u8>, String)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(release).fetch_all(pool).await)?;
        let table = |(collection, question, by, body, mac, basis): (_, _, String, _, _, _)| {
            let by = (!by.is_empty()).then_some(by);
            StoredTable { collection: CollectionId(collection), question, by, body, mac, basis }
        };
        Ok(rows.into_iter().map(table).collect())
    }

    /// The sealed tables of a release with their seals, in the order they were made, without what
    /// stays behind the gate.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_tables(
        &self,
        of: DiagnosisId,
        release: i64,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        const SQL: &str = "
            select body, mac
              from released_table
             where diagnosis = $1
               and release = $2
             order by place";
        let rows = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(release).fetch_all(pool).await)?;
        Ok(rows)
    }

    /// One sealed table of a release with its seal.
    ///
    /// # Errors
    /// `NotFound` when the release has no such table.
    pub async fn sealed_table(
        &self,
        (of, release): (DiagnosisId, i64),
        collection: CollectionId,
        (question, by): (&str, Option<&str>),
    ) -> Result<(String, Vec<u8>)> {
        const SQL: &str = "
            select body, mac
              from released_table
             where diagnosis = $1
               and release = $2
               and collection = $3
               and question = $4
               and breakdown = $5";
        let row: Option<(String, Vec<u8>)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(of.0).bind(release).bind(collection.0).bind(question)
            .bind(by.unwrap_or_default()).fetch_optional(pool).await)?;
        row.ok_or(StoreError::NotFound("table"))
    }
}
