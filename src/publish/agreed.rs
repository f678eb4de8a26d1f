//! What the committee found and what a data walk made of it: how many groups find that it fits, what
//! it was before, and the words that changed it.

use super::pin::{find, station_of};
use super::station::{Station, Wall};
use crate::domain::data_walk::{Reflection, Tally};
use crate::domain::finding::{Evidence, Finding};
use crate::domain::text::Text;

/// A finding as it stands by now.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// What is said now.
    pub now: Text,
    /// What was said before the walk changed it.
    pub before: Option<Text>,
    /// The words that changed it, as far as they were let through.
    pub because: Vec<String>,
    /// What groups made of it.
    pub tally: Tally,
    /// The stations where its charts hang.
    pub stations: Vec<u32>,
}

impl Agreed {
    /// The findings of a walk, of what was let through there.
    #[must_use]
    pub fn all(wall: &Wall, findings: &[Finding], shown: &[Reflection]) -> Vec<Self> {
        let one = |finding: &Finding| {
            let changed = finding.is_amended();
            let because = shown.iter().filter(|one| finding.because.contains(&one.id));
            let stations = wall.stations().iter().filter(|station| {
                (0..station.shown.len()).any(|chart| shows(station, chart, &finding.evidence))
            });
            Self {
                now: if changed { finding.amended.clone() } else { finding.said.clone() },
                before: changed.then(|| finding.said.clone()),
                because: because.map(|one| one.said.clone()).collect(),
                tally: tally(wall, finding, shown),
                stations: stations.map(|station| station.number).collect(),
            }
        };
        findings.iter().map(one).collect()
    }
}

/// The station of a wall that something said belongs to: where its figure stands, else where it was
/// said.
#[must_use]
pub fn place_of(wall: &Wall, one: &Reflection) -> u32 {
    let pinned = one.pin.as_ref().and_then(|pin| {
        let own = wall.station(one.station).filter(|station| find(station, pin).is_some());
        own.or_else(|| station_of(wall, pin))
    });
    pinned.map_or(one.station, |station| station.number)
}

/// Whether something that was said is about the charts of a finding: it was said where one of them
/// hangs, and is not pinned to another chart there.
#[must_use]
pub fn is_about(wall: &Wall, finding: &[Evidence], one: &Reflection) -> bool {
    let Some(station) = wall.station(place_of(wall, one)) else { return false };
    let found = one.pin.as_ref().and_then(|pin| find(station, pin));
    match found {
        Some(found) => shows(station, found.chart, finding),
        None => (0..station.shown.len()).any(|chart| shows(station, chart, finding)),
    }
}

fn shows(station: &Station, chart: usize, finding: &[Evidence]) -> bool {
    let Some(shown) = station.shown.get(chart) else { return false };
    let collection = shown.tables.first().map(|table| table.address().collection);
    finding.iter().any(|one| one.chart == shown.plan.id && Some(one.collection) == collection)
}

/// What groups make of a finding, of what was let through.
#[must_use]
pub fn tally(wall: &Wall, finding: &Finding, shown: &[Reflection]) -> Tally {
    Tally::of(shown.iter().filter(|one| is_about(wall, &finding.evidence, one)))
}
