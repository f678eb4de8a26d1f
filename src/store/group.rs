//! What a group of sent things does inside the writer's one transaction.
//!
//! Each step is one statement for the whole group, in pieces: where the collection stands, the
//! receipts, the codes, the answers, the words, the counts. Receipts come first: whoever lost the
//! reply sends the same form with a code that is spent, and must hear that it is here. Rows of one
//! table are written in the order of their keys, so that two servers cannot wait for each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use uuid::Uuid;

use super::card::{self, CEILING};
use super::response::{self, NewReflection, NewResponse, Received};
use super::{Begun, Result, Secret, Tx, building, json, photo, pieces, within};
use crate::domain::code::Code;
use crate::domain::collection::State;

/// Something a resident sent, made ready before it waits.
#[derive(Debug)]
pub(super) enum Sent {
    /// A filled instrument.
    Response(Box<Ready>),
    /// What a group says at a station.
    Reflection(NewReflection),
}

/// A filled instrument with its hashes and its text.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) response: NewResponse,
    pub(super) receipt: Vec<u8>,
    pub(super) spends: Option<Vec<u8>>,
    /// The row's own id is another one than the form's: a receipt must not lead to it even with the
    /// secret.
    row: Uuid,
    answers: String,
}

impl Ready {
    /// Hashes what has to be hashed.
    pub(super) fn new(secret: &Secret, response: NewResponse, code: Option<&Code>) -> Self {
        Self::as_row(secret, response, code, Uuid::new_v4())
    }

    /// The same under a row's id that the caller minted: a paper sheet that is typed twice is
    /// corrected by it.
    pub(super) fn as_row(
        secret: &Secret,
        response: NewResponse,
        code: Option<&Code>,
        row: Uuid,
    ) -> Self {
        let receipt = response::receipt(secret, &response);
        let spends = code.map(|code| card::hash(secret, response.collection, code));
        let answers = json(&response.answers);
        Self { response, receipt, spends, row, answers }
    }

    /// The same, hashed before: from a journal.
    pub(super) fn known(response: NewResponse, receipt: Vec<u8>, spends: Option<Vec<u8>>) -> Self {
        let answers = json(&response.answers);
        Self { response, receipt, spends, row: Uuid::new_v4(), answers }
    }

    /// The answers as they are kept.
    pub(super) fn answers(&self) -> &str {
        &self.answers
    }

    /// Where it belongs.
    const fn of(&self) -> Of {
        (self.response.diagnosis.0, self.response.collection.0)
    }
}

/// A collection: its diagnosis and its id.
type Of = (Uuid, Uuid);

/// Where a collection stands.
#[derive(Default)]
struct Stands {
    state: Option<State>,
    closed: Option<Date>,
    room: u64,
}

impl Stands {
    /// Why it takes nothing now.
    fn refuses(&self, one: &Ready) -> Option<Received> {
        if !one.response.is_taken(self.state, self.closed) {
            Some(Received::Closed)
        } else if self.room == 0 {
            Some(Received::Full)
        } else {
            None
        }
    }
}

/// Everything that has queued: what became of each, in its order.
pub(super) async fn write(tx: &mut Tx, sent: &[&Sent]) -> Result<Vec<Received>> {
    let mut became: BTreeMap<usize, Received> = BTreeMap::new();
    let mut of: BTreeMap<Of, Vec<(usize, &Ready)>> = BTreeMap::new();
    for (at, one) in sent.iter().enumerate() {
        match one {
            Sent::Response(ready) => of.entry(ready.of()).or_default().push((at, ready)),
            Sent::Reflection(new) => {
                became.insert(at, response::add_reflection(tx, new).await?);
            }
        }
    }
    for (of, ready) in of {
        let (places, ready): (Vec<usize>, Vec<&Ready>) = ready.into_iter().unzip();
        became.extend(places.into_iter().zip(to_collection(tx, of, &ready).await?));
    }
    Ok(became.into_values().collect())
}

/// Brings in what one collection takes whatever its state.
pub(super) async fn bring_in(tx: &mut Tx, ready: &[&Ready]) -> Result<Vec<Received>> {
    let stands = Stands { state: Some(State::Open), closed: None, room: u64::MAX };
    let Some(first) = ready.first() else { return Ok(Vec::new()) };
    take(tx, first.of(), &stands, ready).await
}

/// What came for one collection. Near the ceiling each is looked at by itself.
async fn to_collection(tx: &mut Tx, of: Of, ready: &[&Ready]) -> Result<Vec<Received>> {
    hold(tx, of).await?;
    let stands = stands(tx, of).await?;
    if u64::try_from(ready.len()).is_ok_and(|n| n <= stands.room) {
        return take(tx, of, &stands, ready).await;
    }
    let mut became = Vec::with_capacity(ready.len());
    for one in ready.chunks(1) {
        let stands = self::stands(tx, of).await?;
        became.extend(take(tx, of, &stands, one).await?);
    }
    Ok(became)
}

/// Keeps a collection from closing while answers to it are written.
pub(super) async fn hold(tx: &mut Tx, of: Of) -> Result<()> {
    wait(tx, of.1, "select pg_advisory_xact_lock_shared($1)").await
}

/// Waits until no answer to a collection is being written, and lets none begin before the end of
/// this transaction: whoever closes it.
pub(super) async fn hold_back(tx: &mut Tx, collection: Uuid) -> Result<()> {
    wait(tx, collection, "select pg_advisory_xact_lock($1)").await
}

/// Waits for a lock of PostgreSQL; SQLite has one writer anyway.
#[cfg_attr(not(feature = "postgres"), expect(unused_variables, reason = "SQLite needs no lock"))]
async fn wait(tx: &mut Tx, collection: Uuid, sql: &'static str) -> Result<()> {
    match &mut tx.begun {
        Begun::Sqlite(_) => {}
        #[cfg(feature = "postgres")]
        Begun::Postgres(tx) => {
            sqlx::query(sql).bind(lock(collection)).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// The number a collection is locked by.
#[cfg(feature = "postgres")]
fn lock(collection: Uuid) -> i64 {
    i64::from_be_bytes(collection.as_bytes().first_chunk().copied().unwrap_or_default())
}

/// Where a collection stands, its ceiling, and how many answers came in: a counter for each
/// language, not a walk over every answer.
async fn stands(tx: &mut Tx, of: Of) -> Result<Stands> {
    const SQL: &str = "
        select state, closed, ceiling,
               (select cast(coalesce(sum(n), 0) as bigint)
                  from counter
                 where counter.diagnosis = $1
                   and counter.collection = $2)
          from collection
         where diagnosis = $1
           and id = $2";
    type Row = (String, Option<String>, Option<i64>, i64);
    let row: Option<Row> = within!(tx, it =>
        sqlx::query_as(SQL).bind(of.0).bind(of.1).fetch_optional(it).await)?;
    let Some((state, closed, ceiling, came)) = row else { return Ok(Stands::default()) };
    let most = ceiling.and_then(|most| u64::try_from(most).ok()).unwrap_or(CEILING);
    Ok(Stands {
        state: State::from_code(&state),
        closed: closed.and_then(|day| day.parse().ok()),
        room: most.saturating_sub(u64::try_from(came).unwrap_or(0)),
    })
}

/// Writes what this collection takes of these.
async fn take(tx: &mut Tx, of: Of, stands: &Stands, ready: &[&Ready]) -> Result<Vec<Received>> {
    let is_open = |one: &&&Ready| stands.refuses(one).is_none();
    let (open, shut): (Vec<&Ready>, Vec<&Ready>) = ready.iter().partition(is_open);
    // What a collection has already is known to it though it takes nothing more.
    let known = known(tx, of, &shut).await?;
    let fresh = add_receipts(tx, of, &open).await?;
    let mut spent = spend(tx, of, &open, &fresh).await?;
    let mut first: HashMap<&[u8], Received> = HashMap::new();
    let (mut kept, mut unspent, mut became) = (Vec::new(), Vec::new(), Vec::new());
    for one in ready {
        let receipt = one.receipt.as_slice();
        let outcome = match (stands.refuses(one), first.get(receipt)) {
            (Some(_), _) if known.contains(receipt) => Received::Already,
            (Some(why), _) => why,
            (None, Some(Received::Now)) => Received::Already,
            (None, Some(same)) => *same,
            (None, None) if !fresh.contains(receipt) => Received::Already,
            (None, None) => match &one.spends {
                Some(code) if !spent.remove(code) => {
                    unspent.push(*one);
                    // What comes late finds no code at all: they went at closing.
                    let late = one.response.closed_since.is_some();
                    if late { Received::Closed } else { Received::NoSuchCode }
                }
                Some(_) | None => {
                    kept.push(*one);
                    Received::Now
                }
            },
        };
        first.entry(receipt).or_insert(outcome);
        became.push(outcome);
    }
    drop_receipts(tx, of, &unspent).await?;
    keep(tx, of, &kept).await?;
    Ok(became)
}

/// The answers, the words, the photos and the counts of the languages.
async fn keep(tx: &mut Tx, of: Of, kept: &[&Ready]) -> Result<()> {
    const ANSWERS: &str =
        "insert into response (diagnosis, collection, id, instrument, mode, answers) ";
    const WORDS: &str = "insert into free_text (diagnosis, collection, id, question, raw, state) ";
    const COUNT: &str = "
        insert into counter (diagnosis, collection, label, n)
        values ($1, $2, $3, $4)
            on conflict (diagnosis, collection, label)
            do update set n = counter.n + excluded.n";
    let mut rows = kept.to_vec();
    rows.sort_unstable_by_key(|one| one.row);
    for piece in pieces(&rows) {
        building!(tx, ANSWERS, sql, it => {
            sql.push_values(piece, |mut row, one| {
                row.push_bind(of.0).push_bind(of.1).push_bind(one.row)
                    .push_bind(one.response.instrument.as_str())
                    .push_bind(one.response.mode.code())
                    .push_bind(one.answers.as_str());
            });
            sql.build().execute(it).await?.rows_affected()
        });
    }
    let mut words: Vec<_> = kept
        .iter()
        .flat_map(|one| &one.response.texts)
        .map(|text| (Uuid::new_v4(), text.question.as_str(), text.raw.as_str()))
        .collect();
    words.sort_unstable_by_key(|(id, ..)| *id);
    for piece in pieces(&words) {
        building!(tx, WORDS, sql, it => {
            sql.push_values(piece, |mut row, (id, question, raw)| {
                row.push_bind(of.0).push_bind(of.1).push_bind(*id)
                    .push_bind(*question).push_bind(*raw).push_bind("new");
            });
            sql.build().execute(it).await?.rows_affected()
        });
    }
    let mut langs: BTreeMap<&str, i64> = BTreeMap::new();
    for one in kept {
        photo::add(tx, of, &one.response.photos).await?;
        *langs.entry(one.response.lang.tag()).or_default() += 1;
    }
    for (lang, n) in langs {
        within!(tx, it => sqlx::query(COUNT)
            .bind(of.0).bind(of.1).bind(lang).bind(n).execute(it).await?.rows_affected());
    }
    Ok(())
}

/// The receipts among these that are here.
async fn known(tx: &mut Tx, of: Of, ready: &[&Ready]) -> Result<HashSet<Vec<u8>>> {
    let hashes: Vec<&[u8]> = ready.iter().map(|one| one.receipt.as_slice()).collect();
    let mut known = HashSet::new();
    for piece in pieces(&hashes) {
        known.extend(among(tx, "select hash from receipt", of, piece, "").await?);
    }
    Ok(known)
}

/// Adds the receipts that are not here yet, and gives those.
async fn add_receipts(tx: &mut Tx, of: Of, ready: &[&Ready]) -> Result<HashSet<Vec<u8>>> {
    const SQL: &str = "insert into receipt (diagnosis, collection, hash) ";
    let mut hashes: Vec<&[u8]> = ready.iter().map(|one| one.receipt.as_slice()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut fresh = HashSet::with_capacity(hashes.len());
    for piece in pieces(&hashes) {
        let added: Vec<Vec<u8>> = building!(tx, SQL, sql, it => {
            sql.push_values(piece, |mut row, hash| {
                row.push_bind(of.0).push_bind(of.1).push_bind(*hash);
            });
            sql.push(" on conflict do nothing returning hash");
            sql.build_query_scalar().fetch_all(it).await?
        });
        fresh.extend(added);
    }
    Ok(fresh)
}

/// Takes the receipts of those back whose code was none: nothing was stored of them.
async fn drop_receipts(tx: &mut Tx, of: Of, ready: &[&Ready]) -> Result<()> {
    let hashes: Vec<&[u8]> = ready.iter().map(|one| one.receipt.as_slice()).collect();
    for piece in pieces(&hashes) {
        among(tx, "delete from receipt", of, piece, " returning hash").await?;
    }
    Ok(())
}

/// Spends the codes of what is fresh, and gives those that there were.
async fn spend(
    tx: &mut Tx,
    of: Of,
    ready: &[&Ready],
    fresh: &HashSet<Vec<u8>>,
) -> Result<HashSet<Vec<u8>>> {
    let asks = ready.iter().filter(|one| fresh.contains(&one.receipt));
    let mut hashes: Vec<&[u8]> = asks.filter_map(|one| one.spends.as_deref()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut spent = HashSet::with_capacity(hashes.len());
    for piece in pieces(&hashes) {
        spent.extend(among(tx, "delete from code", of, piece, " returning hash").await?);
    }
    Ok(spent)
}

/// A statement over the rows of a collection that have one of these hashes; gives their hashes.
async fn among(
    tx: &mut Tx,
    what: &'static str,
    of: Of,
    hashes: &[&[u8]],
    then: &'static str,
) -> Result<Vec<Vec<u8>>> {
    Ok(building!(tx, what, sql, it => {
        sql.push(" where diagnosis = ").push_bind(of.0);
        sql.push(" and collection = ").push_bind(of.1).push(" and hash in (");
        let mut listed = sql.separated(", ");
        for hash in hashes {
            listed.push_bind(*hash);
        }
        sql.push(")").push(then);
        sql.build_query_scalar().fetch_all(it).await?
    }))
}
