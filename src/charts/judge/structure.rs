//! What the text of a drawing says: sizes, names, numbers, and nothing that runs.

use std::collections::BTreeSet;

use usvg::roxmltree::{Document, Node};

use super::{Check, Found, Yardstick, view_box};

/// The shortest title and description, in letters.
const TITLE: usize = 8;
const DESC: usize = 40;
/// Elements that have no place in a chart.
const FOREIGN: [&str; 9] = [
    "script",
    "foreignObject",
    "image",
    "style",
    "iframe",
    "animate",
    "animateTransform",
    "set",
    "use",
];
/// Attributes whose value is words or a name.
const WORDS: [&str; 6] =
    ["aria-labelledby", "aria-label", "id", "lang", "font-family", "data-code"];

pub(super) fn judge(document: &Document<'_>, xml: &str, against: &Yardstick, found: &mut Found) {
    size(document, against, found);
    names(document, against, found);
    let mut ids = BTreeSet::new();
    for node in document.descendants().filter(Node::is_element) {
        if FOREIGN.contains(&node.tag_name().name()) {
            found.add(Check::Foreign, format!("there is a <{}>", node.tag_name().name()));
        }
        attributes(&node, &mut ids, found);
    }
    if xml.len() > against.bytes {
        let said = format!("it is {} bytes, and may be {}", xml.len(), against.bytes);
        found.add(Check::Bytes, said);
    }
    for hidden in &against.hidden {
        if document.descendants().filter_map(|node| node.text()).any(|text| says(text, hidden)) {
            found.add(Check::Withheld, format!("it says {hidden:?}, which is withheld"));
        }
    }
}

fn size(document: &Document<'_>, against: &Yardstick, found: &mut Found) {
    let root = document.root_element();
    match view_box(document) {
        Some([_, _, wide, tall]) if wide > 0.0 && tall > 0.0 => {}
        Some(_) | None => found.add(Check::Size, "it has no viewBox with a width and a height"),
    }
    let sizes = [root.attribute("width"), root.attribute("height")];
    let fits = |size: Option<&str>| {
        if against.print { size.is_some_and(|size| size.ends_with("mm")) } else { size.is_none() }
    };
    if !sizes.into_iter().all(fits) {
        let said = if against.print {
            "printed, it wants a width and height in mm"
        } else {
            "on a page, it has a width or height of its own"
        };
        found.add(Check::Size, said);
    }
}

fn names(document: &Document<'_>, against: &Yardstick, found: &mut Found) {
    let root = document.root_element();
    for attribute in ["role", "lang", "aria-labelledby"] {
        if root.attribute(attribute).is_none_or(str::is_empty) {
            found.add(Check::Names, format!("it has no {attribute}"));
        }
    }
    let inside = |name: &str| root.children().find(|node| node.tag_name().name() == name);
    let text = |name: &str| inside(name).and_then(|node| node.text()).unwrap_or_default();
    for (name, least) in [("title", TITLE), ("desc", DESC)] {
        let letters = text(name).trim().chars().count();
        if letters < least {
            let said = format!("its <{name}> has {letters} letters, fewer than {least}");
            found.add(Check::Names, said);
        }
    }
    for number in &against.says {
        if !says(text("desc"), number) {
            let said = format!("its description does not say {number:?}: {:?}", text("desc"));
            found.add(Check::Described, said);
        }
    }
}

/// Whether a number or words stand in a text, and not as part of a longer number.
fn says(text: &str, wanted: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(wanted).any(|(at, _)| {
        let (before, after) = (text.get(..at), text.get(at + wanted.len()..));
        !(digit(before.and_then(|text| text.chars().next_back())) && digit(wanted.chars().next())
            || digit(after.and_then(|text| text.chars().next()))
                && digit(wanted.chars().next_back()))
    })
}

fn attributes(node: &Node<'_, '_>, ids: &mut BTreeSet<String>, found: &mut Found) {
    for attribute in node.attributes() {
        let (name, value) = (attribute.name(), attribute.value());
        if name.starts_with("on") || name == "href" || name == "style" || value.contains("://") {
            found.add(Check::Foreign, format!("there is {name}={value:?}"));
        }
        if !WORDS.contains(&name) && has_no_number(value) {
            found.add(Check::Numbers, format!("{name} is {value:?}"));
        }
        let is_size = matches!(name, "width" | "height" | "r" | "rx" | "ry" | "font-size");
        if is_size && value.starts_with('-') {
            found.add(Check::Numbers, format!("{name} is {value}"));
        }
        if name == "id" && !ids.insert(value.to_owned()) {
            found.add(Check::Names, format!("the id {value:?} is there twice"));
        }
    }
}

/// Whether a value of a drawing is what a calculation leaves behind when it failed.
fn has_no_number(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphabetic());
    words.into_iter().any(|word| matches!(word, "nan" | "inf" | "infinity"))
}
