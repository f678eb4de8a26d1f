//! What stands on a slide: the same for the projector, for its preview on the remote and for a slide
//! that somebody opens by itself. It is laid out on a stage of 16 to 9 whose letters grow with it, so
//! a preview shows exactly what the room sees, only smaller.

use crate::charts::{DataTable, Svg, caption, data_table};
use crate::domain::data_walk::Reflection;
use crate::domain::screen::{Screen, Slide};
use crate::domain::text::{Lang, Text};
use crate::publish::{Fitted, LEGIBLE, OwnWords, Room, Shown, Station, spoken};
use crate::web::app::Inner;
use crate::web::error::{Error, Result};
use crate::web::qr::Qr;
use crate::web::wall::{Hall, verdict_name};
use crate::words::{ChartWords, PosterWords, ScreenWords, fill};

/// How many characters of notes fit beside a chart.
const NOTES: usize = 560;
/// Above so many characters a headline is set smaller.
const LONG: usize = 110;
/// How wide a chart may be on a slide, and how wide beside what the room says.
const ALONE: f64 = 1824.0;
const SHARED: f64 = 1230.0;

/// What a room sees of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Stage {
    /// A curtain.
    Curtain,
    /// The question, and what people guess about.
    Guess,
    /// Where the figures come from.
    Source,
    /// The chart.
    Figures,
}

impl Stage {
    /// What a screen shows.
    #[must_use]
    pub(in crate::web) const fn of(screen: &Screen) -> Self {
        if screen.curtain {
            Self::Curtain
        } else if !screen.figures {
            Self::Guess
        } else if screen.source {
            Self::Source
        } else {
            Self::Figures
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Curtain => "curtain",
            Self::Guess => "guessing",
            Self::Source => "sourced",
            Self::Figures => "figures",
        }
    }
}

/// The chart, or where it cannot be drawn, its numbers.
pub(in crate::web) enum Drawing {
    /// The chart as SVG.
    Chart(String),
    /// The same as a table.
    Table(DataTable),
}

/// A slide.
pub(in crate::web) struct SlideView<'a> {
    pub(super) lang: Lang,
    pub(super) class: String,
    pub(super) words: &'a ScreenWords,
    pub(super) poster: &'a PosterWords,
    pub(super) head: String,
    pub(super) number: usize,
    pub(super) of: usize,
    pub(super) counted: String,
    pub(super) invented: Option<String>,
    /// The headline: what the figures say; before they are shown, the question.
    pub(super) said: String,
    pub(super) by: Option<String>,
    pub(super) question: String,
    pub(super) drawing: Option<Drawing>,
    pub(super) guessed: Vec<String>,
    pub(super) source: Vec<(String, Vec<String>)>,
    pub(super) notes: Vec<(String, String)>,
    pub(super) more: Option<String>,
    pub(super) prompts: Vec<String>,
    pub(super) who: String,
    pub(super) careful: String,
    pub(super) walk: String,
    /// How the phones of a room follow along; not where the release is the committee's.
    pub(super) follow: Option<(Option<Qr>, String)>,
}

/// What stands on a slide.
pub(super) enum Picture<'h> {
    /// A chart of a station.
    Chart(&'h Station, &'h Shown),
    /// What people wrote in their own words.
    Words(&'h OwnWords),
}

impl Picture<'_> {
    /// Whether it can be read in a language.
    pub(super) fn speaks(&self, lang: Lang) -> bool {
        match self {
            Self::Chart(station, _) => station.title.has(lang),
            Self::Words(_) => Lang::RESPONDENTS.contains(&lang),
        }
    }
}

/// The picture of a screen on its wall.
///
/// # Errors
/// `NotFound`, when it is not there.
pub(super) fn found(hall: &Hall, slide: Slide) -> Result<Picture<'_>> {
    if slide.station == Slide::WORDS {
        let place = slide.chart.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let own = place.and_then(|place| hall.own.get(place)).ok_or(Error::NotFound)?;
        return Ok(Picture::Words(own));
    }
    let (station, shown) = hall.wall.slide(slide).ok_or(Error::NotFound)?;
    Ok(Picture::Chart(station, shown))
}

/// What stands on the slide of a screen.
///
/// # Errors
/// `NotFound` when there is no such picture, or when the store fails.
pub(in crate::web) async fn view<'a>(
    app: &'a Inner,
    hall: &Hall,
    screen: &Screen,
    (id, public): (&str, bool),
) -> Result<SlideView<'a>> {
    let (station, shown) = match found(hall, screen.slide)? {
        Picture::Chart(station, shown) => (station, shown),
        Picture::Words(own) => return Ok(words_view(app, hall, screen, (id, public), own)),
    };
    let lang = station.spoken(screen.lang, &hall.diagnosis.settings.languages);
    let (words, poster) = (app.screen_words(lang), app.poster_words(lang));
    let (stage, slides) = (Stage::of(screen), hall.slides());
    let number = screen.place(&slides).map_or(1, |place| place + 1);
    let (n, of) = (station.number.to_string(), hall.wall.stations().len().to_string());
    let with = [("n", n.as_str()), ("of", of.as_str()), ("area", hall.diagnosis.name.as_str())];
    let counted = [("n", number.to_string()), ("of", slides.len().to_string())];
    let counted = counted.each_ref().map(|(name, text)| (*name, text.as_str()));
    let caption = caption(&shown.tables.iter().collect::<Vec<_>>(), lang, app.chart_words(lang));
    let mut slide = SlideView {
        lang,
        class: stage.class().to_owned(),
        words,
        poster,
        head: fill(&poster.station_of, &with),
        number,
        of: slides.len(),
        counted: fill(&words.picture_of, &counted),
        invented: station.is_invented().then(|| app.form_words(lang).invented.clone()),
        said: station.question(lang).to_owned(),
        by: None,
        question: shown.plan.title.get(lang).to_owned(),
        drawing: None,
        guessed: Vec::new(),
        source: Vec::new(),
        notes: Vec::new(),
        more: None,
        prompts: Vec::new(),
        who: caption.who,
        careful: caption.careful.into_iter().next().unwrap_or_default(),
        walk: hall.walk.title.clone(),
        follow: public.then(|| follow(app, &hall.walk.door)),
    };
    match stage {
        Stage::Curtain => {}
        Stage::Guess => slide.guessed = shown.guessed(lang),
        Stage::Source => {
            slide.source = shown.source(hall.wall.release(), lang, (words, app.chart_words(lang)));
        }
        Stage::Figures => {
            slide.headline(hall, station, shown, app.chart_words(lang));
            if screen.alone {
                slide.class.push_str(" alone");
            } else {
                slide.say(app.store.shown_reflections(&hall.walk).await?, station, app);
            }
            slide.draw(app, shown, id);
        }
    }
    if slide.said.chars().count() > LONG {
        slide.class.push_str(" long");
    }
    Ok(slide)
}

/// What stands on the slide of what people wrote: there is nothing to guess.
fn words_view<'a>(
    app: &'a Inner,
    hall: &Hall,
    screen: &Screen,
    (id, public): (&str, bool),
    own: &OwnWords,
) -> SlideView<'a> {
    let lang = screen.lang;
    let (form, charts) = (app.form_words(lang), app.chart_words(lang));
    let slides = hall.slides();
    let number = screen.place(&slides).map_or(1, |place| place + 1);
    let counted = [("n", number.to_string()), ("of", slides.len().to_string())];
    let counted = counted.each_ref().map(|(name, text)| (*name, text.as_str()));
    let stage = Stage::of(&Screen { figures: true, ..*screen });
    let words = app.screen_words(lang);
    let mut slide = SlideView {
        lang,
        class: stage.class().to_owned(),
        words,
        poster: app.poster_words(lang),
        head: format!("{} · {}", own.title.get(lang), hall.diagnosis.name),
        number,
        of: slides.len(),
        counted: fill(&words.picture_of, &counted),
        invented: own.is_invented.then(|| form.invented.clone()),
        said: form.own_words.clone(),
        by: None,
        question: form.own_words.clone(),
        drawing: None,
        guessed: Vec::new(),
        source: Vec::new(),
        notes: Vec::new(),
        more: None,
        prompts: Vec::new(),
        who: own.who(lang, charts),
        careful: form.own_words_intro.clone(),
        walk: hall.walk.title.clone(),
        follow: public.then(|| follow(app, &hall.walk.door)),
    };
    if stage == Stage::Source {
        let of = (words, charts);
        slide.source = own.source(hall.wall.release(), lang, of, &form.own_words_intro);
    }
    if stage == Stage::Figures {
        let room = Room { wide: ALONE, tall: slide.left() };
        let title = Text::name(&form.own_words);
        slide.drawing = Some(match own.fitted((id, &title), room, lang, charts) {
            Ok(svg) => Drawing::Chart(slide.placed(&svg)),
            Err(why) => {
                tracing::warn!(%why, "a slide shows a table of words instead");
                Drawing::Table(own.table(&title, lang, charts))
            }
        });
    }
    slide
}

/// The code and the address with which a phone follows along.
pub(super) fn follow(app: &Inner, door: &str) -> (Option<Qr>, String) {
    let address = app.base_url.join(&format!("/w/{door}/twin"));
    let typed = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest).to_owned();
    // An address too long for a code is still an address.
    (Qr::of(&address).ok(), typed)
}

impl SlideView<'_> {
    /// The sentence of this one chart.
    fn headline(&mut self, hall: &Hall, station: &Station, shown: &Shown, charts: &ChartWords) {
        let alone = Station { shown: vec![shown.clone()], ..station.clone() };
        let spoken = spoken(&alone, self.lang, (self.poster, charts), &hall.written);
        self.said = spoken.said;
        self.by = spoken.by.map(|by| fill(&self.poster.words_by, &[("name", &by)]));
    }

    /// What the room said here, as far as it fits; before anybody said anything, what to talk about.
    fn say(&mut self, all: Vec<Reflection>, station: &Station, app: &Inner) {
        let here = all
            .into_iter()
            .filter(|said| said.station == station.number && !said.said.trim().is_empty());
        let form = app.form_words(self.lang);
        let (mut room, mut left) = (NOTES, 0);
        for said in here {
            let takes = said.said.chars().count() + 60;
            if takes > room {
                left += 1;
                continue;
            }
            room -= takes;
            let verdict = verdict_name(said.verdict, form);
            let who = match said.group {
                Some(letter) => format!("{letter} · {verdict}"),
                None => verdict.to_owned(),
            };
            self.notes.push((said.said, who));
        }
        if left > 0 {
            self.more = Some(fill(&self.words.more_said, &[("n", &left.to_string())]));
        }
        if self.notes.is_empty() && left == 0 {
            let prompts = station.prompts.iter().map(|prompt| prompt.get(self.lang).to_owned());
            self.prompts = prompts.collect();
        }
    }

    /// Whether something stands beside the chart.
    pub(super) fn is_shared(&self) -> bool {
        !self.notes.is_empty() || !self.prompts.is_empty() || self.more.is_some()
    }

    /// How many columns the rows take that people guess about.
    pub(super) fn columns(&self) -> &'static str {
        if self.guessed.len() > 7 { "two" } else { "one" }
    }

    /// Draws the chart into what the words leave of the stage.
    fn draw(&mut self, app: &Inner, shown: &Shown, id: &str) {
        let words = app.chart_words(self.lang);
        let room = |wide| Room { wide, tall: self.left() };
        let alone = || shown.fitted(id, room(ALONE), self.lang, words);
        let drawn = if self.is_shared() {
            shown.fitted(id, room(SHARED), self.lang, words)
        } else {
            alone()
        };
        // Whole, and legible from the back: rather without the notes, which stand on the phones too,
        // than without rows.
        let is_good = |one: &Fitted| one.size >= LEGIBLE && !one.is_cut;
        let is_shared = self.is_shared() && !drawn.as_ref().is_ok_and(is_good);
        let size = drawn.as_ref().map_or(0.0, |one| one.size);
        let better = |one: &Fitted| is_good(one) || size < LEGIBLE && one.size > size;
        let alone = is_shared.then(alone).and_then(std::result::Result::ok).filter(better);
        let drawn = match alone {
            Some(alone) => {
                (self.notes, self.prompts, self.more) = (Vec::new(), Vec::new(), None);
                Ok(alone)
            }
            None => drawn,
        };
        self.drawing = Some(match drawn {
            Ok(one) => Drawing::Chart(self.placed(&one.svg)),
            Err(why) => {
                tracing::warn!(%why, chart = shown.plan.id, "a slide shows a table instead");
                Drawing::Table(data_table(&shown.picture(None), self.lang, words))
            }
        });
    }

    /// A drawing where reading begins, under its question.
    fn placed(&self, svg: &Svg) -> String {
        let side = if self.lang.is_rtl() { "xMaxYMin" } else { "xMinYMin" };
        let begins = format!("<svg preserveAspectRatio=\"{side} meet\" ");
        svg.xml.replacen("<svg ", &begins, 1)
    }

    /// How tall the chart may be, by how many lines the words around it take; see `slide.css`.
    fn left(&self) -> f64 {
        let lines = |text: &str, fit: usize| text.chars().count().div_ceil(fit).max(1);
        let line = |lines: usize, tall: f64| f64::from(u32::try_from(lines).unwrap_or(9)) * tall;
        let careful = self.who.chars().count() + self.careful.chars().count();
        let foot = line(careful.div_ceil(135).max(1), 33.0) + 24.0;
        let words = if self.class.contains("alone") {
            line(lines(&self.question, 95), 48.0)
        } else {
            let said = if self.said.chars().count() > LONG {
                line(lines(&self.said, 75), 48.0)
            } else {
                line(lines(&self.said, 58), 62.0)
            };
            let by = if self.by.is_some() { 40.0 } else { 0.0 };
            said + by + line(lines(&self.question, 110), 40.0)
        };
        (1080.0 - 84.0 - foot - words - 56.0).max(200.0)
    }
}
