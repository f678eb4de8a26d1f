//! Takeaways: one sentence for a station, its numbers bound to the tables, fraction first.
//!
//! A rank is refused where two shares are closer than rounding can tell apart: then both are named,
//! or the sentence says that there is no clear difference. No sentence speaks of causes, and only a
//! random sample is called "residents".

use super::station::{Shown, Station};
use crate::charts::{figure_in_words, percentage};
use crate::domain::collection::Sampling;
use crate::domain::instrument::ChartKind;
use crate::domain::text::Lang;
use crate::release::Table;
use crate::release::table::{Group, Nearly, Shape};
use crate::words::{ChartWords, PosterWords, fill};

/// The sentence of a station: of its first chart that has something to say.
#[must_use]
pub fn takeaway(
    station: &Station,
    lang: Lang,
    (words, charts): (&PosterWords, &ChartWords),
) -> String {
    let say = |shown| Speaker { shown, lang, words, charts }.say();
    station.shown.iter().find_map(say).unwrap_or_else(|| words.withheld.clone())
}

pub(super) struct Speaker<'a> {
    pub(super) shown: &'a Shown,
    pub(super) lang: Lang,
    pub(super) words: &'a PosterWords,
    pub(super) charts: &'a ChartWords,
}

/// Something with a share, and how far rounding may have moved it.
struct Measured<'a> {
    name: &'a str,
    share: f64,
    slack: f64,
}

impl Speaker<'_> {
    fn say(&self) -> Option<String> {
        match self.shown.plan.chart {
            ChartKind::Diverging if self.first()?.address().by.is_some() => self.groups(),
            ChartKind::Diverging => self.diverging(),
            ChartKind::SortedBars if self.first()?.address().by.is_some() => self.by_group(),
            ChartKind::PeopleDots => self.people(),
            ChartKind::Population => self.population(),
            ChartKind::Interval if self.shown.plan.by.is_some() => self.by_group(),
            ChartKind::SortedBars | ChartKind::Interval | ChartKind::Lollipop => self.sorted(),
            ChartKind::Dumbbell => self.two_ends(),
            ChartKind::Change | ChartKind::Waves => self.over_waves(),
            ChartKind::HeatTable | ChartKind::SmallMultiples => self.cells(),
            ChartKind::PlaceMarks => self.marks(),
            ChartKind::Hexagons => self.hexagons(),
            ChartKind::Themes => self.in_groups(self.first()?),
            ChartKind::TwoSides => self.two_sides(),
            ChartKind::Ballot => self.ballot(),
        }
    }

    pub(super) fn first(&self) -> Option<&Table> {
        self.shown.tables.iter().find(|table| table.withheld().is_none())
    }

    fn subject(&self, table: &Table) -> &str {
        match (table.shape(), table.about().sampling) {
            (Shape::People, _) | (_, Sampling::EveryoneInvited) => &self.words.subject.there,
            (_, Sampling::Random) => &self.words.subject.random,
            (_, Sampling::Picked | Sampling::SelfSelected) => &self.words.subject.answered,
        }
    }

    /// The side of a scale that the plan asks about, or that more people are on; of several
    /// statements the one where it is largest.
    fn diverging(&self) -> Option<String> {
        let sides = self.shown.tables.iter().filter_map(|table| {
            let top = codes_at(table, &self.shown.plan.top);
            if !top.is_empty() {
                return sum(table, 0, &top).map(|share| (table, top, share));
            }
            let (low, high) = ends(table);
            let low = sum(table, 0, &low).map(|share| (table, low, share));
            let high = sum(table, 0, &high).map(|share| (table, high, share));
            let larger = match (low, high) {
                (Some(low), Some(high)) => {
                    if high.2 > low.2 {
                        high
                    } else {
                        low
                    }
                }
                (low, high) => low.or(high)?,
            };
            Some(larger)
        });
        let (table, codes, share) = sides.max_by(|a, b| a.2.total_cmp(&b.2))?;
        let alone = self.shown.tables.len() == 1;
        let pattern = if alone { &self.words.one_low } else { &self.words.most_low };
        let said = fill(
            pattern,
            &[
                ("share", self.words.share(share)),
                ("subject", self.subject(table)),
                ("says", self.words.says(share)),
                ("answers", &self.labels(table, &codes)),
                ("statement", &self.quoted(table.text().get(self.lang))),
            ],
        );
        Some(upper(&said))
    }

    /// One end of a scale, from the group with the least to the one with the most.
    fn groups(&self) -> Option<String> {
        let table = self.first()?;
        let (low, high) = ends(table);
        let total = |codes: &[usize]| {
            (0..table.groups().len()).filter_map(|group| sum(table, group, codes)).sum::<f64>()
        };
        let top = codes_at(table, &self.shown.plan.top);
        let larger = if total(&low) >= total(&high) { low } else { high };
        self.range(table, &if top.is_empty() { larger } else { top })
    }

    /// The share that counts, from group to group; places and sittings have sentences of their own.
    fn by_group(&self) -> Option<String> {
        let table = self.first()?;
        match table.shape() {
            Shape::Places => self.places(table),
            Shape::Groups => self.in_groups(table),
            Shape::Ordered | Shape::Single | Shape::Multiple | Shape::People => {
                self.range(table, &codes_at(table, &self.shown.plan.top))
            }
        }
    }

    fn range(&self, table: &Table, codes: &[usize]) -> Option<String> {
        let measured = |at: usize| {
            let group = table.groups().get(at)?;
            let share = sum(table, at, codes)?;
            Some((at, Measured { name: group.text.get(self.lang), share, slack: slack(group) }))
        };
        let mut groups: Vec<(usize, Measured<'_>)> =
            (0..table.groups().len()).filter_map(measured).collect();
        groups.sort_by(|a, b| a.1.share.total_cmp(&b.1.share));
        let ((first, least), (last, most)) = (groups.first()?, groups.last()?);
        let answers = self.labels(table, codes);
        if most.share - least.share <= most.slack + least.slack {
            return Some(fill(&self.words.groups_alike, &[("answers", &answers)]));
        }
        let (low, high) = (self.part(table, *first, codes), self.part(table, *last, codes));
        Some(fill(
            &self.words.groups_range,
            &[
                ("answers", &answers),
                ("low", &low),
                ("lowest", least.name),
                ("high", &high),
                ("highest", most.name),
            ],
        ))
    }

    fn sorted(&self) -> Option<String> {
        let table = self.first()?;
        match table.shape() {
            Shape::Places => return self.places(table),
            Shape::Groups => return self.in_groups(table),
            Shape::Ordered | Shape::Single | Shape::Multiple | Shape::People => {}
        }
        let mut all = self.measured(table);
        all.sort_by(|a, b| b.share.total_cmp(&a.share));
        let first = all.first()?;
        let (one, two) = if self.shown.plan.top.is_empty() {
            (&self.words.most_named, &self.words.among_most_named)
        } else {
            (&self.words.highest, &self.words.among_highest)
        };
        let name = self.quoted(first.name);
        let close =
            |second: &&Measured<'_>| first.share - second.share <= first.slack + second.slack;
        match all.get(1).filter(close) {
            Some(second) => {
                Some(fill(two, &[("first", &name), ("second", &self.quoted(second.name))]))
            }
            None => Some(fill(
                one,
                &[
                    ("first", &name),
                    ("share", &lower(self.words.share(first.share))),
                    ("subject", self.subject(table)),
                ],
            )),
        }
    }

    /// The bars of a sorted chart: choices of one table, groups of one, or several tables.
    fn measured<'b>(&'b self, first: &'b Table) -> Vec<Measured<'b>> {
        let top = |table: &Table| codes_at(table, &self.shown.plan.top);
        let lang = self.lang;
        if self.shown.plan.top.is_empty() {
            let choices = first.choices().iter().enumerate();
            let measured = |(at, choice): (usize, &'b crate::release::table::Label)| {
                let share = first.share(0, at)?;
                let slack = first.groups().first().map_or(1.0, slack);
                Some(Measured { name: choice.text.get(lang), share, slack })
            };
            return choices.filter_map(measured).collect();
        }
        let measured = |table: &'b Table| {
            let share = sum(table, 0, &top(table))?;
            let slack = table.groups().first().map_or(1.0, slack);
            Some(Measured { name: table.text().get(lang), share, slack })
        };
        self.shown.tables.iter().filter_map(measured).collect()
    }

    pub(super) fn places(&self, table: &Table) -> Option<String> {
        let means = table.groups().iter().filter_map(|group| group.cells.first().copied());
        let (low, high) = (means.clone().min()?, means.max()?);
        // Whole numbers: the tenth of a mark says nothing in a sentence.
        let whole = |mean: u64| ((mean + 5) / 10).to_string();
        let (low, high) = (whole(low), whole(high));
        let alike = low == high;
        let pattern = if alike { &self.words.places_alike } else { &self.words.places_range };
        Some(fill(pattern, &[("low", &low), ("high", &high)]))
    }

    fn in_groups(&self, table: &Table) -> Option<String> {
        let group = table.groups().first()?;
        let (at, most) = group.cells.iter().enumerate().max_by_key(|(_, cell)| **cell)?;
        let first = self.quoted(table.choices().get(at)?.text.get(self.lang));
        let (k, n) = (most.to_string(), group.base.to_string());
        Some(fill(&self.words.in_groups, &[("first", &first), ("k", &k), ("n", &n)]))
    }

    /// What most of a small group said, as a count.
    fn people(&self) -> Option<String> {
        let table = self.first()?;
        let group = table.groups().first()?;
        for (at, choice) in table.choices().iter().enumerate() {
            if table.nearly(0, at) == Some(Nearly::All) {
                let answers = self.quoted(choice.text.get(self.lang));
                let statement = table.text().get(self.lang);
                let with = [("answers", answers.as_str()), ("statement", statement)];
                return Some(fill(&self.words.people_nearly, &with));
            }
        }
        let (at, most) = group.cells.iter().enumerate().max_by_key(|(_, cell)| **cell)?;
        let answers = self.quoted(table.choices().get(at)?.text.get(self.lang));
        let (n, k) = (group.base.to_string(), most.to_string());
        let statement = table.text().get(self.lang);
        let with = [("n", n.as_str()), ("k", &k), ("answers", &answers), ("statement", statement)];
        Some(fill(&self.words.people_said, &with))
    }

    /// The group that is missing most: by half or more below its part of the neighbourhood.
    fn population(&self) -> Option<String> {
        let table = self.first()?;
        let group = table.groups().first()?;
        let Some(reference) = &group.reference else {
            return Some(self.words.no_reference.clone());
        };
        let missing = table.choices().iter().enumerate().filter_map(|(at, choice)| {
            let (share, live) = (table.share(0, at)?, *reference.get(at)?);
            let part = self.part(table, 0, &[at]);
            (live > 0.0 && share + slack(group) < live).then_some((choice, share, live, part))
        });
        match missing.min_by(|a, b| (a.1 / a.2).total_cmp(&(b.1 / b.2))) {
            None => Some(self.words.like_neighbourhood.clone()),
            Some((choice, _, live, part)) => Some(fill(
                &self.words.missing_group,
                &[
                    ("group", choice.text.get(self.lang)),
                    ("answered", &part),
                    ("live", &percentage(live, self.charts)),
                ],
            )),
        }
    }

    /// The place that most people put each of the first two kinds of mark on; none where it is not
    /// clearly one.
    fn marks(&self) -> Option<String> {
        let table = self.first()?;
        let top = &self.shown.plan.top;
        let kinds = if top.is_empty() {
            (0..table.choices().len()).collect()
        } else {
            codes_at(table, top)
        };
        let most = |kind: &usize| {
            let count = |group: &Group| group.cells.get(*kind).copied().unwrap_or(0);
            let first = table.groups().iter().max_by_key(|group| count(group))?;
            let second = table.groups().iter().filter(|group| group.code != first.code);
            let second = second.map(count).max().unwrap_or(0);
            // Both numbers are rounded by up to four people.
            let clear = count(first) > second + table.step();
            let name = first.text.get(self.lang);
            let answer = self.quoted(table.choices().get(*kind)?.text.get(self.lang));
            let with = [("first", name), ("answers", answer.as_str())];
            clear.then(|| fill(&self.words.marks_most, &with))
        };
        let said: Vec<String> = kinds.iter().take(2).filter_map(most).collect();
        Some(if said.is_empty() { self.words.marks_spread.clone() } else { said.join(". ") })
    }

    /// How many places people marked for this: on a map of numbers the eye finds where.
    fn hexagons(&self) -> Option<String> {
        let table = self.first()?;
        let n = table.groups().len().to_string();
        Some(fill(&self.words.marks_places, &[("n", &n)]))
    }

    /// The statement that divides the groups most.
    fn two_sides(&self) -> Option<String> {
        let table = self.first()?;
        let part = |group: usize, choice: usize| match table.nearly(group, choice) {
            Some(Nearly::All) => Some(1.0),
            Some(Nearly::None) => Some(0.0),
            None => table.share(group, choice),
        };
        let apart = |choice: usize| {
            let parts: Vec<f64> =
                (0..table.groups().len()).filter_map(|group| part(group, choice)).collect();
            let most = parts.iter().copied().fold(0.0, f64::max);
            most - parts.iter().copied().fold(1.0, f64::min)
        };
        let all = 0..table.choices().len();
        let most = all.max_by(|a, b| apart(*a).total_cmp(&apart(*b)).then(b.cmp(a)))?;
        let first = self.quoted(table.choices().get(most)?.text.get(self.lang));
        let pattern =
            if apart(most) >= 0.2 { &self.words.sides_apart } else { &self.words.sides_alike };
        Some(fill(pattern, &[("first", &first)]))
    }

    /// What came first; where a lot decides, that it does.
    fn ballot(&self) -> Option<String> {
        let [everyone, by] = self.shown.tables.as_slice() else { return None };
        let order = super::ballot::standing(everyone, by);
        let first = order.first()?;
        let name = self.quoted(first.text.get(self.lang));
        match order.get(1).filter(|_| first.by_lot) {
            Some(second) => {
                let second = self.quoted(second.text.get(self.lang));
                Some(fill(&self.words.ballot_tie, &[("first", &name), ("second", &second)]))
            }
            None => Some(fill(&self.words.ballot_first, &[("first", &name)])),
        }
    }

    /// The share of some answers in a group, in the words that stand beside its bar.
    pub(super) fn part(&self, table: &Table, group: usize, codes: &[usize]) -> String {
        figure_in_words(table, group, codes, self.lang, self.charts).unwrap_or_default()
    }

    pub(super) fn quoted(&self, text: &str) -> String {
        fill(&self.words.quote, &[("text", text)])
    }

    /// Answers in quotation marks, joined by "or".
    pub(super) fn labels(&self, table: &Table, codes: &[usize]) -> String {
        let labels: Vec<String> = codes
            .iter()
            .filter_map(|at| table.choices().get(*at))
            .map(|choice| self.quoted(choice.text.get(self.lang)))
            .collect();
        labels.join(&format!(" {} ", self.words.or))
    }
}

/// The places of the low half and of the high half of a scale, without its middle.
fn ends(table: &Table) -> (Vec<usize>, Vec<usize>) {
    let n = table.choices().len();
    let half = n / 2;
    ((0..half).collect(), (n - half..n).collect())
}

/// The share of several answers together.
pub(super) fn sum(table: &Table, group: usize, codes: &[usize]) -> Option<f64> {
    codes.iter().map(|at| table.share(group, *at)).sum()
}

pub(super) fn codes_at(table: &Table, top: &[String]) -> Vec<usize> {
    let is_top = |label: &crate::release::table::Label| {
        label.codes().any(|code| top.iter().any(|top| top == code))
    };
    (0..table.choices().len()).filter(|at| is_top(&table.choices()[*at])).collect()
}

/// How far rounding may have moved a share: five people more or less.
#[expect(clippy::cast_precision_loss, reason = "counts of people are small")]
pub(super) fn slack(group: &Group) -> f64 {
    5.0 / group.base.max(1) as f64
}

/// A phrase at the beginning of a sentence: in some languages the subject comes before the share.
fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A phrase of the table in the middle of a sentence.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
