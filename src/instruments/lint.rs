//! Everything wrong with a file at once, each fault with its line, its column and a caret.
//!
//! Readers note faults with byte spans in any order; here the spans become lines and columns. A
//! column counts characters, not bytes, because that is what an editor shows.

use std::ops::Range;

use crate::domain::text::Lang;

/// A stretch of bytes in a file.
pub(super) type Span = Range<usize>;

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub sentence: String,
    /// Whether the file can be used all the same.
    pub severity: Severity,
    /// The line itself.
    pub source: String,
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but somebody should look.
    Warning,
}

/// The most faults that are noted: nobody mends more at once.
const MOST: usize = 200;
/// The most characters of a source line that are shown: a text in seven languages is long.
const WIDTH: usize = 100;

impl Fault {
    /// A fault of a whole file, such as one that cannot be opened.
    #[must_use]
    pub fn of_file(sentence: impl Into<String>) -> Self {
        let (sentence, source) = (sentence.into(), String::new());
        Self { line: 1, column: 1, sentence, severity: Severity::Error, source }
    }

    /// Whether the file cannot be used because of it.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        matches!(self.severity, Severity::Error)
    }

    /// `file:line:column: sentence`, the source line, and a caret under the place.
    #[must_use]
    pub fn show(&self, file: &str) -> String {
        let Self { line, column, sentence, .. } = self;
        let word = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        let head = format!("{file}:{line}:{column}: {word}{sentence}");
        if self.source.is_empty() {
            return head;
        }
        let first = if *column > WIDTH { column - WIDTH / 2 } else { 0 };
        let shown = self.source.chars().skip(first).take(WIDTH);
        let shown: String = shown.map(|c| if is_printable(c) { c } else { '\u{fffd}' }).collect();
        let cut = if first > 0 { "…" } else { "" };
        let rest = if self.source.chars().count() > first + WIDTH { "…" } else { "" };
        let before =
            cut.chars().chain(shown.chars()).take(column - 1 - first + cut.chars().count());
        let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        format!("{head}\n  {cut}{shown}{rest}\n  {indent}^")
    }
}

/// A terminal must not be steered by a file's control characters; a tab does no harm.
fn is_printable(c: char) -> bool {
    !c.is_control() || c == '\t'
}

/// Faults on their way: where in the bytes, and what.
#[derive(Debug, Default)]
pub(super) struct Notes {
    found: Vec<(Span, String, Severity)>,
    /// Whether a text may be missing in a language: then nobody is told.
    any_language: bool,
}

impl Notes {
    /// Notes what makes the file unusable.
    pub(super) fn error(&mut self, at: &Span, sentence: impl Into<String>) {
        self.note(at, sentence.into(), Severity::Error);
    }

    /// Notes that lets every text be missing in any language.
    pub(super) fn in_any_language() -> Self {
        Self { found: Vec::new(), any_language: true }
    }

    /// Notes what is missing in a language.
    pub(super) fn lacks(&mut self, at: &Span, what: &str, lang: Lang) {
        if !self.any_language {
            self.error(at, format!("{what} is missing in {lang}"));
        }
    }

    /// Notes what somebody should look at.
    pub(super) fn warning(&mut self, at: &Span, sentence: impl Into<String>) {
        self.note(at, sentence.into(), Severity::Warning);
    }

    fn note(&mut self, at: &Span, sentence: String, severity: Severity) {
        let note = (at.clone(), sentence, severity);
        if self.found.len() < MOST && !self.found.contains(&note) {
            self.found.push(note);
        }
    }

    /// How many errors there are so far.
    pub(super) fn errors(&self) -> usize {
        self.found.iter().filter(|(_, _, severity)| *severity == Severity::Error).count()
    }

    /// The faults in the order of the file.
    pub(super) fn faults(mut self, text: &str) -> Vec<Fault> {
        self.found.sort_by_key(|(at, _, _)| at.start);
        let is_cut = self.found.len() == MOST;
        let fault = |(at, sentence, severity): (Span, String, Severity)| {
            let (line, column, source) = place(text, at.start);
            Fault { line, column, sentence, severity, source }
        };
        let cut = is_cut.then(|| Fault::of_file(format!("only the first {MOST} faults are shown")));
        cut.into_iter().chain(self.found.into_iter().map(fault)).collect()
    }
}

/// The line, the column and the whole line of a byte offset.
fn place(text: &str, at: usize) -> (usize, usize, String) {
    let before = text.get(..text.floor_char_boundary(at)).unwrap_or(text);
    let line = before.matches('\n').count();
    let column = before.chars().rev().take_while(|c| *c != '\n').count();
    let source = text.split('\n').nth(line).unwrap_or("").trim_end_matches('\r');
    (line + 1, column + 1, source.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, at: usize) -> String {
        let mut notes = Notes::default();
        notes.error(&(at..at), "here");
        notes.faults(text).first().unwrap().show("x.toml")
    }

    #[test]
    fn a_column_counts_characters_and_tabs_stay_tabs() {
        let text = "a\n\té = x";
        assert_eq!(shown(text, text.find('x').unwrap()), "x.toml:2:6: here\n  \té = x\n  \t    ^");
    }

    #[test]
    fn a_long_line_is_shown_around_its_caret() {
        let text = format!("{}!{}", "a".repeat(300), "b".repeat(300));
        let shown = shown(&text, 300);
        let (line, caret) = shown.split_once('\n').unwrap().1.split_once('\n').unwrap();
        assert_eq!(line.chars().position(|c| c == '!'), caret.chars().position(|c| c == '^'));
        assert!(line.chars().count() < 110);
    }

    #[test]
    fn a_place_beyond_the_end_is_the_end() {
        assert_eq!(place("ab\nc", 99), (2, 2, "c".to_owned()));
        assert_eq!(place("", 0), (1, 1, String::new()));
    }
}
