//! Lines over waves: one share of up to three statements, from nought. A line joins two waves only where
//! they may be compared; elsewhere it is broken, and a remark says why.
//!
//! Time runs from left to right in every language. Each series has a colour, strokes and a mark of its
//! own, and its name at its end where there is room, else above.

use super::data_table::Cells;
use super::ends::{between, dates, reason, table};
use super::interval::with_hidden;
use super::keys::{self, SERIES, Sign, mark, strokes};
use super::look::{INK, LookKind, MUTED, PAPER};
use super::marks::Spot;
use super::rows::{self, Words};
use super::scene::{At, Scene, Type};
use super::shares::{Share, counted, counting, number};
use super::sink::Hatch;
use super::sorted_bars::note;
use super::track::{GRID, scale};
use super::{Refusal, Round, Svg, Task};
use crate::release::change::{Break, Change};
use crate::release::table::Table;
use crate::words::fill;

/// Everything over time, before it is placed.
struct Story {
    names: Vec<String>,
    dates: Vec<String>,
    /// By round and series.
    points: Vec<Vec<Option<Share>>>,
    /// Why a round shows nothing of a series.
    hidden: Vec<Vec<Option<String>>>,
    /// What became of each series since the round before; nothing for the first.
    told: Vec<Vec<Option<Change>>>,
}

/// Where everything lies, measured from the left whatever the language.
struct Plot {
    width: f64,
    is_rtl: bool,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    most: f64,
    step: f64,
    slot: f64,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    rows::only_shares(task)?;
    let mut story = Story::of(task)?;
    let all = story.dates.len();
    let mut scene = Scene::new();
    keys::place(task, &mut scene, &[(Sign::Words, counted(task))])?;
    let ends = ends(task, &story)?;
    if ends.is_none() {
        let key = |(at, name): (usize, &String)| (Sign::Series(at), name.clone());
        let keys: Vec<(Sign, String)> = story.names.iter().enumerate().map(key).collect();
        keys::place(task, &mut scene, &keys)?;
    }
    let plot = Plot::new(task, &mut scene, &mut story, ends.as_ref())?;
    plot.grid(task, &mut scene);
    plot.gaps(task, &mut scene, &story);
    plot.lines(task, &mut scene, &story);
    plot.figures(task, &mut scene, &story)?;
    if let Some(ends) = &ends {
        plot.ends(task, &mut scene, &story, ends);
    }
    plot.under(task, &mut scene, &story)?;
    let shown = story.dates.len();
    if shown < all {
        let with = [("n", number(shown)), ("of", number(all))];
        let with = [("n", with[0].1.as_str()), ("of", with[1].1.as_str())];
        note(task, &mut scene, &fill(&task.words.last_rounds, &with))?;
    }
    for remark in story.remarks(task) {
        note(task, &mut scene, &remark)?;
    }
    task.paint(scene, story.desc(task))
}

impl Story {
    fn of(task: &Task<'_>) -> Result<Self, Refusal> {
        let alone = [Round {
            tables: task.picture.tables.iter().map(|table| Some((*table).clone())).collect(),
            joins: Vec::new(),
        }];
        let rounds = if task.picture.rounds.is_empty() { &alone[..] } else { task.picture.rounds };
        let series = rounds.iter().map(|round| round.tables.len()).max().unwrap_or(0);
        if series == 0 || series > SERIES.len() {
            return Err(Refusal::NotThisWay("lines over waves are of one to three questions"));
        }
        let newest = |at: usize| rounds.iter().rev().find_map(|round| table(round, at));
        let name = |at: usize| {
            newest(at).map_or_else(String::new, |table| table.text().get(task.lang).to_owned())
        };
        let words = Words::of(task);
        let share = |table: &Table| Share::of(table, 0, &counting(task, table));
        let points = rounds
            .iter()
            .map(|round| (0..series).map(|at| table(round, at).and_then(share)).collect());
        let why = |found: &Table| found.withheld().map(|why| words.why(why));
        let hidden = rounds
            .iter()
            .map(|round| (0..series).map(|at| table(round, at).and_then(why)).collect());
        let mut told = vec![vec![None; series]];
        for pair in rounds.windows(2) {
            if let [before, now] = pair {
                let mut one = between(task, before, now);
                one.resize(series, None);
                told.push(one);
            }
        }
        Ok(Self {
            names: (0..series).map(name).collect(),
            dates: dates(task, &rounds.iter().collect::<Vec<_>>()),
            points: points.collect(),
            hidden: hidden.collect(),
            told,
        })
    }

    /// Keeps the last so many rounds.
    fn keep(&mut self, last: usize) {
        let from = self.dates.len().saturating_sub(last);
        self.dates.drain(..from);
        self.points.drain(..from);
        self.hidden.drain(..from);
        self.told.drain(..from);
        if let Some(first) = self.told.first_mut() {
            first.fill(None);
        }
    }

    /// Whether a line joins a round with the one before.
    fn is_joined(&self, round: usize, series: usize) -> bool {
        let told = self.told.get(round).and_then(|told| *told.get(series)?);
        match told {
            Some(Change::More | Change::Less | Change::NoClear) => true,
            Some(Change::Broken(_)) | None => false,
        }
    }

    fn point(&self, round: usize, series: usize) -> Option<&Share> {
        self.points.get(round)?.get(series)?.as_ref()
    }

    /// Every break: the round after it, the series, and why.
    fn breaks(&self) -> impl Iterator<Item = (usize, Break)> {
        self.told.iter().enumerate().flat_map(|(round, told)| {
            told.iter().flatten().filter_map(move |change| match change {
                Change::Broken(Break::Withheld) | Change::More | Change::Less | Change::NoClear => {
                    None
                }
                Change::Broken(why) => Some((round, *why)),
            })
        })
    }

    fn remarks(&self, task: &Task<'_>) -> Vec<String> {
        let words = task.words;
        let mut said: Vec<String> = Vec::new();
        let mut say = |text: String| {
            if !said.contains(&text) {
                said.push(text);
            }
        };
        for (date, hidden) in self.dates.iter().zip(&self.hidden) {
            for why in hidden.iter().flatten() {
                say(fill(&words.desc_value, &[("row", date), ("value", why)]));
            }
        }
        if self.dates.len() < 2 {
            say(words.no_earlier.clone());
        }
        let breaks: Vec<(usize, Break)> = self.breaks().collect();
        let alike = breaks.windows(2).all(|pair| pair[0].1 == pair[1].1);
        let rounds: std::collections::BTreeSet<usize> = breaks.iter().map(|one| one.0).collect();
        let everywhere = rounds.len() + 1 == self.dates.len();
        for (round, why) in &breaks {
            let why = reason(*why, words);
            if alike && everywhere {
                say(why.to_owned());
            } else if let [.., from, to] = &self.dates[..=*round] {
                say(fill(&words.gap, &[("from", from), ("to", to), ("why", why)]));
            }
        }
        let Some((last, then)) = self.told.last().zip(self.dates.iter().rev().nth(1)) else {
            return said;
        };
        for (name, change) in self.names.iter().zip(last) {
            let pattern = match change {
                Some(Change::More) => &words.rose,
                Some(Change::Less) => &words.fell,
                Some(Change::NoClear) => &words.held,
                Some(Change::Broken(_)) | None => continue,
            };
            say(fill(pattern, &[("row", name), ("then", then)]));
        }
        said
    }

    fn desc(&self, task: &Task<'_>) -> String {
        let words = Words::of(task);
        let mut said = Vec::new();
        for (series, name) in self.names.iter().enumerate() {
            let values = self.dates.iter().enumerate().filter_map(|(round, when)| {
                let value = self.point(round, series)?.figure(&words);
                Some(fill(&task.words.desc_wave, &[("value", &value), ("when", when)]))
            });
            let values: Vec<String> = values.collect();
            if !values.is_empty() {
                let value = values.join(&task.words.comma);
                let with = [("row", name.as_str()), ("value", &value)];
                said.push(fill(&task.words.desc_value, &with));
            }
        }
        if said.is_empty() {
            return task.words.desc_nothing.clone();
        }
        let rows = format!("{}.", said.join(&task.words.semicolon));
        let hidden = self.hidden.iter().flatten().filter(|why| why.is_some()).count();
        with_hidden(task, fill(&task.words.desc_waves, &[("rows", &rows)]), hidden)
    }
}

/// Names, wrapped, and how wide the widest is.
type Names = (Vec<Vec<String>>, f64);

/// The names that stand at the ends of lines, wrapped; none where there is no room for them.
fn ends(task: &Task<'_>, story: &Story) -> Result<Option<Names>, Refusal> {
    if !task.look.beside() || story.names.len() < 2 {
        return Ok(None);
    }
    let (style, room) = (end_style(task, 0), task.width() * 0.27);
    let mut wide = 0.0_f64;
    let mut all = Vec::new();
    for name in &story.names {
        let Ok(lines) = style.wrap(name, room) else { return Ok(None) };
        if lines.len() > 4 {
            return Ok(None);
        }
        for line in &lines {
            wide = wide.max(style.width(line)?);
        }
        all.push(lines);
    }
    Ok(Some((all, wide)))
}

fn end_style(task: &Task<'_>, series: usize) -> Type {
    Type::bold(task.look.text.legend, SERIES[series % SERIES.len()])
}

/// The radius of marks.
fn radius(task: &Task<'_>) -> f64 {
    task.look.text.number * 0.42
}

/// Moves things apart, from the top down, so that none lies on another nor past an end: middles and
/// heights, in order.
fn spread(middles: &mut [f64], tall: &[f64], (top, bottom): (f64, f64)) {
    let apart = |a: usize, b: usize| f64::midpoint(tall[a], tall[b]);
    for at in 0..middles.len() {
        let least = if at == 0 { top + tall[0] / 2.0 } else { middles[at - 1] + apart(at - 1, at) };
        middles[at] = middles[at].max(least);
    }
    for at in (0..middles.len()).rev() {
        let most = if at + 1 == middles.len() {
            bottom - tall[at] / 2.0
        } else {
            middles[at + 1] - apart(at, at + 1)
        };
        middles[at] = middles[at].min(most);
    }
}

impl Plot {
    fn new(
        task: &Task<'_>,
        scene: &mut Scene,
        story: &mut Story,
        ends: Option<&(Vec<Vec<String>>, f64)>,
    ) -> Result<Self, Refusal> {
        let (text, width) = (&task.look.text, task.width());
        let small = Type::plain(text.note, MUTED);
        let all = Words::of(task).tick(1.0);
        let left = small.width(&all)? + text.note * 0.7;
        let right =
            width - ends.map_or(0.0, |(_, wide)| wide + radius(task) * 2.0 + text.note * 1.1);
        let fits = |rounds: usize| {
            #[expect(clippy::cast_precision_loss, reason = "a few waves")]
            let slot = (right - left) / rounds as f64;
            let from = story.dates.len() - rounds;
            let wraps = |date: &String| small.wrap(date, slot - text.note * 0.5).is_ok();
            story.dates[from..].iter().all(wraps) && slot >= text.note * 4.2
        };
        let rounds = (1..=story.dates.len()).rev().find(|rounds| fits(*rounds)).unwrap_or(1);
        story.keep(rounds);
        let share = |one: &Share| one.range.map_or(one.value, |range| range.1);
        let most = story.points.iter().flatten().flatten().map(share).fold(0.0, f64::max);
        let (most, step) = scale(most);
        let part = match task.look.kind {
            LookKind::Wide | LookKind::Sheet => 0.4,
            LookKind::Narrow => 0.66,
            LookKind::Wall => 0.5,
            LookKind::Projector => 0.32,
        };
        let top = scene.bottom + text.number * 1.6;
        let bottom = top + width * part;
        #[expect(clippy::cast_precision_loss, reason = "a few waves")]
        let slot = (right - left) / rounds as f64;
        let is_rtl = task.lang.is_rtl();
        Ok(Self { width, is_rtl, left, right, top, bottom, most, step, slot })
    }

    /// A place measured from the left, as the scene has it.
    fn x(&self, x: f64) -> f64 {
        if self.is_rtl { self.width - x } else { x }
    }

    fn point(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x(x), y)
    }

    /// An anchor as the scene has it.
    const fn at(&self, at: At) -> At {
        match (at, self.is_rtl) {
            (At::Start, true) => At::End,
            (At::End, true) => At::Start,
            (at, _) => at,
        }
    }

    /// The middle of a round.
    #[expect(clippy::cast_precision_loss, reason = "a few waves")]
    fn round(&self, round: usize) -> f64 {
        self.left + (round as f64 + 0.5) * self.slot
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - (share / self.most).clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    fn path(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        points.iter().map(|at| self.point(*at)).collect()
    }

    fn grid(&self, task: &Task<'_>, scene: &mut Scene) {
        let (words, style) = (Words::of(task), Type::plain(task.look.text.note, MUTED));
        for at in 0_u8..=20 {
            let share = f64::from(at) * self.step;
            if share > self.most + 1e-9 {
                break;
            }
            let y = self.y(share);
            let color = if at == 0 { INK } else { GRID };
            let width = task.look.text.note * if at == 0 { 0.12 } else { 0.08 };
            scene.path(self.path(&[(self.left, y), (self.right, y)]), color, width, None);
            let x = self.left - task.look.text.note * 0.4;
            let label = words.tick(share);
            scene.word((self.x(x), y), self.at(At::End), &label, style);
        }
    }

    /// A broken upright where nothing may be joined, and a hatched column where nothing may be seen.
    fn gaps(&self, task: &Task<'_>, scene: &mut Scene, story: &Story) {
        let size = task.look.text.note;
        for round in 0..story.dates.len() {
            let none = |series: usize| story.point(round, series).is_none();
            if (0..story.names.len()).all(none) {
                let wide = self.slot * 0.5;
                let x = self.round(round) - wide / 2.0;
                let x = if self.is_rtl { self.width - x - wide } else { x };
                let area = (x, self.top, wide, self.bottom - self.top);
                scene.hatched(area, PAPER, Some(Hatch::Grey));
            }
            let joined = (0..story.names.len()).any(|series| story.is_joined(round, series));
            if round > 0 && !joined {
                let x = self.round(round) - self.slot / 2.0;
                let line = self.path(&[(x, self.top), (x, self.bottom)]);
                scene.path(line, MUTED, size * 0.1, Some((size * 0.3, size * 0.3)));
            }
        }
    }

    fn lines(&self, task: &Task<'_>, scene: &mut Scene, story: &Story) {
        let width = task.look.text.number * 0.2;
        let all =
            || (0..story.names.len()).flat_map(|s| (0..story.dates.len()).map(move |r| (s, r)));
        let place = |round: usize, value: f64| (self.round(round), self.y(value));
        for (series, round) in all() {
            let color = SERIES[series % SERIES.len()];
            let Some((low, high)) = story.point(round, series).and_then(|one| one.range) else {
                continue;
            };
            let before = round.checked_sub(1).and_then(|before| story.point(before, series));
            let before =
                before.and_then(|one| one.range).filter(|_| story.is_joined(round, series));
            if let Some((then_low, then_high)) = before {
                let band = self.path(&[
                    place(round - 1, then_low),
                    place(round, low),
                    place(round, high),
                    place(round - 1, then_high),
                ]);
                scene.shape(band, color, 0.14);
            } else if !story.is_joined(round + 1, series) {
                let line = self.path(&[place(round, low), place(round, high)]);
                scene.path(line, color, width * 0.6, None);
            }
        }
        for (series, round) in all().filter(|(series, round)| story.is_joined(*round, *series)) {
            let Some(then) = round.checked_sub(1).and_then(|then| story.point(then, series)) else {
                continue;
            };
            let Some(now) = story.point(round, series) else { continue };
            let line = self.path(&[place(round - 1, then.value), place(round, now.value)]);
            scene.path(line, SERIES[series % SERIES.len()], width, strokes(series, width));
        }
        let last = story.dates.len().saturating_sub(1);
        for (series, _) in story.names.iter().enumerate() {
            let at = self.point((self.round(last), self.bottom));
            scene.spot(Spot::line((series, 0)), at);
        }
        for (series, round) in all() {
            if let Some(one) = story.point(round, series) {
                mark(scene, series, self.point(place(round, one.value)), radius(task));
            }
        }
    }

    /// The number of every point, on white: above the highest, below the lowest, beside one between.
    fn figures(&self, task: &Task<'_>, scene: &mut Scene, story: &Story) -> Result<(), Refusal> {
        let (words, size) = (Words::of(task), task.look.text.number);
        let away = radius(task) * 1.3 + size * 0.72;
        for round in 0..story.dates.len() {
            let mut shown: Vec<(usize, &Share)> = (0..story.names.len())
                .filter_map(|series| Some((series, story.point(round, series)?)))
                .collect();
            shown.sort_by(|a, b| b.1.value.total_cmp(&a.1.value));
            let last = shown.len().saturating_sub(1);
            for (at, (series, share)) in shown.iter().enumerate() {
                let style = Type::bold(size, SERIES[series % SERIES.len()]);
                let (figure, y) = (share.figure(&words), self.y(share.value));
                let wide = style.width(&figure)? + size * 0.3;
                let (x, y) = if at == 0 {
                    (self.round(round), y - away)
                } else if at == last && y + away + size * 0.6 < self.bottom {
                    (self.round(round), y + away)
                } else {
                    // Beside its mark: at the last wave names stand to the right.
                    let side = if round + 1 == story.dates.len() { -1.0 } else { 1.0 };
                    let beside = radius(task) * 1.6 + wide / 2.0;
                    (self.round(round) + side * beside, y)
                };
                let left = x - wide / 2.0;
                let left = if self.is_rtl { self.width - left - wide } else { left };
                scene.fill((left, y - size * 0.52, wide, size * 1.04), PAPER);
                scene.word((self.x(x), y), At::Middle, &figure, style);
            }
        }
        Ok(())
    }

    /// The names at the ends of their lines.
    fn ends(
        &self,
        task: &Task<'_>,
        scene: &mut Scene,
        story: &Story,
        (names, _): &(Vec<Vec<String>>, f64),
    ) {
        let last = |series: usize| {
            (0..story.dates.len()).rev().find_map(|round| story.point(round, series))
        };
        let mut order: Vec<(usize, f64)> = (0..names.len())
            .map(|series| (series, last(series).map_or(self.bottom, |one| self.y(one.value))))
            .collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        let style = |series| end_style(task, series);
        let tall: Vec<f64> = order
            .iter()
            .map(|(series, _)| {
                style(*series).height(names[*series].len()) + task.look.text.note * 0.4
            })
            .collect();
        let mut middles: Vec<f64> = order.iter().map(|(_, y)| *y).collect();
        spread(&mut middles, &tall, (self.top - task.look.text.number, self.bottom));
        let x = self.right + task.look.text.note * 0.4;
        for ((series, _), y) in order.iter().zip(middles) {
            mark(scene, *series, self.point((x + radius(task), y)), radius(task));
            let at = (self.x(x + radius(task) * 2.0 + task.look.text.note * 0.4), y);
            scene.centred(at, self.at(At::Start), &names[*series], style(*series));
        }
    }

    /// When, and how many answered, under the plot.
    fn under(&self, task: &Task<'_>, scene: &mut Scene, story: &Story) -> Result<(), Refusal> {
        let text = &task.look.text;
        let (when, many) = (Type::bold(text.note, INK), Type::plain(text.note, MUTED));
        let top = self.bottom + text.note * 0.5;
        let mut end = top;
        for (round, date) in story.dates.iter().enumerate() {
            let room = self.slot - text.note * 0.3;
            let mut y = top;
            let lines = when.wrap(date, room).or_else(|_| when.wrap(date, self.slot * 1.5))?;
            let x = self.x(self.round(round));
            scene.text((x, y), At::Middle, &lines, when);
            y += when.height(lines.len());
            let bases = || (0..story.names.len()).filter_map(|series| story.point(round, series));
            if let Some(least) = bases().min_by_key(|one| one.base) {
                let people = Words::of(task).people(least.base, least.exact);
                if let Ok(lines) = many.wrap(&people, room) {
                    scene.text((x, y), At::Middle, &lines, many);
                    y += many.height(lines.len());
                }
            }
            end = end.max(y);
        }
        scene.bottom = end + text.note * 0.3;
        Ok(())
    }
}

/// The same numbers as a table: a row for each wave.
pub(super) fn numbers(task: &Task<'_>) -> Option<Cells> {
    let story = Story::of(task).ok()?;
    let (words, said) = (task.words, Words::of(task));
    let mut columns = vec![words.table_when.clone()];
    columns.extend(story.names.iter().cloned());
    columns.extend([words.table_difference.clone(), words.table_base.clone()]);
    let line = |(round, date): (usize, &String)| {
        let mut cells = vec![date.clone()];
        for series in 0..story.names.len() {
            let hidden = || story.hidden.get(round).and_then(|all| all.get(series)?.clone());
            let share = story.point(round, series).map(|one| one.figure(&said));
            cells.push(share.or_else(hidden).unwrap_or_else(|| words.table_unknown.clone()));
        }
        let mut told: Vec<&str> = Vec::new();
        for change in story.told.get(round).into_iter().flatten() {
            let word = match change {
                None => continue,
                Some(Change::More) => words.more.as_str(),
                Some(Change::Less) => &words.less,
                Some(Change::NoClear) => &words.no_change,
                Some(Change::Broken(why)) => reason(*why, words),
            };
            told.push(word);
        }
        told.dedup();
        cells.push(told.join(&words.semicolon));
        let bases = (0..story.names.len()).filter_map(|series| story.point(round, series));
        let least = bases.min_by_key(|one| one.base);
        let base = least.map(|one| said.people(one.base, one.exact));
        cells.push(base.unwrap_or_else(|| words.table_withheld.clone()));
        cells
    };
    Some((columns, story.dates.iter().enumerate().map(line).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_move_apart_and_stay_inside() {
        let mut middles = [50.0, 51.0, 99.0];
        spread(&mut middles, &[20.0, 20.0, 20.0], (0.0, 100.0));
        assert!(middles[1] - middles[0] >= 20.0 && middles[2] - middles[1] >= 20.0, "{middles:?}");
        assert!(middles[0] >= 10.0 && middles[2] <= 90.0, "{middles:?}");
    }
}
