//! What the signs of a chart mean: a row of signs with their words, above the drawing.

use plotters::style::RGBColor;

use super::look::{BAR, INK, PAPER};
use super::scene::{At, Scene, Type};
use super::sink::Hatch;
use super::{Refusal, Task};

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// No sign: the words say which answers count.
    Words,
    /// A filled dot.
    Dot(RGBColor),
    /// An open dot.
    Ring(RGBColor),
    /// A filled box.
    Box(RGBColor),
    /// A box with a pattern.
    Hatched(RGBColor, Hatch),
    /// A pale band across a dot.
    Band(RGBColor),
    /// A line, whole or in strokes.
    Line(RGBColor, Option<(f64, f64)>),
    /// An upright stroke.
    Tick(RGBColor),
    /// A line with the mark of its series.
    Series(usize),
}

/// Colours, strokes and marks of up to three series: any one of them is enough to tell them apart.
pub(super) const SERIES: [RGBColor; 3] =
    [BAR, RGBColor(0xb3, 0x5a, 0x00), RGBColor(0x00, 0x70, 0x54)];

/// The strokes of a series, in widths of its line.
pub(super) fn strokes(series: usize, width: f64) -> Option<(f64, f64)> {
    match series % SERIES.len() {
        0 => None,
        1 => Some((width * 4.0, width * 1.8)),
        _ => Some((width * 1.2, width * 1.2)),
    }
}

/// The mark of a series: a dot, a square or a triangle, in a white rim.
pub(super) fn mark(scene: &mut Scene, series: usize, (x, y): (f64, f64), radius: f64) {
    let color = SERIES[series % SERIES.len()];
    let shape = |size: f64| match series % SERIES.len() {
        1 => vec![
            (x - size, y - size),
            (x + size, y - size),
            (x + size, y + size),
            (x - size, y + size),
        ],
        _ => vec![
            (x, y - size * 1.25),
            (x + size * 1.2, y + size * 0.85),
            (x - size * 1.2, y + size * 0.85),
        ],
    };
    if series.is_multiple_of(SERIES.len()) {
        scene.dot((x, y), radius * 1.25, PAPER, true);
        scene.dot((x, y), radius, color, true);
    } else {
        scene.shape(shape(radius * 1.2), PAPER, 1.0);
        scene.shape(shape(radius * 0.92), color, 1.0);
    }
}

/// Draws signs with their words below `scene.bottom` and moves that below them.
pub(super) fn place(
    task: &Task<'_>,
    scene: &mut Scene,
    keys: &[(Sign, String)],
) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.legend, INK);
    let room = task.width();
    let (mut x, mut y, mut tall) = (0.0, scene.bottom, 0.0_f64);
    for (sign, words) in keys.iter().filter(|(_, words)| !words.is_empty()) {
        let wide = width(*sign, style.size);
        let lines = style.wrap(words, room - wide)?;
        let mut long = wide;
        for line in &lines {
            long = f64::max(long, wide + style.width(line)?);
        }
        if x > 0.0 && x + long > room {
            (x, y, tall) = (0.0, y + tall + style.size * 0.25, 0.0);
        }
        draw(scene, *sign, (x, y + style.height(1) / 2.0), style.size);
        let middle = y + style.height(lines.len()) / 2.0;
        scene.centred((x + wide, middle), At::Start, &lines, style);
        tall = tall.max(style.height(lines.len()));
        x += long + style.size * 1.3;
    }
    if tall > 0.0 {
        scene.bottom = y + tall + style.size * 0.7;
    }
    Ok(())
}

/// The room a sign takes, with the gap after it.
fn width(sign: Sign, size: f64) -> f64 {
    match sign {
        Sign::Words => 0.0,
        Sign::Tick(_) => size * 0.9,
        Sign::Dot(_) | Sign::Ring(_) | Sign::Box(_) | Sign::Hatched(..) => size * 1.4,
        Sign::Band(_) | Sign::Line(..) | Sign::Series(_) => size * 2.6,
    }
}

fn draw(scene: &mut Scene, sign: Sign, (x, middle): (f64, f64), size: f64) {
    let (top, wide) = (middle - size / 2.0, size * 2.2);
    match sign {
        Sign::Words => {}
        Sign::Dot(color) => scene.dot((x + size / 2.0, middle), size * 0.4, color, true),
        Sign::Ring(color) => scene.dot((x + size / 2.0, middle), size * 0.4, color, false),
        Sign::Box(color) => scene.fill((x, top, size, size), color),
        Sign::Hatched(color, hatch) => {
            scene.hatched((x, top, size, size), color, Some(hatch));
        }
        Sign::Band(color) => scene.fill((x, middle - size * 0.18, wide, size * 0.36), color),
        Sign::Line(color, dash) => {
            scene.path(vec![(x, middle), (x + wide, middle)], color, size * 0.14, dash);
        }
        Sign::Tick(color) => scene.fill((x + size * 0.3, top, size * 0.16, size), color),
        Sign::Series(series) => {
            let (color, line) = (SERIES[series % SERIES.len()], size * 0.2);
            let dash = strokes(series, line);
            scene.path(vec![(x, middle), (x + wide, middle)], color, line, dash);
            mark(scene, series, (x + wide / 2.0, middle), size * 0.34);
        }
    }
}
