//! Rank tests of two groups and of several. Ranks are joint mid-ranks, and every variance is
//! corrected for ties.

use crate::analysis::answer::{Answer, Refusal, by_code};
use crate::analysis::ask::Ask;
use crate::analysis::code::Code;

use super::dist::{chi2_p, normal_p};
use super::means::{grouped, two};
use super::moments::{count, median};
use super::multiple::benjamini_hochberg;

/// The joint mid-ranks of groups, summed.
#[derive(Debug, Clone, PartialEq)]
pub struct RankSums {
    /// How many each group has.
    pub n: Vec<usize>,
    /// The sum of each group's ranks.
    pub sums: Vec<f64>,
    /// The sum of `t^3 - t` over runs of `t` equal numbers.
    pub ties: f64,
    /// Twice the mid-rank of every number, in order: whole numbers.
    doubled: Vec<usize>,
}

impl RankSums {
    /// Ranks all numbers of all groups together.
    #[must_use]
    pub fn of(groups: &[Vec<f64>]) -> Self {
        let mut all: Vec<(f64, usize)> = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            all.extend(group.iter().map(|number| (*number, at)));
        }
        all.sort_unstable_by(|one, two| one.0.total_cmp(&two.0));
        let mut ranks = Self {
            n: groups.iter().map(Vec::len).collect(),
            sums: vec![0.0; groups.len()],
            ties: 0.0,
            doubled: Vec::with_capacity(all.len()),
        };
        // -0 and 0 are one value, though they sort apart
        for run in all.chunk_by(|one, two| one.0 >= two.0) {
            let before = ranks.doubled.len();
            let doubled = 2 * before + run.len() + 1;
            for (_, group) in run {
                ranks.sums[*group] += count(doubled) / 2.0;
            }
            let size = count(run.len());
            ranks.ties += size.powi(3) - size;
            ranks.doubled.extend(std::iter::repeat_n(doubled, run.len()));
        }
        ranks
    }

    fn total(&self) -> usize {
        self.n.iter().sum()
    }

    /// The variance of a single rank: `(n(n+1) - ties/(n-1))/12`.
    fn variance(&self) -> Option<f64> {
        let n = count(self.total());
        let variance = (n * (n + 1.0) - self.ties / (n - 1.0)) / 12.0;
        (n > 1.0 && variance > 1e-9).then_some(variance)
    }
}

/// So many answers have an exact p.
const EXACT: usize = 100;

/// The exact two-sided p of a rank sum of the first group, over all ways to draw it from the joint
/// ranks: as far from its mean as it is, or further (Streitberg and Röhmel 1986).
fn exact(ranks: &RankSums) -> Option<f64> {
    let (n, first, total) = (ranks.total(), *ranks.n.first()?, ranks.doubled.iter().sum::<usize>());
    if n > EXACT || first == 0 || first == n {
        return None;
    }
    // ways[k][s]: how many sets of k have doubled ranks of sum s
    let mut ways = vec![vec![0.0_f64; total + 1]; first + 1];
    ways[0][0] = 1.0;
    for rank in &ranks.doubled {
        for k in (1..=first).rev() {
            let (below, own) = ways.split_at_mut(k);
            let (below, own) = (&below[k - 1], &mut own[0]);
            for sum in *rank..=total {
                own[sum] += below[sum - rank];
            }
        }
    }
    let ways = &ways[first];
    let observed = 2.0 * ranks.sums.first()?;
    let middle = count(first) * (count(n) + 1.0);
    let far = (observed - middle).abs() - 1e-6;
    let all: f64 = ways.iter().sum();
    let extreme: f64 =
        (0..=total).filter(|sum| (count(*sum) - middle).abs() >= far).map(|sum| ways[sum]).sum();
    Some((extreme / all).min(1.0))
}

/// `mann_whitney`: the rank test of two groups, with the chance that one of the first lies higher.
///
/// `U1` = pairs in which the first is higher, ties one half; `z = (U1 - n1 n2/2)/sigma` with
/// `sigma^2 = n1 n2/12 ((n+1) - ties/(n(n-1)))`; p without and with the continuity correction of one
/// half, and exact (given the ties) up to 100 answers.
///
/// # Errors
/// When a param cannot be read, there are not two groups, or a column is not there.
pub(super) fn mann_whitney(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let (one, two) = two(ask)?;
    let (n1, n2) = (count(one.len()), count(two.len()));
    let (median1, median2) = (median(&one), median(&two));
    let ranks = RankSums::of(&[one, two]);
    let both = n1 > 0.0 && n2 > 0.0;
    let u1 = both.then(|| ranks.sums[0] - n1 * (n1 + 1.0) / 2.0);
    let superior = u1.map(|u1| u1 / (n1 * n2));
    let sigma = ranks.variance().filter(|_| both);
    let sigma = sigma.map(|variance| (n1 * n2 * variance / (n1 + n2)).sqrt());
    let gap = u1.map(|u1| u1 - n1 * n2 / 2.0);
    let z = gap.zip(sigma).map(|(gap, sigma)| gap / sigma);
    let corrected = gap.zip(sigma).map(|(gap, sigma)| (gap.abs() - 0.5).max(0.0) / sigma);
    let why = match (u1, z) {
        (None, _) => Some("one of the two groups has no valid answer"),
        (Some(_), None) => Some("all answers are the same: there is nothing to test"),
        (Some(_), Some(_)) => None,
    };
    let answer = Answer::new()
        .with("n1", ranks.n[0])
        .with("n2", ranks.n[1])
        .with("U1", u1)
        .with("U2", u1.map(|u1| n1 * n2 - u1))
        .with("prob_superiority", superior)
        .with("rank_biserial", superior.map(|superior| 2.0 * superior - 1.0))
        .with("z", z)
        .with("p", z.and_then(normal_p))
        .with("p_continuity", corrected.and_then(normal_p))
        .with("median1", median1)
        .with("median2", median2);
    Ok(match z.and_then(|_| exact(&ranks)) {
        Some(p) => answer.with("p_exact", p),
        None => answer.cannot_if(why),
    })
}

/// `kruskal_wallis`: the rank test of several groups, and of each pair after Dunn.
///
/// `H = (12/(n(n+1)) sum R^2/n_g - 3(n+1)) / (1 - ties/(n^3-n))`, which is the sum of
/// `n_g (mean rank - (n+1)/2)^2` over the variance of a rank; chi-square with groups - 1;
/// `epsilon2 = H/(n-1)`, `eta2_H = (H-k+1)/(n-k)`. Dunn (1964): the difference of two mean ranks over
/// `sqrt((n(n+1) - ties/(n-1))/12 (1/n_a + 1/n_b))`, p adjusted over all pairs.
///
/// # Errors
/// When a param cannot be read or a column is not there.
pub(super) fn kruskal_wallis(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let (codes, groups) = grouped(ask)?;
    let full = codes.into_iter().zip(groups).filter(|(_, group)| !group.is_empty());
    let (codes, groups): (Vec<Code>, Vec<Vec<f64>>) = full.unzip();
    let ranks = RankSums::of(&groups);
    let (n, k) = (ranks.total(), codes.len());
    let variance = ranks.variance().filter(|_| k > 1);
    let (size, many) = (count(n), count(k));
    let means: Vec<f64> = ranks.sums.iter().zip(&ranks.n).map(|(sum, n)| sum / count(*n)).collect();
    let h = variance.map(|variance| {
        let middle = f64::midpoint(size, 1.0);
        let parts = means.iter().zip(&ranks.n);
        let between: f64 = parts.map(|(mean, n)| count(*n) * (mean - middle).powi(2)).sum();
        between / variance
    });
    let why = match (n, k, h) {
        (0, _, _) => Some("nobody gave a valid answer"),
        (_, 1, _) => Some("only one group has answers"),
        (_, _, None) => Some("all answers are the same: there is nothing to test"),
        (_, _, Some(_)) if n == k => Some("every group has one answer"),
        (_, _, Some(_)) => None,
    };
    Ok(Answer::new()
        .with("n", n)
        .with("n_by_group", by_code(&codes, ranks.n.iter().copied()))
        .with("H", h)
        .with("df", h.map(|_| k - 1))
        .with("p", h.and_then(|h| chi2_p(h, many - 1.0)))
        .with("epsilon2", h.map(|h| h / (size - 1.0)))
        .with("eta2_H", h.map(|h| (h - many + 1.0) / (size - many)))
        .with("mean_rank", by_code(&codes, means.iter().copied()))
        .with("dunn", dunn(&codes, &ranks.n, &means, variance))
        .cannot_if(why))
}

fn dunn(codes: &[Code], n: &[usize], means: &[f64], variance: Option<f64>) -> Vec<Answer> {
    let Some(variance) = variance else { return Vec::new() };
    let mut pairs = Vec::new();
    for one in 0..codes.len() {
        for two in one + 1..codes.len() {
            let spread = variance * (1.0 / count(n[one]) + 1.0 / count(n[two]));
            pairs.push((one, two, (means[one] - means[two]) / spread.sqrt()));
        }
    }
    let raw: Vec<_> = pairs.iter().map(|(_, _, z)| normal_p(*z)).collect();
    let adjusted = benjamini_hochberg(&raw);
    let tests = pairs.into_iter().zip(raw.into_iter().zip(adjusted));
    let said = tests.map(|((one, two, z), (p, p_bh))| {
        Answer::new()
            .with("a", codes[one].label())
            .with("b", codes[two].label())
            .with("z", z)
            .with("p", p)
            .with("p_bh", p_bh)
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use super::{RankSums, exact};

    #[test]
    fn ties_share_their_rank() {
        let ranks = RankSums::of(&[vec![1.0, 2.0, 2.0], vec![2.0, 5.0], vec![]]);
        assert_eq!((ranks.sums, ranks.ties), (vec![7.0, 8.0, 0.0], 24.0));
    }

    /// `scipy.stats.mannwhitneyu(a, b, method='exact')`, and with ties a count of the 70 splits.
    #[test]
    fn an_exact_p_counts_every_split() {
        let p = |one: &[f64], two: &[f64]| exact(&RankSums::of(&[one.to_vec(), two.to_vec()]));
        let near = |got: Option<f64>, wanted: f64| assert!((got.unwrap() - wanted).abs() < 1e-12);
        near(p(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0]), 2.0 / 70.0);
        near(p(&[1.0, 4.0, 6.0], &[2.0, 3.0, 5.0, 7.0]), 30.0 / 35.0);
        near(p(&[1.0, 2.0, 5.0], &[3.0, 4.0, 6.0, 7.0]), 8.0 / 35.0);
        near(p(&[1.0, 1.0, 2.0, 2.0], &[2.0, 2.0, 3.0, 3.0]), 12.0 / 70.0);
    }

    #[test]
    fn nothing_to_rank() {
        let same = RankSums::of(&[vec![3.0, 3.0], vec![3.0]]);
        assert_eq!(same.variance(), None);
        assert_eq!(exact(&RankSums::of(&[vec![], vec![1.0]])), None);
    }
}
