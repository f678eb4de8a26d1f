//! The twin of the projector on somebody's own phone or tablet: the same picture under the same
//! number, in their language, in larger letters where they wish. It follows the screen: what the room
//! does not see yet is not here either. Only where the release is for everybody.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::shown_now;
use super::view::{Picture, Stage, found};
use crate::charts::{Look, caption, data_table, draw};
use crate::domain::screen::Screen;
use crate::domain::text::{Lang, Text};
use crate::publish::{OwnWords, Shown, Station, spoken};
use crate::web::app::{App, Inner};
use crate::web::assets;
use crate::web::error::{Error, Result};
use crate::web::page::{self, Frame};
use crate::web::participate::{best, wished};
use crate::web::wall::{Drawn, Hall, drawn, hall, spoken as answered};
use crate::words::{ChartWords, FormWords, ScreenWords, fill};

/// `GET /w/{door}/twin`: to the language the browser asks for.
pub(in crate::web) async fn enter(
    State(app): State<App>,
    Path(door): Path<String>,
    headers: HeaderMap,
) -> Result<Redirect> {
    let hall = hall(&app, &door).await?;
    let lang = best(&wished(&headers), &hall.diagnosis.settings.languages);
    Ok(Redirect::to(&format!("/w/{door}/{lang}/twin")))
}

#[derive(Template)]
#[template(path = "twin.html")]
struct TwinPage<'a> {
    frame: Frame,
    words: &'a ScreenWords,
    form: &'a FormWords,
    live: String,
    own: String,
    large: bool,
    size: (String, &'a str),
    languages: Vec<(Lang, String)>,
    number: usize,
    counted: String,
    lang: Lang,
    said: String,
    by: Option<String>,
    drawn: Option<Drawn>,
    guessed: Vec<String>,
    question: String,
    who: String,
    careful: Vec<String>,
    source: Vec<(String, Vec<String>)>,
    is_hidden: bool,
    css: String,
    script: String,
}

/// `GET /w/{door}/{lang}/twin`: what the room sees now; with `?size=large` in larger letters.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Path((door, tag)): Path<(String, String)>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response> {
    let (hall, wished) = (hall(&app, &door).await?.with_words(&app).await, answered(&tag)?);
    let (now, _) = shown_now(&app, &hall).await?;
    let large = asked.get("size").is_some_and(|size| size == "large");
    let page = twin(&app, &hall, &now, (wished, large))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], page::html(page.render())).into_response())
}

fn twin<'a>(
    app: &'a Inner,
    hall: &Hall,
    now: &Screen,
    (wished, large): (Lang, bool),
) -> Result<TwinPage<'a>> {
    let on_wall = found(hall, now.slide)?;
    let langs = &hall.diagnosis.settings.languages;
    let (lang, said, question) = match &on_wall {
        Picture::Chart(station, shown) => {
            let lang = station.spoken(wished, langs);
            (lang, station.question(lang), shown.plan.title.get(lang))
        }
        Picture::Words(own) => {
            (wished, app.form_words(wished).own_words.as_str(), own.title.get(wished))
        }
    };
    let (words, form, charts) =
        (app.screen_words(wished), app.form_words(wished), app.chart_words(lang));
    let slides = hall.slides();
    let number = now.place(&slides).map_or(1, |place| place + 1);
    let counted = [("n", number.to_string()), ("of", slides.len().to_string())];
    let counted = counted.each_ref().map(|(name, text)| (*name, text.as_str()));
    let (door, suffix) = (&hall.walk.door, if large { "?size=large" } else { "" });
    let other = if large { "" } else { "?size=large" };
    let others = langs.iter().filter(|lang| **lang != wished && Lang::RESPONDENTS.contains(lang));
    let mut frame = Frame::new(wished, &words.twin_title, &hall.diagnosis.name);
    frame.invented = hall.diagnosis.settings.invented.then(|| form.invented.clone());
    let mut page = TwinPage {
        frame,
        words,
        form,
        live: format!("/w/{door}/live"),
        own: format!("/w/{door}/{wished}/twin{suffix}"),
        large,
        size: (
            format!("/w/{door}/{wished}/twin{other}"),
            if large { &words.ordinary } else { &words.larger },
        ),
        languages: others.map(|lang| (*lang, format!("/w/{door}/{lang}/twin{suffix}"))).collect(),
        number,
        counted: fill(&words.picture_of, &counted),
        lang,
        said: said.to_owned(),
        by: None,
        drawn: None,
        guessed: Vec::new(),
        question: question.to_owned(),
        who: String::new(),
        careful: Vec::new(),
        source: Vec::new(),
        is_hidden: false,
        css: assets::address("slide.css"),
        script: assets::address("live.js"),
    };
    match (Stage::of(now), on_wall) {
        (Stage::Curtain, _) => page.is_hidden = true,
        (_, Picture::Words(own)) => {
            page.who = own.who(lang, charts);
            page.careful = vec![form.own_words_intro.clone()];
            let of = (app.screen_words(lang), charts);
            page.source = own.source(hall.wall.release(), lang, of, &form.own_words_intro);
            page.drawn = Some(cards(own, &Text::name(&form.own_words), lang, charts, large)?);
        }
        (Stage::Guess, Picture::Chart(_, shown)) => page.guessed = shown.guessed(lang),
        (Stage::Source | Stage::Figures, Picture::Chart(station, shown)) => {
            let alone = Station { shown: vec![shown.clone()], ..station.clone() };
            let said = spoken(&alone, lang, (app.poster_words(lang), charts), &hall.written);
            let by = said.by.map(|by| fill(&app.poster_words(lang).words_by, &[("name", &by)]));
            let told = caption(&shown.tables.iter().collect::<Vec<_>>(), lang, charts);
            (page.said, page.by) = (said.said, by);
            (page.who, page.careful) = (told.who, told.careful);
            page.source = shown.source(hall.wall.release(), lang, (app.screen_words(lang), charts));
            page.drawn = Some(picture(app, shown, lang, large)?);
        }
    }
    Ok(page)
}

/// What people wrote, for a phone; with the same as a list.
fn cards(
    own: &OwnWords,
    title: &Text,
    lang: Lang,
    words: &ChartWords,
    large: bool,
) -> Result<Drawn> {
    let draw = |id: &str, look: &Look| {
        let svg = own.drawn(id, title, (look, lang), words).map(|svg| svg.xml);
        svg.map_err(|refusal| Error::Failed(refusal.to_string()))
    };
    let phone = if large { Look::page_large() } else { Look::page_narrow() };
    Ok(Drawn {
        wide: if large { draw("twin-w", &phone)? } else { draw("twin-w", &Look::page_wide())? },
        narrow: draw("twin-n", &phone)?,
        table: own.table(title, lang, words),
        title: title.get(lang).to_owned(),
        tall: false,
    })
}

/// The chart for a phone. In large letters it is laid out for them, and for wide screens the layout
/// of a phone is used, which is drawn as wide as the page.
fn picture(app: &Inner, shown: &Shown, lang: Lang, large: bool) -> Result<Drawn> {
    let mut plain = drawn(app, shown, "twin", lang)?;
    if large {
        let words = app.chart_words(lang);
        let mut picture = shown.picture(shown.most_on_a_wall());
        "twin-large".clone_into(&mut picture.id);
        // A word that is wider than a phone in such letters: the usual ones, then.
        if let Ok(svg) = draw(&picture, &Look::page_large(), lang, words) {
            plain.wide = svg.xml.replace("twin-large", "twin-w");
            plain.narrow = svg.xml;
        } else {
            plain.wide = plain.narrow.replace("twin-n", "twin-w");
        }
        plain.table = data_table(&shown.picture(None), lang, words);
    }
    Ok(plain)
}
