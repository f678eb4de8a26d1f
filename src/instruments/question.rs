//! A question as it stands in a file, with the rules it can keep or break on its own.
//!
//! Rules that look at other questions are in `rule` (`show_if`) and `plan` (indices, charts).

use super::choice::{self, Use};
use super::lint::{Notes, Span};
use super::shared::Scale;
use super::table::{Placed, Table, is_id};
use super::{carry, grid};
use crate::domain::condition::Condition;
use crate::domain::question::{Choice, Fold, Kind, Question, Sort};
use crate::domain::text::Lang;

/// The most characters of a question, of a hint and of a free text.
const QUESTION: usize = 160;
const HINT: usize = 160;
const FREE_TEXT: u32 = 2000;
/// The most repeats of a group: a form must end.
const REPEATS: u32 = 100;
/// The most photos, the most places of a ranking, the most people of a group that is counted, the
/// most characters of a page of words.
const PHOTOS: u32 = 5;
const RANKED: usize = 5;
const COUNTED: u32 = 500;
const BODY: usize = 1000;

/// A question and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The question; in a block's languages until it is used.
    pub(super) question: Question,
    /// Whether its kind could be read: what could not is not complained about twice.
    pub(super) sound: bool,
    /// Where its id stands.
    pub(super) at: Span,
    /// Its rule, and the rules of its choices.
    pub(super) rules: Vec<Written>,
    /// Where it says what it is the same as.
    pub(super) kin: Option<Span>,
    /// The questions of a repeat group, the rows of a grid.
    pub(super) inner: Vec<Self>,
}

/// A rule as it is written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// The rule.
    pub(super) condition: Condition,
    /// Where it stands.
    pub(super) at: Span,
    /// Where its text begins, if every character of it stands for itself.
    pub(super) begins: Option<usize>,
}

impl Written {
    /// Reads `show_if`, with a fault pointing at the very character.
    pub(super) fn read(table: &mut Table<'_>, text: &str, notes: &mut Notes) -> Option<Self> {
        let written = table.string("show_if", notes)?;
        let begins = content(text, &written.at);
        match written.value.parse::<Condition>() {
            Ok(condition) => Some(Self { condition, at: written.at, begins }),
            Err(fault) => {
                let at = inside(&written.at, begins, fault.at);
                notes.error(&at, format!("show_if of {}: {}", table.what, fault.why));
                None
            }
        }
    }
}

/// What a question may refer to while it is read.
pub(super) struct Context<'a> {
    /// The text of the file.
    pub(super) text: &'a str,
    /// The languages it must be complete in; none in a shared file.
    pub(super) langs: &'a [Lang],
    /// The scales of this file and the shared ones.
    pub(super) scales: &'a [Scale],
    /// The questions before this one, to carry choices over from.
    pub(super) earlier: &'a [Question],
}

/// A kind on its way: what it is, if it could be read, the questions inside and the rules of its
/// choices.
#[derive(Default)]
pub(super) struct Read {
    pub(super) kind: Option<Kind>,
    pub(super) inner: Vec<Asked>,
    pub(super) rules: Vec<Written>,
}

impl Read {
    /// A kind without questions inside and without rules.
    pub(super) fn plain(kind: Option<Kind>) -> Self {
        Self { kind, ..Self::default() }
    }
}

impl Context<'_> {
    /// Reads one question; `None` when it has not even an id.
    pub(super) fn question(&self, table: Table<'_>, notes: &mut Notes) -> Option<Asked> {
        self.asked(table, None, notes)
    }

    /// Reads a question, or the row of a grid, whose kind and fold are those of the grid.
    pub(super) fn asked(
        &self,
        mut table: Table<'_>,
        row: Option<(&Kind, Option<&Fold>)>,
        notes: &mut Notes,
    ) -> Option<Asked> {
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
        let rule = Written::read(&mut table, self.text, notes);
        let sensitive = table.flag("sensitive", notes);
        let before = notes.errors();
        let Read { kind, inner, mut rules } = match row {
            Some((kind, _)) => Read::plain(Some(kind.clone())),
            None => self.kind(&mut table, notes),
        };
        let show_if = rule.as_ref().map(|rule| rule.condition.clone());
        rules.extend(rule);
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
            fold: match row {
                Some((_, fold)) => fold.cloned(),
                None if kind.as_ref().is_none_or(Kind::folds) => choice::fold(&mut table, notes),
                None => None,
            },
            kind: kind.unwrap_or(Kind::Weight),
        };
        if sound && row.is_none() {
            choice::folds(&question, &fold_at, notes);
        }
        if is_known {
            needs_fold(&question, &table, notes);
        }
        table.finish(notes);
        Some(Asked { question: grid::settled(question), sound, at: id?.at, rules, kin, inner })
    }

    fn kind(&self, table: &mut Table<'_>, notes: &mut Notes) -> Read {
        let words: Vec<(&str, Sort)> = Sort::ALL.iter().map(|sort| (sort.code(), *sort)).collect();
        let Some(sort) = table.one_of("kind", &words, notes) else {
            // Which keys it takes cannot be known, so none is complained about.
            table.take_all();
            return Read::default();
        };
        match sort.value {
            Sort::Single => self.single(table, notes),
            Sort::Multiple => self.multiple(table, notes),
            Sort::Scale => self.steps(table, false, notes),
            Sort::Faces => self.steps(table, true, notes),
            Sort::Grid => self.grid(table, notes),
            Sort::Rank => self.rank(table, notes),
            Sort::Number => Read::plain(self.number(table, notes)),
            Sort::Text => Read::plain(free_text(table, notes)),
            Sort::Zone => Read::plain(Some(Kind::Zone)),
            Sort::Place => Read::plain(Some(Kind::Place)),
            Sort::Photo => Read::plain(photo(table, notes)),
            Sort::Counts => Read::plain(self.counts(table, notes)),
            Sort::Group => self.group(table, notes),
            Sort::Info => Read::plain(self.info(table, notes)),
            Sort::Consent => Read::plain(Some(Kind::Consent)),
            Sort::AgeGate => Read::plain(Some(Kind::AgeGate)),
            Sort::Weight => Read::plain(Some(weight(table, notes))),
        }
    }

    fn single(&self, table: &mut Table<'_>, notes: &mut Notes) -> Read {
        let shuffle = table.flag("shuffle", notes);
        let Some(Answers { choices, rules, .. }) = self.answers(table, Use::Single, notes) else {
            return Read::default();
        };
        Read { kind: Some(Kind::Single { choices, shuffle }), rules, ..Read::default() }
    }

    fn multiple(&self, table: &mut Table<'_>, notes: &mut Notes) -> Read {
        let shuffle = table.flag("shuffle", notes);
        let max = table.whole("max", notes);
        let Some(Answers { choices, rules, .. }) = self.answers(table, Use::Multiple, notes) else {
            return Read::default();
        };
        let ticks = choices.iter().filter(|choice| !choice.exclusive && !choice.missing).count();
        if let Some(max) = &max {
            if max.value == 0 {
                notes.error(&max.at, "max = 0 would allow no answer at all");
            } else if max.value as usize > ticks {
                let sentence = format!("max = {} is more than the {ticks} choices", max.value);
                notes.error(&max.at, sentence);
            }
        }
        let max = max.map(|max| max.value as usize);
        Read { kind: Some(Kind::Multiple { choices, max, shuffle }), rules, ..Read::default() }
    }

    fn rank(&self, table: &mut Table<'_>, notes: &mut Notes) -> Read {
        let shuffle = table.flag("shuffle", notes);
        let places = table.whole("places", notes);
        let places = table.need("places", places, notes);
        let found = self.answers(table, Use::Rank, notes);
        let (Some(places), Some(Answers { choices, rules, .. })) = (places, found) else {
            return Read::default();
        };
        let most = choices.len().min(RANKED);
        if !(1..=most).contains(&(places.value as usize)) {
            let sentence = format!("places = {} should be 1 to {most}", places.value);
            notes.error(&places.at, sentence);
        }
        let places = places.value as usize;
        Read { kind: Some(Kind::Rank { choices, places, shuffle }), rules, ..Read::default() }
    }

    fn steps(&self, table: &mut Table<'_>, faces: bool, notes: &mut Notes) -> Read {
        let Some(Answers { scale, choices, rules }) = self.answers(table, Use::Steps, notes) else {
            return Read::default();
        };
        if let Some(rule) = rules.first() {
            notes.error(&rule.at, "the steps of a scale are offered to everybody");
        }
        let kind =
            if faces { Kind::Faces { scale, choices } } else { Kind::Scale { scale, choices } };
        Read::plain(Some(kind))
    }

    fn counts(&self, table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
        let max = table.whole("max", notes);
        let max = table.need("max", max, notes);
        if let Some(max) = max.as_ref().filter(|max| !(1..=COUNTED).contains(&max.value)) {
            notes.error(&max.at, format!("a group that is counted has 1 to {COUNTED} people"));
        }
        let statements = choice::labels("statements", "statement", table, self.langs, notes);
        let groups = choice::labels("groups", "group", table, self.langs, notes);
        Some(Kind::Counts { statements: statements?, groups: groups?, max: max?.value })
    }

    fn info(&self, table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
        let body = table.text("body", BODY, self.langs, notes);
        let body = table.need("body", body, notes)?;
        Some(Kind::Info { body })
    }

    /// The choices of a question: its own, those of the scale it names, or those carried over
    /// from an earlier question.
    pub(super) fn answers(
        &self,
        table: &mut Table<'_>,
        used: Use,
        notes: &mut Notes,
    ) -> Option<Answers> {
        let named = table.string("scale", notes);
        let before = notes.errors();
        let carried = carry::carried(table, self.earlier, notes);
        let own = choice::choices(table, self.text, self.langs, notes);
        if notes.errors() > before && table.has("carry") {
            return None;
        }
        let at = own.as_ref().map_or_else(|| table.place("carry"), |list| list.at.clone());
        let found = match (named, own, carried) {
            (Some(named), None, None) => {
                let choices = self.scale(&named, notes)?;
                choice::fits(&table.what, (&choices, &named.at), used, notes);
                return Some(Answers { scale: Some(named.value), choices, rules: Vec::new() });
            }
            (Some(named), ..) => {
                let sentence = format!("{} has both a scale and choices", table.what);
                notes.error(&named.at, sentence);
                return None;
            }
            (None, None, None) => {
                if !table.has("scale") && !table.has("choices") {
                    notes.error(&table.at, format!("{} has no scale and no choices", table.what));
                }
                return None;
            }
            (None, own, carried) => {
                let mut choices = carried.unwrap_or_default();
                let (listed, rules) = own.map(|own| (own.value, own.rules)).unwrap_or_default();
                choices.extend(listed);
                Answers { scale: None, choices, rules }
            }
        };
        choice::fits(&table.what, (&found.choices, &at), used, notes);
        Some(found)
    }

    fn scale(&self, named: &Placed<String>, notes: &mut Notes) -> Option<Vec<Choice>> {
        let Some(scale) = self.scales.iter().find(|scale| scale.id == named.value) else {
            notes.error(&named.at, format!("there is no scale {:?}", named.value));
            return None;
        };
        let mut choices = scale.choices.clone();
        for lang in self.langs {
            if choices.iter().any(|choice| !choice.text.has(*lang)) && scale.is_shared {
                notes.lacks(&named.at, &format!("the scale {}", scale.id), *lang);
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
        let choices = choice::choices(table, self.text, self.langs, notes);
        if let Some(list) = &choices {
            choice::fits(&table.what, (&list.value, &list.at), Use::Number, notes);
            if let Some(rule) = list.rules.first() {
                notes.error(&rule.at, "a way of not giving a number is offered to everybody");
            }
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
            let stands_alone = matches!(
                asked.question.kind,
                Kind::Group { .. }
                    | Kind::Weight
                    | Kind::Consent
                    | Kind::AgeGate
                    | Kind::Counts { .. }
            );
            if stands_alone && asked.sound {
                let sentence = format!("{} cannot stand inside a group", asked.question.id);
                notes.error(&asked.at, sentence);
            }
        }
        let questions = inner.iter().map(|asked| asked.question.clone()).collect();
        let kind = max.map(|max| Kind::Group { questions, max: max.value as usize });
        Read { kind, inner, ..Read::default() }
    }
}

/// What can be answered, and by which rules it is offered.
pub(super) struct Answers {
    pub(super) scale: Option<String>,
    pub(super) choices: Vec<Choice>,
    pub(super) rules: Vec<Written>,
}

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

fn photo(table: &mut Table<'_>, notes: &mut Notes) -> Option<Kind> {
    let max = table.whole("max", notes);
    let max = table.need("max", max, notes)?;
    if !(1..=PHOTOS).contains(&max.value) {
        notes.error(&max.at, format!("a question takes 1 to {PHOTOS} photos"));
    }
    Some(Kind::Photo { max: max.value as usize })
}

fn weight(table: &Table<'_>, notes: &mut Notes) -> Kind {
    if table.has("show_if") {
        notes.error(&table.place("show_if"), "a weight is never shown, so it has no show_if");
    }
    Kind::Weight
}

/// A sensitive question is shown in three answers, so it must say which.
fn needs_fold(question: &Question, table: &Table<'_>, notes: &mut Notes) {
    let can_fold = question.sensitive && question.kind.folds();
    if can_fold && question.fold.is_none() && !table.has("fold") {
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
