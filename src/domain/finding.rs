//! A finding: what the committee reads in the charts, in one sentence, with the charts it rests on;
//! and what became of it after people at a data walk said whether it fits.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ids::{CollectionId, DataWalkId, DiagnosisId, FindingId, ReflectionId};
use super::text::Text;

/// What the committee found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// The diagnosis it belongs to.
    pub diagnosis: DiagnosisId,
    /// The data walk where people look at it.
    pub data_walk: DataWalkId,
    /// Its place in the list.
    pub place: u32,
    /// The sentence, as it hung there.
    pub said: Text,
    /// The charts it rests on.
    pub evidence: Vec<Evidence>,
    /// The sentence as it is now, where the walk changed it; empty otherwise.
    pub amended: Text,
    /// What was said that changed it.
    pub because: Vec<ReflectionId>,
    /// Who wrote it last, by name.
    pub editor: String,
    /// On which day.
    pub written: Date,
}

/// A chart that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The collection it is of.
    pub collection: CollectionId,
    /// The chart.
    pub chart: String,
}

impl Finding {
    /// Whether the walk changed it.
    #[must_use]
    pub fn is_amended(&self) -> bool {
        self.amended.0.values().any(|text| !text.trim().is_empty())
    }
}
