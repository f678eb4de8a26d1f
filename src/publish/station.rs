//! Which stations a release gives: what its instruments plan, as far as there are tables for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::charts::{Picture, Round};
use crate::domain::area::Map;
use crate::domain::collection::{Collection, Origin};
use crate::domain::ids::CollectionId;
use crate::domain::instrument::{ChartKind, ChartPlan, Instrument, Policy, StationPlan};
use crate::domain::text::{Lang, Text};
use crate::release::Table;
use crate::release::table::Group;

use super::own_words::{Quotable, quotable};
use super::past::Past;

/// The posters of one release, side by side.
#[derive(Debug, Clone)]
pub struct Wall {
    area: String,
    release: i64,
    stations: Vec<Station>,
    strips: Vec<(CollectionId, Vec<Shown>)>,
    quotable: Vec<Quotable>,
}

/// A place on the wall: one question, one or two charts.
#[derive(Debug, Clone)]
pub struct Station {
    /// Its number on the wall.
    pub number: u32,
    /// The question it asks.
    pub title: Text,
    /// What to talk about.
    pub prompts: Vec<Text>,
    /// Its charts.
    pub shown: Vec<Shown>,
}

/// A chart with the tables it is drawn from.
#[derive(Debug, Clone)]
pub struct Shown {
    /// How it is drawn.
    pub plan: ChartPlan,
    /// What of.
    pub tables: Vec<Table>,
    /// The waves, for charts over waves: earliest first, the last is this one.
    pub rounds: Vec<Round>,
    /// The map of the area they are about, where there is one.
    pub ground: Option<Arc<Map>>,
}

/// The map of the area of each collection that has one.
pub type Grounds = BTreeMap<CollectionId, Arc<Map>>;

/// The fewest people of a small group whose dots may hang on a public wall (`decisions.md` 11).
const POSTER_PEOPLE: u64 = 10;

impl Wall {
    /// The wall of a release. Of several collections of one instrument the first is taken: the
    /// sheets come newest first.
    #[must_use]
    pub fn new(
        area: &str,
        release: i64,
        sheets: &[(Collection, Instrument)],
        tables: &[Table],
    ) -> Self {
        let mut stations: Vec<Station> = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        let mut strips = Vec::new();
        for (collection, instrument) in sheets {
            if seen.contains(&instrument.slug.as_str()) || !may_hang(collection, tables) {
                continue;
            }
            seen.push(&instrument.slug);
            let own: Vec<&Table> =
                tables.iter().filter(|table| table.address().collection == collection.id).collect();
            strips.push((collection.id, who_answered(instrument, &own)));
            let past = Past { collection, instrument, sheets, tables };
            stations
                .extend(instrument.stations.iter().filter_map(|plan| station(plan, &past, &own)));
        }
        stations.sort_by_key(|station| station.number);
        let quotable = quotable(sheets, tables);
        Self { area: area.to_owned(), release, stations, strips, quotable }
    }

    /// Age and gender of those who answered beside those of who lives here, for a station that does
    /// not show them itself; empty where there is nothing to compare.
    #[must_use]
    pub fn who_answered(&self, station: &Station) -> &[Shown] {
        let own = |shown: &Shown| shown.plan.chart == ChartKind::Population;
        let of = station.tables().next().map(|table| table.address().collection);
        if station.shown.iter().any(own) {
            return &[];
        }
        let strip = self.strips.iter().find(|(collection, _)| Some(*collection) == of);
        strip.map_or(&[], |(_, shown)| shown.as_slice())
    }

    /// The same wall, with the maps its charts are drawn on.
    #[must_use]
    pub fn on(mut self, grounds: &Grounds) -> Self {
        for station in &mut self.stations {
            station.shown = station.shown.drain(..).map(|shown| shown.on(grounds)).collect();
        }
        self
    }

    /// The instruments whose words may be shown.
    pub(super) fn quotable(&self) -> &[Quotable] {
        &self.quotable
    }

    /// What the area is called.
    #[must_use]
    pub fn area(&self) -> &str {
        &self.area
    }

    /// The number of the release.
    #[must_use]
    pub const fn release(&self) -> i64 {
        self.release
    }

    /// Its stations, by number.
    #[must_use]
    pub fn stations(&self) -> &[Station] {
        &self.stations
    }

    /// The station with this number.
    #[must_use]
    pub fn station(&self, number: u32) -> Option<&Station> {
        self.stations.iter().find(|station| station.number == number)
    }
}

/// Whether a collection may hang on a public wall: a small group only from ten people on and when
/// it said yes.
#[must_use]
pub fn may_hang(collection: &Collection, tables: &[Table]) -> bool {
    match collection.field.policy {
        Policy::Rounded | Policy::Places | Policy::Spoken | Policy::Ballot => true,
        Policy::Private => false,
        Policy::People => {
            let people = tables
                .iter()
                .filter(|table| table.address().collection == collection.id)
                .map(|table| table.about().people)
                .max();
            collection.group_said_yes && people.unwrap_or(0) >= POSTER_PEOPLE
        }
    }
}

/// The charts of who answered that have figures of who lives here beside them: two at most.
fn who_answered(instrument: &Instrument, tables: &[&Table]) -> Vec<Shown> {
    let all = instrument.charts.iter().filter(|plan| plan.chart == ChartKind::Population);
    let one = |plan: &ChartPlan| {
        let mut shown = Shown::of(plan, tables)?;
        shown.tables.truncate(1);
        let compared = |group: &Group| group.reference.is_some();
        let table = shown.tables.first().filter(|table| table.withheld().is_none())?;
        table.groups().first().is_some_and(compared).then_some(shown)
    };
    all.filter_map(one).take(2).collect()
}

fn station(plan: &StationPlan, past: &Past<'_>, tables: &[&Table]) -> Option<Station> {
    let shown = |id: &String| Some(Shown::of(past.instrument.chart(id)?, tables)?.since(past));
    let shown: Vec<Shown> = plan.charts.iter().filter_map(shown).collect();
    if shown.is_empty() {
        return None;
    }
    let (title, prompts) = (plan.title.clone(), plan.prompts.clone());
    Some(Station { number: plan.number, title, prompts, shown })
}

impl Shown {
    /// A chart as far as there are tables for it; those that are withheld too, with their reason.
    #[must_use]
    pub fn of(plan: &ChartPlan, tables: &[&Table]) -> Option<Self> {
        let of = |question: &String, fits: &dyn Fn(&Table) -> bool| {
            let mut own = tables.iter().filter(|table| table.address().question == *question);
            own.find(|table| fits(table)).map(|table| (*table).clone())
        };
        let planned = |table: &Table| table.address().by == plan.by || !is_by_choice(table);
        let found = |question: &String| -> Vec<Table> {
            match plan.chart {
                // All votes stand before those of the constituencies.
                ChartKind::Ballot => {
                    let all = of(question, &|table| table.address().by.is_none());
                    all.into_iter().chain(of(question, &planned)).collect()
                }
                // What is counted in a game is counted by the groups that played.
                ChartKind::TwoSides => of(question, &|_| true).into_iter().collect(),
                // Beside groups stands everyone, where the chart has a place for that.
                ChartKind::Interval
                | ChartKind::Dumbbell
                | ChartKind::HeatTable
                | ChartKind::SmallMultiples => {
                    let whole = plan.by.is_some() && plan.ends.is_empty();
                    let whole = whole.then(|| of(question, &|table| table.address().by.is_none()));
                    of(question, &planned).into_iter().chain(whole.flatten()).collect()
                }
                ChartKind::Change
                | ChartKind::Lollipop
                | ChartKind::Waves
                | ChartKind::Diverging
                | ChartKind::SortedBars
                | ChartKind::PeopleDots
                | ChartKind::Population
                | ChartKind::PlaceMarks
                | ChartKind::Hexagons
                | ChartKind::Themes => of(question, &planned).into_iter().collect(),
            }
        };
        let tables: Vec<Table> = plan.questions.iter().flat_map(found).collect();
        (!tables.is_empty()).then(|| Self {
            plan: plan.clone(),
            tables,
            rounds: Vec::new(),
            ground: None,
        })
    }

    /// The same with the waves before, where the chart is over waves.
    #[must_use]
    pub fn since(self, past: &Past<'_>) -> Self {
        let rounds = past.rounds(&self.plan);
        Self { rounds, ..self }
    }

    /// The same on the map of its area, where there is one.
    #[must_use]
    pub fn on(self, grounds: &Grounds) -> Self {
        let of = self.tables.first().map(|table| table.address().collection);
        let ground = of.and_then(|of| grounds.get(&of)).map(Arc::clone);
        Self { ground, ..self }
    }

    /// The most rows on a wall: a long list shows its first eight.
    #[must_use]
    pub fn most_on_a_wall(&self) -> Option<usize> {
        let listed = match self.plan.chart {
            ChartKind::TwoSides => return Some(4),
            // As many as the committee takes.
            ChartKind::Ballot => return Some(self.plan.cut.map_or(3, |cut| cut as usize)),
            ChartKind::Themes => return Some(10),
            ChartKind::SortedBars | ChartKind::Lollipop => self.plan.by.is_none(),
            ChartKind::Diverging
            | ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::PlaceMarks
            | ChartKind::Hexagons
            | ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::HeatTable
            | ChartKind::Waves
            | ChartKind::SmallMultiples => false,
        };
        let rows = match self.tables.as_slice() {
            [table] => table.choices().len(),
            tables => tables.len(),
        };
        (listed && rows > 10).then_some(8)
    }

    /// What the chart room draws.
    #[must_use]
    pub fn picture(&self, most: Option<usize>) -> Picture<'_> {
        Picture {
            id: self.plan.id.clone(),
            kind: self.plan.chart,
            title: &self.plan.title,
            tables: self.tables.iter().collect(),
            top: &self.plan.top,
            most,
            ends: &self.plan.ends,
            cut: self.plan.cut,
            rounds: &self.rounds,
            ground: self.ground.as_deref(),
        }
    }
}

/// Whether the table's breakdown is one that a plan chooses; stops of a walk are not.
fn is_by_choice(table: &Table) -> bool {
    !matches!(table.shape(), crate::release::table::Shape::Places)
}

impl Station {
    /// Whether anything at this station is invented.
    #[must_use]
    pub fn is_invented(&self) -> bool {
        self.tables().any(|table| table.about().origin == Origin::Invented)
    }

    /// Every table at this station.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.shown.iter().flat_map(|shown| &shown.tables)
    }

    /// The wished language if this station speaks it, else the first of the others that it speaks.
    #[must_use]
    pub fn spoken(&self, wished: Lang, others: &[Lang]) -> Lang {
        let speaks = |lang: &Lang| self.title.has(*lang);
        let found = std::iter::once(&wished).chain(others).copied().find(|lang| speaks(lang));
        found.unwrap_or(wished)
    }

    /// The question in a language.
    #[must_use]
    pub fn question(&self, lang: Lang) -> &str {
        self.title.get(lang)
    }
}
