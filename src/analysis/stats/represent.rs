//! A sample beside the population it comes from.

use crate::analysis::answer::{Answer, Refusal, by_code};
use crate::analysis::ask::{Ask, among};
use crate::analysis::code::Code;

use super::counts::Tally;
use super::dist::chi2_p;
use super::moments::{count, share};

/// `representativeness`: chi-square fit, dissimilarity, and the ratio of each category.
///
/// Population shares are normalised to 1; `chi2 = sum (O-E)^2/E` over the categories that the
/// population has, with one degree of freedom fewer; `D = sum |sample - population| / 2` (Duncan);
/// ratio = sample share / population share. Rows of another value are left out.
///
/// # Errors
/// When a param cannot be read, a population share is negative or all are 0, or a column is not
/// there.
pub(super) fn representativeness(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let (codes, shares): (Vec<Code>, Vec<f64>) =
        ask.numbers_by_code("population")?.into_iter().unzip();
    for (at, code) in codes.iter().enumerate() {
        if among(std::slice::from_ref(code), "population", &codes[..at], "the others").is_ok() {
            return Err(Refusal::cannot(format!("population has {:?} twice", code.label())));
        }
    }
    if let Some((code, _)) = codes.iter().zip(&shares).find(|(_, share)| **share < 0.0) {
        return Err(Refusal::cannot(format!("the population of {:?} is negative", code.label())));
    }
    let sum: f64 = shares.iter().sum();
    if sum <= 0.0 {
        return Err(Refusal::cannot("the population is 0 in every category"));
    }
    let population: Vec<f64> = shares.iter().map(|share| share / sum).collect();
    let observed =
        Tally::of(&ask.places(ask.text("variable")?, &codes, &rows)?, codes.len()).counts;
    Ok(fit(&codes, &observed, &population))
}

fn fit(codes: &[Code], observed: &[usize], population: &[f64]) -> Answer {
    let n: usize = observed.iter().sum();
    let sample: Vec<Option<f64>> = observed.iter().map(|count| share(*count, n)).collect();
    let real = || observed.iter().zip(population).filter(|(_, share)| **share > 0.0);
    let inside = count(real().map(|(observed, _)| observed).sum());
    let df = real().count() - 1;
    let tested = inside > 0.0 && df > 0;
    let gap = |(observed, share): (&usize, &f64)| {
        let expected = inside * share;
        (count(*observed) - expected).powi(2) / expected
    };
    let chi2 = tested.then(|| real().map(gap).sum::<f64>());
    let least = real().map(|(_, share)| inside * share).fold(f64::INFINITY, f64::min);
    let apart = |(sample, real): (&Option<f64>, &f64)| Some((sample.as_ref()? - real).abs());
    let distances: Option<Vec<f64>> = sample.iter().zip(population).map(apart).collect();
    let ratio =
        |(sample, real): (&Option<f64>, &f64)| sample.filter(|_| *real > 0.0).map(|own| own / real);
    let strangers = n > 0 && population.iter().any(|share| *share <= 0.0);
    let why = match (n, tested) {
        (0, _) => Some("nobody gave one of these values"),
        (_, false) => Some("the population has one category only: there is nothing to test"),
        (_, true) => None,
    };
    Answer::new()
        .with("n", n)
        .with("observed", by_code(codes, observed.iter().copied()))
        .with("sample_share", by_code(codes, sample.iter().copied()))
        .with("population_share", by_code(codes, population.iter().copied()))
        .with("chi2", chi2)
        .with("df", df)
        .with("p", chi2.and_then(|chi2| chi2_p(chi2, count(df))))
        .with("dissimilarity", distances.map(|all| all.iter().sum::<f64>() / 2.0))
        .with("min_expected", (n > 0).then_some(least))
        .with("representation_ratio", by_code(codes, sample.iter().zip(population).map(ratio)))
        .cannot_if(why)
        .cannot_if(strangers.then_some("a category with no population has no ratio"))
}

#[cfg(test)]
mod tests {
    use super::{Code, fit};

    #[test]
    fn a_sample_like_its_population_has_no_distance() {
        let codes = ["a", "b", "c"].map(Code::new);
        let answer = fit(&codes, &[10, 20, 70], &[0.1, 0.2, 0.7]);
        assert!(
            answer.number("chi2").unwrap() < 1e-12
                && answer.number("dissimilarity").unwrap() < 1e-12
        );
        let none = fit(&codes, &[0, 0, 0], &[0.1, 0.2, 0.7]).into_value();
        assert!(none["chi2"].is_null() && none["sample_share"]["a"].is_null());
        let stranger = fit(&codes, &[1, 2, 3], &[0.5, 0.5, 0.0]).into_value();
        assert_eq!(
            (stranger["df"].as_u64(), stranger["representation_ratio"]["c"].is_null()),
            (Some(1), true)
        );
    }
}
