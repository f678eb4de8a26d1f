//! From the bytes of a dump into an empty folder and database.
//!
//! A thread reads, looks at each piece and writes the files; this task writes the rows, in one
//! transaction that is committed only after the hash at the end was right. A file that says
//! `restoring` lies in the folder until everything is there, and no server starts beside it.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use tokio::sync::mpsc;
use uuid::Uuid;

use super::check::{Check, IsPicture, Report};
use super::format::{Decoder, Head, Item, Kind, NoDump, Table, Value};
use super::{DumpError, RESTORING, Watch, read, schema};
use crate::store::{
    Db, Result as StoreResult, StoreError, Tx, migrate, migrate_to, newest_migration, within,
};

/// The most rows of one statement.
const ROWS: usize = 200;
/// The most values of one statement: SQLite takes 32,766.
const VALUES: usize = 30_000;
/// How many items are handed over at once, and how many such groups may wait.
const GROUP: usize = 256;

/// What the reading thread hands to the writing task.
enum Fed {
    Head(Head),
    Table(usize),
    Rows(Vec<Vec<Value>>),
}

/// The reading thread: looks at everything, writes the files, hands over the rows.
fn feed(
    from: impl Read,
    folder: Option<&Path>,
    is_picture: IsPicture,
    to: &mpsc::Sender<Fed>,
) -> Result<Report, Feeding> {
    let gone = |_closed| Feeding::Gone;
    let mut decoder = Decoder::new(from);
    let head = decoder.head()?;
    to.blocking_send(Fed::Head(head.clone())).map_err(gone)?;
    let mut check = Check::new(head, is_picture);
    let (mut rows, mut file) = (Vec::new(), None);
    loop {
        let item = decoder.next()?;
        check.see(&item)?;
        let is_full = rows.len() >= GROUP || !matches!(item, Item::Row(_));
        if is_full && !rows.is_empty() {
            to.blocking_send(Fed::Rows(std::mem::take(&mut rows))).map_err(gone)?;
        }
        if !matches!(item, Item::Piece(_)) {
            close(&mut file)?;
        }
        match item {
            Item::Head(_) => {}
            Item::Row(row) => rows.push(row),
            Item::Table(number) => to.blocking_send(Fed::Table(number)).map_err(gone)?,
            Item::File(name) => {
                if let Some(folder) = folder {
                    file = Some(create(folder, &name)?);
                }
            }
            Item::Piece(piece) => {
                if let Some(file) = &mut file {
                    file.write_all(&piece).map_err(NoDump::Io)?;
                }
            }
            Item::End(_) => return Ok(check.done()?),
        }
    }
}

/// Why the thread ended early.
enum Feeding {
    NoDump(NoDump),
    /// The writing task ended; it says why.
    Gone,
}

impl From<NoDump> for Feeding {
    fn from(why: NoDump) -> Self {
        Self::NoDump(why)
    }
}

/// A file is on the disk before the next one begins.
fn close(file: &mut Option<File>) -> Result<(), NoDump> {
    file.take().map_or(Ok(()), |file| Ok(file.sync_all()?))
}

/// A new file of a dump in the folder. Whoever wrote the dump chooses no other place.
fn create(folder: &Path, name: &str) -> Result<File, NoDump> {
    let (path, mode) = place(folder, name).ok_or(NoDump::Damaged("a file in it has a bad name"))?;
    if let Some(parent) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    Ok(OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?)
}

fn place(folder: &Path, name: &str) -> Option<(PathBuf, u32)> {
    let path = Path::new(name);
    let mut parts = path.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
            None
        }
    });
    let first = parts.next()??;
    let rest: Vec<&str> = parts.collect::<Option<_>>()?;
    let mode = match (first, rest.as_slice()) {
        ("secret", []) => 0o400,
        ("photos", [name]) if name.strip_suffix(".jpg")?.parse::<Uuid>().is_err() => return None,
        ("recipients", []) | ("photos", [_]) | ("instruments", [_, ..]) => 0o600,
        _ => return None,
    };
    Some((folder.join(path), mode))
}

/// Reads a dump into a database that has no rows yet and, if one is named, into an empty folder.
/// At the end the database is at today's migration.
pub(super) async fn load(
    from: impl Read + Send + 'static,
    db: &Db,
    folder: Option<&Path>,
    is_picture: IsPicture,
    watch: &Watch,
) -> Result<Report, DumpError> {
    let (to, mut fed) = mpsc::channel(4);
    let to_folder = folder.map(Path::to_owned);
    let thread =
        tokio::task::spawn_blocking(move || feed(from, to_folder.as_deref(), is_picture, &to));
    let written = write(db, &mut fed, watch).await;
    // Without a reader the thread ends, whatever it was doing.
    drop(fed);
    let read = thread.await.map_err(|_died| DumpError::CutOff)?;
    let (mut tx, report) = match (written, read) {
        (_, Err(Feeding::NoDump(why))) => return Err(DumpError::no_dump(&why)),
        (Err(why), _) => return Err(why),
        (Ok(_), Err(Feeding::Gone)) => return Err(DumpError::CutOff),
        (Ok(tx), Ok(report)) => (tx, report),
    };
    for lost in &report.lost {
        const SQL: &str = "
            update photo
               set state = 'withheld'
             where id = $1";
        within!(&mut tx, it => sqlx::query(SQL).bind(lost.0).execute(it).await
            .map_err(StoreError::from)?.rows_affected());
    }
    tx.commit().await?;
    if let Some(folder) = folder {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| DumpError::at(folder, &error))?;
    }
    migrate(db).await?;
    Ok(report)
}

/// The writing task: the rows, in a transaction that is not committed yet.
async fn write(db: &Db, fed: &mut mpsc::Receiver<Fed>, watch: &Watch) -> Result<Tx, DumpError> {
    let Some(Fed::Head(head)) = fed.recv().await else { return Err(DumpError::CutOff) };
    watch.expect(head.rows.iter().sum());
    let mut tx = prepare(db, &head).await?;
    let mut table = None;
    while let Some(piece) = fed.recv().await {
        match piece {
            Fed::Head(_) => {}
            Fed::Table(number) => table = head.tables.get(number),
            Fed::Rows(rows) => {
                let table = table.ok_or(DumpError::CutOff)?;
                let at_once = ROWS.min(VALUES / table.columns.len().max(1)).max(1);
                for some in rows.chunks(at_once) {
                    insert(&mut tx, table, some).await?;
                    watch.some(some.len() as u64);
                }
            }
        }
    }
    Ok(tx)
}

/// Brings the database to the dump's migration; what stands there must then be what was dumped.
async fn prepare(db: &Db, head: &Head) -> Result<Tx, DumpError> {
    if head.migration > newest_migration(db) {
        return Err(StoreError::Newer(head.migration).into());
    }
    migrate_to(db, head.migration).await?;
    let mut tx = db.begin().await?;
    let tables = schema::tables(&mut tx).await?;
    for table in &tables {
        if read::count(&mut tx, table).await? > 0 {
            return Err(DumpError::NotEmpty("the database".to_owned()));
        }
    }
    if tables != head.tables {
        return Err(DumpError::OtherTables(head.migration));
    }
    Ok(tx)
}

async fn insert(tx: &mut Tx, table: &Table, rows: &[Vec<Value>]) -> StoreResult<()> {
    let columns: Vec<String> =
        table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let width = columns.len();
    let places = (0..rows.len()).map(|row| {
        let places = (1..=width).map(|column| format!("${}", row * width + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    });
    let places = places.collect::<Vec<_>>().join(", ");
    let sql = format!("insert into \"{}\" ({}) values {places}", table.name, columns.join(", "));
    within!(tx, it => {
        let mut query = sqlx::query(schema::statement(sql));
        for row in rows {
            for (value, column) in row.iter().zip(&table.columns) {
                query = match (value, column.kind) {
                    (Value::Uuid(id), _) => query.bind(*id),
                    (Value::Text(text), _) => query.bind(text),
                    (Value::Integer(n), _) => query.bind(*n),
                    (Value::Real(n), _) => query.bind(*n),
                    (Value::Boolean(yes), _) => query.bind(*yes),
                    (Value::Bytes(bytes), _) => query.bind(bytes),
                    (Value::Null, Kind::Uuid) => query.bind(None::<Uuid>),
                    (Value::Null, Kind::Text) => query.bind(None::<String>),
                    (Value::Null, Kind::Integer) => query.bind(None::<i64>),
                    (Value::Null, Kind::Real) => query.bind(None::<f64>),
                    (Value::Null, Kind::Boolean) => query.bind(None::<bool>),
                    (Value::Null, Kind::Bytes) => query.bind(None::<Vec<u8>>),
                };
            }
        }
        query.execute(it).await?.rows_affected()
    });
    Ok(())
}

/// Makes a folder that is ready to be filled, and says in it that this is not done yet.
pub(super) fn begin(folder: &Path) -> Result<(), DumpError> {
    let why = |error: std::io::Error| DumpError::at(folder, &error);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(why)?;
    if fs::read_dir(folder).map_err(why)?.next().is_some() {
        return Err(DumpError::NotEmpty(folder.display().to_string()));
    }
    let mark = OpenOptions::new().write(true).create_new(true).open(folder.join(RESTORING));
    mark.and_then(|file| file.sync_all()).map_err(why)
}

/// Says that a folder is whole.
pub(super) fn finish(folder: &Path) -> Result<(), DumpError> {
    let done = fs::remove_file(folder.join(RESTORING))
        .and_then(|()| File::open(folder))
        .and_then(|folder| folder.sync_all());
    done.map_err(|error| DumpError::at(folder, &error))
}

/// Takes away what a restore that failed has left in a folder that was empty before it.
pub(super) fn clear(folder: &Path) {
    let files = ["miradouro.db", "miradouro.db-wal", "miradouro.db-shm", "secret", "recipients"];
    for name in files {
        // What is not there or cannot be deleted stays; the mark stays with it.
        let _left = fs::remove_file(folder.join(name));
    }
    for name in ["photos", "instruments"] {
        let _left = fs::remove_dir_all(folder.join(name));
    }
    let only_mark = fs::read_dir(folder).is_ok_and(|entries| entries.count() == 1);
    if only_mark {
        let _left = fs::remove_file(folder.join(RESTORING));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_nowhere_but_where_files_belong() {
        let folder = Path::new("data");
        let id = "0a1b2c3d-0000-4000-8000-000000000000";
        for name in ["secret", "recipients", &format!("photos/{id}.jpg"), "instruments/a/b.toml"] {
            assert!(place(folder, name).is_some(), "{name}");
        }
        let bad = [
            "",
            ".",
            "/etc/passwd",
            "../secret",
            "secret/..",
            "photos",
            "photos/x.jpg",
            "photos/../secret",
            "instruments",
            "instruments/../secret",
            "miradouro.db",
            "instruments/../../x",
            "journal/x",
        ];
        for name in bad {
            assert!(place(folder, name).is_none(), "{name}");
        }
    }
}
