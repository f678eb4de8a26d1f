//! The report as everybody reads it: the newest edition, its figures from the release it was tied
//! to. A page is drawn once and kept; an edition and a release never change.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::super::app::{App, Inner};
use super::super::assets;
use super::super::error::{Error, Result};
use super::super::page::Frame;
use super::super::participate;
use super::super::research;
use super::view::{Eye, SourceView};
use super::{best, title};
use crate::charts::date;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::other_figures::OtherFigures;
use crate::domain::report::{Report, Section, SectionText};
use crate::domain::text::Lang;
use crate::job::evidence::{self, Evidence};
use crate::words::{ReportWords, fill};

/// How many reports are drawn at the same time, and how long somebody waits for their turn.
static DRAWING: Semaphore = Semaphore::const_new(2);
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    frame: Frame,
    words: &'a ReportWords,
    languages: Vec<(Lang, String)>,
    home: String,
    edition: String,
    newer: Option<String>,
    sections: Vec<SectionView>,
    sources: Vec<SourceView>,
}

/// A section on the page.
struct SectionView {
    code: &'static str,
    title: String,
    lang: Lang,
    other: Option<String>,
    body: String,
}

/// The newest edition of a report; none before one was published.
///
/// # Errors
/// When the store fails.
pub(in crate::web) async fn published(app: &Inner, of: &Diagnosis) -> Result<Option<Report>> {
    let all = app.store.reports(of.id).await?;
    Ok(all.into_iter().rfind(|report| report.edition > 0))
}

/// `GET /n/{slug}/report`: to the language the browser asks for.
pub(in crate::web) async fn to_language(
    State(app): State<App>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Redirect> {
    let diagnosis = app.store.diagnosis(&slug).await?;
    published(&app, &diagnosis).await?.ok_or(Error::NotFound)?;
    let wished = participate::wished(&headers);
    let lang = participate::best(&wished, &diagnosis.settings.languages);
    Ok(Redirect::to(&format!("/n/{slug}/report/{lang}")))
}

/// `GET /n/{slug}/report/{lang}`.
pub(in crate::web) async fn read(
    State(app): State<App>,
    Path((slug, tag)): Path<(String, String)>,
) -> Result<Response> {
    let diagnosis = app.store.diagnosis(&slug).await?;
    let lang: Lang = tag.parse().map_err(|_unknown| Error::NotFound)?;
    if !diagnosis.settings.languages.contains(&lang) {
        return Err(Error::NotFound);
    }
    let edition = published(&app, &diagnosis).await?.ok_or(Error::NotFound)?;
    let newest = newest(&app, &diagnosis).await?.unwrap_or(edition.release);
    let texts = app.store.report_texts(diagnosis.id, edition.edition).await?;
    let others = app.store.edition_figures(diagnosis.id, edition.edition).await?;
    // An edition that was taken back and one made after it have the same number.
    let print = texts.iter().fold(Sha256::new_with_prefix(&edition.editor), |print, text| {
        print.chain_update(text.section.code()).chain_update(&text.said)
    });
    let print = others.iter().fold(print, |print, one| {
        let told = serde_json::to_string(&one.told).unwrap_or_default();
        print.chain_update(&one.name).chain_update(told)
    });
    let key = format!(
        "report {} {} {newest} {lang} {:x}",
        edition.edition,
        edition.made,
        print.finalize()
    );
    if let Some(kept) = app.kept_page(diagnosis.id, &key) {
        return Ok(Html(kept.to_string()).into_response());
    }
    let evidence = public(&app, &diagnosis, edition.release).await?;
    let newest = if newest == edition.release {
        None
    } else {
        Some(public(&app, &diagnosis, newest).await?)
    };
    let (inner, of) = (app.clone(), diagnosis.id);
    let turn = tokio::time::timeout(PATIENCE, DRAWING.acquire()).await;
    let turn = turn.ok().and_then(std::result::Result::ok).ok_or(Error::Busy)?;
    let drawn = tokio::task::spawn_blocking(move || {
        // Kept until it is drawn, even when whoever asked has left.
        let _turn = turn;
        let seen = (&evidence, newest.as_ref());
        drawn(&inner, &diagnosis, (&edition, &texts, &others), seen, lang)
    });
    let html = drawn.await.map_err(|error| Error::Failed(error.to_string()))??;
    app.keep_page(of, key, Arc::from(html.as_str()));
    Ok(Html(html).into_response())
}

/// The newest release that everybody may see.
///
/// # Errors
/// When the store fails.
pub(in crate::web) async fn newest(app: &Inner, of: &Diagnosis) -> Result<Option<i64>> {
    let releases = app.store.releases(of.id).await?;
    Ok(releases.into_iter().rfind(|release| release.published).map(|release| release.number))
}

/// What everybody may see of a release.
///
/// # Errors
/// `NotFound` when it is not published.
pub(in crate::web) async fn public(app: &Inner, of: &Diagnosis, number: i64) -> Result<Evidence> {
    let mut evidence = evidence::load(&app.store, of, number).await?;
    if !evidence.release.published {
        return Err(Error::NotFound);
    }
    research::public(&mut evidence);
    Ok(evidence)
}

fn drawn(
    app: &Inner,
    diagnosis: &Diagnosis,
    (edition, texts, others): (&Report, &[SectionText], &[OtherFigures]),
    (evidence, newest): (&Evidence, Option<&Evidence>),
    lang: Lang,
) -> Result<String> {
    let (words, slug) = (app.report_words(lang), &diagnosis.slug);
    let mut eye = Eye {
        app,
        name: &diagnosis.name,
        evidence,
        newest,
        files: format!("/n/{slug}/releases/{}", edition.release),
        map: format!("/n/{slug}/map.svg"),
        others,
        sources: Vec::new(),
        stale: 0,
        drawn: 0,
    };
    let mut sections = Vec::new();
    for section in Section::ALL {
        let Some(text) = best(texts, *section, lang, &diagnosis.settings.languages) else {
            continue;
        };
        let body = eye.html(&text.said, text.lang)?;
        if body.is_empty() {
            continue;
        }
        let other = (text.lang != lang)
            .then(|| fill(&words.other_language, &[("language", text.lang.name())]));
        let title = title(*section, words).to_owned();
        sections.push(SectionView { code: section.code(), title, lang: text.lang, other, body });
    }
    let newer = newest.map(|newest| fill(&words.newer, &[("day", &eye.day(newest, lang))]));
    let others = diagnosis.settings.languages.iter().copied().filter(|other| *other != lang);
    let heading = fill(&words.title, &[("name", &diagnosis.name)]);
    let mut frame = Frame::new(lang, &heading, &diagnosis.name);
    frame.css = assets::address("miradouro.css,public.css,report.css");
    let invented = || app.form_words(lang).invented.clone();
    frame.invented = diagnosis.settings.invented.then(invented);
    let day = date(edition.made, app.chart_words(lang));
    let number = edition.edition.to_string();
    let release = fill(
        &words.made_from,
        &[("n", &edition.release.to_string()), ("day", &eye.day(evidence, lang))],
    );
    let edition = fill(&words.edition, &[("n", &number), ("day", &day)]);
    let page = ReportPage {
        frame,
        words,
        languages: others.map(|other| (other, format!("/n/{slug}/report/{other}"))).collect(),
        home: format!("/n/{slug}/{lang}"),
        edition: format!("{edition}. {release}"),
        newer,
        sections,
        sources: eye.sources.into_iter().map(|(_, view)| view).collect(),
    };
    Ok(page.render()?)
}
