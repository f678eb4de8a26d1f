//! x
pub mod analysis;
pub mod domain;
pub mod release;
pub mod store;
pub mod words;
