//! The expressions of a form (`relevant`, `constraint`, `choice_filter`): as much of `XPath` as
//! people write in spreadsheets, read into a small tree.
//!
//! What is not understood is an error with a reason, never a guess.

use crate::domain::condition::Comparison;

/// The most characters of an expression and the most brackets inside one another.
const LONGEST: usize = 5000;
const DEEPEST: usize = 20;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    /// Words in quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// The answer to a question: `${id}`, or a path that ends in its name.
    Answer(String),
    /// The answer that is being given: `.`.
    Here,
    /// A bare word: a column of the choices in a `choice_filter`.
    Name(String),
    /// A function.
    Call(String, Vec<Self>),
    /// Two things compared.
    Compare(Box<Self>, Comparison, Box<Self>),
    /// All must hold.
    All(Vec<Self>),
    /// One must hold.
    Any(Vec<Self>),
}

impl Expr {
    /// Reads an expression.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it has more than {LONGEST} characters"));
        }
        let mut reader = Reader { words: words(text)?, next: 0, depth: 0 };
        let expr = reader.any()?;
        match reader.peek() {
            None => Ok(expr),
            Some(word) => Err(format!("{} stands where nothing should", word.shown())),
        }
    }

    /// The parts that must all hold.
    pub(super) fn parts(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts.into_iter().flat_map(Self::parts).collect(),
            other @ (Self::Text(_)
            | Self::Number(_)
            | Self::Answer(_)
            | Self::Here
            | Self::Name(_)
            | Self::Call(..)
            | Self::Compare(..)
            | Self::Any(_)) => vec![other],
        }
    }

    /// The same with every bare word replaced by what `find` has for it.
    pub(super) fn with(&self, find: &impl Fn(&str) -> Option<String>) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.with(find)).collect();
        match self {
            Self::Name(name) => find(name).map_or_else(|| self.clone(), Self::Text),
            Self::Call(name, inner) => Self::Call(name.clone(), all(inner)),
            Self::Compare(left, how, right) => {
                Self::Compare(Box::new(left.with(find)), *how, Box::new(right.with(find)))
            }
            Self::All(parts) => Self::All(all(parts)),
            Self::Any(parts) => Self::Any(all(parts)),
            Self::Text(_) | Self::Number(_) | Self::Answer(_) | Self::Here => self.clone(),
        }
    }
}

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
enum Word {
    Text(String),
    Number(f64),
    Answer(String),
    Name(String),
    Sign(&'static str),
}

impl Word {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => format!("'{text}'"),
            Self::Number(number) => number.to_string(),
            Self::Answer(name) => format!("${{{name}}}"),
            Self::Name(name) => name.clone(),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}

/// Longest first, so that `<=` is not `<`.
const SIGNS: [&str; 19] = [
    "!=", "<=", ">=", "..", "//", "::", "=", "<", ">", "(", ")", "[", "]", ",", "/", ".", "+", "-",
    "*",
];

fn words(text: &str) -> Result<Vec<Word>, String> {
    let text = plain(text);
    let (mut words, mut rest) = (Vec::new(), text.as_str());
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Ok(words) };
        let word = if let Some(after) = rest.strip_prefix("${") {
            let (name, after) = after.split_once('}').ok_or("a ${ is not closed")?;
            rest = after;
            Word::Answer(name.trim().to_owned())
        } else if first == '\'' || first == '"' {
            let after = rest.strip_prefix(first).unwrap_or_default();
            let (said, after) = after.split_once(first).ok_or("a quotation mark is not closed")?;
            rest = after;
            Word::Text(said.to_owned())
        } else if first.is_ascii_digit() || begins_fraction(rest) {
            let (number, after) = cut(rest, |c| c.is_ascii_digit() || c == '.');
            rest = after;
            Word::Number(number.parse().map_err(|_no_number| format!("{number} is no number"))?)
        } else if first.is_alphabetic() || first == '_' {
            let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
            let (name, after) = cut(rest, joins);
            rest = after;
            Word::Name(name.to_owned())
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or_else(|| format!("rules here do not know {first:?}"))?;
            rest = rest.strip_prefix(sign).unwrap_or_default();
            Word::Sign(sign)
        };
        words.push(word);
    }
}

/// Spreadsheet programs bend quotation marks and glue words together.
fn plain(text: &str) -> String {
    let plain = |c| match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{a0}' | '\n' | '\t' => ' ',
        c => c,
    };
    text.chars().map(plain).collect()
}

fn begins_fraction(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('.') && chars.next().is_some_and(|c| c.is_ascii_digit())
}

fn cut(text: &str, joins: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !joins(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// Reads expressions word by word.
struct Reader {
    words: Vec<Word>,
    next: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Word> {
        self.words.get(self.next)
    }

    fn take(&mut self, sign: &str) -> bool {
        let here = match self.peek() {
            Some(Word::Sign(known)) => *known == sign,
            Some(Word::Name(name)) => name == sign,
            Some(Word::Text(_) | Word::Number(_) | Word::Answer(_)) | None => false,
        };
        self.next += usize::from(here);
        here
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(format!("{sign} is missing")) }
    }

    fn any(&mut self) -> Result<Expr, String> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Any(parts) })
    }

    fn all(&mut self) -> Result<Expr, String> {
        let mut parts = vec![self.comparison()?];
        while self.take("and") {
            parts.push(self.comparison()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::All(parts) })
    }

    fn comparison(&mut self) -> Result<Expr, String> {
        let left = self.sum()?;
        let signs = [
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("=", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::More),
        ];
        let Some((_, how)) = signs.into_iter().find(|(sign, _)| self.take(sign)) else {
            return Ok(left);
        };
        let right = self.sum()?;
        Ok(Expr::Compare(Box::new(left), how, Box::new(right)))
    }

    /// Sums and products are read so that what comes after them is found; no rule can use them.
    fn sum(&mut self) -> Result<Expr, String> {
        let mut left = self.single()?;
        while let Some(sign) = ["+", "-", "*", "div", "mod"].into_iter().find(|s| self.take(s)) {
            left = Expr::Call(sign.to_owned(), vec![left, self.single()?]);
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Expr, String> {
        if self.take("-") {
            let inner = self.deeper(Self::single)?;
            let number = if let Expr::Number(number) = inner { Some(-number) } else { None };
            return Ok(number.map_or_else(|| Expr::Call("-".to_owned(), vec![inner]), Expr::Number));
        }
        if self.take("(") {
            let inner = self.deeper(Self::any)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let word = self.peek().cloned().ok_or("it ends too early")?;
        match word {
            Word::Text(text) => self.step(Expr::Text(text)),
            Word::Number(number) => self.step(Expr::Number(number)),
            Word::Answer(name) => self.step(Expr::Answer(name)),
            Word::Name(name) => self.named(name),
            Word::Sign("." | ".." | "/" | "//") => self.path(),
            Word::Sign(sign) => Err(format!("{sign} stands where an answer or a value should")),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "it ends the arms of a match of results")]
    fn step(&mut self, expr: Expr) -> Result<Expr, String> {
        self.next += 1;
        Ok(expr)
    }

    fn named(&mut self, name: String) -> Result<Expr, String> {
        self.next += 1;
        if !self.take("(") {
            // The rest of a path that begins with a word cannot be followed.
            if matches!(self.peek(), Some(Word::Sign("/" | "[" | "//"))) {
                return Err(format!("rules here do not follow the path {name}/…"));
            }
            return Ok(Expr::Name(name));
        }
        let mut inner = Vec::new();
        if !self.take(")") {
            inner.push(self.deeper(Self::any)?);
            while self.take(",") {
                inner.push(self.deeper(Self::any)?);
            }
            self.expect(")")?;
        }
        if matches!(self.peek(), Some(Word::Sign("/" | "[" | "//"))) && name != "current" {
            return Err(format!("rules here do not follow the path {name}(…)/…"));
        }
        if name == "current" && matches!(self.peek(), Some(Word::Sign("/"))) {
            self.next += 1;
            return self.path();
        }
        Ok(Expr::Call(name, inner))
    }

    /// `.`, `../age`, `/data/group/age`: the answer named last.
    fn path(&mut self) -> Result<Expr, String> {
        let mut last = None;
        let begins = self.next;
        loop {
            match self.peek() {
                Some(Word::Sign("." | ".." | "/" | "//")) => last = None,
                Some(Word::Name(name)) if last.is_none() && !is_operator(name) => {
                    last = Some(name.clone());
                }
                Some(Word::Sign("[")) => return Err("rules here do not look into […]".to_owned()),
                Some(
                    Word::Text(_)
                    | Word::Number(_)
                    | Word::Answer(_)
                    | Word::Name(_)
                    | Word::Sign(_),
                )
                | None => break,
            }
            self.next += 1;
        }
        match last {
            Some(name) => Ok(Expr::Answer(name)),
            None if self.next == begins + 1 && self.words.get(begins) == Some(&Word::Sign(".")) => {
                Ok(Expr::Here)
            }
            None => Err("a path leads to no question".to_owned()),
        }
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<Expr, String>) -> Result<Expr, String> {
        if self.depth == DEEPEST {
            return Err(format!("more than {DEEPEST} brackets stand inside one another"));
        }
        self.depth += 1;
        let inner = read(self)?;
        self.depth -= 1;
        Ok(inner)
    }
}

fn is_operator(name: &str) -> bool {
    matches!(name, "and" | "or" | "div" | "mod")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        format!("{:?}", Expr::read(text).unwrap())
    }

    #[test]
    fn people_write_rules_in_many_ways() {
        let plain = shown("selected(${q1}, 'a') and not(${n} >= 3)");
        assert_eq!(plain, shown(" selected( ${ q1 } ,\u{2018}a\u{2019}) and not( ../n>=3 )"));
        assert_eq!(shown("${a} = 'x' or . != -1.5"), shown("(/data/g/a = \"x\") or (. != -1.5)"));
        assert_eq!(shown("../a = 1 and ../b = 2"), shown("${a} = 1 and ${b} = 2"));
        assert_eq!(shown("current()/../a = 1"), shown("${a} = 1"));
        assert_eq!(shown("state=${state}"), "Compare(Name(\"state\"), Equal, Answer(\"state\"))");
        assert_eq!(shown(".>=0"), "Compare(Here, AtLeast, Number(0.0))");
    }

    #[test]
    fn what_is_not_understood_says_why() {
        for (text, why) in [
            ("${a", "not closed"),
            ("'a", "not closed"),
            ("instance('x')/all/item[name = ${a}]", "do not follow the path"),
            ("${a} =", "ends too early"),
            ("${a} ${b}", "stands where nothing should"),
            ("a ~ b", "do not know '~'"),
            ("count(../x[y = 1])", "do not look into"),
            (&"(".repeat(100_000), "more than 5000 characters"),
            (&"(".repeat(100), "inside one another"),
            (&"-".repeat(4000), "inside one another"),
        ] {
            let fault = Expr::read(text).unwrap_err();
            assert!(fault.contains(why), "{text}: {fault}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in "[-$.{}()'a-z0-9 =<>!/,\\[\\]é]{0,60}") {
            let _outcome = Expr::read(&text);
        }
    }
}
