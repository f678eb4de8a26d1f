//! Drafts of instruments. Nothing is written over what somebody else saved meanwhile.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Result, Store, StoreError, Tx, is_taken, on, within};
use crate::domain::draft::Draft;
use crate::domain::ids::{DiagnosisId, PersonId};

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is kept; the draft has this revision now.
    Now(i64),
    /// Somebody else saved meanwhile, and the draft is theirs as it stands.
    Meanwhile(Box<Draft>),
}

/// A draft as both databases give it.
#[derive(sqlx::FromRow)]
struct Row {
    slug: String,
    source: String,
    undo: Option<String>,
    began_from: Option<String>,
    began_text: String,
    revision: i64,
    changed_at: i64,
    person: Uuid,
}

impl From<Row> for Draft {
    fn from(row: Row) -> Self {
        let Row { slug, source, undo, began_from, began_text, revision, changed_at, person } = row;
        let person = PersonId(person);
        Self { slug, source, undo, began_from, began_text, revision, changed_at, person }
    }
}

impl Store {
    /// Begins a draft.
    ///
    /// # Errors
    /// `Taken` when there is one of this instrument already.
    pub async fn begin_draft(&self, of: DiagnosisId, draft: &Draft) -> Result<()> {
        const SQL: &str = "
            insert into instrument_draft (diagnosis, slug, source, undo, began_from, began_text,
                                          revision, changed_at, person)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let mut tx = self.begin().await?;
        let done = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(&draft.slug).bind(&draft.source).bind(&draft.undo)
            .bind(&draft.began_from).bind(&draft.began_text).bind(draft.revision)
            .bind(draft.changed_at).bind(draft.person.0)
            .execute(it).await.map(|done| done.rows_affected()));
        match done {
            Err(error) if is_taken(&error) => Err(StoreError::Taken("draft")),
            done => {
                done?;
                tx.commit().await
            }
        }
    }

    /// The drafts of a diagnosis, by slug.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drafts(&self, of: DiagnosisId) -> Result<Vec<Draft>> {
        const SQL: &str = "
            select slug, source, undo, began_from, began_text, revision, changed_at, person
              from instrument_draft
             where diagnosis = $1";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        let mut all: Vec<Draft> = rows.into_iter().map(Draft::from).collect();
        all.sort_by(|a, b| a.slug.cmp(&b.slug));
        Ok(all)
    }

    /// The draft of an instrument.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn draft(&self, of: DiagnosisId, slug: &str) -> Result<Draft> {
        let row: Option<Row> = on!(&self.db, pool =>
            sqlx::query_as(ONE).bind(of.0).bind(slug).fetch_optional(pool).await)?;
        row.map(Draft::from).ok_or(StoreError::NotFound("draft"))
    }

    /// Saves a change that was made to the revision `based_on`. The same text again changes
    /// nothing, whatever it was based on: a retry is harmless.
    ///
    /// # Errors
    /// `NotFound` when the draft is gone.
    pub async fn save_draft(
        &self,
        of: DiagnosisId,
        slug: &str,
        (based_on, source): (i64, &str),
        (at, by): (i64, PersonId),
    ) -> Result<Saved> {
        const SQL: &str = "
            update instrument_draft
               set undo = source, source = $3, revision = $4, changed_at = $5, person = $6
             where diagnosis = $1
               and slug = $2
               and revision = $7";
        let mut tx = self.begin().await?;
        let now = find(&mut tx, of, slug).await?.ok_or(StoreError::NotFound("draft"))?;
        if now.source == source {
            return Ok(Saved::Now(now.revision));
        }
        let next = based_on + 1;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(slug).bind(source).bind(next).bind(at).bind(by.0).bind(based_on)
            .execute(it).await?.rows_affected());
        if n == 0 {
            // On PostgreSQL somebody may have saved between the two statements.
            let now = find(&mut tx, of, slug).await?.ok_or(StoreError::NotFound("draft"))?;
            return Ok(Saved::Meanwhile(Box::new(now)));
        }
        tx.commit().await?;
        Ok(Saved::Now(next))
    }

    /// Offers a published version in the place of the file of the same name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer(&self, of: DiagnosisId, slug: &str, hash: &str) -> Result<()> {
        const SQL: &str = "
            insert into instrument_offered (diagnosis, slug, hash)
            values ($1, $2, $3)
                on conflict (diagnosis, slug) do update set hash = excluded.hash";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(slug).bind(hash).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// The hashes of the versions that are offered, by slug.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offered(&self, of: DiagnosisId) -> Result<BTreeMap<String, String>> {
        const SQL: &str = "
            select slug, hash
              from instrument_offered
             where diagnosis = $1";
        let rows: Vec<(String, String)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        Ok(rows.into_iter().collect())
    }

    /// Throws a draft away, if nobody changed it since.
    ///
    /// # Errors
    /// `Stale` when somebody did, or when it is gone.
    pub async fn discard_draft(&self, of: DiagnosisId, slug: &str, revision: i64) -> Result<()> {
        const SQL: &str = "
            delete from instrument_draft
             where diagnosis = $1
               and slug = $2
               and revision = $3";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(slug).bind(revision).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::Stale("the draft was changed meanwhile")) } else { Ok(()) }
    }
}

const ONE: &str = "
    select slug, source, undo, began_from, began_text, revision, changed_at, person
      from instrument_draft
     where diagnosis = $1
       and slug = $2";

async fn find(tx: &mut Tx, of: DiagnosisId, slug: &str) -> Result<Option<Draft>> {
    let row: Option<Row> = within!(tx, it =>
        sqlx::query_as(ONE).bind(of.0).bind(slug).fetch_optional(it).await)?;
    Ok(row.map(Draft::from))
}
