//! What stands around the bars of several charts: legends, and boxes that say why nothing is shown.

use plotters::style::RGBColor;

use super::look::INK;
use super::scene::{At, Scene, Type};
use super::sink::Hatch;
use super::{Refusal, Task};

/// One entry.
pub(super) struct Entry {
    pub(super) words: String,
    pub(super) color: RGBColor,
    pub(super) hatch: Option<Hatch>,
}

/// Draws a legend below `scene.bottom` and moves that below the legend.
pub(super) fn place(task: &Task<'_>, scene: &mut Scene, entries: &[Entry]) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.legend, INK);
    let (swatch, gap) = (style.size, style.size * 0.4);
    let room = task.width();
    let (mut x, mut y, mut tall) = (0.0, scene.bottom, 0.0_f64);
    for entry in entries {
        let lines = style.wrap(&entry.words, room - swatch - gap)?;
        let mut wide = swatch + gap;
        for line in &lines {
            wide = f64::max(wide, swatch + gap + style.width(line)?);
        }
        if x > 0.0 && x + wide > room {
            (x, y, tall) = (0.0, y + tall + style.size * 0.5, 0.0);
        }
        let box_top = y + style.height(1) / 2.0 - swatch / 2.0;
        scene.key((x, box_top, swatch, swatch), entry.color, entry.hatch);
        let middle = y + style.height(lines.len()) / 2.0;
        scene.centred((x + swatch + gap, middle), At::Start, &lines, style);
        tall = tall.max(style.height(lines.len()));
        x += wide + style.size * 1.1;
    }
    scene.bottom = y + tall + style.size * 0.7;
    Ok(())
}

/// A box as wide as the chart, with the reason why a table is not shown.
pub(super) fn not_shown(task: &Task<'_>, scene: &mut Scene, why: &str) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.legend, INK);
    let lines = style.wrap(why, task.width() - style.size * 2.5)?;
    let tall = style.height(lines.len()) + style.size * 1.2;
    scene.withheld((0.0, scene.bottom, task.width(), tall), &lines, style);
    scene.bottom += tall;
    Ok(())
}
