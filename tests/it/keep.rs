//! Keeping: backups while answers come in, restoring, moving to the other database, and what is
//! damaged.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::http::StatusCode;
use miradouro::domain::answer::Reading;
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Collection, Door, Mode};
use miradouro::domain::data_walk::{Reflection, ReflectionState, Verdict};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::ids::{PersonId, PhotoId, ReflectionId, ResponseId};
use miradouro::domain::night::{Job, Outcome};
use miradouro::domain::people::{Person, Role};
use miradouro::domain::text::Lang;
use miradouro::job::backup::{self, IS_PICTURE, KEPT_FOR};
use miradouro::job::night;
use miradouro::release;
use miradouro::store::dump::{self, DumpError, Folder as Data, Identity, Recipient, Report, Watch};
use miradouro::store::{self, NewReflection, NewResponse, Passphrase, Received, Store, StoreError};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::cli::{code, run, said};
use crate::house::{Folder, House, empty_schema, hidden, on_both};

const PHRASE: &str = "canal orange window";

/// What was planted in a house, to be found again.
struct Planted {
    diagnosis: Diagnosis,
    collection: Collection,
    open: Door,
    with_codes: Door,
    spent: Code,
    unspent: Code,
    /// A form that was sent.
    sent: Vec<(String, String)>,
    photo: PhotoId,
}

fn picture() -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([90, 120, 30]));
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new(&mut jpeg);
    picture.write_with_encoder(encoder).unwrap();
    jpeg
}

fn fields(of: &[(String, String)]) -> Vec<(&str, &str)> {
    of.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Something of everything that matters.
async fn plant(house: &House) -> Planted {
    let (diagnosis, wave) = house.diagnosis().await;
    let person = Person {
        id: PersonId::random(),
        name: "Ada".to_owned(),
        lang: Lang::En,
        host: true,
        roles: vec![(diagnosis.id, Role::Coordinator)],
    };
    let hash = Passphrase::hash(PHRASE).unwrap();
    house.store.add_person(&person, "ada", Some(&hash)).await.unwrap();
    let (collection, open) = house.collection(&diagnosis, &wave, "pulse2").await;
    house.answered(&open, 24).await;
    let door = format!("{}x", open.code);
    let with_codes =
        Door { with_codes: true, ..Door::new(&door, collection.id, diagnosis.id, Mode::Own) };
    house.store.add_door(&with_codes).await.unwrap();
    let (spent, unspent) = (Code::random(), Code::random());
    let codes = [spent.clone(), unspent.clone()];
    house.store.issue_codes(diagnosis.id, collection.id, &codes).await.unwrap();
    let path = format!("/p/{}/en", with_codes.code);
    let id = hidden(&house.get(&path).await.body, "_id");
    let sent =
        [("_id", id.as_str()), ("q1", "safe"), ("q7", "a lamp"), ("_code", &spent.grouped())]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
    assert_eq!(house.post(&path, &fields(&sent)).await.status, StatusCode::SEE_OTHER);
    let (_, walk) = house.collection(&diagnosis, &wave, "walk_audit").await;
    let photo = house.photo(&walk, picture()).await;
    house.released(&diagnosis, true).await;
    let walk = house.walk(&diagnosis, 1).await;
    let reflection = Reflection {
        id: ReflectionId::random(),
        station: 1,
        verdict: Verdict::Partly,
        said: "wij zagen dat ook".to_owned(),
        state: ReflectionState::New,
        group: None,
        pin: None,
    };
    let new = NewReflection { diagnosis: diagnosis.id, data_walk: walk.id, reflection };
    house.store.reflect(new).await.unwrap();
    house.store.log(diagnosis.id, Some(person.id), crate::house::NOW, "made", "it").await.unwrap();
    house.store.log(diagnosis.id, None, crate::house::NOW, "made", "more").await.unwrap();
    let own = house.folder.0.join("instruments");
    std::fs::create_dir_all(own.join("more")).unwrap();
    std::fs::write(own.join("more/ours.toml"), "# ours\n").unwrap();
    Planted { diagnosis, collection, open, with_codes, spent, unspent, sent, photo }
}

/// Everything that was promised before still holds.
async fn works(house: &House, planted: &Planted) {
    let (of, store) = (planted.diagnosis.id, &house.store);
    let path = format!("/p/{}/en", planted.with_codes.code);
    let again = house.post(&path, &fields(&planted.sent)).await;
    assert!(again.body.contains("already received"), "receipts are known: {}", again.body);
    let with = |code: &Code, id: &str| {
        [("_id", id), ("q1", "safe"), ("_code", &code.grouped())]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    };
    let id = hidden(&house.get(&path).await.body, "_id");
    let spent = house.post(&path, &fields(&with(&planted.spent, &id))).await;
    assert_eq!(spent.status, StatusCode::CONFLICT, "a spent code stays spent");
    let before = store.received(of, planted.collection.id).await.unwrap();
    let counts = house.post(&path, &fields(&with(&planted.unspent, &id))).await;
    assert_eq!(counts.status, StatusCode::SEE_OTHER, "{}", counts.body);
    let open = format!("/p/{}/en", planted.open.code);
    let id = hidden(&house.get(&open).await.body, "_id");
    let free = house.post(&open, &[("_id", &id), ("q1", "safe")]).await;
    assert_eq!(free.status, StatusCode::SEE_OTHER, "the door works");
    assert_eq!(store.received(of, planted.collection.id).await.unwrap(), before + 2);
    let tables = store.released_tables(of, 1).await.unwrap();
    assert!(!tables.is_empty());
    for table in tables {
        release::open(&table.body, &table.mac, store.secret().bytes()).unwrap();
    }
    let entered = house.post("/sign-in", &[("name", "ADA"), ("passphrase", PHRASE)]).await;
    assert_eq!(entered.location, "/home", "{}", entered.body);
    let cookie = entered.cookie.unwrap();
    assert!(house.get_as(&cookie, "/home").await.body.contains("Signed in as Ada"));
    assert!(store.has_photo(planted.photo).await);
    assert!(store.audit(of).await.unwrap().iter().all(|entry| entry.unbroken));
    let own = std::fs::read_to_string(house.folder.0.join("instruments/more/ours.toml")).unwrap();
    assert_eq!(own, "# ours\n");
}

async fn look(data: &Data) -> Report {
    data.verify(IS_PICTURE, &Watch::default()).await.unwrap()
}

/// A backup of a house, sealed to a key of its own.
async fn backed_up(house: &House) -> (Folder, PathBuf, Identity) {
    let (folder, key) = (Folder::fresh(), Identity::fresh());
    let file = folder.0.join("kept.age");
    let watch = Watch::default();
    let to = [key.recipient()];
    let kept = Data::of(&house.store).backup(&file, &to, &watch).await.unwrap();
    assert_eq!(watch.so_far(), (kept.rows, kept.rows));
    assert_eq!((kept.missing, kept.bytes), (0, file.metadata().unwrap().len()));
    (folder, file, key)
}

#[test]
fn what_was_kept_comes_back_and_works() {
    on_both(async |house| {
        let planted = plant(&house).await;
        let (folder, file, key) = backed_up(&house).await;
        let before = look(&Data::of(&house.store)).await;
        assert_eq!(before.faults, Vec::<String>::new());
        assert_eq!((before.responses(), before.pictures, before.files), (26, 1, 2));
        assert!(before.seals > 5);
        let keys = [key.clone()];
        let seen = dump::verify_file(&file, &keys, IS_PICTURE).await.unwrap();
        assert_eq!(seen, before, "the file says what the folder says");

        let place = Folder::fresh();
        let empty = empty_place(&house).await;
        let (path, database) = (place.0.as_path(), empty.as_deref());
        let found = dump::restore(&file, &keys, (path, database), IS_PICTURE, &Watch::default())
            .await
            .unwrap();
        assert_eq!(found, before);
        let store = Store::open(path, database).await.unwrap();
        let restored = House::around(store, place, empty);
        assert_eq!(look(&Data::of(&restored.store)).await, before, "byte for byte");

        // A restored one is kept and restored like any other.
        let (_second, file, key) = backed_up(&restored).await;
        let third = folder.0.join("third");
        let (place, keys) = ((third.as_path(), None), [key]);
        let found =
            dump::restore(&file, &keys, place, IS_PICTURE, &Watch::default()).await.unwrap();
        assert_eq!(found, before);
        works(&restored, &planted).await;
        works(&house, &planted).await;
    });
}

/// An empty schema for a house on PostgreSQL; nothing for one on SQLite.
async fn empty_place(house: &House) -> Option<String> {
    house.database.as_ref()?;
    Some(empty_schema(&std::env::var("TEST_POSTGRES_URL").unwrap()).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn from_one_database_to_the_other_and_back_nothing_changes() {
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
        println!("skipped: TEST_POSTGRES_URL is not set");
        return;
    };
    let house = House::sqlite().await;
    let planted = plant(&house).await;
    let data = Data::of(&house.store);
    let before = look(&data).await;
    assert_eq!(data.path(), house.folder.0);
    assert_eq!(data.open_collections().await.unwrap().len(), 2);
    let (there, back, url) = (Folder::fresh(), Folder::fresh(), empty_schema(&url).await);
    let watch = Watch::default();
    let moved = data.transfer(&there.0, Some(&url), IS_PICTURE, &watch).await.unwrap();
    assert_eq!(moved, before);
    assert!(!there.0.join("miradouro.db").exists());
    let full = data.transfer(&back.0, Some(&url), IS_PICTURE, &watch).await.unwrap_err();
    assert!(matches!(full, DumpError::NotEmpty(_)), "{full}");
    assert_eq!(back.0.read_dir().unwrap().count(), 0, "nothing is left there");
    let full = data.transfer(&there.0, None, IS_PICTURE, &watch).await.unwrap_err();
    assert!(matches!(full, DumpError::NotEmpty(_)), "{full}");
    let same = data.transfer(&house.folder.0, None, IS_PICTURE, &watch).await.unwrap_err();
    assert!(matches!(same, DumpError::NotEmpty(_)), "{same}");

    let far = Data::open(&there.0, Some(&url)).await.unwrap();
    assert_eq!(look(&far).await, before, "byte for byte");
    let moved = far.transfer(&back.0, None, IS_PICTURE, &watch).await.unwrap();
    assert_eq!(moved.hash, before.hash);
    far.close().await;
    let near = Data::open(&back.0, None).await.unwrap();
    assert_eq!(look(&near).await, before, "and back again");
    near.close().await;
    for (folder, database) in [(there, Some(url)), (back, None)] {
        let store = Store::open(&folder.0, database.as_deref()).await.unwrap();
        works(&House::around(store, folder, database), &planted).await;
    }
}

#[test]
fn the_same_folder_goes_to_the_other_database_and_back() {
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let house = House::sqlite().await;
        let planted = plant(&house).await;
        let before = look(&Data::of(&house.store)).await;
        house.store.close().await.unwrap();
        let url = empty_schema(&url).await;
        let folder = house.folder.0.display().to_string();
        let arguments =
            ["transfer", "--from-data", &folder, "--to-data", &folder, "--to-url", &url];
        let refused = run(&arguments);
        assert_eq!(code(&refused), 1);
        assert!(said(&refused).contains("--while-open"), "{}", said(&refused));
        let done = run(&[&arguments[..], &["--while-open"]].concat());
        assert_eq!(code(&done), 0, "{}", said(&done));
        assert!(said(&done).contains(&before.hash), "{}", said(&done));
        let store = Store::open(&house.folder.0, Some(&url)).await.unwrap();
        works(&House::around(store, house.folder, Some(url)), &planted).await;
    });
}

#[test]
fn a_backup_holds_every_answer_acknowledged_before_it_began() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        let (stop, acknowledged) =
            (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let phones: Vec<_> = (0..8)
            .map(|_| {
                let (store, door) = (house.store.clone(), door.clone());
                let (stop, acknowledged) = (stop.clone(), acknowledged.clone());
                let hash = collection.instrument.clone();
                tokio::spawn(async move {
                    while !stop.load(Ordering::SeqCst) {
                        let (id, read) = (ResponseId::random(), Reading::default());
                        let one = NewResponse::through(&door, id, &hash, Lang::En, read);
                        assert_eq!(store.receive(one).await.unwrap(), Received::Now);
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for _ in 0..5 {
            while acknowledged.load(Ordering::SeqCst) < 40 {
                tokio::task::yield_now().await;
            }
            let before = acknowledged.load(Ordering::SeqCst) as u64;
            let (_folder, file, key) = backed_up(&house).await;
            let kept = dump::verify_file(&file, &[key], IS_PICTURE).await.unwrap();
            let most = (acknowledged.load(Ordering::SeqCst) + 8) as u64;
            assert!((before..=most).contains(&kept.responses()), "{before} {kept:?}");
            let n = |name: &str| kept.tables.iter().find(|(table, _)| table == name).unwrap().1;
            assert_eq!(n("receipt"), n("response"), "one moment");
        }
        stop.store(true, Ordering::SeqCst);
        for phone in phones {
            phone.await.unwrap();
        }
        let all = house.store.received(diagnosis.id, collection.id).await.unwrap();
        assert_eq!(all, acknowledged.load(Ordering::SeqCst) as u64);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changed_byte_anywhere_or_a_missing_end_is_refused() {
    let house = House::sqlite().await;
    house.diagnosis().await;
    let (folder, file, key) = backed_up(&house).await;
    let whole = std::fs::read(&file).unwrap();
    let (bad, keys) = (folder.0.join("bad.age"), [key]);
    let refused = async |bytes: &[u8], what: &str| {
        std::fs::write(&bad, bytes).unwrap();
        let why = dump::verify_file(&bad, &keys, IS_PICTURE).await.unwrap_err();
        let is_said = matches!(why, DumpError::Damaged { .. } | DumpError::WrongKey(_));
        assert!(is_said, "{what}: {why}");
    };
    let mut rng = StdRng::seed_from_u64(5);
    let head = 0..whole.len().min(300);
    let anywhere: Vec<usize> = (0..300).map(|_| rng.random_range(0..whole.len())).collect();
    for at in head.chain(anywhere) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << rng.random_range(0..8);
        refused(&bytes, &format!("byte {at}")).await;
    }
    for length in (0..200).map(|n| whole.len() * n / 200) {
        refused(&whole[..length], &format!("{length} bytes")).await;
    }
    let longer = [whole.as_slice(), b"x"].concat();
    refused(&longer, "one byte more").await;
    let other = [Identity::fresh()];
    let why = dump::verify_file(&file, &other, IS_PICTURE).await.unwrap_err();
    assert!(matches!(why, DumpError::WrongKey(_)), "{why}");

    // Nothing of a damaged one stays in the folder it was to fill.
    let place = folder.0.join("place");
    let mut late = whole.clone();
    *late.last_mut().unwrap() ^= 1;
    std::fs::write(&bad, &late).unwrap();
    let to = (place.as_path(), None);
    assert!(dump::restore(&bad, &keys, to, IS_PICTURE, &Watch::default()).await.is_err());
    assert_eq!(place.read_dir().unwrap().count(), 0);
    dump::restore(&file, &keys, to, IS_PICTURE, &Watch::default()).await.unwrap();
    let twice = dump::restore(&file, &keys, to, IS_PICTURE, &Watch::default()).await.unwrap_err();
    assert!(matches!(twice, DumpError::NotEmpty(_)), "{twice}");
    assert!(Data::open(&place, None).await.is_ok(), "what was there is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_half_filled_or_lost_its_secret_is_not_served() {
    let folder = Folder::fresh();
    Store::open(&folder.0, None).await.unwrap().close().await.unwrap();
    let left: Vec<_> = folder.0.read_dir().unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("-wal")), "{left:?}");
    let mark = folder.0.join("restoring");
    std::fs::write(&mark, "").unwrap();
    let why = Store::open(&folder.0, None).await.unwrap_err().to_string();
    assert!(why.contains("not filled to the end"), "{why}");
    std::fs::remove_file(mark).unwrap();
    let aside = folder.0.join("aside");
    std::fs::rename(folder.0.join("secret"), &aside).unwrap();
    let why = Store::open(&folder.0, None).await.unwrap_err().to_string();
    assert!(why.contains("`secret` is gone"), "{why}");
    assert!(Data::open(&folder.0, None).await.is_err());
    std::fs::rename(aside, folder.0.join("secret")).unwrap();
    Store::open(&folder.0, None).await.unwrap();
    assert!(Data::open(Path::new("no/such/folder"), None).await.is_err());
    assert_eq!(store::cut_damaged_log(&folder.0).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_shown_and_not_written() {
    let house = House::sqlite().await;
    let planted = plant(&house).await;
    assert!(house.store.check_file().await.is_empty());
    house.store.close().await.unwrap();
    let file = house.folder.0.join("miradouro.db");
    let whole = std::fs::read(&file).unwrap();
    let page = 4096;
    let receipts = find_receipts(&file).await;
    let mut bytes = whole.clone();
    // The head of the page that holds receipts: pages about other things can still be read.
    bytes[(receipts - 1) * page..][..200].fill(0xA5);
    std::fs::write(&file, &bytes).unwrap();
    let store = Store::open(&house.folder.0, None).await.unwrap();
    assert!(!store.is_read_only(), "ready before the whole file was looked at");
    let faults = store.check_file().await;
    assert!(!faults.is_empty() && store.is_read_only());
    let House { folder, .. } = house;
    let damaged = House::around(store, folder, None);
    let path = format!("/p/{}/en", planted.open.code);
    let form = damaged.get(&path).await;
    assert_eq!(form.status, StatusCode::OK, "what can be read is shown");
    let id = hidden(&form.body, "_id");
    let sent = damaged.post(&path, &[("_id", &id), ("q1", "safe")]).await;
    assert_eq!(sent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(sent.headers.contains_key("retry-after"));
    assert!(sent.body.contains("value=\"safe\" checked"), "the answers are kept on the page");
    let fields = [("name", "ada"), ("passphrase", PHRASE)];
    let staff = damaged.post("/sign-in", &fields).await;
    assert_eq!(staff.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(staff.body.contains("Nothing can be stored just now"), "{}", staff.body);
    let refused = damaged.store.log(planted.diagnosis.id, None, 0, "a", "b").await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)));
    damaged.store.close().await.unwrap();
    let data = damaged.folder.0.display().to_string();
    let output = run(&["verify", "--data", &data]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    assert!(said(&output).contains("miradouro restore FILE"), "{}", said(&output));
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "and nothing was written");
}

/// The page at which the table of receipts begins.
async fn find_receipts(file: &Path) -> usize {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let page: i64 = sqlx::query_scalar("select rootpage from sqlite_schema where name = 'receipt'")
        .fetch_one(&pool)
        .await
        .unwrap();
    pool.close().await;
    usize::try_from(page).unwrap()
}

#[test]
fn what_is_whole_and_yet_wrong_is_said() {
    on_both(async |house| {
        let planted = plant(&house).await;
        let data = Data::of(&house.store);
        std::fs::write(house.store.photo_folder().join(format!("{}.jpg", planted.photo)), "no")
            .unwrap();
        let spoil = [
            "update released_table set body = body || ' '",
            "update instrument set content = content || ' ' where slug = 'pulse2'",
            "update audit set about = 'something else' where number = 2",
            "update response set answers = 'nothing' where answers like '%\"q1\"%'",
        ];
        for sql in spoil {
            match &house.database {
                None => {
                    let file = house.folder.0.join("miradouro.db");
                    let address = format!("sqlite://{}", file.display());
                    let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
                    sqlx::query(sql).execute(&pool).await.unwrap();
                }
                Some(url) => {
                    let pool = sqlx::PgPool::connect(url).await.unwrap();
                    sqlx::query(sql).execute(&pool).await.unwrap();
                }
            }
        }
        let faults = look(&data).await.faults.join("\n");
        for sentence in [
            "cannot be read",
            "does not bear the seal",
            "instrument pulse2 does not fit its hash",
            "log of acts was changed before entry 2",
            "the answers of a response cannot be read",
        ] {
            assert!(faults.contains(sentence), "{sentence}: {faults}");
        }
        // A picture that is gone is said, and after a restore the photo counts as held back.
        std::fs::remove_file(house.store.photo_folder().join(format!("{}.jpg", planted.photo)))
            .unwrap();
        assert_eq!(look(&data).await.lost, [planted.photo]);
        let (folder, key) = (Folder::fresh(), Identity::fresh());
        let (file, place) = (folder.0.join("kept.age"), folder.0.join("place"));
        let kept = data.backup(&file, &[key.recipient()], &Watch::default()).await.unwrap();
        assert_eq!(kept.missing, 1);
        let to = (place.as_path(), None);
        dump::restore(&file, &[key], to, IS_PICTURE, &Watch::default()).await.unwrap();
        let back = Data::open(&place, None).await.unwrap();
        assert!(look(&back).await.lost.is_empty());
        back.close().await;
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backup_of_the_night_goes_to_its_folder_and_old_ones_end() {
    let house = House::sqlite().await;
    house.diagnosis().await;
    let nights = house.folder.0.join("nights");
    let day = "2026-11-22".parse().unwrap();
    let unsealed = backup::backup(&house.store, &nights, day).await.unwrap_err();
    assert!(matches!(unsealed, DumpError::Unsealed), "{unsealed}");
    let key = Identity::fresh();
    let recipients = house.folder.0.join("recipients");
    std::fs::write(&recipients, format!("# the town's key\n{}\n", key.recipient())).unwrap();
    assert_eq!(Recipient::of_folder(&house.folder.0).unwrap().len(), 1);
    assert!(Recipient::read("age1nobody").is_err());
    let old = nights.join("miradouro-2026-10-01.age");
    std::fs::write(&old, "x").unwrap();
    let (file, kept) = backup::backup(&house.store, &nights, day).await.unwrap();
    assert!(kept.rows > 0 && !old.exists(), "{KEPT_FOR} days");
    assert!(dump::verify_file(&file, &[key], IS_PICTURE).await.is_ok());
    // The night does it last, and its page says so.
    let now = 1_795_392_000_000; // 2026-11-23T00:00Z, past the hour
    std::fs::remove_file(&file).unwrap();
    let runs = night::when_due(&house.store, now, Some(&nights)).await.unwrap().unwrap();
    let last = runs.last().unwrap();
    assert_eq!((last.job, last.outcome), (Job::Backup, Outcome::Done));
    assert!(nights.join(format!("miradouro-{}.age", last.day)).exists());
    // A full disk leaves no half of a file and nothing under its name.
    let full = nights.join("full.age.part");
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    let to = Recipient::of_folder(&house.folder.0).unwrap();
    let file = nights.join("full.age");
    let why = Data::of(&house.store).backup(&file, &to, &Watch::default()).await.unwrap_err();
    assert!(why.to_string().contains("No space left"), "{why}");
    assert!(!file.exists() && full.symlink_metadata().is_err());
}

#[test]
fn the_commands_say_what_they_did_and_what_to_do() {
    let folder = Folder::fresh();
    let at = |name: &str| folder.0.join(name).display().to_string();
    let (data, key, file, back) = (at("data"), at("key.txt"), at("kept.age"), at("back"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        Store::open(Path::new(&data), None).await.unwrap().close().await.unwrap();
    });
    let succeeds = |arguments: &[&str]| {
        let output = run(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
        said(&output)
    };
    let fails = |arguments: &[&str], sentence: &str| {
        let output = run(arguments);
        assert_eq!(code(&output), 1, "{arguments:?}");
        assert!(said(&output).contains(sentence), "{arguments:?}: {}", said(&output));
    };
    fails(&["backup", "--data", &data, "--to", &file], "miradouro key --out key.txt");
    let made = succeeds(&["key", "--out", &key]);
    let recipient = made.lines().next().unwrap().to_owned();
    assert!(recipient.starts_with("age1") && made.contains("Keep it off this server"), "{made}");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&key).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    fails(&["key", "--out", &key], "exists");
    assert_eq!(
        Identity::read(Path::new(&key)).unwrap().recipient().to_string(),
        recipient,
        "the key that was printed"
    );
    Identity::fresh().keep(&folder.0.join("other.txt")).unwrap();
    let backup = ["backup", "--data", &data, "--to", &file, "--recipient"];
    fails(&[&backup[..], &["age1nobody"]].concat(), "is no recipient");
    assert!(!Path::new(&file).exists());
    succeeds(&[&backup[..], &[&recipient]].concat());
    fails(&["verify", &file], "--identity key.txt");
    fails(&["verify", &file, "--identity", &at("other.txt")], "this key does not open");
    let whole = succeeds(&["verify", &file, "--identity", &key]);
    assert!(whole.contains("whole") && whole.contains("0 answers in 0 collections"), "{whole}");
    succeeds(&["restore", &file, "--identity", &key, "--data", &back]);
    fails(&["restore", &file, "--identity", &key, "--data", &back], "is not empty");
    let same = succeeds(&["verify", "--data", &back]);
    let hash =
        |said: &str| said.lines().find(|line| line.starts_with("sha256")).unwrap().to_owned();
    assert_eq!(hash(&same), hash(&whole));
    let cut = succeeds(&["verify", "--data", &back, "--cut-damaged-log"]);
    assert!(cut.contains("nothing was cut"), "{cut}");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    fails(&["verify", &file, "--identity", &key], "the backup of the day before");
    fails(&["restore", &file, "--identity", &key, "--data", &at("new")], "Nothing was changed");
    fails(&["verify", "--data", &at("nowhere")], "there is no data folder");
}
