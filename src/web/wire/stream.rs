//! A connection as the parser sees it: head by head, each looked at first ([`super::head`]), and
//! with a clock for whoever reads our answer too slowly.
//!
//! Between heads it passes on exactly the bytes that the head announced. What comes after a head
//! that was refused is never read as another request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use super::head::{self, Framing, Refused};
use super::pace::Pace;

/// What the parser is given instead of a head that was refused: it answers 400 and closes.
const MALFORMED: &[u8] = b"(\r\n\r\n";
/// How much is read at a time while a head comes in.
const PIECE: usize = 4096;
/// How long what somebody still sends is heard out before a connection is closed: closed at once,
/// they might never see our answer.
const HEARD_OUT: Duration = Duration::from_secs(1);

/// A connection.
pub(super) struct Stream {
    inner: TcpStream,
    /// What was read and not yet passed on.
    held: Vec<u8>,
    /// How many bytes may be passed on before the next head.
    allowed: u64,
    /// Nothing more is passed on.
    over: bool,
    /// Whether anything ever came in.
    spoke: Arc<AtomicBool>,
    writing: Pace,
    farewell: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    /// A connection, and whether anything ever came in through it.
    pub(super) fn new(inner: TcpStream, writing: Pace) -> (Self, Arc<AtomicBool>) {
        let spoke = Arc::new(AtomicBool::new(false));
        let (held, allowed, over) = (Vec::new(), 0, false);
        let stream =
            Self { inner, held, allowed, over, spoke: spoke.clone(), writing, farewell: None };
        (stream, spoke)
    }

    /// Reads until a whole head is there, and allows it and its body through.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut seen = 0;
        loop {
            // A line that is left over from the request before is nobody's.
            while self.held.starts_with(b"\r\n") {
                self.held.drain(..2);
                seen = 0;
            }
            match head::end(&self.held, seen) {
                Ok(Some(end)) => {
                    self.admit(end);
                    return Poll::Ready(Ok(()));
                }
                Ok(None) => seen = self.held.len(),
                Err(refused) => {
                    self.refuse(refused);
                    return Poll::Ready(Ok(()));
                }
            }
            let mut piece = [0; PIECE];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut self.inner).poll_read(cx, &mut piece))?;
            if piece.filled().is_empty() {
                self.over = true;
                self.held = Vec::new();
                return Poll::Ready(Ok(()));
            }
            self.spoke.store(true, Ordering::Relaxed);
            self.held.extend_from_slice(piece.filled());
        }
    }

    fn admit(&mut self, end: usize) {
        match self.held.get(..end).map_or(Err(Refused::Malformed), head::framing) {
            Ok(Framing::Length(length)) => match length.checked_add(end as u64) {
                Some(allowed) => self.allowed = allowed,
                None => self.refuse(Refused::Malformed),
            },
            Ok(Framing::Chunked) => {
                self.held.truncate(end);
                self.allowed = end as u64;
                self.over = true;
            }
            Err(refused) => self.refuse(refused),
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.held = match refused {
            Refused::Malformed => MALFORMED.to_vec(),
            // More fields than the parser takes: it answers 431 and closes.
            Refused::TooLarge => {
                format!("GET / HTTP/1.1\r\n{}\r\n", "a:\r\n".repeat(200)).into_bytes()
            }
        };
        self.allowed = self.held.len() as u64;
        self.over = true;
    }

    /// Passes on what is held, as far as it is allowed.
    fn pass(&mut self, into: &mut ReadBuf<'_>) {
        let most = usize::try_from(self.allowed).unwrap_or(usize::MAX);
        let count = self.held.len().min(into.remaining()).min(most);
        let (now, later) = self.held.split_at(count);
        into.put_slice(now);
        self.held = later.to_vec();
        self.allowed -= count as u64;
    }

    /// Whether somebody may still be sending what nobody will read.
    fn is_cut_short(&self) -> bool {
        self.over || self.allowed > 0
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.allowed == 0 && !this.over {
            ready!(this.poll_head(cx))?;
        }
        if this.allowed == 0 {
            return Poll::Ready(Ok(()));
        }
        if !this.held.is_empty() {
            this.pass(into);
            return Poll::Ready(Ok(()));
        }
        let most = usize::try_from(this.allowed).unwrap_or(usize::MAX).min(into.remaining());
        let mut body = ReadBuf::new(into.initialize_unfilled_to(most));
        ready!(Pin::new(&mut this.inner).poll_read(cx, &mut body))?;
        let count = body.filled().len();
        into.advance(count);
        this.allowed -= count as u64;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.writing.minded(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write_vectored(cx, slices);
        this.writing.minded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.farewell.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
        }
        if !this.is_cut_short() {
            return Poll::Ready(Ok(()));
        }
        let farewell = this.farewell.get_or_insert_with(|| Box::pin(tokio::time::sleep(HEARD_OUT)));
        if farewell.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        loop {
            let mut piece = [0; PIECE];
            let mut piece = ReadBuf::new(&mut piece);
            match ready!(Pin::new(&mut this.inner).poll_read(cx, &mut piece)) {
                Ok(()) if !piece.filled().is_empty() => {}
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
