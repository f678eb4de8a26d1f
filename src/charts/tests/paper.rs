//! Tests of what is made for paper: empty charts, the strip of who answered, and the sheet itself.

use usvg::tiny_skia_path::Rect;
use usvg::{Group, Node, Options, Tree, fontdb};

use super::pictures;
use crate::charts::poster::{Content, Drawn, Paper, Role, Room, Said, lay};
use crate::charts::{Guess, Look, Refusal, Svg, draw, guess, strip};
use crate::domain::text::Lang;
use crate::words::ChartWords;

const SAY: Guess<'static> = Guess {
    share_of: "How many say {answers}?",
    share: "How many say so?",
    rating: "Which mark?",
    groups: "In how many groups?",
    quote: "“{text}”",
    or: "or",
    desc: "Empty bars: {rows}.",
};

/// Every text of a drawing, line by line.
fn texts(svg: &str) -> Vec<String> {
    let of = |one: &str| one.rsplit('>').next().map(str::to_owned);
    let svg = svg.replace("</tspan>", "");
    svg.split("</text>").flat_map(|part| part.split("<tspan")).filter_map(of).collect()
}

#[test]
fn an_empty_chart_has_the_rows_and_none_of_the_numbers() {
    let words = ChartWords::of(Lang::En).unwrap();
    let tables = pictures::all();
    for (name, picture) in pictures::pictures(&tables) {
        let svg = guess(&picture, &Look::wall(2670.0), Lang::En, &words, &SAY).unwrap();
        pictures::keep(&format!("guess_{name}"), &svg);
        let drawn = draw(&picture, &Look::wall(2670.0), Lang::En, &words).unwrap();
        if drawn.desc == words.desc_nothing {
            continue;
        }
        assert!(svg.desc.contains("Empty bars"), "{name}: {}", svg.desc);
        let said = texts(&svg.body);
        let scale = ["0%", "25%", "50%", "75%", "100%"];
        for text in said.iter().filter(|text| text.ends_with('%')) {
            assert!(scale.contains(&text.as_str()), "{name}: {text}");
        }
        assert!(svg.body != drawn.body, "{name}");
        assert!(!svg.body.contains("NaN"), "{name}");
        assert!(!svg.body.contains("fill=\"#005a96\""), "{name} has a bar");
    }
}

#[test]
fn the_strip_is_drawn_where_there_is_something_to_compare() {
    let tables = pictures::all();
    for lang in [Lang::En, Lang::Nl, Lang::Ar] {
        let words = ChartWords::of(lang).unwrap();
        let all = pictures::pictures(&tables);
        let named = |name: &str| all.iter().find(|(own, _)| *own == name).unwrap().1.clone();
        let look = Look::wall(2670.0);
        let drawn = strip(&[named("population")], &look, lang, &words).unwrap().unwrap();
        pictures::keep(&format!("strip_{lang}"), &drawn);
        assert!(drawn.desc.len() > 60, "{}", drawn.desc);
        let alone = strip(&[named("population_alone")], &look, lang, &words).unwrap();
        assert_eq!(alone, None, "nothing to compare with");
    }
}

fn said(lang: Lang, title: &str) -> Said {
    Said {
        lang,
        head: "Data walk · Station 3 of 7 · Oude Haven".to_owned(),
        title: title.to_owned(),
        heading: "What we think this says".to_owned(),
        takeaway: "About 6 in 10 who answered feel uneasy here after dark".to_owned(),
        who: "About 185 people answered “Safe here?”.".to_owned(),
        careful: vec!["Rounded to 5.".to_owned(), "No margin.".to_owned()],
        talk: "Talk".to_owned(),
        prompts: vec!["Does this match what you see?".to_owned(); 3],
        notes: "Your notes".to_owned(),
        scan: "Read it".to_owned(),
        key: "The words in the charts".to_owned(),
        invented: Some("INVENTED".to_owned()),
    }
}

fn content(paper: Paper, titles: &[(Lang, &str)], address: &str) -> Content {
    Content {
        id: "station-3".to_owned(),
        paper,
        said: titles.iter().map(|(lang, title)| said(*lang, title)).collect(),
        address: Some(address.to_owned()),
        too_long: "This address is too long for a code.".to_owned(),
        release: "release 1".to_owned(),
        key: vec![titles.iter().map(|(_, title)| (*title).to_owned()).collect()],
        around: if titles.len() > 1 { 0.66 } else { 1.0 },
        room: if titles.len() > 1 { Room::Tight } else { Room::Some },
    }
}

fn chart(paper: Paper) -> Drawn {
    let (tables, words) = (pictures::all(), ChartWords::of(Lang::En).unwrap());
    let picture = pictures::pictures(&tables).swap_remove(2).1;
    let mut look = Look::wall(paper.between());
    look.text.statement = 45.0;
    look.text.total = 47.0;
    look.text.number = 46.0;
    Drawn { heading: None, chart: draw(&picture, &look, Lang::En, &words).unwrap() }
}

/// Texts whose letters lie on those of another, or leave the paper.
fn overlaps(svg: &Svg) -> Vec<String> {
    let mut fonts = fontdb::Database::new();
    for font in crate::charts::fonts() {
        fonts.load_font_data(font);
    }
    let options = Options { fontdb: std::sync::Arc::new(fonts), ..Options::default() };
    let tree = Tree::from_str(&svg.xml, &options).unwrap();
    let (mut seen, mut found) = (Vec::new(), Vec::new());
    boxes(tree.root(), &mut seen);
    let page = tree.size();
    for (at, (words, ink)) in seen.iter().enumerate() {
        if ink.left() < 5.0 || ink.right() > page.width() - 5.0 || ink.bottom() > page.height() {
            found.push(format!("{words:?} leaves the paper: {ink:?}"));
        }
        for (other, under) in seen.iter().skip(at + 1) {
            let across = ink.right().min(under.right()) - ink.left().max(under.left());
            let down = ink.bottom().min(under.bottom()) - ink.top().max(under.top());
            if across > 0.0 && down > 0.0 {
                found.push(format!("{words:?} on {other:?}"));
            }
        }
    }
    found
}

/// Every text with the box of its ink.
fn boxes(group: &Group, seen: &mut Vec<(String, Rect)>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => boxes(inner, seen),
            Node::Text(text) => {
                let words = text.chunks().iter().map(usvg::TextChunk::text).collect();
                let mut marks = Vec::new();
                ink(text.flattened(), &mut marks);
                let edge = |of: fn(&Rect) -> f32, pick: fn(f32, f32) -> f32| {
                    marks.iter().map(of).reduce(pick).unwrap()
                };
                let (left, top) = (edge(Rect::left, f32::min), edge(Rect::top, f32::min));
                let (right, bottom) = (edge(Rect::right, f32::max), edge(Rect::bottom, f32::max));
                let ink = Rect::from_ltrb(left, top, right, bottom).unwrap();
                seen.push((words, ink.transform(text.abs_transform()).unwrap()));
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

fn ink(group: &Group, marks: &mut Vec<Rect>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => ink(inner, marks),
            Node::Path(path) => marks.push(path.abs_bounding_box()),
            Node::Text(_) | Node::Image(_) => {}
        }
    }
}

#[test]
fn nothing_overlaps_or_leaves_the_sheet_in_three_languages_and_two_directions() {
    let titles = [
        vec![(Lang::En, "Do we feel safe here?")],
        vec![(Lang::Nl, "Voelen we ons hier veilig?"), (Lang::Fr, "Sommes-nous en sécurité ?")],
        vec![
            (Lang::Ar, "هل نشعر بالأمان هنا؟"),
            (Lang::Nl, "Voelen we ons hier veilig?"),
            (Lang::Tr, "Burada güvende miyiz?"),
        ],
        vec![
            (Lang::De, "Fühlen wir uns in unserem Viertel nach Einbruch der Dunkelheit sicher?"),
            (Lang::Ar, "هل نشعر بالأمان هنا؟"),
        ],
    ];
    for paper in Paper::ALL {
        for titles in &titles {
            let laid =
                lay(&content(paper, titles, "https://a.example/w/x/nl/3"), &[chart(paper)], None);
            let laid = laid.unwrap();
            let svg = laid.svg();
            pictures::keep(&format!("sheet_{}_{}", paper.code(), titles[0].0), &svg);
            assert_eq!(overlaps(&svg), Vec::<String>::new(), "{paper:?} {titles:?}");
            let roles: Vec<&Role> = laid.parts.iter().map(|part| &part.role).collect();
            assert!(roles.contains(&&Role::Title));
            assert!(roles.iter().any(|role| matches!(role, Role::Figure(alt) if alt.len() > 40)));
            for (lang, title) in titles {
                assert!(laid.parts.iter().any(|part| part.lang == *lang), "{title}");
            }
        }
    }
}

#[test]
fn an_address_that_is_too_long_for_a_code_is_written_with_a_sentence() {
    let long = format!("https://{}.example/w/x/en/3", "a-very-long-name".repeat(30));
    let titles = [(Lang::En, "Do we feel safe?")];
    let svg = lay(&content(Paper::A3, &titles, &long), &[chart(Paper::A3)], None).unwrap().svg();
    let all = texts(&svg.xml);
    assert!(all.join(" ").contains("too long for a code"), "{all:?}");
    assert!(!svg.xml.contains("<path transform"), "there is no code");
    assert!(all.concat().contains("/w/x/en/3"), "the end of it is there");
    assert_eq!(overlaps(&svg), Vec::<String>::new());
    let short =
        lay(&content(Paper::A3, &titles, "https://a.example/w/x"), &[chart(Paper::A3)], None);
    assert!(!short.unwrap().svg().xml.contains("too long"));
}

#[test]
fn a_word_of_three_hundred_letters_and_markup_stay_on_the_paper() {
    let long = "Wij".repeat(100);
    let laid = lay(
        &content(
            Paper::A3,
            &[(Lang::Nl, &long), (Lang::En, "<script>&\u{1}")],
            "https://a.example",
        ),
        &[],
        None,
    );
    let svg = laid.unwrap().svg();
    assert_eq!(overlaps(&svg), Vec::<String>::new());
    assert!(!svg.xml.contains("<script") && !svg.xml.contains('\u{1}'));
}

#[test]
fn what_leaves_no_room_for_notes_is_refused() {
    let charts = vec![chart(Paper::A3), chart(Paper::A3), chart(Paper::A3)];
    let laid = lay(&content(Paper::A3, &[(Lang::En, "x")], "https://a.example"), &charts, None);
    assert!(matches!(laid.map(|_| ()), Err(Refusal::DoesNotFit(_))));
}
