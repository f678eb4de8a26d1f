//! A section as the program puts it together: what the release has for it, and what is known of the
//! neighbourhood and its walks. It is text with addresses, as somebody would write it.

use super::super::app::Inner;
use super::super::error::Result;
use super::super::wall::is_public;
use crate::charts::date;
use crate::domain::data_walk::{DataWalk, Reflection, ReflectionState, Verdict};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::report::Section;
use crate::domain::text::Lang;
use crate::job::evidence::Evidence;
use crate::publish::{Source, Wall};
use crate::words::fill;

/// What is known beside the release.
pub(super) struct Ground {
    zones: Vec<String>,
    people: u64,
    has_map: bool,
    walks: Vec<(DataWalk, Vec<Reflection>)>,
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
        let mut walks = Vec::new();
        for walk in store.data_walks(of).await? {
            if is_public(app, &walk).await? {
                let mut said = store.reflections(&walk).await?;
                said.retain(|one| one.state == ReflectionState::Shown);
                if !said.is_empty() {
                    walks.push((walk, said));
                }
            }
        }
        Ok(Self {
            zones: zones.into_iter().map(|zone| zone.name).collect(),
            people: store.population(of).await?.iter().map(|count| count.count).sum(),
            has_map: store.newest_area(of).await?.is_some(),
            walks,
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
        Section::Summary => summary(&source),
        Section::Neighbourhood => neighbourhood(app, diagnosis, ground, lang),
        Section::Listening => {
            let charts = source.draft(section);
            format!("{{{{collections}}}}\n\n{charts}").trim().to_owned()
        }
        Section::Changed => {
            let charts = source.draft(section);
            format!("{}\n\n{charts}", walked(app, diagnosis, (evidence, ground), lang))
                .trim()
                .to_owned()
        }
        Section::Method => {
            let day = date(evidence.release.made, app.chart_words(lang));
            let number = evidence.release.number.to_string();
            let made = fill(&words.made_from, &[("n", &number), ("day", &day)]);
            format!("{made} {}\n\n{{{{withheld}}}}\n\n{{{{wordings}}}}", words.rounded)
        }
        Section::Committee
        | Section::Good
        | Section::Bothers
        | Section::Safe
        | Section::Together
        | Section::Services
        | Section::Young
        | Section::Other
        | Section::Registered
        | Section::Findings
        | Section::Priorities
        | Section::Matrices
        | Section::Promised => source.draft(section),
    }
}

/// The first sentence of each part that is about what people said.
fn summary(source: &Source<'_>) -> String {
    let first = |section: &Section| {
        let draft = source.draft(*section);
        draft.split("\n\n").next().filter(|line| !line.is_empty()).map(|line| format!("- {line}"))
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
        let n = ground.people.to_string();
        said.push(match &diagnosis.settings.population_source {
            Some(from) => {
                let day = date(from.dated, app.chart_words(lang));
                let with = [("n", n.as_str()), ("source", &from.source), ("day", &day)];
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
        blocks.push(fill(&words.walk_said, &[("title", &walk.title), ("day", &day)]));
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
            let quotes =
                here().map(|one| one.said.split_whitespace().collect::<Vec<_>>().join(" "));
            let quotes = quotes.filter(|said| !said.is_empty());
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
