//! What is said where the database file is damaged and nothing is written any more.

words! {
    /// For whoever meets it: a resident who answers, or somebody of the staff.
    KeepWords from "keep" {
        read_only_title,
        read_only,
    }
}
