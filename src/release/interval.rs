//! How sure a released share is, where people were drawn at random; nothing anywhere else.
//!
//! Two things may have moved it: chance, because others could have been drawn, and the rounding of
//! the gate. Chance alone gives Wilson's interval (1927) at 95 %, z = 1.96, of as many answers as the
//! group's base is worth after the design effect. Rounding to `step` goes up or down by a key, so a
//! cell that is `r` above a step is off by `r (step - r)` in variance, 6 at most for five. The share
//! is a quotient of such cells, and its two errors are put together arm by arm, as squares (MOVER,
//! Zou and Donner 2008): `low = p - sqrt((p - wilson low)^2 + (1.96 sd)^2)`, and upwards the same.

use super::table::{Shape, Table};
use crate::analysis::stats::dist::Z;
use crate::analysis::stats::shares::wilson;
use crate::domain::collection::Sampling;

impl Table {
    /// Between what the share of these choices together lies in a group, from 0 to 1, at 95 %.
    ///
    /// `None` unless people were drawn at random (`decisions.md` 8), and for what has no share:
    /// places, small groups of people, counts of groups, cells said in words. Several choices of a
    /// question with several ticks have none either: nobody knows who ticked two of them.
    #[must_use]
    pub fn interval(&self, group: usize, choices: &[usize]) -> Option<(f64, f64)> {
        match self.about().sampling {
            Sampling::Random => {}
            Sampling::EveryoneInvited | Sampling::Picked | Sampling::SelfSelected => return None,
        }
        let (p, n) = (self.together(group, choices)?, self.answers(group)?);
        let effective = n / self.design_effect();
        let (low, high) = wilson(p * effective, effective, Z)?;
        let rounded = Z * self.rounding(choices.len(), group, p)?.sqrt() / n;
        let (down, up) = ((p - low).hypot(rounded), (high - p).hypot(rounded));
        Some(((p - down).max(0.0), (p + up).min(1.0)))
    }

    /// The share of several choices together.
    pub(super) fn together(&self, group: usize, choices: &[usize]) -> Option<f64> {
        let shares = choices.iter().map(|choice| self.share(group, *choice));
        shares.sum::<Option<f64>>().map(|share| share.min(1.0))
    }

    /// What a share of a group is a share of: rounded answers.
    #[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
    fn answers(&self, group: usize) -> Option<f64> {
        let group = self.groups().get(group)?;
        let whole = match self.shape() {
            Shape::Ordered | Shape::Single => group.cells.iter().sum(),
            Shape::Multiple => group.base,
            Shape::People | Shape::Places | Shape::Groups => return None,
        };
        (whole > 0).then_some(whole as f64)
    }

    /// The variance of `n p` by rounding: `k` cells count, and the rest or the base do not.
    #[expect(clippy::cast_precision_loss, reason = "a question has few choices")]
    fn rounding(&self, k: usize, group: usize, p: f64) -> Option<f64> {
        let step = self.step();
        let worst = ((step / 2) * (step - step / 2)) as f64;
        let worst = if step <= 1 { 0.0 } else { worst };
        let (k, cells) = (k as f64, self.groups().get(group)?.cells.len() as f64);
        match self.shape() {
            Shape::Ordered | Shape::Single => {
                Some(worst * ((1.0 - p).powi(2) * k + p.powi(2) * (cells - k).max(0.0)))
            }
            Shape::Multiple => (k <= 1.0).then_some(worst * (k + p.powi(2))),
            Shape::People | Shape::Places | Shape::Groups => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::change::sample_of;

    #[test]
    fn only_people_drawn_at_random_have_an_interval() {
        let random = sample_of(&[120, 80], |_| {});
        assert!(random.interval(0, &[0]).is_some());
        for sampling in [Sampling::EveryoneInvited, Sampling::Picked, Sampling::SelfSelected] {
            let other = sample_of(&[120, 80], |one| one.about.sampling = sampling);
            assert_eq!(other.interval(0, &[0]), None);
        }
        for shape in [Shape::People, Shape::Places, Shape::Groups] {
            let other = sample_of(&[120, 80], |one| one.shape = shape);
            assert_eq!(other.interval(0, &[0]), None);
        }
        assert_eq!(random.interval(1, &[0]), None);
        assert_eq!(random.interval(0, &[2]), None);
        let empty = sample_of(&[0, 0], |_| {});
        assert_eq!(empty.interval(0, &[0]), None);
    }

    #[test]
    fn exact_counts_give_wilson_and_rounded_ones_a_little_more() {
        // Wilson for 120 of 200: 0.53083 to 0.66544 (R: binom::binom.wilson).
        let near = |(low, high): (f64, f64), (a, b): (f64, f64)| {
            assert!((low - a).abs() < 5e-5 && (high - b).abs() < 5e-5, "{low} {high}");
        };
        let exact = sample_of(&[120, 80], |one| one.step = 1);
        near(exact.interval(0, &[0]).unwrap(), (0.530_83, 0.665_44));
        let (low, high) = sample_of(&[120, 80], |_| {}).interval(0, &[0]).unwrap();
        assert!(low < 0.5308 && low > 0.528 && high > 0.6655 && high < 0.668, "{low} {high}");
        // All answers together are all answers.
        let (low, high) = exact.interval(0, &[0, 1]).unwrap();
        assert!(low > 0.98 && (high - 1.0).abs() < 1e-12, "{low} {high}");
    }

    #[test]
    fn nobody_and_everybody_are_not_certain() {
        let (low, high) = sample_of(&[0, 60], |_| {}).interval(0, &[0]).unwrap();
        assert!(low == 0.0 && high > 0.06 && high < 0.2, "{low} {high}");
    }
}
