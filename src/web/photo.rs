//! Photos in a form. A form with photos comes in parts; each photo is written aside while it comes
//! in, developed, and kept, and from then on the form carries a word for it. So a complaint, another
//! language or one more stop costs nobody their photos, and the answers never wait for a file that
//! is no photo.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header;
use tokio::io::AsyncWriteExt;
use tokio::sync::{RwLock, RwLockReadGuard, Semaphore};

use super::app::App;
use super::participate::Pairs;
use super::upload::{Broken, File, Part, Parts, guarded};
use crate::domain::answer::{Complaint, Wrong};
use crate::domain::ids::CollectionId;
use crate::domain::instrument::Instrument;
use crate::domain::photo::SentPhotos;
use crate::domain::question::Kind;
use crate::job::night::PICTURES_WAIT;
use crate::job::photo::{Darkroom, LARGEST, NotKept};
use crate::store::{NewPhoto, Store};

/// The largest form with photos, in bytes: a dozen photos as phones make them.
const LARGEST_FORM: usize = 96 * 1024 * 1024;
/// How long such a form may take to come in from the edge of a town.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);
/// How many forms with photos may come in at the same time.
const AT_ONCE: usize = 64;
/// How many photos may wait like that: somebody who only fills the disk ends up without photos, and
/// everybody else's answers still have room.
const MOST_WAITING: usize = 5000;
/// How often those are looked for, in milliseconds.
const LOOKS: i64 = 60 * 60 * 1000;

/// What keeps photos apart from each other.
pub(super) struct PhotoDesk {
    darkroom: Darkroom,
    uploads: Semaphore,
    /// About how many photos wait for their form.
    waiting: AtomicUsize,
    /// Held for reading while a form's photos get their rows, for writing while a sweep looks for
    /// photos that have none.
    sweeping: RwLock<()>,
    swept: AtomicI64,
}

impl Default for PhotoDesk {
    fn default() -> Self {
        Self {
            darkroom: Darkroom::default(),
            uploads: Semaphore::new(AT_ONCE),
            waiting: AtomicUsize::default(),
            sweeping: RwLock::default(),
            swept: AtomicI64::default(),
        }
    }
}

impl PhotoDesk {
    /// So many photos wait no longer.
    fn served(&self, photos: usize) {
        let less = |waiting: usize| Some(waiting.saturating_sub(photos));
        let _before = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// A form with photos, as pairs.
pub(super) struct Came {
    /// Every field in order; a photo is the word the server gave for it.
    pub pairs: Pairs,
    /// What is wrong with its photos.
    pub complaints: Vec<Complaint>,
}

/// Why a form with photos was not taken.
pub(super) enum NotTaken {
    /// Too many come in at the same time.
    Busy,
    /// The form itself.
    Broken(Broken),
}

impl From<Broken> for NotTaken {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<MultipartRejection> for NotTaken {
    fn from(_: MultipartRejection) -> Self {
        Self::Broken(Broken::NotAForm)
    }
}

/// Whether a request brings a form in parts.
#[must_use]
pub(super) fn comes_in_parts(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().starts_with("multipart/form-data"))
}

/// Takes a form apart and keeps its photos.
///
/// # Errors
/// When it is too big, cut off or no form, or too many come in at once.
pub(super) async fn taken(
    app: &App,
    (instrument, collection): (&Instrument, CollectionId),
    mut request: Request,
    text: usize,
) -> Result<Came, NotTaken> {
    let Ok(_one) = app.photo_desk().uploads.try_acquire() else { return Err(NotTaken::Busy) };
    let most = if instrument.asks_photos() { LARGEST_FORM } else { text };
    DefaultBodyLimit::max(most).apply(&mut request);
    let (request, guard) = guarded(request);
    let mut parts = Parts::of(Multipart::from_request(request, app).await?, text).within(guard);
    let mut came = Came { pairs: Vec::new(), complaints: Vec::new() };
    while let Some(part) = parts.next().await? {
        match part {
            Part::Text(field, value) => came.pairs.push((field, value)),
            Part::File(field, mut file) => {
                match most_photos(instrument, &field) {
                    Some(max) => {
                        photo(app, collection, (field, max), &mut file, &mut came).await?;
                    }
                    // A file for a question that takes none: only its name is looked at.
                    None => came.pairs.push((field, String::new())),
                }
            }
        }
    }
    sweep_when_due(app);
    Ok(came)
}

/// How many photos a field takes; nothing when it takes none.
fn most_photos(instrument: &Instrument, field: &str) -> Option<usize> {
    let question = instrument.question(field.rsplit('.').next()?)?;
    if let Kind::Photo { max } = question.kind { Some(max) } else { None }
}

/// Keeps one photo, or complains about it; a file that nobody chose is nothing.
async fn photo(
    app: &App,
    collection: CollectionId,
    (field, max): (String, usize),
    file: &mut File<'_>,
    came: &mut Came,
) -> Result<(), Broken> {
    let there = came.pairs.iter().filter(|(name, _)| *name == field).count();
    let part = app.store.photo_part();
    let written = write(&part, file).await;
    let outcome = match written {
        Ok(0) => None,
        Ok(_) if there >= max => Some(Err(Wrong::TooMany { ticked: there + 1, max })),
        Ok(bytes) if bytes > LARGEST => Some(Err(Wrong::PhotoTooLarge)),
        Ok(_) if app.photo_desk().waiting.load(Ordering::Relaxed) >= MOST_WAITING => {
            tracing::error!(photos = MOST_WAITING, "too many photos wait for forms to be sent");
            Some(Err(Wrong::PhotoNotKept))
        }
        Ok(_) => {
            let desk = app.photo_desk();
            let kept = desk.darkroom.develop(&app.store, &part).await;
            desk.waiting.fetch_add(usize::from(kept.is_ok()), Ordering::Relaxed);
            Some(kept.map_err(|error| wrong(&error)))
        }
        Err(NotWritten::Broken(broken)) => {
            let _gone = tokio::fs::remove_file(&part).await;
            return Err(broken);
        }
        Err(NotWritten::Disk(error)) => Some(Err(wrong(&NotKept::File(error)))),
    };
    // What stays of it after a crash, a sweep takes away.
    let _gone = tokio::fs::remove_file(&part).await;
    match outcome {
        None => {}
        Some(Ok(id)) => came.pairs.push((field, app.store.photo_token(collection, id))),
        Some(Err(wrong)) => {
            let complaint = Complaint { field, wrong };
            if !came.complaints.contains(&complaint) {
                came.complaints.push(complaint);
            }
        }
    }
    Ok(())
}

/// Why a photo was not written aside.
enum NotWritten {
    Broken(Broken),
    Disk(std::io::Error),
}

/// Writes a file aside while it comes in, and gives its bytes; of one that is too large only the
/// beginning.
async fn write(part: &Path, file: &mut File<'_>) -> Result<usize, NotWritten> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut aside = options.open(part).await;
    let mut bytes = 0;
    while let Some(piece) = file.piece().await.map_err(NotWritten::Broken)? {
        bytes += piece.len();
        // The rest of what cannot be kept is still heard out: the other answers come after it.
        if let Ok(open) = &mut aside
            && bytes <= LARGEST
            && let Err(error) = open.write_all(&piece).await
        {
            aside = Err(error);
        }
    }
    aside.map_err(NotWritten::Disk)?.flush().await.map_err(NotWritten::Disk)?;
    Ok(bytes)
}

fn wrong(error: &NotKept) -> Wrong {
    match error {
        NotKept::Heic => Wrong::Heic,
        NotKept::NoPhoto => Wrong::NotAPhoto,
        NotKept::TooLarge => Wrong::PhotoTooLarge,
        NotKept::Store(_) | NotKept::File(_) => {
            tracing::error!(%error, "a photo could not be kept");
            Wrong::PhotoNotKept
        }
    }
}

/// The photos of a form on their way to rows, or what is missing. While the guard is held, no sweep
/// takes one of them away.
pub(super) async fn claimed(
    app: &App,
    collection: CollectionId,
    sent: Vec<SentPhotos>,
) -> Result<(Vec<NewPhoto>, RwLockReadGuard<'_, ()>), Vec<Complaint>> {
    let guard = app.photo_desk().sweeping.read().await;
    let (mut photos, mut complaints) = (Vec::new(), Vec::new());
    for SentPhotos { field, question, number, place, tokens } in sent {
        for token in tokens {
            match app.store.photo_of(collection, &token) {
                Some(id) if app.store.has_photo(id).await => {
                    let (question, place) = (question.clone(), place.clone());
                    photos.push(NewPhoto { id, question, number, place });
                }
                Some(_) | None => {
                    complaints.push(Complaint { field: field.clone(), wrong: Wrong::PhotoGone });
                }
            }
        }
    }
    if complaints.is_empty() { Ok((photos, guard)) } else { Err(complaints) }
}

/// So many photos have their rows.
pub(super) fn have_rows(app: &App, photos: usize) {
    app.photo_desk().served(photos);
}

/// The words of a form for photos that are still there; those for others are dropped.
pub(super) async fn only_kept(
    store: &Store,
    (instrument, collection): (&Instrument, CollectionId),
    pairs: Pairs,
) -> Pairs {
    let mut kept = Vec::with_capacity(pairs.len());
    for (field, value) in pairs {
        let is_photo = most_photos(instrument, &field).is_some();
        let is_there = match store.photo_of(collection, &value) {
            Some(id) if is_photo => store.has_photo(id).await,
            Some(_) | None => !is_photo,
        };
        if is_there {
            kept.push((field, value));
        }
    }
    kept
}

/// Once an hour, takes away the photos of forms that were never sent.
fn sweep_when_due(app: &App) {
    let (now, swept) = (app.clock.now(), &app.photo_desk().swept);
    let last = swept.load(Ordering::Relaxed);
    let is_due = now - last >= LOOKS;
    if !is_due || swept.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        let _all = app.photo_desk().sweeping.write().await;
        match app.store.sweep_photos(PICTURES_WAIT).await {
            Ok(0) => {}
            Ok(photos) => {
                app.photo_desk().served(photos);
                tracing::info!(photos, "photos of forms that were never sent are gone");
            }
            Err(error) => tracing::error!(%error, "photos could not be swept"),
        }
    });
}
