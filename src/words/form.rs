//! What respondents read around the questions.

use serde::Deserialize;

use crate::domain::text::Lang;

/// The texts of answering pages; `{…}` are places [`super::fill`] fills.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is a text, and its name says which")]
pub struct FormWords {
    pub asked_by: String,
    pub skip_any: String,
    pub minutes: String,
    pub nothing_kept: String,
    pub languages: String,
    pub question_of: String,
    pub only_if_chosen: String,
    pub only_if_not_chosen: String,
    pub only_if_answered: String,
    pub only_if_some: String,
    pub or: String,
    pub and: String,
    pub at_most: String,
    pub no_names: String,
    pub number_between: String,
    pub rather_not_say: String,
    pub no_answer: String,
    pub send: String,
    pub add_stop: String,
    pub add_note: String,
    pub stop: String,
    pub note: String,
    pub wrong_title: String,
    pub wrong_choice: String,
    pub wrong_only_one: String,
    pub wrong_too_many: String,
    pub wrong_exclusive: String,
    pub wrong_number: String,
    pub wrong_range: String,
    pub wrong_long: String,
    pub wrong_characters: String,
    pub thanks_title: String,
    pub thanks: String,
    pub thanks_kept: String,
    pub results: String,
    pub already_title: String,
    pub already: String,
    pub send_as_new: String,
    pub closed_title: String,
    pub closed: String,
    pub not_open_title: String,
    pub not_open: String,
    pub unknown_title: String,
    pub unknown_door: String,
    pub wrong_lang_title: String,
    pub wrong_lang: String,
    pub busy_title: String,
    pub busy: String,
    pub too_big_title: String,
    pub too_big: String,
    pub unreadable_title: String,
    pub unreadable: String,
    pub failed_title: String,
    pub failed: String,
    pub help_title: String,
    pub help_emergency: String,
    pub help_victim_support: String,
    pub help_youth_line: String,
    pub help_discrimination: String,
    pub help_police_complaints: String,
    pub danger_now: String,
    pub invented: String,
    pub station_of: String,
    pub reflect_title: String,
    pub reflect_fits: String,
    pub verdict_fits: String,
    pub verdict_partly: String,
    pub verdict_does_not_fit: String,
    pub reflect_said: String,
    pub reflect_moderated: String,
    pub reflect_verdict_missing: String,
    pub reflect_thanks: String,
    pub next_station: String,
    pub all_stations: String,
    pub show_table: String,
    pub poster: String,
    pub read_at: String,
    pub published_title: String,
    pub published_none: String,
    pub staff: String,
}

impl FormWords {
    /// The texts of a language.
    ///
    /// # Errors
    /// A sentence, when the file lacks a text or has one too many; a test reads every language.
    pub fn of(lang: Lang) -> Result<Self, String> {
        super::read(lang, "form")
    }
}
