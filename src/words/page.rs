//! What stands around the questions on a phone: the buttons between screens, and what is said of
//! answers the phone keeps.

words! {
    /// The texts of the form page itself.
    PageWords from "page" {
        start,
        next,
        skip,
        back,
        review_title,
        review_hint,
        change,
        skipped,
        leave,
        privacy,
        accessibility,
        keep,
        kept,
        forget,
        forgotten,
        found,
        go_on,
        refused,
        elsewhere,
        no_photos,
        done,
        again,
        larger,
        read,
        quiet,
        not_sent,
    }
}
