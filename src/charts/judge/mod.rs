//! The quality bar: a program looks at a finished drawing the way a careful person would.
//!
//! It reads the text of the SVG, then what a renderer makes of it with nothing but the embedded
//! fonts: the ink of every text, the pixels under it, the length of every bar. It knows nothing of
//! how a chart is drawn, so it judges drawings of anybody. What it finds has the number of its
//! check and a sentence; no finding means that the drawing may be hung.

mod bars;
mod colour;
mod ink;
mod picture;
mod pixels;
mod structure;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, LazyLock};

use usvg::{Options, Tree, fontdb, roxmltree};

pub use picture::drawn;
pub use pixels::{Image, image};

use super::{Look, LookKind, fonts};

/// What is checked; the numbers are those of the list in the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// 1: it is well-formed, and has no character that nobody can see.
    WellFormed,
    /// 2: its `viewBox`, and a size in millimetres exactly where it is printed.
    Size,
    /// 3: role, title, description, language, and ids that are there once.
    Names,
    /// 4: its description says the largest and the smallest number.
    Described,
    /// 5: every number is one, and no size is negative.
    Numbers,
    /// 6: nothing in it runs, or comes from elsewhere.
    Foreign,
    /// 7: no two texts lie on or touch each other.
    Overlap,
    /// 8: every text is on the sheet.
    Outside,
    /// 9: no letter is smaller than can be read there.
    Small,
    /// 10: every text can be told from what is really under it.
    Contrast,
    /// 11: colours of a legend are told apart by everybody, or hatched.
    Colours,
    /// 12: every letter has its shape.
    Letters,
    /// 13: for grey printing, dark ends are hatched.
    Hatched,
    /// 15: it is not too many bytes.
    Bytes,
    /// 17: drawn twice it is the same.
    Same,
    /// 18: every bar is as long as its number.
    Lengths,
    /// 19: what is withheld stands nowhere.
    Withheld,
}

impl Check {
    /// Every check, by number.
    pub const ALL: [Self; 17] = [
        Self::WellFormed,
        Self::Size,
        Self::Names,
        Self::Described,
        Self::Numbers,
        Self::Foreign,
        Self::Overlap,
        Self::Outside,
        Self::Small,
        Self::Contrast,
        Self::Colours,
        Self::Letters,
        Self::Hatched,
        Self::Bytes,
        Self::Same,
        Self::Lengths,
        Self::Withheld,
    ];

    /// What it says of a drawing that passes.
    #[must_use]
    pub const fn promise(self) -> &'static str {
        match self {
            Self::WellFormed => "It is well-formed and has no character that nobody can see.",
            Self::Size => "It fits any page, and on paper it is as many millimetres as it says.",
            Self::Names => {
                "It has a role, a title, a description, a language; its ids are its own."
            }
            Self::Described => "Its description says the largest and the smallest number.",
            Self::Numbers => "Every number in it is one, and no size is negative.",
            Self::Foreign => "Nothing in it runs or comes from elsewhere.",
            Self::Overlap => "No text touches another: measured on the ink of the letters.",
            Self::Outside => "No text leaves the sheet.",
            Self::Small => {
                "No letter is smaller than 12 pixels on a page, 24 on a projector, 13 points on paper."
            }
            Self::Contrast => {
                "Each text has a contrast of 4.5 (large ones 3) with the pixels under it."
            }
            Self::Colours => {
                "Colours of a legend are told apart by those who see no red or no green."
            }
            Self::Letters => "Every letter has its shape in an embedded font.",
            Self::Hatched => "For grey printing, what is alike in grey is hatched.",
            Self::Bytes => "A chart has at most 60 KB, a map 150.",
            Self::Same => "Drawn twice, it is the same to the byte.",
            Self::Lengths => "Each bar stands for a share in its table and is as long as that.",
            Self::Withheld => "What is withheld stands nowhere.",
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::WellFormed => 1,
            Self::Size => 2,
            Self::Names => 3,
            Self::Described => 4,
            Self::Numbers => 5,
            Self::Foreign => 6,
            Self::Overlap => 7,
            Self::Outside => 8,
            Self::Small => 9,
            Self::Contrast => 10,
            Self::Colours => 11,
            Self::Letters => 12,
            Self::Hatched => 13,
            Self::Bytes => 15,
            Self::Same => 17,
            Self::Lengths => 18,
            Self::Withheld => 19,
        }
    }
}

/// Something that is wrong with a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which check found it.
    pub check: Check,
    /// What it found.
    pub said: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check.number(), self.said)
    }
}

/// What a drawing is measured against.
#[derive(Debug, Clone)]
pub struct Yardstick {
    /// Whether it is printed at its own size.
    pub print: bool,
    /// Whether it is for grey printing.
    pub hatched: bool,
    /// The smallest letters, in units.
    pub smallest: f64,
    /// Letters from this size on count as large, and so do bold ones from four fifths of it on.
    pub large: f64,
    /// The empty edge around every text, in units.
    pub edge: f64,
    /// The least distance between two texts, in units.
    pub air: f64,
    /// How far the length of a bar may be off, in units.
    pub off: f64,
    /// The length under which a bar is drawn as a thin line, in units.
    pub least: f64,
    /// The most bytes.
    pub bytes: usize,
    /// What bars may stand for; empty when nobody knows.
    pub shares: Vec<f64>,
    /// What the description must say.
    pub says: Vec<String>,
    /// What may stand nowhere.
    pub hidden: Vec<String>,
}

/// The most bytes of a chart.
const BYTES: usize = 60 * 1024;
/// The most bytes of a map.
pub const MAP_BYTES: usize = 150 * 1024;

impl Yardstick {
    /// What a drawing for a look is measured against.
    #[must_use]
    pub fn of(look: &Look) -> Self {
        let points = |points: f64| points * 254.0 / 72.0;
        let (print, smallest, large) = match look.kind {
            LookKind::Wide | LookKind::Narrow => (false, 12.0, 24.0),
            LookKind::Projector => (false, 24.0, 48.0),
            LookKind::Wall | LookKind::Sheet => (true, points(13.0), points(18.0)),
        };
        Self {
            print,
            hatched: look.hatched,
            smallest,
            large,
            // On paper a chart lies inside a margin: a letter may reach into it by a millimetre.
            edge: if print { -10.0 } else { 0.0 },
            air: look.text.note * 0.08,
            off: if print { 2.0 } else { 0.5 },
            least: look.text.number.max(look.text.note) * 0.13,
            bytes: BYTES,
            shares: Vec::new(),
            says: Vec::new(),
            hidden: Vec::new(),
        }
    }
}

/// Everything that is wrong with a drawing.
#[must_use]
pub fn judge(xml: &str, against: &Yardstick) -> Vec<Finding> {
    let mut found = Found(Vec::new());
    let unseen = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    if let Some(letter) = xml.chars().find(|c| unseen(*c)) {
        found.add(Check::WellFormed, format!("it has the character {letter:?}"));
        return found.0;
    }
    let document = match roxmltree::Document::parse(xml) {
        Ok(document) => document,
        Err(error) => {
            found.add(Check::WellFormed, error.to_string());
            return found.0;
        }
    };
    structure::judge(&document, xml, against, &mut found);
    bars::judge(&document, against, &mut found);
    colour::judge(&document, against, &mut found);
    match tree(xml) {
        Ok(tree) => {
            let unit = unit(&document, &tree);
            let texts = ink::texts(&tree, unit);
            ink::judge(&texts, (&tree, unit), against, &mut found);
            pixels::judge(&document, xml, &texts, against, &mut found);
        }
        Err(why) => found.add(Check::WellFormed, why),
    }
    found.0
}

/// What was found so far.
struct Found(Vec<Finding>);

impl Found {
    fn add(&mut self, check: Check, said: impl Into<String>) {
        self.0.push(Finding { check, said: said.into() });
    }
}

/// The embedded fonts, and no others: the same letters on every machine.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    for font in fonts() {
        database.load_font_data(font);
    }
    Arc::new(database)
});

/// A drawing as the renderer sees it.
fn tree(xml: &str) -> Result<Tree, String> {
    let options = Options { fontdb: Arc::clone(&FONTS), ..Options::default() };
    Tree::from_str(xml, &options).map_err(|error| error.to_string())
}

/// How many of the renderer's pixels are one unit of the drawing.
fn unit(document: &roxmltree::Document<'_>, tree: &Tree) -> f64 {
    let wide = view_box(document).map_or(0.0, |[_, _, wide, _]| wide);
    if wide > 0.0 { f64::from(tree.size().width()) / wide } else { 1.0 }
}

/// The four numbers of a `viewBox`.
fn view_box(document: &roxmltree::Document<'_>) -> Option<[f64; 4]> {
    let text = document.root_element().attribute("viewBox")?;
    let numbers: Vec<f64> =
        text.split([' ', ',']).map(str::parse).collect::<Result<_, _>>().ok()?;
    numbers.try_into().ok()
}
