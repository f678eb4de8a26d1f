//! The gate: the only maker of a [`Table`], so that what a page, chart, export, sentence or
//! alternative text shows has passed the policy and its attacker.

pub mod table;

pub use table::Table;
