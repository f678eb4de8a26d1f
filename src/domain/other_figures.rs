//! Figures that somebody else counted: the police, the city, a service. They are kept as they were
//! given, with what is counted, who says so, over which time, and what to be careful about. They
//! stand in a table of their own: never in a chart with answers, never in one score with them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// Some figures under their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherFigures {
    /// How the text of a report calls them; it never changes.
    pub name: String,
    /// What stands there.
    pub told: Told,
    /// Who wrote it down last, by name.
    pub editor: String,
    /// On which day.
    pub written: Date,
}

/// What is told about figures, and the figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What they are called.
    pub title: Text,
    /// What is counted, and what is not.
    pub counted: Text,
    /// Who published them.
    pub source: String,
    /// Over which time.
    pub period: String,
    /// What to be careful about.
    pub caveat: Text,
    /// What is counted line by line, and how much it is: as it was given.
    pub lines: Vec<Line>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What is counted.
    pub what: String,
    /// How much it is, as it was given.
    pub figure: String,
}

/// The most lines of one table.
pub const MOST_LINES: usize = 30;
/// The most characters of a name in a line, and of a title.
pub const LONGEST_NAME: usize = 120;
/// The most characters of a figure.
pub const LONGEST_FIGURE: usize = 40;
/// The most characters of what is said about figures.
pub const LONGEST_WORDS: usize = 600;

/// Why a line is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadLine {
    /// Nothing parts what is counted from how much it is, or one of them is missing.
    Parts(usize, String),
    /// It is too long.
    Long(usize, String),
}

/// Reads lines such as `bicycle theft;12`, also as a spreadsheet copies them, with a tab. Gives all
/// that can be read, and everything that cannot.
#[must_use]
pub fn lines(text: &str) -> (Vec<Line>, Vec<BadLine>) {
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        // An empty row of a spreadsheet has its separators and nothing else.
        if line.trim().trim_matches(';').trim().is_empty() {
            continue;
        }
        let short = || line.trim().chars().take(60).collect::<String>();
        let parts = line.split_once('\t').or_else(|| line.trim().rsplit_once(';'));
        let parts = parts.map(|(what, figure)| (cell(what), cell(figure)));
        match parts.filter(|(what, figure)| !what.is_empty() && !figure.is_empty()) {
            None => bad.push(BadLine::Parts(at + 1, short())),
            Some((what, figure)) => {
                let longer = |text: &str, most| text.chars().count() > most;
                if longer(&what, LONGEST_NAME) || longer(&figure, LONGEST_FIGURE) {
                    bad.push(BadLine::Long(at + 1, short()));
                }
                found.push(Line { what, figure });
            }
        }
    }
    (found, bad)
}

/// A cell without the quotation marks that a spreadsheet puts around it.
fn cell(text: &str) -> String {
    let text = text.replace('\t', " ");
    let text = text.trim();
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| text.to_owned(), |inner| inner.replace("\"\"", "\"").trim().to_owned())
}

/// The same lines as they are written.
#[must_use]
pub fn written(lines: &[Line]) -> String {
    let line = |line: &Line| {
        // The last semicolon of a line parts it; a figure that has one stands behind a tab.
        let between = if line.figure.contains(';') { '\t' } else { ';' };
        format!("{}{between}{}", quoted(&line.what), quoted(&line.figure))
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A cell with quotation marks, where it would be read otherwise.
fn quoted(text: &str) -> String {
    if cell(text) == text && !text.contains(';') {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Whether it can be the name of figures in the text of a report.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= 40 && text.chars().all(fits)
}

/// A name for figures with this title that none of the others has.
///
/// ```
/// use miradouro::domain::other_figures::name_for;
/// assert_eq!(name_for("Bicycle theft, 2025", &[]), "bicycle-theft-2025");
/// assert_eq!(name_for("سرقات", &["figures"]), "figures-2");
/// ```
#[must_use]
pub fn name_for(title: &str, taken: &[&str]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let words: String = title.chars().map(plain).collect();
    let short = words.split_whitespace().collect::<Vec<_>>().join("-");
    let short: String = short.chars().take(30).collect();
    let short = short.trim_matches('-');
    let short = if short.is_empty() { "figures" } else { short };
    let mut names = std::iter::once(short.to_owned())
        .chain((2..=taken.len() + 2).map(|n| format!("{short}-{n}")));
    names.find(|name| !taken.contains(&name.as_str())).unwrap_or_else(|| short.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(what: &str, figure: &str) -> Line {
        Line { what: what.to_owned(), figure: figure.to_owned() }
    }

    #[test]
    fn figures_are_kept_as_they_were_given() {
        let (found, bad) = lines(
            "burglary;1.204\r\n\nbicycle theft\t 87 \n\"shops; stalls\";\"3,5 %\"\n;;\nnothing\nno;\n",
        );
        let expected = [
            line("burglary", "1.204"),
            line("bicycle theft", "87"),
            line("shops; stalls", "3,5 %"),
        ];
        assert_eq!(found, expected);
        let parts = |at, text: &str| BadLine::Parts(at, text.to_owned());
        assert_eq!(bad, [parts(6, "nothing"), parts(7, "no;")]);
        assert_eq!(lines(&written(&found)), (found, Vec::new()));
        let long = format!("{};1", "x".repeat(LONGEST_NAME + 1));
        assert!(matches!(lines(&long).1.as_slice(), [BadLine::Long(1, _)]));
    }

    #[test]
    fn a_name_is_one_that_an_address_can_have_and_nobody_else_has() {
        assert_eq!(name_for("Café & bar!", &["caf-bar"]), "caf-bar-2");
        assert!(is_name("caf-bar-2"));
        for bad in ["", "A", "a b", "a/b", "é"] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_again(text in "[a-z;\"\\t 0-9.,%\\n\u{600}-\u{6ff}]{0,120}") {
            let (found, _) = lines(&text);
            prop_assert_eq!(lines(&written(&found)).0, found);
        }

        #[test]
        fn every_title_has_a_name(title in "\\PC{0,80}") {
            prop_assert!(is_name(&name_for(&title, &[])));
        }
    }
}
