//! Everything through the real router on both databases: one binary, one file or schema a test.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "a test that fails may panic, and says what it skips"
)]

mod analyse;
mod area;
mod barcelona;
mod charts;
mod cli;
mod data_walk;
mod editor;
mod export;
mod gate;
mod heap;
mod house;
mod instruments;
mod journal;
mod keep;
mod night;
mod offline;
mod page;
mod paper;
mod participate;
mod photos;
mod posters;
mod projector;
mod published;
mod report;
mod research;
mod roles;
mod seizure;
mod servers;
mod shown;
mod staff;
mod store;
mod tidy;
mod unlink;
mod ways;
mod wire;
mod xlsform;
