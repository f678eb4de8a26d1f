//! Photos: a row here and a picture in `DIR/photos`, under the same random id.
//!
//! The picture is there first: written aside, flushed, renamed, and its folder flushed, before the
//! row that names it is written with the response. What lies between the two after a crash is a
//! picture without a row; [`Store::sweep_photos`] takes those away. A photo that is held back, or
//! whose diagnosis is deleted, loses its picture after its row has changed, and the same sweep ends
//! what a crash cut off there.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

use super::{Result, Store, StoreError, Tx, code, on, within};
use crate::domain::ids::{CollectionId, DiagnosisId, PhotoId};
use crate::domain::photo::{Photo, PhotoState};

/// How a picture that is not whole yet ends.
const PART: &str = "part";

/// A photo on its way to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhoto {
    /// Its id: the picture is kept under it already.
    pub id: PhotoId,
    /// The question it answers.
    pub question: String,
    /// The number of the stop, from 1.
    pub number: Option<u32>,
    /// The code of the place that was given beside it.
    pub place: Option<String>,
}

type Row = (Uuid, String, Option<i64>, Option<String>, String);

fn photo((id, question, number, place, state): Row) -> Result<Photo> {
    let state = code("state", &state, PhotoState::from_code)?;
    let number = number.and_then(|number| u32::try_from(number).ok());
    Ok(Photo { id: PhotoId(id), question, number, place, state })
}

/// The rows of a response's photos, in the response's transaction. A picture that has its row
/// already (the same form, sent as new) is not counted twice.
pub(super) async fn add(
    tx: &mut Tx,
    (diagnosis, collection): (Uuid, Uuid),
    photos: &[NewPhoto],
) -> Result<()> {
    const SQL: &str = "
        insert into photo (diagnosis, collection, id, question, number, place, state)
        values ($1, $2, $3, $4, $5, $6, $7)
            on conflict do nothing";
    for new in photos {
        within!(tx, it => sqlx::query(SQL)
            .bind(diagnosis).bind(collection).bind(new.id.0).bind(&new.question)
            .bind(new.number.map(i64::from)).bind(&new.place).bind(PhotoState::New.code())
            .execute(it).await?.rows_affected());
    }
    Ok(())
}

impl Store {
    /// The folder of the pictures.
    #[must_use]
    pub fn photo_folder(&self) -> &Path {
        &self.photos
    }

    /// A fresh name for a picture that is still coming in; a sweep takes away what stays of it.
    #[must_use]
    pub fn photo_part(&self) -> PathBuf {
        self.photos.join(Uuid::new_v4().simple().to_string()).with_extension(PART)
    }

    fn picture(&self, id: PhotoId) -> PathBuf {
        self.photos.join(format!("{id}.jpg"))
    }

    /// Keeps a picture, whole and on the disk when this returns, and gives its id.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn keep_photo(&self, jpeg: Vec<u8>) -> Result<PhotoId> {
        let id = PhotoId::random();
        let (part, picture) = (self.photo_part(), self.picture(id));
        let folder = self.photos.clone();
        let write = move || {
            let options = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
            let written = options.and_then(|mut file| {
                file.write_all(&jpeg)?;
                file.sync_all()
            });
            let renamed = written.and_then(|()| fs::rename(&part, &picture));
            if renamed.is_err() {
                // Nothing is left behind where the disk lets us.
                let _gone = fs::remove_file(&part);
            }
            renamed.and_then(|()| File::open(&folder)?.sync_all())
        };
        self.at_the_disk(write).await?;
        Ok(id)
    }

    /// Whether a picture is there. Whoever asks needs it, so it counts as new again: no sweep, of
    /// this server or of another one on the folder, takes it from under a form that is being sent.
    pub async fn has_photo(&self, id: PhotoId) -> bool {
        let picture = self.picture(id);
        let touch = move || {
            let open = OpenOptions::new().write(true).open(picture)?;
            open.set_modified(std::time::SystemTime::now())
        };
        self.at_the_disk(touch).await.is_ok()
    }

    /// What a form carries for a picture until it is sent: only this server can make it, and it is
    /// good in one collection.
    #[must_use]
    pub fn photo_token(&self, collection: CollectionId, id: PhotoId) -> String {
        let seal = self.secret.hash(&[b"photo", collection.0.as_bytes(), id.0.as_bytes()]);
        let seal: String = seal.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{id}.{seal}")
    }

    /// The picture of such a word.
    #[must_use]
    pub fn photo_of(&self, collection: CollectionId, token: &str) -> Option<PhotoId> {
        let (id, _) = token.split_once('.')?;
        let id: PhotoId = id.parse().ok()?;
        (self.photo_token(collection, id) == token).then_some(id)
    }

    /// The photos of a collection in the order of their random ids: for the moderator only.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn photos(&self, of: DiagnosisId, collection: CollectionId) -> Result<Vec<Photo>> {
        const SQL: &str = "
            select id, question, number, place, state
              from photo
             where diagnosis = $1
               and collection = $2
             order by id";
        let rows: Vec<Row> = on!(&self.db, pool => sqlx::query_as(SQL)
            .bind(of.0).bind(collection.0).fetch_all(pool).await)?;
        rows.into_iter().map(photo).collect()
    }

    /// The picture of a photo that was not held back.
    ///
    /// # Errors
    /// `NotFound` when there is no such photo in that collection, or it was held back.
    pub async fn photo(
        &self,
        of: DiagnosisId,
        collection: CollectionId,
        id: PhotoId,
    ) -> Result<Vec<u8>> {
        let all = self.photos(of, collection).await?;
        let is_it = |photo: &Photo| photo.id == id && photo.state != PhotoState::Withheld;
        if !all.iter().any(is_it) {
            return Err(StoreError::NotFound("photo"));
        }
        let picture = self.picture(id);
        self.at_the_disk(move || fs::read(picture)).await
    }

    /// Lets a photo through, or holds it back: then its picture is deleted, for good.
    ///
    /// # Errors
    /// `NotFound` when there is none, or it was held back before.
    pub async fn moderate_photo(
        &self,
        of: DiagnosisId,
        collection: CollectionId,
        id: PhotoId,
        state: PhotoState,
    ) -> Result<()> {
        const SQL: &str = "
            update photo
               set state = $4
             where diagnosis = $1
               and collection = $2
               and id = $3
               and state <> 'withheld'";
        let mut tx = self.begin().await?;
        let n = within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(collection.0).bind(id.0).bind(state.code())
            .execute(it).await?.rows_affected());
        tx.commit().await?;
        if n == 0 {
            return Err(StoreError::NotFound("photo"));
        }
        if state == PhotoState::Withheld { self.burn(vec![id]).await } else { Ok(()) }
    }

    /// Deletes pictures; one that is gone already is gone.
    pub(super) async fn burn(&self, ids: Vec<PhotoId>) -> Result<()> {
        let pictures: Vec<PathBuf> = ids.into_iter().map(|id| self.picture(id)).collect();
        let folder = self.photos.clone();
        let burn = move || {
            for picture in pictures {
                match fs::remove_file(picture) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(error);
                    }
                    Ok(()) | Err(_) => {}
                }
            }
            File::open(folder)?.sync_all()
        };
        self.at_the_disk(burn).await
    }

    /// The pictures of a whole diagnosis.
    pub(super) async fn pictures_of(&self, diagnosis: DiagnosisId) -> Result<Vec<PhotoId>> {
        const SQL: &str = "
            select id
              from photo
             where diagnosis = $1";
        let ids: Vec<Uuid> = on!(&self.db, pool =>
            sqlx::query_scalar(SQL).bind(diagnosis.0).fetch_all(pool).await)?;
        Ok(ids.into_iter().map(PhotoId).collect())
    }

    /// Deletes every file in the folder that is at least so old and that no photo needs: parts that
    /// never became whole, forms that were never sent, photos that were held back. Gives how many.
    ///
    /// # Errors
    /// When the folder cannot be read or the database fails.
    pub async fn sweep_photos(&self, age: Duration) -> Result<usize> {
        const SQL: &str = "
            select id
              from photo
             where state <> 'withheld'";
        let ids: Vec<Uuid> = on!(&self.db, pool => sqlx::query_scalar(SQL).fetch_all(pool).await)?;
        let needed: HashSet<PathBuf> =
            ids.into_iter().map(|id| self.picture(PhotoId(id))).collect();
        let folder = self.photos.clone();
        let sweep = move || {
            let mut swept = 0;
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if !needed.contains(&path) && is_old(&path, age)? && take_away(&path, age)? {
                    swept += 1;
                }
            }
            File::open(&folder)?.sync_all()?;
            Ok(swept)
        };
        self.at_the_disk(sweep).await
    }

    /// Does something with files where waiting for the disk holds nobody up.
    async fn at_the_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let why = |why: String| StoreError::Folder { path: self.photos.clone(), why };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| why(error.to_string()))?.map_err(|error| why(error.to_string()))
    }
}

/// Whether a file is at least so old; one that went meanwhile is not.
fn is_old(path: &Path, age: Duration) -> std::io::Result<bool> {
    match fs::metadata(path) {
        Ok(about) if about.is_file() => Ok(about.modified()?.elapsed().is_ok_and(|old| old >= age)),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes a file away, unless somebody needed it in this moment: it is put aside first and looked at
/// again, so that a form that claims it either keeps it or is told that it is gone.
fn take_away(path: &Path, age: Duration) -> std::io::Result<bool> {
    let aside = path.with_file_name(Uuid::new_v4().simple().to_string()).with_extension(PART);
    match fs::rename(path, &aside) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        renamed => renamed?,
    }
    if is_old(&aside, age)? {
        fs::remove_file(&aside)?;
        return Ok(true);
    }
    fs::rename(&aside, path)?;
    Ok(false)
}

/// Makes the folder of the pictures, for its owner only.
pub(super) fn folder(data: &Path) -> std::io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let photos = data.join("photos");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&photos)?;
    Ok(photos)
}
