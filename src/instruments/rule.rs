//! What a `show_if` may name: questions that were asked before, and codes that exist.

use std::slice;

use super::lint::{Notes, Span};
use super::question::{Written, inside};
use super::roll::{Place, Roll};
use crate::domain::condition::{Condition, Rule};
use crate::domain::question::{Kind, Measure, Question};

/// One question a rule looks at, and what it wants of it.
struct Mention<'a> {
    question: &'a str,
    wants: Wants<'a>,
}

/// What a rule wants of a question.
enum Wants<'a> {
    /// One of these codes.
    Codes(&'a [String]),
    /// A number.
    Number,
    /// A count of ticks.
    Ticks,
    /// Any answer.
    Answer,
}

/// Checks every rule of a file. In a block (`is_block`) what is not there may stand in the
/// instrument that takes it.
pub(super) fn check(roll: &Roll<'_>, is_block: bool, notes: &mut Notes) {
    for (number, place) in roll.places.iter().enumerate() {
        for Written { condition, at, begins } in &place.asked.rules {
            let rule = Shown { roll, number, place, is_block, condition, at, begins: *begins };
            rule.check(notes);
        }
    }
}

/// One rule in its place.
struct Shown<'a> {
    roll: &'a Roll<'a>,
    number: usize,
    place: &'a Place<'a>,
    is_block: bool,
    condition: &'a Condition,
    at: &'a Span,
    begins: Option<usize>,
}

impl Shown<'_> {
    fn check(&self, notes: &mut Notes) {
        let text = self.condition.to_string();
        let mut mentions = Vec::new();
        collect(self.condition.rule(), &mut mentions);
        let mut next = 0;
        for mention in mentions {
            let offset = word(&text, mention.question, next);
            next = offset + mention.question.len();
            let at = inside(self.at, self.begins, offset);
            if let Some(question) = self.seen(mention.question, &at, notes) {
                self.fits(question, &mention.wants, &at, (&text, next), notes);
            }
            if let Wants::Codes(codes) = mention.wants {
                for code in codes {
                    next = word(&text, code, next) + code.len();
                }
            }
        }
    }

    /// The question a rule names, if it was asked before and could be read.
    fn seen(&self, id: &str, at: &Span, notes: &mut Notes) -> Option<&Question> {
        let own = &self.place.asked.question.id;
        let Some(other) = self.roll.find(id) else {
            if !self.is_block {
                notes.error(
                    at,
                    format!("show_if of {own} names {id}, and there is no such question"),
                );
            }
            return None;
        };
        let number = self.roll.places.iter().position(|place| place.asked.question.id == id);
        let why = if id == own {
            "which is the question itself"
        } else if number > Some(self.number) {
            "which comes later"
        } else if other.group.is_some() && other.group != self.place.group {
            "which stands inside a group"
        } else if Some(id) == self.place.group {
            "which is the group it stands in"
        } else if other.shuffled && other.section == self.place.section && other.group.is_none() {
            "which may come later, because the section is shuffled"
        } else if other.shuffled_grid.is_some() && other.shuffled_grid == self.place.shuffled_grid {
            "which may come later, because the grid is shuffled"
        } else {
            return other.asked.sound.then_some(&other.asked.question);
        };
        notes.error(at, format!("show_if of {own} names {id}, {why}"));
        None
    }

    fn fits(
        &self,
        question: &Question,
        wants: &Wants<'_>,
        at: &Span,
        (text, next): (&str, usize),
        notes: &mut Notes,
    ) {
        let id = &question.id;
        let is_group = matches!(question.kind, Kind::Group { .. } | Kind::Counts { .. });
        let is_number = matches!(question.measure(), Measure::Amount(_));
        let is_multiple = question.measure() == Measure::Several;
        if !question.is_kept() {
            let sentence = format!("a rule cannot look at {id}: it keeps no answer of its own");
            notes.error(at, sentence);
            return;
        }
        match wants {
            Wants::Ticks if !is_multiple => {
                notes.error(at, format!("count({id}) needs a question of kind multiple"));
            }
            Wants::Number if !is_number => {
                notes.error(at, format!("{id} is not a number, so nothing is above or below"));
            }
            Wants::Codes(_) if is_group => {
                notes.error(
                    at,
                    format!("{id} has no single answer; a rule can only ask answered({id})"),
                );
            }
            Wants::Codes(codes) => self.codes(question, codes, (text, next), notes),
            Wants::Answer | Wants::Ticks | Wants::Number => {}
        }
    }

    /// Every code must be a choice of the question; the zones are known only to the collection.
    fn codes(
        &self,
        question: &Question,
        codes: &[String],
        (text, mut next): (&str, usize),
        notes: &mut Notes,
    ) {
        for code in codes {
            let offset = word(text, code, next);
            next = offset + code.len();
            let is_known_later = matches!(question.measure(), Measure::Zone | Measure::Place);
            if !is_known_later && question.choice(code).is_none() {
                let at = inside(self.at, self.begins, offset);
                notes.error(&at, format!("{} has no choice {code}", question.id));
            }
        }
    }
}

fn collect<'a>(rule: &'a Rule, mentions: &mut Vec<Mention<'a>>) {
    let (question, wants) = match rule {
        Rule::All(rules) | Rule::Any(rules) => {
            for rule in rules {
                collect(rule, mentions);
            }
            return;
        }
        Rule::Not(rule) => return collect(rule, mentions),
        Rule::In { question, codes } => (question, Wants::Codes(codes)),
        Rule::Isnt { question, code } => (question, Wants::Codes(slice::from_ref(code))),
        Rule::Number { question, .. } => (question, Wants::Number),
        Rule::Count { question, .. } => (question, Wants::Ticks),
        Rule::Answered { question } => (question, Wants::Answer),
    };
    mentions.push(Mention { question, wants });
}

/// Where a whole word stands, from `next` on; `next` itself when it does not.
fn word(text: &str, word: &str, next: usize) -> usize {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let stands_alone = |at: &usize| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(joins) && !after.is_some_and(joins)
    };
    let found = text.match_indices(word).map(|(at, _)| at).filter(|at| *at >= next);
    found.into_iter().find(stands_alone).unwrap_or(next)
}
