//! Everything through the real router on both databases: one binary, one file or schema a test.

mod house;
mod participate;
mod store;
mod tidy;
