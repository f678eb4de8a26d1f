//! Signs that are told apart by their shape and not only by their colour, legends of them, and
//! remarks in which no word is too long.

use plotters::style::RGBColor;

use super::letters::wrapped;
use super::look::{BAR, INK, MUTED};
use super::scene::{At, Paint, Scene, Type};
use super::{Refusal, Task};

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Circle,
    Ring,
    Diamond,
    OpenDiamond,
    Square,
    Triangle,
    Cross,
}

/// Signs for answers that stand side by side, the first answer first.
pub(super) const KINDS: [(Symbol, RGBColor); 4] = [
    (Symbol::Circle, BAR),
    (Symbol::Diamond, RGBColor(0xb3, 0x5a, 0x00)),
    (Symbol::Square, RGBColor(0x00, 0x70, 0x54)),
    (Symbol::Triangle, INK),
];

impl Symbol {
    /// Draws it around a place.
    pub(super) fn draw(self, scene: &mut Scene, (x, y): (f64, f64), r: f64, color: RGBColor) {
        let filled = Paint { fill: Some(color), closed: true, ..Paint::default() };
        let open = Paint { line: Some((color, r * 0.3)), closed: true, ..Paint::default() };
        let lines = Paint { closed: false, ..open };
        let corners = |corners: &[(f64, f64)]| {
            corners.iter().map(|(dx, dy)| (dx.mul_add(r, x), dy.mul_add(r, y))).collect::<Vec<_>>()
        };
        let diamond = [(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)];
        match self {
            Self::Circle => scene.dot((x, y), r, color, true),
            Self::Ring => scene.dot((x, y), r, color, false),
            Self::Diamond => scene.land(vec![corners(&diamond)], filled),
            Self::OpenDiamond => {
                scene.land(vec![corners(&diamond.map(|(a, b)| (a * 0.85, b * 0.85)))], open);
            }
            Self::Square => scene.fill((x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8), color),
            Self::Triangle => {
                scene.land(vec![corners(&[(0.0, -1.1), (1.1, 0.85), (-1.1, 0.85)])], filled);
            }
            Self::Cross => {
                let strokes = [[(-0.8, -0.8), (0.8, 0.8)], [(-0.8, 0.8), (0.8, -0.8)]];
                scene.land(strokes.iter().map(|stroke| corners(stroke)).collect(), lines);
            }
        }
    }
}

/// Draws a legend of signs below `scene.bottom` and moves that below it.
pub(super) fn legend(
    task: &Task<'_>,
    scene: &mut Scene,
    entries: &[(Symbol, RGBColor, String)],
) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.legend, INK);
    let (sign, gap) = (style.size, style.size * 0.4);
    let (mut x, mut y, mut tall) = (0.0, scene.bottom, 0.0_f64);
    for (symbol, color, words) in entries {
        let lines = wrapped(words, style.size, false, task.width() - sign - gap)?;
        let mut wide = sign + gap;
        for line in &lines {
            wide = wide.max(sign + gap + style.width(line)?);
        }
        if x > 0.0 && x + wide > task.width() {
            (x, y, tall) = (0.0, y + tall + style.size * 0.25, 0.0);
        }
        symbol.draw(scene, (x + sign / 2.0, y + style.height(1) / 2.0), sign * 0.42, *color);
        let middle = y + style.height(lines.len()) / 2.0;
        scene.centred((x + sign + gap, middle), At::Start, &lines, style);
        tall = tall.max(style.height(lines.len()));
        x += wide + style.size * 1.1;
    }
    scene.bottom = y + tall + style.size * 0.7;
    Ok(())
}

/// Remarks below everything, in one paragraph; a word that is too long is broken.
pub(super) fn remarks(
    task: &Task<'_>,
    scene: &mut Scene,
    remarks: &[String],
) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.note, MUTED);
    if !remarks.is_empty() {
        let lines = wrapped(&remarks.join(" "), style.size, false, task.width())?;
        scene.bottom += style.size * 0.5;
        scene.text((0.0, scene.bottom), At::Start, &lines, style);
        scene.bottom += style.height(lines.len());
    }
    Ok(())
}
