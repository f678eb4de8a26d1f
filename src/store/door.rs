//! The doors of a collection: the words in public addresses.

use uuid::Uuid;

use super::{Result, Store, StoreError, Tx, is_taken, on, within};
use crate::domain::code::meant_doors;
use crate::domain::collection::{Door, Mode};
use crate::domain::ids::{CollectionId, DiagnosisId};

type Row = (Uuid, String, Uuid, String, bool, bool);

fn door((diagnosis, code, collection, mode, with_codes, shut): Row) -> Result<Door> {
    let mode = super::code("mode", &mode, Mode::from_code)?;
    let (collection, diagnosis) = (CollectionId(collection), DiagnosisId(diagnosis));
    Ok(Door { code, collection, diagnosis, mode, with_codes, shut })
}

/// Adds a door inside a transaction.
pub(super) async fn add(tx: &mut Tx, door: &Door) -> Result<()> {
    const SQL: &str = "
        insert into door (diagnosis, code, collection, mode, with_codes, shut)
        values ($1, $2, $3, $4, $5, $6)";
    let added = within!(tx, it => sqlx::query(SQL)
        .bind(door.diagnosis.0).bind(&door.code).bind(door.collection.0)
        .bind(door.mode.code()).bind(door.with_codes).bind(door.shut)
        .execute(it).await.map(|done| done.rows_affected()));
    match added {
        Ok(_) => Ok(()),
        Err(error) if is_taken(&error) => Err(StoreError::Taken("door")),
        Err(error) => Err(error.into()),
    }
}

impl Store {
    /// Adds a door to a collection that has not closed.
    ///
    /// # Errors
    /// `Stale` when it has closed, `Taken` when another door has its word.
    pub async fn add_door(&self, door: &Door) -> Result<()> {
        const SQL: &str = "
            select 1
              from collection
             where diagnosis = $1
               and id = $2
               and state <> 'closed'";
        let mut tx = self.begin().await?;
        let known: Option<i32> = within!(&mut tx, it => sqlx::query_scalar(SQL)
            .bind(door.diagnosis.0).bind(door.collection.0).fetch_optional(it).await)?;
        if known.is_none() {
            return Err(StoreError::Stale("the collection has closed"));
        }
        add(&mut tx, door).await?;
        tx.commit().await
    }

    /// Shuts a door by itself, or opens it again.
    ///
    /// # Errors
    /// `NotFound` when the collection has no such door.
    pub async fn shut_door(&self, door: &Door, shut: bool) -> Result<()> {
        const SQL: &str = "
            update door
               set shut = $4
             where diagnosis = $1
               and collection = $2
               and code = $3";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(door.diagnosis.0).bind(door.collection.0).bind(&door.code).bind(shut)
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::NotFound("door")) } else { Ok(()) }
    }

    /// The door with this word.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn door(&self, code: &str) -> Result<Door> {
        const SQL: &str = "
            select diagnosis, code, collection, mode, with_codes, shut
              from door
             where code = $1";
        let row: Option<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(code).fetch_optional(pool).await)?;
        door(row.ok_or(StoreError::NotFound("door"))?)
    }

    /// The door that somebody means who typed this: in capitals, in groups, a whole address.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn meant_door(&self, typed: &str) -> Result<Door> {
        for word in meant_doors(typed) {
            match self.door(&word).await {
                Err(StoreError::NotFound(_)) => {}
                found => return found,
            }
        }
        Err(StoreError::NotFound("door"))
    }

    /// The doors of a collection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn doors(&self, of: DiagnosisId, collection: CollectionId) -> Result<Vec<Door>> {
        const SQL: &str = "
            select diagnosis, code, collection, mode, with_codes, shut
              from door
             where diagnosis = $1
               and collection = $2
             order by code";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(collection.0).fetch_all(pool).await)?;
        rows.into_iter().map(door).collect()
    }
}
