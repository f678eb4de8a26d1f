//! The command line: the only `println!`, and the only place where errors lose their types.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::{Args, Parser, Subcommand};

use crate::domain::people::{Invited, Role};
use crate::instruments;
use crate::store::{Store, Token};
use crate::web::app::{BaseUrl, Clock};

mod analyse;
mod area;
mod cards;
pub mod catalogue;
mod charts;
mod data;
mod demo;
mod demo_walk;
mod demo_words;
mod export;
mod invent;
mod keep;
mod languages;
mod night;
mod paper;
mod posters;
mod research;
mod serve;
mod xlsform;

/// A neighbourhood makes its own local security diagnosis, and acts on it.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None, after_help = "Example: miradouro demo")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the data folder; on an empty one, print a set-up link.
    #[command(after_help = "Example: miradouro serve --data /var/lib/miradouro \
                            --base-url https://diagnosis.example.org --proxy 127.0.0.1\n\
                            Example: miradouro serve --listen 127.0.0.1:8080 \
                            --intake-listen 127.0.0.1:8081")]
    Serve(serve::Serve),
    /// Fill a folder with an invented diagnosis and serve it on this machine.
    #[command(after_help = "Example: miradouro demo --answers barcelona.csv")]
    Demo(serve::Demo),
    /// Print a one-time link that lets somebody in.
    #[command(after_help = "Example: miradouro invite --role facilitator --diagnosis oude-haven")]
    Invite(Invite),
    /// Check instrument files: every fault at once, with line, column and caret.
    #[command(after_help = "Example: miradouro check surveys/*.toml\n\
                            Example: miradouro check --languages --data /var/lib/miradouro \
                            --diagnosis oude-haven")]
    Check(languages::Check),
    /// Turn an existing CSV file into a new, closed collection.
    #[command(after_help = "Example: miradouro import --new \"Barcelona 2020\" \
                            --instrument barcelona_2020 --mapping map.toml --answers data.csv")]
    Import(data::Import),
    /// Write the answers of a collection to files: personal data, for this machine only.
    #[command(after_help = "Example: miradouro export --diagnosis oude-haven --list\n\
                            Example: miradouro export --diagnosis oude-haven \
                            --collection 5f0c… --out closed/spring")]
    Export(export::Export),
    /// Answer a plan of statistical checks from CSV files on this machine, as JSON.
    #[command(after_help = "Example: miradouro analyse --data survey.csv --plan plan.json\n\
                            Example: miradouro analyse --data folder --plan plan.json \
                            --out answers.json")]
    Analyse(analyse::Analyse),
    /// Import a map of the area: places are chosen from it.
    #[command(after_help = "Example: miradouro area oude-haven.geojson --diagnosis oude-haven \
                            --source \"OpenStreetMap contributors\" --licence \"ODbL 1.0\"")]
    Area(area::Area),
    /// Make the next release of a diagnosis.
    #[command(after_help = "Example: miradouro release --diagnosis oude-haven --public")]
    Release(data::Release),
    /// Write a poster as PDF.
    #[command(
        after_help = "Example: miradouro poster --release 1 --station 3 --lang nl --out 3.pdf"
    )]
    Poster(data::Poster),
    /// Write everything on paper for a data walk: posters, handouts, summaries, cards, the plan.
    #[command(after_help = "Example: miradouro posters --lang nl,fr,ar --together 3 --paper a2 \
                            --stripes --guess-first --out walk.zip")]
    Posters(posters::Posters),
    /// Write every table of a release, as CSV or as a workbook.
    #[command(after_help = "Example: miradouro tables --diagnosis oude-haven --release 2 \
                            --lang nl --out tables.xlsx")]
    Tables(research::Tables),
    /// Write the codebook of an instrument: DDI Codebook 2.5, or CSV. Everybody may have it.
    #[command(after_help = "Example: miradouro codebook resident_safety --out codebook.xml\n\
                            Example: miradouro codebook my_survey --diagnosis oude-haven \
                            --out codebook.csv")]
    Codebook(research::Codebook),
    /// Rows to which two people of two organisations agreed: list, write, or find where one came from.
    #[command(after_help = "Example: miradouro rows --list\n\
                            Example: miradouro rows --export 5f0c… --out closed/rows\n\
                            Example: miradouro rows --trace r5f0c…")]
    Rows(research::Rows),
    /// Print the description of the interface for programs, OpenAPI 3.1.
    Openapi,
    /// Write an instrument as a sheet to print, or numbered sheets of a collection, as PDF.
    #[command(
        after_help = "Example: miradouro paper --instrument pulse2 --lang ar --out pulse2.pdf\n\
                      Example: miradouro paper --collection 5f0c… --copies 50 --lang nl --out 50.pdf"
    )]
    Paper(paper::Paper),
    /// Make cards with one-time codes, to be cut out and drawn from a box.
    #[command(after_help = "Example: miradouro cards --diagnosis oude-haven --collection 5f0c… \
                            --count 100 --lang nl,fr,ar --out cards.pdf \
                            --base-url https://diagnosis.example.org")]
    Cards(cards::Cards),
    /// Draw every chart with invented answers, as SVG, pictures and tables; or check all of them.
    #[command(
        after_help = "Example: miradouro charts --out charts --lang nl,ar --look narrow,wall\n\
                            Example: miradouro charts --check"
    )]
    Charts(charts::Charts),
    /// Make a key for backups, to be kept away from the server.
    #[command(after_help = "Example: miradouro key --out key.txt")]
    Key(keep::Key),
    /// Write everything into one sealed file, while the server goes on serving.
    #[command(after_help = "Example: miradouro backup --data /var/lib/miradouro \
                            --to /mnt/stick/miradouro-2026-11-22.age")]
    Backup(keep::Backup),
    /// Bring a backup back into an empty folder, or an empty PostgreSQL.
    #[command(after_help = "Example: miradouro restore miradouro-2026-11-22.age \
                            --identity key.txt --data restored")]
    Restore(keep::Restore),
    /// Look at everything in a data folder, or in a backup, and say what is not whole.
    #[command(after_help = "Example: miradouro verify --data /var/lib/miradouro\n\
                            Example: miradouro verify miradouro-2026-11-22.age \
                            --identity key.txt")]
    Verify(keep::Verify),
    /// Bring everything from the embedded database into a PostgreSQL, or back.
    #[command(after_help = "Example: miradouro transfer --from-data /var/lib/miradouro \
                            --to-data /var/lib/miradouro --to-url postgres://localhost/miradouro")]
    Transfer(keep::Transfer),
    /// Turn a form of another survey program (XLSForm) into an instrument, or back.
    #[command(
        subcommand,
        after_help = "Example: miradouro xlsform import form.xlsx --out my_survey.toml"
    )]
    Xlsform(xlsform::Xlsform),
    /// Do now what the server does at night: delete what was kept long enough, write answers anew.
    #[command(after_help = "Example: miradouro night --data /var/lib/miradouro")]
    Night(night::Night),
    /// Make the PostgreSQL role of a server that only takes answers, or renew its rights.
    #[command(after_help = "Example: miradouro intake-role --data /var/lib/miradouro \
                            --database-url postgres://miradouro@localhost/miradouro")]
    IntakeRole(night::IntakeRole),
    /// Print what somebody knows who takes the machine: every table and column, as Markdown.
    #[command(after_help = "Example: miradouro seizure > what-a-seizure-yields.md")]
    Seizure,
}

/// Where everything is kept.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "MIRADOURO_DATA", default_value = "miradouro-data")]
    data: PathBuf,
    /// A PostgreSQL to keep the tables in; without it they are in the folder.
    #[arg(long, value_name = "URL", env = "MIRADOURO_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Place {
    pub(crate) async fn open(&self) -> Result<Store> {
        Ok(Store::open(&self.data, self.database_url.as_deref()).await?)
    }
}

#[derive(Debug, Args)]
struct Invite {
    #[command(flatten)]
    place: Place,
    /// What the link makes of whoever follows it: host (may make diagnoses), coordinator,
    /// moderator, facilitator, member or `police_member`.
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// The diagnosis, by the word in its address; not for a host.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// The address people reach the server by.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    base_url: String,
}

/// How long an invitation is valid, in days.
const INVITATION: i64 = 14;

/// Runs the program with the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // A command that reads everything takes its time; only a server's slow statements are news.
    let serves = matches!(cli.command, Command::Serve(_) | Command::Demo(_));
    let usual =
        if serves { "miradouro=info,warn" } else { "miradouro=info,sqlx::query=error,warn" };
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_unset| usual.into());
    // A log that cannot be written must not end what writes it: the complaint would go to the same
    // place and panic there.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
    // Where it happened, and not what it said: that may hold what somebody sent.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%at, "something that cannot happen happened; please report the place");
    }));
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.into()),
    };
    match runtime.block_on(obey(cli.command)) {
        Ok(code) => code,
        Err(error) => complain(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
fn complain(error: &anyhow::Error) -> ExitCode {
    eprintln!("miradouro: {error:#}");
    ExitCode::FAILURE
}

async fn obey(command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve(with) => serve::serve(with).await,
        Command::Demo(with) => serve::demonstrate(with).await,
        Command::Invite(with) => invite(with).await,
        Command::Check(with) if with.languages => languages::table(with).await,
        Command::Check(with) => Ok(check(&with.files)),
        Command::Import(with) => data::import(with).await,
        Command::Export(with) => export::export(with).await,
        Command::Analyse(with) => analyse::obey(&with),
        Command::Area(with) => area::import(with).await,
        Command::Release(with) => data::release(with).await,
        Command::Poster(with) => data::poster(with).await,
        Command::Posters(with) => posters::make(with).await,
        Command::Tables(with) => research::tables(with).await,
        Command::Codebook(with) => research::codebook(with).await,
        Command::Rows(with) => research::rows(with).await,
        Command::Openapi => Ok(research::openapi()),
        Command::Paper(with) => paper::paper(with).await,
        Command::Cards(with) => cards::make(with).await,
        Command::Charts(with) => charts::obey(&with),
        Command::Key(with) => keep::key(&with),
        Command::Backup(with) => keep::backup(with).await,
        Command::Restore(with) => keep::restore(with).await,
        Command::Verify(with) => keep::verify(with).await,
        Command::Transfer(with) => keep::transfer(with).await,
        Command::Xlsform(with) => xlsform::obey(with),
        Command::Night(with) => night::now(with).await,
        Command::IntakeRole(with) => night::intake_role(with).await,
        Command::Seizure => Ok(night::seizure()),
    }
}

#[expect(clippy::print_stdout, reason = "the command line speaks to a person")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

async fn invite(with: Invite) -> Result<ExitCode> {
    let store = with.place.open().await?;
    let base_url = BaseUrl::new(&with.base_url).map_err(|why| anyhow!(why))?;
    let invited = match (with.role.as_str(), &with.diagnosis) {
        ("host", _) => Invited::Host,
        (role, Some(slug)) => {
            let role = Role::from_code(role).with_context(|| {
                let known: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
                format!("there is no role {role:?}; there are host, {}", known.join(", "))
            })?;
            let diagnosis = store
                .diagnosis(slug)
                .await
                .with_context(|| format!("could not find the diagnosis {slug:?}"))?;
            Invited::Role(diagnosis.id, role)
        }
        (role, None) => return Err(anyhow!("the role {role} needs --diagnosis SLUG")),
    };
    let token = Token::random();
    store.invite(&token, &invited, Clock::System.in_days(INVITATION)).await?;
    say(&format!("{} {}", with.role, base_url.join(&format!("/i/{}", token.letters()))));
    Ok(ExitCode::SUCCESS)
}

/// Every fault of every file; exit code 1 when there is an error among them.
fn check(files: &[PathBuf]) -> ExitCode {
    let mut good = true;
    for path in files {
        let name = path.display().to_string();
        let text = match instruments::read(path) {
            Ok(text) => text,
            Err(error) => {
                say(&format!("{name}: could not be read: {error}"));
                good = false;
                continue;
            }
        };
        let shared = std::fs::read_to_string(path.with_file_name("shared.toml")).ok();
        let (_, faults) = instruments::check(&name, &text, shared.as_deref());
        for fault in &faults {
            say(&fault.show(&name));
        }
        good &= !faults.iter().any(instruments::Fault::is_error);
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
