//! Making a release: answers → columns → counts → the gate → numbered, sealed tables.
//!
//! A person asks for it, never the clock. What is not renewed is carried over byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::JobError;
use crate::analysis::{Frame, PlaceTally, Tally, Weighting, groups};
use crate::domain::answer::{Answers, Ground};
use crate::domain::area::{Area, Map};
use crate::domain::collection::{Collection, Mode, State};
use crate::domain::diagnosis::{Diagnosis, PopulationCount, Zone};
use crate::domain::ids::{CollectionId, DiagnosisId};
use crate::domain::instrument::{Instrument, Policy, Sheet};
use crate::domain::question::{Measure, Question};
use crate::release::{Basis, Earlier, Input, Made, Table, open, release, seal};
use crate::store::{Store, StoredRelease, StoredTable};

/// One collection with all its answers, on its way to the gate.
struct Harvest {
    collection: Collection,
    instrument: Instrument,
    zones: Vec<Zone>,
    area: Option<Area>,
    modes: Vec<Mode>,
    rows: Vec<Answers>,
}

impl Harvest {
    fn map(&self) -> Option<&Map> {
        self.area.as_ref().map(|area| &area.map)
    }

    fn ground(&self) -> Ground<'_> {
        Ground::from(&self.zones).with(self.map())
    }
}

/// Makes the next release of a diagnosis from these collections; the tables of the others are
/// carried over. Without any named, every collection that is or was in the field is in it.
///
/// # Errors
/// When nothing can be shown, nothing is new, or the store or the analysis fails.
pub async fn make(
    store: &Store,
    diagnosis: &Diagnosis,
    today: Date,
    public: bool,
    collections: &[CollectionId],
) -> Result<StoredRelease, JobError> {
    let of = diagnosis.id;
    let last = store.releases(of).await?.last().map_or(0, |release| release.number);
    let before = stored(store, of, last).await?;
    let harvests = harvest(store, of, collections).await?;
    let population = store.population(of).await?;
    let secret = store.secret().bytes().to_vec();
    let number = last + 1;
    let made = tokio::task::spawn_blocking(move || {
        through_the_gate(number, &harvests, &before, &population, &secret)
    })
    .await
    .map_err(|_panicked| JobError::CutOff)??;
    if made.iter().all(|made| made.table.withheld().is_some()) {
        return Err(JobError::NothingToShow);
    }
    if last > 0 && !made.iter().any(|made| made.renewed) {
        return Err(JobError::NothingNew(last));
    }
    let release = StoredRelease { number, made: today, published: public };
    let tables: Vec<StoredTable> = made.iter().map(|made| sealed(made, store)).collect();
    store.add_release(of, &release, &tables).await?;
    Ok(release)
}

/// The tables of a release with what they were made of.
async fn stored(store: &Store, of: DiagnosisId, number: i64) -> Result<Vec<Earlier>, JobError> {
    let key = store.secret().bytes();
    let mut earlier = Vec::new();
    for stored in store.released_tables(of, number).await? {
        let basis: Basis = serde_json::from_str(&stored.basis).unwrap_or_default();
        earlier.push(Earlier { table: open(&stored.body, &stored.mac, key)?, basis });
    }
    Ok(earlier)
}

/// The tables of a release, opened: what pages, charts and files are made from.
///
/// # Errors
/// When the store fails or a seal does not hold.
pub async fn tables(store: &Store, of: DiagnosisId, number: i64) -> Result<Vec<Table>, JobError> {
    let key = store.secret().bytes();
    let sealed = store.sealed_tables(of, number).await?;
    Ok(sealed.iter().map(|(body, mac)| open(body, mac, key)).collect::<Result<_, _>>()?)
}

fn sealed(made: &Made, store: &Store) -> StoredTable {
    let sealed = seal(&made.table, store.secret().bytes());
    let address = made.table.address();
    StoredTable {
        collection: address.collection,
        question: address.question.clone(),
        by: address.by.clone(),
        body: sealed.json,
        mac: sealed.mac.to_vec(),
        basis: serde_json::to_string(&made.basis).unwrap_or_default(),
    }
}

/// Reads the answers of the collections once; those nobody has answered are left out.
async fn harvest(
    store: &Store,
    of: DiagnosisId,
    wanted: &[CollectionId],
) -> Result<Vec<Harvest>, JobError> {
    let mut harvests = Vec::new();
    for collection in store.collections(of).await? {
        let is_wanted = wanted.is_empty() || wanted.contains(&collection.id);
        if !is_wanted || collection.state == State::Draft {
            continue;
        }
        let instrument = store.published(of, &collection.instrument).await?;
        let zones = store.zones(of, collection.wave).await?;
        let area = match collection.field.area {
            Some(area) => Some(store.area(of, area).await?),
            None => None,
        };
        let (modes, rows): (BTreeSet<Mode>, Vec<Answers>) =
            store.responses(of, collection.id).await?.into_iter().unzip();
        if rows.is_empty() {
            continue;
        }
        let modes = modes.into_iter().collect();
        harvests.push(Harvest { collection, instrument, zones, area, modes, rows });
    }
    Ok(harvests)
}

/// Counts and lets through what may be shown; then carries over the tables of everything else.
fn through_the_gate(
    number: i64,
    harvests: &[Harvest],
    before: &[Earlier],
    population: &[PopulationCount],
    secret: &[u8],
) -> Result<Vec<Made>, JobError> {
    let mut made = Vec::new();
    for sitting in sittings(harvests) {
        let counted = count(&sitting)?;
        let Some(first) = sitting.first() else { continue };
        let earlier = of_collection(before, first.collection.id);
        made.extend(release(&Input {
            release: number,
            collection: &first.collection,
            instrument: &first.instrument,
            zones: &first.zones,
            map: first.map(),
            modes: first.modes.clone(),
            people: sitting.iter().map(|harvest| harvest.rows.len() as u64).sum(),
            tallies: &counted.0,
            places: &counted.1,
            population,
            earlier: &earlier,
            secret,
        }));
    }
    let renewed: BTreeSet<_> = made.iter().map(|made| made.table.address().collection).collect();
    let kept = before.iter().filter(|old| !renewed.contains(&old.table.address().collection));
    made.extend(kept.map(|old| Made {
        table: old.table.clone(),
        basis: old.basis.clone(),
        renewed: false,
    }));
    Ok(made)
}

/// What goes to the gate together: each collection alone, but all sittings of one note sheet, since
/// groups are what is counted there.
fn sittings(harvests: &[Harvest]) -> Vec<Vec<&Harvest>> {
    let mut alone = Vec::new();
    let mut notes: BTreeMap<&str, Vec<&Harvest>> = BTreeMap::new();
    for harvest in harvests {
        if harvest.collection.field.policy == Policy::Spoken {
            notes.entry(&harvest.collection.instrument).or_default().push(harvest);
        } else {
            alone.push(vec![harvest]);
        }
    }
    alone.extend(notes.into_values());
    alone
}

fn count(sitting: &[&Harvest]) -> Result<(Vec<Tally>, Vec<PlaceTally>), JobError> {
    let frames = sitting
        .iter()
        .map(|harvest| Frame::new(&harvest.instrument, harvest.ground(), harvest.rows.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(frame)) = (sitting.first(), frames.first()) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let instrument = &first.instrument;
    match instrument.sheet {
        Sheet::NoteSheet => Ok((spoken(&frames, instrument)?, Vec::new())),
        Sheet::WalkSheet => Ok((Vec::new(), frame.places(instrument)?)),
        // Marks and the counts of a game are not stops; a sign-up is never counted.
        Sheet::MapSheet | Sheet::Game | Sheet::SignUp => Ok((Vec::new(), Vec::new())),
        Sheet::Questionnaire | Sheet::Feedback | Sheet::Ballot => {
            Ok((frame.tallies(instrument, Weighting::Plain)?, Vec::new()))
        }
    }
}

/// In how many sittings each theme, topic and kind of note came up.
fn spoken(frames: &[Frame], instrument: &Instrument) -> Result<Vec<Tally>, JobError> {
    let noted = instrument.group().into_iter().flat_map(Question::inner);
    let counted =
        noted.filter(|question| matches!(question.measure(), Measure::One | Measure::Several));
    Ok(counted.map(|question| groups(frames, &question.id)).collect::<Result<Vec<_>, _>>()?)
}

fn of_collection(before: &[Earlier], collection: CollectionId) -> Vec<Earlier> {
    before.iter().filter(|old| old.table.address().collection == collection).cloned().collect()
}
