//! One field of a form: a variant and a template per kind of question.

use askama::Template;

use crate::domain::answer::{Complaint, Wrong};
use crate::domain::condition::{Condition, Rule};
use crate::domain::diagnosis::Zone;
use crate::domain::instrument::Instrument;
use crate::domain::question::{Choice, Kind, Question, ZONE_REFUSED};
use crate::domain::text::Lang;
use crate::words::{FormWords, fill};

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
    complaint: Option<String>,
}

/// A choice to tick.
struct Tick {
    code: String,
    text: String,
    ticked: bool,
    quiet: bool,
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
    /// What was filled in so far.
    pub filled: &'a [(String, String)],
    /// What is wrong with it.
    pub complaints: &'a [Complaint],
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
            Kind::Single { choices } => {
                Field::Single { choices: self.ticks(&head.field, choices), head, words }
            }
            Kind::Multiple { choices, .. } => {
                Field::Multiple { choices: self.ticks(&head.field, choices), head, words }
            }
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
        hints.retain(|hint| !hint.is_empty());
        let complaint = self.complaints.iter().find(|complaint| complaint.field == field);
        Head {
            text: question.text.get(self.lang).to_owned(),
            count,
            hint: hints.join(" "),
            only_if: question.show_if.as_ref().map_or_else(String::new, |rule| self.only_if(rule)),
            complaint: complaint.map(|complaint| sentence(&complaint.wrong, self.words)),
            field,
        }
    }

    /// What the kind itself has to say under the question.
    fn own_hint(&self, question: &Question) -> String {
        match &question.kind {
            Kind::Multiple { max: Some(max), .. } => {
                fill(&self.words.at_most, &[("n", &max.to_string())])
            }
            Kind::Number { min, max, .. } => fill(
                &self.words.number_between,
                &[("min", &min.to_string()), ("max", &max.to_string())],
            ),
            Kind::Text { lint: true, .. } => self.words.no_names.clone(),
            Kind::Single { .. }
            | Kind::Multiple { max: None, .. }
            | Kind::Scale { .. }
            | Kind::Faces { .. }
            | Kind::Text { lint: false, .. }
            | Kind::Zone
            | Kind::Group { .. }
            | Kind::Weight => String::new(),
        }
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
        };
        choices.iter().map(tick).collect()
    }

    fn zones(&self, field: &str) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        for zone in self.zones {
            let ticked = self.is_ticked(field, &zone.code);
            let (code, text) = (zone.code.clone(), zone.name.clone());
            ticks.push(Tick { code, text, ticked, quiet: false });
        }
        ticks.push(Tick {
            code: ZONE_REFUSED.to_owned(),
            text: self.words.rather_not_say.clone(),
            ticked: self.is_ticked(field, ZONE_REFUSED),
            quiet: true,
        });
        ticks
    }

    fn group(&self, head: Head, questions: &[Question], max: usize) -> askama::Result<Field<'_>> {
        let is_note = self.instrument.sheet == crate::domain::instrument::Sheet::NoteSheet;
        let (title, add) = if is_note {
            (&self.words.note, &self.words.add_note)
        } else {
            (&self.words.stop, &self.words.add_stop)
        };
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
        Ok(Field::Group { head, repeats, more: times < max, add: add.clone() })
    }

    /// How often a group is shown: as often as before, and once more when that was asked for.
    fn times(&self, group: &str) -> usize {
        let before = self.value(&format!("_times.{group}")).parse().unwrap_or(1);
        before + usize::from(self.is_ticked("_add", group))
    }

    /// A rule as a sentence under the question.
    fn only_if(&self, rule: &Condition) -> String {
        self.say(rule.rule())
    }

    fn say(&self, rule: &Rule) -> String {
        match rule {
            Rule::All(rules) | Rule::Any(rules) => {
                let word =
                    if matches!(rule, Rule::All(_)) { &self.words.and } else { &self.words.or };
                let said: Vec<String> = rules.iter().map(|rule| self.say(rule)).collect();
                said.join(&format!(" {word} "))
            }
            Rule::Not(rule) => match rule.as_ref() {
                Rule::In { question, codes } => {
                    self.chosen(&self.words.only_if_not_chosen, question, codes)
                }
                Rule::All(_)
                | Rule::Any(_)
                | Rule::Not(_)
                | Rule::Isnt { .. }
                | Rule::Number { .. }
                | Rule::Count { .. }
                | Rule::Answered { .. } => String::new(),
            },
            Rule::In { question, codes } => {
                self.chosen(&self.words.only_if_chosen, question, codes)
            }
            Rule::Isnt { question, code } => {
                self.chosen(&self.words.only_if_not_chosen, question, std::slice::from_ref(code))
            }
            Rule::Count { question, .. } => self.chosen(&self.words.only_if_some, question, &[]),
            Rule::Number { question, .. } | Rule::Answered { question } => {
                self.chosen(&self.words.only_if_answered, question, &[])
            }
        }
    }

    fn chosen(&self, words: &str, question: &str, codes: &[String]) -> String {
        let Some(question) = self.instrument.question(question) else {
            return String::new();
        };
        let choices: Vec<String> = codes
            .iter()
            .filter_map(|code| question.choice(code))
            .map(|choice| fill(&self.words.quote, &[("text", choice.text.get(self.lang))]))
            .collect();
        let choices = choices.join(&format!(" {} ", self.words.or));
        fill(words, &[("choices", &choices), ("question", question.text.get(self.lang))])
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
    }
}
