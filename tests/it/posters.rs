//! Paper for a data walk: posters in several languages and formats, and the set that one button
//! makes.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::process::Command;
use std::time::Duration;

use axum::http::StatusCode;
use miradouro::domain::data_walk::{Reflection, ReflectionState, Verdict};
use miradouro::domain::finding::{Evidence, Finding};
use miradouro::domain::ids::{FindingId, ReflectionId};
use miradouro::domain::people::Role;
use miradouro::domain::text::Text;
use miradouro::store::NewReflection;

use crate::house::{Folder, House, on_both};

/// What a PDF says, and what it says about itself.
fn read(folder: &Folder, bytes: &[u8]) -> (String, String) {
    let file = folder.0.join("look.pdf");
    std::fs::write(&file, bytes).unwrap();
    let said = |program: &str, arguments: &[&str]| {
        let out = Command::new(program).args(arguments).output().unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    let path = file.display().to_string();
    (said("pdftotext", &["-layout", &path, "-"]), said("pdfinfo", &["-struct-text", &path]))
}

/// A walk along a public release, with who may run it.
async fn walk(house: &House) -> (String, String, String) {
    let (diagnosis, wave) = house.diagnosis().await;
    let (_, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
    house.answered(&door, 40).await;
    house.released(&diagnosis, true).await;
    let walk = house.walk(&diagnosis, 1).await;
    let cookie = house.signed_in(&diagnosis, Role::Facilitator).await;
    let path = format!("/d/{}/walks/{}/posters", diagnosis.slug, walk.id);
    (cookie, path, format!("/w/{}/en", walk.door))
}

#[test]
fn a_poster_is_tagged_and_speaks_several_languages_on_either_paper() {
    on_both(async |house| {
        let (cookie, _, wall) = walk(&house).await;
        let folder = Folder::fresh();
        let poster = |query: &str| format!("{wall}/4/poster.pdf{query}");
        let plain = house.bytes_as(&cookie, &poster("")).await;
        let (text, tags) = read(&folder, &plain);
        assert!(text.contains("about ") && text.contains("/w/"), "{text}");
        for tag in ["H1", "H2", "P", "Figure"] {
            let own = tags.lines().any(|line| line.trim_start().starts_with(tag));
            assert!(own, "no {tag} in:\n{tags}");
        }
        let large = house.bytes_as(&cookie, &poster("?paper=a2&also=nl&stripes=yes")).await;
        let (text, _) = read(&folder, &large);
        assert!(text.contains("Talk, then write a note") && text.contains("Uw notities"), "{text}");
        let size = Command::new("pdfinfo").arg(folder.0.join("look.pdf")).output().unwrap();
        let size = String::from_utf8_lossy(&size.stdout).into_owned();
        assert!(size.contains("1190.55 x 1683.78"), "{size}");
        assert!(size.contains("Tagged:          yes"), "{size}");
        let guess = house.bytes_as(&cookie, &poster("?guess=yes")).await;
        let (text, _) = read(&folder, &guess);
        assert!(text.contains("First guess") && text.contains("100%"), "{text}");
        assert!(!text.contains("What we think this says"), "{text}");
        for wrong in ["?paper=a9", "?also=xx", "?also=nl,zz"] {
            assert_eq!(house.get(&poster(wrong)).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        for name in ["summary", "handout"] {
            let sheet = house.bytes_as(&cookie, &format!("{wall}/{name}.pdf")).await;
            let (text, tags) = read(&folder, &sheet);
            assert!(text.contains("/w/") && tags.contains("H1"), "{name}: {text}\n{tags}");
            let pages = Command::new("pdfinfo").arg(folder.0.join("look.pdf")).output().unwrap();
            let pages = String::from_utf8_lossy(&pages.stdout).into_owned();
            assert!(pages.contains("Pages:           1\n"), "{name}: {pages}");
        }
    });
}

#[test]
fn one_button_makes_everything_on_paper() {
    on_both(async |house| {
        let (cookie, path, _) = walk(&house).await;
        let page = house.get_as(&cookie, &path).await;
        assert!(page.body.contains("Posters for the wall"), "{}", page.body);
        let empty = house.get_as(&cookie, &format!("{path}/set.zip")).await;
        assert_eq!(empty.status, StatusCode::NOT_FOUND);

        let nothing = house.post_as(&cookie, &path, &[("groups", "99")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        for sentence in ["Please choose one.", "a number of groups from 1 to 12"] {
            assert!(nothing.body.contains(sentence), "{sentence}: {}", nothing.body);
        }

        let fields = [
            ("languages", "en"),
            ("languages", "nl"),
            ("together", "2"),
            ("paper", "a2"),
            ("also", "guess"),
            ("groups", "3"),
        ];
        let begun = house.post_as(&cookie, &path, &fields).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        let set = finished(&house, &cookie, &path).await;
        let names: Vec<&str> = set.keys().map(String::as_str).collect();
        let wanted = [
            "cards-en.pdf",
            "cards-nl.pdf",
            "facilitator.pdf",
            "handout-en.pdf",
            "handout-nl.pdf",
            "name-cards.pdf",
            "posters-a2-en-nl-guess-first.pdf",
            "posters-a2-en-nl.pdf",
            "summary-en.pdf",
            "summary-nl.pdf",
        ];
        assert_eq!(names, wanted);
        let folder = Folder::fresh();
        let said = |name: &str| read(&folder, &set[name]).0;
        let plan = said("facilitator.pdf");
        for words in ["The evening", "Who starts where", "Group C", "Host of poster", "Be careful"]
        {
            assert!(plan.contains(words), "{words}: {plan}");
        }
        assert_eq!(said("name-cards.pdf").matches("My name").count(), 24);
        assert_eq!(said("cards-nl.pdf").matches("Wat zegt onze groep?").count(), 4);
        let page = house.get_as(&cookie, &path).await;
        assert!(page.body.contains("posters-a2-en-nl.pdf") && page.body.contains("10 files"));
    });
}

/// The files of the set, once it is made: whoever waits asks again, as the page itself does.
async fn finished(house: &House, cookie: &str, path: &str) -> BTreeMap<String, Vec<u8>> {
    let made = tokio::time::timeout(Duration::from_mins(2), async {
        loop {
            let page = house.get_as(cookie, &format!("{path}/making")).await;
            if page.status == StatusCode::SEE_OTHER {
                return house.bytes_as(cookie, &format!("{path}/set.zip")).await;
            }
            assert!(page.body.contains("sheets are done"), "{}", page.body);
            tokio::task::yield_now().await;
        }
    });
    let bytes = made.await.unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let set = archive.len();
    let mut file = |at: usize| {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..set).map(&mut file).collect()
}

#[test]
fn the_summary_says_what_a_walk_made_of_the_findings() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let mut said = Vec::new();
        for (verdict, words, state) in [
            (Verdict::Partly, "There are new lamps", ReflectionState::Shown),
            (Verdict::DoesNotFit, "Ask the shop", ReflectionState::Withheld),
        ] {
            let reflection = Reflection {
                id: ReflectionId::random(),
                station: 4,
                verdict,
                said: words.to_owned(),
                state,
                group: None,
                pin: None,
            };
            said.push(reflection.id);
            let (diagnosis, data_walk) = (diagnosis.id, walk.id);
            let new = NewReflection { diagnosis, data_walk, reflection };
            house.store.reflect(new).await.unwrap();
            house.store.moderate(&walk, *said.last().unwrap(), state).await.unwrap();
        }
        let finding = Finding {
            id: FindingId::random(),
            diagnosis: diagnosis.id,
            data_walk: walk.id,
            place: 1,
            said: Text::name("The quay is dark"),
            evidence: vec![Evidence { collection: collection.id, chart: "safe".to_owned() }],
            amended: Text::name("The quay was dark in spring"),
            because: said,
            editor: "Ann".to_owned(),
            written: walk.held_on,
        };
        let folder = Folder::fresh();
        let summary = |lang: &str| format!("/w/{}/{lang}/summary.pdf", walk.door);
        let before = read(&folder, &house.bytes_as("", &summary("en")).await).0;
        assert!(!before.contains("What we say together"), "{before}");
        house.store.keep_finding(&finding, None).await.unwrap();
        let text = read(&folder, &house.bytes_as("", &summary("en")).await).0;
        for words in [
            "What we say together",
            "The quay was dark in spring",
            "We said before: “The quay is dark”",
            "Changed because you said: “There are new lamps”",
            "At the data walk: it fits, 0; partly, 1; it does not fit, 0.",
            "What else the answers say",
            "What happens next",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("Ask the shop"), "{text}");
        for lang in ["nl", "ar"] {
            let sheet = house.bytes_as("", &summary(lang)).await;
            let (text, _) = read(&folder, &sheet);
            assert!(text.contains("The quay was dark in spring"), "{text}");
            let pages = Command::new("pdfinfo").arg(folder.0.join("look.pdf")).output().unwrap();
            let pages = String::from_utf8_lossy(&pages.stdout).into_owned();
            assert!(pages.contains("Pages:           1\n"), "{lang}: {pages}");
        }
    });
}
