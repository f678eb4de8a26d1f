//! The poster of a station: what stands on it, in which order and in which languages.
//!
//! Who answered and the line of care cannot be switched off. The charts get the largest letters
//! with which everything fits on the paper and some of it stays empty for notes.

use super::press;
use super::spoken::{Spoken, spoken};
use super::station::{Shown, Station, Wall};
use crate::charts::poster::{Content, Drawn, Laid, MOST_LANGUAGES, Paper, Room, Said, lay};
use crate::charts::{
    Guess, Look, LookKind, Picture, Refusal, Sizes, Svg, caption, draw, guess, strip,
};
use crate::domain::collection::Origin;
use crate::domain::takeaway::Takeaway;
use crate::domain::text::{Lang, Text};
use crate::release::Table;
use crate::words::{ChartWords, FormWords, PosterWords, SetWords, fill};

/// A language with the texts around charts in it.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// The language.
    pub lang: Lang,
    /// The words of charts.
    pub chart: &'a ChartWords,
    /// The words of posters.
    pub poster: &'a PosterWords,
    /// The words of everything else on paper.
    pub set: &'a SetWords,
    /// The words of the pages where people answer.
    pub form: &'a FormWords,
}

/// How a poster is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// What it is printed on.
    pub paper: Paper,
    /// Its languages: the first large, two more under it. Those that the station does not speak are
    /// left out.
    pub texts: &'a [Texts<'a>],
    /// Stripes, for printing in black and white.
    pub stripes: bool,
    /// Empty bars, to be drawn by those who guess first.
    pub guess: bool,
    /// Where the station is found; a QR code carries it.
    pub address: Option<&'a str>,
    /// What somebody wrote under the charts.
    pub written: &'a [Takeaway],
}

/// A drawn poster.
#[derive(Debug, Clone)]
pub struct Poster {
    /// The drawing.
    pub svg: Svg,
    /// The size of what the chart says, in points: from 36 on it is read from three metres.
    pub letters: f64,
    pub(super) laid: Laid,
}

/// Why there is no poster.
#[derive(Debug, thiserror::Error)]
pub enum PosterError {
    /// The release has no such station.
    #[error("release {release} has no station {station}; it has {known}")]
    NoStation {
        /// The number of the release.
        release: i64,
        /// The number of the station.
        station: u32,
        /// Those it has.
        known: String,
    },
    /// It cannot be drawn.
    #[error("the poster cannot be drawn: {0}")]
    Refused(#[from] Refusal),
    /// The PDF cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

impl Wall {
    /// Draws the poster of a station.
    ///
    /// # Errors
    /// When there is no such station or something does not fit.
    pub fn poster(&self, number: u32, wanted: &Sheet<'_>) -> Result<Poster, PosterError> {
        let station = self.station(number).ok_or_else(|| self.no_station(number))?;
        let texts = spoken_by(station, wanted.texts);
        let first = texts.first().ok_or(Refusal::Empty)?;
        let said = texts.iter().map(|texts| self.said(station, texts, wanted)).collect();
        let release = fill(&first.poster.release, &[("n", &self.release().to_string())]);
        let content = Content {
            id: format!("station-{number}"),
            paper: wanted.paper,
            said,
            address: wanted.address.map(str::to_owned),
            too_long: first.set.too_long.clone(),
            release,
            key: Vec::new(),
            around: 1.0,
            room: Room::Ample,
        };
        let maker =
            Maker { station, wanted, texts: &texts, strip: self.strip(station, first, wanted) };
        let (laid, letters) = maker.largest(&content)?;
        Ok(Poster { svg: laid.svg(), letters, laid })
    }

    /// What the poster says in one language.
    fn said(&self, station: &Station, texts: &Texts<'_>, wanted: &Sheet<'_>) -> Said {
        let (lang, words) = (texts.lang, texts.poster);
        let tables: Vec<_> = station.tables().collect();
        let care = caption(&tables, lang, texts.chart);
        let (number, of) = (station.number.to_string(), self.stations().len().to_string());
        let head = [("n", number.as_str()), ("of", &of), ("area", self.area())];
        let invented = tables.iter().any(|table| table.about().origin == Origin::Invented);
        let Spoken { said, by, .. } = spoken(station, lang, (words, texts.chart), wanted.written);
        let by = by.map(|by| format!(" {}", fill(&words.words_by, &[("name", &by)])));
        let (heading, takeaway) = if wanted.guess {
            (texts.set.guess_heading.clone(), texts.set.guess_do.clone())
        } else {
            (format!("{}{}", words.we_think, by.unwrap_or_default()), said)
        };
        Said {
            lang,
            head: fill(&words.station_of, &head),
            title: station.question(lang).to_owned(),
            heading,
            takeaway,
            who: care.who,
            careful: care.careful,
            talk: words.talk.clone(),
            prompts: station.prompts.iter().map(|text| text.get(lang).to_owned()).collect(),
            notes: words.notes.clone(),
            scan: words.scan.clone(),
            key: texts.set.key.clone(),
            invented: invented.then(|| words.invented.clone()),
        }
    }

    /// The strip of who answered; none where nothing can be compared or a name is too long for it.
    fn strip(&self, station: &Station, texts: &Texts<'_>, wanted: &Sheet<'_>) -> Option<Svg> {
        let mut look = Look::wall(wanted.paper.between());
        look.text.note = 13.0 * 254.0 / 72.0 * wanted.paper.scale().sqrt();
        look.hatched = wanted.stripes;
        let mut pictures: Vec<Picture<'_>> =
            self.who_answered(station).iter().map(|shown| shown.picture(None)).collect();
        if let Some(first) = pictures.first_mut() {
            first.id = format!("who{}", station.number);
        }
        strip(&pictures, &look, texts.lang, texts.chart).ok().flatten()
    }

    fn no_station(&self, station: u32) -> PosterError {
        let known: Vec<String> =
            self.stations().iter().map(|station| station.number.to_string()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        PosterError::NoStation { release: self.release(), station, known }
    }
}

/// The wished languages that a station speaks, three at most; the first wished one where it speaks
/// none of them.
fn spoken_by<'a>(station: &Station, wished: &[Texts<'a>]) -> Vec<Texts<'a>> {
    let speaks = |texts: &&Texts<'a>| station.title.has(texts.lang);
    let spoken: Vec<Texts<'a>> =
        wished.iter().filter(speaks).take(MOST_LANGUAGES).copied().collect();
    if spoken.is_empty() { wished.iter().take(1).copied().collect() } else { spoken }
}

/// One way of laying a poster out.
#[derive(Clone, Copy)]
struct Try {
    number: usize,
    size: f64,
    strip: bool,
    room: Room,
    /// The most rows of a chart, where it is not the station's own number.
    rows: Option<usize>,
}

/// A poster in the making.
struct Maker<'m> {
    station: &'m Station,
    wanted: &'m Sheet<'m>,
    texts: &'m [Texts<'m>],
    strip: Option<Svg>,
}

impl Maker<'_> {
    /// The sheet with the largest letters that fit and leave room to write: every chart while letters
    /// stay large enough to read from a step away, else the first chart alone; the page behind the
    /// code has the others. Only where even that leaves no fifth of the sheet empty, less of it does,
    /// and where that does not do either, the chart has fewer rows.
    fn largest(&self, content: &Content) -> Result<(Laid, f64), PosterError> {
        const FAR: [f64; 5] = [36.0, 32.0, 29.0, 26.0, 22.0];
        const NEAR: [f64; 3] = [22.0, 19.0, 17.0];
        const SMALL: [f64; 4] = [19.0, 17.0, 15.0, 13.0];
        let all = self.station.shown.len();
        let tries = |number, sizes: &[f64], strip, room| {
            let one = |size: &f64| Try { number, size: *size, strip, room, rows: None };
            sizes.iter().map(one).collect::<Vec<Try>>()
        };
        let numbers = if all > 1 { vec![all, 1] } else { vec![all] };
        let mut every = Vec::new();
        for room in [Room::Ample, Room::Some] {
            for number in numbers.iter().copied() {
                every.extend(tries(number, &FAR, true, room));
                every.extend(tries(number, &NEAR, true, room));
                every.extend(tries(number, &NEAR, false, room));
            }
        }
        every.extend(tries(1, &SMALL, false, Room::Tight));
        // Rather fewer rows than none: the chart says how many it leaves out.
        for rows in (1..=6).rev() {
            let fewer = tries(1, &SMALL, false, Room::Tight).into_iter();
            every.extend(fewer.map(|one| Try { rows: Some(rows), ..one }));
        }
        let mut refused = Refusal::Empty;
        for one in every {
            match self.attempt(one, content) {
                Ok(laid) => return Ok((laid, one.size * self.wanted.paper.scale())),
                Err(refusal) => refused = refusal,
            }
        }
        Err(refused.into())
    }

    /// What is said beside so many charts.
    fn about(&self, one: Try, content: &Content) -> Content {
        let least = if self.texts.len() > 1 { 0.66 } else { 0.8 };
        let around = (one.size / 26.0).clamp(least, 1.0);
        let key = self.key(one.number);
        let mut content = Content { key, around, room: one.room, ..content.clone() };
        let of = self.station.shown.len();
        if one.number < of {
            let with = [("n", &*one.number.to_string()), ("of", &of.to_string())];
            for (said, texts) in content.said.iter_mut().zip(self.texts) {
                said.careful.push(fill(&texts.set.some_of, &with));
            }
        }
        content
    }

    fn attempt(&self, one: Try, content: &Content) -> Result<Laid, Refusal> {
        let mut look = Look::wall(self.wanted.paper.between());
        look.text = sizes(one.size, self.wanted.paper);
        look.hatched = self.wanted.stripes;
        if one.size < 26.0 {
            look.kind = LookKind::Sheet;
        }
        let shown = self.station.shown.iter().take(one.number).enumerate();
        let charts: Vec<Drawn> = shown
            .map(|(at, shown)| self.chart(at, shown, one.rows, &look))
            .collect::<Result<_, _>>()?;
        let strip = self.strip.as_ref().filter(|_| one.strip);
        lay(&self.about(one, content), &charts, strip)
    }

    fn chart(
        &self,
        at: usize,
        shown: &Shown,
        rows: Option<usize>,
        look: &Look,
    ) -> Result<Drawn, Refusal> {
        let Some(first) = self.texts.first() else { return Err(Refusal::Empty) };
        let (lang, words) = (first.lang, first.chart);
        let usual = shown.most_on_a_wall();
        let most = rows.map(|rows| usual.map_or(rows, |usual| usual.min(rows))).or(usual);
        let mut picture = shown.picture(most);
        picture.id = format!("s{}c{at}", self.station.number);
        let title = shown.plan.title.get(lang);
        let heading = (title != self.station.question(lang)).then(|| title.to_owned());
        let chart = if self.wanted.guess {
            let say = Guess {
                share_of: &first.set.guess_share_of,
                share: &first.set.guess_share,
                rating: &first.set.guess_rating,
                groups: &first.set.guess_groups,
                quote: &first.poster.quote,
                or: &first.poster.or,
                desc: &first.set.guess_desc,
            };
            guess(&picture, look, lang, words, &say)?
        } else {
            draw(&picture, look, lang, words)?
        };
        Ok(Drawn { heading, chart })
    }

    /// The words of the first charts in every language of the sheet, each once.
    fn key(&self, number: usize) -> Vec<Vec<String>> {
        if self.texts.len() < 2 {
            return Vec::new();
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        for shown in self.station.shown.iter().take(number) {
            let title = &shown.plan.title;
            let heading = (*title != self.station.title).then_some(title);
            for text in heading.into_iter().chain(named(shown)) {
                let row: Vec<String> =
                    self.texts.iter().map(|texts| text.get(texts.lang).to_owned()).collect();
                let same = row.iter().all(|one| Some(one) == row.first());
                if !same && !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
        rows
    }
}

/// What stands beside bars and in the legend of a chart.
fn named(shown: &Shown) -> Vec<&Text> {
    let tables: Vec<&Table> =
        shown.tables.iter().filter(|table| table.withheld().is_none()).collect();
    let mut named: Vec<&Text> = Vec::new();
    if tables.len() > 1 {
        named.extend(tables.iter().map(|table| table.text()));
    }
    for table in &tables {
        named.extend(table.groups().iter().map(|group| &group.text));
    }
    let Some(table) = tables.first() else { return named };
    let mut choices: Vec<(usize, &Text)> =
        table.choices().iter().map(|choice| &choice.text).enumerate().collect();
    if let Some(most) = shown.most_on_a_wall().filter(|_| tables.len() == 1) {
        let share = |at: usize| table.share(0, at).unwrap_or_default();
        choices.sort_by(|a, b| share(b.0).total_cmp(&share(a.0)));
        choices.truncate(most);
    }
    named.extend(choices.into_iter().map(|(_, text)| text));
    named
}

/// Letters around a size of statements, in points on A3; nothing is smaller than 13.
pub(super) fn sizes(statement: f64, paper: Paper) -> Sizes {
    let points = |points: f64| points.max(13.0) * 254.0 / 72.0 * paper.scale();
    Sizes {
        statement: points(statement),
        total: points(statement * 1.05),
        number: points((statement * 0.62).min(22.0)),
        legend: points((statement * 0.62).min(22.0)),
        note: points((statement * 0.5).min(15.0)),
    }
}

impl Poster {
    /// The poster as a tagged PDF with its fonts in it.
    ///
    /// # Errors
    /// When the drawing cannot be read or the PDF not written.
    pub fn pdf(&self) -> Result<Vec<u8>, PosterError> {
        press::pdf(std::slice::from_ref(&self.laid))
    }
}
