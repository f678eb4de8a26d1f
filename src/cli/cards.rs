//! `cards`: cards with one-time codes, made on the server itself.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};

use super::{Place, data, say};
use crate::charts::cards::CardSize;
use crate::domain::code::Code;
use crate::domain::collection::{Collection, Door, State};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::CollectionId;
use crate::domain::text::Lang;
use crate::publish::{Entrance, MOST_CARDS, MOST_LANGUAGES};
use crate::store::Store;
use crate::web::app::{BaseUrl, Clock};
use crate::words::{FormWords, WaysWords};

/// What `cards` needs.
#[derive(Debug, Args)]
pub(super) struct Cards {
    #[command(flatten)]
    place: Place,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// The collection; `export --list` names them.
    #[arg(long, value_name = "ID")]
    collection: CollectionId,
    /// How many cards.
    #[arg(long, value_name = "N", default_value_t = 100)]
    count: usize,
    /// The file to write. Codes are kept nowhere else.
    #[arg(long, value_name = "F.pdf")]
    out: PathBuf,
    /// The door they lead to, by its letters; the only one with codes without it.
    #[arg(long, value_name = "LETTERS")]
    door: Option<String>,
    /// At most three languages; the collection's first three without it.
    #[arg(long, value_name = "LANG,LANG", value_delimiter = ',')]
    lang: Vec<Lang>,
    /// How many stand on a page.
    #[arg(long, value_name = "8|10", default_value = "8")]
    on_a_page: OnAPage,
    /// The address people reach the server by; QR codes carry it.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    base_url: String,
}

/// How many cards stand on a page.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnAPage {
    /// 95 by 69 millimetres.
    #[value(name = "8")]
    Eight,
    /// 85 by 54 millimetres.
    #[value(name = "10")]
    Ten,
}

impl OnAPage {
    const fn size(self) -> CardSize {
        match self {
            Self::Eight => CardSize::Eight,
            Self::Ten => CardSize::Ten,
        }
    }
}

pub(super) async fn make(with: Cards) -> Result<ExitCode> {
    if !(1..=MOST_CARDS).contains(&with.count) {
        bail!("--count wants a number from 1 to {MOST_CARDS}");
    }
    let base_url = BaseUrl::new(&with.base_url).map_err(|why| anyhow!(why))?;
    let store = with.place.open().await?;
    let diagnosis = data::one(&store, with.diagnosis.as_deref()).await?;
    let collection = store
        .collection(diagnosis.id, with.collection)
        .await
        .with_context(|| format!("{} has no collection {}", diagnosis.name, with.collection))?;
    if collection.state == State::Closed {
        bail!("{:?} is closed: its cards could not be used", collection.title);
    }
    let door = door(&store, &collection, with.door.as_deref()).await?;
    let languages = languages(&collection, &with.lang)?;
    let codes: Vec<Code> = (0..with.count).map(|_| Code::random()).collect();
    let pdf = drawn(
        &store,
        &diagnosis,
        (&collection, &door),
        (&base_url, &languages),
        &codes,
        with.on_a_page,
    )
    .await?;
    // Given out before they are written: a file with codes that nobody knows is worse than none.
    store.issue_codes(diagnosis.id, collection.id, &codes).await?;
    std::fs::write(&with.out, pdf)
        .with_context(|| format!("could not write {}", with.out.display()))?;
    let about = format!("{} · {}", collection.title, with.count);
    store.log(diagnosis.id, None, Clock::System.now(), "cards_made", &about).await?;
    say(&with.out.display().to_string());
    Ok(ExitCode::SUCCESS)
}

async fn drawn(
    store: &Store,
    diagnosis: &Diagnosis,
    (collection, door): (&Collection, &Door),
    (base_url, languages): (&BaseUrl, &[Lang]),
    codes: &[Code],
    on_a_page: OnAPage,
) -> Result<Vec<u8>> {
    let instrument = store.published(diagnosis.id, &collection.instrument).await?;
    let words: Vec<(Lang, WaysWords)> = languages
        .iter()
        .map(|lang| Ok((*lang, WaysWords::of(*lang)?)))
        .collect::<std::result::Result<_, String>>()
        .map_err(|why| anyhow!(why))?;
    let first = languages.first().copied().unwrap_or(Lang::En);
    let invented = FormWords::of(first).map_err(|why| anyhow!(why))?.invented;
    let entrance = Entrance {
        door,
        base: base_url.as_str(),
        name: &diagnosis.name,
        about: &instrument.title,
        languages: words.iter().map(|(lang, words)| (*lang, words)).collect(),
        invented: diagnosis.settings.invented.then_some(invented),
    };
    Ok(entrance.cards(codes, on_a_page.size())?)
}

/// The door the cards lead to.
async fn door(store: &Store, collection: &Collection, letters: Option<&str>) -> Result<Door> {
    let mut doors = store.doors(collection.diagnosis, collection.id).await?;
    doors.retain(|door| door.with_codes && !door.shut);
    if let Some(letters) = letters {
        let meant = store.meant_door(letters).await.ok();
        doors.retain(|door| meant.as_ref().is_some_and(|meant| meant.code == door.code));
    }
    let names: Vec<&str> = doors.iter().map(|door| door.code.as_str()).collect();
    match names.as_slice() {
        [_] => Ok(doors.remove(0)),
        [] => bail!("{:?} has no such open door with codes; add one first", collection.title),
        [..] => bail!("say which door: --door {}", names.join(" or --door ")),
    }
}

/// The languages of the cards, all of them the collection's.
fn languages(collection: &Collection, wanted: &[Lang]) -> Result<Vec<Lang>> {
    let offered = &collection.field.languages;
    if wanted.is_empty() {
        return Ok(offered.iter().copied().take(MOST_LANGUAGES).collect());
    }
    if wanted.len() > MOST_LANGUAGES || !wanted.iter().all(|lang| offered.contains(lang)) {
        let offered: Vec<&str> = offered.iter().map(|lang| lang.tag()).collect();
        bail!("--lang wants at most {MOST_LANGUAGES} of {}", offered.join(", "));
    }
    Ok(wanted.to_vec())
}
