//! What the server does by itself, at night or when somebody asks.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::collection::coded;

coded! {
    /// Something it does.
    Job {
        /// Deletes what was kept long enough.
        Purge = "purge",
        /// Deletes pictures that no answer needs.
        Pictures = "pictures",
        /// Writes anew what residents sent, so that nothing says who came with whom.
        Unlink = "unlink",
        /// Writes a backup, sealed to a key that is not on the server.
        Backup = "backup",
    }
}

coded! {
    /// How it ended.
    Outcome {
        /// Well.
        Done = "done",
        /// Something was in use, and is left for the next time.
        Left = "left",
        /// Not: nothing was lost.
        Failed = "failed",
    }
}

/// One run of one job; of several on a day, the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Which.
    pub job: Job,
    /// The day, UTC. No finer time is kept.
    pub day: Date,
    /// How it ended.
    pub outcome: Outcome,
    /// How many rows or pictures it was about, rounded.
    pub about: u64,
}

/// At what hour the night's work is done, UTC: one hour for the whole server, because one job
/// writes the answers of all diagnoses anew, and late for everybody between Lisbon and Istanbul.
pub const HOUR: i64 = 3;

/// The day in UTC at a moment in milliseconds since 1970.
#[must_use]
pub fn day(now: i64) -> Date {
    let now = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
    now.to_zoned(TimeZone::UTC).date()
}

/// Whether the night's work is to be done: it was not since the hour last struck. A server that was
/// off at that hour does it when it is on again.
#[must_use]
pub fn is_due(last: Option<Date>, now: i64) -> bool {
    let night = day(now - HOUR * 60 * 60 * 1000);
    last.is_none_or(|last| last < night)
}

/// A count that tells nobody's coming or going: none, or rounded up to ten.
#[must_use]
pub const fn rounded(n: u64) -> u64 {
    n.div_ceil(10) * 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_once_a_day_and_is_made_up_for() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let last: Date = "2026-11-22".parse().unwrap();
        assert!(is_due(None, at("2026-11-22T00:00:00Z")), "a new server");
        assert!(!is_due(Some(last), at("2026-11-22T23:59:00Z")));
        assert!(!is_due(Some(last), at("2026-11-23T02:59:59Z")), "before the hour");
        assert!(is_due(Some(last), at("2026-11-23T03:00:00Z")));
        assert!(is_due(Some(last), at("2026-11-25T17:00:00Z")), "it was off");
        assert!(!is_due(Some(last), at("2026-11-20T12:00:00Z")), "a clock that jumps back");
    }

    #[test]
    fn counts_are_rounded() {
        assert_eq!([0, 1, 10, 11].map(rounded), [0, 10, 10, 20]);
    }
}
