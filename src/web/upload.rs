//! Forms that bring files: their parts one after the other, each with a limit. The name of a file is
//! never looked at.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Request};
use axum::http::StatusCode;
use hyper::body::{Frame, SizeHint};

/// More parts than any form has.
const MOST_PARTS: usize = 4000;

/// More bytes than stand before the content of any part.
const LONGEST_HEAD: usize = 64 * 1024;

/// How many bytes may still come before the next part must have begun: whoever reads the parts would
/// otherwise gather an endless head in memory, and search it again with every piece.
#[derive(Debug, Clone)]
pub(super) struct Guard(Arc<AtomicUsize>);

/// A body whose heads of parts are bounded.
struct Guarded {
    inner: Body,
    left: Guard,
    /// Whether the reader had its chance to find the end of the head in what it has.
    warned: bool,
}

/// A request whose heads of parts are bounded, with what says so.
pub(super) fn guarded(request: Request) -> (Request, Guard) {
    let guard = Guard(Arc::new(AtomicUsize::new(LONGEST_HEAD)));
    let left = guard.clone();
    (request.map(|inner| Body::new(Guarded { inner, left, warned: false })), guard)
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let left = this.left.0.load(Ordering::Relaxed);
        if left == 0 && !std::mem::replace(&mut this.warned, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if left == 0 {
            return Poll::Ready(Some(Err(axum::Error::new("the head of a part has no end"))));
        }
        let frame = Pin::new(&mut this.inner).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame {
            this.warned = false;
            let came = frame.data_ref().map_or(0, Bytes::len);
            if left != usize::MAX {
                this.left.0.store(left.saturating_sub(came), Ordering::Relaxed);
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The parts of a form.
pub(super) struct Parts {
    multipart: Multipart,
    guard: Option<Guard>,
    parts: usize,
    /// How many bytes of text may still come.
    text: usize,
}

/// One part.
pub(super) enum Part<'a> {
    /// A field and its value.
    Text(String, String),
    /// A field and the file chosen in it.
    File(String, Box<File<'a>>),
}

/// A file on its way in.
pub(super) struct File<'a>(Field<'a>);

/// Why a form cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// More than is taken.
    TooBig,
    /// Not a form, or cut off.
    NotAForm,
}

impl From<MultipartError> for Broken {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooBig } else { Self::NotAForm }
    }
}

impl Parts {
    /// The parts of a form whose texts together have at most so many bytes.
    #[must_use]
    pub(super) fn of(multipart: Multipart, text: usize) -> Self {
        Self { multipart, guard: None, parts: 0, text }
    }

    /// The same, with a bound on what stands before each part.
    #[must_use]
    pub(super) fn within(mut self, guard: Guard) -> Self {
        self.guard = Some(guard);
        self
    }

    /// The next part; nothing after the last.
    ///
    /// # Errors
    /// When the form is too big or no form.
    pub(super) async fn next(&mut self) -> Result<Option<Part<'_>>, Broken> {
        let guard = self.guard.clone();
        if let Some(Guard(left)) = &guard {
            left.store(LONGEST_HEAD, Ordering::Relaxed);
        }
        let next = self.multipart.next_field().await;
        if let Some(Guard(left)) = &guard
            && left.swap(usize::MAX, Ordering::Relaxed) == 0
            && next.is_err()
        {
            return Err(Broken::TooBig);
        }
        let Some(field) = next? else { return Ok(None) };
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(Broken::TooBig);
        }
        let name = field.name().unwrap_or("").to_owned();
        let mut file = File(field);
        if file.0.file_name().is_some() {
            return Ok(Some(Part::File(name, Box::new(file))));
        }
        let bytes = file.whole(self.text).await?.ok_or(Broken::TooBig)?;
        self.text -= bytes.len();
        Ok(Some(Part::Text(name, String::from_utf8_lossy(&bytes).into_owned())))
    }
}

impl File<'_> {
    /// The next piece of it.
    ///
    /// # Errors
    /// When the form is too big or cut off.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, Broken> {
        Ok(self.0.chunk().await?)
    }

    /// All of it; nothing when it has more than so many bytes.
    ///
    /// # Errors
    /// When the form is too big or cut off.
    pub(super) async fn whole(&mut self, most: usize) -> Result<Option<Vec<u8>>, Broken> {
        let mut all = Vec::new();
        while let Some(piece) = self.piece().await? {
            if all.len() + piece.len() > most {
                return Ok(None);
            }
            all.extend_from_slice(&piece);
        }
        Ok(Some(all))
    }
}
