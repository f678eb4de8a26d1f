//! The gate: the only maker of a [`Table`], so that what a page, chart, export, sentence or
//! alternative text shows has passed the policy and its attacker.
//!
//! [`release`] takes exact counts and the tables of earlier releases, and returns one
//! table for every question and breakdown: renewed, copied as it was, or withheld with the reason.
//! A copied table keeps every byte, its address with the number of the release it was made in too.

mod attacker;
mod ballot;
pub mod change;
mod draft;
mod game;
mod interval;
mod marks;
mod people;
mod places;
mod policy;
mod round;
mod rounded;
mod seal;
pub mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use serde::{Deserialize, Serialize};

use crate::analysis::{GameTally, PlaceTally, Tally};
use crate::domain::area::Map;
use crate::domain::collection::{Collection, Mode};
use crate::domain::diagnosis::{PopulationCount, PopulationSource, Zone};
use crate::domain::instrument::{Instrument, Policy};

pub use seal::{NotSealed, Sealed, open, seal};
pub use table::Table;

use draft::Desk;
use table::Withheld;

/// Everything the gate needs to know of one collection.
#[derive(Debug)]
pub struct Input<'a> {
    /// The number of the release that is being made.
    pub release: i64,
    /// The collection; for counts of groups, the first of them.
    pub collection: &'a Collection,
    /// Its published instrument.
    pub instrument: &'a Instrument,
    /// The zones of its wave.
    pub zones: &'a [Zone],
    /// The map its places were chosen from.
    pub map: Option<&'a Map>,
    /// By which ways answers came in, and how many by each.
    pub modes: Vec<(Mode, u64)>,
    /// How many responses there are.
    pub people: u64,
    /// Each question for everyone and by each declared breakdown; counts of groups for notes.
    pub tallies: &'a [Tally],
    /// Ratings stop by stop, for a walk.
    pub places: &'a [PlaceTally],
    /// People by the marks they put on a map, for a map sheet.
    pub marks: &'a [Tally],
    /// The counts of a statement game.
    pub games: &'a [GameTally],
    /// Who lives here, for the shares beside "who answered".
    pub population: &'a [PopulationCount],
    /// Where that comes from.
    pub population_source: Option<&'a PopulationSource>,
    /// Every table of this collection that was ever released: all that a patient reader has kept.
    pub earlier: &'a [Earlier],
    /// Goes up by one for every question that is through.
    pub done: &'a AtomicU64,
    /// The rounding secret of the server.
    pub secret: &'a [u8],
}

/// A table of an earlier release with what it was made of.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The table.
    pub table: Table,
    /// The numbers it was made of.
    pub basis: Basis,
}

/// The exact numbers at the time a table was made: stored beside it, never shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Valid answers to the question.
    pub base: u64,
    /// Valid answers by the code of the group; none without a breakdown.
    pub groups: BTreeMap<String, u64>,
}

/// A table of a release.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The table.
    pub table: Table,
    /// The numbers it was made of, to be stored beside it.
    pub basis: Basis,
    /// Whether it was made now; otherwise it is the earlier one, byte for byte.
    pub renewed: bool,
}

/// Makes the tables of one collection for a release.
///
/// Nothing it returns depends on fewer than ten new answers since the earlier release, except
/// ratings of places and counts of groups, which are about no single person.
#[must_use]
pub fn release(input: &Input<'_>) -> Vec<Made> {
    let desk = Desk::new(input);
    match policy::in_force(input.collection.field.policy, input.people) {
        Policy::Rounded => rounded::tables(&desk),
        Policy::People => people::tables(&desk),
        Policy::Places => {
            let mut made = places::ratings(&desk);
            made.extend(rounded::tables(&desk));
            made.extend(marks::tables(&desk));
            made
        }
        Policy::Spoken => {
            let mut made = places::spoken(&desk);
            made.extend(game::counts(&desk));
            made
        }
        Policy::Ballot => ballot::votes(&desk),
        Policy::Private => Vec::new(),
    }
}

impl Made {
    /// The earlier table as it was.
    fn copied(earlier: &Earlier) -> Self {
        Self { table: earlier.table.clone(), basis: earlier.basis.clone(), renewed: false }
    }
}

impl Earlier {
    /// Whether it hides nothing but the state of the collection, so that a table made now can be
    /// laid beside no earlier number.
    fn was_only_waiting(&self) -> bool {
        match self.table.withheld() {
            Some(Withheld::StillOpen) => true,
            Some(Withheld::TooFew { .. } | Withheld::OneGroup | Withheld::CouldBeWorkedOut)
            | None => false,
        }
    }

    /// Whether so many more have answered the question that a new table may be laid beside it.
    fn is_due(&self, base: u64) -> bool {
        self.was_only_waiting() || base.saturating_sub(self.basis.base) >= policy::NEW_ANSWERS
    }
}
