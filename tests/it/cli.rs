//! The commands, as the built program answers them.

use std::path::Path;
use std::process::{Command, Output};

use miradouro::domain::ids::PersonId;
use miradouro::domain::text::Lang;
use miradouro::domain::translation::{Passage, chapters};
use miradouro::store::TextCheck;

use crate::house::{Folder, House, NOW};

pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_miradouro"))
        .args(arguments)
        .env_remove("MIRADOURO_DATA")
        .env_remove("MIRADOURO_DATABASE_URL")
        .output()
        .unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn help_is_the_manual() {
    insta::assert_snapshot!("help", said(&run(&["--help"])));
    let commands = [
        "serve", "demo", "invite", "check", "import", "analyse", "area", "export", "release",
        "poster", "xlsform", "key", "backup", "restore", "verify", "transfer", "tables",
        "codebook", "rows", "charts",
    ];
    for command in commands {
        let help = said(&run(&[command, "--help"]));
        assert!(help.contains("Example: miradouro"), "{command} has no example:\n{help}");
    }
}

#[test]
fn check_prints_every_fault_with_its_place() {
    let surveys = concat!(env!("CARGO_MANIFEST_DIR"), "/surveys");
    for name in ["resident_safety", "pulse2", "walk_audit", "focus_group_note", "feedback_youth"] {
        let good = run(&["check", &format!("{surveys}/{name}.toml")]);
        assert_eq!(code(&good), 0, "{}", said(&good));
    }
    let broken = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/surveys/broken.toml");
    let output = run(&["check", broken, "no/such/file.toml"]);
    let said = said(&output);
    assert_eq!(code(&output), 1);
    assert!(said.contains(&format!("{broken}:4:10: feedback has policy people")), "{said}");
    assert!(said.lines().filter(|line| line.trim_end().ends_with('^')).count() > 20);
    assert!(said.contains("no/such/file.toml: could not be read"));
}

#[test]
fn check_tells_what_is_missing_in_which_language() {
    let all = run(&["check", "--languages"]);
    assert_eq!(code(&all), 0, "{}", said(&all));
    let lines = said(&all);
    let head = "instrument";
    assert!(lines.starts_with(head) && lines.contains("resident_safety"), "{lines}");
    let pulse = lines.lines().find(|line| line.starts_with("pulse2")).unwrap();
    assert!(pulse.contains("complete"), "{pulse}");

    let folder = Folder::fresh();
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/surveys/small.toml");
    let text = std::fs::read_to_string(small).unwrap();
    let half = text.replace("{ en = \"Small\" }", "{ en = \"Small\", nl = \"Klein\" }");
    let file = folder.0.join("small.toml");
    std::fs::write(&file, &half).unwrap();
    let file = file.display().to_string();
    let row = |output: &std::process::Output| {
        let lines = said(output);
        lines.lines().find(|line| line.starts_with("small")).unwrap_or(&lines).to_owned()
    };
    let undeclared = run(&["check", "--languages", &file]);
    assert_eq!(code(&undeclared), 0);
    let texts: usize = row(&undeclared).split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(row(&undeclared).contains("complete  [missing"), "{}", row(&undeclared));
    std::fs::write(&file, half.replace("[\"en\"]", "[\"en\", \"nl\"]")).unwrap();
    let declared = run(&["check", "--languages", &file, "no/such.toml"]);
    assert_eq!(code(&declared), 1, "a language it names is not complete");
    // safe5 is shared and has its five answers and one more in Dutch, too.
    assert!(row(&declared).contains("complete  missing "), "{}", row(&declared));
    assert!(row(&declared).contains(&format!("missing {}", texts - 7)), "{}", row(&declared));
    assert!(said(&declared).contains("no/such.toml: could not be read"));
    std::fs::write(&file, "slug = 3").unwrap();
    let broken = run(&["check", "--languages", &file]);
    assert_eq!(code(&broken), 1);
    assert!(said(&broken).contains("has faults"), "{}", said(&broken));
}

#[test]
fn check_tells_what_somebody_has_checked_in_a_data_folder() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (house, slug) = runtime.block_on(async {
        let house = House::sqlite().await;
        let (diagnosis, _) = house.diagnosis().await;
        let pulse = house.app.shelf.instrument("pulse2").unwrap();
        let chapters = chapters(pulse, Lang::Nl);
        let keys: Vec<String> =
            chapters.iter().flat_map(|one| &one.passages).take(7).map(Passage::key).collect();
        let check = TextCheck { by: PersonId::random(), at: NOW };
        house.store.check_texts(diagnosis.id, Lang::Nl, &keys, check).await.unwrap();
        let mut other = pulse.clone();
        other.slug = "only_here".to_owned();
        house.store.publish(diagnosis.id, &other).await.unwrap();
        (house, diagnosis.slug)
    });
    let data = house.folder.0.display().to_string();
    let done = run(&["check", "--languages", "--data", &data, "--diagnosis", &slug]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let lines = said(&done);
    for slug in ["pulse2", "only_here"] {
        let row = lines.lines().find(|line| line.starts_with(slug)).unwrap();
        assert!(row.contains("complete, 7 checked"), "{row}");
        assert!(row.contains("complete, 0 checked"), "{row}");
    }
    let none = run(&["check", "--languages", "--data", &data, "--diagnosis", "nowhere"]);
    assert_eq!(code(&none), 1);
    let missing = house.folder.0.join("none").display().to_string();
    let none = run(&["check", "--languages", "--data", &missing]);
    assert!(said(&none).contains("there is no data folder"), "{}", said(&none));
}

#[test]
fn the_example_in_the_documentation_is_an_instrument() {
    let text = include_str!("../../docs/adding-an-instrument.md");
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = Folder::fresh();
    let file = folder.0.join("bench_survey.toml");
    std::fs::write(&file, example).unwrap();
    let output = run(&["check", &file.display().to_string()]);
    assert_eq!((code(&output), said(&output).as_str()), (0, ""));
}

#[test]
fn what_cannot_start_says_why() {
    let folder = Folder::fresh();
    let file = folder.0.join("a-file");
    std::fs::write(&file, "").unwrap();
    let output = run(&[
        "serve",
        "--data",
        &file.join("below").display().to_string(),
        "--listen",
        "127.0.0.1:0",
    ]);
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("could not open the data folder"), "{}", said(&output));

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = folder.0.join("data").display().to_string();
    for command in ["serve", "demo"] {
        let output = run(&[command, "--data", &data, "--listen", &address]);
        assert_eq!(code(&output), 1);
        assert!(said(&output).contains(&format!("could not listen on {address}")));
        assert!(!Path::new(&data).exists(), "nothing was made");
    }
    let output =
        run(&["serve", "--data", &data, "--listen", "127.0.0.1:0", "--base-url", "nowhere"]);
    assert!(said(&output).contains("is no base address"), "{}", said(&output));
}

const MAPPING: &str = r#"
instrument = "barcelona_2020"
title = { en = "A file" }
opened = "2020-01-01"
closed = "2020-12-31"
sampling = "random"
asked_by = "the town"
recruited_by = "a list"
presence = "nobody"
mode = "imported"
source = "a test"
zones = { "1" = "Ciutat Vella" }

[[column]]
name = "district"
question = "d_zone"
zones = true

[[column]]
name = "safe"
question = "safe_here"
number = true
"#;

#[test]
fn an_import_lists_what_does_not_fit_and_drops_nothing_silently() {
    let folder = Folder::fresh();
    let path = |name: &str| folder.0.join(name).display().to_string();
    std::fs::write(path("map.toml"), MAPPING).unwrap();
    std::fs::write(path("good.csv"), "district,safe\n1,7\n2,3\n1,eleven\n1,99\n1,\n").unwrap();
    let data = path("data");
    let common = ["import", "--new", "Test town", "--instrument", "barcelona_2020"];
    let with = |mapping: &str, answers: &str| {
        let mut all: Vec<String> = common.iter().map(ToString::to_string).collect();
        let more = ["--data", &data, "--mapping", mapping, "--answers", answers];
        all.extend(more.iter().map(ToString::to_string));
        run(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    std::fs::write(path("absent.csv"), "safe,other\n7,1\n").unwrap();
    let absent = with(&path("map.toml"), &path("absent.csv"));
    assert_eq!(code(&absent), 1);
    assert!(said(&absent).contains("the file has no column called district"), "{}", said(&absent));
    assert!(!Path::new(&data).exists(), "nothing was stored");

    let output = with(&path("map.toml"), &path("good.csv"));
    let said = said(&output);
    assert_eq!(code(&output), 2, "{said}");
    assert!(
        said.contains("line 3: column district: the value \"2\" is not in the mapping"),
        "{said}"
    );
    assert!(said.contains("line 4: column safe: \"eleven\" is not a number"), "{said}");
    assert!(said.contains("line 5: column safe: 99 is outside 0 to 10"), "{said}");
    assert!(said.contains("imported 2 rows, refused 3"), "{said}");
}

#[test]
fn the_demonstration_names_every_door_and_prints_its_posters() {
    let folder = Folder::fresh();
    let data = folder.0.join("demo").display().to_string();
    let first = said(&run(&["demo", "--data", &data, "--fill-only"]));
    let names: Vec<&str> = first.lines().filter_map(|line| line.split(' ').next()).collect();
    for name in [
        "pulse2",
        "resident_safety",
        "walk_audit",
        "focus_group_note",
        "feedback_youth",
        "data-walk",
        "poster-1",
        "poster-7",
        "projector",
        "coordinator",
        "moderator",
        "facilitator",
        "member",
        "police-member",
    ] {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name}:\n{first}");
    }
    let again = said(&run(&["demo", "--data", &data, "--fill-only"]));
    let doors = |text: &str| {
        text.lines().filter(|l| l.contains("/p/")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(doors(&first), doors(&again), "a second start keeps what is there");

    let out = folder.0.join("3.pdf").display().to_string();
    let arguments = [
        "poster",
        "--data",
        &data,
        "--release",
        "1",
        "--station",
        "3",
        "--lang",
        "nl",
        "--out",
        &out,
    ];
    let poster = run(&arguments);
    assert_eq!(code(&poster), 0, "{}", said(&poster));
    let text = Command::new("pdftotext").args(["-layout", &out, "-"]).output().unwrap();
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    for words in ["Wat stoort mensen hier?", "VERZONNEN", "Praat erover", "afgerond", "/w/"] {
        assert!(text.contains(words), "the poster does not say {words:?}:\n{text}");
    }
    let fonts = Command::new("pdffonts").arg(&out).output().unwrap();
    let fonts = String::from_utf8_lossy(&fonts.stdout).into_owned();
    assert!(fonts.contains("NotoSans") && !fonts.contains(" no  "), "{fonts}");

    let set = folder.0.join("set.zip").display().to_string();
    let made = run(&[
        "posters",
        "--data",
        &data,
        "--diagnosis",
        "oude-haven",
        "--lang",
        "nl,ar",
        "--together",
        "2",
        "--out",
        &set,
    ]);
    assert_eq!(code(&made), 0, "{}", said(&made));
    assert!(said(&made).contains("set.zip: 9 files"), "{}", said(&made));
    let none = run(&["posters", "--data", &data, "--together", "4", "--out", &set]);
    assert!(said(&none).contains("--together wants a number from 1 to 3"), "{}", said(&none));

    let nowhere =
        run(&["poster", "--data", &data, "--release", "1", "--station", "9", "--out", &out]);
    assert_eq!(code(&nowhere), 1);
    assert!(said(&nowhere).contains("release 1 has no station 9; it has 1, 2, 3"));
    let none = run(&["poster", "--data", &data, "--release", "8", "--station", "1", "--out", &out]);
    assert!(said(&none).contains("there is no such release"), "{}", said(&none));
    let invite = run(&["invite", "--data", &data, "--role", "member", "--diagnosis", "oude-haven"]);
    assert!(said(&invite).starts_with("member http://127.0.0.1:8080/i/"), "{}", said(&invite));
    let nobody = run(&["invite", "--data", &data, "--role", "king", "--diagnosis", "oude-haven"]);
    assert!(said(&nobody).contains("there is no role \"king\""), "{}", said(&nobody));
}

#[test]
fn an_instrument_is_printed_without_a_server() {
    let folder = Folder::fresh();
    let path = |name: &str| folder.0.join(name).display().to_string();
    let (data, out) = (path("data"), path("sheet.pdf"));
    let paper = |arguments: &[&str]| {
        let given = ["paper", "--data", &data, "--out", &out];
        run(&given.iter().chain(arguments).copied().collect::<Vec<_>>())
    };
    let output = paper(&["--instrument", "feedback_kids", "--lang", "nl", "--large"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let text = Command::new("pdftotext").args(["-layout", &out, "-"]).output().unwrap();
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    for words in ["Vond je het leuk vandaag?", "een beetje", "gesloten bus", "Pagina 1 van"] {
        assert!(text.contains(words), "the sheet does not say {words:?}:\n{text}");
    }
    let fonts = Command::new("pdffonts").arg(&out).output().unwrap();
    let fonts = String::from_utf8_lossy(&fonts.stdout).into_owned();
    assert!(fonts.contains("NotoSans") && !fonts.contains(" no  "), "{fonts}");
    let none = paper(&["--instrument", "no_such"]);
    assert!(
        said(&none).contains("there is no instrument \"no_such\"; there are"),
        "{}",
        said(&none)
    );
    let extra = paper(&["--instrument", "pulse2", "--extra"]);
    assert!(said(&extra).contains("no stops or notes"), "{}", said(&extra));
    let lang = paper(&["--instrument", "barcelona_2020", "--lang", "ar"]);
    assert!(said(&lang).contains("barcelona_2020 is not complete in"), "{}", said(&lang));

    assert_eq!(code(&run(&["demo", "--data", &data, "--fill-only"])), 0);
    let list = run(&["export", "--data", &data, "--list"]);
    let listed = said(&list);
    let open = listed.lines().find(|line| line.contains("open")).unwrap();
    let id = open.split_whitespace().next().unwrap();
    let output = paper(&["--collection", id, "--copies", "2", "--lang", "fr"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains(": 2 ×"), "{}", said(&output));
    let many = paper(&["--collection", id, "--copies", "2000"]);
    assert!(said(&many).contains("at most 1000 sheets"), "{}", said(&many));
}

#[test]
fn real_and_invented_never_meet() {
    let folder = Folder::fresh();
    let path = |name: &str| folder.0.join(name).display().to_string();
    let data = path("demo");
    assert_eq!(code(&run(&["demo", "--data", &data, "--fill-only"])), 0);
    std::fs::write(path("map.toml"), MAPPING).unwrap();
    std::fs::write(path("real.csv"), "district,safe\n1,7\n").unwrap();
    let output = run(&[
        "import",
        "--data",
        &data,
        "--diagnosis",
        "oude-haven",
        "--instrument",
        "barcelona_2020",
        "--mapping",
        &path("map.toml"),
        "--answers",
        &path("real.csv"),
    ]);
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("real answers never meet invented ones"), "{}", said(&output));
}

#[test]
fn a_map_is_imported_or_every_fault_is_said() {
    let folder = Folder::fresh();
    let path = |name: &str| folder.0.join(name).display().to_string();
    let data = path("demo");
    assert_eq!(code(&run(&["demo", "--data", &data, "--fill-only"])), 0);
    std::fs::write(path("good.geojson"), crate::house::HAVEN).unwrap();
    let wrong = crate::house::HAVEN.replace("Zinkstraat", "<Zink>").replace("2.700579", "270.05");
    std::fs::write(path("wrong.geojson"), wrong).unwrap();
    let with = |file: &str, licence: &str| {
        let file = path(file);
        run(&[
            "area",
            &file,
            "--data",
            &data,
            "--diagnosis",
            "oude-haven",
            "--source",
            "a test",
            "--licence",
            licence,
        ])
    };
    let output = with("good.geojson", "CC0 1.0");
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("of Oude Haven: 51 streets and places"), "{}", said(&output));
    let output = with("wrong.geojson", "CC0 1.0");
    assert_eq!(code(&output), 1);
    let words = said(&output);
    assert!(words.contains("Feature 1: 270.05 is no longitude or latitude."), "{words}");
    assert!(words.contains("The name or zone has the signs < or >."), "{words}");
    assert!(words.contains("nothing was stored"), "{words}");
    let output = with("no-such-file", "CC0 1.0");
    assert!(said(&output).contains("could not read"), "{}", said(&output));
    let output = with("good.geojson", " ");
    assert!(said(&output).contains("needs its source and its licence"), "{}", said(&output));
}
