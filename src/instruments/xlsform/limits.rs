//! What a `constraint` says about the answer being given: between which numbers, how many letters,
//! how many ticks, and what cannot be ticked beside another.
//!
//! People write the last in a dozen ways, so it is not matched but tried out: a choice stands alone
//! when the expression fails exactly where it is ticked beside another.

use super::xpath::Expr;
use crate::domain::condition::Comparison;

/// The most ticks that are tried out.
const TICKS: usize = 30;

/// What a constraint says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Limits {
    /// The lowest number; whether it is itself excluded.
    pub(super) min: Option<(f64, bool)>,
    /// The highest number; whether it is itself excluded.
    pub(super) max: Option<(f64, bool)>,
    /// The most letters.
    pub(super) letters: Option<usize>,
    /// The most ticks.
    pub(super) ticks: Option<usize>,
    /// Choices that stand alone, by their names.
    pub(super) alone: Vec<String>,
    /// Parts that say something else.
    pub(super) unread: usize,
}

/// Reads a constraint. `names` are those of the choices.
pub(super) fn read(expr: Expr, names: &[(String, String)]) -> Limits {
    let mut limits = Limits::default();
    for part in expr.parts() {
        if !(limits.number(&part) || limits.letters(&part) || limits.ticks(&part, names)) {
            limits.unread += 1;
        }
    }
    limits
}

/// A comparison with a number, read from left to right.
fn compared(part: &Expr) -> Option<(&Expr, Comparison, f64)> {
    let number = |expr: &Expr| match expr {
        Expr::Number(number) => Some(*number),
        Expr::Text(text) => text.trim().parse().ok(),
        Expr::Answer(_)
        | Expr::Here
        | Expr::Name(_)
        | Expr::Call(..)
        | Expr::Compare(..)
        | Expr::All(_)
        | Expr::Any(_) => None,
    };
    match part {
        Expr::Compare(left, how, right) => match (number(left), number(right)) {
            (None, Some(right)) => Some((left, *how, right)),
            (Some(left), None) => Some((right, turned(*how)?, left)),
            _ => None,
        },
        Expr::Call(name, inner) if name == "not" => match inner.as_slice() {
            [inner] => {
                let (what, how, number) = compared(inner)?;
                Some((what, against(how), number))
            }
            _ => None,
        },
        Expr::Text(_)
        | Expr::Number(_)
        | Expr::Answer(_)
        | Expr::Here
        | Expr::Name(_)
        | Expr::Call(..)
        | Expr::All(_)
        | Expr::Any(_) => None,
    }
}

const fn turned(how: Comparison) -> Option<Comparison> {
    Some(match how {
        Comparison::Equal => Comparison::Equal,
        Comparison::NotEqual => return None,
        Comparison::Less => Comparison::More,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::More => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    })
}

const fn against(how: Comparison) -> Comparison {
    match how {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::More,
        Comparison::More => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
    }
}

impl Limits {
    fn number(&mut self, part: &Expr) -> bool {
        let Some((Expr::Here, how, number)) = compared(part) else { return false };
        let lower = |old: Option<(f64, bool)>, new: (f64, bool)| match old {
            Some(old) if old.0 > new.0 => Some(old),
            Some(_) | None => Some(new),
        };
        let upper = |old: Option<(f64, bool)>, new: (f64, bool)| match old {
            Some(old) if old.0 < new.0 => Some(old),
            Some(_) | None => Some(new),
        };
        match how {
            Comparison::AtLeast => self.min = lower(self.min, (number, false)),
            Comparison::More => self.min = lower(self.min, (number, true)),
            Comparison::AtMost => self.max = upper(self.max, (number, false)),
            Comparison::Less => self.max = upper(self.max, (number, true)),
            Comparison::Equal | Comparison::NotEqual => return false,
        }
        true
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is cut to what a text can have"
    )]
    fn letters(&mut self, part: &Expr) -> bool {
        let Some((Expr::Call(name, inner), how, number)) = compared(part) else { return false };
        if name != "string-length" || inner.as_slice() != [Expr::Here] {
            return false;
        }
        let most = match how {
            Comparison::AtMost | Comparison::Equal => number,
            Comparison::Less => number - 1.0,
            Comparison::NotEqual | Comparison::More | Comparison::AtLeast => return false,
        };
        self.letters = Some(most.clamp(1.0, 1e6) as usize);
        true
    }

    fn ticks(&mut self, part: &Expr, names: &[(String, String)]) -> bool {
        // Names that no form has stand for any other choice.
        let others: Vec<String> = (0..=TICKS).map(|number| format!("\u{0}{number}")).collect();
        let holds = |ticked: &[&str]| holds(part, ticked);
        let some =
            |count: usize| -> Vec<&str> { others.iter().take(count).map(String::as_str).collect() };
        let fits: Option<Vec<bool>> = (0..=TICKS).map(|count| holds(&some(count))).collect();
        let Some(fits) = fits else { return false };
        let most = fits.iter().take_while(|fits| **fits).count();
        if (1..=TICKS).contains(&most) && fits.iter().skip(most).all(|fits| !fits) {
            self.ticks = Some(most - 1).filter(|most| *most > 0);
            return self.ticks.is_some();
        }
        let (one, two) = (some(1), some(2));
        let stands_alone = |name: &str| {
            let beside = [&[name], one.as_slice()].concat();
            let tried = [holds(&[]), holds(&[name]), holds(&one), holds(&two), holds(&beside)];
            tried == [Some(true), Some(true), Some(true), Some(true), Some(false)]
        };
        let found = names.iter().map(|(name, _)| name).filter(|name| stands_alone(name));
        let found: Vec<String> = found.cloned().collect();
        let is_read = !found.is_empty();
        self.alone.extend(found);
        is_read
    }
}

/// Whether an expression holds for these ticks; `None` when it looks at something else.
fn holds(expr: &Expr, ticked: &[&str]) -> Option<bool> {
    match expr {
        Expr::All(parts) => each(parts, ticked).map(|parts| parts.iter().all(|part| *part)),
        Expr::Any(parts) => each(parts, ticked).map(|parts| parts.iter().any(|part| *part)),
        Expr::Call(name, inner) => match (name.as_str(), inner.as_slice()) {
            ("true", []) => Some(true),
            ("false", []) => Some(false),
            ("not", [inner]) => holds(inner, ticked).map(|holds| !holds),
            ("if", [when, then, other]) => {
                if holds(when, ticked)? {
                    holds(then, ticked)
                } else {
                    holds(other, ticked)
                }
            }
            ("selected", [Expr::Here, Expr::Text(name)]) => Some(ticked.contains(&name.as_str())),
            ("selected", [Expr::Here, Expr::Number(number)]) => {
                Some(ticked.contains(&number.to_string().as_str()))
            }
            _ => None,
        },
        Expr::Compare(..) => {
            let (Expr::Call(name, inner), how, number) = compared(expr)? else { return None };
            let is_count = name == "count-selected" && inner.as_slice() == [Expr::Here];
            let count = f64::from(u32::try_from(ticked.len()).ok()?);
            is_count.then(|| super::rules::compares(count, how, number))
        }
        Expr::Text(_) | Expr::Number(_) | Expr::Answer(_) | Expr::Here | Expr::Name(_) => None,
    }
}

fn each(parts: &[Expr], ticked: &[&str]) -> Option<Vec<bool>> {
    parts.iter().map(|part| holds(part, ticked)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(text: &str) -> Limits {
        let names = [("none".to_owned(), "none".to_owned()), ("a".to_owned(), "a".to_owned())];
        read(Expr::read(text).unwrap(), &names)
    }

    #[test]
    fn numbers_have_ends() {
        let found = limits(". >= 18 and . < 100");
        assert_eq!((found.min, found.max), (Some((18.0, false)), Some((100.0, true))));
        let found = limits("0 <= . and not(. > 10)");
        assert_eq!((found.min, found.max), (Some((0.0, false)), Some((10.0, false))));
        assert_eq!(limits(". > 3 and regex(., 'a') and . != 7").unread, 2);
        assert_eq!(limits("string-length(.) < 11").letters, Some(10));
    }

    #[test]
    fn what_stands_alone_is_tried_out() {
        for text in [
            "not(selected(., 'none') and count-selected(.) > 1)",
            "not(selected(.,'none')) or count-selected(.)=1",
            "if(selected(., 'none'), count-selected(.) = 1, true())",
            "(selected(., 'none') and count-selected(.) = 1) or not(selected(., 'none'))",
            "count-selected(.) < 2 or not(selected(., 'none'))",
        ] {
            let found = limits(text);
            assert_eq!((found.alone, found.unread), (vec!["none".to_owned()], 0), "{text}");
        }
        let found =
            limits("count-selected(.) <= 3 and not(selected(., 'none') and count-selected(.) > 1)");
        assert_eq!((found.ticks, found.alone.len(), found.unread), (Some(3), 1, 0));
        assert_eq!(limits("not(count-selected(.) > 2)").ticks, Some(2));
        for text in [
            "count-selected(.) >= 1",
            "not(selected(., 'none') and selected(., 'a'))",
            "selected(., 'a')",
            "count-selected(.) = 2",
        ] {
            assert_eq!(limits(text).unread, 1, "{text}");
        }
    }
}
