//! The editor: a draft as cards beside what is wrong with it and how it looks on a phone.
//!
//! Whole without a script: each card is a form of its own, and a save names the revision it was
//! based on. Nothing is written over what somebody else saved meanwhile, and what was typed comes
//! back with every refusal.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path as Address, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::assets;
use super::desk::{self, Act, Desk, StaffFrame};
use super::error::Result;
use super::members::{moment, names};
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::change::must_raise_since;
use crate::domain::draft::Draft;
use crate::domain::people::May;
use crate::domain::question::Sort;
use crate::domain::text::Lang;
use crate::instruments::edit::{self, Edit, Path, View};
use crate::instruments::{Fault, Look};
use crate::store::Saved;
use crate::words::{EditorWords, fill};

mod begin;
mod cards;
mod conflict;
mod named;
mod preview;
mod publish;
mod question;
mod rows;
mod text;

pub(super) use begin::{LARGEST_FORM, begin, page as begin_page};
pub(super) use preview::show as preview;
pub(super) use publish::{difference, page as publish_page, publish};
pub(super) use text::{download, page as text_page, save as text_save};

use cards::{Card, Maker, SectionView};
use rows::Row;

/// As on every page, and our own preview may stand in a frame of this one.
fn policy() -> String {
    super::CSP.replace("form-action", "frame-src 'self'; form-action")
}

/// A draft, and who is looking at it.
pub(super) struct Held {
    /// Who and where.
    pub desk: Desk,
    /// The draft.
    pub draft: Draft,
}

impl Held {
    /// The draft of an address.
    ///
    /// # Errors
    /// `NotFound` or `Forbidden`.
    async fn at(app: &App, signed_in: SignedIn, (slug, draft): (&str, &str)) -> Result<Self> {
        let desk = Desk::at(app, signed_in, slug, May::Coordinate).await?;
        let draft = app.store.draft(desk.diagnosis.id, draft).await?;
        Ok(Self { desk, draft })
    }

    fn words(&self) -> &EditorWords {
        self.desk.app.editor_words(self.desk.lang())
    }

    /// An address of this draft in this diagnosis.
    fn path(&self, rest: &str) -> String {
        format!("/drafts/{}{rest}", self.draft.slug)
    }

    /// A fault in words.
    fn said(&self, fault: &Fault) -> FaultSaid {
        let (sentence, lang) = self.desk.app.say_fault(&fault.sentence, self.desk.lang());
        FaultSaid { sentence, lang, is_error: fault.is_error() }
    }

    fn look(&self) -> Look {
        self.desk.app.shelf.look(&self.draft.slug, &self.draft.source)
    }

    /// Saves a text that was made from a revision.
    async fn save(&self, revision: i64, source: &str) -> Result<Saved> {
        let (of, now) = (self.desk.diagnosis.id, self.desk.app.clock.now());
        let (slug, by) = (&self.draft.slug, self.desk.person.id);
        let saved = self.desk.app.store.save_draft(of, slug, (revision, source), (now, by)).await;
        saved.map_err(|error| self.desk.said(error))
    }

    /// The questions whose meaning must be raised before this can be published.
    async fn must_raise(&self, look: &Look) -> Result<Vec<String>> {
        let Some(shown) = &look.shown else { return Ok(Vec::new()) };
        let of = self.desk.diagnosis.id;
        let mut earlier = Vec::new();
        for version in self.desk.app.store.versions(of).await?.iter().rev() {
            if version.slug == self.draft.slug {
                earlier.push(self.desk.app.instrument(of, &version.hash).await?);
            }
        }
        Ok(must_raise_since(earlier.iter().map(AsRef::as_ref), shown))
    }
}

/// What was sent for a card.
pub(super) struct Sent {
    /// Which.
    pub at: Path,
    /// The fields.
    pub fields: Pairs,
    /// Why it was refused: the field and a sentence.
    pub wrong: Vec<(String, String)>,
}

impl Sent {
    /// The last value of a field: a tick comes after its "no".
    #[must_use]
    pub(super) fn last(&self, name: &str) -> Option<&str> {
        let named = self.fields.iter().rev().find(|(field, _)| field == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Whether a field was sent.
    #[must_use]
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }
}

/// What the address of the editor says.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    /// The language beside the first.
    lang: Option<String>,
    /// The card that stands open.
    open: Option<String>,
}

/// Something wrong with the draft, in the list.
struct FaultView {
    at: String,
    card: String,
    said: FaultSaid,
}

/// A fault in the language of whoever is at work, where it is known in that.
#[derive(Debug, Clone)]
pub(super) struct FaultSaid {
    /// The sentence.
    pub sentence: String,
    /// Its language.
    pub lang: Lang,
    /// Whether nothing can be published because of it.
    pub is_error: bool,
}

/// A language of the draft.
struct LangView {
    lang: Lang,
    address: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "editor.html")]
struct EditorPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a EditorWords,
    path: String,
    title: String,
    revision: i64,
    saved: String,
    undo: bool,
    second: Option<Lang>,
    first: Lang,
    langs: Vec<LangView>,
    new_langs: Vec<Lang>,
    sheet: Card,
    sections: Vec<SectionView>,
    scales: Vec<Card>,
    plans: Vec<Card>,
    faults: Vec<FaultView>,
    errors: usize,
    sorts: Vec<(String, String)>,
    countable: Vec<(String, String)>,
    charts: Vec<(String, String)>,
    preview: Lang,
    /// The language of the titles of cards.
    reading: Lang,
    /// The button that takes the language beside the first out.
    forget: String,
    css: String,
    script: String,
}

/// `GET /d/{slug}/drafts/{draft}`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    show(&held, &asked, None).await
}

/// The page; 422 when a card was sent and refused.
async fn show(held: &Held, asked: &Asked, sent: Option<&Sent>) -> Result<Response> {
    let status = if sent.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let Ok(view) = View::of(&held.draft.source) else {
        // There are no cards of what cannot be read: its text has to be mended.
        return text::show(held, None, status).await;
    };
    let (desk, words, look) = (&held.desk, held.words(), held.look());
    let first = view.langs.first().copied().unwrap_or(Lang::En);
    let beside = |lang: &Lang| *lang != first && view.langs.contains(lang);
    let second = match asked.lang.as_deref() {
        Some(wished) => wished.parse().ok().filter(beside),
        None => Some(desk.lang()).filter(beside),
    };
    let langs: Vec<Lang> = std::iter::once(first).chain(second).collect();
    let open = asked.open.as_deref().and_then(|open| open.parse().ok()).unwrap_or_default();
    let (places, must_raise) = (places(held, &view, &look), held.must_raise(&look).await?);
    let (scales, form) = (desk.app.shelf.scales(), desk.app.form_words(desk.lang()));
    let maker = Maker {
        words,
        of: desk.instrument_words(),
        form,
        view: &view,
        shown: look.shown.as_ref(),
        langs: &langs,
        reading: Some(desk.lang()).filter(|lang| view.langs.contains(lang)).unwrap_or(first),
        scales: &scales,
        sent,
        open: &open,
        faults: &places,
        must_raise: &must_raise,
    };
    let charts = view.plans.iter().filter(|plan| cards::is_chart(plan));
    let charts = charts.map(|plan| (plan.name.clone(), maker.title(&plan.text("title"))));
    let page = EditorPage {
        frame: desk.frame(&maker.title(&view.sheet.text("title"))),
        path: desk.path(&held.path("")),
        title: maker.title(&view.sheet.text("title")),
        revision: held.draft.revision,
        saved: saved(held).await?,
        undo: held.draft.undo.is_some(),
        second,
        first,
        langs: lang_views(held, &view, second),
        new_langs: Lang::ALL.into_iter().filter(|lang| !view.langs.contains(lang)).collect(),
        sheet: maker.sheet(),
        sections: maker.sections(),
        scales: maker.scales(),
        plans: maker.plans(),
        faults: faults(held, &maker, &look),
        errors: look.faults.iter().filter(|fault| fault.is_error()).count(),
        sorts: question::sorts(&maker),
        countable: maker.countable(),
        charts: charts.collect(),
        preview: second.unwrap_or(first),
        reading: maker.reading,
        forget: fill(&words.forget_language, &[("language", second.map_or("", Lang::name))]),
        css: assets::address("editor.css"),
        script: assets::address("editor.js"),
        words,
    };
    Ok(desk::show_under(&policy(), status, &page))
}

/// When it was saved last, and by whom.
async fn saved(held: &Held) -> Result<String> {
    let by = held.draft.person;
    let people = names(&held.desk, std::iter::once(by)).await?;
    let name = people.get(&by).map_or("", String::as_str);
    let day = moment(&held.desk.diagnosis, held.draft.changed_at);
    Ok(fill(&held.words().saved, &[("day", &day), ("name", name)]))
}

fn lang_views(held: &Held, view: &View, second: Option<Lang>) -> Vec<LangView> {
    let base = held.desk.path(&held.path(""));
    let beside = view.langs.iter().skip(1);
    let view = |lang: &Lang| LangView {
        lang: *lang,
        address: format!("{base}?lang={lang}"),
        on: second == Some(*lang),
    };
    beside.map(view).collect()
}

/// Every fault at the part it stands in.
fn places(held: &Held, view: &View, look: &Look) -> BTreeMap<Path, Vec<FaultSaid>> {
    let mut places: BTreeMap<Path, Vec<FaultSaid>> = BTreeMap::new();
    for fault in &look.faults {
        let at = view.place(&held.draft.source, fault);
        places.entry(at).or_default().push(held.said(fault));
    }
    places
}

/// The list of all that is wrong, each with the card to mend it on.
fn faults(held: &Held, maker: &Maker<'_>, look: &Look) -> Vec<FaultView> {
    let view = |fault: &Fault| {
        let at = maker.view.place(&held.draft.source, fault).card();
        let parts = maker.view.questions().map(|question| &question.part);
        let parts = parts.chain(maker.view.sections.iter().map(|section| &section.part));
        let part = parts.chain(&maker.view.plans).find(|part| part.at == at);
        let title = part.map_or(&maker.view.sheet, |part| part);
        let key = if title.text("text").0.is_empty() { "title" } else { "text" };
        FaultView {
            at: if at.is_root() { "sheet".to_owned() } else { at.to_string() },
            card: maker.title(&title.text(key)),
            said: held.said(fault),
        }
    };
    look.faults.iter().map(view).collect()
}

/// `POST /d/{slug}/drafts/{draft}`: what one card says, and what one button asks for.
pub(super) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    let filled = Filled(pairs);
    let lang = Some(filled.first("lang").to_owned()).filter(|lang| !lang.is_empty());
    let mut sent = Sent {
        at: filled.first("at").parse().unwrap_or_default(),
        fields: filled.0.clone(),
        wrong: Vec::new(),
    };
    let asked = Asked { lang, open: Some(sent.at.to_string()) };
    if filled.first("do") == "undo" {
        let before = held.draft.undo.clone().unwrap_or_else(|| held.draft.source.clone());
        return kept(&held, &filled, (&before, &sent.at), &asked).await;
    }
    let fields = edit::Card { at: &sent.at, fields: &sent.fields }.edits();
    let edits: Vec<Edit> = fields.iter().map(|field| field.edit.clone()).collect();
    match app.shelf.edit_all(&held.draft.source, &edits) {
        Ok(edited) => {
            let folded = folded(&held, &sent.at, &edited.text);
            let at = edited.at.unwrap_or_else(|| sent.at.clone()).card();
            kept(&held, &filled, (&folded.unwrap_or(edited.text), &at), &asked).await
        }
        Err(_) if revision(&filled) != held.draft.revision => {
            conflict::of_card(&held, &filled).await
        }
        Err(refusals) => {
            let name = |number: usize| fields.get(number).map_or("do", |field| &field.name);
            let said = |(number, why): &(usize, edit::Refusal)| {
                (name(*number).to_owned(), named::refusal(why, held.words()))
            };
            sent.wrong = refusals.iter().map(said).collect();
            show(&held, &asked, Some(&sent)).await
        }
    }
}

/// The revision a form was based on.
fn revision(filled: &Filled) -> i64 {
    filled.first("revision").parse().unwrap_or(0)
}

/// Saves, and goes back to the card; with both texts, when somebody else saved meanwhile.
async fn kept(
    held: &Held,
    filled: &Filled,
    (source, at): (&str, &Path),
    asked: &Asked,
) -> Result<Response> {
    // The same text again is saved already, whatever it was based on.
    match held.save(revision(filled), source).await? {
        Saved::Now(_) => {
            if filled.first("then") == "publish" {
                return Ok(held.desk.go(&held.path("/publish")));
            }
            let lang = asked.lang.as_ref().map(|lang| format!("lang={lang}&")).unwrap_or_default();
            let id = if at.is_root() { "sheet".to_owned() } else { at.to_string() };
            Ok(held.desk.go(&held.path(&format!("?{lang}open={at}#{id}"))))
        }
        Saved::Meanwhile(theirs) => {
            let held = Held { desk: held.desk.clone(), draft: *theirs };
            conflict::of_card(&held, filled).await
        }
    }
}

/// A question that has just become sensitive begins with a fold: a person only has to check it.
fn folded(held: &Held, at: &Path, text: &str) -> Option<String> {
    let view = View::of(text).ok()?;
    let question = view.questions().find(|question| question.part.at == *at)?;
    let has = !question.part.list("fold.low").is_empty();
    let sort = question.sort.filter(|sort| sort.folds())?;
    let rows = question.part.entries(edit::List::Rows);
    let sensitive = question.part.is("sensitive") || rows.iter().any(|row| row.is("sensitive"));
    let id = if sort == Sort::Grid { &rows.first()?.name } else { &question.part.name };
    if has || !sensitive {
        return None;
    }
    let shown = held.desk.app.shelf.look(&held.draft.slug, text).shown?;
    let real = shown.question(id)?.answers().into_iter();
    let codes: Vec<String> = real.map(|(code, ..)| code.to_owned()).collect();
    let half = codes.len() / 2;
    let part = |from: usize, to: usize| codes.get(from..to).map(<[String]>::to_vec);
    let parts =
        [part(0, half)?, part(half, codes.len() - half)?, part(codes.len() - half, codes.len())?];
    let edit = Edit::Fold { at: at.clone(), parts: Some(parts) };
    held.desk.app.shelf.edit(text, &[edit]).ok().map(|edited| edited.text)
}

/// `POST /d/{slug}/drafts/{draft}/discard`.
pub(super) async fn discard(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    let gone = app.store.discard_draft(held.desk.diagnosis.id, &draft, revision(&Filled(pairs)));
    gone.await.map_err(|error| held.desk.said(error))?;
    held.desk.log(Act::DiscardedDraft, &draft).await?;
    Ok(held.desk.go("/instruments"))
}

/// The words a file has for how sensitive a sheet is.
const SENSITIVITIES: [(&str, crate::domain::instrument::Sensitivity); 3] =
    edit::sensitivity_words();

use edit::sheet_word;
