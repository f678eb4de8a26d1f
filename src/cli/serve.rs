//! Serving: what is listened on, whom the server believes, and what it says when it starts.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::night::Keeps;
use super::{INVITATION, Place, demo, keep, night, say};
use crate::domain::people::Invited;
use crate::instruments::Shelf;
use crate::job::night::PICTURES_WAIT;
use crate::store::{Journal, Store, Token};
use crate::web::app::{App, BaseUrl, Clock};
use crate::web::wire::{self, Limits, Outlet};
use crate::web::{intake_router, router};

/// How the server is reached.
#[derive(Debug, Clone, Args)]
struct Reach {
    /// The address to listen on.
    #[arg(long, value_name = "ADDR", env = "MIRADOURO_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address people reach it by; QR codes carry it. The listening address without it.
    #[arg(long, value_name = "URL", env = "MIRADOURO_BASE_URL")]
    base_url: Option<String>,
}

/// What `serve` takes.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    reach: Reach,
    /// A second address for residents alone: forms, walls and results; no way to sign in there.
    #[arg(long, value_name = "ADDR", env = "MIRADOURO_INTAKE_LISTEN")]
    intake_listen: Option<SocketAddr>,
    /// Serve residents alone, on --listen; for a database role that may not read answers.
    #[arg(long, conflicts_with = "intake_listen")]
    intake_only: bool,
    /// A proxy that is believed when it says who sent something (X-Forwarded-For); may be repeated.
    /// Without it that header is ignored.
    #[arg(long, value_name = "IP", env = "MIRADOURO_PROXY", value_delimiter = ',')]
    proxy: Vec<IpAddr>,
    /// Write what residents send a second time into this folder, on another disk, sealed to the file
    /// `recipients` of the data folder, before they are told that it is here.
    #[arg(long, value_name = "DIR", env = "MIRADOURO_JOURNAL")]
    journal: Option<PathBuf>,
    /// Write a backup into this folder every night, sealed to the file `recipients` of the data
    /// folder; those older than 35 days are deleted.
    #[arg(long, value_name = "DIR", env = "MIRADOURO_BACKUP_TO")]
    backup_to: Option<PathBuf>,
    /// The most connections each listener has at once; never more than the system allows.
    #[arg(long, value_name = "N", default_value_t = 4096)]
    connections: usize,
}

/// What `demo` takes.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The folder to fill; an invented diagnosis that is there already is kept.
    #[arg(long, value_name = "DIR", default_value = "miradouro-demo")]
    data: PathBuf,
    /// A PostgreSQL to keep the tables in; without it they are in the folder.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    #[command(flatten)]
    reach: Reach,
    /// Add Barcelona 2020 from this file (the persons' file of the Enquesta de victimització).
    #[arg(long, value_name = "FILE.csv")]
    answers: Option<PathBuf>,
    /// Fill the folder and print the addresses, but do not serve.
    #[arg(long)]
    fill_only: bool,
}

/// Serves a data folder.
pub(super) async fn serve(with: Serve) -> Result<ExitCode> {
    let listener = listen(with.reach.listen).await?;
    let second = match with.intake_listen {
        Some(on) => Some(listen(on).await?),
        None => None,
    };
    let base_url = base_url(&with.reach, &listener)?;
    let store = match &with.place.database_url {
        // The role of an intake server may change no table and read no answer.
        Some(address) if with.intake_only => Store::open_intake(&with.place.data, address).await?,
        Some(_) | None => with.place.open().await?,
    };
    if with.backup_to.is_some() {
        keep::recipients(&with.place.data)?;
    }
    let store = match &with.journal {
        Some(folder) => {
            let to = keep::recipients(&with.place.data)?;
            store.with_journal(Journal::begin(folder, to)?)
        }
        None => store,
    };
    let shelf = Shelf::load(Some(&with.place.data.join("instruments")));
    for (file, fault) in shelf.faults() {
        say(&fault.show(file));
    }
    if !with.intake_only {
        prepare(&store, &base_url).await?;
    }
    warn(&with, &base_url);
    say(&format!("serving {}", base_url.join("/")));
    let last = store.clone();
    let app = App::new(store, shelf, base_url, Clock::System).map_err(|why| anyhow!(why))?;
    let mut outlets = Vec::new();
    if let Some(listener) = second {
        say(&format!("residents alone on {}", listener.local_addr()?));
        outlets.push(Outlet { listener, pages: intake_router(app.clone()) });
    }
    let telling = app.clone();
    let pages = if with.intake_only { intake_router(app) } else { router(app) };
    outlets.push(Outlet { listener, pages });
    let limits = Limits { connections: with.connections.max(1), ..Limits::default() };
    if !with.intake_only {
        keep::check_meanwhile(last.clone());
        let (backups, journal) = (with.backup_to.clone(), with.journal.clone());
        night::keep(last.clone(), Keeps { backups, journal });
    }
    answer((last, telling), outlets, limits, with.proxy).await
}

/// What a server that may read everything does before it answers.
async fn prepare(store: &Store, base_url: &BaseUrl) -> Result<()> {
    store.sweep_photos(PICTURES_WAIT).await?;
    if store.is_new().await? {
        let token = Token::random();
        store.invite(&token, &Invited::Host, Clock::System.in_days(INVITATION)).await?;
        say(&format!("set-up {}", base_url.join(&format!("/i/{}", token.letters()))));
    }
    Ok(())
}

fn warn(with: &Serve, base_url: &BaseUrl) {
    if !base_url.is_https() && !base_url.is_loopback() {
        say("note: without https people sign in at this machine only. See --base-url.");
    }
    if base_url.is_https() && with.proxy.is_empty() {
        say(
            "note: no --proxy is named, so wrong codes from everywhere are counted as one sender's.",
        );
    }
}

/// Fills a folder with an invented diagnosis and serves it.
pub(super) async fn demonstrate(with: Demo) -> Result<ExitCode> {
    // The port first: nobody wants to wait for a folder to fill and then hear that it is taken.
    let listener = if with.fill_only { None } else { Some(listen(with.reach.listen).await?) };
    let base_url = match &listener {
        Some(listener) => base_url(&with.reach, listener)?,
        None => {
            BaseUrl::new(&format!("http://{}", with.reach.listen)).map_err(|why| anyhow!(why))?
        }
    };
    let place = Place { data: with.data, database_url: with.database_url };
    let store = place.open().await?;
    let shelf = Shelf::load(None);
    store.sweep_photos(PICTURES_WAIT).await?;
    demo::fill(&store, &shelf, with.answers.as_deref()).await?;
    for line in demo::addresses(&store, &base_url).await? {
        say(&line);
    }
    let Some(listener) = listener else { return Ok(ExitCode::SUCCESS) };
    let last = store.clone();
    let app = App::new(store, shelf, base_url, Clock::System).map_err(|why| anyhow!(why))?;
    let outlets = vec![Outlet { listener, pages: router(app.clone()) }];
    night::keep(last.clone(), Keeps::default());
    answer((last, app), outlets, Limits::default(), Vec::new()).await
}

async fn listen(on: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(on).await.with_context(|| {
        format!("could not listen on {on}; is something else there? Choose another with --listen")
    })
}

fn base_url(reach: &Reach, listener: &TcpListener) -> Result<BaseUrl> {
    let own = format!("http://{}", listener.local_addr()?);
    BaseUrl::new(reach.base_url.as_deref().unwrap_or(&own)).map_err(|why| anyhow!(why))
}

/// Answers until it is told to stop, or the disk fails; what is being written is written first.
async fn answer(
    (store, app): (Store, App),
    outlets: Vec<Outlet>,
    limits: Limits,
    proxies: Vec<IpAddr>,
) -> Result<ExitCode> {
    let limits = limits.within(wire::descriptors(), outlets.len());
    // Listened for before anybody is answered: who is answered may already tell us to stop.
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let (breaks, mut broken) = tokio::sync::oneshot::channel();
    let watched = store.clone();
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
            why = watched.broken() => {
                let _told = breaks.send(why);
            }
        }
        app.stop_telling();
    };
    wire::serve(outlets, limits, proxies, stop).await;
    match broken.try_recv() {
        Ok(why) => bail!("the disk failed, so the server ends; it can be started again ({why})"),
        Err(_told_to_stop) => {
            store.close().await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
