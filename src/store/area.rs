//! Maps of areas: each import is a row of its own, and none is ever changed.

use uuid::Uuid;

use super::{Result, Store, StoreError, document, is_taken, json, on, within};
use crate::domain::area::Area;
use crate::domain::ids::{AreaId, DiagnosisId};

type Row = (Uuid, i64, String, String);

fn area(diagnosis: DiagnosisId, (id, number, imported, map): Row) -> Result<Area> {
    let imported =
        imported.parse().map_err(|_no_day| StoreError::Broken("day", imported.clone()))?;
    Ok(Area { id: AreaId(id), diagnosis, number, imported, map: document("map", &map)? })
}

impl Store {
    /// Adds an area as the newest of its diagnosis and gives its number.
    ///
    /// # Errors
    /// `Taken` when somebody else added one in the same moment.
    pub async fn add_area(&self, new: &Area) -> Result<i64> {
        const SQL: &str = "
            insert into area (diagnosis, id, number, imported, map)
            select $1, $2, coalesce(max(number), 0) + 1, $3, $4
              from area
             where diagnosis = $1
         returning number";
        let mut tx = self.begin().await?;
        let (imported, map) = (new.imported.to_string(), json(&new.map));
        let added: sqlx::Result<i64> = within!(&mut tx, it => sqlx::query_scalar(SQL)
            .bind(new.diagnosis.0).bind(new.id.0).bind(&imported).bind(&map)
            .fetch_one(it).await);
        let number = match added {
            Ok(number) => number,
            Err(error) if is_taken(&error) => return Err(StoreError::Taken("map")),
            Err(error) => return Err(error.into()),
        };
        tx.commit().await?;
        Ok(number)
    }

    /// The id of the newest area of a diagnosis, if it has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_area(&self, of: DiagnosisId) -> Result<Option<AreaId>> {
        const SQL: &str = "
            select id
              from area
             where diagnosis = $1
             order by number desc
             limit 1";
        let id: Option<Uuid> = on!(&self.db, pool =>
            sqlx::query_scalar(SQL).bind(of.0).fetch_optional(pool).await)?;
        Ok(id.map(AreaId))
    }

    /// One area.
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn area(&self, of: DiagnosisId, id: AreaId) -> Result<Area> {
        const SQL: &str = "
            select id, number, imported, map
              from area
             where diagnosis = $1
               and id = $2";
        let row: Option<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(id.0).fetch_optional(pool).await)?;
        area(of, row.ok_or(StoreError::NotFound("map"))?)
    }
}
