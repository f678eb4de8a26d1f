//! The ways in: doors with letters to type, one-time codes, the kiosk, cards and the room.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Collection, Door, Mode};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::people::Role;
use miradouro::domain::text::Lang;

use crate::house::{House, Page, encode, hidden, on_both};

/// A collection with one more door, of this kind.
async fn door(house: &House, mode: Mode, with_codes: bool) -> (Diagnosis, Collection, Door) {
    let (diagnosis, wave) = house.diagnosis().await;
    let (collection, first) = house.collection(&diagnosis, &wave, "pulse2").await;
    let code = format!("{}x", first.code);
    let door = Door { with_codes, ..Door::new(&code, collection.id, diagnosis.id, mode) };
    house.store.add_door(&door).await.unwrap();
    (diagnosis, collection, door)
}

async fn codes(house: &House, of: &Collection, n: usize) -> Vec<Code> {
    let codes: Vec<Code> = (0..n).map(|_| Code::random()).collect();
    house.store.issue_codes(of.diagnosis, of.id, &codes).await.unwrap();
    codes
}

/// A form posted from an address.
async fn from(house: &House, address: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .extension(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 9)));
    house.send(request.body(Body::from(encode(fields))).unwrap()).await
}

#[test]
fn a_door_is_found_by_its_letters_however_they_are_typed() {
    on_both(async |house| {
        let (_, _, door) = door(&house, Mode::Own, false).await;
        for lang in Lang::RESPONDENTS {
            let request = Request::get("/p").header(header::ACCEPT_LANGUAGE, lang.tag());
            let page = house.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains(&format!("lang=\"{lang}\"")), "{lang}");
            assert!(page.body.contains("name=\"door\""));
        }
        let shouted = door.code.to_uppercase().replace('0', "O").replace('1', "I");
        let spaced = format!(" {}  {} ", &shouted[..3], &shouted[3..]);
        let address = format!("https://example.org/p/{}/nl", door.code);
        for typed in [&door.code, &shouted, &spaced, &address] {
            let found = house.post("/p", &[("door", typed)]).await;
            assert_eq!(found.location, format!("/p/{}", door.code), "{typed}");
        }
        let typed = house.get(&format!("/p/{shouted}/en")).await;
        assert_eq!(typed.status, StatusCode::OK, "in the address bar too");
        let nothing = house.post("/p", &[("door", "nothing-here")]).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        assert!(nothing.body.contains("value=\"nothing-here\""), "what was typed is kept");
        assert!(nothing.body.contains("Nothing here has these letters"));
        let empty = house.post("/p", &[("door", " ")]).await;
        assert!(empty.body.contains("Please type the letters."));
        let code = Code::random().grouped();
        let long = house.post("/p", &[("door", &code)]).await;
        assert!(long.body.contains("the long code of your card"));
        assert!(!long.body.contains(&code), "a code stands nowhere");
        assert!(house.get("/").await.body.contains("href=\"/p\""));
    });
}

#[test]
fn a_card_counts_once_and_a_wrong_code_loses_nothing() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Own, true).await;
        let cards = codes(&house, &collection, 2).await;
        let path = format!("/p/{}/en", door.code);
        let form = house.get(&path).await;
        assert!(form.body.contains("name=\"_code\""));
        assert!(form.body.contains("code.js"), "the fragment is read by a script");
        let id = hidden(&form.body, "_id");
        let answers = [("_id", id.as_str()), ("q1", "safe"), ("q7", "more light")];
        let with = |code: &str| {
            let mut fields: Vec<(&str, String)> =
                answers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            fields.push(("_code", code.to_owned()));
            fields
        };
        let send = async |code: &str| {
            let fields = with(code);
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            house.post(&path, &fields).await
        };
        let wrong = [
            ("", StatusCode::UNPROCESSABLE_ENTITY, "Please type the code on your card."),
            ("7K2M", StatusCode::UNPROCESSABLE_ENTITY, "This is no code"),
            ("7K2M-9QXA-R4TBZ", StatusCode::CONFLICT, "not known here, or it was used before"),
        ];
        for (code, status, sentence) in wrong {
            let page = send(code).await;
            assert_eq!(page.status, status, "{code}");
            assert!(page.body.contains(sentence), "{code}");
            assert!(page.body.contains("href=\"#_code\""), "the list at the top leads there");
            assert!(page.body.contains("name=\"q1\" value=\"safe\" checked"), "kept");
            assert!(page.body.contains("more light"), "kept");
            assert!(page.body.contains(&format!("value=\"{code}\"")), "and what was typed");
            assert_eq!(hidden(&page.body, "_id"), id);
        }
        let without = house.post(&path, &answers).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 0);

        let typed = cards[0].grouped().to_lowercase().replace('-', " ").replace('0', "o");
        let sent = send(&typed).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let again = send(&typed).await;
        assert_eq!(again.status, StatusCode::OK, "the reply was lost");
        assert!(again.body.contains("already received") && !again.body.contains("Another person"));
        let form = house.get(&path).await;
        let fresh = hidden(&form.body, "_id");
        let fields = [("_id", fresh.as_str()), ("q1", "unsafe"), ("_code", typed.as_str())];
        let spent = house.post(&path, &fields).await;
        assert_eq!(spent.status, StatusCode::CONFLICT);
        assert!(spent.body.contains("name=\"q1\" value=\"unsafe\" checked"));
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 1);
        assert_eq!(house.store.codes(diagnosis.id, collection.id).await.unwrap(), (2, 1));

        let other = house.post(&path, &[("_id", &fresh), ("_lang", "ar"), ("_code", "abc")]).await;
        assert!(other.body.contains("dir=\"rtl\"") && other.body.contains("value=\"abc\""));
    });
}

#[test]
fn one_code_on_two_phones_at_once_is_counted_once() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Own, true).await;
        let card = codes(&house, &collection, 1).await.remove(0).grouped();
        let path = format!("/p/{}/en", door.code);
        let ids = [
            hidden(&house.get(&path).await.body, "_id"),
            hidden(&house.get(&path).await.body, "_id"),
        ];
        let fields = |id| [("_id", id), ("q1", "safe"), ("_code", card.as_str())];
        let (one, two) = (fields(ids[0].as_str()), fields(ids[1].as_str()));
        let (one, two) = tokio::join!(house.post(&path, &one), house.post(&path, &two));
        let mut met = [one.status, two.status];
        met.sort();
        assert_eq!(met, [StatusCode::SEE_OTHER, StatusCode::CONFLICT], "on {}", house.name);
        let lost = if one.status == StatusCode::CONFLICT { one } else { two };
        assert!(lost.body.contains("name=\"q1\" value=\"safe\" checked"), "nothing is lost");
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 1);
    });
}

#[test]
fn whoever_guesses_codes_is_stopped_and_nobody_else() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Own, true).await;
        let card = codes(&house, &collection, 1).await.remove(0).grouped();
        let path = format!("/p/{}/en", door.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let fields = |code| [("_id", id.as_str()), ("q1", "safe"), ("_code", code)];
        let guess = Code::random().grouped();
        for _ in 0..50 {
            let met = from(&house, "198.51.100.7", &path, &fields(&guess)).await;
            assert_eq!(met.status, StatusCode::CONFLICT);
        }
        let stopped = from(&house, "198.51.100.7", &path, &fields(&card)).await;
        assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(stopped.body.contains("Too many wrong codes"));
        assert!(stopped.body.contains("name=\"q1\" value=\"safe\" checked"), "nothing is lost");
        let (first, _) = door.code.split_at(8);
        let open = format!("/p/{first}/en");
        let fresh = hidden(&house.get(&open).await.body, "_id");
        let answer = from(&house, "198.51.100.7", &open, &[("_id", &fresh), ("q1", "safe")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "answers are never limited by address");
        let neighbour = from(&house, "198.51.100.8", &path, &fields(&card)).await;
        assert_eq!(neighbour.status, StatusCode::SEE_OTHER);
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 2);
    });
}

#[test]
fn a_full_collection_keeps_the_answers_in_the_form() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Own, false).await;
        house.answered(&door, 2).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let page = format!("/d/{}/collections/{}", diagnosis.slug, collection.id);
        let set = house.post_as(&cookie, &format!("{page}/ceiling"), &[("ceiling", "2")]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER);
        let path = format!("/p/{}/fr", door.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let full = house.post(&path, &[("_id", &id), ("q1", "safe")]).await;
        assert_eq!(full.status, StatusCode::CONFLICT);
        assert!(full.body.contains("toutes les réponses"), "in the reader's language");
        assert!(full.body.contains("name=\"q1\" value=\"safe\" checked"));
    });
}

#[test]
fn a_door_is_shut_by_itself_and_says_where_to_go() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Own, false).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let doors = format!("/d/{}/collections/{}/doors", diagnosis.slug, collection.id);
        let turn = format!("{doors}/{}", door.code);
        assert_eq!(house.post_as(&cookie, &turn, &[("do", "shut")]).await.status, 303);
        for (lang, sentence) in [("nl", "Deze ingang is voorbij"), ("ar", "انتهى هذا المدخل")]
        {
            let gone = house.get(&format!("/p/{}/{lang}", door.code)).await;
            assert_eq!(gone.status, StatusCode::GONE);
            assert!(gone.body.contains(sentence), "{lang}");
            assert!(gone.body.contains("the neighbourhood house"), "whom to ask");
            assert!(gone.body.contains("href=\"/p\""), "another card");
            assert!(gone.body.contains(&format!("href=\"/n/{}\"", diagnosis.slug)), "the results");
            let sent = house.post(&format!("/p/{}/{lang}", door.code), &[("_id", "x")]).await;
            assert_eq!(sent.status, StatusCode::GONE);
        }
        let (first, _) = door.code.split_at(8);
        assert_eq!(house.get(&format!("/p/{first}/nl")).await.status, 200, "the others stay");
        assert_eq!(house.post_as(&cookie, &turn, &[("do", "open")]).await.status, 303);
        assert_eq!(house.get(&format!("/p/{}/nl", door.code)).await.status, 200);
        let day = "2026-11-22".parse().unwrap();
        house.store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
        let over = house.get(&format!("/p/{}/nl", door.code)).await;
        assert_eq!(over.status, StatusCode::GONE);
        assert!(over.body.contains(&format!("href=\"/n/{}\"", diagnosis.slug)));
    });
}

#[test]
fn a_kiosk_starts_with_languages_and_hands_over() {
    on_both(async |house| {
        let (_, collection, door) = door(&house, Mode::Kiosk, false).await;
        let start = house.get(&format!("/p/{}", door.code)).await;
        assert_eq!(start.status, StatusCode::OK);
        assert_eq!(start.headers[header::CACHE_CONTROL], "no-store");
        for lang in &collection.field.languages {
            assert!(start.body.contains(&format!("href=\"/p/{}/{lang}\"", door.code)), "{lang}");
        }
        assert!(start.body.contains("<noscript>") && start.body.contains("needs JavaScript"));
        let path = format!("/p/{}/en", door.code);
        let form = house.get(&path).await;
        assert!(form.body.contains(&format!("data-kiosk=\"/p/{}\"", door.code)));
        assert!(form.body.contains("autocomplete=\"off\""));
        assert!(form.body.contains("form.js,kiosk.js") && form.body.contains("<noscript>"));
        let id = hidden(&form.body, "_id");
        let fields = [("_id", id.as_str()), ("q1", "safe")];
        let sent = house.post(&path, &fields).await;
        assert_eq!(sent.location, format!("{path}/thanks"));
        let thanks = house.get(&sent.location).await;
        assert!(thanks.body.contains("data-screen=\"thanks\"") && thanks.body.contains("kiosk.js"));
        assert_eq!(thanks.headers[header::CACHE_CONTROL], "no-store");
        let again = house.post(&path, &fields).await;
        assert_eq!(again.location, sent.location, "a second tap shows nobody's answers");
        let (first, _) = door.code.split_at(8);
        let own = house.get(&format!("/p/{first}/en")).await;
        assert!(!own.body.contains("kiosk"), "other doors load nothing of it");
    });
}

#[test]
fn a_tablet_becomes_a_kiosk_and_nobody_stays_signed_in_on_it() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Kiosk, false).await;
        let cookie = house.signed_in(&diagnosis, Role::Facilitator).await;
        let doors = format!("/d/{}/collections/{}/doors", diagnosis.slug, collection.id);
        let page = house.get_as(&cookie, &doors).await;
        let kiosk = format!("{doors}/{}/kiosk", door.code);
        assert!(page.body.contains(&format!("action=\"{kiosk}\"")));
        let sent = house.post_as(&cookie, &kiosk, &[]).await;
        assert_eq!(sent.location, format!("/p/{}", door.code));
        assert!(sent.cookie.is_some_and(|cookie| cookie.ends_with('=')), "the cookie goes");
        assert_eq!(house.get_as(&cookie, &doors).await.location, "/sign-in");
    });
}

#[test]
fn doors_and_cards_are_made_on_one_page_and_every_fault_is_said() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let page = format!("/d/{}/collections/{}", diagnosis.slug, collection.id);
        let doors = format!("{page}/doors");
        assert!(house.get_as(&cookie, &page).await.body.contains(&format!("href=\"{doors}\"")));
        let none = house.post_as(&cookie, &format!("{page}/cards"), &[("count", "5")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("Add a door with one-time codes first."));
        for (mode, codes) in [("own", "yes"), ("kiosk", "no"), ("assisted", "no")] {
            let added = house.post_as(&cookie, &doors, &[("mode", mode), ("codes", codes)]).await;
            assert_eq!(added.status, StatusCode::SEE_OTHER, "{mode}");
        }
        for bad in [&[("mode", "paper"), ("codes", "no")][..], &[("mode", "own")][..]] {
            let refused = house.post_as(&cookie, &doors, bad).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(house.store.doors(diagnosis.id, collection.id).await.unwrap().len(), 4);
        let cards = format!("{page}/cards");
        let four =
            [("languages", "en"), ("languages", "nl"), ("languages", "fr"), ("languages", "ar")];
        let mut fields = vec![("count", "1001"), ("size", "9")];
        fields.extend(four);
        let wrong = house.post_as(&cookie, &cards, &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for sentence in ["a number from 1 to 500", "one, two or three languages"] {
            assert!(wrong.body.contains(sentence), "{sentence}");
        }
        assert!(wrong.body.contains("value=\"1001\""), "what was filled in is kept");
        assert_eq!(house.store.codes(diagnosis.id, collection.id).await.unwrap(), (0, 0));

        let fields = [("count", "11"), ("size", "10"), ("languages", "nl"), ("languages", "ar")];
        let made = house.post_as(&cookie, &cards, &fields).await;
        assert_eq!(made.status, StatusCode::OK);
        assert_eq!(made.headers[header::CONTENT_TYPE], "application/pdf");
        assert_eq!(made.headers[header::CACHE_CONTROL], "no-store");
        assert!(made.body.starts_with("%PDF-"));
        assert_eq!(house.store.codes(diagnosis.id, collection.id).await.unwrap(), (11, 11));
        let after = house.get_as(&cookie, &doors).await;
        assert!(after.body.contains("11 made · 0 used · 11 left"));
        let log = house.get_as(&cookie, &format!("/d/{}/log", diagnosis.slug)).await;
        assert!(log.body.contains("Made cards with codes") && log.body.contains("Added a door"));
    });
}

#[test]
fn the_codes_on_paper_are_the_codes_that_count() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Own, true).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let path = format!("/d/{}/collections/{}/cards", diagnosis.slug, collection.id);
        let fields =
            encode(&[("count", "9"), ("size", "8"), ("languages", "en"), ("languages", "ar")]);
        let request = Request::post(&path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, &cookie);
        let response = tower::ServiceExt::oneshot(
            house.router.clone(),
            request.body(Body::from(fields)).unwrap(),
        );
        let body = response.await.unwrap().into_body();
        let pdf = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
        let file = house.folder.0.join("cards.pdf");
        std::fs::write(&file, &pdf).unwrap();
        let mut read = tokio::process::Command::new("pdftotext");
        let text = read.arg("-layout").arg(&file).arg("-").output().await.unwrap();
        let text = String::from_utf8(text.stdout).unwrap();
        assert_eq!(text.matches('\u{c}').count(), 2, "two pages");
        let printed: Vec<Code> = text.split_whitespace().filter_map(Code::read).collect();
        assert_eq!(printed.len(), 9, "{text}");
        assert!(text.contains(&format!("127.0.0.1:8080/p/{}", &door.code[..4])), "{text}");
        for code in &printed {
            let path = format!("/p/{}/en", door.code);
            let id = hidden(&house.get(&path).await.body, "_id");
            let fields = [("_id", id.as_str()), ("q1", "safe"), ("_code", code.letters())];
            assert_eq!(house.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(house.store.codes(diagnosis.id, collection.id).await.unwrap(), (9, 0));
    });
}

#[test]
fn a_room_sees_its_code_and_how_many_are_done() {
    on_both(async |house| {
        let (diagnosis, collection, door) = door(&house, Mode::Assisted, false).await;
        house.answered(&door, 3).await;
        let cookie = house.signed_in(&diagnosis, Role::Facilitator).await;
        let room = format!("/d/{}/collections/{}/room", diagnosis.slug, collection.id);
        let opened = house.get_as(&cookie, &room).await;
        assert_eq!(opened.location, format!("{room}?since=3&door={}", door.code));
        house.answered(&door, 2).await;
        let page = house.get_as(&cookie, &opened.location).await;
        assert!(page.body.contains("<span id=\"done\">2</span>"), "since it was opened");
        assert!(page.body.contains("5 received in all"));
        assert!(page.body.contains("http-equiv=\"refresh\""), "without a script too");
        assert_eq!(house.get_as(&cookie, &format!("{room}/count")).await.body, "5");
        let day = "2026-11-22".parse().unwrap();
        house.store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
        let closed = house.get_as(&cookie, &format!("{room}?since=3")).await;
        assert!(closed.body.contains("No door is open now"));
    });
}
