//! Staff pages: who may see and do what, every complaint at once, and what opening refuses.

use axum::http::{StatusCode, header};
use miradouro::domain::collection::State;
use miradouro::domain::people::Role;

use crate::house::{House, on_both};

/// Every field of a new diagnosis, filled well.
const GOOD: [(&str, &str); 12] = [
    ("name", "Oude Haven"),
    ("languages", "nl"),
    ("languages", "ar"),
    ("time_zone", "Europe/Brussels"),
    ("consent_age", "13"),
    ("help_emergency", "112"),
    ("help_victim_support", "106"),
    ("help_youth_line", "102"),
    ("help_discrimination", "unia.be"),
    ("help_police_complaints", "comitep.be"),
    ("zones", "Noord\nDe Kop"),
    ("population", "zone;age;gender;count\nDe Kop;a12_15;man;40\nnoord;a80;woman;7"),
];

/// An activity's feedback, filled well.
const ACTIVITY: [(&str, &str); 5] = [
    ("title", "Volleyball"),
    ("instrument", "feedback_youth"),
    ("languages", "nl"),
    ("asked_by", "the youth house"),
    ("presence", "youth_worker"),
];

/// Fields with one of them changed.
fn but<'a>(fields: &[(&'a str, &'a str)], name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let change =
        |(field, old): &(&'a str, &'a str)| (*field, if *field == name { value } else { *old });
    fields.iter().map(change).collect()
}

async fn host(house: &House) -> String {
    let (other, _) = house.diagnosis().await;
    house.signed_in(&other, Role::Coordinator).await
}

#[test]
fn a_new_diagnosis_complains_about_everything_at_once_and_loses_nothing() {
    on_both(async |house| {
        let cookie = host(&house).await;
        let population = "zone,age,gender,count\nZuid,a1,man,x";
        let bad = [
            ("time_zone", "Mars/North"),
            ("consent_age", "3"),
            ("zones", "Noord\nnoord"),
            ("population", population),
        ];
        let page = house.post_as(&cookie, "/new", &bad).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        for sentence in [
            "Please give a name",
            "at least one language",
            "no such time zone",
            "from 10 to 21",
            "“noord” stands here twice",
            "Line 2: there is no zone “Zuid”",
            "Line 2: there is no age group “a1”",
            "Line 2: “x” is no whole number",
        ] {
            assert!(page.body.contains(sentence), "{sentence}");
        }
        assert!(page.body.contains("Mars/North") && page.body.contains("Zuid,a1,man,x"));
    });
}

#[test]
fn a_new_diagnosis_has_its_wave_zones_and_population() {
    on_both(async |house| {
        let cookie = host(&house).await;
        let made = house.post_as(&cookie, "/new", &GOOD).await;
        assert_eq!(made.location, "/d/oude-haven", "{}", house.name);
        let diagnosis = house.store.diagnosis("oude-haven").await.unwrap();
        let waves = house.store.waves(diagnosis.id).await.unwrap();
        assert_eq!(waves[0].title, "Baseline");
        let counts = house.store.population(diagnosis.id).await.unwrap();
        assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), 47);
        assert!(counts.iter().any(|count| count.zone == "de-kop"));
        let again = house.post_as(&cookie, "/new", &GOOD).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("with this name already"));
        let page = house.get_as(&cookie, "/d/oude-haven/settings").await;
        assert!(page.body.contains("De Kop;a12_15;man;40"), "the counts come back");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    });
}

#[test]
fn only_coordinators_make_and_only_the_name_deletes() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let path = |rest: &str| format!("/d/{}{rest}", diagnosis.slug);
        let pages = ["/settings", "/waves", "/delete", "/collections/new", "/releases/new"];
        for role in Role::ALL.iter().filter(|role| **role != Role::Coordinator) {
            let cookie = house.signed_in(&diagnosis, *role).await;
            for page in pages {
                let page = house.get_as(&cookie, &path(page)).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{role:?}");
            }
            let new = house.get_as(&cookie, "/new").await;
            assert_eq!(new.status, StatusCode::FORBIDDEN, "{role:?}");
            let log = house.get_as(&cookie, &path("/log")).await.status;
            assert_eq!(log == StatusCode::OK, *role != Role::PoliceMember, "{role:?}");
        }
        let stranger = host(&house).await;
        assert_eq!(house.get_as(&stranger, &path("")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get(&path("")).await.location, "/sign-in");
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let wrong = house.post_as(&cookie, &path("/delete"), &[("name", "Testbuur")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = house.post_as(&cookie, &path("/delete"), &[("name", "Testbuurt")]).await;
        assert_eq!(gone.location, "/home");
        assert_eq!(house.get_as(&cookie, "/home").await.status, StatusCode::OK);
    });
}

#[test]
fn a_draft_says_every_reason_and_opens_once_they_are_gone() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let wave = wave.id.to_string();
        let draft = [
            ("instrument", "pulse2"),
            ("wave", wave.as_str()),
            ("title", "Two minutes"),
            ("sampling", "self_selected"),
            ("presence", "nobody"),
            ("mode", "own"),
        ];
        let new = format!("/d/{}/collections/new", diagnosis.slug);
        let empty = house.post_as(&cookie, &new, &[]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = house.post_as(&cookie, &new, &draft).await.location;
        let open = format!("{page}/open");
        let refused = house.post_as(&cookie, &open, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(refused.body.contains("No language is chosen"));
        assert!(refused.body.contains("It does not say who asks"));
        let better = [&draft[..], &[("asked_by", "us"), ("languages", "en")]].concat();
        house.post_as(&cookie, &format!("{page}/edit"), &better).await;
        assert_eq!(house.post_as(&cookie, &open, &[]).await.location, page);
        let late = house.post_as(&cookie, &format!("{page}/edit"), &better).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "open is fixed");
        let log = house.store.audit(diagnosis.id).await.unwrap();
        assert!(log.iter().any(|entry| entry.act == "translations_unchecked"));
        assert!(log.iter().all(|entry| entry.unbroken));
    });
}

#[test]
fn feedback_opens_with_one_tap_and_never_with_police_in_the_room() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Facilitator).await;
        let path = format!("/d/{}/activity", diagnosis.slug);
        let police = but(&ACTIVITY, "presence", "police");
        let refused = house.post_as(&cookie, &path, &police).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(refused.body.contains("while police are in the room"));
        assert!(house.store.collections(diagnosis.id).await.unwrap().is_empty());

        let page = house.post_as(&cookie, &path, &ACTIVITY).await.location;
        let shown = house.get_as(&cookie, &page).await.body;
        assert!(shown.contains("<svg class=\"qr\"") && shown.contains("0 answers"));
        let one = house.store.collections(diagnosis.id).await.unwrap().remove(0);
        assert_eq!(one.state, State::Open);
        let door = house.store.doors(diagnosis.id, one.id).await.unwrap().remove(0).code;
        assert!(shown.contains(&format!("/p/{door}")));
        assert!(door.chars().all(|c| !"aeiouly01".contains(c)) && door.len() == 8);

        let close = format!("/d/{}/collections/{}/close", diagnosis.slug, one.id);
        house.post_as(&cookie, &close, &[("poster", "yes")]).await;
        let one = house.store.collection(diagnosis.id, one.id).await.unwrap();
        assert!(one.group_said_yes && one.state == State::Closed);
        let twice = house.post_as(&cookie, &close, &[]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
    });
}

#[test]
fn links_are_shown_once_and_a_reset_never_reaches_further_than_the_coordinator() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let path = format!("/d/{}/members", diagnosis.slug);
        let invited = house.post_as(&cookie, &path, &[("role", "moderator")]).await.body;
        let link = invited.split("http://127.0.0.1:8080").nth(1).unwrap();
        let link = link.split('<').next().unwrap();
        assert!(house.get(link).await.body.contains("moderator"));
        assert!(!house.get_as(&cookie, &path).await.body.contains("/i/"), "shown once");

        let (other, _) = house.diagnosis().await;
        house.signed_in(&other, Role::Moderator).await;
        let (elsewhere, _, _) = house.store.members(other.id).await.unwrap().remove(0);
        let reset = format!("{path}/{elsewhere}/reset");
        let strange = house.post_as(&cookie, &reset, &[]).await;
        assert_eq!(strange.status, StatusCode::NOT_FOUND, "{}", house.name);
        house.store.give_role(diagnosis.id, elsewhere, Role::Member).await.unwrap();
        let refused = house.post_as(&cookie, &reset, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

        let members = house.store.members(diagnosis.id).await.unwrap();
        let (me, _, _) = members.iter().find(|(_, _, role)| *role == Role::Coordinator).unwrap();
        let last = house.post_as(&cookie, &format!("{path}/{me}/remove"), &[]).await;
        assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(last.body.contains("needs a coordinator"));
    });
}

#[test]
fn free_texts_are_the_moderators_and_opening_them_is_written_down() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/d/{}/collections/{}/texts", diagnosis.slug, collection.id);
        let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
        assert_eq!(house.get_as(&coordinator, &path).await.status, StatusCode::FORBIDDEN);
        let moderator = house.signed_in(&diagnosis, Role::Moderator).await;
        assert_eq!(house.get_as(&moderator, &path).await.status, StatusCode::OK, "{}", house.name);
        let log = house.store.audit(diagnosis.id).await.unwrap();
        assert_eq!(log.last().unwrap().act, "texts_read");
    });
}
