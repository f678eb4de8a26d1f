//! Where something stands in a file: `section.0.question.2.choices.1`.
//!
//! A path is made of keys and places in lists. It is good for one version of the text only, which
//! is why every save names the version it was based on.

use std::fmt;
use std::str::FromStr;

use toml_edit::Item;

use super::Refusal;

/// The most steps of a path: a text of a choice of a question in a group has eight.
const DEEPEST: usize = 16;

/// Where something stands in a file. The empty path is the file itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Step {
    /// Into a table.
    Key(String),
    /// Into a list.
    Place(usize),
}

impl Path {
    /// The same with a key behind it.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        Self(steps)
    }

    /// The same with a place in a list behind it.
    #[must_use]
    pub fn place(&self, place: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Place(place));
        Self(steps)
    }

    /// The same with another path behind it.
    #[must_use]
    pub fn join(&self, rest: &Self) -> Self {
        Self(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// The list something stands in, the list's key, and the place in it.
    #[must_use]
    pub fn in_list(&self) -> Option<(Self, &str, usize)> {
        let (last, list) = self.0.split_last()?;
        let (Step::Place(place), Some(Step::Key(key))) = (last, list.last()) else { return None };
        Some((Self(list.to_vec()), key, *place))
    }

    /// The table something stands in, and its key there.
    pub(super) fn in_table(&self) -> Option<(Self, &str)> {
        let (last, table) = self.0.split_last()?;
        let Step::Key(key) = last else { return None };
        Some((Self(table.to_vec()), key))
    }

    /// The question or section a part belongs to; the path itself when it is one.
    #[must_use]
    pub fn card(&self) -> Self {
        let is_card = |step: &Step| matches!(step, Step::Key(key) if CARDS.contains(&key.as_str()));
        let end = self.0.iter().rposition(is_card).map_or(0, |at| at + 2);
        Self(self.0.iter().take(end).cloned().collect())
    }

    /// Whether it leads on from another path.
    pub(super) fn is_below(&self, other: &Self) -> bool {
        self.0.len() > other.0.len() && self.0.starts_with(&other.0)
    }

    /// Whether it is the file itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands here.
    pub(super) fn item<'a>(&self, root: &'a Item) -> Option<&'a Item> {
        self.0.iter().try_fold(root, |item, step| match step {
            Step::Key(key) => item.get(key.as_str()),
            Step::Place(place) => item.get(*place),
        })
    }

    /// What stands here, to change it.
    pub(super) fn item_mut<'a>(&self, root: &'a mut Item) -> Result<&'a mut Item, Refusal> {
        // Asking a table for a key it lacks would plant an empty one, so we look first.
        if self.item(root).is_none() {
            return Err(Refusal::Gone);
        }
        let found = self.0.iter().try_fold(root, |item, step| match step {
            Step::Key(key) => item.get_mut(key.as_str()),
            Step::Place(place) => item.get_mut(*place),
        });
        found.ok_or(Refusal::Gone)
    }
}

/// The lists whose members have a card of their own.
const CARDS: [&str; 7] = ["section", "question", "scale", "breakdown", "index", "chart", "station"];

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::Place(place) => write!(f, "{place}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
        let steps = text.split('.').map(|step| {
            if !step.is_empty() && step.len() < 20 && step.chars().all(is_word) {
                return Ok(Step::Key(step.to_owned()));
            }
            step.parse().map(Step::Place).map_err(|_no_place| Refusal::Gone)
        });
        let steps: Vec<Step> = steps.collect::<Result<_, _>>()?;
        if steps.len() > DEEPEST { Err(Refusal::Gone) } else { Ok(Self(steps)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_it_is_written() {
        for text in ["", "title", "section.0.question.2.choices.1.text"] {
            assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        }
        for text in [".", "a..b", "Section", "a.-1", "a.99999999999999999999", "a.b c"] {
            assert!(text.parse::<Path>().is_err(), "{text}");
        }
        assert!(["a"; 17].join(".").parse::<Path>().is_err());
    }

    #[test]
    fn the_card_of_a_part_is_its_question() {
        let card = |text: &str| text.parse::<Path>().unwrap().card().to_string();
        assert_eq!(card("section.0.question.2.choices.1.text"), "section.0.question.2");
        assert_eq!(card("section.0.question.2.question.1"), "section.0.question.2.question.1");
        assert_eq!(card("section.3.title"), "section.3");
        assert_eq!(card("intro"), "");
    }
}
