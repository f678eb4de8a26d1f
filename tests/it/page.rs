//! The form page around the questions: screens or one page, the quick way out, what it says of itself,
//! and what is shown when nothing could be stored.

use axum::http::{StatusCode, header};
use miradouro::domain::diagnosis::{Diagnosis, Wave};
use miradouro::domain::text::Lang;
use sqlx::{Connection, SqliteConnection};

use crate::house::{House, NOW, hidden, on_both};

async fn form(house: &House, of: (&Diagnosis, &Wave), slug: &str) -> (String, String) {
    let (_, door) = house.collection(of.0, of.1, slug).await;
    let path = format!("/p/{}/nl", door.code);
    let body = house.get(&path).await.body;
    (path, body)
}

#[test]
fn a_questionnaire_is_one_question_a_screen_and_a_walk_sheet_one_page() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let of = (&diagnosis, &wave);
        for (slug, screens, delicate, own) in [
            ("pulse2", true, false, true),
            ("resident_safety", true, true, true),
            ("data_walk_card", true, false, true),
            ("walk_audit", false, false, false),
            ("priority_ballot", false, false, true),
            ("committee_candidate", false, true, true),
        ] {
            let (_, body) = form(&house, of, slug).await;
            assert_eq!(body.contains("<template>"), screens, "{slug} in screens");
            let leave = r#"class="leave" href="https://nl.wikipedia.org/" rel="noreferrer""#;
            assert_eq!(body.contains(leave), delicate, "{slug} has a quick way out");
            assert_eq!(body.contains("data-keep="), own, "{slug} may be kept on a phone");
            assert!(body.contains(&format!(r#"data-day="{}""#, NOW / 86_400_000)), "{slug}");
            assert!(
                !body.contains("<script>") && !body.contains(" style="),
                "{slug} has nothing inline"
            );
        }
    });
}

#[test]
fn the_open_screen_comes_back_with_the_answers_and_nothing_else_does() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (path, body) = form(&house, (&diagnosis, &wave), "pulse2").await;
        let id = hidden(&body, "_id");
        assert_eq!(hidden(&body, "_at"), "");
        for (said, kept) in [("3", "3"), ("\"><script>", ""), ("-1", ""), ("", "")] {
            let fields = [("_id", id.as_str()), ("_at", said), ("_lang", "ar"), ("q1", "safe")];
            let page = house.post(&path, &fields).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains(r#"<html lang="ar" dir="rtl">"#));
            assert_eq!(hidden(&page.body, "_at"), kept, "{said}");
        }
    });
}

#[test]
fn the_privacy_page_says_in_every_language_what_is_true_of_the_form() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        for slug in ["pulse2", "walk_audit", "committee_candidate"] {
            let (_, door) = house.collection(&diagnosis, &wave, slug).await;
            for lang in Lang::RESPONDENTS {
                let words = house.app.privacy_words(lang);
                let footer = house.get(&format!("/p/{}/{lang}", door.code)).await.body;
                for (page, title) in
                    [("privacy", &words.title), ("accessibility", &words.use_title)]
                {
                    let path = format!("/p/{}/{lang}/{page}", door.code);
                    assert!(footer.contains(&format!("href=\"{path}\"")), "{path} is linked");
                    let told = house.get(&path).await;
                    assert_eq!(told.status, StatusCode::OK, "{path}");
                    assert!(told.headers.get(header::SET_COOKIE).is_none());
                    let html = format!(r#"<html lang="{lang}" dir="{}">"#, lang.dir());
                    assert!(told.body.contains(&html), "{path}");
                    assert!(told.body.contains(&format!("<h1>{title}</h1>")), "{path}");
                    assert!(
                        told.body.contains("the neighbourhood house"),
                        "{path} says whom to ask"
                    );
                }
                let told = house.get(&format!("/p/{}/{lang}/privacy", door.code)).await.body;
                let says = |text: &str| told.contains(text);
                assert!(says(&words.code_cannot) && says(&words.phone) && says(&words.receipt));
                assert_eq!(says(&words.kept_photo), slug == "walk_audit", "{slug}");
                assert_eq!(says(&words.kept_private), slug == "committee_candidate", "{slug}");
                assert_eq!(says(&words.shown), slug == "pulse2", "{slug}");
            }
        }
        let wrong = house.get("/p/nowhere/nl/privacy").await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
        assert!(wrong.body.contains("<html lang=\"nl\""));
    });
}

#[test]
fn what_the_later_script_says_is_fetched_by_itself_and_kept_for_ever() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (path, body) = form(&house, (&diagnosis, &wave), "pulse2").await;
        let (_, rest) = body.split_once("data-words=\"").unwrap();
        let words = house.get(rest.split_once('"').unwrap().0).await;
        assert_eq!(words.headers[header::CONTENT_TYPE], "application/json");
        assert!(words.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let said: serde_json::Value = serde_json::from_str(&words.body).unwrap();
        assert_eq!(said["keep"], house.app.page_words(Lang::Nl).keep);
        let look = house.get(said["look"].as_str().unwrap()).await;
        assert_eq!(look.status, StatusCode::OK);
        // Once the answers have arrived, the page says so to the script, and only then.
        assert!(house.get(&format!("{path}/thanks")).await.body.contains("data-sent="));
        assert!(!body.contains("data-sent="));
    });
}

#[test]
fn answers_that_could_not_be_stored_come_back_filled_in() {
    on_both(async |house| {
        if house.name != "SQLite" {
            return;
        }
        let (diagnosis, wave) = house.diagnosis().await;
        let (path, body) = form(&house, (&diagnosis, &wave), "pulse2").await;
        let file = format!("sqlite://{}", house.folder.0.join("miradouro.db").display());
        let mut disk = SqliteConnection::connect(&file).await.unwrap();
        sqlx::query("alter table receipt rename to gone").execute(&mut disk).await.unwrap();
        let id = hidden(&body, "_id");
        let fields = [("_id", id.as_str()), ("q1", "safe"), ("q7", "meer bankjes")];
        let page = house.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.body.contains(&house.app.page_words(Lang::Nl).not_sent));
        assert!(
            page.body.contains("meer bankjes") && page.body.contains(r#"value="safe" checked"#)
        );
        assert_eq!(hidden(&page.body, "_id"), id, "the same sheet, so that it counts once");

        sqlx::query("alter table gone rename to receipt").execute(&mut disk).await.unwrap();
        let sent = house.post(&path, &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "and goes a minute later");
    });
}
