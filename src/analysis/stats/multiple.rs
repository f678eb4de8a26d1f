//! Many tests at once: p-values adjusted over their family.

use serde_json::Value;

use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::Ask;
use crate::analysis::code::Code;
use crate::analysis::method::Method;

use super::moments::count;

/// The p-values adjusted after Benjamini and Hochberg (1995): `p m / rank`, made to rise with p, at
/// most 1. A test without p stays without and is not counted in m.
#[must_use]
pub fn benjamini_hochberg(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let m = count(p.iter().flatten().count());
    adjusted(p, |rank, p| p * m / rank, Order::FromTheLargest)
}

/// The p-values adjusted after Holm (1979): `p (m - rank + 1)`, made to rise with p, at most 1.
#[must_use]
pub fn holm(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let m = count(p.iter().flatten().count());
    adjusted(p, |rank, p| p * (m - rank + 1.0), Order::FromTheSmallest)
}

#[derive(Clone, Copy)]
enum Order {
    /// The running minimum downwards.
    FromTheLargest,
    /// The running maximum upwards.
    FromTheSmallest,
}

fn adjusted(p: &[Option<f64>], of: impl Fn(f64, f64) -> f64, order: Order) -> Vec<Option<f64>> {
    let mut known: Vec<(usize, f64)> =
        p.iter().enumerate().filter_map(|(at, p)| Some((at, (*p)?))).collect();
    known.sort_by(|one, two| one.1.total_cmp(&two.1));
    let mut ranked: Vec<(usize, f64)> =
        known.iter().enumerate().map(|(rank, (at, p))| (*at, of(count(rank + 1), *p))).collect();
    let mut all = vec![None; p.len()];
    match order {
        Order::FromTheLargest => {
            ranked.reverse();
            let mut least = 1.0_f64;
            for (at, value) in ranked {
                least = least.min(value);
                all[at] = Some(least);
            }
        }
        Order::FromTheSmallest => {
            let mut most = 0.0_f64;
            for (at, value) in ranked {
                most = most.max(value.min(1.0));
                all[at] = Some(most);
            }
        }
    }
    all
}

/// Where the p-value of a check stands.
const P: [&str; 5] = ["p", "p_pooled", "trend_p", "fisher_p", "p_no_fpc"];

/// `benjamini_hochberg`: a family of tests, given by their p-values (`p`) or by the ids of other
/// checks of the plan (`tests`).
///
/// # Errors
/// When the tests stand in neither of these ways.
pub(super) fn adjust(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let raw = match ask.value("p").and_then(Value::as_array) {
        Some(list) => list.iter().map(given).collect::<Result<Vec<_>, _>>()?,
        None => from_checks(ask)?,
    };
    let (bh, holm) = (benjamini_hochberg(&raw), holm(&raw));
    let m = raw.iter().flatten().count();
    let hits = |p: &[Option<f64>]| p.iter().flatten().filter(|p| **p <= 0.05).count();
    let (raw_hits, bh_hits, holm_hits) = (hits(&raw), hits(&bh), hits(&holm));
    let why = match (m, raw.len() - m) {
        (0, _) => Some("no test has a p"),
        (_, 0) => None,
        (_, _) => Some("a test without a p is not counted"),
    };
    Ok(Answer::new()
        .with("p_raw", raw)
        .with("p_bh", bh)
        .with("p_holm", holm)
        .with("n_tests", m)
        .with("n_significant_raw_0.05", raw_hits)
        .with("n_significant_bh_0.05", bh_hits)
        .with("n_significant_holm_0.05", holm_hits)
        .cannot_if(why))
}

fn given(value: &Value) -> Result<Option<f64>, Refusal> {
    if value.is_null() {
        return Ok(None);
    }
    let p = Code::from_json(value).and_then(|code| code.number());
    let p = p.filter(|p| (0.0..=1.0).contains(p));
    p.map(Some).ok_or_else(|| Refusal::cannot(format!("{value} is no p-value")))
}

fn from_checks(ask: &Ask<'_>) -> Result<Vec<Option<f64>>, Refusal> {
    let ids = ask.texts("tests").map_err(|_other| {
        Refusal::unsupported("say p: [numbers], or tests: [ids of other checks of the plan]")
    })?;
    ids.into_iter().map(|id| of_check(ask, id)).collect()
}

fn of_check(ask: &Ask<'_>, id: &str) -> Result<Option<f64>, Refusal> {
    let Some(check) = ask.plan.check(id) else {
        return Err(Refusal::unsupported(format!(
            "tests names {id:?}, which is no check of the plan"
        )));
    };
    if check.method == Ok(Method::BenjaminiHochberg) {
        return Err(Refusal::cannot(format!("tests names {id:?}, which adjusts tests itself")));
    }
    Ok(match Ask::try_answer(check, ask.plan, ask.data) {
        Ok(answer) => P.iter().find_map(|name| answer.number(name)),
        Err(why) => {
            ask.note(format!("{id:?} has no answer: {why}"));
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{benjamini_hochberg, holm};

    /// R: `p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.5), "BH")` and `"holm"`.
    #[test]
    fn adjusted_as_r_does() {
        let p = [Some(0.01), Some(0.04), None, Some(0.03), Some(0.005), Some(0.5)];
        let near = |got: Vec<Option<f64>>, wanted: [f64; 5]| {
            let got: Vec<f64> = got.into_iter().flatten().collect();
            let off = got.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(off < 1e-12 && got.len() == 5, "{got:?}");
        };
        near(benjamini_hochberg(&p), [0.025, 0.05, 0.05, 0.025, 0.5]);
        near(holm(&p), [0.04, 0.09, 0.09, 0.025, 0.5]);
        assert_eq!(benjamini_hochberg(&p)[2], None);
        assert_eq!(holm(&[]), Vec::<Option<f64>>::new());
    }
}
