//! Whether the file is whole, looked at while serving; and a clean end.
//!
//! A server is ready before it has read its whole file. What the look finds afterwards makes the
//! store read-only: pages and releases are still shown, and nothing is written onto a damaged file.

use std::path::Path;
use std::sync::atomic::Ordering;

use super::trouble::Trouble;
use sqlx::Connection;

use super::{Db, Result, Store, StoreError, on, wal};

impl Store {
    /// Looks at the whole file of the embedded database. Gives what is wrong with it; then nothing
    /// is written any more. PostgreSQL looks after its own files.
    pub async fn check_file(&self) -> Vec<String> {
        match &self.db {
            Db::Sqlite(pool) => {
                let said = sqlx::query_scalar("pragma quick_check(10)").fetch_all(pool).await;
                let faults: Vec<String> = match said {
                    Ok(said) => said.into_iter().filter(|line| line != "ok").collect(),
                    // Too damaged even to be looked at; a full disk or a closed pool is no damage.
                    Err(error) if Trouble::of(&error) == Trouble::Damage => vec![error.to_string()],
                    Err(error) => {
                        tracing::warn!(%error, "the database file could not be checked");
                        Vec::new()
                    }
                };
                if !faults.is_empty() {
                    self.read_only.store(true, Ordering::Relaxed);
                }
                faults
            }
            #[cfg(feature = "postgres")]
            Db::Postgres(_) => Vec::new(),
        }
    }

    /// Whether damage was found, and nothing is written any more.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only.load(Ordering::Relaxed)
    }

    pub(super) fn writable(&self) -> Result<()> {
        if self.is_read_only() { Err(StoreError::ReadOnly) } else { Ok(()) }
    }

    /// Ends cleanly: what was written stands in the one file, and no log is left beside it. Whoever
    /// writes afterwards is told that the store is closed.
    ///
    /// # Errors
    /// When the log cannot be brought into the file; nothing is lost then, it is read at the next
    /// start.
    pub async fn close(&self) -> Result<()> {
        on!(&self.intake, pool => pool.close().await);
        let done = match &self.db {
            // A damaged file is left as it is.
            Db::Sqlite(pool) if !self.is_read_only() => cut_log(pool).await.map(drop),
            Db::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Db::Postgres(_) => Ok(()),
        };
        on!(&self.db, pool => pool.close().await);
        done
    }
}

/// Moves what SQLite's write-ahead log holds into the file and cuts it off; gives whether nobody was
/// in the way. It waits for nobody, because answers wait behind it: a backup that reads may take long.
pub(super) async fn cut_log(pool: &sqlx::SqlitePool) -> Result<bool> {
    // Its own connection: no other is to be without patience afterwards.
    let mut connection = pool.acquire().await?.detach();
    sqlx::query("pragma busy_timeout = 0").execute(&mut connection).await?;
    let (busy, _, _): (i64, i64, i64) =
        sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(busy == 0)
}

/// Refuses a log that was damaged in its middle: SQLite would drop what follows without a word.
pub(super) fn refuse_damaged_log(folder: &Path) -> Result<()> {
    let why = |why: String| StoreError::Folder { path: folder.to_owned(), why };
    match wal::damage(folder).map_err(|error| why(error.to_string()))? {
        None => Ok(()),
        Some(damage) => Err(why(format!(
            "its log miradouro.db-wal is damaged at frame {}, and answers were stored after it that \
             SQLite would drop without a word. Bring the last backup back with `miradouro restore`. \
             To go on with what stands before the damage instead: `miradouro verify --data {} \
             --cut-damaged-log`",
            damage.frame,
            folder.display(),
        ))),
    }
}

/// Cuts a damaged log off where its damage begins, and says where the whole log was kept.
///
/// # Errors
/// When the folder cannot be written.
pub fn cut_damaged_log(folder: &Path) -> Result<Option<std::path::PathBuf>> {
    let why = |error: std::io::Error| StoreError::Folder {
        path: folder.to_owned(),
        why: error.to_string(),
    };
    let Some(damage) = wal::damage(folder).map_err(why)? else { return Ok(None) };
    wal::cut(folder, damage).map(Some).map_err(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_too_damaged_to_be_opened_is_refused_with_what_to_do() {
        let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().simple().to_string());
        Store::open(&folder, None).await.unwrap().close().await.unwrap();
        let file = folder.join("miradouro.db");
        let whole = std::fs::read(&file).unwrap();
        // The head of the file, and the pages where the schema and the migrations stand.
        for (at, length) in [(0, 16), (100, 200), (4096, 100), (100, 30_000)] {
            let mut bytes = whole.clone();
            bytes[at..at + length].fill(0xA5);
            std::fs::write(&file, &bytes).unwrap();
            let refused = Store::open(&folder, None).await.unwrap_err();
            assert!(matches!(refused, StoreError::ReadOnly), "{at}: {refused}");
            assert!(refused.to_string().contains("miradouro restore"));
        }
        std::fs::write(&file, &whole).unwrap();
        assert!(Store::open(&folder, None).await.unwrap().check_file().await.is_empty());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
