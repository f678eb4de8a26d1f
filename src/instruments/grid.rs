//! A grid in a file: several questions on one scale, written as rows.
//!
//! What stands on the grid holds for every row: its scale, its fold, `sensitive` and `show_if`. So
//! a row is a whole question, and nothing that counts or draws need know that it was one.

use super::choice::{self, Use};
use super::lint::Notes;
use super::question::{Answers, Asked, Context, Read};
use super::table::Table;
use crate::domain::condition::Condition;
use crate::domain::question::{Kind, Question};

/// The most rows: longer than this nobody rates with care.
const ROWS: usize = 20;

impl Context<'_> {
    /// Reads a grid.
    pub(super) fn grid(&self, table: &mut Table<'_>, notes: &mut Notes) -> Read {
        let shuffle = table.flag("shuffle", notes);
        let fold_at = table.place("fold");
        let fold = choice::fold(table, notes);
        let found = self.answers(table, Use::Steps, notes);
        let at = table.place("rows");
        let listed = table.tables("rows", "row", notes);
        let listed = table.need("rows", listed, notes).unwrap_or_default();
        let Some(Answers { scale, choices, .. }) = found else { return Read::default() };
        let kind = Kind::Scale { scale, choices };
        let row = |table| self.asked(table, Some((&kind, fold.as_ref())), notes);
        let inner: Vec<Asked> = listed.into_iter().filter_map(row).collect();
        if !(2..=ROWS).contains(&inner.len()) && table.has("rows") {
            notes.error(&at, format!("{} should have 2 to {ROWS} rows", table.what));
        }
        if let Some(first) = inner.first() {
            choice::folds(&first.question, &fold_at, notes);
        }
        let questions = inner.iter().map(|asked| asked.question.clone()).collect();
        Read { kind: Some(Kind::Grid { questions, shuffle }), inner, ..Read::default() }
    }
}

/// A grid whose rows know what holds for all of them; any other question as it is.
pub(super) fn settled(mut question: Question) -> Question {
    let (rule, sensitive) = (question.show_if.clone(), question.sensitive);
    if let Kind::Grid { questions, .. } = &mut question.kind {
        for row in questions {
            row.sensitive |= sensitive;
            row.show_if = match (&rule, row.show_if.take()) {
                (Some(all), Some(own)) => Some(Condition::both(all, &own)),
                (all, own) => own.or_else(|| all.clone()),
            };
        }
    }
    question
}
