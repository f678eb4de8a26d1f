//! Doors that were read a moment ago, so that ten thousand phones do not read the same four rows
//! each.
//!
//! What this program itself changes is seen at once; what another program on the same database
//! changes, after a second at most. That a closed collection takes nothing does not hang on this:
//! the writer asks again inside its transaction.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use super::participate::Behind;

/// How long a door is known.
const MOMENT: Duration = Duration::from_secs(1);
/// How many are known at most: there are a handful of open ones.
const MOST: usize = 1_000;

/// The doors that were read a moment ago, by their words.
#[derive(Default)]
pub(super) struct KnownDoors(RwLock<HashMap<String, Known>>);

struct Known {
    changes: u64,
    read: Instant,
    behind: Arc<Behind>,
}

impl KnownDoors {
    /// What is behind a door, if nothing was changed since it was read.
    pub(super) fn known(&self, word: &str, changes: u64) -> Option<Arc<Behind>> {
        let known = self.0.read().ok()?;
        let found = known.get(word)?;
        let is_fresh = found.changes == changes && found.read.elapsed() < MOMENT;
        is_fresh.then(|| Arc::clone(&found.behind))
    }

    /// Keeps what was read when so many changes had been made.
    pub(super) fn keep(&self, changes: u64, behind: Arc<Behind>) {
        if let Ok(mut known) = self.0.write() {
            if known.len() >= MOST {
                known.clear();
            }
            let word = behind.door.code.clone();
            known.insert(word, Known { changes, read: Instant::now(), behind });
        }
    }
}
