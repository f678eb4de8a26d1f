//! What a chart over waves is drawn from: every collection of the same instrument in one release, by
//! the day it opened, and whether each question stands on one line with the wave before.

use crate::charts::Round;
use crate::domain::collection::Collection;
use crate::domain::instrument::{ChartKind, ChartPlan, Instrument};
use crate::domain::line::{Join, joins};
use crate::release::Table;

/// A collection among all the others of its release.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The collection whose chart it is.
    pub collection: &'a Collection,
    /// Its instrument.
    pub instrument: &'a Instrument,
    /// Every collection of the release.
    pub sheets: &'a [(Collection, Instrument)],
    /// Every table of the release.
    pub tables: &'a [Table],
}

impl Past<'_> {
    /// The waves of a chart, earliest first; none for a chart that is not over waves.
    pub(super) fn rounds(&self, plan: &ChartPlan) -> Vec<Round> {
        match plan.chart {
            ChartKind::Waves | ChartKind::Change => {}
            ChartKind::Diverging
            | ChartKind::SortedBars
            | ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::HeatTable
            | ChartKind::Lollipop
            | ChartKind::SmallMultiples
            | ChartKind::PlaceMarks
            | ChartKind::Hexagons
            | ChartKind::Themes
            | ChartKind::TwoSides
            | ChartKind::Ballot => return Vec::new(),
        }
        let day = |of: &Collection| {
            let mut own = self.tables.iter().filter(|table| table.address().collection == of.id);
            own.find_map(|table| table.about().opened)
        };
        let now = day(self.collection);
        let is_earlier = |of: &Collection| match (day(of), now) {
            (Some(then), Some(now)) => then < now,
            (None, _) | (_, None) => false,
        };
        let mut found: Vec<(&Collection, &Instrument)> = self
            .sheets
            .iter()
            .filter(|(of, by)| by.slug == self.instrument.slug && is_earlier(of))
            .map(|(of, by)| (of, by))
            .collect();
        found.sort_by_key(|(of, _)| day(of));
        found.push((self.collection, self.instrument));
        let mut before: Option<&Instrument> = None;
        let mut rounds = Vec::with_capacity(found.len());
        for (of, by) in found {
            let tables = plan.questions.iter().map(|id| self.table(of, by, id)).collect();
            let joins = plan.questions.iter().map(|id| self.join(before, by, id)).collect();
            rounds.push(Round { tables, joins });
            before = Some(by);
        }
        rounds
    }

    /// The table of a question of this instrument in another collection, by what it is called there.
    fn table(&self, of: &Collection, by: &Instrument, id: &str) -> Option<Table> {
        let id = self.named_in(by, id)?;
        let mut own = self.tables.iter().filter(|table| table.address().collection == of.id);
        own.find(|table| table.address().question == id && table.address().by.is_none()).cloned()
    }

    /// What a question is called in another version.
    fn named_in<'b>(&self, by: &'b Instrument, id: &str) -> Option<&'b str> {
        let now = self.instrument.question(id)?;
        let joined = by
            .all_questions()
            .find(|was| joins((&by.slug, was), (&self.instrument.slug, now)) != Join::No);
        joined.or_else(|| by.question(id)).map(|question| question.id.as_str())
    }

    fn join(&self, before: Option<&Instrument>, now: &Instrument, id: &str) -> Join {
        let ids =
            before.and_then(|old| Some((old, self.named_in(old, id)?, self.named_in(now, id)?)));
        let questions =
            ids.and_then(|(old, was, is)| Some((old, old.question(was)?, now.question(is)?)));
        questions.map_or(Join::No, |(old, was, is)| joins((&old.slug, was), (&now.slug, is)))
    }
}
