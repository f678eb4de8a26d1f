//! Whether the parts of an instrument suit its kind: who may be shown what, and who must be told
//! where help is.

use super::lint::Notes;
use super::roll::Roll;
use super::table::{Placed, Table};
use crate::domain::instrument::{Policy, Sensitivity, Sheet};
use crate::domain::question::{Kind, Measure};

/// The most answers that need no fold where people are shown as dots.
const UNFOLDED: usize = 3;

/// The only policy of a kind of sheet: another one would show more than was promised.
pub(super) const fn policy_of(sheet: Sheet) -> (Policy, &'static str) {
    match sheet {
        Sheet::Questionnaire => (Policy::Rounded, "a questionnaire has policy rounded"),
        Sheet::WalkSheet => (Policy::Places, "a walk sheet has policy places"),
        Sheet::NoteSheet => (Policy::Spoken, "a note sheet has policy spoken"),
        Sheet::Feedback => (Policy::People, "feedback has policy people"),
        Sheet::MapSheet => (Policy::Places, "a map sheet has policy places"),
        Sheet::Game => (Policy::Spoken, "a game has policy spoken"),
        Sheet::Ballot => (Policy::Ballot, "a ballot has policy ballot"),
        Sheet::SignUp => (Policy::Private, "a sign-up has policy private"),
    }
}

/// Notes what does not suit.
pub(super) fn check(
    root: &Table<'_>,
    roll: &Roll<'_>,
    sheet: Option<&Placed<Sheet>>,
    policy: Option<&Placed<Policy>>,
    sensitivity: Option<&Placed<Sensitivity>>,
    notes: &mut Notes,
) {
    if let Some(sheet) = sheet {
        let (wanted, sentence) = policy_of(sheet.value);
        if let Some(policy) = policy.filter(|policy| policy.value != wanted) {
            notes.error(&policy.at, sentence);
        }
        groups(roll, sheet, notes);
        names_help(root, sheet.value, notes);
    }
    let is_low = |level: &&Placed<Sensitivity>| level.value == Sensitivity::Low;
    let first = roll.places.iter().find(|place| place.asked.question.sensitive);
    if let (Some(low), Some(first)) = (sensitivity.filter(is_low), first) {
        let id = &first.asked.question.id;
        notes.error(&low.at, format!("sensitivity is low, and {id} is sensitive"));
    }
    if policy.is_some_and(|policy| policy.value == Policy::People) {
        folded(roll, notes);
    }
    for extra in roll.of_kind(|kind| matches!(kind, Kind::Weight)).iter().skip(1) {
        notes.error(&extra.at, "an instrument has one weight");
    }
}

/// A walk has stops and a sitting may have notes; nothing else repeats, and only one thing does.
fn groups(roll: &Roll<'_>, sheet: &Placed<Sheet>, notes: &mut Notes) {
    let groups = roll.of_kind(|kind| matches!(kind, Kind::Group { .. }));
    for extra in groups.iter().skip(1) {
        notes.error(&extra.at, "an instrument has one group");
    }
    match sheet.value {
        Sheet::WalkSheet | Sheet::MapSheet => {
            let is_group = |kind: &Kind| matches!(kind, Kind::Group { .. });
            let any = roll.places.iter().any(|place| is_group(&place.asked.question.kind));
            if !any {
                notes.error(
                    &sheet.at,
                    "a walk sheet needs a group for its stops, a map for its marks",
                );
            }
        }
        Sheet::NoteSheet => {}
        Sheet::Questionnaire | Sheet::Feedback | Sheet::Game | Sheet::Ballot | Sheet::SignUp => {
            for group in groups {
                notes
                    .error(&group.at, "only a walk sheet, a map sheet or a note sheet has a group");
            }
        }
    }
}

/// Whoever is asked alone must be told where help is.
fn names_help(root: &Table<'_>, sheet: Sheet, notes: &mut Notes) {
    let is_asked_alone = matches!(sheet, Sheet::Questionnaire | Sheet::Feedback | Sheet::MapSheet);
    if is_asked_alone && root.is_empty_list("help") {
        notes.error(
            &root.place("help"),
            "whoever answers must be told where help is: help is empty",
        );
    }
}

/// What is shown as people is shown in three answers.
fn folded(roll: &Roll<'_>, notes: &mut Notes) {
    let choice = roll.of_kind(|kind| matches!(kind.measure(), Measure::One | Measure::Steps));
    for asked in choice {
        let question = &asked.question;
        let answers = question.choices().iter().filter(|choice| !choice.missing).count();
        if answers > UNFOLDED && question.fold.is_none() && !question.sensitive {
            let sentence = format!("{} is shown as people, so it needs a fold", question.id);
            notes.error(&asked.at, sentence);
        }
    }
}
