//! A codebook as DDI Codebook 2.5, the form in which archives and programs for statistics exchange
//! what a data file holds: every column with its question and its codes, in every language.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::study::{Study, part, reach};
use crate::domain::text::{Lang, Text};
use crate::domain::variable::{NOT_ASKED, Part, SKIPPED, Value, Variable, WITHHELD};

type Pen = Writer<Vec<u8>>;
type Attributes<'a> = &'a [(&'a str, &'a str)];

/// The name of the schema.
const SPACE: &str = "ddi:codebook:2_5";

/// The codebook as XML.
///
/// # Errors
/// A sentence, when it cannot be written.
pub fn xml(study: &Study<'_>) -> Result<String, String> {
    let mut pen = Writer::new_with_indent(Vec::new(), b' ', 1);
    written(study, &mut pen).map_err(|error| format!("the codebook was not written: {error}"))?;
    String::from_utf8(pen.into_inner()).map_err(|error| error.to_string())
}

fn written(study: &Study<'_>, pen: &mut Pen) -> io::Result<()> {
    pen.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let lang = study.first().tag();
    within(pen, "codeBook", &[("xmlns", SPACE), ("version", "2.5"), ("xml:lang", lang)], |pen| {
        within(pen, "stdyDscr", &[], |pen| of_the_study(study, pen))?;
        if study.file.is_some() {
            within(pen, "fileDscr", &[("ID", "F1")], |pen| of_the_file(study, pen))?;
        }
        within(pen, "dataDscr", &[], |pen| {
            if study.file.is_some() {
                own_columns(study, pen)?;
            }
            for (number, one) in (1..).zip(&study.variables) {
                variable(study, pen, number, one)?;
            }
            let apart = apart(study);
            if !apart.is_empty() {
                let said = format!("In no column, because they are kept apart: {apart}.");
                text(pen, "notes", &[("xml:lang", "en")], &said)?;
            }
            Ok(())
        })
    })
}

/// The questions that no column holds.
fn apart(study: &Study<'_>) -> String {
    let held = |id: &str| study.variables.iter().any(|one| one.question == id);
    let all = study.instrument.all_questions();
    let apart = all.filter(|one| one.is_asked() && !held(&one.id) && one.inner().is_empty());
    apart.map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn of_the_study(study: &Study<'_>, pen: &mut Pen) -> io::Result<()> {
    let (first, instrument) = (study.first(), study.instrument);
    within(pen, "citation", &[], |pen| {
        within(pen, "titlStmt", &[], |pen| {
            text(pen, "titl", &[], &study.title(first))?;
            for lang in study.languages() {
                let title = instrument.title.get(*lang);
                text(pen, "parTitl", &[("xml:lang", lang.tag())], title)?;
            }
            let hash = instrument.hash();
            text(pen, "IDNo", &[("agency", "miradouro")], &format!("{} {hash}", instrument.slug))
        })?;
        if let Some(collection) = study.collection {
            let (asked, source) = (&collection.field.asked_by, &collection.field.source);
            within(pen, "rspStmt", &[], |pen| text(pen, "AuthEnty", &[], asked))?;
            if let Some(source) = source {
                within(pen, "prodStmt", &[], |pen| text(pen, "producer", &[], source))?;
            }
        }
        Ok(())
    })?;
    within(pen, "stdyInfo", &[], |pen| {
        if let Some(research) = &instrument.research {
            for (lang, words) in &research.constructs.0 {
                text(pen, "abstract", &[("xml:lang", lang.tag())], words)?;
            }
        }
        within(pen, "sumDscr", &[], |pen| {
            if let Some(collection) = study.collection {
                let days = [("start", collection.opened), ("end", collection.closed)];
                for (event, day) in days.into_iter().filter_map(|(e, day)| Some((e, day?))) {
                    let day = day.to_string();
                    text(pen, "collDate", &[("event", event), ("date", day.as_str())], &day)?;
                }
            }
            if let Some(diagnosis) = study.diagnosis {
                text(pen, "geogCover", &[], &diagnosis.name)?;
            }
            Ok(())
        })?;
        let research = instrument.research.as_ref();
        let said =
            research.map(|one| [("sources", &one.sources), ("not to be used for", &one.not_for)]);
        for (subject, said) in said.iter().flatten() {
            for (lang, words) in &said.0 {
                let about = [("subject", *subject), ("xml:lang", lang.tag())];
                text(pen, "notes", &about, words)?;
            }
        }
        Ok(())
    })?;
    if let Some(collection) = study.collection {
        let field = &collection.field;
        within(pen, "method", &[], |pen| {
            within(pen, "dataColl", &[], |pen| {
                let sampling = format!("{}. {}", field.sampling.code(), reach(field.sampling));
                text(pen, "sampProc", &[("xml:lang", "en")], &sampling)?;
                let how = format!(
                    "Origin: {}. In the room: {}. Recruited by: {}.",
                    field.origin.code(),
                    field.presence.code(),
                    field.recruited_by
                );
                text(pen, "collSitu", &[("xml:lang", "en")], &how)
            })
        })?;
    }
    if let Some(mark) = study.mark() {
        within(pen, "dataAccs", &[], |pen| {
            within(pen, "useStmt", &[], |pen| {
                text(pen, "restrctn", &[("xml:lang", "en")], &mark)?;
                let conditions = "Only for the purpose it was asked for; nobody may try to find out \
                                  who somebody is.";
                text(pen, "conditions", &[("xml:lang", "en")], conditions)
            })
        })?;
    }
    Ok(())
}

fn of_the_file(study: &Study<'_>, pen: &mut Pen) -> io::Result<()> {
    let Some(file) = study.file else { return Ok(()) };
    let (rows, columns) = (file.rows.len(), study.variables.len() + 2);
    within(pen, "fileTxt", &[], |pen| {
        text(pen, "fileName", &[], "answers.csv")?;
        within(pen, "dimensns", &[], |pen| {
            text(pen, "caseQnty", &[], &rows.to_string())?;
            text(pen, "varQnty", &[], &columns.to_string())
        })?;
        text(pen, "fileType", &[], "CSV, UTF-8, with a heading line")
    })
}

/// The id of a row and the mark of the request.
fn own_columns(study: &Study<'_>, pen: &mut Pen) -> io::Result<()> {
    let terms = study.terms;
    for (name, label) in [("row_id", &terms.row_id), ("export_id", &terms.export_id)] {
        within(pen, "var", &[("ID", name), ("name", name), ("files", "F1")], |pen| {
            labels(study, pen, label)?;
            empty(pen, "varFormat", &[("type", "character")])
        })?;
    }
    Ok(())
}

fn variable(study: &Study<'_>, pen: &mut Pen, number: usize, one: &Variable) -> io::Result<()> {
    let id = format!("V{number}");
    let is_weight = one.part == Part::Weight;
    let mut about = vec![("ID", id.as_str()), ("name", one.name.as_str())];
    if is_weight {
        about.push(("wgt", "wgt"));
    }
    if study.file.is_some() {
        about.push(("files", "F1"));
    }
    about.push(("intrvl", if is_weight { "contin" } else { "discrete" }));
    within(pen, "var", &about, |pen| {
        labels(study, pen, &one.label)?;
        if !is_weight {
            within(pen, "qstn", &[("seqNo", one.question.as_str())], |pen| {
                let question = study.instrument.question(&one.question);
                for (lang, asked) in question.iter().flat_map(|one| each(study, &one.text)) {
                    text(pen, "qstnLit", &[("xml:lang", lang.tag())], asked)?;
                }
                Ok(())
            })?;
            missing_range(pen, one)?;
        }
        if let Some(when) = &one.asked_when {
            text(pen, "universe", &[("xml:lang", "en")], &format!("asked when {when}"))?;
        }
        for value in &one.values {
            category(study, pen, value)?;
        }
        empty(pen, "varFormat", &[("type", "numeric")])?;
        let same = one.same_as.as_ref().map(|same| format!("; asks the same as {same}"));
        let notes = format!(
            "question {}, meaning {}, {}{}",
            one.question,
            one.meaning,
            part(one.part),
            same.unwrap_or_default()
        );
        text(pen, "notes", &[("xml:lang", "en")], &notes)
    })
}

/// The numbers that are no answer.
fn missing_range(pen: &mut Pen, one: &Variable) -> io::Result<()> {
    if one.values.iter().all(|value| !value.is_missing) {
        return Ok(());
    }
    within(pen, "invalrng", &[], |pen| {
        for value in one.values.iter().filter(|value| value.is_missing) {
            empty(pen, "item", &[("VALUE", value.number.to_string().as_str())])?;
        }
        Ok(())
    })
}

fn category(study: &Study<'_>, pen: &mut Pen, value: &Value) -> io::Result<()> {
    let own = [SKIPPED, NOT_ASKED, WITHHELD].contains(&value.number);
    let kind = if own { "system" } else { "answer" };
    let missing = [("missing", "Y"), ("missType", kind)];
    let about: Attributes<'_> = if value.is_missing { &missing } else { &[("missing", "N")] };
    within(pen, "catgry", about, |pen| {
        text(pen, "catValu", &[], &value.number.to_string())?;
        labels(study, pen, &value.label)?;
        let score = value.score.map(|score| format!("; score {score}")).unwrap_or_default();
        text(pen, "txt", &[("xml:lang", "en")], &format!("code {}{score}", value.code))
    })
}

/// A label in every language of the instrument.
fn labels(study: &Study<'_>, pen: &mut Pen, label: &Text) -> io::Result<()> {
    for (lang, words) in each(study, label) {
        text(pen, "labl", &[("xml:lang", lang.tag())], words)?;
    }
    Ok(())
}

fn each<'t>(study: &'t Study<'_>, text: &'t Text) -> impl Iterator<Item = (Lang, &'t str)> {
    let said = study.languages().iter().map(|lang| (*lang, text.get_in(*lang)));
    said.filter(|(_, words)| !words.is_empty())
}

fn within(
    pen: &mut Pen,
    name: &str,
    attributes: Attributes<'_>,
    inside: impl FnOnce(&mut Pen) -> io::Result<()>,
) -> io::Result<()> {
    let element = pen.create_element(name).with_attributes(attributes.iter().copied());
    element.write_inner_content(inside).map(|_pen| ())
}

fn text(pen: &mut Pen, name: &str, attributes: Attributes<'_>, words: &str) -> io::Result<()> {
    let element = pen.create_element(name).with_attributes(attributes.iter().copied());
    element.write_text_content(BytesText::new(&allowed(words))).map(|_pen| ())
}

fn empty(pen: &mut Pen, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
    let element = pen.create_element(name).with_attributes(attributes.iter().copied());
    element.write_empty().map(|_pen| ())
}

/// Only what may stand in XML.
fn allowed(words: &str) -> String {
    let fits = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    words.replace(['\n', '\t', '\r'], " ").chars().filter(fits).collect()
}
