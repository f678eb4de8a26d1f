//! From exact counts to the body of a table: the words, who was asked, and the numbers a policy
//! puts in.

use std::collections::BTreeMap;

use super::policy::is_multiple;
use super::round::{Cell, PEOPLE, Rounding, WAY};
use super::table::{About, Address, Body, Group, Label, Shape, Table, Withheld};
use super::{Basis, Earlier, Input, Made, policy};
use crate::analysis::{Tally, Weights};
use crate::domain::age_band::mapped;
use crate::domain::collection::{Mode, State};
use crate::domain::diagnosis::PopulationCount;
use crate::domain::instrument::{Policy, Sheet};
use crate::domain::question::{Kind, Measure, Question};
use crate::domain::text::{Lang, Text};

/// Where the tables of one collection are made.
pub(super) struct Desk<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) rounding: Rounding,
    about: About,
}

/// The exact numbers behind one group of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) base: u64,
    pub(super) missing: u64,
    pub(super) cells: Vec<u64>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(input: &'a Input<'a>) -> Self {
        let rounding = Rounding::new(input.secret, input.collection.id);
        let about = about(input, &rounding);
        Self { input, rounding, about }
    }

    /// The question of this id.
    pub(super) fn question(&self, id: &str) -> Option<&'a Question> {
        self.input.instrument.question(id)
    }

    /// The newest earlier table of a question and breakdown.
    pub(super) fn earlier(&self, question: &str, by: Option<&str>) -> Option<&'a Earlier> {
        let of = self.input.earlier.iter().filter(|earlier| {
            let address = earlier.table.address();
            address.question == question && address.by.as_deref() == by
        });
        of.max_by_key(|earlier| earlier.table.address().release)
    }

    /// A table without numbers yet.
    pub(super) fn body(&self, question: &Question, by: Option<&str>) -> Body {
        Body {
            address: self.address(&question.id, by),
            meaning: question.meaning,
            scale: scale(question),
            text: question.text.clone(),
            by_text: by.and_then(|by| self.question(by)).map(|by| by.text.clone()),
            about: self.about.clone(),
            shape: shape(question),
            choices: Vec::new(),
            groups: Vec::new(),
            withheld: None,
            step: 1,
            weighted: false,
            design_effect: None,
            plain: None,
            nearly: Vec::new(),
        }
    }

    pub(super) fn address(&self, question: &str, by: Option<&str>) -> Address {
        Address {
            release: self.input.release,
            collection: self.input.collection.id,
            question: question.to_owned(),
            by: by.map(str::to_owned),
        }
    }

    /// A table that says only why it is not shown.
    pub(super) fn withheld(&self, question: &Question, by: Option<&str>, why: Withheld) -> Body {
        Body { withheld: Some(why), ..self.body(question, by) }
    }

    /// The choices of a table whose answers are counted together so.
    pub(super) fn choices(
        &self,
        question: &Question,
        codes: &[String],
        cells: &[Vec<usize>],
    ) -> Vec<Label> {
        let whole = cells.iter().all(|cell| cell.len() == 1);
        let labels = cells.iter().zip(0_u32..).map(|(cell, at)| {
            let of: Vec<Label> = cell.iter().map(|at| self.label(question, &codes[*at])).collect();
            let scored = of.iter().all(|label| label.score.is_some());
            let score = of.first().and_then(|label| label.score);
            Label {
                code: joined(of.iter().map(|label| label.code.as_str())),
                text: alternatives(&of),
                score: if whole { score } else { scored.then(|| f64::from(at)) },
            }
        });
        labels.collect()
    }

    /// One valid answer with its words.
    pub(super) fn label(&self, question: &Question, code: &str) -> Label {
        let code_ = || code.to_owned();
        let found = if let Measure::Amount(amount) = question.measure() {
            let band = amount.bands.iter().find(|band| band.code == code);
            band.map(|band| Label { code: code_(), text: band.text.clone(), score: band.score })
        } else if matches!(question.measure(), Measure::Zone | Measure::Place) {
            let name = self.name(question, code);
            name.map(|name| Label { code: code_(), text: Text::name(name), score: None })
        } else {
            let choice = question.choice(code);
            choice.map(|it| Label { code: code_(), text: it.text.clone(), score: it.score })
        };
        found.unwrap_or_else(|| Label {
            code: code.to_owned(),
            text: Text::name(code),
            score: None,
        })
    }

    /// What a zone or a place is called; zones stand in for places where there is no map.
    fn name(&self, question: &Question, code: &str) -> Option<&str> {
        let map = self.input.map.filter(|_| question.measure() == Measure::Place);
        if let Some(map) = map {
            return map.place(code).map(|place| place.name.as_str());
        }
        let mut zones = self.input.zones.iter();
        zones.find(|zone| zone.code == code).map(|zone| zone.name.as_str())
    }

    /// A group of a breakdown, or several that are counted together, without numbers yet.
    pub(super) fn group(&self, tally: &Tally, part: &[usize]) -> Group {
        let by = tally.by.as_deref().and_then(|by| self.question(by));
        let codes = || part.iter().map(|at| tally.groups[*at].group.as_str());
        let mut words = by.into_iter().flat_map(|by| codes().map(|code| self.label(by, code).text));
        Group {
            code: joined(codes()),
            text: words.next().unwrap_or_default(),
            with: words.collect(),
            base: 0,
            cells: Vec::new(),
            missing: 0,
            reference: None,
        }
    }
}

/// A table made now.
pub(super) fn made(body: Body, basis: Basis) -> Made {
    Made { table: Table { body }, basis, renewed: true }
}

/// What a table of these counts is made of.
pub(super) fn basis(everyone: &Tally, tally: &Tally) -> Basis {
    let groups: BTreeMap<String, u64> = match tally.by {
        Some(_) => tally.groups.iter().map(|group| (group.group.clone(), group.base)).collect(),
        None => BTreeMap::new(),
    };
    Basis { base: everyone.groups.iter().map(|group| group.base).sum(), groups }
}

/// What the weights of groups come to that are counted together; none where nothing is weighted.
pub(super) fn weights(tally: &Tally, part: &[usize]) -> Option<Weights> {
    part.iter()
        .map(|at| tally.groups[*at].weights)
        .try_fold(Weights::default(), |all, weights| Some(all.and(weights?)))
}

/// The exact counts of groups and answers that are counted together. With weights a cell is the
/// weighted share of the valid answers, of all groups together.
pub(super) fn counts(tally: &Tally, part: &[usize], cells: &[Vec<usize>]) -> Counts {
    let groups = || part.iter().map(|at| &tally.groups[*at]);
    let base: u64 = groups().map(|group| group.base).sum();
    let whole_weight = weights(tally, part).map(|weights| weights.sum);
    let cell = |places: &Vec<usize>| {
        let exact = groups().flat_map(|group| places.iter().map(|at| group.counts[*at])).sum();
        let weight = groups().map(|group| {
            let (shares, weights) = (group.weighted.as_ref()?, group.weights?);
            Some(places.iter().map(|at| shares[*at]).sum::<f64>() * weights.sum)
        });
        match (weight.sum::<Option<f64>>(), whole_weight) {
            (Some(weight), Some(all)) if all > 0.0 => whole(weight / all * people(base)),
            (Some(_), Some(_)) => 0,
            (Some(_) | None, None) | (None, Some(_)) => exact,
        }
    };
    Counts {
        base,
        missing: groups().map(|group| group.missing).sum(),
        cells: cells.iter().map(cell).collect(),
    }
}

/// Codes that are counted together.
pub(super) fn joined<'c>(codes: impl Iterator<Item = &'c str>) -> String {
    codes.collect::<Vec<_>>().join("+")
}

/// "unsafe / very unsafe", in every language all of them have.
fn alternatives(labels: &[Label]) -> Text {
    let in_all = |lang: &Lang| labels.iter().all(|label| label.text.has(*lang));
    let words = |lang: Lang| {
        labels.iter().map(|label| label.text.get(lang)).collect::<Vec<_>>().join(" / ")
    };
    Text(Lang::ALL.into_iter().filter(in_all).map(|lang| (lang, words(lang))).collect())
}

fn scale(question: &Question) -> Option<String> {
    if let Kind::Scale { scale, .. } | Kind::Faces { scale, .. } = &question.kind {
        scale.clone()
    } else {
        None
    }
}

const fn shape(question: &Question) -> Shape {
    match question.measure() {
        Measure::Steps | Measure::Amount(_) => Shape::Ordered,
        Measure::Several => Shape::Multiple,
        Measure::One | Measure::Zone | Measure::Place | Measure::Weight | Measure::Apart => {
            Shape::Single
        }
    }
}

fn about(input: &Input<'_>, rounding: &Rounding) -> About {
    let collection = input.collection;
    let field = &collection.field;
    let (modes, counted) = ways(input, rounding);
    About {
        title: collection.title.clone(),
        instrument: input.instrument.slug.clone(),
        sampling: field.sampling,
        asked_by: field.asked_by.clone(),
        presence: field.presence,
        recruited_by: field.recruited_by.clone(),
        origin: field.origin,
        modes: modes.iter().map(|(mode, _)| *mode).collect(),
        ways: if counted { modes } else { Vec::new() },
        population: input.population_source.cloned(),
        opened: collection.opened,
        closed: collection.closed,
        source: field.source.clone(),
        people: people_shown(input, rounding),
    }
}

/// The ways of answering that enough people took to be named, the commonest first, and whether
/// their numbers may be said. One person who was helped is nobody's business.
fn ways(input: &Input<'_>, rounding: &Rounding) -> (Vec<(Mode, u64)>, bool) {
    let counted = people_policy(input) == Policy::Rounded;
    let mut ways: Vec<(Mode, u64)> = input.modes.clone();
    ways.retain(|(_, count)| *count >= policy::NAMED_WAY);
    ways.sort_by_key(|(mode, count)| (u64::MAX - *count, *mode));
    if ways.is_empty() && input.modes.len() == 1 {
        // Everybody answered the same way: that says nothing about anybody.
        ways.clone_from(&input.modes);
        return (ways, false);
    }
    for (mode, count) in &mut ways {
        let cell = Cell { question: "", answer: WAY, by: None, group: mode.code() };
        *count = rounding.round(cell, *count);
    }
    (ways, counted)
}

/// How the number of people may be said: marks on a map are places, those who put them are people.
fn people_policy(input: &Input<'_>) -> Policy {
    match input.instrument.sheet {
        Sheet::MapSheet => Policy::Rounded,
        Sheet::Questionnaire
        | Sheet::WalkSheet
        | Sheet::NoteSheet
        | Sheet::Feedback
        | Sheet::Game
        | Sheet::Ballot
        | Sheet::SignUp => policy::in_force(input.collection.field.policy, input.people),
    }
}

/// How many answered, as it may be said; 0 while nothing may be said.
fn people_shown(input: &Input<'_>, rounding: &Rounding) -> u64 {
    let people = input.people;
    let cell = Cell { question: "", answer: PEOPLE, by: None, group: "" };
    match people_policy(input) {
        Policy::Rounded if people < policy::NEW_ANSWERS => 0,
        Policy::Rounded => rounding.round(cell, people),
        Policy::People | Policy::Ballot if people < policy::FEW_PEOPLE => 0,
        Policy::People | Policy::Ballot if input.collection.state != State::Closed => 0,
        Policy::Private => 0,
        Policy::People | Policy::Places | Policy::Spoken | Policy::Ballot => people,
    }
}

/// The shares of each choice in the population, where the question is one that population counts
/// are made by. Bands of ages are those of the counts: each belongs to the band it lies in, and one
/// that lies across an edge means that nothing can be laid beside the answers.
pub(super) fn reference(input: &Input<'_>, question: &Question, body: &Body) -> Option<Vec<f64>> {
    if is_multiple(question) {
        return None;
    }
    let codes: Vec<(usize, &str)> = body
        .choices
        .iter()
        .enumerate()
        .flat_map(|(at, label)| label.codes().map(move |code| (at, code)))
        .collect();
    let asked: Vec<&str> = codes.iter().map(|(_, code)| *code).collect();
    let shares = |places: Vec<Option<usize>>| -> Option<Vec<f64>> {
        let mut counts = vec![0_u64; body.choices.len()];
        for (row, place) in input.population.iter().zip(places) {
            if let Some((choice, _)) = place.and_then(|place| codes.get(place)) {
                counts[*choice] += row.count;
            }
        }
        let whole: u64 = counts.iter().sum();
        (whole > 0).then(|| counts.iter().map(|count| people(*count) / people(whole)).collect())
    };
    let rows = |of: fn(&PopulationCount) -> &str| -> Vec<&str> {
        input.population.iter().map(of).collect()
    };
    let same = |of: fn(&PopulationCount) -> &str| {
        let place = |row: &&str| asked.iter().position(|code| code == row).map(Some);
        rows(of).iter().map(place).collect::<Option<Vec<_>>>()
    };
    let age: fn(&PopulationCount) -> &str = |row| &row.age;
    let by_age = || mapped(&rows(age), &asked).and_then(&shares);
    let by = |of: fn(&PopulationCount) -> &str| same(of).and_then(&shares);
    match question.measure() {
        Measure::Zone => by(|row| &row.zone),
        Measure::One | Measure::Steps => by_age().or_else(|| by(|row| &row.gender)),
        Measure::Amount(_) => by_age(),
        Measure::Several | Measure::Place | Measure::Weight | Measure::Apart => None,
    }
}

/// A count of people as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts of people fit a double exactly")]
pub(super) fn people(count: u64) -> f64 {
    count as f64
}

/// The nearest whole number of people.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, not negative")]
fn whole(count: f64) -> u64 {
    count.round().max(0.0) as u64
}
