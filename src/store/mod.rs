//! The only SQL and the only password: one [`Store`] over SQLite (embedded, the default) and
//! PostgreSQL (an address switches). It takes and returns domain values, never rows.
//!
//! # Portable SQL card
//!
//! One literal per statement, run by both drivers through [`on!`]; lower case; ids from Rust, never
//! sequences; no `now()`, the clock is bound; `bigint` for every integer; `cast(sum(x) as bigint)`;
//! `on conflict .. do nothing`, `returning` and common table expressions are fine in both; no
//! `ilike`, arrays or `for update`; names are ordered in Rust, because collations differ; no
//! constraint is named; an error inside a transaction ends it. `tests/it/store.rs` runs every
//! public function on both databases.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqlitePool};

mod area;
mod audit;
mod card;
mod collection;
mod data_walk;
mod diagnosis;
mod door;
mod draft;
pub mod dump;
mod finding;
mod group;
mod instrument;
mod journal;
mod night;
mod other_figures;
mod paper;
mod people;
mod photo;
mod purge;
mod release;
mod report;
mod response;
mod row_export;
mod schema;
mod screen;
mod sealed;
mod secret;
mod server;
mod takeaway;
mod translation;
mod trouble;
mod unlink;
mod wal;
mod whole;
mod writer;

pub use audit::AuditEntry;
pub use card::CEILING;
pub use draft::Saved;
pub use journal::{Journal, Replayed};
pub use night::Watch;
pub use paper::{Check, KeyedIn, Standing};
pub use people::{Passphrase, Token};
pub use photo::NewPhoto;
pub use release::{StoredRelease, StoredTable};
pub use response::{FreeTextRow, NewReflection, NewResponse, Received};
pub use screen::Stirred;
pub use secret::Secret;
pub use translation::TextCheck;
pub use unlink::Unlinked;
pub use whole::cut_damaged_log;

use trouble::Trouble;

/// Runs one expression on whichever database is there. It repeats the expression, not the
/// statement: in each arm the types are concrete, so both drivers must understand them.
macro_rules! on {
    ($db:expr, $it:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite($it) => $body,
            #[cfg(feature = "postgres")]
            $crate::store::Db::Postgres($it) => $body,
        }
    };
}
pub(crate) use on;

/// The same for an open transaction.
macro_rules! within {
    ($tx:expr, $it:ident => $body:expr) => {
        match &mut $tx.begun {
            $crate::store::Begun::Sqlite(tx) => {
                let $it = &mut **tx;
                $body
            }
            #[cfg(feature = "postgres")]
            $crate::store::Begun::Postgres(tx) => {
                let $it = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use within;

/// A statement put together from parts, run within an open transaction.
macro_rules! building {
    ($tx:expr, $start:expr, $sql:ident, $it:ident => $body:expr) => {
        match &mut $tx.begun {
            $crate::store::Begun::Sqlite(tx) => {
                let $it = &mut **tx;
                let mut $sql = sqlx::QueryBuilder::<sqlx::Sqlite>::new($start);
                $body
            }
            #[cfg(feature = "postgres")]
            $crate::store::Begun::Postgres(tx) => {
                let $it = &mut **tx;
                let mut $sql = sqlx::QueryBuilder::<sqlx::Postgres>::new($start);
                $body
            }
        }
    };
}
pub(crate) use building;

/// Rows in pieces for one statement each: their sizes are powers of two, so that there are few
/// different statements and each is prepared once.
fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    const MOST: usize = 64;
    std::iter::from_fn(move || {
        let size = MOST.min(1 << rows.len().checked_ilog2()?);
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

/// The lowest SQLite without the bug that corrupts a write-ahead log.
const LOWEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Everything that is kept.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    intake: Db,
    changes: Arc<AtomicU64>,
    writer: writer::Writer,
    secret: Secret,
    photos: PathBuf,
    /// The file is damaged; see [`Store::check_file`].
    read_only: Arc<AtomicBool>,
}

/// One of the two databases.
#[derive(Debug, Clone)]
pub(crate) enum Db {
    /// Embedded, one file.
    Sqlite(SqlitePool),
    /// A server.
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
}

/// A transaction on one of the two databases.
pub(crate) struct Tx {
    begun: Begun,
    /// Counted up after the commit, where somebody may have changed what residents are shown.
    changes: Option<Arc<AtomicU64>>,
}

/// A transaction that has begun.
pub(crate) enum Begun {
    /// Begun immediate, so that it cannot fail later for being behind.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// An ordinary one.
    #[cfg(feature = "postgres")]
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing has that name.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Something has that name already.
    #[error("that {0} is taken already")]
    Taken(&'static str),
    /// The state changed meanwhile, or forbids it.
    #[error("{0}")]
    Stale(&'static str),
    /// These questions have other answers than in an earlier version and the same `meaning`.
    #[error("raise the meaning of {}: an earlier version had other answers there", .0.join(", "))]
    MeaningNotRaised(Vec<String>),
    /// The intake queue is full.
    #[error("too many answers are waiting to be written")]
    Busy,
    /// The disk is full.
    #[error("the disk is full; nothing was stored")]
    NoRoom,
    /// The database is locked, read-only, restarting or cannot be reached.
    #[error("the database cannot be used now: {0}")]
    Away(String),
    /// The disk reported that it did not keep what was written.
    #[error("the disk did not keep what was written: {0}")]
    Disk(String),
    /// The folder or file cannot be used.
    #[error("could not open the data folder {path}: {why}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The reason, as the system says it.
        why: String,
    },
    /// The database is newer than this program.
    #[error(
        "the database was written by a newer version of miradouro (it has migration {0}, which this \
         program does not know); nothing was changed, please start the newer program"
    )]
    Newer(i64),
    /// The database belongs to servers with another secret.
    #[error(
        "the database belongs to servers with another secret than {0}; nothing was changed. Copy the \
         file `secret` from the data folder of the server that made the database to {0}, and the \
         folder `photos` has to be shared too"
    )]
    OtherSecret(PathBuf),
    /// The wrong SQLite is linked in.
    #[error("SQLite {0} is linked in, and every version before 3.51.3 can damage the file")]
    OldSqlite(String),
    /// What is stored cannot be read.
    #[error("what is stored as {0} cannot be read: {1}")]
    Broken(&'static str, String),
    /// The database itself failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Migration(MigrateError),
    /// The file is damaged: what can be read is shown, and nothing is written.
    #[error(
        "the database file is damaged, so nothing is written any more; `miradouro verify` says where, \
         and `miradouro restore` brings the last backup back"
    )]
    ReadOnly,
    /// What there is could not be kept before a migration.
    #[error(
        "the database needs migration {migration}, and everything is kept before one: that failed \
         ({why}); nothing was changed, please make room and start again"
    )]
    NotKept {
        /// The first migration that is due.
        migration: i64,
        /// The reason.
        why: String,
    },
}

impl StoreError {
    /// The same for one more who waited for the same transaction.
    fn told(&self) -> Self {
        match self {
            Self::NoRoom => Self::NoRoom,
            Self::Away(why) => Self::Away(why.clone()),
            Self::Disk(why) => Self::Disk(why.clone()),
            Self::ReadOnly => Self::ReadOnly,
            Self::NotFound(_)
            | Self::Taken(_)
            | Self::Stale(_)
            | Self::MeaningNotRaised(_)
            | Self::Busy
            | Self::Folder { .. }
            | Self::Newer(_)
            | Self::OldSqlite(_)
            | Self::OtherSecret(_)
            | Self::Broken(..)
            | Self::Database(_)
            | Self::Migration(_)
            | Self::NotKept { .. } => Self::Broken("an answer", self.to_string()),
        }
    }
}

/// What a store method gives back.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Whether the database refused a second row under the same key.
fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

impl Store {
    /// Opens the store in a data folder, making the folder where it is missing. With an address,
    /// the tables live in that PostgreSQL and the folder keeps only the secret and the photos.
    ///
    /// # Errors
    /// When the folder cannot be written, the database cannot be reached or is newer.
    pub async fn open(folder: &Path, database: Option<&str>) -> Result<Self> {
        let why = |error: std::io::Error| StoreError::Folder {
            path: folder.to_owned(),
            why: error.to_string(),
        };
        std::fs::create_dir_all(folder).map_err(why)?;
        refuse_half(folder)?;
        let secret = Secret::of(folder).map_err(why)?;
        let photos = photo::folder(folder).map_err(why)?;
        let (db, intake) = match database {
            None => open_sqlite(folder).await?,
            Some(address) => open_postgres(address).await?,
        };
        dump::before_migration(&db, folder, &secret).await?;
        migrate(&db).await?;
        server::recognise(&db, &secret, folder).await?;
        let writer = writer::Writer::start(intake.clone(), None);
        let (changes, read_only) = Default::default();
        Ok(Self { db, intake, changes, writer, secret, photos, read_only })
    }

    /// The same store, read by connections of its own: pages that keep the others busy do not keep
    /// a resident waiting.
    #[must_use]
    pub fn for_intake(&self) -> Self {
        Self { db: self.intake.clone(), ..self.clone() }
    }

    /// A number that is another one after every change that was made by this program, answers that
    /// came in aside.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Waits until the disk fails, and gives the reason. A program that hears it must end: a fresh
    /// start reads what is really there.
    pub async fn broken(&self) -> String {
        self.writer.broken().await
    }

    /// The secret of this store: rounding, receipts and seals are keyed with it.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn answers(&self) -> Result<()> {
        let one: i64 = on!(&self.db, pool => {
            sqlx::query_scalar("select cast(1 as bigint)").fetch_one(pool).await?
        });
        if one == 1 { Ok(()) } else { Err(StoreError::Busy) }
    }

    /// A writing transaction: the only place where one begins.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        self.writable()?;
        Ok(Tx { changes: Some(Arc::clone(&self.changes)), ..self.db.begin().await? })
    }
}

impl Db {
    pub(crate) async fn begin(&self) -> Result<Tx> {
        let begun = match self {
            Self::Sqlite(pool) => Begun::Sqlite(pool.begin_with("begin immediate").await?),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => Begun::Postgres(pool.begin().await?),
        };
        Ok(Tx { begun, changes: None })
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<()> {
        match self.begun {
            Begun::Sqlite(tx) => tx.commit().await?,
            #[cfg(feature = "postgres")]
            Begun::Postgres(tx) => tx.commit().await?,
        }
        if let Some(changes) = self.changes {
            changes.fetch_add(1, Ordering::Release);
        }
        Ok(())
    }
}

/// A folder that was not filled to the end, or has lost its secret, is not served: a new secret would
/// round otherwise and open no seal.
fn refuse_half(folder: &Path) -> Result<()> {
    let refuse =
        |why: &str| Err(StoreError::Folder { path: folder.to_owned(), why: why.to_owned() });
    if folder.join(dump::RESTORING).exists() {
        return refuse("it was not filled to the end; empty it and restore or transfer again");
    }
    if folder.join("miradouro.db").exists() && !folder.join("secret").exists() {
        return refuse(
            "its file `secret` is gone, without which no released table opens; take it from the \
             last backup with `miradouro restore`",
        );
    }
    Ok(())
}

/// How many connections pages may have, and how many the residents' forms have besides.
const PAGES: u32 = 12;
const INTAKE: u32 = 4;

/// Opens the file for the pages and for intake.
async fn open_sqlite(folder: &Path) -> Result<(Db, Db)> {
    whole::refuse_damaged_log(folder)?;
    let options = SqliteConnectOptions::new()
        .filename(folder.join("miradouro.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("secure_delete", "on")
        .pragma("trusted_schema", "off");
    let why = |error: sqlx::Error| match Trouble::of(&error) {
        Trouble::Damage => error.into(),
        Trouble::Row
        | Trouble::Again
        | Trouble::Room
        | Trouble::Away
        | Trouble::Disk
        | Trouble::Other => StoreError::Folder { path: folder.to_owned(), why: error.to_string() },
    };
    let pool = |most| {
        let pool = SqlitePoolOptions::new().max_connections(most);
        let pool = pool.acquire_timeout(Duration::from_secs(10)).test_before_acquire(false);
        // The last connection to go would take the log with it, and the next make it anew.
        let pool = pool.idle_timeout(None).max_lifetime(None);
        // After a full disk SQLite has ended the transaction by itself, which the driver does not
        // see: such a connection would begin no other.
        pool.before_acquire(|it, _| Box::pin(async move { Ok(!it.is_in_transaction()) }))
    };
    let db = pool(PAGES).connect_with(options.clone()).await.map_err(why)?;
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(&db).await?;
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if !matches!(parts.as_slice(), [a, b, c] if (*a, *b, *c) >= LOWEST_SQLITE) {
        return Err(StoreError::OldSqlite(version));
    }
    // SQLite does the same when it makes the log, and does not hear when it fails.
    std::fs::File::open(folder)
        .and_then(|it| it.sync_all())
        .map_err(|error| StoreError::Folder { path: folder.to_owned(), why: error.to_string() })?;
    // Answers wait out a lock that pages give up on. Their keys are random, so each touches pages of
    // its own: these are kept in memory (32 MB at most), and moved to the file less often.
    let options = options.busy_timeout(Duration::from_secs(25));
    let options = options.pragma("cache_size", "-32768").pragma("wal_autocheckpoint", "4000");
    let intake = pool(INTAKE).connect_lazy_with(options);
    Ok((Db::Sqlite(db), Db::Sqlite(intake)))
}

/// Connects for the pages and for intake.
#[cfg(feature = "postgres")]
async fn open_postgres(address: &str) -> Result<(Db, Db)> {
    let options: sqlx::postgres::PgConnectOptions = address.parse()?;
    let pool = |most| {
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(most);
        pool.acquire_timeout(Duration::from_secs(10))
    };
    let db = pool(PAGES).connect_with(options.clone()).await?;
    Ok((Db::Postgres(db), Db::Postgres(pool(INTAKE).connect_lazy_with(options))))
}

#[cfg(not(feature = "postgres"))]
async fn open_postgres(_address: &str) -> Result<(Db, Db)> {
    Err(StoreError::Stale("this program was built without PostgreSQL"))
}

/// The migrations of one database: the common texts and its own.
fn migrations(db: &Db) -> Vec<Migration> {
    use sqlx::SqlSafeStr;
    let (intake, photo, code, paper, night, walk) = match db {
        Db::Sqlite(_) => (
            include_str!("../../migrations/0002_intake.sqlite.sql").into_sql_str(),
            include_str!("../../migrations/0007_photo.sqlite.sql").into_sql_str(),
            include_str!("../../migrations/0008_code.sqlite.sql").into_sql_str(),
            include_str!("../../migrations/0009_paper.sqlite.sql").into_sql_str(),
            include_str!("../../migrations/0010_night.sqlite.sql").into_sql_str(),
            include_str!("../../migrations/0013_walk.sqlite.sql").into_sql_str(),
        ),
        #[cfg(feature = "postgres")]
        Db::Postgres(_) => (
            include_str!("../../migrations/0002_intake.postgres.sql").into_sql_str(),
            include_str!("../../migrations/0007_photo.postgres.sql").into_sql_str(),
            include_str!("../../migrations/0008_code.postgres.sql").into_sql_str(),
            include_str!("../../migrations/0009_paper.postgres.sql").into_sql_str(),
            include_str!("../../migrations/0010_night.postgres.sql").into_sql_str(),
            include_str!("../../migrations/0013_walk.postgres.sql").into_sql_str(),
        ),
    };
    let ground = include_str!("../../migrations/0001_ground.sql").into_sql_str();
    let versions = include_str!("../../migrations/0003_versions.sql").into_sql_str();
    let checks = include_str!("../../migrations/0004_translation.sql").into_sql_str();
    let drafts = include_str!("../../migrations/0005_draft.sql").into_sql_str();
    let area = include_str!("../../migrations/0006_area.sql").into_sql_str();
    let exports = include_str!("../../migrations/0011_export.sql").into_sql_str();
    let takeaway = include_str!("../../migrations/0012_takeaway.sql").into_sql_str();
    let screen = include_str!("../../migrations/0014_screen.sql").into_sql_str();
    let report = include_str!("../../migrations/0015_report.sql").into_sql_str();
    let figures = include_str!("../../migrations/0016_other_figures.sql").into_sql_str();
    let words = include_str!("../../migrations/0017_words.sql").into_sql_str();
    let all = [
        (1, "ground", ground),
        (2, "intake", intake),
        (3, "versions", versions),
        (4, "checks", checks),
        (5, "drafts", drafts),
        (6, "area", area),
        (7, "photo", photo),
        (8, "code", code),
        (9, "paper", paper),
        (10, "night", night),
        (11, "exports", exports),
        (12, "takeaway", takeaway),
        (13, "walk", walk),
        (14, "screen", screen),
        (15, "report", report),
        (16, "figures", figures),
        (17, "words", words),
    ];
    all.into_iter()
        .map(|(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql, false)
        })
        .collect()
}

/// The last migration that this program knows.
fn newest_migration(db: &Db) -> i64 {
    migrations(db).iter().map(|migration| migration.version).max().unwrap_or(0)
}

async fn migrate(db: &Db) -> Result<()> {
    migrate_to(db, newest_migration(db)).await
}

/// Brings the schema to a migration, each in a transaction of its own.
async fn migrate_to(db: &Db, version: i64) -> Result<()> {
    let migrator = Migrator::with_migrations(migrations(db));
    let outcome = on!(db, pool => migrator.run_to(version, pool).await);
    #[expect(clippy::wildcard_enum_match_arm, reason = "it is not our enum, and it grows")]
    outcome.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Newer(version),
        MigrateError::Execute(error) if Trouble::of(&error) == Trouble::Damage => error.into(),
        other => StoreError::Migration(other),
    })
}

/// A stored document, read back.
fn document<T: serde::de::DeserializeOwned>(what: &'static str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| StoreError::Broken(what, error.to_string()))
}

/// A stored code, read back.
fn code<T>(what: &'static str, code: &str, read: fn(&str) -> Option<T>) -> Result<T> {
    read(code).ok_or_else(|| StoreError::Broken(what, code.to_owned()))
}

/// A document as it is stored.
fn json<T: serde::Serialize>(document: &T) -> String {
    serde_json::to_string(document).unwrap_or_default()
}
