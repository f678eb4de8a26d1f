//! Screens that change while people look: one stream of server-sent events for each data walk.
//!
//! Nothing but the news *that* something changed goes through here; whoever hears it asks for its
//! page anew, with the rights it has. So a listener that was cut off, or too slow, has missed
//! nothing once it asks again, and a stranger who listens learns nothing. News from another process on
//! the same database is looked for every second, while somebody listens. Listeners are counted:
//! those of the public cannot take the places of the committee's screens. Without a script the page is loaded
//! anew now and then instead.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::Mutex;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::app::App;
use super::error::{Error, Result};
use super::wall::is_public;
use crate::domain::data_walk::DataWalk;
use crate::domain::ids::DataWalkId;
use crate::store::Stirred;

/// How many may listen to one walk, of each audience.
const MOST_OF_A_WALK: usize = 100;
/// How many may listen altogether, of each audience.
const MOST: usize = 400;
/// A sign of life for whoever stands between, and to find out who left.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// After this a listener asks again, and whether they may is looked at anew.
const LIFE: Duration = Duration::from_mins(30);
/// How often a walk that somebody watches is looked at for news from another process.
const LOOK: Duration = Duration::from_secs(1);
/// How soon a browser that was cut off tries again.
const AGAIN: Duration = Duration::from_secs(2);

/// What may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// What the projector shows.
    Screen,
    /// What people said that everybody may read, and what came of it.
    Said,
}

impl News {
    /// The name of the event.
    const fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Said => "said",
        }
    }
}

/// Who listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Audience {
    /// Anybody with the address of the walk.
    Everybody,
    /// Somebody who is signed in.
    Staff,
}

/// How often each thing changed since somebody began to listen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    screen: u64,
    said: u64,
}

impl Count {
    fn add(&mut self, news: News) {
        match news {
            News::Screen => self.screen += 1,
            News::Said => self.said += 1,
        }
    }

    /// One thing that is newer there than here; it is known from now on.
    fn catch_up(&mut self, now: Self) -> Option<News> {
        if self.screen != now.screen {
            self.screen = now.screen;
            return Some(News::Screen);
        }
        (self.said != now.said).then(|| {
            self.said = now.said;
            News::Said
        })
    }
}

type Rooms = HashMap<(DataWalkId, Audience), watch::Sender<Count>>;

/// Everybody who listens.
#[derive(Debug)]
pub(super) struct Live {
    rooms: Mutex<Rooms>,
    /// The walks somebody looks after, because somebody listens.
    looked_after: Mutex<HashSet<DataWalkId>>,
    open: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            rooms: Mutex::default(),
            looked_after: Mutex::default(),
            open: watch::Sender::new(true),
        }
    }
}

impl Live {
    /// Tells everybody who listens to this walk.
    pub(super) fn tell(&self, walk: DataWalkId, news: News) {
        let Ok(rooms) = self.rooms.lock() else { return };
        for audience in [Audience::Everybody, Audience::Staff] {
            if let Some(room) = rooms.get(&(walk, audience)) {
                room.send_modify(|count| count.add(news));
            }
        }
    }

    /// A stream of events for one more listener.
    ///
    /// # Errors
    /// `Busy` when there are too many; their pages are loaded anew now and then instead.
    pub(super) fn listen(&self, walk: DataWalkId, audience: Audience) -> Result<Response> {
        let heard = self.join(walk, audience).ok_or(Error::Busy)?;
        let stream = news(heard, self.open.subscribe(), Instant::now() + LIFE);
        let events = Sse::new(stream).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE));
        let mut response = events.into_response();
        // One proxy in wide use holds small pieces back unless it is told not to.
        let name = HeaderName::from_static("x-accel-buffering");
        response.headers_mut().insert(name, HeaderValue::from_static("no"));
        Ok(response)
    }

    /// A place in the room of a walk, while there is one; rooms that everybody left are taken down.
    fn join(&self, walk: DataWalkId, audience: Audience) -> Option<watch::Receiver<Count>> {
        let mut rooms = self.rooms.lock().ok()?;
        rooms.retain(|_, room| room.receiver_count() > 0);
        let taken: usize = rooms
            .iter()
            .filter(|((_, other), _)| *other == audience)
            .map(|(_, room)| room.receiver_count())
            .sum();
        let room =
            rooms.entry((walk, audience)).or_insert_with(|| watch::Sender::new(Count::default()));
        let has_place = room.receiver_count() < MOST_OF_A_WALK && taken < MOST;
        (has_place && *self.open.borrow()).then(|| room.subscribe())
    }

    /// Whether nobody looks after a walk yet; from now on somebody does.
    fn take(&self, walk: DataWalkId) -> bool {
        self.looked_after.lock().is_ok_and(|mut all| all.insert(walk))
    }

    /// Whether everybody has left a walk; then nobody looks after it any more.
    fn is_left(&self, walk: DataWalkId) -> bool {
        let Ok(mut all) = self.looked_after.lock() else { return true };
        let Ok(rooms) = self.rooms.lock() else { return true };
        let mut own = rooms.iter().filter(|((of, _), _)| *of == walk);
        let is_left = !*self.open.borrow() || own.all(|(_, room)| room.receiver_count() == 0);
        if is_left {
            all.remove(&walk);
        }
        is_left
    }

    /// Sends everybody away, so that a server that stops does not wait for them.
    pub(super) fn close(&self) {
        self.open.send_replace(false);
    }
}

/// Looks for news of a walk from another process, every second and only while somebody listens here.
pub(super) fn look_after(app: &App, walk: DataWalk) {
    if !app.live().take(walk.id) {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        let mut known: Option<Stirred> = None;
        loop {
            // A database that is away for a moment is asked again.
            if let Ok(now) = app.store.stirred(&walk).await {
                let live = app.live();
                if known.is_some_and(|known| known.screen != now.screen) {
                    live.tell(walk.id, News::Screen);
                }
                if known.is_some_and(|known| known.said != now.said) {
                    live.tell(walk.id, News::Said);
                }
                known = Some(now);
            }
            sleep_until(Instant::now() + LOOK).await;
            if app.live().is_left(walk.id) {
                return;
            }
        }
    });
}

/// What one listener hears: that it listens, then every change, until it is time to ask again.
fn news(
    heard: watch::Receiver<Count>,
    open: watch::Receiver<bool>,
    until: Instant,
) -> impl Stream<Item = std::result::Result<Event, Infallible>> + Send + 'static {
    let known = *heard.borrow();
    stream::unfold(
        (heard, open, Some(known), true),
        move |(mut heard, mut open, known, first)| async move {
            let mut known = known?;
            if first {
                let hello = Event::default().event("listening").retry(AGAIN).data("now");
                return Some((Ok(hello), (heard, open, Some(known), false)));
            }
            loop {
                let now = *heard.borrow_and_update();
                if let Some(news) = known.catch_up(now) {
                    let event = Event::default().event(news.name()).data("now");
                    return Some((Ok(event), (heard, open, Some(known), false)));
                }
                tokio::select! {
                    changed = heard.changed() => changed.ok()?,
                    _ = open.wait_for(|open| !open) => return None,
                    () = sleep_until(until) => return None,
                }
            }
        },
    )
}

/// `GET /w/{door}/live`: news of a walk that everybody may see.
pub(super) async fn everybody(
    State(app): State<App>,
    Path(door): Path<String>,
) -> Result<Response> {
    let walk = app.intake.data_walk(&door).await?;
    if !is_public(&app, &walk).await? {
        return Err(Error::NotFound);
    }
    let heard = app.live().listen(walk.id, Audience::Everybody)?;
    look_after(&app, walk);
    Ok(heard)
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use http_body_util::BodyExt;
    use uuid::Uuid;

    use super::*;

    fn walk(n: u128) -> DataWalkId {
        DataWalkId(Uuid::from_u128(n))
    }

    async fn heard(body: &mut axum::body::Body) -> Option<String> {
        let frame = body.frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn whoever_listens_hears_that_something_changed_and_only_of_their_walk() {
        let live = Live::default();
        let response = live.listen(walk(1), Audience::Everybody).unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut body = response.into_body();
        assert!(heard(&mut body).await.unwrap().contains("event: listening"));
        live.tell(walk(2), News::Screen);
        // Three changes while nobody asks are one piece of news of each kind.
        live.tell(walk(1), News::Said);
        live.tell(walk(1), News::Screen);
        live.tell(walk(1), News::Screen);
        assert!(heard(&mut body).await.unwrap().contains("event: screen"));
        assert!(heard(&mut body).await.unwrap().contains("event: said"));
        live.close();
        assert_eq!(heard(&mut body).await, None, "a server that stops sends them away");
        assert!(live.listen(walk(1), Audience::Staff).is_err(), "and takes nobody more");
    }

    #[test]
    fn strangers_cannot_take_the_places_of_the_committee() {
        let live = Live::default();
        let mut held: Vec<_> =
            (0..MOST_OF_A_WALK).map(|_| live.join(walk(1), Audience::Everybody).unwrap()).collect();
        assert!(live.join(walk(1), Audience::Everybody).is_none());
        assert!(live.join(walk(2), Audience::Everybody).is_some());
        assert!(live.join(walk(1), Audience::Staff).is_some());
        held.pop();
        assert!(
            live.join(walk(1), Audience::Everybody).is_some(),
            "who left gives their place back"
        );
        for n in 2..20 {
            held.extend(
                (0..MOST_OF_A_WALK).filter_map(|_| live.join(walk(n), Audience::Everybody)),
            );
        }
        assert_eq!(held.len(), MOST);
        drop(held);
        let _one = live.join(walk(3), Audience::Everybody);
        assert_eq!(live.rooms.lock().unwrap().len(), 1, "empty rooms are taken down");
    }

    #[test]
    fn a_walk_is_looked_after_once_and_until_everybody_left() {
        let live = Live::default();
        let heard = live.join(walk(1), Audience::Everybody);
        assert!(live.take(walk(1)) && !live.take(walk(1)), "once, however many listen");
        assert!(!live.is_left(walk(1)));
        drop(heard);
        assert!(live.is_left(walk(1)) && live.take(walk(1)), "and again for the next");
        let _one = live.join(walk(1), Audience::Staff);
        live.close();
        assert!(live.is_left(walk(1)), "a server that stops looks no more");
    }

    #[tokio::test]
    async fn after_its_time_a_listener_asks_again() {
        let live = Live::default();
        let heard_from = live.join(walk(1), Audience::Staff).unwrap();
        let all = news(heard_from, live.open.subscribe(), Instant::now());
        assert_eq!(all.collect::<Vec<_>>().await.len(), 1, "that it listens, and no more");
    }
}
