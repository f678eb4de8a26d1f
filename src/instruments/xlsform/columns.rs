//! What the columns of a sheet mean: `label::English (en)`, `bind::relevant`, `List Name`.

use super::book::{Row, Sheet};
use super::report::At;
use crate::domain::text::Lang;

/// What columns are also called.
const ALSO: [(&str, &str); 17] = [
    ("caption", "label"),
    ("command", "type"),
    ("tag", "name"),
    ("value", "name"),
    ("relevance", "relevant"),
    ("calculate", "calculation"),
    ("readonly", "read_only"),
    ("constraining_message", "constraint_message"),
    ("jr:constraintmsg", "constraint_message"),
    ("requiredmsg", "required_message"),
    ("jr:requiredmsg", "required_message"),
    ("jr:count", "repeat_count"),
    ("count", "repeat_count"),
    ("set_form_title", "form_title"),
    ("title", "form_title"),
    ("set_form_id", "form_id"),
    ("id_string", "form_id"),
];

/// Names of languages, in themselves and in English, beside the tags `en`, `eng`.
const NAMES: [(&str, Lang); 29] = [
    ("english", Lang::En),
    ("eng", Lang::En),
    ("inglês", Lang::En),
    ("anglais", Lang::En),
    ("nederlands", Lang::Nl),
    ("dutch", Lang::Nl),
    ("vlaams", Lang::Nl),
    ("nld", Lang::Nl),
    ("dut", Lang::Nl),
    ("français", Lang::Fr),
    ("francais", Lang::Fr),
    ("french", Lang::Fr),
    ("fra", Lang::Fr),
    ("fre", Lang::Fr),
    ("deutsch", Lang::De),
    ("german", Lang::De),
    ("deu", Lang::De),
    ("ger", Lang::De),
    ("português", Lang::Pt),
    ("portugues", Lang::Pt),
    ("portuguese", Lang::Pt),
    ("por", Lang::Pt),
    ("türkçe", Lang::Tr),
    ("turkce", Lang::Tr),
    ("turkish", Lang::Tr),
    ("tur", Lang::Tr),
    ("العربية", Lang::Ar),
    ("arabic", Lang::Ar),
    ("ara", Lang::Ar),
];

/// A language by the name a form gives it.
pub(super) fn language(name: &str) -> Option<Lang> {
    let name = name.trim().to_lowercase();
    let inside = name.split_once('(').map(|(_, rest)| rest.trim_end().trim_end_matches(')'));
    let tag = inside.unwrap_or(&name).trim();
    let tag = tag.split(['-', '_']).next().unwrap_or(tag);
    let word = name.split('(').next().unwrap_or(&name).trim();
    let by_tag = tag.parse().ok();
    by_tag
        .or_else(|| NAMES.iter().find(|(known, _)| *known == word || *known == tag).map(|it| it.1))
}

/// One column.
#[derive(Debug)]
struct Column {
    number: u32,
    /// What it is, in small letters.
    key: String,
    /// Its heading as written.
    heading: String,
    /// The language of its words, as written.
    lang: Option<String>,
}

/// A sheet with headings.
#[derive(Debug)]
pub(super) struct Table<'a> {
    /// The sheet's name.
    pub(super) name: &'a str,
    head: u32,
    columns: Vec<Column>,
    rows: &'a [Row],
}

/// One row below the headings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    table: &'a Table<'a>,
    row: &'a Row,
}

impl<'a> Table<'a> {
    /// Reads the headings: the first row that has anything in it.
    pub(super) fn new(sheet: &'a Sheet) -> Self {
        let (head, rows) = match sheet.rows.split_first() {
            Some((head, rows)) => (Some(head), rows),
            None => (None, [].as_slice()),
        };
        let cells = head.into_iter().flat_map(|head| &head.cells);
        let columns = cells.map(|(number, heading)| column(*number, heading)).collect();
        Self { name: &sheet.name, head: head.map_or(0, |head| head.number), columns, rows }
    }

    /// Its lines.
    pub(super) fn lines(&'a self) -> impl Iterator<Item = Line<'a>> {
        self.rows.iter().map(|row| Line { table: self, row })
    }

    /// Whether it has such a column.
    pub(super) fn has(&self, key: &str) -> bool {
        self.columns.iter().any(|column| column.key == key)
    }

    /// The languages of the columns of a kind that have words in them, as written, with where
    /// their headings stand.
    pub(super) fn languages(&self, key: &str) -> Vec<(Option<&str>, At)> {
        let filled = |column: &&Column| {
            column.key == key && self.rows.iter().any(|row| row.cells.contains_key(&column.number))
        };
        let columns = self.columns.iter().filter(filled);
        columns.map(|column| (column.lang.as_deref(), (self.head, column.number))).collect()
    }

    /// The headings, by what they are and as they are written.
    pub(super) fn headings(&self) -> impl Iterator<Item = (&str, &str, At)> {
        self.columns.iter().map(|it| (it.key.as_str(), it.heading.as_str(), (self.head, it.number)))
    }
}

impl<'a> Line<'a> {
    /// The sheet it stands on.
    pub(super) const fn sheet(self) -> &'a str {
        self.table.name
    }

    /// What stands in the first such column that is filled.
    pub(super) fn get(self, key: &str) -> Option<&'a str> {
        let columns = self.table.columns.iter().filter(|column| column.key == key);
        columns.filter_map(|column| self.row.cells.get(&column.number)).map(String::as_str).next()
    }

    /// Where such a column is in this line; the first cell, without one.
    pub(super) fn at(self, key: &str) -> At {
        let columns = || self.table.columns.iter().filter(|column| column.key == key);
        let filled = columns().find(|column| self.row.cells.contains_key(&column.number));
        let column = filled.or_else(|| columns().next());
        (self.row.number, column.map_or(0, |column| column.number))
    }

    /// Whether a cell says yes.
    pub(super) fn is_yes(self, key: &str) -> bool {
        self.get(key).is_some_and(says_yes)
    }

    /// The words in every language, as written, with their cells.
    pub(super) fn words(self, key: &str) -> Vec<(Option<&'a str>, &'a str, At)> {
        let columns = self.table.columns.iter().filter(|column| column.key == key);
        let said = columns.filter_map(|column| {
            let words = self.row.cells.get(&column.number)?;
            Some((column.lang.as_deref(), words.as_str(), (self.row.number, column.number)))
        });
        said.collect()
    }

    /// Every cell: what its column is, how that is headed, and where it stands.
    pub(super) fn cells(self) -> impl Iterator<Item = (&'a str, &'a str, &'a str, At)> {
        self.table.columns.iter().filter_map(move |column| {
            let words = self.row.cells.get(&column.number)?;
            let at = (self.row.number, column.number);
            Some((column.key.as_str(), column.heading.as_str(), words.as_str(), at))
        })
    }

    /// Whether its sheet has a column that is headed so.
    pub(super) fn has_column(self, name: &str) -> bool {
        self.table.columns.iter().any(|column| column.heading == name || column.key == name)
    }
}

/// `yes` as forms write it.
pub(super) fn says_yes(words: &str) -> bool {
    matches!(words.trim().to_lowercase().as_str(), "yes" | "true" | "true()" | "1")
}

fn column(number: u32, heading: &str) -> Column {
    let heading = heading.replace('\u{a0}', " ");
    let parts: Vec<&str> = if heading.contains("::") {
        heading.split("::").map(str::trim).collect()
    } else if heading.to_lowercase().contains("jr:") {
        vec![heading.trim()]
    } else {
        heading.split(':').map(str::trim).collect()
    };
    let mut parts = parts.into_iter().peekable();
    let mut key = snake(parts.next().unwrap_or_default());
    // `bind::relevant` is relevant, `media::image::French` is a picture.
    let is_around = matches!(key.as_str(), "bind" | "control" | "body" | "media");
    if let Some(inner) = parts.next_if(|_| is_around) {
        key = if key == "media" { key } else { snake(inner) };
    }
    if matches!(key.as_str(), "image" | "audio" | "video" | "big-image") {
        "media".clone_into(&mut key);
    }
    let known = ALSO.iter().find(|(also, _)| *also == key);
    let key = known.map_or(key, |(_, known)| (*known).to_owned());
    let lang = parts.next().filter(|lang| !lang.is_empty()).map(str::to_owned);
    Column { number, key, heading: heading.trim().to_owned(), lang }
}

fn snake(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_written_in_many_ways() {
        for (heading, key, lang) in [
            ("label", "label", None),
            ("Label::English (en)", "label", Some("English (en)")),
            ("label:Français", "label", Some("Français")),
            ("caption :: Dutch", "label", Some("Dutch")),
            ("bind::relevant", "relevant", None),
            ("bind:jr:constraintMsg", "bind:jr:constraintmsg", None),
            ("jr:count", "repeat_count", None),
            ("List Name", "list_name", None),
            ("media::image::English", "media", Some("English")),
            ("image", "media", None),
            ("calculate", "calculation", None),
            ("state", "state", None),
        ] {
            let column = column(0, heading);
            assert_eq!((column.key.as_str(), column.lang.as_deref()), (key, lang), "{heading}");
        }
    }

    #[test]
    fn languages_are_known_by_name_and_by_tag() {
        for (name, lang) in [
            ("English (en)", Some(Lang::En)),
            ("french", Some(Lang::Fr)),
            ("fr", Some(Lang::Fr)),
            ("Português (pt-BR)", Some(Lang::Pt)),
            ("Nederlands", Some(Lang::Nl)),
            ("Arabic (ar)", Some(Lang::Ar)),
            ("Swahili (sw)", None),
            ("Kurdish (kmr)", None),
            ("default", None),
        ] {
            assert_eq!(language(name), lang, "{name}");
        }
    }
}
