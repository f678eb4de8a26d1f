//! A small chart for each group, all on one scale, with a tick for everyone. Where people were drawn at
//! random and a group's interval holds the number of everyone, its bar is pale: it could be chance.

use plotters::style::RGBColor;

use super::data_table::Cells;
use super::interval::with_hidden;
use super::keys::{self, Sign};
use super::look::{BAR, INK, LookKind, MUTED, PAPER};
use super::marks::Spot;
use super::matrix::{self, Cell, Line, Matrix};
use super::scene::{At, Scene, Type};
use super::shares::number;
use super::sink::Hatch;
use super::sorted_bars::note;
use super::{Refusal, Svg, Task};
use crate::words::fill;

const TRACK: RGBColor = RGBColor(0xec, 0xec, 0xec);
/// A bar that could be chance.
const PALE: RGBColor = RGBColor(0x8f, 0xbb, 0xdc);

/// Where panels lie, and how high their parts are.
struct Panels {
    across: usize,
    wide: f64,
    gap: f64,
    /// The lines of each statement, the same in every panel.
    statements: Vec<Vec<String>>,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let matrix = matrix::matrix(task)?;
    let mut scene = Scene::new();
    keys::place(task, &mut scene, &[(Sign::Words, matrix::counts(task, &matrix))])?;
    key(task, &mut scene, &matrix)?;
    let panels = Panels::new(task, &matrix)?;
    for row in matrix.lines.chunks(panels.across) {
        panels.row(task, &mut scene, row, &matrix)?;
    }
    if matrix.extremes().is_some() {
        matrix.remarks(task, &mut scene)?;
    }
    if matrix.is_shared {
        note(task, &mut scene, &task.words.together_with_others)?;
    }
    task.paint(scene, desc(task, &matrix))
}

/// Whether a share is not clearly another than that of everyone.
fn is_like(cell: &Cell, whole: Option<&Cell>) -> bool {
    match (cell, whole) {
        (Cell::Share(share), Some(Cell::Share(whole))) => {
            let holds = |(low, high): (f64, f64)| (low..=high).contains(&whole.value);
            share.range.is_some_and(holds)
        }
        (Cell::Share(_) | Cell::Mean(..) | Cell::Hidden(_), _) => false,
    }
}

fn key(task: &Task<'_>, scene: &mut Scene, matrix: &Matrix) -> Result<(), Refusal> {
    let mut keys = Vec::new();
    if let Some(whole) = matrix.whole.as_ref().filter(|_| matrix.extremes().is_some()) {
        keys.push((Sign::Tick(INK), task.words.everyone_tick.clone()));
        let like = |line: &Line| {
            line.cells.iter().zip(&whole.cells).any(|(cell, whole)| is_like(cell, Some(whole)))
        };
        if matrix.lines.iter().any(like) {
            keys.push((Sign::Box(PALE), task.words.key_like.clone()));
        }
    }
    let some = |line: &&Line| line.why().is_none();
    let cells = matrix.lines.iter().filter(some).flat_map(|line| &line.cells);
    if cells.map(Cell::value).any(|value| value.is_none()) {
        keys.push((Sign::Hatched(PAPER, Hatch::Grey), task.words.few_cell.clone()));
    }
    keys::place(task, scene, &keys)
}

impl Panels {
    fn new(task: &Task<'_>, matrix: &Matrix) -> Result<Self, Refusal> {
        let most = match task.look.kind {
            LookKind::Narrow => 1,
            LookKind::Wall => 2,
            LookKind::Wide | LookKind::Sheet => 3,
            LookKind::Projector => 4,
        };
        // Fewer panels stand side by side where a word is too wide for them.
        let mut refused = Refusal::Empty;
        for across in (1..=most.min(matrix.lines.len().max(1))).rev() {
            match Self::with(task, matrix, across) {
                Ok(panels) => return Ok(panels),
                Err(refusal) => refused = refusal,
            }
        }
        Err(refused)
    }

    fn with(task: &Task<'_>, matrix: &Matrix, across: usize) -> Result<Self, Refusal> {
        let gap = task.look.text.statement * 1.4;
        #[expect(clippy::cast_precision_loss, reason = "a few panels")]
        let of = across as f64;
        let wide = (task.width() - gap * (of - 1.0)) / of;
        let (name, value) = styles(task);
        let mut figures = 0.0_f64;
        for cell in matrix.lines.iter().flat_map(|line| &line.cells) {
            figures = figures.max(value.width(&cell.brief(task))?);
        }
        let room = wide - figures - name.size * 0.6;
        let statements: Vec<Vec<String>> = matrix
            .columns
            .iter()
            .map(|column| name.wrap(column, room))
            .collect::<Result<_, _>>()?;
        for line in &matrix.lines {
            heading(task).wrap(&line.name, wide)?;
        }
        Ok(Self { across, wide, gap, statements })
    }

    fn row(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        lines: &[Line],
        matrix: &Matrix,
    ) -> Result<(), Refusal> {
        let (style, small) = (heading(task), Type::plain(task.look.text.note, MUTED));
        let mut heads = Vec::new();
        let mut tall = 0.0_f64;
        for line in lines {
            let name = style.wrap(&line.name, self.wide)?;
            let mut below = Vec::new();
            for words in line.with.iter().chain(&line.base(task, matrix.is_mean)) {
                below.extend(small.wrap(words, self.wide)?);
            }
            tall =
                tall.max(style.height(name.len()) + small.height(below.len()) + small.size * 0.5);
            heads.push((name, below));
        }
        let (top, body) = (scene.bottom, scene.bottom + tall + style.size * 0.35);
        let mut end = body;
        for (at, (line, (name, below))) in lines.iter().zip(&heads).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a few panels")]
            let x = at as f64 * (self.wide + self.gap);
            scene.text((x, top), At::Start, name, style);
            if !below.is_empty() {
                let y = top + style.height(name.len()) + small.size * 0.5;
                scene.text((x, y), At::Start, below, small);
            }
            end = end.max(self.panel(task, scene, line, (x, body), matrix.whole.as_ref())?);
        }
        scene.bottom = end + style.size * 0.9;
        Ok(())
    }

    /// One panel; gives back where it ends.
    fn panel(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        line: &Line,
        (x, top): (f64, f64),
        whole: Option<&Line>,
    ) -> Result<f64, Refusal> {
        let (name, _) = styles(task);
        let bar = task.look.text.number * 0.95;
        let each = |lines: &Vec<String>| name.height(lines.len()) + bar + name.size * 0.75;
        if let Some(why) = line.why() {
            let style = Type::plain(task.look.text.note, INK);
            let lines = style.wrap(why, self.wide - style.size * 2.5)?;
            let tall = self.statements.iter().map(each).sum::<f64>() - name.size * 0.55;
            let tall = tall.max(style.height(lines.len()) + style.size);
            scene.withheld((x, top, self.wide, tall), &lines, style);
            for at in &line.at {
                scene.spot(Spot::line(*at), (x + self.wide / 2.0, top + tall));
            }
            return Ok(top + tall);
        }
        let mut y = top;
        for (at, (lines, cell)) in self.statements.iter().zip(&line.cells).enumerate() {
            scene.text((x, y), At::Start, lines, name);
            let under = y + name.height(lines.len()) + name.size * 0.25;
            let whole = whole.and_then(|whole| whole.cells.get(at));
            scene.spot(Spot::line(line.at[at]), (x + self.wide / 2.0, under + bar));
            self.bar(task, scene, (cell, whole), (x, y, under, bar));
            y += each(lines);
        }
        Ok(y - name.size * 0.55)
    }

    fn bar(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        (cell, whole): (&Cell, Option<&Cell>),
        (x, y, top, bar): (f64, f64, f64, f64),
    ) {
        let Some(value) = cell.value() else {
            let area = (x, top, self.wide, bar);
            scene.hatched(area, PAPER, Some(Hatch::Grey));
            return;
        };
        let (name, figure) = styles(task);
        let at = (x + self.wide, y + name.height(1) / 2.0);
        scene.word(at, At::End, &cell.brief(task), figure);
        scene.fill((x, top, self.wide, bar), TRACK);
        let color = if is_like(cell, whole) { PALE } else { BAR };
        scene.fill((x, top, (value * self.wide).max(bar * 0.1), bar), color);
        if let Some(whole) = whole.and_then(Cell::value) {
            let width = bar * 0.2;
            let at = x + whole * self.wide - width / 2.0;
            scene.fill((at, top - bar * 0.18, width, bar * 1.36), INK);
        }
    }
}

fn heading(task: &Task<'_>) -> Type {
    Type::bold(task.look.text.statement, INK)
}

/// Statements and their figures.
fn styles(task: &Task<'_>) -> (Type, Type) {
    let text = &task.look.text;
    (Type::plain(text.legend, INK), Type::bold(text.legend, INK))
}

fn desc(task: &Task<'_>, matrix: &Matrix) -> String {
    let Some(said) = matrix.said(task) else { return task.words.desc_nothing.clone() };
    let n = number(matrix.lines.len());
    let mut with: Vec<(&str, &str)> =
        said.iter().map(|(key, text)| (*key, text.as_str())).collect();
    with.push(("n", &n));
    with_hidden(task, fill(&task.words.desc_multiples, &with), matrix.hidden())
}

/// The same numbers as a table.
pub(super) fn numbers(task: &Task<'_>) -> Option<Cells> {
    matrix::numbers(task)
}
