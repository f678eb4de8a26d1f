//! Forms of other survey programs, as the built program takes and gives them: round trips by the
//! command line, and files that could harm, each refused with a sentence within two seconds and
//! without taking much memory.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Output};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::house::Folder;

/// What the program may hold of its own and for a form, in kilobytes, and how many seconds it may
/// work: those of the processor, because the machine may have other things to do.
const MEMORY: usize = 92_000;
const SECONDS: usize = 2;

fn run(arguments: &[&str]) -> Output {
    Command::new("bash")
        .args(["-c", &format!("ulimit -d {MEMORY} -t {SECONDS}; exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_miradouro"))
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Takes a form; what came of it, and what was said.
fn import(bytes: &[u8]) -> (i32, String, Option<String>) {
    let folder = Folder::fresh();
    let (form, out) = (folder.0.join("form.xlsx"), folder.0.join("draft.toml"));
    std::fs::write(&form, bytes).unwrap();
    let output =
        run(&["xlsform", "import", form.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let code = output.status.code().unwrap_or_else(|| panic!("killed: {}", said(&output)));
    (code, said(&output), std::fs::read_to_string(out).ok())
}

/// The file must be refused with this in the sentence, and nothing be written.
fn refused(bytes: &[u8], why: &str) {
    let (code, said, draft) = import(bytes);
    assert_eq!((code, draft), (1, None), "{said}");
    assert!(said.contains(why), "not {why:?}: {said}");
    assert!(said.lines().count() == 1 && said.len() < 600, "{said}");
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of these sheets; each is the XML of its rows. Without `strings` there are none.
fn workbook(sheets: &[(&str, &str)], strings: &str) -> Vec<u8> {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let root = format!(
        "<Relationships><Relationship Id=\"a\" Type=\"{relation}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let (mut book, mut relations) = ("<workbook><sheets>".to_owned(), "<Relationships>".to_owned());
    let mut parts: Vec<(String, String)> = Vec::new();
    for (number, (name, rows)) in sheets.iter().enumerate() {
        write!(book, "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>").unwrap();
        write!(
            relations,
            "<Relationship Id=\"r{number}\" Type=\"{relation}/worksheet\" \
             Target=\"worksheets/sheet{number}.xml\"/>"
        )
        .unwrap();
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
    }
    book.push_str("</sheets></workbook>");
    relations.push_str("</Relationships>");
    parts.push(("xl/sharedStrings.xml".to_owned(), strings.to_owned()));
    parts.push(("xl/workbook.xml".to_owned(), book));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations));
    parts.push(("_rels/.rels".to_owned(), root));
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zipped(&parts)
}

/// Rows of words, as XML.
fn rows(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str("<row>");
        for cell in row {
            write!(text, "<c t=\"inlineStr\"><is><t>{cell}</t></is></c>").unwrap();
        }
        text.push_str("</row>");
    }
    text
}

fn line(cells: &[&str]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

fn small() -> Vec<Vec<String>> {
    vec![
        line(&["type", "name", "label"]),
        line(&["text", "words", "Say it"]),
        line(&["select_one yn", "good", "Good?"]),
    ]
}

const NONE: &str = "<sst/>";

#[test]
fn what_is_no_form_is_refused() {
    refused(b"", "is not an .xlsx file");
    refused(b"type,name,label\ntext,a,A\n", "is not an .xlsx file");
    refused(b"PK\x03\x04 and nothing more", "is not an .xlsx file");
    let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 2000]].concat();
    refused(&old, "old Excel file (.xls)");
    refused(&zipped(&[("hello.txt", b"hello")]), "not an .xlsx file that can be read");
    let mut cut = workbook(&[("survey", &rows(&small()))], NONE);
    cut.truncate(cut.len() - 30);
    refused(&cut, "is not an .xlsx file");
    let two = workbook(&[("Sheet1", ""), ("Sheet2", "")], NONE);
    refused(&two, "no sheet called survey; it has Sheet1, Sheet2");
    refused(&workbook(&[("survey", "")], NONE), "no column called type");
    let no_words = rows(&[line(&["type", "name"]), line(&["text", "a"])]);
    refused(&workbook(&[("survey", &no_words)], NONE), "no label is filled in");
    let swahili =
        rows(&[line(&["type", "name", "label::Swahili (sw)"]), line(&["text", "a", "x"])]);
    refused(&workbook(&[("survey", &swahili)], NONE), "no words in a language");
    let dates = rows(&[line(&["type", "name", "label"]), line(&["date", "a", "When?"])]);
    refused(&workbook(&[("survey", &dates)], NONE), "survey!A2: dates and times are not asked");
}

#[test]
fn what_could_harm_is_refused() {
    let mut large = b"PK\x03\x04".to_vec();
    large.resize(10 * 1024 * 1024, 7);
    refused(&large, "10 MB");

    let bomb = " ".repeat(100 * 1024 * 1024);
    refused(&workbook(&[("survey", &bomb)], NONE), "unpacks to more than 12 MB");
    // The same, but each size it gives of itself is a lie.
    let bomb = " ".repeat(40 * 1024 * 1024);
    let mut lies = workbook(&[("survey", &bomb)], NONE);
    let length = u32::try_from(bomb.len() + "<worksheet><sheetData></sheetData></worksheet>".len());
    let true_size = length.unwrap().to_le_bytes();
    let mut changed = 0;
    for at in 0..lies.len() - 4 {
        if lies[at..at + 4] == true_size {
            lies[at..at + 4].copy_from_slice(&900_u32.to_le_bytes());
            changed += 1;
        }
    }
    assert!(changed >= 1, "no size was found to lie about");
    let (code, said, draft) = import(&lies);
    assert_eq!((code, draft), (1, None), "{said}");
    assert!(said.contains("unpack"), "{said}");

    let many: Vec<String> = (0..3000).map(|number| format!("part{number}.xml")).collect();
    let many: Vec<(&str, &[u8])> =
        many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    refused(&zipped(&many), "3000 parts");

    let dtd = "<!DOCTYPE sst [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>";
    refused(&workbook(&[("survey", &rows(&small()))], dtd), "declares a document type");
    let wide: Vec<u8> = "<sst/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = String::from_utf8(wide).unwrap();
    refused(&workbook(&[("survey", &rows(&small()))], &wide), "not written in UTF-8");
    let promise = "<sst uniqueCount=\"999999999999999\"><si><t>a</t></si></sst>";
    refused(&workbook(&[("survey", &rows(&small()))], promise), "different texts");

    let corner = rows(&small()) + "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    refused(&workbook(&[("survey", &corner)], NONE), "a cell at XFD1048576");
    // A size that runs backwards makes the reader count below zero: refused or read, never fatal.
    let negative = rows(&small()) + "</sheetData><dimension ref=\"C9:A1\"/><sheetData>";
    let (code, said, _) = import(&workbook(&[("survey", &negative)], NONE));
    assert!(code < 2, "{said}");
    let backwards = rows(&small()) + "<row r=\"4294967295\"><c r=\"A0\"><v>1</v></c></row>";
    refused(&workbook(&[("survey", &backwards)], NONE), "not an .xlsx file that can be read");
}

#[test]
fn a_small_file_that_says_the_same_a_thousand_times_is_refused() {
    // One text of three million letters in a hundred thousand cells.
    let strings = format!("<sst><si><t>{}</t></si></sst>", "a".repeat(3_000_000));
    let cells = "<row>".to_owned() + &"<c t=\"s\"><v>0</v></c>".repeat(400) + "</row>";
    let sheet = workbook(&[("survey", &cells.repeat(250))], &strings);
    refused(&sheet, "letters");
    let cells = "<row>".to_owned() + &"<c><v>1</v></c>".repeat(450) + "</row>";
    refused(&workbook(&[("survey", &cells.repeat(600))], NONE), "more than 120000 cells");

    let mut survey = vec![line(&["type", "name", "label"])];
    for number in 0..4000 {
        survey.push(line(&["text", &format!("q{number}"), "Say it"]));
    }
    refused(&workbook(&[("survey", &rows(&survey))], NONE), "more than 1500 questions");
    let mut survey = vec![line(&["type", "name", "label"])];
    for number in 0..1400 {
        survey.push(line(&["select_one l", &format!("q{number}"), "Which?"]));
    }
    let mut choices = vec![line(&["list_name", "name", "label"])];
    for number in 0..290 {
        choices.push(line(&["l", &format!("c{number}"), &format!("Choice {number}")]));
    }
    let form = workbook(&[("survey", &rows(&survey)), ("choices", &rows(&choices))], NONE);
    refused(&form, "choices together");
}

#[test]
fn a_form_becomes_a_draft_and_a_list() {
    let choices = rows(&[
        line(&["list_name", "name", "label"]),
        line(&["yn", "yes", "Yes"]),
        line(&["yn", "no", "No"]),
    ]);
    let mut survey = small();
    survey.push(line(&["date", "day", "When?"]));
    let form = workbook(&[("survey", &rows(&survey)), ("choices", &choices)], NONE);
    let (code, said, draft) = import(&form);
    let draft = draft.unwrap();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("survey!A4: dates and times are not asked"), "{said}");
    assert!(said.contains("settings: the form has no intro"), "{said}");
    assert!(draft.contains("slug = \"draft\"") && draft.contains("kind = \"single\""), "{draft}");
}

#[test]
fn every_instrument_goes_out_and_comes_back_by_the_command_line() {
    let folder = Folder::fresh();
    let path = |name: &str| folder.0.join(name).display().to_string();
    let all = run(&["xlsform", "export", "--all", "--out", &path("forms")]);
    assert_eq!(all.status.code(), Some(0), "{}", said(&all));
    let shipped = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/surveys")).unwrap();
    let shipped = shipped.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_instrument = |name: &String| name != "shared.toml" && !name.contains(".mapping.");
    let mut forms = 0;
    for name in shipped.filter(is_instrument) {
        let slug = name.strip_suffix(".toml").unwrap().to_owned();
        let (form, draft) = (path(&format!("forms/{slug}.xlsx")), path(&name));
        let back = run(&["xlsform", "import", &form, "--out", &draft]);
        assert_eq!(back.status.code(), Some(0), "{}", said(&back));
        assert!(said(&back).contains("0 things to look at above, 0 faults"), "{}", said(&back));
        forms += 1;
    }
    assert_eq!(forms, std::fs::read_dir(path("forms")).unwrap().count());

    for command in ["import", "export"] {
        let help = said(&run(&["xlsform", command, "--help"]));
        assert!(help.contains(&format!("Example: miradouro xlsform {command}")), "{help}");
    }
    let one = run(&["xlsform", "export", "pulse2", "--out", &path("one.xlsx")]);
    assert_eq!(said(&one).trim(), path("one.xlsx"));
    assert_eq!(
        std::fs::read(path("one.xlsx")).unwrap(),
        std::fs::read(path("forms/pulse2.xlsx")).unwrap()
    );
    let again = run(&["xlsform", "import", &path("one.xlsx"), "--out", &path("pulse2.toml")]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("is there already"), "{}", said(&again));
    let nothing = run(&["xlsform", "export", "no_such_thing"]);
    assert!(said(&nothing).contains("there is no instrument or file called no_such_thing"));
    let absent = run(&["xlsform", "import", &path("absent.xlsx")]);
    assert!(said(&absent).contains("could not open"), "{}", said(&absent));
    assert!(!Path::new("no_such_thing.xlsx").exists());
}
