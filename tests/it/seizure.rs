//! Somebody takes everything the server has, and tries to find out who said what: the database with
//! its hidden columns and dead rows, its log, the file `secret`, the cards, the numbers of forms that
//! phones still know, and a list of residents in the order in which they were seen to come.
//!
//! `SEIZURE=1000 cargo test --test it seizure -- --nocapture` does it with a thousand residents; the
//! test command takes fewer. Each line is a way that was tried, with how many residents it found.

#![expect(clippy::cast_precision_loss, reason = "a thousand residents")]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::http::StatusCode;
use miradouro::domain::answer::Ground;
use miradouro::domain::code::Code;
use miradouro::domain::collection::{Collection, Door, Mode};
use miradouro::domain::ids::ResponseId;
use miradouro::domain::question::{Choice, Question};
use miradouro::instruments::sample::sample_leaning;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::postgres::PgPool;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};

use crate::heap;
use crate::house::{House, hidden, on_both};
use crate::night::{holds, on_disk};
use crate::unlink::{correlation, letters};

/// One planted resident, with everything that is true of them.
struct Resident {
    /// The code of the card they drew: whoever handed it out remembers them.
    code: Code,
    /// The number of the form that their phone still knows.
    form: ResponseId,
    /// Their answers, as they are stored: nobody else has the same.
    answers: String,
    /// What they wrote.
    text: String,
    /// In which language they answered.
    lang: &'static str,
}

/// How many are planted.
fn people() -> usize {
    std::env::var("SEIZURE").ok().and_then(|n| n.parse().ok()).unwrap_or(200)
}

/// What the attacker knows and what they took.
struct Seized<'a> {
    house: &'a House,
    collection: Collection,
    residents: Vec<Resident>,
    /// Where PostgreSQL's log stood before the first of them came.
    log_from: Option<String>,
}

impl Seized<'_> {
    fn code_hash(&self, resident: &Resident) -> Vec<u8> {
        let code = resident.code.letters();
        self.house.store.secret().hash(&[b"code", self.collection.id.0.as_bytes(), code.as_bytes()])
    }

    fn receipt(&self, resident: &Resident) -> Vec<u8> {
        let (of, form) = (self.collection.id.0, resident.form.0);
        self.house.store.secret().hash(&[b"receipt", of.as_bytes(), form.as_bytes()])
    }
}

/// Plants residents: each gets a card, fills in the whole questionnaire with words of their own, and
/// sends it through the router.
async fn plant(house: &House) -> (Collection, Vec<Resident>) {
    let (diagnosis, wave) = house.diagnosis().await;
    let (collection, open) = house.collection(&diagnosis, &wave, "resident_safety").await;
    let letters_of_door = format!("{}y", open.code);
    let door = Door {
        with_codes: true,
        ..Door::new(&letters_of_door, collection.id, diagnosis.id, Mode::Own)
    };
    house.store.add_door(&door).await.unwrap();
    let codes: Vec<Code> = (0..people()).map(|_| Code::random()).collect();
    house.store.issue_codes(diagnosis.id, collection.id, &codes).await.unwrap();
    let instrument = house.store.published(diagnosis.id, &collection.instrument).await.unwrap();
    let zones = house.store.zones(diagnosis.id, wave.id).await.unwrap();
    let ground = Ground::from(&zones);
    let mut residents = Vec::new();
    let mut known = BTreeSet::new();
    for (person, code) in codes.into_iter().enumerate() {
        let lang = ["en", "fr"][usize::from(person % 7 == 0)];
        let path = format!("/p/{}/{lang}", door.code);
        // One page for all of them: only the number of the form is fresh.
        let form = if person == 0 {
            hidden(&house.get(&path).await.body, "_id").parse().unwrap()
        } else {
            ResponseId::random()
        };
        let mut rng = StdRng::seed_from_u64(person as u64 + 77);
        let chance = |_: &Question, _: &[Choice]| None;
        let mut fields = sample_leaning(&instrument, &ground, &mut rng, chance);
        let text = letters(180);
        fields.retain(|(name, _)| name != "a3");
        fields.push(("a3".to_owned(), text.clone()));
        fields.push(("_as_is".to_owned(), "yes".to_owned()));
        let reading = instrument.read(&fields, &ground);
        assert_eq!(reading.complaints, []);
        let answers = serde_json::to_string(&reading.answers).unwrap();
        assert!(known.insert(answers.clone()), "everybody answers differently");
        fields.push(("_id".to_owned(), form.to_string()));
        fields.push(("_code".to_owned(), code.grouped()));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let sent = house.post(&path, &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        residents.push(Resident { code, form, answers, text, lang });
    }
    (collection, residents)
}

/// What a way of trying found: how many residents rightly; and where it goes by places, how the
/// orders go together, of how many.
type Found = (&'static str, usize, Option<(f64, usize)>);

/// How many residents a list of guesses names rightly; a guess is the number of the resident whose
/// answers are said to be those of the resident at that place.
fn right(guesses: &[Option<usize>]) -> usize {
    guesses.iter().enumerate().filter(|(at, guess)| **guess == Some(*at)).count()
}

/// Guesses by rank among those that were found: whoever came k-th has what lies k-th.
fn by_rank(places: &[Option<f64>]) -> (usize, Option<(f64, usize)>) {
    let there: Vec<f64> = places.iter().copied().flatten().collect();
    if there.len() < 20 {
        return (0, None);
    }
    let mut order: Vec<usize> = (0..there.len()).collect();
    order.sort_by(|a, b| there[*a].total_cmp(&there[*b]));
    let found = order.iter().enumerate().filter(|(came, at)| came == *at).count();
    (found, Some((correlation(&there), there.len())))
}

/// The rows of a PostgreSQL table as they lie in its file, dead ones too.
async fn lying(pool: &PgPool, table: &str) -> Vec<heap::Row> {
    const RAW: &str = "select pg_read_binary_file(pg_relation_filepath($1::text::regclass))";
    let file: Vec<u8> = sqlx::query_scalar(RAW).bind(table).fetch_one(pool).await.unwrap();
    heap::rows(&file)
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|piece| piece == what)
}

/// Whose answers were written by a transaction, if they are one person's alone.
fn only<'a>(of: &'a HashMap<u32, Vec<usize>>, number: u32) -> Option<usize> {
    let all: &'a Vec<usize> = of.get(&number)?;
    if let [one] = all.as_slice() { Some(*one) } else { None }
}

/// Everything that was tried on PostgreSQL.
async fn on_postgres(seized: &Seized<'_>, pool: &PgPool) -> Vec<Found> {
    const ROWS: &str = "
        select answers, xmin::text::bigint,
               ((ctid::text::point)[0] * 10000 + (ctid::text::point)[1])::float8
          from response";
    const TEXTS: &str = "
        select raw, xmin::text::bigint,
               ((ctid::text::point)[0] * 10000 + (ctid::text::point)[1])::float8
          from free_text";
    sqlx::query("checkpoint").execute(pool).await.unwrap();
    let residents = &seized.residents;
    let answers: HashMap<&str, usize> =
        residents.iter().enumerate().map(|(at, it)| (it.answers.as_str(), at)).collect();
    let mut written: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut places = vec![None; residents.len()];
    let rows: Vec<(String, i64, f64)> = sqlx::query_as(ROWS).fetch_all(pool).await.unwrap();
    for (text, xmin, place) in &rows {
        let who = answers[text.as_str()];
        written.entry(u32::try_from(*xmin).unwrap()).or_default().push(who);
        places[who] = Some(*place);
    }
    let mut found = Vec::new();

    let spent = lying(pool, "code").await;
    let guess = |it: &Resident| {
        let hash = seized.code_hash(it);
        let row = spent.iter().find(|row| row.xmax != 0 && contains(&row.bytes, &hash))?;
        only(&written, row.xmax)
    };
    let guesses: Vec<_> = residents.iter().map(guess).collect();
    found.push(("code → answers, by the number on the spent code", right(&guesses), None));

    let receipts = lying(pool, "receipt").await;
    let guess = |it: &Resident| {
        let hash = seized.receipt(it);
        let row = receipts.iter().find(|row| contains(&row.bytes, &hash))?;
        only(&written, row.xmin)
    };
    let guesses: Vec<_> = residents.iter().map(guess).collect();
    found.push(("phone's form → answers, by the number on the receipt", right(&guesses), None));

    let texts: Vec<(String, i64, f64)> = sqlx::query_as(TEXTS).fetch_all(pool).await.unwrap();
    let texts: HashMap<&str, (u32, f64)> = texts
        .iter()
        .map(|(raw, xmin, place)| (raw.as_str(), (u32::try_from(*xmin).unwrap(), *place)))
        .collect();
    let guess = |it: &Resident| only(&written, texts[it.text.as_str()].0);
    let guesses: Vec<_> = residents.iter().map(guess).collect();
    found.push(("text → answers, by the number on both", right(&guesses), None));

    // The k-th text lies beside the k-th answers.
    let rank = |places: Vec<f64>| {
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
        order
    };
    let of_answers = rank(places.iter().map(|place| place.unwrap()).collect());
    let of_texts = rank(residents.iter().map(|it| texts[it.text.as_str()].1).collect());
    let same = of_answers.iter().zip(&of_texts).filter(|(a, b)| a == b).count();
    found.push(("text → answers, by where both lie", same, None));

    let (hits, r) = by_rank(&places);
    found.push(("order of coming → answers, by where they lie", hits, r));

    // What was counted up one by one says who spoke French.
    let mut french = 0;
    for row in lying(pool, "counter").await {
        let is_french = contains(&row.bytes, b"\x07fr") || contains(&row.bytes, b"fr\0");
        let who = only(&written, row.xmin).filter(|_| is_french);
        french += usize::from(who.is_some_and(|who| residents[who].lang == "fr"));
    }
    found.push(("language → answers, by what was counted up", french, None));
    found.extend(by_the_log(seized, pool).await);
    found
}

/// PostgreSQL's own log, which the job does not reach: the files of it that these answers are in,
/// four at most.
async fn by_the_log(seized: &Seized<'_>, pool: &PgPool) -> Vec<Found> {
    const FILES: &str = "
        select name
          from pg_ls_waldir()
         where name between pg_walfile_name($1::text::pg_lsn)
                        and pg_walfile_name(pg_current_wal_lsn())
         order by name
         limit 4";
    const READ: &str = "select pg_read_binary_file('pg_wal/' || $1)";
    let from = seized.log_from.as_deref().unwrap();
    let files: Vec<String> = sqlx::query_scalar(FILES).bind(from).fetch_all(pool).await.unwrap();
    let mut log = Vec::new();
    for file in files {
        let bytes: Vec<u8> = sqlx::query_scalar(READ).bind(file).fetch_one(pool).await.unwrap();
        log.extend(bytes);
    }
    let there = Marks::of(seized).found(&log);
    let place = |mark: Mark, at: usize| there.get(&(mark, at)).map(|place| *place as f64);
    let mut came: Vec<(usize, usize)> = (0..seized.residents.len())
        .filter_map(|at| Some((*there.get(&(Mark::Answers, at))?, at)))
        .collect();
    came.sort_unstable();
    // Words follow the answers they came with.
    let guess = |at: usize| {
        let words = *there.get(&(Mark::Text, at))?;
        came.iter().rev().find(|(place, _)| *place < words).map(|(_, who)| *who)
    };
    let guesses: Vec<_> = (0..seized.residents.len()).map(guess).collect();
    let places: Vec<_> = (0..seized.residents.len()).map(|at| place(Mark::Answers, at)).collect();
    vec![(LOGGED[0], right(&guesses), None), (LOGGED[1], by_rank(&places).0, by_rank(&places).1)]
}

/// What stays possible on PostgreSQL until its log is written over.
const LOGGED: [&str; 2] = [
    "text → answers, by PostgreSQL's own log",
    "order of coming → answers, by PostgreSQL's own log",
];

/// What is looked for in SQLite's files: by its first letters, so that one walk finds all of it.
#[derive(Default)]
struct Marks(HashMap<[u8; 8], Vec<Looked>>);

/// What is looked for, whose it is, and all of its letters.
type Looked = (Mark, usize, Vec<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    /// How somebody's answers begin.
    Answers,
    /// How they end: far from their beginning, where there was room.
    Ends,
    Text,
    Receipt,
    Code,
}

impl Marks {
    fn of(seized: &Seized<'_>) -> Self {
        let mut marks = Self::default();
        for (at, it) in seized.residents.iter().enumerate() {
            let answers = it.answers.as_bytes();
            let (begins, ends) = (answers.len().min(250), answers.len().saturating_sub(250));
            marks.add(Mark::Answers, at, &answers[..begins]);
            marks.add(Mark::Ends, at, &answers[ends..]);
            marks.add(Mark::Text, at, it.text.as_bytes());
            marks.add(Mark::Receipt, at, &seized.receipt(it));
            marks.add(Mark::Code, at, &seized.code_hash(it));
        }
        marks
    }

    fn add(&mut self, mark: Mark, at: usize, bytes: &[u8]) {
        let first = bytes[..8].try_into().unwrap();
        self.0.entry(first).or_default().push((mark, at, bytes.to_vec()));
    }

    /// Everything that stands in these bytes, with its place.
    fn found(&self, bytes: &[u8]) -> BTreeMap<(Mark, usize), usize> {
        let mut found = BTreeMap::new();
        for (place, first) in bytes.windows(8).enumerate() {
            for (mark, at, all) in self.0.get(first).into_iter().flatten() {
                if bytes[place..].starts_with(all) {
                    found.entry((*mark, *at)).or_insert(place);
                }
            }
        }
        found
    }
}

/// One transaction of SQLite's log: the pages it wrote.
type Writes<'a> = Vec<(usize, &'a [u8])>;

/// SQLite's log: its rounds, of which the first is the newest, each with its transactions.
fn rounds(log: &[u8]) -> Vec<Vec<Writes<'_>>> {
    let size =
        |at: usize| log.get(at..at + 4).map(|four| u32::from_be_bytes(four.try_into().unwrap()));
    let Some(page) = size(8) else { return Vec::new() };
    let (mut all, mut open, mut salt) = (Vec::new(), Vec::new(), &log[16..24]);
    all.push(Vec::new());
    let mut at = 32;
    while let (Some(number), Some(commit)) = (size(at), size(at + 4)) {
        let Some(bytes) = log.get(at + 24..at + 24 + page as usize) else { break };
        if log[at + 8..at + 16] != *salt {
            // What is left of a round before has another salt.
            salt = &log[at + 8..at + 16];
            open.clear();
            all.push(Vec::new());
        }
        open.push((number as usize, bytes));
        if commit != 0 {
            all.last_mut().unwrap().push(std::mem::take(&mut open));
        }
        at += 24 + page as usize;
    }
    all
}

/// Everything that was tried on SQLite.
fn on_sqlite(seized: &Seized<'_>) -> Vec<Found> {
    const PAGE: usize = 4096;
    let residents = &seized.residents;
    let folder = &seized.house.folder.0;
    let file = std::fs::read(folder.join("miradouro.db")).unwrap();
    let log = std::fs::read(folder.join("miradouro.db-wal")).unwrap_or_default();
    let marks = Marks::of(seized);
    let in_file = marks.found(&file);
    let mut found = Vec::new();

    // What appears for the first time in one transaction belongs together; a code that is there
    // before it and not after it was spent in it.
    let (mut codes, mut forms, mut texts) = (0, 0, 0);
    for (round, transactions) in rounds(&log).into_iter().enumerate() {
        // The newest round goes on from the file; of an older one only what it says itself is known.
        let (mut seen, mut pages): (BTreeSet<_>, BTreeMap<_, BTreeSet<_>>) = Default::default();
        if round == 0 {
            seen = in_file.keys().copied().collect();
            let page = |(at, page)| (at + 1, marks.found(page).into_keys().collect());
            pages = file.chunks(PAGE).enumerate().map(page).collect();
        }
        for writes in transactions {
            let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
            for (number, bytes) in writes {
                let now: BTreeSet<(Mark, usize)> = marks.found(bytes).into_keys().collect();
                match pages.insert(number, now.clone()) {
                    Some(was) => before.extend(was),
                    None if round > 0 => seen.extend(now.iter().copied()),
                    None => {}
                }
                after.extend(now);
            }
            let new: Vec<(Mark, usize)> = after.difference(&seen).copied().collect();
            let gone: Vec<(Mark, usize)> = before.difference(&after).copied().collect();
            seen.extend(new.iter().copied());
            let of = |all: &[(Mark, usize)], mark: Mark| -> Vec<usize> {
                all.iter().filter(|(is, _)| *is == mark).map(|(_, at)| *at).collect()
            };
            let [who] = of(&new, Mark::Answers)[..] else { continue };
            codes += usize::from(of(&gone, Mark::Code) == [who]);
            texts += usize::from(of(&new, Mark::Text) == [who]);
            forms += usize::from(of(&new, Mark::Receipt) == [who]);
        }
    }
    found.push(("code → answers, by the log", codes, None));
    found.push(("phone's form → answers, by the log", forms, None));
    found.push(("text → answers, by the log", texts, None));

    // In the file itself: long answers go on where there was room at the moment they came.
    let places = |mark: Mark| -> Vec<Option<f64>> {
        (0..residents.len()).map(|at| in_file.get(&(mark, at)).map(|place| *place as f64)).collect()
    };
    for (way, mark) in [
        ("order of coming → answers, by where they lie", Mark::Answers),
        ("order of coming → answers, by where they end", Mark::Ends),
        ("order of coming → texts, by where they lie", Mark::Text),
    ] {
        let (hits, r) = by_rank(&places(mark));
        found.push((way, hits, r));
    }
    let left = in_file.keys().filter(|(mark, _)| *mark == Mark::Code).count();
    found.push(("spent codes that still lie in the file", left, None));
    found
}

async fn tried(seized: &Seized<'_>) -> Vec<Found> {
    match &seized.house.database {
        Some(address) => on_postgres(seized, &PgPool::connect(address).await.unwrap()).await,
        None => on_sqlite(seized),
    }
}

#[test]
fn whoever_takes_the_machine_finds_nobody_after_the_night() {
    on_both(async |house| {
        let n = people();
        let mut log_from = None;
        if let Some(address) = &house.database {
            let pool = PgPool::connect(address).await.unwrap();
            let now = "select pg_current_wal_lsn()::text";
            log_from = Some(sqlx::query_scalar(now).fetch_one(&pool).await.unwrap());
        }
        let (collection, residents) = plant(&house).await;
        let seized = Seized { house: &house, collection, residents, log_from };
        let (of, id) = (seized.collection.diagnosis, seized.collection.id);
        let stored = house.store.responses(of, id).await.unwrap();
        assert_eq!(stored.len(), n);
        let before = tried(&seized).await;
        let unlinked = house.store.unlink().await.unwrap();
        assert!(unlinked.left.is_empty(), "{unlinked:?}");
        let after = tried(&seized).await;
        println!("{}: {n} residents, found before and after the night", house.name);
        let r = |r: Option<(f64, usize)>| {
            r.map_or_else(String::new, |(r, of)| format!("r = {r:+.3} of {of}"))
        };
        for ((way, was, r_was), (_, is, r_is)) in before.iter().zip(&after) {
            println!("  {way:55} {was:5} {:18} {is:5} {}", r(*r_was), r(*r_is));
        }
        // Who guesses a place for each of them is right about once, whatever their number.
        let luck = 6;
        let chance = |of: usize| if of >= 1000 { 0.1 } else { 4.5 / (of as f64).sqrt() };
        for (way, found, r) in &after {
            if LOGGED.contains(way) {
                println!("  {way}: PostgreSQL writes over it later; see the page in docs");
                continue;
            }
            let by_place = way.contains("where");
            assert!(*found <= if by_place { luck } else { 0 }, "{way}: {found}");
            assert!(r.is_none_or(|(r, of)| r.abs() < chance(of)), "{way}: {r:?}");
        }
        assert!(before.iter().any(|(_, found, _)| *found > n / 20), "the tries are no pretence");
        assert_eq!(house.store.responses(of, id).await.unwrap(), stored, "and nothing is lost");
    });
}

/// Asks the program over a socket of its own, from an address of its own, and reads all it says.
async fn over_the_wire(at: std::net::SocketAddr, request: &str) -> String {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.77:0".parse().unwrap()).unwrap();
    let mut stream = socket.connect(at).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn nothing_about_who_sent_it_is_written_anywhere() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, open) = house.collection(&diagnosis, &wave, "pulse2").await;
        let letters_of_door = format!("{}y", open.code);
        let door = Door {
            with_codes: true,
            ..Door::new(&letters_of_door, collection.id, diagnosis.id, Mode::Own)
        };
        house.store.add_door(&door).await.unwrap();
        let (good, wrong) = (Code::random(), Code::random());
        let codes = std::slice::from_ref(&good);
        house.store.issue_codes(diagnosis.id, collection.id, codes).await.unwrap();
        let (agent, query, text) = (letters(24), letters(24), letters(24));

        let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_miradouro"));
        program.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&house.folder.0);
        program.env_remove("MIRADOURO_DATABASE_URL").env("RUST_LOG", "debug");
        if let Some(address) = &house.database {
            program.env("MIRADOURO_DATABASE_URL", address);
        }
        program.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut server = program.kill_on_drop(true).spawn().unwrap();
        let mut lines = tokio::io::BufReader::new(server.stdout.take().unwrap()).lines();
        let mut logged = String::new();
        let at = loop {
            let line = lines.next_line().await.unwrap().unwrap();
            logged += &line;
            if let Some(rest) = line.split("serving http://").nth(1) {
                break rest.trim_end_matches('/').parse().unwrap();
            }
        };
        let head = format!(
            "Host: {at}\r\nUser-Agent: {agent}\r\nX-Forwarded-For: 127.0.0.77\r\n\
             Accept-Language: en\r\nConnection: close\r\n"
        );
        let path = format!("/p/{}/en", door.code);
        let get = |path: &str| format!("GET {path}?who={query} HTTP/1.1\r\n{head}\r\n");
        let post = |path: &str, kind: &str, body: &str| {
            let n = body.len();
            format!(
                "POST {path}?who={query} HTTP/1.1\r\n{head}Content-Type: {kind}\r\n\
                 Sec-Fetch-Site: same-origin\r\nContent-Length: {n}\r\n\r\n{body}"
            )
        };
        let form = "application/x-www-form-urlencoded";
        let page = over_the_wire(at, &get(&path)).await;
        let id = hidden(&page, "_id");
        let sent =
            |code: &Code| format!("_id={id}&q1=safe&q7={text}&_as_is=yes&_code={}", code.grouped());
        let refused = over_the_wire(at, &post(&path, form, &sent(&wrong))).await;
        assert!(refused.starts_with("HTTP/1.1 409"), "{refused}");
        let taken = over_the_wire(at, &post(&path, form, &sent(&good))).await;
        assert!(taken.starts_with("HTTP/1.1 303"), "{taken}");
        for odd in [
            get("/no/such/page"),
            get("/p/nowhere/en"),
            post(&path, "text/plain", &text),
            post(&path, "multipart/form-data; boundary=x", &text),
            post(&path, form, &format!("_id=x&q1={text}")),
            post("/p", form, &format!("door={}", good.grouped())),
            post("/sign-in", form, &format!("name={text}&passphrase={query}")),
        ] {
            let said = over_the_wire(at, &odd).await;
            assert!(said.starts_with("HTTP/1.1 4"), "{said}");
        }
        let id = server.id().unwrap().to_string();
        let stopped = std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(stopped.success());
        while let Some(line) = lines.next_line().await.unwrap() {
            logged += &line;
        }
        let rest = server.wait_with_output().await.unwrap();
        logged += &String::from_utf8_lossy(&rest.stderr);
        assert!(!logged.is_empty());

        let mut disk = on_disk(&house).await;
        let text_lies = holds(&disk, text.as_bytes());
        assert!(!text_lies.is_empty(), "the search finds what is there");
        disk.push(("the server's log".to_owned(), logged.into_bytes()));
        let (spent, guessed) = (good.grouped(), wrong.grouped());
        let (spent_plain, guessed_plain) = (good.letters(), wrong.letters());
        for what in ["127.0.0.77", &agent, &query, &spent, &guessed, spent_plain, guessed_plain] {
            assert_eq!(holds(&disk, what.as_bytes()), [] as [String; 0], "on {}", house.name);
        }
        let last = &disk[disk.len() - 1..];
        assert_eq!(holds(last, text.as_bytes()), [] as [String; 0], "nor what was said");
    });
}
