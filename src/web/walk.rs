//! The page of a data walk for whoever runs it: its stations, its groups with their hosts, who
//! stands where in which round, and a newer release to draw the stations from.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::desk::{self, Act, Desk, StaffFrame};
use super::error::{Error, Result};
use super::live::News;
use super::participate::Pairs;
use super::projector;
use super::qr::Qr;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use super::wall::verdict_name;
use crate::charts::date;
use crate::domain::data_walk::{
    DataWalk, Group, LETTERS, Reflection, ReflectionState, Tally, Verdict, rounds, spread,
};
use crate::domain::people::May;
use crate::publish::{Wall, station_path};
use crate::words::{FormWords, HostWords, fill};

/// How many lines for groups stand on the page while there are fewer.
const LINES: usize = 6;

/// A station with what was said there.
struct StationView {
    number: u32,
    question: String,
    path: String,
    tally: Vec<(&'static str, String, usize)>,
    waiting: String,
}

/// A line of the form for groups.
struct GroupView {
    letter: char,
    host: String,
    host_label: String,
    begins: u32,
    begins_label: String,
}

/// Where a group stands, round by round.
struct Way {
    letter: char,
    host: String,
    stations: Vec<u32>,
}

#[derive(Template)]
#[template(path = "walk.html")]
struct WalkPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a HostWords,
    day: String,
    qr: Option<Qr>,
    links: Vec<(String, String)>,
    stations: Vec<StationView>,
    numbers: Vec<(u32, String)>,
    groups: Vec<GroupView>,
    action: String,
    rounds: Vec<String>,
    ways: Vec<Way>,
    newer: Option<(String, String, String)>,
}

/// A walk with who runs it.
pub(super) struct Run {
    /// Who and where.
    pub desk: Desk,
    /// The walk.
    pub walk: DataWalk,
}

impl Run {
    /// Somebody who may do that at the walk of an address.
    ///
    /// # Errors
    /// `NotFound` or `Forbidden`.
    pub(super) async fn at(
        app: &App,
        signed_in: SignedIn,
        (slug, id): (&str, &str),
        what: May,
    ) -> Result<Self> {
        let desk = Desk::at(app, signed_in, slug, what).await?;
        let walk = projector::walk(app, &desk.diagnosis, id).await?;
        Ok(Self { desk, walk })
    }

    /// An address of this walk, inside the diagnosis.
    #[must_use]
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/walks/{}{rest}", self.walk.id)
    }

    /// The texts for whoever runs it.
    #[must_use]
    pub(super) fn words(&self) -> &HostWords {
        self.desk.app.host_words(self.desk.lang())
    }
}

/// `GET /d/{slug}/walks/{id}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::SeeCommittee).await?;
    let (desk, walk, words) = (&run.desk, &run.walk, run.words());
    let wall = app.wall(&desk.diagnosis, walk.release).await?;
    let said = app.store.reflections(walk).await?;
    let groups = app.store.walk_groups(walk).await?;
    let lang = desk.lang();
    let numbers: Vec<(u32, String)> = wall
        .stations()
        .iter()
        .map(|station| (station.number, station.question(lang).to_owned()))
        .collect();
    let order: Vec<u32> = numbers.iter().map(|(number, _)| *number).collect();
    let n = walk.release.to_string();
    let held = date(walk.held_on, app.chart_words(lang));
    let day = fill(&words.day, &[("day", &held), ("n", &n)]);
    let round = |n: usize| fill(&words.round, &[("n", &n.to_string())]);
    let page = WalkPage {
        frame: desk.frame(&walk.title),
        day,
        qr: Qr::of(&app.base_url.join(&format!("/w/{}", walk.door))).ok(),
        links: links(&run),
        stations: stations(&run, &wall, &said),
        rounds: (1..=order.len()).map(round).collect(),
        ways: groups.iter().map(|group| way(group, &order)).collect(),
        groups: lines(&groups, words),
        action: desk.path(&run.path("/groups")),
        newer: newer(&run).await?,
        numbers,
        words,
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// The other pages of the walk, as far as this person may open them.
fn links(run: &Run) -> Vec<(String, String)> {
    let (desk, words, door) = (&run.desk, run.words(), &run.walk.door);
    let at = |rest: &str| desk.path(&run.path(rest));
    let lang = desk.diagnosis.settings.languages.first().copied().unwrap_or(desk.lang());
    let mut links = vec![
        (words.on_screen.clone(), format!("/w/{door}/{lang}/wall")),
        (desk.words().projector.clone(), at("/projector")),
        (words.findings.clone(), at("/findings")),
    ];
    if desk.may(May::Facilitate) {
        let remote = desk.app.remote_words(desk.lang()).title.clone();
        links.push((remote, at("/remote")));
        links.push((desk.app.press_words(desk.lang()).title.clone(), at("/posters")));
        links.push((words.type_in.clone(), at("/cards")));
    }
    if desk.may(May::Moderate) {
        links.push((desk.words().reflections.clone(), at("/reflections")));
    }
    links
}

fn stations(run: &Run, wall: &Wall, said: &[Reflection]) -> Vec<StationView> {
    let (desk, words) = (&run.desk, run.words());
    let (lang, form) = (desk.lang(), desk.app.form_words(desk.lang()));
    let languages = &desk.diagnosis.settings.languages;
    let view = |station: &crate::publish::Station| {
        let here = || said.iter().filter(|one| one.station == station.number);
        let shown = here().filter(|one| one.state == ReflectionState::Shown);
        let waiting = here().filter(|one| one.state == ReflectionState::New).count();
        let spoken = station.spoken(lang, languages);
        let waits = fill(&words.waiting, &[("n", &waiting.to_string())]);
        StationView {
            number: station.number,
            question: station.question(lang).to_owned(),
            path: station_path(&run.walk.door, station.number, spoken),
            tally: tallied(Tally::of(shown), form),
            waiting: if waiting == 0 { String::new() } else { waits },
        }
    };
    wall.stations().iter().map(view).collect()
}

/// A tally as shapes with words and numbers; nothing where nobody said anything.
#[must_use]
pub(super) fn tallied(tally: Tally, words: &FormWords) -> Vec<(&'static str, String, usize)> {
    if tally.all() == 0 {
        return Vec::new();
    }
    let one = |verdict: &Verdict| {
        (verdict.code(), verdict_name(*verdict, words).to_owned(), tally.n(*verdict))
    };
    Verdict::ALL.iter().map(one).collect()
}

fn way(group: &Group, order: &[u32]) -> Way {
    let stations = rounds(group.begins, order);
    Way { letter: group.letter, host: group.host.clone(), stations }
}

/// The groups there are, and empty lines for more.
fn lines(groups: &[Group], words: &HostWords) -> Vec<GroupView> {
    let many = (groups.len() + 2).max(LINES).min(LETTERS.len());
    let line = |letter: &char| {
        let known = groups.iter().find(|group| group.letter == *letter);
        let named = |pattern: &str| fill(pattern, &[("letter", &letter.to_string())]);
        GroupView {
            letter: *letter,
            host_label: named(&words.host_of),
            begins_label: named(&words.begins),
            host: known.map_or_else(String::new, |group| group.host.clone()),
            begins: known.map_or(0, |group| group.begins),
        }
    };
    let last = groups.last().and_then(|last| LETTERS.iter().position(|at| *at == last.letter));
    LETTERS.iter().take(many.max(last.map_or(0, |last| last + 1))).map(line).collect()
}

/// A release for everybody that is newer than the one on the wall: its number, and what to send.
async fn newer(run: &Run) -> Result<Option<(String, String, String)>> {
    let desk = &run.desk;
    if !desk.may(May::Coordinate) {
        return Ok(None);
    }
    let releases = desk.app.store.releases(desk.diagnosis.id).await?;
    let newest = releases.iter().filter(|one| one.published).map(|one| one.number).max();
    let newest = newest.filter(|number| *number > run.walk.release);
    Ok(newest.map(|number| {
        let (words, n) = (run.words(), number.to_string());
        let (title, button) = (fill(&words.newer, &[("n", &n)]), fill(&words.hang, &[("n", &n)]));
        (title, button, desk.path(&run.path("/release")))
    }))
}

/// `POST /d/{slug}/walks/{id}/groups`: all the groups at once. Lines with nothing in them are no
/// groups; those without a station are spread over all stations.
pub(super) async fn set_groups(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let wall = app.wall(&run.desk.diagnosis, run.walk.release).await?;
    let order: Vec<u32> = wall.stations().iter().map(|station| station.number).collect();
    let groups = read_groups(&Filled(pairs), &order);
    app.store.set_walk_groups(&run.walk, &groups).await?;
    run.desk.log(Act::GroupedWalk, &run.walk.title).await?;
    Ok(run.desk.go(&run.path("#groups")))
}

/// The longest name of a host.
const LONGEST: usize = 60;

fn read_groups(filled: &Filled, order: &[u32]) -> Vec<Group> {
    let read = |letter: &char| {
        let host = filled.first(&format!("host-{letter}"));
        let host: String = host.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        let begins = filled.first(&format!("begins-{letter}"));
        let own: Option<u32> = begins.parse().ok().filter(|number| order.contains(number));
        (!host.is_empty() || own.is_some()).then_some((*letter, host, own))
    };
    let read: Vec<_> = LETTERS.iter().filter_map(read).collect();
    let even = spread(read.len(), order);
    let group = |(at, (letter, host, own)): (usize, (char, String, Option<u32>))| {
        let begins = own.or_else(|| even.get(at).copied()).unwrap_or(0);
        Group { letter, host, begins }
    };
    read.into_iter().enumerate().map(group).collect()
}

/// `POST /d/{slug}/walks/{id}/release`: draws the stations from the newest release for everybody.
pub(super) async fn hang(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let releases = app.store.releases(run.desk.diagnosis.id).await?;
    let newest = releases.iter().filter(|one| one.published).map(|one| one.number).max();
    let newest = newest.ok_or(Error::NotFound)?;
    if newest > run.walk.release {
        app.store.hang_release(&run.walk, newest).await?;
        run.desk.log(Act::HungRelease, &run.walk.title).await?;
        app.live().tell(run.walk.id, News::Screen);
    }
    Ok(run.desk.go(&run.path("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_a_line_with_something_in_it() {
        let filled = Filled::default()
            .with("host-A", "Fatma")
            .with("begins-A", "")
            .with("host-B", " ")
            .with("begins-B", "")
            .with("host-C", "")
            .with("begins-C", "4")
            .with("host-D", "Jan\u{7}")
            .with("begins-D", "99");
        let group = |letter, host: &str, begins| Group { letter, host: host.to_owned(), begins };
        let groups = read_groups(&filled, &[1, 2, 4]);
        assert_eq!(groups, [group('A', "Fatma", 1), group('C', "", 4), group('D', "Jan", 4)]);
        assert!(lines(&groups, &HostWords::default()).len() >= LINES);
        assert!(read_groups(&Filled::default(), &[1]).is_empty());
    }
}
