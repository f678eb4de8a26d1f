//! The answers of one collection as columns, built once and asked many questions.
//!
//! What stands inside a repeat group (stops of a walk, notes of a sitting) lies in a second set of
//! columns with one row per repeat and its number.

use polars::prelude::{Column, DataFrame, NamedFrom, Series};

use super::AnalysisError;
use super::column::{Book, Growing, Sort};
use crate::domain::answer::{Answer, Answers, Ground};
use crate::domain::instrument::Instrument;
use crate::domain::question::Question;

/// The column with the number of a repeat, from 1.
pub(super) const REPEAT: &str = "\u{1f}repeat";
/// The column with the number of the response a repeat stands in, from 0.
pub(super) const WHO: &str = "\u{1f}who";

/// The answers of one collection as columns.
///
/// What a question's column cannot stand for counts as missing; nothing a response may hold makes
/// a frame fail.
#[derive(Debug, Clone)]
pub struct Frame {
    pub(super) responses: Part,
    /// The repeat group's question, and a row for every repeat.
    pub(super) repeats: Option<(String, Part)>,
}

/// Columns and what their numbers stand for.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) columns: DataFrame,
    pub(super) books: Vec<Book>,
}

impl Frame {
    /// Lays answers out in columns.
    ///
    /// # Errors
    /// When two questions have the same id.
    pub fn new<'g>(
        instrument: &Instrument,
        ground: impl Into<Ground<'g>>,
        rows: impl IntoIterator<Item = Answers>,
    ) -> Result<Self, AnalysisError> {
        let mut filling = Filling::new(instrument, ground);
        for row in rows {
            filling.push(&row);
        }
        filling.finish()
    }

    /// How many responses there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.responses.columns.height()
    }

    /// Whether there is no response at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns a question lies in, and its book.
    pub(super) fn part(&self, question: &str) -> Result<(&Part, &Book), AnalysisError> {
        let parts = [Some(&self.responses), self.repeats.as_ref().map(|(_, part)| part)];
        let mut found =
            parts.into_iter().flatten().filter_map(|part| Some((part, part.book(question)?)));
        found.next().ok_or_else(|| AnalysisError::NoSuchQuestion(question.to_owned()))
    }
}

/// A frame while its answers come in, one after the other: nothing else of them is kept.
pub struct Filling {
    responses: Sheet,
    /// The repeat group's question, its columns, and for every repeat its number and its response.
    group: Option<(String, Sheet)>,
    numbers: Vec<u32>,
    who: Vec<u32>,
}

impl Filling {
    /// An empty frame.
    #[must_use]
    pub fn new<'g>(instrument: &Instrument, ground: impl Into<Ground<'g>>) -> Self {
        let ground = ground.into();
        let group = instrument.group().map(|group| {
            let inner = group.inner().iter().flat_map(Question::rows);
            (group.id.clone(), Sheet::new(inner, &ground))
        });
        let responses = Sheet::new(instrument.questions(), &ground);
        Self { responses, group, numbers: Vec::new(), who: Vec::new() }
    }

    /// Lays one response in.
    pub fn push(&mut self, row: &Answers) {
        let who = u32::try_from(self.responses.rows).unwrap_or(u32::MAX);
        self.responses.push(row);
        let Some((id, repeats)) = &mut self.group else { return };
        for (number, repeat) in (1..).zip(row.0.get(id.as_str()).map_or(&[][..], repeats_of)) {
            repeats.push(repeat);
            self.numbers.push(number);
            self.who.push(who);
        }
    }

    /// How many responses are in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.responses.rows
    }

    /// Whether there is no response yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame.
    ///
    /// # Errors
    /// When two questions have the same id.
    pub fn finish(self) -> Result<Frame, AnalysisError> {
        let numbers = Series::new(REPEAT.into(), self.numbers).into();
        let who = Series::new(WHO.into(), self.who).into();
        let repeats = match self.group {
            Some((id, repeats)) => Some((id, repeats.finish(vec![numbers, who])?)),
            None => None,
        };
        Ok(Frame { responses: self.responses.finish(Vec::new())?, repeats })
    }
}

impl Part {
    pub(super) fn book(&self, question: &str) -> Option<&Book> {
        self.books.iter().find(|book| book.id == question)
    }

    /// The weight question, if the instrument has one.
    pub(super) fn weight(&self) -> Option<&Book> {
        self.books.iter().find(|book| book.sort == Sort::Weight)
    }
}

fn repeats_of(answer: &Answer) -> &[Answers] {
    match answer {
        Answer::Group(repeats) => repeats,
        Answer::Skipped
        | Answer::Code(_)
        | Answer::Number(_)
        | Answer::Codes(_)
        | Answer::Counts(_) => &[],
    }
}

/// Columns while they grow.
struct Sheet {
    rows: usize,
    growing: Vec<(String, Growing)>,
}

impl Sheet {
    fn new<'a>(questions: impl Iterator<Item = &'a Question>, ground: &Ground<'_>) -> Self {
        let books = questions.filter_map(|question| Book::new(question, ground));
        let growing = books.map(|book| (book.id.clone(), Growing::new(book))).collect();
        Self { rows: 0, growing }
    }

    fn push(&mut self, answers: &Answers) {
        self.rows += 1;
        for (id, growing) in &mut self.growing {
            growing.push(answers.0.get(id));
        }
    }

    fn finish(self, mut columns: Vec<Column>) -> Result<Part, AnalysisError> {
        let mut books = Vec::new();
        for (_, growing) in self.growing {
            let (book, its) = growing.finish();
            books.push(book);
            columns.extend(its);
        }
        Ok(Part { columns: DataFrame::new(self.rows, columns)?, books })
    }
}
