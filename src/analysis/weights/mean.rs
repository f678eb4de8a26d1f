//! Weighted means, totals and differences.

use super::{Design, Undefined, Z, normal_p, t_quantile};

/// A weighted mean; of zeros and ones, a share.
#[derive(Debug, Clone, PartialEq)]
pub struct Mean {
    /// Valid answers with a weight, the weight 0 included.
    pub answers: usize,
    /// The sum of their weights.
    pub weight: f64,
    /// The mean.
    pub mean: f64,
    /// Its linearised standard error.
    pub se: Result<f64, Undefined>,
    /// Units minus strata, among the rows with a weight above 0.
    pub freedom: usize,
    /// How far each row moves the mean.
    pub influence: Vec<f64>,
}

impl Mean {
    /// mean ± t(0.975, degrees of freedom) · se.
    ///
    /// # Errors
    /// When there is no standard error, or no degree of freedom.
    pub fn interval(&self) -> Result<(f64, f64), Undefined> {
        let half = t_quantile(self.freedom)? * self.se.clone()?;
        Ok((self.mean - half, self.mean + half))
    }
}

/// The weighted mean of the valid answers: sum(w·y) / sum(w), influence w·(y - mean)/sum(w).
///
/// Shapes: one entry for each row with a weight; none where the answer is not valid or the row is
/// outside the subpopulation. The unit is that of the answers. Source: ratio mean after Binder 1983,
/// R `svymean` over `subset`.
///
/// # Errors
/// When nobody with a weight above 0 answered.
pub fn mean(values: &[Option<f64>], weights: &[f64], design: &Design) -> Result<Mean, Undefined> {
    let valid = || values.iter().zip(weights).filter_map(|(value, w)| Some(((*value)?, *w)));
    let weight: f64 = valid().map(|(_, w)| w).sum();
    if weight <= 0.0 {
        return Err(Undefined::Nobody);
    }
    let mean = valid().map(|(value, w)| value * w).sum::<f64>() / weight;
    let moved = |value: &Option<f64>, w: &f64| value.map_or(0.0, |y| w / weight * (y - mean));
    let influence: Vec<f64> =
        values.iter().zip(weights).map(|(value, w)| moved(value, w)).collect();
    Ok(Mean {
        answers: valid().count(),
        weight,
        mean,
        se: design.se(&influence),
        freedom: design.freedom(|row| weights[row] > 0.0),
        influence,
    })
}

/// Two estimates beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// One minus the other.
    pub difference: f64,
    /// The standard error of the difference.
    pub se: Result<f64, Undefined>,
}

impl Compared {
    /// difference ± 1.959964 · se.
    ///
    /// # Errors
    /// When there is no standard error.
    pub fn interval(&self) -> Result<(f64, f64), Undefined> {
        let half = Z * self.se.clone()?;
        Ok((self.difference - half, self.difference + half))
    }

    /// z = difference / se, and its two-sided normal p.
    ///
    /// # Errors
    /// When there is no standard error, or it is 0.
    pub fn test(&self) -> Result<(f64, f64), Undefined> {
        let se = self.se.clone()?;
        if se <= self.difference.abs() * 1e-12 {
            return Err(Undefined::NoSpread);
        }
        let z = self.difference / se;
        Ok((z, normal_p(z).ok_or(Undefined::NoSpread)?))
    }
}

/// The first mean minus the second, both of one file and design: the influences are subtracted before
/// they are spread, so what both share is not counted twice.
///
/// Source: R `svycontrast` over `svyby(covmat = TRUE)`.
#[must_use]
pub fn difference(first: &Mean, second: &Mean, design: &Design) -> Compared {
    let pairs = first.influence.iter().zip(&second.influence);
    let influence: Vec<f64> = pairs.map(|(one, other)| one - other).collect();
    Compared { difference: first.mean - second.mean, se: design.se(&influence) }
}

/// The later wave minus the earlier one, each with weights and a design of its own:
/// se = sqrt(se1² + se2²). Nobody may be in both; otherwise see [`super::overlap()`].
#[must_use]
pub fn waves(earlier: &Mean, later: &Mean) -> Compared {
    let se = match (&earlier.se, &later.se) {
        (Ok(one), Ok(other)) => Ok(one.hypot(*other)),
        (Err(undefined), _) | (_, Err(undefined)) => Err(undefined.clone()),
    };
    Compared { difference: later.mean - earlier.mean, se }
}

/// The estimated total sum(w·y) and its standard error; a missing value adds nothing.
///
/// Shapes: as [`mean`]; weights must say how many of the population a row stands for. The unit is
/// that of the values. Source: Horvitz-Thompson total with linearised units, R `svytotal`.
///
/// # Errors
/// When nobody with a weight above 0 has a value.
pub fn total(
    values: &[Option<f64>],
    weights: &[f64],
    design: &Design,
) -> Result<(f64, Result<f64, Undefined>), Undefined> {
    let known = values.iter().zip(weights).any(|(value, w)| value.is_some() && *w > 0.0);
    if !known {
        return Err(Undefined::Nobody);
    }
    let pairs = values.iter().zip(weights);
    let influence: Vec<f64> = pairs.map(|(value, w)| w * value.unwrap_or(0.0)).collect();
    Ok((influence.iter().sum(), design.se(&influence)))
}
