//! Rows of a collection for research, after two people of two organisations agreed: drawn anew each
//! time they are fetched, always the same within one request, and kept nowhere.
//!
//! Everything random about them comes from the server's secret and the id of the request: the order
//! of the rows, and an id for each, by which the operator can tell from any leaked row which request
//! it came from. Without the secret neither says anything.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::JobError;
use crate::domain::collection::Collection;
use crate::domain::ids::{DiagnosisId, ExportId};
use crate::domain::instrument::Instrument;
use crate::domain::question::Measure;
use crate::domain::row_export::{
    Delicate, FEWEST, Row, RowExport, SMALLEST_CLASS, Standing, columns, thinned,
};
use crate::domain::variable::{Names, Part, Said, Variable, variables};
use crate::store::{Secret, Store};

/// The rows of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The rows that may be seen, in random order.
    pub rows: Vec<Row>,
    /// How many were left out because they stood in a small class.
    pub left_out: usize,
    /// Whether there are weights.
    pub is_weighted: bool,
}

/// What the codes of the area are called in a collection, or in the newest wave.
///
/// # Errors
/// When the store fails.
pub async fn names(
    store: &Store,
    of: DiagnosisId,
    collection: Option<&Collection>,
) -> Result<Names, crate::store::StoreError> {
    let (wave, area) = if let Some(collection) = collection {
        (Some(collection.wave), collection.field.area)
    } else {
        let newest = store.waves(of).await?.last().map(|wave| wave.id);
        (newest, store.newest_area(of).await?)
    };
    let zones = match wave {
        Some(wave) => store.zones(of, wave).await?,
        None => Vec::new(),
    };
    let places = match area {
        Some(area) => store.area(of, area).await?.map.places,
        None => Vec::new(),
    };
    Ok(Names {
        zones: zones.into_iter().map(|zone| (zone.code, zone.name)).collect(),
        places: places.into_iter().map(|place| (place.code, place.name)).collect(),
    })
}

/// Draws the rows of a request; none at all where there are fewer answers than rows need. Whether
/// they may be seen is for the caller to know.
///
/// # Errors
/// When the store fails.
pub async fn draw(
    store: &Store,
    request: &RowExport,
    collection: &Collection,
    instrument: &Instrument,
) -> Result<Drawn, JobError> {
    let names = names(store, request.diagnosis, Some(collection)).await?;
    let responses = store.responses(request.diagnosis, collection.id).await?;
    let all = variables(instrument, &names, &Said::default());
    let columns = columns(&all, &request.identifiers);
    let weight = all.iter().find(|one| one.part == Part::Weight);
    let rows = responses.iter().map(|(_, answers)| {
        let cells = columns.iter().map(|column| column.number(answers)).collect();
        (cells, weight.and_then(|weight| weight.weight(answers)))
    });
    let identifiers = columns.iter().filter(|column| column.part == Part::Person).count();
    let delicate = delicate(instrument, &columns);
    let smallest = if (responses.len() as u64) < FEWEST { usize::MAX } else { SMALLEST_CLASS };
    let thinned = thinned(rows.collect(), identifiers, &delicate, smallest);
    let mut rows = thinned.rows;
    rows.shuffle(&mut order(store.secret(), request.id));
    let rows = rows.into_iter().zip(1_u64..).map(|((cells, weight), number)| {
        let id = mark(store.secret(), request.id, number);
        Row { id, cells, weight }
    });
    let is_weighted = weight.is_some();
    Ok(Drawn { rows: rows.collect(), left_out: thinned.left_out, is_weighted })
}

/// Which columns come from sensitive questions.
fn delicate(instrument: &Instrument, columns: &[Variable]) -> Vec<Delicate> {
    let delicate = |(column, one): (usize, &Variable)| {
        let question = instrument.question(&one.question)?;
        let is_tick = question.measure() == Measure::Several;
        question.sensitive.then_some(Delicate { column, is_tick })
    };
    columns.iter().enumerate().filter_map(delicate).collect()
}

/// The order of the rows of a request.
fn order(secret: &Secret, of: ExportId) -> StdRng {
    let mut seed = [0; 32];
    for (to, from) in seed.iter_mut().zip(secret.hash(&[b"row order", of.0.as_bytes()])) {
        *to = from;
    }
    StdRng::from_seed(seed)
}

/// The id of a row: a letter, so that no program takes it for a number, and 128 bits.
fn mark(secret: &Secret, of: ExportId, number: u64) -> String {
    let hash = secret.hash(&[b"row id", of.0.as_bytes(), &number.to_be_bytes()]);
    let letters: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("r{letters}")
}

/// The request a row came from, by its id.
///
/// # Errors
/// When the store fails.
pub async fn trace(
    store: &Store,
    of: DiagnosisId,
    row: &str,
) -> Result<Option<RowExport>, JobError> {
    for request in store.row_exports(of).await? {
        if request.standing != Standing::Consented {
            continue;
        }
        let rows = store.received(of, request.collection).await?;
        if (1..=rows).any(|number| mark(store.secret(), request.id, number) == row) {
            return Ok(Some(request));
        }
    }
    Ok(None)
}
