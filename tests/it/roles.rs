//! Who may open what: every staff page and every form of the router, by everybody there is.

use axum::http::StatusCode;
use miradouro::domain::collection::State;
use miradouro::domain::data_walk::{DataWalk, Reflection, ReflectionState, Verdict};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::draft::Draft;
use miradouro::domain::finding::Finding;
use miradouro::domain::ids::{
    AreaId, CollectionId, ExportId, FindingId, PersonId, PhotoId, ReflectionId,
};
use miradouro::domain::people::{Invited, Person, Role};
use miradouro::domain::row_export::{RowExport, Signature, Standing};
use miradouro::domain::text::{Lang, Text};
use miradouro::instruments::Shelf;
use miradouro::store::{NewReflection, Token};
use uuid::Uuid;

use crate::house::{House, NOW, Page, on_both};

/// What the router answers.
const ROUTER: &str = include_str!("../../src/web/mod.rs");

/// Who knocks, in the order of the columns below. The coordinator comes last and changes things.
const VISITORS: [(&str, Option<Role>); 7] = [
    ("nobody", None),
    ("a coordinator from elsewhere", None),
    ("a police member", Some(Role::PoliceMember)),
    ("a member", Some(Role::Member)),
    ("a facilitator", Some(Role::Facilitator)),
    ("a moderator", Some(Role::Moderator)),
    ("a coordinator", Some(Role::Coordinator)),
];

/// Every door and what stands behind it for each visitor: a status, or `in` for "sign in first".
/// Forms are sent with nothing in them, or with what [`fields`] says.
const MATRIX: [(&str, &str, &str); 142] = [
    // the way in
    ("GET", "/sign-in", "200 200 200 200 200 200 200"),
    ("POST", "/sign-in", "422 422 422 422 422 422 422"),
    ("GET", "/i/{token}", "200 200 200 200 200 200 200"),
    ("POST", "/i/{token}", "422 422 422 422 422 422 422"),
    // residents
    ("POST", "/p", "404 404 404 404 404 404 404"),
    ("POST", "/p/{door}/{lang}", "400 400 400 400 400 400 400"),
    ("POST", "/w/{door}/{lang}/{station}", "422 422 422 422 422 422 422"),
    // a person's own
    ("GET", "/home", "in 200 200 200 200 200 200"),
    ("GET", "/new", "in 200 403 403 403 403 200"),
    ("POST", "/new", "in 422 403 403 403 403 422"),
    ("GET", "/night", "in 200 403 403 403 403 200"),
    ("POST", "/night", "in 303 403 403 403 403 303"),
    // the diagnosis
    ("GET", "/d/{slug}", "in 404 200 200 200 200 200"),
    ("GET", "/d/nowhere", "in 404 404 404 404 404 404"),
    ("GET", "/d/{slug}/settings", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/settings", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/waves", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/waves", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/delete", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/delete", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/area", "in 404 403 200 200 200 200"),
    ("POST", "/d/{slug}/area", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/area/{area}/map.svg", "in 404 403 200 200 200 200"),
    // collections
    ("GET", "/d/{slug}/collections/new", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/collections/new", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/collections/{id}", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/collections/nonsense", "in 404 403 404 404 404 404"),
    ("GET", "/d/{slug}/collections/{id}/edit", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/collections/{id}/edit", "in 404 403 403 403 403 422"),
    ("POST", "/d/{slug}/collections/{id}/open", "in 404 403 403 403 403 303"),
    ("POST", "/d/{slug}/collections/{id}/paper", "in 404 403 403 200 403 200"),
    ("GET", "/d/{slug}/collections/{id}/paper/{file}", "in 404 403 403 200 403 200"),
    ("GET", "/d/{slug}/collections/{id}/keyin", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/collections/{id}/keyin", "in 404 403 403 422 403 422"),
    ("GET", "/d/{slug}/collections/{id}/check", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/collections/{id}/check", "in 404 403 403 404 403 404"),
    ("GET", "/d/{slug}/collections/{id}/count", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/collections/{id}/count", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/collections/{id}/texts", "in 404 403 403 403 200 403"),
    ("GET", "/d/{slug}/collections/{id}/photos/{photo}", "in 404 403 403 403 200 403"),
    ("GET", "/d/{slug}/collections/{id}/photos/nonsense", "in 404 403 403 403 404 403"),
    ("POST", "/d/{slug}/collections/{id}/texts", "in 404 403 403 403 404 403"),
    ("POST", "/d/{slug}/collections/{id}/photos", "in 404 403 403 403 303 403"),
    // doors, cards, kiosk and room
    ("GET", "/d/{slug}/collections/{id}/doors", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/collections/{id}/doors", "in 404 403 403 403 403 422"),
    ("POST", "/d/{slug}/collections/{id}/doors/{door}", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/collections/{id}/doors/{door}/sheet.pdf", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/collections/{id}/doors/{door}/kiosk", "in 404 403 403 404 403 404"),
    ("POST", "/d/{slug}/collections/{id}/cards", "in 404 403 403 403 403 422"),
    ("POST", "/d/{slug}/collections/{id}/ceiling", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/collections/{id}/room", "in 404 403 403 303 403 303"),
    ("GET", "/d/{slug}/collections/{id}/room/count", "in 404 403 403 200 403 200"),
    // writing instruments
    ("GET", "/d/{slug}/instruments/new", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/instruments/new", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/instruments/{instrument}/form.xlsx", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/drafts/{draft}", "in 404 403 403 403 403 200"),
    ("GET", "/d/{slug}/drafts/nonsense", "in 404 403 403 403 403 404"),
    ("POST", "/d/{slug}/drafts/{draft}", "in 404 403 403 403 403 303"),
    ("GET", "/d/{slug}/drafts/{draft}/preview/{lang}", "in 404 403 403 403 403 200"),
    ("GET", "/d/{slug}/drafts/{draft}/source", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/drafts/{draft}/source", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/drafts/{draft}/download", "in 404 403 403 403 403 200"),
    ("GET", "/d/{slug}/drafts/{draft}/diff", "in 404 403 403 403 403 200"),
    ("GET", "/d/{slug}/drafts/{draft}/publish", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/drafts/{draft}/publish", "in 404 403 403 403 403 409"),
    ("POST", "/d/{slug}/drafts/{draft}/discard", "in 404 403 403 403 403 409"),
    // feedback
    ("GET", "/d/{slug}/activity", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/activity", "in 404 403 403 422 403 422"),
    ("GET", "/d/{slug}/activity/{id}", "in 404 403 403 200 403 200"),
    // instruments, their versions and translations
    ("GET", "/d/{slug}/instruments", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/instruments/{instrument}", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/instruments/nonsense", "in 404 403 404 404 404 404"),
    ("GET", "/d/{slug}/instruments/{instrument}/versions", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/instruments/{instrument}/versions/{file}", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/instruments/{instrument}/translations/{lang}", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/instruments/{instrument}/translations/xx", "in 404 403 404 404 404 404"),
    (
        "POST",
        "/d/{slug}/instruments/{instrument}/translations/{lang}",
        "in 404 403 303 303 303 303",
    ),
    // people
    ("GET", "/d/{slug}/members", "in 404 403 200 200 200 200"),
    ("POST", "/d/{slug}/members", "in 404 403 403 403 403 422"),
    ("POST", "/d/{slug}/members/{person}/organisation", "in 404 403 403 403 403 303"),
    ("POST", "/d/{slug}/members/{person}/reset", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/members/{person}/remove", "in 404 403 403 403 403 303"),
    ("GET", "/d/{slug}/log", "in 404 403 200 200 200 200"),
    // data for research: codebooks for every member, rows for two people
    ("GET", "/d/{slug}/exports", "in 404 200 200 200 200 200"),
    ("POST", "/d/{slug}/exports", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/exports/new", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/exports/{export}", "in 404 403 422 422 422 422"),
    ("GET", "/d/{slug}/exports/{export}/{file}", "in 404 403 403 403 403 404"),
    ("GET", "/d/{slug}/codebooks/{instrument}/{file}", "in 404 200 200 200 200 200"),
    ("GET", "/d/{slug}/codebooks/nonsense/{file}", "in 404 404 404 404 404 404"),
    ("GET", "/d/{slug}/releases/{n}/{file}", "in 404 200 200 200 200 200"),
    ("GET", "/d/{slug}/releases/2/{file}", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/releases/3/{file}", "in 404 404 404 404 404 404"),
    // releases: the first is public, the second is the committee's
    ("GET", "/d/{slug}/releases/new", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/releases", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/releases/making", "in 404 403 403 403 403 200"),
    ("GET", "/d/{slug}/releases/{n}/sentences", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/releases/{n}/sentences", "in 404 403 403 403 403 404"),
    ("GET", "/d/{slug}/releases/{n}", "in 404 200 200 200 200 200"),
    ("GET", "/d/{slug}/releases/2", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/releases/3", "in 404 404 404 404 404 404"),
    ("GET", "/d/{slug}/releases/{n}/{collection}/{file}", "in 404 200 200 200 200 200"),
    ("GET", "/d/{slug}/releases/2/{collection}/{file}", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/releases/2/{collection}/first.svg", "in 404 403 200 200 200 200"),
    // the report
    ("GET", "/d/{slug}/report", "in 404 403 200 200 200 200"),
    ("POST", "/d/{slug}/report", "in 404 403 403 403 403 422"),
    ("POST", "/d/{slug}/report/{section}", "in 404 403 403 403 403 409"),
    ("GET", "/d/{slug}/report/figures", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/report/figures/{name}", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/report/figures/{name}", "in 404 403 403 403 403 422"),
    ("POST", "/d/{slug}/report/figures/{name}/delete", "in 404 403 403 403 403 404"),
    // data walks
    ("GET", "/d/{slug}/walks/new", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/walks/new", "in 404 403 403 403 403 422"),
    ("GET", "/d/{slug}/walks/{walk}/projector", "in 404 200 200 200 200 200"),
    ("GET", "/d/{slug}/walks/{walk}/projector/{lang}", "in 404 200 200 200 200 200"),
    ("GET", "/d/{slug}/walks/{walk}/live", "in 404 200 200 200 200 200"),
    ("GET", "/d/{slug}/walks/{private}/live", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/walks/{walk}/remote", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/walks/{walk}/remote", "in 404 403 403 303 403 303"),
    ("GET", "/d/{slug}/walks/{id}", "in 404 403 200 200 200 200"),
    ("POST", "/d/{slug}/walks/{id}/groups", "in 404 403 403 303 403 303"),
    ("POST", "/d/{slug}/walks/{id}/release", "in 404 403 403 403 403 303"),
    ("GET", "/d/{slug}/walks/{id}/posters", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/walks/{id}/posters", "in 404 403 403 422 403 422"),
    ("GET", "/d/{slug}/walks/{id}/posters/making", "in 404 403 403 303 403 303"),
    ("GET", "/d/{slug}/walks/{id}/posters/set.zip", "in 404 403 403 404 403 404"),
    ("GET", "/d/{slug}/walks/{id}/cards", "in 404 403 403 200 403 200"),
    ("POST", "/d/{slug}/walks/{id}/cards", "in 404 403 403 422 403 422"),
    ("GET", "/d/{slug}/walks/{id}/findings", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/walks/{id}/findings/{finding}", "in 404 403 403 403 403 200"),
    ("POST", "/d/{slug}/walks/{id}/findings/{finding}", "in 404 403 403 403 403 409"),
    ("POST", "/d/{slug}/walks/{id}/findings/{finding}/delete", "in 404 403 403 403 403 409"),
    (
        "GET",
        "/d/{slug}/walks/{walk}/projector/{lang}/{station}/{chart}",
        "in 404 200 200 200 200 200",
    ),
    ("GET", "/d/{slug}/walks/{private}/projector", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/walks/{private}/projector/en/1/1", "in 404 403 200 200 200 200"),
    ("GET", "/d/{slug}/walks/{id}/reflections", "in 404 403 403 403 200 403"),
    ("POST", "/d/{slug}/walks/{id}/reflections", "in 404 403 403 403 303 403"),
    // what cannot be taken back
    ("POST", "/d/{slug}/releases/{n}/publish", "in 404 403 403 403 403 303"),
    ("POST", "/d/{slug}/collections/{id}/close", "in 404 403 403 403 403 303"),
    ("GET", "/d/{slug}/members/none", "404 404 404 404 404 404 404"),
    ("GET", "/no/such/page", "404 404 404 404 404 404 404"),
    ("POST", "/sign-out", "in in in in in in in"),
];

/// The routes this test is about: all of the staff's, and every form.
fn routes() -> Vec<(&'static str, &'static str)> {
    let (_, staff) = ROUTER.split_once("fn staff()").unwrap();
    let both = found(ROUTER).into_iter().filter(|(method, _)| *method == "POST");
    let mut routes: Vec<_> = both.chain(found(staff)).collect();
    routes.sort_unstable();
    routes.dedup();
    routes
}

/// Every method and path in a piece of the router.
fn found(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for piece in text.split(".route(").skip(1) {
        let piece = piece.split("\n}").next().unwrap();
        let mut parts = piece.splitn(3, '"').skip(1);
        let (path, handlers) = (parts.next().unwrap(), parts.next().unwrap());
        for (mark, method) in [("get(", "GET"), ("post(", "POST")] {
            if handlers.contains(mark) {
                found.push((method, path));
            }
        }
    }
    found
}

#[test]
fn every_route_has_its_row() {
    let routes = routes();
    assert!(routes.len() > 40, "the scan reads the router: {}", routes.len());
    let has_row =
        |route: &&(&str, &str)| MATRIX.iter().any(|(method, path, _)| (*method, *path) == **route);
    let without: Vec<_> = routes.iter().filter(|route| !has_row(route)).collect();
    assert!(without.is_empty(), "who may open these? {without:?}");
}

/// A diagnosis in which there is something behind every door.
struct Ground {
    diagnosis: Diagnosis,
    draft: CollectionId,
    open: CollectionId,
    feedback: CollectionId,
    door: String,
    walk: DataWalk,
    private: DataWalk,
    reflection: ReflectionId,
    somebody: PersonId,
    token: String,
    area: AreaId,
    photo: PhotoId,
    export: ExportId,
    finding: FindingId,
}

impl Ground {
    async fn laid(house: &House) -> Self {
        let (diagnosis, wave) = house.diagnosis().await;
        let (open, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        let (feedback, youth) = house.collection(&diagnosis, &wave, "feedback_youth").await;
        let mut draft = open.clone();
        (draft.id, draft.state, draft.opened) = (CollectionId::random(), State::Draft, None);
        house.store.add_collection(&draft, &[]).await.unwrap();
        for public in [true, false] {
            house.answered(&door, 40).await;
            house.released(&diagnosis, public).await;
        }
        let (walk, private) = (house.walk(&diagnosis, 1).await, house.walk(&diagnosis, 2).await);
        let reflection = said(house, &walk).await;
        let finding = found_out(house, &walk).await;
        let somebody = member(house, &diagnosis).await;
        let area = house.area(&diagnosis).await.id;
        let photo = house.photo(&youth, include_bytes!("../surveys/photo.jpg").to_vec()).await;
        let source = Shelf::load(None).source("pulse2").unwrap().to_owned();
        let written = Draft {
            slug: "pulse2".to_owned(),
            source: source.clone(),
            undo: None,
            began_from: None,
            began_text: source,
            revision: 1,
            changed_at: NOW,
            person: somebody,
        };
        house.store.begin_draft(diagnosis.id, &written).await.unwrap();
        let asked = Signature { person: somebody, organisation: "a".to_owned(), at: NOW };
        let request = RowExport {
            id: ExportId::random(),
            diagnosis: diagnosis.id,
            collection: open.id,
            identifiers: Vec::new(),
            purpose: "for the university".to_owned(),
            asked,
            standing: Standing::Waiting,
            decided: None,
        };
        house.store.ask_rows(&request).await.unwrap();
        let token = Token::random();
        house.store.invite(&token, &Invited::Reset(somebody), NOW + 60_000).await.unwrap();
        Self {
            diagnosis,
            draft: draft.id,
            open: open.id,
            feedback: feedback.id,
            door: door.code,
            walk,
            private,
            reflection,
            somebody,
            token: token.letters().to_owned(),
            area,
            photo,
            export: request.id,
            finding,
        }
    }

    /// The address of a route here.
    fn address(&self, path: &str) -> String {
        let held = match path {
            _ if path.contains("/edit") || path.contains("/open") => self.draft,
            _ if path.contains("/activity") || path.contains("/photos") => self.feedback,
            _ => self.open,
        };
        let id = if path.contains("/walks/") { self.walk.id.to_string() } else { held.to_string() };
        let door = if path.starts_with("/w/") { &self.walk.door } else { &self.door };
        let file = match path {
            _ if path.contains("/versions/") => "1.toml",
            _ if path.contains("/paper/") => "en.pdf",
            _ if path.contains("/exports/") => "rows.zip",
            _ if path.contains("/codebooks/") => "1.xml",
            _ if path.ends_with("}/{file}") && path.contains("/releases/{n}/{file}") => {
                "tables.csv"
            }
            _ if path.ends_with("/2/{file}") || path.ends_with("/3/{file}") => "tables.xlsx",
            _ => "first.csv",
        };
        let n = if path.ends_with("/publish") { "2" } else { "1" };
        let fillings = [
            ("{slug}", self.diagnosis.slug.clone()),
            ("{id}", id),
            ("{door}", door.clone()),
            ("{n}", n.to_owned()),
            ("{lang}", "en".to_owned()),
            ("{draft}", "pulse2".to_owned()),
            ("{station}", "1".to_owned()),
            ("{chart}", "1".to_owned()),
            ("{collection}", self.open.to_string()),
            ("{instrument}", "resident_safety".to_owned()),
            ("{file}", file.to_owned()),
            ("{walk}", self.walk.id.to_string()),
            ("{private}", self.private.id.to_string()),
            ("{person}", self.somebody.to_string()),
            ("{token}", self.token.clone()),
            ("{area}", self.area.to_string()),
            ("{photo}", self.photo.to_string()),
            ("{export}", self.export.to_string()),
            ("{section}", "promised".to_owned()),
            ("{name}", "new".to_owned()),
            ("{finding}", self.finding.to_string()),
        ];
        fillings.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
    }

    /// What is sent to a form.
    fn fields(&self, path: &str) -> Vec<(&'static str, String)> {
        let text = str::to_owned;
        match path {
            "/sign-in" => vec![("name", text("who")), ("passphrase", text("not this one at all"))],
            "/i/{token}" => vec![("passphrase", text("short"))],
            "/d/{slug}/collections/{id}/photos" => {
                vec![("photo", self.photo.to_string()), ("state", text("shown"))]
            }
            "/d/{slug}/collections/{id}/paper" => {
                vec![("lang", text("en")), ("copies", text("1"))]
            }
            "/d/{slug}/exports/{export}" => vec![("standing", text("consented"))],
            "/d/{slug}/walks/{id}/reflections" => {
                vec![("reflection", self.reflection.to_string()), ("state", text("shown"))]
            }
            "/d/{slug}/walks/{id}/cards" => vec![("station", text("1"))],
            _ => Vec::new(),
        }
    }
}

/// A reflection that waits.
async fn said(house: &House, walk: &DataWalk) -> ReflectionId {
    let reflection = Reflection {
        id: ReflectionId::random(),
        station: 1,
        verdict: Verdict::Partly,
        said: "the lamps are broken".to_owned(),
        state: ReflectionState::New,
        group: None,
        pin: None,
    };
    let (id, diagnosis, data_walk) = (reflection.id, walk.diagnosis, walk.id);
    house.store.reflect(NewReflection { diagnosis, data_walk, reflection }).await.unwrap();
    let kept = house.store.reflections(walk).await.unwrap();
    kept.first().map_or(id, |kept| kept.id)
}

/// What the committee found.
async fn found_out(house: &House, walk: &DataWalk) -> FindingId {
    let finding = Finding {
        id: FindingId::random(),
        diagnosis: walk.diagnosis,
        data_walk: walk.id,
        place: 1,
        said: Text::name("The quay is dark"),
        evidence: Vec::new(),
        amended: Text::default(),
        because: Vec::new(),
        editor: "Somebody".to_owned(),
        written: walk.held_on,
    };
    house.store.keep_finding(&finding, None).await.unwrap();
    finding.id
}

/// Somebody without much to do here.
async fn member(house: &House, of: &Diagnosis) -> PersonId {
    let person = Person {
        id: PersonId::random(),
        name: "Somebody".to_owned(),
        lang: Lang::En,
        host: false,
        roles: vec![(of.id, Role::Member)],
    };
    let sign_in = Uuid::new_v4().simple().to_string();
    house.store.add_person(&person, &sign_in, None).await.unwrap();
    person.id
}

/// A visitor's cookie.
async fn cookie(house: &House, ground: &Ground, at: usize) -> String {
    match (at, VISITORS[at].1) {
        (0, _) => String::new(),
        (_, Some(role)) => house.signed_in(&ground.diagnosis, role).await,
        (_, None) => {
            let (elsewhere, _) = house.diagnosis().await;
            house.signed_in(&elsewhere, Role::Coordinator).await
        }
    }
}

async fn knock(house: &House, ground: &Ground, cookie: &str, method: &str, path: &str) -> Page {
    let address = ground.address(path);
    if method == "GET" {
        return house.get_as(cookie, &address).await;
    }
    let fields = ground.fields(path);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    house.post_as(cookie, &address, &fields).await
}

/// What a visitor met, as the matrix writes it.
fn met(page: &Page) -> String {
    match page.status {
        StatusCode::SEE_OTHER if page.location == "/sign-in" => "in".to_owned(),
        status => status.as_str().to_owned(),
    }
}

#[test]
fn everybody_meets_what_the_matrix_says() {
    on_both(async |house| {
        let ground = Ground::laid(&house).await;
        let mut wrong = Vec::new();
        for (at, (visitor, _)) in VISITORS.iter().enumerate() {
            let cookie = cookie(&house, &ground, at).await;
            for (method, path, expected) in MATRIX {
                let expected = expected.split(' ').nth(at).unwrap();
                let met = met(&knock(&house, &ground, &cookie, method, path).await);
                if met != expected {
                    wrong.push(format!("{visitor}: {method} {path}: {met}, not {expected}"));
                }
            }
        }
        assert!(wrong.is_empty(), "on {}:\n{}", house.name, wrong.join("\n"));
    });
}

#[test]
fn nothing_of_another_diagnosis_is_found_under_ones_own() {
    on_both(async |house| {
        let ground = Ground::laid(&house).await;
        let (own, _) = house.diagnosis().await;
        let cookies = [
            house.signed_in(&own, Role::Coordinator).await,
            house.signed_in(&own, Role::Moderator).await,
        ];
        let elsewhere = Ground { diagnosis: own, ..ground };
        let ids =
            ["{id}", "{draft}", "{person}", "{n}", "{walk}", "{private}", "{area}", "{export}"];
        let with_id =
            |path: &str| path.starts_with("/d/{slug}/") && ids.iter().any(|id| path.contains(id));
        let mut tried = 0;
        for cookie in cookies {
            for (method, path, _) in MATRIX.iter().filter(|(_, path, _)| with_id(path)) {
                let met = met(&knock(&house, &elsewhere, &cookie, method, path).await);
                assert!(met == "404" || met == "403", "{method} {path}: {met}");
                tried += usize::from(met == "404");
            }
        }
        assert!(tried > 20, "{tried} addresses led nowhere");
    });
}

#[test]
fn feedback_is_run_by_facilitators_and_coordinators() {
    on_both(async |house| {
        let ground = Ground::laid(&house).await;
        let close = format!("/d/{}/collections/{}/close", ground.diagnosis.slug, ground.feedback);
        for role in [Role::PoliceMember, Role::Member, Role::Moderator, Role::Facilitator] {
            let cookie = house.signed_in(&ground.diagnosis, role).await;
            let met = met(&house.post_as(&cookie, &close, &[]).await);
            assert_eq!(met, if role == Role::Facilitator { "303" } else { "403" }, "{role:?}");
        }
    });
}

#[test]
fn a_police_member_reads_only_what_everybody_may() {
    on_both(async |house| {
        let ground = Ground::laid(&house).await;
        let overview = format!("/d/{}", ground.diagnosis.slug);
        let committee = [
            "resident_safety in the field",
            "80 answers",
            "/collections/",
            "/members",
            "/log",
            "/releases/2",
            "/activity",
            "Can be released now",
            &ground.private.door,
            &ground.private.title,
        ];
        let everybody = ["/releases/1", ground.walk.door.as_str(), "/projector"];
        let police = house.signed_in(&ground.diagnosis, Role::PoliceMember).await;
        for page in [&overview, "/home"] {
            let page = house.get_as(&police, page).await;
            assert_eq!(page.status, StatusCode::OK);
            for word in committee {
                assert!(!page.body.contains(word), "a police member sees {word}");
            }
        }
        let page = house.get_as(&police, &overview).await;
        assert!(everybody.iter().all(|word| page.body.contains(word)));
        let coordinator = house.signed_in(&ground.diagnosis, Role::Coordinator).await;
        let page = house.get_as(&coordinator, &overview).await;
        for word in committee.iter().filter(|word| **word != "Can be released now") {
            assert!(page.body.contains(word), "a coordinator sees {word}");
        }
        let member = house.signed_in(&ground.diagnosis, Role::Member).await;
        let page = house.get_as(&member, &overview).await;
        assert!(!page.body.contains("80 answers"), "counts are for those who run collections");
    });
}
