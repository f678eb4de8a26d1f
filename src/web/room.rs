//! Answering together: one code for a room full of phones, and how many are done. Never an answer.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::assets;
use super::collections::Held;
use super::desk::{self, StaffFrame};
use super::error::Result;
use super::named;
use super::qr::Qr;
use super::sign_in::SignedIn;
use crate::domain::code::grouped;
use crate::domain::collection::{Door, Mode, State as Stands};
use crate::domain::people::May;
use crate::words::{DoorWords, fill};

#[derive(Template)]
#[template(path = "room.html")]
struct RoomPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a DoorWords,
    script: String,
    /// Where the count is asked for.
    count: String,
    since: u64,
    done: u64,
    all: u64,
    received: String,
    again: String,
    qr: Option<(Qr, String)>,
    others: Vec<(String, String)>,
}

/// `GET /d/{slug}/collections/{id}/room`: counted from the number in its address, which is put there
/// when it is opened.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let (desk, collection) = (&held.desk, &held.collection);
    let all = app.store.received(desk.diagnosis.id, collection.id).await?;
    let path = format!("{}/room", held.path());
    let mut doors = app.store.doors(desk.diagnosis.id, collection.id).await?;
    doors.retain(|door| !door.shut && door.mode != Mode::Kiosk && collection.state == Stands::Open);
    doors.sort_by_key(fitness);
    let wished =
        asked.get("door").and_then(|code| doors.iter().position(|door| door.code == *code));
    let at = wished.unwrap_or(0);
    let of_door = doors.get(at).map_or(String::new(), |door| format!("&door={}", door.code));
    let Some(since) = asked.get("since").and_then(|n| n.parse::<u64>().ok()) else {
        return Ok(desk.go(&format!("{path}?since={all}{of_door}")));
    };
    let words = desk.door_words();
    let page = RoomPage {
        frame: desk.frame(&collection.title),
        words,
        script: assets::address("room.js"),
        count: desk.path(&format!("{path}/count")),
        since,
        done: all.saturating_sub(since),
        all,
        received: fill(&words.room_all, &[("n", &all.to_string())]),
        again: desk.path(&format!("{path}?{}", of_door.trim_start_matches('&'))),
        qr: doors.get(at).map(|door| shown(&app, door)).transpose()?,
        others: others(&held, &doors, at, since),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// The doors for a room first: with help, then one's own phone.
fn fitness(door: &Door) -> (u8, bool) {
    let mode = match door.mode {
        Mode::Assisted => 0,
        Mode::Own => 1,
        Mode::Kiosk | Mode::Paper | Mode::Imported => 2,
    };
    (mode, door.with_codes)
}

/// The code to scan and the address to type.
fn shown(app: &App, door: &Door) -> Result<(Qr, String)> {
    let address = app.base_url.join(&format!("/p/{}", door.code));
    let typed = app.base_url.join(&format!("/p/{}", grouped(&door.code, 4)));
    let typed = typed.split_once("://").map_or(typed.as_str(), |(_, rest)| rest).to_owned();
    Ok((Qr::of(&address)?, typed))
}

/// The other doors, and where each is shown.
fn others(held: &Held, doors: &[Door], at: usize, since: u64) -> Vec<(String, String)> {
    let words = held.desk.words();
    let others = doors.iter().enumerate().filter(|(number, _)| *number != at);
    let link = |(_, door): (usize, &Door)| {
        let path = format!("{}/room?since={since}&door={}", held.path(), door.code);
        let name = format!("{} · {}", named::mode(door.mode, words), grouped(&door.code, 4));
        (name, held.desk.path(&path))
    };
    others.map(link).collect()
}

/// `GET /d/{slug}/collections/{id}/room/count`: how many answers came, as a number.
pub(super) async fn count(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let all = app.store.received(held.desk.diagnosis.id, held.collection.id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], all.to_string()).into_response())
}
