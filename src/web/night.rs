//! What the server does by itself: the last runs, how long things are kept, and a button for hosts.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Span;

use super::app::App;
use super::desk::{self, StaffFrame};
use super::error::{Error, Result};
use super::sign_in::SignedIn;
use crate::domain::night::{Job, JobRun, Outcome, day};
use crate::domain::people::{Person, Role};
use crate::domain::retention::Kept;
use crate::job;
use crate::words::{NightWords, fill};

/// How long somebody waits for it; it goes on after that.
const WAITS: Duration = Duration::from_secs(20);

/// One run, in words.
struct Line<'a> {
    job: &'a str,
    outcome: &'a str,
    about: String,
    day: String,
}

#[derive(Template)]
#[template(path = "night.html")]
struct NightPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a NightWords,
    may_run: bool,
    runs: Vec<Line<'a>>,
    kept: Vec<(&'a str, String)>,
}

/// Who may look: hosts, and whoever coordinates a diagnosis here.
#[must_use]
pub(super) fn may_look(person: &Person) -> bool {
    person.host || person.roles.iter().any(|(_, role)| *role == Role::Coordinator)
}

/// `GET /night`.
pub(super) async fn page(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    if !may_look(&person) {
        return Err(Error::Forbidden);
    }
    let words = app.night_words(person.lang);
    let since = day(app.clock.now()).saturating_sub(Span::new().days(30));
    let runs = app.store.job_runs(since).await?;
    let page = NightPage {
        frame: StaffFrame::new(&app, &person, &words.title),
        words,
        may_run: person.host,
        runs: runs.iter().map(|run| line(run, words)).collect(),
        kept: Kept::ALL.iter().map(|kept| (named(*kept, words), long(*kept, words))).collect(),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

fn line<'a>(run: &JobRun, words: &'a NightWords) -> Line<'a> {
    let job = match run.job {
        Job::Purge => &words.purge,
        Job::Pictures => &words.pictures,
        Job::Unlink => &words.unlink,
        Job::Backup => &words.backup,
    };
    let outcome = match run.outcome {
        Outcome::Done => &words.done,
        Outcome::Left => &words.left,
        Outcome::Failed => &words.failed,
    };
    // SQLite does not count what it writes anew, and what failed was about nothing.
    let is_counted = run.outcome != Outcome::Failed && run.job != Job::Unlink;
    let about = match run.about {
        0 if is_counted => words.nothing.clone(),
        0 => String::new(),
        n => fill(&words.about, &[("n", &n.to_string())]),
    };
    Line { job, outcome, about, day: run.day.to_string() }
}

fn named(kept: Kept, words: &NightWords) -> &str {
    match kept {
        Kept::Receipts => &words.receipts,
        Kept::Texts => &words.texts,
        Kept::Photos => &words.photos,
        Kept::SignUps => &words.sign_ups,
        Kept::Typists => &words.typists,
        Kept::Answers => &words.answers,
        Kept::Reflections => &words.reflections,
        Kept::Log => &words.log,
    }
}

fn long(kept: Kept, words: &NightWords) -> String {
    let span = kept.period();
    let (text, n) = match (span.get_years(), span.get_months()) {
        (0, 0) => (&words.days, span.get_days()),
        (0, months) => (&words.months, months),
        (years, _) => (&words.years, i32::from(years)),
    };
    fill(text, &[("n", &n.to_string())])
}

/// `POST /night`: the same as at night, now.
pub(super) async fn run(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    if !person.host {
        return Err(Error::Forbidden);
    }
    let (store, now) = (app.store.clone(), app.clock.now());
    let work = tokio::spawn(async move { job::night::night(&store, now).await });
    let being_done = || Error::Stale(app.night_words(person.lang).running.clone());
    let Ok(worked) = tokio::time::timeout(WAITS, work).await else { return Err(being_done()) };
    match worked.map_err(|cut_off| Error::Failed(cut_off.to_string()))?? {
        Some(_) => Ok(Redirect::to("/night").into_response()),
        None => Err(being_done()),
    }
}

/// A collection has closed: its answers are written anew, and nobody waits for it.
pub(super) fn after_closing(app: &App) {
    let (store, now) = (app.store.clone(), app.clock.now());
    tokio::spawn(async move {
        if let Err(error) = job::night::after_closing(&store, now).await {
            tracing::error!(error = %error.with_causes(), "answers were not written anew at closing");
        }
    });
}
