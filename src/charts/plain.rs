//! Texts as SVG takes them: nothing unseen, nothing that ends an element, and whole right-to-left
//! lines in a page of either direction.

use super::layout;

/// A text without what SVG refuses or readers cannot see: control and direction characters.
pub(super) fn clean(text: &str) -> String {
    let unseen = |c: &char| {
        !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            && !matches!(c, '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fffe}' | '\u{ffff}')
            && (!c.is_control() || *c == '\n')
    };
    text.chars().filter(unseen).collect()
}

/// A line as SVG readers need it, in a page of either direction: an isolate around right-to-left
/// text that is mixed with anything else than letters.
pub(super) fn isolated(line: &str) -> String {
    let mixed = line.chars().any(|c| !layout::is_arabic(c) && c != ' ');
    if line.chars().any(layout::is_arabic) && mixed {
        format!("\u{2067}{line}\u{2069}")
    } else {
        line.to_owned()
    }
}

/// A text inside an element or an attribute.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
