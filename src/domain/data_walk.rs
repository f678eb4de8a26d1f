//! A data walk: stations along charts of one release, the groups that walk along them, and what
//! they say there.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::collection::coded;
use super::ids::{DataWalkId, DiagnosisId, ReflectionId};
use super::pin::Pin;

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

/// A group of people who walk together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its letter, which also gives it a colour.
    pub letter: char,
    /// Who hosts it; empty while nobody does.
    pub host: String,
    /// The number of the station where it begins.
    pub begins: u32,
}

/// The letters groups may have.
pub const LETTERS: [char; 12] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L'];

/// Where so many groups begin, spread over the stations as evenly as can be: two of them stand at
/// one station only when there are more groups than stations.
#[must_use]
pub fn spread(groups: usize, stations: &[u32]) -> Vec<u32> {
    let at = |group: usize| stations.get(group * stations.len() / groups.max(1)).copied();
    (0..groups).filter_map(at).collect()
}

/// Where a group stands in each round: the stations from the one where it begins, all the way
/// round.
#[must_use]
pub fn rounds(begins: u32, stations: &[u32]) -> Vec<u32> {
    let from = stations.iter().position(|station| *station == begins).unwrap_or(0);
    stations.iter().cycle().skip(from).take(stations.len()).copied().collect()
}

/// What a group says at a station.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The letter of the group; none where somebody says it on their own.
    pub group: Option<char>,
    /// The figure it is about; none for the whole chart.
    pub pin: Option<Pin>,
}

impl Reflection {
    /// The letter of its group, or nothing.
    #[must_use]
    pub fn party(&self) -> String {
        self.group.map(String::from).unwrap_or_default()
    }

    /// The address of its figure, or nothing.
    #[must_use]
    pub fn pinned(&self) -> String {
        self.pin.as_ref().map(Pin::to_string).unwrap_or_default()
    }
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
        /// Everybody at the walk sees it.
        Shown = "shown",
        /// Held back.
        Withheld = "withheld",
    }
}

/// How many say that something fits: each group once, and each who speaks on their own once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// It fits.
    pub fits: usize,
    /// Partly.
    pub partly: usize,
    /// It does not fit.
    pub does_not_fit: usize,
}

impl Tally {
    /// What these reflections come to. A group that said different things counts as partly.
    #[must_use]
    pub fn of<'r>(said: impl Iterator<Item = &'r Reflection>) -> Self {
        let mut tally = Self::default();
        let mut groups: Vec<(char, Verdict)> = Vec::new();
        for one in said {
            let Some(letter) = one.group else {
                tally.count(one.verdict);
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == letter) {
                Some((_, verdict)) if *verdict != one.verdict => *verdict = Verdict::Partly,
                Some(_) => {}
                None => groups.push((letter, one.verdict)),
            }
        }
        for (_, verdict) in groups {
            tally.count(verdict);
        }
        tally
    }

    const fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Fits => self.fits += 1,
            Verdict::Partly => self.partly += 1,
            Verdict::DoesNotFit => self.does_not_fit += 1,
        }
    }

    /// How many said this.
    #[must_use]
    pub const fn n(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Fits => self.fits,
            Verdict::Partly => self.partly,
            Verdict::DoesNotFit => self.does_not_fit,
        }
    }

    /// How many said anything.
    #[must_use]
    pub const fn all(&self) -> usize {
        self.fits + self.partly + self.does_not_fit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(group: Option<char>, verdict: Verdict) -> Reflection {
        Reflection {
            id: ReflectionId::random(),
            station: 1,
            verdict,
            said: String::new(),
            state: ReflectionState::Shown,
            group,
            pin: None,
        }
    }

    #[test]
    fn a_group_counts_once_however_often_it_speaks() {
        let all = [
            said(Some('A'), Verdict::Fits),
            said(Some('A'), Verdict::Fits),
            said(Some('B'), Verdict::Fits),
            said(Some('B'), Verdict::DoesNotFit),
            said(None, Verdict::DoesNotFit),
            said(None, Verdict::DoesNotFit),
        ];
        let tally = Tally::of(all.iter());
        assert_eq!(tally, Tally { fits: 1, partly: 1, does_not_fit: 2 });
        assert_eq!(tally.all(), 4);
        assert_eq!(Tally::of(std::iter::empty()), Tally::default());
    }

    #[test]
    fn groups_begin_apart_and_come_everywhere() {
        assert_eq!(spread(3, &[1, 2, 3, 4, 5, 6]), [1, 3, 5]);
        assert_eq!(spread(2, &[1, 2, 3]), [1, 2]);
        let doubled = spread(5, &[1, 2, 3]);
        assert_eq!(doubled.len(), 5);
        assert!([1, 2, 3].iter().all(|station| doubled.contains(station)), "{doubled:?}");
        assert!(spread(3, &[]).is_empty() && spread(0, &[1]).is_empty());
        assert_eq!(rounds(3, &[1, 3, 4]), [3, 4, 1]);
        assert_eq!(rounds(9, &[1, 3, 4]), [1, 3, 4]);
        assert!(rounds(1, &[]).is_empty());
    }
}
