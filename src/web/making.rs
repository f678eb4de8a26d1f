//! A release while it is made: whoever asked for it may wait, look how far it is, or leave. It is made
//! whatever their browser does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::watch;

use super::app::App;
use super::desk::{Act, Desk, StaffFrame, show};
use super::error::{Error, Result};
use super::releases::{again, refusal};
use super::sign_in::SignedIn;
use crate::domain::ids::CollectionId;
use crate::domain::people::May;
use crate::job::release::{Progress, make_watched};
use crate::words::{GateWords, fill};

/// How long somebody waits before they are shown how far it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// What came of it.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The release of this number.
    Made(i64),
    /// Nothing, with the reason.
    Refused(String),
    /// A failure, for the log.
    Failed(String),
}

/// A release that is being made, or has just been.
#[derive(Debug, Clone)]
pub(super) struct Making {
    progress: Arc<Progress>,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Making {
    /// Whether it is still being made.
    #[must_use]
    pub(super) fn goes_on(&self) -> bool {
        self.outcome.borrow().is_none()
    }
}

#[derive(Template)]
#[template(path = "making.html")]
struct MakingPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a GateWords,
    goes_on: bool,
    lines: Vec<String>,
    read: (u64, u64),
    done: (u64, u64),
}

/// Starts making a release and waits for it a little; none when one is being made already.
pub(super) fn start(desk: &Desk, public: bool, collections: Vec<CollectionId>) -> Option<Making> {
    let (app, of) = (desk.app.clone(), desk.diagnosis.id);
    let (send, outcome) = watch::channel(None);
    let making = Making { progress: Arc::default(), outcome };
    if !app.begin_making(of, making.clone()) {
        return None;
    }
    let (progress, today) = (Arc::clone(&making.progress), app.today(&desk.diagnosis));
    let (diagnosis, person) = (desk.diagnosis.clone(), (desk.person.id, desk.lang()));
    tokio::spawn(async move {
        let when = (today, public);
        let made = make_watched(&app.store, &diagnosis, when, &collections, progress).await;
        let outcome = match made {
            Ok(release) => {
                let (number, now) = (release.number.to_string(), app.clock.now());
                let acts = [Some(Act::Released), release.published.then_some(Act::Published)];
                for act in acts.into_iter().flatten() {
                    let who = Some(person.0);
                    let logged = app.store.log(diagnosis.id, who, now, act.code(), &number).await;
                    if let Err(error) = logged {
                        tracing::error!(error = %error, "a release could not be written in the log");
                    }
                }
                Outcome::Made(release.number)
            }
            Err(error) => match refusal(error, app.staff_words(person.1)) {
                Ok(sentence) | Err(Error::Stale(sentence) | Error::Bad(sentence)) => {
                    Outcome::Refused(sentence)
                }
                Err(error) => {
                    // Whoever looks next is told, and that writes it in the server's log.
                    Outcome::Failed(format!("a release could not be made: {error:?}"))
                }
            },
        };
        let _nobody_waits = send.send(Some(outcome));
    });
    Some(making)
}

/// What came of it, if it comes soon.
pub(super) async fn soon(mut making: Making) -> Option<Outcome> {
    let done = tokio::time::timeout(PATIENCE, making.outcome.wait_for(Option::is_some)).await;
    match done {
        Ok(Ok(outcome)) => outcome.clone(),
        Ok(Err(_gone)) => Some(Outcome::Failed("the work was cut off".to_owned())),
        Err(_not_yet) => None,
    }
}

/// `GET /d/{slug}/releases/making`: how far it is; when it is done, the release.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let words = app.gate_words(desk.lang());
    let making = app.making(desk.diagnosis.id);
    let outcome = making.as_ref().and_then(|making| making.outcome.borrow().clone());
    match outcome {
        Some(Outcome::Made(number)) => return Ok(desk.go(&format!("/releases/{number}"))),
        Some(Outcome::Refused(why)) => return again(&desk, &why).await,
        Some(Outcome::Failed(error)) => return Err(Error::Failed(error)),
        None => {}
    }
    let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
    let pair = |text: &str, (n, of): (u64, u64)| {
        fill(text, &[("n", &n.to_string()), ("of", &of.to_string())])
    };
    let progress = making.as_ref().map(|making| &making.progress);
    let read = progress.map_or((0, 0), |all| (of(&all.read), of(&all.answers)));
    let done = progress.map_or((0, 0), |all| (of(&all.done), of(&all.questions)));
    let page = MakingPage {
        frame: desk.frame(&words.making),
        words,
        goes_on: making.is_some(),
        lines: vec![pair(&words.making_reading, read), pair(&words.making_gate, done)],
        read,
        done,
    };
    Ok(show(StatusCode::OK, &page))
}
