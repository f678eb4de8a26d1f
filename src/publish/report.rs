//! What a report is drafted from, and what its addresses lead to: the figures, charts and sentences
//! of one release. Nothing here is stored: a number is looked up whenever the report is read.

use super::past::Past;
use super::sentence::takeaway;
use super::station::{Shown, Station};
use crate::charts::{base_in_words, mean_in_words, share_in_words, why_not};
use crate::domain::collection::Collection;
use crate::domain::instrument::{ChartKind, ChartPlan, Instrument, Sheet};
use crate::domain::question::Question;
use crate::domain::report::{ChartAt, FigureAt, Section, SheetAt, What, sheet_code};
use crate::domain::text::{Lang, Text};
use crate::release::Table;
use crate::release::table::{Group, Shape};
use crate::words::{ChartWords, PosterWords};

/// A release as a report reads it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'e> {
    /// Its collections, newest first, each with what was asked.
    pub sheets: &'e [(Collection, Instrument)],
    /// Its tables.
    pub tables: &'e [Table],
}

/// A number that was looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure<'e> {
    /// What it says.
    pub said: String,
    /// The table it is of.
    pub table: &'e Table,
    /// The group it is of; empty for everyone.
    pub group: &'e Text,
    /// How many answered, in words.
    pub base: String,
}

/// Why there is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotThere {
    /// The release has no such collection.
    Sheet,
    /// No such question, breakdown or group.
    Table,
    /// No such answer; or answers that do not add up.
    Answer,
    /// The table is not shown, and this says why.
    Withheld(String),
}

impl<'e> Source<'e> {
    /// The collection of an address.
    #[must_use]
    pub fn sheet(&self, at: &SheetAt) -> Option<&'e (Collection, Instrument)> {
        let (slug, start) = at.0.rsplit_once('-')?;
        let fits = |one: &&(Collection, Instrument)| {
            one.1.slug == slug && !start.is_empty() && one.0.id.to_string().starts_with(start)
        };
        let mut found = self.sheets.iter().filter(fits);
        found.next().filter(|_| found.next().is_none())
    }

    /// A collection among the others of its release.
    const fn past(&self, collection: &'e Collection, instrument: &'e Instrument) -> Past<'e> {
        Past { collection, instrument, sheets: self.sheets, tables: self.tables }
    }

    /// The tables of a collection.
    #[must_use]
    pub fn tables_of(&self, of: &Collection) -> Vec<&'e Table> {
        self.tables.iter().filter(|table| table.address().collection == of.id).collect()
    }

    /// A chart, as far as there are tables for it.
    #[must_use]
    pub fn chart(&self, at: &ChartAt) -> Option<(&'e Collection, Shown)> {
        let (collection, instrument) = self.sheet(&at.sheet)?;
        let past = self.past(collection, instrument);
        let shown = Shown::of(instrument.chart(&at.chart)?, &self.tables_of(collection))?;
        let shown = shown.since(&past);
        Some((collection, shown))
    }

    /// The sentence of a chart.
    #[must_use]
    pub fn say(
        &self,
        at: &ChartAt,
        lang: Lang,
        words: (&PosterWords, &ChartWords),
    ) -> Option<String> {
        let (_, shown) = self.chart(at)?;
        let said = takeaway(&alone(shown), lang, words);
        let ends = said.ends_with(['.', '!', '?', '؟']);
        Some(if ends { said } else { format!("{said}.") })
    }

    /// A number.
    ///
    /// # Errors
    /// Why it is not there.
    pub fn figure(
        &self,
        at: &FigureAt,
        lang: Lang,
        words: &ChartWords,
    ) -> Result<Figure<'e>, NotThere> {
        let (collection, _) = self.sheet(&at.sheet).ok_or(NotThere::Sheet)?;
        let by = at.by.as_ref().map(|(by, _)| by.as_str());
        let tables = self.tables.iter().filter(|table| {
            let address = table.address();
            address.collection == collection.id && address.question == at.question
        });
        let mut of_breakdown = tables.filter(|table| table.address().by.as_deref() == by);
        let table = of_breakdown.next().ok_or(NotThere::Table)?;
        if let Some(why) = why_not(table, lang, words) {
            return Err(NotThere::Withheld(why));
        }
        let is_meant = |group: &Group| match &at.by {
            Some((_, code)) => group.codes().any(|own| own == code),
            None => true,
        };
        let place = table.groups().iter().position(is_meant).ok_or(NotThere::Table)?;
        let said = match &at.what {
            What::Base => base_in_words(table, place, words),
            What::Mean => mean_in_words(table, place, words),
            What::Share(codes) => {
                let choices = choices(table, codes).ok_or(NotThere::Answer)?;
                share_in_words(table, place, &choices, lang, words)
            }
        };
        let group = table.groups().get(place).ok_or(NotThere::Table)?;
        let base = base_in_words(table, place, words).ok_or(NotThere::Table)?;
        Ok(Figure { said: said.ok_or(NotThere::Answer)?, table, group: &group.text, base })
    }

    /// The charts of a section, of the newest collection of each instrument.
    #[must_use]
    pub fn charts(&self, section: Section) -> Vec<(ChartAt, Shown)> {
        let mut found = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for (collection, instrument) in self.sheets {
            if seen.contains(&instrument.slug.as_str()) {
                continue;
            }
            seen.push(&instrument.slug);
            let tables = self.tables_of(collection);
            for plan in &instrument.charts {
                let here = placed(instrument, plan) == section;
                let Some(shown) = Shown::of(plan, &tables).filter(|_| here) else { continue };
                let shown = shown.since(&self.past(collection, instrument));
                let sheet = SheetAt(sheet_code(&instrument.slug, collection.id));
                found.push((ChartAt { sheet, chart: plan.id.clone() }, shown));
            }
        }
        found
    }

    /// A section as it is put together from the release: each chart with its sentence. Charts of
    /// which nothing may be shown are left to the list of what is not shown.
    #[must_use]
    pub fn draft(&self, section: Section) -> String {
        let shown = |shown: &Shown| shown.tables.iter().any(|table| table.withheld().is_none());
        let mut blocks = Vec::new();
        for (ChartAt { sheet: SheetAt(sheet), chart }, it) in self.charts(section) {
            if shown(&it) {
                blocks.push(format!("{{{{say {sheet}/{chart}}}}}"));
                blocks.push(format!("{{{{chart {sheet}/{chart}}}}}"));
            }
        }
        blocks.join("\n\n")
    }

    /// Every number of a table as an address, with what it says.
    #[must_use]
    pub fn addresses(&self, table: &Table) -> Vec<(FigureAt, Text)> {
        let of = |one: &&(Collection, Instrument)| one.0.id == table.address().collection;
        let Some((collection, instrument)) = self.sheets.iter().find(of) else { return Vec::new() };
        let mut found = Vec::new();
        for group in table.groups() {
            let by = table.address().by.clone();
            let by = by.map(|by| (by, group.codes().next().unwrap_or_default().to_owned()));
            let at = |what| FigureAt {
                sheet: SheetAt(sheet_code(&instrument.slug, collection.id)),
                question: table.address().question.clone(),
                what,
                by: by.clone(),
            };
            if table.shape() == Shape::Places {
                found.push((at(What::Mean), group.text.clone()));
                continue;
            }
            for choice in table.choices() {
                let codes = choice.codes().map(str::to_owned).collect();
                let mut text = choice.text.clone();
                for (lang, said) in &mut text.0 {
                    let whose = group.text.get(*lang);
                    if !whose.is_empty() {
                        *said = format!("{whose}: {said}");
                    }
                }
                found.push((at(What::Share(codes)), text));
            }
        }
        found
    }
}

/// A chart at a station of its own, so that its sentence can be made.
fn alone(shown: Shown) -> Station {
    let title = shown.plan.title.clone();
    Station { number: 1, title, prompts: Vec::new(), shown: vec![shown] }
}

/// The places of answers in a table, when every code is there.
fn choices(table: &Table, codes: &[String]) -> Option<Vec<usize>> {
    let is_in = |at: &usize| {
        let label = table.choices().get(*at);
        label.is_some_and(|label| label.codes().all(|own| codes.iter().any(|code| code == own)))
    };
    let found: Vec<usize> = (0..table.choices().len()).filter(is_in).collect();
    let covered = |code: &String| {
        found
            .iter()
            .filter_map(|at| table.choices().get(*at))
            .any(|it| it.codes().any(|own| own == code))
    };
    codes.iter().all(covered).then_some(found)
}

/// The section a chart belongs to, by what its sheet is and where its question stands in it.
#[must_use]
pub fn placed(instrument: &Instrument, plan: &ChartPlan) -> Section {
    if plan.chart == ChartKind::Population {
        return Section::Listening;
    }
    let is_in = |section: &&crate::domain::instrument::Section| {
        let asks = |question: &Question| plan.questions.contains(&question.id);
        let all = |question| Question::inner(question).iter().flat_map(Question::rows);
        section.questions.iter().any(|one| one.rows().iter().chain(all(one)).any(asks))
    };
    let part = instrument.sections.iter().find(is_in).map_or("", |section| section.id.as_str());
    if instrument.slug.starts_with("data_walk") {
        return Section::Changed;
    }
    match instrument.sheet {
        Sheet::Feedback if instrument.slug.contains("partner") => Section::Services,
        Sheet::Feedback | Sheet::Game => Section::Young,
        Sheet::Ballot => Section::Priorities,
        Sheet::MapSheet => Section::Safe,
        Sheet::SignUp => Section::Other,
        Sheet::NoteSheet if part == "good" => Section::Good,
        Sheet::WalkSheet | Sheet::NoteSheet => Section::Bothers,
        Sheet::Questionnaire => match part {
            "overall" | "good" => Section::Good,
            "surroundings" | "problems" | "first" | "topics" => Section::Bothers,
            "feeling" | "safety" | "now" | "happened" => Section::Safe,
            "neighbours" | "step_in" => Section::Together,
            "police" | "services" | "ideas" | "check" | "complain" | "traits" | "when_where"
            | "meeting" => Section::Services,
            _ => Section::Other,
        },
    }
}
