//! The number of a paper sheet, and the numbers and codes that stand on it.
//!
//! A sheet number is two letters of its collection, six digits, and a check letter that catches a
//! wrong or swapped sign: `KT 482 739 R`. The digits are a running number put out of order with a
//! key, so that no two sheets share one and none says which came first.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::instrument::Instrument;
use super::question::Question;

/// The letters of a number: none that is taken for a digit or for another letter. There are 23,
/// which is prime, so that every single mistake changes the check letter.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRSTUVWXY";
/// What the two halves of the digits are counted in.
const HALF: u32 = 1000;
/// How often the halves are mixed.
const ROUNDS: u32 = 6;

/// How many sheets one collection can have.
pub const MOST_SHEETS: u32 = HALF * HALF;

/// The two letters that all sheets of a collection begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark([u8; 2]);

/// The number of one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetNumber {
    mark: Mark,
    digits: u32,
}

/// Why something typed is no sheet number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadNumber {
    /// Not two letters, six digits and a letter.
    Shape,
    /// The check letter does not fit: a sign is wrong or two are swapped.
    Check,
}

impl Mark {
    /// Two letters from a keyed hash.
    #[must_use]
    pub fn of(hash: &[u8]) -> Self {
        let letter = |at: usize| {
            let byte = hash.get(at).copied().unwrap_or_default();
            LETTERS.get(usize::from(byte) % LETTERS.len()).copied().unwrap_or(b'A')
        };
        Self([letter(0), letter(1)])
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = self.0.map(char::from);
        write!(f, "{one}{other}")
    }
}

impl SheetNumber {
    /// The number of the sheet with this running number; `mix` is the keyed function of a round.
    #[must_use]
    pub fn new(mark: Mark, running: u32, mix: impl Fn(u32, u32) -> u32) -> Self {
        let (mut left, mut right) = (running / HALF % HALF, running % HALF);
        for round in 0..ROUNDS {
            (left, right) = (right, (left + mix(round, right) % HALF) % HALF);
        }
        Self { mark, digits: left * HALF + right }
    }

    /// The running number of a sheet.
    #[must_use]
    pub fn running(self, mix: impl Fn(u32, u32) -> u32) -> u32 {
        let (mut left, mut right) = (self.digits / HALF, self.digits % HALF);
        for round in (0..ROUNDS).rev() {
            (left, right) = ((right + HALF - mix(round, left) % HALF) % HALF, left);
        }
        left * HALF + right
    }

    /// The letters of its collection.
    #[must_use]
    pub const fn mark(self) -> Mark {
        self.mark
    }

    /// The number without spaces, as a barcode has it.
    #[must_use]
    pub fn compact(self) -> String {
        self.to_string().replace(' ', "")
    }

    fn check(self) -> char {
        let letter = |byte: &u8| LETTERS.iter().position(|known| known == byte).unwrap_or_default();
        let digits = format!("{:06}", self.digits);
        let digits = digits.bytes().map(|digit| usize::from(digit - b'0'));
        let signs = self.mark.0.iter().map(letter).chain(digits);
        let sum: usize = (2..).zip(signs).map(|(weight, sign)| weight * sign).sum();
        LETTERS.get(sum % LETTERS.len()).copied().map_or('A', char::from)
    }
}

impl fmt::Display for SheetNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = (self.digits / HALF, self.digits % HALF);
        write!(f, "{} {left:03} {right:03} {}", self.mark, self.check())
    }
}

impl FromStr for SheetNumber {
    type Err = BadNumber;

    /// Small letters, spaces and hyphens are fine, and so is an O for a nought.
    fn from_str(typed: &str) -> Result<Self, BadNumber> {
        let signs: Vec<u8> = typed
            .to_uppercase()
            .bytes()
            .filter(|sign| !sign.is_ascii_whitespace() && !matches!(sign, b'-' | b'.'))
            .collect();
        let [one, other, digits @ .., check] = signs.as_slice() else {
            return Err(BadNumber::Shape);
        };
        let is_letter = |sign: &u8| LETTERS.contains(sign);
        if digits.len() != 6 || !is_letter(one) || !is_letter(other) || !is_letter(check) {
            return Err(BadNumber::Shape);
        }
        let mut number = 0;
        for sign in digits {
            let digit = match sign {
                b'O' => 0,
                b'I' | b'L' => 1,
                b'0'..=b'9' => u32::from(sign - b'0'),
                _ => return Err(BadNumber::Shape),
            };
            number = number * 10 + digit;
        }
        let number = Self { mark: Mark([*one, *other]), digits: number };
        if number.check() == char::from(*check) { Ok(number) } else { Err(BadNumber::Check) }
    }
}

/// The signs that stand beside so many choices and are typed for them: one key each as long as
/// there are enough keys, then numbers of equal length.
#[must_use]
pub fn keys(count: usize) -> Vec<String> {
    let single: Vec<String> =
        "123456789abcdefghjkmnpqrstuvwxyz".chars().map(String::from).collect();
    if count <= single.len() {
        return single.into_iter().take(count).collect();
    }
    let width = count.to_string().len();
    (1..=count).map(|number| format!("{number:0width$}")).collect()
}

/// Signs that cannot be taken for a number, for choices beside a number.
#[must_use]
pub fn letters(count: usize) -> Vec<String> {
    (0..count).map(letter).collect()
}

fn letter(at: usize) -> String {
    // Without i, l and o, which look like digits: 1l would be read as 11.
    const ALL: &str = "abcdefghjkmnpqrstuvwxyz";
    let sign = |at: usize| ALL.chars().nth(at % ALL.len()).unwrap_or('a');
    if at < ALL.len() {
        sign(at).to_string()
    } else {
        format!("{}{}", sign(at / ALL.len() - 1), sign(at))
    }
}

/// The number of every question as on the screen: `7`; the rows of a grid and the questions of a
/// stop have letters, `7b`, and rows inside a stop digits again, `7b2`. Words have none.
#[must_use]
pub fn numbers(instrument: &Instrument) -> BTreeMap<&str, String> {
    let mut found = BTreeMap::new();
    let asked = instrument.laid_out().filter(|question| question.is_asked());
    for (number, question) in (1_usize..).zip(asked) {
        name(question, number.to_string(), false, &mut found);
    }
    found
}

fn name<'q>(
    question: &'q Question,
    label: String,
    digits: bool,
    found: &mut BTreeMap<&'q str, String>,
) {
    let inner = if question.inner().is_empty() { question.rows() } else { question.inner() };
    let inner = inner.iter().filter(|one| one.id != question.id && one.is_asked());
    for (at, one) in inner.enumerate() {
        let sign = if digits { (at + 1).to_string() } else { letter(at) };
        name(one, format!("{label}{sign}"), !digits, found);
    }
    found.insert(&question.id, label);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn mix(round: u32, half: u32) -> u32 {
        (half * 7919 + round * 104_729) ^ 0x5bd1
    }

    fn number(running: u32) -> SheetNumber {
        SheetNumber::new(Mark::of(&[9, 40]), running, mix)
    }

    #[test]
    fn no_two_sheets_share_a_number_and_each_leads_back() {
        let all: BTreeSet<u32> = (0..3000).map(|running| number(running).digits).collect();
        assert_eq!(all.len(), 3000);
        let steps = all.iter().zip(all.iter().skip(1)).filter(|(a, b)| **b == **a + 1).count();
        assert!(steps < 100, "{steps} stand in order");
        for running in [0, 1, 999, 1000, 123_456, MOST_SHEETS - 1] {
            assert_eq!(number(running).running(mix), running);
        }
    }

    #[test]
    fn one_wrong_or_two_swapped_signs_are_noticed() {
        let right = number(77).compact();
        assert_eq!(right.parse(), Ok(number(77)));
        let spoken = number(77).to_string().to_lowercase().replace(' ', "-");
        assert_eq!(spoken.parse(), Ok(number(77)));
        let signs: Vec<char> = right.chars().collect();
        for at in 0..signs.len() {
            let pool =
                if signs[at].is_ascii_digit() { "0123456789" } else { "ABCDEFGHJKLMNPQRSTUVWXY" };
            for other in pool.chars().filter(|other| *other != signs[at]) {
                let mut wrong = signs.clone();
                wrong[at] = other;
                let wrong: String = wrong.into_iter().collect();
                assert_eq!(wrong.parse::<SheetNumber>(), Err(BadNumber::Check), "{wrong}");
            }
        }
        for at in 2..7 {
            let mut swapped = signs.clone();
            swapped.swap(at, at + 1);
            let swapped: String = swapped.into_iter().collect();
            let read = swapped.parse::<SheetNumber>();
            assert!(swapped == right || read == Err(BadNumber::Check), "{swapped}");
        }
        for shape in ["", "KT", "KT482739", "12 482 739 R", "KT 48x 739 R", "KT 4827 39 RR"] {
            assert_eq!(shape.parse::<SheetNumber>(), Err(BadNumber::Shape), "{shape}");
        }
    }

    #[test]
    fn a_choice_is_one_key_while_there_are_keys() {
        assert_eq!(keys(3), ["1", "2", "3"]);
        assert_eq!(keys(11)[9..], ["a", "b"]);
        let many = keys(40);
        assert_eq!((many[0].as_str(), many[39].as_str()), ("01", "40"));
        let distinct: BTreeSet<String> = keys(32).into_iter().collect();
        assert_eq!(distinct.len(), 32);
        assert_eq!(letters(25)[22..], ["z", "aa", "ab"]);
        assert!(!letters(23).contains(&"l".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn reading_a_number_never_panics(typed in ".{0,20}") {
            let _outcome = typed.parse::<SheetNumber>();
        }
    }
}
