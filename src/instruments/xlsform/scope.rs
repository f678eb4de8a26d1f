//! What was asked so far, for the rules that come after.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::rules::{Known, Scope, Takes};
use super::xpath::Expr;

/// What a rule sees of an earlier question.
#[derive(Debug)]
struct Seen {
    id: String,
    takes: Takes,
    codes: Rc<Vec<(String, String)>>,
    /// Whether it stands in a repeat.
    is_inside: bool,
}

/// Everything asked so far.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    seen: BTreeMap<String, Seen>,
    calculations: BTreeMap<String, Expr>,
    /// Questions a rule cannot look at, and why.
    apart: BTreeMap<String, &'static str>,
    /// Every name in the form, also of what comes later.
    names: BTreeSet<String>,
    /// Whether a repeat is open.
    pub(super) is_inside: bool,
}

impl Earlier {
    /// Nothing asked yet of a form with these names.
    pub(super) fn new(names: BTreeSet<String>) -> Self {
        Self { names, ..Self::default() }
    }

    /// From now on rules can look at this question.
    pub(super) fn see(
        &mut self,
        name: &str,
        id: &str,
        takes: Takes,
        codes: &Rc<Vec<(String, String)>>,
    ) {
        let (id, codes) = (id.to_owned(), Rc::clone(codes));
        let seen = Seen { id, takes, codes, is_inside: self.is_inside };
        self.seen.entry(name.to_owned()).or_insert(seen);
    }

    /// Rules can never look at this one.
    pub(super) fn apart(&mut self, name: &str, why: &'static str) {
        self.apart.insert(name.to_owned(), why);
    }

    /// What a calculation works out.
    pub(super) fn work_out(&mut self, name: &str, expr: Expr) {
        self.calculations.insert(name.to_owned(), expr);
    }
}

impl Scope for Earlier {
    fn question(&self, name: &str) -> Result<Known<'_>, String> {
        let Some(seen) = self.seen.get(name) else {
            return Err(match self.apart.get(name) {
                Some(why) => format!("{name} {why}"),
                None if self.names.contains(name) => {
                    format!("{name} comes later or did not come along")
                }
                None => format!("there is no question {name}"),
            });
        };
        if seen.is_inside && !self.is_inside {
            return Err(format!("{name} stands inside a repeat"));
        }
        Ok(Known { id: &seen.id, takes: seen.takes, codes: &seen.codes })
    }

    fn calculation(&self, name: &str) -> Option<&Expr> {
        self.calculations.get(name)
    }
}
