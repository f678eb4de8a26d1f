//! Between the network and the routes: our own accept loop, because what serves by default waits
//! for ever for a head that never comes.
//!
//! Every connection has a place; when all are taken, accepting waits. Heads, bodies and readers
//! have to keep a lowest pace ([`pace`]); a head is looked at before it is parsed ([`head`]); only
//! a named proxy says who sent something ([`sender`]). Only HTTP/1.1 is spoken. A stop writes what
//! is being written, closes what is idle and does not wait for whoever never said anything.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

mod head;
mod heard;
mod pace;
mod sender;
mod stream;

pub(super) use heard::heard;
use pace::Pace;
use stream::Stream;

/// Descriptors that are kept back for the database, photos and files.
const KEPT_BACK: usize = 128;

/// What a connection may take of time and room.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a head may take to come in, and how long a connection may say nothing.
    pub head: Duration,
    /// How long an ordinary body may take; larger ones only have to keep the pace.
    pub body: Duration,
    /// Bytes a second, below which patience runs out.
    pub rate: u32,
    /// How much patience there is with whoever is slower than that.
    pub patience: Duration,
    /// How many connections each listener has at the same time.
    pub connections: usize,
    /// How long a stop waits for what is being answered.
    pub stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_mins(1),
            rate: 500,
            patience: Duration::from_secs(20),
            connections: 4096,
            stop: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// The same, with no more connections than the system lets this process open.
    #[must_use]
    pub fn within(mut self, descriptors: Option<usize>, listeners: usize) -> Self {
        if let Some(descriptors) = descriptors {
            let free = descriptors.saturating_sub(KEPT_BACK.min(descriptors / 2));
            self.connections = self.connections.min((free / listeners.max(1)).max(1));
        }
        self
    }
}

/// How many descriptors this process may open, where the system says so.
#[must_use]
pub fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A listener and what it answers.
#[derive(Debug)]
pub struct Outlet {
    /// Where it listens.
    pub listener: TcpListener,
    /// What it answers.
    pub pages: Router,
}

/// What every connection has to know.
struct House {
    limits: Limits,
    proxies: Vec<IpAddr>,
}

/// Answers on every outlet until it is told to stop; what is being answered is answered first.
pub async fn serve(
    outlets: Vec<Outlet>,
    limits: Limits,
    proxies: Vec<IpAddr>,
    stop: impl Future<Output = ()>,
) {
    let house = Arc::new(House { limits, proxies });
    let (stopped, stopping) = watch::channel(false);
    let mut taken = Vec::new();
    for Outlet { listener, pages } in outlets {
        let places = Arc::new(Semaphore::new(limits.connections));
        taken.push(Arc::clone(&places));
        tokio::spawn(accept(listener, pages, (places, Arc::clone(&house)), stopping.clone()));
    }
    stop.await;
    let _told = stopped.send(true);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let done = async {
        for places in &taken {
            let _all_free = places.acquire_many(all).await;
        }
    };
    if tokio::time::timeout(limits.stop, done).await.is_err() {
        tracing::warn!("stopped while somebody was still being answered");
    }
}

/// Takes connections while there is a place for them.
async fn accept(
    listener: TcpListener,
    pages: Router,
    (places, house): (Arc<Semaphore>, Arc<House>),
    mut stopping: watch::Receiver<bool>,
) {
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => {
                // When places run short, whoever says nothing leaves sooner.
                let crowded = places.available_permits() < house.limits.connections / 4;
                let (pages, house) = (pages.clone(), Arc::clone(&house));
                let one = connection((stream, peer), pages, house, crowded, stopping.clone());
                tokio::spawn(with(place, one));
            }
            (Err(_closed), _) => return,
            (Ok(_), Err(error)) => {
                // Descriptors ran out, or somebody left before we came: both pass.
                tracing::warn!(kind = %error.kind(), "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn with(_place: OwnedSemaphorePermit, connection: impl Future<Output = ()>) {
    connection.await;
}

/// One connection, from its first request to its last.
async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    pages: Router,
    house: Arc<House>,
    crowded: bool,
    mut stopping: watch::Receiver<bool>,
) {
    let limits = house.limits;
    let _delay_is_only_slower = stream.set_nodelay(true);
    let (stream, spoke) = Stream::new(stream, Pace::new(limits.rate, limits.patience));
    let service = service_fn(move |request| answer(request, peer, pages.clone(), house.clone()));
    let head = if crowded { limits.head / 4 } else { limits.head };
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head).keep_alive(!crowded);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // How a connection ended is nobody's business: an error here is a client that left.
        _ended = connection.as_mut() => return,
        _ = stopping.wait_for(|stop| *stop) => {}
    }
    if spoke.load(Ordering::Relaxed) {
        connection.as_mut().graceful_shutdown();
        let _ended = connection.await;
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    pages: Router,
    house: Arc<House>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    let sender = sender::address(peer, request.headers(), &house.proxies);
    request.extensions_mut().insert(ConnectInfo(sender));
    request.extensions_mut().insert(heard::Patience::from(house.limits));
    pages.oneshot(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_connections_than_descriptors() {
        let limits = Limits::default();
        assert_eq!(limits.within(None, 1).connections, 4096);
        assert_eq!(limits.within(Some(1_000_000), 2).connections, 4096);
        assert_eq!(limits.within(Some(1024), 2).connections, 448);
        assert_eq!(limits.within(Some(64), 1).connections, 32);
        assert!(descriptors().is_some_and(|most| most > 0));
    }
}
