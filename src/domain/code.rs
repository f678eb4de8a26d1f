//! One-time codes on cards, and what people type: forgiving about case, spaces and letters that look
//! alike. A code is 13 letters of Crockford's base 32: 65 bits of chance and nothing else. Whose it
//! is, nobody knows: a card is drawn from a box.

use rand::Rng;

/// Crockford's base 32: no I, L, O or U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many letters a code has.
const LENGTH: usize = 13;

/// A one-time code. It never prints itself: a code must not end up in a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(..)")
    }
}

impl Code {
    /// A fresh one.
    #[must_use]
    pub fn random() -> Self {
        let mut rng = rand::rng();
        let letter = |_| LETTERS.get(rng.random_range(0..LETTERS.len())).copied().map(char::from);
        Self((0..LENGTH).filter_map(letter).collect())
    }

    /// The code in what somebody typed; nothing when it is none.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let letter = |c: char| match plain(c)? {
            'O' => Some(Ok('0')),
            'I' | 'L' => Some(Ok('1')),
            letter if u8::try_from(letter).is_ok_and(|byte| LETTERS.contains(&byte)) => {
                Some(Ok(letter))
            }
            _ => Some(Err(())),
        };
        let letters: String = typed.chars().filter_map(letter).collect::<Result<_, _>>().ok()?;
        (letters.len() == LENGTH).then_some(Self(letters))
    }

    /// Its letters, for the keyed hash and for the address in a QR code.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }

    /// Its letters as a card shows them: 4, 4 and 5.
    #[must_use]
    pub fn grouped(&self) -> String {
        grouped(&self.0, 4)
    }
}

/// Letters in groups with a hyphen between them; what would stand alone joins the last group.
#[must_use]
pub fn grouped(letters: &str, size: usize) -> String {
    let (all, size): (Vec<char>, _) = (letters.chars().collect(), size.max(2));
    let last = (all.len() / size).saturating_sub(1) * size;
    let mut out = String::new();
    for (at, letter) in all.iter().enumerate() {
        if at > 0 && at % size == 0 && at <= last {
            out.push('-');
        }
        out.push(*letter);
    }
    out
}

/// The words of doors that somebody may have meant, likeliest first: what they typed may be a whole
/// address, in capitals, in groups, with an O for a zero.
#[must_use]
pub fn meant_doors(typed: &str) -> Vec<String> {
    let typed = typed.trim();
    let typed = typed.split_once("/p/").map_or(typed, |(_, rest)| rest);
    let typed = typed.split(['/', '#', '?']).next().unwrap_or("");
    let exact: String = typed.chars().take(64).collect();
    let lower: String = exact.chars().filter_map(plain).collect::<String>().to_lowercase();
    let alike = lower.replace('o', "0").replace(['i', 'l'], "1");
    let mut found = Vec::new();
    for word in [exact, lower, alike] {
        if !word.is_empty() && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// A letter or digit in capitals and Latin digits; nothing for what only stands between.
fn plain(c: char) -> Option<char> {
    match c {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10),
        '\u{ff01}'..='\u{ff5e}' => plain(char::from_u32(u32::from(c) - 0xfee0)?),
        _ if c.is_alphanumeric() => Some(c.to_ascii_uppercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code::read("7K2M9QXAR4TBZ").unwrap();
        assert_eq!(code.grouped(), "7K2M-9QXA-R4TBZ");
        for typed in [
            "7k2m-9qxa-r4tbz",
            " 7K2M 9QXA R4TBZ ",
            "7k2m.9qxa/r4tbz",
            "٧k٢m-٩qxa-r٤tbz",
            "７Ｋ２Ｍ９ＱＸＡＲ４ＴＢＺ",
        ] {
            assert_eq!(Code::read(typed).as_ref(), Some(&code), "{typed}");
        }
        assert_eq!(Code::read("oO0iIlL1abcde"), Code::read("0001111 1ABCDE"));
        for none in
            ["", "7K2M-9QXA-R4TB", "7K2M-9QXA-R4TBZZ", "7K2M-9QXA-R4TBU", "é".repeat(13).as_str()]
        {
            assert_eq!(Code::read(none), None, "{none}");
        }
        assert_eq!(format!("{code:?}"), "Code(..)", "a code is never logged");
    }

    #[test]
    fn codes_are_random_and_read_back() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1000 {
            let code = Code::random();
            assert_eq!(Code::read(&code.grouped()).as_ref(), Some(&code));
            assert!(seen.insert(code));
        }
        let used: std::collections::HashSet<char> =
            seen.iter().flat_map(|code| code.letters().chars()).collect();
        assert_eq!(used.len(), 32, "every letter comes up");
    }

    #[test]
    fn a_door_is_found_however_it_is_typed() {
        assert_eq!(meant_doors("bcdf2345"), ["bcdf2345"]);
        assert_eq!(meant_doors(" BCDF 2345 "), ["BCDF 2345", "bcdf2345"]);
        assert_eq!(meant_doors("BCDF-2O1I").last().unwrap(), "bcdf2011");
        assert_eq!(meant_doors("https://example.org/p/bcdf2345/nl#7K2M9QXAR4TBZ"), ["bcdf2345"]);
        assert_eq!(meant_doors("example.org/p/Bcdf2345")[1], "bcdf2345");
        assert!(meant_doors(" - ").iter().all(|word| word == "-"));
        assert!(meant_doors("").is_empty());
        assert_eq!(grouped("bcdf2345", 4), "bcdf-2345");
        assert_eq!(grouped("brug", 4), "brug");
    }
}
