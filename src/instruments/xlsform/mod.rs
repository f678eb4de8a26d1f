//! XLSForm, the spreadsheet other survey programs speak: out of an instrument and into a draft.
//!
//! | file | does |
//! |---|---|
//! | `guard`, `book` | a file that could harm is refused; sheets are read cell by cell |
//! | `columns`, `types`, `spoken`, `ids` | what a form writes in many ways, once |
//! | `xpath`, `rules`, `limits` | its expressions as our rules and limits |
//! | `head`, `lists`, `scope` | what holds for the whole, its choices, what was asked so far |
//! | `walk`, `parts`, `when`, `ask`, `offer`, `number` | its lines as sections and questions |
//! | `report`, `import` | the draft, and what did not come along |
//! | `paths`, `export`, `paper` | the other way |

mod ask;
mod book;
mod columns;
mod export;
mod guard;
mod head;
mod ids;
mod import;
mod limits;
mod lists;
mod number;
mod offer;
mod paper;
mod parts;
mod paths;
mod report;
mod rules;
mod scope;
mod spoken;
#[cfg(test)]
mod tests;
mod types;
mod walk;
mod when;
mod xpath;

pub use export::export;
pub use guard::{FILE, weighed};
pub use import::{Imported, import};
pub use report::LeftOut;

/// Why a file was not taken: a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(crate) String);

impl Refused {
    fn of(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}
