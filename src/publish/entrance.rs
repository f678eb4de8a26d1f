//! What is printed for a door: cards with one-time codes, and the sheet that hangs beside it.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Size};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{ContentTag, Node, Tag, TagGroup, TagTree};
use krilla_svg::{SurfaceExt, SvgSettings};
use usvg::Tree;

use super::poster::{PosterError, options};
use crate::charts::Svg;
use crate::charts::cards::{Card, CardSize, CardText, DoorText, cards, door_sheet};
use crate::domain::code::{Code, grouped};
use crate::domain::collection::Door;
use crate::domain::text::{Lang, Text};
use crate::words::WaysWords;

/// The most cards made at once.
pub const MOST_CARDS: usize = 1000;
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
        pdf(&cards(&text, &all)?, self.lang())
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
        pdf(&[door_sheet(&text)?], self.lang())
    }
}

/// Pages of A4 as a tagged PDF, declared PDF/UA where the validator agrees.
fn pdf(pages: &[Svg], lang: Lang) -> Result<Vec<u8>, PosterError> {
    let ua = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let strict = ua.finish().map_or_else(
        |_| SerializeSettings::default(),
        |configuration| SerializeSettings { configuration, ..SerializeSettings::default() },
    );
    write(pages, lang, strict).or_else(|_| write(pages, lang, SerializeSettings::default()))
}

fn write(pages: &[Svg], lang: Lang, settings: SerializeSettings) -> Result<Vec<u8>, PosterError> {
    let failed = |why: &str| PosterError::Pdf(why.to_owned());
    let (width, height) = (210.0 / 25.4 * 72.0, 297.0 / 25.4 * 72.0);
    let mut document = Document::new_with(settings);
    let mut tags = TagTree::new().with_lang(Some(lang.tag().to_owned()));
    for svg in pages {
        let tree = Tree::from_str(&svg.xml, &options())
            .map_err(|error| PosterError::Pdf(error.to_string()))?;
        let page = PageSettings::from_wh(width, height).ok_or_else(|| failed("no page"))?;
        let mut page = document.start_page_with(page);
        let mut surface = page.surface();
        let drawing = surface.start_tagged(ContentTag::Other);
        let size = Size::from_wh(width, height).ok_or_else(|| failed("no size"))?;
        surface
            .draw_svg(&tree, size, SvgSettings::default())
            .ok_or_else(|| failed("the drawing was not taken"))?;
        surface.end_tagged();
        surface.finish();
        page.finish();
        let mut figure = TagGroup::new(Tag::Figure(Some(svg.desc.clone())));
        figure.push(Node::Leaf(drawing));
        tags.push(Node::Group(figure));
    }
    document.set_tag_tree(tags);
    let title = pages.first().map_or(String::new(), |svg| svg.title.clone());
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(title.clone(), top));
    document.set_outline(outline);
    let metadata = Metadata::new().title(title);
    document.set_metadata(metadata.language(lang.tag().to_owned()));
    document.finish().map_err(|error| PosterError::Pdf(format!("{error:?}")))
}
