//! What stands in the column `type`.

/// A type of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type<'a> {
    /// Lines that belong together begin.
    Begin(Part),
    /// They end.
    End(Part),
    /// One choice of a list.
    One(From<'a>),
    /// Any choices of a list.
    Several(From<'a>),
    /// A list to be ranked.
    Rank(From<'a>),
    /// Free text.
    Text,
    /// A whole number.
    Whole,
    /// Any number.
    Decimal,
    /// A number on a slide.
    Range,
    /// Words without an answer.
    Note,
    /// A tick.
    Tick,
    /// A photo.
    Photo,
    /// A point on the map.
    Point,
    /// Something worked out.
    Calculation,
    /// Something nobody sees.
    Hidden,
    /// A setting in the wrong sheet.
    Setting(&'static str),
    /// A question that is not asked here, and why.
    Apart(&'static str),
    /// Nobody knows it.
    Unknown,
}

/// What belongs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A group.
    Group,
    /// A repeat.
    Repeat,
    /// A loop over a list, which no program recommends any more.
    Loop,
}

/// A list to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct From<'a> {
    /// Its name.
    pub(super) list: &'a str,
    /// Whether "other" comes after it, with room to say what.
    pub(super) or_other: bool,
}

const ONE: [&str; 6] = [
    "select_one",
    "select one",
    "select one from",
    "select1",
    "add select one prompt using",
    "select one using",
];
const SEVERAL: [&str; 7] = [
    "select_multiple",
    "select multiple",
    "select multiple from",
    "select all that apply",
    "select all that apply from",
    "add select multiple prompt using",
    "select multiple using",
];
const DEVICE: &str = "nothing is kept about the device, its owner or the moment";
const WHEN: &str = "dates and times are not asked: they can point to one person";
const MEDIA: &str = "answers are no sounds, films, files or bar codes";
const LINES: &str = "no lines or areas are drawn on a map; a place is a point";
const FILES: &str = "lists in other files are not read; put the choices into the form";

const PLAIN: [(&str, Type<'static>); 71] = [
    ("text", Type::Text),
    ("string", Type::Text),
    ("q string", Type::Text),
    ("add text prompt", Type::Text),
    ("integer", Type::Whole),
    ("int", Type::Whole),
    ("q int", Type::Whole),
    ("add integer prompt", Type::Whole),
    ("percentage", Type::Whole),
    ("decimal", Type::Decimal),
    ("q decimal", Type::Decimal),
    ("add decimal prompt", Type::Decimal),
    ("range", Type::Range),
    ("note", Type::Note),
    ("q note", Type::Note),
    ("add note prompt", Type::Note),
    ("acknowledge", Type::Tick),
    ("q acknowledge", Type::Tick),
    ("add acknowledge prompt", Type::Tick),
    ("trigger", Type::Tick),
    ("image", Type::Photo),
    ("photo", Type::Photo),
    ("q picture", Type::Photo),
    ("q image", Type::Photo),
    ("add image prompt", Type::Photo),
    ("add photo prompt", Type::Photo),
    ("geopoint", Type::Point),
    ("gps", Type::Point),
    ("location", Type::Point),
    ("q geopoint", Type::Point),
    ("q location", Type::Point),
    ("add location prompt", Type::Point),
    ("calculate", Type::Calculation),
    ("q calculate", Type::Calculation),
    ("add calculate prompt", Type::Calculation),
    ("hidden", Type::Hidden),
    ("set form title", Type::Setting("form_title")),
    ("form_title", Type::Setting("form_title")),
    ("set_form_title", Type::Setting("form_title")),
    ("set form id", Type::Setting("form_id")),
    ("form_id", Type::Setting("form_id")),
    ("set_form_id", Type::Setting("form_id")),
    ("date", Type::Apart(WHEN)),
    ("time", Type::Apart(WHEN)),
    ("datetime", Type::Apart(WHEN)),
    ("date time", Type::Apart(WHEN)),
    ("q date", Type::Apart(WHEN)),
    ("q date time", Type::Apart(WHEN)),
    ("q datetime", Type::Apart(WHEN)),
    ("add date prompt", Type::Apart(WHEN)),
    ("add date time prompt", Type::Apart(WHEN)),
    ("add datetime prompt", Type::Apart(WHEN)),
    ("audio", Type::Apart(MEDIA)),
    ("background-audio", Type::Apart(MEDIA)),
    ("video", Type::Apart(MEDIA)),
    ("file", Type::Apart(MEDIA)),
    ("barcode", Type::Apart(MEDIA)),
    ("q audio", Type::Apart(MEDIA)),
    ("q video", Type::Apart(MEDIA)),
    ("q barcode", Type::Apart(MEDIA)),
    ("add audio prompt", Type::Apart(MEDIA)),
    ("add video prompt", Type::Apart(MEDIA)),
    ("add file prompt", Type::Apart(MEDIA)),
    ("add barcode prompt", Type::Apart(MEDIA)),
    ("geotrace", Type::Apart(LINES)),
    ("geoshape", Type::Apart(LINES)),
    ("q geotrace", Type::Apart(LINES)),
    ("q geoshape", Type::Apart(LINES)),
    ("osm", Type::Apart(LINES)),
    ("xml-external", Type::Apart(FILES)),
    ("csv-external", Type::Apart(FILES)),
];

/// What a program notes by itself.
const NOTED: [&str; 19] = [
    "start",
    "end",
    "today",
    "deviceid",
    "device id",
    "imei",
    "subscriberid",
    "simserial",
    "sim id",
    "phonenumber",
    "phone number",
    "username",
    "email",
    "audit",
    "start time",
    "end time",
    "start-geopoint",
    "background-geopoint",
    "number of days",
];

/// Reads a type.
pub(super) fn read(cell: &str) -> Type<'_> {
    let cell = cell.trim();
    let small = cell.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if let Some(part) = small.strip_prefix("begin").and_then(part) {
        return Type::Begin(part);
    }
    if let Some(part) = small.strip_prefix("end").and_then(part) {
        return Type::End(part);
    }
    if small.contains("_from_file") || small.contains(" from file") {
        return Type::Apart(FILES);
    }
    if small.starts_with("select_one_external") {
        return Type::Apart("the sheet external_choices is not read; put the choices into choices");
    }
    if small.starts_with("cascading") {
        return Type::Apart("cascades are written with choice_filter today");
    }
    // The longest first: "select one from x" chooses from x, not from "from".
    let longest = |words: &[&str]| {
        let found = words.iter().filter_map(|word| Some((word.len(), from(cell, word)?)));
        found.max_by_key(|(length, _)| *length).map(|(_, from)| from)
    };
    if let Some(from) = longest(&ONE) {
        return Type::One(from);
    }
    if let Some(from) = longest(&SEVERAL) {
        return Type::Several(from);
    }
    if let Some(from) = from(cell, "rank") {
        return Type::Rank(from);
    }
    if let Some((_, known)) = PLAIN.iter().find(|(word, _)| *word == small) {
        return *known;
    }
    let noted = small.trim_start_matches("get ").trim_start_matches("uri:");
    if NOTED.iter().any(|known| *known == noted || known.len() > 10 && noted.starts_with(known)) {
        return Type::Apart(DEVICE);
    }
    if small.starts_with("osm ") { Type::Apart(LINES) } else { Type::Unknown }
}

fn part(rest: &str) -> Option<Part> {
    let rest = rest.strip_prefix([' ', '_'])?;
    Some(match rest.split(' ').next()? {
        "group" => Part::Group,
        "repeat" | "lgroup" | "looped" => Part::Repeat,
        "loop" => Part::Loop,
        _ => return None,
    })
}

/// The list after a word, with or without an "other".
fn from<'a>(cell: &'a str, word: &str) -> Option<From<'a>> {
    let begin = cell.get(..word.len())?;
    let rest = cell.get(word.len()..).filter(|rest| rest.starts_with(char::is_whitespace))?;
    if !begin.eq_ignore_ascii_case(word) {
        return None;
    }
    let mut words = rest.split_whitespace();
    let list = words.next()?;
    let rest = words.collect::<Vec<_>>().join(" ").to_lowercase();
    let or_other = matches!(rest.as_str(), "or_other" | "or other" | "or specify other");
    (or_other || rest.is_empty()).then_some(From { list, or_other })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_in_many_ways() {
        let from = |list, or_other| From { list, or_other };
        for (cell, kind) in [
            ("select_one yn", Type::One(from("yn", false))),
            ("Select one from  Yn ", Type::One(from("Yn", false))),
            (
                "select all that apply from fruits or specify other",
                Type::Several(from("fruits", true)),
            ),
            ("select_multiple f or_other", Type::Several(from("f", true))),
            ("rank f", Type::Rank(from("f", false))),
            ("begin group", Type::Begin(Part::Group)),
            ("end_repeat", Type::End(Part::Repeat)),
            ("begin loop over list", Type::Begin(Part::Loop)),
            ("end", Type::Apart(DEVICE)),
            ("get device id", Type::Apart(DEVICE)),
            ("number of days in last month", Type::Apart(DEVICE)),
            ("select_one_from_file a.csv", Type::Apart(FILES)),
            ("dateTime", Type::Apart(WHEN)),
            ("photo", Type::Photo),
            ("select_one", Type::Unknown),
            ("wish", Type::Unknown),
        ] {
            assert_eq!(read(cell), kind, "{cell}");
        }
    }
}
