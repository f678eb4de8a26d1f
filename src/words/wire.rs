//! What respondents read when a form came in a way in which it could not be heard.

words! {
    /// The texts of those pages.
    WireWords from "wire" {
        slow_title,
        slow,
        packed_title,
        packed,
        endless_title,
        endless,
        unknown_field,
    }
}
