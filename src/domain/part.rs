//! Every part of an instrument in order, each with where it stands: the ground for comparing two
//! versions ([`super::change`]) and for looking after translations.
//!
//! Structs are taken apart field by field, so that a new field does not compile before it has been
//! said here what it is.

use super::instrument::{Breakdown, ChartPlan, Index, Instrument, Research, Section, StationPlan};
use super::question::{Band, Choice, Fold, Kind, Label, Question};
use super::text::{Lang, Text};

/// Where a part stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum At {
    /// The sheet itself.
    Sheet,
    /// The section with this id.
    Section(String),
    /// The question with this id, inside a repeat group or outside.
    Question(String),
    /// The breakdown by this question.
    Breakdown(String),
    /// The index with this id.
    Index(String),
    /// The chart with this id.
    Chart(String),
    /// The station with this number.
    Station(u32),
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// All of a question, section, index, chart, station or breakdown.
    Whole,
    /// The short name.
    Slug,
    /// A title.
    Title,
    /// What sort of sheet it is.
    Sheet,
    /// How what it brings may be shown.
    Policy,
    /// How long it takes.
    Minutes,
    /// How sensitive it is.
    Sensitivity,
    /// The lowest age it is meant for.
    MinAge,
    /// Whether one question is shown at a time.
    Layout,
    /// The languages it is complete in.
    Languages,
    /// Texts in a language that only one of two versions is complete in.
    Translation(Lang),
    /// For researchers: what it measures.
    Constructs,
    /// For researchers: where it comes from.
    Sources,
    /// For researchers: what it must not be used for.
    NotFor,
    /// What is said before.
    Intro,
    /// What is said after.
    Outro,
    /// The kinds of help it names.
    Help,
    /// The order of the sections.
    Sections,
    /// A line under a heading or question.
    Hint,
    /// Whether questions, rows or choices come in random order.
    Shuffle,
    /// The number of the meaning.
    Meaning,
    /// What a question is the same as by another method.
    SameAs,
    /// The words of the question.
    Asked,
    /// Words so unlike the earlier ones that the id now asks something else.
    Reused,
    /// The kind of question.
    Kind,
    /// When it is asked.
    Base,
    /// Whether it is sensitive.
    Sensitive,
    /// How its answers fold into three.
    Fold,
    /// The section and the grid it stands in, and its place there.
    Place,
    /// The repeat group it stands in.
    Within,
    /// The name of a shared scale.
    ScaleName,
    /// The choice with this code.
    Choice(String),
    /// When the choice with this code is offered.
    Offered(String),
    /// The order of an ordered scale or of bands.
    Steps,
    /// The order in which choices without an order are listed.
    ChoiceOrder,
    /// The most ticks.
    Ticks,
    /// The lowest and highest number taken.
    Limits,
    /// The band with this code.
    Band(String),
    /// The statement with this code, by which people stood.
    Statement(String),
    /// The group of people with this code.
    People(String),
    /// How many places a ranking has.
    Places,
    /// The most photos, or the most people of one group.
    Most,
    /// Words between questions.
    Body,
    /// The most characters.
    Length,
    /// Whether the personal-data lint reads it.
    Lint,
    /// The most repeats of a group.
    Repeats,
    /// How small groups merge.
    Merge,
    /// The questions of an index or chart.
    Questions,
    /// Which end of an index is good.
    Direction,
    /// What 0 means.
    Low,
    /// What 10 means.
    High,
    /// How a chart is drawn.
    Drawn,
    /// The breakdown of a chart.
    By,
    /// The codes that count in a chart.
    Top,
    /// The two groups between which a chart shows the distance.
    Ends,
    /// After how many of a ranking a line is drawn.
    Cut,
    /// The prompt of a station with this number.
    Prompt(usize),
    /// The charts of a station.
    Charts,
}

/// One part: its words in every language, and what a program reads of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<'a> {
    /// Where it stands.
    pub at: At,
    /// What it is.
    pub what: What,
    /// Its words, if it has any.
    pub words: Option<&'a Text>,
    /// Codes, numbers, names and rules.
    pub data: Vec<String>,
}

/// Every part of an instrument, in the order in which somebody reads it.
#[must_use]
pub fn parts(instrument: &Instrument) -> Vec<Part<'_>> {
    let mut all = Parts { at: At::Sheet, found: Vec::new() };
    all.sheet(instrument);
    all.found
}

/// The name a value has in files: a closed list is written as its code.
fn code(value: &impl serde::Serialize) -> Vec<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => vec![code],
        Ok(other) => vec![other.to_string()],
        Err(_) => Vec::new(),
    }
}

fn flag(on: bool) -> Vec<String> {
    vec![on.to_string()]
}

fn number(number: &impl ToString) -> Vec<String> {
    vec![number.to_string()]
}

fn maybe(value: Option<&impl ToString>) -> Vec<String> {
    value.map(ToString::to_string).into_iter().collect()
}

/// What a question stands in.
struct Within<'a> {
    section: &'a str,
    grid: Option<&'a str>,
    group: Option<&'a str>,
}

/// Parts on their way.
struct Parts<'a> {
    at: At,
    found: Vec<Part<'a>>,
}

impl<'a> Parts<'a> {
    fn data(&mut self, what: What, data: Vec<String>) {
        self.found.push(Part { at: self.at.clone(), what, words: None, data });
    }

    fn words(&mut self, what: What, words: &'a Text) {
        self.both(what, words, Vec::new());
    }

    fn maybe_words(&mut self, what: What, words: Option<&'a Text>) {
        self.found.extend(words.map(|words| Part {
            at: self.at.clone(),
            what,
            words: Some(words),
            data: Vec::new(),
        }));
    }

    fn both(&mut self, what: What, words: &'a Text, data: Vec<String>) {
        self.found.push(Part { at: self.at.clone(), what, words: Some(words), data });
    }

    fn sheet(&mut self, instrument: &'a Instrument) {
        let Instrument {
            slug,
            title,
            sheet,
            policy,
            minutes,
            sensitivity,
            min_age,
            layout,
            languages,
            research,
            intro,
            outro,
            help,
            sections,
            breakdowns,
            indices,
            charts,
            stations,
        } = instrument;
        self.words(What::Title, title);
        self.words(What::Intro, intro);
        self.data(What::Slug, vec![slug.clone()]);
        self.data(What::Sheet, code(sheet));
        self.data(What::Policy, code(policy));
        self.data(What::Minutes, number(minutes));
        self.data(What::Sensitivity, code(sensitivity));
        self.data(What::MinAge, maybe(min_age.as_ref()));
        self.data(What::Layout, layout.iter().flat_map(code).collect());
        self.data(What::Languages, languages.iter().map(ToString::to_string).collect());
        self.data(What::Help, help.iter().map(|help| help.code().to_owned()).collect());
        self.data(What::Sections, sections.iter().map(|section| section.id.clone()).collect());
        for section in sections {
            self.section(section);
        }
        self.at = At::Sheet;
        self.words(What::Outro, outro);
        if let Some(Research { constructs, sources, not_for }) = research {
            self.words(What::Constructs, constructs);
            self.words(What::Sources, sources);
            self.words(What::NotFor, not_for);
        }
        for breakdown in breakdowns {
            self.breakdown(breakdown);
        }
        for index in indices {
            self.index(index);
        }
        for chart in charts {
            self.chart(chart);
        }
        for station in stations {
            self.station(station);
        }
    }

    fn section(&mut self, section: &'a Section) {
        let Section { id, title, hint, shuffle, questions } = section;
        self.at = At::Section(id.clone());
        self.words(What::Title, title);
        self.maybe_words(What::Hint, hint.as_ref());
        self.data(What::Shuffle, flag(*shuffle));
        for question in questions {
            self.question(question, &Within { section: id, grid: None, group: None });
        }
    }

    fn question(&mut self, question: &'a Question, within: &Within<'_>) {
        let Question { id, meaning, same_as, text, hint, kind, show_if, sensitive, fold } =
            question;
        self.at = At::Question(id.clone());
        self.words(What::Asked, text);
        self.maybe_words(What::Hint, hint.as_ref());
        self.data(What::Meaning, number(meaning));
        self.data(What::SameAs, maybe(same_as.as_ref()));
        self.data(What::Base, maybe(show_if.as_ref()));
        self.data(What::Sensitive, flag(*sensitive));
        self.data(What::Fold, fold.as_ref().map(folded).unwrap_or_default());
        let place = std::iter::once(within.section).chain(within.grid);
        self.data(What::Place, place.map(str::to_owned).collect());
        self.data(What::Within, maybe(within.group.as_ref()));
        self.kind(kind);
        if let Kind::Grid { questions, .. } = kind {
            for row in questions {
                self.question(row, &Within { grid: Some(id), ..*within });
            }
        }
        for inner in question.inner() {
            self.question(inner, &Within { group: Some(id), ..*within });
        }
    }

    fn kind(&mut self, kind: &'a Kind) {
        match kind {
            Kind::Single { choices, shuffle } => self.listed(choices, *shuffle),
            Kind::Multiple { choices, max, shuffle } => {
                self.listed(choices, *shuffle);
                self.data(What::Ticks, maybe(max.as_ref()));
            }
            Kind::Rank { choices, places, shuffle } => {
                self.listed(choices, *shuffle);
                self.data(What::Places, number(places));
            }
            Kind::Scale { scale, choices } | Kind::Faces { scale, choices } => {
                self.choices(choices, What::Steps);
                self.data(What::ScaleName, maybe(scale.as_ref()));
            }
            Kind::Grid { questions: _, shuffle } => self.data(What::Shuffle, flag(*shuffle)),
            Kind::Number { min, max, bands, choices } => {
                self.data(What::Limits, vec![min.to_string(), max.to_string()]);
                for band in bands {
                    self.band(band);
                }
                self.data(What::Steps, bands.iter().map(|band| band.code.clone()).collect());
                self.choices(choices, What::ChoiceOrder);
            }
            Kind::Counts { statements, groups, max } => {
                self.labels(statements, What::Statement);
                self.labels(groups, What::People);
                let codes = statements.iter().chain(groups).map(|label| label.code.clone());
                self.data(What::ChoiceOrder, codes.collect());
                self.data(What::Most, number(max));
            }
            Kind::Text { max, lint } => {
                self.data(What::Length, number(max));
                self.data(What::Lint, flag(*lint));
            }
            Kind::Photo { max } => self.data(What::Most, number(max)),
            Kind::Group { questions: _, max } => self.data(What::Repeats, number(max)),
            Kind::Info { body } => self.words(What::Body, body),
            Kind::Zone | Kind::Place | Kind::Consent | Kind::AgeGate | Kind::Weight => {}
        }
        self.data(What::Kind, vec![kind.code().to_owned()]);
    }

    /// Choices without an order.
    fn listed(&mut self, choices: &'a [Choice], shuffle: bool) {
        self.choices(choices, What::ChoiceOrder);
        self.data(What::Shuffle, flag(shuffle));
    }

    fn labels(&mut self, labels: &'a [Label], what: fn(String) -> What) {
        for Label { code, text } in labels {
            self.words(what(code.clone()), text);
        }
    }

    fn choices(&mut self, choices: &'a [Choice], order: What) {
        for choice in choices {
            let Choice { code, text, score, missing, exclusive, show_if } = choice;
            let mut data = maybe(score.as_ref());
            data.extend(missing.then(|| "missing".to_owned()));
            data.extend(exclusive.then(|| "exclusive".to_owned()));
            self.both(What::Choice(code.clone()), text, data);
            self.data(What::Offered(code.clone()), maybe(show_if.as_ref()));
        }
        self.data(order, choices.iter().map(|choice| choice.code.clone()).collect());
    }

    fn band(&mut self, band: &'a Band) {
        let Band { code, text, from, to, score } = band;
        let mut data = vec![format!("{from}–{to}")];
        data.extend(maybe(score.as_ref()));
        self.both(What::Band(code.clone()), text, data);
    }

    fn breakdown(&mut self, breakdown: &Breakdown) {
        let Breakdown { by, merge } = breakdown;
        self.at = At::Breakdown(by.clone());
        self.data(What::Merge, code(merge));
    }

    fn index(&mut self, index: &'a Index) {
        let Index { id, title, questions, direction, low, high } = index;
        self.at = At::Index(id.clone());
        self.words(What::Title, title);
        self.words(What::Low, low);
        self.words(What::High, high);
        self.data(What::Questions, questions.clone());
        self.data(What::Direction, code(direction));
    }

    fn chart(&mut self, plan: &'a ChartPlan) {
        let ChartPlan { id, chart, questions, by, top, ends, cut, title } = plan;
        self.at = At::Chart(id.clone());
        self.words(What::Title, title);
        self.data(What::Drawn, code(chart));
        self.data(What::Questions, questions.clone());
        self.data(What::By, maybe(by.as_ref()));
        self.data(What::Top, top.clone());
        self.data(What::Ends, ends.clone());
        self.data(What::Cut, maybe(cut.as_ref()));
    }

    fn station(&mut self, station: &'a StationPlan) {
        let StationPlan { number, title, prompts, charts } = station;
        self.at = At::Station(*number);
        self.words(What::Title, title);
        for (number, prompt) in (1..).zip(prompts) {
            self.words(What::Prompt(number), prompt);
        }
        self.data(What::Charts, charts.clone());
    }
}

fn folded(fold: &Fold) -> Vec<String> {
    let Fold { low, middle, high } = fold;
    [low, middle, high].map(|codes| codes.join(", ")).into()
}
