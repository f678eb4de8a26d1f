//! The place field: the list that people choose from, and the map that helps them. The list is the
//! way for everybody; the map, which a script makes into something to tap, is a request of its own.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::app::{App, Inner};
use super::error::{Error, Result};
use crate::charts::area_map;
use crate::domain::area::{Area, Map};
use crate::domain::collection::State as Stands;
use crate::domain::diagnosis::Zone;
use crate::words::{FormWords, fill};

/// A map as a field refers to it.
pub(super) struct MapLink {
    /// Where its drawing is.
    pub image: String,
    /// Its source and licence.
    pub source: String,
}

impl MapLink {
    /// The map of a door.
    #[must_use]
    pub(super) fn of(map: &Map, door: &str, words: &FormWords) -> Self {
        // Each keeps its own direction of writing inside the sentence.
        let apart = |text: &str| format!("\u{2068}{text}\u{2069}");
        let (source, licence) = (apart(&map.source), apart(&map.licence));
        let terms = [("source", source.as_str()), ("licence", licence.as_str())];
        Self { image: format!("/p/{door}/map.svg"), source: fill(&words.map_source, &terms) }
    }
}

/// Places under the headings they are looked for by: each with its code and name.
pub(super) type Groups = Vec<(String, Vec<(String, String)>)>;

/// The places of a map by zone or by letter; without a map, the zones under no heading.
#[must_use]
pub(super) fn groups(map: Option<&Map>, zones: &[Zone], words: &FormWords) -> Groups {
    let Some(map) = map else {
        let zone = |zone: &Zone| (zone.code.clone(), zone.name.clone());
        return vec![(String::new(), zones.iter().map(zone).collect())];
    };
    let named = |heading: String| {
        if heading.is_empty() { words.map_other_places.clone() } else { heading }
    };
    let groups = map.listed(zones).into_iter().map(|(heading, places)| {
        let places = places.into_iter().map(|place| (place.code.clone(), place.name.clone()));
        (named(heading), places.collect())
    });
    groups.collect()
}

/// `GET /p/{door}/map.svg`: the map of a collection, which is fixed when it opens.
pub(super) async fn drawing(State(app): State<App>, Path(door): Path<String>) -> Result<Response> {
    let door = app.store.door(&door).await?;
    let collection = app.store.collection(door.diagnosis, door.collection).await?;
    let area = collection.field.area.filter(|_| collection.state != Stands::Draft);
    let area = app.area(door.diagnosis, area.ok_or(Error::NotFound)?).await?;
    let name = app.store.diagnosis_of(door.diagnosis).await?.name;
    svg(&app, &area, &name, "public, max-age=86400")
}

/// The drawing of an area, made once.
///
/// # Errors
/// When it cannot be drawn.
pub(super) fn svg(app: &Inner, area: &Area, name: &str, cache: &'static str) -> Result<Response> {
    let drawn = if let Some(drawn) = app.known_drawing(area.id) {
        drawn
    } else {
        let svg = area_map(&area.map, "map", name);
        let svg = svg.map_err(|error| Error::Failed(error.to_string()))?;
        app.keep_drawing(area.id, Arc::from(svg.xml))
    };
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, cache)];
    Ok((headers, drawn.to_string()).into_response())
}
