//! Whether two questions hang together, with weights and a design: the test of Rao and Scott.

use super::{Design, Matrix, Undefined, count, f_p};

/// Design effects are about 1; less than this is what rounding leaves of 0.
const NOISE: f64 = 1e-12;

/// The second-order test of a weighted cross-table.
#[derive(Debug, Clone, PartialEq)]
pub struct RaoScott {
    /// Rows of the file that are in the table.
    pub n: usize,
    /// The weighted share of each cell of the whole table, row by row.
    pub share: Vec<Vec<f64>>,
    /// Pearson's chi-square of these shares times n.
    pub pearson: f64,
    /// That over the trace of the matrix of design effects.
    pub f: Result<f64, Undefined>,
    /// (trace)² over the trace of the square.
    pub above: Result<f64, Undefined>,
    /// That times units minus strata.
    pub below: Result<f64, Undefined>,
    /// The upper tail.
    pub p: Result<f64, Undefined>,
}

/// Tests the independence of rows and columns of a weighted table.
///
/// With V the linearised covariance of the cell shares p in the whole design, C the contrasts of
/// interaction, D = diag(p): Δ = (C' D⁻¹ C / n)⁻¹ C' D⁻¹ V D⁻¹ C; F = X²/tr Δ on
/// ν = (tr Δ)²/tr Δ² and ν·(units - strata) degrees of freedom. Rows and columns without weight drop
/// out first.
///
/// Shapes: `row`, `column` and `weights` have one entry for each row of the file with a weight, none
/// where an answer is not valid. Sources: Rao and Scott 1984; R `svychisq(statistic = "F")`.
///
/// # Errors
/// When nobody with a weight above 0 is in the table.
pub fn rao_scott(
    row: &[Option<usize>],
    column: &[Option<usize>],
    (rows, columns): (usize, usize),
    weights: &[f64],
    design: &Design,
) -> Result<RaoScott, Undefined> {
    let cell: Vec<Option<usize>> =
        row.iter().zip(column).map(|(row, column)| Some((*row)? * columns + (*column)?)).collect();
    let mut share = vec![0.0; rows * columns];
    for (cell, weight) in cell.iter().zip(weights).filter_map(|(cell, w)| Some(((*cell)?, w))) {
        share[cell] += weight;
    }
    let whole: f64 = share.iter().sum();
    if whole <= 0.0 {
        return Err(Undefined::Nobody);
    }
    for share in &mut share {
        *share /= whole;
    }
    let n = cell.iter().flatten().count();
    let at = |row: usize, column: usize| share[row * columns + column];
    let kept_rows: Vec<usize> =
        (0..rows).filter(|row| (0..columns).any(|column| at(*row, column) > 0.0)).collect();
    let kept_columns: Vec<usize> =
        (0..columns).filter(|column| (0..rows).any(|row| at(row, *column) > 0.0)).collect();
    let table = Table { share: &share, columns, kept_rows, kept_columns };
    let pearson = table.pearson() * count(n);
    let inside = |row: usize| cell[row].is_some() && weights[row] > 0.0;
    let freedom = count(design.freedom(inside));
    let effects = table.effects(&cell, weights, whole, n, design);
    let above = effects.as_ref().map_err(Clone::clone).and_then(|(trace, squares)| {
        if *squares > NOISE { Ok(trace * trace / squares) } else { Err(Undefined::NoSpread) }
    });
    let f = effects.and_then(|(trace, _)| {
        if trace > NOISE { Ok(pearson / trace) } else { Err(Undefined::NoSpread) }
    });
    let below = above.clone().map(|above| above * freedom);
    let p = match (&f, &above, &below) {
        (Ok(f), Ok(above), Ok(below)) => f_p(*f, *above, *below).ok_or(Undefined::NoFreedom),
        (Err(undefined), _, _) | (_, Err(undefined), _) | (_, _, Err(undefined)) => {
            Err(undefined.clone())
        }
    };
    let share = share.chunks(columns).map(<[f64]>::to_vec).collect();
    Ok(RaoScott { n, share, pearson, f, above, below, p })
}

/// The cells of a table, and the rows and columns that are not empty.
struct Table<'a> {
    share: &'a [f64],
    columns: usize,
    kept_rows: Vec<usize>,
    kept_columns: Vec<usize>,
}

impl Table<'_> {
    fn at(&self, row: usize, column: usize) -> f64 {
        self.share[row * self.columns + column]
    }

    /// Chi-square over n.
    fn pearson(&self) -> f64 {
        let mut sum = 0.0;
        for &row in &self.kept_rows {
            let across: f64 = self.kept_columns.iter().map(|column| self.at(row, *column)).sum();
            for &column in &self.kept_columns {
                let down: f64 = self.kept_rows.iter().map(|row| self.at(*row, column)).sum();
                let off = self.at(row, column) - across * down;
                sum += off * off / (across * down);
            }
        }
        sum
    }

    /// The contrasts of interaction: each adds two cells of a rectangle and subtracts the others.
    fn contrasts(&self) -> Vec<[(usize, f64); 4]> {
        let cell = |row: usize, column: usize| row * self.columns + column;
        let (Some((top, rows)), Some((first, columns))) =
            (self.kept_rows.split_first(), self.kept_columns.split_first())
        else {
            return Vec::new();
        };
        let one = |row: usize, column: usize| {
            [
                (cell(*top, *first), 1.0),
                (cell(row, column), 1.0),
                (cell(row, *first), -1.0),
                (cell(*top, column), -1.0),
            ]
        };
        rows.iter().flat_map(|row| columns.iter().map(move |column| one(*row, *column))).collect()
    }

    /// The trace of Δ and of its square.
    fn effects(
        &self,
        cell: &[Option<usize>],
        weights: &[f64],
        whole: f64,
        n: usize,
        design: &Design,
    ) -> Result<(f64, f64), Undefined> {
        let contrasts = self.contrasts();
        if contrasts.is_empty() {
            return Err(Undefined::NoSpread);
        }
        let over = |cell: usize| {
            if self.share[cell] > 0.0 { 1.0 / self.share[cell] } else { 0.0 }
        };
        // What a row of each cell moves each contrast by, times its share of the weight: the mean of
        // the contrast is taken off, since rows outside the table move nothing.
        let moves = |contrast: &[(usize, f64); 4]| -> Vec<f64> {
            let mean: f64 =
                contrast.iter().map(|(at, sign)| sign * over(*at) * self.share[*at]).sum();
            let mut moves = vec![-mean; self.share.len()];
            for (at, sign) in contrast {
                moves[*at] += sign * over(*at);
            }
            moves
        };
        let moves: Vec<Vec<f64>> = contrasts.iter().map(moves).collect();
        let u: Vec<f64> = weights.iter().map(|weight| weight / whole).collect();
        let cells = design.linearise_cells(cell, self.share.len(), &u)?;
        let spread = cells.between(&moves);
        let mut simple = Matrix::zero(contrasts.len(), contrasts.len());
        for (i, one) in contrasts.iter().enumerate() {
            for (j, other) in contrasts.iter().enumerate() {
                for (at, sign) in one {
                    let same = other.iter().filter(|(there, _)| there == at);
                    simple[(i, j)] +=
                        same.map(|(_, s)| s * sign * over(*at)).sum::<f64>() / count(n);
                }
            }
        }
        let effects = simple.solve(spread).ok_or(Undefined::Singular)?;
        Ok((effects.trace(), effects.trace_of_square()))
    }
}
