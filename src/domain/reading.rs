//! Reading what somebody filled in: every answer that can be read and every complaint, never only
//! the first one.
//!
//! A form arrives as pairs of field and value, repeated and in order. Fields are named by question
//! id; inside a repeat group `stop.0.w_light`, on a ranking `t1.1` for the first place, in a count
//! of people `before.statement.group`. Free text is taken out of the answers here and goes its own
//! way, so that no stored answer has words in it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::mem;

use super::answer::{AS_IS, Answer, Answers, Complaint, FreeText, Ground, Reading, Wrong};
use super::instrument::{Instrument, Sheet};
use super::personal;
use super::photo::{SentPhotos, clear_field};
use super::question::{Kind, Label, Question, ZONE_REFUSED};
use super::text::Lang;

impl Instrument {
    /// Reads a form.
    #[must_use]
    pub fn read(&self, fields: &[(String, String)], ground: &Ground<'_>) -> Reading {
        let form = Form::new(fields, ground);
        let mut reading = Reading::default();
        let questions: Vec<&Question> = self.questions().collect();
        reading.answers = form.questions(&questions, "", Answers::default(), &mut reading);
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
    /// What was filled in, by the name of its field; what one field holds stays in its order.
    filled: Vec<(&'a str, &'a str)>,
    ground: &'a Ground<'a>,
}

impl<'a> Form<'a> {
    fn new(fields: &'a [(String, String)], ground: &'a Ground<'a>) -> Self {
        let trimmed = fields.iter().map(|(name, value)| (name.as_str(), value.trim()));
        let mut filled: Vec<_> = trimmed.filter(|(_, value)| !value.is_empty()).collect();
        filled.sort_by_key(|(name, _)| *name);
        Self { filled, ground }
    }

    /// Reads questions in order, dropping what their `show_if` says was not asked. Rules look at what
    /// was answered before, also outside.
    fn questions(
        &self,
        questions: &[&Question],
        prefix: &str,
        outside: Answers,
        reading: &mut Reading,
    ) -> Answers {
        let before: Vec<String> = outside.0.keys().cloned().collect();
        let mut answers = outside;
        let photos = reading.photos.len();
        for question in questions.iter().filter(|question| question.is_asked()) {
            if question.show_if.as_ref().is_some_and(|rule| !rule.holds(&answers)) {
                continue;
            }
            let field = match prefix {
                "" => Cow::Borrowed(question.id.as_str()),
                prefix => Cow::Owned(format!("{prefix}{}", question.id)),
            };
            if let Some(answer) = self.answer(question, &field, &answers, reading) {
                answers.0.insert(question.id.clone(), answer);
            }
        }
        for outside in &before {
            answers.0.remove(outside);
        }
        let place = place_of(questions, &answers);
        for sent in reading.photos.iter_mut().skip(photos) {
            sent.place = sent.place.take().or_else(|| place.clone());
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
                let offered = self.one(field, |code| question.choice(code).is_some());
                offered.map(|answer| {
                    let hidden = |code: &str| !is_offered(question, code, seen);
                    let is_hidden = matches!(&answer, Answer::Code(code) if hidden(code));
                    if is_hidden { Answer::Skipped } else { answer }
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
            Kind::Photo { max } => {
                self.photos(question, field, *max, reading);
                return None;
            }
            // A grid is read row by row.
            Kind::Grid { .. } | Kind::Info { .. } | Kind::Weight => return None,
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

    /// What was filled in under the names from this one on.
    fn from(&self, field: &str) -> &[(&'a str, &'a str)] {
        let before = self.filled.partition_point(|(name, _)| *name < field);
        self.filled.get(before..).unwrap_or_default()
    }

    /// What was filled in under this name, in order.
    fn values(&self, field: &str) -> Values<'_> {
        let from = self.from(field);
        let count = from.iter().take_while(|(name, _)| *name == field).count();
        from.get(..count).unwrap_or_default()
    }

    fn one(&self, field: &str, is_choice: impl Fn(&str) -> bool) -> Result<Answer, Wrong> {
        match self.values(field) {
            [] => Ok(Answer::Skipped),
            [(_, code)] if is_choice(code) => Ok(Answer::Code((*code).to_owned())),
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
        for (_, code) in self.values(field) {
            if question.choice(code).is_none() {
                return Err(Wrong::NoSuchChoice);
            }
            if is_offered(question, code, seen) && !codes.iter().any(|c| c == code) {
                codes.push((*code).to_owned());
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

    /// A place by its code or name, or by a point that means it.
    fn place(&self, field: &str) -> Result<Answer, Wrong> {
        match self.values(field) {
            [] => Ok(Answer::Skipped),
            [(_, code)] if *code == ZONE_REFUSED => Ok(Answer::Code(ZONE_REFUSED.to_owned())),
            [(_, written)] => self.ground.place(written).map(|code| Answer::Code(code.to_owned())),
            [_, _, ..] => Err(Wrong::OnlyOne),
        }
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
        match self.values(cell) {
            [] => Ok(None),
            [(_, written)] => match written.parse::<u32>() {
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
        let wrong = match (self.values(field), &question.kind) {
            ([(_, "yes")], _) => return None,
            ([(_, "no")], Kind::AgeGate) => Wrong::TooYoung,
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
        match self.values(field) {
            [] => Ok(Answer::Skipped),
            [(_, code)] if question.choice(code).is_some() => Ok(Answer::Code((*code).to_owned())),
            [(_, number)] => read_number(number, min, max).map(Answer::Number),
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
        let written: Vec<&str> = self.values(field).iter().map(|(_, value)| *value).collect();
        let raw = written.join("\n").replace("\r\n", "\n");
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

    /// Photos are named by what the form carries for them; they go apart, like words.
    fn photos(&self, question: &Question, field: &str, max: usize, reading: &mut Reading) {
        let tokens: Vec<String> =
            self.values(field).iter().map(|(_, token)| (*token).to_owned()).collect();
        let wrong = if tokens.len() > max {
            Some(Wrong::TooMany { ticked: tokens.len(), max })
        } else if !tokens.is_empty() && self.values(&clear_field(field)).is_empty() {
            Some(Wrong::PhotoNotClear)
        } else {
            None
        };
        if let Some(wrong) = wrong {
            reading.complaints.push(Complaint { field: field.to_owned(), wrong });
        } else if !tokens.is_empty() {
            let (field, question) = (field.to_owned(), question.id.clone());
            reading.photos.push(SentPhotos { field, question, number: None, place: None, tokens });
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
            self.from(&prefix).first().is_some_and(|(name, _)| name.starts_with(&prefix))
        };
        let last = (0..max).rev().find(is_filled).map_or(0, |number| number + 1);
        let mut rows: Vec<Answers> = Vec::new();
        for (repeat, number) in (1..).zip(0..last) {
            let photos = reading.photos.len();
            rows.push(self.questions(&questions, &prefix(number), seen.clone(), reading));
            for sent in reading.photos.iter_mut().skip(photos) {
                sent.number = Some(repeat);
            }
        }
        if rows.is_empty() { Answer::Skipped } else { Answer::Group(rows) }
    }
}

/// What one field holds: its name again and again, each with a value.
type Values<'a> = &'a [(&'a str, &'a str)];

/// The place that was given among these questions.
fn place_of(questions: &[&Question], answers: &Answers) -> Option<String> {
    let places = questions.iter().filter(|question| matches!(question.kind, Kind::Place));
    let mut codes = places.flat_map(|question| answers.codes(&question.id));
    codes.find(|code| *code != ZONE_REFUSED).map(str::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::{Map, Place};
    use crate::domain::question::Choice;
    use crate::domain::text::Text;

    fn choice(code: &str, show_if: Option<&str>) -> Choice {
        Choice {
            code: code.to_owned(),
            text: Text::name(code),
            score: None,
            missing: false,
            exclusive: false,
            show_if: show_if.map(|rule| rule.parse().unwrap()),
        }
    }

    fn question(id: &str, kind: Kind) -> Question {
        Question {
            id: id.to_owned(),
            meaning: 1,
            same_as: None,
            text: Text::name(id),
            hint: None,
            kind,
            show_if: None,
            sensitive: false,
            fold: None,
        }
    }

    fn label(code: &str) -> Label {
        Label { code: code.to_owned(), text: Text::name(code) }
    }

    /// What a form with these fields says to these questions.
    fn read(questions: &[Question], fields: &[(&str, &str)]) -> Reading {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let fields: Vec<(String, String)> = fields.iter().map(pair).collect();
        let place = |code: &str| Place {
            code: code.to_owned(),
            name: code.to_owned(),
            zone: None,
            shapes: Vec::new(),
        };
        let map = Map { places: ["quay", "square"].map(place).to_vec(), ..Map::default() };
        let ground = Ground { zones: vec!["north"], map: Some(&map) };
        let mut reading = Reading::default();
        let asked: Vec<&Question> = questions.iter().flat_map(Question::rows).collect();
        let form = Form::new(&fields, &ground);
        reading.answers = form.questions(&asked, "", Answers::default(), &mut reading);
        reading
    }

    fn wrongs(reading: &Reading) -> Vec<(&str, &Wrong)> {
        reading.complaints.iter().map(|it| (it.field.as_str(), &it.wrong)).collect()
    }

    fn json(reading: &Reading) -> String {
        serde_json::to_string(&reading.answers).unwrap()
    }

    #[test]
    fn the_rows_of_a_grid_are_answered_one_by_one() {
        let scale = || Kind::Scale { scale: None, choices: vec![choice("small", None)] };
        let questions = vec![question("p01", scale()), question("p02", scale())];
        let grid = [question("problems", Kind::Grid { questions, shuffle: true })];
        let reading = read(&grid, &[("p01", "small"), ("p02", "huge")]);
        assert_eq!(json(&reading), r#"{"p01":"small","p02":null}"#);
        assert_eq!(wrongs(&reading), [("p02", &Wrong::NoSuchChoice)]);
    }

    #[test]
    fn a_ranking_keeps_its_order_and_takes_nothing_twice() {
        let choices = ["a", "b", "c"].map(|code| choice(code, None)).to_vec();
        let rank = [question("r", Kind::Rank { choices, places: 3, shuffle: false })];
        assert_eq!(json(&read(&rank, &[("r.1", "c"), ("r.2", "a")])), r#"{"r":["c","a"]}"#);
        assert_eq!(json(&read(&rank, &[("r.3", "b")])), r#"{"r":["b"]}"#);
        assert_eq!(json(&read(&rank, &[])), r#"{"r":null}"#);
        let twice = read(&rank, &[("r.1", "a"), ("r.2", "a")]);
        assert_eq!(wrongs(&twice), [("r", &Wrong::RankedTwice)]);
    }

    #[test]
    fn people_are_counted_cell_by_cell_and_an_empty_cell_is_not_nought() {
        let (statements, groups) =
            (vec![label("s1"), label("s2")], vec![label("youth"), label("police")]);
        let counts = [question("before", Kind::Counts { statements, groups, max: 20 })];
        let fields = [("before.s1.youth", "7"), ("before.s1.police", "0"), ("before.s2.youth", "")];
        assert_eq!(json(&read(&counts, &fields)), r#"{"before":{"s1":{"police":0,"youth":7}}}"#);
        let fields =
            [("before.s1.youth", "21"), ("before.s2.youth", "-1"), ("before.s2.police", "x")];
        let reading = read(&counts, &fields);
        let range = Wrong::OutOfRange { min: 0.0, max: 20.0 };
        assert_eq!(
            wrongs(&reading),
            [
                ("before.s1.youth", &range),
                ("before.s2.youth", &range),
                ("before.s2.police", &Wrong::NotANumber)
            ]
        );
        let kept: Answers = serde_json::from_str(r#"{"before":{"s1":{"youth":7}}}"#).unwrap();
        assert!(!kept.is_blank(), "counts are read back as counts");
    }

    #[test]
    fn a_gate_is_passed_with_a_yes_and_leaves_no_trace() {
        let gates = [question("ok", Kind::Consent), question("age", Kind::AgeGate)];
        let reading = read(&gates, &[("ok", "yes"), ("age", "yes")]);
        assert_eq!((json(&reading).as_str(), reading.complaints.len()), ("{}", 0));
        assert_eq!(
            wrongs(&read(&gates, &[("age", "no")])),
            [("ok", &Wrong::NoConsent), ("age", &Wrong::TooYoung)]
        );
        assert_eq!(
            wrongs(&read(&gates, &[("ok", "perhaps")])),
            [("ok", &Wrong::NoConsent), ("age", &Wrong::NoAge)]
        );
    }

    #[test]
    fn what_is_not_offered_is_not_taken() {
        let first = vec![choice("a", None), choice("b", None)];
        let then = vec![choice("a", Some("q1 = a")), choice("b", Some("q1 = b"))];
        let several = |choices, max| Kind::Multiple { choices, max, shuffle: false };
        let questions =
            [question("q1", several(first, None)), question("q2", several(then, Some(1)))];
        let reading = read(&questions, &[("q1", "a"), ("q2", "a"), ("q2", "b")]);
        assert_eq!(json(&reading), r#"{"q1":["a"],"q2":["a"]}"#);
        assert_eq!(reading.complaints, [], "what is not offered does not count to the most");
    }

    #[test]
    fn a_place_is_one_of_the_area_or_rather_not_said() {
        let place = [question("where", Kind::Place)];
        assert_eq!(json(&read(&place, &[("where", "quay")])), r#"{"where":"quay"}"#);
        assert_eq!(wrongs(&read(&place, &[("where", "north")])), [("where", &Wrong::NoSuchPlace)]);
        assert_eq!(read(&place, &[("where", ZONE_REFUSED)]).complaints, []);
    }

    #[test]
    fn photos_go_apart_with_their_stop_and_place_once_they_are_clear() {
        let inner = vec![question("where", Kind::Place), question("photo", Kind::Photo { max: 2 })];
        let stop = [question("stop", Kind::Group { questions: inner, max: 5 })];
        let sent = [
            ("stop.1.where", "quay"),
            ("stop.1.photo", "a"),
            ("stop.1.photo", "b"),
            ("_clear.stop.1.photo", "yes"),
        ];
        let reading = read(&stop, &sent);
        assert_eq!(reading.complaints, []);
        let [photos] = reading.photos.as_slice() else { panic!("{:?}", reading.photos) };
        assert_eq!((photos.number, photos.place.as_deref()), (Some(2), Some("quay")));
        assert_eq!(photos.tokens, ["a", "b"]);
        assert!(!json(&reading).contains("photo"), "no answer names them");
        let unclear = read(&stop, &[("stop.0.photo", "a")]);
        assert_eq!(wrongs(&unclear), [("stop.0.photo", &Wrong::PhotoNotClear)]);
        let three = ["a", "b", "c"].map(|token| ("stop.0.photo", token));
        let many = read(&stop, &three);
        let wrong = Wrong::TooMany { ticked: 3, max: 2 };
        assert_eq!(wrongs(&many), [("stop.0.photo", &wrong)]);
        assert_eq!((many.photos.len(), unclear.photos.len()), (0, 0));
    }

    #[test]
    fn words_that_name_somebody_are_asked_about_once() {
        let text = [question("idea", Kind::Text { max: 200, lint: true })];
        let written = ("idea", "ask Mrs Peeters");
        let what = vec![personal::Personal::Name];
        assert_eq!(wrongs(&read(&text, &[written])), [("idea", &Wrong::Personal { what })]);
        let sent = read(&text, &[written, (AS_IS, "yes")]);
        assert_eq!((sent.complaints.len(), sent.texts.len()), (0, 1));
        let loose = [question("idea", Kind::Text { max: 200, lint: false })];
        assert_eq!(read(&loose, &[written]).complaints, []);
    }
}
