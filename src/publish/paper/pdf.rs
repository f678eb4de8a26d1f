//! Pages as a PDF with its fonts in it: text that can be selected, searched and read out, marks that
//! are passed over by whoever listens.

use std::num::NonZeroU16;
use std::ops::Range;
use std::sync::LazyLock;

use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use super::page::{A4, Grey, INK, Mark, Role};
use crate::charts::letters;
use crate::domain::text::Lang;

/// The embedded fonts, read once.
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    letters::files().into_iter().filter_map(|file| Font::new(file.into(), 0)).collect()
});

/// What a PDF says about itself.
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) lang: Lang,
}

/// Writes pages as a PDF. It declares PDF/UA where the validator agrees; a few Arabic letters it
/// does not know make it do without.
///
/// # Errors
/// A sentence, when the PDF cannot be written.
pub(super) fn write(pages: &[Vec<&Mark>], about: &About<'_>) -> Result<Vec<u8>, String> {
    let ua = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let strict = ua.finish().map_or_else(
        |_| SerializeSettings::default(),
        |configuration| SerializeSettings { configuration, ..SerializeSettings::default() },
    );
    written(pages, about, strict).or_else(|_| written(pages, about, SerializeSettings::default()))
}

fn written(
    pages: &[Vec<&Mark>],
    about: &About<'_>,
    settings: SerializeSettings,
) -> Result<Vec<u8>, String> {
    let mut document = Document::new_with(settings);
    let mut tags = Tags::default();
    for marks in pages {
        #[expect(clippy::cast_possible_truncation, reason = "a page is a few hundred points")]
        let size = PageSettings::from_wh(A4.0 as f32, A4.1 as f32).ok_or("there is no page")?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, &mut tags);
        }
        surface.finish();
        page.finish();
        tags.close();
    }
    let mut tree = TagTree::new().with_lang(Some(about.lang.tag().to_owned()));
    for group in tags.done {
        tree.push(Node::Group(group));
    }
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(about.title.to_owned(), top));
    document.set_outline(outline);
    let metadata = Metadata::new().title(about.title.to_owned());
    document.set_metadata(metadata.language(about.lang.tag().to_owned()));
    document.finish().map_err(|error| format!("{error:?}"))
}

/// Paragraphs for those who listen.
#[derive(Default)]
struct Tags {
    done: Vec<TagGroup>,
    open: Option<(usize, TagGroup)>,
}

impl Tags {
    fn add(&mut self, para: usize, role: Role, leaf: Identifier) {
        if self.open.as_ref().is_none_or(|(open, _)| *open != para) {
            self.close();
            let group = match level(role) {
                Some(level) => TagGroup::new(Tag::Hn(level, None)),
                None => TagGroup::new(Tag::P),
            };
            self.open = Some((para, group));
        }
        if let Some((_, group)) = &mut self.open {
            group.push(Node::Leaf(leaf));
        }
    }

    fn close(&mut self) {
        self.done.extend(self.open.take().map(|(_, group)| group));
    }
}

fn level(role: Role) -> Option<NonZeroU16> {
    match role {
        Role::Title => NonZeroU16::new(1),
        Role::Section => NonZeroU16::new(2),
        Role::Question => NonZeroU16::new(3),
        Role::Words | Role::Aside => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "points on a page")]
const fn f(value: f64) -> f32 {
    value as f32
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, tags: &mut Tags) {
    if let Mark::Text { para, font, .. } = mark
        && font.role != Role::Aside
    {
        let leaf = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        tags.add(*para, font.role, leaf);
    } else {
        let aside = Artifact::new(ArtifactType::Other, None);
        let _nothing = surface.start_tagged(ContentTag::Artifact(aside));
    }
    paint(surface, mark);
    surface.end_tagged();
}

fn paint(surface: &mut Surface<'_>, mark: &Mark) {
    match mark {
        Mark::Text { x, base, letters, font, .. } => {
            let Some(face) = FONTS.get(letters.font) else { return };
            let glyph = |glyph: &letters::Glyph| {
                let range: Range<usize> = glyph.from..glyph.to;
                let id = GlyphId::new(glyph.id);
                KrillaGlyph::new(id, f(glyph.advance), f(glyph.x), f(glyph.y), 0.0, range, None)
            };
            let glyphs: Vec<KrillaGlyph> = letters.glyphs.iter().map(glyph).collect();
            fill(surface, font.grey);
            let at = Point::from_xy(f(*x), f(*base));
            surface.draw_glyphs(at, &glyphs, face.clone(), &letters.text, f(font.size), false);
        }
        Mark::Box { x, y, w, h, grey, line } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(f(*x), f(*y), f(*w), f(*h)) {
                path.push_rect(rect);
            }
            match line {
                Some(line) => stroke(surface, *grey, *line),
                None => fill(surface, *grey),
            }
            put(surface, path.finish());
        }
        Mark::Ring { x, y, r, line, filled } => {
            if *filled {
                fill(surface, INK);
            } else {
                stroke(surface, INK, *line);
            }
            put(surface, circle(*x, *y, *r));
        }
        Mark::Stroke { from, to, grey, line } => {
            let mut path = PathBuilder::new();
            path.move_to(f(from.0), f(from.1));
            path.line_to(f(to.0), f(to.1));
            stroke(surface, *grey, *line);
            put(surface, path.finish());
        }
        Mark::Bow { from, bend, to, line } => {
            let mut path = PathBuilder::new();
            path.move_to(f(from.0), f(from.1));
            path.quad_to(f(bend.0), f(bend.1), f(to.0), f(to.1));
            stroke(surface, INK, *line);
            put(surface, path.finish());
        }
        Mark::Code { x, y, squares, .. } => {
            let mut path = PathBuilder::new();
            for (left, top, width) in squares {
                if let Some(rect) = Rect::from_xywh(f(*left), f(*top), f(*width), f(MODULE)) {
                    path.push_rect(rect);
                }
            }
            surface.push_transform(&Transform::from_translate(f(*x), f(*y)));
            fill(surface, 0);
            put(surface, path.finish());
            surface.pop();
        }
    }
}

/// The side of a QR code's smallest square: half a millimetre.
pub(super) const MODULE: f64 = 1.42;

fn put(surface: &mut Surface<'_>, path: Option<Path>) {
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}

fn fill(surface: &mut Surface<'_>, grey: Grey) {
    surface.set_stroke(None);
    let paint = luma::Color::new(grey).into();
    surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, ..Fill::default() }));
}

fn stroke(surface: &mut Surface<'_>, grey: Grey, line: f64) {
    surface.set_fill(None);
    let paint = luma::Color::new(grey).into();
    surface.set_stroke(Some(Stroke { paint, width: f(line), ..Stroke::default() }));
}

/// A circle of four bows.
fn circle(x: f64, y: f64, radius: f64) -> Option<Path> {
    let bow = 0.552_284_75 * radius;
    let mut path = PathBuilder::new();
    let point = |(across, down): (f64, f64)| (f(x + across), f(y + down));
    let start = point((radius, 0.0));
    path.move_to(start.0, start.1);
    for bows in [
        [(radius, bow), (bow, radius), (0.0, radius)],
        [(-bow, radius), (-radius, bow), (-radius, 0.0)],
        [(-radius, -bow), (-bow, -radius), (0.0, -radius)],
        [(bow, -radius), (radius, -bow), (radius, 0.0)],
    ] {
        let [one, other, end] = bows.map(point);
        path.cubic_to(one.0, one.1, other.0, other.1, end.0, end.1);
    }
    path.close();
    path.finish()
}
