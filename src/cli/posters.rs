//! `posters`: everything on paper for a data walk, made on the server itself.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Place, data, say};
use crate::charts::poster::{MOST_LANGUAGES, Paper};
use crate::domain::data_walk::{DataWalk, LETTERS};
use crate::domain::text::Lang;
use crate::job::evidence;
use crate::job::own_words::let_through;
use crate::publish::{Agreed, Evening, Order, Set, Texts, Wall};
use crate::web::app::{BaseUrl, Clock};
use crate::words::{ChartWords, FormWords, PosterWords, PressWords, SetWords};

/// What `posters` needs.
#[derive(Debug, Args)]
pub(super) struct Posters {
    #[command(flatten)]
    place: Place,
    /// The diagnosis, by the word in its address; the only one without it.
    #[arg(long, value_name = "SLUG")]
    diagnosis: Option<String>,
    /// The letters in the address of the data walk; the last one without it.
    #[arg(long, value_name = "LETTERS")]
    walk: Option<String>,
    /// The languages; those of the diagnosis without it.
    #[arg(long, value_name = "LANG,LANG", value_delimiter = ',')]
    lang: Vec<Lang>,
    /// How many languages stand on one poster, from 1 to 3.
    #[arg(long, value_name = "N", default_value_t = 1)]
    together: usize,
    /// What posters are printed on.
    #[arg(long, value_name = "a3|a2", default_value = "a3", value_parser = paper)]
    paper: Paper,
    /// Also posters with stripes, for printing in black and white.
    #[arg(long)]
    stripes: bool,
    /// Also posters with empty bars: people draw what they expect before they see the answers.
    #[arg(long)]
    guess_first: bool,
    /// How many groups of people walk, where the walk has none written down.
    #[arg(long, value_name = "N", default_value_t = 4)]
    groups: usize,
    /// The language of the facilitator's sheet: en, nl or fr.
    #[arg(long, value_name = "LANG", default_value = "en")]
    facilitator: Lang,
    /// The archive to write.
    #[arg(long, value_name = "F.zip")]
    out: PathBuf,
    /// The address people reach the server by; QR codes carry it.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    base_url: String,
}

pub(super) async fn make(with: Posters) -> Result<ExitCode> {
    if !(1..=MOST_LANGUAGES).contains(&with.together) {
        bail!("--together wants a number from 1 to {MOST_LANGUAGES}");
    }
    if !(1..=LETTERS.len()).contains(&with.groups) {
        bail!("--groups wants a number from 1 to {}", LETTERS.len());
    }
    if !Lang::STAFF.contains(&with.facilitator) {
        bail!("--facilitator wants one of en, nl, fr");
    }
    let base_url = BaseUrl::new(&with.base_url).map_err(|why| anyhow!(why))?;
    let store = with.place.open().await?;
    let diagnosis = data::one(&store, with.diagnosis.as_deref()).await?;
    let walk = one(store.data_walks(diagnosis.id).await?, with.walk.as_deref())?;
    let evidence = evidence::load(&store, &diagnosis, walk.release).await?;
    let wall = Wall::new(&diagnosis.name, walk.release, &evidence.sheets, &evidence.tables)
        .on(&evidence.grounds);
    if wall.stations().is_empty() {
        bail!("release {} has no posters: nothing in it may hang on a wall", walk.release);
    }
    let mut groups = store.walk_groups(&walk).await?;
    if groups.is_empty() {
        groups = Evening::spread(with.groups, &wall);
    }
    let mut findings = store.findings(diagnosis.id).await?;
    findings.retain(|one| one.data_walk == walk.id);
    let shown = store.shown_reflections(&walk).await?;
    let evening = Evening {
        agreed: Agreed::all(&wall, &findings, &shown),
        held: walk.held_on < Clock::System.today(&diagnosis.settings.time_zone),
        day: Some(walk.held_on),
        groups,
        address: Some(base_url.join(&format!("/w/{}", walk.door))),
        title: walk.title,
    };
    let spoken = &diagnosis.settings.languages;
    let languages = if with.lang.is_empty() { spoken.clone() } else { with.lang.clone() };
    let (words, staff) = (words(&languages)?, words(&[with.facilitator])?);
    let press = PressWords::of(with.facilitator).map_err(|why| anyhow!(why))?;
    let written = store.takeaways(diagnosis.id).await?;
    // As on the public page of words: nothing of a release that is the committee's.
    let speak = if evidence.release.published { wall.may_speak() } else { Vec::new() };
    let own = wall.own_words(&let_through(&store, diagnosis.id, &speak).await?);
    let (texts, staff) = (texts(&words), texts(&staff));
    let order = Order {
        wall: &wall,
        texts: &texts,
        together: with.together,
        paper: with.paper,
        stripes: with.stripes,
        guess: with.guess_first,
        evening: &evening,
        staff: (*staff.first().context("there is no language for the facilitator")?, &press),
        written: &written,
        own: &own,
    };
    let set = watched(&order)?;
    let zip = set.zipped().map_err(|why| anyhow!(why))?;
    std::fs::write(&with.out, zip)
        .with_context(|| format!("could not write {}", with.out.display()))?;
    set.missing.iter().for_each(|line| say(&format!("not made: {line}")));
    say(&format!("{}: {} files", with.out.display(), set.files.len()));
    Ok(if set.missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The walk behind these letters, or the last one.
fn one(walks: Vec<DataWalk>, letters: Option<&str>) -> Result<DataWalk> {
    let doors: Vec<String> = walks.iter().map(|walk| walk.door.clone()).collect();
    let meant = |walk: &DataWalk| letters.is_none_or(|letters| walk.door == letters);
    let found = walks.into_iter().rev().find(meant);
    found.with_context(|| match (letters, doors.as_slice()) {
        (_, []) => "there is no data walk in this diagnosis".to_owned(),
        (Some(letters), doors) => {
            format!("there is no data walk {letters:?}; there are {}", doors.join(", "))
        }
        (None, doors) => doors.join(", "),
    })
}

/// Makes the set, with a bar that says how far it is.
fn watched(order: &Order<'_>) -> Result<Set> {
    let bar = ProgressBar::new(order.sheets());
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} sheets");
    bar.set_style(style.unwrap_or_else(|_plain| ProgressStyle::default_bar()));
    let done = AtomicU64::new(0);
    let set = std::thread::scope(|scope| {
        let work = scope.spawn(|| order.make(&done));
        while !work.is_finished() {
            bar.set_position(done.load(Ordering::Relaxed));
            std::thread::sleep(Duration::from_millis(40));
        }
        work.join()
    });
    bar.finish_and_clear();
    Ok(set.map_err(|_panic| anyhow!("the set could not be made"))??)
}

/// The texts of a language, read from its files.
pub(super) struct Words {
    lang: Lang,
    chart: ChartWords,
    poster: PosterWords,
    set: SetWords,
    form: FormWords,
}

/// Reads the texts of some languages.
pub(super) fn words(langs: &[Lang]) -> Result<Vec<Words>> {
    let read = |lang: &Lang| {
        let (chart, poster) = (ChartWords::of(*lang)?, PosterWords::of(*lang)?);
        let (set, form) = (SetWords::of(*lang)?, FormWords::of(*lang)?);
        Ok(Words { lang: *lang, chart, poster, set, form })
    };
    langs.iter().map(read).collect::<Result<_, String>>().map_err(|why| anyhow!(why))
}

/// The same, as sheets want them.
pub(super) fn texts(words: &[Words]) -> Vec<Texts<'_>> {
    let mut texts = Vec::new();
    for Words { lang, chart, poster, set, form } in words {
        texts.push(Texts { lang: *lang, chart, poster, set, form });
    }
    texts
}

/// `a3` or `a2`.
pub(super) fn paper(code: &str) -> std::result::Result<Paper, String> {
    Paper::from_code(code).ok_or_else(|| format!("there is no paper {code:?}; there are a3 and a2"))
}
