//! What everybody sees of a neighbourhood: what is going on, what was found, the report, and every
//! released number. Nothing here needs a sign-in, and nothing here says who asked for it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::app::{App, Inner};
use super::assets;
use super::error::{Error, Result};
use super::page::{self, Frame};
use super::participate::{best, wished};
use super::place;
use super::released::chart_file;
use super::report;
use super::wall::{Drawn, drawn};
use crate::charts::{caption, date};
use crate::domain::collection::{Collection, Mode, Sampling, State as Stands};
use crate::domain::data_walk::DataWalk;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::instrument::Policy;
use crate::domain::report::Section;
use crate::domain::text::Lang;
use crate::publish::{Station, Wall, spoken, station_path};
use crate::words::{FormWords, ReportWords, fill};

/// How many of the things people said stand on the page.
const SAID: usize = 3;

#[derive(Template)]
#[template(path = "public.html")]
struct PublicPage<'a> {
    frame: Frame,
    words: &'a ReportWords,
    form: &'a FormWords,
    languages: Vec<(Lang, String)>,
    map: Option<(String, String)>,
    now: Vec<(String, Option<String>)>,
    next: Vec<(String, String)>,
    report: Option<(String, String)>,
    did: Vec<String>,
    said: Vec<SaidView>,
    walks: Vec<(String, String, String)>,
    tables: Vec<(String, String)>,
    codebooks: Vec<(String, String)>,
}

/// One thing people said: the sentence, its chart, where it comes from and where it can be talked
/// about.
struct SaidView {
    question: String,
    said: String,
    by: Option<String>,
    drawn: Drawn,
    who: String,
    talk: Option<(String, String)>,
}

/// `GET /n/{slug}`: in the language the browser asks for.
pub(super) async fn front(
    State(app): State<App>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let diagnosis = app.store.diagnosis(&slug).await?;
    let lang = best(&wished(&headers), &diagnosis.settings.languages);
    show(&app, diagnosis, lang).await
}

/// `GET /n/{slug}/{lang}`.
pub(super) async fn front_in(
    State(app): State<App>,
    Path((slug, tag)): Path<(String, String)>,
) -> Result<Response> {
    let diagnosis = app.store.diagnosis(&slug).await?;
    let lang: Lang = tag.parse().map_err(|_unknown| Error::NotFound)?;
    if !diagnosis.settings.languages.contains(&lang) {
        return Err(Error::NotFound);
    }
    show(&app, diagnosis, lang).await
}

async fn show(app: &App, diagnosis: Diagnosis, lang: Lang) -> Result<Response> {
    let (words, form) = (app.report_words(lang), app.form_words(lang));
    let slug = diagnosis.slug.clone();
    let newest = report::newest(app, &diagnosis).await?;
    let walks = public_walks(app, &diagnosis).await?;
    let today = app.today(&diagnosis);
    let day = |walk: &DataWalk| date(walk.held_on, app.chart_words(lang));
    let next = walks.iter().filter(|walk| walk.held_on >= today).map(|walk| {
        let with = [("title", walk.title.as_str()), ("day", &day(walk))];
        (fill(&words.next_on, &with), format!("/w/{}/{lang}", walk.door))
    });
    let past = walks.iter().rev().filter(|walk| walk.held_on < today);
    let past = past.map(|walk| (walk.title.clone(), day(walk), format!("/w/{}/{lang}", walk.door)));
    let said = match newest {
        Some(number) => said(app, &diagnosis, number, &walks, lang).await?,
        None => Vec::new(),
    };
    let edition = report::published(app, &diagnosis).await?;
    let (mut did, mut link) = (Vec::new(), None);
    if let Some(edition) = edition {
        let texts = app.store.report_texts(diagnosis.id, edition.edition).await?;
        let languages = &diagnosis.settings.languages;
        let text = report::best(&texts, Section::Promised, lang, languages);
        did.extend(text.filter(|text| text.lang == lang).map(|text| report::plain(&text.said)));
        did.retain(|text: &String| !text.is_empty());
        let (n, day) = (edition.edition.to_string(), date(edition.made, app.chart_words(lang)));
        let about = fill(&words.edition, &[("n", &n), ("day", &day)]);
        link = Some((about, format!("/n/{slug}/report/{lang}")));
    }
    let map = app.store.newest_area(diagnosis.id).await?.map(|_| {
        let about = fill(&words.map_of, &[("name", &diagnosis.name)]);
        (format!("/n/{slug}/map.svg"), about)
    });
    let (tables, codebooks) = files(app, &diagnosis, newest, lang).await?;
    let others = diagnosis.settings.languages.iter().copied().filter(|other| *other != lang);
    let mut frame = Frame::new(lang, &diagnosis.name, &diagnosis.name);
    frame.css = assets::address("miradouro.css,public.css,report.css");
    frame.invented = diagnosis.settings.invented.then(|| form.invented.clone());
    let page = PublicPage {
        frame,
        words,
        form,
        languages: others.map(|other| (other, format!("/n/{slug}/{other}"))).collect(),
        map,
        now: now(app, &diagnosis, lang).await?,
        next: next.collect(),
        report: link,
        did,
        said,
        walks: past.collect(),
        tables,
        codebooks,
    };
    Ok(page::html(page.render()))
}

/// The walks along a release that everybody may see, by day.
async fn public_walks(app: &Inner, diagnosis: &Diagnosis) -> Result<Vec<DataWalk>> {
    let releases = app.store.releases(diagnosis.id).await?;
    let mut walks = app.store.data_walks(diagnosis.id).await?;
    walks.retain(|walk| {
        releases.iter().any(|release| release.published && release.number == walk.release)
    });
    Ok(walks)
}

/// What is being asked: with a way to answer only where everybody may take part. Of small groups
/// and of those who sign up nothing is told: their titles would say who they are.
async fn now(
    app: &Inner,
    diagnosis: &Diagnosis,
    lang: Lang,
) -> Result<Vec<(String, Option<String>)>> {
    let told = |one: &Collection| {
        one.state == Stands::Open
            && match one.field.policy {
                Policy::Rounded | Policy::Places | Policy::Ballot => true,
                Policy::People | Policy::Spoken | Policy::Private => false,
            }
    };
    let mut going_on = Vec::new();
    for one in app.store.collections(diagnosis.id).await?.into_iter().filter(told) {
        let open_to_all = match one.field.sampling {
            Sampling::SelfSelected => true,
            Sampling::Random | Sampling::EveryoneInvited | Sampling::Picked => false,
        };
        let mut way = None;
        if open_to_all {
            let doors = app.store.doors(diagnosis.id, one.id).await?;
            let own = |door: &&crate::domain::collection::Door| {
                door.mode == Mode::Own && !door.with_codes && !door.shut
            };
            way = doors.iter().find(own).map(|door| {
                let offered = best(&[lang], &one.field.languages);
                format!("/p/{}/{offered}", door.code)
            });
        }
        going_on.push((one.title, way));
    }
    Ok(going_on)
}

/// The first things that the newest release says.
async fn said(
    app: &Inner,
    diagnosis: &Diagnosis,
    number: i64,
    walks: &[DataWalk],
    lang: Lang,
) -> Result<Vec<SaidView>> {
    let wall: Arc<Wall> = app.wall(diagnosis, number).await?;
    let written = app.store.takeaways(diagnosis.id).await?;
    let words = app.report_words(lang);
    let shows = |station: &&Station| {
        let population = |kind| kind == crate::domain::instrument::ChartKind::Population;
        station.tables().any(|table| table.withheld().is_none())
            && !station.shown.iter().all(|shown| population(shown.plan.chart))
    };
    let walk = walks.iter().rev().find(|walk| walk.release == number);
    let mut views = Vec::new();
    for station in wall.stations().iter().filter(shows).take(SAID) {
        let spoken = spoken(station, lang, app.sentences(lang), &written);
        let Some(shown) = station.shown.first() else { continue };
        let tables: Vec<_> = shown.tables.iter().collect();
        let talk = walk.map(|walk| {
            let name = fill(&words.station, &[("n", &station.number.to_string())]);
            (name, station_path(&walk.door, station.number, lang))
        });
        let own = station.spoken(lang, &diagnosis.settings.languages);
        views.push(SaidView {
            question: station.question(own).to_owned(),
            said: spoken.said,
            by: spoken.by.map(|by| fill(&app.poster_words(lang).words_by, &[("name", &by)])),
            drawn: drawn(app, shown, &format!("n{}-{}", station.number, shown.plan.id), lang)?,
            who: caption(&tables, lang, app.chart_words(lang)).who,
            talk,
        });
    }
    Ok(views)
}

/// Names and addresses.
type Links = Vec<(String, String)>;

/// The tables of the newest release that everybody may see, and the codebooks of what stands in it.
async fn files(
    app: &Inner,
    diagnosis: &Diagnosis,
    newest: Option<i64>,
    lang: Lang,
) -> Result<(Links, Links)> {
    let (words, slug) = (app.data_words(lang), &diagnosis.slug);
    let Some(number) = newest else { return Ok((Vec::new(), Vec::new())) };
    let at = format!("/api/v1/diagnoses/{slug}/releases/{number}/tables");
    let name = words.tables(number);
    let kind = |kind: &str, format: &str| {
        (format!("{name} ({kind})"), format!("{at}?format={format}&lang={lang}"))
    };
    let tables = vec![kind("XLSX", "xlsx"), kind("CSV", "csv")];
    let evidence = report::public(app, diagnosis, number).await?;
    let mut hashes: Vec<&str> =
        evidence.sheets.iter().map(|(collection, _)| collection.instrument.as_str()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut codebooks = Vec::new();
    for hash in hashes {
        let instrument = app.instrument(diagnosis.id, hash).await?;
        let at = format!("/api/v1/diagnoses/{slug}/instruments/{hash}/codebook?format=ddi");
        codebooks.push((words.codebook(instrument.title.get(lang)), at));
    }
    codebooks.sort();
    Ok((tables, codebooks))
}

/// `GET /n/{slug}/map.svg`: the newest map of the area.
pub(super) async fn map(State(app): State<App>, Path(slug): Path<String>) -> Result<Response> {
    let diagnosis = app.store.diagnosis(&slug).await?;
    let area = app.store.newest_area(diagnosis.id).await?.ok_or(Error::NotFound)?;
    let area = app.area(diagnosis.id, area).await?;
    place::svg(&app, &area, &diagnosis.name, "public, max-age=3600")
}

/// In which language.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
}

/// `GET /n/{slug}/releases/{n}/{collection}/{file}`: a chart of a public release as `.svg`, `.png` or
/// `.csv`, with its caption in it.
pub(super) async fn file(
    State(app): State<App>,
    Path((slug, number, collection, name)): Path<(String, i64, String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let diagnosis = app.store.diagnosis(&slug).await?;
    let wished = asked.lang.and_then(|tag| tag.parse::<Lang>().ok());
    let lang = best(wished.as_slice(), &diagnosis.settings.languages);
    let evidence = report::public(&app, &diagnosis, number).await?;
    let mut file = chart_file(&app, &evidence, &collection, &name, lang).await?;
    // A release never changes; but it may be deleted with its diagnosis.
    let keep = HeaderValue::from_static("public, max-age=3600");
    file.headers_mut().insert(header::CACHE_CONTROL, keep);
    Ok(file)
}
