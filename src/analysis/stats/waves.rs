//! A share over several waves of independent samples.

use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::Ask;
use crate::analysis::code::Code;

use super::dist::chi2_p;
use super::moments::{count, share};
use super::shares::hits;
use super::tables::chi_square;

/// `wave_trend`: Cochran and Armitage's test of a straight line, and the chi-square of any difference.
///
/// With `p` of all waves, `T = sum s (x - n p)` and `var = p(1-p)(sum n s^2 - (sum n s)^2/n)`:
/// `trend_chi2 = T^2/var`, one degree of freedom, no continuity correction; the sign of `trend_z`
/// is the direction.
///
/// # Errors
/// When a param cannot be read, scores and waves differ in number, or a column is not there.
pub(super) fn wave_trend(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let waves = ask.codes("waves")?;
    let scores = scores(ask, &waves)?;
    let valid = ask.codes_or_none("valid")?;
    let hits = hits(ask, ask.text("variable")?, valid.as_deref(), &ask.codes("success")?, &rows)?;
    let places = ask.places(ask.text("wave_variable")?, &waves, &rows)?;
    let (mut x, mut n) = (vec![0_usize; waves.len()], vec![0_usize; waves.len()]);
    for (hit, place) in hits.into_iter().zip(places) {
        let at = usize::from(place);
        if let (Some(hit), true) = (hit, at < waves.len()) {
            n[at] += 1;
            x[at] += usize::from(hit);
        }
    }
    Ok(trend(&x, &n, &scores))
}

/// The waves' scores; their own numbers, or 1, 2, 3, where there are none.
fn scores(ask: &Ask<'_>, waves: &[Code]) -> Result<Vec<f64>, Refusal> {
    let Some(given) = ask.value("scores") else {
        let own: Option<Vec<f64>> = waves.iter().map(Code::number).collect();
        return Ok(own.unwrap_or_else(|| (1..=waves.len()).map(count).collect()));
    };
    let list = given.as_array().map(|list| {
        list.iter().map(|score| Code::from_json(score)?.number()).collect::<Option<Vec<f64>>>()
    });
    match list.flatten() {
        Some(scores) if scores.len() == waves.len() => Ok(scores),
        Some(_) | None => Err(Refusal::cannot("scores must be one number for each wave")),
    }
}

fn trend(x: &[usize], n: &[usize], scores: &[f64]) -> Answer {
    let (hits, all) = (x.iter().sum::<usize>(), n.iter().sum::<usize>());
    let asked = n.iter().filter(|n| **n > 0).count();
    let line = share(hits, all).and_then(|p| {
        let waves =
            || x.iter().zip(n).zip(scores).map(|((x, n), score)| (count(*x), count(*n), score));
        let middle = waves().map(|(_, n, score)| n * score).sum::<f64>() / count(all);
        let top: f64 = waves().map(|(x, n, score)| (score - middle) * (x - n * p)).sum();
        let spread: f64 = waves().map(|(_, n, score)| n * (score - middle).powi(2)).sum();
        let variance = p * (1.0 - p) * spread;
        (variance > 0.0).then(|| top / variance.sqrt())
    });
    let answered = x.iter().zip(n).filter(|(_, n)| **n > 0);
    let table: Vec<Vec<usize>> = answered.map(|(x, n)| vec![*x, n - x]).collect();
    let other = chi_square(&table);
    let why = match (all, asked, line) {
        (0, _, _) => Some("nobody gave a valid answer"),
        (_, 1, _) => Some("only one wave has answers"),
        (_, _, None) => Some("all answers are the same: there is nothing to test"),
        (_, _, Some(_)) => None,
    };
    let chi2 = line.map(|z| z * z);
    Answer::new()
        .with("x", x.to_vec())
        .with("n", n.to_vec())
        .with("p", x.iter().zip(n).map(|(x, n)| share(*x, *n)).collect::<Vec<_>>())
        .with("trend_chi2", chi2)
        .with("trend_df", 1_usize)
        .with("trend_p", chi2.and_then(|chi2| chi2_p(chi2, 1.0)))
        .with("trend_z", line)
        .with("heterogeneity_chi2", other.as_ref().map(|test| test.chi2))
        .with("heterogeneity_df", other.as_ref().map(|test| test.df))
        .with("heterogeneity_p", other.as_ref().and_then(|test| test.p))
        .cannot_if(why)
}

#[cfg(test)]
mod tests {
    use super::trend;

    /// R: `prop.trend.test(c(83, 90, 129, 70), c(86, 93, 136, 82))` of its help page.
    #[test]
    fn smokers_of_four_studies() {
        let answer = trend(&[83, 90, 129, 70], &[86, 93, 136, 82], &[1.0, 2.0, 3.0, 4.0]);
        assert!((answer.number("trend_chi2").unwrap() - 8.2249).abs() < 5e-5);
        assert!((answer.number("trend_p").unwrap() - 0.004_132).abs() < 5e-7);
        assert!(answer.number("trend_z").unwrap() < 0.0);
        assert!((answer.number("heterogeneity_chi2").unwrap() - 12.6).abs() < 5e-2);
    }

    #[test]
    fn one_wave_has_no_line() {
        let said = trend(&[3, 0], &[5, 0], &[1.0, 2.0]).into_value();
        assert!(
            said["trend_chi2"].is_null() && said["p"][1].is_null() && said["reason"].is_string()
        );
    }
}
