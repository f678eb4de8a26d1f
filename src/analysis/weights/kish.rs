//! What weights cost: Kish's design effect and effective number.

use super::count;

/// What a column of weights looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct Kish {
    /// How many weights there are.
    pub n: usize,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Their standard deviation (n) over their mean.
    pub variation: f64,
    /// 1 + variation² = n·sum(w²)/sum(w)².
    pub effect: f64,
    /// sum(w)²/sum(w²).
    pub effective: f64,
}

impl Kish {
    /// What a person who looks at the weights should be told: few rows that carry much.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let heaviest = self.max * count(self.n) / self.sum;
        if heaviest > 5.0 {
            warnings.push(format!("the largest weight is {heaviest:.1} times the mean"));
        }
        if self.effect > 2.0 {
            let Self { effect, effective, n, .. } = self;
            warnings.push(format!(
                "the design effect is {effect:.2}: {n} answers tell as much as {effective:.0}"
            ));
        }
        warnings
    }

    /// The worst-case margin at k standard errors, of a share of one half: k·sqrt(0.25/n), with the
    /// effective number and with the plain one.
    #[must_use]
    pub fn margins(&self, k: f64) -> (f64, f64) {
        (k * (0.25 / self.effective).sqrt(), k * (0.25 / count(self.n)).sqrt())
    }
}

/// Diagnoses weights; none where no weight is above 0. A common factor changes only the sums.
///
/// Source: Kish 1965, 1992.
#[must_use]
pub fn kish(weights: &[f64]) -> Option<Kish> {
    let max = weights.iter().copied().fold(0.0, f64::max);
    if max <= 0.0 {
        return None;
    }
    let scaled = || weights.iter().map(|weight| weight / max);
    let (sum, squares) = (scaled().sum::<f64>(), scaled().map(|w| w * w).sum::<f64>());
    let effective = sum * sum / squares;
    let mean = sum / count(weights.len());
    let spread = scaled().map(|w| (w - mean) * (w - mean)).sum::<f64>() / count(weights.len());
    Some(Kish {
        n: weights.len(),
        sum: weights.iter().sum(),
        squares: weights.iter().map(|weight| weight * weight).sum(),
        min: weights.iter().copied().fold(f64::INFINITY, f64::min),
        max,
        variation: spread.sqrt() / mean,
        effect: count(weights.len()) / effective,
        effective,
    })
}
