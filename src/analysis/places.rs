//! What walkers say of a place, stop by stop.
//!
//! A stop is the number of the repeat on the sheet; those who walked together filled in the same
//! stops in the same order.

use serde::{Deserialize, Serialize};

use super::AnalysisError;
use super::column::{Book, Sort};
use super::frame::{Frame, Part, REPEAT};
use super::index::{mean, person_scores, scores};
use crate::domain::instrument::Instrument;

/// One rating, or one index of ratings, for every stop. Never shown as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceTally {
    /// The question or the index.
    pub question: String,
    /// The codes that are counted; none for an index.
    pub codes: Vec<String>,
    /// The stops in order.
    pub stops: Vec<StopTally>,
}

/// What was said at one stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StopTally {
    /// Its number, from 1.
    pub stop: u32,
    /// How many gave a valid answer there.
    pub raters: u64,
    /// The mean from 0 to 10, where the answers have scores.
    pub mean: Option<f64>,
    /// How many gave each code.
    pub counts: Vec<u64>,
}

impl Frame {
    /// Every rating inside the repeat group, then every index made of such ratings, for each stop.
    ///
    /// # Errors
    /// When the columns cannot be read.
    pub fn places(&self, instrument: &Instrument) -> Result<Vec<PlaceTally>, AnalysisError> {
        let Some((_, part)) = &self.repeats else { return Ok(Vec::new()) };
        let stops = stops(part)?;
        let last = stops.iter().copied().max().unwrap_or(0);
        let mut places = Vec::new();
        for book in part.books.iter().filter(|book| book.sort == Sort::Codes) {
            places.push(rating(part, book, &stops, last)?);
        }
        let inside = |question: &String| part.book(question).is_some();
        for index in instrument.indices.iter().filter(|index| index.questions.iter().all(inside)) {
            let scores = person_scores(part, index)?;
            let stops = (1..=last).map(|stop| index_stop(stop, &stops, &scores)).collect();
            places.push(PlaceTally { question: index.id.clone(), codes: Vec::new(), stops });
        }
        Ok(places)
    }
}

fn stops(part: &Part) -> Result<Vec<u32>, AnalysisError> {
    let numbers = part.columns.column(REPEAT)?.u32()?;
    Ok(numbers.iter().map(|number| number.unwrap_or(0)).collect())
}

fn rating(part: &Part, book: &Book, stops: &[u32], last: u32) -> Result<PlaceTally, AnalysisError> {
    let scores = scores(part, &book.id)?;
    let answers = part.columns.column(&book.id)?.i32()?;
    let mut tallies: Vec<StopTally> =
        (1..=last).map(|stop| index_stop(stop, stops, &scores)).collect();
    for tally in &mut tallies {
        (tally.raters, tally.counts) = (0, vec![0; book.codes.len()]);
    }
    for (stop, place) in stops.iter().zip(answers.iter()) {
        let at = usize::try_from(*stop).unwrap_or(0).wrapping_sub(1);
        let place = place.and_then(|place| usize::try_from(place).ok());
        if let (Some(tally), Some(place)) = (tallies.get_mut(at), place) {
            tally.raters += 1;
            tally.counts[place] += 1;
        }
    }
    Ok(PlaceTally { question: book.id.clone(), codes: book.codes.clone(), stops: tallies })
}

/// The mean of what has a score at one stop.
fn index_stop(stop: u32, stops: &[u32], scores: &[Option<f64>]) -> StopTally {
    let here = stops.iter().zip(scores).filter(|(at, _)| **at == stop);
    let given: Vec<f64> = here.filter_map(|(_, score)| *score).collect();
    let raters = u64::try_from(given.len()).unwrap_or(u64::MAX);
    StopTally { stop, raters, mean: mean(&given), counts: Vec::new() }
}
