//! The reconciled count: handed out, come back, typed and counted, by way of answering.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::collections::Held;
use super::desk::{self, Act, StaffFrame};
use super::error::Result;
use super::named;
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::collection::Mode;
use crate::domain::people::May;
use crate::domain::reconcile::{PaperCount, Remark, Way};
use crate::words::{KeyinWords, fill};

/// The most of anything that is counted by hand.
const MOST: u64 = 1_000_000;
/// The most sheets of which one is typed twice.
const MOST_EVERY: u64 = 1000;

/// The page of the count.
#[derive(Template)]
#[template(path = "count.html")]
struct CountPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a KeyinWords,
    path: String,
    /// What the collection is called.
    title: &'a str,
    rows: Vec<Row>,
    all: u64,
    remarks: Vec<String>,
    wrong: Option<&'a str>,
    /// What can be written down, for those who may.
    inputs: Vec<(&'static str, &'a str, String, String)>,
    typists: Vec<(String, String)>,
}

/// A way of answering; what is not known stays empty.
struct Row {
    way: String,
    cells: [String; 6],
}

/// `GET /d/{slug}/collections/{id}/count`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    show(&held, None).await
}

/// `POST /d/{slug}/collections/{id}/count`: what somebody counted.
pub(super) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Coordinate).await?;
    let filled = Filled(pairs);
    let number = |field: &str, most: u64| {
        filled.first(field).parse::<u64>().ok().filter(|number| *number <= most)
    };
    let counts = (number("handed", MOST), number("returned", MOST), number("spoiled", MOST));
    let every = number("every", MOST_EVERY);
    let words = app.keyin_words(held.desk.lang());
    let (Some(handed), Some(returned), Some(spoiled)) = counts else {
        return show(&held, Some((&words.counts_wrong, &filled))).await;
    };
    let Some(every) = every else {
        return show(&held, Some((&words.every_wrong, &filled))).await;
    };
    let count = PaperCount { handed, returned, spoiled, every, ..PaperCount::default() };
    let (of, id) = (held.desk.diagnosis.id, held.collection.id);
    app.store.correct_paper_count(of, id, &count).await?;
    let about = format!("{} · {handed} / {returned} / {spoiled}", held.collection.title);
    held.desk.log(Act::CountedSheets, &about).await?;
    Ok(held.desk.go(&format!("/collections/{id}/count")))
}

async fn show(held: &Held, wrong: Option<(&str, &Filled)>) -> Result<Response> {
    let (desk, app) = (&held.desk, &held.desk.app);
    let words = app.keyin_words(desk.lang());
    let (of, id) = (desk.diagnosis.id, held.collection.id);
    let paper = app.store.paper_count(of, id).await?;
    let counted = app.store.counted(of, id).await?;
    let n = |mode: Mode| counted.iter().find(|(one, _)| *one == mode).map_or(0, |(_, n)| *n);
    let plain = |mode: Mode| Way {
        mode: Some(mode),
        handed: None,
        returned: None,
        spoiled: None,
        typed: None,
        counted: n(mode),
    };
    let mut ways = vec![plain(Mode::Own), plain(Mode::Kiosk), plain(Mode::Assisted)];
    ways.push(paper.way(n(Mode::Paper)));
    if n(Mode::Imported) > 0 {
        ways.push(plain(Mode::Imported));
    }
    let all = ways.iter().map(|way| way.counted).sum();
    // Answers that came with a code came by one of the ways above: a row, and not in the sum.
    let (issued, left) = app.store.codes(of, id).await?;
    if issued > 0 {
        let used = issued.saturating_sub(left);
        let (handed, returned) = (Some(issued), Some(used));
        ways.push(Way { mode: None, handed, returned, spoiled: None, typed: None, counted: used });
    }
    let remarks = paper.remarks(n(Mode::Paper)).into_iter();
    let remarks = remarks.map(|remark| said(remark, words)).collect();
    let given = |field: &'static str, now: u64| {
        wrong.map_or_else(|| now.to_string(), |(_, filled)| filled.first(field).to_owned())
    };
    let line = |field, label, now, hint: &str| (field, label, given(field, now), hint.to_owned());
    let inputs = if desk.may(May::Coordinate) {
        vec![
            line("handed", words.handed_out.as_str(), paper.handed, ""),
            line("returned", &words.returned, paper.returned, ""),
            line("spoiled", &words.spoiled, paper.spoiled, ""),
            line("every", &words.every_label, paper.every, &words.every_hint),
        ]
    } else {
        Vec::new()
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = CountPage {
        frame: desk.frame(&words.count_title),
        words,
        path: desk.path(&format!("/collections/{id}")),
        title: &held.collection.title,
        rows: ways.iter().map(|way| row(held, way)).collect(),
        all,
        remarks,
        wrong: wrong.map(|(said, _)| said),
        inputs,
        typists: typists(held).await?,
    };
    Ok(desk::show(status, &page))
}

fn row(held: &Held, way: &Way) -> Row {
    let words = held.desk.app.keyin_words(held.desk.lang());
    let name = match way.mode {
        Some(mode) => named::mode(mode, held.desk.words()),
        None => &words.way_codes,
    };
    let cell = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    let out = if way.returned.is_some() { way.still_out() } else { None };
    let cells = [way.handed, way.returned, way.spoiled, way.typed, Some(way.counted), out];
    Row { way: name.to_owned(), cells: cells.map(cell) }
}

fn said(remark: Remark, words: &KeyinWords) -> String {
    let (text, a, b) = match remark {
        Remark::ReturnedOverHanded(a, b) => (&words.returned_over_handed, a, b),
        Remark::SpoiledOverReturned(a, b) => (&words.spoiled_over_returned, a, b),
        Remark::TypedOverReturned(a, b) => (&words.typed_over_returned, a, b),
        Remark::StillToType(a) => (&words.still_to_type, a, 0),
        Remark::TypedNotCounted(a, b) => (&words.typed_not_counted, a, b),
    };
    fill(text, &[("a", &a.to_string()), ("b", &b.to_string())])
}

/// How many sheets each person typed, by name.
async fn typists(held: &Held) -> Result<Vec<(String, String)>> {
    let (store, of) = (&held.desk.app.store, held.desk.diagnosis.id);
    let words = held.desk.app.keyin_words(held.desk.lang());
    let members = store.members(of).await?;
    let typists = store.typists(of, held.collection.id).await?;
    let named = |(person, n): &(crate::domain::ids::PersonId, u64)| {
        let name = members.iter().find(|(id, ..)| id == person).map(|(_, name, _)| name.clone());
        (
            name.unwrap_or_else(|| "–".to_owned()),
            fill(&words.typist_sheets, &[("n", &n.to_string())]),
        )
    };
    Ok(typists.iter().map(named).collect())
}
