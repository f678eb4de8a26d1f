//! An instrument as an XLSForm: the sheets survey, choices and settings, as other survey programs
//! read them, and one of our own for what they have no words for.
//!
//! Nothing but consent and the question for age is required: every question can be skipped with
//! us, so it can there. What a form cannot say stands in columns that begin with `miradouro_`, so
//! that the form comes back as the same instrument.

use std::collections::BTreeMap;

use super::Refused;
use super::paper::{self, Line, Sheets};
use super::paths::{self, Paths};
use crate::domain::condition::Condition;
use crate::domain::instrument::{Instrument, Section};
use crate::domain::question::{Band, Choice, Fold, Kind, Label, Question, ZONE_REFUSED};
use crate::domain::text::{Lang, Text};
use crate::instruments::write;

/// The widest side of a photo in dots: enough to see a place.
const DOTS: &str = "max-pixels=1600";
/// The list in the place of the zones, which belong to a collection and not to an instrument.
const ZONE_LIST: &str = "zones";
/// Two zones to write one's own over; every language has the word.
pub(super) const ZONES: [(&str, &str); 3] =
    [("zone_1", "Zone 1"), ("zone_2", "Zone 2"), (ZONE_REFUSED, "–")];

/// The spreadsheet of an instrument.
pub fn export(instrument: &Instrument) -> Result<Vec<u8>, Refused> {
    let mut form = Form {
        paths: Paths::new(instrument),
        survey: Vec::new(),
        choices: Vec::new(),
        lists: BTreeMap::new(),
    };
    form.words("intro", &instrument.intro);
    for section in &instrument.sections {
        form.section(section);
    }
    form.words("outro", &instrument.outro);
    let sheets = Sheets {
        languages: &instrument.languages,
        survey: form.survey,
        choices: form.choices,
        settings: vec![settings(instrument)],
        ours: write::apart(instrument).lines().map(str::to_owned).collect(),
    };
    paper::print(&sheets)
}

fn settings(instrument: &Instrument) -> Line {
    let first = instrument.languages.first().copied().unwrap_or(Lang::En);
    let version: String = instrument.hash().chars().take(12).collect();
    Line::new()
        .with("form_title", instrument.title.get(first))
        .with("form_id", &instrument.slug)
        .with("version", version)
        .with("default_language", paper::heading(first))
}

/// A form being filled.
struct Form<'a> {
    paths: Paths<'a>,
    survey: Vec<Line>,
    choices: Vec<Line>,
    /// What the lists hold, so that the same list is written once.
    lists: BTreeMap<String, Vec<Line>>,
}

impl Form<'_> {
    /// What is said before or after.
    fn words(&mut self, kind: &str, text: &Text) {
        let name = self.paths.name(kind, kind);
        let line = Line::new().with("type", "note").with("name", name);
        self.survey.push(line.text("label", text).with("miradouro_kind", kind));
    }

    fn section(&mut self, section: &Section) {
        let key = format!("section {}", section.id);
        let name = self.paths.name(&key, &format!("section_{}", section.id));
        let line = Line::new()
            .with("type", "begin_group")
            .with("name", name)
            .text("label", &section.title)
            .perhaps("hint", section.hint.as_ref())
            .with("miradouro_kind", "section")
            .with("miradouro_id", &section.id)
            .flag("miradouro_shuffle", section.shuffle);
        self.survey.push(line);
        for question in &section.questions {
            self.question(question);
        }
        if !section.questions.iter().any(Question::is_shown) {
            // A group in which nothing is shown is not allowed.
            let key = format!("words {}", section.id);
            let name = self.paths.name(&key, &format!("words_{}", section.id));
            let line = Line::new().with("type", "note").with("name", name);
            let line = line.text("label", &section.title).with("miradouro_kind", "filler");
            self.survey.push(line);
        }
        self.end("end_group");
    }

    fn end(&mut self, word: &str) {
        self.survey.push(Line::new().with("type", word));
    }

    /// What every kind of question has in common.
    fn base(&self, question: &Question, rule: Option<&Condition>) -> Line {
        let name = self.paths.of(&question.id);
        let mut line = Line::new()
            .with("name", &name)
            .text("label", &question.text)
            .perhaps("hint", question.hint.as_ref())
            .with("miradouro_kind", question.kind.code())
            .flag("miradouro_sensitive", question.sensitive);
        if name != question.id {
            line = line.with("miradouro_id", &question.id);
        }
        if let Some(rule) = rule {
            let relevant = self.paths.relevant(rule.rule());
            line = line
                .with("relevant", &relevant)
                .with("miradouro_relevant", relevant)
                .with("miradouro_show_if", rule.to_string());
        }
        if question.meaning != 1 {
            line = line.with("miradouro_meaning", question.meaning.to_string());
        }
        if let Some(same_as) = &question.same_as {
            line = line.with("miradouro_same_as", same_as);
        }
        line.perhaps_with("miradouro_fold", question.fold.as_ref().map(fold))
    }

    fn question(&mut self, question: &Question) {
        let line = self.base(question, question.show_if.as_ref());
        match &question.kind {
            Kind::Single { choices, shuffle } => {
                let line = self.offered(line, "select_one", &question.id, choices, *shuffle);
                self.survey.push(line);
            }
            Kind::Multiple { choices, max, shuffle } => {
                let line = self.offered(line, "select_multiple", &question.id, choices, *shuffle);
                self.survey.push(line.perhaps_with("constraint", ticks(choices, *max)));
            }
            Kind::Rank { choices, places, shuffle } => {
                let line = self.offered(line, "rank", &question.id, choices, *shuffle);
                self.survey.push(line.with("miradouro_max", places.to_string()));
            }
            Kind::Scale { scale, choices } | Kind::Faces { scale, choices } => {
                let line = self.steps(line, &question.id, scale.as_deref(), choices);
                self.survey.push(line);
            }
            Kind::Grid { questions, shuffle } => self.grid(line, question, questions, *shuffle),
            Kind::Number { min, max, bands, choices } => {
                self.number(line, question, (*min, *max), bands, choices);
            }
            Kind::Text { max, lint } => {
                let line = line
                    .with("type", "text")
                    .with("constraint", format!("string-length(.) <= {max}"))
                    .flag("miradouro_no_lint", !lint);
                self.survey.push(line);
            }
            Kind::Zone => {
                let list = self.list(ZONE_LIST, zones());
                self.survey.push(line.with("type", format!("select_one {list}")));
            }
            Kind::Place => self.survey.push(line.with("type", "geopoint")),
            Kind::Photo { max } => {
                let line = line.with("type", "image").with("parameters", DOTS);
                self.survey.push(line.with("miradouro_max", max.to_string()));
            }
            Kind::Group { questions, max } => {
                let line = line.with("type", "begin_repeat");
                self.survey.push(line.with("miradouro_max", max.to_string()));
                for inner in questions {
                    self.question(inner);
                }
                self.end("end_repeat");
            }
            Kind::Counts { statements, groups, max } => {
                let line = line.with("type", "begin_group");
                self.survey.push(line.with("miradouro_max", max.to_string()));
                self.counts(&question.id, statements, groups, *max);
                self.end("end_group");
            }
            Kind::Consent | Kind::AgeGate => {
                self.survey.push(line.with("type", "acknowledge").with("required", "yes"));
            }
            Kind::Info { body } => {
                let line = line.with("type", "note").text("hint", body);
                self.survey.push(line.perhaps("guidance_hint", question.hint.as_ref()));
            }
            Kind::Weight => self.survey.push(line.with("type", "hidden")),
        }
    }

    /// A question with choices, some of which may be offered by a rule.
    fn offered(
        &mut self,
        line: Line,
        word: &str,
        id: &str,
        choices: &[Choice],
        shuffle: bool,
    ) -> Line {
        let list = self.list(id, choices.iter().map(choice).collect());
        let rules = choices.iter().filter_map(|choice| Some((choice, choice.show_if.as_ref()?)));
        let rules = rules.map(|(choice, rule)| {
            format!("(name != '{}' or {})", choice.code, self.paths.relevant(rule.rule()))
        });
        let filter: Vec<String> = rules.collect();
        let filter = (!filter.is_empty()).then(|| filter.join(" and "));
        let shuffled = shuffle.then(|| "randomize=true".to_owned());
        line.with("type", format!("{word} {list}"))
            .perhaps_with("choice_filter", filter.clone())
            .perhaps_with("miradouro_filter", filter)
            .perhaps_with("parameters", shuffled)
    }

    fn steps(&mut self, line: Line, id: &str, scale: Option<&str>, choices: &[Choice]) -> Line {
        let list = self.list(scale.unwrap_or(id), choices.iter().map(choice).collect());
        line.with("type", format!("select_one {list}"))
            .perhaps_with("miradouro_scale", scale.map(str::to_owned))
    }

    /// Rows on one list, which a form shows as a table.
    fn grid(&mut self, line: Line, grid: &Question, rows: &[Question], shuffle: bool) {
        let fold = rows.first().and_then(|row| row.fold.as_ref()).map(fold);
        let line = line.with("type", "begin_group").with("appearance", "table-list");
        let line = line.flag("miradouro_shuffle", shuffle).perhaps_with("miradouro_fold", fold);
        self.survey.push(line);
        for row in rows {
            let own = write::own_rule(grid.show_if.as_ref(), row.show_if.as_ref());
            let own = own.and_then(|own| own.parse::<Condition>().ok());
            let mut line = self.base(row, own.as_ref()).without("miradouro_fold");
            if grid.sensitive {
                line = line.without("miradouro_sensitive");
            }
            if let Kind::Scale { scale, choices } = &row.kind {
                line = self.steps(line, &grid.id, scale.as_deref(), choices);
            }
            self.survey.push(line);
        }
        self.end("end_group");
    }

    /// A number, its bands as a list nobody chooses from, and a second question for those who give
    /// none.
    fn number(
        &mut self,
        line: Line,
        question: &Question,
        (min, max): (f64, f64),
        bands: &[Band],
        choices: &[Choice],
    ) {
        let whole = |number: f64| number.fract() == 0.0;
        let is_whole = bands.iter().all(|band| whole(band.from) && whole(band.to));
        let word = if is_whole && whole(min) && whole(max) { "integer" } else { "decimal" };
        let list = self.list(&format!("{}_bands", question.id), bands.iter().map(band).collect());
        let line = line
            .with("type", word)
            .with("constraint", format!(". >= {min} and . <= {max}"))
            .with("miradouro_bands", list);
        self.survey.push(line);
        if choices.is_empty() {
            return;
        }
        let key = paths::instead(&question.id);
        let list = self.list(&key, choices.iter().map(choice).collect());
        let empty = format!("${{{}}} = ''", self.paths.of(&question.id));
        let relevant = question.show_if.as_ref().map_or_else(
            || empty.clone(),
            |rule| format!("{} and {empty}", self.paths.relevant(rule.rule())),
        );
        let line = Line::new()
            .with("type", format!("select_one {list}"))
            .with("name", self.paths.of(&key))
            .text("label", &question.text)
            .with("relevant", relevant)
            .with("miradouro_kind", "instead");
        self.survey.push(line);
    }

    fn counts(&mut self, id: &str, statements: &[Label], groups: &[Label], max: u32) {
        for statement in statements {
            let key = format!("{id}_{}", statement.code);
            let name = self.paths.name(&format!("statement {key}"), &key);
            let line = Line::new()
                .with("type", "begin_group")
                .with("name", name)
                .text("label", &statement.text)
                .with("appearance", "field-list")
                .with("miradouro_kind", "statement")
                .with("miradouro_id", &statement.code);
            self.survey.push(line);
            for group in groups {
                let line = Line::new()
                    .with("type", "integer")
                    .with("name", self.paths.of(&paths::cell(id, &statement.code, &group.code)))
                    .text("label", &group.text)
                    .with("constraint", format!(". >= 0 and . <= {max}"))
                    .with("miradouro_kind", "counted")
                    .with("miradouro_id", &group.code);
                self.survey.push(line);
            }
            self.end("end_group");
        }
    }

    /// Writes a list, or finds the same one; its name is as near to `wish` as can be.
    fn list(&mut self, wish: &str, lines: Vec<Line>) -> String {
        let mut name = wish.to_owned();
        loop {
            match self.lists.get(&name) {
                Some(known) if *known == lines => return name,
                Some(_) => name.push('_'),
                None => break,
            }
        }
        for line in &lines {
            self.choices.push(line.clone().with("list_name", &name));
        }
        self.lists.insert(name.clone(), lines);
        name
    }
}

fn choice(choice: &Choice) -> Line {
    Line::new()
        .with("name", &choice.code)
        .text("label", &choice.text)
        .perhaps_with("miradouro_score", choice.score.map(|score| score.to_string()))
        .flag("miradouro_missing", choice.missing)
        .flag("miradouro_exclusive", choice.exclusive)
        .perhaps_with("miradouro_show_if", choice.show_if.as_ref().map(ToString::to_string))
}

fn band(band: &Band) -> Line {
    Line::new()
        .with("name", &band.code)
        .text("label", &band.text)
        .with("miradouro_from", band.from.to_string())
        .with("miradouro_to", band.to.to_string())
        .perhaps_with("miradouro_score", band.score.map(|score| score.to_string()))
}

fn zones() -> Vec<Line> {
    let line = |(code, words)| Line::new().with("name", code).text("label", &Text::name(words));
    ZONES.map(line).to_vec()
}

/// How many may be ticked, and what cannot stand beside another.
fn ticks(choices: &[Choice], max: Option<usize>) -> Option<String> {
    let most = max.map(|max| format!("count-selected(.) <= {max}"));
    let alone = choices.iter().filter(|choice| choice.exclusive || choice.missing);
    let alone =
        alone.map(|it| format!("not(selected(., '{}') and count-selected(.) > 1)", it.code));
    let all: Vec<String> = most.into_iter().chain(alone).collect();
    (!all.is_empty()).then(|| all.join(" and "))
}

/// `very_bad bad | so_so | good very_good`.
fn fold(fold: &Fold) -> String {
    [&fold.low, &fold.middle, &fold.high].map(|part| part.join(" ")).join(" | ")
}
