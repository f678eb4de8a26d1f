//! The public pages of a data walk: its stations with charts and tables, the reflection form, and
//! posters as PDF. Everything comes from the one release the walk is pinned to.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::sync::Semaphore;

use super::app::{App, Inner};
use super::assets;
use super::error::{Error, Result};
use super::page::{self, Frame, Message};
use super::participate::{Pairs, best, wished};
use super::sheet::Filled;
use super::voices::{At, Choosing, Heard, chosen, heard};
use super::walk::tallied;
use crate::charts::poster::Paper;
use crate::charts::{Caption, DataTable, Look, Mark, caption, data_table, draw_or_say};
use crate::domain::data_walk::{DataWalk, Group, Reflection, ReflectionState, Verdict};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::ReflectionId;
use crate::domain::screen::Slide;
use crate::domain::takeaway::Takeaway;
use crate::domain::text::Lang;
use crate::job::evidence;
use crate::job::own_words::let_through;
use crate::publish::{
    Agreed, Evening, OwnWords, PosterError, Sheet, Shown, Station, Texts, Wall,
    spoken as spoken_of, station_path,
};
use crate::store::{NewReflection, Received, Store};
use crate::words::{ChartWords, FormWords, PosterWords, WalkWords, fill};

/// How many posters are drawn at the same time: anybody may ask for one, and each takes a core.
static DRAWING: Semaphore = Semaphore::const_new(2);
/// How long somebody waits for their turn before they are asked to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// A data walk with its wall.
pub(super) struct Hall {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The walk.
    pub walk: DataWalk,
    /// Its posters.
    pub wall: Arc<Wall>,
    /// What somebody wrote under its charts.
    pub written: Vec<Takeaway>,
    /// What people wrote in their own words, on pages that show it.
    pub own: Vec<OwnWords>,
}

/// The most characters of a reflection.
pub(super) const LONGEST: usize = 600;

impl Inner {
    /// The wall of a release: made once, since a release never changes.
    ///
    /// # Errors
    /// When there is no such release or it cannot be read.
    pub async fn wall(&self, diagnosis: &Diagnosis, release: i64) -> Result<Arc<Wall>> {
        if let Some(known) = self.known_wall(diagnosis.id, release) {
            return Ok(known);
        }
        let evidence = evidence::load(&self.store, diagnosis, release).await?;
        let wall = Wall::new(&diagnosis.name, release, &evidence.sheets, &evidence.tables)
            .on(&evidence.grounds);
        Ok(self.keep_wall(diagnosis.id, release, wall))
    }
}

/// Whether the release on the wall of a walk is for everybody.
///
/// # Errors
/// When the store fails.
pub(super) async fn is_public(app: &Inner, walk: &DataWalk) -> Result<bool> {
    let releases = app.store.releases(walk.diagnosis).await?;
    Ok(releases.iter().any(|release| release.published && release.number == walk.release))
}

/// What everybody may see; a walk with a release of the committee's is not there yet.
///
/// # Errors
/// `NotFound` when there is none that everybody may see.
pub(super) async fn hall(app: &Inner, door: &str) -> Result<Hall> {
    let walk = app.store.data_walk(door).await?;
    if !is_public(app, &walk).await? {
        return Err(Error::NotFound);
    }
    let diagnosis = app.store.diagnosis_of(walk.diagnosis).await?;
    let wall = app.wall(&diagnosis, walk.release).await?;
    let written = app.store.takeaways(walk.diagnosis).await?;
    Ok(Hall { diagnosis, walk, wall, written, own: Vec::new() })
}

impl Hall {
    /// The same with what people wrote in their own words and was let through; without it where that
    /// cannot be read, because stations are shown in any case.
    pub(super) async fn with_words(self, app: &Inner) -> Self {
        let own =
            own_words(&app.store, &self.diagnosis, &self.wall).await.unwrap_or_else(|error| {
                // A server that only takes answers, whose role was made before it might read them.
                tracing::warn!(?error, "what was let through is not shown: grant the role anew");
                Vec::new()
            });
        Self { own, ..self }
    }

    /// Where something is heard.
    pub(super) fn at(&self) -> At<'_> {
        At { diagnosis: &self.diagnosis, walk: &self.walk, wall: &self.wall, own: &self.own }
    }

    /// Every picture of this wall, and after them what people wrote.
    pub(super) fn slides(&self) -> Vec<Slide> {
        self.wall.slides_with(&self.own)
    }
}

/// What people wrote in their own words and was let through, as the wall of a release may show it.
///
/// # Errors
/// When the store fails.
pub(super) async fn own_words(
    store: &Store,
    diagnosis: &Diagnosis,
    wall: &Wall,
) -> Result<Vec<OwnWords>> {
    let all = let_through(store, diagnosis.id, &wall.may_speak()).await?;
    Ok(wall.own_words(&all))
}

/// The language of an address, if answering pages have it.
///
/// # Errors
/// `NotFound` when they do not.
pub(super) fn spoken(tag: &str) -> Result<Lang> {
    let lang: Lang = tag.parse().map_err(|_unknown| Error::NotFound)?;
    if Lang::RESPONDENTS.contains(&lang) { Ok(lang) } else { Err(Error::NotFound) }
}

/// `GET /w/{door}`: to the language the browser asks for.
pub(super) async fn enter(
    State(app): State<App>,
    Path(door): Path<String>,
    headers: HeaderMap,
) -> Result<Redirect> {
    let hall = hall(&app, &door).await?;
    let lang = best(&wished(&headers), &hall.diagnosis.settings.languages);
    Ok(Redirect::to(&format!("/w/{door}/{lang}")))
}

/// A chart as it stands in a page: two layouts, and the same as a table.
pub(super) struct Drawn {
    /// For wide screens.
    pub wide: String,
    /// For phones.
    pub narrow: String,
    /// Whether it is higher than a sheet of paper that it fills.
    pub tall: bool,
    /// The numbers.
    pub table: DataTable,
    /// The question.
    pub title: String,
}

/// Draws a chart for a page.
///
/// # Errors
/// When it cannot be drawn.
pub(super) fn drawn(app: &Inner, shown: &Shown, id: &str, lang: Lang) -> Result<Drawn> {
    marked(app, shown, id, lang, &[])
}

/// The same with numbers beside figures.
///
/// # Errors
/// When it cannot be drawn.
pub(super) fn marked(
    app: &Inner,
    shown: &Shown,
    id: &str,
    lang: Lang,
    marks: &[Mark],
) -> Result<Drawn> {
    let words = app.chart_words(lang);
    let one = |suffix: &str, look: &Look| {
        let mut picture = shown.picture(None);
        picture.id = format!("{id}-{suffix}");
        draw_or_say(&picture, look, lang, words, marks)
    };
    let refused = |refusal: crate::charts::Refusal| Error::Failed(refusal.to_string());
    let (wide, narrow) = (one("w", &Look::page_wide()), one("n", &Look::page_narrow()));
    let wide = wide.map_err(refused)?;
    // As wide as the paper, with its title and what must be read beside it, on A4.
    let tall = wide.height > 1.2 * wide.width;
    let table = data_table(&shown.picture(None), lang, words);
    Ok(Drawn {
        tall,
        wide: wide.xml,
        narrow: narrow.map_err(refused)?.xml,
        table: if tall { turned(table) } else { table },
        title: shown.plan.title.get(lang).to_owned(),
    })
}

/// A table with its columns as rows, where it has more columns than fit beside each other.
fn turned(table: DataTable) -> DataTable {
    if table.head.len() <= table.rows.len().max(6) {
        return table;
    }
    let column = |at: usize| {
        let cells = table.rows.iter().map(move |row| row.get(at).cloned().unwrap_or_default());
        table.head.get(at).cloned().into_iter().chain(cells).collect::<Vec<_>>()
    };
    let rows = (1..table.head.len()).map(column).collect();
    DataTable { head: column(0), rows, caption: table.caption.clone() }
}

#[derive(Template)]
#[template(path = "station.html")]
struct StationPage<'a> {
    frame: Frame,
    words: &'a FormWords,
    walk_words: &'a WalkWords,
    walk_css: String,
    heard: Heard,
    tally: Vec<(&'static str, String, usize)>,
    choosing: Choosing,
    languages: Vec<(Lang, String)>,
    head: String,
    takeaway: String,
    by: Option<String>,
    drawn: Vec<Drawn>,
    caption: Caption,
    prompts: Vec<&'a str>,
    poster: String,
    action: String,
    id: ReflectionId,
    verdicts: Vec<(&'static str, &'a str, bool)>,
    said: String,
    longest: usize,
    complaint: Option<&'a str>,
    next: Option<String>,
    all: String,
}

/// `GET /w/{door}/{lang}/{station}`: its charts and the form for what a group says.
pub(super) async fn station(
    State(app): State<App>,
    Path((door, tag, number)): Path<(String, String, u32)>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await, spoken(&tag)?);
    let station = hall.wall.station(number).ok_or(Error::NotFound)?;
    let own = station.spoken(lang, &hall.diagnosis.settings.languages);
    if own != lang {
        return Ok(Redirect::to(&station_path(&door, number, own)).into_response());
    }
    let blank = Said {
        id: ReflectionId::random(),
        verdict: None,
        said: String::new(),
        group: None,
        // The page of words leads here with the text that somebody wants to say something about.
        pin: asked.get("pin").cloned().unwrap_or_default(),
    };
    show(&app, &hall, lang, number, &blank, None).await
}

/// What was filled in at a station.
struct Said {
    id: ReflectionId,
    verdict: Option<Verdict>,
    said: String,
    group: Option<char>,
    pin: String,
}

async fn show(
    app: &Inner,
    hall: &Hall,
    lang: Lang,
    number: u32,
    said: &Said,
    complaint: Option<&str>,
) -> Result<Response> {
    let station = hall.wall.station(number).ok_or(Error::NotFound)?;
    let words = app.form_words(lang);
    let groups = app.store.walk_groups(&hall.walk).await?;
    let all = app.store.shown_reflections(&hall.walk).await?;
    let heard = heard(app, hall.at(), station, lang, &all).await?;
    let spoken = spoken_of(station, lang, app.sentences(lang), &hall.written);
    let tables: Vec<_> = station.tables().collect();
    let door = &hall.walk.door;
    let path = station_path(door, number, lang);
    let mut frame = Frame::new(lang, station.question(lang), &hall.diagnosis.name);
    frame.invented = station.is_invented().then(|| words.invented.clone());
    let verdict = |verdict: &Verdict| {
        (verdict.code(), verdict_name(*verdict, words), said.verdict == Some(*verdict))
    };
    let drawn = station
        .shown
        .iter()
        .zip(&heard.marks)
        .map(|(shown, marks)| marked(app, shown, &shown.plan.id, lang, marks))
        .collect::<Result<Vec<_>>>()?;
    let page = StationPage {
        frame,
        words,
        walk_words: app.walk_words(lang),
        walk_css: assets::address("walk.css"),
        tally: tallied(heard.tally, words),
        choosing: Choosing::at(app, (station, &hall.own), lang, &groups, (said.group, &said.pin)),
        heard,
        languages: others(hall, station, lang),
        head: head(&hall.wall, number, words),
        takeaway: spoken.said,
        by: spoken.by.map(|by| fill(&app.poster_words(lang).words_by, &[("name", &by)])),
        drawn,
        caption: caption(&tables, lang, app.chart_words(lang)),
        prompts: station.prompts.iter().map(|prompt| prompt.get(lang)).collect(),
        poster: format!("{path}/poster.pdf"),
        action: path,
        id: said.id,
        verdicts: Verdict::ALL.iter().map(verdict).collect(),
        said: said.said.clone(),
        longest: LONGEST,
        complaint,
        next: next(&hall.wall, number).map(|next| station_path(door, next, lang)),
        all: format!("/w/{door}/{lang}"),
    };
    let status =
        if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page::html(page.render())).into_response())
}

/// The letter of a group there is.
#[must_use]
pub(super) fn letter(written: &str, groups: &[Group]) -> Option<char> {
    let letter = written.chars().next()?;
    groups.iter().map(|group| group.letter).find(|known| *known == letter)
}

fn head(wall: &Wall, number: u32, words: &FormWords) -> String {
    let (n, of) = (number.to_string(), wall.stations().len().to_string());
    fill(&words.station_of, &[("n", &n), ("of", &of)])
}

/// The same station in the other languages it speaks.
fn others(hall: &Hall, station: &Station, lang: Lang) -> Vec<(Lang, String)> {
    let speaks = |other: &Lang| {
        *other != lang && Lang::RESPONDENTS.contains(other) && station.title.has(*other)
    };
    let others = hall.diagnosis.settings.languages.iter().copied().filter(speaks);
    let path = |other| (other, station_path(&hall.walk.door, station.number, other));
    others.map(path).collect()
}

fn next(wall: &Wall, number: u32) -> Option<u32> {
    wall.stations().iter().map(|station| station.number).find(|other| *other > number)
}

/// A verdict in words.
#[must_use]
pub(super) fn verdict_name(verdict: Verdict, words: &FormWords) -> &str {
    match verdict {
        Verdict::Fits => &words.verdict_fits,
        Verdict::Partly => &words.verdict_partly,
        Verdict::DoesNotFit => &words.verdict_does_not_fit,
    }
}

/// `POST /w/{door}/{lang}/{station}`: what a group says; it waits for the moderator.
pub(super) async fn reflect(
    State(app): State<App>,
    Path((door, tag, number)): Path<(String, String, u32)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?.with_words(&app).await, spoken(&tag)?);
    let station = hall.wall.station(number).ok_or(Error::NotFound)?;
    let words = app.form_words(lang);
    let groups = app.store.walk_groups(&hall.walk).await?;
    let value = |name: &str| {
        pairs.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    };
    let given = Said {
        id: value("_id").parse().unwrap_or_else(|_none| ReflectionId::random()),
        verdict: Verdict::from_code(value("verdict")),
        said: value("said").replace("\r\n", "\n"),
        group: letter(value("group"), &groups),
        pin: value("pin").to_owned(),
    };
    let pin = chosen(station, &hall.own, &given.pin);
    let long = fill(&words.wrong_long, &[("max", &LONGEST.to_string())]);
    let complaint = if given.said.chars().count() > LONGEST {
        Some(long.as_str())
    } else if given.said.contains('\u{fffd}') {
        Some(words.wrong_characters.as_str())
    } else if given.verdict.is_none() {
        Some(words.reflect_verdict_missing.as_str())
    } else if pin.is_err() {
        Some(app.walk_words(lang).pin_wrong.as_str())
    } else {
        None
    };
    let (None, Some(verdict), Ok(pin)) = (complaint, given.verdict, pin) else {
        return show(&app, &hall, lang, number, &given, complaint).await;
    };
    let (id, state, group) = (given.id, ReflectionState::New, given.group);
    let reflection =
        Reflection { id, station: number, verdict, said: given.said, state, group, pin };
    let (diagnosis, data_walk) = (hall.diagnosis.id, hall.walk.id);
    match app.store.reflect(NewReflection { diagnosis, data_walk, reflection }).await? {
        Received::Now
        | Received::Already
        | Received::Closed
        | Received::Full
        | Received::NoSuchCode => {}
    }
    Ok(thanks(&app, &hall, lang, number))
}

fn thanks(app: &Inner, hall: &Hall, lang: Lang, number: u32) -> Response {
    let words = app.form_words(lang);
    let mut page = Message::plain(lang, &words.thanks_title, &words.reflect_thanks);
    page.frame.name.clone_from(&hall.diagnosis.name);
    let door = &hall.walk.door;
    if let Some(next) = next(&hall.wall, number) {
        page.links.push((words.next_station.clone(), station_path(door, next, lang)));
    }
    page.links.push((words.all_stations.clone(), format!("/w/{door}/{lang}")));
    page::html(page.render())
}

/// `GET /w/{door}/{lang}/{station}/poster.pdf`: the poster; on A3 and in one language, unless
/// `paper=a2`, `also=fr,ar`, `stripes=yes` or `guess=yes` ask for another.
pub(super) async fn poster(
    State(app): State<App>,
    Path((door, tag, number)): Path<(String, String, u32)>,
    Query(pairs): Query<Pairs>,
) -> Result<Response> {
    let (hall, lang) = (hall(&app, &door).await?, spoken(&tag)?);
    hall.wall.station(number).ok_or(Error::NotFound)?;
    let asked = Filled(pairs);
    let (paper, langs) = on_paper(&asked, lang)?;
    let (stripes, guess) = (asked.first("stripes") == "yes", asked.first("guess") == "yes");
    let address = app.base_url.join(&station_path(&door, number, lang));
    let (inner, several) = (app.clone(), langs.len() > 1);
    let pdf = in_turn(move || {
        let texts: Vec<Texts<'_>> = langs.iter().map(|lang| inner.texts(*lang)).collect();
        let (address, written) = (Some(address.as_str()), hall.written.as_slice());
        let sheet = Sheet { paper, texts: &texts, stripes, guess, address, written };
        match hall.wall.poster(number, &sheet) {
            Err(PosterError::Refused(_)) if several => Ok(None),
            poster => poster.and_then(|poster| poster.pdf()).map(Some),
        }
    });
    let pdf = pdf.await?.ok_or_else(|| Error::Bad(app.set_words(lang).too_many.clone()))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

/// The paper and the languages that an address asks for.
///
/// # Errors
/// `NotFound` for a paper or a language that there is none of.
pub(super) fn on_paper(asked: &Filled, lang: Lang) -> Result<(Paper, Vec<Lang>)> {
    let paper = match asked.first("paper") {
        "" => Paper::A3,
        code => Paper::from_code(code).ok_or(Error::NotFound)?,
    };
    let mut langs = vec![lang];
    for tag in asked.first("also").split(',').filter(|tag| !tag.is_empty()) {
        let lang = spoken(tag)?;
        if !langs.contains(&lang) {
            langs.push(lang);
        }
    }
    Ok((paper, langs))
}

/// `GET /w/{door}/{lang}/summary.pdf`: what was found and what happens next, on one page.
pub(super) async fn summary(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
) -> Result<Response> {
    leaflet(app, &door, &tag, crate::publish::summary).await
}

/// `GET /w/{door}/{lang}/handout.pdf`: the sentences of all posters, with room for notes.
pub(super) async fn handout(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
) -> Result<Response> {
    leaflet(app, &door, &tag, crate::publish::handout).await
}

/// What sets a leaflet.
type Sets =
    fn(&Wall, &Texts<'_>, &Evening, &[Takeaway]) -> std::result::Result<Vec<u8>, PosterError>;

async fn leaflet(app: App, door: &str, tag: &str, set: Sets) -> Result<Response> {
    let (hall, lang) = (hall(&app, door).await?, spoken(tag)?);
    let evening = evening(&app, &hall.diagnosis, &hall.walk, Vec::new()).await?;
    let pdf = in_turn(move || set(&hall.wall, &app.texts(lang), &evening, &hall.written)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

/// A walk as it stands on paper, with what was found and what became of it.
///
/// # Errors
/// When the store fails.
pub(super) async fn evening(
    app: &Inner,
    of: &Diagnosis,
    walk: &DataWalk,
    groups: Vec<Group>,
) -> Result<Evening> {
    let mut findings = app.store.findings(of.id).await?;
    findings.retain(|one| one.data_walk == walk.id);
    let shown = app.store.shown_reflections(walk).await?;
    let wall = app.wall(of, walk.release).await?;
    Ok(Evening {
        title: walk.title.clone(),
        day: Some(walk.held_on),
        held: walk.held_on < app.today(of),
        groups,
        address: Some(app.base_url.join(&format!("/w/{}", walk.door))),
        agreed: Agreed::all(&wall, &findings, &shown),
    })
}

/// Draws something for paper when it is its turn.
///
/// # Errors
/// `Busy` when the turn does not come soon, or what the drawing says.
pub(super) async fn in_turn<T: Send + 'static>(
    make: impl FnOnce() -> std::result::Result<T, PosterError> + Send + 'static,
) -> Result<T> {
    let turn = tokio::time::timeout(PATIENCE, DRAWING.acquire()).await;
    let turn = turn.ok().and_then(std::result::Result::ok).ok_or(Error::Busy)?;
    tokio::task::spawn_blocking(move || {
        // Kept until it is drawn, even when whoever asked has left.
        let _turn = turn;
        make()
    })
    .await
    .map_err(|error| Error::Failed(error.to_string()))?
    .map_err(|error| Error::Failed(error.to_string()))
}

impl Inner {
    /// The words that sentences under charts are made of.
    pub(super) fn sentences(&self, lang: Lang) -> (&PosterWords, &ChartWords) {
        (self.poster_words(lang), self.chart_words(lang))
    }

    /// The texts around charts on paper in a language.
    pub(super) fn texts(&self, lang: Lang) -> Texts<'_> {
        let (chart, poster) = (self.chart_words(lang), self.poster_words(lang));
        Texts { lang, chart, poster, set: self.set_words(lang), form: self.form_words(lang) }
    }
}
