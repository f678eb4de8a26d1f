//! Importing the area's own map from GeoJSON: everything on it, or every fault at once.
//!
//! The file is somebody else's, so nothing in it is believed: its size, its features, its points
//! and its names have limits, each feature is read alone and forgotten, and a fault names the
//! number of the feature. What is merely of no use (a path without a name, a street outside the
//! outline) is left out, and said.

mod feature;
mod file;
mod gather;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::domain::area::{Area, Map};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::AreaId;
use crate::store::{Store, StoreError};

/// The largest file, in bytes.
pub const LARGEST: usize = 8 * 1024 * 1024;
/// The most features that are read.
pub const MOST_FEATURES: usize = 20_000;
/// The most named places on a map: more than anybody would look through.
pub const MOST_PLACES: usize = 2_000;
/// The most corners a map is made of.
pub const MOST_POINTS: usize = 40_000;
/// The most characters of a name.
pub const LONGEST_NAME: usize = 80;
/// How wide or high an area may be, in kilometres.
pub const WIDEST: f64 = 30.0;
/// The most faults that are told.
const MOST_FAULTS: usize = 50;

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The number of the feature, from 1; none when it is about the whole file.
    pub feature: Option<usize>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Wrong {
    /// More bytes than are read.
    TooBig,
    /// Not JSON: where it ends to be.
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Brackets within brackets, deeper than in any map.
    TooDeep,
    /// JSON, but no collection of features.
    NotACollection,
    /// More features than are read.
    TooManyFeatures(usize),
    /// The coordinates are of another system than degrees of WGS 84.
    OtherSystem,
    /// Not a feature; why is in the words of the reader of GeoJSON.
    NotAFeature(String),
    /// One feature alone is too large.
    FeatureTooBig,
    /// A coordinate that is no longitude or latitude.
    OffTheEarth(f64),
    /// Latitude stands before longitude.
    Swapped,
    /// Latitude seems to stand before longitude: as it is, it is far from its time zone.
    SeemsSwapped(String),
    /// A line with fewer than two different points, or a ring with fewer than three.
    TooShort,
    /// A name that is no text.
    NameNotText,
    /// A name with characters nobody can see, or that turn the order of letters around.
    NameUnseen,
    /// A name with markup in it.
    NameMarkup,
    /// A name that is too long.
    NameTooLong,
    /// An outline that is no land.
    OutlineNotLand,
    /// No outline.
    NoOutline,
    /// Several pieces of land, and none is called the outline.
    WhichOutline(usize),
    /// An outline that is too wide, in kilometres.
    TooWide(f64),
    /// No named place inside the outline.
    NoPlaces,
    /// More places than fit.
    TooManyPlaces(usize),
    /// More corners than fit.
    TooManyPoints,
    /// More faults than are told.
    More(usize),
}

/// Why an area was not imported.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// The file.
    #[error("the file cannot be used as a map")]
    Faults(Vec<Fault>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread died.
    #[error("the work was cut off")]
    CutOff,
}

/// Reads a file into a map and stores it as the diagnosis's newest area.
///
/// # Errors
/// With every fault, when the file cannot be used; when the store fails.
pub async fn import(
    store: &Store,
    diagnosis: &Diagnosis,
    today: Date,
    file: Vec<u8>,
    (source, licence): (&str, &str),
) -> Result<Area, NotImported> {
    let time_zone = diagnosis.settings.time_zone.clone();
    let read = tokio::task::spawn_blocking(move || read(&file, &time_zone));
    let map = read.await.map_err(|_panicked| NotImported::CutOff)?.map_err(NotImported::Faults)?;
    let map = Map { source: source.to_owned(), licence: licence.to_owned(), ..map };
    let (id, diagnosis) = (AreaId::random(), diagnosis.id);
    let area = Area { id, diagnosis, number: 0, imported: today, map };
    let number = store.add_area(&area).await?;
    Ok(Area { number, ..area })
}

/// Reads a file into a map without source and licence.
///
/// # Errors
/// Every fault, the first fifty in full.
pub fn read(file: &[u8], time_zone: &str) -> Result<Map, Vec<Fault>> {
    let features = file::features(file).map_err(|wrong| vec![whole(wrong)])?;
    let (read, mut faults) = gather::each(&features);
    let map = gather::map(read, &mut faults);
    if faults.is_empty() {
        faults.extend(gather::suspicion(&map, time_zone).map(whole));
    }
    if faults.is_empty() { Ok(map) } else { Err(told(faults)) }
}

/// A fault of the whole file.
const fn whole(wrong: Wrong) -> Fault {
    Fault { feature: None, wrong }
}

/// As many faults as somebody can read.
fn told(mut faults: Vec<Fault>) -> Vec<Fault> {
    let more = faults.len().saturating_sub(MOST_FAULTS);
    if more > 0 {
        faults.truncate(MOST_FAULTS);
        faults.push(whole(Wrong::More(more)));
    }
    faults
}
