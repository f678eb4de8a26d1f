//! Signing in: one-time invitations, passphrases, and the cookie that says who is there.
//!
//! The cookie holds 256 random bits; the store keeps only their hash.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use askama::Template;
use axum::extract::{Form, FromRequestParts, OptionalFromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;

use super::app::{App, Inner};
use super::error::{Error, Result};
use super::page::{self, Frame};
use super::participate::{best, wished};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::PersonId;
use crate::domain::people::{Invited, May, Person, Role};
use crate::domain::text::Lang;
use crate::store::{Passphrase, StoreError, Token};
use crate::words::{StaffWords, fill};

/// How long a sign-in lasts.
const DAYS: i64 = 14;
/// How many wrong passphrases a name may collect in a quarter of an hour.
const TRIES: u32 = 10;
const QUARTER: i64 = 15 * 60 * 1000;
/// The fewest characters of a passphrase.
const SHORTEST: usize = 12;

/// Somebody who is signed in.
#[derive(Clone)]
pub(super) struct SignedIn(pub Person);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let jar = CookieJar::from_headers(&parts.headers);
        let token = jar.get(cookie_name(app)).ok_or(Error::SignIn)?;
        let token = Token::presented(token.value());
        let person = match app.store.signed_in(&token, app.clock.now()).await {
            Ok(person) => person,
            Err(StoreError::NotFound(_)) => return Err(Error::SignIn),
            Err(error) => return Err(error.into()),
        };
        Ok(Self(app.store.person(person).await?))
    }
}

impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(signed_in) => Ok(Some(signed_in)),
            Err(Error::SignIn) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl SignedIn {
    /// The diagnosis of an address, if this person may do that in it. Somebody without any role
    /// there is told that there is nothing.
    ///
    /// # Errors
    /// `NotFound` or `Forbidden`.
    pub(super) async fn diagnosis(&self, app: &Inner, slug: &str, what: May) -> Result<Diagnosis> {
        let diagnosis = app.store.diagnosis(slug).await?;
        if !self.0.may(diagnosis.id, May::SeePublished) {
            return Err(Error::NotFound);
        }
        if self.0.may(diagnosis.id, what) { Ok(diagnosis) } else { Err(Error::Forbidden) }
    }
}

fn cookie_name(app: &Inner) -> &'static str {
    if app.base_url.is_https() { "__Host-miradouro" } else { "miradouro" }
}

/// Whether people may sign in at this address at all: encrypted, or on this machine. A server on a
/// network of a room's own has a plain address for phones; whoever sits at it signs in there.
fn may_sign_in(app: &Inner, headers: &HeaderMap) -> bool {
    app.base_url.is_https() || app.base_url.is_loopback() || is_of_this_machine(headers)
}

/// Whether a browser asks under an address that never leaves its machine. One elsewhere that says so
/// deceives nobody but itself.
fn is_of_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|digit| digit.is_ascii_digit()) { name } else { host }
    });
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|at| at.is_loopback())
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    words: &'a StaffWords,
    complaint: Option<&'a str>,
    name: &'a str,
}

/// `GET /sign-in`.
pub(super) async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    let lang = best(&wished(&headers), &Lang::STAFF);
    let words = app.staff_words(lang);
    let complaint = (!may_sign_in(&app, &headers)).then_some(words.sign_in_needs_https.as_str());
    let frame = Frame::new(lang, &words.sign_in, "Miradouro");
    page::html(SignInPage { frame, words, complaint, name: "" }.render())
}

/// A name and a passphrase.
#[derive(Deserialize)]
pub(super) struct Credentials {
    name: String,
    passphrase: String,
}

/// `POST /sign-in`.
pub(super) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    jar: CookieJar,
    Form(given): Form<Credentials>,
) -> Result<Response> {
    let lang = best(&wished(&headers), &Lang::STAFF);
    let words = app.staff_words(lang);
    let again = |complaint: &str| {
        let frame = Frame::new(lang, &words.sign_in, "Miradouro");
        let (complaint, name) = (Some(complaint), given.name.as_str());
        let page = SignInPage { frame, words, complaint, name };
        let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        (status, page::html(page.render())).into_response()
    };
    if !may_sign_in(&app, &headers) {
        return Ok(again(&words.sign_in_needs_https));
    }
    if too_often(&given.name, app.clock.now()) {
        return Ok(again(&words.sign_in_too_often));
    }
    let known = app.store.by_sign_in(&given.name).await?;
    let phrase = given.passphrase.clone();
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    let is = tokio::task::spawn_blocking(move || Passphrase::is(hash.as_ref(), &phrase))
        .await
        .map_err(|error| Error::Failed(error.to_string()))?;
    if let Some((person, _)) = known.filter(|_| is) {
        enter(&app, jar, person).await
    } else {
        count_miss(&given.name, app.clock.now());
        Ok(again(&words.sign_in_wrong))
    }
}

/// Wrong passphrases per name, in memory only.
static MISSES: LazyLock<Mutex<HashMap<String, (u32, i64)>>> = LazyLock::new(Mutex::default);

/// A name as it is counted: however it is written, it is the same person's.
fn counted(name: &str) -> String {
    name.trim().to_lowercase()
}

fn too_often(name: &str, now: i64) -> bool {
    let Ok(misses) = MISSES.lock() else { return false };
    misses.get(&counted(name)).is_some_and(|(n, since)| *n >= TRIES && now - since < QUARTER)
}

fn count_miss(name: &str, now: i64) {
    let Ok(mut misses) = MISSES.lock() else { return };
    misses.retain(|_, (_, since)| now - *since < QUARTER);
    let (n, _) = misses.entry(counted(name)).or_insert((0, now));
    *n += 1;
}

/// Signs a person in: a cookie and the way home.
async fn enter(app: &Inner, jar: CookieJar, person: PersonId) -> Result<Response> {
    let token = Token::random();
    app.store.sign_in(&token, person, app.clock.now(), app.clock.in_days(DAYS)).await?;
    let cookie = Cookie::build((cookie_name(app), token.letters().to_owned()))
        .path("/")
        .http_only(true)
        .secure(app.base_url.is_https())
        .same_site(SameSite::Lax)
        .build();
    Ok((jar.add(cookie), Redirect::to("/home")).into_response())
}

/// `POST /sign-out`.
pub(super) async fn sign_out(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    Ok((leave(&app, jar).await?, Redirect::to("/sign-in")).into_response())
}

/// Signs whoever is here out on this device.
///
/// # Errors
/// When the store fails.
pub(super) async fn leave(app: &Inner, jar: CookieJar) -> Result<CookieJar> {
    let name = cookie_name(app);
    if let Some(cookie) = jar.get(name) {
        app.store.sign_out(&Token::presented(cookie.value())).await?;
    }
    let gone = Cookie::build((name, "")).path("/").secure(app.base_url.is_https()).build();
    Ok(jar.remove(gone))
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage<'a> {
    frame: Frame,
    words: &'a StaffWords,
    action: String,
    what: String,
    complaint: Option<&'a str>,
    asks_name: bool,
    asks_passphrase: bool,
    given: Acceptance,
    langs: &'a [Lang],
}

/// What somebody fills in at an invitation.
#[derive(Default, Deserialize)]
pub(super) struct Acceptance {
    #[serde(default)]
    name: String,
    #[serde(default)]
    sign_in: String,
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    lang: String,
}

/// `GET /i/{token}`: what the invitation is for. Looking does not use it up.
pub(super) async fn invitation(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
) -> Result<Response> {
    let lang = best(&wished(&headers), &Lang::STAFF);
    let visitor = (signed_in.is_some(), may_sign_in(&app, &headers));
    show(&app, &token, lang, visitor, None, Acceptance::default()).await
}

async fn show(
    app: &Inner,
    token: &str,
    lang: Lang,
    (known, may_enter): (bool, bool),
    complaint: Option<&str>,
    given: Acceptance,
) -> Result<Response> {
    let words = app.staff_words(lang);
    let invited = match app.store.invitation(&Token::presented(token), app.clock.now()).await {
        Ok(invited) => invited,
        Err(StoreError::NotFound(_)) => return Ok(gone(words, lang)),
        Err(error) => return Err(error.into()),
    };
    let complaint = if may_enter { complaint } else { Some(words.sign_in_needs_https.as_str()) };
    let new = matches!(invited, Invited::Host | Invited::Role(..)) && !known;
    let page = InvitationPage {
        frame: Frame::new(lang, &words.invitation_title, "Miradouro"),
        words,
        action: format!("/i/{token}"),
        what: what(app, &invited, words).await?,
        complaint,
        asks_name: new,
        asks_passphrase: new || matches!(invited, Invited::Reset(_)),
        given,
        langs: &Lang::STAFF,
    };
    let status = match complaint {
        Some(_) => axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        None => axum::http::StatusCode::OK,
    };
    Ok((status, page::html(page.render())).into_response())
}

fn gone(words: &StaffWords, lang: Lang) -> Response {
    let page = page::Message::plain(lang, &words.invitation_title, &words.invitation_gone);
    (axum::http::StatusCode::GONE, page::html(page.render())).into_response()
}

/// What an invitation is for, as a sentence.
async fn what(app: &Inner, invited: &Invited, words: &StaffWords) -> Result<String> {
    Ok(match invited {
        Invited::Host => words.invited_host.clone(),
        Invited::Role(diagnosis, role) => {
            let diagnosis = app.store.diagnosis_of(*diagnosis).await?;
            let role = role_name(*role, words);
            fill(&words.invited_role, &[("diagnosis", &diagnosis.name), ("role", role)])
        }
        Invited::Reset(_) => words.invited_reset.clone(),
        Invited::SignIn(person) => {
            let person = app.store.person(*person).await?;
            fill(&words.invited_sign_in, &[("name", &person.name)])
        }
    })
}

/// `POST /i/{token}`: accepts it; from then on it is used up.
pub(super) async fn accept(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    jar: CookieJar,
    signed_in: Option<SignedIn>,
    Form(given): Form<Acceptance>,
) -> Result<Response> {
    let lang = best(&wished(&headers), &Lang::STAFF);
    let words = app.staff_words(lang);
    let invited = match app.store.invitation(&Token::presented(&token), app.clock.now()).await {
        Ok(invited) => invited,
        Err(StoreError::NotFound(_)) => return Ok(gone(words, lang)),
        Err(error) => return Err(error.into()),
    };
    let known = signed_in.is_some();
    if !may_sign_in(&app, &headers) {
        return show(&app, &token, lang, (known, false), None, given).await;
    }
    if let Some(complaint) = complaint(&invited, known, &given, words) {
        return show(&app, &token, lang, (known, true), Some(complaint), given).await;
    }
    let person = match become_somebody(&app, &invited, signed_in, &given, lang).await {
        Ok(person) => person,
        Err(StoreError::Taken(_)) => {
            return show(&app, &token, lang, (known, true), Some(&words.name_taken), given).await;
        }
        Err(error) => return Err(error.into()),
    };
    // Used up last: a name that is taken must not cost the invitation. Of two at once, one loses.
    match app.store.use_invitation(&Token::presented(&token), app.clock.now()).await {
        Ok(_) => {}
        Err(StoreError::NotFound(_)) => return Ok(gone(words, lang)),
        Err(error) => return Err(error.into()),
    }
    finish(&app, &invited, person).await?;
    enter(&app, jar, person).await
}

/// What is wrong with what was filled in.
fn complaint<'a>(
    invited: &Invited,
    known: bool,
    given: &Acceptance,
    words: &'a StaffWords,
) -> Option<&'a str> {
    let new = matches!(invited, Invited::Host | Invited::Role(..)) && !known;
    if new && (given.name.trim().is_empty() || given.sign_in.trim().is_empty()) {
        return Some(&words.name_missing);
    }
    let asks = new || matches!(invited, Invited::Reset(_));
    let short = given.passphrase.chars().count() < SHORTEST;
    (asks && short).then_some(words.passphrase_short.as_str())
}

/// The person who accepts: the one who is signed in, or a new one who may do nothing yet.
async fn become_somebody(
    app: &Inner,
    invited: &Invited,
    signed_in: Option<SignedIn>,
    given: &Acceptance,
    lang: Lang,
) -> std::result::Result<PersonId, StoreError> {
    match (invited, signed_in) {
        (Invited::SignIn(person), _) => Ok(*person),
        (Invited::Reset(person), _) => {
            let hash = hash(given.passphrase.clone()).await?;
            app.store.change_passphrase(*person, &hash).await?;
            Ok(*person)
        }
        (Invited::Host | Invited::Role(..), Some(SignedIn(person))) => Ok(person.id),
        (Invited::Host | Invited::Role(..), None) => {
            let hash = hash(given.passphrase.clone()).await?;
            let person = Person {
                id: PersonId::random(),
                name: given.name.trim().to_owned(),
                lang: given.lang.parse().unwrap_or(lang),
                host: false,
                roles: Vec::new(),
            };
            app.store.add_person(&person, &given.sign_in, Some(&hash)).await?;
            Ok(person.id)
        }
    }
}

/// Gives what the invitation was for, once it is used up.
async fn finish(app: &Inner, invited: &Invited, person: PersonId) -> Result<()> {
    match invited {
        Invited::Host => app.store.make_host(person).await?,
        Invited::Role(diagnosis, role) => {
            app.store.give_role(*diagnosis, person, *role).await?;
            let now = app.clock.now();
            app.store.log(*diagnosis, Some(person), now, "joined", role.code()).await?;
        }
        Invited::Reset(_) | Invited::SignIn(_) => {}
    }
    Ok(())
}

async fn hash(phrase: String) -> std::result::Result<Passphrase, StoreError> {
    tokio::task::spawn_blocking(move || Passphrase::hash(&phrase))
        .await
        .map_err(|error| StoreError::Broken("passphrase", error.to_string()))?
}

/// What a role is called.
#[must_use]
pub(super) fn role_name(role: Role, words: &StaffWords) -> &str {
    match role {
        Role::Coordinator => &words.role_coordinator,
        Role::Moderator => &words.role_moderator,
        Role::Facilitator => &words.role_facilitator,
        Role::Member => &words.role_member,
        Role::PoliceMember => &words.role_police_member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_machine_itself_is_one() {
        let is = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, header::HeaderValue::from_static(host));
            is_of_this_machine(&headers)
        };
        for own in ["127.0.0.1:8080", "127.0.0.1", "localhost:8080", "localhost", "[::1]:80"] {
            assert!(is(own), "{own}");
        }
        for other in ["192.168.8.2:8080", "127.0.0.1.example.org", "localhost.example.org:1", ""] {
            assert!(!is(other), "{other}");
        }
        assert!(!is_of_this_machine(&HeaderMap::new()));
    }
}
