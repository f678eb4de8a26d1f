//! The columns of a file of rows: for every question one or several, each with the numbers that
//! stand in it and what they mean. A codebook says the same without the rows.
//!
//! Answers are written as numbers, which every program for statistics reads: 1 and up in the order
//! they are asked, below 0 what is no answer. What tells a person apart from others (who they are,
//! where they live) is kept apart from what they answered: see [`Part`].

use std::collections::BTreeSet;

use super::answer::{Answer, Answers};
use super::instrument::Instrument;
use super::question::{Band, Choice, Fold, Kind, Measure, Question, ZONE_REFUSED, band};
use super::text::{Lang, Text};

/// Asked and skipped.
pub const SKIPPED: i64 = -8;
/// Not asked.
pub const NOT_ASKED: i64 = -9;
/// Left out here, because everybody in a small class answered the same.
pub const WITHHELD: i64 = -7;

/// What the codes of the area are called.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Zones: code and name.
    pub zones: Vec<(String, String)>,
    /// Named places and streets; the zones stand in where there are none.
    pub places: Vec<(String, String)>,
}

/// The words for what an instrument has no words for.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Asked and skipped.
    pub skipped: Text,
    /// Not asked.
    pub not_asked: Text,
    /// Left out here.
    pub withheld: Text,
    /// One of several choices was ticked.
    pub ticked: Text,
    /// It was not.
    pub not_ticked: Text,
    /// Rather not say, of a zone or a place.
    pub refused: Text,
}

/// What a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who somebody is or where: at most two of these go into one file of rows.
    Person,
    /// What somebody answered.
    Answer,
    /// A survey weight.
    Weight,
    /// Asked again and again (at each stop, of each note), or of a group: in no file of rows.
    Repeated,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The name of the column: lower-case letters, digits and `_`, and no word that a program for
    /// statistics keeps for itself.
    pub name: String,
    /// The question it comes from.
    pub question: String,
    /// What it is about.
    pub part: Part,
    /// What is asked, with the heading of its grid; of one choice of several, the choice too.
    pub label: Text,
    /// What its numbers stand for, in order; none for a weight.
    pub values: Vec<Value>,
    /// Whether its numbers are steps of an order.
    pub is_ordered: bool,
    /// When it is asked; always, without one.
    pub asked_when: Option<String>,
    /// Raised by a change of meaning or scale.
    pub meaning: u32,
    /// `instrument/question` it asks the same as.
    pub same_as: Option<String>,
    reads: Reads,
}

/// A number and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The number in the column.
    pub number: i64,
    /// The code of the instrument; of answers that are counted together all their codes, joined by
    /// `+`.
    pub code: String,
    /// How it reads.
    pub label: Text,
    /// Its place on a scale, from 0.
    pub score: Option<f64>,
    /// Whether it is no answer.
    pub is_missing: bool,
}

/// How an answer becomes a number.
#[derive(Debug, Clone, PartialEq)]
enum Reads {
    /// The number of its code.
    Code,
    /// The number of the band it falls into.
    Band(Vec<Band>),
    /// Whether this choice is among those ticked.
    Ticked(String),
    /// The choice at this place of a ranking, from 0.
    Place(usize),
    /// Its own number; not in the list of values.
    Weight,
}

/// Words that SPSS keeps for itself.
const RESERVED: [&str; 13] =
    ["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"];
/// The columns every file of rows begins with.
pub const OWN: [&str; 2] = ["row_id", "export_id"];
/// The longest name of a column, in letters.
const LONGEST: usize = 60;

/// Every column that the answers to an instrument can fill, in the order of its questions. Words,
/// photos and gates have none; a number stands in its bands only.
#[must_use]
pub fn variables(instrument: &Instrument, names: &Names, said: &Said) -> Vec<Variable> {
    let about_people = about_people(instrument);
    let mut all = Vec::new();
    let mut taken: BTreeSet<String> = OWN.into_iter().chain(RESERVED).map(str::to_owned).collect();
    for question in instrument.questions() {
        let part = match question.kind {
            _ if about_people.contains(&question.id) => Part::Person,
            Kind::Weight => Part::Weight,
            Kind::Group { .. } | Kind::Counts { .. } => Part::Repeated,
            Kind::Single { .. }
            | Kind::Multiple { .. }
            | Kind::Scale { .. }
            | Kind::Faces { .. }
            | Kind::Grid { .. }
            | Kind::Number { .. }
            | Kind::Text { .. }
            | Kind::Zone
            | Kind::Place
            | Kind::Photo { .. }
            | Kind::Rank { .. }
            | Kind::Consent
            | Kind::AgeGate
            | Kind::Info { .. } => Part::Answer,
        };
        let made = Making { instrument, names, said, part };
        made.columns(question, &mut taken, &mut all);
        let made = Making { part: Part::Repeated, ..made };
        for inner in question.inner().iter().flat_map(Question::rows) {
            made.columns(inner, &mut taken, &mut all);
        }
    }
    all
}

/// The questions about who somebody is or where: zones and places, those that tables may be broken
/// down by and what is asked beside them, and those whose id begins with `d_`.
#[must_use]
pub fn about_people(instrument: &Instrument) -> BTreeSet<String> {
    let is_breakdown = |question: &Question| instrument.breakdown(&question.id).is_some();
    let mut found = BTreeSet::new();
    for section in &instrument.sections {
        let all: Vec<&Question> = section.questions.iter().flat_map(Question::rows).collect();
        let beside = all.iter().any(|question| is_breakdown(question));
        for question in all {
            let is_where = matches!(question.measure(), Measure::Zone | Measure::Place);
            let is_weight = question.measure() == Measure::Weight;
            if (beside && !is_weight) || is_where || question.id.starts_with("d_") {
                found.insert(question.id.clone());
            }
        }
    }
    found
}

/// The questions that may be an identifier in a file of rows: about a person, and coarse. A named
/// place is too fine, and several ticks are several identifiers.
#[must_use]
pub fn identifiers(instrument: &Instrument) -> Vec<&Question> {
    let about_people = about_people(instrument);
    let is_coarse = |question: &&Question| match question.measure() {
        Measure::One | Measure::Steps | Measure::Zone => true,
        Measure::Amount(amount) => !amount.bands.is_empty(),
        Measure::Several | Measure::Place | Measure::Weight | Measure::Apart => false,
    };
    let all = instrument.questions().filter(|question| about_people.contains(&question.id));
    all.filter(is_coarse).collect()
}

struct Making<'a> {
    instrument: &'a Instrument,
    names: &'a Names,
    said: &'a Said,
    part: Part,
}

impl Making<'_> {
    /// The columns of one question.
    fn columns(&self, question: &Question, taken: &mut BTreeSet<String>, all: &mut Vec<Variable>) {
        let mut add = |name: &str, label: Text, values: Vec<Value>, is_ordered, reads| {
            all.push(Variable {
                name: free(name, taken),
                question: question.id.clone(),
                part: self.part,
                label,
                values,
                is_ordered,
                asked_when: question.show_if.as_ref().map(ToString::to_string),
                meaning: question.meaning,
                same_as: question.same_as.clone(),
                reads,
            });
        };
        let (id, asked) = (question.id.as_str(), self.asked(question));
        if let Kind::Rank { places, choices, .. } = &question.kind {
            for place in 0..*places {
                let name = format!("{id}_{}", place + 1);
                let label = each(|lang| format!("{} ({})", asked.get(lang), place + 1), &asked);
                let values = self.with_none(choices_of(choices, None));
                add(&name, label, values, false, Reads::Place(place));
            }
            return;
        }
        match question.measure() {
            Measure::One | Measure::Steps => {
                let fold = question.fold.as_ref().filter(|_| question.sensitive);
                let values = self.with_none(choices_of(question.choices(), fold));
                let is_ordered = question.measure() == Measure::Steps;
                add(id, asked, values, is_ordered, Reads::Code);
            }
            Measure::Several => {
                for choice in question.choices().iter().filter(|choice| !choice.missing) {
                    let name = format!("{id}_{}", choice.code);
                    let label = joined(&asked, &choice.text, ": ");
                    let values = self.ticks(question.choices());
                    add(&name, label, values, false, Reads::Ticked(choice.code.clone()));
                }
            }
            Measure::Amount(amount) if !amount.bands.is_empty() => {
                let bands = amount.bands.iter().zip(1..).map(|(band, number)| Value {
                    number,
                    code: band.code.clone(),
                    label: band.text.clone(),
                    score: band.score,
                    is_missing: false,
                });
                let values = bands.chain(missing(question.choices())).collect();
                let reads = Reads::Band(amount.bands.to_vec());
                add(id, asked, self.with_none(values), true, reads);
            }
            Measure::Zone => add(id, asked, self.area(&self.names.zones), false, Reads::Code),
            Measure::Place => {
                let Names { zones, places } = self.names;
                let values = self.area(if places.is_empty() { zones } else { places });
                add(id, asked, values, false, Reads::Code);
            }
            Measure::Weight => add(id, asked, Vec::new(), false, Reads::Weight),
            Measure::Amount(_) | Measure::Apart => {}
        }
    }

    /// What is asked, under the heading of its grid.
    fn asked(&self, question: &Question) -> Text {
        match self.instrument.grid_of(&question.id) {
            Some(grid) => joined(&grid.text, &question.text, " – "),
            None => question.text.clone(),
        }
    }

    /// One choice of several: not ticked, ticked, and the ways of not answering.
    fn ticks(&self, choices: &[Choice]) -> Vec<Value> {
        let tick = |number, code: &str, label: &Text| Value {
            number,
            code: code.to_owned(),
            label: label.clone(),
            score: None,
            is_missing: false,
        };
        let mut values = vec![
            tick(0, "not_ticked", &self.said.not_ticked),
            tick(1, "ticked", &self.said.ticked),
        ];
        values.extend(missing(choices));
        self.with_none(values)
    }

    /// Codes of the area with their names, and rather not say.
    fn area(&self, names: &[(String, String)]) -> Vec<Value> {
        let named = names.iter().zip(1..).map(|((code, name), number)| Value {
            number,
            code: code.clone(),
            label: Text::name(name),
            score: None,
            is_missing: false,
        });
        let mut values: Vec<Value> = named.collect();
        values.push(none(-1, ZONE_REFUSED, &self.said.refused));
        self.with_none(values)
    }

    /// The same with skipped, not asked and left out.
    fn with_none(&self, mut values: Vec<Value>) -> Vec<Value> {
        values.push(none(WITHHELD, "withheld", &self.said.withheld));
        values.push(none(SKIPPED, "skipped", &self.said.skipped));
        values.push(none(NOT_ASKED, "not_asked", &self.said.not_asked));
        values
    }
}

fn none(number: i64, code: &str, label: &Text) -> Value {
    let (code, label) = (code.to_owned(), label.clone());
    Value { number, code, label, score: None, is_missing: true }
}

/// The answers among some choices, folded where they fold, then the ways of not answering.
fn choices_of(choices: &[Choice], fold: Option<&Fold>) -> Vec<Value> {
    let valid: Vec<&Choice> = choices.iter().filter(|choice| !choice.missing).collect();
    let mut values: Vec<Value> = match fold {
        Some(fold) => [&fold.low, &fold.middle, &fold.high]
            .into_iter()
            .filter_map(|codes| folded(&valid, codes))
            .collect(),
        None => valid
            .iter()
            .filter_map(|choice| folded(&valid, std::slice::from_ref(&choice.code)))
            .collect(),
    };
    for (value, number) in values.iter_mut().zip(1..) {
        value.number = number;
    }
    values.extend(missing(choices));
    values
}

/// Answers that count as one.
fn folded(valid: &[&Choice], codes: &[String]) -> Option<Value> {
    let mut those = valid.iter().filter(|choice| codes.contains(&choice.code));
    let first = those.next()?;
    let mut value = Value {
        number: 0,
        code: first.code.clone(),
        label: first.text.clone(),
        score: first.score,
        is_missing: false,
    };
    for next in those {
        value.code = format!("{}+{}", value.code, next.code);
        value.label = joined(&value.label, &next.text, " / ");
        value.score = None;
    }
    Some(value)
}

/// The ways of not answering: -1 and down, past the numbers that every column has.
fn missing(choices: &[Choice]) -> impl Iterator<Item = Value> {
    let numbers = (1..).map(|n: i64| -n).filter(|n| ![WITHHELD, SKIPPED, NOT_ASKED].contains(n));
    let flagged = choices.iter().filter(|choice| choice.missing);
    flagged.zip(numbers).map(|(choice, number)| none(number, &choice.code, &choice.text))
}

/// Two texts in every language that either has.
fn joined(before: &Text, after: &Text, between: &str) -> Text {
    each(|lang| format!("{}{between}{}", before.get(lang), after.get(lang)), before)
}

/// A text in the languages of another.
fn each(say: impl Fn(Lang) -> String, like: &Text) -> Text {
    Text(like.0.keys().map(|lang| (*lang, say(*lang))).collect())
}

/// A name that no column and no program has yet.
fn free(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let short: String = wanted.chars().take(LONGEST).collect();
    let later = (2..).map(|n: u32| format!("{short}_{n}"));
    let mut names = std::iter::once(short.clone()).chain(later);
    let name = names.find(|name| !taken.contains(name)).unwrap_or(short);
    taken.insert(name.clone());
    name
}

impl Variable {
    /// What the numbers stand for that are answers.
    pub fn valid(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(|value| !value.is_missing)
    }

    /// The number that stands for this answer. Nothing for a weight, which is its own number.
    #[must_use]
    pub fn number(&self, answers: &Answers) -> i64 {
        let Some(answer) = answers.0.get(&self.question) else { return NOT_ASKED };
        let missing = |code: &str| self.of_code(code).filter(|value| value.is_missing);
        let number = match (answer, &self.reads) {
            (Answer::Skipped, _) => return SKIPPED,
            (Answer::Code(code), Reads::Code | Reads::Band(_)) => self.of_code(code),
            (Answer::Number(number), Reads::Band(bands)) => {
                band(bands, *number).and_then(|band| self.of_code(&band.code))
            }
            (Answer::Codes(codes), Reads::Ticked(own)) => {
                let refused = codes.iter().find_map(|code| missing(code));
                let ticked = i64::from(codes.contains(own));
                return refused.map_or(ticked, |value| value.number);
            }
            (Answer::Code(code), Reads::Ticked(own)) => {
                return missing(code).map_or(i64::from(code == own), |value| value.number);
            }
            (Answer::Codes(codes), Reads::Place(place)) => {
                codes.get(*place).and_then(|code| self.of_code(code))
            }
            (
                Answer::Code(_)
                | Answer::Codes(_)
                | Answer::Number(_)
                | Answer::Group(_)
                | Answer::Counts(_),
                Reads::Code | Reads::Band(_) | Reads::Ticked(_) | Reads::Place(_) | Reads::Weight,
            ) => None,
        };
        number.map_or(SKIPPED, |value| value.number)
    }

    /// The weight of a response.
    #[must_use]
    pub fn weight(&self, answers: &Answers) -> Option<f64> {
        let answer = answers.0.get(&self.question).filter(|_| self.reads == Reads::Weight);
        if let Some(Answer::Number(weight)) = answer { Some(*weight) } else { None }
    }

    fn of_code(&self, code: &str) -> Option<&Value> {
        self.values.iter().find(|value| value.code.split('+').any(|own| own == code))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn text(words: &str) -> Text {
        Text([(Lang::En, words.to_owned()), (Lang::Nl, format!("{words} (nl)"))].into())
    }

    fn choice(code: &str, missing: bool) -> Choice {
        Choice {
            code: code.to_owned(),
            text: text(code),
            score: None,
            missing,
            exclusive: false,
            show_if: None,
        }
    }

    fn question(id: &str, kind: Kind) -> Question {
        Question {
            id: id.to_owned(),
            meaning: 1,
            same_as: None,
            text: text(id),
            hint: None,
            kind,
            show_if: None,
            sensitive: false,
            fold: None,
        }
    }

    /// An instrument of every kind that has columns.
    pub(crate) fn every_kind() -> Instrument {
        let choices = || vec![choice("low", false), choice("high", false), choice("refused", true)];
        let five = ["v1", "v2", "v3", "v4", "v5"];
        let scale =
            Kind::Scale { scale: None, choices: five.map(|code| choice(code, false)).to_vec() };
        let fold = Fold {
            low: vec!["v1".to_owned(), "v2".to_owned()],
            middle: vec!["v3".to_owned()],
            high: vec!["v4".to_owned(), "v5".to_owned()],
        };
        let hurt = Question { sensitive: true, fold: Some(fold), ..question("hurt", scale) };
        let bands = [("few", 0.0, 4.0), ("many", 5.0, 10.0)].map(|(code, from, to)| Band {
            code: code.to_owned(),
            text: text(code),
            from,
            to,
            score: None,
        });
        let number = Kind::Number {
            min: 0.0,
            max: 10.0,
            bands: bands.to_vec(),
            choices: vec![choice("unknown", true)],
        };
        let section = |id: &str, questions: Vec<Question>| super::super::instrument::Section {
            id: id.to_owned(),
            title: Text::default(),
            hint: None,
            shuffle: false,
            questions,
        };
        let mut instrument: Instrument =
            serde_json::from_str(include_str!("../../tests/surveys/published/pulse2.json"))
                .unwrap();
        instrument.breakdowns = vec![super::super::instrument::Breakdown {
            by: "age".to_owned(),
            merge: super::super::instrument::Merge::Neighbour,
        }];
        instrument.languages = vec![Lang::En, Lang::Nl];
        instrument.sections = vec![
            section(
                "who",
                vec![
                    question("age", Kind::Single { choices: choices(), shuffle: false }),
                    question("job", Kind::Single { choices: choices(), shuffle: false }),
                    question("weight", Kind::Weight),
                ],
            ),
            section(
                "what",
                vec![
                    question("and", Kind::Single { choices: choices(), shuffle: false }),
                    question(
                        "many",
                        Kind::Multiple { choices: choices(), max: None, shuffle: false },
                    ),
                    question("amount", number),
                    hurt,
                    question("where", Kind::Zone),
                    question("first", Kind::Rank { choices: choices(), places: 2, shuffle: false }),
                    question("words", Kind::Text { max: 100, lint: false }),
                ],
            ),
        ];
        instrument
    }

    fn answers(json: &str) -> Answers {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_question_has_its_columns_and_every_answer_its_number() {
        let names = Names { zones: vec![("n".to_owned(), "North".to_owned())], places: vec![] };
        let all = variables(&every_kind(), &names, &Said::default());
        let named: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        let expected = [
            "age",
            "job",
            "weight",
            "and_2",
            "many_low",
            "many_high",
            "amount",
            "hurt",
            "where",
            "first_1",
            "first_2",
        ];
        assert_eq!(named, expected, "words are in no column, and `and` is SPSS's own");
        let given = answers(
            r#"{"age":"high","job":null,"weight":1.5,"and":"refused","many":["high"],"amount":5,
                "hurt":"v4","where":"n","first":["high"]}"#,
        );
        let numbers: Vec<i64> = all.iter().map(|one| one.number(&given)).collect();
        assert_eq!(numbers, [2, SKIPPED, SKIPPED, -1, 0, 1, 2, 3, 1, 2, SKIPPED]);
        assert_eq!(all[2].weight(&given), Some(1.5));
        let other = answers(r#"{"many":["refused"],"amount":"unknown","where":"rather_not_say"}"#);
        let numbers: Vec<i64> = all[3..9].iter().map(|one| one.number(&other)).collect();
        assert_eq!(numbers, [NOT_ASKED, -1, -1, -1, NOT_ASKED, -1]);
        let hurt: Vec<&str> = all[7].valid().map(|value| value.code.as_str()).collect();
        assert_eq!(hurt, ["v1+v2", "v3", "v4+v5"], "a sensitive question is folded");
        assert_eq!(all[7].values[0].label.get(Lang::Nl), "v1 (nl) / v2 (nl)");
        for one in &all {
            let mut numbers: Vec<i64> = one.values.iter().map(|value| value.number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), one.values.len(), "{}", one.name);
            assert!(one.values.iter().all(|value| value.is_missing == (value.number < 0)));
        }
    }

    #[test]
    fn who_somebody_is_stands_apart() {
        let instrument = every_kind();
        let about: Vec<String> = about_people(&instrument).into_iter().collect();
        assert_eq!(about, ["age", "job", "where"]);
        let may: Vec<&str> = identifiers(&instrument).iter().map(|one| one.id.as_str()).collect();
        assert_eq!(may, ["age", "job", "where"]);
    }
}
