//! From a data folder to the bytes of a dump, in one snapshot, while others go on writing.
//!
//! SQLite: a read transaction. PostgreSQL: `repeatable read, read only`, with a share of every table
//! taken before the snapshot, so that a table that is being written anew is not found empty.

use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use sqlx::Row;
use uuid::Uuid;

use super::format::{Encoder, Head, Item, Kind, PIECE, Table, Value};
use super::pipe::PipeWriter;
use super::{DumpError, Watch, schema};
use crate::store::{Begun, Db, Result as StoreResult, StoreError, Tx, on, within};

/// The values of a row of either database.
macro_rules! values {
    ($row:expr, $table:expr) => {{
        let mut values = Vec::with_capacity($table.columns.len());
        for (at, column) in $table.columns.iter().enumerate() {
            values.push(
                match column.kind {
                    Kind::Uuid => $row.try_get::<Option<Uuid>, _>(at)?.map(Value::Uuid),
                    Kind::Text => $row.try_get::<Option<String>, _>(at)?.map(Value::Text),
                    Kind::Integer => $row.try_get::<Option<i64>, _>(at)?.map(Value::Integer),
                    Kind::Real => $row.try_get::<Option<f64>, _>(at)?.map(Value::Real),
                    Kind::Boolean => $row.try_get::<Option<bool>, _>(at)?.map(Value::Boolean),
                    Kind::Bytes => $row.try_get::<Option<Vec<u8>>, _>(at)?.map(Value::Bytes),
                }
                .unwrap_or(Value::Null),
            );
        }
        values
    }};
}

/// What a dump is read from.
pub(super) struct Source<'a> {
    pub(super) db: &'a Db,
    pub(super) folder: &'a Path,
}

/// Where the pieces of a dump go.
struct Out<'a> {
    pipe: PipeWriter,
    encoder: Encoder,
    watch: &'a Watch,
}

impl Out<'_> {
    async fn put(&mut self, item: &Item) -> Result<(), DumpError> {
        self.encoder.put(item, self.pipe.buffer());
        self.pipe.pass().await.map_err(|_gone| DumpError::CutOff)
    }

    /// A file of the folder; whether it was there.
    async fn file(&mut self, folder: &Path, name: &str) -> Result<bool, DumpError> {
        let path = folder.join(name);
        let content = match tokio::fs::read(&path).await {
            Ok(content) => content,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(DumpError::at(&path, &error)),
        };
        self.put(&Item::File(name.to_owned())).await?;
        for piece in content.chunks(PIECE) {
            self.put(&Item::Piece(piece.to_vec())).await?;
        }
        Ok(true)
    }
}

/// Writes a dump into a pipe. Gives how many pictures that a row names were not there: they were
/// held back meanwhile, or the folder has lost them.
pub(super) async fn dump(
    source: &Source<'_>,
    pipe: PipeWriter,
    watch: &Watch,
) -> Result<u64, DumpError> {
    let (mut tx, head) = snapshot(source.db).await?;
    watch.expect(head.rows.iter().sum());
    let mut out = Out { pipe, encoder: Encoder::default(), watch };
    out.put(&Item::Head(head.clone())).await?;
    for name in small_files(source.folder)? {
        out.file(source.folder, &name).await?;
    }
    let mut pictures = Vec::new();
    for (number, table) in head.tables.iter().enumerate() {
        out.put(&Item::Table(number)).await?;
        rows(&mut tx, table, &mut out, &mut pictures).await?;
    }
    drop(tx);
    let mut missing = 0;
    for id in pictures {
        let name = format!("photos/{}.jpg", crate::domain::ids::PhotoId(id));
        missing += u64::from(!out.file(source.folder, &name).await?);
    }
    out.put(&Item::End([0; 32])).await?;
    out.pipe.flush().await.map_err(|_gone| DumpError::CutOff)?;
    Ok(missing)
}

/// A transaction that sees one moment, and what stands in it.
async fn snapshot(db: &Db) -> StoreResult<(Tx, Head)> {
    let begun = match db {
        Db::Sqlite(pool) => Begun::Sqlite(pool.begin_with("begin").await?),
        #[cfg(feature = "postgres")]
        Db::Postgres(pool) => {
            let mut first = db.begin().await?;
            let names = schema::tables(&mut first).await?;
            drop(first);
            let begin = "begin isolation level repeatable read, read only";
            let mut tx = pool.begin_with(begin).await?;
            let names: Vec<String> =
                names.iter().map(|table| format!("\"{}\"", table.name)).collect();
            if !names.is_empty() {
                let lock = format!("lock table {} in access share mode", names.join(", "));
                sqlx::query(schema::statement(lock)).execute(&mut *tx).await?;
            }
            Begun::Postgres(tx)
        }
    };
    let mut tx = Tx { begun, changes: None };
    let migration = newest(&mut tx).await?;
    let tables = schema::tables(&mut tx).await?;
    let mut rows = Vec::with_capacity(tables.len());
    for table in &tables {
        rows.push(count(&mut tx, table).await?);
    }
    Ok((tx, Head { migration, tables, rows }))
}

async fn newest(tx: &mut Tx) -> StoreResult<i64> {
    const SQL: &str = "
        select coalesce(max(version), 0)
          from _sqlx_migrations";
    Ok(within!(tx, it => sqlx::query_scalar(SQL).fetch_one(it).await)?)
}

/// How many rows a table has.
pub(super) async fn count(tx: &mut Tx, table: &Table) -> StoreResult<u64> {
    let sql = format!("select count(*) from \"{}\"", table.name);
    let n: i64 = within!(tx, it => sqlx::query_scalar(schema::statement(sql)).fetch_one(it).await)?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// The last migration of a database; none where nothing was ever made.
pub(super) async fn migration(db: &Db) -> StoreResult<Option<i64>> {
    const SQLITE: &str = "
        select count(*)
          from sqlite_schema
         where name = '_sqlx_migrations'";
    #[cfg(feature = "postgres")]
    const POSTGRES: &str = "
        select count(*)
          from pg_class
         where relname = '_sqlx_migrations'
           and relnamespace = current_schema()::regnamespace";
    const SQL: &str = "
        select max(version)
          from _sqlx_migrations";
    let known: i64 = match db {
        Db::Sqlite(pool) => sqlx::query_scalar(SQLITE).fetch_one(pool).await?,
        #[cfg(feature = "postgres")]
        Db::Postgres(pool) => sqlx::query_scalar(POSTGRES).fetch_one(pool).await?,
    };
    if known == 0 {
        return Ok(None);
    }
    Ok(on!(db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await)?)
}

/// Whether a table of the database has a row.
pub(super) async fn has_rows(db: &Db) -> StoreResult<bool> {
    let mut tx = db.begin().await?;
    for table in schema::tables(&mut tx).await? {
        let sql = format!("select 1 from \"{}\" limit 1", table.name);
        let one: Option<i32> = within!(&mut tx, it =>
            sqlx::query_scalar(schema::statement(sql)).fetch_optional(it).await)?;
        if one.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every row of a table in the order of its key, and the ids of pictures among them.
async fn rows(
    tx: &mut Tx,
    table: &Table,
    out: &mut Out<'_>,
    pictures: &mut Vec<Uuid>,
) -> Result<(), DumpError> {
    let sql = select(table, matches!(tx.begun, Begun::Sqlite(_)));
    let photo = (table.name == "photo").then(|| (table.at("id"), table.at("state")));
    within!(tx, it => {
        let mut rows = sqlx::query(schema::statement(sql)).fetch(it);
        while let Some(row) = rows.next().await {
            let row = row.map_err(StoreError::from)?;
            let values = read(|| Ok(values!(row, table)))?;
            if let Some((Some(id), Some(state))) = photo
                && let (Value::Uuid(id), Value::Text(state)) = (&values[id], &values[state])
                && state != "withheld"
            {
                pictures.push(*id);
            }
            out.put(&Item::Row(values)).await?;
            out.watch.one();
        }
    });
    Ok(())
}

fn read(values: impl FnOnce() -> Result<Vec<Value>, sqlx::Error>) -> StoreResult<Vec<Value>> {
    Ok(values()?)
}

/// Byte order decides in both databases, whatever the language of the database is.
fn select(table: &Table, is_sqlite: bool) -> String {
    let columns: Vec<String> =
        table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let collate = |name: &String| {
        let is_text = table.columns.iter().any(|one| one.name == *name && one.kind == Kind::Text);
        let collate = if is_text && !is_sqlite { " collate \"C\"" } else { "" };
        format!("\"{name}\"{collate}")
    };
    let key: Vec<String> = table.key.iter().map(collate).collect();
    format!("select {} from \"{}\" order by {}", columns.join(", "), table.name, key.join(", "))
}

/// The small files of a folder by name: the secret, the recipients, the operator's instruments.
fn small_files(folder: &Path) -> Result<Vec<String>, DumpError> {
    let mut names = vec!["secret".to_owned(), "recipients".to_owned()];
    let mut found = Vec::new();
    gather(&folder.join("instruments"), &mut found)?;
    for path in found {
        let inside = path.strip_prefix(folder).ok().and_then(Path::to_str);
        let inside = inside.ok_or_else(|| DumpError::Name(path.clone()))?;
        names.push(inside.to_owned());
    }
    Ok(names)
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), DumpError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(DumpError::at(folder, &error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| DumpError::at(folder, &error))?.path());
    }
    paths.sort();
    for path in paths {
        // A folder that is a link is not followed: it may lead round in a circle.
        let about = path.symlink_metadata().map_err(|error| DumpError::at(&path, &error))?;
        if about.is_dir() {
            gather(&path, found)?;
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}
