//! x
pub mod analysis;
pub mod domain;
pub mod instruments;
pub mod job;
pub mod release;
pub mod store;
pub mod web;
pub mod words;
