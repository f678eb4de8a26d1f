//! Second entries: where two people typed a sheet differently, and how often typing goes wrong.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::collections::Held;
use super::desk::{self, Act, StaffFrame};
use super::error::{Error, Result};
use super::keyin::{only_open, says};
use super::paper::around;
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::answer::Answer;
use crate::domain::keyed::{Around, Slot, Takes, slots};
use crate::domain::paper::{SheetNumber, numbers};
use crate::domain::people::May;
use crate::domain::recheck::{compare, settled};
use crate::store::Check;
use crate::words::{KeyinWords, fill};

/// The page of second entries.
#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a KeyinWords,
    path: String,
    said: Option<&'a str>,
    wrong: Option<(String, &'a str)>,
    intro: String,
    progress: String,
    open: Vec<Differing>,
    rates: Vec<Rate>,
}

/// A sheet whose two entries differ.
struct Differing {
    number: String,
    compact: String,
    title: String,
    rows: Vec<Row>,
}

/// One answer that was typed in two ways.
struct Row {
    field: String,
    label: String,
    first: String,
    second: String,
    chosen: String,
}

/// How often a question was typed differently.
struct Rate {
    label: String,
    compared: u64,
    different: u64,
    share: String,
}

/// `GET /d/{slug}/collections/{id}/check`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    show(&held, None, None, &Filled::default()).await
}

/// `POST /d/{slug}/collections/{id}/check`: what the sheet says, which corrects the counted answer.
pub(super) async fn settle(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let filled = Filled(pairs);
    let (desk, words) = (&held.desk, app.keyin_words(held.desk.lang()));
    only_open(&held)?;
    let number: SheetNumber = filled.first("sheet").parse().map_err(|_bad| Error::NotFound)?;
    let checks = app.store.checks(desk.diagnosis.id, held.collection.id).await?;
    let check = checks.iter().find(|check| check.number == number);
    let Some((check, second)) = check.and_then(|it| Some((it, it.second.as_ref()?))) else {
        return Err(Error::Stale(desk.words().meanwhile.clone()));
    };
    let mut right = BTreeSet::new();
    for difference in compare(&check.first, second).different {
        match filled.first(&format!("r.{}", difference.field)) {
            "first" => {}
            "second" => {
                right.insert(difference.field);
            }
            _ => {
                let wrong = (number.compact(), words.settle_missing.as_str());
                return show(&held, None, Some(wrong), &filled).await;
            }
        }
    }
    let answers = held.instrument.only_asked(&settled(&check.first, second, &right));
    let done = app.store.settle(desk.diagnosis.id, held.collection.id, number, &answers).await;
    done.map_err(|error| desk.said(error))?;
    desk.log(Act::SettledSheet, &held.collection.title).await?;
    show(&held, Some(&words.saved_settled), None, &Filled::default()).await
}

async fn show(
    held: &Held,
    said: Option<&str>,
    wrong: Option<(String, &str)>,
    filled: &Filled,
) -> Result<Response> {
    let (desk, app) = (&held.desk, &held.desk.app);
    let words = app.keyin_words(desk.lang());
    let (of, id) = (desk.diagnosis.id, held.collection.id);
    let (zones, area) = around(held).await?;
    let around = Around { zones: &zones, map: area.as_deref().map(|area| &area.map) };
    let slots = slots(&held.instrument, &around);
    let checks = app.store.checks(of, id).await?;
    let waiting = checks.iter().filter(|check| check.second.is_none()).count();
    let open: Vec<Differing> =
        checks.iter().filter_map(|check| differing(held, check, &slots, filled)).collect();
    let every = app.store.paper_count(of, id).await?.every;
    let counts = [("waiting", &*waiting.to_string()), ("open", &open.len().to_string())];
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = CheckPage {
        frame: desk.frame(&words.check_title),
        words,
        path: desk.path(&format!("/collections/{id}")),
        said,
        wrong,
        intro: fill(&words.check_intro, &[("n", &every.to_string())]),
        progress: fill(&words.check_progress, &counts),
        open,
        rates: rates(held).await?,
    };
    Ok(desk::show(status, &page))
}

/// How often each question was typed differently, in the order of the sheet.
async fn rates(held: &Held) -> Result<Vec<Rate>> {
    let lang = held.desk.lang();
    let errors =
        held.desk.app.store.entry_errors(held.desk.diagnosis.id, held.collection.id).await?;
    let numbers = numbers(&held.instrument);
    let rate = |question: &crate::domain::question::Question| {
        let (same, different) = errors.get(&question.id)?;
        let number = numbers.get(question.id.as_str()).map_or("", String::as_str);
        let compared = same + different;
        let share = (different * 1000).div_ceil(compared.max(1));
        let share = format!("{}.{}", share / 10, share % 10);
        let label = format!("{number} {}", question.text.get(lang));
        Some(Rate { label, compared, different: *different, share })
    };
    Ok(held.instrument.all_questions().filter_map(rate).collect())
}

fn differing(held: &Held, check: &Check, slots: &[Slot<'_>], filled: &Filled) -> Option<Differing> {
    let words = held.desk.app.keyin_words(held.desk.lang());
    let compared = compare(&check.first, check.second.as_ref()?);
    let number = check.number.to_string();
    let row = |difference: &crate::domain::recheck::Difference| {
        let slot = slots.iter().find(|slot| slot.field == difference.field);
        Row {
            label: slot.map_or_else(|| difference.field.clone(), |slot| label(held, slot)),
            first: told(held, slot, difference.first.as_ref()),
            second: told(held, slot, difference.second.as_ref()),
            chosen: filled.first(&format!("r.{}", difference.field)).to_owned(),
            field: difference.field.clone(),
        }
    };
    Some(Differing {
        title: fill(&words.check_differs, &[("number", &number)]),
        rows: compared.different.iter().map(row).collect(),
        compact: check.number.compact(),
        number,
    })
}

/// A question with its number, its stop and its cell.
fn label(held: &Held, slot: &Slot<'_>) -> String {
    let lang = held.desk.lang();
    let mut label = format!("{} {}", slot.number, slot.question.text.get(lang));
    if let Some(repeat) = slot.repeat {
        label = format!("{label} ({})", repeat + 1);
    }
    if let Some((statement, group)) = slot.cell {
        label = format!("{label} · {} · {}", statement.get(lang), group.get(lang));
    }
    label
}

/// An answer in the signs and words of the sheet.
fn told(held: &Held, slot: Option<&Slot<'_>>, answer: Option<&Answer>) -> String {
    let code = |code: &str| {
        let keys = match slot.map(|slot| &slot.takes) {
            Some(
                Takes::One(keys)
                | Takes::Several(keys)
                | Takes::Order(keys, _)
                | Takes::Amount(keys)
                | Takes::Place(keys),
            ) => keys.as_slice(),
            Some(Takes::Words(_) | Takes::Count) | None => &[],
        };
        let found = keys.iter().find(|key| key.value == code);
        found.map_or_else(|| code.to_owned(), |key| format!("{} {}", key.key, says(held, key)))
    };
    match answer {
        Some(Answer::Code(one)) => code(one),
        Some(Answer::Codes(all)) => all.iter().map(|one| code(one)).collect::<Vec<_>>().join(", "),
        Some(Answer::Number(number)) => number.to_string(),
        Some(Answer::Skipped | Answer::Group(_) | Answer::Counts(_)) | None => {
            held.desk.app.keyin_words(held.desk.lang()).nothing_typed.clone()
        }
    }
}
