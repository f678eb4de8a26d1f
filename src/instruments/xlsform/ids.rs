//! Names of a form as our ids and codes: small letters, digits and underlines, none twice.

use std::collections::BTreeSet;

use crate::instruments::table::{is_code, is_id};

/// The most characters of an id.
const LONGEST: usize = 60;

/// The ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// An id of its own for a question or a section, as near to its name as can be.
    pub(super) fn id(&mut self, name: &str) -> String {
        let is_word = |id: &str| matches!(id, "and" | "or" | "not" | "in");
        if is_id(name) && !is_word(name) {
            return self.own(name);
        }
        let mut id = tidied(name);
        if is_word(&id) || !id.starts_with(|c: char| c.is_ascii_lowercase()) {
            id = format!("q_{id}");
        }
        self.own(id.trim_end_matches('_'))
    }

    /// A code of its own for a choice.
    pub(super) fn code(&mut self, name: &str) -> String {
        if is_code(name) {
            return self.own(name);
        }
        let code = tidied(name);
        self.own(if code.is_empty() { "c" } else { &code })
    }

    fn own(&mut self, wish: &str) -> String {
        let mut name = wish.to_owned();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{wish}_{number}");
            number += 1;
        }
        name
    }
}

fn tidied(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = name.chars().take(LONGEST).map(fits).collect();
    name.trim_start_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids_and_stay_apart() {
        let mut ids = Ids::default();
        let names = ["Q-1", "q_1", "1a", "_x", "été", "or", "état 2", "", "a_", "B_"];
        let ids: Vec<String> = names.iter().map(|name| ids.id(name)).collect();
        assert_eq!(ids, ["q_1", "q_1_2", "q_1a", "x", "t", "q_or", "tat_2", "q", "a_", "b"]);
        let mut codes = Ids::default();
        assert_eq!(codes.code("-1"), "1");
        assert_eq!(codes.code("1"), "1_2");
        assert_eq!(codes.code("不"), "c");
    }
}
