//! Reading what somebody filled in: every answer that can be read and every complaint, never only
//! the first one.
//!
//! A form arrives as pairs of field and value, repeated and in order. Fields are named by question
//! id; inside a repeat group `stop.0.w_light`. Free text is taken out of the answers here and goes
//! its own way, so that no stored answer has words in it.

use std::collections::BTreeMap;
use std::mem;

use serde::{Deserialize, Serialize};

use super::instrument::{Instrument, Sheet};
use super::personal::{self, Personal};
use super::question::{Kind, Label, Question, ZONE_REFUSED};
use super::text::Lang;

/// The answers of one response: question id to answer. Absent means not asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Answer>);

/// One answer. In JSON: `null`, a code, a list of codes (in order, for a rank), a number, a list of
/// objects, or an object of objects of counts.
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
    /// How many people of each group stood by each statement: statement to group to people.
    Counts(BTreeMap<String, BTreeMap<String, u32>>),
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
    /// Two choices on the same place of a ranking, or one choice on two places.
    RankedTwice,
    /// No yes where nothing is taken without one.
    NoConsent,
    /// Nothing said about the age where it must be known.
    NoAge,
    /// Younger than the consent age: this form is not for them alone.
    TooYoung,
    /// Neither a place of the area nor a point inside it.
    NoSuchPlace,
    /// Words that look as if they named somebody. A question to the writer: [`AS_IS`] answers it.
    Personal {
        /// What they look like.
        what: Vec<Personal>,
    },
}

/// The field with which a writer says that their words may go as they are.
pub const AS_IS: &str = "_as_is";

/// What the collection knows and the instrument does not.
#[derive(Debug, Clone, Default)]
pub struct Ground<'a> {
    /// The codes of the zones.
    pub zones: Vec<&'a str>,
    /// The codes of the places and streets; the zones stand in where there are none.
    pub places: Vec<&'a str>,
}

impl<'a> Ground<'a> {
    /// Zones alone.
    #[must_use]
    pub fn of<S: AsRef<str>>(zones: &'a [S]) -> Self {
        Self { zones: zones.iter().map(AsRef::as_ref).collect(), places: Vec::new() }
    }

    /// Whether a code is one of a place, or of a zone where no places are known.
    #[must_use]
    pub fn is_place(&self, code: &str) -> bool {
        let known = if self.places.is_empty() { &self.zones } else { &self.places };
        known.contains(&code)
    }
}

impl Answers {
    /// The codes given to a question: none, one or several.
    #[must_use]
    pub fn codes(&self, question: &str) -> Vec<&str> {
        match self.0.get(question) {
            Some(Answer::Code(code)) => vec![code],
            Some(Answer::Codes(codes)) => codes.iter().map(String::as_str).collect(),
            Some(Answer::Skipped | Answer::Number(_) | Answer::Group(_) | Answer::Counts(_))
            | None => Vec::new(),
        }
    }

    /// Whether nothing at all was answered.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.values().all(|answer| match answer {
            Answer::Skipped => true,
            Answer::Group(rows) => rows.iter().all(Self::is_blank),
            Answer::Code(_) | Answer::Number(_) | Answer::Codes(_) | Answer::Counts(_) => false,
        })
    }
}

impl Instrument {
    /// Reads a form.
    #[must_use]
    pub fn read(&self, fields: &[(String, String)], ground: &Ground<'_>) -> Reading {
        let form = Form { fields, ground };
        let mut reading = Reading::default();
        let questions: Vec<&Question> = self.questions().collect();
        let outside = Answers::default();
        reading.answers = form.questions(&questions, "", &outside, &mut reading);
        if self.sheet == Sheet::SignUp {
            self.gather(&mut reading);
        }
        reading
    }

    /// A sign-up is one text to be read by a person and deleted later, not columns to be counted:
    /// every answer goes into it, in the first language of the instrument.
    fn gather(&self, reading: &mut Reading) {
        let lang = self.languages.first().copied().unwrap_or(Lang::En);
        let answers = mem::take(&mut reading.answers);
        let texts = mem::take(&mut reading.texts);
        let mut lines = Vec::new();
        for question in self.questions() {
            let written = texts.iter().find(|text| text.question == question.id);
            let chosen = answers.codes(&question.id).into_iter();
            let chosen = chosen.filter_map(|code| question.choice(code));
            let chosen: Vec<&str> = chosen.map(|choice| choice.text.get(lang)).collect();
            let said = written.map_or_else(|| chosen.join(", "), |text| text.raw.clone());
            if !said.is_empty() {
                lines.push(format!("{} {said}", question.text.get(lang)));
            }
        }
        let first = self.questions().find(|question| matches!(question.kind, Kind::Text { .. }));
        if let Some(first) = first.filter(|_| !lines.is_empty()) {
            let (question, raw) = (first.id.clone(), lines.join("\n"));
            reading.texts.push(FreeText { question, raw });
        }
    }
}

/// A form on its way to answers.
struct Form<'a> {
    fields: &'a [(String, String)],
    ground: &'a Ground<'a>,
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
                self.one(field, |code| question.choice(code).is_some()).map(|answer| match answer {
                    Answer::Code(code) if !is_offered(question, &code, seen) => Answer::Skipped,
                    answer => answer,
                })
            }
            Kind::Zone => {
                self.one(field, |code| code == ZONE_REFUSED || self.ground.zones.contains(&code))
            }
            Kind::Place => self.place(field),
            Kind::Multiple { max, .. } => self.several(question, field, *max, seen),
            Kind::Rank { places, .. } => self.rank(question, field, *places, seen),
            Kind::Counts { statements, groups, max } => {
                return Some(self.counts(statements, groups, *max, field, reading));
            }
            Kind::Number { min, max, .. } => self.number(question, field, *min, *max),
            Kind::Text { max, lint } => {
                self.text(question, field, *max, *lint, reading);
                return None;
            }
            Kind::Group { questions, max } => {
                return Some(self.group(questions, field, *max, seen, reading));
            }
            Kind::Consent | Kind::AgeGate => {
                reading.complaints.extend(self.gate(question, field));
                return None;
            }
            // A grid is read row by row, photos where the form's parts are taken apart.
            Kind::Grid { .. } | Kind::Photo { .. } | Kind::Info { .. } | Kind::Weight => {
                return None;
            }
        };
        Some(outcome.unwrap_or_else(|wrong| {
            reading.complaints.push(Complaint { field: field.to_owned(), wrong });
            Answer::Skipped
        }))
    }

    /// Whether the writer was asked about names and sends their words as they are.
    fn as_is(&self) -> bool {
        !self.values(AS_IS).is_empty()
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
        seen: &Answers,
    ) -> Result<Answer, Wrong> {
        let mut codes: Vec<String> = Vec::new();
        for code in self.values(field) {
            if question.choice(code).is_none() {
                return Err(Wrong::NoSuchChoice);
            }
            if is_offered(question, code, seen) && !codes.iter().any(|c| c == code) {
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

    /// A place by its code.
    fn place(&self, field: &str) -> Result<Answer, Wrong> {
        let is_known = |code: &str| code == ZONE_REFUSED || self.ground.is_place(code);
        self.one(field, is_known).map_err(|wrong| match wrong {
            Wrong::NoSuchChoice => Wrong::NoSuchPlace,
            wrong => wrong,
        })
    }

    /// The choices in order: `field.1` holds the first, `field.2` the second.
    fn rank(
        &self,
        question: &Question,
        field: &str,
        places: usize,
        seen: &Answers,
    ) -> Result<Answer, Wrong> {
        let mut codes: Vec<String> = Vec::new();
        for place in 1..=places {
            let known = |code: &str| question.choice(code).is_some();
            match self.one(&format!("{field}.{place}"), known)? {
                Answer::Code(code) if codes.contains(&code) => return Err(Wrong::RankedTwice),
                Answer::Code(code) if is_offered(question, &code, seen) => codes.push(code),
                Answer::Code(_)
                | Answer::Skipped
                | Answer::Number(_)
                | Answer::Codes(_)
                | Answer::Group(_)
                | Answer::Counts(_) => {}
            }
        }
        Ok(if codes.is_empty() { Answer::Skipped } else { Answer::Codes(codes) })
    }

    /// `field.statement.group` holds a count; a cell left empty was not counted, which is not nought.
    fn counts(
        &self,
        statements: &[Label],
        groups: &[Label],
        max: u32,
        field: &str,
        reading: &mut Reading,
    ) -> Answer {
        let mut counts: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for statement in statements {
            for group in groups {
                let cell = format!("{field}.{}.{}", statement.code, group.code);
                match self.count(&cell, max) {
                    Ok(None) => {}
                    Ok(Some(people)) => {
                        let row = counts.entry(statement.code.clone()).or_default();
                        row.insert(group.code.clone(), people);
                    }
                    Err(wrong) => reading.complaints.push(Complaint { field: cell, wrong }),
                }
            }
        }
        if counts.is_empty() { Answer::Skipped } else { Answer::Counts(counts) }
    }

    fn count(&self, cell: &str, max: u32) -> Result<Option<u32>, Wrong> {
        let range = || Wrong::OutOfRange { min: 0.0, max: f64::from(max) };
        match self.values(cell).as_slice() {
            [] => Ok(None),
            [written] => match written.parse::<u32>() {
                Ok(people) if people <= max => Ok(Some(people)),
                Ok(_) => Err(range()),
                Err(_not_whole) if written.parse::<f64>().is_ok() => Err(range()),
                Err(_not_a_number) => Err(Wrong::NotANumber),
            },
            [_, _, ..] => Err(Wrong::OnlyOne),
        }
    }

    /// What stands before a form: a tick, or yes or no.
    fn gate(&self, question: &Question, field: &str) -> Option<Complaint> {
        let wrong = match (self.values(field).as_slice(), &question.kind) {
            (["yes"], _) => return None,
            (["no"], Kind::AgeGate) => Wrong::TooYoung,
            (_, Kind::AgeGate) => Wrong::NoAge,
            (_, _) => Wrong::NoConsent,
        };
        Some(Complaint { field: field.to_owned(), wrong })
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

    fn text(
        &self,
        question: &Question,
        field: &str,
        max: usize,
        lint: bool,
        reading: &mut Reading,
    ) {
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
            let found = if lint && !self.as_is() { personal::found(&raw) } else { Vec::new() };
            if !found.is_empty() {
                let wrong = Wrong::Personal { what: found };
                reading.complaints.push(Complaint { field: field.to_owned(), wrong });
            }
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
        let questions: Vec<&Question> = questions.iter().flat_map(Question::rows).collect();
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

/// Whether a choice is offered to somebody who has answered so far as `seen`.
fn is_offered(question: &Question, code: &str, seen: &Answers) -> bool {
    let rule = question.choice(code).and_then(|choice| choice.show_if.as_ref());
    rule.is_none_or(|rule| rule.holds(seen))
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
