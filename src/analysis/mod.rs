//! From answers to plain estimates, on polars. Never sees a person, a request or a colour.
//!
//! What leaves this room is not protected: only [`crate::release`] may turn it into something that
//! is shown.

use serde::{Deserialize, Serialize};

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
    /// How many gave a missing answer (don't know, refused, does not apply).
    pub missing: u64,
    /// How many skipped.
    pub skipped: u64,
}
