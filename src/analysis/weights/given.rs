//! Weights as a file gives them: read wholly, or refused with the first row that is wrong.

use super::count;

/// What stands in a cell of a column of weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given {
    /// Nothing.
    Blank,
    /// A number.
    Weight(f64),
    /// Anything else.
    Word,
}

/// What is wrong with a column of weights. Rows are those of the file, from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WeightFault {
    /// A cell that is no number.
    #[error("row {row} (counting from 0): the weight is not a number{}", and_more(*.more))]
    NotANumber {
        /// The first such row.
        row: usize,
        /// How many more rows are like it.
        more: usize,
    },
    /// A weight below 0.
    #[error("row {row} (counting from 0): the weight is {weight}, below 0{}", and_more(*.more))]
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
/// Shapes: each row's number in the file and its cell. A weight of 0 is a weight: its row stays in the
/// design and carries nothing.
///
/// # Errors
/// A cell that is no number (or not finite, or beyond 1e100), a weight below 0 (both name the first
/// row), weights that are all 0, or no weight at all.
pub fn given(
    cells: impl IntoIterator<Item = (usize, Given)>,
) -> Result<Vec<Option<f64>>, WeightFault> {
    let mut weights = Vec::new();
    let mut unread: Vec<usize> = Vec::new();
    let mut negative: Vec<(usize, f64)> = Vec::new();
    for (row, cell) in cells {
        match cell {
            Given::Blank => weights.push(None),
            Given::Weight(weight) if weight.is_nan() || weight.abs() > TOO_LARGE => {
                unread.push(row);
            }
            Given::Weight(weight) if weight < 0.0 => negative.push((row, weight)),
            Given::Weight(weight) => weights.push(Some(weight)),
            Given::Word => unread.push(row),
        }
    }
    if let [row, more @ ..] = unread.as_slice() {
        return Err(WeightFault::NotANumber { row: *row, more: more.len() });
    }
    if let [(row, weight), more @ ..] = negative.as_slice() {
        return Err(WeightFault::Negative { row: *row, weight: *weight, more: more.len() });
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
    let mean = weights.iter().sum::<f64>() / count(weights.len());
    if mean > 0.0 {
        for weight in &mut weights {
            *weight /= mean;
        }
    }
    weights
}
