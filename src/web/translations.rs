//! The texts of an instrument in one language beside the original, and who has checked which. One
//! form for each section: nobody says they have read what is not in front of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::desk::{self, Act, Desk, StaffFrame};
use super::error::{Error, Result};
use super::instruments::{Known, said};
use super::members::{moment, names};
use super::participate::Pairs;
use super::parts;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::ids::PersonId;
use crate::domain::instrument::Instrument;
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::domain::translation::{About, Chapter, Passage, chapters, original, standing};
use crate::store::TextCheck;
use crate::words::{InstrumentWords, fill};

/// Which version's texts are asked for; those of what would be fielded now without one.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    version: Option<String>,
}

/// The texts of one language of an instrument.
struct Book {
    desk: Desk,
    known: Known,
    instrument: Arc<Instrument>,
    lang: Lang,
    version: Option<String>,
    checks: BTreeMap<String, TextCheck>,
}

impl Book {
    /// The texts of an address.
    async fn at(
        app: &App,
        signed_in: SignedIn,
        (slug, instrument, lang): (&str, &str, &str),
        version: Option<String>,
    ) -> Result<Self> {
        let desk = Desk::at(app, signed_in, slug, May::SeeCommittee).await?;
        let known = Known::at(&desk, instrument).await?;
        let instrument = match &version {
            Some(number) => known.content(&desk, known.version(number)?).await?,
            None => known.current(&desk).await?,
        };
        let lang = lang.parse::<Lang>().ok().filter(|lang| instrument.languages.contains(lang));
        let lang = lang.ok_or(Error::NotFound)?;
        let checks = app.store.text_checks(desk.diagnosis.id, lang).await?;
        Ok(Self { desk, known, instrument, lang, version, checks })
    }

    /// Where the texts of a language are.
    fn path(&self, lang: Lang) -> String {
        let version = self.version.as_ref().map(|number| format!("?version={number}"));
        let page = self.known.path(&format!("/translations/{lang}"));
        page + version.as_deref().unwrap_or_default()
    }

    /// Back to the section that was filled in.
    fn done(&self, filled: &Filled) -> Response {
        let chapter = filled.first("chapter").parse::<usize>().unwrap_or(0);
        self.desk.go(&format!("{}#c{chapter}", self.path(self.lang)))
    }
}

/// Texts in one form.
struct ChapterView {
    /// Its place on the page.
    id: usize,
    title: String,
    passages: Vec<PassageView>,
    /// Whether something is left to tick.
    is_open: bool,
}

/// One text beside its original.
struct PassageView {
    key: String,
    place: String,
    original: String,
    translation: String,
    is_missing: bool,
    checked: Option<String>,
}

#[derive(Template)]
#[template(path = "translations.html")]
struct TranslationsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a InstrumentWords,
    action: String,
    back: String,
    lang: Lang,
    original: Lang,
    of_version: Option<String>,
    state: (&'static str, String),
    others: Vec<(Lang, String)>,
    chapters: Vec<ChapterView>,
}

/// `GET /d/{slug}/instruments/{instrument}/translations/{lang}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, instrument, lang)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let at = (slug.as_str(), instrument.as_str(), lang.as_str());
    let book = Book::at(&app, signed_in, at, asked.version).await?;
    let (desk, words) = (&book.desk, book.desk.instrument_words());
    let people = names(desk, book.checks.values().map(|check| check.by)).await?;
    let keys: BTreeSet<String> = book.checks.keys().cloned().collect();
    let title = book.instrument.title.get(desk.lang());
    let title = fill(&words.translation_of, &[("title", title), ("language", book.lang.name())]);
    let of_version = book.version.as_ref().map(|number| fill(&words.of_version, &[("n", number)]));
    let others = book.instrument.languages.iter().filter(|lang| **lang != book.lang);
    let chapters = chapters(&book.instrument, book.lang);
    let views = chapters.iter().enumerate();
    let page = TranslationsPage {
        frame: desk.frame(&title),
        words,
        action: desk.path(&book.path(book.lang)),
        back: desk.path(&book.known.path("")),
        lang: book.lang,
        original: original(&book.instrument),
        of_version,
        state: said(standing(&book.instrument, book.lang, &keys), words),
        others: others.map(|lang| (*lang, desk.path(&book.path(*lang)))).collect(),
        chapters: views.map(|(id, chapter)| chapter_view(&book, id, chapter, &people)).collect(),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

fn chapter_view(
    book: &Book,
    id: usize,
    chapter: &Chapter<'_>,
    people: &BTreeMap<PersonId, String>,
) -> ChapterView {
    let words = book.desk.instrument_words();
    let title = match &chapter.about {
        About::Sheet => words.chapter_sheet.clone(),
        About::Results => words.chapter_results.clone(),
        About::Section(id) => {
            let section = book.instrument.sections.iter().find(|section| section.id == *id);
            match section.map_or("", |section| section.title.get(book.desk.lang())) {
                "" => fill(&words.chapter_section, &[("id", id)]),
                title => title.to_owned(),
            }
        }
    };
    let passages: Vec<PassageView> =
        chapter.passages.iter().map(|one| passage_view(book, one, people)).collect();
    let is_open = passages.iter().any(|one| !one.is_missing && one.checked.is_none());
    ChapterView { id, title, passages, is_open }
}

fn passage_view(
    book: &Book,
    passage: &Passage<'_>,
    people: &BTreeMap<PersonId, String>,
) -> PassageView {
    let words = book.desk.instrument_words();
    let key = passage.key();
    let checked = book.checks.get(&key).map(|check| {
        let name = people.get(&check.by).map_or("–", String::as_str);
        let day = moment(&book.desk.diagnosis, check.at);
        fill(&words.checked_by, &[("name", name), ("day", &day)])
    });
    let mut place = passage.places.first().map_or_else(String::new, |(at, what)| {
        format!("{}, {}", parts::place(at, words), parts::what(what, words))
    });
    let more = passage.places.len().saturating_sub(1);
    let text = if more == 1 { &words.one_more_place } else { &words.more_places };
    if more > 0 {
        place += " ";
        place += &fill(text, &[("n", &more.to_string())]);
    }
    PassageView {
        place,
        original: passage.original.to_owned(),
        translation: passage.translation.to_owned(),
        is_missing: passage.is_missing(),
        checked: checked.filter(|_| !passage.is_missing()),
        key,
    }
}

/// `POST /d/{slug}/instruments/{instrument}/translations/{lang}`: what was ticked, a whole section,
/// or one text taken back.
pub(super) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, instrument, lang)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let at = (slug.as_str(), instrument.as_str(), lang.as_str());
    let book = Book::at(&app, signed_in, at, asked.version).await?;
    let (desk, filled) = (&book.desk, Filled(pairs));
    let (of, back) = (desk.diagnosis.id, filled.first("back"));
    let about = format!("{} · {}", book.known.slug, book.lang);
    if !back.is_empty() {
        if !book.checks.contains_key(back) {
            return Err(Error::Stale(desk.words().meanwhile.clone()));
        }
        app.store.uncheck_text(of, book.lang, back).await?;
        desk.log(Act::TookBackText, &about).await?;
        return Ok(book.done(&filled));
    }
    let ticked = if filled.first("all").is_empty() { "read" } else { "shown" };
    let ticked: BTreeSet<&str> = filled.all(ticked).into_iter().collect();
    // Only texts as they are now: what changed meanwhile was not what somebody read.
    let chapters = chapters(&book.instrument, book.lang);
    let passages = chapters.iter().flat_map(|chapter| &chapter.passages);
    let there = passages.filter(|one| !one.is_missing()).map(Passage::key);
    let read: Vec<String> = there.filter(|key| ticked.contains(key.as_str())).collect();
    if read.is_empty() && !ticked.is_empty() {
        return Err(Error::Stale(desk.words().meanwhile.clone()));
    }
    let new = read.iter().filter(|key| !book.checks.contains_key(*key)).count();
    let check = TextCheck { by: desk.person.id, at: app.clock.now() };
    app.store.check_texts(of, book.lang, &read, check).await?;
    if new > 0 {
        desk.log(Act::CheckedTexts, &format!("{about} · {new}")).await?;
    }
    Ok(book.done(&filled))
}
