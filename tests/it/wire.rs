//! Bad input and bad manners over real sockets, against the accept loop that serves.
//!
//! Section F of the list of attacks, and where each is covered:
//!
//! | id | attack | covered by |
//! |---|---|---|
//! | F-01 | slow heads | [`a_head_that_never_ends_is_not_waited_for`] |
//! | F-02 | slow bodies, slow readers | [`a_body_that_comes_too_slowly_is_told_so`], [`a_reader_who_never_reads_loses_the_place`] |
//! | F-03 | idle connections by the thousand | [`idle_connections_take_no_place_from_staff_and_soon_none`] |
//! | F-04 | one request read as two | [`what_has_two_readings_is_refused_and_answered_once`]; through nginx: `tests/deploy/nginx.sh` |
//! | F-05 | HTTP/2 frames | [`only_http_1_is_spoken`] |
//! | F-06 | deep, wide and many | [`deep_wide_and_many_are_refused`] |
//! | F-07 | colliding keys | [`no_map_hashes_what_people_send_without_a_secret`] |
//! | F-08 | rules without an end | `domain::condition` and `instruments::rule`: a depth, no regular expressions |
//! | F-09 | huge numbers | [`numbers_that_are_none_are_complained_about`] |
//! | F-10 | packed bodies | [`a_packed_body_is_not_unpacked`] |
//! | F-11 | secrets beside what is reflected | [`no_page_holds_a_secret_beside_what_is_reflected`] |
//! | F-12 | a flood of answers | [`a_flood_from_one_address_is_taken_up_to_the_ceiling`]; `benches/phones.rs` |
//! | F-13 | expensive pages | a turn for each poster in `web::wall`; charts are drawn when a release is made |
//! | F-14 | forged senders | [`only_a_named_proxy_says_who_sent_something`], `web::wire::sender` |
//! | F-15 | panics | [`a_panic_is_one_answer_and_says_nothing`] |
//!
//! Timeouts are short here so that nothing takes long; no test asserts how long anything took. What
//! must happen is waited for, with a deadline after which the test fails.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Collection, Door, Mode};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::ids::ResponseId;
use miradouro::domain::people::Role;
use miradouro::web::wire::{self, Limits, Outlet};
use miradouro::web::{around, intake_router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::house::{House, encode, on_both};

/// When a test that waits for something gives up.
const DEADLINE: Duration = Duration::from_mins(1);

/// Limits with which nothing takes long.
const QUICK: Limits = Limits {
    head: Duration::from_secs(1),
    body: Duration::from_secs(2),
    rate: 500,
    patience: Duration::from_secs(1),
    connections: 256,
    stop: Duration::from_secs(20),
};

/// The accept loop on a port of its own.
struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    done: JoinHandle<()>,
}

impl Server {
    async fn of(pages: Router, limits: Limits) -> Self {
        Self::behind(pages, limits, Vec::new()).await
    }

    async fn behind(pages: Router, limits: Limits, proxies: Vec<IpAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = oneshot::channel();
        let stopping = async {
            let _told = stopping.await;
        };
        let outlets = vec![Outlet { listener, pages }];
        let done = tokio::spawn(wire::serve(outlets, limits, proxies, stopping));
        Self { address, stop: Some(stop), done }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes on a connection of their own, and gives everything that comes back until the
    /// server closes it.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // Whoever is refused early may not get everything across.
        let _cut_short = stream.write_all(bytes).await;
        rest(&mut stream).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> String {
        self.raw(posted(path, &encode(fields), "").as_bytes()).await
    }

    async fn stopped(mut self) {
        let _told = self.stop.take().unwrap().send(());
        tokio::time::timeout(DEADLINE, self.done).await.unwrap().unwrap();
    }
}

/// Everything that comes until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let read = async {
        let mut piece = [0; 8192];
        while let Ok(count @ 1..) = stream.read(&mut piece).await {
            all.extend_from_slice(&piece[..count]);
        }
    };
    tokio::time::timeout(DEADLINE, read).await.unwrap();
    String::from_utf8_lossy(&all).into_owned()
}

/// A form as a browser sends it, on a connection of its own.
fn posted(path: &str, body: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn got(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
}

/// The statuses of the answers in what came back, in order.
fn statuses(came: &str) -> Vec<u16> {
    let after = came.split("HTTP/1.1 ").skip(1);
    after.filter_map(|rest| rest.get(..3)?.parse().ok()).collect()
}

async fn pulse(house: &House) -> (Diagnosis, Collection, Door) {
    let (diagnosis, wave) = house.diagnosis().await;
    let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
    (diagnosis, collection, door)
}

async fn stored(house: &House, of: &Collection) -> usize {
    usize::try_from(house.store.received(of.diagnosis, of.id).await.unwrap()).unwrap()
}

fn id() -> String {
    ResponseId::random().to_string()
}

/// Everything on SQLite alone, where no database is involved.
fn alone<F: AsyncFn(House)>(test: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async { test(House::sqlite().await).await });
}

#[test]
fn a_head_that_never_ends_is_not_waited_for() {
    alone(async |house| {
        let server = Server::of(house.router.clone(), QUICK).await;
        let mut slow = Vec::new();
        for _ in 0..20 {
            let mut stream = server.connect().await;
            stream.write_all(b"POST /p/x/en HTTP/1.1\r\nHost: he").await.unwrap();
            slow.push(stream);
        }
        assert_eq!(statuses(&server.raw(got("/ready").as_bytes()).await), [200]);
        for mut stream in slow {
            // A byte now and then does not help: the head as a whole has its time.
            let drip = async {
                while stream.write_all(b"r").await.is_ok() {
                    tokio::task::yield_now().await;
                    let mut piece = [0; 64];
                    if let Ok(Ok(0) | Err(_)) =
                        tokio::time::timeout(Duration::from_millis(50), stream.read(&mut piece))
                            .await
                    {
                        break;
                    }
                }
            };
            tokio::time::timeout(DEADLINE, drip).await.unwrap();
        }
        assert_eq!(statuses(&server.raw(got("/ready").as_bytes()).await), [200]);
    });
}

#[test]
fn a_body_that_comes_too_slowly_is_told_so() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), QUICK).await;
        let whole =
            posted(&format!("/p/{}/nl", door.code), &encode(&[("_id", &id()), ("q1", "safe")]), "");
        let (most, _last) = whole.split_at(whole.len() - 3);
        let came = server.raw(most.as_bytes()).await;
        assert_eq!(statuses(&came), [408]);
        assert!(came.contains("kwam te langzaam") && came.contains("<html lang=\"nl\""), "{came}");
        assert!(came.to_lowercase().contains("connection: close"));
        // A phone's script is told that it may try again.
        let asks = "Accept: application/json\r\n";
        let whole = posted(&format!("/p/{}/nl", door.code), &encode(&[("_id", &id())]), asks);
        let came = server.raw(&whole.as_bytes()[..whole.len() - 3]).await;
        assert!(came.contains("\"state\":\"busy\""), "{came}");
        assert_eq!(stored(&house, &collection).await, 0);
        // Slow, and at the pace that is asked: it gets through.
        let words = encode(&[("_id", &id()), ("q1", "safe"), ("q7", &"word ".repeat(20))]);
        let whole = posted(&format!("/p/{}/nl", door.code), &words, "");
        let patience = Duration::from_secs(20);
        let patient = Limits { patience, body: DEADLINE, head: patience, ..QUICK };
        let server = Server::of(house.router.clone(), patient).await;
        let mut stream = server.connect().await;
        for piece in whole.as_bytes().chunks(200) {
            stream.write_all(piece).await.unwrap();
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        assert_eq!(statuses(&rest(&mut stream).await), [303]);
        assert_eq!(stored(&house, &collection).await, 1);
    });
}

#[test]
fn a_reader_who_never_reads_loses_the_place() {
    alone(async |house| {
        let big = Router::new().route("/big", get(|| async { vec![b'x'; 64 * 1024 * 1024] }));
        let limits = Limits { connections: 1, ..QUICK };
        let server = Server::of(around(big, house.app.clone()), limits).await;
        let mut reader = server.connect().await;
        reader.write_all(got("/big").as_bytes()).await.unwrap();
        let mut first = [0; 12];
        reader.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        // The only place is taken until the server gives up on them.
        assert_eq!(statuses(&server.raw(got("/nothing").as_bytes()).await), [404]);
    });
}

#[test]
fn idle_connections_take_no_place_from_staff_and_soon_none() {
    alone(async |house| {
        let limits = Limits { connections: 8, ..QUICK };
        let residents = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let staff = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (at, staff_at) = (residents.local_addr().unwrap(), staff.local_addr().unwrap());
        let outlets = vec![
            Outlet { listener: residents, pages: intake_router(house.app.clone()) },
            Outlet { listener: staff, pages: house.router.clone() },
        ];
        let serving =
            tokio::spawn(wire::serve(outlets, limits, Vec::new(), std::future::pending()));
        let mut idle = Vec::new();
        for _ in 0..40 {
            idle.push(TcpStream::connect(at).await.unwrap());
        }
        let ask = async |at, path: &str| {
            let mut stream = TcpStream::connect(at).await.unwrap();
            stream.write_all(got(path).as_bytes()).await.unwrap();
            statuses(&rest(&mut stream).await)
        };
        assert_eq!(ask(staff_at, "/sign-in").await, [200]);
        assert_eq!(ask(at, "/ready").await, [200], "after the idle ones");
        assert_eq!(ask(at, "/sign-in").await, [404]);
        drop(idle);
        serving.abort();
    });
}

#[test]
fn what_has_two_readings_is_refused_and_answered_once() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), QUICK).await;
        let path = format!("/p/{}/en", door.code);
        let body = encode(&[("_id", &id()), ("q1", "safe")]);
        let (length, hidden) = (body.len(), posted(&path, &body, ""));
        let head = |fields: &str| format!("POST {path} HTTP/1.1\r\nHost: here\r\n{fields}\r\n");
        let chunk = format!("0\r\n\r\n{hidden}");
        let matrix = [
            head(&format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", chunk.len()))
                + &chunk,
            head("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n")
                + &format!("5c\r\n{hidden}"),
            head("Transfer-Encoding: xchunked\r\n") + &chunk,
            head("Transfer-Encoding: chunked, identity\r\n") + &chunk,
            head("Transfer-Encoding : chunked\r\n") + &chunk,
            head("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n") + &chunk,
            head("Transfer-Encoding:\x0bchunked\r\n") + &chunk,
            head(&format!("Content-Length: {length}\r\nContent-Length: 0\r\n")) + &hidden,
            head(&format!("Content-Length: 0\r\nContent-Length: {length}\r\n")) + &hidden,
            head(&format!("Content-Length: {length}, {length}\r\n")) + &hidden,
            head(&format!("Content-Length: +{length}\r\n")) + &hidden,
            head(&format!("X: 1\r\n Content-Length: {length}\r\n")) + &hidden,
            head("Content-Length: 0\r\nX: 1\nTransfer-Encoding: chunked\r\n") + &hidden,
            format!("POST {path} HTTP/1.1\nHost: here\nContent-Length: {length}\n\n{body}"),
            format!("POST {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}"),
            head("Host: elsewhere\r\n") + &hidden,
            format!("POST {path} HTTP/1.1\r\nHost : here\r\n\r\n{hidden}"),
            format!("POST {path} HTTP/9.9\r\nHost: here\r\n\r\n{hidden}"),
            format!("\0\0\0\r\n\r\n{hidden}"),
        ];
        for request in matrix {
            let came = server.raw(request.as_bytes()).await;
            assert_eq!(statuses(&came), [400], "{request:?}");
            assert!(!came.contains("safe") && !came.contains(&door.code), "nothing is echoed");
        }
        let chunked =
            head("Transfer-Encoding: chunked\r\nSec-Fetch-Site: same-origin\r\n") + &chunk;
        assert_eq!(statuses(&server.raw(chunked.as_bytes()).await), [411], "no length, one answer");
        let many = head(&"X: 1\r\n".repeat(80)) + &hidden;
        assert_eq!(statuses(&server.raw(many.as_bytes()).await), [431]);
        let long = head(&format!("X: {}\r\n", "x".repeat(20_000))) + &hidden;
        assert_eq!(statuses(&server.raw(long.as_bytes()).await), [431]);
        assert_eq!(stored(&house, &collection).await, 0, "on {}", house.name);

        // Two requests in one piece are two requests; what follows a whole body is no part of it.
        let two = format!("GET /ready HTTP/1.1\r\nHost: here\r\n\r\n{}", got("/ready"));
        assert_eq!(statuses(&server.raw(two.as_bytes()).await), [200, 200]);
        let longer = posted(&path, &body, "").replace("Connection: close\r\n", "") + "&q2=more";
        assert_eq!(statuses(&server.raw(longer.as_bytes()).await)[0], 303);
        assert_eq!(stored(&house, &collection).await, 1);
    });
}

#[test]
fn a_truncated_body_stores_nothing() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), QUICK).await;
        let whole =
            posted(&format!("/p/{}/en", door.code), &encode(&[("_id", &id()), ("q1", "safe")]), "");
        for cut in [1, 5, 20] {
            let mut stream = server.connect().await;
            stream.write_all(&whole.as_bytes()[..whole.len() - cut]).await.unwrap();
            stream.shutdown().await.unwrap();
            let came = rest(&mut stream).await;
            assert!(statuses(&came).iter().all(|status| [400, 408].contains(status)), "{came}");
        }
        let kind = "Content-Type: multipart/form-data; boundary=b\r\n";
        let part = "--b\r\nContent-Disposition: form-data; name=\"_id\"\r\n\r\nabc";
        let parts = format!(
            "POST /p/{}/en HTTP/1.1\r\nHost: here\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n{kind}Content-Length: {}\r\n\r\n{part}",
            door.code,
            part.len()
        );
        assert_eq!(statuses(&server.raw(parts.as_bytes()).await), [400], "a form without an end");
        assert_eq!(stored(&house, &collection).await, 0);
        assert_eq!(statuses(&server.raw(whole.as_bytes()).await), [303]);
    });
}

#[test]
fn only_http_1_is_spoken() {
    alone(async |house| {
        let server = Server::of(house.router.clone(), QUICK).await;
        let came = server.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
        assert_eq!(statuses(&came), [400]);
        let upgrade = "GET /ready HTTP/1.1\r\nHost: here\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                       Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n";
        let came = server.raw(upgrade.as_bytes()).await;
        assert_eq!(statuses(&came), [200], "as if nothing had been asked");
        assert!(!came.contains("101"));
    });
}

#[test]
fn deep_wide_and_many_are_refused() {
    on_both(async |house| {
        let (diagnosis, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), QUICK).await;
        let path = format!("/p/{}/fr", door.code);
        let pairs = format!("_id={}&{}", id(), "q1=safe&".repeat(100_000));
        assert_eq!(statuses(&server.raw(posted(&path, &pairs, "").as_bytes()).await), [413]);
        let short = format!("_id={}&{}", id(), "a&".repeat(100_000));
        assert_eq!(statuses(&server.raw(posted(&path, &short, "").as_bytes()).await), [413]);
        let name = format!("_id={}&{}=1", id(), "n".repeat(5000));
        assert_eq!(statuses(&server.raw(posted(&path, &name, "").as_bytes()).await), [413]);
        let value = format!("_id={}&q7={}", id(), "v".repeat(100_000));
        assert_eq!(statuses(&server.raw(posted(&path, &value, "").as_bytes()).await), [413]);

        let photos = house.diagnosis().await;
        let (walked, walk) = house.collection(&photos.0, &photos.1, "walk_audit").await;
        let parts = |body: &[u8]| {
            let kind = "Content-Type: multipart/form-data; boundary=b\r\n";
            let mut request = format!(
                "POST /p/{}/en HTTP/1.1\r\nHost: here\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n{kind}Content-Length: {}\r\n\r\n",
                walk.code,
                body.len()
            )
            .into_bytes();
            request.extend_from_slice(body);
            request
        };
        let endless = format!("--b\r\nX: {}", "x".repeat(1024 * 1024));
        assert_eq!(
            statuses(&server.raw(&parts(endless.as_bytes())).await),
            [413],
            "a head of a part"
        );
        let part = "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n1\r\n";
        let many = part.repeat(10_000) + "--b--\r\n";
        assert_eq!(statuses(&server.raw(&parts(many.as_bytes())).await), [413], "parts");
        let heads = format!("--b\r\n{}\r\n1\r\n--b--\r\n", "X: 1\r\n".repeat(100));
        assert_eq!(
            statuses(&server.raw(&parts(heads.as_bytes())).await),
            [400],
            "fields of a part"
        );
        assert_eq!(stored(&house, &walked).await + stored(&house, &collection).await, 0);

        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let deep = "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000);
        let wide = format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[],{}\"z\":1}}",
            "\"k\":1,".repeat(200_000)
        );
        for map in [deep, wide] {
            let file = ("file", Some("map.geojson"), map.as_bytes());
            let parts = [file, ("source", None, &b"x"[..]), ("licence", None, &b"x"[..])];
            let told = house.upload(&cookie, &format!("/d/{}/area", diagnosis.slug), &parts).await;
            assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    });
}

#[test]
fn no_map_hashes_what_people_send_without_a_secret() {
    let manifest = include_str!("../../Cargo.toml");
    for word in ["ahash", "fxhash", "rustc-hash", "fnv", "foldhash"] {
        assert!(!manifest.contains(word), "{word} is named: maps of what people send are SipHash");
    }
    let flat = include_str!("../../src/web/participate.rs");
    assert!(flat.contains("type Pairs = Vec<(String, String)>"), "a form is a list, not a map");
}

#[test]
fn numbers_that_are_none_are_complained_about() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "barcelona_2020").await;
        let server = Server::of(house.router.clone(), QUICK).await;
        let path = format!("/p/{}/en", door.code);
        let nines = "9".repeat(5000);
        let wrong = [
            "NaN", "inf", "-inf", "1e400", "-1", "0x5", "5e-324x", "--5", "1_0", "٥", &nines,
            "5\u{0}",
        ];
        for number in wrong {
            let came = server.post(&path, &[("_id", &id()), ("safe_here", number)]).await;
            assert_eq!(statuses(&came), [422], "{number}");
        }
        assert_eq!(stored(&house, &collection).await, 0);
        for number in ["-0", "5,5", "1e1", "5e-324"] {
            let came = server.post(&path, &[("_id", &id()), ("safe_here", number)]).await;
            assert_eq!(statuses(&came), [303], "{number}");
        }
    });
}

#[test]
fn a_packed_body_is_not_unpacked() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), QUICK).await;
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        std::io::Write::write_all(&mut packer, &vec![b'a'; 64 * 1024 * 1024]).unwrap();
        let bomb = packer.finish().unwrap();
        for coding in ["gzip", "br", "deflate", "gzip, identity"] {
            let mut request = format!(
                "POST /p/{}/ar HTTP/1.1\r\nHost: here\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
                door.code,
                bomb.len()
            )
            .into_bytes();
            request.extend_from_slice(&bomb);
            let came = server.raw(&request).await;
            assert_eq!(statuses(&came), [415], "{coding}");
            assert!(came.contains("dir=\"rtl\""), "in the reader's language");
        }
        assert_eq!(stored(&house, &collection).await, 0);
    });
}

#[test]
fn no_page_holds_a_secret_beside_what_is_reflected() {
    on_both(async |house| {
        let (diagnosis, _, door) = pulse(&house).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let secret = cookie.split('=').nth(1).unwrap();
        for path in ["/home", &format!("/d/{}", diagnosis.slug), "/sign-in"] {
            assert!(!house.get_as(&cookie, path).await.body.contains(secret), "{path}");
        }
        let fields = [("_id", id()), ("q1", "no such".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let path = format!("/p/{}/en", door.code);
        let page = house.post_as(&cookie, &path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!page.body.contains(secret));
    });
}

#[test]
fn a_field_nobody_asked_for_and_an_id_that_was_counted_up_store_nothing() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), QUICK).await;
        let path = format!("/p/{}/tr", door.code);
        for field in ["q99", "role", "q1.x", "collection", "_method", "", "_clear.x", "stop.0.q1"] {
            let came = server.post(&path, &[("_id", &id()), ("q1", "safe"), (field, "1")]).await;
            assert_eq!(statuses(&came), [422], "{field:?}");
            assert!(came.contains("Formun sormadığı bir şey geldi"), "in the reader's language");
            assert!(came.contains("name=\"q1\" value=\"safe\" checked"), "the answers are kept");
        }
        let others = [
            "1",
            "",
            "00000000-0000-0000-0000-000000000000",
            "0193b3a0-7b1e-7c3a-9d6e-2f1a3b4c5d6e",
            "c232ab00-9414-11ec-b3c8-9f68deced846",
        ];
        for other in others {
            let came = server.post(&path, &[("_id", other), ("q1", "safe")]).await;
            assert_eq!(statuses(&came), [400], "{other:?}");
        }
        assert_eq!(stored(&house, &collection).await, 0);
        let own = [("_at", "3"), ("_as_is", "yes"), ("q1", "safe"), ("_code", "")];
        let mut fields = own.to_vec();
        let fresh = id();
        fields.push(("_id", &fresh));
        assert_eq!(statuses(&server.post(&path, &fields).await), [303], "what the form has itself");
    });
}

#[test]
fn only_a_named_proxy_says_who_sent_something() {
    on_both(async |house| {
        let (_, collection, first) = pulse(&house).await;
        let code = format!("{}x", first.code);
        let door = Door {
            with_codes: true,
            ..Door::new(&code, collection.id, collection.diagnosis, Mode::Own)
        };
        house.store.add_door(&door).await.unwrap();
        let path = format!("/p/{code}/en");
        let guess = async |server: &Server, from: &str| {
            let wrong = Code::random().grouped();
            let body = encode(&[("_id", &id()), ("q1", "safe"), ("_code", &wrong)]);
            let more = format!(
                "X-Forwarded-For: {from}\r\nX-Forwarded_For: {from}\r\nForwarded: for={from}\r\nX-Real-IP: {from}\r\n"
            );
            statuses(&server.raw(posted(&path, &body, &more).as_bytes()).await)
        };
        let proxy = vec!["127.0.0.1".parse().unwrap()];
        let behind = Server::behind(house.router.clone(), QUICK, proxy).await;
        for guesser in 0..50 {
            // The first address is the guesser's own word, the last is what the proxy wrote.
            let from = format!("203.0.113.{guesser}, 198.51.100.7");
            assert_eq!(guess(&behind, &from).await, [409]);
        }
        assert_eq!(guess(&behind, "203.0.113.200, 198.51.100.7").await, [429]);
        assert_eq!(guess(&behind, "198.51.100.7, 198.51.100.8").await, [409], "a neighbour");
        let open = Server::of(house.router.clone(), QUICK).await;
        for guesser in 0..50 {
            assert_eq!(guess(&open, &format!("203.0.113.{guesser}")).await, [409]);
        }
        assert_eq!(guess(&open, "203.0.113.200").await, [429], "the header is not even read");
        assert_eq!(guess(&behind, "203.0.113.200").await, [409]);
    });
}

#[test]
fn a_panic_is_one_answer_and_says_nothing() {
    alone(async |house| {
        let breaks = || async {
            assert!(std::hint::black_box(false), "the answer was: a canary");
        };
        let pages =
            Router::new().route("/breaks", get(breaks)).merge(intake_router(house.app.clone()));
        let whole = around(Router::new().route("/breaks", get(breaks)), house.app.clone());
        let server = Server::of(whole, QUICK).await;
        for _ in 0..3 {
            let came = server.raw(got("/breaks").as_bytes()).await;
            assert_eq!(statuses(&came), [500]);
            assert!(!came.contains("canary") && came.contains("nosniff"), "{came}");
        }
        assert_eq!(statuses(&server.raw(got("/nowhere").as_bytes()).await), [404]);
        // Even where nothing catches it, one connection ends and the others do not.
        let bare = Server::of(pages, QUICK).await;
        assert_eq!(statuses(&bare.raw(got("/breaks").as_bytes()).await), [0; 0]);
        assert_eq!(statuses(&bare.raw(got("/ready").as_bytes()).await), [200]);
    });
}

#[test]
fn residents_alone_means_no_way_to_sign_in() {
    on_both(async |house| {
        let (diagnosis, collection, door) = pulse(&house).await;
        let server = Server::of(intake_router(house.app.clone()), QUICK).await;
        let slug = &diagnosis.slug;
        let tricks = [
            "/sign-in".to_owned(),
            "/home".to_owned(),
            "/new".to_owned(),
            format!("/d/{slug}"),
            format!("//d/{slug}"),
            format!("/./d/{slug}"),
            format!("/p/../d/{slug}"),
            format!("/p/%2e%2e/d/{slug}"),
            format!("/p/%252e%252e/d/{slug}"),
            format!("/D/{slug}"),
            format!("/d/{slug};x"),
            format!("/d/{slug}."),
            format!("/d/{slug}/members"),
            "/i/abc".to_owned(),
        ];
        for path in &tricks {
            assert_eq!(statuses(&server.raw(got(path).as_bytes()).await), [404], "{path}");
        }
        assert_eq!(statuses(&server.raw(got("/ready").as_bytes()).await), [200]);
        let came =
            server.post(&format!("/p/{}/en", door.code), &[("_id", &id()), ("q1", "safe")]).await;
        assert_eq!(statuses(&came), [303]);
        assert_eq!(stored(&house, &collection).await, 1);
        let ready = house.get("/ready").await;
        assert_eq!((ready.status, ready.body.as_str()), (StatusCode::OK, "ready"));
    });
}

#[test]
fn a_stop_answers_what_is_being_answered_and_waits_for_nobody_else() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let limits =
            Limits { head: Duration::from_mins(10), patience: Duration::from_mins(10), ..QUICK };
        let limits =
            Limits { body: Duration::from_mins(10), stop: Duration::from_mins(10), ..limits };
        let server = Server::of(house.router.clone(), limits).await;
        let silent = server.connect().await;
        let mut idle = server.connect().await;
        idle.write_all(b"GET /ready HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
        let mut some = [0; 12];
        idle.read_exact(&mut some).await.unwrap();
        assert_eq!(&some, b"HTTP/1.1 200");
        let body = encode(&[("_id", &id()), ("q1", "safe")]);
        let whole = posted(&format!("/p/{}/en", door.code), &body, "Expect: 100-continue\r\n");
        let (head, body) = whole.split_at(whole.len() - body.len());
        let mut busy = server.connect().await;
        busy.write_all(head.as_bytes()).await.unwrap();
        let mut go_on = [0; 25];
        busy.read_exact(&mut go_on).await.unwrap();
        assert_eq!(&go_on[..12], b"HTTP/1.1 100", "the handler waits for the body");
        let stopping = tokio::spawn(server.stopped());
        rest(&mut idle).await;
        busy.write_all(body.as_bytes()).await.unwrap();
        assert_eq!(statuses(&rest(&mut busy).await), [303], "answered, though it stops");
        tokio::time::timeout(DEADLINE, stopping).await.unwrap().unwrap();
        assert_eq!(stored(&house, &collection).await, 1);
        drop(silent);
    });
}

/// So many at once over connections of their own; gives their statuses.
async fn at_once(server: &Server, requests: Vec<String>) -> Vec<u16> {
    let mut all = JoinSet::new();
    for request in requests {
        let address = server.address;
        all.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            statuses(&rest(&mut stream).await)
        });
    }
    let mut statuses: Vec<u16> = all.join_all().await.into_iter().flatten().collect();
    statuses.sort_unstable();
    statuses
}

/// Limits for a crowd of our own.
const PATIENT: Limits = Limits {
    head: Duration::from_mins(1),
    body: Duration::from_mins(1),
    rate: 500,
    patience: Duration::from_mins(1),
    connections: 512,
    stop: Duration::from_secs(20),
};

#[test]
fn one_code_on_sixty_four_phones_at_once_is_counted_once() {
    on_both(async |house| {
        let (_, collection, first) = pulse(&house).await;
        let name = format!("{}x", first.code);
        let door = Door {
            with_codes: true,
            ..Door::new(&name, collection.id, collection.diagnosis, Mode::Own)
        };
        house.store.add_door(&door).await.unwrap();
        let path = format!("/p/{name}/en");
        for round in 1..=4 {
            let code = Code::random();
            house
                .store
                .issue_codes(collection.diagnosis, collection.id, std::slice::from_ref(&code))
                .await
                .unwrap();
            // Fresh connections and a fresh server: wrong codes are counted, and these are many.
            let server = Server::of(miradouro::web::router(fresh(&house)), PATIENT).await;
            let one = |n: usize| {
                let answer = if n.is_multiple_of(2) { "safe" } else { "unsafe" };
                posted(
                    &path,
                    &encode(&[("_id", &id()), ("q1", answer), ("_code", &code.grouped())]),
                    "",
                )
            };
            let met = at_once(&server, (0..64).map(one).collect()).await;
            assert_eq!(met.iter().filter(|status| **status == 303).count(), 1, "on {}", house.name);
            assert!(met.iter().all(|status| [303, 409, 429].contains(status)), "{met:?}");
            assert_eq!(met.len(), 64, "everybody is told");
            assert_eq!(stored(&house, &collection).await, round, "on {}", house.name);
        }
    });
}

/// Another program on the same store: it has counted no wrong codes yet.
fn fresh(house: &House) -> miradouro::web::app::App {
    use miradouro::web::app::{App, BaseUrl};
    let base_url = BaseUrl::new("http://127.0.0.1:8080").unwrap();
    let shelf = miradouro::instruments::Shelf::load(None);
    App::new(house.store.clone(), shelf, base_url, house.app.clock).unwrap()
}

#[test]
fn one_form_sent_sixty_four_times_at_once_is_counted_once_and_never_changed() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), PATIENT).await;
        let path = format!("/p/{}/en", door.code);
        let same = id();
        let one = posted(&path, &encode(&[("_id", &same), ("q1", "safe")]), "");
        let met = at_once(&server, vec![one; 64]).await;
        assert_eq!(met.iter().filter(|status| **status == 303).count(), 1, "{met:?}");
        assert_eq!(met.iter().filter(|status| **status == 200).count(), 63, "already received");
        let other = server.post(&path, &[("_id", &same), ("q1", "unsafe")]).await;
        assert_eq!(statuses(&other), [200]);
        let kept = house.store.responses(collection.diagnosis, collection.id).await.unwrap();
        assert_eq!(kept.len(), 1, "on {}", house.name);
        let first = serde_json::to_string(&kept[0].1).unwrap();
        assert!(first.contains("\"safe\""), "the first stays: {first}");
    });
}

#[test]
fn answers_at_the_moment_of_closing_are_in_or_out() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), PATIENT).await;
        let path = format!("/p/{}/en", door.code);
        let form = || posted(&path, &encode(&[("_id", &id()), ("q1", "safe")]), "");
        let requests: Vec<String> = (0..48).map(|_| form()).collect();
        let (store, of) = (house.store.clone(), collection.clone());
        let close = async move {
            let day = "2026-11-22".parse().unwrap();
            store.close_collection(of.diagnosis, of.id, day, false).await.unwrap();
        };
        let (met, ()) = tokio::join!(at_once(&server, requests), close);
        assert!(met.iter().all(|status| [303, 410].contains(status)), "{met:?}");
        let thanked = met.iter().filter(|status| **status == 303).count();
        assert_eq!(stored(&house, &collection).await, thanked, "on {}", house.name);
        assert_eq!(statuses(&server.raw(form().as_bytes()).await), [410]);
    });
}

#[test]
fn a_flood_from_one_address_is_taken_up_to_the_ceiling() {
    on_both(async |house| {
        let (diagnosis, collection, door) = pulse(&house).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let page = format!("/d/{}/collections/{}/ceiling", diagnosis.slug, collection.id);
        assert_eq!(house.post_as(&cookie, &page, &[("ceiling", "100")]).await.status, 303);
        let server = Server::of(house.router.clone(), PATIENT).await;
        let path = format!("/p/{}/en", door.code);
        let form = |_| posted(&path, &encode(&[("_id", &id()), ("q1", "safe")]), "");
        let met = at_once(&server, (0..200).map(form).collect()).await;
        assert_eq!(met.len(), 200, "everybody is told");
        assert_eq!(met.iter().filter(|status| **status == 303).count(), 100, "{met:?}");
        assert_eq!(stored(&house, &collection).await, 100, "on {}", house.name);
    });
}

#[test]
fn whoever_leaves_after_sending_is_counted_once() {
    on_both(async |house| {
        let (_, collection, door) = pulse(&house).await;
        let server = Server::of(house.router.clone(), PATIENT).await;
        let path = format!("/p/{}/en", door.code);
        let forms: Vec<String> = (0..40)
            .map(|_| posted(&path, &encode(&[("_id", &id()), ("q1", "safe")]), ""))
            .collect();
        for form in &forms {
            let mut stream = server.connect().await;
            stream.write_all(form.as_bytes()).await.unwrap();
            drop(stream);
        }
        let met = at_once(&server, forms).await;
        assert!(met.iter().all(|status| [200, 303].contains(status)), "{met:?}");
        assert_eq!(stored(&house, &collection).await, 40, "on {}", house.name);
    });
}

#[test]
fn when_descriptors_run_out_accepting_waits_and_nothing_falls() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let folder = crate::house::Folder::fresh();
    let serve = format!(
        "ulimit -n 80; exec {} serve --data {} --listen 127.0.0.1:0 --intake-listen 127.0.0.1:0",
        env!("CARGO_BIN_EXE_miradouro"),
        folder.0.join("data").display()
    );
    let mut server = Command::new("sh")
        .args(["-c", &serve])
        .env_remove("MIRADOURO_DATABASE_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (mut staff, mut intake) = (None, None);
    for line in lines {
        if let Some(address) = line.strip_prefix("serving http://") {
            staff = address.trim_end_matches('/').parse::<SocketAddr>().ok();
        }
        if let Some(address) = line.strip_prefix("residents alone on ") {
            intake = address.parse::<SocketAddr>().ok();
            break;
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ask = async |at: SocketAddr, path: &str| {
            let mut stream = TcpStream::connect(at).await.unwrap();
            stream.write_all(got(path).as_bytes()).await.unwrap();
            statuses(&rest(&mut stream).await)
        };
        let mut idle = Vec::new();
        for _ in 0..200 {
            idle.push(TcpStream::connect(intake.unwrap()).await.unwrap());
        }
        assert_eq!(ask(staff.unwrap(), "/ready").await, [200], "staff have places of their own");
        assert_eq!(ask(intake.unwrap(), "/sign-in").await, [404]);
        drop(idle);
        assert_eq!(ask(intake.unwrap(), "/ready").await, [200]);
    });
    assert!(server.try_wait().unwrap().is_none(), "it still runs");
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success() && server.wait().unwrap().success(), "and stops when it is told to");
}

#[test]
fn a_database_that_is_gone_is_said_and_nothing_more() {
    alone(async |house| {
        let request = Request::get("/ready").header(header::ACCEPT_LANGUAGE, "nl");
        let page = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
        house.store.close().await.unwrap();
        let page = house.get("/ready").await;
        assert_eq!((page.status.as_u16(), page.body.as_str()), (503, "not ready"));
    });
}
