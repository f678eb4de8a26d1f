//! Released tables as rows of a chart: names, shares, and the words for what is not shown.

use crate::charts::{Refusal, Task};
use crate::domain::text::{Lang, Text};
use crate::release::table::{Group, Shape, Table, Withheld};
use crate::words::{ChartWords, fill};

/// From so many answers on a number is a percentage.
pub(super) const PERCENT_FROM: u64 = 30;
/// From so many answers on a percentage is a whole one; below it is rounded to five.
pub(super) const WHOLE_FROM: u64 = 100;

/// One row of a chart.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its table in the picture, and its group in that.
    pub(super) at: (usize, usize),
    /// The statement, group or place.
    pub(super) name: String,
    /// Which small groups are counted in it.
    pub(super) with: Option<String>,
    /// How many answered.
    pub(super) base: u64,
    /// Whether counts are exact.
    pub(super) exact: bool,
    /// The share of every choice.
    pub(super) shares: Vec<f64>,
    /// The count of every choice.
    pub(super) cells: Vec<u64>,
    /// How many had no opinion or did not say.
    pub(super) missing: u64,
    /// Between what each share lies, in words, where people were drawn at random.
    pub(super) between: Vec<Option<String>>,
    /// Why it is not shown.
    pub(super) why: Option<String>,
}

impl Row {
    fn of_group(table: &Table, at: usize, group: &Group, name: String, words: &Words<'_>) -> Self {
        let cells = group.cells.clone();
        let shares: Vec<Option<f64>> = (0..cells.len()).map(|c| table.share(at, c)).collect();
        let known = shares.iter().any(Option::is_some);
        Self {
            at: (0, at),
            name,
            with: words.counted_with(&group.with),
            base: group.base,
            exact: table.step() <= 1,
            shares: shares.into_iter().map(Option::unwrap_or_default).collect(),
            cells,
            missing: group.missing,
            between: (0..group.cells.len())
                .map(|choice| words.between(table, at, &[choice]))
                .collect(),
            why: (!known).then(|| words.words.no_answers.clone()),
        }
    }

    fn not_shown(name: String, why: String) -> Self {
        let (shares, cells, between) = (Vec::new(), Vec::new(), Vec::new());
        let why = Some(why);
        let (at, base) = ((0, 0), 0);
        Self { at, name, with: None, base, exact: false, shares, cells, missing: 0, between, why }
    }

    /// The share of several choices together.
    pub(super) fn together(&self, choices: &[usize]) -> f64 {
        let sum: f64 = choices.iter().filter_map(|at| self.shares.get(*at)).sum();
        sum.min(1.0)
    }

    /// The count of several choices together.
    pub(super) fn counted(&self, choices: &[usize]) -> u64 {
        let sum: u64 = choices.iter().filter_map(|at| self.cells.get(*at)).sum();
        sum.min(self.base)
    }
}

/// The words of one language, with what is said often.
#[derive(Clone, Copy)]
pub(super) struct Words<'w> {
    pub(super) words: &'w ChartWords,
    pub(super) lang: Lang,
    /// What counts are rounded to.
    step: u64,
    /// Whether cells are weighted, so that a cell is not a number of people.
    weighted: bool,
}

impl<'w> Words<'w> {
    pub(super) fn of(task: &Task<'w>) -> Self {
        Self::about(&task.picture.tables, task.lang, task.words)
    }

    pub(super) fn about(tables: &[&Table], lang: Lang, words: &'w ChartWords) -> Self {
        let step = tables.iter().map(|table| table.step()).max().unwrap_or(1);
        let weighted = tables.iter().any(|table| table.weighted());
        Self { words, lang, step, weighted }
    }

    /// A percentage of a scale.
    pub(super) fn tick(&self, share: f64) -> String {
        fill(&self.words.percent, &[("n", &percent(share, WHOLE_FROM).to_string())])
    }

    /// What a count of nobody says where counts are rounded: it may be a few people.
    pub(super) fn hardly(&self) -> String {
        match (self.step, self.weighted) {
            (0 | 1, _) => "0".to_owned(),
            (_, true) => self.words.hardly.clone(),
            (step, false) => fill(&self.words.under, &[("n", &step.to_string())]),
        }
    }

    /// A share as a percentage; one that would be rounded to nothing says so.
    pub(super) fn percentage(&self, share: f64, base: u64) -> String {
        match percent(share, base) {
            0 if share > 0.0 => {
                let least = if base < WHOLE_FROM { "5" } else { "1" };
                fill(&self.words.below_one, &[("n", least)])
            }
            whole => fill(&self.words.percent, &[("n", &whole.to_string())]),
        }
    }

    /// Which small groups are counted together with one.
    pub(super) fn counted_with(&self, with: &[Text]) -> Option<String> {
        let names: Vec<&str> = with.iter().map(|text| text.get(self.lang)).collect();
        let groups = list(&names, &self.words.comma, &self.words.last_and);
        (!with.is_empty()).then(|| fill(&self.words.counted_with, &[("groups", &groups)]))
    }

    /// Between what percentages the share of these choices lies, where people were drawn at random
    /// and enough of them answered for percentages.
    pub(super) fn between(&self, table: &Table, group: usize, choices: &[usize]) -> Option<String> {
        table.groups().get(group).filter(|group| group.base >= PERCENT_FROM)?;
        let (low, high) = table.interval(group, choices)?;
        let number = |share: f64| fill(&self.words.percent, &[("n", &format!("{share:.0}"))]);
        let (low, high) = (number((low * 100.0).floor()), number((high * 100.0).ceil()));
        Some(fill(&self.words.between, &[("low", &low), ("high", &high)]))
    }

    /// A share in a few letters: a percentage, a count where few answered, or words where a rounded
    /// count of nobody may be a few people.
    pub(super) fn brief(&self, share: f64, count: u64, base: u64) -> String {
        if count == 0 && share <= 0.0 && self.step > 1 {
            self.hardly()
        } else if base < PERCENT_FROM {
            count.to_string()
        } else {
            self.percentage(share, base)
        }
    }

    /// A share in full: a percentage, or "6 of about 20".
    pub(super) fn full(&self, share: f64, count: u64, base: u64, exact: bool) -> String {
        if exact && base >= PERCENT_FROM {
            return self.percentage(share, base);
        }
        if base >= PERCENT_FROM || (count == 0 && !exact && self.step > 1) {
            return self.brief(share, count, base);
        }
        let pattern = if exact { &self.words.count_of } else { &self.words.count_of_about };
        fill(pattern, &[("k", &count.to_string()), ("n", &base.to_string())])
    }

    /// How many answered: "about 185", or "out of about 20" where numbers are counts.
    pub(super) fn base(&self, row: &Row) -> String {
        self.people(row.base, row.exact)
    }

    /// The same of any number of people.
    pub(super) fn people(&self, base: u64, exact: bool) -> String {
        let pattern = match (base < PERCENT_FROM, exact) {
            (true, true) => &self.words.out_of,
            (true, false) => &self.words.out_of_about,
            (false, true) => &self.words.people,
            (false, false) => &self.words.people_about,
        };
        fill(pattern, &[("n", &base.to_string())])
    }

    /// Why a table is not shown.
    pub(super) fn why(&self, withheld: Withheld) -> String {
        match withheld {
            Withheld::TooFew { needed } => {
                fill(&self.words.withheld_too_few, &[("n", &needed.to_string())])
            }
            Withheld::OneGroup => self.words.withheld_one_group.clone(),
            Withheld::CouldBeWorkedOut => self.words.withheld_worked_out.clone(),
            Withheld::StillOpen => self.words.withheld_open.clone(),
        }
    }
}

/// A percentage as precise as its base allows.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
pub(super) fn percent(share: f64, base: u64) -> u64 {
    let hundredths = share.clamp(0.0, 1.0) * 100.0;
    if base < WHOLE_FROM {
        (hundredths / 5.0).round() as u64 * 5
    } else {
        hundredths.round() as u64
    }
}

/// "a, b and c".
pub(super) fn list(names: &[&str], comma: &str, last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., end] => format!("{}{last}{end}", first.join(comma)),
    }
}

/// The rows of a picture: several tables, or the groups of one.
pub(super) fn rows(task: &Task<'_>) -> Result<Vec<Row>, Refusal> {
    let words = Words::of(task);
    let tables = &task.picture.tables;
    let shown = tables.iter().filter(|table| table.withheld().is_none());
    let codes = |table: &Table| -> Vec<String> {
        table.choices().iter().map(|choice| choice.code.clone()).collect()
    };
    let mut scales = shown.map(|table| codes(table));
    if let Some(first) = scales.next()
        && scales.any(|scale| scale != first)
    {
        return Err(Refusal::NotThisWay("their answers are not the same"));
    }
    let grouped = |table: &&Table| table.address().by.is_some();
    if tables.len() > 1 && tables.iter().any(grouped) {
        return Err(Refusal::NotThisWay("one breakdown at a time"));
    }
    let of_table = |(at, table): (usize, &&Table)| {
        let rows = of_table(table, &words).into_iter();
        rows.map(move |row| Row { at: (at, row.at.1), ..row }).collect::<Vec<_>>()
    };
    Ok(tables.iter().enumerate().flat_map(of_table).collect())
}

fn of_table(table: &Table, words: &Words<'_>) -> Vec<Row> {
    let name = |text: &Text| text.get(words.lang).to_owned();
    if let Some(why) = table.withheld() {
        return vec![Row::not_shown(name(table.text()), words.why(why))];
    }
    if table.groups().is_empty() {
        return vec![Row::not_shown(name(table.text()), words.words.no_answers.clone())];
    }
    let groups = table.groups().iter().enumerate();
    let one = |(at, group): (usize, &Group)| {
        let text = if table.address().by.is_some() { &group.text } else { table.text() };
        Row::of_group(table, at, group, name(text), words)
    };
    groups.map(one).collect()
}

/// The first table that is shown, whose choices all rows share.
pub(super) fn scale<'t>(task: &Task<'t>) -> Option<&'t Table> {
    task.picture.tables.iter().copied().find(|table| table.withheld().is_none())
}

/// Refuses shapes that cannot be drawn as shares.
pub(super) fn only_shares(task: &Task<'_>) -> Result<(), Refusal> {
    let fits = |shape: Shape| match shape {
        Shape::Ordered | Shape::Single | Shape::Multiple => true,
        Shape::People | Shape::Places | Shape::Groups => false,
    };
    let wrong = |table: &&&Table| table.withheld().is_none() && !fits(table.shape());
    match task.picture.tables.iter().find(wrong) {
        Some(_) => Err(Refusal::NotThisWay("their numbers are not shares of people")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_and_hardly_anybody_are_said_apart() {
        for lang in Lang::RESPONDENTS {
            let chart = ChartWords::of(lang).unwrap();
            let words = |step, weighted| Words { words: &chart, lang, step, weighted };
            let five = fill(&chart.under, &[("n", "5")]);
            let none = fill(&chart.percent, &[("n", "0")]);
            assert_eq!(words(5, false).brief(0.0, 0, 185), five, "{lang}");
            assert_eq!(words(5, false).full(0.0, 0, 20, false), five, "{lang}");
            assert_eq!(words(5, true).full(0.0, 0, 185, false), chart.hardly, "{lang}");
            assert_eq!(words(1, false).brief(0.0, 0, 185), none, "{lang}: an exact nobody");
            assert_eq!(words(1, false).full(0.0, 0, 185, true), none, "{lang}");
            let one = fill(&chart.below_one, &[("n", "1")]);
            assert_eq!(words(5, false).full(0.002, 5, 2500, false), one, "{lang}: five of many");
        }
    }
}
