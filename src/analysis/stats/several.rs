//! Questions with several answers: ticks, and choices in order.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analysis::answer::{Answer, Refusal, by_code};
use crate::analysis::ask::{Ask, Rows};
use crate::analysis::code::Code;
use crate::analysis::data::Place;
use crate::analysis::weights::asked::column_of_weights;

use super::moments::{count, share};

/// Who is asked what they ticked.
enum Base {
    /// Whoever ticked anything.
    Any,
    /// Every row after the filter.
    All,
    /// By row.
    Some(Vec<bool>),
}

impl Base {
    fn of(ask: &Ask<'_>, rows: &Rows) -> Result<Self, Refusal> {
        match ask.value("base") {
            None => Ok(Self::Any),
            Some(Value::String(name)) if name == "any" => Ok(Self::Any),
            Some(Value::String(name)) if name == "all" => Ok(Self::All),
            Some(Value::Array(_)) => {
                let meets = ask.meets(&ask.conditions("base")?, "base")?;
                Ok(meets.map_or(Self::All, |meets| Self::Some(rows.of(meets))))
            }
            Some(other) => {
                let why = format!("base must be \"any\", \"all\" or conditions, not {other}");
                Err(Refusal::unsupported(why))
            }
        }
    }

    fn holds(&self, row: usize, ticks: usize) -> bool {
        match self {
            Self::Any => ticks > 0,
            Self::All => true,
            Self::Some(rows) => rows[row],
        }
    }
}

/// `multi_response`: a question of several columns, one for each box.
///
/// Shares of respondents divide by the base and may sum to more than 1; shares of ticks divide by
/// all ticks. An exclusive column ("none of these") counts as a tick, also where it is not among
/// the columns. A row without a weight is left out of the weighted shares only.
///
/// # Errors
/// When a param cannot be read, a weight is negative, or a column is not there.
pub(super) fn multi_response(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let selected = ask.codes("selected")?;
    let mut names = ask.texts("columns")?;
    let exclusive = match ask.value("exclusive") {
        Some(Value::Array(list)) if list.is_empty() => Vec::new(),
        None => Vec::new(),
        Some(_) => ask.texts("exclusive")?,
    };
    names
        .extend(exclusive.iter().filter(|name| !names.contains(name)).copied().collect::<Vec<_>>());
    let alone: Vec<bool> = names.iter().map(|name| exclusive.contains(name)).collect();
    let mut columns = Vec::new();
    for name in &names {
        let ticked = ask.table.column(name)?.map(|cell| selected.iter().any(|code| code.is(cell)));
        columns.push(rows.of(ticked));
    }
    let base = Base::of(ask, &rows)?;
    let weights = match ask.value("weight") {
        None => None,
        Some(_) => Some(column_of_weights(ask, ask.text("weight")?, &rows, None)?),
    };
    let mut counts = vec![0_usize; names.len()];
    let mut weighted = vec![0.0; names.len()];
    let (mut n, mut sum, mut both) = (0, 0.0, 0);
    let mut by_number: BTreeMap<usize, usize> = BTreeMap::new();
    for row in 0..rows.count {
        let ticks = columns.iter().filter(|column| column[row]).count();
        if !base.holds(row, ticks) {
            continue;
        }
        let weight = weights.as_ref().and_then(|weights| weights[row]).unwrap_or(0.0);
        (n, sum) = (n + 1, sum + weight);
        *by_number.entry(ticks).or_default() += 1;
        let none = columns.iter().zip(&alone).any(|(column, alone)| *alone && column[row]);
        both += usize::from(none && ticks > 1);
        for (at, column) in columns.iter().enumerate() {
            if column[row] {
                counts[at] += 1;
                weighted[at] += weight;
            }
        }
    }
    let ticks: usize = counts.iter().sum();
    let codes: Vec<Code> = names.iter().map(|name| Code::new(name)).collect();
    let mut numbers = Answer::new();
    for (ticks, many) in &by_number {
        numbers.put(&ticks.to_string(), *many);
    }
    let mut answer = Answer::new()
        .with("n_rows", rows.count)
        .with("n_base", n)
        .with("n_not_in_base", rows.count - n)
        .with("n_ticks", ticks)
        .with("count", by_code(&codes, counts.iter().copied()))
        .with("share_of_respondents", by_code(&codes, counts.iter().map(|count| share(*count, n))))
        .with("share_of_ticks", by_code(&codes, counts.iter().map(|count| share(*count, ticks))))
        .with("mean_ticks_per_respondent", share(ticks, n))
        .with("respondents_by_number_of_ticks", numbers);
    if !exclusive.is_empty() {
        answer.put("n_exclusive_with_other_tick", both);
    }
    if weights.is_some() {
        let shares = weighted.iter().map(|part| (sum > 0.0).then(|| part / sum));
        answer.put("weighted_share_of_respondents", by_code(&codes, shares));
    }
    let why = match (n, ticks) {
        (0, _) => Some("nobody is in the base"),
        (_, 0) => Some("nobody ticked anything"),
        (_, _) => None,
    };
    let light = (weights.is_some() && n > 0 && sum <= 0.0).then_some("the weights sum to 0");
    Ok(answer.cannot_if(why).cannot_if(light))
}

/// `ranked_choice`: a first, second, third choice in as many columns.
///
/// The base is whoever named an item first; "none" in the first column leaves it, as does a blank.
/// An item counts as mentioned once a respondent; points fall from the number of columns to 1, at
/// every rank it is named.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn ranked_choice(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let items = ask.codes("items")?;
    let none = ask.codes_or_none("none")?.unwrap_or_default();
    let columns = ask.texts("columns")?;
    let all: Vec<Code> = items.iter().chain(&none).cloned().collect();
    let places: Result<Vec<Vec<Place>>, Refusal> =
        columns.iter().map(|column| ask.places(column, &all, &rows)).collect();
    let places = places?;
    let many = items.len();
    let (mut first, mut mentioned, mut points) =
        (vec![0_usize; many], vec![0_usize; many], vec![0; many]);
    let (mut n, mut n_none, mut n_other, mut twice) = (0, 0_usize, 0_usize, 0);
    for row in 0..rows.count {
        let choices: Vec<usize> = places.iter().map(|column| usize::from(column[row])).collect();
        match choices[0] {
            item if item < many => first[item] += 1,
            item if item < all.len() => {
                n_none += 1;
                continue;
            }
            _ => {
                n_other += 1;
                continue;
            }
        }
        n += 1;
        let mut repeats = false;
        for (rank, item) in choices.iter().enumerate().filter(|(_, item)| **item < many) {
            points[*item] += columns.len() - rank;
            if choices[..rank].contains(item) {
                repeats = true;
            } else {
                mentioned[*item] += 1;
            }
        }
        twice += usize::from(repeats);
    }
    let shares = mentioned.iter().map(|count| share(*count, n)).collect::<Vec<_>>();
    Ok(Answer::new()
        .with("n_base", n)
        .with("n_none_chosen", n_none)
        .with("n_no_first_choice", n_other)
        .with("first_choice_count", by_code(&items, first))
        .with("mentioned_count", by_code(&items, mentioned))
        .with("mentioned_share", by_code(&items, shares))
        .with("points_3_2_1", by_code(&items, points))
        .with("respondents_naming_one_item_twice", twice)
        .with("mean_items_named", mean_named(&places, many))
        .cannot_if((n == 0).then_some("nobody chose anything")))
}

/// How many items one of the base named, on average.
fn mean_named(places: &[Vec<Place>], items: usize) -> Option<f64> {
    let rows = places.first()?.len();
    let is_item = |place: Place| usize::from(place) < items;
    let base: Vec<usize> = (0..rows).filter(|row| is_item(places[0][*row])).collect();
    let named = |row: &usize| places.iter().filter(|column| is_item(column[*row])).count();
    let sum: usize = base.iter().map(named).sum();
    (!base.is_empty()).then(|| count(sum) / count(base.len()))
}
