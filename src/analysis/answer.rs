//! What is said to one check: named numbers in their order, or why there are none.
//!
//! A number that is not finite leaves as `null`: an answer holds no NaN and no infinity, and what
//! could not be computed is never a 0. Whoever leaves one out says so with [`Answer::cannot`].

use serde_json::{Map, Value};

use super::code::Code;

/// The answer to a check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer(Map<String, Value>);

/// Why a check has no answer at all, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A method, a value or a combination that this program does not know.
    #[error("{0}")]
    NotSupported(String),
    /// The question is understood, and the data or the plan have no answer to it.
    #[error("{0}")]
    NotComputable(String),
}

impl Refusal {
    /// A refusal of something unknown to the program.
    pub fn unsupported(why: impl Into<String>) -> Self {
        Self::NotSupported(why.into())
    }

    /// A refusal because of the data or the plan.
    pub fn cannot(why: impl Into<String>) -> Self {
        Self::NotComputable(why.into())
    }
}

const STATUS: &str = "status";
const REASON: &str = "reason";
const NOTES: &str = "notes";

impl Answer {
    /// An answer with nothing in it yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value under a name.
    #[must_use]
    pub fn with(mut self, name: &str, field: impl Into<Field>) -> Self {
        self.put(name, field);
        self
    }

    /// Adds a value under a name.
    pub fn put(&mut self, name: &str, field: impl Into<Field>) {
        self.0.insert(name.to_owned(), field.into().0);
    }

    /// Says that some of the values could not be computed, and why.
    #[must_use]
    pub fn cannot(mut self, reason: &str) -> Self {
        let reason = match self.0.get(REASON).and_then(Value::as_str) {
            Some(before) => format!("{before}; {reason}"),
            None => reason.to_owned(),
        };
        self.put(STATUS, "not computable");
        self.put(REASON, reason);
        self
    }

    /// Says why, where there is a reason.
    #[must_use]
    pub fn cannot_if(self, reason: Option<&str>) -> Self {
        match reason {
            Some(reason) => self.cannot(reason),
            None => self,
        }
    }

    /// Adds what somebody should know of these numbers.
    pub fn note(&mut self, notes: Vec<String>) {
        if notes.is_empty() {
            return;
        }
        let list = self.0.entry(NOTES).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.extend(notes.into_iter().map(Value::String));
        }
    }

    /// A number of the answer, where it has it.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name).and_then(Value::as_f64)
    }

    /// The answer as it is written.
    #[must_use]
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let (status, reason) = match refusal {
            Refusal::NotSupported(reason) => ("not supported", reason),
            Refusal::NotComputable(reason) => ("not computable", reason),
        };
        Self::new().with(STATUS, status).with(REASON, reason)
    }
}

/// One value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Field(Value);

impl From<f64> for Field {
    fn from(number: f64) -> Self {
        Self(serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number))
    }
}

impl From<usize> for Field {
    fn from(count: usize) -> Self {
        Self(Value::from(count))
    }
}

impl From<u64> for Field {
    fn from(count: u64) -> Self {
        Self(Value::from(count))
    }
}

impl From<bool> for Field {
    fn from(flag: bool) -> Self {
        Self(Value::Bool(flag))
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self(Value::from(text))
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self(Value::String(text))
    }
}

impl From<Answer> for Field {
    fn from(inner: Answer) -> Self {
        Self(inner.into_value())
    }
}

impl<T: Into<Field>> From<Option<T>> for Field {
    fn from(field: Option<T>) -> Self {
        field.map_or(Self(Value::Null), Into::into)
    }
}

impl<T: Into<Field>> From<Vec<T>> for Field {
    fn from(list: Vec<T>) -> Self {
        Self(list.into_iter().map(|one| one.into().0).collect())
    }
}

/// Values by the labels of codes, in their order.
pub fn by_code<T: Into<Field>>(codes: &[Code], values: impl IntoIterator<Item = T>) -> Field {
    let mut named = Answer::new();
    for (code, value) in codes.iter().zip(values) {
        named.put(code.label(), value);
    }
    named.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Answer, Refusal};

    #[test]
    fn an_answer_holds_no_nan_and_says_why() {
        let answer = Answer::new()
            .with("n", 0_usize)
            .with("mean", f64::NAN)
            .with("sd", None::<f64>)
            .cannot("nobody answered")
            .cannot("no spread");
        let said = json!({
            "n": 0, "mean": null, "sd": null,
            "status": "not computable", "reason": "nobody answered; no spread",
        });
        assert_eq!(answer.into_value(), said);
        let refused = Answer::from(Refusal::unsupported("there is no method \"magic\""));
        assert_eq!(refused.into_value()["status"], "not supported");
    }
}
