//! The catalogue of charts: every chart of every instrument on the shelf, drawn from answers that
//! nobody gave.
//!
//! The answers are invented as for the demonstration and go through the same counting and the same
//! gate as a release, so a chart here is a chart as it will hang; every table says that it is
//! invented. The same seed gives the same catalogue on every machine.

pub mod apart;
pub mod matrix;
pub mod page;

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use jiff::civil::date;
use uuid::Uuid;

use apart::Apart;

use super::demo::{MAP, MAP_TERMS, ZONES};
use super::invent::{self, Crowd};
use crate::charts::Look;
use crate::domain::area::Area;
use crate::domain::collection::{Collection, Field, Origin, Presence, Sampling, State};
use crate::domain::diagnosis::{Zone, slug};
use crate::domain::ids::{AreaId, CollectionId, DiagnosisId, WaveId};
use crate::domain::instrument::{ChartKind, ChartPlan, Instrument};
use crate::domain::text::Lang;
use crate::instruments::Shelf;
use crate::job::release::{InventedAnswers, invented};
use crate::publish::{Grounds, Past, Shown};
use crate::release::Table;
use crate::words::ChartWords;

/// How long the words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// As they are.
    Plain,
    /// Two fifths longer, as a translation may be.
    Long,
}

/// How often an instrument is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Often {
    /// Once.
    Once,
    /// By so many groups that are listened to.
    Groups(usize),
    /// In so many years, one after the other.
    Years(usize),
}

/// Who answers what in the catalogue: the instrument, how many sheets each time, and how often.
const ANSWERED: [(&str, usize, Often); 16] = [
    ("resident_safety", 318, Often::Years(3)),
    ("pulse2", 140, Often::Years(4)),
    ("barcelona_2020", 240, Often::Once),
    ("walk_audit", 9, Often::Once),
    ("feedback_youth", 17, Often::Once),
    ("feedback_kids", 16, Often::Once),
    ("feedback_partner", 12, Often::Once),
    ("focus_group_note", 1, Often::Groups(6)),
    ("community_map", 160, Often::Once),
    ("over_the_line", 1, Often::Once),
    ("priority_ballot", 90, Often::Once),
    ("id_check_experience", 70, Often::Once),
    ("key_informant", 34, Often::Once),
    ("officer_profile", 60, Often::Once),
    ("data_walk_card", 40, Often::Once),
    ("data_walk_reflection", 45, Often::Once),
];
/// So few answer a second pulse that nothing of it is shown.
const TOO_FEW: (&str, usize) = ("pulse2", 7);
/// The number of its collection.
const FEW: usize = 1000;
/// Where chance begins.
const SEED: u64 = 2026;

/// A look with its name.
type NamedLook = (&'static str, fn() -> Look);

/// The looks charts are drawn for, by name.
pub const LOOKS: [NamedLook; 7] = [
    ("narrow", Look::page_narrow),
    ("wide", Look::page_wide),
    ("projector", Look::projector),
    ("wall", || Look::wall(2670.0)),
    ("wall-stripes", || Look::wall(2670.0).hatched()),
    ("wall-a2", || Look::wall(3900.0)),
    ("wall-a2-stripes", || Look::wall(3900.0).hatched()),
];

/// The look of a name.
#[must_use]
pub fn look(name: &str) -> Option<Look> {
    LOOKS.iter().find(|(known, _)| *known == name).map(|(_, look)| look())
}

/// A chart with its name: the instrument and the chart's own id.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its name, fit for a file.
    pub name: String,
    /// What is drawn.
    pub shown: Shown,
}

/// Every chart of an invented neighbourhood.
#[derive(Debug)]
pub struct Catalogue {
    /// The charts, by instrument.
    pub charts: Vec<Named>,
    /// A chart of which nothing may be shown.
    pub withheld: Vec<Named>,
    /// What is drawn from no table.
    pub apart: Vec<Apart>,
}

impl Catalogue {
    /// Invents the answers and draws nothing yet. `hidden` is where chance begins for those who are
    /// too few to be shown: whatever it is, the catalogue is the same.
    ///
    /// # Errors
    /// When the map that comes with the program, or a count, cannot be made.
    pub fn invent(shelf: &Shelf, wording: Wording, hidden: u64) -> Result<Self> {
        let zones: Vec<Zone> =
            ZONES.iter().map(|name| Zone { code: slug(name), name: (*name).to_owned() }).collect();
        let area = area()?;
        let instruments: Vec<(Instrument, usize, Often)> = ANSWERED
            .iter()
            .filter_map(|(slug, people, often)| {
                Some((worded(shelf.instrument(slug)?, wording), *people, *often))
            })
            .collect();
        let few = shelf.instrument(TOO_FEW.0).map(|few| worded(few, wording));
        let ground = Ground { zones: &zones, area: &area };
        let (mut answered, mut drawn, mut sheets) = (Vec::new(), Vec::new(), Vec::new());
        for (instrument, people, often) in &instruments {
            let (times, years) = match often {
                Often::Once => (1, false),
                Often::Groups(groups) => (*groups, false),
                Often::Years(years) => (*years, true),
            };
            for time in 0..times {
                let before = if years { times - 1 - time } else { 0 };
                let collection = collection(instrument, answered.len() + 1, before);
                sheets.push((collection.clone(), instrument.clone()));
                // Of several years the last is drawn; of several groups all stand under the first.
                if before == 0 && (years || time == 0) {
                    drawn.push((collection.clone(), instrument.clone()));
                }
                answered.push(ground.answered(instrument, collection, *people, SEED + time as u64));
            }
        }
        let map = Arc::new(area.map.clone());
        let grounds: Grounds =
            answered.iter().map(|one| (one.collection.id, Arc::clone(&map))).collect();
        let few = few.as_ref().map(|few| (few, collection(few, FEW, 0)));
        let too_few = |(few, of): &(&'_ Instrument, Collection)| (of.clone(), (*few).clone());
        let hidden_sheet = few.as_ref().map(too_few);
        answered.extend(few.map(|(few, of)| ground.answered(few, of, TOO_FEW.1, hidden)));
        let tables = invented(answered, &invent::population(&zones))?;
        let all = |of: &[(Collection, Instrument)]| {
            of.iter().flat_map(|of| charts(of, &grounds, (&sheets, &tables))).collect()
        };
        let withheld = hidden_sheet.map(|of| all(&[of])).unwrap_or_default();
        let apart = apart::all(shelf, wording)?;
        Ok(Self { charts: all(&drawn), withheld, apart })
    }

    /// One chart of each kind, in the order of the documentation.
    #[must_use]
    pub fn kinds(&self) -> Vec<(ChartKind, &Named)> {
        let drawn = |kind: ChartKind| {
            let of = |named: &&Named| named.shown.plan.chart == kind;
            let best = self.charts.iter().find(|named| of(named) && named.name == example(kind));
            Some((kind, best.or_else(|| self.charts.iter().find(of))?))
        };
        KINDS.into_iter().filter_map(drawn).collect()
    }
}

/// Every kind, in the order of the documentation.
pub const KINDS: [ChartKind; 16] = [
    ChartKind::Diverging,
    ChartKind::SortedBars,
    ChartKind::PeopleDots,
    ChartKind::Population,
    ChartKind::Interval,
    ChartKind::Dumbbell,
    ChartKind::Change,
    ChartKind::HeatTable,
    ChartKind::Lollipop,
    ChartKind::Waves,
    ChartKind::SmallMultiples,
    ChartKind::PlaceMarks,
    ChartKind::Hexagons,
    ChartKind::Themes,
    ChartKind::TwoSides,
    ChartKind::Ballot,
];

/// The chart of the catalogue that shows a kind best; where there is none, the first of that kind.
const fn example(kind: ChartKind) -> &'static str {
    match kind {
        ChartKind::Diverging => "resident_safety-safe",
        ChartKind::SortedBars => "resident_safety-problems",
        ChartKind::PeopleDots => "feedback_youth-then_now",
        ChartKind::Population => "resident_safety-who_age",
        ChartKind::Interval => "resident_safety-dark_age",
        ChartKind::Dumbbell => "resident_safety-day_dark",
        ChartKind::Change => "resident_safety-surroundings_change",
        ChartKind::HeatTable => "resident_safety-problems_where",
        ChartKind::Lollipop => "officer_profile-traits",
        ChartKind::Waves => "resident_safety-safe_waves",
        ChartKind::SmallMultiples => "resident_safety-surroundings_where",
        ChartKind::PlaceMarks
        | ChartKind::Hexagons
        | ChartKind::Themes
        | ChartKind::TwoSides
        | ChartKind::Ballot => "",
    }
}

/// What a kind is called in the documentation, and what it is for.
#[must_use]
pub const fn about(kind: ChartKind) -> (&'static str, &'static str) {
    match kind {
        ChartKind::Diverging => (
            "Diverging bars",
            "Ordered answers, low on one side of a centre line and high on the other. The two \
             totals are the message.",
        ),
        ChartKind::SortedBars => {
            ("Sorted bars", "Which problems, places or choices, from most to least.")
        }
        ChartKind::PeopleDots => (
            "People dots",
            "A small group: one dot is one person, in counts and never in percentages.",
        ),
        ChartKind::Population => ("Who answered", "Those who answered beside those who live here."),
        ChartKind::Interval => (
            "Dots with a range",
            "A dot for each group on one scale, everyone as a line; the range only for people drawn \
             at random.",
        ),
        ChartKind::Dumbbell => {
            ("Two ends", "Two questions or two groups on a row; grey where nothing is clear.")
        }
        ChartKind::Change => {
            ("Change", "This wave beside the one before, or why they cannot be compared.")
        }
        ChartKind::HeatTable => {
            ("Table of numbers", "Groups by statements, or stops by what was rated there.")
        }
        ChartKind::Lollipop => ("Ranking", "From most to least, with a line under the first few."),
        ChartKind::Waves => (
            "Lines over waves",
            "Up to three questions over time; a line joins only what may be compared.",
        ),
        ChartKind::SmallMultiples => {
            ("Small charts", "One for each group, all on one scale, with a tick for everyone.")
        }
        ChartKind::PlaceMarks => {
            ("Map of likes", "What people like and avoid, on the map of their own area.")
        }
        ChartKind::Hexagons => {
            ("Hexagons", "Marks counted in hexagons over the map; the number is printed.")
        }
        ChartKind::Themes => {
            ("Themes", "In how many of the groups that were listened to a theme came up.")
        }
        ChartKind::TwoSides => {
            ("Two sides of a line", "Who stepped over the line in the statement game.")
        }
        ChartKind::Ballot => ("Ballot", "A ballot in which every constituency counts the same."),
    }
}

/// Where people answer.
struct Ground<'a> {
    zones: &'a [Zone],
    area: &'a Area,
}

impl<'a> Ground<'a> {
    fn answered(
        &self,
        instrument: &'a Instrument,
        collection: Collection,
        people: usize,
        seed: u64,
    ) -> InventedAnswers<'a> {
        let crowd = Crowd {
            collection: &collection,
            instrument,
            zones: self.zones,
            map: &self.area.map,
            people,
            lift: if seed.is_multiple_of(2) { 0.05 } else { -0.12 },
            seed,
        };
        let answers = crowd.responses().into_iter().map(|response| response.answers).collect();
        let area = instrument.asks_places().then_some(self.area);
        InventedAnswers { collection, instrument, zones: self.zones, area, answers }
    }
}

fn area() -> Result<Area> {
    let (source, licence) = MAP_TERMS;
    let map = crate::job::area::read(MAP.as_bytes(), "Europe/Brussels")
        .map_err(|faults| anyhow!("{} faults", faults.len()))
        .context("the map that comes with the program cannot be read")?;
    let map =
        crate::domain::area::Map { source: source.to_owned(), licence: licence.to_owned(), ..map };
    let (id, diagnosis) = (AreaId(Uuid::from_u128(1)), DiagnosisId(Uuid::from_u128(1)));
    Ok(Area { id, diagnosis, number: 1, imported: date(2026, 9, 1), map })
}

/// A closed collection of the catalogue, of so many years before the last; its id is its number, so
/// that rounding is the same always.
fn collection(instrument: &Instrument, number: usize, before: usize) -> Collection {
    let is_feedback = instrument.slug.starts_with("feedback_");
    let sampling = match instrument.slug.as_str() {
        _ if is_feedback => Sampling::EveryoneInvited,
        "barcelona_2020" | "resident_safety" => Sampling::Random,
        _ => Sampling::SelfSelected,
    };
    let year = 2026 - i16::try_from(before).unwrap_or_default();
    Collection {
        id: CollectionId(Uuid::from_u128(number as u128)),
        diagnosis: DiagnosisId(Uuid::from_u128(1)),
        wave: WaveId(Uuid::from_u128(1)),
        instrument: instrument.slug.clone(),
        title: instrument.title.get(Lang::En).to_owned(),
        field: Field {
            sampling,
            asked_by: "Buurthuis De Sluis".to_owned(),
            presence: if is_feedback { Presence::YouthWorker } else { Presence::Nobody },
            recruited_by: "affiches".to_owned(),
            origin: Origin::Invented,
            policy: instrument.policy,
            languages: instrument.languages.clone(),
            source: None,
            area: None,
        },
        state: State::Closed,
        opened: Some(date(year, 9, 7)),
        closed: Some(date(year, 10, 16)),
        group_said_yes: true,
    }
}

/// The charts that an instrument plans, as far as there are tables for them.
fn charts(
    (collection, instrument): &(Collection, Instrument),
    grounds: &Grounds,
    (sheets, tables): (&[(Collection, Instrument)], &[Table]),
) -> Vec<Named> {
    let own: Vec<&Table> =
        tables.iter().filter(|table| table.address().collection == collection.id).collect();
    let named = |plan: &ChartPlan| {
        let name = format!("{}-{}", instrument.slug, plan.id);
        let past = Past { collection, instrument, sheets, tables };
        Some(Named { name, shown: Shown::of(plan, &own)?.since(&past).on(grounds) })
    };
    instrument.charts.iter().filter_map(named).collect()
}

/// The words of charts in a language.
///
/// # Errors
/// When a text is missing.
pub fn words(lang: Lang, wording: Wording) -> Result<ChartWords> {
    let words = ChartWords::of(lang).map_err(|why| anyhow!(why))?;
    Ok(match wording {
        Wording::Plain => words,
        Wording::Long => words.map(longer),
    })
}

/// An instrument with its texts as long as asked for.
fn worded(instrument: &Instrument, wording: Wording) -> Instrument {
    match wording {
        Wording::Plain => instrument.clone(),
        Wording::Long => {
            let mut value = serde_json::to_value(instrument).unwrap_or_default();
            lengthen(&mut value);
            serde_json::from_value(value).unwrap_or_else(|_| instrument.clone())
        }
    }
}

/// Makes every text of several languages longer.
fn lengthen(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                if let serde_json::Value::String(text) = value
                    && key.parse::<Lang>().is_ok()
                {
                    *text = longer(text);
                } else {
                    lengthen(value);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(lengthen),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

/// A text with two fifths of its own letters behind it. What has fewer than four letters is a sign
/// and no word.
#[must_use]
pub fn longer(text: &str) -> String {
    let mut inside = false;
    let plain: Vec<char> = text
        .chars()
        .filter(|c| {
            inside = (inside || *c == '{') && *c != '}';
            !inside && *c != '}'
        })
        .collect();
    let letters = plain.iter().filter(|c| c.is_alphabetic()).count();
    if letters < 4 {
        return text.to_owned();
    }
    let more: String = plain.iter().take((plain.len() * 2).div_ceil(5)).collect();
    format!("{text} {}", more.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_words_keep_their_places() {
        assert_eq!(longer("{n}%"), "{n}%");
        assert_eq!(longer(" and "), " and ");
        assert_eq!(longer("{n} people said so"), "{n} people said so peopl");
        assert_eq!(longer("good"), "good go");
    }
}
