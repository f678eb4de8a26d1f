//! A rule as a sentence for whoever fills in: "only if you answered “yes” to …", on a screen and on
//! paper alike.
//!
//! What is said is never narrower than the rule: nobody leaves out a question that is theirs because
//! half a rule could be said. A question that was answered in vain is dropped when it is read.

use std::collections::BTreeMap;

use super::{FormWords, PaperWords, fill};
use crate::domain::condition::{Comparison, Rule};
use crate::domain::instrument::Instrument;
use crate::domain::text::Lang;

/// The sentences rules are said with.
#[derive(Debug, Clone, Copy)]
struct Sentences<'a> {
    chosen: &'a str,
    not_chosen: &'a str,
    answered: &'a str,
    some: &'a str,
}

/// Who says the rules of an instrument in a language.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    instrument: &'a Instrument,
    lang: Lang,
    form: &'a FormWords,
    sentences: Sentences<'a>,
    numbers: Option<&'a BTreeMap<&'a str, String>>,
}

impl<'a> Speaker<'a> {
    /// On a screen: questions are called by their words.
    #[must_use]
    pub fn on_screen(instrument: &'a Instrument, lang: Lang, form: &'a FormWords) -> Self {
        let sentences = Sentences {
            chosen: &form.only_if_chosen,
            not_chosen: &form.only_if_not_chosen,
            answered: &form.only_if_answered,
            some: &form.only_if_some,
        };
        Self { instrument, lang, form, sentences, numbers: None }
    }

    /// On paper: questions are called by their printed numbers.
    #[must_use]
    pub fn on_paper(
        (instrument, lang): (&'a Instrument, Lang),
        (form, words): (&'a FormWords, &'a PaperWords),
        numbers: &'a BTreeMap<&'a str, String>,
    ) -> Self {
        let sentences = Sentences {
            chosen: &words.only_if_chosen,
            not_chosen: &words.only_if_not_chosen,
            answered: &words.only_if_answered,
            some: &words.only_if_some,
        };
        Self { instrument, lang, form, sentences, numbers: Some(numbers) }
    }

    /// The rule in words; nothing where no sentence is wide enough for it.
    #[must_use]
    pub fn say(&self, rule: &Rule) -> Option<String> {
        let words = self.sentences;
        match rule {
            // Less than all may be said: whoever answers in vain loses nothing.
            Rule::All(rules) => {
                let said: Vec<String> = rules.iter().filter_map(|rule| self.say(rule)).collect();
                (!said.is_empty()).then(|| said.join(&format!(" {} ", self.form.and)))
            }
            // Less than any may not.
            Rule::Any(rules) => {
                let said: Option<Vec<String>> = rules.iter().map(|rule| self.say(rule)).collect();
                said.map(|said| said.join(&format!(" {} ", self.form.or)))
            }
            Rule::Not(rule) => self.denied(rule),
            Rule::In { question, codes } => self.chosen(words.chosen, question, codes),
            Rule::Isnt { question, code } => {
                self.chosen(words.not_chosen, question, std::slice::from_ref(code))
            }
            Rule::Count { question, comparison, with } => {
                let least = at_least(*comparison, *with)?;
                Some(fill(&self.about(words.some, question)?, &[("k", &least.to_string())]))
            }
            Rule::Number { question, .. } | Rule::Answered { question } => {
                self.about(words.answered, question)
            }
        }
    }

    fn denied(&self, rule: &Rule) -> Option<String> {
        match rule {
            Rule::In { question, codes } => self.chosen(self.sentences.not_chosen, question, codes),
            Rule::Not(rule) => self.say(rule),
            Rule::All(_)
            | Rule::Any(_)
            | Rule::Isnt { .. }
            | Rule::Number { .. }
            | Rule::Count { .. }
            | Rule::Answered { .. } => None,
        }
    }

    /// A sentence about some of the choices of a question.
    fn chosen(&self, words: &str, question: &str, codes: &[String]) -> Option<String> {
        let asked = self.instrument.question(question)?;
        let quoted = |code: &String| {
            let choice = asked.choice(code)?;
            Some(fill(&self.form.quote, &[("text", choice.text.get(self.lang))]))
        };
        let choices: Option<Vec<String>> = codes.iter().map(quoted).collect();
        let choices = choices?.join(&format!(" {} ", self.form.or));
        Some(fill(&self.about(words, question)?, &[("choices", &choices)]))
    }

    /// A sentence about a question, by its words or by its number.
    fn about(&self, words: &str, question: &str) -> Option<String> {
        let asked = self.instrument.question(question)?;
        let number = match self.numbers {
            Some(numbers) => numbers.get(question)?.as_str(),
            None => "",
        };
        Some(fill(words, &[("question", asked.text.get(self.lang)), ("n", number)]))
    }
}

/// How many ticks a count asks for at the least; nothing where fewer would do as well.
fn at_least(comparison: Comparison, with: f64) -> Option<f64> {
    let least = match comparison {
        Comparison::More => with.floor() + 1.0,
        Comparison::AtLeast | Comparison::Equal => with.ceil(),
        Comparison::Less | Comparison::AtMost | Comparison::NotEqual => return None,
    };
    (least >= 1.0).then_some(least)
}
