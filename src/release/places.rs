//! `Places` and `Spoken`: what is said of places and in how many groups something came up.
//!
//! A rating is of a street and not of a person, so a mean is shown with the number of its raters
//! from one on (one rater is one observation). How a place feels to somebody is about that
//! somebody: such questions go the way of small groups of people.

use super::draft::{Desk, made};
use super::policy::{self, FEW_PEOPLE};
use super::table::{Body, Group, Label, Shape, Withheld};
use super::{Basis, Earlier, Made, people};
use crate::analysis::{PlaceTally, StopTally, Tally};
use crate::domain::question::{Kind, Question};
use crate::domain::text::Text;

/// The code of the only cell of a rating.
const MEAN: &str = "mean";

/// A table by stop for every rating, index and personal question of a walk.
pub(super) fn ratings(desk: &Desk<'_>) -> Vec<Made> {
    let Some(stop) = desk.input.instrument.group() else { return Vec::new() };
    let made = desk.input.places.iter().filter_map(|place| match desk.question(&place.question) {
        Some(question) if is_personal(question) => Some(felt(desk, stop, question, place)),
        Some(question) => {
            let body = desk.body(question, Some(&stop.id));
            rated(desk, body, place)
        }
        None => rated(desk, index(desk, stop, &place.question)?, place),
    });
    made.collect()
}

/// Whether an answer says something about who gave it.
fn is_personal(question: &Question) -> bool {
    question.sensitive || matches!(question.kind, Kind::Faces { .. })
}

/// A table of an index, without numbers yet.
fn index(desk: &Desk<'_>, stop: &Question, id: &str) -> Option<Body> {
    let index = desk.input.instrument.indices.iter().find(|index| index.id == id)?;
    let body = desk.body(stop, Some(&stop.id));
    let address = desk.address(id, Some(&stop.id));
    Some(Body { address, meaning: 1, text: index.title.clone(), ..body })
}

/// Mean ratings in tenths; nothing for a question without scores.
fn rated(desk: &Desk<'_>, body: Body, place: &PlaceTally) -> Option<Made> {
    let mean = |stop: &StopTally| Some(Group { cells: vec![tenths(stop.mean?)], ..group(stop) });
    let groups: Vec<Group> = place.stops.iter().filter_map(mean).collect();
    if groups.is_empty() {
        return None;
    }
    let label = Label { code: MEAN.to_owned(), text: body.text.clone(), score: None };
    let body = Body { shape: Shape::Places, choices: vec![label], groups, ..body };
    Some(unless_the_same(desk, body, basis(place)))
}

/// How a place feels: each stop with five raters and more as a small group of people.
fn felt(desk: &Desk<'_>, stop: &Question, question: &Question, place: &PlaceTally) -> Made {
    if let Some(earlier) = desk.earlier(&question.id, Some(&stop.id)).filter(|it| people::stays(it))
    {
        return Made::copied(earlier);
    }
    let state = desk.input.collection.state;
    let stops: Vec<&StopTally> =
        place.stops.iter().filter(|stop| stop.raters >= FEW_PEOPLE).collect();
    let rows: Vec<Vec<u64>> = stops.iter().map(|stop| stop.counts.clone()).collect();
    let bases: Vec<u64> = stops.iter().map(|stop| stop.raters).collect();
    let body = match people::said(state, question, &place.codes, &rows, &bases) {
        Err(why) => desk.withheld(question, Some(&stop.id), why),
        Ok(said) => {
            let groups = stops.iter().zip(said.cells);
            Body {
                groups: groups.map(|(stop, cells)| Group { cells, ..group(stop) }).collect(),
                choices: desk.choices(question, &place.codes, &said.fold),
                nearly: said.nearly,
                shape: people::shape(question),
                ..desk.body(question, Some(&stop.id))
            }
        }
    };
    made(body, basis(place))
}

/// Counts of groups.
pub(super) fn spoken(desk: &Desk<'_>) -> Vec<Made> {
    let everyone = desk.input.tallies.iter().filter(|tally| tally.by.is_none());
    let questions = everyone.filter_map(|tally| Some((tally, desk.question(&tally.question)?)));
    questions.map(|(tally, question)| sittings(desk, question, tally)).collect()
}

fn sittings(desk: &Desk<'_>, question: &Question, tally: &Tally) -> Made {
    let groups: u64 = tally.groups.iter().map(|group| group.base).sum();
    let basis = Basis { base: groups, ..Basis::default() };
    let (Some(counted), true) = (tally.groups.first(), groups > 0) else {
        let why = Withheld::TooFew { needed: 1 };
        return made(desk.withheld(question, None, why), basis);
    };
    let mut group = desk.group(tally, &[]);
    (group.base, group.cells) = (groups, counted.counts.clone());
    let choices = desk.choices(question, &tally.codes, &policy::unfolded(&tally.codes));
    let body = desk.body(question, None);
    let body = Body { shape: Shape::Groups, choices, groups: vec![group], ..body };
    unless_the_same(desk, body, basis)
}

/// The earlier table where nothing in the new one is new.
fn unless_the_same(desk: &Desk<'_>, body: Body, basis: Basis) -> Made {
    let address = &body.address;
    let same = |earlier: &&Earlier| {
        let old = &earlier.table.body;
        old.groups == body.groups && old.choices == body.choices && old.withheld == body.withheld
    };
    match desk.earlier(&address.question, address.by.as_deref()).filter(same) {
        Some(earlier) => Made::copied(earlier),
        None => made(body, basis),
    }
}

fn basis(place: &PlaceTally) -> Basis {
    let groups = place.stops.iter().map(|stop| (stop.stop.to_string(), stop.raters));
    Basis { base: place.stops.iter().map(|stop| stop.raters).sum(), groups: groups.collect() }
}

/// A stop, called by its number in every language.
fn group(stop: &StopTally) -> Group {
    Group {
        code: stop.stop.to_string(),
        text: Text::name(&stop.stop.to_string()),
        with: Vec::new(),
        base: stop.raters,
        cells: Vec::new(),
        missing: 0,
        reference: None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
fn tenths(mean: f64) -> u64 {
    (mean.clamp(0.0, 10.0) * 10.0).round() as u64
}
