//! How the rows were drawn, and the one place where influences become a spread.

use std::collections::BTreeMap;

use super::matrix::Matrix;
use super::{Undefined, count};

/// The columns that say how rows were drawn: one entry for each row, or no column.
#[derive(Debug, Clone, Copy, Default)]
pub struct Grouping<'a> {
    /// The stratum of each row: its place in `names`.
    pub strata: Option<&'a [usize]>,
    /// What the strata are called.
    pub names: &'a [String],
    /// The unit (cluster) of each row that was drawn as a whole, inside its stratum.
    pub units: Option<&'a [usize]>,
    /// How many units the population has in the row's stratum; or, where no value is above 1, the
    /// share of them that was drawn.
    pub population: Option<&'a [f64]>,
}

/// What is wrong with the columns of a design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignFault {
    /// Two sizes for one population.
    #[error("stratum {stratum:?} has two population sizes, {one} and {other} (row {row})")]
    TwoSizes {
        /// The stratum.
        stratum: String,
        /// What an earlier row says.
        one: f64,
        /// What this row says.
        other: f64,
        /// The row, from 0.
        row: usize,
    },
    /// A population smaller than what was drawn from it.
    #[error("stratum {stratum:?} has {units} units of a population of {population}")]
    TooSmall {
        /// The stratum.
        stratum: String,
        /// How many units were drawn.
        units: usize,
        /// How many there are said to be.
        population: f64,
    },
}

/// How rows were drawn: units in strata, with replacement unless the population is known.
#[derive(Debug, Clone)]
pub struct Design {
    /// The unit of each row.
    unit_of: Vec<usize>,
    /// The stratum of each unit.
    stratum_of: Vec<usize>,
    strata: Vec<Stratum>,
}

#[derive(Debug, Clone)]
struct Stratum {
    name: String,
    units: usize,
    /// The share of the population that was not drawn; 1 where it is not known.
    left: f64,
}

impl Stratum {
    /// (1 - n/N) · n/(n-1); 0 where the population was taken whole.
    fn factor(&self) -> f64 {
        if self.units < 2 { 0.0 } else { self.left * count(self.units) / count(self.units - 1) }
    }
}

impl Design {
    /// Every row a unit of its own, in one stratum.
    #[must_use]
    pub fn simple(rows: usize) -> Self {
        let stratum = Stratum { name: String::new(), units: rows, left: 1.0 };
        Self { unit_of: (0..rows).collect(), stratum_of: vec![0; rows], strata: vec![stratum] }
    }

    /// The design that the columns say. Unit names count inside their stratum.
    ///
    /// # Errors
    /// When a stratum has two population sizes, or one smaller than what was drawn of it.
    pub fn new(rows: usize, columns: Grouping<'_>) -> Result<Self, DesignFault> {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut units: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut made = Self { unit_of: Vec::new(), stratum_of: Vec::new(), strata: Vec::new() };
        let mut sizes: Vec<Option<f64>> = Vec::new();
        for row in 0..rows {
            let place = columns.strata.map_or(0, |strata| strata[row]);
            let stratum = *places.entry(place).or_insert_with(|| {
                let name = columns.names.get(place).cloned().unwrap_or_default();
                made.strata.push(Stratum { name, units: 0, left: 1.0 });
                sizes.push(None);
                made.strata.len() - 1
            });
            let next = made.stratum_of.len();
            let unit = columns
                .units
                .map_or(next, |unit| *units.entry((stratum, unit[row])).or_insert(next));
            if unit == next {
                made.stratum_of.push(stratum);
                made.strata[stratum].units += 1;
            }
            made.unit_of.push(unit);
            let Some(other) = columns.population.map(|sizes| sizes[row]) else { continue };
            let one = *sizes[stratum].get_or_insert(other);
            if (one - other).abs() > 0.0 {
                let stratum = made.strata[stratum].name.clone();
                return Err(DesignFault::TwoSizes { stratum, one, other, row });
            }
        }
        let shares = sizes.iter().flatten().all(|size| *size <= 1.0);
        for (stratum, size) in made.strata.iter_mut().zip(sizes) {
            let Some(size) = size else { continue };
            let drawn = if shares { size } else { count(stratum.units) / size };
            if !(drawn > 0.0 && drawn <= 1.0) {
                let (stratum, units) = (stratum.name.clone(), stratum.units);
                return Err(DesignFault::TooSmall { stratum, units, population: size });
            }
            stratum.left = 1.0 - drawn;
        }
        Ok(made)
    }

    /// How many rows the design has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.unit_of.len()
    }

    /// Degrees of freedom: units minus strata, among the rows that count.
    #[must_use]
    pub fn freedom(&self, counts: impl Fn(usize) -> bool) -> usize {
        let mut units = vec![false; self.stratum_of.len()];
        let mut strata = vec![false; self.strata.len()];
        for (row, unit) in self.unit_of.iter().enumerate().filter(|(row, _)| counts(*row)) {
            debug_assert!(row < self.rows());
            units[*unit] = true;
            strata[self.stratum_of[*unit]] = true;
        }
        let of = |all: Vec<bool>| all.into_iter().filter(|here| *here).count();
        of(units).saturating_sub(of(strata))
    }

    /// The linearised variances and covariances of estimates, from the influence of every row.
    ///
    /// With z the sum of u over a unit: sum over strata h of
    /// (1 - n/N) · n/(n-1) · sum over its units (z - mean z)(z' - mean z')ᵀ.
    ///
    /// Shapes: one slice for each estimate, one entry for each row of the file that has a weight (0
    /// outside the subpopulation); the answer is square. Source: Binder 1983; Taylor linearisation
    /// with ultimate clusters as in R's survey package (Lumley 2004).
    ///
    /// # Errors
    /// When a stratum has one unit that is not its whole population.
    pub fn linearise(&self, influences: &[&[f64]]) -> Result<Matrix, Undefined> {
        let size = influences.len();
        self.estimable()?;
        let mut totals = vec![0.0; self.stratum_of.len() * size];
        for (at, influence) in influences.iter().enumerate() {
            for (unit, u) in self.unit_of.iter().zip(*influence) {
                totals[unit * size + at] += u;
            }
        }
        let mut means = vec![0.0; self.strata.len() * size];
        for (unit, stratum) in self.stratum_of.iter().enumerate() {
            let units = count(self.strata[*stratum].units);
            for at in 0..size {
                means[stratum * size + at] += totals[unit * size + at] / units;
            }
        }
        let mut spread = Matrix::zero(size, size);
        for (unit, stratum) in self.stratum_of.iter().enumerate() {
            let factor = self.strata[*stratum].factor();
            let off = |at: usize| totals[unit * size + at] - means[stratum * size + at];
            for i in 0..size {
                let scaled = factor * off(i);
                for j in 0..size {
                    spread[(i, j)] += scaled * off(j);
                }
            }
        }
        Ok(spread)
    }

    /// Whether every stratum says how its units differ, or was taken whole.
    fn estimable(&self) -> Result<(), Undefined> {
        let lonely = |stratum: &&Stratum| stratum.left > 0.0 && stratum.units < 2;
        match self.strata.iter().find(lonely) {
            None => Ok(()),
            Some(_) if self.strata.len() == 1 => Err(Undefined::OneUnit),
            Some(stratum) => Err(Undefined::Lonely(stratum.name.clone())),
        }
    }

    /// The linearised covariances of the sums of u over cells, without a column for each cell: what
    /// [`Design::linearise`] would give for the influences u·(row in the cell), one slice for each cell.
    ///
    /// # Errors
    /// When a stratum has one unit that is not its whole population.
    pub fn linearise_cells(
        &self,
        cell: &[Option<usize>],
        cells: usize,
        u: &[f64],
    ) -> Result<Matrix, Undefined> {
        self.estimable()?;
        let mut rows: Vec<(usize, usize, f64)> = self
            .unit_of
            .iter()
            .zip(cell)
            .zip(u)
            .filter_map(|((unit, cell), u)| Some((*unit, (*cell)?, *u)))
            .collect();
        rows.sort_by_key(|(unit, cell, _)| (*unit, *cell));
        let mut spread = Matrix::zero(cells, cells);
        let mut whole = vec![0.0; self.strata.len() * cells];
        for unit in rows.chunk_by(|one, other| one.0 == other.0) {
            let stratum = unit.first().map_or(0, |(unit, _, _)| self.stratum_of[*unit]);
            let factor = self.strata[stratum].factor();
            let here = unit.chunk_by(|one, other| one.1 == other.1);
            let sums: Vec<(usize, f64)> = here
                .filter_map(|same| Some((same.first()?.1, same.iter().map(|row| row.2).sum())))
                .collect();
            for (i, one) in &sums {
                whole[stratum * cells + i] += one;
                for (j, other) in &sums {
                    spread[(*i, *j)] += factor * one * other;
                }
            }
        }
        for (stratum, whole) in self.strata.iter().zip(whole.chunks(cells)) {
            let share = stratum.factor() / count(stratum.units);
            for (i, one) in whole.iter().enumerate().filter(|(_, one)| **one > 0.0) {
                for (j, other) in whole.iter().enumerate() {
                    spread[(i, j)] -= share * one * other;
                }
            }
        }
        Ok(spread)
    }

    /// The linearised standard error of one estimate: the root of [`Design::linearise`].
    ///
    /// # Errors
    /// When a stratum has one unit that is not its whole population.
    pub fn se(&self, influence: &[f64]) -> Result<f64, Undefined> {
        Ok(self.linearise(&[influence])?[(0, 0)].max(0.0).sqrt())
    }
}
