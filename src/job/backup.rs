//! The backup of every night, and the end of old ones: what residents were promised to be deleted
//! goes from backups too, by expiry.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::photo;
use crate::store::Store;
use crate::store::dump::{DumpError, Folder, IsPicture, Kept, Recipient, Watch};

/// How many days a backup is kept.
pub const KEPT_FOR: i64 = 35;
/// How the files begin and end.
const BEGIN: &str = "miradouro-";
const END: &str = ".age";

/// Whether a kept file is a picture that can be shown.
pub const IS_PICTURE: IsPicture = photo::is_picture;

/// Writes the backup of a day into a folder, sealed to `DIR/recipients` of the data folder, and
/// deletes those that are older than [`KEPT_FOR`] days. A second one on the same day takes the place
/// of the first once it is whole.
///
/// # Errors
/// When there is no recipient or the backup cannot be written: then none is deleted.
pub async fn backup(store: &Store, to: &Path, day: Date) -> Result<(PathBuf, Kept), DumpError> {
    let folder = Folder::of(store);
    let recipients = Recipient::of_folder(folder.path())?;
    std::fs::create_dir_all(to).map_err(|error| at(to, &error))?;
    let file = to.join(format!("{BEGIN}{day}{END}"));
    let kept = folder.backup(&file, &recipients, &Watch::default()).await?;
    expire(to, day)?;
    Ok((file, kept))
}

/// Deletes the backups of a folder that are too old, by the day in their names. Gives how many. What
/// has another name is not touched.
///
/// # Errors
/// When the folder cannot be read or a file not be deleted.
pub fn expire(folder: &Path, today: Date) -> Result<usize, DumpError> {
    let mut gone = 0;
    for entry in std::fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry.map_err(|error| at(folder, &error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // What was cut off half way is no backup, and goes with those of its day.
        let whole = name.strip_suffix(".part").unwrap_or(name);
        let made = whole.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        let made: Option<Date> = made.and_then(|day| day.parse().ok());
        let age = made.and_then(|made| today.since((jiff::Unit::Day, made)).ok());
        if age.is_some_and(|age| i64::from(age.get_days()) > KEPT_FOR) {
            std::fs::remove_file(&path).map_err(|error| at(&path, &error))?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Deletes what was kept before a migration and is too old, by when it was written: the clock of the
/// file, not the calendar of a diagnosis. Gives how many.
///
/// # Errors
/// When the folder cannot be read or a file not be deleted.
pub fn expire_before(data: &Path, now: i64) -> Result<usize, DumpError> {
    let folder = data.join("backups");
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(at(&folder, &error)),
    };
    let mut gone = 0;
    for entry in entries {
        let entry = entry.map_err(|error| at(&folder, &error))?;
        let written = entry.metadata().and_then(|about| about.modified());
        let written = written.map_err(|error| at(&entry.path(), &error))?;
        let written =
            jiff::Timestamp::try_from(written).map_or(i64::MAX, jiff::Timestamp::as_millisecond);
        if written < now.saturating_sub(KEPT_FOR * 24 * 3_600_000) {
            std::fs::remove_file(entry.path()).map_err(|error| at(&entry.path(), &error))?;
            gone += 1;
        }
    }
    Ok(gone)
}

fn at(path: &Path, error: &std::io::Error) -> DumpError {
    DumpError::File { path: path.to_owned(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_kept_for_thirty_five_days() {
        let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().simple().to_string());
        std::fs::create_dir(&folder).unwrap();
        let today: Date = "2026-11-22".parse().unwrap();
        let names = [
            "miradouro-2026-11-22.age",
            "miradouro-2026-10-18.age",
            "miradouro-2026-10-17.age",
            "miradouro-2025-11-22.age.part",
            "miradouro-someday.age",
            "holiday.jpg",
        ];
        for name in names {
            std::fs::write(folder.join(name), "x").unwrap();
        }
        assert_eq!(expire(&folder, today).unwrap(), 2);
        let left: Vec<bool> = names.iter().map(|name| folder.join(name).exists()).collect();
        assert_eq!(left, [true, true, false, false, true, true]);
        std::fs::create_dir(folder.join("backups")).unwrap();
        std::fs::write(folder.join("backups/before-9.age"), "x").unwrap();
        let about = folder.join("backups/before-9.age").metadata().unwrap();
        let now = jiff::Timestamp::try_from(about.modified().unwrap()).unwrap().as_millisecond();
        let day = 24 * 3_600_000;
        assert_eq!(expire_before(&folder, now + 34 * day).unwrap(), 0);
        assert_eq!(expire_before(&folder, now + 36 * day).unwrap(), 1);
        assert_eq!(expire_before(&folder.join("none"), now).unwrap(), 0);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
