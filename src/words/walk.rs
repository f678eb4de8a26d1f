//! What stands on the public pages of a data walk: what people said, the figures they said it
//! about, the wall of the room, and what the committee changed because of it.

words! {
    /// The texts of those pages; `{…}` are places [`super::fill`] fills.
    WalkWords from "walk" {
        said_here,
        nobody_yet,
        group,
        your_group,
        on_my_own,
        pin_title,
        pin_hint,
        pin_all,
        pin_line,
        pin_wrong,
        then,
        gone,
        words_gone,
        words_say,
        wall,
        wall_waiting,
        wall_join,
        wall_one,
        wall_every,
        reactions,
        findings,
        finding_now,
        finding_before,
        finding_because,
        finding_by,
        finding_station,
        fits_groups,
        fits_nobody,
    }
}
