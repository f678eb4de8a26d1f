//! From answers to plain estimates, on polars. Never sees a person, a request or a colour.
//!
//! A [`Frame`] holds the answers of one collection as columns; everything else is a question put
//! to it. What leaves this room is not protected: only [`crate::release`] may turn it into
//! something that is shown.
//!
//! Beside it stands the engine for files ([`analyse()`]): a [`plan::Plan`] of checks, a file as coded
//! columns ([`Data`]), and one family of [`stats`] a file. Its numbers are compared with those of
//! other tools, and no page shows them.

mod analyse;
pub mod answer;
mod ask;
pub mod code;
mod column;
mod cube;
mod data;
mod frame;
mod game;
pub mod index;
mod marks;
pub mod method;
mod places;
pub mod plan;
pub mod stats;
mod tally;
#[cfg(test)]
mod tests;
pub mod weights;

use polars::error::PolarsError;
use serde::{Deserialize, Serialize};

pub use analyse::analyse;
pub use ask::{Ask, Rows, Scores};
pub use data::{Column, Data, Place, Table};
pub use frame::{Filling, Frame};
pub use game::{GameTally, game};
pub use places::{PlaceTally, StopTally};
pub use tally::groups;

/// One question by at most one variable, counted exactly. Never shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The question.
    pub question: String,
    /// The breakdown, or everyone.
    pub by: Option<String>,
    /// The codes that are counted, in the order of the instrument; missing ones are not here.
    pub codes: Vec<String>,
    /// The groups, in the order of the breakdown's choices; one group without a breakdown.
    pub groups: Vec<GroupTally>,
}

/// The counts of one group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupTally {
    /// The group's code; empty for everyone.
    pub group: String,
    /// Valid answers: asked, not skipped, not missing.
    pub base: u64,
    /// How many gave each code; in a multiple question their sum may exceed the base.
    pub counts: Vec<u64>,
    /// The weighted share of each code among the valid answers, when there are weights.
    pub weighted: Option<Vec<f64>>,
    /// What the weights of the valid answers come to, when there are weights.
    #[serde(default)]
    pub weights: Option<Weights>,
    /// How many gave a missing answer (don't know, refused, does not apply).
    pub missing: u64,
    /// How many skipped.
    pub skipped: u64,
}

/// What the weights of some answers come to: how many answers they are worth, and whether one of
/// them speaks for many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
    /// The largest of them.
    pub largest: f64,
}

impl Weights {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
            largest: self.largest.max(other.largest),
        }
    }

    /// How many equally weighted answers these are worth: Kish's effective size, (Σw)² / Σw², in
    /// answers; `None` without a weight.
    #[must_use]
    pub fn effective(self) -> Option<f64> {
        (self.squares > 0.0).then(|| self.sum * self.sum / self.squares)
    }

    /// The part of all weight that the heaviest answer has, from 0 to 1; `None` without a weight.
    #[must_use]
    pub fn heaviest(self) -> Option<f64> {
        (self.sum > 0.0).then(|| self.largest / self.sum)
    }
}

/// Whether a tally also says weighted shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighting {
    /// Everybody counts once.
    Plain,
    /// By the instrument's weight question, where it has one.
    ByQuestion,
}

/// What can be wrong with a question put to a frame.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The instrument has no such question.
    #[error("there is no question {0:?} in this frame")]
    NoSuchQuestion(String),
    /// Free texts, weights and repeat groups have no counts of their own.
    #[error("question {0:?} is not of a kind that can be counted")]
    NotCounted(String),
    /// People would be in several groups at once, or in none that is asked beside the question.
    #[error("answers cannot be broken down by {0:?}")]
    NotABreakdown(String),
    /// The columns could not be made or read.
    #[error("could not work on the columns")]
    Columns(#[from] PolarsError),
    /// A thread that counted could not read its columns.
    #[error("could not count: {0}")]
    Counting(String),
}
