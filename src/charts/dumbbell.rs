//! Two ends on a row: an open dot and a filled one, with the numbers on their outer sides. A grey row of
//! strokes says that the distance is not clear.

use super::data_table::{Cells, head};
use super::ends::{self, Clear, Ends, Rows};
use super::interval::with_hidden;
use super::keys::{self, Sign};
use super::look::{BAR, INK, MUTED, PAPER, RULE};
use super::rows::{PERCENT_FROM, Words};
use super::scene::{At, Scene, Type};
use super::shares::{self, Share};
use super::sorted_bars::{cut, note};
use super::track::{Head, Track};
use super::{Refusal, Svg, Task};
use crate::words::fill;

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let mut found = ends::rows(task)?;
    let more = cut(task, &mut found.rows);
    let mut scene = Scene::new();
    let (rows, text) = (&found.rows, &task.look.text);
    key(task, &mut scene, &found)?;
    let words = Words::of(task);
    let (first, second) = styles(task);
    let (mut inside, mut column, mut most) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (one, two) in rows.iter().filter_map(Ends::both) {
        let one_wide = first.width(&one.figure(&words))?;
        inside = inside.max(one_wide).max(second.width(&two.figure(&words))?);
        most = most.max(one.value).max(two.value);
        let of = Type::plain(text.note, MUTED).width(&of_how_many(one, two, &words))?;
        // Where names stand above, how many answered stands with them.
        if task.look.beside() {
            column = column.max(of + text.note * 0.8);
        }
    }
    let heads: Vec<&Head> = rows.iter().map(|row| &row.head).collect();
    let radius = task.look.bar() * 0.3;
    let track = Track::new(task, &heads, (inside + radius * 2.0, column), most)?;
    for row in rows {
        place(task, &mut scene, &track, row)?;
    }
    let percent = |(one, two): (&Share, &Share)| one.base.max(two.base) >= PERCENT_FROM;
    if rows.iter().filter_map(Ends::both).any(percent) {
        track.axis(task, &mut scene)?;
    }
    note(task, &mut scene, &more.unwrap_or_default())?;
    if let Some(remark) = &found.remark {
        note(task, &mut scene, remark)?;
    }
    task.paint(scene, desc(task, &found))
}

fn styles(task: &Task<'_>) -> (Type, Type) {
    let size = task.look.text.total;
    (Type::plain(size, INK), Type::bold(size, INK))
}

/// How many answered, of the end with fewer answers.
fn of_how_many(one: &Share, two: &Share, words: &Words<'_>) -> String {
    if one.base <= two.base { one.of_how_many(words) } else { two.of_how_many(words) }
}

fn key(task: &Task<'_>, scene: &mut Scene, found: &Rows) -> Result<(), Refusal> {
    let [one, two] = found.names.clone();
    let mut keys = vec![(Sign::Words, shares::counted(task))];
    keys::place(task, scene, &keys)?;
    keys = vec![(Sign::Ring(BAR), one), (Sign::Dot(BAR), two)];
    let unclear = |row: &Ends| row.both().is_some() && row.clear == Clear::No;
    if found.rows.iter().any(unclear) {
        let words = if found.is_change { &task.words.no_change } else { &task.words.no_clear };
        keys.push((Sign::Line(RULE, Some(strokes(task))), words.clone()));
    }
    keys::place(task, scene, &keys)
}

fn strokes(task: &Task<'_>) -> (f64, f64) {
    let size = task.look.text.note;
    (size * 0.35, size * 0.3)
}

fn place(task: &Task<'_>, scene: &mut Scene, track: &Track, row: &Ends) -> Result<(), Refusal> {
    let words = Words::of(task);
    let of = row.both().map(|(one, two)| of_how_many(one, two, &words)).unwrap_or_default();
    let head = row.head.clone().and_under(if track.beside { "" } else { &of });
    let lane = track.lane(task, scene, &head, task.look.bar() * 0.85)?;
    let Some((one, two)) = row.both() else { return Ok(()) };
    let ((first, second), radius) = (styles(task), task.look.bar() * 0.3);
    let (a, b) = (track.at(one.value), track.at(two.value));
    let (color, width) = (if row.clear == Clear::Yes { BAR } else { RULE }, task.look.text.note);
    match row.clear {
        Clear::Yes => {
            scene.path(vec![(a, lane.middle), (b, lane.middle)], color, width * 0.3, None);
        }
        Clear::No => {
            let line = vec![(a, lane.middle), (b, lane.middle)];
            scene.path(line, color, width * 0.2, Some(strokes(task)));
        }
        // No line joins what cannot be compared.
        Clear::Broken(_) => {}
    }
    scene.dot((a, lane.middle), radius, PAPER, true);
    scene.dot((a, lane.middle), radius, color, false);
    scene.dot((b, lane.middle), radius * 0.72, color, true);
    let gap = radius * 1.6;
    let sides =
        if a <= b { [(a, At::End), (b, At::Start)] } else { [(a, At::Start), (b, At::End)] };
    for ((x, side), (share, style)) in sides.into_iter().zip([(one, first), (two, second)]) {
        let x = if side == At::End { x - gap } else { x + gap };
        scene.word((x, lane.middle), side, &share.figure(&words), style);
    }
    if !of.is_empty() && track.beside {
        let style = Type::plain(task.look.text.note, MUTED);
        scene.word((task.width(), lane.middle), At::End, &of, style);
    }
    Ok(())
}

fn desc(task: &Task<'_>, found: &Rows) -> String {
    let said: Vec<String> = found.rows.iter().filter_map(|row| ends::in_words(task, row)).collect();
    if said.is_empty() {
        return task.words.desc_nothing.clone();
    }
    let rows = format!("{}.", said.join(&task.words.semicolon));
    let [first, second] = &found.names;
    let with = [("first", first.as_str()), ("second", second), ("rows", &rows)];
    let hidden = found.rows.len() - said.len();
    with_hidden(task, fill(&task.words.desc_ends, &with), hidden)
}

/// The same numbers as a table.
pub(super) fn numbers(task: &Task<'_>) -> Option<Cells> {
    let found = ends::rows(task).ok()?;
    let (words, [first, second]) = (task.words, &found.names);
    let named =
        |name: &String| if name.is_empty() { words.table_share.clone() } else { name.clone() };
    let (first, second) = (named(first), named(second));
    let columns =
        head(&[&words.table_row, &first, &second, &words.table_difference, &words.table_base]);
    let line = |row: &Ends| {
        let said = Words::of(task);
        let name = match &row.head.with {
            Some(with) => format!("{} ({with})", row.head.name),
            None => row.head.name.clone(),
        };
        let Some((one, two)) = row.both() else {
            let why = row.head.why.clone().unwrap_or_else(|| words.table_withheld.clone());
            let none = || words.table_withheld.clone();
            return vec![name, why, none(), none(), none()];
        };
        let base = if one.base <= two.base { one } else { two };
        vec![
            name,
            one.figure(&said),
            two.figure(&said),
            ends::difference(task, row, found.is_change),
            said.people(base.base, base.exact),
        ]
    };
    Some((columns, found.rows.iter().map(line).collect()))
}
