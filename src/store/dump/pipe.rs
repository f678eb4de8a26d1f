//! A pipe of bytes from a task that waits for a database to a thread that waits for a disk. It is
//! short, so whoever is faster waits for the other, and a backup of any size needs little memory.

use std::io::{Cursor, Read};

use tokio::sync::mpsc;

/// How many bytes are handed over at once.
const PORTION: usize = 256 * 1024;
/// How many portions may wait.
const WAITING: usize = 4;

/// The end that is written to.
#[derive(Debug)]
pub(super) struct PipeWriter {
    to: mpsc::Sender<Vec<u8>>,
    buffer: Vec<u8>,
}

/// The end that is read, on a thread that may wait.
#[derive(Debug)]
pub(super) struct PipeReader {
    from: mpsc::Receiver<Vec<u8>>,
    portion: Cursor<Vec<u8>>,
}

/// The other end is gone; it says itself why.
#[derive(Debug)]
pub(super) struct Gone;

/// Both ends of a new pipe.
pub(super) fn pipe() -> (PipeWriter, PipeReader) {
    let (to, from) = mpsc::channel(WAITING);
    let writer = PipeWriter { to, buffer: Vec::with_capacity(PORTION) };
    (writer, PipeReader { from, portion: Cursor::default() })
}

impl PipeWriter {
    /// Where the next bytes are added; [`PipeWriter::pass`] hands them over when they are many.
    pub(super) const fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Hands over what has gathered, if it is enough.
    pub(super) async fn pass(&mut self) -> Result<(), Gone> {
        if self.buffer.len() < PORTION { Ok(()) } else { self.flush().await }
    }

    /// Hands over everything.
    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        let portion = std::mem::replace(&mut self.buffer, Vec::with_capacity(PORTION));
        self.to.send(portion).await.map_err(|_closed| Gone)
    }
}

impl Read for PipeReader {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let n = self.portion.read(out)?;
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
            match self.from.blocking_recv() {
                Some(portion) => self.portion = Cursor::new(portion),
                None => return Ok(0),
            }
        }
    }
}
