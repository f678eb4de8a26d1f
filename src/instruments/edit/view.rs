//! A draft as far as it can be read: every part with where it stands, whatever is still wrong.
//!
//! Nothing is judged here. A setting is shown as it is written, a text in the languages it has; a
//! fault found by [`crate::instruments::check`] is brought to the part it stands in.

use std::ops::Range;

use toml_edit::{Document, Item, Value};

use super::{List, Path, Refusal, Sort, language, list};
use crate::domain::text::{Lang, Text};
use crate::instruments::Fault;

/// A draft.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Its short name.
    pub slug: String,
    /// The languages it says it speaks; the first is the one it was first written in.
    pub langs: Vec<Lang>,
    /// The sheet itself.
    pub sheet: Part,
    /// Its sections.
    pub sections: Vec<Section>,
    /// Its own scales.
    pub scales: Vec<Part>,
    /// Its breakdowns, indices, charts and stations.
    pub plans: Vec<Part>,
    /// Where its parts stand in the text.
    spots: Vec<Spot>,
}

/// A section.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its settings and words.
    pub part: Part,
    /// Its questions, without those of a block.
    pub questions: Vec<Question>,
}

/// A question.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Its settings and words.
    pub part: Part,
    /// Its kind, if there is one.
    pub sort: Option<Sort>,
    /// The questions of a repeat group.
    pub inner: Vec<Self>,
}

/// A part of a draft: a table with whatever stands in it.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Where it stands.
    pub at: Path,
    /// Its id, its code or its number.
    pub name: String,
    /// Its settings as they are written, by key.
    settings: Vec<(String, String)>,
    /// Its lists of words, by key.
    lists: Vec<(String, Vec<String>)>,
    /// Its texts, each with its key.
    pub texts: Vec<(String, Text)>,
    /// Its answers, rows, bands, statements and groups.
    entries: Vec<(List, Vec<Self>)>,
}

impl Part {
    /// A setting as it is written; empty without it.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.settings.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }

    /// Whether a setting says yes.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        self.get(key) == "true"
    }

    /// A list of words: `help`, or `fold.low`.
    #[must_use]
    pub fn list(&self, key: &str) -> &[String] {
        self.lists.iter().find(|(name, _)| name == key).map_or(&[], |(_, words)| words)
    }

    /// A text; one without words when it is not there.
    #[must_use]
    pub fn text(&self, key: &str) -> Text {
        let found = self.texts.iter().find(|(name, _)| name == key);
        found.map_or_else(Text::default, |(_, text)| text.clone())
    }

    /// The members of one of its lists.
    #[must_use]
    pub fn entries(&self, list: List) -> &[Self] {
        self.entries.iter().find(|(of, _)| *of == list).map_or(&[], |(_, entries)| entries)
    }
}

/// A stretch of the text and what stands there.
#[derive(Debug, Clone)]
struct Spot {
    at: Path,
    /// Where it begins; where it ends, if it stands between braces.
    span: Range<usize>,
}

impl View {
    /// Reads a draft.
    ///
    /// # Errors
    /// When the text is no TOML at all.
    pub fn of(text: &str) -> Result<Self, Refusal> {
        let document = Document::parse(text).map_err(|_fault| Refusal::Unreadable)?;
        let root = document.as_item();
        let mut view = Self { langs: language::all(root), ..Self::default() };
        let first = view.langs.first().copied().unwrap_or(Lang::En);
        let mut reader = Reader { first, end: text.len(), spots: Vec::new() };
        view.sheet = reader.part(root, &Path::default(), "slug");
        view.sheet.texts.extend(reader.research(root));
        view.slug.clone_from(&view.sheet.name);
        for (at, section) in members(root, &Path::default(), "section") {
            let part = reader.part(section, &at, "id");
            view.sections.push(Section { part, questions: reader.questions(section, &at) });
        }
        for (at, scale) in members(root, &Path::default(), "scale") {
            view.scales.push(reader.part(scale, &at, "id"));
        }
        for (key, name) in PLANS {
            for (at, plan) in members(root, &Path::default(), key) {
                view.plans.push(reader.part(plan, &at, name));
            }
        }
        view.spots = reader.spots;
        Ok(view)
    }

    /// Every question, those of groups too, in the order of the file.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        let questions = self.sections.iter().flat_map(|section| &section.questions);
        questions.flat_map(|question| std::iter::once(question).chain(&question.inner))
    }

    /// The part a fault stands in: the innermost between braces, else the last that began before.
    #[must_use]
    pub fn place(&self, text: &str, fault: &Fault) -> Path {
        let offset = offset(text, fault);
        let within = self.spots.iter().filter(|spot| spot.span.contains(&offset));
        let innermost = within.min_by_key(|spot| spot.span.len());
        innermost.map_or_else(Path::default, |spot| spot.at.clone())
    }
}

/// What is shown of the questions, by the key of its list and of its name.
const PLANS: [(&str, &str); 4] =
    [("breakdown", "by"), ("index", "id"), ("chart", "id"), ("station", "number")];

/// The byte a fault points at.
fn offset(text: &str, fault: &Fault) -> usize {
    let line = text.split('\n').take(fault.line.saturating_sub(1));
    let before: usize = line.map(|line| line.len() + 1).sum();
    let rest = text.get(before..).unwrap_or("");
    let column = rest.char_indices().nth(fault.column.saturating_sub(1));
    before + column.map_or(rest.len(), |(at, _)| at)
}

/// The tables of a list, each with its path.
fn members<'a>(table: &'a Item, at: &Path, key: &str) -> Vec<(Path, &'a Item)> {
    let list = table.get(key);
    let at = at.key(key);
    let member = |place: usize| Some((at.place(place), list?.get(place)?));
    let found = (0..list.map_or(0, list::len)).filter_map(member);
    found.filter(|(_, member)| member.as_table_like().is_some()).collect()
}

/// Reads parts and remembers where they stand.
struct Reader {
    first: Lang,
    end: usize,
    spots: Vec<Spot>,
}

impl Reader {
    fn questions(&mut self, holder: &Item, at: &Path) -> Vec<Question> {
        let mut found = Vec::new();
        for (at, question) in members(holder, at, "question") {
            let part = self.part(question, &at, "id");
            let sort = Sort::from_code(part.get("kind"));
            found.push(Question { part, sort, inner: self.questions(question, &at) });
        }
        found
    }

    /// Reads a table; `name` is the key of what it is called.
    fn part(&mut self, item: &Item, at: &Path, name: &str) -> Part {
        self.spot(item, at);
        let mut part = Part { at: at.clone(), ..Part::default() };
        let Some(table) = item.as_table_like() else { return part };
        for (key, inner) in table.iter() {
            if key == name {
                part.name = shown(inner);
            }
            self.sort_in(&mut part, key, inner);
        }
        for list in List::ALL {
            let key = if *list == List::Rows { "id" } else { "code" };
            let entries: Vec<Part> = members(item, at, list.code())
                .into_iter()
                .map(|(at, entry)| self.part(entry, &at, key))
                .collect();
            if table.contains_key(list.code()) {
                part.entries.push((*list, entries));
            }
        }
        part
    }

    /// Puts a value where it belongs: with the settings, the lists or the texts.
    fn sort_in(&self, part: &mut Part, key: &str, item: &Item) {
        let words = |item: &Item| {
            let array = item.as_array()?;
            array.iter().map(|word| Some(word.as_str()?.to_owned())).collect::<Option<Vec<_>>>()
        };
        if let Some(text) = self.text(key, item) {
            part.texts.push((key.to_owned(), text));
        } else if let Some(words) = words(item) {
            part.lists.push((key.to_owned(), words));
        } else if let Some(table) = item.as_table_like().filter(|_| is_plain(key)) {
            for (inner, item) in table.iter() {
                self.sort_in(part, &format!("{key}.{inner}"), item);
            }
        } else if key == "prompts" {
            for place in 0..list::len(item) {
                let text = item.get(place).and_then(|item| self.text("title", item));
                part.texts.extend(text.map(|text| (format!("{key}.{place}"), text)));
            }
        } else if item.as_table_like().is_none() && list::len(item) == 0 {
            part.settings.push((key.to_owned(), shown(item)));
        }
    }

    /// A text, if one should stand under this key; a bare string is one in the first language.
    fn text(&self, key: &str, item: &Item) -> Option<Text> {
        let key = key.rsplit('.').next().unwrap_or(key);
        let is_text = TEXTS.contains(&key);
        let mut text = Text::default();
        if let Some(words) = item.as_str().filter(|_| is_text) {
            text.0.insert(self.first, words.to_owned());
            return Some(text);
        }
        let table = item.as_table_like().filter(|_| is_text)?;
        for (tag, words) in table.iter() {
            if let (Ok(lang), Some(words)) = (tag.parse::<Lang>(), words.as_str()) {
                text.0.insert(lang, words.to_owned());
            }
        }
        Some(text)
    }

    /// What researchers read stands on the sheet, and has a table of its own.
    fn research(&self, root: &Item) -> Vec<(String, Text)> {
        let Some(table) = root.get("research").and_then(Item::as_table_like) else {
            return Vec::new();
        };
        let text = |(key, item): (&str, &Item)| {
            let text = self.text("text", item)?;
            Some((format!("research.{key}"), text))
        };
        table.iter().filter_map(text).collect()
    }

    fn spot(&mut self, item: &Item, at: &Path) {
        let Some(span) = item.span().or_else(|| at.is_root().then_some(0..0)) else { return };
        let braced = matches!(item, Item::Value(Value::InlineTable(_)));
        // A table goes on to the next one: the innermost of all that began before is the last.
        let end = if braced { span.end } else { self.end + 1 };
        let start = if at.is_root() { 0 } else { span.start };
        self.spots.push(Spot { at: at.clone(), span: start..end });
    }
}

/// The keys under which words for people stand.
const TEXTS: [&str; 9] = ["title", "intro", "outro", "text", "hint", "body", "low", "high", "name"];

/// Tables inside a part that hold its settings.
fn is_plain(key: &str) -> bool {
    matches!(key, "fold" | "carry" | "ends")
}

/// A value as a person would type it.
fn shown(item: &Item) -> String {
    let whole = item.as_integer().map(|whole| whole.to_string());
    let flag = || item.as_bool().map(|flag| flag.to_string());
    let number = || item.as_float().map(|number| number.to_string());
    let words = || item.as_str().map(str::to_owned);
    whole.or_else(flag).or_else(number).or_else(words).unwrap_or_default()
}

/// What stands at some place of a text, as a person would type it; empty without anything.
#[must_use]
pub fn value(text: &str, at: &Path) -> String {
    let document = Document::parse(text).ok();
    document.and_then(|document| Some(shown(at.item(document.as_item())?))).unwrap_or_default()
}
