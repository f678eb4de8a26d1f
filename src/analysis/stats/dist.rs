//! Tails and quantiles of the usual distributions, on statrs.
//!
//! Upper tails are asked for directly (`sf`), never as 1 minus the rest: far out, that is 0. Where a
//! distribution has no such parameter (no degrees of freedom left), there is no number.

use statrs::distribution::{
    Beta, Binomial, ChiSquared, ContinuousCDF, DiscreteCDF, FisherSnedecor, Normal, StudentsT,
};

/// The 0.975 quantile of the normal distribution, which the conventions fix to these digits.
pub const Z: f64 = 1.959_963_984_540_054;

/// The two-sided p of a normal deviate.
#[must_use]
pub fn normal_p(z: f64) -> Option<f64> {
    let normal = Normal::new(0.0, 1.0).ok()?;
    z.is_finite().then(|| (2.0 * normal.sf(z.abs())).min(1.0))
}

/// The normal deviate of a two-sided interval: 1.96 at 0.95.
#[must_use]
pub fn normal_z(confidence: f64) -> Option<f64> {
    if (confidence - 0.95).abs() < 1e-12 {
        return Some(Z);
    }
    let normal = Normal::new(0.0, 1.0).ok()?;
    (confidence > 0.0 && confidence < 1.0).then(|| -normal.inverse_cdf((1.0 - confidence) / 2.0))
}

/// The two-sided p of a t value.
#[must_use]
pub fn t_p(t: f64, df: f64) -> Option<f64> {
    let student = StudentsT::new(0.0, 1.0, df).ok()?;
    t.is_finite().then(|| (2.0 * student.sf(t.abs())).min(1.0))
}

/// The 0.975 quantile of Student's t.
#[must_use]
pub fn t_975(df: f64) -> Option<f64> {
    t_quantile(0.975, df)
}

/// A quantile of Student's t.
#[must_use]
pub fn t_quantile(p: f64, df: f64) -> Option<f64> {
    let student = StudentsT::new(0.0, 1.0, df).ok()?;
    (p > 0.0 && p < 1.0).then(|| student.inverse_cdf(p))
}

/// The upper tail of chi-square.
#[must_use]
pub fn chi2_p(chi2: f64, df: f64) -> Option<f64> {
    let squared = ChiSquared::new(df).ok()?;
    chi2.is_finite().then(|| squared.sf(chi2))
}

/// The upper tail of F.
#[must_use]
pub fn f_p(f: f64, df1: f64, df2: f64) -> Option<f64> {
    let fisher = FisherSnedecor::new(df1, df2).ok()?;
    f.is_finite().then(|| fisher.sf(f))
}

/// A quantile of F.
#[must_use]
pub fn f_quantile(p: f64, df1: f64, df2: f64) -> Option<f64> {
    let fisher = FisherSnedecor::new(df1, df2).ok()?;
    (p > 0.0 && p < 1.0).then(|| fisher.inverse_cdf(p))
}

/// A quantile of beta, by halving: the solver of the library runs for ever near the ends of the
/// scale. Where `a` or `b` is 0 the distribution is a single point: that end of the scale.
#[must_use]
pub fn beta_quantile(p: f64, a: f64, b: f64) -> Option<f64> {
    if a <= 0.0 || b <= 0.0 {
        return Some(if a <= 0.0 { 0.0 } else { 1.0 });
    }
    let beta = Beta::new(a, b).ok().filter(|_| p > 0.0 && p < 1.0)?;
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Some(middle);
        }
        if beta.cdf(middle) < p { low = middle } else { high = middle }
    }
}

/// The two-sided exact p of `x` of `n` under one half.
#[must_use]
pub fn binomial_half_p(x: u64, n: u64) -> Option<f64> {
    let fair = Binomial::new(0.5, n).ok()?;
    (n > 0 && x <= n).then(|| (2.0 * fair.cdf(x.min(n - x))).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of scipy 1.13: `norm.sf`, `t.ppf`, `chi2.sf`, `f.ppf`, `f.sf`, `beta.ppf`, `binomtest`.
    #[test]
    fn tails_and_quantiles_are_those_of_scipy() {
        let near = |got: Option<f64>, wanted: f64| {
            let got = got.unwrap();
            assert!((got - wanted).abs() <= 1e-10 * wanted.abs(), "{got:e} and not {wanted:e}");
        };
        near(normal_p(-3.0), 0.002_699_796_063_260_186_6);
        near(normal_p(30.0), 9.813_427_854_295_816e-198);
        near(normal_z(0.9), 1.644_853_626_951_472_2);
        near(t_975(1.0), 12.706_204_736_174_694);
        near(t_975(12.0), 2.178_812_829_667_228_4);
        near(t_975(192.7), 1.972_351_049_380_374);
        near(t_975(4733.0), 1.960_465_329_921_192);
        near(t_p(-12.924_308_198_5, 192.703_475_984), 6.338_170_983_728_95e-28);
        near(chi2_p(900.0, 4.0), 1.665_941_263_887_761_6e-193);
        near(f_quantile(0.025, 785.0, 3140.0), 0.893_568_535_160_824_4);
        near(f_p(3.0, 2.5, 40.0), 0.050_286_281_619_086_5);
        near(beta_quantile(0.025, 1.0, 11.0), 0.002_298_972_213_814_267);
        near(beta_quantile(0.975, 553.0, 284.0), 0.692_376_597_040_995_2);
        // 1 - (1 - p)^(1/b) for a = 1; p^(1/a) for b = 1, here under the smallest number.
        near(beta_quantile(1e-6, 1.0, 1e6), 1.000_000_499_999_833e-12);
        near(beta_quantile(0.025, 0.01, 1.0).map(|at| at + 1.0), 1.0);
        assert_eq!(beta_quantile(0.025, 0.0, 4.0), Some(0.0));
        assert_eq!(beta_quantile(0.025, 4.0, 0.0), Some(1.0));
        assert_eq!(beta_quantile(1.0, 4.0, 4.0), None);
        near(binomial_half_p(119, 172), 5.277_501_979_327_408e-7);
    }

    #[test]
    fn no_freedom_has_no_number() {
        assert_eq!((t_975(0.0), chi2_p(1.0, 0.0), f_p(1.0, 0.0, 3.0)), (None, None, None));
        assert_eq!((normal_p(f64::NAN), binomial_half_p(0, 0)), (None, None));
    }
}
