//! A pin: the address of one figure in a released table, or of a whole line of it. A reflection
//! that is pinned stays with its figure when the chart is drawn again from a newer release.

use std::fmt;
use std::str::FromStr;

use super::ids::CollectionId;

/// Where one figure stands: release, collection, question, breakdown, group and choice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pin {
    /// The release it was read in.
    pub release: i64,
    /// The collection.
    pub collection: CollectionId,
    /// The question.
    pub question: String,
    /// The breakdown; empty for everyone.
    pub by: String,
    /// The code of the group; empty for everyone.
    pub group: String,
    /// The code of the choice; empty for the whole line.
    pub choice: String,
}

/// The longest code in an address.
const LONGEST: usize = 200;

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { release, collection, question, by, group, choice } = self;
        write!(f, "{release}/{collection}/{question}/{by}/{group}/{choice}")
    }
}

/// What is no address of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no address of a figure")]
pub struct NoPin;

impl FromStr for Pin {
    type Err = NoPin;

    fn from_str(text: &str) -> Result<Self, NoPin> {
        let parts: Vec<&str> = text.split('/').collect();
        let [release, collection, question, by, group, choice] = parts[..] else {
            return Err(NoPin);
        };
        let sound = |code: &str| code.len() <= LONGEST && !code.contains(char::is_control);
        if question.is_empty() || ![question, by, group, choice].into_iter().all(sound) {
            return Err(NoPin);
        }
        Ok(Self {
            release: release.parse().map_err(|_no_number| NoPin)?,
            collection: collection.parse().map_err(|_no_id| NoPin)?,
            question: question.to_owned(),
            by: by.to_owned(),
            group: group.to_owned(),
            choice: choice.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_back_as_it_was_written() {
        let pin = Pin {
            release: 3,
            collection: CollectionId::random(),
            question: "f2".to_owned(),
            by: String::new(),
            group: String::new(),
            choice: "unsafe+very_unsafe".to_owned(),
        };
        assert_eq!(pin.to_string().parse(), Ok(pin.clone()));
        let street = Pin { by: "place".to_owned(), group: "kade".to_owned(), ..pin };
        assert_eq!(street.to_string().parse(), Ok(street));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let id = CollectionId::random();
        let long = "x".repeat(201);
        let wrong = [
            String::new(),
            "3".to_owned(),
            format!("three/{id}/f2///a"),
            "3/none/f2///a".to_owned(),
            format!("3/{id}////a"),
            format!("3/{id}/f2///a/b"),
            format!("3/{id}/f2///\u{1b}"),
            format!("3/{id}/f2///{long}"),
        ];
        for text in wrong {
            assert_eq!(text.parse::<Pin>(), Err(NoPin), "{text:?}");
        }
    }
}
