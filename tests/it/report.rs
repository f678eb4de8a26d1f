//! The report of a neighbourhood: drafted from a release, written in place, published as an edition
//! that stands by itself; and the page everybody sees.

use axum::http::StatusCode;
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::people::Role;
use miradouro::domain::report::{Section, sheet_code};

use crate::house::{House, Page, on_both};

fn says(page: &Page, text: &str, expected: bool) {
    assert_eq!(page.body.contains(text), expected, "{text:?} in {}", page.body);
}

/// The print of what stands in a section, as the form of the page brings it.
fn before(page: &Page, section: &str) -> String {
    let form = page.body.split(&format!("/report/{section}\"")).nth(1).unwrap();
    form.split("name=\"before\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

struct Desk<'h> {
    house: &'h House,
    cookie: String,
    path: String,
}

impl<'h> Desk<'h> {
    async fn of(house: &'h House, diagnosis: &Diagnosis) -> Self {
        let cookie = house.signed_in(diagnosis, Role::Coordinator).await;
        Self { house, cookie, path: format!("/d/{}/report", diagnosis.slug) }
    }

    async fn page(&self, lang: &str) -> Page {
        self.house.get_as(&self.cookie, &format!("{}?lang={lang}", self.path)).await
    }

    async fn write(&self, section: &str, lang: &str, said: &str) -> Page {
        let before = before(&self.page(lang).await, section);
        let fields = [("lang", lang), ("before", before.as_str()), ("said", said)];
        self.house.post_as(&self.cookie, &format!("{}/{section}", self.path), &fields).await
    }

    async fn act(&self, fields: &[(&str, &str)]) -> Page {
        self.house.post_as(&self.cookie, &self.path, fields).await
    }
}

#[test]
fn a_report_is_drafted_written_published_and_marked_when_its_figures_are_old() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let desk = Desk::of(&house, &diagnosis).await;
        let slug = &diagnosis.slug;
        let public = format!("/n/{slug}/report/en");
        let page = desk.page("en").await;
        assert_eq!(page.status, StatusCode::OK);
        says(&page, "Make a release first", true);
        assert_eq!(house.get(&public).await.status, StatusCode::NOT_FOUND);

        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 60).await;
        house.released(&diagnosis, true).await;
        let page = desk.page("en").await;
        says(&page, "Feeling safe: when, where, for whom", true);
        says(&page, "The parts of the neighbourhood: NORTH, SOUTH, QUAY.", true);
        says(&page, "No evidence and no text yet", true);
        says(&page, "<svg", true);
        let sheet = sheet_code("resident_safety", collection.id);
        says(&page, &format!("{{{{chart {sheet}/safe}}}}"), true);

        // What is careless, typed or leads nowhere is refused with everything said at once.
        let wrong = format!(
            "34% feel unsafe because of the dark. {{{{{sheet}/f2/nonsense}}}} {{{{nowhere/f2/unsafe}}}} {{{{open"
        );
        let refused = desk.write("safe", "en", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for sentence in [
            "typed by hand",
            "claims a test or a cause",
            "has no such answer",
            "this release has no such collection",
            "does not close them",
            "34% feel unsafe because of the dark",
        ] {
            says(&refused, sentence, true);
        }

        // A number is looked up, and its table is named at the end.
        let text = format!(
            "## At night\n\nOf those who answered, {{{{{sheet}/f2/unsafe+very_unsafe}}}} feel unsafe <b>here</b>.\n\n\
             {{{{say {sheet}/safe}}}}\n\n{{{{chart {sheet}/safe}}}}"
        );
        let kept = desk.write("safe", "en", &text).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let page = desk.page("en").await;
        says(&page, "Written by coordinator", true);
        says(&page, "feel unsafe &#60;b&#62;here&#60;/b&#62;.", true);
        says(&page, "href=\"#source-1\"", true);
        says(&page, "id=\"source-1\"", true);
        says(&desk.page("nl").await, "Nobody wrote this part in Nederlands", true);

        // Somebody else's change is never written over unseen.
        let fields = [("lang", "en"), ("before", "0000"), ("said", "Mine")];
        let path = format!("{}/safe", desk.path);
        let stale = house.post_as(&desk.cookie, &path, &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        says(&stale, "Somebody changed this part meanwhile", true);
        says(&stale, ">Mine</textarea>", true);
        says(&stale, "At night", true);

        assert_eq!(desk.write("young", "en", "{{none}}").await.status, StatusCode::SEE_OTHER);
        let promised = "A bench stands at the quay since June.";
        assert_eq!(desk.write("promised", "en", promised).await.status, StatusCode::SEE_OTHER);
        let done = desk.act(&[("act", "publish"), ("lang", "en")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let report = house.get(&public).await;
        assert_eq!(report.status, StatusCode::OK);
        says(&report, "Living safely in Testbuurt: what we found", true);
        says(&report, "Edition 1, 22 November 2026", true);
        says(&report, "At night", true);
        says(&report, promised, true);
        says(&report, "<mark>", false);
        says(&report, "{{", false);
        says(&report, "id=\"priorities\"", false);
        let arabic = house.get(&format!("/n/{slug}/report/ar")).await;
        says(&arabic, "dir=\"rtl\"", true);
        says(&arabic, "الشعور بالأمان", true);
        says(&arabic, "English", true);
        assert_eq!(house.get(&format!("/n/{slug}/report/tr")).await.status, StatusCode::NOT_FOUND);
        let front = house.get(&format!("/n/{slug}/en")).await;
        says(&front, &public, true);
        says(&front, promised, true);

        // The draft goes on without touching the edition.
        desk.write("promised", "en", "Nothing yet.").await;
        says(&house.get(&public).await, promised, true);

        // A newer release marks what changed; the draft stays tied until somebody unties it.
        house.answered(&door, 60).await;
        house.released(&diagnosis, true).await;
        let report = house.get(&public).await;
        says(&report, "Newer figures came out on 22 November 2026", true);
        let page = desk.page("en").await;
        says(&page, "The numbers come from release 1", true);
        says(&page, "Release 2 of 22 November 2026 is newer", true);
        let done = desk.act(&[("act", "newest"), ("lang", "en")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        says(&desk.page("en").await, "The numbers come from release 2", true);
        says(&house.get(&public).await, "Newer figures", true);

        let wrong = desk.act(&[("act", "withdraw"), ("edition", "2")]).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
        desk.act(&[("act", "withdraw"), ("edition", "1")]).await;
        assert_eq!(house.get(&public).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_number_that_changed_says_what_it_says_by_now() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let desk = Desk::of(&house, &diagnosis).await;
        let (collection, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 30).await;
        house.released(&diagnosis, true).await;
        let sheet = sheet_code("pulse2", collection.id);
        let text = format!("About {{{{{sheet}/q1/n}}}} people answered.");
        assert_eq!(desk.write("summary", "en", &text).await.status, StatusCode::SEE_OTHER);
        assert_eq!(desk.act(&[("act", "publish")]).await.status, StatusCode::SEE_OTHER);
        let public = format!("/n/{}/report/en", diagnosis.slug);
        let first = house.get(&public).await;
        let number = |page: &Page| {
            let it = page.body.split("href=\"#source-1\">").nth(1).unwrap();
            it.split("<sup>").next().unwrap().to_owned()
        };
        assert_eq!(number(&first), "about 30");
        house.answered(&door, 40).await;
        house.released(&diagnosis, true).await;
        let second = house.get(&public).await;
        assert_eq!(number(&second), "about 30");
        says(&second, "<mark>now about 70</mark>", true);
        says(&desk.page("en").await, "1 numbers have changed since", true);
    });
}

#[test]
fn a_committee_s_release_is_drafted_from_and_never_published() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let desk = Desk::of(&house, &diagnosis).await;
        let (_, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, false).await;
        says(&desk.page("en").await, "Publish the release first", true);
        let refused = desk.act(&[("act", "publish"), ("lang", "en")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, "This cannot be published yet", true);
        let nothing = desk.act(&[("act", "dance")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let front = house.get(&format!("/n/{}/en", diagnosis.slug)).await;
        says(&front, "Nothing has been published yet", true);
        says(&front, "<svg", false);
    });
}

#[test]
fn everybody_sees_what_goes_on_and_takes_charts_away_with_their_captions() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        house.area(&diagnosis).await;
        let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        let (_, young) = house.collection(&diagnosis, &wave, "feedback_youth").await;
        house.answered(&door, 60).await;
        house.answered(&young, 6).await;
        house.released(&diagnosis, true).await;
        let walk = house.walk(&diagnosis, 1).await;
        let slug = &diagnosis.slug;
        let front = house.get(&format!("/n/{slug}/nl")).await;
        assert_eq!(front.status, StatusCode::OK);
        says(&front, "resident_safety in the field", true);
        says(&front, &format!("/p/{}/nl", door.code), true);
        // Six young people are not told about, nor is the way to them.
        says(&front, "feedback_youth", false);
        says(&front, &young.code, false);
        says(&front, &format!("/w/{}/nl", walk.door), true);
        says(&front, &format!("/n/{slug}/map.svg"), true);
        says(&front, "tables?format=xlsx", true);
        assert_eq!(front.body.matches("codebook?format=ddi").count(), 1);
        says(&house.get(&format!("/n/{slug}/map.svg")).await, "<svg", true);
        assert_eq!(house.get(&format!("/n/{slug}/de")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get("/n/nowhere/en").await.status, StatusCode::NOT_FOUND);

        let at = format!("/n/{slug}/releases/1/{}/safe", collection.id);
        let svg = house.get(&format!("{at}.svg?lang=nl")).await;
        says(&svg, "<svg", true);
        says(&svg, "neighbourhood house", true);
        let csv = house.get(&format!("{at}.csv?lang=en")).await;
        says(&csv, "They chose to take part.", true);
        let png = house.bytes_as("", &format!("{at}.png?lang=ar")).await;
        assert_eq!(png.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]));
        for nothing in ["/nothing.svg", "/safe.exe", "/safe"] {
            let path = format!("/n/{slug}/releases/1/{}{nothing}", collection.id);
            assert_eq!(house.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let second = format!("/n/{slug}/releases/2/{}/safe.svg", collection.id);
        assert_eq!(house.get(&second).await.status, StatusCode::NOT_FOUND);
        house.answered(&door, 40).await;
        house.released(&diagnosis, false).await;
        assert_eq!(house.get(&second).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn every_section_is_named_in_every_language() {
    for lang in miradouro::domain::text::Lang::RESPONDENTS {
        let words = miradouro::words::ReportWords::of(lang).unwrap();
        let names = words.pairs();
        for section in Section::ALL {
            assert!(names.iter().any(|(key, text)| *key == section.code() && !text.is_empty()));
        }
    }
}

/// What was let into a hidden field of a form whose address ends like this.
fn hidden_of(page: &Page, action: &str) -> String {
    let form = page.body.split(&format!("{action}\"")).nth(1).unwrap_or_default();
    let value = form.split("name=\"before\" value=\"").nth(1).unwrap_or_default();
    value.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn figures_of_others_stand_in_a_table_of_their_own_and_an_edition_keeps_them() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let desk = Desk::of(&house, &diagnosis).await;
        let (_, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, true).await;
        let list = format!("{}/figures", desk.path);
        let new = format!("{list}/new");
        let page = desk.page("en").await;
        says(&page, &format!("href=\"{list}\""), true);
        says(&page, "Which figures did police, city or services publish?", true);
        says(
            &desk.house.get_as(&desk.cookie, &list).await,
            "There are no other figures yet.",
            true,
        );
        assert_eq!(house.get_as(&desk.cookie, &new).await.status, StatusCode::OK);

        // Everything that is missing or cannot be read is said at once, and nothing is lost.
        let long = "x".repeat(130);
        let wrong = [("title-en", long.as_str()), ("lines", "Burglary 12\nTheft;3\n;4")];
        let refused = house.post_as(&desk.cookie, &new, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for sentence in [
            "At most 120 letters, please.",
            "Please write what is counted in at least one language.",
            "Please write what to be careful about in at least one language.",
            "Please write who published it.",
            "Please write over which time it was counted.",
            "Line 1, “Burglary 12”: write a name, a semicolon and a figure.",
            "Line 3, “;4”",
            long.as_str(),
            "Burglary 12\nTheft;3\n;4</textarea>",
        ] {
            says(&refused, sentence, true);
        }
        let many = "Theft;1\n".repeat(31);
        let refused = house.post_as(&desk.cookie, &new, &[("lines", many.as_str())]).await;
        says(&refused, "There are 31 lines; at most 30 fit in a table.", true);

        let good = [
            ("title-en", "Reports to the police"),
            ("title-ar", "بلاغات"),
            ("counted-en", "What somebody reported."),
            ("caveat-en", "Not everybody reports."),
            ("source", "Police <Havenzone>"),
            ("period", "2025"),
            ("lines", "Bicycle theft;1.204\r\n\"Shops; stalls\"\t12,5 %"),
        ];
        let kept = house.post_as(&desk.cookie, &new, &good).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let page = house.get_as(&desk.cookie, &list).await;
        says(&page, "{{other reports-to-the-police}}", true);
        let edit = format!("{list}/reports-to-the-police");
        let form = house.get_as(&desk.cookie, &edit).await;
        says(&form, "Bicycle theft;1.204", true);
        says(&form, "&#34;Shops; stalls&#34;;12,5 %", true);

        // Two at the same table: the second is shown what the first wrote.
        let seen = hidden_of(&form, &edit);
        let with = |figure: &'static str| {
            let mut fields = good.to_vec();
            fields[6] = ("lines", figure);
            fields
        };
        let first = [with("Bicycle theft;1.300"), vec![("before", seen.as_str())]].concat();
        let changed = house.post_as(&desk.cookie, &edit, &first).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
        let second = [with("Bicycle theft;99"), vec![("before", seen.as_str())]].concat();
        let refused = house.post_as(&desk.cookie, &edit, &second).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        says(&refused, "Somebody changed this meanwhile.", true);
        says(&refused, "They wrote: Bicycle theft;1.300", true);
        says(&refused, "Bicycle theft;99</textarea>", true);
        let gone = [("before", seen.as_str())];
        let refused = house.post_as(&desk.cookie, &format!("{edit}/delete"), &gone).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);

        // The drafted section lists them; a name that is none is refused.
        says(&desk.page("en").await, "{{other reports-to-the-police}}", true);
        let refused = desk.write("registered", "en", "Look:\n\n{{other nothing}}").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, "there are no other figures of that name", true);
        assert_eq!(desk.act(&[("act", "publish")]).await.status, StatusCode::SEE_OTHER);
        let public = format!("/n/{}/report", diagnosis.slug);
        let report = house.get(&format!("{public}/en")).await;
        for words in [
            "id=\"registered\"",
            "Others counted these figures.",
            "Reports to the police",
            "<bdi>1.300</bdi>",
            "What somebody reported.",
            "Police &#60;Havenzone&#62;",
            "Not everybody reports.",
        ] {
            says(&report, words, true);
        }
        let arabic = house.get(&format!("{public}/ar")).await;
        says(&arabic, "<h3><bdi lang=\"ar\">بلاغات</bdi></h3>", true);
        says(&arabic, "<bdi lang=\"en\">What somebody reported.", true);

        // Taken away afterwards: the edition keeps what it was published with.
        let form = house.get_as(&desk.cookie, &edit).await;
        let seen = hidden_of(&form, &edit);
        let gone = [("before", seen.as_str())];
        let dropped = house.post_as(&desk.cookie, &format!("{edit}/delete"), &gone).await;
        assert_eq!(dropped.status, StatusCode::SEE_OTHER);
        says(&house.get(&format!("{public}/en")).await, "<bdi>1.300</bdi>", true);
        let late = house.post_as(&desk.cookie, &edit, &second).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        says(&late, "Somebody took this away meanwhile.", true);
        says(&late, "Bicycle theft;99</textarea>", true);
        let anew = house.post_as(&desk.cookie, &new, &good).await;
        assert_eq!(anew.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn what_the_committee_writes_itself_begins_with_what_belongs_there() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let desk = Desk::of(&house, &diagnosis).await;
        let (ballot, door) = house.collection(&diagnosis, &wave, "priority_ballot").await;
        house.answered(&door, 120).await;
        house
            .store
            .close_collection(diagnosis.id, ballot.id, "2026-11-21".parse().unwrap(), false)
            .await
            .unwrap();
        house.released(&diagnosis, true).await;
        let page = desk.page("en").await;
        for prompt in [
            "Who sits on the committee, and for which group of people?",
            "Who does it, with whom, and until when?",
            "What did you promise last time, to whom?",
            "Why do the others wait, and until when?",
        ] {
            says(&page, prompt, true);
        }
        // The priorities are drafted from the ballot: each group counts the same.
        let sheet = sheet_code("priority_ballot", ballot.id);
        says(&page, &format!("{{{{chart {sheet}/first}}}}"), true);
        says(&page, "each group counts the same", true);
        assert_eq!(desk.act(&[("act", "publish")]).await.status, StatusCode::SEE_OTHER);
        let report = house.get(&format!("/n/{}/report/en", diagnosis.slug)).await;
        says(&report, "id=\"priorities\"", true);
        says(&report, "each group counts the same", true);
        for hidden in ["committee", "matrices", "promised", "registered"] {
            says(&report, &format!("id=\"{hidden}\""), false);
        }
        says(&report, "Why do the others wait", false);
    });
}
