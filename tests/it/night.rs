//! The night: what was kept long enough is gone, from the free places of the files too.

use axum::http::StatusCode;
use miradouro::domain::answer::{FreeText, Reading};
use miradouro::domain::collection::Door;
use miradouro::domain::data_walk::{Reflection, ReflectionState, Verdict};
use miradouro::domain::ids::{CollectionId, PersonId, ReflectionId, ResponseId};
use miradouro::domain::night::{Job, JobRun, Outcome};
use miradouro::domain::people::{Invited, Person, Role};
use miradouro::domain::photo::PhotoState;
use miradouro::domain::retention::Kept;
use miradouro::domain::text::Lang;
use miradouro::job::{night, seizure};
use miradouro::store::{NewReflection, NewResponse, Received, Token};
use sqlx::Row;
use sqlx::postgres::PgPool;

use crate::house::{House, NOW, Page, on_both};
use crate::unlink::letters;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Everything of this house that lies on a disk, with a name for each piece: the files of the folder;
/// on PostgreSQL the files of the tables and indexes, with what was sampled of them.
pub(crate) async fn on_disk(house: &House) -> Vec<(String, Vec<u8>)> {
    const FILES: &str = "
        select c.relname::text, pg_read_binary_file(pg_relation_filepath(c.oid))
          from pg_class c
         where (c.relnamespace = current_schema()::regnamespace
                or c.oid in (select reltoastrelid
                               from pg_class
                              where relnamespace = current_schema()::regnamespace)
                or c.oid in (select i.indexrelid
                               from pg_index i
                               join pg_class t on t.reltoastrelid = i.indrelid
                              where t.relnamespace = current_schema()::regnamespace))
           and c.relkind in ('r', 'i', 't')";
    const SAMPLES: &str = "
        select tablename || '.' || attname,
               coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '')
          from pg_stats
         where schemaname = current_schema()";
    let mut found = Vec::new();
    let mut folders = vec![house.folder.0.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    let Some(address) = &house.database else { return found };
    let pool = PgPool::connect(address).await.unwrap();
    sqlx::query("checkpoint").execute(&pool).await.unwrap();
    for row in sqlx::query(FILES).fetch_all(&pool).await.unwrap() {
        let bytes: Option<Vec<u8>> = row.get(1);
        found.push((row.get(0), bytes.unwrap_or_default()));
    }
    for row in sqlx::query(SAMPLES).fetch_all(&pool).await.unwrap() {
        found.push((row.get(0), row.get::<String, _>(1).into_bytes()));
    }
    found
}

/// Where on the disk something stands.
pub(crate) fn holds(disk: &[(String, Vec<u8>)], what: &[u8]) -> Vec<String> {
    let has = |bytes: &[u8]| bytes.windows(what.len()).any(|piece| piece == what);
    disk.iter().filter(|(_, bytes)| has(bytes)).map(|(name, _)| name.clone()).collect()
}

/// A response with one text.
fn saying(door: &Door, hash: &str, text: &str) -> NewResponse {
    let mut reading = Reading::default();
    reading.texts.push(FreeText { question: "q7".to_owned(), raw: text.to_owned() });
    NewResponse::through(door, ResponseId::random(), hash, Lang::En, reading)
}

async fn at(house: &House, days: i64) {
    let runs = night::night(&house.store, NOW + days * DAY).await.unwrap().unwrap();
    assert!(runs.iter().all(|run| run.outcome == Outcome::Done), "{runs:?}");
    assert_eq!(runs.len(), 3);
}

#[test]
fn what_was_kept_long_enough_is_gone_without_a_trace() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let of = diagnosis.id;
        let (asked, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let (walked, stop) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let (signed, sign_up) = house.collection(&diagnosis, &wave, "committee_candidate").await;
        let (still, open) = house.collection(&diagnosis, &wave, "pulse2").await;
        let canaries = [letters(60), letters(3000), letters(60), letters(60)];
        for (door, held, text) in [
            (&door, &asked, &canaries[0]),
            (&door, &asked, &canaries[1]),
            (&sign_up, &signed, &canaries[2]),
            (&open, &still, &canaries[3]),
        ] {
            for _ in 0..3 {
                store.receive(saying(door, &held.instrument, text)).await.unwrap();
            }
        }
        let picture = include_bytes!("../surveys/photo.jpg").to_vec();
        let (kept, waiting) =
            (house.photo(&stop, picture.clone()).await, house.photo(&stop, picture.clone()).await);
        store.moderate_photo(of, walked.id, kept, PhotoState::Shown).await.unwrap();
        let day = "2026-11-22".parse().unwrap();
        for collection in [&asked, &walked, &signed] {
            store.close_collection(of, collection.id, day, false).await.unwrap();
        }
        house.answered(&open, 12).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let (hidden, shown) = (letters(60), letters(60));
        for said in [&hidden, &shown] {
            let (id, state) = (ReflectionId::random(), ReflectionState::New);
            let said = said.clone();
            let (verdict, group, pin) = (Verdict::Partly, None, None);
            let reflection = Reflection { id, station: 1, verdict, said, state, group, pin };
            let (diagnosis, data_walk) = (of, walk.id);
            store.reflect(NewReflection { diagnosis, data_walk, reflection }).await.unwrap();
        }
        for reflection in store.reflections(&walk).await.unwrap() {
            if reflection.said == shown {
                store.moderate(&walk, reflection.id, ReflectionState::Shown).await.unwrap();
            }
        }
        let texts = async |id| store.free_texts(of, id).await.unwrap().len();
        for text in store.free_texts(of, asked.id).await.unwrap() {
            let (id, state) = (asked.id, ReflectionState::Withheld);
            store.moderate_text(of, id, text.id, state).await.unwrap();
        }
        let received = async |id| store.received(of, id).await.unwrap();

        at(&house, 30).await;
        let late = saying(&door, &asked.instrument, "late");
        let late = NewResponse { closed_since: Some(day), ..late };
        assert_eq!(store.receive(late.clone()).await.unwrap(), Received::Now, "30 days after");
        at(&house, 31).await;
        let closed_since = asked.late_since("2026-12-23".parse().unwrap());
        let again = NewResponse { closed_since, ..late.clone() };
        assert_eq!(store.receive(again).await.unwrap(), Received::Closed, "nobody knows it now");
        assert_eq!((received(asked.id).await, texts(asked.id).await), (7, 7), "answers stay");
        at(&house, 90).await;
        assert_eq!(texts(asked.id).await, 7);
        assert_ne!(holds(&on_disk(&house).await, canaries[0].as_bytes()), [] as [String; 0]);
        at(&house, 91).await;
        assert_eq!((texts(asked.id).await, texts(signed.id).await), (0, 3));
        let said: Vec<String> =
            store.reflections(&walk).await.unwrap().into_iter().map(|it| it.said).collect();
        assert_eq!(said, std::slice::from_ref(&shown));
        let disk = on_disk(&house).await;
        for canary in [canaries[0].as_str(), &canaries[1][..500], hidden.as_str()] {
            assert_eq!(holds(&disk, canary.as_bytes()), [] as [String; 0], "on {}", house.name);
        }
        assert_ne!(holds(&disk, canaries[2].as_bytes()), [] as [String; 0], "a sign-up waits");
        at(&house, 180).await;
        assert!(store.has_photo(waiting).await);
        at(&house, 182).await;
        assert!(!store.has_photo(waiting).await && store.has_photo(kept).await);
        assert_eq!(store.photos(of, walked.id).await.unwrap().len(), 1);
        assert_eq!((received(signed.id).await, texts(signed.id).await), (0, 0));
        assert_eq!(holds(&on_disk(&house).await, canaries[2].as_bytes()), [] as [String; 0]);
        at(&house, 6 * 365).await;
        assert_eq!((received(asked.id).await, received(walked.id).await), (7, 2));
        at(&house, 6 * 366).await;
        assert_eq!((received(asked.id).await, received(walked.id).await), (0, 0));
        assert!(!store.has_photo(kept).await);
        assert_eq!((received(still.id).await, texts(still.id).await > 2), (15, true), "it is open");
    });
}

#[test]
fn the_log_is_kept_for_a_year_and_its_chain_holds() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let of = diagnosis.id;
        for days in [-400, -380, -300, -10] {
            store.log(of, None, NOW + days * DAY, "settings_changed", "").await.unwrap();
        }
        let token = Token::random();
        store.invite(&token, &Invited::Host, NOW - 1).await.unwrap();
        assert!(store.forget_expired(NOW, "2026-01-01".parse().unwrap()).await.unwrap() > 0);
        at(&house, 0).await;
        let numbers = async || {
            let log = store.audit(of).await.unwrap();
            assert!(log.iter().all(|entry| entry.unbroken));
            log.iter().map(|entry| entry.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers().await, [3, 4]);
        store.log(of, None, NOW, "settings_changed", "").await.unwrap();
        assert_eq!(numbers().await, [3, 4, 5]);
        at(&house, 800).await;
        assert_eq!(numbers().await, [] as [i64; 0]);
        store.log(of, None, NOW, "settings_changed", "").await.unwrap();
        assert_eq!(numbers().await, [6], "and goes on where it was");
        assert_eq!(store.forget_log(of, NOW).await.unwrap(), 0);
        let nothing = store.forget_of(of, CollectionId::random(), Kept::Answers).await.unwrap();
        assert_eq!(nothing, 0);
        assert_eq!(store.forget_reflections(of, "2026-11-22".parse().unwrap()).await.unwrap(), 0);
    });
}

#[test]
fn one_server_does_it_once_a_night() {
    on_both(async |house| {
        let store = &house.store;
        assert_eq!(store.last_night().await.unwrap(), None);
        let watch = store.watch().await.unwrap().unwrap();
        assert!(store.watch().await.unwrap().is_none(), "it is one");
        assert_eq!(night::night(store, NOW).await.unwrap(), None);
        assert_eq!(night::when_due(store, NOW, None).await.unwrap(), None);
        assert_eq!(night::after_closing(store, NOW).await.unwrap(), None);
        watch.release().await;
        let day = "2026-11-22".parse().unwrap();
        let failed = JobRun { job: Job::Unlink, day, outcome: Outcome::Failed, about: 0 };
        store.write_run(&failed).await.unwrap();
        assert_eq!(night::after_closing(store, NOW).await.unwrap().unwrap().len(), 1);
        assert_eq!(store.last_night().await.unwrap(), None, "a closing is no night");
        assert_eq!(night::when_due(store, NOW, None).await.unwrap().unwrap().len(), 3);
        assert_eq!(store.last_night().await.unwrap(), Some(day));
        assert_eq!(night::when_due(store, NOW, None).await.unwrap(), None);
        let runs = store.job_runs(day).await.unwrap();
        assert_eq!(runs.len(), 3);
        store.write_run(&failed).await.unwrap();
        assert_eq!(store.job_runs(day).await.unwrap().len(), 3, "the last of a day stands");
        assert!(
            night::when_due(store, NOW, None).await.unwrap().is_some(),
            "what failed is tried again"
        );
        assert!(night::when_due(store, NOW + DAY, None).await.unwrap().is_some());
        let later = "2026-11-23".parse().unwrap();
        assert_eq!(store.job_runs(later).await.unwrap().len(), 3);
    });
}

#[test]
fn hosts_have_it_done_and_coordinators_look_on() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let host = house.signed_in(&diagnosis, Role::Coordinator).await;
        assert!(house.get_as(&host, "/home").await.body.contains("href=\"/night\""));
        let says = |page: &Page, text: &str| assert!(page.body.contains(text), "{}", page.body);
        says(&house.get_as(&host, "/night").await, "It has not been done yet.");
        let done = house.post_as(&host, "/night", &[]).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/night"));
        let page = house.get_as(&host, "/night").await;
        says(&page, "2026-11-22");
        says(&page, "Write the answers anew");
        says(&page, "30 days");
        says(&page, "6 months");
        says(&page, "6 years");
        let watch = house.store.watch().await.unwrap().unwrap();
        let busy = house.post_as(&host, "/night", &[]).await;
        assert_eq!(busy.status, StatusCode::CONFLICT);
        says(&busy, "It is being done right now.");
        watch.release().await;

        // Somebody who coordinates, and does not run the server.
        let person = Person {
            id: PersonId::random(),
            name: "Somebody".to_owned(),
            lang: Lang::Nl,
            host: false,
            roles: vec![(diagnosis.id, Role::Coordinator)],
        };
        house.store.add_person(&person, &letters(10), None).await.unwrap();
        let token = Token::random();
        house.store.sign_in(&token, person.id, NOW, NOW + 60_000).await.unwrap();
        let cookie = format!("miradouro={}", token.letters());
        let page = house.get_as(&cookie, "/night").await;
        says(&page, "De antwoorden opnieuw schrijven");
        assert!(!page.body.contains("Nu doen"));
        assert_eq!(house.post_as(&cookie, "/night", &[]).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn every_column_has_its_sentence_and_the_page_stands_in_the_docs() {
    on_both(async |house| {
        let mut told = Vec::new();
        for (table, about, columns) in seizure::OF_RESIDENTS.iter().chain(seizure::OF_THE_WORK) {
            assert!(!about.is_empty());
            for (column, says) in *columns {
                assert!(!says.is_empty());
                told.push(((*table).to_owned(), (*column).to_owned()));
            }
        }
        let mut there = house.store.columns().await.unwrap();
        told.sort();
        there.sort();
        let unsaid: Vec<_> = there.iter().filter(|it| !told.contains(it)).collect();
        assert!(unsaid.is_empty(), "on {} nobody says what these tell: {unsaid:?}", house.name);
        let gone: Vec<_> = told.iter().filter(|it| !there.contains(it)).collect();
        assert!(gone.is_empty(), "on {} these are not there: {gone:?}", house.name);
    });
    let docs = include_str!("../../docs/what-a-seizure-yields.md");
    assert!(docs == seizure::page(), "run: miradouro seizure > docs/what-a-seizure-yields.md");
}
