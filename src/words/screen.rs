//! What a room reads on its projector, and on the phones that follow it.

words! {
    /// The texts of screens and phones; `{…}` are places [`super::fill`] fills.
    ScreenWords from "screen" {
        picture_of,
        curtain,
        guess,
        guess_how,
        follow,
        source_title,
        source_question,
        source_who,
        source_careful,
        source_table,
        source_where,
        more_said,
        cut_off,
        twin_title,
        twin_hidden,
        twin_same,
        larger,
        ordinary,
        present,
        talk,
    }
}
