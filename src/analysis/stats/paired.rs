//! The same people measured twice: two shares, two means.

use serde_json::Value;

use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::{Ask, codes};
use crate::analysis::code::Code;

use super::dist::{Z, binomial_half_p, chi2_p, t_975, t_p};
use super::moments::{correlation, count, mean, variance};
use super::shares::hits;

/// A column, its successes, and its valid codes where they are given.
type Side<'a> = (&'a str, Vec<Code>, Option<Vec<Code>>);

/// `[column, successes, valid codes]` of a param.
fn side<'a>(ask: &Ask<'a>, name: &'static str) -> Result<Side<'a>, Refusal> {
    let parts = ask.value(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (Some(column), Some(success)) = (parts.first().and_then(Value::as_str), parts.get(1))
    else {
        return Err(Refusal::cannot(format!("{name} must be [column, successes, valid codes]")));
    };
    let valid = parts.get(2).filter(|valid| !valid.is_null());
    let valid = valid.map(|valid| codes(valid, name)).transpose()?;
    Ok((column, codes(success, name)?, valid))
}

/// `paired_proportions`: two shares of the same respondents, tested after `McNemar`.
///
/// `n10` = first yes, second no. `se_wald = sqrt((n10+n01) - (n10-n01)^2/n)/n`; chi-square
/// `(n10-n01)^2/(n10+n01)` with one degree of freedom; exact: two-sided binomial under one half.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn paired_proportions(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let read = |name| {
        let (column, success, valid) = side(ask, name)?;
        hits(ask, column, valid.as_deref(), &success, &rows)
    };
    let (first, second) = (read("first")?, read("second")?);
    let mut cells = [[0_u64; 2]; 2];
    for (first, second) in first.into_iter().zip(second).filter_map(|(one, two)| one.zip(two)) {
        cells[usize::from(!first)][usize::from(!second)] += 1;
    }
    let [[n11, n10], [n01, n00]] = cells;
    Ok(mcnemar(n11, n10, n01, n00))
}

fn mcnemar(n11: u64, n10: u64, n01: u64, n00: u64) -> Answer {
    let [yes_yes, yes_no, no_yes, no_no] =
        [n11, n10, n01, n00].map(|cell| count(usize::try_from(cell).unwrap_or(usize::MAX)));
    let n = yes_yes + yes_no + no_yes + no_no;
    let of = |part: f64| (n > 0.0).then(|| part / n);
    let (p1, p2) = (of(yes_yes + yes_no), of(yes_yes + no_yes));
    let diff = of(yes_no - no_yes);
    let (changed, net) = (yes_no + no_yes, yes_no - no_yes);
    let se = (n > 0.0).then(|| (changed - net * net / n).max(0.0).sqrt() / n);
    let end = |sign: f64| Some((se? * Z).mul_add(sign, diff?));
    let chi2 = (changed > 0.0).then(|| net * net / changed);
    let corrected = (changed > 0.0).then(|| (net.abs() - 1.0).max(0.0).powi(2) / changed);
    let wrong = p1.zip(p2).and_then(|(p1, p2)| {
        let spread = (p1 * (1.0 - p1) + p2 * (1.0 - p2)) / n;
        (spread > 0.0).then(|| (p1 - p2) / spread.sqrt())
    });
    let why = match (diff, chi2) {
        (None, _) => Some("nobody gave a valid answer both times"),
        (Some(_), None) => Some("nobody changed: there is nothing to test"),
        (Some(_), Some(_)) => None,
    };
    Answer::new()
        .with("n", n11 + n10 + n01 + n00)
        .with("n11", n11)
        .with("n10", n10)
        .with("n01", n01)
        .with("n00", n00)
        .with("p_first", p1)
        .with("p_second", p2)
        .with("diff", diff)
        .with("se_wald", se)
        .with("ci95_low", end(-1.0))
        .with("ci95_high", end(1.0))
        .with("mcnemar_chi2", chi2)
        .with("p", chi2.and_then(|chi2| chi2_p(chi2, 1.0)))
        .with("mcnemar_chi2_corrected", corrected)
        .with("p_corrected", corrected.and_then(|chi2| chi2_p(chi2, 1.0)))
        .with("p_exact", binomial_half_p(n10, n10 + n01))
        .with("z_if_wrongly_independent", wrong)
        .cannot_if(why)
}

/// `paired_means`: the mean of the second less the mean of the first, of the same units.
///
/// `se = sqrt((1-f) var(difference)/n)` with `f = n/N`, `N` from the column `fpc`; the interval is by
/// t(n-1). `t_no_fpc` is the ordinary paired t test.
///
/// # Errors
/// When a param cannot be read, a column is not there, or `fpc` is no single population size.
pub(super) fn paired_means(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let valid = ask.codes_or_none("valid")?;
    let scores = ask.scores("scores")?;
    let read = |name| ask.numbers(ask.text(name)?, valid.as_deref(), scores.as_ref(), &rows);
    let (first, second) = (read("first")?, read("second")?);
    let pairs = first.into_iter().zip(second).filter_map(|(one, two)| one.zip(two));
    let (first, second): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let n = first.len();
    let population = match ask.value("fpc") {
        None => None,
        Some(_) => Some(population(ask, n)?),
    };
    let left = population.map_or(1.0, |population| 1.0 - count(n) / population);
    let gaps: Vec<f64> = first.iter().zip(&second).map(|(one, two)| two - one).collect();
    let (diff, spread) = (mean(&gaps), variance(&gaps));
    let se = |spread: f64, left: f64| (left * spread / count(n)).sqrt();
    let own = spread.map(|spread| se(spread, left));
    let wrong = variance(&first).zip(variance(&second)).map(|(one, two)| se(one + two, left));
    let df = n.checked_sub(1).filter(|df| *df > 0);
    let half = own.and_then(|own| Some(t_975(count(df?))? * own));
    let t = spread.filter(|spread| *spread > 0.0).and_then(|spread| Some(diff? / se(spread, 1.0)));
    let why = match (n, t) {
        (0, _) => Some("nobody gave a valid answer both times"),
        (1, _) => Some("one pair has no spread"),
        (_, None) => Some("every pair differs by the same: there is nothing to test"),
        (_, Some(_)) => None,
    };
    Ok(Answer::new()
        .with("n", n)
        .with("mean_first", mean(&first))
        .with("mean_second", mean(&second))
        .with("diff", diff)
        .with("se", own)
        .with("correlation", correlation(&first, &second))
        .with("se_if_wrongly_independent", wrong)
        .with("t_no_fpc", t)
        .with("df", df)
        .with("p_no_fpc", t.and_then(|t| t_p(t, count(df?))))
        .with("ci95_low", diff.zip(half).map(|(diff, half)| diff - half))
        .with("ci95_high", diff.zip(half).map(|(diff, half)| diff + half))
        .cannot_if(why))
}

/// The one population size of the column `fpc`, or the number that stands there.
fn population(ask: &Ask<'_>, n: usize) -> Result<f64, Refusal> {
    let size = if let Ok(size) = ask.number("fpc") {
        size
    } else {
        let rows = ask.rows("filter")?;
        let mut sizes: Vec<f64> =
            ask.numbers(ask.text("fpc")?, None, None, &rows)?.into_iter().flatten().collect();
        sizes.dedup();
        match sizes.as_slice() {
            [size] => *size,
            _ => return Err(Refusal::cannot("fpc must be the same in every row")),
        }
    };
    if size < count(n) {
        return Err(Refusal::cannot(format!("{n} units cannot come from a population of {size}")));
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::mcnemar;

    /// Agresti's voters: R `mcnemar.test(matrix(c(794, 86, 150, 570), 2))`.
    #[test]
    fn voters_asked_twice() {
        let answer = mcnemar(794, 150, 86, 570);
        assert!((answer.number("mcnemar_chi2_corrected").unwrap() - 16.817_796_610_2).abs() < 1e-9);
        assert!((answer.number("p_corrected").unwrap() - 4.114_562_281_35e-5).abs() < 1e-13);
        assert_eq!(answer.number("p_first"), Some(0.59));
    }

    #[test]
    fn nobody_changed() {
        let answer = mcnemar(5, 0, 0, 3).into_value();
        assert_eq!((answer["p"].is_null(), answer["diff"].as_f64()), (true, Some(0.0)));
        assert!(mcnemar(0, 0, 0, 0).into_value()["reason"].is_string());
    }
}
