//! The sealed intake journal: what residents sent, written a second time to another disk before
//! anybody is told that it is here, and sealed to a key that is not on the server.
//!
//! One file for each start of a program, named at random. It begins with a line; then come records,
//! each a length (four bytes, big-endian) and an [age](https://age-encryption.org) file that holds
//! what one transaction kept, as JSON. A record is on the disk before the transaction ends: what
//! was cut off between the two is in the journal alone, and its sender heard nothing.
//!
//! The order in a file is the order of arrival. So a backup that holds what the journal holds is
//! followed by [`Journal::drop_before`].

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dump::{DumpError, Identity, Recipient, open_record, seal_record};
use super::group::{Ready, Sent};
use super::response::{NewReflection, NewResponse, Received};
use super::{NewPhoto, Result, Store, StoreError};
use crate::domain::answer::{Answers, FreeText};
use crate::domain::collection::Mode;
use crate::domain::data_walk::{Reflection, ReflectionState, Verdict};
use crate::domain::ids::{
    CollectionId, DataWalkId, DiagnosisId, PhotoId, ReflectionId, ResponseId,
};
use crate::domain::text::Lang;

/// How every file begins.
const BEGIN: &[u8] = b"miradouro journal 1\n";
/// How every file ends its name.
const END: &str = "journal";
/// How every sealed record begins, behind its length.
const SEALED: &[u8] = b"age-encryption.org/v1\n";
/// A transaction that began before a backup ends within this.
const MARGIN: Duration = Duration::from_mins(5);

/// Where the journal of this program goes.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
    file: PathBuf,
    to: Vec<Recipient>,
}

/// One thing that was kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Record {
    /// A filled instrument.
    Response(ResponseRecord),
    /// What a group said.
    Reflection {
        diagnosis: Uuid,
        data_walk: Uuid,
        id: Uuid,
        station: u32,
        verdict: String,
        said: String,
        state: String,
        #[serde(default)]
        party: String,
        #[serde(default)]
        pin: String,
    },
}

/// A filled instrument. Not the form's id and not the code: only the hashes that the tables hold.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ResponseRecord {
    diagnosis: Uuid,
    collection: Uuid,
    receipt: Vec<u8>,
    spends: Option<Vec<u8>>,
    instrument: String,
    mode: String,
    lang: String,
    answers: Answers,
    texts: Vec<(String, String)>,
    photos: Vec<(Uuid, String, Option<u32>, Option<String>)>,
    closed_since: Option<Date>,
}

impl Record {
    /// What is written of something that was sent.
    pub(super) fn of(sent: &Sent) -> Self {
        match sent {
            Sent::Response(ready) => Self::Response(ResponseRecord::of(ready)),
            Sent::Reflection(new) => Self::Reflection {
                diagnosis: new.diagnosis.0,
                data_walk: new.data_walk.0,
                id: new.reflection.id.0,
                station: new.reflection.station,
                verdict: new.reflection.verdict.code().to_owned(),
                said: new.reflection.said.clone(),
                state: new.reflection.state.code().to_owned(),
                party: new.reflection.party(),
                pin: new.reflection.pinned(),
            },
        }
    }

    /// The same, to be sent again; nothing where a word is not known any more.
    fn sent(self) -> Option<Sent> {
        match self {
            Self::Response(record) => record.ready().map(|ready| Sent::Response(Box::new(ready))),
            Self::Reflection {
                diagnosis,
                data_walk,
                id,
                station,
                verdict,
                said,
                state,
                party,
                pin,
            } => {
                let reflection = Reflection {
                    id: ReflectionId(id),
                    station,
                    verdict: Verdict::from_code(&verdict)?,
                    said,
                    state: ReflectionState::from_code(&state)?,
                    group: party.chars().next(),
                    pin: pin.parse().ok(),
                };
                let (diagnosis, data_walk) = (DiagnosisId(diagnosis), DataWalkId(data_walk));
                Some(Sent::Reflection(NewReflection { diagnosis, data_walk, reflection }))
            }
        }
    }
}

impl ResponseRecord {
    fn of(ready: &Ready) -> Self {
        let it = &ready.response;
        let photo =
            |new: &NewPhoto| (new.id.0, new.question.clone(), new.number, new.place.clone());
        Self {
            diagnosis: it.diagnosis.0,
            collection: it.collection.0,
            receipt: ready.receipt.clone(),
            spends: ready.spends.clone(),
            instrument: it.instrument.clone(),
            mode: it.mode.code().to_owned(),
            lang: it.lang.tag().to_owned(),
            answers: it.answers.clone(),
            texts: it.texts.iter().map(|it| (it.question.clone(), it.raw.clone())).collect(),
            photos: it.photos.iter().map(photo).collect(),
            closed_since: it.closed_since,
        }
    }

    fn ready(self) -> Option<Ready> {
        let text = |(question, raw)| FreeText { question, raw };
        let photo = |(id, question, number, place)| {
            let id = PhotoId(id);
            NewPhoto { id, question, number, place }
        };
        let response = NewResponse {
            diagnosis: DiagnosisId(self.diagnosis),
            collection: CollectionId(self.collection),
            // The receipt is here; the form's id, from which it was made, is nowhere.
            id: ResponseId(Uuid::nil()),
            instrument: self.instrument,
            mode: Mode::from_code(&self.mode)?,
            lang: self.lang.parse::<Lang>().ok()?,
            answers: self.answers,
            texts: self.texts.into_iter().map(text).collect(),
            photos: self.photos.into_iter().map(photo).collect(),
            closed_since: self.closed_since,
        };
        Some(Ready::known(response, self.receipt, self.spends))
    }
}

impl Journal {
    /// Begins a journal in a folder, which is made where it is missing; best on another disk.
    ///
    /// # Errors
    /// `Unsealed` when there is nobody to seal it to; when the folder cannot be written.
    pub fn begin(folder: &Path, to: Vec<Recipient>) -> std::result::Result<Self, DumpError> {
        if to.is_empty() {
            return Err(DumpError::Unsealed);
        }
        let name = Uuid::new_v4().simple().to_string();
        let file = folder.join(name).with_extension(END);
        let journal = Self { folder: folder.to_owned(), file, to };
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        let made = made.and_then(|()| journal.file().map(drop));
        made.map_err(|error| DumpError::File { path: folder.to_owned(), why: error.to_string() })?;
        Ok(journal)
    }

    /// The file, begun where it is not there: a backup may have taken it away.
    fn file(&self) -> io::Result<File> {
        let options = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.file);
        let mut file = options?;
        if file.metadata()?.len() == 0 {
            file.write_all(BEGIN)?;
            file.sync_all()?;
            File::open(&self.folder)?.sync_all()?;
        }
        Ok(file)
    }

    /// Writes what one transaction keeps; it is on the disk when this returns.
    pub(super) async fn append(&self, records: &[Record]) -> Result<()> {
        let json = serde_json::to_vec(records)
            .map_err(|error| StoreError::Broken("a journal record", error.to_string()))?;
        let journal = self.clone();
        let written = tokio::task::spawn_blocking(move || journal.write(&json)).await;
        let written = written.unwrap_or_else(|cut| Err(io::Error::other(cut)));
        written.map_err(|error| StoreError::Away(format!("the journal: {error}")))
    }

    fn write(&self, json: &[u8]) -> io::Result<()> {
        let mut record = vec![0; 4];
        seal_record(json, &self.to, &mut record)?;
        let length = u32::try_from(record.len() - 4).map_err(io::Error::other)?;
        if let Some(head) = record.first_chunk_mut() {
            *head = length.to_be_bytes();
        }
        loop {
            let mut file = self.file()?;
            let before = file.metadata()?.len();
            let written = file.write_all(&record).and_then(|()| file.sync_data());
            if let Err(error) = written {
                // Half a record would hide what comes after it.
                file.set_len(before)?;
                return Err(error);
            }
            // A backup that took the file away in this moment took the record with it.
            if file.metadata()?.nlink() > 0 {
                return Ok(());
            }
        }
    }

    /// Deletes what a backup that began then holds: files that were last written well before. Gives
    /// how many.
    ///
    /// # Errors
    /// When the folder cannot be read or a file not be deleted.
    pub fn drop_before(folder: &Path, backup: SystemTime) -> io::Result<usize> {
        let mut gone = 0;
        for path in files(folder)? {
            let written = fs::metadata(&path)?.modified()?;
            if written.checked_add(MARGIN).is_some_and(|written| written < backup) {
                fs::remove_file(&path)?;
                gone += 1;
            }
        }
        File::open(folder)?.sync_all()?;
        Ok(gone)
    }
}

/// The journal files of a folder, or the one file that was named.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let paths = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == END));
    paths.sort();
    Ok(paths)
}

/// What a journal brought back.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// What the backup did not have.
    pub new: u64,
    /// What it had already.
    pub known: u64,
    /// What is not taken: of a collection that the backup does not have, or that had closed.
    pub refused: u64,
    /// Files that end within a record, as after a power cut: nobody was told that it is here.
    pub cut: u64,
}

impl Store {
    /// The same store, which also writes a journal of what residents send from now on.
    #[must_use]
    pub fn with_journal(self, journal: Journal) -> Self {
        let writer = super::writer::Writer::start(self.intake.clone(), Some(journal));
        Self { writer, ..self }
    }

    /// Takes what a journal holds as if it were sent again; a receipt keeps each from counting
    /// twice. A photo whose picture is gone is left out.
    ///
    /// # Errors
    /// When a file cannot be read, the key does not open it, or the database fails.
    pub async fn replay(
        &self,
        path: &Path,
        with: &[Identity],
    ) -> std::result::Result<Replayed, DumpError> {
        let at = |path: &Path, error: &io::Error| DumpError::File {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let mut replayed = Replayed::default();
        for path in files(path).map_err(|error| at(path, &error))? {
            let bytes = fs::read(&path).map_err(|error| at(&path, &error))?;
            let Some(mut rest) = bytes.strip_prefix(BEGIN) else {
                let why = "it is no journal of miradouro".to_owned();
                return Err(DumpError::File { path, why });
            };
            while let Some((sealed, after)) = next(rest) {
                let json = open_record(sealed, with, &path)?;
                let records: Vec<Record> = serde_json::from_slice(&json)
                    .map_err(|error| at(&path, &io::Error::other(error)))?;
                self.again(records, &mut replayed).await?;
                rest = after;
            }
            if rest.windows(SEALED.len()).filter(|part| *part == SEALED).count() > 1 {
                let why = "the length of a record was changed, and others follow it".to_owned();
                return Err(DumpError::Damaged { path, why });
            }
            replayed.cut += u64::from(!rest.is_empty());
        }
        Ok(replayed)
    }

    async fn again(&self, records: Vec<Record>, replayed: &mut Replayed) -> Result<()> {
        for record in records {
            let Some(mut sent) = record.sent() else {
                replayed.refused += 1;
                continue;
            };
            if let Sent::Response(ready) = &mut sent {
                let mut here = Vec::new();
                for photo in std::mem::take(&mut ready.response.photos) {
                    if self.has_photo(photo.id).await {
                        here.push(photo);
                    }
                }
                ready.response.photos = here;
            }
            match self.writer.write(sent).await? {
                Received::Now => replayed.new += 1,
                Received::Already => replayed.known += 1,
                Received::Closed | Received::Full | Received::NoSuchCode => replayed.refused += 1,
            }
        }
        Ok(())
    }
}

/// The next sealed record, and what follows it; nothing at the end, and where the file ends before
/// the record does.
fn next(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = rest.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
