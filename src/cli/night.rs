//! `night`, `intake-role` and `seizure`: what the server does by itself, done now; the role of an
//! intake server; and what somebody knows who takes the machine.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::{Place, say};
use crate::domain::night::{Job, JobRun, Outcome};
use crate::job::{backup, night, seizure};
use crate::store::{Journal, Store, Token};
use crate::web::app::Clock;

/// How long a server that has just started leaves the night alone.
const FIRST_LOOK: Duration = Duration::from_mins(1);
/// How often it looks whether the night's work is to be done.
const LOOKS: Duration = Duration::from_mins(10);

/// What `night` needs.
#[derive(Debug, Args)]
pub(super) struct Night {
    #[command(flatten)]
    place: Place,
}

/// What `intake-role` needs.
#[derive(Debug, Args)]
pub(super) struct IntakeRole {
    #[command(flatten)]
    place: Place,
    /// The role: small letters, digits and _.
    #[arg(long, value_name = "NAME", default_value = "miradouro_intake")]
    name: String,
}

/// Does the night's work now; exit code 1 when something of it failed.
pub(super) async fn now(with: Night) -> Result<ExitCode> {
    let store = with.place.open().await?;
    let Some(runs) = night::night(&store, Clock::System.now()).await? else {
        bail!("another server is doing it right now; look again in a few minutes");
    };
    for run in &runs {
        let about =
            if run.about == 0 { String::new() } else { format!(", at most {} rows", run.about) };
        say(&format!("{}: {}{about}", run.job.code(), run.outcome.code()));
    }
    let failed = runs.iter().any(|run| run.outcome == Outcome::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is kept at night besides.
#[derive(Debug, Clone, Default)]
pub(super) struct Keeps {
    /// Where a backup of every night goes.
    pub(super) backups: Option<PathBuf>,
    /// The journal: a backup takes the place of what is in it.
    pub(super) journal: Option<PathBuf>,
}

/// While a server runs: does the night's work whenever it is due.
pub(super) fn keep(store: Store, keeps: Keeps) {
    tokio::spawn(async move {
        let mut wait = FIRST_LOOK;
        loop {
            tokio::time::sleep(wait).await;
            wait = LOOKS;
            let begun = SystemTime::now();
            match night::when_due(&store, Clock::System.now(), keeps.backups.as_deref()).await {
                Ok(None) => {}
                Ok(Some(runs)) => {
                    tracing::info!(jobs = runs.len(), "the night's work is done");
                    if let Err(error) = expire(&store, &keeps, &runs, begun) {
                        tracing::error!(%error, "what a backup makes superfluous is still there");
                    }
                }
                Err(error) => {
                    tracing::error!(error = %error.with_causes(), "the night's work was not done");
                }
            }
        }
    });
}

/// The end of what is too old, and of the journal up to when a backup was begun that was made.
fn expire(store: &Store, keeps: &Keeps, runs: &[JobRun], begun: SystemTime) -> Result<()> {
    let data = store.photo_folder().parent().unwrap_or(store.photo_folder());
    backup::expire_before(data, Clock::System.now())?;
    let is_kept = |run: &JobRun| run.job == Job::Backup && run.outcome == Outcome::Done;
    if let Some(journal) = keeps.journal.as_ref().filter(|_| runs.iter().any(is_kept)) {
        Journal::drop_before(journal, begun)?;
    }
    Ok(())
}

/// Makes the role of an intake server, or renews its rights.
pub(super) async fn intake_role(with: IntakeRole) -> Result<ExitCode> {
    let store = with.place.open().await?;
    let password = Token::random();
    let made = store.grant_intake(&with.name, password.letters()).await.with_context(|| {
        format!("could not give {} its rights; the address has to be the owner's", with.name)
    })?;
    if made {
        say(&format!(
            "the role {} was made; its password, shown once: {}",
            with.name,
            password.letters()
        ));
        say(
            "Give an intake server an address with this name and password, the same file `secret`, and the same folder `photos`.",
        );
    } else {
        say(&format!("the rights of {} were renewed; its password is as it was", with.name));
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what a seizure yields, as Markdown.
pub(super) fn seizure() -> ExitCode {
    say(seizure::page().trim_end());
    ExitCode::SUCCESS
}
