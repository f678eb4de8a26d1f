//! What a failure of the database means for whoever waits for it: the row was bad, there is no
//! room, it cannot be reached now, or the disk did not keep what it was given.
//!
//! Codes: SQLite's result codes (<https://sqlite.org/rescode.html>), PostgreSQL's error codes
//! (appendix A of its manual).

use super::StoreError;

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// A row that breaks a rule of the schema: it alone is refused.
    Row,
    /// Two transactions stood in each other's way: the same again may go well.
    Again,
    /// The disk is full.
    Room,
    /// Locked, read-only, restarting, cut off: later it may work.
    Away,
    /// What was written was not kept by the disk. Nobody may go on as if it were.
    Disk,
    /// What lies on the disk is damaged.
    Damage,
    /// Something else: a fault of ours.
    Other,
}

impl Trouble {
    /// What it is.
    pub(super) fn of(error: &sqlx::Error) -> Self {
        if let Some(error) = error.as_database_error() {
            let code = error.code().unwrap_or_default();
            let is_sqlite = error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some();
            return if is_sqlite { sqlite(code.parse().unwrap_or(1)) } else { postgres(&code) };
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "it is not our enum, and it grows")]
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Away,
            _ => Self::Other,
        }
    }
}

fn sqlite(code: u32) -> Trouble {
    // The low byte is the primary code; what stands above it says more.
    match (code & 0xff, code >> 8) {
        (19, _) => Trouble::Row,
        (13, _) => Trouble::Room,
        // IOERR_FSYNC, IOERR_DIR_FSYNC.
        (10, 4 | 5) => Trouble::Disk,
        // BUSY, LOCKED, READONLY, IOERR, CANTOPEN, PROTOCOL.
        (5 | 6 | 8 | 10 | 14 | 15, _) => Trouble::Away,
        // CORRUPT, NOTADB.
        (11 | 26, _) => Trouble::Damage,
        (_, _) => Trouble::Other,
    }
}

fn postgres(code: &str) -> Trouble {
    match code {
        "40001" | "40P01" => Trouble::Again,
        "53100" => Trouble::Room,
        "XX001" | "XX002" => Trouble::Damage,
        // Read-only, no lock in time, the disk of the server.
        "25006" | "55P03" | "58030" => Trouble::Away,
        _ => match code.get(..2) {
            Some("22" | "23") => Trouble::Row,
            // Connection, resources, operator.
            Some("08" | "53" | "57") => Trouble::Away,
            Some(_) | None => Trouble::Other,
        },
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match Trouble::of(&error) {
            Trouble::Room => Self::NoRoom,
            Trouble::Away => Self::Away(error.to_string()),
            Trouble::Disk => Self::Disk(error.to_string()),
            Trouble::Damage => {
                tracing::error!(%error, "the database file is damaged");
                Self::ReadOnly
            }
            Trouble::Row | Trouble::Again | Trouble::Other => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code is the primary one and 256 times what it is about.
    #[test]
    fn a_failed_flush_is_told_from_a_full_disk_and_a_lock() {
        assert_eq!(sqlite(1034), Trouble::Disk);
        assert_eq!(sqlite(778), Trouble::Away, "a write that failed was never promised");
        assert_eq!(sqlite(13), Trouble::Room);
        assert_eq!(sqlite(517), Trouble::Away);
        assert_eq!(sqlite(1555), Trouble::Row);
        assert_eq!(sqlite(267), Trouble::Damage);
        assert_eq!(sqlite(1), Trouble::Other);
    }

    #[test]
    fn a_restart_is_told_from_a_bad_row() {
        assert_eq!(postgres("57P01"), Trouble::Away);
        assert_eq!(postgres("08006"), Trouble::Away);
        assert_eq!(postgres("53100"), Trouble::Room);
        assert_eq!(postgres("23505"), Trouble::Row);
        assert_eq!(postgres("40P01"), Trouble::Again);
        assert_eq!(postgres("42P01"), Trouble::Other);
    }
}
