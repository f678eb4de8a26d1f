//! What the form of a card sent, as edits.
//!
//! A field is named by where it stands below its card: `text.nl`, `choices.2.score`. What was not
//! changed makes an edit too, and such an edit changes nothing.

use super::{Edit, Key, List, Path, Pick, Plan, Refusal, Sort};
use crate::domain::instrument::{Help, Sheet};
use crate::domain::text::Lang;
use crate::instruments::file::SHEETS;

/// A card with what was filled in on it.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    /// The part it is about.
    pub at: &'a Path,
    /// The fields, in order.
    pub fields: &'a [(String, String)],
}

/// An edit and the field it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name of the field.
    pub name: String,
    /// What it asks for.
    pub edit: Edit,
}

impl Card<'_> {
    /// Everything the card asks for, in an order in which it can be done: words and settings
    /// first, then names, then the kind; what adds or moves comes last.
    #[must_use]
    pub fn edits(&self) -> Vec<Field> {
        let mut found: Vec<Field> = Vec::new();
        for (number, (name, value)) in self.fields.iter().enumerate() {
            // Of a name that comes twice, the last one counts: a tick comes after its "no".
            let later = self.fields.iter().skip(number + 1).any(|(other, _)| other == name);
            if let Some(edit) = self.edit(name, value).filter(|_| !later) {
                found.push(Field { name: name.clone(), edit });
            }
        }
        let whole = [("help", self.help()), ("fold", self.fold()), ("show_if", self.rule())];
        for (name, edit) in whole {
            found.extend(edit.map(|edit| Field { name: name.to_owned(), edit }));
        }
        found.extend(self.picks().map(|(name, edit)| Field { name: name.to_owned(), edit }));
        found.sort_by_key(|field| turn(&field.edit));
        let button = self.first("do").and_then(|button| self.button(button));
        let button = button.map(|edit| Field { name: "do".to_owned(), edit });
        // What is added moves its neighbours, and a button speaks of places as they were.
        let is_inside = button.as_ref().is_some_and(|field| self.is_inside(&field.edit));
        if is_inside {
            found.extend(button);
            found.extend(self.added());
        } else {
            found.extend(self.added());
            found.extend(button);
        }
        found
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// What one field asks for.
    fn edit(&self, name: &str, value: &str) -> Option<Edit> {
        let (place, last) = name.rsplit_once('.').unwrap_or(("", name));
        if place == "fold" || place.starts_with("new.") || name == "show_if" {
            return None;
        }
        let at = self.at.join(&place.parse().ok()?);
        let value = value.to_owned();
        if let Ok(lang) = last.parse::<Lang>() {
            return Some(Edit::Say { at, lang, words: value });
        }
        let key = Key::from_code(last).filter(|key| *key != Key::Kind || self.is_chart());
        if let Some(key) = key {
            return Some(Edit::Set { at, key, value });
        }
        match last {
            "id" => Some(Edit::Rename { at, id: value }),
            "code" => Some(Edit::Recode { at, code: value }),
            "kind" if self.at.is_root() => sheet(&value).map(Edit::Sheet),
            "kind" => Sort::from_code(&value).map(|sort| Edit::Kind { at, sort }),
            _ => None,
        }
    }

    fn is_chart(&self) -> bool {
        self.at.in_list().is_some_and(|(_, key, _)| key == Plan::Chart.code())
    }

    /// What a plan names: a field for each, and an empty one that says that they were asked for.
    fn picks(&self) -> impl Iterator<Item = (&'static str, Edit)> {
        Pick::ALL.iter().filter_map(|list| {
            self.first(list.code())?;
            let ids = self.all(list.code()).filter(|id| !id.is_empty()).map(str::to_owned);
            let (at, list, ids) = (self.at.clone(), *list, ids.collect());
            Some((list.code(), Edit::Pick { at, list, ids }))
        })
    }

    fn help(&self) -> Option<Edit> {
        self.first("help")?;
        let ticked: Vec<&str> = self.all("help").collect();
        let help = Help::ALL.into_iter().filter(|help| ticked.contains(&help.code()));
        Some(Edit::Help(help.collect()))
    }

    /// `fold.CODE = low`: each answer says in which part of the fold it is.
    fn fold(&self) -> Option<Edit> {
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        let mut is_asked = false;
        for (name, value) in self.fields {
            let Some(code) = name.strip_prefix("fold.") else { continue };
            is_asked = true;
            let part = ["low", "middle", "high"].iter().position(|part| part == value);
            if let Some(part) = part.and_then(|part| parts.get_mut(part)) {
                part.push(code.to_owned());
            }
        }
        let parts = parts.iter().any(|part| !part.is_empty()).then_some(parts);
        is_asked.then(|| Edit::Fold { at: self.at.clone(), parts })
    }

    /// A rule made of an earlier question and some of its answers, or written out (`=`).
    fn rule(&self) -> Option<Edit> {
        let question = self.first("if_question")?;
        let prefix = format!("{question}=");
        let codes: Vec<&str> =
            self.all("if_code").filter_map(|code| code.strip_prefix(&prefix)).collect();
        let value = match (question, codes.as_slice()) {
            ("", _) => String::new(),
            ("=", _) => self.first("show_if").unwrap_or_default().to_owned(),
            (_, []) => format!("answered({question})"),
            (_, [code]) => format!("{question} = {code}"),
            (_, codes) => format!("{question} in [{}]", codes.join(", ")),
        };
        Some(Edit::Set { at: self.at.clone(), key: Key::ShowIf, value })
    }

    /// New entries that have words: `new.choices.0.nl`.
    fn added(&self) -> Vec<Field> {
        let mut found: Vec<New<'_>> = Vec::new();
        for (name, value) in self.fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let Some((place, lang)) = name.rsplit_once('.') else { continue };
            let list = place.strip_prefix("new.").and_then(|place| place.split('.').next());
            let (Some(list), Ok(lang)) = (list.and_then(List::from_code), lang.parse()) else {
                continue;
            };
            match found.iter_mut().find(|(known, ..)| *known == place) {
                Some((.., words)) => words.push((lang, value.clone())),
                None => found.push((place, list, vec![(lang, value.clone())])),
            }
        }
        let field = |(name, list, words): New<'_>| {
            let edit = Edit::AddEntry { to: self.at.clone(), list, words };
            Field { name: name.to_owned(), edit }
        };
        found.into_iter().map(field).collect()
    }

    /// What a button asks for: `up section.0.question.2`.
    fn button(&self, button: &str) -> Option<Edit> {
        let mut words = button.split(' ');
        let (verb, rest) = (words.next()?, words.next().unwrap_or(""));
        let place = words.next().and_then(|place| place.parse().ok()).unwrap_or(usize::MAX);
        let at = || rest.parse::<Path>().map_err(|_gone: Refusal| ());
        let lang = |name: &str| self.first(name)?.parse::<Lang>().ok();
        Some(match verb {
            "up" => Edit::Move { at: at().ok()?, up: true },
            "down" => Edit::Move { at: at().ok()?, up: false },
            "remove" => Edit::Remove { at: at().ok()? },
            "copy" => Edit::Duplicate { at: at().ok()? },
            "own" => Edit::Own { at: at().ok()? },
            "raise" => Edit::RaiseMeaning { at: at().ok()? },
            "question" => {
                let sort = Sort::from_code(self.first("sort")?)?;
                Edit::AddQuestion { to: at().ok()?, place, sort }
            }
            "section" => Edit::AddSection { place: rest.parse().ok()? },
            "plan" => {
                let plan = Plan::from_code(rest)?;
                let of = self.first(if plan == Plan::Station { "of_chart" } else { "of" })?;
                Edit::AddPlan { plan, of: of.to_owned() }
            }
            "language" => Edit::AddLanguage(lang("new_language")?),
            "forget" => Edit::RemoveLanguage(rest.parse().ok()?),
            _ => return None,
        })
    }

    /// Whether a button is about a part of this card, and not about the whole of it.
    fn is_inside(&self, edit: &Edit) -> bool {
        let (Edit::Move { at, .. } | Edit::Remove { at } | Edit::Duplicate { at }) = edit else {
            return false;
        };
        at.is_below(self.at)
    }
}

/// A new entry: its field, its list and its words.
type New<'a> = (&'a str, List, Vec<(Lang, String)>);

/// When an edit has its turn.
const fn turn(edit: &Edit) -> u8 {
    match edit {
        // A scale takes the place of answers that may have been filled in too.
        Edit::Set { key: Key::Scale, .. } | Edit::Kind { .. } => 3,
        Edit::Say { .. }
        | Edit::Set { .. }
        | Edit::Help(_)
        | Edit::Fold { .. }
        | Edit::Pick { .. }
        | Edit::Slug(_)
        | Edit::Sheet(_) => 0,
        Edit::Recode { .. } => 1,
        Edit::Rename { .. } => 2,
        Edit::AddQuestion { .. }
        | Edit::AddEntry { .. }
        | Edit::AddPlan { .. }
        | Edit::AddSection { .. }
        | Edit::Duplicate { .. }
        | Edit::Remove { .. }
        | Edit::Move { .. }
        | Edit::RaiseMeaning { .. }
        | Edit::Own { .. }
        | Edit::AddLanguage(_)
        | Edit::RemoveLanguage(_) => 4,
    }
}

fn sheet(word: &str) -> Option<Sheet> {
    SHEETS.iter().find(|(known, _)| *known == word).map(|(_, sheet)| *sheet)
}
