//! The one writer of what residents send: one task that commits whatever has queued in one
//! transaction, and answers each sender only after the commit (group commit).
//!
//! It runs whatever the sender's connection does: a phone that loses its signal after sending does
//! not undo its answer. The queue is bounded; when it is full, senders are told to try again.
//!
//! When a group cannot be written, nobody in it is told that it was. One bad row is found by trying
//! each by itself; a full disk or a lost database is told to all at once. Where the disk failed to
//! keep what it was given, the task ends and the program with it ([`Writer::broken`]): a flush that
//! failed must never be tried again on the same open file (it may report success for pages that
//! are gone), and a fresh start reads what is really there.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::group::{self, Sent};
use super::journal::{Journal, Record};
use super::response::Received;
use super::trouble::Trouble;
use super::{Db, Result, StoreError, whole};

/// How many may wait.
const QUEUE: usize = 4096;
/// How many go into one transaction.
const GROUP: usize = 256;
/// How often a transaction that stood in another's way is tried.
const TRIES: usize = 5;
/// After so long without an answer the write-ahead log is emptied: it shows what was written in one
/// transaction.
const QUIET: Duration = Duration::from_secs(20);

/// What a group is written to.
struct Keeper {
    db: Db,
    journal: Option<Journal>,
}

type Waiting = (Sent, oneshot::Sender<Result<Received>>);

/// The way to the writer task.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
    broken: watch::Receiver<Option<String>>,
}

impl Writer {
    /// Starts the task; it ends when the last sender is gone.
    pub(super) fn start(db: Db, journal: Option<Journal>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (breaks, broken) = watch::channel(None);
        tokio::spawn(async move {
            if let Err(error) = run(&Keeper { db, journal }, waiting).await {
                tracing::error!(%error, "the disk did not keep what was written; intake has ended");
                breaks.send_replace(Some(error.to_string()));
            }
        });
        Self { queue, broken }
    }

    /// Hands something in and waits until it is on the disk.
    pub(super) async fn write(&self, sent: Sent) -> Result<Received> {
        let (answer, outcome) = oneshot::channel();
        self.queue.try_send((sent, answer)).map_err(|_full_or_gone| StoreError::Busy)?;
        outcome.await.map_err(|_gone| StoreError::Busy)?
    }

    /// Waits until the disk fails, and gives the reason; for ever, where it does not.
    pub(super) async fn broken(&self) -> String {
        let mut broken = self.broken.clone();
        loop {
            if let Some(why) = broken.borrow_and_update().clone() {
                return why;
            }
            if broken.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Writes group after group; ends with an error when the disk fails.
async fn run(to: &Keeper, mut waiting: mpsc::Receiver<Waiting>) -> Result<()> {
    let mut group = Vec::with_capacity(GROUP);
    let mut is_dirty = false;
    loop {
        let came = waiting.recv_many(&mut group, GROUP);
        let n = if is_dirty {
            match tokio::time::timeout(QUIET, came).await {
                Ok(n) => n,
                Err(_quiet) => {
                    is_dirty = !empty_log(&to.db).await;
                    continue;
                }
            }
        } else {
            came.await
        };
        if n == 0 {
            return Ok(());
        }
        is_dirty = true;
        write(to, &mut group).await?;
    }
}

/// One group: everybody in it is answered.
async fn write(to: &Keeper, group: &mut Vec<Waiting>) -> Result<()> {
    match commit(to, group).await {
        Ok(outcomes) => {
            for ((_, answer), outcome) in group.drain(..).zip(outcomes) {
                // A sender that went away does not need its answer.
                let _gone = answer.send(Ok(outcome));
            }
            Ok(())
        }
        Err(StoreError::Database(error)) if Trouble::of(&error) == Trouble::Row => {
            tracing::warn!(%error, group.len = group.len(), "one of a group could not be written");
            for waiting in group.drain(..) {
                let one = [waiting];
                let outcome = commit(to, &one).await;
                let [(_, answer)] = one;
                let outcome = outcome.and_then(|mut all| all.pop().ok_or(StoreError::Busy));
                let _gone = answer.send(outcome);
            }
            Ok(())
        }
        Err(error) => {
            tracing::warn!(%error, group.len = group.len(), "a group could not be written");
            for (_, answer) in group.drain(..) {
                let _gone = answer.send(Err(error.told()));
            }
            if matches!(error, StoreError::Disk(_)) { Err(error) } else { Ok(()) }
        }
    }
}

/// Everything that has queued, in one transaction; again, when another stood in its way.
async fn commit(to: &Keeper, group: &[Waiting]) -> Result<Vec<Received>> {
    let sent: Vec<&Sent> = group.iter().map(|(sent, _)| sent).collect();
    let mut tries = 1;
    loop {
        match commit_once(to, &sent).await {
            Err(StoreError::Database(error))
                if Trouble::of(&error) == Trouble::Again && tries < TRIES =>
            {
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn commit_once(to: &Keeper, sent: &[&Sent]) -> Result<Vec<Received>> {
    let mut tx = to.db.begin().await?;
    let outcomes = group::write(&mut tx, sent).await?;
    if let Some(journal) = &to.journal {
        let kept = sent.iter().zip(&outcomes).filter(|(_, became)| **became == Received::Now);
        let kept: Vec<Record> = kept.map(|(sent, _)| Record::of(sent)).collect();
        if !kept.is_empty() {
            journal.append(&kept).await?;
        }
    }
    tx.commit().await?;
    Ok(outcomes)
}

/// Empties the log where there is one; gives whether it could.
async fn empty_log(db: &Db) -> bool {
    match db {
        Db::Sqlite(pool) => whole::cut_log(pool).await.unwrap_or(false),
        #[cfg(feature = "postgres")]
        Db::Postgres(_) => true,
    }
}
