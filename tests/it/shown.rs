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

        assert_eq!(moderate(&text, "withheld").await, StatusCode::SEE_OTHER);
        says(&house.get(&public).await, said, false);
        assert_eq!(house.get_as(&coordinator, &slide).await.status, StatusCode::NOT_FOUND);
        let pdf = house.get(&format!("{public}/poster.pdf")).await;
        assert_eq!(pdf.status, StatusCode::NOT_FOUND, "nothing hangs that nobody let through");
        says(&house.get_as(&coordinator, &released).await, said, false);
        says(&house.get_as(&moderator, &texts).await, said, true);
    });
}

#[test]
fn a_group_says_something_about_a_text_and_is_told_when_it_is_gone() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let of = (&diagnosis, &wave);
        let mut notes = Vec::new();
        for _ in 0..3 {
            notes.push(asked(&house, of, "focus_group_note", 1).await);
        }
        // The words of the last group stand under the first, where all of them are counted.
        let note = notes.last().unwrap();
        let text = house.store.free_texts(diagnosis.id, note.id).await.unwrap().remove(0);
        let moderate = async |state| {
            house.store.moderate_text(diagnosis.id, note.id, text.id, state).await.unwrap();
        };
        moderate(ReflectionState::Shown).await;
        let number = house.released(&diagnosis, true).await.number;
        let walk = house.walk(&diagnosis, number).await;
        let moderator = house.signed_in(&diagnosis, Role::Moderator).await;

        let public = format!("/w/{}/en/words", walk.door);
        let page = house.get(&public).await.body;
        let say = page.split("href=\"").find(|href| href.contains("~words")).unwrap();
        let say = say.split("#say\"").next().unwrap();
        let form = house.get(say).await;
        says(&form, "open><summary>Is it about one figure?", true);
        let (station, pin) = say.split_once("?pin=").unwrap();
        let id = crate::house::hidden(&form.body, "_id");
        let other = format!("{}/{}", pin.rsplit_once('/').unwrap().0, "0".repeat(32));
        let wrong = StatusCode::UNPROCESSABLE_ENTITY;
        for (pin, status) in [(other.as_str(), wrong), (pin, StatusCode::OK)] {
            let fields =
                [("_id", id.as_str()), ("verdict", "fits"), ("said", "Two benches"), ("pin", pin)];
            assert_eq!(house.post(station, &fields).await.status, status, "{pin}");
        }
        let kept = house.store.reflections(&walk).await.unwrap()[0].clone();
        assert_eq!(kept.pin.unwrap().choice, text.id.to_string());
        let reflections = format!("/d/{}/walks/{}/reflections", diagnosis.slug, walk.id);
        says(&house.get_as(&moderator, &reflections).await, "Two benches", true);
        house.store.moderate(&walk, kept.id, ReflectionState::Shown).await.unwrap();
        says(&house.get(&public).await, "Two benches", true);
        says(&house.get(station).await, "This text is no longer shown.", false);

        // Held back, it is gone from everywhere, and the station says so.
        moderate(ReflectionState::Withheld).await;
        let page = house.get(station).await;
        says(&page, "Two benches", true);
        says(&page, "This text is no longer shown.", true);
        says(&house.get(&public).await, "Two benches", false);
    });
}
