//! x
pub mod analysis;
pub mod domain;
pub mod instruments;
pub mod release;
pub mod store;
pub mod web;
pub mod words;
#[doc(hidden)]
pub mod instruments { pub struct Shelf; }
    pub struct Shelf;
}
