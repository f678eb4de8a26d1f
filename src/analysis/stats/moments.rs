//! Plain numbers from slices: the small sums that every method needs.
//!
//! Variances divide by n - 1, quantiles are of type 7, and what a slice is too short for is `None`.

use statrs::statistics::Statistics;

/// A count as a number to calculate with. Exact up to 2^53.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no file has 2^53 rows")]
pub fn count(count: usize) -> f64 {
    count as f64
}

/// A number as a count, where it is one.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is whole, not negative and below 2^53"
)]
pub fn whole(number: f64) -> Option<usize> {
    let fits = number.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&number);
    fits.then_some(number as usize)
}

/// `part / whole`; `None` of nothing.
#[must_use]
pub fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| count(part) / count(whole))
}

/// The arithmetic mean; `None` of nothing.
#[must_use]
pub fn mean(numbers: &[f64]) -> Option<f64> {
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / count(numbers.len()))
}

/// The variance, by n - 1; `None` of fewer than two.
#[must_use]
pub fn variance(numbers: &[f64]) -> Option<f64> {
    (numbers.len() > 1).then(|| Statistics::variance(numbers))
}

/// The standard deviation, by n - 1; `None` of fewer than two.
#[must_use]
pub fn sd(numbers: &[f64]) -> Option<f64> {
    variance(numbers).map(f64::sqrt)
}

/// Pearson's correlation; `None` where one of the two does not vary.
#[must_use]
pub fn correlation(one: &[f64], two: &[f64]) -> Option<f64> {
    let (spread_one, spread_two) = (variance(one)?, variance(two)?);
    let product = spread_one.sqrt() * spread_two.sqrt();
    (product > 0.0).then(|| Statistics::covariance(one, two) / product)
}

/// A quantile of sorted numbers, type 7: linear between the two neighbours of `(n - 1) p`.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = count(last) * p;
    let below = whole(at.floor())?.min(last);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    Some((at - at.floor()).mul_add(high - low, low))
}

/// Sorted numbers; there is no NaN among them.
#[must_use]
pub fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers
}

/// The median.
#[must_use]
pub fn median(numbers: &[f64]) -> Option<f64> {
    quantile(&sorted(numbers.to_vec()), 0.5)
}

#[cfg(test)]
mod tests {
    use super::{correlation, mean, median, quantile, sd, sorted, whole};

    #[test]
    fn small_slices_have_the_numbers_numpy_gives() {
        let numbers = [2.0, 4.0, 4.0, 5.0, 10.0];
        assert_eq!(mean(&numbers), Some(5.0));
        assert_eq!(sd(&numbers), Some(3.0));
        assert_eq!(median(&numbers), Some(4.0));
        let at = |p| quantile(&sorted(numbers.to_vec()), p).unwrap();
        assert!((at(0.95) - 9.0).abs() < 1e-12 && (at(0.05) - 2.4).abs() < 1e-12);
        let r = correlation(&numbers, &[1.0, 2.0, 2.0, 3.0, 4.0]).unwrap();
        assert!((r - 0.950_146_19).abs() < 1e-8, "{r}");
    }

    #[test]
    fn too_little_is_nothing() {
        assert_eq!((mean(&[]), sd(&[1.0]), median(&[])), (None, None, None));
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!((whole(3.0), whole(3.5), whole(-1.0)), (Some(3), None, None));
    }
}
