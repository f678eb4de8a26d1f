//! A matrix of actions in time: from start to the day it should be done, two follow-ups, and what
//! is late. Late is a shape and a word, and never only a colour. It is drawn from plain values: it
//! shows what a committee decided, and nobody's answers. Time runs from left to right everywhere.

use jiff::civil::Date;
use plotters::style::RGBColor;

use super::letters::wrapped;
use super::look::{BAR, INK, LOW, Look, MUTED, OTHER, PAPER, RULE};
use super::scene::{At, Paint, Scene, Type, named};
use super::sink::Hatch;
use super::symbols::{self, Symbol};
use super::{DataTable, Picture, Refusal, Svg, Task, caption, legend};
use crate::domain::instrument::ChartKind;
use crate::domain::text::{Lang, Text};
use crate::words::{ChartWords, fill};

/// An action of a matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What is to be done, in the language it is drawn in.
    pub title: String,
    /// Who does it.
    pub by: String,
    /// When it begins.
    pub start: Date,
    /// When it should be done.
    pub due: Date,
    /// When it was done.
    pub done: Option<Date>,
    /// When somebody looks whether it helps.
    pub follow_ups: [Option<FollowUp>; 2],
}

/// A day on which somebody looks whether an action helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUp {
    /// The day.
    pub day: Date,
    /// Whether it was held.
    pub held: bool,
}

impl Action {
    /// How many days it is late: until today, or until it was done.
    #[must_use]
    pub fn late(&self, today: Date) -> i32 {
        between(self.due, self.done.unwrap_or(today)).max(0)
    }

    /// The first and the last day that is drawn of it.
    fn span(&self, today: Date) -> (Date, Date) {
        let checks = self.follow_ups.iter().flatten().map(|check| check.day);
        let late = (self.late(today) > 0).then(|| self.done.unwrap_or(today));
        let days = [self.start, self.due].into_iter().chain(checks).chain(late).chain(self.done);
        days.fold((self.start, self.start), |(low, high), day| (low.min(day), high.max(day)))
    }
}

/// Days from one day to another.
fn between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// The line in time.
struct Axis {
    first: Date,
    days: f64,
    left: f64,
    wide: f64,
    mirrored: Option<f64>,
}

impl Axis {
    /// Where a day lies, in the coordinates of the chart.
    fn at(&self, day: Date) -> f64 {
        let part = f64::from(between(self.first, day)) / self.days;
        let x = part.mul_add(self.wide, self.left);
        self.mirrored.map_or(x, |width| width - x)
    }
}

/// Draws the actions in the order they are given.
///
/// # Errors
/// When something does not fit.
pub fn timeline(
    actions: &[Action],
    today: Date,
    (id, title): (&str, &Text),
    (look, lang): (&Look, Lang),
    words: &ChartWords,
) -> Result<Svg, Refusal> {
    let (tables, kind) = (Vec::new(), ChartKind::Themes);
    let id = id.to_owned();
    let picture = Picture {
        id,
        kind,
        title,
        tables,
        top: &[],
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: None,
    };
    let task = Task { picture: &picture, look, lang, words, marks: &[] };
    let mut scene = Scene::new();
    let spans = actions.iter().map(|action| action.span(today));
    let Some((low, high)) = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
        legend::not_shown(&task, &mut scene, &words.no_answers)?;
        return task.paint(scene, words.desc_nothing.clone());
    };
    signs(&task, &mut scene)?;
    let (low, high) = (low.min(today), high.max(today));
    let names = if look.beside() { task.width() * 0.34 } else { 0.0 };
    let gap = look.text.number;
    let mirrored = lang.is_rtl().then_some(task.width());
    // Names stand at the start of the line of writing: at the right where the page is mirrored.
    let left = if mirrored.is_some() { gap } else { names + gap };
    let wide = task.width() - names - gap * 2.0;
    let days = f64::from(between(low, high).max(1));
    let axis = Axis { first: low, days, left, wide, mirrored };
    let top = months(&task, &mut scene, &axis, (low, high))?;
    let mut said = Vec::new();
    for action in actions {
        said.push(place(&task, &mut scene, &axis, names, (action, today))?);
    }
    let x = axis.at(today);
    let width = look.text.number * 0.16;
    scene.line((x, top), (x, scene.bottom), INK, width);
    let style = Type::bold(look.text.note, INK);
    let half = style.width(&words.line_today)? / 2.0;
    let x = x.clamp(half, task.width() - half);
    let label = (x, scene.bottom + style.height(1) * 0.6);
    scene.word(label, At::Middle, &words.line_today, style);
    scene.bottom += style.height(1) * 1.2;
    let n = actions.len().to_string();
    let rows = said.join(&words.semicolon);
    task.paint(scene, fill(&words.desc_line, &[("n", &n), ("rows", &rows)]))
}

/// The same actions as a table: who does each, its days, how it stands, and its follow-ups.
#[must_use]
pub fn timeline_table(
    actions: &[Action],
    today: Date,
    title: &Text,
    lang: Lang,
    words: &ChartWords,
) -> DataTable {
    let day = |day: Date| caption::date(day, words);
    let check = |check: Option<FollowUp>| match check {
        None => String::new(),
        Some(FollowUp { day: on, held: true }) => {
            format!("{} · {}", day(on), words.line_check_held)
        }
        Some(FollowUp { day: on, held: false }) if on < today => {
            format!("{} · {}", day(on), words.line_check_missed)
        }
        Some(FollowUp { day: on, held: false }) => format!("{} · {}", day(on), words.line_check),
    };
    let row = |action: &Action| {
        let [first, second] = action.follow_ups;
        vec![
            action.title.clone(),
            action.by.clone(),
            day(action.start),
            day(action.due),
            state(words, action, today),
            check(first),
            check(second),
        ]
    };
    let head = [
        &words.line_action,
        &words.line_who,
        &words.line_start,
        &words.line_due,
        &words.line_state,
        &words.line_first,
        &words.line_second,
    ];
    DataTable {
        caption: fill(&words.table_caption, &[("title", title.get(lang))]),
        head: head.map(String::clone).to_vec(),
        rows: actions.iter().map(row).collect(),
    }
}

/// What the signs mean.
fn signs(task: &Task<'_>, scene: &mut Scene) -> Result<(), Refusal> {
    let words = task.words;
    let entries = [
        (Symbol::Square, BAR, words.line_done.clone()),
        (Symbol::Square, OTHER, words.line_planned.clone()),
        (Symbol::Triangle, LOW, words.late.clone()),
        (Symbol::OpenDiamond, INK, words.line_check.clone()),
        (Symbol::Diamond, INK, words.line_check_held.clone()),
        (Symbol::Cross, LOW, words.line_check_missed.clone()),
    ];
    symbols::legend(task, scene, &entries)
}

/// The months with a thin line at the first of each that has room for its name.
fn months(
    task: &Task<'_>,
    scene: &mut Scene,
    axis: &Axis,
    (low, high): (Date, Date),
) -> Result<f64, Refusal> {
    let style = Type::plain(task.look.text.note, MUTED);
    let top = scene.bottom + style.height(1) * 1.3;
    let mut month = low.first_of_month();
    let mut last: Option<(f64, i16)> = None;
    let mut taken = 0.0;
    while month <= high {
        let x = axis.at(month);
        if month >= low {
            let name = caption::month(month, task.words);
            let name = if last.is_none_or(|(_, year)| year != month.year()) {
                format!("{name} {}", month.year())
            } else {
                name.to_owned()
            };
            let half = style.width(&name)? / 2.0;
            let is_free = last.is_none_or(|(last, _)| (x - last).abs() > taken + half + style.size);
            if is_free && x - half >= 0.0 && x + half <= task.width() {
                scene.word((x, scene.bottom + style.height(1) / 2.0), At::Middle, &name, style);
                last = Some((x, month.year()));
                taken = half;
                let height = style.size * 0.4;
                scene.line((x, top), (x, top + height), RULE, style.size * 0.1);
            }
        }
        month = match month.checked_add(jiff::Span::new().months(1)) {
            Ok(next) => next.first_of_month(),
            Err(_) => break,
        };
    }
    scene.bottom = top + style.size * 0.6;
    Ok(top)
}

fn place(
    task: &Task<'_>,
    scene: &mut Scene,
    axis: &Axis,
    names: f64,
    (action, today): (&Action, Date),
) -> Result<String, Refusal> {
    let (name, small) = (named(task.look), Type::plain(task.look.text.note, MUTED));
    let beside = task.look.beside();
    let room = if beside { names } else { task.width() };
    let title = wrapped(&action.title, name.size, false, room)?;
    let state = state(task.words, action, today);
    let below = match action.by.trim() {
        "" => state.clone(),
        by => format!("{by} · {state}"),
    };
    let below = wrapped(&below, small.size, false, room)?;
    // Air for letters that hang below their line.
    let lower = name.height(title.len()) + name.size * 0.35;
    let tall = lower + small.height(below.len());
    let bar = task.look.text.number * 1.1;
    let (label, middle, bottom) = if beside {
        let height = tall.max(bar * 2.0) + name.size * 0.7;
        let middle = scene.bottom + height / 2.0;
        (middle - tall / 2.0, middle, scene.bottom + height)
    } else {
        let middle = scene.bottom + tall + bar * 1.1;
        (scene.bottom, middle, middle + bar * 1.2 + name.size * 0.3)
    };
    scene.text((0.0, label), At::Start, &title, name);
    scene.text((0.0, label + lower), At::Start, &below, small);
    bars(scene, axis, (action, today), (middle, bar));
    for check in action.follow_ups.iter().flatten() {
        let (symbol, color) = match (check.held, check.day < today) {
            (true, _) => (Symbol::Diamond, INK),
            (false, true) => (Symbol::Cross, LOW),
            (false, false) => (Symbol::OpenDiamond, INK),
        };
        let at = (axis.at(check.day), middle);
        scene.dot(at, bar * 0.72, PAPER, true);
        symbol.draw(scene, at, bar * 0.46, color);
    }
    scene.bottom = bottom;
    let with = [("row", action.title.as_str()), ("value", &state)];
    Ok(fill(&task.words.desc_line_late, &with))
}

/// The bar from start to due, and the hatched tail of what is late with a triangle at its end.
fn bars(
    scene: &mut Scene,
    axis: &Axis,
    (action, today): (&Action, Date),
    (middle, bar): (f64, f64),
) {
    let mut stretch = |from: Date, to: Date, color: RGBColor, hatch: Option<Hatch>| {
        let (a, b) = (axis.at(from), axis.at(to));
        let (x, wide) = (a.min(b), (a - b).abs().max(bar * 0.2));
        let ring = vec![
            (x, middle - bar / 2.0),
            (x + wide, middle - bar / 2.0),
            (x + wide, middle + bar / 2.0),
            (x, middle + bar / 2.0),
        ];
        let line = Some((if hatch.is_some() { LOW } else { color }, bar * 0.08));
        scene.land(vec![ring], Paint { fill: Some(color), hatch, line, closed: true });
    };
    let color = if action.done.is_some() { BAR } else { OTHER };
    let end = action.done.map_or(action.due, |done| done.min(action.due).max(action.start));
    stretch(action.start.min(action.due), end, color, None);
    if action.late(today) > 0 {
        let end = action.done.unwrap_or(today);
        stretch(action.due, end, PAPER, Some(Hatch::Dark));
        Symbol::Triangle.draw(scene, (axis.at(end), middle), bar * 0.62, LOW);
    }
}

/// How an action stands, in words.
fn state(words: &ChartWords, action: &Action, today: Date) -> String {
    let late = action.late(today);
    let by = || fill(&words.line_day, &[("day", &caption::date(action.due, words))]);
    let behind = || fill(&words.line_late_by, &[("n", &late.to_string())]);
    match (action.done.is_some(), late) {
        (true, 0) => words.line_done.clone(),
        (true, _) => format!("{}{}{}", words.line_done, words.comma, behind()),
        (false, 0) => by(),
        (false, _) => format!("{}{}{}", by(), words.comma, behind()),
    }
}
