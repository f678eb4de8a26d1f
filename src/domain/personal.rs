//! The personal-data lint: what in a free text looks as if it named somebody.
//!
//! It is a question to the writer and never a refusal: "a bench near number 12" is fine and a name
//! without a title is not seen. What it looks for is listed in section 4.5 of the rules: a title
//! with a name, a telephone number, an address for e-mail, a number plate, a house number, a date.

use serde::{Deserialize, Serialize};

/// What a text seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    /// A title and a name: "Mrs Peeters".
    Name,
    /// An address for e-mail or a handle: "@".
    Email,
    /// Seven digits or more that belong together.
    Phone,
    /// A number plate.
    Plate,
    /// A street with a house number.
    Address,
    /// A day, as a birthday or an incident would be given.
    Date,
}

/// Titles before a name, in the languages of respondents, in small letters and without a stop.
const TITLES: [&str; 38] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "sir",
    "dhr",
    "mevr",
    "mevrouw",
    "mw",
    "meneer",
    "juffrouw",
    "meester",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "docteur",
    "herr",
    "frau",
    "senhor",
    "senhora",
    "sr",
    "sra",
    "dona",
    "doutor",
    "bay",
    "bayan",
    "sayın",
    "officer",
    "agent",
    "agente",
    "imam",
    "السيد",
    "السيدة",
    "الأستاذ",
    "الدكتور",
    "سيد",
];

/// The ends of street names in one word, and words that stand before or after a name for a street.
const STREETS: [&str; 24] = [
    "straat",
    "laan",
    "plein",
    "weg",
    "steeg",
    "kaai",
    "kade",
    "dreef",
    "lei",
    "strasse",
    "straße",
    "platz",
    "gasse",
    "allee",
    "street",
    "road",
    "avenue",
    "rue",
    "boulevard",
    "rua",
    "avenida",
    "sokak",
    "caddesi",
    "شارع",
];

/// Whether words hold one sort of thing.
type Look = fn(&[&str]) -> bool;

/// Everything a text seems to hold, each once, in a fixed order.
///
/// ```
/// use miradouro::domain::personal::{Personal, found};
/// assert_eq!(found("Mrs Peeters, Kerkstraat 12"), [Personal::Name, Personal::Address]);
/// assert!(found("More light near the bridge, please. 3 lamps are broken.").is_empty());
/// ```
#[must_use]
pub fn found(text: &str) -> Vec<Personal> {
    let text = western(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let looks: [(Personal, Look); 6] = [
        (Personal::Name, has_name),
        (Personal::Email, has_email),
        (Personal::Phone, has_phone),
        (Personal::Plate, has_plate),
        (Personal::Address, has_address),
        (Personal::Date, has_date),
    ];
    looks.into_iter().filter(|(_, is_there)| is_there(&words)).map(|(what, _)| what).collect()
}

/// Arabic and Persian digits as the ones everybody types.
fn western(text: &str) -> String {
    let digit = |c: char| match c {
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(c as u32 - 0x6f0, 10),
        _ => None,
    };
    text.chars().map(|c| digit(c).unwrap_or(c)).collect()
}

/// A word without the marks around it, in small letters.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn begins_as_a_name(word: &str) -> bool {
    let first = word.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
    // Arabic has no capitals: after a title any word counts.
    first.is_some_and(|c| c.is_uppercase() || ('\u{600}'..='\u{6ff}').contains(&c))
}

fn has_name(words: &[&str]) -> bool {
    words.windows(2).any(|pair| match pair {
        [title, name] => TITLES.contains(&bare(title).as_str()) && begins_as_a_name(name),
        _ => false,
    })
}

fn has_email(words: &[&str]) -> bool {
    words.iter().any(|word| {
        let mut parts = word.split('@');
        let (before, after) = (parts.next(), parts.next());
        let is_word = |part: &str| part.chars().any(char::is_alphanumeric);
        before.is_some() && after.is_some_and(is_word)
    })
}

/// Digits that stand together, with the usual marks between them. A day is no telephone number.
fn has_phone(words: &[&str]) -> bool {
    let (mut digits, mut pieces) = (0, Vec::new());
    for word in words {
        let inside = word.trim_matches([',', '.', ';', '(', ')', ':']);
        let is_piece = !inside.is_empty()
            && inside.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '/' | '-' | '.'))
            && !is_date(inside);
        if is_piece {
            digits += inside.chars().filter(char::is_ascii_digit).count();
            pieces.push(inside);
            if digits >= 7 {
                return true;
            }
        } else {
            digits = 0;
            pieces.clear();
        }
    }
    false
}

/// Three groups of letters and digits, letters and digits both there, as on European plates.
fn has_plate(words: &[&str]) -> bool {
    words.iter().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let groups: Vec<&str> = word.split(['-', '·', '.']).collect();
        let is_group = |group: &&str| {
            (1..=4).contains(&group.len())
                && (group.chars().all(|c| c.is_ascii_digit())
                    || group.chars().all(|c| c.is_ascii_uppercase()))
        };
        let letters = groups.iter().any(|group| group.chars().all(|c| c.is_ascii_uppercase()));
        let digits = groups.iter().any(|group| group.chars().all(|c| c.is_ascii_digit()));
        groups.len() == 3 && groups.iter().all(is_group) && letters && digits
    })
}

fn is_house_number(word: &str) -> bool {
    let word = bare(word);
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    let rest = word.chars().skip(digits).collect::<String>();
    (1..=4).contains(&digits) && (rest.is_empty() || (rest.len() <= 2 && rest.is_ascii()))
}

/// A street and a number: "Kerkstraat 12", "12 rue Haute", "Rua Nova 3".
fn has_address(words: &[&str]) -> bool {
    let is_street = |word: &&str| {
        let word = bare(word);
        let one_word = |end: &&&str| word.ends_with(**end) && word.len() > end.len() + 1;
        STREETS.contains(&word.as_str()) || STREETS.iter().take(14).any(|end| one_word(&end))
    };
    let streets = words.iter().enumerate().filter(|(_, word)| is_street(word));
    streets.into_iter().any(|(at, _)| {
        let near = words.iter().skip(at.saturating_sub(2)).take(5);
        near.into_iter().any(|word| is_house_number(word))
    })
}

fn is_date(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
    let number = |part: &&str| part.parse::<u32>().ok().filter(|_| part.len() <= 4);
    let numbers: Vec<u32> = parts.iter().filter_map(number).collect();
    match (parts.len(), numbers.as_slice()) {
        (3, [a, b, c]) => {
            let day_first = (1..=31).contains(a) && (1..=12).contains(b) && is_year(*c);
            let year_first = is_year(*a) && (1..=12).contains(b) && (1..=31).contains(c);
            day_first || (year_first && *a > 99)
        }
        _ => false,
    }
}

fn is_year(number: u32) -> bool {
    number < 100 || (1900..2100).contains(&number)
}

fn has_date(words: &[&str]) -> bool {
    words.iter().any(|word| is_date(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_somebody_is_seen() {
        for (text, what) in [
            ("meneer Janssens schreeuwt", Personal::Name),
            ("c’est madame Dupont", Personal::Name),
            ("السيد أحمد يصرخ", Personal::Name),
            ("write to jan@example.org", Personal::Email),
            ("zie @jan_gent op insta", Personal::Email),
            ("bel 0470 12 34 56", Personal::Phone),
            ("+32 (0)9 266 61 11", Personal::Phone),
            ("اتصل ٠٤٧٠ ١٢ ٣٤ ٥٦", Personal::Phone),
            ("auto 1-ABC-234 rijdt te snel", Personal::Plate),
            ("Dampoortstraat 12b is kapot", Personal::Address),
            ("12 rue Haute", Personal::Address),
            ("Hauptstraße 7", Personal::Address),
            ("op 12/03/2025 om 8 uur", Personal::Date),
            ("am 1.4.2026", Personal::Date),
        ] {
            assert!(found(text).contains(&what), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn what_names_nobody_is_left_alone() {
        for text in [
            "Meer licht aan de brug",
            "3 lampen zijn stuk, 2 al weken",
            "om 22.30 uur is er niemand",
            "De Kerkstraat is donker",
            "between 18 and 30 people",
            "le mr. est gentil",
            "tram 4 stopt niet meer",
            "50 % of us",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn looking_never_panics(text in "\\PC{0,80}") {
            let _looked = found(&text);
        }
    }
}
