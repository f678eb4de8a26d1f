//! Counting: one question by at most one variable, one plan each.
//!
//! Who was not asked is in no count; who skipped or gave a missing answer is counted beside the
//! base and never in it. A weighted share leaves out the responses without a weight.

use std::cmp::Ordering;

use polars::prelude::{DataFrame, Expr, IntoLazy, PolarsResult, col, len, lit};

use super::column::{Book, SKIPPED, Sort};
use super::frame::{Frame, Part};
use super::{AnalysisError, GroupTally, Tally, Weighting, Weights};
use crate::domain::instrument::Instrument;

const BY: &str = "\u{1f}by";
const STATE: &str = "\u{1f}state";
const COUNT: &str = "\u{1f}count";
const WEIGHT: &str = "\u{1f}weight";
const SQUARES: &str = "\u{1f}squares";
const LARGEST: &str = "\u{1f}largest";

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
        let weight = match weighting {
            Weighting::Plain => None,
            Weighting::ByQuestion => part.weight(),
        };
        let counted = count(part, book, by, weight)?;
        let codes = by.map_or_else(|| vec![String::new()], |by| by.codes.clone());
        let mut groups: Vec<Counting> =
            codes.into_iter().map(|code| Counting::new(code, book, weight.is_some())).collect();
        read(&counted, book, weight.is_some(), &mut groups)?;
        Ok(Tally {
            question: question.to_owned(),
            by: by.map(|by| by.id.clone()),
            codes: book.codes.clone(),
            groups: groups.into_iter().map(Counting::finish).collect(),
        })
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
        let mut tallies = Vec::new();
        for book in self.responses.books.iter().filter(|book| book.sort != Sort::Weight) {
            tallies.push(self.tally(&book.id, None, weighting)?);
            for breakdown in instrument.breakdowns.iter().filter(|by| by.by != book.id) {
                tallies.push(self.tally(&book.id, Some(&breakdown.by), weighting)?);
            }
        }
        Ok(tallies)
    }
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

/// A row for every group and state that occurs, with its counts and sums of weights.
fn count(
    part: &Part,
    book: &Book,
    by: Option<&Book>,
    weight: Option<&Book>,
) -> PolarsResult<DataFrame> {
    let by = by.map_or_else(|| lit(0), |by| col(by.id.as_str()));
    let mut columns = vec![col(book.id.as_str()).alias(STATE), by.alias(BY)];
    let mut sums = vec![len().alias(COUNT)];
    if let Some(weight) = weight {
        columns.push(col(weight.id.as_str()).alias(WEIGHT));
        sums.push(col(WEIGHT).sum());
        sums.push((col(WEIGHT) * col(WEIGHT)).sum().alias(SQUARES));
        sums.push(col(WEIGHT).max().alias(LARGEST));
    }
    if book.sort == Sort::Ticks {
        for code in &book.codes {
            let name = book.tick_column(code);
            columns.push(col(name.as_str()));
            if weight.is_some() {
                sums.push(weight_of(&name));
            }
            sums.push(col(name.as_str()).sum());
        }
    }
    part.columns.clone().lazy().select(columns).group_by([col(BY), col(STATE)]).agg(sums).collect()
}

/// The weights of those who ticked.
fn weight_of(name: &str) -> Expr {
    col(WEIGHT).filter(col(name)).sum().alias(weight_column(name))
}

fn weight_column(name: &str) -> String {
    format!("{name}{WEIGHT}")
}

/// Puts counted rows into the groups they belong to; rows without a group are in none.
fn read(
    counted: &DataFrame,
    book: &Book,
    weighted: bool,
    groups: &mut [Counting],
) -> PolarsResult<()> {
    let (by, states) = (counted.column(BY)?.i32()?, counted.column(STATE)?.i32()?);
    let counts = counted.column(COUNT)?.u32()?;
    for row in 0..counted.height() {
        let group = by.get(row).and_then(|place| groups.get_mut(usize::try_from(place).ok()?));
        let (Some(group), Some(state)) = (group, states.get(row)) else { continue };
        let count = u64::from(counts.get(row).unwrap_or(0));
        match state.cmp(&SKIPPED) {
            Ordering::Equal => group.tally.skipped += count,
            Ordering::Less => group.tally.missing += count,
            Ordering::Greater => {
                group.tally.base += count;
                if weighted {
                    group.weight = group.weight.and(Weights {
                        sum: number(counted, WEIGHT, row)?,
                        squares: number(counted, SQUARES, row)?,
                        largest: number(counted, LARGEST, row)?,
                    });
                }
                group.add(counted, book, row, usize::try_from(state).unwrap_or(usize::MAX))?;
            }
        }
    }
    Ok(())
}

fn number(counted: &DataFrame, column: &str, row: usize) -> PolarsResult<f64> {
    Ok(counted.column(column)?.f64()?.get(row).unwrap_or(0.0))
}

/// One group while it is being counted.
struct Counting {
    tally: GroupTally,
    weight: Weights,
    weights: Option<Vec<f64>>,
}

impl Counting {
    fn new(group: String, book: &Book, weighted: bool) -> Self {
        let counts = vec![0; book.codes.len()];
        let weights = weighted.then(|| vec![0.0; book.codes.len()]);
        let tally = GroupTally { group, counts, ..GroupTally::default() };
        Self { tally, weight: Weights::default(), weights }
    }

    /// Adds a row of valid answers: one place of a code column, or the ticks of all choices.
    fn add(
        &mut self,
        counted: &DataFrame,
        book: &Book,
        row: usize,
        place: usize,
    ) -> PolarsResult<()> {
        let ticks = book.sort == Sort::Ticks;
        for (at, code) in book.codes.iter().enumerate().filter(|(at, _)| ticks || *at == place) {
            let name = if ticks { book.tick_column(code) } else { COUNT.to_owned() };
            self.tally.counts[at] += u64::from(counted.column(&name)?.u32()?.get(row).unwrap_or(0));
            if let Some(weights) = &mut self.weights {
                let name = if ticks { weight_column(&name) } else { WEIGHT.to_owned() };
                weights[at] += number(counted, &name, row)?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> GroupTally {
        let whole = self.weight.sum;
        self.tally.weights = self.weights.is_some().then_some(self.weight);
        let share = |weight: f64| if whole > 0.0 { weight / whole } else { 0.0 };
        self.tally.weighted = self.weights.map(|weights| weights.into_iter().map(share).collect());
        self.tally
    }
}
