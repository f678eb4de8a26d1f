//! The map of the area: importing it on its page, and what may be sent there.

use axum::http::{StatusCode, header};
use miradouro::domain::people::Role;

use crate::house::{HAVEN, on_both};

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
