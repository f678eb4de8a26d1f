//! Keeps the house: who may name whom, which crate is named where, and that the map in `lib.rs`
//! and the folders agree. Prints files and functions that have grown as places to look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rooms each room may name, besides `domain`, which is everybody's ground.
const MAY_NAME: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("words", &[]),
    ("instruments", &[]),
    ("analysis", &[]),
    ("release", &["analysis"]),
    ("store", &["release"]),
    ("job", &["store", "analysis", "release"]),
    ("charts", &["release", "words"]),
    ("publish", &["release", "charts", "words"]),
    ("web", &["store", "instruments", "job", "release", "charts", "publish", "words"]),
    (
        "cli",
        &[
            "store",
            "instruments",
            "job",
            "release",
            "charts",
            "publish",
            "words",
            "web",
            "analysis",
        ],
    ),
];

/// Heavy crates and the rooms that alone may name them.
const CRATES: [(&str, &[&str]); 29] = [
    ("toml", &["instruments", "words", "job"]),
    ("toml_edit", &["instruments"]),
    ("calamine", &["instruments"]),
    ("rust_xlsxwriter", &["instruments", "publish"]),
    ("zip", &["instruments", "publish"]),
    ("quick_xml", &["publish"]),
    ("polars", &["analysis"]),
    ("statrs", &["analysis"]),
    ("encoding_rs", &["analysis"]),
    ("geojson", &["job"]),
    ("image", &["job"]),
    ("unicode_normalization", &["job"]),
    ("sqlx", &["store"]),
    ("argon2", &["store"]),
    ("hpke", &["store"]),
    ("age", &["store"]),
    ("plotters", &["charts"]),
    ("rustybuzz", &["charts"]),
    ("krilla", &["publish"]),
    ("krilla_svg", &["publish"]),
    ("resvg", &["charts"]),
    ("csv", &["publish", "job", "web", "analysis"]),
    ("axum", &["web", "cli"]),
    ("hyper", &["web"]),
    ("hyper_util", &["web"]),
    ("askama", &["web"]),
    ("similar", &["web"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under a folder, with its text.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// The room a file belongs to.
fn room(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Code without comments and without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod").next().unwrap_or(text);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests")
        || path.file_name().is_some_and(|name| name == "tests.rs")
}

#[test]
fn rooms_name_only_what_they_may() {
    let may: BTreeMap<_, _> = MAY_NAME.into_iter().collect();
    let mut wrong = Vec::new();
    for (path, text) in files(&root().join("src")) {
        let room = room(&path);
        if is_test(&path) || matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let Some(allowed) = may.get(room.as_str()) else {
            wrong.push(format!("{} is in a room the plan does not know", path.display()));
            continue;
        };
        for (line, words) in (1..).zip(code(&text).lines()) {
            for (other, _) in MAY_NAME {
                let named = words.contains(&format!("crate::{other}::"));
                if named && other != room && other != "domain" && !allowed.contains(&other) {
                    wrong.push(format!("{}:{line}: {room} may not name {other}", path.display()));
                }
            }
            for (name, rooms) in CRATES {
                let named = words.trim_start().starts_with(&format!("use {name}::"))
                    || words.contains(&format!(" {name}::"))
                    || words.contains(&format!("({name}::"));
                if named && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{}:{line}: {room} may not name {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_and_the_folders_agree() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for (room, _) in MAY_NAME {
        assert!(map.contains(&format!("pub mod {room};")), "lib.rs does not have {room}");
        assert!(map.contains(&format!("[`{room}`]")), "the map in lib.rs does not name {room}");
        assert!(root().join("src").join(room).is_dir(), "there is no room {room}");
    }
    for line in map.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let room = line.trim_end_matches(';');
        assert!(MAY_NAME.iter().any(|(name, _)| *name == room), "{room} is not in the plan");
    }
    assert!(map.contains("To come"), "the map says what is to come");
}

#[test]
fn some_things_stand_in_one_place_only() {
    let mut begins = Vec::new();
    let mut arms = Vec::new();
    for (path, text) in files(&root().join("src")) {
        let code = code(&text);
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        if code.contains(".begin(") || code.contains(".begin_with(") {
            begins.push(name.clone());
        }
        if code.contains("Db::Sqlite") {
            arms.push(name.clone());
        }
        assert!(!code.contains("println!") || name == "src/cli/mod.rs", "{name} prints");
        assert!(!code.contains("unsafe "), "{name} is unsafe");
    }
    assert!(begins.iter().all(|name| name.starts_with("src/store/")), "{begins:?} begin");
    assert!(arms.iter().all(|name| name.starts_with("src/store/")), "{arms:?} branch");
    let mut safe = Vec::new();
    for entry in walk(&root().join("templates")) {
        let text = std::fs::read_to_string(&entry).unwrap_or_default();
        if text.contains("|safe") {
            safe.push(entry.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    safe.sort();
    // Fields, drawings and sections of the report are made by our own templates and our own sink; qr is
    // a path we computed.
    let known = [
        "chart.html",
        "form.html",
        "grid.html",
        "group.html",
        "quotes.html",
        "released.html",
        "report.html",
        "reporting.html",
        "room_wall.html",
        "slide.html",
    ];
    let unknown: Vec<_> = safe.iter().filter(|name| !known.contains(&name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?} let text through unescaped");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn every_public_function_of_the_store_is_in_its_contract() {
    let contract = std::fs::read_to_string(root().join("tests/it/store.rs")).unwrap()
        + &std::fs::read_to_string(root().join("tests/it/house.rs")).unwrap()
        + &std::fs::read_to_string(root().join("tests/it/night.rs")).unwrap()
        + &std::fs::read_to_string(root().join("tests/it/servers.rs")).unwrap()
        + &std::fs::read_to_string(root().join("tests/it/unlink.rs")).unwrap()
        + &std::fs::read_to_string(root().join("tests/it/keep.rs")).unwrap()
        + &std::fs::read_to_string(root().join("tests/it/journal.rs")).unwrap();
    let mut missing = Vec::new();
    for (path, text) in files(&root().join("src/store")) {
        for line in code(&text).lines().map(str::trim_start) {
            let name = line
                .strip_prefix("pub async fn ")
                .or_else(|| line.strip_prefix("pub fn "))
                .and_then(|rest| rest.split(['(', '<']).next());
            let Some(name) = name else { continue };
            let called = [format!(".{name}("), format!("::{name}(")];
            if !called.iter().any(|call| contract.contains(call)) {
                missing.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "not called in the contract (store, night, servers, unlink):\n{}",
        missing.join("\n")
    );
}

#[test]
fn nothing_names_the_machine_it_was_built_on() {
    let unwanted = ["/work/", "../shared/design", "/root/"];
    for folder in ["src", "templates", "surveys", "tests", "benches"] {
        for path in walk(&root().join(folder)) {
            if path.ends_with("tidy.rs")
                || path.components().any(|c| c.as_os_str() == "node_modules")
            {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for word in unwanted {
                assert!(!text.contains(word), "{} names {word}", path.display());
            }
        }
    }
}

#[test]
fn places_to_look() {
    for (path, text) in files(&root().join("src")) {
        let lines = text.lines().count();
        if lines > 400 {
            println!("{} has {lines} lines", path.display());
        }
        assert!(
            text.starts_with("//!"),
            "{} does not say at its head what it is for",
            path.display()
        );
        for (name, length) in functions(&text) {
            if length > 60 {
                println!("{}: {name} has {length} lines", path.display());
            }
        }
    }
}

/// Functions with their lengths, by indentation.
fn functions(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if let Some((name, from, at)) = &open {
            if line.trim_end() == format!("{}}}", " ".repeat(*at)) {
                found.push((name.clone(), number - from));
                open = None;
            }
        } else if line.contains("fn ") && !line.trim_start().starts_with("//") {
            let name = line.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next());
            open = name.map(|name| (name.to_owned(), number, indent));
        }
    }
    found
}
