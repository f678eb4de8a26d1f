//! A released table: counts that may be shown, with everything that must be said beside them.
//!
//! Its fields are private and it cannot be deserialised: a table is made by the gate or opened from
//! bytes whose seal the gate itself wrote. The compiler keeps that:
//!
//! ```compile_fail,E0277
//! // A table cannot be read from bytes that the gate did not seal.
//! let table: miradouro::release::Table = serde_json::from_str("{}").unwrap();
//! ```
//!
//! ```compile_fail,E0616
//! // What a table says cannot be changed, nor taken out whole.
//! fn change(table: &mut miradouro::release::Table) {
//!     table.body.groups.clear();
//! }
//! ```

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::collection::{Mode, Origin, Presence, Sampling};
use crate::domain::diagnosis::PopulationSource;
use crate::domain::ids::CollectionId;
use crate::domain::text::Text;

/// One question by at most one variable, safe to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(super) body: Body,
}

/// What a table says. Only the gate can make or change one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) address: Address,
    pub(super) meaning: u32,
    pub(super) scale: Option<String>,
    pub(super) text: Text,
    pub(super) by_text: Option<Text>,
    pub(super) about: About,
    pub(super) shape: Shape,
    pub(super) choices: Vec<Label>,
    pub(super) groups: Vec<Group>,
    pub(super) withheld: Option<Withheld>,
    pub(super) step: u64,
    pub(super) weighted: bool,
    /// How much the weights take from the number of answers, where there are weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) design_effect: Option<f64>,
    /// Of the choice that weights move most, and more than three points: its count without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plain: Option<(usize, u64)>,
    /// By group and choice, where a cell is said in words; empty when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) nearly: Vec<Vec<Option<Nearly>>>,
}

/// A cell of a small group of people that is said in words, because its number would say what each
/// or nobody answered. Its number is not in the table: the cell holds 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nearly {
    /// All of the group, or all but one.
    All,
    /// Nobody, or one.
    None,
}

/// Where a table is found: release, collection, question and breakdown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    /// The number of the release.
    pub release: i64,
    /// The collection; for counts of groups, the first of them.
    pub collection: CollectionId,
    /// The question.
    pub question: String,
    /// The breakdown, or everyone.
    pub by: Option<String>,
}

/// Who was asked, how, by whom: on every chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What the collection is called.
    pub title: String,
    /// The instrument's short name.
    pub instrument: String,
    /// How people were chosen.
    pub sampling: Sampling,
    /// Who asked.
    pub asked_by: String,
    /// Who was in the room.
    pub presence: Presence,
    /// Who brought people in.
    pub recruited_by: String,
    /// Where the answers come from.
    pub origin: Origin,
    /// By which ways they came in, the commonest first; those of fewer than ten people are not named.
    pub modes: Vec<Mode>,
    /// How many came in by those ways, rounded; empty where that may not be said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<(Mode, u64)>,
    /// Where the figures of who lives here come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<PopulationSource>,
    /// The first day.
    pub opened: Option<Date>,
    /// The last day; none while it is open.
    pub closed: Option<Date>,
    /// Where the data come from, for imports.
    pub source: Option<String>,
    /// Answers to the whole collection, rounded like everything else (exact for a small group); 0
    /// while there are too few to say anything, or the collection must close first.
    pub people: u64,
}

/// What the numbers of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One step of a scale each, from low to high.
    Ordered,
    /// One of several choices each.
    Single,
    /// Several choices each: shares do not add up.
    Multiple,
    /// Exact counts of a small group of people, folded to at most three answers.
    People,
    /// Mean ratings (0 to 10) of places: a group is a stop, `base` its raters, and the only cell
    /// its mean in tenths.
    Places,
    /// In how many groups something came up: `base` is the number of groups.
    Groups,
}

/// A choice as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Its code; of answers that are counted together all their codes, joined by `+`.
    pub code: String,
    /// Its words.
    pub text: Text,
    /// Its place on the scale, from 0.
    pub score: Option<f64>,
}

/// The counts of one group, as they may be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The group's code; empty for everyone; of groups counted together all their codes, joined by
    /// `+`.
    pub code: String,
    /// The group's words; empty for everyone.
    pub text: Text,
    /// Groups counted together with this one because each was too small.
    pub with: Vec<Text>,
    /// Valid answers, rounded.
    pub base: u64,
    /// The rounded count of each choice.
    pub cells: Vec<u64>,
    /// Rounded count of don't know, refused and does not apply; not said (0) of small groups of
    /// people and of places.
    pub missing: u64,
    /// Shares of each choice in the whole population, where population counts say them.
    pub reference: Option<Vec<f64>>,
}

/// Why a table is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// Fewer answers than the threshold.
    TooFew {
        /// The threshold.
        needed: u64,
    },
    /// Only one group was left after merging.
    OneGroup,
    /// A reader could have worked out a small count.
    CouldBeWorkedOut,
    /// The collection is still open and its policy shows it only after closing.
    StillOpen,
}

impl Label {
    /// The codes of the answers it counts.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.code.split('+')
    }
}

impl Group {
    /// The codes of the groups it counts.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.code.split('+')
    }
}

impl Table {
    /// Where it is found.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.body.address
    }
    /// The meaning number of the question.
    #[must_use]
    pub const fn meaning(&self) -> u32 {
        self.body.meaning
    }
    /// The shared scale its question is on.
    #[must_use]
    pub fn scale(&self) -> Option<&str> {
        self.body.scale.as_deref()
    }
    /// The question's words.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.body.text
    }
    /// The breakdown's words.
    #[must_use]
    pub const fn by_text(&self) -> Option<&Text> {
        self.body.by_text.as_ref()
    }
    /// Who was asked, how, by whom.
    #[must_use]
    pub const fn about(&self) -> &About {
        &self.body.about
    }
    /// What its numbers are.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.body.shape
    }
    /// The choices, in order.
    #[must_use]
    pub fn choices(&self) -> &[Label] {
        &self.body.choices
    }
    /// The groups; one without a breakdown, none when it is withheld.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.body.groups
    }
    /// Why it is not shown, if it is not.
    #[must_use]
    pub const fn withheld(&self) -> Option<Withheld> {
        self.body.withheld
    }
    /// What counts are rounded to; 1 means they are exact.
    #[must_use]
    pub const fn step(&self) -> u64 {
        self.body.step
    }
    /// Whether its cells are weighted.
    #[must_use]
    pub const fn weighted(&self) -> bool {
        self.body.weighted
    }

    /// By what the number of answers is divided to say how many equally weighted ones they are worth
    /// (Kish: n · Σw² / (Σw)²), in tenths, upwards; 1 without weights.
    #[must_use]
    pub fn design_effect(&self) -> f64 {
        self.body.design_effect.unwrap_or(1.0).max(1.0)
    }

    /// The choice that weights move most among everyone, where they move it by more than three points,
    /// and its share without them: a rounded count over the rounded base.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
    pub fn plain(&self) -> Option<(usize, f64)> {
        let (choice, count) = self.body.plain?;
        let base = self.body.groups.first()?.base;
        (base > 0).then(|| (choice, (count as f64 / base as f64).min(1.0)))
    }

    /// Whether a cell is said in words ("all or nearly all") and drawn without a number; where
    /// one is, draw the `base` of the group as dots of one kind.
    #[must_use]
    pub fn nearly(&self, group: usize, choice: usize) -> Option<Nearly> {
        *self.body.nearly.get(group)?.get(choice)?
    }

    /// The share of a choice in a group, from 0 to 1: the rounded cell over the sum of the group's
    /// rounded cells, or over the rounded base where several may be ticked (`decisions.md` 13).
    /// `None` when there is nothing to divide by, for places, and for cells said in words.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
    pub fn share(&self, group: usize, choice: usize) -> Option<f64> {
        if self.nearly(group, choice).is_some() {
            return None;
        }
        let group = self.body.groups.get(group)?;
        let cell = *group.cells.get(choice)?;
        let whole = match self.body.shape {
            Shape::Ordered | Shape::Single | Shape::People => group.cells.iter().sum(),
            Shape::Multiple | Shape::Groups => group.base,
            Shape::Places => return None,
        };
        (whole > 0).then(|| (cell as f64 / whole as f64).min(1.0))
    }
}

impl Table {
    /// The mean of a group on its question's scale, from 0 to 10, worked out from the rounded cells
    /// alone: Σ score × cell / Σ cell, over the choices that have a score. `None` without scores or
    /// answers, and where a cell is said in words.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
    pub fn mean(&self, group: usize) -> Option<f64> {
        match self.body.shape {
            Shape::Ordered | Shape::People => {}
            Shape::Single | Shape::Multiple | Shape::Places | Shape::Groups => return None,
        }
        let top = self.body.choices.iter().filter_map(|label| label.score).fold(0.0, f64::max);
        let cells = &self.body.groups.get(group)?.cells;
        let (mut sum, mut whole) = (0.0, 0.0);
        for (at, (label, cell)) in self.body.choices.iter().zip(cells).enumerate() {
            if self.nearly(group, at).is_some() {
                return None;
            }
            if let Some(score) = label.score {
                sum += score * *cell as f64;
                whole += *cell as f64;
            }
        }
        (whole > 0.0 && top > 0.0).then(|| 10.0 * sum / whole / top)
    }

    /// The mean of a choice's shares over all groups, each group counting the same however many
    /// are in it; `None` for a table without groups, or where a share is not shown.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "there are few groups")]
    pub fn equal_weight(&self, choice: usize) -> Option<f64> {
        self.body.address.by.as_ref()?;
        let groups = self.body.groups.len();
        let shares = (0..groups).map(|group| self.share(group, choice)).sum::<Option<f64>>()?;
        (groups > 0).then(|| shares / groups as f64)
    }
}

/// What a table for tests says.
#[cfg(test)]
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) text: Text,
    pub(crate) by: Option<Text>,
    pub(crate) about: About,
    pub(crate) shape: Shape,
    pub(crate) choices: Vec<Label>,
    pub(crate) groups: Vec<Group>,
    pub(crate) withheld: Option<Withheld>,
    pub(crate) step: u64,
    pub(crate) nearly: Vec<Vec<Option<Nearly>>>,
}

/// A table for tests of what is made from tables.
#[cfg(test)]
pub(crate) fn sample(sample: Sample) -> Table {
    let address = Address {
        release: 3,
        collection: CollectionId(uuid::Uuid::nil()),
        question: "q".to_owned(),
        by: sample.by.as_ref().map(|_| "by".to_owned()),
    };
    Table {
        body: Body {
            address,
            meaning: 1,
            scale: None,
            text: sample.text,
            by_text: sample.by,
            about: sample.about,
            shape: sample.shape,
            choices: sample.choices,
            groups: sample.groups,
            withheld: sample.withheld,
            step: sample.step,
            weighted: false,
            design_effect: None,
            plain: None,
            nearly: sample.nearly,
        },
    }
}
