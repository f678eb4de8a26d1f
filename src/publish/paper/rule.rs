//! A rule as a sentence above a question: "only if you chose “yes” at question 7".

use std::collections::BTreeMap;

use crate::domain::condition::{Comparison, Rule};
use crate::domain::instrument::Instrument;
use crate::domain::text::Lang;
use crate::words::{FormWords, PaperWords, fill};

/// Who says rules.
pub(super) struct Speaker<'a> {
    pub(super) instrument: &'a Instrument,
    pub(super) numbers: &'a BTreeMap<&'a str, String>,
    pub(super) lang: Lang,
    pub(super) form: &'a FormWords,
    pub(super) words: &'a PaperWords,
}

impl Speaker<'_> {
    /// A rule in words; nothing where a part of it cannot be said.
    pub(super) fn say(&self, rule: &Rule) -> String {
        let words = self.words;
        match rule {
            Rule::All(rules) => self.joined(rules, &self.form.and),
            Rule::Any(rules) => self.joined(rules, &self.form.or),
            Rule::Not(rule) => self.denied(rule),
            Rule::In { question, codes } => self.chosen(&words.only_if_chosen, question, codes),
            Rule::Isnt { question, code } => {
                self.chosen(&words.only_if_not_chosen, question, std::slice::from_ref(code))
            }
            Rule::Count { question, comparison, with } => {
                let least = match comparison {
                    Comparison::More => with + 1.0,
                    Comparison::AtLeast | Comparison::Equal => *with,
                    Comparison::Less | Comparison::AtMost | Comparison::NotEqual => 1.0,
                };
                let said = self.chosen(&words.only_if_some, question, &[]);
                fill(&said, &[("k", &least.to_string())])
            }
            Rule::Number { question, .. } | Rule::Answered { question } => {
                self.chosen(&words.only_if_answered, question, &[])
            }
        }
    }

    fn denied(&self, rule: &Rule) -> String {
        match rule {
            Rule::In { question, codes } => {
                self.chosen(&self.words.only_if_not_chosen, question, codes)
            }
            Rule::All(_)
            | Rule::Any(_)
            | Rule::Not(_)
            | Rule::Isnt { .. }
            | Rule::Number { .. }
            | Rule::Count { .. }
            | Rule::Answered { .. } => String::new(),
        }
    }

    fn joined(&self, rules: &[Rule], word: &str) -> String {
        let said = rules.iter().map(|rule| self.say(rule)).filter(|said| !said.is_empty());
        said.collect::<Vec<_>>().join(&format!(" {word} "))
    }

    fn chosen(&self, words: &str, question: &str, codes: &[String]) -> String {
        let number = self.numbers.get(question).map_or("", String::as_str);
        let Some(question) = self.instrument.question(question) else {
            return String::new();
        };
        let choices: Vec<String> = codes
            .iter()
            .filter_map(|code| question.choice(code))
            .map(|choice| fill(&self.form.quote, &[("text", choice.text.get(self.lang))]))
            .collect();
        let choices = choices.join(&format!(" {} ", self.form.or));
        fill(words, &[("choices", &choices), ("n", number)])
    }
}
