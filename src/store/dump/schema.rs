//! Which tables there are, read from the database itself, so that none can be forgotten.
//!
//! Both databases must give the same answer for the same migrations: columns by name, tables in an
//! order in which nothing names a row that comes later.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::format::{Column, Kind, Table};
use crate::store::{Begun, Result, StoreError, Tx, within};

/// A statement that is put together from names.
#[expect(clippy::disallowed_methods, reason = "the names are those of the schema, read from it")]
pub(super) fn statement(sql: String) -> SqlStr {
    AssertSqlSafe(sql).into_sql_str()
}

/// The tables of the database at hand; not the list of migrations, which says which they are.
pub(super) async fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let (columns, names) = match &tx.begun {
        Begun::Sqlite(_) => (SQLITE_COLUMNS, SQLITE_NAMES),
        #[cfg(feature = "postgres")]
        Begun::Postgres(_) => (POSTGRES_COLUMNS, POSTGRES_NAMES),
    };
    let rows: Vec<(String, String, String, i64)> =
        within!(tx, it => sqlx::query_as(columns).fetch_all(it).await)?;
    let links: Vec<(String, String)> =
        within!(tx, it => sqlx::query_as(names).fetch_all(it).await)?;
    let mut found: BTreeMap<String, (Table, Vec<(i64, String)>)> = BTreeMap::new();
    for (table, column, declared, place) in rows {
        let kind = kind(&declared)
            .ok_or_else(|| StoreError::Broken("column type", format!("{table}.{column}")))?;
        let (known, key) = found.entry(table.clone()).or_insert_with(|| {
            (Table { name: table, columns: Vec::new(), key: Vec::new() }, Vec::new())
        });
        if place > 0 {
            key.push((place, column.clone()));
        }
        known.columns.push(Column { name: column, kind });
    }
    let tables = found.into_values().map(|(mut table, mut key)| {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        key.sort();
        table.key = key.into_iter().map(|(_, column)| column).collect();
        table
    });
    in_order(tables.collect(), &links)
}

/// Each table after those that its rows name; by name where nothing decides.
fn in_order(mut left: Vec<Table>, links: &[(String, String)]) -> Result<Vec<Table>> {
    let mut done: Vec<Table> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &Table| {
            links.iter().any(|(from, to)| {
                *from == table.name && to != from && left.iter().any(|other| other.name == *to)
            })
        };
        let next = left.iter().position(|table| !waits(table));
        let next = next.ok_or_else(|| {
            StoreError::Broken("schema", "tables name each other in a circle".to_owned())
        })?;
        done.push(left.remove(next));
    }
    Ok(done)
}

fn kind(declared: &str) -> Option<Kind> {
    Some(match declared.to_ascii_lowercase().as_str() {
        "uuid" => Kind::Uuid,
        "text" => Kind::Text,
        "bigint" => Kind::Integer,
        "double precision" => Kind::Real,
        "boolean" => Kind::Boolean,
        "bytea" => Kind::Bytes,
        _ => return None,
    })
}

const SQLITE_COLUMNS: &str = "
    select t.name, c.name, c.type, c.pk
      from sqlite_schema as t, pragma_table_info(t.name) as c
     where t.type = 'table'
       and t.name not like 'sqlite\\_%' escape '\\'
       and t.name <> '_sqlx_migrations'";

const SQLITE_NAMES: &str = "
    select t.name, f.\"table\"
      from sqlite_schema as t, pragma_foreign_key_list(t.name) as f
     where t.type = 'table'";

#[cfg(feature = "postgres")]
const POSTGRES_COLUMNS: &str = "
    select t.relname::text, c.attname::text, format_type(c.atttypid, c.atttypmod)::text,
           coalesce(array_position(k.conkey, c.attnum), 0)::bigint
      from pg_class as t
      join pg_attribute as c
        on c.attrelid = t.oid
       and c.attnum > 0
       and not c.attisdropped
      left join pg_constraint as k
        on k.conrelid = t.oid
       and k.contype = 'p'
     where t.relnamespace = current_schema()::regnamespace
       and t.relkind = 'r'
       and t.relname <> '_sqlx_migrations'";

#[cfg(feature = "postgres")]
const POSTGRES_NAMES: &str = "
    select t.relname::text, f.relname::text
      from pg_constraint as k
      join pg_class as t
        on t.oid = k.conrelid
      join pg_class as f
        on f.oid = k.confrelid
     where k.contype = 'f'
       and t.relnamespace = current_schema()::regnamespace";
