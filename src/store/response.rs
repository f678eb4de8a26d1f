//! What residents send: responses, free texts, photos, receipts and reflections.
//!
//! A response row is (diagnosis, collection, id, instrument, mode, answers) and nothing else: no
//! time, address or device. Free text goes, in the same transaction, to a table of its own with an
//! id of its own. A receipt is a keyed hash of the response's id without a way back to it.

use futures_util::StreamExt;
use jiff::civil::Date;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::group::{self, Ready, Sent};
use super::photo::NewPhoto;
use super::{Result, Secret, Store, StoreError, Tx, code, document, on, within};
use crate::domain::answer::{Answers, FreeText};
use crate::domain::code::Code;
use crate::domain::collection::{Door, Mode, State};
use crate::domain::data_walk::{DataWalk, Reflection, ReflectionState, Verdict};
use crate::domain::ids::{CollectionId, DiagnosisId, ReflectionId, ResponseId, TextId};
use crate::domain::text::Lang;

/// A filled instrument on its way to the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct NewResponse {
    /// The diagnosis.
    pub diagnosis: DiagnosisId,
    /// The collection.
    pub collection: CollectionId,
    /// The id that was minted with the form.
    pub id: ResponseId,
    /// The published version that was answered.
    pub instrument: String,
    /// By which way it came.
    pub mode: Mode,
    /// The language of the form, for a counter only.
    pub lang: Lang,
    /// The answers, without words.
    pub answers: Answers,
    /// The words.
    pub texts: Vec<FreeText>,
    /// The photos, whose pictures are kept already.
    pub photos: Vec<NewPhoto>,
    /// For a sheet that waited on a phone: it is taken though the collection closed, if that was
    /// not before this day.
    pub closed_since: Option<Date>,
}

impl NewResponse {
    /// A response through a door.
    #[must_use]
    pub fn through(
        door: &Door,
        id: ResponseId,
        instrument: &str,
        lang: Lang,
        reading: crate::domain::answer::Reading,
    ) -> Self {
        Self {
            diagnosis: door.diagnosis,
            collection: door.collection,
            id,
            instrument: instrument.to_owned(),
            mode: door.mode,
            lang,
            answers: reading.answers,
            texts: reading.texts,
            photos: Vec::new(),
            closed_since: None,
        }
    }

    /// Whether a collection that stands like this takes it.
    pub(super) fn is_taken(&self, state: Option<State>, closed: Option<Date>) -> bool {
        match state {
            Some(State::Open) => true,
            Some(State::Closed) => {
                closed.zip(self.closed_since).is_some_and(|(closed, since)| closed >= since)
            }
            Some(State::Draft) | None => false,
        }
    }
}

/// A reflection on its way to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReflection {
    /// The diagnosis.
    pub diagnosis: DiagnosisId,
    /// The data walk.
    pub data_walk: crate::domain::ids::DataWalkId,
    /// What was said.
    pub reflection: Reflection,
}

/// What became of something that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is on the disk.
    Now,
    /// It was on the disk already.
    Already,
    /// The collection no longer takes answers.
    Closed,
    /// The collection has as many answers as it takes.
    Full,
    /// The code is not known, or was spent before: nothing was stored.
    NoSuchCode,
}

/// A free text as the moderator sees it: apart from everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeTextRow {
    /// Its id.
    pub id: TextId,
    /// The question it answers.
    pub question: String,
    /// What was written.
    pub raw: String,
    /// Whether others may read it.
    pub state: ReflectionState,
}

const ADD_REFLECTION: &str = "
    insert into reflection (diagnosis, data_walk, id, station, verdict, said, state, party, pin)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict do nothing";

/// How many responses are handed on at once, and how many such bundles may wait.
const AT_ONCE: usize = 256;
const AHEAD: usize = 8;

/// The keyed hash by which a form's id is known again.
pub(super) fn receipt(secret: &Secret, response: &NewResponse) -> Vec<u8> {
    secret.hash(&[b"receipt", response.collection.0.as_bytes(), response.id.0.as_bytes()])
}

/// A row of what was said.
type Said = (Uuid, i64, String, String, String, String, String);

fn reflection((id, station, verdict, said, state, party, pin): Said) -> Result<Reflection> {
    Ok(Reflection {
        id: ReflectionId(id),
        station: u32::try_from(station).unwrap_or(0),
        verdict: code("verdict", &verdict, Verdict::from_code)?,
        said,
        state: code("state", &state, ReflectionState::from_code)?,
        group: party.chars().next(),
        // A pin that cannot be read is one to the whole chart: what was said is not lost.
        pin: pin.parse().ok(),
    })
}

pub(super) async fn add_reflection(tx: &mut Tx, new: &NewReflection) -> Result<Received> {
    let said = &new.reflection;
    let fresh = within!(tx, it => sqlx::query(ADD_REFLECTION)
        .bind(new.diagnosis.0).bind(new.data_walk.0).bind(said.id.0)
        .bind(i64::from(said.station)).bind(said.verdict.code())
        .bind(&said.said).bind(said.state.code()).bind(said.party()).bind(said.pinned())
        .execute(it).await?.rows_affected());
    Ok(if fresh == 0 { Received::Already } else { Received::Now })
}

impl Store {
    /// Hands in a response; returns when it is on the disk. A known id is received already.
    ///
    /// # Errors
    /// When the queue is full or the disk fails: nothing was stored then.
    pub async fn receive(&self, response: NewResponse) -> Result<Received> {
        self.writable()?;
        let ready = Ready::new(&self.secret, response, None);
        self.writer.write(Sent::Response(Box::new(ready))).await
    }

    /// Hands in a response that spends a one-time code, in the same transaction.
    ///
    /// # Errors
    /// When the queue is full or the disk fails: nothing was stored and the code is not spent then.
    pub async fn receive_with(&self, response: NewResponse, code: &Code) -> Result<Received> {
        self.writable()?;
        let ready = Ready::new(&self.secret, response, Some(code));
        self.writer.write(Sent::Response(Box::new(ready))).await
    }

    /// Hands in a reflection; returns when it is on the disk.
    ///
    /// # Errors
    /// When the queue is full or the disk fails: nothing was stored then.
    pub async fn reflect(&self, reflection: NewReflection) -> Result<Received> {
        self.writable()?;
        self.writer.write(Sent::Reflection(reflection)).await
    }

    /// Brings in many responses at once, in one transaction, whatever the collection's state: for
    /// imports and the demonstration.
    ///
    /// # Errors
    /// When the disk fails: nothing was stored then.
    pub async fn bring_in(&self, responses: &[NewResponse]) -> Result<()> {
        let mut tx = self.begin().await?;
        for of_one in responses.chunk_by(|a, b| a.collection == b.collection) {
            let ready = of_one.iter().map(|one| Ready::new(&self.secret, one.clone(), None));
            let ready: Vec<Ready> = ready.collect();
            group::bring_in(&mut tx, &ready.iter().collect::<Vec<_>>()).await?;
        }
        tx.commit().await
    }

    /// How many responses a collection has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn received(&self, diagnosis: DiagnosisId, collection: CollectionId) -> Result<u64> {
        const SQL: &str = "
            select count(*)
              from response
             where diagnosis = $1
               and collection = $2";
        let n: i64 = on!(&self.db, pool => sqlx::query_scalar(SQL)
            .bind(diagnosis.0).bind(collection.0).fetch_one(pool).await)?;
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// Every response of a collection, with its mode, in the order of their random ids. Only jobs may
    /// call this: a release, an export.
    ///
    /// # Errors
    /// When the database fails or a document cannot be read.
    pub async fn responses(
        &self,
        diagnosis: DiagnosisId,
        collection: CollectionId,
    ) -> Result<Vec<(Mode, Answers)>> {
        const SQL: &str = "
            select mode, answers
              from response
             where diagnosis = $1
               and collection = $2
             order by id";
        let rows: Vec<(String, String)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(diagnosis.0).bind(collection.0).fetch_all(pool).await)?;
        rows.into_iter()
            .map(|(mode, answers)| {
                Ok((code("mode", &mode, Mode::from_code)?, document("answers", &answers)?))
            })
            .collect()
    }

    /// Lays every response of a collection, in the order of their random ids, into something that
    /// only keeps what it needs: a million answers never stand in memory at once. Only jobs may call
    /// this.
    ///
    /// # Errors
    /// When the database fails or a document cannot be read.
    pub async fn fold_responses<T: Send + 'static>(
        &self,
        (diagnosis, collection): (DiagnosisId, CollectionId),
        mut into: T,
        lay: fn(&mut T, Mode, &Answers),
    ) -> Result<T> {
        const SQL: &str = "
            select mode, answers
              from response
             where diagnosis = $1
               and collection = $2
             order by id";
        let (send, mut receive) = mpsc::channel::<Vec<(String, String)>>(AHEAD);
        // Reading documents takes a core of its own, beside the one that reads the disk.
        let laid = tokio::task::spawn_blocking(move || {
            while let Some(rows) = receive.blocking_recv() {
                for (mode, answers) in rows {
                    let mode = code("mode", &mode, Mode::from_code)?;
                    lay(&mut into, mode, &document("answers", &answers)?);
                }
            }
            Ok(into)
        });
        on!(&self.db, pool => {
            let query = sqlx::query_as::<_, (String, String)>(SQL);
            let mut rows = query.bind(diagnosis.0).bind(collection.0).fetch(pool).chunks(AT_ONCE);
            while let Some(rows) = rows.next().await {
                let rows = rows.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
                if send.send(rows).await.is_err() {
                    // A document could not be read: the error is waiting below.
                    break;
                }
            }
        });
        drop(send);
        laid.await.map_err(|died| StoreError::Broken("answers", died.to_string()))?
    }

    /// The free texts of a collection in random order: for the moderator only.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_texts(
        &self,
        diagnosis: DiagnosisId,
        collection: CollectionId,
    ) -> Result<Vec<FreeTextRow>> {
        const SQL: &str = "
            select id, question, raw, state
              from free_text
             where diagnosis = $1
               and collection = $2
             order by id";
        let rows: Vec<(Uuid, String, String, String)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(diagnosis.0).bind(collection.0).fetch_all(pool).await)?;
        let text = |(id, question, raw, state): (_, _, _, String)| {
            let state = code("state", &state, ReflectionState::from_code)?;
            Ok(FreeTextRow { id: TextId(id), question, raw, state })
        };
        rows.into_iter().map(text).collect()
    }

    /// The free texts of a collection that were let through, in the order of their random ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shown_texts(
        &self,
        diagnosis: DiagnosisId,
        collection: CollectionId,
    ) -> Result<Vec<(TextId, String, String)>> {
        const SQL: &str = "
            select id, question, raw
              from shown_text
             where diagnosis = $1
               and collection = $2
             order by id";
        let rows: Vec<(Uuid, String, String)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(diagnosis.0).bind(collection.0).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(|(id, question, raw)| (TextId(id), question, raw)).collect())
    }

    /// Lets a free text through to others, or holds it back.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn moderate_text(
        &self,
        of: DiagnosisId,
        collection: CollectionId,
        id: TextId,
        state: ReflectionState,
    ) -> Result<()> {
        const SQL: &str = "
            update free_text
               set state = $4
             where diagnosis = $1
               and collection = $2
               and id = $3";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(collection.0).bind(id.0).bind(state.code())
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(StoreError::NotFound("text")) } else { Ok(()) }
    }

    /// In which languages a collection was answered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn languages_used(
        &self,
        diagnosis: DiagnosisId,
        collection: CollectionId,
    ) -> Result<Vec<(String, u64)>> {
        const SQL: &str = "
            select label, n
              from counter
             where diagnosis = $1
               and collection = $2
             order by label";
        let rows: Vec<(String, i64)> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(diagnosis.0).bind(collection.0).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(|(lang, n)| (lang, u64::try_from(n).unwrap_or(0))).collect())
    }

    /// The reflections of a data walk, in the order of their random ids.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn reflections(&self, walk: &DataWalk) -> Result<Vec<Reflection>> {
        const SQL: &str = "
            select id, station, verdict, said, state, party, pin
              from reflection
             where diagnosis = $1
               and data_walk = $2
             order by station, id";
        let rows: Vec<Said> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(walk.diagnosis.0).bind(walk.id.0).fetch_all(pool).await)?;
        rows.into_iter().map(reflection).collect()
    }

    /// What was let through at a data walk, for everybody to read.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn shown_reflections(&self, walk: &DataWalk) -> Result<Vec<Reflection>> {
        const SQL: &str = "
            select id, station, verdict, said, state, party, pin
              from shown_reflection
             where diagnosis = $1
               and data_walk = $2
             order by station, id";
        let rows: Vec<Said> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(walk.diagnosis.0).bind(walk.id.0).fetch_all(pool).await)?;
        rows.into_iter().map(reflection).collect()
    }

    /// Lets a reflection through to the committee, or holds it back.
    ///
    /// # Errors
    /// When there is no such reflection or the database fails.
    pub async fn moderate(
        &self,
        walk: &DataWalk,
        reflection: ReflectionId,
        state: ReflectionState,
    ) -> Result<()> {
        const SQL: &str = "
            update reflection
               set state = $4
             where diagnosis = $1
               and data_walk = $2
               and id = $3";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(walk.diagnosis.0).bind(walk.id.0).bind(reflection.0).bind(state.code())
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 { Err(super::StoreError::NotFound("reflection")) } else { Ok(()) }
    }
}
