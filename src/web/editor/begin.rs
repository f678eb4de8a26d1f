//! Beginning a draft: with nothing, from an instrument that is there, or from a file.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path as Address, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{named, text};
use crate::domain::diagnosis::slug as letters;
use crate::domain::draft::Draft;
use crate::domain::instrument::{Help, Sheet};
use crate::domain::people::May;
use crate::domain::text::Lang;
use crate::instruments::edit::{self, Edit, Refusal, View};
use crate::instruments::{write, xlsform};
use crate::store::StoreError;
use crate::web::app::App;
use crate::web::desk::{self, Act, Desk, StaffFrame};
use crate::web::error::Result;
use crate::web::instruments::Known;
use crate::web::parts;
use crate::web::sheet::Filled;
use crate::web::sign_in::SignedIn;
use crate::words::{EditorWords, InstrumentWords, fill};

/// The largest form that begins a draft: a spreadsheet and a few words.
pub(in crate::web) const LARGEST_FORM: usize = xlsform::FILE + 64 * 1024;
/// The most letters of a short name.
const SHORT: usize = 30;

/// What a draft begins with.
struct Beginning {
    slug: String,
    source: String,
    began_from: Option<String>,
    /// What did not come along, each with its place in the spreadsheet.
    left_out: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "editor/begin.html")]
struct BeginPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a EditorWords,
    of: &'a InstrumentWords,
    action: String,
    wrong: Vec<String>,
    title: String,
    sheets: Vec<(&'static str, String, bool)>,
    langs: Vec<(Lang, bool)>,
    known: Vec<(String, String, bool)>,
    is_copy: bool,
    copy_title: String,
}

/// What the address says.
#[derive(Debug, Default, serde::Deserialize)]
pub(in crate::web) struct Asked {
    /// The instrument to begin from.
    from: Option<String>,
}

/// `GET /d/{slug}/instruments/new`.
pub(in crate::web) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Address(slug): Address<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let from = asked.from.unwrap_or_default();
    let filled = Filled::default().with("instrument", &from).with("as", "next");
    show(&desk, &filled, Vec::new()).await
}

async fn show(desk: &Desk, filled: &Filled, wrong: Vec<String>) -> Result<Response> {
    let (words, of) = (desk.app.editor_words(desk.lang()), desk.instrument_words());
    let sheet = |sheet: Sheet| {
        let word = edit::sheet_word(sheet);
        (word, parts::sheet(sheet, of).to_owned(), word == filled.first("sheet"))
    };
    let wanted = &desk.diagnosis.settings.languages;
    let others = Lang::ALL.iter().filter(|lang| !wanted.contains(lang));
    let tag = filled.first("language");
    let langs = wanted.iter().chain(others).map(|lang| (*lang, lang.tag() == tag));
    let mut known = Vec::new();
    for one in Known::all(desk).await? {
        let title = one.current(desk).await?.title.get(desk.lang()).to_owned();
        let on = one.slug == filled.first("instrument");
        known.push((one.slug, title, on));
    }
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = BeginPage {
        frame: desk.frame(&words.begin_title),
        words,
        of,
        action: desk.path("/instruments/new"),
        wrong,
        title: filled.first("title").to_owned(),
        sheets: named::SHEETS.into_iter().map(sheet).collect(),
        langs: langs.collect(),
        known,
        is_copy: filled.first("as") == "copy",
        copy_title: filled.first("copy_title").to_owned(),
    };
    Ok(desk::show(status, &page))
}

/// `POST /d/{slug}/instruments/new`.
pub(in crate::web) async fn begin(
    State(app): State<App>,
    signed_in: SignedIn,
    Address(slug): Address<String>,
    multipart: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let words = desk.app.editor_words(desk.lang());
    let Ok((filled, file)) = text::read(multipart, xlsform::FILE).await else {
        let large = named::refusal(&Refusal::Large, words);
        return show(&desk, &Filled::default(), vec![large]).await;
    };
    let is_book = file.as_ref().is_some_and(|file| file.starts_with(BOOK));
    let begun = match filled.first("from") {
        "known" => from_known(&desk, &filled).await?,
        "file" if is_book => from_book(&desk, &file.unwrap_or_default()).await?,
        "file" => from_file(&desk, file).await?,
        _ => fresh(&desk, &filled).await?,
    };
    match begun {
        Ok(begun) => enter(&desk, begun, &filled).await,
        Err(wrong) => show(&desk, &filled, wrong).await,
    }
}

/// How a spreadsheet begins.
const BOOK: &[u8] = b"PK";

#[derive(Template)]
#[template(path = "editor/imported.html")]
struct ImportedPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a EditorWords,
    path: String,
    left_out: Vec<(String, String)>,
}

/// Stores the draft. The next version of something is begun once: whoever comes later finds it.
async fn enter(desk: &Desk, begun: Beginning, filled: &Filled) -> Result<Response> {
    let (of, words) = (desk.diagnosis.id, desk.app.editor_words(desk.lang()));
    let draft = Draft {
        slug: begun.slug.clone(),
        began_text: begun.source.clone(),
        source: begun.source,
        undo: None,
        began_from: begun.began_from,
        revision: 1,
        changed_at: desk.app.clock.now(),
        person: desk.person.id,
    };
    match desk.app.store.begin_draft(of, &draft).await {
        Ok(()) => desk.log(Act::BeganDraft, &draft.slug).await?,
        Err(StoreError::Taken(_)) if filled.first("from") == "known" => {}
        Err(StoreError::Taken(_)) => {
            let wrong = fill(&words.draft_taken, &[("slug", &draft.slug)]);
            return show(desk, filled, vec![wrong]).await;
        }
        Err(error) => return Err(desk.said(error)),
    }
    let path = format!("/drafts/{}", draft.slug);
    if begun.left_out.is_empty() {
        return Ok(desk.go(&path));
    }
    let page = ImportedPage {
        frame: desk.frame(&words.imported_title),
        words,
        path: desk.path(&path),
        left_out: begun.left_out,
    };
    Ok(desk::show(StatusCode::OK, &page))
}

/// What is wrong, as sentences.
type Begun = std::result::Result<Beginning, Vec<String>>;

async fn fresh(desk: &Desk, filled: &Filled) -> Result<Begun> {
    let words = desk.app.editor_words(desk.lang());
    let title = filled.first("title");
    let sheet = named::SHEETS.into_iter().find(|s| edit::sheet_word(*s) == filled.first("sheet"));
    let lang = filled.first("language").parse::<Lang>().ok();
    let mut wrong = Vec::new();
    if title.is_empty() {
        wrong.push(desk.words().title_needed.clone());
    }
    if sheet.is_none() {
        wrong.push(fill(&words.choose_of, &[("what", &desk.instrument_words().sheet)]));
    }
    if lang.is_none() {
        wrong.push(fill(&words.choose_of, &[("what", &words.first_language)]));
    }
    let (Some(sheet), Some(lang), true) = (sheet, lang, wrong.is_empty()) else {
        return Ok(Err(wrong));
    };
    let slug = unused(desk, title).await?;
    let given = &desk.diagnosis.settings.help;
    let has = |help: &Help| given.iter().any(|one| one.kind == *help && !one.address.is_empty());
    let help: Vec<Help> = Help::ALL.into_iter().filter(has).collect();
    let source = edit::fresh(&slug, sheet, lang, title, &help);
    let source = source.map_err(|why| vec![named::refusal(&why, words)]);
    Ok(source.map(|source| Beginning { slug, source, began_from: None, left_out: Vec::new() }))
}

/// From an instrument: the text of its file where that is known, with its comments.
async fn from_known(desk: &Desk, filled: &Filled) -> Result<Begun> {
    let words = desk.app.editor_words(desk.lang());
    let all = Known::all(desk).await?;
    let Some(known) = all.into_iter().find(|one| one.slug == filled.first("instrument")) else {
        return Ok(Err(vec![desk.words().choose_one.clone()]));
    };
    let current = known.current(desk).await?;
    let began_from = known.version_of(&current).map(|version| version.hash.clone());
    let kept = match &began_from {
        Some(hash) => desk.app.store.source(desk.diagnosis.id, hash).await?,
        None => None,
    };
    let shelf = desk.app.shelf.source(&known.slug).map(str::to_owned);
    let reads_same = |text: &String| {
        desk.app.shelf.look(&known.slug, text).whole.is_some_and(|one| one.hash() == current.hash())
    };
    let source = kept.into_iter().chain(shelf).find(reads_same);
    let source = source.unwrap_or_else(|| write(&current));
    if filled.first("as") != "copy" {
        return Ok(Ok(Beginning { slug: known.slug, source, began_from, left_out: Vec::new() }));
    }
    let title = filled.first("copy_title");
    if title.is_empty() {
        return Ok(Err(vec![desk.words().title_needed.clone()]));
    }
    let slug = unused(desk, title).await?;
    let lang = current.languages.first().copied().unwrap_or(Lang::En);
    let at = edit::Path::default().key("title");
    let edits = [Edit::Slug(slug.clone()), Edit::Say { at, lang, words: title.to_owned() }];
    let source = desk.app.shelf.edit(&source, &edits);
    let source = source.map_err(|why| vec![named::refusal(&why, words)]);
    Ok(source.map(|edited| Beginning {
        slug,
        source: edited.text,
        began_from: None,
        left_out: Vec::new(),
    }))
}

/// From a spreadsheet of another survey program. What did not come along is shown once, and stays
/// in the draft as remarks.
async fn from_book(desk: &Desk, file: &[u8]) -> Result<Begun> {
    let imported = match xlsform::import(file) {
        Ok(imported) => imported,
        Err(why) => return Ok(Err(vec![why.to_string()])),
    };
    let slug = unused(desk, &imported.slug.replace('_', " ")).await?;
    let imported = imported.under(&slug);
    let left_out = imported.left_out.iter().map(|one| {
        let cell = if one.cell.is_empty() { "" } else { "!" };
        (format!("{}{cell}{}", one.sheet, one.cell), one.why.clone())
    });
    let left_out: Vec<(String, String)> = left_out.collect();
    let is_seen = |c: &char| !crate::domain::text::is_unseen(*c) && *c != '\n';
    let remark = |(place, why): &(String, String)| {
        let line: String = format!("{place}: {why}").chars().filter(is_seen).collect();
        format!("# {line}\n")
    };
    let remarks: String = left_out.iter().map(remark).collect();
    let source = format!("{remarks}{}", imported.toml);
    Ok(Ok(Beginning { slug, source, began_from: None, left_out }))
}

/// From a file of ours, with everything that keeps it from being read.
async fn from_file(desk: &Desk, file: Option<Vec<u8>>) -> Result<Begun> {
    let words = desk.app.editor_words(desk.lang());
    let Some(file) = file else { return Ok(Err(vec![words.file_needed.clone()])) };
    let Ok(source) = String::from_utf8(file) else {
        return Ok(Err(vec![words.not_text.clone()]));
    };
    let source = text::tidy(&source);
    let Ok(view) = View::of(&source) else {
        let look = desk.app.shelf.look("file", &source);
        let mut wrong = vec![words.refused_unreadable.clone()];
        wrong.extend(look.faults.iter().map(|fault| {
            let (said, _) = desk.app.say_fault(&fault.sentence, desk.lang());
            fill(&words.fault_in_line, &[("line", &fault.line.to_string()), ("fault", &said)])
        }));
        return Ok(Err(wrong));
    };
    if edit::is_name(&view.slug) && view.slug != NEW {
        return Ok(Ok(Beginning {
            slug: view.slug,
            source,
            began_from: None,
            left_out: Vec::new(),
        }));
    }
    let title = view.sheet.text("title");
    let slug = unused(desk, title.get(Lang::En)).await?;
    let source = desk.app.shelf.edit(&source, &[Edit::Slug(slug.clone())]);
    let source = source.map_err(|why| vec![named::refusal(&why, words)]);
    Ok(source.map(|edited| Beginning {
        slug,
        source: edited.text,
        began_from: None,
        left_out: Vec::new(),
    }))
}

/// The page of this name is where drafts begin.
const NEW: &str = "new";

/// A short name made of a title that nothing has yet.
async fn unused(desk: &Desk, title: &str) -> Result<String> {
    let mut taken: Vec<String> = Known::all(desk).await?.into_iter().map(|one| one.slug).collect();
    let drafts = desk.app.store.drafts(desk.diagnosis.id).await?;
    taken.extend(drafts.into_iter().map(|draft| draft.slug));
    taken.push(NEW.to_owned());
    let word: String = letters(title).replace('-', "_").chars().take(SHORT).collect();
    let word = word.trim_matches('_').to_owned();
    let word = if edit::is_name(&word) { word } else { format!("sheet_{word}") };
    let word = word.trim_end_matches('_').to_owned();
    let numbered = (2..).map(|n: usize| format!("{word}_{n}"));
    let mut names = std::iter::once(word.clone()).chain(numbered);
    Ok(names.find(|name| !taken.contains(name)).unwrap_or(word))
}
