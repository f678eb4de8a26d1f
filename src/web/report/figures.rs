//! Figures that somebody else counted, such as the police or the city: a list, and a form for each.
//! They are kept as they are given, with what is counted, by whom and over which time; everything
//! that is missing is said at once, and of two people at the same table the second is shown what the
//! first wrote.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::app::App;
use super::super::desk::{Act, Desk, StaffFrame, show};
use super::super::error::{Error, Result};
use super::super::participate::Pairs;
use super::super::sheet::{Faults, Filled, Input, Sheet, print_of};
use super::super::sign_in::SignedIn;
use crate::charts::date;
use crate::domain::other_figures::{
    BadLine, LONGEST_FIGURE, LONGEST_NAME, LONGEST_WORDS, MOST_LINES, OtherFigures, Told, lines,
    name_for, written,
};
use crate::domain::people::May;
use crate::domain::text::{Lang, Text};
use crate::store::StoreError;
use crate::words::{ReportingWords, fill};

/// Figures in the list.
struct View {
    title: String,
    source: String,
    code: String,
    by: String,
    edit: String,
    before: String,
}

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a ReportingWords,
    all: Vec<View>,
    new: String,
    back: String,
}

/// The print of figures, by which a page knows whether they are still those it showed.
fn print(told: &Told) -> String {
    print_of(&serde_json::to_string(told).unwrap_or_default())
}

/// `GET /d/{slug}/report/figures`.
pub(in crate::web) async fn list(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let (words, lang) = (app.reporting_words(desk.lang()), desk.lang());
    let writes = desk.may(May::Coordinate);
    let address = |name: &str| {
        if writes { desk.path(&format!("/report/figures/{name}")) } else { String::new() }
    };
    let view = |one: &OtherFigures| View {
        title: one.told.title.get(lang).to_owned(),
        source: format!("{} · {}", one.told.source, one.told.period),
        code: fill(&words.figures_code, &[("code", &format!("{{{{other {}}}}}", one.name))]),
        by: fill(
            &words.written_by,
            &[("name", &one.editor), ("day", &date(one.written, app.chart_words(lang)))],
        ),
        edit: address(&one.name),
        before: print(&one.told),
    };
    let page = FiguresPage {
        frame: desk.frame(&words.figures),
        all: app.store.other_figures(desk.diagnosis.id).await?.iter().map(view).collect(),
        new: address("new"),
        back: desk.path("/report"),
        words,
    };
    Ok(show(StatusCode::OK, &page))
}

/// The figures of a name; none where it is `new` or they were taken away.
async fn known(desk: &Desk, name: &str) -> Result<Option<OtherFigures>> {
    let all = desk.app.store.other_figures(desk.diagnosis.id).await?;
    Ok(all.into_iter().find(|one| one.name == name))
}

/// `GET /d/{slug}/report/figures/{name}`.
pub(in crate::web) async fn one(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, name)): Path<(String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let known = known(&desk, &name).await?;
    if known.is_none() && name != NEW {
        return Err(Error::NotFound);
    }
    let filled = known.as_ref().map(|one| filled(&one.told)).unwrap_or_default();
    Ok(sheet(&desk, known.as_ref(), &filled).show(Faults::default()))
}

/// What a form for figures that are not there yet is called.
const NEW: &str = "new";

/// `POST /d/{slug}/report/figures/{name}`.
pub(in crate::web) async fn change(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, name)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (sent, mut faults) = (Filled(pairs), Faults::default());
    let known = known(&desk, &name).await?;
    let before = known.as_ref().map(|one| print(&one.told)).unwrap_or_default();
    if sent.first("before") != before || (known.is_none() && name != NEW) {
        return Ok(meanwhile(&desk, known.as_ref(), &sent));
    }
    let told = read(&desk, &sent, &mut faults);
    if !faults.is_empty() {
        return Ok(sheet(&desk, known.as_ref(), &sent).show(faults));
    }
    let of = desk.diagnosis.id;
    let name = if let Some(known) = &known {
        known.name.clone()
    } else {
        let all = app.store.other_figures(of).await?;
        // The address of the form for new ones is no name.
        let taken = all.iter().map(|one| one.name.as_str()).chain([NEW]);
        name_for(title(&desk, &told.title), &taken.collect::<Vec<_>>())
    };
    let (editor, written) = (desk.person.name.clone(), app.today(&desk.diagnosis));
    let new = OtherFigures { name, told, editor, written };
    match app.store.keep_other_figures(of, &new, known.as_ref().map(|one| &one.told)).await {
        Ok(()) => {}
        Err(StoreError::Stale(_)) => {
            let now = self::known(&desk, &new.name).await?;
            return Ok(meanwhile(&desk, now.as_ref(), &sent));
        }
        Err(error) => return Err(error.into()),
    }
    desk.log(Act::WroteFigures, &new.name).await?;
    Ok(desk.go("/report/figures"))
}

/// `POST /d/{slug}/report/figures/{name}/delete`. What somebody else changed meanwhile is not taken
/// away unseen.
pub(in crate::web) async fn drop(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, name)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let known = known(&desk, &name).await?.ok_or(Error::NotFound)?;
    if Filled(pairs).first("before") != print(&known.told) {
        return Err(Error::Stale(desk.words().meanwhile.clone()));
    }
    let dropped = app.store.drop_other_figures(desk.diagnosis.id, &known.name, &known.told).await;
    dropped.map_err(|error| desk.said(error))?;
    desk.log(Act::DroppedFigures, &known.name).await?;
    Ok(desk.go("/report/figures"))
}

/// What was sent beside what stands there by now; where nothing does, it can be written anew.
fn meanwhile(desk: &Desk, now: Option<&OtherFigures>, sent: &Filled) -> Response {
    sheet(desk, now, sent).meanwhile(now.map(|now| filled(&now.told)).as_ref())
}

/// The title in the first language of the diagnosis that has one.
fn title<'t>(desk: &Desk, text: &'t Text) -> &'t str {
    let spoken = desk.diagnosis.settings.languages.iter().find(|lang| text.has(**lang));
    text.get(spoken.copied().unwrap_or(Lang::En))
}

/// Figures as their form has them.
fn filled(told: &Told) -> Filled {
    let mut filled = Filled::default()
        .with("source", &told.source)
        .with("period", &told.period)
        .with("lines", &written(&told.lines));
    let texts = [("title", &told.title), ("counted", &told.counted), ("caveat", &told.caveat)];
    for (name, text) in texts {
        for (lang, text) in &text.0 {
            filled = filled.with(&format!("{name}-{lang}"), text);
        }
    }
    filled
}

/// Reads the form, with everything that is wrong.
fn read(desk: &Desk, filled: &Filled, faults: &mut Faults) -> Told {
    let words = desk.app.reporting_words(desk.lang());
    let all = &desk.diagnosis.settings.languages;
    let first = all.first().copied().unwrap_or(Lang::En);
    let mut fits = |field: &str, said: &str, most: usize| {
        let long = fill(&words.figures_long, &[("n", &most.to_string())]);
        faults.when(said.chars().count() > most, field, &long);
        faults.when(said.contains('\u{fffd}'), field, &words.bad_letters);
    };
    let mut text = |name: &str, most: usize| {
        let mut text = Text::default();
        for lang in all {
            let field = format!("{name}-{lang}");
            let said = filled.first(&field).replace("\r\n", "\n");
            fits(&field, &said, most);
            if !said.is_empty() {
                text.0.insert(*lang, said);
            }
        }
        text
    };
    let (title, counted) = (text("title", LONGEST_NAME), text("counted", LONGEST_WORDS));
    let caveat = text("caveat", LONGEST_WORDS);
    let (source, period) = (filled.first("source"), filled.first("period"));
    fits("source", source, LONGEST_WORDS);
    fits("period", period, LONGEST_NAME);
    let given = filled.first("lines");
    fits("lines", given, usize::MAX);
    let (lines, bad) = lines(given);
    for one in &bad {
        faults.add("lines", &in_words(one, words));
    }
    let (n, most) = (lines.len().to_string(), MOST_LINES.to_string());
    let many = fill(&words.figures_many_lines, &[("n", &n), ("most", &most)]);
    faults.when(lines.len() > MOST_LINES, "lines", &many);
    faults.when(lines.is_empty() && bad.is_empty(), "lines", &words.figures_no_lines);
    let missing = |text: &Text, name: &str| (text.0.is_empty(), format!("{name}-{first}"));
    for ((none, field), sentence) in [
        (missing(&title, "title"), &words.figures_no_title),
        (missing(&counted, "counted"), &words.figures_no_counted),
        (missing(&caveat, "caveat"), &words.figures_no_caveat),
        ((source.is_empty(), "source".to_owned()), &words.figures_no_source),
        ((period.is_empty(), "period".to_owned()), &words.figures_no_period),
    ] {
        faults.when(none, &field, sentence);
    }
    let (source, period) = (source.to_owned(), period.to_owned());
    Told { title, counted, source, period, caveat, lines }
}

fn in_words(bad: &BadLine, words: &ReportingWords) -> String {
    let (pattern, at, text) = match bad {
        BadLine::Parts(at, text) => (&words.figures_bad_line, at, text),
        BadLine::Long(at, text) => (&words.figures_long_line, at, text),
    };
    let (n, name, figure) = (at.to_string(), LONGEST_NAME.to_string(), LONGEST_FIGURE.to_string());
    fill(pattern, &[("n", &n), ("text", text), ("name", &name), ("figure", &figure)])
}

fn sheet<'a>(desk: &'a Desk, known: Option<&OtherFigures>, filled: &Filled) -> Sheet<'a> {
    let words = desk.app.reporting_words(desk.lang());
    let all = &desk.diagnosis.settings.languages;
    let hint = fill(&words.figures_lines_hint, &[("n", &MOST_LINES.to_string())]);
    let mut inputs = vec![
        Input::area("lines", &words.figures_lines, 8, filled).hinted(&hint),
        Input::line("source", &words.figures_source, filled).hinted(&words.figures_source_hint),
        Input::line("period", &words.figures_period, filled).hinted(&words.figures_period_hint),
    ];
    for (at, lang) in all.iter().enumerate() {
        inputs.push(Input::heading(lang.name()));
        let named = |pattern: &str| fill(pattern, &[("language", lang.name())]);
        let hinted = |input: Input, hint: &str| if at == 0 { input.hinted(hint) } else { input };
        let field = |name: &str| format!("{name}-{lang}");
        let title = Input::line(&field("title"), &named(&words.figures_title), filled);
        let counted = Input::area(&field("counted"), &named(&words.figures_counted), 3, filled);
        let caveat = Input::area(&field("caveat"), &named(&words.figures_caveat), 3, filled);
        inputs.push(hinted(title, &words.figures_title_hint));
        inputs.push(hinted(counted, &words.figures_counted_hint));
        inputs.push(hinted(caveat, &words.figures_caveat_hint));
    }
    let title = if known.is_some() { &words.figures_change } else { &words.figures_new };
    let name = known.map_or(NEW, |one| one.name.as_str());
    let action = desk.path(&format!("/report/figures/{name}"));
    let mut sheet = Sheet::new(desk.frame(title), action, &words.figures_save, inputs)
        .saying(&words.figures_intro);
    sheet.before = known.map(|one| print(&one.told)).unwrap_or_default();
    sheet
}
