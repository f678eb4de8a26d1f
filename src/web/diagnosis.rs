//! Making a diagnosis, changing what is fixed for all of it, a new wave, and deleting it.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::app::{App, Inner};
use super::desk::{Act, Desk, StaffFrame, said};
use super::error::{Error, Result};
use super::named;
use super::participate::{Pairs, help_name};
use super::sheet::{Faults, Filled, Input, Sheet, Tick};
use super::sign_in::SignedIn;
use crate::domain::diagnosis::{
    Diagnosis, HelpAddress, PopulationCount, PopulationSource, Settings, Wave, Zone, ZoneSet, slug,
};
use crate::domain::ids::{DiagnosisId, WaveId, ZoneSetId};
use crate::domain::instrument::Help;
use crate::domain::people::{May, Person};
use crate::domain::population::{self, Codes};
use crate::domain::question::Question;
use crate::domain::text::Lang;
use crate::store::StoreError;
use crate::words::{StaffWords, fill};

/// Consent ages that some law has.
const CONSENT_AGES: RangeInclusive<u32> = 10..=21;
/// The most characters of a name or title.
const LONGEST_NAME: usize = 80;

/// What a sheet says about a diagnosis.
struct Said {
    name: String,
    settings: Settings,
    population: Vec<PopulationCount>,
}

/// `GET /new`.
pub(super) async fn new_page(State(app): State<App>, signed_in: SignedIn) -> Result<Response> {
    let person = host(&signed_in)?;
    let filled = Filled::default().with("time_zone", "Europe/Brussels").with("consent_age", "13");
    let filled = filled.with("languages", person.lang.tag());
    Ok(new_sheet(&app, person, &filled).show(Faults::default()))
}

/// `POST /new`: a diagnosis with its first wave; whoever makes it coordinates it.
pub(super) async fn make(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let (person, filled) = (host(&signed_in)?, Filled(pairs));
    let words = app.staff_words(person.lang);
    let mut faults = Faults::default();
    let zones = read_zones(&filled, words, &mut faults);
    let given = read(&app, &filled, &zones, words, &mut faults);
    if !faults.is_empty() {
        return Ok(new_sheet(&app, person, &filled).show(faults));
    }
    match add(&app, person, &filled, zones, given).await {
        Ok(slug) => Ok(Redirect::to(&format!("/d/{slug}")).into_response()),
        Err(StoreError::Taken(_)) => {
            faults.add("name", &words.diagnosis_taken);
            Ok(new_sheet(&app, person, &filled).show(faults))
        }
        Err(error) => Err(said(error, words)),
    }
}

fn host(signed_in: &SignedIn) -> Result<&Person> {
    if signed_in.0.host { Ok(&signed_in.0) } else { Err(Error::Forbidden) }
}

/// Stores a new diagnosis and gives the word in its addresses.
async fn add(
    app: &Inner,
    person: &Person,
    filled: &Filled,
    zones: Vec<Zone>,
    given: Said,
) -> std::result::Result<String, StoreError> {
    let words = app.staff_words(person.lang);
    let set = ZoneSet { id: ZoneSetId::random(), zones };
    let title = filled.first("wave");
    let title = if title.is_empty() { &words.baseline } else { title };
    let id = WaveId::random();
    let wave = Wave { id, number: 1, title: title.to_owned(), zones: set.id };
    let id = DiagnosisId::random();
    let mut word = slug(&given.name);
    if word.is_empty() {
        word = id.to_string().chars().take(8).collect();
    }
    let diagnosis = Diagnosis { id, slug: word, name: given.name, settings: given.settings };
    app.store.add_diagnosis(&diagnosis, &set, &wave, Some(person.id)).await?;
    app.store.set_population(id, &given.population).await?;
    let (now, act) = (app.clock.now(), Act::MadeDiagnosis.code());
    app.store.log(id, Some(person.id), now, act, &diagnosis.name).await?;
    Ok(diagnosis.slug)
}

fn new_sheet<'a>(app: &'a Inner, person: &Person, filled: &Filled) -> Sheet<'a> {
    let words = app.staff_words(person.lang);
    let mut inputs = inputs(app, person.lang, filled);
    let at = inputs.len() - 3;
    inputs.splice(
        at..at,
        [
            Input::line("wave", &words.wave_title, filled)
                .hinted(&fill(&words.wave_title_hint, &[("baseline", &words.baseline)])),
            Input::area("zones", &words.zones, 8, filled).hinted(&words.zones_hint),
        ],
    );
    let frame = StaffFrame::new(app, person, &words.new_diagnosis);
    Sheet::new(frame, "/new".to_owned(), &words.make_diagnosis, inputs)
        .saying(&words.new_diagnosis_intro)
}

/// The fields that a new diagnosis and its settings share; the population comes last, in three.
fn inputs(app: &Inner, lang: Lang, filled: &Filled) -> Vec<Input> {
    let (words, form) = (app.staff_words(lang), app.form_words(lang));
    let tick = |lang: &Lang| Tick::new(lang.tag(), lang.name(), "");
    let languages = Lang::RESPONDENTS.iter().map(tick).collect();
    let mut inputs = vec![
        Input::line("name", &words.diagnosis_name, filled).hinted(&words.diagnosis_name_hint),
        Input::many("languages", &words.languages, languages, filled).hinted(&words.languages_hint),
        Input::line("time_zone", &words.time_zone, filled).hinted(&words.time_zone_hint),
        Input::line("consent_age", &words.consent_age, filled).hinted(&words.consent_age_hint),
        Input::heading(&words.help_title).hinted(&words.help_hint),
    ];
    let line = |kind: Help| Input::line(&help_field(kind), help_name(kind, form), filled);
    inputs.extend(Help::ALL.into_iter().map(line));
    inputs.push(Input::heading(&words.area_title));
    inputs.push(
        Input::area("population", &words.population, 8, filled).hinted(&words.population_hint),
    );
    inputs.push(
        Input::line("population_source", &words.population_source, filled)
            .hinted(&words.population_source_hint),
    );
    inputs.push(Input::day("population_dated", &words.population_dated, filled));
    inputs
}

fn help_field(kind: Help) -> String {
    format!("help_{}", kind.code())
}

/// Reads what both sheets share, complaining about everything at once.
fn read(
    app: &Inner,
    filled: &Filled,
    zones: &[Zone],
    words: &StaffWords,
    faults: &mut Faults,
) -> Said {
    let name = filled.first("name").to_owned();
    faults.when(name.is_empty(), "name", &words.name_needed);
    faults.when(name.chars().count() > LONGEST_NAME, "name", &words.name_long);
    let given = filled.all("languages");
    let languages: Vec<Lang> =
        Lang::RESPONDENTS.into_iter().filter(|lang| given.contains(&lang.tag())).collect();
    faults.when(languages.is_empty(), "languages", &words.language_needed);
    let time_zone = filled.first("time_zone").to_owned();
    let unknown = time_zone.is_empty() || TimeZone::get(&time_zone).is_err();
    faults.when(unknown, "time_zone", &words.time_zone_unknown);
    let age = filled.first("consent_age").parse().ok();
    let age = age.filter(|age| CONSENT_AGES.contains(age));
    faults.when(age.is_none(), "consent_age", &words.consent_age_wrong);
    let address = |kind: Help| {
        let address = filled.first(&help_field(kind)).to_owned();
        HelpAddress { kind, address }
    };
    let help = Help::ALL.into_iter().map(address).collect();
    let table = filled.first("population");
    let population = population::counts(table, zones, &codes(app)).unwrap_or_else(|wrong| {
        for (line, fault) in wrong {
            faults.add("population", &named::line_fault(line, &fault, words));
        }
        Vec::new()
    });
    let population_source = read_source(filled, words, !population.is_empty(), faults);
    let consent_age = age.unwrap_or_default();
    let settings =
        Settings { languages, time_zone, consent_age, help, invented: false, population_source };
    Said { name, settings, population }
}

/// Where the population figures come from and for which day: both, wherever there are figures.
fn read_source(
    filled: &Filled,
    words: &StaffWords,
    needed: bool,
    faults: &mut Faults,
) -> Option<PopulationSource> {
    if !needed {
        return None;
    }
    let source = filled.first("population_source").to_owned();
    let dated: Option<Date> = filled.first("population_dated").parse().ok();
    faults.when(source.is_empty(), "population_source", &words.population_source_needed);
    faults.when(source.chars().count() > LONGEST_NAME, "population_source", &words.name_long);
    faults.when(dated.is_none(), "population_dated", &words.population_dated_needed);
    Some(PopulationSource { source, dated: dated? })
}

/// The age bands and genders of every instrument on the shelf.
fn codes(app: &Inner) -> Codes {
    let of = |id: &str| {
        let questions = app.shelf.instruments().iter().filter_map(|one| one.question(id));
        let choices = questions.flat_map(Question::choices);
        let codes: BTreeSet<String> =
            choices.filter(|choice| !choice.missing).map(|choice| choice.code.clone()).collect();
        codes.into_iter().collect()
    };
    Codes { ages: of("d_age"), genders: of("d_gender") }
}

fn read_zones(filled: &Filled, words: &StaffWords, faults: &mut Faults) -> Vec<Zone> {
    let zones = population::zones(filled.first("zones")).unwrap_or_else(|twice| {
        for name in twice {
            faults.add("zones", &fill(&words.zone_twice, &[("zone", &name)]));
        }
        vec![]
    });
    let none = zones.is_empty() && filled.first("zones").is_empty();
    faults.when(none, "zones", &words.zone_needed);
    zones
}

/// `GET /d/{slug}/settings`.
pub(super) async fn settings_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let zones = latest(&desk).await?.1;
    let counts = app.store.population(desk.diagnosis.id).await?;
    let settings = &desk.diagnosis.settings;
    let mut filled = Filled::default()
        .with("name", &desk.diagnosis.name)
        .with("time_zone", &settings.time_zone)
        .with("consent_age", &settings.consent_age.to_string())
        .with("population", &population::table(&counts, &zones));
    if let Some(from) = &settings.population_source {
        filled = filled
            .with("population_source", &from.source)
            .with("population_dated", &from.dated.to_string());
    }
    for lang in &settings.languages {
        filled = filled.with("languages", lang.tag());
    }
    for help in &settings.help {
        filled = filled.with(&help_field(help.kind), &help.address);
    }
    Ok(settings_sheet(&desk, &filled).show(Faults::default()))
}

/// `POST /d/{slug}/settings`.
pub(super) async fn settings(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let zones = latest(&desk).await?.1;
    let mut given = read(&app, &filled, &zones, desk.words(), &mut faults);
    if !faults.is_empty() {
        return Ok(settings_sheet(&desk, &filled).show(faults));
    }
    given.settings.invented = desk.diagnosis.settings.invented;
    app.store.save_settings(desk.diagnosis.id, &given.name, &given.settings).await?;
    app.store.set_population(desk.diagnosis.id, &given.population).await?;
    desk.log(Act::ChangedSettings, "").await?;
    Ok(desk.go(""))
}

fn settings_sheet<'a>(desk: &'a Desk, filled: &Filled) -> Sheet<'a> {
    let words = desk.words();
    let inputs = inputs(&desk.app, desk.lang(), filled);
    let frame = desk.frame(&words.settings);
    Sheet::new(frame, desk.path("/settings"), &words.save, inputs)
}

/// The last wave of a diagnosis and its zones.
pub(super) async fn latest(desk: &Desk) -> Result<(Wave, Vec<Zone>)> {
    let waves = desk.app.store.waves(desk.diagnosis.id).await?;
    let wave = waves.into_iter().next_back().ok_or(Error::NotFound)?;
    let zones = desk.app.store.zones(desk.diagnosis.id, wave.id).await?;
    Ok((wave, zones))
}

/// `GET /d/{slug}/waves`: the sheet of a new wave.
pub(super) async fn wave_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (_, zones) = latest(&desk).await?;
    let names: Vec<String> = zones.into_iter().map(|zone| zone.name).collect();
    let filled = Filled::default().with("zones", &names.join("\n"));
    Ok(wave_sheet(&desk, &filled).show(Faults::default()))
}

/// `POST /d/{slug}/waves`: the same zones are the same set; others are a set of their own.
pub(super) async fn add_wave(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let zones = read_zones(&filled, desk.words(), &mut faults);
    faults.when(filled.first("wave").is_empty(), "wave", &desk.words().title_needed);
    if !faults.is_empty() {
        return Ok(wave_sheet(&desk, &filled).show(faults));
    }
    let (last, before) = latest(&desk).await?;
    let new = (zones != before).then(|| ZoneSet { id: ZoneSetId::random(), zones });
    let zones = new.as_ref().map_or(last.zones, |set| set.id);
    let title = filled.first("wave").to_owned();
    let wave = Wave { id: WaveId::random(), number: last.number + 1, title, zones };
    app.store.add_wave(desk.diagnosis.id, &wave, new.as_ref()).await.map_err(|e| desk.said(e))?;
    desk.log(Act::AddedWave, &wave.title).await?;
    Ok(desk.go(""))
}

fn wave_sheet<'a>(desk: &'a Desk, filled: &Filled) -> Sheet<'a> {
    let words = desk.words();
    let inputs = vec![
        Input::line("wave", &words.wave_title, filled),
        Input::area("zones", &words.zones, 8, filled).hinted(&words.wave_zones_hint),
    ];
    Sheet::new(desk.frame(&words.new_wave), desk.path("/waves"), &words.new_wave, inputs)
}

/// `GET /d/{slug}/delete`.
pub(super) async fn delete_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    Ok(delete_sheet(&desk, &Filled::default()).show(Faults::default()))
}

/// `POST /d/{slug}/delete`: everything in it goes, once its name is typed.
pub(super) async fn delete(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    if filled.first("name") != desk.diagnosis.name {
        faults.add("name", &desk.words().delete_wrong);
        return Ok(delete_sheet(&desk, &filled).show(faults));
    }
    app.store.delete_diagnosis(desk.diagnosis.id).await?;
    tracing::info!(diagnosis.slug = %slug, "a diagnosis was deleted");
    Ok(Redirect::to("/home").into_response())
}

fn delete_sheet<'a>(desk: &'a Desk, filled: &Filled) -> Sheet<'a> {
    let words = desk.words();
    let label = fill(&words.delete_type, &[("name", &desk.diagnosis.name)]);
    let inputs = vec![Input::line("name", &label, filled)];
    let action = desk.path("/delete");
    let mut sheet = Sheet::new(desk.frame(&words.delete_title), action, &words.delete, inputs)
        .saying(&words.delete_intro);
    sheet.stops = true;
    sheet
}
