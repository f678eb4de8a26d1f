//! What is looked at before any handler hears a request: a body that says that it is packed is not
//! unpacked, one without a length is not read, and one that comes too slowly is not waited for.
//! Each time the answer says so in the reader's language, and nothing was kept.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, SizeHint};
use tokio::sync::Notify;

use super::Limits;
use super::pace::Pace;
use crate::domain::text::Lang;
use crate::web::LARGEST_BODY;
use crate::web::app::App;
use crate::web::page::{self, Message};
use crate::web::participate::{best, wished};
use crate::web::phone::{Became, Said, Waited, told};
use askama::Template;

/// The patience with bodies, as the connection has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    rate: u32,
    most: Duration,
    whole: Duration,
}

impl From<Limits> for Patience {
    fn from(limits: Limits) -> Self {
        Self { rate: limits.rate, most: limits.patience, whole: limits.body }
    }
}

/// Why a body is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unheard {
    /// It says that it is packed.
    Packed,
    /// It does not say how long it is.
    Endless,
    /// It came too slowly.
    Slow,
}

/// Lets a request through whose body can be heard, and minds its pace.
pub(in crate::web) async fn heard(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let reader = Reader::of(&request);
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return reader.told(&app, Unheard::Packed);
    }
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return reader.told(&app, Unheard::Endless);
    }
    let patience = request.extensions().get::<Patience>().copied();
    let Some(patience) = patience.filter(|_| !request.body().is_end_stream()) else {
        return next.run(request).await;
    };
    let mut pace = Pace::new(patience.rate, patience.most);
    if length(headers).is_none_or(|length| length <= LARGEST_BODY as u64) {
        pace = pace.until(patience.whole);
    }
    let late = Arc::new(Notify::new());
    let is_late = Arc::clone(&late);
    let request = request.map(|inner| Body::new(Paced { inner, pace, late }));
    tokio::select! {
        response = next.run(request) => response,
        () = is_late.notified() => reader.told(&app, Unheard::Slow),
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Who reads the answer.
struct Reader {
    lang: Lang,
    reads_json: bool,
}

impl Reader {
    /// The language of a form stands in its address; elsewhere the browser says it.
    fn of(request: &Request) -> Self {
        let mut parts = request.uri().path().split('/').skip(1);
        let of_form = match (parts.next(), parts.next(), parts.next()) {
            (Some("p" | "w"), Some(_), Some(lang)) => lang.parse().ok(),
            (_, _, _) => None,
        };
        let of_form = of_form.filter(|lang| Lang::RESPONDENTS.contains(lang));
        let headers = request.headers();
        let lang = of_form.unwrap_or_else(|| best(&wished(headers), &Lang::RESPONDENTS));
        Self { lang, reads_json: Waited::of(headers).reads_json }
    }

    /// What was not heard, and that nothing was kept; the connection is closed after it.
    fn told(&self, app: &App, why: Unheard) -> Response {
        let words = app.wire_words(self.lang);
        let (status, state, title, text) = match why {
            Unheard::Packed => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Became::Refused,
                &words.packed_title,
                &words.packed,
            ),
            Unheard::Endless => {
                (StatusCode::LENGTH_REQUIRED, Became::Refused, &words.endless_title, &words.endless)
            }
            Unheard::Slow => {
                (StatusCode::REQUEST_TIMEOUT, Became::Busy, &words.slow_title, &words.slow)
            }
        };
        let page = page::html(Message::plain(self.lang, title, text).render());
        let page = Said::new(Some(state), title, text).beside((status, page).into_response());
        let mut answer = if self.reads_json { told(&page) } else { page };
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        answer
    }
}

/// A body whose pace is minded: when patience is gone it stays silent, and whoever waits is told.
struct Paced {
    inner: Body,
    pace: Pace,
    late: Arc<Notify>,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(frame) => {
                if let Some(Ok(frame)) = &frame {
                    this.pace.moved(frame.data_ref().map_or(0, Bytes::len));
                }
                Poll::Ready(frame)
            }
            Poll::Pending => {
                if this.pace.poll_over(cx).is_ready() {
                    this.late.notify_one();
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
