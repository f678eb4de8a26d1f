//! Findings: what the committee reads in the charts, one sentence each, and what it says after a
//! data walk. Who changes a finding says which words of the walk changed it, and their name stands
//! beside it. A sentence that claims a test or a cause nobody saw is not kept.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::desk::{self, Act, Desk, StaffFrame, id};
use super::error::{Error, Result};
use super::live::News;
use super::participate::Pairs;
use super::sentences::in_words;
use super::sheet::{Faults, Filled, Input, Sheet, Tick};
use super::sign_in::SignedIn;
use super::voices::place_of;
use super::walk::{Run, tallied};
use crate::charts::date;
use crate::domain::data_walk::{Reflection, Tally};
use crate::domain::finding::{Evidence, Finding};
use crate::domain::ids::{FindingId, ReflectionId};
use crate::domain::people::May;
use crate::domain::text::{Lang, Text};
use crate::publish::pin::find;
use crate::publish::{Station, Wall, careless};
use crate::words::{ChartWords, HostWords, fill};

/// A finding in a list.
struct View {
    said: String,
    now: String,
    tally: Vec<(&'static str, String, usize)>,
    by: String,
    edit: String,
}

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a HostWords,
    nobody: &'a str,
    findings: Vec<View>,
    new: String,
    back: String,
}

/// Whether something that was said is about the charts of a finding: it was said where one of them
/// hangs, and is not pinned to another chart there.
#[must_use]
pub(super) fn is_about(wall: &Wall, finding: &[Evidence], one: &Reflection) -> bool {
    let Some(station) = wall.station(place_of(wall, one)) else { return false };
    let found = one.pin.as_ref().and_then(|pin| find(station, pin));
    match found {
        Some(found) => shows(station, found.chart, finding),
        None => (0..station.shown.len()).any(|chart| shows(station, chart, finding)),
    }
}

fn shows(station: &Station, chart: usize, finding: &[Evidence]) -> bool {
    let Some(shown) = station.shown.get(chart) else { return false };
    let collection = shown.tables.first().map(|table| table.address().collection);
    finding.iter().any(|one| one.chart == shown.plan.id && Some(one.collection) == collection)
}

/// What groups make of a finding, of what was let through.
#[must_use]
pub(super) fn tally(wall: &Wall, finding: &Finding, shown: &[Reflection]) -> Tally {
    Tally::of(shown.iter().filter(|one| is_about(wall, &finding.evidence, one)))
}

/// The findings of a walk.
///
/// # Errors
/// When the store fails.
pub(super) async fn of_walk(run: &Run) -> Result<Vec<Finding>> {
    let mut all = run.desk.app.store.findings(run.desk.diagnosis.id).await?;
    all.retain(|one| one.data_walk == run.walk.id);
    Ok(all)
}

/// `GET /d/{slug}/walks/{id}/findings`.
pub(super) async fn list(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::SeeCommittee).await?;
    let (desk, words, lang) = (&run.desk, run.words(), run.desk.lang());
    let wall = app.wall(&desk.diagnosis, run.walk.release).await?;
    let shown = app.store.shown_reflections(&run.walk).await?;
    let edits = desk.may(May::Coordinate);
    let view = |one: &Finding| View {
        said: one.said.get(lang).to_owned(),
        now: one.amended.get(lang).to_owned(),
        tally: tallied(tally(&wall, one, &shown), app.form_words(lang)),
        by: signed(&words.finding_by, one, app.chart_words(lang)),
        edit: if edits {
            desk.path(&run.path(&format!("/findings/{}", one.id)))
        } else {
            String::new()
        },
    };
    let page = FindingsPage {
        frame: desk.frame(&words.findings),
        nobody: &app.walk_words(lang).fits_nobody,
        findings: of_walk(&run).await?.iter().map(view).collect(),
        new: if edits { desk.path(&run.path("/findings/new")) } else { String::new() },
        back: desk.path(&run.path("")),
        words,
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// Who wrote a finding last, and when.
#[must_use]
pub(super) fn signed(pattern: &str, one: &Finding, words: &ChartWords) -> String {
    fill(pattern, &[("name", &one.editor), ("day", &date(one.written, words))])
}

/// The finding of an address; `new` is a blank one.
async fn finding(run: &Run, written: &str) -> Result<(Finding, bool)> {
    let all = of_walk(run).await?;
    if written == "new" {
        let last = all.iter().map(|one| one.place).max().unwrap_or(0);
        let blank = Finding {
            id: FindingId::random(),
            diagnosis: run.desk.diagnosis.id,
            data_walk: run.walk.id,
            place: last + 1,
            said: Text::default(),
            evidence: Vec::new(),
            amended: Text::default(),
            because: Vec::new(),
            editor: run.desk.person.name.clone(),
            written: run.desk.app.today(&run.desk.diagnosis),
        };
        return Ok((blank, true));
    }
    let wanted: FindingId = id(written)?;
    let known = all.into_iter().find(|one| one.id == wanted).ok_or(Error::NotFound)?;
    Ok((known, false))
}

/// `GET /d/{slug}/walks/{id}/findings/{finding}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, written)): Path<(String, String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let (known, is_new) = finding(&run, &written).await?;
    let mut filled = Filled::default();
    for (name, text) in [("said", &known.said), ("amended", &known.amended)] {
        for (lang, text) in &text.0 {
            filled = filled.with(&format!("{name}-{lang}"), text);
        }
    }
    for one in &known.evidence {
        filled = filled.with("evidence", &key(one));
    }
    for one in &known.because {
        filled = filled.with("because", &one.to_string());
    }
    Ok(sheet(&run, &known, is_new, &filled).await?.show(Faults::default()))
}

/// A chart as the form names it.
fn key(one: &Evidence) -> String {
    format!("{}/{}", one.collection, one.chart)
}

/// `POST /d/{slug}/walks/{id}/findings/{finding}`.
pub(super) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, written)): Path<(String, String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let (known, is_new) = finding(&run, &written).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let new = read(&run, &known, &filled, &mut faults).await?;
    if !faults.is_empty() {
        return Ok(sheet(&run, &known, is_new, &filled).await?.show(faults));
    }
    app.store.keep_finding(&new).await?;
    app.live().tell(run.walk.id, News::Said);
    run.desk.log(Act::WroteFinding, &run.walk.title).await?;
    Ok(run.desk.go(&run.path("/findings")))
}

/// `POST /d/{slug}/walks/{id}/findings/{finding}/delete`.
pub(super) async fn delete(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, written)): Path<(String, String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let (known, is_new) = finding(&run, &written).await?;
    if is_new {
        return Err(Error::NotFound);
    }
    app.store.drop_finding(known.diagnosis, known.id).await?;
    app.live().tell(run.walk.id, News::Said);
    run.desk.log(Act::TookBackFinding, &run.walk.title).await?;
    Ok(run.desk.go(&run.path("/findings")))
}

/// Reads the sheet, with everything that is wrong.
async fn read(run: &Run, known: &Finding, filled: &Filled, faults: &mut Faults) -> Result<Finding> {
    let (desk, words) = (&run.desk, run.words());
    let (said, amended) =
        (sentence(desk, "said", filled, faults), sentence(desk, "amended", filled, faults));
    let wall = desk.app.wall(&desk.diagnosis, run.walk.release).await?;
    let mut evidence: Vec<Evidence> = charts(&wall).map(|(one, ..)| one).collect();
    // What it rested on before stays, though this wall may not show it.
    evidence.extend(
        known.evidence.iter().filter(|one| !evidence.contains(one)).cloned().collect::<Vec<_>>(),
    );
    let given = filled.all("evidence");
    evidence.retain(|one| given.contains(&key(one).as_str()));
    let shown = desk.app.store.shown_reflections(&run.walk).await?;
    let ticked = filled.all("because");
    let because: Vec<ReflectionId> = shown
        .iter()
        .map(|one| one.id)
        .filter(|id| ticked.contains(&id.to_string().as_str()))
        .collect();
    let first = languages(desk).first().copied().unwrap_or(Lang::En);
    faults.when(said.0.is_empty(), &format!("said-{first}"), &words.finding_missing);
    faults.when(evidence.is_empty(), "evidence", &words.finding_no_evidence);
    let changed = !amended.0.is_empty();
    let at = format!("amended-{first}");
    faults.when(!changed && !because.is_empty(), &at, &words.finding_because_alone);
    faults.when(changed && because.is_empty(), "because", &words.finding_amended_alone);
    Ok(Finding {
        said,
        amended,
        evidence,
        because,
        editor: desk.person.name.clone(),
        written: desk.app.today(&desk.diagnosis),
        ..known.clone()
    })
}

/// The languages a finding is written in: those of the diagnosis.
fn languages(desk: &Desk) -> &[Lang] {
    &desk.diagnosis.settings.languages
}

/// A sentence in each language it was written in; careless ones are complained about.
fn sentence(desk: &Desk, name: &str, filled: &Filled, faults: &mut Faults) -> Text {
    let mut text = Text::default();
    for lang in languages(desk) {
        let field = format!("{name}-{lang}");
        let said = filled.first(&field).split_whitespace().collect::<Vec<_>>().join(" ");
        for what in careless(&said, *lang) {
            faults.add(&field, &in_words(what, desk.app.gate_words(desk.lang())));
        }
        if !said.is_empty() {
            text.0.insert(*lang, said);
        }
    }
    text
}

/// Every chart of a wall with its station.
fn charts(wall: &Wall) -> impl Iterator<Item = (Evidence, u32, &Text)> {
    wall.stations().iter().flat_map(|station| {
        station.shown.iter().filter_map(|shown| {
            let collection = shown.tables.first()?.address().collection;
            let chart = shown.plan.id.clone();
            Some((Evidence { collection, chart }, station.number, &shown.plan.title))
        })
    })
}

async fn sheet<'a>(
    run: &'a Run,
    known: &Finding,
    is_new: bool,
    filled: &Filled,
) -> Result<Sheet<'a>> {
    let (desk, words, lang) = (&run.desk, run.words(), run.desk.lang());
    let wall = desk.app.wall(&desk.diagnosis, run.walk.release).await?;
    let named = |pattern: &str, lang: Lang| fill(pattern, &[("language", lang.name())]);
    let mut inputs = Vec::new();
    for (at, own) in languages(desk).iter().enumerate() {
        let label = named(&words.finding_said, *own);
        let input = Input::line(&format!("said-{own}"), &label, filled);
        inputs.push(if at == 0 { input.hinted(&words.finding_said_hint) } else { input });
    }
    let tick = |(one, number, title): (Evidence, u32, &Text)| {
        let station = fill(&words.station, &[("n", &number.to_string())]);
        Tick::new(&key(&one), title.get(lang), &station)
    };
    let evidence = charts(&wall).map(tick).collect();
    inputs.push(
        Input::many("evidence", &words.finding_evidence, evidence, filled)
            .hinted(&words.finding_evidence_hint),
    );
    if !is_new {
        let said = desk.app.store.shown_reflections(&run.walk).await?;
        let about = said.iter().filter(|one| {
            !one.said.is_empty()
                && (is_about(&wall, &known.evidence, one) || known.because.contains(&one.id))
        });
        let station = |one: &Reflection| {
            let n = place_of(&wall, one).to_string();
            let station = fill(&words.station, &[("n", &n)]);
            let group =
                one.group.map(|letter| fill(&words.group, &[("letter", &letter.to_string())]));
            group.map_or(station.clone(), |group| format!("{station} · {group}"))
        };
        let ticks: Vec<Tick> =
            about.map(|one| Tick::new(&one.id.to_string(), &one.said, &station(one))).collect();
        let hint = if ticks.is_empty() {
            &words.finding_because_none
        } else {
            &words.finding_because_hint
        };
        inputs.push(Input::many("because", &words.finding_because, ticks, filled).hinted(hint));
        for (at, own) in languages(desk).iter().enumerate() {
            let label = named(&words.finding_amended, *own);
            let input = Input::line(&format!("amended-{own}"), &label, filled);
            inputs.push(if at == 0 { input.hinted(&words.finding_amended_hint) } else { input });
        }
    }
    let title = if is_new { &words.finding_new } else { &words.finding_change };
    let at = if is_new { "new".to_owned() } else { known.id.to_string() };
    let action = desk.path(&run.path(&format!("/findings/{at}")));
    Ok(Sheet::new(desk.frame(title), action, &words.finding_save, inputs))
}
