//! What tables and columns there are: for the page that says what each of them tells.

use super::{Db, Result, Store};

impl Store {
    /// Every table with its columns, in the order of their names and places.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn columns(&self) -> Result<Vec<(String, String)>> {
        let rows = match &self.db {
            Db::Sqlite(pool) => {
                const SQL: &str = "
                    select held.name, part.name
                      from sqlite_schema as held, pragma_table_info(held.name) as part
                     where held.type = 'table'
                       and held.name not like 'sqlite!_%' escape '!'
                     order by held.name, part.cid";
                sqlx::query_as(SQL).fetch_all(pool).await?
            }
            #[cfg(feature = "postgres")]
            Db::Postgres(pool) => {
                const SQL: &str = "
                    select cast(table_name as text), cast(column_name as text)
                      from information_schema.columns
                     where table_schema = current_schema()
                       and table_name in (select relname
                                            from pg_class
                                           where relkind = 'r'
                                             and relnamespace = current_schema()::regnamespace)
                     order by cast(table_name as text) collate \"C\", ordinal_position";
                sqlx::query_as(SQL).fetch_all(pool).await?
            }
        };
        Ok(rows)
    }
}
