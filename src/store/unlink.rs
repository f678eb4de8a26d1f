//! The unlink job: what residents sent is written anew in the order of its keys, so that neither a
//! hidden number nor a place in a file says what came together or in which order.
//!
//! PostgreSQL marks rows that were written together with the number of their transaction (`xmin`),
//! keeps what was deleted or counted up until it is cleaned away (a spent code, a language counted
//! one up: both with the number of the answer that did it), lays rows in the order of arrival, and
//! numbers long values in that order too. So each table is written anew in one transaction of its
//! own, in the order of its random keys: one number for the whole table, and another for the next.
//! Then it is moved to a new file without what was deleted. A table keeps its name, indexes and
//! grants; nobody who looks at an older state of it sees it empty, as a swap or `truncate` would show
//! it; and each step is whole or has not happened, whenever the server is killed.
//!
//! SQLite has no such number, and its tables lie in the order of their keys. But within a page rows
//! lie in the order in which they came, and a long row goes on in pages that were free at that
//! moment. So the whole file is written anew, and the write-ahead log, which holds the day as it
//! went, is cut.

use std::time::Duration;

#[cfg(feature = "postgres")]
use sqlx::{Connection, PgConnection};

use super::{Db, Result, Store, whole};

/// How often a table is tried that somebody else holds.
const TRIES: u32 = 5;
/// How long is waited between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// What the job did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unlinked {
    /// How many rows lie anew; on SQLite nobody counts them.
    pub rows: u64,
    /// The tables in which something of before is left, because somebody held them. The next night
    /// has them again.
    pub left: Vec<&'static str>,
}

/// One table that is written anew, with what does it.
#[cfg(feature = "postgres")]
struct Anew {
    table: &'static str,
    lock: &'static str,
    again: &'static str,
    moved: &'static str,
    clean: &'static str,
}

#[cfg(feature = "postgres")]
macro_rules! anew {
    ($($table:literal by $key:literal),* $(,)?) => {
        [$(Anew {
            table: $table,
            // Readers go on; whoever writes waits, and then meets the rows where they lie now.
            lock: concat!("lock table ", $table, " in share row exclusive mode"),
            // Everything is sorted before the first row is written, so everything is deleted before.
            again: concat!(
                "with gone as (delete from ", $table, " returning *) insert into ", $table,
                " select * from gone order by ", $key
            ),
            moved: concat!("vacuum (full) ", $table),
            // The dead lie before the living: when they are gone, the first place is a living one's.
            clean: concat!(
                "select exists (select 1 from ", $table, " where ctid = '(0,1)') \
                     or not exists (select 1 from ", $table, ")"
            ),
        }),*]
    };
}

/// Everything that is written while a resident waits, or while a sheet is typed in. Each table has a
/// reason: `code` and the counters have no row of their own for an answer, but what they were before
/// it carries the answer's number.
#[cfg(feature = "postgres")]
const TABLES: [Anew; 10] = anew![
    "response" by "diagnosis, collection, id",
    "free_text" by "diagnosis, collection, id",
    "photo" by "diagnosis, collection, id",
    "receipt" by "diagnosis, collection, hash",
    "code" by "diagnosis, collection, hash",
    "counter" by "diagnosis, collection, label",
    "reflection" by "diagnosis, data_walk, id",
    "paper_count" by "diagnosis, collection, label",
    "paper_typist" by "diagnosis, collection, person",
    "paper_check" by "diagnosis, collection, sheet",
];

impl Store {
    /// Writes anew what residents sent; see the head of this file. Only one server may do it at a
    /// time: see [`Store::watch`].
    ///
    /// # Errors
    /// When the database fails, or somebody holds it for long: nothing is lost then, and what was
    /// not written anew is left for the next time.
    pub async fn unlink(&self) -> Result<Unlinked> {
        self.writable()?;
        match &self.db {
            Db::Sqlite(pool) => {
                let mut connection = pool.acquire().await?;
                let mut tries = 1;
                while let Err(error) = sqlx::query("vacuum").execute(&mut *connection).await {
                    patience(error, &mut tries).await?;
                }
                for _ in 0..TRIES {
                    if whole::cut_log(pool).await? {
                        return Ok(Unlinked::default());
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                Ok(Unlinked { rows: 0, left: vec!["the log"] })
            }
            #[cfg(feature = "postgres")]
            Db::Postgres(pool) => {
                // A connection of its own, with its own patience, that is closed afterwards.
                let mut connection = pool.acquire().await?.detach();
                sqlx::query("set lock_timeout = '2s'").execute(&mut connection).await?;
                let mut done = Unlinked::default();
                for table in &TABLES {
                    match table.write(&mut connection).await {
                        Ok((rows, true)) => done.rows += rows,
                        Ok((rows, false)) => {
                            done.rows += rows;
                            done.left.push(table.table);
                        }
                        Err(error) if is_held(&error) => done.left.push(table.table),
                        Err(error) => return Err(error.into()),
                    }
                }
                // The old files go with the next checkpoint; who may not ask for it, waits for it.
                let _may_not = sqlx::query("checkpoint").execute(&mut connection).await;
                connection.close().await?;
                Ok(done)
            }
        }
    }
}

#[cfg(feature = "postgres")]
impl Anew {
    /// Writes the table anew; gives how many rows, and whether nothing of before is left.
    async fn write(&self, connection: &mut PgConnection) -> sqlx::Result<(u64, bool)> {
        let mut tries = 1;
        let rows = loop {
            match self.again(connection).await {
                Ok(rows) => break rows,
                Err(error) if is_held(&error) && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(PAUSE).await;
        };
        for _ in 0..TRIES {
            match sqlx::query(self.moved).execute(&mut *connection).await {
                Ok(_) => {}
                Err(error) if is_held(&error) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Err(error) => return Err(error),
            }
            if sqlx::query_scalar(self.clean).fetch_one(&mut *connection).await? {
                return Ok((rows, true));
            }
            // Somebody still looks at the state of before.
            tokio::time::sleep(PAUSE).await;
        }
        Ok((rows, false))
    }

    /// One transaction: all rows out, and in again in the order of their keys.
    async fn again(&self, connection: &mut PgConnection) -> sqlx::Result<u64> {
        let mut tx = connection.begin().await?;
        sqlx::query(self.lock).execute(&mut *tx).await?;
        let rows = sqlx::query(self.again).execute(&mut *tx).await?.rows_affected();
        tx.commit().await?;
        Ok(rows)
    }
}

/// Whether somebody else holds what was wanted: for a while, or in a circle.
#[cfg(feature = "postgres")]
fn is_held(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("55P03" | "40P01"))
}

/// Waits where SQLite is busy (5) or locked (6), a few times.
async fn patience(error: sqlx::Error, tries: &mut u32) -> Result<()> {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let busy = code
        .and_then(|code| code.parse::<i32>().ok())
        .is_some_and(|n| [5, 6].contains(&(n & 0xff)));
    if !busy || *tries >= TRIES {
        return Err(error.into());
    }
    *tries += 1;
    tokio::time::sleep(PAUSE).await;
    Ok(())
}
