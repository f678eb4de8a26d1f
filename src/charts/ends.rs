//! Two ends on a row: two questions, two groups, or a wave and the one before; and whether the
//! distance between them is clear.

use jiff::civil::Date;

use super::caption;
use super::rows::Words;
use super::shares::{Share, counting, grouped, place};
use super::track::Head;
use super::{Refusal, Round, Task};
use crate::domain::instrument::ChartKind;
use crate::release::change::{Break, Change, Pair, changes};
use crate::release::table::{Group, Table};
use crate::words::{ChartWords, fill};

/// A row with two ends.
pub(super) struct Ends {
    pub(super) head: Head,
    pub(super) one: Option<Share>,
    pub(super) two: Option<Share>,
    pub(super) clear: Clear,
}

/// What may be said of the distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clear {
    Yes,
    No,
    Broken(Break),
}

/// The rows, and what their ends are called.
pub(super) struct Rows {
    pub(super) rows: Vec<Ends>,
    pub(super) names: [String; 2],
    /// Whether rows are one after the other in time.
    pub(super) is_change: bool,
    /// Said below everything.
    pub(super) remark: Option<String>,
}

pub(super) fn rows(task: &Task<'_>) -> Result<Rows, Refusal> {
    super::rows::only_shares(task)?;
    match task.picture.kind {
        ChartKind::Change => change(task),
        ChartKind::Diverging
        | ChartKind::SortedBars
        | ChartKind::PeopleDots
        | ChartKind::Population
        | ChartKind::Interval
        | ChartKind::Dumbbell
        | ChartKind::HeatTable
        | ChartKind::Lollipop
        | ChartKind::Waves
        | ChartKind::SmallMultiples
        | ChartKind::PlaceMarks
        | ChartKind::Hexagons
        | ChartKind::Themes
        | ChartKind::TwoSides
        | ChartKind::Ballot => {
            if task.picture.ends.is_empty() {
                questions(task)
            } else {
                groups(task)
            }
        }
    }
}

impl Ends {
    fn new(task: &Task<'_>, head: Head, one: Option<Share>, two: Option<Share>) -> Self {
        let clear = match (&one, &two) {
            (Some(one), Some(two)) if !one.is_like(two) => Clear::Yes,
            (Some(_) | None, _) => Clear::No,
        };
        let mut head = head;
        if (one.is_none() || two.is_none()) && head.why.is_none() {
            head.why = Some(task.words.one_end.clone());
        }
        Self { head, one, two, clear }
    }

    /// Both ends, where both may be seen.
    pub(super) fn both(&self) -> Option<(&Share, &Share)> {
        if self.head.why.is_some() { None } else { self.one.as_ref().zip(self.two.as_ref()) }
    }
}

fn head(task: &Task<'_>, group: Option<&Group>) -> Head {
    group.map_or_else(
        || Head { name: task.words.everyone.clone(), ..Head::default() },
        |group| Head {
            name: group.text.get(task.lang).to_owned(),
            with: Words::of(task).counted_with(&group.with),
            why: None,
            at: (0, 0),
        },
    )
}

fn share(task: &Task<'_>, table: &Table, group: usize) -> Option<Share> {
    Share::of(table, group, &counting(task, table))
}

/// Why one of two tables is not shown.
fn why(task: &Task<'_>, tables: [&Table; 2]) -> Option<String> {
    let why = tables.into_iter().find_map(Table::withheld)?;
    Some(Words::of(task).why(why))
}

/// Two questions: for everyone, and for each group where they are broken down.
fn questions(task: &Task<'_>) -> Result<Rows, Refusal> {
    let by = grouped(task);
    let named = |table: &Table| table.text().get(task.lang).to_owned();
    match by.as_slice() {
        [] => {
            let [one, two] = task.picture.tables[..] else {
                return Err(Refusal::NotThisWay("two questions, or two groups"));
            };
            let at = (place(task, one), 0);
            let head = Head { why: why(task, [one, two]), at, ..head(task, None) };
            let row = Ends::new(task, head, share(task, one, 0), share(task, two, 0));
            Ok(Rows {
                rows: vec![row],
                names: [named(one), named(two)],
                is_change: false,
                remark: None,
            })
        }
        [(one, whole_one), (two, whole_two)] => {
            let mut rows = Vec::new();
            if let (Some(one), Some(two)) = (whole_one, whole_two) {
                let at = (place(task, one), 0);
                let head = Head { why: why(task, [one, two]), at, ..head(task, None) };
                rows.push(Ends::new(task, head, share(task, one, 0), share(task, two, 0)));
            }
            if let Some(why) = why(task, [one, two]) {
                let name = one.by_text().map_or("", |by| by.get(task.lang)).to_owned();
                let at = (place(task, one), 0);
                let head = Head { name, with: None, why: Some(why), at };
                rows.push(Ends::new(task, head, None, None));
            }
            for (at, group) in one.groups().iter().enumerate() {
                let same = two.groups().iter().position(|other| other.code == group.code);
                let two = same.and_then(|at| share(task, two, at));
                let head = Head { at: (place(task, one), at), ..head(task, Some(group)) };
                rows.push(Ends::new(task, head, share(task, one, at), two));
            }
            Ok(Rows { rows, names: [named(one), named(two)], is_change: false, remark: None })
        }
        [..] => Err(Refusal::NotThisWay("two questions, or two groups")),
    }
}

/// Two groups: a row for each question.
fn groups(task: &Task<'_>) -> Result<Rows, Refusal> {
    let [one, two] = task.picture.ends else {
        return Err(Refusal::NotThisWay("two groups are its ends"));
    };
    let tables = grouped(task);
    if tables.is_empty() {
        return Err(Refusal::NotThisWay("two groups need a breakdown"));
    }
    let mut names = [one.clone(), two.clone()];
    let mut rows = Vec::new();
    for (table, _) in tables {
        let head = Head {
            name: table.text().get(task.lang).to_owned(),
            with: None,
            why: table.withheld().map(|why| Words::of(task).why(why)),
            at: (place(task, table), 0),
        };
        let place = |code: &String| {
            table.groups().iter().position(|group| group.codes().any(|own| own == code))
        };
        let (one, two) = (place(one), place(two));
        for (name, at) in names.iter_mut().zip([one, two]) {
            if let Some(group) = at.and_then(|at| table.groups().get(at)) {
                group.text.get(task.lang).clone_into(name);
            }
        }
        // Counted together, the two have one share.
        let apart = one.is_some() && two.is_some() && one != two;
        let end = |at: Option<usize>| at.filter(|_| apart).and_then(|at| share(task, table, at));
        rows.push(Ends::new(task, head, end(one), end(two)));
    }
    Ok(Rows { rows, names, is_change: false, remark: None })
}

/// The wave before and this one: a row for each question.
fn change(task: &Task<'_>) -> Result<Rows, Refusal> {
    let named = |table: &Table| table.text().get(task.lang).to_owned();
    let [.., before, now] = task.picture.rounds else {
        let row = |table: &&Table| {
            let why = table.withheld().map(|why| Words::of(task).why(why));
            let why = why.or_else(|| Some(task.words.no_earlier.clone()));
            let at = (place(task, table), 0);
            let head = Head { name: named(table), with: None, why, at };
            Ends { head, one: None, two: share(task, table, 0), clear: Clear::No }
        };
        let rows = task.picture.tables.iter().map(row).collect();
        return Ok(Rows { rows, names: Default::default(), is_change: true, remark: None });
    };
    let told = between(task, before, now);
    let names = dates(task, &[before, now]);
    let mut rows = Vec::new();
    for (at, told) in told.into_iter().enumerate() {
        let (then, after) = (table(before, at), table(now, at));
        let Some(named_by) = after.or(then) else { continue };
        let missing = [then, after].into_iter().flatten().find_map(Table::withheld);
        let why = missing.map(|why| Words::of(task).why(why));
        let head = Head { name: named(named_by), with: None, why, at: (at, 0) };
        let end = |of: Option<&Table>| of.and_then(|table| share(task, table, 0));
        let clear = match told {
            Some(Change::More | Change::Less) => Clear::Yes,
            Some(Change::NoClear) | None => Clear::No,
            Some(Change::Broken(why)) => Clear::Broken(why),
        };
        rows.push(Ends { clear, ..Ends::new(task, head, end(then), end(after)) });
    }
    let remark = broken(task, rows.iter().map(|row| row.clear));
    if rows.is_empty() {
        return Err(Refusal::Empty);
    }
    let [one, two] = &names[..] else { return Err(Refusal::Empty) };
    Ok(Rows { rows, names: [one.clone(), two.clone()], is_change: true, remark })
}

/// The reasons why rows cannot be compared, each once.
fn broken(task: &Task<'_>, rows: impl Iterator<Item = Clear>) -> Option<String> {
    let mut said: Vec<&str> = Vec::new();
    for row in rows {
        let Clear::Broken(why) = row else { continue };
        let words = reason(why, task.words);
        if !said.contains(&words) {
            said.push(words);
        }
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// The table of a question in a round.
pub(super) fn table(round: &Round, question: usize) -> Option<&Table> {
    round.tables.get(question)?.as_ref()
}

/// What became of the share of each question from one round to the next, looked at together; none
/// where a question was not asked in both.
pub(super) fn between(task: &Task<'_>, before: &Round, now: &Round) -> Vec<Option<Change>> {
    let found: Vec<_> = (0..now.tables.len())
        .map(|at| {
            let (then, after) = (table(before, at)?, table(now, at)?);
            let join = *now.joins.get(at)?;
            Some((then, after, join, counting(task, then), counting(task, after)))
        })
        .collect();
    let pairs: Vec<Pair<'_>> = found
        .iter()
        .flatten()
        .map(|(before, after, join, then, now)| Pair {
            before,
            after,
            join: *join,
            choices: (then, now),
        })
        .collect();
    let mut told = changes(&pairs).into_iter();
    found.iter().map(|pair| pair.as_ref().and_then(|_| told.next())).collect()
}

/// Why two rounds do not stand on one line.
pub(super) fn reason(why: Break, words: &ChartWords) -> &str {
    match why {
        Break::Question => &words.break_question,
        Break::Withheld => &words.break_withheld,
        Break::Sampling => &words.break_sampling,
        Break::NotRandom => &words.break_not_random,
        Break::Mode => &words.break_mode,
        Break::Few => &words.break_few,
    }
}

/// When rounds were: the month and year, or the day where two of them share a month.
pub(super) fn dates(task: &Task<'_>, rounds: &[&Round]) -> Vec<String> {
    let first = |round: &Round| round.tables.iter().flatten().next().map(Table::about).cloned();
    let abouts: Vec<_> = rounds.iter().map(|round| first(round)).collect();
    let days: Vec<Option<Date>> =
        abouts.iter().map(|about| about.as_ref().and_then(|about| about.opened)).collect();
    let month = |day: &Date| (day.year(), day.month());
    let known = || days.iter().flatten();
    let is_close = known()
        .enumerate()
        .any(|(at, day)| known().skip(at + 1).any(|other| month(day) == month(other)));
    let said = |(about, day): (&Option<crate::release::table::About>, &Option<Date>)| match day {
        Some(day) if is_close => caption::date_as(&task.words.day_month, *day, task.words),
        Some(day) => caption::date_as(&task.words.month_year, *day, task.words),
        None => about.as_ref().map_or_else(String::new, |about| about.title.clone()),
    };
    abouts.iter().zip(&days).map(said).collect()
}

/// What is said of the distance, in the table behind the chart.
pub(super) fn difference(task: &Task<'_>, row: &Ends, is_change: bool) -> String {
    let words = task.words;
    match (row.clear, row.both()) {
        (Clear::Broken(why), _) => reason(why, words).to_owned(),
        (_, None) => words.table_unknown.clone(),
        (Clear::No, Some(_)) if is_change => words.no_change.clone(),
        (Clear::No, Some(_)) => words.no_clear.clone(),
        (Clear::Yes, Some((one, two))) if two.value > one.value => words.more.clone(),
        (Clear::Yes, Some(_)) => words.less.clone(),
    }
}

/// One row in words.
pub(super) fn in_words(task: &Task<'_>, row: &Ends) -> Option<String> {
    let (one, two) = row.both()?;
    let words = Words::of(task);
    let with = [
        ("row", row.head.name.as_str()),
        ("one", &one.figure(&words)),
        ("two", &two.figure(&words)),
    ];
    Some(fill(&task.words.desc_end, &with))
}
