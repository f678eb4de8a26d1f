//! How long a release takes from stored answers on, how much memory, and how soon one table is there.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::civil::date;
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
use miradouro::job::release::{Progress, make_watched, tables};
use miradouro::store::{NewResponse, Store};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// How many answers are brought in at once.
const AT_ONCE: usize = 10_000;
const ZONES: [&str; 3] = ["north", "south", "quay"];

/// So many answers to the longest questionnaire, on SQLite, to a complete release.
pub(crate) async fn release(answers: usize) {
    let folder = std::env::temp_dir().join(format!("miradouro-gate-{}", ResponseId::random()));
    let store = Store::open(&folder, None).await.unwrap();
    let instrument = Shelf::load(None).instrument("resident_safety").unwrap().clone();
    let (diagnosis, collection) = fill(&store, &instrument).await;
    let begun = Instant::now();
    bring(&store, &instrument, &collection, answers).await;
    println!("gate: {answers} answers stored in {:.0} s", begun.elapsed().as_secs_f64());

    let peak_begins = forget_peak();
    let progress = Arc::new(Progress::default());
    let watched = Arc::clone(&progress);
    let watch = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let of = |number: &std::sync::atomic::AtomicU64| number.load(Ordering::Relaxed);
            println!(
                "gate: … {} of {} answers read, {} of {} questions through",
                of(&watched.read),
                of(&watched.answers),
                of(&watched.done),
                of(&watched.questions)
            );
        }
    });
    let begun = Instant::now();
    let when = (date(2026, 3, 1), false);
    let made = make_watched(&store, &diagnosis, when, &[], progress).await.unwrap();
    let took = begun.elapsed();
    watch.abort();
    let all = tables(&store, diagnosis.id, made.number).await.unwrap();
    let shown = all.iter().filter(|table| table.withheld().is_none()).count();
    println!(
        "gate: {answers} answers to release {} with its attacker in {:.1} s: {} tables, {shown} shown; peak memory {} MB ({peak_begins} MB before)",
        made.number,
        took.as_secs_f64(),
        all.len(),
        memory("VmHWM:")
    );
    let mut times = Vec::new();
    for table in all.iter().cycle().take(200) {
        let begun = Instant::now();
        let one = miradouro::job::release::table(&store, diagnosis.id, table.address()).await;
        assert_eq!(&one.unwrap(), table);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!(
        "gate: one released table in {:.2} ms (p99 {:.2} ms, target 20)",
        times[100].as_secs_f64() * 1e3,
        times[198].as_secs_f64() * 1e3
    );
    store.close().await.unwrap();
    let _gone = std::fs::remove_dir_all(&folder);
}

/// Lets the kernel count the peak from here on; what is in memory now.
fn forget_peak() -> u64 {
    let _may_not = std::fs::write("/proc/self/clear_refs", "5");
    memory("VmRSS:")
}

fn memory(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(which)).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
}

async fn bring(store: &Store, instrument: &Instrument, collection: &Collection, answers: usize) {
    let mut rng = StdRng::seed_from_u64(12);
    let ground = Ground::of(&ZONES);
    let door = Door::new("bench", collection.id, collection.diagnosis, Mode::Own);
    let filled: Vec<_> = (0..2000)
        .map(|_| instrument.read(&sample(instrument, &ground, &mut rng), &ground))
        .collect();
    let mut left = answers;
    while left > 0 {
        let now = left.min(AT_ONCE);
        let response = |at: usize| {
            let mut reading = filled[at % filled.len()].clone();
            reading.texts.clear();
            let (id, hash) = (ResponseId::random(), &collection.instrument);
            NewResponse::through(&door, id, hash, Lang::En, reading)
        };
        let responses: Vec<NewResponse> = (0..now).map(response).collect();
        store.bring_in(&responses).await.unwrap();
        left -= now;
    }
}

async fn fill(store: &Store, instrument: &Instrument) -> (Diagnosis, Collection) {
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
    (diagnosis, collection)
}
