//! The pages about instruments: their versions beside one another, and their translations read.

use axum::http::{StatusCode, header};
use miradouro::domain::collection::{Collection, State};
use miradouro::domain::diagnosis::{Diagnosis, Wave};
use miradouro::domain::ids::CollectionId;
use miradouro::domain::instrument::Instrument;
use miradouro::domain::people::Role;
use miradouro::domain::question::{Kind, Question};
use miradouro::domain::text::Lang;
use miradouro::domain::translation::{Passage, chapters, original};
use miradouro::domain::version::Publication;
use miradouro::instruments::check;

use crate::house::{House, NOW, Page, on_both};

fn ours(house: &House, slug: &str) -> Instrument {
    house.app.shelf.instrument(slug).unwrap().clone()
}

fn question<'a>(of: &'a mut Instrument, id: &str) -> &'a mut Question {
    let mut all = of.sections.iter_mut().flat_map(|section| &mut section.questions);
    all.find(|question| question.id == id).unwrap()
}

/// Checks that a page is there and says all of this.
#[track_caller]
fn says(page: &Page, sentences: &[&str]) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for sentence in sentences {
        assert!(page.body.contains(sentence), "{sentence} is not in {}", page.body);
    }
}

/// The first version with its file, and a second one in which a lot is different.
async fn two_versions(house: &House, diagnosis: &Diagnosis) {
    let first = ours(house, "pulse2");
    let source = house.app.shelf.source("pulse2");
    let how = Publication { source, at: Some(NOW), by: None, note: "As it came." };
    house.store.publish_version(diagnosis.id, &first, &how).await.unwrap();
    let mut second = first.clone();
    second.title.0.insert(Lang::En, "Two <b>new</b> minutes".to_owned());
    let q1 = question(&mut second, "q1");
    q1.meaning = 2;
    let Kind::Scale { choices, scale } = &mut q1.kind else { panic!("q1 is a scale") };
    *scale = None;
    "dreadful".clone_into(&mut choices[0].code);
    question(&mut second, "q2").show_if = "q1 = dreadful".parse().ok();
    let how = Publication { note: "Another <i>scale</i>.", source: None, ..how };
    house.store.publish_version(diagnosis.id, &second, &how).await.unwrap();
}

#[test]
fn any_two_versions_stand_beside_one_another() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        two_versions(&house, &diagnosis).await;
        house.collection(&diagnosis, &wave, "pulse2").await;
        let cookie = house.signed_in(&diagnosis, Role::Member).await;
        let at = |page: &str| format!("/d/{}/instruments/pulse2{page}", diagnosis.slug);
        let list = house.get_as(&cookie, &at("/versions")).await;
        let known = ["Version 1", "Version 2", "As it came.", "pulse2 in the field"];
        says(&list, &known);
        says(
            &list,
            &[
                "2026-11-22 13:00, on the server itself",
                "Another &#60;i&#62;scale",
                "In no collection.",
            ],
        );
        assert!(!list.body.contains("What changed:"), "nothing was asked");
        let page = house.get_as(&cookie, &at("/versions?a=1&b=2")).await;
        let told = [
            "What changed: Version 1 → Version 2",
            "The old answers do not fit.",
            "answer dreadful",
            "number of the meaning",
            "Line: breaks",
            "other people answer.",
            "Line: goes on with a note",
            "Better words",
            "Two &#60;b&#62;new",
            "<ins>+ ",
            "<del>− ",
        ];
        says(&page, &told);
        assert!(!page.body.contains("Raise the meaning"), "it was raised");
        let same = house.get_as(&cookie, &at("/versions?a=2&b=2")).await;
        says(&same, &["Nothing that counts differs.", "The two files are the same."]);
        for query in ["a=1&b=3", "a=0&b=1", "a=file&b=01", "a=1&b=%00", "a=-1&b=2"] {
            let page = house.get_as(&cookie, &at(&format!("/versions?{query}"))).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{query}");
        }
        let file = house.get_as(&cookie, &at("/versions?a=2&b=file")).await;
        says(&file, &["What changed: Version 2 → The file as it is now", "Raise the meaning"]);
    });
}

#[test]
fn a_version_can_be_taken_away_as_a_file_that_reads_as_the_same() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let first = ours(&house, "pulse2");
        let source = house.app.shelf.source("pulse2");
        let how = Publication { source, ..Publication::default() };
        house.store.publish_version(diagnosis.id, &first, &how).await.unwrap();
        let mut second = first.clone();
        question(&mut second, "q1").meaning = 2;
        // A file that says something else is not handed out for this version.
        house.store.publish_version(diagnosis.id, &second, &how).await.unwrap();
        let cookie = house.signed_in(&diagnosis, Role::Facilitator).await;
        let at = |file: &str| format!("/d/{}/instruments/pulse2/versions/{file}", diagnosis.slug);
        for (number, content) in [("1", &first), ("2", &second)] {
            let page = house.get_as(&cookie, &at(&format!("{number}.toml"))).await;
            assert_eq!(page.status, StatusCode::OK);
            let save = page.headers.get(header::CONTENT_DISPOSITION).unwrap();
            assert_eq!(save, &format!("attachment; filename=\"pulse2-{number}.toml\""));
            let (read, faults) = check("pulse2.toml", &page.body, None);
            let kept = ours(&house, "pulse2").hash() == content.hash();
            assert_eq!(Some(page.body.as_str()) == house.app.shelf.source("pulse2"), kept);
            let read = read.unwrap_or_else(|| panic!("{faults:?}"));
            assert_eq!(read.hash(), content.hash());
        }
        for file in ["3.toml", "1", "1.json", "0.toml", "..%2F1.toml", "%00.toml"] {
            let page = house.get_as(&cookie, &at(file)).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{file}");
        }
    });
}

#[test]
fn every_instrument_has_its_page_and_hostile_names_have_none() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        two_versions(&house, &diagnosis).await;
        let cookie = house.signed_in(&diagnosis, Role::Moderator).await;
        let at = |page: &str| format!("/d/{}/instruments{page}", diagnosis.slug);
        let list = house.get_as(&cookie, &at("")).await;
        let overview = house.get_as(&cookie, &format!("/d/{}", diagnosis.slug)).await;
        says(&overview, &[&at("")]);
        for one in house.app.shelf.instruments() {
            says(&list, &[&at(&format!("/{}\"", one.slug))]);
            let page = house.get_as(&cookie, &at(&format!("/{}", one.slug))).await;
            says(&page, &["Versions", "What it is"]);
            for question in one.all_questions() {
                says(&page, &[&format!("<code>{}</code>", question.id)]);
            }
            for lang in &one.languages {
                says(&page, &[&at(&format!("/{}/translations/{lang}", one.slug))]);
            }
        }
        let pulse = house.get_as(&cookie, &at("/pulse2")).await;
        says(&pulse, &["Version 1", "/versions"]);
        for name in ["none", "..%2F..%2Fshared", "pulse2.toml", "PULSE2", "%00", "%3Cb%3E"] {
            for page in ["", "/versions", "/versions/1.toml", "/translations/en"] {
                let page = house.get_as(&cookie, &at(&format!("/{name}{page}"))).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{name}");
            }
        }
    });
}

/// A draft of the small questionnaire in these languages.
async fn draft(house: &House, of: &Diagnosis, wave: &Wave, langs: &[Lang]) -> Collection {
    let (mut draft, _) = house.collection(of, wave, "pulse2").await;
    (draft.id, draft.state, draft.opened) = (CollectionId::random(), State::Draft, None);
    draft.field.languages = langs.to_vec();
    house.store.add_collection(&draft, &[]).await.unwrap();
    draft
}

/// The keys of every text of a language, once each.
fn keys(of: &Instrument, lang: Lang) -> Vec<String> {
    let chapters = chapters(of, lang);
    chapters.iter().flat_map(|chapter| &chapter.passages).map(Passage::key).collect()
}

#[test]
fn texts_are_read_ticked_and_taken_back() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let pulse = ours(&house, "pulse2");
        let cookie = house.signed_in(&diagnosis, Role::Member).await;
        let at = format!("/d/{}/instruments/pulse2/translations/fr", diagnosis.slug);
        let keys = keys(&pulse, Lang::Fr);
        let page = house.get_as(&cookie, &at).await;
        says(&page, &[&format!("0 of {} checked", keys.len()), "lang=\"fr\" dir=\"ltr\""]);
        let fields = [("chapter", "1"), ("read", keys[0].as_str()), ("shown", keys[1].as_str())];
        let ticked = house.post_as(&cookie, &at, &fields).await;
        assert_eq!((ticked.status, &ticked.location), (StatusCode::SEE_OTHER, &format!("{at}#c1")));
        let page = house.get_as(&cookie, &at).await;
        let one = format!("1 of {} checked", keys.len());
        says(&page, &[&one, "checked by member on 2026-11-22", "No longer right"]);
        // A whole section: what was in front of them, and nothing else.
        let section: Vec<_> =
            keys[..5].iter().map(|key| ("shown", key.as_str())).chain([("all", "1")]).collect();
        house.post_as(&cookie, &at, &section).await;
        says(&house.get_as(&cookie, &at).await, &[&format!("5 of {} checked", keys.len())]);
        let made_up = house.post_as(&cookie, &at, &[("read", "no such text\0")]).await;
        assert_eq!(made_up.status, StatusCode::CONFLICT);
        let back = house.post_as(&cookie, &at, &[("back", keys[0].as_str())]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        let twice = house.post_as(&cookie, &at, &[("back", keys[0].as_str())]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        says(&house.get_as(&cookie, &at).await, &[&format!("4 of {} checked", keys.len())]);
        let log = house.get_as(&cookie, &format!("/d/{}/log", diagnosis.slug)).await;
        says(&log, &["Checked texts", "pulse2 · fr · 4", "Took a checked text back"]);
        // A change of the original is a draft again in every language.
        let mut changed = pulse.clone();
        let first = original(&pulse);
        changed.title.0.insert(first, "Otherwise".to_owned());
        house.store.publish(diagnosis.id, &changed).await.unwrap();
        let page = house.get_as(&cookie, &format!("{at}?version=1")).await;
        says(&page, &["These are the texts of version 1.", "4 of", "Otherwise"]);
        let none = house.get_as(&cookie, &format!("{at}?version=2")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn right_to_left_stands_right_to_left_and_a_language_that_is_not_there_is_not_there() {
    on_both(async |house| {
        let (diagnosis, _) = house.diagnosis().await;
        let cookie = house.signed_in(&diagnosis, Role::Moderator).await;
        let feedback = ours(&house, "feedback_youth");
        let at = |lang: &str| {
            format!("/d/{}/instruments/feedback_youth/translations/{lang}", diagnosis.slug)
        };
        let page = house.get_as(&cookie, &at("ar")).await;
        says(
            &page,
            &["<blockquote lang=\"ar\" dir=\"rtl\">", "<blockquote lang=\"en\" dir=\"ltr\">"],
        );
        let english = house.get_as(&cookie, &at("en")).await;
        says(&english, &["This is the original."]);
        assert_eq!(english.body.matches("<blockquote").count(), keys(&feedback, Lang::En).len());
        let barcelona = ours(&house, "barcelona_2020");
        for lang in ["xx", "EN", "en%2F..", "%00", ""] {
            assert_eq!(house.get_as(&cookie, &at(lang)).await.status, StatusCode::NOT_FOUND);
        }
        let absent = Lang::ALL.into_iter().find(|lang| !barcelona.languages.contains(lang));
        if let Some(lang) = absent {
            let page =
                format!("/d/{}/instruments/barcelona_2020/translations/{lang}", diagnosis.slug);
            assert_eq!(house.get_as(&cookie, &page).await.status, StatusCode::NOT_FOUND);
            let post = house.post_as(&cookie, &page, &[]).await;
            assert_eq!(post.status, StatusCode::NOT_FOUND);
        }
    });
}

#[test]
fn opening_says_what_nobody_has_checked_and_writes_it_down() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let pulse = ours(&house, "pulse2");
        let draft = draft(&house, &diagnosis, &wave, &[Lang::En, Lang::Nl]).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let here = format!("/d/{}/collections/{}", diagnosis.slug, draft.id);
        let all = |lang| keys(&pulse, lang);
        let text = |lang: Lang| format!("/instruments/pulse2/translations/{lang}");
        let english = text(Lang::En);
        house.post_as(&cookie, &format!("/d/{}{english}", diagnosis.slug), &[]).await;
        let fields: Vec<String> = all(Lang::En);
        let fields: Vec<_> = fields.iter().map(|key| ("read", key.as_str())).collect();
        house.post_as(&cookie, &format!("/d/{}{english}", diagnosis.slug), &fields).await;
        let page = house.get_as(&cookie, &here).await;
        let n = all(Lang::Nl).len();
        let dutch = format!("Nederlands: {n} of {n} texts not checked");
        says(&page, &[&dutch, &format!("{}?version=1", text(Lang::Nl))]);
        assert!(!page.body.contains("English: "), "English is checked");
        let opened = house.post_as(&cookie, &format!("{here}/open"), &[]).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let log = house.store.audit(diagnosis.id).await.unwrap();
        let warned: Vec<_> =
            log.iter().filter(|entry| entry.act == "translations_unchecked").collect();
        assert_eq!(warned.len(), 1);
        assert!(warned[0].about.ends_with(&dutch), "{}", warned[0].about);
    });
}

#[test]
fn nothing_is_said_when_everything_is_checked_and_an_incomplete_language_is_refused() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let mut pulse = ours(&house, "pulse2");
        let open = draft(&house, &diagnosis, &wave, &[Lang::En]).await;
        let cookie = house.signed_in(&diagnosis, Role::Coordinator).await;
        let fields = keys(&pulse, Lang::En);
        let fields: Vec<_> = fields.iter().map(|key| ("read", key.as_str())).collect();
        let english = format!("/d/{}/instruments/pulse2/translations/en", diagnosis.slug);
        house.post_as(&cookie, &english, &fields).await;
        let here = format!("/d/{}/collections/{}", diagnosis.slug, open.id);
        let page = house.get_as(&cookie, &here).await;
        assert!(!page.body.contains("Nobody has checked"), "{}", page.body);
        house.post_as(&cookie, &format!("{here}/open"), &[]).await;
        let log = house.store.audit(diagnosis.id).await.unwrap();
        assert!(log.iter().all(|entry| entry.act != "translations_unchecked"));
        // Published without one Dutch text: no check helps.
        question(&mut pulse, "q1").text.0.remove(&Lang::Nl);
        let hash = house.store.publish(diagnosis.id, &pulse).await.unwrap();
        let mut lacking = draft(&house, &diagnosis, &wave, &[Lang::En, Lang::Nl]).await;
        lacking.instrument = hash;
        house.store.change_draft(&lacking).await.unwrap();
        let here = format!("/d/{}/collections/{}", diagnosis.slug, lacking.id);
        let refused = house.post_as(&cookie, &format!("{here}/open"), &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Not every text exists in this language: Nederlands"));
        let dutch = format!("/d/{}/instruments/pulse2/translations/nl?version=2", diagnosis.slug);
        says(&house.get_as(&cookie, &dutch).await, &["1 missing", "This text is missing."]);
    });
}
