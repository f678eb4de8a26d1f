//! Whether a chart fits its questions.

use super::lint::{Notes, Span};
use super::question::Asked;
use super::table::Placed;
use crate::domain::instrument::{ChartKind, Policy};
use crate::domain::question::{Kind, Measure, Question};

/// A chart on its way, with the questions that could be found.
pub(super) struct Chart<'a> {
    /// How what the instrument brings may be shown.
    pub(super) policy: Option<Policy>,
    /// The questions and where they are named.
    pub(super) asked: &'a [(&'a Asked, Placed<String>)],
    /// The breakdown whose groups are the rows.
    pub(super) by: Option<&'a Placed<String>>,
    /// The codes that count.
    pub(super) top: &'a [Placed<String>],
    /// Where its questions are named.
    pub(super) at: &'a Span,
}

impl Chart<'_> {
    /// Notes what does not fit.
    pub(super) fn fits(&self, kind: &Placed<ChartKind>, notes: &mut Notes) {
        let (wants, is_fit): (&str, fn(&Question) -> bool) = match kind.value {
            ChartKind::Diverging => ("ordered answers with scores", is_ordered),
            ChartKind::SortedBars => ("choices to count", is_counted),
            ChartKind::PeopleDots => ("single, scale or faces answers", has_one_choice),
            ChartKind::Population => ("single, scale or zone answers", is_of_people),
            ChartKind::PlaceMarks | ChartKind::Hexagons | ChartKind::Themes => {
                ("choices to count", is_counted)
            }
            ChartKind::TwoSides => ("counts of a game", is_game),
            ChartKind::Ballot => ("several choices of a ballot", is_ballot),
        };
        for (asked, name) in self.asked {
            if !is_fit(&asked.question) {
                let sentence = format!("this chart needs {wants}, and {} has none", name.value);
                notes.error(&name.at, sentence);
            }
        }
        match kind.value {
            ChartKind::Diverging => {
                // One legend serves every row, so the labels are the same too.
                self.alike(notes, |one, other| one.answers() == other.answers());
                self.top_codes(notes);
            }
            ChartKind::SortedBars => self.bars(notes),
            ChartKind::PlaceMarks | ChartKind::Hexagons => self.top_codes(notes),
            ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::Themes
            | ChartKind::TwoSides
            | ChartKind::Ballot => self.no_top(notes),
        }
        self.of_its_sheet(kind, notes);
        self.rows(kind, notes);
        let is_dots = kind.value == ChartKind::PeopleDots;
        if self.policy.is_some_and(|policy| is_dots != (policy == Policy::People)) {
            let sentence = "one dot for one person goes with policy people, and only with it";
            notes.error(&kind.at, sentence);
        }
    }

    /// Groups as rows leave room for one question.
    fn rows(&self, kind: &Placed<ChartKind>, notes: &mut Notes) {
        if let Some(by) = self.by {
            if self.asked.len() > 1 {
                notes.error(&by.at, "a chart by groups has one question");
            }
            if self.asked.iter().any(|(asked, _)| asked.question.id == by.value) {
                notes.error(&by.at, format!("{} cannot be broken down by itself", by.value));
            }
            if matches!(kind.value, ChartKind::PeopleDots | ChartKind::Population) {
                notes.error(&by.at, "this kind of chart is not broken down");
            }
        }
        if kind.value == ChartKind::Population && self.asked.len() > 1 {
            notes.error(self.at, "a population chart has one question");
        }
    }

    /// Maps, themes, games and ballots belong to what brings them, and show one question.
    fn of_its_sheet(&self, kind: &Placed<ChartKind>, notes: &mut Notes) {
        let (policy, sentence) = match kind.value {
            ChartKind::PlaceMarks | ChartKind::Hexagons => {
                (Policy::Places, "marks on a map go with policy places")
            }
            ChartKind::Themes => (Policy::Spoken, "themes by group go with policy spoken"),
            ChartKind::TwoSides => {
                (Policy::Spoken, "the two sides of a game go with policy spoken")
            }
            ChartKind::Ballot => (Policy::Ballot, "a ballot chart goes with policy ballot"),
            ChartKind::Diverging
            | ChartKind::SortedBars
            | ChartKind::PeopleDots
            | ChartKind::Population => return,
        };
        if self.policy.is_some_and(|own| own != policy) {
            notes.error(&kind.at, sentence);
        }
        if self.asked.len() > 1 {
            notes.error(self.at, "this kind of chart has one question");
        }
        match (kind.value, self.by) {
            (ChartKind::Ballot, None) => {
                notes.error(&kind.at, "a ballot chart needs a by: the constituencies");
            }
            (ChartKind::Themes | ChartKind::TwoSides, Some(by)) => {
                notes.error(&by.at, "this kind of chart is not broken down");
            }
            (_, Some(_) | None) => {}
        }
    }

    fn no_top(&self, notes: &mut Notes) {
        if let Some(top) = self.top.first() {
            notes.error(&top.at, "only sorted_bars and diverging have a top");
        }
    }

    /// Bars compare choices of one question, or the share of the top codes over several. Their
    /// labels may differ then, because only the share is drawn.
    fn bars(&self, notes: &mut Notes) {
        if (self.asked.len() > 1 || self.by.is_some()) && self.top.is_empty() {
            notes.error(self.at, "bars over several questions or groups need a top");
        }
        if self.asked.len() > 1 {
            self.alike(notes, |one, other| codes(one) == codes(other));
        }
        self.top_codes(notes);
    }

    /// The top of bars is what they count; of a diverging chart, the side its sentence speaks of.
    fn top_codes(&self, notes: &mut Notes) {
        for code in self.top {
            let lacks = |question: &Question| {
                !question.answers().iter().any(|(known, ..)| *known == code.value)
            };
            for (asked, _) in self.asked.iter().filter(|(asked, _)| lacks(&asked.question)) {
                let (id, code_) = (&asked.question.id, &code.value);
                let is_missing = asked.question.choice(code_).is_some();
                let why = if is_missing { "which is missing for" } else { "no answer of" };
                notes.error(&code.at, format!("the top names {code_}, {why} {id}"));
            }
        }
    }

    fn alike(&self, notes: &mut Notes, is_alike: fn(&Question, &Question) -> bool) {
        let Some((first, _)) = self.asked.first() else { return };
        for (asked, name) in self.asked.iter().skip(1) {
            if !is_alike(&asked.question, &first.question) {
                let (one, other) = (&name.value, &first.question.id);
                notes.error(&name.at, format!("{one} is not on the scale of {other}"));
            }
        }
    }
}

/// The answers of a question by code and score, whatever their labels.
pub(super) fn codes(question: &Question) -> Vec<(&str, Option<f64>)> {
    question.answers().into_iter().map(|(code, _, score)| (code, score)).collect()
}

/// Whether every answer of a question has a score.
pub(super) fn is_scored(question: &Question) -> bool {
    let answers = question.answers();
    !answers.is_empty() && answers.iter().all(|(.., score)| score.is_some())
}

fn is_ordered(question: &Question) -> bool {
    is_scored(question) && question.measure() != Measure::Several
}

fn is_counted(question: &Question) -> bool {
    matches!(question.measure(), Measure::Zone | Measure::Place) || !question.answers().is_empty()
}

const fn has_one_choice(question: &Question) -> bool {
    matches!(question.measure(), Measure::One | Measure::Steps)
}

const fn is_of_people(question: &Question) -> bool {
    matches!(question.kind, Kind::Single { .. } | Kind::Scale { .. } | Kind::Zone)
}

const fn is_game(question: &Question) -> bool {
    matches!(question.kind, Kind::Counts { .. })
}

const fn is_ballot(question: &Question) -> bool {
    matches!(question.kind, Kind::Multiple { .. })
}
