//! What was published stays readable for ever: instruments as they were published once, with their
//! hashes and answers from then. A field that comes later must be left out where it is not used
//! (`skip_serializing_if`), or these hashes change.

use std::path::PathBuf;

use miradouro::domain::answer::{Answers, Ground};
use miradouro::domain::change::{changes, must_raise};
use miradouro::domain::instrument::Instrument;
use miradouro::instruments::sample::sample;
use miradouro::instruments::{check, write};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};

fn file(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/surveys/published");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The hash, the slug, the content and the instrument of every file.
fn published() -> Vec<(String, String, String, Instrument)> {
    let list = file("hashes.txt");
    let lines = list.lines().map(|line| line.split_once("  ").unwrap());
    let all = lines.map(|(hash, name)| {
        let content = file(name);
        let slug = name.strip_suffix(".json").unwrap().to_owned();
        let instrument = serde_json::from_str(&content).unwrap();
        (hash.to_owned(), slug, content, instrument)
    });
    all.collect()
}

#[test]
fn they_keep_their_content_and_their_hash() {
    let all = published();
    assert!(all.len() >= 6);
    for (hash, slug, content, instrument) in all {
        let sum: String =
            Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, hash, "the file of {slug} was changed");
        assert_eq!(instrument.canonical(), content, "{slug} is written otherwise");
        assert_eq!(instrument.hash(), hash, "{slug} has another identity");
        assert_eq!(changes(&instrument, &instrument), [], "{slug}");
    }
}

#[test]
fn they_still_read_answers() {
    let zones = ["north", "south"].map(str::to_owned);
    let ground = Ground::of(&zones);
    for (_, slug, _, instrument) in published() {
        for seed in 0..40 {
            let fields = sample(&instrument, &ground, &mut StdRng::seed_from_u64(seed));
            let reading = instrument.read(&fields, &ground);
            assert_eq!(reading.complaints, [], "{slug} {seed}");
            assert!(!reading.answers.0.is_empty() || !reading.texts.is_empty(), "{slug} {seed}");
        }
        let known = |id: &String| instrument.question(id).is_some();
        for line in file(&format!("{slug}.answers.jsonl")).lines() {
            let answers: Answers = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&answers).unwrap(), line, "{slug}");
            assert!(!answers.0.is_empty() && answers.0.keys().all(known), "{slug}: {line}");
        }
    }
}

#[test]
fn they_can_be_written_as_files_and_read_back() {
    for (hash, slug, _, instrument) in published() {
        let (again, faults) = check(&format!("{slug}.toml"), &write(&instrument), None);
        let again = again.unwrap_or_else(|| panic!("{slug}: {faults:?}"));
        assert_eq!(changes(&instrument, &again), [], "{slug}");
        assert_eq!(again.hash(), hash, "{slug}");
        assert_eq!(must_raise(&instrument, &again), Vec::<String>::new());
    }
}
