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
        let (group, ground) = (instrument.group(), ground.into());
        let mut responses = Sheet::new(instrument.questions(), &ground);
        let inner = group.iter().flat_map(|group| group.inner()).flat_map(Question::rows);
        let mut repeats = Sheet::new(inner, &ground);
        let mut numbers: Vec<u32> = Vec::new();
        for row in rows {
            responses.push(&row);
            let inner = group.and_then(|group| row.0.get(&group.id));
            for (number, repeat) in (1..).zip(inner.map_or(&[][..], repeats_of)) {
                repeats.push(repeat);
                numbers.push(number);
            }
        }
        let numbers = Series::new(REPEAT.into(), numbers).into();
        let repeats = match group {
            Some(group) => Some((group.id.clone(), repeats.finish(Some(numbers))?)),
            None => None,
        };
        Ok(Self { responses: responses.finish(None)?, repeats })
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

    fn finish(self, numbers: Option<Column>) -> Result<Part, AnalysisError> {
        let mut columns: Vec<Column> = numbers.into_iter().collect();
        let mut books = Vec::new();
        for (_, growing) in self.growing {
            let (book, its) = growing.finish();
            books.push(book);
            columns.extend(its);
        }
        Ok(Part { columns: DataFrame::new(self.rows, columns)?, books })
    }
}
