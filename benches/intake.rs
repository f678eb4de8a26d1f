//! How much of the speed of a handler that throws answers away is left when they are kept: the same
//! body, the same router, the same way; and how heavy the first page is.
//!
//! Three steps, each over what the one before it does: parse the form and throw it away; read it as
//! the instrument says and throw it away; keep it, with a one-time code spent, a receipt, and the
//! acknowledgement only after the disk. On SQLite, on SQLite with the sealed journal, and on the
//! PostgreSQL that `TEST_POSTGRES_URL` names. Ratios are to the first step. First the longest
//! questionnaire, then one of about 25 answers, the size the target speaks of.
//!
//! It prints; nothing here asserts on a time. The load comes over 64 kept connections to a port of
//! this machine, from this process, a bounded number of requests. `--requests N` and `--at-once N` change that.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints")]

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::Form;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use flate2::{Compression, write::GzEncoder};
use http_body_util::BodyExt;
use miradouro::domain::answer::Ground;
use miradouro::domain::code::Code;
use miradouro::domain::collection::{
    Collection, Door, Field, Mode, Origin, Presence, Sampling, State,
};
use miradouro::domain::diagnosis::{Diagnosis, Settings, Wave, Zone, ZoneSet};
use miradouro::domain::ids::{CollectionId, DiagnosisId, ResponseId, WaveId, ZoneSetId};
use miradouro::domain::instrument::Instrument;
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;
use miradouro::instruments::sample::sample;
use miradouro::store::{Journal, Store, dump::Identity};
use miradouro::web::app::{App, BaseUrl, Clock};
use miradouro::web::wire::{self, Limits, Outlet};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// How much is sent, and by how many at once.
#[derive(Clone, Copy)]
struct Load {
    requests: usize,
    at_once: usize,
}

#[tokio::main]
async fn main() {
    let given = |name: &str, or: usize| {
        let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
        args.next().map_or(or, |n| n.parse().unwrap())
    };
    let load = Load { requests: given("--requests", 6_000), at_once: given("--at-once", 64) };
    let mut page = Vec::new();
    for name in ["resident_safety", "id_check_experience"] {
        let weighed = intake(name, load).await;
        page = if page.is_empty() { weighed } else { page };
    }
    for line in page {
        println!("{line}");
    }
}

/// Every step over one instrument; how heavy its page is.
async fn intake(name: &str, load: Load) -> Vec<String> {
    let shelf = Shelf::load(None);
    let instrument = shelf.instrument(name).unwrap().clone();
    let zones = vec!["north".to_owned(), "south".to_owned()];
    let mut rng = StdRng::seed_from_u64(7);
    let sent: Vec<(Code, String)> = (0..load.requests)
        .map(|_| (Code::random(), encode(&sample(&instrument, &Ground::of(&zones), &mut rng))))
        .collect();
    let bytes = sent.iter().map(|(_, body)| body.len()).sum::<usize>() / sent.len();
    let fields = sent.iter().map(|(_, body)| body.split('&').count()).sum::<usize>() / sent.len();
    let Load { requests, at_once } = load;
    println!("intake: {name}: {requests} forms, {fields} fields, {bytes} bytes, {at_once} at once");
    let parsed = Router::new().route(
        "/p/bench/en",
        post(|Form(pairs): Form<Vec<(String, String)>>| async move { seen(pairs.len() > 1) }),
    );
    let (reads, codes) = (Arc::new(instrument.clone()), Arc::new(zones.clone()));
    let read = Router::new().route(
        "/p/bench/en",
        post(move |Form(pairs): Form<Vec<(String, String)>>| async move {
            seen(reads.read(&pairs, &Ground::of(&codes)).complaints.is_empty())
        }),
    );
    run(&parsed, &sent, load.at_once).await; // warm
    let floor = run(&parsed, &sent, load.at_once).await;
    println!("intake: parsed and discarded         {floor:>7.0}/s");
    said("parsed, read and discarded", run(&read, &sent, load.at_once).await, floor);
    let mut page = None;
    for way in Way::here() {
        let (kept, folder) = house(&way, &instrument, &zones, &sent).await;
        said(way.name(), run(&kept, &sent, load.at_once).await, floor);
        page.get_or_insert(weigh(&kept, name).await);
        drop(kept);
        std::fs::remove_dir_all(&folder).unwrap();
    }
    page.unwrap_or_default()
}

/// Where answers are kept.
enum Way {
    Sqlite,
    Journal,
    Postgres(String),
}

impl Way {
    fn here() -> Vec<Self> {
        let mut all = vec![Self::Sqlite, Self::Journal];
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) => all.push(Self::Postgres(url)),
            Err(_) => println!("intake: PostgreSQL skipped, TEST_POSTGRES_URL is not set"),
        }
        all
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "kept on SQLite",
            Self::Journal => "kept on SQLite and journal",
            Self::Postgres(_) => "kept on PostgreSQL",
        }
    }
}

fn said(what: &str, speed: f64, floor: f64) {
    println!("intake: {what:<28} {speed:>7.0}/s, ratio {:.2}", speed / floor);
}

const fn seen(fine: bool) -> StatusCode {
    if fine { StatusCode::SEE_OTHER } else { StatusCode::BAD_REQUEST }
}

/// The real router over a fresh store whose door asks for a code.
async fn house(
    way: &Way,
    instrument: &Instrument,
    zones: &[String],
    sent: &[(Code, String)],
) -> (Router, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("miradouro-bench-{}", ResponseId::random()));
    let store = match way {
        Way::Sqlite => Store::open(&folder, None).await.unwrap(),
        Way::Journal => {
            let to = Identity::fresh().recipient();
            let journal = Journal::begin(&folder.join("journal"), vec![to]).unwrap();
            Store::open(&folder, None).await.unwrap().with_journal(journal)
        }
        Way::Postgres(url) => {
            let schema = format!("b{}", ResponseId::random()).replace('-', "");
            let made = std::process::Command::new("psql")
                .args([url, "-qc", &format!("create schema {schema}")])
                .status();
            assert!(made.unwrap().success(), "psql could not make a schema");
            let join = if url.contains('?') { '&' } else { '?' };
            let url = format!("{url}{join}options=-c%20search_path%3D{schema}");
            Store::open(&folder, Some(&url)).await.unwrap()
        }
    };
    let of = fill(&store, instrument, zones).await;
    let codes: Vec<Code> = sent.iter().map(|(code, _)| code.clone()).collect();
    store.issue_codes(of.0, of.1, &codes).await.unwrap();
    let base_url = BaseUrl::new("http://127.0.0.1:8080").unwrap();
    let app = App::new(store, Shelf::load(None), base_url, Clock::System).unwrap();
    (miradouro::web::router(app), folder)
}

/// Serves on a free port of this machine, through the program's own accept loop, and sends every form
/// once over connections that are kept: how many a second were answered.
async fn run(router: &Router, sent: &[(Code, String)], at_once: usize) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let outlet = Outlet { listener, pages: router.clone() };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(wire::serve(vec![outlet], Limits::default(), Vec::new(), async {
        let _asked = stopped.await;
    }));
    let mut tasks = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for part in 0..at_once {
        let own: Vec<_> = sent.iter().skip(part).step_by(at_once).cloned().collect();
        tasks.spawn(async move {
            let mut phone = TcpStream::connect(address).await.unwrap();
            phone.set_nodelay(true).unwrap();
            for (code, body) in own {
                let (id, code) = (ResponseId::random(), code.letters());
                let body = format!("_id={id}&_code={code}&{body}");
                send(&mut phone, &body).await;
            }
        });
    }
    tasks.join_all().await;
    let took = begun.elapsed().as_secs_f64();
    stop.send(()).unwrap();
    server.await.unwrap();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = sent.len() as f64;
    count / took
}

/// One form over a kept connection; the answer has no body.
async fn send(phone: &mut TcpStream, body: &str) {
    let request = format!(
        "POST /p/bench/en HTTP/1.1\r\nhost: 127.0.0.1\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    phone.write_all(request.as_bytes()).await.unwrap();
    let mut said = Vec::with_capacity(1024);
    while !said.ends_with(b"\r\n\r\n") {
        let n = phone.read_buf(&mut said).await.unwrap();
        assert!(n > 0 && said.len() < 16 * 1024, "{}", String::from_utf8_lossy(&said));
    }
    assert!(said.starts_with(b"HTTP/1.1 303"), "{}", String::from_utf8_lossy(&said));
}

/// The first load of a questionnaire: the page and what it asks for.
async fn weigh(router: &Router, name: &str) -> Vec<String> {
    let page = body(router, "/p/bench/en").await;
    let text = String::from_utf8_lossy(&page).into_owned();
    let mut weights = vec![gzipped(&page)];
    for asked in ["rel=\"stylesheet\" href=\"", "<script src=\""] {
        for rest in text.split(asked).skip(1) {
            let address = rest.split('"').next().unwrap();
            weights.push(gzipped(&body(router, address).await));
        }
    }
    let whole: usize = weights.iter().sum();
    let requests = weights.len();
    vec![
        format!("page: {name} {weights:?} bytes gzipped, {requests} requests"),
        format!("page: {whole} of 14336 bytes"),
    ]
}

async fn body(router: &Router, path: &str) -> Vec<u8> {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

fn gzipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

fn encode(fields: &[(String, String)]) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('&', "%26").replace(' ', "+");
    let pair = |(name, value): &(String, String)| format!("{name}={}", escape(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

async fn fill(
    store: &Store,
    instrument: &Instrument,
    zones: &[String],
) -> (DiagnosisId, CollectionId) {
    let settings = Settings {
        languages: vec![Lang::En],
        time_zone: "UTC".to_owned(),
        consent_age: 16,
        help: Vec::new(),
        invented: true,
    };
    let (slug, name) = ("bench".to_owned(), "Bench".to_owned());
    let diagnosis = Diagnosis { id: DiagnosisId::random(), slug, name, settings };
    let zone = |code: &String| Zone { code: code.clone(), name: code.clone() };
    let set = ZoneSet { id: ZoneSetId::random(), zones: zones.iter().map(zone).collect() };
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
    let door = Door { with_codes: true, ..door };
    store.add_collection(&collection, &[door]).await.unwrap();
    (diagnosis.id, collection.id)
}
