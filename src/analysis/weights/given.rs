//! Weights as a file gives them: read wholly, or refused with every row that is wrong.

use super::real;

/// What is wrong with a column of weights. Rows are counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WeightFault {
    /// A cell that is no number.
    #[error("the weight of row {row} is {cell:?}, not a number{}", and_more(*.more))]
    NotANumber {
        /// The first such row.
        row: usize,
        /// What stands there.
        cell: String,
        /// How many more rows are like it.
        more: usize,
    },
    /// A weight below 0.
    #[error("the weight of row {row} is {weight}, below 0{}", and_more(*.more))]
    Negative {
        /// The first such row.
        row: usize,
        /// The weight.
        weight: f64,
        /// How many more rows are like it.
        more: usize,
    },
    /// Every weight is 0.
    #[error("all {0} weights are 0")]
    AllZero(usize),
    /// No row has a weight.
    #[error("none of the {0} rows has a weight")]
    NoneGiven(usize),
}

/// Above this nobody's weight is meant, and squares would not be numbers any more.
const TOO_LARGE: f64 = 1e100;

fn and_more(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => " (and one more row like it)".to_owned(),
        more => format!(" (and {more} more rows like it)"),
    }
}

/// Reads a column of weights: none where the cell is blank.
///
/// Shapes: one cell for each row, in file order. A weight of 0 is a weight: its row stays in the
/// design and carries nothing.
///
/// # Errors
/// A cell that is no number (or infinite, or beyond 1e100), a weight below 0 (both name the first
/// row), weights that are all 0, or no weight at all.
pub fn given<'a>(
    cells: impl IntoIterator<Item = Option<&'a str>>,
) -> Result<Vec<Option<f64>>, WeightFault> {
    let mut weights = Vec::new();
    let mut unread: Vec<(usize, String)> = Vec::new();
    let mut negative: Vec<(usize, f64)> = Vec::new();
    for (row, cell) in cells.into_iter().enumerate() {
        let Some(cell) = cell.map(str::trim).filter(|cell| !cell.is_empty()) else {
            weights.push(None);
            continue;
        };
        match cell.parse::<f64>().ok().filter(|weight| weight.abs() <= TOO_LARGE) {
            Some(weight) if weight < 0.0 => negative.push((row, weight)),
            Some(weight) => weights.push(Some(weight)),
            None => unread.push((row, cell.to_owned())),
        }
    }
    if let Some((row, cell)) = unread.first() {
        let more = unread.len() - 1;
        return Err(WeightFault::NotANumber { row: *row, cell: cell.clone(), more });
    }
    if let Some(&(row, weight)) = negative.first() {
        return Err(WeightFault::Negative { row, weight, more: negative.len() - 1 });
    }
    let known: Vec<f64> = weights.iter().flatten().copied().collect();
    if known.is_empty() {
        return Err(WeightFault::NoneGiven(weights.len()));
    }
    if known.iter().all(|weight| *weight <= 0.0) {
        return Err(WeightFault::AllZero(known.len()));
    }
    Ok(weights)
}

/// Weights with mean 1; as they are where they have no mean above 0.
pub(super) fn to_mean_one(mut weights: Vec<f64>) -> Vec<f64> {
    let mean = weights.iter().sum::<f64>() / real(weights.len());
    if mean > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= mean);
    }
    weights
}
