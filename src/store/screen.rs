//! What the projector of a data walk shows: one row a walk, kept so that nothing is lost when a
//! laptop closes or the server starts anew.

use super::{Result, Store, StoreError, on, within};
use crate::domain::data_walk::DataWalk;
use crate::domain::screen::Screen;

/// What changes when there is news of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stirred {
    /// Its release, and the revision of what the room sees.
    pub screen: (Option<i64>, Option<i64>),
    /// How many reflections were let through.
    pub said: i64,
}

impl Store {
    /// What the room of a walk sees, and its revision; none before anybody used the remote.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn screen(&self, of: &DataWalk) -> Result<Option<(Screen, i64)>> {
        const SQL: &str = "
            select shows, revision
              from screen
             where diagnosis = $1
               and data_walk = $2";
        let row: Option<(String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.diagnosis.0).bind(of.id.0).fetch_optional(pool).await)?;
        let Some((shows, revision)) = row else { return Ok(None) };
        let screen = serde_json::from_str(&shows)
            .map_err(|_unread| StoreError::Broken("screen", shows.clone()))?;
        Ok(Some((screen, revision)))
    }

    /// What changes when there is news of a walk: its release, the revision of what the room sees, and
    /// how much was let through. Cheap enough to ask for again and again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stirred(&self, of: &DataWalk) -> Result<Stirred> {
        const SQL: &str = "
            select (select release from data_walk where diagnosis = $1 and id = $2),
                   (select revision from screen where diagnosis = $1 and data_walk = $2),
                   (select count(*) from shown_reflection where diagnosis = $1 and data_walk = $2)";
        let row: (Option<i64>, Option<i64>, i64) = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.diagnosis.0).bind(of.id.0).fetch_one(pool).await)?;
        let (release, revision, shown) = row;
        Ok(Stirred { screen: (release, revision), said: shown })
    }

    /// Keeps what the room sees, if nobody changed it since that revision; says whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_screen(
        &self,
        of: &DataWalk,
        new: &Screen,
        since: Option<i64>,
    ) -> Result<bool> {
        const ADD: &str = "
            insert into screen (diagnosis, data_walk, shows, revision)
            values ($1, $2, $3, 1)
            on conflict do nothing";
        const CHANGE: &str = "
            update screen
               set shows = $3, revision = revision + 1
             where diagnosis = $1
               and data_walk = $2
               and revision = $4";
        let shows = serde_json::to_string(new)
            .map_err(|error| StoreError::Broken("screen", error.to_string()))?;
        let mut tx = self.begin().await?;
        let rows = match since {
            None => within!(&mut tx, it => sqlx::query(ADD)
                .bind(of.diagnosis.0).bind(of.id.0).bind(shows)
                .execute(it).await?.rows_affected()),
            Some(revision) => within!(&mut tx, it => sqlx::query(CHANGE)
                .bind(of.diagnosis.0).bind(of.id.0).bind(shows).bind(revision)
                .execute(it).await?.rows_affected()),
        };
        tx.commit().await?;
        Ok(rows == 1)
    }
}
