//! Codebooks, tables for programs, and rows for research: what goes out, to whom, and that R, PSPP
//! and spreadsheets read it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use calamine::{Data, Reader, Xlsx};
use miradouro::domain::collection::Collection;
use miradouro::domain::diagnosis::Diagnosis;
use miradouro::domain::ids::{DiagnosisId, PersonId};
use miradouro::domain::instrument::Instrument;
use miradouro::domain::people::{Person, Role};
use miradouro::domain::question::Measure;
use miradouro::domain::row_export::{RowExport, Standing};
use miradouro::domain::text::Lang;
use miradouro::domain::variable::{Names, about_people};
use miradouro::instruments::{Shelf, check};
use miradouro::job::rows::trace;
use miradouro::publish::ddi;
use miradouro::publish::study::{Study, Terms, codebook_csv};
use miradouro::store::{Store, Token};
use miradouro::web::app::{App, BaseUrl, Clock};
use miradouro::web::router;
use serde_json::Value;
use uuid::Uuid;

use crate::cli::{code, run, said};
use crate::house::{Folder, House, NOW, Page, on_both};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Somebody signed in for two days: who, and the cookie.
async fn somebody(house: &House, of: DiagnosisId, role: Role) -> (PersonId, String) {
    let person = Person {
        id: PersonId::random(),
        name: role.code().to_owned(),
        lang: Lang::En,
        host: false,
        roles: vec![(of, role)],
    };
    let sign_in = Uuid::new_v4().simple().to_string();
    house.store.add_person(&person, &sign_in, None).await.unwrap();
    let token = Token::random();
    house.store.sign_in(&token, person.id, NOW, NOW + 2 * DAY).await.unwrap();
    (person.id, format!("miradouro={}", token.letters()))
}

/// A closed questionnaire with answers, long enough ago.
async fn closed(house: &House, people: usize) -> (Diagnosis, Collection) {
    let (diagnosis, wave) = house.diagnosis().await;
    let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
    house.answered(&door, people).await;
    let day = "2026-10-01".parse().unwrap();
    house.store.close_collection(diagnosis.id, collection.id, day, false).await.unwrap();
    let collection = house.store.collection(diagnosis.id, collection.id).await.unwrap();
    (diagnosis, collection)
}

/// A request that a member of another organisation agreed to, with the cookie of who asked.
async fn agreed(
    house: &House,
    diagnosis: &Diagnosis,
    of: &Collection,
    identifiers: &[&str],
) -> (RowExport, String) {
    let (asks, cookie) = somebody(house, diagnosis.id, Role::Coordinator).await;
    let (second, other) = somebody(house, diagnosis.id, Role::Member).await;
    house.store.affiliate(diagnosis.id, asks, "House", NOW).await.unwrap();
    house.store.affiliate(diagnosis.id, second, "University", NOW).await.unwrap();
    let at = format!("/d/{}/exports", diagnosis.slug);
    let id = of.id.to_string();
    let mut fields = vec![("collection", id.as_str()), ("purpose", "a study of =streets")];
    fields.extend(identifiers.iter().map(|id| ("identifiers", *id)));
    let page = house.post_as(&cookie, &at, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let own = async || {
        let all = house.store.row_exports(diagnosis.id).await.unwrap();
        all.into_iter().find(|one| one.asked.person == asks).unwrap()
    };
    let decide = format!("{at}/{}", own().await.id);
    let page = house.post_as(&other, &decide, &[("standing", "consented")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let request = own().await;
    assert_eq!(request.standing, Standing::Consented);
    (request, cookie)
}

async fn fetched(house: &House, slug: &str, of: &RowExport, cookie: &str, file: &str) -> String {
    let page = house.get_as(cookie, &format!("/d/{slug}/exports/{}/{file}", of.id)).await;
    assert_eq!(page.status, StatusCode::OK, "{file}");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let named = format!("attachment; filename=\"{file}\"");
    assert_eq!(page.headers[header::CONTENT_DISPOSITION], named.as_str());
    page.body
}

/// A CSV as rows of named cells.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        head.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn rows_need_two_people_of_two_organisations() {
    on_both(async |house| {
        let (diagnosis, collection) = closed(&house, 60).await;
        let (of, slug) = (diagnosis.id, &diagnosis.slug);
        let (asks, asking) = somebody(&house, of, Role::Coordinator).await;
        let (colleague, near) = somebody(&house, of, Role::Coordinator).await;
        let (second, other) = somebody(&house, of, Role::Member).await;
        let (_, police) = somebody(&house, of, Role::PoliceMember).await;
        let at = format!("/d/{slug}/exports");
        let id = collection.id.to_string();
        let ask = async |fields: &[(&str, &str)]| house.post_as(&asking, &at, fields).await;
        let whole = [("collection", id.as_str()), ("purpose", "a study"), ("identifiers", "d_age")];
        let without = ask(&whole).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.body.contains("for which organisation you speak"), "{}", without.body);
        assert!(without.body.contains("a study"), "what was written is kept");
        let named = |who: PersonId| format!("/d/{slug}/members/{who}/organisation");
        for (who, name) in [(asks, "The House"), (colleague, "the  house")] {
            let page = house.post_as(&asking, &named(who), &[("organisation", name)]).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER);
        }
        let long = "x".repeat(81);
        let page = house.post_as(&asking, &named(second), &[("organisation", &long)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let three =
            [&whole[..], &[("identifiers", "d_gender"), ("identifiers", "d_zone")]].concat();
        let three = ask(&three).await;
        assert!(three.body.contains("Choose at most two identifiers."), "H-14");
        let odd =
            ask(&[("collection", &id), ("identifiers", "v1"), ("identifiers", "' or 1")]).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(odd.body.contains("v1 cannot be an identifier"), "and everything at once:");
        assert!(odd.body.contains("Write what the rows are for."));
        let none = ask(&[("collection", "nonsense"), ("purpose", "x")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(ask(&whole).await.status, StatusCode::SEE_OTHER);

        let request = house.store.row_exports(of).await.unwrap().pop().unwrap();
        let one = format!("{at}/{}", request.id);
        let yes =
            async |cookie: &str| house.post_as(cookie, &one, &[("standing", "consented")]).await;
        let refused = async |cookie: &str, why: &str| {
            let page = yes(cookie).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.body.contains(why), "{why}");
        };
        refused(&asking, "You asked yourself").await;
        refused(&near, "the same organisation").await;
        refused(&other, "is not written down").await;
        house.store.affiliate(of, second, "University", NOW + 1).await.unwrap();
        refused(&other, "after the request").await;
        assert_eq!(yes(&police).await.status, StatusCode::FORBIDDEN);
        let file = format!("{one}/answers.csv");
        assert_eq!(house.get_as(&asking, &file).await.status, StatusCode::NOT_FOUND, "not yet");
        house.store.affiliate(of, second, "", NOW).await.unwrap();
        house.store.affiliate(of, second, "University", NOW).await.unwrap();
        assert!(house.get_as(&other, &at).await.body.contains("value=\"consented\""));
        assert!(!house.get_as(&asking, &at).await.body.contains("value=\"consented\""));
        assert_eq!(yes(&other).await.status, StatusCode::SEE_OTHER);
        assert_eq!(yes(&other).await.status, StatusCode::CONFLICT, "once");

        let page = house.get_as(&asking, &at).await;
        for name in ["rows.zip", "answers.csv", "codebook.xml", "read.R", "read-nl.sps"] {
            assert!(page.body.contains(&format!("/{name}\"")), "{name}");
            fetched(&house, slug, &request, &asking, name).await;
        }
        assert!(!house.get_as(&other, &at).await.body.contains("rows.zip"));
        // B-06: without a session, from another account, after a day.
        assert_eq!(house.get(&file).await.location, "/sign-in");
        assert_eq!(house.get_as(&near, &file).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get_as(&other, &file).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            house.get_as(&asking, &format!("{one}/../../x")).await.status,
            StatusCode::NOT_FOUND
        );
        let later = async |now: i64| {
            let base = BaseUrl::new("http://127.0.0.1:8080").unwrap();
            let clock = Clock::Fixed(now);
            let app = App::new(house.store.clone(), Shelf::load(None), base, clock).unwrap();
            let knock = Request::get(&file).header(header::COOKIE, &asking);
            let knock = knock.body(Body::empty()).unwrap();
            tower::ServiceExt::oneshot(router(app), knock).await.unwrap().status()
        };
        assert_eq!(later(NOW + DAY - 1).await, StatusCode::OK);
        assert_eq!(later(NOW + DAY).await, StatusCode::NOT_FOUND);
        // C-13: whoever was removed.
        house.store.remove_member(of, asks).await.unwrap();
        assert_eq!(house.get_as(&asking, &file).await.status, StatusCode::NOT_FOUND);
        let log = house.store.audit(of).await.unwrap();
        let acts: Vec<&str> = log.iter().map(|entry| entry.act.as_str()).collect();
        assert_eq!(
            acts[..4],
            ["organisation_named", "organisation_named", "rows_asked", "rows_consented"]
        );
        assert!(acts[4..].iter().all(|act| *act == "rows_fetched") && acts.len() > 8);
    });
}

#[test]
fn nobody_stands_out_among_the_rows() {
    on_both(async |house| {
        let (diagnosis, collection) = closed(&house, 150).await;
        let instrument = house.store.published(diagnosis.id, &collection.instrument).await.unwrap();
        let ids = ["d_age", "d_zone"];
        let (first, cookie) = agreed(&house, &diagnosis, &collection, &ids).await;
        let slug = &diagnosis.slug;
        let text = fetched(&house, slug, &first, &cookie, "answers.csv").await;
        let again = fetched(&house, slug, &first, &cookie, "answers.csv").await;
        assert_eq!(text, again, "the same rows within a request");
        let rows = table(&text);
        let mut classes: BTreeMap<(String, String), usize> = BTreeMap::new();
        for row in &rows {
            *classes.entry((row["d_age"].clone(), row["d_zone"].clone())).or_default() += 1;
        }
        assert!(rows.len() >= 50 && rows.len() <= 150);
        assert!(classes.values().all(|n| *n >= 5), "{classes:?}");
        let hidden = about_people(&instrument);
        for id in hidden.iter().filter(|id| !ids.contains(&id.as_str())) {
            let is_column =
                rows[0].keys().any(|name| name == id || name.starts_with(&format!("{id}_")));
            assert!(!is_column, "{id} tells who somebody is");
        }
        let texts = house.store.free_texts(diagnosis.id, collection.id).await.unwrap();
        assert!(!texts.is_empty() && texts.iter().all(|one| !text.contains(&one.raw)));
        let book = table(&fetched(&house, slug, &first, &cookie, "codebook.csv").await);
        let known: BTreeSet<(&str, &str)> =
            book.iter().map(|row| (row["column"].as_str(), row["number"].as_str())).collect();
        for row in &rows {
            for (name, cell) in row.iter().filter(|(name, _)| !name.ends_with("_id")) {
                assert!(known.contains(&(name.as_str(), cell.as_str())), "{name} {cell}");
            }
        }
        // A sensitive scale has three answers at most, whatever the form had.
        for question in instrument.questions().filter(|one| one.sensitive && one.fold.is_some()) {
            let of = book.iter().filter(|row| row["question"] == question.id);
            let valid = of.filter(|row| row["missing"] == "false").count();
            assert!(question.measure() == Measure::Several || valid <= 3, "{}", question.id);
        }
        let ids_of = |rows: &[BTreeMap<String, String>]| -> BTreeSet<String> {
            rows.iter().map(|row| row["row_id"].clone()).collect()
        };
        assert_eq!(ids_of(&rows).len(), rows.len());
        let (next, cookie) = agreed(&house, &diagnosis, &collection, &ids).await;
        let other = table(&fetched(&house, slug, &next, &cookie, "answers.csv").await);
        assert!(ids_of(&rows).is_disjoint(&ids_of(&other)), "new ids each time");
        let cells = |row: &BTreeMap<String, String>| -> Vec<String> {
            row.iter()
                .filter(|(name, _)| !name.ends_with("_id"))
                .map(|(_, cell)| cell.clone())
                .collect()
        };
        let (a, b): (Vec<_>, Vec<_>) =
            (rows.iter().map(cells).collect(), other.iter().map(cells).collect());
        assert_ne!(a, b, "and another order");
        let sorted = |mut all: Vec<Vec<String>>| {
            all.sort();
            all
        };
        assert_eq!(sorted(a), sorted(b), "of the same rows");
        let of = async |row: &str| {
            trace(&house.store, diagnosis.id, row).await.unwrap().map(|one| one.id)
        };
        assert_eq!(of(&rows[3]["row_id"]).await, Some(first.id), "a leaked row says whence");
        assert_eq!(of(&other[0]["row_id"]).await, Some(next.id));
        assert_eq!(of("r0").await, None);
        assert!(rows.iter().all(|row| row["export_id"] == rows[0]["export_id"]));
        // With other identifiers the two files could be laid side by side.
        let (asks, cookie) = somebody(&house, diagnosis.id, Role::Coordinator).await;
        house.store.affiliate(diagnosis.id, asks, "House", NOW).await.unwrap();
        let id = collection.id.to_string();
        let fields = [("collection", id.as_str()), ("purpose", "x"), ("identifiers", "d_gender")];
        let page = house.post_as(&cookie, &format!("/d/{slug}/exports"), &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("laid side by side"));
    });
}

#[test]
fn rows_wait_for_enough_people_and_for_late_sheets() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (few, door) = house.collection(&diagnosis, &wave, "pulse2").await;
        house.answered(&door, 29).await;
        let today = "2026-11-20".parse().unwrap();
        house.store.close_collection(diagnosis.id, few.id, today, false).await.unwrap();
        let (asks, cookie) = somebody(&house, diagnosis.id, Role::Coordinator).await;
        house.store.affiliate(diagnosis.id, asks, "House", NOW).await.unwrap();
        let id = few.id.to_string();
        let at = format!("/d/{}/exports", diagnosis.slug);
        let page = house.post_as(&cookie, &at, &[("collection", &id), ("purpose", "x")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Fewer than 30 people answered"));
        assert!(page.body.contains("until 2026-12-20"), "{}", page.body);
        assert!(house.store.row_exports(diagnosis.id).await.unwrap().is_empty());
    });
}

/// Writes the files of a request into a folder.
async fn laid(house: &House, slug: &str, of: &RowExport, cookie: &str) -> Folder {
    let folder = Folder::fresh();
    let bytes = house.bytes_as(cookie, &format!("/d/{slug}/exports/{}/rows.zip", of.id)).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        std::fs::write(folder.0.join(name), text).unwrap();
    }
    folder
}

/// A program of the machine, run in a folder; nothing, where it is not here.
fn program(name: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    if let Ok(output) =
        Command::new(name).args(arguments).current_dir(folder).env("LC_ALL", "C").output()
    {
        Some(output)
    } else {
        println!("skipped: {name} is not here, so no file was read by it");
        None
    }
}

#[test]
fn r_and_pspp_read_the_rows() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let house = House::sqlite().await;
        let (diagnosis, collection) = closed(&house, 120).await;
        let (request, cookie) = agreed(&house, &diagnosis, &collection, &["d_age"]).await;
        let folder = laid(&house, &diagnosis.slug, &request, &cookie).await;
        let rows = table(&std::fs::read_to_string(folder.0.join("answers.csv")).unwrap());
        let count = |name: &str, number: &str| rows.iter().filter(|row| row[name] == number).count();
        let valid = rows.iter().filter(|row| !row["a1"].starts_with('-')).count();

        let lines = format!(
            "lang_was <- lang; source('read.R')\n\
             stopifnot(nrow(d) == {n}, ncol(d) == {columns}, is.ordered(d$a1), !is.ordered(d$d_age))\n\
             stopifnot(sum(!is.na(d$a1)) == {valid}, sum(as.integer(d$a1) == 1, na.rm = TRUE) == {one})\n\
             cat('label:', attr(d$a1, 'label'), '\\n'); cat('levels:', levels(d$a1)[1], '\\n')\n\
             if (exists('design')) {{\n\
               stopifnot(inherits(design, 'survey.design'))\n\
               m <- survey::svymean(~a1, design, na.rm = TRUE)\n\
               cat('share:', format(coef(m)[[1]], digits = 12), '\\n')\n\
             }} else cat('no survey\\n')\n",
            n = rows.len(),
            columns = rows[0].len(),
            one = count("a1", "1"),
        );
        let lines = lines.replace("lang_was <- lang; ", "");
        std::fs::write(folder.0.join("try.R"), lines).unwrap();
        if let Some(output) = program("Rscript", &["--vanilla", "try.R"], &folder.0) {
            let text = said(&output);
            assert!(output.status.success(), "{text}");
            assert!(text.contains("label: How safe") || text.contains("label: "), "{text}");
            let share = text.lines().find_map(|line| line.strip_prefix("share: "));
            #[expect(clippy::cast_precision_loss, reason = "a few people")]
            let ours = count("a1", "1") as f64 / valid as f64;
            match share {
                Some(share) => {
                    let theirs: f64 = share.trim().parse().unwrap();
                    assert!((theirs - ours).abs() < 1e-9, "{theirs} {ours}");
                }
                None => println!("skipped: R is here without the package survey"),
            }
        }
        for lang in ["en", "nl", "ar"] {
            let syntax = format!("read-{lang}.sps");
            let Ok(text) = std::fs::read_to_string(folder.0.join(&syntax)) else { continue };
            let asked = "FREQUENCIES a1.\nDISPLAY DICTIONARY /VARIABLES=a1 d_age.\n";
            std::fs::write(folder.0.join("try.sps"), format!("{text}{asked}")).unwrap();
            let Some(output) = program("pspp", &["-O", "format=csv", "try.sps"], &folder.0) else {
                break;
            };
            let printed = said(&output);
            assert!(output.status.success(), "{printed}");
            assert!(!printed.contains("error:") && !printed.contains("warning:"), "{printed}");
            let n = format!("{},{},", count("a1", "1"), "");
            assert!(printed.contains(&n[..n.len() - 2]), "{printed}");
            let instrument = Shelf::load(None).instrument("resident_safety").unwrap().clone();
            let lang: Lang = lang.parse().unwrap();
            let first = instrument.question("a1").unwrap().choices()[0].text.get(lang).to_owned();
            assert!(printed.contains(&first), "{first} in {printed}");
        }
    });
}

/// Every instrument there is, that of every kind too.
fn instruments() -> Vec<Instrument> {
    let every = include_str!("../surveys/every_kind.toml");
    let every = check("every_kind.toml", every, None).0.unwrap();
    Shelf::load(None).instruments().iter().cloned().chain([every]).collect()
}

/// Where the schema lies: `DDI_SCHEMA`, or beside the checkout.
fn schema() -> Option<PathBuf> {
    let beside =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas/ddi-2.5/codebook.xsd");
    let named = std::env::var_os("DDI_SCHEMA").map(PathBuf::from);
    named.into_iter().chain([beside]).find(|path| path.exists())
}

#[test]
fn every_codebook_is_ddi_in_every_language() {
    let folder = Folder::fresh();
    let terms = Terms::new().unwrap();
    let zones = vec![("n".to_owned(), "<North> & \"co\"\u{1}".to_owned())];
    let names = Names { zones, places: Vec::new() };
    let mut written = Vec::new();
    for instrument in instruments() {
        let study = Study::new(None, None, &instrument, &names, &terms);
        let xml = ddi(&study).unwrap();
        let path = folder.0.join(format!("{}.xml", instrument.slug));
        std::fs::write(&path, &xml).unwrap();
        written.push(path.display().to_string());
        structure(&xml, &study);
        let rows = table(&codebook_csv(&study));
        let columns: BTreeSet<&str> = rows.iter().map(|row| row["column"].as_str()).collect();
        assert_eq!(columns.len(), study.variables.len(), "{}", instrument.slug);
        for question in instrument.questions().filter(|one| one.is_kept() && one.inner().is_empty())
        {
            let is_counts = question.kind.code() == "counts";
            assert!(
                is_counts || rows.iter().any(|row| row["question"] == question.id),
                "{}",
                question.id
            );
        }
    }
    let Some(schema) = schema() else {
        println!("skipped: the schema of DDI Codebook 2.5 is not here (DDI_SCHEMA=codebook.xsd)");
        return;
    };
    let schema = schema.display().to_string();
    let mut arguments = vec!["--noout", "--nonet", "--schema", schema.as_str()];
    arguments.extend(written.iter().map(String::as_str));
    if let Some(output) = program("xmllint", &arguments, &folder.0) {
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// What the schema asks of the parts we write, for machines without it: names in their order, a name
/// for each variable, ids once, a label in each language for each category.
fn structure(xml: &str, study: &Study<'_>) {
    use quick_xml::events::Event;
    let order = ["labl", "qstn", "invalrng", "universe", "catgry", "varFormat", "notes"];
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut open, mut ids, mut last, mut labels) = (Vec::<String>::new(), BTreeSet::new(), 0, 0);
    let mut variables = 0;
    loop {
        let event = reader.read_event().unwrap();
        #[expect(clippy::wildcard_enum_match_arm, reason = "it is not our enum, and it grows")]
        let (start, is_empty) = match &event {
            Event::Start(start) => (Some(start), false),
            Event::Empty(start) => (Some(start), true),
            Event::Eof => break,
            _ => (None, false),
        };
        if let Some(start) = start {
            let name = start.name().0.to_owned();
            let of = |key: &str| {
                let found = start.attributes().map(Result::unwrap).find(|one| one.key.0 == key);
                found.map(|one| one.value.into_owned())
            };
            if let Some(id) = of("ID") {
                assert!(ids.insert(id.clone()), "{id} twice");
            }
            if name == "var" {
                (last, variables) = (0, variables + 1);
                assert!(!of("name").unwrap().is_empty());
            }
            if open.last().is_some_and(|outer| outer == "var") {
                let at = order
                    .iter()
                    .position(|known| *known == name)
                    .unwrap_or_else(|| panic!("{name}"));
                assert!(at >= last, "{name} comes too late");
                last = at;
            }
            if name == "catgry" {
                labels = 0;
            }
            if name == "labl" && open.last().is_some_and(|outer| outer == "catgry") {
                labels += 1;
                assert!(of("xml:lang").is_some());
            }
            if !is_empty {
                open.push(name);
            }
        } else if let Event::End(end) = &event {
            assert_eq!(open.pop().unwrap(), end.name().0);
            if end.name().0 == "catgry" {
                assert_eq!(labels, study.languages().len(), "a label in every language");
            }
        }
    }
    assert!(open.is_empty());
    assert_eq!(variables, study.variables.len());
}

#[test]
fn a_codebook_of_rows_is_ddi_too() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let house = House::sqlite().await;
        let (diagnosis, collection) = closed(&house, 60).await;
        let (request, cookie) = agreed(&house, &diagnosis, &collection, &[]).await;
        let folder = laid(&house, &diagnosis.slug, &request, &cookie).await;
        let xml = std::fs::read_to_string(folder.0.join("codebook.xml")).unwrap();
        assert!(xml.contains("<caseQnty>60</caseQnty>") && xml.contains(&request.id.to_string()));
        let about = std::fs::read_to_string(folder.0.join("about.txt")).unwrap();
        assert!(about.contains("asked by House, agreed by University"), "{about}");
        if let Some(schema) = schema() {
            let schema = schema.display().to_string();
            let arguments = ["--noout", "--nonet", "--schema", &schema, "codebook.xml"];
            if let Some(output) = program("xmllint", &arguments, &folder.0) {
                assert!(output.status.success(), "{}", said(&output));
            }
        }
    });
}

/// A released diagnosis: the second release is the committee's.
async fn released(house: &House) -> (Diagnosis, Collection) {
    let (diagnosis, wave) = house.diagnosis().await;
    let (collection, door) = house.collection(&diagnosis, &wave, "resident_safety").await;
    for public in [true, false] {
        house.answered(&door, 60).await;
        house.released(&diagnosis, public).await;
    }
    (diagnosis, collection)
}

#[test]
fn a_workbook_holds_words_and_numbers_only() {
    on_both(async |house| {
        let (diagnosis, wave) = house.diagnosis().await;
        let (mut collection, _) = house.collection(&diagnosis, &wave, "resident_safety").await;
        let title = "=HYPERLINK(\"http://x\")\n../../x\r\nSet-Cookie: a=b";
        collection.title = title.to_owned();
        collection.id = miradouro::domain::ids::CollectionId::random();
        let code: String = Uuid::new_v4().simple().to_string().chars().take(8).collect();
        let mode = miradouro::domain::collection::Mode::Own;
        let door =
            miradouro::domain::collection::Door::new(&code, collection.id, diagnosis.id, mode);
        house.store.add_collection(&collection, std::slice::from_ref(&door)).await.unwrap();
        house.answered(&door, 60).await;
        house.released(&diagnosis, true).await;
        let (_, cookie) = somebody(&house, diagnosis.id, Role::Member).await;
        let at = format!("/d/{}/releases/1", diagnosis.slug);
        let csv = house.get_as(&cookie, &format!("{at}/tables.csv")).await;
        let rows = table(&csv.body);
        assert!(rows.iter().all(|row| row["collection_title"].starts_with("'=HYPERLINK")), "B-01");
        assert_eq!(
            csv.headers[header::CONTENT_DISPOSITION],
            "attachment; filename=\"release-1.csv\""
        );
        let chart = format!("{at}/{}/first", collection.id);
        let mut counts = Vec::new();
        for (path, is_all) in
            [(format!("{at}/tables.xlsx"), true), (format!("{chart}.xlsx"), false)]
        {
            let bytes = house.bytes_as(&cookie, &path).await;
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
            for at in 0..archive.len() {
                let mut file = archive.by_index(at).unwrap();
                let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
                file.read_to_string(&mut text).unwrap();
                assert!(!text.contains("<f>") && !text.contains("<f "), "B-02: {name}");
                assert!(!text.contains("hyperlink"), "B-04: {name}");
                assert!(!name.contains("external") && !name.contains(".."), "{name}");
            }
            let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
            let sheets = book.sheet_names();
            if is_all {
                assert!(sheets.len() > 3, "every chart's table beside it: {sheets:?}");
                let long = book.worksheet_range("all tables").unwrap();
                let head: Vec<String> =
                    long.rows().next().unwrap().iter().map(ToString::to_string).collect();
                let column = head.iter().position(|name| name == "count").unwrap();
                counts = long.rows().skip(1).map(|row| row[column].clone()).collect();
            } else {
                let only = book.worksheet_range(&sheets[0]).unwrap();
                assert!(
                    only.rows().flatten().all(|cell| matches!(cell, Data::String(_) | Data::Empty))
                );
            }
        }
        let from_csv: Vec<String> = rows.iter().map(|row| row["count"].clone()).collect();
        let from_book: Vec<String> = counts.iter().map(ToString::to_string).collect();
        assert_eq!(from_csv, from_book, "the same numbers");
    });
}

async fn json(house: &House, cookie: &str, path: &str) -> (StatusCode, Value, Page) {
    let page = house.get_as(cookie, path).await;
    let value = serde_json::from_str(&page.body)
        .unwrap_or_else(|why| panic!("{path}: {why}: {}", page.body));
    (page.status, value, page)
}

/// The addresses of the description, and those of the router.
#[test]
fn the_description_and_the_routes_are_the_same() {
    const ROUTES: &str = include_str!("../../src/web/api/mod.rs");
    let described: Value =
        serde_json::from_str(include_str!("../../src/web/api/openapi.json")).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    let paths = described["paths"].as_object().unwrap();
    let described: BTreeSet<String> = paths.keys().cloned().collect();
    let routes = ROUTES.split(".route(\"").skip(1);
    let routes: BTreeSet<String> =
        routes.map(|rest| format!("/api/v1{}", rest.split('"').next().unwrap())).collect();
    assert_eq!(described, routes);
    for (path, methods) in paths {
        let methods: Vec<&String> = methods.as_object().unwrap().keys().collect();
        assert_eq!(methods, ["get"], "{path}: nothing is changed here");
    }
    assert!(!ROUTES.contains("post("));
}

/// Every reference in the description leads somewhere, and every parameter of a path is described.
#[test]
fn the_description_is_whole() {
    let text = include_str!("../../src/web/api/openapi.json");
    let described: Value = serde_json::from_str(text).unwrap();
    for reference in text.split("\"$ref\": \"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(described.pointer(pointer).is_some(), "{pointer}");
    }
    for (path, methods) in described["paths"].as_object().unwrap() {
        let given: Vec<String> = methods["get"]["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| Some(one["$ref"].as_str()?.rsplit('/').next()?.to_owned()))
            .collect();
        for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            assert!(given.iter().any(|one| one == name), "{path}: {name}");
        }
    }
}

#[test]
fn programs_read_what_pages_show_and_no_more() {
    on_both(async |house| {
        let (diagnosis, collection) = released(&house).await;
        let slug = &diagnosis.slug;
        let (_, member) = somebody(&house, diagnosis.id, Role::Member).await;
        let (_, police) = somebody(&house, diagnosis.id, Role::PoliceMember).await;
        let (elsewhere, _) = house.diagnosis().await;
        let (_, stranger) = somebody(&house, elsewhere.id, Role::Coordinator).await;
        let at = |rest: &str| format!("/api/v1/diagnoses/{slug}{rest}");
        for (cookie, numbers) in [("", 1), (&*stranger, 1), (&*police, 1), (&*member, 2)] {
            let (status, all, page) = json(&house, cookie, &at("/releases")).await;
            assert_eq!((status, all.as_array().unwrap().len()), (StatusCode::OK, numbers));
            assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
            assert!(!page.headers.contains_key("access-control-allow-origin"), "C-14");
            let (status, problem, page) = json(&house, cookie, &at("/releases/2")).await;
            let expected = if numbers == 2 { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(status, expected, "C-08");
            if status != StatusCode::OK {
                assert_eq!(page.headers[header::CONTENT_TYPE], "application/problem+json");
                assert_eq!(problem["status"], 404);
                let (_, unknown, _) = json(&house, cookie, &at("/releases/99")).await;
                assert_eq!(problem, unknown, "as if there were none");
            }
        }
        let (_, diagnoses, _) = json(&house, "", "/api/v1/diagnoses").await;
        let slugs: Vec<&str> =
            diagnoses.as_array().unwrap().iter().filter_map(|one| one["slug"].as_str()).collect();
        assert!(slugs.contains(&slug.as_str()) && !slugs.contains(&elsewhere.slug.as_str()));

        let (_, release, _) = json(&house, "", &at("/releases/1")).await;
        let tables = release["tables"].as_array().unwrap();
        assert!(tables.len() > 20);
        for one in tables.iter().take(8).chain(tables.iter().rev().take(4)) {
            let (status, table, _) = json(&house, "", one["path"].as_str().unwrap()).await;
            assert_eq!((status, &table["address"]["question"]), (StatusCode::OK, &one["question"]));
            assert_eq!(table["address"]["by"], one["by"]);
            let is_released = table["status"] == "released";
            assert_eq!(is_released, !table["groups"].as_array().unwrap().is_empty());
            for cell in table["groups"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|group| group["cells"].as_array().unwrap())
            {
                assert_eq!(cell["count"].as_u64().unwrap() % 5, 0, "rounded, as it was released");
            }
        }
        let (_, all, _) = json(&house, "", &at("/releases/1/tables")).await;
        assert_eq!(all.as_array().unwrap().len(), tables.len());
        let csv = house.get(&at("/releases/1/tables?format=csv&lang=nl")).await;
        let cells: usize = all
            .as_array()
            .unwrap()
            .iter()
            .map(|table| {
                let groups = table["groups"].as_array().unwrap();
                groups
                    .iter()
                    .map(|group| group["cells"].as_array().unwrap().len())
                    .sum::<usize>()
                    .max(1)
            })
            .sum();
        assert_eq!(table(&csv.body).len(), cells);
        let one = at(&format!("/releases/1/tables/{}/a1", collection.id));
        let csv = house.get(&format!("{one}?format=csv&by=d_age")).await;
        assert_eq!(csv.status, StatusCode::OK);
        assert!(table(&csv.body).iter().all(|row| row["question"] == "a1" && row["by"] == "d_age"));

        let (_, versions, _) = json(&house, "", &at("/instruments")).await;
        let book = versions[0]["codebook"].as_str().unwrap().to_owned();
        let (_, columns, _) = json(&house, "", &book).await;
        assert!(columns.as_array().unwrap().iter().any(|one| one["column"] == "a1"));
        let xml = house.get(&format!("{book}?format=ddi")).await;
        assert_eq!(xml.headers[header::CONTENT_TYPE], "application/xml; charset=utf-8");
        assert!(xml.body.contains("ddi:codebook:2_5"));
        assert!(table(&house.get(&format!("{book}?format=csv")).await.body).len() > 100);
        let public = house.get(&format!("/n/{slug}")).await;
        assert!(public.body.contains("/releases/1/tables?format=xlsx"), "{}", public.body);
        assert!(
            public
                .body
                .contains(&format!("{}?format=ddi", versions[0]["codebook"].as_str().unwrap()))
        );
    });
}

#[test]
fn what_is_wrong_is_a_problem_document() {
    on_both(async |house| {
        let (diagnosis, collection) = released(&house).await;
        let (slug, id) = (&diagnosis.slug, collection.id);
        let (_, member) = somebody(&house, diagnosis.id, Role::Member).await;
        let (_, police) = somebody(&house, diagnosis.id, Role::PoliceMember).await;
        let d = format!("/api/v1/diagnoses/{slug}");
        let tried = [
            ("", "/api/v1".to_owned(), 404),
            ("", "/api/v1/nothing".to_owned(), 404),
            ("", "/api/v1/diagnoses/nowhere".to_owned(), 404),
            ("", "/api/v1/diagnoses/%ff".to_owned(), 400),
            ("", "/api/v1/diagnoses?sort=token".to_owned(), 400),
            ("", format!("{d}/releases?filter[password_hash]=x"), 400),
            ("", format!("{d}/releases/one"), 404),
            ("", format!("{d}/releases/99999999999999999999"), 404),
            ("", format!("{d}/releases/1/tables?format=exe"), 400),
            ("", format!("{d}/releases/1/tables?lang=xx"), 400),
            ("", format!("{d}/releases/1/tables?lang=en&lang=nl"), 400),
            ("", format!("{d}/releases/1/tables/{id}/none"), 404),
            ("", format!("{d}/releases/1/tables/{id}/a1?by=a2"), 404),
            ("", format!("{d}/releases/1/tables/nonsense/a1"), 404),
            ("", format!("{d}/instruments/nonsense/codebook"), 404),
            ("", format!("{d}/row-exports"), 401),
            ("miradouro=nonsense", format!("{d}/row-exports"), 401),
            (&police, format!("{d}/row-exports"), 403),
            (&member, format!("{d}/row-exports/nonsense"), 404),
            (&member, format!("{d}/row-exports/nonsense/rows.zip"), 403),
        ];
        for (cookie, path, expected) in tried {
            let (status, problem, page) = json(&house, cookie, &path).await;
            assert_eq!(status.as_u16(), expected, "{path}");
            assert_eq!(page.headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
            assert_eq!(problem["status"], expected, "{path}");
            assert!(problem["detail"].as_str().unwrap().len() > 5, "{path}");
        }
        let page = house.post(&format!("{d}/releases"), &[]).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "C-04");
        assert_eq!(page.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(page.headers[header::ALLOW], "GET,HEAD");
    });
}

#[test]
fn programs_of_those_who_may_fetch_rows() {
    on_both(async |house| {
        let (diagnosis, collection) = closed(&house, 60).await;
        let (request, cookie) = agreed(&house, &diagnosis, &collection, &["d_gender"]).await;
        let at = format!("/api/v1/diagnoses/{}/row-exports", diagnosis.slug);
        let (_, all, _) = json(&house, &cookie, &at).await;
        assert_eq!(all[0]["id"], request.id.to_string());
        assert_eq!(all[0]["asked"]["organisation"], "House");
        let (_, one, _) = json(&house, &cookie, &format!("{at}/{}", request.id)).await;
        assert_eq!(one, all[0]);
        let files: Vec<&str> =
            one["files"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for file in &files {
            let page = house.get_as(&cookie, &format!("{at}/{}/{file}", request.id)).await;
            assert_eq!(page.status, StatusCode::OK, "{file}");
            assert_eq!(page.body, fetched(&house, &diagnosis.slug, &request, &cookie, file).await);
        }
        assert!(files.contains(&"read.R"));
        let (_, other) = somebody(&house, diagnosis.id, Role::Coordinator).await;
        let (_, theirs, _) = json(&house, &other, &at).await;
        assert!(theirs[0]["files"].as_array().unwrap().is_empty());
        let (status, _, _) = json(&house, &other, &format!("{at}/{}/rows.zip", request.id)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    });
}

/// A bound of what one test does with a store, so that the commands open it themselves.
fn with_store<T>(work: impl AsyncFnOnce(House) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async { work(House::sqlite().await).await })
}

#[test]
fn the_commands_write_the_same() {
    let (house, slug, request) = with_store(async |house| {
        let (diagnosis, collection) = closed(&house, 60).await;
        house.released(&diagnosis, true).await;
        let (request, _) = agreed(&house, &diagnosis, &collection, &["d_age"]).await;
        (house, diagnosis.slug, request)
    });
    let (out, data) = (Folder::fresh(), house.folder.0.display().to_string());
    let to = |name: &str| out.0.join(name).display().to_string();
    let with = |command: &str, rest: &[&str]| {
        run(&[&[command, "--data", &data, "--diagnosis", &slug], rest].concat())
    };
    for name in ["tables.csv", "tables.xlsx"] {
        let done = with("tables", &["--out", &to(name), "--lang", "nl"]);
        assert_eq!(code(&done), 0, "{}", said(&done));
        assert!(said(&done).contains("tables of release 1"));
    }
    assert!(table(&std::fs::read_to_string(to("tables.csv")).unwrap()).len() > 100);
    for (rest, why) in [
        (&["--out", "x.pdf"][..], "must end in .csv or .xlsx"),
        (&["--out", "x.csv", "--release", "9"], "could not open release 9"),
    ] {
        let refused = with("tables", rest);
        assert_eq!(code(&refused), 1);
        assert!(said(&refused).contains(why), "{}", said(&refused));
    }
    let done = with("codebook", &["resident_safety", "--out", &to("c.xml")]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let xml = std::fs::read_to_string(to("c.xml")).unwrap();
    assert!(xml.contains("QUAY") && xml.contains("xml:lang=\"ar\""));
    let shelf = run(&["codebook", "pulse2", "--out", &to("p.csv")]);
    assert_eq!(code(&shelf), 0, "{}", said(&shelf));
    for (rest, why) in [
        (&["resident_safety", "--version", "9", "--out", "x.xml"][..], "no such version"),
        (&["pulse2", "--out", "x.xml"], "no such version"),
    ] {
        let refused = with("codebook", rest);
        assert!(code(&refused) == 1 && said(&refused).contains(why), "{}", said(&refused));
    }
    let none = run(&["codebook", "nonsense", "--out", &to("n.xml")]);
    assert!(said(&none).contains("there is no instrument or file called nonsense"));
    let list = said(&with("rows", &["--list"]));
    assert!(
        list.contains(&request.id.to_string()) && list.contains("consented by University"),
        "{list}"
    );
    let id = request.id.to_string();
    // The clock of tests stands; for the command, the day after the yes may be over.
    let rows = with("rows", &["--export", &id, "--out", &to("rows")]);
    let is_over = said(&rows).contains("the 24 hours after the yes are over");
    assert!(code(&rows) == 0 || is_over, "{}", said(&rows));
    for (rest, why) in [
        (&["--export", "nonsense", "--out", "x"][..], "there is no request"),
        (&["--trace", "r00"], "no row that went out"),
    ] {
        let refused = with("rows", rest);
        assert!(code(&refused) == 1 && said(&refused).contains(why), "{}", said(&refused));
    }
    let openapi = run(&["openapi"]);
    let described: Value = serde_json::from_slice(&openapi.stdout).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
}

/// The contract's own words: a store that is not there is not made by reading.
#[test]
fn a_row_is_traced_by_the_command() {
    let (house, slug, row) = with_store(async |house| {
        let (diagnosis, collection) = closed(&house, 60).await;
        let (request, cookie) = agreed(&house, &diagnosis, &collection, &[]).await;
        let text = fetched(&house, &diagnosis.slug, &request, &cookie, "answers.csv").await;
        let store: &Store = &house.store;
        assert_eq!(store.row_exports(diagnosis.id).await.unwrap().len(), 1);
        (house, diagnosis.slug, table(&text)[7]["row_id"].clone())
    });
    let data = house.folder.0.display().to_string();
    let traced = run(&["rows", "--data", &data, "--diagnosis", &slug, "--trace", &row]);
    assert_eq!(code(&traced), 0, "{}", said(&traced));
    assert!(said(&traced).contains("consented by University"), "{}", said(&traced));
}
