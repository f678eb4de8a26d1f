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
    /// The question of that breakdown.
    pub(super) groups: Option<&'a Question>,
    /// The codes that count.
    pub(super) top: &'a [Placed<String>],
    /// The two groups that are compared.
    pub(super) ends: &'a [Placed<String>],
    /// After how many of a ranking a line is drawn.
    pub(super) cut: Option<&'a Placed<u32>>,
    /// Where its questions are named.
    pub(super) at: &'a Span,
}

impl Chart<'_> {
    /// Notes what does not fit.
    pub(super) fn fits(&self, kind: &Placed<ChartKind>, notes: &mut Notes) {
        let (wants, is_fit): (&str, fn(&Question) -> bool) = match kind.value {
            ChartKind::Diverging => ("ordered answers with scores", is_ordered),
            ChartKind::SortedBars
            | ChartKind::Lollipop
            | ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::HeatTable
            | ChartKind::Waves
            | ChartKind::SmallMultiples => ("choices to count", is_counted),
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
            ChartKind::SortedBars | ChartKind::Lollipop => self.bars(notes),
            ChartKind::HeatTable if self.policy == Some(Policy::Places) => {
                self.no_top(notes);
                self.how_many(2, 12, notes);
            }
            ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::HeatTable
            | ChartKind::Waves
            | ChartKind::SmallMultiples => self.shares(kind, notes),
            ChartKind::PlaceMarks | ChartKind::Hexagons => self.top_codes(notes),
            ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::Themes
            | ChartKind::TwoSides
            | ChartKind::Ballot => self.no_top(notes),
        }
        self.of_its_sheet(kind, notes);
        self.rows(kind, notes);
        self.lines_and_ends(kind, notes);
        let is_dots = kind.value == ChartKind::PeopleDots;
        if self.policy.is_some_and(|policy| is_dots != (policy == Policy::People)) {
            let sentence = "one dot for one person goes with policy people, and only with it";
            notes.error(&kind.at, sentence);
        }
    }

    /// Groups as rows leave room for one question.
    fn rows(&self, kind: &Placed<ChartKind>, notes: &mut Notes) {
        if let Some(by) = self.by {
            let one = match kind.value {
                ChartKind::Diverging
                | ChartKind::SortedBars
                | ChartKind::Lollipop
                | ChartKind::Interval
                | ChartKind::PeopleDots
                | ChartKind::Population
                | ChartKind::PlaceMarks
                | ChartKind::Hexagons
                | ChartKind::Themes
                | ChartKind::TwoSides
                | ChartKind::Ballot => true,
                ChartKind::Dumbbell
                | ChartKind::Change
                | ChartKind::HeatTable
                | ChartKind::Waves
                | ChartKind::SmallMultiples => false,
            };
            if one && self.asked.len() > 1 {
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
            | ChartKind::Population
            | ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::HeatTable
            | ChartKind::Lollipop
            | ChartKind::Waves
            | ChartKind::SmallMultiples => return,
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
            notes.error(&top.at, "this kind of chart has no top: it shows every answer");
        }
    }

    /// Charts of one share for each group, statement or wave: they say which answers count.
    fn shares(&self, kind: &Placed<ChartKind>, notes: &mut Notes) {
        if self.top.is_empty() {
            notes.error(self.at, "this kind of chart needs a top: the answers that count");
        }
        self.top_codes(notes);
        self.alike(notes, |one, other| codes(one) == codes(other));
        let (by, needs, refuses) = (
            self.by,
            "this kind of chart needs a by: the groups it shows",
            "this kind of chart is not broken down",
        );
        match kind.value {
            ChartKind::HeatTable => self.how_many(2, 8, notes),
            ChartKind::SmallMultiples => self.how_many(2, 6, notes),
            ChartKind::Waves => self.how_many(1, 3, notes),
            ChartKind::Dumbbell if self.ends.is_empty() => {
                if self.asked.len() != 2 {
                    let sentence =
                        "a dumbbell shows two questions, or names two groups as its ends";
                    notes.error(self.at, sentence);
                }
            }
            ChartKind::Interval if by.is_none() && self.asked.len() < 2 => {
                notes.error(self.at, "dots with a range need several questions or a by");
            }
            ChartKind::Diverging
            | ChartKind::SortedBars
            | ChartKind::Lollipop
            | ChartKind::PeopleDots
            | ChartKind::Population
            | ChartKind::Interval
            | ChartKind::Dumbbell
            | ChartKind::Change
            | ChartKind::PlaceMarks
            | ChartKind::Hexagons
            | ChartKind::Themes
            | ChartKind::TwoSides
            | ChartKind::Ballot => {}
        }
        let grouped = matches!(kind.value, ChartKind::HeatTable | ChartKind::SmallMultiples);
        let alone = matches!(kind.value, ChartKind::Waves | ChartKind::Change);
        match by {
            None if grouped => notes.error(&kind.at, needs),
            Some(by) if alone => notes.error(&by.at, refuses),
            Some(_) | None => {}
        }
    }

    fn how_many(&self, least: usize, most: usize, notes: &mut Notes) {
        if !(least..=most).contains(&self.asked.len()) {
            let sentence = format!("this kind of chart has {least} to {most} questions");
            notes.error(self.at, sentence);
        }
    }

    /// A line belongs to a ranking, and two ends to a dumbbell between groups.
    fn lines_and_ends(&self, kind: &Placed<ChartKind>, notes: &mut Notes) {
        let has_cut = matches!(kind.value, ChartKind::Lollipop | ChartKind::Ballot);
        match (has_cut, self.cut) {
            (false, Some(cut)) => notes.error(&cut.at, "only a lollipop or a ballot has a cut"),
            (true, Some(cut)) if cut.value == 0 => {
                notes.error(&cut.at, "the cut comes after the first or later");
            }
            (true | false, _) => {}
        }
        let Some(first) = self.ends.first() else { return };
        if kind.value != ChartKind::Dumbbell {
            notes.error(&first.at, "only a dumbbell has ends");
        }
        let Some(groups) = self.groups else {
            notes.error(&first.at, "the ends of a dumbbell are groups, so it needs a by");
            return;
        };
        if self.ends.len() != 2
            || self.ends.first().map(|end| &end.value) == self.ends.get(1).map(|end| &end.value)
        {
            notes.error(&first.at, "a dumbbell has two different ends");
        }
        for end in self.ends {
            let known = groups.answers().iter().any(|(code, ..)| *code == end.value);
            // The codes of zones come with the area, and are not known here.
            if !known && !groups.answers().is_empty() {
                notes.error(&end.at, format!("{} is no answer of {}", end.value, groups.id));
            }
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
