//! Pictures of every kind, the looks they are drawn for, and a folder to see them in.

use crate::charts::{Look, Picture, Svg};
use crate::domain::area::Map;
use crate::domain::instrument::ChartKind;
use crate::domain::text::Text;
use crate::release::table::Table;

use super::figures::{Figures, figures};
use super::samples::{ages, by_age, feedback, places, problems, situations, spoken, steps, text};

/// Every kind.
pub(super) const KINDS: [ChartKind; 11] = [
    ChartKind::Diverging,
    ChartKind::SortedBars,
    ChartKind::PeopleDots,
    ChartKind::Population,
    ChartKind::Interval,
    ChartKind::Dumbbell,
    ChartKind::Change,
    ChartKind::HeatTable,
    ChartKind::Lollipop,
    ChartKind::Waves,
    ChartKind::SmallMultiples,
];

/// Tables that pictures are made of.
pub(super) struct Tables {
    situations: Vec<Table>,
    by_age: Table,
    problems: Table,
    places: Table,
    spoken: Table,
    feedback: Vec<Table>,
    ages: Table,
    ages_alone: Table,
    steps: Vec<Table>,
    figures: Figures,
    marks: Table,
    map: Map,
    themes: Table,
    game: Table,
    ballot: [Table; 2],
    change: Vec<String>,
    title: Text,
    top: Vec<String>,
}

pub(super) fn all() -> Tables {
    Tables {
        situations: situations(),
        by_age: by_age(),
        problems: problems(),
        places: places(),
        spoken: spoken(),
        feedback: feedback(),
        ages: ages(true),
        ages_alone: ages(false),
        figures: figures(),
        steps: [2, 3, 4, 6, 7, 11].map(steps).to_vec(),
        marks: super::places::marks(),
        map: super::places::map(),
        themes: super::places::themes(),
        game: super::places::game(),
        ballot: super::places::ballot(),
        change: vec!["c2".to_owned()],
        title: text(
            "How safe do we feel here?",
            "Hoe veilig voelen we ons hier?",
            "ما مدى شعورنا بالأمان هنا؟",
        ),
        top: vec!["c3".to_owned(), "c4".to_owned()],
    }
}

pub(super) fn pictures(tables: &Tables) -> Vec<(&'static str, Picture<'_>)> {
    let picture = |kind, tables_of: Vec<_>, top| Picture {
        id: "picture".to_owned(),
        kind,
        title: &tables.title,
        tables: tables_of,
        top,
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: None,
    };
    let (top, none): (&[String], &[String]) = (&tables.top, &[]);
    let several: Vec<&Table> = tables.situations.iter().collect();
    let most =
        Picture { most: Some(6), ..picture(ChartKind::SortedBars, vec![&tables.problems], none) };
    let names = ["steps_2", "steps_3", "steps_4", "steps_6", "steps_7", "steps_11"];
    let steps = names.into_iter().zip(&tables.steps);
    let steps = steps.map(|(name, table)| (name, picture(ChartKind::Diverging, vec![table], none)));
    let mut pictures: Vec<_> = steps.collect();
    let kinds = vec![
        ("diverging", picture(ChartKind::Diverging, several.clone(), none)),
        ("diverging_groups", picture(ChartKind::Diverging, vec![&tables.by_age], none)),
        ("bars", most),
        ("bars_top", picture(ChartKind::SortedBars, several, top)),
        ("bars_groups", picture(ChartKind::SortedBars, vec![&tables.by_age], top)),
        ("places", picture(ChartKind::SortedBars, vec![&tables.places], none)),
        ("spoken", picture(ChartKind::SortedBars, vec![&tables.spoken], none)),
        ("people", picture(ChartKind::PeopleDots, tables.feedback.iter().collect(), none)),
        ("population", picture(ChartKind::Population, vec![&tables.ages], none)),
        ("population_alone", picture(ChartKind::Population, vec![&tables.ages_alone], none)),
        (
            "marks",
            Picture {
                ground: Some(&tables.map),
                ..picture(ChartKind::PlaceMarks, vec![&tables.marks], none)
            },
        ),
        ("marks_listed", picture(ChartKind::PlaceMarks, vec![&tables.marks], none)),
        (
            "hexagons",
            Picture {
                ground: Some(&tables.map),
                ..picture(ChartKind::Hexagons, vec![&tables.marks], &tables.change)
            },
        ),
        ("themes", picture(ChartKind::Themes, vec![&tables.themes], none)),
        ("game", picture(ChartKind::TwoSides, vec![&tables.game], none)),
        ("ballot", picture(ChartKind::Ballot, tables.ballot.iter().collect(), none)),
    ];
    pictures.splice(0..0, kinds);
    pictures.extend(super::figures::pictures(&tables.figures));
    pictures
}

pub(super) fn looks() -> Vec<(&'static str, Look)> {
    vec![
        ("wide", Look::page_wide()),
        ("narrow", Look::page_narrow()),
        ("wall", Look::wall(2670.0)),
        ("hatched", Look::wall(2670.0).hatched()),
        ("projector", Look::projector()),
    ]
}

/// Writes a picture where a person can look at it, when asked to.
pub(super) fn keep(name: &str, svg: &Svg) {
    let Some(folder) = std::env::var_os("MIRADOURO_PICTURES") else { return };
    let scale = if svg.width > 2000.0 {
        0.4
    } else if svg.width > 1000.0 {
        0.6
    } else {
        1.6
    };
    let image = crate::charts::judge::image(&svg.xml, svg.width * scale).unwrap();
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), image.png().unwrap()).unwrap();
    std::fs::write(folder.join(format!("{name}.svg")), &svg.xml).unwrap();
}
