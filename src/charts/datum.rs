//! One figure of a released table, or a whole line of it, in words: what it is called and what it
//! says. The same words stand in charts.

use super::rows::Words;
use crate::domain::text::Lang;
use crate::release::table::{Nearly, Shape, Table};
use crate::words::{ChartWords, fill};

/// A figure, or a line.
#[derive(Debug, Clone, Copy)]
pub struct Datum<'t> {
    /// The table.
    pub table: &'t Table,
    /// The place of its group.
    pub group: usize,
    /// The place of its choice; none for the whole line.
    pub choice: Option<usize>,
}

impl Datum<'_> {
    /// What it is called: its group or, without one, its question; then its choice. Where its table
    /// stands `alone` in a chart, the question is what the chart asks and is left out.
    #[must_use]
    pub fn name(&self, alone: bool, lang: Lang) -> String {
        let mut parts: Vec<&str> = Vec::new();
        let by = self.table.address().by.is_some();
        if !(alone && (by || self.choice.is_some())) {
            parts.push(self.table.text().get(lang));
        }
        if by && let Some(group) = self.table.groups().get(self.group) {
            parts.push(group.text.get(lang));
        }
        let places = self.table.shape() == Shape::Places;
        let choice = self.choice.filter(|_| !places);
        if let Some(choice) = choice.and_then(|at| self.table.choices().get(at)) {
            parts.push(choice.text.get(lang));
        }
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }

    /// What it says; nothing for a whole line and for what is not shown.
    #[must_use]
    pub fn figure(&self, lang: Lang, words: &ChartWords) -> Option<String> {
        let choice = self.choice?;
        if self.table.withheld().is_some() {
            return None;
        }
        let group = self.table.groups().get(self.group)?;
        match self.table.nearly(self.group, choice) {
            Some(Nearly::All) => return Some(words.nearly_all.clone()),
            Some(Nearly::None) => return Some(words.nearly_none.clone()),
            None => {}
        }
        let cell = *group.cells.get(choice)?;
        let (k, n) = (cell.to_string(), group.base.to_string());
        Some(match self.table.shape() {
            Shape::Places => {
                let tenths = cell.min(100);
                let mean = format!("{}{}{}", tenths / 10, words.decimal, tenths % 10);
                fill(&words.mean, &[("n", &mean)])
            }
            Shape::Groups => fill(&words.in_groups, &[("k", &k), ("n", &n)]),
            Shape::People => fill(&words.count_of, &[("k", &k), ("n", &n)]),
            Shape::Ordered | Shape::Single | Shape::Multiple => {
                let share = self.table.share(self.group, choice)?;
                let exact = self.table.step() <= 1;
                Words::about(&[self.table], lang, words).full(share, cell, group.base, exact)
            }
        })
    }
}
