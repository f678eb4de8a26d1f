//! What is wrong with the text of a section: addresses that lead nowhere, numbers that are typed,
//! words that claim too much. All of it at once, as sentences.

use super::super::desk::Desk;
use crate::domain::other_figures::OtherFigures;
use crate::domain::report::{
    Block, ChartAt, Fault, FigureAt, LONGEST, Part, Section, parse, typed_share,
};
use crate::domain::text::Lang;
use crate::publish::{Careless, NotThere, Source, careless};
use crate::words::{ReportingWords, fill};

/// Everything that is wrong with a text.
pub(super) fn faults(
    desk: &Desk,
    (source, others): (&Source<'_>, &[OtherFigures]),
    (section, lang): (Section, Lang),
    said: &str,
) -> Vec<String> {
    let words = desk.app.reporting_words(desk.lang());
    let (blocks, unread) = parse(said);
    let mut found: Vec<String> = unread.iter().map(|fault| in_words(fault, words)).collect();
    if said.chars().count() > LONGEST {
        found.push(fill(&words.bad_long, &[("n", &LONGEST.to_string())]));
    }
    if said.contains('\u{fffd}') {
        found.push(words.bad_letters.clone());
    }
    let mut plain = String::new();
    for block in &blocks {
        match block {
            Block::Heading(parts) | Block::Paragraph(parts) => {
                of_parts(desk, source, lang, parts, (&mut plain, &mut found));
            }
            Block::List(items) => {
                for parts in items {
                    of_parts(desk, source, lang, parts, (&mut plain, &mut found));
                }
            }
            Block::Chart(at) => found.extend(of_chart(source, at, words)),
            Block::Other(name) if !others.iter().any(|one| one.name == *name) => {
                found.push(fill(&words.bad_other, &[("what", &format!("{{{{other {name}}}}}"))]));
            }
            Block::Other(_)
            | Block::Map
            | Block::Collections
            | Block::Withheld
            | Block::Wordings
            | Block::Nothing => {}
        }
        plain.push('\n');
    }
    if let Some(typed) = typed_share(&plain) {
        found.push(fill(&words.bad_share, &[("what", &typed)]));
    }
    found.extend(claims(desk, section, lang, &plain));
    found
}

/// What is careless about the words between the figures. Why something is so may be said where the
/// committee speaks of its own doing, and nowhere else.
fn claims(desk: &Desk, section: Section, lang: Lang, plain: &str) -> Vec<String> {
    let gate = desk.app.gate_words(desk.lang());
    let mut found = Vec::new();
    for sentence in without_days(plain).split_inclusive(['\n', '.', '!', '?', '؟']) {
        for fault in careless(sentence, lang) {
            found.extend(match fault {
                Careless::Decimal(what) => Some(fill(&gate.sentence_decimal, &[("what", &what)])),
                Careless::Word(what) if section.is_about_figures() => {
                    Some(fill(&gate.sentence_claim, &[("what", what)]))
                }
                Careless::Word(_) | Careless::Long => None,
            });
        }
    }
    // A decimal point also ends a sentence, so it is looked for in the whole once more.
    for fault in careless(&without_days(plain), lang) {
        if let Careless::Decimal(what) = fault {
            found.push(fill(&gate.sentence_decimal, &[("what", &what)]));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The same text without days such as 22.11.2026, which are no decimals.
fn without_days(text: &str) -> String {
    let is_day = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_numeric());
        let parts: Vec<&str> = word.split('.').collect();
        let all = parts.iter().all(|part| !part.is_empty() && part.chars().all(char::is_numeric));
        all && parts.len() == 3
    };
    let words = text.split_inclusive(char::is_whitespace);
    words.map(|word| if is_day(word.trim()) { " " } else { word }).collect()
}

fn of_parts(
    desk: &Desk,
    source: &Source<'_>,
    lang: Lang,
    parts: &[Part],
    (plain, found): (&mut String, &mut Vec<String>),
) {
    let words = desk.app.reporting_words(desk.lang());
    for part in parts {
        match part {
            Part::Words(said) => plain.push_str(said),
            Part::Say(at) => found.extend(of_chart(source, at, words)),
            Part::Figure(at) => {
                plain.push(' ');
                if let Err(why) = source.figure(at, lang, desk.app.chart_words(desk.lang())) {
                    found.push(of_figure(at, &why, words));
                }
            }
        }
    }
    plain.push('\n');
}

fn in_words(fault: &Fault, words: &ReportingWords) -> String {
    let (pattern, what) = match fault {
        Fault::Open(what) => (&words.bad_open, what),
        Fault::NoAddress(what) => (&words.bad_address, what),
        Fault::NotAlone(what) => (&words.bad_alone, what),
    };
    fill(pattern, &[("what", &format!("{{{{{what}"))])
}

/// Why a number is not there.
pub(super) fn of_figure(at: &FigureAt, why: &NotThere, words: &ReportingWords) -> String {
    let what = at.to_string();
    let with = |pattern: &str, why: &str| fill(pattern, &[("what", what.as_str()), ("why", why)]);
    match why {
        NotThere::Sheet => with(&words.bad_sheet, ""),
        NotThere::Table => with(&words.bad_table, ""),
        NotThere::Answer => with(&words.bad_answer, ""),
        NotThere::Withheld(why) => with(&words.bad_withheld, why),
    }
}

fn of_chart(source: &Source<'_>, at: &ChartAt, words: &ReportingWords) -> Option<String> {
    let what = format!("{}/{}", at.sheet.0, at.chart);
    if source.sheet(&at.sheet).is_none() {
        return Some(fill(&words.bad_sheet, &[("what", &what)]));
    }
    source.chart(at).is_none().then(|| fill(&words.bad_table, &[("what", &what)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_no_decimal() {
        assert_eq!(without_days("am 22.11.2026 war").trim(), "am  war");
        assert_eq!(without_days("3.5 of 10"), "3.5 of 10");
    }
}
