//! Numbers beside figures that somebody said something about: a dark disc with a light rim at the
//! foot of the bar, the same in every look and in grey. Charts note where their figures stand.

use super::Task;
use super::look::{INK, PAPER};
use super::scene::{At, Scene, Type};

/// Which figure of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The place of its table in the picture.
    pub table: usize,
    /// The place of its group in the table.
    pub group: usize,
    /// The place of its choice; none for the whole line.
    pub choice: Option<usize>,
}

impl Spot {
    /// A whole line: a table and a group in it.
    #[must_use]
    pub(super) const fn line((table, group): (usize, usize)) -> Self {
        Self { table, group, choice: None }
    }
}

/// A number beside a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Which figure.
    pub spot: Spot,
    /// The number.
    pub n: usize,
}

/// Puts the numbers where the figures stand, side by side where several stand in one place.
pub(super) fn place(task: &Task<'_>, scene: &mut Scene) {
    let size = task.look.text.note;
    let radius = size * 0.78;
    let style = Type::bold(size, PAPER);
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for mark in task.marks {
        let Some((x, foot)) = found(scene, mark.spot) else { continue };
        let (first, last) = (radius, (task.width() - radius).max(radius));
        let y = (foot + radius * 0.35).max(radius * 1.2);
        let is_free = |x: f64| {
            let near = |other: &(f64, f64)| {
                (other.0 - x).abs() < radius * 2.2 && (other.1 - y).abs() < radius * 2.2
            };
            !placed.iter().any(near)
        };
        let wished = x.clamp(first, last);
        let step = radius * 1.1;
        let beside = (0..120_u32).flat_map(|n| {
            let far = f64::from(n) * step;
            [wished + far, wished - far]
        });
        let mut inside = beside.filter(|x| *x >= first - 1e-9 && *x <= last + 1e-9);
        let x = inside.find(|x| is_free(*x)).unwrap_or(wished);
        placed.push((x, y));
        scene.dot((x, y), radius * 1.18, PAPER, true);
        scene.dot((x, y), radius, INK, true);
        scene.word((x, y), At::Middle, &mark.n.to_string(), style);
        scene.bottom = scene.bottom.max(y + radius * 1.3);
    }
}

/// Where a figure stands: itself, else its line, else anything in its line.
fn found(scene: &Scene, spot: Spot) -> Option<(f64, f64)> {
    let line = Spot { choice: None, ..spot };
    let is = |wanted: Spot| scene.spots.iter().find(move |(at, _)| *at == wanted);
    let near =
        || scene.spots.iter().find(|(at, _)| (at.table, at.group) == (spot.table, spot.group));
    is(spot).or_else(|| is(line)).or_else(near).map(|(_, at)| *at)
}
