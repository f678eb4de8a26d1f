//! A text that somebody wrote and a moderator let through. It stands apart from everything else its
//! writer answered, and nothing in it says whose it is.

use super::ids::{CollectionId, TextId};
use super::pin::Pin;

/// A text that was let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetThrough {
    /// Its id: random, and kept nowhere else.
    pub id: TextId,
    /// The collection it was written in; for what groups said, the one they are counted under.
    pub collection: CollectionId,
    /// The question it answers.
    pub question: String,
    /// What was written.
    pub said: String,
}

/// The breakdown in the address of a text: no question can be called so.
const OWN_WORDS: &str = "~words";

impl LetThrough {
    /// The address of this text, for what a group says about it.
    #[must_use]
    pub fn pin(&self, release: i64) -> Pin {
        Pin {
            release,
            collection: self.collection,
            question: self.question.clone(),
            by: OWN_WORDS.to_owned(),
            group: String::new(),
            choice: self.id.to_string(),
        }
    }
}

impl Pin {
    /// Whether it is the address of a text and not of a figure.
    #[must_use]
    pub fn is_of_words(&self) -> bool {
        self.by == OWN_WORDS
    }

    /// Whether it is the address of this text, whichever release it was read beside, and whichever
    /// collection the words of several groups stand under there.
    #[must_use]
    pub fn is_at(&self, text: &LetThrough) -> bool {
        self.is_of_words() && self.question == text.question && self.choice == text.id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_its_address_beside_any_release() {
        let text = LetThrough {
            id: TextId::random(),
            collection: CollectionId::random(),
            question: "q7".to_owned(),
            said: "A bench".to_owned(),
        };
        let pin: Pin = text.pin(3).to_string().parse().unwrap();
        assert!(pin.is_of_words() && pin.is_at(&text));
        assert!(Pin { release: 9, ..pin.clone() }.is_at(&text));
        let other = LetThrough { id: TextId::random(), ..text.clone() };
        assert!(!pin.is_at(&other));
        assert!(!Pin { by: String::new(), ..pin }.is_at(&text));
    }
}
