//! Weighted figures: weights made from known margins, and estimates whose spread knows the design.
//!
//! Weights are sampling weights, never counts: a common factor changes nothing but their sum. A row
//! without a weight is left out and counted, never taken as 0 or 1. Every estimate says how each row
//! moves it (its influence), and one place, [`Design::linearise`], turns influences into a spread: with
//! replacement, n/(n-1) in each stratum; a missing answer or a row outside a subpopulation stays in
//! the design and contributes 0. What cannot be computed is [`Undefined`] with its reason, never 0.
//!
//! Plain functions over slices, one entry for each row that has a weight. Nothing here is protected.

pub(super) mod asked;
mod calibrated;
mod cells;
mod design;
mod given;
mod jackknife;
mod kish;
mod matrix;
mod mean;
mod overlap;
mod rake;
mod rank;
mod share;
mod table;
#[cfg(test)]
mod tests;
mod trim;

use super::stats::dist::{Z, f_p, normal_p, t_975, t_p};
use super::stats::moments::count;

pub use calibrated::calibrated;
pub use cells::{CellFault, Cells, post_stratify};
pub use design::{Design, DesignFault, Grouping};
pub use given::{Given, WeightFault, given};
pub use jackknife::{Replicated, jackknife};
pub use kish::{Kish, kish};
pub use matrix::Matrix;
pub use mean::{Compared, Mean, difference, mean, total, waves};
pub use overlap::{Overlap, overlap};
pub use rake::{Margin, NotRaked, Raked, rake};
pub use rank::{RankTest, rank_test};
pub use share::{Intervals, intervals, wilson};
pub use table::{RaoScott, rao_scott};
pub use trim::{Cap, NotTrimmed, Trimmed, trim};

/// Why a figure cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// Nobody with a weight answered.
    #[error("no row has both a valid answer and a weight above 0")]
    Nobody,
    /// A group that is compared has nobody.
    #[error("nobody with a weight above 0 and a valid answer is in group {0:?}")]
    EmptyGroup(String),
    /// A stratum from which one unit came.
    #[error("stratum {0:?} has one unit only, which says nothing of how its units differ")]
    Lonely(String),
    /// A file with one unit.
    #[error("there is one unit only, which says nothing of how units differ")]
    OneUnit,
    /// As many strata as units.
    #[error("no degrees of freedom are left")]
    NoFreedom,
    /// A share of 0 or 1.
    #[error("everybody with a weight answered alike, so the spread around the share says nothing")]
    Unanimous,
    /// A difference without any spread.
    #[error("the spread is 0, so nothing can be tested")]
    NoSpread,
    /// Equations without one answer.
    #[error("the table has too many empty cells for this test")]
    Singular,
    /// A share of the answers whose weights are lost with a group of units.
    #[error("without unit {0} (counting from 0) no valid answer is left")]
    LostReplicate(usize),
}

/// The two-sided 95 % quantile of Student's t; of the normal distribution from a million degrees on.
fn t_quantile(freedom: usize) -> Result<f64, Undefined> {
    if freedom >= 1_000_000 {
        return Ok(Z);
    }
    t_975(count(freedom)).ok_or(Undefined::NoFreedom)
}
