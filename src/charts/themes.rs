//! In how many of the groups that were listened to a theme came up: one dot for each group, filled
//! where it did. Groups are counted here and never people, so there is no percentage.

use super::legend;
use super::letters::wrapped;
use super::look::{BAR, INK, OTHER};
use super::marks::Spot;
use super::rows::Words;
use super::scene::{At, Scene, Type, named};
use super::symbols;
use super::{Refusal, Svg, Task, sorted_bars};
use crate::release::table::{Shape, Table};
use crate::words::fill;

/// A theme with the number of groups it came up in.
struct Theme<'t> {
    choice: usize,
    name: &'t str,
    groups: u64,
    figure: String,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let [table] = task.picture.tables[..] else {
        return Err(Refusal::NotThisWay("themes are of one question"));
    };
    let mut scene = Scene::new();
    if let Some(why) = table.withheld() {
        legend::not_shown(task, &mut scene, &Words::of(task).why(why))?;
        return task.paint(scene, task.words.desc_nothing.clone());
    }
    if table.shape() != Shape::Groups {
        return Err(Refusal::NotThisWay("themes are counted in groups"));
    }
    let all = table.groups().first().map_or(0, |group| group.base);
    let (mut raised, silent): (Vec<Theme<'_>>, Vec<Theme<'_>>) =
        themes(task, table, all).into_iter().partition(|theme| theme.groups > 0);
    if raised.is_empty() {
        legend::not_shown(task, &mut scene, &task.words.no_answers)?;
        return task.paint(scene, task.words.desc_nothing.clone());
    }
    raised.sort_by_key(|theme| std::cmp::Reverse(theme.groups));
    let most = task.picture.most.unwrap_or(raised.len()).min(raised.len());
    let Some(room) = Room::new(task, &raised[..most], all)? else {
        return sorted_bars::draw(task);
    };
    for theme in &raised[..most] {
        place(task, &mut scene, &room, (theme, all))?;
    }
    let mut remarks = Vec::new();
    if most < raised.len() {
        let with = [("n", most.to_string()), ("of", raised.len().to_string())];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        remarks.push(fill(&task.words.most_named, &with));
    } else if !silent.is_empty() {
        let names: Vec<&str> = silent.iter().map(|theme| theme.name).collect();
        let names = names.join(&task.words.comma);
        remarks.push(fill(&task.words.themes_none, &[("names", &names)]));
    }
    symbols::remarks(task, &mut scene, &remarks)?;
    let (first, last) = (&raised[0], silent.last().unwrap_or(&raised[raised.len() - 1]));
    let with = [
        ("top", first.name),
        ("top_value", &first.figure),
        ("low", last.name),
        ("low_value", &last.figure),
    ];
    task.paint(scene, fill(&task.words.desc_themes, &with))
}

fn themes<'t>(task: &Task<'_>, table: &'t Table, all: u64) -> Vec<Theme<'t>> {
    let cells = table.groups().first().map_or(&[][..], |group| &group.cells);
    let theme = |(at, (label, groups)): (usize, (&'t crate::release::table::Label, &u64))| {
        let groups = (*groups).min(all);
        let with = [("k", groups.to_string()), ("n", all.to_string())];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let figure = fill(&task.words.in_groups, &with);
        Theme { choice: at, name: label.text.get(task.lang), groups, figure }
    };
    table.choices().iter().zip(cells).enumerate().map(theme).collect()
}

/// Where everything lies across.
struct Room {
    names: f64,
    from: f64,
    radius: f64,
    figure: f64,
}

impl Room {
    /// None where there are too many groups for a dot each.
    fn new(task: &Task<'_>, themes: &[Theme<'_>], all: u64) -> Result<Option<Self>, Refusal> {
        let text = &task.look.text;
        let figure = Type::bold(text.number, INK);
        let mut tail = 0.0_f64;
        for theme in themes {
            tail = tail.max(figure.width(&theme.figure)?);
        }
        tail += text.number;
        let (names, from) = if task.look.beside() {
            let names = task.width() * 0.34;
            (names, names + text.statement)
        } else {
            (task.width(), 0.0)
        };
        let count = f64::from(u32::try_from(all.max(1)).unwrap_or(u32::MAX));
        let radius = ((task.width() - from - tail) / count / 2.5).min(text.statement * 0.5);
        let figure = (count * 2.5).mul_add(radius, from) + text.number * 0.5;
        let fits = radius >= text.number * 0.25;
        Ok(fits.then_some(Self { names, from, radius, figure }))
    }
}

fn place(
    task: &Task<'_>,
    scene: &mut Scene,
    room: &Room,
    (theme, all): (&Theme<'_>, u64),
) -> Result<(), Refusal> {
    let name = named(task.look);
    let lines = wrapped(theme.name, name.size, false, room.names)?;
    let tall = name.height(lines.len());
    let dots = (room.radius * 2.0).max(task.look.text.number * 1.3);
    let (label, middle, bottom) = if task.look.beside() {
        let height = tall.max(dots) + name.size * 0.5;
        let middle = scene.bottom + height / 2.0;
        (middle - tall / 2.0, middle, scene.bottom + height)
    } else {
        let middle = scene.bottom + tall + name.size * 0.15 + dots / 2.0;
        (scene.bottom, middle, middle + dots / 2.0 + name.size * 0.55)
    };
    scene.text((0.0, label), At::Start, &lines, name);
    let spot = Spot { table: 0, group: 0, choice: Some(theme.choice) };
    scene.spot(spot, (room.from, middle + room.radius));
    for at in 0..all {
        let step = f64::from(u32::try_from(at).unwrap_or(u32::MAX)) * 2.5;
        let center = (room.from + room.radius + step * room.radius, middle);
        let filled = at < theme.groups;
        scene.dot(center, room.radius, if filled { BAR } else { OTHER }, filled);
    }
    let figure = Type::bold(task.look.text.number, INK);
    scene.word((room.figure, middle), At::Start, &theme.figure, figure);
    scene.bottom = bottom;
    Ok(())
}
