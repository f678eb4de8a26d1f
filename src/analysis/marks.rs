//! Marks on a map, as people: who put at least one mark of a kind, everywhere and place by place.
//!
//! A mark is one repeat of the sheet's group. What is counted is never marks but the people behind
//! them: five marks of one person are one person. Somebody may have marked several places, so the
//! groups of a tally by place overlap, and do not add up to everyone.

use std::collections::{BTreeMap, BTreeSet};

use super::column::{Book, Sort};
use super::frame::{Frame, Part, WHO};
use super::{AnalysisError, GroupTally, Tally};
use crate::domain::instrument::Instrument;
use crate::domain::question::Measure;

/// A row of repeats: who, where (the place in the book), and the valid codes given.
struct Mark {
    who: u32,
    at: Option<usize>,
    given: Option<Vec<usize>>,
}

impl Frame {
    /// Every question asked of a mark: for everyone who put one, and by the place it is on. A person
    /// is in the base of a question when at least one of their marks (there) has a valid answer to
    /// it, and in a code's count when at least one has that code.
    ///
    /// # Errors
    /// When the columns cannot be read.
    pub fn marks(&self, instrument: &Instrument) -> Result<Vec<Tally>, AnalysisError> {
        let Some((_, part)) = &self.repeats else { return Ok(Vec::new()) };
        let inner = instrument.group().map_or(&[][..], |group| group.inner());
        let place = inner.iter().find(|one| matches!(one.measure(), Measure::Place));
        let place = place.and_then(|place| part.book(&place.id));
        let mut tallies = Vec::new();
        let asked = part.books.iter().filter(|book| match book.sort {
            Sort::Codes | Sort::Ticks => place.is_none_or(|place| place.id != book.id),
            Sort::Weight => false,
        });
        for book in asked {
            let marks = marks(part, book, place)?;
            tallies.push(tally(book, None, vec![group(book, String::new(), marks.iter())]));
            if let Some(place) = place {
                let here = |(at, code): (usize, &String)| {
                    group(book, code.clone(), marks.iter().filter(|mark| mark.at == Some(at)))
                };
                let groups = place.codes.iter().enumerate().map(here);
                let groups = groups.filter(|group| group.base > 0).collect();
                tallies.push(tally(book, Some(place.id.clone()), groups));
            }
        }
        Ok(tallies)
    }
}

fn tally(book: &Book, by: Option<String>, groups: Vec<GroupTally>) -> Tally {
    Tally { question: book.id.clone(), by, codes: book.codes.clone(), groups }
}

fn marks(part: &Part, book: &Book, place: Option<&Book>) -> Result<Vec<Mark>, AnalysisError> {
    let who = part.columns.column(WHO)?.u32()?;
    let states = part.columns.column(&book.id)?.i32()?;
    let places = match place {
        Some(place) => Some(part.columns.column(&place.id)?.i32()?),
        None => None,
    };
    let mut ticks = Vec::new();
    if book.sort == Sort::Ticks {
        for code in &book.codes {
            ticks.push(part.columns.column(&book.tick_column(code))?.bool()?);
        }
    }
    let valid = |state: Option<i32>| state.and_then(|state| usize::try_from(state).ok());
    let mark = |row: usize| {
        let given = valid(states.get(row)).map(|code| match book.sort {
            Sort::Ticks => {
                let ticked = |at: &usize| ticks[*at].get(row).unwrap_or(false);
                (0..ticks.len()).filter(ticked).collect()
            }
            Sort::Codes | Sort::Weight => vec![code],
        });
        let at = places.and_then(|places| valid(places.get(row)));
        Mark { who: who.get(row).unwrap_or(u32::MAX), at, given }
    };
    Ok((0..part.columns.height()).map(mark).collect())
}

/// The people behind some marks.
fn group<'m>(book: &Book, code: String, marks: impl Iterator<Item = &'m Mark>) -> GroupTally {
    let mut people: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
    for mark in marks {
        if let Some(given) = &mark.given {
            people.entry(mark.who).or_default().extend(given);
        }
    }
    let mut counts = vec![0; book.codes.len()];
    for code in people.values().flatten() {
        counts[*code] += 1;
    }
    let base = u64::try_from(people.len()).unwrap_or(u64::MAX);
    GroupTally { group: code, base, counts, ..GroupTally::default() }
}
