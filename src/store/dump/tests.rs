//! Migrations of databases with rows: kept before each, and begun again after a kill.

use uuid::Uuid;

use super::*;
use crate::store::{Tx, migrate_to, migrations, open_postgres, open_sqlite, within};

fn fresh() -> PathBuf {
    let path = std::env::temp_dir().join(Uuid::new_v4().simple().to_string());
    fs::create_dir(&path).unwrap();
    path
}

/// An empty schema of its own, where there is a PostgreSQL.
async fn empty() -> Option<String> {
    let url = std::env::var("TEST_POSTGRES_URL").ok()?;
    let schema = format!("k{}", Uuid::new_v4().simple());
    let Ok((Db::Postgres(pool), _)) = open_postgres(&url).await else { panic!("it is PostgreSQL") };
    let make = schema::statement(format!("create schema {schema}"));
    sqlx::query(make).execute(&pool).await.unwrap();
    pool.close().await;
    let join = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{join}options=-c%20search_path%3D{schema}"))
}

async fn database(folder: &Path, address: Option<&str>) -> Db {
    match address {
        None => open_sqlite(folder).await.unwrap().0,
        Some(address) => open_postgres(address).await.unwrap().0,
    }
}

/// Rows that the first migration knows, and that the third makes others of.
async fn plant(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    let rows = [
        "insert into diagnosis values ('{id}', 'oude-haven', 'Oude Haven', '{}')",
        "insert into instrument values ('{id}', 'ab', 'pulse', '{}')",
    ];
    let id = match db {
        Db::Sqlite(_) => "x'00000000000040008000000000000001'",
        Db::Postgres(_) => "'00000000-0000-4000-8000-000000000001'",
    };
    for row in rows {
        let sql = schema::statement(row.replace("'{id}'", id));
        within!(&mut tx, it => sqlx::query(sql).execute(it).await.unwrap().rows_affected());
    }
    tx.commit().await.unwrap();
}

/// A migration whose statements have run, all of them, and that was never committed.
async fn half(db: &Db, version: i64) -> Tx {
    let migration = migrations(db).into_iter().find(|one| one.version == version).unwrap();
    let mut tx = db.begin().await.unwrap();
    within!(&mut tx, it => {
        sqlx::raw_sql(migration.sql).execute(it).await.unwrap().rows_affected()
    });
    tx
}

#[tokio::test]
async fn a_migration_that_is_killed_half_way_starts_again_and_everything_was_kept_before() {
    for address in [None, empty().await] {
        let is_postgres = address.is_some();
        for there in 1.. {
            let (folder, address) = (fresh(), if is_postgres { empty().await } else { None });
            let db = database(&folder, address.as_deref()).await;
            if there >= newest_migration(&db) {
                break;
            }
            migrate_to(&db, there).await.unwrap();
            plant(&db).await;
            let tx = half(&db, there + 1).await;
            // What a kill leaves: the files as they are now; for a server, a lost connection.
            let left = fresh();
            if !is_postgres {
                for name in ["miradouro.db", "miradouro.db-wal"] {
                    fs::copy(folder.join(name), left.join(name)).unwrap();
                }
            }
            drop(tx);
            on!(&db, pool => pool.close().await);
            let refused = Store::open(&left, address.as_deref()).await;
            if is_postgres {
                refused.unwrap().close().await.unwrap();
            } else {
                let why = refused.unwrap_err().to_string();
                assert!(why.contains("`secret` is gone"), "{why}");
                fs::write(left.join("secret"), [7; 32]).unwrap();
                Store::open(&left, None).await.unwrap().close().await.unwrap();
            }
            let file = left.join(format!("backups/before-{}.age", there + 1));
            let key = Identity::read(&left.join("secret")).unwrap();
            let kept = verify_file(&file, &[key], |_| true).await.unwrap();
            assert_eq!(kept.migration, there, "{address:?}");
            assert!(kept.tables.contains(&("diagnosis".to_owned(), 1)));
            // It comes back from its own folder, and is brought up to date on the way.
            let back = fresh().join("back");
            let keys = [Identity::read(&left.join("secret")).unwrap()];
            let place = (back.as_path(), None);
            restore(&file, &keys, place, |_| true, &Watch::default()).await.unwrap();
            let one = Store::open(&back, None).await.unwrap();
            let two = Store::open(&left, address.as_deref()).await.unwrap();
            let reports = [&one, &two].map(Folder::of);
            let one = reports[0].verify(|_| true, &Watch::default()).await.unwrap();
            let two = reports[1].verify(|_| true, &Watch::default()).await.unwrap();
            assert_eq!((&one.hash, one.migration), (&two.hash, newest_migration(&reports[0].db)));
            for path in [folder, left, back] {
                fs::remove_dir_all(path).unwrap();
            }
        }
        if std::env::var("TEST_POSTGRES_URL").is_err() {
            break;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_migrated() {
    for address in [None, empty().await] {
        let folder = fresh();
        let db = database(&folder, address.as_deref()).await;
        let newest = newest_migration(&db);
        migrate_to(&db, newest - 1).await.unwrap();
        plant(&db).await;
        fs::write(folder.join("secret"), [7; 32]).unwrap();
        fs::create_dir(folder.join(BACKUPS)).unwrap();
        // A disk without room, as the system itself says it.
        let full = folder.join(BACKUPS).join(format!("before-{newest}.age.part"));
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let refused = Store::open(&folder, address.as_deref()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotKept { migration, .. } if migration == newest));
        let said = refused.to_string();
        assert!(said.contains("No space left") && said.contains("nothing was changed"), "{said}");
        assert_eq!(read::migration(&db).await.unwrap(), Some(newest - 1));
        // Who would open it is named wrongly: neither.
        fs::write(folder.join("recipients"), "age1nobody").unwrap();
        assert!(Store::open(&folder, address.as_deref()).await.is_err());
        assert_eq!(read::migration(&db).await.unwrap(), Some(newest - 1));
        let key = Identity::fresh();
        fs::write(folder.join("recipients"), key.recipient().to_string()).unwrap();
        Store::open(&folder, address.as_deref()).await.unwrap().close().await.unwrap();
        assert_eq!(read::migration(&db).await.unwrap(), Some(newest));
        let file = folder.join(format!("backups/before-{newest}.age"));
        assert!(verify_file(&file, &[key], |_| true).await.is_ok(), "the offline key opens it too");
        on!(&db, pool => pool.close().await);
        fs::remove_dir_all(folder).unwrap();
        if std::env::var("TEST_POSTGRES_URL").is_err() {
            break;
        }
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let Some(address) = empty().await else { return };
    let folder = fresh();
    let mut found = Vec::new();
    for address in [None, Some(address.as_str())] {
        let db = database(&folder, address).await;
        migrate_to(&db, newest_migration(&db)).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let tables = schema::tables(&mut tx).await.unwrap();
        assert!(tables.iter().all(|table| !table.key.is_empty()), "each has a key");
        found.push(tables);
    }
    assert_eq!(found[0], found[1]);
    fs::remove_dir_all(folder).unwrap();
}
