//! Typing sheets in: the number, then the key beside every cross, then the next sheet.
//!
//! Without a script it is one long form; the script shows one question at a time, says large what
//! a key stands for and skips what is not asked. The number travels in the body of a request and is
//! in no address, so that no log has it. Nothing is kept of when a sheet was typed.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::app::App;
use super::assets;
use super::collections::Held;
use super::desk::{self, StaffFrame};
use super::error::{Error, Result};
use super::field;
use super::paper::{around, offered};
use super::participate::Pairs;
use super::sheet::Filled;
use super::sign_in::SignedIn;
use crate::domain::answer::{AS_IS, Ground, Reading, Wrong};
use crate::domain::collection::{Mode, State as Stands};
use crate::domain::condition::{Comparison, Rule};
use crate::domain::ids::ResponseId;
use crate::domain::keyed::{Around, Key, Says, Slot, Takes, slots};
use crate::domain::paper::{BadNumber, SheetNumber};
use crate::domain::people::May;
use crate::domain::question::Question;
use crate::domain::text::Lang;
use crate::store::{KeyedIn, NewResponse, Standing};
use crate::words::{KeyinWords, StaffWords, fill};

/// The key-in page: asking for a number, or with a sheet to type.
#[derive(Template)]
#[template(path = "keyin.html")]
struct KeyinPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a KeyinWords,
    staff: &'a StaffWords,
    path: String,
    css: String,
    script: String,
    /// What became of the sheet before.
    said: Option<&'a str>,
    /// What is wrong with the number.
    wrong: Option<&'a str>,
    typed: String,
    languages: &'a [Lang],
    lang: Lang,
    mine: String,
    send_as_is: &'a str,
    sheet: Option<SheetView>,
}

/// A sheet to type.
struct SheetView {
    number: String,
    compact: String,
    second: bool,
    steps: Vec<Step>,
    complained: Vec<(String, String)>,
    as_is: Option<(&'static str, &'static str)>,
}

/// One thing to type.
struct Step {
    field: String,
    number: String,
    text: String,
    cell: String,
    /// The heading of a section or a repeat, where one begins.
    heading: String,
    /// Whether the heading is that of one more repeat, and of which group.
    more: String,
    /// The question whose keys these are, with the keys where they are listed.
    question: String,
    keys: Vec<(String, String, String)>,
    kind: &'static str,
    rule: String,
    value: String,
    wrong: String,
}

/// What was typed of a sheet, and what is wrong with it.
struct Typed<'a> {
    number: SheetNumber,
    second: bool,
    filled: &'a Filled,
    wrong: BTreeMap<String, String>,
    personal: bool,
}

/// `GET /d/{slug}/collections/{id}/keyin`.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    ask(&held, &Filled::default(), Said::default()).await
}

/// `POST /d/{slug}/collections/{id}/keyin`: a number, or a typed sheet.
pub(super) async fn take(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let held = Held::at(&app, signed_in, (&slug, &id), May::Facilitate).await?;
    let (filled, desk) = (Filled(pairs), &held.desk);
    let words = app.keyin_words(desk.lang());
    let number = match filled.first("sheet").parse::<SheetNumber>() {
        Ok(number) => number,
        Err(why) => return ask(&held, &filled, Said::wrong(bad(why, words))).await,
    };
    let of = (desk.diagnosis.id, held.collection.id);
    let standing = app.store.sheet(of.0, of.1, number, desk.person.id).await?;
    if let Some(said) = refused(standing, words) {
        return ask(&held, &filled, Said::wrong(said)).await;
    }
    if held.collection.state != Stands::Open {
        return ask(&held, &filled, Said::wrong(&words.not_open)).await;
    }
    let second = standing == Standing::Second;
    if filled.first("step") == "save" {
        return save(&held, &filled, (number, second)).await;
    }
    let typed = Typed { number, second, filled: &filled, wrong: BTreeMap::new(), personal: false };
    show(&held, &filled, Said::default(), Some(typed)).await
}

/// Why a sheet cannot be typed now.
fn refused(standing: Standing, words: &KeyinWords) -> Option<&str> {
    match standing {
        Standing::Fresh | Standing::Second => None,
        Standing::Elsewhere => Some(&words.number_elsewhere),
        Standing::NotPrinted => Some(&words.number_not_printed),
        Standing::SecondByAnother => Some(&words.second_by_another),
        Standing::Typed => Some(&words.typed_already),
    }
}

fn bad(why: BadNumber, words: &KeyinWords) -> &str {
    match why {
        BadNumber::Shape => &words.number_shape,
        BadNumber::Check => &words.number_check,
    }
}

/// Reads what was typed and hands it in.
async fn save(
    held: &Held,
    filled: &Filled,
    (number, second): (SheetNumber, bool),
) -> Result<Response> {
    let (desk, words) = (&held.desk, held.desk.app.keyin_words(held.desk.lang()));
    let (zones, area) = around(held).await?;
    let map = area.as_deref().map(|area| &area.map);
    let slots = slots(&held.instrument, &Around { zones: &zones, map });
    let (reading, wrong) = read(held, filled, &slots, &Ground::from(&zones).with(map));
    if !wrong.is_empty() {
        let personal = reading
            .complaints
            .iter()
            .any(|complaint| matches!(complaint.wrong, Wrong::Personal { .. }));
        let typed = Typed { number, second, filled, wrong, personal };
        return show(held, filled, Said::default(), Some(typed)).await;
    }
    let response = NewResponse {
        diagnosis: desk.diagnosis.id,
        collection: held.collection.id,
        id: ResponseId::random(),
        instrument: held.collection.instrument.clone(),
        mode: Mode::Paper,
        lang: spoken(held, filled),
        answers: reading.answers,
        texts: reading.texts,
        photos: Vec::new(),
        closed_since: None,
    };
    match desk.app.store.key_in(response, number, desk.person.id).await? {
        KeyedIn::First { sampled: false } => ask(held, filled, Said::done(&words.saved)).await,
        KeyedIn::First { sampled: true } => {
            ask(held, filled, Said::done(&words.saved_sampled)).await
        }
        KeyedIn::Second(compared) if compared.different.is_empty() => {
            ask(held, filled, Said::done(&words.saved_same)).await
        }
        KeyedIn::Second(_) => {
            let path = format!("/collections/{}/check#s{}", held.collection.id, number.compact());
            Ok(desk.go(&path))
        }
        KeyedIn::Closed => ask(held, filled, Said::wrong(&words.not_open)).await,
        KeyedIn::Not(_) => ask(held, filled, Said::wrong(&words.typed_meanwhile)).await,
    }
}

/// What was typed as answers, and a sentence for every field in which something is wrong.
fn read(
    held: &Held,
    filled: &Filled,
    slots: &[Slot<'_>],
    ground: &Ground<'_>,
) -> (Reading, BTreeMap<String, String>) {
    let (app, lang) = (&held.desk.app, held.desk.lang());
    let (words, form) = (app.keyin_words(lang), app.form_words(lang));
    let (mut pairs, mut wrong) = (Pairs::new(), BTreeMap::new());
    for slot in slots {
        match slot.read(filled.first(&format!("k.{}", slot.field))) {
            Ok(more) => pairs.extend(more),
            Err(key) => {
                let known = listed(&slot.takes).iter().map(|key| key.key.as_str());
                let known = known.collect::<Vec<_>>().join(" ");
                let said = fill(&words.wrong_key, &[("key", &key), ("keys", &known)]);
                wrong.insert(slot.field.clone(), said);
            }
        }
    }
    if !filled.first(AS_IS).is_empty() {
        pairs.push((AS_IS.to_owned(), "yes".to_owned()));
    }
    let reading = held.instrument.read(&pairs, ground);
    for complaint in &reading.complaints {
        let said = || field::sentence(&complaint.wrong, form);
        wrong.entry(complaint.field.clone()).or_insert_with(said);
    }
    (reading, wrong)
}

fn listed<'a, 's>(takes: &'s Takes<'a>) -> &'s [Key<'a>] {
    match takes {
        Takes::One(keys)
        | Takes::Several(keys)
        | Takes::Order(keys, _)
        | Takes::Amount(keys)
        | Takes::Place(keys) => keys,
        Takes::Words(_) | Takes::Count => &[],
    }
}

/// The language of the sheets that are being typed: a counter only.
fn spoken(held: &Held, filled: &Filled) -> Lang {
    let first = held.collection.field.languages.first().copied().unwrap_or(Lang::En);
    offered(held, filled.first("lang")).unwrap_or(first)
}

/// What is said over the page.
#[derive(Default)]
struct Said<'a> {
    done: Option<&'a str>,
    wrong: Option<&'a str>,
}

impl<'a> Said<'a> {
    const fn done(said: &'a str) -> Self {
        Self { done: Some(said), wrong: None }
    }

    const fn wrong(said: &'a str) -> Self {
        Self { done: None, wrong: Some(said) }
    }
}

/// Asks for a number.
async fn ask(held: &Held, filled: &Filled, said: Said<'_>) -> Result<Response> {
    show(held, filled, said, None).await
}

async fn show(
    held: &Held,
    filled: &Filled,
    said: Said<'_>,
    typed: Option<Typed<'_>>,
) -> Result<Response> {
    let (desk, app) = (&held.desk, &held.desk.app);
    let words = app.keyin_words(desk.lang());
    let typists = app.store.typists(desk.diagnosis.id, held.collection.id).await?;
    let mine = typists.iter().find(|(person, _)| *person == desk.person.id);
    let mine = mine.map_or(0, |(_, n)| *n).to_string();
    let is_wrong = said.wrong.is_some() || typed.as_ref().is_some_and(|it| !it.wrong.is_empty());
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let sheet = match typed {
        Some(typed) => Some(view(held, &typed).await?),
        None => None,
    };
    let page = KeyinPage {
        frame: desk.frame(&words.keyin_title),
        words,
        staff: desk.words(),
        path: desk.path(&format!("/collections/{}", held.collection.id)),
        css: assets::address("keyin.css"),
        script: assets::address("keyin.js"),
        said: said.done,
        wrong: said.wrong,
        typed: if said.wrong.is_some() { filled.first("sheet").to_owned() } else { String::new() },
        languages: &held.collection.field.languages,
        lang: spoken(held, filled),
        mine: fill(&words.you_typed, &[("n", &mine)]),
        send_as_is: &app.form_words(desk.lang()).send_as_is,
        sheet,
    };
    Ok(desk::show(status, &page))
}

/// Every step of a sheet.
async fn view(held: &Held, typed: &Typed<'_>) -> Result<SheetView> {
    let lang = held.desk.lang();
    let (zones, area) = around(held).await?;
    let around = Around { zones: &zones, map: area.as_deref().map(|area| &area.map) };
    let slots = slots(&held.instrument, &around);
    let mut steps = Vec::new();
    let mut before: (Option<&str>, Option<usize>) = (None, None);
    for slot in &slots {
        let section = section(held, slot);
        let here = (Some(section.0), slot.repeat);
        let mut heading = if here == before { String::new() } else { section.1.to_owned() };
        let mut more = String::new();
        if let Some(repeat) = slot.repeat.filter(|_| here != before) {
            heading = named(held, repeat);
            if repeat > 0 {
                slot.field.split('.').next().unwrap_or_default().clone_into(&mut more);
            }
        }
        before = here;
        steps.push(step(held, typed, slot, (heading, more)));
    }
    let complained = steps.iter().filter(|step| !step.wrong.is_empty());
    let complained = complained
        .map(|step| (step.field.clone(), format!("{} {} {}", step.number, step.text, step.cell)))
        .collect();
    let number =
        fill(&held.desk.app.keyin_words(lang).sheet, &[("number", &typed.number.to_string())]);
    let as_is = typed.personal.then_some((AS_IS, "yes"));
    let compact = typed.number.compact();
    Ok(SheetView { number, compact, second: typed.second, steps, complained, as_is })
}

/// The section a slot is in: its id and title.
fn section<'h>(held: &'h Held, slot: &Slot<'_>) -> (&'h str, &'h str) {
    let lang = held.desk.lang();
    let id = slot.field.split('.').next().unwrap_or_default();
    let holds = |section: &&crate::domain::instrument::Section| {
        let rows = section.questions.iter().flat_map(Question::rows);
        rows.chain(&section.questions).any(|question| question.id == id)
    };
    let found = held.instrument.sections.iter().find(holds);
    found.map_or(("", ""), |section| (section.id.as_str(), section.title.get(lang)))
}

/// What a repeat is called.
fn named(held: &Held, repeat: usize) -> String {
    let form = held.desk.app.form_words(held.desk.lang());
    let (words, _) = form.repeat(held.instrument.sheet);
    fill(words, &[("n", &(repeat + 1).to_string())])
}

fn step(
    held: &Held,
    typed: &Typed<'_>,
    slot: &Slot<'_>,
    (heading, more): (String, String),
) -> Step {
    let lang = held.desk.lang();
    let (keys, kind) = match &slot.takes {
        Takes::One(keys) => (keys.as_slice(), "one"),
        Takes::Several(keys) => (keys.as_slice(), "several"),
        Takes::Order(keys, _) => (keys.as_slice(), "order"),
        Takes::Amount(keys) => (keys.as_slice(), "amount"),
        Takes::Words(_) => (&[][..], "words"),
        Takes::Place(keys) => (keys.as_slice(), "place"),
        Takes::Count => (&[][..], "count"),
    };
    // The keys of a question that comes again are listed where it comes first.
    let listed = if slot.repeat.unwrap_or(0) == 0 { keys } else { &[] };
    let said = |key: &Key<'_>| (key.key.clone(), key.value.to_owned(), says(held, key));
    let cell = slot.cell.map(|(one, group)| format!("{} · {}", one.get(lang), group.get(lang)));
    let rule = slot.question.show_if.as_ref().map(|rule| logic(rule.rule()).to_string());
    Step {
        number: slot.number.clone(),
        text: slot.question.text.get(lang).to_owned(),
        cell: cell.unwrap_or_default(),
        heading,
        more,
        question: slot.question.id.clone(),
        keys: listed.iter().map(said).collect(),
        kind,
        rule: rule.unwrap_or_default(),
        value: typed.filled.first(&format!("k.{}", slot.field)).to_owned(),
        wrong: typed.wrong.get(&slot.field).cloned().unwrap_or_default(),
        field: slot.field.clone(),
    }
}

/// What stands beside a box, in the language of whoever types.
pub(super) fn says(held: &Held, key: &Key<'_>) -> String {
    let (app, lang) = (&held.desk.app, held.desk.lang());
    let form = app.form_words(lang);
    let age = held.desk.diagnosis.settings.consent_age.to_string();
    match key.says {
        Says::Text(text) => text.get(lang).to_owned(),
        Says::Name(name) => name.to_owned(),
        Says::RatherNotSay => form.rather_not_say.clone(),
        Says::Agree => form.consent_yes.clone(),
        Says::OldEnough => fill(&form.age_yes, &[("n", &age)]),
        Says::TooYoung => fill(&form.age_no, &[("n", &age)]),
    }
}

/// A rule as the script takes it, which is read already.
fn logic(rule: &Rule) -> Value {
    match rule {
        Rule::All(rules) => json!({ "all": rules.iter().map(logic).collect::<Vec<_>>() }),
        Rule::Any(rules) => json!({ "any": rules.iter().map(logic).collect::<Vec<_>>() }),
        Rule::Not(rule) => json!({ "not": logic(rule) }),
        Rule::In { question, codes } => json!({ "q": question, "in": codes }),
        Rule::Isnt { question, code } => json!({ "q": question, "isnt": code }),
        Rule::Number { question, comparison, with } => {
            json!({ "q": question, "is": sign(*comparison), "n": with })
        }
        Rule::Count { question, comparison, with } => {
            json!({ "q": question, "count": sign(*comparison), "n": with })
        }
        Rule::Answered { question } => json!({ "q": question, "answered": true }),
    }
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
    }
}

/// For other pages about sheets: the page of a collection that is no longer there for typing.
pub(super) fn only_open(held: &Held) -> Result<()> {
    let words = held.desk.app.keyin_words(held.desk.lang());
    if held.collection.state == Stands::Open {
        Ok(())
    } else {
        Err(Error::Stale(words.not_open.clone()))
    }
}
