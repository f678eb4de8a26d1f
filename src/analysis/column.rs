//! One question as columns: which small number stands for which answer.
//!
//! A code column holds the place of a valid answer from 0 on, [`SKIPPED`], or a number below it for
//! each way of not answering; the lowest is "not asked". A code that no choice has counts as missing
//! and never as valid, whatever number it might look like. No column of codes has a null, so that
//! counting goes over plain numbers.

use std::collections::HashMap;
use std::slice;

use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, Float64Type, Int32Type, IntoColumn,
    PrimitiveChunkedBuilder,
};

use crate::domain::answer::{Answer, Ground};
use crate::domain::question::{Amount, Band, Choice, Measure, Question, ZONE_REFUSED, band};

/// Asked, and no answer given.
pub(super) const SKIPPED: i32 = -1;
/// The first of the missing answers; the others lie below it.
pub(super) const MISSING: i32 = -2;
/// The state of a multiple question with a valid tick.
pub(super) const TICKED: i32 = 0;

/// How a question lies in the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// One column of codes.
    Codes,
    /// A column of states, and one of ticks for each choice.
    Ticks,
    /// A column of weights.
    Weight,
}

/// What the numbers in a question's columns stand for.
#[derive(Debug, Clone)]
pub(super) struct Book {
    pub(super) id: String,
    pub(super) sort: Sort,
    /// Valid codes in order; a code column holds their places.
    pub(super) codes: Vec<String>,
    /// The score of each valid code.
    pub(super) scores: Vec<Option<f64>>,
    places: HashMap<String, i32>,
    bands: Vec<Band>,
    range: (f64, f64),
    unreadable: i32,
}

impl Book {
    /// The book of a question; none for free text and repeat groups.
    pub(super) fn new(question: &Question, ground: &Ground<'_>) -> Option<Self> {
        let mut book = Self::empty(question);
        match question.measure() {
            Measure::One | Measure::Steps => book.add_choices(question.choices()),
            Measure::Several => {
                book.sort = Sort::Ticks;
                book.add_choices(question.choices());
            }
            Measure::Amount(amount) => book.add_bands(amount, question.choices()),
            Measure::Zone => book.add_named(&ground.zones),
            Measure::Place => book.add_named(&ground.places()),
            Measure::Weight => book.sort = Sort::Weight,
            Measure::Apart => return None,
        }
        Some(book)
    }

    fn empty(question: &Question) -> Self {
        Self {
            id: question.id.clone(),
            sort: Sort::Codes,
            codes: Vec::new(),
            scores: Vec::new(),
            places: HashMap::new(),
            bands: Vec::new(),
            range: (f64::NEG_INFINITY, f64::INFINITY),
            unreadable: MISSING,
        }
    }

    fn add_bands(&mut self, amount: Amount<'_>, choices: &[Choice]) {
        let Amount { min, max, bands } = amount;
        for band in bands {
            self.add(&band.code, band.score);
        }
        self.bands = bands.to_vec();
        self.range = (min, max);
        self.add_choices(choices);
    }

    /// Zones or places, or rather not say.
    fn add_named(&mut self, codes: &[&str]) {
        for code in codes {
            self.add(code, None);
        }
        self.add_missing(ZONE_REFUSED);
    }

    fn add_choices(&mut self, choices: &[Choice]) {
        for choice in choices {
            if choice.missing {
                self.add_missing(&choice.code);
            } else {
                self.add(&choice.code, choice.score);
            }
        }
    }

    fn add(&mut self, code: &str, score: Option<f64>) {
        let place = i32::try_from(self.codes.len()).unwrap_or(self.unreadable);
        self.places.insert(code.to_owned(), place);
        self.codes.push(code.to_owned());
        self.scores.push(score);
    }

    fn add_missing(&mut self, code: &str) {
        self.places.insert(code.to_owned(), self.unreadable);
        self.unreadable -= 1;
    }

    fn place(&self, code: &str) -> i32 {
        self.places.get(code).copied().unwrap_or(self.unreadable)
    }

    /// What stands where the question was not asked: the lowest of its numbers.
    pub(super) const fn not_asked(&self) -> i32 {
        self.unreadable - 1
    }

    /// The number that stands for an answer.
    fn one(&self, answer: &Answer) -> i32 {
        match answer {
            Answer::Skipped => SKIPPED,
            Answer::Code(code) => self.place(code),
            Answer::Number(number) if *number >= self.range.0 && *number <= self.range.1 => {
                band(&self.bands, *number).map_or(self.unreadable, |band| self.place(&band.code))
            }
            Answer::Number(_) | Answer::Codes(_) | Answer::Group(_) | Answer::Counts(_) => {
                self.unreadable
            }
        }
    }

    /// The state of a multiple question and the places of its valid ticks.
    fn several(&self, answer: &Answer) -> (i32, Vec<usize>) {
        let codes = match answer {
            Answer::Skipped => return (SKIPPED, Vec::new()),
            Answer::Code(code) => slice::from_ref(code),
            Answer::Codes(codes) if codes.is_empty() => return (SKIPPED, Vec::new()),
            Answer::Codes(codes) => codes.as_slice(),
            Answer::Number(_) | Answer::Group(_) | Answer::Counts(_) => {
                return (self.unreadable, Vec::new());
            }
        };
        let places = codes.iter().map(|code| self.place(code));
        let ticks: Vec<usize> = places.filter_map(|place| usize::try_from(place).ok()).collect();
        (if ticks.is_empty() { MISSING } else { TICKED }, ticks)
    }

    /// The name of the column with the ticks of one choice.
    pub(super) fn tick_column(&self, code: &str) -> String {
        format!("{}\u{1f}{code}", self.id)
    }

    /// The score of a place, from 0 to 10.
    #[must_use]
    pub(super) fn out_of_ten(&self, place: i32) -> Option<f64> {
        let top = self.scores.iter().flatten().copied().fold(0.0, f64::max);
        let score = (*self.scores.get(usize::try_from(place).ok()?)?)?;
        (top > 0.0).then(|| 10.0 * score / top)
    }
}

/// A question's columns while they grow: four bytes an answer, and a bit for each choice that can be
/// ticked.
pub(super) struct Growing {
    book: Book,
    codes: PrimitiveChunkedBuilder<Int32Type>,
    ticks: Vec<BooleanChunkedBuilder>,
    weights: PrimitiveChunkedBuilder<Float64Type>,
}

impl Growing {
    pub(super) fn new(book: Book) -> Self {
        let tick = |code: &String| BooleanChunkedBuilder::new(book.tick_column(code).into(), 0);
        let ticks = match book.sort {
            Sort::Ticks => book.codes.iter().map(tick).collect(),
            Sort::Codes | Sort::Weight => Vec::new(),
        };
        let codes = PrimitiveChunkedBuilder::new(book.id.as_str().into(), 0);
        let weights = PrimitiveChunkedBuilder::new(book.id.as_str().into(), 0);
        Self { book, codes, ticks, weights }
    }

    /// Adds one row.
    pub(super) fn push(&mut self, answer: Option<&Answer>) {
        match self.book.sort {
            Sort::Codes => {
                let code = answer.map_or(self.book.not_asked(), |answer| self.book.one(answer));
                self.codes.append_value(code);
            }
            Sort::Ticks => self.push_ticks(answer),
            Sort::Weight => self.weights.append_option(answer.and_then(weight)),
        }
    }

    fn push_ticks(&mut self, answer: Option<&Answer>) {
        let read = answer.map(|answer| self.book.several(answer));
        let not_asked = self.book.not_asked();
        self.codes.append_value(read.as_ref().map_or(not_asked, |(state, _)| *state));
        let ticks = read.map(|(_, ticks)| ticks).unwrap_or_default();
        for (place, column) in self.ticks.iter_mut().enumerate() {
            column.append_value(ticks.contains(&place));
        }
    }

    /// The finished columns.
    pub(super) fn finish(self) -> (Book, Vec<Column>) {
        let Self { book, codes, ticks, weights } = self;
        let mut columns = vec![match book.sort {
            Sort::Weight => weights.finish().into_column(),
            Sort::Codes | Sort::Ticks => codes.finish().into_column(),
        }];
        columns.extend(ticks.into_iter().map(|ticks| ticks.finish().into_column()));
        (book, columns)
    }
}

/// A usable weight. One that is missing is left out, never taken as 0 or 1.
fn weight(answer: &Answer) -> Option<f64> {
    match answer {
        Answer::Number(weight) => {
            Some(*weight).filter(|weight| weight.is_finite() && *weight > 0.0)
        }
        Answer::Skipped
        | Answer::Code(_)
        | Answer::Codes(_)
        | Answer::Group(_)
        | Answer::Counts(_) => None,
    }
}
