//! The gate as people meet it: chains of releases, sentences in somebody's own words, waves side by
//! side, the outcome of a ballot, marks on a map.

use axum::http::StatusCode;
use miradouro::domain::collection::{Mode, Sampling};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::ids::{CollectionId, WaveId};
use miradouro::domain::people::Role;
use miradouro::domain::text::Lang;
use miradouro::release::Table;

use crate::house::{House, Page, on_both};

fn says(page: &Page, text: &str, expected: bool) {
    assert_eq!(page.body.contains(text), expected, "{text:?} in {}", page.body);
}

async fn tables(house: &House, of: &Diagnosis, number: i64) -> Vec<Table> {
    miradouro::job::release::tables(&house.store, of.id, number).await.unwrap()
}

#[test]
fn words_of_ones_own_stand_with_a_name_until_the_figures_change() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let (_, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let here = format!("/d/{}/releases/1/sentences", diagnosis.slug);
        let page = house.get_as(&cookie, &here).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        says(
            &house.get_as(&cookie, &format!("/d/{}/releases/1", diagnosis.slug)).await,
            &here,
            true,
        );
        let station = page.body.split("name=\"station\" value=\"").nth(1).unwrap();
        let station = station.split('"').next().unwrap().to_owned();
        let wall = format!("/w/{}/en/{station}", walk.door);

        for (careless, complaint) in [
            ("Fewer feel safe because of the dark", "claims a test or a cause"),
            ("A significant part feels unsafe", "claims a test or a cause"),
            ("They give 6.5 of 10", "says more than these figures know"),
        ] {
            let fields = [("station", station.as_str()), ("lang", "en"), ("said", careless)];
            let page = house.post_as(&cookie, &here, &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            says(&page, complaint, true);
            says(&page, careless, true);
        }
        let own = "Many would like a bench at the quay";
        let fields = [("station", station.as_str()), ("lang", "en"), ("said", own)];
        assert_eq!(house.post_as(&cookie, &here, &fields).await.status, StatusCode::SEE_OTHER);
        let shown = house.get(&wall).await;
        says(&shown, own, true);
        says(&shown, "Words by ", true);
        let kept = house.store.takeaways(diagnosis.id).await.unwrap();
        assert_eq!((kept.len(), kept[0].lang, kept[0].said.as_str()), (1, Lang::En, own));

        // The same words are not about the tables of the next release.
        house.answered(&door, 20).await;
        house.released(&diagnosis, true).await;
        let later = house.walk(&diagnosis, 2).await;
        let shown = house.get(&format!("/w/{}/en/{station}", later.door)).await;
        says(&shown, own, false);
        says(&shown, "Words by ", false);
        says(&house.get(&wall).await, own, true);
        let stale = format!("/d/{}/releases/2/sentences", diagnosis.slug);
        says(&house.get_as(&cookie, &stale).await, "about other figures", true);

        let fields = [("station", station.as_str()), ("lang", "en"), ("said", " ")];
        house.post_as(&cookie, &here, &fields).await;
        says(&house.get(&wall).await, own, false);
    });
}

#[test]
fn a_patient_reader_finds_the_attacker_has_read_every_release() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let mut before: Vec<Table> = Vec::new();
        for (release, more) in (1..).zip([30, 10, 10, 10]) {
            house.answered(&door, more).await;
            assert_eq!(house.released(&diagnosis, false).await.number, release);
            let now = tables(&house, &diagnosis, release).await;
            for table in &now {
                // What was carried over is the same to the byte, under the number it was made in.
                let made = table.address().release;
                if made < release {
                    assert!(before.contains(table), "{:?}", table.address());
                }
                let counts = table.groups().iter().flat_map(|group| group.cells.iter());
                assert!(counts.chain([&table.about().people]).all(|count| count % 5 == 0));
            }
            before.extend(now);
        }
    });
}

#[test]
fn a_line_joins_two_waves_only_where_they_can_be_compared() {
    on_both(async |house| {
        let (diagnosis, first) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let second = miradouro::domain::diagnosis::Wave {
            id: WaveId::random(),
            number: 2,
            title: "second".to_owned(),
            zones: first.zones,
        };
        house.store.add_wave(diagnosis.id, &second, None).await.unwrap();
        for wave in [&first, &second] {
            let (_, door) = house.collection(&diagnosis, wave, "pulse2").await;
            house.answered(&door, 60).await;
        }
        house.released(&diagnosis, false).await;
        let page = house.get_as(&cookie, &format!("/d/{}/releases/1", diagnosis.slug)).await;
        says(&page, "Since the wave before", true);
        // People chose to take part, so nothing says how far chance goes.
        assert_eq!(Sampling::SelfSelected.code(), "self_selected");
        says(&page, "people were not drawn at random", true);
    });
}

#[test]
fn marks_of_a_map_are_released_as_people_by_place() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "community_map").await;
        house.answered(&door, 60).await;
        let (of, day) = (diagnosis.id, "2026-11-22".parse().unwrap());
        house.store.close_collection(of, collection.id, day, false).await.unwrap();
        let number = house.released(&diagnosis, true).await.number;
        let all = tables(&house, &diagnosis, number).await;
        let by = |by: Option<&str>| {
            all.iter()
                .find(|table| {
                    table.address().question == "m1" && table.address().by.as_deref() == by
                })
                .unwrap()
        };
        assert_eq!(by(None).withheld(), None);
        assert!(by(None).about().people.abs_diff(60) <= 4);
        let places = by(Some("m_place"));
        assert_eq!(places.withheld(), None);
        assert!(places.groups().iter().all(|group| group.base % 5 == 0 && group.base > 0));
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let page = house.get_as(&cookie, &format!("/d/{}/releases/1", diagnosis.slug)).await;
        says(&page, "What kinds of marks", true);
        says(&page, "<svg", true);
    });
}

#[test]
fn what_is_read_row_by_row_is_what_is_read_at_once() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 7).await;
        let at = (diagnosis.id, collection.id);
        let laid: Vec<(Mode, _)> = house
            .store
            .fold_responses(at, Vec::new(), |all: &mut Vec<_>, mode, answers| {
                all.push((mode, answers.clone()));
            })
            .await
            .unwrap();
        assert_eq!(laid, house.store.responses(at.0, at.1).await.unwrap());
        let nothing = (diagnosis.id, CollectionId::random());
        let none = house.store.fold_responses(nothing, 0, |n: &mut u32, _, _| *n += 1).await;
        assert_eq!(none.unwrap(), 0);
    });
}
