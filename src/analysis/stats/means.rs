//! Means: of a number, of groups, of two groups compared.

use crate::analysis::answer::{Answer, Field, Refusal, by_code};
use crate::analysis::ask::Ask;
use crate::analysis::code::Code;

use super::dist::{t_975, t_p};
use super::moments::{count, mean, quantile, share, sorted, variance};
use super::scales::{Spread, too_few};

/// `numeric_summary`: mean, spread, quantiles of type 7, share of zeros, skewness `m3 / m2^1.5`.
///
/// # Errors
/// When a param cannot be read or the column is not there.
pub(super) fn numeric_summary(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let valid = ask.codes_or_none("valid")?;
    let scores = ask.scores("scores")?;
    let all = ask.numbers(ask.text("variable")?, valid.as_deref(), scores.as_ref(), &rows)?;
    let numbers = sorted(all.into_iter().flatten().collect());
    let n = numbers.len();
    let spread = Spread::of(n, mean(&numbers), variance(&numbers));
    let mut quantiles = Answer::new();
    for (name, p) in [("0.05", 0.05), ("0.25", 0.25), ("0.5", 0.5), ("0.75", 0.75), ("0.95", 0.95)]
    {
        quantiles.put(name, quantile(&numbers, p));
    }
    let zeros = numbers.iter().filter(|number| number.abs() == 0.0).count();
    let skewness = skewness(&numbers);
    let flat = (n > 1 && skewness.is_none()).then_some("all answers are the same: no skewness");
    Ok(Answer::new()
        .with("n", n)
        .with("mean", spread.mean)
        .with("sd", spread.sd)
        .with("min", numbers.first().copied())
        .with("max", numbers.last().copied())
        .with("quantiles_type7", quantiles)
        .with("share_zero", share(zeros, n))
        .with("skewness_g1", skewness)
        .with("mean_ci95_low", spread.low)
        .with("mean_ci95_high", spread.high)
        .cannot_if(too_few(n).or(flat)))
}

/// Moments by n; none where nothing varies.
fn skewness(numbers: &[f64]) -> Option<f64> {
    let middle = mean(numbers)?;
    let moment = |power| {
        numbers.iter().map(|number| (number - middle).powi(power)).sum::<f64>()
            / count(numbers.len())
    };
    let second = moment(2);
    (second > 0.0).then(|| moment(3) / second.powf(1.5))
}

/// The numbers of `variable` by the groups of `group_variable`.
pub(super) fn grouped(ask: &Ask<'_>) -> Result<(Vec<Code>, Vec<Vec<f64>>), Refusal> {
    for name in ["first", "second"] {
        if ask.value(name).is_some() {
            let why = format!("{name} does not say which rows are meant; use group_variable");
            return Err(Refusal::unsupported(why));
        }
    }
    let rows = ask.rows("filter")?;
    let valid = ask.codes_or_none("valid")?;
    let scores = ask.scores("scores")?;
    let groups = ask.codes("groups")?;
    if groups.is_empty() {
        return Err(Refusal::cannot("groups is empty"));
    }
    let numbers = ask.numbers(ask.text("variable")?, valid.as_deref(), scores.as_ref(), &rows)?;
    let places = ask.places(ask.text("group_variable")?, &groups, &rows)?;
    let mut by_group = vec![Vec::new(); groups.len()];
    for (number, place) in numbers.into_iter().zip(places) {
        if let (Some(number), Some(group)) = (number, by_group.get_mut(usize::from(place))) {
            group.push(number);
        }
    }
    Ok((groups, by_group))
}

/// Two groups and no more.
pub(super) fn two(ask: &Ask<'_>) -> Result<(Vec<f64>, Vec<f64>), Refusal> {
    let (_, groups) = grouped(ask)?;
    let pair: Result<[Vec<f64>; 2], _> = groups.try_into();
    let [one, two] =
        pair.map_err(|other| Refusal::cannot(format!("groups must be two, not {}", other.len())))?;
    Ok((one, two))
}

/// `mean_by_group`: n, mean, spread and t interval of every group, also of an empty one.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn mean_by_group(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let (codes, groups) = grouped(ask)?;
    let thin = groups.iter().any(|group| group.len() < 2);
    let one = |group: &Vec<f64>| -> Field {
        let spread = Spread::of(group.len(), mean(group), variance(group));
        let answer = Answer::new()
            .with("n", group.len())
            .with("mean", spread.mean)
            .with("sd", spread.sd)
            .with("ci95_low", spread.low)
            .with("ci95_high", spread.high);
        answer.cannot_if(too_few(group.len())).into()
    };
    let why = thin.then_some("a group of no answer has no mean, one of one answer no spread");
    Ok(Answer::new().with("groups", by_code(&codes, groups.iter().map(one))).cannot_if(why))
}

/// `mean_difference`: Welch's test of two independent means, with the degrees of freedom of
/// Satterthwaite.
///
/// # Errors
/// When a param cannot be read, there are not two groups, or a column is not there.
pub(super) fn mean_difference(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let (one, two) = two(ask)?;
    let (mean1, mean2) = (mean(&one), mean(&two));
    let (var1, var2) = (variance(&one), variance(&two));
    let diff = mean1.zip(mean2).map(|(one, two)| one - two);
    let (n1, n2) = (count(one.len()), count(two.len()));
    let welch = var1.zip(var2).and_then(|(var1, var2)| {
        let (part1, part2) = (var1 / n1, var2 / n2);
        let square = part1 + part2;
        let df = square.powi(2) / (part1.powi(2) / (n1 - 1.0) + part2.powi(2) / (n2 - 1.0));
        (square > 0.0).then(|| (square.sqrt(), df))
    });
    let t = diff.zip(welch).map(|(diff, (se, _))| diff / se);
    let half = welch.and_then(|(se, df)| Some(t_975(df)? * se));
    let why = match (diff, var1.zip(var2), welch) {
        (None, _, _) => Some("one of the two groups has no valid answer"),
        (Some(_), None, _) => Some("a group of one answer has no spread"),
        (Some(_), Some(_), None) => Some("neither group varies: there is nothing to test"),
        (Some(_), Some(_), Some(_)) => None,
    };
    Ok(Answer::new()
        .with("n1", one.len())
        .with("mean1", mean1)
        .with("sd1", var1.map(f64::sqrt))
        .with("n2", two.len())
        .with("mean2", mean2)
        .with("sd2", var2.map(f64::sqrt))
        .with("diff", diff)
        .with("t", t)
        .with("df", welch.map(|(_, df)| df))
        .with("p", t.zip(welch).and_then(|(t, (_, df))| t_p(t, df)))
        .with("ci95_low", diff.zip(half).map(|(diff, half)| diff - half))
        .with("ci95_high", diff.zip(half).map(|(diff, half)| diff + half))
        .cannot_if(why))
}

#[cfg(test)]
mod tests {
    use super::skewness;

    #[test]
    fn skewness_is_that_of_scipy() {
        // scipy.stats.skew([1, 2, 2, 3, 9])
        assert!(
            (skewness(&[1.0, 2.0, 2.0, 3.0, 9.0]).unwrap() - 1.321_086_967_875_271).abs() < 1e-12
        );
        assert_eq!((skewness(&[]), skewness(&[2.0, 2.0])), (None, None));
    }
}
