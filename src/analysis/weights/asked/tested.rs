//! Weighted tests, and spreads that are found otherwise than by linearising.

use serde_json::Value;

use super::super::{
    jackknife, overlap as seen_twice, rank_test as ranked, rao_scott as table_test,
};
use super::{Sample, known, nulls, outcome, put_interval, valid_place, with_reasons};
use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::Ask;
use crate::analysis::stats::moments::whole;

/// `rao_scott`: whether two questions hang together.
///
/// # Errors
/// When a param cannot be read, a weight is no weight, or nobody is in the table.
pub(in crate::analysis) fn rao_scott(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let sample = Sample::of(ask, None)?;
    let (rows, columns) = (ask.codes("row_values")?, ask.codes("col_values")?);
    let places = |name, codes: &[_]| -> Result<Vec<Option<usize>>, Refusal> {
        let places = sample.keep(&ask.places(ask.text(name)?, codes, &sample.rows)?);
        Ok(places.into_iter().map(|place| valid_place(place, codes.len())).collect())
    };
    let (row, column) = (places("row", &rows)?, places("col", &columns)?);
    let design = sample.design(ask)?;
    let shape = (rows.len(), columns.len());
    let test = table_test(&row, &column, shape, &sample.weights, &design)?;
    let mut reasons = Vec::new();
    let answer = Answer::new()
        .with("n", test.n)
        .with("weighted_share", test.share)
        .with("X2_pearson_weighted_n", test.pearson)
        .with("F", known(&test.f, &mut reasons))
        .with("ndf", known(&test.above, &mut reasons))
        .with("ddf", known(&test.below, &mut reasons))
        .with("p", known(&test.p, &mut reasons));
    Ok(with_reasons(answer, &reasons))
}

/// `weighted_rank_test`: whether groups answer higher or lower.
///
/// # Errors
/// When a param cannot be read, or a weight is no weight.
pub(in crate::analysis) fn rank_test(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let sample = Sample::of(ask, None)?;
    let valid = ask.codes_or_none("valid")?;
    let scores = ask.scores("scores")?;
    let values =
        ask.numbers(ask.text("variable")?, valid.as_deref(), scores.as_ref(), &sample.rows)?;
    let values = sample.keep(&values);
    let groups = ask.codes("groups")?;
    let names: Vec<&str> = groups.iter().map(crate::analysis::code::Code::label).collect();
    let places = sample.keep(&ask.places(ask.text("group_variable")?, &groups, &sample.rows)?);
    let of: Vec<Option<usize>> =
        places.into_iter().map(|place| valid_place(place, groups.len())).collect();
    let test = ranked(&values, &of, &names, &sample.weights, &sample.design(ask)?);
    let mut reasons = Vec::new();
    let mut answer = Answer::new()
        .with("n", values.iter().zip(&of).filter(|(v, g)| v.is_some() && g.is_some()).count());
    match known(&test, &mut reasons) {
        Some(test) => {
            answer.put("statistic", test.statistic);
            answer.put("df", test.freedom);
            answer.put("p", known(&test.p, &mut reasons));
        }
        None => nulls(&mut answer, &["statistic", "df", "p"]),
    }
    Ok(with_reasons(answer, &reasons))
}

/// `replicate_se`: the jackknife of a weighted mean or share: respondents, groups of them, or units
/// left out in turn, inside strata.
///
/// # Errors
/// When a param cannot be read, or a weight is no weight.
pub(in crate::analysis) fn replicates(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let sample = Sample::of(ask, None)?;
    let (valid, success) = (ask.codes_or_none("valid")?, ask.codes_or_none("success")?);
    let column = ask.text("variable")?;
    let values = outcome(ask, column, valid.as_deref(), success.as_deref(), &sample.rows)?;
    let values = sample.keep(&values);
    let named = |name| ask.value(name).map(|_| ask.text(name)).transpose();
    let (strata, names) = sample.groups(ask, named("strata")?, "stratum")?;
    let (units, _) = sample.groups(ask, named("psu")?, "unit")?;
    let modulo = ask.value("groups_modulo").map(|_| ask.whole("groups_modulo")).transpose()?;
    if modulo == Some(0) {
        return Err(Refusal::cannot("groups_modulo must be above 0"));
    }
    if modulo.is_some() && units.is_some() {
        return Err(Refusal::cannot("units are either psu or groups_modulo, not both"));
    }
    // The groups are numbered among the rows that have a weight, as a design made of them would be.
    let unit = |row: usize| match (&units, modulo) {
        (Some(units), _) => units[row],
        (None, Some(modulo)) => row % modulo,
        (None, None) => row,
    };
    let of = |row: usize| (strata.as_ref().map_or(0, |strata| strata[row]), unit(row));
    let of: Vec<(usize, usize)> = (0..values.len()).map(of).collect();
    let mut reasons = Vec::new();
    let Some(found) = known(&jackknife(&values, &sample.weights, &of, &names), &mut reasons) else {
        let mut answer = Answer::new();
        nulls(&mut answer, &["estimate", "n_replicates"]);
        nulls(&mut answer, &["se_centre_full_estimate", "se_centre_replicate_mean"]);
        return Ok(with_reasons(answer, &reasons));
    };
    let answer = Answer::new()
        .with("estimate", found.estimate)
        .with("n_replicates", found.replicates)
        .with("se_centre_full_estimate", known(&found.around_estimate, &mut reasons))
        .with("se_centre_replicate_mean", known(&found.around_replicates, &mut reasons));
    Ok(with_reasons(answer, &reasons))
}

/// `partial_overlap`: two waves cut from one file by row numbers, some rows in both.
///
/// # Errors
/// When a param cannot be read, or a wave has no answers.
pub(in crate::analysis) fn overlap(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let (valid, success) = (ask.codes_or_none("valid")?, ask.codes_or_none("success")?);
    let wave = |column, part: &'static str| -> Result<Vec<Option<f64>>, Refusal> {
        let (from, to) = range(ask, part, rows.count)?;
        let column = ask.text(column)?;
        let values = outcome(ask, column, valid.as_deref(), success.as_deref(), &rows)?;
        let inside = |(row, value): (usize, Option<f64>)| {
            // Without a list of valid codes whoever is in the wave and not a success is a 0.
            let zero = (valid.is_none() && success.is_some()).then_some(0.0);
            value.or(zero).filter(|_| (from..=to).contains(&row))
        };
        Ok(values.into_iter().enumerate().map(inside).collect())
    };
    let seen = seen_twice(&wave("first", "wave1_rows")?, &wave("second", "wave2_rows")?)?;
    let mut reasons = Vec::new();
    let mut answer = Answer::new()
        .with("n1", seen.counts.0)
        .with("n2", seen.counts.1)
        .with("n_overlap", seen.counts.2)
        .with("est1", seen.means.0)
        .with("est2", seen.means.1)
        .with("diff", seen.compared.difference)
        .with("cov_overlap", seen.covariance)
        .with("se", known(&seen.compared.se, &mut reasons))
        .with("se_if_wrongly_independent", known(&seen.if_independent, &mut reasons));
    put_interval(&mut answer, ("z", "p"), &seen.compared.test(), &mut reasons);
    put_interval(&mut answer, ("ci95_low", "ci95_high"), &seen.compared.interval(), &mut reasons);
    Ok(with_reasons(answer, &reasons))
}

/// `[first row, last row]`, counting from 0.
fn range(ask: &Ask<'_>, name: &'static str, rows: usize) -> Result<(usize, usize), Refusal> {
    let ends = ask.value(name).and_then(Value::as_array);
    let number = |value: &Value| value.as_f64().and_then(whole);
    let ends: Option<Vec<usize>> = ends.and_then(|ends| ends.iter().map(number).collect());
    match ends.as_deref() {
        Some([from, to]) if from <= to && *to < rows => Ok((*from, *to)),
        _ => Err(Refusal::cannot(format!(
            "{name} must be [first row, last row], counting from 0, of {rows} rows"
        ))),
    }
}
