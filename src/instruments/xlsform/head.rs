//! What holds for a whole form: the sheet `settings`, and the sheet of our own in which an exported
//! instrument says what forms have no words for.

use super::book::{Book, OURS, SETTINGS, Sheet};
use super::columns::{Line, Table};
use super::report::{Report, short};
use crate::domain::instrument::{Help, Layout, Policy, Sensitivity, Sheet as Kind};
use crate::domain::text::{Lang, Text};
use crate::instruments::file;

/// What the tables of our own sheet may be.
const TABLES: [&str; 5] = ["research", "breakdown", "index", "chart", "station"];
/// Columns of the settings that mean something here, or nothing that could be missed.
const KNOWN: [&str; 5] =
    ["form_title", "form_id", "default_language", "version", "allow_choice_duplicates"];

/// What a form says of itself.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// What it is called.
    pub(super) title: Option<String>,
    /// Its short name.
    pub(super) id: Option<String>,
    /// The language of words without one.
    pub(super) default_language: Option<String>,
    /// Whether two choices of a list may have the same name.
    pub(super) has_twins: bool,
    /// What our own sheet says.
    pub(super) ours: Ours,
}

/// What our own sheet says.
#[derive(Debug, Default)]
pub(super) struct Ours {
    head: toml::Table,
    /// Its tables, as they stand there.
    pub(super) tables: String,
}

impl Head {
    /// Reads both sheets.
    pub(super) fn read(book: &Book, report: &mut Report) -> Self {
        let mut head = Self::default();
        if let Some(sheet) = book.sheets.get(SETTINGS) {
            let table = Table::new(sheet);
            if let Some(line) = table.lines().next() {
                head.settings(line, report);
            }
        }
        if let Some(sheet) = book.sheets.get(OURS) {
            head.ours = Ours::read(sheet, report);
        }
        head
    }

    fn settings(&mut self, line: Line<'_>, report: &mut Report) {
        let said = |key: &str| line.get(key).map(str::to_owned);
        self.title = said("form_title");
        self.id = said("form_id");
        self.default_language = said("default_language");
        self.has_twins = line.is_yes("allow_choice_duplicates");
        for (key, heading, _, at) in line.cells() {
            if !KNOWN.contains(&key) {
                let why = format!("the setting {} means nothing here", short(heading));
                report.add(line.sheet(), at, why);
            }
        }
    }
}

impl Ours {
    fn read(sheet: &Sheet, report: &mut Report) -> Self {
        let cells = sheet.rows.iter().map(|row| row.cells.values().next());
        let lines: Vec<&str> = cells.map(|cell| cell.map_or("", String::as_str)).collect();
        let first = lines.iter().position(|line| line.starts_with('[')).unwrap_or(lines.len());
        let (head, tables) = lines.split_at(first);
        let mut ours = Self::default();
        match head.join("\n").parse::<toml::Table>() {
            Ok(head) => ours.head = head,
            Err(_) => report.whole(&sheet.name, "the lines at the top cannot be read"),
        }
        // An empty line before each table, as in any file of ours.
        let tables: Vec<String> = tables
            .iter()
            .map(
                |line| if line.starts_with('[') { format!("\n{line}") } else { (*line).to_owned() },
            )
            .collect();
        let tables = tables.join("\n") + "\n";
        match tables.parse::<toml::Table>() {
            Ok(table) if table.keys().all(|key| TABLES.contains(&key.as_str())) => {
                ours.tables = tables;
            }
            Ok(_) | Err(_) => {
                report.whole(&sheet.name, "the breakdowns, charts and stations cannot be read");
            }
        }
        ours
    }

    fn word(&self, key: &str) -> Option<&str> {
        self.head.get(key)?.as_str()
    }

    fn one_of<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let said = self.word(key)?;
        words.iter().find(|(word, _)| *word == said).map(|(_, value)| *value)
    }

    fn number(&self, key: &str) -> Option<u32> {
        u32::try_from(self.head.get(key)?.as_integer()?).ok()
    }

    /// What sort of sheet it is.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.one_of("kind", &file::SHEETS)
    }

    /// How what it brings may be shown.
    pub(super) fn policy(&self) -> Option<Policy> {
        self.one_of("policy", &file::POLICIES)
    }

    /// How sensitive it is.
    pub(super) fn sensitivity(&self) -> Option<Sensitivity> {
        self.one_of("sensitivity", &file::SENSITIVITIES)
    }

    /// How it is shown on a phone.
    pub(super) fn layout(&self) -> Option<Layout> {
        self.one_of("layout", &file::LAYOUTS)
    }

    /// How long it takes.
    pub(super) fn minutes(&self) -> Option<u32> {
        self.number("minutes")
    }

    /// The lowest age it is meant for.
    pub(super) fn min_age(&self) -> Option<u32> {
        self.number("min_age")
    }

    /// The kinds of help its closing page names.
    pub(super) fn help(&self) -> Option<Vec<Help>> {
        let listed = self.head.get("help")?.as_array()?;
        let known = |code: &str| Help::ALL.into_iter().find(|help| help.code() == code);
        listed.iter().map(|code| known(code.as_str()?)).collect()
    }

    /// What it is called in every language.
    pub(super) fn title(&self) -> Option<Text> {
        let said = self.head.get("title")?.as_table()?;
        let each = said
            .iter()
            .map(|(tag, words)| Some((tag.parse::<Lang>().ok()?, words.as_str()?.to_owned())));
        each.collect::<Option<_>>().map(Text)
    }
}
