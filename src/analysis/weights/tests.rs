//! Twelve invented rows, and what other tools say of them.
//!
//! The figures were worked out with numpy 2.4 and scipy 1.17 from the formulas of R's survey package in
//! their original shape (QR residuals for Rao and Scott, the influence matrix of the linear model for the
//! rank test), not from this code.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const YES: [Option<f64>; 12] = [
    Some(1.0),
    Some(0.0),
    Some(1.0),
    None,
    Some(1.0),
    Some(0.0),
    Some(0.0),
    Some(1.0),
    Some(1.0),
    Some(0.0),
    Some(1.0),
    Some(0.0),
];
const SCALE: [Option<f64>; 12] = [
    Some(3.0),
    Some(1.0),
    Some(4.0),
    Some(2.0),
    Some(5.0),
    None,
    Some(2.0),
    Some(4.0),
    Some(5.0),
    Some(1.0),
    Some(3.0),
    Some(2.0),
];
const WEIGHT: [f64; 12] = [1.2, 0.8, 1.5, 0.7, 2.0, 1.1, 0.6, 0.9, 1.3, 1.0, 0.5, 1.4];
const STRATA: [usize; 12] = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
const UNITS: [usize; 12] = [1, 1, 2, 3, 1, 2, 2, 3, 1, 2, 3, 3];
/// Women and men; north and south; a question of three codes.
const SEX: [usize; 12] = [1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1];
const AREA: [usize; 12] = [0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1];
const CODE: [usize; 12] = [0, 1, 2, 0, 2, 1, 0, 2, 1, 0, 1, 2];

fn drawn() -> Design {
    let population = STRATA.map(|stratum| [20.0, 30.0, 3.0][stratum]);
    let (units, population) = (Some(&UNITS[..]), Some(&population[..]));
    let columns = Grouping { strata: Some(&STRATA), names: &[], units, population };
    Design::new(12, columns).unwrap()
}

fn near(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-9 * want.abs().max(1e-3), "{got} is not {want}");
}

fn both(got: (f64, f64), want: (f64, f64)) {
    near(got.0, want.0);
    near(got.1, want.1);
}

fn within(values: &[Option<f64>; 12], of: [usize; 12], code: usize) -> Vec<Option<f64>> {
    values.iter().zip(of).map(|(value, here)| value.filter(|_| here == code)).collect()
}

#[test]
fn a_share_has_the_intervals_of_its_design() {
    let answers: Vec<f64> =
        YES.iter().zip(WEIGHT).filter(|(yes, _)| yes.is_some()).map(|(_, w)| w).collect();
    let share = mean(&YES, &WEIGHT, &Design::simple(12)).unwrap();
    near(share.mean, 0.601_626_016_260_162_5);
    near(share.se.clone().unwrap(), 0.159_500_703_397_56);
    assert_eq!((share.answers, share.freedom), (11, 11));
    let shown = intervals(&share, &answers, 12).unwrap();
    near(shown.effective, 9.691_864_189_622_04);
    both(shown.wilson, (0.310_360_688_519_932_3, 0.835_197_877_838_827_3));
    both(shown.logit.unwrap(), (0.258_745_206_945_030_06, 0.867_265_030_364_158_9));
    both(shown.korn_graubard.unwrap(), (0.254_115_065_438_358_66, 0.885_657_876_678_763));
    near(shown.effect.unwrap(), 1.167_616_742_019_733);

    let share = mean(&YES, &WEIGHT, &drawn()).unwrap();
    near(share.se.clone().unwrap(), 0.134_576_021_298_684_73);
    assert_eq!(share.freedom, 6);
    let shown = intervals(&share, &answers, 12).unwrap();
    both(shown.logit.unwrap(), (0.276_538_494_516_779_3, 0.856_459_142_388_343_6));
    both(shown.korn_graubard.unwrap(), (0.274_458_027_222_178, 0.872_298_578_208_139_7));
    near(shown.effect.unwrap(), 0.831_209_459_468_573_7);
}

#[test]
fn a_mean_a_subpopulation_a_difference_and_a_total_come_from_one_design() {
    let (simple, drawn) = (Design::simple(12), drawn());
    let all = mean(&SCALE, &WEIGHT, &drawn).unwrap();
    near(all.mean, 3.226_890_756_302_520_6);
    both(all.interval().unwrap(), (2.317_527_752_886_165_5, 4.136_253_759_718_876));
    let north = within(&SCALE, AREA, 0);
    near(mean(&north, &WEIGHT, &simple).unwrap().se.unwrap(), 0.657_838_162_996_764_3);
    near(mean(&north, &WEIGHT, &drawn).unwrap().se.unwrap(), 0.644_978_833_701_426);
    for (design, se, z, p) in [
        (&simple, 0.318_252_050_194_040_7, -0.073_630_597_622_835_58, 0.941_304_323_830_886_5),
        (&drawn, 0.213_128_618_572_506_62, -0.109_948_109_303_340_31, 0.912_450_528_087_856),
    ] {
        let of = |sex| mean(&within(&YES, SEX, sex), &WEIGHT, design).unwrap();
        let compared = difference(&of(0), &of(1), design);
        near(compared.difference, -0.023_433_088_650_479_883);
        near(compared.se.clone().unwrap(), se);
        both(compared.test().unwrap(), (z, p));
        let (sum, spread) = total(&SCALE, &WEIGHT, design).unwrap();
        near(sum, 38.4);
        let se = if design.freedom(|_| true) == 6 {
            8.353_322_692_198_596
        } else {
            10.255_996_028_931_296
        };
        near(spread.unwrap(), se);
    }
    let wave = waves(&all, &mean(&SCALE, &WEIGHT, &simple).unwrap());
    near(wave.difference, 0.0);
    near(wave.se.unwrap(), 0.371_637_009_723_435_2_f64.hypot(0.497_800_875_029_223_1));
}

#[test]
fn a_weighted_table_is_tested_in_its_design() {
    let row: Vec<_> = YES.iter().map(|yes| yes.map(|yes| usize::from(yes > 0.5))).collect();
    let column: Vec<_> = CODE.iter().copied().map(Some).collect();
    for (design, f, above, below, p) in [
        (
            Design::simple(12),
            0.453_661_620_625_873_45,
            1.977_947_065_298_969_5,
            19.779_470_652_989_694,
            0.639_628_497_587_681_7,
        ),
        (
            drawn(),
            1.356_505_593_930_674_5,
            1.237_587_642_050_821_2,
            6.187_938_210_254_106,
            0.300_169_655_685_032_73,
        ),
    ] {
        // A code that nobody gave drops out.
        for shape in [(2, 3), (3, 4)] {
            let test = rao_scott(&row, &column, shape, &WEIGHT, &design).unwrap();
            assert_eq!(test.n, 11);
            near(test.pearson, 1.029_339_355_413_494_6);
            near(test.f.unwrap(), f);
            near(test.above.unwrap(), above);
            near(test.below.unwrap(), below);
            near(test.p.unwrap(), p);
        }
    }
    let nobody = rao_scott(&row, &[None; 12], (2, 3), &WEIGHT, &Design::simple(12));
    assert_eq!(nobody, Err(Undefined::Nobody));
    let one = rao_scott(&row, &[Some(0); 12], (2, 3), &WEIGHT, &Design::simple(12)).unwrap();
    assert_eq!((one.pearson, one.p), (0.0, Err(Undefined::NoSpread)));
}

#[test]
fn groups_are_ranked_in_their_design() {
    let sex: Vec<_> = SEX.iter().copied().map(Some).collect();
    let code: Vec<_> = CODE.iter().copied().map(Some).collect();
    let (two, three) = (["f", "m"], ["x", "y", "z"]);
    for (design, t, p_t, chi, p_chi) in [
        (
            Design::simple(12),
            -0.099_860_414_859_588_05,
            0.922_644_176_784_941_3,
            5.295_643_743_750_293,
            0.131_075_785_560_628_88,
        ),
        (
            drawn(),
            -0.166_388_809_754_405_3,
            0.874_370_237_614_633_2,
            12.715_945_251_066_95,
            0.057_260_891_137_092_48,
        ),
    ] {
        let test = rank_test(&SCALE, &sex, &two, &WEIGHT, &design).unwrap();
        near(test.statistic, t);
        near(test.p.unwrap(), p_t);
        let test = rank_test(&SCALE, &code, &three, &WEIGHT, &design).unwrap();
        assert_eq!(test.freedom, 2);
        near(test.statistic, chi);
        near(test.p.unwrap(), p_chi);
    }
    let alone = rank_test(&SCALE, &[Some(0); 12], &two, &WEIGHT, &drawn());
    assert_eq!(alone, Err(Undefined::EmptyGroup("m".to_owned())));
    let alike = rank_test(&[Some(1.0); 12], &sex, &two, &WEIGHT, &drawn());
    assert_eq!(alike, Err(Undefined::NoSpread));
}

#[test]
fn leaving_units_out_gives_a_spread_too() {
    let groups: Vec<_> = (0..12).map(|row| (0, row % 4)).collect();
    let left = jackknife(&YES, &WEIGHT, &groups, &[]).unwrap();
    assert_eq!(left.replicates, 4);
    near(left.around_estimate.unwrap(), 0.262_151_183_957_736_9);
    near(left.around_replicates.unwrap(), 0.261_555_957_860_755_9);
    let units: Vec<_> = STRATA.into_iter().zip(UNITS).collect();
    let left = jackknife(&YES, &WEIGHT, &units, &[]).unwrap();
    assert_eq!(left.replicates, 9);
    near(left.estimate, 0.601_626_016_260_162_5);
    near(left.around_estimate.unwrap(), 0.173_191_187_153_851_87);
    near(left.around_replicates.unwrap(), 0.173_191_183_369_328);
}

fn margins(women: f64, north: f64) -> Vec<Margin> {
    let margin = |name: &str, codes: [&str; 2], share: f64, of: [usize; 12]| Margin {
        name: name.to_owned(),
        categories: vec![(codes[0].to_owned(), share), (codes[1].to_owned(), 1.0 - share)],
        of: of.into_iter().map(Some).collect(),
    };
    vec![margin("sex", ["f", "m"], women, SEX), margin("area", ["n", "s"], north, AREA)]
}

#[test]
fn raked_weights_meet_their_margins_and_their_spread_knows_it() {
    for (base, first, fixed, known) in [
        ([1.0; 12], [0.72, 0.88, 1.08], 0.161_259_192_129_646_34, 0.155_721_044_306_130_6),
        (
            WEIGHT,
            [0.684_753_769_898_851, 0.809_727_095_995_991, 1.242_928_100_764_219],
            0.166_659_484_065_341_7,
            0.153_397_552_643_948_25,
        ),
    ] {
        let start: Vec<_> = base.iter().copied().map(Some).collect();
        let mut margins = margins(0.55, 0.4);
        let raked = rake(&margins, &start).unwrap();
        for (got, want) in raked.weights.iter().zip(first) {
            near(*got, want);
        }
        assert!(raked.error < 1e-12 && raked.rows.len() == 12);
        let share = mean(&YES, &raked.weights, &Design::simple(12)).unwrap();
        near(share.se.clone().unwrap(), fixed);
        let of = [SEX.to_vec(), AREA.to_vec()];
        let left = calibrated(&share.influence, &raked.weights, &base, &of);
        near(Design::simple(12).se(&left).unwrap(), known);
        margins.reverse();
        let other = rake(&margins, &start).unwrap();
        assert!(raked.weights.iter().zip(&other.weights).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}

#[test]
fn raking_that_cannot_converge_says_which_margin_and_gives_no_weights() {
    let start = [Some(1.0); 12];
    let mut absent = margins(0.5, 0.5);
    absent[0].categories[1].1 = 0.48;
    absent[0].categories.push(("other".to_owned(), 0.02));
    let refused = rake(&absent, &start).unwrap_err();
    assert_eq!(refused.reason, "population category without respondents: sex = other");
    assert_eq!(refused.empty, [("sex".to_owned(), "other".to_owned())]);
    near(refused.error.unwrap(), 0.02);
    // Two margins that say different things of the same split.
    let mut same = margins(0.3, 0.6);
    same[1].of = same[0].of.clone();
    let refused = rake(&same, &start).unwrap_err();
    assert!(refused.reason.starts_with("not converged after"), "{}", refused.reason);
    assert!(refused.reason.contains("sex = "), "{}", refused.reason);
    near(refused.error.unwrap(), 0.3);
    for (targets, why) in [
        ([0.5, -0.1], "is -0.1, not a share"),
        ([0.5, f64::NAN], "is NaN, not a share"),
        ([0.0, 0.0], "are all 0"),
        ([0.5, 0.4], "of sex add to 0.9000, not to 1"),
    ] {
        let mut wrong = margins(0.5, 0.5);
        wrong[0].categories[0].1 = targets[0];
        wrong[0].categories[1].1 = targets[1];
        let refused = rake(&wrong, &start).unwrap_err();
        assert!(refused.reason.contains(why), "{}", refused.reason);
    }
    let mut strangers = margins(0.5, 0.5);
    strangers[1].of = vec![None; 12];
    assert_eq!(rake(&strangers, &start).unwrap_err().n, 0);
    assert!(rake(&[], &start).is_err());
    // Numbers of people do as well as shares.
    let mut counts = margins(0.55, 0.4);
    for (_, target) in &mut counts[0].categories {
        *target *= 20_000.0;
    }
    near(rake(&counts, &start).unwrap().weights[0], 0.72);
}

#[test]
fn cells_get_their_share_or_the_empty_one_is_named() {
    let of: Vec<_> = SEX.iter().zip(AREA).map(|(sex, area)| Some(sex * 2 + area)).collect();
    let start: Vec<_> = WEIGHT.iter().copied().map(Some).collect();
    let made = post_stratify(&[0.2, 0.3, 0.1, 0.4], &of, &start).unwrap();
    let sum = |cell: usize| -> f64 {
        let pairs = made.of.iter().zip(&made.weights);
        pairs.filter(|(of, _)| **of == cell).map(|(_, w)| w / 12.0).sum()
    };
    for (cell, share) in [0.2, 0.3, 0.1, 0.4].into_iter().enumerate() {
        near(sum(cell), share);
    }
    assert_eq!(made.smallest, 3);
    let empty = post_stratify(&[0.2, 0.3, 0.1, 0.3, 0.1], &of, &start);
    assert_eq!(empty, Err(CellFault::Empty(vec![4])));
    assert_eq!(post_stratify(&[0.0], &of, &start), Err(CellFault::NoPopulation));
    assert!(post_stratify(&[-1.0, 2.0], &of, &start).is_err());
}

#[test]
fn trimmed_weights_keep_their_sum() {
    let trimmed = trim(&WEIGHT, Cap { low: 0.0, high: 1.4 }).unwrap();
    let want = [
        1.305_882_352_941_176,
        0.870_588_235_294_118,
        1.4,
        0.761_764_705_882_353,
        1.4,
        1.197_058_823_529_412,
    ];
    for (got, want) in trimmed.weights.iter().zip(want) {
        near(*got, want);
    }
    near(trimmed.weights.iter().sum(), 13.0);
    assert_eq!((trimmed.above, trimmed.at_cap, trimmed.at_floor), (2, 4, 0));
    let held = trim(&[0.01, 0.02, 1.0, 9.0], Cap { low: 0.3, high: 5.0 }).unwrap();
    assert!(held.weights.iter().all(|w| (0.3 - 1e-12..=5.0 + 1e-12).contains(w)));
    near(held.weights.iter().sum(), 10.03);
    assert!(trim(&WEIGHT, Cap { low: 0.0, high: 1.0 }).is_err());
    assert_eq!(trim(&[], Cap { low: 0.0, high: 1.0 }), Err(NotTrimmed::NoWeights));
}

#[test]
fn what_both_waves_share_is_taken_off() {
    let first = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0].map(Some);
    let second = [0.0, 1.0, 1.0, 0.0, 1.0, 0.0].map(Some);
    let first: Vec<_> = first.into_iter().chain([None; 2]).collect();
    let second: Vec<_> = [None; 4].into_iter().chain(second).collect();
    let seen = overlap(&first, &second).unwrap();
    assert_eq!(seen.counts, (8, 6, 4));
    near(seen.covariance, 1.0 / 3.0);
    near(seen.compared.difference, -0.125);
    let apart: f64 = 15.0 / 56.0 / 8.0 + 0.05;
    near(seen.if_independent.unwrap(), apart.sqrt());
    near(seen.compared.se.unwrap(), (apart - 8.0 / 48.0 / 3.0).sqrt());
}

#[test]
fn weights_are_read_or_refused_with_their_row() {
    use Given::{Blank, Weight, Word};
    let read = |cells: &[Given]| given(cells.iter().copied().enumerate());
    let fine = read(&[Weight(1.0), Weight(0.0), Blank]);
    assert_eq!(fine.unwrap(), [Some(1.0), Some(0.0), None]);
    for (cells, why) in [
        (
            &[Weight(1.0), Weight(-1.0), Weight(-2.0)][..],
            "row 1 (counting from 0): the weight is -1, below 0 (and one more row like it)",
        ),
        (&[Weight(1.0), Word], "row 1 (counting from 0): the weight is not a number"),
        (&[Weight(f64::INFINITY)], "row 0 (counting from 0): the weight is not a number"),
        (&[Weight(1e300)], "row 0 (counting from 0): the weight is not a number"),
        (&[Weight(0.0), Weight(0.0)], "all 2 weights are 0"),
        (&[Blank, Blank], "none of the 2 rows has a weight"),
        (&[], "none of the 0 rows has a weight"),
    ] {
        assert_eq!(read(cells).unwrap_err().to_string(), why);
    }
}

#[test]
fn a_design_that_cannot_tell_says_so() {
    let design = |columns| Design::new(12, columns);
    let mut strata = STRATA;
    strata[11] = 3;
    let names = ["a", "b", "c", "alone"].map(str::to_owned);
    let columns = Grouping { strata: Some(&strata), names: &names, ..Grouping::default() };
    let lonely = design(columns).unwrap();
    let share = mean(&YES, &WEIGHT, &lonely).unwrap();
    near(share.mean, 0.601_626_016_260_162_5);
    assert_eq!(share.se, Err(Undefined::Lonely("alone".to_owned())));
    // A stratum that was taken whole does not vary.
    let whole: Vec<f64> = strata.iter().map(|name| if *name == 3 { 1.0 } else { 40.0 }).collect();
    let columns = Grouping { population: Some(&whole), ..columns };
    assert!(mean(&YES, &WEIGHT, &design(columns).unwrap()).unwrap().se.unwrap() > 0.0);
    let few = [3.5; 12];
    let columns = Grouping { population: Some(&few), ..Grouping::default() };
    assert!(matches!(design(columns), Err(DesignFault::TooSmall { units: 12, .. })));
    let mut two = [40.0; 12];
    two[7] = 41.0;
    let columns = Grouping { population: Some(&two), ..Grouping::default() };
    assert!(matches!(design(columns), Err(DesignFault::TwoSizes { row: 7, .. })));
    let one = mean(&[Some(1.0)], &[2.0], &Design::simple(1)).unwrap();
    assert_eq!((one.mean, one.se), (1.0, Err(Undefined::OneUnit)));
    assert!(matches!(mean(&[], &[], &Design::simple(0)), Err(Undefined::Nobody)));
    assert!(matches!(mean(&[Some(1.0)], &[0.0], &Design::simple(1)), Err(Undefined::Nobody)));
    let same = mean(&[Some(1.0); 12], &WEIGHT, &Design::simple(12)).unwrap();
    let shown = intervals(&same, &WEIGHT, 12).unwrap();
    assert_eq!(shown.logit, Err(Undefined::Unanimous));
    assert!(shown.wilson.0 > 0.7 && (shown.wilson.1 - 1.0).abs() < 1e-12);
}

#[test]
fn heavy_weights_are_told_of() {
    let heavy = kish(&[1e60, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]).unwrap();
    near(heavy.effective, 1.0);
    assert_eq!(heavy.warnings().len(), 2);
    let tiny = kish(&[1e-200, 1e-200]).unwrap();
    near(tiny.effective, 2.0);
    assert!(kish(&WEIGHT).unwrap().warnings().is_empty());
    near(kish(&WEIGHT).unwrap().effective, 10.496_894_409_937_893);
    near(kish(&WEIGHT).unwrap().variation, 0.378_411_503_884_579_7);
    assert!(kish(&[0.0, 0.0]).is_none() && kish(&[]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_common_factor_changes_nothing(
        rows in vec((0_usize..3, 0_usize..3, 0.01_f64..9.0), 4..60),
        factor in prop_oneof![Just(1000.0), 1e-9..1e9_f64],
    ) {
        let values: Vec<_> = rows.iter().map(|(y, _, _)| (*y < 2).then(|| count(*y))).collect();
        let codes: Vec<_> = rows.iter().map(|(_, code, _)| Some(*code)).collect();
        let answers: Vec<_> = rows.iter().map(|(y, _, _)| (*y < 2).then_some(*y)).collect();
        let design = Design::simple(rows.len());
        let run = |factor: f64| {
            let weights: Vec<f64> = rows.iter().map(|(_, _, weight)| weight * factor).collect();
            let share = mean(&values, &weights, &design).ok();
            let effect = kish(&weights).map(|kish| kish.effect);
            let rank = rank_test(&values, &codes, &["a", "b", "c"], &weights, &design);
            let rank = rank.and_then(|test| test.p);
            let table = rao_scott(&answers, &codes, (2, 3), &weights, &design);
            let table = table.and_then(|test| test.p);
            (share.map(|share| (share.mean, share.se.ok())), effect, rank.ok(), table.ok())
        };
        let (one, other) = (run(1.0), run(factor));
        let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-6 * a.abs().max(1e-3),
            (a, b) => a.is_none() == b.is_none(),
        };
        prop_assert!(same(one.0.map(|s| s.0), other.0.map(|s| s.0)));
        prop_assert!(same(one.0.and_then(|s| s.1), other.0.and_then(|s| s.1)));
        prop_assert!(same(one.1, other.1));
        prop_assert!(same(one.2, other.2), "{:?} {:?}", one.2, other.2);
        prop_assert!(same(one.3, other.3), "{:?} {:?}", one.3, other.3);
    }

    #[test]
    fn no_figure_is_ever_not_a_number(
        rows in vec((0_usize..4, 0_usize..3, prop_oneof![Just(0.0), Just(1e90), 0.0..3.0_f64]), 0..20),
    ) {
        let values: Vec<_> = rows.iter().map(|(y, _, _)| (*y < 3).then(|| count(*y))).collect();
        let codes: Vec<_> = rows.iter().map(|(_, code, _)| Some(*code)).collect();
        let weights: Vec<f64> = rows.iter().map(|(_, _, weight)| *weight).collect();
        let design = Design::simple(rows.len());
        let mut seen = Vec::new();
        if let Ok(found) = mean(&values, &weights, &design) {
            seen.extend([Some(found.mean), found.se.clone().ok()]);
            seen.extend(found.interval().ok().map(|(low, _)| Some(low)));
        }
        if let Ok(test) = rank_test(&values, &codes, &["a", "b", "c"], &weights, &design) {
            seen.extend([Some(test.statistic), test.p.ok()]);
        }
        let answers: Vec<_> = rows.iter().map(|(y, _, _)| (*y < 3).then_some(*y)).collect();
        if let Ok(test) = rao_scott(&answers, &codes, (3, 3), &weights, &design) {
            seen.extend([Some(test.pearson), test.f.ok(), test.above.ok(), test.p.ok()]);
        }
        prop_assert!(seen.iter().flatten().all(|figure| figure.is_finite()), "{seen:?}");
    }
}
