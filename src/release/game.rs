//! The statement game: how many of each group of players stepped over the line. Once, after closing.
//!
//! Those who played saw it; those who read it did not. So a group of fewer than five is counted with
//! the others, and where all or nobody of a group (or all but one, or one) stepped over, that is said
//! in words and the number is not in the table.

use std::collections::BTreeMap;

use super::draft::{Desk, joined, made};
use super::people::{in_words, stays};
use super::policy::{self, FEW_PEOPLE};
use super::table::{Body, Group, Label, Shape, Withheld};
use super::{Basis, Made};
use crate::analysis::GameTally;
use crate::domain::collection::State;
use crate::domain::instrument::Merge;
use crate::domain::question::{self, Kind, Question};

/// A table for every count of the game, by the groups that played.
pub(super) fn counts(desk: &Desk<'_>) -> Vec<Made> {
    let table = |game: &GameTally| {
        let question = desk.question(&game.question)?;
        let by = Some(game.sizes_of.as_str());
        if let Some(earlier) = desk.earlier(&question.id, by).filter(|earlier| stays(earlier)) {
            return Some(Made::copied(earlier));
        }
        let body = counted(desk, question, game);
        let body = body.unwrap_or_else(|why| desk.withheld(question, by, why));
        let groups: BTreeMap<String, u64> =
            game.groups.iter().cloned().zip(game.sizes.iter().copied()).collect();
        Some(made(body, Basis { base: game.sizes.iter().sum(), groups }))
    };
    desk.input.games.iter().filter_map(table).collect()
}

fn counted(desk: &Desk<'_>, question: &Question, game: &GameTally) -> Result<Body, Withheld> {
    match desk.input.collection.state {
        State::Draft | State::Open => return Err(Withheld::StillOpen),
        State::Closed => {}
    }
    let Kind::Counts { statements, groups, .. } = &question.kind else {
        return Err(Withheld::CouldBeWorkedOut);
    };
    if game.sizes.iter().sum::<u64>() < FEW_PEOPLE || game.statements.is_empty() {
        return Err(Withheld::TooFew { needed: FEW_PEOPLE });
    }
    let playing: Vec<usize> = (0..game.sizes.len()).filter(|at| game.sizes[*at] > 0).collect();
    let sizes: Vec<u64> = playing.iter().map(|at| game.sizes[*at]).collect();
    let mut shown = Vec::new();
    let mut nearly = Vec::new();
    for part in policy::merged(&sizes, Merge::Other, FEW_PEOPLE) {
        let part: Vec<usize> = part.into_iter().map(|at| playing[at]).collect();
        let base: u64 = part.iter().map(|at| game.sizes[*at]).sum();
        let over = |at: usize| part.iter().map(|group| game.counts[*group][at]).sum::<u64>();
        let cells = (0..game.statements.len()).map(|at| over(at).min(base)).collect();
        let (cells, words) = in_words(cells, base);
        let named = |at: &usize| groups.iter().find(|group| group.code == game.groups[*at]);
        let mut texts = part.iter().filter_map(named).map(|group| group.text.clone());
        shown.push(Group {
            code: joined(part.iter().map(|at| game.groups[*at].as_str())),
            text: texts.next().unwrap_or_default(),
            with: texts.collect(),
            base,
            cells,
            missing: 0,
            reference: None,
        });
        nearly.push(words);
    }
    let label = |code: &String| {
        let found: Option<&question::Label> = statements.iter().find(|one| one.code == *code);
        Label {
            code: code.clone(),
            text: found.map(|one| one.text.clone()).unwrap_or_default(),
            score: None,
        }
    };
    Ok(Body {
        shape: Shape::Multiple,
        choices: game.statements.iter().map(label).collect(),
        groups: shown,
        nearly,
        ..desk.body(question, Some(&game.sizes_of))
    })
}
