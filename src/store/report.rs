//! The report of a diagnosis: its draft and its editions. The draft is edition 0.

use jiff::civil::Date;

use super::other_figures::freeze;
use super::{Result, Store, StoreError, Tx, on, within};
use crate::domain::ids::DiagnosisId;
use crate::domain::other_figures::OtherFigures;
use crate::domain::report::{Report, Section, SectionText};

impl Store {
    /// The draft and the editions of a report, by number.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn reports(&self, of: DiagnosisId) -> Result<Vec<Report>> {
        const SQL: &str = "
            select edition, release, made, editor
              from report
             where diagnosis = $1
             order by edition";
        let rows: Vec<(i64, i64, String, String)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        let report = |(edition, release, made, editor): (_, _, String, _)| {
            Ok(Report { edition, release, made: day(&made)?, editor })
        };
        rows.into_iter().map(report).collect()
    }

    /// What stands in an edition, in every language.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn report_texts(&self, of: DiagnosisId, edition: i64) -> Result<Vec<SectionText>> {
        const SQL: &str = "
            select section, lang, said, editor, written
              from report_text
             where diagnosis = $1
               and edition = $2
             order by section, lang";
        let rows: Vec<(String, String, String, String, String)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(edition).fetch_all(pool).await)?;
        rows.into_iter()
            .map(|(section, lang, said, editor, written)| {
                let known = Section::from_code(&section);
                let broken = |what, text: &str| StoreError::Broken(what, text.to_owned());
                Ok(SectionText {
                    section: known.ok_or_else(|| broken("section", &section))?,
                    lang: lang.parse().map_err(|_unknown| broken("language", &lang))?,
                    said,
                    editor,
                    written: day(&written)?,
                })
            })
            .collect()
    }

    /// Ties the draft to a release.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pin_report(&self, of: DiagnosisId, draft: &Report) -> Result<()> {
        const SQL: &str = "
            update report
               set release = $2, made = $3, editor = $4
             where diagnosis = $1
               and edition = 0";
        let mut tx = self.begin().await?;
        begin_draft(&mut tx, of, draft).await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(draft.release).bind(draft.made.to_string()).bind(&draft.editor)
            .execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// Keeps the text of a section of the draft in place of the one before; an empty one takes it
    /// away. `draft` begins the draft where there is none.
    ///
    /// # Errors
    /// `Stale` when what stands there is no longer `before`; when the database fails.
    pub async fn set_report_text(
        &self,
        of: DiagnosisId,
        draft: &Report,
        new: &SectionText,
        before: &str,
    ) -> Result<()> {
        const ADD: &str = "
            insert into report_text (diagnosis, edition, section, lang, said, editor, written)
            values ($1, 0, $2, $3, $4, $5, $6)
                on conflict do nothing";
        const CHANGE: &str = "
            update report_text
               set said = $4, editor = $5, written = $6
             where diagnosis = $1
               and edition = 0
               and section = $2
               and lang = $3
               and said = $7";
        const DROP: &str = "
            delete from report_text
             where diagnosis = $1
               and edition = 0
               and section = $2
               and lang = $3
               and said = $4";
        let (section, lang) = (new.section.code(), new.lang.tag());
        let mut tx = self.begin().await?;
        begin_draft(&mut tx, of, draft).await?;
        // One statement looks and writes, so that of two at once only one is kept.
        let kept = within!(&mut tx, it => match (before.is_empty(), new.said.is_empty()) {
            (true, true) => 1,
            (true, false) => sqlx::query(ADD)
                .bind(of.0).bind(section).bind(lang).bind(&new.said).bind(&new.editor)
                .bind(new.written.to_string())
                .execute(it).await?.rows_affected(),
            (false, false) => sqlx::query(CHANGE)
                .bind(of.0).bind(section).bind(lang).bind(&new.said).bind(&new.editor)
                .bind(new.written.to_string()).bind(before)
                .execute(it).await?.rows_affected(),
            (false, true) => sqlx::query(DROP)
                .bind(of.0).bind(section).bind(lang).bind(before)
                .execute(it).await?.rows_affected(),
        });
        if kept == 0 {
            return Err(StoreError::Stale("somebody else changed this text"));
        }
        tx.commit().await
    }

    /// Adds an edition with everything in it, the figures of others that it shows included.
    ///
    /// # Errors
    /// `Stale` when there is one with that number.
    pub async fn add_edition(
        &self,
        of: DiagnosisId,
        edition: &Report,
        texts: &[SectionText],
        others: &[OtherFigures],
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        if begin_draft(&mut tx, of, edition).await? == 0 {
            return Err(StoreError::Stale("somebody published the report meanwhile"));
        }
        for text in texts {
            add(&mut tx, of, edition.edition, text).await?;
        }
        for one in others {
            freeze(&mut tx, of, edition.edition, one).await?;
        }
        tx.commit().await
    }

    /// Takes an edition back: it is gone.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn drop_edition(&self, of: DiagnosisId, edition: i64) -> Result<()> {
        const SQL: &str = "
            delete from report
             where diagnosis = $1
               and edition = $2";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(edition).execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::NotFound("edition")) } else { Ok(()) }
    }
}

/// The row of a draft or an edition, where there is none yet.
async fn begin_draft(tx: &mut Tx, of: DiagnosisId, new: &Report) -> Result<u64> {
    const SQL: &str = "
        insert into report (diagnosis, edition, release, made, editor)
        values ($1, $2, $3, $4, $5)
            on conflict do nothing";
    Ok(within!(tx, it => sqlx::query(SQL)
        .bind(of.0).bind(new.edition).bind(new.release).bind(new.made.to_string())
        .bind(&new.editor).execute(it).await?.rows_affected()))
}

async fn add(tx: &mut Tx, of: DiagnosisId, edition: i64, text: &SectionText) -> Result<()> {
    const SQL: &str = "
        insert into report_text (diagnosis, edition, section, lang, said, editor, written)
        values ($1, $2, $3, $4, $5, $6, $7)";
    within!(tx, it => sqlx::query(SQL)
        .bind(of.0).bind(edition).bind(text.section.code()).bind(text.lang.tag())
        .bind(&text.said).bind(&text.editor).bind(text.written.to_string())
        .execute(it).await?.rows_affected());
    Ok(())
}

fn day(text: &str) -> Result<Date> {
    text.parse().map_err(|_no_day| StoreError::Broken("day", text.to_owned()))
}
