//! x
pub mod analysis;
pub mod domain;
pub mod instruments;
pub mod release;
pub mod store;
pub mod words;
