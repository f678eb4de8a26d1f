//! Reading what somebody filled in: every answer that can be read and every complaint, never only
//! the first one.
//!
//! A form arrives as pairs of field and value, repeated and in order. Fields are named by question
//! id; inside a repeat group `stop.0.w_light`. Free text is taken out of the answers here and goes
//! its own way, so that no stored answer has words in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::instrument::Instrument;
use super::question::{Kind, Question, ZONE_REFUSED};

/// The answers of one response: question id to answer. Absent means not asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Answer>);

/// One answer. In JSON: `null`, a code, a list of codes, a number, or a list of objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// Asked and skipped.
    Skipped,
    /// One choice.
    Code(String),
    /// A number.
    Number(f64),
    /// Several choices; never empty.
    Codes(Vec<String>),
    /// The repeats of a group.
    Group(Vec<Answers>),
}

/// What a form said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What could be read, without free text.
    pub answers: Answers,
    /// The free texts, apart.
    pub texts: Vec<FreeText>,
    /// What could not be read, beside its field.
    pub complaints: Vec<Complaint>,
}

/// One free text, on its way to a table of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeText {
    /// The question it answers.
    pub question: String,
    /// What was written.
    pub raw: String,
}

/// Something wrong with what a person gave us.
#[derive(Debug, Clone, PartialEq)]
pub struct Complaint {
    /// The field it stands beside.
    pub field: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Wrong {
    /// No such choice.
    NoSuchChoice,
    /// Several answers where one is possible.
    OnlyOne,
    /// More ticks than allowed.
    TooMany {
        /// How many were ticked.
        ticked: usize,
        /// How many may be.
        max: usize,
    },
    /// "None of these" beside something else.
    Exclusive,
    /// Not a number.
    NotANumber,
    /// A number outside what is asked.
    OutOfRange {
        /// The lowest.
        min: f64,
        /// The highest.
        max: f64,
    },
    /// More characters than fit.
    TooLong {
        /// How many fit.
        max: usize,
    },
    /// Characters nobody can write on purpose: control characters, or bytes that were no UTF-8.
    Unreadable,
}

impl Answers {
    /// The codes given to a question: none, one or several.
    #[must_use]
    pub fn codes(&self, question: &str) -> Vec<&str> {
        match self.0.get(question) {
            Some(Answer::Code(code)) => vec![code],
            Some(Answer::Codes(codes)) => codes.iter().map(String::as_str).collect(),
            Some(Answer::Skipped | Answer::Number(_) | Answer::Group(_)) | None => Vec::new(),
        }
    }

    /// Whether nothing at all was answered.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.values().all(|answer| match answer {
            Answer::Skipped => true,
            Answer::Group(rows) => rows.iter().all(Self::is_blank),
            Answer::Code(_) | Answer::Number(_) | Answer::Codes(_) => false,
        })
    }
}

impl Instrument {
    /// Reads a form. `zones` are the codes of the collection's zones.
    #[must_use]
    pub fn read(&self, fields: &[(String, String)], zones: &[String]) -> Reading {
        let form = Form { fields, zones };
        let mut reading = Reading::default();
        let questions: Vec<&Question> = self.questions().collect();
        let outside = Answers::default();
        reading.answers = form.questions(&questions, "", &outside, &mut reading);
        reading
    }
}

/// A form on its way to answers.
struct Form<'a> {
    fields: &'a [(String, String)],
    zones: &'a [String],
}

impl Form<'_> {
    /// Reads questions in order, dropping what their `show_if` says was not asked.
    fn questions(
        &self,
        questions: &[&Question],
        prefix: &str,
        outside: &Answers,
        reading: &mut Reading,
    ) -> Answers {
        let mut seen = outside.clone();
        let mut answers = Answers::default();
        for question in questions.iter().filter(|question| question.is_asked()) {
            if question.show_if.as_ref().is_some_and(|rule| !rule.holds(&seen)) {
                continue;
            }
            let field = format!("{prefix}{}", question.id);
            if let Some(answer) = self.answer(question, &field, &seen, reading) {
                seen.0.insert(question.id.clone(), answer.clone());
                answers.0.insert(question.id.clone(), answer);
            }
        }
        answers
    }

    /// One answer; `None` for free text, which is not among the answers.
    fn answer(
        &self,
        question: &Question,
        field: &str,
        seen: &Answers,
        reading: &mut Reading,
    ) -> Option<Answer> {
        let outcome = match &question.kind {
            Kind::Single { .. } | Kind::Scale { .. } | Kind::Faces { .. } => {
                self.one(field, |code| question.choice(code).is_some())
            }
            Kind::Zone => {
                self.one(field, |code| code == ZONE_REFUSED || self.zones.iter().any(|z| z == code))
            }
            Kind::Multiple { max, .. } => self.several(question, field, *max),
            Kind::Number { min, max, .. } => self.number(question, field, *min, *max),
            Kind::Text { max, .. } => {
                self.text(question, field, *max, reading);
                return None;
            }
            Kind::Group { questions, max } => {
                return Some(self.group(questions, field, *max, seen, reading));
            }
            Kind::Weight => return None,
        };
        Some(outcome.unwrap_or_else(|wrong| {
            reading.complaints.push(Complaint { field: field.to_owned(), wrong });
            Answer::Skipped
        }))
    }

    fn values(&self, field: &str) -> Vec<&str> {
        let named = self.fields.iter().filter(|(name, _)| name == field);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).collect()
    }

    fn one(&self, field: &str, is_choice: impl Fn(&str) -> bool) -> Result<Answer, Wrong> {
        match self.values(field).as_slice() {
            [] => Ok(Answer::Skipped),
            [code] if is_choice(code) => Ok(Answer::Code((*code).to_owned())),
            [_] => Err(Wrong::NoSuchChoice),
            [_, _, ..] => Err(Wrong::OnlyOne),
        }
    }

    fn several(
        &self,
        question: &Question,
        field: &str,
        max: Option<usize>,
    ) -> Result<Answer, Wrong> {
        let mut codes: Vec<String> = Vec::new();
        for code in self.values(field) {
            if question.choice(code).is_none() {
                return Err(Wrong::NoSuchChoice);
            }
            if !codes.iter().any(|c| c == code) {
                codes.push(code.to_owned());
            }
        }
        let alone = |code: &String| {
            question.choice(code).is_some_and(|choice| choice.exclusive || choice.missing)
        };
        if codes.len() > 1 && codes.iter().any(alone) {
            return Err(Wrong::Exclusive);
        }
        if let Some(max) = max.filter(|max| codes.len() > *max) {
            return Err(Wrong::TooMany { ticked: codes.len(), max });
        }
        Ok(if codes.is_empty() { Answer::Skipped } else { Answer::Codes(codes) })
    }

    fn number(
        &self,
        question: &Question,
        field: &str,
        min: f64,
        max: f64,
    ) -> Result<Answer, Wrong> {
        match self.values(field).as_slice() {
            [] => Ok(Answer::Skipped),
            [code] if question.choice(code).is_some() => Ok(Answer::Code((*code).to_owned())),
            [number] => read_number(number, min, max).map(Answer::Number),
            [_, _, ..] => Err(Wrong::OnlyOne),
        }
    }

    fn text(&self, question: &Question, field: &str, max: usize, reading: &mut Reading) {
        let raw = self.values(field).join("\n").replace("\r\n", "\n");
        let wrong = if raw.chars().count() > max {
            Some(Wrong::TooLong { max })
        } else if raw.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || c == '\u{fffd}')
        {
            Some(Wrong::Unreadable)
        } else {
            None
        };
        if let Some(wrong) = wrong {
            reading.complaints.push(Complaint { field: field.to_owned(), wrong });
        } else if !raw.is_empty() {
            reading.texts.push(FreeText { question: question.id.clone(), raw });
        }
    }

    /// The repeats of a group, up to the last in which something was filled in: a blank one between
    /// stays, because the number of a stop says which place it is.
    fn group(
        &self,
        questions: &[Question],
        field: &str,
        max: usize,
        seen: &Answers,
        reading: &mut Reading,
    ) -> Answer {
        let questions: Vec<&Question> = questions.iter().collect();
        let prefix = |number: usize| format!("{field}.{number}.");
        let is_filled = |number: &usize| {
            let prefix = prefix(*number);
            let here = |(name, value): &(String, String)| {
                name.starts_with(&prefix) && !value.trim().is_empty()
            };
            self.fields.iter().any(here)
        };
        let last = (0..max).rev().find(is_filled).map_or(0, |number| number + 1);
        let rows: Vec<Answers> = (0..last)
            .map(|number| self.questions(&questions, &prefix(number), seen, reading))
            .collect();
        if rows.is_empty() { Answer::Skipped } else { Answer::Group(rows) }
    }
}

/// A number written by hand: a comma is a point too.
fn read_number(written: &str, min: f64, max: f64) -> Result<f64, Wrong> {
    let number: f64 =
        written.replace(',', ".").parse().map_err(|_not_a_number| Wrong::NotANumber)?;
    if !number.is_finite() {
        return Err(Wrong::NotANumber);
    }
    if number < min || number > max {
        return Err(Wrong::OutOfRange { min, max });
    }
    Ok(number)
}
