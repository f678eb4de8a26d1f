//! Which fields a form may bring: those of its questions, and a few that the form itself carries.
//! Whatever else comes was not asked by any page of ours.

use super::answer::AS_IS;
use super::instrument::Instrument;
use super::question::{Kind, Question};

/// What a form carries beside its questions: its id, its buttons, the screen it was on, a one-time
/// code, what a correction replaces.
const OF_THE_FORM: [&str; 7] = ["_id", "_lang", "_add", "_at", "_code", "_mend", AS_IS];
/// What it carries about a question: how often a group was shown, and whether photos are clear.
const ABOUT_A_QUESTION: [&str; 2] = ["_times.", "_clear."];

impl Instrument {
    /// Whether every field is one of this instrument or of the form around it.
    ///
    /// A form brings its fields in the order of its questions, so each is looked for from where the
    /// last was found.
    #[must_use]
    pub fn asks_for(&self, fields: &[(String, String)]) -> bool {
        let questions: Vec<&Question> = self.questions().collect();
        let mut last = 0;
        fields.iter().all(|(name, _)| {
            if OF_THE_FORM.contains(&name.as_str()) {
                return true;
            }
            let about = ABOUT_A_QUESTION.iter().find_map(|before| name.strip_prefix(before));
            let field = about.unwrap_or(name);
            let (before, after) = questions.split_at(last);
            let found = after.iter().chain(before).position(|question| has(question, field));
            if let Some(steps) = found {
                last = (last + steps) % questions.len();
            }
            found.is_some() || about.is_some_and(|group| self.is_group(group))
        })
    }

    fn is_group(&self, id: &str) -> bool {
        self.group().is_some_and(|group| group.id == id)
    }
}

/// Whether a question is answered in this field.
fn has(question: &Question, field: &str) -> bool {
    let Some(rest) = field.strip_prefix(question.id.as_str()) else { return false };
    match (&question.kind, rest.strip_prefix('.')) {
        (Kind::Rank { places, .. }, Some(place)) => {
            place.parse().is_ok_and(|place: usize| (1..=*places).contains(&place))
        }
        (Kind::Counts { statements, groups, .. }, Some(cell)) => {
            cell.split_once('.').is_some_and(|(statement, group)| {
                statements.iter().any(|label| label.code == statement)
                    && groups.iter().any(|label| label.code == group)
            })
        }
        (Kind::Group { questions, max }, Some(inside)) => {
            inside.split_once('.').is_some_and(|(number, field)| {
                let rows = questions.iter().flat_map(Question::rows);
                number.parse().is_ok_and(|number: usize| number < *max)
                    && rows.into_iter().any(|question| has(question, field))
            })
        }
        (
            Kind::Rank { .. }
            | Kind::Counts { .. }
            | Kind::Group { .. }
            // A grid is answered row by row, and words and weights not at all.
            | Kind::Grid { .. }
            | Kind::Info { .. }
            | Kind::Weight,
            _,
        ) => false,
        (
            Kind::Single { .. }
            | Kind::Multiple { .. }
            | Kind::Scale { .. }
            | Kind::Faces { .. }
            | Kind::Number { .. }
            | Kind::Text { .. }
            | Kind::Zone
            | Kind::Place
            | Kind::Photo { .. }
            | Kind::Consent
            | Kind::AgeGate,
            _,
        ) => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::question::{Choice, Label};
    use crate::domain::text::Text;

    fn question(id: &str, kind: Kind) -> Question {
        Question {
            id: id.to_owned(),
            meaning: 1,
            same_as: None,
            text: Text::default(),
            hint: None,
            kind,
            sensitive: false,
            fold: None,
            show_if: None,
        }
    }

    #[test]
    fn every_field_a_question_has_and_no_other() {
        let label = |code: &str| Label { code: code.to_owned(), text: Text::default() };
        let choices: Vec<Choice> = Vec::new();
        let photo = question("photo", Kind::Photo { max: 2 });
        let row = question("row", Kind::Single { choices: choices.clone(), shuffle: false });
        let grid = question("grid", Kind::Grid { questions: vec![row], shuffle: false });
        let stop = question("stop", Kind::Group { questions: vec![photo, grid], max: 3 });
        let rank = question("rank", Kind::Rank { choices, places: 2, shuffle: false });
        let (statements, groups) = (vec![label("s1")], vec![label("young")]);
        let counts = question("n", Kind::Counts { statements, groups, max: 9 });
        let all = [stop, rank, counts, question("words", Kind::Weight)];
        let is_field = |name: &str| all.iter().any(|question| has(question, name));
        for name in ["stop.0.photo", "stop.2.row", "rank.1", "rank.2", "n.s1.young"] {
            assert!(is_field(name), "{name}");
        }
        let none = [
            "stop",
            "stop.",
            "stop.3.photo",
            "stop.-1.row",
            "stop.0.grid",
            "stop.0",
            "stop.0.row.x",
            "rank",
            "rank.0",
            "rank.3",
            "rank.x",
            "n",
            "n.s1",
            "n.s2.young",
            "n.s1.young.x",
            "nn",
            "words",
            "",
            "_id",
            "row",
        ];
        for name in none {
            assert!(!is_field(name), "{name}");
        }
    }
}
