//! A collection as files: everything once, nothing that ties a row to a person or a moment.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use miradouro::domain::answer::{Answer, Answers};
use miradouro::domain::collection::State;
use miradouro::domain::instrument::{Instrument, Policy};
use miradouro::domain::question::{Kind, Question};
use miradouro::instruments::check;
use miradouro::job::export::{Export, ExportError, export};

use crate::cli::{code, run, said};
use crate::house::{Folder, House, on_both};

/// A file as rows of named cells.
fn table(export: &Export, name: &str) -> Vec<BTreeMap<String, String>> {
    let (_, content) = export.files.iter().find(|(file, _)| file == name).unwrap();
    let mut reader = csv::Reader::from_reader(content.as_bytes());
    let head = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        head.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// What a cell stands for.
fn read(cell: &str, question: &Question) -> Option<Answer> {
    match (cell, &question.kind) {
        ("", _) => None,
        ("-", _) => Some(Answer::Skipped),
        (cell, Kind::Multiple { .. } | Kind::Rank { .. }) => {
            Some(Answer::Codes(cell.split(';').map(str::to_owned).collect()))
        }
        (cell, Kind::Number { .. }) if cell.parse::<f64>().is_ok() => {
            Some(Answer::Number(cell.parse().unwrap()))
        }
        (cell, _) => Some(Answer::Code(cell.to_owned())),
    }
}

/// The answers of a row, without groups.
fn answers<'a>(
    row: &BTreeMap<String, String>,
    questions: impl Iterator<Item = &'a Question>,
) -> Answers {
    let read =
        |question: &Question| Some((question.id.clone(), read(row.get(&question.id)?, question)?));
    Answers(questions.filter_map(read).collect())
}

#[test]
fn every_answer_is_there_once_and_reads_back() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        for slug in ["resident_safety", "walk_audit"] {
            let (collection, door) = house.collection(&diagnosis, &wave, slug).await;
            house.answered(&door, 12).await;
            let export = export(&house.store, &diagnosis, &collection, false).await.unwrap();
            let instrument = &export.instrument;
            let stored = house.store.responses(diagnosis.id, collection.id).await.unwrap();
            let rows = table(&export, "answers.csv");
            assert_eq!((rows.len(), export.rows), (12, 12));
            for (row, (mode, expected)) in rows.iter().zip(&stored) {
                assert_eq!(
                    (row["_mode"].as_str(), row["_origin"].as_str()),
                    (mode.code(), "asked")
                );
                let mut got = answers(row, instrument.questions());
                for group in instrument.questions().filter(|one| !one.inner().is_empty()) {
                    let file = table(&export, &format!("answers-{}.csv", group.id));
                    let own = file.iter().filter(|repeat| repeat["_row"] == row["_row"]);
                    let inner = || group.inner().iter().flat_map(Question::rows);
                    let repeats: Vec<_> = own.map(|repeat| answers(repeat, inner())).collect();
                    if expected.0.get(&group.id).is_some_and(|one| *one != Answer::Skipped) {
                        got.0.insert(group.id.clone(), Answer::Group(repeats));
                    } else {
                        assert!(repeats.is_empty());
                    }
                }
                let mut expected = expected.clone();
                expected
                    .0
                    .retain(|_, one| !matches!(one, Answer::Group(repeats) if repeats.is_empty()));
                got.0.retain(|_, one| !matches!(one, Answer::Group(repeats) if repeats.is_empty()));
                let skipped = |(id, one): (&String, &Answer)| {
                    let group = instrument.question(id).is_some_and(|q| !q.inner().is_empty());
                    (group && *one == Answer::Skipped).then(|| id.clone())
                };
                let groups: Vec<String> = expected.0.iter().filter_map(skipped).collect();
                expected.0.retain(|id, _| !groups.contains(id));
                assert_eq!(got, expected, "{slug}");
            }
            codebook_is_whole(&export, &stored);
        }
    });
}

/// Every code in some answers, with its question.
fn codes(answers: &Answers, found: &mut Vec<(String, String)>) {
    for (id, answer) in &answers.0 {
        match answer {
            Answer::Code(code) => found.push((id.clone(), code.clone())),
            Answer::Codes(codes) => {
                found.extend(codes.iter().map(|code| (id.clone(), code.clone())));
            }
            Answer::Group(repeats) => {
                for one in repeats {
                    codes(one, found);
                }
            }
            Answer::Skipped | Answer::Number(_) | Answer::Counts(_) => {}
        }
    }
}

/// Every code that was stored is in the codebook, with its label in every language.
fn codebook_is_whole(export: &Export, stored: &[(miradouro::domain::collection::Mode, Answers)]) {
    let book = table(export, "codebook.csv");
    let langs = &export.instrument.languages;
    assert!(book.iter().any(|row| row["code"] == "-" && row["missing"] == "true"));
    let knows = |question: &str, code: &str| {
        book.iter().any(|row| {
            let labelled = langs.iter().all(|lang| {
                !row[&format!("label_{lang}")].is_empty() || row["code"] == "rather_not_say"
            });
            row["question"] == question && row["code"] == code && labelled
        })
    };
    let mut found = Vec::new();
    for (_, answers) in stored {
        codes(answers, &mut found);
    }
    assert!(!found.is_empty());
    for (question, code) in found {
        assert!(knows(&question, &code), "{question} {code}");
    }
    let first = book.iter().find(|row| !row["question"].is_empty()).unwrap();
    assert_eq!(first["meaning"], "1");
    assert!(!first["text_nl"].is_empty());
}

#[test]
fn nothing_ties_a_row_to_a_person_and_words_stay_apart() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 12).await;
        let texts = house.store.free_texts(diagnosis.id, collection.id).await.unwrap();
        assert!(!texts.is_empty());
        let without = export(&house.store, &diagnosis, &collection, false).await.unwrap();
        assert!(without.files.iter().all(|(name, _)| name != "texts.csv"));
        for (name, content) in &without.files {
            assert!(!content.contains(&door.code) && !content.contains(&collection.id.to_string()));
            let csv = name.starts_with("answers");
            for text in texts.iter().filter(|_| csv) {
                assert!(!content.contains(&text.raw), "{name} has words");
            }
        }
        let with = export(&house.store, &diagnosis, &collection, true).await.unwrap();
        let rows = table(&with, "texts.csv");
        assert_eq!(rows.len(), texts.len());
        assert!(rows.iter().all(|row| row.len() == 2), "a question and a text, nothing else");
        let words = |all: Vec<&str>| {
            all.iter().fold(BTreeMap::new(), |mut counts, text| {
                *counts.entry((*text).to_owned()).or_insert(0) += 1;
                counts
            })
        };
        let got = words(rows.iter().map(|row| row["text"].as_str()).collect());
        assert_eq!(got, words(texts.iter().map(|text| text.raw.as_str()).collect()));
    });
}

#[test]
fn sign_ups_never_leave_and_votes_only_after_closing() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (mut collection, _) = house.collection(&diagnosis, &wave, "pulse2").await;
        collection.field.policy = Policy::Private;
        let refused = export(&house.store, &diagnosis, &collection, false).await;
        assert!(matches!(refused, Err(ExportError::Private)));
        collection.field.policy = Policy::Ballot;
        let refused = export(&house.store, &diagnosis, &collection, false).await;
        assert!(matches!(refused, Err(ExportError::OpenBallot)));
        collection.state = State::Closed;
        assert!(export(&house.store, &diagnosis, &collection, false).await.is_ok());
    });
}

/// An old version with answers, exported by the program itself.
#[test]
fn the_command_writes_files_that_only_their_owner_reads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (house, slug, id) = runtime.block_on(async {
        let house = House::sqlite().await;
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 5).await;
        let mut newer = house.app.shelf.instrument("pulse2").unwrap().clone();
        newer.minutes += 1;
        house.store.publish(diagnosis.id, &newer).await.unwrap();
        (house, diagnosis.slug, collection.id.to_string())
    });
    let (out, data) = (Folder::fresh(), house.folder.0.display().to_string());
    let to = |name: &str| out.0.join(name).display().to_string();
    let run =
        |rest: &[&str]| run(&[&["export", "--data", &data, "--diagnosis", &slug], rest].concat());
    let list = said(&run(&["--list"]));
    assert!(list.contains(&id) && list.contains("5 answers  pulse2 version 1"), "{list}");
    let closed = to("a/closed");
    let done = run(&["--collection", &id, "--out", &closed]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    assert!(said(&done).contains("5 responses in"), "{}", said(&done));
    assert!(said(&done).contains("personal data: keep them closed"));
    let folder = std::path::Path::new(&closed);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(folder) & 0o777, 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path) & 0o777, 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    let expected =
        ["about.txt", "answers.csv", "codebook.csv", "instrument.json", "instrument.toml"];
    assert_eq!(names, expected);
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let exact: Instrument = serde_json::from_str(&text("instrument.json")).unwrap();
    assert_eq!(exact.canonical(), text("instrument.json"));
    let (again, faults) = check("pulse2.toml", &text("instrument.toml"), None);
    assert_eq!(again.unwrap_or_else(|| panic!("{faults:?}")).hash(), exact.hash());
    assert!(text("about.txt").contains(&format!("pulse2 version 1 ({})", exact.hash())));

    let again = run(&["--collection", &id, "--out", &closed]);
    assert_eq!(code(&again), 1);
    assert!(said(&again).contains("is not empty"), "{}", said(&again));
    for wrong in ["nonsense", "../../etc", "00000000000000000000000000000000"] {
        let none = run(&["--collection", wrong, "--out", &to("none")]);
        assert_eq!(code(&none), 1);
        assert!(said(&none).contains("there is no collection"), "{}", said(&none));
    }
    assert!(!out.0.join("none").exists(), "nothing was made");
    let with = run(&["--collection", &id, "--out", &to("texts"), "--texts"]);
    assert_eq!(code(&with), 0, "{}", said(&with));
    assert!(out.0.join("texts/texts.csv").exists());
    let log = runtime.block_on(async {
        let diagnosis = house.store.diagnosis(&slug).await.unwrap();
        house.store.audit(diagnosis.id).await.unwrap()
    });
    let acts: Vec<&str> = log.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["answers_exported", "answers_and_texts_exported"]);
    assert!(log.iter().all(|entry| entry.person.is_none()));
}
