//! `/api/v1`: the same for programs. Released tables and codebooks for everybody, rows for those who
//! may, all of it from what the pages are made of; `openapi.json` describes it, and a test holds the
//! two lists of addresses equal. Nothing is changed here: what people do, they do on pages.

mod problem;
mod rows;
mod shape;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::app::App;
use super::participate::Pairs;
use super::research::{self, Reader};
use super::sign_in::SignedIn;
use crate::domain::ids::CollectionId;
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::job::rows::names;
use crate::publish::sheet::long;
use crate::publish::study::Study;
use crate::release::Table;
use problem::{Asked, Problem};

/// The description, word for word as it is served.
pub(crate) const DESCRIPTION: &str = include_str!("openapi.json");

type Answer = Result<Response, Problem>;

/// Every address of the interface.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(description))
        .route("/diagnoses", get(diagnoses))
        .route("/diagnoses/{slug}", get(diagnosis))
        .route("/diagnoses/{slug}/releases", get(releases))
        .route("/diagnoses/{slug}/releases/{number}", get(release))
        .route("/diagnoses/{slug}/releases/{number}/tables", get(tables))
        .route("/diagnoses/{slug}/releases/{number}/tables/{collection}/{question}", get(table))
        .route("/diagnoses/{slug}/instruments", get(instruments))
        .route("/diagnoses/{slug}/instruments/{hash}/codebook", get(codebook))
        .route("/diagnoses/{slug}/row-exports", get(rows::list))
        .route("/diagnoses/{slug}/row-exports/{export}", get(rows::one))
        .route("/diagnoses/{slug}/row-exports/{export}/{file}", get(rows::file))
        .fallback(nothing)
        .layer(middleware::from_fn(problem::always))
}

async fn nothing() -> Problem {
    super::error::Error::NotFound.into()
}

/// JSON that no cache keeps.
fn told(value: &Value) -> Response {
    let kind = (header::CONTENT_TYPE, "application/json");
    ([kind, (header::CACHE_CONTROL, "no-store")], value.to_string()).into_response()
}

/// `GET /api/v1/openapi.json`.
async fn description(Query(pairs): Query<Pairs>) -> Answer {
    Asked::of(pairs, &[])?;
    Ok(([(header::CONTENT_TYPE, "application/json")], DESCRIPTION).into_response())
}

/// Whoever reads about a diagnosis.
async fn reader(app: &App, signed_in: Option<SignedIn>, slug: &str) -> Result<Reader, Problem> {
    let diagnosis = app.store.diagnosis(slug).await?;
    let member = signed_in.map(|one| one.0);
    let member = member.filter(|person| person.may(diagnosis.id, May::SeePublished));
    Ok(Reader { member, diagnosis })
}

/// `GET /api/v1/diagnoses`.
async fn diagnoses(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    Asked::of(pairs, &[])?;
    let person = signed_in.map(|one| one.0);
    let mut all = Vec::new();
    for one in app.store.diagnoses().await? {
        let own = person.as_ref().is_some_and(|person| person.may(one.id, May::SeePublished));
        let releases = app.store.releases(one.id).await?;
        if own || releases.iter().any(|release| release.published) {
            all.push((one.name.clone(), shape::diagnosis(&one, &releases)));
        }
    }
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(told(&all.into_iter().map(|(_, told)| told).collect()))
}

/// `GET /api/v1/diagnoses/{slug}`.
async fn diagnosis(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    Asked::of(pairs, &[])?;
    let diagnosis = app.store.diagnosis(&slug).await?;
    let releases = app.store.releases(diagnosis.id).await?;
    Ok(told(&shape::diagnosis(&diagnosis, &releases)))
}

/// `GET /api/v1/diagnoses/{slug}/releases`.
async fn releases(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path(slug): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    Asked::of(pairs, &[])?;
    let reader = reader(&app, signed_in, &slug).await?;
    let all = reader.releases(&app).await?;
    Ok(told(&all.iter().map(shape::release).collect()))
}

/// `GET /api/v1/diagnoses/{slug}/releases/{number}`.
async fn release(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path((slug, number)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    Asked::of(pairs, &[])?;
    let reader = reader(&app, signed_in, &slug).await?;
    let evidence = reader.evidence(&app, problem::number(&number)?).await?;
    let mut told_of = shape::release(&evidence.release);
    let at = format!("/api/v1/diagnoses/{slug}/releases/{number}/tables");
    told_of["tables"] = evidence.tables.iter().map(|table| shape::address(table, &at)).collect();
    Ok(told(&told_of))
}

/// `GET /api/v1/diagnoses/{slug}/releases/{number}/tables`.
async fn tables(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path((slug, number)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let asked = Asked::of(pairs, &["format", "lang"])?;
    let kind = asked.one_of("format", &["json", "csv", "xlsx"])?;
    let lang = asked.lang()?;
    let reader = reader(&app, signed_in, &slug).await?;
    let evidence = reader.evidence(&app, problem::number(&number)?).await?;
    if kind == "json" {
        return Ok(told(&evidence.tables.iter().map(shape::table).collect()));
    }
    Ok(research::tables(&app, evidence, kind, lang).await?)
}

/// `GET /api/v1/diagnoses/{slug}/releases/{number}/tables/{collection}/{question}`.
async fn table(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path((slug, number, collection, question)): Path<(String, String, String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let asked = Asked::of(pairs, &["by", "format", "lang"])?;
    let kind = asked.one_of("format", &["json", "csv"])?;
    let (lang, by) = (asked.lang()?, asked.first("by"));
    let reader = reader(&app, signed_in, &slug).await?;
    let evidence = reader.evidence(&app, problem::number(&number)?).await?;
    let of: CollectionId = problem::id(&collection)?;
    let is = |table: &&Table| {
        let address = table.address();
        let here = address.collection == of && address.question == question;
        here && address.by.as_deref() == by
    };
    let table = evidence.tables.iter().find(is).ok_or(super::error::Error::NotFound)?;
    if kind == "json" {
        return Ok(told(&shape::table(table)));
    }
    Ok(research::save(&format!("{question}.csv"), research::CSV, long([table], lang).csv()))
}

/// `GET /api/v1/diagnoses/{slug}/instruments`.
async fn instruments(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path(slug): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    Asked::of(pairs, &[])?;
    let reader = reader(&app, signed_in, &slug).await?;
    let mut all = Vec::new();
    for version in reader.versions(&app).await? {
        let instrument = app.instrument(reader.diagnosis.id, &version.hash).await?;
        all.push(json!({
            "slug": version.slug,
            "number": version.number,
            "hash": version.hash,
            "title": instrument.title,
            "languages": instrument.languages,
            "codebook": format!("/api/v1/diagnoses/{slug}/instruments/{}/codebook", version.hash),
        }));
    }
    Ok(told(&Value::Array(all)))
}

/// `GET /api/v1/diagnoses/{slug}/instruments/{hash}/codebook`.
async fn codebook(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path((slug, hash)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let asked = Asked::of(pairs, &["format"])?;
    let kind = asked.one_of("format", &["json", "csv", "ddi"])?;
    let reader = reader(&app, signed_in, &slug).await?;
    let (of, versions) = (reader.diagnosis.id, reader.versions(&app).await?);
    let known = versions.iter().any(|version| version.hash == hash);
    let known = if known { Ok(()) } else { Err(super::error::Error::NotFound) };
    known?;
    let instrument = app.instrument(of, &hash).await?;
    if kind == "json" {
        let names = names(&app.store, of, None).await?;
        let study = Study::new(Some(&reader.diagnosis), None, &instrument, &names, app.terms());
        return Ok(told(&study.variables.iter().map(shape::variable).collect()));
    }
    let kind = if kind == "ddi" { "xml" } else { kind };
    Ok(research::codebook(&app, &reader.diagnosis, &instrument, kind).await?)
}

impl Asked {
    /// The wished language; English, without a wish.
    fn lang(&self) -> Result<Lang, Problem> {
        let tags = Lang::ALL.map(Lang::tag);
        let tag = self.one_of("lang", &tags)?;
        Ok(tag.parse().unwrap_or(Lang::En))
    }
}
