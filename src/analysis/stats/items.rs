//! Several items as one number: the index of a person, and how well the items go together.

use serde_json::Value;

use crate::analysis::answer::{Answer, Refusal, by_code};
use crate::analysis::ask::{Ask, Rows, score_table};
use crate::analysis::code::Code;

use super::dist::f_quantile;
use super::moments::{correlation, count, mean, median, sd, sorted, variance};

/// What an item may hold.
enum Scale {
    /// Codes, scored.
    Codes(Vec<Code>, Vec<f64>),
    /// Every number from one to the other.
    Range,
}

/// A scale with its two ends.
struct Ruler {
    scale: Scale,
    low: f64,
    high: f64,
}

impl Ruler {
    /// `scale`: a list of codes, scored or numbers themselves; or `[low, high]`.
    fn of(ask: &Ask<'_>) -> Result<Self, Refusal> {
        let codes = ask.codes("scale")?;
        let scores = ask.scores("scores")?;
        if let ([low, high], None) = (codes.as_slice(), &scores)
            && let Some((low, high)) = low.number().zip(high.number())
        {
            let (low, high) = (low.min(high), low.max(high));
            return Ok(Self { scale: Scale::Range, low, high });
        }
        let table = score_table(&codes, scores.as_ref())?;
        let ends = sorted(table.clone());
        let (Some(low), Some(high)) = (ends.first(), ends.last()) else {
            return Err(Refusal::cannot("scale is empty"));
        };
        Ok(Self { low: *low, high: *high, scale: Scale::Codes(codes, table) })
    }

    fn values(&self, ask: &Ask<'_>, item: &str, rows: &Rows) -> Result<Vec<Option<f64>>, Refusal> {
        match &self.scale {
            Scale::Codes(codes, table) => {
                let places = ask.places(item, codes, rows)?;
                Ok(places.into_iter().map(|at| table.get(usize::from(at)).copied()).collect())
            }
            Scale::Range => {
                let all = ask.numbers(item, None, None, rows)?;
                let inside = |value: &f64| (self.low..=self.high).contains(value);
                Ok(all.into_iter().map(|value| value.filter(inside)).collect())
            }
        }
    }

    /// Every item's values; those of reversed items turned around.
    fn columns(&self, ask: &Ask<'_>, rows: &Rows) -> Result<(Vec<Code>, Columns), Refusal> {
        let items = ask.texts("items")?;
        let reverse = match ask.value("reverse") {
            Some(Value::Array(list)) if list.is_empty() => Vec::new(),
            Some(_) => ask.texts("reverse")?,
            None => Vec::new(),
        };
        if let Some(stranger) = reverse.iter().find(|name| !items.contains(name)) {
            return Err(Refusal::cannot(format!("reverse names {stranger:?}, which is no item")));
        }
        let mut columns = Vec::new();
        for item in &items {
            let mut values = self.values(ask, item, rows)?;
            if reverse.contains(item) {
                values
                    .iter_mut()
                    .flatten()
                    .for_each(|value| *value = self.low + self.high - *value);
            }
            columns.push(values);
        }
        Ok((items.into_iter().map(Code::new).collect(), columns))
    }
}

/// Values by item, then by row.
type Columns = Vec<Vec<Option<f64>>>;

/// `scale_index`: the mean of a respondent's valid items, where at least `min_valid` are valid.
///
/// With `rescale_0_100` the ends of the scale become 0 and 100. `first_rows`: the first eight rows
/// after the filter.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn scale_index(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let ruler = Ruler::of(ask)?;
    let (items, columns) = ruler.columns(ask, &rows)?;
    let needed = match ask.value("min_valid") {
        None => items.len(),
        Some(_) => ask.whole("min_valid")?.max(1),
    };
    let width = ruler.high - ruler.low;
    let hundred = ask.flag("rescale_0_100")?;
    if hundred && width <= 0.0 {
        return Err(Refusal::cannot("a scale of one point cannot be stretched to 0 to 100"));
    }
    let index = |row: usize| {
        let valid: Vec<f64> = columns.iter().filter_map(|column| column[row]).collect();
        let index = mean(&valid).filter(|_| valid.len() >= needed)?;
        Some(if hundred { 100.0 * (index - ruler.low) / width } else { index })
    };
    let all: Vec<Option<f64>> = (0..rows.count).map(index).collect();
    let known = sorted(all.iter().flatten().copied().collect());
    let n = known.len();
    let why = match n {
        0 => Some("nobody has enough valid items"),
        1 => Some("one index has no spread"),
        _ => None,
    };
    Ok(Answer::new()
        .with("n_rows", rows.count)
        .with("n_index", n)
        .with("n_too_few_items", rows.count - n)
        .with("mean", mean(&known))
        .with("sd", sd(&known))
        .with("min", known.first().copied())
        .with("max", known.last().copied())
        .with("median", median(&known))
        .with("first_rows", all.into_iter().take(8).collect::<Vec<_>>())
        .cannot_if(why))
}

/// `cronbach_alpha`: how well the items of an index go together, over those who answered them all.
///
/// `alpha = k/(k-1) (1 - sum of item variances / variance of the sum)` (Cronbach 1951); standardised
/// `k r/(1+(k-1) r)` from the mean correlation; 95% interval `1-(1-alpha) F(n-1, (n-1)(k-1))`
/// (Feldt 1965).
///
/// # Errors
/// When a param cannot be read, there are fewer than two items, or a column is not there.
pub(super) fn cronbach_alpha(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    if let Some(other) = ask.value("missing").filter(|way| **way != "listwise") {
        let why = format!("missing must be \"listwise\", not {other}");
        return Err(Refusal::unsupported(why));
    }
    let (items, columns) = Ruler::of(ask)?.columns(ask, &rows)?;
    if items.len() < 2 {
        return Err(Refusal::cannot("alpha needs two items or more"));
    }
    let complete = |row: &usize| columns.iter().all(|column| column[*row].is_some());
    let kept: Vec<usize> = (0..rows.count).filter(complete).collect();
    let columns: Vec<Vec<f64>> =
        columns.iter().map(|column| kept.iter().filter_map(|row| column[*row]).collect()).collect();
    Ok(consistency(&items, &columns))
}

fn consistency(items: &[Code], columns: &[Vec<f64>]) -> Answer {
    let (n, k) = (columns.first().map_or(0, Vec::len), count(columns.len()));
    let raw = alpha(columns);
    let r = mean_correlation(columns);
    let rest = |at: usize| {
        let others: Vec<Vec<f64>> = without(columns, at);
        correlation(&columns[at], &sums(&others))
    };
    let df = count(n.saturating_sub(1));
    let feldt = |p| Some((1.0 - raw?).mul_add(-f_quantile(p, df, df * (k - 1.0))?, 1.0));
    let why = match (n, raw, r) {
        (0, _, _) => Some("nobody answered every item"),
        (1, _, _) => Some("one respondent has no spread"),
        (_, None, _) => Some("nobody's sum differs: there is nothing to compare"),
        (_, Some(_), None) => Some("an item does not vary: it has no correlation"),
        (_, Some(_), Some(_)) => None,
    };
    let mut answer = Answer::new()
        .with("n_complete", n)
        .with("alpha_raw", raw)
        .with("alpha_std", r.map(|r| k * r / (1.0 + (k - 1.0) * r)))
        .with("mean_inter_item_r", r)
        .with("item_rest_r", by_code(items, (0..items.len()).map(rest)));
    if items.len() > 2 {
        let left = (0..items.len()).map(|at| alpha(&without(columns, at)));
        answer.put("alpha_if_deleted", by_code(items, left));
    }
    answer
        .with("n_items", items.len())
        .with("alpha_ci95_low", feldt(0.975))
        .with("alpha_ci95_high", feldt(0.025))
        .cannot_if(why)
}

fn alpha(columns: &[Vec<f64>]) -> Option<f64> {
    let k = count(columns.len());
    let whole = variance(&sums(columns)).filter(|whole| *whole > 0.0)?;
    let parts: f64 = columns.iter().map(|column| variance(column)).sum::<Option<f64>>()?;
    Some(k / (k - 1.0) * (1.0 - parts / whole))
}

fn mean_correlation(columns: &[Vec<f64>]) -> Option<f64> {
    let mut all = Vec::new();
    for (at, one) in columns.iter().enumerate() {
        for two in &columns[at + 1..] {
            all.push(correlation(one, two)?);
        }
    }
    mean(&all)
}

fn sums(columns: &[Vec<f64>]) -> Vec<f64> {
    let rows = columns.first().map_or(0, Vec::len);
    (0..rows).map(|row| columns.iter().map(|column| column[row]).sum()).collect()
}

fn without(columns: &[Vec<f64>], at: usize) -> Vec<Vec<f64>> {
    let mut others = columns.to_vec();
    others.remove(at);
    others
}

#[cfg(test)]
mod tests {
    use super::{Code, alpha, consistency};

    #[test]
    fn items_that_are_the_same_have_alpha_one() {
        let item = vec![1.0, 2.0, 4.0, 5.0];
        assert!((alpha(&[item.clone(), item.clone(), item]).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_item_that_does_not_vary_has_no_correlation() {
        let items = ["a", "b", "c"].map(Code::new);
        let columns = [vec![1.0, 2.0, 3.0], vec![2.0, 2.0, 2.0], vec![1.0, 3.0, 2.0]];
        let said = consistency(&items, &columns).into_value();
        assert!(said["alpha_std"].is_null() && said["item_rest_r"]["b"].is_null());
        assert!(said["alpha_raw"].is_number() && said["reason"].is_string());
        let none = consistency(&items, &[vec![], vec![], vec![]]).into_value();
        assert_eq!((none["n_complete"].as_u64(), none["alpha_raw"].is_null()), (Some(0), true));
    }
}
