//! One contract, run on both databases: every public function of the store.

use std::time::Duration;

use miradouro::domain::answer::Reading;
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Door, Mode, State};
use miradouro::domain::data_walk::{DataWalk, Group, Reflection, ReflectionState, Verdict};
use miradouro::domain::diagnosis::{PopulationCount, Wave, Zone, ZoneSet};
use miradouro::domain::draft::Draft;
use miradouro::domain::finding::{Evidence, Finding};
use miradouro::domain::ids::{
    CollectionId, DataWalkId, ExportId, FindingId, PersonId, ReflectionId, ResponseId, WaveId,
    ZoneSetId,
};
use miradouro::domain::other_figures::{Line, OtherFigures, Told};
use miradouro::domain::paper::MOST_SHEETS;
use miradouro::domain::people::{Invited, Person, Role};
use miradouro::domain::photo::PhotoState;
use miradouro::domain::question::Kind;
use miradouro::domain::reconcile::PaperCount;
use miradouro::domain::report::{Report, Section, SectionText};
use miradouro::domain::retention::Kept;
use miradouro::domain::row_export::{self as exports, RowExport, Signature};
use miradouro::domain::screen::{Act, Screen, Slide};
use miradouro::domain::takeaway::Takeaway;
use miradouro::domain::text::{Lang, Text};
use miradouro::domain::version::Publication;
use miradouro::instruments::Shelf;
use miradouro::store::{
    CEILING, KeyedIn, NewReflection, NewResponse, Passphrase, Received, Saved, Secret, Standing,
    Store, StoreError, StoredRelease, StoredTable, TextCheck, Token,
};
use uuid::Uuid;

use crate::house::{Folder, NOW, on_both};

#[test]
fn a_diagnosis_is_made_changed_and_deleted_whole() {
    on_both(async |house| {
        let store = &house.store;
        let (mut diagnosis, wave) = house.diagnosis().await;
        let zones = ZoneSet { id: ZoneSetId::random(), zones: Vec::new() };
        let taken = store.add_diagnosis(&diagnosis, &zones, &wave, None).await;
        assert!(matches!(taken, Err(StoreError::Taken(_) | StoreError::Database(_))));
        diagnosis.settings.consent_age = 16;
        store.save_settings(diagnosis.id, "Nieuwe naam", &diagnosis.settings).await.unwrap();
        let found = store.diagnosis(&diagnosis.slug).await.unwrap();
        assert_eq!((found.name.as_str(), found.settings.consent_age), ("Nieuwe naam", 16));
        assert_eq!(store.diagnosis_of(diagnosis.id).await.unwrap(), found);
        assert!(store.diagnoses().await.unwrap().contains(&found));
        let zone = Zone { code: "new".to_owned(), name: "New".to_owned() };
        let set = ZoneSet { id: ZoneSetId::random(), zones: vec![zone.clone()] };
        let (id, title) = (WaveId::random(), "second".to_owned());
        let second = Wave { id, number: 2, title, zones: set.id };
        store.add_wave(diagnosis.id, &second, Some(&set)).await.unwrap();
        assert_eq!(store.waves(diagnosis.id).await.unwrap(), [wave.clone(), second.clone()]);
        assert_eq!(store.zones(diagnosis.id, second.id).await.unwrap(), [zone]);
        let count = PopulationCount {
            zone: "north".to_owned(),
            age: "a18_29".to_owned(),
            gender: "woman".to_owned(),
            count: 40,
        };
        store.set_population(diagnosis.id, &[count.clone(), count.clone()]).await.unwrap();
        let doubled = PopulationCount { count: 80, ..count };
        assert_eq!(store.population(diagnosis.id).await.unwrap(), [doubled]);
        house.collection(&diagnosis, &wave, "pulse2").await;
        store.log(diagnosis.id, None, NOW, "made", "it").await.unwrap();
        store.delete_diagnosis(diagnosis.id).await.unwrap();
        assert!(matches!(store.diagnosis_of(diagnosis.id).await, Err(StoreError::NotFound(_))));
        assert!(store.collections(diagnosis.id).await.unwrap().is_empty());
        assert!(store.audit(diagnosis.id).await.unwrap().is_empty());
        let gone = store.delete_diagnosis(diagnosis.id).await;
        assert!(matches!(gone, Err(StoreError::NotFound(_))));
    });
}

#[test]
fn an_area_is_imported_again_and_never_changed() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let of = diagnosis.id;
        assert_eq!(store.newest_area(of).await.unwrap(), None);
        let (first, second) = (house.area(&diagnosis).await, house.area(&diagnosis).await);
        assert_eq!((first.number, second.number), (1, 2));
        assert_eq!(store.newest_area(of).await.unwrap(), Some(second.id));
        assert_eq!(store.area(of, first.id).await.unwrap(), first);
        let again = store.add_area(&first).await;
        assert!(matches!(again, Err(StoreError::Taken(_))), "{again:?}");
        let (elsewhere, _) = house.diagnosis().await;
        let not_there = store.area(elsewhere.id, first.id).await;
        assert!(matches!(not_there, Err(StoreError::NotFound(_))));
        store.delete_diagnosis(of).await.unwrap();
        assert!(store.area(of, first.id).await.is_err(), "it goes with the diagnosis");
    });
}

#[test]
fn a_collection_opens_and_closes_once() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let (mut collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let of = diagnosis.id;
        assert_eq!(store.door(&door.code).await.unwrap(), door);
        assert!(matches!(store.door("none").await, Err(StoreError::NotFound(_))));
        assert_eq!(store.doors(of, collection.id).await.unwrap(), [door]);
        assert_eq!(store.collection(of, collection.id).await.unwrap(), collection);
        assert!(store.published(of, &collection.instrument).await.is_ok());
        assert!(store.published(of, "no such hash").await.is_err());
        assert!(store.change_draft(&collection).await.is_err(), "it is open");
        let day = "2026-11-20".parse().unwrap();
        assert!(store.open_collection(of, collection.id, day).await.is_err());
        store.close_collection(of, collection.id, day, true).await.unwrap();
        assert!(store.close_collection(of, collection.id, day, true).await.is_err());
        collection.id = miradouro::domain::ids::CollectionId::random();
        collection.state = State::Draft;
        collection.opened = None;
        store.add_collection(&collection, &[]).await.unwrap();
        collection.title = "Other".to_owned();
        store.change_draft(&collection).await.unwrap();
        store.open_collection(of, collection.id, day).await.unwrap();
        let all = store.collections(of).await.unwrap();
        assert_eq!(all.len(), 2);
        assert!(all.iter().any(|found| found.title == "Other" && found.opened == Some(day)));
    });
}

#[test]
fn versions_are_numbered_and_never_change() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let (of, shelf) = (diagnosis.id, Shelf::load(None));
        let first = shelf.instrument("pulse2").unwrap();
        let by = PersonId::random();
        let source = shelf.source("pulse2");
        let how = Publication { source, at: Some(NOW), by: Some(by), note: "the first" };
        let version = store.publish_version(of, first, &how).await.unwrap();
        assert_eq!((version.number, version.hash.as_str()), (1, first.hash().as_str()));
        assert_eq!(store.publish(of, first).await.unwrap(), version.hash, "again changes nothing");
        assert_eq!(store.versions(of).await.unwrap(), std::slice::from_ref(&version));
        assert_eq!(store.source(of, &version.hash).await.unwrap().as_deref(), source);
        let mut second = first.clone();
        second.title.0.insert(Lang::En, "Better words".to_owned());
        let hash = store.publish(of, &second).await.unwrap();
        let all = store.versions(of).await.unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.number, one.at, one.by)).collect();
        assert_eq!(told, [(1, Some(NOW), Some(by)), (2, None, None)]);
        assert_eq!(store.source(of, &hash).await.unwrap(), None);
        assert!(store.source(of, "no such hash").await.is_err());
        assert_eq!(store.published(of, &version.hash).await.unwrap(), *first);
    });
}

#[test]
fn a_version_that_would_mix_answers_is_refused() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let (of, shelf) = (diagnosis.id, Shelf::load(None));
        let first = shelf.instrument("pulse2").unwrap().clone();
        store.publish(of, &first).await.unwrap();
        let mut without = first.clone();
        for section in &mut without.sections {
            section.questions.retain(|question| question.id != "q1");
        }
        store.publish(of, &without).await.unwrap();
        let mut back = first.clone();
        let questions = back.sections.iter_mut().flat_map(|section| &mut section.questions);
        let q1 = questions.into_iter().find(|question| question.id == "q1").unwrap();
        q1.kind = Kind::Weight;
        let refused = store.publish(of, &back).await;
        let ids = ["q1".to_owned()];
        let is_told = |error| matches!(error, StoreError::MeaningNotRaised(told) if told == ids);
        assert!(refused.is_err_and(is_told), "the id was something else two versions ago");
        assert_eq!(store.versions(of).await.unwrap().len(), 2);
        let questions = back.sections.iter_mut().flat_map(|section| &mut section.questions);
        questions.into_iter().find(|question| question.id == "q1").unwrap().meaning = 2;
        store.publish(of, &back).await.unwrap();
        assert_eq!(store.versions(of).await.unwrap().len(), 3);
    });
}

#[test]
fn versions_published_at_once_get_numbers_of_their_own() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let first = Shelf::load(None).instrument("pulse2").unwrap().clone();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let (store, mut one) = (house.store.clone(), first.clone());
            one.title.0.insert(Lang::En, format!("Words {}", number % 4));
            tasks.spawn(async move { store.publish(diagnosis.id, &one).await.unwrap() });
        }
        tasks.join_all().await;
        let all = house.store.versions(diagnosis.id).await.unwrap();
        assert_eq!(all.iter().map(|one| one.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    });
}

#[test]
fn what_is_received_is_received_once_and_leaves_no_way_back() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let response = NewResponse {
            diagnosis: diagnosis.id,
            collection: collection.id,
            id: ResponseId::random(),
            instrument: collection.instrument.clone(),
            mode: Mode::Own,
            lang: Lang::Nl,
            answers: serde_json::from_str(r#"{"q1":"safe","q2":null}"#).unwrap(),
            texts: Vec::new(),
            photos: Vec::new(),
            closed_since: None,
        };
        // Many phones at once: every one is answered only when it is on the disk.
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let (store, mut response) = (store.clone(), response.clone());
            response.id = ResponseId::random();
            tasks.spawn(async move { store.receive(response).await.unwrap() });
        }
        let outcomes = tasks.join_all().await;
        assert!(outcomes.iter().all(|outcome| *outcome == Received::Now));
        assert_eq!(store.received(diagnosis.id, collection.id).await.unwrap(), 200);
        assert_eq!(store.receive(response.clone()).await.unwrap(), Received::Now);
        assert_eq!(store.receive(response.clone()).await.unwrap(), Received::Already);
        let reading = miradouro::domain::answer::Reading::default();
        let through =
            NewResponse::through(&door, response.id, &response.instrument, Lang::En, reading);
        assert_eq!(store.receive(through).await.unwrap(), Received::Already);
        store.bring_in(&[NewResponse { id: ResponseId::random(), ..response }]).await.unwrap();
        let kept = store.responses(diagnosis.id, collection.id).await.unwrap();
        assert_eq!(kept.len(), 202);
        assert!(store.free_texts(diagnosis.id, collection.id).await.unwrap().is_empty());
        assert!(store.shown_texts(diagnosis.id, collection.id).await.unwrap().is_empty());
        let used = store.languages_used(diagnosis.id, collection.id).await.unwrap();
        assert_eq!(used, [("nl".to_owned(), 202)]);
    });
}

#[test]
fn a_sheet_is_sealed_to_a_key_that_stays_and_is_taken_late_only_with_a_day() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        assert_eq!(store.sheet_key().len(), 65);
        assert_eq!(store.sheet_key(), store.sheet_key());
        assert_eq!(store.open_sheet(&door.code, &[4; 200]), None);
        assert_eq!(store.open_sheet(&door.code, b""), None);
        assert_eq!(store.late_pass(collection.id), store.late_pass(collection.id));
        assert_ne!(store.late_pass(collection.id), store.late_pass(CollectionId::random()));

        let day = "2026-11-20".parse().unwrap();
        store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
        let late = async |closed_since: Option<&str>| {
            let reading = Reading::default();
            let hash = &collection.instrument;
            let response =
                NewResponse::through(&door, ResponseId::random(), hash, Lang::Nl, reading);
            let closed_since = closed_since.map(|day| day.parse().unwrap());
            store.receive(NewResponse { closed_since, ..response }).await.unwrap()
        };
        assert_eq!(late(None).await, Received::Closed);
        assert_eq!(late(Some("2026-11-21")).await, Received::Closed);
        assert_eq!(late(Some("2026-11-20")).await, Received::Now);
    });
}

#[test]
fn a_paper_sheet_counts_once_and_its_second_entry_never() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        let (of, id) = (diagnosis.id, collection.id);
        let numbers = store.hand_out(of, id, 40).await.unwrap();
        assert!(store.hand_out(of, id, MOST_SHEETS).await.is_err(), "there are only so many");
        let people = [PersonId::random(), PersonId::random()];
        for (person, name) in people.iter().zip(["one", "two"]) {
            let (id, name, lang) = (*person, name.to_owned(), Lang::En);
            let person = Person { id, name, lang, host: false, roles: Vec::new() };
            store.add_person(&person, &id.to_string(), None).await.unwrap();
        }
        let [one, other] = people;
        let response = |q1: &str| NewResponse {
            diagnosis: of,
            collection: id,
            id: ResponseId::random(),
            instrument: collection.instrument.clone(),
            mode: Mode::Own,
            lang: Lang::Nl,
            answers: serde_json::from_str(&format!(r#"{{"q1":"{q1}"}}"#)).unwrap(),
            texts: Vec::new(),
            photos: Vec::new(),
            closed_since: None,
        };
        let mut sampled = Vec::new();
        for number in &numbers {
            assert_eq!(store.sheet(of, id, *number, one).await.unwrap(), Standing::Fresh);
            let outcome = store.key_in(response("safe"), *number, one).await.unwrap();
            if outcome == (KeyedIn::First { sampled: true }) {
                sampled.push(*number);
            } else {
                assert_eq!(outcome, KeyedIn::First { sampled: false });
            }
        }
        assert!(sampled.len() < 15, "about one in ten, not {}", sampled.len());
        assert_eq!(store.checks(of, id).await.unwrap().len(), sampled.len());
        assert_eq!(store.counted(of, id).await.unwrap(), [(Mode::Paper, 40)]);
        assert_eq!(store.typists(of, id).await.unwrap(), [(one, 40)]);
        for number in &numbers {
            let standing = store.sheet(of, id, *number, other).await.unwrap();
            let expected =
                if sampled.contains(number) { Standing::Second } else { Standing::Typed };
            assert_eq!(standing, expected);
        }
        if let Some(number) = sampled.first() {
            let again = store.key_in(response("safe"), *number, one).await.unwrap();
            assert_eq!(again, KeyedIn::Not(Standing::SecondByAnother));
            let second = store.key_in(response("unsafe"), *number, other).await.unwrap();
            let KeyedIn::Second(compared) = second else { panic!("{second:?}") };
            assert_eq!(compared.different[0].field, "q1");
            let right = serde_json::from_str(r#"{"q1":"unsafe"}"#).unwrap();
            store.settle(of, id, *number, &right).await.unwrap();
            let twice = store.settle(of, id, *number, &right).await;
            assert!(matches!(twice, Err(StoreError::Stale(_))));
            let kept = store.responses(of, id).await.unwrap();
            assert_eq!(kept.iter().filter(|(_, answers)| *answers == right).count(), 1);
            assert_eq!(store.entry_errors(of, id).await.unwrap()["q1"], (0, 1));
        }
        let count = store.paper_count(of, id).await.unwrap();
        assert_eq!((count.printed, count.handed, count.every), (40, 40, 10));
        let corrected = PaperCount { handed: 38, returned: 30, spoiled: 1, every: 4, ..count };
        store.correct_paper_count(of, id, &corrected).await.unwrap();
        assert_eq!(store.paper_count(of, id).await.unwrap(), corrected);
        let day = "2026-11-22".parse().unwrap();
        store.close_collection(of, id, day, false).await.unwrap();
        assert_eq!(store.checks(of, id).await.unwrap(), [], "entries go when it closes");
        let late = store.key_in(response("safe"), numbers[0], one).await.unwrap();
        assert_eq!(late, KeyedIn::Closed);
    });
}

#[test]
fn photos_without_a_row_are_swept_and_all_others_stay() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "walk_audit").await;
        let (of, held) = (diagnosis.id, collection.id);
        let mut jpeg = Vec::new();
        let picture = image::RgbImage::new(4, 4);
        image::codecs::jpeg::JpegEncoder::new(&mut jpeg).encode_image(&picture).unwrap();
        let sent = house.photo(&door, jpeg.clone()).await;
        let orphan = store.keep_photo(jpeg.clone()).await.unwrap();
        assert!(store.has_photo(sent).await && store.has_photo(orphan).await);
        std::fs::write(store.photo_part(), b"half a pho").unwrap();
        assert_eq!(store.photo_folder(), house.folder.0.join("photos"));
        let token = store.photo_token(held, orphan);
        assert_eq!(store.photo_of(held, &token), Some(orphan));
        assert_eq!(store.sweep_photos(Duration::from_hours(1)).await.unwrap(), 0, "too young");
        assert_eq!(store.sweep_photos(Duration::ZERO).await.unwrap(), 2);
        assert!(store.has_photo(sent).await && !store.has_photo(orphan).await);
        assert!(!store.photo(of, held, sent).await.unwrap().is_empty());
        assert!(store.photo(of, held, orphan).await.is_err());
        assert_eq!(store.photos(of, held).await.unwrap().len(), 1);
        store.moderate_photo(of, held, sent, PhotoState::Shown).await.unwrap();
        store.moderate_photo(of, held, sent, PhotoState::Withheld).await.unwrap();
        assert!(!store.has_photo(sent).await, "held back is deleted");
        assert!(store.moderate_photo(of, held, sent, PhotoState::Shown).await.is_err());
        // A crash between holding back and deleting: the sweep ends it.
        std::fs::write(store.photo_folder().join(format!("{sent}.jpg")), &jpeg).unwrap();
        assert_eq!(store.sweep_photos(Duration::ZERO).await.unwrap(), 1);
    });
}

#[test]
fn people_sign_in_and_out() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        store.answers().await.unwrap();
        let other = Store::open(&house.folder.0, None).await.unwrap();
        other.close().await.unwrap();
        assert!(other.answers().await.is_err());
        assert!(store.is_new().await.unwrap());
        let person = Person {
            id: PersonId::random(),
            name: "Ada".to_owned(),
            lang: Lang::Fr,
            host: false,
            roles: vec![(diagnosis.id, Role::Coordinator)],
        };
        let hash = Passphrase::hash("correct horse battery").unwrap();
        store.add_person(&person, "Ada ", Some(&hash)).await.unwrap();
        assert!(store.is_new().await.unwrap(), "nobody may make diagnoses yet");
        let twin = Person { id: PersonId::random(), ..person.clone() };
        assert!(matches!(store.add_person(&twin, "ada", None).await, Err(StoreError::Taken(_))));
        assert_eq!(store.person(person.id).await.unwrap(), person);
        let (found, known) = store.by_sign_in("ADA").await.unwrap().unwrap();
        assert_eq!(found, person.id);
        assert!(Passphrase::is(Some(&known), "correct horse battery"));
        assert!(!Passphrase::is(Some(&known), "wrong"));
        assert!(!Passphrase::is(None, "nobody"));
        store.make_host(person.id).await.unwrap();
        assert!(store.person(person.id).await.unwrap().host);
        assert!(!store.is_new().await.unwrap());
        store.give_role(diagnosis.id, person.id, Role::Moderator).await.unwrap();
        store.give_role(diagnosis.id, person.id, Role::Moderator).await.unwrap();
        assert_eq!(store.members(diagnosis.id).await.unwrap().len(), 2);
        let token = Token::random();
        store.sign_in(&token, person.id, NOW, NOW + 10).await.unwrap();
        assert_eq!(store.signed_in(&token, NOW).await.unwrap(), person.id);
        let presented = Token::presented(token.letters());
        assert!(store.signed_in(&presented, NOW + 11).await.is_err(), "it has expired");
        store.change_passphrase(person.id, &hash).await.unwrap();
        assert!(store.signed_in(&token, NOW).await.is_err(), "every sign-in has ended");
        store.sign_in(&token, person.id, NOW, NOW + 10).await.unwrap();
        store.sign_out(&token).await.unwrap();
        assert!(store.signed_in(&token, NOW).await.is_err());
        store.remove_member(diagnosis.id, person.id).await.unwrap();
        assert!(store.members(diagnosis.id).await.unwrap().is_empty());
    });
}

#[test]
fn an_invitation_is_used_up_by_one() {
    on_both(async |house| {
        let store = &house.store;
        let token = Token::random();
        store.invite(&token, &Invited::Host, NOW + 10).await.unwrap();
        assert!(store.invitation(&token, NOW + 11).await.is_err(), "it has expired");
        assert_eq!(store.invitation(&token, NOW).await.unwrap(), Invited::Host);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (store, token) = (store.clone(), token.clone());
            tasks.spawn(async move { store.use_invitation(&token, NOW).await.is_ok() });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|won| *won).count(), 1);
        store.invite(&token, &Invited::Host, NOW + 10).await.unwrap();
        store.forget_invitations().await.unwrap();
        assert!(store.invitation(&token, NOW).await.is_err());
    });
}

#[test]
fn a_release_is_kept_whole_and_its_number_is_taken_once() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        let made = "2026-11-22".parse().unwrap();
        let release = StoredRelease { number: 1, made, published: false };
        let table = |question: &str, by: Option<&str>| StoredTable {
            collection: collection.id,
            question: question.to_owned(),
            by: by.map(str::to_owned),
            body: "{}".to_owned(),
            mac: vec![1, 2, 3],
            basis: "{}".to_owned(),
        };
        let tables = [table("q2", None), table("q1", None), table("q1", Some("d_age"))];
        store.add_release(diagnosis.id, &release, &tables).await.unwrap();
        let twice = store.add_release(diagnosis.id, &release, &tables).await;
        assert!(matches!(twice, Err(StoreError::Stale(_))));
        assert_eq!(store.released_tables(diagnosis.id, 1).await.unwrap(), tables);
        let one = async |question, by| {
            store.sealed_table((diagnosis.id, 1), collection.id, (question, by)).await
        };
        assert_eq!(one("q1", Some("d_age")).await.unwrap(), ("{}".to_owned(), vec![1, 2, 3]));
        assert!(one("q2", Some("d_age")).await.is_err());
        let new = Takeaway {
            collection: collection.id,
            chart: "first".to_owned(),
            lang: Lang::Pt,
            said: "Muitas pessoas".to_owned(),
            editor: "Ana".to_owned(),
            written: made,
            about: "q1/:1".to_owned(),
        };
        store.set_takeaway(diagnosis.id, &new).await.unwrap();
        let changed = Takeaway { said: "Poucas pessoas".to_owned(), ..new.clone() };
        store.set_takeaway(diagnosis.id, &changed).await.unwrap();
        assert_eq!(store.takeaways(diagnosis.id).await.unwrap(), [changed]);
        let empty = Takeaway { said: String::new(), ..new };
        store.set_takeaway(diagnosis.id, &empty).await.unwrap();
        assert_eq!(store.takeaways(diagnosis.id).await.unwrap(), []);
        let draft = Report { edition: 0, release: 1, made, editor: "Ana".to_owned() };
        let text = |said: &str| SectionText {
            section: Section::Safe,
            lang: Lang::Pt,
            said: said.to_owned(),
            editor: "Ana".to_owned(),
            written: made,
        };
        let set = async |said, before| {
            store.set_report_text(diagnosis.id, &draft, &text(said), before).await
        };
        set("De noite", "").await.unwrap();
        assert!(matches!(set("Outro", "").await, Err(StoreError::Stale(_))));
        set("De dia", "De noite").await.unwrap();
        assert_eq!(store.report_texts(diagnosis.id, 0).await.unwrap(), [text("De dia")]);
        let edition = Report { edition: 1, ..draft.clone() };
        let figures = |figure: &str| OtherFigures {
            name: "furtos".to_owned(),
            told: Told {
                title: Text::name("Furtos"),
                lines: vec![Line { what: "bicicletas".to_owned(), figure: figure.to_owned() }],
                ..Told::default()
            },
            editor: "Ana".to_owned(),
            written: made,
        };
        let (old, new) = (figures("1.204"), figures("1.300"));
        let keep = async |one, before| {
            store
                .keep_other_figures(diagnosis.id, one, before)
                .await
                .map_err(|error| error.to_string())
        };
        keep(&old, None).await.unwrap();
        keep(&new, None).await.unwrap_err();
        keep(&new, Some(&new.told)).await.unwrap_err();
        keep(&new, Some(&old.told)).await.unwrap();
        assert_eq!(store.other_figures(diagnosis.id).await.unwrap(), std::slice::from_ref(&new));
        let texts = [text("De dia")];
        store
            .add_edition(diagnosis.id, &edition, &texts, std::slice::from_ref(&old))
            .await
            .unwrap();
        let late = store.drop_other_figures(diagnosis.id, "furtos", &old.told).await;
        assert!(matches!(late, Err(StoreError::Stale(_))));
        store.drop_other_figures(diagnosis.id, "furtos", &new.told).await.unwrap();
        assert_eq!(store.other_figures(diagnosis.id).await.unwrap(), []);
        assert_eq!(store.edition_figures(diagnosis.id, 1).await.unwrap(), [old]);
        let twice = store.add_edition(diagnosis.id, &edition, &[], &[]).await;
        assert!(matches!(twice, Err(StoreError::Stale(_))));
        set("", "De dia").await.unwrap();
        assert_eq!(store.report_texts(diagnosis.id, 0).await.unwrap(), []);
        assert_eq!(store.report_texts(diagnosis.id, 1).await.unwrap(), [text("De dia")]);
        let later = Report { release: 2, ..draft.clone() };
        store.pin_report(diagnosis.id, &later).await.unwrap();
        assert_eq!(store.reports(diagnosis.id).await.unwrap(), [later, edition]);
        store.drop_edition(diagnosis.id, 1).await.unwrap();
        assert!(matches!(store.drop_edition(diagnosis.id, 1).await, Err(StoreError::NotFound(_))));
        assert_eq!(store.report_texts(diagnosis.id, 1).await.unwrap(), []);
        assert_eq!(store.edition_figures(diagnosis.id, 1).await.unwrap(), []);
        let (at, count) = ((diagnosis.id, collection.id), |n: &mut u32, _, _: &_| *n += 1);
        assert_eq!(store.fold_responses(at, 0, count).await.unwrap(), 0);
        store.publish_release(diagnosis.id, 1).await.unwrap();
        assert!(store.publish_release(diagnosis.id, 2).await.is_err());
        let published = StoredRelease { published: true, ..release };
        assert_eq!(store.releases(diagnosis.id).await.unwrap(), [published]);
    });
}

#[test]
fn a_draft_is_never_written_over_what_somebody_else_saved() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let (of, by, other) = (diagnosis.id, PersonId::random(), PersonId::random());
        let draft = Draft {
            slug: "streets".to_owned(),
            source: "slug = 1".to_owned(),
            undo: None,
            began_from: None,
            began_text: String::new(),
            revision: 1,
            changed_at: NOW,
            person: by,
        };
        store.begin_draft(of, &draft).await.unwrap();
        let twice = store.begin_draft(of, &draft).await;
        assert!(matches!(twice, Err(StoreError::Taken("draft"))), "{twice:?}");
        assert_eq!(store.draft(of, "streets").await.unwrap(), draft);
        let saved = store.save_draft(of, "streets", (1, "slug = 2"), (NOW + 1, other)).await;
        assert_eq!(saved.unwrap(), Saved::Now(2));
        let theirs = store.draft(of, "streets").await.unwrap();
        assert_eq!((theirs.undo.as_deref(), theirs.person), (Some("slug = 1"), other));
        let late = store.save_draft(of, "streets", (1, "slug = 3"), (NOW + 2, by)).await.unwrap();
        assert_eq!(late, Saved::Meanwhile(Box::new(theirs.clone())));
        let again = store.save_draft(of, "streets", (1, "slug = 2"), (NOW + 3, other)).await;
        assert_eq!(again.unwrap(), Saved::Now(2), "a retry is harmless");
        assert_eq!(store.drafts(of).await.unwrap(), [theirs]);
        // Of many at once, one wins and every other is told.
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..8 {
            let (store, text) = (store.clone(), format!("slug = 1{n}"));
            tasks.spawn(async move {
                store.save_draft(of, "streets", (2, &text), (NOW + 4, by)).await.unwrap()
            });
        }
        let won = |saved: &Saved| *saved == Saved::Now(3);
        assert_eq!(tasks.join_all().await.iter().filter(|saved| won(saved)).count(), 1);
        for hash in ["a", "b"] {
            store.offer(of, "streets", hash).await.unwrap();
        }
        let offered = store.offered(of).await.unwrap();
        assert_eq!(offered, [("streets".to_owned(), "b".to_owned())].into());
        let stale = store.discard_draft(of, "streets", 2).await;
        assert!(matches!(stale, Err(StoreError::Stale(_))));
        store.discard_draft(of, "streets", 3).await.unwrap();
        let gone = store.save_draft(of, "streets", (3, "x"), (NOW, by)).await;
        assert!(matches!(gone, Err(StoreError::NotFound("draft"))));
    });
}

async fn a_screen_is_kept(store: &Store, walk: &DataWalk) {
    assert_eq!(store.screen(walk).await.unwrap(), None);
    let before = store.stirred(walk).await.unwrap();
    assert_eq!((before.screen, before.said), ((Some(walk.release), None), 0));
    let slides = [1, 2].map(|station| Slide { station, chart: 1 });
    let first = Screen::begin(&slides, Lang::Ar).unwrap();
    assert!(store.set_screen(walk, &first, None).await.unwrap());
    assert!(!store.set_screen(walk, &first, None).await.unwrap(), "somebody else began");
    assert_eq!(store.screen(walk).await.unwrap(), Some((first, 1)));
    assert_ne!(store.stirred(walk).await.unwrap(), before, "news that another process hears");
    let closed = first.after(Act::Curtain(true), &slides).unwrap();
    assert!(store.set_screen(walk, &closed, Some(1)).await.unwrap());
    assert!(!store.set_screen(walk, &first, Some(1)).await.unwrap(), "somebody else was sooner");
    assert_eq!(store.screen(walk).await.unwrap(), Some((closed, 2)));
}

#[test]
fn reflections_wait_for_the_moderator() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let walk = DataWalk {
            id: DataWalkId::random(),
            diagnosis: diagnosis.id,
            title: "Sports hall".to_owned(),
            held_on: "2026-11-21".parse().unwrap(),
            release: 1,
            door: Token::random().letters().to_owned(),
        };
        store.add_data_walk(&walk).await.unwrap();
        assert_eq!(store.data_walk(&walk.door).await.unwrap(), walk);
        assert_eq!(store.data_walks(diagnosis.id).await.unwrap(), std::slice::from_ref(&walk));
        a_screen_is_kept(store, &walk).await;
        let reflection = Reflection {
            id: ReflectionId::random(),
            station: 3,
            verdict: Verdict::Partly,
            said: "It was summer".to_owned(),
            state: ReflectionState::New,
            group: None,
            pin: None,
        };
        let (data_walk, diagnosis) = (walk.id, diagnosis.id);
        let new = NewReflection { diagnosis, data_walk, reflection: reflection.clone() };
        assert_eq!(store.reflect(new.clone()).await.unwrap(), Received::Now);
        assert_eq!(store.reflect(new).await.unwrap(), Received::Already);
        assert_eq!(store.reflections(&walk).await.unwrap(), std::slice::from_ref(&reflection));
        store.moderate(&walk, reflection.id, ReflectionState::Shown).await.unwrap();
        assert_eq!(store.reflections(&walk).await.unwrap()[0].state, ReflectionState::Shown);
        let nobody = store.moderate(&walk, ReflectionId::random(), ReflectionState::Shown).await;
        assert!(matches!(nobody, Err(StoreError::NotFound(_))));
    });
}

#[test]
fn a_walk_keeps_its_groups_its_pins_and_its_findings() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let walk = house.walk(&diagnosis, 1).await;
        let group = |letter, host: &str, begins| Group { letter, host: host.to_owned(), begins };
        let groups = [group('A', "Fatma", 1), group('C', "", 3)];
        store.set_walk_groups(&walk, &[group('B', "gone", 2)]).await.unwrap();
        store.set_walk_groups(&walk, &groups).await.unwrap();
        assert_eq!(store.walk_groups(&walk).await.unwrap(), groups);

        let pin = format!("1/{}/f2/zone/quay/unsafe", CollectionId::random());
        let reflection = Reflection {
            id: ReflectionId::random(),
            station: 4,
            verdict: Verdict::DoesNotFit,
            said: "There are new lamps".to_owned(),
            state: ReflectionState::New,
            group: Some('C'),
            pin: Some(pin.parse().unwrap()),
        };
        let (data_walk, of) = (walk.id, diagnosis.id);
        let new = NewReflection { diagnosis: of, data_walk, reflection: reflection.clone() };
        assert_eq!(store.reflect(new).await.unwrap(), Received::Now);
        assert_eq!(store.reflections(&walk).await.unwrap(), std::slice::from_ref(&reflection));
        assert_eq!(store.shown_reflections(&walk).await.unwrap(), []);
        store.moderate(&walk, reflection.id, ReflectionState::Shown).await.unwrap();
        let shown = Reflection { state: ReflectionState::Shown, ..reflection.clone() };
        assert_eq!(store.shown_reflections(&walk).await.unwrap(), [shown]);

        let mut finding = Finding {
            id: FindingId::random(),
            diagnosis: of,
            data_walk,
            place: 1,
            said: Text::name("The quay is dark"),
            evidence: vec![Evidence {
                collection: CollectionId::random(),
                chart: "day_dark".to_owned(),
            }],
            amended: Text::default(),
            because: Vec::new(),
            editor: "Ann".to_owned(),
            written: "2026-11-22".parse().unwrap(),
        };
        store.keep_finding(&finding, None).await.unwrap();
        let seen = finding.clone();
        finding.amended = Text::name("The quay was dark");
        finding.because = vec![reflection.id];
        store.keep_finding(&finding, Some(&seen)).await.unwrap();
        // Whoever saw what it said before changes nothing and takes nothing back.
        for before in [Some(&seen), None] {
            let late = store.keep_finding(&seen, before).await;
            assert!(matches!(late, Err(StoreError::Stale(_))));
        }
        assert!(matches!(store.drop_finding(&seen).await, Err(StoreError::Stale(_))));
        assert_eq!(store.findings(of).await.unwrap(), std::slice::from_ref(&finding));
        store.drop_finding(&finding).await.unwrap();
        let again = store.keep_finding(&seen, Some(&finding)).await;
        assert!(matches!(again, Err(StoreError::Stale(_))));
        assert_eq!(store.findings(of).await.unwrap(), []);

        store.hang_release(&walk, 2).await.unwrap();
        assert_eq!(store.data_walk(&walk.door).await.unwrap().release, 2);
        let nowhere = DataWalk { id: DataWalkId::random(), ..walk };
        let nowhere = store.hang_release(&nowhere, 2).await;
        assert!(matches!(nowhere, Err(StoreError::NotFound(_))));
    });
}

#[test]
fn the_audit_log_is_a_chain() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let person = PersonId::random();
        house.store.log(diagnosis.id, Some(person), NOW, "opened", "pulse2").await.unwrap();
        house.store.log(diagnosis.id, None, NOW + 1, "closed", "pulse2").await.unwrap();
        let entries = house.store.audit(diagnosis.id).await.unwrap();
        assert_eq!(entries.len(), 2);
        assert!(entries.iter().all(|entry| entry.unbroken));
        assert_eq!((entries[0].number, entries[0].person), (1, Some(person)));
    });
}

#[test]
fn a_newer_database_and_a_bad_folder_are_refused_with_a_sentence() {
    on_both(async |house| {
        const TOMORROW: &str = "
            insert into _sqlx_migrations (version, description, success, checksum, execution_time)
            values (9999, 'tomorrow', true, $1, 0)";
        let address = house.database.clone();
        let (folder, database) = (&house.folder.0, address.as_deref());
        if let Some(address) = database {
            let pool = sqlx::PgPool::connect(address).await.unwrap();
            sqlx::query(TOMORROW).bind(vec![0_u8]).execute(&pool).await.unwrap();
            pool.close().await;
        } else {
            let file = folder.join("miradouro.db");
            let address = format!("sqlite://{}", file.display());
            let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
            sqlx::query(TOMORROW).bind(vec![0_u8]).execute(&pool).await.unwrap();
            pool.close().await;
        }
        let newer = Store::open(folder, database).await.unwrap_err();
        assert!(matches!(newer, StoreError::Newer(9999)), "{newer}");
        assert!(newer.to_string().contains("newer version"));

        let no_folder = folder.join("secret").join("below");
        let refused = Store::open(&no_folder, None).await.unwrap_err();
        assert!(refused.to_string().contains("could not open the data folder"), "{refused}");
    });
}

#[test]
fn who_checked_a_text_first_stays_until_it_is_taken_back() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, _) = house.diagnosis().await;
        let (of, texts) = (diagnosis.id, ["a", "b"].map(str::to_owned));
        let first = TextCheck { by: PersonId::random(), at: NOW };
        let second = TextCheck { by: PersonId::random(), at: NOW + 1 };
        store.check_texts(of, Lang::Nl, &texts[..1], first).await.unwrap();
        store.check_texts(of, Lang::Nl, &texts, second).await.unwrap();
        let checks = store.text_checks(of, Lang::Nl).await.unwrap();
        assert_eq!(checks.into_values().collect::<Vec<_>>(), [first, second]);
        assert!(store.text_checks(of, Lang::Fr).await.unwrap().is_empty());
        store.uncheck_text(of, Lang::Nl, "a").await.unwrap();
        store.uncheck_text(of, Lang::Fr, "b").await.unwrap();
        let left = store.text_checks(of, Lang::Nl).await.unwrap();
        assert_eq!(left.into_keys().collect::<Vec<_>>(), ["b"]);
    });
}

/// What was published before versions had numbers gets them, in the order of first use.
#[tokio::test]
async fn what_was_published_before_versions_is_numbered() {
    let house = crate::house::House::sqlite().await;
    let (diagnosis, wave) = house.diagnosis().await;
    let (of, shelf) = (diagnosis.id, Shelf::load(None));
    let mut later = shelf.instrument("pulse2").unwrap().clone();
    later.title.0.insert(Lang::En, "Not in the field yet".to_owned());
    let later = house.store.publish(of, &later).await.unwrap();
    let (used, _) = house.collection(&diagnosis, &wave, "pulse2").await;
    let (other, _) = house.collection(&diagnosis, &wave, "walk_audit").await;
    let address = format!("sqlite://{}", house.folder.0.join("miradouro.db").display());
    let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
    for statement in [
        "drop table instrument_version",
        "delete from _sqlx_migrations where version in (3, 4)",
        "drop table translation_check",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let store = Store::open(&house.folder.0, None).await.unwrap();
    let versions = store.versions(of).await.unwrap();
    let told: Vec<_> = versions.iter().map(|one| (one.number, one.hash.as_str())).collect();
    let expected = [(1, used.instrument.as_str()), (2, &later), (1, &other.instrument)];
    assert_eq!(told, expected);
    assert!(versions.iter().all(|one| one.at.is_none() && one.by.is_none()));
    assert_eq!(store.source(of, &later).await.unwrap(), None);
}

#[test]
fn the_secret_is_made_once_and_only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::fresh();
    let secret = Secret::of(&folder.0).unwrap();
    let again = Secret::of(&folder.0).unwrap();
    assert_eq!(secret.bytes(), again.bytes());
    assert_eq!(secret.hash(&[b"a", b"b"]), again.hash(&[b"a", b"b"]));
    assert_ne!(secret.hash(&[b"a", b"b"]), secret.hash(&[b"ab", b""]), "lengths count");
    let mode = std::fs::metadata(folder.0.join("secret")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o400);
    std::fs::remove_file(folder.0.join("secret")).unwrap();
    std::fs::write(folder.0.join("secret"), b"short").unwrap();
    assert!(Secret::of(&folder.0).unwrap_err().to_string().contains("32 bytes"));
}

#[test]
fn the_log_takes_several_acts_at_once() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let acts: Vec<_> = (0..16)
            .map(|_| {
                let store = house.store.clone();
                tokio::spawn(async move { store.log(diagnosis.id, None, NOW, "act", "it").await })
            })
            .collect();
        for act in acts {
            act.await.unwrap().unwrap();
        }
        let entries = house.store.audit(diagnosis.id).await.unwrap();
        assert_eq!(entries.len(), 16, "on {}", house.name);
        assert!(entries.iter().all(|entry| entry.unbroken));
    });
}

#[test]
fn a_code_is_spent_once_and_what_is_left_goes_at_closing() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let of = diagnosis.id;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let (other, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        let codes: Vec<Code> = (0..3).map(|_| Code::random()).collect();
        store.issue_codes(of, collection.id, &codes).await.unwrap();
        assert_eq!(store.codes(of, collection.id).await.unwrap(), (3, 3));
        assert_eq!(store.codes(of, other.id).await.unwrap(), (0, 0));

        let hash = &collection.instrument;
        let response = |id| NewResponse::through(&door, id, hash, Lang::En, Reading::default());
        let (id, code) = (ResponseId::random(), &codes[0]);
        let sent = store.receive_with(response(id), code).await.unwrap();
        assert_eq!(sent, Received::Now);
        let again = store.receive_with(response(id), code).await.unwrap();
        assert_eq!(again, Received::Already, "the reply was lost: the receipt is looked at first");
        let twice = store.receive_with(response(ResponseId::random()), code).await.unwrap();
        assert_eq!(twice, Received::NoSuchCode);
        let unknown = store.receive_with(response(ResponseId::random()), &Code::random()).await;
        assert_eq!(unknown.unwrap(), Received::NoSuchCode);
        let elsewhere = NewResponse { collection: other.id, ..response(ResponseId::random()) };
        let elsewhere = store.receive_with(elsewhere, &codes[1]).await.unwrap();
        assert_eq!(elsewhere, Received::NoSuchCode, "a card of another collection");
        assert_eq!(store.received(of, collection.id).await.unwrap(), 1);
        assert_eq!(store.codes(of, collection.id).await.unwrap(), (3, 2));

        let day = "2026-11-22".parse().unwrap();
        store.close_collection(of, collection.id, day, false).await.unwrap();
        assert_eq!(store.codes(of, collection.id).await.unwrap(), (3, 2), "still to be counted");
        let late = store.receive_with(response(ResponseId::random()), &codes[1]).await;
        assert_eq!(late.unwrap(), Received::Closed);
        let known = store.receive_with(response(id), &codes[0]).await.unwrap();
        assert_eq!(known, Received::Already, "what is there is there after closing too");
        let more = store.issue_codes(of, collection.id, &codes).await;
        assert!(matches!(more, Err(StoreError::Stale(_))));
    });
}

#[test]
fn one_code_on_many_phones_at_once_counts_once() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let codes: Vec<Code> = (0..8).map(|_| Code::random()).collect();
        house.store.issue_codes(diagnosis.id, collection.id, &codes).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for code in codes.iter().chain(&codes).chain(&codes) {
            let code = code.clone();
            let (store, hash) = (house.store.clone(), collection.instrument.clone());
            let id = ResponseId::random();
            let response = NewResponse::through(&door, id, &hash, Lang::En, Reading::default());
            tasks.spawn(async move { store.receive_with(response, &code).await.unwrap() });
        }
        let all = tasks.join_all().await;
        let count = |what: Received| all.iter().filter(|one| **one == what).count();
        assert_eq!((count(Received::Now), count(Received::NoSuchCode)), (8, 16));
        let received = house.store.received(diagnosis.id, collection.id).await.unwrap();
        assert_eq!(received, 8, "on {}", house.name);
        assert_eq!(house.store.codes(diagnosis.id, collection.id).await.unwrap(), (8, 0));
    });
}

#[test]
fn doors_are_added_found_and_shut() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, first) = house.collection(&diagnosis, &wave, "pulse2").await;
        let word = Uuid::new_v4().simple().to_string();
        let new = Door::new(&word, collection.id, diagnosis.id, Mode::Kiosk);
        let new = Door { with_codes: true, ..new };
        store.add_door(&new).await.unwrap();
        assert!(matches!(store.add_door(&new).await, Err(StoreError::Taken(_))));
        assert_eq!(store.door(&word).await.unwrap(), new);
        let typed = format!(" {}- {} ", word[..16].to_uppercase(), &word[16..]);
        assert_eq!(store.meant_door(&typed).await.unwrap(), new);
        let looks_alike = word.replace('0', "O").replace('1', "l");
        assert_eq!(store.meant_door(&looks_alike).await.unwrap(), new);
        assert!(matches!(store.meant_door("").await, Err(StoreError::NotFound(_))));
        store.shut_door(&new, true).await.unwrap();
        assert!(store.door(&word).await.unwrap().shut);
        assert!(!store.door(&first.code).await.unwrap().shut, "by itself");
        store.shut_door(&new, false).await.unwrap();
        assert_eq!(store.doors(diagnosis.id, collection.id).await.unwrap().len(), 2);
        let (foreign, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        let foreign = Door { collection: foreign.id, ..new.clone() };
        assert!(matches!(store.shut_door(&foreign, true).await, Err(StoreError::NotFound(_))));
        let day = "2026-11-22".parse().unwrap();
        store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
        let late = Door { code: "late".to_owned(), ..new };
        assert!(matches!(store.add_door(&late).await, Err(StoreError::Stale(_))));
    });
}

#[test]
fn a_ceiling_stops_a_flood_and_forgets_nobody() {
    on_both(async |house| {
        let store = &house.store;
        let (diagnosis, wave) = house.diagnosis().await;
        let of = diagnosis.id;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        assert_eq!(store.ceiling(of, collection.id).await.unwrap(), CEILING);
        store.set_ceiling(of, collection.id, 2).await.unwrap();
        assert_eq!(store.ceiling(of, collection.id).await.unwrap(), 2);
        let hash = &collection.instrument;
        let response = |id| NewResponse::through(&door, id, hash, Lang::En, Reading::default());
        let ids = [(); 3].map(|()| ResponseId::random());
        let mut came = Vec::new();
        for id in ids {
            came.push(store.receive(response(id)).await.unwrap());
        }
        assert_eq!(came, [Received::Now, Received::Now, Received::Full]);
        assert_eq!(store.receive(response(ids[0])).await.unwrap(), Received::Already);
        let code = Code::random();
        store.issue_codes(of, collection.id, std::slice::from_ref(&code)).await.unwrap();
        let full = store.receive_with(response(ids[2]), &code).await.unwrap();
        assert_eq!(full, Received::Full);
        assert_eq!(store.codes(of, collection.id).await.unwrap(), (1, 1), "the code is not spent");
        store.set_ceiling(of, collection.id, 3).await.unwrap();
        assert_eq!(store.receive_with(response(ids[2]), &code).await.unwrap(), Received::Now);
        let day = "2026-11-22".parse().unwrap();
        store.close_collection(of, collection.id, day, false).await.unwrap();
        assert!(matches!(store.set_ceiling(of, collection.id, 9).await, Err(StoreError::Stale(_))));
    });
}

/// Who speaks for whom, and requests for rows: of two decisions one stands, and two files of one
/// collection have the same identifiers.
#[test]
fn rows_are_asked_for_and_decided_about_once() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (of, store) = (diagnosis.id, &house.store);
        let (collection, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        let person = |name: &str| Person {
            id: PersonId::random(),
            name: name.to_owned(),
            lang: Lang::En,
            host: false,
            roles: vec![(of, Role::Coordinator)],
        };
        let (one, two) = (person("one"), person("two"));
        for who in [&one, &two] {
            let sign_in = Uuid::new_v4().to_string();
            store.add_person(who, &sign_in, None).await.unwrap();
        }
        store.affiliate(of, one.id, "House", 1).await.unwrap();
        store.affiliate(of, one.id, "House", 2).await.unwrap();
        store.affiliate(of, two.id, "University", 3).await.unwrap();
        let all = store.affiliations(of).await.unwrap();
        assert_eq!((all[&one.id].since, all[&two.id].organisation.as_str()), (1, "University"));
        store.affiliate(of, one.id, "School", 4).await.unwrap();
        assert_eq!(store.affiliations(of).await.unwrap()[&one.id].since, 4, "another name");
        let signed =
            |who: &Person, at| Signature { person: who.id, organisation: "x".to_owned(), at };
        let request = |at, identifiers: &[&str]| RowExport {
            id: ExportId::random(),
            diagnosis: of,
            collection: collection.id,
            identifiers: identifiers.iter().map(|id| (*id).to_owned()).collect(),
            purpose: "why".to_owned(),
            asked: signed(&one, at),
            standing: exports::Standing::Waiting,
            decided: None,
        };
        let requests = [request(5, &["d_age"]), request(6, &["d_gender"]), request(7, &["d_age"])];
        for one in &requests {
            store.ask_rows(one).await.unwrap();
        }
        assert_eq!(store.row_exports(of).await.unwrap(), requests);
        let yes = signed(&two, 8);
        let decide = async |at: usize, standing| {
            store.decide_rows(of, requests[at].id, standing, &yes).await
        };
        decide(0, exports::Standing::Consented).await.unwrap();
        let again = decide(0, exports::Standing::Refused).await;
        assert!(matches!(again, Err(StoreError::Stale(_))));
        let other = decide(1, exports::Standing::Consented).await;
        assert!(matches!(other, Err(StoreError::Stale(_))), "other identifiers");
        decide(1, exports::Standing::Refused).await.unwrap();
        decide(2, exports::Standing::Consented).await.unwrap();
        let found = store.row_exports(of).await.unwrap();
        assert_eq!(found[0].decided, Some(yes));
        assert_eq!(found[1].standing, exports::Standing::Refused);
        store.remove_member(of, one.id).await.unwrap();
        assert!(!store.affiliations(of).await.unwrap().contains_key(&one.id));
        store.affiliate(of, two.id, "", 9).await.unwrap();
        assert!(store.affiliations(of).await.unwrap().is_empty());
        store.forget_of(of, collection.id, Kept::Answers).await.unwrap();
        assert_eq!(store.row_exports(of).await.unwrap(), []);
    });
}
