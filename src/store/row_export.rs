//! Requests for rows, and for which organisation members speak.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Result, Store, StoreError, code, document, json, on, within};
use crate::domain::ids::{CollectionId, DiagnosisId, ExportId, PersonId};
use crate::domain::row_export::{Affiliation, RowExport, Signature, Standing};

/// A request as both databases give it.
#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    collection: Uuid,
    identifiers: String,
    purpose: String,
    asked_by: Uuid,
    asked_for: String,
    asked_at: i64,
    state: String,
    decided_by: Option<Uuid>,
    decided_for: Option<String>,
    decided_at: Option<i64>,
}

fn request(diagnosis: DiagnosisId, row: Row) -> Result<RowExport> {
    let signed =
        |person, organisation, at| Signature { person: PersonId(person), organisation, at };
    let decided = match (row.decided_by, row.decided_for, row.decided_at) {
        (Some(person), Some(organisation), Some(at)) => Some(signed(person, organisation, at)),
        (_, _, _) => None,
    };
    Ok(RowExport {
        id: ExportId(row.id),
        diagnosis,
        collection: CollectionId(row.collection),
        identifiers: document("identifiers", &row.identifiers)?,
        purpose: row.purpose,
        asked: signed(row.asked_by, row.asked_for, row.asked_at),
        standing: code("standing", &row.state, Standing::from_code)?,
        decided,
    })
}

impl Store {
    /// Writes down for which organisation a member speaks; nothing, when the name is empty. A name
    /// that stands there already keeps its date.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn affiliate(
        &self,
        of: DiagnosisId,
        person: PersonId,
        organisation: &str,
        at: i64,
    ) -> Result<()> {
        const REMOVE: &str = "
            delete from affiliation
             where diagnosis = $1
               and person = $2
               and organisation <> $3";
        const SQL: &str = "
            insert into affiliation (diagnosis, person, organisation, since)
            values ($1, $2, $3, $4)
                on conflict do nothing";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(REMOVE)
            .bind(of.0).bind(person.0).bind(organisation).execute(it).await?.rows_affected());
        if !organisation.is_empty() {
            within!(&mut tx, it => sqlx::query(SQL)
                .bind(of.0).bind(person.0).bind(organisation).bind(at)
                .execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// For which organisations the members of a diagnosis speak, as far as it is written down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn affiliations(&self, of: DiagnosisId) -> Result<BTreeMap<PersonId, Affiliation>> {
        const SQL: &str = "
            select person, organisation, since
              from affiliation
             where diagnosis = $1";
        let rows: Vec<(Uuid, String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        let own =
            |(person, organisation, since)| (PersonId(person), Affiliation { organisation, since });
        Ok(rows.into_iter().map(own).collect())
    }

    /// Keeps a request that waits for somebody of another organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_rows(&self, request: &RowExport) -> Result<()> {
        const SQL: &str = "
            insert into row_export (diagnosis, id, collection, identifiers, purpose,
                                    asked_by, asked_for, asked_at, state)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(request.diagnosis.0).bind(request.id.0).bind(request.collection.0)
            .bind(json(&request.identifiers)).bind(&request.purpose)
            .bind(request.asked.person.0).bind(&request.asked.organisation)
            .bind(request.asked.at).bind(Standing::Waiting.code())
            .execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// Every request of a diagnosis, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn row_exports(&self, of: DiagnosisId) -> Result<Vec<RowExport>> {
        const SQL: &str = "
            select id, collection, identifiers, purpose, asked_by, asked_for, asked_at,
                   state, decided_by, decided_for, decided_at
              from row_export
             where diagnosis = $1
             order by asked_at, id";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        rows.into_iter().map(|row| request(of, row)).collect()
    }

    /// Says yes or no to a request that waits, or takes it back. Of two at once, one decides; and of
    /// two requests for one collection with other identifiers, one is consented.
    ///
    /// # Errors
    /// `Stale` when somebody has decided meanwhile.
    pub async fn decide_rows(
        &self,
        of: DiagnosisId,
        id: ExportId,
        standing: Standing,
        by: &Signature,
    ) -> Result<()> {
        // Taking hold of the diagnosis first: of two acts at once, one waits for the other.
        const HOLD: &str = "update diagnosis set name = name where id = $1";
        const OTHER: &str = "
            select asked.identifiers, gone.identifiers
              from row_export as asked
              join row_export as gone on gone.diagnosis = asked.diagnosis
                                     and gone.collection = asked.collection
             where asked.diagnosis = $1
               and asked.id = $2
               and gone.state = 'consented'";
        const SQL: &str = "
            update row_export
               set state = $3, decided_by = $4, decided_for = $5, decided_at = $6
             where diagnosis = $1
               and id = $2
               and state = 'waiting'";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(HOLD).bind(of.0).execute(it).await?.rows_affected());
        if standing == Standing::Consented {
            let before: Vec<(String, String)> = within!(&mut tx, it =>
                sqlx::query_as(OTHER).bind(of.0).bind(id.0).fetch_all(it).await)?;
            if before.iter().any(|(asked, gone)| asked != gone) {
                return Err(StoreError::Stale("rows went out with other identifiers meanwhile"));
            }
        }
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(id.0).bind(standing.code()).bind(by.person.0)
            .bind(&by.organisation).bind(by.at).execute(it).await?.rows_affected());
        if n == 0 {
            return Err(StoreError::Stale("somebody decided about this request meanwhile"));
        }
        tx.commit().await
    }
}
