//! Paper sheets: their numbers, typing them in, the second entry of some, and the counts.
//!
//! The number of a sheet stands on paper only. Its keyed hash takes the place of the form's id, so
//! that the receipt of a typed sheet is a hash of the number and a sheet counts once. A response's
//! own id is written down for the few sheets of the sample alone, because a second entry may correct
//! it; that row goes when the entries agree, when the difference is settled, or when the collection
//! closes. Who typed a sheet of the sample stands there as a hash of sheet and person: enough to ask
//! another one for the second entry, and no list of who typed what.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::group::{self, Ready};
use super::response::{NewResponse, Received};
use super::{Result, Secret, Store, StoreError, Tx, code, document, json, on, within};
use crate::domain::answer::Answers;
use crate::domain::collection::Mode;
use crate::domain::ids::{CollectionId, DiagnosisId, PersonId, ResponseId};
use crate::domain::paper::{MOST_SHEETS, Mark, SheetNumber};
use crate::domain::recheck::{Compared, compare};
use crate::domain::reconcile::PaperCount;

/// How often a second entry is asked for, unless somebody says otherwise: one sheet in ten.
const EVERY: u64 = 10;

/// Where a sheet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It belongs to another collection.
    Elsewhere,
    /// No sheet with this number was printed here.
    NotPrinted,
    /// It can be typed in.
    Fresh,
    /// It was typed and waits for a second entry, by another person.
    Second,
    /// It waits for a second entry, and this person typed it first.
    SecondByAnother,
    /// It was typed.
    Typed,
}

/// What became of a sheet that was typed in.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyedIn {
    /// It counts; in the sample it waits for a second entry.
    First {
        /// Whether it is in the sample.
        sampled: bool,
    },
    /// It was the second entry.
    Second(Compared),
    /// Nothing was stored: it was typed before, or this person typed it first.
    Not(Standing),
    /// The collection takes no answers.
    Closed,
}

/// A sheet of the sample that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its number.
    pub number: SheetNumber,
    /// The first entry.
    pub first: Answers,
    /// The second, when there is one: then somebody has to say which is right.
    pub second: Option<Answers>,
}

const BUMP: &str = "
    insert into paper_count (diagnosis, collection, label, n)
    values ($1, $2, $3, $4)
        on conflict (diagnosis, collection, label)
        do update set n = paper_count.n + excluded.n";

const SET: &str = "
    insert into paper_count (diagnosis, collection, label, n)
    values ($1, $2, $3, $4)
        on conflict (diagnosis, collection, label)
        do update set n = excluded.n";

const READ: &str = "
    select n
      from paper_count
     where diagnosis = $1
       and collection = $2
       and label = $3";

const STATE: &str = "
    select state
      from collection
     where diagnosis = $1
       and id = $2";

const TYPIST: &str = "
    insert into paper_typist (diagnosis, collection, person, n)
    values ($1, $2, $3, 1)
        on conflict (diagnosis, collection, person)
        do update set n = paper_typist.n + 1";

const ADD_CHECK: &str = "
    insert into paper_check (diagnosis, collection, sheet, typist, response, first, second)
    values ($1, $2, $3, $4, $5, $6, null)";

const CHECK: &str = "
    select typist, first, second
      from paper_check
     where diagnosis = $1
       and collection = $2
       and sheet = $3";

const SECOND: &str = "
    update paper_check
       set second = $4
     where diagnosis = $1
       and collection = $2
       and sheet = $3
       and second is null";

const DROP_CHECK: &str = "
    delete from paper_check
     where diagnosis = $1
       and collection = $2
       and sheet = $3";

/// The collection a sheet belongs to, with the keys that its numbers are made with.
struct Stack<'s> {
    secret: &'s Secret,
    of: Uuid,
    id: Uuid,
}

impl Stack<'_> {
    fn mark(&self) -> Mark {
        Mark::of(&self.secret.hash(&[b"sheet mark", self.id.as_bytes()]))
    }

    fn mix(&self, round: u32, half: u32) -> u32 {
        let (round, half) = (round.to_be_bytes(), half.to_be_bytes());
        let hash = self.secret.hash(&[b"sheet mix", self.id.as_bytes(), &round, &half]);
        hash.iter().take(4).fold(0, |all, byte| all << 8 | u32::from(*byte))
    }

    fn number(&self, running: u32) -> SheetNumber {
        SheetNumber::new(self.mark(), running, |round, half| self.mix(round, half))
    }

    fn running(&self, number: SheetNumber) -> u32 {
        number.running(|round, half| self.mix(round, half))
    }

    fn hash(&self, number: SheetNumber) -> Vec<u8> {
        self.secret.hash(&[b"sheet", self.id.as_bytes(), number.compact().as_bytes()])
    }

    /// What stands for the form's id, from which the receipt is made.
    fn response(&self, number: SheetNumber) -> ResponseId {
        let hash = self.hash(number);
        let half = hash.first_chunk::<16>().copied().unwrap_or_default();
        ResponseId(Uuid::from_bytes(half))
    }

    fn typist(&self, number: SheetNumber, person: PersonId) -> Vec<u8> {
        self.secret.hash(&[b"typist", &self.hash(number), person.0.as_bytes()])
    }

    fn receipt(&self, number: SheetNumber) -> Vec<u8> {
        let id = self.response(number);
        self.secret.hash(&[b"receipt", self.id.as_bytes(), id.0.as_bytes()])
    }

    /// Whether the sheet is one of those that are typed twice. It depends on its number alone, so
    /// that it is the same whenever it is asked, and a denser sample keeps the sheets of a thinner.
    fn is_sampled(&self, number: SheetNumber, every: u64) -> bool {
        let hash = self.secret.hash(&[b"second", &self.hash(number)]);
        let place = hash.iter().take(4).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        every > 0 && place * every < 1 << 32
    }

    async fn add(&self, tx: &mut Tx, sql: &'static str, label: &str, n: u64) -> Result<()> {
        within!(tx, it => sqlx::query(sql)
            .bind(self.of).bind(self.id).bind(label).bind(i64::try_from(n).unwrap_or(i64::MAX))
            .execute(it).await?.rows_affected());
        Ok(())
    }

    async fn read(&self, tx: &mut Tx, label: &str) -> Result<Option<u64>> {
        let n: Option<i64> = within!(tx, it => sqlx::query_scalar(READ)
            .bind(self.of).bind(self.id).bind(label).fetch_optional(it).await)?;
        Ok(n.map(unsigned))
    }
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

impl Store {
    const fn stack(&self, of: DiagnosisId, id: CollectionId) -> Stack<'_> {
        Stack { secret: &self.secret, of: of.0, id: id.0 }
    }

    /// Numbers for so many new sheets, which count as handed out from now on.
    ///
    /// # Errors
    /// `Stale` when there are no more numbers.
    pub async fn hand_out(
        &self,
        of: DiagnosisId,
        id: CollectionId,
        copies: u32,
    ) -> Result<Vec<SheetNumber>> {
        let stack = self.stack(of, id);
        let mut tx = self.begin().await?;
        stack.add(&mut tx, BUMP, "printed", u64::from(copies)).await?;
        stack.add(&mut tx, BUMP, "handed", u64::from(copies)).await?;
        let printed = stack.read(&mut tx, "printed").await?.unwrap_or(0);
        let printed = u32::try_from(printed).unwrap_or(u32::MAX);
        if printed > MOST_SHEETS {
            return Err(StoreError::Stale("there are no more sheet numbers"));
        }
        tx.commit().await?;
        Ok((printed.saturating_sub(copies)..printed).map(|n| stack.number(n)).collect())
    }

    /// Where a sheet stands for this person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sheet(
        &self,
        of: DiagnosisId,
        id: CollectionId,
        number: SheetNumber,
        person: PersonId,
    ) -> Result<Standing> {
        const RECEIPT: &str = "
            select count(*)
              from receipt
             where diagnosis = $1
               and collection = $2
               and hash = $3";
        let stack = self.stack(of, id);
        if number.mark() != stack.mark() {
            return Ok(Standing::Elsewhere);
        }
        let mut tx = self.begin().await?;
        let printed = stack.read(&mut tx, "printed").await?.unwrap_or(0);
        if u64::from(stack.running(number)) >= printed {
            return Ok(Standing::NotPrinted);
        }
        let receipt = stack.receipt(number);
        let typed: i64 = within!(&mut tx, it => sqlx::query_scalar(RECEIPT)
            .bind(of.0).bind(id.0).bind(&receipt).fetch_one(it).await)?;
        if typed == 0 {
            return Ok(Standing::Fresh);
        }
        let waiting = waiting(&mut tx, &stack, number).await?;
        Ok(waiting.map_or(Standing::Typed, |waiting| waiting.standing(&stack, number, person)))
    }

    /// Types a sheet in: the first entry counts, a second one is compared and never counted.
    ///
    /// # Errors
    /// When the database fails: nothing was stored then.
    pub async fn key_in(
        &self,
        response: NewResponse,
        number: SheetNumber,
        person: PersonId,
    ) -> Result<KeyedIn> {
        let stack = self.stack(response.diagnosis, response.collection);
        let mut tx = self.begin().await?;
        group::hold(&mut tx, (stack.of, stack.id)).await?;
        let state: Option<String> = within!(&mut tx, it => sqlx::query_scalar(STATE)
            .bind(stack.of).bind(stack.id).fetch_optional(it).await)?;
        if state.as_deref() != Some("open") {
            return Ok(KeyedIn::Closed);
        }
        let response = NewResponse { id: stack.response(number), mode: Mode::Paper, ..response };
        let row = Uuid::new_v4();
        let ready = Ready::as_row(&self.secret, response, None, row);
        let received = group::bring_in(&mut tx, &[&ready]).await?;
        let outcome = if received == [Received::Now] {
            let every = stack.read(&mut tx, "every").await?.unwrap_or(EVERY);
            let sampled = stack.is_sampled(number, every);
            if sampled {
                within!(&mut tx, it => sqlx::query(ADD_CHECK)
                    .bind(stack.of).bind(stack.id).bind(stack.hash(number))
                    .bind(stack.typist(number, person)).bind(row).bind(ready.answers())
                    .execute(it).await?.rows_affected());
            }
            stack.add(&mut tx, BUMP, "typed", 1).await?;
            KeyedIn::First { sampled }
        } else {
            match second(&mut tx, &stack, (number, person), &ready.response.answers).await? {
                KeyedIn::Not(standing) => return Ok(KeyedIn::Not(standing)),
                done @ (KeyedIn::Second(_) | KeyedIn::First { .. } | KeyedIn::Closed) => done,
            }
        };
        within!(&mut tx, it => sqlx::query(TYPIST)
            .bind(stack.of).bind(stack.id).bind(person.0).execute(it).await?.rows_affected());
        tx.commit().await?;
        Ok(outcome)
    }

    /// The sheets of the sample that wait for a second entry or for a decision.
    ///
    /// # Errors
    /// When the database fails or an entry cannot be read.
    pub async fn checks(&self, of: DiagnosisId, id: CollectionId) -> Result<Vec<Check>> {
        const SQL: &str = "
            select sheet, first, second
              from paper_check
             where diagnosis = $1
               and collection = $2
             order by sheet";
        let rows: Vec<(Vec<u8>, String, Option<String>)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(id.0).fetch_all(pool).await)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        // Only a hash of the number is kept; with the key it is found among those printed.
        let stack = self.stack(of, id);
        let printed = self.paper_count(of, id).await?.printed;
        let all = (0..u32::try_from(printed).unwrap_or(MOST_SHEETS)).map(|n| stack.number(n));
        let known: BTreeMap<Vec<u8>, SheetNumber> = all.map(|n| (stack.hash(n), n)).collect();
        let check = |(sheet, first, second): (Vec<u8>, String, Option<String>)| {
            let Some(number) = known.get(&sheet).copied() else { return Ok(None) };
            let first = document("a first entry", &first)?;
            let second = second.map(|second| document("a second entry", &second)).transpose()?;
            Ok(Some(Check { number, first, second }))
        };
        rows.into_iter().filter_map(|row| check(row).transpose()).collect()
    }

    /// Corrects the counted answers of a sheet of the sample and lets go of both entries.
    ///
    /// # Errors
    /// `Stale` when somebody has settled it meanwhile.
    pub async fn settle(
        &self,
        of: DiagnosisId,
        id: CollectionId,
        number: SheetNumber,
        right: &Answers,
    ) -> Result<()> {
        const CORRECT: &str = "
            update response
               set answers = $4
             where diagnosis = $1
               and collection = $2
               and id = (select response
                           from paper_check
                          where diagnosis = $1
                            and collection = $2
                            and sheet = $3
                            and second is not null)";
        let stack = self.stack(of, id);
        let sheet = stack.hash(number);
        let mut tx = self.begin().await?;
        let corrected = within!(&mut tx, it => sqlx::query(CORRECT)
            .bind(of.0).bind(id.0).bind(&sheet).bind(json(right))
            .execute(it).await?.rows_affected());
        if corrected == 0 {
            return Err(StoreError::Stale("the difference has been settled meanwhile"));
        }
        within!(&mut tx, it => sqlx::query(DROP_CHECK)
            .bind(of.0).bind(id.0).bind(&sheet).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// What is known about the sheets of a collection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paper_count(&self, of: DiagnosisId, id: CollectionId) -> Result<PaperCount> {
        let labels = self.paper_labels(of, id).await?;
        let n = |label: &str| labels.get(label).copied();
        Ok(PaperCount {
            printed: n("printed").unwrap_or(0),
            handed: n("handed").unwrap_or(0),
            returned: n("returned").unwrap_or(0),
            spoiled: n("spoiled").unwrap_or(0),
            typed: n("typed").unwrap_or(0),
            every: n("every").unwrap_or(EVERY),
        })
    }

    /// Writes down what somebody counted: handed out, come back, spoiled; and how many sheets are
    /// typed twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn correct_paper_count(
        &self,
        of: DiagnosisId,
        id: CollectionId,
        count: &PaperCount,
    ) -> Result<()> {
        let stack = self.stack(of, id);
        let mut tx = self.begin().await?;
        let all = [
            ("handed", count.handed),
            ("returned", count.returned),
            ("spoiled", count.spoiled),
            ("every", count.every),
        ];
        for (label, n) in all {
            stack.add(&mut tx, SET, label, n).await?;
        }
        tx.commit().await
    }

    /// How often a second entry was the same and how often another one, by question.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entry_errors(
        &self,
        of: DiagnosisId,
        id: CollectionId,
    ) -> Result<BTreeMap<String, (u64, u64)>> {
        let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (label, n) in self.paper_labels(of, id).await? {
            if let Some(question) = label.strip_prefix("same:") {
                found.entry(question.to_owned()).or_default().0 = n;
            } else if let Some(question) = label.strip_prefix("differ:") {
                found.entry(question.to_owned()).or_default().1 = n;
            }
        }
        Ok(found)
    }

    async fn paper_labels(
        &self,
        of: DiagnosisId,
        id: CollectionId,
    ) -> Result<BTreeMap<String, u64>> {
        const SQL: &str = "
            select label, n
              from paper_count
             where diagnosis = $1
               and collection = $2";
        let rows: Vec<(String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(id.0).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(|(label, n)| (label, unsigned(n))).collect())
    }

    /// How many sheets each person typed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn typists(&self, of: DiagnosisId, id: CollectionId) -> Result<Vec<(PersonId, u64)>> {
        const SQL: &str = "
            select person, n
              from paper_typist
             where diagnosis = $1
               and collection = $2
             order by n desc, person";
        let rows: Vec<(Uuid, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(id.0).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(|(person, n)| (PersonId(person), unsigned(n))).collect())
    }

    /// How many responses of a collection are counted, by the way they came.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counted(&self, of: DiagnosisId, id: CollectionId) -> Result<Vec<(Mode, u64)>> {
        const SQL: &str = "
            select mode, count(*)
              from response
             where diagnosis = $1
               and collection = $2
             group by mode
             order by mode";
        let rows: Vec<(String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).bind(id.0).fetch_all(pool).await)?;
        rows.into_iter()
            .map(|(mode, n)| Ok((code("mode", &mode, Mode::from_code)?, unsigned(n))))
            .collect()
    }
}

/// A sheet of the sample as it lies there.
struct Waiting {
    typist: Vec<u8>,
    first: String,
    second: Option<String>,
}

impl Waiting {
    fn standing(&self, stack: &Stack<'_>, number: SheetNumber, person: PersonId) -> Standing {
        if self.second.is_some() {
            Standing::Typed
        } else if self.typist == stack.typist(number, person) {
            Standing::SecondByAnother
        } else {
            Standing::Second
        }
    }
}

async fn waiting(tx: &mut Tx, stack: &Stack<'_>, number: SheetNumber) -> Result<Option<Waiting>> {
    let sheet = stack.hash(number);
    let row: Option<(Vec<u8>, String, Option<String>)> = within!(tx, it => sqlx::query_as(CHECK)
        .bind(stack.of).bind(stack.id).bind(&sheet).fetch_optional(it).await)?;
    Ok(row.map(|(typist, first, second)| Waiting { typist, first, second }))
}

/// A second entry: compared with the first, counted by question, and kept only where they differ.
async fn second(
    tx: &mut Tx,
    stack: &Stack<'_>,
    (number, person): (SheetNumber, PersonId),
    answers: &Answers,
) -> Result<KeyedIn> {
    let Some(found) = waiting(tx, stack, number).await? else {
        return Ok(KeyedIn::Not(Standing::Typed));
    };
    let standing = found.standing(stack, number, person);
    if standing != Standing::Second {
        return Ok(KeyedIn::Not(standing));
    }
    let first: Answers = document("a first entry", &found.first)?;
    let compared = compare(&first, answers);
    let sheet = stack.hash(number);
    let sql = if compared.different.is_empty() { DROP_CHECK } else { SECOND };
    let done = within!(tx, it => {
        let query = sqlx::query(sql).bind(stack.of).bind(stack.id).bind(&sheet);
        let query = if sql == SECOND { query.bind(json(answers)) } else { query };
        query.execute(it).await?.rows_affected()
    });
    if done == 0 {
        return Ok(KeyedIn::Not(Standing::Typed));
    }
    // In the order of their labels, so that two people who save at once never wait for each other.
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for question in &compared.same {
        *counts.entry(format!("same:{question}")).or_default() += 1;
    }
    for difference in &compared.different {
        *counts.entry(format!("differ:{}", difference.question)).or_default() += 1;
    }
    for (label, n) in counts {
        stack.add(tx, BUMP, &label, n).await?;
    }
    Ok(KeyedIn::Second(compared))
}
