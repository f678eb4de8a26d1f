//! What stands on charts, beside them and on posters, in every language of respondents.

use serde::Deserialize;

use crate::domain::text::Lang;

/// The texts of charts, captions and posters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is a text, and its name says which")]
pub struct ChartWords {
    pub percent: String,
    pub comma: String,
    pub semicolon: String,
    pub decimal: String,
    pub last_and: String,
    pub about: String,
    pub count_of: String,
    pub count_of_about: String,
    pub out_of: String,
    pub out_of_about: String,
    pub people: String,
    pub people_about: String,
    pub mean: String,
    pub observation_one: String,
    pub stop: String,
    pub who_groups: String,
    pub observations: String,
    pub in_groups: String,
    pub most_named: String,
    pub first_shown: String,
    pub no_answers: String,
    pub foot_people: String,
    pub foot_people_about: String,
    pub counted_with: String,
    pub withheld_too_few: String,
    pub withheld_one_group: String,
    pub withheld_worked_out: String,
    pub withheld_open: String,
    pub withheld_some: String,
    pub of_those: String,
    pub nearly_all: String,
    pub nearly_none: String,
    pub answered: String,
    pub neighbourhood: String,
    pub no_reference: String,
    pub desc_diverging: String,
    pub desc_sorted: String,
    pub desc_people: String,
    pub desc_population: String,
    pub desc_value: String,
    pub desc_pair: String,
    pub desc_nothing: String,
    pub table_row: String,
    pub table_place: String,
    pub table_unknown: String,
    pub table_group: String,
    pub table_answer: String,
    pub table_share: String,
    pub table_count: String,
    pub table_base: String,
    pub table_missing: String,
    pub table_mean: String,
    pub table_raters: String,
    pub table_groups: String,
    pub table_caption: String,
    pub table_withheld: String,
    pub who_people_about: String,
    pub who_people: String,
    pub who_no_number: String,
    pub sampling_random: String,
    pub sampling_everyone_invited: String,
    pub sampling_picked: String,
    pub sampling_self_selected: String,
    pub recruited_by: String,
    pub asked_by: String,
    pub mode_own: String,
    pub mode_kiosk: String,
    pub mode_assisted: String,
    pub mode_paper: String,
    pub mode_imported: String,
    pub modes: String,
    pub presence_nobody: String,
    pub presence_youth_worker: String,
    pub presence_researcher: String,
    pub presence_teacher: String,
    pub presence_police: String,
    pub dates: String,
    pub dates_one: String,
    pub dates_open: String,
    pub month_01: String,
    pub month_02: String,
    pub month_03: String,
    pub month_04: String,
    pub month_05: String,
    pub month_06: String,
    pub month_07: String,
    pub month_08: String,
    pub month_09: String,
    pub month_10: String,
    pub month_11: String,
    pub month_12: String,
    pub date: String,
    pub no_margin: String,
    pub everyone_no_margin: String,
    pub picked_no_margin: String,
    pub unweighted: String,
    pub weighted: String,
    pub rounded: String,
    pub not_counted: String,
    pub several: String,
    pub imported: String,
    pub imported_unknown: String,
    pub invented: String,
    pub rating_subjective: String,
    pub steady_first: String,
    pub steady_rough: String,
    pub steady_fair: String,
    pub steady_steady: String,
    pub or: String,
}

impl ChartWords {
    /// The texts in `lang`.
    ///
    /// # Errors
    /// A sentence that names the key that is missing or unknown.
    pub fn of(lang: Lang) -> Result<Self, String> {
        super::read(lang, "chart")
    }

    /// How steady a picture from so many answers is.
    #[must_use]
    pub fn steadiness(&self, base: u64) -> &str {
        match base {
            0..30 => &self.steady_first,
            30..100 => &self.steady_rough,
            100..300 => &self.steady_fair,
            300.. => &self.steady_steady,
        }
    }
}
