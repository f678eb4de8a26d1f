//! Keeps the house.
