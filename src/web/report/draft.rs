//! A section as the program puts it together: what the release has for it, and what is known of the
//! neighbourhood and its walks. It is text with addresses, as somebody would write it.

use super::super::app::Inner;
use super::super::error::Result;
use super::super::wall::is_public;
use crate::charts::{date, steadiness};
use crate::domain::collection::Collection;
use crate::domain::data_walk::{DataWalk, Reflection, ReflectionState, Tally, Verdict};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::finding::Finding;
use crate::domain::ids::ReflectionId;
use crate::domain::instrument::Instrument;
use crate::domain::other_figures::OtherFigures;
use crate::domain::report::{ChartAt, Section, SheetAt, sheet_code};
use crate::domain::text::{Lang, apart};
use crate::job::evidence::Evidence;
use crate::publish::{Shown, Source, Wall, tally};
use crate::words::fill;

/// What is known beside the release.
pub(super) struct Ground {
    zones: Vec<String>,
    people: u64,
    has_map: bool,
    walks: Vec<(DataWalk, Vec<Reflection>)>,
    findings: Vec<(Finding, Tally)>,
    /// Figures that somebody else counted.
    pub(super) others: Vec<OtherFigures>,
}

impl Ground {
    /// Reads it.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn of(app: &Inner, diagnosis: &Diagnosis) -> Result<Self> {
        let (store, of) = (&app.store, diagnosis.id);
        let zones = match store.waves(of).await?.last() {
            Some(wave) => store.zones(of, wave.id).await?,
            None => Vec::new(),
        };
        let (mut walks, mut findings) = (Vec::new(), Vec::new());
        let written = store.findings(of).await?;
        for walk in store.data_walks(of).await? {
            if !is_public(app, &walk).await? {
                continue;
            }
            let mut said = store.reflections(&walk).await?;
            said.retain(|one| one.state == ReflectionState::Shown);
            let of_walk = || written.iter().filter(|one| one.data_walk == walk.id);
            if of_walk().next().is_some() {
                let wall = app.wall(diagnosis, walk.release).await?;
                findings.extend(of_walk().map(|one| (one.clone(), tally(&wall, one, &said))));
            }
            if !said.is_empty() {
                walks.push((walk, said));
            }
        }
        Ok(Self {
            zones: zones.into_iter().map(|zone| zone.name).collect(),
            people: store.population(of).await?.iter().map(|count| count.count).sum(),
            has_map: store.newest_area(of).await?.is_some(),
            walks,
            findings,
            others: store.other_figures(of).await?,
        })
    }
}

/// A section in a language, from a release and from what is known beside it; empty where there is
/// nothing.
pub(super) fn drafted(
    app: &Inner,
    diagnosis: &Diagnosis,
    (evidence, ground): (&Evidence, &Ground),
    (section, lang): (Section, Lang),
) -> String {
    let source = Source { sheets: &evidence.sheets, tables: &evidence.tables };
    let words = app.report_words(lang);
    match section {
        Section::Summary if ground.findings.is_empty() => summary(&source, lang),
        Section::Summary => found(ground, lang),
        Section::Findings => weighed(app, (evidence, ground), lang),
        Section::Registered => registered(ground, &words.other_intro),
        Section::Neighbourhood => neighbourhood(app, diagnosis, ground, lang),
        Section::Listening => {
            let charts = source.draft(section);
            format!("{{{{collections}}}}\n\n{charts}").trim().to_owned()
        }
        Section::Changed => {
            let (charts, said) =
                (source.draft(section), walked(app, diagnosis, (evidence, ground), lang));
            format!("{}\n\n{said}\n\n{charts}", amended(app, ground, lang)).trim().to_owned()
        }
        Section::Method => {
            let day = date(evidence.release.made, app.chart_words(lang));
            let number = evidence.release.number.to_string();
            let made = fill(&words.made_from, &[("n", &number), ("day", &day)]);
            format!(
                "{made} {}\n\n{}\n\n{{{{withheld}}}}\n\n{{{{wordings}}}}",
                words.rounded, words.thresholds
            )
        }
        Section::Committee
        | Section::Good
        | Section::Bothers
        | Section::Safe
        | Section::Together
        | Section::Services
        | Section::Young
        | Section::Other
        | Section::Priorities
        | Section::Matrices
        | Section::Promised => source.draft(section),
    }
}

/// A finding as it reads by now; empty where it has no words.
fn by_now(finding: &Finding, lang: Lang) -> String {
    let amended = finding.amended.get(lang).trim();
    apart(&on_one_line(if amended.is_empty() { finding.said.get(lang) } else { amended }), lang)
}

/// What the committee found, as it reads by now.
fn found(ground: &Ground, lang: Lang) -> String {
    let said = ground.findings.iter().map(|(finding, _)| by_now(finding, lang));
    let lines = said.filter(|said| !said.is_empty()).map(|said| format!("- {said}"));
    lines.collect::<Vec<_>>().join("\n").replace("{{", "{ {")
}

/// The same, each with what it rests on, how steady that is, and what the walk made of it.
fn weighed(app: &Inner, (evidence, ground): (&Evidence, &Ground), lang: Lang) -> String {
    let words = app.report_words(lang);
    let source = Source { sheets: &evidence.sheets, tables: &evidence.tables };
    let line = |(finding, tally): &(Finding, Tally)| {
        let mut said = vec![by_now(finding, lang)];
        if said.iter().all(String::is_empty) {
            return None;
        }
        let mut sheets: Vec<&str> = Vec::new();
        let mut shown = Vec::new();
        for one in &finding.evidence {
            let is_meant = |it: &&(Collection, Instrument)| it.0.id == one.collection;
            let Some((collection, instrument)) = evidence.sheets.iter().find(is_meant) else {
                continue;
            };
            let title = instrument.title.get(lang);
            if !sheets.contains(&title) {
                sheets.push(title);
            }
            let sheet = SheetAt(sheet_code(&instrument.slug, collection.id));
            shown.extend(source.chart(&ChartAt { sheet, chart: one.chart.clone() }));
        }
        if !sheets.is_empty() {
            said.push(fill(&words.found_rests, &[("sheets", &sheets.join("; "))]));
        }
        let tables: Vec<_> = shown.iter().flat_map(|(_, shown)| &shown.tables).collect();
        said.extend(steadiness(&tables, app.chart_words(lang)));
        if tally.all() > 0 {
            let n = |verdict| tally.n(verdict).to_string();
            let with = [
                ("fits", &*n(Verdict::Fits)),
                ("partly", &*n(Verdict::Partly)),
                ("not", &*n(Verdict::DoesNotFit)),
            ];
            said.push(fill(&words.found_verdict, &with));
        }
        Some(format!("- {}", said.join(" ")))
    };
    let lines = ground.findings.iter().filter_map(line);
    lines.collect::<Vec<_>>().join("\n").replace("{{", "{ {")
}

/// The figures of others, each in a table of its own.
fn registered(ground: &Ground, intro: &str) -> String {
    if ground.others.is_empty() {
        return String::new();
    }
    let tables = ground.others.iter().map(|one| format!("{{{{other {}}}}}", one.name));
    std::iter::once(intro.to_owned()).chain(tables).collect::<Vec<_>>().join("\n\n")
}

/// What a walk changed, and what was said that changed it.
fn amended(app: &Inner, ground: &Ground, lang: Lang) -> String {
    let words = app.report_words(lang);
    let quote = |id: &ReflectionId| {
        let said = ground.walks.iter().flat_map(|(_, said)| said).find(|one| one.id == *id)?;
        let said = on_one_line(&said.said);
        let said = apart(&said, lang);
        (!said.is_empty()).then(|| fill(&app.poster_words(lang).quote, &[("text", &said)]))
    };
    let line = |(finding, _): &(Finding, Tally)| {
        let (before, after) = (finding.said.get(lang).trim(), finding.amended.get(lang).trim());
        if after.is_empty() || before.is_empty() {
            return None;
        }
        let said: Vec<String> = finding.because.iter().filter_map(quote).collect();
        let said = if said.is_empty() { "–".to_owned() } else { said.join(" ") };
        let set = |text| apart(&on_one_line(text), lang);
        let with = [("before", &*set(before)), ("after", &set(after)), ("said", &said)];
        Some(format!("- {}", fill(&words.walk_changed, &with)))
    };
    ground.findings.iter().filter_map(line).collect::<Vec<_>>().join("\n").replace("{{", "{ {")
}

/// A number of people as nobody needs it more exactly: "13 500", with a space that does not break.
fn about(people: u64) -> String {
    let round = if people < 1000 { people } else { (people + 50) / 100 * 100 };
    let digits = round.to_string();
    let (thousands, rest) = digits.split_at(digits.len().saturating_sub(3));
    if thousands.is_empty() { digits } else { format!("{thousands}\u{a0}{rest}") }
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first sentence of each part that is about what people said.
fn summary(source: &Source<'_>, lang: Lang) -> String {
    let first = |section: &Section| {
        let draft = source.draft(*section);
        let said = draft.split("\n\n").next().filter(|line| !line.is_empty())?;
        let shown = |shown: &Shown| shown.tables.iter().any(|table| table.withheld().is_none());
        let (_, chart) = source.charts(*section).into_iter().find(|(_, it)| shown(it))?;
        let question = on_one_line(chart.plan.title.get(lang)).replace("{{", "{ {");
        Some(format!("- {question} {said}"))
    };
    let about = Section::ALL.iter().filter(|section| section.is_about_figures());
    about.filter_map(first).collect::<Vec<_>>().join("\n")
}

fn neighbourhood(app: &Inner, diagnosis: &Diagnosis, ground: &Ground, lang: Lang) -> String {
    let words = app.report_words(lang);
    let mut said = Vec::new();
    if !ground.zones.is_empty() {
        said.push(fill(&words.zones, &[("zones", &ground.zones.join(", "))]));
    }
    if ground.people > 0 {
        let n = about(ground.people);
        said.push(match &diagnosis.settings.population_source {
            Some(from) => {
                let day = date(from.dated, app.chart_words(lang));
                let with =
                    [("n", n.as_str()), ("source", &apart(&from.source, lang)), ("day", &day)];
                fill(&words.live_source, &with)
            }
            None => fill(&words.live_here, &[("n", &n)]),
        });
    }
    let mut blocks = Vec::new();
    if ground.has_map {
        blocks.push("{{map}}".to_owned());
    }
    if !said.is_empty() {
        blocks.push(said.join(" ").replace("{{", "{ {"));
    }
    blocks.join("\n\n")
}

/// What groups said at walks along the charts: verdicts station by station, and their words as far
/// as a moderator let them through.
fn walked(
    app: &Inner,
    diagnosis: &Diagnosis,
    (evidence, ground): (&Evidence, &Ground),
    lang: Lang,
) -> String {
    let words = app.report_words(lang);
    let mut blocks = Vec::new();
    for (walk, said) in &ground.walks {
        let day = date(walk.held_on, app.chart_words(lang));
        blocks.push(fill(&words.walk_said, &[("title", &apart(&walk.title, lang)), ("day", &day)]));
        // The questions of the walk's own release, where it is this one.
        let same = walk.release == evidence.release.number;
        let wall = same
            .then(|| Wall::new(&diagnosis.name, walk.release, &evidence.sheets, &evidence.tables));
        let mut stations: Vec<u32> = said.iter().map(|one| one.station).collect();
        stations.sort_unstable();
        stations.dedup();
        let mut lines = Vec::new();
        for number in stations {
            let here = || said.iter().filter(|one| one.station == number);
            let count = |verdict| here().filter(|one| one.verdict == verdict).count().to_string();
            let station = wall.as_ref().and_then(|wall| wall.station(number));
            let question =
                station.map(|it| it.question(it.spoken(lang, &diagnosis.settings.languages)));
            let question = match question {
                Some(question) => format!("{number}. {question}"),
                None => fill(&words.station, &[("n", &number.to_string())]),
            };
            let with = [
                ("question", question.trim_end_matches(['?', '؟', '.', ' '])),
                ("fits", &*count(Verdict::Fits)),
                ("partly", &*count(Verdict::Partly)),
                ("not", &*count(Verdict::DoesNotFit)),
            ];
            let quotes = here().map(|one| on_one_line(&one.said));
            let quotes = quotes.filter(|said| !said.is_empty()).map(|said| apart(&said, lang));
            let quotes = quotes.map(|said| fill(&app.poster_words(lang).quote, &[("text", &said)]));
            let line = fill(&words.walk_fits, &with);
            lines.push(std::iter::once(line).chain(quotes).collect::<Vec<_>>().join(" "));
        }
        let list: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
        blocks.push(list.join("\n"));
    }
    // What somebody said is never read as an address.
    blocks.join("\n\n").replace("{{", "{ {")
}
