//! The spread of an estimate whose weights were made from known margins.
//!
//! What the margins already fix does not vary from sample to sample: the mean of each category is taken
//! out of the influences before they are spread. Smaller than the spread with fixed weights where the
//! margins say something about the answer.

/// R takes the means of raked margins out so many times over.
const SWEEPS: usize = 10;

/// Influences without what the margins fix: for each margin, u - w · (mean of u/w in the category),
/// the mean weighted by the base weights; one margin once, several ten times over.
///
/// Shapes: `influence`, `weights` (after raking or post-stratification) and `start` (before) have one
/// entry for each row that was weighted; each margin has the category of each row. Sources: Deville,
/// Särndal and Sautory 1993; R `svyrecvar` on raked and post-stratified designs.
#[must_use]
pub fn calibrated(
    influence: &[f64],
    weights: &[f64],
    start: &[f64],
    margins: &[Vec<usize>],
) -> Vec<f64> {
    let sweeps = if margins.len() > 1 { SWEEPS } else { 1 };
    let mut left = influence.to_vec();
    for margin in (0..sweeps).flat_map(|_| margins) {
        let categories = margin.iter().max().map_or(0, |last| last + 1);
        let mut sums = vec![(0.0, 0.0); categories];
        for (row, category) in margin.iter().enumerate().filter(|(row, _)| weights[*row] > 0.0) {
            sums[*category].0 += start[row] * left[row] / weights[row];
            sums[*category].1 += start[row];
        }
        for (row, category) in margin.iter().enumerate() {
            let (sum, base) = sums[*category];
            if base > 0.0 {
                left[row] -= weights[row] * sum / base;
            }
        }
    }
    left
}
