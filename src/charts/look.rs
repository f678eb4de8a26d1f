//! Sizes and colours: one look for each way a chart is read.
//!
//! A look is not scaled into another: a phone, a wall and a projector get a layout of their own,
//! because what can be read at three metres is a matter of letters and not of pixels.

use plotters::style::RGBColor;

use super::sink::Hatch;

/// How a chart is laid out, and how large its letters are.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Its width, in units: CSS pixels on a page, tenths of a millimetre on a wall.
    pub width: f64,
    /// Its letters.
    pub text: Sizes,
    /// Whether dark ends are hatched, for grey printing.
    pub hatched: bool,
    /// Where it is read.
    pub kind: LookKind,
}

/// Sizes of letters, in units of the look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Statements and names of rows.
    pub statement: f64,
    /// The totals that carry the message.
    pub total: f64,
    /// Numbers inside bars.
    pub number: f64,
    /// The legend.
    pub legend: f64,
    /// How many answered, and remarks.
    pub note: f64,
}

/// Where a chart is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookKind {
    /// On a page as wide as a text: names beside bars.
    Wide,
    /// On a phone: names above bars.
    Narrow,
    /// On paper on a wall: names above bars.
    Wall,
    /// On paper read from a step away: names beside bars, more rows.
    Sheet,
    /// On a projector: names beside bars.
    Projector,
}

/// Points in tenths of a millimetre.
fn points(points: f64) -> f64 {
    points * 254.0 / 72.0
}

impl Look {
    /// A page as wide as a text.
    #[must_use]
    pub const fn page_wide() -> Self {
        let text = Sizes { statement: 15.0, total: 16.0, number: 13.0, legend: 14.0, note: 13.0 };
        Self { width: 760.0, text, hatched: false, kind: LookKind::Wide }
    }

    /// A phone.
    #[must_use]
    pub const fn page_narrow() -> Self {
        let text = Sizes { statement: 15.0, total: 15.0, number: 12.0, legend: 13.0, note: 12.0 };
        Self { width: 360.0, text, hatched: false, kind: LookKind::Narrow }
    }

    /// A phone, for somebody who needs large letters.
    #[must_use]
    pub const fn page_large() -> Self {
        let text = Sizes { statement: 22.0, total: 24.0, number: 17.0, legend: 19.0, note: 18.0 };
        Self { width: 360.0, text, hatched: false, kind: LookKind::Narrow }
    }

    /// A wall poster: `width` in tenths of a millimetre, to be printed at its own size.
    #[must_use]
    pub fn wall(width: f64) -> Self {
        let text = Sizes {
            statement: points(36.0),
            total: points(38.0),
            number: points(22.0),
            legend: points(22.0),
            note: points(15.0),
        };
        Self { width, text, hatched: false, kind: LookKind::Wall }
    }

    /// A projector's stage, 1920 wide.
    #[must_use]
    pub const fn projector() -> Self {
        let text = Sizes { statement: 36.0, total: 40.0, number: 28.0, legend: 30.0, note: 26.0 };
        Self { width: 1920.0, text, hatched: false, kind: LookKind::Projector }
    }

    /// The same look for grey printing.
    #[must_use]
    pub const fn hatched(mut self) -> Self {
        self.hatched = true;
        self
    }

    /// Whether names stand beside their bars, and not above.
    #[must_use]
    pub const fn beside(&self) -> bool {
        match self.kind {
            LookKind::Wide | LookKind::Projector | LookKind::Sheet => true,
            LookKind::Narrow | LookKind::Wall => false,
        }
    }

    /// The empty edge around everything, so that no letter touches the border.
    pub(super) const fn edge(&self) -> f64 {
        match self.kind {
            LookKind::Wall | LookKind::Sheet => 0.0,
            LookKind::Wide | LookKind::Narrow => 4.0,
            LookKind::Projector => 16.0,
        }
    }

    /// The empty edge above and below, for letters that reach out of their lines.
    pub(super) const fn edge_down(&self) -> f64 {
        match self.kind {
            LookKind::Wall | LookKind::Sheet => self.text.note * 0.4,
            LookKind::Wide | LookKind::Narrow | LookKind::Projector => self.edge(),
        }
    }

    /// How high a bar is.
    pub(super) const fn bar(&self) -> f64 {
        match self.kind {
            LookKind::Wide | LookKind::Projector => self.text.number * 2.1,
            LookKind::Narrow => self.text.number * 2.0,
            LookKind::Wall | LookKind::Sheet => self.text.number * 1.9,
        }
    }
}

/// Letters.
pub(super) const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
/// Letters that matter less.
pub(super) const MUTED: RGBColor = RGBColor(0x54, 0x54, 0x54);
/// Lines.
pub(super) const RULE: RGBColor = RGBColor(0x78, 0x78, 0x78);
/// Paper.
pub(super) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
/// The low end in words and totals.
pub(super) const LOW: RGBColor = RGBColor(0x8c, 0x3a, 0x00);
/// The high end in words, totals and plain bars.
pub(super) const HIGH: RGBColor = RGBColor(0x0b, 0x3c, 0x6f);
/// Neither one nor the other.
pub(super) const MIDDLE: RGBColor = RGBColor(0xd4, 0xd4, 0xd4);
/// Plain bars.
pub(super) const BAR: RGBColor = RGBColor(0x00, 0x5a, 0x96);
/// The bar a plain bar is compared with.
pub(super) const OTHER: RGBColor = RGBColor(0x9a, 0x9a, 0x9a);

const LOW_LIGHT: RGBColor = RGBColor(0xf0, 0xa8, 0x60);
const HIGH_LIGHT: RGBColor = RGBColor(0x7f, 0xb8, 0xe0);

/// The colour of step `at` of `of`, from low (orange) to high (blue).
pub(super) fn step(at: usize, of: usize) -> RGBColor {
    let half = of / 2;
    if of % 2 == 1 && at == half {
        MIDDLE
    } else if at < half {
        side(at, half, [LOW, RGBColor(0xe0, 0x7a, 0x1f), LOW_LIGHT])
    } else {
        side(of - 1 - at, half, [HIGH, RGBColor(0x3b, 0x8b, 0xc4), HIGH_LIGHT])
    }
}

/// One side of a scale: `out` steps from its end, of `steps`.
fn side(out: usize, steps: usize, [dark, mid, light]: [RGBColor; 3]) -> RGBColor {
    match (steps, out) {
        (0 | 1, _) | (_, 0) => dark,
        (2, _) => mid,
        (_, out) => between(dark, light, out, steps - 1),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "between two bytes lies a byte")]
fn between(from: RGBColor, to: RGBColor, at: usize, of: usize) -> RGBColor {
    let (at, of) = (at.min(of), of.max(1));
    let mix = |a: u8, b: u8| ((usize::from(a) * (of - at) + usize::from(b) * at) / of) as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// The pattern of step `at` of `of` where grey printing would make both ends alike.
pub(super) fn hatch(at: usize, of: usize) -> Option<Hatch> {
    let half = of / 2;
    (at < half).then_some(if at * 2 < half { Hatch::White } else { Hatch::Dark })
}

/// Letters that can be read on a fill.
pub(super) fn on(fill: RGBColor) -> RGBColor {
    if 1.05 / (luminance(fill) + 0.05) >= 4.5 { PAPER } else { INK }
}

fn luminance(color: RGBColor) -> f64 {
    let linear = |byte: u8| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: RGBColor, b: RGBColor) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn numbers_can_be_read_on_every_colour() {
        for of in 2..=11 {
            for at in 0..of {
                let fill = step(at, of);
                assert!(contrast(fill, on(fill)) >= 4.5, "step {at} of {of}: {fill:?}");
            }
        }
        assert!(contrast(BAR, PAPER) >= 3.0 && contrast(MUTED, PAPER) >= 4.5);
        assert!(contrast(LOW, PAPER) >= 4.5 && contrast(HIGH, PAPER) >= 4.5);
    }
}
