//! Weights held between two bounds, at the same sum.

use super::count;

/// Bounds of weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cap {
    /// No weight is smaller.
    pub low: f64,
    /// No weight is larger.
    pub high: f64,
}

/// Weights after trimming.
#[derive(Debug, Clone, PartialEq)]
pub struct Trimmed {
    /// The weights, in the order they came.
    pub weights: Vec<f64>,
    /// How many were above the upper bound before.
    pub above: usize,
    /// How many stand at the upper bound now.
    pub at_cap: usize,
    /// How many stand at the lower bound now.
    pub at_floor: usize,
}

/// Why weights cannot be trimmed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotTrimmed {
    /// Even with every weight at the bound the sum could not be kept.
    #[error("weights with mean {mean} cannot all lie between {low} and {high}")]
    OutOfReach {
        /// The mean that must stay.
        mean: f64,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// There are no weights.
    #[error("there is no weight to trim")]
    NoWeights,
}

/// Caps weights: what goes beyond a bound stays at it, the others are multiplied by the one factor that
/// restores the sum, repeated until none goes beyond.
///
/// Shapes: bounds in the unit of the weights; only the upper one matters with `low` 0. Raked weights
/// that are trimmed meet their margins no longer exactly.
///
/// # Errors
/// When the mean lies outside the bounds, or there are no weights.
pub fn trim(weights: &[f64], cap: Cap) -> Result<Trimmed, NotTrimmed> {
    let Cap { low, high } = cap;
    let sum: f64 = weights.iter().sum();
    if weights.is_empty() {
        return Err(NotTrimmed::NoWeights);
    }
    let mean = sum / count(weights.len());
    if !(low <= mean && mean <= high) {
        return Err(NotTrimmed::OutOfReach { mean, low, high });
    }
    let above = weights.iter().filter(|weight| **weight > high).count();
    let mut trimmed = weights.to_vec();
    let mut at: Vec<Option<f64>> = vec![None; weights.len()];
    loop {
        let mut changed = false;
        for (weight, at) in trimmed.iter_mut().zip(&mut at) {
            if at.is_none() && !(low..=high).contains(weight) {
                *at = Some(weight.clamp(low, high));
                *weight = weight.clamp(low, high);
                changed = true;
            }
        }
        if !changed {
            break;
        }
        let bound: f64 = at.iter().flatten().sum();
        let free: f64 =
            trimmed.iter().zip(&at).filter(|(_, at)| at.is_none()).map(|(w, _)| w).sum();
        if free <= 0.0 {
            return Err(NotTrimmed::OutOfReach { mean, low, high });
        }
        let factor = (sum - bound) / free;
        for (weight, at) in trimmed.iter_mut().zip(&at) {
            if at.is_none() {
                *weight *= factor;
            }
        }
    }
    let stand = |bound: f64| {
        at.iter().flatten().filter(|weight| (**weight - bound).abs() <= bound * 1e-12).count()
    };
    let (at_cap, at_floor) = (stand(high), if low > 0.0 { stand(low) } else { 0 });
    Ok(Trimmed { weights: trimmed, above, at_cap, at_floor })
}
