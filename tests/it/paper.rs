//! Paper, from the printer to the count: printed, typed in, typed a second time, corrected.

use std::process::Command;

use axum::http::StatusCode;
use miradouro::domain::answer::Answer;
use miradouro::domain::collection::{Collection, Mode};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::paper::SheetNumber;
use miradouro::domain::people::Role;
use miradouro::domain::text::Lang;

use crate::house::{Folder, House, on_both};

/// What a PDF says.
fn text_of(pdf: &[u8]) -> String {
    let folder = Folder::fresh();
    let path = folder.0.join("sheet.pdf");
    std::fs::write(&path, pdf).unwrap();
    let said = Command::new("pdftotext").args(["-layout"]).arg(&path).arg("-").output().unwrap();
    // The reader marks the direction of every run; nobody asked for that.
    let marks = |c: &char| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    String::from_utf8_lossy(&said.stdout).chars().filter(marks).collect()
}

/// The different sheet numbers in a text, in their order.
fn numbers(text: &str) -> Vec<SheetNumber> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found: Vec<SheetNumber> = Vec::new();
    for four in words.windows(4) {
        let shaped = four[0].len() == 2 && four[1].len() == 3 && four[3].len() == 1;
        if let Some(number) = four.concat().parse().ok().filter(|_| shaped)
            && !found.contains(&number)
        {
            found.push(number);
        }
    }
    found
}

struct Office {
    diagnosis: Diagnosis,
    collection: Collection,
    path: String,
    coordinator: String,
    facilitator: String,
}

impl Office {
    async fn with(house: &House, slug: &str) -> Self {
        let (diagnosis, wave) = house.diagnosis().await;
        let (collection, _) = house.collection(&diagnosis, &wave, slug).await;
        let path = format!("/d/{}/collections/{}", diagnosis.slug, collection.id);
        let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
        let facilitator = house.signed_in(&diagnosis, Role::Facilitator).await;
        Self { diagnosis, collection, path, coordinator, facilitator }
    }

    /// So many printed sheets.
    async fn printed(&self, house: &House, copies: &str, lang: &str) -> (String, Vec<SheetNumber>) {
        let fields = [("lang", lang), ("copies", copies), ("size", "normal")];
        let (path, cookie) = (format!("{}/paper", self.path), &self.coordinator);
        let pdf = house.pdf_as(cookie, &path, &fields).await;
        assert!(pdf.starts_with(b"%PDF"));
        let text = text_of(&pdf);
        let numbers = numbers(&text);
        (text, numbers)
    }

    async fn keyed(
        &self,
        house: &House,
        cookie: &str,
        number: &str,
        keys: &[(&str, &str)],
    ) -> crate::house::Page {
        let mut fields = vec![("step", "save"), ("sheet", number), ("lang", "en")];
        fields.extend(keys);
        house.post_as(cookie, &format!("{}/keyin", self.path), &fields).await
    }

    async fn kept(&self, house: &House) -> Vec<(Mode, miradouro::domain::answer::Answers)> {
        house.store.responses(self.diagnosis.id, self.collection.id).await.unwrap()
    }
}

#[test]
fn a_sheet_is_printed_typed_twice_corrected_and_counted() {
    on_both(async |house| {
        let office = Office::with(&house, "pulse2").await;
        let (text, numbers) = office.printed(&house, "3", "en").await;
        assert_eq!(numbers.len(), 3, "{text}");
        for words in
            ["Asked by the neighbourhood house.", "closed box", "Page 1 of 3", "4 Where is"]
        {
            let words_here = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words_here.contains(words), "no {words:?} in {words_here}");
        }
        let keyin = format!("{}/keyin", office.path);
        // Every sheet is typed twice.
        let count = format!("{}/count", office.path);
        let every = [("handed", "3"), ("returned", "2"), ("spoiled", "0"), ("every", "1")];
        let saved = house.post_as(&office.coordinator, &count, &every).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        let wrong = [("handed", "3"), ("returned", "x"), ("spoiled", "0"), ("every", "1")];
        let refused = house.post_as(&office.coordinator, &count, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("value=\"x\""), "what was written is kept");
        let page = house.get_as(&office.coordinator, &count).await;
        assert!(page.body.contains("2 sheets came back and still have to be typed in"));

        let number = numbers[0].to_string();
        let begin = [("step", "begin"), ("sheet", number.as_str())];
        let form = house.post_as(&office.facilitator, &keyin, &begin).await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.body.contains(&format!("Sheet {number}")));
        assert!(form.body.contains("data-key=\"5\" data-value=\"very_safe\""), "{}", form.body);
        // A sign that is not there: a sentence, and what was typed stays.
        let keys = [("k.q1", "9"), ("k.q3", "2"), ("k.q7", "more benches")];
        let wrong = office.keyed(&house, &office.facilitator, &number, &keys).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Nothing on the sheet has the sign 9"));
        assert!(wrong.body.contains("name=\"k.q3\" value=\"2\""));
        assert!(wrong.body.contains("more benches"));
        assert!(office.kept(&house).await.is_empty());

        let keys =
            [("k.q1", "4"), ("k.q2", "-"), ("k.q3", "2"), ("k.q4", "1"), ("k.q7", "benches")];
        let saved = office.keyed(&house, &office.facilitator, &number.to_lowercase(), &keys).await;
        assert!(saved.body.contains("Lay this sheet on the second pile"), "{}", saved.body);
        let kept = office.kept(&house).await;
        let [(mode, answers)] = kept.as_slice() else { panic!("{} rows", kept.len()) };
        assert_eq!((*mode, &answers.0["q1"]), (Mode::Paper, &Answer::Code("safe".to_owned())));
        assert_eq!(answers.0["q2"], Answer::Skipped);

        // The same person cannot type it again; another one can, and differs.
        let again = house.post_as(&office.facilitator, &keyin, &begin).await;
        assert!(again.body.contains("You typed this sheet the first time"));
        let second = house.post_as(&office.coordinator, &keyin, &begin).await;
        assert!(second.body.contains("Second entry"));
        assert!(!second.body.contains("benches"), "nothing of the first entry is shown");
        let keys = [("k.q1", "5"), ("k.q3", "2"), ("k.q4", "1")];
        let differs = office.keyed(&house, &office.coordinator, &number, &keys).await;
        assert_eq!(differs.status, StatusCode::SEE_OTHER);
        let check = format!("{}/check", office.path);
        assert!(differs.location.starts_with(&format!("{check}#s")), "{}", differs.location);
        assert_eq!(office.kept(&house).await.len(), 1, "a second entry is never counted");

        let page = house.get_as(&office.coordinator, &check).await;
        assert!(page.body.contains(&number) && page.body.contains("5 very safe"), "{}", page.body);
        let half = [("sheet", number.as_str())];
        let half = house.post_as(&office.coordinator, &check, &half).await;
        assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
        let settle = [("sheet", number.as_str()), ("r.q1", "second")];
        let settled = house.post_as(&office.coordinator, &check, &settle).await;
        assert_eq!(settled.status, StatusCode::OK, "{}", settled.body);
        assert!(settled.body.contains("<td>1</td><td>1</td><td>100.0</td>"), "{}", settled.body);
        let kept = office.kept(&house).await;
        assert_eq!(kept[0].1.0["q1"], Answer::Code("very_safe".to_owned()));
        assert_eq!(kept[0].1.0["q3"], Answer::Code("traffic".to_owned()));
        let gone = house.post_as(&office.coordinator, &check, &settle).await;
        assert_eq!(gone.status, StatusCode::CONFLICT);
        let third = house.post_as(&office.coordinator, &keyin, &begin).await;
        assert!(third.body.contains("This sheet was typed already"));

        // The next sheet is typed the same way twice, and everything adds up.
        let next = numbers[1].compact();
        let first = office.keyed(&house, &office.facilitator, &next, &[("k.q1", "1")]).await;
        assert!(first.body.contains("second pile"));
        let second = office.keyed(&house, &office.coordinator, &next, &[("k.q1", "1")]).await;
        assert!(second.body.contains("Both entries are the same"));
        let (of, id) = (office.diagnosis.id, office.collection.id);
        assert_eq!(house.store.checks(of, id).await.unwrap(), []);
        let page = house.get_as(&office.coordinator, &count).await;
        assert!(page.body.contains("Everything adds up"), "{}", page.body);
        assert!(page.body.contains("facilitator") && page.body.contains("Sheets: 2"));
        assert!(page.body.contains("<td>3</td><td>2</td><td>0</td><td>2</td><td>2</td><td>1</td>"));
    });
}

#[test]
fn what_is_wrong_with_a_number_is_said() {
    on_both(async |house| {
        let office = Office::with(&house, "feedback_youth").await;
        let other = Office::with(&house, "pulse2").await;
        let (_, numbers) = office.printed(&house, "1", "nl").await;
        let (_, elsewhere) = other.printed(&house, "1", "nl").await;
        let keyin = format!("{}/keyin", office.path);
        let right = numbers[0].compact();
        let digit = if &right[2..3] == "1" { "2" } else { "1" };
        let mistyped = format!("{}{digit}{}", &right[..2], &right[3..]);
        let of = (office.diagnosis.id, office.collection.id);
        // A number that could be printed here one day.
        let unprinted = house.store.hand_out(of.0, other.collection.id, 1).await.unwrap();
        let unprinted = unprinted[0].compact();
        let cases = [
            ("", "two letters, six digits and a letter"),
            ("seven", "two letters, six digits and a letter"),
            (mistyped.as_str(), "A sign in this number is wrong"),
            (&elsewhere[0].compact(), "belongs to another collection"),
            (&unprinted, "belongs to another collection"),
        ];
        for (typed, sentence) in cases {
            let fields = [("step", "begin"), ("sheet", typed)];
            let page = house.post_as(&office.facilitator, &keyin, &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            assert!(page.body.contains(sentence), "{typed}: {}", page.body);
            assert!(page.body.contains(&format!("value=\"{typed}\"")), "it is still there");
        }
        let copies = [("lang", "nl"), ("copies", "5000")];
        let path = format!("{}/paper", office.path);
        let many = house.post_as(&office.coordinator, &path, &copies).await;
        assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
        let nowhere = format!("{}/paper/xx.pdf", office.path);
        let nowhere = house.get_as(&office.coordinator, &nowhere).await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        let day = "2026-11-22".parse().unwrap();
        house.store.close_collection(of.0, of.1, day, false).await.unwrap();
        let begin = [("step", "begin"), ("sheet", right.as_str())];
        let closed = house.post_as(&office.facilitator, &keyin, &begin).await;
        assert!(closed.body.contains("only be typed in while the collection is open"));
        let printed = [("lang", "nl"), ("copies", "1")];
        let refused = house.post_as(&office.coordinator, &path, &printed).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
    });
}

#[test]
fn a_sheet_that_two_people_type_at_once_counts_once() {
    on_both(async |house| {
        let office = Office::with(&house, "pulse2").await;
        let (_, numbers) = office.printed(&house, "1", "en").await;
        let none = [("handed", "1"), ("returned", "1"), ("spoiled", "0"), ("every", "0")];
        house.post_as(&office.coordinator, &format!("{}/count", office.path), &none).await;
        let number = numbers[0].compact();
        let keys = [("k.q1", "2")];
        let (one, other) = tokio::join!(
            office.keyed(&house, &office.facilitator, &number, &keys),
            office.keyed(&house, &office.coordinator, &number, &keys),
        );
        assert_eq!(office.kept(&house).await.len(), 1);
        let said = |page: &crate::house::Page| {
            page.body.contains("counts once") || page.body.contains("Saved. Lay the sheet")
        };
        assert!(said(&one) && said(&other), "{}\n{}", one.body, other.body);
    });
}

#[test]
fn a_walk_on_paper_has_its_stops() {
    on_both(async |house| {
        let office = Office::with(&house, "walk_audit").await;
        let (_, numbers) = office.printed(&house, "1", "en").await;
        let extra = format!("{}/paper/en-extra.pdf", office.path);
        let text = text_of(&house.bytes_as(&office.facilitator, &extra).await);
        assert!(text.contains("This page belongs to sheet number"), "{text}");
        let keys = [
            ("k.stop.0.s_place", "1"),
            ("k.stop.0.w_light", "2"),
            ("k.stop.1.w_light", "4"),
            ("k.stop.1.w_good", "1 3"),
        ];
        let page = office.keyed(&house, &office.facilitator, &numbers[0].compact(), &keys).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let kept = office.kept(&house).await;
        let Answer::Group(stops) = &kept[0].1.0["stop"] else { panic!("no stops") };
        assert_eq!(stops.len(), 2);
        assert_eq!(stops[1].0["w_light"], Answer::Code("3".to_owned()));
    });
}

#[test]
fn an_arabic_sheet_says_the_right_words() {
    on_both(async |house| {
        if house.name != "SQLite" {
            return;
        }
        let office = Office::with(&house, "resident_safety").await;
        let (text, numbers) = office.printed(&house, "1", "ar").await;
        assert_eq!(numbers.len(), 1, "{text}");
        let instrument = house.store.published(office.diagnosis.id, &office.collection.instrument);
        let instrument = instrument.await.unwrap();
        // The reader turns a ligature of lam and alef around and parts words at their vowel signs:
        // the letters of every word stand there one after the other.
        let letters = |text: &str| {
            let letter = |c: &char| c.is_alphabetic() && !('\u{64b}'..='\u{65f}').contains(c);
            text.chars().filter(letter).collect::<String>()
        };
        let turned = |text: &str| {
            let alefs = ['ا', 'أ', 'إ', 'آ'];
            alefs.iter().fold(text.to_owned(), |text, alef| {
                text.replace(&format!("ل{alef}"), &format!("{alef}ل"))
            })
        };
        let all = letters(&text);
        let (title, lang) = (&instrument.title, Lang::Ar);
        let mut asked = vec![title.get(lang)];
        for id in ["f1", "p01", "h9", "d_zone"] {
            asked.extend(instrument.question(id).map(|question| question.text.get(lang)));
        }
        assert!(asked.len() > 3);
        for word in asked.iter().flat_map(|text| text.split_whitespace()) {
            let word = letters(word);
            assert!(all.contains(&word) || all.contains(&turned(&word)), "no {word} in {text}");
        }
    });
}

#[test]
fn a_sheet_reads_as_it_did() {
    on_both(async |house| {
        let office = Office::with(&house, "pulse2").await;
        let path = format!("{}/paper/en.pdf", office.path);
        let text = text_of(&house.bytes_as(&office.coordinator, &path).await);
        let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = text.lines().map(line).filter(|line| !line.is_empty()).collect();
        insta::assert_snapshot!("paper_pulse2_en", lines.join("\n"));
    });
}
