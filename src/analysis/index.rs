//! Several questions as one number from 0 to 10.
//!
//! A person has a score when at least 60 % of the questions were answered; the score is the mean
//! of what was answered. Scores of choices point to the end that the index calls 10.

use polars::prelude::PolarsResult;
use statrs::statistics::Statistics;

use super::AnalysisError;
use super::frame::{Frame, Part};
use crate::domain::instrument::Index;

/// The mean of an index, not protected.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexMean {
    /// The index.
    pub index: String,
    /// How many have a score.
    pub scored: u64,
    /// Their mean; none without any.
    pub mean: Option<f64>,
}

impl Frame {
    /// The mean of an index over everyone who has a score, unweighted.
    ///
    /// # Errors
    /// When one of its questions is not here.
    pub fn index(&self, index: &Index) -> Result<IndexMean, AnalysisError> {
        let all = person_scores(&self.responses, index)?;
        let known: Vec<f64> = all.into_iter().flatten().collect();
        let scored = u64::try_from(known.len()).unwrap_or(u64::MAX);
        Ok(IndexMean { index: index.id.clone(), scored, mean: mean(&known) })
    }
}

/// A person's score from the scores (0 to 10) of what was answered; none where too few were.
///
/// ```
/// use miradouro::analysis::index::person_score;
/// assert_eq!(person_score(&[Some(10.0), Some(5.0), None]), Some(7.5));
/// assert_eq!(person_score(&[Some(10.0), None, None]), None);
/// ```
#[must_use]
pub fn person_score(answers: &[Option<f64>]) -> Option<f64> {
    let answered: Vec<f64> = answers.iter().flatten().copied().collect();
    let enough = !answered.is_empty() && answered.len() >= (answers.len() * 3).div_ceil(5);
    if enough { mean(&answered) } else { None }
}

/// The score of every row, or none.
pub(super) fn person_scores(part: &Part, index: &Index) -> Result<Vec<Option<f64>>, AnalysisError> {
    let mut columns = Vec::new();
    for question in &index.questions {
        columns.push(scores(part, question)?);
    }
    let rows = 0..part.columns.height();
    Ok(rows
        .map(|row| {
            let answers: Vec<_> = columns.iter().map(|column| column[row]).collect();
            person_score(&answers)
        })
        .collect())
}

/// One question's answers as scores from 0 to 10.
pub(super) fn scores(part: &Part, question: &str) -> Result<Vec<Option<f64>>, AnalysisError> {
    let unknown = || AnalysisError::NoSuchQuestion(question.to_owned());
    let book = part.book(question).ok_or_else(unknown)?;
    let column: PolarsResult<_> = part.columns.column(question).and_then(|column| column.i32());
    Ok(column?.iter().map(|place| place.and_then(|place| book.out_of_ten(place))).collect())
}

/// The mean, if there is anything.
pub(super) fn mean(numbers: &[f64]) -> Option<f64> {
    (!numbers.is_empty()).then(|| Statistics::mean(numbers))
}
