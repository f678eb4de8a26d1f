//! Released tables, releases and codebooks as JSON. What cannot be said is `null`, and beside it
//! stands why.

use serde_json::{Value, json};

use crate::domain::diagnosis::Diagnosis;
use crate::domain::variable::{Value as Stands, Variable};
use crate::publish::sheet::coded;
use crate::publish::study::part;
use crate::release::Table;
use crate::release::table::{Group, Nearly, Shape};
use crate::store::StoredRelease;

/// A diagnosis.
pub(super) fn diagnosis(one: &Diagnosis, releases: &[StoredRelease]) -> Value {
    let published = releases.iter().filter(|release| release.published);
    let published: Vec<i64> = published.map(|release| release.number).collect();
    json!({
        "slug": one.slug,
        "name": one.name,
        "languages": one.settings.languages,
        "time_zone": one.settings.time_zone,
        "invented": one.settings.invented,
        "published": published,
    })
}

/// A release.
pub(super) fn release(one: &StoredRelease) -> Value {
    json!({"number": one.number, "made": one.made.to_string(), "published": one.published})
}

/// Whether a table is shown, or why not.
fn status(table: &Table) -> String {
    table.withheld().map_or_else(|| "released".to_owned(), |why| coded(&why))
}

/// Where a table is found under an address.
pub(super) fn address(table: &Table, at: &str) -> Value {
    let address = table.address();
    let by = address.by.as_ref().map(|by| format!("?by={by}")).unwrap_or_default();
    json!({
        "collection": address.collection.to_string(),
        "question": address.question,
        "by": address.by,
        "status": status(table),
        "path": format!("{at}/{}/{}{by}", address.collection, address.question),
    })
}

/// A table.
pub(super) fn table(table: &Table) -> Value {
    let address = table.address();
    let groups = table.groups().iter().enumerate();
    json!({
        "address": {
            "release": address.release,
            "collection": address.collection.to_string(),
            "question": address.question,
            "by": address.by,
        },
        "status": status(table),
        "reason": table.withheld(),
        "text": table.text(),
        "by_text": table.by_text(),
        "meaning": table.meaning(),
        "scale": table.scale(),
        "shape": table.shape(),
        "rounded_to": table.step(),
        "weighted": table.weighted(),
        "plain": table.plain().map(|(choice, share)| json!({
            "choice": table.choices().get(choice).map(|label| &label.code),
            "share": share,
        })),
        "about": table.about(),
        "choices": table.choices(),
        "groups": groups.map(|(at, one)| group(table, at, one)).collect::<Value>(),
    })
}

fn group(table: &Table, at: usize, group: &Group) -> Value {
    let cells = group.cells.iter().enumerate();
    json!({
        "code": group.code,
        "text": group.text,
        "counted_with": group.with,
        "base": group.base,
        "missing": group.missing,
        "cells": cells.map(|(choice, n)| cell(table, (at, choice), *n)).collect::<Value>(),
        "population": group.reference,
    })
}

fn cell(table: &Table, (group, choice): (usize, usize), n: u64) -> Value {
    let is_place = table.shape() == Shape::Places;
    let nearly = table.nearly(group, choice);
    let said = nearly.map(|nearly| match nearly {
        Nearly::All => "all_or_nearly_all",
        Nearly::None => "none_or_nearly_none",
    });
    let interval = table.interval(group, &[choice]);
    let code = table.choices().get(choice).filter(|_| !is_place).map(|label| &label.code);
    #[expect(clippy::cast_precision_loss, reason = "tenths of a mean fit a double exactly")]
    let mean = is_place.then_some(n as f64 / 10.0);
    json!({
        "choice": code,
        "count": (!is_place && nearly.is_none()).then_some(n),
        "share": table.share(group, choice),
        "low": interval.map(|ends| ends.0),
        "high": interval.map(|ends| ends.1),
        "mean": mean,
        "said": said,
    })
}

/// A column of a codebook.
pub(super) fn variable(one: &Variable) -> Value {
    let value = |value: &Stands| {
        json!({
            "number": value.number,
            "code": value.code,
            "label": value.label,
            "score": value.score,
            "missing": value.is_missing,
        })
    };
    json!({
        "column": one.name,
        "question": one.question,
        "part": part(one.part),
        "label": one.label,
        "ordered": one.is_ordered,
        "meaning": one.meaning,
        "same_as": one.same_as,
        "asked_when": one.asked_when,
        "values": one.values.iter().map(value).collect::<Value>(),
    })
}
