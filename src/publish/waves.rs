//! Two waves side by side: for each question of a wave what its main share was in the wave before,
//! and whether the line goes on.

use crate::charts::figure_in_words;
use crate::domain::instrument::{ChartKind, Instrument};
use crate::domain::line::joins;
use crate::domain::text::{Lang, Text};
use crate::release::Table;
use crate::release::change::{Change, Pair, changes};
use crate::words::ChartWords;

/// One question in two waves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The question.
    pub question: Text,
    /// The answers that are looked at.
    pub answers: Vec<Text>,
    /// Their share in the wave before, in words.
    pub before: Option<String>,
    /// Their share in this one, in words.
    pub after: Option<String>,
    /// What became of it.
    pub change: Change,
}

/// Every question that the later instrument draws for everyone, by the answers its chart looks at:
/// those it names, else the upper half of a scale.
#[must_use]
pub fn steps(
    (before, old): (&Instrument, &[&Table]),
    (after, new): (&Instrument, &[&Table]),
    (lang, words): (Lang, &ChartWords),
) -> Vec<Step> {
    let everyone = |tables: &[&'_ Table], question: &str| {
        tables
            .iter()
            .position(|table| table.address().question == question && table.address().by.is_none())
    };
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for plan in after.charts.iter().filter(|plan| plan.by.is_none()) {
        match plan.chart {
            ChartKind::Diverging
            | ChartKind::SortedBars
            | ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::Lollipop
            | ChartKind::Waves => {}
            ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::HeatTable
            | ChartKind::SmallMultiples
            | ChartKind::PlaceMarks
            | ChartKind::Hexagons
            | ChartKind::Themes
            | ChartKind::TwoSides
            | ChartKind::Ballot => continue,
        }
        for id in &plan.questions {
            let (Some(now), Some(at)) = (after.question(id), everyone(new, id)) else { continue };
            if seen.contains(&id.as_str()) {
                continue;
            }
            seen.push(id);
            let was = before.all_questions().find(|was| {
                joins((&before.slug, was), (&after.slug, now)) != crate::domain::line::Join::No
            });
            let was = was.or_else(|| before.question(id));
            let Some((was, then)) = was.and_then(|was| Some((was, everyone(old, &was.id)?))) else {
                continue;
            };
            let join = joins((&before.slug, was), (&after.slug, now));
            let (earlier, later) = (old[then], new[at]);
            let codes: Vec<String> =
                if plan.top.is_empty() { upper_half(later) } else { plan.top.clone() };
            found.push((now, earlier, later, join, places(earlier, &codes), places(later, &codes)));
        }
    }
    let pairs: Vec<Pair<'_>> = found
        .iter()
        .filter(|(.., now)| !now.is_empty())
        .map(|(_, before, after, join, then, now)| Pair {
            before,
            after,
            join: *join,
            choices: (then, now),
        })
        .collect();
    let told = changes(&pairs);
    let share = |table: &Table, places: &[usize]| figure_in_words(table, 0, places, lang, words);
    let step = |((question, before, after, _, then, now), change): (&_, Change)| {
        let question: &&crate::domain::question::Question = question;
        let (before, after): (&&Table, &&Table) = (before, after);
        let (then, now): (&Vec<usize>, &Vec<usize>) = (then, now);
        Step {
            question: question.text.clone(),
            answers: now.iter().map(|at| after.choices()[*at].text.clone()).collect(),
            before: share(before, then),
            after: share(after, now),
            change,
        }
    };
    found.iter().filter(|(.., now)| !now.is_empty()).zip(told).map(step).collect()
}

/// The codes of the upper half of a scale, without its middle.
fn upper_half(table: &Table) -> Vec<String> {
    let choices = table.choices();
    let half = choices.len() / 2;
    choices[choices.len() - half..]
        .iter()
        .flat_map(|label| label.codes().map(str::to_owned))
        .collect()
}

fn places(table: &Table, codes: &[String]) -> Vec<usize> {
    let is_in = |at: &usize| {
        let mut own = table.choices()[*at].codes();
        own.all(|code| codes.iter().any(|wanted| wanted == code))
    };
    (0..table.choices().len()).filter(is_in).collect()
}
