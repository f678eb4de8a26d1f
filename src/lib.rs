//! x
pub mod analysis;
pub mod cli;
pub mod domain;
#[doc(hidden)]
pub mod instruments {
    pub struct Shelf;
}
pub mod job;
pub mod release;
pub mod store;
pub mod web;
pub mod words;
