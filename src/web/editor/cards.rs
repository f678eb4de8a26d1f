//! The cards of a draft: the sheet itself, its sections and questions, its scales, and what is
//! shown of it. Each is one form.

use std::collections::BTreeMap;

use super::named;
use super::question::Asking;
use super::rows::{Opt, Pen, Row};
use super::{FaultSaid, Sent};
use crate::domain::instrument::{Help, Instrument, Merge};
use crate::domain::text::{Lang, Text};
use crate::instruments::ScaleName;
use crate::instruments::edit::{List, Part, Path, Pick, Plan, Question, View};
use crate::web::parts;
use crate::words::{EditorWords, FormWords, InstrumentWords, fill};

/// A card.
#[derive(Default)]
pub(super) struct Card {
    /// Where its part stands; `sheet` for the sheet itself, in the page.
    pub id: String,
    /// The same, as it is sent.
    pub at: String,
    /// What its part is called, for finding it again.
    pub name: String,
    /// Its number among the questions.
    pub number: String,
    /// Its words in the first language.
    pub title: String,
    /// What sort of part it is.
    pub kind: String,
    /// Small labels.
    pub tags: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<FaultSaid>,
    /// Why it could not be saved; said beside the fields too.
    pub wrong: Vec<String>,
    /// Whether it stands open.
    pub open: bool,
    /// Whether it stands inside a repeat group.
    pub inner: bool,
    /// What everybody fills in.
    pub rows: Vec<Row>,
    /// What few people need.
    pub more: Vec<Row>,
    /// What can be done with the whole of it.
    pub tools: Tools,
}

/// What can be done with a part.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "four buttons that are there or not")]
pub(super) struct Tools {
    /// Whether it can move towards the beginning.
    pub up: bool,
    /// Whether it can move towards the end.
    pub down: bool,
    /// Whether it can be copied.
    pub copy: bool,
    /// Whether it can be taken out.
    pub remove: bool,
}

/// A section with its questions.
pub(super) struct SectionView {
    /// Its own card.
    pub card: Card,
    /// Its questions, and those of groups behind their group.
    pub cards: Vec<Card>,
    /// Where a new question would stand: the words of the button; nothing for a shared block.
    pub add: Vec<(String, String)>,
}

/// What cards are made from.
pub(super) struct Maker<'a> {
    /// The texts.
    pub words: &'a EditorWords,
    /// The texts about instruments.
    pub of: &'a InstrumentWords,
    /// The texts of forms.
    pub form: &'a FormWords,
    /// The draft.
    pub view: &'a View,
    /// As much of it as can be shown.
    pub shown: Option<&'a Instrument>,
    /// The first language, and the one being written.
    pub langs: &'a [Lang],
    /// The language cards are titled in.
    pub reading: Lang,
    /// The shared scales.
    pub scales: &'a [ScaleName],
    /// What was sent for one card, when it was refused.
    pub sent: Option<&'a Sent>,
    /// Which card stands open.
    pub open: &'a Path,
    /// What is wrong, by where it stands.
    pub faults: &'a BTreeMap<Path, Vec<FaultSaid>>,
    /// The questions whose meaning must be raised before this can be published.
    pub must_raise: &'a [String],
}

impl<'a> Maker<'a> {
    /// The pen for the card of a part.
    #[must_use]
    pub(super) fn pen(&self, at: &Path) -> Pen<'a> {
        Pen { sent: self.sent.filter(|sent| sent.at == *at), langs: self.langs }
    }

    /// Words in the language of whoever is at work, or a line that says that there are none.
    #[must_use]
    pub(super) fn title(&self, text: &Text) -> String {
        match text.get(self.reading) {
            "" => self.words.no_words.clone(),
            words => words.to_owned(),
        }
    }

    /// A card with nothing on it yet.
    #[must_use]
    pub(super) fn card(&self, part: &Part) -> Card {
        let at = part.at.to_string();
        let sent = self.sent.filter(|sent| sent.at == part.at);
        let wrong = sent.into_iter().flat_map(|sent| &sent.wrong);
        let faults = self.faults.iter().filter(|(place, _)| place.card() == part.at);
        Card {
            id: if part.at.is_root() { "sheet".to_owned() } else { at.clone() },
            name: part.name.clone(),
            open: sent.is_some() || (*self.open == part.at && !self.open.is_root()),
            wrong: wrong.map(|(_, sentence)| sentence.clone()).collect(),
            faults: faults.flat_map(|(_, faults)| faults).cloned().collect(),
            at,
            ..Card::default()
        }
    }

    /// The card of the sheet itself.
    #[must_use]
    pub(super) fn sheet(&self) -> Card {
        let (part, words) = (&self.view.sheet, self.words);
        let pen = self.pen(&part.at);
        let mut card = self.card(part);
        let sheets = named::SHEETS.map(|sheet| {
            (super::sheet_word(sheet).to_owned(), parts::sheet(sheet, self.of).to_owned())
        });
        let levels = super::SENSITIVITIES
            .map(|(word, level)| (word.to_owned(), parts::sensitivity(level, self.of).to_owned()));
        let help = Help::ALL.map(|help| {
            let on = part.list("help").iter().any(|code| code == help.code());
            let on = pen.is_among("help", help.code(), on);
            Opt::new(help.code(), crate::web::participate::help_name(help, self.form), on)
        });
        card.title = self.title(&part.text("title"));
        card.kind.clone_from(&words.about_sheet);
        card.rows = vec![
            pen.words(&words.sheet_title, "title", &part.text("title"), false),
            pen.words(&words.intro, "intro", &part.text("intro"), true).hinted(&words.intro_hint),
            pen.words(&words.outro, "outro", &part.text("outro"), true).hinted(&words.outro_hint),
            pen.choose(&self.of.sheet, "kind", part.get("kind"), sheets).hinted(&words.kind_hint),
            pen.line(&self.of.minutes, "minutes", part.get("minutes"), true),
            Row::Ticks {
                label: words.help.clone(),
                hint: words.help_hint.clone(),
                name: "help".to_owned(),
                all: help.into(),
            },
        ];
        let sensitivity =
            pen.choose(&self.of.sensitivity, "sensitivity", part.get("sensitivity"), levels);
        let age = pen.line(&self.of.min_age, "min_age", part.get("min_age"), true);
        let layouts = [
            ("", &self.of.layout_usual),
            ("screens", &self.of.layout_screens),
            ("page", &self.of.layout_page),
        ];
        let layouts = layouts.map(|(word, said)| (word.to_owned(), said.clone()));
        let layout = pen.choose(&self.of.layout, "layout", part.get("layout"), layouts);
        card.more = vec![sensitivity.hinted(&words.sensitivity_hint), age, layout];
        for (key, label) in [
            ("research.constructs", &words.constructs),
            ("research.sources", &words.sources),
            ("research.not_for", &words.not_for),
        ] {
            card.more.push(pen.words(label, key, &part.text(key), true));
        }
        card
    }

    /// The sections with their questions.
    #[must_use]
    pub(super) fn sections(&self) -> Vec<SectionView> {
        let mut number = 0;
        let last = self.view.sections.len().saturating_sub(1);
        let section = |(place, section): (usize, &crate::instruments::edit::Section)| {
            let mut cards = Vec::new();
            let mut add = Vec::new();
            for question in &section.questions {
                number += 1;
                cards.push(self.question(question, number.to_string()));
                for inner in &question.inner {
                    cards.push(Card { inner: true, ..self.question(inner, String::new()) });
                }
                if question.sort == Some(crate::domain::question::Sort::Group) {
                    let label = fill(&self.words.add_to_group, &[("id", &question.part.name)]);
                    let place = question.inner.len();
                    add.push((format!("question {} {place}", question.part.at), label));
                }
            }
            let end = section.questions.len();
            if section.part.get("block").is_empty() {
                let button = format!("question {} {end}", section.part.at);
                add.push((button, self.words.add_question.clone()));
            }
            SectionView { card: self.section(&section.part, (place, last)), cards, add }
        };
        self.view.sections.iter().enumerate().map(section).collect()
    }

    fn section(&self, part: &Part, (place, last): (usize, usize)) -> Card {
        let (pen, words) = (self.pen(&part.at), self.words);
        let mut card = self.card(part);
        card.kind.clone_from(&words.section);
        let block = part.get("block");
        let shown = self.shown.and_then(|shown| shown.sections.get(place));
        card.title = match (block, shown) {
            ("", _) | (_, None) => self.title(&part.text("title")),
            (_, Some(shown)) => self.title(&shown.title),
        };
        if block.is_empty() {
            card.rows.push(pen.words(&words.section_title, "title", &part.text("title"), false));
        } else {
            let own = (format!("own {}", part.at), words.make_own.clone());
            let text = fill(&words.is_block, &[("block", block)]);
            card.rows.push(Row::Note { text, button: Some(own) });
            card.tags.push(words.shared.clone());
            let asked = shown.into_iter().flat_map(|shown| &shown.questions);
            let texts = asked.map(|question| format!("· {}", question.text.get(self.reading)));
            let text = texts.collect::<Vec<_>>().join("\n");
            card.rows.push(Row::Note { text, button: None });
        }
        card.more = vec![
            pen.words(&words.hint, "hint", &part.text("hint"), false),
            pen.tick(&words.shuffle_questions, "shuffle", part.is("shuffle")),
        ];
        card.tools = Tools { up: place > 0, down: place < last, copy: true, remove: last > 0 };
        card
    }

    fn question(&self, question: &Question, number: String) -> Card {
        Asking { maker: self, question, pen: self.pen(&question.part.at) }.card(number)
    }

    /// The draft's own scales.
    #[must_use]
    pub(super) fn scales(&self) -> Vec<Card> {
        let card = |part: &Part| {
            let mut card = self.card(part);
            card.title.clone_from(&part.name);
            card.kind.clone_from(&self.words.own_scale);
            let pen = self.pen(&part.at);
            card.rows = vec![super::question::entries(self, part, (List::Choices, None), &pen)];
            card.tools = Tools { remove: true, ..Tools::default() };
            card
        };
        self.view.scales.iter().map(card).collect()
    }

    /// What is shown of the questions.
    #[must_use]
    pub(super) fn plans(&self) -> Vec<Card> {
        let plan = |part: &Part| {
            let key = part.at.in_list().and_then(|(_, key, _)| Plan::from_code(key));
            key.map(|key| self.plan(part, key))
        };
        self.view.plans.iter().filter_map(plan).collect()
    }

    fn plan(&self, part: &Part, plan: Plan) -> Card {
        let (pen, words) = (self.pen(&part.at), self.words);
        let mut card = self.card(part);
        named::plan(plan, words).clone_into(&mut card.kind);
        card.title = self.title(&part.text("title"));
        let title = pen.words(&words.shown_title, "title", &part.text("title"), false);
        let questions = || self.picks(part, Pick::Questions, &words.of_questions, &pen);
        card.rows = match plan {
            Plan::Breakdown => {
                card.title = self.question_title(&part.name);
                let merges = [Merge::Neighbour, Merge::Other].map(|merge| match merge {
                    Merge::Neighbour => ("neighbour".to_owned(), words.merge_neighbour.clone()),
                    Merge::Other => ("other".to_owned(), words.merge_other.clone()),
                });
                vec![pen.choose(&words.merge, "merge", part.get("merge"), merges)]
            }
            Plan::Index => {
                let ways = [
                    ("higher_is_better".to_owned(), words.higher_better.clone()),
                    ("higher_is_worse".to_owned(), words.higher_worse.clone()),
                ];
                vec![
                    title,
                    questions(),
                    pen.choose(&words.direction, "direction", part.get("direction"), ways),
                    pen.words(&words.end_low, "ends.low", &part.text("ends.low"), false),
                    pen.words(&words.end_high, "ends.high", &part.text("ends.high"), false),
                ]
            }
            Plan::Chart => self.chart(part, title, questions(), &pen),
            Plan::Station => {
                let mut rows = vec![title];
                let prompts = part.texts.iter().filter(|(key, _)| key.starts_with("prompts."));
                for (key, text) in prompts {
                    rows.push(pen.words(&words.prompt, key, text, false));
                }
                rows.push(self.picks(part, Pick::Charts, &words.of_charts, &pen));
                card.number.clone_from(&part.name);
                rows
            }
        };
        let place = part.at.in_list().map_or(0, |(_, _, place)| place);
        card.tools = Tools { up: place > 0, down: false, copy: false, remove: true };
        card
    }

    fn chart(&self, part: &Part, title: Row, questions: Row, pen: &Pen<'_>) -> Vec<Row> {
        let words = self.words;
        let none = (String::new(), words.by_nothing.clone());
        let groups = self.view.plans.iter().filter(|plan| !plan.get("by").is_empty());
        let groups = groups.filter(|plan| plan.at.card().to_string().starts_with("breakdown"));
        let by = groups.map(|plan| (plan.name.clone(), self.question_title(&plan.name)));
        let mut rows = vec![
            title,
            pen.choose(&words.drawn_as, "kind", part.get("kind"), named::drawn(words)),
            questions,
            pen.choose(&words.by, "by", part.get("by"), std::iter::once(none).chain(by)),
        ];
        rows.push(self.picks(part, Pick::Top, &words.top, pen).hinted(&words.top_hint));
        rows.push(self.picks(part, Pick::Ends, &words.ends, pen).hinted(&words.ends_hint));
        rows.push(pen.line(&words.cut, "cut", part.get("cut"), true).hinted(&words.cut_hint));
        rows
    }

    /// What a plan names, as ticks.
    fn picks(&self, part: &Part, pick: Pick, label: &str, pen: &Pen<'_>) -> Row {
        let named = part.list(pick.code());
        let known: Vec<(String, String)> = match pick {
            Pick::Questions => self.countable(),
            Pick::Charts => {
                let charts = self.view.plans.iter().filter(|plan| is_chart(plan));
                charts.map(|chart| (chart.name.clone(), self.title(&chart.text("title")))).collect()
            }
            Pick::Top => self.answers_of(part.list(Pick::Questions.code())),
            Pick::Ends => self.answers_of(&[part.get("by").to_owned()]),
        };
        let gone = named.iter().filter(|id| !known.iter().any(|(known, _)| known == *id));
        let gone = gone.map(|id| (id.clone(), id.clone())).collect::<Vec<_>>();
        let option = |(id, label): &(String, String)| {
            let there = named.contains(id);
            Opt::new(id, label, pen.is_among(pick.code(), id, there))
        };
        let all = known.iter().chain(&gone).map(option).collect();
        let (label, name) = (label.to_owned(), pick.code().to_owned());
        Row::Ticks { label, hint: String::new(), name, all }
    }

    /// The questions that can be counted, with their words.
    #[must_use]
    pub(super) fn countable(&self) -> Vec<(String, String)> {
        let asked = self.shown.into_iter().flat_map(Instrument::all_questions);
        let counted = asked.filter(|question| question.is_kept() && question.inner().is_empty());
        let label = |id: &str, text: &Text| format!("{} ({id})", self.title(text));
        counted.map(|one| (one.id.clone(), label(&one.id, &one.text))).collect()
    }

    /// The answers of the first of some questions.
    fn answers_of(&self, questions: &[String]) -> Vec<(String, String)> {
        let first = questions.first().and_then(|id| self.shown?.question(id));
        let real = first.into_iter().flat_map(crate::domain::question::Question::choices);
        let real = real.filter(|choice| !choice.missing);
        real.map(|one| (one.code.clone(), one.text.get(self.reading).to_owned())).collect()
    }

    fn question_title(&self, id: &str) -> String {
        let question = self.shown.and_then(|shown| shown.question(id));
        question.map_or_else(|| id.to_owned(), |question| self.title(&question.text))
    }
}

/// Whether a plan is a chart.
#[must_use]
pub(super) fn is_chart(plan: &Part) -> bool {
    plan.at.in_list().is_some_and(|(_, key, _)| key == Plan::Chart.code())
}
