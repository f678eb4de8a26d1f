//! Lines of text as glyphs in the order they are drawn, for paper that places its own letters:
//! measured, wrapped and shaped with the embedded fonts, in both directions of writing.

use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

use super::layout::{self, Family};
use super::plain::clean;
use super::{Refusal, fonts};

/// The distance between two lines, in font sizes.
pub const LINE: f64 = layout::LINE;
/// The height of a capital letter, in font sizes.
pub const CAP: f64 = layout::CAP;

/// A shaped line.
#[derive(Debug, Clone, PartialEq)]
pub struct Letters {
    /// What it says.
    pub text: String,
    /// Which of [`fonts`] it is drawn with.
    pub font: usize,
    /// Its glyphs from left to right.
    pub glyphs: Vec<Glyph>,
    /// Its width, in font sizes.
    pub width: f64,
}

/// One glyph; lengths are in font sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// Its number in the font.
    pub id: u32,
    /// How far the next one stands.
    pub advance: f64,
    /// How far it is moved to the right.
    pub x: f64,
    /// How far it is moved up.
    pub y: f64,
    /// The bytes of the text it stands for.
    pub from: usize,
    /// Where they end.
    pub to: usize,
}

/// Shapes one line of a text that is written from right to left or not.
///
/// # Errors
/// When no font has all its letters.
pub fn shape(line: &str, bold: bool, rtl: bool) -> Result<Letters, Refusal> {
    let text = clean(line);
    let family = layout::family(&text)?;
    let face = layout::styled(family, bold)?;
    let em = f64::from(face.units_per_em());
    let level = if rtl { Level::rtl() } else { Level::ltr() };
    let bidi = BidiInfo::new(&text, Some(level));
    let mut glyphs = Vec::new();
    for paragraph in &bidi.paragraphs {
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for run in runs {
            let backwards = levels.get(run.start).is_some_and(Level::is_rtl);
            let mut buffer = UnicodeBuffer::new();
            buffer.push_str(text.get(run.clone()).unwrap_or_default());
            let direction = if backwards { Direction::RightToLeft } else { Direction::LeftToRight };
            buffer.set_direction(direction);
            buffer.guess_segment_properties();
            let shaped = rustybuzz::shape(face, &[], buffer);
            let starts: Vec<usize> =
                shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
            for (info, pos) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
                let from = info.cluster as usize;
                let next = starts.iter().copied().filter(|start| *start > from).min();
                glyphs.push(Glyph {
                    id: info.glyph_id,
                    advance: f64::from(pos.x_advance) / em,
                    x: f64::from(pos.x_offset) / em,
                    y: f64::from(pos.y_offset) / em,
                    from: run.start + from,
                    to: next.map_or(run.end, |next| run.start + next),
                });
            }
        }
    }
    let width = glyphs.iter().map(|glyph| glyph.advance).sum();
    let font = 2 * usize::from(family == Family::Vazirmatn) + usize::from(bold);
    Ok(Letters { text, font, glyphs, width })
}

/// A text in lines no wider than `most`; a word that is wider is broken where it must be.
///
/// # Errors
/// When no font has all its letters.
pub fn wrapped(text: &str, size: f64, bold: bool, most: f64) -> Result<Vec<String>, Refusal> {
    match layout::wrap(text, size, bold, most) {
        Err(Refusal::DoesNotFit(word)) => {
            let broken = halves(&word, size, bold, most)?;
            if broken == word {
                return Err(Refusal::DoesNotFit(word));
            }
            wrapped(&text.replace(&word, &broken), size, bold, most)
        }
        done => done,
    }
}

/// A word in pieces that fit, with spaces between them.
fn halves(word: &str, size: f64, bold: bool, most: f64) -> Result<String, Refusal> {
    let (mut done, mut piece) = (String::new(), String::new());
    for letter in word.chars() {
        let longer = format!("{piece}{letter}");
        if !piece.is_empty() && layout::width(&longer, size, bold)? > most {
            done.push_str(&piece);
            done.push(' ');
            piece.clear();
        }
        piece.push(letter);
    }
    Ok(done + &piece)
}

/// Whether every word of a text fits in this width.
#[must_use]
pub fn fits(text: &str, size: f64, bold: bool, most: f64) -> bool {
    layout::wrap(text, size, bold, most).is_ok()
}

/// Whether a letter is written from right to left.
#[must_use]
pub fn is_rtl(letter: char) -> bool {
    layout::is_arabic(letter)
}

/// The font files, in the order of [`Letters::font`].
#[must_use]
pub fn files() -> Vec<Vec<u8>> {
    fonts()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_wide_as_it_was_measured() {
        for (text, rtl) in [("How safe do you feel?", false), ("كم مرة في السنة 2026؟", true)]
        {
            let letters = shape(text, false, rtl).unwrap();
            let measured = layout::width(text, 1.0, false).unwrap();
            assert!((letters.width - measured).abs() < 0.2, "{} {measured}", letters.width);
            assert_eq!(letters.font, if rtl { 2 } else { 0 });
        }
    }

    #[test]
    fn numbers_stand_left_of_what_follows_them_in_a_right_to_left_line() {
        let letters = shape("من 10 سنوات", false, true).unwrap();
        let first = letters.glyphs.first().map(|glyph| glyph.from).unwrap();
        assert!(first > "من 10".len(), "the last word is drawn first");
        let digits: Vec<usize> = letters
            .glyphs
            .iter()
            .filter(|glyph| {
                let drawn = letters.text.get(glyph.from..glyph.to).unwrap();
                drawn.chars().all(|c| c.is_ascii_digit())
            })
            .map(|glyph| glyph.from)
            .collect();
        assert!(digits.is_sorted(), "10 and not 01");
    }

    #[test]
    fn a_word_that_is_too_wide_is_broken() {
        let lines = wrapped("Handelsvertretungen", 20.0, false, 90.0).unwrap();
        assert!(lines.len() > 1);
        assert_eq!(lines.concat(), "Handelsvertretungen");
    }
}
