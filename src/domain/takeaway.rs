//! What a chart says, in somebody's own words in place of the sentence that was made.

use jiff::civil::Date;

use super::ids::CollectionId;
use super::text::Lang;

/// A sentence somebody wrote under a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeaway {
    /// The collection the chart is of.
    pub collection: CollectionId,
    /// The chart.
    pub chart: String,
    /// The language of the sentence.
    pub lang: Lang,
    /// The sentence.
    pub said: String,
    /// Who wrote it, by name: it stands beside the sentence.
    pub editor: String,
    /// On which day.
    pub written: Date,
    /// Which tables it is about: with others in their place it is stale.
    pub about: String,
}
