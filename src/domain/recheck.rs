//! Two entries of one sheet: where they differ, and what is right after somebody looked.
//!
//! Answers are compared one by one, at the stops of a walk and in the cells of a count too. What was
//! not asked and what was skipped is the same here: nothing was ticked on paper.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Answer, Answers};
use super::instrument::Instrument;
use super::question::{Kind, Question};

/// One answer that was typed in two ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where it stands: `f1`, `stop.0.w_light`, `before.s1.youth`.
    pub field: String,
    /// The question.
    pub question: String,
    /// What the first person typed; nothing where it was left blank.
    pub first: Option<Answer>,
    /// What the second person typed.
    pub second: Option<Answer>,
}

/// Two entries side by side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compared {
    /// The question of every answer that is the same in both.
    pub same: Vec<String>,
    /// Every answer that is not.
    pub different: Vec<Difference>,
}

/// Compares two entries.
#[must_use]
pub fn compare(first: &Answers, second: &Answers) -> Compared {
    let (one, other) = (flat(first), flat(second));
    let fields: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let mut compared = Compared::default();
    for field in fields {
        let (first, second) = (one.get(field), other.get(field));
        let question = first.or(second).map_or("", |(question, _)| question).to_owned();
        if first == second {
            compared.same.push(question);
            continue;
        }
        let answer = |found: Option<&(String, Answer)>| found.map(|(_, answer)| answer.clone());
        let (first, second) = (answer(first), answer(second));
        compared.different.push(Difference { field: field.clone(), question, first, second });
    }
    compared
}

/// Every single answer by its field, with its question; what was skipped is not there.
fn flat(answers: &Answers) -> BTreeMap<String, (String, Answer)> {
    let mut found = BTreeMap::new();
    flatten(answers, "", &mut found);
    found
}

fn flatten(answers: &Answers, prefix: &str, found: &mut BTreeMap<String, (String, Answer)>) {
    for (question, answer) in &answers.0 {
        let field = format!("{prefix}{question}");
        match answer {
            Answer::Skipped => {}
            Answer::Code(_) | Answer::Number(_) | Answer::Codes(_) => {
                found.insert(field, (question.clone(), answer.clone()));
            }
            Answer::Group(rows) => {
                for (number, row) in rows.iter().enumerate() {
                    flatten(row, &format!("{field}.{number}."), found);
                }
            }
            Answer::Counts(statements) => {
                for (statement, groups) in statements {
                    for (group, people) in groups {
                        let cell = format!("{field}.{statement}.{group}");
                        let people = Answer::Number(f64::from(*people));
                        found.insert(cell, (question.clone(), people));
                    }
                }
            }
        }
    }
}

/// The answers that are right: the first entry, with the second's where that one is right.
#[must_use]
pub fn settled(first: &Answers, second: &Answers, second_right: &BTreeSet<String>) -> Answers {
    merged(first, second, "", second_right)
}

fn merged(first: &Answers, second: &Answers, prefix: &str, right: &BTreeSet<String>) -> Answers {
    let questions: BTreeSet<&String> = first.0.keys().chain(second.0.keys()).collect();
    let mut answers = Answers::default();
    for question in questions {
        let field = format!("{prefix}{question}");
        let both = (first.0.get(question), second.0.get(question));
        if let Some(answer) = one(both, &field, right) {
            answers.0.insert(question.clone(), answer);
        }
    }
    answers
}

fn one(
    both: (Option<&Answer>, Option<&Answer>),
    field: &str,
    right: &BTreeSet<String>,
) -> Option<Answer> {
    let (first, second) = both;
    if let Some((one, other)) = rows(first).zip(rows(second)).filter(|_| is_group(both)) {
        let none = Answers::default();
        let row = |number: usize| {
            let (one, other) = (one.get(number), other.get(number));
            let prefix = format!("{field}.{number}.");
            merged(one.unwrap_or(&none), other.unwrap_or(&none), &prefix, right)
        };
        let mut rows: Vec<Answers> = (0..one.len().max(other.len())).map(row).collect();
        while rows.last().is_some_and(Answers::is_blank) {
            rows.pop();
        }
        return Some(Answer::Group(rows));
    }
    if let Some((one, other)) = cells(first).zip(cells(second)).filter(|_| is_counts(both)) {
        let mut merged: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        let all: BTreeSet<&(String, String)> = one.keys().chain(other.keys()).collect();
        for cell @ (statement, group) in all {
            let path = format!("{field}.{statement}.{group}");
            let taken = if right.contains(&path) { other.get(cell) } else { one.get(cell) };
            if let Some(people) = taken {
                merged.entry(statement.clone()).or_default().insert(group.clone(), *people);
            }
        }
        return Some(if merged.is_empty() { Answer::Skipped } else { Answer::Counts(merged) });
    }
    if right.contains(field) { second.cloned() } else { first.cloned() }
}

const fn is_group((first, second): (Option<&Answer>, Option<&Answer>)) -> bool {
    matches!(first, Some(Answer::Group(_))) || matches!(second, Some(Answer::Group(_)))
}

const fn is_counts((first, second): (Option<&Answer>, Option<&Answer>)) -> bool {
    matches!(first, Some(Answer::Counts(_))) || matches!(second, Some(Answer::Counts(_)))
}

fn rows(answer: Option<&Answer>) -> Option<&[Answers]> {
    match answer {
        Some(Answer::Group(rows)) => Some(rows),
        Some(Answer::Skipped) | None => Some(&[]),
        Some(Answer::Code(_) | Answer::Number(_) | Answer::Codes(_) | Answer::Counts(_)) => None,
    }
}

fn cells(answer: Option<&Answer>) -> Option<BTreeMap<(String, String), u32>> {
    match answer {
        Some(Answer::Counts(statements)) => Some(
            statements
                .iter()
                .flat_map(|(statement, groups)| {
                    groups.iter().map(|(group, n)| ((statement.clone(), group.clone()), *n))
                })
                .collect(),
        ),
        Some(Answer::Skipped) | None => Some(BTreeMap::new()),
        Some(Answer::Code(_) | Answer::Number(_) | Answer::Codes(_) | Answer::Group(_)) => None,
    }
}

impl Instrument {
    /// Answers without those to questions that these answers do not ask: after a correction the
    /// way through the sheet may be another one. What is asked now and has no answer is skipped.
    #[must_use]
    pub fn only_asked(&self, answers: &Answers) -> Answers {
        let questions: Vec<&Question> = self.questions().collect();
        asked(&questions, answers, &Answers::default())
    }
}

fn asked(questions: &[&Question], answers: &Answers, outside: &Answers) -> Answers {
    let mut seen = outside.clone();
    let mut kept = Answers::default();
    for question in questions {
        let is_asked = question.show_if.as_ref().is_none_or(|rule| rule.holds(&seen));
        if !is_asked || !question.is_kept() {
            continue;
        }
        let answer = answers.0.get(&question.id).cloned().unwrap_or(Answer::Skipped);
        let answer = match (&question.kind, answer) {
            (Kind::Group { questions, .. }, Answer::Group(rows)) => {
                let inner: Vec<&Question> = questions.iter().flat_map(Question::rows).collect();
                Answer::Group(rows.iter().map(|row| asked(&inner, row, &seen)).collect())
            }
            (_, answer) => answer,
        };
        seen.0.insert(question.id.clone(), answer.clone());
        kept.0.insert(question.id.clone(), answer);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(json: &str) -> Answers {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn only_what_differs_is_named_and_blank_is_blank() {
        let first = answers(
            r#"{"a":"x","b":null,"m":["p","q"],"s":[{"l":"1"},{"l":"2"}],"c":{"s1":{"y":3}}}"#,
        );
        let second =
            answers(r#"{"a":"x","m":["p"],"s":[{"l":"1"},{"l":"3"}],"c":{"s1":{"y":3,"p":1}}}"#);
        let compared = compare(&first, &second);
        assert_eq!(compared.same, ["a", "c", "l"]);
        let fields: Vec<&str> = compared.different.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["c.s1.p", "m", "s.1.l"]);
        assert_eq!(compared.different[2].question, "l");
        assert_eq!(compared.different[0].first, None);
    }

    #[test]
    fn the_right_ones_are_taken_wherever_they_stand() {
        let first = answers(r#"{"a":"x","s":[{"l":"1"}],"c":{"s1":{"y":3}},"g":null}"#);
        let second = answers(r#"{"a":"y","s":[{"l":"2"},{"l":"3"}],"c":{"s1":{"y":4}},"g":"z"}"#);
        let right = ["s.1.l", "c.s1.y", "g"].map(str::to_owned).into();
        let settled = settled(&first, &second, &right);
        let expected = r#"{"a":"x","c":{"s1":{"y":4}},"g":"z","s":[{"l":"1"},{"l":"3"}]}"#;
        assert_eq!(serde_json::to_string(&settled).unwrap(), expected);
        let all = compare(&first, &second).different.into_iter().map(|one| one.field).collect();
        assert_eq!(compare(&self::settled(&first, &second, &all), &second).different, []);
    }
}
