//! Counting in one pass: a question's column beside a column of groups, a pile of cells in between.
//!
//! The groups are those of several variables at once, as long as there are not too many of them
//! together: a row adds to one cell, and the tables of each variable and of everyone are added up from
//! the cells afterwards. Who is in no group of a variable is in its last one, which is only in the
//! table of everyone.

use polars::prelude::PolarsResult;

use super::Weights;
use super::column::{Book, SKIPPED, Sort};
use super::frame::Part;

/// So many groups at once: with the states of a question their cells stay near the processor.
const MOST_GROUPS: usize = 512;
/// Everyone is one group, counted in so many piles, so that no row waits for the row before it.
const PILES: u32 = 4;

/// The groups of some variables at once, for each row.
pub(super) struct Groups {
    /// For each variable by how much a step in it moves the group, and how many steps it has.
    steps: Vec<(usize, usize)>,
    /// The group of each row.
    of: Vec<u32>,
    groups: usize,
}

/// What is counted of one state in one group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) count: u64,
    pub(super) weights: Weights,
}

impl Cell {
    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.weights = self.weights.and(other.weights);
    }

    fn take(&mut self, weight: f64) {
        self.count += 1;
        self.weights.sum += weight;
        self.weights.squares += weight * weight;
        self.weights.largest = self.weights.largest.max(weight);
    }
}

impl Groups {
    /// Everyone, in piles.
    pub(super) fn everyone(rows: usize) -> Self {
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let of = (0..rows).map(|row| row % PILES).collect();
        Self { steps: Vec::new(), of, groups: index(PILES) }
    }

    /// No variable yet.
    pub(super) fn none(rows: usize) -> Self {
        Self { steps: Vec::new(), of: vec![0; rows], groups: 1 }
    }

    /// Whether a variable of so many codes fits in as well.
    pub(super) fn fits(&self, codes: usize) -> bool {
        self.steps.is_empty() || self.groups * (codes + 1) <= MOST_GROUPS
    }

    /// Adds a variable of so many codes; any other place is none of them.
    pub(super) fn join(&mut self, codes: usize, places: impl Iterator<Item = Option<u32>>) {
        let none = u32::try_from(codes).unwrap_or(u32::MAX);
        let step = u32::try_from(self.groups).unwrap_or(u32::MAX);
        for (of, place) in self.of.iter_mut().zip(places) {
            *of += step * place.map_or(none, |place| place.min(none));
        }
        self.steps.push((self.groups, codes + 1));
        self.groups *= codes + 1;
    }

    /// Counts the states of a question; with weights (one a row), also what they come to.
    pub(super) fn count(
        &self,
        width: usize,
        states: impl Iterator<Item = usize>,
        weights: Option<&[f64]>,
    ) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); width * self.groups];
        let rows = states.zip(&self.of);
        match weights {
            None => rows.for_each(|(state, group)| {
                if let Some(cell) = cells.get_mut(index(*group) * width + state) {
                    cell.count += 1;
                }
            }),
            Some(weights) => rows.zip(weights).for_each(|((state, group), weight)| {
                if let Some(cell) = cells.get_mut(index(*group) * width + state) {
                    cell.take(*weight);
                }
            }),
        }
        cells
    }

    /// The cells of each code of the `at`th variable together; of everyone, where there is none.
    pub(super) fn fold(&self, width: usize, cells: &[Cell], at: Option<usize>) -> Vec<Vec<Cell>> {
        let (step, size) = at.and_then(|at| self.steps.get(at).copied()).unwrap_or((1, 1));
        let codes = if at.is_some() { size - 1 } else { 1 };
        let mut added = vec![vec![Cell::default(); width]; codes];
        for (group, cells) in cells.chunks(width).enumerate() {
            if let Some(into) = added.get_mut(group / step % size) {
                into.iter_mut().zip(cells).for_each(|(into, cell)| into.add(*cell));
            }
        }
        added
    }
}

/// Groups of breakdowns.
pub(super) struct Pack<'a> {
    by: Vec<&'a Book>,
    groups: Groups,
}

/// A question in the groups of a pack.
pub(super) struct Cube {
    /// The states of the question, from its lowest number on; then its ticks.
    width: usize,
    /// How far above the lowest number the first valid code lies.
    valid: usize,
    /// How far above it a skip lies.
    skipped: usize,
    ticks: bool,
    cells: Vec<Cell>,
}

/// One group of one variable, added up.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    pub(super) base: u64,
    pub(super) skipped: u64,
    pub(super) missing: u64,
    /// What the weights of the valid answers come to.
    pub(super) weights: Weights,
    /// How many gave each valid code, and the sum of their weights.
    pub(super) codes: Vec<(u64, f64)>,
}

impl<'a> Pack<'a> {
    /// Packs with all of these variables, as few as their groups allow; at least one.
    pub(super) fn all(part: &Part, by: &[&'a Book]) -> PolarsResult<Vec<Self>> {
        let rows = part.columns.height();
        let mut packs: Vec<Self> = Vec::new();
        for book in by {
            let places = part.columns.column(&book.id)?.i32()?.cont_slice()?;
            let places = places.iter().map(|place| u32::try_from(*place).ok());
            let codes = book.codes.len();
            if packs.last().is_none_or(|pack| !pack.groups.fits(codes)) {
                packs.push(Self { by: Vec::new(), groups: Groups::none(rows) });
            }
            if let Some(pack) = packs.last_mut() {
                pack.groups.join(codes, places);
                pack.by.push(book);
            }
        }
        if packs.is_empty() {
            packs.push(Self { by: Vec::new(), groups: Groups::everyone(rows) });
        }
        Ok(packs)
    }

    /// The variables it has, in their order.
    pub(super) fn variables(&self) -> impl Iterator<Item = &'a Book> {
        self.by.iter().copied()
    }

    /// Counts a question; with weights, also what they come to. A row without a weight has 0 there.
    pub(super) fn count(
        &self,
        part: &Part,
        book: &Book,
        weights: Option<&[f64]>,
    ) -> PolarsResult<Cube> {
        let low = book.not_asked();
        let above = |state: i32| index(state.wrapping_sub(low).cast_unsigned());
        let valid = above(0);
        let (ticks, codes) = (book.sort == Sort::Ticks, book.codes.len());
        let states = if ticks { valid + 1 } else { valid + codes };
        let width = if ticks { states + codes } else { states };
        let column = part.columns.column(&book.id)?.i32()?.cont_slice()?;
        let rows = column.iter().map(|state| above(*state));
        let mut cells = self.groups.count(width, rows, weights);
        for (at, code) in book.codes.iter().enumerate().filter(|_| ticks) {
            let ticked = part.columns.column(&book.tick_column(code))?.bool()?;
            let rows = ticked.iter().zip(column).zip(&self.groups.of).enumerate();
            let here =
                rows.filter(|(_, ((tick, state), _))| *tick == Some(true) && **state > SKIPPED);
            for (row, (_, group)) in here {
                if let Some(cell) = cells.get_mut(index(*group) * width + states + at) {
                    cell.take(weights.and_then(|weights| weights.get(row)).copied().unwrap_or(0.0));
                }
            }
        }
        Ok(Cube { width, valid, skipped: above(SKIPPED), ticks, cells })
    }

    /// The groups of the variable that is the `at`th of this pack; everyone, without one.
    pub(super) fn sums(&self, cube: &Cube, at: Option<usize>) -> Vec<Sums> {
        let folded = self.groups.fold(cube.width, &cube.cells, at);
        folded.iter().map(|cells| cube.read(cells)).collect()
    }
}

impl Cube {
    fn read(&self, cells: &[Cell]) -> Sums {
        let mut sums = Sums::default();
        let ends = if self.ticks { self.valid + 1 } else { cells.len() };
        for (state, cell) in cells.iter().enumerate().take(ends).skip(1) {
            if state >= self.valid {
                sums.base += cell.count;
                sums.weights = sums.weights.and(cell.weights);
            } else if state == self.skipped {
                sums.skipped += cell.count;
            } else {
                sums.missing += cell.count;
            }
        }
        let codes = if self.ticks { ends } else { self.valid };
        let codes = cells.get(codes..).unwrap_or_default();
        sums.codes = codes.iter().map(|cell| (cell.count, cell.weights.sum)).collect();
        sums
    }
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
