//! What a room sees on its projector, and what somebody with the remote may do to it.
//!
//! Every act says how things shall be and none says "the other way round": a tap that arrives twice,
//! or from two remotes at once, does no more than one. The order of the pictures comes from outside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::Lang;

/// A picture on the wall: a station, and which of its charts, from 1; or words, by instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slide {
    /// The number of the station.
    pub station: u32,
    /// Which of its charts.
    pub chart: u32,
}

impl Slide {
    /// The number that stands for what people wrote in their own words: no station has it.
    pub const WORDS: u32 = 0;
}

impl fmt::Display for Slide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.station, self.chart)
    }
}

impl FromStr for Slide {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (station, chart) = text.split_once('/').ok_or(())?;
        let read = |number: &str| number.parse().map_err(|_no_number| ());
        Ok(Self { station: read(station)?, chart: read(chart)? })
    }
}

/// What the room sees now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the remote")]
pub struct Screen {
    /// Which picture.
    pub slide: Slide,
    /// In which language.
    pub lang: Lang,
    /// Whether a curtain hangs before it.
    pub curtain: bool,
    /// Whether people guess before each picture is shown.
    pub guess_first: bool,
    /// Whether the figures of this picture are shown, or only its question.
    pub figures: bool,
    /// Whether the chart stands alone, without words and notes.
    pub alone: bool,
    /// Whether it says where the figures come from instead.
    pub source: bool,
}

/// What somebody with the remote wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// This picture.
    Go(Slide),
    /// This language.
    Speak(Lang),
    /// The curtain closed or open.
    Curtain(bool),
    /// To let people guess before each picture, or not.
    GuessFirst(bool),
    /// The figures shown, or only the question.
    Figures(bool),
    /// The chart alone, or with words and notes.
    Alone(bool),
    /// Where the figures come from, or the figures.
    Source(bool),
}

impl Act {
    /// What a field of a form asks for.
    #[must_use]
    pub fn read(field: &str, value: &str) -> Option<Self> {
        let yes = || match value {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        match field {
            "go" => value.parse().ok().map(Self::Go),
            "speak" => value.parse().ok().map(Self::Speak),
            "curtain" => yes().map(Self::Curtain),
            "guess_first" => yes().map(Self::GuessFirst),
            "figures" => yes().map(Self::Figures),
            "alone" => yes().map(Self::Alone),
            "source" => yes().map(Self::Source),
            _ => None,
        }
    }

    /// The field that asks for this, and its value.
    #[must_use]
    pub fn field(self) -> (&'static str, String) {
        let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        match self {
            Self::Go(slide) => ("go", slide.to_string()),
            Self::Speak(lang) => ("speak", lang.to_string()),
            Self::Curtain(closed) => ("curtain", yes(closed)),
            Self::GuessFirst(on) => ("guess_first", yes(on)),
            Self::Figures(shown) => ("figures", yes(shown)),
            Self::Alone(alone) => ("alone", yes(alone)),
            Self::Source(shown) => ("source", yes(shown)),
        }
    }
}

impl Screen {
    /// The first picture, as a room sees it before anybody has used the remote; none without pictures.
    #[must_use]
    pub fn begin(slides: &[Slide], lang: Lang) -> Option<Self> {
        let slide = *slides.first()?;
        let (curtain, guess_first, figures) = (false, false, true);
        Some(Self { slide, lang, curtain, guess_first, figures, alone: false, source: false })
    }

    /// The same after an act; none when there is no such picture.
    #[must_use]
    pub fn after(mut self, act: Act, slides: &[Slide]) -> Option<Self> {
        match act {
            Act::Go(slide) if slide == self.slide => {}
            Act::Go(slide) => {
                if !slides.contains(&slide) {
                    return None;
                }
                // Nobody guesses what somebody else said.
                let is_words = slide.station == Slide::WORDS;
                (self.slide, self.source) = (slide, false);
                self.figures = !self.guess_first || is_words;
            }
            Act::Speak(lang) => self.lang = lang,
            Act::Curtain(closed) => self.curtain = closed,
            Act::GuessFirst(on) => {
                self.guess_first = on;
                // What the room sees already cannot be guessed any more.
                self.figures = if on { self.figures && !self.curtain } else { true };
            }
            Act::Figures(shown) => self.figures = shown,
            Act::Alone(alone) => self.alone = alone,
            Act::Source(shown) => self.source = shown,
        }
        Some(self)
    }

    /// What the one large button does: the curtain up, then the figures, then the next picture.
    /// Nothing, when the last picture is shown.
    #[must_use]
    pub fn next(self, slides: &[Slide]) -> Option<Act> {
        if self.curtain {
            return Some(Act::Curtain(false));
        }
        if self.source {
            return Some(Act::Source(false));
        }
        if !self.figures {
            return Some(Act::Figures(true));
        }
        slides.get(self.place(slides)? + 1).copied().map(Act::Go)
    }

    /// The picture before; nothing before the first.
    #[must_use]
    pub fn back(self, slides: &[Slide]) -> Option<Act> {
        slides.get(self.place(slides)?.checked_sub(1)?).copied().map(Act::Go)
    }

    /// Its place among the pictures, from 0.
    #[must_use]
    pub fn place(self, slides: &[Slide]) -> Option<usize> {
        slides.iter().position(|slide| *slide == self.slide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slides() -> Vec<Slide> {
        [(1, 1), (2, 1), (2, 2), (5, 1)].map(|(station, chart)| Slide { station, chart }).to_vec()
    }

    fn begun() -> Screen {
        Screen::begin(&slides(), Lang::Nl).unwrap()
    }

    /// Presses the large button until there is nothing more, and says what was seen each time.
    fn pressed(mut screen: Screen) -> Vec<String> {
        let mut seen = Vec::new();
        while let Some(act) = screen.next(&slides()) {
            screen = screen.after(act, &slides()).unwrap();
            let (field, value) = act.field();
            seen.push(format!("{field}={value}"));
            assert!(seen.len() < 50, "the large button comes to an end");
        }
        seen
    }

    #[test]
    fn the_large_button_goes_through_all_pictures() {
        assert_eq!(pressed(begun()), ["go=2/1", "go=2/2", "go=5/1"]);
        assert_eq!(begun().back(&slides()), None, "nothing is before the first");
        assert_eq!(Screen::begin(&[], Lang::En), None);
    }

    #[test]
    fn where_people_guess_each_question_comes_before_its_figures() {
        let closed = begun().after(Act::Curtain(true), &slides()).unwrap();
        let guessing = closed.after(Act::GuessFirst(true), &slides()).unwrap();
        let seen = ["curtain=no", "figures=yes", "go=2/1", "figures=yes", "go=2/2", "figures=yes"];
        assert_eq!(pressed(guessing)[..6], seen);
        let shown = begun().after(Act::GuessFirst(true), &slides()).unwrap();
        assert!(shown.figures, "what the room sees already is not taken away");
        let off = guessing.after(Act::GuessFirst(false), &slides()).unwrap();
        assert!(off.figures, "without guessing nothing stays hidden");
    }

    #[test]
    fn pictures_change_behind_the_curtain_and_it_stays_closed() {
        let closed = begun().after(Act::Curtain(true), &slides()).unwrap();
        let there = closed.after(Act::Go(Slide { station: 5, chart: 1 }), &slides()).unwrap();
        assert!(there.curtain);
        assert_eq!(there.place(&slides()), Some(3));
        assert_eq!(pressed(there), ["curtain=no"]);
    }

    #[test]
    fn where_figures_come_from_is_said_of_one_picture() {
        let asked = begun().after(Act::Source(true), &slides()).unwrap();
        assert_eq!(pressed(asked)[..2], ["source=no", "go=2/1"]);
        let gone = asked.after(Act::Go(Slide { station: 2, chart: 1 }), &slides()).unwrap();
        assert!(!gone.source, "the next picture comes with its figures");
    }

    #[test]
    fn a_tap_that_comes_twice_does_no_more_than_one() {
        let acts = [
            Act::Go(Slide { station: 2, chart: 2 }),
            Act::Speak(Lang::Ar),
            Act::Curtain(true),
            Act::GuessFirst(true),
            Act::Figures(true),
            Act::Alone(true),
            Act::Source(true),
        ];
        for act in acts {
            let (field, value) = act.field();
            assert_eq!(Act::read(field, &value), Some(act));
            let once = begun().after(act, &slides()).unwrap();
            assert_eq!(once.after(act, &slides()), Some(once), "{act:?}");
        }
        for (field, value) in [("go", "7"), ("go", "a/b"), ("curtain", "open"), ("speak", "xx")] {
            assert_eq!(Act::read(field, value), None, "{field}={value}");
        }
        assert_eq!(begun().after(Act::Go(Slide { station: 9, chart: 1 }), &slides()), None);
    }
}
