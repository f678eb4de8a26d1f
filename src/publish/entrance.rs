//! What is printed for a door: cards with one-time codes, and the sheet that hangs beside it.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Size, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{ContentTag, Node, Tag, TagGroup, TagTree};
use krilla_svg::{SurfaceExt, SvgSettings};
use usvg::Tree;

use super::poster::PosterError;
use super::press::options;
use crate::charts::Svg;
use crate::charts::cards::{A4, Card, CardSheets, CardSize, CardText, DoorText, cards, door_sheet};
use crate::domain::code::{Code, grouped};
use crate::domain::collection::Door;
use crate::domain::text::{Lang, Text};
use crate::words::WaysWords;

/// The most cards made at once.
pub const MOST_CARDS: usize = 500;
/// The most languages on a card.
pub const MOST_LANGUAGES: usize = 3;

/// A door that is printed.
#[derive(Debug, Clone)]
pub struct Entrance<'a> {
    /// The door.
    pub door: &'a Door,
    /// How this server is reached, as in `https://diagnosis.example.org`.
    pub base: &'a str,
    /// What the diagnosis is called.
    pub name: &'a str,
    /// The questionnaire behind the door.
    pub about: &'a Text,
    /// The languages to print, with their texts.
    pub languages: Vec<(Lang, &'a WaysWords)>,
    /// Said when everything is invented.
    pub invented: Option<String>,
}

impl Entrance<'_> {
    /// The address to type: without what a browser adds by itself, the letters in groups.
    #[must_use]
    pub fn address(&self) -> String {
        let host = self.base.split_once("://").map_or(self.base, |(_, host)| host);
        format!("{host}/p/{}", grouped(&self.door.code, 4))
    }

    fn scanned(&self) -> String {
        format!("{}/p/{}", self.base, self.door.code)
    }

    fn lang(&self) -> Lang {
        self.languages.first().map_or(Lang::En, |(lang, _)| *lang)
    }

    /// Cards to cut out, one for each code, as a PDF. The code stands behind the `#` of the address:
    /// no server ever sees that part.
    ///
    /// # Errors
    /// When the words do not fit or the PDF cannot be written.
    pub fn cards(&self, codes: &[Code], size: CardSize) -> Result<Vec<u8>, PosterError> {
        let said = |(lang, words): &(Lang, &WaysWords)| {
            (*lang, format!("{} {}", words.card_draw, words.card_scan))
        };
        let text = CardText {
            name: self.name.to_owned(),
            address: self.address(),
            said: self.languages.iter().map(said).collect(),
            size,
            title: format!("{} · {}", self.name, self.door.code),
            invented: self.invented.clone(),
        };
        let scanned = self.scanned();
        let card = |code: &Code| Card {
            scanned: format!("{scanned}#{}", code.letters()),
            typed: code.grouped(),
        };
        let all: Vec<Card> = codes.iter().map(card).collect();
        let sheets = cards(&text, &all)?;
        let drawn = Drawn::of(&sheets)?;
        let pages = drawn.each.chunks(sheets.corners.len().max(1));
        let pages = pages.map(|cards| {
            let mut page = vec![(0.0, 0.0, &drawn.marks)];
            for ((x, y), card) in sheets.corners.iter().zip(cards) {
                page.extend([(*x, *y, &drawn.every), (*x, *y, card)]);
            }
            page
        });
        pdf(&pages.collect::<Vec<_>>(), &sheets.marks, self.lang())
    }

    /// The sheet beside the door, as a PDF.
    ///
    /// # Errors
    /// When the words do not fit or the PDF cannot be written.
    pub fn sheet(&self) -> Result<Vec<u8>, PosterError> {
        let said = |(lang, words): &(Lang, &WaysWords)| {
            let about = self.about.get(*lang).to_owned();
            (*lang, [about, words.poster_scan.clone(), words.poster_type.clone()])
        };
        let text = DoorText {
            name: self.name.to_owned(),
            scanned: self.scanned(),
            address: self.address(),
            said: self.languages.iter().map(said).collect(),
            invented: self.invented.clone(),
        };
        let sheet = door_sheet(&text)?;
        pdf(&[vec![(0.0, 0.0, &tree(&sheet)?)]], &sheet, self.lang())
    }
}

/// Cards, read once: a thousand of them say the same words.
struct Drawn {
    marks: Tree,
    every: Tree,
    each: Vec<Tree>,
}

impl Drawn {
    fn of(sheets: &CardSheets) -> Result<Self, PosterError> {
        let each = sheets.each.iter().map(tree).collect::<Result<_, _>>()?;
        Ok(Self { marks: tree(&sheets.marks)?, every: tree(&sheets.every)?, each })
    }
}

fn tree(svg: &Svg) -> Result<Tree, PosterError> {
    Tree::from_str(&svg.xml, &options()).map_err(|error| PosterError::Pdf(error.to_string()))
}

/// Drawings with where they stand on a page, in tenths of a millimetre.
type Page<'t> = Vec<(f64, f64, &'t Tree)>;

/// Tenths of a millimetre in points.
#[expect(clippy::cast_possible_truncation, reason = "a place on a sheet of paper")]
fn points(tenths: f64) -> f32 {
    (tenths / 254.0 * 72.0) as f32
}

/// Pages of A4 as a tagged PDF, declared PDF/UA where the validator agrees. `about` says what they
/// are called and what is on each, for who cannot see it.
fn pdf(pages: &[Page<'_>], about: &Svg, lang: Lang) -> Result<Vec<u8>, PosterError> {
    let ua = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let strict = ua.finish().map_or_else(
        |_| SerializeSettings::default(),
        |configuration| SerializeSettings { configuration, ..SerializeSettings::default() },
    );
    write(pages, about, lang, strict)
        .or_else(|_| write(pages, about, lang, SerializeSettings::default()))
}

fn write(
    pages: &[Page<'_>],
    about: &Svg,
    lang: Lang,
    settings: SerializeSettings,
) -> Result<Vec<u8>, PosterError> {
    let failed = |why: &str| PosterError::Pdf(why.to_owned());
    let mut document = Document::new_with(settings);
    let mut tags = TagTree::new().with_lang(Some(lang.tag().to_owned()));
    for placed in pages {
        let page = PageSettings::from_wh(points(A4.0), points(A4.1));
        let mut page = document.start_page_with(page.ok_or_else(|| failed("no page"))?);
        let mut surface = page.surface();
        let drawing = surface.start_tagged(ContentTag::Other);
        for (x, y, tree) in placed {
            let (width, height) = (tree.size().width(), tree.size().height());
            let size = Size::from_wh(points(width.into()), points(height.into()));
            surface.push_transform(&Transform::from_translate(points(*x), points(*y)));
            surface
                .draw_svg(tree, size.ok_or_else(|| failed("no size"))?, SvgSettings::default())
                .ok_or_else(|| failed("the drawing was not taken"))?;
            surface.pop();
        }
        surface.end_tagged();
        surface.finish();
        page.finish();
        let mut figure = TagGroup::new(Tag::Figure(Some(about.desc.clone())));
        figure.push(Node::Leaf(drawing));
        tags.push(Node::Group(figure));
    }
    document.set_tag_tree(tags);
    let title = about.title.clone();
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(title.clone(), top));
    document.set_outline(outline);
    let metadata = Metadata::new().title(title);
    document.set_metadata(metadata.language(lang.tag().to_owned()));
    document.finish().map_err(|error| PosterError::Pdf(format!("{error:?}")))
}
