//! Wrong one-time codes, counted by where they come from: in memory only, and only as a keyed hash
//! whose key is thrown away every hour. Answers themselves are never limited by address: a whole
//! hall may share one.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

use axum::extract::{ConnectInfo, Request};
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::Sha256;

/// How many wrong codes an address may send in an hour: a hall full of people who mistype.
const TRIES: u32 = 50;
/// An hour, in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;
/// So many addresses are counted at most.
const MOST: usize = 100_000;

/// Where a request comes from, as far as wrong codes are concerned. It never prints itself.
pub(super) struct Sender(IpAddr);

impl Sender {
    /// The address of whoever sent it, as the connection knows it: behind a proxy that the operator
    /// named, the one the proxy names. No header is read here.
    #[must_use]
    pub(super) fn of(request: &Request) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        Self(peer.unwrap_or(IpAddr::from([127, 0, 0, 1])))
    }

    /// What is counted: the whole address, or the network of a household in version 6.
    fn counted(&self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
        }
    }
}

/// Everything that is counted.
#[derive(Default)]
pub(super) struct Misses(Mutex<Hour>);

#[derive(Default)]
struct Hour {
    since: i64,
    key: Option<[u8; 32]>,
    counts: HashMap<Vec<u8>, u32>,
}

impl Hour {
    /// The place of an address in this hour; a new hour has a new key and knows nobody.
    fn place(&mut self, sender: &Sender, now: i64) -> Option<Vec<u8>> {
        if self.key.is_none() || !(0..HOUR).contains(&(now - self.since)) {
            let mut key = [0; 32];
            rand::rng().fill_bytes(&mut key);
            *self = Self { since: now, key: Some(key), counts: HashMap::new() };
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key?).ok()?;
        mac.update(&sender.counted());
        Some(mac.finalize().into_bytes().to_vec())
    }
}

impl Misses {
    /// Whether too many wrong codes came from there within the hour.
    #[must_use]
    pub(super) fn too_often(&self, sender: &Sender, now: i64) -> bool {
        let Ok(mut hour) = self.0.lock() else { return false };
        let place = hour.place(sender, now);
        place.and_then(|place| hour.counts.get(&place)).is_some_and(|n| *n >= TRIES)
    }

    /// One more wrong code.
    pub(super) fn count(&self, sender: &Sender, now: i64) {
        let Ok(mut hour) = self.0.lock() else { return };
        let Some(place) = hour.place(sender, now) else { return };
        if hour.counts.len() >= MOST && !hour.counts.contains_key(&place) {
            return;
        }
        *hour.counts.entry(place).or_insert(0) += 1;
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn sender(address: &str) -> Sender {
        let peer = ConnectInfo(SocketAddr::new(address.parse().unwrap(), 9));
        Sender::of(&Request::get("/p/x").extension(peer).body(Body::empty()).unwrap())
    }

    #[test]
    fn wrong_codes_are_counted_for_an_hour_and_then_forgotten() {
        let misses = Misses::default();
        let (one, other) = (sender("198.51.100.7"), sender("198.51.100.8"));
        for _ in 0..TRIES {
            assert!(!misses.too_often(&one, 0));
            misses.count(&one, 0);
        }
        assert!(misses.too_often(&one, HOUR - 1));
        assert!(!misses.too_often(&other, HOUR - 1), "a neighbour is not meant");
        let key = misses.0.lock().unwrap().key;
        assert!(!misses.too_often(&one, HOUR));
        assert_ne!(misses.0.lock().unwrap().key, key, "nobody can say any more who it was");
        assert!(!misses.too_often(&one, -HOUR), "a clock that jumps back locks nobody out");
    }

    #[test]
    fn a_household_is_one_sender_and_no_header_makes_another() {
        let household = sender("2001:db8:1:2::1").counted();
        assert_eq!(household, sender("2001:db8:1:2:ffff::9").counted());
        let request = Request::get("/p/x").header("x-forwarded-for", "203.0.113.9");
        assert!(Sender::of(&request.body(Body::empty()).unwrap()).0.is_loopback());
    }
}
