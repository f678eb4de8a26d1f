//! The one writer of what residents send: one task that commits whatever has queued in one
//! transaction, and answers each sender only after the commit (group commit).
//!
//! It runs whatever the sender's connection does: a phone that loses its signal after sending does
//! not undo its answer. The queue is bounded; when it is full, senders are told to try again.

use tokio::sync::{mpsc, oneshot};

use super::response::{self, NewReflection, NewResponse, Received};
use super::{Db, Result, Secret, StoreError};
use crate::domain::code::Code;

/// How many may wait.
const QUEUE: usize = 4096;
/// How many go into one transaction.
const GROUP: usize = 256;

/// Something a resident sent.
#[derive(Debug)]
pub(super) enum Sent {
    /// A filled instrument.
    Response(NewResponse),
    /// A filled instrument with the one-time code it spends.
    WithCode(NewResponse, Code),
    /// What a group says at a station.
    Reflection(NewReflection),
}

type Waiting = (Sent, oneshot::Sender<Result<Received>>);

/// The way to the writer task.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
}

impl Writer {
    /// Starts the task; it ends when the last sender is gone.
    pub(super) fn start(db: Db, secret: Secret) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(db, secret, waiting));
        Self { queue }
    }

    /// Hands something in and waits until it is on the disk.
    pub(super) async fn write(&self, sent: Sent) -> Result<Received> {
        let (answer, outcome) = oneshot::channel();
        self.queue.try_send((sent, answer)).map_err(|_full_or_gone| StoreError::Busy)?;
        outcome.await.map_err(|_gone| StoreError::Busy)?
    }
}

async fn run(db: Db, secret: Secret, mut waiting: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let outcomes = commit(&db, &secret, &group).await;
        match outcomes {
            Ok(outcomes) => {
                for ((_, answer), outcome) in group.drain(..).zip(outcomes) {
                    // A sender that went away does not need its answer.
                    let _gone = answer.send(Ok(outcome));
                }
            }
            Err(error) => one_by_one(&db, &secret, &mut group, &error).await,
        }
    }
}

/// Everything that has queued, in one transaction.
async fn commit(db: &Db, secret: &Secret, group: &[Waiting]) -> Result<Vec<Received>> {
    let mut tx = db.begin().await?;
    let mut outcomes = Vec::with_capacity(group.len());
    for (sent, _) in group {
        outcomes.push(response::write(&mut tx, secret, sent).await?);
    }
    tx.commit().await?;
    Ok(outcomes)
}

/// After a failed group: each on its own, so that one bad row does not take others with it.
async fn one_by_one(db: &Db, secret: &Secret, group: &mut Vec<Waiting>, error: &StoreError) {
    tracing::warn!(%error, group.len = group.len(), "a group of answers could not be written; trying each");
    for waiting in group.drain(..) {
        let one = [waiting];
        let outcome = commit(db, secret, &one).await;
        let [(_, answer)] = one;
        let outcome = outcome.and_then(|mut outcomes| outcomes.pop().ok_or(StoreError::Busy));
        let _gone = answer.send(outcome);
    }
}
