//! Marks, games, themes, ballots and words as people see them: on the page of a release, at a
//! station, on its poster and on the projector.

use axum::http::StatusCode;

use crate::house::{House, Page, on_both};
use miradouro::domain::collection::Collection;
use miradouro::domain::data_walk::ReflectionState;
use miradouro::domain::diagnosis::{Diagnosis, Wave};
use miradouro::domain::people::Role;

fn says(page: &Page, text: &str, expected: bool) {
    assert_eq!(page.body.contains(text), expected, "{text}: {} {}", page.status, page.body);
}

async fn close(house: &House, of: &Diagnosis, collection: &Collection) {
    let day = "2026-11-22".parse().unwrap();
    house.store.close_collection(of.id, collection.id, day, false).await.unwrap();
}

/// An instrument in the field, answered and closed.
async fn asked(
    house: &House,
    (of, wave): (&Diagnosis, &Wave),
    slug: &str,
    people: usize,
) -> Collection {
    let (collection, door) = house.collection(of, wave, slug).await;
    house.answered(&door, people).await;
    close(house, of, &collection).await;
    collection
}

#[test]
fn marks_games_themes_and_ballots_hang_on_the_wall() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        house.area(&diagnosis).await;
        let of = (&diagnosis, &wave);
        asked(&house, of, "community_map", 240).await;
        asked(&house, of, "over_the_line", 2).await;
        asked(&house, of, "priority_ballot", 120).await;
        for _ in 0..3 {
            asked(&house, of, "focus_group_note", 1).await;
        }
        let number = house.released(&diagnosis, true).await.number;
        let walk = house.walk(&diagnosis, number).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let at = |page: &str| format!("/d/{}{page}", diagnosis.slug);

        let page = house.get_as(&cookie, &at(&format!("/releases/{number}"))).await;
        says(&page, "Map: invented for a test", true);
        says(&page, "One hexagon is about", true);
        says(&page, "stepped over the line", true);
        says(&page, "each group counts the same", true);
        says(&page, "in 3 of 3 groups", true);

        for (station, text) in [
            (10, "Map: invented for a test"),
            (12, "in 3 of 3 groups"),
            (13, "stepped over the line"),
            (14, "each group counts the same"),
        ] {
            for lang in ["en", "ar"] {
                let path = format!("/w/{}/{lang}/{station}", walk.door);
                let page = house.get(&path).await;
                assert_eq!(page.status, StatusCode::OK, "{path}");
                says(&page, text, lang == "en");
                let pdf = house.bytes_as("", &format!("{path}/poster.pdf")).await;
                assert!(pdf.starts_with(b"%PDF"), "{path}: {}", String::from_utf8_lossy(&pdf));
            }
            let screen = at(&format!("/walks/{}/projector/en/{station}/1", walk.id));
            let screen = house.get_as(&cookie, &screen).await;
            assert_eq!(screen.status, StatusCode::OK, "{station}");
            says(&screen, text, true);
        }
    });
}

#[test]
fn words_that_were_let_through_stand_beside_the_charts_until_they_are_held_back() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 40).await;
        let path = format!("/p/{}/en", door.code);
        let form = house.get(&path).await;
        let id = crate::house::hidden(&form.body, "_id");
        let said = "A bench by the canal";
        let sent = house.post(&path, &[("_id", &id), ("q1", "safe"), ("q7", said)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let moderator = house.signed_in(&diagnosis, Role::Moderator).await;
        let texts = format!("/d/{}/collections/{}/texts", diagnosis.slug, collection.id);
        let stored = house.store.free_texts(diagnosis.id, collection.id).await.unwrap();
        let text = stored.iter().find(|text| text.raw == said).unwrap().id.to_string();
        let moderate = async |text: &str, state: &str| {
            house.post_as(&moderator, &texts, &[("text", text), ("state", state)]).await.status
        };
        assert_eq!(moderate(&text, "shown").await, StatusCode::SEE_OTHER);
        assert_eq!(moderate(&text, "loud").await, StatusCode::NOT_FOUND);
        let unknown = uuid::Uuid::new_v4().to_string();
        assert_eq!(moderate(&unknown, "shown").await, StatusCode::NOT_FOUND);

        let number = house.released(&diagnosis, true).await.number;
        let walk = house.walk(&diagnosis, number).await;
        let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
        let released = format!("/d/{}/releases/{number}", diagnosis.slug);
        let public = format!("/w/{}/en/words", walk.door);
        says(&house.get(&public).await, said, false);
        close(&house, &diagnosis, &collection).await;
        says(&house.get(&public).await, said, true);
        says(&house.get_as(&coordinator, &released).await, said, true);
        says(&house.get(&format!("/w/{}/ar/words", walk.door)).await, said, true);
        let stations = house.get(&format!("/w/{}/en", walk.door)).await;
        says(&stations, "In their own words", true);

        // On paper, and as the last picture of the projector and of the phones.
        for asked in ["", "?paper=a2&also=nl,ar"] {
            let pdf = house.bytes_as("", &format!("{public}/poster.pdf{asked}")).await;
            assert!(pdf.starts_with(b"%PDF"), "{asked}: {}", String::from_utf8_lossy(&pdf));
        }
        let at = |rest: &str| format!("/d/{}/walks/{}{rest}", diagnosis.slug, walk.id);
        let slide = at("/projector/en/0/1");
        says(&house.get_as(&coordinator, &slide).await, said, true);
        let remote = house.get_as(&coordinator, &at("/remote")).await;
        says(&remote, "value=\"0/1\"", true);
        house.post_as(&coordinator, &at("/remote"), &[("go", "0/1")]).await;
        says(&house.get(&format!("/w/{}/en/twin", walk.door)).await, said, true);

        // A group can say something about a text, and is told when it is no longer shown.
        let page = house.get(&public).await.body;
        let say = page.split("href=\"").find(|href| href.contains("~words")).unwrap();
        let say = say.split("#say\"").next().unwrap().replace("&#38;", "&");
        let form = house.get(&say).await;
        says(&form, "open><summary>Is it about one figure?", true);
        let pin = say.split("pin=").nth(1).unwrap();
        let station = say.split('?').next().unwrap();
        let (id, bench) = (crate::house::hidden(&form.body, "_id"), "Two benches");
        let other = pin.rsplit_once('/').unwrap().0.to_owned() + "/" + &"0".repeat(32);
        for (pin, status) in
            [(other.as_str(), StatusCode::UNPROCESSABLE_ENTITY), (pin, StatusCode::OK)]
        {
            let fields = [("_id", id.as_str()), ("verdict", "fits"), ("said", bench), ("pin", pin)];
            assert_eq!(house.post(station, &fields).await.status, status, "{pin}");
        }
        let waiting = house.get_as(&moderator, &at("/reflections")).await;
        says(&waiting, said, true);
        let kept = house.store.reflections(&walk).await.unwrap()[0].id;
        house.store.moderate(&walk, kept, ReflectionState::Shown).await.unwrap();
        says(&house.get(station).await, said, true);
        says(&house.get(&public).await, bench, true);

        assert_eq!(moderate(&text, "withheld").await, StatusCode::SEE_OTHER);
        says(&house.get(&public).await, said, false);
        let station = house.get(station).await;
        says(&station, bench, true);
        says(&station, said, false);
        says(&station, "This text is no longer shown.", true);
        assert_eq!(house.get_as(&coordinator, &slide).await.status, StatusCode::NOT_FOUND);
        let pdf = house.get(&format!("{public}/poster.pdf")).await;
        assert_eq!(pdf.status, StatusCode::NOT_FOUND, "nothing hangs that nobody let through");
        says(&house.get_as(&coordinator, &released).await, said, false);
        says(&house.get_as(&moderator, &texts).await, said, true);
    });
}
