//! What is offered to choose from: the choices of a list, by a filter, with an "other".

use std::rc::Rc;

use super::ask::{Asked, Codes, from};
use super::columns::Line;
use super::export::ZONES;
use super::lists;
use super::report::short;
use super::rules::{Held, Takes};
use super::types::{From, Type};
use super::walk::Walk;
use super::xpath::Expr;
use crate::domain::condition::Rule;
use crate::domain::question::{Choice, Kind, Question};

/// The code of "other", and what it reads as in forms.
const OTHER: (&str, &str) = ("other", "Other");

impl<'a> Walk<'a> {
    /// The choices of a question by its list and its filter.
    pub(super) fn choices(
        &mut self,
        line: Line<'a>,
        from: From<'a>,
    ) -> Result<(Vec<Choice>, Codes), String> {
        let name = short(from.list);
        if from.list.contains("${") {
            return Err("choices cannot be taken from what was written in a repeat".to_owned());
        }
        let Some(list) = self.lists.used(from.list, &mut self.report) else {
            return Err(format!("there is no list {name}"));
        };
        if list.is_too_long {
            let most = lists::LONGEST;
            return Err(format!("the list {name} has more than {most} choices; ask for a place"));
        }
        let mut choices = list.choices.clone();
        let mut codes = Rc::clone(&list.codes);
        let filter = line.get("choice_filter").map(str::to_owned);
        let is_same = filter.as_deref() == line.get("miradouro_filter");
        if filter.is_none() || !is_same {
            for choice in &mut choices {
                choice.show_if = None;
            }
        }
        if let Some(filter) = filter.filter(|_| !is_same) {
            let rules = self.filtered(from.list, &filter);
            match rules {
                Ok(rules) => {
                    let mut rules = rules.into_iter();
                    choices.retain_mut(|choice| match rules.next() {
                        Some(Held::When(rule)) => {
                            choice.show_if = Self::simple(&rule);
                            true
                        }
                        Some(Held::Never) => false,
                        Some(Held::Always) | None => true,
                    });
                }
                Err(why) => {
                    let why = format!("{why}; so every choice is offered");
                    self.say(line, "choice_filter", why);
                }
            }
        }
        if from.or_other && !choices.iter().any(|choice| choice.code == OTHER.0) {
            let text = self.spoken.everywhere(OTHER.1);
            let (code, score, show_if) = (OTHER.0.to_owned(), None, None);
            let (missing, exclusive) = (false, false);
            choices.push(Choice { code, text, score, missing, exclusive, show_if });
            Rc::make_mut(&mut codes).push((OTHER.0.to_owned(), OTHER.0.to_owned()));
            self.say(line, "type", "the words of \"other\" stand there in English");
        }
        if choices.iter().filter(|choice| !choice.missing).count() < 2 {
            return Err(format!("the list {name} leaves fewer than two choices"));
        }
        Ok((choices, codes))
    }

    /// The rule of each choice by a filter.
    pub(super) fn filtered(&mut self, list: &str, filter: &str) -> Result<Vec<Held>, String> {
        let expr = Expr::read(filter)?;
        let Some(list) = self.lists.used(list, &mut self.report) else { return Ok(Vec::new()) };
        let each = (0..list.choices.len()).map(|number| {
            let own = expr.with(&|name| list.column(number, name));
            super::rules::rule(&own, &self.earlier)
        });
        each.collect()
    }

    /// The zones of an exported instrument are placeholders; whoever wrote their own must know that
    /// they belong to the collection.
    pub(super) fn zone(&mut self, line: Line<'a>, from: From<'a>) -> Asked {
        let list = self.lists.used(from.list, &mut self.report);
        let codes = list.map(|list| Rc::clone(&list.codes)).unwrap_or_default();
        let is_own = |name: &str| !ZONES.iter().any(|(code, _)| *code == name);
        if codes.iter().any(|(name, _)| is_own(name)) {
            self.say(line, "type", "the zones belong to the collection, not to the questions");
        }
        Asked { kind: Kind::Zone, takes: Takes::One, codes }
    }

    /// Room to say what "other" is.
    pub(super) fn other(&mut self, question: &Question) -> Question {
        let asked = question.id.clone();
        let rule = Rule::In { question: asked.clone(), codes: vec![OTHER.0.to_owned()] };
        Question {
            id: self.ids.id(&format!("{asked}_other")),
            meaning: 1,
            same_as: None,
            text: self.spoken.everywhere("[Other: what?]"),
            hint: None,
            kind: Kind::Text { max: 100, lint: true },
            show_if: Self::simple(&rule).or_else(|| question.show_if.clone()),
            sensitive: false,
            fold: None,
        }
    }

    /// Ways of not giving the number before.
    pub(super) fn instead(&mut self, line: Line<'a>, kind: Type<'a>) {
        let list = from(kind).and_then(|from| self.lists.used(from.list, &mut self.report));
        let list = list.map(|list| list.choices.clone());
        match (self.last().map(|last| &mut last.kind), list) {
            (Some(Kind::Number { choices, .. }), Some(list)) => *choices = list,
            _ => self.say(line, "type", "it stands after no number"),
        }
    }
}
