//! Rounding every count to five, by a key.
//!
//! `5 * floor((x + u) / 5)`, where `u` hangs on what the cell is and never on who is in it: the
//! same cell goes the same way in every table and every release, so asking again tells nothing.

use hmac::Mac;

use super::seal::keyed;
use crate::domain::ids::CollectionId;

/// What counts are rounded to.
pub(super) const STEP: u64 = 5;

/// What a count is of, beside an answer's code.
pub(super) const BASE: &str = "\u{1f}base";
/// A count without weights, before the answer's code.
pub(super) const PLAIN: &str = "\u{1f}plain";
/// Missing answers.
pub(super) const MISSING: &str = "\u{1f}missing";
/// Everyone who sent the sheet.
pub(super) const PEOPLE: &str = "\u{1f}people";
/// Everyone who answered in one way.
pub(super) const WAY: &str = "\u{1f}way";

/// The rounding of one collection.
pub(super) struct Rounding {
    key: [u8; 32],
}

/// Which cell: the same in every table and release.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) question: &'a str,
    pub(super) answer: &'a str,
    pub(super) by: Option<&'a str>,
    pub(super) group: &'a str,
}

impl Rounding {
    pub(super) fn new(secret: &[u8], collection: CollectionId) -> Self {
        let mac = keyed(secret, b"rounding").chain_update(collection.0.as_bytes());
        Self { key: mac.finalize().into_bytes().into() }
    }

    /// A count as it may be shown.
    pub(super) fn round(&self, cell: Cell<'_>, count: u64) -> u64 {
        (count + self.shift(cell)) / STEP * STEP
    }

    /// From 0 to 4.
    fn shift(&self, cell: Cell<'_>) -> u64 {
        let by = cell.by.unwrap_or_default();
        let mac = [cell.question, cell.answer, by, cell.group]
            .into_iter()
            .fold(keyed(&self.key, b"cell"), |mac, part| {
                mac.chain_update(part.as_bytes()).chain_update([0])
            });
        let bytes: [u8; 32] = mac.finalize().into_bytes().into();
        let (head, _) = bytes.split_at(8);
        head.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)) % STEP
    }
}
