//! Findings: what the committee reads in the charts, one sentence each, and what it says after a
//! data walk. Who changes a finding says which words of the walk changed it, and their name stands
//! beside it. A sentence that claims a test or a cause nobody saw is not kept, and of two people who
//! change the same finding the second is shown what the first wrote.

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
use super::sheet::{Faults, Filled, Input, Sheet, Tick, print_of};
use super::sign_in::SignedIn;
use super::walk::{Run, tallied};
use crate::charts::date;
use crate::domain::data_walk::Reflection;
use crate::domain::finding::{Evidence, Finding};
use crate::domain::ids::{FindingId, ReflectionId};
use crate::domain::people::May;
use crate::domain::text::{Lang, Text};
use crate::publish::{Wall, careless, is_about, place_of, tally};
use crate::store::StoreError;
use crate::words::{ChartWords, HostWords, fill};

/// A finding in a list.
struct View {
    said: String,
    now: String,
    tally: Vec<(&'static str, String, usize)>,
    by: String,
    edit: String,
    before: String,
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
        before: print(one),
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

/// A finding that nobody wrote yet.
async fn blank(run: &Run) -> Result<Finding> {
    let last = of_walk(run).await?.iter().map(|one| one.place).max().unwrap_or(0);
    Ok(Finding {
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
    })
}

/// The finding of an address; none where it is `new` or was taken back.
async fn known(run: &Run, written: &str) -> Result<Option<Finding>> {
    if written == "new" {
        return Ok(None);
    }
    let wanted: FindingId = id(written)?;
    Ok(of_walk(run).await?.into_iter().find(|one| one.id == wanted))
}

/// The print of a finding, by which a page knows whether it is still the one it showed.
fn print(one: &Finding) -> String {
    let told = serde_json::to_string(&(&one.said, &one.evidence, &one.amended, &one.because));
    print_of(&told.unwrap_or_default())
}

/// What a finding says, as its form has it.
fn filled(known: &Finding) -> Filled {
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
    filled
}

/// `GET /d/{slug}/walks/{id}/findings/{finding}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, written)): Path<(String, String, String)>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let is_new = written == "new";
    let known = match known(&run, &written).await? {
        Some(known) => known,
        None if is_new => blank(&run).await?,
        None => return Err(Error::NotFound),
    };
    Ok(sheet(&run, &known, is_new, &filled(&known)).await?.show(Faults::default()))
}

/// A chart as the form names it.
fn key(one: &Evidence) -> String {
    format!("{}/{}", one.collection, one.chart)
}

/// `POST /d/{slug}/walks/{id}/findings/{finding}`. Where somebody else changed it or took it back
/// meanwhile, both are shown and nothing is kept.
pub(super) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, written)): Path<(String, String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let (sent, mut faults) = (Filled(pairs), Faults::default());
    let is_new = written == "new";
    let known = known(&run, &written).await?;
    let stands = known.is_some() || is_new;
    let base = match &known {
        Some(known) => known.clone(),
        None => blank(&run).await?,
    };
    let before = known.as_ref().map(print).unwrap_or_default();
    if sent.first("before") != before || !stands {
        return meanwhile(&run, &base, stands, &sent).await;
    }
    let new = read(&run, &base, &sent, &mut faults).await?;
    if !faults.is_empty() {
        return Ok(sheet(&run, &base, is_new, &sent).await?.show(faults));
    }
    match app.store.keep_finding(&new, known.as_ref()).await {
        Ok(()) => {}
        Err(StoreError::Stale(_)) => {
            let now = self::known(&run, &written).await?;
            let (stands, now) = (now.is_some(), now.unwrap_or(base));
            return meanwhile(&run, &now, stands, &sent).await;
        }
        Err(error) => return Err(error.into()),
    }
    app.live().tell(run.walk.id, News::Said);
    run.desk.log(Act::WroteFinding, &run.walk.title).await?;
    Ok(run.desk.go(&run.path("/findings")))
}

/// What was sent beside what stands there by now; where nothing does, it can be written anew.
async fn meanwhile(run: &Run, now: &Finding, stands: bool, sent: &Filled) -> Result<Response> {
    let mut page = sheet(run, now, false, sent).await?;
    if !stands {
        page.before = String::new();
        page.action = run.desk.path(&run.path("/findings/new"));
    }
    Ok(page.meanwhile(stands.then(|| filled(now)).as_ref()))
}

/// `POST /d/{slug}/walks/{id}/findings/{finding}/delete`. What somebody else changed meanwhile is
/// not taken back unseen.
pub(super) async fn delete(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id, written)): Path<(String, String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let run = Run::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let known = known(&run, &written).await?.ok_or(Error::NotFound)?;
    if Filled(pairs).first("before") != print(&known) {
        return Err(Error::Stale(run.desk.words().meanwhile.clone()));
    }
    app.store.drop_finding(&known).await.map_err(|error| run.desk.said(error))?;
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
    let mut sheet = Sheet::new(desk.frame(title), action, &words.finding_save, inputs);
    sheet.before = if is_new { String::new() } else { print(known) };
    Ok(sheet)
}
