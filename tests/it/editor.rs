//! The editor, as a browser without a script uses it: cards, text, preview, publishing.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::people::Role;
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;

use crate::house::{House, Page, hidden, on_both};

/// A form that brings a file, or might.
async fn post_parts(house: &House, cookie: &str, path: &str, fields: &[(&str, &[u8])]) -> Page {
    let mut body = Vec::new();
    for (name, value) in fields {
        let file = if *name == "file" { "; filename=\"a.toml\"" } else { "" };
        let head = format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--X--\r\n");
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie);
    house.send(request.body(Body::from(body)).unwrap()).await
}

/// A coordinator with a draft.
struct Desk<'a> {
    house: &'a House,
    of: Diagnosis,
    cookie: String,
    slug: String,
}

impl<'a> Desk<'a> {
    async fn begun(house: &'a House, fields: &[(&str, &[u8])]) -> Self {
        let (of, _) = house.diagnosis().await;
        let cookie = house.signed_in(&of, Role::Coordinator).await;
        let path = format!("/d/{}/instruments/new", of.slug);
        let begun = post_parts(house, &cookie, &path, fields).await;
        let slug = done(&begun).rsplit('/').next().unwrap().to_owned();
        Self { house, of, cookie, slug }
    }

    async fn fresh(house: &'a House) -> Self {
        let fields: [(&str, &[u8]); 4] = [
            ("from", b"fresh"),
            ("title", "Onze straat".as_bytes()),
            ("language", b"nl"),
            ("sheet", b"questionnaire"),
        ];
        Self::begun(house, &fields).await
    }

    async fn known(house: &'a House, slug: &str) -> Self {
        let fields: [(&str, &[u8]); 3] =
            [("from", b"known"), ("instrument", slug.as_bytes()), ("as", b"next")];
        Self::begun(house, &fields).await
    }

    fn path(&self, rest: &str) -> String {
        format!("/d/{}/drafts/{}{rest}", self.of.slug, self.slug)
    }

    async fn get(&self, rest: &str) -> Page {
        self.house.get_as(&self.cookie, &self.path(rest)).await
    }

    async fn revision(&self) -> i64 {
        self.house.store.draft(self.of.id, &self.slug).await.unwrap().revision
    }

    async fn text(&self) -> String {
        self.house.store.draft(self.of.id, &self.slug).await.unwrap().source
    }

    /// Sends a card as it is now; gives where that leads.
    async fn save(&self, at: &str, fields: &[(&str, &str)]) -> String {
        done(&self.send(at, self.revision().await, fields).await)
    }

    async fn send(&self, at: &str, revision: i64, fields: &[(&str, &str)]) -> Page {
        let revision = revision.to_string();
        let mut all = vec![("revision", revision.as_str()), ("at", at)];
        all.extend_from_slice(fields);
        self.house.post_as(&self.cookie, &self.path(""), &all).await
    }

    async fn source(&self, revision: i64, text: &str) -> Page {
        let revision = revision.to_string();
        let fields: [(&str, &[u8]); 2] =
            [("revision", revision.as_bytes()), ("source", text.as_bytes())];
        post_parts(self.house, &self.cookie, &self.path("/source"), &fields).await
    }
}

/// Checks that something was done, and gives where that leads.
#[track_caller]
fn done(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert_ne!(page.location, "/sign-in");
    page.location.clone()
}

#[track_caller]
fn is(page: &Page, status: StatusCode, sentences: &[&str]) {
    assert_eq!(page.status, status, "{}", page.body);
    for sentence in sentences {
        assert!(page.body.contains(sentence), "{sentence} is not in {}", page.body);
    }
}

/// A questionnaire of two questions in Dutch and Arabic, made card by card.
async fn two_questions(desk: &Desk<'_>) {
    desk.save("", &[("do", "language"), ("new_language", "ar")]).await;
    desk.save("", &[("do", "question section.0 0"), ("sort", "single")]).await;
    desk.save("", &[("do", "question section.0 1"), ("sort", "text")]).await;
    desk.save(
        "",
        &[
            ("title.ar", "شارعنا"),
            ("intro.nl", "Wij vragen dit."),
            ("intro.ar", "نسأل هذا."),
            ("outro.nl", "Dank u."),
            ("outro.ar", "شكرًا."),
            ("help", ""),
            ("help", "emergency"),
        ],
    )
    .await;
    desk.save("section.0", &[("title.nl", "De straat"), ("title.ar", "الشارع")]).await;
    desk.save(
        "section.0.question.0",
        &[
            ("text.nl", "Hoe is het hier \"nu\" <3>?"),
            ("text.ar", "كيف الحال هنا؟"),
            ("new.choices.0.nl", "goed"),
            ("new.choices.0.ar", "جيد"),
            ("new.choices.1.nl", "slecht"),
            ("new.choices.1.ar", "سيئ"),
        ],
    )
    .await;
    let fields = [
        ("text.nl", "Waarom?"),
        ("text.ar", "لماذا؟"),
        ("if_question", "q1"),
        ("if_code", "q1=slecht"),
    ];
    desk.save("section.0.question.1", &fields).await;
    desk.save("", &[("do", "plan chart"), ("of", "q1")]).await;
}

#[test]
fn two_questions_in_two_languages_are_made_published_and_asked() {
    on_both(async |house| {
        let desk = Desk::fresh(&house).await;
        assert_eq!(desk.slug, "onze_straat");
        let page = desk.get("").await;
        is(&page, StatusCode::OK, &["Onze straat", "missing in nl", "<iframe id=\"preview\""]);
        let early =
            desk.house.post_as(&desk.cookie, &desk.path("/publish"), &[("revision", "1")]).await;
        is(&early, StatusCode::UNPROCESSABLE_ENTITY, &["It cannot be published yet"]);

        two_questions(&desk).await;
        let page = desk.get("?lang=ar").await;
        is(&page, StatusCode::OK, &["Nothing is wrong. It can be published.", "dir=\"rtl\""]);
        assert!(page.body.contains("Hoe is het hier &#34;nu&#34; &#60;3&#62;?"), "{}", page.body);
        let wanted = "id = \"q2\"\nkind = \"text\"\nmax = 140\nlint = true\ntext = { nl = \"Waarom?\", ar = \"لماذا؟\" }\nshow_if = \"q1 = slecht\"\n";
        assert!(desk.text().await.contains(wanted), "{}", desk.text().await);

        let preview = desk.get("/preview/ar").await;
        is(&preview, StatusCode::OK, &["كيف الحال هنا؟", "Nothing is sent.", " disabled>"]);
        let publish = desk.get("/publish").await;
        is(&publish, StatusCode::OK, &["This is new. There is nothing to compare it with."]);
        let revision = desk.revision().await.to_string();
        let fields = [("revision", revision.as_str()), ("note", "The first one.")];
        let published = desk.house.post_as(&desk.cookie, &desk.path("/publish"), &fields).await;
        assert_eq!(done(&published), format!("/d/{}/instruments/onze_straat", desk.of.slug));
        assert_eq!(desk.get("").await.status, StatusCode::NOT_FOUND, "the draft is gone");
        let versions = house.store.versions(desk.of.id).await.unwrap();
        assert_eq!(
            (versions[0].slug.as_str(), versions[0].note.as_str()),
            ("onze_straat", "The first one.")
        );
        asked(&desk).await;
    });
}

/// The published instrument is offered, fielded and answered in Arabic.
async fn asked(desk: &Desk<'_>) {
    let (house, of) = (desk.house, &desk.of);
    let new = format!("/d/{}/collections/new", of.slug);
    let page = house.get_as(&desk.cookie, &new).await;
    is(&page, StatusCode::OK, &["value=\"onze_straat\""]);
    let wave = house.store.waves(of.id).await.unwrap()[0].id.to_string();
    let fields = [
        ("instrument", "onze_straat"),
        ("wave", &wave),
        ("mode", "own"),
        ("title", "In de straat"),
        ("sampling", "self_selected"),
        ("presence", "nobody"),
        ("asked_by", "Het buurthuis"),
        ("languages", "nl"),
        ("languages", "ar"),
    ];
    let here = done(&house.post_as(&desk.cookie, &new, &fields).await);
    done(&house.post_as(&desk.cookie, &format!("{here}/open"), &[]).await);
    let collection = house.store.collections(of.id).await.unwrap().remove(0);
    let door = house.store.doors(of.id, collection.id).await.unwrap().remove(0);
    let path = format!("/p/{}/ar", door.code);
    let form = house.get(&path).await;
    is(&form, StatusCode::OK, &["كيف الحال هنا؟", "سيئ"]);
    let id = hidden(&form.body, "_id");
    let answer = [("_id", id.as_str()), ("q1", "slecht"), ("q2", "الطريق مظلم")];
    assert_eq!(done(&house.post(&path, &answer).await), format!("{path}/thanks"));
    let kept = house.store.responses(of.id, collection.id).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[test]
fn whoever_saves_later_sees_both_and_loses_nothing() {
    on_both(async |house| {
        let desk = Desk::known(&house, "pulse2").await;
        let (at, mine) = ("section.0.question.0", "Here and now, you feel…");
        desk.save(at, &[("of", "q1"), ("text.en", "Right here, you feel…")]).await;
        let late =
            desk.send(at, 1, &[("of", "q1"), ("text.en", mine), ("text.nl", "Hier, nu:")]).await;
        let both = ["Right here, you feel…", mine, "Hier, nu:", "Put mine in its place"];
        is(&late, StatusCode::CONFLICT, &both);
        assert!(!desk.text().await.contains(mine));
        let retry = desk.send(at, 1, &[("of", "q1"), ("text.en", "Right here, you feel…")]).await;
        assert!(done(&retry).ends_with("#section.0.question.0"), "a retry is harmless");
        let button = desk.send(at, 1, &[("do", "remove section.0.question.0")]).await;
        is(&button, StatusCode::CONFLICT, &["press the button once more"]);
        assert!(desk.text().await.contains("id = \"q1\""));

        // The question has another place by now; the page knows which one is meant.
        desk.save("", &[("do", "down section.0.question.0")]).await;
        let late = desk.send(at, 1, &[("of", "q1"), ("text.en", mine)]).await;
        is(&late, StatusCode::CONFLICT, &["Right here, you feel…", mine]);
        assert_eq!(hidden(&late.body, "at"), "section.0.question.1");
        let revision = hidden(&late.body, "revision").parse().unwrap();
        let fields = [("of", "q1"), ("text.en", mine)];
        done(&desk.send("section.0.question.1", revision, &fields).await);
        assert!(desk.text().await.contains(mine));
        desk.save("", &[("do", "undo")]).await;
        assert!(!desk.text().await.contains(mine), "undone");
        desk.save("", &[("do", "remove section.0.question.1")]).await;
        let gone = desk.send(at, 1, &[("of", "q1"), ("text.en", mine)]).await;
        is(&gone, StatusCode::CONFLICT, &["is not there any more", mine]);

        let theirs = desk.text().await;
        let text = theirs.replace("minutes = 2", "minutes = 3");
        let late = desk.source(1, &text).await;
        is(&late, StatusCode::CONFLICT, &["+ minutes = 3", "− minutes = 2", "minutes = 3\n"]);
        assert_eq!(desk.text().await, theirs);
        let now = desk.revision().await;
        assert!(done(&desk.source(now, &text).await).ends_with("/source"));
        assert_eq!(desk.text().await, text);
    });
}

#[test]
fn what_cannot_be_kept_comes_back_with_a_sentence() {
    on_both(async |house| {
        let desk = Desk::known(&house, "pulse2").await;
        let before = desk.text().await;
        let fields = [
            ("lang", "nl"),
            ("text.en", "turned \u{202e}round"),
            ("text.nl", "Gewoon <i>goed</i>"),
            ("max", "many"),
            ("id", "Q 1"),
        ];
        let refused = desk.send("section.1.question.4", 1, &fields).await;
        let sentences = [
            "characters that nobody can see",
            "“many” is no number.",
            "“Q 1” is not possible.",
            "value=\"Gewoon &#60;i&#62;goed&#60;/i&#62;\"",
            "value=\"many\"",
            "value=\"Q 1\"",
        ];
        is(&refused, StatusCode::UNPROCESSABLE_ENTITY, &sentences);
        let fields = [("do", "down section.9"), ("new.choices.0.en", "dogs & cats")];
        let refused = desk.send("section.1.question.0", 1, &fields).await;
        is(
            &refused,
            StatusCode::UNPROCESSABLE_ENTITY,
            &["is not there any more", "dogs &#38; cats"],
        );
        assert_eq!(desk.text().await, before);
        let edge = desk.send("", 1, &[("do", "up section.0.question.0")]).await;
        is(&edge, StatusCode::UNPROCESSABLE_ENTITY, &["There is nowhere further to go."]);
        let nonsense = desk.send("section.99", 1, &[("title.en", "x")]).await;
        assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);

        let large = "#".repeat(200 * 1024);
        is(&desk.source(1, &large).await, StatusCode::UNPROCESSABLE_ENTITY, &["too large"]);
        assert_eq!(desk.text().await, before);
        let broken = desk.source(1, "slug = \"pulse2\"\ntitle = {\n").await;
        done(&broken);
        for view in ["", "/source"] {
            is(&desk.get(view).await, StatusCode::OK, &["pulse2.toml:", "title = {"]);
        }
        is(&desk.get("/preview/en").await, StatusCode::OK, &["The text cannot be read."]);
        let card = desk.send("", 2, &[("title.en", "x")]).await;
        is(&card, StatusCode::UNPROCESSABLE_ENTITY, &["pulse2.toml:"]);
        desk.save("", &[("do", "undo")]).await;
        assert_eq!(desk.text().await, before);
    });
}

#[test]
fn a_changed_scale_is_published_only_as_something_new() {
    on_both(async |house| {
        let desk = Desk::known(&house, "pulse2").await;
        let shelf = Shelf::load(None);
        house.store.publish(desk.of.id, shelf.instrument("pulse2").unwrap()).await.unwrap();
        let q3 = "section.1.question.0";
        desk.save(q3, &[("new.choices.0.en", "dogs"), ("new.choices.0.nl", "honden")]).await;
        for lang in ["fr", "de", "pt", "tr", "ar"] {
            let view = desk.get(&format!("?lang={lang}&open={q3}")).await;
            is(&view, StatusCode::OK, &["They must not be mixed."]);
            let at = desk.text().await.find("code = \"dogs\"").is_some();
            assert!(at);
            let name = format!("choices.9.text.{lang}");
            let named = view.body.split("value=\"dogs\"").next().unwrap();
            let field = named.rsplit("name=\"choices.").next().unwrap().split('.').next().unwrap();
            desk.save(q3, &[(&name.replace('9', field), "x")]).await;
        }
        let publish = desk.get("/publish").await;
        is(
            &publish,
            StatusCode::OK,
            &["They must not be mixed.", "It means something new: raise it"],
        );
        assert!(!publish.body.contains("Publish it"));
        let revision = desk.revision().await.to_string();
        let fields = [("revision", revision.as_str())];
        let refused = house.post_as(&desk.cookie, &desk.path("/publish"), &fields).await;
        is(&refused, StatusCode::UNPROCESSABLE_ENTITY, &["They must not be mixed."]);
        let raise = format!("raise {q3}");
        let raised = desk.save(q3, &[("do", &raise), ("then", "publish")]).await;
        assert!(raised.ends_with("/publish"));
        is(&desk.get("/publish").await, StatusCode::OK, &["Publish it", "question q3"]);
        let diff = desk.get("/diff").await;
        is(&diff, StatusCode::OK, &["+ meaning = 2", "code = &#34;dogs&#34;"]);
        let stale = house.post_as(&desk.cookie, &desk.path("/publish"), &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let revision = desk.revision().await.to_string();
        let fields = [("revision", revision.as_str())];
        done(&house.post_as(&desk.cookie, &desk.path("/publish"), &fields).await);

        // From now on this is what is offered under the name, before the file on the shelf.
        let wave = house.store.waves(desk.of.id).await.unwrap()[0].id.to_string();
        let fields = [
            ("instrument", "pulse2"),
            ("wave", &wave),
            ("mode", "own"),
            ("title", "With dogs"),
            ("sampling", "self_selected"),
            ("presence", "nobody"),
            ("languages", "en"),
        ];
        let new = format!("/d/{}/collections/new", desk.of.slug);
        done(&house.post_as(&desk.cookie, &new, &fields).await);
        let collection = house.store.collections(desk.of.id).await.unwrap().remove(0);
        let fielded = house.store.published(desk.of.id, &collection.instrument).await.unwrap();
        let q3 = fielded.question("q3").unwrap();
        assert_eq!((q3.meaning, q3.choice("dogs").is_some()), (2, true));
        // A further draft begins from it, comments and all.
        let again = Desk { slug: "pulse2".to_owned(), ..desk };
        let fields: [(&str, &[u8]); 3] =
            [("from", b"known"), ("instrument", b"pulse2"), ("as", b"next")];
        let path = format!("/d/{}/instruments/new", again.of.slug);
        done(&post_parts(&house, &again.cookie, &path, &fields).await);
        assert!(again.text().await.starts_with("# Two minutes"));
        assert!(again.text().await.contains("code = \"dogs\""));
    });
}

#[test]
fn a_file_goes_out_and_comes_in() {
    on_both(async |house| {
        let desk = Desk::known(&house, "walk_audit").await;
        let file = desk.get("/download").await;
        assert_eq!(file.status, StatusCode::OK);
        let save = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(save, "attachment; filename=\"walk_audit.toml\"");
        assert_eq!(file.body, Shelf::load(None).source("walk_audit").unwrap());
        let new = format!("/d/{}/instruments/new", desk.of.slug);
        let bring = async |bytes: &[u8]| {
            let fields: [(&str, &[u8]); 2] = [("from", b"file"), ("file", bytes)];
            post_parts(&house, &desk.cookie, &new, &fields).await
        };
        let taken = bring(file.body.as_bytes()).await;
        is(
            &taken,
            StatusCode::UNPROCESSABLE_ENTITY,
            &["There is a draft named walk_audit already."],
        );
        let renamed = file.body.replace("slug = \"walk_audit\"", "slug = \"night_walk\"");
        let windows = format!("\u{feff}{}", renamed.replace('\n', "\r\n"));
        assert!(done(&bring(windows.as_bytes()).await).ends_with("/drafts/night_walk"));
        let kept = house.store.draft(desk.of.id, "night_walk").await.unwrap();
        assert_eq!(kept.source, renamed);
        let nameless = bring(b"title = { en = \"A walk!\" }").await;
        assert!(done(&nameless).ends_with("/drafts/a_walk"), "{}", nameless.location);
        is(&bring(b"title = {").await, StatusCode::UNPROCESSABLE_ENTITY, &["Line 1:"]);
        is(&bring(b"slug = \"\xff\"").await, StatusCode::UNPROCESSABLE_ENTITY, &["holds no text"]);
        is(&bring(b"").await, StatusCode::UNPROCESSABLE_ENTITY, &["Please choose a file."]);
        let copy: [(&str, &[u8]); 4] = [
            ("from", b"known"),
            ("instrument", b"walk_audit"),
            ("as", b"copy"),
            ("copy_title", "Nachtwandeling".as_bytes()),
        ];
        let copied = post_parts(&house, &desk.cookie, &new, &copy).await;
        assert!(done(&copied).ends_with("/drafts/nachtwandeling"));
        let copied = house.store.draft(desk.of.id, "nachtwandeling").await.unwrap();
        assert!(
            copied.source.contains("slug = \"nachtwandeling\"")
                && copied.source.contains("en = \"Nachtwandeling\"")
        );

        let list = house.get_as(&desk.cookie, &format!("/d/{}/instruments", desk.of.slug)).await;
        is(&list, StatusCode::OK, &["/drafts/night_walk", "/drafts/nachtwandeling", "Drafts"]);
        let stale = house.post_as(&desk.cookie, &desk.path("/discard"), &[("revision", "9")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        done(&house.post_as(&desk.cookie, &desk.path("/discard"), &[("revision", "1")]).await);
        assert_eq!(desk.get("").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_spreadsheet_comes_in_with_a_list_of_what_did_not() {
    on_both(async |house| {
        let (of, _) = house.diagnosis().await;
        let cookie = house.signed_in(&of, Role::Coordinator).await;
        let path = format!("/d/{}/instruments/walk_audit/form.xlsx", of.slug);
        let book = house.bytes_as(&cookie, &path).await;
        assert!(book.starts_with(b"PK"), "{} bytes", book.len());
        let new = format!("/d/{}/instruments/new", of.slug);
        let fields: [(&str, &[u8]); 2] = [("from", b"file"), ("file", &book)];
        let begun = post_parts(&house, &cookie, &new, &fields).await;
        let drafts = house.store.drafts(of.id).await.unwrap();
        assert_eq!(drafts.len(), 1, "{}", begun.body);
        let draft = &drafts[0];
        assert!(draft.slug.starts_with("walk_audit_"), "its own name is taken: {}", draft.slug);
        let left_out = draft.source.lines().take_while(|line| line.contains(": ")).count();
        if begun.status == StatusCode::OK {
            assert!(left_out > 0 && begun.body.matches("<code>").count() == left_out);
        }
        let editor = house.get_as(&cookie, &format!("/d/{}/drafts/{}", of.slug, draft.slug)).await;
        is(&editor, StatusCode::OK, &["How is the light?", "asked again and again"]);
        let fields: [(&str, &[u8]); 2] = [("from", b"file"), ("file", b"PK\x03\x04 and no more")];
        let refused = post_parts(&house, &cookie, &new, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn only_the_preview_stands_in_a_frame_and_only_in_ours() {
    on_both(async |house| {
        let desk = Desk::known(&house, "feedback_kids").await;
        let policy = |page: &Page| {
            page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
        };
        let editor = desk.get("").await;
        let ours = policy(&editor);
        assert!(ours.contains("; frame-src 'self';") && ours.ends_with("frame-ancestors 'none'"));
        let preview = desk.get("/preview/en").await;
        assert!(policy(&preview).ends_with("frame-ancestors 'self'"));
        for page in ["/source", "/diff", "/publish"] {
            let other = policy(&desk.get(page).await);
            assert!(
                other.ends_with("frame-ancestors 'none'") && !other.contains("frame-src"),
                "{other}"
            );
        }
        for lang in Lang::ALL {
            let page = desk.get(&format!("/preview/{lang}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.body.contains("method=\"post\""), "nothing can be sent");
        }
        assert_eq!(desk.get("/preview/xx").await.status, StatusCode::NOT_FOUND);
        assert!(editor.body.matches("<script").count() == 1 && !editor.body.contains(" style="));
        let script = editor.body.split("<script src=\"").nth(1).unwrap().split('"').next().unwrap();
        let script = house.get(script).await.body;
        assert!(script.len() < 6 * 1024, "{} bytes", script.len());
    });
}

#[test]
fn every_shipped_sheet_opens_as_cards_and_changes_nothing_by_being_saved() {
    on_both(async |house| {
        for instrument in Shelf::load(None).instruments() {
            let desk = Desk::known(&house, &instrument.slug).await;
            let before = desk.text().await;
            let page = desk.get("?lang=ar").await;
            assert_eq!(page.status, StatusCode::OK, "{}", instrument.slug);
            let mut cards = 0;
            for form in page.body.split("<form method=\"post\"").skip(1) {
                let form = form.split("</form>").next().unwrap();
                let at = hidden(form, "at");
                if !form.contains("name=\"of\"") {
                    continue;
                }
                let fields = filled(form);
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                desk.save(&at, &fields).await;
                assert_eq!(desk.text().await, before, "{} {at}", instrument.slug);
                cards += 1;
            }
            assert!(cards > instrument.sections.len(), "{}: {cards}", instrument.slug);
        }
    });
}

/// What a browser would send of a form that nobody touched.
fn filled(form: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let mark = format!(" {name}=\"");
        let from = tag.find(&mark)? + mark.len();
        Some(plain(tag[from..].split('"').next()?))
    };
    let mut fields = Vec::new();
    let mut select = String::new();
    for tag in form.split('<').skip(1) {
        let (head, rest) = tag.split_once('>').unwrap_or((tag, ""));
        let name = attribute(head, "name").unwrap_or_default();
        let value = attribute(head, "value").unwrap_or_default();
        if head.starts_with("select") {
            select = name;
        } else if head.starts_with("option") && head.contains(" selected") {
            fields.push((select.clone(), value));
        } else if head.starts_with("textarea") {
            fields.push((name, plain(rest.strip_prefix('\n').unwrap_or(rest))));
        } else if head.starts_with("input") {
            let is_tick = head.contains("type=\"checkbox\"");
            if (!is_tick || head.contains(" checked"))
                && !matches!(name.as_str(), "revision" | "at")
            {
                fields.push((name, value));
            }
        }
    }
    fields
}

/// Text without its escapes.
fn plain(text: &str) -> String {
    let escapes = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    escapes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
