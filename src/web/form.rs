//! The form page: its sections in order, what is complained about, and what stands around them.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::app::Inner;
use super::assets;
use super::door::{self, Kiosk, Trouble};
use super::error::Error;
use super::field::{self, Fields};
use super::later::Later;
use super::page::{self, Frame};
use super::participate::{Behind, Entry, best, invented, paragraphs};
use super::phone::Said;
use crate::domain::answer::{AS_IS, Complaint, Wrong};
use crate::domain::collection::{self, Collection, Door, Mode, Origin, Presence, Sampling};
use crate::domain::diagnosis::{Diagnosis, HelpAddress, Zone};
use crate::domain::ids::{CollectionId, ResponseId, WaveId};
use crate::domain::instrument::{Help, Instrument, Layout, Section};
use crate::domain::question::{Kind, Question};
use crate::domain::text::Lang;
use crate::words::{FormWords, PageWords, fill};

/// The form page.
#[derive(Template)]
#[template(path = "form.html")]
pub(super) struct FormPage<'a> {
    frame: Frame,
    words: &'a FormWords,
    action: String,
    id: ResponseId,
    languages: &'a [Lang],
    intro: Vec<String>,
    complaints: Vec<(String, String)>,
    /// The name of the button that sends words as they are, when they seem to name somebody.
    as_is: Option<&'static str>,
    sections: Vec<SectionView>,
    danger: String,
    /// The script that hides what is not asked.
    script: String,
    /// What is asked for once the page stands.
    later: Later,
    /// The words on buttons between screens.
    page: &'a PageWords,
    /// Whether one question is shown at a time where a script runs.
    screens: bool,
    /// Where to leave to, when somebody may have to.
    leave: Option<String>,
    /// The screen that was open when the form was sent.
    at: Option<usize>,
    /// What must be said over everything else.
    pub(super) notice: Option<String>,
    /// What is said over a form that is only looked at.
    trial: Option<String>,
    /// Whether it brings files.
    files: bool,
    /// What stands above the questions: the field of a one-time code.
    above: String,
    /// What a page of a kiosk needs.
    kiosk: Option<Kiosk<'a>>,
}

struct SectionView {
    title: String,
    hint: String,
    fields: Vec<String>,
}

/// The form, filled as it came, with its complaints.
pub(super) fn show(
    app: &Inner,
    entry: &Entry,
    lang: Lang,
    id: ResponseId,
    filled: &[(String, String)],
    complaints: &[Complaint],
) -> Response {
    show_again(app, entry, lang, id, (filled, complaints), None)
}

/// The same, with what went wrong though the answers are fine.
pub(super) fn show_again(
    app: &Inner,
    entry: &Entry,
    lang: Lang,
    id: ResponseId,
    (filled, complaints): (&[(String, String)], &[Complaint]),
    trouble: Option<Trouble>,
) -> Response {
    let status = match trouble {
        _ if !complaints.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        Some(trouble) => trouble.status(),
        None => StatusCode::OK,
    };
    // A language that was taken away meanwhile: the form goes on in one that is there.
    let offered = &entry.collection.field.languages;
    let shown = if offered.contains(&lang) { lang } else { best(&[], offered) };
    let (words, wire) = (app.ways_words(shown), app.wire_words(shown));
    let page = form_page(app, entry, shown, id, filled, complaints).and_then(|mut page| {
        page.above = door::above(&entry.door, (words, wire), filled, trouble)?;
        if trouble.is_some_and(Trouble::is_of_code) {
            page.complaints.insert(0, (door::FIELD.to_owned(), words.code_label.clone()));
        }
        Ok(page)
    });
    let page = match page {
        Ok(page) => page,
        Err(error) => return Error::from(error).into_response(),
    };
    let questions = complained(&entry.instrument, complaints, shown);
    let page = (status, unkept(), page::html(page.render())).into_response();
    let said = Said::wrong(app, lang, complaints, questions);
    match trouble {
        Some(trouble) => said.with(trouble, words, wire).beside(page),
        None => said.beside(page),
    }
}

/// The form of an instrument that is still being written, with nothing behind its button.
pub(super) fn trial(
    app: &Inner,
    (diagnosis, instrument, zones): (Diagnosis, Instrument, Vec<Zone>),
    (lang, said): (Lang, &str),
    filled: &[(String, String)],
) -> Response {
    let (of, id, wave) = (diagnosis.id, CollectionId::random(), WaveId::random());
    let door = Door::new("", id, of, Mode::Own);
    let field = collection::Field {
        sampling: Sampling::SelfSelected,
        asked_by: diagnosis.name.clone(),
        presence: Presence::Nobody,
        recruited_by: String::new(),
        origin: Origin::Asked,
        policy: instrument.policy,
        languages: Vec::new(),
        source: None,
        area: None,
    };
    let collection = Collection {
        id,
        diagnosis: of,
        wave,
        instrument: String::new(),
        title: String::new(),
        field,
        state: collection::State::Draft,
        opened: None,
        closed: None,
        group_said_yes: false,
    };
    let instrument = Arc::new(instrument);
    let area = None;
    let behind = Behind { door, diagnosis, collection, instrument, zones, area };
    let entry = Entry::from(Arc::new(behind));
    match form_page(app, &entry, lang, ResponseId(Uuid::nil()), filled, &[]) {
        Ok(mut page) => {
            page.trial = Some(said.to_owned());
            page.action = String::new();
            page.screens = false;
            page::html(page.render())
        }
        Err(error) => Error::from(error).into_response(),
    }
}

/// What the form page shows.
///
/// # Errors
/// When a template fails.
pub(super) fn form_page<'a>(
    app: &'a Inner,
    entry: &'a Entry,
    lang: Lang,
    id: ResponseId,
    filled: &[(String, String)],
    complaints: &[Complaint],
) -> askama::Result<FormPage<'a>> {
    let words = app.form_words(lang);
    let instrument = &*entry.instrument;
    let zones = &entry.zones;
    let consent_age = entry.diagnosis.settings.consent_age;
    let fields = Fields {
        instrument,
        zones,
        map: entry.map(),
        door: &entry.door.code,
        filled,
        complaints,
        id,
        consent_age,
        lang,
        words,
    };
    let sections = sections(&fields, id)?;
    let mut frame = Frame::new(lang, entry.instrument.title.get(lang), &entry.diagnosis.name);
    frame.css = style(instrument);
    frame.invented = invented(entry, words);
    Ok(FormPage {
        frame,
        words,
        action: format!("/p/{}/{lang}", entry.door.code),
        id,
        languages: &entry.collection.field.languages,
        intro: intro(entry, lang, words),
        complaints: complained(instrument, complaints, lang),
        as_is: complaints
            .iter()
            .any(|complaint| matches!(complaint.wrong, Wrong::Personal { .. }))
            .then_some(AS_IS),
        sections,
        danger: danger(entry, words),
        script: assets::address(&format!("form.js{}", door::scripts(&entry.door))),
        later: Later::of(app, entry, lang),
        page: app.page_words(lang),
        screens: instrument.shown_as() == Layout::Screens,
        leave: instrument.is_delicate().then(|| format!("https://{lang}.wikipedia.org/")),
        at: filled.iter().find(|(name, _)| name == "_at").and_then(|(_, at)| at.parse().ok()),
        notice: None,
        trial: None,
        files: instrument.asks_photos(),
        above: String::new(),
        kiosk: door::kiosk(&entry.door, app.ways_words(lang)),
    })
}

fn sections(fields: &Fields<'_>, id: ResponseId) -> askama::Result<Vec<SectionView>> {
    let total = fields.instrument.laid_out().filter(|question| question.is_asked()).count();
    let mut number = 0;
    let mut views = Vec::new();
    for section in &fields.instrument.sections {
        let mut drawn = Vec::new();
        for question in in_order(section, id).into_iter().filter(|question| question.is_shown()) {
            number += usize::from(question.is_asked());
            let (n, of) = (number.to_string(), total.to_string());
            let count = fill(&fields.words.question_of, &[("n", &n), ("of", &of)]);
            let count = if question.is_asked() { count } else { String::new() };
            drawn.push(fields.draw(question, count)?);
        }
        let title = section.title.get(fields.lang).to_owned();
        let hint = section.hint.as_ref().map_or("", |hint| hint.get(fields.lang)).to_owned();
        if !drawn.is_empty() {
            views.push(SectionView { title, hint, fields: drawn });
        }
    }
    Ok(views)
}

/// The style sheet: what only some kinds of question need is left out where there are none.
fn style(instrument: &Instrument) -> String {
    let needs_more = |question: &Question| match question.kind {
        Kind::Faces { .. }
        | Kind::Photo { .. }
        | Kind::Counts { .. }
        | Kind::Group { .. }
        | Kind::Rank { .. } => true,
        Kind::Single { .. }
        | Kind::Multiple { .. }
        | Kind::Scale { .. }
        | Kind::Grid { .. }
        | Kind::Number { .. }
        | Kind::Text { .. }
        | Kind::Zone
        | Kind::Place
        | Kind::Consent
        | Kind::AgeGate
        | Kind::Info { .. }
        | Kind::Weight => false,
    };
    let plain = !instrument.all_questions().any(needs_more);
    assets::address(if plain { "miradouro.css" } else { "miradouro.css,kinds.css" })
}

/// The questions of a section; a shuffled one in an order that the form's id fixes.
fn in_order(section: &Section, id: ResponseId) -> Vec<&Question> {
    let mut questions: Vec<&Question> = section.questions.iter().collect();
    if section.shuffle {
        field::in_random_order(&mut questions, id);
    }
    questions
}

/// Each complaint's field with its question's words, for the list at the top.
fn complained(instrument: &Instrument, all: &[Complaint], lang: Lang) -> Vec<(String, String)> {
    let question = |field: &str| {
        let found = field.rsplit('.').find_map(|id| instrument.question(id));
        found.map_or(field, |question| question.text.get(lang)).to_owned()
    };
    all.iter().map(|complaint| (complaint.field.clone(), question(&complaint.field))).collect()
}

fn intro(entry: &Entry, lang: Lang, words: &FormWords) -> Vec<String> {
    let minutes = fill(&words.minutes, &[("n", &entry.instrument.minutes.to_string())]);
    let asked_by = fill(&words.asked_by, &[("who", &entry.collection.field.asked_by)]);
    let mut lines = vec![format!("{asked_by} {minutes}")];
    lines.extend(paragraphs(entry.instrument.intro.get(lang)));
    lines
}

fn danger(entry: &Entry, words: &FormWords) -> String {
    let emergency =
        |address: &&HelpAddress| address.kind == Help::Emergency && !address.address.is_empty();
    entry.diagnosis.settings.help.iter().find(emergency).map_or_else(String::new, |address| {
        fill(&words.danger_now, &[("number", &address.address)])
    })
}

/// A form is kept by no cache.
pub(super) fn unkept() -> [(HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}
