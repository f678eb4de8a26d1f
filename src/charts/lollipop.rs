//! A ranking: a stem with a dot for each, from most to least, and a line under the first few. Where the
//! numbers on both sides of the line are as good as the same, the line is broken and a remark says so.

use super::data_table::{Cells, head};
use super::keys::{self, Sign};
use super::look::{BAR, HIGH, INK};
use super::scene::{At, Scene, Type};
use super::shares::number;
use super::sorted_bars::{Drawn, Item, Items, Room, desc, items, note, of_all, place};
use super::{Refusal, Svg, Task};
use crate::words::fill;

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let Items { bars: mut items, track, counting, foot } = items(task)?;
    let all = items.len();
    items.truncate(task.picture.most.unwrap_or(all));
    let mut scene = Scene::new();
    keys::place(task, &mut scene, &[(Sign::Dot(BAR), counting.unwrap_or_default())])?;
    let room = Room::new(task, &items, track, Drawn::Stem)?;
    let cut = cut(task, &items);
    for (at, item) in items.iter().enumerate() {
        place(task, &mut scene, &room, item)?;
        if let Some((_, close)) = cut.filter(|(cut, _)| *cut == at + 1) {
            line(task, &mut scene, at + 1, close)?;
        }
    }
    let mut remarks: Vec<String> = Vec::new();
    if cut.is_some_and(|(_, close)| close) {
        remarks.push(task.words.cut_close.clone());
    }
    if items.len() < all {
        remarks.push(of_all(task, items.len(), all));
    }
    remarks.extend(foot);
    note(task, &mut scene, &remarks.join(" "))?;
    task.paint(scene, desc(task, &items))
}

/// After how many the line comes, and whether both sides of it are as good as the same.
fn cut(task: &Task<'_>, items: &[Item]) -> Option<(usize, bool)> {
    let cut = usize::try_from(task.picture.cut?).ok()?;
    let above = cut.checked_sub(1).and_then(|at| items.get(at))?;
    let below = items.get(cut)?;
    if above.why.is_some() || below.why.is_some() {
        return None;
    }
    let gap = above.value - below.value;
    let by_chance = above.range.zip(below.range).is_some_and(|(above, below)| above.0 <= below.1);
    Some((cut, gap <= above.slack + below.slack || by_chance))
}

/// The line, with how many stand above it.
fn line(task: &Task<'_>, scene: &mut Scene, first: usize, close: bool) -> Result<(), Refusal> {
    let size = task.look.text.note;
    let style = Type::bold(size, HIGH);
    let words = fill(&task.words.cut_first, &[("n", &number(first))]);
    let wide = style.width(&words)? + size;
    let middle = scene.bottom + style.height(1) / 2.0;
    let dash = close.then_some((size * 0.5, size * 0.4));
    let path = vec![(0.0, middle), (task.width() - wide, middle)];
    scene.path(path, if close { INK } else { HIGH }, size * 0.16, dash);
    scene.word((task.width(), middle), At::End, &words, style);
    scene.bottom += style.height(1) + size * 0.3;
    Ok(())
}

/// The same numbers as a table, with their places.
pub(super) fn numbers(task: &Task<'_>) -> Option<Cells> {
    let Items { bars, .. } = items(task).ok()?;
    let words = task.words;
    let columns =
        head(&[&words.table_rank, &words.table_answer, &words.table_share, &words.table_count]);
    let line = |(at, item): (usize, &Item)| match &item.why {
        Some(why) => {
            let none = words.table_withheld.clone();
            vec![none.clone(), item.name.clone(), why.clone(), none]
        }
        None => vec![number(at + 1), item.name.clone(), item.figure.clone(), item.of.clone()],
    };
    Some((columns, bars.iter().enumerate().map(line).collect()))
}
