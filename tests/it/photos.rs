//! Photos: on their way in, beside the answers, before the moderator, and gone.

use std::io::Cursor;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageReader, RgbImage};
use miradouro::domain::answer::Answer;
use miradouro::domain::people::Role;
use miradouro::domain::photo::PhotoState;

use crate::house::{House, hidden, on_both};

/// A part of a form: its field, the name of its file, and its bytes.
type Piece<'a> = (&'a str, Option<&'a str>, &'a [u8]);

/// A photo as a phone makes it, with a place and a name in it.
fn from_a_phone() -> Vec<u8> {
    let picture = RgbImage::from_fn(64, 48, |x, y| {
        image::Rgb([u8::try_from(x * 4 % 256).unwrap(), u8::try_from(y * 5 % 256).unwrap(), 90])
    });
    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg).encode_image(&picture).unwrap();
    let mut photo = jpeg[..2].to_vec();
    for (marker, content) in [
        (0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0CANARY-GPS-51.6043N".as_slice()),
        (0xFE, b"CANARY-COMMENT"),
    ] {
        photo.extend([0xFF, marker]);
        photo.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
        photo.extend_from_slice(content);
    }
    photo.extend_from_slice(&jpeg[2..]);
    photo
}

fn text<'a>(field: &'a str, value: &'a str) -> Piece<'a> {
    (field, None, value.as_bytes())
}

/// The words of the photos that a form still carries.
fn tokens(page: &str, field: &str) -> Vec<String> {
    let mark = format!("type=\"checkbox\" name=\"{field}\" value=\"");
    page.split(&mark).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// What lies in the folder of the pictures.
fn pictures(house: &House) -> Vec<String> {
    let entries = std::fs::read_dir(house.store.photo_folder()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn has_canary(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|it| it == b"CANARY")
}

#[test]
fn a_photo_stays_with_its_form_until_it_is_sent_and_nothing_hides_in_it() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        house.area(&diagnosis).await;
        let (collection, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let (of, held) = (diagnosis.id, collection.id);
        let path = format!("/p/{}/en", door.code);
        let form = house.get(&path).await;
        assert!(form.body.contains("enctype=\"multipart/form-data\""));
        assert!(form.body.contains("type=\"file\" name=\"stop.0.w_photo\""));
        let id = hidden(&form.body, "_id");
        let photo = from_a_phone();
        assert!(has_canary(&photo));

        // One more stop: the photo has arrived and stays.
        let pieces = [
            text("_id", &id),
            text("_times.stop", "1"),
            text("stop.0.s_place", "havenpark"),
            text("stop.0.w_bad", "litter"),
            text("stop.0.w_bad", "bushes"),
            ("stop.0.w_photo", Some("\"><svg onload=alert(1)>.jpg"), photo.as_slice()),
            ("stop.0.w_photo", Some(""), b""),
            text("_add", "stop"),
        ];
        let page = house.upload("", &path, &pieces).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains("Stop 2") && page.body.contains("Photo 1 is here"));
        assert!(!page.body.contains("<svg onload"), "the name of the file is never looked at");
        let kept = tokens(&page.body, "stop.0.w_photo");
        assert_eq!((kept.len(), pictures(&house).len()), (1, 1));
        assert!(house.store.photos(of, held).await.unwrap().is_empty(), "not sent yet");

        // Another language, by a plain form this time.
        let again = [
            ("_id", id.as_str()),
            ("_lang", "nl"),
            ("_times.stop", "2"),
            ("stop.0.s_place", "havenpark"),
            ("stop.0.w_photo", kept[0].as_str()),
        ];
        let page = house.post(&path, &again).await;
        assert!(page.body.contains("Foto 1 is er"));
        assert_eq!(tokens(&page.body, "stop.0.w_photo"), kept);

        // Without the tick it is a complaint, and nothing is lost.
        let nl = format!("/p/{}/nl", door.code);
        let send = [
            text("_id", &id),
            text("stop.0.s_place", "havenpark"),
            text("stop.0.w_bad", "litter"),
            text("stop.0.w_bad", "bushes"),
            text("stop.0.w_photo", &kept[0]),
        ];
        let page = house.upload("", &nl, &send).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("id=\"stop.0.w_photo-err\"") && page.body.contains("Vink aan"));
        assert!(page.body.contains("name=\"stop.0.w_bad\" value=\"bushes\" checked"));
        assert_eq!(tokens(&page.body, "stop.0.w_photo"), kept);

        let clear = text("_clear.stop.0.w_photo", "yes");
        let page = house.upload("", &nl, &[&send[..], &[clear]].concat()).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let photos = house.store.photos(of, held).await.unwrap();
        let [row] = photos.as_slice() else { panic!("{photos:?}") };
        assert_eq!((row.number, row.place.as_deref()), (Some(1), Some("havenpark")));
        assert_eq!((row.question.as_str(), row.state), ("w_photo", PhotoState::New));
        let answers = house.store.responses(of, held).await.unwrap();
        let stored = format!("{answers:?}");
        assert!(!stored.contains("photo") && !stored.contains(&row.id.to_string()), "{stored}");
        let Some(Answer::Group(stops)) = answers[0].1.0.get("stop") else { panic!("{stored}") };
        assert_eq!(stops[0].codes("w_bad"), ["litter", "bushes"], "ticks in their order");

        let picture = house.store.photo(of, held, row.id).await.unwrap();
        assert!(!has_canary(&picture));
        let file = std::fs::read(house.store.photo_folder().join(format!("{}.jpg", row.id)));
        assert_eq!(file.unwrap(), picture);
        let read = ImageReader::new(Cursor::new(&picture)).with_guessed_format().unwrap();
        assert_eq!(read.into_dimensions().unwrap(), (64, 48));

        // The same form once more is the same form; sent as new, its photo counts once.
        let page = house.upload("", &nl, &[&send[..], &[clear]].concat()).await;
        assert!(page.body.contains("name=\"stop.0.w_photo\""), "they come along: {}", page.body);
        let fresh = hidden(&page.body, "_id");
        let mut as_new = send.to_vec();
        as_new[0] = text("_id", &fresh);
        as_new.push(clear);
        assert_eq!(house.upload("", &nl, &as_new).await.status, StatusCode::SEE_OTHER);
        assert_eq!(house.store.photos(of, held).await.unwrap().len(), 1);
    });
}

#[test]
fn a_file_that_is_no_photo_is_a_complaint_beside_its_field() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let path = format!("/p/{}/nl", door.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let large = vec![0xFF; 8 * 1024 * 1024 + 1];
        let photo = from_a_phone();
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice();
        for (bytes, wrong) in [
            (b"<html><script>alert(1)</script>".as_slice(), "Dit kunnen we niet als foto lezen."),
            (&photo[..90], "Dit kunnen we niet als foto lezen."),
            (heic, "Dit soort foto (HEIC) kunnen we niet lezen."),
            (large.as_slice(), "Deze foto is te groot. Ze mag 8 megabyte"),
        ] {
            let pieces = [
                text("_id", &id),
                ("stop.0.w_photo", Some("photo.jpg"), bytes),
                ("stop.0.w_photo", Some("photo.jpg"), photo.as_slice()),
                text("_clear.stop.0.w_photo", "yes"),
                text("stop.0.w_light", "3"),
            ];
            let page = house.upload("", &path, &pieces).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(page.body.contains("id=\"stop.0.w_photo-err\"") && page.body.contains(wrong));
            assert!(page.body.contains("name=\"stop.0.w_light\" value=\"3\" checked"), "{wrong}");
            assert_eq!(tokens(&page.body, "stop.0.w_photo").len(), 1, "the good one is kept");
        }
        let four: Vec<Piece<'_>> = (0..4).map(|_| ("stop.0.w_photo", Some("p"), &*photo)).collect();
        let page = house.upload("", &path, &[&[text("_id", &id)], &four[..]].concat()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("U koos er 4. Kies er hoogstens 3."), "{}", page.body);
        assert_eq!(tokens(&page.body, "stop.0.w_photo").len(), 3);
        assert!(!page.body.contains("type=\"file\" name=\"stop.0.w_photo\""), "there is no room");
        assert!(house.store.photos(diagnosis.id, collection.id).await.unwrap().is_empty());
        assert!(
            pictures(&house)
                .iter()
                .all(|name| name.split_once('.').is_some_and(|(_, end)| end == "jpg")),
            "no parts are left"
        );
    });
}

#[test]
fn a_photo_is_claimed_only_by_the_form_it_came_with() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let (elsewhere, other) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let photo = house.store.keep_photo(from_a_phone()).await.unwrap();
        let (here, there) = (
            house.store.photo_token(collection.id, photo),
            house.store.photo_token(elsewhere.id, photo),
        );
        assert_eq!(house.store.photo_of(collection.id, &here), Some(photo));
        assert_eq!(house.store.photo_of(collection.id, &there), None);
        let path = format!("/p/{}/en", door.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let made_up = format!("{photo}.{}", "0".repeat(32));
        let traversal = "../../secret.00000000000000000000000000000000";
        for token in [there.as_str(), &made_up, &photo.to_string(), traversal, "x"] {
            let fields = [
                ("_id", id.as_str()),
                ("stop.0.w_photo", token),
                ("_clear.stop.0.w_photo", "yes"),
                ("stop.0.w_light", "3"),
            ];
            let page = house.post(&path, &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{token}");
            assert!(page.body.contains("A photo is not here any more."), "{token}");
            assert!(tokens(&page.body, "stop.0.w_photo").is_empty(), "{token}");
            assert!(page.body.contains("name=\"stop.0.w_light\" value=\"3\" checked"));
        }
        assert_eq!(house.store.sweep_photos(Duration::ZERO).await.unwrap(), 1);
        let fields =
            [("_id", id.as_str()), ("stop.0.w_photo", &here), ("_clear.stop.0.w_photo", "yes")];
        let page = house.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "it was swept away");
        assert_ne!(door.code, other.code);
    });
}

#[test]
fn the_moderator_alone_sees_photos_and_what_is_held_back_is_gone() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        house.area(&diagnosis).await;
        let (collection, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let first = house.photo(&door, from_a_phone()).await;
        let second = house.photo(&door, from_a_phone()).await;
        let moderator = house.signed_in(&diagnosis, Role::Moderator).await;
        let at = format!("/d/{}/collections/{}", diagnosis.slug, collection.id);
        let page = house.get_as(&moderator, &format!("{at}/texts")).await;
        assert!(
            page.body
                .contains("Do you have a photo of this place? · Stop 2 · <bdi>Loodsgang</bdi>")
        );
        let image = format!("{at}/photos/{first}");
        assert!(page.body.contains(&format!("src=\"{image}\"")));
        let picture = house.get_as(&moderator, &image).await;
        assert_eq!(picture.status, StatusCode::OK);
        assert_eq!(picture.headers[header::CONTENT_TYPE], "image/jpeg");
        assert_eq!(picture.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(picture.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        for role in [Role::Coordinator, Role::Facilitator, Role::Member, Role::PoliceMember] {
            let other = house.signed_in(&diagnosis, role).await;
            assert_eq!(house.get_as(&other, &image).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(house.get(&image).await.location, "/sign-in");
        let (elsewhere, _) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let wrong = format!("/d/{}/collections/{}/photos/{first}", diagnosis.slug, elsewhere.id);
        assert_eq!(house.get_as(&moderator, &wrong).await.status, StatusCode::NOT_FOUND);

        let post = format!("{at}/photos");
        let judge = async |photo: &str, state: &str| {
            house.post_as(&moderator, &post, &[("photo", photo), ("state", state)]).await.status
        };
        let (first_id, second_id) = (first.to_string(), second.to_string());
        assert_eq!(judge(&first_id, "shown").await, StatusCode::SEE_OTHER);
        assert_eq!(judge(&second_id, "withheld").await, StatusCode::SEE_OTHER);
        assert_eq!(judge(&second_id, "shown").await, StatusCode::NOT_FOUND, "gone is gone");
        assert_eq!(judge(&first_id, "new").await, StatusCode::NOT_FOUND);
        assert_eq!(pictures(&house), [format!("{first}.jpg")]);
        let gone = house.get_as(&moderator, &format!("{post}/{second}")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        let page = house.get_as(&moderator, &format!("{at}/texts")).await;
        assert!(page.body.contains("1 held back and deleted") && page.body.contains("let through"));
        let log = house.get_as(&moderator, &format!("/d/{}/log", diagnosis.slug)).await;
        assert!(log.body.contains("Held a photo back and deleted it"));
        assert!(!log.body.contains(&first_id), "the log names no photo");

        house.store.delete_diagnosis(diagnosis.id).await.unwrap();
        assert!(pictures(&house).is_empty(), "photos go with the diagnosis");
    });
}

#[test]
fn forms_in_parts_that_are_no_forms_are_refused() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, walk) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let (_, plain) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/p/{}/en", walk.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let raw = async |kind: &str, body: Vec<u8>| {
            let request = Request::post(&path)
                .header(header::CONTENT_TYPE, kind)
                .header("sec-fetch-site", "same-origin");
            house.send(request.body(Body::from(body)).unwrap()).await.status
        };
        assert_eq!(raw("multipart/form-data", Vec::new()).await, StatusCode::BAD_REQUEST);
        let cut = b"--x\r\nContent-Disposition: form-data; name=\"_id\"\r\n\r\nabc".to_vec();
        assert_eq!(raw("multipart/form-data; boundary=x", cut).await, StatusCode::BAD_REQUEST);
        let header = [b"--x\r\nX: ".as_slice(), &vec![b'a'; 300_000]].concat();
        let endless = raw("multipart/form-data; boundary=x", header).await;
        assert!(endless.is_client_error(), "{endless}");

        let many: Vec<Piece<'_>> = (0..5000).map(|_| text("q", "1")).collect();
        let page = house.upload("", &path, &many).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        let long = "x".repeat(300_000);
        let page = house.upload("", &path, &[text("_id", &id), text("stop.0.w_fix", &long)]).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "texts have the limit they had");

        // A form that asks for no photos takes none, and hardly more than its texts.
        let path = format!("/p/{}/en", plain.code);
        let id = hidden(&house.get(&path).await.body, "_id");
        let photo = from_a_phone();
        let pieces =
            [text("_id", &id), ("q7", Some("x.jpg"), photo.as_slice()), text("q1", "safe")];
        assert_eq!(house.upload("", &path, &pieces).await.status, StatusCode::SEE_OTHER);
        let large = vec![0; 1024 * 1024];
        let pieces = [text("_id", &id), ("q7", Some("x.jpg"), large.as_slice())];
        let page = house.upload("", &path, &pieces).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(pictures(&house).is_empty());
    });
}
