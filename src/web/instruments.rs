//! The instruments of a diagnosis: all of them with their languages, and one with its questions.
//!
//! An instrument is known by its file on the shelf, by what was published of it here, or by both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::desk::{self, Card, Desk, StaffFrame};
use super::error::{Error, Result};
use super::members::{moment, names};
use super::sign_in::SignedIn;
use super::{named, parts};
use crate::domain::draft::Draft;
use crate::domain::instrument::{Instrument, Research, Section};
use crate::domain::people::May;
use crate::domain::question::Question;
use crate::domain::text::Lang;
use crate::domain::translation::{self, Standing};
use crate::domain::version::Version;
use crate::instruments::edit::View;
use crate::instruments::xlsform;
use crate::words::{EditorWords, InstrumentWords, fill};

/// What is known of an instrument here.
pub(super) struct Known {
    /// Its short name.
    pub slug: String,
    /// Its file on the shelf.
    pub file: Option<Arc<Instrument>>,
    /// What was published of it here, the oldest first.
    pub versions: Vec<Version>,
    /// The hash of the version of one's own that is offered in the place of the file.
    pub offered: Option<String>,
}

impl Known {
    /// Every instrument, by slug.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn all(desk: &Desk) -> Result<Vec<Self>> {
        let mut all: BTreeMap<String, Self> = BTreeMap::new();
        let offered = desk.app.store.offered(desk.diagnosis.id).await?;
        let new = |slug: &str| Self {
            slug: slug.to_owned(),
            file: None,
            versions: Vec::new(),
            offered: offered.get(slug).cloned(),
        };
        for file in desk.app.shelf.instruments() {
            let known = all.entry(file.slug.clone()).or_insert_with(|| new(&file.slug));
            known.file = Some(Arc::new(file.clone()));
        }
        for version in desk.app.store.versions(desk.diagnosis.id).await? {
            let known = all.entry(version.slug.clone()).or_insert_with(|| new(&version.slug));
            known.versions.push(version);
        }
        Ok(all.into_values().collect())
    }

    /// The instrument of an address.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn at(desk: &Desk, slug: &str) -> Result<Self> {
        let all = Self::all(desk).await?;
        all.into_iter().find(|known| known.slug == slug).ok_or(Error::NotFound)
    }

    /// What can be asked now: every instrument with a file or a version of one's own.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn askable(desk: &Desk) -> Result<Vec<Arc<Instrument>>> {
        let mut found = Vec::new();
        for known in Self::all(desk).await? {
            if known.file.is_some() || known.offered.is_some() {
                found.push(known.current(desk).await?);
            }
        }
        Ok(found)
    }

    /// What would be fielded now: one's own version, else the file, else the newest version.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn current(&self, desk: &Desk) -> Result<Arc<Instrument>> {
        if let Some(hash) = &self.offered {
            return Ok(desk.app.instrument(desk.diagnosis.id, hash).await?);
        }
        match (&self.file, self.versions.last()) {
            (Some(file), _) => Ok(Arc::clone(file)),
            (None, Some(version)) => self.content(desk, version).await,
            (None, None) => Err(Error::NotFound),
        }
    }

    /// The content of a version.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn content(&self, desk: &Desk, of: &Version) -> Result<Arc<Instrument>> {
        Ok(desk.app.instrument(desk.diagnosis.id, &of.hash).await?)
    }

    /// The version with a number as it stands in an address.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) fn version(&self, number: &str) -> Result<&Version> {
        let is_it = |version: &&Version| version.number.to_string() == number;
        self.versions.iter().find(is_it).ok_or(Error::NotFound)
    }

    /// The version with this content.
    #[must_use]
    pub(super) fn version_of(&self, instrument: &Instrument) -> Option<&Version> {
        let hash = instrument.hash();
        self.versions.iter().find(|version| version.hash == hash)
    }

    /// An address below this instrument.
    #[must_use]
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/instruments/{}{rest}", self.slug)
    }
}

/// What somebody has checked in each language.
pub(super) struct Checked(BTreeMap<Lang, BTreeSet<String>>);

impl Checked {
    /// All of it.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn of(desk: &Desk) -> Result<Self> {
        let mut checked = BTreeMap::new();
        for lang in Lang::ALL {
            let texts = desk.app.store.text_checks(desk.diagnosis.id, lang).await?;
            checked.insert(lang, texts.into_keys().collect());
        }
        Ok(Self(checked))
    }

    /// How far a language of an instrument is.
    #[must_use]
    pub(super) fn standing(&self, instrument: &Instrument, lang: Lang) -> Standing {
        let none = BTreeSet::new();
        translation::standing(instrument, lang, self.0.get(&lang).unwrap_or(&none))
    }
}

/// How far a language is, in words, with the kind of its label.
#[must_use]
pub(super) fn said(standing: Standing, words: &InstrumentWords) -> (&'static str, String) {
    let Standing { texts, missing, checked } = standing;
    let (texts_n, checked_n) = (texts.to_string(), checked.to_string());
    if texts == checked {
        return ("open", fill(&words.standing_done, &[("texts", &texts_n)]));
    }
    let mut said = fill(&words.standing, &[("checked", &checked_n), ("texts", &texts_n)]);
    if missing > 0 {
        said += " · ";
        said += &fill(&words.standing_missing, &[("n", &missing.to_string())]);
    }
    ("wait", said)
}

/// A language of an instrument and how far it is.
struct LangView {
    lang: Lang,
    state: (&'static str, String),
    /// Where its texts are read; nowhere when the instrument does not speak it.
    address: Option<String>,
}

/// The languages of an instrument, then those of the diagnosis that it does not speak.
fn langs(desk: &Desk, known: &Known, instrument: &Instrument, checked: &Checked) -> Vec<LangView> {
    let words = desk.instrument_words();
    let spoken = instrument.languages.iter().map(|lang| LangView {
        lang: *lang,
        state: said(checked.standing(instrument, *lang), words),
        address: Some(desk.path(&known.path(&format!("/translations/{lang}")))),
    });
    let wanted = desk.diagnosis.settings.languages.iter();
    let unspoken = wanted
        .filter(|lang| !instrument.languages.contains(lang))
        .map(|lang| LangView { lang: *lang, state: ("", words.not_spoken.clone()), address: None });
    spoken.chain(unspoken).collect()
}

/// An instrument in the list.
struct Entry {
    card: Card,
    langs: Vec<LangView>,
}

#[derive(Template)]
#[template(path = "instruments.html")]
struct InstrumentsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a InstrumentWords,
    editor: &'a EditorWords,
    entries: Vec<Entry>,
    drafts: Vec<Card>,
    may_write: bool,
}

/// `GET /d/{slug}/instruments`.
pub(super) async fn list(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let (words, checked) = (desk.instrument_words(), Checked::of(&desk).await?);
    let mut entries = Vec::new();
    for known in Known::all(&desk).await? {
        let instrument = known.current(&desk).await?;
        let card = Card {
            title: instrument.title.get(desk.lang()).to_owned(),
            address: desk.path(&known.path("")),
            lines: vec![line(&instrument, words)],
            tags: vec![published(&known, &instrument, words)],
        };
        entries.push(Entry { card, langs: langs(&desk, &known, &instrument, &checked) });
    }
    let may_write = desk.may(May::Coordinate);
    let page = InstrumentsPage {
        frame: desk.frame(&words.instruments),
        words,
        editor: app.editor_words(desk.lang()),
        entries,
        drafts: if may_write { drafts(&desk).await? } else { Vec::new() },
        may_write,
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// The drafts somebody is writing.
async fn drafts(desk: &Desk) -> Result<Vec<Card>> {
    let drafts = desk.app.store.drafts(desk.diagnosis.id).await?;
    let people = names(desk, drafts.iter().map(|draft| draft.person)).await?;
    let card = |draft: &Draft| {
        let view = View::of(&draft.source).unwrap_or_default();
        let title = view.sheet.text("title").get(desk.lang()).to_owned();
        let day = moment(&desk.diagnosis, draft.changed_at);
        let name = people.get(&draft.person).map_or("", String::as_str);
        let words = desk.app.editor_words(desk.lang());
        Card {
            title: if title.is_empty() { draft.slug.clone() } else { title },
            address: desk.path(&format!("/drafts/{}", draft.slug)),
            lines: vec![fill(&words.saved, &[("day", &day), ("name", name)])],
            tags: Vec::new(),
        }
    };
    Ok(drafts.iter().map(card).collect())
}

/// What sort of sheet it is, and how long.
fn line(instrument: &Instrument, words: &InstrumentWords) -> String {
    let n = instrument.all_questions().count();
    let questions = if n == 1 { &words.one_question } else { &words.some_questions };
    let questions = fill(questions, &[("n", &n.to_string())]);
    format!("{} · {questions}", parts::sheet(instrument.sheet, words))
}

/// Whether this content is a version already, as a label.
fn published(
    known: &Known,
    instrument: &Instrument,
    words: &InstrumentWords,
) -> (&'static str, String) {
    match known.version_of(instrument) {
        Some(version) => ("open", fill(&words.version_n, &[("n", &version.number.to_string())])),
        None => ("wait", words.is_new.clone()),
    }
}

/// Questions that stand together.
struct SectionView {
    title: String,
    questions: Vec<QuestionView>,
}

/// A question in the overview.
struct QuestionView {
    id: String,
    text: String,
    kind: String,
    tags: Vec<String>,
}

#[derive(Template)]
#[template(path = "instrument.html")]
struct InstrumentPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a InstrumentWords,
    editor: &'a EditorWords,
    path: String,
    slug: String,
    may_write: bool,
    tag: (&'static str, String),
    /// Where the difference from the newest version is shown, if there is one.
    difference: Option<String>,
    versions: usize,
    langs: Vec<LangView>,
    facts: Vec<(&'a str, String)>,
    /// What researchers must know.
    research: Vec<(&'a str, String)>,
    sections: Vec<SectionView>,
}

/// `GET /d/{slug}/instruments/{instrument}/form.xlsx`: for other survey programs.
pub(super) async fn form(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, instrument)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let known = Known::at(&desk, &instrument).await?;
    let current = known.current(&desk).await?;
    let bytes = xlsform::export(&current).map_err(|why| Error::Bad(why.to_string()))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let name = format!("attachment; filename=\"{}.xlsx\"", known.slug);
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// `GET /d/{slug}/instruments/{instrument}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, instrument)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let known = Known::at(&desk, &instrument).await?;
    let instrument = known.current(&desk).await?;
    let (words, checked) = (desk.instrument_words(), Checked::of(&desk).await?);
    let is_new = known.version_of(&instrument).is_none();
    let difference = known
        .versions
        .last()
        .filter(|_| is_new)
        .map(|newest| desk.path(&known.path(&format!("/versions?a={}&b=file", newest.number))));
    let page = InstrumentPage {
        frame: desk.frame(instrument.title.get(desk.lang())),
        words,
        path: desk.path(&known.path("")),
        editor: app.editor_words(desk.lang()),
        slug: known.slug.clone(),
        may_write: desk.may(May::Coordinate),
        tag: published(&known, &instrument, words),
        difference,
        versions: known.versions.len(),
        langs: langs(&desk, &known, &instrument, &checked),
        facts: facts(&desk, &instrument),
        research: research(&desk, &instrument),
        sections: instrument.sections.iter().map(|one| section(one, &desk)).collect(),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

fn facts<'a>(desk: &'a Desk, of: &Instrument) -> Vec<(&'a str, String)> {
    let (words, staff) = (desk.instrument_words(), desk.words());
    let age = of.min_age.map(|age| age.to_string()).unwrap_or_default();
    let facts = vec![
        (words.sheet.as_str(), parts::sheet(of.sheet, words).to_owned()),
        (&words.minutes, of.minutes.to_string()),
        (&words.questions, of.all_questions().count().to_string()),
        (&words.min_age, age),
        (&words.layout, parts::layout(of.shown_as(), words).to_owned()),
        (&words.sensitivity, parts::sensitivity(of.sensitivity, words).to_owned()),
        (&staff.policy, named::policy(of.policy, staff).to_owned()),
    ];
    facts.into_iter().filter(|(_, what)| !what.is_empty()).collect()
}

fn research<'a>(desk: &'a Desk, of: &Instrument) -> Vec<(&'a str, String)> {
    let words = desk.instrument_words();
    let Some(Research { constructs, sources, not_for }) = &of.research else { return Vec::new() };
    let notes = [
        (&words.what_constructs, constructs),
        (&words.what_sources, sources),
        (&words.what_not_for, not_for),
    ];
    notes.map(|(what, text)| (what.as_str(), text.get(desk.lang()).to_owned())).into()
}

fn section(of: &Section, desk: &Desk) -> SectionView {
    let words = desk.instrument_words();
    let title = match of.title.get(desk.lang()) {
        "" => fill(&words.chapter_section, &[("id", &of.id)]),
        title => title.to_owned(),
    };
    let each = of.questions.iter().flat_map(|one| {
        let rows = one.rows().iter().filter(|row| row.id != one.id);
        std::iter::once(one).chain(rows).chain(one.inner())
    });
    SectionView { title, questions: each.map(|one| question(one, desk)).collect() }
}

fn question(of: &Question, desk: &Desk) -> QuestionView {
    let words = desk.instrument_words();
    let mut tags = Vec::new();
    tags.extend(of.sensitive.then(|| words.sensitive.clone()));
    let meaning = fill(&words.meaning_n, &[("n", &of.meaning.to_string())]);
    tags.extend((of.meaning > 1).then_some(meaning));
    QuestionView {
        id: of.id.clone(),
        text: of.text.get(desk.lang()).to_owned(),
        kind: parts::sort(of.kind.sort(), words).to_owned(),
        tags,
    }
}
