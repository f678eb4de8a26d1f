//! Two waves on one line: whether they may stand there, and whether something changed.
//!
//! A line joins two waves only where the same was asked, people were drawn at random both times, most
//! answered in the same way, and both times fifty and more did. Otherwise it breaks, with the reason.
//! A change is told when the interval of the difference leaves out nought: the arms of both shares'
//! own intervals, put together as squares (Newcombe 1998, method 10). Those know of the weights and of
//! the rounding, and stay honest where nobody or everybody gave an answer. Of many comparisons on a
//! page only those stand that Benjamini and Hochberg's procedure leaves at 5 %.

use super::table::Table;
use crate::analysis::stats::dist::{Z, normal_p};
use crate::analysis::stats::multiple::benjamini_hochberg;
use crate::domain::collection::Sampling;
use crate::domain::line::Join;

/// The fewest answers of either wave.
pub const LINE_FROM: u64 = 50;
/// The share of arrows on a page that may be there by chance.
const LEVEL: f64 = 0.05;

/// Why a line breaks between two waves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Another question was asked, or on another scale.
    Question,
    /// One of them is not shown.
    Withheld,
    /// People were chosen in another way.
    Sampling,
    /// People were not drawn at random, so nothing says how far chance goes.
    NotRandom,
    /// Most answered in another way.
    Mode,
    /// Too few answered.
    Few,
}

/// What became of a share between two waves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is larger.
    More,
    /// It is smaller.
    Less,
    /// Chance or rounding could be all of it.
    NoClear,
    /// The line breaks.
    Broken(Break),
}

/// A share of the same answers in two waves.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The table of the earlier wave.
    pub before: &'a Table,
    /// The table of the later wave.
    pub after: &'a Table,
    /// Whether the two questions stand on one line.
    pub join: Join,
    /// The answers that are looked at: the places of their choices in either table.
    pub choices: (&'a [usize], &'a [usize]),
}

/// What became of every share of a page, looked at together.
#[must_use]
pub fn changes(pairs: &[Pair<'_>]) -> Vec<Change> {
    let looked: Vec<Result<f64, Break>> = pairs.iter().map(difference).collect();
    let p: Vec<Option<f64>> = looked.iter().flatten().map(|z| normal_p(*z)).collect();
    let stands = |p: Option<f64>| p.is_some_and(|p| p <= LEVEL);
    let mut stands = benjamini_hochberg(&p).into_iter().map(stands);
    let change = |one: &Result<f64, Break>| match one {
        Err(reason) => Change::Broken(*reason),
        Ok(z) => match (stands.next().unwrap_or(false), *z > 0.0) {
            (false, _) => Change::NoClear,
            (true, true) => Change::More,
            (true, false) => Change::Less,
        },
    };
    looked.iter().map(change).collect()
}

/// How many standard errors the difference is, with its sign.
fn difference(pair: &Pair<'_>) -> Result<f64, Break> {
    let (before, after) = (pair.before, pair.after);
    if pair.join == Join::No {
        return Err(Break::Question);
    }
    if before.withheld().or(after.withheld()).is_some() {
        return Err(Break::Withheld);
    }
    let (then, now) = (before.about(), after.about());
    if then.sampling != now.sampling {
        return Err(Break::Sampling);
    }
    match now.sampling {
        Sampling::Random => {}
        Sampling::EveryoneInvited | Sampling::Picked | Sampling::SelfSelected => {
            return Err(Break::NotRandom);
        }
    }
    if then.modes.first() != now.modes.first() {
        return Err(Break::Mode);
    }
    let (one, two) = (Share::of(before, pair.choices.0), Share::of(after, pair.choices.1));
    let (Some(one), Some(two)) = (one, two) else { return Err(Break::Question) };
    if one.base.min(two.base) < LINE_FROM {
        return Err(Break::Few);
    }
    let gap = two.share - one.share;
    let arms = if gap > 0.0 { (two.down, one.up) } else { (two.up, one.down) };
    let error = f64::hypot(arms.0, arms.1) / Z;
    Ok(gap / error.max(f64::MIN_POSITIVE))
}

/// A share among everyone, how many answered, and how far its interval reaches to either side.
struct Share {
    share: f64,
    base: u64,
    down: f64,
    up: f64,
}

impl Share {
    fn of(table: &Table, choices: &[usize]) -> Option<Self> {
        let base = table.groups().first()?.base;
        let share = table.together(0, choices)?;
        let (low, high) = table.interval(0, choices)?;
        Some(Self { share, base, down: share - low, up: high - share })
    }
}

#[cfg(test)]
use crate::release::table::Sample;

#[cfg(test)]
/// A scale of two steps with these counts, of people drawn at random who answered alone.
pub(super) fn sample_of(cells: &[u64], change: impl Fn(&mut Sample)) -> Table {
    use crate::domain::collection::{Mode, Origin, Presence};
    use crate::domain::text::Text;
    use crate::release::table::{About, Group, Label, Shape, sample};
    let label = |code: &str| Label { code: code.to_owned(), text: Text::name(code), score: None };
    let mut one = Sample {
        text: Text::name("q"),
        by: None,
        about: About {
            title: "x".to_owned(),
            instrument: "x".to_owned(),
            sampling: Sampling::Random,
            asked_by: String::new(),
            presence: Presence::Nobody,
            recruited_by: String::new(),
            origin: Origin::Asked,
            modes: vec![Mode::Own, Mode::Paper],
            ways: Vec::new(),
            population: None,
            opened: None,
            closed: None,
            source: None,
            people: 0,
        },
        shape: Shape::Ordered,
        choices: vec![label("no"), label("yes")],
        groups: vec![Group {
            code: String::new(),
            text: Text::default(),
            with: Vec::new(),
            base: cells.iter().sum(),
            cells: cells.to_vec(),
            missing: 0,
            reference: None,
        }],
        withheld: None,
        step: 5,
        nearly: Vec::new(),
    };
    change(&mut one);
    sample(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::collection::Mode;
    use crate::release::table::Withheld;

    fn table(cells: [u64; 2], change: impl Fn(&mut Sample)) -> Table {
        sample_of(&cells, change)
    }

    fn change(before: &Table, after: &Table, join: Join) -> Change {
        changes(&[Pair { before, after, join, choices: (&[1], &[1]) }])[0]
    }

    #[test]
    fn a_large_difference_is_told_and_a_small_one_is_not() {
        let random = |cells| table(cells, |_| {});
        let (less, same, more) = (random([300, 200]), random([290, 210]), random([200, 300]));
        assert_eq!(change(&less, &more, Join::Same), Change::More);
        assert_eq!(change(&more, &less, Join::OtherMethod), Change::Less);
        assert_eq!(change(&less, &same, Join::Same), Change::NoClear);
        // Ten points of two hundred clear chance alone, and not chance and rounding together.
        let (few, many) = (random([120, 80]), random([100, 100]));
        assert_eq!(change(&few, &many, Join::Same), Change::NoClear);
        let exact = |cells| table(cells, |one| one.step = 1);
        let (few, many) = (exact([120, 80]), exact([100, 100]));
        assert_eq!(change(&few, &many, Join::Same), Change::More);
        // Nobody and three of a hundred: a share of nought is not known better than others.
        let (nobody, some) = (exact([100, 0]), exact([97, 3]));
        assert_eq!(change(&nobody, &some, Join::Same), Change::NoClear);
    }

    #[test]
    fn a_line_breaks_with_its_reason() {
        let random = |cells| table(cells, |_| {});
        let (before, after) = (random([300, 200]), random([200, 300]));
        let broken = |reason| Change::Broken(reason);
        assert_eq!(change(&before, &after, Join::No), broken(Break::Question));
        let chose = |one: &mut Sample| one.about.sampling = Sampling::SelfSelected;
        let open = table([200, 300], chose);
        assert_eq!(change(&before, &open, Join::Same), broken(Break::Sampling));
        assert_eq!(change(&table([300, 200], chose), &open, Join::Same), broken(Break::NotRandom));
        let helped = table([200, 300], |one| one.about.modes = vec![Mode::Assisted, Mode::Own]);
        assert_eq!(change(&before, &helped, Join::Same), broken(Break::Mode));
        let few = random([25, 20]);
        assert_eq!(change(&few, &after, Join::Same), broken(Break::Few));
        let hidden = table([0, 0], |one| {
            one.groups.clear();
            one.withheld = Some(Withheld::CouldBeWorkedOut);
        });
        assert_eq!(change(&before, &hidden, Join::Same), broken(Break::Withheld));
    }

    #[test]
    fn one_arrow_of_many_by_chance_does_not_stand() {
        let random = |cells| table(cells, |_| {});
        let (before, after) = (random([5000, 5000]), random([4840, 5160]));
        let pair = Pair { before: &before, after: &after, join: Join::Same, choices: (&[1], &[1]) };
        let nothing = Pair { after: &before, ..pair };
        assert_eq!(changes(&[pair]), [Change::More]);
        let mut many = vec![nothing; 19];
        many.push(pair);
        assert!(changes(&many).iter().all(|change| *change == Change::NoClear));
    }
}
