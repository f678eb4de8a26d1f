//! What hosts and coordinators read about the work that the server does by itself.

words! {
    /// The texts of that page; `{…}` are places [`super::fill`] fills.
    NightWords from "night" {
        title,
        intro,
        run,
        run_hint,
        running,
        runs,
        never,
        purge,
        pictures,
        unlink,
        backup,
        done,
        left,
        failed,
        about,
        nothing,
        how_long,
        how_long_intro,
        receipts,
        texts,
        photos,
        sign_ups,
        typists,
        answers,
        reflections,
        log,
        days,
        months,
        years,
    }
}
