//! Which texts somebody has checked, under the hash of original and translation.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Result, Store, on, within};
use crate::domain::ids::{DiagnosisId, PersonId};
use crate::domain::text::Lang;

/// Who checked a text, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextCheck {
    /// Who.
    pub by: PersonId,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

impl Store {
    /// Keeps that somebody has checked these texts; who checked first stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_texts(
        &self,
        of: DiagnosisId,
        lang: Lang,
        texts: &[String],
        check: TextCheck,
    ) -> Result<()> {
        const SQL: &str = "
            insert into translation_check (diagnosis, lang, text, person, at)
            values ($1, $2, $3, $4, $5)
                on conflict do nothing";
        let mut tx = self.begin().await?;
        for text in texts {
            within!(&mut tx, it => sqlx::query(SQL)
                .bind(of.0).bind(lang.tag()).bind(text).bind(check.by.0).bind(check.at)
                .execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// Makes a text a draft again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncheck_text(&self, of: DiagnosisId, lang: Lang, text: &str) -> Result<()> {
        const SQL: &str = "
            delete from translation_check
             where diagnosis = $1
               and lang = $2
               and text = $3";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(lang.tag()).bind(text).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// Every text of a language that somebody has checked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn text_checks(
        &self,
        of: DiagnosisId,
        lang: Lang,
    ) -> Result<BTreeMap<String, TextCheck>> {
        const SQL: &str = "
            select text, person, at
              from translation_check
             where diagnosis = $1
               and lang = $2";
        let rows: Vec<(String, Uuid, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(lang.tag()).fetch_all(pool).await)?;
        let check = |(text, person, at)| (text, TextCheck { by: PersonId(person), at });
        Ok(rows.into_iter().map(check).collect())
    }
}
