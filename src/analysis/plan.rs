//! A plan: which checks are asked of a data set.
//!
//! `{"checks": [{"id": …, "method": …, "params": {…}}, …]}`; whatever else a check holds (the
//! answer somebody expects, say) is not looked at. A check that cannot be read is kept with the
//! reason, so that the others are still answered.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::answer::Refusal;
use super::method::Method;

/// What is asked of a data set.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The checks, in their order.
    pub checks: Vec<Check>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Check {
    /// What its answer is called.
    pub id: String,
    /// What is asked, or why it could not be read.
    pub method: Result<Method, Refusal>,
    /// The rest of the question.
    pub params: Map<String, Value>,
}

/// Why there is no plan at all.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The text is no JSON.
    #[error("the plan is not JSON")]
    NotJson(#[from] serde_json::Error),
    /// It is JSON of another shape.
    #[error("the plan has no list \"checks\"")]
    NoChecks,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// When it is not JSON or has no list of checks.
    pub fn read(text: &str) -> Result<Self, PlanError> {
        let plan: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
        let checks = plan.get("checks").and_then(Value::as_array).ok_or(PlanError::NoChecks)?;
        let mut read: Vec<Check> = Vec::new();
        for (place, check) in (1..).zip(checks) {
            let mut check = Check::read(check, place);
            if read.iter().any(|other| other.id == check.id) {
                let why = format!("check {place} has an id that stands above: {:?}", check.id);
                check.method = Err(Refusal::cannot(why));
                check.id = format!("{} (check {place})", check.id);
            }
            read.push(check);
        }
        Ok(Self { checks: read })
    }

    /// The check of an id.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }
}

impl Check {
    fn read(value: &Value, place: usize) -> Self {
        let id = match value.get("id") {
            Some(Value::String(id)) if !id.is_empty() => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            Some(_) | None => None,
        };
        let method = match value.get("method").and_then(Value::as_str) {
            Some(name) => Method::named(name)
                .ok_or_else(|| Refusal::unsupported(format!("there is no method {name:?}"))),
            None => Err(Refusal::cannot(format!("check {place} names no method"))),
        };
        let (params, method) = match value.get("params") {
            None | Some(Value::Null) => (Map::new(), method),
            Some(Value::Object(params)) => (params.clone(), method),
            Some(_) => {
                let why = format!("the params of check {place} are not an object");
                (Map::new(), Err(Refusal::cannot(why)))
            }
        };
        let method = match &id {
            Some(_) => method,
            None => Err(Refusal::cannot(format!("check {place} has no id"))),
        };
        Self { id: id.unwrap_or_else(|| format!("check {place}")), method, params }
    }

    /// The file it is about, where it names one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.params.get("file").and_then(Value::as_str)
    }

    /// Every word of its params that may be the name of a column.
    pub fn words(&self, into: &mut BTreeSet<String>) {
        for value in self.params.values() {
            words(value, into);
        }
    }
}

/// Texts and names, also inside `mean(a,b)`.
fn words(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
            if let Some((_, inner)) = text.split_once('(') {
                let inner = inner.trim_end_matches(')').split(',');
                into.extend(inner.map(|name| name.trim().to_owned()));
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| words(inner, into)),
        Value::Object(map) => {
            for (name, inner) in map {
                into.insert(name.clone());
                words(inner, into);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Method, Plan};

    #[test]
    fn what_cannot_be_read_does_not_stop_the_rest() {
        let plan = Plan::read(
            r#"{"checks": [
                {"id": "a", "method": "frequency", "params": {"variable": "q", "file": "x.csv"}},
                {"id": "a", "method": "likert"},
                {"id": "b", "method": "magic"},
                {"method": "likert"},
                {"id": "c", "method": "likert", "params": [1]}
            ]}"#,
        )
        .unwrap();
        let ids: Vec<_> = plan.checks.iter().map(|check| check.id.as_str()).collect();
        assert_eq!(ids, ["a", "a (check 2)", "b", "check 4", "c"]);
        assert_eq!(plan.checks[0].method, Ok(Method::Frequency));
        assert_eq!(plan.checks[0].file(), Some("x.csv"));
        assert!(plan.checks[1..].iter().all(|check| check.method.is_err()));
        assert!(Plan::read("{").unwrap_err().to_string().contains("not JSON"));
        assert!(Plan::read("[]").is_err());
    }

    #[test]
    fn the_columns_a_check_names_are_found_wherever_they_stand() {
        let plan = Plan::read(
            r#"{"checks": [{"id": "a", "method": "raking", "params": {
                "margins": {"age": {"1": 0.5}}, "rows": "mean(a, b)", "filter": [["sex", "==", 1]]
            }}]}"#,
        )
        .unwrap();
        let mut words = BTreeSet::new();
        plan.checks[0].words(&mut words);
        for name in ["age", "a", "b", "sex"] {
            assert!(words.contains(name), "{name}");
        }
    }
}
