//! Making a release: answers → columns → counts → the gate → numbered, sealed tables.
//!
//! A person asks for it, never the clock. What is not renewed is carried over byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::Date;

use super::JobError;
use crate::analysis::{Filling, Frame, GameTally, PlaceTally, Tally, Weighting, game, groups};
use crate::domain::answer::{Answers, Ground};
use crate::domain::area::{Area, Map};
use crate::domain::collection::{Collection, Mode, Origin, Sampling, State};
use crate::domain::diagnosis::{Diagnosis, PopulationCount, PopulationSource, Zone};
use crate::domain::ids::{CollectionId, DiagnosisId};
use crate::domain::instrument::{ChartKind, Instrument, Policy, Sheet};
use crate::domain::question::{Measure, Question};
use crate::release::table::Address;
use crate::release::{Basis, Earlier, Input, Made, Table, open, release, seal};
use crate::store::{Store, StoredRelease, StoredTable};

/// One collection with its answers as columns, on its way to the gate.
struct Harvest {
    collection: Collection,
    instrument: Instrument,
    zones: Vec<Zone>,
    area: Option<Area>,
    modes: Vec<(Mode, u64)>,
    frame: Frame,
    /// The sheets of a game, whose counts have no columns.
    games: Vec<Answers>,
}

impl Harvest {
    fn map(&self) -> Option<&Map> {
        self.area.as_ref().map(|area| &area.map)
    }
}

/// How far a release has come; whoever waits may look at it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Answers there are to read, as far as is known.
    pub answers: AtomicU64,
    /// Answers read.
    pub read: AtomicU64,
    /// Questions to lay before the gate; none before all answers are read.
    pub questions: AtomicU64,
    /// Questions that are through.
    pub done: AtomicU64,
}

/// Every table that was ever released.
struct Shelf {
    /// Those of the newest release, to be carried over.
    last: Vec<Earlier>,
    /// Those of all releases, each once: what a patient reader has kept.
    ever: Vec<Earlier>,
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
    make_watched(store, diagnosis, (today, public), collections, Arc::default()).await
}

/// The same, with somebody who looks on.
///
/// # Errors
/// As [`make`].
pub async fn make_watched(
    store: &Store,
    diagnosis: &Diagnosis,
    (today, public): (Date, bool),
    collections: &[CollectionId],
    progress: Arc<Progress>,
) -> Result<StoredRelease, JobError> {
    let of = diagnosis.id;
    let last = store.releases(of).await?.last().map_or(0, |release| release.number);
    let shelf = shelf(store, of, last).await?;
    let harvests = harvest(store, of, collections, &progress).await?;
    let population = store.population(of).await?;
    let from = diagnosis.settings.population_source.clone();
    let secret = store.secret().bytes().to_vec();
    let number = last + 1;
    let made = tokio::task::spawn_blocking(move || {
        through_the_gate(
            number,
            &harvests,
            &shelf,
            (&population, from.as_ref()),
            &secret,
            &progress,
        )
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

/// Every table up to a release, with what it was made of. A table that was carried over bears the
/// number of the release it was made in, so it is taken there and not again.
async fn shelf(store: &Store, of: DiagnosisId, last: i64) -> Result<Shelf, JobError> {
    let mut shelf = Shelf { last: Vec::new(), ever: Vec::new() };
    for number in 1..=last {
        for earlier in stored(store, of, number).await? {
            if earlier.table.address().release == number {
                shelf.ever.push(earlier.clone());
            }
            if number == last {
                shelf.last.push(earlier);
            }
        }
    }
    Ok(shelf)
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

/// Answers that somebody invented to one collection, kept nowhere.
#[derive(Debug)]
pub struct InventedAnswers<'a> {
    /// The collection.
    pub collection: Collection,
    /// Its instrument.
    pub instrument: &'a Instrument,
    /// The zones of its wave.
    pub zones: &'a [Zone],
    /// The map its places are chosen from.
    pub area: Option<&'a Area>,
    /// The answers.
    pub answers: Vec<Answers>,
}

/// The tables of invented answers, through the same counting and the same gate as a release. Each of
/// them says that it is invented, whatever its collection says, so none can pass for evidence.
///
/// # Errors
/// When the analysis fails.
pub fn invented(
    sheets: Vec<InventedAnswers<'_>>,
    population: &[PopulationCount],
) -> Result<Vec<Table>, JobError> {
    let mut harvests = Vec::new();
    for sheet in sheets {
        let mut collection = sheet.collection;
        collection.field.origin = Origin::Invented;
        let ground = Ground::from(sheet.zones).with(sheet.area.map(|area| &area.map));
        let mut filling = Filling::new(sheet.instrument, ground);
        sheet.answers.iter().for_each(|answers| filling.push(answers));
        if filling.is_empty() {
            continue;
        }
        let own = sheet.answers.len() as u64;
        harvests.push(Harvest {
            collection,
            instrument: sheet.instrument.clone(),
            zones: sheet.zones.to_vec(),
            area: sheet.area.cloned(),
            modes: vec![(Mode::Own, own)],
            frame: filling.finish()?,
            games: if sheet.instrument.sheet == Sheet::Game { sheet.answers } else { Vec::new() },
        });
    }
    let nothing = Shelf { last: Vec::new(), ever: Vec::new() };
    let progress = Progress::default();
    let made =
        through_the_gate(1, &harvests, &nothing, (population, None), b"invented", &progress)?;
    Ok(made.into_iter().map(|made| made.table).collect())
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

/// One table of a release, opened, by its address.
///
/// # Errors
/// `NotFound` when the release has no such table; when the store fails or the seal does not hold.
pub async fn table(store: &Store, of: DiagnosisId, address: &Address) -> Result<Table, JobError> {
    let (body, mac) = store
        .sealed_table(
            (of, address.release),
            address.collection,
            (&address.question, address.by.as_deref()),
        )
        .await?;
    Ok(open(&body, &mac, store.secret().bytes())?)
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

/// What a collection's answers are laid into, one after the other.
struct Basket {
    filling: Filling,
    modes: BTreeMap<Mode, u64>,
    games: Option<Vec<Answers>>,
    progress: Arc<Progress>,
}

impl Basket {
    fn lay(&mut self, mode: Mode, answers: &Answers) {
        *self.modes.entry(mode).or_default() += 1;
        self.filling.push(answers);
        if let Some(games) = &mut self.games {
            games.push(answers.clone());
        }
        self.progress.read.fetch_add(1, Ordering::Relaxed);
    }
}

/// The collections a release is made of: those that are wanted, and of note sheets and games every
/// sitting of the same sheet, since what is counted there are sittings and one left out would give
/// itself away.
fn wanted(all: Vec<Collection>, named: &[CollectionId]) -> Vec<Collection> {
    let is_named = |one: &Collection| named.is_empty() || named.contains(&one.id);
    let spoken: BTreeSet<String> = all
        .iter()
        .filter(|one| is_named(one) && one.field.policy == Policy::Spoken)
        .map(|one| one.instrument.clone())
        .collect();
    let taken = |one: &Collection| {
        one.state != State::Draft && (is_named(one) || spoken.contains(&one.instrument))
    };
    all.into_iter().filter(taken).collect()
}

/// Reads the answers of the collections once; those nobody has answered are left out.
async fn harvest(
    store: &Store,
    of: DiagnosisId,
    named: &[CollectionId],
    progress: &Arc<Progress>,
) -> Result<Vec<Harvest>, JobError> {
    let collections = wanted(store.collections(of).await?, named);
    for collection in &collections {
        let answers = store.received(of, collection.id).await?;
        progress.answers.fetch_add(answers, Ordering::Relaxed);
    }
    let mut harvests = Vec::new();
    for collection in collections {
        let instrument = store.published(of, &collection.instrument).await?;
        let zones = store.zones(of, collection.wave).await?;
        let area = match collection.field.area {
            Some(area) => Some(store.area(of, area).await?),
            None => None,
        };
        let ground = Ground::from(&zones).with(area.as_ref().map(|area| &area.map));
        let basket = Basket {
            filling: Filling::new(&instrument, ground),
            modes: BTreeMap::new(),
            games: (instrument.sheet == Sheet::Game).then(Vec::new),
            progress: Arc::clone(progress),
        };
        let basket = store.fold_responses((of, collection.id), basket, Basket::lay).await?;
        if basket.filling.is_empty() {
            continue;
        }
        let Basket { filling, modes, games, .. } = basket;
        let (modes, frame) = (modes.into_iter().collect(), filling.finish()?);
        let games = games.unwrap_or_default();
        harvests.push(Harvest { collection, instrument, zones, area, modes, frame, games });
    }
    // What is counted over several sittings stands under the first of them, whichever was added last.
    harvests.sort_by_key(|harvest| (harvest.collection.opened, harvest.collection.id.0));
    Ok(harvests)
}

/// Counts and lets through what may be shown; then carries over the tables of everything else.
fn through_the_gate(
    number: i64,
    harvests: &[Harvest],
    shelf: &Shelf,
    (population, population_source): (&[PopulationCount], Option<&PopulationSource>),
    secret: &[u8],
    progress: &Progress,
) -> Result<Vec<Made>, JobError> {
    let mut made = Vec::new();
    let questions = harvests.iter().map(|harvest| harvest.instrument.questions().count() as u64);
    progress.questions.store(questions.sum(), Ordering::Relaxed);
    for sitting in sittings(harvests) {
        let counted = count(&sitting)?;
        let Some(first) = sitting.first() else { continue };
        let earlier = of_collection(&shelf.ever, first.collection.id);
        made.extend(release(&Input {
            release: number,
            collection: &first.collection,
            instrument: &first.instrument,
            zones: &first.zones,
            map: first.map(),
            modes: first.modes.clone(),
            people: sitting.iter().map(|harvest| harvest.frame.len() as u64).sum(),
            tallies: &counted.tallies,
            places: &counted.places,
            marks: &counted.marks,
            games: &counted.games,
            population,
            population_source,
            earlier: &earlier,
            done: &progress.done,
            secret,
        }));
    }
    let renewed: BTreeSet<_> = made.iter().map(|made| made.table.address().collection).collect();
    let kept = shelf.last.iter().filter(|old| !renewed.contains(&old.table.address().collection));
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
        match harvest.instrument.sheet {
            Sheet::NoteSheet => {
                notes.entry(&harvest.collection.instrument).or_default().push(harvest);
            }
            Sheet::Questionnaire
            | Sheet::WalkSheet
            | Sheet::Feedback
            | Sheet::MapSheet
            | Sheet::Game
            | Sheet::Ballot
            | Sheet::SignUp => alone.push(vec![harvest]),
        }
    }
    alone.extend(notes.into_values());
    alone
}

/// The exact counts of what goes to the gate together.
#[derive(Default)]
struct Counted {
    tallies: Vec<Tally>,
    places: Vec<PlaceTally>,
    marks: Vec<Tally>,
    games: Vec<GameTally>,
}

fn count(sitting: &[&Harvest]) -> Result<Counted, JobError> {
    let Some(first) = sitting.first() else { return Ok(Counted::default()) };
    let (instrument, frame) = (&first.instrument, &first.frame);
    let nothing = Counted::default();
    Ok(match instrument.sheet {
        Sheet::NoteSheet => Counted { tallies: spoken(sitting, instrument)?, ..nothing },
        Sheet::WalkSheet => Counted { places: frame.places(instrument)?, ..nothing },
        Sheet::MapSheet => Counted {
            tallies: frame.tallies(instrument, Weighting::Plain)?,
            marks: frame.marks(instrument)?,
            ..nothing
        },
        Sheet::Game => Counted { games: game(instrument, &first.games), ..nothing },
        Sheet::SignUp => nothing, // A sign-up is never counted.
        Sheet::Questionnaire | Sheet::Feedback | Sheet::Ballot => {
            let mut tallies = frame.tallies(instrument, weighting(first))?;
            tallies
                .iter_mut()
                .filter(|tally| is_about_who(instrument, tally))
                .for_each(as_they_are);
            Counted { tallies, ..nothing }
        }
    })
}

/// Whether a question says who answered: what tables are broken down by, and what is drawn beside
/// who lives here. Weighted, it would say that everybody answered as they should have.
fn is_about_who(instrument: &Instrument, tally: &Tally) -> bool {
    let drawn = instrument.charts.iter().filter(|plan| plan.chart == ChartKind::Population);
    let mut drawn = drawn.flat_map(|plan| &plan.questions);
    instrument.breakdown(&tally.question).is_some() || drawn.any(|id| *id == tally.question)
}

/// Takes the weights off a tally.
fn as_they_are(tally: &mut Tally) {
    for group in &mut tally.groups {
        (group.weighted, group.weights) = (None, None);
    }
}

/// The fewest answers that may be weighted.
const WEIGHTED_FROM: usize = 100;

/// Whether answers are weighted: not those of a whole group, which stands for itself, not votes, and
/// not few, where a weight says more about one person than about the neighbourhood.
fn weighting(harvest: &Harvest) -> Weighting {
    let field = &harvest.collection.field;
    let is_part = match field.sampling {
        Sampling::EveryoneInvited => false,
        Sampling::Random | Sampling::Picked | Sampling::SelfSelected => true,
    };
    if is_part && field.policy == Policy::Rounded && harvest.frame.len() >= WEIGHTED_FROM {
        Weighting::ByQuestion
    } else {
        Weighting::Plain
    }
}

/// In how many sittings each theme, topic and kind of note came up.
fn spoken(sitting: &[&Harvest], instrument: &Instrument) -> Result<Vec<Tally>, JobError> {
    let frames: Vec<&Frame> = sitting.iter().map(|harvest| &harvest.frame).collect();
    let noted = instrument.group().into_iter().flat_map(Question::inner);
    let counted =
        noted.filter(|question| matches!(question.measure(), Measure::One | Measure::Several));
    Ok(counted.map(|question| groups(&frames, &question.id)).collect::<Result<Vec<_>, _>>()?)
}

fn of_collection(before: &[Earlier], collection: CollectionId) -> Vec<Earlier> {
    before.iter().filter(|old| old.table.address().collection == collection).cloned().collect()
}
