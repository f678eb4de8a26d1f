//! Published versions of instruments: content under its hash, numbered, never changed.

use uuid::Uuid;

use super::{Result, Store, StoreError, Tx, document, on, within};
use crate::domain::change::must_raise_since;
use crate::domain::ids::{DiagnosisId, PersonId};
use crate::domain::instrument::Instrument;
use crate::domain::version::{Publication, Version};

/// A version as both databases give it.
#[derive(sqlx::FromRow)]
struct Row {
    slug: String,
    number: i64,
    hash: String,
    at: Option<i64>,
    person: Option<Uuid>,
    note: String,
}

fn version(row: Row) -> Result<Version> {
    let broken = |_too_large| StoreError::Broken("version", row.number.to_string());
    Ok(Version {
        number: u32::try_from(row.number).map_err(broken)?,
        slug: row.slug,
        hash: row.hash,
        at: row.at,
        by: row.person.map(PersonId),
        note: row.note,
    })
}

impl Store {
    /// Publishes an instrument in a diagnosis and gives its hash; publishing twice changes nothing.
    ///
    /// # Errors
    /// As [`Store::publish_version`].
    pub async fn publish(&self, diagnosis: DiagnosisId, instrument: &Instrument) -> Result<String> {
        let version = self.publish_version(diagnosis, instrument, &Publication::default()).await?;
        Ok(version.hash)
    }

    /// Publishes an instrument as its next version; what is published already stays as it is.
    ///
    /// # Errors
    /// `MeaningNotRaised` when answers of an earlier version would be mixed with others.
    pub async fn publish_version(
        &self,
        of: DiagnosisId,
        instrument: &Instrument,
        how: &Publication<'_>,
    ) -> Result<Version> {
        // Taking hold of the diagnosis first: of two versions at once, one waits for its number.
        const HOLD: &str = "update diagnosis set name = name where id = $1";
        const CONTENT: &str = "
            insert into instrument (diagnosis, hash, slug, content)
            values ($1, $2, $3, $4)
                on conflict do nothing";
        const SQL: &str = "
            insert into instrument_version (diagnosis, slug, number, hash, source, at, person, note)
            values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let (hash, slug) = (instrument.hash(), &instrument.slug);
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(HOLD).bind(of.0).execute(it).await?.rows_affected());
        if let Some(known) = by_hash(&mut tx, of, &hash).await? {
            return Ok(known);
        }
        let earlier = earlier(&mut tx, of, slug).await?;
        let must = must_raise_since(earlier.iter().map(|(_, content)| content), instrument);
        if !must.is_empty() {
            return Err(StoreError::MeaningNotRaised(must));
        }
        let number = earlier.first().map_or(1, |(last, _)| last + 1);
        within!(&mut tx, it => sqlx::query(CONTENT)
            .bind(of.0).bind(&hash).bind(slug).bind(instrument.canonical())
            .execute(it).await?.rows_affected());
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(slug).bind(number).bind(&hash).bind(how.source).bind(how.at)
            .bind(how.by.map(|person| person.0)).bind(how.note)
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        let (slug, at, person) = (slug.clone(), how.at, how.by.map(|person| person.0));
        version(Row { slug, number, hash, at, person, note: how.note.to_owned() })
    }

    /// The published version with this hash.
    ///
    /// # Errors
    /// `NotFound` when it was never published here.
    pub async fn published(&self, diagnosis: DiagnosisId, hash: &str) -> Result<Instrument> {
        const SQL: &str = "
            select content
              from instrument
             where diagnosis = $1
               and hash = $2";
        let content: Option<String> = on!(&self.db, pool => sqlx::query_scalar(SQL)
            .bind(diagnosis.0).bind(hash).fetch_optional(pool).await)?;
        document("instrument", &content.ok_or(StoreError::NotFound("instrument"))?)
    }

    /// Every published version of a diagnosis, by slug and number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions(&self, of: DiagnosisId) -> Result<Vec<Version>> {
        const SQL: &str = "
            select slug, number, hash, at, person, note
              from instrument_version
             where diagnosis = $1";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        let mut all = rows.into_iter().map(version).collect::<Result<Vec<_>>>()?;
        all.sort_by(|a, b| (&a.slug, a.number).cmp(&(&b.slug, b.number)));
        Ok(all)
    }

    /// The text of the file a version was published from, if it is known.
    ///
    /// # Errors
    /// `NotFound` when it was never published here.
    pub async fn source(&self, of: DiagnosisId, hash: &str) -> Result<Option<String>> {
        const SQL: &str = "
            select source
              from instrument_version
             where diagnosis = $1
               and hash = $2";
        let source: Option<Option<String>> = on!(&self.db, pool => sqlx::query_scalar(SQL)
            .bind(of.0).bind(hash).fetch_optional(pool).await)?;
        source.ok_or(StoreError::NotFound("instrument"))
    }
}

async fn by_hash(tx: &mut Tx, of: DiagnosisId, hash: &str) -> Result<Option<Version>> {
    const SQL: &str = "
        select slug, number, hash, at, person, note
          from instrument_version
         where diagnosis = $1
           and hash = $2";
    let row: Option<Row> = within!(tx, it =>
        sqlx::query_as(SQL).bind(of.0).bind(hash).fetch_optional(it).await)?;
    row.map(version).transpose()
}

/// The earlier versions with their numbers, the newest first.
async fn earlier(tx: &mut Tx, of: DiagnosisId, slug: &str) -> Result<Vec<(i64, Instrument)>> {
    const SQL: &str = "
        select instrument_version.number, instrument.content
          from instrument_version
          join instrument
            on instrument.diagnosis = instrument_version.diagnosis
           and instrument.hash = instrument_version.hash
         where instrument_version.diagnosis = $1
           and instrument_version.slug = $2
         order by instrument_version.number desc";
    let rows: Vec<(i64, String)> = within!(tx, it =>
        sqlx::query_as(SQL).bind(of.0).bind(slug).fetch_all(it).await)?;
    rows.iter().map(|(number, content)| Ok((*number, document("instrument", content)?))).collect()
}
