//! Requests for rows and their files, for programs of those who may.

use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::app::App;
use super::super::desk::Desk;
use super::super::error::{Error, Result};
use super::super::exports;
use super::super::participate::Pairs;
use super::super::sign_in::SignedIn;
use super::problem::{self, Asked};
use super::{Answer, told};
use crate::domain::ids::ExportId;
use crate::domain::people::May;
use crate::domain::row_export::{RowExport, Signature};
use crate::publish::study::file_names;

/// Somebody of the committee, signed in.
async fn desk(app: &App, signed_in: Option<SignedIn>, slug: &str, what: May) -> Result<Desk> {
    Desk::at(app, signed_in.ok_or(Error::SignIn)?, slug, what).await
}

/// `GET /api/v1/diagnoses/{slug}/row-exports`.
pub(super) async fn list(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path(slug): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let desk = desk(&app, signed_in, &slug, May::SeeCommittee).await?;
    Asked::of(pairs, &[])?;
    let mut all = Vec::new();
    for request in app.store.row_exports(desk.diagnosis.id).await? {
        all.push(request_of(&desk, &request).await?);
    }
    Ok(told(&Value::Array(all)))
}

/// `GET /api/v1/diagnoses/{slug}/row-exports/{export}`.
pub(super) async fn one(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path((slug, export)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let desk = desk(&app, signed_in, &slug, May::SeeCommittee).await?;
    Asked::of(pairs, &[])?;
    let wanted: ExportId = problem::id(&export)?;
    let all = app.store.row_exports(desk.diagnosis.id).await?;
    let request = all.iter().find(|one| one.id == wanted).ok_or(Error::NotFound)?;
    Ok(told(&request_of(&desk, request).await?))
}

/// `GET /api/v1/diagnoses/{slug}/row-exports/{export}/{file}`.
pub(super) async fn file(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path((slug, export, name)): Path<(String, String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let desk = desk(&app, signed_in, &slug, May::Coordinate).await?;
    Asked::of(pairs, &[])?;
    Ok(exports::fetched(&desk, &export, &name).await?)
}

async fn request_of(desk: &Desk, request: &RowExport) -> Result<Value> {
    let (app, of) = (&desk.app, desk.diagnosis.id);
    let opens = request.opens_for(desk.person.id, app.clock.now()) && desk.may(May::Coordinate);
    let files = if opens {
        let collection = app.store.collection(of, request.collection).await?;
        file_names(&app.instrument(of, &collection.instrument).await?.languages)
    } else {
        Vec::new()
    };
    Ok(json!({
        "id": request.id.to_string(),
        "collection": request.collection.to_string(),
        "identifiers": request.identifiers,
        "purpose": request.purpose,
        "standing": request.standing.code(),
        "asked": signature(&request.asked),
        "decided": request.decided.as_ref().map(signature),
        "until": request.until().map(moment),
        "files": files,
    }))
}

fn signature(signed: &Signature) -> Value {
    json!({"organisation": signed.organisation, "at": moment(signed.at)})
}

fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
