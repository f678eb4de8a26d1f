//! Two waves that share a part of their respondents.

use super::{Compared, Undefined, count};

/// Two partly overlapping samples, unweighted.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Answers in the first wave, in the second, and units in both.
    pub counts: (usize, usize, usize),
    /// The mean of each wave.
    pub means: (f64, f64),
    /// The covariance of both measurements over the units in both; 0 with fewer than two.
    pub covariance: f64,
    /// The second minus the first.
    pub compared: Compared,
    /// The standard error that forgets the overlap.
    pub if_independent: Result<f64, Undefined>,
}

/// The change between two waves of which some units are the same:
/// var = s1²/n1 + s2²/n2 - 2·m/(n1·n2)·cov, with n-1 variances and m the units in both.
///
/// Shapes: one entry for each unit of either wave; none where it was not in the wave or gave no valid
/// answer. Source: Kish 1965, section 12.4.
///
/// # Errors
/// When a wave has no answers.
pub fn overlap(first: &[Option<f64>], second: &[Option<f64>]) -> Result<Overlap, Undefined> {
    let one = Part::of(first.iter().flatten().copied()).ok_or(Undefined::Nobody)?;
    let other = Part::of(second.iter().flatten().copied()).ok_or(Undefined::Nobody)?;
    let both: Vec<(f64, f64)> =
        first.iter().zip(second).filter_map(|(one, other)| Some(((*one)?, (*other)?))).collect();
    let shared = count(both.len());
    let middle = |of: fn(&(f64, f64)) -> f64| both.iter().map(of).sum::<f64>() / shared;
    let covariance = if both.len() < 2 {
        0.0
    } else {
        let (a, b) = (middle(|pair| pair.0), middle(|pair| pair.1));
        both.iter().map(|(x, y)| (x - a) * (y - b)).sum::<f64>() / (shared - 1.0)
    };
    let spread = |minus: f64| {
        let (one, other) = (one.variance.clone()?, other.variance.clone()?);
        Ok((one + other - minus).max(0.0).sqrt())
    };
    let twice = 2.0 * shared / (one.n * other.n) * covariance;
    Ok(Overlap {
        counts: (one.count, other.count, both.len()),
        means: (one.mean, other.mean),
        covariance,
        compared: Compared { difference: other.mean - one.mean, se: spread(twice) },
        if_independent: spread(0.0),
    })
}

/// One wave: its mean, and the variance of that mean.
struct Part {
    count: usize,
    n: f64,
    mean: f64,
    variance: Result<f64, Undefined>,
}

impl Part {
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.collect();
        let n = count(values.len());
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let variance =
            if values.len() > 1 { Ok(squares / (n - 1.0) / n) } else { Err(Undefined::OneUnit) };
        (!values.is_empty()).then_some(Self { count: values.len(), n, mean, variance })
    }
}
