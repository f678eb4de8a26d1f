//! What can be chosen: choices, bands of numbers, and how they fold into three.

use super::lint::{Notes, Span};
use super::question::Written;
use super::table::{Table, is_code};
use crate::domain::question::{Band, Choice, Fold, Label, Question};
use crate::domain::text::{Lang, Text};

/// The most characters of a choice before it is hard to read on a phone or a poster.
const LABEL: usize = 60;
/// The most characters of a statement.
const STATEMENT: usize = 120;

/// What a list of choices is for: each has rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// One of several.
    Single,
    /// Any of several.
    Multiple,
    /// One step of an order.
    Steps,
    /// Ways of not giving a number.
    Number,
    /// Some of several, in order.
    Rank,
}

/// Choices as they are listed in a file.
pub(super) struct Listed {
    /// The choices.
    pub(super) value: Vec<Choice>,
    /// Where they stand.
    pub(super) at: Span,
    /// The rules by which they are offered.
    pub(super) rules: Vec<Written>,
}

/// Reads `choices`; `None` when there are none to work with.
pub(super) fn choices(
    table: &mut Table<'_>,
    text: &str,
    langs: &[Lang],
    notes: &mut Notes,
) -> Option<Listed> {
    let at = table.place("choices");
    let listed = table.tables("choices", "choice", notes)?;
    let (mut choices, mut rules) = (Vec::new(), Vec::new());
    for mut entry in listed {
        let code = code(&mut entry, notes);
        let missing = entry.flag("missing", notes);
        let exclusive = entry.flag("exclusive", notes);
        let score = entry.number("score", notes);
        if let Some(score) = score.as_ref().filter(|_| missing) {
            notes.error(&score.at, format!("{} is missing, so it has no score", entry.what));
        }
        let rule = Written::read(&mut entry, text, notes);
        let words = label(&mut entry, langs, notes);
        if let (Some(code), Some(text)) = (code, words) {
            let (score, show_if) =
                (score.map(|it| it.value), rule.as_ref().map(|it| &it.condition));
            let show_if = show_if.cloned();
            choices.push(Choice { code, text, score, missing, exclusive, show_if });
        }
        rules.extend(rule);
        entry.finish(notes);
    }
    let codes: Vec<&str> = choices.iter().map(|choice| choice.code.as_str()).collect();
    twice(&codes, &at, notes);
    alike(&choices.iter().map(|choice| &choice.text).collect::<Vec<_>>(), &at, notes);
    Some(Listed { value: choices, at, rules })
}

/// Reads a list of codes with their words: statements, groups of people.
pub(super) fn labels(
    key: &'static str,
    noun: &str,
    table: &mut Table<'_>,
    langs: &[Lang],
    notes: &mut Notes,
) -> Option<Vec<Label>> {
    let at = table.place(key);
    let listed = table.tables(key, noun, notes);
    let listed = table.need(key, listed, notes)?;
    let mut labels: Vec<Label> = Vec::new();
    for mut entry in listed {
        let code = code(&mut entry, notes);
        let text = entry.text("text", STATEMENT, langs, notes);
        let text = entry.need("text", text, notes);
        if let (Some(code), Some(text)) = (code, text) {
            labels.push(Label { code, text });
        }
        entry.finish(notes);
    }
    let codes: Vec<&str> = labels.iter().map(|label| label.code.as_str()).collect();
    twice(&codes, &at, notes);
    alike(&labels.iter().map(|label| &label.text).collect::<Vec<_>>(), &at, notes);
    if labels.is_empty() {
        notes.error(&at, format!("{} has no {key}", table.what));
    }
    Some(labels)
}

fn code(entry: &mut Table<'_>, notes: &mut Notes) -> Option<String> {
    let found = entry.string("code", notes);
    let code = entry.need("code", found, notes)?;
    if !is_code(&code.value) {
        let rule = "should be made of a to z, 0 to 9 and _";
        notes.error(&code.at, format!("code {:?} {rule}", code.value));
    }
    entry.what = format!("{} {}", entry.what, code.value);
    Some(code.value)
}

fn label(entry: &mut Table<'_>, langs: &[Lang], notes: &mut Notes) -> Option<Text> {
    let text = entry.text("text", LABEL, langs, notes);
    entry.need("text", text, notes)
}

/// No code may stand for two answers.
fn twice(codes: &[&str], at: &Span, notes: &mut Notes) {
    for (place, code) in codes.iter().enumerate() {
        if codes.iter().take(place).any(|earlier| earlier == code) {
            notes.error(at, format!("the code {code} is there twice"));
        }
    }
}

/// No two answers may read the same.
fn alike(texts: &[&Text], at: &Span, notes: &mut Notes) {
    for (place, text) in texts.iter().enumerate() {
        for (lang, words) in &text.0 {
            if texts.iter().take(place).any(|earlier| earlier.0.get(lang) == Some(words)) {
                notes.error(at, format!("two answers read {words:?} in {lang}"));
            }
        }
    }
}

/// The rules of a list of choices where it is used.
pub(super) fn fits(what: &str, (choices, at): (&[Choice], &Span), used: Use, notes: &mut Notes) {
    let real: Vec<&Choice> = choices.iter().filter(|choice| !choice.missing).collect();
    match used {
        Use::Number => ways_out(choices, at, notes),
        Use::Single | Use::Multiple | Use::Steps | Use::Rank if real.len() < 2 => {
            notes.error(at, format!("{what} needs at least two choices that are not missing"));
        }
        Use::Single | Use::Multiple => {}
        Use::Rank => {
            if choices.iter().any(|choice| choice.missing) {
                notes.error(at, format!("{what} is ranked, so none of its choices is missing"));
            }
        }
        Use::Steps => {
            let first = choices.iter().position(|choice| choice.missing).unwrap_or(choices.len());
            if choices.iter().skip(first).any(|choice| !choice.missing) {
                notes.error(at, format!("{what} has a step after a missing choice"));
            }
        }
    }
    if used != Use::Multiple && choices.iter().any(|choice| choice.exclusive) {
        notes
            .error(at, format!("only a choice of a multiple can be exclusive, and {what} is none"));
    }
    if matches!(used, Use::Single | Use::Steps) {
        let scores: Vec<Option<f64>> =
            choices.iter().filter(|choice| !choice.missing).map(|choice| choice.score).collect();
        scored(what, &scores, used == Use::Steps, at, notes);
    } else if choices.iter().any(|choice| choice.score.is_some()) {
        notes.error(at, format!("{what} cannot be added up, so its choices have no score"));
    }
}

/// What can be chosen beside a number is never a number.
fn ways_out(choices: &[Choice], at: &Span, notes: &mut Notes) {
    for choice in choices {
        if !choice.missing {
            let rule = "choices of a number are ways of not giving one";
            notes.error(at, format!("{rule}: {} should have missing = true", choice.code));
        }
        if choice.code.parse::<f64>().is_ok() {
            notes.error(at, format!("the code {} would be read as a number", choice.code));
        }
    }
}

/// Either every answer has a score or none; scores begin at 0 and rise.
fn scored(what: &str, scores: &[Option<f64>], needed: bool, at: &Span, notes: &mut Notes) {
    let given: Vec<f64> = scores.iter().copied().flatten().collect();
    if given.len() < scores.len() && (needed || !given.is_empty()) {
        notes.error(at, format!("{what} needs a score on every answer that is not missing"));
    } else if given.first().is_some_and(|first| *first != 0.0) {
        notes.error(at, format!("the scores of {what} should begin at 0"));
    } else if given.windows(2).any(|pair| matches!(pair, [a, b] if a >= b)) {
        notes.error(at, format!("the scores of {what} should rise from answer to answer"));
    }
}

/// Reads `bands`, which must cover `min` to `max` without a hole and without lying over another.
pub(super) fn bands(
    table: &mut Table<'_>,
    (min, max): (f64, f64),
    langs: &[Lang],
    notes: &mut Notes,
) -> Vec<Band> {
    let at = table.place("bands");
    let listed = table.tables("bands", "band", notes);
    let listed = table.need("bands", listed, notes).unwrap_or_default();
    let (wanted, mut bands) = (listed.len(), Vec::new());
    for mut entry in listed {
        let code = code(&mut entry, notes);
        let [from, to] = ["from", "to"].map(|key| {
            let found = entry.number(key, notes);
            entry.need(key, found, notes).map(|number| number.value)
        });
        let score = entry.number("score", notes).map(|score| score.value);
        let text = label(&mut entry, langs, notes);
        if let (Some(code), Some(from), Some(to), Some(text)) = (code, from, to, text) {
            bands.push(Band { code, text, from, to, score });
        }
        entry.finish(notes);
    }
    if wanted == bands.len() && table.has("bands") {
        covered(&bands, (min, max), &at, notes);
    }
    let codes: Vec<&str> = bands.iter().map(|band| band.code.as_str()).collect();
    twice(&codes, &at, notes);
    alike(&bands.iter().map(|band| &band.text).collect::<Vec<_>>(), &at, notes);
    let scores: Vec<Option<f64>> = bands.iter().map(|band| band.score).collect();
    scored(&table.what, &scores, false, &at, notes);
    bands
}

fn covered(bands: &[Band], (min, max): (f64, f64), at: &Span, notes: &mut Notes) {
    let (Some(first), Some(last)) = (bands.first(), bands.last()) else {
        notes.error(at, "a number is shown only in bands, and there are none");
        return;
    };
    // Both stand in the file as written, so nothing was computed that could be a little off.
    if first.from.total_cmp(&min).is_ne() {
        notes.error(at, format!("the bands begin at {} and not at min = {min}", first.from));
    }
    if last.to.total_cmp(&max).is_ne() {
        notes.error(at, format!("the bands end at {} and not at max = {max}", last.to));
    }
    for band in bands.iter().filter(|band| band.from > band.to) {
        notes.error(at, format!("the band {} ends before it begins", band.code));
    }
    for (lower, upper) in bands.iter().zip(bands.iter().skip(1)) {
        if upper.from <= lower.to {
            notes.error(at, format!("the bands {} and {} overlap", lower.code, upper.code));
        } else if upper.from - lower.to > 1.0 {
            notes.error(at, format!("between {} and {} is a hole", lower.code, upper.code));
        }
    }
}

/// Reads `fold`.
pub(super) fn fold(table: &mut Table<'_>, notes: &mut Notes) -> Option<Fold> {
    let mut entry = table.table("fold", notes)?;
    let [low, middle, high] = ["low", "middle", "high"].map(|key| {
        let found = entry.strings(key, notes);
        let codes = entry.need(key, found, notes)?;
        Some(codes.into_iter().map(|code| code.value).collect::<Vec<String>>())
    });
    entry.finish(notes);
    Some(Fold { low: low?, middle: middle?, high: high? })
}

/// Every answer is in one part of the fold, and the parts run the way of the scale.
pub(super) fn folds(question: &Question, at: &Span, notes: &mut Notes) {
    let Some(fold) = &question.fold else { return };
    let known = question.answers();
    let parts = [&fold.low, &fold.middle, &fold.high];
    let codes: Vec<&str> = parts.iter().flat_map(|part| part.iter()).map(String::as_str).collect();
    for code in codes.iter().filter(|code| !known.iter().any(|(known, ..)| known == *code)) {
        let is_missing = question.choice(code).is_some();
        let why = if is_missing { "a missing answer is not folded" } else { "no such answer" };
        notes.error(at, format!("the fold of {} names {code}: {why}", question.id));
    }
    twice(&codes, at, notes);
    for (code, ..) in known.iter().filter(|(code, ..)| !codes.contains(code)) {
        notes.error(at, format!("the fold of {} leaves out {code}", question.id));
    }
    if fold.low.is_empty() || fold.high.is_empty() {
        notes.error(at, format!("the fold of {} needs a low and a high end", question.id));
    }
    let score = |code: &&str| known.iter().find(|(known, ..)| known == code)?.2;
    let scores: Vec<f64> = codes.iter().filter_map(score).collect();
    let ranks = parts.iter().enumerate().flat_map(|(rank, part)| part.iter().map(move |_| rank));
    let ranked: Vec<(usize, f64)> = ranks.zip(scores).collect();
    let against = |(rank, score): &(usize, f64)| {
        ranked.iter().any(|(other, lower)| other > rank && lower <= score)
    };
    if codes.len() == ranked.len() && ranked.iter().any(against) {
        notes.error(at, format!("the fold of {} runs against its scores", question.id));
    }
}
