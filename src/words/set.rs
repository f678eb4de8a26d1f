//! What stands on a set for a data walk beside the charts: the empty charts, the handout, cards, and
//! the summary.

words! {
    /// The texts of a set, in every language of respondents.
    SetWords from "set" {
        guess_heading,
        guess_do,
        guess_share_of,
        guess_share,
        guess_rating,
        guess_groups,
        guess_desc,
        key,
        too_long,
        too_many,
        some_of,
        handout_title,
        handout_intro,
        handout_look,
        name_card,
        name_group,
        card_title,
        card_poster,
        card_group,
        card_more,
        summary_title,
        summary_intro,
        summary_found,
        summary_before,
        summary_because,
        summary_fits,
        summary_charts,
        summary_next,
        next_walk,
        next_walked,
        next_committee,
        next_back,
        summary_more,
    }
}
