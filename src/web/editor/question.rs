//! The card of a question: its words, what its kind wants, when it is asked, how it folds.

use super::cards::{Card, Maker, Tools};
use super::named;
use super::rows::{Entries, Entry, Opt, Pen, Row, Rule};
use crate::domain::condition::{Condition, Rule as Asked};
use crate::domain::instrument::Policy;
use crate::domain::question::{Question as Shown, Sort};
use crate::instruments::ScaleName;
use crate::instruments::edit::{List, Part, Question};
use crate::web::parts;
use crate::words::fill;

/// From so many answers on a question needs a fold where people are shown as dots.
const FOLDED: usize = 4;

/// A question and what its card is made from.
pub(super) struct Asking<'a> {
    /// The maker of cards.
    pub maker: &'a Maker<'a>,
    /// The question.
    pub question: &'a Question,
    /// What its rows are drawn with.
    pub pen: Pen<'a>,
}

impl Asking<'_> {
    /// Its card.
    #[must_use]
    pub(super) fn card(&self, number: String) -> Card {
        let (part, words) = (&self.question.part, self.maker.words);
        let mut card = self.maker.card(part);
        card.number = number;
        card.title = self.maker.title(&part.text("text"));
        card.kind = self.question.sort.map_or_else(
            || part.get("kind").to_owned(),
            |sort| parts::sort(sort, self.maker.of).to_owned(),
        );
        if part.is("sensitive") {
            card.tags.push(self.maker.of.sensitive.clone());
        }
        if !part.get("show_if").is_empty() {
            card.tags.push(words.only_for_some.clone());
        }
        card.rows.extend(self.must_raise());
        card.rows.push(self.pen.words(&words.question_text, "text", &part.text("text"), false));
        card.rows.push(self.pen.words(&words.hint, "hint", &part.text("hint"), false));
        card.rows.push(self.kind());
        card.rows.extend(self.own_rows());
        card.rows.push(self.rule());
        if self.question.sort.is_none_or(Sort::folds) {
            let sensitive = self.pen.tick(&words.sensitive, "sensitive", part.is("sensitive"));
            card.rows.push(sensitive.hinted(&words.sensitive_hint).draws_anew());
        }
        card.rows.extend(self.fold());
        card.more = self.more();
        let inner = part
            .at
            .in_list()
            .is_some_and(|(list, ..)| list.to_string().matches("question").count() > 1);
        let last = self.maker.view.questions().last().map(|last| &last.part.at);
        let first = self.maker.view.questions().next().map(|first| &first.part.at);
        let place = part.at.in_list().map_or(0, |(_, _, place)| place);
        card.tools = Tools {
            up: if inner { place > 0 } else { first != Some(&part.at) },
            down: last != Some(&part.at),
            copy: true,
            remove: true,
        };
        card
    }

    /// The question as far as it can be shown: of a grid, its first row.
    fn shown(&self) -> Option<&Shown> {
        let id = match self.question.part.entries(List::Rows).first() {
            Some(row) => &row.name,
            None => &self.question.part.name,
        };
        self.maker.shown?.question(id)
    }

    /// That a line over waves breaks, and the button that says so.
    fn must_raise(&self) -> Option<Row> {
        let part = &self.question.part;
        let rows = part.entries(List::Rows).iter().map(|row| &row.name);
        let mut ids = std::iter::once(&part.name).chain(rows);
        let must = ids.any(|id| self.maker.must_raise.contains(id));
        let words = self.maker.words;
        let button = (format!("raise {}", part.at), words.raise.clone());
        must.then(|| Row::Note { text: words.must_raise.clone(), button: Some(button) })
    }

    fn kind(&self) -> Row {
        let (part, words) = (&self.question.part, self.maker.words);
        let word =
            |sort: Sort| (sort.code().to_owned(), parts::sort(sort, self.maker.of).to_owned());
        let offered = Sort::offered().filter(|sort| *sort != Sort::Group);
        let own = self.question.sort.filter(|sort| matches!(sort, Sort::Group | Sort::Weight));
        let all = offered.chain(own).map(word);
        self.pen.choose(&words.kind, "kind", part.get("kind"), all).draws_anew()
    }

    /// What this kind wants.
    fn own_rows(&self) -> Vec<Row> {
        let (part, words) = (&self.question.part, self.maker.words);
        let line = |label: &str, name: &str| self.pen.line(label, name, part.get(name), true);
        let Some(sort) = self.question.sort else { return Vec::new() };
        let list = |list: List| entries(self.maker, part, (list, Some(sort)), &self.pen);
        match sort {
            Sort::Single | Sort::Scale | Sort::Faces => self.answers(sort),
            Sort::Multiple => {
                let mut rows = self.answers(sort);
                rows.push(line(&words.max_ticks, "max").hinted(&words.max_ticks_hint));
                rows
            }
            Sort::Grid => {
                let mut rows = vec![list(List::Rows)];
                rows.extend(self.answers(sort));
                rows
            }
            Sort::Rank => {
                let mut rows = vec![line(&words.places, "places")];
                rows.extend(self.answers(sort));
                rows
            }
            Sort::Number => vec![
                line(&words.lowest, "min"),
                line(&words.highest, "max"),
                list(List::Bands),
                list(List::Choices),
            ],
            Sort::Text => {
                let read = part.get("lint") != "false";
                let names = self.pen.tick(&words.lint, "lint", read).hinted(&words.lint_hint);
                vec![line(&words.max_letters, "max"), names]
            }
            Sort::Photo => vec![line(&words.max_photos, "max")],
            Sort::Counts => {
                vec![list(List::Statements), list(List::Groups), line(&words.max_people, "max")]
            }
            Sort::Group => vec![line(&words.max_times, "max")],
            Sort::Info => vec![self.pen.words(&words.body, "body", &part.text("body"), true)],
            Sort::Zone => vec![note(&words.about_zone)],
            Sort::Place => vec![note(&words.about_place)],
            Sort::Consent => vec![note(&words.about_consent)],
            Sort::AgeGate => vec![note(&words.about_age_gate)],
            Sort::Weight => vec![note(&words.about_weight)],
        }
    }

    /// The answers: those of a scale, or its own.
    fn answers(&self, sort: Sort) -> Vec<Row> {
        let (part, words) = (&self.question.part, self.maker.words);
        let scale = part.get("scale");
        let mut rows = Vec::new();
        if sort != Sort::Rank {
            let own = (String::new(), words.own_answers.clone());
            let named = |scale: &ScaleName| (scale.id.clone(), self.scale_label(scale));
            let mine =
                self.maker.view.scales.iter().map(|scale| (scale.name.clone(), scale.name.clone()));
            let all = std::iter::once(own).chain(mine).chain(self.maker.scales.iter().map(named));
            rows.push(self.pen.choose(&words.scale, "scale", scale, all).draws_anew());
        }
        let from = part.get("carry.from");
        if !from.is_empty() {
            let text = fill(&words.carried, &[("id", from)]);
            rows.push(Row::Note { text, button: None });
        }
        if scale.is_empty() {
            rows.push(entries(self.maker, part, (List::Choices, Some(sort)), &self.pen));
            return rows;
        }
        let first = self.maker.reading;
        let answers = self.shown().map_or(&[][..], Shown::choices).iter();
        let answers: Vec<&str> = answers.map(|choice| choice.text.get(first)).collect();
        if !answers.is_empty() {
            let own = (format!("own {}", part.at), words.make_own.clone());
            rows.push(Row::Note { text: answers.join(" · "), button: Some(own) });
        }
        rows
    }

    /// A scale by its first and last answer.
    fn scale_label(&self, scale: &ScaleName) -> String {
        let first = self.maker.reading;
        let mut real = scale.choices.iter().filter(|choice| !choice.missing);
        let n = real.clone().count().to_string();
        let low = real.next().map_or("", |choice| choice.text.get(first));
        let high = real.next_back().map_or("", |choice| choice.text.get(first));
        fill(&self.maker.words.scale_label, &[("low", low), ("high", high), ("n", &n)])
    }

    /// When it is asked.
    fn rule(&self) -> Row {
        let (part, words) = (&self.question.part, self.maker.words);
        let value = self.pen.value("show_if", part.get("show_if"));
        let (chosen, codes) = simple(&value);
        let chosen = self.pen.value("if_question", &chosen);
        let mut questions = vec![Opt::new("", &words.always, chosen.is_empty())];
        let earlier = self.earlier();
        for other in &earlier {
            let label = fill(&words.depends_on, &[("question", &self.maker.title(&other.text))]);
            questions.push(Opt::new(&other.id, &label, other.id == chosen));
        }
        let is_known = earlier.iter().any(|other| other.id == chosen) || chosen.is_empty();
        let is_written = chosen == "=" || !is_known;
        questions.push(Opt::new("=", &words.by_rule, is_written));
        let answers = earlier
            .iter()
            .find(|other| other.id == chosen)
            .map_or(&[][..], |other| other.choices());
        let first = self.maker.reading;
        let option = |(code, label): (&str, &str)| {
            let sent = format!("{chosen}={code}");
            let there = codes.iter().any(|known| known == code);
            Opt::new(&sent, label, self.pen.is_among("if_code", &sent, there))
        };
        let answers = answers.iter().map(|one| (one.code.as_str(), one.text.get(first)));
        let answers = answers.map(option).collect();
        Row::Rule(Rule { questions, answers, is_written, value, wrong: self.pen.wrong("show_if") })
    }

    /// The questions before it whose answers can be looked at.
    fn earlier(&self) -> Vec<&Shown> {
        let Some(shown) = self.maker.shown else { return Vec::new() };
        let own: Vec<&str> = std::iter::once(&self.question.part)
            .chain(self.question.part.entries(List::Rows))
            .map(|part| part.name.as_str())
            .collect();
        let before = shown.all_questions().take_while(|other| !own.contains(&other.id.as_str()));
        before.filter(|other| other.is_kept() && !other.choices().is_empty()).collect()
    }

    /// How its answers fold into three, where they must.
    fn fold(&self) -> Option<Row> {
        let (part, words) = (&self.question.part, self.maker.words);
        let shown = self.shown()?;
        let first = self.maker.reading;
        if !shown.kind.folds() {
            return None;
        }
        let answers: Vec<(&str, &str)> =
            shown.answers().into_iter().map(|(code, text, _)| (code, text.get(first))).collect();
        let parts =
            [("low", &words.fold_low), ("middle", &words.fold_middle), ("high", &words.fold_high)];
        let is_folded = parts.iter().any(|(key, _)| !part.list(&format!("fold.{key}")).is_empty());
        let people = self.maker.shown.is_some_and(|shown| shown.policy == Policy::People);
        let rows = part.entries(List::Rows).iter().any(|row| row.is("sensitive"));
        let is_asked = part.is("sensitive") || rows || people && answers.len() >= FOLDED;
        if answers.is_empty() || !(is_folded || is_asked) {
            return None;
        }
        let answer = |(code, text): (&str, &str)| {
            let name = format!("fold.{code}");
            let holds = |key: &str| part.list(&format!("fold.{key}")).iter().any(|one| one == code);
            let there = parts.iter().find(|(key, _)| holds(key)).map_or("", |(key, _)| key);
            let chosen = self.pen.value(&name, there);
            let mut all = vec![Opt::new("", &words.fold_none, chosen.is_empty())];
            all.extend(parts.iter().map(|(key, label)| Opt::new(key, label, *key == chosen)));
            (name, text.to_owned(), all)
        };
        let (label, hint) = (words.fold.clone(), words.fold_hint.clone());
        Some(Row::Fold { label, hint, answers: answers.into_iter().map(answer).collect() })
    }

    /// What few people need: names, kin, meaning.
    fn more(&self) -> Vec<Row> {
        let (part, words) = (&self.question.part, self.maker.words);
        let mut rows =
            vec![self.pen.line(&words.id, "id", &part.name, true).hinted(&words.id_hint)];
        if self.question.sort.is_some_and(|sort| sort.keys().contains(&"shuffle")) {
            rows.push(self.pen.tick(&words.shuffle, "shuffle", part.is("shuffle")));
        }
        let kin = self.pen.line(&words.same_as, "same_as", part.get("same_as"), false);
        rows.push(kin.hinted(&words.same_as_hint));
        let meaning = match part.get("meaning") {
            "" => "1",
            meaning => meaning,
        };
        let text = fill(&words.meaning, &[("n", meaning)]);
        let button = (format!("raise {}", part.at), words.raise.clone());
        rows.push(Row::Note { text, button: Some(button) });
        rows
    }
}

fn note(text: &str) -> Row {
    Row::Note { text: text.to_owned(), button: None }
}

/// The members of a list, with fields for new ones.
#[must_use]
pub(super) fn entries(
    maker: &Maker<'_>,
    part: &Part,
    (list, sort): (List, Option<Sort>),
    pen: &Pen<'_>,
) -> Row {
    let (label, new_label) = named::list(list, maker.words);
    let (label, hint) = match (list, sort) {
        (List::Choices, Some(Sort::Number)) => (&maker.words.ways_out, &maker.words.ways_out_hint),
        (List::Choices, sort) if sort.is_none_or(Sort::has_steps) => {
            (&maker.words.steps, &maker.words.steps_hint)
        }
        (List::Bands, _) => (&maker.words.bands, &maker.words.bands_hint),
        (List::Choices | List::Rows | List::Statements | List::Groups, _) => {
            (&label.to_owned(), &String::new())
        }
    };
    let members = part.entries(list);
    let last = members.len().saturating_sub(1);
    let entry = |(place, member): (usize, &Part)| {
        let below = format!("{}.{place}", list.code());
        let faults = maker.faults.get(&member.at).into_iter().flatten();
        let (rows, tags) = settings(maker, member, (list, sort), (&below, pen));
        let open = rows.iter().any(is_wrong);
        Entry {
            at: member.at.to_string(),
            said: pen.said(&format!("{below}.text"), &member.text("text")),
            rows,
            tags,
            faults: faults.cloned().collect(),
            moves: (place > 0, place < last),
            open,
        }
    };
    let fresh = |n: usize| {
        pen.said(&format!("new.{}.{n}", list.code()), &crate::domain::text::Text::default())
    };
    let wanted = 2_usize.saturating_sub(members.len()).max(1);
    Row::Entries(Entries {
        label: label.clone(),
        hint: hint.clone(),
        entries: members.iter().enumerate().map(entry).collect(),
        fresh: (0..wanted).map(fresh).collect(),
        new_label: new_label.to_owned(),
    })
}

fn is_wrong(row: &Row) -> bool {
    match row {
        Row::Line { wrong, .. } => !wrong.is_empty(),
        Row::Words { said, .. } => said.iter().any(|said| !said.wrong.is_empty()),
        Row::Tick { .. }
        | Row::Choose { .. }
        | Row::Ticks { .. }
        | Row::Note { .. }
        | Row::Rule(_)
        | Row::Fold { .. }
        | Row::Entries(_) => false,
    }
}

/// The settings of a member, and what is special about it.
fn settings(
    maker: &Maker<'_>,
    member: &Part,
    (list, sort): (List, Option<Sort>),
    (below, pen): (&str, &Pen<'_>),
) -> (Vec<Row>, Vec<String>) {
    let words = maker.words;
    let line =
        |label: &str, key: &str| pen.line(label, &format!("{below}.{key}"), member.get(key), true);
    let tick = |label: &str, key: &str| pen.tick(label, &format!("{below}.{key}"), member.is(key));
    let code = || pen.line(&words.code, &format!("{below}.code"), &member.name, true);
    let (mut rows, mut tags) = (Vec::new(), Vec::new());
    match list {
        List::Choices => {
            rows.push(code().hinted(&words.code_hint));
            if sort != Some(Sort::Number) && sort != Some(Sort::Rank) {
                rows.push(tick(&words.missing, "missing").hinted(&words.missing_hint));
            }
            if sort == Some(Sort::Multiple) {
                rows.push(tick(&words.exclusive, "exclusive"));
            }
            if sort.is_some_and(|sort| sort.keys().contains(&"carry")) {
                rows.push(line(&words.offered_if, "show_if"));
            }
            tags.extend(member.is("missing").then(|| words.is_missing.clone()));
            tags.extend(member.is("exclusive").then(|| words.is_exclusive.clone()));
        }
        List::Rows => {
            rows.push(pen.line(&words.id, &format!("{below}.id"), &member.name, true));
            rows.push(tick(&words.sensitive, "sensitive"));
            rows.push(line(&words.only_if_rule, "show_if"));
            rows.push(line(&words.same_as, "same_as"));
            tags.extend(member.is("sensitive").then(|| maker.of.sensitive.clone()));
        }
        List::Bands => {
            rows.push(line(&words.band_from, "from"));
            rows.push(line(&words.band_to, "to"));
            rows.push(code());
            let range = [member.get("from"), member.get("to")];
            tags.push(range.join(" – "));
        }
        List::Statements | List::Groups => rows.push(code()),
    }
    (rows, tags)
}

/// The question and the answers of a rule that looks at one question only; `=` for any other.
fn simple(rule: &str) -> (String, Vec<String>) {
    if rule.is_empty() {
        return (String::new(), Vec::new());
    }
    match rule.parse::<Condition>().as_ref().map(Condition::rule) {
        Ok(Asked::In { question, codes }) => (question.clone(), codes.clone()),
        Ok(Asked::Answered { question }) => (question.clone(), Vec::new()),
        Ok(
            Asked::All(_)
            | Asked::Any(_)
            | Asked::Not(_)
            | Asked::Isnt { .. }
            | Asked::Number { .. }
            | Asked::Count { .. },
        )
        | Err(_) => ("=".to_owned(), Vec::new()),
    }
}

/// The kinds that can be added, by their words in a file.
#[must_use]
pub(super) fn sorts(maker: &Maker<'_>) -> Vec<(String, String)> {
    let word = |sort: Sort| (sort.code().to_owned(), parts::sort(sort, maker.of).to_owned());
    Sort::offered().map(word).collect()
}
