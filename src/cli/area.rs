//! `area`: importing a map of the area on the server itself.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use super::{Place, data, say};
use crate::domain::text::Lang;
use crate::job::area::{self, NotImported};
use crate::web::app::Clock;
use crate::web::area::{left_out, sentence};
use crate::words::StaffWords;

/// What `area` needs.
#[derive(Debug, Args)]
pub(super) struct Area {
    #[command(flatten)]
    place: Place,
    /// The map: a GeoJSON collection of the outline, streets and named places.
    #[arg(value_name = "FILE.geojson")]
    file: PathBuf,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// Who made the map; it stands under every map.
    #[arg(long, value_name = "WHO")]
    source: String,
    /// The terms it may be used under; they stand under every map.
    #[arg(long, value_name = "TERMS")]
    licence: String,
}

pub(super) async fn import(with: Area) -> Result<ExitCode> {
    let (source, licence) = (with.source.trim(), with.licence.trim());
    if source.is_empty() || licence.is_empty() {
        bail!("a map needs its source and its licence");
    }
    let file = std::fs::read(&with.file)
        .with_context(|| format!("could not read {}", with.file.display()))?;
    let words = StaffWords::of(Lang::En).map_err(|why| anyhow!(why))?;
    let store = with.place.open().await?;
    let diagnosis = data::one(&store, with.diagnosis.as_deref()).await?;
    let today = Clock::System.today(&diagnosis.settings.time_zone);
    match area::import(&store, &diagnosis, today, file, (source, licence)).await {
        Ok(area) => {
            let number = area.number.to_string();
            let now = Clock::System.now();
            store.log(diagnosis.id, None, now, "area_imported", &number).await?;
            for left in &area.map.left_out {
                say(&left_out(left, &words));
            }
            let places = area.map.places.len();
            say(&format!("map {number} of {}: {places} streets and places", diagnosis.name));
            Ok(ExitCode::SUCCESS)
        }
        Err(NotImported::Faults(faults)) => {
            for fault in &faults {
                say(&sentence(fault, &words));
            }
            bail!("{} cannot be used as a map; nothing was stored", with.file.display());
        }
        Err(error) => Err(error.into()),
    }
}
