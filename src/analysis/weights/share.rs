//! Intervals around a weighted share.

use super::{Mean, Undefined, Z, count, kish, t_quantile};
use crate::analysis::stats::dist::beta_quantile;

/// Three intervals of one weighted share, and how much the weights and the design cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// (sum w)² / sum w² of the valid answers.
    pub effective: f64,
    /// Wilson's interval with that effective number.
    pub wilson: (f64, f64),
    /// From the logit of the share: logit(p) ± t·se/(p(1-p)), turned back.
    pub logit: Result<(f64, f64), Undefined>,
    /// Korn and Graubard's.
    pub korn_graubard: Result<(f64, f64), Undefined>,
    /// se² over p(1-p)/n.
    pub effect: Result<f64, Undefined>,
}

/// The intervals of a share that [`super::mean()`] gave for zeros and ones.
///
/// Shapes: the answers' weights are those of the valid answers only; `rows` counts every row with a
/// weight. Korn and Graubard: beta quantiles with n* = p(1-p)/se² · (t(rows-1)/t(df))². Sources: Korn and
/// Graubard 1998; R `svyciprop` (methods "logit" and "beta"); Wilson 1927 with Kish's n.
///
/// # Errors
/// When no weight is above 0. At a share of 0 or 1 only Wilson's interval can be given.
pub fn intervals(share: &Mean, answers: &[f64], rows: usize) -> Result<Intervals, Undefined> {
    let effective = kish(answers).ok_or(Undefined::Nobody)?.effective;
    let p = share.mean.clamp(0.0, 1.0);
    let all = || -> Result<(f64, f64, f64), Undefined> {
        let se = share.se.clone()?;
        let between = p * (1.0 - p);
        if between < 1e-12 || se <= 0.0 {
            return Err(Undefined::Unanimous);
        }
        Ok((se, between, t_quantile(share.freedom)?))
    };
    let logit = all().map(|(se, between, t)| {
        let (middle, half) = ((p / (1.0 - p)).ln(), t * se / between);
        let back = |logit: f64| 1.0 / (1.0 + (-logit).exp());
        (back(middle - half), back(middle + half))
    });
    let korn_graubard = all().and_then(|(se, between, t)| {
        let wide = t_quantile(rows.saturating_sub(1))? / t;
        let n = between / (se * se) * wide * wide;
        let (x, rest) = (n * p, n * (1.0 - p));
        let (low, high) =
            (beta_quantile(0.025, x, rest + 1.0), beta_quantile(0.975, x + 1.0, rest));
        low.zip(high).ok_or(Undefined::NoSpread)
    });
    let effect = all().map(|(se, between, _)| se * se / (between / count(share.answers)));
    Ok(Intervals { effective, wilson: wilson(p, effective), logit, korn_graubard, effect })
}

/// Wilson's 95 % interval of a share p of n, where n need not be whole:
/// (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). Source: Wilson 1927.
#[must_use]
pub fn wilson(p: f64, n: f64) -> (f64, f64) {
    let square = Z * Z;
    let middle = p + square / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
    let whole = 1.0 + square / n;
    (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
}
