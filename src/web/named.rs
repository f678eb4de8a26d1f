//! What codes are called in staff pages. Every match names every variant, so that a new one asks
//! for its words here.

use super::desk::Act;
use super::participate::help_name;
use crate::domain::collection::{Mode, NotReady, Origin, Presence, Sampling, State};
use crate::domain::instrument::Policy;
use crate::domain::population::LineFault;
use crate::domain::translation::Standing;
use crate::words::{FormWords, StaffWords, fill};

/// How people were chosen, and what that means for the figures.
#[must_use]
pub(super) fn sampling(value: Sampling, words: &StaffWords) -> (&str, &str) {
    match value {
        Sampling::Random => (&words.sampling_random, &words.sampling_random_hint),
        Sampling::EveryoneInvited => (&words.sampling_everyone, &words.sampling_everyone_hint),
        Sampling::Picked => (&words.sampling_picked, &words.sampling_picked_hint),
        Sampling::SelfSelected => (&words.sampling_self, &words.sampling_self_hint),
    }
}

/// Who is in the room.
#[must_use]
pub(super) fn presence(value: Presence, words: &StaffWords) -> &str {
    match value {
        Presence::Nobody => &words.presence_nobody,
        Presence::YouthWorker => &words.presence_youth_worker,
        Presence::Researcher => &words.presence_researcher,
        Presence::Teacher => &words.presence_teacher,
        Presence::Police => &words.presence_police,
    }
}

/// Where answers come from.
#[must_use]
pub(super) fn origin(value: Origin, words: &StaffWords) -> &str {
    match value {
        Origin::Asked => &words.origin_asked,
        Origin::Imported => &words.origin_imported,
        Origin::Invented => &words.origin_invented,
    }
}

/// Where a collection stands, with the kind of its label.
#[must_use]
pub(super) fn state(value: State, words: &StaffWords) -> (&'static str, &str) {
    match value {
        State::Draft => ("wait", &words.state_draft),
        State::Open => ("open", &words.state_open),
        State::Closed => ("", &words.state_closed),
    }
}

/// How many texts nobody has checked.
#[must_use]
pub(super) fn unchecked(standing: Standing, words: &StaffWords) -> String {
    let (n, texts) = (standing.unchecked().to_string(), standing.texts.to_string());
    fill(&words.unchecked_texts, &[("n", &n), ("texts", &texts)])
}

/// How answers come in.
#[must_use]
pub(super) fn mode(value: Mode, words: &StaffWords) -> &str {
    match value {
        Mode::Own => &words.mode_own,
        Mode::Kiosk => &words.mode_kiosk,
        Mode::Assisted => &words.mode_assisted,
        Mode::Paper => &words.mode_paper,
        Mode::Imported => &words.mode_imported,
    }
}

/// How what comes in may be shown.
#[must_use]
pub(super) fn policy(value: Policy, words: &StaffWords) -> &str {
    match value {
        Policy::Rounded => &words.policy_rounded,
        Policy::People => &words.policy_people,
        Policy::Places => &words.policy_places,
        Policy::Spoken => &words.policy_spoken,
        Policy::Ballot => &words.policy_ballot,
        Policy::Private => &words.policy_private,
    }
}

/// Why a collection cannot open, as a sentence.
#[must_use]
pub(super) fn reason(why: NotReady, words: &StaffWords, form: &FormWords) -> String {
    match why {
        NotReady::PolicePresent => words.police_refused.clone(),
        NotReady::NoLanguage => words.why_no_language.clone(),
        NotReady::LanguageIncomplete(lang) => {
            fill(&words.why_language_incomplete, &[("language", lang.name())])
        }
        NotReady::HelpMissing(kind) => {
            fill(&words.why_help_missing, &[("kind", help_name(kind, form))])
        }
        NotReady::AskedByMissing => words.why_asked_by_missing.clone(),
    }
}

/// What is wrong with a pasted line, as a sentence.
#[must_use]
pub(super) fn line_fault(line: usize, fault: &LineFault, words: &StaffWords) -> String {
    let (text, value) = match fault {
        LineFault::Header => (&words.line_header, ""),
        LineFault::Columns => (&words.line_columns, ""),
        LineFault::Zone(zone) => (&words.line_zone, zone.as_str()),
        LineFault::Age(age) => (&words.line_age, age.as_str()),
        LineFault::Gender(gender) => (&words.line_gender, gender.as_str()),
        LineFault::Count(count) => (&words.line_count, count.as_str()),
        LineFault::Twice => (&words.line_twice, ""),
    };
    fill(text, &[("line", &line.to_string()), ("value", value)])
}

/// An act in the log.
#[must_use]
pub(super) fn act(value: Act, words: &StaffWords) -> &str {
    match value {
        Act::MadeDiagnosis => &words.act_diagnosis_made,
        Act::ChangedSettings => &words.act_settings_changed,
        Act::AddedWave => &words.act_wave_added,
        Act::ImportedArea => &words.act_area_imported,
        Act::Prepared => &words.act_collection_prepared,
        Act::ChangedDraft => &words.act_draft_changed,
        Act::Opened => &words.act_collection_opened,
        Act::Unchecked => &words.act_translations_unchecked,
        Act::CheckedTexts => &words.act_texts_checked,
        Act::TookBackText => &words.act_text_taken_back,
        Act::Closed => &words.act_collection_closed,
        Act::Invited => &words.act_invited,
        Act::Joined => &words.act_joined,
        Act::Removed => &words.act_member_removed,
        Act::Reset => &words.act_reset_link_made,
        Act::ReadTexts => &words.act_texts_read,
        Act::Exported => &words.act_answers_exported,
        Act::ExportedTexts => &words.act_answers_and_texts_exported,
        Act::Shown => &words.act_reflection_shown,
        Act::Withheld => &words.act_reflection_withheld,
        Act::TextShown => &words.act_text_shown,
        Act::TextWithheld => &words.act_text_withheld,
        Act::PhotoShown => &words.act_photo_shown,
        Act::PhotoWithheld => &words.act_photo_withheld,
        Act::Released => &words.act_release_made,
        Act::Published => &words.act_release_published,
        Act::WroteReport => &words.act_report_written,
        Act::PinnedReport => &words.act_report_pinned,
        Act::PublishedReport => &words.act_report_published,
        Act::WithdrewReport => &words.act_report_withdrawn,
        Act::WroteFigures => &words.act_figures_written,
        Act::DroppedFigures => &words.act_figures_dropped,
        Act::BeganDraft => &words.act_instrument_begun,
        Act::DiscardedDraft => &words.act_instrument_discarded,
        Act::PublishedInstrument => &words.act_instrument_published,
        Act::AddedWalk => &words.act_walk_added,
        Act::GroupedWalk => &words.act_walk_grouped,
        Act::HungRelease => &words.act_walk_redrawn,
        Act::TypedCard => &words.act_card_typed,
        Act::WroteFinding => &words.act_finding_written,
        Act::TookBackFinding => &words.act_finding_taken_back,
        Act::PrintedSheets => &words.act_sheets_printed,
        Act::SettledSheet => &words.act_sheet_settled,
        Act::CountedSheets => &words.act_sheets_counted,
        Act::AddedDoor => &words.act_door_added,
        Act::ShutDoor => &words.act_door_shut,
        Act::ReopenedDoor => &words.act_door_opened,
        Act::MadeCards => &words.act_cards_made,
        Act::MadePosters => &words.act_posters_made,
        Act::ChangedCeiling => &words.act_ceiling_changed,
        Act::NamedOrganisation => &words.act_organisation_named,
        Act::AskedRows => &words.act_rows_asked,
        Act::ConsentedRows => &words.act_rows_consented,
        Act::RefusedRows => &words.act_rows_refused,
        Act::WithdrewRows => &words.act_rows_withdrawn,
        Act::FetchedRows => &words.act_rows_fetched,
    }
}

/// How many answers, in words.
#[must_use]
pub(super) fn answers(n: u64, words: &StaffWords) -> String {
    let text = if n == 1 { &words.one_answer } else { &words.some_answers };
    fill(text, &[("n", &n.to_string())])
}

/// The field of a sheet that a reason belongs to; the help addresses stand in the settings.
#[must_use]
pub(super) fn reason_field(why: NotReady) -> &'static str {
    match why {
        NotReady::PolicePresent => "presence",
        NotReady::NoLanguage | NotReady::LanguageIncomplete(_) => "languages",
        NotReady::HelpMissing(_) => "",
        NotReady::AskedByMissing => "asked_by",
    }
}
