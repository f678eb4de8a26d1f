//! What is to be shown of an instrument: breakdowns, indices, charts and stations, each naming
//! questions that must be there and fit.

use std::slice;

use super::chart::{Chart, is_scored};
use super::lint::{Notes, Span};
use super::question::Asked;
use super::roll::Roll;
use super::table::{Placed, Table};
use crate::domain::instrument::{
    Breakdown, ChartKind, ChartPlan, Direction, Index, Merge, Policy, StationPlan,
};
use crate::domain::question::Kind;
use crate::domain::text::{Lang, Text};

/// The most characters of a title, of the end of an index and of a prompt.
const TITLE: usize = 80;
const END: usize = 40;
const PROMPT: usize = 120;
/// The most words of a station's title: it is read from three metres.
const WORDS: usize = 8;
/// The most statements of one chart.
const STATEMENTS: usize = 20;

/// The words a file has for its charts.
pub(super) const CHARTS: [(&str, ChartKind); 16] = [
    ("diverging", ChartKind::Diverging),
    ("sorted_bars", ChartKind::SortedBars),
    ("people_dots", ChartKind::PeopleDots),
    ("population", ChartKind::Population),
    ("interval", ChartKind::Interval),
    ("dumbbell", ChartKind::Dumbbell),
    ("change", ChartKind::Change),
    ("heat_table", ChartKind::HeatTable),
    ("lollipop", ChartKind::Lollipop),
    ("waves", ChartKind::Waves),
    ("small_multiples", ChartKind::SmallMultiples),
    ("place_marks", ChartKind::PlaceMarks),
    ("hexagons", ChartKind::Hexagons),
    ("themes", ChartKind::Themes),
    ("two_sides", ChartKind::TwoSides),
    ("ballot", ChartKind::Ballot),
];

/// The words a file has for the good end of an index.
pub(super) const DIRECTIONS: [(&str, Direction); 2] = [
    ("higher_is_better", Direction::HigherIsBetter),
    ("higher_is_worse", Direction::HigherIsWorse),
];

/// The words a file has for where a group that is too small goes.
pub(super) const MERGES: [(&str, Merge); 2] =
    [("neighbour", Merge::Neighbour), ("other", Merge::Other)];

/// What plans are read against.
pub(super) struct Plans<'a> {
    /// The questions.
    pub(super) roll: &'a Roll<'a>,
    /// The languages of the file.
    pub(super) langs: &'a [Lang],
    /// How what it brings may be shown, when that could be read.
    pub(super) policy: Option<Policy>,
}

/// Everything that is to be shown.
pub(super) struct Planned {
    /// By what it may be broken down.
    pub(super) breakdowns: Vec<Breakdown>,
    /// Its indices.
    pub(super) indices: Vec<Index>,
    /// Its charts.
    pub(super) charts: Vec<ChartPlan>,
    /// Its stations.
    pub(super) stations: Vec<StationPlan>,
}

impl Plans<'_> {
    /// Reads all that is to be shown.
    pub(super) fn read(&self, root: &mut Table<'_>, notes: &mut Notes) -> Planned {
        let breakdowns = self.breakdowns(root, notes);
        let indices = self.indices(root, notes);
        let (charts, ids) = self.charts(root, &breakdowns, notes);
        let stations = self.stations(root, &ids, notes);
        Planned { breakdowns, indices, charts, stations }
    }

    /// Reads every `[[breakdown]]`.
    fn breakdowns(&self, root: &mut Table<'_>, notes: &mut Notes) -> Vec<Breakdown> {
        let mut found: Vec<Breakdown> = Vec::new();
        for mut table in root.tables("breakdown", "breakdown", notes).unwrap_or_default() {
            let by = table.string("by", notes);
            let by = table.need("by", by, notes);
            let merge = table.one_of("merge", &MERGES, notes);
            if self.policy == Some(Policy::People) {
                notes.error(&table.at, "what is shown as people is never broken down");
            }
            if let Some(by) = &by {
                if found.iter().any(|earlier| earlier.by == by.value) {
                    notes.error(&by.at, format!("there is a breakdown by {} already", by.value));
                }
                let named = self.roll.named("the breakdown", slice::from_ref(by), notes);
                for (asked, by) in &named {
                    self.divides(asked, by, notes);
                }
            }
            table.finish(notes);
            if let (Some(by), Some(merge)) = (by, merge) {
                found.push(Breakdown { by: by.value, merge: merge.value });
            }
        }
        found
    }

    /// A breakdown needs one answer a person, outside a group, that is not itself sensitive.
    fn divides(&self, asked: &Asked, by: &Placed<String>, notes: &mut Notes) {
        let (question, id) = (&asked.question, &by.value);
        if !matches!(question.kind, Kind::Single { .. } | Kind::Scale { .. } | Kind::Zone) {
            let sentence =
                format!("{id} cannot be broken down by: it is not single, scale or zone");
            notes.error(&by.at, sentence);
        }
        if self.roll.find(id).is_some_and(|place| place.group.is_some()) {
            notes.error(
                &by.at,
                format!("{id} stands inside a group, so nothing is broken down by it"),
            );
        }
        if question.sensitive {
            notes.error(&by.at, format!("{id} is sensitive, so nothing is broken down by it"));
        }
    }

    /// Reads every `[[index]]`.
    fn indices(&self, root: &mut Table<'_>, notes: &mut Notes) -> Vec<Index> {
        let listed = root.tables("index", "index", notes).unwrap_or_default();
        let mut found: Vec<Index> = Vec::new();
        for table in listed {
            if let Some((index, at)) = self.index(table, notes) {
                if found.iter().any(|earlier| earlier.id == index.id) {
                    notes.error(&at, format!("there is an index {} already", index.id));
                }
                found.push(index);
            }
        }
        found
    }

    fn index(&self, mut table: Table<'_>, notes: &mut Notes) -> Option<(Index, Span)> {
        let id = table.id("id", notes);
        let title = self.title(&mut table, notes);
        let names = table.strings("questions", notes);
        let names = table.need("questions", names, notes).unwrap_or_default();
        let direction = table.one_of("direction", &DIRECTIONS, notes);
        let ends = table.table("ends", notes);
        let (low, high) = table.need("ends", ends, notes).map_or((None, None), |mut ends| {
            let [low, high] = ["low", "high"].map(|key| {
                let end = ends.text(key, END, self.langs, notes);
                ends.need(key, end, notes)
            });
            ends.finish(notes);
            (low, high)
        });
        for (asked, name) in self.roll.named(&table.what, &names, notes) {
            if !is_scored(&asked.question) {
                notes.error(&name.at, format!("{} has no scores to add up", name.value));
            }
        }
        if names.len() < 2 {
            let sentence = format!("{} needs at least two questions", table.what);
            notes.error(&table.place("questions"), sentence);
        }
        table.finish(notes);
        let id = id?;
        let questions = names.into_iter().map(|name| name.value).collect();
        let (direction, low, high) = (direction?.value, low?, high?);
        Some((Index { id: id.value, title: title?, questions, direction, low, high }, id.at))
    }

    fn title(&self, table: &mut Table<'_>, notes: &mut Notes) -> Option<Text> {
        let title = table.text("title", TITLE, self.langs, notes);
        table.need("title", title, notes)
    }

    /// Reads every `[[chart]]`. The second list holds every id, also of those that could not be
    /// read.
    fn charts(
        &self,
        root: &mut Table<'_>,
        breakdowns: &[Breakdown],
        notes: &mut Notes,
    ) -> (Vec<ChartPlan>, Vec<String>) {
        let (mut found, mut ids): (Vec<ChartPlan>, Vec<String>) = (Vec::new(), Vec::new());
        for mut table in root.tables("chart", "chart", notes).unwrap_or_default() {
            let id = table.id("id", notes);
            if let Some(id) = id.as_ref().filter(|id| ids.contains(&id.value)) {
                notes.error(&id.at, format!("there is a chart {} already", id.value));
            }
            let id = id.map_or_else(String::new, |id| id.value);
            ids.push(id.clone());
            found.extend(self.chart(id, table, breakdowns, notes));
        }
        (found, ids)
    }

    fn chart(
        &self,
        id: String,
        mut table: Table<'_>,
        breakdowns: &[Breakdown],
        notes: &mut Notes,
    ) -> Option<ChartPlan> {
        let kind = table.one_of("kind", &CHARTS, notes);
        let title = self.title(&mut table, notes);
        let names = table.strings("questions", notes);
        let names = table.need("questions", names, notes);
        let by = table.string("by", notes);
        let top = table.strings("top", notes).unwrap_or_default();
        let ends = table.strings("ends", notes).unwrap_or_default();
        let cut = table.whole("cut", notes);
        let on_a_map = kind.as_ref().is_some_and(|kind| is_map(kind.value));
        let is_known =
            |by: &&Placed<String>| on_a_map || breakdowns.iter().any(|b| b.by == by.value);
        if let Some(by) = by.as_ref().filter(|by| !is_known(by)) {
            notes.error(&by.at, format!("{} is not among the breakdowns", by.value));
        }
        let asked = self.roll.named(&table.what, names.as_deref().unwrap_or_default(), notes);
        let at = table.place("questions");
        if names.as_ref().is_some_and(|names| !(1..=STATEMENTS).contains(&names.len())) {
            notes.error(&at, format!("a chart has 1 to {STATEMENTS} questions"));
        }
        if let Some(kind) = &kind {
            let (policy, by) = (self.policy, by.as_ref());
            if on_a_map {
                self.on_a_map((kind, by), &asked, notes);
            }
            let groups = by.and_then(|by| Some(&self.roll.find(&by.value)?.asked.question));
            let (top, ends, cut) = (top.as_slice(), ends.as_slice(), cut.as_ref());
            Chart { policy, asked: &asked, by, groups, top, ends, cut, at: &at }.fits(kind, notes);
        }
        table.finish(notes);
        let questions = names?.into_iter().map(|name| name.value).collect();
        let top = top.into_iter().map(|code| code.value).collect();
        let by = by.map(|by| by.value);
        let ends = ends.into_iter().map(|code| code.value).collect();
        let (chart, cut) = (kind?.value, cut.map(|cut| cut.value));
        Some(ChartPlan { id, chart, questions, by, top, ends, cut, title: title? })
    }

    /// A map shows one question about a mark by the place the mark is on.
    fn on_a_map(
        &self,
        (kind, by): (&Placed<ChartKind>, Option<&Placed<String>>),
        asked: &[(&Asked, Placed<String>)],
        notes: &mut Notes,
    ) {
        let group = |id: &str| self.roll.find(id).and_then(|place| place.group);
        let Some(by) = by else {
            notes.error(&kind.at, "a map needs a by: the question that says which place it is");
            return;
        };
        let is_place = self
            .roll
            .find(&by.value)
            .is_some_and(|place| matches!(place.asked.question.kind, Kind::Place));
        if !is_place {
            notes.error(&by.at, format!("{} is no question about a place", by.value));
        }
        for (asked, name) in asked {
            let (own, of) = (group(&asked.question.id), group(&by.value));
            if own.is_none() || own != of {
                let sentence =
                    format!("{} is not asked of the same mark as {}", name.value, by.value);
                notes.error(&name.at, sentence);
            }
        }
    }

    /// Reads every `[[station]]`.
    fn stations(
        &self,
        root: &mut Table<'_>,
        charts: &[String],
        notes: &mut Notes,
    ) -> Vec<StationPlan> {
        let (mut found, mut numbers) = (Vec::new(), Vec::new());
        for mut table in root.tables("station", "station", notes).unwrap_or_default() {
            let number = table.whole("number", notes);
            let number = table.need("number", number, notes);
            if let Some(number) = &number {
                table.what = format!("station {}", number.value);
                if numbers.contains(&number.value) {
                    notes.error(&number.at, format!("there is a {} already", table.what));
                }
                numbers.push(number.value);
            }
            let number = number.map_or(0, |number| number.value);
            found.extend(self.station(number, table, charts, notes));
        }
        found
    }

    fn station(
        &self,
        number: u32,
        mut table: Table<'_>,
        known: &[String],
        notes: &mut Notes,
    ) -> Option<StationPlan> {
        let title = self.title(&mut table, notes);
        for (lang, words) in title.iter().flat_map(|title| &title.0) {
            let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
            let count = words.split_whitespace().filter(is_word).count();
            if count > WORDS {
                let sentence = format!("the title has {count} words in {lang}, more than {WORDS}");
                notes.warning(&table.place("title"), sentence);
            }
        }
        let prompts = table.texts("prompts", PROMPT, self.langs, notes);
        if !(2..=3).contains(&prompts.len()) {
            let sentence = format!("{} needs two or three prompts", table.what);
            notes.error(&table.place("prompts"), sentence);
        }
        let named = table.strings("charts", notes);
        let named = table.need("charts", named, notes);
        if named.as_ref().is_some_and(Vec::is_empty) {
            notes.error(&table.place("charts"), format!("{} has no chart", table.what));
        }
        for chart in named.iter().flatten().filter(|chart| !known.contains(&chart.value)) {
            notes.error(&chart.at, format!("there is no chart {:?}", chart.value));
        }
        table.finish(notes);
        let charts = named?.into_iter().map(|chart| chart.value).collect();
        Some(StationPlan { number, title: title?, prompts, charts })
    }
}

/// Whether a kind of chart is drawn on the map of the area.
const fn is_map(kind: ChartKind) -> bool {
    matches!(kind, ChartKind::PlaceMarks | ChartKind::Hexagons)
}
