//! A release as its readers see it: every chart its instruments plan, the tables behind them, and
//! the same as files. Police members see published releases only, and of small groups only those
//! that may hang on a public wall.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::desk::{Desk, StaffFrame, show};
use super::error::{Error, Result};
use super::research;
use super::sign_in::SignedIn;
use super::wall::{Drawn, drawn};
use crate::charts::sheet::alone;
use crate::charts::{Caption, Look, caption, data_table, draw};
use crate::domain::instrument::Policy;
use crate::domain::people::May;
use crate::job::evidence::{self, Evidence};
use crate::publish::sheet::{Page, workbook};
use crate::publish::{Shown, csv};
use crate::words::{StaffWords, fill};

#[derive(Template)]
#[template(path = "released.html")]
struct ReleasedPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    made: String,
    state: &'a str,
    publish: Option<String>,
    sheets: Vec<SheetView>,
    show_table: &'a str,
    tables: String,
    all_tables: &'a str,
}

/// One collection's charts.
struct SheetView {
    title: String,
    caption: Caption,
    drawn: Vec<(Drawn, String)>,
}

/// The release of an address, if this person may see it.
async fn evidence_of(desk: &Desk, number: i64) -> Result<Evidence> {
    let mut evidence = evidence::load(&desk.app.store, &desk.diagnosis, number).await?;
    if desk.may(May::SeeCommittee) {
        return Ok(evidence);
    }
    if !evidence.release.published {
        return Err(Error::Forbidden);
    }
    research::public(&mut evidence);
    Ok(evidence)
}

/// `GET /d/{slug}/releases/{n}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, number)): Path<(String, i64)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeePublished).await?;
    let evidence = evidence_of(&desk, number).await?;
    let words = desk.words();
    let published = evidence.release.published;
    let may_publish = desk.may(May::Coordinate) && !published;
    let page = ReleasedPage {
        frame: desk.frame(&fill(&words.release_n, &[("n", &number.to_string())])),
        made: fill(&words.release_made_on, &[("day", &evidence.release.made.to_string())]),
        state: if published { &words.for_public } else { &words.for_committee },
        publish: may_publish.then(|| desk.path(&format!("/releases/{number}/publish"))),
        sheets: sheets(&desk, &evidence)?,
        show_table: &app.form_words(desk.lang()).show_table,
        tables: desk.path(&format!("/releases/{number}/tables")),
        all_tables: &desk.export_words().all_tables,
        words,
    };
    Ok(show(StatusCode::OK, &page))
}

fn sheets(desk: &Desk, evidence: &Evidence) -> Result<Vec<SheetView>> {
    let (lang, number) = (desk.lang(), evidence.release.number);
    let mut views = Vec::new();
    for (at, (collection, instrument)) in evidence.sheets.iter().enumerate() {
        let tables = evidence.tables_of(collection);
        // When nothing of a collection may be shown, one box with the reason is enough.
        let nothing = tables.iter().all(|table| table.withheld().is_some());
        let most = if nothing { 1 } else { instrument.charts.len() };
        let shown = instrument.charts.iter().filter_map(|plan| Shown::of(plan, &tables)).take(most);
        let drawn = shown
            .map(|shown| {
                let id = format!("s{at}-{}", shown.plan.id);
                let file = format!("/releases/{number}/{}/{}", collection.id, shown.plan.id);
                Ok((drawn(&desk.app, &shown, &id, lang)?, desk.path(&file)))
            })
            .collect::<Result<Vec<_>>>()?;
        let caption = caption(&tables, lang, desk.app.chart_words(lang));
        if !drawn.is_empty() {
            // Notes count groups, so no one group's title stands over them.
            let title = match collection.field.policy {
                Policy::Spoken => instrument.title.get(lang).to_owned(),
                Policy::Rounded
                | Policy::People
                | Policy::Places
                | Policy::Ballot
                | Policy::Private => collection.title.clone(),
            };
            views.push(SheetView { title, caption, drawn });
        }
    }
    Ok(views)
}

/// `GET /d/{slug}/releases/{n}/{collection}/{file}`: a chart as `.svg`, or its table as `.csv`
/// or `.xlsx`.
pub(super) async fn file(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, number, collection, name)): Path<(String, i64, String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeePublished).await?;
    let evidence = evidence_of(&desk, number).await?;
    let (chart, kind) = name.rsplit_once('.').ok_or(Error::NotFound)?;
    let shown = shown(&evidence, &collection, chart).ok_or(Error::NotFound)?;
    let (lang, words) = (desk.lang(), app.chart_words(desk.lang()));
    match kind {
        "svg" => {
            let (picture, look) = (shown.picture(None), Look::page_wide());
            let said = caption(&picture.tables, lang, words);
            let svg = draw(&picture, &look, lang, words)
                .and_then(|chart| alone(&chart, &said, &look, lang))
                .map_err(|refusal| Error::Failed(refusal.to_string()))?;
            Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg.xml).into_response())
        }
        "csv" => {
            let table = data_table(&shown.picture(None), lang, words);
            let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
            let save = (header::CONTENT_DISPOSITION, "attachment");
            Ok(([kind, save], csv(&table)).into_response())
        }
        "xlsx" => {
            let of = evidence.sheets.iter().find(|(one, _)| one.id.to_string() == collection);
            let (of, _) = of.ok_or(Error::NotFound)?;
            let page = Page::of(of, &shown, lang, words);
            let book = workbook(shown.plan.title.get(lang), evidence.release.made, &[page], None);
            Ok(research::save(&name, research::XLSX, book.map_err(Error::Failed)?))
        }
        _ => Err(Error::NotFound),
    }
}

fn shown(evidence: &Evidence, collection: &str, chart: &str) -> Option<Shown> {
    let of = |id: &str| evidence.sheets.iter().find(|(one, _)| one.id.to_string() == id);
    let (collection, instrument) = of(collection)?;
    let tables = evidence.tables_of(collection);
    Shown::of(instrument.chart(chart)?, &tables)
}
