//! Drafts: looked at whole or broken, changed, and begun.

use super::edit::{self, Edit, Edited, Refusal};
use super::shared::{self, Shared};
use super::{Fault, SHARED, Shelf, embedded, file};
use crate::domain::instrument::Instrument;
use crate::domain::question::Choice;

/// What there is of a draft.
#[derive(Debug, Clone)]
pub struct Look {
    /// The instrument, when nothing is wrong.
    pub whole: Option<Instrument>,
    /// As much of it as can be shown; never to be fielded.
    pub shown: Option<Instrument>,
    /// What is wrong, in the order of the file.
    pub faults: Vec<Fault>,
}

/// A scale that questions can be answered on, by its name.
#[derive(Debug, Clone)]
pub struct ScaleName {
    /// Its id.
    pub id: String,
    /// Its answers.
    pub choices: Vec<Choice>,
}

impl Shelf {
    /// Looks at the draft of the instrument with this slug.
    #[must_use]
    pub fn look(&self, slug: &str, text: &str) -> Look {
        let ours = shared::read(&embedded(SHARED).unwrap_or_default()).0;
        let shared = self.commons();
        let known = |slug: &str| {
            let name = format!("{slug}.toml");
            file::read(&name, &embedded(&name)?, &ours, &|_| None).0
        };
        let name = format!("{slug}.toml");
        let (shown, faults) = file::as_far_as_it_goes(&name, text, &shared, &known);
        let whole = shown.clone().filter(|_| !faults.iter().any(Fault::is_error));
        Look { whole, shown, faults }
    }

    /// Makes some edits to a draft, all or none.
    ///
    /// # Errors
    /// The first edit that cannot be done.
    pub fn edit(&self, text: &str, edits: &[Edit]) -> Result<Edited, Refusal> {
        edit::apply(text, &self.commons_texts(), edits)
    }

    /// The same with every edit that cannot be done, by its number.
    ///
    /// # Errors
    /// All of them.
    pub fn edit_all(&self, text: &str, edits: &[Edit]) -> Result<Edited, Vec<(usize, Refusal)>> {
        edit::all_at_once(text, &self.commons_texts(), edits)
    }

    /// The shared scales.
    #[must_use]
    pub fn scales(&self) -> Vec<ScaleName> {
        let scales = self.commons().scales.into_iter();
        scales.map(|scale| ScaleName { id: scale.id, choices: scale.choices }).collect()
    }

    /// The files of shared scales and blocks; the operator's come before ours.
    fn commons_texts(&self) -> Vec<String> {
        self.shared.iter().cloned().chain(embedded(SHARED)).collect()
    }

    /// All that is shared. The operator's scale or block takes the place of ours.
    fn commons(&self) -> Shared {
        let mut all = Shared::default();
        for text in self.commons_texts() {
            let (shared, _) = shared::read(&text);
            let is_new = |id: &String, known: &[String]| !known.contains(id);
            let known: Vec<String> = all.scales.iter().map(|scale| scale.id.clone()).collect();
            all.scales.extend(shared.scales.into_iter().filter(|scale| is_new(&scale.id, &known)));
            let known: Vec<String> = all.blocks.iter().map(|block| block.id.clone()).collect();
            all.blocks.extend(shared.blocks.into_iter().filter(|block| is_new(&block.id, &known)));
            all.is_broken |= shared.is_broken;
        }
        all
    }
}
