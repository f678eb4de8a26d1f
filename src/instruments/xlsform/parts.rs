//! What begins and ends in a form: groups, repeats, grids, counts; and where a question goes.

use super::columns::Line;
use super::ids::Ids;
use super::report::short;
use super::rules::{Held, Takes};
use super::types::Part;
use super::walk::{Walk, fold, most, ours};
use crate::domain::instrument::Section;
use crate::domain::question::{Fold, Kind, Label, Question};
use crate::domain::text::Text;
use crate::instruments::grid;

/// How often a repeat comes when the form does not say.
const REPEATS: usize = 20;

/// Something that began and has not ended.
pub(super) struct Open {
    /// What it is.
    pub(super) what: What,
    /// Its name in the form.
    pub(super) name: String,
    /// Its heading.
    pub(super) title: Option<Text>,
    /// When what stands in it is asked.
    pub(super) held: Held,
}

/// What began.
pub(super) enum What {
    /// Lines that belong together; what our own sheet says of it as a section.
    Group { id: Option<String>, hint: Option<Text>, shuffle: bool },
    /// A repeat, with the question it becomes and those inside.
    Repeat(Box<Question>, usize, Vec<Question>),
    /// A grid, with its rows.
    Grid(Box<Question>, bool, Option<Fold>, Vec<Question>),
    /// Counts of groups, with their statements and groups.
    Counts(Box<Question>, u32, Vec<Label>, Vec<Label>),
    /// A statement of them.
    Statement,
}

impl<'a> Walk<'a> {
    /// Begins a part; what it is shown by is a rule of its question, or of all that is in it.
    pub(super) fn start(&mut self, line: Line<'a>, part: Part) {
        let name = line.get("name").unwrap_or_default().to_owned();
        let title = self.spoken.text(line, "label", &mut self.report);
        let inside = self.open.iter().any(|open| !matches!(open.what, What::Group { .. }));
        let what = match (part, ours(line)) {
            (Part::Group, Some("grid"))
                if !self.open.iter().any(|it| matches!(it.what, What::Grid(..))) =>
            {
                let question = self.base(line, Kind::Weight);
                What::Grid(Box::new(question), line.is_yes("miradouro_shuffle"), fold(line), vec![])
            }
            (Part::Group, Some("counts")) if !inside => {
                let question = self.base(line, Kind::Weight);
                let max = most(line).unwrap_or(0).try_into().unwrap_or(0);
                What::Counts(Box::new(question), max, vec![], vec![])
            }
            (Part::Group, Some("statement"))
                if matches!(self.open.last(), Some(Open { what: What::Counts(..), .. })) =>
            {
                self.statement(line, title.clone());
                What::Statement
            }
            (Part::Group, _) => self.group(line, title.as_ref(), inside),
            (Part::Repeat, _) if !self.has_group && !inside => self.repeat(line),
            (Part::Repeat, _) => {
                self.pass(
                    line,
                    "only one thing repeats in an instrument, so this one stays behind",
                );
                return;
            }
            (Part::Loop, _) => {
                self.pass(line, "loops are not read; write the questions out");
                return;
            }
        };
        // What a grid, a repeat or counts are shown by is a rule of their question.
        let held = match what {
            What::Group { .. } => self.held(line).unwrap_or(Held::Always),
            What::Repeat(..) | What::Grid(..) | What::Counts(..) | What::Statement => Held::Always,
        };
        self.open.push(Open { what, name, title, held });
    }

    /// Passes over a part with all that is inside.
    pub(super) fn pass(&mut self, line: Line<'_>, why: &str) {
        self.say(line, "type", format!("{why}, with all that is inside"));
        self.passed = 1;
    }

    /// A group: a section, unless it stands inside something.
    pub(super) fn group(&mut self, line: Line<'a>, title: Option<&Text>, inside: bool) -> What {
        if !inside {
            self.is_in_section = false;
        } else if title.is_some() {
            self.say(line, "label", "a repeat has no headings inside");
        }
        let id = line.get("miradouro_id").filter(|_| ours(line) == Some("section"));
        let hint = self.spoken.text(line, "hint", &mut self.report);
        let shuffle = line.is_yes("miradouro_shuffle");
        What::Group { id: id.map(str::to_owned), hint, shuffle }
    }

    /// The one thing that repeats.
    pub(super) fn repeat(&mut self, line: Line<'a>) -> What {
        let question = self.base(line, Kind::Weight);
        self.has_group = true;
        self.earlier.is_inside = true;
        let written = line.get("repeat_count").and_then(|count| count.trim().parse().ok());
        let max = most(line).or(written).filter(|max| (1..=100).contains(max));
        if line.get("repeat_count").is_some() && written.is_none() {
            self.say(line, "repeat_count", "how often it repeats cannot depend on an answer");
        }
        if max.is_none() {
            self.say(line, "type", format!("it repeats up to {REPEATS} times; write another max"));
        }
        What::Repeat(Box::new(question), max.unwrap_or(REPEATS), vec![])
    }

    /// A statement of counts.
    pub(super) fn statement(&mut self, line: Line<'a>, title: Option<Text>) {
        let code = line.get("miradouro_id").or(line.get("name")).unwrap_or_default().to_owned();
        let text = title.unwrap_or_else(|| self.spoken.everywhere(&code));
        if let Some(Open { what: What::Counts(_, _, statements, _), .. }) = self.open.last_mut() {
            statements.push(Label { code, text });
        }
    }

    /// One cell of counts: its group, once.
    pub(super) fn counted(&mut self, line: Line<'a>) -> bool {
        let code = line.get("miradouro_id").unwrap_or_default().to_owned();
        let text = self.spoken.text(line, "label", &mut self.report);
        let text = text.unwrap_or_else(|| self.spoken.everywhere(&code));
        let is_statement = matches!(self.open.last(), Some(Open { what: What::Statement, .. }));
        let above = self.open.iter_mut().rev().nth(1).filter(|_| is_statement);
        let Some(Open { what: What::Counts(_, _, _, groups), .. }) = above else { return false };
        if !groups.iter().any(|group| group.code == code) {
            groups.push(Label { code, text });
        }
        true
    }

    /// Ends what began last, if this line can end it.
    pub(super) fn ended(&mut self, line: Line<'a>, part: Part) {
        let fits = self
            .open
            .last()
            .is_some_and(|open| matches!(open.what, What::Repeat(..)) == (part == Part::Repeat));
        if fits {
            self.end();
        } else {
            self.say(line, "type", "nothing began that could end here");
        }
    }

    /// Ends what began last.
    pub(super) fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        match open.what {
            What::Group { .. } => {
                let inside = self.open.iter().any(|it| !matches!(it.what, What::Group { .. }));
                self.is_in_section &= inside;
            }
            What::Repeat(mut question, max, questions) => {
                self.earlier.is_inside = false;
                question.kind = Kind::Group { questions, max };
                let Kind::Group { questions, .. } = &question.kind else { return };
                if questions.is_empty() {
                    let why =
                        format!("nothing is asked in {}, so it stays behind", short(&open.name));
                    self.report.whole("survey", why);
                } else {
                    self.see(&open.name, &question.id, Takes::Nothing);
                    self.put(*question);
                }
            }
            What::Grid(mut question, shuffle, fold, mut questions) => {
                for row in &mut questions {
                    row.fold.clone_from(&fold);
                }
                question.fold = None;
                question.kind = Kind::Grid { questions, shuffle };
                self.put(grid::settled(*question));
            }
            What::Counts(mut question, max, statements, groups) => {
                question.kind = Kind::Counts { statements, groups, max };
                self.see(&open.name, &question.id, Takes::Nothing);
                self.put(*question);
            }
            What::Statement => {}
        }
    }

    /// Puts a question where it belongs: into the grid or repeat that is open, or into a section.
    pub(super) fn put(&mut self, question: Question) {
        for open in self.open.iter_mut().rev() {
            match &mut open.what {
                What::Grid(_, _, _, rows) => return rows.push(question),
                What::Repeat(_, _, questions) => return questions.push(question),
                What::Group { .. } | What::Counts(..) | What::Statement => {}
            }
        }
        if !self.is_in_section {
            let section = self.section();
            self.sections.push(section);
            self.is_in_section = true;
        }
        if let Some(section) = self.sections.last_mut() {
            section.questions.push(question);
        }
    }

    /// The last question that was put somewhere.
    pub(super) fn last(&mut self) -> Option<&mut Question> {
        for open in self.open.iter_mut().rev() {
            match &mut open.what {
                What::Grid(_, _, _, rows) => return rows.last_mut(),
                What::Repeat(_, _, questions) => return questions.last_mut(),
                What::Group { .. } | What::Counts(..) | What::Statement => {}
            }
        }
        self.sections.last_mut()?.questions.last_mut()
    }

    /// A section for the questions that come now, under the heading of the group around them.
    pub(super) fn section(&mut self) -> Section {
        let title = self.heading();
        let group = self.open.iter().rev().find_map(|open| match &open.what {
            What::Group { id, hint, shuffle } => {
                Some((&open.name, id.clone(), hint.clone(), *shuffle))
            }
            What::Repeat(..) | What::Grid(..) | What::Counts(..) | What::Statement => None,
        });
        let (name, id, hint, shuffle) = match group {
            Some((name, id, hint, shuffle)) => (name.as_str(), id, hint, shuffle),
            None => ("questions", None, None, false),
        };
        let taken = |id: &str| self.sections.iter().any(|section| section.id == id);
        let wish = id.unwrap_or_else(|| Ids::default().id(name));
        let numbered = (2..).map(|number| format!("{wish}_{number}"));
        let id = std::iter::once(wish.clone()).chain(numbered).find(|id| !taken(id));
        Section { id: id.unwrap_or(wish), title, hint, shuffle, questions: Vec::new() }
    }

    /// The heading that words without one get: that of the section, or of the form.
    pub(super) fn heading(&self) -> Text {
        let open = self.open.iter().rev().find_map(|open| open.title.clone());
        open.unwrap_or_else(|| self.title.clone())
    }
}
