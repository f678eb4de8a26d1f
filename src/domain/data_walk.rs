//! A data walk: stations along charts of one release, and what groups say at them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::collection::coded;
use super::ids::{DataWalkId, DiagnosisId, ReflectionId};

/// A walk along charts. It pins one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataWalk {
    /// Its id.
    pub id: DataWalkId,
    /// The diagnosis it belongs to.
    pub diagnosis: DiagnosisId,
    /// What it is called.
    pub title: String,
    /// The day it is held.
    pub held_on: Date,
    /// The release its posters, pages and projector show.
    pub release: i64,
    /// The word in the public address of its stations.
    pub door: String,
}

/// What a group says at a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reflection {
    /// Its id.
    pub id: ReflectionId,
    /// The number of the station.
    pub station: u32,
    /// Whether the chart fits what the group knows.
    pub verdict: Verdict,
    /// What is missing or wrong, why, and what could be done.
    pub said: String,
    /// Where it stands.
    pub state: ReflectionState,
}

coded! {
    /// Whether a chart fits what people know.
    Verdict {
        /// It fits.
        Fits = "fits",
        /// Partly.
        Partly = "partly",
        /// It does not fit.
        DoesNotFit = "does_not_fit",
    }
}
coded! {
    /// Where a reflection stands.
    ReflectionState {
        /// Only the moderator sees it.
        New = "new",
        /// The committee sees it.
        Shown = "shown",
        /// Held back.
        Withheld = "withheld",
    }
}
