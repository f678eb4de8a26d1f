//! Marks on paper and the blocks they stand in. Everything is placed as if read from left to right,
//! in points from the top; a page of a right-to-left language is turned over when it is drawn.

use std::sync::Arc;

use crate::charts::Refusal;
use crate::charts::letters::{self, CAP, LINE, Letters};

/// Width and height of A4 upright.
pub(super) const A4: (f64, f64) = (595.28, 841.89);
/// The empty edge at both sides.
pub(super) const MARGIN: f64 = 45.0;
/// The empty edge at the top.
pub(super) const TOP: f64 = 40.0;
/// Between the edges.
pub(super) const WIDTH: f64 = A4.0 - 2.0 * MARGIN;

/// A shade of grey, from 0 for black to 255 for paper.
pub(super) type Grey = u8;
/// Letters and boxes.
pub(super) const INK: Grey = 20;
/// What is said by the way.
pub(super) const SOFT: Grey = 75;
/// Lines to write on and between rows.
pub(super) const RULE: Grey = 150;
/// Behind what is said apart.
pub(super) const TINT: Grey = 240;

/// What a text is to somebody who hears the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The title of the sheet.
    Title,
    /// The title of a section.
    Section,
    /// A question.
    Question,
    /// Anything else that is read.
    Words,
    /// Not read out: keys for typing, page numbers.
    Aside,
}

/// Letters of one kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) grey: Grey,
    pub(super) role: Role,
}

/// Where a line stands in its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Start,
    Middle,
    End,
}

/// One mark.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// A line of letters from `x` on; `para` is the paragraph it belongs to.
    Text { x: f64, base: f64, letters: Arc<Letters>, font: Type, para: usize },
    /// A box, filled or as an outline of this width.
    Box { x: f64, y: f64, w: f64, h: f64, grey: Grey, line: Option<f64> },
    /// A ring.
    Ring { x: f64, y: f64, r: f64, line: f64, filled: bool },
    /// A stroke.
    Stroke { from: (f64, f64), to: (f64, f64), grey: Grey, line: f64 },
    /// A bow between two points through a middle.
    Bow { from: (f64, f64), bend: (f64, f64), to: (f64, f64), line: f64 },
    /// A QR code: the path of its squares in units of a point, and its side.
    Code { x: f64, y: f64, side: f64, squares: Vec<(f64, f64, f64)> },
}

/// Marks that stay together.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
    /// Whether what follows belongs on the same page.
    pub(super) glued: bool,
}

/// Who sets letters: knows the direction of writing and counts paragraphs.
#[derive(Debug)]
pub(super) struct Setter {
    pub(super) rtl: bool,
    para: usize,
}

impl Setter {
    pub(super) const fn new(rtl: bool) -> Self {
        Self { rtl, para: 0 }
    }

    /// Sets a paragraph in a width; gives how far down it went.
    pub(super) fn text(
        &mut self,
        block: &mut Block,
        (x, y, width): (f64, f64, f64),
        align: Align,
        text: &str,
        font: Type,
    ) -> Result<f64, Refusal> {
        self.para += 1;
        // A name, a number or an address without a letter of the other script keeps its direction.
        let rtl = self.rtl && text.chars().any(letters::is_rtl);
        let lines = letters::wrapped(text, font.size, font.bold, width)?;
        let mut top = y;
        for line in &lines {
            let letters = letters::shape(line, font.bold, rtl)?;
            let free = width - letters.width * font.size;
            let x = match align {
                Align::Start => x,
                Align::Middle => x + free / 2.0,
                Align::End => x + free,
            };
            let base = top + f64::midpoint(LINE, CAP) * font.size;
            let letters = Arc::new(letters);
            block.marks.push(Mark::Text { x, base, letters, font, para: self.para });
            top += LINE * font.size;
        }
        block.height = block.height.max(top);
        Ok(top - y)
    }
}

/// How high a text gets in a width.
pub(super) fn height(text: &str, font: Type, width: f64) -> Result<f64, Refusal> {
    Ok(in_lines(letters::wrapped(text, font.size, font.bold, width)?.len(), font.size))
}

/// How wide a text is on one line.
pub(super) fn measured(text: &str, font: Type) -> Result<f64, Refusal> {
    Ok(letters::shape(text, font.bold, false)?.width * font.size)
}

/// The height of so many lines.
#[expect(clippy::cast_precision_loss, reason = "a text has few lines")]
pub(super) fn in_lines(lines: usize, size: f64) -> f64 {
    lines as f64 * LINE * size
}

impl Mark {
    /// The same mark further down.
    pub(super) fn down(mut self, by: f64) -> Self {
        match &mut self {
            Self::Text { base, .. } => *base += by,
            Self::Box { y, .. } | Self::Ring { y, .. } | Self::Code { y, .. } => *y += by,
            Self::Stroke { from, to, .. } => {
                from.1 += by;
                to.1 += by;
            }
            Self::Bow { from, bend, to, .. } => {
                from.1 += by;
                bend.1 += by;
                to.1 += by;
            }
        }
        self
    }

    /// The same mark on a page that is read from right to left.
    pub(super) fn turned(mut self) -> Self {
        let turn = |x: &mut f64| *x = A4.0 - *x;
        match &mut self {
            Self::Text { x, letters, font, .. } => *x = A4.0 - *x - letters.width * font.size,
            Self::Box { x, w, .. } => *x = A4.0 - *x - *w,
            Self::Code { x, side, .. } => *x = A4.0 - *x - *side,
            Self::Ring { x, .. } => turn(x),
            Self::Stroke { from, to, .. } => {
                turn(&mut from.0);
                turn(&mut to.0);
            }
            Self::Bow { from, bend, to, .. } => {
                turn(&mut from.0);
                turn(&mut bend.0);
                turn(&mut to.0);
            }
        }
        self
    }

    /// Left, top, right and bottom of what it covers; for letters from capital to descender.
    #[cfg(test)]
    pub(super) fn bounds(&self) -> (f64, f64, f64, f64) {
        match self {
            Self::Text { x, base, letters, font, .. } => {
                let (up, down) = (CAP * font.size, 0.22 * font.size);
                (*x, base - up, x + letters.width * font.size, base + down)
            }
            Self::Box { x, y, w, h, .. } => (*x, *y, x + w, y + h),
            Self::Ring { x, y, r, .. } => (x - r, y - r, x + r, y + r),
            Self::Code { x, y, side, .. } => (*x, *y, x + side, y + side),
            Self::Stroke { from, to, .. } | Self::Bow { from, to, .. } => {
                (from.0.min(to.0), from.1.min(to.1), from.0.max(to.0), from.1.max(to.1))
            }
        }
    }
}

impl Block {
    /// Room with nothing in it.
    pub(super) fn air(height: f64) -> Self {
        Self { height, marks: Vec::new(), glued: true }
    }

    /// A line to write on, so far down.
    pub(super) fn rule(&mut self, (x, y, width): (f64, f64, f64)) {
        let (from, to) = ((x, y), (x + width, y));
        self.marks.push(Mark::Stroke { from, to, grey: RULE, line: 0.8 });
    }

    /// A circle or square to tick, its middle at these coordinates.
    pub(super) fn tick(&mut self, (x, y): (f64, f64), side: f64, square: bool) {
        if square {
            let (x, y) = (x - side / 2.0, y - side / 2.0);
            let line = Some(1.0);
            self.marks.push(Mark::Box { x, y, w: side, h: side, grey: INK, line });
        } else {
            let (r, line) = (side / 2.0, 1.0);
            self.marks.push(Mark::Ring { x, y, r, line, filled: false });
        }
    }

    /// Puts the marks of another block below what is here.
    pub(super) fn append(&mut self, other: Self) {
        let by = self.height;
        self.marks.extend(other.marks.into_iter().map(|mark| mark.down(by)));
        self.height += other.height;
    }
}
