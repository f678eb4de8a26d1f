//! The statement game: counts of people, as whoever led it wrote them down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::answer::{Answer, Answers};
use crate::domain::instrument::Instrument;
use crate::domain::question::{Kind, Label, Question};

/// One count of a game over all its sheets. Never shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GameTally {
    /// The question.
    pub question: String,
    /// The question that says how many play.
    pub sizes_of: String,
    /// The groups of players.
    pub groups: Vec<String>,
    /// How many of each group play.
    pub sizes: Vec<u64>,
    /// The statements that were played in every game.
    pub statements: Vec<String>,
    /// By group and statement, how many stepped over the line.
    pub counts: Vec<Vec<u64>>,
}

type Counts = BTreeMap<String, BTreeMap<String, u32>>;

/// Every count of a game over its sheets: the question with a single statement says how many play;
/// a sheet without that is left out, and so is a statement that was not played in every game.
#[must_use]
pub fn game(instrument: &Instrument, sheets: &[Answers]) -> Vec<GameTally> {
    let counts: Vec<(&Question, &[Label], &[Label])> = instrument
        .questions()
        .filter_map(|question| match &question.kind {
            Kind::Counts { statements, groups, .. } => {
                Some((question, statements.as_slice(), groups.as_slice()))
            }
            Kind::Single { .. }
            | Kind::Multiple { .. }
            | Kind::Scale { .. }
            | Kind::Faces { .. }
            | Kind::Grid { .. }
            | Kind::Number { .. }
            | Kind::Text { .. }
            | Kind::Zone
            | Kind::Place
            | Kind::Photo { .. }
            | Kind::Group { .. }
            | Kind::Rank { .. }
            | Kind::Consent
            | Kind::AgeGate
            | Kind::Info { .. }
            | Kind::Weight => None,
        })
        .collect();
    let Some((sizes, plays)) =
        counts.iter().find_map(|(question, statements, _)| match statements {
            [plays] => Some((*question, plays)),
            [] | [_, _, ..] => None,
        })
    else {
        return Vec::new();
    };
    let played: Vec<&Answers> =
        sheets.iter().filter(|sheet| of(sheet, &sizes.id).is_some()).collect();
    let others = counts.iter().filter(|(question, ..)| question.id != sizes.id);
    let tally = |(question, statements, groups): &(&Question, &[Label], &[Label])| {
        let in_all = |statement: &&Label| {
            !played.is_empty()
                && played.iter().all(|sheet| {
                    of(sheet, &question.id).is_some_and(|all| all.contains_key(&statement.code))
                })
        };
        let statements: Vec<&Label> = statements.iter().filter(in_all).collect();
        let sum = |question: &str, statement: &str, group: &str| -> u64 {
            let count = |sheet: &&Answers| {
                let count = of(sheet, question)?.get(statement)?.get(group)?;
                Some(u64::from(*count))
            };
            played.iter().filter_map(count).sum()
        };
        let over = |group: &Label| {
            statements.iter().map(|one| sum(&question.id, &one.code, &group.code)).collect()
        };
        GameTally {
            question: question.id.clone(),
            sizes_of: sizes.id.clone(),
            groups: groups.iter().map(|group| group.code.clone()).collect(),
            sizes: groups.iter().map(|group| sum(&sizes.id, &plays.code, &group.code)).collect(),
            statements: statements.iter().map(|one| one.code.clone()).collect(),
            counts: groups.iter().map(over).collect(),
        }
    };
    others.map(tally).collect()
}

fn of<'s>(sheet: &'s Answers, question: &str) -> Option<&'s Counts> {
    match sheet.0.get(question)? {
        Answer::Counts(counts) => Some(counts),
        Answer::Skipped
        | Answer::Code(_)
        | Answer::Number(_)
        | Answer::Codes(_)
        | Answer::Group(_) => None,
    }
}
