//! Weighted shares, means, differences and totals.

use super::super::{
    Compared, Design, Kish, Mean, Undefined, difference as compare, intervals, kish,
    mean as weighted, rake, total as weighted_total, waves as compare_waves,
};
use super::making::margins;
use super::{Sample, code, known, nulls, outcome, put_interval, valid_place, with_reasons};
use crate::analysis::answer::{Answer, Refusal, by_code};
use crate::analysis::ask::Ask;
use crate::analysis::code::Code;

/// Figures that no common factor of the weights may change by more.
const SAME: f64 = 1e-9;

/// `weighted_proportion`: the weighted share of every category, its linearised standard error, and
/// three intervals around one of them.
///
/// `row` gives the weight of one row of the file another `value` (0 where none is said); `factors` are
/// multiplied to all weights in turn, and `invariant` says whether nothing but their sum changed.
///
/// # Errors
/// When a param cannot be read, or a weight is no weight.
pub(in crate::analysis) fn proportion(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let changed = if ask.value("row").is_some() {
        let value = if ask.value("value").is_some() { ask.number("value")? } else { 0.0 };
        Some((ask.whole("row")?, value))
    } else {
        None
    };
    let sample = Sample::of(ask, changed)?;
    let shares = Shares::of(ask, &sample)?;
    let named = match ask.value("ci_category") {
        None => None,
        Some(_) => Some(code(ask, "ci_category")?),
    };
    let mut answer = shares.answer(&sample, named.as_ref())?;
    let Some(factors) = ask.value("factors") else { return Ok(answer) };
    let wrong = || Refusal::cannot("factors must be a list of numbers above 0");
    let factors: Option<Vec<f64>> =
        factors.as_array().and_then(|list| list.iter().map(serde_json::Value::as_f64).collect());
    let factors = factors.filter(|all| all.iter().all(|factor| *factor > 0.0)).ok_or_else(wrong)?;
    let base = shares.figures(&sample.weights);
    let mut invariant = true;
    for factor in factors {
        let weights: Vec<f64> = sample.weights.iter().map(|weight| weight * factor).collect();
        let other = shares.figures(&weights);
        invariant &= base.len() == other.len()
            && base.iter().zip(&other).all(|(one, other)| match (one, other) {
                (Some(one), Some(other)) => (one - other).abs() <= SAME * one.abs().max(1e-300),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            });
    }
    answer.put("invariant", invariant);
    Ok(answer)
}

/// The answers to a question among the rows with a weight.
struct Shares {
    categories: Vec<Code>,
    /// The place of each valid answer inside the subpopulation.
    places: Vec<Option<usize>>,
    design: Design,
}

impl Shares {
    fn of(ask: &Ask<'_>, sample: &Sample) -> Result<Self, Refusal> {
        let categories = ask.codes("categories")?;
        let column = ask.text("variable")?;
        let places = sample.keep(&ask.places(column, &categories, &sample.rows)?);
        let inside = sample.domain(ask)?;
        let valid =
            |(place, inside): (u16, bool)| valid_place(place, categories.len()).filter(|_| inside);
        let places = places.into_iter().zip(inside).map(valid).collect();
        Ok(Self { places, categories, design: sample.design(ask)? })
    }

    fn share(&self, category: usize, weights: &[f64]) -> Result<Mean, Undefined> {
        let one =
            |place: &Option<usize>| place.map(|place| if place == category { 1.0 } else { 0.0 });
        let values: Vec<Option<f64>> = self.places.iter().map(one).collect();
        weighted(&values, weights, &self.design)
    }

    /// The weights of the valid answers.
    fn answered(&self, weights: &[f64]) -> Vec<f64> {
        let valid = self.places.iter().zip(weights);
        valid.filter(|(place, _)| place.is_some()).map(|(_, weight)| *weight).collect()
    }

    /// Every figure that a common factor must leave alone.
    fn figures(&self, weights: &[f64]) -> Vec<Option<f64>> {
        let effect = kish(&self.answered(weights));
        let mut figures = vec![effect.as_ref().map(|kish| kish.effective)];
        figures.push(effect.map(|kish| kish.effect));
        for category in 0..self.categories.len() {
            let share = self.share(category, weights).ok();
            figures.push(share.as_ref().map(|share| share.mean));
            figures.push(share.and_then(|share| share.se.ok()));
        }
        figures
    }

    fn answer(&self, sample: &Sample, named: Option<&Code>) -> Result<Answer, Refusal> {
        let Self { categories, places, design } = self;
        let weights = &sample.weights;
        let answered = self.answered(weights);
        let looked = kish(&answered);
        let effective = looked.as_ref().map(|kish| kish.effective);
        let mut reasons = Vec::new();
        let shares: Vec<Option<Mean>> = (0..categories.len())
            .map(|category| known(&self.share(category, weights), &mut reasons))
            .collect();
        let se = |share: &Option<Mean>, reasons: &mut Vec<String>| {
            share.as_ref().and_then(|share| known(&share.se, reasons))
        };
        let ses: Vec<Option<f64>> = shares.iter().map(|share| se(share, &mut reasons)).collect();
        let mut answer = Answer::new()
            .with("n_rows", sample.rows.count)
            .with("n_weight_missing", sample.missing)
            .with("n_valid", places.iter().flatten().count())
            .with("sum_w", answered.iter().sum::<f64>())
            .with("p", by_code(categories, shares.iter().map(|s| s.as_ref().map(|s| s.mean))))
            .with("se", by_code(categories, ses))
            .with("n_eff_kish", effective)
            .with("n_eff_kish_valid", effective)
            .with("degrees_of_freedom", design.freedom(|row| weights[row] > 0.0));
        if let Some(kish) = &looked {
            answer.note(Kish::warnings(kish));
        }
        let Some(named) = named else { return Ok(with_reasons(answer, &reasons)) };
        let at = categories.iter().position(|code| code.same(named)).ok_or_else(|| {
            Refusal::cannot(format!("ci_category {:?} is not among the categories", named.label()))
        })?;
        answer.put("ci_category", named.label());
        let shown = shares[at]
            .as_ref()
            .and_then(|share| known(&intervals(share, &answered, weights.len()), &mut reasons));
        let Some(shown) = shown else {
            let ends = ["wilson_kish", "logit", "korn_graubard"];
            for name in ends {
                nulls(&mut answer, &[&format!("{name}_low"), &format!("{name}_high")]);
            }
            nulls(&mut answer, &["deff_linearised"]);
            return Ok(with_reasons(answer, &reasons));
        };
        let names = ("wilson_kish_low", "wilson_kish_high");
        put_interval(&mut answer, names, &Ok(shown.wilson), &mut reasons);
        put_interval(&mut answer, ("logit_low", "logit_high"), &shown.logit, &mut reasons);
        let names = ("korn_graubard_low", "korn_graubard_high");
        put_interval(&mut answer, names, &shown.korn_graubard, &mut reasons);
        answer.put("deff_linearised", known(&shown.effect, &mut reasons));
        Ok(with_reasons(answer, &reasons))
    }
}

/// `weighted_mean`: the weighted mean of a question in a subpopulation, in the whole design.
///
/// # Errors
/// When a param cannot be read, or a weight is no weight.
pub(in crate::analysis) fn mean(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let sample = Sample::of(ask, None)?;
    let valid = ask.codes_or_none("valid")?;
    let scores = ask.scores("scores")?;
    let values =
        ask.numbers(ask.text("variable")?, valid.as_deref(), scores.as_ref(), &sample.rows)?;
    let inside = sample.domain(ask)?;
    let values: Vec<Option<f64>> = sample
        .keep(&values)
        .into_iter()
        .zip(inside)
        .map(|(v, inside)| v.filter(|_| inside))
        .collect();
    let design = sample.design(ask)?;
    let mut answer = Answer::new()
        .with("n_valid", values.iter().flatten().count())
        .with("n_weight_missing", sample.missing);
    let mut reasons = Vec::new();
    let Some(found) = known(&weighted(&values, &sample.weights, &design), &mut reasons) else {
        nulls(&mut answer, &["mean", "se", "degrees_of_freedom", "ci95_low", "ci95_high"]);
        return Ok(with_reasons(answer, &reasons));
    };
    answer.put("mean", found.mean);
    answer.put("se", known(&found.se, &mut reasons));
    answer.put("degrees_of_freedom", found.freedom);
    put_interval(&mut answer, ("ci95_low", "ci95_high"), &found.interval(), &mut reasons);
    Ok(with_reasons(answer, &reasons))
}

/// What a comparison adds to an answer.
fn put_compared(answer: &mut Answer, compared: &Compared, reasons: &mut Vec<String>) {
    answer.put("diff", compared.difference);
    answer.put("se", known(&compared.se, reasons));
    put_interval(answer, ("ci95_low", "ci95_high"), &compared.interval(), reasons);
    put_interval(answer, ("z", "p"), &compared.test(), reasons);
}

/// `weighted_diff`: the share of one group minus that of another, in one design.
///
/// # Errors
/// When a param cannot be read, or a weight is no weight.
pub(in crate::analysis) fn difference(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let sample = Sample::of(ask, None)?;
    let (valid, success) = (ask.codes_or_none("valid")?, ask.codes("success")?);
    let values =
        outcome(ask, ask.text("variable")?, valid.as_deref(), Some(&success), &sample.rows)?;
    let groups = [code(ask, "group1")?, code(ask, "group2")?];
    if groups[0].same(&groups[1]) {
        return Err(Refusal::cannot("group1 and group2 are the same"));
    }
    let values = sample.keep(&values);
    let places = sample.keep(&ask.places(ask.text("group_variable")?, &groups, &sample.rows)?);
    let design = sample.design(ask)?;
    let of = |group: usize| {
        let here = values.iter().zip(&places);
        let here = here.map(|(value, place)| value.filter(|_| usize::from(*place) == group));
        let values: Vec<Option<f64>> = here.collect();
        let answers = values.iter().flatten().count();
        let nobody = |_| Undefined::EmptyGroup(groups[group].label().to_owned());
        (answers, weighted(&values, &sample.weights, &design).map_err(nobody))
    };
    let ((n1, first), (n2, second)) = (of(0), of(1));
    let mut reasons = Vec::new();
    let (first, second) = (known(&first, &mut reasons), known(&second, &mut reasons));
    let mut answer = Answer::new()
        .with("n1", n1)
        .with("n2", n2)
        .with("p1", first.as_ref().map(|mean| mean.mean))
        .with("p2", second.as_ref().map(|mean| mean.mean));
    match (first, second) {
        (Some(first), Some(second)) => {
            put_compared(&mut answer, &compare(&first, &second, &design), &mut reasons);
        }
        (None, _) | (_, None) => {
            nulls(&mut answer, &["diff", "se", "ci95_low", "ci95_high", "z", "p"]);
        }
    }
    Ok(with_reasons(answer, &reasons))
}

/// `weighted_total`: the sum of weight · value of `variable`; with `type` (a column) the sum of weights
/// of each of its values.
///
/// # Errors
/// When neither is named, a param cannot be read, or a weight is no weight.
pub(in crate::analysis) fn total(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let named = |name| ask.value(name).map(|_| ask.text(name)).transpose();
    let (variable, kinds) = (named("variable")?, named("type")?);
    if variable.is_none() && kinds.is_none() {
        return Err(Refusal::unsupported(
            "weighted_total needs the column to add up (variable), or the column whose values are \
             counted (type)",
        ));
    }
    let sample = Sample::of(ask, None)?;
    let design = sample.design(ask)?;
    let mut reasons = Vec::new();
    let mut answer = Answer::new().with("n_weight_missing", sample.missing);
    if let Some(column) = variable {
        let values = sample.keep(&ask.numbers(column, None, None, &sample.rows)?);
        let sum = known(&weighted_total(&values, &sample.weights, &design), &mut reasons);
        answer.put("total", sum.as_ref().map(|(sum, _)| *sum));
        answer.put("se", sum.and_then(|(_, se)| known(&se, &mut reasons)));
    }
    if let Some(column) = kinds {
        let (places, names) = ask.table.column(column)?.values();
        let places = sample.keep(&sample.rows.of(places));
        let (mut sums, mut ses) = (Answer::new(), Answer::new());
        for (kind, name) in names.iter().enumerate() {
            let is =
                |place: &u32| Some(if usize::try_from(*place) == Ok(kind) { 1.0 } else { 0.0 });
            let ones: Vec<Option<f64>> = places.iter().map(is).collect();
            let sum = known(&weighted_total(&ones, &sample.weights, &design), &mut reasons);
            sums.put(name, sum.as_ref().map(|(sum, _)| *sum));
            ses.put(name, sum.and_then(|(_, se)| known(&se, &mut reasons)));
        }
        answer.put("type_total", sums);
        answer.put("type_se", ses);
    }
    Ok(with_reasons(answer, &reasons))
}

/// `weighted_wave_diff`: the later wave minus the earlier one, each raked on its own to the same margins
/// and with the linearised spread of fixed weights.
///
/// # Errors
/// When the plan does not say which rows are which wave and what counts, or a wave cannot be raked.
pub(in crate::analysis) fn waves(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let needed = ["wave_variable", "waves", "valid", "success"];
    if let Some(missing) = needed.into_iter().find(|name| ask.value(name).is_none()) {
        return Err(Refusal::unsupported(format!(
            "weighted_wave_diff needs {missing}: it cannot be told from the rest which rows are \
             which wave and which answers count"
        )));
    }
    let (valid, success, codes) = (ask.codes("valid")?, ask.codes("success")?, ask.codes("waves")?);
    if codes.len() != 2 {
        return Err(Refusal::cannot("waves must be two codes, the earlier wave first"));
    }
    let rows = ask.rows("filter")?;
    let values = outcome(ask, ask.text("variable")?, Some(&valid), Some(&success), &rows)?;
    let margins = margins(ask, &rows)?;
    let of = ask.places(ask.text("wave_variable")?, &codes, &rows)?;
    let mut answer = Answer::new();
    let mut reasons = Vec::new();
    let mut seen: Vec<Mean> = Vec::new();
    for (at, [n, p, se]) in
        [["n_wave1", "p_wave1", "se_wave1"], ["n_wave2", "p_wave2", "se_wave2"]].iter().enumerate()
    {
        let here = |place: &u16| (usize::from(*place) == at).then_some(1.0);
        let start: Vec<Option<f64>> = of.iter().map(here).collect();
        let raked = rake(&margins, &start).map_err(|why| {
            Refusal::cannot(format!("wave {}: {}", codes[at].label(), why.reason))
        })?;
        let values: Vec<Option<f64>> = raked.rows.iter().map(|row| values[*row]).collect();
        let design = Design::simple(raked.rows.len());
        let share = known(&weighted(&values, &raked.weights, &design), &mut reasons);
        answer.put(n, raked.rows.len());
        answer.put(p, share.as_ref().map(|share| share.mean));
        answer.put(se, share.as_ref().and_then(|share| known(&share.se, &mut reasons)));
        seen.extend(share);
    }
    match seen.as_slice() {
        [earlier, later] => {
            put_compared(&mut answer, &compare_waves(earlier, later), &mut reasons);
        }
        _ => nulls(&mut answer, &["diff", "se", "z", "p", "ci95_low", "ci95_high"]),
    }
    Ok(with_reasons(answer, &reasons))
}
