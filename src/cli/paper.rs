//! `paper`: an instrument as a sheet to print, or numbered sheets of a collection.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use super::data::one;
use super::{Place, say};
use crate::domain::collection::{Origin, State};
use crate::domain::text::Lang;
use crate::domain::translation::is_complete;
use crate::instruments::Shelf;
use crate::publish::Print;
use crate::store::Store;
use crate::words::{FormWords, PaperWords};

/// The most sheets of one file.
const MOST: u32 = 1000;

/// What `paper` needs.
#[derive(Debug, Args)]
pub(crate) struct Paper {
    #[command(flatten)]
    place: Place,
    /// An instrument, by its short name: one sheet without a number.
    #[arg(long, value_name = "NAME", required_unless_present = "collection")]
    instrument: Option<String>,
    /// A collection, by its id: numbered sheets, which count as handed out.
    #[arg(long, value_name = "ID", conflicts_with = "instrument")]
    collection: Option<String>,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// How many sheets of a collection, each with its own number; 0 for one to look at.
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "instrument")]
    copies: u32,
    /// The language.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: Lang,
    /// Letters of 18 points and more, for those who see little.
    #[arg(long)]
    large: bool,
    /// Only extra pages for more stops or notes, without a number.
    #[arg(long)]
    extra: bool,
    /// The file to write.
    #[arg(long, value_name = "FILE.pdf")]
    out: PathBuf,
}

pub(crate) async fn paper(with: Paper) -> Result<ExitCode> {
    let form = FormWords::of(with.lang).map_err(|why| anyhow!(why))?;
    let words = PaperWords::of(with.lang).map_err(|why| anyhow!(why))?;
    let (pdf, pages, sheets) = if with.collection.is_some() {
        numbered(&with, &form, &words).await?
    } else {
        alone(&with, &form, &words)?
    };
    std::fs::write(&with.out, pdf)
        .with_context(|| format!("could not write {}", with.out.display()))?;
    say(&format!("{}: {sheets} × {pages} pages", with.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// One sheet of an instrument that comes with the program or lies in the folder.
fn alone(with: &Paper, form: &FormWords, words: &PaperWords) -> Result<(Vec<u8>, usize, usize)> {
    let shelf = Shelf::load(Some(&with.place.data.join("instruments")));
    let name = with.instrument.as_deref().unwrap_or_default();
    let instrument = shelf.instrument(name).with_context(|| {
        let known: Vec<&str> = shelf.instruments().iter().map(|one| one.slug.as_str()).collect();
        format!("there is no instrument {name:?}; there are {}", known.join(", "))
    })?;
    if !instrument.languages.contains(&with.lang) {
        bail!("{name} is not complete in {}", with.lang.name());
    }
    let print = Print {
        instrument,
        lang: with.lang,
        large: with.large,
        extra: with.extra,
        area: "",
        asked_by: "",
        invented: false,
        help: &[],
        consent_age: instrument.min_age.unwrap_or(16),
        zones: &[],
        map: None,
        form,
        words,
    };
    let twin = print.twin()?;
    Ok((twin.pdf(&[])?, twin.pages(), 1))
}

/// Sheets of a collection.
async fn numbered(
    with: &Paper,
    form: &FormWords,
    words: &PaperWords,
) -> Result<(Vec<u8>, usize, usize)> {
    if with.copies > MOST {
        bail!("at most {MOST} sheets go into one file; print the rest into another");
    }
    let store: Store = with.place.open().await?;
    let diagnosis = one(&store, with.diagnosis.as_deref()).await?;
    let id = with.collection.as_deref().unwrap_or_default();
    let unknown = || anyhow!("there is no collection {id:?}; miradouro export --list shows them");
    let id = id.parse().map_err(|_no_id| unknown())?;
    let collection = store.collection(diagnosis.id, id).await.map_err(|_none| unknown())?;
    if collection.state == State::Closed {
        bail!("{} is closed: nothing could be typed in from new sheets", collection.title);
    }
    let instrument = store.published(diagnosis.id, &collection.instrument).await?;
    if !is_complete(&instrument, with.lang) {
        bail!("{} is not complete in {}", instrument.slug, with.lang.name());
    }
    let zones = store.zones(diagnosis.id, collection.wave).await?;
    let area = match collection.field.area {
        Some(area) => Some(store.area(diagnosis.id, area).await?),
        None => None,
    };
    let print = Print {
        instrument: &instrument,
        lang: with.lang,
        large: with.large,
        extra: with.extra,
        area: &diagnosis.name,
        asked_by: &collection.field.asked_by,
        invented: diagnosis.settings.invented || collection.field.origin == Origin::Invented,
        help: &diagnosis.settings.help,
        consent_age: diagnosis.settings.consent_age,
        zones: &zones,
        map: area.as_ref().map(|area| &area.map),
        form,
        words,
    };
    let twin = print.twin()?;
    let copies = if with.extra { 0 } else { with.copies };
    let numbers = match copies {
        0 => Vec::new(),
        copies => store.hand_out(diagnosis.id, id, copies).await?,
    };
    Ok((twin.pdf(&numbers)?, twin.pages(), numbers.len().max(1)))
}
