//! One picture on a projector: the chart in the width at which its letters are largest, the rows that
//! people guess about before they see a figure, and where the figures come from.
//!
//! A slide is measured on a sheet of 1920 by 1080, whatever the projector has; the page scales it.

use super::station::{Shown, Station, Wall};
use crate::charts::{Look, Refusal, Svg, caption, draw};
use crate::domain::instrument::ChartKind;
use crate::domain::screen::Slide;
use crate::domain::text::Lang;
use crate::release::Table;
use crate::words::{ChartWords, ScreenWords, fill};

/// The room that a chart has on a slide, in pixels of a projector 1920 wide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// From side to side.
    pub wide: f64,
    /// From top to bottom.
    pub tall: f64,
}

/// A chart as it fits on a slide.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// How large its letters are, beside their size on an empty slide.
    pub size: f64,
    /// The drawing.
    pub svg: Svg,
    /// Whether rows were left to the page.
    pub is_cut: bool,
}

/// How much wider than its room a chart is laid out, and then made smaller, to make it less tall.
const WIDER: [f64; 5] = [1.0, 1.15, 1.35, 1.6, 1.9];
/// Letters smaller than this part of their size are too small for the back of a room: the smallest
/// would be less than 24 pixels of 1080. A chart then shows its first rows.
pub const LEGIBLE: f64 = 24.0 / 26.0;
/// How many rows that is.
const FEWER: [usize; 6] = [8, 6, 5, 4, 3, 2];
/// The most rows that people guess about on one slide.
const MOST_ROWS: usize = 16;

impl Wall {
    /// Every picture of this wall, in the order in which a room sees them.
    #[must_use]
    pub fn slides(&self) -> Vec<Slide> {
        let mut slides = Vec::new();
        for station in self.stations() {
            let charts = (1..).zip(&station.shown);
            slides.extend(charts.map(|(chart, _)| Slide { station: station.number, chart }));
        }
        slides
    }

    /// The station and the chart of a picture.
    #[must_use]
    pub fn slide(&self, slide: Slide) -> Option<(&Station, &Shown)> {
        let station = self.station(slide.station)?;
        let place = usize::try_from(slide.chart.checked_sub(1)?).ok()?;
        Some((station, station.shown.get(place)?))
    }
}

impl Shown {
    /// Draws the chart so that its letters are as large as this room allows.
    ///
    /// # Errors
    /// When it cannot be drawn in any width.
    pub fn fitted(
        &self,
        id: &str,
        room: Room,
        lang: Lang,
        words: &ChartWords,
    ) -> Result<Fitted, Refusal> {
        let rows = match (self.plan.chart, self.tables.as_slice()) {
            (ChartKind::TwoSides | ChartKind::Ballot | ChartKind::Themes, [table, ..]) => {
                table.choices().len()
            }
            (_, [table]) if table.address().by.is_some() => table.groups().len(),
            (_, [table]) => table.choices().len(),
            (_, tables) => {
                let groups = tables.iter().map(|it| it.groups().len()).max().unwrap_or(0);
                tables.len().max(groups)
            }
        };
        let rows = self.most_on_a_wall().unwrap_or(rows);
        let whole = self.sized((id, self.most_on_a_wall()), room, lang, words);
        // Rather fewer rows, which the page has, than letters that the back of a room cannot read.
        let fewer = FEWER.into_iter().filter(|most| self.can_be_cut() && *most < rows);
        let (mut best, mut is_cut) = (whole, false);
        for most in fewer {
            if best.as_ref().is_ok_and(|(size, _)| *size >= LEGIBLE) {
                break;
            }
            let cut = self.sized((id, Some(most)), room, lang, words);
            let larger = match (&best, &cut) {
                (Ok((size, _)), Ok((cut, _))) => cut > size,
                (Err(_), Ok(_)) => true,
                (_, Err(_)) => false,
            };
            if larger {
                (best, is_cut) = (cut, true);
            }
        }
        let (size, svg) = best?;
        Ok(Fitted { size, svg, is_cut })
    }

    /// Whether the chart can show its first rows alone, and say so.
    const fn can_be_cut(&self) -> bool {
        match self.plan.chart {
            ChartKind::SortedBars
            | ChartKind::Lollipop
            | ChartKind::Diverging
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::Interval
            | ChartKind::Themes
            | ChartKind::TwoSides => true,
            // What the committee takes stands there whole.
            ChartKind::Ballot
            | ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::HeatTable
            | ChartKind::Waves
            | ChartKind::SmallMultiples
            | ChartKind::PlaceMarks
            | ChartKind::Hexagons => false,
        }
    }

    /// The drawing with the largest letters of several widths, and how large they are.
    fn sized(
        &self,
        (id, most): (&str, Option<usize>),
        room: Room,
        lang: Lang,
        words: &ChartWords,
    ) -> Result<(f64, Svg), Refusal> {
        let mut picture = self.picture(most);
        id.clone_into(&mut picture.id);
        let mut best: Option<(f64, Svg)> = None;
        let mut refused = None;
        for wider in WIDER {
            let look = Look { width: (room.wide * wider).round(), ..Look::projector() };
            match draw(&picture, &look, lang, words) {
                Ok(svg) => {
                    let size = (room.wide / svg.width).min(room.tall / svg.height);
                    let fits = svg.height * room.wide <= room.tall * svg.width;
                    if best.as_ref().is_none_or(|(known, _)| size > *known) {
                        best = Some((size, svg));
                    }
                    if fits {
                        break;
                    }
                }
                Err(why) => refused = Some(why),
            }
        }
        best.ok_or_else(|| refused.unwrap_or(Refusal::Empty))
    }

    /// What people guess about: the rows of the chart in the order in which they were asked, so that
    /// nothing is given away by it. More than a slide holds are left out.
    #[must_use]
    pub fn guessed(&self, lang: Lang) -> Vec<String> {
        // On a map there is no bar to guess: the question stands alone.
        if matches!(self.plan.chart, ChartKind::PlaceMarks | ChartKind::Hexagons) {
            return Vec::new();
        }
        let of = |table: &Table| -> Vec<String> {
            let groups = || table.groups().iter().map(|group| group.text.get(lang).to_owned());
            let choices = || table.choices().iter().map(|one| one.text.get(lang).to_owned());
            if table.address().by.is_some() { groups().collect() } else { choices().collect() }
        };
        let mut rows = match self.tables.as_slice() {
            [table] => of(table),
            tables => tables.iter().map(|table| table.text().get(lang).to_owned()).collect(),
        };
        rows.retain(|row| !row.trim().is_empty());
        rows.truncate(MOST_ROWS);
        rows
    }

    /// Where the figures come from: what is told, and what is said of it.
    #[must_use]
    pub fn source(
        &self,
        release: i64,
        lang: Lang,
        (words, charts): (&ScreenWords, &ChartWords),
    ) -> Vec<(String, Vec<String>)> {
        let tables: Vec<&Table> = self.tables.iter().collect();
        let said = caption(&tables, lang, charts);
        let mut asked: Vec<String> = Vec::new();
        for table in &tables {
            let text = table.text().get(lang).to_owned();
            if !text.is_empty() && !asked.contains(&text) {
                asked.push(text);
            }
        }
        let mut codes: Vec<&str> =
            tables.iter().map(|table| table.address().question.as_str()).collect();
        codes.dedup();
        told(words, asked, (said.who, said.careful), (release, &codes))
    }
}

/// Where a picture comes from: what was asked, who answered, what to be careful about, and where the
/// release has it.
pub(super) fn told(
    words: &ScreenWords,
    asked: Vec<String>,
    (who, careful): (String, Vec<String>),
    (release, codes): (i64, &[&str]),
) -> Vec<(String, Vec<String>)> {
    let with = [("n", release.to_string()), ("questions", codes.join(", "))];
    let with = with.each_ref().map(|(name, value)| (*name, value.as_str()));
    let all = [
        (&words.source_question, few(asked)),
        (&words.source_who, vec![who]),
        (&words.source_careful, careful),
        (&words.source_table, vec![fill(&words.source_where, &with)]),
    ];
    all.into_iter()
        .filter(|(_, said)| said.iter().any(|line| !line.is_empty()))
        .map(|(name, said)| (name.clone(), said))
        .collect()
}

/// The first questions and the last; those between them are on one scale with them.
fn few(asked: Vec<String>) -> Vec<String> {
    match asked.as_slice() {
        [first, second, .., last] if asked.len() > 4 => {
            vec![first.clone(), second.clone(), "…".to_owned(), last.clone()]
        }
        _ => asked,
    }
}
