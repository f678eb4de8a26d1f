//! The weighted methods of a plan: params and columns in, named numbers out.
//!
//! Rows without a weight leave first and are counted. The design is made of what is left; a
//! subpopulation or a missing answer takes nothing out of it.

pub(in crate::analysis) mod estimates;
pub(in crate::analysis) mod making;
pub(in crate::analysis) mod tested;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::{Design, Given, Grouping, Undefined, WeightFault, given};
use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::{Ask, Rows, codes};
use crate::analysis::code::{Cell, Code};
use crate::analysis::data::{NOWHERE, OTHER, Place};

impl From<Undefined> for Refusal {
    fn from(undefined: Undefined) -> Self {
        Self::cannot(undefined.to_string())
    }
}

/// The rows of a check that have a weight.
struct Sample {
    rows: Rows,
    /// Which of these rows have a weight.
    kept: Vec<usize>,
    /// Their weights.
    weights: Vec<f64>,
    /// How many rows have none.
    missing: usize,
}

impl Sample {
    /// The rows of `filter` with the weights of a column; `changed` is a row of the file whose weight
    /// is another.
    fn of(ask: &Ask<'_>, changed: Option<(usize, f64)>) -> Result<Self, Refusal> {
        let rows = ask.rows("filter")?;
        let weights = column_of_weights(ask, ask.text("weight")?, &rows, changed)?;
        let kept: Vec<usize> = (0..weights.len()).filter(|row| weights[*row].is_some()).collect();
        let missing = rows.count - kept.len();
        Ok(Self { rows, kept, weights: weights.into_iter().flatten().collect(), missing })
    }

    /// Of one value for each row of the check, those of the rows with a weight.
    fn keep<T: Copy>(&self, all: &[T]) -> Vec<T> {
        self.kept.iter().filter_map(|row| all.get(*row).copied()).collect()
    }

    /// Which rows meet the conditions of `domain`; all, where there are none.
    fn domain(&self, ask: &Ask<'_>) -> Result<Vec<bool>, Refusal> {
        let mask = ask.meets(&ask.conditions("domain")?, "domain")?;
        Ok(match mask {
            None => vec![true; self.kept.len()],
            Some(mask) => self.keep(&self.rows.of(mask)),
        })
    }

    /// The design that `design` names, or the columns beside it.
    fn design(&self, ask: &Ask<'_>) -> Result<Design, Refusal> {
        let empty = Map::new();
        let named = match ask.value("design") {
            None => &empty,
            Some(Value::Object(named)) => named,
            Some(_) => return Err(Refusal::cannot("design must be an object of columns")),
        };
        let known = ["strata", "psu", "fpc"];
        if let Some(other) = named.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Refusal::unsupported(format!("a design has no {other:?}, only {known:?}")));
        }
        let column = |name: &'static str| -> Result<Option<&str>, Refusal> {
            let beside = ask.value(name);
            match named.get(name).filter(|value| !value.is_null()).or(beside) {
                None => Ok(None),
                Some(Value::String(column)) => Ok(Some(column)),
                Some(_) => Err(Refusal::cannot(format!("{name} must be the name of a column"))),
            }
        };
        let (strata, units, sizes) = (column("strata")?, column("psu")?, column("fpc")?);
        let (strata, names) = self.groups(ask, strata, "stratum")?;
        let (units, _) = self.groups(ask, units, "unit")?;
        let sizes = sizes.map(|column| self.sizes(ask, column)).transpose()?;
        let columns = Grouping {
            strata: strata.as_deref(),
            names: &names,
            units: units.as_deref(),
            population: sizes.as_deref(),
        };
        let made = Design::new(self.kept.len(), columns);
        made.map_err(|fault| Refusal::cannot(fault.to_string()))
    }

    /// Which value of a column each row has, and what the values are called.
    fn groups(
        &self,
        ask: &Ask<'_>,
        column: Option<&str>,
        what: &str,
    ) -> Result<(Option<Vec<usize>>, Vec<String>), Refusal> {
        let Some(name) = column else { return Ok((None, Vec::new())) };
        let (places, names) = ask.table.column(name)?.values();
        let places = self.keep(&self.rows.of(places));
        let file = self.rows.places();
        if let Some(at) = places.iter().position(|place| *place == NOWHERE) {
            let row = self.kept.get(at).and_then(|row| file.get(*row)).copied().unwrap_or(at);
            let why = format!("row {row} (counting from 0): the {what} in {name} is blank");
            return Err(Refusal::cannot(why));
        }
        Ok((
            Some(places.into_iter().filter_map(|place| usize::try_from(place).ok()).collect()),
            names,
        ))
    }

    fn sizes(&self, ask: &Ask<'_>, column: &str) -> Result<Vec<f64>, Refusal> {
        let all = self.keep(&ask.numbers(column, None, None, &self.rows)?);
        let file = self.rows.places();
        let wrong = all.iter().position(|size| size.is_none_or(|size| size <= 0.0));
        if let Some(at) = wrong {
            let row = self.kept.get(at).and_then(|row| file.get(*row)).copied().unwrap_or(at);
            let why = format!("row {row} (counting from 0): {column} is no population size");
            return Err(Refusal::cannot(why));
        }
        Ok(all.into_iter().flatten().collect())
    }
}

/// A column of weights over the rows of a check.
///
/// # Errors
/// When it is no column of weights.
pub(in crate::analysis) fn column_of_weights(
    ask: &Ask<'_>,
    name: &str,
    rows: &Rows,
    changed: Option<(usize, f64)>,
) -> Result<Vec<Option<f64>>, Refusal> {
    let column = ask.table.column(name)?;
    let mut all = column.map(|cell| match cell {
        Cell::Blank => Given::Blank,
        Cell::Number(weight) => Given::Weight(weight),
        Cell::Word(_) => Given::Word,
    });
    if let Some((row, weight)) = changed {
        let rows = all.len();
        let Some(cell) = all.get_mut(row) else {
            let why = format!("there is no row {row} (counting from 0), only {rows} rows");
            return Err(Refusal::cannot(why));
        };
        *cell = Given::Weight(weight);
    }
    let cells = rows.places().into_iter().zip(rows.of(all));
    given(cells).map_err(|fault| {
        let word = column.first_word();
        let stands = match (&fault, word) {
            (WeightFault::NotANumber { row, .. }, Some((at, word))) if at == *row => {
                format!(" (it is {word:?})")
            }
            _ => String::new(),
        };
        Refusal::cannot(format!("{}, column {name}: {fault}{stands}", ask.table.name()))
    })
}

/// The place of an answer among the valid codes, none for any other.
fn valid_place(place: Place, codes: usize) -> Option<usize> {
    Some(usize::from(place)).filter(|place| *place < codes && *place < usize::from(OTHER))
}

/// A column as 1 for the successes among the valid answers and 0 for the others; as numbers where
/// there are no successes to tell.
fn outcome(
    ask: &Ask<'_>,
    column: &str,
    valid: Option<&[Code]>,
    success: Option<&[Code]>,
    rows: &Rows,
) -> Result<Vec<Option<f64>>, Refusal> {
    let Some(success) = success else { return ask.numbers(column, valid, None, rows) };
    if let Some(valid) = valid {
        crate::analysis::ask::among(success, "success", valid, "valid")?;
    }
    let codes = valid.unwrap_or(success);
    let yes: Vec<f64> = codes
        .iter()
        .map(|code| if success.iter().any(|yes| yes.same(code)) { 1.0 } else { 0.0 })
        .collect();
    let places = ask.places(column, codes, rows)?;
    Ok(places
        .into_iter()
        .map(|place| match valid_place(place, codes.len()) {
            Some(at) => yes.get(at).copied(),
            // Without a list of valid codes every other value is a no; a blank is not.
            None => (valid.is_none() && place == OTHER).then_some(0.0),
        })
        .collect())
}

/// `[column, valid, successes]`, as `target` writes it.
type Target<'a> = (&'a str, Option<Vec<Code>>, Option<Vec<Code>>);

fn target<'a>(ask: &Ask<'a>) -> Result<Option<Target<'a>>, Refusal> {
    let Some(value) = ask.value("target") else { return Ok(None) };
    let wrong = || Refusal::cannot("target must be [column, valid, success]");
    let parts = value.as_array().ok_or_else(wrong)?;
    let column = parts.first().and_then(Value::as_str).ok_or_else(wrong)?;
    let list = |at: usize| {
        let list = parts.get(at).filter(|list| !list.is_null());
        list.map(|list| codes(list, "target")).transpose()
    };
    Ok(Some((column, list(1)?, list(2)?)))
}

/// One code.
fn code(ask: &Ask<'_>, name: &'static str) -> Result<Code, Refusal> {
    let code = ask.value(name).and_then(Code::from_json);
    code.ok_or_else(|| Refusal::cannot(format!("{name} is missing: a text or a number")))
}

/// The low and high end of an interval under their names, and the reason where there is none.
fn put_interval(
    answer: &mut Answer,
    names: (&str, &str),
    interval: &Result<(f64, f64), Undefined>,
    reasons: &mut Vec<String>,
) {
    let ends = known(interval, reasons);
    answer.put(names.0, ends.map(|ends| ends.0));
    answer.put(names.1, ends.map(|ends| ends.1));
}

/// A figure, or its reason among the others.
fn known<T: Clone>(figure: &Result<T, Undefined>, reasons: &mut Vec<String>) -> Option<T> {
    match figure {
        Ok(figure) => Some(figure.clone()),
        Err(undefined) => {
            let reason = undefined.to_string();
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            None
        }
    }
}

/// Every reason beside the answer.
fn with_reasons(answer: Answer, reasons: &[String]) -> Answer {
    reasons.iter().fold(answer, |answer, reason| answer.cannot(reason))
}

/// Numbers that are all missing.
fn nulls(answer: &mut Answer, names: &[&str]) {
    for name in names {
        answer.put(name, None::<f64>);
    }
}
