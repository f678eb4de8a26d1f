//! Post-stratification: weights with which every combination has its share of the population.

use super::given::to_mean_one;

/// Weights that meet every cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// The rows whose cell is listed and that have a weight to start from, in file order.
    pub rows: Vec<usize>,
    /// Their weights, mean 1.
    pub weights: Vec<f64>,
    /// The cell of each of these rows.
    pub of: Vec<usize>,
    /// How many rows the smallest cell has.
    pub smallest: usize,
}

/// Why there are no weights.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CellFault {
    /// A share that is none.
    #[error("the population of cell {cell} is {share}, not a share")]
    NotAShare {
        /// Which cell, from 0.
        cell: usize,
        /// What was given.
        share: f64,
    },
    /// All shares are 0, or there is no cell.
    #[error("the population shares are all 0, or there are none")]
    NoPopulation,
    /// Nobody is in any cell.
    #[error("no row is in a cell of the population")]
    NoRows,
    /// Cells of the population that nobody in the sample is in.
    #[error("{} cells of the population have no respondents, the first is cell {}", .0.len(), .0.first().copied().unwrap_or_default())]
    Empty(Vec<usize>),
}

/// Post-stratifies: base weight · (share of the cell)/(weighted sum of the cell), scaled to mean 1.
///
/// Shapes: `of` and `start` have one entry for each row, none for a cell that is not listed or a
/// missing base weight; `population` has a share or number for each cell, scaled to sum 1. Source:
/// Holt and Smith 1979; R `postStratify`.
///
/// # Errors
/// When the population is none, no row is in it, or a cell of it has no respondents.
pub fn post_stratify(
    population: &[f64],
    of: &[Option<usize>],
    start: &[Option<f64>],
) -> Result<Cells, CellFault> {
    let wrong = population.iter().position(|share| !share.is_finite() || *share < 0.0);
    if let Some(cell) = wrong {
        return Err(CellFault::NotAShare { cell, share: population[cell] });
    }
    let whole: f64 = population.iter().sum();
    if whole <= 0.0 {
        return Err(CellFault::NoPopulation);
    }
    let kept: Vec<(usize, usize, f64)> = (0..of.len())
        .filter_map(|row| Some((row, of[row].filter(|c| *c < population.len())?, start[row]?)))
        .collect();
    if kept.is_empty() {
        return Err(CellFault::NoRows);
    }
    let mut sums = vec![0.0; population.len()];
    let mut counts = vec![0; population.len()];
    for (_, cell, weight) in &kept {
        sums[*cell] += weight;
        counts[*cell] += 1;
    }
    let all = 0..population.len();
    let empty: Vec<usize> =
        all.filter(|cell| population[*cell] > 0.0 && sums[*cell] <= 0.0).collect();
    if !empty.is_empty() {
        return Err(CellFault::Empty(empty));
    }
    let weight = |(_, cell, weight): &(usize, usize, f64)| {
        if sums[*cell] > 0.0 { weight * (population[*cell] / whole) / sums[*cell] } else { 0.0 }
    };
    Ok(Cells {
        weights: to_mean_one(kept.iter().map(weight).collect()),
        rows: kept.iter().map(|(row, _, _)| *row).collect(),
        of: kept.iter().map(|(_, cell, _)| *cell).collect(),
        smallest: counts.into_iter().min().unwrap_or(0),
    })
}
