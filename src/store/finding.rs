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
    /// Keeps a finding in place of what it said before; none where it is new.
    ///
    /// # Errors
    /// `Stale` when it says something else by now; when the database fails.
    pub async fn keep_finding(&self, new: &Finding, before: Option<&Finding>) -> Result<()> {
        const ADD: &str = "
            insert into finding (diagnosis, id, data_walk, place, said, evidence, amended, because,
                                 editor, written)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict do nothing";
        const CHANGE: &str = "
            update finding
               set said = $3, evidence = $4, amended = $5, because = $6, editor = $7, written = $8
             where diagnosis = $1
               and id = $2
               and said = $9
               and evidence = $10
               and amended = $11
               and because = $12";
        let mut tx = self.begin().await?;
        let kept = within!(&mut tx, it => match before {
            None => sqlx::query(ADD)
                .bind(new.diagnosis.0).bind(new.id.0).bind(new.data_walk.0)
                .bind(i64::from(new.place)).bind(json(&new.said)).bind(json(&new.evidence))
                .bind(json(&new.amended)).bind(json(&new.because)).bind(&new.editor)
                .bind(new.written.to_string())
                .execute(it).await?.rows_affected(),
            Some(old) => sqlx::query(CHANGE)
                .bind(new.diagnosis.0).bind(new.id.0).bind(json(&new.said))
                .bind(json(&new.evidence)).bind(json(&new.amended)).bind(json(&new.because))
                .bind(&new.editor).bind(new.written.to_string()).bind(json(&old.said))
                .bind(json(&old.evidence)).bind(json(&old.amended)).bind(json(&old.because))
                .execute(it).await?.rows_affected(),
        });
        tx.commit().await?;
        if kept == 0 {
            Err(StoreError::Stale("somebody else changed this finding"))
        } else {
            Ok(())
        }
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
    /// `Stale` when it says something else by now; when the database fails.
    pub async fn drop_finding(&self, old: &Finding) -> Result<()> {
        const SQL: &str = "
            delete from finding
             where diagnosis = $1
               and id = $2
               and said = $3
               and evidence = $4
               and amended = $5
               and because = $6";
        let mut tx = self.begin().await?;
        let gone = within!(&mut tx, it => sqlx::query(SQL)
            .bind(old.diagnosis.0).bind(old.id.0).bind(json(&old.said)).bind(json(&old.evidence))
            .bind(json(&old.amended)).bind(json(&old.because))
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        if gone == 0 {
            Err(StoreError::Stale("somebody else changed this finding"))
        } else {
            Ok(())
        }
    }
}
