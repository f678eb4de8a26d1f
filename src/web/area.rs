//! The map of the area: importing one, and what is on it.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::desk::{self, Act, Desk, StaffFrame, id};
use super::diagnosis::latest;
use super::error::{Error, Result};
use super::place;
use super::sheet::{Faults, Filled, Input, InputKind};
use super::sign_in::SignedIn;
use super::upload::{Broken, Part, Parts};
use crate::domain::area::{Area, LeftOut, Map, Place, WhyLeftOut};
use crate::domain::diagnosis::Zone;
use crate::domain::people::May;
use crate::job::area::{self as job, Fault, NotImported, Wrong};
use crate::words::{StaffWords, fill};

/// The largest form: a file, or the same pasted, with a few words.
pub(super) const LARGEST_FORM: usize = job::LARGEST + 64 * 1024;

/// The map as it is shown.
struct MapView<'a> {
    title: String,
    image: String,
    source: String,
    places: String,
    groups: Vec<(String, Vec<&'a str>)>,
    left_out: Vec<String>,
}

#[derive(Template)]
#[template(path = "area.html")]
struct AreaPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a StaffWords,
    action: String,
    map: Option<MapView<'a>>,
    inputs: Vec<Input>,
    wrong: Vec<String>,
    complained: Vec<(String, String)>,
    coordinates: bool,
}

/// `GET /d/{slug}/area`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    show(&desk, &Filled::default(), Faults::default()).await
}

/// `POST /d/{slug}/area`: a new map, or every fault of the file.
pub(super) async fn import(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    multipart: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let words = desk.words();
    let (filled, file, mut faults) = match multipart {
        Ok(multipart) => read(multipart, words).await,
        Err(_) => (Filled::default(), None, Faults::default()),
    };
    // A form that was cut off says nothing of what did not arrive.
    if faults.is_empty() {
        faults.when(file.is_none(), "file", &words.area_file_needed);
        let absent = |field: &str| filled.first(field).is_empty();
        faults.when(absent("source"), "source", &words.area_source_needed);
        faults.when(absent("licence"), "licence", &words.area_licence_needed);
    }
    let Some(file) = file.filter(|_| faults.is_empty()) else {
        return show(&desk, &filled, faults).await;
    };
    let terms = (filled.first("source"), filled.first("licence"));
    let today = app.today(&desk.diagnosis);
    match job::import(&app.store, &desk.diagnosis, today, file, terms).await {
        Ok(area) => {
            desk.log(Act::ImportedArea, &area.number.to_string()).await?;
            Ok(desk.go("/area"))
        }
        Err(NotImported::Faults(wrong)) => {
            for fault in wrong {
                faults.add("file", &sentence(&fault, words));
            }
            show(&desk, &filled, faults).await
        }
        Err(NotImported::Store(error)) => Err(desk.said(error)),
        Err(NotImported::CutOff) => Err(Error::Failed(NotImported::CutOff.to_string())),
    }
}

/// What was filled in, and the file that was chosen or pasted.
async fn read(multipart: Multipart, words: &StaffWords) -> (Filled, Option<Vec<u8>>, Faults) {
    let mut parts = Parts::of(multipart, LARGEST_FORM);
    let (mut filled, mut file, mut faults) = (Filled::default(), None, Faults::default());
    let too_big = sentence(&Fault { feature: None, wrong: Wrong::TooBig }, words);
    loop {
        match parts.next().await {
            Ok(None) => break,
            Ok(Some(Part::Text(field, text))) if field == "text" => {
                file = file.or_else(|| Some(text.into_bytes()).filter(|text| !text.is_empty()));
            }
            Ok(Some(Part::Text(field, text))) => filled = filled.with(&field, &text),
            Ok(Some(Part::File(field, _))) if field != "file" => {}
            Ok(Some(Part::File(_, mut part))) => match part.whole(job::LARGEST).await {
                Ok(Some(bytes)) if bytes.is_empty() => {}
                Ok(Some(bytes)) => file = Some(bytes),
                Ok(None) | Err(_) => {
                    faults.add("file", &too_big);
                    return (filled, None, faults);
                }
            },
            Err(Broken::TooBig | Broken::NotAForm) => {
                faults.add("file", &too_big);
                return (filled, None, faults);
            }
        }
    }
    (filled, file, faults)
}

/// `GET /d/{slug}/area/{id}/map.svg`: never changes, and is for the committee.
pub(super) async fn drawing(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, area)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let area = app.area(desk.diagnosis.id, id(&area)?).await?;
    place::svg(&app, &area, &desk.diagnosis.name, "private, max-age=31536000, immutable")
}

async fn show(desk: &Desk, filled: &Filled, faults: Faults) -> Result<Response> {
    let (app, of, words) = (&desk.app, desk.diagnosis.id, desk.words());
    let area = match app.store.newest_area(of).await? {
        Some(id) => Some(app.area(of, id).await?),
        None => None,
    };
    let zones = latest(desk).await?.1;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut inputs = inputs(filled, words);
    let (wrong, complained) = faults.beside(&mut inputs);
    let page = AreaPage {
        frame: desk.frame(&words.area_map),
        words,
        action: desk.path("/area"),
        map: area.as_deref().map(|area| view(desk, area, &zones)),
        inputs,
        wrong,
        complained,
        coordinates: desk.may(May::Coordinate),
    };
    Ok(desk::show(status, &page))
}

fn inputs(filled: &Filled, words: &StaffWords) -> Vec<Input> {
    vec![
        Input::line("source", &words.source, filled).hinted(&words.area_source_hint),
        Input::line("licence", &words.area_licence, filled).hinted(&words.area_licence_hint),
        Input::file("file", &words.area_file, ".geojson,.json,application/geo+json")
            .hinted(&words.area_file_hint),
        Input::area("text", &words.area_text, 4, &Filled::default()).hinted(&words.area_text_hint),
    ]
}

fn view<'a>(desk: &Desk, area: &'a Area, zones: &[Zone]) -> MapView<'a> {
    let words = desk.words();
    let number = area.number.to_string();
    let facts = [("n", number.as_str()), ("day", &area.imported.to_string())];
    MapView {
        title: fill(&words.area_number, &facts),
        image: desk.path(&format!("/area/{}/map.svg", area.id)),
        source: source_line(&area.map.source, &area.map.licence, words),
        places: fill(&words.area_places, &[("n", &area.map.places.len().to_string())]),
        groups: groups(&area.map, zones, words),
        left_out: area.map.left_out.iter().map(|left| left_out(left, words)).collect(),
    }
}

fn source_line(source: &str, licence: &str, words: &StaffWords) -> String {
    fill(&words.area_source_line, &[("source", source), ("licence", licence)])
}

/// The names under their headings; those without a zone last.
fn groups<'a>(map: &'a Map, zones: &[Zone], words: &StaffWords) -> Vec<(String, Vec<&'a str>)> {
    let named = |heading: String| {
        if heading.is_empty() { words.area_no_zone.clone() } else { heading }
    };
    let names = |places: Vec<&'a Place>| places.into_iter().map(|it| it.name.as_str()).collect();
    let groups = map.listed(zones).into_iter();
    groups.map(|(heading, places)| (named(heading), names(places))).collect()
}

/// What was left out, as a sentence.
#[must_use]
pub(crate) fn left_out(left: &LeftOut, words: &StaffWords) -> String {
    let text = match left.why {
        WhyLeftOut::NoName => &words.area_left_no_name,
        WhyLeftOut::NoGeometry => &words.area_left_no_geometry,
        WhyLeftOut::Outside => &words.area_left_outside,
        WhyLeftOut::SeveralZones => &words.area_left_several_zones,
    };
    let more = left.count.saturating_sub(left.which.len());
    let mut which = left.which.join(", ");
    if more > 0 {
        which.push(' ');
        which.push_str(&fill(&words.and_more, &[("n", &more.to_string())]));
    }
    fill(text, &[("n", &left.count.to_string()), ("which", &which)])
}

/// A fault of a file, as a sentence.
#[must_use]
pub(crate) fn sentence(fault: &Fault, words: &StaffWords) -> String {
    let said = wrong(&fault.wrong, words);
    match fault.feature {
        Some(number) => fill(&words.area_feature, &[("n", &number.to_string()), ("wrong", &said)]),
        None => said,
    }
}

fn wrong(wrong: &Wrong, words: &StaffWords) -> String {
    let number = |text: &str, n: &str| fill(text, &[("n", n)]);
    match wrong {
        Wrong::TooBig => {
            number(&words.area_wrong_too_big, &(job::LARGEST / 1024 / 1024).to_string())
        }
        Wrong::NotJson { line, column } => fill(
            &words.area_wrong_not_json,
            &[("line", &line.to_string()), ("column", &column.to_string())],
        ),
        Wrong::TooDeep => words.area_wrong_too_deep.clone(),
        Wrong::NotACollection => words.area_wrong_not_a_collection.clone(),
        Wrong::TooManyFeatures(n) => fill(
            &words.area_wrong_too_many_features,
            &[("n", &n.to_string()), ("max", &job::MOST_FEATURES.to_string())],
        ),
        Wrong::OtherSystem => words.area_wrong_other_system.clone(),
        Wrong::NotAFeature(why) => fill(&words.area_wrong_not_a_feature, &[("why", why)]),
        Wrong::FeatureTooBig => words.area_wrong_feature_too_big.clone(),
        Wrong::OffTheEarth(degrees) => {
            number(&words.area_wrong_off_the_earth, &degrees.to_string())
        }
        Wrong::Swapped => words.area_wrong_swapped.clone(),
        Wrong::SeemsSwapped(zone) => fill(&words.area_wrong_seems_swapped, &[("zone", zone)]),
        Wrong::TooShort => words.area_wrong_too_short.clone(),
        Wrong::NameNotText => words.area_wrong_name_not_text.clone(),
        Wrong::NameUnseen => words.area_wrong_name_unseen.clone(),
        Wrong::NameMarkup => words.area_wrong_name_markup.clone(),
        Wrong::NameTooLong => {
            number(&words.area_wrong_name_too_long, &job::LONGEST_NAME.to_string())
        }
        Wrong::OutlineNotLand => words.area_wrong_outline_not_land.clone(),
        Wrong::NoOutline => words.area_wrong_no_outline.clone(),
        Wrong::WhichOutline(n) => number(&words.area_wrong_which_outline, &n.to_string()),
        Wrong::TooWide(kilometres) => fill(
            &words.area_wrong_too_wide,
            &[("n", &format!("{kilometres:.0}")), ("max", &job::WIDEST.to_string())],
        ),
        Wrong::NoPlaces => words.area_wrong_no_places.clone(),
        Wrong::TooManyPlaces(n) => fill(
            &words.area_wrong_too_many_places,
            &[("n", &n.to_string()), ("max", &job::MOST_PLACES.to_string())],
        ),
        Wrong::TooManyPoints => {
            number(&words.area_wrong_too_many_points, &job::MOST_POINTS.to_string())
        }
        Wrong::More(n) => number(&words.area_wrong_more, &n.to_string()),
    }
}
