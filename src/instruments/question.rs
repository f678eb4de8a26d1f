//! A question as it stands in a file, with the rules it can keep or break on its own.
//!
//! Rules that look at other questions are in `rule` (`show_if`) and `plan` (indices, charts).

use super::choice::{self, Use};
use super::lint::{Notes, Span};
use super::shared::Scale;
use super::table::{Placed, Table, is_id};
use crate::domain::condition::Condition;
use crate::domain::question::{Choice, Kind, Question};
use crate::domain::text::Lang;

/// The most characters of a question, of a hint and of a free text.
const QUESTION: usize = 160;
const HINT: usize = 160;
const FREE_TEXT: u32 = 2000;
/// The most repeats of a group: a form must end.
const REPEATS: u32 = 100;

/// A question and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The question; in a block's languages until it is used.
    pub(super) question: Question,
    /// Whether its kind could be read: what could not is not complained about twice.
    pub(super) sound: bool,
    /// Where its id stands.
    pub(super) at: Span,
    /// Where its rule stands; the text of the rule begins at the second number, if it is known.
    pub(super) rule: Option<(Span, Option<usize>)>,
    /// Where it says what it is the same as.
    pub(super) kin: Option<Span>,
    /// The questions of a repeat group.
    pub(super) inner: Vec<Self>,
}

/// What a question may refer to while it is read.
pub(super) struct Context<'a> {
    /// The text of the file.
    pub(super) text: &'a str,
    /// The languages it must be complete in; none in a shared file.
    pub(super) langs: &'a [Lang],
    /// The scales of this file and the shared ones.
    pub(super) scales: &'a [Scale],
}

/// A kind on its way: what it is, if it could be read, and the questions inside.
type Read = (Option<Kind>, Vec<Asked>);

impl Context<'_> {
    /// Reads one question; `None` when it has not even an id.
    pub(super) fn question(&self, mut table: Table<'_>, notes: &mut Notes) -> Option<Asked> {
        let id = table.id("id", notes);
        let text = table.text("text", QUESTION, self.langs, notes);
        let text = table.need("text", text, notes);
        let hint = table.text("hint", HINT, self.langs, notes);
        let meaning = table.whole("meaning", notes);
        if let Some(zero) = meaning.as_ref().filter(|meaning| meaning.value == 0) {
            notes.error(&zero.at, "meaning counts from 1");
        }
        let kin = table.has("same_as").then(|| table.place("same_as"));
        let same_as = same_as(&mut table, notes);
        let (show_if, rule) = self.rule(&mut table, notes);
        let sensitive = table.flag("sensitive", notes);
        let before = notes.errors();
        let (kind, inner) = self.kind(&mut table, notes);
        let is_known = kind.is_some();
        let sound = is_known && notes.errors() == before;
        let fold_at = table.place("fold");
        let question = Question {
            id: id.as_ref().map_or_else(String::new, |id| id.value.clone()),
            meaning: meaning.map_or(1, |meaning| meaning.value),
            same_as,
            text: text.unwrap_or_default(),
            hint,
            show_if,
            sensitive,
            fold: if folds(kind.as_ref()) { choice::fold(&mut table, notes) } else { None },
            kind: kind.unwrap_or(Kind::Weight),
        };
        if sound {
            choice::folds(&question, &fold_at, notes);
        }
        if is_known {
            needs_fold(&question, &table, notes);
        }
        table.finish(notes);
        Some(Asked { question, sound, at: id?.at, rule, kin, inner })
    }

    /// Reads `show_if`, with a fault pointing at the very character.
    fn rule(
        &self,
        table: &mut Table<'_>,
        notes: &mut Notes,
    ) -> (Option<Condition>, Option<(Span, Option<usize>)>) {
        let Some(written) = table.string("show_if", notes) else { return (None, None) };
        let begins = content(self.text, &written.at);
        match written.value.parse::<Condition>() {
            Ok(condition) => (Some(condition), Some((written.at, begins))),
            Err(fault) => {
                let at = inside(&written.at, begins, fault.at);
                notes.error(&at, format!("show_if of {}: {}", table.what, fault.why));
                (None, None)
            }
        }
    }

    fn kind(&self, table: &mut Table<'_>, notes: &mut Notes) -> Read {
        let readers: [(&str, Reader); 9] = [
            ("single", |context, table, notes| (context.single(table, notes), vec![])),
            ("multiple", |context, table, notes| (context.multiple(table, notes), vec![])),
            ("scale", |context, table, notes| (context.steps(table, false, notes), vec![])),
            ("faces", |context, table, notes| (context.steps(table, true, notes), vec![])),
            ("number", |context, table, notes| (context.number(table, notes), vec![])),
            ("text", |_, table, notes| (free_text(table, notes), vec![])),
            ("zone", |_, _, _| (Some(Kind::Zone), vec![])),
            ("group", |context, table, notes| context.group(table, notes)),
            ("weight", |_, table, notes| (weight(table, notes), vec![])),
        ];
        let Some(reader) = table.one_of("kind", &readers, notes) else {
            // Which keys it takes cannot be known, so none is complained about.
            table.take_all();
            return (None, vec![]);
        };
        (reader.value)(self, table, notes)
    }

    fn single(&self, table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
        let (_, choices) = self.answers(table, Use::Single, notes)?;
        Some(Kind::Single { choices })
    }

    fn multiple(&self, table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
        let (_, choices) = self.answers(table, Use::Multiple, notes)?;
        let max = table.whole("max", notes);
        let ticks = choices.iter().filter(|choice| !choice.exclusive && !choice.missing).count();
        if let Some(max) = &max {
            if max.value == 0 {
                notes.error(&max.at, "max = 0 would allow no answer at all");
            } else if max.value as usize > ticks {
                let sentence = format!("max = {} is more than the {ticks} choices", max.value);
                notes.error(&max.at, sentence);
            }
        }
        Some(Kind::Multiple { choices, max: max.map(|max| max.value as usize) })
    }

    fn steps(&self, table: &mut Table<'_>, faces: bool, notes: &mut Notes) -> Option<Kind> {
        let (scale, choices) = self.answers(table, Use::Steps, notes)?;
        Some(if faces { Kind::Faces { scale, choices } } else { Kind::Scale { scale, choices } })
    }

    /// The choices of a question: its own, or those of the scale it names.
    fn answers(
        &self,
        table: &mut Table<'_>,
        used: Use,
        notes: &mut Notes,
    ) -> Option<(Option<String>, Vec<Choice>)> {
        let named = table.string("scale", notes);
        let own = choice::choices(table, self.langs, notes);
        match (named, own) {
            (Some(named), Some(_)) => {
                let sentence = format!("{} has both a scale and choices", table.what);
                notes.error(&named.at, sentence);
                None
            }
            (Some(named), None) => {
                let choices = self.scale(&named, notes)?;
                let list = Placed { value: choices, at: named.at };
                choice::fits(&table.what, &list, used, notes);
                Some((Some(named.value), list.value))
            }
            (None, Some(list)) => {
                choice::fits(&table.what, &list, used, notes);
                Some((None, list.value))
            }
            (None, None) => {
                if !table.has("scale") && !table.has("choices") {
                    notes.error(&table.at, format!("{} has no scale and no choices", table.what));
                }
                None
            }
        }
    }

    fn scale(&self, named: &Placed<String>, notes: &mut Notes) -> Option<Vec<Choice>> {
        let Some(scale) = self.scales.iter().find(|scale| scale.id == named.value) else {
            notes.error(&named.at, format!("there is no scale {:?}", named.value));
            return None;
        };
        let mut choices = scale.choices.clone();
        for lang in self.langs {
            if choices.iter().any(|choice| !choice.text.has(*lang)) && scale.is_shared {
                notes.error(&named.at, format!("the scale {} is missing in {lang}", scale.id));
            }
        }
        for choice in choices.iter_mut().filter(|_| !self.langs.is_empty()) {
            choice.text.0.retain(|lang, _| self.langs.contains(lang));
        }
        Some(choices)
    }

    fn number(&self, table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
        let [min, max] = ["min", "max"].map(|key| {
            let found = table.number(key, notes);
            table.need(key, found, notes)
        });
        let choices = choice::choices(table, self.langs, notes);
        if let Some(list) = &choices {
            choice::fits(&table.what, list, Use::Number, notes);
        }
        let (Some(min), Some(max)) = (min, max) else {
            table.take("bands");
            return None;
        };
        if min.value >= max.value {
            notes.error(&max.at, format!("max = {} is not above min = {}", max.value, min.value));
        }
        let (min, max) = (min.value, max.value);
        let bands = choice::bands(table, (min, max), self.langs, notes);
        let choices = choices.map(|list| list.value).unwrap_or_default();
        for band in &bands {
            if choices.iter().any(|choice| choice.code == band.code) {
                notes.error(&table.place("choices"), format!("{} is a band already", band.code));
            }
        }
        Some(Kind::Number { min, max, bands, choices })
    }

    fn group(&self, table: &mut Table<'_>, notes: &mut Notes) -> Read {
        let max = table.whole("max", notes);
        let max = table.need("max", max, notes);
        if let Some(max) = max.as_ref().filter(|max| !(1..=REPEATS).contains(&max.value)) {
            notes.error(&max.at, format!("a group repeats 1 to {REPEATS} times"));
        }
        let listed = table.tables("question", "question", notes).unwrap_or_default();
        let inner: Vec<Asked> =
            listed.into_iter().filter_map(|table| self.question(table, notes)).collect();
        if inner.is_empty() {
            notes.error(&table.at, format!("{} has no questions", table.what));
        }
        for asked in &inner {
            if matches!(asked.question.kind, Kind::Group { .. } | Kind::Weight) && asked.sound {
                let sentence = format!("{} cannot stand inside a group", asked.question.id);
                notes.error(&asked.at, sentence);
            }
        }
        let questions = inner.iter().map(|asked| asked.question.clone()).collect();
        (max.map(|max| Kind::Group { questions, max: max.value as usize }), inner)
    }
}

/// How one kind is read.
type Reader = fn(&Context<'_>, &mut Table<'_>, &mut Notes) -> Read;

fn free_text(table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
    let max = table.whole("max", notes);
    let max = table.need("max", max, notes);
    // Names slip into free text everywhere: it is read for them unless the file says otherwise.
    let lint = table.optional_flag("lint", notes).unwrap_or(true);
    let max = max?;
    if !(1..=FREE_TEXT).contains(&max.value) {
        notes.error(&max.at, format!("a free text has 1 to {FREE_TEXT} characters"));
    }
    Some(Kind::Text { max: max.value as usize, lint })
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of the readers of a kind")]
fn weight(table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
    if table.has("show_if") {
        notes.error(&table.place("show_if"), "a weight is never shown, so it has no show_if");
    }
    Some(Kind::Weight)
}

/// Whether answers of this kind can be folded; of an unknown kind, perhaps.
const fn folds(kind: Option<&Kind>) -> bool {
    match kind {
        None
        | Some(
            Kind::Single { .. } | Kind::Scale { .. } | Kind::Faces { .. } | Kind::Number { .. },
        ) => true,
        Some(
            Kind::Multiple { .. }
            | Kind::Text { .. }
            | Kind::Zone
            | Kind::Group { .. }
            | Kind::Weight,
        ) => false,
    }
}

/// A sensitive question is shown in three answers, so it must say which.
fn needs_fold(question: &Question, table: &Table<'_>, notes: &mut Notes) {
    let can_fold = question.sensitive && folds(Some(&question.kind));
    if can_fold && !table.has("fold") {
        let sentence = format!("{} is sensitive, so it needs a fold", question.id);
        notes.error(&table.place("sensitive"), sentence);
    }
}

fn same_as(table: &mut Table<'_>, notes: &mut Notes) -> Option<String> {
    let written = table.string("same_as", notes)?;
    let fits = written.value.split_once('/').is_some_and(|(slug, id)| is_id(slug) && is_id(id));
    if !fits {
        notes.error(&written.at, "same_as should be instrument/question");
    }
    Some(written.value)
}

/// Where the content of a string begins, when every character of it stands for itself.
fn content(text: &str, at: &Span) -> Option<usize> {
    let written = text.get(at.clone())?;
    let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") { 3 } else { 1 };
    let inner = written.get(quotes..)?;
    (!inner.starts_with(['\n', '\r']) && !written.contains('\\')).then_some(at.start + quotes)
}

/// A place inside a string, as near as it is known.
pub(super) fn inside(at: &Span, begins: Option<usize>, offset: usize) -> Span {
    begins.map_or_else(|| at.clone(), |begins| begins + offset..begins + offset)
}
