//! What happens with an answer, and for whom the pages are made.

words! {
    /// The texts of the privacy page and of the accessibility statement.
    PrivacyWords from "privacy" {
        title,
        kept_title,
        kept,
        kept_language,
        kept_cookie,
        kept_place,
        kept_photo,
        kept_private,
        texts_title,
        texts,
        shown_title,
        shown,
        receipt_title,
        receipt,
        no_return,
        code_title,
        code_can,
        code_cannot,
        phone_title,
        phone,
        phone_flag,
        phone_trace,
        time_title,
        time,
        ask_title,
        ask,
        to_form,
        use_title,
        use_for_all,
        use_how,
        use_limits,
        use_help,
    }
}
