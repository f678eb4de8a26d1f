//! What people said at a station, as everybody may read it: words that were let through, each with
//! the figure it is pinned to, its number in the chart, and what the figure was then.

use super::app::Inner;
use super::error::Result;
use super::wall::verdict_name;
use crate::charts::{Mark, Spot};
use crate::domain::data_walk::{DataWalk, Group, Reflection, Tally};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::own_words::LetThrough;
use crate::domain::pin::Pin;
use crate::domain::text::Lang;
use crate::publish::pin::{Found, Line, Offer, find, offers, station_of};
use crate::publish::{OwnWords, Station, Wall, place_of};
use crate::words::fill;

/// Something that was said.
pub(super) struct Voice {
    /// The words; empty where only the verdict was given.
    pub said: String,
    /// The verdict: its code and its words.
    pub verdict: (&'static str, String),
    /// The letter of the group, and how that is said.
    pub group: Option<(char, String)>,
    /// The figure it is about.
    pub about: Option<About>,
}

/// The figure something is about.
pub(super) struct About {
    /// Its number in the chart; none where it is not drawn any more.
    pub n: Option<usize>,
    /// What it is called and what it says now.
    pub figure: String,
    /// What it was then, or that it is no longer shown.
    pub then: String,
}

/// Where something is heard: the walk, its wall, and the words that stand on it.
#[derive(Clone, Copy)]
pub(super) struct At<'h> {
    /// The diagnosis.
    pub diagnosis: &'h Diagnosis,
    /// The walk.
    pub walk: &'h DataWalk,
    /// Its wall.
    pub wall: &'h Wall,
    /// What people wrote in their own words.
    pub own: &'h [OwnWords],
}

/// What was said at a station.
pub(super) struct Heard {
    /// All of it.
    pub voices: Vec<Voice>,
    /// The numbers in each of its charts.
    pub marks: Vec<Vec<Mark>>,
    /// What groups make of it.
    pub tally: Tally,
}

/// What people said at a station.
///
/// # Errors
/// When the store fails.
pub(super) async fn heard(
    app: &Inner,
    of: At<'_>,
    station: &Station,
    lang: Lang,
    said: &[Reflection],
) -> Result<Heard> {
    let wall = of.wall;
    let here: Vec<&Reflection> =
        said.iter().filter(|one| place_of(wall, one) == station.number).collect();
    let mut spots: Vec<(usize, Spot)> = here
        .iter()
        .filter_map(|one| find(station, one.pin.as_ref()?))
        .map(|found| (found.chart, found.spot))
        .collect();
    spots.sort_unstable();
    spots.dedup();
    let mut marks = vec![Vec::new(); station.shown.len()];
    for (n, (chart, spot)) in (1..).zip(&spots) {
        marks[*chart].push(Mark { spot: *spot, n });
    }
    let mut voices = Vec::with_capacity(here.len());
    for one in &here {
        let about = match &one.pin {
            Some(pin) if pin.is_of_words() => Some(about_words(app, of.own, pin, lang)),
            Some(pin) => Some(about(app, of, station, pin, &spots, lang).await?),
            None => None,
        };
        let group = |letter: char| {
            (letter, fill(&app.walk_words(lang).group, &[("letter", &letter.to_string())]))
        };
        let form = app.form_words(lang);
        voices.push(Voice {
            said: one.said.clone(),
            verdict: (one.verdict.code(), verdict_name(one.verdict, form).to_owned()),
            group: one.group.map(group),
            about,
        });
    }
    // Those about figures first, in the order of their numbers.
    let order = |voice: &Voice| voice.about.as_ref().and_then(|it| it.n).unwrap_or(usize::MAX);
    voices.sort_by_key(order);
    Ok(Heard { voices, marks, tally: Tally::of(here.into_iter()) })
}

/// The text something is about; not what it was, where it is no longer shown.
fn about_words(app: &Inner, own: &[OwnWords], pin: &Pin, lang: Lang) -> About {
    let words = app.walk_words(lang);
    match own.iter().find_map(|own| own.find(pin)) {
        Some(text) => About { n: None, figure: quoted(app, &text.said, lang), then: String::new() },
        None => About { n: None, figure: String::new(), then: words.words_gone.clone() },
    }
}

/// A text in quotation marks.
pub(super) fn quoted(app: &Inner, said: &str, lang: Lang) -> String {
    fill(&app.poster_words(lang).quote, &[("text", said.trim())])
}

async fn about(
    app: &Inner,
    At { diagnosis, walk, .. }: At<'_>,
    station: &Station,
    pin: &Pin,
    spots: &[(usize, Spot)],
    lang: Lang,
) -> Result<About> {
    let (words, chart) = (app.walk_words(lang), app.chart_words(lang));
    let now = find(station, pin);
    let mut then = String::new();
    let mut figure = now.as_ref().map_or_else(String::new, |now| self::figure(app, now, lang));
    if pin.release != walk.release {
        // A release never changes: what the figure was then still stands in it.
        let old = app.wall(diagnosis, pin.release).await?;
        let was = station_of(&old, pin).and_then(|station| find(station, pin));
        let then_figure = was.as_ref().and_then(|was| was.datum.figure(lang, chart));
        let now_figure = now.as_ref().and_then(|now| now.datum.figure(lang, chart));
        if let Some(was) = &was
            && now.is_none()
        {
            figure = self::figure(app, was, lang);
        } else if let Some(was) = then_figure.filter(|was| Some(was) != now_figure.as_ref()) {
            then = fill(&words.then, &[("figure", &was)]);
        }
    }
    if now.is_none() {
        then.clone_from(&words.gone);
    }
    let n = now.and_then(|now| spots.iter().position(|spot| *spot == (now.chart, now.spot)));
    Ok(About { n: n.map(|n| n + 1), figure, then })
}

/// A figure with what it says.
#[must_use]
pub(super) fn figure(app: &Inner, found: &Found<'_>, lang: Lang) -> String {
    let name = found.datum.name(found.alone, lang);
    match found.datum.figure(lang, app.chart_words(lang)) {
        Some(figure) => format!("{name}: {figure}"),
        None => name,
    }
}

/// What can be chosen beside the words: the group, and the figure.
pub(super) struct Choosing {
    /// The groups: letter, words, whether chosen.
    pub groups: Vec<(char, String, bool)>,
    /// The figures of each chart.
    pub offers: Vec<OfferView>,
    /// Whether a figure is chosen: the list stands open then.
    pub chosen: bool,
}

/// The figures of a chart.
pub(super) struct OfferView {
    /// What the chart asks.
    pub title: String,
    /// The names of its columns.
    pub head: Vec<String>,
    /// Its lines.
    pub lines: Vec<LineView>,
}

/// A line of figures.
pub(super) struct LineView {
    /// What it is called.
    pub name: String,
    /// The address of the line and whether it is chosen.
    pub whole: Option<(String, bool)>,
    /// Addresses, figures, and whether each is chosen.
    pub cells: Vec<(String, String, bool)>,
}

impl Choosing {
    /// What can be chosen at a station, with what was chosen.
    #[must_use]
    pub(super) fn at(
        app: &Inner,
        (station, own): (&Station, &[OwnWords]),
        lang: Lang,
        groups: &[Group],
        (group, pin): (Option<char>, &str),
    ) -> Self {
        let letters = groups.iter().map(|one| {
            let words = fill(&app.walk_words(lang).group, &[("letter", &one.letter.to_string())]);
            (one.letter, words, group == Some(one.letter))
        });
        let line = |line: Line| LineView {
            name: line.name,
            whole: line.whole.map(|it| it.to_string()).map(|it| (it.clone(), it == pin)),
            cells: line
                .cells
                .into_iter()
                .map(|(at, figure)| (at.to_string(), figure))
                .map(|(at, figure)| (at.clone(), figure, at == pin))
                .collect(),
        };
        let view = |offer: Offer| OfferView {
            title: offer.title,
            head: offer.head,
            lines: offer.lines.into_iter().map(line).collect(),
        };
        let offers = offers(station, lang, app.chart_words(lang));
        let texts = texts_of(station, own).map(|(text, release)| {
            let at = text.pin(release).to_string();
            let whole = Some((at.clone(), at == pin));
            LineView { name: quoted(app, &text.said, lang), whole, cells: Vec::new() }
        });
        let texts: Vec<LineView> = texts.collect();
        let title = app.form_words(lang).own_words.clone();
        let texts =
            (!texts.is_empty()).then_some(OfferView { title, head: Vec::new(), lines: texts });
        Self {
            groups: letters.collect(),
            offers: offers.into_iter().map(view).chain(texts).collect(),
            chosen: !pin.is_empty(),
        }
    }
}

/// The texts that were written in the collections of a station, with the release it is drawn from.
fn texts_of<'o>(
    station: &'o Station,
    own: &'o [OwnWords],
) -> impl Iterator<Item = (&'o LetThrough, i64)> {
    let here = |text: &&LetThrough| {
        station.tables().any(|table| table.address().collection == text.collection)
    };
    let release = station.tables().next().map_or(0, |table| table.address().release);
    own.iter()
        .flat_map(|own| own.texts.iter().map(|(text, _)| text))
        .filter(here)
        .map(move |text| (text, release))
}

/// The station where something can be said about a text.
pub(super) fn station_for<'w>(wall: &'w Wall, text: &LetThrough) -> Option<&'w Station> {
    wall.stations()
        .iter()
        .find(|station| station.tables().any(|table| table.address().collection == text.collection))
}

/// The figure or text that was chosen: none for the whole chart.
///
/// # Errors
/// When it is none of this station's.
pub(super) fn chosen(
    station: &Station,
    own: &[OwnWords],
    written: &str,
) -> std::result::Result<Option<Pin>, ()> {
    if written.is_empty() {
        return Ok(None);
    }
    let pin: Pin = written.parse().map_err(|_no_pin| ())?;
    let is_there = if pin.is_of_words() {
        texts_of(station, own).any(|(text, _)| pin.is_at(text))
    } else {
        find(station, &pin).is_some()
    };
    if is_there { Ok(Some(pin)) } else { Err(()) }
}
