//! From the lines of a form to sections and questions.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Refused;
use super::columns::{Line, Table};
use super::ids::Ids;
use super::lists::{Lists, OURS};
use super::parts::Open;
use super::report::{Report, short};
use super::rules::Takes;
use super::scope::Earlier;
use super::spoken::Spoken;
use super::types::{self, Type};
use crate::domain::instrument::Section;
use crate::domain::question::{Fold, Kind, Question};
use crate::domain::text::Text;

/// The most questions of a draft, choices of all of them together, and bytes of their words.
const QUESTIONS: usize = 1500;
const CHOICES: usize = 6_000;
const WORDS: usize = 300_000;
/// Columns that are read, or that only make a form look different.
const READ: [&str; 14] = [
    "type",
    "name",
    "label",
    "hint",
    "relevant",
    "constraint",
    "choice_filter",
    "parameters",
    "repeat_count",
    "calculation",
    "required",
    "appearance",
    "disabled",
    "#",
];

/// A form on its way to a draft.
pub(super) struct Walk<'a> {
    pub(super) spoken: Spoken,
    pub(super) lists: Lists<'a>,
    pub(super) report: Report,
    pub(super) ids: Ids,
    pub(super) earlier: Earlier,
    /// What the form is called.
    pub(super) title: Text,
    /// What is said before and after.
    pub(super) intro: Option<Text>,
    pub(super) outro: Option<Text>,
    pub(super) sections: Vec<Section>,
    /// A title in another sheet than `settings`.
    pub(super) settings: Vec<(&'static str, String)>,
    pub(super) open: Vec<Open>,
    /// Whether the next question still belongs to the last section.
    pub(super) is_in_section: bool,
    pub(super) has_group: bool,
    /// How deep the lines are that are passed over.
    pub(super) passed: usize,
    asked: usize,
    choices: usize,
    words: usize,
}

impl<'a> Walk<'a> {
    /// Ready to walk through a form whose questions have these names.
    pub(super) fn new(
        spoken: Spoken,
        lists: Lists<'a>,
        title: Text,
        names: BTreeSet<String>,
        report: Report,
    ) -> Self {
        Self {
            spoken,
            lists,
            report,
            ids: Ids::default(),
            earlier: Earlier::new(names),
            title,
            intro: None,
            outro: None,
            sections: Vec::new(),
            settings: Vec::new(),
            open: Vec::new(),
            is_in_section: false,
            has_group: false,
            passed: 0,
            asked: 0,
            choices: 0,
            words: 0,
        }
    }

    /// Walks through every line.
    pub(super) fn lines(&mut self, table: &'a Table<'a>) -> Result<(), Refused> {
        for (key, heading, at) in table.headings() {
            if !(READ.contains(&key)
                || KEPT.iter().any(|(known, _)| *known == key)
                || key.starts_with(OURS))
            {
                let why = format!("the column {} means nothing here", short(heading));
                self.report.add(table.name, at, why);
            }
        }
        for line in table.lines() {
            self.line(line)?;
        }
        while let Some(open) = self.open.last() {
            let why = format!("{} is never ended; it ends with the form", short(&open.name));
            self.report.whole(table.name, why);
            self.end();
        }
        Ok(())
    }

    fn line(&mut self, line: Line<'a>) -> Result<(), Refused> {
        let Some(cell) = line.get("type") else {
            // A line without a type is a remark, unless somebody forgot it.
            if line.get("name").is_some() && line.get("label").is_some() {
                self.say(line, "type", "a line without a type is not asked");
            }
            return Ok(());
        };
        let kind = types::read(cell);
        if self.passed > 0 {
            self.passed += usize::from(matches!(kind, Type::Begin(_)));
            self.passed -= usize::from(matches!(kind, Type::End(_)));
            return Ok(());
        }
        if line.is_yes("disabled") {
            self.say(line, "disabled", "the line is disabled, so it stays behind");
            self.passed = usize::from(matches!(kind, Type::Begin(_)));
            return Ok(());
        }
        self.unread(line);
        match kind {
            Type::Begin(part) => self.start(line, part),
            Type::End(part) => self.ended(line, part),
            Type::Setting(key) => {
                self.settings.extend(line.get("name").map(|name| (key, name.to_owned())));
            }
            Type::One(_)
            | Type::Several(_)
            | Type::Rank(_)
            | Type::Text
            | Type::Whole
            | Type::Decimal
            | Type::Range
            | Type::Note
            | Type::Tick
            | Type::Photo
            | Type::Point
            | Type::Calculation
            | Type::Hidden
            | Type::Apart(_)
            | Type::Unknown => return self.ask(line, kind),
        }
        Ok(())
    }

    /// Lists the cells of a line that mean something in a form and nothing here.
    fn unread(&mut self, line: Line<'a>) {
        for (key, _, words, at) in line.cells() {
            let is_info = key == "guidance_hint" && ours(line) == Some("info");
            let kept = KEPT.iter().find(|(known, _)| *known == key && !is_info);
            if let Some((_, why)) = kept {
                self.report.add(line.sheet(), at, *why);
            }
            let is_no = matches!(words.to_lowercase().as_str(), "no" | "false" | "false()");
            let is_gate = matches!(ours(line), Some("consent" | "age_gate"));
            if key == "required" && !is_no && !is_gate {
                self.report.add(line.sheet(), at, "every question can be skipped here");
            }
            if key == "appearance" && ours(line).is_none() {
                let why = if words.contains("table-list") || words.contains("list-nolabel") {
                    "a table needs answers from little to much; here these are single questions"
                        .to_owned()
                } else {
                    format!("questions look alike here, so {} is not kept", short(words))
                };
                self.report.add(line.sheet(), at, why);
            }
        }
    }

    /// Adds something about a cell of a line.
    pub(super) fn say(&mut self, line: Line<'_>, key: &str, why: impl Into<String>) {
        self.report.add(line.sheet(), line.at(key), why);
    }

    /// From now on rules can look at a question without codes.
    pub(super) fn see(&mut self, name: &str, id: &str, takes: Takes) {
        self.earlier.see(name, id, takes, &Rc::default());
    }

    /// What every question has in common.
    pub(super) fn base(&mut self, line: Line<'a>, kind: Kind) -> Question {
        let name = line.get("name").unwrap_or_default();
        let wish = line.get("miradouro_id").filter(|_| ours(line).is_some()).unwrap_or(name);
        let id = self.ids.id(wish);
        if id != wish {
            self.say(line, "name", format!("{} is called {id} here", short(wish)));
        }
        let mut hint = self.spoken.text(line, "hint", &mut self.report);
        let text = self.spoken.text(line, "label", &mut self.report);
        let text = text.or_else(|| hint.take()).unwrap_or_else(|| {
            self.say(line, "label", "the question has no words; its name stands there");
            self.spoken.everywhere(if name.is_empty() { &id } else { name })
        });
        Question {
            id,
            meaning: line.get("miradouro_meaning").and_then(|it| it.parse().ok()).unwrap_or(1),
            same_as: line.get("miradouro_same_as").map(str::to_owned),
            text,
            hint,
            kind,
            show_if: self.show_if(line),
            sensitive: line.is_yes("miradouro_sensitive"),
            fold: fold(line),
        }
    }

    /// Whether something repeats here.
    pub(super) const fn is_inside(&self) -> bool {
        self.earlier.is_inside
    }

    /// Counts what a draft grows by; a form can be small and say the same list a thousand times.
    pub(super) fn grow(&mut self, choices: usize, words: usize) -> Result<(), Refused> {
        self.asked += 1;
        self.choices += choices;
        self.words += words;
        if self.asked > QUESTIONS {
            return Err(Refused(format!("the form has more than {QUESTIONS} questions")));
        }
        if self.choices > CHOICES || self.words > WORDS {
            return Err(Refused(format!(
                "the questions of the form have more than {CHOICES} choices together, or more \
                 than {WORDS} letters"
            )));
        }
        Ok(())
    }
}

/// Columns that mean something in a form and nothing here, and why.
const KEPT: [(&str, &str); 18] = [
    ("read_only", "answers are given here, not shown"),
    ("default", "nothing is filled in beforehand"),
    ("constraint_message", "complaints have words of their own here"),
    ("required_message", "every question can be skipped here"),
    ("guidance_hint", "there is one hint, for everybody"),
    ("media", "questions have words, no pictures, sounds and films"),
    ("trigger", "nothing is worked out while somebody answers"),
    ("query", "lists in other files are not read"),
    ("autoplay", "questions have no sounds and films"),
    ("intent", "no other program is called"),
    ("rows", "the room for an answer grows with it"),
    ("save_to", "answers are not saved to a list of things"),
    ("bind:jr:constraintmsg", "complaints have words of their own here"),
    ("bind:jr:requiredmsg", "every question can be skipped here"),
    ("noapperrorstring", "no other program is called"),
    ("no_app_error_string", "no other program is called"),
    ("compact_tag", "answers are not sent as short messages"),
    ("instance", "answers are not sent as XML"),
];

/// What a line of an exported instrument says it is.
pub(super) fn ours(line: Line<'_>) -> Option<&str> {
    line.get("miradouro_kind")
}

/// How many there may be.
pub(super) fn most(line: Line<'_>) -> Option<usize> {
    line.get("miradouro_max").and_then(|max| max.trim().parse().ok())
}

/// `very_bad bad | so_so | good very_good`.
pub(super) fn fold(line: Line<'_>) -> Option<Fold> {
    let parts: Vec<&str> = line.get("miradouro_fold")?.split('|').collect();
    let codes = |part: &str| part.split_whitespace().map(str::to_owned).collect();
    match parts.as_slice() {
        [low, middle, high] => {
            Some(Fold { low: codes(low), middle: codes(middle), high: codes(high) })
        }
        _ => None,
    }
}
