//! Everybody's ground: what a diagnosis is made of, as plain values.
//!
//! No input or output, no clock, no randomness, no HTML and no SQL live here; functions take what
//! they need and return values, so every rule in this folder is tested without a database.

pub mod age_band;
pub mod answer;
pub mod area;
pub mod change;
pub mod code;
pub mod collection;
pub mod condition;
pub mod data_walk;
pub mod diagnosis;
pub mod draft;
pub mod fields;
pub mod finding;
pub mod ground;
pub mod ids;
pub mod instrument;
mod kept;
pub mod keyed;
pub mod line;
pub mod night;
pub mod other_figures;
pub mod own_words;
pub mod paper;
pub mod part;
pub mod people;
pub mod personal;
pub mod photo;
pub mod pin;
pub mod plane;
pub mod population;
pub mod question;
pub mod reading;
pub mod recheck;
pub mod reconcile;
pub mod report;
pub mod retention;
pub mod row_export;
pub mod screen;
pub mod takeaway;
pub mod text;
pub mod translation;
pub mod variable;
pub mod version;
