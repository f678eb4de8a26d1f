//! The choices of a form, list by list.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::columns::{Line, Table};
use super::ids::Ids;
use super::report::{At, Report, short};
use super::spoken::Spoken;
use crate::domain::question::{Band, Choice};
use crate::domain::text::Text;

/// The most choices of a question: nobody reads more on a telephone.
pub(super) const LONGEST: usize = 300;
/// Columns of choices that mean something here.
const KNOWN: [&str; 4] = ["list_name", "name", "label", "media"];
/// How our own columns begin.
pub(super) const OURS: &str = "miradouro_";

/// A list of choices.
#[derive(Debug, Default)]
pub(super) struct List<'a> {
    /// The choices as they would be asked.
    pub(super) choices: Vec<Choice>,
    /// The names of the choices in the form, and their codes.
    pub(super) codes: Rc<Vec<(String, String)>>,
    /// Whether there are more than can be asked.
    pub(super) is_too_long: bool,
    /// The lines they stand on.
    pub(super) lines: Vec<Line<'a>>,
    /// How many bytes its words have.
    pub(super) weight: usize,
    /// What is to be said of it once it is used.
    report: Report,
    at: At,
    is_used: bool,
}

/// Every list of a form.
#[derive(Debug, Default)]
pub(super) struct Lists<'a> {
    lists: BTreeMap<String, List<'a>>,
    sheet: &'a str,
}

impl<'a> Lists<'a> {
    /// Reads the sheet of choices. With `twins`, two choices of a list may have the same name.
    pub(super) fn new(
        table: &'a Table<'a>,
        spoken: &Spoken,
        twins: bool,
        report: &mut Report,
    ) -> Self {
        let mut lists: BTreeMap<String, (List<'a>, Ids)> = BTreeMap::new();
        for line in table.lines() {
            let (list, name) = (line.get("list_name"), line.get("name"));
            let (Some(list), Some(name)) = (list, name) else {
                // Headings and remarks between lists are common; words without a name are a fault.
                if list.is_some() || name.is_some() {
                    report.add(table.name, line.at("name"), "a choice needs a list and a name");
                }
                continue;
            };
            let (list, ids) = lists.entry(list.to_owned()).or_default();
            if list.lines.is_empty() {
                list.at = line.at("list_name");
            }
            list.take(line, name, ids, spoken, twins);
        }
        for (key, heading, at) in table.headings() {
            let is_known = KNOWN.contains(&key) || key.starts_with(OURS);
            if !is_known {
                let heading = short(heading);
                let why =
                    format!("the column {heading} is read only where a choice_filter names it");
                report.add(table.name, at, why);
            }
        }
        let lists = lists.into_iter().map(|(name, (list, _))| (name, list)).collect();
        Self { lists, sheet: table.name }
    }

    /// The list of this name, which counts as used from now on.
    pub(super) fn used(&mut self, name: &str, report: &mut Report) -> Option<&List<'a>> {
        let list = self.lists.get_mut(name)?;
        if !list.is_used {
            list.is_used = true;
            report.take(&mut list.report);
        }
        Some(list)
    }

    /// Lists the lists that no question uses.
    pub(super) fn finish(&self, report: &mut Report) {
        for (name, list) in self.lists.iter().filter(|(_, list)| !list.is_used) {
            report.add(self.sheet, list.at, format!("no question uses the list {}", short(name)));
        }
    }
}

impl<'a> List<'a> {
    fn take(&mut self, line: Line<'a>, name: &str, ids: &mut Ids, spoken: &Spoken, twins: bool) {
        let (sheet, at) = (line.sheet(), line.at("name"));
        self.is_too_long |= self.lines.len() == LONGEST;
        if self.is_too_long {
            return;
        }
        if !twins && self.codes.iter().any(|(known, _)| known == name) {
            self.report.add(sheet, at, format!("{} is in the list already", short(name)));
            return;
        }
        let code = ids.code(name);
        if code != name {
            self.report.add(sheet, at, format!("the choice {} is called {code} here", short(name)));
        }
        let text = spoken.text(line, "label", &mut self.report).unwrap_or_else(|| {
            self.report.add(
                sheet,
                line.at("label"),
                "the choice has no words; its name stands there",
            );
            spoken.everywhere(name)
        });
        if line.get("media").is_some() {
            self.report.add(sheet, line.at("media"), "choices have words, no pictures and sounds");
        }
        let text = self.apart(text, &code, line);
        let show_if = line.get("miradouro_show_if").and_then(|rule| rule.parse().ok());
        let score = line.get("miradouro_score").and_then(number);
        let [missing, exclusive] =
            ["miradouro_missing", "miradouro_exclusive"].map(|key| line.is_yes(key));
        self.weight += text.0.values().map(String::len).sum::<usize>() + code.len();
        Rc::make_mut(&mut self.codes).push((name.to_owned(), code.clone()));
        self.choices.push(Choice { code, text, score, missing, exclusive, show_if });
        self.lines.push(line);
    }

    /// No two choices may read the same: the second says its code too.
    fn apart(&mut self, mut text: Text, code: &str, line: Line<'a>) -> Text {
        for (lang, words) in &mut text.0 {
            let is_taken = |choice: &Choice| choice.text.0.get(lang).is_some_and(|it| it == words);
            if self.choices.iter().any(is_taken) {
                let why = format!("two choices read {} in {lang}", short(words));
                self.report.add(line.sheet(), line.at("label"), why);
                *words = format!("{words} ({code})");
            }
        }
        text
    }

    /// What a column of the choices says on the line of a choice, by its heading.
    pub(super) fn column(&self, number: usize, name: &str) -> Option<String> {
        let line = self.lines.get(number)?;
        let named = |(key, heading, ..): &(&str, &str, &str, At)| *heading == name || *key == name;
        let filled = line.cells().find(named).map(|(_, _, words, _)| words.trim().to_owned());
        // A column that is there and empty is the empty word.
        filled.or_else(|| line.has_column(name).then(String::new))
    }

    /// The list as bands, when it was written as such.
    pub(super) fn bands(&self) -> Option<Vec<Band>> {
        let each = self.choices.iter().zip(&self.lines).map(|(choice, line)| {
            let [from, to] = ["miradouro_from", "miradouro_to"].map(|key| line.get(key));
            Some(Band {
                code: choice.code.clone(),
                text: choice.text.clone(),
                from: number(from?)?,
                to: number(to?)?,
                score: choice.score,
            })
        });
        each.collect()
    }
}

/// A number in a cell.
pub(super) fn number(words: &str) -> Option<f64> {
    words.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}
