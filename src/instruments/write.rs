//! An instrument back to its file: the same layout as the files that come with the program.
//!
//! What is written reads back as the equal instrument ([`super::check`]). Two things are not kept,
//! because an instrument does not know them: comments, and the block a section was taken from (its
//! questions are written out). A scale stays a name where `shared.toml` has the very same one, and
//! is written into the file as a `[[scale]]` where it is not shared or has words of its own. Other
//! answers under the name of a shared scale cannot keep it: they become plain choices.

use std::fmt::{Display, Write as _};

use super::shared::{self, Scale};
use super::{SHARED, embedded, file, plan};
use crate::domain::condition::Condition;
use crate::domain::instrument::{
    Breakdown, ChartPlan, Index, Instrument, Research, Section, StationPlan,
};
use crate::domain::question::{Band, Choice, Fold, Kind, Label, Question};
use crate::domain::text::{Lang, Text};

/// The file of an instrument, on the scales that come with the program.
#[must_use]
pub fn write(instrument: &Instrument) -> String {
    write_beside(instrument, &embedded(SHARED).unwrap_or_default())
}

/// The file of an instrument that will stand beside this `shared.toml`.
#[must_use]
pub fn write_beside(instrument: &Instrument, shared: &str) -> String {
    let (mut kept, mut own) = (Vec::new(), Vec::<(&str, &[Choice])>::new());
    let known = shared::read(shared).0.scales;
    let asked = instrument.all_questions();
    for (id, choices) in asked.filter_map(|question| scale(&question.kind)) {
        match known.iter().find(|scale| scale.id == id) {
            Some(scale) if is_shared(scale, choices, &instrument.languages) => kept.push(id),
            Some(scale) if !shared::means_the_same(&scale.choices, choices) => {}
            Some(_) | None if own.iter().any(|(taken, _)| *taken == id) => {}
            Some(_) | None => own.push((id, choices)),
        }
    }
    let langs = &instrument.languages;
    let mut page = Page { out: String::new(), langs, kept, own: own.clone() };
    page.head(instrument);
    page.research(instrument);
    for (id, choices) in own {
        page.open("[[scale]]");
        page.word("id", id);
        page.choices("choices", choices);
    }
    instrument.breakdowns.iter().for_each(|breakdown| page.breakdown(breakdown));
    instrument.sections.iter().for_each(|section| page.section(section));
    page.plans(instrument);
    page.out
}

/// What a form of another survey program has no words for: the head and all that is to be shown,
/// without the questions.
pub(super) fn apart(instrument: &Instrument) -> String {
    let langs = &instrument.languages;
    let mut page = Page { out: String::new(), langs, kept: Vec::new(), own: Vec::new() };
    page.level(instrument);
    page.words("help", instrument.help.iter().map(|help| help.code()));
    page.text("title", &instrument.title);
    page.research(instrument);
    instrument.breakdowns.iter().for_each(|breakdown| page.breakdown(breakdown));
    page.plans(instrument);
    page.out
}

/// The named scale of a question.
fn scale(kind: &Kind) -> Option<(&str, &[Choice])> {
    if let Kind::Scale { scale: Some(id), choices } | Kind::Faces { scale: Some(id), choices } =
        kind
    {
        Some((id, choices))
    } else {
        None
    }
}

/// Whether a shared scale is the very same in these languages.
fn is_shared(scale: &Scale, choices: &[Choice], langs: &[Lang]) -> bool {
    let mut theirs = scale.choices.clone();
    for choice in &mut theirs {
        choice.text.0.retain(|lang, _| langs.contains(lang));
    }
    theirs == choices
}

/// The word of a closed list that stands for a value.
fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

/// A file being written.
struct Page<'a> {
    out: String,
    langs: &'a [Lang],
    /// The scales that stand in `shared.toml`.
    kept: Vec<&'a str>,
    /// The scales that stand in this file.
    own: Vec<(&'a str, &'a [Choice])>,
}

impl<'a> Page<'a> {
    fn head(&mut self, instrument: &Instrument) {
        self.word("slug", &instrument.slug);
        self.level(instrument);
        self.words("languages", instrument.languages.iter().map(|lang| lang.tag()));
        self.words("help", instrument.help.iter().map(|help| help.code()));
        self.text("title", &instrument.title);
        self.text("intro", &instrument.intro);
        self.text("outro", &instrument.outro);
    }

    /// What sort of sheet it is and what may be done with it.
    fn level(&mut self, instrument: &Instrument) {
        self.word("kind", word(&file::SHEETS, &instrument.sheet));
        self.word("policy", word(&file::POLICIES, &instrument.policy));
        self.bare("minutes", instrument.minutes);
        self.word("sensitivity", word(&file::SENSITIVITIES, &instrument.sensitivity));
        if let Some(age) = instrument.min_age {
            self.bare("min_age", age);
        }
        if let Some(layout) = &instrument.layout {
            self.word("layout", word(&file::LAYOUTS, layout));
        }
    }

    fn research(&mut self, instrument: &Instrument) {
        if let Some(Research { constructs, sources, not_for }) = &instrument.research {
            self.open("[research]");
            self.text("constructs", constructs);
            self.text("sources", sources);
            self.text("not_for", not_for);
        }
    }

    /// What is to be shown.
    fn plans(&mut self, instrument: &Instrument) {
        instrument.indices.iter().for_each(|index| self.index(index));
        instrument.charts.iter().for_each(|chart| self.chart(chart));
        instrument.stations.iter().for_each(|station| self.station(station));
    }

    fn breakdown(&mut self, breakdown: &Breakdown) {
        self.open("[[breakdown]]");
        self.word("by", &breakdown.by);
        self.word("merge", word(&plan::MERGES, &breakdown.merge));
    }

    fn section(&mut self, section: &'a Section) {
        self.open("[[section]]");
        self.word("id", &section.id);
        if section.shuffle {
            self.bare("shuffle", true);
        }
        self.text("title", &section.title);
        self.perhaps("hint", section.hint.as_ref());
        for question in &section.questions {
            self.question("[[section.question]]", question);
        }
    }

    fn question(&mut self, heading: &str, question: &'a Question) {
        self.open(heading);
        self.word("id", &question.id);
        self.word("kind", question.kind.code());
        if question.meaning != 1 {
            self.bare("meaning", question.meaning);
        }
        if let Some(same_as) = &question.same_as {
            self.word("same_as", same_as);
        }
        if question.sensitive {
            self.bare("sensitive", true);
        }
        if let Some(rule) = &question.show_if {
            self.word("show_if", &rule.to_string());
        }
        self.kind(&question.kind);
        if let Some(fold) = &question.fold {
            self.fold(fold);
        }
        self.text("text", &question.text);
        self.perhaps("hint", question.hint.as_ref());
        if let Kind::Grid { questions, .. } = &question.kind {
            let rows = questions.iter().map(|row| self.row(question, row));
            self.lines("rows", rows.collect());
        }
        for inner in question.inner() {
            self.question("[[section.question.question]]", inner);
        }
    }

    fn kind(&mut self, kind: &'a Kind) {
        match kind {
            Kind::Single { choices, shuffle } => {
                self.shuffle(*shuffle);
                self.choices("choices", choices);
            }
            Kind::Multiple { choices, max, shuffle } => {
                if let Some(max) = max {
                    self.bare("max", max);
                }
                self.shuffle(*shuffle);
                self.choices("choices", choices);
            }
            Kind::Rank { choices, places, shuffle } => {
                self.bare("places", places);
                self.shuffle(*shuffle);
                self.choices("choices", choices);
            }
            Kind::Scale { scale, choices } | Kind::Faces { scale, choices } => {
                self.steps(scale.as_deref(), choices);
            }
            Kind::Grid { questions, shuffle } => {
                self.shuffle(*shuffle);
                if let Some(first) = questions.first() {
                    self.kind(&first.kind);
                    if let Some(fold) = &first.fold {
                        self.fold(fold);
                    }
                }
            }
            Kind::Number { min, max, bands, choices } => {
                self.bare("min", min);
                self.bare("max", max);
                self.bands(bands);
                if !choices.is_empty() {
                    self.choices("choices", choices);
                }
            }
            Kind::Text { max, lint } => {
                self.bare("max", max);
                self.bare("lint", lint);
            }
            Kind::Group { max, .. } | Kind::Photo { max } => self.bare("max", max),
            Kind::Counts { statements, groups, max } => {
                self.bare("max", max);
                self.labels("statements", statements);
                self.labels("groups", groups);
            }
            Kind::Info { body } => self.text("body", body),
            Kind::Zone | Kind::Place | Kind::Consent | Kind::AgeGate | Kind::Weight => {}
        }
    }

    fn shuffle(&mut self, shuffle: bool) {
        if shuffle {
            self.bare("shuffle", true);
        }
    }

    /// A row of a grid, without what holds for all of them.
    fn row(&self, grid: &Question, row: &Question) -> String {
        let mut line = format!("id = {}", quoted(&row.id));
        let mut add = |key: &str, value: String| {
            let _infallible = write!(line, ", {key} = {value}");
        };
        if row.meaning != 1 {
            add("meaning", row.meaning.to_string());
        }
        if let Some(same_as) = &row.same_as {
            add("same_as", quoted(same_as));
        }
        if row.sensitive && !grid.sensitive {
            add("sensitive", "true".to_owned());
        }
        if let Some(own) = own_rule(grid.show_if.as_ref(), row.show_if.as_ref()) {
            add("show_if", quoted(&own));
        }
        add("text", self.inline(&row.text));
        if let Some(hint) = &row.hint {
            add("hint", self.inline(hint));
        }
        format!("{{ {line} }}")
    }

    /// A scale by its name, unless another one of that name stands in the file.
    fn steps(&mut self, scale: Option<&str>, choices: &[Choice]) {
        match scale {
            Some(id) if self.kept.contains(&id) || self.own.contains(&(id, choices)) => {
                self.word("scale", id);
            }
            Some(_) | None => self.choices("choices", choices),
        }
    }

    fn choices(&mut self, key: &str, choices: &[Choice]) {
        let lines = choices.iter().map(|choice| {
            let mut line = format!("code = {}", quoted(&choice.code));
            if let Some(score) = choice.score {
                let _infallible = write!(line, ", score = {score}");
            }
            for (flag, is_set) in [("missing", choice.missing), ("exclusive", choice.exclusive)] {
                if is_set {
                    let _infallible = write!(line, ", {flag} = true");
                }
            }
            if let Some(rule) = &choice.show_if {
                let _infallible = write!(line, ", show_if = {}", quoted(&rule.to_string()));
            }
            format!("{{ {line}, text = {} }}", self.inline(&choice.text))
        });
        self.lines(key, lines.collect());
    }

    fn labels(&mut self, key: &str, labels: &[Label]) {
        let lines = labels.iter().map(|label| {
            format!("{{ code = {}, text = {} }}", quoted(&label.code), self.inline(&label.text))
        });
        self.lines(key, lines.collect());
    }

    fn bands(&mut self, bands: &[Band]) {
        let lines = bands.iter().map(|band| {
            let Band { code, text, from, to, score } = band;
            let mut line = format!("code = {}, from = {from}, to = {to}", quoted(code));
            if let Some(score) = score {
                let _infallible = write!(line, ", score = {score}");
            }
            format!("{{ {line}, text = {} }}", self.inline(text))
        });
        self.lines("bands", lines.collect());
    }

    fn fold(&mut self, fold: &Fold) {
        let [low, middle, high] = [&fold.low, &fold.middle, &fold.high].map(list);
        self.bare("fold", format!("{{ low = {low}, middle = {middle}, high = {high} }}"));
    }

    fn index(&mut self, index: &Index) {
        self.open("[[index]]");
        self.word("id", &index.id);
        self.text("title", &index.title);
        self.words("questions", &index.questions);
        self.word("direction", word(&plan::DIRECTIONS, &index.direction));
        let [low, high] = [&index.low, &index.high].map(|end| self.inline(end));
        self.bare("ends", format!("{{ low = {low}, high = {high} }}"));
    }

    fn chart(&mut self, chart: &ChartPlan) {
        self.open("[[chart]]");
        self.word("id", &chart.id);
        self.word("kind", word(&plan::CHARTS, &chart.chart));
        self.words("questions", &chart.questions);
        if let Some(by) = &chart.by {
            self.word("by", by);
        }
        if !chart.top.is_empty() {
            self.words("top", &chart.top);
        }
        if !chart.ends.is_empty() {
            self.words("ends", &chart.ends);
        }
        if let Some(cut) = chart.cut {
            self.bare("cut", cut);
        }
        self.text("title", &chart.title);
    }

    fn station(&mut self, station: &StationPlan) {
        self.open("[[station]]");
        self.bare("number", station.number);
        self.text("title", &station.title);
        let prompts = station.prompts.iter().map(|prompt| self.inline(prompt));
        self.lines("prompts", prompts.collect());
        self.words("charts", &station.charts);
    }

    /// A heading after an empty line.
    fn open(&mut self, heading: &str) {
        let _infallible = write!(self.out, "\n{heading}\n");
    }

    /// A value as it stands.
    fn bare(&mut self, key: &str, value: impl Display) {
        let _infallible = writeln!(self.out, "{key} = {value}");
    }

    fn word(&mut self, key: &str, value: &str) {
        self.bare(key, quoted(value));
    }

    fn words<T: AsRef<str>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        self.bare(key, list(values));
    }

    fn text(&mut self, key: &str, text: &Text) {
        self.bare(key, self.inline(text));
    }

    fn perhaps(&mut self, key: &str, text: Option<&Text>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// A list with one entry a line.
    fn lines(&mut self, key: &str, lines: Vec<String>) {
        let lines: String = lines.into_iter().map(|line| format!("  {line},\n")).collect();
        self.bare(key, format!("[\n{lines}]"));
    }

    /// A text in the order of the file's languages.
    fn inline(&self, text: &Text) -> String {
        let said = self.langs.iter().filter_map(|lang| Some((lang, text.0.get(lang)?)));
        let said: Vec<String> =
            said.map(|(lang, words)| format!("{lang} = {}", quoted(words))).collect();
        format!("{{ {} }}", said.join(", "))
    }
}

/// The rule of a row itself, without that of its grid.
pub(super) fn own_rule(grid: Option<&Condition>, row: Option<&Condition>) -> Option<String> {
    let row = row?.to_string();
    let Some(grid) = grid else { return Some(row) };
    if grid.to_string() == row {
        return None;
    }
    let own = row.strip_prefix(&format!("({grid}) and (")).and_then(|own| own.strip_suffix(')'));
    Some(own.unwrap_or(&row).to_owned())
}

fn list<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| quoted(value.as_ref())).collect();
    format!("[{}]", values.join(", "))
}

/// A string of TOML on one line.
pub(super) fn quoted(words: &str) -> String {
    let mut out = String::from('"');
    for c in words.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _infallible = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::question::Sort;
    use crate::instruments::{Shelf, check};

    const EVERY_KIND: &str = include_str!("../../tests/surveys/every_kind.toml");
    const SMALL: &str = include_str!("../../tests/surveys/small.toml");

    /// What is written must read back as the same, without a fault, and be written the same again.
    fn comes_back(instrument: &Instrument) -> String {
        let text = write(instrument);
        let name = format!("{}.toml", instrument.slug);
        let (back, faults) = check(&name, &text, None);
        let said: String = faults.iter().map(|fault| fault.show(&name) + "\n").collect();
        assert_eq!(said, "", "{text}");
        assert_eq!(back.as_ref(), Some(instrument));
        assert_eq!(write(&back.unwrap()), text);
        text
    }

    #[test]
    fn every_shipped_instrument_comes_back() {
        for instrument in Shelf::load(None).instruments() {
            let text = comes_back(instrument);
            let air = text.lines().filter(|line| line.is_empty()).count();
            assert!(air > instrument.laid_out().count(), "no air in {}", instrument.slug);
        }
    }

    #[test]
    fn every_kind_of_question_comes_back() {
        let (instrument, faults) = check("every_kind.toml", EVERY_KIND, None);
        let said: String = faults.iter().map(|fault| fault.show("every_kind.toml")).collect();
        assert_eq!(said, "");
        let instrument = instrument.unwrap();
        let asked: Vec<&Question> =
            instrument.laid_out().chain(instrument.all_questions()).collect();
        for sort in Sort::ALL {
            assert!(asked.iter().any(|question| question.kind.sort() == *sort), "{sort:?}");
        }
        comes_back(&instrument);
    }

    #[test]
    fn shared_scales_stay_names_and_others_are_written_out() {
        let small = check("small.toml", SMALL, None).0.unwrap();
        assert!(comes_back(&small).contains("scale = \"safe5\""));
        let mut own = small.clone();
        let Kind::Scale { scale, .. } = &mut own.sections[0].questions[2].kind else { panic!() };
        *scale = Some("mine".to_owned());
        let text = comes_back(&own);
        assert!(text.contains("[[scale]]\nid = \"mine\"") && text.contains("scale = \"mine\""));
    }

    #[test]
    fn a_shared_scale_in_other_words_keeps_its_name() {
        let mut small = check("small.toml", SMALL, None).0.unwrap();
        let Kind::Scale { choices, .. } = &mut small.sections[0].questions[2].kind else {
            panic!()
        };
        choices[0].text = Text([(Lang::En, "not safe at all".to_owned())].into());
        let text = write(&small);
        let (back, faults) = check("small.toml", &text, None);
        assert_eq!(back.as_ref(), Some(&small));
        assert!(
            faults
                .iter()
                .all(|fault| fault.sentence.contains("its own words") && !fault.is_error()),
            "{faults:?}"
        );
    }

    #[test]
    fn other_answers_under_a_shared_name_become_plain_choices() {
        let mut small = check("small.toml", SMALL, None).0.unwrap();
        let safe = &mut small.sections[0].questions[2];
        safe.same_as = None;
        let Kind::Scale { choices, .. } = &mut safe.kind else { panic!() };
        choices.truncate(4);
        let (back, faults) = check("small.toml", &write(&small), None);
        let Kind::Scale { scale, .. } = &mut small.sections[0].questions[2].kind else { panic!() };
        *scale = None;
        assert_eq!((back, faults), (Some(small), vec![]));
        let own = "\n[[scale]]\nid = \"safe5\"\nchoices = [{ code = \"a\", score = 0, text = { en = \"a\" } }]\n";
        let (_, faults) = check("small.toml", &(SMALL.to_owned() + own), None);
        assert!(faults.iter().any(|fault| fault.sentence.contains("with other answers")));
    }

    proptest! {
        #[test]
        fn any_words_come_back(words in "x\\PC{0,20}[\"\\\\\n']{1,3}\\PC{0,20}", help in ".{1,9}") {
            let mut small = check("small.toml", SMALL, None).0.unwrap();
            small.intro.0.insert(Lang::En, words.clone());
            small.sections[0].title.0.insert(Lang::En, words.clone());
            let (back, faults) = check("small.toml", &write(&small), None);
            // Markup and marks that turn the direction are refused, with a sentence.
            let is_refused = |it: &crate::instruments::Fault| {
                it.sentence.contains("markup") || it.sentence.contains("can see")
            };
            if !faults.iter().any(is_refused) {
                prop_assert_eq!(back, Some(small));
            }
            let table: toml::Table = format!("a = {}", quoted(&help)).parse().unwrap();
            prop_assert_eq!(table["a"].as_str(), Some(help.as_str()));
        }
    }
}
