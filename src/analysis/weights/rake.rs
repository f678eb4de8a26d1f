//! Raking: weights with which a sample has the margins of its population, or the reason why not.
//!
//! A sample that cannot have them gets no weights at all. The work is done on the combinations that
//! occur, so a million rows cost no more than their few hundred combinations.

use std::collections::HashMap;

use super::given::to_mean_one;

/// One margin: the categories with their share of the population, and the category of each row.
#[derive(Debug, Clone)]
pub struct Margin {
    /// The variable.
    pub name: String,
    /// Each category with its share or number of the population.
    pub categories: Vec<(String, f64)>,
    /// The place of each row's category; none for a value that is not among them.
    pub of: Vec<Option<usize>>,
}

/// Weights that meet every margin.
#[derive(Debug, Clone, PartialEq)]
pub struct Raked {
    /// The rows that have a value in every margin and a weight to start from, in file order.
    pub rows: Vec<usize>,
    /// Their weights, mean 1.
    pub weights: Vec<f64>,
    /// The largest difference that is left between a weighted share and its target.
    pub error: f64,
    /// How many rounds it took.
    pub cycles: usize,
}

/// Why there are no weights.
#[derive(Debug, Clone, PartialEq)]
pub struct NotRaked {
    /// The reason in words, with the variable.
    pub reason: String,
    /// How many rows have a value in every margin.
    pub n: usize,
    /// Categories of the population that nobody in the sample has: variable and category.
    pub empty: Vec<(String, String)>,
    /// The largest difference after the last round; none when no round was made.
    pub error: Option<f64>,
}

/// Every weighted share within this of its target: converged.
const CONVERGED: f64 = 1e-9;
/// Nothing better can be had of a double.
const EXACT: f64 = 1e-13;
/// A round that brings nothing within so many others is the last but so many.
const PATIENCE: usize = 500;
const MOST_CYCLES: usize = 20_000;
/// Shares are rounded in print; more than this off 1, something else is meant.
const ROUNDED: f64 = 0.02;

/// Rakes: multiplies the weights by target/share, variable by variable, until every weighted margin
/// is within 1e-9 of its target; then scales them to mean 1. The order of the variables does not
/// matter.
///
/// Shapes: `start` has one base weight for each row (1 for none), none where it is missing. Targets
/// are shares or numbers; each margin is scaled to sum 1. Source: Deming and Stephan 1940.
///
/// # Errors
/// When a margin is no margin (negative, infinite, all 0, shares that do not add to 1), when nobody
/// is in a category of the population, or when the margins contradict each other: no weights then.
pub fn rake(margins: &[Margin], start: &[Option<f64>]) -> Result<Raked, NotRaked> {
    let rows: Vec<usize> = (0..start.len())
        .filter(|row| start[*row].is_some() && margins.iter().all(|m| m.of[*row].is_some()))
        .collect();
    let refused =
        |reason: String| NotRaked { reason, n: rows.len(), empty: Vec::new(), error: None };
    let targets = margins.iter().map(shares).collect::<Result<Vec<_>, _>>().map_err(&refused)?;
    if margins.is_empty() {
        return Err(refused("no margin was given".to_owned()));
    }
    if rows.is_empty() {
        return Err(refused("no row has a value in every margin".to_owned()));
    }
    let (cells, cell_of) = cells(margins, &rows, start);
    let empty = empty_categories(margins, &targets, &cells);
    let fitted = fit(&targets, &cells, if empty.is_empty() { MOST_CYCLES } else { 1 });
    let reason = if let [(margin, category), more @ ..] = empty.as_slice() {
        let more: String = more.iter().map(|(m, c)| format!(", {m} = {c}")).collect();
        format!("population category without respondents: {margin} = {category}{more}")
    } else if fitted.error >= CONVERGED || !fitted.error.is_finite() {
        let (margin, category) = fitted.worst;
        let Fitted { error, cycles, .. } = fitted;
        let (name, category) = (&margins[margin].name, &margins[margin].categories[category].0);
        format!(
            "not converged after {cycles} rounds: the share of {name} = {category} is still \
             {error:.6} off; the margins contradict each other in this sample"
        )
    } else {
        let weight =
            |(row, cell): (&usize, &usize)| start[*row].unwrap_or(0.0) * fitted.factors[*cell];
        let weights = to_mean_one(rows.iter().zip(&cell_of).map(weight).collect());
        return Ok(Raked { weights, error: fitted.error, cycles: fitted.cycles, rows });
    };
    Err(NotRaked { reason, n: rows.len(), empty, error: Some(fitted.error) })
}

/// The targets of a margin as shares.
pub(super) fn shares(margin: &Margin) -> Result<Vec<f64>, String> {
    let Margin { name, categories, .. } = margin;
    for (category, target) in categories {
        if !target.is_finite() || *target < 0.0 {
            return Err(format!("the population of {name} = {category} is {target}, not a share"));
        }
    }
    let sum: f64 = categories.iter().map(|(_, target)| target).sum();
    if sum <= 0.0 {
        return Err(format!("the population shares of {name} are all 0, or there are none"));
    }
    let meant_as_shares = categories.iter().all(|(_, target)| *target <= 1.0);
    if meant_as_shares && (sum - 1.0).abs() > ROUNDED {
        return Err(format!("the population shares of {name} add to {sum:.4}, not to 1"));
    }
    Ok(categories.iter().map(|(_, target)| target / sum).collect())
}

/// A combination of categories that occurs.
struct Cell {
    places: Vec<usize>,
    weight: f64,
}

/// The combinations that occur with the sum of their base weights, and the one of each kept row.
fn cells(margins: &[Margin], rows: &[usize], start: &[Option<f64>]) -> (Vec<Cell>, Vec<usize>) {
    let mut known: HashMap<Vec<usize>, usize> = HashMap::new();
    let mut cells: Vec<Cell> = Vec::new();
    let mut cell_of = Vec::with_capacity(rows.len());
    let mut places = Vec::new();
    for row in rows {
        places.clear();
        places.extend(margins.iter().filter_map(|margin| margin.of[*row]));
        let cell = known.get(&places).copied().unwrap_or_else(|| {
            known.insert(places.clone(), cells.len());
            cells.push(Cell { places: places.clone(), weight: 0.0 });
            cells.len() - 1
        });
        cells[cell].weight += start[*row].unwrap_or(0.0);
        cell_of.push(cell);
    }
    (cells, cell_of)
}

/// Categories with a share of the population in which no row with a weight above 0 is.
fn empty_categories(
    margins: &[Margin],
    targets: &[Vec<f64>],
    cells: &[Cell],
) -> Vec<(String, String)> {
    let mut empty = Vec::new();
    for (at, (margin, targets)) in margins.iter().zip(targets).enumerate() {
        for (place, (category, _)) in margin.categories.iter().enumerate() {
            let here = cells.iter().any(|cell| cell.places[at] == place && cell.weight > 0.0);
            if targets[place] > 0.0 && !here {
                empty.push((margin.name.clone(), category.clone()));
            }
        }
    }
    empty
}

/// How far the rounds came.
struct Fitted {
    factors: Vec<f64>,
    error: f64,
    worst: (usize, usize),
    cycles: usize,
}

fn fit(targets: &[Vec<f64>], cells: &[Cell], most: usize) -> Fitted {
    let whole: f64 = cells.iter().map(|cell| cell.weight).sum();
    let mut fitted =
        Fitted { factors: vec![1.0; cells.len()], error: f64::INFINITY, worst: (0, 0), cycles: 0 };
    let mut best = (f64::INFINITY, 0);
    while fitted.cycles < most && fitted.cycles < best.1 + PATIENCE {
        for (at, targets) in targets.iter().enumerate() {
            let sums = sums(cells, &fitted.factors, at, targets.len());
            for (cell, factor) in cells.iter().zip(&mut fitted.factors) {
                let place = cell.places[at];
                if sums[place] > 0.0 {
                    *factor *= targets[place] * whole / sums[place];
                }
            }
        }
        fitted.cycles += 1;
        (fitted.error, fitted.worst) = worst(targets, cells, &fitted.factors);
        if fitted.error <= EXACT || (fitted.error < CONVERGED && fitted.error >= best.0) {
            break;
        }
        if fitted.error < best.0 * 0.9 {
            best = (fitted.error, fitted.cycles);
        }
    }
    fitted
}

/// The weighted sum of each category of one margin.
fn sums(cells: &[Cell], factors: &[f64], margin: usize, categories: usize) -> Vec<f64> {
    let mut sums = vec![0.0; categories];
    for (cell, factor) in cells.iter().zip(factors) {
        sums[cell.places[margin]] += cell.weight * factor;
    }
    sums
}

/// The largest distance of a weighted share from its target, and where it is.
fn worst(targets: &[Vec<f64>], cells: &[Cell], factors: &[f64]) -> (f64, (usize, usize)) {
    let whole: f64 = cells.iter().zip(factors).map(|(cell, factor)| cell.weight * factor).sum();
    let mut worst = (0.0, (0, 0));
    for (at, targets) in targets.iter().enumerate() {
        let sums = sums(cells, factors, at, targets.len());
        for (place, (sum, target)) in sums.iter().zip(targets).enumerate() {
            let off = (sum / whole - target).abs();
            if off > worst.0 || off.is_nan() {
                worst = (if off.is_nan() { f64::INFINITY } else { off }, (at, place));
            }
        }
    }
    worst
}
