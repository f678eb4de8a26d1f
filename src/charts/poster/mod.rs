//! The sheet around charts on a wall: head, question, charts, takeaway, who answered, what to talk
//! about, room for notes, and the QR code. Up to three languages: the first large, the others under
//! it, each in its own direction. In tenths of a millimetre.
//!
//! A sheet is a list of parts in the order they are read out. Each is a drawing of its own over the
//! whole paper, so whoever makes a PDF of them can say which is the title and which a figure.

mod flow;

use super::Svg;
use super::plain::{clean, escape};
use super::sink::short;
use crate::domain::text::Lang;

pub use flow::lay;

/// What a poster is printed on, upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// 297 by 420 mm: beside a table, or a small wall.
    #[default]
    A3,
    /// 420 by 594 mm: a wall.
    A2,
}

impl Paper {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::A3, Self::A2];

    /// Width and height.
    #[must_use]
    pub const fn size(self) -> (f64, f64) {
        match self {
            Self::A3 => (2970.0, 4200.0),
            Self::A2 => (4200.0, 5940.0),
        }
    }

    /// What it is called in addresses, names of files and commands.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::A3 => "a3",
            Self::A2 => "a2",
        }
    }

    /// The paper of this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.code() == code)
    }

    /// How much larger letters are than on A3.
    #[must_use]
    pub fn scale(self) -> f64 {
        self.size().0 / Self::A3.size().0
    }

    /// The empty edge.
    #[must_use]
    pub fn margin(self) -> f64 {
        150.0 * self.scale()
    }

    /// Between the edges.
    #[must_use]
    pub fn between(self) -> f64 {
        self.size().0 - 2.0 * self.margin()
    }
}

/// The most languages on a sheet.
pub const MOST_LANGUAGES: usize = 3;

/// What stands on a sheet.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its id.
    pub id: String,
    /// What it is printed on.
    pub paper: Paper,
    /// What is said, in each language; the first is the large one.
    pub said: Vec<Said>,
    /// The address of the station.
    pub address: Option<String>,
    /// Said in place of a code where the address is too long for one.
    pub too_long: String,
    /// The number of the release.
    pub release: String,
    /// What the words in the charts are in the other languages: rows with a text for each.
    pub key: Vec<Vec<String>>,
    /// How large letters around the charts are; 1 where the charts' own are read from afar.
    pub around: f64,
    /// How much paper has to stay empty.
    pub room: Room,
}

/// How much paper stays empty for notes and stickers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// A fifth of the sheet, where it can be had.
    Ample,
    /// A few lines.
    Some,
    /// A line or two, where three languages need the paper; less is said beside the chart.
    Tight,
}

/// What a sheet says in one language.
#[derive(Debug, Clone)]
pub struct Said {
    /// The language.
    pub lang: Lang,
    /// The small line at the top.
    pub head: String,
    /// The question.
    pub title: String,
    /// Over the takeaway; nothing where people guess first.
    pub heading: String,
    /// What the charts say, or what to do.
    pub takeaway: String,
    /// Who answered.
    pub who: String,
    /// Lines of care, the most important first.
    pub careful: Vec<String>,
    /// Over the prompts.
    pub talk: String,
    /// What to talk about.
    pub prompts: Vec<String>,
    /// Over the empty paper.
    pub notes: String,
    /// Under the QR code.
    pub scan: String,
    /// Over the words of the charts.
    pub key: String,
    /// Said when it is invented.
    pub invented: Option<String>,
}

/// A chart with the question over it, where that is not the sheet's own.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The question.
    pub heading: Option<String>,
    /// The chart.
    pub chart: Svg,
}

/// What a part is to somebody who hears the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The question of the sheet.
    Title,
    /// The title of something on it.
    Heading,
    /// A paragraph.
    Words,
    /// A picture, with what it shows.
    Figure(String),
    /// Lines, colours and codes: passed over.
    Aside,
}

/// A part of a sheet.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it is.
    pub role: Role,
    /// Its language.
    pub lang: Lang,
    /// The marks, placed on the whole paper.
    pub body: String,
}

/// A sheet that is laid out.
#[derive(Debug, Clone)]
pub struct Laid {
    /// Its parts, in the order they are read.
    pub parts: Vec<Part>,
    /// Width and height.
    pub size: (f64, f64),
    /// Its language.
    pub lang: Lang,
    /// What it is called.
    pub title: String,
    /// What is on it, in words.
    pub desc: String,
}

impl Laid {
    /// A part alone, on paper of the whole size.
    #[must_use]
    pub fn alone(&self, part: &Part) -> String {
        let (wide, tall) = (short(self.size.0), short(self.size.1));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {tall}\" \
             direction=\"ltr\">\n{}</svg>\n",
            part.body
        )
    }

    /// The whole sheet as one drawing.
    #[must_use]
    pub fn svg(&self) -> Svg {
        let (width, height) = self.size;
        let (wide, tall) = (short(width), short(height));
        let (wide_mm, tall_mm) = (short(width / 10.0), short(height / 10.0));
        let (title, desc, tag) = (clean(&self.title), clean(&self.desc), self.lang.tag());
        let body: String = self.parts.iter().map(|part| part.body.as_str()).collect();
        let xml = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {tall}\" \
             width=\"{wide_mm}mm\" height=\"{tall_mm}mm\" role=\"img\" \
             aria-labelledby=\"sheet-t sheet-d\" lang=\"{tag}\" xml:lang=\"{tag}\" \
             direction=\"ltr\">\n<title id=\"sheet-t\">{}</title>\n<desc id=\"sheet-d\">{}</desc>\n\
             {body}</svg>\n",
            escape(&title),
            escape(&desc),
        );
        Svg { xml, body, width, height, title, desc }
    }
}
