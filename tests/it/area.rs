//! The map of the area: importing it on its page, and what may be sent there.

use axum::http::{StatusCode, header};
use miradouro::domain::answer::Answer;
use miradouro::domain::collection::State;
use miradouro::domain::ids::CollectionId;
use miradouro::domain::people::Role;
use miradouro::job;

use crate::house::{HAVEN, hidden, on_both};

#[test]
fn a_coordinator_imports_a_map_and_sees_it() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
        let path = format!("/d/{}/area", diagnosis.slug);
        let empty = house.get_as(&coordinator, &path).await;
        assert!(empty.body.contains("There is no map yet"));
        assert!(empty.body.contains("enctype=\"multipart/form-data\""));
        let far = HAVEN.replace("\"name\":\"Sporthal\"", "\"name\":\"\"");
        let terms: [(&str, Option<&str>, &[u8]); 2] =
            [("source", None, b"the town <of> Haven"), ("licence", None, b"CC0 1.0")];
        let file = ("file", Some("../../etc/map.geojson"), far.as_bytes());
        let sent = house.upload(&coordinator, &path, &[terms[0], terms[1], file]).await;
        assert_eq!((sent.status, sent.location), (StatusCode::SEE_OTHER, path.clone()));
        let page = house.get_as(&coordinator, &path).await;
        assert!(page.body.contains("Map 1, imported on 2026-11-22"));
        assert!(page.body.contains("Map: the town &#60;of&#62; Haven (CC0 1.0)"), "the licence");
        assert!(page.body.contains("<bdi>Loodsgang</bdi>") && page.body.contains("Tunnelwijk"));
        assert!(page.body.contains("Without a name (1): 53"), "what was left out");
        let image = page.body.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
        let svg = house.get_as(&coordinator, image).await;
        assert_eq!(svg.headers[header::CONTENT_TYPE], "image/svg+xml");
        assert!(svg.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert!(svg.body.contains("data-code=\"loodsgang\""));
        assert!(svg.body.contains("the town &lt;of&gt; Haven"), "a saved map keeps its terms");

        let pasted = ("text", None, HAVEN.as_bytes());
        let again = house.upload(&coordinator, &path, &[terms[0], terms[1], pasted]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert!(house.get_as(&coordinator, &path).await.body.contains("Map 2, imported"));
        let log = house.get_as(&coordinator, &format!("/d/{}/log", diagnosis.slug)).await;
        assert!(log.body.contains("Imported a map of the area"));
        let member = house.signed_in(&diagnosis, Role::Member).await;
        let page = house.get_as(&member, &path).await;
        assert!(
            page.body.contains("Loodsgang")
                && !page.body.contains("<form method=\"post\" action=\"/d/")
        );
    });
}

#[test]
fn what_is_wrong_with_a_file_is_said_and_nothing_is_stored() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
        let path = format!("/d/{}/area", diagnosis.slug);
        let source: (&str, Option<&str>, &[u8]) = ("source", None, b"the town");
        let none = house.upload(&coordinator, &path, &[source]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("Please choose a file or paste its text."));
        assert!(none.body.contains("Please say under which terms you may use it."));
        assert!(none.body.contains("value=\"the town\""), "what was written is kept");

        let licence: (&str, Option<&str>, &[u8]) = ("licence", None, b"CC0");
        let wrong = HAVEN.replace("Zinkstraat", "Zink\\u202estraat").replace("2.700579", "270.05");
        let file = ("file", Some("x"), wrong.as_bytes());
        let page = house.upload(&coordinator, &path, &[source, licence, file]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Feature 1: 270.05 is no longitude or latitude."));
        assert!(page.body.contains("The name or zone has characters nobody can see."));

        let large = vec![b' '; 9 * 1024 * 1024];
        for name in ["file", "text"] {
            let file = (name, (name == "file").then_some("x"), large.as_slice());
            let page = house.upload(&coordinator, &path, &[source, licence, file]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {}", page.body);
            assert!(page.body.contains("larger than 8 megabytes"), "{name}");
        }
        assert_eq!(house.store.newest_area(diagnosis.id).await.unwrap(), None);
    });
}

#[test]
fn a_place_is_chosen_by_name_or_point_and_only_its_code_is_kept() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        house.area(&diagnosis).await;
        let (collection, door) = house.collection(&diagnosis, &wave, "community_map").await;
        let (en, nl) = (format!("/p/{}/en", door.code), format!("/p/{}/nl", door.code));
        let form = house.get(&en).await;
        assert!(form.body.contains("<optgroup label=\"Molenbuurt\">"), "by zone");
        assert!(form.body.contains("<option value=\"loodsgang\">Loodsgang</option>"));
        assert!(form.body.contains("place.js") && form.body.contains("invented for a test"));
        let page = house.post(&en, &[("_id", "x"), ("mark.0.m_place", "loodsgang")]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);

        let id = hidden(&form.body, "_id");
        let switch = [("_id", id.as_str()), ("_lang", "nl"), ("mark.0.m_place", "loodsgang")];
        let page = house.post(&en, &switch).await;
        assert!(page.body.contains("<option value=\"loodsgang\" selected>"), "it is kept");
        for (written, wrong) in [
            ("51.7, 2.7", "Dit ligt buiten de buurt."),
            ("nowhere", "Deze plek staat niet op onze kaart."),
            ("north", "Deze plek staat niet op onze kaart."),
        ] {
            let page = house.post(&nl, &[("_id", &id), ("mark.0.m_place", written)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{written}");
            assert!(page.body.contains(wrong), "{written}: {}", page.body);
        }
        let fields = [
            ("_id", id.as_str()),
            ("mark.0.m_place", "51.6043, 2.7121"),
            ("mark.1.m_place", "Havenpark"),
            ("mark.2.m_place", "rather_not_say"),
        ];
        assert_eq!(house.post(&nl, &fields).await.status, StatusCode::SEE_OTHER);
        let kept = house.store.responses(diagnosis.id, collection.id).await.unwrap();
        let stored = format!("{:?}", kept[0].1);
        assert!(!stored.contains("51.6") && !stored.contains("2.71"), "{stored}");
        let Some(Answer::Group(marks)) = kept[0].1.0.get("mark") else { panic!("{stored}") };
        let codes: Vec<_> = marks.iter().map(|mark| mark.codes("m_place")).collect();
        assert_eq!(codes, [["bareelstraat"], ["havenpark"], ["rather_not_say"]]);

        let map = house.get(&format!("/p/{}/map.svg", door.code)).await;
        assert_eq!(map.status, StatusCode::OK);
        assert_eq!(map.headers[header::CONTENT_TYPE], "image/svg+xml");
        assert!(map.headers[header::CACHE_CONTROL].to_str().unwrap().contains("max-age"));
        assert!(map.body.len() < 150_000 && map.body.contains("data-code=\"bareelstraat\""));
        assert!(map.cookie.is_none() && !map.body.contains("style="));
    });
}

#[test]
fn without_a_map_a_place_is_a_zone() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, door) = house.collection(&diagnosis, &wave, "community_map").await;
        let path = format!("/p/{}/en", door.code);
        let form = house.get(&path).await;
        assert!(form.body.contains("<option value=\"quay\">QUAY</option>"));
        assert!(!form.body.contains("place.js") && !form.body.contains("map.svg"));
        let none = house.get(&format!("/p/{}/map.svg", door.code)).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get("/p/nobody/map.svg").await.status, StatusCode::NOT_FOUND);
        let id = hidden(&form.body, "_id");
        let page = house.post(&path, &[("_id", &id), ("mark.0.m_place", "51.6, 2.7")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = house.post(&path, &[("_id", &id), ("mark.0.m_place", "quay")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_collection_keeps_the_map_it_opened_with() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (mut draft, mut door) = house.collection(&diagnosis, &wave, "community_map").await;
        (draft.id, draft.state, draft.opened) = (CollectionId::random(), State::Draft, None);
        (door.collection, door.code) = (draft.id, format!("{}x", door.code));
        house.store.add_collection(&draft, &[door.clone()]).await.unwrap();
        house.area(&diagnosis).await;
        let newest = house.area(&diagnosis).await;
        let map = format!("/p/{}/map.svg", door.code);
        assert_eq!(house.get(&map).await.status, StatusCode::NOT_FOUND, "still a draft");
        let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
        let open = format!("/d/{}/collections/{}/open", diagnosis.slug, draft.id);
        assert_eq!(house.post_as(&coordinator, &open, &[]).await.status, StatusCode::SEE_OTHER);
        house.area(&diagnosis).await;
        let kept = house.store.collection(diagnosis.id, draft.id).await.unwrap();
        assert_eq!(kept.field.area, Some(newest.id));
        assert_eq!(house.get(&map).await.status, StatusCode::OK);
    });
}

#[test]
fn released_places_go_by_their_names() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        house.area(&diagnosis).await;
        let (_, door) = house.collection(&diagnosis, &wave, "officer_profile").await;
        house.answered(&door, 60).await;
        house.released(&diagnosis, true).await;
        let tables = job::release::tables(&house.store, diagnosis.id, 1).await.unwrap();
        let is_place = |question: &str| question == "t5_place";
        let table = tables.iter().find(|table| is_place(&table.address().question)).unwrap();
        let choices = table.choices();
        assert_eq!(choices.len(), 51);
        let park = choices.iter().find(|choice| choice.code == "havenpark").unwrap();
        assert_eq!(park.text.get(miradouro::domain::text::Lang::En), "Havenpark");
    });
}
