//! Data walks. Their reflections come in through the writer, in `response`.

use uuid::Uuid;

use super::{Result, Store, StoreError, on, within};
use crate::domain::data_walk::DataWalk;
use crate::domain::ids::{DataWalkId, DiagnosisId};

type Row = (Uuid, Uuid, String, String, i64, String);

fn walk((diagnosis, id, title, held, release, door): Row) -> Result<DataWalk> {
    let held_on = held.parse().map_err(|_no_day| StoreError::Broken("day", held.clone()))?;
    let (id, diagnosis) = (DataWalkId(id), DiagnosisId(diagnosis));
    Ok(DataWalk { id, diagnosis, title, held_on, release, door })
}

impl Store {
    /// Adds a data walk.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_data_walk(&self, walk: &DataWalk) -> Result<()> {
        const SQL: &str = "
            insert into data_walk (diagnosis, id, title, held, release, door)
            values ($1, $2, $3, $4, $5, $6)";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(walk.diagnosis.0).bind(walk.id.0).bind(&walk.title)
            .bind(walk.held_on.to_string()).bind(walk.release).bind(&walk.door)
            .execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// The data walks of a diagnosis, by day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn data_walks(&self, of: DiagnosisId) -> Result<Vec<DataWalk>> {
        const SQL: &str = "
            select diagnosis, id, title, held, release, door
              from data_walk
             where diagnosis = $1
             order by held, id";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        rows.into_iter().map(walk).collect()
    }

    /// The data walk behind a public address.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn data_walk(&self, door: &str) -> Result<DataWalk> {
        const SQL: &str = "
            select diagnosis, id, title, held, release, door
              from data_walk
             where door = $1";
        let row: Option<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(door).fetch_optional(pool).await)?;
        walk(row.ok_or(StoreError::NotFound("data walk"))?)
    }
}
