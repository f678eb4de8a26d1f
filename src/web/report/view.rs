//! Text with addresses as a page shows it: every number looked up in its release, every chart drawn,
//! and what changed since marked.

use askama::Template;

use super::super::app::Inner;
use super::super::error::Result;
use super::super::wall::{Drawn, drawn};
use crate::charts::{Caption, caption, date, why_not};
use crate::domain::instrument::Policy;
use crate::domain::other_figures::{Line, OtherFigures};
use crate::domain::question::Question;
use crate::domain::report::{Block, ChartAt, FigureAt, Part, parse};
use crate::domain::text::{Lang, Text};
use crate::job::evidence::Evidence;
use crate::publish::{Figure, Source};
use crate::release::Table;
use crate::words::{ReportWords, fill};

/// A section's text as HTML.
#[derive(Template)]
#[template(path = "report_section.html")]
pub(super) struct Body<'a> {
    /// Its pieces.
    pub(super) blocks: Vec<BlockView>,
    /// The texts of the report.
    pub(super) words: &'a ReportWords,
    /// What opens the table under a chart.
    pub(super) show_table: &'a str,
    /// The language of the files of a chart.
    pub(super) lang: Lang,
}

/// A piece of a section on a page.
pub(super) enum BlockView {
    /// A heading.
    Heading(Vec<PartView>),
    /// A paragraph.
    Paragraph(Vec<PartView>),
    /// A list.
    List(Vec<Vec<PartView>>),
    /// A chart.
    Chart(Box<ChartView>),
    /// The map: where it is, and what it shows.
    Map(String, String),
    /// Figures that somebody else counted.
    Other(Box<OtherView>),
    /// A table with its name; folded away where it is long.
    Table(TableView),
    /// A sentence of the program.
    Line(String),
}

/// A piece of running text on a page.
pub(super) enum PartView {
    /// Words.
    Words(String),
    /// A number: what it says, its place in the list of sources, and what it says by now.
    Figure(String, usize, Option<String>),
    /// A number that is not shown, and why.
    Missing(String),
}

/// A chart with what must be read beside it, and its files.
pub(super) struct ChartView {
    pub(super) drawn: Drawn,
    pub(super) caption: Caption,
    pub(super) file: String,
}

/// Figures that somebody else counted, with what must be read beside them.
pub(super) struct OtherView {
    pub(super) title: (Lang, String),
    pub(super) lines: Vec<Line>,
    /// What is counted, by whom, over which time, what to be careful about: each with its name.
    pub(super) about: Vec<(String, Option<Lang>, String)>,
}

/// A table.
pub(super) struct TableView {
    pub(super) title: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) folded: bool,
}

/// Where a number comes from.
pub(super) struct SourceView {
    pub(super) said: String,
    pub(super) question: String,
    pub(super) group: String,
    pub(super) base: String,
    pub(super) release: String,
}

/// What turns text into pages: a release, and the newest one, where it is another.
pub(super) struct Eye<'a> {
    pub(super) app: &'a Inner,
    pub(super) name: &'a str,
    pub(super) evidence: &'a Evidence,
    pub(super) newest: Option<&'a Evidence>,
    /// The address under which the files of a chart are found, and where the map is.
    pub(super) files: String,
    pub(super) map: String,
    /// Figures that somebody else counted.
    pub(super) others: &'a [OtherFigures],
    /// The sources so far, each once.
    pub(super) sources: Vec<(FigureAt, SourceView)>,
    /// How many numbers have changed since.
    pub(super) stale: usize,
    /// How many charts were drawn.
    pub(super) drawn: usize,
}

impl<'a> Eye<'a> {
    fn source(&self) -> Source<'a> {
        Source { sheets: &self.evidence.sheets, tables: &self.evidence.tables }
    }

    /// A text as it is shown.
    ///
    /// # Errors
    /// When a chart cannot be drawn.
    pub(super) fn blocks(&mut self, said: &str, lang: Lang) -> Result<Vec<BlockView>> {
        let mut views = Vec::new();
        for block in parse(said).0 {
            let shown = match block {
                Block::Heading(parts) => Some(BlockView::Heading(self.parts(&parts, lang))),
                Block::Paragraph(parts) => Some(BlockView::Paragraph(self.parts(&parts, lang))),
                Block::List(items) => {
                    let items = items.iter().map(|parts| self.parts(parts, lang)).collect();
                    Some(BlockView::List(items))
                }
                Block::Chart(at) => self.chart(&at, lang)?,
                Block::Other(name) => Some(self.other(&name, lang)),
                Block::Map => {
                    let words = &self.app.report_words(lang).map_of;
                    Some(BlockView::Map(self.map.clone(), fill(words, &[("name", self.name)])))
                }
                Block::Collections => Some(self.collections(lang)),
                Block::Withheld => Some(self.withheld(lang)),
                Block::Wordings => {
                    views.extend(self.wordings(lang));
                    None
                }
                Block::Nothing => None,
            };
            views.extend(shown);
        }
        Ok(views)
    }

    fn parts(&mut self, parts: &[Part], lang: Lang) -> Vec<PartView> {
        parts.iter().map(|part| self.part(part, lang)).collect()
    }

    fn part(&mut self, part: &Part, lang: Lang) -> PartView {
        let missing = || PartView::Missing(self.app.report_words(lang).not_there.clone());
        match part {
            Part::Words(said) => PartView::Words(said.clone()),
            Part::Say(at) => match self.source().say(at, lang, self.app.sentences(lang)) {
                Some(said) => PartView::Words(said),
                None => missing(),
            },
            Part::Figure(at) => match self.source().figure(at, lang, self.app.chart_words(lang)) {
                Ok(figure) => self.figure(at, &figure, lang),
                Err(_why) => missing(),
            },
        }
    }

    fn figure(&mut self, at: &FigureAt, figure: &Figure<'_>, lang: Lang) -> PartView {
        let words = self.app.report_words(lang);
        let now = self.since(at, figure, lang);
        self.stale += usize::from(now.is_some());
        let known = self.sources.iter().position(|(of, _)| of == at);
        let place = known.unwrap_or_else(|| {
            let group = figure.group.get(lang);
            let group = if group.is_empty() { &words.everyone } else { group };
            let view = SourceView {
                said: figure.said.clone(),
                question: figure.table.text().get(lang).to_owned(),
                group: group.to_owned(),
                base: figure.base.clone(),
                release: figure.table.address().release.to_string(),
            };
            self.sources.push((at.clone(), view));
            self.sources.len() - 1
        });
        let now = now.map(|now| fill(&words.stale, &[("now", &now)]));
        PartView::Figure(figure.said.clone(), place + 1, now)
    }

    /// What the number says in the newest release, where its table was renewed and says otherwise.
    fn since(&self, at: &FigureAt, old: &Figure<'_>, lang: Lang) -> Option<String> {
        let newest = self.newest?;
        let source = Source { sheets: &newest.sheets, tables: &newest.tables };
        let now = source.figure(at, lang, self.app.chart_words(lang)).ok()?;
        let renewed = now.table.address().release != old.table.address().release;
        (renewed && now.said != old.said).then_some(now.said)
    }

    fn chart(&mut self, at: &ChartAt, lang: Lang) -> Result<Option<BlockView>> {
        let Some((collection, shown)) = self.source().chart(at) else { return Ok(None) };
        self.drawn += 1;
        let id = format!("r{}-{}", self.drawn, shown.plan.id);
        let tables: Vec<&Table> = shown.tables.iter().collect();
        let view = ChartView {
            drawn: drawn(self.app, &shown, &id, lang)?,
            caption: caption(&tables, lang, self.app.chart_words(lang)),
            file: format!("{}/{}/{}", self.files, collection.id, shown.plan.id),
        };
        Ok(Some(BlockView::Chart(Box::new(view))))
    }

    /// Figures that somebody else counted: what is said about them stands under them.
    fn other(&self, name: &str, lang: Lang) -> BlockView {
        let words = self.app.report_words(lang);
        let Some(one) = self.others.iter().find(|one| one.name == name) else {
            return BlockView::Line(words.not_there.clone());
        };
        let told = &one.told;
        let text = |name: &String, text: &Text| {
            let (lang, said) = in_best(text, lang);
            (name.clone(), Some(lang), said)
        };
        let plain = |name: &String, said: &String| (name.clone(), None, said.clone());
        let about = [
            text(&words.other_counted, &told.counted),
            plain(&words.other_period, &told.period),
            plain(&words.other_source, &told.source),
            text(&words.other_careful, &told.caveat),
        ];
        BlockView::Other(Box::new(OtherView {
            title: in_best(&told.title, lang),
            lines: told.lines.clone(),
            about: about.into_iter().filter(|(_, _, said)| !said.is_empty()).collect(),
        }))
    }

    /// Who was asked what and how. Of notes no one sitting's title is told: they count groups.
    fn collections(&self, lang: Lang) -> BlockView {
        let (words, source) = (self.app.report_words(lang), self.source());
        let mut rows = Vec::new();
        for (collection, instrument) in self.evidence.sheets.iter().rev() {
            let tables = source.tables_of(collection);
            let title = match collection.field.policy {
                Policy::Spoken => instrument.title.get(lang).to_owned(),
                Policy::Rounded
                | Policy::People
                | Policy::Places
                | Policy::Ballot
                | Policy::Private => collection.title.clone(),
            };
            rows.push(vec![title, caption(&tables, lang, self.app.chart_words(lang)).who]);
        }
        let head = vec![words.collection.clone(), words.how.clone()];
        BlockView::Table(TableView { title: words.collections.clone(), head, rows, folded: false })
    }

    fn withheld(&self, lang: Lang) -> BlockView {
        let (words, chart) = (self.app.report_words(lang), self.app.chart_words(lang));
        let row = |table: &Table| {
            let why = why_not(table, lang, chart)?;
            let (question, by) = (table.text().get(lang), table.by_text());
            let what = match by {
                Some(by) => format!("{question} · {}", by.get(lang)),
                None => question.to_owned(),
            };
            Some(vec![what, why])
        };
        let rows: Vec<Vec<String>> = self.evidence.tables.iter().filter_map(row).collect();
        if rows.is_empty() {
            return BlockView::Line(words.withheld_none.clone());
        }
        let title = format!("{} ({})", words.withheld, rows.len());
        let head = vec![words.sources_question.clone(), words.why.clone()];
        BlockView::Table(TableView { title, head, rows, folded: true })
    }

    /// How the questions of each instrument were put.
    fn wordings(&self, lang: Lang) -> Vec<BlockView> {
        let words = self.app.report_words(lang);
        let mut views = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for (_, instrument) in self.evidence.sheets.iter().rev() {
            if seen.contains(&instrument.slug.as_str()) {
                continue;
            }
            seen.push(&instrument.slug);
            let row = |question: &Question| {
                let answers: Vec<&str> =
                    question.choices().iter().map(|choice| choice.text.get(lang)).collect();
                vec![question.text.get(lang).to_owned(), answers.join(" · ")]
            };
            let rows = instrument.all_questions().map(row).collect();
            let title = format!("{}: {}", words.wordings, instrument.title.get(lang));
            let head = vec![words.sources_question.clone(), words.sources_base.clone()];
            views.push(BlockView::Table(TableView { title, head, rows, folded: true }));
        }
        views
    }

    /// A text as HTML; empty where nothing of it can be shown.
    ///
    /// # Errors
    /// When a chart cannot be drawn.
    pub(super) fn html(&mut self, said: &str, lang: Lang) -> Result<String> {
        let blocks = self.blocks(said, lang)?;
        if blocks.is_empty() {
            return Ok(String::new());
        }
        let words = self.app.report_words(lang);
        let show_table = &self.app.form_words(lang).show_table;
        Ok(Body { blocks, words, show_table, lang }.render()?)
    }

    /// The day of a release in words.
    pub(super) fn day(&self, of: &Evidence, lang: Lang) -> String {
        date(of.release.made, self.app.chart_words(lang))
    }
}

/// A text in a language, or in the first it has, with that language.
fn in_best(text: &Text, lang: Lang) -> (Lang, String) {
    let own = if text.has(lang) { Some(lang) } else { text.0.keys().next().copied() };
    (own.unwrap_or(lang), text.get(lang).to_owned())
}
