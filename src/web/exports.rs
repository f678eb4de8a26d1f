//! Data for research: codebooks for every member, and rows of answers, for which a coordinator asks
//! and to which a member of another organisation says yes or no.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::app::App;
use super::desk::{self, Act, Desk, StaffFrame, id};
use super::error::{Error, Result};
use super::members::{moment, names};
use super::participate::Pairs;
use super::research::{self, Reader};
use super::sheet::{Faults, Filled, Input, Sheet, Tick};
use super::sign_in::SignedIn;
use crate::domain::collection::{Collection, State as Stands};
use crate::domain::ids::{CollectionId, ExportId};
use crate::domain::instrument::Policy;
use crate::domain::people::May;
use crate::domain::row_export::{
    LONGEST_PURPOSE, NotSecond, Refusal, RowExport, Signature, Standing, refusals,
};
use crate::domain::variable::identifiers;
use crate::publish::study::file_names;
use crate::words::{ExportWords, fill};

/// The codebook of one version.
struct Book {
    title: String,
    address: String,
}

/// A request, in words.
struct View {
    title: String,
    tag: (&'static str, String),
    lines: Vec<String>,
    purpose: String,
    address: String,
    /// Whether this person may say yes or no.
    decides: bool,
    /// Whether this person may take it back.
    takes_back: bool,
    /// The names of the files this person may fetch now.
    files: Vec<String>,
}

#[derive(Template)]
#[template(path = "exports.html")]
struct ExportsPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a ExportWords,
    books: Vec<Book>,
    requests: Vec<View>,
    sees_rows: bool,
    ask: Option<String>,
}

/// `GET /d/{slug}/exports`: codebooks for every member, requests for the committee.
pub(super) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeePublished).await?;
    let words = desk.export_words();
    let sees_rows = desk.may(May::SeeCommittee);
    let page = ExportsPage {
        frame: desk.frame(&words.title),
        words,
        books: books(&desk).await?,
        requests: if sees_rows { views(&desk).await? } else { Vec::new() },
        sees_rows,
        ask: desk.may(May::Coordinate).then(|| desk.path("/exports/new")),
    };
    Ok(desk::show(StatusCode::OK, &page))
}

async fn books(desk: &Desk) -> Result<Vec<Book>> {
    let (app, of) = (&desk.app, desk.diagnosis.id);
    let mut books = Vec::new();
    for version in app.store.versions(of).await? {
        let title = app.instrument(of, &version.hash).await?.title.get(desk.lang()).to_owned();
        let with = [("title", title.as_str()), ("n", &version.number.to_string())];
        let address = desk.path(&format!("/codebooks/{}/{}", version.slug, version.number));
        books.push(Book { title: fill(&desk.export_words().version_n, &with), address });
    }
    Ok(books)
}

async fn views(desk: &Desk) -> Result<Vec<View>> {
    let (app, of) = (&desk.app, desk.diagnosis.id);
    let requests = app.store.row_exports(of).await?;
    let mut people = Vec::new();
    for request in &requests {
        people.push(request.asked.person);
        people.extend(request.decided.as_ref().map(|signed| signed.person));
    }
    let names = names(desk, people.into_iter()).await?;
    let affiliations = app.store.affiliations(of).await?;
    let said = |text: &str, signed: &Signature| {
        let name = names.get(&signed.person).map_or("", String::as_str);
        let time = moment(&desk.diagnosis, signed.at);
        let organisation = signed.organisation.as_str();
        fill(text, &[("name", name), ("organisation", organisation), ("time", &time)])
    };
    let (words, me, now) = (desk.export_words(), desk.person.id, app.clock.now());
    let mut views = Vec::with_capacity(requests.len());
    for request in requests.iter().rev() {
        let collection = app.store.collection(of, request.collection).await?;
        let instrument = app.instrument(of, &collection.instrument).await?;
        let (tag, decision) = standing(request.standing, words);
        let second = request.second(me, affiliations.get(&me));
        let waits = request.standing == Standing::Waiting;
        let asked = request.identifiers.iter().filter_map(|id| instrument.question(id));
        let asked: Vec<&str> = asked.map(|one| one.text.get(desk.lang())).collect();
        let asked =
            if asked.is_empty() { words.no_identifiers.clone() } else { asked.join(" · ") };
        let mut lines = vec![said(&words.asked, &request.asked)];
        lines.extend(request.decided.as_ref().map(|signed| said(decision, signed)));
        lines.push(format!("{}: {asked}", words.identifiers));
        if let Some(until) = request.until() {
            let until = fill(&words.until, &[("time", &moment(&desk.diagnosis, until))]);
            let is_over = request.until().is_some_and(|until| until <= now);
            lines.push(if is_over { words.over.clone() } else { until });
        }
        lines.extend(second.err().filter(|_| waits).map(|why| why_not(why, words).to_owned()));
        let files = if request.opens_for(me, now) && desk.may(May::Coordinate) {
            file_names(&instrument.languages)
        } else {
            Vec::new()
        };
        views.push(View {
            title: collection.title,
            tag,
            lines,
            purpose: request.purpose.clone(),
            address: desk.path(&format!("/exports/{}", request.id)),
            decides: waits && second.is_ok(),
            takes_back: waits && request.asked.person == me,
            files,
        });
    }
    Ok(views)
}

/// Where a request stands, and how its decision is said.
fn standing(standing: Standing, words: &ExportWords) -> ((&'static str, String), &str) {
    match standing {
        Standing::Waiting => (("wait", words.waiting.clone()), ""),
        Standing::Consented => (("open", words.consented.clone()), &words.agreed),
        Standing::Refused => (("", words.refused.clone()), &words.said_no),
        Standing::Withdrawn => (("", words.withdrawn.clone()), &words.took_back),
    }
}

/// Why somebody cannot say yes or no.
pub(super) fn why_not(why: NotSecond, words: &ExportWords) -> &str {
    match why {
        NotSecond::Asked => &words.why_asked,
        NotSecond::NoOrganisation => &words.why_no_organisation,
        NotSecond::SameOrganisation => &words.why_same,
        NotSecond::TooNew => &words.why_too_new,
    }
}

/// Why rows cannot be asked for: the field and a sentence.
fn refusal(why: &Refusal, words: &ExportWords) -> (&'static str, String) {
    match why {
        Refusal::NotAQuestionnaire => ("collection", words.not_a_questionnaire.clone()),
        Refusal::StillOpen => ("collection", words.still_open.clone()),
        Refusal::Late(day) => ("collection", fill(&words.late, &[("day", &day.to_string())])),
        Refusal::TooFew => ("collection", words.too_few.clone()),
        Refusal::TooManyIdentifiers => ("identifiers", words.too_many.clone()),
        Refusal::NotAnIdentifier(question) => {
            ("identifiers", fill(&words.not_an_identifier, &[("question", question)]))
        }
        Refusal::OtherIdentifiers(ids) => {
            let ids = if ids.is_empty() { words.no_identifiers.clone() } else { ids.join(", ") };
            ("identifiers", fill(&words.other_identifiers, &[("questions", &ids)]))
        }
    }
}

/// `GET /d/{slug}/exports/new`.
pub(super) async fn ask_page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let collections = questionnaires(&desk).await?;
    Ok(sheet(&desk, &collections, &Filled::default()).await?.show(Faults::default()))
}

/// `POST /d/{slug}/exports`: asks for rows.
pub(super) async fn ask(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let (filled, mut faults) = (Filled(pairs), Faults::default());
    let collections = questionnaires(&desk).await?;
    match read(&desk, &collections, &filled, &mut faults).await? {
        Some((request, title)) => {
            app.store.ask_rows(&request).await?;
            desk.log(Act::AskedRows, &title).await?;
            Ok(desk.go("/exports"))
        }
        None => Ok(sheet(&desk, &collections, &filled).await?.show(faults)),
    }
}

/// What was asked for, if nothing is wrong with it.
async fn read(
    desk: &Desk,
    collections: &[Collection],
    filled: &Filled,
    faults: &mut Faults,
) -> Result<Option<(RowExport, String)>> {
    let (app, of, words) = (&desk.app, desk.diagnosis.id, desk.export_words());
    let wanted: Option<CollectionId> = filled.first("collection").parse().ok();
    let collection = collections.iter().find(|one| Some(one.id) == wanted);
    let mut identifiers: Vec<String> =
        filled.all("identifiers").into_iter().map(str::to_owned).collect();
    identifiers.sort();
    identifiers.dedup();
    let purpose = filled.first("purpose");
    let affiliations = app.store.affiliations(of).await?;
    let own = affiliations.get(&desk.person.id);
    faults.when(collection.is_none(), "collection", &desk.words().choose_one);
    faults.when(purpose.is_empty(), "purpose", &words.purpose_needed);
    let most = fill(&words.purpose_long, &[("n", &LONGEST_PURPOSE.to_string())]);
    faults.when(purpose.chars().count() > LONGEST_PURPOSE, "purpose", &most);
    faults.when(own.is_none(), "", &words.own_needed);
    if let Some(collection) = collection {
        let instrument = app.instrument(of, &collection.instrument).await?;
        let received = app.store.received(of, collection.id).await?;
        let before = app.store.row_exports(of).await?;
        let today = app.today(&desk.diagnosis);
        for why in refusals(collection, &instrument, &identifiers, (received, &before, today)) {
            let (field, sentence) = refusal(&why, words);
            faults.add(field, &sentence);
        }
    }
    let (Some(collection), Some(own), true) = (collection, own, faults.is_empty()) else {
        return Ok(None);
    };
    let asked = Signature {
        person: desk.person.id,
        organisation: own.organisation.clone(),
        at: app.clock.now(),
    };
    let request = RowExport {
        id: ExportId::random(),
        diagnosis: of,
        collection: collection.id,
        identifiers,
        purpose: purpose.to_owned(),
        asked,
        standing: Standing::Waiting,
        decided: None,
    };
    Ok(Some((request, collection.title.clone())))
}

/// The questionnaires that were in the field and are closed; which of them have rows to give, the
/// rules say when one is chosen.
async fn questionnaires(desk: &Desk) -> Result<Vec<Collection>> {
    let mut all = desk.app.store.collections(desk.diagnosis.id).await?;
    all.retain(|one| one.state == Stands::Closed && one.field.policy == Policy::Rounded);
    Ok(all)
}

async fn sheet<'a>(
    desk: &'a Desk,
    collections: &[Collection],
    filled: &Filled,
) -> Result<Sheet<'a>> {
    let words = desk.export_words();
    let mut known: Vec<Tick> = Vec::new();
    for collection in collections {
        let instrument = desk.app.instrument(desk.diagnosis.id, &collection.instrument).await?;
        for question in identifiers(&instrument) {
            if !known.iter().any(|tick| tick.value == question.id) {
                known.push(Tick::new(&question.id, question.text.get(desk.lang()), ""));
            }
        }
    }
    let tick = |one: &Collection| {
        let closed = one.closed.map(|day| format!("{} {day}", desk.words().closed_on));
        Tick::new(&one.id.to_string(), &one.title, &closed.unwrap_or_default())
    };
    let ticks = collections.iter().map(tick).collect();
    let inputs = vec![
        Input::one("collection", &words.collection, ticks, filled),
        Input::many("identifiers", &words.identifiers, known, filled)
            .hinted(&words.identifiers_hint),
        Input::area("purpose", &words.purpose, 4, filled).hinted(&words.purpose_hint),
    ];
    let (frame, action) = (desk.frame(&words.ask), desk.path("/exports"));
    let sheet = Sheet::new(frame, action, &words.ask, inputs)
        .saying(&words.rows_intro)
        .saying(&words.what_goes);
    Ok(if collections.is_empty() { sheet.saying(&words.no_collection) } else { sheet })
}

/// A request of this diagnosis.
async fn request(desk: &Desk, written: &str) -> Result<RowExport> {
    let wanted: ExportId = id(written)?;
    let all = desk.app.store.row_exports(desk.diagnosis.id).await?;
    all.into_iter().find(|one| one.id == wanted).ok_or(Error::NotFound)
}

/// `POST /d/{slug}/exports/{export}`: yes or no of another organisation, or taken back.
pub(super) async fn decide(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, export)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let (request, words) = (request(&desk, &export).await?, desk.export_words());
    let (of, me) = (desk.diagnosis.id, desk.person.id);
    let affiliations = app.store.affiliations(of).await?;
    let own = affiliations.get(&me);
    let standing = Standing::from_code(Filled(pairs).first("standing"));
    let act = match standing {
        Some(Standing::Consented) => Act::ConsentedRows,
        Some(Standing::Refused) => Act::RefusedRows,
        Some(Standing::Withdrawn) => Act::WithdrewRows,
        Some(Standing::Waiting) | None => {
            return Err(Error::Bad(desk.words().choose_one.clone()));
        }
    };
    let standing = standing.unwrap_or(Standing::Refused);
    if standing == Standing::Withdrawn {
        if request.asked.person != me {
            return Err(Error::Forbidden);
        }
    } else {
        let second = request.second(me, own);
        second.map_err(|why| Error::Bad(why_not(why, words).to_owned()))?;
    }
    let organisation = own.map(|own| own.organisation.clone()).unwrap_or_default();
    let by = Signature { person: me, organisation, at: app.clock.now() };
    app.store.decide_rows(of, request.id, standing, &by).await.map_err(|e| desk.said(e))?;
    let title = app.store.collection(of, request.collection).await?.title;
    desk.log(act, &title).await?;
    Ok(desk.go("/exports"))
}

/// `GET /d/{slug}/exports/{export}/{file}`: for who asked, for a day after the yes; for everybody
/// else there is nothing here.
pub(super) async fn file(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, export, name)): Path<(String, String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    fetched(&desk, &export, &name).await
}

/// A file of a request, written down as fetched.
///
/// # Errors
/// `NotFound`, where this person may not fetch it now too.
pub(super) async fn fetched(desk: &Desk, export: &str, name: &str) -> Result<Response> {
    let request = request(desk, export).await?;
    if !request.opens_for(desk.person.id, desk.app.clock.now()) {
        return Err(Error::NotFound);
    }
    let (collection, files) = research::files(&desk.app, &desk.diagnosis, &request).await?;
    let response = research::pick(&files, name)?;
    desk.log(Act::FetchedRows, &collection.title).await?;
    Ok(response)
}

/// `GET /d/{slug}/codebooks/{instrument}/{file}`: `1.xml` or `1.csv`, for every member.
pub(super) async fn codebook(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, instrument, file)): Path<(String, String, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeePublished).await?;
    let (number, kind) = file.rsplit_once('.').ok_or(Error::NotFound)?;
    let versions = app.store.versions(desk.diagnosis.id).await?;
    let is = |number: &str, own: u32| number.parse() == Ok(own);
    let mut found = versions.iter().filter(|one| one.slug == instrument);
    let version = found.find(|one| is(number, one.number)).ok_or(Error::NotFound)?;
    let content = app.instrument(desk.diagnosis.id, &version.hash).await?;
    research::codebook(&app, &desk.diagnosis, &content, kind).await
}

/// `GET /d/{slug}/releases/{n}/{file}`: `tables.csv` or `tables.xlsx`.
pub(super) async fn tables(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, number, file)): Path<(String, i64, String)>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeePublished).await?;
    let kind = file.strip_prefix("tables.").ok_or(Error::NotFound)?;
    let reader = Reader { member: Some(desk.person.clone()), diagnosis: desk.diagnosis.clone() };
    let known = app.store.releases(desk.diagnosis.id).await?;
    let seen = reader.releases(&app).await?;
    let is = |release: &crate::store::StoredRelease| release.number == number;
    if known.iter().any(is) && !seen.iter().any(is) {
        return Err(Error::Forbidden);
    }
    let evidence = reader.evidence(&app, number).await?;
    research::tables(&app, evidence, kind, desk.lang()).await
}
