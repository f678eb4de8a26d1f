//! What the committee found, and what people at a data walk made of it.

use uuid::Uuid;

use super::{Result, Store, StoreError, document, json, on, within};
use crate::domain::finding::Finding;
use crate::domain::ids::{DataWalkId, DiagnosisId, FindingId};

type Row = (Uuid, Uuid, Uuid, i64, String, String, String, String, String, String);

fn finding(row: Row) -> Result<Finding> {
    let (diagnosis, id, walk, place, said, evidence, amended, because, editor, written) = row;
    Ok(Finding {
        id: FindingId(id),
        diagnosis: DiagnosisId(diagnosis),
        data_walk: DataWalkId(walk),
        place: u32::try_from(place).unwrap_or(0),
        said: document("finding", &said)?,
        evidence: document("evidence", &evidence)?,
        amended: document("finding", &amended)?,
        because: document("reflections", &because)?,
        editor,
        written: written.parse().map_err(|_no_day| StoreError::Broken("day", written.clone()))?,
    })
}

impl Store {
    /// Keeps a finding, in place of what it said before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_finding(&self, new: &Finding) -> Result<()> {
        const SQL: &str = "
            insert into finding (diagnosis, id, data_walk, place, said, evidence, amended, because,
                                 editor, written)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict (diagnosis, id)
                do update set said = excluded.said, evidence = excluded.evidence,
                              amended = excluded.amended, because = excluded.because,
                              editor = excluded.editor, written = excluded.written";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(new.diagnosis.0).bind(new.id.0).bind(new.data_walk.0)
            .bind(i64::from(new.place)).bind(json(&new.said)).bind(json(&new.evidence))
            .bind(json(&new.amended)).bind(json(&new.because)).bind(&new.editor)
            .bind(new.written.to_string())
            .execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// The findings of a diagnosis, in the order of their places.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn findings(&self, of: DiagnosisId) -> Result<Vec<Finding>> {
        const SQL: &str = "
            select diagnosis, id, data_walk, place, said, evidence, amended, because, editor, written
              from finding
             where diagnosis = $1
             order by place, id";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        rows.into_iter().map(finding).collect()
    }

    /// Takes a finding back.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn drop_finding(&self, of: DiagnosisId, id: FindingId) -> Result<()> {
        const SQL: &str = "
            delete from finding
             where diagnosis = $1
               and id = $2";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(id.0).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::NotFound("finding")) } else { Ok(()) }
    }
}
