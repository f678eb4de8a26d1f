//! A number in every cell: groups by statements, or stops by what was rated. Five steps of blue help
//! the eye, and the number is always there; where nothing may be shown, the cell is hatched.
//!
//! Where the statements are too long for the heads of columns, they become rows and the groups columns;
//! where there is no room for that either, each statement is a heading with its groups below it.

use plotters::style::RGBColor;

use super::data_table::Cells;
use super::interval::with_hidden;
use super::keys::{self, Sign};
use super::legend;
use super::look::{self, INK, MUTED, PAPER, RULE};
use super::marks::Spot;
use super::matrix::{self, Cell, Line, Matrix};
use super::scene::{At, Scene, Type, named};
use super::shares::number;
use super::sink::Hatch;
use super::sorted_bars::note;
use super::{Refusal, Svg, Task};
use crate::words::fill;

/// From few to many: the steps are at least ten apart in lightness.
pub(super) const STEPS: [RGBColor; 5] = [
    RGBColor(0xe9, 0xf1, 0xf9),
    RGBColor(0xbd, 0xd7, 0xec),
    RGBColor(0x84, 0xb4, 0xd9),
    RGBColor(0x31, 0x74, 0xa8),
    RGBColor(0x0b, 0x3c, 0x6f),
];
/// The most lines of a head.
const HEAD: usize = 5;

/// How wide the steps are, of a whole of one.
#[derive(Clone, Copy)]
struct Steps(f64);

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let matrix = matrix::matrix(task)?;
    let mut scene = Scene::new();
    let steps = Steps::of(&matrix);
    key(task, &mut scene, &matrix, steps)?;
    if matrix.extremes().is_none() {
        nothing(task, &mut scene, &matrix)?;
    } else {
        if let Ok(grid) = Grid::new(task, &matrix) {
            grid.draw(task, &mut scene, &matrix, steps)?;
        } else if let Ok(turned) = Turned::new(task, &matrix) {
            turned.draw(task, &mut scene, &matrix, steps)?;
        } else {
            list(task, &mut scene, &matrix, steps)?;
        }
        matrix.remarks(task, &mut scene)?;
    }
    if matrix.is_shared {
        note(task, &mut scene, &task.words.together_with_others)?;
    }
    task.paint(scene, desc(task, &matrix))
}

impl Steps {
    /// The narrowest steps that hold every number: of five, ten, fifteen or twenty hundredths.
    fn of(matrix: &Matrix) -> Self {
        let whole = matrix.whole.iter().flat_map(|line| &line.cells).filter_map(Cell::value);
        let most = matrix.shown().map(|(.., value)| value).chain(whole).fold(0.0, f64::max);
        let wide = if matrix.is_mean { [0.2; 3] } else { [0.05, 0.1, 0.15] };
        Self(wide.into_iter().find(|wide| most <= wide * 5.0 + 1e-9).unwrap_or(0.2))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 4")]
    fn at(self, value: f64) -> RGBColor {
        let step = (value / self.0).floor().clamp(0.0, 4.0) as usize;
        STEPS[step.min(4)]
    }
}

fn key(task: &Task<'_>, scene: &mut Scene, matrix: &Matrix, steps: Steps) -> Result<(), Refusal> {
    keys::place(task, scene, &[(Sign::Words, matrix::counts(task, matrix))])?;
    if matrix.extremes().is_none() {
        return Ok(());
    }
    let range = |(at, color): (u32, &RGBColor)| {
        let end = |at: u32| {
            let end = f64::from(at) * steps.0 * if matrix.is_mean { 10.0 } else { 100.0 };
            format!("{end:.0}")
        };
        let pattern =
            if matrix.is_mean { &task.words.number_range } else { &task.words.percent_range };
        let words = fill(pattern, &[("low", &end(at)), ("high", &end(at + 1))]);
        (Sign::Box(*color), words)
    };
    let mut keys: Vec<(Sign, String)> = (0_u32..).zip(&STEPS).map(range).collect();
    if matrix.hidden() > 0 {
        keys.push((Sign::Hatched(PAPER, Hatch::Grey), task.words.few_cell.clone()));
    }
    keys::place(task, scene, &keys)
}

/// One box with the reason, where no cell may be shown.
fn nothing(task: &Task<'_>, scene: &mut Scene, matrix: &Matrix) -> Result<(), Refusal> {
    let why = matrix.lines.iter().find_map(Line::why).unwrap_or(&task.words.no_answers);
    legend::not_shown(task, scene, why)?;
    let foot = (task.width() / 2.0, scene.bottom);
    for at in matrix.lines.iter().flat_map(|line| &line.at) {
        scene.spot(Spot::line(*at), foot);
    }
    Ok(())
}

/// Where cells lie.
struct Grid {
    names: f64,
    wide: f64,
    gap: f64,
    heads: Vec<Vec<String>>,
}

impl Grid {
    fn new(task: &Task<'_>, matrix: &Matrix) -> Result<Self, Refusal> {
        let (text, name) = (&task.look.text, named(task.look));
        let gap = text.note * 0.25;
        let lines = || matrix.whole.iter().chain(&matrix.lines);
        let most = task.width() * 0.3;
        let names = name.column(lines().map(|line| line.name.as_str()), most)?;
        let small = Type::plain(text.note, MUTED);
        let bases: Vec<String> =
            lines().filter_map(|line| line.base(task, matrix.is_mean)).collect();
        let with = lines().filter_map(|line| line.with.as_deref());
        let names = names.max(small.column(bases.iter().map(String::as_str).chain(with), most)?);
        let room = task.width() - names - text.statement * 0.5;
        #[expect(clippy::cast_precision_loss, reason = "a table has few columns")]
        let wide = room / matrix.columns.len().max(1) as f64 - gap;
        let style = head_style(task);
        let heads: Vec<Vec<String>> =
            matrix.columns.iter().map(|head| style.wrap(head, wide)).collect::<Result<_, _>>()?;
        let number = Type::bold(text.number, INK);
        let cells = lines().flat_map(|line| &line.cells);
        for cell in cells {
            if number.width(&cell.brief(task))? > wide - gap * 2.0 {
                return Err(Refusal::DoesNotFit(cell.brief(task)));
            }
        }
        match heads.iter().find(|head| head.len() > HEAD) {
            Some(head) => Err(Refusal::DoesNotFit(head.join(" "))),
            None => Ok(Self { names, wide, gap, heads }),
        }
    }

    /// Where a column begins.
    #[expect(clippy::cast_precision_loss, reason = "a table has few columns")]
    fn x(&self, task: &Task<'_>, column: usize) -> f64 {
        self.names + task.look.text.statement * 0.5 + column as f64 * (self.wide + self.gap)
    }

    fn draw(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        matrix: &Matrix,
        steps: Steps,
    ) -> Result<(), Refusal> {
        let style = head_style(task);
        let most = self.heads.iter().map(Vec::len).max().unwrap_or(0);
        for (at, head) in self.heads.iter().enumerate() {
            let top = scene.bottom + style.height(most - head.len());
            let x = self.x(task, at) + self.wide / 2.0;
            scene.text((x, top), At::Middle, head, style);
        }
        scene.bottom += style.height(most) + style.size * 0.3;
        if let Some(whole) = &matrix.whole {
            self.line(task, scene, whole, (matrix, steps))?;
            scene.bottom += task.look.text.note * 0.3;
            let width = task.look.text.note * 0.08;
            scene.line((0.0, scene.bottom), (task.width(), scene.bottom), RULE, width);
            scene.bottom += task.look.text.note * 0.45;
        }
        for line in &matrix.lines {
            self.line(task, scene, line, (matrix, steps))?;
        }
        Ok(())
    }

    fn line(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        line: &Line,
        (matrix, steps): (&Matrix, Steps),
    ) -> Result<(), Refusal> {
        let (name, small) = (named(task.look), Type::plain(task.look.text.note, MUTED));
        let lines = name.wrap(&line.name, self.names)?;
        let mut below =
            line.with.as_ref().map_or(Ok(Vec::new()), |with| small.wrap(with, self.names))?;
        if let Some(base) = line.base(task, matrix.is_mean) {
            below.extend(small.wrap(&base, self.names)?);
        }
        let words = name.height(lines.len()) + small.height(below.len()) + small.size * 0.25;
        let tall = f64::max(words + small.size * 0.3, task.look.bar());
        let (top, middle) = (scene.bottom, scene.bottom + tall / 2.0);
        let label = middle - words / 2.0;
        scene.text((0.0, label), At::Start, &lines, name);
        if !below.is_empty() {
            let y = label + name.height(lines.len()) + small.size * 0.25;
            scene.text((0.0, y), At::Start, &below, small);
        }
        for (at, one) in line.cells.iter().enumerate() {
            let area = (self.x(task, at), top, self.wide, tall);
            scene.spot(Spot::line(line.at[at]), (area.0 + self.wide / 2.0, top + tall));
            cell(task, scene, one, steps, area);
        }
        scene.bottom = top + tall + self.gap;
        Ok(())
    }
}

/// The same with statements as rows and groups as columns.
struct Turned {
    names: f64,
    wide: f64,
    gap: f64,
    /// Of each group: its name, and in small letters how many answered where there is room.
    heads: Vec<[Vec<String>; 2]>,
    /// Whether how many answered stands below instead.
    below: bool,
}

impl Turned {
    fn new(task: &Task<'_>, matrix: &Matrix) -> Result<Self, Refusal> {
        let (text, name) = (&task.look.text, named(task.look));
        let gap = text.note * 0.25;
        let columns = matrix.columns.iter().map(String::as_str);
        let names = name.column(columns, task.width() * 0.45)?;
        let room = task.width() - names - text.statement * 0.5;
        let lines: Vec<&Line> = matrix.whole.iter().chain(&matrix.lines).collect();
        #[expect(clippy::cast_precision_loss, reason = "a table has few columns")]
        let wide = room / lines.len().max(1) as f64 - gap;
        let number = Type::bold(text.number, INK);
        for cell in lines.iter().flat_map(|line| &line.cells) {
            if number.width(&cell.brief(task))? > wide - gap * 2.0 {
                return Err(Refusal::DoesNotFit(cell.brief(task)));
            }
        }
        let small = Type::plain(text.note, MUTED);
        let under = |line: &Line| {
            let mut under =
                line.with.as_ref().map_or(Ok(Vec::new()), |with| small.wrap(with, wide))?;
            if let Some(base) = line.base(task, matrix.is_mean) {
                under.extend(small.wrap(&base, wide)?);
            }
            if under.len() > HEAD { Err(Refusal::DoesNotFit(line.name.clone())) } else { Ok(under) }
        };
        let unders: Result<Vec<_>, _> = lines.iter().map(|line| under(line)).collect();
        let below = unders.is_err();
        let unders = unders.unwrap_or_else(|_| vec![Vec::new(); lines.len()]);
        let mut heads = Vec::with_capacity(lines.len());
        for (line, under) in lines.iter().zip(unders) {
            let head = head_style(task).wrap(&line.name, wide)?;
            if head.len() > HEAD {
                return Err(Refusal::DoesNotFit(line.name.clone()));
            }
            heads.push([head, under]);
        }
        Ok(Self { names, wide, gap, heads, below })
    }

    fn draw(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        matrix: &Matrix,
        steps: Steps,
    ) -> Result<(), Refusal> {
        let (text, name) = (&task.look.text, named(task.look));
        let (head, small) = (head_style(task), Type::plain(text.note, MUTED));
        let mut starts = Vec::with_capacity(self.heads.len());
        let mut x = self.names + text.statement * 0.5;
        let tall = |[names, below]: &[Vec<String>; 2]| {
            head.height(names.len()) + small.height(below.len()) + small.size * 0.25
        };
        let most = self.heads.iter().map(tall).fold(0.0, f64::max);
        for one in &self.heads {
            let middle = x + self.wide / 2.0;
            scene.text((middle, scene.bottom), At::Middle, &one[0], head);
            let below = scene.bottom + head.height(one[0].len()) + small.size * 0.25;
            if !one[1].is_empty() {
                scene.text((middle, below), At::Middle, &one[1], small);
            }
            starts.push(x);
            x += self.wide + self.gap;
        }
        scene.bottom += most + head.size * 0.3;
        for (at, column) in matrix.columns.iter().enumerate() {
            let lines = name.wrap(column, self.names)?;
            let tall = f64::max(name.height(lines.len()) + small.size * 0.3, task.look.bar());
            let (top, middle) = (scene.bottom, scene.bottom + tall / 2.0);
            scene.centred((0.0, middle), At::Start, &lines, name);
            for (line, x) in matrix.whole.iter().chain(&matrix.lines).zip(&starts) {
                let Some(one) = line.cells.get(at) else { continue };
                scene.spot(Spot::line(line.at[at]), (x + self.wide / 2.0, top + tall));
                cell(task, scene, one, steps, (*x, top, self.wide, tall));
            }
            scene.bottom = top + tall + self.gap;
        }
        if self.below { answered(task, scene, matrix) } else { Ok(()) }
    }
}

fn head_style(task: &Task<'_>) -> Type {
    Type::bold(task.look.text.legend, INK)
}

fn cell(
    task: &Task<'_>,
    scene: &mut Scene,
    cell: &Cell,
    steps: Steps,
    (x, y, wide, tall): (f64, f64, f64, f64),
) {
    let Some(value) = cell.value() else {
        scene.hatched((x, y, wide, tall), PAPER, Some(Hatch::Grey));
        return;
    };
    let fill = steps.at(value);
    scene.fill((x, y, wide, tall), fill);
    let style = Type::bold(task.look.text.number, look::on(fill));
    scene.word((x + wide / 2.0, y + tall / 2.0), At::Middle, &cell.brief(task), style);
}

/// Each statement as a heading, with its groups below it.
fn list(task: &Task<'_>, scene: &mut Scene, matrix: &Matrix, steps: Steps) -> Result<(), Refusal> {
    let (text, heading) = (&task.look.text, Type::bold(task.look.text.statement, INK));
    let name = Type::plain(text.legend, INK);
    let number = Type::bold(text.number, INK);
    let mut wide = text.number * 3.0;
    for cell in matrix.lines.iter().flat_map(|line| &line.cells) {
        wide = wide.max(number.width(&cell.brief(task))? + text.number);
    }
    let room = task.width() - wide - text.statement * 0.6;
    for (at, column) in matrix.columns.iter().enumerate() {
        let lines = heading.wrap(column, task.width())?;
        scene.text((0.0, scene.bottom), At::Start, &lines, heading);
        scene.bottom += heading.height(lines.len()) + heading.size * 0.2;
        for line in matrix.whole.iter().chain(&matrix.lines) {
            let Some(one) = line.cells.get(at) else { continue };
            let lines = name.wrap(&line.name, room)?;
            let tall = f64::max(name.height(lines.len()), text.number * 1.7);
            let (top, middle) = (scene.bottom, scene.bottom + tall / 2.0);
            scene.centred((0.0, middle), At::Start, &lines, name);
            let x = task.width() - wide;
            scene.spot(Spot::line(line.at[at]), (x - wide * 0.2, top + tall));
            cell(task, scene, one, steps, (x, top, wide, tall));
            scene.bottom = top + tall + text.note * 0.2;
        }
        scene.bottom += heading.size * 0.7;
    }
    answered(task, scene, matrix)
}

/// How many answered in each group, below everything.
fn answered(task: &Task<'_>, scene: &mut Scene, matrix: &Matrix) -> Result<(), Refusal> {
    let bases = matrix.whole.iter().chain(&matrix.lines).filter_map(|line| {
        let with = line.with.as_ref().map_or_else(String::new, |with| format!(" ({with})"));
        let base = line.base(task, matrix.is_mean)?;
        Some(format!("{}{with}: {base}", line.name))
    });
    note(task, scene, &bases.collect::<Vec<_>>().join(&task.words.semicolon))
}

fn desc(task: &Task<'_>, matrix: &Matrix) -> String {
    let Some(said) = matrix.said(task) else { return task.words.desc_nothing.clone() };
    let (rows, columns) = (number(matrix.lines.len()), number(matrix.columns.len()));
    let mut with: Vec<(&str, &str)> =
        said.iter().map(|(key, text)| (*key, text.as_str())).collect();
    with.extend([("rows", rows.as_str()), ("columns", columns.as_str())]);
    with_hidden(task, fill(&task.words.desc_cells, &with), matrix.hidden())
}

/// The same numbers as a table.
pub(super) fn numbers(task: &Task<'_>) -> Option<Cells> {
    matrix::numbers(task)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lightness as the eye has it (CIE L*).
    fn lightness(color: RGBColor) -> f64 {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let y = 0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2);
        if y > 0.008_856 { 116.0 * y.cbrt() - 16.0 } else { 903.3 * y }
    }

    #[test]
    fn steps_are_told_apart_without_colour() {
        for pair in STEPS.windows(2) {
            assert!(lightness(pair[0]) - lightness(pair[1]) >= 10.0, "{pair:?}");
        }
    }
}
