//! A form's expressions as our rules.
//!
//! The two differ in one thing: in a form an unanswered question is the empty word, so that
//! `${q} != 'x'` holds for it; with us every comparison with it is false. So `!=` becomes
//! `not q = x`, which means the same.

use crate::domain::condition::{Comparison, Rule};

use super::xpath::Expr;

/// The most calculations that may stand inside one another.
const DEEPEST: usize = 10;

/// What a rule may look at.
pub(super) trait Scope {
    /// The question of this name, if a rule may look at it; otherwise why not.
    fn question(&self, name: &str) -> Result<Known<'_>, String>;
    /// What a calculation of this name works out.
    fn calculation(&self, name: &str) -> Option<&Expr>;
}

/// A question a rule may look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// Its id with us.
    pub(super) id: &'a str,
    /// How its answer can be compared.
    pub(super) takes: Takes,
    /// The names of its choices in the form, and their codes with us.
    pub(super) codes: &'a [(String, String)],
}

/// How an answer can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// One code.
    One,
    /// Any of several codes.
    Several,
    /// A number.
    Number,
    /// Only whether it is there.
    Nothing,
}

/// What becomes of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Held {
    /// It holds whatever is answered.
    Always,
    /// It never holds.
    Never,
    /// It depends.
    When(Rule),
}

/// An expression as a rule.
pub(super) fn rule(expr: &Expr, scope: &impl Scope) -> Result<Held, String> {
    Translator { scope, depth: DEEPEST }.holds(expr)
}

/// The text of a rule, as a file has it.
pub(super) fn text(rule: &Rule) -> String {
    let list = |rules: &[Rule], word: &str, bracket: fn(&Rule) -> bool| {
        let part = |rule: &Rule| if bracket(rule) { bracketed(rule) } else { text(rule) };
        rules.iter().map(part).collect::<Vec<_>>().join(word)
    };
    match rule {
        Rule::All(rules) => list(rules, " and ", |rule| matches!(rule, Rule::Any(_))),
        Rule::Any(rules) => list(rules, " or ", |_| false),
        Rule::Not(inner) => match **inner {
            Rule::All(_) | Rule::Any(_) => format!("not {}", bracketed(inner)),
            Rule::Not(_)
            | Rule::In { .. }
            | Rule::Isnt { .. }
            | Rule::Number { .. }
            | Rule::Count { .. }
            | Rule::Answered { .. } => format!("not {}", text(inner)),
        },
        Rule::In { question, codes } => match codes.as_slice() {
            [code] => format!("{question} = {code}"),
            codes => format!("{question} in [{}]", codes.join(", ")),
        },
        Rule::Isnt { question, code } => format!("{question} != {code}"),
        Rule::Number { question, comparison, with } => {
            format!("{question} {} {with}", sign(*comparison))
        }
        Rule::Count { question, comparison, with } => {
            format!("count({question}) {} {with}", sign(*comparison))
        }
        Rule::Answered { question } => format!("answered({question})"),
    }
}

fn bracketed(rule: &Rule) -> String {
    format!("({})", text(rule))
}

/// The sign of a comparison, which is the same in a form and in a file.
pub(super) const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
    }
}

/// The comparison read from the other side.
const fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::Equal,
        Comparison::NotEqual => Comparison::NotEqual,
        Comparison::Less => Comparison::More,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::More => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    }
}

/// Whether two numbers compare so.
pub(super) fn compares(left: f64, how: Comparison, right: f64) -> bool {
    match how {
        Comparison::Equal => left.total_cmp(&right).is_eq(),
        Comparison::NotEqual => left.total_cmp(&right).is_ne(),
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::More => left > right,
        Comparison::AtLeast => left >= right,
    }
}

impl Held {
    fn of(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }

    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::When(Rule::Not(inner)) => Self::When(*inner),
            Self::When(rule) => Self::When(Rule::Not(Box::new(rule))),
        }
    }

    /// All of them.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let mut rules = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::When(Rule::All(inner)) => rules.extend(inner),
                Self::When(rule) => rules.push(rule),
            }
        }
        if rules.len() > 1 { Self::When(Rule::All(rules)) } else { Self::one(rules, Self::Always) }
    }

    fn any(parts: Vec<Self>) -> Self {
        let mut rules = Vec::new();
        for part in parts {
            match part {
                Self::Always => return Self::Always,
                Self::Never => {}
                Self::When(Rule::Any(inner)) => rules.extend(inner),
                Self::When(rule) => rules.push(rule),
            }
        }
        let rules = merged(rules);
        if rules.len() > 1 { Self::When(Rule::Any(rules)) } else { Self::one(rules, Self::Never) }
    }

    /// The one when it holds, the other when it does not.
    fn either(self, then: Self, other: Self) -> Self {
        let not = self.clone().not();
        Self::any(vec![Self::all(vec![self, then]), Self::all(vec![not, other])])
    }

    fn one(mut rules: Vec<Rule>, none: Self) -> Self {
        rules.pop().map_or(none, Self::When)
    }
}

/// Turns expressions into rules.
struct Translator<'a, S> {
    scope: &'a S,
    depth: usize,
}

impl<S: Scope> Translator<'_, S> {
    fn holds(&self, expr: &Expr) -> Result<Held, String> {
        let each =
            |parts: &[Expr]| parts.iter().map(|part| self.holds(part)).collect::<Result<_, _>>();
        match expr {
            Expr::All(parts) => each(parts).map(Held::all),
            Expr::Any(parts) => each(parts).map(Held::any),
            Expr::Compare(left, how, right) => self.compare(left, *how, right),
            Expr::Answer(name) => match self.calculation(name)? {
                Some((inner, expr)) => inner.holds(expr),
                None => self.answered(name),
            },
            Expr::Call(name, inner) => self.call(name, inner),
            Expr::Text(text) => Ok(Held::of(!text.is_empty())),
            Expr::Number(number) => Ok(Held::of(*number != 0.0)),
            Expr::Here => Err("it looks at its own answer".to_owned()),
            Expr::Name(name) => Err(format!("rules here do not know {name}")),
        }
    }

    fn call(&self, name: &str, inner: &[Expr]) -> Result<Held, String> {
        match (name, inner) {
            ("true", []) => Ok(Held::Always),
            ("false", []) => Ok(Held::Never),
            ("not", [inner]) => Ok(self.holds(inner)?.not()),
            ("boolean" | "string" | "normalize-space", [inner]) => self.holds(inner),
            ("if", [when, then, other]) => {
                let when = self.holds(when)?;
                Ok(when.either(self.holds(then)?, self.holds(other)?))
            }
            ("selected", [Expr::Answer(name), what]) => {
                let what = value(what).ok_or("selected() needs the name of a choice")?;
                let known = self.scope.question(name)?;
                match known.takes {
                    Takes::One | Takes::Several => chosen(known, &what),
                    Takes::Number | Takes::Nothing => Err(format!("{name} has no choices")),
                }
            }
            ("string-length" | "count-selected" | "count", [Expr::Answer(name)]) => {
                self.answered(name)
            }
            (name, _) => Err(format!("rules here do not know {}", called(name))),
        }
    }

    /// What a calculation works out, with one level less to go.
    fn calculation(&self, name: &str) -> Result<Option<(Self, &Expr)>, String> {
        let Some(expr) = self.scope.calculation(name) else { return Ok(None) };
        let depth = self.depth.checked_sub(1).ok_or("calculations lead round in a circle")?;
        Ok(Some((Self { scope: self.scope, depth }, expr)))
    }

    fn answered(&self, name: &str) -> Result<Held, String> {
        let question = self.scope.question(name)?.id.to_owned();
        Ok(Held::When(Rule::Answered { question }))
    }

    fn compare(&self, left: &Expr, how: Comparison, right: &Expr) -> Result<Held, String> {
        match (value(left), value(right)) {
            (Some(left), Some(right)) => Ok(Held::of(fixed(&left, how, &right))),
            (Some(left), None) => self.against(right, turned(how), &left),
            (None, Some(right)) => self.against(left, how, &right),
            (None, None) => match (truth(left), truth(right)) {
                (None, Some(truth)) => self.is_so(left, how, truth),
                (Some(truth), None) => self.is_so(right, how, truth),
                _ => Err("rules here do not compare two answers".to_owned()),
            },
        }
    }

    /// `… = true()`.
    fn is_so(&self, expr: &Expr, how: Comparison, truth: bool) -> Result<Held, String> {
        let held = self.holds(expr)?;
        match how {
            Comparison::Equal => Ok(if truth { held } else { held.not() }),
            Comparison::NotEqual => Ok(if truth { held.not() } else { held }),
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
                Err("true() is neither more nor less".to_owned())
            }
        }
    }

    fn against(&self, expr: &Expr, how: Comparison, value: &str) -> Result<Held, String> {
        match expr {
            Expr::Answer(name) => match self.calculation(name)? {
                Some((inner, expr)) => inner.compare(expr, how, &Expr::Text(value.to_owned())),
                None => self.answer(name, how, value),
            },
            Expr::Call(name, inner) => self.worked_out((name, inner), how, value),
            Expr::All(_) | Expr::Any(_) | Expr::Compare(..) => {
                let truth = match value {
                    "1" | "true" => true,
                    "0" | "false" => false,
                    _ => return Err(format!("a rule is not compared with '{value}'")),
                };
                self.is_so(expr, how, truth)
            }
            Expr::Here => Err("it looks at its own answer".to_owned()),
            Expr::Name(name) => Err(format!("rules here do not know {name}")),
            Expr::Text(_) | Expr::Number(_) => Err("nothing is compared".to_owned()),
        }
    }

    /// A function compared with a value.
    fn worked_out(
        &self,
        (name, inner): (&str, &[Expr]),
        how: Comparison,
        value: &str,
    ) -> Result<Held, String> {
        let text = || Expr::Text(value.to_owned());
        match (name, inner) {
            ("number" | "int" | "string" | "normalize-space", [inner]) => {
                self.compare(inner, how, &text())
            }
            ("if", [when, then, other]) => {
                let when = self.holds(when)?;
                let (then, other) =
                    (self.compare(then, how, &text())?, self.compare(other, how, &text())?);
                Ok(when.either(then, other))
            }
            ("count-selected", [Expr::Answer(name)]) => {
                let known = self.scope.question(name)?;
                let with = number(value)?;
                if known.takes != Takes::Several {
                    return Err(format!("{name} has one answer, so there is nothing to count"));
                }
                let question = known.id.to_owned();
                Ok(Held::When(Rule::Count { question, comparison: how, with }))
            }
            ("string-length" | "count", [Expr::Answer(name)]) => {
                let with = number(value)?;
                // What holds for no letter and for any number of letters says only whether.
                let (none, one) = (compares(0.0, how, with), compares(1.0, how, with));
                if none == one || one != compares(1e9, how, with) {
                    return Err(format!("rules here do not count with {}", called("count")));
                }
                let answered = self.answered(name)?;
                Ok(if none { answered.not() } else { answered })
            }
            ("selected" | "not" | "boolean", _) => {
                let inner = self.call(name, inner)?;
                match (value, how) {
                    ("1" | "true", Comparison::Equal) | ("0" | "false", Comparison::NotEqual) => {
                        Ok(inner)
                    }
                    ("0" | "false", Comparison::Equal) | ("1" | "true", Comparison::NotEqual) => {
                        Ok(inner.not())
                    }
                    _ => Err(format!("{} is not compared with '{value}'", called(name))),
                }
            }
            (name, _) => Err(format!("rules here do not know {}", called(name))),
        }
    }

    /// An answer compared with a value.
    fn answer(&self, name: &str, how: Comparison, value: &str) -> Result<Held, String> {
        let known = self.scope.question(name)?;
        if value.is_empty() {
            let answered = self.answered(name)?;
            return match how {
                Comparison::Equal => Ok(answered.not()),
                Comparison::NotEqual => Ok(answered),
                Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
                    Err("nothing is more or less than the empty word".to_owned())
                }
            };
        }
        match (known.takes, how) {
            (Takes::One, Comparison::Equal) => chosen(known, value),
            (Takes::One, Comparison::NotEqual) => Ok(chosen(known, value)?.not()),
            (Takes::One, _) => ordered(known, how, value),
            (Takes::Several, Comparison::Equal) => only(known, value),
            (Takes::Several, Comparison::NotEqual) => Ok(only(known, value)?.not()),
            (Takes::Several, _) => Err(format!("{name} has several answers, not a number")),
            (Takes::Number, _) => amount(known, how, value),
            (Takes::Nothing, _) => {
                Err(format!("a rule here can only ask whether {name} was answered"))
            }
        }
    }
}

/// `a = x or a = y` is `a in [x, y]`.
fn merged(rules: Vec<Rule>) -> Vec<Rule> {
    let mut merged: Vec<Rule> = Vec::new();
    for rule in rules {
        let Rule::In { question, codes } = &rule else {
            merged.push(rule);
            continue;
        };
        let same = merged.iter_mut().find_map(|known| match known {
            Rule::In { question: other, codes } if other == question => Some(codes),
            Rule::In { .. }
            | Rule::All(_)
            | Rule::Any(_)
            | Rule::Not(_)
            | Rule::Isnt { .. }
            | Rule::Number { .. }
            | Rule::Count { .. }
            | Rule::Answered { .. } => None,
        });
        match same {
            Some(known) => {
                let new: Vec<String> =
                    codes.iter().filter(|code| !known.contains(code)).cloned().collect();
                known.extend(new);
            }
            None => merged.push(rule),
        }
    }
    merged
}

/// The value of something that needs no answer.
fn value(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Text(text) => Some(text.trim().to_owned()),
        Expr::Number(number) => Some(number.to_string()),
        Expr::Call(name, inner) => match (name.as_str(), inner.as_slice()) {
            ("number" | "string", [inner]) => value(inner),
            _ => None,
        },
        Expr::Answer(_)
        | Expr::Here
        | Expr::Name(_)
        | Expr::Compare(..)
        | Expr::All(_)
        | Expr::Any(_) => None,
    }
}

fn truth(expr: &Expr) -> Option<bool> {
    let Expr::Call(name, inner) = expr else { return None };
    match (name.as_str(), inner.as_slice()) {
        ("true", []) => Some(true),
        ("false", []) => Some(false),
        _ => None,
    }
}

/// Two values compared: as numbers when both are.
fn fixed(left: &str, how: Comparison, right: &str) -> bool {
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => compares(left, how, right),
        _ => match how {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => false,
        },
    }
}

fn called(name: &str) -> String {
    match name {
        "+" | "-" | "*" | "div" | "mod" => "arithmetic".to_owned(),
        name => format!("{name}()"),
    }
}

fn number(value: &str) -> Result<f64, String> {
    let number = value.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("'{value}' is no number"))
}

fn chosen(known: Known<'_>, value: &str) -> Result<Held, String> {
    let codes = known.codes.iter().filter(|(name, _)| name == value).map(|(_, code)| code.clone());
    let codes: Vec<String> = codes.collect();
    if codes.is_empty() {
        return Err(format!("{} has no choice {value}", known.id));
    }
    Ok(Held::When(Rule::In { question: known.id.to_owned(), codes }))
}

/// On a question with several answers `=` means this one and no other.
fn only(known: Known<'_>, value: &str) -> Result<Held, String> {
    let (question, comparison) = (known.id.to_owned(), Comparison::Equal);
    let alone = Held::When(Rule::Count { question, comparison, with: 1.0 });
    Ok(Held::all(vec![chosen(known, value)?, alone]))
}

/// Choices whose names are numbers can be above or below one.
fn ordered(known: Known<'_>, how: Comparison, value: &str) -> Result<Held, String> {
    let with = number(value)?;
    let mut codes = Vec::new();
    for (name, code) in known.codes {
        let name = name.parse::<f64>();
        let name =
            name.map_err(|_no_number| format!("the choices of {} are no numbers", known.id))?;
        if compares(name, how, with) {
            codes.push(code.clone());
        }
    }
    let question = known.id.to_owned();
    Ok(if codes.is_empty() { Held::Never } else { Held::When(Rule::In { question, codes }) })
}

fn amount(known: Known<'_>, how: Comparison, value: &str) -> Result<Held, String> {
    let with = number(value)?;
    let number =
        |comparison| Held::When(Rule::Number { question: known.id.to_owned(), comparison, with });
    let equal = || Held::all(vec![number(Comparison::AtLeast), number(Comparison::AtMost)]);
    Ok(match how {
        Comparison::Equal => equal(),
        Comparison::NotEqual => equal().not(),
        Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
            number(how)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::condition::Condition;

    struct Form {
        codes: Vec<(String, String)>,
        calculation: Expr,
    }

    impl Scope for Form {
        fn question(&self, name: &str) -> Result<Known<'_>, String> {
            let (id, takes) = match name {
                "one" => ("one", Takes::One),
                "many" => ("many", Takes::Several),
                "n" => ("n", Takes::Number),
                "place" => ("place", Takes::Nothing),
                _ => return Err(format!("there is no question {name} before it")),
            };
            Ok(Known { id, takes, codes: &self.codes })
        }

        fn calculation(&self, name: &str) -> Option<&Expr> {
            matches!(name, "calc" | "round").then_some(&self.calculation)
        }
    }

    fn translated(text: &str) -> Result<String, String> {
        let codes = [("1", "c1"), ("2", "c2"), ("10", "c10")];
        let codes = codes.map(|(name, code)| (name.to_owned(), code.to_owned())).to_vec();
        let calculation = Expr::read("if(${n} > 3, 'big', 'small')").unwrap();
        let held = rule(&Expr::read(text).unwrap(), &Form { codes, calculation })?;
        Ok(match held {
            Held::Always => "always".to_owned(),
            Held::Never => "never".to_owned(),
            Held::When(rule) => {
                let text = super::text(&rule);
                assert_eq!(text.parse::<Condition>().unwrap().rule(), &rule, "{text}");
                text
            }
        })
    }

    #[test]
    fn rules_mean_the_same() {
        for (form, ours) in [
            ("${one} = '1'", "one = c1"),
            ("'1' = ${one}", "one = c1"),
            ("${one} = 1", "one = c1"),
            ("${one} != '1'", "not one = c1"),
            ("not(${one} != '1')", "one = c1"),
            ("${one} > 1", "one in [c2, c10]"),
            ("3 > ${one}", "one in [c1, c2]"),
            ("${one} = 1 or ${n} > 3 or ${one} = 2", "one in [c1, c2] or n > 3"),
            ("${one} > 99", "never"),
            (
                "selected(${many}, '2') and not(selected(${many}, '1'))",
                "many = c2 and not many = c1",
            ),
            ("${many} = '1'", "many = c1 and count(many) = 1"),
            ("count-selected(${many}) >= 2", "count(many) >= 2"),
            ("selected(${many}, '2') = true()", "many = c2"),
            ("${n} >= 18 and (${one} = 1 or ${n} < -1.5)", "n >= 18 and (one = c1 or n < -1.5)"),
            ("${n} = 3", "n >= 3 and n <= 3"),
            ("${n} != 3", "not (n >= 3 and n <= 3)"),
            ("${n} != ''", "answered(n)"),
            ("${place} = ''", "not answered(place)"),
            ("string-length(${place}) > 0", "answered(place)"),
            ("true()", "always"),
            ("false() or ${one} = 2", "one = c2"),
            ("'a' != 'a' or ${one} = 2", "one = c2"),
            ("'a' != 'b' or ${one} = 2", "always"),
            ("${calc} = 'big'", "n > 3"),
            ("${calc} = 'small'", "not n > 3"),
            ("${calc} != 'big'", "not n > 3"),
        ] {
            assert_eq!(translated(form).as_deref(), Ok(ours), "{form}");
        }
    }

    #[test]
    fn what_does_not_map_says_why() {
        for (form, why) in [
            ("${later} = 1", "no question later"),
            ("${one} = ${n}", "compare two answers"),
            ("${one} = 'x'", "has no choice x"),
            ("${n} + 1 > 3", "arithmetic"),
            ("regex(${n}, 'a')", "regex()"),
            ("${place} = 'x'", "only ask whether"),
            (". > 3", "its own answer"),
            ("string-length(${place}) > 3", "do not count"),
        ] {
            let fault = translated(form).unwrap_err();
            assert!(fault.contains(why), "{form}: {fault}");
        }
    }
}
