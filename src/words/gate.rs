//! What coordinators read about releases: what a chart says in somebody's own words, how far a
//! release has come, what became of a share since the wave before, and what a ballot decided.

words! {
    /// The texts of those pages; `{…}` are places [`super::fill`] fills.
    GateWords from "gate" {
        sentences,
        sentences_intro,
        sentence_made,
        sentence_own,
        sentence_hint,
        sentence_save,
        sentence_by,
        sentence_stale,
        sentence_decimal,
        sentence_claim,
        sentence_long,
        sentence_none,
        making,
        making_reading,
        making_gate,
        making_wait,
        making_nothing,
        making_already,
        waves,
        waves_intro,
        wave_step,
        more,
        less,
        no_clear,
        break_question,
        break_withheld,
        break_sampling,
        break_not_random,
        break_mode,
        break_few,
        ballot,
        ballot_intro,
        ballot_row,
        ballot_residents,
        ballot_lot,
    }
}
