//! Several servers on one database, and a server that only takes answers.

use std::os::unix::fs::symlink;
use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use miradouro::domain::answer::Reading;
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Collection, Door, Mode};
use miradouro::domain::ids::ResponseId;
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;
use miradouro::job::night;
use miradouro::store::{NewResponse, Received, Store, StoreError};
use miradouro::web::app::{App, BaseUrl, Clock};
use miradouro::web::router;
use sqlx::PgPool;
use tower::ServiceExt;

use crate::house::{Folder, House, NOW, encode, hidden, on_both};
use crate::unlink::letters;

/// The data folder of a second server: the same secret, the same pictures.
fn beside(house: &House) -> Folder {
    let folder = Folder::fresh();
    std::fs::copy(house.folder.0.join("secret"), folder.0.join("secret")).unwrap();
    symlink(house.folder.0.join("photos"), folder.0.join("photos")).unwrap();
    folder
}

/// A second server on the same database.
async fn second(house: &House) -> (Store, Option<Folder>) {
    if house.database.is_none() {
        return (Store::open(&house.folder.0, None).await.unwrap(), None);
    }
    let folder = beside(house);
    (Store::open(&folder.0, house.database.as_deref()).await.unwrap(), Some(folder))
}

fn pages(store: &Store) -> Router {
    let base_url = BaseUrl::new("http://127.0.0.1:8080").unwrap();
    router(App::new(store.clone(), Shelf::load(None), base_url, Clock::Fixed(NOW)).unwrap())
}

async fn ask(pages: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = pages.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

async fn get(pages: &Router, path: &str) -> (StatusCode, String) {
    ask(pages, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post(pages: &Router, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    post_with(pages, path, fields, &[]).await
}

async fn post_with(
    pages: &Router,
    path: &str,
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> (StatusCode, String) {
    let mut request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    ask(pages, request.body(Body::from(encode(fields))).unwrap()).await
}

/// Waits until something is so, for half a minute at most.
async fn until(is_so: impl AsyncFn() -> bool) {
    let since = std::time::Instant::now();
    while !is_so().await {
        assert!(since.elapsed() < std::time::Duration::from_secs(30), "it never was");
        tokio::task::yield_now().await;
    }
}

fn empty(door: &Door, collection: &Collection) -> NewResponse {
    let (id, reading) = (ResponseId::random(), Reading::default());
    NewResponse::through(door, id, &collection.instrument, Lang::En, reading)
}

#[test]
fn two_servers_spend_a_code_once_and_know_each_others_receipts() {
    on_both(async |house| {
        let (other, _folder) = second(&house).await;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let codes: Vec<Code> = (0..25).map(|_| Code::random()).collect();
        house.store.issue_codes(diagnosis.id, collection.id, &codes).await.unwrap();
        for code in &codes {
            let here = house.store.receive_with(empty(&door, &collection), code);
            let there = other.receive_with(empty(&door, &collection), code);
            let (here, there) = tokio::join!(here, there);
            let mut met = [here.unwrap(), there.unwrap()];
            met.sort_by_key(|met| *met != Received::Now);
            assert_eq!(met, [Received::Now, Received::NoSuchCode], "on {}", house.name);
        }
        for _ in 0..25 {
            let response = empty(&door, &collection);
            let (here, there) =
                tokio::join!(house.store.receive(response.clone()), other.receive(response));
            let mut met = [here.unwrap(), there.unwrap()];
            met.sort_by_key(|met| *met != Received::Now);
            assert_eq!(met, [Received::Now, Received::Already], "on {}", house.name);
        }
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 50);
        assert_eq!(other.codes(diagnosis.id, collection.id).await.unwrap(), (25, 0));
    });
}

#[test]
fn what_one_server_closes_is_closed_on_the_other() {
    on_both(async |house| {
        let (other, _folder) = second(&house).await;
        let there = pages(&other);
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/p/{}/en", door.code);
        let (status, form) = get(&there, &path).await;
        assert_eq!(status, StatusCode::OK);
        let id = hidden(&form, "_id");
        // A door is known for a second at most.
        let open = StatusCode::OK;
        house.store.shut_door(&door, true).await.unwrap();
        until(async || get(&there, &path).await.0 != open).await;
        let (status, _) = post(&there, &path, &[("_id", &id), ("q1", "safe")]).await;
        assert_ne!(status, StatusCode::SEE_OTHER, "the door was shut on the first server");
        house.store.shut_door(&door, false).await.unwrap();
        until(async || get(&there, &path).await.0 == open).await;
        let (status, _) = post(&there, &path, &[("_id", &id), ("q1", "safe")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let day = "2026-11-22".parse().unwrap();
        house.store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
        until(async || get(&there, &path).await.0 == StatusCode::GONE).await;
        let met = other.receive(empty(&door, &collection)).await.unwrap();
        assert_eq!(met, Received::Closed, "the writer looks itself");
    });
}

#[test]
fn the_night_is_done_by_one_of_two_servers() {
    on_both(async |house| {
        let (other, _folder) = second(&house).await;
        let (here, there) = tokio::join!(
            night::when_due(&house.store, NOW, None),
            night::when_due(&other, NOW, None)
        );
        let did = [here.unwrap(), there.unwrap()].into_iter().flatten().count();
        assert_eq!(did, 1, "on {}", house.name);
        assert_eq!(night::when_due(&other, NOW, None).await.unwrap(), None);
        let watch = house.store.watch().await.unwrap().unwrap();
        assert!(other.watch().await.unwrap().is_none());
        watch.release().await;
        let watch = other.watch().await.unwrap().unwrap();
        assert!(house.store.watch().await.unwrap().is_none());
        // A server that dies has let go of it.
        drop(watch);
        let mut tries = 0;
        while house.store.watch().await.unwrap().is_none() {
            tries += 1;
            assert!(tries < 10_000, "it was let go of");
        }
    });
}

#[test]
fn a_server_with_another_secret_is_told_what_to_copy() {
    on_both(async |house| {
        let folder = Folder::fresh();
        if house.database.is_none() {
            house.store.close().await.unwrap();
            std::fs::write(folder.0.join("secret"), [7; 32]).unwrap();
            let file = "miradouro.db";
            std::fs::copy(house.folder.0.join(file), folder.0.join(file)).unwrap();
        }
        let stranger = Store::open(&folder.0, house.database.as_deref()).await;
        let error = stranger.err().unwrap();
        assert!(matches!(error, StoreError::OtherSecret(_)), "{error:?}");
        let sentence = error.to_string();
        assert!(sentence.contains("another secret") && sentence.contains("Copy the file"));
    });
}

/// The address of a role in the place of the owner's.
fn as_role(address: &str, role: &str, password: &str) -> String {
    let (_, rest) = address.split_once("//").unwrap();
    let (_, host) = rest.split_once('@').unwrap();
    format!("postgres://{role}:{password}@{host}")
}

/// Everything a resident does, at a server of the intake role.
async fn whole_way(house: &House, pages: &Router, asked: (&Collection, &Door), code: &Code) {
    let (collection, door) = asked;
    let path = format!("/p/{}/en", door.code);
    let (status, form) = get(pages, &path).await;
    assert_eq!(status, StatusCode::OK, "{form}");
    let (id, code) = (hidden(&form, "_id"), code.grouped());
    let fields =
        [("_id", id.as_str()), ("q1", "safe"), ("q7", "more light"), ("_code", code.as_str())];
    let (status, page) = post(pages, &path, &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(post(pages, &path, &fields).await.0, StatusCode::OK, "received already");
    let other = [("_id", "3f0b5b8e-58a8-4c87-9d4b-6c1f4fbb1e55"), ("q1", "safe"), fields[3]];
    assert_eq!(post(pages, &path, &other).await.0, StatusCode::CONFLICT, "a code counts once");
    for page in ["thanks", "privacy", "accessibility", "phone.json", "waiting"] {
        assert_eq!(get(pages, &format!("{path}/{page}")).await.0, StatusCode::OK, "{page}");
    }
    assert_eq!(get(pages, "/").await.0, StatusCode::OK);
    assert_eq!(post(pages, "/p", &[("door", &door.code)]).await.0, StatusCode::SEE_OTHER);
    assert!(house.store.received(collection.diagnosis, collection.id).await.unwrap() > 0);
}

#[test]
fn an_intake_server_takes_everything_and_reads_no_answer() {
    on_both(async |house| {
        let role = format!("t_{}", letters(20).to_lowercase());
        let Some(address) = house.database.clone() else {
            assert!(house.store.grant_intake(&role, "x").await.is_err(), "roles are PostgreSQL's");
            assert!(Store::open_intake(&house.folder.0, "sqlite://x").await.is_err());
            return;
        };
        for name in ["", "Robert", "x; drop table person", "1x", &"x".repeat(64)] {
            assert!(house.store.grant_intake(name, "x").await.is_err(), "{name}");
        }
        let password = "it's a \"phrase\"\\ with signs";
        assert!(house.store.grant_intake(&role, "letters").await.unwrap());
        assert!(!house.store.grant_intake(&role, password).await.unwrap(), "only renewed");
        let own = as_role(&address, &role, "letters");
        let folder = beside(&house);

        let (diagnosis, wave) = house.diagnosis().await;
        house.area(&diagnosis).await;
        let (safe, first) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&first, 40).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let (pulse, plain) = house.collection(&diagnosis, &wave, "pulse2").await;
        let with_codes = Door {
            with_codes: true,
            ..Door::new(&letters(9).to_lowercase(), pulse.id, diagnosis.id, Mode::Own)
        };
        house.store.add_door(&with_codes).await.unwrap();
        let codes = [Code::random(), Code::random()];
        house.store.issue_codes(diagnosis.id, pulse.id, &codes).await.unwrap();
        let (walked, stop) = house.collection(&diagnosis, &wave, "walk_audit").await;

        let store = Store::open_intake(&folder.0, &own).await.unwrap();
        let sealed = store.sealed_tables(diagnosis.id, 1).await.unwrap();
        let whole = house.store.released_tables(diagnosis.id, 1).await.unwrap();
        assert!(!sealed.is_empty());
        assert!(sealed.iter().zip(&whole).all(|(one, all)| one.0 == all.body && one.1 == all.mac));
        assert!(store.released_tables(diagnosis.id, 1).await.is_err(), "with exact counts");
        let pages = pages(&store);
        for code in &codes {
            whole_way(&house, &pages, (&pulse, &with_codes), code).await;

            // A photo, drawn anew and kept.
            let photo = include_bytes!("../surveys/photo.jpg");
            let path = format!("/p/{}/en", stop.code);
            let (_, form) = get(&pages, &path).await;
            let id = hidden(&form, "_id");
            let mut body = Vec::new();
            for (head, bytes) in [
                ("name=\"_id\"", id.as_bytes()),
                ("name=\"stop.0.s_place\"", b"havenpark".as_slice()),
                ("name=\"_clear.stop.0.w_photo\"", b"yes"),
                ("name=\"stop.0.w_photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg", photo),
            ] {
                body.extend(
                    format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes(),
                );
                body.extend_from_slice(bytes);
                body.extend_from_slice(b"\r\n");
            }
            body.extend_from_slice(b"--x--\r\n");
            let request = Request::post(&path)
                .header("content-type", "multipart/form-data; boundary=x")
                .header("sec-fetch-site", "same-origin");
            let (status, page) = ask(&pages, request.body(Body::from(body)).unwrap()).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
            store.sweep_photos(std::time::Duration::ZERO).await.unwrap();
            let photos = house.store.photos(diagnosis.id, walked.id).await.unwrap();
            let picture = house.store.photo(diagnosis.id, walked.id, photos[0].id).await.unwrap();
            assert!(!picture.is_empty(), "the moderator's server has it");

            // The wall, and what a group says there.
            let station = format!("/w/{}/en/4", walk.door);
            assert_eq!(get(&pages, &station).await.0, StatusCode::OK);
            let said = [("verdict", "partly"), ("said", "The lamps are broken")];
            assert_eq!(post(&pages, &station, &said).await.0, StatusCode::OK);
            assert_eq!(get(&pages, &format!("/n/{}", diagnosis.slug)).await.0, StatusCode::OK);

            refused(&own).await;
            // The tables are written anew; the role keeps what it may, and gets no more.
            house.store.unlink().await.unwrap();
        }
        assert_eq!(house.store.reflections(&walk).await.unwrap().len(), 2);
        assert_eq!(house.store.photos(diagnosis.id, walked.id).await.unwrap().len(), 2);

        // A sheet that waited on a phone while the collection closed.
        let path = format!("/p/{}/en", plain.code);
        let pass = store.late_pass(pulse.id);
        let day = "2026-11-22".parse().unwrap();
        house.store.close_collection(diagnosis.id, pulse.id, day, false).await.unwrap();
        let id = ResponseId::random().to_string();
        let late = [("_id", id.as_str()), ("q1", "safe")];
        let (status, page) =
            post_with(&pages, &path, &late, &[("miradouro-pass", pass.as_str())]).await;
        assert!(status == StatusCode::SEE_OTHER || status == StatusCode::OK, "{page}");
        assert_eq!(house.store.received(diagnosis.id, pulse.id).await.unwrap(), 3);
        assert!(house.store.received(diagnosis.id, safe.id).await.unwrap() >= 40);

        // Staff have nothing to look for there.
        assert_eq!(get(&pages, "/home").await.0, StatusCode::SEE_OTHER, "to the sign-in");
        wrong_folders(&house, &own).await;
        drop((pages, store));
        tidied_away(&address, &role).await;
    });
}

/// What the role is told when it asks for more.
async fn refused(own: &str) {
    let pool = PgPool::connect(own).await.unwrap();
    for asked in [
        "select answers from response",
        "select id from response",
        "select raw from free_text",
        "select said from reflection",
        "select place from photo",
        "select name from person",
        "select token from sign_in",
        "select act from audit",
        "select basis from released_table",
        "select first from paper_check",
        "select n from paper_typist",
        "select day from job_run",
        "delete from response",
        "update response set answers = '{}'",
        "delete from photo",
        "insert into code (diagnosis, collection, hash) select diagnosis, id, 'x' from collection",
        "update collection set state = 'open'",
        "insert into door select * from door",
        "update server set mark = 'x'",
        "truncate response",
        "drop table response",
        "create table mine (id bigint)",
    ] {
        let outcome = sqlx::query(asked).execute(&pool).await;
        let error = outcome.err().unwrap_or_else(|| panic!("it may: {asked}"));
        let code = error
            .as_database_error()
            .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{asked}: {error}");
    }
    pool.close().await;
}

/// A folder without the secret, or with another one, is refused.
async fn wrong_folders(house: &House, own: &str) {
    let folder = Folder::fresh();
    let none = Store::open_intake(&folder.0, own).await;
    assert!(matches!(none, Err(StoreError::Folder { .. })), "{none:?}");
    assert!(!Path::new(&folder.0.join("secret")).exists(), "and makes none");
    std::fs::write(folder.0.join("secret"), [7; 32]).unwrap();
    let other = Store::open_intake(&folder.0, own).await;
    assert!(matches!(other, Err(StoreError::OtherSecret(_))), "{other:?}");
    let pool = PgPool::connect(house.database.as_deref().unwrap()).await.unwrap();
    for (sql, newer) in [
        (
            "update _sqlx_migrations set version = 9999 where version = (select max(version) from _sqlx_migrations)",
            true,
        ),
        ("delete from _sqlx_migrations where version = 9999", false),
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
        let outcome = Store::open_intake(&folder.0, own).await;
        assert_eq!(matches!(outcome, Err(StoreError::Newer(9999))), newer, "{outcome:?}");
        assert_eq!(matches!(outcome, Err(StoreError::Stale(_))), !newer, "{outcome:?}");
    }
}

/// Roles belong to the whole PostgreSQL: this one goes.
#[expect(clippy::disallowed_methods, reason = "the name of the role is ours")]
async fn tidied_away(address: &str, role: &str) {
    let pool = PgPool::connect(address).await.unwrap();
    for sql in [format!("drop owned by {role}"), format!("drop role {role}")] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
}
