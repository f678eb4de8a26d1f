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
use super::quotes::{Cards, cards};
use super::research;
use super::sign_in::SignedIn;
use super::wall::{Drawn, drawn};
use crate::charts::judge::image;
use crate::charts::sheet::alone;
use crate::charts::{Caption, Look, Svg, caption, data_table, draw_or_say, percentage};
use crate::domain::collection::Collection;
use crate::domain::diagnosis::Wave;
use crate::domain::instrument::{Instrument, Policy};
use crate::domain::people::May;
use crate::domain::text::{Lang, Text};
use crate::job::evidence::{self, Evidence};
use crate::publish::sheet::{Page, workbook};
use crate::publish::{Past, Shown, Standing, Step, captioned, standing as stands, steps};
use crate::release::Table;
use crate::release::change::{Break, Change};
use crate::words::{ChartWords, GateWords, StaffWords, fill};

/// How wide a chart is as pixels: enough for a slide.
const PIXELS: f64 = 1600.0;

#[derive(Template)]
#[template(path = "released.html")]
struct ReleasedPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    made: String,
    state: &'a str,
    publish: Option<String>,
    sheets: Vec<SheetView<'a>>,
    show_table: &'a str,
    gate: &'a GateWords,
    sentences: Option<(String, &'a str)>,
    tables: String,
    all_tables: &'a str,
}

/// One collection's charts.
struct SheetView<'a> {
    title: String,
    caption: Caption,
    drawn: Vec<(Drawn, String)>,
    /// The outcome of a ballot, place by place.
    ballot: Vec<String>,
    /// What became of each share since the wave before.
    waves: Vec<(String, &'a str)>,
    /// What people wrote and the moderator let through.
    cards: Option<Cards>,
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
    let waves = app.store.waves(desk.diagnosis.id).await?;
    let published = evidence.release.published;
    let may_publish = desk.may(May::Coordinate) && !published;
    let page = ReleasedPage {
        frame: desk.frame(&fill(&words.release_n, &[("n", &number.to_string())])),
        made: fill(&words.release_made_on, &[("day", &evidence.release.made.to_string())]),
        state: if published { &words.for_public } else { &words.for_committee },
        publish: may_publish.then(|| desk.path(&format!("/releases/{number}/publish"))),
        sheets: sheets(&desk, &evidence, &waves).await?,
        gate: app.gate_words(desk.lang()),
        sentences: desk.may(May::Coordinate).then(|| {
            let path = desk.path(&format!("/releases/{number}/sentences"));
            (path, app.gate_words(desk.lang()).sentences.as_str())
        }),
        show_table: &app.form_words(desk.lang()).show_table,
        tables: desk.path(&format!("/releases/{number}/tables")),
        all_tables: &desk.export_words().all_tables,
        words,
    };
    Ok(show(StatusCode::OK, &page))
}

async fn sheets<'a>(
    desk: &'a Desk,
    evidence: &Evidence,
    waves: &[Wave],
) -> Result<Vec<SheetView<'a>>> {
    let (lang, number) = (desk.lang(), evidence.release.number);
    let mut views = Vec::new();
    for (at, (collection, instrument)) in evidence.sheets.iter().enumerate() {
        let tables = evidence.tables_of(collection);
        // When nothing of a collection may be shown, one box with the reason is enough.
        let nothing = tables.iter().all(|table| table.withheld().is_some());
        let most = if nothing { 1 } else { instrument.charts.len() };
        let (all, of) = (evidence.tables.as_slice(), evidence.sheets.as_slice());
        let past = Past { collection, instrument, sheets: of, tables: all };
        let shown = instrument.charts.iter().filter_map(|plan| Shown::of(plan, &tables)).take(most);
        let shown = shown.map(|shown| shown.since(&past).on(&evidence.grounds));
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
            let ballot = ballot(desk, &tables);
            let waves = since(desk, evidence, (collection, instrument), waves);
            let (id, over) = (format!("q{at}"), Text::name(&desk.words().quotes_title));
            let cards =
                cards(&desk.app, evidence, (collection, instrument), (&id, &over), lang).await?;
            views.push(SheetView { title, caption, drawn, ballot, waves, cards });
        }
    }
    Ok(views)
}

/// What a ballot decided, place by place; none for anything else.
fn ballot(desk: &Desk, tables: &[&Table]) -> Vec<String> {
    let words = desk.app.gate_words(desk.lang());
    let exact = |table: &&&Table| table.step() == 1 && table.address().by.is_some();
    let by = tables.iter().filter(exact).find(|table| table.withheld().is_none());
    let everyone = by.and_then(|by| {
        tables.iter().find(|table| {
            let (own, of) = (table.address(), by.address());
            own.question == of.question && own.by.is_none()
        })
    });
    let (Some(by), Some(everyone)) = (by, everyone) else { return Vec::new() };
    let line = |one: Standing| {
        let share = percentage(one.equal, desk.app.chart_words(desk.lang()));
        let with = [
            ("place", one.place.to_string()),
            ("what", one.text.get(desk.lang()).to_owned()),
            ("share", share),
            ("votes", one.votes.to_string()),
        ];
        let with: Vec<(&str, &str)> =
            with.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let note = match (one.by_lot, one.by_residents) {
            (true, _) => words.ballot_lot.as_str(),
            (false, true) => &words.ballot_residents,
            (false, false) => "",
        };
        format!("{} {note}", fill(&words.ballot_row, &with)).trim_end().to_owned()
    };
    stands(everyone, by).into_iter().map(line).collect()
}

/// What became of each share since the same instrument was in the field in an earlier wave.
fn since<'a>(
    desk: &'a Desk,
    evidence: &Evidence,
    (collection, instrument): (&Collection, &Instrument),
    waves: &[Wave],
) -> Vec<(String, &'a str)> {
    let (lang, words) = (desk.lang(), desk.app.gate_words(desk.lang()));
    let number = |of: &Collection| {
        waves.iter().find(|wave| wave.id == of.wave).map_or(0, |wave| wave.number)
    };
    let now = number(collection);
    let earlier = evidence
        .sheets
        .iter()
        .filter(|(one, of)| of.slug == instrument.slug && number(one) < now)
        .max_by_key(|(one, _)| number(one));
    let Some((before, old)) = earlier else { return Vec::new() };
    let (old_tables, tables) = (evidence.tables_of(before), evidence.tables_of(collection));
    let line = |step: Step| {
        let share = |share: Option<String>| share.unwrap_or("–".to_owned());
        let answers: Vec<&str> = step.answers.iter().map(|text| text.get(lang)).collect();
        let with = [
            ("question", step.question.get(lang).to_owned()),
            ("answers", answers.join(" / ")),
            ("before", share(step.before)),
            ("after", share(step.after)),
        ];
        let with: Vec<(&str, &str)> =
            with.iter().map(|(name, text)| (*name, text.as_str())).collect();
        (fill(&words.wave_step, &with), change(step.change, words))
    };
    steps((old, &old_tables), (instrument, &tables), (lang, desk.app.chart_words(lang)))
        .into_iter()
        .map(line)
        .collect()
}

fn change(change: Change, words: &GateWords) -> &str {
    match change {
        Change::More => &words.more,
        Change::Less => &words.less,
        Change::NoClear => &words.no_clear,
        Change::Broken(Break::Question) => &words.break_question,
        Change::Broken(Break::Withheld) => &words.break_withheld,
        Change::Broken(Break::Sampling) => &words.break_sampling,
        Change::Broken(Break::NotRandom) => &words.break_not_random,
        Change::Broken(Break::Mode) => &words.break_mode,
        Change::Broken(Break::Few) => &words.break_few,
    }
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
    chart_file(&app, &evidence, &collection, &name, desk.lang()).await
}

/// A chart of a release as `.svg` or `.png`, or its numbers as `.csv` or `.xlsx`, each with its
/// question and caption in it: a picture in somebody's slides still says who answered.
///
/// # Errors
/// `NotFound` where the release has no such chart; when it cannot be drawn.
pub(super) async fn chart_file(
    app: &App,
    evidence: &Evidence,
    collection: &str,
    name: &str,
    lang: Lang,
) -> Result<Response> {
    let (chart, kind) = name.rsplit_once('.').ok_or(Error::NotFound)?;
    let shown = shown(evidence, collection, chart).ok_or(Error::NotFound)?;
    let words = app.chart_words(lang);
    let said = caption(&shown.picture(None).tables, lang, words);
    match kind {
        "svg" => {
            let svg = standing(&shown, &said, lang, words)?;
            Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg.xml).into_response())
        }
        "png" => {
            let svg = standing(&shown, &said, lang, words)?;
            let png = research::writing(move || image(&svg.xml, PIXELS)?.png()).await?;
            Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
        }
        "csv" => {
            let table = data_table(&shown.picture(None), lang, words);
            let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
            let save = (header::CONTENT_DISPOSITION, "attachment");
            Ok(([kind, save], captioned(&table, &said)).into_response())
        }
        "xlsx" => {
            let of = evidence.sheets.iter().find(|(one, _)| one.id.to_string() == collection);
            let (of, _) = of.ok_or(Error::NotFound)?;
            let page = Page::of(of, &shown, lang, words);
            let book = workbook(shown.plan.title.get(lang), evidence.release.made, &[page], None);
            Ok(research::save(name, research::XLSX, book.map_err(Error::Failed)?))
        }
        _ => Err(Error::NotFound),
    }
}

/// A chart with its question above and its caption below.
fn standing(shown: &Shown, said: &Caption, lang: Lang, words: &ChartWords) -> Result<Svg> {
    let (picture, look) = (shown.picture(None), Look::page_wide());
    draw_or_say(&picture, &look, lang, words, &[])
        .and_then(|chart| alone(&chart, said, &look, lang))
        .map_err(|refusal| Error::Failed(refusal.to_string()))
}

fn shown(evidence: &Evidence, collection: &str, chart: &str) -> Option<Shown> {
    let of = |id: &str| evidence.sheets.iter().find(|(one, _)| one.id.to_string() == id);
    let (collection, instrument) = of(collection)?;
    let tables = evidence.tables_of(collection);
    let (sheets, all) = (evidence.sheets.as_slice(), evidence.tables.as_slice());
    let past = Past { collection, instrument, sheets, tables: all };
    Some(Shown::of(instrument.chart(chart)?, &tables)?.since(&past).on(&evidence.grounds))
}
