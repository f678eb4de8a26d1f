//! `miradouro analyse` against numbers of other tools: the shared cases beside the checkout, where
//! they are, and a small invented file of our own; and what it says of bad input.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miradouro::analysis::plan::Plan;
use miradouro::analysis::{Data, analyse};
use serde_json::{Value, json};

use crate::cli::{code, run, said};
use crate::house::Folder;

/// How many of the shared cases of each method pass. A method whose cases are not answerable from
/// their params alone is not here; its numbers are asked for in another way below.
const REACHED: [(&str, usize); 27] = [
    ("cronbach_alpha", 2),
    ("crosstab", 7),
    ("diff_proportions", 1),
    ("finite_population", 1),
    ("frequency", 3),
    ("kruskal_wallis", 3),
    ("likert", 4),
    ("mann_whitney", 2),
    ("mean_difference", 1),
    ("missing", 2),
    ("multi_response", 2),
    ("numeric_summary", 1),
    ("paired_proportions", 2),
    ("partial_overlap", 1),
    ("post_stratification", 1),
    ("proportion_ci", 3),
    ("raking", 3),
    ("raking_failure", 1),
    ("rao_scott", 1),
    ("replicate_se", 2),
    ("representativeness", 5),
    ("suppression", 2),
    ("weight_diagnostics", 2),
    ("weight_trimming", 1),
    ("weighted_diff", 1),
    ("weighted_mean", 5),
    ("weighted_proportion", 2),
];

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/stats/datasets");
    folder.is_dir().then_some(folder)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A plan put to a file or folder.
fn answers(plan: &str, data: &Path) -> Value {
    let plan = Plan::read(plan).unwrap();
    analyse(&plan, &Data::read(data, &plan))
}

/// Every leaf of a value with its path.
fn leaves(value: &Value, path: String, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, inner)| leaves(inner, format!("{path}/{name}"), into));
        }
        Value::Array(list) => {
            let inner = list.iter().enumerate();
            inner.for_each(|(at, inner)| leaves(inner, format!("{path}/{at}"), into));
        }
        leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            into.insert(path, leaf.clone());
        }
    }
}

fn leaves_of(value: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    leaves(value, String::new(), &mut all);
    all
}

fn agrees(got: &Value, wanted: &Value, rel: f64, abs: f64) -> bool {
    match (got, wanted) {
        (Value::Number(got), Value::Number(wanted)) => {
            let (got, wanted) = (got.as_f64().unwrap(), wanted.as_f64().unwrap());
            (got - wanted).abs() <= abs + rel * wanted.abs()
        }
        (Value::String(got), Value::String(_)) => !got.is_empty(),
        (got, wanted) => got == wanted,
    }
}

/// What is wrong with an answer; also a key that is not there.
fn wrong(check: &Value, answer: &Value) -> Vec<String> {
    if check["method"] == "suppression" {
        return badly_hidden(check, answer);
    }
    let tolerance = |name: &str| check["tolerance"][name].as_f64().unwrap();
    let (rel, abs) = (tolerance("rel"), tolerance("abs"));
    let other: Vec<_> =
        check["also_accept"].as_array().into_iter().flatten().map(leaves_of).collect();
    let got = leaves_of(answer);
    let mut wrong = Vec::new();
    for (path, wanted) in leaves_of(&check["expected"]) {
        let Some(got) = got.get(&path) else {
            wrong.push(format!("{path} is not there"));
            continue;
        };
        let good = agrees(got, &wanted, rel, abs)
            || other
                .iter()
                .filter_map(|all| all.get(&path))
                .any(|also| agrees(got, also, rel, abs));
        if !good {
            wrong.push(format!("{path} is {got} and not {wanted}"));
        }
    }
    wrong
}

/// A pattern is judged, not compared: every small cell is hidden, with few others, and from no
/// hidden cell of the row and column graph is there no way round.
fn badly_hidden(check: &Value, answer: &Value) -> Vec<String> {
    let expected = &check["expected"];
    let mut wrong = Vec::new();
    for name in ["counts", "row_totals", "col_totals", "primary_cells", "min_secondary"] {
        if answer[name] != expected[name] {
            wrong.push(format!("{name} is {} and not {}", answer[name], expected[name]));
        }
    }
    if answer["primary_alone_exactly_recoverable"] != expected["primary_alone_exactly_recoverable"]
    {
        wrong.push("the cells that show through are others".to_owned());
    }
    let hidden: Vec<&Value> = answer["suppressed"].as_array().unwrap().iter().collect();
    let primary: Vec<&Value> = expected["primary_cells"].as_array().unwrap().iter().collect();
    wrong.extend(
        primary.iter().filter(|cell| !hidden.contains(cell)).map(|cell| format!("{cell} is shown")),
    );
    let extra = (hidden.len() - primary.len()) as u64;
    if extra > expected["min_secondary"].as_u64().unwrap() + 2 {
        wrong.push(format!("{extra} more are hidden"));
    }
    let node = |cell: &Value| (format!("row {}", cell[0]), format!("column {}", cell[1]));
    for cell in primary {
        let (row, col) = node(cell);
        let mut seen = BTreeSet::from([row]);
        loop {
            let before = seen.len();
            for (row, col) in hidden.iter().filter(|other| **other != cell).map(|cell| node(cell)) {
                if seen.contains(&row) || seen.contains(&col) {
                    seen.extend([row, col]);
                }
            }
            if seen.len() == before {
                break;
            }
        }
        if !seen.contains(&col) {
            wrong.push(format!("{cell} can be worked out"));
        }
    }
    wrong
}

#[test]
fn the_shared_cases_have_the_numbers_of_r_and_scipy() {
    let Some(folder) = shared() else {
        println!("skipped: there are no shared cases beside this checkout");
        return;
    };
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut sets: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    sets.sort();
    for set in sets {
        let plan = read(&set.join("expected.json"));
        let answers = answers(&plan, &set);
        let checks: Value = serde_json::from_str(&plan).unwrap();
        for check in checks["checks"].as_array().unwrap() {
            let (id, method) = (check["id"].as_str().unwrap(), check["method"].as_str().unwrap());
            let wrong = wrong(check, &answers[id]);
            let (passed, all) = tally.entry(method.to_owned()).or_default();
            *all += 1;
            *passed += usize::from(wrong.is_empty());
            if !wrong.is_empty() {
                let said = answers[id]["reason"].as_str().unwrap_or_default();
                faults.push(format!("{id} ({said}): {}", wrong.join("; ")));
            }
        }
    }
    let sum = |of: fn(&(usize, usize)) -> usize| tally.values().map(of).sum::<usize>();
    for (method, (passed, all)) in &tally {
        println!("{method}: {passed} of {all}");
    }
    println!("in all {} of {} shared cases", sum(|pair| pair.0), sum(|pair| pair.1));
    for fault in &faults {
        println!("{fault}");
    }
    for (method, reached) in REACHED {
        let passed = tally.get(method).map_or(0, |pair| pair.0);
        assert!(passed >= reached, "{method}: {passed}, and {reached} passed before");
    }
}

/// The family of a shared case does not stand in its params; as a plan of its own it does.
#[test]
fn a_family_of_tests_is_adjusted_over_other_checks() {
    let Some(folder) = shared() else {
        println!("skipped: there are no shared cases beside this checkout");
        return;
    };
    let set = folder.join("copenhagen_housing");
    let cases: Value = serde_json::from_str(&read(&set.join("expected.json"))).unwrap();
    let case = cases["checks"].as_array().unwrap().iter();
    let case = case.clone().find(|case| case["method"] == "benjamini_hochberg").unwrap();
    let types: Vec<&str> = case["params"]["types"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    let mut checks = Vec::new();
    for (at, one) in types.iter().enumerate() {
        for two in &types[at + 1..] {
            checks.push(json!({"id": format!("{one} {two}"), "method": "mann_whitney", "params": {
                "variable": "Sat", "valid": ["Low", "Medium", "High"],
                "scores": {"Low": 1, "Medium": 2, "High": 3},
                "group_variable": "Type", "groups": [one, two], "filter": [],
            }}));
        }
    }
    let ids: Vec<Value> = checks.iter().map(|check| check["id"].clone()).collect();
    checks.push(json!({"id": "all", "method": "benjamini_hochberg", "params": {"tests": ids}}));
    let answers = answers(&json!({ "checks": checks }).to_string(), &set);
    assert_eq!(wrong(case, &answers["all"]), Vec::<String>::new());
}

#[test]
fn an_invented_file_has_the_numbers_of_scipy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/analyse");
    let plan = read(&folder.join("invented.json"));
    let answers = answers(&plan, &folder.join("invented.csv"));
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let mut faults = Vec::new();
    for check in plan["checks"].as_array().unwrap() {
        let id = check["id"].as_str().unwrap();
        let wrong = wrong(check, &answers[id]);
        if !wrong.is_empty() {
            faults.push(format!("{id}: {}", wrong.join("; ")));
        }
        // A null says why.
        let nulls = leaves_of(&answers[id]).values().any(Value::is_null);
        if nulls && !answers[id]["reason"].is_string() && id != "index.0_100" {
            faults.push(format!("{id} does not say why something is null: {}", answers[id]));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_command_answers_what_it_can_and_says_what_it_cannot() {
    let folder = Folder::fresh();
    let file = |name: &str, text: &[u8]| {
        let path = folder.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    file("data.csv", b"id,sex,city\n1,f,Li\xe8ge\n2,m,Gent\n2,f,\n3,x,Gent,more\n");
    file("weights.csv", b"q,w\na,1\nb,heavy\n");
    let likert = json!({"variable": "sex", "scale": ["f", "m"], "top": ["f"], "bottom": ["z"]});
    let plan = json!({"checks": [
        {"id": "good", "method": "frequency", "params": {"variable": "sex", "valid": ["f", "m"]}},
        {"id": "twice", "method": "frequency", "params": {"variable": "sex", "valid": ["f", "f"]}},
        {"id": "good", "method": "frequency", "params": {"variable": "city", "valid": ["Gent"]}},
        {"id": "city", "method": "frequency", "params": {"variable": "city", "valid": ["Liège", "Oz"]}},
        {"id": "unknown method", "method": "magic", "params": {}},
        {"id": "unknown column", "method": "frequency", "params": {"variable": "gender", "valid": []}},
        {"id": "unknown code", "method": "likert", "params": likert},
        {"id": "unknown file", "method": "frequency", "params": {"variable": "q", "file": "no.csv"}},
        {"id": "bad filter", "method": "frequency",
            "params": {"variable": "sex", "valid": ["f"], "filter": [["sex", "~", "f"]]}},
        {"id": "not used", "method": "frequency",
            "params": {"variable": "sex", "valid": ["f"], "weight": "id"}},
        {"id": "heavy", "method": "weight_diagnostics", "params": {"weight": "w", "file": "weights.csv"}},
    ]});
    let plan = file("plan.json", plan.to_string().as_bytes());
    let data = folder.0.display().to_string();
    let output = run(&["analyse", "--data", &data, "--plan", &plan]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let answers: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers["good"]["count"], json!({"f": 2, "m": 1}));
    assert_eq!(answers["good"]["n_out_of_range"], 1);
    let notes = answers["good"]["notes"].to_string();
    for note in ["row 3 (counting from 0): 4 cells", "rows 1 and 2 (counting from 0): the same id"]
    {
        assert!(notes.contains(note), "{notes}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(note), "{}", said(&output));
    }
    assert_eq!(answers["city"]["count"], json!({"Liège": 1, "Oz": 0}));
    let notes = answers["city"]["notes"].to_string();
    assert!(notes.contains("row 0 (counting from 0): city is not UTF-8"), "{notes}");
    assert!(notes.contains("no row of data.csv has \\\"Oz\\\" in city"), "{notes}");
    for (id, status, reason) in [
        ("good (check 3)", "not computable", "an id that stands above"),
        ("twice", "not computable", "valid has \"f\" twice"),
        ("unknown method", "not supported", "no method \"magic\""),
        ("unknown column", "not computable", "data.csv has no column \"gender\""),
        ("unknown code", "not computable", "score"),
        ("unknown file", "not computable", "no file no.csv"),
        ("bad filter", "not supported", "filter[0] has the operator \"~\""),
        ("not used", "not supported", "frequency does not use \"weight\""),
        ("heavy", "not computable", "heavy"),
    ] {
        assert_eq!(answers[id]["status"], status, "{id}: {}", answers[id]);
        assert!(answers[id]["reason"].as_str().unwrap().contains(reason), "{id}: {}", answers[id]);
    }
    let out = folder.0.join("out.json").display().to_string();
    let csv = format!("{data}/data.csv");
    let output = run(&["analyse", "--data", &csv, "--plan", &plan, "--out", &out]);
    assert_eq!((code(&output), output.stdout.len()), (0, 0), "{}", said(&output));
    let again: Value = serde_json::from_str(&read(Path::new(&out))).unwrap();
    assert_eq!(again["good"], answers["good"]);
    assert!(again["heavy"]["reason"].as_str().unwrap().contains("not the file that was given"));
}

#[test]
fn files_of_no_row_and_of_one_are_answered() {
    let folder = Folder::fresh();
    let write = |name: &str, text: &str| {
        let path = folder.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/analyse");
    let plan = read(&cases.join("invented.json"));
    let text = read(&cases.join("invented.csv"));
    for rows in [0, 1, 2] {
        let short: Vec<&str> = text.lines().take(1 + rows).collect();
        let answers = answers(&plan, &write("short.csv", &short.join("\n")));
        for (id, answer) in answers.as_object().unwrap() {
            let leaves = leaves_of(answer);
            let nulls = leaves.values().any(Value::is_null);
            let why = answer["reason"].is_string() || leaves.values().any(Value::is_string);
            assert!(!nulls || why, "{rows} rows, {id}: {answer}");
            assert!(!answer.is_null(), "{rows} rows, {id}");
        }
    }
    for (name, text) in [("nothing.csv", ""), ("blank.csv", "\n\n")] {
        let answers = answers(&plan, &write(name, text));
        let reason = answers["numeric"]["reason"].as_str().unwrap();
        assert!(reason.contains("is empty"), "{reason}");
    }
    for bad in ["{", "[]", "{\"checks\": 3}"] {
        let plan = write("bad.json", bad).display().to_string();
        let data = cases.join("invented.csv").display().to_string();
        let output = run(&["analyse", "--data", &data, "--plan", &plan]);
        assert_eq!(code(&output), 1, "{}", said(&output));
        assert!(said(&output).contains("plan"), "{}", said(&output));
    }
}

/// Whatever stands in a plan, every check has an answer.
#[test]
fn no_param_ends_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/analyse");
    let plan: Value = serde_json::from_str(&read(&folder.join("invented.json"))).unwrap();
    let odd = [
        json!(null),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("zone"),
        json!([]),
        json!({}),
        json!(["zone"]),
        json!(["zone", "km"]),
        json!([1, 2]),
        json!([["zone", "==", "hill"]]),
        json!([[1, 2], [3, 9]]),
        json!({"1": 1, "2": "x"}),
        json!({"north": 0, "south": 0}),
        json!(["safe", ["4"], null]),
    ];
    let share = json!({"variable": "safe", "valid": [1, 2, 3, 4, 5], "success": [4, 5],
        "categories": [1, 2, 3, 4, 5], "scores": null, "weight": "w", "design": {}, "filter": [],
        "domain": [], "ci_category": 4, "group_variable": "zone", "group1": "north",
        "group2": "south", "groups": ["north", "south"], "row": "zone", "col": "age",
        "row_values": ["north", "south"], "col_values": ["young", "old"], "strata": "zone",
        "psu": "km", "groups_modulo": 5, "margins": {"zone": {"north": 1, "south": 2}},
        "cells": ["zone"], "population": [{"cell": ["north"], "share": 1}], "base_weight": null,
        "target": ["safe", [1, 2, 3, 4, 5], [4]], "from": "0", "cap": 2, "fpc": "km",
        "first": "safe", "second": "after", "wave1_rows": [0, 39], "wave2_rows": [20, 59],
        "questions": ["safe", "age"], "by": ["zone"]});
    let weighted = [
        "cube",
        "weighted_proportion",
        "weighted_mean",
        "weighted_diff",
        "weighted_total",
        "weighted_rank_test",
        "weighted_wave_diff",
        "rao_scott",
        "replicate_se",
        "raking",
        "raking_failure",
        "post_stratification",
        "weight_trimming",
        "weight_diagnostics",
        "partial_overlap",
    ];
    let weighted = weighted.map(|method| json!({"method": method, "params": share}));
    let mut checks = Vec::new();
    for check in plan["checks"].as_array().unwrap().iter().chain(&weighted) {
        for name in check["params"].as_object().unwrap().keys() {
            for odd in &odd {
                let mut check = check.clone();
                check["id"] = json!(checks.len());
                check["params"][name] = odd.clone();
                checks.push(check);
            }
        }
    }
    let asked = checks.len();
    let answers = answers(&json!({ "checks": checks }).to_string(), &folder.join("invented.csv"));
    let said = answers.as_object().unwrap();
    assert!(asked > 2_000 && said.len() == asked, "{asked}");
    for (check, answer) in said {
        let why = answer["status"].is_string() == answer["reason"].is_string();
        assert!(why && answer.as_object().unwrap().len() > 1, "{check}: {answer}");
    }
}
