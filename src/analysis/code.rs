//! Codes of a plan and cells of a file, and when one is the other: as numbers when both read as
//! numbers ("35.0" is 35), else as text.

use std::cmp::Ordering;

use serde_json::Value;

use super::answer::Refusal;

/// One cell of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing, or only spaces.
    Blank,
    /// What reads as a number.
    Number(f64),
    /// Anything else.
    Word(&'a str),
}

/// A code as a plan writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    text: String,
    number: Option<f64>,
}

impl Code {
    /// A code from its text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), number: number(text) }
    }

    /// A code from a plan: a text, a number, true or false.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::new(text)),
            Value::Number(number) => Some(Self::new(&number.to_string())),
            Value::Bool(flag) => Some(Self::new(if *flag { "true" } else { "false" })),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The code as the plan wrote it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.text
    }

    /// The number it reads as.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.number
    }

    /// Whether both mean the same.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self.number, other.number) {
            (Some(one), Some(two)) => equal(one, two),
            (None, None) => self.text == other.text,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Whether a cell holds this code.
    #[must_use]
    pub fn is(&self, cell: Cell<'_>) -> bool {
        match cell {
            Cell::Blank => false,
            Cell::Number(number) => self.number.is_some_and(|own| equal(own, number)),
            Cell::Word(word) => self.number.is_none() && self.text == word,
        }
    }

    /// How a cell lies to this code; a blank lies nowhere.
    #[must_use]
    pub fn order(&self, cell: Cell<'_>) -> Option<Ordering> {
        match (cell, self.number) {
            (Cell::Blank, _) => None,
            (Cell::Number(number), Some(own)) => number.partial_cmp(&own),
            (Cell::Number(number), None) => Some(number.to_string().cmp(&self.text)),
            (Cell::Word(word), _) => Some(word.cmp(&self.text)),
        }
    }
}

#[expect(clippy::float_cmp, reason = "codes are read from text: the same digits are the same code")]
fn equal(one: f64, two: f64) -> bool {
    one == two
}

/// The number a text reads as: digits with a point, a sign, an exponent; no words, no infinity.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let first = *text.as_bytes().first()?;
    let digits = first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.');
    text.parse::<f64>().ok().filter(|number| digits && number.is_finite())
}

/// One condition on a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The column it looks at.
    pub column: String,
    /// How it compares.
    pub operator: Operator,
    /// What it compares with; one value except for [`Operator::In`].
    pub values: Vec<Code>,
}

/// How a condition compares. A blank cell meets none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Is,
    /// `!=`
    IsNot,
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `<`
    Below,
    /// `in`
    In,
    /// `notna`: there is a value at all.
    Given,
}

impl Operator {
    const ALL: [(&'static str, Self); 8] = [
        ("==", Self::Is),
        ("!=", Self::IsNot),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        (">", Self::Above),
        ("<", Self::Below),
        ("in", Self::In),
        ("notna", Self::Given),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, operator)| operator)
    }
}

impl Condition {
    /// Reads `[column, operator, value(s)]`; `place` says where it stands, for a refusal.
    ///
    /// # Errors
    /// When it is written otherwise.
    pub fn from_json(value: &Value, place: &str) -> Result<Self, Refusal> {
        let parts = value.as_array().map_or(&[][..], Vec::as_slice);
        let (Some(column), Some(operator)) =
            (parts.first().and_then(Value::as_str), parts.get(1).and_then(Value::as_str))
        else {
            return Err(Refusal::cannot(format!("{place} is not [column, operator, value]")));
        };
        let operator = Operator::named(operator).ok_or_else(|| {
            let known: Vec<_> = Operator::ALL.iter().map(|(name, _)| *name).collect();
            let known = known.join(", ");
            Refusal::unsupported(format!(
                "{place} has the operator {operator:?}; there are {known}"
            ))
        })?;
        let given = match parts.get(2) {
            Some(Value::Array(list)) if operator == Operator::In => list.as_slice(),
            Some(_) => parts.get(2..3).unwrap_or_default(),
            None => &[],
        };
        let values: Option<Vec<Code>> = given.iter().map(Code::from_json).collect();
        let values = match values {
            Some(_) | None if operator == Operator::Given => Vec::new(),
            Some(values) if !values.is_empty() || operator == Operator::In => values,
            Some(_) | None => {
                let sort = "compares with nothing; it needs a text or a number";
                return Err(Refusal::cannot(format!("{place} {sort}")));
            }
        };
        Ok(Self { column: column.to_owned(), operator, values })
    }

    /// Whether a cell meets it.
    #[must_use]
    pub fn holds(&self, cell: Cell<'_>) -> bool {
        let given = cell != Cell::Blank;
        let order = || self.values.first().and_then(|value| value.order(cell));
        match self.operator {
            Operator::Is | Operator::In => self.values.iter().any(|value| value.is(cell)),
            Operator::IsNot => given && !self.values.iter().any(|value| value.is(cell)),
            Operator::AtLeast => order().is_some_and(Ordering::is_ge),
            Operator::AtMost => order().is_some_and(Ordering::is_le),
            Operator::Above => order().is_some_and(Ordering::is_gt),
            Operator::Below => order().is_some_and(Ordering::is_lt),
            Operator::Given => given,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Cell, Code, Condition, number};

    #[test]
    fn numbers_compare_as_numbers_and_words_as_words() {
        assert!(Code::new("35.0").is(Cell::Number(35.0)));
        assert!(Code::new("None").is(Cell::Word("None")));
        assert!(!Code::new("none").is(Cell::Word("None")));
        assert!(!Code::new("0").is(Cell::Blank));
        assert_eq!(Code::from_json(&json!(8.5)).unwrap().label(), "8.5");
        for text in ["nan", "inf", "", " ", "1,5", "e5", "-", "1 2"] {
            assert_eq!(number(text), None, "{text:?}");
        }
        assert_eq!(number(" +1.5e1 "), Some(15.0));
    }

    #[test]
    fn a_blank_meets_no_condition() {
        let holds = |condition, cell| {
            Condition::from_json(&condition, "filter").is_ok_and(|one| one.holds(cell))
        };
        let nine = Cell::Number(9.0);
        assert!(holds(json!(["a", "==", "9.0"]), nine));
        assert!(holds(json!(["a", "!=", 8]), nine));
        assert!(!holds(json!(["a", "!=", 8]), Cell::Blank));
        assert!(holds(json!(["a", ">=", 9]), nine) && !holds(json!(["a", ">=", 10]), nine));
        assert!(holds(json!(["a", "<=", "10"]), nine) && !holds(json!(["a", "<", 9]), nine));
        assert!(holds(json!(["a", "in", [1, "9"]]), nine) && !holds(json!(["a", "in", []]), nine));
        assert!(holds(json!(["a", "in", 9]), nine));
        assert!(holds(json!(["a", "notna"]), nine) && holds(json!(["a", "notna", null]), nine));
        assert!(!holds(json!(["a", "notna", null]), Cell::Blank));
        assert!(Condition::from_json(&json!(["a", "~", 9]), "filter[0]").is_err());
        assert!(Condition::from_json(&json!(["a", "=="]), "filter[0]").is_err());
        assert!(Condition::from_json(&json!(["a", "==", [1, 2]]), "filter[0]").is_err());
        assert!(Condition::from_json(&json!("a == 9"), "filter[0]").is_err());
    }
}
