//! Invented tables for dots with a range, two ends, tables of numbers, rankings, lines over waves and
//! small charts: drawn at random or not, with groups counted together, and with some not shown.

use jiff::civil::{Date, date};

use crate::charts::{Picture, Round};
use crate::domain::collection::{Mode, Sampling};
use crate::domain::instrument::ChartKind;
use crate::domain::line::Join;
use crate::domain::text::Text;
use crate::release::table::{Group, Label, Sample, Shape, Table, Withheld, sample};

use super::samples::{base, group, text};

/// Tables that pictures are made of.
pub(super) struct Figures {
    ages: Vec<Table>,
    pair: Vec<Table>,
    pair_alone: Vec<Table>,
    gender: Vec<Table>,
    zones: Vec<Table>,
    zones_random: Vec<Table>,
    hidden: Vec<Table>,
    stops: Vec<Table>,
    wishes: Table,
    many: Table,
    random: Vec<Round>,
    broken: Vec<Round>,
    single: Vec<Round>,
    now: Vec<Table>,
    title: Text,
    top: Vec<String>,
    ends: Vec<String>,
}

const DAY: (&str, &str, &str) = (
    "By day, walking here you feel…",
    "Overdag voelt u zich hier op straat…",
    "نهارًا وأنتم تمشون هنا تشعرون…",
);
const DARK: (&str, &str, &str) = (
    "After dark, walking here you feel…",
    "In het donker voelt u zich hier op straat…",
    "بعد حلول الظلام وأنتم تمشون هنا تشعرون…",
);
const LIGHT: (&str, &str, &str) = (
    "Street lighting after dark is…",
    "De straatverlichting in het donker is…",
    "إنارة الشوارع ليلًا…",
);
const CLEAN: (&str, &str, &str) =
    ("Streets and squares are clean", "Straten en pleinen zijn proper", "الشوارع والساحات نظيفة");

fn choices() -> Vec<Label> {
    let labels = [
        ("unsafe", "onveilig", "غير آمن"),
        ("neither", "tussenin", "بين بين"),
        ("safe", "veilig", "آمن"),
    ];
    let label = |(at, (en, nl, ar)): (u32, &(&str, &str, &str))| Label {
        code: format!("c{at}"),
        text: text(en, nl, ar),
        score: Some(f64::from(at)),
    };
    (0..).zip(&labels).map(label).collect()
}

/// So many of `base` on the safe side.
fn cells(base: u64, safe: u64) -> [u64; 3] {
    let rest = base - safe;
    [rest / 10 * 5, rest - rest / 10 * 5, safe]
}

fn shown(words: (&str, &str, &str), groups: Vec<Group>, by: bool, random: bool) -> Sample {
    let mut one = base(text(words.0, words.1, words.2), Shape::Ordered, choices());
    one.about.sampling = if random { Sampling::Random } else { Sampling::SelfSelected };
    one.by = by.then(|| text("Part of the area", "Deel van de buurt", "جزء من الحي"));
    Sample { groups, ..one }
}

fn everyone(words: (&str, &str, &str), n: u64, safe: u64, random: bool) -> Table {
    let groups = vec![group(Text::default(), n, &cells(n, safe))];
    sample(shown(words, groups, false, random))
}

fn named(code: &str, words: (&str, &str, &str), n: u64, safe: u64) -> Group {
    let name = text(words.0, words.1, words.2);
    Group { code: code.to_owned(), ..group(name, n, &cells(n, safe)) }
}

const ZONES: [(&str, &str, &str); 5] = [
    ("Kade", "Kade", "كاده"),
    ("Market square", "Marktplein", "ساحة السوق"),
    ("Tunnelwijk", "Tunnelwijk", "تونلفايك"),
    ("Mill quarter and the gardens", "Molenbuurt en de tuinen", "حي الطاحونة والحدائق"),
    ("Station side", "Stationskant", "جهة المحطة"),
];

/// The five zones; with `merged` the last two are counted together.
fn by_zone(
    words: (&str, &str, &str),
    values: [(u64, u64); 5],
    merged: bool,
    random: bool,
) -> Table {
    let codes = ["z1", "z2", "z3", "z4", "z5"];
    let zones = codes.into_iter().zip(ZONES).zip(values);
    let mut groups: Vec<Group> =
        zones.map(|((code, name), (n, safe))| named(code, name, n, safe)).collect();
    if merged
        && let Some(last) = groups.pop()
        && let Some(into) = groups.last_mut()
    {
        into.code = format!("{}+{}", into.code, last.code);
        into.with = vec![last.text];
        into.base += last.base;
        for (cell, more) in into.cells.iter_mut().zip(last.cells) {
            *cell += more;
        }
    }
    sample(shown(words, groups, true, random))
}

fn withheld(words: (&str, &str, &str), why: Withheld, by: bool) -> Table {
    sample(Sample { withheld: Some(why), ..shown(words, Vec::new(), by, false) })
}

fn at(table: Sample, opened: Date) -> Table {
    let mut table = table;
    table.about.opened = Some(opened);
    table.about.modes = vec![Mode::Own];
    sample(table)
}

/// Waves of day and dark: so many of so many, and whether people were drawn at random.
fn rounds(values: &[(Date, u64, u64, u64, bool)]) -> Vec<Round> {
    let round = |(day, n, light, dark, random): &(Date, u64, u64, u64, bool)| {
        let one = |words, safe| {
            let groups = vec![group(Text::default(), *n, &cells(*n, safe))];
            Some(at(shown(words, groups, false, *random), *day))
        };
        Round { tables: vec![one(DAY, *light), one(DARK, *dark)], joins: vec![Join::Same; 2] }
    };
    values.iter().map(round).collect()
}

pub(super) fn figures() -> Figures {
    let ages = [
        ("a1", ("12 to 24", "12 tot 24", "من 12 إلى 24"), 45, 15),
        ("a2", ("25 to 44", "25 tot 44", "من 25 إلى 44"), 120, 55),
        ("a3", ("45 to 64", "45 tot 64", "من 45 إلى 64"), 150, 80),
        ("a4", ("65 and over", "65 en ouder", "65 فأكثر"), 20, 5),
    ];
    let groups = ages.map(|(code, words, n, safe)| named(code, words, n, safe)).to_vec();
    let ages = vec![sample(shown(DARK, groups, true, true)), everyone(DARK, 335, 155, true)];
    let values = [(60, 50), (45, 30), (30, 15), (50, 45), (20, 15)];
    let dark = [(60, 30), (45, 30), (30, 5), (50, 25), (20, 5)];
    let pair = vec![
        by_zone(DAY, values, false, false),
        everyone(DAY, 205, 155, false),
        by_zone(DARK, dark, true, false),
        everyone(DARK, 205, 95, false),
    ];
    let gender = |words, women, men| {
        let woman =
            named("woman", ("a woman or girl", "een vrouw of meisje", "امرأة أو فتاة"), 110, women);
        let man = named("man", ("a man or boy", "een man of jongen", "رجل أو فتى"), 90, men);
        sample(shown(words, vec![woman, man], true, true))
    };
    let gender =
        vec![gender(DAY, 90, 75), gender(DARK, 40, 55), withheld(LIGHT, Withheld::OneGroup, true)];
    let zones = |random| {
        let light = [(60, 25), (45, 30), (30, 10), (50, 45), (20, 10)];
        let clean = [(60, 5), (45, 15), (30, 0), (50, 50), (20, 20)];
        vec![
            by_zone(DAY, values, false, random),
            everyone(DAY, 205, 155, random),
            by_zone(DARK, dark, true, random),
            everyone(DARK, 205, 95, random),
            by_zone(LIGHT, light, false, random),
            everyone(LIGHT, 205, 120, random),
            withheld(CLEAN, Withheld::CouldBeWorkedOut, true),
            by_zone(("Traffic", "Verkeer", "المرور"), clean, false, random),
        ]
    };
    let hidden = vec![
        withheld(DAY, Withheld::TooFew { needed: 30 }, true),
        withheld(DAY, Withheld::TooFew { needed: 10 }, false),
        withheld(DARK, Withheld::TooFew { needed: 30 }, true),
    ];
    let day = |year, month| date(year, month, 1);
    let random = rounds(&[
        (day(2023, 10), 300, 210, 90, true),
        (day(2024, 10), 320, 225, 105, true),
        (day(2025, 10), 310, 215, 150, true),
        (day(2026, 10), 300, 205, 195, true),
    ]);
    let mut broken = rounds(&[
        (date(2026, 3, 2), 60, 45, 25, true),
        (date(2026, 3, 9), 55, 35, 35, false),
        (date(2026, 4, 1), 20, 15, 15, false),
        (date(2026, 5, 1), 80, 55, 55, false),
        (date(2026, 6, 1), 90, 60, 55, false),
    ]);
    let gone = |words| {
        Some(at(
            Sample {
                withheld: Some(Withheld::TooFew { needed: 10 }),
                ..shown(words, Vec::new(), false, false)
            },
            date(2026, 4, 1),
        ))
    };
    broken[2].tables = vec![gone(DAY), gone(DARK)];
    broken[4].joins[1] = Join::No;
    let single = vec![random[0].clone()];
    let now = random[3].tables.iter().flatten().cloned().collect();
    Figures {
        ages,
        pair,
        pair_alone: vec![everyone(DAY, 205, 155, false), everyone(DARK, 205, 95, false)],
        gender,
        zones: zones(false),
        zones_random: zones(true),
        hidden,
        stops: stops(),
        wishes: wishes(7),
        many: wishes(40),
        random,
        broken,
        single,
        now,
        title: text(
            "Where do people feel safe?",
            "Waar voelen mensen zich veilig?",
            "أين يشعر الناس بالأمان؟",
        ),
        top: vec!["c2".to_owned()],
        ends: vec!["woman".to_owned(), "man".to_owned()],
    }
}

/// Two things rated at three stops, of which one was not rated everywhere.
fn stops() -> Vec<Table> {
    let stops =
        [("Bridge", "Brug", "الجسر"), ("Tunnel", "Tunnel", "النفق"), ("Park", "Park", "الحديقة")];
    let of = |words: (&str, &str, &str), means: &[u64]| {
        let group = |(stop, mean): (&(&str, &str, &str), &u64)| {
            group(text(stop.0, stop.1, stop.2), 7, &[*mean])
        };
        let groups = stops.iter().zip(means).map(group).collect();
        let label = Label { code: "mean".to_owned(), text: Text::default(), score: None };
        let by = Some(text("Stop", "Halte", "محطة"));
        let one = base(text(words.0, words.1, words.2), Shape::Places, vec![label]);
        sample(Sample { by, groups, step: 1, ..one })
    };
    vec![
        of(("Light", "Licht", "الإنارة"), &[31, 9, 74]),
        of(("Clean", "Proper", "النظافة"), &[50, 62]),
        of(("People around", "Mensen in de buurt", "الناس"), &[100, 0, 20]),
    ]
}

/// So many wishes of people drawn at random.
fn wishes(of: u64) -> Table {
    let choices = (0..of).map(|at| Label {
        code: format!("w{at}"),
        text: text(
            &format!("Somebody who listens to wish {at}"),
            &format!("Iemand die luistert naar wens {at}"),
            &format!("شخص يستمع إلى الأمنية {at}"),
        ),
        score: None,
    });
    let cells: Vec<u64> = (0..of).map(|at| 200 - at * 5).collect();
    let groups = vec![group(Text::default(), 240, &cells)];
    let mut one =
        base(text("What matters?", "Wat telt?", "ما المهم؟"), Shape::Multiple, choices.collect());
    one.about.sampling = Sampling::Random;
    sample(Sample { groups, ..one })
}

/// Every picture of these kinds.
pub(super) fn pictures(of: &Figures) -> Vec<(&'static str, Picture<'_>)> {
    let (wishes, many) = (std::slice::from_ref(&of.wishes), std::slice::from_ref(&of.many));
    let over = |kind, rounds| Picture { rounds, ..plain(of, kind, &of.now) };
    let listed = |kind, tables| Picture { top: &[], cut: Some(3), ..plain(of, kind, tables) };
    vec![
        ("interval", plain(of, ChartKind::Interval, &of.ages)),
        ("interval_rows", plain(of, ChartKind::Interval, &of.pair_alone)),
        ("interval_hidden", plain(of, ChartKind::Interval, &of.hidden[..2])),
        ("dumbbell", plain(of, ChartKind::Dumbbell, &of.pair)),
        ("dumbbell_alone", plain(of, ChartKind::Dumbbell, &of.pair_alone)),
        ("dumbbell_hidden", plain(of, ChartKind::Dumbbell, &of.hidden)),
        (
            "dumbbell_groups",
            Picture { ends: &of.ends, ..plain(of, ChartKind::Dumbbell, &of.gender) },
        ),
        ("change", over(ChartKind::Change, &of.random)),
        ("change_broken", over(ChartKind::Change, &of.broken)),
        ("change_first", over(ChartKind::Change, &of.single)),
        ("heat", plain(of, ChartKind::HeatTable, &of.zones)),
        ("heat_stops", Picture { top: &[], ..plain(of, ChartKind::HeatTable, &of.stops) }),
        ("heat_hidden", plain(of, ChartKind::HeatTable, &of.hidden)),
        ("lollipop", listed(ChartKind::Lollipop, wishes)),
        ("lollipop_many", Picture { most: Some(8), ..listed(ChartKind::Lollipop, many) }),
        ("bars_random", listed(ChartKind::SortedBars, wishes)),
        ("bars_random_top", plain(of, ChartKind::SortedBars, &of.ages[..1])),
        ("waves", over(ChartKind::Waves, &of.random)),
        ("waves_broken", over(ChartKind::Waves, &of.broken)),
        ("waves_first", over(ChartKind::Waves, &of.single)),
        ("multiples", plain(of, ChartKind::SmallMultiples, &of.zones)),
        ("multiples_random", plain(of, ChartKind::SmallMultiples, &of.zones_random)),
        ("multiples_hidden", plain(of, ChartKind::SmallMultiples, &of.hidden)),
    ]
}

fn plain<'a>(of: &'a Figures, kind: ChartKind, tables: &'a [Table]) -> Picture<'a> {
    Picture {
        id: "picture".to_owned(),
        kind,
        title: &of.title,
        tables: tables.iter().collect(),
        top: &of.top,
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: None,
    }
}
