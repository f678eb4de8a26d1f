//! Standard errors by leaving units out, one after another.

use std::collections::BTreeMap;

use super::{Undefined, count};

/// A jackknifed mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicated {
    /// The mean of everybody.
    pub estimate: f64,
    /// How many units were left out in turn.
    pub replicates: usize,
    /// The standard error around that mean.
    pub around_estimate: Result<f64, Undefined>,
    /// The standard error around the mean of the replicates.
    pub around_replicates: Result<f64, Undefined>,
}

/// The jackknife of a weighted mean: unit i of stratum h is left out, and the other units of h are
/// multiplied by n/(n-1); var = sum over h of (n-1)/n · sum over i of (`mean_hi` - centre)².
///
/// With one stratum this is JK1, else `JKn`. Weights are not raked anew. Shapes: one entry for each row
/// with a weight; none where the answer is not valid; `unit` says stratum (its place in `names`) and
/// unit of each row.
/// Source: Rust and Rao 1996; R `as.svrepdesign`.
///
/// # Errors
/// When nobody with a weight above 0 answered.
pub fn jackknife(
    values: &[Option<f64>],
    weights: &[f64],
    unit: &[(usize, usize)],
    names: &[String],
) -> Result<Replicated, Undefined> {
    let mut units: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    for ((value, weight), unit) in values.iter().zip(weights).zip(unit) {
        let sums = units.entry(*unit).or_default();
        if let Some(value) = value {
            sums.0 += weight * value;
            sums.1 += weight;
        }
    }
    let mut strata: BTreeMap<usize, (usize, f64, f64)> = BTreeMap::new();
    for ((stratum, _), (sum, weight)) in &units {
        let all = strata.entry(*stratum).or_default();
        *all = (all.0 + 1, all.1 + sum, all.2 + weight);
    }
    let (sum, weight) = units.values().fold((0.0, 0.0), |(s, w), (sum, of)| (s + sum, w + of));
    if weight <= 0.0 {
        return Err(Undefined::Nobody);
    }
    let estimate = sum / weight;
    let without = |(stratum, unit): (usize, usize), own: (f64, f64)| {
        let (size, its_sum, its_weight) = strata.get(&stratum).copied().unwrap_or_default();
        if size < 2 {
            let one = Undefined::Lonely(names.get(stratum).cloned().unwrap_or_default());
            return Err(if strata.len() == 1 { Undefined::OneUnit } else { one });
        }
        // The others of this stratum carry n/(n-1) of what they did; the rest is as it was.
        let more = count(size) / count(size - 1);
        let sum = sum - its_sum + (its_sum - own.0) * more;
        let weight = weight - its_weight + (its_weight - own.1) * more;
        if weight <= 0.0 {
            return Err(Undefined::LostReplicate(unit));
        }
        Ok((sum / weight, count(size - 1) / count(size)))
    };
    let replicates: Result<Vec<(f64, f64)>, _> =
        units.iter().map(|(unit, own)| without(*unit, *own)).collect();
    let mean_of =
        |all: &[(f64, f64)]| all.iter().map(|(mean, _)| mean).sum::<f64>() / count(all.len());
    let around = |centre: Option<f64>| {
        let replicates = replicates.clone()?;
        let centre = centre.unwrap_or_else(|| mean_of(&replicates));
        let off = replicates.iter().map(|(mean, scale)| scale * (mean - centre).powi(2));
        Ok(off.sum::<f64>().sqrt())
    };
    Ok(Replicated {
        estimate,
        replicates: units.len(),
        around_estimate: around(Some(estimate)),
        around_replicates: around(None),
    })
}
