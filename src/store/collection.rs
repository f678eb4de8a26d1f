//! Collections.

use jiff::civil::Date;
use uuid::Uuid;

use super::{Result, Store, StoreError, card, code, document, door, group, json, on, within};
use crate::domain::collection::{Collection, Door, Field, State};
use crate::domain::ids::{CollectionId, DiagnosisId, WaveId};

/// A collection as both databases give it.
#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    wave: Uuid,
    instrument: String,
    title: String,
    field: String,
    state: String,
    opened: Option<String>,
    closed: Option<String>,
    group_said_yes: bool,
}

fn collection(diagnosis: DiagnosisId, row: Row) -> Result<Collection> {
    Ok(Collection {
        id: CollectionId(row.id),
        diagnosis,
        wave: WaveId(row.wave),
        instrument: row.instrument,
        title: row.title,
        field: document("field", &row.field)?,
        state: code("state", &row.state, State::from_code)?,
        opened: day(row.opened)?,
        closed: day(row.closed)?,
        group_said_yes: row.group_said_yes,
    })
}

fn day(text: Option<String>) -> Result<Option<Date>> {
    text.map(|text| text.parse().map_err(|_no_day| StoreError::Broken("day", text.clone())))
        .transpose()
}

impl Store {
    /// Adds a collection with its doors.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_collection(&self, collection: &Collection, doors: &[Door]) -> Result<()> {
        const SQL: &str = "
            insert into collection (diagnosis, id, wave, instrument, title, field, state,
                                    opened, closed, group_said_yes)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let mut tx = self.begin().await?;
        let field = json(&collection.field);
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(collection.diagnosis.0).bind(collection.id.0).bind(collection.wave.0)
            .bind(&collection.instrument).bind(&collection.title).bind(&field)
            .bind(collection.state.code())
            .bind(collection.opened.map(|day| day.to_string()))
            .bind(collection.closed.map(|day| day.to_string()))
            .bind(collection.group_said_yes)
            .execute(it).await?.rows_affected());
        for door in doors {
            door::add(&mut tx, door).await?;
        }
        tx.commit().await
    }

    /// The collections of a diagnosis, by first day and title.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn collections(&self, diagnosis: DiagnosisId) -> Result<Vec<Collection>> {
        const SQL: &str = "
            select id, wave, instrument, title, field, state, opened, closed, group_said_yes
              from collection
             where diagnosis = $1";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(diagnosis.0).fetch_all(pool).await)?;
        let mut found =
            rows.into_iter().map(|row| collection(diagnosis, row)).collect::<Result<Vec<_>>>()?;
        found.sort_by(|a, b| (a.opened, &a.title).cmp(&(b.opened, &b.title)));
        Ok(found)
    }

    /// One collection.
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn collection(&self, of: DiagnosisId, id: CollectionId) -> Result<Collection> {
        const SQL: &str = "
            select id, wave, instrument, title, field, state, opened, closed, group_said_yes
              from collection
             where diagnosis = $1
               and id = $2";
        let row: Option<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(id.0).fetch_optional(pool).await)?;
        collection(of, row.ok_or(StoreError::NotFound("collection"))?)
    }

    /// Changes a collection that is still a draft.
    ///
    /// # Errors
    /// `Stale` when it has opened meanwhile: how it is in the field is fixed then.
    pub async fn change_draft(&self, draft: &Collection) -> Result<()> {
        const SQL: &str = "
            update collection
               set title = $3, field = $4, instrument = $5
             where diagnosis = $1
               and id = $2
               and state = 'draft'";
        let mut tx = self.begin().await?;
        let field: String = json::<Field>(&draft.field);
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(draft.diagnosis.0).bind(draft.id.0).bind(&draft.title).bind(&field)
            .bind(&draft.instrument).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::Stale("the collection is no draft any more")) } else { Ok(()) }
    }

    /// Opens a draft.
    ///
    /// # Errors
    /// `Stale` when it is no draft any more.
    pub async fn open_collection(&self, of: DiagnosisId, id: CollectionId, on: Date) -> Result<()> {
        const SQL: &str = "
            update collection
               set state = 'open', opened = $3
             where diagnosis = $1
               and id = $2
               and state = 'draft'";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(id.0).bind(on.to_string()).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::Stale("the collection is no draft any more")) } else { Ok(()) }
    }

    /// Closes an open collection, with the group's yes or no to a poster. Codes that nobody used
    /// go; how many they were stays. What two people typed from the same sheet goes too.
    ///
    /// # Errors
    /// `Stale` when it is not open.
    pub async fn close_collection(
        &self,
        of: DiagnosisId,
        id: CollectionId,
        on: Date,
        group_said_yes: bool,
    ) -> Result<()> {
        const SQL: &str = "
            update collection
               set state = 'closed', closed = $3, group_said_yes = $4
             where diagnosis = $1
               and id = $2
               and state = 'open'";
        const ENTRIES: &str = "
            delete from paper_check
             where diagnosis = $1
               and collection = $2";
        let mut tx = self.begin().await?;
        group::hold_back(&mut tx, id.0).await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(id.0).bind(on.to_string()).bind(group_said_yes)
            .execute(it).await?.rows_affected());
        if n > 0 {
            within!(&mut tx, it => sqlx::query(ENTRIES)
                .bind(of.0).bind(id.0).execute(it).await?.rows_affected());
            card::purge(&mut tx, of, id).await?;
        }
        tx.commit().await?;
        if n == 0 { Err(StoreError::Stale("the collection is not open")) } else { Ok(()) }
    }
}
