//! How much of the speed of a handler that throws answers away is left when they are kept: the same
//! body, the same router, the same handler up to the last step; and how heavy the first page is.
//!
//! It prints; nothing here asserts on a time. Load goes through the router in this process, from 64
//! tasks at once, a bounded number of requests.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints")]

use std::io::Write;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::Form;
use axum::http::{Request, StatusCode, header};
use axum::routing::post;
use flate2::{Compression, write::GzEncoder};
use http_body_util::BodyExt;
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
use miradouro::store::Store;
use miradouro::web::app::{App, BaseUrl, Clock};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tower::ServiceExt;

const REQUESTS: usize = 6_000;
const AT_ONCE: usize = 64;

#[tokio::main]
async fn main() {
    let folder = std::env::temp_dir().join(format!("miradouro-bench-{}", ResponseId::random()));
    let store = Store::open(&folder, None).await.unwrap();
    let shelf = Shelf::load(None);
    let instrument = shelf.instrument("resident_safety").unwrap().clone();
    let zones = vec!["north".to_owned(), "south".to_owned()];
    fill(&store, &instrument, &zones).await;
    let base_url = BaseUrl::new("http://127.0.0.1:8080").unwrap();
    let app = App::new(store.clone(), shelf, base_url, Clock::System).unwrap();
    let kept = miradouro::web::router(app);
    let (reads, codes) = (instrument.clone(), zones.clone());
    let discarded = Router::new().route(
        "/p/bench/en",
        post(move |Form(pairs): Form<Vec<(String, String)>>| async move {
            let reading = reads.read(&pairs, &Ground::of(&codes));
            if reading.complaints.is_empty() {
                StatusCode::SEE_OTHER
            } else {
                StatusCode::BAD_REQUEST
            }
        }),
    );
    let mut rng = StdRng::seed_from_u64(7);
    let bodies: Vec<String> = (0..REQUESTS)
        .map(|_| encode(&sample(&instrument, &Ground::of(&zones), &mut rng)))
        .collect();
    let bytes = bodies.iter().map(String::len).sum::<usize>() / bodies.len();
    load(&discarded, &bodies[..600]).await;
    let thrown = load(&discarded, &bodies).await;
    let stored = load(&kept, &bodies).await;
    println!("intake: body {bytes} bytes, {AT_ONCE} at once, {REQUESTS} requests");
    println!("intake: discarded {thrown:.0}/s, acknowledged and on the disk {stored:.0}/s");
    println!("intake: ratio {:.2} (target 0.35)", stored / thrown);
    weigh(&kept).await;
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn load(router: &Router, bodies: &[String]) -> f64 {
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for part in 0..AT_ONCE {
        let router = router.clone();
        let own: Vec<String> = bodies.iter().skip(part).step_by(AT_ONCE).cloned().collect();
        tasks.spawn(async move {
            for body in own {
                let request = Request::post("/p/bench/en")
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(Body::from(format!("_id={}&{body}", ResponseId::random())))
                    .unwrap();
                let response = router.clone().oneshot(request).await.unwrap();
                assert_eq!(response.status(), StatusCode::SEE_OTHER);
            }
        });
    }
    tasks.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = bodies.len() as f64;
    count / begun.elapsed().as_secs_f64()
}

/// The first load of the longest questionnaire: the page and what it asks for.
async fn weigh(router: &Router) {
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
    println!("page: resident_safety {weights:?} bytes gzipped, {} requests", weights.len());
    println!("page: {whole} of 14336 bytes");
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

async fn fill(store: &Store, instrument: &Instrument, zones: &[String]) {
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
    store.add_collection(&collection, &[door]).await.unwrap();
}
