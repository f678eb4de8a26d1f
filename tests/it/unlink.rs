//! The unlink job: what was written together looks as if it never met, and nothing is lost by it,
//! whoever writes, reads or is killed meanwhile.

#![expect(
    clippy::cast_precision_loss,
    clippy::items_after_statements,
    clippy::disallowed_methods,
    reason = "a thousand rows; statements that look at the inside of PostgreSQL"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use miradouro::domain::answer::{Answer, FreeText, Reading};
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Door, Mode};
use miradouro::domain::ids::ResponseId;
use miradouro::domain::text::Lang;
use miradouro::store::{NewResponse, Received};
use rand::distr::{Alphanumeric, SampleString};
use sqlx::postgres::PgPool;

use crate::house::{House, on_both};

/// How many people there are in these tests.
const PEOPLE: usize = 120;

/// Letters that nothing compresses and nobody else has.
pub(crate) fn letters(n: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), n)
}

/// Somebody's answers: one that says who, and words long enough to lie apart from their row.
fn somebody(door: &Door, hash: &str, person: usize, long: usize) -> NewResponse {
    let mut reading = Reading::default();
    let who = Answer::Code(format!("{person}-{}", letters(long)));
    reading.answers.0.insert("q1".to_owned(), who);
    let raw = format!("{person}-{}", letters(long));
    reading.texts.push(FreeText { question: "q7".to_owned(), raw });
    NewResponse::through(door, ResponseId::random(), hash, Lang::En, reading)
}

async fn pool(house: &House) -> Option<PgPool> {
    match &house.database {
        Some(address) => Some(PgPool::connect(address).await.unwrap()),
        None => None,
    }
}

/// How the places of things go with the order of their coming: 1 is the same, 0 is nothing.
pub(crate) fn correlation(places: &[f64]) -> f64 {
    let n = places.len() as f64;
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut ranks = vec![0.0; places.len()];
    for (rank, at) in order.iter().enumerate() {
        ranks[*at] = rank as f64;
    }
    let mean = (n - 1.0) / 2.0;
    let mut with = 0.0;
    for (came, rank) in ranks.iter().enumerate() {
        with += (came as f64 - mean) * (rank - mean);
    }
    with / (n * (n * n - 1.0) / 12.0).sqrt().powi(2)
}

#[test]
fn a_correlation_is_one_for_the_same_order_and_small_for_none() {
    let same: Vec<f64> = (0..50).map(f64::from).collect();
    assert!((correlation(&same) - 1.0).abs() < 1e-9);
    let back: Vec<f64> = (0..50).rev().map(f64::from).collect();
    assert!((correlation(&back) + 1.0).abs() < 1e-9);
    let mixed: Vec<f64> = (0..50).map(|n| f64::from(n * 37 % 50)).collect();
    assert!(correlation(&mixed).abs() < 0.3);
}

/// What the hidden columns give away, for `PEOPLE` whose first answer is their number.
struct Hidden {
    joined: i64,
    order: f64,
    toast: f64,
}

async fn hidden(pool: &PgPool) -> Hidden {
    const JOIN: &str = "
        select count(*)
          from response as a
          join free_text as b on a.xmin = b.xmin";
    // The number of the page counts for more than the place in it.
    const ORDER: &str = "
        select split_part(answers::json->>'q1', '-', 1)::int,
               ((ctid::text::point)[0] * 10000 + (ctid::text::point)[1])::float8
          from response
         order by 1";
    const TOAST: &str = "
        select reltoastrelid::regclass::text from pg_class where oid = 'response'::regclass";
    let joined = sqlx::query_scalar(JOIN).fetch_one(pool).await.unwrap();
    let places: Vec<(i32, f64)> = sqlx::query_as(ORDER).fetch_all(pool).await.unwrap();
    let order = correlation(&places.iter().map(|(_, place)| *place).collect::<Vec<_>>());
    // Long values are numbered too: their numbers, in the order in which their pieces lie.
    let toast: String = sqlx::query_scalar(TOAST).fetch_one(pool).await.unwrap();
    let sql = format!(
        "select convert_from(substr(chunk_data, 1, 40), 'SQL_ASCII'), chunk_id::bigint::float8 \
           from {toast} where chunk_seq = 0"
    );
    let rows: Vec<(String, f64)> =
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
    let number = |text: &str| -> usize {
        let from = text.find("\"q1\":\"").map_or(0, |at| at + 6);
        text[from..].split('-').next().unwrap().parse().unwrap()
    };
    let mut numbers: Vec<(usize, f64)> =
        rows.iter().map(|(text, id)| (number(text), *id)).collect();
    numbers.sort_by_key(|(person, _)| *person);
    assert_eq!(numbers.len(), places.len(), "every answer is long enough to lie apart");
    let toast = correlation(&numbers.iter().map(|(_, id)| *id).collect::<Vec<_>>());
    Hidden { joined, order, toast }
}

#[test]
fn what_came_together_looks_as_if_it_never_met() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let (of, id) = (diagnosis.id, collection.id);
        for person in 0..PEOPLE {
            let response = somebody(&door, &collection.instrument, person, 3000);
            assert_eq!(house.store.receive(response).await.unwrap(), Received::Now);
        }
        let store = &house.store;
        let before =
            (store.responses(of, id).await.unwrap(), store.free_texts(of, id).await.unwrap());
        let pool = pool(&house).await;
        if let Some(pool) = &pool {
            let told = hidden(pool).await;
            assert_eq!(told.joined, i64::try_from(PEOPLE).unwrap(), "before: who wrote what");
            let order = (told.order, told.toast);
            assert!(order.0 > 0.8 && order.1 > 0.8, "before: in which order: {order:?}");
        }
        let unlinked = store.unlink().await.unwrap();
        assert!(unlinked.left.is_empty(), "{unlinked:?}");
        if let Some(pool) = &pool {
            let told = hidden(pool).await;
            assert_eq!(told.joined, 0);
            // Five times what chance gives.
            let chance = 5.0 / (PEOPLE as f64).sqrt();
            assert!(told.order.abs() < chance, "{}", told.order);
            assert!(told.toast.abs() < chance, "{}", told.toast);
            const SAMPLES: &str = "
                select count(*)
                  from pg_stats
                 where schemaname = current_schema()
                   and attname in ('answers', 'raw', 'hash', 'said')";
            sqlx::query("analyze response, free_text, receipt").execute(pool).await.unwrap();
            let kept: i64 = sqlx::query_scalar(SAMPLES).fetch_one(pool).await.unwrap();
            assert_eq!(kept, 0, "no samples of what was said are kept");
        } else {
            let log = house.folder.0.join("miradouro.db-wal");
            assert_eq!(std::fs::metadata(log).map_or(0, |log| log.len()), 0, "the log is cut");
        }
        let after =
            (store.responses(of, id).await.unwrap(), store.free_texts(of, id).await.unwrap());
        assert_eq!(before, after, "and nothing else changed");
    });
}

#[test]
fn a_code_that_was_spent_leads_nowhere() {
    on_both(async |house| {
        let Some(pool) = pool(&house).await else { return };
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let codes: Vec<Code> = (0..20).map(|_| Code::random()).collect();
        house.store.issue_codes(diagnosis.id, collection.id, &codes).await.unwrap();
        for (person, code) in codes[..15].iter().enumerate() {
            let response = somebody(&door, &collection.instrument, person, 10);
            let received = house.store.receive_with(response, code).await.unwrap();
            assert_eq!(received, Received::Now);
        }
        // The rows as they lie in the file, those that were deleted too.
        const RAW: &str = "select pg_read_binary_file(pg_relation_filepath('code'))";
        const KEYS: &str = "select hash from code";
        sqlx::query("checkpoint").execute(&pool).await.unwrap();
        let deleted = async || {
            let file: Vec<u8> = sqlx::query_scalar(RAW).fetch_one(&pool).await.unwrap();
            crate::heap::rows(&file).into_iter().filter(|row| row.xmax != 0).count()
        };
        assert_eq!(deleted().await, 15, "before: the number of the answer stands on each");
        house.store.unlink().await.unwrap();
        assert_eq!(deleted().await, 0);
        let left: Vec<Vec<u8>> = sqlx::query_scalar(KEYS).fetch_all(&pool).await.unwrap();
        assert_eq!(left.len(), 5, "and those nobody used are good");
        let response = somebody(&door, &collection.instrument, 99, 10);
        let last = house.store.receive_with(response, &codes[19]).await.unwrap();
        assert_eq!(last, Received::Now);
    });
}

#[test]
fn answers_come_in_while_everything_is_written_anew() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let codes: Vec<Code> = (0..60).map(|_| Code::random()).collect();
        house.store.issue_codes(diagnosis.id, collection.id, &codes).await.unwrap();
        let store = house.store.clone();
        let hash = collection.instrument.clone();
        let sending = tokio::spawn(async move {
            for (person, code) in codes.into_iter().enumerate() {
                let response = somebody(&door, &hash, person, 500);
                let received = store.receive_with(response.clone(), &code).await.unwrap();
                assert_eq!(received, Received::Now, "a good code is good all the time");
                assert_eq!(store.receive(response).await.unwrap(), Received::Already);
            }
        });
        let mut nights = 0;
        while !sending.is_finished() {
            house.store.unlink().await.unwrap();
            nights += 1;
        }
        sending.await.unwrap();
        assert!(nights > 0);
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 60);
        assert_eq!(house.store.free_texts(diagnosis.id, collection.id).await.unwrap().len(), 60);
    });
}

#[test]
fn a_server_that_is_killed_at_it_loses_nothing() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let (of, id) = (diagnosis.id, collection.id);
        for person in 0..60 {
            let response = somebody(&door, &collection.instrument, person, 3000);
            house.store.receive(response).await.unwrap();
        }
        let before = house.store.responses(of, id).await.unwrap();
        let mut cut_off = BTreeMap::new();
        for step in 0..40 {
            // The connection goes with the work, as it does with the server.
            let unlink = house.store.unlink();
            let ended = tokio::time::timeout(Duration::from_millis(step * 2), unlink).await;
            *cut_off.entry(ended.is_err()).or_insert(0) += 1;
            assert_eq!(house.store.responses(of, id).await.unwrap(), before, "step {step}");
        }
        assert!(cut_off.contains_key(&true), "some were cut off: {cut_off:?}");
        let unlinked = house.store.unlink().await.unwrap();
        assert!(unlinked.left.is_empty(), "the next night ends it: {unlinked:?}");
        assert_eq!(house.store.responses(of, id).await.unwrap(), before);
        assert_eq!(house.store.free_texts(of, id).await.unwrap().len(), 60);
        let again = NewResponse::through(
            &Door::new("x", id, of, Mode::Own),
            ResponseId::random(),
            &collection.instrument,
            Lang::En,
            Reading::default(),
        );
        assert_eq!(house.store.receive(again).await.unwrap(), Received::Now);
    });
}
