//! Servers and the database they share.
//!
//! What a server keeps in its memory is right beside others: published questions, areas and released
//! figures never change under their names; whether a collection is open, how full it is, which codes
//! and receipts there are is asked in the transaction that writes; a door is known for a second, so
//! that one that was shut elsewhere may take answers for a second more. Wrong codes are counted by
//! each server alone: with several, somebody may guess as many times more, at codes of 65 bits.
//! Pictures are in one folder that all of them share, and none is swept away that a form claimed
//! within the day.
//!
//! The rest of this file is what has to be the same everywhere: whether a server's secret is that of
//! the database, and what the role of an intake server may do. That role reads what a form needs and
//! writes what a resident sends. It reads no answer, no text, no person, no log and no exact count,
//! and deletes nothing but a code, and the receipt of a form whose code was no good. Tables keep its
//! rights when they are written anew.

use std::path::Path;

use super::{Db, Result, Secret, Store, StoreError, migrations, on, photo, writer};

/// What the secret makes its mark of.
const MARK: &[u8] = b"this database belongs to this secret";

const FIND: &str = "select mark from server where name = 'secret'";

/// Refuses a server whose secret is another one; the first server leaves its mark.
pub(super) async fn recognise(db: &Db, secret: &Secret, folder: &Path) -> Result<()> {
    const LEAVE: &str = "
        insert into server (name, mark)
        values ('secret', $1)
            on conflict do nothing";
    let own = secret.hash(&[MARK]);
    // A start writes nothing where there is nothing to write: the disk may be full.
    if found(db).await?.is_none() {
        on!(db, pool => sqlx::query(LEAVE).bind(&own).execute(pool).await.map(|_left| ()))?;
    }
    same(db, &own, folder).await
}

async fn found(db: &Db) -> Result<Option<Vec<u8>>> {
    Ok(on!(db, pool => sqlx::query_scalar(FIND).fetch_optional(pool).await)?)
}

async fn same(db: &Db, own: &[u8], folder: &Path) -> Result<()> {
    match found(db).await? {
        Some(mark) if mark == own => Ok(()),
        Some(_) => Err(StoreError::OtherSecret(folder.join("secret"))),
        None => Err(NOT_READY),
    }
}

const NOT_READY: StoreError = StoreError::Stale(
    "the database is not ready for an intake server: start the main server first, which brings the \
     tables up to date, and then run miradouro intake-role again",
);

impl Store {
    /// Opens the store for a server that only takes answers, with the address of the intake role. It
    /// changes no table, and the folder must have the secret of the main server already.
    ///
    /// # Errors
    /// When the folder has no secret or another one, the database cannot be reached, or its tables
    /// are older or newer than this program.
    pub async fn open_intake(folder: &Path, database: &str) -> Result<Self> {
        const SQL: &str = "select max(version) from _sqlx_migrations";
        let why = |path: &Path, why: std::io::Error| StoreError::Folder {
            path: path.to_owned(),
            why: why.to_string(),
        };
        let at = folder.join("secret");
        std::fs::metadata(&at).map_err(|error| why(&at, error))?;
        let secret = Secret::of(folder).map_err(|error| why(&at, error))?;
        let photos = photo::folder(folder).map_err(|error| why(folder, error))?;
        let (db, intake) = super::open_postgres(database).await?;
        let known = migrations(&db).last().map_or(0, |newest| newest.version);
        let found: Option<i64> = on!(&db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await)?;
        match found.unwrap_or(0) {
            newer if newer > known => return Err(StoreError::Newer(newer)),
            older if older < known => return Err(NOT_READY),
            _ => {}
        }
        same(&db, &secret.hash(&[MARK]), folder).await?;
        let writer = writer::Writer::start(intake.clone(), None);
        let (changes, read_only) = Default::default();
        Ok(Self { db, intake, changes, writer, secret, photos, read_only })
    }

    /// Gives a role of PostgreSQL the rights of an intake server and takes every other right away,
    /// making the role with that password where it is missing. Gives whether it was made.
    ///
    /// # Errors
    /// When the tables are not in PostgreSQL, the name is none, or the database refuses.
    pub async fn grant_intake(&self, name: &str, password: &str) -> Result<bool> {
        let mut letters = name.chars();
        let is_name = letters.next().is_some_and(|first| first.is_ascii_lowercase())
            && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && name.len() <= 63;
        if !is_name || password.is_empty() {
            return Err(StoreError::Stale(
                "the name of a role is small letters, digits and _, and begins with a letter",
            ));
        }
        match &self.db {
            Db::Sqlite(_) => Err(StoreError::Stale(
                "roles are PostgreSQL's: give --database-url, the address of the tables' owner",
            )),
            #[cfg(feature = "postgres")]
            Db::Postgres(pool) => {
                const KNOWN: &str = "select exists (select 1 from pg_roles where rolname = $1)";
                const TELL: &str = "
                    select set_config('miradouro.role', $1, true),
                           set_config('miradouro.password', $2, true)";
                let mut tx = pool.begin().await?;
                let known: bool = sqlx::query_scalar(KNOWN).bind(name).fetch_one(&mut *tx).await?;
                // Names cannot be bound in such statements: PostgreSQL itself quotes them.
                sqlx::query(TELL).bind(name).bind(password).execute(&mut *tx).await?;
                if !known {
                    sqlx::raw_sql(MAKE).execute(&mut *tx).await?;
                }
                sqlx::raw_sql(GRANT).execute(&mut *tx).await?;
                tx.commit().await?;
                Ok(!known)
            }
        }
    }
}

#[cfg(feature = "postgres")]
const MAKE: &str = "
    do $$ begin
        execute format('create role %I login password %L nosuperuser nocreatedb nocreaterole',
                       current_setting('miradouro.role'), current_setting('miradouro.password'));
    end $$";

/// Everything the role may do; all else it had is taken away first.
#[cfg(feature = "postgres")]
const GRANT: &str = "
    do $$
    declare
        intake text := quote_ident(current_setting('miradouro.role'));
        home   text := quote_ident(current_schema());
        may    text;
    begin
        execute format('revoke all on all tables in schema %s from %s', home, intake);
        execute format('grant usage on schema %s to %s', home, intake);
        foreach may in array array[
            -- what a form and a published wall need
            'select on diagnosis, zone_set, wave, instrument, area, collection, door',
            'select on data_walk, screen, release, takeaway, server, _sqlx_migrations',
            -- what was let through at a data walk; the rest of it stays unread
            'select on shown_reflection, shown_text, walk_group, finding',
            'select on report, report_text, report_figures',
            'select (diagnosis, release, collection, question, breakdown, place, body, mac)
                 on released_table',
            -- whether a form came already, how many came, which pictures have a row
            'select, insert, delete on receipt',
            'select, insert, update on counter',
            'select (id, state), insert on photo',
            -- what comes in; nobody reads it here
            'insert on response, free_text, reflection',
            -- a code is spent by deleting it
            'select, delete on code'
        ] loop
            execute format('grant %s to %s', may, intake);
        end loop;
    end $$";
