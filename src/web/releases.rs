//! Making a release, publishing it, and planning a data walk that pins one.

use axum::extract::{Form, Path, State};
use axum::response::Response;
use jiff::civil::Date;

use super::app::App;
use super::collections::door_code;
use super::desk::{Act, Desk, said};
use super::error::{Error, Result};
use super::making::{self, Outcome};
use super::named;
use super::participate::Pairs;
use super::sheet::{Faults, Filled, Input, Sheet, Tick};
use super::sign_in::SignedIn;
use crate::domain::collection::{Collection, State as Stands};
use crate::domain::data_walk::DataWalk;
use crate::domain::ids::{CollectionId, DataWalkId};
use crate::domain::people::May;
use crate::job::JobError;
use crate::store::StoredRelease;
use crate::words::{StaffWords, fill};

/// `GET /d/{slug}/releases/new`: every collection that was in the field is ticked.
pub(super) async fn new_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let collections = fielded(&desk).await?;
    let mut filled = Filled::default().with("for", "committee");
    for collection in &collections {
        filled = filled.with("collections", &collection.id.to_string());
    }
    Ok(sheet(&desk, &collections, &filled).show(Faults::default()))
}

/// `POST /d/{slug}/releases`.
pub(super) async fn make(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let collections = fielded(&desk).await?;
    let given = filled.all("collections");
    let chosen = collections.iter().map(|one| one.id);
    let chosen: Vec<CollectionId> =
        chosen.filter(|id| given.contains(&id.to_string().as_str())).collect();
    faults.when(chosen.is_empty(), "collections", &desk.words().choose_some);
    if !faults.is_empty() {
        return Ok(sheet(&desk, &collections, &filled).show(faults));
    }
    let public = filled.first("for") == "public";
    let Some(making) = making::start(&desk, public, chosen) else {
        faults.add("", &app.gate_words(desk.lang()).making_already);
        return Ok(sheet(&desk, &collections, &filled).show(faults));
    };
    match making::soon(making).await {
        Some(Outcome::Made(number)) => Ok(desk.go(&format!("/releases/{number}"))),
        Some(Outcome::Refused(why)) => {
            faults.add("", &why);
            Ok(sheet(&desk, &collections, &filled).show(faults))
        }
        Some(Outcome::Failed(error)) => Err(Error::Failed(error)),
        None => Ok(desk.go("/releases/making")),
    }
}

/// The sheet once more, with why nothing came of it.
///
/// # Errors
/// When the store fails.
pub(super) async fn again(desk: &Desk, why: &str) -> Result<Response> {
    let collections = fielded(desk).await?;
    let mut faults = Faults::default();
    faults.add("", why);
    Ok(sheet(desk, &collections, &Filled::default().with("for", "committee")).show(faults))
}

/// A refusal as a sentence; what failed stays a failure, logged and not shown.
///
/// # Errors
/// What failed.
pub(super) fn refusal(error: JobError, words: &StaffWords) -> Result<String> {
    match error {
        JobError::NothingToShow => Ok(words.nothing_to_show.clone()),
        JobError::NothingNew(n) => Ok(fill(&words.nothing_new, &[("n", &n.to_string())])),
        JobError::Store(error) => Err(said(error, words)),
        JobError::Analysis(_) | JobError::Sealed(_) | JobError::Backup(_) | JobError::CutOff => {
            Err(Error::Failed(error.to_string()))
        }
    }
}

/// The collections that are or were in the field.
async fn fielded(desk: &Desk) -> Result<Vec<Collection>> {
    let mut all = desk.app.store.collections(desk.diagnosis.id).await?;
    all.retain(|one| one.state != Stands::Draft);
    Ok(all)
}

fn sheet<'a>(desk: &'a Desk, collections: &[Collection], filled: &Filled) -> Sheet<'a> {
    let words = desk.words();
    let tick = |one: &Collection| {
        let hint = named::state(one.state, words).1;
        Tick::new(&one.id.to_string(), &one.title, hint)
    };
    let whom = vec![
        Tick::new("committee", &words.for_committee, &words.for_committee_hint),
        Tick::new("public", &words.for_public, &words.for_public_hint),
    ];
    let collections = collections.iter().map(tick).collect();
    let inputs = vec![
        Input::many("collections", &words.collections, collections, filled),
        Input::one("for", &words.release_for, whom, filled),
    ];
    let (frame, action) = (desk.frame(&words.new_release), desk.path("/releases"));
    Sheet::new(frame, action, &words.make_release, inputs).saying(&words.new_release_intro)
}

/// `POST /d/{slug}/releases/{n}/publish`.
pub(super) async fn publish(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, n)): Path<(String, i64)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    app.store.publish_release(desk.diagnosis.id, n).await?;
    desk.log(Act::Published, &n.to_string()).await?;
    Ok(desk.go(&format!("/releases/{n}")))
}

/// `GET /d/{slug}/walks/new`.
pub(super) async fn walk_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let releases = published(&desk).await?;
    let mut filled = Filled::default().with("day", &app.today(&desk.diagnosis).to_string());
    if let Some(last) = releases.last() {
        filled = filled.with("release", &last.number.to_string());
    }
    Ok(walk_sheet(&desk, &releases, &filled).show(Faults::default()))
}

/// `POST /d/{slug}/walks/new`: a data walk pinned to a published release.
pub(super) async fn add_walk(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let releases = published(&desk).await?;
    let Some(walk) = read_walk(&desk, &releases, &filled, &mut faults) else {
        return Ok(walk_sheet(&desk, &releases, &filled).show(faults));
    };
    app.store.add_data_walk(&walk).await.map_err(|e| desk.said(e))?;
    desk.log(Act::AddedWalk, &walk.title).await?;
    Ok(desk.go(""))
}

fn read_walk(
    desk: &Desk,
    releases: &[StoredRelease],
    filled: &Filled,
    faults: &mut Faults,
) -> Option<DataWalk> {
    let words = desk.words();
    let day: Option<Date> = filled.first("day").parse().ok();
    let number: Option<i64> = filled.first("release").parse().ok();
    let release = releases.iter().find(|release| Some(release.number) == number);
    faults.when(filled.first("title").is_empty(), "title", &words.title_needed);
    faults.when(day.is_none(), "day", &words.day_needed);
    faults.when(release.is_none(), "release", &words.choose_one);
    let (id, diagnosis, title) = (DataWalkId::random(), desk.diagnosis.id, filled.first("title"));
    let walk = DataWalk {
        id,
        diagnosis,
        title: title.to_owned(),
        held_on: day?,
        release: release?.number,
        door: door_code(),
    };
    faults.is_empty().then_some(walk)
}

/// The releases everybody may see.
async fn published(desk: &Desk) -> Result<Vec<StoredRelease>> {
    let mut releases = desk.app.store.releases(desk.diagnosis.id).await?;
    releases.retain(|release| release.published);
    Ok(releases)
}

fn walk_sheet<'a>(desk: &'a Desk, releases: &[StoredRelease], filled: &Filled) -> Sheet<'a> {
    let words = desk.words();
    let tick = |release: &StoredRelease| {
        let number = release.number.to_string();
        let label = fill(&words.release_n, &[("n", &number)]);
        Tick::new(&number, &label, &release.made.to_string())
    };
    let ticks = releases.iter().rev().map(tick).collect();
    let inputs = vec![
        Input::line("title", &words.walk_title, filled).hinted(&words.walk_title_hint),
        Input::day("day", &words.walk_day, filled),
        Input::one("release", &words.walk_release, ticks, filled).hinted(&words.walk_release_hint),
    ];
    let (frame, action) = (desk.frame(&words.new_walk), desk.path("/walks/new"));
    let sheet = Sheet::new(frame, action, &words.plan_walk, inputs);
    if releases.is_empty() { sheet.saying(&words.no_public_release) } else { sheet }
}
