//! What the parts of an instrument, their changes and their lines are called. Every match names
//! every variant, so that a new one asks for its words here.

use crate::domain::change::Act;
use crate::domain::instrument::{Layout, Sensitivity, Sheet};
use crate::domain::line::Line;
use crate::domain::part::{At, What};
use crate::domain::question::Sort;
use crate::words::{InstrumentWords, fill};

/// Where a part stands, as `question f1`.
#[must_use]
pub(super) fn place(at: &At, words: &InstrumentWords) -> String {
    let with = |text: &str, id: &str| fill(text, &[("id", id)]);
    match at {
        At::Sheet => words.at_sheet.clone(),
        At::Section(id) => with(&words.at_section, id),
        At::Question(id) => with(&words.at_question, id),
        At::Breakdown(id) => with(&words.at_breakdown, id),
        At::Index(id) => with(&words.at_index, id),
        At::Chart(id) => with(&words.at_chart, id),
        At::Station(number) => with(&words.at_station, &number.to_string()),
    }
}

/// What a part is, as `hint` or `answer very_safe`.
#[must_use]
pub(super) fn what(what: &What, words: &InstrumentWords) -> String {
    let with = |text: &str, code: &str| fill(text, &[("code", code)]);
    let text = match what {
        What::Choice(code) => return with(&words.what_choice, code),
        What::Offered(code) => return with(&words.what_offered, code),
        What::Statement(code) => return with(&words.what_statement, code),
        What::People(code) => return with(&words.what_people, code),
        What::Band(code) => return with(&words.what_band, code),
        What::Prompt(number) => return with(&words.what_prompt, &number.to_string()),
        What::Translation(lang) => {
            return fill(&words.what_translation, &[("language", lang.name())]);
        }
        What::Whole => &words.what_whole,
        What::Slug => &words.what_slug,
        What::Title => &words.what_title,
        What::Sheet => &words.what_sheet,
        What::Policy => &words.what_policy,
        What::Minutes => &words.what_minutes,
        What::Sensitivity => &words.what_sensitivity,
        What::MinAge => &words.what_min_age,
        What::Layout => &words.what_layout,
        What::Languages => &words.what_languages,
        What::Constructs => &words.what_constructs,
        What::Sources => &words.what_sources,
        What::NotFor => &words.what_not_for,
        What::Places => &words.what_places,
        What::Most => &words.what_most,
        What::Body => &words.what_body,
        What::Intro => &words.what_intro,
        What::Outro => &words.what_outro,
        What::Help => &words.what_help,
        What::Sections => &words.what_sections,
        What::Hint => &words.what_hint,
        What::Shuffle => &words.what_shuffle,
        What::Meaning => &words.what_meaning,
        What::SameAs => &words.what_same_as,
        What::Asked => &words.what_asked,
        What::Reused => &words.what_reused,
        What::Kind => &words.what_kind,
        What::Base => &words.what_base,
        What::Sensitive => &words.what_sensitive,
        What::Fold => &words.what_fold,
        What::Place => &words.what_place,
        What::Within => &words.what_within,
        What::ScaleName => &words.what_scale_name,
        What::Steps => &words.what_steps,
        What::ChoiceOrder => &words.what_choice_order,
        What::Ticks => &words.what_ticks,
        What::Limits => &words.what_limits,
        What::Length => &words.what_length,
        What::Lint => &words.what_lint,
        What::Repeats => &words.what_repeats,
        What::Merge => &words.what_merge,
        What::Questions => &words.what_questions,
        What::Direction => &words.what_direction,
        What::Low => &words.what_low,
        What::High => &words.what_high,
        What::Drawn => &words.what_drawn,
        What::By => &words.what_by,
        What::Top => &words.what_top,
        What::Ends => &words.what_ends,
        What::Cut => &words.what_cut,
        What::Charts => &words.what_charts,
    };
    text.clone()
}

/// A sort of change, and what it means for comparing.
#[must_use]
pub(super) fn act(act: Act, words: &InstrumentWords) -> (&str, &str) {
    match act {
        Act::Scale => (&words.act_scale, &words.act_scale_means),
        Act::Meaning => (&words.act_meaning, &words.act_meaning_means),
        Act::Logic => (&words.act_logic, &words.act_logic_means),
        Act::Added => (&words.act_added, &words.act_added_means),
        Act::Removed => (&words.act_removed, &words.act_removed_means),
        Act::Wording => (&words.act_wording, &words.act_wording_means),
        Act::Setting => (&words.act_setting, &words.act_setting_means),
        Act::Moved => (&words.act_moved, &words.act_moved_means),
    }
}

/// What becomes of a line, with the kind of its label.
#[must_use]
pub(super) fn line(line: Line, words: &InstrumentWords) -> (&'static str, &str) {
    match line {
        Line::GoesOn => ("open", &words.goes_on),
        Line::Noted => ("open", &words.noted),
        Line::OtherMethod => ("wait", &words.other_method),
        Line::Breaks => ("wait", &words.breaks),
        Line::Begins => ("", &words.begins),
        Line::Ends => ("", &words.ends),
    }
}

/// A sort of sheet.
#[must_use]
pub(super) fn sheet(sheet: Sheet, words: &InstrumentWords) -> &str {
    match sheet {
        Sheet::Questionnaire => &words.sheet_questionnaire,
        Sheet::WalkSheet => &words.sheet_walk,
        Sheet::NoteSheet => &words.sheet_notes,
        Sheet::Feedback => &words.sheet_feedback,
        Sheet::MapSheet => &words.sheet_map,
        Sheet::Game => &words.sheet_game,
        Sheet::Ballot => &words.sheet_ballot,
        Sheet::SignUp => &words.sheet_sign_up,
    }
}

/// How a sheet is shown on a phone.
#[must_use]
pub(super) fn layout(layout: Layout, words: &InstrumentWords) -> &str {
    match layout {
        Layout::Screens => &words.layout_screens,
        Layout::Page => &words.layout_page,
    }
}

/// How sensitive something is.
#[must_use]
pub(super) fn sensitivity(sensitivity: Sensitivity, words: &InstrumentWords) -> &str {
    match sensitivity {
        Sensitivity::Low => &words.sensitivity_low,
        Sensitivity::Medium => &words.sensitivity_medium,
        Sensitivity::High => &words.sensitivity_high,
    }
}

/// A kind of question.
#[must_use]
pub(super) fn sort(sort: Sort, words: &InstrumentWords) -> &str {
    match sort {
        Sort::Single => &words.kind_single,
        Sort::Multiple => &words.kind_multiple,
        Sort::Scale => &words.kind_scale,
        Sort::Faces => &words.kind_faces,
        Sort::Grid => &words.kind_grid,
        Sort::Rank => &words.kind_rank,
        Sort::Number => &words.kind_number,
        Sort::Text => &words.kind_text,
        Sort::Zone => &words.kind_zone,
        Sort::Place => &words.kind_place,
        Sort::Photo => &words.kind_photo,
        Sort::Counts => &words.kind_counts,
        Sort::Group => &words.kind_group,
        Sort::Info => &words.kind_info,
        Sort::Consent => &words.kind_consent,
        Sort::AgeGate => &words.kind_age_gate,
        Sort::Weight => &words.kind_weight,
    }
}
