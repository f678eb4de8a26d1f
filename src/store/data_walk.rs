//! Data walks and their groups. Their reflections come in through the writer, in `response`.

use uuid::Uuid;

use super::{Result, Store, StoreError, code, on, within};
use crate::domain::data_walk::{DataWalk, Group};
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

    /// Hangs another release on the walls of a data walk.
    ///
    /// # Errors
    /// When there is no such walk or the database fails.
    pub async fn hang_release(&self, walk: &DataWalk, release: i64) -> Result<()> {
        const SQL: &str = "
            update data_walk
               set release = $3
             where diagnosis = $1
               and id = $2";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(walk.diagnosis.0).bind(walk.id.0).bind(release)
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::NotFound("data walk")) } else { Ok(()) }
    }

    /// Keeps the groups of a data walk in place of those before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_walk_groups(&self, walk: &DataWalk, groups: &[Group]) -> Result<()> {
        const DROP: &str = "
            delete from walk_group
             where diagnosis = $1
               and data_walk = $2";
        const ADD: &str = "
            insert into walk_group (diagnosis, data_walk, letter, host, begins)
            values ($1, $2, $3, $4, $5)";
        let (of, id) = (walk.diagnosis.0, walk.id.0);
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(DROP)
            .bind(of).bind(id).execute(it).await?.rows_affected());
        for group in groups {
            within!(&mut tx, it => sqlx::query(ADD)
                .bind(of).bind(id).bind(group.letter.to_string()).bind(&group.host)
                .bind(i64::from(group.begins))
                .execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// The groups of a data walk, by letter.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn walk_groups(&self, walk: &DataWalk) -> Result<Vec<Group>> {
        const SQL: &str = "
            select letter, host, begins
              from walk_group
             where diagnosis = $1
               and data_walk = $2
             order by letter";
        let rows: Vec<(String, String, i64)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(walk.diagnosis.0).bind(walk.id.0).fetch_all(pool).await)?;
        rows.into_iter()
            .map(|(letter, host, begins)| {
                let letter = code("letter", &letter, |letter| letter.chars().next())?;
                Ok(Group { letter, host, begins: u32::try_from(begins).unwrap_or(0) })
            })
            .collect()
    }
}
