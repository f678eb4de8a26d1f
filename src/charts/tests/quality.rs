//! A program looks at every chart: what charts must be before a person sees them.

use std::sync::Arc;

use usvg::{Node, Options, Tree, fontdb, roxmltree, tiny_skia_path::Rect};

use super::*;

/// The drawing as the renderer sees it, with nothing but the embedded fonts.
pub(super) fn tree(xml: &str) -> Tree {
    let mut fonts = fontdb::Database::new();
    for file in ["NotoSans-Regular", "NotoSans-Bold", "Vazirmatn-Regular", "Vazirmatn-Bold"] {
        let path = format!("{}/templates/assets/fonts/{file}.ttf", env!("CARGO_MANIFEST_DIR"));
        fonts.load_font_data(std::fs::read(path).unwrap());
    }
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    Tree::from_str(xml, &options).unwrap()
}

struct Seen {
    words: String,
    ink: Rect,
    size: f32,
    missing: usize,
}

fn texts(group: &usvg::Group, seen: &mut Vec<Seen>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => texts(inner, seen),
            Node::Text(text) => {
                let spans = text.layouted();
                let size = spans.iter().map(|span| span.font_size.get()).fold(f32::MAX, f32::min);
                let glyphs = spans.iter().flat_map(|span| &span.positioned_glyphs);
                let scale = text.abs_transform().get_scale().0;
                let mut boxes = Vec::new();
                ink(text.flattened(), &mut boxes);
                let all = boxes.into_iter().reduce(join).unwrap();
                seen.push(Seen {
                    words: text.chunks().iter().map(usvg::TextChunk::text).collect(),
                    ink: all.transform(text.abs_transform()).unwrap(),
                    size: size * scale,
                    missing: glyphs.filter(|glyph| glyph.id.0 == 0).count(),
                });
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

fn ink(group: &usvg::Group, boxes: &mut Vec<Rect>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => ink(inner, boxes),
            Node::Path(path) => boxes.push(path.abs_bounding_box()),
            Node::Text(_) | Node::Image(_) => {}
        }
    }
}

fn join(a: Rect, b: Rect) -> Rect {
    let (left, top) = (a.left().min(b.left()), a.top().min(b.top()));
    let (right, bottom) = (a.right().max(b.right()), a.bottom().max(b.bottom()));
    Rect::from_ltrb(left, top, right, bottom).unwrap()
}

#[expect(clippy::cast_possible_truncation, reason = "sizes of a drawing")]
/// The faults of one drawing; numbers are those of the quality bar.
pub(super) fn faults(svg: &Svg, look: &Look) -> Vec<String> {
    let mut faults = Vec::new();
    let document = roxmltree::Document::parse(&svg.xml).unwrap(); // 1
    structure(&document, svg, look, &mut faults);
    let tree = tree(&svg.xml);
    let scale = tree.size().width() / svg.width as f32;
    let mut seen = Vec::new();
    texts(tree.root(), &mut seen);
    let smallest = [look.text.note, look.text.number].into_iter().fold(f64::MAX, f64::min) as f32;
    let air = look.text.note as f32 * 0.08 * scale;
    for (at, text) in seen.iter().enumerate() {
        let Seen { words, ink, size, missing } = text;
        if *missing > 0 {
            faults.push(format!("12: letters missing in {words:?}"));
        }
        if size / scale < smallest - 0.05 {
            faults.push(format!("9: {} is small: {words:?}", size / scale));
        }
        let page = tree.size();
        let outside = ink.left() < -0.1 || ink.top() < -0.1 || ink.right() > page.width() + 0.1;
        if outside || ink.bottom() > page.height() + 0.1 {
            faults.push(format!("8: outside: {words:?} {ink:?} {page:?}"));
        }
        for other in &seen[at + 1..] {
            let across = ink.right().min(other.ink.right()) - ink.left().max(other.ink.left());
            let down = ink.bottom().min(other.ink.bottom()) - ink.top().max(other.ink.top());
            if across > -air && down > -air {
                faults.push(format!("7: {words:?} on {:?}", other.words));
            }
        }
    }
    faults
}

fn structure(document: &roxmltree::Document<'_>, svg: &Svg, look: &Look, faults: &mut Vec<String>) {
    let root = document.root_element();
    let wall = look.kind == LookKind::Wall;
    let sized = root.attribute("width").is_some_and(|width| width.ends_with("mm"));
    if root.attribute("viewBox").is_none() || sized != wall {
        faults.push("2: viewBox or size".to_owned());
    }
    if root.attribute("role") != Some("img") || root.attribute("lang").is_none() {
        faults.push("3: role or lang".to_owned());
    }
    if svg.title.chars().count() < 8 || svg.desc.chars().count() < 40 {
        faults.push(format!("3: title or desc short: {:?} {:?}", svg.title, svg.desc));
    }
    attributes(document, faults);
    // A map is heavier.
    let most = if svg.xml.contains("<clipPath") { 150 } else { 60 };
    if svg.xml.len() > most * 1024 {
        faults.push(format!("15: {} bytes", svg.xml.len()));
    }
}

fn attributes(document: &roxmltree::Document<'_>, faults: &mut Vec<String>) {
    let mut ids = std::collections::BTreeSet::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        if ["script", "foreignObject", "image", "style"].contains(&name) {
            faults.push(format!("6: <{name}>"));
        }
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            if name.starts_with("on") || name == "href" || name == "style" {
                faults.push(format!("6: {name}"));
            }
            if value.contains("NaN") || (name != "aria-labelledby" && value.contains("inf")) {
                faults.push(format!("5: {name}={value}"));
            }
            if ["width", "height", "r"].contains(&name) && value.starts_with('-') {
                faults.push(format!("5: negative {name}"));
            }
            if name == "id" && !ids.insert(value.to_owned()) {
                faults.push(format!("3: id {value} twice"));
            }
        }
    }
}

#[test]
fn every_chart_passes_the_quality_bar() {
    let mut all = Vec::new();
    for lang in [Lang::En, Lang::Nl, Lang::Ar] {
        let words = ChartWords::of(lang).unwrap();
        for (name, picture) in pictures::pictures(&pictures::all()) {
            for (look_name, look) in pictures::looks() {
                let svg = draw(&picture, &look, lang, &words).unwrap();
                let faults = faults(&svg, &look);
                all.extend(
                    faults.into_iter().map(|fault| format!("{name} {look_name} {lang} {fault}")),
                );
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
