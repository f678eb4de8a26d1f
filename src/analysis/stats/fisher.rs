//! Fisher's exact test of a table of any size: the probability of all tables with the same sums
//! that are no likelier than the observed one (within 1e-7, as R has it).
//!
//! The columns are filled one after the other. What is left of the row sums is a node; every way to
//! a node with the same probability is followed once (Mehta and Patel 1983). A way whose every end
//! is likelier, or unlikelier, than the observed table is not followed to the end. Where there are
//! too many ways, tables are drawn at random, always the same ones.

use std::collections::{BTreeMap, HashMap};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use statrs::function::factorial::ln_factorial;

use super::moments::count;

/// What the test gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Exact {
    /// The exact p.
    P(f64),
    /// The share of so many random tables, the observed one among them.
    Simulated {
        /// An estimate of p.
        p: f64,
        /// From so many tables.
        tables: usize,
    },
    /// The table has fewer than two rows or columns.
    Nothing,
}

/// So many steps, and no more.
const STEPS: usize = 2_000_000;
const TABLES: usize = 10_000;
/// Tables this close are equally likely.
const CLOSE: f64 = 1e-7;

/// The exact test of a table without empty rows and columns.
#[must_use]
pub fn fisher(counts: &[Vec<usize>]) -> Exact {
    let width = counts.first().map_or(0, Vec::len);
    if counts.len() < 2 || width < 2 {
        return Exact::Nothing;
    }
    let rows: Vec<usize> = counts.iter().map(|row| row.iter().sum()).collect();
    let cols: Vec<usize> = (0..width).map(|col| counts.iter().map(|row| row[col]).sum()).collect();
    let observed: f64 = counts.iter().flatten().map(|cell| -log(*cell)).sum();
    // Short nodes, few fillings first: the last column is what is left.
    let (node, mut stages) = if rows.len() <= cols.len() { (rows, cols) } else { (cols, rows) };
    stages.sort_unstable();
    match Network::new(&stages, observed + CLOSE).walk(&node) {
        Some(p) => Exact::P(p.min(1.0)),
        None => simulated(counts, observed + CLOSE),
    }
}

fn log(cell: usize) -> f64 {
    ln_factorial(u64::try_from(cell).unwrap_or(u64::MAX))
}

/// What is left of the sums, in order: nodes that differ in order only are the same.
type Node = Vec<usize>;
/// To each node the log weights of the ways there, and how many have it. In order, so that sums have
/// the same last digit in every run.
type Ways = BTreeMap<Node, BTreeMap<i64, (f64, f64)>>;

struct Network<'a> {
    stages: &'a [usize],
    /// The log of the observed probability, without the factor that all tables share.
    bar: f64,
    /// The likeliest and the unlikeliest way on from a node of a stage.
    ends: HashMap<(usize, Node), (f64, f64)>,
    steps: usize,
}

impl<'a> Network<'a> {
    fn new(stages: &'a [usize], bar: f64) -> Self {
        Self { stages, bar, ends: HashMap::new(), steps: 0 }
    }

    /// The p; none after too many steps.
    fn walk(mut self, rows: &[usize]) -> Option<f64> {
        let mut start = rows.to_vec();
        start.sort_unstable();
        let n: usize = start.iter().sum();
        // ln of (product of all sums' factorials) / n!: turns a way's weight into a probability.
        let sums: f64 = start.iter().chain(self.stages).map(|sum| log(*sum)).sum();
        let scale = sums - log(n);
        let mut p = 0.0;
        let mut here: Ways = BTreeMap::new();
        here.entry(start).or_default().insert(0, (0.0, 1.0));
        for stage in 0..self.stages.len() {
            let mut next: Ways = BTreeMap::new();
            for (node, ways) in here {
                let (most, least) = self.ends(stage, &node)?;
                let rest = self.rest(stage, &node);
                let mut open = Vec::new();
                for (past, many) in ways.into_values() {
                    if past + most <= self.bar {
                        p += many * (past + rest + scale).exp();
                    } else if past + least <= self.bar {
                        open.push((past, many));
                    }
                }
                if open.is_empty() {
                    continue;
                }
                for (filled, weight) in self.fillings(stage, &node)? {
                    self.steps += open.len();
                    if self.steps > STEPS {
                        return None;
                    }
                    let ways = next.entry(filled).or_default();
                    for (past, many) in &open {
                        let sum = past + weight;
                        ways.entry(key(sum)).or_insert((sum, 0.0)).1 += many;
                    }
                }
            }
            here = next;
        }
        let ends = here.into_values().flat_map(BTreeMap::into_values);
        let ends = ends.filter(|(past, _)| *past <= self.bar);
        Some(p + ends.map(|(past, many)| many * (past + scale).exp()).sum::<f64>())
    }

    /// The log weight of all ways on from a node together: `ln(n!/(rows! columns!))`.
    fn rest(&self, stage: usize, node: &Node) -> f64 {
        let cols: f64 = self.stages[stage..].iter().map(|sum| log(*sum)).sum();
        let rows: f64 = node.iter().map(|sum| log(*sum)).sum();
        log(node.iter().sum()) - rows - cols
    }

    /// Every node after one more column, with the weight of the step; orders counted apart.
    fn fillings(&mut self, stage: usize, node: &Node) -> Option<Vec<(Node, f64)>> {
        let most = STEPS.checked_sub(self.steps)?;
        let mut filling = Filling { left: node.clone(), found: Vec::new(), most };
        filling.take(0, self.stages[stage], 0.0)?;
        self.steps += filling.found.len();
        Some(filling.found)
    }

    fn ends(&mut self, stage: usize, node: &Node) -> Option<(f64, f64)> {
        if stage == self.stages.len() {
            return Some((0.0, 0.0));
        }
        if let Some(ends) = self.ends.get(&(stage, node.clone())) {
            return Some(*ends);
        }
        let mut ends = (f64::NEG_INFINITY, f64::INFINITY);
        for (filled, weight) in self.fillings(stage, node)? {
            let (most, least) = self.ends(stage + 1, &filled)?;
            ends = (ends.0.max(weight + most), ends.1.min(weight + least));
        }
        self.ends.insert((stage, node.clone()), ends);
        Some(ends)
    }
}

/// Weights this close are one.
fn key(weight: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a log weight is far below 2^33")]
    let key = (weight * 1e9).round() as i64;
    key
}

/// One column being filled.
struct Filling {
    left: Node,
    found: Vec<(Node, f64)>,
    most: usize,
}

impl Filling {
    /// Takes `sum` from what is left from a place on, in every way; none when there are too many.
    fn take(&mut self, at: usize, sum: usize, weight: f64) -> Option<()> {
        let own = self.left[at];
        if at + 1 == self.left.len() {
            if sum <= own {
                let mut node = self.left.clone();
                node[at] = own - sum;
                node.sort_unstable();
                self.found.push((node, weight - log(sum)));
            }
            return (self.found.len() <= self.most).then_some(());
        }
        let others: usize = self.left[at + 1..].iter().sum();
        for part in sum.saturating_sub(others)..=own.min(sum) {
            self.left[at] = own - part;
            self.take(at + 1, sum - part, weight - log(part))?;
        }
        self.left[at] = own;
        Some(())
    }
}

/// Random tables with the same sums: the columns' labels are shuffled over the rows'.
fn simulated(counts: &[Vec<usize>], bar: f64) -> Exact {
    let mut random = StdRng::seed_from_u64(1);
    let (mut rows, mut cols) = (Vec::new(), Vec::new());
    for (row, cells) in counts.iter().enumerate() {
        for (col, cell) in cells.iter().enumerate() {
            rows.extend(std::iter::repeat_n(row, *cell));
            cols.extend(std::iter::repeat_n(col, *cell));
        }
    }
    let width = counts.first().map_or(0, Vec::len);
    let tables = TABLES.min(200_000_000 / rows.len().max(1)).max(100);
    let mut hits = 1;
    for _ in 1..tables {
        cols.shuffle(&mut random);
        let mut flat = vec![0_usize; counts.len() * width];
        rows.iter().zip(&cols).for_each(|(row, col)| flat[row * width + col] += 1);
        let weight: f64 = flat.iter().map(|cell| -log(*cell)).sum();
        hits += usize::from(weight <= bar);
    }
    Exact::Simulated { p: count(hits) / count(tables), tables }
}

#[cfg(test)]
mod tests {
    use super::{Exact, fisher, simulated};

    fn p(counts: &[&[usize]]) -> f64 {
        let counts: Vec<_> = counts.iter().map(|row| row.to_vec()).collect();
        match fisher(&counts) {
            Exact::P(p) => p,
            other @ (Exact::Simulated { .. } | Exact::Nothing) => panic!("{other:?}"),
        }
    }

    /// Every table counted one by one in Python; the first is Fisher's own, of the tea.
    #[test]
    fn exact_as_by_hand() {
        let near = |got: f64, wanted: f64| assert!((got - wanted).abs() < 1e-11, "{got}");
        near(p(&[&[3, 1], &[1, 3]]), 0.485_714_285_714_28);
        near(p(&[&[2, 10, 15], &[3, 1, 4]]), 0.095_616_978_715_846);
        near(p(&[&[1, 2, 1, 0], &[3, 3, 6, 1], &[2, 1, 4, 3]]), 0.676_430_896_245_146);
        near(p(&[&[0, 5], &[5, 0]]), 2.0 / 252.0);
        near(p(&[&[5, 5], &[5, 5]]), 1.0);
    }

    #[test]
    fn a_table_is_as_likely_lying_as_standing() {
        let lying = p(&[&[3, 1, 0, 6, 2], &[2, 8, 1, 1, 3], &[0, 2, 2, 4, 1]]);
        let standing = p(&[&[3, 2, 0], &[1, 8, 2], &[0, 1, 2], &[6, 1, 4], &[2, 3, 1]]);
        assert!((lying - standing).abs() < 1e-12 && (lying - 0.032_124_611_882_9).abs() < 1e-11);
        assert_eq!(fisher(&[vec![3, 4]]), Exact::Nothing);
    }

    #[test]
    fn too_many_tables_are_drawn_at_random_and_said_so() {
        let wide: Vec<Vec<usize>> =
            (0..7).map(|row| (0..7).map(|col| 20 + (row * col) % 5).collect()).collect();
        let drawn = fisher(&wide);
        assert!(matches!(drawn, Exact::Simulated { p, tables: 10_000 } if p > 0.5), "{drawn:?}");
        let tea = [vec![3, 1], vec![1, 3]];
        let bar = -4.0 * super::log(3) + 1e-7;
        assert_eq!(simulated(&tea, bar), simulated(&tea, bar));
    }
}
