//! `Rounded`: questionnaires. Every count is rounded, small groups are merged, and each table is
//! laid before the attacker together with all that is or was published of its question.

use super::attacker::breaches;
use super::draft::{Counts, Desk, basis, counts, made, reference};
use super::policy::{self, Parts};
use super::round::{BASE, Cell, MISSING, STEP};
use super::table::{Body, Group, Shape, Withheld};
use super::{Earlier, Made};
use crate::analysis::Tally;
use crate::domain::instrument::Merge;
use crate::domain::question::Question;

/// The tables of every question.
pub(super) fn tables(desk: &Desk<'_>) -> Vec<Made> {
    let tallies = desk.input.tallies;
    let mut made = Vec::new();
    for everyone in tallies.iter().filter(|tally| tally.by.is_none()) {
        let Some(question) = desk.question(&everyone.question) else { continue };
        let of = |tally: &&Tally| tally.by.is_some() && tally.question == everyone.question;
        let mut study = Study::new(desk, question, everyone);
        made.push(study.everyone());
        made.extend(tallies.iter().filter(of).map(|tally| study.breakdown(tally)));
    }
    made
}

/// One question on its way through the gate.
struct Study<'a> {
    desk: &'a Desk<'a>,
    question: &'a Question,
    everyone: &'a Tally,
    /// Whether the table of everyone is new; without that no breakdown is.
    fresh: Option<Fresh>,
    /// What a reader has or will have of this question.
    known: Vec<Body>,
}

/// How a new table of everyone came out.
struct Fresh {
    cells: Vec<Vec<usize>>,
    withheld: Option<Withheld>,
}

impl<'a> Study<'a> {
    fn new(desk: &'a Desk<'a>, question: &'a Question, everyone: &'a Tally) -> Self {
        let of = |earlier: &&Earlier| earlier.table.address().question == question.id;
        let shown = desk.input.earlier.iter().filter(of).map(|earlier| &earlier.table.body);
        let known = shown.filter(|body| body.step == STEP && body.withheld.is_none()).cloned();
        Self { desk, question, everyone, fresh: None, known: known.collect() }
    }

    fn base(&self) -> u64 {
        self.everyone.groups.iter().map(|group| group.base).sum()
    }

    /// The table of everyone: renewed, copied or withheld.
    fn everyone(&mut self) -> Made {
        let earlier = self.desk.earlier(&self.question.id, None);
        if let Some(earlier) = earlier.filter(|earlier| !self.may_renew(earlier)) {
            return Made::copied(earlier);
        }
        let body = match (self.totals(), earlier) {
            (Ok((cells, body)), _) => {
                self.fresh = Some(Fresh { cells, withheld: None });
                self.known.push(body.clone());
                body
            }
            (Err(_), Some(earlier)) if earlier.table.withheld().is_none() => {
                return Made::copied(earlier);
            }
            (Err(why), _) => {
                self.fresh = Some(Fresh { cells: Vec::new(), withheld: Some(why) });
                self.desk.withheld(self.question, None, why)
            }
        };
        made(body, basis(self.everyone, self.everyone))
    }

    /// Whether enough is new; what was shown of a few people is never followed by a second table.
    fn may_renew(&self, earlier: &Earlier) -> bool {
        let of_people = earlier.table.withheld().is_none() && earlier.table.step() != STEP;
        !of_people && earlier.is_due(self.base())
    }

    /// The finest table of everyone that the attacker cannot undo, and how its answers fold.
    fn totals(&self) -> Result<(Vec<Vec<usize>>, Body), Withheld> {
        let needed = policy::floor(self.question);
        if self.base() < needed {
            return Err(Withheld::TooFew { needed });
        }
        let foldings = policy::foldings(self.question, &self.everyone.codes);
        let drafts = foldings.into_iter().map(|cells| {
            let mut body = self.draft(self.everyone, &vec![vec![0]], &cells);
            let reference = reference(self.desk.input, self.question, &body);
            body.groups.iter_mut().for_each(|group| group.reference.clone_from(&reference));
            (cells, body)
        });
        let mut safe = drafts.filter(|(_, body)| self.attack(body).is_empty());
        safe.next().ok_or(Withheld::CouldBeWorkedOut)
    }

    /// The table by one variable: renewed, copied or withheld.
    fn breakdown(&mut self, tally: &Tally) -> Made {
        let by = tally.by.as_deref();
        let earlier = self.desk.earlier(&self.question.id, by);
        let renewed = match (&self.fresh, earlier) {
            (None, Some(earlier)) => return Made::copied(earlier),
            (None, None) => Err(Withheld::CouldBeWorkedOut),
            (Some(fresh), _) => self.groups(tally, fresh),
        };
        let shown = earlier.filter(|earlier| earlier.table.withheld().is_none());
        let body = match (renewed, shown) {
            (Ok(body), Some(earlier)) if !grew_enough(tally, earlier, &body) => {
                return Made::copied(earlier);
            }
            (Err(_), Some(earlier)) => return Made::copied(earlier),
            (Ok(body), _) => {
                self.known.push(body.clone());
                body
            }
            (Err(why), None) => self.desk.withheld(self.question, by, why),
        };
        made(body, basis(self.everyone, tally))
    }

    /// Merges groups until each is large enough and nothing can be worked out.
    fn groups(&self, tally: &Tally, fresh: &Fresh) -> Result<Body, Withheld> {
        let needed = policy::BREAKDOWNS_FROM.max(policy::floor(self.question));
        if let Some(why) = fresh.withheld {
            return Err(why);
        }
        if self.base() < needed {
            return Err(Withheld::TooFew { needed });
        }
        let merge = self.merge(tally).ok_or(Withheld::CouldBeWorkedOut)?;
        let bases: Vec<u64> = tally.groups.iter().map(|group| group.base).collect();
        let floor = policy::floor(self.question);
        let mut parts = policy::merged(&bases, merge, floor);
        parts.retain(|part| part.iter().map(|at| bases[*at]).sum::<u64>() >= floor);
        let mut why = Withheld::OneGroup;
        while parts.len() > 1 {
            let body = self.draft(tally, &parts, &fresh.cells);
            let Some(at) = self.too_clear(tally, &parts, &fresh.cells, &body, &bases) else {
                return Ok(body);
            };
            policy::merge_at(&mut parts, &bases, merge, at);
            why = Withheld::CouldBeWorkedOut;
        }
        Err(why)
    }

    fn merge(&self, tally: &Tally) -> Option<Merge> {
        let breakdown = self.desk.input.instrument.breakdown(tally.by.as_deref()?)?;
        Some(breakdown.merge)
    }

    /// The group that must be merged further, if one must.
    fn too_clear(
        &self,
        tally: &Tally,
        parts: &Parts,
        cells: &[Vec<usize>],
        body: &Body,
        bases: &[u64],
    ) -> Option<usize> {
        let one_answer = (0..parts.len()).find(|at| {
            self.question.sensitive
                && says_of_all(&counts(tally, &parts[*at], cells), &body.groups[*at], body.shape)
        });
        one_answer.or_else(|| {
            let found = self.attack(body);
            let here = found.iter().filter(|breach| breach.table == self.known.len());
            let group = here.filter_map(|breach| breach.group).next();
            group.or_else(|| policy::smallest(parts, bases).filter(|_| !found.is_empty()))
        })
    }

    /// What can be worked out once this table is published beside all others of its question.
    fn attack(&self, body: &Body) -> Vec<super::attacker::Breach> {
        let tables: Vec<&Body> = self.known.iter().chain([body]).collect();
        breaches(&tables, policy::floor(self.question))
    }

    /// A table of these groups and answers, every count rounded.
    fn draft(&self, tally: &Tally, parts: &Parts, cells: &[Vec<usize>]) -> Body {
        let by = tally.by.as_deref();
        let mut body = self.desk.body(self.question, by);
        body.step = STEP;
        body.weighted = tally.groups.iter().any(|group| group.weighted.is_some());
        body.choices = self.desk.choices(self.question, &tally.codes, cells);
        for part in parts {
            let mut group = self.desk.group(tally, part);
            let exact = counts(tally, part, cells);
            let code = group.code.clone();
            let round = |answer: &str, count| {
                let cell = Cell { question: &self.question.id, answer, by, group: &code };
                self.desk.rounding.round(cell, count)
            };
            group.base = round(BASE, exact.base);
            group.missing = round(MISSING, exact.missing);
            let labelled = body.choices.iter().zip(&exact.cells);
            group.cells = labelled.map(|(label, count)| round(&label.code, *count)).collect();
            body.groups.push(group);
        }
        body
    }
}

/// Whether a group is shown as being of one mind, or nobody in it gave some answer. A choice of
/// several that nobody ticked is common and says little: its zero stands for 0 to 4.
fn says_of_all(exact: &Counts, shown: &Group, shape: Shape) -> bool {
    let all = exact.cells.contains(&exact.base) || shown.cells.iter().any(|c| *c >= shown.base);
    let none = exact.cells.contains(&0);
    match shape {
        Shape::Ordered | Shape::Single | Shape::People => all || none,
        Shape::Multiple | Shape::Places | Shape::Groups => all,
    }
}

/// Whether every group that could be laid beside an earlier one has nobody new or at least five.
/// Groups that are merged differently now are laid side by side as far as they overlap.
fn grew_enough(tally: &Tally, earlier: &Earlier, body: &Body) -> bool {
    let now = |code: &str| {
        let group = tally.groups.iter().find(|group| group.group == code);
        group.map_or(0, |group| group.base)
    };
    let before = |code: &str| earlier.basis.groups.get(code).copied().unwrap_or(0);
    let groups = earlier.table.groups().iter().chain(&body.groups);
    let mut bundles: Vec<Vec<&str>> = Vec::new();
    for group in groups {
        let mut bundle: Vec<&str> = group.codes().collect();
        let touches = |other: &Vec<&str>| other.iter().any(|code| bundle.contains(code));
        let (touching, apart): (Vec<_>, Vec<_>) = bundles.into_iter().partition(touches);
        bundle.extend(touching.into_iter().flatten());
        bundle.sort_unstable();
        bundle.dedup();
        bundles = apart;
        bundles.push(bundle);
    }
    bundles.iter().all(|bundle| {
        let (new, old) =
            bundle.iter().fold((0, 0), |(new, old), code| (new + now(code), old + before(code)));
        new == old || new >= old + policy::NEW_IN_GROUP
    })
}
