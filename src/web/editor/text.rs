//! The draft as the text of its file: the other view of the same thing. Everything that is wrong
//! with it stands beside it, with its line and a caret.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path as Address, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Held, named, revision, saved};
use crate::instruments::edit::{LARGEST, Refusal};
use crate::store::Saved;
use crate::web::app::App;
use crate::web::desk::{self, StaffFrame};
use crate::web::error::Result;
use crate::web::sheet::Filled;
use crate::web::sign_in::SignedIn;
use crate::web::upload::{Broken, Part, Parts};
use crate::web::versions::{DiffRow, diff};
use crate::words::EditorWords;

#[derive(Template)]
#[template(path = "editor/text.html")]
struct TextPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a EditorWords,
    path: String,
    revision: i64,
    source: String,
    saved: String,
    faults: Vec<(bool, String)>,
    wrong: Option<String>,
    /// What somebody else saved meanwhile, and how it differs from this.
    theirs: Option<(String, Vec<DiffRow>)>,
}

/// A text that was sent and not kept.
pub(super) struct Unkept {
    /// The text.
    pub source: String,
    /// Why; nothing when somebody else saved meanwhile.
    pub why: Option<String>,
}

/// `GET /d/{slug}/drafts/{draft}/source`.
pub(in crate::web) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    show(&held, None, StatusCode::OK).await
}

/// The page, with what was sent or what is there.
pub(super) async fn show(
    held: &Held,
    unkept: Option<Unkept>,
    status: StatusCode,
) -> Result<Response> {
    let words = held.words();
    let meanwhile = unkept.as_ref().filter(|unkept| unkept.why.is_none());
    let there = &held.draft.source;
    let theirs = meanwhile.map(|yours| (there.clone(), diff(there, &yours.source)));
    let (source, wrong) = match unkept {
        Some(unkept) => (unkept.source, unkept.why),
        None => (there.clone(), None),
    };
    let name = format!("{}.toml", held.draft.slug);
    let look = held.desk.app.shelf.look(&held.draft.slug, &source);
    let page = TextPage {
        frame: held.desk.frame(&words.source_title),
        words,
        path: held.desk.path(&held.path("")),
        revision: held.draft.revision,
        saved: saved(held).await?,
        faults: look.faults.iter().map(|fault| (fault.is_error(), fault.show(&name))).collect(),
        source,
        wrong,
        theirs,
    };
    Ok(desk::show(status, &page))
}

/// `POST /d/{slug}/drafts/{draft}/source`: a text or a file in the place of the draft.
pub(in crate::web) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
    multipart: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    let (filled, file) = match read(multipart).await {
        Ok(read) => read,
        Err(Broken::TooBig | Broken::NotAForm) => {
            let why = Some(named::refusal(&Refusal::Large, held.words()));
            let unkept = Unkept { source: held.draft.source.clone(), why };
            return show(&held, Some(unkept), StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let typed = filled.0.iter().find(|(name, _)| name == "source").map(|(_, text)| text.clone());
    let source = match file.map(|bytes| String::from_utf8(bytes).map_err(|_not_text| ())) {
        Some(Err(())) => Err(held.words().not_text.clone()),
        Some(Ok(text)) => Ok(text),
        None => typed.ok_or_else(|| held.words().file_needed.clone()),
    };
    let source = source.map(|text| tidy(&text));
    let refused = match source {
        Err(why) => Unkept { source: held.draft.source.clone(), why: Some(why) },
        Ok(source) if source.len() > LARGEST => {
            Unkept { why: Some(named::refusal(&Refusal::Large, held.words())), source }
        }
        Ok(source) if source.contains('\0') => {
            Unkept { why: Some(named::refusal(&Refusal::Unseen, held.words())), source }
        }
        Ok(source) => match held.save(revision(&filled), &source).await? {
            Saved::Now(_) => return Ok(held.desk.go(&held.path("/source"))),
            Saved::Meanwhile(theirs) => {
                let held = Held { desk: held.desk.clone(), draft: *theirs };
                let unkept = Unkept { source, why: None };
                return show(&held, Some(unkept), StatusCode::CONFLICT).await;
            }
        },
    };
    show(&held, Some(refused), StatusCode::UNPROCESSABLE_ENTITY).await
}

/// What was filled in, and the file, if one was chosen.
pub(super) async fn read(
    multipart: std::result::Result<Multipart, MultipartRejection>,
) -> std::result::Result<(Filled, Option<Vec<u8>>), Broken> {
    let (mut filled, mut file) = (Filled::default(), None);
    let Ok(multipart) = multipart else { return Ok((filled, file)) };
    let mut parts = Parts::of(multipart, LARGEST + 8 * 1024);
    while let Some(part) = parts.next().await? {
        match part {
            Part::Text(name, text) => filled.0.push((name, text)),
            Part::File(name, _) if name != "file" => {}
            Part::File(_, mut part) => {
                let bytes = part.whole(LARGEST).await?.ok_or(Broken::TooBig)?;
                file = file.or(Some(bytes).filter(|bytes| !bytes.is_empty()));
            }
        }
    }
    Ok((filled, file))
}

/// A text as files are kept here: lines end one way, and nothing stands before the first.
pub(super) fn tidy(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    if text.ends_with('\n') { text } else { format!("{text}\n") }
}

/// `GET /d/{slug}/drafts/{draft}/download`.
pub(in crate::web) async fn download(
    State(app): State<App>,
    signed_in: SignedIn,
    Address((slug, draft)): Address<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &draft)).await?;
    let kind = (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned());
    let name = format!("attachment; filename=\"{}.toml\"", held.draft.slug);
    let cache = (header::CACHE_CONTROL, "no-store".to_owned());
    Ok(([kind, (header::CONTENT_DISPOSITION, name), cache], held.draft.source).into_response())
}
