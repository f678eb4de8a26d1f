//! What respondents read at a door: codes, letters to type, the kiosk, and the cards on paper.

words! {
    /// The texts of doors, codes and kiosk; `{…}` are places [`super::fill`] fills.
    WaysWords from "ways" {
        code_label,
        code_hint,
        code_why,
        code_missing,
        code_unreadable,
        code_unknown,
        code_too_often,
        full,
        door_title,
        door_label,
        door_hint,
        door_go,
        door_missing,
        door_unknown,
        door_is_code,
        type_door,
        shut_title,
        shut,
        see_results,
        kiosk_begin,
        kiosk_private,
        kiosk_needs_script,
        kiosk_still,
        kiosk_wipe,
        kiosk_stay,
        kiosk_next,
        kiosk_in,
        kiosk_not_sent,
        card_draw,
        card_scan,
        poster_scan,
        poster_type,
    }
}
