//! A form as a draft of an instrument.
//!
//! A draft is never silently less than the form: whatever did not come along is listed by its cell.
//! What a form does not have and an instrument needs stands there in brackets, and is listed too.

use std::collections::BTreeSet;

use super::Refused;
use super::book::{self, CHOICES, SURVEY};
use super::columns::Table;
use super::head::Head;
use super::ids::Ids;
use super::lists::Lists;
use super::report::{LeftOut, Report};
use super::spoken::Spoken;
use super::walk::Walk;
use crate::domain::instrument::{Help, Instrument, Sensitivity, Sheet};
use crate::domain::text::Text;
use crate::instruments::{Fault, check, suit, write};

/// What stands where the form says nothing.
const INTRO: &str = "[Say why you ask, how long it takes and what happens with the answers.]";
const OUTRO: &str = "[Say thank you, and where the results will be.]";
/// What a draft begins with.
const REMARK: &str = "# A draft made from a spreadsheet. Read every line, and write over what stands in [brackets].\n\n";
/// How many reasons a refusal gives.
const REASONS: usize = 3;
/// How many questions are answered in a minute, roughly.
const A_MINUTE: usize = 5;

/// A form that was taken.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The short name of the draft, and of its file.
    pub slug: String,
    /// The draft: a file of ours.
    pub toml: String,
    /// What did not come along, or not as it was.
    pub left_out: Vec<LeftOut>,
    /// What is wrong with the draft still.
    pub faults: Vec<Fault>,
}

impl Imported {
    /// The same draft under another short name.
    #[must_use]
    pub fn under(mut self, slug: &str) -> Self {
        let old = format!("slug = {}\n", write::quoted(&self.slug));
        self.toml = self.toml.replacen(&old, &format!("slug = {}\n", write::quoted(slug)), 1);
        slug.clone_into(&mut self.slug);
        self.faults = check(&format!("{slug}.toml"), &self.toml, None).1;
        self
    }
}

/// Reads a form.
pub fn import(bytes: &[u8]) -> Result<Imported, Refused> {
    let book = book::read(bytes)?;
    let mut report = Report::default();
    for name in &book.others {
        report.whole(name, "the sheet is not read");
    }
    let head = Head::read(&book, &mut report);
    let survey = book.sheets.get(SURVEY).map(Table::new);
    let survey = survey.ok_or_else(|| Refused::of("the file has no sheet called survey"))?;
    let choices = book.sheets.get(CHOICES).map(Table::new);
    if !survey.has("type") {
        return Err(Refused(format!("the sheet {} has no column called type", survey.name)));
    }
    let default = head.default_language.as_deref();
    let spoken = Spoken::new(&survey, choices.as_ref(), default, &mut report)?;
    let lists = choices.as_ref();
    let lists = lists.map(|table| Lists::new(table, &spoken, head.has_twins, &mut report));
    let names: BTreeSet<String> =
        survey.lines().filter_map(|line| line.get("name").map(str::to_owned)).collect();
    let title = head.title.clone().or_else(|| head.id.clone());
    let title = spoken.everywhere(title.as_deref().unwrap_or("[Title]"));
    let mut walk = Walk::new(spoken, lists.unwrap_or_default(), title, names, report);
    walk.lines(&survey)?;
    walk.lists.finish(&mut walk.report);
    draft(head, walk)
}

fn draft(mut head: Head, mut walk: Walk<'_>) -> Result<Imported, Refused> {
    for (key, value) in std::mem::take(&mut walk.settings) {
        let place = if key == "form_id" { &mut head.id } else { &mut head.title };
        place.get_or_insert(value);
    }
    if walk.sections.is_empty() {
        let why = walk.report.first("survey", REASONS).join("; ");
        let why = if why.is_empty() { "it asks nothing".to_owned() } else { why };
        return Err(Refused(format!("no question of the form could be taken: {why}")));
    }
    let asked = walk.sections.iter().flat_map(|section| &section.questions).count();
    let id = head.id.as_deref().or(head.title.as_deref()).unwrap_or("form");
    let slug = Ids::default().id(id);
    let mut said = Said { head: &head, walk: &mut walk };
    let sheet = said.sheet();
    let instrument = Instrument {
        slug: slug.clone(),
        title: said.title(),
        sheet,
        policy: head.ours.policy().unwrap_or(suit::policy_of(sheet).0),
        minutes: said.minutes(asked),
        sensitivity: said.sensitivity(),
        min_age: head.ours.min_age(),
        layout: head.ours.layout().filter(|layout| *layout != sheet.layout()),
        languages: said.walk.spoken.langs.clone(),
        research: None,
        intro: said.speech("intro", INTRO),
        outro: said.speech("outro", OUTRO),
        help: said.help(),
        sections: std::mem::take(&mut said.walk.sections),
        breakdowns: Vec::new(),
        indices: Vec::new(),
        charts: Vec::new(),
        stations: Vec::new(),
    };
    let text = write::write(&instrument) + &head.ours.tables;
    let name = format!("{slug}.toml");
    let (read, faults) = check(&name, &text, None);
    // Without faults it is written anew, so that everything stands in its usual place.
    let text = read.map_or(text, |read| write::write(&read));
    let left_out = walk.report.listed();
    Ok(Imported { slug, toml: format!("{REMARK}{text}"), left_out, faults })
}

/// What a draft says that forms have no words for, or placeholders.
struct Said<'a, 'b> {
    head: &'a Head,
    walk: &'a mut Walk<'b>,
}

impl Said<'_, '_> {
    fn lacks(&mut self, why: &str) {
        self.walk.report.whole(book::SETTINGS, why);
    }

    fn sheet(&mut self) -> Sheet {
        let groups = |sheet: Sheet| match sheet {
            Sheet::WalkSheet | Sheet::NoteSheet | Sheet::MapSheet => true,
            Sheet::Questionnaire
            | Sheet::Feedback
            | Sheet::Game
            | Sheet::Ballot
            | Sheet::SignUp => false,
        };
        let repeats = self.walk.sections.iter().any(|section| {
            let is_group = |kind: &_| matches!(kind, crate::domain::question::Kind::Group { .. });
            section.questions.iter().any(|question| is_group(&question.kind))
        });
        match self.head.ours.kind() {
            Some(sheet) if groups(sheet) || !repeats => sheet,
            Some(_) | None if repeats => {
                self.lacks("a form that repeats something is a walk sheet here; kind may be note_sheet too");
                Sheet::WalkSheet
            }
            Some(_) | None => Sheet::Questionnaire,
        }
    }

    fn title(&mut self) -> Text {
        let first = self.walk.spoken.langs.first().copied();
        let written = self.head.title.clone();
        let mut title = match (self.head.ours.title(), &written) {
            (Some(title), _) => title,
            (None, Some(title)) => {
                if self.walk.spoken.langs.len() > 1 {
                    self.lacks("a form has one title; it stands there in every language");
                }
                self.walk.spoken.everywhere(title)
            }
            (None, None) => {
                self.lacks("the form has no title; [Title] stands there");
                self.walk.spoken.everywhere("[Title]")
            }
        };
        if let (Some(first), Some(written)) = (first, written) {
            let words = self.walk.spoken.everywhere(&written).get(first).to_owned();
            title.0.insert(first, words);
        }
        for lang in &self.walk.spoken.langs {
            let words = format!("[{}]", title.get(*lang));
            title.0.entry(*lang).or_insert(words);
        }
        title.0.retain(|lang, _| self.walk.spoken.langs.contains(lang));
        title
    }

    fn minutes(&mut self, asked: usize) -> u32 {
        if let Some(minutes) = self.head.ours.minutes() {
            return minutes;
        }
        let minutes = u32::try_from(asked.div_ceil(A_MINUTE)).unwrap_or(180).clamp(1, 180);
        self.lacks(&format!(
            "the form does not say how long it takes; minutes = {minutes} is a guess"
        ));
        minutes
    }

    fn sensitivity(&mut self) -> Sensitivity {
        self.head.ours.sensitivity().unwrap_or_else(|| {
            self.lacks("the form does not say how sensitive it is; medium stands there");
            Sensitivity::Medium
        })
    }

    fn speech(&mut self, what: &str, placeholder: &str) -> Text {
        let (walk, is_intro) = (&mut self.walk, what == "intro");
        let said = if is_intro { walk.intro.take() } else { walk.outro.take() };
        said.unwrap_or_else(|| {
            self.lacks(&format!(
                "the form has no {what}; write over what stands there in brackets"
            ));
            self.walk.spoken.everywhere(placeholder)
        })
    }

    fn help(&mut self) -> Vec<Help> {
        self.head.ours.help().unwrap_or_else(|| {
            self.lacks("the form names no help; help = [\"emergency\"] stands there");
            vec![Help::Emergency]
        })
    }
}
