//! The sealed journal: what came in after a backup comes back from it, once each, whatever it was.

use std::time::{Duration, SystemTime};

use miradouro::domain::answer::{FreeText, Reading};
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Door, Mode};
use miradouro::domain::data_walk::{Reflection, ReflectionState, Verdict};
use miradouro::domain::ids::{ReflectionId, ResponseId};
use miradouro::domain::text::Lang;
use miradouro::job::backup::IS_PICTURE;
use miradouro::store::dump::{self, DumpError, Folder as Data, Identity, Watch};
use miradouro::store::{Journal, NewReflection, NewResponse, Received, Replayed, Store};

use crate::house::{Folder, on_both};

#[test]
fn what_came_after_the_backup_comes_back_from_the_journal_once() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let of = diagnosis.id;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let codes = [Code::random(), Code::random()];
        house.store.issue_codes(of, collection.id, &codes).await.unwrap();
        house.answered(&door, 30).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let (elsewhere, key) = (Folder::fresh(), Identity::fresh());
        let journal = elsewhere.0.join("journal");
        let unsealed = Journal::begin(&journal, Vec::new()).unwrap_err();
        assert!(matches!(unsealed, DumpError::Unsealed), "{unsealed}");
        let begun = Journal::begin(&journal, vec![key.recipient()]).unwrap();
        let store = house.store.clone().with_journal(begun);
        let hash = &collection.instrument;
        let response = |word: &str| {
            let text = FreeText { question: "q7".to_owned(), raw: word.to_owned() };
            let reading = Reading { texts: vec![text], ..Reading::default() };
            NewResponse::through(&door, ResponseId::random(), hash, Lang::Nl, reading)
        };
        let early = response("before the backup");
        assert_eq!(store.receive(early.clone()).await.unwrap(), Received::Now);

        let file = elsewhere.0.join("kept.age");
        let to = [key.recipient()];
        Data::of(&store).backup(&file, &to, &Watch::default()).await.unwrap();

        let late = response("after it, kanarie");
        assert_eq!(store.receive(late.clone()).await.unwrap(), Received::Now);
        assert_eq!(store.receive(late.clone()).await.unwrap(), Received::Already);
        let spent = store.receive_with(response("with a card"), &codes[0]).await.unwrap();
        assert_eq!(spent, Received::Now);
        let none = store.receive_with(response("with a wrong one"), &Code::random()).await;
        assert_eq!(none.unwrap(), Received::NoSuchCode);
        let reflection = Reflection {
            id: ReflectionId::random(),
            station: 1,
            verdict: Verdict::Fits,
            said: "that is so".to_owned(),
            state: ReflectionState::New,
            group: None,
            pin: None,
        };
        let new = NewReflection { diagnosis: of, data_walk: walk.id, reflection };
        store.reflect(new).await.unwrap();
        let written: Vec<u8> = std::fs::read_dir(&journal)
            .unwrap()
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        assert!(written.starts_with(b"miradouro journal 1\n"));
        let says = |word: &[u8]| written.windows(word.len()).any(|part| part == word);
        assert!(!says(b"kanarie") && !says(b"with a card"), "it is sealed");

        // The disk is gone; the backup and the journal are left.
        let place = Folder::fresh();
        let (keys, at) = ([key.clone()], (place.0.as_path(), None));
        dump::restore(&file, &keys, at, IS_PICTURE, &Watch::default()).await.unwrap();
        let restored = Store::open(&place.0, None).await.unwrap();
        assert_eq!(restored.received(of, collection.id).await.unwrap(), 31);
        let wrong = restored.replay(&journal, &[Identity::fresh()]).await.unwrap_err();
        assert!(matches!(wrong, DumpError::WrongKey(_)), "{wrong}");
        let found = restored.replay(&journal, &keys).await.unwrap();
        assert_eq!(found, Replayed { new: 3, known: 1, refused: 0, cut: 0 });
        let again = restored.replay(&journal, &keys).await.unwrap();
        assert_eq!(again, Replayed { new: 0, known: 4, refused: 0, cut: 0 });
        assert_eq!(restored.received(of, collection.id).await.unwrap(), 33);
        assert_eq!(restored.receive(late).await.unwrap(), Received::Already, "a phone sends again");
        assert_eq!(restored.receive(early).await.unwrap(), Received::Already);
        let twice = restored.receive_with(response("again"), &codes[0]).await.unwrap();
        assert_eq!(twice, Received::NoSuchCode, "its code is spent here too");
        assert_eq!(restored.reflections(&walk).await.unwrap().len(), 1);
        let texts = restored.free_texts(of, collection.id).await.unwrap();
        assert_eq!(texts.iter().filter(|text| text.raw.contains("kanarie")).count(), 1);

        // A power cut in the middle of a record: what came before it is read.
        let path = std::fs::read_dir(&journal).unwrap().next().unwrap().unwrap().path();
        let cut = elsewhere.0.join("cut.journal");
        std::fs::write(&cut, &written[..written.len() - 9]).unwrap();
        let found = restored.replay(&cut, &keys).await.unwrap();
        assert_eq!((found.known, found.cut), (3, 1));
        let mut damaged = written.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        std::fs::write(&cut, &damaged).unwrap();
        assert!(restored.replay(&cut, &keys).await.is_err(), "a changed byte is not taken");

        // What a later backup holds goes; the program that writes the journal goes on writing.
        let now = SystemTime::now();
        assert_eq!(Journal::drop_before(&journal, now).unwrap(), 0, "too fresh to be sure");
        let later = now + Duration::from_hours(1);
        assert_eq!(Journal::drop_before(&journal, later).unwrap(), 1);
        assert!(!path.exists());
        assert_eq!(store.receive(response("the next day")).await.unwrap(), Received::Now);
        assert_eq!(restored.replay(&journal, &keys).await.unwrap().new, 1);
        restored.close().await.unwrap();
    });
}

#[test]
fn an_answer_that_the_journal_cannot_take_is_not_received() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let (elsewhere, key) = (Folder::fresh(), Identity::fresh());
        let folder = elsewhere.0.join("journal");
        let journal = Journal::begin(&folder, vec![key.recipient()]).unwrap();
        let store = house.store.clone().with_journal(journal);
        let (id, hash) = (ResponseId::random(), &collection.instrument);
        let new = || NewResponse::through(&door, id, hash, Lang::En, Reading::default());
        // The second disk goes away.
        std::fs::rename(&folder, elsewhere.0.join("gone")).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        store.receive(new()).await.unwrap_err();
        assert_eq!(store.received(diagnosis.id, collection.id).await.unwrap(), 0);
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(elsewhere.0.join("gone"), &folder).unwrap();
        assert_eq!(store.receive(new()).await.unwrap(), Received::Now, "it is back");
        assert_eq!(store.receive(new()).await.unwrap(), Received::Already);
    });
}

/// Doors are read once a moment: what this program changes is seen at once, and forms are read by
/// connections that pages do not use.
#[test]
fn a_change_is_seen_at_once_and_forms_have_connections_of_their_own() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let path = format!("/p/{}/en", door.code);
        assert_eq!(house.get(&path).await.status, 200);
        let before = house.store.changes();
        house.answered(&door, 3).await;
        assert_eq!(house.store.changes(), before, "answers change nothing that is shown");
        let second = Door::new("anotherdoor", collection.id, diagnosis.id, Mode::Own);
        house.store.add_door(&second).await.unwrap();
        assert!(house.store.changes() > before);
        house.store.shut_door(&door, true).await.unwrap();
        assert_ne!(house.get(&path).await.status, 200, "it was shut a moment ago");
        house.store.shut_door(&door, false).await.unwrap();
        assert_eq!(house.get(&path).await.status, 200);
        let intake = house.store.for_intake();
        assert_eq!(intake.received(diagnosis.id, collection.id).await.unwrap(), 3);
        let broken = tokio::time::timeout(Duration::ZERO, house.store.broken()).await;
        assert!(broken.is_err(), "no disk failed");
    });
}
