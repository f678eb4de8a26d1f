//! From the lines of a form to sections and questions.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Refused;
use super::columns::{Line, Table};
use super::ids::Ids;
use super::lists::{Lists, OURS};
use super::report::{Report, short};
use super::rules::{self, Held, Takes};
use super::scope::Earlier;
use super::spoken::Spoken;
use super::types::{self, Part, Type};
use super::xpath::Expr;
use crate::domain::condition::{Condition, Rule};
use crate::domain::instrument::Section;
use crate::domain::question::{Fold, Kind, Label, Question};
use crate::domain::text::Text;
use crate::instruments::grid;

/// The most questions of a draft, choices of all of them together, and bytes of their words.
const QUESTIONS: usize = 1500;
const CHOICES: usize = 6_000;
const WORDS: usize = 300_000;
/// How often a repeat comes when the form does not say.
const REPEATS: usize = 20;

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
    open: Vec<Open>,
    /// Whether the next question still belongs to the last section.
    is_in_section: bool,
    has_group: bool,
    /// How deep the lines are that are passed over.
    passed: usize,
    asked: usize,
    choices: usize,
    words: usize,
}

/// Something that began and has not ended.
struct Open {
    what: What,
    name: String,
    title: Option<Text>,
    held: Held,
}

/// What began.
enum What {
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

    fn start(&mut self, line: Line<'a>, part: Part) {
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

    fn pass(&mut self, line: Line<'_>, why: &str) {
        self.say(line, "type", format!("{why}, with all that is inside"));
        self.passed = 1;
    }

    fn group(&mut self, line: Line<'a>, title: Option<&Text>, inside: bool) -> What {
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

    fn repeat(&mut self, line: Line<'a>) -> What {
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

    fn statement(&mut self, line: Line<'a>, title: Option<Text>) {
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

    fn ended(&mut self, line: Line<'a>, part: Part) {
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
    fn end(&mut self) {
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

    /// What a line's own `relevant` becomes; `None` when it is always or could not be read.
    fn held(&mut self, line: Line<'a>) -> Option<Held> {
        let written = line.get("relevant")?;
        let held = Expr::read(written).and_then(|expr| rules::rule(&expr, &self.earlier));
        match held {
            Ok(held) => Some(held),
            Err(why) => {
                self.say(line, "relevant", format!("{why}; so this is always asked"));
                None
            }
        }
    }

    /// Whether a line and all that it stands in can ever be asked.
    pub(super) fn is_never(&mut self, line: Line<'a>) -> bool {
        let own = line.get("relevant").and_then(|written| Expr::read(written).ok());
        let own = own.and_then(|expr| rules::rule(&expr, &self.earlier).ok());
        own == Some(Held::Never) || self.open.iter().any(|open| open.held == Held::Never)
    }

    /// The rule of a line: that of the groups it stands in and its own.
    fn show_if(&mut self, line: Line<'a>) -> Option<Condition> {
        let above = self.above();
        if let Some(rule) = unchanged(line) {
            return match above {
                Held::When(above) => {
                    self.parsed(line, &format!("({}) and ({rule})", rules::text(&above)))
                }
                Held::Always | Held::Never => Some(rule),
            };
        }
        let own = self.held(line).unwrap_or(Held::Always);
        match Held::all(vec![above, own]) {
            Held::When(rule) => self.parsed(line, &rules::text(&rule)),
            Held::Always | Held::Never => None,
        }
    }

    /// The rules of the groups around a line, up to a repeat or a grid, which has its own.
    fn above(&self) -> Held {
        let around = self.open.iter().rev();
        let around = around.take_while(|open| matches!(open.what, What::Group { .. }));
        let mut all: Vec<Held> = around.map(|open| open.held.clone()).collect();
        all.reverse();
        Held::all(all)
    }

    fn parsed(&mut self, line: Line<'a>, rule: &str) -> Option<Condition> {
        match rule.parse() {
            Ok(rule) => Some(rule),
            Err(fault) => {
                self.say(line, "relevant", format!("{}; so this is always asked", fault.why));
                None
            }
        }
    }

    /// A rule of one comparison.
    pub(super) fn simple(rule: &Rule) -> Option<Condition> {
        rules::text(rule).parse().ok()
    }

    /// The heading that words without one get: that of the section, or of the form.
    pub(super) fn heading(&self) -> Text {
        let open = self.open.iter().rev().find_map(|open| open.title.clone());
        open.unwrap_or_else(|| self.title.clone())
    }

    /// Whether something repeats here.
    pub(super) const fn is_inside(&self) -> bool {
        self.earlier.is_inside
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

    fn section(&mut self) -> Section {
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

/// The rule of an exported question, while nobody changed what it became.
fn unchanged(line: Line<'_>) -> Option<Condition> {
    let is_same = line.get("relevant") == line.get("miradouro_relevant");
    line.get("miradouro_show_if").filter(|_| is_same)?.parse().ok()
}

/// How many there may be.
pub(super) fn most(line: Line<'_>) -> Option<usize> {
    line.get("miradouro_max").and_then(|max| max.trim().parse().ok())
}

/// `very_bad bad | so_so | good very_good`.
fn fold(line: Line<'_>) -> Option<Fold> {
    let parts: Vec<&str> = line.get("miradouro_fold")?.split('|').collect();
    let codes = |part: &str| part.split_whitespace().map(str::to_owned).collect();
    match parts.as_slice() {
        [low, middle, high] => {
            Some(Fold { low: codes(low), middle: codes(middle), high: codes(high) })
        }
        _ => None,
    }
}
