//! The night: what the server does by itself once a day, and when somebody asks. It deletes what was
//! kept long enough, takes away pictures that nobody needs, and then writes anew what residents sent.
//!
//! In this order: what was deleted leaves its free places and the log only when everything is written
//! anew. One server of several does it. What fails is written down and done again; the rest goes on.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{JobError, backup};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::night::{self, Job, JobRun, Outcome};
use crate::domain::retention::Kept;
use crate::store::{Store, Watch};

/// How long a picture waits for a form that is never sent.
pub const PICTURES_WAIT: Duration = Duration::from_hours(24);

/// What is done when somebody asks, in this order.
const WORK: [Job; 3] = [Job::Purge, Job::Pictures, Job::Unlink];

/// Does the night's work; nothing when another server is at it.
///
/// # Errors
/// When the watch cannot be kept, or nothing can be written down.
pub async fn night(store: &Store, now: i64) -> Result<Option<Vec<JobRun>>, JobError> {
    let Some(watch) = store.watch().await? else { return Ok(None) };
    done(watch, store, now, &WORK, None).await.map(Some)
}

/// The same, if it was not done since the hour last struck, and then a backup into a folder, if one
/// is named: of what is left, and after everything was written anew.
///
/// # Errors
/// When the watch cannot be kept, or nothing can be written down.
pub async fn when_due(
    store: &Store,
    now: i64,
    backups: Option<&Path>,
) -> Result<Option<Vec<JobRun>>, JobError> {
    if !night::is_due(store.last_night().await?, now) {
        return Ok(None);
    }
    let Some(watch) = store.watch().await? else { return Ok(None) };
    // Another server may have done it while this one asked for the watch.
    if !night::is_due(store.last_night().await?, now) {
        watch.release().await;
        return Ok(None);
    }
    let last = backups.map(|_| Job::Backup);
    let jobs: Vec<Job> = WORK.into_iter().chain(last).collect();
    done(watch, store, now, &jobs, backups).await.map(Some)
}

/// After a collection closed: what residents sent is written anew at once.
///
/// # Errors
/// When the watch cannot be kept, or nothing can be written down.
pub async fn after_closing(store: &Store, now: i64) -> Result<Option<Vec<JobRun>>, JobError> {
    let Some(watch) = store.watch().await? else { return Ok(None) };
    done(watch, store, now, &[Job::Unlink], None).await.map(Some)
}

async fn done(
    watch: Watch,
    store: &Store,
    now: i64,
    jobs: &[Job],
    backups: Option<&Path>,
) -> Result<Vec<JobRun>, JobError> {
    let mut runs = Vec::with_capacity(jobs.len());
    for job in jobs {
        let (outcome, about) = match one(store, now, *job, backups).await {
            Ok((outcome, about)) => (outcome, night::rounded(about)),
            Err(error) => {
                tracing::error!(job = job.code(), error = %error.with_causes(), "a job failed");
                (Outcome::Failed, 0)
            }
        };
        runs.push(JobRun { job: *job, day: night::day(now), outcome, about });
    }
    let mut written = Ok(());
    for run in &runs {
        written = written.and(store.write_run(run).await);
    }
    watch.release().await;
    written?;
    Ok(runs)
}

async fn one(
    store: &Store,
    now: i64,
    job: Job,
    backups: Option<&Path>,
) -> Result<(Outcome, u64), JobError> {
    match job {
        Job::Purge => Ok((Outcome::Done, purge(store, now).await?)),
        Job::Pictures => {
            let swept = store.sweep_photos(PICTURES_WAIT).await?;
            Ok((Outcome::Done, u64::try_from(swept).unwrap_or(0)))
        }
        Job::Unlink => {
            let unlinked = store.unlink().await?;
            if unlinked.left.is_empty() {
                return Ok((Outcome::Done, unlinked.rows));
            }
            tracing::warn!(left = ?unlinked.left, "something was in use and was not written anew");
            Ok((Outcome::Left, unlinked.rows))
        }
        Job::Backup => {
            let Some(to) = backups else { return Ok((Outcome::Left, 0)) };
            let (file, kept) = backup::backup(store, to, night::day(now)).await?;
            tracing::info!(rows = kept.rows, file = %file.display(), "a backup was made");
            Ok((Outcome::Done, kept.rows))
        }
    }
}

/// Deletes everything that is over; gives how many rows it was.
async fn purge(store: &Store, now: i64) -> Result<u64, JobError> {
    let mut n = 0;
    for diagnosis in store.diagnoses().await? {
        let (of, today) = (diagnosis.id, today(&diagnosis, now));
        for collection in store.collections(of).await? {
            for what in Kept::due(&collection, today) {
                n += store.forget_of(of, collection.id, what).await?;
            }
        }
        n += store.forget_reflections(of, first_kept(Kept::Reflections, today)).await?;
        let log = first_kept(Kept::Log, today).to_zoned(TimeZone::UTC);
        if let Ok(from) = log {
            n += store.forget_log(of, from.timestamp().as_millisecond()).await?;
        }
    }
    Ok(n + store.forget_expired(now, first_kept(Kept::Log, night::day(now))).await?)
}

/// The first day of which something is still kept.
fn first_kept(what: Kept, today: Date) -> Date {
    today.saturating_sub(what.period())
}

/// Today where the diagnosis is; UTC when its zone is unknown.
fn today(diagnosis: &Diagnosis, now: i64) -> Date {
    let zone = TimeZone::get(&diagnosis.settings.time_zone).unwrap_or(TimeZone::UTC);
    let now = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
    now.to_zoned(zone).date()
}
