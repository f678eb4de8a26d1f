//! The methods of a plan, by the names a plan calls them. A closed list: what is not on it is
//! answered with "not supported".

use serde::{Deserialize, Serialize};

/// What a check asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Adjusted p-values of a family of tests, after Benjamini and Hochberg, and after Holm.
    BenjaminiHochberg,
    /// The inner consistency of an index.
    CronbachAlpha,
    /// A two-way table with its tests.
    Crosstab,
    /// Every question by every variable, weighted and not, in one pass.
    Cube,
    /// Two shares compared.
    DiffProportions,
    /// A share of a random sample from a small population.
    FinitePopulation,
    /// How many gave each answer, missing ones kept apart.
    Frequency,
    /// A rank test of several groups, with pairs after Dunn.
    KruskalWallis,
    /// A scale question: distribution, ends, mean.
    Likert,
    /// A rank test of two groups.
    MannWhitney,
    /// The mean of every group.
    MeanByGroup,
    /// Two means compared, after Welch.
    MeanDifference,
    /// Who was asked, who answered, who did not.
    Missing,
    /// A question with several ticks.
    MultiResponse,
    /// Mean, spread and quantiles of a number.
    NumericSummary,
    /// Two means of the same people.
    PairedMeans,
    /// Two shares of the same people, after `McNemar`.
    PairedProportions,
    /// Two waves that share some of their people.
    PartialOverlap,
    /// Weights that make cells as large as in the population.
    PostStratification,
    /// A share with its intervals.
    ProportionCi,
    /// Weights that make several margins as in the population.
    Raking,
    /// Raking that must say that it failed.
    RakingFailure,
    /// A first, second and third choice.
    RankedChoice,
    /// A weighted two-way table with its test.
    RaoScott,
    /// A standard error from replicates.
    ReplicateSe,
    /// A sample beside its population.
    Representativeness,
    /// Several questions as one number.
    ScaleIndex,
    /// Which cells of a table must be hidden.
    Suppression,
    /// A share over waves.
    WaveTrend,
    /// What weights cost.
    WeightDiagnostics,
    /// Weights cut at a cap.
    WeightTrimming,
    /// Two weighted shares compared.
    WeightedDiff,
    /// A weighted mean.
    WeightedMean,
    /// Weighted shares.
    WeightedProportion,
    /// A weighted rank test, after Lumley and Scott.
    WeightedRankTest,
    /// A weighted total.
    WeightedTotal,
    /// A weighted share in two waves, each raked on its own.
    WeightedWaveDiff,
}

impl Method {
    /// The method a plan calls so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }

    /// What a plan calls it.
    #[must_use]
    pub fn name(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Method;

    #[test]
    fn a_method_has_the_name_of_the_plan() {
        assert_eq!(Method::named("proportion_ci"), Some(Method::ProportionCi));
        assert_eq!(Method::named("weighted_rank_test"), Some(Method::WeightedRankTest));
        assert_eq!(Method::named("magic"), None);
        assert_eq!(Method::KruskalWallis.name(), "kruskal_wallis");
    }
}
