//! A collection as files, for the operator of the machine: its answers, its codebook, its
//! instrument. These are answers of people and not released figures, so only the command line
//! writes them.
//!
//! Rows stand in the order of their random ids, without the ids, so that nothing says who answered
//! when. Free texts are not tied to a row; they are a file of their own, in random order, and only
//! when asked for.

use std::fmt::Write as _;

use rand::seq::SliceRandom;

use super::{codebook, rows};
use crate::domain::answer::{Answer, Answers};
use crate::domain::collection::{Collection, Mode, State};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::instrument::{Instrument, Policy};
use crate::domain::question::{Kind, Question};
use crate::domain::text::harmless;
use crate::domain::version::Version;
use crate::store::{Store, StoreError};

/// What stands in a cell when a question was asked and skipped; an empty cell was not asked.
pub(super) const SKIPPED: &str = "-";

/// A collection as files.
#[derive(Debug, Clone)]
pub struct Export {
    /// The names and contents of the files.
    pub files: Vec<(String, String)>,
    /// The version of the instrument that was in the field.
    pub instrument: Instrument,
    /// How many responses there are.
    pub rows: usize,
}

/// Why answers are not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Names and ways to reach people.
    #[error("names and addresses of people who sign up are never exported")]
    Private,
    /// Votes while people vote.
    #[error("votes can be exported only after the ballot has closed")]
    OpenBallot,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A table.
    #[error("a table could not be written: {0}")]
    Csv(#[from] csv::Error),
}

/// Reads a collection into files.
///
/// # Errors
/// When it may not be exported, or the store fails.
pub async fn export(
    store: &Store,
    diagnosis: &Diagnosis,
    collection: &Collection,
    texts: bool,
) -> Result<Export, ExportError> {
    let of = diagnosis.id;
    refuse(collection)?;
    let instrument = store.published(of, &collection.instrument).await?;
    let responses = store.responses(of, collection.id).await?;
    let names = rows::names(store, of, Some(collection)).await?;
    let versions = store.versions(of).await?;
    let version = versions.iter().find(|version| version.hash == collection.instrument);
    let origin = collection.field.origin.code();
    let mut files = vec![
        ("about.txt".to_owned(), about(diagnosis, collection, version, responses.len())),
        ("answers.csv".to_owned(), answers(&instrument, &responses, origin)?),
        ("codebook.csv".to_owned(), codebook::csv(&instrument, &names)?),
        ("instrument.json".to_owned(), instrument.canonical()),
    ];
    let groups = instrument.questions().filter(|one| matches!(one.kind, Kind::Group { .. }));
    for group in groups {
        let name = format!("answers-{}.csv", group.id);
        files.push((name, repeats(group, &responses, origin)?));
    }
    if texts {
        let mut texts = store.free_texts(of, collection.id).await?;
        texts.shuffle(&mut rand::rng());
        let rows = texts.into_iter().map(|text| vec![text.question, harmless(&text.raw)]);
        files.push(("texts.csv".to_owned(), written(&["question", "text"], rows)?));
    }
    Ok(Export { files, instrument, rows: responses.len() })
}

/// What is never exported, or not yet.
fn refuse(collection: &Collection) -> Result<(), ExportError> {
    match collection.field.policy {
        Policy::Private => Err(ExportError::Private),
        Policy::Ballot if collection.state != State::Closed => Err(ExportError::OpenBallot),
        Policy::Rounded | Policy::People | Policy::Places | Policy::Spoken | Policy::Ballot => {
            Ok(())
        }
    }
}

/// What the other files are and how the answers came in.
fn about(
    diagnosis: &Diagnosis,
    collection: &Collection,
    version: Option<&Version>,
    rows: usize,
) -> String {
    let field = &collection.field;
    let day = |day: Option<jiff::civil::Date>| day.map_or("-".to_owned(), |day| day.to_string());
    let version = version.map_or_else(
        || collection.instrument.clone(),
        |version| format!("{} version {} ({})", version.slug, version.number, version.hash),
    );
    let facts = [
        ("diagnosis", diagnosis.name.clone()),
        ("collection", collection.title.clone()),
        ("instrument", version),
        ("origin", field.origin.code().to_owned()),
        ("source", field.source.clone().unwrap_or_default()),
        ("sampling", field.sampling.code().to_owned()),
        ("asked by", field.asked_by.clone()),
        ("presence", field.presence.code().to_owned()),
        ("recruited by", field.recruited_by.clone()),
        ("state", collection.state.code().to_owned()),
        ("opened", day(collection.opened)),
        ("closed", day(collection.closed)),
        ("responses", rows.to_string()),
    ];
    let mut text = String::from(
        "These files hold single answers of people. Keep them closed: do not send them on, do not\n\
         publish them, and delete them after use. Published figures come from releases only.\n\n",
    );
    for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        let _never_fails = writeln!(text, "{name}: {}", fact.replace('\n', " "));
    }
    text += "\nanswers.csv has one row for each response, in random order, and one column for each\n\
             question. A cell is a code, a number, or codes with ; between them (for a ranking: in\n\
             order). An empty cell was not asked; - was asked and skipped. Columns that begin with _\n\
             are not questions. answers-ID.csv has the repeats of a group; _row is the row in\n\
             answers.csv. codebook.csv says what every code means. instrument.json is the exact\n\
             content of the version, instrument.toml the same as a file that can be edited.\n";
    text
}

/// Whether the answers to a question stand in a column: its answer is kept, or a weight.
pub(super) fn has_column(question: &Question) -> bool {
    let is_group = matches!(question.kind, Kind::Group { .. });
    (question.is_kept() && !is_group) || matches!(question.kind, Kind::Weight)
}

/// One row for each response.
fn answers(
    instrument: &Instrument,
    responses: &[(Mode, Answers)],
    origin: &str,
) -> Result<String, ExportError> {
    let asked: Vec<&Question> =
        instrument.questions().filter(|question| has_column(question)).collect();
    let ids = asked.iter().map(|question| question.id.as_str());
    let head: Vec<&str> = ["_row", "_mode", "_origin"].into_iter().chain(ids).collect();
    let rows = (1_usize..).zip(responses).map(|(number, (mode, answers))| {
        let about = [number.to_string(), mode.code().to_owned(), origin.to_owned()];
        about.into_iter().chain(asked.iter().map(|asked| cell(answers, asked))).collect()
    });
    written(&head, rows)
}

/// One row for each repeat of a group.
fn repeats(
    group: &Question,
    responses: &[(Mode, Answers)],
    origin: &str,
) -> Result<String, ExportError> {
    let inner = group.inner().iter().flat_map(Question::rows);
    let asked: Vec<&Question> = inner.filter(|question| has_column(question)).collect();
    let ids = asked.iter().map(|question| question.id.as_str());
    let head: Vec<&str> = ["_row", "_repeat", "_origin"].into_iter().chain(ids).collect();
    let mut rows = Vec::new();
    for (row, (_, answers)) in (1_usize..).zip(responses) {
        let Some(Answer::Group(repeats)) = answers.0.get(&group.id) else { continue };
        for (number, answers) in (1_usize..).zip(repeats) {
            let about = [row.to_string(), number.to_string(), origin.to_owned()];
            rows.push(
                about.into_iter().chain(asked.iter().map(|one| cell(answers, one))).collect(),
            );
        }
    }
    written(&head, rows.into_iter())
}

/// One answer in a cell.
fn cell(answers: &Answers, asked: &Question) -> String {
    match answers.0.get(&asked.id) {
        None => String::new(),
        Some(Answer::Skipped) => SKIPPED.to_owned(),
        Some(Answer::Code(code)) => harmless(code),
        Some(Answer::Number(number)) => number.to_string(),
        Some(Answer::Codes(codes)) => harmless(&codes.join(";")),
        Some(Answer::Group(repeats)) => repeats.len().to_string(),
        Some(Answer::Counts(counts)) => {
            let each = counts.iter().flat_map(|(statement, groups)| {
                groups.iter().map(move |(group, people)| format!("{statement}:{group}={people}"))
            });
            harmless(&each.collect::<Vec<_>>().join(";"))
        }
    }
}

/// A table as CSV.
pub(super) fn written(
    head: &[impl AsRef<[u8]>],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<String, ExportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(&row)?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
