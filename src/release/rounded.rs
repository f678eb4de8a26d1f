//! `Rounded`: questionnaires. Every count is rounded, small groups are merged, and each table is
//! laid before the attacker together with all that is or was published of its question.

use std::sync::atomic::Ordering;

use super::attacker::{Breach, Seen, breaches};
use super::draft::{Desk, basis, counts, made, people, reference, weights};
use super::policy::{self, Parts};
use super::round::{BASE, Cell, MISSING, PLAIN, STEP};
use super::table::{Body, Group, Shape, Withheld};
use super::{Earlier, Made};
use crate::analysis::Tally;
use crate::domain::instrument::Merge;
use crate::domain::question::Question;

/// By more than so many points of a hundred weights must move a share for it to be told beside.
const MOVED: u64 = 3;

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
        desk.input.done.fetch_add(1, Ordering::Relaxed);
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
        let needed = self.floor(None);
        if self.base() < needed {
            return Err(Withheld::TooFew { needed });
        }
        if !is_carried(self.everyone, &[0], needed) {
            return Err(Withheld::CouldBeWorkedOut);
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
        if let (None, Some(earlier)) = (&self.fresh, earlier) {
            return Made::copied(earlier);
        }
        let shown = earlier.filter(|earlier| earlier.table.withheld().is_none());
        let body = match (self.by_groups(tally, shown), shown) {
            (Ok(body), _) => {
                self.known.push(body.clone());
                body
            }
            (Err(_), Some(earlier)) => return Made::copied(earlier),
            (Err(why), None) => self.desk.withheld(self.question, by, why),
        };
        made(body, basis(self.everyone, tally))
    }

    /// A new table by one variable, if there may be one.
    fn by_groups(&self, tally: &Tally, shown: Option<&Earlier>) -> Result<Body, Withheld> {
        let needed = policy::BREAKDOWNS_FROM.max(self.floor(tally.by.as_deref()));
        let fresh = self.fresh.as_ref().ok_or(Withheld::CouldBeWorkedOut)?;
        match fresh.withheld {
            Some(why) => Err(why),
            None if self.base() < needed => Err(Withheld::TooFew { needed }),
            None => {
                let bases: Vec<u64> = tally.groups.iter().map(|group| group.base).collect();
                let merge = self.merge(tally).ok_or(Withheld::CouldBeWorkedOut)?;
                let division = Division { tally, bases, merge, cells: &fresh.cells };
                match shown {
                    Some(earlier) => self.divided_as(&division, earlier),
                    None => self.divided(&division).or_else(|why| self.in_three(&division, why)),
                }
            }
        }
    }

    /// Merges groups until each is large enough and nothing can be worked out.
    fn divided(&self, division: &Division<'_>) -> Result<Body, Withheld> {
        let floor = self.floor(division.tally.by.as_deref());
        let mut parts = policy::merged(&division.bases, division.merge, floor);
        let mut why = Withheld::OneGroup;
        while parts.len() > 1 {
            let body = self.draft(division.tally, &parts, division.cells);
            let Some(at) = self.too_clear(division, &parts, &body) else {
                return Ok(body);
            };
            policy::merge_at(&mut parts, &division.bases, division.merge, at);
            why = Withheld::CouldBeWorkedOut;
        }
        Err(why)
    }

    /// The same with the answers counted together in three: what differs between groups is then seen
    /// still, where five answers would let a small number be worked out.
    fn in_three(&self, division: &Division<'_>, why: Withheld) -> Result<Body, Withheld> {
        let three = policy::in_three(self.question, &division.tally.codes, division.cells);
        let cells = three.filter(|_| why == Withheld::CouldBeWorkedOut).ok_or(why)?;
        let bases = division.bases.clone();
        self.divided(&Division { bases, cells: &cells, ..*division }).map_err(|_same| why)
    }

    /// Keeps the groups of the earlier table, or splits them where each part is large enough by
    /// now: groups that were put together differently could be subtracted from each other.
    fn divided_as(&self, division: &Division<'_>, earlier: &Earlier) -> Result<Body, Withheld> {
        let old = division.parts_of(earlier).ok_or(Withheld::CouldBeWorkedOut)?;
        if !division.grew_enough(&old, earlier) {
            return Err(Withheld::CouldBeWorkedOut);
        }
        let split = division.split(&old, self.floor(division.tally.by.as_deref()));
        let drafts = [split, old].into_iter().map(|parts| {
            let body = self.draft(division.tally, &parts, division.cells);
            (self.too_clear(division, &parts, &body).is_none(), body)
        });
        let mut safe = drafts.filter(|(safe, _)| *safe).map(|(_, body)| body);
        safe.next().ok_or(Withheld::CouldBeWorkedOut)
    }

    fn merge(&self, tally: &Tally) -> Option<Merge> {
        let breakdown = self.desk.input.instrument.breakdown(tally.by.as_deref()?)?;
        Some(breakdown.merge)
    }

    /// The smallest base of a table of this question, and of each of its groups.
    fn floor(&self, by: Option<&str>) -> u64 {
        policy::floor(self.question, by.and_then(|by| self.desk.question(by)))
    }

    /// Whether a table is about what can hurt: what is asked, or what its groups are made by.
    fn is_sensitive(&self, by: Option<&str>) -> bool {
        let by = by.and_then(|by| self.desk.question(by));
        self.question.sensitive || by.is_some_and(|by| by.sensitive)
    }

    /// The group that must be merged further, if one must. Whether a group is of one mind is read
    /// off the rounded numbers alone: a rule about the exact ones would tell a reader what it hides.
    fn too_clear(&self, division: &Division<'_>, parts: &Parts, body: &Body) -> Option<usize> {
        let by = division.tally.by.as_deref();
        let floor = self.floor(by);
        let lopsided = |at: &usize| !is_carried(division.tally, &parts[*at], floor);
        let of_one_mind = |at: &usize| says_of_all(&body.groups[*at], body.shape);
        let sensitive = (0..parts.len()).filter(|_| self.is_sensitive(by));
        (0..parts.len()).find(lopsided).or_else(|| sensitive.into_iter().find(of_one_mind)).or_else(
            || {
                let found = self.attack(body);
                let mut here = found.iter().filter(|breach| breach.table == self.known.len());
                let group = here.find_map(|breach| breach.group);
                let smallest = policy::smallest(parts, &division.bases);
                group.or_else(|| smallest.filter(|_| !found.is_empty()))
            },
        )
    }

    /// Of everyone who answered the question, in tenths, upwards.
    fn design_effect(&self) -> Option<f64> {
        let effective = weights(self.everyone, &[0])?.effective()?;
        Some((people(self.base()) / effective * 10.0).ceil() / 10.0)
    }

    /// What can be worked out once this table is published beside all others of its question.
    fn attack(&self, body: &Body) -> Vec<Breach> {
        let seen = |body| Study::seen(self, body);
        let tables: Vec<Seen<'_>> = self.known.iter().chain([body]).map(seen).collect();
        breaches(&tables)
    }

    fn seen<'b>(&self, body: &'b Body) -> Seen<'b> {
        let floor = self.floor(body.address.by.as_deref());
        let ticks = policy::most_ticks(self.question);
        Seen { body, floor, ticks, overlapping: false }
    }

    /// A table of these groups and answers, every count rounded.
    fn draft(&self, tally: &Tally, parts: &Parts, cells: &[Vec<usize>]) -> Body {
        let by = tally.by.as_deref();
        let mut body = self.desk.body(self.question, by);
        body.step = STEP;
        body.weighted = tally.groups.iter().any(|group| group.weighted.is_some());
        body.design_effect = self.design_effect();
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
        body.plain = self.plain(&body, tally, cells);
        body
    }

    /// The choice that weights move most, with its own count rounded by a key of its own: only among
    /// everyone, and only where both printed shares are more than three points apart.
    fn plain(&self, body: &Body, tally: &Tally, cells: &[Vec<usize>]) -> Option<(usize, u64)> {
        let ([group], [everyone], None) = (&body.groups[..], &tally.groups[..], &tally.by) else {
            return None;
        };
        let round = |(choice, places): (usize, &Vec<usize>)| {
            let count = places.iter().map(|at| everyone.counts[*at]).sum();
            let answer = format!("{PLAIN}{}", body.choices.get(choice)?.code);
            let cell = Cell { question: &self.question.id, answer: &answer, by: None, group: "" };
            Some((choice, self.desk.rounding.round(cell, count)))
        };
        let apart = |(choice, count): &(usize, u64)| group.cells[*choice].abs_diff(*count);
        let plain = cells.iter().enumerate().filter_map(round).max_by_key(apart)?;
        (body.weighted && apart(&plain) * 100 > group.base * MOVED).then_some(plain)
    }
}

/// Whether a group may be read as being of one mind: some answer is shown as nobody's (that stands
/// for 0 to 4 and is all there is to see when everybody said something else), or as everybody's. A
/// choice of several that nobody ticked is common and says little.
fn says_of_all(shown: &Group, shape: Shape) -> bool {
    let all = shown.cells.iter().any(|cell| *cell >= shown.base);
    let none = shown.cells.contains(&0);
    match shape {
        Shape::Ordered | Shape::Single | Shape::People => all || none,
        Shape::Multiple | Shape::Places | Shape::Groups => all,
    }
}

/// Whether a weighted group stands on enough answers: worth as many equally weighted ones as a group
/// needs, and none of them with so much of the weight that the share is one person's answer. Without
/// weights every answer counts the same.
fn is_carried(tally: &Tally, part: &[usize], floor: u64) -> bool {
    let Some(weights) = weights(tally, part) else { return true };
    let (effective, heaviest) = (weights.effective(), weights.heaviest());
    effective.is_some_and(|effective| effective >= people(floor))
        && heaviest.is_some_and(|heaviest| heaviest <= policy::HEAVIEST)
}

/// The groups of a breakdown, about to be put together.
struct Division<'a> {
    tally: &'a Tally,
    bases: Vec<u64>,
    merge: Merge,
    cells: &'a [Vec<usize>],
}

impl Division<'_> {
    /// How an earlier table put the groups together; none if it does not have them all.
    fn parts_of(&self, earlier: &Earlier) -> Option<Parts> {
        let place = |code: &str| self.tally.groups.iter().position(|group| group.group == code);
        let groups = earlier.table.groups().iter();
        let parts: Option<Parts> = groups.map(|group| group.codes().map(place).collect()).collect();
        parts.filter(|parts| parts.iter().map(Vec::len).sum::<usize>() == self.bases.len())
    }

    /// Whether every group has nobody new or at least five.
    fn grew_enough(&self, parts: &Parts, earlier: &Earlier) -> bool {
        let before = |at: &usize| {
            let known = earlier.basis.groups.get(&self.tally.groups[*at].group);
            known.copied().unwrap_or(0)
        };
        parts.iter().all(|part| {
            let now: u64 = part.iter().map(|at| self.bases[*at]).sum();
            let then: u64 = part.iter().map(before).sum();
            now == then || now >= then + policy::NEW_IN_GROUP
        })
    }

    /// The same groups, each split into as many as are large enough.
    fn split(&self, parts: &Parts, floor: u64) -> Parts {
        let split = parts.iter().flat_map(|part| {
            let bases: Vec<u64> = part.iter().map(|at| self.bases[*at]).collect();
            let inner = policy::merged(&bases, self.merge, floor);
            inner.into_iter().map(|inner| inner.into_iter().map(|at| part[at]).collect())
        });
        split.collect()
    }
}
