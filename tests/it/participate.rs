//! Answering, and everything that can go wrong with it.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use miradouro::domain::answer::{Answer, Ground};
use miradouro::domain::collection::Mode;
use miradouro::domain::ids::ResponseId;
use miradouro::domain::question::Question;
use miradouro::instruments::sample::sample;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::house::{House, NOW, encode, hidden, on_both};

#[test]
fn answers_arrive_once_and_free_text_lies_apart() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/p/{}/en", door.code);
        let form = house.get(&path).await;
        assert_eq!(form.status, StatusCode::OK, "{}", house.name);
        assert_eq!(form.headers[header::CACHE_CONTROL], "no-store");
        let id = hidden(&form.body, "_id");
        let fields = [("_id", id.as_str()), ("q1", "safe"), ("q7", "more light"), ("q4", "quay")];
        let sent = house.post(&path, &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(sent.location, format!("{path}/thanks"));
        assert!(house.get(&sent.location).await.body.contains("Your answers have arrived"));

        let again = house.post(&path, &fields).await;
        assert_eq!(again.status, StatusCode::OK);
        assert!(again.body.contains("already received"));
        let fresh = hidden(&again.body, "_id");
        assert_ne!(fresh, id);
        assert_eq!(hidden(&again.body, "q1"), "safe", "the answers come along");

        let of = diagnosis.id;
        let kept = house.store.responses(of, collection.id).await.unwrap();
        let [(mode, answers)] = kept.as_slice() else { panic!("{} responses", kept.len()) };
        assert_eq!(*mode, Mode::Own);
        assert_eq!(answers.0["q1"], Answer::Code("safe".to_owned()));
        assert_eq!(answers.0["q2"], Answer::Skipped);
        assert!(!answers.0.contains_key("q7"), "free text is no answer");
        let texts = house.store.free_texts(of, collection.id).await.unwrap();
        assert_eq!(texts[0].raw, "more light");
        let used = house.store.languages_used(of, collection.id).await.unwrap();
        assert_eq!(used, [("en".to_owned(), 1)]);
    });
}

#[test]
fn complaints_stand_beside_their_question_and_keep_the_answers() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        let path = format!("/p/{}/nl", door.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let long = "x".repeat(2000);
        let fields = [
            ("_id", id.as_str()),
            ("f1", "no_such_choice"),
            ("p01", "small"),
            ("p02", "small"),
            ("p03", "fairly_big"),
            ("p04", "very_big"),
            ("p_top", "p01"),
            ("p_top", "p02"),
            ("p_top", "p03"),
            ("p_top", "p04"),
            ("a3", long.as_str()),
            ("f2", "unsafe"),
        ];
        let page = house.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["f1", "p_top", "a3"] {
            assert!(page.body.contains(&format!("id=\"{field}-err\"")), "{field}");
        }
        assert!(page.body.contains("U koos er 4. Kies er hoogstens 3."));
        assert!(page.body.contains("name=\"f2\" value=\"unsafe\" checked"), "kept");
        assert!(page.body.contains(&long), "what was written is not lost");
        assert_eq!(hidden(&page.body, "_id"), id, "the same form");
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 0);
    });
}

#[test]
fn the_language_switch_and_one_more_stop_keep_the_answers() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, youth) = house.collection(&diagnosis, &wave, "feedback_youth").await;
        let path = format!("/p/{}/en", youth.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let page = house.post(&path, &[("_id", &id), ("_lang", "ar"), ("y1", "great")]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("<html lang=\"ar\" dir=\"rtl\">"));
        assert!(page.body.contains("name=\"y1\" value=\"great\" checked"));
        assert!(page.body.contains(&format!("action=\"/p/{}/ar\"", youth.code)));

        let (collection, walk) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let path = format!("/p/{}/en", walk.code);
        let page = house.get(&path).await;
        assert!(page.body.contains("Stop 1") && !page.body.contains("Stop 2"));
        let id = hidden(&page.body, "_id");
        let fields =
            [("_id", id.as_str()), ("_times.stop", "1"), ("_add", "stop"), ("stop.0.w_light", "3")];
        let page = house.post(&path, &fields).await;
        assert!(page.body.contains("Stop 2"));
        assert!(page.body.contains("name=\"stop.0.w_light\" value=\"3\" checked"));
        let fields = [("_id", id.as_str()), ("stop.0.w_light", "3"), ("stop.2.w_light", "0")];
        assert_eq!(house.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let kept = house.store.responses(diagnosis.id, collection.id).await.unwrap();
        let Some(Answer::Group(stops)) = kept[0].1.0.get("stop") else { panic!("no stops") };
        assert_eq!(stops.len(), 3, "a blank stop between keeps its number");
        assert!(stops[1].is_blank());
    });
}

#[test]
fn what_is_shown_only_if_is_dropped_when_it_was_not_asked() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        let path = format!("/p/{}/en", door.code);
        let page = house.get(&path).await;
        assert!(page.body.contains("Only if you answered"), "the rule is said");
        let id = hidden(&page.body, "_id");
        let fields = [("_id", id.as_str()), ("f5", "never"), ("f6", "very_much")];
        assert_eq!(house.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let kept = house.store.responses(diagnosis.id, collection.id).await.unwrap();
        assert!(!kept[0].1.0.contains_key("f6"));
    });
}

#[test]
fn every_wrong_way_in_is_a_sentence_and_the_right_status() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/p/{}/en", door.code);
        let unknown = house.get("/p/nobody/nl").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert!(unknown.body.contains("Op dit adres staat geen vragenlijst"));
        let (_, other) = house.collection(&diagnosis, &wave, "barcelona_2020").await;
        let wrong = house.get(&format!("/p/{}/ar", other.code)).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
        assert!(wrong.body.contains("dir=\"rtl\"") && wrong.body.contains("Nederlands"));

        let large = house.post(&path, &[("q7", &"x".repeat(2 * 1024 * 1024))]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(large.body.contains("more than a questionnaire can hold"));
        let many: Vec<(&str, &str)> = (0..10_000).map(|_| ("q", "1")).collect();
        assert_eq!(house.post(&path, &many).await.status, StatusCode::PAYLOAD_TOO_LARGE);

        let id = hidden(&house.get(&path).await.body, "_id");
        let request = Request::post(&path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("_id={id}&q7=%ff%fe")))
            .unwrap();
        let garbled = house.send(request).await;
        assert_eq!(garbled.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(garbled.body.contains("cannot be read"));
        let no_id = house.post(&path, &[("q1", "safe")]).await;
        assert_eq!(no_id.status, StatusCode::BAD_REQUEST);
        let elsewhere = Request::post(&path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "cross-site")
            .body(Body::from(encode(&[("_id", &id)])))
            .unwrap();
        assert_eq!(house.send(elsewhere).await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.store.received(diagnosis.id, collection.id).await.unwrap(), 0);

        let day = "2026-11-22".parse().unwrap();
        house.store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
        let closed = house.post(&path, &[("_id", &id), ("q1", "safe")]).await;
        assert_eq!(closed.status, StatusCode::GONE);
        assert!(closed.body.contains("no longer takes answers"));
        assert_eq!(house.get(&path).await.status, StatusCode::GONE);
    });
}

#[test]
fn a_page_says_nothing_about_who_asks_for_it() {
    on_both(async |house: House| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, door) = house.collection(&diagnosis, &wave, "feedback_youth").await;
        let page = house.get(&format!("/p/{}/ar", door.code)).await;
        assert!(page.cookie.is_none(), "no cookie for respondents");
        let csp = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(csp.starts_with("default-src 'none'") && !csp.contains("unsafe"));
        assert!(!page.body.contains("style="), "nothing inline");
        assert_eq!(page.body.matches("<script").count(), 1);
        assert!(page.body.contains("<script src=\"/a/"), "and no script but our own");
        let way = Request::get(format!("/p/{}", door.code))
            .header(header::ACCEPT_LANGUAGE, "sv, ar;q=0.8, fr;q=0.9")
            .body(Body::empty())
            .unwrap();
        assert_eq!(house.send(way).await.location, format!("/p/{}/fr", door.code));
        assert_eq!(house.app.clock.now(), NOW);
    });
}

#[test]
fn every_instrument_is_shown_in_every_language_and_taken() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let zones = ["north", "south", "quay"];
        for instrument in house.app.shelf.instruments() {
            let (_, door) = house.collection(&diagnosis, &wave, &instrument.slug).await;
            for lang in &instrument.languages {
                let page = house.get(&format!("/p/{}/{lang}", door.code)).await;
                assert_eq!(page.status, StatusCode::OK, "{} {lang}", instrument.slug);
                let html = format!("<html lang=\"{lang}\" dir=\"{}\">", lang.dir());
                assert!(page.body.contains(&html), "{} {lang}", instrument.slug);
                for question in instrument.laid_out().filter(|it: &&Question| it.is_shown()) {
                    let words = escaped(question.text.get(*lang));
                    assert!(page.body.contains(&words), "{} {lang} {words}", instrument.slug);
                }
            }
            let mut rng = StdRng::seed_from_u64(3);
            let mut fields = sample(instrument, &Ground::of(&zones), &mut rng);
            fields.push(("_id".to_owned(), ResponseId::random().to_string()));
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let taken = house.post(&format!("/p/{}/en", door.code), &fields).await;
            assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}: {}", instrument.slug, taken.body);
        }
    });
}

#[test]
fn grids_rankings_counts_and_gates_keep_what_was_filled_in_beside_a_complaint() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, game) = house.collection(&diagnosis, &wave, "over_the_line").await;
        let path = format!("/p/{}/ar", game.code);
        let id = ResponseId::random().to_string();
        let page = house.get(&path).await;
        let cells: Vec<&str> = page
            .body
            .split("name=\"")
            .filter_map(|rest| rest.split('"').next())
            .filter(|name| name.matches('.').count() == 2)
            .collect();
        let fields = [("_id", id.as_str()), (cells[0], "7"), (cells[1], "many")];
        let page = house.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains(&format!("name=\"{}\" value=\"7\"", cells[0])));
        assert!(page.body.contains("value=\"many\""), "what was written is still there");

        let (_, joining) = house.collection(&diagnosis, &wave, "committee_candidate").await;
        let path = format!("/p/{}/en", joining.code);
        let page = house.post(&path, &[("_id", id.as_str())]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("We can only take this when you say yes."));
        assert!(page.body.contains("I am 13 or older"));
    });
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('\'', "&#39;").replace('"', "&#34;")
}
