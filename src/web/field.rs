//! One field of a form: a variant and a template per kind of question.

use askama::Template;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::place::{self, MapLink};
use crate::domain::answer::{Complaint, Wrong};
use crate::domain::area::Map;
use crate::domain::condition::Condition;
use crate::domain::diagnosis::Zone;
use crate::domain::ids::ResponseId;
use crate::domain::instrument::Instrument;
use crate::domain::personal::Personal;
use crate::domain::photo::clear_field;
use crate::domain::question::{Choice, Kind, Label, Question, ZONE_REFUSED};
use crate::domain::text::Lang;
use crate::job::photo::{LARGEST, MOST_PIXELS};
use crate::words::{FormWords, Speaker, fill};

/// A field as it is drawn.
#[derive(Template)]
#[template(ext = "html")]
enum Field<'a> {
    #[template(path = "field/single.html")]
    Single { head: Head, choices: Vec<Tick>, words: &'a FormWords },
    #[template(path = "field/multiple.html")]
    Multiple { head: Head, choices: Vec<Tick>, words: &'a FormWords },
    #[template(path = "field/scale.html")]
    Scale { head: Head, choices: Vec<Tick>, words: &'a FormWords },
    #[template(path = "field/faces.html")]
    Faces { head: Head, faces: Vec<Face>, choices: Vec<Tick>, words: &'a FormWords },
    #[template(path = "field/number.html")]
    Number { head: Head, value: String, choices: Vec<Tick>, words: &'a FormWords },
    #[template(path = "field/text.html")]
    Text { head: Head, value: String, max: usize, words: &'a FormWords },
    #[template(path = "field/zone.html")]
    Zone { head: Head, choices: Vec<Tick>, words: &'a FormWords },
    #[template(path = "field/grid.html")]
    Grid { head: Head, rows: Vec<String>, words: &'a FormWords },
    #[template(path = "field/place.html")]
    Place {
        head: Head,
        groups: Vec<(String, Vec<Tick>)>,
        map: Option<MapLink>,
        words: &'a FormWords,
    },
    #[template(path = "field/photo.html")]
    Photo { head: Head, kept: Vec<Tick>, room: bool, clear: Tick, words: &'a FormWords },
    #[template(path = "field/rank.html")]
    Rank { head: Head, places: Vec<Place>, words: &'a FormWords },
    #[template(path = "field/counts.html")]
    Counts { head: Head, statements: Vec<Statement>, words: &'a FormWords },
    #[template(path = "field/info.html")]
    Info { head: Head, paragraphs: Vec<String> },
    #[template(path = "field/group.html")]
    Group { head: Head, repeats: Vec<(String, Vec<String>)>, more: bool, add: String },
}

/// What stands over a field.
struct Head {
    field: String,
    text: String,
    count: String,
    hint: String,
    only_if: String,
    /// The rule itself, for the script that hides what is not asked.
    rule: String,
    /// Whether nothing is taken without a yes here.
    gate: bool,
    complaint: Option<String>,
}

/// A choice to tick.
struct Tick {
    code: String,
    text: String,
    ticked: bool,
    quiet: bool,
    rule: String,
}

/// One place of a ranking, to be filled from a list.
struct Place {
    field: String,
    label: String,
    choices: Vec<Tick>,
}

/// A statement and how many of each group stood by it.
struct Statement {
    text: String,
    cells: Vec<Cell>,
}

/// How many of one group; with what is wrong with it.
struct Cell {
    field: String,
    label: String,
    value: String,
    complaint: Option<String>,
}

/// A face to tick; corner and middle are where its mouth bends.
struct Face {
    choice: Tick,
    corner: f64,
    middle: f64,
}

/// What fields are drawn from.
pub(super) struct Fields<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// The zones of the collection.
    pub zones: &'a [Zone],
    /// The map of the collection.
    pub map: Option<&'a Map>,
    /// The word in the collection's address.
    pub door: &'a str,
    /// What was filled in so far.
    pub filled: &'a [(String, String)],
    /// What is wrong with it.
    pub complaints: &'a [Complaint],
    /// The form's id, which fixes every random order.
    pub id: ResponseId,
    /// The consent age of the diagnosis.
    pub consent_age: u32,
    /// The language.
    pub lang: Lang,
    /// The words around the questions.
    pub words: &'a FormWords,
}

impl Fields<'_> {
    /// Draws a question; `count` says which of how many it is.
    ///
    /// # Errors
    /// When a template fails.
    pub(super) fn draw(&self, question: &Question, count: String) -> askama::Result<String> {
        self.field(question, question.id.clone(), count)?.render()
    }

    fn field(&self, question: &Question, id: String, count: String) -> askama::Result<Field<'_>> {
        let words = self.words;
        let head = self.head(question, id, count);
        Ok(match &question.kind {
            Kind::Single { choices, shuffle } => Field::Single {
                choices: self.ordered(self.ticks(&head.field, choices), *shuffle),
                head,
                words,
            },
            Kind::Multiple { choices, shuffle, .. } => Field::Multiple {
                choices: self.ordered(self.ticks(&head.field, choices), *shuffle),
                head,
                words,
            },
            Kind::Grid { questions, shuffle } => self.grid(head, questions, *shuffle)?,
            Kind::Rank { choices, places, shuffle } => self.rank(head, choices, *places, *shuffle),
            Kind::Counts { statements, groups, .. } => self.counts(head, statements, groups),
            Kind::Place => self.place(head),
            Kind::Consent => {
                let yes = self.gate(&head.field, "yes", words.consent_yes.clone());
                Field::Multiple { choices: vec![yes], head, words }
            }
            Kind::AgeGate => {
                let age = self.consent_age.to_string();
                let yes = fill(&words.age_yes, &[("n", &age)]);
                let no = fill(&words.age_no, &[("n", &age)]);
                let choices =
                    vec![self.gate(&head.field, "yes", yes), self.gate(&head.field, "no", no)];
                Field::Single { choices, head, words }
            }
            Kind::Info { body } => {
                let paragraphs = body.get(self.lang).split("\n\n").map(str::to_owned).collect();
                Field::Info { head, paragraphs }
            }
            Kind::Photo { max } => self.photo(head, *max),
            Kind::Scale { choices, .. } => {
                Field::Scale { choices: self.ticks(&head.field, choices), head, words }
            }
            Kind::Faces { choices, .. } => {
                let (quiet, shown) =
                    self.ticks(&head.field, choices).into_iter().partition(|tick| tick.quiet);
                Field::Faces { faces: faces(shown), choices: quiet, head, words }
            }
            Kind::Number { choices, .. } => {
                let value = self.value(&head.field);
                let value = if question.choice(&value).is_some() { String::new() } else { value };
                Field::Number { value, choices: self.ticks(&head.field, choices), head, words }
            }
            Kind::Text { max, .. } => {
                Field::Text { value: self.value(&head.field), max: *max, head, words }
            }
            Kind::Zone => Field::Zone { choices: self.zones(&head.field), head, words },
            Kind::Group { questions, max } => self.group(head, questions, *max)?,
            // A weight is never asked; an empty text keeps the page whole if one slips through.
            Kind::Weight => Field::Text { value: String::new(), max: 0, head, words },
        })
    }

    fn head(&self, question: &Question, field: String, count: String) -> Head {
        let mut hints =
            vec![question.hint.as_ref().map_or("", |hint| hint.get(self.lang)).to_owned()];
        hints.push(self.own_hint(question));
        if question.choices().iter().any(|choice| choice.show_if.is_some()) {
            hints.push(self.words.only_named_above.clone());
        }
        hints.retain(|hint| !hint.is_empty());
        let complaint = self.complaints.iter().find(|complaint| complaint.field == field);
        Head {
            text: question.text.get(self.lang).to_owned(),
            count,
            hint: hints.join(" "),
            only_if: question.show_if.as_ref().map_or_else(String::new, |rule| self.only_if(rule)),
            rule: question.show_if.as_ref().map_or_else(String::new, ToString::to_string),
            gate: matches!(question.kind, Kind::Consent | Kind::AgeGate),
            complaint: complaint.map(|complaint| sentence(&complaint.wrong, self.words)),
            field,
        }
    }

    /// What the kind itself has to say under the question.
    fn own_hint(&self, question: &Question) -> String {
        if let Kind::Number { min, max, .. } = &question.kind {
            let range = [("min", &*min.to_string()), ("max", &max.to_string())];
            return fill(&self.words.number_between, &range);
        }
        if let Kind::Photo { max } = &question.kind {
            let most = fill(&self.words.at_most, &[("n", &max.to_string())]);
            let megabytes = (LARGEST / 1024 / 1024).to_string();
            let each = fill(&self.words.photo_hint, &[("mb", &megabytes)]);
            return if question.hint.is_none() { format!("{most} {each}") } else { each };
        }
        // A hint of its own says it in better words.
        if question.hint.is_some() {
            String::new()
        } else if let Kind::Multiple { max: Some(max), .. } = &question.kind {
            fill(&self.words.at_most, &[("n", &max.to_string())])
        } else if matches!(question.kind, Kind::Text { lint: true, .. }) {
            self.words.no_names.clone()
        } else {
            String::new()
        }
    }

    /// Ticks in the random order of this form, what stands apart last.
    fn ordered(&self, ticks: Vec<Tick>, shuffle: bool) -> Vec<Tick> {
        let (quiet, mut shown): (Vec<Tick>, Vec<Tick>) =
            ticks.into_iter().partition(|tick| tick.quiet && shuffle);
        if shuffle {
            in_random_order(&mut shown, self.id);
        }
        shown.into_iter().chain(quiet).collect()
    }

    fn grid(&self, head: Head, rows: &[Question], shuffle: bool) -> askama::Result<Field<'_>> {
        let mut rows: Vec<&Question> = rows.iter().collect();
        if shuffle {
            in_random_order(&mut rows, self.id);
        }
        let prefix =
            head.field.rsplit_once('.').map_or_else(String::new, |(at, _)| format!("{at}."));
        let drawn = rows
            .into_iter()
            .map(|row| self.field(row, format!("{prefix}{}", row.id), String::new())?.render());
        Ok(Field::Grid { rows: drawn.collect::<askama::Result<_>>()?, head, words: self.words })
    }

    fn rank(&self, head: Head, choices: &[Choice], places: usize, shuffle: bool) -> Field<'_> {
        let place = |number: usize| {
            let field = format!("{}.{number}", head.field);
            let label = fill(&self.words.place_number, &[("n", &number.to_string())]);
            Place { choices: self.ordered(self.ticks(&field, choices), shuffle), field, label }
        };
        Field::Rank { places: (1..=places).map(place).collect(), head, words: self.words }
    }

    fn counts(&self, head: Head, statements: &[Label], groups: &[Label]) -> Field<'_> {
        let cell = |statement: &Label, group: &Label| {
            let field = format!("{}.{}.{}", head.field, statement.code, group.code);
            let wrong = self.complaints.iter().find(|complaint| complaint.field == field);
            Cell {
                label: group.text.get(self.lang).to_owned(),
                value: self.value(&field),
                complaint: wrong.map(|complaint| sentence(&complaint.wrong, self.words)),
                field,
            }
        };
        let row = |statement: &Label| Statement {
            text: statement.text.get(self.lang).to_owned(),
            cells: groups.iter().map(|group| cell(statement, group)).collect(),
        };
        let statements = statements.iter().map(row).collect();
        Field::Counts { statements, head, words: self.words }
    }

    /// The list of places under headings, rather not say, and the way to the map.
    fn place(&self, head: Head) -> Field<'_> {
        let tick = |(code, text): (String, String)| self.gate(&head.field, &code, text);
        let listed = place::groups(self.map, self.zones, self.words).into_iter();
        let mut groups: Vec<(String, Vec<Tick>)> = listed
            .map(|(heading, places)| (heading, places.into_iter().map(tick).collect()))
            .collect();
        let refused = self.words.rather_not_say.clone();
        groups.push((String::new(), vec![self.gate(&head.field, ZONE_REFUSED, refused)]));
        let map = self.map.map(|map| MapLink::of(map, self.door, self.words));
        Field::Place { head, groups, map, words: self.words }
    }

    /// The photos that are here already, each with a tick to leave it out, and room for more.
    fn photo(&self, head: Head, max: usize) -> Field<'_> {
        let words = self.words;
        let is_here = |(name, token): &&(String, String)| *name == head.field && !token.is_empty();
        let kept = (1..).zip(self.filled.iter().filter(is_here));
        let kept = kept.map(|(number, (field, token)): (u32, _)| {
            let text = fill(&words.photo_kept, &[("n", &number.to_string())]);
            self.gate(field, token, text)
        });
        let kept: Vec<Tick> = kept.collect();
        let clear = clear_field(&head.field);
        let ticked = self.is_ticked(&clear, "yes");
        let text = words.photo_clear.clone();
        let clear = Tick { code: clear, text, ticked, quiet: false, rule: String::new() };
        Field::Photo { room: kept.len() < max, head, kept, clear, words }
    }

    fn gate(&self, field: &str, code: &str, text: String) -> Tick {
        let ticked = self.is_ticked(field, code);
        Tick { code: code.to_owned(), text, ticked, quiet: false, rule: String::new() }
    }

    fn value(&self, field: &str) -> String {
        let filled = self.filled.iter().find(|(name, _)| name == field);
        filled.map_or_else(String::new, |(_, value)| value.clone())
    }

    fn is_ticked(&self, field: &str, code: &str) -> bool {
        self.filled.iter().any(|(name, value)| name == field && value == code)
    }

    fn ticks(&self, field: &str, choices: &[Choice]) -> Vec<Tick> {
        let tick = |choice: &Choice| Tick {
            code: choice.code.clone(),
            text: choice.text.get(self.lang).to_owned(),
            ticked: self.is_ticked(field, &choice.code),
            quiet: choice.missing || choice.exclusive,
            rule: choice.show_if.as_ref().map_or_else(String::new, ToString::to_string),
        };
        choices.iter().map(tick).collect()
    }

    fn zones(&self, field: &str) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        for zone in self.zones {
            let ticked = self.is_ticked(field, &zone.code);
            let (code, text) = (zone.code.clone(), zone.name.clone());
            ticks.push(Tick { code, text, ticked, quiet: false, rule: String::new() });
        }
        ticks.push(Tick {
            code: ZONE_REFUSED.to_owned(),
            text: self.words.rather_not_say.clone(),
            ticked: self.is_ticked(field, ZONE_REFUSED),
            quiet: true,
            rule: String::new(),
        });
        ticks
    }

    fn group(&self, head: Head, questions: &[Question], max: usize) -> askama::Result<Field<'_>> {
        let (title, add) = self.words.repeat(self.instrument.sheet);
        let times = self.times(&head.field).clamp(1, max);
        let mut repeats = Vec::new();
        for number in 0..times {
            let mut fields = Vec::new();
            for question in questions {
                let id = format!("{}.{number}.{}", head.field, question.id);
                fields.push(self.field(question, id, String::new())?.render()?);
            }
            repeats.push((fill(title, &[("n", &(number + 1).to_string())]), fields));
        }
        Ok(Field::Group { head, repeats, more: times < max, add: add.to_owned() })
    }

    /// How often a group is shown: as often as before, and once more when that was asked for.
    fn times(&self, group: &str) -> usize {
        let before = self.value(&format!("_times.{group}")).parse().unwrap_or(1);
        before + usize::from(self.is_ticked("_add", group))
    }

    /// A rule as a sentence under the question; nothing where it cannot be said.
    fn only_if(&self, rule: &Condition) -> String {
        let speaker = Speaker::on_screen(self.instrument, self.lang, self.words);
        speaker.say(rule.rule()).unwrap_or_default()
    }
}

/// Faces from sad to glad: the mouth bends with the place in the row.
#[expect(clippy::cast_precision_loss, reason = "a row of faces is short")]
fn faces(ticks: Vec<Tick>) -> Vec<Face> {
    let last = ticks.len().saturating_sub(1).max(1) as f64;
    let face = |(place, choice)| {
        let bend = (place as f64 / last).mul_add(2.0, -1.0);
        Face { choice, corner: 21.5 - 1.5 * bend, middle: 21.5 + 4.5 * bend }
    };
    ticks.into_iter().enumerate().map(|(place, tick)| face((place, tick))).collect()
}

/// A complaint in words.
#[must_use]
pub(super) fn sentence(wrong: &Wrong, words: &FormWords) -> String {
    match wrong {
        Wrong::NoSuchChoice => words.wrong_choice.clone(),
        Wrong::OnlyOne => words.wrong_only_one.clone(),
        Wrong::TooMany { ticked, max } => fill(
            &words.wrong_too_many,
            &[("ticked", &ticked.to_string()), ("max", &max.to_string())],
        ),
        Wrong::Exclusive => words.wrong_exclusive.clone(),
        Wrong::NotANumber => words.wrong_number.clone(),
        Wrong::OutOfRange { min, max } => {
            fill(&words.wrong_range, &[("min", &min.to_string()), ("max", &max.to_string())])
        }
        Wrong::TooLong { max } => fill(&words.wrong_long, &[("max", &max.to_string())]),
        Wrong::Unreadable => words.wrong_characters.clone(),
        Wrong::RankedTwice => words.wrong_ranked_twice.clone(),
        Wrong::NoConsent => words.wrong_no_consent.clone(),
        Wrong::NoAge => words.wrong_no_age.clone(),
        Wrong::TooYoung => words.wrong_too_young.clone(),
        Wrong::NoSuchPlace => words.wrong_place.clone(),
        Wrong::OutsideArea => words.wrong_place_outside.clone(),
        Wrong::NoPlaceNear => words.wrong_place_far.clone(),
        Wrong::PhotoNotClear => words.wrong_photo_clear.clone(),
        Wrong::NotAPhoto => words.wrong_photo_kind.clone(),
        Wrong::Heic => words.wrong_photo_heic.clone(),
        Wrong::PhotoTooLarge => {
            let (mb, mp) = (LARGEST / 1024 / 1024, MOST_PIXELS / 1_000_000);
            fill(&words.wrong_photo_big, &[("mb", &mb.to_string()), ("mp", &mp.to_string())])
        }
        Wrong::PhotoGone => words.wrong_photo_gone.clone(),
        Wrong::PhotoNotKept => words.wrong_photo_not_kept.clone(),
        Wrong::Personal { what } => {
            let what: Vec<&str> = what.iter().map(|what| named(*what, words)).collect();
            fill(&words.wrong_personal, &[("what", &what.join(", "))])
        }
    }
}

/// What a text seems to hold, in words.
fn named(what: Personal, words: &FormWords) -> &str {
    match what {
        Personal::Name => &words.personal_name,
        Personal::Email => &words.personal_email,
        Personal::Phone => &words.personal_phone,
        Personal::Plate => &words.personal_plate,
        Personal::Address => &words.personal_address,
        Personal::Date => &words.personal_date,
    }
}

/// Puts things in the random order that a form's id fixes.
pub(super) fn in_random_order<T>(things: &mut [T], id: ResponseId) {
    let mut seed = [0; 32];
    let (half, _) = seed.split_at_mut(16);
    half.copy_from_slice(id.0.as_bytes());
    things.shuffle(&mut StdRng::from_seed(seed));
}
