//! The scores of a list of answers: they begin at 0 and rise, whatever was moved.

use toml_edit::Item;

use super::words::put;
use super::{Refusal, list};

/// Gives every answer that is not missing its score again. Answers without scores get none, unless
/// they are `steps`.
pub(super) fn settle(choices: &mut Item, steps: bool) -> Result<(), Refusal> {
    let real: Vec<usize> = list::tables(choices)
        .filter(|(_, choice)| choice.get("missing").and_then(Item::as_bool) != Some(true))
        .map(|(place, _)| place)
        .collect();
    let score = |place: usize| number(choices.get(place)?.get("score")?);
    let known: Vec<Option<f64>> = real.iter().map(|place| score(*place)).collect();
    if !steps && known.iter().all(Option::is_none) {
        return Ok(());
    }
    let mut sorted: Vec<f64> = known.iter().copied().flatten().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let starts = sorted.first().is_some_and(|first| *first == 0.0);
    if !starts || sorted.len() > real.len() {
        sorted.clear();
    }
    let mut next = sorted.last().map_or(0.0, |last| last + 1.0);
    while sorted.len() < real.len() {
        sorted.push(next);
        next += 1.0;
    }
    for (place, score) in real.into_iter().zip(sorted) {
        let choice = choices.get_mut(place).ok_or(Refusal::Gone)?;
        let old = choice.get("score").and_then(number);
        if old != Some(score) {
            put(choice, "score", written(score))?;
        }
    }
    Ok(())
}

/// A number of a file, whole or not.
pub(super) fn number(item: &Item) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "scores and bounds are small")]
    item.as_integer().map(|whole| whole as f64).or_else(|| item.as_float())
}

/// A number as a person would write it.
pub(super) fn written(number: f64) -> toml_edit::Value {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    if number.fract() == 0.0 && number.abs() < 1e15 {
        (number as i64).into()
    } else {
        number.into()
    }
}
