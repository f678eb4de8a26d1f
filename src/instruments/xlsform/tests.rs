//! Every shipped instrument comes back from its form; forms of others become drafts; what could
//! harm is refused.

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use super::*;
use crate::domain::instrument::Instrument;
use crate::instruments::{Shelf, check};

const EVERY_KIND: &str = include_str!("../../../tests/surveys/every_kind.toml");

/// An exported instrument must come back as the same.
fn comes_back(instrument: &Instrument) {
    let bytes = export(instrument).unwrap();
    assert_eq!(export(instrument).unwrap(), bytes, "the same form has other bytes");
    let imported = import(&bytes).unwrap();
    let listed: String = imported.left_out.iter().map(|it| format!("{it}\n")).collect();
    assert_eq!(listed, "", "{}", instrument.slug);
    assert_eq!(imported.faults, [], "{}", imported.toml);
    let name = format!("{}.toml", imported.slug);
    let (back, _) = check(&name, &imported.toml, None);
    assert_eq!(back.as_ref(), Some(instrument));
}

#[test]
fn every_shipped_instrument_comes_back_from_its_form() {
    for instrument in Shelf::load(None).instruments() {
        comes_back(instrument);
    }
}

#[test]
fn every_kind_of_question_comes_back_from_its_form() {
    comes_back(&check("every_kind.toml", EVERY_KIND, None).0.unwrap());
}

/// A spreadsheet of these sheets.
fn sheets(sheets: &[(&str, Vec<Vec<String>>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                if !cell.is_empty() {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Rows as a person would draw them: cells between bars.
fn drawn(text: &str) -> Vec<Vec<String>> {
    let line = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    text.trim().lines().map(line).collect()
}

fn form(survey: &str, choices: &str, settings: &str) -> Imported {
    let mut all = vec![("survey", drawn(survey))];
    all.extend((!choices.is_empty()).then(|| ("choices", drawn(choices))));
    all.extend((!settings.is_empty()).then(|| ("settings", drawn(settings))));
    import(&sheets(&all)).unwrap()
}

/// The draft has no faults; what is listed, line by line.
fn listed(imported: &Imported) -> Vec<String> {
    assert_eq!(imported.faults, [], "{}", imported.toml);
    imported.left_out.iter().map(ToString::to_string).collect()
}

#[test]
fn a_form_of_others_becomes_a_draft() {
    let imported = form(
        "type | name | label::English (en) | label::Français (fr) | hint::English (en) | relevant | constraint | required | parameters
        start | start
        begin_group | Who | Who you are | Qui vous êtes
        select_one sex | sex | You are | Vous êtes | | | | yes | randomize=true
        integer | age | Your age? | Votre âge ? | In years | | . >= 12 and . < 120
        end_group
        select_multiple what | bother | What bothers you? | Qu’est-ce qui dérange ? | | ${age} >= 18 and ${sex} != 'w' | count-selected(.) <= 2 and not(selected(., 'none') and count-selected(.) > 1)
        text | more | Tell us | Racontez | | selected(${bother}, 'Litter') or ${sex} = '' | string-length(.) <= 80
        rank what | order | Which first? | Laquelle d’abord ?
        geopoint | spot | Where? | Où ?
        image | photo | A photo | Une photo
        note | bye | Goodbye | Au revoir",
        "list_name | name | label::English (en) | label::Français (fr)
        sex | w | woman | femme
        sex | m | man | homme
        what | Litter | litter | déchets
        what | noise | noise | bruit
        what | none | nothing |",
        "form_title | form_id | default_language
        My form | My-Form | French (fr)",
    );
    assert_eq!(
        listed(&imported),
        [
            "choices!B4: the choice Litter is called litter here",
            "choices!C6: the label is missing in fr; the words in en stand there",
            "settings: a form has one title; it stands there in every language",
            "settings: the form does not say how long it takes; minutes = 2 is a guess",
            "settings: the form does not say how sensitive it is; medium stands there",
            "settings: the form has no intro; write over what stands there in brackets",
            "settings: the form has no outro; write over what stands there in brackets",
            "settings: the form names no help; help = [\"emergency\"] stands there",
            "survey!A2: nothing is kept about the device, its owner or the moment",
            "survey!H4: every question can be skipped here",
            "survey!A5: a number is shown in bands only; three equal ones stand there",
            "survey!E5: the hint is missing in fr; the words in en stand there",
            "survey!A9: the first 3 are ranked, not all",
        ]
    );
    insta::assert_snapshot!("a_draft", imported.toml);
}

#[test]
fn repeats_filters_and_calculations_are_taken_as_far_as_they_map() {
    let imported = form(
        "type | name | label | relevant | choice_filter | calculation | repeat_count | appearance
        select_one state or_other | state | State
        select_one county | county | County | | state=${state}
        calculate | big | | | | if(count-selected(${kinds}) > 1, 'yes', 'no')
        begin repeat | stop | Stop | ${state} = 'tx' | | | 7
        select_multiple county | kinds | Which? | | | | | minimal
        text | why | Why? | selected(${kinds}, 'king') and ${state} = 'wa'
        begin group | inner | Inside | ${why} != ''
        text | how | How?
        end group
        end repeat
        text | after | After? | ${kinds} = 'king'
        begin repeat | again | Again
        text | never | Never?
        end repeat
        text | last | ${after}, last <b>words</b>? | false()",
        "list name | name | label | state
        state | tx | Texas |
        state | wa | Washington |
        county | king | King | wa
        county | pierce | Pierce | wa
        county | cameron | Cameron | tx",
        "",
    );
    let listed = listed(&imported);
    let says = |words: &str| assert!(listed.iter().any(|it| it == words), "{words}: {listed:#?}");
    says("choices!D1: the column state is read only where a choice_filter names it");
    says("survey!A2: the words of \"other\" stand there in English");
    says("survey!H6: questions look alike here, so minimal is not kept");
    says("survey!D8: why is kept where no rule can look; so this is always asked");
    says("survey!C8: a repeat has no headings inside");
    says("survey!D12: kinds stands inside a repeat; so this is always asked");
    says(
        "survey!A13: only one thing repeats in an instrument, so this one stays behind, with all that is inside",
    );
    says("survey!D16: this is never asked, so it stays behind");
    says(
        "settings: a form that repeats something is a walk sheet here; kind may be note_sheet too",
    );
    for words in [
        "{ code = \"king\", show_if = \"state = wa\", text = { en = \"King\" } }",
        "max = 7",
        "show_if = \"kinds = king and state = wa\"",
        "id = \"state_other\"\nkind = \"text\"\nshow_if = \"state = other\"",
    ] {
        assert!(imported.toml.contains(words), "{words}: {}", imported.toml);
    }
}

#[test]
fn what_somebody_changed_in_an_exported_form_counts() {
    let instrument = check("every_kind.toml", EVERY_KIND, None).0.unwrap();
    let book = book::read(&export(&instrument).unwrap()).unwrap();
    let mut all: Vec<(&str, Vec<Vec<String>>)> = Vec::new();
    for (name, sheet) in &book.sheets {
        let mut rows = vec![Vec::new(); 200];
        for row in &sheet.rows {
            let cells: &mut Vec<String> = &mut rows[row.number as usize];
            cells.resize(60, String::new());
            for (column, words) in &row.cells {
                cells[*column as usize] =
                    words.replace("count-selected(${what}) >= 1", "count-selected(${what}) > 1");
            }
        }
        all.push((name, rows));
    }
    // Only the rule itself is changed, not the copy of what it was.
    let survey = all.iter_mut().find(|(name, _)| *name == "survey").unwrap();
    let copy = survey.1[0].iter().position(|head| head == "miradouro_relevant").unwrap();
    for row in survey.1.iter_mut().filter(|row| row.len() > copy) {
        row[copy] =
            row[copy].replace("count-selected(${what}) > 1", "count-selected(${what}) >= 1");
    }
    let imported = import(&sheets(&all)).unwrap();
    assert_eq!(imported.faults, [], "{}", imported.toml);
    assert!(imported.toml.contains("show_if = \"count(what) > 1\""), "{}", imported.toml);
    assert!(!imported.toml.contains("count(what) >= 1"));
}

#[test]
fn a_draft_can_have_another_name() {
    let imported = form("type|name|label\ntext|a|A", "", "").under("another");
    let (back, faults) = check("another.toml", &imported.toml, None);
    assert_eq!((back.unwrap().slug.as_str(), faults), ("another", vec![]));
    assert!(!form("type|name|label\ntext|a|A", "", "").under("An other").faults.is_empty());
}

/// What people and machines write into the cells of a form.
fn cell(column: usize) -> BoxedStrategy<String> {
    let types = [
        "text",
        "integer",
        "decimal",
        "range",
        "note",
        "acknowledge",
        "image",
        "geopoint",
        "date",
        "calculate",
        "hidden",
        "select_one l",
        "select_multiple l",
        "select_one m or_other",
        "rank l",
        "select_one none",
        "begin group",
        "begin repeat",
        "begin loop over l",
        "end group",
        "end repeat",
        "end loop",
        "audit",
        "wish",
        "",
    ];
    let names =
        ["a", "b", "C", "1", "é", "or", "not", "a b", "", "meta", "a_other", "<b>", "\u{200e}"];
    let words = ["Why?", "Why?", "<b>x", "${a} and ${b", "\u{202e}x", "", "x\ny", "\"q\" \\"];
    let rules = [
        "${a} = 'x'",
        "${b} != ''",
        "selected(${a}, '1')",
        "${C} > 3 or not(${a} = 1)",
        "true()",
        "false()",
        "${zz} = 1",
        "((",
        "count-selected(${b}) >= 2",
        "",
        "${calc} = 1",
        ". > 3 and . < 9",
        ". >= 9 and . <= 3",
        "string-length(.) < 9",
        ". > -1e300",
        ". < 1e300",
        "count-selected(.) <= 1",
        "not(selected(., 'x') and count-selected(.) > 1)",
        "x = ${a}",
    ];
    let options = [
        "yes",
        "no",
        "randomize=true",
        "start=1 end=3",
        "start=0 end=1e18",
        "3",
        "999",
        "",
        "label",
    ];
    let ours = [
        "",
        "",
        "",
        "grid",
        "scale",
        "counts",
        "statement",
        "counted",
        "instead",
        "number",
        "zone",
        "intro",
        "section",
        "weight",
        "consent",
        "info",
        "group",
        "faces",
    ];
    let pick = |list: &[&str]| {
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        prop::sample::select(list).boxed()
    };
    match column {
        0 => pick(&types),
        1 => pick(&names),
        2 | 3 => prop_oneof![pick(&words), "\\PC{0,12}"].boxed(),
        4..=6 => prop_oneof![3 => pick(&rules), 1 => "[-$.{}()'a-z0-9 =<>!]{0,20}"].boxed(),
        7..=9 => pick(&options),
        _ => pick(&ours),
    }
}

fn line() -> impl Strategy<Value = Vec<String>> {
    (0..12_usize).map(cell).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever stands in the cells, a form is refused or becomes a draft that can be read; only
    /// what an exported form says of itself can be wrong in ways that a person must mend.
    #[test]
    fn any_form_is_refused_or_becomes_a_sound_draft(
        lines in prop::collection::vec(line(), 1..25),
        is_ours in any::<bool>(),
    ) {
        let ours = if is_ours { "miradouro_kind | miradouro_max" } else { "x | y" };
        let head = format!("type|name|label::en|label::nl|relevant|constraint|choice_filter|required|parameters|repeat_count|{ours}");
        let mut survey = drawn(&head);
        survey.extend(lines);
        let choices = drawn("list_name|name|label::en|x\nl|x|X|1\nl|1|One|2\nl|x|X|\nl|2|X|1\nm|y|Y|\nm|z||");
        match import(&sheets(&[("survey", survey), ("choices", choices)])) {
            Ok(imported) => {
                let errors: Vec<_> = imported.faults.iter().filter(|it| it.is_error()).collect();
                prop_assert!(is_ours || errors.is_empty(), "{:?}\n{}", errors, imported.toml);
            }
            Err(refused) => prop_assert!(!refused.to_string().is_empty()),
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(import(&bytes).is_err());
        let zip = [b"PK\x03\x04".as_slice(), &bytes].concat();
        prop_assert!(import(&zip).is_err());
    }

    #[test]
    fn a_damaged_form_never_panics(at in 0_usize..6000, byte in any::<u8>(), cut in 0_usize..200) {
        let small = include_str!("../../../tests/surveys/small.toml");
        let instrument = check("small.toml", small, None).0.unwrap();
        let mut bytes = export(&instrument).unwrap();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(length - cut / 10);
        let _outcome = import(&bytes);
    }
}
