//! A whole file: from TOML to an instrument, noting every fault on the way.
//!
//! Sections are read first, wherever they stand, because everything else names their questions.

use std::path::Path;

use toml::de::DeTable;

use super::kin::{self, Known};
use super::lint::{Fault, Notes};
use super::plan::Plans;
use super::question::{Asked, Context};
use super::roll::Roll;
use super::shared::{self, HEADING, Shared};
use super::table::{Placed, Table};
use super::{rule, suit};
use crate::domain::instrument::{
    Help, Instrument, Layout, Policy, Research, Section, Sensitivity, Sheet,
};
use crate::domain::question::Question;
use crate::domain::text::{Lang, Text};

/// The most characters of a title and of what is said before and after.
const TITLE: usize = 80;
const SPEECH: usize = 1000;
/// The most minutes anything should take: a sitting of three hours.
const MINUTES: u32 = 180;

/// The words a file has for its kind, its policy and its sensitivity.
pub(super) const SHEETS: [(&str, Sheet); 8] = [
    ("questionnaire", Sheet::Questionnaire),
    ("walk_sheet", Sheet::WalkSheet),
    ("note_sheet", Sheet::NoteSheet),
    ("feedback", Sheet::Feedback),
    ("map_sheet", Sheet::MapSheet),
    ("game", Sheet::Game),
    ("ballot", Sheet::Ballot),
    ("sign_up", Sheet::SignUp),
];
/// See [`SHEETS`].
pub(super) const POLICIES: [(&str, Policy); 6] = [
    ("rounded", Policy::Rounded),
    ("people", Policy::People),
    ("places", Policy::Places),
    ("spoken", Policy::Spoken),
    ("ballot", Policy::Ballot),
    ("private", Policy::Private),
];
/// See [`SHEETS`].
pub(super) const SENSITIVITIES: [(&str, Sensitivity); 3] =
    [("low", Sensitivity::Low), ("medium", Sensitivity::Medium), ("high", Sensitivity::High)];
/// See [`SHEETS`].
pub(super) const LAYOUTS: [(&str, Layout); 2] =
    [("screens", Layout::Screens), ("page", Layout::Page)];

/// Reads an instrument. There is one only when nothing is wrong with it.
pub(super) fn read(
    name: &str,
    text: &str,
    shared: &Shared,
    known: Known<'_>,
) -> (Option<Instrument>, Vec<Fault>) {
    let (found, faults) = as_far_as_it_goes(name, text, shared, known);
    (found.filter(|_| !faults.iter().any(Fault::is_error)), faults)
}

/// Reads whatever can be read of an instrument: with errors, only a preview can be made of it.
pub(super) fn as_far_as_it_goes(
    name: &str,
    text: &str,
    shared: &Shared,
    known: Known<'_>,
) -> (Option<Instrument>, Vec<Fault>) {
    let mut notes = Notes::default();
    if shared.is_broken {
        notes.warning(&(0..0), "shared.toml has errors of its own; check it too");
    }
    let mut found = None;
    document(text, &mut notes, |root, notes| {
        let reader = Reader { name, text, shared, known, any_language: false };
        found = Some(reader.instrument(root, notes));
    });
    (found, notes.faults(text))
}

/// Reads an instrument with its texts in every language there is, whatever is missing in one: for
/// counting translations. There is none when anything else is wrong with it.
pub(super) fn read_in_any_language(name: &str, text: &str, shared: &Shared) -> Option<Instrument> {
    let mut notes = Notes::in_any_language();
    let mut found = None;
    document(text, &mut notes, |root, notes| {
        let reader = Reader { name, text, shared, known: &|_| None, any_language: true };
        found = Some(reader.instrument(root, notes));
    });
    found.filter(|_| notes.errors() == 0)
}

/// Parses TOML and hands its root table over; all that is wrong with the TOML itself is noted.
pub(super) fn document(
    text: &str,
    notes: &mut Notes,
    read: impl FnOnce(&mut Table<'_>, &mut Notes),
) {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        notes.error(&error.span().unwrap_or(0..0), error.message());
    }
    if errors.is_empty() {
        let mut table = Table::new("the file", 0..0, root.get_ref());
        read(&mut table, notes);
        table.finish(notes);
    }
}

/// An instrument's file being read.
struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    shared: &'a Shared,
    known: Known<'a>,
    /// Whether texts are read in every language and not only in those the file names.
    any_language: bool,
}

/// A section and where its questions stand.
struct Page {
    section: Section,
    asked: Vec<Asked>,
}

impl Reader<'_> {
    /// What is missing here was complained about, so an instrument with a gap is never used.
    fn instrument(&self, root: &mut Table<'_>, notes: &mut Notes) -> Instrument {
        let named = languages(root, notes);
        let langs = if self.any_language { Lang::ALL.to_vec() } else { named.clone() };
        let slug = self.slug(root, notes);
        let sheet = root.one_of("kind", &SHEETS, notes);
        let policy = root.one_of("policy", &POLICIES, notes);
        let sensitivity = root.one_of("sensitivity", &SENSITIVITIES, notes);
        let layout = root.has("layout").then(|| root.one_of("layout", &LAYOUTS, notes)).flatten();
        let help = help(root, notes);
        let [title, intro, outro] = speech(root, &langs, notes);
        let (minutes, min_age) = numbers(root, notes);
        let research = research(root, &langs, notes);
        let pages = self.pages(root, &langs, notes);
        let mut roll = Roll::default();
        for page in &pages {
            roll.add(&page.asked, page.section.shuffle, notes);
        }
        rule::check(&roll, false, notes);
        kin::check(&roll, slug.as_deref().unwrap_or_default(), self.known, notes);
        suit::check(root, &roll, sheet.as_ref(), policy.as_ref(), sensitivity.as_ref(), notes);
        let policy = policy.map(|policy| policy.value);
        let plans = Plans { roll: &roll, langs: &langs, policy }.read(root, notes);
        let sections = pages.into_iter().map(|page| page.section).collect();
        let sheet = sheet.map_or(Sheet::Questionnaire, |sheet| sheet.value);
        Instrument {
            slug: slug.unwrap_or_default(),
            title: title.unwrap_or_default(),
            sheet,
            policy: policy.unwrap_or_else(|| suit::policy_of(sheet).0),
            minutes: minutes.unwrap_or_default(),
            sensitivity: sensitivity.map_or(Sensitivity::High, |level| level.value),
            min_age,
            // What is usual is not written down: the hash stays the same.
            layout: layout.map(|said| said.value).filter(|said| *said != sheet.layout()),
            languages: named,
            research,
            intro: intro.unwrap_or_default(),
            outro: outro.unwrap_or_default(),
            help,
            sections,
            breakdowns: plans.breakdowns,
            indices: plans.indices,
            charts: plans.charts,
            stations: plans.stations,
        }
    }

    /// The short name, which is the file's name too.
    fn slug(&self, root: &mut Table<'_>, notes: &mut Notes) -> Option<String> {
        let slug = root.id("slug", notes);
        "the file".clone_into(&mut root.what);
        let slug = slug?;
        let stem = Path::new(self.name).file_stem().and_then(|stem| stem.to_str());
        if let Some(stem) = stem.filter(|stem| *stem != slug.value) {
            notes.error(&slug.at, format!("slug is {:?}, and the file is {stem:?}", slug.value));
        }
        Some(slug.value)
    }

    fn pages(&self, root: &mut Table<'_>, langs: &[Lang], notes: &mut Notes) -> Vec<Page> {
        let mut scales = shared::scales(root, langs, &self.shared.scales, notes);
        scales.extend(self.shared.scales.iter().cloned());
        let context = Context { text: self.text, langs, scales: &scales, earlier: &[] };
        let listed = root.tables("section", "section", notes);
        let listed = root.need("section", listed, notes).unwrap_or_default();
        let mut pages: Vec<Page> = Vec::new();
        for mut table in listed {
            let id = table.id("id", notes);
            let is_id = |page: &Page, id: &Placed<String>| page.section.id == id.value;
            if let Some(id) = id.as_ref().filter(|id| pages.iter().any(|page| is_id(page, id))) {
                notes.error(&id.at, format!("there is a section {} already", id.value));
            }
            let hint = table.text("hint", HEADING * 2, langs, notes);
            let shuffle = table.flag("shuffle", notes);
            let (title, asked) = if let Some(named) = table.string("block", notes) {
                shared::taken(self.shared, &named, langs, notes).unwrap_or_default()
            } else {
                let before = pages.iter().flat_map(|page| &page.section.questions).cloned();
                own(&mut table, &context, before.collect(), notes)
            };
            table.finish(notes);
            let questions = asked.iter().map(|asked| asked.question.clone()).collect();
            let id = id.map_or_else(String::new, |id| id.value);
            pages.push(Page { section: Section { id, title, hint, shuffle, questions }, asked });
        }
        pages
    }
}

/// The heading and the questions of a section without a block.
fn own(
    table: &mut Table<'_>,
    context: &Context<'_>,
    mut earlier: Vec<Question>,
    notes: &mut Notes,
) -> (Text, Vec<Asked>) {
    let title = table.text("title", HEADING, context.langs, notes);
    let title = table.need("title", title, notes);
    let listed = table.tables("question", "question", notes);
    if listed.as_ref().is_none_or(Vec::is_empty) && !table.has("question") {
        notes.error(&table.at, format!("{} has no block and no questions", table.what));
    }
    let mut asked: Vec<Asked> = Vec::new();
    for table in listed.unwrap_or_default() {
        let context = Context { earlier: &earlier, ..*context };
        if let Some(read) = context.question(table, notes) {
            earlier.push(read.question.clone());
            asked.push(read);
        }
    }
    (title.unwrap_or_default(), asked)
}

fn languages(root: &mut Table<'_>, notes: &mut Notes) -> Vec<Lang> {
    let found = root.strings("languages", notes);
    let mut langs = Vec::new();
    let tags = root.need("languages", found, notes);
    let is_empty = tags.as_ref().is_some_and(Vec::is_empty);
    for tag in tags.into_iter().flatten() {
        match tag.value.parse::<Lang>() {
            Ok(lang) if langs.contains(&lang) => {
                notes.error(&tag.at, format!("{lang} is there twice"));
            }
            Ok(lang) => langs.push(lang),
            Err(unknown) => notes.error(&tag.at, unknown.to_string()),
        }
    }
    if is_empty {
        notes.error(&root.place("languages"), "an instrument speaks at least one language");
    }
    langs
}

fn help(root: &mut Table<'_>, notes: &mut Notes) -> Vec<Help> {
    let mut found = Vec::new();
    for code in root.strings("help", notes).into_iter().flatten() {
        match Help::ALL.into_iter().find(|help| help.code() == code.value) {
            Some(help) if found.contains(&help) => {
                notes.error(&code.at, format!("{} is there twice", code.value));
            }
            Some(help) => found.push(help),
            None => {
                let all = Help::ALL.map(Help::code).join(", ");
                notes
                    .error(&code.at, format!("there is no help {:?}; there are {all}", code.value));
            }
        }
    }
    found
}

/// What it is called, and what is said before and after.
fn speech(root: &mut Table<'_>, langs: &[Lang], notes: &mut Notes) -> [Option<Text>; 3] {
    [("title", TITLE), ("intro", SPEECH), ("outro", SPEECH)].map(|(key, most)| {
        let text = root.text(key, most, langs, notes);
        root.need(key, text, notes)
    })
}

/// What researchers must know, in the languages of staff that the instrument speaks.
fn research(root: &mut Table<'_>, langs: &[Lang], notes: &mut Notes) -> Option<Research> {
    let mut table = root.table("research", notes)?;
    let langs: Vec<Lang> = Lang::STAFF.into_iter().filter(|lang| langs.contains(lang)).collect();
    let [constructs, sources, not_for] = ["constructs", "sources", "not_for"].map(|key| {
        let text = table.text(key, SPEECH, &langs, notes);
        table.need(key, text, notes)
    });
    table.finish(notes);
    Some(Research { constructs: constructs?, sources: sources?, not_for: not_for? })
}

fn numbers(root: &mut Table<'_>, notes: &mut Notes) -> (Option<u32>, Option<u32>) {
    let minutes = root.whole("minutes", notes);
    let minutes = root.need("minutes", minutes, notes);
    if let Some(minutes) = minutes.as_ref().filter(|m| !(1..=MINUTES).contains(&m.value)) {
        notes.error(&minutes.at, format!("minutes should be 1 to {MINUTES}"));
    }
    let age = root.whole("min_age", notes);
    if let Some(age) = age.as_ref().filter(|age| age.value > 120) {
        notes.error(&age.at, format!("nobody is {} years old", age.value));
    }
    (minutes.map(|minutes| minutes.value), age.map(|age| age.value))
}
