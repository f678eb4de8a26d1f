//! Keeping: `key`, `backup`, `restore`, `verify`, `transfer`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Place, say};
use crate::job::backup::IS_PICTURE;
use crate::store::dump::{self, DumpError, Folder, Identity, Recipient, Report, Watch};
use crate::store::{Journal, Store, cut_damaged_log};

/// What is said where something is damaged.
const GO_BACK: &str = "Take the newest backup that `miradouro verify FILE --identity key.txt` finds \
                       whole, and bring it back into a new folder: `miradouro restore FILE \
                       --identity key.txt --data NEW-FOLDER`. Keep the damaged one until that is \
                       done. See docs/keeping.md.";

/// What `key` needs.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// The file to write; it must not exist yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn key(with: &Key) -> Result<ExitCode> {
    let key = Identity::fresh();
    key.keep(&with.out)?;
    say(&key.recipient().to_string());
    say(&format!(
        "{} is the only thing that opens backups sealed to the line above. Keep it off this server: \
         on two sticks in two places, or printed in a safe. Write the line above into \
         `recipients` in the data folder.",
        with.out.display()
    ));
    Ok(ExitCode::SUCCESS)
}

/// What `backup` needs.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    place: Place,
    /// The file to write; one that is there is replaced when the new one is whole.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Who can open it: a line that `miradouro key` printed. The file `recipients` of the data
    /// folder without it.
    #[arg(long, value_name = "age1…")]
    recipient: Vec<String>,
    /// The folder of the journal: what the backup holds is deleted from it, because its order is the
    /// order in which answers came.
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
}

pub(crate) async fn backup(with: Backup) -> Result<ExitCode> {
    let folder = open(&with.place.data, with.place.database_url.as_deref()).await?;
    let to: Vec<Recipient> = if with.recipient.is_empty() {
        recipients(folder.path())?
    } else {
        with.recipient.iter().map(|word| Recipient::read(word)).collect::<Result<_, _>>()?
    };
    let watch = Watch::default();
    let begun = std::time::SystemTime::now();
    let made = under_a_bar(&watch, "kept", folder.backup(&with.to, &to, &watch)).await;
    let kept = made.context("there is no backup")?;
    folder.close().await;
    if let Some(journal) = &with.journal {
        let gone = Journal::drop_before(journal, begun)
            .with_context(|| format!("could not clear the journal {}", journal.display()))?;
        say(&format!("{gone} files of the journal are in the backup and were deleted"));
    }
    if kept.missing > 0 {
        say(&format!(
            "note: {} photos have no picture: they were held back meanwhile, or the folder has \
             lost them; `miradouro verify` tells",
            kept.missing
        ));
    }
    say(&format!("{} rows, {} bytes in {}", kept.rows, kept.bytes, with.to.display()));
    Ok(ExitCode::SUCCESS)
}

/// Whom backups and the journal of a folder are sealed to.
pub(super) fn recipients(folder: &Path) -> Result<Vec<Recipient>> {
    let to = Recipient::of_folder(folder)?;
    if to.is_empty() {
        bail!(
            "what is kept is sealed to a key that is not on this server, and none was named. Run \
             `miradouro key --out key.txt` on another machine, and write the line that it prints \
             into {}, or give it to `miradouro backup` as --recipient",
            folder.join("recipients").display()
        );
    }
    Ok(to)
}

/// What `restore` needs.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key that opens it. What was made before a migration is opened by the data folder it lies
    /// in, or by a copy of that folder's file `secret`.
    #[arg(long, value_name = "KEY")]
    identity: Option<PathBuf>,
    /// The folder to fill; it must be new or empty.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// An empty PostgreSQL for the tables; without it they go into the folder.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// What came in after the backup: the folder of the journal, or one of its files.
    #[arg(long, value_name = "PATH")]
    journal: Vec<PathBuf>,
}

pub(crate) async fn restore(with: Restore) -> Result<ExitCode> {
    let identity = identity(&with.file, with.identity.as_deref())?;
    let place = (with.data.as_path(), with.database_url.as_deref());
    let watch = Watch::default();
    let keys = [identity];
    let filled = dump::restore(&with.file, &keys, place, IS_PICTURE, &watch);
    let report = match under_a_bar(&watch, "restored", filled).await {
        Ok(report) => report,
        Err(why) => return Err(advised(why, &with.file)),
    };
    tell(&report);
    if !report.lost.is_empty() {
        say(&format!("{} photos without a picture now count as held back", report.lost.len()));
    }
    say(&format!("restored into {}", with.data.display()));
    if !with.journal.is_empty() {
        let store = Store::open(&with.data, with.database_url.as_deref()).await?;
        for path in &with.journal {
            let came = store.replay(path, &keys).await;
            let came = came.with_context(|| format!("could not replay {}", path.display()))?;
            say(&format!(
                "{}: {} new answers, {} were there, {} not taken, {} cut off",
                path.display(),
                came.new,
                came.known,
                came.refused,
                came.cut
            ));
        }
        store.close().await?;
    }
    Ok(verdict(&report))
}

/// What `verify` needs.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    place: Place,
    /// A backup, instead of the data folder.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The key that opens it.
    #[arg(long, value_name = "KEY", requires = "file")]
    identity: Option<PathBuf>,
    /// First cut a damaged log (miradouro.db-wal) off where its damage begins, keeping a copy: what
    /// was stored after that is lost. For when there is no backup to go back to; stop the server
    /// before.
    #[arg(long, conflicts_with = "file")]
    cut_damaged_log: bool,
}

pub(crate) async fn verify(with: Verify) -> Result<ExitCode> {
    let watch = Watch::default();
    let report = if let Some(file) = &with.file {
        let identity = identity(file, with.identity.as_deref())?;
        let looked = dump::verify_file(file, &[identity], IS_PICTURE).await;
        looked.map_err(|why| advised(why, file))?
    } else {
        if with.cut_damaged_log {
            say(&match cut_damaged_log(&with.place.data)? {
                Some(kept) => format!("the log was cut; all of it is kept in {}", kept.display()),
                None => "the log is not damaged; nothing was cut".to_owned(),
            });
        }
        let folder = open(&with.place.data, with.place.database_url.as_deref()).await?;
        let looked = under_a_bar(&watch, "looked at", folder.verify(IS_PICTURE, &watch)).await;
        let report = looked.map_err(|why| anyhow!("{why:#}").context(GO_BACK))?;
        folder.close().await;
        report
    };
    tell(&report);
    Ok(verdict(&report))
}

/// What `transfer` needs.
#[derive(Debug, Args)]
pub(crate) struct Transfer {
    /// The data folder to read.
    #[arg(long, value_name = "DIR")]
    from_data: PathBuf,
    /// Its PostgreSQL, if its tables are in one.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    from_url: Option<String>,
    /// The folder to fill: new or empty, or the same folder with another database.
    #[arg(long, value_name = "DIR")]
    to_data: PathBuf,
    /// An empty PostgreSQL to fill; without it the tables go into the folder.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    to_url: Option<String>,
    /// Go on though a collection still takes answers: those that come while this runs, or later
    /// into the old place, are not in the new one.
    #[arg(long)]
    while_open: bool,
}

pub(crate) async fn transfer(with: Transfer) -> Result<ExitCode> {
    let folder = open(&with.from_data, with.from_url.as_deref()).await?;
    let still = folder.open_collections().await?;
    if !still.is_empty() && !with.while_open {
        bail!(
            "answers can still come in, and those that come into the old place after this would be \
             lost: {}. Stop the server first and add --while-open, or close them",
            still.join(", ")
        );
    }
    let watch = Watch::default();
    let moved = folder.transfer(&with.to_data, with.to_url.as_deref(), IS_PICTURE, &watch);
    let report = Box::pin(under_a_bar(&watch, "brought over", moved)).await?;
    folder.close().await;
    tell(&report);
    say(&format!(
        "brought over to {}; the old place is as it was: start the server on the new one, and \
         delete the old one when it works",
        with.to_data.display()
    ));
    Ok(verdict(&report))
}

/// Looks at the whole file while the server serves, and says what it finds.
pub(crate) fn check_meanwhile(store: Store) {
    tokio::spawn(async move {
        for fault in store.check_file().await {
            tracing::error!(%fault, "the database file is damaged");
        }
        if store.is_read_only() {
            tracing::error!("nothing is written any more. {GO_BACK}");
        }
    });
}

async fn open(path: &Path, database: Option<&str>) -> Result<Folder> {
    Ok(Folder::open(path, database).await?)
}

/// The key that was named, or that of the data folder in which the file lies.
fn identity(file: &Path, named: Option<&Path>) -> Result<Identity> {
    if let Some(named) = named {
        return Ok(Identity::read(named)?);
    }
    let whole = std::fs::canonicalize(file)
        .with_context(|| format!("there is no file {}", file.display()))?;
    let secret = whole.parent().and_then(Path::parent).map(|folder| folder.join("secret"));
    let secret = secret.filter(|secret| secret.is_file());
    secret.map_or_else(
        || Err(anyhow!("say which key opens {}: --identity key.txt", file.display())),
        |secret| Ok(Identity::read(&secret)?),
    )
}

/// What went wrong, with what to do about it.
fn advised(why: DumpError, file: &Path) -> anyhow::Error {
    let advice = match &why {
        DumpError::Damaged { .. } => {
            "Nothing was changed. Take the backup of the day before, or another copy of this one, \
             and look at it first: `miradouro verify FILE --identity key.txt`"
        }
        DumpError::WrongKey(_) => {
            "Nothing was changed. If the key is the right one, the beginning of the file is \
             damaged: take another copy of it, or the backup of the day before"
        }
        DumpError::NotEmpty(_) => {
            "Nothing was changed. A backup is brought back into a new folder and an empty database, \
             so that nothing is mixed up"
        }
        DumpError::File { .. }
        | DumpError::Name(_)
        | DumpError::NoRecipient(_)
        | DumpError::Unsealed
        | DumpError::NoIdentity(_)
        | DumpError::OtherTables(_)
        | DumpError::CutOff
        | DumpError::Store(_) => {
            return anyhow::Error::from(why).context(file.display().to_string());
        }
    };
    anyhow!("{why}. {advice}")
}

/// The counts, for a person to compare.
fn tell(report: &Report) {
    let rows: u64 = report.tables.iter().map(|(_, n)| n).sum();
    say(&format!("migration {}, {rows} rows in {} tables", report.migration, report.tables.len()));
    for (table, n) in report.tables.iter().filter(|(_, n)| *n > 0) {
        say(&format!("  {table:20} {n:>8}"));
    }
    say(&format!("{} answers in {} collections", report.responses(), report.collections.len()));
    for (title, n) in &report.collections {
        say(&format!("  {n:>8}  {title}"));
    }
    say(&format!(
        "{} pictures, {} other files, {} released tables bear their seal",
        report.pictures, report.files, report.seals
    ));
    say(&format!("sha256 {}", report.hash));
}

/// Whether all is well; every fault is said.
fn verdict(report: &Report) -> ExitCode {
    if report.faults.is_empty() {
        say("whole");
        return ExitCode::SUCCESS;
    }
    for fault in &report.faults {
        say(&format!("fault: {fault}"));
    }
    say(GO_BACK);
    ExitCode::FAILURE
}

/// Waits for some work under a bar that counts its rows.
async fn under_a_bar<T>(watch: &Watch, what: &str, work: impl Future<Output = T>) -> T {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} rows {msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    let mut beat = tokio::time::interval(Duration::from_millis(100));
    let mut work = std::pin::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = beat.tick() => {
                let (so_far, all) = watch.so_far();
                bar.set_length(all);
                bar.set_position(so_far);
            }
        }
    };
    bar.finish_and_clear();
    done
}
