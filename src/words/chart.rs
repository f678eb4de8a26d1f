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
    pub observations: String,
    pub in_groups: String,
    pub most_named: String,
    pub first_shown: String,
    pub no_answers: String,
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
    pub table_group: String,
    pub table_answer: String,
    pub table_share: String,
    pub table_count: String,
    pub table_base: String,
    pub table_missing: String,
    pub table_mean: String,
    pub table_raters: String,
    pub table_groups: String,
    pub table_neighbourhood: String,
    pub table_caption: String,
    pub table_withheld: String,
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
    pub share_almost_none: String,
    pub share_1_in_10: String,
    pub share_1_in_5: String,
    pub share_1_in_4: String,
    pub share_1_in_3: String,
    pub share_4_in_10: String,
    pub share_half: String,
    pub share_6_in_10: String,
    pub share_2_in_3: String,
    pub share_3_in_4: String,
    pub share_8_in_10: String,
    pub share_9_in_10: String,
    pub share_almost_all: String,
    pub subject_residents: String,
    pub subject_answered: String,
    pub subject_there: String,
    pub takeaway_answer: String,
    pub takeaway_side: String,
    pub takeaway_most: String,
    pub takeaway_top_low: String,
    pub takeaway_place_best: String,
    pub takeaway_place_worst: String,
    pub takeaway_groups: String,
    pub takeaway_people: String,
    pub takeaway_nearly_all: String,
    pub takeaway_population: String,
    pub takeaway_difference_more: String,
    pub takeaway_no_difference: String,
    pub or: String,
    pub data_walk: String,
    pub station: String,
    pub we_think: String,
    pub talk: String,
    pub your_notes: String,
    pub careful: String,
    pub who_answered: String,
    pub release: String,
    pub invented_banner: String,
    pub read_more: String,
    pub scan: String,
    pub made_with: String,
}

impl ChartWords {
    /// The texts in `lang`.
    ///
    /// # Errors
    /// A sentence that names the key that is missing or unknown.
    pub fn of(lang: Lang) -> Result<Self, String> {
        super::read(lang, "chart")
    }

    /// A share from 0 to 1 in words, of those `subject` names.
    #[must_use]
    pub fn share(&self, share: f64, subject: &str) -> String {
        let steps = [
            (0.045, &self.share_almost_none),
            (0.15, &self.share_1_in_10),
            (0.225, &self.share_1_in_5),
            (0.29, &self.share_1_in_4),
            (0.365, &self.share_1_in_3),
            (0.45, &self.share_4_in_10),
            (0.55, &self.share_half),
            (0.635, &self.share_6_in_10),
            (0.71, &self.share_2_in_3),
            (0.775, &self.share_3_in_4),
            (0.85, &self.share_8_in_10),
            (0.955, &self.share_9_in_10),
        ];
        let words = steps.into_iter().find(|(below, _)| share < *below);
        let words = words.map_or(&self.share_almost_all, |(_, words)| words);
        super::fill(words, &[("subject", subject)])
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
