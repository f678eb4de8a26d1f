//! Measuring and wrapping text with the embedded fonts, the same ones that are drawn.
//!
//! One face is chosen for a whole text: renderers that mix faces inside a text do it differently,
//! so a text that no face covers is refused rather than printed with empty boxes.

use std::borrow::Cow;
use std::sync::LazyLock;

use rust_embed::RustEmbed;
use rustybuzz::{Face, UnicodeBuffer};
use unicode_linebreak::{BreakOpportunity, linebreaks};

use super::Refusal;

/// The distance between two lines, in font sizes.
pub(super) const LINE: f64 = 1.25;
/// The height of a capital letter, in font sizes.
pub(super) const CAP: f64 = 0.714;

/// A word of more letters is no word of any language: it is broken anywhere, and not refused.
const ENDLESS: usize = 40;
/// The fewest letters of its parts.
const LEAST: usize = 3;

/// Where a long word may be broken, with a hyphen.
const SOFT: char = '\u{ad}';

#[derive(RustEmbed)]
#[folder = "templates/assets/fonts"]
struct Files;

/// A family of the two that are embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    NotoSans,
    Vazirmatn,
}

impl Family {
    const ALL: [Self; 2] = [Self::NotoSans, Self::Vazirmatn];

    /// Its name in `font-family`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::NotoSans => "Noto Sans",
            Self::Vazirmatn => "Vazirmatn",
        }
    }

    const fn files(self) -> [&'static str; 2] {
        match self {
            Self::NotoSans => ["NotoSans-Regular.ttf", "NotoSans-Bold.ttf"],
            Self::Vazirmatn => ["Vazirmatn-Regular.ttf", "Vazirmatn-Bold.ttf"],
        }
    }
}

/// Regular and bold of each family, in the order of [`Family::ALL`].
static FACES: LazyLock<Option<[[Face<'static>; 2]; 2]>> = LazyLock::new(|| {
    let pair = |family: Family| {
        let [regular, bold] = family.files();
        Some([face(regular)?, face(bold)?])
    };
    Some([pair(Family::NotoSans)?, pair(Family::Vazirmatn)?])
});

/// The embedded fonts, for whoever turns a drawing into paper or pixels.
#[must_use]
pub fn fonts() -> Vec<Vec<u8>> {
    let files = Family::ALL.into_iter().flat_map(Family::files);
    files.filter_map(|file| Some(Files::get(file)?.data.into_owned())).collect()
}

fn face(file: &str) -> Option<Face<'static>> {
    match Files::get(file)?.data {
        Cow::Borrowed(bytes) => Face::from_slice(bytes, 0),
        Cow::Owned(bytes) => Face::from_slice(bytes.leak(), 0),
    }
}

fn faces(family: Family) -> Result<&'static [Face<'static>; 2], Refusal> {
    let faces = FACES.as_ref().ok_or(Refusal::NoFonts)?;
    match family {
        Family::NotoSans => Ok(&faces[0]),
        Family::Vazirmatn => Ok(&faces[1]),
    }
}

/// The face of a family, regular or bold.
pub(super) fn styled(family: Family, bold: bool) -> Result<&'static Face<'static>, Refusal> {
    let [regular, heavy] = faces(family)?;
    Ok(if bold { heavy } else { regular })
}

/// Whether a letter is written with the Arabic script.
pub(super) const fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The family that covers a whole text.
pub(super) fn family(text: &str) -> Result<Family, Refusal> {
    for family in Family::ALL {
        let [regular, bold] = faces(family)?;
        let covered = |c: char| regular.glyph_index(c).is_some() && bold.glyph_index(c).is_some();
        if text.chars().filter(|c| *c != '\n').all(covered) {
            return Ok(family);
        }
    }
    Err(Refusal::NoGlyph(text.to_owned()))
}

/// How wide one line is, in the units of `size`.
pub(super) fn width(line: &str, size: f64, bold: bool) -> Result<f64, Refusal> {
    let line = super::plain::clean(line).replace(SOFT, "");
    let [regular, heavy] = faces(family(&line)?)?;
    let face = if bold { heavy } else { regular };
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&line);
    buffer.guess_segment_properties();
    let shaped = rustybuzz::shape(face, &[], buffer);
    let advance: f64 =
        shaped.glyph_positions().iter().map(|glyph| f64::from(glyph.x_advance)).sum();
    Ok(advance / f64::from(face.units_per_em()) * size)
}

/// A word with the space after it, and how wide it is with and without that space.
struct Piece {
    text: String,
    full: f64,
    bare: f64,
    ends_line: bool,
}

/// A text in lines no wider than `most`, the lines about equally long.
///
/// # Errors
/// When not even a few letters are as narrow as that, or no font has them.
pub(super) fn wrap(text: &str, size: f64, bold: bool, most: f64) -> Result<Vec<String>, Refusal> {
    let text = super::plain::clean(text);
    let pieces = pieces(text.trim(), size, bold, most)?;
    if let Some(wide) = pieces.iter().find(|piece| piece.bare > most) {
        return Err(Refusal::DoesNotFit(wide.text.trim().replace(SOFT, "")));
    }
    let wanted = greedy(&pieces, most).len();
    let widest = pieces.iter().map(|piece| piece.bare).fold(0.0, f64::max);
    let (mut low, mut high) = (widest, most);
    for _ in 0..12 {
        let middle = f64::midpoint(low, high);
        if greedy(&pieces, middle).len() <= wanted { high = middle } else { low = middle }
    }
    Ok(greedy(&pieces, high))
}

fn pieces(text: &str, size: f64, bold: bool, most: f64) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (to, how) in linebreaks(text) {
        let part = text.get(from..to).unwrap_or_default().trim_end_matches('\n');
        from = to;
        let bare = width(&broken(part.trim_end()), size, bold)?;
        let ends_line = how == BreakOpportunity::Mandatory;
        if bare > most && part.chars().count() > ENDLESS {
            pieces.extend(chopped(part, size, bold, most)?);
        } else {
            let full = width(part, size, bold)?;
            pieces.push(Piece { text: part.to_owned(), full, bare, ends_line });
        }
    }
    Ok(pieces)
}

/// A word wider than a line, in parts with a hyphen each (none in scripts that have none), so that
/// a name without end makes many lines and no broken chart.
fn chopped(word: &str, size: f64, bold: bool, most: f64) -> Result<Vec<Piece>, Refusal> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    for letter in word.chars().filter(|letter| *letter != SOFT) {
        let longer = format!("{part}{letter}");
        if width(&format!("{longer}-"), size, bold)? > most && part.chars().count() >= LEAST {
            parts.push(std::mem::replace(&mut part, letter.to_string()));
        } else {
            part = longer;
        }
    }
    let last = parts.len();
    parts.push(part);
    let piece = |(at, part): (usize, String)| {
        let soft = at < last && !part.chars().any(is_arabic);
        let text = if soft { format!("{part}{SOFT}") } else { part };
        let bare = width(&broken(text.trim_end()), size, bold)?;
        Ok(Piece { full: width(&text, size, bold)?, bare, text, ends_line: at < last })
    };
    parts.into_iter().enumerate().map(piece).collect()
}

fn greedy(pieces: &[Piece], most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut used) = (String::new(), 0.0);
    for piece in pieces {
        if !line.is_empty() && used + piece.bare > most {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        line.push_str(&piece.text);
        used += piece.full;
        if piece.ends_line {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
    }
    lines.push(line);
    lines.retain(|line| !line.trim().is_empty());
    lines.iter().map(|line| broken(line.trim()).replace(SOFT, "")).collect()
}

/// A line that ends in the middle of a word gets its hyphen.
fn broken(line: &str) -> String {
    line.strip_suffix(SOFT).map_or_else(|| line.to_owned(), |line| format!("{line}-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_letters() {
        let narrow = width("iiiiiiiiii", 10.0, false).unwrap();
        let wide = width("WWWWWWWWWW", 10.0, false).unwrap();
        assert!(wide > 3.0 * narrow);
        assert_eq!(family("العدد 206 (%)").unwrap(), Family::Vazirmatn);
        assert!(matches!(family("雨"), Err(Refusal::NoGlyph(_))));
    }

    #[test]
    fn lines_are_balanced_and_whole() {
        let text = "Children can play outside without an adult nearby";
        let lines = wrap(text, 15.0, false, 300.0).unwrap();
        assert_eq!(lines.join(" "), text);
        let widths: Vec<f64> = lines.iter().map(|line| width(line, 15.0, false).unwrap()).collect();
        assert!(widths.iter().all(|width| *width <= 300.5), "{widths:?}");
        assert!(widths[0] - widths[1] < 80.0, "{widths:?}");
        let soft = wrap("verkeers\u{ad}veiligheid", 15.0, false, 100.0).unwrap();
        assert_eq!(soft, ["verkeers-", "veiligheid"]);
        let endless = "x".repeat(300);
        let lines = wrap(&endless, 15.0, false, 100.0).unwrap();
        assert!(lines.iter().all(|line| width(line, 15.0, false).unwrap() <= 100.0), "{lines:?}");
        assert_eq!(lines.concat().replace('-', ""), endless);
        assert!(matches!(wrap(text, 15.0, false, 20.0), Err(Refusal::DoesNotFit(_))));
    }
}
