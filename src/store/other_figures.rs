//! Figures that somebody else counted: those of now, and those that an edition of the report shows.

use super::{Result, Store, StoreError, Tx, document, json, on, within};
use crate::domain::ids::DiagnosisId;
use crate::domain::other_figures::{OtherFigures, Told};

type Row = (String, String, String, String);

fn figures(row: Row) -> Result<OtherFigures> {
    let (name, told, editor, written) = row;
    let told = document("other figures", &told)?;
    let written = written.parse().map_err(|_no_day| StoreError::Broken("day", written.clone()))?;
    Ok(OtherFigures { name, told, editor, written })
}

impl Store {
    /// The figures of others in a diagnosis, by name.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn other_figures(&self, of: DiagnosisId) -> Result<Vec<OtherFigures>> {
        const SQL: &str = "
            select name, told, editor, written
              from other_figures
             where diagnosis = $1";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        sorted(rows)
    }

    /// Those that an edition of the report shows, by name.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn edition_figures(
        &self,
        of: DiagnosisId,
        edition: i64,
    ) -> Result<Vec<OtherFigures>> {
        const SQL: &str = "
            select name, told, editor, written
              from report_figures
             where diagnosis = $1
               and edition = $2";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(edition).fetch_all(pool).await)?;
        sorted(rows)
    }

    /// Keeps figures in place of what was told before; none where they are new.
    ///
    /// # Errors
    /// `Stale` when something else stands there by now; when the database fails.
    pub async fn keep_other_figures(
        &self,
        of: DiagnosisId,
        new: &OtherFigures,
        before: Option<&Told>,
    ) -> Result<()> {
        const ADD: &str = "
            insert into other_figures (diagnosis, name, told, editor, written)
            values ($1, $2, $3, $4, $5)
                on conflict do nothing";
        const CHANGE: &str = "
            update other_figures
               set told = $3, editor = $4, written = $5
             where diagnosis = $1
               and name = $2
               and told = $6";
        let (told, written) = (json(&new.told), new.written.to_string());
        let mut tx = self.begin().await?;
        let kept = within!(&mut tx, it => match before {
            None => sqlx::query(ADD)
                .bind(of.0).bind(&new.name).bind(&told).bind(&new.editor).bind(&written)
                .execute(it).await?.rows_affected(),
            Some(before) => sqlx::query(CHANGE)
                .bind(of.0).bind(&new.name).bind(&told).bind(&new.editor).bind(&written)
                .bind(json(before))
                .execute(it).await?.rows_affected(),
        });
        tx.commit().await?;
        if kept == 0 {
            Err(StoreError::Stale("somebody else changed these figures"))
        } else {
            Ok(())
        }
    }

    /// Takes figures away. Editions that show them keep them.
    ///
    /// # Errors
    /// `Stale` when something else is told there by now; when the database fails.
    pub async fn drop_other_figures(
        &self,
        of: DiagnosisId,
        name: &str,
        before: &Told,
    ) -> Result<()> {
        const SQL: &str = "
            delete from other_figures
             where diagnosis = $1
               and name = $2
               and told = $3";
        let mut tx = self.begin().await?;
        let gone = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(name).bind(json(before))
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        if gone == 0 {
            Err(StoreError::Stale("somebody else changed these figures"))
        } else {
            Ok(())
        }
    }
}

/// A copy for an edition.
pub(super) async fn freeze(
    tx: &mut Tx,
    of: DiagnosisId,
    edition: i64,
    one: &OtherFigures,
) -> Result<()> {
    const SQL: &str = "
        insert into report_figures (diagnosis, edition, name, told, editor, written)
        values ($1, $2, $3, $4, $5, $6)";
    within!(tx, it => sqlx::query(SQL)
        .bind(of.0).bind(edition).bind(&one.name).bind(json(&one.told)).bind(&one.editor)
        .bind(one.written.to_string())
        .execute(it).await?.rows_affected());
    Ok(())
}

/// By name, in an order that does not depend on the database.
fn sorted(rows: Vec<Row>) -> Result<Vec<OtherFigures>> {
    let mut found: Vec<OtherFigures> = rows.into_iter().map(figures).collect::<Result<_>>()?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
