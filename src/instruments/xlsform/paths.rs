//! Our rules as a form's expressions, and the names questions have there.
//!
//! A form knows fewer kinds than we do: a number with ways of not giving one becomes two questions,
//! and a count of groups becomes one question for each cell. Rules about them look at all of these.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::condition::{Comparison, Rule};
use crate::domain::instrument::Instrument;
use crate::domain::question::{Kind, Measure, Question};

use super::rules::sign;

/// Words that a form's own parts are called.
const TAKEN: [&str; 3] = ["meta", "instanceID", "instanceName"];

/// What every question is called in the form.
pub(super) struct Paths<'a> {
    asked: BTreeMap<&'a str, &'a Question>,
    names: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl<'a> Paths<'a> {
    /// Names for every question; ids keep theirs where a form allows it.
    pub(super) fn new(instrument: &'a Instrument) -> Self {
        let taken = TAKEN.map(str::to_owned).into_iter().collect();
        let mut paths = Self { asked: BTreeMap::new(), names: BTreeMap::new(), taken };
        let laid_out = instrument.laid_out();
        let all = laid_out.flat_map(|question| std::iter::once(question).chain(question.inner()));
        let all: Vec<&Question> = all.collect();
        for question in all.iter().flat_map(|question| grid_and_rows(question)) {
            paths.asked.insert(&question.id, question);
            paths.name(&question.id, &question.id);
        }
        for question in all {
            for piece in pieces(question).iter().filter(|piece| **piece != question.id) {
                paths.name(piece, piece);
            }
        }
        paths
    }

    /// Gives `key` a name of its own, as near to `wish` as can be.
    pub(super) fn name(&mut self, key: &str, wish: &str) -> String {
        let mut name = wish.to_owned();
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        self.names.insert(key.to_owned(), name.clone());
        name
    }

    /// The name something has in the form.
    pub(super) fn of(&self, key: &str) -> String {
        self.names.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    fn answer(&self, key: &str) -> String {
        format!("${{{}}}", self.of(key))
    }

    /// The expression that holds when the rule does.
    pub(super) fn relevant(&self, rule: &Rule) -> String {
        match rule {
            Rule::All(rules) => self.joined(rules, " and "),
            Rule::Any(rules) => self.joined(rules, " or "),
            Rule::Not(rule) => format!("not({})", self.relevant(rule)),
            Rule::In { question, codes } => {
                let each: Vec<String> =
                    codes.iter().map(|code| self.chosen(question, code)).collect();
                if each.len() > 1 { format!("({})", each.join(" or ")) } else { each.concat() }
            }
            Rule::Isnt { question, code } => {
                let chosen = self.chosen(question, code);
                format!("({} and not({chosen}))", self.answered(question))
            }
            Rule::Number { question, comparison, with } => {
                format!("{} {} {with}", self.answer(question), sign(*comparison))
            }
            Rule::Count { question, comparison, with } => self.count(question, *comparison, *with),
            Rule::Answered { question } => self.answered(question),
        }
    }

    fn joined(&self, rules: &[Rule], word: &str) -> String {
        let each: Vec<String> = rules.iter().map(|rule| self.relevant(rule)).collect();
        format!("({})", each.join(word))
    }

    fn kind(&self, question: &str) -> Option<&Kind> {
        self.asked.get(question).map(|question| &question.kind)
    }

    fn chosen(&self, question: &str, code: &str) -> String {
        let answer = self.answer(question);
        match self.asked.get(question).map(|asked| (asked.measure(), &asked.kind)) {
            Some((Measure::Several, Kind::Rank { places, .. })) => {
                let at = |place: usize| format!("selected-at({answer}, {place}) = '{code}'");
                let each: Vec<String> = (0..*places).map(at).collect();
                format!("({})", each.join(" or "))
            }
            Some((Measure::Several, _)) => format!("selected({answer}, '{code}')"),
            Some((Measure::Amount(_), _)) => {
                format!("{} = '{code}'", self.answer(&instead(question)))
            }
            Some((
                Measure::One
                | Measure::Steps
                | Measure::Zone
                | Measure::Place
                | Measure::Weight
                | Measure::Apart,
                _,
            ))
            | None => format!("{answer} = '{code}'"),
        }
    }

    /// A ranking in a form orders every choice; with us it names the first few.
    fn count(&self, question: &str, comparison: Comparison, with: f64) -> String {
        let answer = self.answer(question);
        let counted = format!("count-selected({answer})");
        let counted = match self.kind(question) {
            Some(Kind::Rank { places, .. }) => {
                format!("if({counted} > {places}, {places}, {counted})")
            }
            Some(_) | None => counted,
        };
        format!("{counted} {} {with}", sign(comparison))
    }

    fn answered(&self, question: &str) -> String {
        if let Some(Kind::Group { .. }) = self.kind(question) {
            return format!("count({}) > 0", self.answer(question));
        }
        let asked = self.asked.get(question);
        let pieces = asked.map_or_else(|| vec![question.to_owned()], |asked| pieces(asked));
        let filled = pieces.iter().map(|piece| format!("{} != ''", self.answer(piece)));
        let filled: Vec<String> = filled.collect();
        if filled.len() > 1 { format!("({})", filled.join(" or ")) } else { filled.concat() }
    }
}

/// What holds the answer to a question in a form: itself, and beside a number its ways of not
/// giving one; of a count of groups, its cells.
fn pieces(question: &Question) -> Vec<String> {
    let id = &question.id;
    if let Kind::Counts { statements, groups, .. } = &question.kind {
        let cells = statements.iter().flat_map(|statement| {
            groups.iter().map(|group| cell(id, &statement.code, &group.code))
        });
        return cells.collect();
    }
    let is_number = matches!(question.measure(), Measure::Amount(_));
    let beside = (is_number && !question.choices().is_empty()).then(|| instead(id));
    std::iter::once(id.clone()).chain(beside).collect()
}

/// A grid and its rows; any other question alone.
fn grid_and_rows(question: &Question) -> Vec<&Question> {
    let mut found = vec![question];
    if let Kind::Grid { questions, .. } = &question.kind {
        found.extend(questions);
    }
    found
}

/// The question that takes a number's ways of not giving one.
pub(super) fn instead(question: &str) -> String {
    format!("{question}_instead")
}

/// One cell of a count of groups.
pub(super) fn cell(question: &str, statement: &str, group: &str) -> String {
    format!("{question}_{statement}_{group}")
}
