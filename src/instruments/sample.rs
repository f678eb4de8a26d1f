//! A form filled in at random: valid, as a person might have done it. For tests and for the
//! invented answers of the demonstration.

use rand::Rng;
use rand::seq::{IndexedRandom, IteratorRandom};

use crate::domain::answer::{Answer, Answers, Ground};
use crate::domain::instrument::Instrument;
use crate::domain::question::{Band, Choice, Kind, Label, Question, ZONE_REFUSED};

/// How often a question is skipped, and how often an answer is "don't know" and the like.
const SKIPPED: f64 = 0.08;
const MISSING: f64 = 0.06;
/// The most repeats of a group that are filled in.
const REPEATS: usize = 5;
/// What is written where words are asked; none of it is about anybody.
const WORDS: [&str; 4] = ["more light", "a bench near the stop", "less litter", "quiet at night"];

/// Leans answers one way: given a question and its choices, the number of the one to take, or
/// `None` to leave it to chance. A zone has no choices: the number is that of the zone. A place is never leaned. A number
/// has its ways of not giving one as choices: the number is that of the band. On a multiple the
/// choice is ticked, and others perhaps with it. Free text is never leaned.
pub trait Lean: FnMut(&Question, &[Choice]) -> Option<usize> {}

impl<F: FnMut(&Question, &[Choice]) -> Option<usize>> Lean for F {}

/// A filled form: fields named as a form names them, `id` or `group.N.id`. Only what `show_if`
/// would ask is answered.
#[must_use]
pub fn sample(
    instrument: &Instrument,
    ground: &Ground<'_>,
    rng: &mut impl Rng,
) -> Vec<(String, String)> {
    sample_leaning(instrument, ground, rng, |_: &Question, _: &[Choice]| None)
}

/// The same with answers that lean one way.
#[must_use]
pub fn sample_leaning(
    instrument: &Instrument,
    ground: &Ground<'_>,
    rng: &mut impl Rng,
    lean: impl Lean,
) -> Vec<(String, String)> {
    let mut pen = Pen { ground, rng, lean, fields: Vec::new() };
    let questions: Vec<&Question> = instrument.questions().collect();
    pen.fill(&questions, "", &Answers::default());
    pen.fields
}

/// Somebody filling in a form.
struct Pen<'a, R, L> {
    ground: &'a Ground<'a>,
    rng: &'a mut R,
    lean: L,
    fields: Vec<(String, String)>,
}

impl<R: Rng, L: Lean> Pen<'_, R, L> {
    fn fill(&mut self, questions: &[&Question], prefix: &str, outside: &Answers) {
        let mut seen = outside.clone();
        for question in questions.iter().filter(|question| question.is_asked()) {
            if question.show_if.as_ref().is_some_and(|rule| !rule.holds(&seen)) {
                continue;
            }
            let field = format!("{prefix}{}", question.id);
            let answer = self.answer(question, &field, &seen);
            seen.0.insert(question.id.clone(), answer);
        }
    }

    /// Answers one question, on paper and for the rules that look back at it.
    fn answer(&mut self, question: &Question, field: &str, seen: &Answers) -> Answer {
        if matches!(question.kind, Kind::Consent | Kind::AgeGate) {
            return self.write(field, Some("yes".to_owned()));
        }
        let leaned = (self.lean)(question, question.choices());
        if leaned.is_none() && self.rng.random_bool(SKIPPED) {
            return Answer::Skipped;
        }
        let is_offered = |choice: &&Choice| choice.show_if.as_ref().is_none_or(|it| it.holds(seen));
        let offered: Vec<Choice> = question.choices().iter().filter(is_offered).cloned().collect();
        match &question.kind {
            Kind::Single { .. } | Kind::Scale { .. } | Kind::Faces { .. } => {
                let code = self.one(&offered, leaned);
                self.write(field, code)
            }
            Kind::Multiple { max, .. } => {
                let codes = self.several(&offered, max.unwrap_or(offered.len()), leaned);
                let written = codes.iter().map(|code| (field.to_owned(), code.clone()));
                self.fields.extend(written);
                if codes.is_empty() { Answer::Skipped } else { Answer::Codes(codes) }
            }
            Kind::Number { bands, choices, .. } => self.number(bands, choices, leaned, field),
            Kind::Zone => {
                let chosen = leaned.and_then(|number| self.ground.zones.get(number));
                let chosen = chosen.or_else(|| self.ground.zones.choose(self.rng)).copied();
                self.write(field, Some(chosen.unwrap_or(ZONE_REFUSED).to_owned()))
            }
            Kind::Place => {
                let known = self.ground.places();
                let chosen = known.choose(self.rng).copied().unwrap_or(ZONE_REFUSED);
                self.write(field, Some(chosen.to_owned()))
            }
            Kind::Rank { places, .. } => self.rank(&offered, *places, field),
            Kind::Counts { statements, groups, max } => {
                self.counts(statements, groups, *max, field)
            }
            Kind::Text { max, .. } => self.words(*max, field),
            Kind::Group { questions, max } => self.group(questions, *max, field, seen),
            Kind::Grid { .. }
            | Kind::Photo { .. }
            | Kind::Consent
            | Kind::AgeGate
            | Kind::Info { .. }
            | Kind::Weight => Answer::Skipped,
        }
    }

    /// The first few in some order.
    fn rank(&mut self, choices: &[Choice], places: usize, field: &str) -> Answer {
        let picked = choices.choose_multiple(self.rng, places);
        let codes: Vec<String> = picked.map(|choice| choice.code.clone()).collect();
        for (place, code) in (1..).zip(&codes) {
            self.fields.push((format!("{field}.{place}"), code.clone()));
        }
        if codes.is_empty() { Answer::Skipped } else { Answer::Codes(codes) }
    }

    /// People at every statement, as in a room with two sides.
    fn counts(&mut self, statements: &[Label], groups: &[Label], max: u32, field: &str) -> Answer {
        // One line alone asks how many there are; of those, some step over each line.
        let most = max.min(14);
        let range = if statements.len() == 1 { most.min(9)..=most } else { 0..=most.min(9) };
        for statement in statements {
            for group in groups {
                let people = self.rng.random_range(range.clone()).to_string();
                self.fields.push((format!("{field}.{}.{}", statement.code, group.code), people));
            }
        }
        Answer::Counts(std::collections::BTreeMap::new())
    }

    /// A few words; they are no answer that a rule could look at.
    fn words(&mut self, max: usize, field: &str) -> Answer {
        let fitting = WORDS.into_iter().filter(|words| words.len() <= max);
        let words = fitting.choose(self.rng).map(str::to_owned);
        self.write(field, words);
        Answer::Skipped
    }

    /// A few repeats; a rule sees that there are some.
    fn group(&mut self, questions: &[Question], max: usize, field: &str, seen: &Answers) -> Answer {
        let questions: Vec<&Question> = questions.iter().flat_map(Question::rows).collect();
        let before = self.fields.len();
        for number in 0..self.rng.random_range(1..=REPEATS).min(max) {
            self.fill(&questions, &format!("{field}.{number}."), seen);
        }
        if self.fields.len() > before { Answer::Group(Vec::new()) } else { Answer::Skipped }
    }

    fn write(&mut self, field: &str, code: Option<String>) -> Answer {
        let Some(code) = code else { return Answer::Skipped };
        self.fields.push((field.to_owned(), code.clone()));
        Answer::Code(code)
    }

    fn one(&mut self, choices: &[Choice], leaned: Option<usize>) -> Option<String> {
        if let Some(choice) = leaned.and_then(|number| choices.get(number)) {
            return Some(choice.code.clone());
        }
        let missing = self.rng.random_bool(MISSING);
        let likely = choices.iter().filter(|choice| choice.missing == missing);
        let chosen = likely.choose(self.rng).or_else(|| choices.choose(self.rng));
        chosen.map(|choice| choice.code.clone())
    }

    /// Ticks one, perhaps more; what is exclusive stays alone.
    fn several(&mut self, choices: &[Choice], max: usize, leaned: Option<usize>) -> Vec<String> {
        let first = self.one(choices, leaned);
        let first = choices.iter().find(|choice| first.as_ref() == Some(&choice.code));
        let Some(first) = first else { return Vec::new() };
        let is_alone = |choice: &Choice| choice.exclusive || choice.missing;
        let mut codes = vec![first.code.clone()];
        if !is_alone(first) {
            let others = choices.iter().filter(|choice| !is_alone(choice) && *choice != first);
            let more = self.rng.random_range(0..=max.saturating_sub(1).min(2));
            let others = others.choose_multiple(self.rng, more);
            codes.extend(others.into_iter().map(|choice| choice.code.clone()));
        }
        codes
    }

    fn number(
        &mut self,
        bands: &[Band],
        choices: &[Choice],
        leaned: Option<usize>,
        field: &str,
    ) -> Answer {
        if leaned.is_none() && !choices.is_empty() && self.rng.random_bool(MISSING) {
            let code = choices.choose(self.rng).map(|choice| choice.code.clone());
            return self.write(field, code);
        }
        let band = leaned.and_then(|number| bands.get(number));
        let Some(band) = band.or_else(|| bands.choose(self.rng)) else { return Answer::Skipped };
        let number = self.rng.random_range(band.from..=band.to).round().clamp(band.from, band.to);
        self.fields.push((field.to_owned(), number.to_string()));
        Answer::Number(number)
    }
}
