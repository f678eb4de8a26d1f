//! Everything through the real router on both databases: one binary, one file or schema a test.

mod house;
mod participate;
mod staff;
mod store;
mod tidy;
