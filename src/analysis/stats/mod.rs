//! The methods of a plan, one family a file, and the numbers they share.
//!
//! Each family has pure functions over slices, which know nothing of plans and files, and for each
//! method a function that takes an [`Ask`], reads its params, and gives an [`Answer`]. What cannot be
//! computed is `null` beside a status and a reason, never 0 and never NaN.

mod counts;
mod cube;
pub mod dist;
pub mod fisher;
mod items;
mod means;
pub mod moments;
pub mod multiple;
mod paired;
pub mod ranks;
mod represent;
mod scales;
mod several;
pub mod shares;
mod suppress;
pub mod tables;
mod waves;

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::method::Method;
use super::weights::asked::{estimates, making, tested};

/// Answers one check.
///
/// # Errors
/// When there is no answer at all.
pub(super) fn answer(method: Method, ask: &Ask<'_>) -> Result<Answer, Refusal> {
    match method {
        Method::Cube => cube::cube(ask),
        Method::BenjaminiHochberg => multiple::adjust(ask),
        Method::CronbachAlpha => items::cronbach_alpha(ask),
        Method::Crosstab => tables::crosstab(ask),
        Method::DiffProportions => shares::diff_proportions(ask),
        Method::FinitePopulation => shares::finite_population(ask),
        Method::Frequency => counts::frequency(ask),
        Method::KruskalWallis => ranks::kruskal_wallis(ask),
        Method::Likert => scales::likert(ask),
        Method::MannWhitney => ranks::mann_whitney(ask),
        Method::MeanByGroup => means::mean_by_group(ask),
        Method::MeanDifference => means::mean_difference(ask),
        Method::Missing => counts::missing(ask),
        Method::MultiResponse => several::multi_response(ask),
        Method::NumericSummary => means::numeric_summary(ask),
        Method::PairedMeans => paired::paired_means(ask),
        Method::PairedProportions => paired::paired_proportions(ask),
        Method::ProportionCi => shares::proportion_ci(ask),
        Method::RankedChoice => several::ranked_choice(ask),
        Method::Representativeness => represent::representativeness(ask),
        Method::ScaleIndex => items::scale_index(ask),
        Method::Suppression => suppress::suppression(ask),
        Method::WaveTrend => waves::wave_trend(ask),
        Method::PartialOverlap => tested::overlap(ask),
        Method::PostStratification => making::post_stratification(ask),
        Method::Raking | Method::RakingFailure => making::raking(ask),
        Method::RaoScott => tested::rao_scott(ask),
        Method::ReplicateSe => tested::replicates(ask),
        Method::WeightDiagnostics => making::diagnostics(ask),
        Method::WeightTrimming => making::trimming(ask),
        Method::WeightedDiff => estimates::difference(ask),
        Method::WeightedMean => estimates::mean(ask),
        Method::WeightedProportion => estimates::proportion(ask),
        Method::WeightedRankTest => tested::rank_test(ask),
        Method::WeightedTotal => estimates::total(ask),
        Method::WeightedWaveDiff => estimates::waves(ask),
    }
}
