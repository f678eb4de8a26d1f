//! How far chance may go: the interval of a share, for people who were drawn at random.
//!
//! Wilson's score interval at 95 %, of as many answers as the weighted ones are worth, widened at both
//! ends by what rounding may have moved the share. Of people who chose to take part there is none.

use super::table::{Shape, Table};
use crate::analysis::stats::dist::Z;
use crate::analysis::stats::shares::wilson;
use crate::domain::collection::Sampling;

impl Table {
    /// The interval of the share of some choices together, in a group.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
    pub fn range(&self, group: usize, choices: &[usize]) -> Option<(f64, f64)> {
        match self.about().sampling {
            Sampling::Random => {}
            Sampling::EveryoneInvited | Sampling::Picked | Sampling::SelfSelected => return None,
        }
        match self.shape() {
            Shape::Ordered | Shape::Single | Shape::Multiple => {}
            Shape::People | Shape::Places | Shape::Groups => return None,
        }
        let share = choices.iter().map(|at| self.share(group, *at)).sum::<Option<f64>>()?.min(1.0);
        let base = self.groups().get(group)?.base.max(1) as f64;
        let effective = base / self.design_effect();
        let (low, high) = wilson(share * effective, effective, Z)?;
        let slack = self.step().saturating_sub(1) as f64 / base;
        Some(((low - slack).max(0.0), (high + slack).min(1.0)))
    }
}
