//! A drawing as pixels: a picture of it as a file, and what is really under its letters.

use usvg::roxmltree::{Document, Node};

use resvg::tiny_skia::{Color, Pixmap, Transform};

use super::colour::contrast;
use super::ink::Text;
use super::{Check, Found, Yardstick, tree, view_box};

/// The least contrast of small and of large letters.
const CONTRAST: (f64, f64) = (4.5, 3.0);
/// So many of a hundred pixels under a text may be worse.
const WORST: usize = 2;
/// The widest picture that contrast is measured on, in pixels.
const WIDE: f64 = 1400.0;

/// A picture of a drawing.
#[derive(Debug, Clone)]
pub struct Image(Pixmap);

impl Image {
    /// Its width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.0.width()
    }

    /// Its height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.0.height()
    }

    /// Pictures below and beside each other on white paper, in columns of one width.
    #[must_use]
    pub fn contact(images: &[Self], columns: usize) -> Option<Self> {
        const GAP: u32 = 24;
        let wide = images.iter().map(Self::width).max()? + GAP;
        let mut tall = vec![GAP; columns.max(1)];
        let mut at = Vec::new();
        for image in images {
            let (column, top) = tall.iter().copied().enumerate().min_by_key(|(_, tall)| *tall)?;
            at.push((u32::try_from(column).ok()? * wide + GAP, top));
            *tall.get_mut(column)? = top + image.height() + GAP;
        }
        let columns = u32::try_from(tall.len()).ok()?;
        let mut sheet = Pixmap::new(columns * wide + GAP, *tall.iter().max()?)?;
        sheet.fill(Color::from_rgba8(0xee, 0xee, 0xee, 0xff));
        for (image, (x, y)) in images.iter().zip(at) {
            let (x, y) = (i32::try_from(x).ok()?, i32::try_from(y).ok()?);
            let paint = resvg::tiny_skia::PixmapPaint::default();
            sheet.draw_pixmap(x, y, image.0.as_ref(), &paint, Transform::identity(), None);
        }
        Some(Self(sheet))
    }

    /// It as a PNG file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn png(&self) -> Result<Vec<u8>, String> {
        self.0.encode_png().map_err(|error| error.to_string())
    }
}

/// A picture of a drawing on white, so many pixels wide.
///
/// # Errors
/// When it is no drawing, or too large.
pub fn image(xml: &str, width: f64) -> Result<Image, String> {
    let tree = tree(xml)?;
    let scale = width / f64::from(tree.size().width());
    pixels(&tree, scale).map(Image).ok_or_else(|| "it is too large for a picture".to_owned())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a picture is small")]
fn pixels(tree: &usvg::Tree, scale: f64) -> Option<Pixmap> {
    let side = |length: f32| (f64::from(length) * scale).ceil().max(1.0) as u32;
    let (wide, tall) = (side(tree.size().width()), side(tree.size().height()));
    if u64::from(wide) * u64::from(tall) > 120_000_000 {
        return None;
    }
    let mut pixels = Pixmap::new(wide, tall)?;
    pixels.fill(Color::WHITE);
    let zoom = Transform::from_scale(scale as f32, scale as f32);
    resvg::render(tree, zoom, &mut pixels.as_mut());
    Some(pixels)
}

pub(super) fn judge(
    document: &Document<'_>,
    xml: &str,
    texts: &[Text],
    against: &Yardstick,
    found: &mut Found,
) {
    let wide = view_box(document).map_or(0.0, |[_, _, wide, _]| wide);
    let Ok(bare) = tree(&without_texts(document, xml)) else { return };
    if wide <= 0.0 {
        return;
    }
    // Small letters are looked at closely.
    let scale = (WIDE / wide).min(2.0);
    let Some(paper) = pixels(&bare, scale * wide / f64::from(bare.size().width())) else { return };
    for text in texts {
        let (small, large) = CONTRAST;
        let is_large =
            text.size >= against.large || (text.bold && text.size >= against.large * 0.777);
        let least = if is_large { large } else { small };
        let ink = [text.color.red, text.color.green, text.color.blue];
        let Some(worst) = worst(&paper, text.ink.map(|side| side * scale), ink) else { continue };
        if worst < least {
            let said = format!("{:?} has a contrast of {worst:.1}, less than {least}", text.words);
            found.add(Check::Contrast, said);
        }
    }
}

/// The contrast of a colour with what is under a box, but for the worst two of a hundred pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside a picture")]
fn worst(paper: &Pixmap, [left, top, right, bottom]: [f64; 4], ink: [u8; 3]) -> Option<f64> {
    let from = |side: f64| side.floor().max(0.0) as u32;
    let mut seen = Vec::new();
    for y in from(top)..=from(bottom).min(paper.height().saturating_sub(1)) {
        for x in from(left)..=from(right).min(paper.width().saturating_sub(1)) {
            let pixel = paper.pixel(x, y)?;
            seen.push(contrast(ink, [pixel.red(), pixel.green(), pixel.blue()]));
        }
    }
    seen.sort_by(f64::total_cmp);
    seen.get(seen.len() * WORST / 100).copied()
}

/// The drawing with its letters taken out.
fn without_texts(document: &Document<'_>, xml: &str) -> String {
    let is_text = |node: &Node<'_, '_>| node.tag_name().name() == "text";
    let mut bare = String::with_capacity(xml.len());
    let mut from = 0;
    for range in document.descendants().filter(is_text).map(|node| node.range()) {
        bare.push_str(xml.get(from..range.start).unwrap_or_default());
        from = range.end;
    }
    bare.push_str(xml.get(from..).unwrap_or_default());
    bare
}
