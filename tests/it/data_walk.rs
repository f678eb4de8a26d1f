//! The data walk: groups and hosts, words pinned to figures, the wall of the room, cards typed from
//! paper, a newer release under the same words, and findings that the walk changes.

use axum::http::StatusCode;
use miradouro::domain::data_walk::{DataWalk, ReflectionState};
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::people::Role;

use crate::house::{House, Page, hidden, on_both};

/// A house with a walk along a release for everybody.
struct Laid {
    diagnosis: Diagnosis,
    walk: DataWalk,
    coordinator: String,
    moderator: String,
}

async fn laid(house: &House) -> Laid {
    let (diagnosis, wave) = house.diagnosis().await;
    let (_, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
    house.answered(&door, 60).await;
    house.released(&diagnosis, true).await;
    let walk = house.walk(&diagnosis, 1).await;
    let coordinator = house.signed_in(&diagnosis, Role::Coordinator).await;
    let moderator = house.signed_in(&diagnosis, Role::Moderator).await;
    Laid { diagnosis, walk, coordinator, moderator }
}

impl Laid {
    fn at(&self, rest: &str) -> String {
        format!("/d/{}/walks/{}{rest}", self.diagnosis.slug, self.walk.id)
    }

    fn door(&self, rest: &str) -> String {
        format!("/w/{}{rest}", self.walk.door)
    }

    /// Lets everything through that waits.
    async fn let_through(&self, house: &House) {
        for one in house.store.reflections(&self.walk).await.unwrap() {
            if one.state == ReflectionState::New {
                let id = one.id.to_string();
                let tap = [("reflection", id.as_str()), ("state", "shown")];
                let page = house.post_as(&self.moderator, &self.at("/reflections"), &tap).await;
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
            }
        }
    }
}

/// The figures that a page offers, by their addresses.
fn offered(page: &str) -> Vec<String> {
    let pins = page.split("name=\"pin\" value=\"").skip(1);
    let pins = pins.filter_map(|rest| rest.split('"').next()).filter(|pin| !pin.is_empty());
    pins.map(str::to_owned).collect()
}

fn says(page: &Page, words: &str) {
    assert!(page.body.contains(words), "{} does not say {words:?}:\n{}", page.status, page.body);
}

fn is_silent(page: &Page, words: &str) {
    assert!(!page.body.contains(words), "it says {words:?}:\n{}", page.body);
}

/// The drawings of a page with the numbers in them.
fn marked(page: &Page, n: usize) -> usize {
    page.body.matches(&format!(">{n}</text>")).count()
}

#[test]
fn a_group_says_something_about_one_figure_and_it_stands_beside_it() {
    on_both(async |house| {
        let laid = laid(&house).await;
        let groups = [("host-A", "Fatma"), ("host-B", "Jan"), ("begins-B", "4")];
        let page = house.post_as(&laid.coordinator, &laid.at("/groups"), &groups).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let plan = house.get_as(&laid.coordinator, &laid.at("")).await;
        for words in ["Fatma", "Jan", "Round 1", "Group B begins at", "<svg"] {
            says(&plan, words);
        }
        let kept = house.store.walk_groups(&laid.walk).await.unwrap();
        assert_eq!((kept.len(), kept[1].letter, kept[1].begins), (2, 'B', 4));

        let station = laid.door("/en/4");
        let page = house.get(&station).await;
        says(&page, "Which group are you in?");
        says(&page, "Nobody has said anything here yet.");
        let pins = offered(&page.body);
        assert!(pins.len() > 4, "{pins:?}");
        let pin = pins.iter().find(|pin| !pin.ends_with('/')).unwrap().as_str();
        let before = (1..9).map(|n| marked(&page, n)).sum::<usize>();

        let wrong = [("verdict", "partly"), ("said", "New lamps"), ("pin", "1/x/y///z")];
        let page = house.post(&station, &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&page, "Please choose the figure once more.");
        says(&page, "New lamps");
        let other = [("verdict", "partly"), ("said", "New lamps"), ("pin", pin), ("group", "Z")];
        assert_eq!(house.post(&station, &other).await.status, StatusCode::OK);
        let own = [("verdict", "does_not_fit"), ("said", "<b>Lamps"), ("pin", pin), ("group", "B")];
        assert_eq!(house.post(&station, &own).await.status, StatusCode::OK);
        is_silent(&house.get(&station).await, "New lamps");
        is_silent(&house.get(&laid.door("/en/wall")).await, "New lamps");
        let tray = house.get_as(&laid.moderator, &laid.at("/reflections")).await;
        says(&tray, "Group B");

        laid.let_through(&house).await;
        let page = house.get(&station).await;
        for words in ["New lamps", "&#60;b&#62;Lamps", "class=\"pin\">1<", "verdict does_not_fit"] {
            says(&page, words);
        }
        is_silent(&page, "<b>Lamps");
        let after = (1..9).map(|n| marked(&page, n)).sum::<usize>();
        assert!(
            after >= before + 2,
            "the wide and the narrow drawing have a number: {before} {after}"
        );
        let all = house.get(&laid.door("/en/wall")).await;
        for words in
            ["New lamps", "data-live=\"/w/", "id=\"wall\" data-fresh", "http-equiv=\"refresh\""]
        {
            says(&all, words);
        }
        let one = house.get(&laid.door("/en/wall/4")).await;
        says(&one, "New lamps");
        says(&one, "<svg");
        assert_eq!(house.get(&laid.door("/en/wall/99")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get(&laid.door("/xx/wall")).await.status, StatusCode::NOT_FOUND);
        let arabic = house.get(&laid.door("/ar/wall")).await;
        says(&arabic, "dir=\"rtl\"");
        says(&arabic, "ما تقوله القاعة");
    });
}

#[test]
fn a_walk_whose_release_is_the_committees_has_no_wall() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        house.answered(&door, 40).await;
        house.released(&diagnosis, false).await;
        let walk = house.walk(&diagnosis, 1).await;
        for rest in ["/en", "/en/wall", "/en/wall/1"] {
            let path = format!("/w/{}{rest}", walk.door);
            assert_eq!(house.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    });
}

#[test]
fn a_pin_stays_with_its_figure_when_the_chart_is_drawn_again() {
    on_both(async |house| {
        let laid = laid(&house).await;
        let page = house.get(&laid.door("/en/4")).await;
        let pins = offered(&page.body);
        let pins: Vec<&String> = pins.iter().filter(|pin| !pin.ends_with('/')).collect();
        for (at, pin) in pins.iter().enumerate() {
            let said = format!("about figure {at}");
            let fields = [("verdict", "fits"), ("said", said.as_str()), ("pin", pin.as_str())];
            assert_eq!(house.post(&laid.door("/en/4"), &fields).await.status, StatusCode::OK);
        }
        laid.let_through(&house).await;
        is_silent(&house.get(&laid.door("/en/4")).await, "The figure was then");

        // More people answer, one way: the figures move.
        let collections = house.store.collections(laid.diagnosis.id).await.unwrap();
        let doors = house.store.doors(laid.diagnosis.id, collections[0].id).await.unwrap();
        house.answered(&doors[0], 7).await;
        house.answered(&doors[0], 7).await;
        house.answered(&doors[0], 7).await;
        house.answered(&doors[0], 7).await;
        house.released(&laid.diagnosis, true).await;
        let plan = house.get_as(&laid.coordinator, &laid.at("")).await;
        says(&plan, "Draw from release 2");
        is_silent(&house.get_as(&laid.moderator, &laid.at("")).await, "Draw from release 2");
        let page = house.post_as(&laid.coordinator, &laid.at("/release"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert_eq!(house.store.data_walk(&laid.walk.door).await.unwrap().release, 2);
        let page = house.get(&laid.door("/en/4")).await;
        says(&page, "about figure 0");
        says(&page, "The figure was then ");
        says(&page, "class=\"pin\">1<");
        is_silent(&house.get_as(&laid.coordinator, &laid.at("")).await, "Draw from release");
    });
}

#[test]
fn a_host_types_a_card_and_the_next() {
    on_both(async |house| {
        let laid = laid(&house).await;
        let host = house.signed_in(&laid.diagnosis, Role::Facilitator).await;
        let groups = [("host-A", "Fatma")];
        house.post_as(&host, &laid.at("/groups"), &groups).await;
        let at = laid.at("/cards");
        let page = house.get_as(&host, &format!("{at}?station=3&group=A")).await;
        says(&page, "name=\"group\" value=\"A\" checked");
        let (id, pins) = (hidden(&page.body, "_id"), offered(&page.body));
        let base = [("_id", id.as_str()), ("station", "3"), ("group", "A"), ("said", "Bins")];
        let page = house.post_as(&host, &at, &base).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&page, "Please choose whether it fits.");
        says(&page, "Bins");
        assert_eq!(hidden(&page.body, "_id"), id);
        let card = [&base[..], &[("verdict", "fits"), ("pin", pins[0].as_str())]].concat();
        for _ in 0..2 {
            let page = house.post_as(&host, &at, &card).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
            let next = house.get_as(&host, &page.location).await;
            says(&next, "Kept. It waits for the moderator.");
            says(&next, "name=\"group\" value=\"A\" checked");
        }
        let kept = house.store.reflections(&laid.walk).await.unwrap();
        assert_eq!(kept.len(), 1, "the same card sent twice counts once");
        assert_eq!((kept[0].group, kept[0].station), (Some('A'), 3));
        assert_eq!(kept[0].pinned(), pins[0]);
        assert_eq!(kept[0].state, ReflectionState::New);
        let long = "x".repeat(601);
        let long = [("station", "3"), ("verdict", "fits"), ("said", long.as_str())];
        says(&house.post_as(&host, &at, &long).await, "At most 600 letters, please.");
        let nowhere = house.post_as(&host, &at, &[("station", "99")]).await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    });
}

/// The value of the first tick box of that name.
fn first_tick(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.split(&mark).nth(1).unwrap_or_else(|| panic!("no {name} in\n{page}"));
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn what_people_said_changes_a_finding() {
    on_both(async |house| {
        let laid = laid(&house).await;
        let list = laid.at("/findings");
        let new = format!("{list}/new");
        let page = house.get_as(&laid.coordinator, &new).await;
        let mark = "name=\"evidence\" value=\"";
        let station_4 = page.body.split("Station 4").next().unwrap();
        let chart = station_4.rsplit(mark).next().unwrap().split('"').next().unwrap().to_owned();
        let page = house.post_as(&laid.coordinator, &new, &[("said-en", "")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&page, "Please write the finding in at least one language.");
        says(&page, "Please choose at least one chart.");
        let careless = [("said-en", "It is dark because of the council"), ("evidence", &chart)];
        let page = house.post_as(&laid.coordinator, &new, &careless).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
        says(&page, "It is dark because of the council");
        let fields = [
            ("said-en", "The quay is dark"),
            ("said-nl", "De kade is donker"),
            ("evidence", &chart),
        ];
        let page = house.post_as(&laid.coordinator, &new, &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);

        says(&house.get(&laid.door("/nl")).await, "De kade is donker");
        says(&house.get(&laid.door("/en")).await, "Nobody has said yet whether it fits.");
        for (group, verdict) in [("A", "fits"), ("B", "partly"), ("B", "partly")] {
            let groups = [("host-A", "Fatma"), ("host-B", "Jan")];
            house.post_as(&laid.coordinator, &laid.at("/groups"), &groups).await;
            let said = [("verdict", verdict), ("said", "There are new lamps"), ("group", group)];
            assert_eq!(house.post(&laid.door("/en/4"), &said).await.status, StatusCode::OK);
        }
        laid.let_through(&house).await;
        let page = house.get(&laid.door("/en")).await;
        says(&page, "It fits <strong>1</strong>");
        says(&page, "Partly <strong>1</strong>");
        is_silent(&page, "Changed because you said");

        let page = house.get_as(&laid.coordinator, &list).await;
        let id = page.body.split(&format!("{list}/")).find_map(|rest| {
            rest.split(['"', '/']).next().filter(|id| id.len() == 32).map(str::to_owned)
        });
        let edit = format!("{list}/{}", id.unwrap());
        let page = house.get_as(&laid.coordinator, &edit).await;
        says(&page, "There are new lamps");
        let because = first_tick(&page.body, "because");
        let before = first_tick(&page.body, "before");
        let seen = ("before", before.as_str());
        let base = [fields[0], fields[1], ("evidence", chart.as_str()), seen];
        let alone = [&base[..], &[("amended-en", "The quay was dark in spring")]].concat();
        let page = house.post_as(&laid.coordinator, &edit, &alone).await;
        says(&page, "Please choose what people said that changed it.");
        says(&page, "The quay was dark in spring");
        let both = [&alone[..], &[("because", because.as_str())]].concat();
        let page = house.post_as(&laid.coordinator, &edit, &both).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        // Who had the same page open is told, and reads both; nobody's words are lost.
        let mine = [("said-en", "The quay is dim"), fields[1], ("evidence", &chart), seen];
        let page = house.post_as(&laid.coordinator, &edit, &mine).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
        for words in [
            "Somebody changed this meanwhile.",
            "value=\"The quay is dim\"",
            "They wrote: The quay is dark",
            "They wrote: The quay was dark in spring",
            "They wrote: There are new lamps",
        ] {
            says(&page, words);
        }
        let page = house.post_as(&laid.coordinator, &format!("{edit}/delete"), &[seen]).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        let page = house.get(&laid.door("/en")).await;
        for words in [
            "The quay was dark in spring",
            "<del>The quay is dark</del>",
            "Changed because you said",
            "There are new lamps",
            "coordinator, 22 November 2026",
        ] {
            says(&page, words);
        }
        // Held back after all: the words go, the sentence stays.
        for one in house.store.reflections(&laid.walk).await.unwrap() {
            let id = one.id.to_string();
            let tap = [("reflection", id.as_str()), ("state", "withheld")];
            house.post_as(&laid.moderator, &laid.at("/reflections"), &tap).await;
        }
        let page = house.get(&laid.door("/en")).await;
        is_silent(&page, "There are new lamps");
        says(&page, "The quay was dark in spring");
        let page = house.get_as(&laid.coordinator, &edit).await;
        let before = first_tick(&page.body, "before");
        let seen = [("before", before.as_str())];
        let page = house.post_as(&laid.coordinator, &format!("{edit}/delete"), &seen).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        is_silent(&house.get(&laid.door("/en")).await, "The quay");
        // Changed by somebody after it was taken back: it can be written anew.
        let page = house.post_as(&laid.coordinator, &edit, &mine).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        says(&page, "Somebody took this away meanwhile.");
        says(&page, "value=\"The quay is dim\"");
        says(&page, &format!("action=\"{new}\""));
    });
}
