//! Every instrument in every language stays on its paper, and no words lie over others.

use std::collections::BTreeMap;

use super::*;
use crate::charts::letters;
use crate::domain::condition::Condition;
use crate::domain::paper::Mark as Letters;
use crate::instruments::Shelf;
use crate::words::Speaker;

fn zones() -> Vec<Zone> {
    ["Brugzijde", "De Werf", "Havenpark", "Oude Kade"]
        .map(|name| Zone { code: name.to_lowercase(), name: name.to_owned() })
        .to_vec()
}

/// What is wrong with one sheet: words or boxes off the page or over one another.
fn faults(instrument: &Instrument, lang: Lang, large: bool) -> Vec<String> {
    let (form, words) = (FormWords::of(lang).unwrap(), PaperWords::of(lang).unwrap());
    let zones = zones();
    let help: Vec<HelpAddress> = Help::ALL
        .into_iter()
        .map(|kind| HelpAddress { kind, address: "02 123 45 67".to_owned() })
        .collect();
    let print = Print {
        instrument,
        lang,
        large,
        extra: false,
        area: "Oude Haven",
        asked_by: "Buurthuis Oude Haven",
        invented: true,
        help: &help,
        consent_age: 13,
        zones: &zones,
        map: None,
        form: &form,
        words: &words,
    };
    let named = format!("{} {lang} {large}", instrument.slug);
    let twin = match print.twin() {
        Ok(twin) => twin,
        Err(error) => return vec![format!("{named}: {error}")],
    };
    let number = SheetNumber::new(Letters::of(&[3, 8]), 7, |_, half| half * 31);
    let own = twin.numbered(number).unwrap();
    let mut faults = Vec::new();
    let marks: usize = twin.pages.iter().map(Vec::len).sum();
    if marks < 60 {
        faults.push(format!("{named}: only {marks} marks"));
    }
    for (at, (page, foot)) in (1..).zip(twin.pages.iter().zip(&twin.feet)) {
        let marks: Vec<Mark> = page.iter().chain(&foot.marks).chain(&own).cloned().collect();
        let marks: Vec<Mark> =
            marks.into_iter().map(|mark| if twin.rtl { mark.turned() } else { mark }).collect();
        let foot_top = A4.1 - foot_height(twin.sizes);
        for mark in &marks {
            let (left, top, right, bottom) = mark.bounds();
            let room = 12.0;
            if left < room || top < room || right > A4.0 - room || bottom > A4.1 - room {
                faults.push(format!("{named} page {at}: {mark:?} leaves the page"));
            }
        }
        for mark in page {
            if mark.bounds().3 > foot_top - 2.0 {
                faults.push(format!("{named} page {at}: {mark:?} runs into the foot"));
            }
        }
        let texts: Vec<&Mark> = marks.iter().filter(|mark| matters(mark)).collect();
        for (one, mark) in texts.iter().enumerate() {
            for other in texts.iter().skip(one + 1) {
                if over(mark.bounds(), other.bounds()) {
                    faults.push(format!(
                        "{named} page {at}: {} lies over {}",
                        said(mark),
                        said(other)
                    ));
                }
            }
        }
        for mark in &marks {
            if let Mark::Text { font, letters, .. } = mark {
                let least = if font.role == Role::Aside {
                    7.0
                } else if large {
                    18.0
                } else {
                    11.0
                };
                if font.size < least {
                    faults.push(format!("{named}: {:?} is small", letters.text));
                }
            }
        }
    }
    faults
}

/// Letters and boxes to tick; tinted grounds and the faces' eyes may lie under others.
fn matters(mark: &Mark) -> bool {
    match mark {
        Mark::Text { .. } | Mark::Code { .. } => true,
        Mark::Ring { filled, .. } => !filled,
        Mark::Box { line, w, .. } => line.is_some() && *w < 200.0,
        Mark::Stroke { .. } | Mark::Bow { .. } => false,
    }
}

fn said(mark: &Mark) -> String {
    match mark {
        Mark::Text { letters, .. } => format!("{:?}", letters.text),
        Mark::Ring { .. } => "a circle".to_owned(),
        Mark::Box { .. } => "a box".to_owned(),
        Mark::Code { .. } => "the code".to_owned(),
        Mark::Stroke { .. } | Mark::Bow { .. } => "a stroke".to_owned(),
    }
}

fn over(one: (f64, f64, f64, f64), other: (f64, f64, f64, f64)) -> bool {
    let near = 0.3;
    one.0 + near < other.2
        && other.0 + near < one.2
        && one.1 + near < other.3
        && other.1 + near < one.3
}

fn check(slugs: &[&str], langs: &[Lang]) {
    let shelf = Shelf::load(None);
    let mut faults = Vec::new();
    for instrument in shelf.instruments() {
        if !slugs.is_empty() && !slugs.contains(&instrument.slug.as_str()) {
            continue;
        }
        for lang in langs.iter().filter(|lang| instrument.languages.contains(lang)) {
            for large in [false, true] {
                faults.extend(self::faults(instrument, *lang, large));
            }
        }
    }
    let shown: Vec<String> = faults.iter().take(12).cloned().collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), shown.join("\n"));
}

#[test]
fn the_hardest_sheets_stay_on_their_paper() {
    check(&["resident_safety"], &[Lang::Ar]);
    check(&["walk_audit"], &[Lang::De]);
    check(&["over_the_line", "feedback_kids"], &[Lang::Tr]);
    check(&["priority_ballot", "committee_candidate"], &[Lang::Fr]);
}

/// All of them: `cargo test --lib every_sheet -- --ignored`.
#[test]
#[ignore = "takes a while without optimisation; tests/all runs it"]
fn every_sheet_stays_on_its_paper() {
    check(&[], &Lang::RESPONDENTS);
}

#[test]
fn a_telephone_number_keeps_its_order_between_arabic_words() {
    let mut block = Block::default();
    let mut setter = Setter::new(true);
    let font = Sizes::NORMAL.body();
    setter.text(&mut block, (0.0, 0.0, 300.0), Align::Start, "0800 12 800", font).unwrap();
    let Some(Mark::Text { letters, .. }) = block.marks.first() else { panic!("no text") };
    let order: Vec<usize> = letters.glyphs.iter().map(|glyph| glyph.from).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn words_that_lie_over_others_are_found() {
    let at = |x: f64| {
        let mut block = Block::default();
        let place = (x, 0.0, 200.0);
        let font = Sizes::NORMAL.body();
        Setter::new(false).text(&mut block, place, Align::Start, "words", font).unwrap();
        block.marks[0].bounds()
    };
    assert!(over(at(0.0), at(10.0)));
    assert!(!over(at(0.0), at(80.0)));
}

#[test]
fn the_fonts_stand_in_the_order_in_which_letters_name_them() {
    assert_eq!(letters::files().len(), 4);
}

#[test]
fn a_rule_is_never_said_narrower_than_it_is() {
    let shelf = Shelf::load(None);
    let of = shelf.instruments().iter().find(|one| one.slug == "resident_safety").unwrap();
    let (form, words) = (FormWords::of(Lang::En).unwrap(), PaperWords::of(Lang::En).unwrap());
    let numbers = BTreeMap::from([("d_rel", "1".to_owned()), ("p_top", "9".to_owned())]);
    let said = |rule: &str| {
        let rule: Condition = rule.parse().unwrap();
        let paper = Speaker::on_paper((of, Lang::En), (&form, &words), &numbers).say(rule.rule());
        let screen = Speaker::on_screen(of, Lang::En, &form).say(rule.rule());
        assert_eq!(paper.is_some(), screen.is_some(), "{rule}");
        paper
    };
    let lives = "Only if you chose “I live here” at question 1";
    assert_eq!(said("d_rel = live").unwrap(), lives);
    assert_eq!(said("d_rel = live and count(p_top) < 2").unwrap(), lives);
    assert_eq!(said("d_rel = live or count(p_top) < 2"), None, "half of it would shut people out");
    let two = "Only if you crossed 2 or more at question 9";
    assert_eq!(said("count(p_top) > 1").unwrap(), two);
    assert_eq!(said("not not count(p_top) >= 2").unwrap(), two);
    assert_eq!(said("not answered(p_top)"), None);
    assert_eq!(said("d_rel in [live, nowhere]"), None, "a choice that is not there");
    assert_eq!(said("count(p_top) >= 0"), None);
}
