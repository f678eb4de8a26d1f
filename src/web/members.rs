//! Who takes part in a diagnosis: inviting, removing, a new passphrase, and the log of what staff
//! did. There is no e-mail: links are shown once and handed over.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::app::{App, Inner};
use super::desk::{self, Act, Desk, StaffFrame, id};
use super::error::{Error, Result};
use super::named;
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::{SignedIn, role_name};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::PersonId;
use crate::domain::people::{Invited, May, Person, Role};
use crate::domain::row_export::LONGEST_NAME;
use crate::store::{AuditEntry, StoreError, Token};
use crate::words::{ExportWords, StaffWords, fill};

/// How long a link is good for.
const DAYS: i64 = 14;

/// One person and all they are here.
struct Member {
    id: PersonId,
    name: String,
    roles: String,
    /// For which organisation they speak; nothing when it is not written down.
    organisation: String,
}

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    exports: &'a ExportWords,
    path: String,
    members: Vec<Member>,
    roles: Vec<(&'static str, &'a str)>,
    may_invite: bool,
    link: Option<String>,
    complaint: Option<&'a str>,
}

/// `GET /d/{slug}/members`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    show(&desk, None, None).await
}

async fn show(desk: &Desk, link: Option<String>, complaint: Option<&str>) -> Result<Response> {
    let words = desk.words();
    let role = |role: &Role| (role.code(), role_name(*role, words));
    let page = MembersPage {
        frame: desk.frame(&words.members),
        words,
        exports: desk.export_words(),
        path: desk.path("/members"),
        members: members(desk).await?,
        roles: Role::ALL.iter().map(role).collect(),
        may_invite: desk.may(May::Coordinate),
        link,
        complaint,
    };
    let status =
        if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(desk::show(status, &page))
}

/// Everybody once, with their roles in words.
async fn members(desk: &Desk) -> Result<Vec<Member>> {
    let mut members: Vec<Member> = Vec::new();
    let affiliations = desk.app.store.affiliations(desk.diagnosis.id).await?;
    for (id, name, role) in desk.app.store.members(desk.diagnosis.id).await? {
        let role = role_name(role, desk.words());
        if let Some(member) = members.iter_mut().find(|member| member.id == id) {
            member.roles = format!("{}, {role}", member.roles);
        } else {
            let organisation = affiliations.get(&id).map(|own| own.organisation.clone());
            let (roles, organisation) = (role.to_owned(), organisation.unwrap_or_default());
            members.push(Member { id, name, roles, organisation });
        }
    }
    Ok(members)
}

/// `POST /d/{slug}/members`: a one-time link for a role, shown once.
pub(super) async fn invite(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let Some(role) = Role::from_code(Filled(pairs).first("role")) else {
        return show(&desk, None, Some(&desk.words().choose_one)).await;
    };
    let link = link(&app, &Invited::Role(desk.diagnosis.id, role)).await?;
    desk.log(Act::Invited, role.code()).await?;
    show(&desk, Some(link), None).await
}

/// `POST /d/{slug}/members/{person}/organisation`: for whom a member speaks; empty takes it away.
pub(super) async fn organisation(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, person)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let person = member(&desk, &person).await?;
    let filled = Filled(pairs);
    let name = filled.first("organisation");
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let words = desk.export_words();
        let said = fill(&words.organisation_long, &[("n", &LONGEST_NAME.to_string())]);
        return show(&desk, None, Some(&said)).await;
    }
    app.store.affiliate(desk.diagnosis.id, person.id, name, app.clock.now()).await?;
    desk.log(Act::NamedOrganisation, &format!("{} · {name}", person.name)).await?;
    Ok(desk.go("/members"))
}

/// Makes a one-time link.
async fn link(app: &Inner, invited: &Invited) -> Result<String> {
    let token = Token::random();
    app.store.invite(&token, invited, app.clock.in_days(DAYS)).await?;
    Ok(app.base_url.join(&format!("/i/{}", token.letters())))
}

/// `POST /d/{slug}/members/{person}/remove`: the last coordinator stays.
pub(super) async fn remove(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, person)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let person = member(&desk, &person).await?;
    let all = app.store.members(desk.diagnosis.id).await?;
    let others =
        |(id, _, role): &(PersonId, _, Role)| *id != person.id && *role == Role::Coordinator;
    if !all.iter().any(others) {
        return show(&desk, None, Some(&desk.words().last_coordinator)).await;
    }
    app.store.remove_member(desk.diagnosis.id, person.id).await?;
    desk.log(Act::Removed, &person.name).await?;
    let myself = person.id == desk.person.id;
    Ok(if myself { Redirect::to("/home").into_response() } else { desk.go("/members") })
}

/// `POST /d/{slug}/members/{person}/reset`: a one-time link to choose a new passphrase.
pub(super) async fn reset(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, person)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let person = member(&desk, &person).await?;
    if !may_reset(&desk.person, &person) {
        return show(&desk, None, Some(&desk.words().reset_refused)).await;
    }
    let link = link(&app, &Invited::Reset(person.id)).await?;
    desk.log(Act::Reset, &person.name).await?;
    show(&desk, Some(link), None).await
}

/// Somebody of this diagnosis.
async fn member(desk: &Desk, written: &str) -> Result<Person> {
    let person = desk.app.store.person(id(written)?).await?;
    let here = person.may(desk.diagnosis.id, May::SeePublished);
    if here { Ok(person) } else { Err(Error::NotFound) }
}

/// A new passphrase opens everything a person may do, so only one who coordinates all of it may
/// hand it over.
fn may_reset(coordinator: &Person, person: &Person) -> bool {
    let host = coordinator.host || !person.host;
    host && person.roles.iter().all(|(of, _)| coordinator.may(*of, May::Coordinate))
}

/// One line of the log, in words.
struct Line {
    at: String,
    who: String,
    act: String,
    about: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    lines: Vec<Line>,
    unbroken: bool,
}

/// `GET /d/{slug}/log`: newest first.
pub(super) async fn log(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let entries = app.store.audit(desk.diagnosis.id).await?;
    let unbroken = entries.iter().all(|entry| entry.unbroken);
    let mut lines = Vec::with_capacity(entries.len());
    let mut names: Vec<(PersonId, String)> = Vec::new();
    for entry in entries.iter().rev() {
        let who = name(&desk, entry, &mut names).await?;
        lines.push(line(&desk, entry, who));
    }
    let words = desk.words();
    let page = LogPage { frame: desk.frame(&words.log), words, lines, unbroken };
    Ok(desk::show(StatusCode::OK, &page))
}

/// Who did it; each person is looked up once, those who have left too.
async fn name(
    desk: &Desk,
    entry: &AuditEntry,
    names: &mut Vec<(PersonId, String)>,
) -> Result<String> {
    let Some(person) = entry.person else { return Ok(desk.words().command_line.clone()) };
    if let Some((_, name)) = names.iter().find(|(id, _)| *id == person) {
        return Ok(name.clone());
    }
    let name = desk.app.store.person(person).await?.name;
    names.push((person, name.clone()));
    Ok(name)
}

fn line(desk: &Desk, entry: &AuditEntry, who: String) -> Line {
    let words = desk.words();
    let act = Act::from_code(&entry.act);
    let act = act.map_or(entry.act.as_str(), |act| named::act(act, words)).to_owned();
    let role = Role::from_code(&entry.about).map(|role| role_name(role, words).to_owned());
    let about = role.unwrap_or_else(|| entry.about.clone());
    Line { at: moment(&desk.diagnosis, entry.at), who, act, about }
}

/// What people are called, those who have left too.
///
/// # Errors
/// When the store fails.
pub(super) async fn names(
    desk: &Desk,
    people: impl Iterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, String>> {
    let mut names = BTreeMap::new();
    for id in people.collect::<BTreeSet<_>>() {
        match desk.app.store.person(id).await {
            Ok(person) => drop(names.insert(id, person.name)),
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(names)
}

/// A moment in the diagnosis's time zone.
pub(super) fn moment(diagnosis: &Diagnosis, at: i64) -> String {
    let zone = TimeZone::get(&diagnosis.settings.time_zone).unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
