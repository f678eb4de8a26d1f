//! `export`: one collection as files, for the operator of this machine.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use super::data::one;
use super::{Place, say};
use crate::domain::collection::Collection;
use crate::domain::diagnosis::Diagnosis;
use crate::domain::ids::CollectionId;
use crate::instruments::write;
use crate::job::export;
use crate::store::Store;
use crate::web::app::Clock;

/// What is said of the files, every time.
const CLOSED: &str = "These files hold single answers of people, which is personal data: keep them \
                      closed, share nothing but releases, and delete them after use.";

/// What `export` needs.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    place: Place,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// List the collections with their ids instead.
    #[arg(long, conflicts_with_all = ["collection", "out", "texts"])]
    list: bool,
    /// The collection, by its id.
    #[arg(long, value_name = "ID", required_unless_present = "list")]
    collection: Option<String>,
    /// The folder to write; it must be new or empty.
    #[arg(long, value_name = "FOLDER", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Write the free texts too, in a file of their own and in random order.
    #[arg(long)]
    texts: bool,
}

pub(crate) async fn export(with: Export) -> Result<ExitCode> {
    let store = with.place.open().await?;
    let diagnosis = one(&store, with.diagnosis.as_deref()).await?;
    let (Some(id), Some(out)) = (&with.collection, &with.out) else {
        return list(&store, &diagnosis).await;
    };
    let collection = collection(&store, &diagnosis, id).await?;
    let export = export::export(&store, &diagnosis, &collection, with.texts).await?;
    make(out)?;
    let toml = ("instrument.toml".to_owned(), write(&export.instrument));
    for (name, content) in export.files.iter().chain([&toml]) {
        keep(&out.join(name), content)?;
    }
    let what = if with.texts { "answers_and_texts_exported" } else { "answers_exported" };
    store.log(diagnosis.id, None, Clock::System.now(), what, &collection.title).await?;
    say(&format!("{}: {} responses in {}", collection.title, export.rows, out.display()));
    say(CLOSED);
    Ok(ExitCode::SUCCESS)
}

/// Every collection with its id, its version and how many answers it has.
async fn list(store: &Store, diagnosis: &Diagnosis) -> Result<ExitCode> {
    let versions = store.versions(diagnosis.id).await?;
    for one in store.collections(diagnosis.id).await? {
        let version = versions.iter().find(|version| version.hash == one.instrument);
        let version = version.map_or_else(String::new, |version| {
            format!("{} version {}", version.slug, version.number)
        });
        let n = store.received(diagnosis.id, one.id).await?;
        let (id, state, title) = (one.id, one.state.code(), one.title);
        say(&format!("{id}  {state:6}  {n:>6} answers  {version}  {title}"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn collection(store: &Store, diagnosis: &Diagnosis, id: &str) -> Result<Collection> {
    let unknown =
        || anyhow!("there is no collection {id:?} in {}; --list shows them all", diagnosis.name);
    let id: CollectionId = id.parse().map_err(|_no_id| unknown())?;
    let all = store.collections(diagnosis.id).await?;
    all.into_iter().find(|one| one.id == id).ok_or_else(unknown)
}

/// A folder that only its owner can open; nothing that is there already is mixed with it.
pub(super) fn make(out: &Path) -> Result<()> {
    let why = || format!("could not make the folder {}", out.display());
    if !out.exists() {
        return DirBuilder::new().recursive(true).mode(0o700).create(out).with_context(why);
    }
    if std::fs::read_dir(out).with_context(why)?.next().is_some() {
        bail!("{} is not empty; choose a new folder, so that nothing is mixed up", out.display());
    }
    Ok(())
}

pub(super) fn keep(path: &Path, content: &str) -> Result<()> {
    let why = || format!("could not write {}", path.display());
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(why)?.write_all(content.as_bytes()).with_context(why)
}
