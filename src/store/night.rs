//! One server at a time, and what it did: the watch that a server holds while it works by itself,
//! and the runs that are written down.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;

use jiff::civil::Date;
#[cfg(feature = "postgres")]
use sqlx::Connection;

use super::{Db, Result, Store, StoreError, code, on, within};
use crate::domain::night::{Job, JobRun, Outcome};

/// Held by the one server that works; the others leave it to that one. It ends with
/// [`Watch::release`], or with the process.
#[derive(Debug)]
pub struct Watch(Held);

#[derive(Debug)]
enum Held {
    /// A lock on `DIR/night.lock`: of this process and of any other on the folder.
    File(File),
    /// A lock of the database itself, held by a connection of its own.
    #[cfg(feature = "postgres")]
    Connection(Box<sqlx::PgConnection>),
}

impl Watch {
    /// Lets the next one have it.
    pub async fn release(self) {
        match self.0 {
            Held::File(file) => drop(file),
            #[cfg(feature = "postgres")]
            // Told in words: PostgreSQL hears of a closed connection a moment later. One that is gone
            // has released it already.
            Held::Connection(mut connection) => {
                let told = sqlx::query("select pg_advisory_unlock_all()");
                let _gone = told.execute(&mut *connection).await;
                drop(connection.close().await);
            }
        }
    }
}

impl Store {
    /// The watch, if no other server of this database has it.
    ///
    /// # Errors
    /// When the folder or the database fails.
    pub async fn watch(&self) -> Result<Option<Watch>> {
        match &self.db {
            Db::Sqlite(_) => {
                let path = self.photos.with_file_name("night.lock");
                let open = OpenOptions::new()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .mode(0o600)
                    .open(&path);
                let why =
                    |error: std::io::Error| StoreError::Folder { path, why: error.to_string() };
                let file = match open {
                    Ok(file) => file,
                    Err(error) => return Err(why(error)),
                };
                match file.try_lock() {
                    Ok(()) => Ok(Some(Watch(Held::File(file)))),
                    Err(TryLockError::WouldBlock) => Ok(None),
                    Err(TryLockError::Error(error)) => Err(why(error)),
                }
            }
            #[cfg(feature = "postgres")]
            Db::Postgres(pool) => {
                const SQL: &str = "
                    select pg_try_advisory_lock(
                        hashtextextended('miradouro night ' || current_schema(), 0))";
                let mut connection = pool.acquire().await?.detach();
                let mine: bool = sqlx::query_scalar(SQL).fetch_one(&mut connection).await?;
                if mine {
                    return Ok(Some(Watch(Held::Connection(Box::new(connection)))));
                }
                connection.close().await?;
                Ok(None)
            }
        }
    }

    /// Writes down how a job ended; of several runs on a day, the last stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_run(&self, run: &JobRun) -> Result<()> {
        const SQL: &str = "
            insert into job_run (job, day, outcome, n)
            values ($1, $2, $3, $4)
                on conflict (job, day) do update set outcome = excluded.outcome, n = excluded.n";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(run.job.code()).bind(run.day.to_string()).bind(run.outcome.code())
            .bind(i64::try_from(run.about).unwrap_or(i64::MAX))
            .execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// The runs since a day, newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn job_runs(&self, since: Date) -> Result<Vec<JobRun>> {
        const SQL: &str = "
            select job, day, outcome, n
              from job_run
             where day >= $1
             order by day desc, job";
        let rows: Vec<(String, String, String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(since.to_string()).fetch_all(pool).await)?;
        let run = |(job, day, outcome, n): (String, String, String, i64)| {
            Ok(JobRun {
                job: code("job", &job, Job::from_code)?,
                day: day.parse().map_err(|_no_day| StoreError::Broken("day", day.clone()))?,
                outcome: code("outcome", &outcome, Outcome::from_code)?,
                about: u64::try_from(n).unwrap_or(0),
            })
        };
        rows.into_iter().map(run).collect()
    }

    /// The last day on which the night's work was done to its end.
    ///
    /// # Errors
    /// When the database fails or the day cannot be read.
    pub async fn last_night(&self) -> Result<Option<Date>> {
        const SQL: &str = "
            select max(purge.day)
              from job_run as purge
              join job_run as unlink on unlink.day = purge.day
             where purge.job = 'purge'
               and purge.outcome <> 'failed'
               and unlink.job = 'unlink'
               and unlink.outcome <> 'failed'";
        let day: Option<String> =
            on!(&self.db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await)?;
        day.map(|day| day.parse().map_err(|_no_day| StoreError::Broken("day", day.clone())))
            .transpose()
    }
}
