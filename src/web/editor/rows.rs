//! The rows of a card: words in two languages, settings, ticks, lists. A row shows what was sent,
//! if the card was sent and refused, else what stands in the draft.

use super::{FaultSaid, Sent};
use crate::domain::text::{Lang, Text};

/// One row of a card.
pub(super) enum Row {
    /// Words, in the first language and in the one being written.
    Words { label: String, hint: String, area: bool, said: Vec<Said> },
    /// One line.
    Line {
        label: String,
        hint: String,
        name: String,
        value: String,
        small: bool,
        wrong: Vec<String>,
    },
    /// A yes or no.
    Tick { label: String, hint: String, name: String, on: bool, again: bool },
    /// One of several.
    Choose { label: String, hint: String, name: String, all: Vec<Opt>, again: bool },
    /// Any of several.
    Ticks { label: String, hint: String, name: String, all: Vec<Opt> },
    /// A sentence, perhaps with a button.
    Note { text: String, button: Option<(String, String)> },
    /// When a question is asked.
    Rule(Rule),
    /// In which part of the fold each answer is.
    Fold { label: String, hint: String, answers: Vec<(String, String, Vec<Opt>)> },
    /// Answers, rows, bands, statements, groups.
    Entries(Entries),
}

/// Words in one language.
pub(super) struct Said {
    /// The field.
    pub name: String,
    /// The language.
    pub lang: Lang,
    /// The words.
    pub value: String,
    /// What is wrong with them.
    pub wrong: Vec<String>,
}

/// Something that can be chosen.
pub(super) struct Opt {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub on: bool,
}

impl Opt {
    /// Something that can be chosen.
    #[must_use]
    pub(super) fn new(value: &str, label: &str, on: bool) -> Self {
        Self { value: value.to_owned(), label: label.to_owned(), on }
    }
}

/// When a question is asked: of earlier answers, or as a rule written out.
pub(super) struct Rule {
    /// The questions that can be looked at.
    pub questions: Vec<Opt>,
    /// The answers of the chosen one.
    pub answers: Vec<Opt>,
    /// Whether the rule is written out.
    pub is_written: bool,
    /// The rule as it stands in the file.
    pub value: String,
    /// What is wrong with it.
    pub wrong: Vec<String>,
}

/// A list in a card.
pub(super) struct Entries {
    /// What it is.
    pub label: String,
    /// A line under that.
    pub hint: String,
    /// Its members.
    pub entries: Vec<Entry>,
    /// Fields for new members.
    pub fresh: Vec<Vec<Said>>,
    /// What the fields for new members are called.
    pub new_label: String,
}

/// A member of a list.
pub(super) struct Entry {
    /// Where it stands.
    pub at: String,
    /// Its words.
    pub said: Vec<Said>,
    /// Its settings.
    pub rows: Vec<Row>,
    /// Small labels: what is special about it.
    pub tags: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<FaultSaid>,
    /// Whether it is not the first, not the last.
    pub moves: (bool, bool),
    /// Whether its settings stand open.
    pub open: bool,
}

/// What rows of a card are drawn from: where it stands, what was sent for it, and the languages.
#[derive(Clone, Copy)]
pub(super) struct Pen<'a> {
    /// What was sent for this card, and why it was refused.
    pub sent: Option<&'a Sent>,
    /// The first language, and the one being written beside it.
    pub langs: &'a [Lang],
}

impl Pen<'_> {
    /// What was sent for a field, else what is there.
    #[must_use]
    pub(super) fn value(&self, name: &str, there: &str) -> String {
        let sent = self.sent.and_then(|sent| sent.last(name));
        sent.unwrap_or(there).to_owned()
    }

    /// Whether a tick is set.
    #[must_use]
    pub(super) fn is_on(&self, name: &str, there: bool) -> bool {
        self.sent.and_then(|sent| sent.last(name)).map_or(there, |sent| sent == "yes")
    }

    /// Whether one of several ticks of a field is set.
    #[must_use]
    pub(super) fn is_among(&self, name: &str, value: &str, there: bool) -> bool {
        match self.sent.filter(|sent| sent.has(name)) {
            Some(sent) => sent.fields.iter().any(|(field, sent)| field == name && sent == value),
            None => there,
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub(super) fn wrong(&self, name: &str) -> Vec<String> {
        let all = self.sent.into_iter().flat_map(|sent| &sent.wrong);
        all.filter(|(field, _)| field == name).map(|(_, sentence)| sentence.clone()).collect()
    }

    /// A field for a text in each language of the page.
    #[must_use]
    pub(super) fn said(&self, name: &str, text: &Text) -> Vec<Said> {
        let said = |lang: &Lang| {
            let name = format!("{name}.{lang}");
            let there = text.0.get(lang).map_or("", String::as_str);
            Said { value: self.value(&name, there), wrong: self.wrong(&name), lang: *lang, name }
        };
        self.langs.iter().map(said).collect()
    }

    /// Words in a row.
    #[must_use]
    pub(super) fn words(&self, label: &str, name: &str, text: &Text, area: bool) -> Row {
        let (label, hint) = (label.to_owned(), String::new());
        Row::Words { label, hint, area, said: self.said(name, text) }
    }

    /// One line.
    #[must_use]
    pub(super) fn line(&self, label: &str, name: &str, there: &str, small: bool) -> Row {
        Row::Line {
            label: label.to_owned(),
            hint: String::new(),
            value: self.value(name, there),
            wrong: self.wrong(name),
            name: name.to_owned(),
            small,
        }
    }

    /// A tick.
    #[must_use]
    pub(super) fn tick(&self, label: &str, name: &str, there: bool) -> Row {
        let (label, on) = (label.to_owned(), self.is_on(name, there));
        Row::Tick { label, hint: String::new(), name: name.to_owned(), on, again: false }
    }

    /// One of several; what is there is chosen.
    #[must_use]
    pub(super) fn choose(
        &self,
        label: &str,
        name: &str,
        there: &str,
        all: impl IntoIterator<Item = (String, String)>,
    ) -> Row {
        let chosen = self.value(name, there);
        let option = |(value, label): (String, String)| {
            let on = value == chosen;
            Opt { value, label, on }
        };
        let mut all: Vec<Opt> = all.into_iter().map(option).collect();
        if !all.iter().any(|option| option.on) {
            // What the file says is shown even when there is no such thing.
            all.insert(0, Opt::new(&chosen, &chosen, true));
        }
        let (label, name) = (label.to_owned(), name.to_owned());
        Row::Choose { label, hint: String::new(), name, all, again: false }
    }
}

impl Row {
    /// The same with a line under the label.
    #[must_use]
    pub(super) fn hinted(mut self, said: &str) -> Self {
        match &mut self {
            Self::Words { hint, .. }
            | Self::Line { hint, .. }
            | Self::Tick { hint, .. }
            | Self::Choose { hint, .. }
            | Self::Ticks { hint, .. }
            | Self::Fold { hint, .. } => said.clone_into(hint),
            Self::Note { .. } | Self::Rule(_) | Self::Entries(_) => {}
        }
        self
    }

    /// The same, where the card looks different after a change: the script draws it anew.
    #[must_use]
    pub(super) fn draws_anew(mut self) -> Self {
        match &mut self {
            Self::Tick { again, .. } | Self::Choose { again, .. } => *again = true,
            Self::Words { .. }
            | Self::Line { .. }
            | Self::Ticks { .. }
            | Self::Note { .. }
            | Self::Rule(_)
            | Self::Fold { .. }
            | Self::Entries(_) => {}
        }
        self
    }
}
