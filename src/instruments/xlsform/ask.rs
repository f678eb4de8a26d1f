//! What each type of question in a form becomes.

use std::rc::Rc;

use super::Refused;
use super::columns::Line;
use super::export::ZONES;
use super::limits::{self, Limits};
use super::lists::{self, List};
use super::report::short;
use super::rules::{Held, Takes};
use super::types::{From, Type};
use super::walk::{Walk, most, ours};
use super::xpath::Expr;
use crate::domain::condition::Rule;
use crate::domain::question::{Band, Choice, Kind, Question};
use crate::domain::text::Text;

/// The most characters of a text when the form does not say, and in any case.
const LETTERS: usize = 500;
const MOST_LETTERS: usize = 2000;
/// The highest number when the form does not say.
const HIGHEST: f64 = 100.0;
/// The code of "other", and what it reads as in forms.
const OTHER: (&str, &str) = ("other", "Other");

/// A kind, and how rules see its answer.
struct Asked {
    kind: Kind,
    takes: Takes,
    codes: Codes,
}

/// The names of choices in the form, and their codes.
type Codes = Rc<Vec<(String, String)>>;

impl Asked {
    fn plain(kind: Kind, takes: Takes) -> Self {
        Self { kind, takes, codes: Rc::default() }
    }
}

impl<'a> Walk<'a> {
    /// Asks one question, or lists why not.
    pub(super) fn ask(&mut self, line: Line<'a>, kind: Type<'a>) -> Result<(), Refused> {
        let name = line.get("name").unwrap_or_default().to_owned();
        match ours(line) {
            Some("intro" | "outro") if kind == Type::Note => {
                let said = self.spoken.text(line, "label", &mut self.report);
                let place =
                    if ours(line) == Some("intro") { &mut self.intro } else { &mut self.outro };
                *place = said;
                return Ok(());
            }
            Some("counted") if self.counted(line) => return Ok(()),
            Some("filler") if kind == Type::Note => return Ok(()),
            Some("instead") => {
                self.instead(line, kind);
                return Ok(());
            }
            Some(_) | None => {}
        }
        let is_shown =
            |word| line.get("appearance").unwrap_or_default().split(' ').any(|it| it == word);
        if from(kind).is_some() && is_shown("label") {
            self.say(line, "appearance", "a line of headings above a table is not asked");
            return Ok(());
        }
        if self.is_never(line) {
            self.say(line, "relevant", "this is never asked, so it stays behind");
            return Ok(());
        }
        let asked = match self.kind(line, kind) {
            Ok(Some(asked)) => asked,
            Ok(None) => return Ok(()),
            Err(why) => {
                self.say(line, "type", why);
                self.earlier.apart(&name, "did not come along");
                return Ok(());
            }
        };
        let mut question = self.base(line, asked.kind);
        if let Kind::Info { .. } = question.kind {
            // Its words are the body; a note without a hint stands under the heading around it.
            question.hint = self.spoken.text(line, "guidance_hint", &mut self.report);
            if line.get("hint").is_none() {
                question.text = self.heading();
            }
        }
        let weight = |choice: &Choice| choice.text.0.values().map(String::len).sum::<usize>();
        let words = question.choices().iter().map(weight).sum::<usize>()
            + question.text.0.values().map(String::len).sum::<usize>();
        self.grow(question.choices().len(), words)?;
        if question.is_kept() {
            self.earlier.see(&name, &question.id, asked.takes, &asked.codes);
        } else {
            self.earlier.apart(&name, "is kept where no rule can look");
        }
        let other = from(kind).filter(|from| from.or_other).map(|_| self.other(&question));
        self.put(question);
        if let Some(other) = other {
            self.put(other);
        }
        Ok(())
    }

    fn kind(&mut self, line: Line<'a>, kind: Type<'a>) -> Result<Option<Asked>, String> {
        if line.get("name").is_none() && kind != Type::Note {
            return Err("a question without a name is not asked".to_owned());
        }
        let limits = self.limits(line, kind);
        let asked = match kind {
            Type::One(from) if ours(line) == Some("zone") => self.zone(line, from),
            Type::One(from) => self.one(line, from)?,
            Type::Several(from) => self.several(line, from, &limits)?,
            Type::Rank(from) => self.rank(line, from)?,
            Type::Text => Asked::plain(text(line, &limits), Takes::Nothing),
            Type::Whole | Type::Decimal | Type::Range => self.number(line, kind, &limits),
            Type::Note => {
                Asked::plain(self.note(line).ok_or("the note says nothing")?, Takes::Nothing)
            }
            Type::Tick => Asked::plain(self.tick(line)?, Takes::Nothing),
            Type::Photo => {
                let max = most(line).unwrap_or(1);
                Asked::plain(Kind::Photo { max }, Takes::Nothing)
            }
            Type::Point => Asked::plain(Kind::Place, Takes::Nothing),
            Type::Hidden if ours(line) == Some("weight") => {
                Asked::plain(Kind::Weight, Takes::Nothing)
            }
            Type::Hidden => return Err("what nobody sees is not asked".to_owned()),
            Type::Calculation => {
                self.calculation(line);
                return Ok(None);
            }
            Type::Apart(why) => return Err(why.to_owned()),
            Type::Unknown | Type::Begin(_) | Type::End(_) | Type::Setting(_) => {
                let shown = short(line.get("type").unwrap_or_default());
                return Err(format!("the type {shown} is not known here"));
            }
        };
        self.parameters(line, kind);
        Ok(Some(asked))
    }

    /// What a `constraint` says; what it says beyond is listed.
    fn limits(&mut self, line: Line<'a>, kind: Type<'a>) -> Limits {
        let Some(written) = line.get("constraint") else { return Limits::default() };
        let list = from(kind).and_then(|from| self.lists.used(from.list, &mut self.report));
        let codes = list.map(|list| Rc::clone(&list.codes)).unwrap_or_default();
        let limits = match Expr::read(written) {
            Ok(expr) => limits::read(expr, &codes),
            Err(why) => {
                self.say(line, "constraint", format!("{why}; so any answer is taken"));
                return Limits::default();
            }
        };
        let is_number = matches!(kind, Type::Whole | Type::Decimal | Type::Range);
        let ends = limits.min.is_some() || limits.max.is_some();
        let ticks = limits.ticks.is_some() || !limits.alone.is_empty();
        let fits = (is_number || !ends)
            && (kind == Type::Text || limits.letters.is_none())
            && (matches!(kind, Type::Several(_)) || !ticks);
        if limits.unread > 0 || !fits {
            let why = "answers are checked for their lowest and highest number, their length, how \
                       many are ticked and what stands alone; the rest of this stays behind";
            self.say(line, "constraint", why);
        }
        limits
    }

    /// The choices of a question by its list and its filter.
    fn choices(&mut self, line: Line<'a>, from: From<'a>) -> Result<(Vec<Choice>, Codes), String> {
        let name = short(from.list);
        if from.list.contains("${") {
            return Err("choices cannot be taken from what was written in a repeat".to_owned());
        }
        let Some(list) = self.lists.used(from.list, &mut self.report) else {
            return Err(format!("there is no list {name}"));
        };
        if list.is_too_long {
            let most = lists::LONGEST;
            return Err(format!("the list {name} has more than {most} choices; ask for a place"));
        }
        let mut choices = list.choices.clone();
        let mut codes = Rc::clone(&list.codes);
        let filter = line.get("choice_filter").map(str::to_owned);
        let is_same = filter.as_deref() == line.get("miradouro_filter");
        if filter.is_none() || !is_same {
            for choice in &mut choices {
                choice.show_if = None;
            }
        }
        if let Some(filter) = filter.filter(|_| !is_same) {
            let rules = self.filtered(from.list, &filter);
            match rules {
                Ok(rules) => {
                    let mut rules = rules.into_iter();
                    choices.retain_mut(|choice| match rules.next() {
                        Some(Held::When(rule)) => {
                            choice.show_if = Self::simple(&rule);
                            true
                        }
                        Some(Held::Never) => false,
                        Some(Held::Always) | None => true,
                    });
                }
                Err(why) => {
                    let why = format!("{why}; so every choice is offered");
                    self.say(line, "choice_filter", why);
                }
            }
        }
        if from.or_other && !choices.iter().any(|choice| choice.code == OTHER.0) {
            let text = self.spoken.everywhere(OTHER.1);
            let (code, score, show_if) = (OTHER.0.to_owned(), None, None);
            let (missing, exclusive) = (false, false);
            choices.push(Choice { code, text, score, missing, exclusive, show_if });
            Rc::make_mut(&mut codes).push((OTHER.0.to_owned(), OTHER.0.to_owned()));
            self.say(line, "type", "the words of \"other\" stand there in English");
        }
        if choices.iter().filter(|choice| !choice.missing).count() < 2 {
            return Err(format!("the list {name} leaves fewer than two choices"));
        }
        Ok((choices, codes))
    }

    /// The rule of each choice by a filter.
    fn filtered(&mut self, list: &str, filter: &str) -> Result<Vec<Held>, String> {
        let expr = Expr::read(filter)?;
        let Some(list) = self.lists.used(list, &mut self.report) else { return Ok(Vec::new()) };
        let each = (0..list.choices.len()).map(|number| {
            let own = expr.with(&|name| list.column(number, name));
            super::rules::rule(&own, &self.earlier)
        });
        each.collect()
    }

    fn one(&mut self, line: Line<'a>, from: From<'a>) -> Result<Asked, String> {
        let (mut choices, codes) = self.choices(line, from)?;
        let scale = line.get("miradouro_scale").map(str::to_owned);
        let kind = match ours(line) {
            Some("scale") => Kind::Scale { scale, choices },
            Some("faces") => Kind::Faces { scale, choices },
            Some(_) | None => {
                for choice in &mut choices {
                    choice.exclusive = false;
                }
                Kind::Single { choices, shuffle: is_shuffled(line) }
            }
        };
        Ok(Asked { kind, takes: Takes::One, codes })
    }

    /// The zones of an exported instrument are placeholders; whoever wrote their own must know that
    /// they belong to the collection.
    fn zone(&mut self, line: Line<'a>, from: From<'a>) -> Asked {
        let list = self.lists.used(from.list, &mut self.report);
        let codes = list.map(|list| Rc::clone(&list.codes)).unwrap_or_default();
        let is_own = |name: &str| !ZONES.iter().any(|(code, _)| *code == name);
        if codes.iter().any(|(name, _)| is_own(name)) {
            self.say(line, "type", "the zones belong to the collection, not to the questions");
        }
        Asked { kind: Kind::Zone, takes: Takes::One, codes }
    }

    fn several(
        &mut self,
        line: Line<'a>,
        from: From<'a>,
        limits: &Limits,
    ) -> Result<Asked, String> {
        let (mut choices, codes) = self.choices(line, from)?;
        for choice in &mut choices {
            let name = codes.iter().find(|(_, code)| *code == choice.code).map(|(name, _)| name);
            let is_alone = name.is_some_and(|name| limits.alone.contains(name));
            choice.exclusive |= is_alone && !choice.missing;
            choice.score = None;
        }
        let ticks = choices.iter().filter(|choice| !choice.exclusive && !choice.missing).count();
        let max = limits.ticks.filter(|max| *max <= ticks);
        let kind = Kind::Multiple { choices, max, shuffle: is_shuffled(line) };
        Ok(Asked { kind, takes: Takes::Several, codes })
    }

    fn rank(&mut self, line: Line<'a>, from: From<'a>) -> Result<Asked, String> {
        let (mut choices, codes) = self.choices(line, from)?;
        choices.retain(|choice| !choice.missing);
        for choice in &mut choices {
            (choice.score, choice.exclusive) = (None, false);
        }
        let places = most(line).unwrap_or(3).min(choices.len());
        if most(line).is_none() {
            self.say(line, "type", format!("the first {places} are ranked, not all"));
        }
        let kind = Kind::Rank { choices, places, shuffle: is_shuffled(line) };
        Ok(Asked { kind, takes: Takes::Several, codes })
    }

    fn number(&mut self, line: Line<'a>, kind: Type<'a>, limits: &Limits) -> Asked {
        let asked = |min, max, bands| {
            let kind = Kind::Number { min, max, bands, choices: Vec::new() };
            Asked::plain(kind, Takes::Number)
        };
        let step = if kind == Type::Whole { 1.0 } else { 0.0 };
        let end = |end: Option<(f64, bool)>, step: f64| {
            end.map(|(number, excluded)| if excluded { number + step } else { number })
        };
        let (mut min, mut max) = (end(limits.min, step), end(limits.max, -step));
        let bands = line.get("miradouro_bands");
        let list = bands.and_then(|name| self.lists.used(name, &mut self.report));
        if let (Some(bands), Some(min), Some(max)) = (list.and_then(List::bands), min, max) {
            return asked(min, max, bands);
        }
        if kind == Type::Range {
            let (start, last) = (parameter(line, "start"), parameter(line, "end"));
            min = min.or(Some(start.unwrap_or(1.0)));
            max = max.or(Some(last.unwrap_or(10.0)));
        }
        let (low, high) = match (min, max) {
            (Some(min), Some(max)) if min < max => (min, max),
            (min, max) => {
                let low = min.unwrap_or_else(|| max.map_or(0.0, |max| max.min(0.0)));
                let high = max.filter(|max| *max > low);
                (low, high.unwrap_or(if low < HIGHEST { HIGHEST } else { low + HIGHEST }))
            }
        };
        if min != Some(low) || max != Some(high) {
            let why = format!(
                "the form gives no numbers from where to where; {low} to {high} stands there"
            );
            self.say(line, "type", why);
        }
        self.say(line, "type", "a number is shown in bands only; three equal ones stand there");
        asked(low, high, self.bands(low, high))
    }

    /// Up to three bands of the same width; placeholders until somebody thinks of better ones.
    fn bands(&self, low: f64, high: f64) -> Vec<Band> {
        let (first, last) = (low.ceil(), high.floor());
        let width = ((last - first + 1.0) / 3.0).floor();
        let is_wide = width >= 1.0 && last - first < 1e12;
        let starts =
            if is_wide { vec![low, first + width, first + width * 2.0] } else { vec![low] };
        let ends = if is_wide {
            vec![first + width - 1.0, first + width * 2.0 - 1.0, high]
        } else {
            vec![high]
        };
        let band = |(number, (from, to)): (i32, (f64, f64))| Band {
            code: format!("band_{number}"),
            text: self.spoken.everywhere(&format!("{from}–{to}")),
            from,
            to,
            score: None,
        };
        (1..).zip(starts.into_iter().zip(ends)).map(band).collect()
    }

    /// A note is a page of words: its hint, or its label under the heading of where it stands.
    fn note(&mut self, line: Line<'a>) -> Option<Kind> {
        let (label, hint) = (self.label(line), self.spoken.text(line, "hint", &mut self.report));
        Some(Kind::Info { body: hint.or(label)? })
    }

    fn label(&mut self, line: Line<'a>) -> Option<Text> {
        self.spoken.text(line, "label", &mut self.report)
    }

    /// A tick that must be there is consent; any other is only words.
    fn tick(&mut self, line: Line<'a>) -> Result<Kind, String> {
        match ours(line) {
            Some("consent") => return Ok(Kind::Consent),
            Some("age_gate") => return Ok(Kind::AgeGate),
            Some(_) | None => {}
        }
        if line.is_yes("required") && !self.is_inside() {
            return Ok(Kind::Consent);
        }
        self.say(line, "type", "a tick that need not be there is only words here");
        self.note(line).ok_or_else(|| "the tick has no words".to_owned())
    }

    fn calculation(&mut self, line: Line<'a>) {
        let Some(name) = line.get("name") else { return };
        let read = line.get("calculation").map(Expr::read);
        if let Some(Ok(expr)) = read {
            self.earlier.work_out(name, expr);
            let why = "nothing is worked out and kept; rules that look at it look at its questions";
            self.say(line, "type", why);
        } else {
            self.earlier.apart(name, "is worked out in a way that rules here do not know");
            self.say(line, "type", "nothing is worked out and kept");
        }
    }

    /// Ways of not giving the number before.
    fn instead(&mut self, line: Line<'a>, kind: Type<'a>) {
        let list = from(kind).and_then(|from| self.lists.used(from.list, &mut self.report));
        let list = list.map(|list| list.choices.clone());
        match (self.last().map(|last| &mut last.kind), list) {
            (Some(Kind::Number { choices, .. }), Some(list)) => *choices = list,
            _ => self.say(line, "type", "it stands after no number"),
        }
    }

    /// Room to say what "other" is.
    fn other(&mut self, question: &Question) -> Question {
        let asked = question.id.clone();
        let rule = Rule::In { question: asked.clone(), codes: vec![OTHER.0.to_owned()] };
        Question {
            id: self.ids.id(&format!("{asked}_other")),
            meaning: 1,
            same_as: None,
            text: self.spoken.everywhere("[Other: what?]"),
            hint: None,
            kind: Kind::Text { max: 100, lint: true },
            show_if: Self::simple(&rule).or_else(|| question.show_if.clone()),
            sensitive: false,
            fold: None,
        }
    }

    fn parameters(&mut self, line: Line<'a>, kind: Type<'a>) {
        let Some(written) = line.get("parameters") else { return };
        for (key, _) in parameters(written) {
            let is_known = match key.as_str() {
                "randomize" => from(kind).is_some(),
                "start" | "end" => kind == Type::Range,
                "max-pixels" => kind == Type::Photo,
                _ => false,
            };
            if !is_known {
                self.say(line, "parameters", format!("{} means nothing here", short(&key)));
            }
        }
    }
}

fn text(line: Line<'_>, limits: &Limits) -> Kind {
    let max = limits.letters.unwrap_or(LETTERS).min(MOST_LETTERS);
    Kind::Text { max, lint: !line.is_yes("miradouro_no_lint") }
}

/// The list a type chooses from.
const fn from(kind: Type<'_>) -> Option<From<'_>> {
    match kind {
        Type::One(from) | Type::Several(from) | Type::Rank(from) => Some(from),
        Type::Begin(_)
        | Type::End(_)
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
        | Type::Setting(_)
        | Type::Apart(_)
        | Type::Unknown => None,
    }
}

/// `start=1 end=10`, with any of blank, comma and semicolon between.
fn parameters(written: &str) -> Vec<(String, String)> {
    let tidy = written.replace(" =", "=").replace("= ", "=");
    let parts = tidy.split([' ', ',', ';']).filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (key.trim().to_lowercase(), value.trim().to_owned())
    };
    parts.map(pair).collect()
}

fn parameter(line: Line<'_>, key: &str) -> Option<f64> {
    let found = parameters(line.get("parameters")?).into_iter().find(|(known, _)| known == key);
    lists::number(&found?.1)
}

fn is_shuffled(line: Line<'_>) -> bool {
    let written = parameters(line.get("parameters").unwrap_or_default());
    written.iter().any(|(key, value)| key == "randomize" && value.eq_ignore_ascii_case("true"))
}
