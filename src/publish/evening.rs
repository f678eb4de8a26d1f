//! The facilitator's sheet: what to do before, the evening minute by minute, which group starts
//! where, what stands on each poster and what to ask there, and lines for names.

use super::paper::leaflet::{Item, Leaflet};
use super::poster::PosterError;
use super::set::Order;
use super::spoken::spoken;
use super::station::Station;
use crate::charts::{caption, date};
use crate::domain::data_walk::{Group, rounds as walked};
use crate::words::{PressWords, fill};

/// How long a group stays at a poster, in minutes.
const ROUND: usize = 12;
/// The most posters a group visits: an evening is short.
const MOST_ROUNDS: usize = 5;

/// Sets the sheet in the language of who prepares the walk.
///
/// # Errors
/// When it cannot be set or written.
pub(super) fn plan(order: &Order<'_>) -> Result<Vec<u8>, PosterError> {
    let (texts, words) = (order.staff.0, order.staff.1);
    let stations = order.wall.stations();
    let rounds = stations.len().clamp(1, MOST_ROUNDS);
    let mut items = Vec::new();
    if stations.iter().any(Station::is_invented) {
        items.push(Item::Warning(texts.poster.invented.clone()));
    }
    items.push(Item::Title(fill(&words.plan_title, &[("title", &order.evening.title)])));
    let day = order.evening.day.map(|day| date(day, texts.chart)).unwrap_or_default();
    let (n, groups) = (stations.len().to_string(), order.evening.groups.len().to_string());
    let about =
        [("day", day.as_str()), ("area", order.wall.area()), ("n", &n), ("groups", &groups)];
    let about = fill(&words.plan_day, &about);
    items.push(Item::Words(about.trim_start_matches([' ', '·']).to_owned()));
    items.push(Item::Section(words.plan_before.clone()));
    let before = [&words.plan_before_hang, &words.plan_before_lay, &words.plan_before_ask];
    items.extend(before.map(|line| Item::Point(line.clone())));
    items.push(Item::Section(words.plan_evening.clone()));
    items.extend(minutes(order, words, rounds));
    items.push(Item::Section(words.plan_turns.clone()));
    items.push(Item::Grid(turns(order, words, rounds)));
    items.push(Item::Section(words.plan_rules.clone()));
    let rules = [&words.plan_rule_all, &words.plan_rule_names, &words.plan_rule_doubt];
    items.extend(rules.map(|line| Item::Point(line.clone())));
    items.push(Item::Page);
    items.push(Item::Section(words.plan_stations.clone()));
    for station in stations {
        items.extend(about_station(order, station));
    }
    items.push(Item::Section(words.plan_names.clone()));
    items.push(Item::Blank(words.plan_facilitator.clone()));
    let host = |station: &Station| {
        Item::Blank(fill(&words.plan_host, &[("n", &station.number.to_string())]))
    };
    items.extend(stations.iter().map(host));
    items.push(Item::Blank(words.plan_writer.clone()));
    items.push(Item::Blank(words.plan_interpreter.clone()));
    Ok(Leaflet { lang: texts.lang, items }.pdf(3)?)
}

/// The evening, minute by minute.
fn minutes(order: &Order<'_>, words: &PressWords, rounds: usize) -> Vec<Item> {
    let with = [
        ("rounds", &*rounds.to_string()),
        ("minutes", &ROUND.to_string()),
        ("n", &order.wall.stations().len().to_string()),
    ];
    let mut steps = vec![(10, words.plan_welcome.clone())];
    if order.guess {
        steps.push((10, words.plan_guess.clone()));
    }
    steps.push((rounds * ROUND, fill(&words.plan_rounds, &with)));
    steps.push((20, words.plan_debrief.clone()));
    steps.push((5, words.plan_end.clone()));
    let mut from = 0;
    let step = |(long, what): (usize, String)| {
        let to = from + long;
        let time = [("from", &*from.to_string()), ("to", &to.to_string())];
        let time = fill(&words.plan_minutes, &time);
        from = to;
        Item::Point(format!("{time}: {what}"))
    };
    steps.into_iter().map(step).collect()
}

/// Which group is at which poster in each round: they start spread out and move on by one.
fn turns(order: &Order<'_>, words: &PressWords, rounds: usize) -> Vec<Vec<String>> {
    let numbers: Vec<u32> = order.wall.stations().iter().map(|station| station.number).collect();
    let round = |n: usize| fill(&words.plan_round, &[("n", &n.to_string())]);
    let head = std::iter::once(String::new()).chain((1..=rounds).map(round)).collect();
    let row = |group: &Group| {
        let turns = walked(group.begins, &numbers).into_iter().take(rounds);
        let name = fill(&words.plan_group, &[("group", &group.letter.to_string())]);
        let name = format!("{name} {}", group.host).trim().to_owned();
        std::iter::once(name).chain(turns.map(|number| number.to_string())).collect()
    };
    std::iter::once(head).chain(order.evening.groups.iter().map(row)).collect()
}

/// What stands on a poster and what to ask there.
fn about_station(order: &Order<'_>, station: &Station) -> Vec<Item> {
    let (texts, words) = (order.staff.0, order.staff.1);
    let lang = texts.lang;
    let tables: Vec<_> = station.tables().collect();
    let care = caption(&tables, lang, texts.chart);
    let said = spoken(station, lang, (texts.poster, texts.chart), order.written).said;
    let mut items = vec![
        Item::Under(format!("{} · {}", station.number, station.question(lang))),
        Item::Words(fill(&words.plan_says, &[("said", &said)])),
    ];
    items.extend(
        care.careful.first().map(|one| Item::Soft(fill(&words.plan_careful, &[("careful", one)]))),
    );
    let prompts: Vec<&str> = station.prompts.iter().map(|prompt| prompt.get(lang)).collect();
    items.push(Item::Words(format!("{} {}", words.plan_ask, prompts.join(" "))));
    items
}
