//! A program looks at every chart: what charts must be before a person sees them.

use super::*;
use crate::charts::judge::{self, Yardstick, judge as judged};

/// What the judge says of a drawing that is no chart of tables.
pub(super) fn faults(svg: &Svg, look: &Look) -> Vec<String> {
    judged(&svg.xml, &Yardstick::of(look)).iter().map(ToString::to_string).collect()
}

#[test]
fn every_chart_passes_the_quality_bar() {
    let mut all = Vec::new();
    for lang in [Lang::En, Lang::Nl, Lang::Ar] {
        let words = ChartWords::of(lang).unwrap();
        for (name, picture) in pictures::pictures(&pictures::all()) {
            for (look_name, look) in pictures::looks() {
                let (_, findings) = judge::drawn(&picture, &look, lang, &words).unwrap();
                let said = findings.iter().map(|it| format!("{name} {look_name} {lang} {it}"));
                all.extend(said);
            }
        }
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}
