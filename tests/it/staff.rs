//! The pages of staff, from the first link to the last deletion.

use axum::http::{StatusCode, header};
use miradouro::domain::collection::{Collection, Door, State};
use miradouro::domain::diagnosis::{Diagnosis, PopulationCount, Settings, Wave, Zone};
use miradouro::domain::ids::CollectionId;
use miradouro::domain::people::{Invited, Role};
use miradouro::domain::question::Kind;
use miradouro::domain::text::Lang;
use miradouro::store::{StoreError, Token};
use uuid::Uuid;

use crate::house::{House, NOW, Page, hidden, on_both};

const PHRASE: &str = "lamp river bicycle seven";

/// A link from an invitation.
async fn link(house: &House, invited: &Invited) -> String {
    let token = Token::random();
    house.store.invite(&token, invited, NOW + 60_000).await.unwrap();
    format!("/i/{}", token.letters())
}

/// A name to sign in by that no other test has.
fn sign_in_name() -> String {
    format!("Ana-{}", Uuid::new_v4().simple())
}

async fn try_in(house: &House, name: &str, passphrase: &str) -> Page {
    house.post("/sign-in", &[("name", name), ("passphrase", passphrase)]).await
}

/// Checks that a page is a refusal and says all of this.
#[track_caller]
fn refused(page: &Page, sentences: &[&str]) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    for sentence in sentences {
        assert!(page.body.contains(sentence), "{sentence} is not in {}", page.body);
    }
}

/// Checks that something was done, and gives where that leads.
#[track_caller]
fn done(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert_ne!(page.location, "/sign-in");
    page.location.clone()
}

/// Checks that a page is there and whether it says something.
#[track_caller]
fn says(page: &Page, sentence: &str, expected: bool) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.body.contains(sentence), expected, "{sentence}: {}", page.body);
}

#[test]
fn the_first_link_makes_somebody_who_can_sign_in_and_out() {
    on_both(async |house| {
        let (link, name) = (link(&house, &Invited::Host).await, sign_in_name());
        let form = house.get(&link).await;
        says(&form, "You set up this server", true);
        assert!(form.body.contains("name=\"passphrase\""));
        let mut fields = [("name", "Ana"), ("sign_in", &name), ("passphrase", "short")];
        let short = house.post(&link, &fields).await;
        refused(&short, &["The passphrase needs at least 12 characters.", "value=\"Ana\"", &name]);
        assert!(short.cookie.is_none());
        fields[2].1 = PHRASE;
        let accepted = house.post(&link, &fields).await;
        assert_eq!(done(&accepted), "/home");
        let cookie = accepted.cookie.unwrap();
        let set = accepted.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
        says(&house.get_as(&cookie, "/home").await, "Signed in as Ana", true);
        for again in [house.get(&link).await, house.post(&link, &fields).await] {
            assert_eq!(again.status, StatusCode::GONE);
            assert!(again.body.contains("used already or has expired"));
        }

        refused(&try_in(&house, &name, "no, not this one").await, &["do not belong together"]);
        let entered = try_in(&house, &name.to_uppercase(), PHRASE).await;
        assert_eq!(done(&entered), "/home");
        let second = entered.cookie.unwrap();
        assert_ne!(second, cookie, "each sign-in has a cookie of its own");
        assert_eq!(house.post_as(&second, "/sign-out", &[]).await.location, "/sign-in");
        assert_eq!(house.get_as(&second, "/home").await.location, "/sign-in");
        says(&house.get_as(&cookie, "/home").await, "Signed in as Ana", true);
    });
}

#[test]
fn eleven_wrong_passphrases_are_too_many_however_the_name_is_written() {
    on_both(async |house| {
        let (link, name) = (link(&house, &Invited::Host).await, sign_in_name());
        let fields = [("name", "Ana"), ("sign_in", name.as_str()), ("passphrase", PHRASE)];
        done(&house.post(&link, &fields).await);
        for n in 0..10 {
            let written = if n % 2 == 0 { name.to_uppercase() } else { format!(" {name}") };
            let wrong = try_in(&house, &written, "no, not this one").await;
            refused(&wrong, &["do not belong together"]);
        }
        for phrase in ["no, not this one", PHRASE] {
            refused(&try_in(&house, &name, phrase).await, &["Please wait a quarter of an hour"]);
        }
        let other = try_in(&house, &sign_in_name(), "no, not this one").await;
        refused(&other, &["do not belong together"]);
    });
}

#[test]
fn a_diagnosis_is_made_once_nothing_is_wrong() {
    on_both(async |house| {
        let (elsewhere, _) = house.diagnosis().await;
        let cookie = house.signed_in(&elsewhere, Role::Coordinator).await;
        says(&house.get_as(&cookie, "/new").await, "Name of the neighbourhood", true);
        let wrong = [
            ("name", ""),
            ("time_zone", "Mars/Base"),
            ("consent_age", "9"),
            ("help_emergency", "112 & 113"),
            ("zones", "Noord\nDe Kaai\nnoord"),
            ("population", "zone;age;gender;count\nNergens;old;woman;x"),
        ];
        let page = house.post_as(&cookie, "/new", &wrong).await;
        let complaints = [
            "Please give a name.",
            "Please choose at least one language.",
            "There is no such time zone.",
            "Please write a number from 10 to 21.",
            "“noord” stands here twice.",
            "Line 2: there is no zone “Nergens”.",
            "Line 2: there is no age group “old”.",
            "Line 2: “x” is no whole number.",
        ];
        refused(&page, &complaints);
        let kept = ["value=\"Mars/Base\"", "value=\"9\"", "value=\"112 &#38; 113\""];
        refused(&page, &kept);
        refused(&page, &["Noord\nDe Kaai\nnoord</textarea>", "Nergens;old;woman;x</textarea>"]);
        assert_eq!(house.store.diagnoses().await.unwrap().len(), 1, "nothing was made");

        let good = [
            ("name", "Dorp aan Zee"),
            ("languages", "nl"),
            ("languages", "ar"),
            ("time_zone", "Europe/Brussels"),
            ("consent_age", "16"),
            ("help_emergency", "112"),
            ("zones", "Noord\r\nDe Kaai"),
            ("population", "zone,age,gender,count\nNoord,a18_29,woman,412\nde-kaai,80+,man,7"),
        ];
        let refusal = house.post_as(&cookie, "/new", &good).await;
        refused(
            &refusal,
            &["Say where the figures come from", "Say which day they were counted for"],
        );
        let good: Vec<(&str, &str)> = good
            .into_iter()
            .chain([("population_source", "Town register"), ("population_dated", "2025-01-01")])
            .collect();
        assert_eq!(done(&house.post_as(&cookie, "/new", &good).await), "/d/dorp-aan-zee");
        is_as_it_was_written(&house).await;
        let settings = house.get_as(&cookie, "/d/dorp-aan-zee/settings").await;
        says(&settings, "Noord;a18_29;woman;412", true);
        says(&settings, "De Kaai;80+;man;7", true);
        says(&settings, "value=\"Town register\"", true);
        let again = house.post_as(&cookie, "/new", &good).await;
        refused(&again, &["There is a diagnosis with this name already."]);
    });
}

async fn is_as_it_was_written(house: &House) {
    let made = house.store.diagnosis("dorp-aan-zee").await.unwrap();
    assert_eq!((made.name.as_str(), made.settings.consent_age), ("Dorp aan Zee", 16));
    assert_eq!(made.settings.languages.len(), 2);
    assert!(made.settings.languages.contains(&Lang::Nl));
    assert!(made.settings.help.iter().any(|help| help.address == "112"));
    let waves = house.store.waves(made.id).await.unwrap();
    assert_eq!(waves.len(), 1);
    let zone = |code: &str, name: &str| Zone { code: code.to_owned(), name: name.to_owned() };
    let zones = house.store.zones(made.id, waves[0].id).await.unwrap();
    assert_eq!(zones, [zone("noord", "Noord"), zone("de-kaai", "De Kaai")]);
    let count = |zone: &str, age: &str, gender: &str, count| PopulationCount {
        zone: zone.to_owned(),
        age: age.to_owned(),
        gender: gender.to_owned(),
        count,
    };
    let mut population = house.store.population(made.id).await.unwrap();
    population.sort_by_key(|count| count.count);
    let expected = [count("de-kaai", "80+", "man", 7), count("noord", "a18_29", "woman", 412)];
    assert_eq!(population, expected);
}

/// The one collection there is.
async fn only(house: &House, of: &Diagnosis) -> (Collection, Door) {
    let mut collections = house.store.collections(of.id).await.unwrap();
    assert_eq!(collections.len(), 1);
    let collection = collections.remove(0);
    let mut doors = house.store.doors(of.id, collection.id).await.unwrap();
    assert_eq!(doors.len(), 1);
    (collection, doors.remove(0))
}

/// Answers through a door, as a browser does.
async fn answer(house: &House, door: &Door, given: &[(&str, &str)]) {
    let path = format!("/p/{}/en", door.code);
    let id = hidden(&house.get(&path).await.body, "_id");
    let mut fields = vec![("_id", id.as_str())];
    fields.extend_from_slice(given);
    assert_eq!(done(&house.post(&path, &fields).await), format!("{path}/thanks"));
}

#[test]
fn a_collection_is_prepared_opened_and_closed() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let without_help = Settings { help: Vec::new(), ..diagnosis.settings.clone() };
        house.store.save_settings(diagnosis.id, "Testbuurt", &without_help).await.unwrap();
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let at = |page: &str| format!("/d/{}{page}", diagnosis.slug);
        let empty = house.post_as(&cookie, &at("/collections/new"), &[]).await;
        refused(&empty, &["Please give it a title.", "Please choose one."]);
        other_answers(&house, &diagnosis, &wave, &cookie).await;
        let wave = wave.id.to_string();
        let mut fields = vec![
            ("instrument", "barcelona_2020"),
            ("wave", wave.as_str()),
            ("mode", "own"),
            ("title", "Two minutes"),
            ("sampling", "self_selected"),
            ("presence", "nobody"),
            ("languages", "en"),
            ("languages", "ar"),
        ];
        let prepared = house.post_as(&cookie, &at("/collections/new"), &fields).await;
        let (draft, door) = only(&house, &diagnosis).await;
        let here = at(&format!("/collections/{}", draft.id));
        assert_eq!(done(&prepared), here);

        let open = format!("{here}/open");
        let stays = house.post_as(&cookie, &open, &[]).await;
        let reasons = [
            "It cannot be opened yet:",
            "It does not say who asks.",
            "Not every text exists in this language: العربية",
            "An address for help is missing in the settings: In danger now",
            "An address for help is missing in the settings: Help for victims",
            "An address for help is missing in the settings: Complaints about the police",
        ];
        refused(&stays, &reasons);
        assert_eq!(only(&house, &diagnosis).await.0.state, State::Draft);
        let way_in = format!("/p/{}/en", door.code);
        assert_ne!(house.get(&way_in).await.status, StatusCode::OK, "not open yet");

        let settings = &diagnosis.settings;
        house.store.save_settings(diagnosis.id, "Testbuurt", settings).await.unwrap();
        fields.retain(|field| *field != ("languages", "ar"));
        fields.push(("asked_by", "the neighbourhood house"));
        let edit = format!("{here}/edit");
        assert_eq!(done(&house.post_as(&cookie, &edit, &fields).await), here);
        assert_eq!(done(&house.post_as(&cookie, &open, &[]).await), here);
        answer(&house, &door, &[("d_gender", "woman")]).await;
        says(&house.get_as(&cookie, &here).await, "1 answer", true);

        fields.retain(|(name, _)| *name != "title");
        fields.push(("title", "Changed afterwards"));
        assert_eq!(house.get_as(&cookie, &edit).await.status, StatusCode::CONFLICT);
        for late in [edit, open] {
            let refused = house.post_as(&cookie, &late, &fields).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{late}");
            assert!(refused.body.contains("Somebody changed this meanwhile"));
        }
        let (fielded, _) = only(&house, &diagnosis).await;
        assert_eq!((fielded.title.as_str(), fielded.state), ("Two minutes", State::Open));

        let close = format!("{here}/close");
        assert_eq!(done(&house.post_as(&cookie, &close, &[("poster", "yes")]).await), here);
        let (closed, _) = only(&house, &diagnosis).await;
        assert_eq!((closed.state, closed.group_said_yes), (State::Closed, false));
        assert_eq!(closed.closed, Some("2026-11-22".parse().unwrap()));
        assert_eq!(house.get(&way_in).await.status, StatusCode::GONE);
        assert_eq!(house.post_as(&cookie, &close, &[]).await.status, StatusCode::CONFLICT);
        says(&house.get_as(&cookie, &here).await, "Closed on", true);
    });
}

/// Asks for a release of collections.
async fn release(house: &House, cookie: &str, of: &Diagnosis, ids: &[CollectionId]) -> Page {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut fields = vec![("for", "committee")];
    fields.extend(ids.iter().map(|id| ("collections", id.as_str())));
    house.post_as(cookie, &format!("/d/{}/releases", of.slug), &fields).await
}

#[test]
fn feedback_is_asked_without_police_and_shown_as_dots_after_closing() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let youth_worker = house.signed_in(&diagnosis, Role::Facilitator).await;
        let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
        let at = format!("/d/{}/activity", diagnosis.slug);
        let mut fields = [
            ("title", "Volleyball"),
            ("presence", "police"),
            ("instrument", "feedback_youth"),
            ("languages", "en"),
            ("asked_by", "Sam"),
        ];
        let police = house.post_as(&youth_worker, &at, &fields).await;
        refused(&police, &["while police are in the room", "value=\"Volleyball\""]);
        assert!(house.store.collections(diagnosis.id).await.unwrap().is_empty(), "nothing opened");

        fields[1].1 = "youth_worker";
        let page = done(&house.post_as(&youth_worker, &at, &fields).await);
        let (collection, door) = only(&house, &diagnosis).await;
        assert_eq!(
            (page.clone(), collection.state),
            (format!("{at}/{}", collection.id), State::Open)
        );
        let shown = house.get_as(&youth_worker, &page).await;
        says(&shown, "<svg class=\"qr\"", true);
        assert!(shown.body.contains(&format!("http://127.0.0.1:8080/p/{}", door.code)));
        for y1 in ["great", "good", "good", "bad", "not_great"] {
            answer(&house, &door, &[("y1", y1), ("y9a", "the ball went over the fence")]).await;
        }
        says(&house.get_as(&youth_worker, &page).await, "5 answers", true);
        let early = release(&house, &coordinator, &diagnosis, &[collection.id]).await;
        refused(&early, &["There are not enough answers yet"]);

        let close = format!("/d/{}/collections/{}/close", diagnosis.slug, collection.id);
        done(&house.post_as(&youth_worker, &close, &[("poster", "yes")]).await);
        assert!(only(&house, &diagnosis).await.0.group_said_yes);
        says(&house.get_as(&youth_worker, &page).await, "This feedback is closed.", true);
        let made = done(&release(&house, &coordinator, &diagnosis, &[collection.id]).await);
        let shown = house.get_as(&youth_worker, &made).await;
        says(&shown, "<circle", true);
        says(&shown, "%", false);
        says(&shown, "over the fence", false);
    });
}

/// Every number after "about " in a text.
fn abouts(text: &str) -> Vec<u64> {
    let number = |rest: &str| {
        rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok())
    };
    text.split("about ").skip(1).filter_map(number).collect()
}

#[test]
fn a_release_needs_enough_new_answers_and_shows_only_rounded_counts() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        let make = async || release(&house, &cookie, &diagnosis, &[collection.id]).await;
        let nobody = release(&house, &cookie, &diagnosis, &[]).await;
        refused(&nobody, &["Please choose at least one."]);
        house.answered(&door, 9).await;
        refused(&make().await, &["There are not enough answers yet: at least 10 are needed"]);
        assert!(house.store.releases(diagnosis.id).await.unwrap().is_empty());
        house.answered(&door, 31).await;
        let at = |page: &str| format!("/d/{}/releases{page}", diagnosis.slug);
        assert_eq!(done(&make().await), at("/1"));
        refused(&make().await, &["Nothing new can be shown since release 1."]);
        house.answered(&door, 9).await;
        refused(&make().await, &["Nothing new can be shown since release 1."]);
        house.answered(&door, 1).await;
        assert_eq!(done(&make().await), at("/2"));
        assert_eq!(house.store.releases(diagnosis.id).await.unwrap().len(), 2);

        let page = house.get_as(&cookie, &at("/2")).await;
        says(&page, "<svg", true);
        let links = page.body.split(".csv\"");
        let mut files: Vec<&str> = links.filter_map(|text| text.rsplit("href=\"").next()).collect();
        files.pop();
        // The long table of all has numbers of releases and meanings too: tests/it/research.rs.
        files.retain(|file| !file.ends_with("/tables"));
        assert!(files.len() > 5, "{files:?}");
        let mut seen = 0;
        for file in files {
            let csv = house.get_as(&cookie, &format!("{file}.csv")).await;
            assert_eq!(csv.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
            let counts = abouts(&csv.body);
            assert!(counts.iter().all(|count| count % 5 == 0), "{file}: {}", csv.body);
            let bare = |cell: &&str| cell.parse::<u64>().is_ok_and(|count| count % 5 != 0);
            assert_eq!(csv.body.split([',', '\n']).find(bare), None, "{file}: {}", csv.body);
            seen += counts.len();
        }
        assert!(seen > 50, "{seen} counts");
    });
}

#[test]
fn a_data_walk_is_there_for_everybody_once_its_release_is() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let (_, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, false).await;
        let new = format!("/d/{}/walks/new", diagnosis.slug);
        let fields = [("title", "In the school hall"), ("day", "2026-12-01"), ("release", "1")];
        refused(&house.post_as(&cookie, &new, &fields).await, &["Please choose one."]);
        assert!(house.store.data_walks(diagnosis.id).await.unwrap().is_empty());

        let early = house.walk(&diagnosis, 1).await;
        let (public, wall) = (format!("/n/{}", diagnosis.slug), format!("/w/{}/en", early.door));
        says(&house.get(&public).await, &early.door, false);
        says(&house.get("/").await, &public, false);
        for path in [wall.clone(), format!("{wall}/1"), format!("{wall}/1/poster.pdf")] {
            assert_eq!(house.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let publish = format!("/d/{}/releases/1/publish", diagnosis.slug);
        done(&house.post_as(&cookie, &publish, &[]).await);
        done(&house.post_as(&cookie, &new, &fields).await);
        let walks = house.store.data_walks(diagnosis.id).await.unwrap();
        assert_eq!(walks.len(), 2);
        let page = house.get(&public).await;
        says(&page, "In the school hall", true);
        assert!(walks.iter().all(|walk| page.body.contains(&walk.door)));
        says(&house.get("/").await, &public, true);
        let station = house.get(&format!("{wall}/4")).await;
        says(&station, "<svg", true);
        says(&station, "about ", true);
        assert_eq!(house.get(&format!("{wall}/99")).await.status, StatusCode::NOT_FOUND);
        let poster = house.get(&format!("{wall}/4/poster.pdf")).await;
        assert!(poster.body.starts_with("%PDF-"), "{}", poster.status);
        let unknown = format!("/d/{}/releases/7/publish", diagnosis.slug);
        assert_eq!(house.post_as(&cookie, &unknown, &[]).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_a_group_says_waits_for_the_moderator() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let moderator = house.signed_in(&diagnosis, Role::Moderator).await;
        let member = house.signed_in(&diagnosis, Role::Member).await;
        let station = format!("/w/{}/en/4", walk.door);
        let silent = house.post(&station, &[("said", "The lamps are broken")]).await;
        refused(&silent, &["Please choose one", "The lamps are broken"]);
        let said = [("verdict", "partly"), ("said", "The lamps are broken")];
        says(&house.post(&station, &said).await, "The committee will read", true);

        let at = |page: &str| format!("/d/{}/walks/{}/{page}", diagnosis.slug, walk.id);
        let (screen, tray) = (at("projector/en/4/1"), at("reflections"));
        says(&house.get_as(&member, &screen).await, "The lamps are broken", false);
        let overview = format!("/d/{}", diagnosis.slug);
        says(&house.get_as(&moderator, &overview).await, "1 to read", true);
        says(&house.get_as(&member, &overview).await, "1 to read", false);
        let page = house.get_as(&moderator, &tray).await;
        says(&page, "The lamps are broken", true);
        let reflection = hidden(&page.body, "reflection");
        for (state, is_shown) in [("shown", true), ("withheld", false), ("shown", true)] {
            let tap = [("reflection", reflection.as_str()), ("state", state)];
            assert_eq!(done(&house.post_as(&moderator, &tray, &tap).await), tray);
            let screen = house.get_as(&member, &screen).await;
            says(&screen, "The lamps are broken", is_shown);
        }
        let other = house.get_as(&member, &at("projector/en/3/1")).await;
        says(&other, "The lamps are broken", false);
        says(&house.get(&station).await, "The lamps are broken", true);
        let tap = [("reflection", reflection.as_str()), ("state", "withheld")];
        done(&house.post_as(&moderator, &tray, &tap).await);
        says(&house.get(&station).await, "The lamps are broken", false);
        let log = house.get_as(&member, &format!("/d/{}/log", diagnosis.slug)).await;
        says(&log, "Let a reflection through", true);
        says(&log, "Held a reflection back", true);
        says(&log, "The lamps are broken", false);
    });
}

#[test]
fn free_texts_are_read_by_the_moderator_and_the_reading_is_written_down() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 40).await;
        answer(&house, &door, &[("q1", "safe"), ("q7", "A bench by the canal")]).await;
        house.released(&diagnosis, true).await;
        let at = |page: &str| format!("/d/{}{page}", diagnosis.slug);
        let texts = at(&format!("/collections/{}/texts", collection.id));
        let read = "Opened the free texts";
        for role in Role::ALL.iter().filter(|role| **role != Role::Moderator) {
            let cookie = house.signed_in(&diagnosis, *role).await;
            assert_eq!(house.get_as(&cookie, &texts).await.status, StatusCode::FORBIDDEN);
            for page in [at(""), at("/releases/1")] {
                says(&house.get_as(&cookie, &page).await, "A bench by the canal", false);
            }
        }
        let moderator = house.signed_in(&diagnosis, Role::Moderator).await;
        says(&house.get_as(&moderator, &at("/log")).await, read, false);
        says(&house.get_as(&moderator, &texts).await, "A bench by the canal", true);
        let log = house.get_as(&moderator, &at("/log")).await;
        says(&log, read, true);
        says(&log, "pulse2 in the field", true);
        says(&log, "A bench by the canal", false);
        let entries = house.store.audit(diagnosis.id).await.unwrap();
        let last = entries.last().unwrap();
        assert!(last.act == "texts_read" && last.person.is_some() && last.unbroken);
    });
}

#[test]
fn deletion_needs_the_name_and_leaves_nothing() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (other, _) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let station = format!("/w/{}/en/4", walk.door);
        let said = [("verdict", "partly"), ("said", "The lamps are broken")];
        says(&house.post(&station, &said).await, "Thank you", true);
        let delete = format!("/d/{}/delete", diagnosis.slug);
        says(&house.get_as(&cookie, &delete).await, "Type “Testbuurt” to be sure", true);
        for name in ["", "testbuurt", "Testbuurt 2"] {
            let wrong = house.post_as(&cookie, &delete, &[("name", name)]).await;
            refused(&wrong, &["This is not the name. Nothing was deleted."]);
        }
        assert_eq!(house.get(&station).await.status, StatusCode::OK, "all of it is there");
        let gone = house.post_as(&cookie, &delete, &[("name", "Testbuurt")]).await;
        assert_eq!(done(&gone), "/home");

        let doors = [
            format!("/p/{}/en", door.code),
            station,
            format!("/w/{}", walk.door),
            format!("/n/{}", diagnosis.slug),
            format!("/d/{}", diagnosis.slug),
        ];
        for path in doors {
            assert_eq!(house.get_as(&cookie, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        says(&house.get_as(&cookie, "/home").await, "You take part in no diagnosis yet", true);
        let (store, of) = (&house.store, diagnosis.id);
        assert!(matches!(store.diagnosis_of(of).await, Err(StoreError::NotFound(_))));
        assert!(store.responses(of, collection.id).await.unwrap().is_empty());
        assert!(store.free_texts(of, collection.id).await.unwrap().is_empty());
        assert!(store.reflections(&walk).await.unwrap().is_empty());
        assert!(store.releases(of).await.unwrap().is_empty());
        assert!(store.released_tables(of, 1).await.unwrap().is_empty());
        assert!(store.members(of).await.unwrap().is_empty());
        assert!(store.audit(of).await.unwrap().is_empty());
        assert!(store.diagnosis_of(other.id).await.is_ok(), "and nothing else went");
    });
}

#[test]
fn a_link_makes_a_member_and_the_last_coordinator_stays() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let members = format!("/d/{}/members", diagnosis.slug);
        refused(&house.post_as(&cookie, &members, &[]).await, &["Please choose one."]);
        let page = house.post_as(&cookie, &members, &[("role", "facilitator")]).await;
        says(&page, "It is shown only now", true);
        let link = page.body.split("http://127.0.0.1:8080").nth(1).unwrap();
        let link = link.split('<').next().unwrap();
        says(&house.get_as(&cookie, &members).await, link, false);
        let shown = house.get(link).await;
        says(&shown, "You take part in “Testbuurt” as youth worker or facilitator.", true);
        let name = sign_in_name();
        let fields = [("name", "Sam"), ("sign_in", name.as_str()), ("passphrase", PHRASE)];
        let sam = house.post(link, &fields).await.cookie.unwrap();
        says(&house.get_as(&sam, &format!("/d/{}/activity", diagnosis.slug)).await, "Sam", true);
        assert_eq!(house.get_as(&sam, "/new").await.status, StatusCode::FORBIDDEN, "no host");

        let people = house.store.members(diagnosis.id).await.unwrap();
        let of = |role| people.iter().find(|(_, _, has)| *has == role).unwrap().0;
        let remove = |person| format!("{members}/{person}/remove");
        let myself = remove(of(Role::Coordinator));
        let last = house.post_as(&cookie, &myself, &[]).await;
        refused(&last, &["A diagnosis needs a coordinator."]);
        done(&house.post_as(&cookie, &remove(of(Role::Facilitator)), &[]).await);
        let overview = house.get_as(&sam, &format!("/d/{}", diagnosis.slug)).await;
        assert_eq!(overview.status, StatusCode::NOT_FOUND, "Sam is nobody here any more");
        house.signed_in(&diagnosis, Role::Coordinator).await;
        assert_eq!(done(&house.post_as(&cookie, &myself, &[]).await), "/home");
    });
}

#[test]
fn a_set_up_link_makes_a_host_of_somebody_who_is_signed_in() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Member).await;
        let link = link(&house, &Invited::Host).await;
        assert_eq!(house.get_as(&cookie, "/new").await.status, StatusCode::FORBIDDEN);
        let accepted = house.post_as(&cookie, &link, &[]).await;
        assert_eq!(done(&accepted), "/home");
        says(&house.get_as(&cookie, "/new").await, "New diagnosis", true);
    });
}

#[test]
fn a_new_passphrase_ends_every_sign_in() {
    on_both(async |house| {
        let (set_up, name) = (link(&house, &Invited::Host).await, sign_in_name());
        let fields = [("name", "Ana"), ("sign_in", name.as_str()), ("passphrase", PHRASE)];
        let before = house.post(&set_up, &fields).await.cookie.unwrap();
        let (person, _) = house.store.by_sign_in(&name).await.unwrap().unwrap();
        let reset = link(&house, &Invited::Reset(person)).await;
        let new = "canal orange window two";
        let after = house.post(&reset, &[("passphrase", new)]).await.cookie.unwrap();
        says(&house.get_as(&after, "/home").await, "Signed in as Ana", true);
        assert_eq!(house.get_as(&before, "/home").await.location, "/sign-in");
        refused(&try_in(&house, &name, PHRASE).await, &["do not belong together"]);
        assert_eq!(done(&try_in(&house, &name, new).await), "/home");
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

/// An instrument whose answers would be mixed with those of an earlier version is refused beside
/// its field, and what was written stays.
async fn other_answers(house: &House, diagnosis: &Diagnosis, wave: &Wave, cookie: &str) {
    let mut earlier = house.app.shelf.instrument("walk_audit").unwrap().clone();
    let sections = &mut earlier.sections;
    let group = sections.iter_mut().flat_map(|one| &mut one.questions).find_map(|question| {
        let Kind::Group { questions, .. } = &mut question.kind else { return None };
        questions.iter_mut().find(|inner| inner.id == "w_light")
    });
    group.unwrap().kind = Kind::Zone;
    house.store.publish(diagnosis.id, &earlier).await.unwrap();
    let wave = wave.id.to_string();
    let fields = [
        ("instrument", "walk_audit"),
        ("wave", wave.as_str()),
        ("mode", "own"),
        ("title", "Walk of spring"),
        ("sampling", "picked"),
        ("presence", "nobody"),
    ];
    let page = format!("/d/{}/collections/new", diagnosis.slug);
    let page = house.post_as(cookie, &page, &fields).await;
    refused(&page, &["had other answers to these questions: w_light", "Walk of spring"]);
}
