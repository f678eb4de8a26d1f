//! What a ballot decided: a bar for each finding in which every constituency counts the same, and
//! below it one for each constituency with its votes, so that everybody sees where they differ. A
//! line stands under the first few.
//!
//! A tie goes to what more residents chose; what is a tie even then is drawn by lot.

use plotters::style::RGBColor;

use super::legend;
use super::letters::wrapped;
use super::look::{BAR, INK, LOW, MUTED, OTHER};
use super::marks::Spot;
use super::rows::{Words, list};
use super::scene::{At, Scene, Type, named};
use super::symbols;
use super::{Refusal, Svg, Task};
use crate::release::table::{Group, Table};
use crate::words::fill;

/// The code of the constituency that breaks a tie.
const RESIDENTS: &str = "resident";
/// As many as one voter may choose: the line stands under them.
const CUT: usize = 3;

/// One finding with its bars.
pub(super) struct Finding {
    pub(super) name: String,
    /// The mean of its shares, each constituency counting the same; of all votes where the
    /// constituencies are not shown.
    pub(super) value: f64,
    pub(super) figure: String,
    /// Its place among the choices.
    choice: usize,
    /// Who decided a tie.
    pub(super) tie: Option<String>,
    /// By constituency: its name, its share and its votes in words.
    pub(super) parts: Vec<(String, f64, String)>,
    /// All votes in words.
    pub(super) votes: String,
}

/// The findings in their order, and why constituencies are not shown apart.
pub(super) struct Order {
    pub(super) findings: Vec<Finding>,
    pub(super) why: Option<String>,
}

pub(super) fn draw(task: &Task<'_>) -> Result<Svg, Refusal> {
    let order = order(task)?;
    let mut scene = Scene::new();
    if order.findings.is_empty() {
        let why = order.why.unwrap_or_else(|| task.words.no_answers.clone());
        legend::not_shown(task, &mut scene, &why)?;
        return task.paint(scene, task.words.desc_nothing.clone());
    }
    let all = order.findings.len();
    let most = task.picture.most.unwrap_or(all).min(all);
    if let Some(why) = &order.why {
        legend::not_shown(task, &mut scene, why)?;
        scene.bottom += task.look.text.note;
    }
    let first = task.picture.cut.and_then(|cut| usize::try_from(cut).ok()).unwrap_or(CUT);
    let room = Room::new(task, &order.findings[..most], order.why.is_some())?;
    for (at, finding) in order.findings[..most].iter().enumerate() {
        if at == first && first < all {
            cut(task, &mut scene, first)?;
        }
        place(task, &mut scene, &room, (at, finding))?;
    }
    let mut remarks = Vec::new();
    if most < all {
        let with = [("n", most.to_string()), ("of", all.to_string())];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        remarks.push(fill(&task.words.first_shown, &with));
    }
    symbols::remarks(task, &mut scene, &remarks)?;
    let (first, last) = (&order.findings[0], &order.findings[all - 1]);
    let with = [
        ("top", first.name.as_str()),
        ("top_value", &first.figure),
        ("low", &last.name),
        ("low_value", &last.figure),
    ];
    task.paint(scene, fill(&task.words.desc_ballot, &with))
}

/// Everyone's table and the one by constituency, whichever come first.
fn tables<'t>(task: &Task<'t>) -> (Option<&'t Table>, Option<&'t Table>) {
    let find = |by: bool| {
        task.picture.tables.iter().copied().find(|table| table.address().by.is_some() == by)
    };
    (find(false), find(true))
}

/// The findings, from first to last.
pub(super) fn order(task: &Task<'_>) -> Result<Order, Refusal> {
    let (everyone, by) = tables(task);
    let words = Words::of(task);
    let why_not = |table: &Table| table.withheld().map(|why| words.why(why));
    let apart = by.filter(|table| table.withheld().is_none() && table.groups().len() > 1);
    let shown = everyone.filter(|table| table.withheld().is_none());
    let why = by.and_then(why_not).or_else(|| everyone.and_then(why_not));
    let Some(of) = shown.or(apart) else { return Ok(Order { findings: Vec::new(), why }) };
    if apart.is_some_and(|by| by.choices().len() != of.choices().len()) {
        return Err(Refusal::NotThisWay("their answers are not the same"));
    }
    let residents = apart.and_then(|table| {
        let is_them = |group: &Group| group.codes().any(|code| code == RESIDENTS);
        table.groups().iter().position(is_them)
    });
    let mut ranked: Vec<(usize, f64, f64)> = (0..of.choices().len())
        .map(|at| {
            let equal = apart.and_then(|table| table.equal_weight(at));
            let value = equal.or_else(|| of.share(0, at)).unwrap_or(0.0);
            let theirs = residents.and_then(|group| apart?.share(group, at)).unwrap_or(0.0);
            (at, value, theirs)
        })
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
    let finding = |(place, (at, value, theirs)): (usize, &(usize, f64, f64))| {
        let beside = [place.checked_sub(1), Some(place + 1)];
        let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let near = || beside.into_iter().flatten().filter_map(|other| ranked.get(other));
        let mut ties = near().filter(|(_, other, _)| same(*other, *value)).peekable();
        let tie = ties.peek().is_some().then(|| {
            let lot = ties.any(|(.., other)| same(*other, *theirs));
            if lot { task.words.ballot_lot.clone() } else { task.words.ballot_residents.clone() }
        });
        let votes = shown.and_then(|table| {
            let group = table.groups().first()?;
            Some(votes_of(task, group, *at))
        });
        let part = |(number, group): (usize, &Group)| {
            let share = apart.and_then(|table| table.share(number, *at)).unwrap_or(0.0);
            (constituency(task, group), share, votes_of(task, group, *at))
        };
        let groups = apart.map_or(&[][..], Table::groups);
        let percent = words.percentage(*value, 100);
        let votes = votes.unwrap_or_default();
        Finding {
            name: of.choices()[*at].text.get(task.lang).to_owned(),
            value: *value,
            figure: if apart.is_some() { percent } else { votes.clone() },
            choice: *at,
            tie,
            parts: groups.iter().enumerate().map(part).collect(),
            votes,
        }
    };
    let findings = ranked.iter().enumerate().map(finding).collect();
    Ok(Order { findings, why: why.filter(|_| apart.is_none()) })
}

fn votes_of(task: &Task<'_>, group: &Group, at: usize) -> String {
    let cell = group.cells.get(at).copied().unwrap_or(0).to_string();
    fill(&task.words.count_of, &[("k", &cell), ("n", &group.base.to_string())])
}

/// What a constituency is called, with those that stand together with it.
fn constituency(task: &Task<'_>, group: &Group) -> String {
    let names: Vec<&str> =
        std::iter::once(&group.text).chain(&group.with).map(|text| text.get(task.lang)).collect();
    list(&names, &task.words.comma, &task.words.last_and)
}

/// Where bars lie across.
struct Room {
    names: f64,
    from: f64,
    unit: f64,
    /// Whether there is only one bar to a finding.
    alone: bool,
}

impl Room {
    fn new(task: &Task<'_>, findings: &[Finding], alone: bool) -> Result<Self, Refusal> {
        let text = &task.look.text;
        let (note, figure) = (Type::plain(text.number, INK), Type::bold(text.total, INK));
        let (mut tail, mut longest) = (0.0_f64, 0.2_f64);
        for finding in findings {
            tail = tail.max(figure.width(&finding.figure)?);
            longest = longest.max(finding.value);
            for (_, share, votes) in &finding.parts {
                tail = tail.max(note.width(votes)?);
                longest = longest.max(*share);
            }
        }
        let share = if task.look.beside() { 0.28 } else { 0.36 };
        let names = task.width() * share;
        let from = names + text.number * 0.8;
        let unit = (task.width() - from - tail - text.number).max(1.0) / longest;
        Ok(Self { names, from, unit, alone })
    }
}

fn place(
    task: &Task<'_>,
    scene: &mut Scene,
    room: &Room,
    (at, finding): (usize, &Finding),
) -> Result<(), Refusal> {
    let text = &task.look.text;
    let name = Type { bold: true, ..named(task.look) };
    let number = format!("{}.", at + 1);
    let indent = name.width("00. ")?;
    scene.word((0.0, scene.bottom + name.height(1) / 2.0), At::Start, &number, name);
    let lines = wrapped(&finding.name, name.size, true, task.width() - indent)?;
    scene.text((indent, scene.bottom), At::Start, &lines, name);
    scene.bottom += name.height(lines.len());
    if let Some(tie) = &finding.tie {
        let style = Type::plain(text.number, LOW);
        let lines = wrapped(tie, style.size, false, task.width() - indent)?;
        scene.text((indent, scene.bottom), At::Start, &lines, style);
        scene.bottom += style.height(lines.len());
    }
    scene.bottom += name.size * 0.1;
    let equal = if room.alone { &task.words.ballot_votes } else { &task.words.ballot_equal };
    let bold = Type::bold(text.total, INK);
    let of = |by: bool| {
        let mut tables = task.picture.tables.iter();
        tables.position(|table| table.address().by.is_some() == by).unwrap_or(0)
    };
    let choice = Some(finding.choice);
    bar(task, scene, room, (equal, finding.value, &finding.figure), (BAR, bold))?;
    scene.spot(Spot { table: of(false), group: 0, choice }, (room.from, scene.bottom));
    for (group, (name, share, votes)) in finding.parts.iter().enumerate() {
        let plain = Type::plain(text.number, INK);
        bar(task, scene, room, (name, *share, votes), (OTHER, plain))?;
        scene.spot(Spot { table: of(true), group, choice }, (room.from, scene.bottom));
    }
    scene.bottom += name.size * 0.7;
    Ok(())
}

/// A bar with its name before it and its figure behind.
fn bar(
    task: &Task<'_>,
    scene: &mut Scene,
    room: &Room,
    (name, share, figure): (&str, f64, &str),
    (color, style): (RGBColor, Type),
) -> Result<(), Refusal> {
    let small = Type::plain(task.look.text.number, MUTED);
    let lines = wrapped(name, small.size, false, room.names)?;
    let thick = task.look.text.number * if style.bold { 1.25 } else { 0.9 };
    let height = small.height(lines.len()).max(style.height(1)).max(thick);
    let middle = scene.bottom + height / 2.0;
    scene.centred((0.0, middle), At::Start, &lines, small);
    let long = (share * room.unit).max(small.size * 0.12);
    scene.fill((room.from, middle - thick / 2.0, long, thick), color);
    scene.word((room.from + long + small.size * 0.5, middle), At::Start, figure, style);
    scene.bottom += height + small.size * 0.12;
    Ok(())
}

/// The line under the first few, with its words.
fn cut(task: &Task<'_>, scene: &mut Scene, first: usize) -> Result<(), Refusal> {
    let style = Type::bold(task.look.text.number, LOW);
    let words = fill(&task.words.ballot_cut, &[("n", &first.to_string())]);
    let lines = wrapped(&words, style.size, true, task.width())?;
    let y = scene.bottom;
    scene.line((0.0, y), (task.width(), y), LOW, style.size * 0.18);
    scene.text((task.width(), y + style.size * 0.25), At::End, &lines, style);
    scene.bottom = y + style.size * 0.25 + style.height(lines.len()) + style.size * 0.5;
    Ok(())
}
