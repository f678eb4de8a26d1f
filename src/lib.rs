//! x
pub mod analysis;
pub mod charts;
pub mod domain;
pub mod release;
pub mod store;
pub mod web;
pub mod words;
#[doc(hidden)]
pub mod instruments {
    pub struct Shelf;
}
