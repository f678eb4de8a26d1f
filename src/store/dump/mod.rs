//! Everything that is kept, as one stream of bytes in one consistent moment: the one mechanism
//! behind backup, restore, transfer from one database to the other, and `verify`.
//!
//! [`Folder`] is a data folder as it lies: opened without bringing its schema up to date, so that a
//! newer program can keep what an older one wrote. [`read`] writes a dump while others go on
//! writing, [`load`] fills an empty folder, [`check`] looks at every piece that passes, [`key`]
//! seals. A dump is never on a disk unsealed.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Db, Result as StoreResult, Secret, Store, StoreError, newest_migration, on};
use format::{Decoder, Item, NoDump};

mod check;
mod format;
mod key;
mod load;
mod pipe;
mod read;
mod schema;

pub use check::{IsPicture, Report};
pub use key::{Identity, Recipient};

/// The file that says that a folder is being filled.
pub(super) const RESTORING: &str = "restoring";
/// The folder of what was kept before a migration.
const BACKUPS: &str = "backups";

/// How far a dump is: rows done and rows expected.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicU64,
    all: AtomicU64,
}

impl Watch {
    /// Rows done and rows in all, which is 0 before it is known.
    #[must_use]
    pub fn so_far(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }

    fn expect(&self, rows: u64) {
        self.all.store(rows, Ordering::Relaxed);
    }

    fn one(&self) {
        self.some(1);
    }

    fn some(&self, rows: u64) {
        self.done.fetch_add(rows, Ordering::Relaxed);
    }
}

/// Why something could not be kept, read or brought back.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// A file or folder.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// The reason, as the system says it.
        why: String,
    },
    /// A name in `instruments/` that is no text.
    #[error("the name of the file {0} is no text; rename it")]
    Name(PathBuf),
    /// A backup that is not whole, or is none.
    #[error("{path} cannot be used: {why}")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Sealed to somebody else.
    #[error("this key does not open {0}")]
    WrongKey(PathBuf),
    /// No public key.
    #[error("{0:?} is no recipient: it begins with age1; `miradouro key` makes one")]
    NoRecipient(String),
    /// Sealed to nobody.
    #[error("a backup is sealed to a key, and none was named")]
    Unsealed,
    /// No private key.
    #[error("{0} holds no key: `miradouro key` makes one")]
    NoIdentity(PathBuf),
    /// There is something where nothing may be.
    #[error("{0} is not empty")]
    NotEmpty(String),
    /// The schema is not the one that the migrations make.
    #[error("the tables at migration {0} are others than those of this program")]
    OtherTables(i64),
    /// A thread or a task ended.
    #[error("the work was cut off")]
    CutOff,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DumpError {
    fn at(path: &Path, error: &std::io::Error) -> Self {
        Self::File { path: path.to_owned(), why: error.to_string() }
    }

    /// What is wrong with a dump; whoever opened the file adds its name.
    fn no_dump(why: &NoDump) -> Self {
        Self::Damaged { path: PathBuf::new(), why: why.to_string() }
    }

    fn named(self, file: &Path) -> Self {
        if let Self::Damaged { path, why } = &self
            && path.as_os_str().is_empty()
        {
            return Self::Damaged { path: file.to_owned(), why: why.clone() };
        }
        self
    }
}

/// What [`Folder::backup`] made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// How many rows.
    pub rows: u64,
    /// How large the file is, in bytes.
    pub bytes: u64,
    /// Pictures that a row names and that were not there.
    pub missing: u64,
}

/// A data folder, or a folder and a database, as they lie: nothing is made or migrated.
#[derive(Debug, Clone)]
pub struct Folder {
    db: Db,
    path: PathBuf,
}

impl Folder {
    /// Opens what is there.
    ///
    /// # Errors
    /// When there is nothing, it cannot be reached, or a newer program wrote it.
    pub async fn open(path: &Path, database: Option<&str>) -> Result<Self, DumpError> {
        let nothing = |why: &str| DumpError::File { path: path.to_owned(), why: why.to_owned() };
        if !path.join("secret").is_file() {
            return Err(nothing("there is no data folder of miradouro here (it has no secret)"));
        }
        super::refuse_half(path)?;
        let db = match database {
            None if !path.join("miradouro.db").is_file() => {
                return Err(nothing(
                    "there is no database here; if it is in PostgreSQL, add --database-url",
                ));
            }
            None => super::open_sqlite(path).await?.0,
            Some(address) => super::open_postgres(address).await?.0,
        };
        let there = read::migration(&db).await?.unwrap_or(0);
        if there == 0 {
            return Err(nothing("its database is empty"));
        }
        if there > newest_migration(&db) {
            return Err(StoreError::Newer(there).into());
        }
        Ok(Self { db, path: path.to_owned() })
    }

    /// The folder of an open store.
    #[must_use]
    pub fn of(store: &Store) -> Self {
        let path = store.photos.parent().unwrap_or(&store.photos).to_owned();
        Self { db: store.db.clone(), path }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a backup: sealed, whole and on the disk when this returns. Others go on writing; it
    /// holds what was committed when it began.
    ///
    /// # Errors
    /// When there is no recipient, the database fails or the file cannot be written: then there is
    /// no file of that name, or the one that was there before.
    pub async fn backup(
        &self,
        file: &Path,
        to: &[Recipient],
        watch: &Watch,
    ) -> Result<Kept, DumpError> {
        if to.is_empty() {
            return Err(DumpError::Unsealed);
        }
        let part = file.with_added_extension("part");
        let (pipe, from) = pipe::pipe();
        let (recipients, target) = (to.to_vec(), part.clone());
        let thread = tokio::task::spawn_blocking(move || {
            let options = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&target);
            let mut out = std::io::BufWriter::new(options?);
            key::seal(from, &recipients, &mut out)?;
            let out = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            out.sync_all()?;
            Ok::<u64, std::io::Error>(out.metadata()?.len())
        });
        let source = read::Source { db: &self.db, folder: &self.path };
        let written = read::dump(&source, pipe, watch).await;
        let sealed = thread.await.map_err(|_died| DumpError::CutOff)?;
        let done = match (written, sealed) {
            (_, Err(error)) => Err(DumpError::at(&part, &error)),
            (Err(why), _) => Err(why),
            (Ok(missing), Ok(bytes)) => {
                put_in_place(&part, file).map(|()| Kept { rows: watch.so_far().0, bytes, missing })
            }
        };
        if done.is_err() {
            // Nothing is left behind where the disk lets us.
            let _left = fs::remove_file(&part);
        }
        done
    }

    /// Looks at everything: the database's own check, and every row, seal and picture.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub async fn verify(&self, is_picture: IsPicture, watch: &Watch) -> Result<Report, DumpError> {
        let faults = self.integrity().await?;
        let (pipe, from) = pipe::pipe();
        let thread = tokio::task::spawn_blocking(move || look(from, is_picture));
        let source = read::Source { db: &self.db, folder: &self.path };
        let written = read::dump(&source, pipe, watch).await;
        let looked = thread.await.map_err(|_died| DumpError::CutOff)?;
        written?;
        let mut report = looked.map_err(|why| DumpError::no_dump(&why))?;
        report.faults.splice(0..0, faults);
        Ok(report)
    }

    /// What SQLite says of its own file. PostgreSQL has tools of its own for that.
    async fn integrity(&self) -> StoreResult<Vec<String>> {
        match &self.db {
            Db::Sqlite(pool) => {
                let said: Vec<String> =
                    sqlx::query_scalar("pragma integrity_check(20)").fetch_all(pool).await?;
                let mut faults: Vec<String> =
                    said.into_iter().filter(|line| line != "ok").collect();
                let orphans: Vec<(String, String)> = sqlx::query_as(
                    "select \"table\", parent from pragma_foreign_key_check limit 20",
                )
                .fetch_all(pool)
                .await?;
                faults.extend(orphans.into_iter().map(|(table, parent)| {
                    format!("a row of {table} names a row of {parent} that is not there")
                }));
                Ok(faults)
            }
            #[cfg(feature = "postgres")]
            Db::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Brings everything into another place: an empty folder, an empty database, or both.
    ///
    /// # Errors
    /// When the other place is not empty, or either fails: nothing is changed here, and the other
    /// place is empty again.
    pub async fn transfer(
        &self,
        path: &Path,
        database: Option<&str>,
        is_picture: IsPicture,
        watch: &Watch,
    ) -> Result<Report, DumpError> {
        let is_same = fs::canonicalize(path).ok() == fs::canonicalize(&self.path).ok();
        let (pipe, from) = pipe::pipe();
        let quiet = Watch::default();
        let source = read::Source { db: &self.db, folder: &self.path };
        let filled = fill(from, (path, database), is_same, is_picture, watch);
        let (written, filled) = tokio::join!(read::dump(&source, pipe, &quiet), filled);
        match (written, filled) {
            (Err(DumpError::CutOff) | Ok(_), filled) => filled,
            (Err(why), _) => Err(why),
        }
    }

    /// The titles of the collections that still take answers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_collections(&self) -> StoreResult<Vec<String>> {
        const SQL: &str = "
            select title
              from collection
             where state = 'open'
             order by title";
        Ok(on!(&self.db, pool => sqlx::query_scalar(SQL).fetch_all(pool).await)?)
    }

    /// Lets go of the database.
    pub async fn close(self) {
        on!(&self.db, pool => pool.close().await);
    }
}

/// Renames a file that is on the disk to its name, and that too is on the disk.
fn put_in_place(part: &Path, file: &Path) -> Result<(), DumpError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let done = fs::rename(part, file)
        .and_then(|()| File::open(folder))
        .and_then(|folder| folder.sync_all());
    done.map_err(|error| DumpError::at(file, &error))
}

/// Reads a dump to its end and looks at every piece.
fn look(from: impl std::io::Read, is_picture: IsPicture) -> Result<Report, NoDump> {
    let mut decoder = Decoder::new(from);
    let mut check = check::Check::new(decoder.head()?, is_picture);
    loop {
        let item = decoder.next()?;
        check.see(&item)?;
        if let Item::End(_) = item {
            return check.done();
        }
    }
}

/// Opens a backup and looks at all of it, writing nothing.
///
/// # Errors
/// When the key does not open it or it is not whole.
pub async fn verify_file(
    file: &Path,
    with: &[Identity],
    is_picture: IsPicture,
) -> Result<Report, DumpError> {
    let from = key::open(file, with)?;
    let looked = tokio::task::spawn_blocking(move || look(from, is_picture)).await;
    let looked = looked.map_err(|_died| DumpError::CutOff)?;
    looked.map_err(|why| DumpError::no_dump(&why).named(file))
}

/// Brings a backup back into an empty folder, and an empty database where an address is given.
///
/// # Errors
/// When the key does not open it, it is not whole, or the place is not empty: then the folder is
/// empty again.
pub async fn restore(
    file: &Path,
    with: &[Identity],
    (path, database): (&Path, Option<&str>),
    is_picture: IsPicture,
    watch: &Watch,
) -> Result<Report, DumpError> {
    let from = key::open(file, with)?;
    let filled = fill(from, (path, database), false, is_picture, watch).await;
    filled.map_err(|why| why.named(file))
}

async fn fill(
    from: impl std::io::Read + Send + 'static,
    (path, database): (&Path, Option<&str>),
    is_same: bool,
    is_picture: IsPicture,
    watch: &Watch,
) -> Result<Report, DumpError> {
    if is_same && database.is_none() && path.join("miradouro.db").exists() {
        return Err(DumpError::NotEmpty(path.join("miradouro.db").display().to_string()));
    }
    if !is_same {
        load::begin(path)?;
    }
    let filled = async {
        let db = match database {
            None => super::open_sqlite(path).await?.0,
            Some(address) => super::open_postgres(address).await?.0,
        };
        let folder = (!is_same).then_some(path);
        let report = load::load(from, &db, folder, is_picture, watch).await;
        on!(&db, pool => pool.close().await);
        report
    };
    match filled.await {
        Ok(report) if is_same => Ok(report),
        Ok(report) => load::finish(path).map(|()| report),
        Err(why) => {
            if !is_same {
                load::clear(path);
            }
            Err(why)
        }
    }
}

/// Before the first statement of a migration of a database with rows: everything, sealed, whole and
/// read back, in `DIR/backups`. Without it there is no migration.
pub(super) async fn before_migration(
    db: &Db,
    path: &Path,
    secret: &Secret,
) -> StoreResult<Option<PathBuf>> {
    let Some(there) = read::migration(db).await? else { return Ok(None) };
    let next = there + 1;
    if there >= newest_migration(db) || !read::has_rows(db).await? {
        return Ok(None);
    }
    let folder = path.join(BACKUPS);
    let file = folder.join(format!("before-{next}.age"));
    let kept = async {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| DumpError::at(&folder, &error))?;
        let own = Identity::of_secret(secret).ok_or(DumpError::Unsealed)?;
        let mut to = Recipient::of_folder(path)?;
        to.push(own.recipient());
        let here = Folder { db: db.clone(), path: path.to_owned() };
        here.backup(&file, &to, &Watch::default()).await?;
        // Read back as it lies there. A picture was looked at when it came in.
        verify_file(&file, &[own], |_| true).await
    };
    match kept.await {
        Ok(report) => {
            tracing::info!(
                migration = next,
                responses = report.responses(),
                file = %file.display(),
                "kept everything before a migration"
            );
            Ok(Some(file))
        }
        Err(DumpError::Store(why)) => Err(why),
        Err(why) => Err(StoreError::NotKept { migration: next, why: why.to_string() }),
    }
}

#[cfg(test)]
mod tests;
