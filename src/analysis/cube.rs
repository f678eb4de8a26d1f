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
pub(super) struct Pack<'a> {
    /// The variables, and by how much a step in each moves the group.
    by: Vec<(&'a Book, usize)>,
    /// The group of each row.
    of: Vec<u32>,
    groups: usize,
}

/// What is counted of one state in one group.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    count: u64,
    weights: Weights,
}

impl Cell {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.weights = self.weights.and(other.weights);
    }
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
        let mut packs: Vec<Self> = Vec::new();
        for book in by {
            let size = book.codes.len() + 1;
            match packs.last_mut().filter(|pack| pack.groups * size <= MOST_GROUPS) {
                Some(pack) => pack.join(part, book)?,
                None => {
                    let of = vec![0; part.columns.height()];
                    let mut pack = Self { by: Vec::new(), of, groups: 1 };
                    pack.join(part, book)?;
                    packs.push(pack);
                }
            }
        }
        if packs.is_empty() {
            let rows = u32::try_from(part.columns.height()).unwrap_or(u32::MAX);
            let of = (0..rows).map(|row| row % PILES).collect();
            packs.push(Self { by: Vec::new(), of, groups: index(PILES) });
        }
        Ok(packs)
    }

    fn join(&mut self, part: &Part, book: &'a Book) -> PolarsResult<()> {
        let none = u32::try_from(book.codes.len()).unwrap_or(u32::MAX);
        let step = u32::try_from(self.groups).unwrap_or(u32::MAX);
        let places = part.columns.column(&book.id)?.i32()?.cont_slice()?;
        for (of, place) in self.of.iter_mut().zip(places) {
            *of += step * u32::try_from(*place).map_or(none, |place| place.min(none));
        }
        self.by.push((book, self.groups));
        self.groups *= book.codes.len() + 1;
        Ok(())
    }

    /// The variables it has, in their order.
    pub(super) fn variables(&self) -> impl Iterator<Item = &'a Book> {
        self.by.iter().map(|(book, _)| *book)
    }

    /// Counts a question; with weights, also what they come to. A row without a weight has 0 there.
    pub(super) fn count(
        &self,
        part: &Part,
        book: &Book,
        weights: Option<&[f64]>,
    ) -> PolarsResult<Cube> {
        let low = book.not_asked();
        let valid = index(low.unsigned_abs());
        let (ticks, codes) = (book.sort == Sort::Ticks, book.codes.len());
        let states = if ticks { valid + 1 } else { valid + codes };
        let width = if ticks { states + codes } else { states };
        let mut cells = vec![Cell::default(); width * self.groups];
        let column = part.columns.column(&book.id)?.i32()?.cont_slice()?;
        let cell = |group: u32, state: i32| {
            index(group) * width + index(state.wrapping_sub(low).cast_unsigned())
        };
        let rows = column.iter().zip(&self.of);
        match weights {
            None => rows.for_each(|(state, group)| {
                if let Some(cell) = cells.get_mut(cell(*group, *state)) {
                    cell.count += 1;
                }
            }),
            Some(weights) => rows.zip(weights).for_each(|((state, group), weight)| {
                if let Some(cell) = cells.get_mut(cell(*group, *state)) {
                    cell.take(*weight);
                }
            }),
        }
        for (at, code) in book.codes.iter().enumerate().filter(|_| ticks) {
            let ticked = part.columns.column(&book.tick_column(code))?.bool()?;
            let rows = ticked.iter().zip(column).zip(&self.of).enumerate();
            for (row, ((_, _), group)) in
                rows.filter(|(_, ((ticked, state), _))| *ticked == Some(true) && **state > SKIPPED)
            {
                if let Some(cell) = cells.get_mut(index(*group) * width + states + at) {
                    cell.take(weights.and_then(|weights| weights.get(row)).copied().unwrap_or(0.0));
                }
            }
        }
        let skipped = index(SKIPPED.wrapping_sub(low).cast_unsigned());
        Ok(Cube { width, valid, skipped, ticks, cells })
    }

    /// Everyone, whatever group they are in.
    pub(super) fn everyone(&self, cube: &Cube) -> Sums {
        cube.sums(|_| Some(0), 1).pop().unwrap_or_default()
    }

    /// The groups of the variable that is the `at`th of this pack.
    pub(super) fn groups(&self, cube: &Cube, at: usize) -> Vec<Sums> {
        let Some((book, step)) = self.by.get(at) else { return Vec::new() };
        let size = book.codes.len() + 1;
        cube.sums(|group| Some(group / step % size).filter(|place| *place + 1 < size), size - 1)
    }
}

impl Cell {
    fn take(&mut self, weight: f64) {
        self.count += 1;
        self.weights.sum += weight;
        self.weights.squares += weight * weight;
        self.weights.largest = self.weights.largest.max(weight);
    }
}

impl Cube {
    /// The cells of each group together, in as many groups as `of` makes of them.
    fn sums(&self, of: impl Fn(usize) -> Option<usize>, groups: usize) -> Vec<Sums> {
        let mut added = vec![vec![Cell::default(); self.width]; groups];
        for (group, cells) in self.cells.chunks(self.width).enumerate() {
            let Some(into) = of(group).and_then(|group| added.get_mut(group)) else { continue };
            into.iter_mut().zip(cells).for_each(|(into, cell)| into.add(*cell));
        }
        added.iter().map(|cells| self.read(cells)).collect()
    }

    fn read(&self, cells: &[Cell]) -> Sums {
        let mut sums = Sums::default();
        let codes = if self.ticks { self.valid + 1 } else { self.valid };
        for (state, cell) in cells.iter().enumerate() {
            match state {
                0 => {} // Not asked.
                state if state == self.skipped => sums.skipped += cell.count,
                state if state < self.valid => sums.missing += cell.count,
                state if state < codes || !self.ticks => {
                    sums.base += cell.count;
                    sums.weights = sums.weights.and(cell.weights);
                }
                _ => {}
            }
        }
        let codes = cells.get(codes..).unwrap_or_default();
        sums.codes = codes.iter().map(|cell| (cell.count, cell.weights.sum)).collect();
        sums
    }
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
