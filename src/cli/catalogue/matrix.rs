//! Every chart, in every language, for every look, with words as they are and longer: drawn, timed
//! and judged. What is found names the chart, its look and its language.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Apart, Catalogue, Named, Wording, look, words};
use crate::charts::judge::{Finding, Yardstick, drawn, judge};
use crate::charts::{DataTable, Look, LookKind, Refusal, Svg, data_table, draw};
use crate::domain::text::Lang;
use crate::words::ChartWords;

/// What was drawn and what was found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How many drawings.
    pub drawings: usize,
    /// What is wrong, a line each.
    pub findings: Vec<String>,
    /// How long each drawing took, from shortest to longest.
    pub times: Vec<Duration>,
    /// The most bytes of a drawing, and which it is.
    pub largest: (usize, String),
}

impl Report {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.drawings += other.drawings;
        self.findings.extend(other.findings);
        self.times.extend(other.times);
        self.times.sort_unstable();
        self.largest = self.largest.max(other.largest);
        self
    }

    /// The time that so many of a hundred drawings took at most.
    #[must_use]
    pub fn percentile(&self, of: usize) -> Duration {
        let at = (self.times.len().saturating_sub(1)) * of / 100;
        self.times.get(at).copied().unwrap_or_default()
    }
}

/// What is drawn.
#[derive(Clone, Copy)]
enum What<'c> {
    /// A chart of tables.
    Chart(&'c Named),
    /// One that is drawn from no table.
    Apart(&'c Apart),
}

/// One drawing to be made.
struct Task<'c> {
    what: What<'c>,
    lang: (Lang, &'c ChartWords),
    look: (&'c str, Look),
}

/// How many drawings a run makes.
#[must_use]
pub fn count(catalogue: &Catalogue, langs: &[Lang], looks: &[&str]) -> usize {
    let all = catalogue.charts.len() + catalogue.withheld.len() + catalogue.apart.len();
    all * langs.len() * looks.len()
}

/// Draws and judges everything on as many threads as there are cores; `done` is called after each.
///
/// # Errors
/// When a text is missing.
pub fn check(
    catalogue: &Catalogue,
    wording: Wording,
    (langs, looks): (&[Lang], &[&str]),
    done: impl Fn() + Sync,
) -> Result<Report> {
    let spoken: Vec<(Lang, ChartWords)> =
        langs.iter().map(|lang| Ok((*lang, words(*lang, wording)?))).collect::<Result<_>>()?;
    let mut tasks = Vec::new();
    let charts = catalogue.charts.iter().chain(&catalogue.withheld).map(What::Chart);
    for what in charts.chain(catalogue.apart.iter().map(What::Apart)) {
        for (lang, words) in &spoken {
            for name in looks {
                let look = look(name).map(|look| (*name, look));
                tasks.extend(look.map(|look| Task { what, lang: (*lang, words), look }));
            }
        }
    }
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let one = task.judged(wording);
                    done();
                    if let Ok(mut all) = report.lock() {
                        *all = std::mem::take(&mut *all).and(one);
                    }
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap_or_default();
    report.findings.sort();
    Ok(report)
}

impl Task<'_> {
    fn judged(&self, wording: Wording) -> Report {
        let (lang, look) = (self.lang.0, self.look.0);
        let longer = if wording == Wording::Long { " longer" } else { "" };
        match self.what {
            What::Chart(named) => {
                self.chart(named, &format!("{} {lang} {look}{longer}", named.name))
            }
            What::Apart(apart) => {
                self.apart(apart, &format!("{} {lang} {look}{longer}", apart.name))
            }
        }
    }

    fn chart(&self, named: &Named, name: &str) -> Report {
        let ((lang, words), (_, look)) = (self.lang, &self.look);
        let most = match look.kind {
            LookKind::Wall | LookKind::Sheet => named.shown.most_on_a_wall(),
            LookKind::Wide | LookKind::Narrow | LookKind::Projector => None,
        };
        let picture = named.shown.picture(most);
        let began = Instant::now();
        let timed = draw(&picture, look, lang, words).is_ok().then(|| began.elapsed());
        let drawn = drawn(&picture, look, lang, words);
        report(name, timed, drawn, &data_table(&picture, lang, words))
    }

    fn apart(&self, apart: &Apart, name: &str) -> Report {
        let ((lang, words), (_, look)) = (self.lang, &self.look);
        let began = Instant::now();
        let drawn = apart.draw(look, lang, words);
        let timed = drawn.is_ok().then(|| began.elapsed());
        let drawn = drawn.map(|svg| {
            let findings = judge(&svg.xml, &Yardstick::of(look));
            (svg, findings)
        });
        report(name, timed, drawn, &apart.table(lang, words))
    }
}

/// What is said of one drawing and the table behind it.
fn report(
    name: &str,
    timed: Option<Duration>,
    drawn: std::result::Result<(Svg, Vec<Finding>), Refusal>,
    table: &DataTable,
) -> Report {
    let mut report =
        Report { drawings: 1, times: timed.into_iter().collect(), ..Report::default() };
    match drawn {
        Ok((svg, findings)) => {
            report.findings = findings.iter().map(|it| format!("{name} {it}")).collect();
            report.largest = (svg.xml.len(), name.to_owned());
        }
        Err(refusal) => report.findings.push(format!("{name} was refused: {refusal}")),
    }
    if let Some(why) = behind(table) {
        report.findings.push(format!("{name} {why}"));
    }
    report
}

/// What is wrong with the table behind a chart.
fn behind(table: &DataTable) -> Option<String> {
    let uneven = table.rows.iter().any(|row| row.len() != table.head.len());
    let cells = || table.rows.iter().flatten();
    let failed = cells().any(|cell| cell.contains("NaN") || cell.contains('{'));
    (table.rows.is_empty() || uneven || failed)
        .then(|| "the table behind it is empty, uneven or has a number that is none".to_owned())
}
