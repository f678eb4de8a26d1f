//! Pins of what people say to figures: which figures a chart offers, and where the figure of a pin
//! stands now, in this release or a newer one.

use crate::charts::{Datum, Spot};
use crate::domain::pin::Pin;
use crate::domain::text::Lang;
use crate::publish::{Shown, Station, Wall};
use crate::release::table::{Shape, Table};
use crate::words::ChartWords;

/// The figures of one chart, as a table to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What the chart asks.
    pub title: String,
    /// The names of its columns, after the first.
    pub head: Vec<String>,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line to choose a figure from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// The address of the whole line; none where the line is one figure.
    pub whole: Option<Pin>,
    /// Its figures with their addresses.
    pub cells: Vec<(Pin, String)>,
}

/// Where the figure of a pin stands.
#[derive(Debug, Clone, Copy)]
pub struct Found<'s> {
    /// The place of its chart at the station.
    pub chart: usize,
    /// The figure in that chart.
    pub spot: Spot,
    /// The figure.
    pub datum: Datum<'s>,
    /// Whether its table is the only one of its chart.
    pub alone: bool,
}

/// The figures of the charts of a station.
#[must_use]
pub fn offers(station: &Station, lang: Lang, words: &ChartWords) -> Vec<Offer> {
    station.shown.iter().map(|shown| offer(shown, lang, words)).collect()
}

fn offer(shown: &Shown, lang: Lang, words: &ChartWords) -> Offer {
    let title = shown.plan.title.get(lang).to_owned();
    let alone = shown.tables.len() == 1;
    match shown.tables.as_slice() {
        // One question asked of everyone: its choices are the lines.
        [table] if table.groups().len() == 1 && table.address().by.is_none() => {
            let datum = |at| Datum { table, group: 0, choice: Some(at) };
            let line = |at: usize| {
                let datum: Datum<'_> = datum(at);
                let figure = datum.figure(lang, words).unwrap_or_default();
                let cells = vec![(pin(&datum), figure)];
                Line { name: datum.name(alone, lang), whole: None, cells }
            };
            let lines = (0..table.choices().len()).map(line).collect();
            Offer { title, head: Vec::new(), lines }
        }
        tables => {
            let named = tables
                .iter()
                .find(|table| table.withheld().is_none() && table.shape() != Shape::Places);
            let head = named.map(|table| {
                table.choices().iter().map(|choice| choice.text.get(lang).to_owned()).collect()
            });
            let lines = tables.iter().flat_map(|table| lines(table, alone, lang, words)).collect();
            Offer { title, head: head.unwrap_or_default(), lines }
        }
    }
}

/// The lines of a table: its groups, or itself.
fn lines(table: &Table, alone: bool, lang: Lang, words: &ChartWords) -> Vec<Line> {
    let line = |group: usize| {
        let whole = Datum { table, group, choice: None };
        let count = table.groups().get(group).map_or(0, |group| group.cells.len());
        let cell = |choice: usize| {
            let datum = Datum { table, group, choice: Some(choice) };
            (pin(&datum), datum.figure(lang, words).unwrap_or_default())
        };
        let places = table.shape() == Shape::Places;
        Line {
            name: whole.name(alone, lang),
            whole: (!places || count == 0).then(|| pin(&whole)),
            cells: (0..count).map(cell).collect(),
        }
    };
    (0..table.groups().len().max(1)).map(line).collect()
}

/// The address of a figure.
#[must_use]
pub fn pin(datum: &Datum<'_>) -> Pin {
    let address = datum.table.address();
    let group = datum.table.groups().get(datum.group);
    let choice = datum.choice.and_then(|at| datum.table.choices().get(at));
    Pin {
        release: address.release,
        collection: address.collection,
        question: address.question.clone(),
        by: address.by.clone().unwrap_or_default(),
        group: group.map_or_else(String::new, |group| group.code.clone()),
        choice: choice.map_or_else(String::new, |choice| choice.code.clone()),
    }
}

/// Where the figure of a pin stands at a station, whichever release that was drawn from. Answers
/// that are counted together now are where each of them is.
#[must_use]
pub fn find<'s>(station: &'s Station, pin: &Pin) -> Option<Found<'s>> {
    station.shown.iter().enumerate().find_map(|(chart, shown)| {
        let alone = shown.tables.len() == 1;
        let (at, table) = shown.tables.iter().enumerate().find(|(_, table)| is_of(table, pin))?;
        let group = if pin.group.is_empty() {
            0
        } else {
            place(table.groups().iter().map(|group| group.code.as_str()), &pin.group)?
        };
        let choice = if pin.choice.is_empty() {
            None
        } else {
            Some(place(table.choices().iter().map(|choice| choice.code.as_str()), &pin.choice)?)
        };
        let spot = Spot { table: at, group, choice };
        Some(Found { chart, spot, datum: Datum { table, group, choice }, alone })
    })
}

/// The station of a wall where the figure of a pin stands.
#[must_use]
pub fn station_of<'w>(wall: &'w Wall, pin: &Pin) -> Option<&'w Station> {
    wall.stations().iter().find(|station| find(station, pin).is_some())
}

fn is_of(table: &Table, pin: &Pin) -> bool {
    let address = table.address();
    address.collection == pin.collection
        && address.question == pin.question
        && address.by.as_deref().unwrap_or_default() == pin.by
}

/// The place of a code: itself, else the first that is counted together with a part of it.
fn place<'c>(mut codes: impl Iterator<Item = &'c str> + Clone, wanted: &str) -> Option<usize> {
    let has_part =
        |code: &str| code.split('+').any(|part| wanted.split('+').any(|wanted| wanted == part));
    codes.clone().position(|code| code == wanted).or_else(|| codes.position(has_part))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_code_is_found_where_it_is_counted_now() {
        let codes = ["small", "big+very_big", "none"];
        assert_eq!(place(codes.into_iter(), "none"), Some(2));
        assert_eq!(place(codes.into_iter(), "big"), Some(1));
        assert_eq!(place(codes.into_iter(), "very_big+huge"), Some(1));
        assert_eq!(place(codes.into_iter(), "bi"), None);
    }
}
