//! `show_if`: when a question is asked.
//!
//! One rule text, kept as it was written: `h3 in [helped, checked] and not v1 = nothing`.
//!
//! ```
//! use miradouro::domain::condition::Condition;
//! let rule: Condition = "f5 in [once, often] or count(p_top) >= 2".parse().unwrap();
//! assert_eq!(rule.questions(), ["f5", "p_top"]);
//! ```
//!
//! | form | true when |
//! |---|---|
//! | `id = code`, `id != code` | the answer is (is not) that choice; on a multiple, is (not) ticked |
//! | `id in [a, b]` | the answer is one of them; on a multiple, one of them is ticked |
//! | `id >= 3` (`<` `<=` `>`) | the answer is a number and compares so |
//! | `count(id) >= 2` | so many choices are ticked |
//! | `answered(id)` | there is an answer that is not a skip |
//! | `and`, `or`, `not`, `( )` | as usual; `and` binds tighter than `or` |
//!
//! An unanswered question makes every comparison with it false, `!=` included.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Answers};

/// A rule over earlier answers. Its text is part of the instrument's identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Condition {
    text: String,
    rule: Rule,
}

/// The rule a text stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// All must hold.
    All(Vec<Self>),
    /// One must hold.
    Any(Vec<Self>),
    /// It must not hold.
    Not(Box<Self>),
    /// The answer is one of the codes.
    In {
        /// The question.
        question: String,
        /// The codes.
        codes: Vec<String>,
    },
    /// The answer is there and is not this code.
    Isnt {
        /// The question.
        question: String,
        /// The code.
        code: String,
    },
    /// The number compares so.
    Number {
        /// The question.
        question: String,
        /// How.
        comparison: Comparison,
        /// With what.
        with: f64,
    },
    /// So many choices are ticked.
    Count {
        /// The question.
        question: String,
        /// How.
        comparison: Comparison,
        /// With what.
        with: f64,
    },
    /// There is an answer.
    Answered {
        /// The question.
        question: String,
    },
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    More,
    /// Greater or equal.
    AtLeast,
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => (left - right).abs() < f64::EPSILON,
            Self::NotEqual => (left - right).abs() >= f64::EPSILON,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// A rule that could not be read: where in its text, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why} (at character {at})")]
pub struct BadRule {
    /// The byte offset in the rule's text.
    pub at: usize,
    /// A sentence.
    pub why: String,
}

impl Condition {
    /// The rule itself.
    #[must_use]
    pub const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// A rule that holds when both do.
    #[must_use]
    pub fn both(one: &Self, other: &Self) -> Self {
        let rule = Rule::All(vec![one.rule.clone(), other.rule.clone()]);
        Self { text: format!("({one}) and ({other})"), rule }
    }

    /// Whether the rule holds for these answers.
    #[must_use]
    pub fn holds(&self, answers: &Answers) -> bool {
        holds(&self.rule, answers)
    }

    /// The questions the rule looks at, in order, each once.
    #[must_use]
    pub fn questions(&self) -> Vec<&str> {
        let mut found = Vec::new();
        collect(&self.rule, &mut |question, _| {
            if !found.contains(&question) {
                found.push(question);
            }
        });
        found
    }

    /// Every `(question, code)` the rule names.
    #[must_use]
    pub fn codes(&self) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        collect(&self.rule, &mut |question, codes| {
            found.extend(codes.iter().map(|code| (question, code.as_str())));
        });
        found
    }
}

impl Condition {
    /// The text of the rule with another id for a question.
    #[must_use]
    pub fn renamed(&self, from: &str, to: &str) -> String {
        self.reworded(to, |word| matches!(word, Said::Question(id) if *id == from))
    }

    /// The text of the rule with another code for an answer of a question.
    #[must_use]
    pub fn recoded(&self, question: &str, from: &str, to: &str) -> String {
        self.reworded(
            to,
            |word| matches!(word, Said::Code { of, code } if *of == question && *code == from),
        )
    }

    /// The text with every word that `is` so put anew.
    fn reworded(&self, to: &str, is: impl Fn(&Said<'_>) -> bool) -> String {
        let words = words(&self.text).unwrap_or_default();
        let (mut text, mut from) = (String::new(), 0);
        for (at, said) in said(&words) {
            let (Said::Question(word) | Said::Code { code: word, .. }) = said;
            if is(&said) {
                text.push_str(self.text.get(from..at).unwrap_or(""));
                text.push_str(to);
                from = at + word.len();
            }
        }
        text.push_str(self.text.get(from..).unwrap_or(""));
        text
    }
}

/// What a word of a rule is.
enum Said<'a> {
    /// The id of a question.
    Question(&'a str),
    /// A code of a question's answer.
    Code {
        /// The question.
        of: &'a str,
        /// The code.
        code: &'a str,
    },
}

/// The questions and codes of a rule that could be read, each with where it stands.
fn said(words: &[(usize, String)]) -> Vec<(usize, Said<'_>)> {
    let word = |number: usize| words.get(number).map_or("", |(_, word)| word.as_str());
    let is_sign = |word: &str| matches!(word, "=" | "!=" | "<" | "<=" | ">" | ">=" | "in");
    let (mut found, mut of, mut codes) = (Vec::new(), "", false);
    for (number, (at, this)) in words.iter().enumerate() {
        let before = number.checked_sub(1).map_or("", word);
        let called = number.checked_sub(2).map_or("", word);
        let is_called = before == "(" && matches!(called, "count" | "answered");
        if codes && matches!(this.as_str(), "]" | "[" | ",") {
            codes = this != "]";
        } else if codes || matches!(before, "=" | "!=") {
            found.push((*at, Said::Code { of, code: this }));
        } else if is_called || is_sign(word(number + 1)) && !is_sign(this) && this != ")" {
            of = this;
            found.push((*at, Said::Question(this)));
        } else if this == "in" {
            codes = true;
        }
    }
    found
}

fn collect<'a>(rule: &'a Rule, see: &mut impl FnMut(&'a str, &'a [String])) {
    match rule {
        Rule::All(rules) | Rule::Any(rules) => rules.iter().for_each(|rule| collect(rule, see)),
        Rule::Not(rule) => collect(rule, see),
        Rule::In { question, codes } => see(question, codes),
        Rule::Isnt { question, code } => see(question, std::slice::from_ref(code)),
        Rule::Number { question, .. }
        | Rule::Count { question, .. }
        | Rule::Answered { question } => see(question, &[]),
    }
}

fn holds(rule: &Rule, answers: &Answers) -> bool {
    match rule {
        Rule::All(rules) => rules.iter().all(|rule| holds(rule, answers)),
        Rule::Any(rules) => rules.iter().any(|rule| holds(rule, answers)),
        Rule::Not(rule) => !holds(rule, answers),
        Rule::In { question, codes } => {
            answers.codes(question).iter().any(|code| codes.iter().any(|c| c == code))
        }
        Rule::Isnt { question, code } => {
            let ticked = answers.codes(question);
            !ticked.is_empty() && !ticked.contains(&code.as_str())
        }
        Rule::Number { question, comparison, with } => match answers.0.get(question) {
            Some(Answer::Number(number)) => comparison.holds(*number, *with),
            Some(
                Answer::Skipped
                | Answer::Code(_)
                | Answer::Codes(_)
                | Answer::Group(_)
                | Answer::Counts(_),
            )
            | None => false,
        },
        #[expect(clippy::cast_precision_loss, reason = "a count of ticks is small")]
        Rule::Count { question, comparison, with } => {
            comparison.holds(answers.codes(question).len() as f64, *with)
        }
        Rule::Answered { question } => {
            answers.0.get(question).is_some_and(|answer| *answer != Answer::Skipped)
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.text
    }
}

impl TryFrom<String> for Condition {
    type Error = BadRule;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Condition {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > LONGEST {
            let why = format!("a rule has at most {LONGEST} characters");
            return Err(BadRule { at: LONGEST, why });
        }
        let mut reader = Reader { words: words(text)?, next: 0, end: text.len(), depth: 0 };
        let rule = reader.any()?;
        if let Some((at, word)) = reader.peek() {
            return Err(BadRule { at, why: format!("{word:?} stands where the rule should end") });
        }
        Ok(Self { text: text.to_owned(), rule })
    }
}

/// The words of a rule, each with where it begins.
fn words(text: &str) -> Result<Vec<(usize, String)>, BadRule> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut word = c.to_string();
        if c.is_alphanumeric() || c == '_' || c == '-' {
            while let Some((_, c)) =
                chars.next_if(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
            {
                word.push(c);
            }
        } else if matches!(c, '=' | '!' | '<' | '>') {
            if let Some((_, c)) = chars.next_if(|(_, c)| *c == '=') {
                word.push(c);
            }
        } else if !matches!(c, '(' | ')' | '[' | ']' | ',') {
            return Err(BadRule { at, why: format!("a rule has no {c:?}") });
        }
        words.push((at, word));
    }
    Ok(words)
}

/// The most characters of a rule and the most brackets and `not` inside one another: far more than
/// anybody can read.
const LONGEST: usize = 2000;
const DEEPEST: usize = 20;

/// Reads rules word by word.
struct Reader {
    words: Vec<(usize, String)>,
    next: usize,
    end: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<(usize, &str)> {
        self.words.get(self.next).map(|(at, word)| (*at, word.as_str()))
    }

    fn take(&mut self, wanted: &str) -> bool {
        let here = self.peek().is_some_and(|(_, word)| word == wanted);
        self.next += usize::from(here);
        here
    }

    fn word(&mut self, what: &str) -> Result<String, BadRule> {
        let at = self.peek().map_or(self.end, |(at, _)| at);
        let fault = || BadRule { at, why: format!("{what} is missing here") };
        let (_, word) = self.words.get(self.next).ok_or_else(fault)?;
        if !word.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-') {
            return Err(fault());
        }
        let word = word.clone();
        self.next += 1;
        Ok(word)
    }

    fn expect(&mut self, wanted: &str) -> Result<(), BadRule> {
        let at = self.peek().map_or(self.end, |(at, _)| at);
        if self.take(wanted) {
            return Ok(());
        }
        Err(BadRule { at, why: format!("{wanted:?} is missing here") })
    }

    fn any(&mut self) -> Result<Rule, BadRule> {
        let mut rules = vec![self.all()?];
        while self.take("or") {
            rules.push(self.all()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::Any(rules) })
    }

    fn all(&mut self) -> Result<Rule, BadRule> {
        let mut rules = vec![self.not()?];
        while self.take("and") {
            rules.push(self.not()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::All(rules) })
    }

    fn not(&mut self) -> Result<Rule, BadRule> {
        if self.take("not") {
            return Ok(Rule::Not(Box::new(self.deeper(Self::not)?)));
        }
        if self.take("(") {
            let rule = self.deeper(Self::any)?;
            self.expect(")")?;
            return Ok(rule);
        }
        self.comparison()
    }

    /// Reads what stands inside, unless nobody could follow it any more.
    fn deeper(&mut self, read: fn(&mut Self) -> Result<Rule, BadRule>) -> Result<Rule, BadRule> {
        if self.depth == DEEPEST {
            let at = self.peek().map_or(self.end, |(at, _)| at);
            let why = format!("more than {DEEPEST} brackets or 'not' stand inside one another");
            return Err(BadRule { at, why });
        }
        self.depth += 1;
        let rule = read(self)?;
        self.depth -= 1;
        Ok(rule)
    }

    fn comparison(&mut self) -> Result<Rule, BadRule> {
        let name = self.word("a question")?;
        if name == "answered" && self.take("(") {
            let question = self.word("a question")?;
            self.expect(")")?;
            return Ok(Rule::Answered { question });
        }
        if name == "count" && self.take("(") {
            let question = self.word("a question")?;
            self.expect(")")?;
            let comparison = self.sign()?;
            return Ok(Rule::Count { question, comparison, with: self.number()? });
        }
        if self.take("in") {
            return Ok(Rule::In { question: name, codes: self.codes()? });
        }
        match self.sign()? {
            Comparison::Equal => Ok(Rule::In { question: name, codes: vec![self.word("a code")?] }),
            Comparison::NotEqual => Ok(Rule::Isnt { question: name, code: self.word("a code")? }),
            comparison @ (Comparison::Less
            | Comparison::AtMost
            | Comparison::More
            | Comparison::AtLeast) => {
                Ok(Rule::Number { question: name, comparison, with: self.number()? })
            }
        }
    }

    fn codes(&mut self) -> Result<Vec<String>, BadRule> {
        self.expect("[")?;
        let mut codes = vec![self.word("a code")?];
        while self.take(",") {
            codes.push(self.word("a code")?);
        }
        self.expect("]")?;
        Ok(codes)
    }

    fn sign(&mut self) -> Result<Comparison, BadRule> {
        let (at, word) = self.peek().map_or((self.end, ""), |(at, word)| (at, word));
        let comparison = match word {
            "=" => Comparison::Equal,
            "!=" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::More,
            ">=" => Comparison::AtLeast,
            _ => {
                let why = "one of = != < <= > >= or 'in' is missing here".to_owned();
                return Err(BadRule { at, why });
            }
        };
        self.next += 1;
        Ok(comparison)
    }

    fn number(&mut self) -> Result<f64, BadRule> {
        let at = self.peek().map_or(self.end, |(at, _)| at);
        self.word("a number")?
            .parse()
            .map_err(|_not_a_number| BadRule { at, why: "a number is missing here".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        serde_json::from_str(r#"{"a":"x","m":["p","q"],"n":4,"s":null}"#).unwrap()
    }

    fn check(rule: &str, expected: bool) {
        let rule: Condition = rule.parse().unwrap();
        assert_eq!(rule.holds(&answers()), expected, "{rule}");
    }

    #[test]
    fn rules_hold_as_written() {
        check("a = x", true);
        check("a != x", false);
        check("b != x", false);
        check("m = p and m in [q, z]", true);
        check("not m = z", true);
        check("n >= 4 and n < 5", true);
        check("count(m) >= 2", true);
        check("answered(s)", false);
        check("answered(a) and (b = y or n > 3)", true);
        check("a = y or a = z and n > 3", false);
    }

    #[test]
    fn a_rule_follows_a_new_name() {
        let check = |text: &str, renamed: &str, recoded: &str| {
            let rule: Condition = text.parse().unwrap();
            assert_eq!(rule.renamed("a", "b_1"), renamed, "{text}");
            assert_eq!(rule.recoded("a", "x", "why"), recoded, "{text}");
        };
        check("a = x", "b_1 = x", "a = why");
        check("x = a and a!=x", "x = a and b_1!=x", "x = a and a!=why");
        check(
            "a in [x,  y, a] or c in [x]",
            "b_1 in [x,  y, a] or c in [x]",
            "a in [why,  y, a] or c in [x]",
        );
        check(
            "count(a) >= 2 and not answered( a )",
            "count(b_1) >= 2 and not answered( b_1 )",
            "count(a) >= 2 and not answered( a )",
        );
        check("(a > 3)", "(b_1 > 3)", "(a > 3)");
        check("in in [x]", "in in [x]", "in in [x]");
    }

    #[test]
    fn faults_say_where() {
        let fault = "a =".parse::<Condition>().unwrap_err();
        assert_eq!((fault.at, fault.why.as_str()), (3, "a code is missing here"));
        let fault = "a ~ x".parse::<Condition>().unwrap_err();
        assert_eq!(fault.at, 2);
        assert!("a = x y".parse::<Condition>().is_err());
        assert!("a in []".parse::<Condition>().is_err());
    }

    /// The cases that the browser's reader is held to as well.
    #[derive(Deserialize)]
    struct Cases {
        answers: Answers,
        holds: Vec<(String, bool)>,
        refused: Vec<String>,
    }

    #[test]
    fn the_shared_cases_hold() {
        let cases = include_str!("../../tests/surveys/rules.json");
        let cases: Cases = serde_json::from_str(cases).unwrap();
        for (text, expected) in &cases.holds {
            let rule: Condition = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(rule.holds(&cases.answers), *expected, "{text}");
        }
        for text in &cases.refused {
            assert!(text.parse::<Condition>().is_err(), "{text:?} is no rule");
        }
    }

    #[test]
    fn a_rule_nobody_can_follow_is_refused() {
        for (open, close) in [("(", ")"), ("not ", ""), ("not (", ")")] {
            let rule = format!("{}a = x{}", open.repeat(1000), close.repeat(1000));
            assert!(rule.parse::<Condition>().is_err());
        }
        let deep = format!("{}a = x{}", "(".repeat(20), ")".repeat(20));
        assert!(deep.parse::<Condition>().is_ok());
    }

    proptest::proptest! {
        #[test]
        fn reading_a_rule_never_panics(text in ".{0,60}") {
            let _outcome = text.parse::<Condition>();
        }
    }
}
