//! Whether groups answer higher or lower, with weights: the rank test of Lumley and Scott.

use super::{Design, Matrix, Undefined, count, f_p, t_p};

/// A design-based rank test.
#[derive(Debug, Clone, PartialEq)]
pub struct RankTest {
    /// Student's t of two groups, positive where the second ranks higher; Wald's chi-square of more.
    pub statistic: f64,
    /// Degrees of freedom: of t, or the groups minus one.
    pub freedom: usize,
    /// Two-sided p; of more than two groups from F(groups - 1, units - strata - groups + 1).
    pub p: Result<f64, Undefined>,
}

/// Compares the weighted mid-ranks of groups.
///
/// Each row's rank is the weight below it plus half its own, averaged over ties, over the whole weight;
/// these scores are the response of a weighted linear model in the groups, whose coefficients are spread
/// in the design. Shapes: one entry for each row with a weight; none where the answer or the
/// group is not valid. As in R the average over ties does not weigh, so with ties and unequal weights
/// the order of the rows shows in the last digits. Sources: Lumley and Scott 2013; R `svyranktest`.
///
/// # Errors
/// When a group has nobody, there is no standard error, or everybody answered alike.
pub fn rank_test(
    values: &[Option<f64>],
    group: &[Option<usize>],
    names: &[&str],
    weights: &[f64],
    design: &Design,
) -> Result<RankTest, Undefined> {
    let mut rows: Vec<(usize, f64, usize)> = (0..values.len())
        .filter_map(|row| Some((row, values[row]?, group[row].filter(|g| *g < names.len())?)))
        .collect();
    let groups = names.len();
    let mut sums = vec![(0.0, 0.0); groups];
    let ranks = ranks(&mut rows, weights);
    for ((row, _, group), rank) in rows.iter().zip(&ranks) {
        sums[*group].0 += weights[*row] * rank;
        sums[*group].1 += weights[*row];
    }
    if let Some(nobody) = sums.iter().position(|(_, weight)| *weight <= 0.0) {
        return Err(Undefined::EmptyGroup(names[nobody].to_owned()));
    }
    if groups < 2 {
        return Err(Undefined::NoFreedom);
    }
    let means: Vec<f64> = sums.iter().map(|(ranked, weight)| ranked / weight).collect();
    let mut influences = vec![vec![0.0; values.len()]; groups - 1];
    for ((row, _, group), rank) in rows.iter().zip(&ranks) {
        let moved = weights[*row] * (rank - means[*group]) / sums[*group].1;
        for (other, influence) in influences.iter_mut().enumerate() {
            match *group {
                0 => influence[*row] = -moved,
                group if group == other + 1 => influence[*row] = moved,
                _ => {}
            }
        }
    }
    let mut inside = vec![false; values.len()];
    for (row, _, _) in &rows {
        inside[*row] = weights[*row] > 0.0;
    }
    let freedom = design.freedom(|row| inside[row]);
    let slices: Vec<&[f64]> = influences.iter().map(Vec::as_slice).collect();
    let spread = design.linearise(&slices)?;
    if groups == 2 {
        let se = spread[(0, 0)].sqrt();
        if se <= 1e-12 {
            return Err(Undefined::NoSpread);
        }
        let (statistic, freedom) = ((means[1] - means[0]) / se, freedom.saturating_sub(1));
        return Ok(RankTest {
            statistic,
            freedom,
            p: t_p(statistic, count(freedom)).ok_or(Undefined::NoFreedom),
        });
    }
    let mut higher = Matrix::zero(groups - 1, 1);
    for (at, mean) in means.iter().skip(1).enumerate() {
        higher[(at, 0)] = mean - means[0];
    }
    let solved = spread.solve(higher.clone()).ok_or(Undefined::NoSpread)?;
    let statistic: f64 = (0..groups - 1).map(|at| higher[(at, 0)] * solved[(at, 0)]).sum();
    let (above, below) = (count(groups - 1), count(freedom) - count(groups - 1));
    Ok(RankTest {
        statistic,
        freedom: groups - 1,
        p: f_p(statistic / above, above, below).ok_or(Undefined::NoFreedom),
    })
}

/// Sorts rows by their answer, and gives each its mid-rank over the whole weight.
fn ranks(rows: &mut [(usize, f64, usize)], weights: &[f64]) -> Vec<f64> {
    rows.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut below = 0.0;
    let mut ranks = Vec::with_capacity(rows.len());
    for tied in rows.chunk_by(|one, other| one.1.total_cmp(&other.1).is_eq()) {
        let mut sum = 0.0;
        for (row, _, _) in tied {
            below += weights[*row];
            sum += below - weights[*row] / 2.0;
        }
        ranks.extend(tied.iter().map(|_| sum / count(tied.len())));
    }
    for rank in &mut ranks {
        *rank /= below;
    }
    ranks
}
