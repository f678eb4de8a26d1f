//! The methods of a plan, one family a file, and the numbers they share.
//!
//! Each family has pure functions over slices, which know nothing of plans and files, and for each
//! method a function that takes an [`Ask`], reads its params, and gives an [`Answer`]. What cannot be
//! computed is `null` beside a status and a reason, never 0 and never NaN.

mod counts;
mod cube;
pub mod dist;
pub mod moments;
mod scales;

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
        Method::Frequency => counts::frequency(ask),
        Method::Likert => scales::likert(ask),
        Method::Missing => counts::missing(ask),
        Method::BenjaminiHochberg
        | Method::CronbachAlpha
        | Method::Crosstab
        | Method::DiffProportions
        | Method::FinitePopulation
        | Method::KruskalWallis
        | Method::MannWhitney
        | Method::MeanByGroup
        | Method::MeanDifference
        | Method::MultiResponse
        | Method::NumericSummary
        | Method::PairedMeans
        | Method::PairedProportions
        | Method::ProportionCi
        | Method::RankedChoice
        | Method::Representativeness
        | Method::ScaleIndex
        | Method::Suppression
        | Method::WaveTrend => {
            Err(Refusal::unsupported(format!("{method:?} cannot be answered yet")))
        }
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
