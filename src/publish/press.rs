//! From laid-out sheets to a tagged PDF: the title is a heading, words are paragraphs in their own
//! language, charts are figures with what they show, and marks are passed over.

use std::num::NonZeroU16;
use std::sync::{Arc, LazyLock};

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Size};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Node, Tag, TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};
use usvg::fontdb::Database;
use usvg::{Options, Tree};

use super::poster::PosterError;
use crate::charts::fonts;
use crate::charts::poster::{Laid, Part, Role};

/// The embedded fonts, and no others: the same picture on every machine.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for font in fonts() {
        database.load_font_data(font);
    }
    database.set_sans_serif_family("Noto Sans");
    Arc::new(database)
});

/// How SVG is read for paper and pixels.
#[must_use]
pub(super) fn options() -> Options<'static> {
    let fontdb = Arc::clone(&FONTS);
    Options { fontdb, font_family: "Noto Sans".to_owned(), ..Options::default() }
}

/// Sheets as the pages of a tagged PDF with its fonts in it. It declares PDF/UA where the validator
/// agrees; a few Arabic letters it does not know make it do without.
///
/// # Errors
/// When a drawing cannot be read or the PDF not written.
pub(super) fn pdf(sheets: &[Laid]) -> Result<Vec<u8>, PosterError> {
    let trees: Vec<Vec<Tree>> = sheets.iter().map(trees).collect::<Result<_, _>>()?;
    let ua = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let strict = ua.finish().map_or_else(
        |_| SerializeSettings::default(),
        |configuration| SerializeSettings { configuration, ..SerializeSettings::default() },
    );
    write(sheets, &trees, strict).or_else(|_| write(sheets, &trees, SerializeSettings::default()))
}

fn trees(sheet: &Laid) -> Result<Vec<Tree>, PosterError> {
    let options = options();
    let tree = |part: &Part| Tree::from_str(&sheet.alone(part), &options);
    let trees: Result<Vec<Tree>, usvg::Error> = sheet.parts.iter().map(tree).collect();
    trees.map_err(|error| failed(&error.to_string()))
}

fn failed(why: &str) -> PosterError {
    PosterError::Pdf(why.to_owned())
}

/// Tenths of a millimetre in points.
#[expect(clippy::cast_possible_truncation, reason = "a place on a sheet of paper")]
fn points(tenths: f64) -> f32 {
    (tenths / 254.0 * 72.0) as f32
}

fn write(
    sheets: &[Laid],
    trees: &[Vec<Tree>],
    settings: SerializeSettings,
) -> Result<Vec<u8>, PosterError> {
    let first = sheets.first().ok_or_else(|| failed("there is no sheet"))?;
    let mut document = Document::new_with(settings);
    let mut tags = TagTree::new().with_lang(Some(first.lang.tag().to_owned()));
    let mut outline = Outline::new();
    for (number, (sheet, trees)) in sheets.iter().zip(trees).enumerate() {
        let (width, height) = (points(sheet.size.0), points(sheet.size.1));
        let page = PageSettings::from_wh(width, height).ok_or_else(|| failed("no page"))?;
        let size = Size::from_wh(width, height).ok_or_else(|| failed("no size"))?;
        let mut page = document.start_page_with(page);
        let mut surface = page.surface();
        for (part, tree) in sheet.parts.iter().zip(trees) {
            draw(&mut surface, part, tree, size, &mut tags)?;
        }
        surface.finish();
        page.finish();
        let top = XyzDestination::new(number, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(sheet.title.clone(), top));
    }
    document.set_tag_tree(tags);
    document.set_outline(outline);
    let metadata = Metadata::new().title(first.title.clone());
    document.set_metadata(metadata.language(first.lang.tag().to_owned()));
    document.finish().map_err(|error| failed(&format!("{error:?}")))
}

fn draw(
    surface: &mut Surface<'_>,
    part: &Part,
    tree: &Tree,
    size: Size,
    tags: &mut TagTree,
) -> Result<(), PosterError> {
    let aside = || ContentTag::Artifact(Artifact::new(ArtifactType::Other, None));
    let tag = tag(&part.role);
    let drawing = surface.start_tagged(if tag.is_some() { ContentTag::Other } else { aside() });
    let drawn = surface.draw_svg(tree, size, SvgSettings::default());
    surface.end_tagged();
    drawn.ok_or_else(|| failed("the drawing was not taken"))?;
    if let Some(tag) = tag {
        let mut group = TagGroup::new(tag.with_lang(Some(part.lang.tag().to_owned())));
        group.push(Node::Leaf(drawing));
        tags.push(Node::Group(group));
    }
    Ok(())
}

/// What a part is called; nothing for what is passed over.
fn tag(role: &Role) -> Option<TagKind> {
    let heading = |level| Some(Tag::Hn(NonZeroU16::new(level)?, None).into());
    match role {
        Role::Title => heading(1),
        Role::Heading => heading(2),
        Role::Words => Some(Tag::P.into()),
        Role::Figure(alt) => Some(Tag::Figure(Some(alt.clone())).into()),
        Role::Aside => None,
    }
}
