//! The codebook of an export: every question with its meaning, and what every code stands for in
//! each language.

use super::export::{ExportError, SKIPPED, written};
use crate::domain::instrument::Instrument;
use crate::domain::question::{Band, Choice, Kind, Label, Measure, Question, ZONE_REFUSED};
use crate::domain::text::{Lang, Text, harmless};
use crate::domain::variable::Names;

/// What a code stands for.
struct Entry {
    code: String,
    score: Option<f64>,
    missing: bool,
    label: Text,
}

/// The codebook as CSV: one row for each code, one for each question without any.
pub(super) fn csv(instrument: &Instrument, names: &Names) -> Result<String, ExportError> {
    let langs = &instrument.languages;
    let fixed =
        ["question", "meaning", "same_as", "kind", "asked_when", "code", "score", "missing"];
    let mut head: Vec<String> = fixed.map(str::to_owned).to_vec();
    for lang in langs {
        head.extend([format!("text_{lang}"), format!("label_{lang}")]);
    }
    let mut rows = vec![skipped(head.len())];
    for question in instrument.all_questions().filter(|question| is_in(question)) {
        let grid = instrument.grid_of(&question.id);
        let mut entries = entries(question, names);
        if entries.is_empty() {
            entries.push(Entry::of("", &Text::default()));
        }
        rows.extend(entries.iter().map(|entry| row(question, grid, entry, langs)));
    }
    written(&head, rows.into_iter())
}

/// What stands in a cell where a question was asked and skipped.
fn skipped(columns: usize) -> Vec<String> {
    let mut row = vec![String::new(); columns];
    for (cell, text) in row.iter_mut().skip(5).zip([SKIPPED, "", "true"]) {
        text.clone_into(cell);
    }
    row
}

/// Whether there is anything to know about the answers to a question.
fn is_in(question: &Question) -> bool {
    question.is_kept() || matches!(question.kind, Kind::Text { .. } | Kind::Weight)
}

fn row(question: &Question, grid: Option<&Question>, entry: &Entry, langs: &[Lang]) -> Vec<String> {
    let rule = question.show_if.as_ref().map(ToString::to_string);
    let mut row = vec![
        question.id.clone(),
        question.meaning.to_string(),
        question.same_as.clone().unwrap_or_default(),
        question.kind.code().to_owned(),
        harmless(&rule.unwrap_or_default()),
        entry.code.clone(),
        entry.score.map(|score| score.to_string()).unwrap_or_default(),
        entry.missing.to_string(),
    ];
    for lang in langs {
        let text = question.text.get(*lang);
        let text = match grid {
            Some(grid) => format!("{} – {text}", grid.text.get(*lang)),
            None => text.to_owned(),
        };
        row.extend([harmless(&text), harmless(entry.label.get(*lang))]);
    }
    row
}

impl Entry {
    fn of(code: &str, label: &Text) -> Self {
        Self { code: code.to_owned(), score: None, missing: false, label: label.clone() }
    }

    fn choice(choice: &Choice) -> Self {
        let (score, missing) = (choice.score, choice.missing);
        Self { score, missing, ..Self::of(&choice.code, &choice.text) }
    }

    fn band(band: &Band) -> Self {
        let limits = format!("{}–{}", band.from, band.to);
        Self { score: band.score, ..Self::of(&limits, &band.text) }
    }

    fn label(label: &Label) -> Self {
        Self::of(&label.code, &label.text)
    }
}

/// Codes of the area with their names, and rather not say.
fn area(names: &[(String, String)]) -> Vec<Entry> {
    let named = names.iter().map(|(code, name)| Entry::of(code, &Text::name(name)));
    let refused = Entry { missing: true, ..Entry::of(ZONE_REFUSED, &Text::default()) };
    named.chain([refused]).collect()
}

/// What the codes of a question stand for; of a number, its bands.
fn entries(question: &Question, names: &Names) -> Vec<Entry> {
    let choices = question.choices().iter().map(Entry::choice);
    if let Kind::Counts { statements, groups, .. } = &question.kind {
        return statements.iter().chain(groups).map(Entry::label).collect();
    }
    match question.measure() {
        Measure::Amount(amount) => amount.bands.iter().map(Entry::band).chain(choices).collect(),
        Measure::Zone => area(&names.zones),
        Measure::Place if names.places.is_empty() => area(&names.zones),
        Measure::Place => area(&names.places),
        Measure::One | Measure::Steps | Measure::Several => choices.collect(),
        Measure::Weight | Measure::Apart => Vec::new(),
    }
}
