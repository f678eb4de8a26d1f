//! Phones at the built program: so many from one address over so many seconds, each on a connection
//! of its own, each with one form; then the same beside a hundred slow connections; how much memory
//! a thousand open connections take; and how soon the program is ready over a store full of answers.
//!
//! It prints, and asserts on no time. It ends with an error when an answer that was acknowledged is
//! not in the store, or one is there that nobody sent.
//!
//!     cargo bench --bench phones                                        a short run: 1,000 in 30 s
//!     cargo bench --bench phones -- --phones 10000 --seconds 300        the whole
//!     … --program PATH      another build of the program
//!     … --answers N         how many answers the full store has (20,000; with 10,000 phones 100,000)
//!
//! On SQLite, and on PostgreSQL where `TEST_POSTGRES_URL` names one.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a bench prints, and counts to a million"
)]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use miradouro::domain::answer::Ground;
use miradouro::domain::collection::{
    Collection, Door, Field, Mode, Origin, Presence, Sampling, State,
};
use miradouro::domain::diagnosis::{Diagnosis, Settings, Wave, Zone, ZoneSet};
use miradouro::domain::ids::{CollectionId, DiagnosisId, ResponseId, WaveId, ZoneSetId};
use miradouro::domain::instrument::Instrument;
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;
use miradouro::instruments::sample::sample;
use miradouro::store::{NewResponse, Store};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// How many slow connections there are beside the phones, and their bytes a second.
const SLOW: usize = 100;
const SLOWLY: usize = 2_000;
const OPEN: usize = 1_000;
/// How many send as fast as they can, and for how long.
const AT_ONCE: usize = 64;
const FLOOD: Duration = Duration::from_secs(8);
const ZONES: [&str; 3] = ["north", "south", "quay"];

struct Wanted {
    phones: usize,
    seconds: u64,
    answers: usize,
    program: PathBuf,
}

/// A store with one open collection, and the program over it.
struct House {
    folder: PathBuf,
    database: Option<String>,
    door: Door,
    collection: Collection,
    instrument: Instrument,
}

#[tokio::main]
async fn main() {
    let wanted = wanted();
    println!(
        "phones: {} over {} s, each on a connection of its own; {}",
        wanted.phones,
        wanted.seconds,
        wanted.program.display()
    );
    run("SQLite", None, &wanted).await;
    match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => run("PostgreSQL", Some(schema(&url)), &wanted).await,
        Err(_) => println!("phones: skipped on PostgreSQL: TEST_POSTGRES_URL is not set"),
    }
}

fn wanted() -> Wanted {
    let all: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = all.iter().position(|one| one == name)?;
        all.get(at + 1).cloned()
    };
    let number = |name: &str, usual: usize| {
        after(name).map_or(usual, |text| text.parse().expect("a number after the option"))
    };
    let phones = number("--phones", 1_000);
    Wanted {
        phones,
        seconds: number("--seconds", 30) as u64,
        answers: number("--answers", if phones >= 10_000 { 100_000 } else { 20_000 }),
        program: after("--program")
            .map_or_else(|| env!("CARGO_BIN_EXE_miradouro").into(), Into::into),
    }
}

async fn run(name: &str, database: Option<String>, wanted: &Wanted) {
    let house = House::fresh(database).await;
    let bodies = house.bodies(500);
    let (mut server, address) = house.serve(&wanted.program);
    // The first forms warm up what is read once.
    let warm = load(address, &house, &bodies, (50, Duration::from_secs(1))).await;
    let alone =
        load(address, &house, &bodies, (wanted.phones, Duration::from_secs(wanted.seconds))).await;
    alone.print(name, "alone");
    let (stop, slow) = slow(address, &house, &bodies);
    let beside =
        load(address, &house, &bodies, (wanted.phones, Duration::from_secs(wanted.seconds))).await;
    let _told = stop.send(true);
    let slow = slow.join_all().await.into_iter().fold(Met::default(), Met::with);
    beside.print(name, &format!("beside {SLOW} slow connections at {SLOWLY} B/s"));
    println!(
        "phones: {name}: the slow ones sent {}, acknowledged {}, errors {}",
        slow.sent,
        slow.waits.len(),
        slow.errors
    );
    for (part, share) in [("p50", 500), ("p99", 990)] {
        let ratio = beside.at(share).as_secs_f64() / alone.at(share).as_secs_f64().max(1e-9);
        println!("phones: {name}: {part} with slow connections / without: {ratio:.2}");
    }
    let (worked, one) = (worked_for(server.id()), flood(&[address], &house, &bodies).await);
    let worked = worked_for(server.id()).saturating_sub(worked).as_secs_f64() * 1000.0;
    println!(
        "phones: {name}: {AT_ONCE} at once, as fast as they can: {:.0}/s, {:.2} ms of a core for each",
        one.rate(),
        worked / one.sent.max(1) as f64
    );
    // What a flood leaves behind: a long log, a checkpoint, pages to write.
    let after = load(
        address,
        &house,
        &bodies,
        (wanted.phones / 3, Duration::from_secs(wanted.seconds / 3)),
    )
    .await;
    after.print(name, "right after that flood, without slow ones");
    let two = house.two(name, wanted, (address, &bodies), one.rate()).await;
    let all =
        [warm, alone, beside, slow, one, two, after].into_iter().fold(Met::default(), Met::with);
    open(name, address, &house, server.id()).await;
    end(&mut server);
    let stored = house.stored().await;
    let (sent, acknowledged) = (all.sent, all.waits.len());
    println!(
        "phones: {name}: sent {sent}, acknowledged {acknowledged}, stored {stored}, errors {}, lost {}",
        all.errors,
        acknowledged.saturating_sub(stored)
    );
    assert!(acknowledged <= stored, "an answer that was acknowledged is lost");
    assert!(stored <= sent, "an answer that nobody sent is stored");
    house.ready(name, wanted).await;
    std::fs::remove_dir_all(&house.folder).unwrap();
}

/// What became of some forms.
#[derive(Default)]
struct Met {
    sent: usize,
    errors: usize,
    waits: Vec<Duration>,
}

impl Met {
    fn with(mut self, other: Self) -> Self {
        self.sent += other.sent;
        self.errors += other.errors;
        self.waits.extend(other.waits);
        self.waits.sort_unstable();
        self
    }

    fn count(&mut self, outcome: Option<Duration>) {
        self.sent += 1;
        match outcome {
            Some(wait) => self.waits.push(wait),
            None => self.errors += 1,
        }
    }

    /// Acknowledged in a second of a flood.
    fn rate(&self) -> f64 {
        self.waits.len() as f64 / FLOOD.as_secs_f64()
    }

    /// So many of a thousand waited no longer.
    fn at(&self, share: usize) -> Duration {
        let last = self.waits.len().saturating_sub(1);
        self.waits.get(last * share / 1000).copied().unwrap_or_default()
    }

    fn print(&self, name: &str, how: &str) {
        let ms = |share| self.at(share).as_secs_f64() * 1000.0;
        println!(
            "phones: {name}: {how}: p50 {:.1} ms, p90 {:.1}, p99 {:.1}, p99.9 {:.1}; sent {}, acknowledged {}, errors {}",
            ms(500),
            ms(900),
            ms(990),
            ms(999),
            self.sent,
            self.waits.len(),
            self.errors
        );
    }
}

/// So many phones over some time.
async fn load(
    address: SocketAddr,
    house: &House,
    bodies: &[String],
    (phones, over): (usize, Duration),
) -> Met {
    let begun = tokio::time::Instant::now();
    let mut all = JoinSet::new();
    for phone in 0..phones {
        let request = request(&house.door.code, &bodies[phone % bodies.len()]);
        let at = begun + over.mul_f64(phone as f64 / phones as f64);
        all.spawn(async move {
            tokio::time::sleep_until(at).await;
            let from = Instant::now();
            let sent = send(address, request.as_bytes(), usize::MAX).await;
            sent.then(|| from.elapsed())
        });
    }
    let mut met = Met::default();
    while let Some(outcome) = all.join_next().await {
        met.count(outcome.unwrap());
    }
    met.waits.sort_unstable();
    met
}

/// As many forms as get through, from so many at once, each on connections of its own, to one server
/// after the other.
async fn flood(servers: &[SocketAddr], house: &House, bodies: &[String]) -> Met {
    let end = Instant::now() + FLOOD;
    let mut all = JoinSet::new();
    for one in 0..AT_ONCE {
        let address = servers[one % servers.len()];
        let requests = (0..).map(move |n| (one * 7 + n) % 500);
        let bodies = bodies.to_vec();
        let door = house.door.code.clone();
        all.spawn(async move {
            let mut met = Met::default();
            for body in requests {
                if Instant::now() > end {
                    break;
                }
                let from = Instant::now();
                let request = request(&door, &bodies[body]);
                let sent = send(address, request.as_bytes(), usize::MAX).await;
                met.count(sent.then(|| from.elapsed()));
            }
            met
        });
    }
    all.join_all().await.into_iter().fold(Met::default(), Met::with)
}

/// How long a process has worked on all cores so far.
fn worked_for(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after = stat.rsplit(')').next().unwrap();
    let ticks = |at: usize| after.split_whitespace().nth(at).unwrap().parse::<u64>().unwrap();
    // A tick is a hundredth of a second on every Linux that matters here.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

/// Sends a form, not faster than so many bytes a second; whether it was acknowledged.
async fn send(address: SocketAddr, request: &[u8], rate: usize) -> bool {
    let go = async {
        let mut stream = TcpStream::connect(address).await?;
        if rate == usize::MAX {
            stream.write_all(request).await?;
        } else {
            for piece in request.chunks(rate / 10) {
                stream.write_all(piece).await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 303"))
    };
    let patience = Duration::from_mins(1);
    matches!(tokio::time::timeout(patience, go).await, Ok(Ok(true)))
}

/// Slow connections: on each a page and a form, and again, until they are told to stop.
fn slow(
    address: SocketAddr,
    house: &House,
    bodies: &[String],
) -> (tokio::sync::watch::Sender<bool>, JoinSet<Met>) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut all = JoinSet::new();
    for one in 0..SLOW {
        let requests: Vec<String> = (0..200)
            .map(|n| request(&house.door.code, &bodies[(one + n) % bodies.len()]))
            .collect();
        let stopped = stopped.clone();
        let page = format!("/p/{}/en", house.door.code);
        all.spawn(async move {
            let mut met = Met::default();
            for request in requests {
                if *stopped.borrow() {
                    break;
                }
                if look(address, &page, &stopped).await.is_err() {
                    met.errors += 1;
                }
                let from = Instant::now();
                let sent = send(address, request.as_bytes(), SLOWLY).await;
                met.count(sent.then(|| from.elapsed()));
            }
            met
        });
    }
    (stop, all)
}

/// Reads a page as slowly, with a small window, until it is there or everybody stops.
async fn look(
    address: SocketAddr,
    path: &str,
    stopped: &tokio::sync::watch::Receiver<bool>,
) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    let mut stream = socket.connect(address).await?;
    let ask = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await?;
    let mut piece = [0; SLOWLY / 10];
    while stream.read(&mut piece).await? > 0 && !*stopped.borrow() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// The memory of the program with many connections that say nothing.
async fn open(name: &str, address: SocketAddr, house: &House, server: u32) {
    let before = memory(server);
    let mut all = Vec::new();
    let ask = format!("GET /p/{}/en HTTP/1.1\r\nHost: here\r\n\r\n", house.door.code);
    for _ in 0..OPEN {
        let Ok(mut stream) = TcpStream::connect(address).await else {
            println!("phones: {name}: only {} connections could be opened here", all.len());
            break;
        };
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut first = [0; 1024];
        let _some = stream.read(&mut first).await.unwrap();
        all.push(stream);
    }
    println!(
        "phones: {name}: memory {before} MB before, {} MB with {} open connections (target 300)",
        memory(server),
        all.len()
    );
}

fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kilobytes: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
    kilobytes / 1024
}

fn end(server: &mut Child) {
    Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(server.wait().unwrap().success(), "it stops when it is told to");
}

/// A schema of its own in that database.
fn schema(url: &str) -> String {
    let schema = format!("b{}", ResponseId::random());
    let done = Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--command", &format!("create schema {schema}"), url])
        .status()
        .unwrap();
    assert!(done.success(), "psql could not make a schema");
    let join = if url.contains('?') { '&' } else { '?' };
    format!("{url}{join}options=-c%20search_path%3D{schema}")
}

impl House {
    async fn fresh(database: Option<String>) -> Self {
        let folder =
            std::env::temp_dir().join(format!("miradouro-phones-{}", ResponseId::random()));
        let store = Store::open(&folder, database.as_deref()).await.unwrap();
        let shelf = Shelf::load(None);
        let instrument = shelf.instrument("resident_safety").unwrap().clone();
        let (collection, door) = fill(&store, &instrument).await;
        store.close().await.unwrap();
        Self { folder, database, door, collection, instrument }
    }

    fn serve(&self, program: &Path) -> (Child, SocketAddr) {
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(&self.folder).args(["--listen", "127.0.0.1:0"]);
        command.env_remove("MIRADOURO_DATABASE_URL").stdout(Stdio::piped());
        if let Some(url) = &self.database {
            command.args(["--database-url", url]);
        }
        let mut server = command.spawn().unwrap();
        let lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let address = lines.map_while(Result::ok).find_map(|line| {
            line.strip_prefix("serving http://")?.trim_end_matches('/').parse().ok()
        });
        (server, address.expect("the program says where it serves"))
    }

    /// So many forms as people fill them in, without their ids.
    fn bodies(&self, n: usize) -> Vec<String> {
        let mut rng = StdRng::seed_from_u64(11);
        (0..n).map(|_| encode(&sample(&self.instrument, &Ground::of(&ZONES), &mut rng))).collect()
    }

    /// The same flood at two servers on one PostgreSQL, half of it at each.
    async fn two(
        &self,
        name: &str,
        wanted: &Wanted,
        (first, bodies): (SocketAddr, &[String]),
        one: f64,
    ) -> Met {
        if self.database.is_none() {
            return Met::default();
        }
        let (mut server, second) = self.serve(&wanted.program);
        let met = flood(&[first, second], self, bodies).await;
        println!(
            "phones: {name}: two servers on one database: {:.0}/s, {:.2} of one; all of it on {} cores",
            met.rate(),
            met.rate() / one.max(1.0),
            std::thread::available_parallelism().map_or(0, usize::from)
        );
        end(&mut server);
        met
    }

    async fn stored(&self) -> usize {
        let store = Store::open(&self.folder, self.database.as_deref()).await.unwrap();
        let of = &self.collection;
        let received = store.received(of.diagnosis, of.id).await.unwrap();
        store.close().await.unwrap();
        usize::try_from(received).unwrap()
    }

    /// How soon the program answers over a store full of answers, and what it weighs then.
    async fn ready(&self, name: &str, wanted: &Wanted) {
        let store = Store::open(&self.folder, self.database.as_deref()).await.unwrap();
        let missing = wanted.answers.saturating_sub(self.stored().await);
        self.answers(&store, missing).await;
        store.close().await.unwrap();
        let mut times = Vec::new();
        let mut weight = 0;
        for _ in 0..5 {
            let begun = Instant::now();
            let (mut server, address) = self.serve(&wanted.program);
            let ask = b"GET /ready HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(ask).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            times.push(begun.elapsed().as_millis());
            weight = memory(server.id());
            end(&mut server);
        }
        times.sort_unstable();
        println!(
            "phones: {name}: ready over {} answers in {} ms (five starts: {times:?}, target 150), {weight} MB idle (target 60)",
            wanted.answers, times[2]
        );
    }

    async fn answers(&self, store: &Store, n: usize) {
        let mut rng = StdRng::seed_from_u64(12);
        let ground = Ground::of(&ZONES);
        let filled: Vec<_> =
            (0..200).map(|_| sample(&self.instrument, &ground, &mut rng)).collect();
        let mut all = JoinSet::new();
        for one in 0..n {
            let reading = self.instrument.read(&filled[one % filled.len()], &ground);
            let hash = &self.collection.instrument;
            let response =
                NewResponse::through(&self.door, ResponseId::random(), hash, Lang::En, reading);
            let store = store.clone();
            all.spawn(async move { store.receive(response).await.unwrap() });
            if all.len() >= 1000 {
                all.join_next().await.unwrap().unwrap();
            }
        }
        all.join_all().await;
    }
}

/// A form as a browser sends it.
fn request(door: &str, body: &str) -> String {
    let body = format!("_id={}&{body}", ResponseId::random());
    format!(
        "POST /p/{door}/en HTTP/1.1\r\nHost: here\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn encode(fields: &[(String, String)]) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('&', "%26").replace(' ', "+");
    let pair = |(name, value): &(String, String)| format!("{name}={}", escape(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

async fn fill(store: &Store, instrument: &Instrument) -> (Collection, Door) {
    let settings = Settings {
        languages: vec![Lang::En],
        time_zone: "UTC".to_owned(),
        consent_age: 16,
        help: Vec::new(),
        invented: true,
        population_source: None,
    };
    let (slug, name) = ("bench".to_owned(), "Bench".to_owned());
    let diagnosis = Diagnosis { id: DiagnosisId::random(), slug, name, settings };
    let zone = |code: &&str| Zone { code: (*code).to_owned(), name: (*code).to_owned() };
    let set = ZoneSet { id: ZoneSetId::random(), zones: ZONES.iter().map(zone).collect() };
    let title = "bench".to_owned();
    let wave = Wave { id: WaveId::random(), number: 1, title: title.clone(), zones: set.id };
    store.add_diagnosis(&diagnosis, &set, &wave, None).await.unwrap();
    let hash = store.publish(diagnosis.id, instrument).await.unwrap();
    let collection = Collection {
        id: CollectionId::random(),
        diagnosis: diagnosis.id,
        wave: wave.id,
        instrument: hash,
        title,
        field: Field {
            sampling: Sampling::SelfSelected,
            asked_by: "bench".to_owned(),
            presence: Presence::Nobody,
            recruited_by: "bench".to_owned(),
            origin: Origin::Invented,
            policy: instrument.policy,
            languages: vec![Lang::En],
            source: None,
            area: None,
        },
        state: State::Open,
        opened: None,
        closed: None,
        group_said_yes: false,
    };
    let door = Door::new("bench", collection.id, diagnosis.id, Mode::Own);
    store.add_collection(&collection, std::slice::from_ref(&door)).await.unwrap();
    (collection, door)
}
