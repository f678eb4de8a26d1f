//! Somebody else saved meanwhile: their words and yours side by side, and nothing is lost.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Held, saved};
use crate::domain::text::Lang;
use crate::instruments::edit::{self, Path, View};
use crate::web::desk::{self, StaffFrame};
use crate::web::error::Result;
use crate::web::participate::Pairs;
use crate::web::sheet::Filled;
use crate::words::EditorWords;

/// A field that both filled in, each in their own way.
struct Both {
    label: String,
    lang: Option<Lang>,
    theirs: String,
    yours: String,
}

#[derive(Template)]
#[template(path = "editor/conflict.html")]
struct ConflictPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a EditorWords,
    path: String,
    saved: String,
    fields: Vec<Both>,
    /// What is sent again in their place; nothing when its part is gone.
    again: Option<Pairs>,
}

/// The page for a card that was based on an earlier revision; `held` is the draft as it is now.
pub(super) async fn of_card(held: &Held, filled: &Filled) -> Result<Response> {
    let asked: Path = filled.first("at").parse().unwrap_or_default();
    let found = part(held, &asked, filled.first("of"));
    let words = held.words();
    let revision = held.draft.revision.to_string();
    let mut again: Pairs = filled.0.clone();
    again.retain(|(name, _)| !matches!(name.as_str(), "revision" | "at" | "do"));
    let fields = both(held, found.as_ref(), &again);
    let again = found.filter(|_| !fields.is_empty()).map(|at| {
        again.push(("revision".to_owned(), revision));
        again.push(("at".to_owned(), at.to_string()));
        again
    });
    let page = ConflictPage {
        frame: held.desk.frame(&words.conflict_title),
        words,
        path: held.desk.path(&held.path("")),
        saved: saved(held).await?,
        fields,
        again,
    };
    Ok(desk::show(StatusCode::CONFLICT, &page))
}

/// Where the part that was changed stands now.
fn part(held: &Held, asked: &Path, name: &str) -> Option<Path> {
    if asked.is_root() {
        return Some(asked.clone());
    }
    let view = View::of(&held.draft.source).ok()?;
    let key = |path: &Path| path.in_list().map(|(_, key, _)| key.to_owned());
    let questions = view.questions().map(|question| &question.part);
    let parts = questions
        .chain(view.sections.iter().map(|section| &section.part))
        .chain(&view.scales)
        .chain(&view.plans);
    let same = |part: &&edit::Part| part.name == name && key(&part.at) == key(asked);
    parts.into_iter().find(same).map(|part| part.at.clone())
}

/// The words and settings that differ.
fn both(held: &Held, at: Option<&Path>, sent: &Pairs) -> Vec<Both> {
    let mut found = Vec::new();
    for (name, yours) in sent {
        let (place, last) = name.rsplit_once('.').unwrap_or(("", name));
        let lang = last.parse::<Lang>().ok();
        let path = at.and_then(|at| Some(at.join(&name.parse().ok()?)));
        let theirs = path.map(|path| edit::value(&held.draft.source, &path)).unwrap_or_default();
        let is_words = lang.is_some() || matches!(last, "show_if" | "max" | "min" | "from" | "to");
        if is_words && theirs.trim() != yours.trim() {
            let label = label(if lang.is_some() { place } else { name }, held.words());
            found.push(Both { label, lang, theirs, yours: yours.clone() });
        }
    }
    found
}

/// What a field is called: the last key of its path, with the number of its entry.
fn label(field: &str, words: &EditorWords) -> String {
    let mut steps = field.split('.');
    let first = steps.next().unwrap_or("");
    let number = steps.next().and_then(|step| step.parse::<usize>().ok()).map(|step| step + 1);
    let what = match first {
        "text" => &words.question_text,
        "hint" => &words.hint,
        "title" => &words.shown_title,
        "intro" => &words.intro,
        "outro" => &words.outro,
        "body" => &words.body,
        "choices" => &words.answers,
        "rows" => &words.rows,
        "bands" => &words.bands,
        "statements" => &words.statements,
        "groups" => &words.groups,
        "prompts" => &words.prompt,
        "show_if" => &words.only_if,
        "new" => &words.new_answer,
        other => return other.to_owned(),
    };
    number.map_or_else(|| what.clone(), |number| format!("{what} {number}"))
}
