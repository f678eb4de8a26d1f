//! Plans over the twelve invented rows, as somebody would write them; figures as in `weights/tests.rs`.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::analysis::plan::Plan;
use crate::analysis::{Data, analyse};

const ROWS: &str = "yes,scale,w,stratum,unit,size,sex,area,code,second,odd,none,zero\n\
    1,3,1.2,a,1,20,m,n,x,0,1,,0\n0,1,0.8,a,1,20,f,n,y,,1,,0\n1,4,1.5,a,2,20,m,s,z,1,1,,0\n\
    ,2,0.7,a,3,20,f,s,x,,much,,0\n1,5,2.0,b,1,30,m,n,z,1,1,,0\n0,,1.1,b,2,30,f,s,y,0,1,,0\n\
    0,2,0.6,b,2,30,m,n,x,1,1,,0\n1,4,0.9,b,3,30,f,s,z,0,1,,0\n1,5,1.3,c,1,3,f,n,y,1,1,,0\n\
    0,1,1.0,c,2,3,m,s,x,1,1,,0\n1,3,0.5,c,3,3,f,n,y,0,1,,0\n0,2,1.4,c,3,3,m,s,z,1,1,,0\n\
    1,4,,c,3,3,m,s,z,1,1,,0\n";

/// A file of its own, gone with the value.
struct Csv(PathBuf);

impl Drop for Csv {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The answers to checks, each `(method, params)`.
fn ask(checks: &[(&str, Value)]) -> Vec<Value> {
    let file = Csv(std::env::temp_dir().join(format!("miradouro-{}.csv", uuid::Uuid::new_v4())));
    std::fs::write(&file.0, ROWS).unwrap();
    let list = checks.iter().enumerate();
    let list: Vec<Value> = list
        .map(|(at, (method, params))| json!({"id": format!("x.{at}"), "method": method, "params": params}))
        .collect();
    let plan = Plan::read(&json!({ "checks": list }).to_string()).unwrap();
    let answers = analyse(&plan, &Data::read(&file.0, &plan));
    (0..checks.len()).map(|at| answers[format!("x.{at}")].clone()).collect()
}

fn near(got: &Value, want: f64) {
    let got = got.as_f64().unwrap_or(f64::NAN);
    assert!((got - want).abs() <= 1e-8 * want.abs().max(1e-3), "{got} is not {want}");
}

fn drawn() -> Value {
    json!({"strata": "stratum", "psu": "unit", "fpc": "size"})
}

#[test]
fn a_share_is_said_with_its_design() {
    let share = |design: Value| {
        json!({"variable": "yes", "categories": [0, 1], "weight": "w", "design": design,
            "filter": [], "domain": [], "ci_category": 1})
    };
    let [simple, drawn] =
        &ask(&[("weighted_proportion", share(json!({}))), ("weighted_proportion", share(drawn()))])
            [..]
    else {
        panic!()
    };
    assert_eq!((&simple["n_valid"], &simple["n_weight_missing"]), (&json!(11), &json!(1)));
    near(&simple["p"]["1"], 0.601_626_016_260_162_5);
    near(&simple["se"]["1"], 0.159_500_703_397_56);
    near(&simple["korn_graubard_high"], 0.885_657_876_678_763);
    assert_eq!(simple["degrees_of_freedom"], 11);
    near(&drawn["se"]["0"], 0.134_576_021_298_684_73);
    near(&drawn["logit_low"], 0.276_538_494_516_779_3);
    assert_eq!(drawn["degrees_of_freedom"], 6);
}

#[test]
fn every_weighted_method_answers_a_plan() {
    let margins = json!({"sex": {"f": 0.55, "m": 0.45}, "area": {"n": 0.4, "s": 0.6}});
    let weight = |mut params: Value| {
        params["weight"] = json!("w");
        params
    };
    let all = ask(&[
        ("weighted_mean", weight(json!({"variable": "scale", "domain": [["area", "==", "n"]]}))),
        (
            "weighted_diff",
            weight(json!({"variable": "yes", "valid": [0, 1], "success": [1],
                "group_variable": "sex", "group1": "f", "group2": "m", "design": drawn()})),
        ),
        ("weighted_total", weight(json!({"variable": "scale", "type": "sex", "design": drawn()}))),
        (
            "rao_scott",
            weight(json!({"row": "yes", "row_values": [0, 1], "col": "code",
                "col_values": ["x", "y", "z"], "design": drawn()})),
        ),
        (
            "weighted_rank_test",
            weight(json!({"variable": "scale", "valid": [1, 2, 3, 4, 5], "scores": null,
                "group_variable": "code", "groups": ["x", "y", "z"]})),
        ),
        ("replicate_se", weight(json!({"variable": "yes", "groups_modulo": 4}))),
        ("replicate_se", weight(json!({"variable": "yes", "strata": "stratum", "psu": "unit"}))),
        ("raking", json!({"margins": margins, "base_weight": "w", "target": ["yes", [0, 1], [1]]})),
        ("weight_trimming", weight(json!({"cap": 1.4}))),
        ("weight_trimming", json!({"from": "7", "cap": 1.2})),
        ("weight_diagnostics", weight(json!({"k": 2}))),
        (
            "partial_overlap",
            json!({"first": "yes", "second": "second", "wave1_rows": [0, 9],
                "wave2_rows": [4, 12], "success": [1]}),
        ),
    ]);
    near(&all[0]["se"], 0.657_838_162_996_764_3);
    near(&all[1]["diff"], -0.023_433_088_650_479_883);
    near(&all[1]["p"], 0.912_450_528_087_856);
    near(&all[2]["total"], 38.4);
    near(&all[2]["se"], 8.353_322_692_198_596);
    near(&all[2]["type_total"]["m"], 7.7);
    near(&all[3]["F"], 1.356_505_593_930_674_5);
    near(&all[3]["p"], 0.300_169_655_685_032_73);
    near(&all[4]["statistic"], 5.295_643_743_750_293);
    near(&all[5]["se_centre_replicate_mean"], 0.261_555_957_860_755_9);
    near(&all[6]["se_centre_full_estimate"], 0.173_191_187_153_851_87);
    near(&all[7]["target"]["se_calibrated"], 0.153_397_552_643_948_25);
    assert_eq!((&all[7]["n"], &all[7]["converged"]), (&json!(12), &json!(true)));
    assert_eq!((&all[8]["n_above_cap_before"], &all[8]["n_at_cap_after"]), (&json!(2), &json!(4)));
    near(&all[9]["sum_w"], 12.0);
    near(&all[10]["n_eff"], 10.496_894_409_937_893);
    near(&all[10]["moe_n"], 2.0 * (0.25_f64 / 12.0).sqrt());
    assert_eq!((&all[11]["n1"], &all[11]["n2"]), (&json!(10), &json!(9)));
    assert_eq!(all[11]["n_overlap"], 6);
}

#[test]
fn weights_that_are_none_are_refused_with_their_place() {
    let share = |changes: Value| {
        let mut params = json!({"variable": "yes", "categories": [0, 1], "weight": "w"});
        for (name, value) in changes.as_object().unwrap() {
            params[name] = value.clone();
        }
        ("weighted_proportion", params)
    };
    let said = ask(&[
        share(json!({"row": 0, "value": -1})),
        share(json!({"weight": "odd"})),
        share(json!({"weight": "none"})),
        share(json!({"weight": "zero"})),
        share(json!({"weight": "absent"})),
        share(json!({"row": 99})),
        share(json!({"design": {"stratum": "a"}})),
        share(json!({"design": {"fpc": "scale"}})),
        share(json!({"ci_category": 7})),
    ]);
    for (said, why) in said.iter().zip([
        "row 0 (counting from 0): the weight is -1, below 0",
        "row 3 (counting from 0): the weight is not a number (it is \"much\")",
        "none of the 13 rows has a weight",
        "all 13 weights are 0",
        "has no column \"absent\"",
        "there is no row 99",
        "a design has no \"stratum\"",
        "row 5 (counting from 0): scale is no population size",
        "ci_category \"7\" is not among the categories",
    ]) {
        assert!(said["reason"].as_str().unwrap_or_default().contains(why), "{said} lacks {why}");
        assert!(said["status"] == "not computable" || said["status"] == "not supported");
        assert!(said.get("p").is_none(), "{said}");
    }
    let [zero, plain, all] = &ask(&[
        share(json!({"row": 0})),
        share(json!({})),
        share(json!({"factors": [1000, 1e-9], "ci_category": 1})),
    ])[..] else {
        panic!()
    };
    // 6.2 of 11.1 without the first row's 1.2; the row stays.
    near(&zero["p"]["1"], 6.2 / 11.1);
    assert_eq!((&zero["n_rows"], &zero["n_valid"]), (&json!(13), &json!(11)));
    assert!(zero["n_eff_kish"].as_f64() < plain["n_eff_kish"].as_f64());
    assert_eq!(all["invariant"], true);
}

#[test]
fn what_cannot_be_raked_or_told_is_said() {
    let margins = |margins: Value| ("raking", json!({"margins": margins}));
    let said = ask(&[
        margins(json!({"sex": {"f": 0.5, "m": 0.48, "o": 0.02}})),
        margins(json!({"sex": {"f": 0.5, "m": 0.4}})),
        margins(json!({"town": {"f": 0.5, "m": 0.5}})),
        margins(json!({"sex": {"f": 0.5, "m": "half"}})),
        margins(json!({"sex": {"f": 0.5, "m": 0.5}, "w": {"1.2": 0.9, "0.8": 0.1}})),
        (
            "post_stratification",
            json!({"cells": ["sex", "code"], "population": [
                {"cell": ["f", "x"], "share": 0.5}, {"cell": ["f", "z"], "share": 0.3},
                {"cell": ["o", "z"], "share": 0.2}]}),
        ),
        ("weight_trimming", json!({"from": "0", "cap": 2})),
        ("weight_trimming", json!({"from": "magic", "cap": 2})),
        ("weighted_total", json!({"weight": "w", "psu": "unit", "fpc": "size"})),
        ("weighted_wave_diff", json!({"margins": {"sex": {"f": 0.5}}, "variable": "yes"})),
        (
            "weighted_wave_diff",
            json!({"margins": {"sex": {"f": 0.5, "m": 0.5}}, "variable": "yes", "valid": [0, 1],
                "success": [1], "wave_variable": "area", "waves": ["n", "s"]}),
        ),
        (
            "weighted_rank_test",
            json!({"variable": "scale", "weight": "w", "group_variable": "sex", "groups": ["f", "o"]}),
        ),
    ]);
    let whys = [
        "population category without respondents: sex = o",
        "the population shares of sex add to 0.9000, not to 1",
        "has no column \"town\"",
        "the margin of sex = m is no number",
        "not converged",
        "population cells without respondents: sex = o, code = z",
        "population category without respondents",
        "the plan has no check \"magic\"",
        "weighted_total needs the column",
        "weighted_wave_diff needs wave_variable",
        "",
        "is in group \"o\"",
    ];
    for (said, why) in said.iter().zip(whys) {
        assert!(said["reason"].as_str().unwrap_or_default().contains(why), "{said} lacks {why}");
        assert!(said.get("first_rows_w").is_none_or(Value::is_null), "{said}");
    }
    assert_eq!(
        (&said[0]["converged"], &said[0]["empty_category"]["sex"]),
        (&json!(false), &json!("o"))
    );
    assert_eq!((&said[5]["n_empty_cells"], &said[5]["n"]), (&json!(1), &json!(2)));
    assert!(said[10]["diff"].is_number() && said[10]["reason"].is_null(), "{}", said[10]);
}
