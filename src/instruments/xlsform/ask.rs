//! What each type of question in a form becomes.

use std::rc::Rc;

use super::Refused;
use super::columns::Line;
use super::limits::{self, Limits};
use super::lists;
use super::report::short;
use super::rules::Takes;
use super::types::{From, Type};
use super::walk::{Walk, most, ours};
use super::xpath::Expr;
use crate::domain::question::{Choice, Kind};
use crate::domain::text::Text;

/// The most characters of a text when the form does not say, and in any case.
const LETTERS: usize = 500;
const MOST_LETTERS: usize = 2000;

/// A kind, and how rules see its answer.
pub(super) struct Asked {
    pub(super) kind: Kind,
    pub(super) takes: Takes,
    pub(super) codes: Codes,
}

/// The names of choices in the form, and their codes.
pub(super) type Codes = Rc<Vec<(String, String)>>;

impl Asked {
    /// One without choices.
    pub(super) fn plain(kind: Kind, takes: Takes) -> Self {
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
pub(super) const fn from(kind: Type<'_>) -> Option<From<'_>> {
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

fn is_shuffled(line: Line<'_>) -> bool {
    let written = parameters(line.get("parameters").unwrap_or_default());
    written.iter().any(|(key, value)| key == "randomize" && value.eq_ignore_ascii_case("true"))
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

pub(super) fn parameter(line: Line<'_>, key: &str) -> Option<f64> {
    let found = parameters(line.get("parameters")?).into_iter().find(|(known, _)| known == key);
    lists::number(&found?.1)
}
