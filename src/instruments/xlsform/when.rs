//! When a line of a form is asked: its own `relevant` and those of the groups around it.

use super::columns::Line;
use super::parts::What;
use super::rules::{self, Held};
use super::walk::Walk;
use super::xpath::Expr;
use crate::domain::condition::{Condition, Rule};

impl<'a> Walk<'a> {
    /// What a line's own `relevant` becomes; `None` when it is always or could not be read.
    pub(super) fn held(&mut self, line: Line<'a>) -> Option<Held> {
        let written = line.get("relevant")?;
        let held = Expr::read(written).and_then(|expr| rules::rule(&expr, &self.earlier));
        match held {
            Ok(held) => Some(held),
            Err(why) => {
                self.say(line, "relevant", format!("{why}; so this is always asked"));
                None
            }
        }
    }

    /// Whether a line and all that it stands in can ever be asked.
    pub(super) fn is_never(&mut self, line: Line<'a>) -> bool {
        let own = line.get("relevant").and_then(|written| Expr::read(written).ok());
        let own = own.and_then(|expr| rules::rule(&expr, &self.earlier).ok());
        own == Some(Held::Never) || self.open.iter().any(|open| open.held == Held::Never)
    }

    /// The rule of a line: that of the groups it stands in and its own.
    pub(super) fn show_if(&mut self, line: Line<'a>) -> Option<Condition> {
        let above = self.above();
        if let Some(rule) = unchanged(line) {
            return match above {
                Held::When(above) => {
                    self.parsed(line, &format!("({}) and ({rule})", rules::text(&above)))
                }
                Held::Always | Held::Never => Some(rule),
            };
        }
        let own = self.held(line).unwrap_or(Held::Always);
        match Held::all(vec![above, own]) {
            Held::When(rule) => self.parsed(line, &rules::text(&rule)),
            Held::Always | Held::Never => None,
        }
    }

    /// The rules of the groups around a line, up to a repeat or a grid, which has its own.
    pub(super) fn above(&self) -> Held {
        let around = self.open.iter().rev();
        let around = around.take_while(|open| matches!(open.what, What::Group { .. }));
        let mut all: Vec<Held> = around.map(|open| open.held.clone()).collect();
        all.reverse();
        Held::all(all)
    }

    pub(super) fn parsed(&mut self, line: Line<'a>, rule: &str) -> Option<Condition> {
        match rule.parse() {
            Ok(rule) => Some(rule),
            Err(fault) => {
                self.say(line, "relevant", format!("{}; so this is always asked", fault.why));
                None
            }
        }
    }

    /// A rule of one comparison.
    pub(super) fn simple(rule: &Rule) -> Option<Condition> {
        rules::text(rule).parse().ok()
    }
}

/// The rule of an exported question, while nobody changed what it became.
fn unchanged(line: Line<'_>) -> Option<Condition> {
    let is_same = line.get("relevant") == line.get("miradouro_relevant");
    line.get("miradouro_show_if").filter(|_| is_same)?.parse().ok()
}
