//! Import: an existing CSV file becomes a new, closed collection.
//!
//! Rows that do not fit are listed with line and reason; none is dropped silently. The file's ids
//! and order are not kept: every row gets a random id and lies where that id puts it.

use std::collections::BTreeMap;
use std::io::Read;

use super::mapping::{Blank, Column, Mapping};
use crate::domain::answer::{Answer, Answers, Ground, Wrong};
use crate::domain::area::Map;
use crate::domain::diagnosis::{Zone, slug};
use crate::domain::instrument::Instrument;
use crate::domain::question::{Measure, Question};

/// What a file brought.
#[derive(Debug, Default)]
pub struct Imported {
    /// The rows that fit.
    pub rows: Vec<Answers>,
    /// The rows that do not, with the line in the file and every reason.
    pub refused: Vec<Refused>,
}

/// A row that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Every reason.
    pub why: Vec<String>,
}

/// Why nothing of a file could be read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The mapping does not fit.
    #[error("the mapping does not fit:\n{}", .0.iter().map(|fault| format!("  - {fault}")).collect::<Vec<_>>().join("\n"))]
    Mapping(Vec<String>),
    /// The file is no CSV.
    #[error("the file cannot be read as CSV: {0}")]
    Csv(#[from] csv::Error),
}

/// The zones a mapping names, in the order of their names' codes.
#[must_use]
pub fn zones(mapping: &Mapping) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    let mut keys: Vec<&String> = mapping.zones.keys().collect();
    keys.sort_by_key(|key| (key.len(), (*key).clone()));
    for key in keys {
        let name = &mapping.zones[key];
        let zone = Zone { code: slug(name), name: name.clone() };
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    zones
}

/// Reads a whole file; `tick` is told the number of each line that was read. Places are those of
/// the map, by code, name or a point; the mapping's zones where there is no map.
///
/// # Errors
/// When the mapping does not fit the instrument or the headings, or the file is no CSV.
pub fn read(
    file: impl Read,
    instrument: &Instrument,
    mapping: &Mapping,
    map: Option<&Map>,
    mut tick: impl FnMut(u64),
) -> Result<Imported, ImportError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let headings: Vec<String> = reader
        .headers()?
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').to_owned())
        .collect();
    let faults = mapping.faults(instrument, &headings);
    if !faults.is_empty() {
        return Err(ImportError::Mapping(faults));
    }
    let plan = plan(instrument, mapping, &headings);
    let zones = zones(mapping);
    let ground = Ground::from(&zones).with(map);
    let mut imported = Imported::default();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                imported.refused.push(Refused { line, why: vec![error.to_string()] });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        tick(line);
        match row(&plan, mapping, &ground, &record) {
            Ok(answers) => imported.rows.push(answers),
            Err(why) => imported.refused.push(Refused { line, why }),
        }
    }
    Ok(imported)
}

/// A column with its place and its question.
type Planned<'a> = (usize, &'a Column, &'a Question);

fn plan<'a>(
    instrument: &'a Instrument,
    mapping: &'a Mapping,
    headings: &[String],
) -> Vec<Planned<'a>> {
    let place = |name: &str| headings.iter().position(|heading| heading == name);
    let planned = |column: &'a Column| {
        Some((place(&column.name)?, column, instrument.question(&column.question)?))
    };
    mapping.columns.iter().filter_map(planned).collect()
}

fn row(
    plan: &[Planned<'_>],
    mapping: &Mapping,
    ground: &Ground<'_>,
    record: &csv::StringRecord,
) -> Result<Answers, Vec<String>> {
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    let mut why = Vec::new();
    for (place, column, question) in plan {
        let Some(value) = record.get(*place) else {
            why.push(format!("the row ends before column {}", column.name));
            continue;
        };
        match cell(column, question, (mapping, ground), value.trim()) {
            Ok(Some(answer)) => {
                add(&mut answers, question, answer);
            }
            Ok(None) => {}
            Err(reason) => why.push(reason),
        }
    }
    if why.is_empty() { Ok(Answers(answers)) } else { Err(why) }
}

/// Several columns may fill one multiple question: their ticks come together.
fn add(answers: &mut BTreeMap<String, Answer>, question: &Question, answer: Answer) {
    match (answers.get_mut(&question.id), answer) {
        (Some(Answer::Codes(ticked)), Answer::Codes(more)) => ticked.extend(more),
        (Some(Answer::Codes(_)), Answer::Skipped) => {}
        (_, answer) => {
            answers.insert(question.id.clone(), answer);
        }
    }
}

/// What a cell says: an answer, nothing (not asked), or why it does not fit.
fn cell(
    column: &Column,
    question: &Question,
    (mapping, ground): (&Mapping, &Ground<'_>),
    value: &str,
) -> Result<Option<Answer>, String> {
    if value.is_empty() {
        return Ok(match column.blank {
            Blank::NotAsked => None,
            Blank::Skipped => Some(Answer::Skipped),
        });
    }
    let unknown = || format!("column {}: the value {value:?} is not in the mapping", column.name);
    if question.measure() == Measure::Place {
        let written = column.values.get(value).map_or(value, String::as_str);
        let code = ground.place(written).map_err(|wrong| place_fault(column, value, &wrong))?;
        return Ok(Some(Answer::Code(code.to_owned())));
    }
    if let Some(code) = column.values.get(value) {
        let is_several = question.measure() == Measure::Several;
        return Ok(Some(if is_several {
            Answer::Codes(vec![code.clone()])
        } else {
            Answer::Code(code.clone())
        }));
    }
    if column.zones {
        let name = mapping.zones.get(value).ok_or_else(unknown)?;
        return Ok(Some(Answer::Code(slug(name))));
    }
    if !column.number {
        return Err(unknown());
    }
    number(column, question, value).map(|number| Some(Answer::Number(number)))
}

fn place_fault(column: &Column, value: &str, wrong: &Wrong) -> String {
    let why = match wrong {
        Wrong::OutsideArea => "lies outside the area",
        Wrong::NoPlaceNear => "has no street or place with a name near it",
        Wrong::NoSuchPlace
        | Wrong::NoSuchChoice
        | Wrong::OnlyOne
        | Wrong::TooMany { .. }
        | Wrong::Exclusive
        | Wrong::NotANumber
        | Wrong::OutOfRange { .. }
        | Wrong::TooLong { .. }
        | Wrong::Unreadable
        | Wrong::RankedTwice
        | Wrong::NoConsent
        | Wrong::NoAge
        | Wrong::TooYoung
        | Wrong::PhotoNotClear
        | Wrong::NotAPhoto
        | Wrong::Heic
        | Wrong::PhotoTooLarge
        | Wrong::PhotoGone
        | Wrong::PhotoNotKept
        | Wrong::Personal { .. } => "is no street or place of the area",
    };
    format!("column {}: {value:?} {why}", column.name)
}

fn number(column: &Column, question: &Question, value: &str) -> Result<f64, String> {
    let name = &column.name;
    let number: f64 =
        value.parse().map_err(|_no| format!("column {name}: {value:?} is not a number"))?;
    let (min, max) = if let Measure::Amount(amount) = question.measure() {
        (amount.min, amount.max)
    } else if question.measure() == Measure::Weight {
        (0.0, f64::MAX)
    } else {
        return Err(format!("column {name}: takes no number"));
    };
    if number.is_finite() && (min..=max).contains(&number) {
        Ok(number)
    } else {
        Err(format!("column {name}: {value} is outside {min} to {max}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::{Land, Place, Shape, code};
    use crate::domain::plane::Point;
    use crate::instruments::Shelf;

    const MAPPING: &str = r#"
instrument = "officer_profile"
title = { en = "A file" }
opened = "2020-01-01"
closed = "2020-12-31"
sampling = "random"
asked_by = "the town"
recruited_by = "a list"
presence = "nobody"
mode = "imported"
source = "a test"
zones = { "1" = "Noord" }

[[column]]
name = "where"
question = "t5_place"
values = { "7" = "Lange Kade" }
"#;

    fn map() -> Map {
        let corner = |(lon, lat)| Point { lon, lat };
        let ring = [(3.71, 51.04), (3.73, 51.04), (3.73, 51.06), (3.71, 51.06), (3.71, 51.04)];
        let quay = vec![corner((3.711, 51.041)), corner((3.729, 51.041))];
        let place = Place {
            code: code("Lange Kade"),
            name: "Lange Kade".to_owned(),
            zone: None,
            shapes: vec![Shape::Way(quay)],
        };
        let outline = vec![Land { edge: ring.map(corner).to_vec(), holes: Vec::new() }];
        Map { outline, places: vec![place], ..Map::default() }
    }

    #[test]
    fn places_come_as_codes_names_or_points() {
        let shelf = Shelf::load(None);
        let instrument = shelf.instrument("officer_profile").unwrap();
        let mapping = Mapping::read(MAPPING).unwrap();
        let file = "where\nlange-kade\nLANGE KADE\n\"51.0411, 3.72\"\n7\n\"51.9, 3.72\"\n\"51.055, 3.72\"\nX\n";
        let read = |map| read(file.as_bytes(), instrument, &mapping, map, |_| {}).unwrap();
        let map = map();
        let imported = read(Some(&map));
        assert_eq!(imported.rows.len(), 4);
        assert!(imported.rows.iter().all(|row| row.codes("t5_place") == ["lange-kade"]));
        let why: Vec<_> = imported.refused.iter().map(|it| (it.line, it.why[0].as_str())).collect();
        let expected = [
            (6, "column where: \"51.9, 3.72\" lies outside the area"),
            (7, "column where: \"51.055, 3.72\" has no street or place with a name near it"),
            (8, "column where: \"X\" is no street or place of the area"),
        ];
        assert_eq!(why, expected);
        assert_eq!(read(None).rows.len(), 0, "the mapping names one zone, and no row is in it");
    }
}
