//! What the editor calls things. Every match names every variant.

use crate::domain::instrument::{ChartKind, Sheet};
use crate::instruments::edit::{List, Plan, Refusal};
use crate::words::{EditorWords, fill};

/// A list of a question, and what a new member is called.
#[must_use]
pub(super) fn list(list: List, words: &EditorWords) -> (&str, &str) {
    match list {
        List::Choices => (&words.answers, &words.new_answer),
        List::Rows => (&words.rows, &words.new_row),
        List::Bands => (&words.bands, &words.new_band),
        List::Statements => (&words.statements, &words.new_statement),
        List::Groups => (&words.groups, &words.new_group),
    }
}

/// What is shown of questions.
#[must_use]
pub(super) fn plan(plan: Plan, words: &EditorWords) -> &str {
    match plan {
        Plan::Breakdown => &words.breakdown,
        Plan::Index => &words.index,
        Plan::Chart => &words.chart,
        Plan::Station => &words.station,
    }
}

/// How a chart is drawn, by its word in files.
#[must_use]
pub(super) fn drawn(words: &EditorWords) -> [(String, String); 16] {
    let kinds = [
        ChartKind::Diverging,
        ChartKind::SortedBars,
        ChartKind::PeopleDots,
        ChartKind::Population,
        ChartKind::Interval,
        ChartKind::Dumbbell,
        ChartKind::Change,
        ChartKind::HeatTable,
        ChartKind::Lollipop,
        ChartKind::Waves,
        ChartKind::SmallMultiples,
        ChartKind::PlaceMarks,
        ChartKind::Hexagons,
        ChartKind::Themes,
        ChartKind::TwoSides,
        ChartKind::Ballot,
    ];
    kinds.map(|kind| {
        let (word, label) = match kind {
            ChartKind::Diverging => ("diverging", &words.drawn_diverging),
            ChartKind::SortedBars => ("sorted_bars", &words.drawn_bars),
            ChartKind::PeopleDots => ("people_dots", &words.drawn_dots),
            ChartKind::Population => ("population", &words.drawn_population),
            ChartKind::Interval => ("interval", &words.drawn_interval),
            ChartKind::Dumbbell => ("dumbbell", &words.drawn_dumbbell),
            ChartKind::Change => ("change", &words.drawn_change),
            ChartKind::HeatTable => ("heat_table", &words.drawn_heat),
            ChartKind::Lollipop => ("lollipop", &words.drawn_lollipop),
            ChartKind::Waves => ("waves", &words.drawn_waves),
            ChartKind::SmallMultiples => ("small_multiples", &words.drawn_multiples),
            ChartKind::PlaceMarks => ("place_marks", &words.drawn_marks),
            ChartKind::Hexagons => ("hexagons", &words.drawn_hexagons),
            ChartKind::Themes => ("themes", &words.drawn_themes),
            ChartKind::TwoSides => ("two_sides", &words.drawn_sides),
            ChartKind::Ballot => ("ballot", &words.drawn_ballot),
        };
        (word.to_owned(), label.clone())
    })
}

/// The sheets one can begin.
pub(super) const SHEETS: [Sheet; 8] = [
    Sheet::Questionnaire,
    Sheet::Feedback,
    Sheet::WalkSheet,
    Sheet::NoteSheet,
    Sheet::MapSheet,
    Sheet::Game,
    Sheet::Ballot,
    Sheet::SignUp,
];

/// Why something could not be done.
#[must_use]
pub(super) fn refusal(why: &Refusal, words: &EditorWords) -> String {
    match why {
        Refusal::Unreadable => words.refused_unreadable.clone(),
        Refusal::Gone => words.refused_gone.clone(),
        Refusal::Edge => words.refused_edge.clone(),
        Refusal::Unseen => words.refused_unseen.clone(),
        Refusal::Long => words.refused_long.clone(),
        Refusal::Large => words.refused_large.clone(),
        Refusal::NoNumber(typed) => fill(&words.refused_number, &[("value", typed)]),
        Refusal::NoWord(typed) => fill(&words.refused_word, &[("value", typed)]),
        Refusal::Taken(typed) => fill(&words.refused_taken, &[("value", typed)]),
        Refusal::LastLanguage => words.refused_language.clone(),
    }
}
