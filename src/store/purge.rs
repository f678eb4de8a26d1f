//! Deleting what was kept long enough. What lingers of it in free places and in the log goes with
//! the unlink job, which comes after it.

use jiff::civil::Date;
use uuid::Uuid;

use super::{Result, Store, Tx, audit, on, within};
use crate::domain::ids::{CollectionId, DiagnosisId, PhotoId};
use crate::domain::retention::Kept;

const RECEIPTS: &str = "
    delete from receipt
     where diagnosis = $1
       and collection = $2";

const TEXTS: &str = "
    delete from free_text
     where diagnosis = $1
       and collection = $2";

const RESPONSES: &str = "
    delete from response
     where diagnosis = $1
       and collection = $2";

const TYPISTS: &str = "
    delete from paper_typist
     where diagnosis = $1
       and collection = $2";

const PHOTOS: &str = "
    delete from photo
     where diagnosis = $1
       and collection = $2";

const PHOTOS_NOT_SHOWN: &str = "
    delete from photo
     where diagnosis = $1
       and collection = $2
       and state <> 'shown'";

/// The pictures of what `PHOTOS_NOT_SHOWN` is about to delete.
const PICTURES_NOT_SHOWN: &str = "
    select id
      from photo
     where diagnosis = $1
       and collection = $2
       and state <> 'shown'";

const PICTURES: &str = "
    select id
      from photo
     where diagnosis = $1
       and collection = $2";

/// What was asked for of rows that are no more.
const ROW_EXPORTS: &str = "
    delete from row_export
     where diagnosis = $1
       and collection = $2";

async fn each(
    tx: &mut Tx,
    (diagnosis, collection): (Uuid, Uuid),
    statements: &[&'static str],
) -> Result<u64> {
    let mut n = 0;
    for sql in statements {
        n += within!(tx, it => sqlx::query(*sql)
            .bind(diagnosis).bind(collection).execute(it).await?.rows_affected());
    }
    Ok(n)
}

impl Store {
    /// Deletes something of a collection for good, and gives how many rows it was.
    ///
    /// # Errors
    /// When the database or the folder fails.
    pub async fn forget_of(
        &self,
        of: DiagnosisId,
        collection: CollectionId,
        what: Kept,
    ) -> Result<u64> {
        let (statements, pictures): (&[&'static str], Option<&'static str>) = match what {
            Kept::Receipts => (&[RECEIPTS], None),
            Kept::Texts => (&[TEXTS], None),
            Kept::Typists => (&[TYPISTS], None),
            Kept::Photos => (&[PHOTOS_NOT_SHOWN], Some(PICTURES_NOT_SHOWN)),
            Kept::SignUps | Kept::Answers => {
                (&[RESPONSES, TEXTS, RECEIPTS, PHOTOS, ROW_EXPORTS], Some(PICTURES))
            }
            // These are of a diagnosis, not of a collection.
            Kept::Reflections | Kept::Log => (&[], None),
        };
        let key = (of.0, collection.0);
        let mut tx = self.begin().await?;
        let ids: Vec<Uuid> = match pictures {
            Some(sql) => within!(&mut tx, it => sqlx::query_scalar(sql)
                .bind(key.0).bind(key.1).fetch_all(it).await)?,
            None => Vec::new(),
        };
        let n = each(&mut tx, key, statements).await?;
        tx.commit().await?;
        if !ids.is_empty() {
            self.burn(ids.into_iter().map(PhotoId).collect()).await?;
        }
        Ok(n)
    }

    /// Deletes what groups said at data walks held before a day, if it was not shown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_reflections(&self, of: DiagnosisId, before: Date) -> Result<u64> {
        const SQL: &str = "
            delete from reflection
             where diagnosis = $1
               and state <> 'shown'
               and data_walk in (select id
                                   from data_walk
                                  where diagnosis = $1
                                    and held < $2)";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(before.to_string()).execute(it).await?.rows_affected());
        tx.commit().await?;
        Ok(n)
    }

    /// Deletes what the log says from before a moment (milliseconds since 1970 UTC). The chain of
    /// what is left begins with the last link that went.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_log(&self, of: DiagnosisId, before: i64) -> Result<u64> {
        // The last of those with nothing newer before it: a clock that jumped leaves no gap.
        const LAST: &str = "
            select number, chain
              from audit
             where diagnosis = $1
               and number < coalesce((select min(number)
                                        from audit
                                       where diagnosis = $1
                                         and at >= $2), 9223372036854775807)
             order by number desc
             limit 1";
        const KEEP: &str = "
            insert into audit_before (diagnosis, number, chain)
            values ($1, $2, $3)
                on conflict (diagnosis)
                do update set number = excluded.number, chain = excluded.chain";
        const SQL: &str = "
            delete from audit
             where diagnosis = $1
               and number <= $2";
        let mut tx = self.begin().await?;
        let last: Option<(i64, Vec<u8>)> = within!(&mut tx, it => sqlx::query_as(LAST)
            .bind(of.0).bind(before).fetch_optional(it).await)?;
        let Some((number, chain)) = last else { return Ok(0) };
        within!(&mut tx, it => sqlx::query(KEEP)
            .bind(of.0).bind(number).bind(&chain).execute(it).await?.rows_affected());
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(number).execute(it).await?.rows_affected());
        tx.commit().await?;
        Ok(n)
    }

    /// Deletes invitations and sign-ins that have expired, and runs of jobs from before a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired(&self, now: i64, runs_before: Date) -> Result<u64> {
        const INVITATIONS: &str = "delete from invitation where expires <= $1";
        const SIGN_INS: &str = "delete from sign_in where expires <= $1";
        const RUNS: &str = "delete from job_run where day < $1";
        let mut tx = self.begin().await?;
        let mut n = 0;
        for sql in [INVITATIONS, SIGN_INS] {
            n += within!(&mut tx, it =>
                sqlx::query(sql).bind(now).execute(it).await?.rows_affected());
        }
        n += within!(&mut tx, it => sqlx::query(RUNS)
            .bind(runs_before.to_string()).execute(it).await?.rows_affected());
        tx.commit().await?;
        Ok(n)
    }

    /// From which link on the log of a diagnosis goes on, when what came before was deleted.
    pub(super) async fn log_before(&self, of: DiagnosisId) -> Result<(i64, Vec<u8>)> {
        let row: Option<(i64, Vec<u8>)> = on!(&self.db, pool =>
            sqlx::query_as(audit::BEFORE).bind(of.0).fetch_optional(pool).await)?;
        Ok(row.unwrap_or_default())
    }
}
