//! How slow somebody may be. Whoever waits is given some patience; every byte that moves gives a
//! little of it back. So a phone with a bad signal gets through, and a connection that is only held
//! open does not.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// The patience with one direction of one connection.
pub(super) struct Pace {
    /// Bytes a second, below which patience runs out.
    rate: u32,
    /// The most patience there can be.
    most: Duration,
    /// What is left of it.
    left: Duration,
    /// Since when we have been waiting.
    since: Option<Instant>,
    /// When all patience ends, whatever moves.
    end: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    /// Patience with whoever moves fewer bytes a second.
    pub(super) fn new(rate: u32, most: Duration) -> Self {
        Self { rate, most, left: most, since: None, end: None, alarm: None }
    }

    /// The same, and all of it over after some time in any case.
    pub(super) fn until(mut self, whole: Duration) -> Self {
        self.end = Some(Instant::now() + whole);
        self
    }

    /// So many bytes moved.
    pub(super) fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let back = Duration::from_secs(1).saturating_mul(bytes) / self.rate.max(1);
        self.left = (self.left + back).min(self.most);
    }

    /// Nothing moves: ready when all patience is gone.
    pub(super) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.since.is_none() {
            let now = Instant::now();
            self.since = Some(now);
            let at = now + self.left;
            let at = self.end.map_or(at, |end| end.min(at));
            match &mut self.alarm {
                Some(alarm) => alarm.as_mut().reset(at),
                None => self.alarm = Some(Box::pin(tokio::time::sleep_until(at))),
            }
        }
        match &mut self.alarm {
            Some(alarm) => alarm.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }

    /// An outcome of writing, unless all patience is gone.
    pub(super) fn minded(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match outcome {
            Poll::Ready(Ok(bytes)) => {
                self.moved(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.poll_over(cx).map(|()| Err(io::Error::from(io::ErrorKind::TimedOut)))
            }
        }
    }
}
