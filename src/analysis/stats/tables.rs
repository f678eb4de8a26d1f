//! Two-way tables: counts, shares, chi-square with what belongs to it.

use serde_json::Value;

use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::{Ask, Rows};
use crate::analysis::code::Code;
use crate::analysis::data::{OTHER, Place};

use super::dist::chi2_p;
use super::fisher::{Exact, fisher};
use super::moments::{count, share};

/// The counts of a two-way table, rows first.
pub(super) type Counts = Vec<Vec<usize>>;

/// Counts rows of the file whose two values are both on their lists.
pub(super) fn cross(rows: &[Place], cols: &[Place], size: (usize, usize)) -> Counts {
    let mut flat = vec![0_usize; size.0 * size.1];
    for (row, col) in rows.iter().zip(cols) {
        let (row, col) = (usize::from(*row), usize::from(*col));
        if row < size.0 && col < size.1 {
            flat[row * size.1 + col] += 1;
        }
    }
    if size.1 == 0 {
        vec![Vec::new(); size.0]
    } else {
        flat.chunks(size.1).map(<[_]>::to_vec).collect()
    }
}

/// The sums of the rows and of the columns.
pub(super) fn totals(counts: &Counts) -> (Vec<usize>, Vec<usize>) {
    let rows: Vec<usize> = counts.iter().map(|row| row.iter().sum()).collect();
    let width = counts.first().map_or(0, Vec::len);
    let cols = (0..width).map(|col| counts.iter().map(|row| row[col]).sum()).collect();
    (rows, cols)
}

/// Pearson's chi-square of a table without empty rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct ChiSquare {
    /// Without continuity correction.
    pub chi2: f64,
    /// `(r-1)(c-1)`
    pub df: usize,
    /// The upper tail.
    pub p: Option<f64>,
    /// `sqrt(chi2/(n (min(r,c)-1)))`, without bias correction.
    pub cramers_v: f64,
    /// The smallest expected count.
    pub min_expected: f64,
    /// The share of cells with an expected count below 5.
    pub below_5: f64,
    /// `(O-E)/sqrt(E (1-row share)(1-column share))` (Haberman 1973).
    pub residuals: Vec<Vec<f64>>,
}

/// Pearson's chi-square; `None` where fewer than two rows or columns have anything.
#[must_use]
pub fn chi_square(counts: &[Vec<usize>]) -> Option<ChiSquare> {
    let counts = counts.to_vec();
    let (rows, cols) = totals(&counts);
    if rows.len() < 2 || cols.len() < 2 || rows.iter().chain(&cols).any(|sum| *sum == 0) {
        return None;
    }
    let n = count(rows.iter().sum());
    let (mut chi2, mut min_expected, mut below) = (0.0, f64::INFINITY, 0);
    let mut residuals = Vec::new();
    for (row, cells) in rows.iter().zip(&counts) {
        let mut line = Vec::new();
        for (col, cell) in cols.iter().zip(cells) {
            let expected = count(*row) * count(*col) / n;
            let gap = count(*cell) - expected;
            chi2 += gap * gap / expected;
            min_expected = expected.min(min_expected);
            below += usize::from(expected < 5.0);
            let left = (1.0 - count(*row) / n) * (1.0 - count(*col) / n);
            line.push(gap / (expected * left).sqrt());
        }
        residuals.push(line);
    }
    let df = (rows.len() - 1) * (cols.len() - 1);
    Some(ChiSquare {
        chi2,
        df,
        p: chi2_p(chi2, count(df)),
        cramers_v: (chi2 / (n * count(rows.len().min(cols.len()) - 1))).sqrt(),
        min_expected,
        below_5: count(below) / count(rows.len() * cols.len()),
        residuals,
    })
}

/// `crosstab`: counts, shares within the rows, chi-square, V, residuals; for a 2 x 2 also Yates,
/// odds ratio and phi; with `fisher` the exact test.
///
/// Empty rows and columns are left out of the test and of the residuals, and named in
/// `left_out_rows` and `left_out_cols`.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn crosstab(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let filter = ask.rows("filter")?;
    let exact = ask.flag("fisher")?;
    let (row_codes, rows, col_codes, cols) = if ask.value("cuts").is_some() {
        let cuts = cuts(ask)?;
        let names: Vec<Code> =
            cuts.iter().map(|(low, high)| Code::new(&format!("{low} to {high}"))).collect();
        let rows = cut(ask, "rows", &cuts, &filter)?;
        (names.clone(), rows, names, cut(ask, "cols", &cuts, &filter)?)
    } else {
        let (row_codes, col_codes) = (ask.codes("row_values")?, ask.codes("col_values")?);
        let rows = ask.places(ask.text("row")?, &row_codes, &filter)?;
        let cols = ask.places(ask.text("col")?, &col_codes, &filter)?;
        (row_codes, rows, col_codes, cols)
    };
    let counts = cross(&rows, &cols, (row_codes.len(), col_codes.len()));
    let (row_totals, col_totals) = totals(&counts);
    let shares: Vec<Vec<Option<f64>>> = counts
        .iter()
        .zip(&row_totals)
        .map(|(cells, sum)| cells.iter().map(|cell| share(*cell, *sum)).collect())
        .collect();
    let full = full(&counts, &row_totals, &col_totals);
    let test = chi_square(&full);
    let n: usize = row_totals.iter().sum();
    let why = match (n, &test) {
        (0, _) => Some("no row of the file has both values"),
        (_, None) => Some("fewer than two rows or columns have anything: there is nothing to test"),
        (_, Some(_)) => None,
    };
    let mut answer = Answer::new()
        .with("n", n)
        .with("counts", counts.clone())
        .with("row_totals", row_totals.clone())
        .with("col_totals", col_totals.clone())
        .with("row_share", shares)
        .with("chi2", test.as_ref().map(|test| test.chi2))
        .with("df", test.as_ref().map(|test| test.df))
        .with("p", test.as_ref().and_then(|test| test.p))
        .with("cramers_v", test.as_ref().map(|test| test.cramers_v))
        .with("min_expected", test.as_ref().map(|test| test.min_expected))
        .with("share_expected_below_5", test.as_ref().map(|test| test.below_5))
        .with("adjusted_residuals", test.as_ref().map(|test| test.residuals.clone()))
        .cannot_if(why);
    for (name, codes, sums) in
        [("left_out_rows", &row_codes, &row_totals), ("left_out_cols", &col_codes, &col_totals)]
    {
        let empty = codes.iter().zip(sums).filter(|(_, sum)| **sum == 0);
        let empty: Vec<&str> = empty.map(|(code, _)| code.label()).collect();
        if !empty.is_empty() {
            answer.put(name, empty);
        }
    }
    if let [one, two] = counts.as_slice()
        && let ([a, b], [c, d]) = (one.as_slice(), two.as_slice())
    {
        four(&mut answer, [*a, *b, *c, *d], test.is_some());
    }
    Ok(if exact { with_fisher(answer, &full) } else { answer })
}

/// The table without its empty rows and columns.
fn full(counts: &Counts, rows: &[usize], cols: &[usize]) -> Counts {
    let lines = counts.iter().zip(rows).filter(|(_, sum)| **sum > 0);
    lines
        .map(|(cells, _)| {
            cells.iter().zip(cols).filter(|(_, sum)| **sum > 0).map(|(cell, _)| *cell).collect()
        })
        .collect()
}

/// What only a 2 x 2 table has.
fn four(answer: &mut Answer, cells: [usize; 4], tested: bool) {
    let [yes_yes, yes_no, no_yes, no_no] = cells.map(count);
    let n: f64 = cells.map(count).iter().sum();
    let product = (yes_yes + yes_no) * (no_yes + no_no) * (yes_yes + no_yes) * (yes_no + no_no);
    let cross = yes_yes * no_no - yes_no * no_yes;
    // The correction is never larger than the gap itself.
    let gap = (cross.abs() / n).min(0.5);
    let yates = tested.then(|| n * (cross.abs() - gap * n).powi(2) / product);
    let odds = (yes_no * no_yes > 0.0).then(|| yes_yes * no_no / (yes_no * no_yes));
    answer.put("chi2_yates", yates);
    answer.put("p_yates", yates.and_then(|chi2| chi2_p(chi2, 1.0)));
    answer.put("odds_ratio", odds);
    answer.put("phi", tested.then(|| cross / product.sqrt()));
    if tested && odds.is_none() {
        *answer = std::mem::take(answer).cannot("a cell is 0: the odds ratio has no end");
    }
}

fn with_fisher(answer: Answer, full: &Counts) -> Answer {
    match fisher(full) {
        Exact::P(p) => answer.with("fisher_p", p),
        Exact::Simulated { p, tables } => answer
            .with("fisher_p", None::<f64>)
            .with("fisher_p_simulated", p)
            .with("fisher_tables_simulated", tables)
            .cannot(
                "too many tables for the exact test; fisher_p_simulated comes from random ones",
            ),
        Exact::Nothing => answer.with("fisher_p", None::<f64>),
    }
}

/// The pieces an index is cut into, each from and to.
fn cuts(ask: &Ask<'_>) -> Result<Vec<(f64, f64)>, Refusal> {
    let piece = |value: &Value| {
        let ends = value.as_array()?;
        let end = |at: usize| ends.get(at).and_then(Code::from_json).and_then(|end| end.number());
        (ends.len() == 2).then_some((end(0)?, end(1)?))
    };
    let list = ask.value("cuts").and_then(Value::as_array).filter(|list| !list.is_empty());
    let pieces = list.and_then(|list| list.iter().map(piece).collect());
    pieces.ok_or_else(|| Refusal::cannot("cuts must be a list of [from, to]"))
}

/// Where the mean of some items (`mean(a,b)`), or one item, falls among the pieces. Every item must
/// lie between the first and the last end.
fn cut(
    ask: &Ask<'_>,
    name: &'static str,
    cuts: &[(f64, f64)],
    rows: &Rows,
) -> Result<Vec<Place>, Refusal> {
    let text = ask.text(name)?;
    let inner = text.strip_prefix("mean(").and_then(|rest| rest.strip_suffix(')'));
    let items: Vec<&str> = inner.unwrap_or(text).split(',').map(str::trim).collect();
    let low = cuts.iter().map(|cut| cut.0).fold(f64::INFINITY, f64::min);
    let high = cuts.iter().map(|cut| cut.1).fold(f64::NEG_INFINITY, f64::max);
    let mut sums = vec![Some(0.0); rows.count];
    for item in &items {
        let values = ask.numbers(item, None, None, rows)?;
        for (sum, value) in sums.iter_mut().zip(values) {
            let valid = value.filter(|value| (low..=high).contains(value));
            *sum = sum.zip(valid).map(|(sum, value)| sum + value);
        }
    }
    let place = |sum: Option<f64>| {
        let mean = sum? / count(items.len());
        let at = cuts.iter().position(|(low, high)| (*low..=*high).contains(&mean))?;
        Place::try_from(at).ok()
    };
    Ok(sums.into_iter().map(|sum| place(sum).unwrap_or(OTHER)).collect())
}

#[cfg(test)]
mod tests {
    use super::{Answer, chi_square, cross, four};

    /// `scipy.stats.chi2_contingency([[12, 5], [7, 9]], correction=False)`.
    #[test]
    fn four_cells() {
        let test = chi_square(&[vec![12, 5], vec![7, 9]]).unwrap();
        assert!((test.chi2 - 2.430_575_519_681_557_5).abs() < 1e-12, "{}", test.chi2);
        assert_eq!(test.df, 1);
        let mut answer = Answer::new();
        four(&mut answer, [12, 5, 7, 9], true);
        assert!((answer.number("phi").unwrap().powi(2) * 33.0 - test.chi2).abs() < 1e-12);
        assert!(answer.number("chi2_yates").unwrap() < test.chi2);
        let mut even = Answer::new();
        four(&mut even, [5, 5, 5, 5], true);
        assert_eq!((even.number("chi2_yates"), even.number("p_yates")), (Some(0.0), Some(1.0)));
    }

    #[test]
    fn a_line_is_no_table() {
        assert_eq!(chi_square(&[vec![3, 4]]), None);
        assert_eq!(chi_square(&[vec![3, 4], vec![0, 0]]), None);
        assert_eq!(chi_square(&[]), None);
        assert_eq!(cross(&[0, 1, 9], &[1, 0, 0], (2, 2)), [[0, 1], [1, 0]]);
    }
}
