//! Marks on a map, a game, themes, a ballot, words and actions: invented, drawn for every look, and
//! every way in which they can go wrong.

use jiff::civil::date;

use super::samples::{base, group, labels, text};
use super::*;
use crate::charts::{Action, FollowUp, MOST_QUOTES, Quote, quote_wall, timeline};
use crate::domain::area::{Land, Place, Shape as Piece, code};
use crate::domain::plane::Point;
use crate::release::table::{Group, Nearly, Sample, Shape, Table, Withheld};

fn at(lon: f64, lat: f64) -> Point {
    Point { lon, lat }
}

fn ring(corners: &[(f64, f64)]) -> Vec<Point> {
    let mut ring: Vec<Point> = corners.iter().map(|(lon, lat)| at(*lon, *lat)).collect();
    ring.extend(ring.first().copied());
    ring
}

const NAMES: [&str; 9] = [
    "Brugplein",
    "Kapellestraat",
    "Spoortunnel",
    "Stationsstraat",
    "Zwaaikom",
    "Oude Kaai",
    "Speelplein De Sluis",
    "Molenstraat",
    "شارع النخيل",
];

fn place(name: &str, shape: Piece) -> Place {
    Place { code: code(name), name: name.to_owned(), zone: None, shapes: vec![shape] }
}

/// An area with a corner in it, a hole, streets that lead out of it, a square and a park.
pub(super) fn map() -> Map {
    let edge = ring(&[
        (3.710, 51.040),
        (3.716, 51.0385),
        (3.728, 51.040),
        (3.734, 51.046),
        (3.731, 51.053),
        (3.724, 51.050),
        (3.718, 51.0545),
        (3.711, 51.051),
    ]);
    let hole = ring(&[(3.720, 51.0455), (3.7225, 51.0455), (3.7215, 51.0475)]);
    let land =
        |corners: &[(f64, f64)]| Piece::Land(Land { edge: ring(corners), holes: Vec::new() });
    let way = |line: &[(f64, f64)]| Piece::Way(line.iter().map(|(x, y)| at(*x, *y)).collect());
    let shapes = [
        land(&[(3.7255, 51.0465), (3.727, 51.0465), (3.727, 51.0475), (3.7255, 51.0475)]),
        way(&[(3.7105, 51.0445), (3.717, 51.0452), (3.7255, 51.0468)]),
        way(&[(3.7285, 51.044), (3.7305, 51.047)]),
        way(&[(3.7128, 51.0400), (3.7150, 51.0452), (3.7138, 51.0530)]),
        land(&[(3.7165, 51.0495), (3.7195, 51.0490), (3.7190, 51.0515), (3.7170, 51.0518)]),
        way(&[(3.700, 51.0475), (3.714, 51.0480), (3.724, 51.0492), (3.740, 51.0500)]),
        land(&[(3.7205, 51.0415), (3.7230, 51.0412), (3.7228, 51.0427)]),
        way(&[(3.7190, 51.0390), (3.7185, 51.0440)]),
        way(&[(3.7265, 51.0405), (3.7290, 51.0435), (3.7325, 51.0450)]),
    ];
    let mut places: Vec<Place> =
        NAMES.iter().zip(shapes).map(|(name, shape)| place(name, shape)).collect();
    places.push(place("Halte Tunnel", Piece::Spot(at(3.7300, 51.0485))));
    places.sort_by(|a, b| a.name.cmp(&b.name));
    Map {
        source: "verzonnen voor deze test".to_owned(),
        licence: "CC0".to_owned(),
        outline: vec![Land { edge, holes: vec![hole] }],
        places,
        left_out: Vec::new(),
    }
}

fn marked(name: &str, people: u64, cells: [u64; 3]) -> Group {
    Group { code: code(name), ..group(Text::name(name), people, &cells) }
}

const COUNTS: [(u64, [u64; 3]); 9] = [
    (60, [45, 10, 5]),
    (35, [25, 5, 10]),
    (55, [0, 50, 35]),
    (30, [10, 15, 10]),
    (25, [20, 0, 0]),
    (25, [15, 5, 5]),
    (40, [30, 5, 20]),
    (10, [5, 5, 0]),
    (15, [5, 10, 5]),
];

pub(super) fn marks() -> Table {
    let places =
        NAMES.iter().zip(COUNTS).map(|(name, (people, cells))| marked(name, people, cells));
    marks_of(places.collect())
}

fn marks_of(groups: Vec<Group>) -> Table {
    let choices = labels(&[
        ("I like it here", "hier ben ik graag", "أحبّ هذا المكان"),
        ("I avoid this place", "deze plek mijd ik", "أتجنّب هذا المكان"),
        ("this should change", "hier moet iets veranderen", "يجب أن يتغيّر شيء هنا"),
    ]);
    let by = Some(text("Which place is it?", "Welke plek is het?", "أي مكان هو؟"));
    let asked = text("What kind of mark is it?", "Wat wilt u aanduiden?", "ما نوع هذه العلامة؟");
    sample(Sample { by, groups, ..base(asked, Shape::Multiple, choices) })
}

pub(super) fn themes() -> Table {
    let choices = labels(&[
        ("Light in the street", "Licht op straat", "إنارة الشارع"),
        ("Contact with the police", "Contact met de politie", "الاتصال بالشرطة"),
        ("Traffic that drives too fast", "Te snel verkeer", "سيارات مسرعة"),
        ("Noise", "Lawaai", "ضجيج"),
        ("Harassment in the street", "Lastiggevallen worden op straat", "المضايقة في الشارع"),
        ("Theft", "Diefstal", "سرقة"),
    ]);
    let groups = vec![group(Text::default(), 6, &[5, 4, 3, 1, 2, 0])];
    let asked = text("Which theme fits?", "Welk thema past?", "أي موضوع يناسب؟");
    sample(Sample { groups, step: 1, ..base(asked, Shape::Groups, choices) })
}

pub(super) fn game() -> Table {
    let choices = labels(&[
        (
            "Pineapple belongs on a pizza.",
            "Ananas hoort op een pizza.",
            "الأناناس مكانه على البيتزا.",
        ),
        (
            "I would call the police if a friend were in trouble.",
            "Ik zou de politie bellen als een vriend in de problemen zit.",
            "سأتصل بالشرطة إذا وقع صديق في مشكلة.",
        ),
        (
            "I have been stopped for no reason I could see.",
            "Ik ben al eens tegengehouden zonder dat ik een reden zag.",
            "أوقفوني مرة بلا سبب أراه.",
        ),
        ("Respect has to be earned.", "Respect moet je verdienen.", "الاحترام يُكتسب."),
    ]);
    let name = |en, nl, ar| text(en, nl, ar);
    let groups = vec![
        group(name("young people", "jongeren", "الشباب"), 14, &[8, 4, 0, 9]),
        group(name("police", "politie", "الشرطة"), 9, &[3, 0, 0, 5]),
        group(name("others", "anderen", "آخرون"), 7, &[4, 5, 2, 4]),
    ];
    let none = || vec![None; 4];
    let nearly = vec![
        vec![None, None, Some(Nearly::All), None],
        vec![None, Some(Nearly::All), Some(Nearly::None), None],
        none(),
    ];
    let asked = text("Who crossed the line?", "Wie stapte over de lijn?", "من تخطّى الخط؟");
    let by = Some(text("How many play?", "Hoeveel spelen mee?", "كم يلعبون؟"));
    sample(Sample { by, groups, nearly, step: 1, ..base(asked, Shape::Multiple, choices) })
}

pub(super) fn ballot() -> [Table; 2] {
    let choices = labels(&[
        ("Better light in the tunnel", "Beter licht in de tunnel", "إنارة أفضل في النفق"),
        (
            "A safe crossing by the school",
            "Een veilige oversteek bij de school",
            "معبر آمن قرب المدرسة",
        ),
        (
            "A place for young people in the evening",
            "Een plek voor jongeren ’s avonds",
            "مكان للشباب مساءً",
        ),
        ("The same officer who comes by", "Altijd dezelfde wijkagent", "الشرطي نفسه دائمًا"),
        ("Rubbish collected on time", "Afval op tijd opgehaald", "جمع القمامة في وقته"),
    ]);
    let group = |en, nl, ar, code: &str, base: u64, cells: [u64; 5]| Group {
        code: code.to_owned(),
        ..group(text(en, nl, ar), base, &cells)
    };
    let asked = || text("What should come first?", "Wat moet eerst komen?", "ماذا أولًا؟");
    let everyone = group("", "", "", "", 47, [30, 25, 22, 14, 18]);
    let all = Sample {
        groups: vec![everyone],
        step: 1,
        ..base(asked(), Shape::Multiple, choices.clone())
    };
    let groups = vec![
        group("Residents", "Bewoners", "السكان", "resident", 24, [15, 14, 9, 6, 12]),
        group("Young people", "Jongeren", "الشباب", "youth", 12, [7, 4, 11, 3, 3]),
        group(
            "Institutions",
            "Instellingen",
            "المؤسسات",
            "institution+police",
            11,
            [8, 7, 2, 5, 3],
        ),
    ];
    let by = Some(text("Which group?", "Welke groep?", "أي مجموعة؟"));
    [sample(all), sample(Sample { by, groups, step: 1, ..base(asked(), Shape::Multiple, choices) })]
}

fn quotes() -> Vec<Quote> {
    let quote = |said: &str, about: &str| Quote { said: said.to_owned(), about: about.to_owned() };
    vec![
        quote("In de tunnel loop ik altijd met mijn sleutels in mijn hand.", "Past niet"),
        quote(
            "The crossing by the school is worse than this chart says. Cars do not stop.",
            "Partly",
        ),
        quote("نحب الساحة لأن أولادنا يلعبون فيها حتى المساء.", ""),
        quote("Goed dat het er eindelijk zo staat.", "Past"),
        quote("雨", "letters no font has"),
        quote(&"x".repeat(300), "one long word"),
    ]
}

fn actions() -> Vec<Action> {
    let check = |day, held| Some(FollowUp { day, held });
    let action = |title: &str, by: &str, start, due, done, follow_ups| Action {
        title: title.to_owned(),
        by: by.to_owned(),
        start,
        due,
        done,
        follow_ups,
    };
    vec![
        action(
            "Eight lamps in the tunnel",
            "Stad, openbare verlichting.",
            date(2026, 3, 1),
            date(2026, 6, 15),
            Some(date(2026, 6, 1)),
            [check(date(2026, 8, 1), true), check(date(2027, 1, 15), false)],
        ),
        action(
            "A safe crossing by the school",
            "Stad, mobiliteit.",
            date(2026, 4, 1),
            date(2026, 9, 1),
            None,
            [check(date(2026, 10, 1), false), check(date(2027, 2, 1), false)],
        ),
        action(
            "A room for young people on Friday evening",
            "Het Anker.",
            date(2026, 9, 1),
            date(2027, 1, 10),
            None,
            [check(date(2027, 3, 1), false), None],
        ),
        action(
            "Rubbish on Tuesday and Friday",
            "Ivago.",
            date(2026, 5, 1),
            date(2026, 7, 1),
            Some(date(2026, 8, 20)),
            [None, None],
        ),
    ]
}

fn title() -> Text {
    text(
        "What people said, in their words",
        "Wat mensen zeiden, in hun woorden",
        "ما قاله الناس بكلماتهم",
    )
}

#[test]
fn words_are_cards_and_letters_without_a_font_are_left_to_the_page() {
    for lang in [Lang::En, Lang::Nl, Lang::Ar] {
        let words = ChartWords::of(lang).unwrap();
        for (name, look) in pictures::looks() {
            let wall =
                quote_wall((&quotes(), MOST_QUOTES), "q", &title(), (&look, lang), &words).unwrap();
            assert!(wall.xml.contains("sleutels") && !wall.xml.contains('雨'));
            let left = crate::words::fill(&words.quotes_left, &[("n", "1")]);
            assert!(wall.xml.contains(&left) || lang == Lang::Ar, "{name} {lang}");
            assert!(
                quality::faults(&wall, &look).is_empty(),
                "{:?}",
                quality::faults(&wall, &look)
            );
            pictures::keep(&format!("quotes_{name}_{lang}"), &wall);
            let none =
                quote_wall((&[], MOST_QUOTES), "q", &title(), (&look, lang), &words).unwrap();
            assert!(none.desc.contains(&words.quotes_none));
        }
    }
}

#[test]
fn late_is_a_shape_and_a_word() {
    let today = date(2026, 11, 22);
    for lang in [Lang::En, Lang::Nl, Lang::Ar] {
        let words = ChartWords::of(lang).unwrap();
        for (name, look) in pictures::looks() {
            let line = timeline(&actions(), today, ("t", &title()), (&look, lang), &words).unwrap();
            let late = crate::words::fill(&words.line_late_by, &[("n", "82")]);
            assert!(line.desc.contains(&late), "{}", line.desc);
            assert!(line.xml.contains("-hd)"), "the late part is hatched: {name}");
            let faults = quality::faults(&line, &look);
            assert!(faults.is_empty(), "{name} {lang}: {}", faults.join("\n"));
            pictures::keep(&format!("timeline_{name}_{lang}"), &line);
        }
    }
    assert_eq!(actions()[3].late(today), 50, "until it was done");
    assert_eq!(actions()[0].late(today), 0);
}

#[test]
fn a_map_is_never_mirrored_and_shows_no_count_that_is_not_there() {
    let (table, map, title) = (marks(), map(), title());
    let (en, ar) = (ChartWords::of(Lang::En).unwrap(), ChartWords::of(Lang::Ar).unwrap());
    let picture = Picture {
        id: "m".to_owned(),
        kind: ChartKind::PlaceMarks,
        title: &title,
        tables: vec![&table],
        top: &[],
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: Some(&map),
    };
    let look = Look::page_wide();
    let one = draw(&picture, &look, Lang::En, &en).unwrap();
    let other = draw(&picture, &look, Lang::Ar, &ar).unwrap();
    let outline = |svg: &Svg| {
        let path = svg.xml.split("clipPath").nth(1).unwrap();
        let first = path.split("d=\"M").nth(1).unwrap().split('L').next().unwrap().to_owned();
        first.split(' ').next().unwrap().parse::<f64>().unwrap()
    };
    assert!((outline(&one) - outline(&other)).abs() < 0.3, "west is left in both");
    assert!(one.desc.contains("Brugplein: I like it here 45"), "{}", one.desc);
    assert!(one.xml.contains("fewer than 5 people"));
    let numbers = data_table(&picture, Lang::En, &en);
    assert_eq!(numbers.rows[0], ["Spoortunnel", "fewer than 5", "50", "35", "55"]);
    assert_eq!(numbers.rows[1], ["Brugplein", "45", "10", "5", "60"]);
    let listed = Picture { ground: None, ..picture.clone() };
    let listed = draw(&listed, &look, Lang::En, &en).unwrap();
    assert!(listed.xml.contains("There is no map of this area"));
    let elsewhere = Map { places: Vec::new(), ..map.clone() };
    let elsewhere =
        Picture { ground: Some(&elsewhere), kind: ChartKind::Hexagons, ..picture.clone() };
    assert!(draw(&elsewhere, &look, Lang::En, &en).unwrap().xml.contains("There is no map"));
    let no_outline = Map { outline: Vec::new(), ..map.clone() };
    let no_outline = Picture { ground: Some(&no_outline), ..picture };
    assert!(draw(&no_outline, &look, Lang::En, &en).is_ok());
}

/// The numbers after every M and L of the outline, ring by ring.
fn outline(svg: &Svg) -> Vec<Vec<(f64, f64)>> {
    let line = svg.xml.lines().find(|line| line.contains("stroke=\"#4d4d4d\"")).unwrap();
    let path = line.split("d=\"M").nth(1).unwrap().split('"').next().unwrap();
    let point = |at: &str| {
        let (x, y) = at.trim_end_matches('Z').split_once(' ').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    path.split('M').map(|ring| ring.split('L').map(point).collect()).collect()
}

#[test]
fn every_number_of_a_hexagon_stands_inside_the_area() {
    let (mut map, title) = (map(), title());
    let corners: Vec<Point> = map.outline.iter().flat_map(|land| land.edge.clone()).collect();
    let mut marks = vec![marked("Brugplein", 45, [45, 0, 0])];
    for (number, corner) in corners.into_iter().enumerate() {
        let name = format!("Hoek {number}");
        map.places.push(place(&name, Piece::Spot(corner)));
        marks.push(marked(&name, 10, [5, 5, 0]));
    }
    let table = marks_of(marks);
    let words = ChartWords::of(Lang::En).unwrap();
    for (name, look) in pictures::looks() {
        let picture = Picture {
            id: "m".to_owned(),
            kind: ChartKind::Hexagons,
            title: &title,
            tables: vec![&table],
            top: &[],
            most: None,
            ends: &[],
            cut: None,
            rounds: &[],
            ground: Some(&map),
        };
        let svg = draw(&picture, &look, Lang::En, &words).unwrap();
        let rings = outline(&svg);
        assert_eq!(rings.len(), 2, "the edge and the hole");
        let sides: Vec<_> =
            rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().skip(1))).collect();
        let attribute = |line: &str, key: &str| -> f64 {
            line.split(&format!(" {key}=\""))
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        };
        let numbers = svg.xml.lines().filter(|line| {
            line.starts_with("<text") && line.contains("middle") && !line.contains(">N<")
        });
        let mut seen = 0;
        for line in numbers {
            let (x, y) = (attribute(line, "x"), attribute(line, "y"));
            let crossed = sides.iter().filter(|(a, b)| {
                (a.1 > y) != (b.1 > y) && x > (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0
            });
            assert_eq!(crossed.count() % 2, 1, "{name}: {line} is outside");
            seen += 1;
        }
        assert!(seen >= 4, "{name}: {seen} hexagons");
    }
}

#[test]
fn whatever_is_marked_is_drawn_or_said() {
    let words = ChartWords::of(Lang::En).unwrap();
    let (map, title) = (map(), title());
    let word = "w".repeat(300);
    let many: Vec<Group> =
        (0..40).map(|n| marked(&format!("Straat {n}"), 20, [10, 5, 5])).collect();
    let hostile = ["<b>&\"'</b>", "a\u{0}b\u{202e}c", &word, "", "雨", "Ж ب a"];
    let hostile: Vec<Group> = hostile.iter().map(|name| marked(name, 10, [5, 5, 0])).collect();
    let on_map = NAMES.iter().map(|name| marked(name, 10, [5, 5, 0]));
    let crowded: Vec<Group> = on_map.chain(hostile.clone()).collect();
    let withheld = Sample {
        withheld: Some(Withheld::TooFew { needed: 50 }),
        ..base(Text::name("x"), Shape::Multiple, Vec::new())
    };
    let one = marks_of(vec![marked("Brugplein", 5, [5, 0, 0])]);
    let tables = [
        marks_of(many),
        marks_of(hostile),
        marks_of(crowded),
        sample(withheld),
        one,
        marks_of(Vec::new()),
    ];
    for (number, table) in tables.iter().enumerate() {
        for kind in [ChartKind::PlaceMarks, ChartKind::Hexagons] {
            for (name, look) in pictures::looks() {
                let picture = Picture {
                    id: "m".to_owned(),
                    kind,
                    title: &title,
                    tables: vec![table],
                    top: &[],
                    most: None,
                    ends: &[],
                    cut: None,
                    rounds: &[],
                    ground: Some(&map),
                };
                let svg = draw(&picture, &look, Lang::En, &words).unwrap();
                let faults = quality::faults(&svg, &look);
                assert!(faults.is_empty(), "{number} {kind:?} {name}: {}", faults.join("\n"));
                pictures::keep(&format!("hard_{number}_{kind:?}_{name}"), &svg);
                let rows = data_table(&picture, Lang::En, &words);
                assert!(rows.rows.iter().all(|row| row.len() == rows.head.len()));
            }
        }
    }
}

#[test]
fn a_ballot_is_in_the_order_that_was_decided() {
    let words = ChartWords::of(Lang::En).unwrap();
    let (tables, title) = (ballot(), title());
    let picture = Picture {
        id: "b".to_owned(),
        kind: ChartKind::Ballot,
        title: &title,
        tables: tables.iter().collect(),
        top: &[],
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: None,
    };
    let numbers = data_table(&picture, Lang::En, &words);
    let names: Vec<&str> = numbers.rows.iter().map(|row| row[0].as_str()).collect();
    let order = crate::charts::tests::places::names_by_equal_weight(&tables[1]);
    assert_eq!(names, order);
    assert_eq!(numbers.rows[0][2], "30 of 47");
    let svg = draw(&picture, &Look::page_wide(), Lang::En, &words).unwrap();
    assert!(svg.xml.contains("above this line: the first 3"));
    let alone = Picture { tables: vec![&tables[0]], ..picture };
    let svg = draw(&alone, &Look::page_wide(), Lang::En, &words).unwrap();
    assert!(svg.xml.contains("30 of 47"));
}

fn names_by_equal_weight(by: &Table) -> Vec<&str> {
    let mut all: Vec<(usize, f64)> =
        (0..by.choices().len()).map(|at| (at, by.equal_weight(at).unwrap())).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.into_iter().map(|(at, _)| by.choices()[at].text.get(Lang::En)).collect()
}
