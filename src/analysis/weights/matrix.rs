//! Small square matrices: as many rows as a question has codes, never more than a few hundred.

use std::ops::{Index, IndexMut};

/// Variances of shares and rank scores are far above this; what is below is rounding.
const NOISE: f64 = 1e-24;

/// A matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// A matrix of zeros.
    #[must_use]
    pub fn zero(rows: usize, columns: usize) -> Self {
        Self { columns, cells: vec![0.0; rows * columns] }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    /// The sum of the diagonal.
    #[must_use]
    pub fn trace(&self) -> f64 {
        (0..self.rows()).map(|at| self[(at, at)]).sum()
    }

    /// The trace of the matrix times itself.
    #[must_use]
    pub fn trace_of_square(&self) -> f64 {
        let all = 0..self.rows();
        all.clone().flat_map(|i| all.clone().map(move |j| self[(i, j)] * self[(j, i)])).sum()
    }

    /// A · `self` · Aᵀ, with the rows of A given.
    #[must_use]
    pub fn between(&self, rows: &[Vec<f64>]) -> Self {
        let half: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| {
                let column =
                    |at: usize| row.iter().enumerate().map(|(i, a)| a * self[(i, at)]).sum::<f64>();
                (0..self.columns).map(column).collect()
            })
            .collect();
        let mut made = Self::zero(rows.len(), rows.len());
        for (i, half) in half.iter().enumerate() {
            for (j, row) in rows.iter().enumerate() {
                made[(i, j)] = half.iter().zip(row).map(|(one, other)| one * other).sum();
            }
        }
        made
    }

    /// X in `self` · X = `right`, by elimination with the largest pivot; none where there is not
    /// exactly one.
    #[must_use]
    pub fn solve(mut self, mut right: Self) -> Option<Self> {
        let size = self.rows();
        let largest = self.cells.iter().fold(0.0, |top: f64, cell| top.max(cell.abs()));
        for step in 0..size {
            let pivot = (step..size)
                .max_by(|a, b| self[(*a, step)].abs().total_cmp(&self[(*b, step)].abs()))?;
            if self[(pivot, step)].abs() <= (largest * 1e-13).max(NOISE) || largest.is_nan() {
                return None;
            }
            self.swap(pivot, step);
            right.swap(pivot, step);
            for row in step + 1..size {
                let factor = self[(row, step)] / self[(step, step)];
                self.subtract(row, step, factor);
                right.subtract(row, step, factor);
            }
        }
        for step in (0..size).rev() {
            for column in 0..right.columns {
                let known: f64 =
                    (step + 1..size).map(|at| self[(step, at)] * right[(at, column)]).sum();
                right[(step, column)] = (right[(step, column)] - known) / self[(step, step)];
            }
        }
        Some(right)
    }

    fn swap(&mut self, one: usize, other: usize) {
        for column in 0..self.columns {
            self.cells.swap(one * self.columns + column, other * self.columns + column);
        }
    }

    fn subtract(&mut self, from: usize, row: usize, factor: f64) {
        for column in 0..self.columns {
            self[(from, column)] -= factor * self[(row, column)];
        }
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        &self.cells[row * self.columns + column]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        &mut self.cells[row * self.columns + column]
    }
}
