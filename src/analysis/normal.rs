//! The normal distribution, by statrs.

use statrs::distribution::{ContinuousCDF, Normal};

/// How often a standard normal number lies as far from 0 as `z` or farther, on either side:
/// 2 · sf(|z|). 1 for what is not a number.
#[must_use]
pub fn two_sided(z: f64) -> f64 {
    if z.is_nan() {
        return 1.0;
    }
    2.0 * Normal::standard().sf(z.abs())
}

/// Which of several findings stand when a share `level` of those that stand may be wrong (Benjamini
/// and Hochberg 1995): the largest k with p(k) ≤ k/m · level, and every finding up to it.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a page has a few dozen findings")]
pub fn standing(p: &[f64], level: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let m = p.len() as f64;
    let last = (0..order.len()).rev().find(|at| p[order[*at]] <= (at + 1) as f64 / m * level);
    let mut stands = vec![false; p.len()];
    if let Some(last) = last {
        order[..=last].iter().for_each(|at| stands[*at] = true);
    }
    stands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_table() {
        assert!((two_sided(1.959_964) - 0.05).abs() < 1e-6);
        assert!((two_sided(0.0) - 1.0).abs() < 1e-12);
        assert!((two_sided(f64::NAN) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_of_twenty_by_chance_does_not_stand() {
        // p.adjust(c(.01, .02, .03, .2), "BH") = .04 .04 .04 .2 in R.
        assert_eq!(standing(&[0.03, 0.2, 0.01, 0.02], 0.05), [true, false, true, true]);
        let mut many = vec![0.5; 19];
        many.push(0.04);
        assert!(standing(&many, 0.05).iter().all(|stands| !stands));
        assert!(standing(&[], 0.05).is_empty());
    }
}
