//! Scale questions: the distribution first, then the ends, then the mean.

use crate::analysis::answer::{Answer, Refusal, by_code};
use crate::analysis::ask::{Ask, score_table};
use crate::analysis::code::Code;

use super::counts::Tally;
use super::dist::t_975;
use super::moments::{count, share};

/// Mean and spread of values that stand so many times each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) mean: Option<f64>,
    /// By n - 1.
    pub(super) sd: Option<f64>,
    /// `sd / sqrt(n)`
    pub(super) se: Option<f64>,
    /// `mean -+ t(0.975, n - 1) se`
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

impl Spread {
    /// Of scores and how many have each.
    pub(super) fn of_counts(scores: &[f64], counts: &[usize]) -> Self {
        let n: usize = counts.iter().sum();
        let pairs = || scores.iter().zip(counts).map(|(score, many)| (*score, count(*many)));
        let mean =
            (n > 0).then(|| pairs().map(|(score, many)| score * many).sum::<f64>() / count(n));
        let squares = mean
            .map(|mean| pairs().map(|(score, many)| many * (score - mean).powi(2)).sum::<f64>());
        Self::of(n, mean, squares.filter(|_| n > 1).map(|squares| squares / count(n - 1)))
    }

    /// Of a mean and a variance.
    pub(super) fn of(n: usize, mean: Option<f64>, variance: Option<f64>) -> Self {
        let sd = variance.map(f64::sqrt);
        let se = sd.map(|sd| sd / count(n).sqrt());
        let half = se.and_then(|se| Some(t_975(count(n) - 1.0)? * se));
        let end = |sign: f64| Some(half?.mul_add(sign, mean?));
        Self { mean, sd, se, low: end(-1.0), high: end(1.0) }
    }
}

/// Why a mean, a spread or an interval is missing.
pub(super) fn too_few(n: usize) -> Option<&'static str> {
    match n {
        0 => Some("nobody gave a valid answer"),
        1 => Some("one answer has no spread and no interval"),
        _ => None,
    }
}

/// `likert`: the distribution over the valid answers, the shares of both ends, and the mean.
///
/// `net` = top - bottom, from counts; the median is of the scores (type 7).
///
/// # Errors
/// When a param cannot be read, a scale point has no score, or an end is not on the scale.
pub(super) fn likert(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let scale = ask.codes("scale")?;
    let scores = score_table(&scale, ask.scores("scores")?.as_ref())?;
    let top = ask.codes_of("top", &scale, "the scale")?;
    let bottom = ask.codes_of("bottom", &scale, "the scale")?;
    ask.value("missing_codes"); // left out, as everything that is not on the scale
    let places = ask.places(ask.text("variable")?, &scale, &rows)?;
    let counts = Tally::of(&places, scale.len()).counts;
    let n: usize = counts.iter().sum();
    let spread = Spread::of_counts(&scores, &counts);
    let of = |codes: &[Code]| -> usize {
        let on = |code: &Code| codes.iter().any(|end| end.same(code));
        scale.iter().zip(&counts).filter(|(code, _)| on(code)).map(|(_, count)| count).sum()
    };
    let (tops, bottoms) = (of(&top), of(&bottom));
    let net = (n > 0).then(|| (count(tops) - count(bottoms)) / count(n));
    Ok(Answer::new()
        .with("n_valid", n)
        .with("mean", spread.mean)
        .with("sd", spread.sd)
        .with("se_mean", spread.se)
        .with("median", median(&scores, &counts))
        .with("top_count", tops)
        .with("top_share", share(tops, n))
        .with("bottom_share", share(bottoms, n))
        .with("net", net)
        .with("distribution", by_code(&scale, counts.iter().map(|count| share(*count, n))))
        .with("mean_ci95_low", spread.low)
        .with("mean_ci95_high", spread.high)
        .cannot_if(too_few(n)))
}

/// The median of scores that stand so many times each.
pub(super) fn median(scores: &[f64], counts: &[usize]) -> Option<f64> {
    let mut pairs: Vec<(f64, usize)> = scores.iter().copied().zip(counts.iter().copied()).collect();
    pairs.sort_by(|one, two| one.0.total_cmp(&two.0));
    let n: usize = counts.iter().sum();
    let at = |place: usize| {
        let mut below = 0;
        pairs.iter().find_map(|(score, many)| {
            below += many;
            (place < below).then_some(*score)
        })
    };
    Some(f64::midpoint(at(n.checked_sub(1)? / 2)?, at(n / 2)?))
}

#[cfg(test)]
mod tests {
    use super::{Spread, median, too_few};

    #[test]
    fn counts_give_what_single_values_give() {
        let spread = Spread::of_counts(&[1.0, 2.0, 5.0], &[1, 2, 1]);
        // 1, 2, 2, 5
        assert_eq!(spread.mean, Some(2.5));
        assert!((spread.sd.unwrap() - 3.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(median(&[5.0, 1.0, 2.0], &[1, 1, 2]), Some(2.0));
        assert_eq!(median(&[1.0, 2.0], &[2, 2]), Some(1.5));
    }

    #[test]
    fn one_answer_has_a_mean_and_no_spread() {
        let one = Spread::of_counts(&[1.0, 2.0], &[0, 1]);
        assert_eq!((one.mean, one.sd, one.low), (Some(2.0), None, None));
        let none = Spread::of_counts(&[1.0, 2.0], &[0, 0]);
        assert_eq!((none.mean, median(&[1.0], &[0])), (None, None));
        assert!(too_few(0) != too_few(1) && too_few(2).is_none());
    }
}
