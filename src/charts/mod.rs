//! Charts from released tables: bars, rankings, dots with a range, two ends on a row, tables of numbers,
//! small charts side by side, lines over waves, who answered, maps of marks, the two sides of a game,
//! themes and ballots.
//!
//! A chart is measured, placed and drawn, in that order, so its height follows from what it says;
//! what does not fit, has no letters or is not a number is refused. It takes released tables and
//! nothing else, so it cannot show more than the gate let through. The area's own map is drawn here
//! too, alone or as the ground of what was marked; words that a moderator let through are cards, and
//! actions of a committee lines in time.

mod area_map;
mod ballot;
mod caption;
pub mod cards;
mod data_table;
mod datum;
mod diverging;
mod dumbbell;
mod ends;
mod figure;
mod guess;
mod heat;
mod hexagons;
mod interval;
pub mod judge;
mod keys;
mod layout;
mod legend;
pub mod letters;
mod lollipop;
mod look;
mod marks;
mod matrix;
mod multiples;
mod people_dots;
mod place_marks;
mod plain;
mod population;
pub mod poster;
mod qr;
mod quotes;
mod rows;
mod scene;
mod shares;
pub mod sheet;
mod sink;
mod sorted_bars;
mod strip;
mod symbols;
#[cfg(test)]
mod tests;
mod themes;
mod timeline;
mod track;
mod two_sides;
mod waves;

pub use area_map::area_map;
pub use caption::{Caption, caption, date, steadiness};
pub use data_table::{DataTable, data_table};
pub use datum::Datum;
pub use figure::{
    base_in_words, figure_in_words, mean_in_words, percentage, share_in_words, why_not,
};
pub use guess::{Guess, guess};
pub use layout::fonts;
pub use look::{Look, LookKind, Sizes};
pub use marks::{Mark, Spot};
pub use qr::{Runs, qr_path, qr_runs};
pub use quotes::{MOST_QUOTES, Quote, quote_table, quote_wall};
pub use strip::strip;
pub use timeline::{Action, FollowUp, timeline, timeline_table};

use crate::domain::area::Map;
use crate::domain::instrument::ChartKind;
use crate::domain::line::Join;
use crate::domain::text::{Lang, Text};
use crate::release::table::{Shape, Table};
use crate::words::ChartWords;

/// What is to be drawn.
#[derive(Debug, Clone)]
pub struct Picture<'a> {
    /// Its id: every id inside the drawing begins with it.
    pub id: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// The question it answers. It is not drawn: the page or poster says it above.
    pub title: &'a Text,
    /// The tables in it; several are rows of one scale.
    pub tables: Vec<&'a Table>,
    /// The codes that count, in sorted bars over several tables or groups.
    pub top: &'a [String],
    /// At most so many rows.
    pub most: Option<usize>,
    /// The two groups whose distance is shown.
    pub ends: &'a [String],
    /// After how many of a ranking a line is drawn.
    pub cut: Option<u32>,
    /// The waves, earliest first; the last is the one whose tables these are.
    pub rounds: &'a [Round],
    /// The map of the area it is about, where there is one.
    pub ground: Option<&'a Map>,
}

/// One wave of a chart over waves.
#[derive(Debug, Clone)]
pub struct Round {
    /// Its tables, in the order of the questions; none where it was not asked or is not there.
    pub tables: Vec<Option<Table>>,
    /// Whether each stands on one line with the wave before.
    pub joins: Vec<Join>,
}

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Svg {
    /// All of it, standing alone.
    pub xml: String,
    /// What is inside the outer element, to be put on a poster.
    pub body: String,
    /// Its width, in units of the look.
    pub width: f64,
    /// Its height, in units of the look.
    pub height: f64,
    /// What it is called.
    pub title: String,
    /// What it shows, in words.
    pub desc: String,
}

/// Why there is no drawing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing to draw.
    #[error("there is no table in this chart")]
    Empty,
    /// The tables cannot be drawn this way.
    #[error("the tables of this chart cannot be drawn this way: {0}")]
    NotThisWay(&'static str),
    /// A number is not a number.
    #[error("a number in this chart is not finite")]
    NotANumber,
    /// A text is too wide.
    #[error("{0:?} does not fit in this chart")]
    DoesNotFit(String),
    /// A letter is in no embedded font.
    #[error("no embedded font has every letter of {0:?}")]
    NoGlyph(String),
    /// The embedded fonts are broken.
    #[error("the embedded fonts cannot be read")]
    NoFonts,
    /// The text is too long for a QR code.
    #[error("the text is too long for a QR code")]
    TooLong,
    /// plotters failed.
    #[error("the chart could not be drawn: {0}")]
    Drawing(String),
}

/// Draws a picture for one look in one language.
///
/// # Errors
/// When there is nothing to draw, the tables do not go together, or something does not fit.
pub fn draw(
    picture: &Picture<'_>,
    look: &Look,
    lang: Lang,
    words: &ChartWords,
) -> Result<Svg, Refusal> {
    draw_marked(picture, look, lang, words, &[])
}

/// The same with numbers beside figures that somebody said something about. A figure that is not
/// drawn on its own gets its number at its line; where there is none, below everything.
///
/// # Errors
/// As [`draw`].
pub fn draw_marked(
    picture: &Picture<'_>,
    look: &Look,
    lang: Lang,
    words: &ChartWords,
    marks: &[Mark],
) -> Result<Svg, Refusal> {
    let task = Task { picture, look, lang, words, marks };
    if picture.tables.is_empty() {
        return Err(Refusal::Empty);
    }
    match kind(picture) {
        ChartKind::Diverging => diverging::draw(&task),
        ChartKind::SortedBars => sorted_bars::draw(&task),
        ChartKind::PeopleDots => people_dots::draw(&task),
        ChartKind::Population => population::draw(&task),
        ChartKind::Interval => interval::draw(&task),
        ChartKind::Dumbbell | ChartKind::Change => dumbbell::draw(&task),
        ChartKind::HeatTable => heat::draw(&task),
        ChartKind::Lollipop => lollipop::draw(&task),
        ChartKind::Waves => waves::draw(&task),
        ChartKind::SmallMultiples => multiples::draw(&task),
        ChartKind::PlaceMarks => place_marks::draw(&task),
        ChartKind::Hexagons => hexagons::draw(&task),
        ChartKind::Themes => themes::draw(&task),
        ChartKind::TwoSides => two_sides::draw(&task),
        ChartKind::Ballot => ballot::draw(&task),
    }
}

/// Draws a picture, or, where that is refused, a sheet of the same width that says so and where its
/// numbers are: a name in letters that no font has must not take a whole page away.
///
/// # Errors
/// When not even that can be drawn.
pub fn draw_or_say(
    picture: &Picture<'_>,
    look: &Look,
    lang: Lang,
    words: &ChartWords,
    marks: &[Mark],
) -> Result<Svg, Refusal> {
    draw_marked(picture, look, lang, words, marks).or_else(|_refused| {
        let task = Task { picture, look, lang, words, marks: &[] };
        let mut scene = scene::Scene::new();
        legend::not_shown(&task, &mut scene, &words.not_drawn)?;
        task.paint(scene, words.not_drawn.clone())
    })
}

/// How a picture is drawn: small groups of people always as dots.
fn kind(picture: &Picture<'_>) -> ChartKind {
    let in_words = |table: &Table| {
        (0..table.groups().len())
            .any(|at| (0..table.choices().len()).any(|choice| table.nearly(at, choice).is_some()))
    };
    let small = |table: &&&Table| table.shape() == Shape::People || in_words(table);
    match picture.tables.iter().find(small) {
        // The two sides of a line have words of their own.
        Some(_) if picture.kind == ChartKind::TwoSides => picture.kind,
        Some(_) => ChartKind::PeopleDots,
        None => picture.kind,
    }
}

/// What every chart works from.
struct Task<'t> {
    picture: &'t Picture<'t>,
    look: &'t Look,
    lang: Lang,
    words: &'t ChartWords,
    marks: &'t [Mark],
}

impl Task<'_> {
    /// The width between the edges.
    fn width(&self) -> f64 {
        self.look.width - 2.0 * self.look.edge()
    }

    /// Draws a finished scene.
    fn paint(&self, mut scene: scene::Scene, desc: String) -> Result<Svg, Refusal> {
        marks::place(self, &mut scene);
        let title = self.picture.title.get(self.lang).to_owned();
        let (id, look, lang) = (&self.picture.id, self.look, self.lang);
        scene.paint(&scene::Frame { id, title, desc, look, lang })
    }
}
