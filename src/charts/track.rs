//! A scale with a row for each name: names beside it or above, a light grid, and figures at its end.

use plotters::style::RGBColor;

use super::look::{INK, MUTED};
use super::marks::Spot;
use super::rows::Words;
use super::scene::{At, Scene, Type, named};
use super::{Refusal, Task};

/// The lines of the grid.
pub(super) const GRID: RGBColor = RGBColor(0xde, 0xe2, 0xe6);

/// What stands before a row, and why nothing is drawn in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// The statement or group.
    pub(super) name: String,
    /// Which small groups are counted in it.
    pub(super) with: Option<String>,
    /// Why it is not shown.
    pub(super) why: Option<String>,
    /// The places of its table in the picture and of its group in the table.
    pub(super) at: (usize, usize),
}

impl Head {
    /// The same with more words in the small line under the name.
    pub(super) fn and_under(mut self, more: &str) -> Self {
        if !more.is_empty() {
            self.with = Some(match self.with {
                Some(with) => format!("{more} · {with}"),
                None => more.to_owned(),
            });
        }
        self
    }
}

/// How long a scale beside names is at least, in letters of a name.
const LEAST: f64 = 5.0;

/// Where everything lies across.
#[derive(Debug, Clone, Copy)]
pub(super) struct Track {
    /// The width of the names.
    pub(super) names: f64,
    /// Where the room of the scale begins and ends.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Whether names stand beside the scale, and not above: as the look has it, where that leaves
    /// room for a distance.
    pub(super) beside: bool,
    /// Where nought lies, and how long a share of one is.
    nought: f64,
    unit: f64,
    /// The end of the scale, and the distance of its lines.
    pub(super) most: f64,
    pub(super) step: f64,
}

/// A row: its top, the middle of what is drawn in it, and its height there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lane {
    pub(super) top: f64,
    pub(super) middle: f64,
    pub(super) tall: f64,
}

/// The end of a scale that begins at nought, and the distance of its lines.
pub(super) fn scale(most: f64) -> (f64, f64) {
    let ends = [(0.2, 0.05), (0.3, 0.1), (0.4, 0.1), (0.5, 0.1), (0.6, 0.2), (0.8, 0.2)];
    ends.into_iter().find(|(end, _)| most <= end + 1e-9).unwrap_or((1.0, 0.2))
}

impl Track {
    /// A scale up to `most`, with room for words inside at both ends and a column at the end.
    pub(super) fn new(
        task: &Task<'_>,
        heads: &[&Head],
        (inside, column): (f64, f64),
        most: f64,
    ) -> Result<Self, Refusal> {
        let text = &task.look.text;
        let (least, to) = (text.statement * LEAST, task.width() - column);
        let beside = if task.look.beside() {
            let (wide, small) = (task.width() * 0.36, Type::plain(text.note, MUTED));
            let names = heads.iter().map(|head| head.name.as_str());
            let with = heads.iter().filter_map(|head| head.with.as_deref());
            let wide = named(task.look).column(names, wide)?.max(small.column(with, wide)?);
            let from = wide + text.statement;
            Some((wide, from)).filter(|_| to - from - 2.0 * inside >= least)
        } else {
            None
        };
        let (names, from) = beside.unwrap_or((task.width(), 0.0));
        let beside = beside.is_some();
        let (most, step) = scale(most);
        let unit = ((to - from - 2.0 * inside) / most).max(1.0);
        Ok(Self { names, from, to, beside, nought: from + inside, unit, most, step })
    }

    /// Where a share lies.
    pub(super) fn at(&self, share: f64) -> f64 {
        self.nought + share.clamp(0.0, self.most) * self.unit
    }

    /// Places a name and the grid of its row, or a box with the reason why nothing is shown; moves
    /// `scene.bottom` below it.
    pub(super) fn lane(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        head: &Head,
        tall: f64,
    ) -> Result<Lane, Refusal> {
        let (name, small) = (named(task.look), Type::plain(task.look.text.note, MUTED));
        let lines = name.wrap(&head.name, self.names)?;
        let with =
            head.with.as_ref().map_or(Ok(Vec::new()), |with| small.wrap(with, self.names))?;
        let words = name.height(lines.len()) + small.height(with.len()) + small.size * 0.35;
        let wide = task.width() - self.from;
        let why = head.why.as_ref().map(|why| small.wrap(why, wide - small.size * 2.5));
        let why = why.transpose()?.unwrap_or_default();
        let tall =
            if why.is_empty() { tall } else { tall.max(small.height(why.len()) + small.size) };
        let from = scene.bottom;
        let (label, top, bottom) = if self.beside {
            let height = f64::max(words, tall) + name.size * 0.6;
            let middle = from + height / 2.0;
            (middle - words / 2.0, middle - tall / 2.0, from + height)
        } else {
            let top = from + words + name.size * 0.12;
            (from, top, top + tall + name.size * 0.6)
        };
        scene.text((0.0, label), At::Start, &lines, name);
        if !with.is_empty() {
            let below = label + name.height(lines.len()) + small.size * 0.35;
            scene.text((0.0, below), At::Start, &with, small);
        }
        if why.is_empty() {
            let (from, to) = if self.beside { (from, bottom) } else { (top, top + tall) };
            self.grid(task, scene, (from, to));
        } else {
            scene.withheld((self.from, top, wide, tall), &why, Type::plain(small.size, INK));
        }
        // At the height of the row itself: below it, the next name begins on a phone.
        scene.spot(Spot::line(head.at), (self.from, top + tall * 0.5));
        scene.bottom = bottom;
        Ok(Lane { top, middle: top + tall / 2.0, tall })
    }

    /// The lines of the grid between two heights.
    fn grid(&self, task: &Task<'_>, scene: &mut Scene, (from, to): (f64, f64)) {
        let width = task.look.text.note * 0.08;
        for share in self.lines() {
            let x = self.at(share);
            scene.line((x, from), (x, to), GRID, width);
        }
    }

    fn lines(&self) -> impl Iterator<Item = f64> + use<> {
        let (most, step) = (self.most, self.step);
        (0_u8..=20)
            .map(move |at| f64::from(at) * step)
            .take_while(move |share| *share <= most + 1e-9)
    }

    /// The percentages under the grid: as many as there is room for, and the end always.
    pub(super) fn axis(&self, task: &Task<'_>, scene: &mut Scene) -> Result<(), Refusal> {
        let (words, style) = (Words::of(task), Type::plain(task.look.text.note, MUTED));
        let label = |share: f64| words.tick(share);
        let wide = style.width(&label(1.0))? + style.size * 0.8;
        let all = self.step * self.unit >= wide;
        let both = self.most * self.unit >= wide;
        for share in self.lines() {
            if all || (share == 0.0 && both) || share > self.most - 1e-9 {
                let middle = scene.bottom + style.height(1) / 2.0;
                scene.word((self.at(share), middle), At::Middle, &label(share), style);
            }
        }
        scene.bottom += style.height(1) + style.size * 0.2;
        Ok(())
    }
}
