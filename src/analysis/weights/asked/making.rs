//! Weights: made, cut and looked at.

use serde_json::Value;

use super::super::{
    Cap, CellFault, Design, Kish, Margin, Mean, NotRaked, Raked, Undefined, calibrated, kish, mean,
    post_stratify, rake, trim,
};
use super::{Sample, column_of_weights, known, nulls, outcome, target, valid_place, with_reasons};
use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::{Ask, Rows};
use crate::analysis::code::Code;
use crate::analysis::method::Method;
use crate::analysis::stats::moments::{count, share};

/// How many weights an answer shows.
const SHOWN: usize = 8;

/// `weight_diagnostics`: n·sum(w²)/sum(w)² and what goes with it; at `k` the worst-case margins.
///
/// # Errors
/// When there are no weights, or one is no weight.
pub(in crate::analysis) fn diagnostics(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    if ask.value("override").is_some() {
        return Err(Refusal::unsupported("weight_diagnostics cannot override weights"));
    }
    let sample = Sample::of(ask, None)?;
    let found = kish(&sample.weights).ok_or(Undefined::Nobody)?;
    let mut answer = Answer::new()
        .with("n", found.n)
        .with("n_weight_missing", sample.missing)
        .with("sum_w", found.sum)
        .with("sum_w2", found.squares)
        .with("mean_w", found.sum / count(found.n))
        .with("min_w", found.min)
        .with("max_w", found.max)
        .with("max_to_min", (found.min > 0.0).then(|| found.max / found.min))
        .with("cv_w", found.variation)
        .with("deff_kish", found.effect)
        .with("n_eff", found.effective);
    if ask.value("k").is_some() {
        let (effective, plain) = found.margins(ask.number("k")?);
        answer.put("moe_n_eff", effective);
        answer.put("moe_n", plain);
    }
    answer.note(found.warnings());
    Ok(answer.cannot_if((found.min <= 0.0).then_some("a weight is 0, so max_to_min has no value")))
}

/// What every set of made weights says of itself.
fn looks(answer: &mut Answer, weights: &[f64], made: &Kish) {
    answer.put("min_w", made.min);
    answer.put("max_w", made.max);
    answer.put("sum_w", made.sum);
    answer.put("deff_kish", made.effect);
    answer.put("n_eff", made.effective);
    answer.put("first_rows_w", weights.iter().take(SHOWN).copied().collect::<Vec<_>>());
    answer.note(made.warnings());
}

/// Base weights: a column, or 1 for every row.
fn start(ask: &Ask<'_>, rows: &Rows) -> Result<Vec<Option<f64>>, Refusal> {
    match ask.value("base_weight") {
        None => Ok(vec![Some(1.0); rows.count]),
        Some(Value::String(column)) => column_of_weights(ask, column, rows, None),
        Some(_) => Err(Refusal::cannot("base_weight must be the name of a column")),
    }
}

/// The margins of a plan over the rows of a check.
pub(super) fn margins(ask: &Ask<'_>, rows: &Rows) -> Result<Vec<Margin>, Refusal> {
    let wrong = || Refusal::cannot("margins must be {variable: {category: share}}");
    let named = ask.value("margins").and_then(Value::as_object).ok_or_else(wrong)?;
    let mut margins = Vec::new();
    for (name, categories) in named {
        let categories = categories.as_object().ok_or_else(wrong)?;
        let mut read: Vec<(Code, f64)> = Vec::new();
        for (category, target) in categories {
            let (code, share) = (Code::new(category), target.as_f64());
            let share = share.ok_or_else(|| {
                Refusal::cannot(format!("the margin of {name} = {category} is no number"))
            })?;
            if read.iter().any(|(other, _)| other.same(&code)) {
                return Err(Refusal::cannot(format!("{name} has the category {category} twice")));
            }
            read.push((code, share));
        }
        let codes: Vec<Code> = read.iter().map(|(code, _)| code.clone()).collect();
        let places = ask.places(name, &codes, rows)?;
        let of = places.into_iter().map(|place| valid_place(place, codes.len())).collect();
        let categories = read.into_iter().map(|(code, share)| (code.label().to_owned(), share));
        margins.push(Margin { name: name.clone(), categories: categories.collect(), of });
    }
    Ok(margins)
}

/// `raking` and `raking_failure`: weights that meet every margin, or the reason why there are none.
///
/// # Errors
/// When a margin cannot be read or names no column.
pub(in crate::analysis) fn raking(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let (margins, start) = (margins(ask, &rows)?, start(ask, &rows)?);
    let target = target(ask)?;
    let raked = match rake(&margins, &start) {
        Ok(raked) => raked,
        Err(why) => return Ok(not_raked(&why)),
    };
    let mut answer = Answer::new()
        .with("n", raked.rows.len())
        .with("converged", true)
        .with("max_margin_error", raked.error)
        .with("cycles", raked.cycles);
    let made = kish(&raked.weights).ok_or(Undefined::Nobody)?;
    looks(&mut answer, &raked.weights, &made);
    let Some((column, valid, success)) = target else { return Ok(answer) };
    let values = outcome(ask, column, valid.as_deref(), success.as_deref(), &rows)?;
    let Known { mut found, mean, reasons, calibrated, unweighted } =
        spread(&raked.rows, &raked.weights, &values, |influence| {
            let kept = |all: &[Option<f64>]| -> Vec<f64> {
                raked.rows.iter().filter_map(|row| all[*row]).collect()
            };
            let of = |margin: &Margin| -> Vec<usize> {
                raked.rows.iter().filter_map(|row| margin.of[*row]).collect()
            };
            let of: Vec<Vec<usize>> = margins.iter().map(of).collect();
            calibrated(influence, &raked.weights, &kept(&start), &of)
        });
    if success.is_some() {
        found.put("se_calibrated", calibrated);
        let mut target = Answer::new().with("unweighted_share", unweighted);
        target.put("weighted_share", mean);
        target.put("se_fixed_weights", found.number("se_fixed_weights"));
        target.put("se_calibrated", calibrated);
        answer.put("target", target);
    } else {
        answer.put("mean", mean);
        answer.put("se_fixed_weights", found.number("se_fixed_weights"));
        answer.put("se_calibrated", calibrated);
    }
    Ok(with_reasons(answer, &reasons))
}

/// What can be said of a target.
struct Known {
    found: Answer,
    mean: Option<f64>,
    unweighted: Option<f64>,
    calibrated: Option<f64>,
    reasons: Vec<String>,
}

/// A target over weighted rows: its mean, its spread with fixed weights, and its spread without what
/// the margins fix.
fn spread(
    rows: &[usize],
    weights: &[f64],
    values: &[Option<f64>],
    left: impl Fn(&[f64]) -> Vec<f64>,
) -> Known {
    let values: Vec<Option<f64>> = rows.iter().map(|row| values[*row]).collect();
    let design = Design::simple(rows.len());
    let mut reasons = Vec::new();
    let answered: Vec<f64> = values.iter().flatten().copied().collect();
    let unweighted =
        (!answered.is_empty()).then(|| answered.iter().sum::<f64>() / count(answered.len()));
    let found: Option<Mean> = known(&mean(&values, weights, &design), &mut reasons);
    let fixed = found.as_ref().and_then(|found| known(&found.se, &mut reasons));
    let calibrated =
        found.as_ref().and_then(|found| known(&design.se(&left(&found.influence)), &mut reasons));
    Known {
        found: Answer::new().with("se_fixed_weights", fixed),
        mean: found.map(|found| found.mean),
        unweighted,
        calibrated,
        reasons,
    }
}

/// No weights, and why.
fn not_raked(why: &NotRaked) -> Answer {
    let mut answer = Answer::new().with("n", why.n).with("converged", false);
    if !why.empty.is_empty() {
        let mut empty = Answer::new();
        for (variable, category) in &why.empty {
            empty.put(variable, category.as_str());
        }
        answer.put("empty_category", empty);
    }
    answer.put("max_margin_error_after_last_cycle", why.error);
    nulls(&mut answer, &["max_margin_error", "min_w", "max_w", "deff_kish", "n_eff"]);
    answer.put("first_rows_w", None::<f64>);
    answer.cannot(&why.reason)
}

/// `post_stratification`: base weight · share of the cell / weighted sum of the cell.
///
/// # Errors
/// When a cell cannot be read, names no column, or the population is none.
pub(in crate::analysis) fn post_stratification(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let start = start(ask, &rows)?;
    let target = target(ask)?;
    let Listed { names, shares, of } = listed(ask, &rows)?;
    let sizes: Vec<usize> =
        (0..shares.len()).map(|cell| of.iter().filter(|of| **of == Some(cell)).count()).collect();
    let empty = sizes.iter().filter(|size| **size == 0).count();
    let mut answer = Answer::new()
        .with("n", of.iter().zip(&start).filter(|(of, w)| of.is_some() && w.is_some()).count())
        .with("n_cells", shares.len())
        .with("n_empty_cells", empty)
        .with("smallest_cell", sizes.iter().copied().min());
    let made = match post_stratify(&shares, &of, &start) {
        Ok(made) => made,
        Err(fault) => {
            nulls(&mut answer, &["min_w", "max_w", "deff_kish", "n_eff", "first_rows_w"]);
            let why = match &fault {
                CellFault::Empty(cells) => {
                    let cells: Vec<&str> = cells.iter().map(|cell| names[*cell].as_str()).collect();
                    format!("population cells without respondents: {}", cells.join("; "))
                }
                CellFault::NotAShare { .. } | CellFault::NoPopulation | CellFault::NoRows => {
                    fault.to_string()
                }
            };
            return Ok(answer.cannot(&why));
        }
    };
    let looked = kish(&made.weights).ok_or(Undefined::Nobody)?;
    looks(&mut answer, &made.weights, &looked);
    if made.smallest < 20 {
        let smallest = made.smallest;
        answer.note(vec![format!("the smallest cell has {smallest} rows; below 20, rake instead")]);
    }
    let Some((column, valid, success)) = target else { return Ok(answer) };
    let values = outcome(ask, column, valid.as_deref(), success.as_deref(), &rows)?;
    let kept: Vec<f64> = made.rows.iter().filter_map(|row| start[*row]).collect();
    let cells = [made.of.clone()];
    let seen = spread(&made.rows, &made.weights, &values, |influence| {
        calibrated(influence, &made.weights, &kept, &cells)
    });
    let target = Answer::new()
        .with("unweighted_share", seen.unweighted)
        .with("weighted_share", seen.mean)
        .with("se_fixed_weights", seen.found.number("se_fixed_weights"))
        .with("se_poststratified", seen.calibrated);
    answer.put("target", target);
    Ok(with_reasons(answer, &seen.reasons))
}

/// The cells of a population, and the one of each row.
struct Listed {
    names: Vec<String>,
    shares: Vec<f64>,
    of: Vec<Option<usize>>,
}

fn listed(ask: &Ask<'_>, rows: &Rows) -> Result<Listed, Refusal> {
    let variables = ask.texts("cells")?;
    let wrong = |at: usize| {
        Refusal::cannot(format!(
            "population[{at}] is not {{\"cell\": [one code for each of {variables:?}], \"share\": number}}"
        ))
    };
    let list = ask.value("population").and_then(Value::as_array);
    let list = list.filter(|list| !list.is_empty()).ok_or_else(|| wrong(0))?;
    let mut population: Vec<(Vec<Code>, f64)> = Vec::new();
    for (at, entry) in list.iter().enumerate() {
        let cell = entry.get("cell").and_then(Value::as_array).ok_or_else(|| wrong(at))?;
        let codes: Option<Vec<Code>> = cell.iter().map(Code::from_json).collect();
        let codes =
            codes.filter(|codes| codes.len() == variables.len()).ok_or_else(|| wrong(at))?;
        let share = entry.get("share").and_then(Value::as_f64).ok_or_else(|| wrong(at))?;
        let same = |other: &(Vec<Code>, f64)| {
            other.0.iter().zip(&codes).all(|(one, other)| one.same(other))
        };
        if population.iter().any(same) {
            return Err(Refusal::cannot(format!("population[{at}] stands above already")));
        }
        population.push((codes, share));
    }
    let mut at_all: Vec<Option<Vec<usize>>> = vec![Some(Vec::new()); rows.count];
    for (at, variable) in variables.iter().enumerate() {
        let mut codes: Vec<Code> = Vec::new();
        for (cell, _) in &population {
            if !codes.iter().any(|code| code.same(&cell[at])) {
                codes.push(cell[at].clone());
            }
        }
        let places = ask.places(variable, &codes, rows)?;
        for (all, place) in at_all.iter_mut().zip(places) {
            let place = valid_place(place, codes.len());
            *all = all.take().zip(place).map(|(mut all, place)| {
                all.push(place);
                all
            });
        }
        for (cell, _) in &mut population {
            if let Some(place) = codes.iter().position(|code| code.same(&cell[at])) {
                cell[at] = Code::new(&format!("{place}\u{1f}{}", codes[place].label()));
            }
        }
    }
    // By now each code carries its place before its label.
    let split = |code: &Code| -> Option<(usize, String)> {
        let (place, label) = code.label().split_once('\u{1f}')?;
        Some((place.parse().ok()?, label.to_owned()))
    };
    let keys: Vec<Vec<usize>> = population
        .iter()
        .map(|(cell, _)| cell.iter().filter_map(|code| Some(split(code)?.0)).collect())
        .collect();
    let of = at_all
        .into_iter()
        .map(|all| all.and_then(|all| keys.iter().position(|key| *key == all)))
        .collect();
    let name = |(at, code): (usize, &Code)| {
        let label = split(code).map(|(_, label)| label).unwrap_or_default();
        format!("{} = {label}", variables[at])
    };
    let names = population
        .iter()
        .map(|(cell, _)| cell.iter().enumerate().map(name).collect::<Vec<_>>().join(", "))
        .collect();
    Ok(Listed { names, shares: population.iter().map(|(_, share)| *share).collect(), of })
}

/// `weight_trimming`: the weights of another check of the plan (`from`: its id, or how it ends), or of a
/// column (`weight`), cut at `cap`, and held at `floor` where one is given.
///
/// # Errors
/// When that check made no weights, or the mean lies beyond the cap.
pub(in crate::analysis) fn trimming(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let cap = Cap {
        high: ask.number("cap")?,
        low: if ask.value("floor").is_some() { ask.number("floor")? } else { 0.0 },
    };
    let weights = if ask.value("from").is_some() {
        weights_of(ask, ask.text("from")?)?
    } else {
        Sample::of(ask, None)?.weights
    };
    let before = kish(&weights).ok_or(Undefined::Nobody)?;
    let trimmed = trim(&weights, cap).map_err(|why| Refusal::cannot(why.to_string()))?;
    let after = kish(&trimmed.weights).ok_or(Undefined::Nobody)?;
    let mut answer = Answer::new()
        .with("n", weights.len())
        .with("n_above_cap_before", trimmed.above)
        .with("n_at_cap_after", trimmed.at_cap)
        .with("share_at_cap_after", share(trimmed.at_cap, weights.len()))
        .with("max_w", after.max)
        .with("min_w", after.min)
        .with("sum_w", after.sum)
        .with("deff_before", before.effect)
        .with("deff_after", after.effect)
        .with("n_eff_after", after.effective);
    if cap.low > 0.0 {
        answer.put("n_at_floor_after", trimmed.at_floor);
    }
    answer.note(vec!["trimmed weights meet the margins they were made for only nearly".to_owned()]);
    Ok(answer)
}

/// The weights another check made.
fn weights_of(ask: &Ask<'_>, from: &str) -> Result<Vec<f64>, Refusal> {
    let ends = format!(".{from}");
    let mut checks = ask.plan.checks.iter().filter(|check| check.id == from);
    let mut like = ask.plan.checks.iter().filter(|check| check.id.ends_with(&ends));
    let Some(check) = checks.next().or_else(|| like.next()) else {
        return Err(Refusal::unsupported(format!("the plan has no check {from:?} to trim")));
    };
    let other = ask.beside(check)?;
    let rows = other.rows("filter")?;
    let start = start(&other, &rows)?;
    let method = check.method.clone()?;
    if method == Method::Raking {
        let raked: Result<Raked, NotRaked> = rake(&margins(&other, &rows)?, &start);
        return Ok(raked
            .map_err(|why| Refusal::cannot(format!("{from}: {}", why.reason)))?
            .weights);
    }
    if method == Method::PostStratification {
        let Listed { shares, of, .. } = listed(&other, &rows)?;
        let made = post_stratify(&shares, &of, &start);
        return Ok(made.map_err(|why| Refusal::cannot(format!("{from}: {why}")))?.weights);
    }
    Err(Refusal::unsupported(format!("{method:?} makes no weights to trim")))
}
