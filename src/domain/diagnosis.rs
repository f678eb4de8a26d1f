//! A diagnosis: one participatory study of one area, with its zones, waves and help addresses.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ids::{DiagnosisId, WaveId, ZoneSetId};
use super::instrument::Help;
use super::text::Lang;

/// One participatory study of one area by one committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Its id.
    pub id: DiagnosisId,
    /// The word in its addresses.
    pub slug: String,
    /// What the area is called.
    pub name: String,
    /// What else is fixed for all of it.
    pub settings: Settings,
}

/// What is fixed for a whole diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Its languages; the first is the fallback.
    pub languages: Vec<Lang>,
    /// Its time zone, as in `Europe/Brussels`.
    pub time_zone: String,
    /// From which age a young person may say yes alone.
    pub consent_age: u32,
    /// Where help is to be had.
    pub help: Vec<HelpAddress>,
    /// Whether the whole diagnosis is invented (a demonstration).
    pub invented: bool,
    /// Where the figures of who lives here come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population_source: Option<PopulationSource>,
}

/// An address for one kind of help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpAddress {
    /// The kind of help.
    pub kind: Help,
    /// A number, an address or a page.
    pub address: String,
}

/// A named part of the area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// What is stored.
    pub code: String,
    /// Its name, the same in every language.
    pub name: String,
}

/// A set of zones; never edited once a wave names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneSet {
    /// Its id.
    pub id: ZoneSetId,
    /// Its zones.
    pub zones: Vec<Zone>,
}

/// One turn of the cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// Its id.
    pub id: WaveId,
    /// 1 for the baseline.
    pub number: i64,
    /// What it is called.
    pub title: String,
    /// The zones it uses.
    pub zones: ZoneSetId,
}

/// How many people live in a zone, by age band and gender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationCount {
    /// The zone's code.
    pub zone: String,
    /// The age band's code, as in the instruments.
    pub age: String,
    /// The gender's code, as in the instruments.
    pub gender: String,
    /// How many.
    pub count: u64,
}

/// Where the population counts of a diagnosis come from: printed under what they stand beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationSource {
    /// Who counted.
    pub source: String,
    /// The day they were counted for.
    pub dated: Date,
}

/// The word in an address that a name becomes: ASCII letters, digits and hyphens.
///
/// ```
/// assert_eq!(miradouro::domain::diagnosis::slug("Vila d'Água, Norte"), "vila-d-gua-norte");
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() && !c.is_alphanumeric() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').chars().take(40).collect()
}
