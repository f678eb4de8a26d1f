//! What must be read with a chart: who answered and how, and what to be careful with.

use jiff::civil::Date;

use super::rows::{PERCENT_FROM, Words, list};
use crate::domain::collection::{Mode, Origin, Presence, Sampling};
use crate::domain::text::Lang;
use crate::release::table::{About, Shape, Table};
use crate::words::{ChartWords, fill};

/// What stands beside a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caption {
    /// Who answered, how, when, and who asked.
    pub who: String,
    /// What to be careful with, most important first.
    pub careful: Vec<String>,
}

/// The caption of a chart over these tables; of several collections, the first speaks.
#[must_use]
pub fn caption(tables: &[&Table], lang: Lang, words: &ChartWords) -> Caption {
    let Some(first) = tables.first() else { return Caption::default() };
    Caption { who: who(first, words), careful: careful(tables, lang, words) }
}

fn who(table: &Table, words: &ChartWords) -> String {
    let about = table.about();
    let mut parts = vec![people(table, words), sampling(about, words)];
    if !about.modes.is_empty() {
        let modes: Vec<String> = about.modes.iter().map(|mode| way(*mode, about, words)).collect();
        let modes: Vec<&str> = modes.iter().map(String::as_str).collect();
        let modes = list(&modes, &words.comma, &words.last_and);
        parts.push(fill(&words.modes, &[("modes", &modes)]));
    }
    if !about.asked_by.trim().is_empty() {
        parts.push(fill(&words.asked_by, &[("who", &about.asked_by)]));
    }
    if about.origin == Origin::Asked {
        parts.push(presence(about.presence, words).to_owned());
    }
    parts.extend(dates(about, words));
    parts.join(" ")
}

fn people(table: &Table, words: &ChartWords) -> String {
    let about = table.about();
    let title = ("title", about.title.as_str());
    if table.shape() == Shape::Groups {
        let groups = table.groups().first().map_or(about.people, |group| group.base);
        return fill(&words.who_groups, &[("n", &groups.to_string())]);
    }
    if about.people == 0 {
        return fill(&words.who_no_number, &[title]);
    }
    let exact = table.step() <= 1;
    let n = about.people.to_string();
    let pattern = if exact { &words.who_people } else { &words.who_people_about };
    fill(pattern, &[("n", &n), title])
}

fn sampling(about: &About, words: &ChartWords) -> String {
    let how = match about.sampling {
        Sampling::Random => &words.sampling_random,
        Sampling::EveryoneInvited => &words.sampling_everyone_invited,
        Sampling::Picked => &words.sampling_picked,
        Sampling::SelfSelected => &words.sampling_self_selected,
    };
    let who = about.recruited_by.trim();
    if who.is_empty() {
        return how.clone();
    }
    format!("{how} {}", fill(&words.recruited_by, &[("who", who)]))
}

/// A way of answering, with its number where there are several.
fn way(mode: Mode, about: &About, words: &ChartWords) -> String {
    let name = mode_words(mode, words);
    match about.ways.iter().find(|(way, _)| *way == mode) {
        Some((_, count)) if about.ways.len() > 1 => {
            fill(&words.way, &[("way", name), ("n", &count.to_string())])
        }
        Some(_) | None => name.to_owned(),
    }
}

fn mode_words(mode: Mode, words: &ChartWords) -> &str {
    match mode {
        Mode::Own => &words.mode_own,
        Mode::Kiosk => &words.mode_kiosk,
        Mode::Assisted => &words.mode_assisted,
        Mode::Paper => &words.mode_paper,
        Mode::Imported => &words.mode_imported,
    }
}

fn presence(presence: Presence, words: &ChartWords) -> &str {
    match presence {
        Presence::Nobody => &words.presence_nobody,
        Presence::YouthWorker => &words.presence_youth_worker,
        Presence::Researcher => &words.presence_researcher,
        Presence::Teacher => &words.presence_teacher,
        Presence::Police => &words.presence_police,
    }
}

fn dates(about: &About, words: &ChartWords) -> Option<String> {
    let from = date(about.opened?, words);
    Some(match about.closed {
        None => fill(&words.dates_open, &[("from", &from)]),
        Some(to) if Some(to) == about.opened => fill(&words.dates_one, &[("from", &from)]),
        Some(to) => fill(&words.dates, &[("from", &from), ("to", &date(to, words))]),
    })
}

/// What a month is called.
pub(super) fn month(date: Date, words: &ChartWords) -> &str {
    let months = [
        &words.month_01,
        &words.month_02,
        &words.month_03,
        &words.month_04,
        &words.month_05,
        &words.month_06,
        &words.month_07,
        &words.month_08,
        &words.month_09,
        &words.month_10,
        &words.month_11,
        &words.month_12,
    ];
    let at = usize::try_from(date.month() - 1).unwrap_or(0);
    months.get(at).map_or("", |month| month.as_str())
}

/// A day in words, as `2 March 2026`.
#[must_use]
pub fn date(date: Date, words: &ChartWords) -> String {
    date_as(&words.date, date, words)
}

/// A date in the words of a pattern.
pub(super) fn date_as(pattern: &str, date: Date, words: &ChartWords) -> String {
    let month = month(date, words);
    let (day, year) = (date.day().to_string(), date.year().to_string());
    fill(pattern, &[("day", &day), ("month", month), ("year", &year)])
}

fn careful(tables: &[&Table], lang: Lang, words: &ChartWords) -> Vec<String> {
    let Some(first) = tables.first() else { return Vec::new() };
    let about = first.about();
    let mut lines = Vec::new();
    lines.extend(origin(about, words));
    lines.extend(steadiness(tables, words));
    match about.sampling {
        Sampling::Random if !first.weighted() => lines.push(words.unweighted.clone()),
        Sampling::Random => {}
        Sampling::EveryoneInvited => lines.push(words.everyone_no_margin.clone()),
        Sampling::Picked => lines.push(words.picked_no_margin.clone()),
        Sampling::SelfSelected => lines.push(words.no_margin.clone()),
    }
    lines.extend(margin(tables, words));
    lines.extend(first.weighted().then(|| words.weighted.clone()));
    lines.extend(tables.iter().filter_map(|table| moved(table, lang, words)));
    lines.extend(counting(tables, words));
    lines.extend(about.population.as_ref().filter(|_| has_reference(tables)).map(|from| {
        let with = [("source", from.source.as_str()), ("day", &date(from.dated, words))];
        fill(&words.population_source, &with)
    }));
    lines
}

/// How far chance and rounding may take the widest number that is drawn.
fn margin(tables: &[&Table], words: &ChartWords) -> Option<String> {
    let of_table = |table: &&Table| {
        let cells = |at: usize| (0..table.choices().len()).map(move |choice| (at, choice));
        let percent = |at: &usize| table.groups()[*at].base >= PERCENT_FROM;
        let cells = (0..table.groups().len()).filter(percent).flat_map(cells);
        let arm = |(at, choice)| {
            let ((low, high), share) = (table.interval(at, &[choice])?, table.share(at, choice)?);
            Some(f64::max(share - low, high - share))
        };
        cells.filter_map(arm).fold(0.0, f64::max)
    };
    let widest = tables.iter().map(of_table).fold(0.0, f64::max);
    let points = format!("{:.0}", (widest * 100.0).ceil());
    (widest > 0.0).then(|| fill(&words.margin, &[("n", &points)]))
}

/// The number that weights move most, without them.
fn moved(table: &Table, lang: Lang, words: &ChartWords) -> Option<String> {
    let (choice, plain) = table.plain()?;
    let about = Words::about(&[table], lang, words);
    // Rounded to nothing is not nobody, here as in the drawing.
    let nobody = |share: f64| share <= 0.0 && table.step() > 1;
    let percent = |share: f64| {
        if nobody(share) { about.hardly() } else { about.percentage(share, u64::MAX) }
    };
    let answer = table.choices().get(choice)?.text.get(lang);
    let (plain, weighted) = (percent(plain), percent(table.share(0, choice)?));
    let with = [("answer", answer), ("plain", plain.as_str()), ("weighted", weighted.as_str())];
    Some(fill(&words.weighted_moved, &with))
}

fn has_reference(tables: &[&Table]) -> bool {
    tables.iter().flat_map(|table| table.groups()).any(|group| group.reference.is_some())
}

fn origin(about: &About, words: &ChartWords) -> Option<String> {
    match (about.origin, &about.source) {
        (Origin::Asked, _) => None,
        (Origin::Imported, Some(source)) => Some(fill(&words.imported, &[("source", source)])),
        (Origin::Imported, None) => Some(words.imported_unknown.clone()),
        (Origin::Invented, _) => Some(words.invented.clone()),
    }
}

/// How steady the row with the fewest answers is, in words; nothing where no people are counted.
#[must_use]
pub fn steadiness(tables: &[&Table], words: &ChartWords) -> Option<String> {
    let counts = |shape| match shape {
        Shape::Ordered | Shape::Single | Shape::Multiple | Shape::People => true,
        Shape::Places | Shape::Groups => false,
    };
    let tables = tables.iter().filter(|table| counts(table.shape()));
    let fewest = tables.flat_map(|table| table.groups()).map(|group| group.base).min()?;
    Some(words.steadiness(fewest).to_owned())
}

/// How things were counted.
fn counting(tables: &[&Table], words: &ChartWords) -> Vec<String> {
    let mut lines = Vec::new();
    let groups = || tables.iter().flat_map(|table| table.groups());
    if tables.iter().any(|table| table.shape() == Shape::Multiple)
        && groups().any(|group| group.base >= PERCENT_FROM)
    {
        lines.push(words.several.clone());
    }
    if tables.iter().any(|table| table.shape() == Shape::Places) {
        lines.push(words.rating_subjective.clone());
    }
    if groups().any(|group| group.missing > 0) {
        lines.push(words.not_counted.clone());
    }
    if let Some(step) = tables.iter().map(|table| table.step()).filter(|step| *step > 1).max() {
        lines.push(fill(&words.rounded, &[("n", &step.to_string())]));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_said_in_words() {
        let words = ChartWords::of(Lang::Nl).unwrap();
        assert_eq!(date(jiff::civil::date(2026, 3, 2), &words), "2 maart 2026");
    }
}
