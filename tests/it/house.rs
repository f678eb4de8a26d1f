//! A house for a test: an empty folder or schema, the real store, the real router.
//!
//! PostgreSQL is used where `TEST_POSTGRES_URL` names one; the test command starts one. Without it
//! the PostgreSQL half says that it is skipped.

use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use miradouro::domain::answer::{Ground, Reading};
use miradouro::domain::area::Area;
use miradouro::domain::collection::{
    Collection, Door, Field, Mode, Origin, Presence, Sampling, State,
};
use miradouro::domain::data_walk::DataWalk;
use miradouro::domain::diagnosis::{Diagnosis, HelpAddress, Settings, Wave, Zone, ZoneSet};
use miradouro::domain::ids::{
    CollectionId, DataWalkId, DiagnosisId, PersonId, PhotoId, ResponseId, WaveId, ZoneSetId,
};
use miradouro::domain::instrument::Help;
use miradouro::domain::people::{Person, Role};
use miradouro::domain::question::{Choice, Question};
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;
use miradouro::instruments::sample::sample_leaning;
use miradouro::job;
use miradouro::store::{NewPhoto, NewResponse, Received, Store, StoredRelease, Token};
use miradouro::web::app::{App, BaseUrl, Clock};
use miradouro::web::router;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tower::ServiceExt;
use uuid::Uuid;

/// The invented map of the demonstration.
pub(crate) const HAVEN: &str = include_str!("../../src/cli/oude_haven.geojson");

/// The day on which all tests happen: 2026-11-22, noon UTC.
pub(crate) const NOW: i64 = 1_795_348_800_000;

/// A folder that goes when the test is over.
pub(crate) struct Folder(pub PathBuf);

impl Folder {
    pub(crate) fn fresh() -> Self {
        let path = std::env::temp_dir().join(format!("miradouro-test-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// A store with its router.
pub(crate) struct House {
    pub store: Store,
    pub app: App,
    pub router: Router,
    pub name: &'static str,
    pub folder: Folder,
    /// The address of its schema, on PostgreSQL.
    pub database: Option<String>,
}

/// A page that came back.
pub(crate) struct Page {
    pub status: StatusCode,
    pub location: String,
    pub cookie: Option<String>,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

/// Runs a test in a house on SQLite, and in one on PostgreSQL where there is one.
pub(crate) fn on_both<F, T>(test: F)
where
    F: Fn(House) -> T,
    T: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        test(House::sqlite().await).await;
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) => test(House::postgres(&url).await).await,
            Err(_) => println!("skipped on PostgreSQL: TEST_POSTGRES_URL is not set"),
        }
    });
}

impl House {
    pub(crate) async fn sqlite() -> Self {
        let folder = Folder::fresh();
        let store = Store::open(&folder.0, None).await.unwrap();
        Self::around(store, folder, None)
    }

    /// A schema of its own in that database.
    pub(crate) async fn postgres(url: &str) -> Self {
        let url = empty_schema(url).await;
        let folder = Folder::fresh();
        let store = Store::open(&folder.0, Some(&url)).await.unwrap();
        Self::around(store, folder, Some(url))
    }

    /// A house on a store that is open already.
    pub(crate) fn around(store: Store, folder: Folder, database: Option<String>) -> Self {
        let name = if database.is_some() { "PostgreSQL" } else { "SQLite" };
        let base_url = BaseUrl::new("http://127.0.0.1:8080").unwrap();
        let app = App::new(store.clone(), Shelf::load(None), base_url, Clock::Fixed(NOW)).unwrap();
        let router = router(app.clone());
        Self { store, app, router, name, folder, database }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Page {
        page(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_as(&self, cookie: &str, path: &str) -> Page {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A file, byte for byte.
    pub(crate) async fn bytes_as(&self, cookie: &str, path: &str) -> Vec<u8> {
        let request = Request::get(path).header(header::COOKIE, cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    /// A file that a form gives back, byte for byte.
    pub(crate) async fn pdf_as(
        &self,
        cookie: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Vec<u8> {
        let request = form(path, fields, Some(cookie));
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(form(path, fields, None)).await
    }

    pub(crate) async fn post_as(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(form(path, fields, Some(cookie))).await
    }

    /// A form that may bring files: each part is a field, the name of its file if it is one, and
    /// its bytes.
    pub(crate) async fn upload(
        &self,
        cookie: &str,
        path: &str,
        parts: &[(&str, Option<&str>, &[u8])],
    ) -> Page {
        const BOUNDARY: &str = "----a-boundary-nobody-writes";
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file = file.map_or_else(String::new, |file| {
                format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream")
            });
            let head = format!("Content-Disposition: form-data; name=\"{name}\"{file}");
            body.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").into_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, kind)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A photo of the second stop of a walk, in the Loodsgang, that was sent through a door.
    pub(crate) async fn photo(&self, door: &Door, bytes: Vec<u8>) -> PhotoId {
        let collection = self.store.collection(door.diagnosis, door.collection).await.unwrap();
        let id = self.store.keep_photo(job::photo::developed(&bytes).unwrap()).await.unwrap();
        let place = Some("loodsgang".to_owned());
        let photo = NewPhoto { id, question: "w_photo".to_owned(), number: Some(2), place };
        let (hash, reading) = (&collection.instrument, Reading::default());
        let response = NewResponse::through(door, ResponseId::random(), hash, Lang::En, reading);
        let response = NewResponse { photos: vec![photo], ..response };
        assert_eq!(self.store.receive(response).await.unwrap(), Received::Now);
        id
    }

    /// The invented map of the demonstration, imported.
    pub(crate) async fn area(&self, of: &Diagnosis) -> Area {
        let (file, day) = (HAVEN.as_bytes().to_vec(), "2026-11-22".parse().unwrap());
        let terms = ("invented for a test", "CC0 1.0");
        job::area::import(&self.store, of, day, file, terms).await.unwrap()
    }

    /// A diagnosis with three zones and every help address.
    pub(crate) async fn diagnosis(&self) -> (Diagnosis, Wave) {
        let help = |kind| HelpAddress { kind, address: "112".to_owned() };
        let diagnosis = Diagnosis {
            id: DiagnosisId::random(),
            slug: format!("test-{}", Uuid::new_v4().simple()),
            name: "Testbuurt".to_owned(),
            settings: Settings {
                languages: vec![Lang::En, Lang::Nl, Lang::Fr, Lang::Ar],
                time_zone: "Europe/Brussels".to_owned(),
                consent_age: 13,
                help: Help::ALL.into_iter().map(help).collect(),
                invented: false,
                population_source: None,
            },
        };
        let zones = ["north", "south", "quay"]
            .map(|code| Zone { code: code.to_owned(), name: code.to_uppercase() });
        let set = ZoneSet { id: ZoneSetId::random(), zones: zones.to_vec() };
        let title = "baseline".to_owned();
        let wave = Wave { id: WaveId::random(), number: 1, title, zones: set.id };
        self.store.add_diagnosis(&diagnosis, &set, &wave, None).await.unwrap();
        (diagnosis, wave)
    }

    /// An open collection of a shipped instrument, with its door.
    pub(crate) async fn collection(
        &self,
        of: &Diagnosis,
        wave: &Wave,
        slug: &str,
    ) -> (Collection, Door) {
        let shelf = Shelf::load(None);
        let instrument = shelf.instrument(slug).unwrap();
        let hash = self.store.publish(of.id, instrument).await.unwrap();
        let newest = self.store.newest_area(of.id).await.unwrap();
        let area = newest.filter(|_| instrument.asks_places());
        let collection = Collection {
            id: CollectionId::random(),
            diagnosis: of.id,
            wave: wave.id,
            instrument: hash,
            title: format!("{slug} in the field"),
            field: Field {
                sampling: Sampling::SelfSelected,
                asked_by: "the neighbourhood house".to_owned(),
                presence: Presence::Nobody,
                recruited_by: "posters".to_owned(),
                origin: Origin::Asked,
                policy: instrument.policy,
                languages: instrument.languages.clone(),
                source: None,
                area,
            },
            state: State::Open,
            opened: Some("2026-11-01".parse().unwrap()),
            closed: None,
            group_said_yes: false,
        };
        let code: String = Uuid::new_v4().simple().to_string().chars().take(8).collect();
        let door = Door::new(&code, collection.id, of.id, Mode::Own);
        self.store.add_collection(&collection, std::slice::from_ref(&door)).await.unwrap();
        (collection, door)
    }

    /// So many people answer through a door, everything they are asked and each a little
    /// differently.
    pub(crate) async fn answered(&self, door: &Door, people: usize) {
        let collection = self.store.collection(door.diagnosis, door.collection).await.unwrap();
        let hash = &collection.instrument;
        let instrument = self.store.published(door.diagnosis, hash).await.unwrap();
        let zones = self.store.zones(door.diagnosis, collection.wave).await.unwrap();
        let area = match collection.field.area {
            Some(area) => Some(self.store.area(door.diagnosis, area).await.unwrap()),
            None => None,
        };
        let ground = Ground::from(&zones).with(area.as_ref().map(|area| &area.map));
        for person in 0..people {
            let mut rng = StdRng::seed_from_u64(person as u64);
            let lean = |_: &Question, choices: &[Choice]| {
                let valid = choices.iter().filter(|choice| !choice.missing).count();
                Some(person % if valid == 0 { zones.len() } else { valid })
            };
            let fields = sample_leaning(&instrument, &ground, &mut rng, lean);
            let reading = instrument.read(&fields, &ground);
            assert_eq!(reading.complaints, []);
            let id = ResponseId::random();
            let response = NewResponse::through(door, id, hash, Lang::En, reading);
            assert_eq!(self.store.receive(response).await.unwrap(), Received::Now);
        }
    }

    /// A release of all there is.
    pub(crate) async fn released(&self, of: &Diagnosis, public: bool) -> StoredRelease {
        let day = "2026-11-22".parse().unwrap();
        job::release::make(&self.store, of, day, public, &[]).await.unwrap()
    }

    /// A data walk pinned to a release.
    pub(crate) async fn walk(&self, of: &Diagnosis, release: i64) -> DataWalk {
        let walk = DataWalk {
            id: DataWalkId::random(),
            diagnosis: of.id,
            title: format!("In the hall, release {release}"),
            held_on: "2026-11-22".parse().unwrap(),
            release,
            door: Uuid::new_v4().simple().to_string(),
        };
        self.store.add_data_walk(&walk).await.unwrap();
        walk
    }

    /// Somebody with a role, signed in; gives the cookie.
    pub(crate) async fn signed_in(&self, of: &Diagnosis, role: Role) -> String {
        let person = Person {
            id: PersonId::random(),
            name: role.code().to_owned(),
            lang: Lang::En,
            host: role == Role::Coordinator,
            roles: vec![(of.id, role)],
        };
        let sign_in = Uuid::new_v4().simple().to_string();
        self.store.add_person(&person, &sign_in, None).await.unwrap();
        let token = Token::random();
        self.store.sign_in(&token, person.id, NOW, NOW + 60_000).await.unwrap();
        format!("miradouro={}", token.letters())
    }
}

/// The address of a new empty schema in that database.
pub(crate) async fn empty_schema(url: &str) -> String {
    let schema = format!("t{}", Uuid::new_v4().simple());
    make_schema(url, &schema).await;
    let join = if url.contains('?') { '&' } else { '?' };
    format!("{url}{join}options=-c%20search_path%3D{schema}")
}

async fn make_schema(url: &str, schema: &str) {
    let statement = format!("create schema {schema}");
    let done = tokio::process::Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--command", &statement, url])
        .output()
        .await
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn form(path: &str, fields: &[(&str, &str)], cookie: Option<&str>) -> Request<Body> {
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    request.body(Body::from(encode(fields))).unwrap()
}

/// Fields as a browser sends them.
pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    out.push(char::from(byte));
                }
                _ => out.extend(format!("%{byte:02X}").chars()),
            }
            out
        })
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

async fn page(response: Response<Body>) -> Page {
    let (parts, body) = response.into_parts();
    let text = |name| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned()
    };
    let location = text(header::LOCATION);
    let cookie = text(header::SET_COOKIE).split(';').next().map(str::to_owned);
    // A stream of news has no end: only its head is looked at.
    let bytes = if text(header::CONTENT_TYPE).starts_with("text/event-stream") {
        axum::body::Bytes::new()
    } else {
        body.collect().await.unwrap().to_bytes()
    };
    Page {
        status: parts.status,
        location,
        cookie: cookie.filter(|cookie| !cookie.is_empty()),
        body: String::from_utf8_lossy(&bytes).into_owned(),
        headers: parts.headers,
    }
}

/// The value of the hidden field of that name.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let from = page.find(&mark).map_or(0, |at| at + mark.len());
    page[from..].split('"').next().unwrap_or("").to_owned()
}
