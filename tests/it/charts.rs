//! Every chart of every instrument, from invented answers through the real gate, judged; and the
//! page of charts in the documentation.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use miradouro::charts::judge::{Yardstick, judge};
use miradouro::charts::{Look, caption, data_table, draw};
use miradouro::cli::catalogue::{
    Catalogue, KINDS, LOOKS, Named, Wording, look, matrix, page, words,
};
use miradouro::domain::instrument::ChartKind;
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;
use miradouro::publish::{Room, Station, takeaway};
use miradouro::release::Table;
use miradouro::release::table::Shape;
use miradouro::words::{PosterWords, fill};

use crate::cli::{code, run, said};
use crate::house::Folder;

/// Inventing takes a while, so it is done once.
fn plain() -> &'static Catalogue {
    static PLAIN: OnceLock<Catalogue> = OnceLock::new();
    PLAIN.get_or_init(|| Catalogue::invent(&Shelf::load(None), Wording::Plain, 1).unwrap())
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

#[test]
fn every_chart_of_every_instrument_passes_the_quality_bar() {
    let looks = ["narrow", "wall-stripes"];
    let plain = matrix::check(plain(), Wording::Plain, (&[Lang::Nl, Lang::Ar], &looks), || ());
    let long = Catalogue::invent(&Shelf::load(None), Wording::Long, 1).unwrap();
    let long = matrix::check(&long, Wording::Long, (&[Lang::Nl], &looks), || ());
    let report = plain.unwrap().and(long.unwrap());
    assert!(report.drawings > 300, "{} drawings", report.drawings);
    assert!(
        report.findings.is_empty(),
        "{} findings:\n{}",
        report.findings.len(),
        report.findings.join("\n")
    );
}

#[test]
fn every_kind_has_a_chart_in_the_catalogue() {
    let shown: Vec<_> = plain().kinds().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(shown, KINDS);
    assert_eq!(plain().kinds().len() + plain().apart.len(), 18);
    assert!(LOOKS.iter().all(|(name, _)| look(name).is_some()) && look("oval").is_none());
    assert!(!plain().withheld.is_empty());
    let invented = |named: &Named| {
        let mut tables = named.shown.tables.iter();
        tables.all(|it| it.about().origin == miradouro::domain::collection::Origin::Invented)
    };
    assert!(plain().charts.iter().chain(&plain().withheld).all(invented));
}

/// Whether a chart has rows of which a slide can show the first: a map, a table of numbers, lines and
/// dots for people have none, and stand in letters as large as there is room for.
fn has_rows(kind: ChartKind, tables: &[Table]) -> bool {
    let small = tables.iter().any(|table| table.shape() == Shape::People || table.step() == 1);
    let whole = [
        ChartKind::PlaceMarks,
        ChartKind::Hexagons,
        ChartKind::HeatTable,
        ChartKind::SmallMultiples,
        ChartKind::Waves,
        ChartKind::Population,
        ChartKind::PeopleDots,
        ChartKind::Ballot,
    ];
    !whole.contains(&kind) && (!small || kind == ChartKind::TwoSides)
}

#[test]
fn the_back_of_a_room_can_read_every_slide_with_rows() {
    // A slide with a headline of two lines and three lines of source, as in the demonstration.
    let room = Room { wide: 1824.0, tall: 690.0 };
    let long = Catalogue::invent(&Shelf::load(None), Wording::Long, 1).unwrap();
    let mut small = Vec::new();
    for (catalogue, wording, langs) in [
        (plain(), Wording::Plain, &[Lang::Nl, Lang::Ar][..]),
        (&long, Wording::Long, &[Lang::Nl][..]),
    ] {
        for lang in langs {
            let words = words(*lang, wording).unwrap();
            let rows = |named: &&Named| has_rows(named.shown.plan.chart, &named.shown.tables);
            for Named { name, shown } in catalogue.charts.iter().filter(rows) {
                let fitted = shown.fitted("s", room, *lang, &words).unwrap();
                let letters = fitted.svg.xml.split("font-size=\"").skip(1).filter_map(|rest| {
                    rest.split('"').next().and_then(|size| size.parse::<f64>().ok())
                });
                let least = letters.fold(f64::INFINITY, f64::min) * fitted.size.min(1.0);
                if least < 23.99 {
                    small.push(format!("{name} {lang} {wording:?}: {least:.1} px"));
                }
            }
        }
    }
    assert!(small.is_empty(), "{}:\n{}", small.len(), small.join("\n"));
}

/// Whether a text says nought percent: "0%" with no digit before it.
fn says_nought(said: &str, nought: &str) -> bool {
    said.match_indices(nought).any(|(at, _)| {
        let before = said[..at].chars().next_back();
        !before.is_some_and(|c| c.is_numeric() || matches!(c, '.' | ','))
    })
}

#[test]
fn a_rounded_nobody_is_nowhere_nought_percent() {
    assert!(says_nought("0% of it", "0%") && !says_nought("20% and 0,0%", "0%"));
    let rounded = |named: &&Named| named.shown.tables.iter().all(|table| table.step() > 1);
    let mut few = 0;
    for lang in Lang::RESPONDENTS {
        let charts = words(lang, Wording::Plain).unwrap();
        let posters = PosterWords::of(lang).unwrap();
        let nought = fill(&charts.percent, &[("n", "0")]);
        let range = fill(&charts.between, &[("low", nought.as_str()), ("high", "")]);
        let hardly = fill(&charts.under, &[("n", "5")]);
        for named in plain().charts.iter().filter(rounded) {
            let (shown, name) = (&named.shown, &named.name);
            let picture = shown.picture(None);
            let (title, prompts) = (shown.plan.title.clone(), Vec::new());
            let station = Station { number: 1, title, prompts, shown: vec![shown.clone()] };
            let sentence = takeaway(&station, lang, (&posters, &charts));
            let alt = draw(&picture, &Look::page_wide(), lang, &charts).unwrap().desc;
            let told = caption(&picture.tables, lang, &charts);
            let table = data_table(&picture, lang, &charts);
            let cells = table.rows.iter().flatten();
            // Of those who live here, nought percent may be what it is.
            let is_population = shown.plan.chart == ChartKind::Population;
            let alt = if is_population { String::new() } else { alt };
            let cells = cells.filter(|_| !is_population);
            few += cells.clone().filter(|cell| cell.contains(&hardly)).count();
            for said in [&sentence, &alt, &told.who].into_iter().chain(&told.careful).chain(cells) {
                // How far chance may go begins at nought.
                let said = said.replace(range.trim(), "");
                assert!(!says_nought(&said, &nought), "{name} {lang}: {said}");
            }
        }
    }
    assert!(few > 20, "{few} cells of the catalogue are fewer than five");
}

#[test]
fn what_is_withheld_stands_nowhere() {
    let other = Catalogue::invent(&Shelf::load(None), Wording::Plain, 77).unwrap();
    let words = words(Lang::Nl, Wording::Plain).unwrap();
    assert_eq!(plain().withheld.len(), other.withheld.len());
    for (one, other) in plain().withheld.iter().zip(&other.withheld) {
        assert!(one.shown.tables.iter().all(|table| table.withheld().is_some()), "{}", one.name);
        let (one, other) = (one.shown.picture(None), other.shown.picture(None));
        for (name, look) in LOOKS {
            let drawn = |picture| draw(picture, &look(), Lang::Nl, &words).unwrap();
            assert_eq!(drawn(&one), drawn(&other), "{name}: seven others change the drawing");
        }
        let table = |picture| data_table(picture, Lang::Nl, &words);
        assert_eq!(table(&one), table(&other));
    }
}

#[test]
fn the_page_of_charts_is_up_to_date() {
    let words = words(Lang::En, Wording::Plain).unwrap();
    let look = Look::page_wide();
    let charts: Vec<page::Drawn> = plain()
        .kinds()
        .into_iter()
        .map(|(kind, named)| {
            page::drawn(named, Some(kind), ("wide", &look), Lang::En, &words).unwrap()
        })
        .chain(plain().apart.iter().map(|apart| {
            page::drawn_apart(apart, true, ("wide", &look), Lang::En, &words).unwrap()
        }))
        .collect();
    let again = "`cargo run -- charts --kinds --out docs` writes it anew";
    let kept = |name: &str| std::fs::read_to_string(docs().join(name)).unwrap_or_default();
    assert!(kept("charts.md") == page::page(&charts, "charts"), "charts.md is old; {again}");
    for chart in &charts {
        let name = format!("charts/{}.svg", chart.name);
        assert!(kept(&name) == chart.svg.xml, "{name} is old; {again}");
        let findings = judge(&kept(&name), &Yardstick::of(&look));
        assert!(findings.is_empty(), "{name}: {findings:?}");
    }
}

#[test]
fn charts_are_written_and_checked_by_command() {
    let folder = Folder::fresh();
    let out = folder.0.join("out").display().to_string();
    let written = run(&[
        "charts",
        "--out",
        &out,
        "--kinds",
        "--lang",
        "nl,ar",
        "--look",
        "narrow,wall-stripes",
        "--png",
        "--contact",
    ]);
    assert_eq!(code(&written), 0, "{}", said(&written));
    let page = std::fs::read_to_string(folder.0.join("out/charts.md")).unwrap();
    let drawings = page.matches("](charts/").count();
    assert_eq!(drawings, (KINDS.len() + 2) * 4, "{page}");
    let files = std::fs::read_dir(folder.0.join("out/charts")).unwrap().count();
    assert_eq!(files, drawings * 3, "a drawing, a picture and a table each");
    for lang in ["nl", "ar"] {
        let sheet = std::fs::read(folder.0.join(format!("out/contact-{lang}.png"))).unwrap();
        assert!(sheet.starts_with(b"\x89PNG"));
    }
    let unknown = run(&["charts", "--out", &out, "--look", "oval"]);
    assert_eq!(code(&unknown), 1);
    assert!(said(&unknown).contains("there is no look \"oval\"; there are narrow"));
    assert_eq!(code(&run(&["charts"])), 2, "it wants a folder, or a check");
    let checked = run(&["charts", "--check", "--lang", "fr", "--look", "wide"]);
    assert_eq!(code(&checked), 0, "{}", said(&checked));
    assert!(said(&checked).contains("drawings, 0 findings"), "{}", said(&checked));
}
