//! Which stations a release gives: what its instruments plan, as far as there are tables for it.

use crate::charts::{Picture, Round};
use crate::domain::collection::{Collection, Origin};
use crate::domain::instrument::{ChartKind, ChartPlan, Instrument, Policy, StationPlan};
use crate::domain::text::{Lang, Text};
use crate::release::Table;

use super::past::Past;

/// The posters of one release, side by side.
#[derive(Debug, Clone)]
pub struct Wall {
    area: String,
    release: i64,
    stations: Vec<Station>,
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
}

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
        for (collection, instrument) in sheets {
            if seen.contains(&instrument.slug.as_str()) || !may_hang(collection, tables) {
                continue;
            }
            seen.push(&instrument.slug);
            let own: Vec<&Table> =
                tables.iter().filter(|table| table.address().collection == collection.id).collect();
            let past = Past { collection, instrument, sheets, tables };
            stations
                .extend(instrument.stations.iter().filter_map(|plan| station(plan, &past, &own)));
        }
        stations.sort_by_key(|station| station.number);
        Self { area: area.to_owned(), release, stations }
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
        let found = |question: &String| {
            tables.iter().find(|table| {
                table.address().question == *question
                    && (table.address().by == plan.by || !is_by_choice(table))
            })
        };
        // Beside groups stands everyone, where the chart has a place for that.
        let whole = |question: &String| {
            tables
                .iter()
                .find(|table| table.address().question == *question && table.address().by.is_none())
        };
        let beside = plan.by.is_some() && has_everyone(plan);
        let of = |question: &String| {
            let whole = if beside { whole(question) } else { None };
            found(question).into_iter().chain(whole)
        };
        let tables: Vec<Table> =
            plan.questions.iter().flat_map(of).map(|table| (*table).clone()).collect();
        (!tables.is_empty()).then(|| Self { plan: plan.clone(), tables, rounds: Vec::new() })
    }

    /// The same with the waves before, where the chart is over waves.
    #[must_use]
    pub fn since(self, past: &Past<'_>) -> Self {
        let rounds = past.rounds(&self.plan);
        Self { rounds, ..self }
    }

    /// The most rows on a wall: a long list shows its first eight.
    #[must_use]
    pub fn most_on_a_wall(&self) -> Option<usize> {
        let listed = matches!(self.plan.chart, ChartKind::SortedBars | ChartKind::Lollipop)
            && self.plan.by.is_none();
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
        }
    }
}

/// Whether a chart of groups shows everyone together as well.
const fn has_everyone(plan: &ChartPlan) -> bool {
    match plan.chart {
        ChartKind::Interval | ChartKind::HeatTable | ChartKind::SmallMultiples => true,
        ChartKind::Dumbbell => plan.ends.is_empty(),
        ChartKind::Diverging
        | ChartKind::SortedBars
        | ChartKind::PeopleDots
        | ChartKind::Population
        | ChartKind::Change
        | ChartKind::Lollipop
        | ChartKind::Waves => false,
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
