//! The page where everything on paper for a data walk is made: posters, handouts, summaries, the
//! facilitator's sheet and cards, as one archive. It is made whatever the browser does, one set at a
//! time, and kept until the next one is made or the server ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, watch};

use super::app::{App, Inner};
use super::desk::{Act, Desk, StaffFrame, show};
use super::error::{Error, Result};
use super::participate::Pairs;
use super::sheet::{Faults, Filled, Input, InputKind, Tick};
use super::sign_in::SignedIn;
use super::walk::Run;
use super::wall::{evening, is_public, own_words};
use crate::charts::poster::Paper;
use crate::domain::data_walk::LETTERS;
use crate::domain::ids::DataWalkId;
use crate::domain::people::May;
use crate::domain::takeaway::Takeaway;
use crate::domain::text::Lang;
use crate::publish::{Evening, Order, OwnWords, Texts, Wall, station_path};
use crate::words::{PressWords, fill};

/// How many sets are made at the same time on this server.
static MAKING: Semaphore = Semaphore::const_new(1);
/// How long somebody waits before they are shown how far it is.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many groups are offered where a walk has none yet.
const USUAL_GROUPS: &str = "4";

/// What came of it.
#[derive(Debug, Clone)]
enum Outcome {
    /// The archive, the names of its files, and what could not be made.
    Made { zip: Bytes, names: Vec<String>, missing: Vec<String> },
    /// A failure, for the log.
    Failed(String),
}

/// A set that is being made, or was.
#[derive(Debug, Clone)]
pub(super) struct SetMaking {
    walk: DataWalkId,
    done: Arc<AtomicU64>,
    of: u64,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl SetMaking {
    /// Whether it is still being made.
    #[must_use]
    pub(super) fn goes_on(&self) -> bool {
        self.outcome.borrow().is_none()
    }

    /// What came of it, if it comes soon.
    async fn soon(mut self) -> Option<Outcome> {
        let done = tokio::time::timeout(PATIENCE, self.outcome.wait_for(Option::is_some)).await;
        match done {
            Ok(Ok(outcome)) => outcome.clone(),
            Ok(Err(_gone)) => Some(Outcome::Failed("the work was cut off".to_owned())),
            Err(_not_yet) => None,
        }
    }
}

/// A set as it is wanted, with everything it is made from.
struct Wanted {
    wall: Arc<Wall>,
    languages: Vec<Lang>,
    together: usize,
    paper: Paper,
    stripes: bool,
    guess: bool,
    evening: Evening,
    staff: Lang,
    written: Vec<Takeaway>,
    own: Vec<OwnWords>,
}

impl Wanted {
    fn with<T>(&self, app: &Inner, work: impl FnOnce(&Order<'_>) -> T) -> T {
        let texts: Vec<Texts<'_>> = self.languages.iter().map(|lang| app.texts(*lang)).collect();
        work(&Order {
            wall: &self.wall,
            texts: &texts,
            together: self.together,
            paper: self.paper,
            stripes: self.stripes,
            guess: self.guess,
            evening: &self.evening,
            staff: (app.texts(self.staff), app.press_words(self.staff)),
            written: &self.written,
            own: &self.own,
        })
    }
}

/// A set that is ready.
struct Ready {
    size: String,
    names: Vec<String>,
    missing: Vec<String>,
    download: String,
}

#[derive(Template)]
#[template(path = "posters.html")]
struct PostersPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a PressWords,
    walk: (String, String),
    action: String,
    inputs: Vec<Input>,
    wrong: Vec<String>,
    complained: Vec<(String, String)>,
    ready: Option<Ready>,
    stations: Vec<(String, String)>,
}

/// `GET /d/{slug}/walks/{id}/posters`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let mut filled = Filled::default()
        .with("together", "1")
        .with("paper", Paper::A3.code())
        .with("groups", USUAL_GROUPS);
    for lang in &run.desk.diagnosis.settings.languages {
        filled = filled.with("languages", lang.tag());
    }
    shown(&run, &filled, Faults::default()).await
}

async fn shown(run: &Run, filled: &Filled, faults: Faults) -> Result<Response> {
    let (desk, app) = (&run.desk, &run.desk.app);
    let words = app.press_words(desk.lang());
    let wall = app.wall(&desk.diagnosis, run.walk.release).await?;
    let grouped = !app.store.walk_groups(&run.walk).await?.is_empty();
    let mut inputs = inputs(desk, words, grouped, filled);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (mut wrong, complained) = faults.beside(&mut inputs);
    if wall.stations().is_empty() {
        wrong.push(words.no_stations.clone());
    }
    let settings = &desk.diagnosis.settings;
    let first = settings.languages.first().copied().unwrap_or(Lang::En);
    let station = |station: &crate::publish::Station| {
        let lang = station.spoken(first, &settings.languages);
        let name = format!("{}. {}", station.number, station.question(desk.lang()));
        (name, format!("{}/poster.pdf", station_path(&run.walk.door, station.number, lang)))
    };
    let page = PostersPage {
        frame: desk.frame(&words.title),
        words,
        walk: (run.walk.title.clone(), desk.path(&run.path(""))),
        action: desk.path(&run.path("/posters")),
        inputs,
        wrong,
        complained,
        ready: ready(run, words),
        stations: wall.stations().iter().map(station).collect(),
    };
    Ok(show(status, &page))
}

fn inputs(desk: &Desk, words: &PressWords, grouped: bool, filled: &Filled) -> Vec<Input> {
    let language = |lang: &Lang| Tick::new(lang.tag(), lang.name(), "");
    let languages = desk.diagnosis.settings.languages.iter();
    let languages = languages.filter(|lang| Lang::RESPONDENTS.contains(lang)).map(language);
    let together = vec![
        Tick::new("1", &words.together_one, ""),
        Tick::new("2", &words.together_two, ""),
        Tick::new("3", &words.together_three, ""),
    ];
    let paper = vec![
        Tick::new(Paper::A3.code(), &words.paper_a3, &words.paper_a3_hint),
        Tick::new(Paper::A2.code(), &words.paper_a2, &words.paper_a2_hint),
    ];
    let also = vec![
        Tick::new("stripes", &words.also_stripes, &words.also_stripes_hint),
        Tick::new("guess", &words.also_guess, &words.also_guess_hint),
    ];
    let mut inputs = vec![
        Input::many("languages", &words.languages, languages.collect(), filled)
            .hinted(&words.languages_hint),
        Input::one("together", &words.together, together, filled).hinted(&words.together_hint),
        Input::one("paper", &words.paper, paper, filled),
        Input::many("also", &words.also, also, filled),
    ];
    if !grouped {
        inputs.push(Input::line("groups", &words.groups, filled).hinted(&words.groups_hint));
    }
    inputs
}

/// The last set of this walk.
fn ready(run: &Run, words: &PressWords) -> Option<Ready> {
    let making = run.desk.app.set_making(run.desk.diagnosis.id)?;
    let outcome = making.outcome.borrow().clone();
    match outcome {
        Some(Outcome::Made { zip, names, missing }) if making.walk == run.walk.id => {
            let (n, kb) = (names.len().to_string(), zip.len().div_ceil(1024).to_string());
            let size = fill(&words.ready_size, &[("n", &n), ("kb", &kb)]);
            let download = run.desk.path(&run.path("/posters/set.zip"));
            Some(Ready { size, names, missing, download })
        }
        Some(Outcome::Made { .. } | Outcome::Failed(_)) | None => None,
    }
}

/// `POST /d/{slug}/walks/{id}/posters`: makes a set.
pub(super) async fn make(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let wanted = read(&run, &filled, &mut faults).await?;
    if !faults.is_empty() || wanted.wall.stations().is_empty() {
        return shown(&run, &filled, faults).await;
    }
    let Some(making) = start(&run, wanted) else {
        faults.add("", &app.press_words(run.desk.lang()).already);
        return shown(&run, &filled, faults).await;
    };
    run.desk.log(Act::MadePosters, &run.walk.title).await?;
    match making.soon().await {
        Some(Outcome::Made { .. }) => Ok(run.desk.go(&run.path("/posters"))),
        Some(Outcome::Failed(error)) => Err(Error::Failed(error)),
        None => Ok(run.desk.go(&run.path("/posters/making"))),
    }
}

/// What is wanted, with every complaint about it.
async fn read(run: &Run, filled: &Filled, faults: &mut Faults) -> Result<Wanted> {
    let (desk, app) = (&run.desk, &run.desk.app);
    let words = app.press_words(desk.lang());
    let offered = &desk.diagnosis.settings.languages;
    let languages: Vec<Lang> = filled
        .all("languages")
        .into_iter()
        .filter_map(|tag| tag.parse().ok())
        .filter(|lang| offered.contains(lang) && Lang::RESPONDENTS.contains(lang))
        .collect();
    faults.when(languages.is_empty(), "languages", &desk.words().choose_some);
    let together = filled.first("together").parse().ok().filter(|n| (1..=3).contains(n));
    faults.when(together.is_none(), "together", &desk.words().choose_one);
    let paper = Paper::from_code(filled.first("paper"));
    faults.when(paper.is_none(), "paper", &desk.words().choose_one);
    let wall = app.wall(&desk.diagnosis, run.walk.release).await?;
    let mut groups = app.store.walk_groups(&run.walk).await?;
    if groups.is_empty() {
        let many = filled.first("groups").parse().ok();
        let many = many.filter(|n: &usize| (1..=LETTERS.len()).contains(n));
        faults.when(many.is_none(), "groups", &words.groups_wrong);
        groups = Evening::spread(many.unwrap_or(1), &wall);
    }
    let also = filled.all("also");
    // As on the public page of words: nothing of a release that is the committee's.
    let own = if is_public(app, &run.walk).await? {
        own_words(&app.store, &desk.diagnosis, &wall).await?
    } else {
        Vec::new()
    };
    Ok(Wanted {
        languages,
        together: together.unwrap_or(1),
        paper: paper.unwrap_or_default(),
        stripes: also.contains(&"stripes"),
        guess: also.contains(&"guess"),
        evening: evening(app, &desk.diagnosis, &run.walk, groups).await?,
        staff: desk.lang(),
        written: app.store.takeaways(desk.diagnosis.id).await?,
        own,
        wall,
    })
}

/// Starts making a set; none when one is being made already.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method is of one lifetime only")]
fn start(run: &Run, wanted: Wanted) -> Option<SetMaking> {
    let app = run.desk.app.clone();
    let (send, outcome) = watch::channel(None);
    let done = Arc::new(AtomicU64::new(0));
    let of = wanted.with(&app, |order| order.sheets());
    let making = SetMaking { walk: run.walk.id, done: Arc::clone(&done), of, outcome };
    if !app.begin_set(run.desk.diagnosis.id, making.clone()) {
        return None;
    }
    tokio::spawn(async move {
        let turn = MAKING.acquire().await;
        let made = tokio::task::spawn_blocking(move || {
            let set = wanted.with(&app, |order| order.make(&done)).map_err(|e| e.to_string())?;
            let zip = set.zipped()?;
            let names = set.files.into_iter().map(|file| file.name).collect();
            Ok::<_, String>(Outcome::Made { zip: zip.into(), names, missing: set.missing })
        });
        let outcome = match made.await {
            Ok(Ok(made)) => made,
            Ok(Err(why)) => Outcome::Failed(why),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        drop(turn);
        let _nobody_waits = send.send(Some(outcome));
    });
    Some(making)
}

#[derive(Template)]
#[template(path = "posters_making.html")]
struct MakingPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a PressWords,
    line: String,
    done: u64,
    of: u64,
}

/// `GET /d/{slug}/walks/{id}/posters/making`: how far it is; when it is done, the page with the set.
pub(super) async fn making(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let making = app.set_making(run.desk.diagnosis.id).filter(|one| one.walk == run.walk.id);
    let Some(making) = making else { return Ok(run.desk.go(&run.path("/posters"))) };
    let outcome = making.outcome.borrow().clone();
    match outcome {
        Some(Outcome::Made { .. }) => return Ok(run.desk.go(&run.path("/posters"))),
        Some(Outcome::Failed(error)) => return Err(Error::Failed(error)),
        None => {}
    }
    let words = app.press_words(run.desk.lang());
    let (done, of) = (making.done.load(Ordering::Relaxed), making.of);
    let line = fill(&words.making_done, &[("n", &done.to_string()), ("of", &of.to_string())]);
    let page = MakingPage { frame: run.desk.frame(&words.making), words, line, done, of };
    Ok(show(StatusCode::OK, &page))
}

/// `GET /d/{slug}/walks/{id}/posters/set.zip`: the last set of this walk.
pub(super) async fn set(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let making = app.set_making(run.desk.diagnosis.id).filter(|one| one.walk == run.walk.id);
    let outcome = making.and_then(|making| making.outcome.borrow().clone());
    match outcome {
        Some(Outcome::Made { zip, .. }) => {
            let name = format!("attachment; filename=\"data-walk-{}.zip\"", run.walk.held_on);
            let headers = [
                (header::CONTENT_TYPE, "application/zip".to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            Ok((headers, zip).into_response())
        }
        Some(Outcome::Failed(_)) | None => Err(Error::NotFound),
    }
}
