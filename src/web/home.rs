//! The front page for everybody, and the first page of somebody who is signed in: what there is to
//! do now.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::app::{App, Inner};
use super::desk::{self, Card, StaffFrame};
use super::error::Result;
use super::feedback::offered;
use super::night;
use super::overview::{card, ripe};
use super::page::{self, Message};
use super::participate::{best, wished};
use super::sign_in::{SignedIn, role_name};
use crate::domain::collection::State as Stands;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::DiagnosisId;
use crate::domain::people::{May, Person};
use crate::domain::text::Lang;
use crate::words::StaffWords;

/// `GET /ready`: whether the database answers; for whoever watches over the server, and no more.
pub(super) async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.store.answers().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready")
        }
    }
}

/// `GET /`: the neighbourhoods that have published something.
pub(super) async fn front(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let lang = best(&wished(&headers), &Lang::RESPONDENTS);
    let words = app.form_words(lang);
    let mut page = Message::plain(lang, "Miradouro", &words.published_title);
    for diagnosis in app.store.diagnoses().await? {
        let releases = app.store.releases(diagnosis.id).await?;
        if releases.iter().any(|release| release.published) {
            page.links.push((diagnosis.name, format!("/n/{}", diagnosis.slug)));
        }
    }
    if page.links.is_empty() {
        page.paragraphs = vec![words.published_none.clone()];
    }
    page.links.push((app.ways_words(lang).type_door.clone(), "/p".to_owned()));
    page.links.push((words.staff.clone(), "/sign-in".to_owned()));
    Ok(page::html(page.render()))
}

/// What one diagnosis asks of a person now.
struct Part {
    name: String,
    address: String,
    roles: String,
    /// Where feedback is asked, for those who may.
    feedback: Option<String>,
    open: Vec<Card>,
    ripe: Vec<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    parts: Vec<Part>,
    is_host: bool,
    /// What the page about the server's own work is called, for those who may see it.
    night: Option<&'a str>,
}

/// `GET /home`.
pub(super) async fn home(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    let words = app.staff_words(person.lang);
    let mut parts = Vec::new();
    for of in diagnoses(&person) {
        let diagnosis = app.store.diagnosis_of(of).await?;
        parts.push(part(&app, &person, diagnosis).await?);
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    let frame = StaffFrame::new(&app, &person, &words.home_title);
    let night = night::may_look(&person).then(|| app.night_words(person.lang).title.as_str());
    let page = HomePage { frame, words, parts, is_host: person.host, night };
    Ok(desk::show(StatusCode::OK, &page))
}

/// Each diagnosis once, however many roles a person has in it.
fn diagnoses(person: &Person) -> Vec<DiagnosisId> {
    let mut found: Vec<DiagnosisId> = person.roles.iter().map(|(of, _)| *of).collect();
    found.sort();
    found.dedup();
    found
}

async fn part(app: &Inner, person: &Person, diagnosis: Diagnosis) -> Result<Part> {
    let (of, words) = (diagnosis.id, app.staff_words(person.lang));
    let address = format!("/d/{}", diagnosis.slug);
    let roles = person.roles.iter().filter(|(at, _)| *at == of);
    let roles: Vec<&str> = roles.map(|(_, role)| role_name(*role, words)).collect();
    let mut open = Vec::new();
    if person.may(of, May::SeeCommittee) {
        for one in app.store.collections(of).await? {
            if one.state == Stands::Open {
                open.push(card(app, person, &diagnosis, &one).await?);
            }
        }
    }
    let coordinates = person.may(of, May::Coordinate);
    let feedback = person.may(of, May::Facilitate) && offered(&app.shelf).next().is_some();
    Ok(Part {
        roles: roles.join(", "),
        feedback: feedback.then(|| format!("{address}/activity")),
        open,
        ripe: if coordinates { ripe(app, of).await? } else { Vec::new() },
        name: diagnosis.name,
        address,
    })
}
