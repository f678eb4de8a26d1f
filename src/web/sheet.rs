//! Sheets that staff fill in: one template for all of them. What was written is kept, and every
//! complaint stands beside its field.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::desk::{self, StaffFrame};
use super::participate::Pairs;
use crate::words::fill;

/// The print of a text, by which a page knows whether what it changes is still what it showed.
#[must_use]
pub(super) fn print_of(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What was filled in.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled(pub Pairs);

impl Filled {
    /// The first value of a field without the spaces around it; empty when there is none.
    #[must_use]
    pub(super) fn first(&self, field: &str) -> &str {
        self.all(field).into_iter().next().unwrap_or("")
    }

    /// Every value of a field.
    #[must_use]
    pub(super) fn all(&self, field: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(name, _)| name == field);
        named.map(|(_, value)| value.trim()).collect()
    }

    /// One more value.
    #[must_use]
    pub(super) fn with(mut self, field: &str, value: &str) -> Self {
        self.0.push((field.to_owned(), value.to_owned()));
        self
    }
}

/// What is wrong with what was filled in: the field and a sentence, all of it at once.
#[derive(Debug, Default)]
pub(super) struct Faults(pub Vec<(String, String)>);

impl Faults {
    /// Complains about a field.
    pub(super) fn add(&mut self, field: &str, sentence: &str) {
        self.0.push((field.to_owned(), sentence.to_owned()));
    }

    /// Complains about a field when something is so.
    pub(super) fn when(&mut self, wrong: bool, field: &str, sentence: &str) {
        if wrong {
            self.add(field, sentence);
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts each complaint beside its field. Gives what is about no field, and the names and labels
    /// of the fields that have complaints.
    pub(super) fn beside(self, inputs: &mut [Input]) -> (Vec<String>, Vec<(String, String)>) {
        let mut elsewhere = Vec::new();
        for (field, sentence) in self.0 {
            // A heading has no name, and what is about no field is not about a heading.
            let is_meant = |input: &&mut Input| !field.is_empty() && input.name == field;
            match inputs.iter_mut().find(is_meant) {
                Some(input) => input.wrong.push(sentence),
                None => elsewhere.push(sentence),
            }
        }
        let complained = inputs.iter().filter(|input| !input.wrong.is_empty());
        (elsewhere, complained.map(|input| (input.name.clone(), input.label.clone())).collect())
    }
}

/// One field of a sheet.
pub(super) struct Input {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub wrong: Vec<String>,
    pub kind: InputKind,
}

/// What sort of field it is.
pub(super) enum InputKind {
    Heading,
    Line { value: String, kind: &'static str },
    Area { value: String, rows: usize },
    File { accept: &'static str },
    Choices { kind: &'static str, all: Vec<Tick> },
}

/// One thing that can be chosen.
pub(super) struct Tick {
    pub value: String,
    pub label: String,
    pub hint: String,
    pub on: bool,
}

impl Tick {
    /// Something that can be chosen; `hint` may be empty.
    #[must_use]
    pub(super) fn new(value: &str, label: &str, hint: &str) -> Self {
        let (value, label, hint) = (value.to_owned(), label.to_owned(), hint.to_owned());
        Self { value, label, hint, on: false }
    }
}

impl Input {
    fn new(name: &str, label: &str, kind: InputKind) -> Self {
        let (name, label) = (name.to_owned(), label.to_owned());
        Self { name, label, hint: String::new(), wrong: Vec::new(), kind }
    }

    /// A heading between fields.
    #[must_use]
    pub(super) fn heading(label: &str) -> Self {
        Self::new("", label, InputKind::Heading)
    }

    /// One line of text.
    #[must_use]
    pub(super) fn line(name: &str, label: &str, filled: &Filled) -> Self {
        let value = filled.first(name).to_owned();
        Self::new(name, label, InputKind::Line { value, kind: "text" })
    }

    /// A day.
    #[must_use]
    pub(super) fn day(name: &str, label: &str, filled: &Filled) -> Self {
        let value = filled.first(name).to_owned();
        Self::new(name, label, InputKind::Line { value, kind: "date" })
    }

    /// Several lines of text.
    #[must_use]
    pub(super) fn area(name: &str, label: &str, rows: usize, filled: &Filled) -> Self {
        let value = filled.first(name).to_owned();
        Self::new(name, label, InputKind::Area { value, rows })
    }

    /// A file to send.
    #[must_use]
    pub(super) fn file(name: &str, label: &str, accept: &'static str) -> Self {
        Self::new(name, label, InputKind::File { accept })
    }

    /// One of several.
    #[must_use]
    pub(super) fn one(name: &str, label: &str, all: Vec<Tick>, filled: &Filled) -> Self {
        Self::choices(name, label, "radio", all, filled)
    }

    /// Any of several.
    #[must_use]
    pub(super) fn many(name: &str, label: &str, all: Vec<Tick>, filled: &Filled) -> Self {
        Self::choices(name, label, "checkbox", all, filled)
    }

    fn choices(
        name: &str,
        label: &str,
        kind: &'static str,
        mut all: Vec<Tick>,
        filled: &Filled,
    ) -> Self {
        let chosen = filled.all(name);
        for tick in &mut all {
            tick.on = chosen.contains(&tick.value.as_str());
        }
        Self::new(name, label, InputKind::Choices { kind, all })
    }

    /// What it says in what somebody else filled in, where that is something else.
    fn other(&self, theirs: &Filled) -> Option<String> {
        let said = match &self.kind {
            InputKind::Heading | InputKind::File { .. } => return None,
            InputKind::Line { value, .. } | InputKind::Area { value, .. } => {
                let other = theirs.first(&self.name);
                (value.replace("\r\n", "\n") != other).then(|| other.to_owned())
            }
            InputKind::Choices { all, .. } => {
                let chosen = theirs.all(&self.name);
                let is_theirs = |tick: &&Tick| chosen.contains(&tick.value.as_str());
                let same = all.iter().all(|tick| tick.on == is_theirs(&tick));
                let names = all.iter().filter(is_theirs).map(|tick| tick.label.as_str());
                (!same).then(|| names.collect::<Vec<_>>().join("; "))
            }
        };
        said.map(|said| if said.is_empty() { "–".to_owned() } else { said })
    }

    /// A line under the label.
    #[must_use]
    pub(super) fn hinted(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }
}

/// A page with one form.
#[derive(Template)]
#[template(path = "sheet.html")]
pub(super) struct Sheet<'a> {
    /// The frame.
    pub frame: StaffFrame<'a>,
    /// What is said before.
    pub intro: Vec<String>,
    /// Where it goes.
    pub action: String,
    /// The print of what stands there, where two people may change the same; empty otherwise.
    pub before: String,
    /// Its fields.
    pub inputs: Vec<Input>,
    /// What the button says.
    pub button: String,
    /// Whether the button destroys something.
    pub stops: bool,
    /// Complaints about no field in particular.
    pub wrong: Vec<String>,
    /// Fields with complaints, and their labels.
    pub complained: Vec<(String, String)>,
}

impl<'a> Sheet<'a> {
    /// A sheet without complaints.
    #[must_use]
    pub(super) fn new(
        frame: StaffFrame<'a>,
        action: String,
        button: &str,
        inputs: Vec<Input>,
    ) -> Self {
        Self {
            frame,
            intro: Vec::new(),
            action,
            before: String::new(),
            inputs,
            button: button.to_owned(),
            stops: false,
            wrong: Vec::new(),
            complained: Vec::new(),
        }
    }

    /// Something said before the fields.
    #[must_use]
    pub(super) fn saying(mut self, sentence: &str) -> Self {
        self.intro.push(sentence.to_owned());
        self
    }

    /// The page after somebody else changed the same, or took it away: what was sent stays in the
    /// fields, and what they wrote stands beside each one that differs.
    #[must_use]
    pub(super) fn meanwhile(mut self, theirs: Option<&Filled>) -> Response {
        let words = self.frame.words;
        let mut faults = Faults::default();
        faults.add("", theirs.map_or(&words.gone_meanwhile, |_| &words.changed_meanwhile));
        for input in &self.inputs {
            if let Some(said) = theirs.and_then(|theirs| input.other(theirs)) {
                faults.add(&input.name, &fill(&words.theirs, &[("text", &said)]));
            }
        }
        (self.wrong, self.complained) = faults.beside(&mut self.inputs);
        desk::show(StatusCode::CONFLICT, &self)
    }

    /// The page: 422 with every complaint beside its field, if there are any.
    #[must_use]
    pub(super) fn show(mut self, faults: Faults) -> Response {
        let status =
            if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        (self.wrong, self.complained) = faults.beside(&mut self.inputs);
        desk::show(status, &self)
    }
}
