//! Commands on a data folder: import, release, poster.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Place, posters, say};
use crate::charts::poster::Paper;
use crate::domain::area::{Area, Map};
use crate::domain::collection::{Collection, Field, Mode, Origin, State};
use crate::domain::diagnosis::{Diagnosis, Settings, Wave, ZoneSet, slug};
use crate::domain::ids::{AreaId, CollectionId, DiagnosisId, ResponseId, WaveId, ZoneSetId};
use crate::domain::instrument::Instrument;
use crate::domain::text::Lang;
use crate::domain::version::Publication;
use crate::instruments::{self, Shelf};
use crate::job::evidence;
use crate::job::import::{self, Imported};
use crate::job::mapping::Mapping;
use crate::job::release::make;
use crate::publish::{Sheet, Wall, station_path};
use crate::store::{NewResponse, Store};
use crate::web::app::{BaseUrl, Clock};

/// What `import` needs.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    place: Place,
    /// The diagnosis that gets the collection, by the word in its address.
    #[arg(long, value_name = "SLUG", conflicts_with = "new")]
    diagnosis: Option<String>,
    /// Make a new diagnosis of this name for it.
    #[arg(long, value_name = "NAME")]
    new: Option<String>,
    /// The instrument: a file, or the name of one that comes with the program.
    #[arg(long, value_name = "FILE")]
    instrument: String,
    /// Which column is which question, and which value which choice.
    #[arg(long, value_name = "MAP.toml")]
    mapping: PathBuf,
    /// The answers.
    #[arg(long, value_name = "FILE.csv")]
    answers: PathBuf,
}

pub(crate) async fn import(with: Import) -> Result<ExitCode> {
    let instrument = instrument(&with.instrument)?;
    let text = std::fs::read_to_string(&with.mapping)
        .with_context(|| format!("could not read {}", with.mapping.display()))?;
    let mapping =
        Mapping::read(&text).map_err(|why| anyhow!("{}: {why}", with.mapping.display()))?;
    // What cannot be read makes no folder and no diagnosis; a map can only be in one that is there.
    let known = match &with.diagnosis {
        Some(slug) => {
            let store = with.place.open().await?;
            let diagnosis = store.diagnosis(slug).await?;
            Some((area(&store, &diagnosis, &instrument).await?, diagnosis))
        }
        None => None,
    };
    let area = known.as_ref().and_then(|(area, _)| area.as_ref());
    let imported = read(&with.answers, &instrument, &mapping, area.map(|area| &area.map))?;
    let store = with.place.open().await?;
    let (area, diagnosis) = match (known, &with.new) {
        (Some((area, diagnosis)), _) => (area, diagnosis),
        (None, Some(name)) => (None, new_diagnosis(name, &instrument)),
        (None, None) => bail!("say which diagnosis gets it: --diagnosis SLUG or --new NAME"),
    };
    if diagnosis.settings.invented {
        bail!("{} is invented, and real answers never meet invented ones", diagnosis.name);
    }
    let is_new = with.new.is_some();
    let area = area.map(|area| area.id);
    let kept = keep(&store, (&diagnosis, is_new), area, &instrument, &mapping, &imported).await?;
    say(&format!("{} {}", diagnosis.slug, kept.title));
    Ok(report(&imported))
}

/// The newest map, for an instrument that asks for places.
async fn area(
    store: &Store,
    diagnosis: &Diagnosis,
    instrument: &Instrument,
) -> Result<Option<Area>> {
    let newest = store.newest_area(diagnosis.id).await?.filter(|_| instrument.asks_places());
    Ok(match newest {
        Some(id) => Some(store.area(diagnosis.id, id).await?),
        None => None,
    })
}

/// An instrument from a file or from the shelf.
pub(crate) fn instrument(name: &str) -> Result<Instrument> {
    if let Some(instrument) = Shelf::load(None).instrument(name) {
        return Ok(instrument.clone());
    }
    let text = std::fs::read_to_string(name)
        .with_context(|| format!("there is no instrument or file called {name}"))?;
    let (instrument, faults) = instruments::check(name, &text, None);
    instrument.ok_or_else(|| {
        let faults: Vec<String> = faults.iter().map(|fault| fault.show(name)).collect();
        anyhow!("the instrument has faults:\n{}", faults.join("\n"))
    })
}

/// Reads the file under a progress bar that counts its bytes.
pub(crate) fn read(
    path: &std::path::Path,
    instrument: &Instrument,
    mapping: &Mapping,
    map: Option<&Map>,
) -> Result<Imported> {
    let file = File::open(path).with_context(|| format!("could not open {}", path.display()))?;
    let bar = ProgressBar::new(file.metadata()?.len());
    let style = "{bar:40} {bytes}/{total_bytes} {msg}";
    bar.set_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let counted: Box<dyn Read> = Box::new(bar.wrap_read(BufReader::new(file)));
    let imported = import::read(counted, instrument, mapping, map, |line| {
        if line % 1000 == 0 {
            bar.set_message(format!("{line} lines"));
        }
    })
    .with_context(|| format!("could not import {}", path.display()))?;
    bar.finish_and_clear();
    Ok(imported)
}

/// A diagnosis around imported answers.
pub(crate) fn new_diagnosis(name: &str, instrument: &Instrument) -> Diagnosis {
    let settings = Settings {
        languages: instrument.languages.clone(),
        time_zone: "UTC".to_owned(),
        consent_age: 16,
        help: Vec::new(),
        invented: false,
        population_source: None,
    };
    Diagnosis { id: DiagnosisId::random(), slug: slug(name), name: name.to_owned(), settings }
}

/// Stores the rows as a new, closed collection in a wave of its own.
pub(crate) async fn keep(
    store: &Store,
    (diagnosis, is_new): (&Diagnosis, bool),
    area: Option<AreaId>,
    instrument: &Instrument,
    mapping: &Mapping,
    imported: &Imported,
) -> Result<Collection> {
    let zones = ZoneSet { id: ZoneSetId::random(), zones: import::zones(mapping) };
    let number =
        i64::try_from(if is_new { 0 } else { store.waves(diagnosis.id).await?.len() })? + 1;
    let lang = instrument.languages.first().copied().unwrap_or(Lang::En);
    let title = mapping.title.get(lang).to_owned();
    let wave = Wave { id: WaveId::random(), number, title: title.clone(), zones: zones.id };
    if is_new {
        store.add_diagnosis(diagnosis, &zones, &wave, None).await?;
    } else {
        store.add_wave(diagnosis.id, &wave, Some(&zones)).await?;
    }
    let how = Publication { at: Some(Clock::System.now()), ..Publication::default() };
    let hash = store.publish_version(diagnosis.id, instrument, &how).await?.hash;
    let mut collection = collection(diagnosis, &wave, &hash, instrument, mapping, title);
    collection.field.area = area;
    store.add_collection(&collection, &[]).await?;
    let responses: Vec<NewResponse> = imported
        .rows
        .iter()
        .map(|answers| NewResponse {
            diagnosis: diagnosis.id,
            collection: collection.id,
            id: ResponseId::random(),
            instrument: hash.clone(),
            mode: Mode::Imported,
            lang,
            answers: answers.clone(),
            texts: Vec::new(),
            photos: Vec::new(),
            closed_since: None,
        })
        .collect();
    store.bring_in(&responses).await?;
    let rows = responses.len().to_string();
    store.log(diagnosis.id, None, Clock::System.now(), "imported", &rows).await?;
    Ok(collection)
}

fn collection(
    diagnosis: &Diagnosis,
    wave: &Wave,
    hash: &str,
    instrument: &Instrument,
    mapping: &Mapping,
    title: String,
) -> Collection {
    Collection {
        id: CollectionId::random(),
        diagnosis: diagnosis.id,
        wave: wave.id,
        instrument: hash.to_owned(),
        title,
        field: Field {
            sampling: mapping.sampling,
            asked_by: mapping.asked_by.clone(),
            presence: mapping.presence,
            recruited_by: mapping.recruited_by.clone(),
            origin: Origin::Imported,
            policy: instrument.policy,
            languages: Vec::new(),
            source: Some(mapping.source.clone()),
            area: None,
        },
        state: State::Closed,
        opened: Some(mapping.opened),
        closed: Some(mapping.closed),
        group_said_yes: false,
    }
}

/// What came in and what did not, row by row.
pub(crate) fn report(imported: &Imported) -> ExitCode {
    for refused in &imported.refused {
        say(&format!("line {}: {}", refused.line, refused.why.join("; ")));
    }
    let (rows, refused) = (imported.rows.len(), imported.refused.len());
    say(&format!("imported {rows} rows, refused {refused}"));
    if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// What `release` needs.
#[derive(Debug, Args)]
pub(crate) struct Release {
    #[command(flatten)]
    place: Place,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// Everybody may see it; without this only the committee.
    #[arg(long)]
    public: bool,
}

pub(crate) async fn release(with: Release) -> Result<ExitCode> {
    let store = with.place.open().await?;
    let diagnosis = one(&store, with.diagnosis.as_deref()).await?;
    let today = Clock::System.today(&diagnosis.settings.time_zone);
    let spinner = ProgressBar::new_spinner();
    spinner.set_message("counting, rounding, attacking");
    spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    let release = make(&store, &diagnosis, today, with.public, &[]).await?;
    spinner.finish_and_clear();
    let tables = crate::job::release::tables(&store, diagnosis.id, release.number).await?;
    let withheld = tables.iter().filter(|table| table.withheld().is_some()).count();
    say(&format!(
        "release {} of {}: {} tables, {withheld} of them withheld",
        release.number,
        diagnosis.name,
        tables.len()
    ));
    Ok(ExitCode::SUCCESS)
}

/// The diagnosis of that name, or the only one.
pub(super) async fn one(store: &Store, slug: Option<&str>) -> Result<Diagnosis> {
    if let Some(slug) = slug {
        return store.diagnosis(slug).await.with_context(|| format!("could not find {slug:?}"));
    }
    let mut all = store.diagnoses().await?;
    let names: Vec<&str> = all.iter().map(|diagnosis| diagnosis.slug.as_str()).collect();
    match names.as_slice() {
        [_] => Ok(all.remove(0)),
        [] => bail!("there is no diagnosis in this folder"),
        [..] => bail!("say which diagnosis: --diagnosis {}", names.join(" or --diagnosis ")),
    }
}

/// What `poster` needs.
#[derive(Debug, Args)]
pub(crate) struct Poster {
    #[command(flatten)]
    place: Place,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// The number of the release.
    #[arg(long, value_name = "N")]
    release: i64,
    /// The number of the station.
    #[arg(long, value_name = "K")]
    station: u32,
    /// The language; with two or three the first stands large and the others under it.
    #[arg(long, value_name = "LANG,LANG", value_delimiter = ',', default_value = "en")]
    lang: Vec<Lang>,
    /// What it is printed on.
    #[arg(long, value_name = "a3|a2", default_value = "a3", value_parser = posters::paper)]
    paper: Paper,
    /// Stripes for printing in black and white.
    #[arg(long)]
    stripes: bool,
    /// Empty bars: people draw what they expect before they see the answers.
    #[arg(long)]
    guess_first: bool,
    /// The file to write.
    #[arg(long, value_name = "F.pdf")]
    out: PathBuf,
    /// The address people reach the server by; the QR code carries it.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    base_url: String,
}

pub(crate) async fn poster(with: Poster) -> Result<ExitCode> {
    let store = with.place.open().await?;
    let base_url = BaseUrl::new(&with.base_url).map_err(|why| anyhow!(why))?;
    let diagnosis = one(&store, with.diagnosis.as_deref()).await?;
    let evidence = evidence::load(&store, &diagnosis, with.release).await.with_context(|| {
        format!("could not read release {} of {}", with.release, diagnosis.name)
    })?;
    let wall = Wall::new(&diagnosis.name, with.release, &evidence.sheets, &evidence.tables)
        .on(&evidence.grounds);
    let walks = store.data_walks(diagnosis.id).await?;
    let walk = walks.into_iter().rev().find(|walk| walk.release == with.release);
    let first = with.lang.first().copied().unwrap_or(Lang::En);
    let path = walk.map(|walk| station_path(&walk.door, with.station, first));
    let address = path.map(|path| base_url.join(&path));
    let (words, written) = (posters::words(&with.lang)?, store.takeaways(diagnosis.id).await?);
    let texts = posters::texts(&words);
    let sheet = Sheet {
        paper: with.paper,
        texts: &texts,
        stripes: with.stripes,
        guess: with.guess_first,
        address: address.as_deref(),
        written: &written,
    };
    let pdf = wall.poster(with.station, &sheet).and_then(|poster| poster.pdf())?;
    std::fs::write(&with.out, pdf)
        .with_context(|| format!("could not write {}", with.out.display()))?;
    say(&with.out.display().to_string());
    Ok(ExitCode::SUCCESS)
}
