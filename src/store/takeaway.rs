//! Sentences that somebody wrote under a chart.

use uuid::Uuid;

use super::{Result, Store, StoreError, on, within};
use crate::domain::ids::{CollectionId, DiagnosisId};
use crate::domain::takeaway::Takeaway;

impl Store {
    /// Keeps a sentence in place of the one before in the same language; an empty one takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_takeaway(&self, of: DiagnosisId, new: &Takeaway) -> Result<()> {
        const DROP: &str = "
            delete from takeaway
             where diagnosis = $1
               and collection = $2
               and chart = $3
               and lang = $4";
        const ADD: &str = "
            insert into takeaway (diagnosis, collection, chart, lang, said, editor, written, about)
            values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(DROP)
            .bind(of.0).bind(new.collection.0).bind(&new.chart).bind(new.lang.tag())
            .execute(it).await?.rows_affected());
        if !new.said.is_empty() {
            within!(&mut tx, it => sqlx::query(ADD)
                .bind(of.0).bind(new.collection.0).bind(&new.chart).bind(new.lang.tag())
                .bind(&new.said).bind(&new.editor).bind(new.written.to_string()).bind(&new.about)
                .execute(it).await?.rows_affected());
        }
        tx.commit().await
    }

    /// Every sentence that was written in a diagnosis.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn takeaways(&self, of: DiagnosisId) -> Result<Vec<Takeaway>> {
        const SQL: &str = "
            select collection, chart, lang, said, editor, written, about
              from takeaway
             where diagnosis = $1
             order by collection, chart, lang";
        let rows: Vec<(Uuid, String, String, String, String, String, String)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        rows.into_iter()
            .map(|(collection, chart, lang, said, editor, written, about)| {
                let broken = |what, text: &str| StoreError::Broken(what, text.to_owned());
                Ok(Takeaway {
                    collection: CollectionId(collection),
                    chart,
                    lang: lang.parse().map_err(|_unknown| broken("language", &lang))?,
                    said,
                    editor,
                    written: written.parse().map_err(|_no_day| broken("day", &written))?,
                    about,
                })
            })
            .collect()
    }
}
