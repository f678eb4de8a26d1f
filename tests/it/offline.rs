//! Sheets that waited on a phone: sealed, late, replayed, corrected, or not what they say.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable, Kem, OpModeS, Serializable, single_shot_seal};
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use miradouro::domain::collection::{Collection, Door};
use miradouro::domain::ids::{CollectionId, ResponseId};
use miradouro::domain::instrument::Policy;
use miradouro::domain::text::Lang;
use miradouro::store::{Store, StoreError};
use serde_json::Value;

use crate::house::{Folder, House, encode, on_both};

const SEALED: &str = "application/vnd.miradouro.sealed";
const PLAIN: &str = "application/x-www-form-urlencoded";

type Pieces<'a> = &'a [(&'a str, &'a str)];

/// One part of a sealed sheet, as a phone makes it for a door.
fn part(key: &[u8], door: &str, kind: &str, content: &[u8]) -> Vec<u8> {
    let key = <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(key).unwrap();
    let plain = [kind.as_bytes(), b"\n", content].concat();
    let info = format!("miradouro sheet 1 {door}");
    let (sender, sealed) = single_shot_seal::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &key,
        info.as_bytes(),
        &plain,
        b"",
    )
    .unwrap();
    let sealed = [sender.to_bytes().as_slice(), &sealed].concat();
    [u32::try_from(sealed.len()).unwrap().to_be_bytes().as_slice(), &sealed].concat()
}

fn sheet(house: &House, door: &Door, fields: Pieces<'_>) -> Vec<u8> {
    part(&house.store.sheet_key(), &door.code, PLAIN, encode(fields).as_bytes())
}

/// What a script is told.
async fn told(
    house: &House,
    path: &str,
    kind: &str,
    extra: &[(&str, &str)],
    body: Vec<u8>,
) -> (StatusCode, Value) {
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, kind)
        .header(header::ACCEPT, "application/json")
        .header("sec-fetch-site", "same-origin");
    for (name, value) in extra {
        request = request.header(*name, *value);
    }
    let page = house.send(request.body(Body::from(body)).unwrap()).await;
    (page.status, serde_json::from_str(&page.body).unwrap())
}

async fn received(house: &House, of: &Collection) -> u64 {
    house.store.received(of.diagnosis, of.id).await.unwrap()
}

#[test]
fn a_sealed_sheet_goes_the_way_of_a_form_and_counts_once() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (walk, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let path = format!("/p/{}/nl", door.code);
        let mut jpeg = Vec::new();
        JpegEncoder::new(&mut jpeg).encode_image(&RgbImage::new(40, 30)).unwrap();
        let mut body = Vec::new();
        let id = ResponseId::random().to_string();
        for (name, value) in [
            ("_id", id.as_str()),
            ("stop.0.w_fix", "een lamp"),
            ("_clear.stop.1.w_photo", "yes"),
            ("stop.1.w_bad", "litter"),
        ] {
            body.extend(
                format!(
                    "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .into_bytes(),
            );
        }
        body.extend(b"--x\r\nContent-Disposition: form-data; name=\"stop.1.w_photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n");
        body.extend(&jpeg);
        body.extend(b"\r\n--x--\r\n");
        let kind = "multipart/form-data; boundary=x";
        let sealed = part(&house.store.sheet_key(), &door.code, kind, &body);
        for word in [b"lamp".as_slice(), b"JFIF", b"stop.0"] {
            assert!(!sealed.windows(word.len()).any(|it| it == word), "a thief reads nothing");
        }
        let (status, said) = told(&house, &path, SEALED, &[], sealed.clone()).await;
        assert_eq!((status, &said["state"]), (StatusCode::OK, &"now".into()));
        for _ in 0..2 {
            let (status, said) = told(&house, &path, SEALED, &[], sealed.clone()).await;
            assert_eq!((status, &said["state"]), (StatusCode::OK, &"already".into()));
        }
        // The same sheet sent open is the same sheet.
        let (_, said) = told(&house, &path, kind, &[], body).await;
        assert_eq!(said["state"], "already");
        assert_eq!(received(&house, &walk).await, 1);
        let photos = house.store.photos(diagnosis.id, walk.id).await.unwrap();
        assert_eq!((photos.len(), photos[0].number), (1, Some(2)));
        let texts = house.store.free_texts(diagnosis.id, walk.id).await.unwrap();
        assert_eq!(texts[0].raw, "een lamp");
    });
}

#[test]
fn what_is_no_sheet_of_this_door_is_refused_with_a_sentence() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (walk, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let (pulse, other) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/p/{}/nl", door.code);
        let id = ResponseId::random().to_string();
        let fields = [("_id", id.as_str()), ("stop.0.w_bad", "litter")];
        let good = sheet(&house, &door, &fields);

        let stranger = House::sqlite().await;
        let wrong_key = sheet(&stranger, &door, &fields);
        let elsewhere = sheet(&house, &other, &fields);
        let mut changed = good.clone();
        *changed.last_mut().unwrap() ^= 1;
        let mut longer = good.clone();
        longer[..4].copy_from_slice(&u32::MAX.to_be_bytes());
        let mut point = good.clone();
        point[10] ^= 1;
        let no_kind = part(&house.store.sheet_key(), &door.code, "", b"");
        let many = [good.clone(), wrong_key.clone()].concat();
        for (what, bytes) in [
            ("another server's", wrong_key),
            ("another door's", elsewhere),
            ("cut off", good[..good.len() - 3].to_vec()),
            ("cut off at once", good[..3].to_vec()),
            ("changed", changed),
            ("of a length it has not", longer),
            ("off the curve", point),
            ("empty", Vec::new()),
            ("half another's", many),
            ("noise", vec![7; 500]),
        ] {
            let (status, said) = told(&house, &path, SEALED, &[], bytes).await;
            assert_eq!(
                (status, &said["state"]),
                (StatusCode::BAD_REQUEST, &"refused".into()),
                "{what}"
            );
            assert!(
                said["sentence"].as_str().unwrap().contains("blijft op deze telefoon"),
                "{what}"
            );
        }
        let (status, said) = told(&house, &path, SEALED, &[], no_kind).await;
        assert_eq!((status, &said["state"]), (StatusCode::BAD_REQUEST, &"refused".into()));

        let (status, said) = told(&house, &path, SEALED, &[], vec![0; 25 * 1024 * 1024]).await;
        assert_eq!((status, &said["state"]), (StatusCode::PAYLOAD_TOO_LARGE, &"refused".into()));
        let path = format!("/p/{}/nl", other.code);
        let (status, _) = told(&house, &path, SEALED, &[], vec![0; 300 * 1024]).await;
        assert_eq!(
            status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "without photos it is no larger than a form"
        );
        let (status, said) = told(&house, "/p/nodoorhere/nl", SEALED, &[], good).await;
        assert_eq!((status, &said["state"]), (StatusCode::NOT_FOUND, &"refused".into()));
        assert_eq!(received(&house, &walk).await + received(&house, &pulse).await, 0);
    });
}

#[test]
fn a_sealed_sheet_is_corrected_without_being_opened_on_the_phone() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (walk, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let path = format!("/p/{}/en", door.code);
        let id = ResponseId::random().to_string();
        let first = sheet(
            &house,
            &door,
            &[
                ("_id", id.as_str()),
                ("stop.0.w_fix", "Ask jan@example.org"),
                ("stop.1.w_fix", "a bench"),
            ],
        );
        let (status, said) = told(&house, &path, SEALED, &[], first.clone()).await;
        assert_eq!((status, &said["state"]), (StatusCode::UNPROCESSABLE_ENTITY, &"refused".into()));
        assert_eq!(said["wrong"][0]["field"], "stop.0.w_fix");
        assert!(said["wrong"][0]["sentence"].as_str().unwrap().contains("e-mail"));
        assert_eq!(said["as_is"][0], "_as_is");
        assert!(!said.to_string().contains("jan@"), "what is sealed is not told");

        let mend = [("_id", id.as_str()), ("_mend", "stop.0.w_fix"), ("stop.0.w_fix", "a lamp")];
        let both = [first, sheet(&house, &door, &mend)].concat();
        let (status, said) = told(&house, &path, SEALED, &[], both.clone()).await;
        assert_eq!((status, &said["state"]), (StatusCode::OK, &"now".into()));
        let (_, said) = told(&house, &path, SEALED, &[], both).await;
        assert_eq!(said["state"], "already");
        let texts = house.store.free_texts(diagnosis.id, walk.id).await.unwrap();
        let mut raw: Vec<_> = texts.into_iter().map(|text| text.raw).collect();
        raw.sort();
        assert_eq!(raw, ["a bench", "a lamp"]);
    });
}

#[test]
fn a_sheet_that_waited_is_taken_for_thirty_days_after_closing_but_no_vote() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        for (slug, closed, taken) in [
            ("pulse2", "2026-11-22", true),
            ("pulse2", "2026-10-23", true),
            ("pulse2", "2026-10-22", false),
            ("priority_ballot", "2026-11-22", false),
        ] {
            let (collection, door) = house.collection(&diagnosis, &wave, slug).await;
            assert_eq!(collection.field.policy == Policy::Ballot, slug == "priority_ballot");
            let path = format!("/p/{}/nl", door.code);
            let about: Value =
                serde_json::from_str(&house.get(&format!("{path}/phone.json")).await.body).unwrap();
            let pass = about["pass"].as_str().unwrap().to_owned();
            let day = closed.parse().unwrap();
            house.store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
            let id = ResponseId::random().to_string();
            let body = encode(&[("_id", &id)]).into_bytes();

            // Whoever never had the form while it was open comes too late.
            for pass in ["", "0123456789abcdef0123456789abcdef"] {
                let extra = [("miradouro-pass", pass)];
                let (status, said) = told(&house, &path, PLAIN, &extra, body.clone()).await;
                assert_eq!((status, &said["state"]), (StatusCode::GONE, &"closed".into()));
            }
            let extra = [("miradouro-pass", pass.as_str())];
            let (status, said) = told(&house, &path, PLAIN, &extra, body.clone()).await;
            if taken {
                assert_eq!((status, &said["state"]), (StatusCode::OK, &"now".into()), "{closed}");
                let (_, said) = told(&house, &path, PLAIN, &extra, body).await;
                assert_eq!(said["state"], "already");
            } else {
                assert_eq!((status, &said["state"]), (StatusCode::GONE, &"closed".into()));
                let sentence = said["sentence"].as_str().unwrap();
                assert!(sentence.contains("blijven op deze telefoon"), "{sentence}");
            }
            assert_eq!(received(&house, &collection).await, u64::from(taken), "{slug} {closed}");

            // The pass is not given any more, and what waits can still be looked at.
            let about: Value =
                serde_json::from_str(&house.get(&format!("{path}/phone.json")).await.body).unwrap();
            assert!(about["pass"].is_null());
            let page = house.get(&path).await;
            assert_eq!(page.status, StatusCode::GONE);
            assert!(page.body.contains(&format!("{path}/waiting")));
            assert_eq!(house.get(&format!("{path}/waiting")).await.status, StatusCode::OK);
        }
    });
}

#[test]
fn a_sheet_is_read_with_the_version_it_was_filled_in_on() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (old, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let mut instrument = house.store.published(diagnosis.id, &old.instrument).await.unwrap();
        instrument.title.0.insert(Lang::En, "Another title".to_owned());
        let newer = house.store.publish(diagnosis.id, &instrument).await.unwrap();
        assert_ne!(newer, old.instrument);

        // What is in the field stays what it was: an open collection never changes its version.
        let changed = Collection { instrument: newer.clone(), ..old.clone() };
        let refused = house.store.change_draft(&changed).await;
        assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");

        let path = format!("/p/{}/en", door.code);
        let send = async |version: &str| {
            let body = encode(&[("_id", &ResponseId::random().to_string()), ("q1", "safe")]);
            told(&house, &path, PLAIN, &[("miradouro-version", version)], body.into_bytes()).await
        };
        let (status, said) = send(&old.instrument).await;
        assert_eq!((status, &said["state"]), (StatusCode::OK, &"now".into()));
        for version in [newer.as_str(), "", "no-such-version"] {
            let (status, said) = send(version).await;
            assert_eq!((status, &said["state"]), (StatusCode::CONFLICT, &"refused".into()));
            assert!(said["sentence"].as_str().unwrap().contains("another version of the form"));
        }
        assert_eq!(received(&house, &old).await, 1);
    });
}

#[test]
fn a_language_that_was_taken_away_meanwhile_loses_nothing() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (whole, _) = house.collection(&diagnosis, &wave, "resident_safety").await;
        let mut less = Collection { id: CollectionId::random(), ..whole };
        less.field.languages = vec![Lang::Nl, Lang::En];
        let door = Door {
            code: "lesslang".to_owned(),
            collection: less.id,
            ..house.collection(&diagnosis, &wave, "pulse2").await.1
        };
        house.store.add_collection(&less, std::slice::from_ref(&door)).await.unwrap();
        let id = ResponseId::random().to_string();
        assert_eq!(house.get("/p/lesslang/ar").await.status, StatusCode::NOT_FOUND);
        let wrong: Vec<(&str, &str)> = ["p01", "p02", "p03", "p04"]
            .map(|code| ("p_top", code))
            .into_iter()
            .chain(["p01", "p02", "p03", "p04"].map(|code| (code, "small")))
            .chain([("_id", id.as_str())])
            .collect();
        let page = house.post("/p/lesslang/ar", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.body.contains("<html lang=\"nl\""),
            "the form goes on in a language that is there"
        );
        assert!(page.body.contains("name=\"p_top\" value=\"p04\" checked"), "with every answer");
        let (status, said) =
            told(&house, "/p/lesslang/ar", PLAIN, &[], encode(&[("_id", &id)]).into_bytes()).await;
        assert_eq!((status, &said["state"]), (StatusCode::OK, &"now".into()));
        assert_eq!(received(&house, &less).await, 1);
        let no_language = house.post("/p/lesslang/xx", &[("_id", &id)]).await;
        assert_eq!(no_language.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_a_phone_asks_for_says_nothing_about_anybody() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, walk) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let (_, own) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/p/{}/ar/phone.json", walk.code);
        let page = house.get(&path).await;
        assert_eq!((page.status, page.cookie), (StatusCode::OK, None));
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        let about: Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!((&about["sealed"], &about["most"]["stop"]), (&true.into(), &20.into()));
        assert_eq!(about["key"].as_str().unwrap().len(), 130);
        assert_eq!(house.get(&path).await.body, page.body, "the same for everybody");
        let plain = house.get(&format!("/p/{}/ar/phone.json", own.code)).await;
        assert!(plain.body.contains("\"sealed\":false"));

        let worker = house.get("/p/sw.js").await;
        assert_eq!(worker.headers["service-worker-allowed"], "/p/");
        assert_eq!(worker.headers[header::CACHE_CONTROL], "no-cache");
        let csp = worker.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(csp.contains("worker-src 'self'") && csp.contains("manifest-src 'self'"));
        assert!(worker.body.contains("addEventListener(\"fetch\""));
        assert_eq!(house.get("/p/nodoorhere/nl/phone.json").await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get("/p/nodoorhere/nl/waiting").await.status, StatusCode::NOT_FOUND);
    });
}

/// A sheet that Chromium sealed with templates/assets/outbox.js for a server whose secret is 32 times
/// the same byte.
#[tokio::test]
async fn what_a_browser_sealed_is_opened() {
    let folder = Folder::fresh();
    std::fs::write(folder.0.join("secret"), [7; 32]).unwrap();
    let store = Store::open(&folder.0, None).await.unwrap();
    let key: String = store.sheet_key().iter().map(|byte| format!("{byte:02x}")).collect();
    let sealed = include_bytes!("../surveys/sealed.bin");
    let opened = store.open_sheet("walkdoor", &sealed[4..]);
    let expected = "application/x-www-form-urlencoded\n_id=6a0a5dd5-6f3a-4a70-9b0e-2a4a6cf4a9a1&stop.0.w_fix=een+lamp";
    assert_eq!(opened.as_deref(), Some(expected.as_bytes()), "the server's key is {key}");
    assert_eq!(store.open_sheet("otherdoor", &sealed[4..]), None);
}
