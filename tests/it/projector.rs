//! The projector, its remote and the phones that follow it, on both databases.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use miradouro::domain::data_walk::DataWalk;
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::people::Role;
use miradouro::domain::screen::Slide;
use tower::ServiceExt;

use crate::house::{House, Page, on_both};

/// A published release on a walk, and one of the committee's on another.
struct Hall {
    diagnosis: Diagnosis,
    walk: DataWalk,
    private: DataWalk,
    facilitator: String,
    member: String,
}

impl Hall {
    async fn laid(house: &House) -> Self {
        let (diagnosis, wave) = house.diagnosis().await;
        let (_, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
        for public in [true, false] {
            house.answered(&door, 40).await;
            house.released(&diagnosis, public).await;
        }
        let (walk, private) = (house.walk(&diagnosis, 1).await, house.walk(&diagnosis, 2).await);
        let facilitator = house.signed_in(&diagnosis, Role::Facilitator).await;
        let member = house.signed_in(&diagnosis, Role::Member).await;
        Self { diagnosis, walk, private, facilitator, member }
    }

    fn at(&self, page: &str) -> String {
        format!("/d/{}/walks/{}/{page}", self.diagnosis.slug, self.walk.id)
    }

    async fn tap(&self, house: &House, field: &str, value: &str) -> Page {
        house.post_as(&self.facilitator, &self.at("remote"), &[(field, value)]).await
    }

    /// What the room sees, and a phone in it, in Dutch and in English.
    async fn seen(&self, house: &House) -> [Page; 2] {
        let screen = house.get_as(&self.member, &self.at("projector/nl")).await;
        let phone = house.get(&format!("/w/{}/en/twin", self.walk.door)).await;
        assert_eq!((screen.status, phone.status), (StatusCode::OK, StatusCode::OK));
        [screen, phone]
    }
}

fn has_chart(page: &Page) -> bool {
    page.body.contains(" xmlns=\"http://www.w3.org/2000/svg\" viewBox")
}

fn says(page: &Page, sentence: &str) {
    assert!(page.body.contains(sentence), "{sentence:?} is not in {}", page.body);
}

/// The addresses of all pictures, as the remote lists them.
fn pictures(remote: &Page) -> Vec<String> {
    let pieces = remote.body.split("name=\"go\" value=\"").skip(1);
    let values = pieces.filter_map(|rest| rest.split('"').next().map(str::to_owned));
    let mut all: Vec<String> = Vec::new();
    for value in values {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all.sort_by_key(|slide| slide.parse::<Slide>().unwrap());
    all
}

#[test]
fn the_room_and_its_phones_see_what_the_remote_says() {
    on_both(async |house| {
        let hall = Hall::laid(&house).await;
        let [screen, phone] = hall.seen(&house).await;
        assert!(has_chart(&screen) && has_chart(&phone), "before anybody taps: the first picture");
        says(&screen, "Beeld 1 van");
        says(&phone, "Picture 1 of");
        let all = pictures(&house.get_as(&hall.facilitator, &hall.at("remote")).await);
        let (place, third) = (3, all[2].as_str());
        let tapped = hall.tap(&house, "go", third).await;
        assert_eq!(tapped.status, StatusCode::SEE_OTHER);
        assert_eq!(tapped.location, hall.at("remote"));
        for page in hall.seen(&house).await {
            says(&page, &format!("<b>{place}</b>"));
            assert!(has_chart(&page));
        }
        let kept = house.store.screen(&hall.walk).await.unwrap().unwrap().0;
        assert_eq!(kept.slide.to_string(), third, "a closed laptop loses nothing");

        hall.tap(&house, "curtain", "yes").await;
        let [screen, phone] = hall.seen(&house).await;
        assert!(!has_chart(&screen) && !has_chart(&phone), "nobody looks behind the curtain");
        says(&screen, "Even wachten. Eerst praten we.");
        says(&screen, &format!("/w/{}/twin", hall.walk.door));
        says(&phone, "hidden for a moment");
        hall.tap(&house, "guess_first", "yes").await;
        hall.tap(&house, "go", &all[3]).await;
        hall.tap(&house, "curtain", "no").await;
        let [screen, phone] = hall.seen(&house).await;
        assert!(!has_chart(&screen) && !has_chart(&phone), "people guess before they see");
        says(&screen, "Wat verwacht u?");
        says(&phone, "Guess first");
        assert!(!screen.body.contains('%'), "no figure before the figures");
        hall.tap(&house, "figures", "yes").await;
        assert!(hall.seen(&house).await.iter().all(has_chart));
        hall.tap(&house, "source", "yes").await;
        let [screen, _] = hall.seen(&house).await;
        says(&screen, "Waar komt dit vandaan?");
        says(&screen, "Uitgave 1");

        hall.tap(&house, "source", "no").await;
        hall.tap(&house, "speak", "ar").await;
        let main = house.get_as(&hall.member, &hall.at("projector")).await;
        says(&main, "lang=\"ar\" dir=\"rtl\"");
        let [dutch, _] = hall.seen(&house).await;
        says(&dutch, "lang=\"nl\"");
        let gone = hall.tap(&house, "go", "99/1").await;
        assert_eq!(gone.status, StatusCode::CONFLICT);
        says(&gone, "This picture is not there any more");
    });
}

#[test]
fn the_remote_shows_what_the_room_sees_now_and_after_the_next_tap() {
    on_both(async |house| {
        let hall = Hall::laid(&house).await;
        let remote = house.get_as(&hall.facilitator, &hall.at("remote")).await;
        let slide = |page: &Page, id: &str| {
            let (_, rest) = page.body.split_once(&format!("id=\"{id}\" class=\"stage16")).unwrap();
            let inside = rest.split_once('>').unwrap().1;
            let end = ["<section", "</section>", "<form", "</main>"];
            let end = end.iter().filter_map(|mark| inside.find(mark)).min().unwrap();
            let inside = inside[..end].replace(&format!("{id}-"), "-");
            inside.replace("</div>", "").trim().to_owned()
        };
        let all = pictures(&remote);
        let then = slide(&remote, "then");
        hall.tap(&house, "go", &all[1]).await;
        let after = house.get_as(&hall.facilitator, &hall.at("remote")).await;
        assert_eq!(slide(&after, "now"), then);
        // The last picture has nothing after it.
        hall.tap(&house, "go", all.last().unwrap()).await;
        let last = house.get_as(&hall.facilitator, &hall.at("remote")).await;
        says(&last, "Nothing comes after this picture.");
        says(&last, "On the phones of the room");
        // A tap from the strip on the screen leads back to that screen.
        let strip = [("back", "screen/ar"), ("curtain", "yes")];
        let back = house.post_as(&hall.facilitator, &hall.at("remote"), &strip).await;
        assert_eq!(back.location, hall.at("projector/ar"));
        let member = house.get_as(&hall.member, &hall.at("projector")).await;
        assert!(!member.body.contains("class=\"remote"), "a member's screen only follows");
    });
}

#[test]
fn whoever_listens_hears_a_tap_and_strangers_nothing_of_the_committee() {
    on_both(async |house| {
        let hall = Hall::laid(&house).await;
        let listen = async |path: &str, cookie: Option<&str>| {
            let mut request = Request::get(path);
            if let Some(cookie) = cookie {
                request = request.header(header::COOKIE, cookie);
            }
            let request = request.body(Body::empty()).unwrap();
            house.router.clone().oneshot(request).await.unwrap()
        };
        let phone = listen(&format!("/w/{}/live", hall.walk.door), None).await;
        let screen = listen(&hall.at("live"), Some(&hall.member)).await;
        assert_eq!(phone.headers()["content-type"], "text/event-stream");
        assert_eq!(phone.headers()["x-accel-buffering"], "no");
        assert!(phone.headers().get("content-encoding").is_none());
        let mut bodies = [phone.into_body(), screen.into_body()];
        let heard = async |body: &mut Body| {
            let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
            String::from_utf8(frame.to_vec()).unwrap()
        };
        for body in &mut bodies {
            assert!(heard(body).await.contains("event: listening"));
        }
        hall.tap(&house, "curtain", "yes").await;
        for body in &mut bodies {
            let said = heard(body).await;
            assert!(said.contains("event: screen"), "{said}");
            assert!(!said.contains("curtain"), "it says that, and not what: {said}");
        }
        house.app.stop_telling();
        for body in &mut bodies {
            assert!(body.frame().await.is_none(), "a server that stops sends them away");
        }
        for page in ["live", "twin", "nl/twin"] {
            let path = format!("/w/{}/{page}", hall.private.door);
            assert_eq!(house.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let path = format!("/d/{}/walks/{}/remote", hall.diagnosis.slug, hall.private.id);
        says(
            &house.get_as(&hall.facilitator, &path).await,
            "Phones without sign-in cannot follow.",
        );
    });
}

#[test]
fn two_remotes_at_once_do_not_take_back_what_the_other_did() {
    on_both(async |house| {
        let hall = Hall::laid(&house).await;
        let taps = [("curtain", "yes"), ("alone", "yes"), ("guess_first", "yes"), ("speak", "ar")];
        let sent = taps.map(|(field, value)| hall.tap(&house, field, value));
        let [a, b, c, d] = sent;
        let all = tokio::join!(a, b, c, d);
        for page in [all.0, all.1, all.2, all.3] {
            assert_eq!(page.status, StatusCode::SEE_OTHER);
        }
        let (now, _) = house.store.screen(&hall.walk).await.unwrap().unwrap();
        assert!(now.curtain && now.alone && now.guess_first);
        assert_eq!(now.lang.tag(), "ar");
    });
}

#[test]
fn every_picture_is_drawn_for_the_screen_and_for_phones_with_and_without_large_letters() {
    on_both(async |house| {
        let hall = Hall::laid(&house).await;
        let all = pictures(&house.get_as(&hall.facilitator, &hall.at("remote")).await);
        assert!(all.len() >= 7, "{all:?}");
        for slide in &all {
            hall.tap(&house, "go", slide).await;
            for lang in ["nl", "ar"] {
                for page in ["twin", "twin?size=large"] {
                    let path = format!("/w/{}/{lang}/{page}", hall.walk.door);
                    assert!(has_chart(&house.get(&path).await), "{path} at {slide}");
                }
                for alone in ["yes", "no"] {
                    hall.tap(&house, "alone", alone).await;
                    let path = hall.at(&format!("projector/{lang}"));
                    let page = house.get_as(&hall.member, &path).await;
                    assert!(has_chart(&page), "{path} at {slide}");
                }
            }
        }
        let unknown = house.get_as(&hall.member, &hall.at("projector/en/99/1")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    });
}
