//! The demonstration: an invented neighbourhood with everything in it, and beside it, when its file
//! is given, Barcelona 2020. Real and invented never meet in one diagnosis.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use jiff::civil::{Date, date};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::invent::{self, Crowd};
use super::{data, demo_walk, demo_words};
use crate::domain::area::Area;
use crate::domain::collection::{Collection, Door, Field, Mode, Origin, Presence, Sampling, State};
use crate::domain::data_walk::DataWalk;
use crate::domain::diagnosis::{Diagnosis, HelpAddress, Settings, Wave, Zone, ZoneSet, slug};
use crate::domain::ids::{CollectionId, DataWalkId, DiagnosisId, PersonId, WaveId, ZoneSetId};
use crate::domain::instrument::{Help, Instrument};
use crate::domain::people::{Invited, Person, Role};
use crate::domain::text::Lang;
use crate::domain::version::Publication;
use crate::instruments::Shelf;
use crate::job::mapping::Mapping;
use crate::job::release::make;
use crate::job::{area, evidence};
use crate::publish::{Wall, station_path};
use crate::store::{Store, StoreError, Token};
use crate::web::app::{BaseUrl, Clock};

const INVENTED: &str = "oude-haven";
const BARCELONA: &str = "barcelona-2020";
/// Where chance begins: change it and every invented chart changes.
const SEED: u64 = 2026;
pub(super) const ZONES: [&str; 6] =
    ["Kade", "Marktplein", "Tunnelwijk", "Molenbuurt", "Stationskant", "Parkzijde"];

/// A map as invented as everything else: its coordinates are open sea.
pub(super) const MAP: &str = include_str!("oude_haven.geojson");
/// What stands under it.
pub(super) const MAP_TERMS: (&str, &str) =
    ("verzonnen voor deze demonstratie, zo’n buurt bestaat niet", "CC0 1.0");

/// Fills the folder with what is not there yet.
pub(super) async fn fill(store: &Store, shelf: &Shelf, answers: Option<&Path>) -> Result<()> {
    if is_missing(store, INVENTED).await? {
        invented(store, shelf).await.context("could not invent a neighbourhood")?;
    }
    if let Some(file) = answers
        && is_missing(store, BARCELONA).await?
    {
        barcelona(store, shelf, file).await?;
    }
    Ok(())
}

async fn is_missing(store: &Store, slug: &str) -> Result<bool> {
    match store.diagnosis(slug).await {
        Ok(_) => Ok(false),
        Err(StoreError::NotFound(_)) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// One collection to invent.
struct Plan {
    instrument: String,
    title: String,
    wave: usize,
    people: usize,
    days: (Date, Option<Date>),
    sampling: Sampling,
    presence: Presence,
    asked_by: &'static str,
    recruited_by: &'static str,
    lift: f64,
}

/// Two waves, a walk, three listening groups, an activity; then every instrument, to be tried.
fn plans(shelf: &Shelf) -> Vec<Plan> {
    let neighbours = |title: &str, wave, people, days, lift| Plan {
        instrument: "resident_safety".to_owned(),
        title: title.to_owned(),
        wave,
        people,
        days,
        sampling: Sampling::SelfSelected,
        presence: Presence::Nobody,
        asked_by: "Buurthuis De Sluis",
        recruited_by: "affiches en helpers aan de deur",
        lift,
    };
    let first = (date(2025, 10, 6), Some(date(2025, 11, 14)));
    let second = (date(2026, 9, 7), Some(date(2026, 10, 16)));
    let mut plans = vec![
        neighbours("Buurtvragenlijst, herfst 2025", 0, 318, first, -0.08),
        neighbours("Buurtvragenlijst, herfst 2026", 1, 284, second, 0.1),
        sitting("walk_audit", "Avondwandeling, tunnel en kade", 9, date(2026, 9, 24)),
        sitting("feedback_youth", "Basketbal met het wijkteam", 17, date(2026, 9, 30)),
    ];
    let groups = ["Moeders van de school", "Winkeliers", "Jongeren van het plein"];
    for (day, title) in (12..).zip(groups) {
        plans.push(sitting("focus_group_note", title, 1, date(2026, 9, day)));
    }
    let open = date(2026, 11, 2);
    plans.push(Plan {
        people: 60,
        days: (open, None),
        sampling: Sampling::SelfSelected,
        recruited_by: "een kraam op de markt",
        ..sitting("pulse2", "Peiling november 2026", 60, open)
    });
    let is_tried = |it: &&Instrument| it.slug != "pulse2" && it.slug != "barcelona_2020";
    for instrument in shelf.instruments().iter().filter(is_tried) {
        let title = format!("Probeer: {}", instrument.title.get(Lang::Nl));
        let tried = sitting(&instrument.slug, &title, 0, open);
        plans.push(Plan { days: (open, None), ..tried });
    }
    plans
}

fn sitting(instrument: &str, title: &str, people: usize, day: Date) -> Plan {
    let is_feedback = instrument.starts_with("feedback_");
    Plan {
        instrument: instrument.to_owned(),
        title: title.to_owned(),
        wave: 1,
        people,
        days: (day, Some(day)),
        sampling: Sampling::Picked,
        presence: if is_feedback { Presence::YouthWorker } else { Presence::Nobody },
        asked_by: if is_feedback { "Jeugdhuis Het Anker" } else { "Buurthuis De Sluis" },
        recruited_by: if is_feedback { "de jeugdwerkers" } else { "de coördinator" },
        lift: 0.1,
    }
}

async fn invented(store: &Store, shelf: &Shelf) -> Result<()> {
    let diagnosis = diagnosis();
    let zones: Vec<Zone> =
        ZONES.iter().map(|name| Zone { code: slug(name), name: (*name).to_owned() }).collect();
    let set = ZoneSet { id: ZoneSetId::random(), zones: zones.clone() };
    let waves = [(1, "Herfst 2025"), (2, "Herfst 2026")].map(|(number, title)| Wave {
        id: WaveId::random(),
        number,
        title: title.to_owned(),
        zones: set.id,
    });
    store.add_diagnosis(&diagnosis, &set, &waves[0], None).await?;
    store.add_wave(diagnosis.id, &waves[1], None).await?;
    store.set_population(diagnosis.id, &invent::population(&zones)).await?;
    let (map, day) = (MAP.as_bytes().to_vec(), date(2025, 9, 29));
    let area = area::import(store, &diagnosis, day, map, MAP_TERMS).await?;
    people(store, diagnosis.id).await?;
    let mut closed = Vec::new();
    for (number, plan) in (0..).zip(plans(shelf)) {
        let collection =
            invent(store, shelf, &diagnosis, &waves, (&zones, &area), &plan, number).await?;
        if collection.state == State::Closed {
            closed.push(collection.id);
        }
    }
    demo_words::moderate(store, &diagnosis).await?;
    let release = make(store, &diagnosis, date(2026, 11, 5), true, &closed).await?;
    let walk = walk(store, &diagnosis, release.number, "Datawandeling in de sporthal").await?;
    demo_walk::people(store, &diagnosis, &walk).await
}

fn diagnosis() -> Diagnosis {
    let help = [
        (Help::Emergency, "112"),
        (Help::VictimSupport, "CAW, 0800 13 500"),
        (Help::YouthLine, "Awel, 102"),
        (Help::Discrimination, "Unia, 0800 12 800"),
        (Help::PoliceComplaints, "Comité P, comitep.be"),
    ];
    let address = |(kind, address): (Help, &str)| HelpAddress { kind, address: address.to_owned() };
    let settings = Settings {
        languages: vec![Lang::Nl, Lang::Fr, Lang::En, Lang::De, Lang::Pt, Lang::Tr, Lang::Ar],
        time_zone: "Europe/Brussels".to_owned(),
        consent_age: 13,
        help: help.into_iter().map(address).collect(),
        invented: true,
        population_source: None,
    };
    let (slug, name) = (INVENTED.to_owned(), "Oude Haven".to_owned());
    Diagnosis { id: DiagnosisId::random(), slug, name, settings }
}

/// One collection with its door and its invented answers.
async fn invent(
    store: &Store,
    shelf: &Shelf,
    diagnosis: &Diagnosis,
    waves: &[Wave; 2],
    (zones, area): (&[Zone], &Area),
    plan: &Plan,
    number: u64,
) -> Result<Collection> {
    let instrument = shelf
        .instrument(&plan.instrument)
        .with_context(|| format!("{} is not on the shelf", plan.instrument))?;
    let source = shelf.source(&plan.instrument);
    let how = Publication { source, at: Some(Clock::System.now()), by: None, note: "" };
    let hash = store.publish_version(diagnosis.id, instrument, &how).await?.hash;
    let mut collection = collection(diagnosis, waves, &hash, instrument, plan);
    collection.field.area = instrument.asks_places().then_some(area.id);
    let word = letters(&mut StdRng::seed_from_u64(SEED + 1000 + number));
    let door = Door::new(&word, collection.id, diagnosis.id, Mode::Own);
    store.add_collection(&collection, &[door]).await?;
    let crowd = Crowd {
        collection: &collection,
        instrument,
        zones,
        map: &area.map,
        people: plan.people,
        lift: plan.lift,
        seed: SEED + number,
    };
    let mut sheets = crowd.responses();
    demo_words::say(&plan.instrument, &plan.title, &mut sheets);
    store.bring_in(&sheets).await?;
    Ok(collection)
}

fn collection(
    diagnosis: &Diagnosis,
    waves: &[Wave; 2],
    hash: &str,
    instrument: &Instrument,
    plan: &Plan,
) -> Collection {
    let languages = diagnosis.settings.languages.iter().copied();
    let languages = languages.filter(|lang| instrument.languages.contains(lang)).collect();
    let (opened, closed) = plan.days;
    Collection {
        id: CollectionId::random(),
        diagnosis: diagnosis.id,
        wave: waves[plan.wave].id,
        instrument: hash.to_owned(),
        title: plan.title.clone(),
        field: Field {
            sampling: plan.sampling,
            asked_by: plan.asked_by.to_owned(),
            presence: plan.presence,
            recruited_by: plan.recruited_by.to_owned(),
            origin: Origin::Invented,
            policy: instrument.policy,
            languages,
            source: None,
            area: None,
        },
        state: if closed.is_some() { State::Closed } else { State::Open },
        opened: Some(opened),
        closed,
        group_said_yes: true,
    }
}

/// Eight letters nobody mixes up.
fn letters(rng: &mut impl Rng) -> String {
    const LETTERS: [char; 20] = [
        'b', 'c', 'd', 'f', 'g', 'h', 'k', 'm', 'n', 'p', 'r', 's', 't', 'v', 'w', 'x', 'z', '4',
        '7', '9',
    ];
    (0..8).filter_map(|_| LETTERS.choose(rng)).collect()
}

/// One person for each role; the coordinator may make diagnoses too.
async fn people(store: &Store, of: DiagnosisId) -> Result<()> {
    for role in Role::ALL {
        let person = Person {
            id: PersonId::random(),
            name: format!("Demo {}", role.code().replace('_', " ")),
            lang: Lang::Nl,
            host: *role == Role::Coordinator,
            roles: vec![(of, *role)],
        };
        store.add_person(&person, &format!("demo-{}", role.code()), None).await?;
        let organisation = match role {
            Role::Coordinator | Role::Moderator => "Buurthuis Oude Haven",
            Role::Facilitator => "Jeugdwerk De Kade",
            Role::Member => "Huurdersbond",
            Role::PoliceMember => "Lokale politie",
        };
        store.affiliate(of, person.id, organisation, 0).await?;
    }
    Ok(())
}

async fn walk(store: &Store, of: &Diagnosis, release: i64, title: &str) -> Result<DataWalk> {
    let walk = DataWalk {
        id: DataWalkId::random(),
        diagnosis: of.id,
        title: title.to_owned(),
        held_on: date(2026, 11, 21),
        release,
        door: letters(&mut rand::rng()),
    };
    store.add_data_walk(&walk).await?;
    Ok(walk)
}

/// Barcelona 2020, from its own file: a second diagnosis, never mixed with the first.
async fn barcelona(store: &Store, shelf: &Shelf, file: &Path) -> Result<()> {
    let instrument = shelf.instrument("barcelona_2020").context("barcelona_2020 is not there")?;
    let mapping = shelf.file("barcelona_2020.mapping.toml").context("its mapping is not there")?;
    let mapping = Mapping::read(&mapping).map_err(|why| anyhow!(why))?;
    let imported = data::read(file, instrument, &mapping, None)?;
    let mut diagnosis = data::new_diagnosis("Barcelona 2020", instrument);
    "Europe/Madrid".clone_into(&mut diagnosis.settings.time_zone);
    data::keep(store, (&diagnosis, true), None, instrument, &mapping, &imported).await?;
    data::report(&imported);
    let invented = store.diagnosis(INVENTED).await?;
    for (person, _, role) in store.members(invented.id).await? {
        store.give_role(diagnosis.id, person, role).await?;
    }
    let release = make(store, &diagnosis, date(2026, 11, 5), true, &[]).await?;
    walk(store, &diagnosis, release.number, "Data walk Barcelona").await?;
    Ok(())
}

/// One line `name address` for every door, data walk, poster and projector, and a one-time address
/// for each role.
pub(super) async fn addresses(store: &Store, base_url: &BaseUrl) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for slug in [INVENTED, BARCELONA] {
        if is_missing(store, slug).await? {
            continue;
        }
        let diagnosis = store.diagnosis(slug).await?;
        let prefix = if slug == INVENTED { String::new() } else { format!("{slug}/") };
        lines.extend(doors(store, &diagnosis, base_url).await?);
        lines.extend(walls(store, &diagnosis, &prefix, base_url).await?);
    }
    lines.extend(sign_ins(store, base_url).await?);
    Ok(lines)
}

async fn doors(store: &Store, of: &Diagnosis, base_url: &BaseUrl) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for collection in store.collections(of.id).await? {
        if collection.state != State::Open {
            continue;
        }
        let instrument = store.published(of.id, &collection.instrument).await?;
        for door in store.doors(of.id, collection.id).await? {
            let address = base_url.join(&format!("/p/{}", door.code));
            lines.push(format!("{} {address}", instrument.slug));
        }
    }
    Ok(lines)
}

async fn walls(
    store: &Store,
    of: &Diagnosis,
    prefix: &str,
    base_url: &BaseUrl,
) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let lang = of.settings.languages.first().copied().unwrap_or(Lang::En);
    for walk in store.data_walks(of.id).await? {
        let evidence = evidence::load(store, of, walk.release).await?;
        let wall = Wall::new(&of.name, walk.release, &evidence.sheets, &evidence.tables)
            .on(&evidence.grounds);
        let walk_address = base_url.join(&format!("/w/{}/{lang}", walk.door));
        lines.push(format!("{prefix}data-walk {walk_address}"));
        for station in wall.stations() {
            let path = station_path(&walk.door, station.number, lang);
            let poster = base_url.join(&format!("{path}/poster.pdf"));
            lines.push(format!("{prefix}poster-{} {poster}", station.number));
        }
        let path = format!("/d/{}/walks/{}/projector", of.slug, walk.id);
        lines.push(format!("{prefix}projector {}", base_url.join(&path)));
    }
    Ok(lines)
}

/// Valid until the next start: older ones are forgotten.
async fn sign_ins(store: &Store, base_url: &BaseUrl) -> Result<Vec<String>> {
    store.forget_invitations().await?;
    let diagnosis = store.diagnosis(INVENTED).await?;
    let mut lines = Vec::new();
    for (person, _, role) in store.members(diagnosis.id).await? {
        let token = Token::random();
        store.invite(&token, &Invited::SignIn(person), Clock::System.in_days(1)).await?;
        let address = base_url.join(&format!("/i/{}", token.letters()));
        lines.push(format!("{} {address}", role.code().replace('_', "-")));
    }
    Ok(lines)
}
