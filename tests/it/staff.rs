//! The pages of staff, from the first link to the last deletion.
