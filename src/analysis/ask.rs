//! What a method sees: its params, read with a sentence where they are wrong, and the rows they
//! are about.
//!
//! It remembers which params were looked at; what nobody looked at is said beside the answer, so
//! that no wish is passed over in silence.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::answer::{Answer, Refusal};
use super::code::{Cell, Code, Condition};
use super::data::{Column, Data, OTHER, Place, Table};
use super::method::Method;
use super::plan::{Check, Plan};
use super::stats;

/// Names that are no wish of their own: the file is read already, and a title is a title.
const NO_WISH: [&str; 4] = ["file", "title", "label", "note"];

/// One check beside its data.
pub struct Ask<'a> {
    /// The whole plan, for methods that build on other checks.
    pub plan: &'a Plan,
    /// All files.
    pub data: &'a Data,
    /// The file this check is about.
    pub table: &'a Table,
    params: &'a Map<String, Value>,
    used: RefCell<BTreeSet<&'static str>>,
    notes: RefCell<Vec<String>>,
}

/// Which rows a check is about.
#[derive(Debug, Clone)]
pub struct Rows {
    keep: Option<Vec<bool>>,
    /// How many there are.
    pub count: usize,
}

impl Rows {
    /// Of one value for every row of the file, those of these rows, in the order of the file.
    #[must_use]
    pub fn of<T: Copy>(&self, all: Vec<T>) -> Vec<T> {
        match &self.keep {
            None => all,
            Some(keep) => {
                all.into_iter().zip(keep).filter_map(|(one, keep)| keep.then_some(one)).collect()
            }
        }
    }

    /// The places of these rows in the file, from 0.
    #[must_use]
    pub fn places(&self) -> Vec<usize> {
        self.of((0..self.keep.as_ref().map_or(self.count, Vec::len)).collect())
    }
}

/// Which score a code stands for.
#[derive(Debug, Clone)]
pub struct Scores(Vec<(Code, f64)>);

impl Scores {
    /// The score of a code.
    #[must_use]
    pub fn of(&self, code: &Code) -> Option<f64> {
        self.0.iter().find(|(own, _)| own.same(code)).map(|(_, score)| *score)
    }
}

impl<'a> Ask<'a> {
    /// Answers a check of a plan.
    #[must_use]
    pub fn answer(check: &'a Check, plan: &'a Plan, data: &'a Data) -> Answer {
        Self::try_answer(check, plan, data).unwrap_or_else(Answer::from)
    }

    /// Answers a check of a plan, or refuses.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub fn try_answer(check: &'a Check, plan: &'a Plan, data: &'a Data) -> Result<Answer, Refusal> {
        let method = check.method.clone()?;
        let ask = Self {
            plan,
            data,
            table: data.table(check)?,
            params: &check.params,
            used: RefCell::default(),
            notes: RefCell::default(),
        };
        let mut answer = stats::answer(method, &ask)?;
        ask.unused(method)?;
        answer.note(ask.notes.take());
        answer.note(ask.table.odd().to_vec());
        Ok(answer)
    }

    /// Another check of the plan, for a method that builds on it.
    ///
    /// # Errors
    /// When its file could not be read.
    pub fn beside(&self, check: &'a Check) -> Result<Self, Refusal> {
        let table = self.data.table(check)?;
        Ok(Self {
            table,
            params: &check.params,
            used: RefCell::default(),
            notes: RefCell::default(),
            ..*self
        })
    }

    /// Says which wishes nobody looked at. A figure without the weights that were asked for would be
    /// another figure: that is refused.
    fn unused(&self, method: Method) -> Result<(), Refusal> {
        let used = self.used.borrow();
        for (name, value) in self.params {
            let wish = match value {
                Value::Null => false,
                Value::Array(list) => !list.is_empty(),
                Value::Object(map) => !map.is_empty(),
                Value::Bool(flag) => *flag,
                Value::Number(_) | Value::String(_) => true,
            };
            if !wish || used.contains(name.as_str()) || NO_WISH.contains(&name.as_str()) {
                continue;
            }
            let unused = format!("{} does not use {name:?}", method.name());
            if name == "weight" {
                return Err(Refusal::unsupported(unused));
            }
            self.note(unused);
        }
        Ok(())
    }

    /// Says something beside the answer.
    pub fn note(&self, note: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// A param as it stands; `None` where it is absent or null.
    pub fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.used.borrow_mut().insert(name);
        self.params.get(name).filter(|value| !value.is_null())
    }

    fn needed<T>(&self, name: &'static str, found: Option<T>, wanted: &str) -> Result<T, Refusal> {
        found.ok_or_else(|| match self.params.get(name) {
            Some(Value::Null) | None => Refusal::cannot(format!("{name} is missing: {wanted}")),
            Some(_) => Refusal::cannot(format!("{name} must be {wanted}")),
        })
    }

    /// A text.
    ///
    /// # Errors
    /// When it is missing or no text.
    pub fn text(&self, name: &'static str) -> Result<&'a str, Refusal> {
        self.needed(name, self.value(name).and_then(Value::as_str), "a text")
    }

    /// A list of texts.
    ///
    /// # Errors
    /// When it is missing, empty or something else.
    pub fn texts(&self, name: &'static str) -> Result<Vec<&'a str>, Refusal> {
        let list = self.value(name).and_then(Value::as_array).filter(|list| !list.is_empty());
        let texts = list.and_then(|list| list.iter().map(Value::as_str).collect());
        self.needed(name, texts, "a list of texts")
    }

    /// A number, also one written as a text.
    ///
    /// # Errors
    /// When it is missing or no number.
    pub fn number(&self, name: &'static str) -> Result<f64, Refusal> {
        let code = self.value(name).and_then(Code::from_json);
        self.needed(name, code.and_then(|code| code.number()), "a number")
    }

    /// A whole number of 0 or more.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn whole(&self, name: &'static str) -> Result<usize, Refusal> {
        let number = self.number(name)?;
        stats::moments::whole(number)
            .ok_or_else(|| Refusal::cannot(format!("{name} must be a whole number, 0 or more")))
    }

    /// Yes or no; no where it is absent.
    ///
    /// # Errors
    /// When it is something else.
    pub fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        match self.value(name) {
            None => Ok(false),
            Some(value) => self.needed(name, value.as_bool(), "true or false"),
        }
    }

    /// The share of confidence; 0.95 where it is absent.
    ///
    /// # Errors
    /// When it is not between 0 and 1.
    pub fn confidence(&self) -> Result<f64, Refusal> {
        if self.value("confidence").is_none() {
            return Ok(0.95);
        }
        let share = self.number("confidence")?;
        let inside = share > 0.0 && share < 1.0;
        self.needed("confidence", inside.then_some(share), "between 0 and 1")
    }

    /// A list of codes, each once.
    ///
    /// # Errors
    /// When it is missing, holds something else, or the same code twice.
    pub fn codes(&self, name: &'static str) -> Result<Vec<Code>, Refusal> {
        self.codes_or_none(name)?
            .ok_or_else(|| Refusal::cannot(format!("{name} is missing: a list of codes")))
    }

    /// A list of codes, or none where it is absent.
    ///
    /// # Errors
    /// When it holds something else, or the same code twice.
    pub fn codes_or_none(&self, name: &'static str) -> Result<Option<Vec<Code>>, Refusal> {
        self.value(name).map(|value| codes(value, name)).transpose()
    }

    /// Codes that must be among others.
    ///
    /// # Errors
    /// When one of them is not.
    pub fn codes_of(
        &self,
        name: &'static str,
        whole: &[Code],
        called: &str,
    ) -> Result<Vec<Code>, Refusal> {
        let codes = self.codes(name)?;
        among(&codes, name, whole, called)?;
        Ok(codes)
    }

    /// Scores by code, or none where they are absent.
    ///
    /// # Errors
    /// When one is no number.
    pub fn scores(&self, name: &'static str) -> Result<Option<Scores>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let map = self.needed(name, value.as_object(), "scores by code")?;
        let score = |(code, value): (&String, &Value)| {
            let number = Code::from_json(value).and_then(|score| score.number());
            Some((Code::new(code), number?))
        };
        let scores: Option<Vec<_>> = map.iter().map(score).collect();
        self.needed(name, scores.map(Scores).map(Some), "scores by code")
    }

    /// Named numbers in their order: population shares, say.
    ///
    /// # Errors
    /// When it is missing or holds something else.
    pub fn numbers_by_code(&self, name: &'static str) -> Result<Vec<(Code, f64)>, Refusal> {
        let scores = self.scores(name)?.map(|scores| scores.0).filter(|all| !all.is_empty());
        self.needed(name, scores, "numbers by code")
    }

    /// Conditions that must all hold; none where they are absent.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn conditions(&self, name: &'static str) -> Result<Vec<Condition>, Refusal> {
        let list = match self.value(name) {
            None => &[][..],
            Some(value) => self.needed(name, value.as_array(), "a list of conditions")?,
        };
        let read = list.iter().enumerate();
        read.map(|(at, value)| Condition::from_json(value, &format!("{name}[{at}]"))).collect()
    }

    /// The rows that meet the conditions of a param (`filter`, usually).
    ///
    /// # Errors
    /// When a condition cannot be read or names no column.
    pub fn rows(&self, name: &'static str) -> Result<Rows, Refusal> {
        let conditions = self.conditions(name)?;
        let keep = self.meets(&conditions, name)?;
        let count = match &keep {
            None => self.table.rows(),
            Some(keep) => keep.iter().filter(|keep| **keep).count(),
        };
        Ok(Rows { keep, count })
    }

    /// Whether each row of the file meets conditions; `None` where there are none.
    ///
    /// # Errors
    /// When one names no column.
    pub fn meets(
        &self,
        conditions: &[Condition],
        name: &str,
    ) -> Result<Option<Vec<bool>>, Refusal> {
        let mut keep: Option<Vec<bool>> = None;
        for condition in conditions {
            let column = self.table.column(&condition.column)?;
            self.note_unknown(column, &condition.column, &condition.values, name);
            let holds = column.map(|cell| condition.holds(cell));
            match &mut keep {
                None => keep = Some(holds),
                Some(keep) => {
                    keep.iter_mut().zip(holds).for_each(|(keep, holds)| *keep &= holds);
                }
            }
        }
        Ok(keep)
    }

    /// The column that a param names.
    ///
    /// # Errors
    /// When it names none, or the file has none of that name.
    pub fn column(&self, name: &'static str) -> Result<&'a Column, Refusal> {
        self.table.column(self.text(name)?)
    }

    /// Where the cells of a column stand in a list of codes; says which codes nobody has.
    ///
    /// # Errors
    /// When the file has no such column.
    pub fn places(&self, column: &str, codes: &[Code], rows: &Rows) -> Result<Vec<Place>, Refusal> {
        let cells = self.table.column(column)?;
        if codes.len() >= usize::from(OTHER) {
            return Err(Refusal::unsupported(format!("more than {OTHER} codes for {column}")));
        }
        self.note_unknown(cells, column, codes, "the codes");
        Ok(rows.of(cells.places(codes)))
    }

    fn note_unknown(&self, cells: &Column, column: &str, codes: &[Code], of: &str) {
        let unknown = codes.iter().filter(|code| !cells.has(code));
        let unknown: Vec<_> = unknown.take(6).map(|code| format!("{:?}", code.label())).collect();
        if !unknown.is_empty() && !cells.is_empty() {
            let (table, unknown) = (self.table.name(), unknown.join(", "));
            self.note(format!("no row of {table} has {unknown} in {column} ({of})"));
        }
    }

    /// A column as numbers: the valid codes (all values without `valid`), scored where there are
    /// scores; whatever else stands there is `None`.
    ///
    /// # Errors
    /// When a valid code has no score and reads as no number, or there is no such column.
    pub fn numbers(
        &self,
        column: &str,
        valid: Option<&[Code]>,
        scores: Option<&Scores>,
        rows: &Rows,
    ) -> Result<Vec<Option<f64>>, Refusal> {
        let cells = self.table.column(column)?;
        let Some(valid) = valid else {
            let all = scores.map_or_else(
                || cells.map(number),
                |scores| {
                    cells.map(|cell| {
                        scores.0.iter().find(|(code, _)| code.is(cell)).map(|(_, score)| *score)
                    })
                },
            );
            if let (None, Some((row, word))) = (scores, cells.first_word()) {
                let table = self.table.name();
                self.note(format!(
                    "{table}, row {row} (counting from 0): {column} holds {word:?}, which is no \
                     number; such values are left out"
                ));
            }
            return Ok(rows.of(all));
        };
        let table = score_table(valid, scores)?;
        let places = self.places(column, valid, rows)?;
        Ok(places.into_iter().map(|at| table.get(usize::from(at)).copied()).collect())
    }
}

fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(number),
        Cell::Blank | Cell::Word(_) => None,
    }
}

/// The score of every valid code: its own, or the number it reads as.
///
/// # Errors
/// When one has neither.
pub(super) fn score_table(valid: &[Code], scores: Option<&Scores>) -> Result<Vec<f64>, Refusal> {
    let score = |code: &Code| match scores {
        Some(scores) => scores.of(code),
        None => code.number(),
    };
    let all = valid.iter().map(|code| {
        score(code).ok_or_else(|| Refusal::cannot(format!("{:?} has no score", code.label())))
    });
    all.collect()
}

/// Codes from a plan, each once.
///
/// # Errors
/// When it is no list of codes, or one stands twice.
pub(super) fn codes(value: &Value, name: &str) -> Result<Vec<Code>, Refusal> {
    let list = value.as_array().map(Vec::as_slice);
    let read = list.and_then(|list| list.iter().map(Code::from_json).collect::<Option<Vec<_>>>());
    let codes =
        read.ok_or_else(|| Refusal::cannot(format!("{name} must be a list of texts or numbers")))?;
    for (at, code) in codes.iter().enumerate() {
        if codes[..at].iter().any(|other| other.same(code)) {
            return Err(Refusal::cannot(format!("{name} has {:?} twice", code.label())));
        }
    }
    Ok(codes)
}

/// Refuses codes that are not among others.
///
/// # Errors
/// When one of them is not.
pub(super) fn among(
    codes: &[Code],
    name: &str,
    whole: &[Code],
    called: &str,
) -> Result<(), Refusal> {
    match codes.iter().find(|code| !whole.iter().any(|known| known.same(code))) {
        None => Ok(()),
        Some(code) => Err(Refusal::cannot(format!(
            "{name} names {:?}, which is not among {called}",
            code.label()
        ))),
    }
}
