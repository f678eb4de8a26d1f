//! What is typed from a sheet of paper: for every question the keys that stand beside its boxes,
//! and how typed keys become the pairs of a form. The paper prints from here and the key-in screen
//! reads from here, so that both always agree.

use super::area::Map;
use super::diagnosis::Zone;
use super::instrument::Instrument;
use super::paper::{keys, letters, numbers};
use super::question::{Kind, Question, ZONE_REFUSED};
use super::text::Text;

/// What is typed where nothing was ticked.
pub const SKIP: &str = "-";
/// What is typed for "rather not say" where a place is written in words.
const REFUSED: &str = "0";

/// What somebody has before them on paper: the zones, and whether there is a map.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The zones of the collection.
    pub zones: &'a [Zone],
    /// The map places are chosen from.
    pub map: Option<&'a Map>,
}

/// One box: the key beside it, what it means in a form, and what is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Key<'a> {
    /// What is typed.
    pub key: String,
    /// The value in a form.
    pub value: &'a str,
    /// What it says.
    pub says: Says<'a>,
    /// Don't know, rather not say, none of these: stands apart.
    pub quiet: bool,
}

/// What stands beside a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Says<'a> {
    /// The text of a choice.
    Text(&'a Text),
    /// A name, the same in every language.
    Name(&'a str),
    /// Rather not say.
    RatherNotSay,
    /// Yes, I agree.
    Agree,
    /// Old enough.
    OldEnough,
    /// Too young.
    TooYoung,
}

/// How a question is answered on paper.
#[derive(Debug, Clone, PartialEq)]
pub enum Takes<'a> {
    /// One box of several.
    One(Vec<Key<'a>>),
    /// Any of several boxes.
    Several(Vec<Key<'a>>),
    /// So many of several, in order.
    Order(Vec<Key<'a>>, usize),
    /// A number, or one of the boxes beside it.
    Amount(Vec<Key<'a>>),
    /// Words, at most so many characters.
    Words(usize),
    /// The name of a place, or the box beside it.
    Place(Vec<Key<'a>>),
    /// A count of people.
    Count,
}

/// One thing to type.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot<'a> {
    /// The field of the form it goes to.
    pub field: String,
    /// The question.
    pub question: &'a Question,
    /// Its number on the sheet.
    pub number: String,
    /// Which repeat of a group it is in, from 0.
    pub repeat: Option<usize>,
    /// Which statement and which people, in a count.
    pub cell: Option<(&'a Text, &'a Text)>,
    /// What is taken.
    pub takes: Takes<'a>,
}

/// How a question is answered on paper; nothing for what holds others, words, photos and weights.
#[must_use]
pub fn takes<'a>(question: &'a Question, around: &Around<'a>) -> Option<Takes<'a>> {
    Some(match &question.kind {
        Kind::Single { .. } | Kind::Scale { .. } | Kind::Faces { .. } => {
            Takes::One(choices(question, keys))
        }
        Kind::Multiple { .. } => Takes::Several(choices(question, keys)),
        Kind::Rank { places, .. } => Takes::Order(choices(question, keys), *places),
        Kind::Number { .. } => Takes::Amount(choices(question, letters)),
        Kind::Text { max, .. } => Takes::Words(*max),
        // A sheet without a collection has no zones: there is a line to write on.
        Kind::Zone if !around.zones.is_empty() => Takes::One(zones(around.zones)),
        Kind::Place if around.map.is_none() && !around.zones.is_empty() => {
            Takes::One(zones(around.zones))
        }
        Kind::Zone | Kind::Place => {
            Takes::Place(vec![key(REFUSED.to_owned(), ZONE_REFUSED, Says::RatherNotSay, true)])
        }
        Kind::Consent => Takes::One(vec![key("1".to_owned(), "yes", Says::Agree, false)]),
        Kind::AgeGate => Takes::One(vec![
            key("1".to_owned(), "yes", Says::OldEnough, false),
            key("2".to_owned(), "no", Says::TooYoung, false),
        ]),
        Kind::Grid { .. }
        | Kind::Group { .. }
        | Kind::Counts { .. }
        | Kind::Photo { .. }
        | Kind::Info { .. }
        | Kind::Weight => return None,
    })
}

fn key<'a>(key: String, value: &'a str, says: Says<'a>, quiet: bool) -> Key<'a> {
    Key { key, value, says, quiet }
}

fn choices(question: &Question, keys: fn(usize) -> Vec<String>) -> Vec<Key<'_>> {
    let choices = question.choices();
    let both = keys(choices.len()).into_iter().zip(choices);
    both.map(|(sign, choice)| {
        let quiet = choice.missing || choice.exclusive;
        key(sign, &choice.code, Says::Text(&choice.text), quiet)
    })
    .collect()
}

fn zones(zones: &[Zone]) -> Vec<Key<'_>> {
    let named = zones.iter().map(|zone| (zone.code.as_str(), Says::Name(&zone.name), false));
    let all = named.chain([(ZONE_REFUSED, Says::RatherNotSay, true)]);
    let signs = keys(zones.len() + 1).into_iter();
    signs.zip(all).map(|(sign, (value, says, quiet))| key(sign, value, says, quiet)).collect()
}

/// Everything there is to type, in the order of the sheet.
#[must_use]
pub fn slots<'a>(instrument: &'a Instrument, around: &Around<'a>) -> Vec<Slot<'a>> {
    let numbers = numbers(instrument);
    let mut found = Vec::new();
    let mut add = |question: &'a Question, prefix: &str, repeat: Option<usize>| {
        let number = numbers.get(question.id.as_str()).cloned().unwrap_or_default();
        let field = format!("{prefix}{}", question.id);
        let slot = Slot { field, question, number, repeat, cell: None, takes: Takes::Count };
        if let Kind::Counts { statements, groups, .. } = &question.kind {
            for statement in statements {
                for group in groups {
                    let field = format!("{}.{}.{}", slot.field, statement.code, group.code);
                    let cell = Some((&statement.text, &group.text));
                    found.push(Slot { field, cell, ..slot.clone() });
                }
            }
        } else if let Some(takes) = takes(question, around) {
            found.push(Slot { takes, ..slot });
        }
    };
    for question in instrument.questions() {
        if let Kind::Group { questions, max } = &question.kind {
            for repeat in 0..*max {
                let prefix = format!("{}.{repeat}.", question.id);
                let inner = questions.iter().flat_map(Question::rows);
                inner.for_each(|inner| add(inner, &prefix, Some(repeat)));
            }
        } else {
            add(question, "", None);
        }
    }
    found
}

impl Slot<'_> {
    /// The pairs of a form that typed keys stand for.
    ///
    /// # Errors
    /// The first key that stands beside no box.
    pub fn read(&self, typed: &str) -> Result<Vec<(String, String)>, String> {
        let typed = typed.trim();
        let whole = |value: &str| vec![(self.field.clone(), value.to_owned())];
        if typed.is_empty() || typed == SKIP {
            return Ok(Vec::new());
        }
        match &self.takes {
            Takes::Words(_) | Takes::Count => Ok(whole(typed)),
            Takes::Amount(keys) | Takes::Place(keys) => {
                Ok(whole(found(keys, typed).unwrap_or(typed)))
            }
            Takes::One(keys) => found(keys, typed).map(whole).ok_or_else(|| typed.to_owned()),
            Takes::Several(keys) => {
                let pair = |sign: String| match found(keys, &sign) {
                    Some(value) => Ok((self.field.clone(), value.to_owned())),
                    None => Err(sign),
                };
                signs(keys, typed).into_iter().map(pair).collect()
            }
            Takes::Order(keys, _) => {
                let pair = |(place, sign): (usize, String)| match found(keys, &sign) {
                    Some(value) => Ok((format!("{}.{place}", self.field), value.to_owned())),
                    None => Err(sign),
                };
                (1..).zip(signs(keys, typed)).map(pair).collect()
            }
        }
    }
}

fn found<'a>(keys: &[Key<'a>], typed: &str) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    keys.iter().find(|key| key.key == typed).map(|key| key.value)
}

/// The keys in what was typed: sign by sign where every key is one sign, else word by word.
fn signs(keys: &[Key<'_>], typed: &str) -> Vec<String> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '+' | '.');
    if keys.iter().all(|key| key.key.chars().count() == 1) {
        typed.chars().filter(|c| !apart(*c)).map(String::from).collect()
    } else {
        typed.split(apart).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}
