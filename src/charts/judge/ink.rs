//! Every text as ink: where its letters really are, how large, and of which colour.

use usvg::tiny_skia_path::Rect;
use usvg::{Color, Node, Paint, Tree};

use super::{Check, Found, Yardstick};

/// A text as it is seen; lengths are in the units of the drawing.
pub(super) struct Text {
    pub(super) words: String,
    /// Left, top, right, bottom.
    pub(super) ink: [f64; 4],
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) color: Color,
    missing: usize,
}

/// Every text of a drawing; `unit` says how many pixels one unit is.
pub(super) fn texts(tree: &Tree, unit: f64) -> Vec<Text> {
    let mut texts = Vec::new();
    gather(tree.root(), unit, &mut texts);
    texts
}

fn gather(group: &usvg::Group, unit: f64, texts: &mut Vec<Text>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => gather(inner, unit, texts),
            Node::Text(text) => texts.extend(seen(text, unit)),
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

fn seen(text: &usvg::Text, unit: f64) -> Option<Text> {
    let spans = text.layouted();
    let size = spans.iter().map(|span| span.font_size.get()).reduce(f32::min)?;
    let glyphs = spans.iter().flat_map(|span| &span.positioned_glyphs);
    let missing = glyphs.filter(|glyph| glyph.id.0 == 0).count();
    let scale = text.abs_transform().get_scale().0;
    let mut boxes = Vec::new();
    shapes(text.flattened(), &mut boxes);
    let ink = boxes.into_iter().reduce(join)?.transform(text.abs_transform())?;
    let span = text.chunks().first()?.spans().first()?;
    let color = match span.fill().map(usvg::Fill::paint) {
        Some(Paint::Color(color)) => *color,
        Some(Paint::LinearGradient(_) | Paint::RadialGradient(_) | Paint::Pattern(_)) | None => {
            Color::black()
        }
    };
    let sides = [ink.left(), ink.top(), ink.right(), ink.bottom()];
    Some(Text {
        words: text.chunks().iter().map(usvg::TextChunk::text).collect(),
        ink: sides.map(|side| f64::from(side) / unit),
        size: f64::from(size * scale) / unit,
        bold: span.font().weight() >= 600,
        color,
        missing,
    })
}

fn shapes(group: &usvg::Group, boxes: &mut Vec<Rect>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => shapes(inner, boxes),
            Node::Path(path) => boxes.push(path.abs_bounding_box()),
            Node::Text(_) | Node::Image(_) => {}
        }
    }
}

fn join(a: Rect, b: Rect) -> Rect {
    let (left, top) = (a.left().min(b.left()), a.top().min(b.top()));
    let (right, bottom) = (a.right().max(b.right()), a.bottom().max(b.bottom()));
    Rect::from_ltrb(left, top, right, bottom).unwrap_or(a)
}

pub(super) fn judge(
    texts: &[Text],
    (tree, unit): (&Tree, f64),
    against: &Yardstick,
    found: &mut Found,
) {
    let wide = f64::from(tree.size().width()) / unit - against.edge;
    let tall = f64::from(tree.size().height()) / unit - against.edge;
    // A hair of rounding is not a fault.
    let hair = 0.15 / unit;
    for (at, text) in texts.iter().enumerate() {
        let Text { words, ink: [left, top, right, bottom], size, .. } = text;
        if text.missing > 0 {
            found.add(Check::Letters, format!("{words:?} has {} empty letters", text.missing));
        }
        if *size < against.smallest * 0.996 {
            let said = format!("{words:?} is {size:.1}, smaller than {:.1}", against.smallest);
            found.add(Check::Small, said);
        }
        let (low, high) = (against.edge - hair, hair);
        if *left < low || *top < low || *right > wide + high || *bottom > tall + high {
            let said = format!(
                "{words:?} reaches from {left:.1} {top:.1} to {right:.1} {bottom:.1}, on {wide:.1} by {tall:.1}"
            );
            found.add(Check::Outside, said);
        }
        for other in &texts[at + 1..] {
            let across = right.min(other.ink[2]) - left.max(other.ink[0]);
            let down = bottom.min(other.ink[3]) - top.max(other.ink[1]);
            if across > -against.air && down > -against.air {
                found.add(Check::Overlap, format!("{words:?} lies on {:?}", other.words));
            }
        }
    }
}
