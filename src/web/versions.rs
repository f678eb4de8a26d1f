//! The versions of an instrument: a list, any two beside one another, and each as a file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use similar::{ChangeTag, TextDiff};

use super::app::App;
use super::desk::{self, Card, Desk, StaffFrame};
use super::error::{Error, Result};
use super::instruments::Known;
use super::members::{moment, names};
use super::parts;
use super::sign_in::SignedIn;
use crate::domain::change::{Act, Change, Side, changes, must_raise};
use crate::domain::ids::PersonId;
use crate::domain::instrument::Instrument;
use crate::domain::line::lines;
use crate::domain::part::{At, What};
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::domain::version::Version;
use crate::instruments::{check, write};
use crate::words::{InstrumentWords, fill};

/// The name of the file as it is now, where a version is chosen.
const FILE: &str = "file";
/// The longest two files are held against one another.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many lines stand around a line that differs.
const AROUND: usize = 2;

/// A version in the list.
struct VersionView {
    card: Card,
    note: String,
    collections: Vec<(String, String)>,
    file: String,
}

/// Something that can be compared.
struct Pick {
    value: String,
    label: String,
}

#[derive(Template)]
#[template(path = "versions.html")]
struct VersionsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a InstrumentWords,
    path: String,
    title: String,
    versions: Vec<VersionView>,
    picks: Vec<Pick>,
    chosen: (String, String),
    difference: Option<Difference<'a>>,
}

/// Two versions beside one another.
pub(super) struct Difference<'a> {
    /// What is compared.
    pub title: String,
    /// The questions whose meaning must be raised, in a sentence.
    pub must_raise: Option<String>,
    /// What changed.
    pub acts: Vec<ActView<'a>>,
    /// Which lines go on.
    pub lines: Vec<(String, (&'static str, &'a str))>,
    /// The lines of the two files that differ.
    pub rows: Vec<DiffRow>,
}

/// Changes of one sort.
pub(super) struct ActView<'a> {
    pub title: &'a str,
    pub means: &'a str,
    pub changes: Vec<ChangeView>,
}

/// One change.
pub(super) struct ChangeView {
    pub place: String,
    pub what: String,
    pub line: Option<(&'static str, String)>,
    pub sides: Vec<SideView>,
}

/// Words before and after in one language, or codes.
pub(super) struct SideView {
    pub lang: Option<Lang>,
    pub was: String,
    pub now: String,
}

/// A line of the two files.
pub(super) struct DiffRow {
    /// `-`, `+`, a space, or nothing for a gap.
    pub sign: &'static str,
    /// The line.
    pub text: String,
}

/// What two versions are asked for.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    a: Option<String>,
    b: Option<String>,
}

/// `GET /d/{slug}/instruments/{instrument}/versions?a=1&b=2`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, instrument)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let known = Known::at(&desk, &instrument).await?;
    let words = desk.instrument_words();
    let picks = picks(&known, words);
    let difference = match (&asked.a, &asked.b) {
        (Some(a), Some(b)) => Some(difference(&desk, &known, (a, b)).await?),
        _ => None,
    };
    let chosen = match (asked.a, asked.b) {
        (Some(a), Some(b)) => (a, b),
        _ => last_two(&picks),
    };
    let page = VersionsPage {
        frame: desk.frame(&words.versions),
        words,
        path: desk.path(&known.path("")),
        title: known.current(&desk).await?.title.get(desk.lang()).to_owned(),
        versions: versions(&desk, &known).await?,
        picks,
        chosen,
        difference,
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// Every version, then the file when it is none of them.
fn picks(known: &Known, words: &InstrumentWords) -> Vec<Pick> {
    let versions = known.versions.iter().map(|version| Pick {
        value: version.number.to_string(),
        label: fill(&words.version_n, &[("n", &version.number.to_string())]),
    });
    let is_new = known.file.as_ref().is_some_and(|file| known.version_of(file).is_none());
    let file = is_new.then(|| Pick { value: FILE.to_owned(), label: words.file_now.clone() });
    versions.chain(file).collect()
}

fn last_two(picks: &[Pick]) -> (String, String) {
    let value = |back: usize| {
        let place = picks.len().checked_sub(back);
        place.and_then(|place| picks.get(place)).map_or_else(String::new, |one| one.value.clone())
    };
    (value(2), value(1))
}

/// The list, the newest first.
async fn versions(desk: &Desk, known: &Known) -> Result<Vec<VersionView>> {
    let words = desk.instrument_words();
    let people = names(desk, known.versions.iter().filter_map(|version| version.by)).await?;
    let collections = desk.app.store.collections(desk.diagnosis.id).await?;
    let view = |version: &Version| {
        let n = version.number.to_string();
        let used = collections.iter().filter(|one| one.instrument == version.hash);
        let address = |id| desk.path(&format!("/collections/{id}"));
        VersionView {
            card: Card {
                title: fill(&words.version_n, &[("n", &n)]),
                address: String::new(),
                lines: vec![published_on(desk, version, &people)],
                tags: Vec::new(),
            },
            note: version.note.clone(),
            collections: used.map(|one| (one.title.clone(), address(one.id))).collect(),
            file: desk.path(&known.path(&format!("/versions/{n}.toml"))),
        }
    };
    Ok(known.versions.iter().rev().map(view).collect())
}

fn published_on(desk: &Desk, version: &Version, people: &BTreeMap<PersonId, String>) -> String {
    let words = desk.instrument_words();
    let Some(at) = version.at else { return words.day_unknown.clone() };
    let day = moment(&desk.diagnosis, at);
    match version.by.and_then(|by| people.get(&by)) {
        Some(name) => fill(&words.published_on, &[("day", &day), ("name", name)]),
        None => fill(&words.published_on_server, &[("day", &day)]),
    }
}

/// One side of a comparison, as it stands in the address.
async fn side(desk: &Desk, known: &Known, asked: &str) -> Result<Arc<Instrument>> {
    match &known.file {
        Some(file) if asked == FILE => Ok(Arc::clone(file)),
        _ => known.content(desk, known.version(asked)?).await,
    }
}

async fn difference<'a>(
    desk: &'a Desk,
    known: &Known,
    (a, b): (&str, &str),
) -> Result<Difference<'a>> {
    let (old, new) = (side(desk, known, a).await?, side(desk, known, b).await?);
    let words = desk.instrument_words();
    let name = |asked: &str| match asked {
        FILE => words.file_now.clone(),
        number => fill(&words.version_n, &[("n", number)]),
    };
    let title = fill(&words.compared, &[("from", &name(a)), ("to", &name(b))]);
    Ok(between(desk, title, (&old, &new), (&write(&old), &write(&new))))
}

/// What changed from one instrument to another, and from the text of one file to the other.
pub(super) fn between<'a>(
    desk: &'a Desk,
    title: String,
    (old, new): (&Instrument, &Instrument),
    (old_text, new_text): (&str, &str),
) -> Difference<'a> {
    let words = desk.instrument_words();
    let changes = changes(old, new);
    let lines: Vec<(At, (&'static str, &str))> =
        lines(old, new).into_iter().map(|(at, line)| (at, parts::line(line, words))).collect();
    let acts = Act::ALL.into_iter().filter_map(|act| {
        let these: Vec<&Change> = changes.iter().filter(|change| change.act == act).collect();
        let (title, means) = parts::act(act, words);
        let view = |change: &&Change| change_view(desk, change, &lines);
        let changes: Vec<ChangeView> = these.iter().map(view).collect();
        (!changes.is_empty()).then_some(ActView { title, means, changes })
    });
    let must = must_raise(old, new).join(", ");
    Difference {
        title,
        must_raise: (!must.is_empty()).then(|| fill(&words.must_raise, &[("questions", &must)])),
        acts: acts.collect(),
        rows: diff(old_text, new_text),
        lines: lines.iter().map(|(at, line)| (parts::place(at, words), *line)).collect(),
    }
}

fn change_view(desk: &Desk, change: &Change, lines: &[(At, (&'static str, &str))]) -> ChangeView {
    let words = desk.instrument_words();
    let line = lines.iter().find(|(at, _)| *at == change.at);
    ChangeView {
        place: parts::place(&change.at, words),
        what: parts::what(&change.what, words),
        line: line.map(|(_, (kind, text))| (*kind, (*text).to_owned())),
        sides: sides(change, desk.lang(), words),
    }
}

/// What stands side by side: the words in every language that differs, then the codes. Of what came
/// or went, its first words are enough.
fn sides(change: &Change, lang: Lang, words: &InstrumentWords) -> Vec<SideView> {
    let none = Side::default();
    let (was, now) = (change.was.as_ref().unwrap_or(&none), change.now.as_ref().unwrap_or(&none));
    let is_both = change.was.is_some() && change.now.is_some();
    if !is_both || change.what == What::Whole {
        let said = |side: &Side| side.words.get(lang).to_owned();
        let (was, now) = (said(was), said(now));
        let is_empty = was.is_empty() && now.is_empty();
        let first = SideView { lang: None, was, now };
        return if is_empty { Vec::new() } else { vec![first] };
    }
    let differs = |lang: &Lang| was.words.0.get(lang) != now.words.0.get(lang);
    let said = |lang: Lang| SideView {
        lang: Some(lang),
        was: was.words.get_in(lang).to_owned(),
        now: now.words.get_in(lang).to_owned(),
    };
    let mut sides: Vec<SideView> = Lang::ALL.into_iter().filter(differs).map(said).collect();
    if was.data != now.data {
        let (was, now) = (codes(&was.data, words), codes(&now.data, words));
        sides.push(SideView { lang: None, was, now });
    }
    sides
}

fn codes(data: &[String], words: &InstrumentWords) -> String {
    let code = |code: &String| match code.as_str() {
        "true" => words.yes.clone(),
        "false" => words.no.clone(),
        _ => code.clone(),
    };
    data.iter().map(code).collect::<Vec<_>>().join(", ")
}

/// The lines that differ, with a few around them.
pub(super) fn diff(old: &str, new: &str) -> Vec<DiffRow> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let mut rows = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !rows.is_empty() {
            rows.push(DiffRow { sign: "", text: "…".to_owned() });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => "-",
                ChangeTag::Insert => "+",
                ChangeTag::Equal => " ",
            };
            rows.push(DiffRow { sign, text: change.value().trim_end().to_owned() });
        }
    }
    rows
}

/// `GET /d/{slug}/instruments/{instrument}/versions/{n}.toml`: the file it was published from where
/// that still reads as the same, else the version written as a file.
pub(super) async fn file(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, instrument, name)): Path<(String, String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let known = Known::at(&desk, &instrument).await?;
    let number = name.strip_suffix(".toml").ok_or(Error::NotFound)?;
    let version = known.version(number)?;
    let content = known.content(&desk, version).await?;
    let source = app.store.source(desk.diagnosis.id, &version.hash).await?;
    let name = format!("{}.toml", known.slug);
    let same =
        |text: &String| check(&name, text, None).0.is_some_and(|read| read.hash() == version.hash);
    let text = source.filter(same).unwrap_or_else(|| write(&content));
    let kind = (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned());
    let save = format!("attachment; filename=\"{}-{number}.toml\"", known.slug);
    Ok(([kind, (header::CONTENT_DISPOSITION, save)], text).into_response())
}
