//! Shares and their intervals: one share, a share of a small population, two shares compared.

use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::{Ask, Rows, among};
use crate::analysis::code::Code;
use crate::analysis::data::BLANK;

use super::dist::{Z, beta_quantile, normal_p, normal_z};
use super::moments::{count, share};

/// Both ends of an interval; none where it cannot be computed.
pub type Ends = Option<(f64, f64)>;

/// Wilson's score interval of `successes` of `n`, without continuity correction.
///
/// `(p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n)` (Wilson 1927). Both may be fractions, as
/// with an effective n.
#[must_use]
pub fn wilson(successes: f64, n: f64, z: f64) -> Ends {
    if n <= 0.0 || !n.is_finite() {
        return None;
    }
    let (p, square) = (successes / n, z * z);
    let middle = p + square / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
    let whole = 1.0 + square / n;
    Some((((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0)))
}

/// The interval of Clopper and Pearson (1934), from beta quantiles; 0 at no success, 1 at no failure.
#[must_use]
pub fn clopper_pearson(successes: usize, n: usize, confidence: f64) -> Ends {
    if n == 0 {
        return None;
    }
    let (x, n, tail) = (count(successes), count(n), (1.0 - confidence) / 2.0);
    let low = if x > 0.0 { beta_quantile(tail, x, n - x + 1.0)? } else { 0.0 };
    let high = if x < n { beta_quantile(1.0 - tail, x + 1.0, n - x)? } else { 1.0 };
    Some((low, high))
}

/// Newcombe's hybrid score interval of the difference of two independent shares: the square root of
/// the sum of the squared arms of two Wilson intervals (1998, method 10).
#[must_use]
pub fn newcombe(one: (usize, usize), two: (usize, usize), z: f64) -> Ends {
    let p = |(x, n): (usize, usize)| share(x, n);
    let ends = |(x, n): (usize, usize)| wilson(count(x), count(n), z);
    let ((p1, p2), (one, two)) = ((p(one)?, p(two)?), (ends(one)?, ends(two)?));
    let diff = p1 - p2;
    Some((diff - (p1 - one.0).hypot(two.1 - p2), diff + (one.1 - p1).hypot(p2 - two.0)))
}

/// `diff -+ z sqrt(p1(1-p1)/n1 + p2(1-p2)/n2)`
fn wald((p1, n1): (f64, f64), (p2, n2): (f64, f64), z: f64) -> (f64, f64) {
    let half = z * (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2).sqrt();
    (p1 - p2 - half, p1 - p2 + half)
}

/// Whether each row gave one of the successes; `None` where it gave no valid answer.
///
/// Without `valid`, every value that is not blank is a valid answer.
///
/// # Errors
/// When there is no such column, or a success is not valid.
pub(in crate::analysis) fn hits(
    ask: &Ask<'_>,
    column: &str,
    valid: Option<&[Code]>,
    success: &[Code],
    rows: &Rows,
) -> Result<Vec<Option<bool>>, Refusal> {
    let Some(valid) = valid else {
        let hit = |place| match place {
            BLANK => None,
            place => Some(usize::from(place) < success.len()),
        };
        return Ok(ask.places(column, success, rows)?.into_iter().map(hit).collect());
    };
    among(success, "success", valid, "the valid codes")?;
    let table: Vec<bool> =
        valid.iter().map(|code| success.iter().any(|hit| hit.same(code))).collect();
    let places = ask.places(column, valid, rows)?;
    Ok(places.into_iter().map(|at| table.get(usize::from(at)).copied()).collect())
}

/// How many hits, of how many.
pub(super) fn tally(hits: impl IntoIterator<Item = Option<bool>>) -> (usize, usize) {
    let add = |(x, n): (usize, usize), hit| (x + usize::from(hit), n + 1);
    hits.into_iter().flatten().fold((0, 0), add)
}

/// The hits of `variable`, `valid` and `success` of a check.
fn hits_of(ask: &Ask<'_>, rows: &Rows) -> Result<Vec<Option<bool>>, Refusal> {
    let valid = ask.codes_or_none("valid")?;
    hits(ask, ask.text("variable")?, valid.as_deref(), &ask.codes("success")?, rows)
}

const NOBODY: &str = "nobody gave a valid answer";

/// `proportion_ci`: a share with the intervals of Wilson and of Clopper and Pearson.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn proportion_ci(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let confidence = ask.confidence()?;
    let (x, n) = tally(hits_of(ask, &ask.rows("filter")?)?);
    let score = normal_z(confidence).and_then(|z| wilson(count(x), count(n), z));
    let exact = clopper_pearson(x, n, confidence);
    Ok(Answer::new()
        .with("x", x)
        .with("n", n)
        .with("p", share(x, n))
        .with("wilson_low", score.map(|ends| ends.0))
        .with("wilson_high", score.map(|ends| ends.1))
        .with("cp_low", exact.map(|ends| ends.0))
        .with("cp_high", exact.map(|ends| ends.1))
        .cannot_if((n == 0).then_some(NOBODY)))
}

/// `finite_population`: a share of a simple random sample of `n` from `N`.
///
/// `se_fpc = sqrt((1 - n/N) p(1-p)/(n-1))`; Wilson with `n* = n(N-1)/(N-n)` (Cochran). Where all
/// were asked, every interval has width 0.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn finite_population(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let population = ask.whole("population_size")?;
    let (x, n) = tally(hits_of(ask, &ask.rows("filter")?)?);
    let p = share(x, n);
    let answer = Answer::new().with("n", n).with("x", x).with("p", p);
    if population < n {
        let why = format!("{n} answers cannot come from a population of {population}");
        return Ok(answer.cannot(&why));
    }
    let (sample, whole) = (count(n), count(population));
    let se = p.filter(|_| n > 1).map(|p| (p * (1.0 - p) / (sample - 1.0)).sqrt());
    let star = (population > n && n > 0).then(|| sample * (whole - 1.0) / (whole - sample));
    let ends = match star {
        Some(star) => p.and_then(|p| wilson(p * star, star, Z)),
        None => p.map(|p| (p, p)),
    };
    let worst = (n > 0).then(|| Z * (0.25 / sample).sqrt());
    let left = if population > n { (whole - sample) / (whole - 1.0) } else { 0.0 };
    let why = match n {
        0 => Some(NOBODY),
        1 => Some("one answer has no standard error"),
        _ => None,
    };
    let answer = answer
        .with("sampling_fraction", share(n, population))
        .with("se_no_fpc", se)
        .with("se_fpc", se.map(|se| se * (1.0 - sample / whole).sqrt()))
        .with("n_star", star)
        .with("wilson_fpc_low", ends.map(|ends| ends.0))
        .with("wilson_fpc_high", ends.map(|ends| ends.1))
        .with("worst_case_moe95", worst)
        .with("worst_case_moe95_fpc", worst.map(|worst| worst * left.sqrt()))
        .cannot_if(why);
    let all = n > 0 && star.is_none();
    Ok(answer.cannot_if(all.then_some("everybody was asked: n_star is without end")))
}

/// `diff_proportions`: two shares of independent groups, with Newcombe's interval to show.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn diff_proportions(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    for name in ["first", "second", "map"] {
        if ask.value(name).is_some() {
            let why = format!("{name} does not say which rows are meant; use group1 and group2");
            return Err(Refusal::unsupported(why));
        }
    }
    let rows = ask.rows("filter")?;
    let hits = hits_of(ask, &rows)?;
    let (one, two) = (group(ask, "group1", &rows)?, group(ask, "group2", &rows)?);
    let both = one.iter().zip(&two).filter(|(one, two)| **one && **two).count();
    if both > 0 {
        ask.note(format!("{both} rows are in both groups, which the formulas take as apart"));
    }
    let of = |group: &[bool]| {
        tally(hits.iter().zip(group).filter(|(_, in_it)| **in_it).map(|(hit, _)| *hit))
    };
    Ok(difference(of(&one), of(&two)))
}

fn group(ask: &Ask<'_>, name: &'static str, rows: &Rows) -> Result<Vec<bool>, Refusal> {
    let conditions = ask.conditions(name)?;
    let meets = ask.meets(&conditions, name)?;
    let meets = meets.ok_or_else(|| Refusal::cannot(format!("{name} has no condition")))?;
    Ok(rows.of(meets))
}

/// Everything about two independent shares, from `x` and `n` of each.
fn difference(one: (usize, usize), two: (usize, usize)) -> Answer {
    let ((x1, n1), (x2, n2)) = (one, two);
    let (p1, p2) = (share(x1, n1), share(x2, n2));
    let (size1, size2) = (count(n1), count(n2));
    let both = p1.zip(p2);
    let diff = both.map(|(p1, p2)| p1 - p2);
    let shown = newcombe(one, two, Z);
    let more = |x: usize, n: usize| ((count(x) + 1.0) / (count(n) + 2.0), count(n) + 2.0);
    let caffo = both.map(|_| wald(more(x1, n1), more(x2, n2), Z));
    let plain = both.map(|(p1, p2)| wald((p1, size1), (p2, size2), Z));
    let z = share(x1 + x2, n1 + n2).zip(diff).and_then(|(pooled, diff)| {
        let spread = pooled * (1.0 - pooled) * (1.0 / size1 + 1.0 / size2);
        (spread > 0.0).then(|| diff / spread.sqrt())
    });
    let why = match (diff, z) {
        (None, _) => Some("one of the two groups has no valid answer"),
        (Some(_), None) => Some("all answers are the same: there is nothing to test"),
        (Some(_), Some(_)) => None,
    };
    Answer::new()
        .with("x1", x1)
        .with("n1", n1)
        .with("p1", p1)
        .with("x2", x2)
        .with("n2", n2)
        .with("p2", p2)
        .with("diff", diff)
        .with("newcombe_low", shown.map(|ends| ends.0))
        .with("newcombe_high", shown.map(|ends| ends.1))
        .with("agresti_caffo_low", caffo.map(|ends| ends.0))
        .with("agresti_caffo_high", caffo.map(|ends| ends.1))
        .with("wald_low", plain.map(|ends| ends.0))
        .with("wald_high", plain.map(|ends| ends.1))
        .with("z_pooled", z)
        .with("p_pooled", z.and_then(normal_p))
        .cannot_if(why)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Z, clopper_pearson, newcombe, wilson};

    fn near(got: Option<(f64, f64)>, low: f64, high: f64) {
        let (a, b) = got.unwrap();
        assert!((a - low).abs() < 5e-5 && (b - high).abs() < 5e-5, "{a} {b}");
    }

    /// Newcombe 1998, tables 1 and 2: 81 of 263, 15 of 148, 0 of 20; 56/70 against 48/80.
    #[test]
    fn intervals_are_those_of_the_paper() {
        near(wilson(81.0, 263.0, Z), 0.2553, 0.3662);
        near(wilson(15.0, 148.0, Z), 0.0624, 0.1605);
        near(wilson(0.0, 20.0, Z), 0.0, 0.1611);
        near(clopper_pearson(15, 148, 0.95), 0.0578, 0.1617);
        near(clopper_pearson(0, 20, 0.95), 0.0, 0.1684);
        near(newcombe((56, 70), (48, 80), Z), 0.0524, 0.3339);
        near(newcombe((10, 10), (0, 10), Z), 0.6075, 1.0);
    }

    #[test]
    fn nothing_of_nothing() {
        assert_eq!((wilson(0.0, 0.0, Z), clopper_pearson(0, 0, 0.95)), (None, None));
        assert_eq!(newcombe((0, 0), (1, 2), Z), None);
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_stays_inside(n in 1_usize..500, part in 0.0..=1.0_f64) {
            let x = super::super::moments::whole((super::count(n) * part).floor()).unwrap();
            let p = super::count(x) / super::count(n);
            for ends in [wilson(super::count(x), super::count(n), Z), clopper_pearson(x, n, 0.9)] {
                let (low, high) = ends.unwrap();
                prop_assert!(0.0 <= low && low <= p + 1e-12 && p <= high + 1e-12 && high <= 1.0);
            }
        }
    }
}
