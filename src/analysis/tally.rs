//! Tables: one question by at most one variable.
//!
//! Who was not asked is in no count; who skipped or gave a missing answer is counted beside the
//! base and never in it. A weighted share leaves out the responses without a weight.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::PolarsResult;

use super::column::{Book, Sort};
use super::cube::{Pack, Sums};
use super::frame::{Frame, Part};
use super::{AnalysisError, GroupTally, Tally, Weighting};
use crate::domain::instrument::Instrument;

/// From so many answers on two threads take questions from one list.
const MANY: usize = 200_000;

impl Frame {
    /// One question, for everyone or by the groups of another question asked beside it.
    ///
    /// For a question inside a repeat group every repeat counts once.
    ///
    /// # Errors
    /// When there is no such question, or it is not of a kind that can be counted so.
    pub fn tally(
        &self,
        question: &str,
        by: Option<&str>,
        weighting: Weighting,
    ) -> Result<Tally, AnalysisError> {
        let (part, book) = self.part(question)?;
        if book.sort == Sort::Weight {
            return Err(AnalysisError::NotCounted(question.to_owned()));
        }
        let by = by.map(|by| grouping(part, by)).transpose()?;
        let weights = weights(part, weighting)?;
        let mut tally = Tally {
            question: question.to_owned(),
            by: by.map(|by| by.id.clone()),
            codes: book.codes.clone(),
            groups: Vec::new(),
        };
        for pack in Pack::all(part, by.as_slice())? {
            let cube = pack.count(part, book, weights.as_deref())?;
            tally.groups = match by {
                None => everyone(&pack.sums(&cube, None), weights.is_some()),
                Some(by) => grouped(by, &pack.sums(&cube, Some(0)), weights.is_some()),
            };
        }
        Ok(tally)
    }

    /// Every question outside a repeat group that can be counted: for everyone, and by each
    /// breakdown the instrument declares.
    ///
    /// # Errors
    /// When a declared breakdown is not one.
    pub fn tallies(
        &self,
        instrument: &Instrument,
        weighting: Weighting,
    ) -> Result<Vec<Tally>, AnalysisError> {
        let part = &self.responses;
        let mut by: Vec<&Book> = Vec::new();
        for breakdown in &instrument.breakdowns {
            by.push(grouping(part, &breakdown.by)?);
        }
        let (packs, weights) = (Pack::all(part, &by)?, weights(part, weighting)?);
        let books: Vec<&Book> =
            part.books.iter().filter(|book| book.sort != Sort::Weight).collect();
        let all = Tables { part, packs, weights };
        let next = AtomicUsize::new(0);
        let found = Mutex::new(vec![Ok(Vec::new()); books.len()]);
        let work = || {
            while let Some((at, book)) = take(&next, &books) {
                let tables = all.of(book).map_err(|error| error.to_string());
                if let Ok(mut found) = found.lock() {
                    found[at] = tables;
                }
            }
        };
        if self.len() * books.len() < MANY {
            work();
        } else {
            std::thread::scope(|scope| {
                scope.spawn(work);
                work();
            });
        }
        let found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut tallies = Vec::new();
        for tables in found {
            tallies.extend(tables.map_err(AnalysisError::Counting)?);
        }
        Ok(tallies)
    }
}

fn take<'a>(next: &AtomicUsize, books: &[&'a Book]) -> Option<(usize, &'a Book)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    books.get(at).map(|book| (at, *book))
}

/// What all tables of a frame are counted from.
struct Tables<'a> {
    part: &'a Part,
    packs: Vec<Pack<'a>>,
    weights: Option<Vec<f64>>,
}

impl Tables<'_> {
    /// The tables of one question: everyone, then each breakdown but itself.
    fn of(&self, book: &Book) -> PolarsResult<Vec<Tally>> {
        let weighted = self.weights.is_some();
        let table = |by: Option<&Book>, groups: Vec<GroupTally>| Tally {
            question: book.id.clone(),
            by: by.map(|by| by.id.clone()),
            codes: book.codes.clone(),
            groups,
        };
        let mut tables = Vec::new();
        for pack in &self.packs {
            let cube = pack.count(self.part, book, self.weights.as_deref())?;
            if tables.is_empty() {
                tables.push(table(None, everyone(&pack.sums(&cube, None), weighted)));
            }
            for (at, by) in pack.variables().enumerate().filter(|(_, by)| by.id != book.id) {
                let groups = grouped(by, &pack.sums(&cube, Some(at)), weighted);
                tables.push(table(Some(by), groups));
            }
        }
        Ok(tables)
    }
}

/// The weight of each row, 0 where it has none; none where the instrument has no weights.
fn weights(part: &Part, weighting: Weighting) -> PolarsResult<Option<Vec<f64>>> {
    let book = match weighting {
        Weighting::Plain => None,
        Weighting::ByQuestion => part.weight(),
    };
    let Some(book) = book else { return Ok(None) };
    let column = part.columns.column(&book.id)?.f64()?;
    Ok(Some(column.iter().map(|weight| weight.unwrap_or(0.0)).collect()))
}

/// In how many groups each answer came up at all: one frame is one sitting.
///
/// # Errors
/// When a frame has no such question.
pub fn groups(frames: &[&Frame], question: &str) -> Result<Tally, AnalysisError> {
    let mut all =
        Tally { question: question.to_owned(), by: None, codes: Vec::new(), groups: Vec::new() };
    let mut sum = GroupTally::default();
    for frame in frames {
        let tally = frame.tally(question, None, Weighting::Plain)?;
        sum.counts.resize(tally.codes.len(), 0);
        for sitting in &tally.groups {
            sum.base += u64::from(sitting.base > 0);
            for (count, said) in sum.counts.iter_mut().zip(&sitting.counts) {
                *count += u64::from(*said > 0);
            }
        }
        all.codes = tally.codes;
    }
    all.groups.push(sum);
    Ok(all)
}

/// The book of a question that puts everyone in at most one group.
fn grouping<'a>(part: &'a Part, by: &str) -> Result<&'a Book, AnalysisError> {
    let book = part.book(by).filter(|book| book.sort == Sort::Codes);
    book.ok_or_else(|| AnalysisError::NotABreakdown(by.to_owned()))
}

fn everyone(sums: &[Sums], weighted: bool) -> Vec<GroupTally> {
    sums.iter().map(|sums| group(String::new(), sums, weighted)).collect()
}

fn grouped(by: &Book, sums: &[Sums], weighted: bool) -> Vec<GroupTally> {
    by.codes.iter().zip(sums).map(|(code, sums)| group(code.clone(), sums, weighted)).collect()
}

fn group(group: String, sums: &Sums, weighted: bool) -> GroupTally {
    let whole = sums.weights.sum;
    let share = |(_, weight): &(u64, f64)| if whole > 0.0 { weight / whole } else { 0.0 };
    GroupTally {
        group,
        base: sums.base,
        counts: sums.codes.iter().map(|(count, _)| *count).collect(),
        weighted: weighted.then(|| sums.codes.iter().map(share).collect()),
        weights: weighted.then_some(sums.weights),
        missing: sums.missing,
        skipped: sums.skipped,
    }
}
