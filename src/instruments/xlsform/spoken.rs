//! The languages of a form, and its words as our texts.

use super::Refused;
use super::columns::{self, Line, Table};
use super::report::{At, Report, short};
use crate::domain::text::{Lang, Text, is_unseen};
use crate::instruments::table::{has_markup, turns};

/// The most characters of one text.
const LONGEST: usize = 5000;

/// The languages of a form.
#[derive(Debug)]
pub(super) struct Spoken {
    /// Those that we speak too, in the order of the form.
    pub(super) langs: Vec<Lang>,
    /// That of words without one; none when it is one we do not speak.
    bare: Option<Lang>,
}

impl Spoken {
    /// Looks through the headings; those in languages we do not speak are listed.
    pub(super) fn new(
        survey: &Table<'_>,
        choices: Option<&Table<'_>>,
        default: Option<&str>,
        report: &mut Report,
    ) -> Result<Self, Refused> {
        let said = Some(survey.languages("label")).filter(|said| !said.is_empty());
        // Some forms have hints and no labels.
        let said = said.unwrap_or_else(|| survey.languages("hint"));
        let explicit = said.iter().find_map(|(lang, _)| columns::language((*lang)?));
        let default = default.filter(|name| !name.eq_ignore_ascii_case("default"));
        let bare = match default {
            Some(name) => columns::language(name),
            None => Some(explicit.unwrap_or(Lang::En)),
        };
        let mut spoken = Self { langs: Vec::new(), bare };
        for (lang, at) in &said {
            spoken.hear(survey.name, *lang, *at, default, report);
        }
        if let Some(table) = choices {
            for (lang, at) in table.languages("label") {
                spoken.hear(table.name, lang, at, default, report);
            }
        }
        if spoken.langs.is_empty() && said.is_empty() {
            return Err(Refused::of("the form has no words: no label is filled in"));
        }
        if spoken.langs.is_empty() {
            let all = Lang::ALL.map(Lang::name).join(", ");
            return Err(Refused(format!(
                "the form has no words in a language that is spoken here: {all}"
            )));
        }
        Ok(spoken)
    }

    fn hear(
        &mut self,
        sheet: &str,
        lang: Option<&str>,
        at: At,
        default: Option<&str>,
        report: &mut Report,
    ) {
        let Some(known) = self.lang(lang) else {
            let name = short(lang.or(default).unwrap_or_default());
            report.add(sheet, at, format!("{name} is not spoken here, so its words stay behind"));
            return;
        };
        if !self.langs.contains(&known) {
            self.langs.push(known);
        }
        if lang.is_none() && default.is_none() {
            let name = known.name();
            report.add(sheet, at, format!("no language is given; it is taken as {name}"));
        }
    }

    fn lang(&self, written: Option<&str>) -> Option<Lang> {
        match written {
            Some(name) if name.eq_ignore_ascii_case("default") => self.bare,
            Some(name) => columns::language(name),
            None => self.bare,
        }
    }

    /// The words of a line in every language of the form; where one is missing, those of another
    /// stand in brackets with its tag, and that is listed.
    pub(super) fn text(&self, line: Line<'_>, key: &str, report: &mut Report) -> Option<Text> {
        let mut text = Text::default();
        for (lang, words, at) in line.words(key) {
            let Some(lang) = self.lang(lang) else { continue };
            let words = plain(line.sheet(), words, at, report);
            if !words.is_empty() {
                text.0.entry(lang).or_insert(words);
            }
        }
        let first = self.langs.iter().find(|lang| text.0.contains_key(lang))?;
        let stand_in = format!("[{first}] {}", text.get(*first));
        let missing: Vec<Lang> =
            self.langs.iter().copied().filter(|lang| !text.0.contains_key(lang)).collect();
        for lang in missing {
            let why = format!("the {key} is missing in {lang}; the words in {first} stand there");
            report.add(line.sheet(), line.at(key), why);
            text.0.insert(lang, stand_in.clone());
        }
        text.0.retain(|lang, _| self.langs.contains(lang));
        Some(text)
    }

    /// The same words in every language; three dots, when nothing of them can be seen.
    pub(super) fn everywhere(&self, words: &str) -> Text {
        let seen = seen(words);
        let words = if seen.is_empty() { "…".to_owned() } else { seen };
        Text(self.langs.iter().map(|lang| (*lang, words.clone())).collect())
    }
}

/// Words without what only a program fills in.
fn plain(sheet: &str, words: &str, at: At, report: &mut Report) -> String {
    let mut plain = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once("${") {
        plain.push_str(before);
        plain.push('…');
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let why = format!("answers are not put into words, so {} became …", short(name));
        report.add(sheet, at, why);
        rest = after;
    }
    plain.push_str(rest);
    if has_markup(&plain) {
        report.add(sheet, at, "words have no markup here; what stood in < > was taken out");
    }
    plain = seen(&plain);
    if plain.chars().count() > LONGEST {
        report.add(sheet, at, format!("the text was cut after {LONGEST} characters"));
        plain = plain.chars().take(LONGEST).collect();
    }
    plain.trim().to_owned()
}

/// Words as they can be shown: without tags and without what nobody can see.
fn seen(words: &str) -> String {
    let plain = if has_markup(words) { untagged(words) } else { words.to_owned() };
    let plain: String =
        plain.chars().filter(|c| *c == '\n' || !(turns(*c) || is_unseen(*c))).collect();
    plain.trim().to_owned()
}

/// Words without tags; a `<` that begins none stands alone.
fn untagged(words: &str) -> String {
    let mut plain = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let begins = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        rest = match after.split_once('>') {
            Some((_, rest)) if begins => rest,
            Some(_) | None => {
                plain.push_str("< ");
                after
            }
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_signs_stay() {
        for (words, plain) in [
            ("<b>Bold</b> word", "Bold word"),
            ("a < b and <i>c", "a <  b and c"),
            ("<span style=\"color:red\">x</span><!-- y -->", "x"),
            ("<open", "< open"),
            ("<<b>>", "< >"),
        ] {
            assert_eq!(untagged(words), plain);
            assert!(!has_markup(&untagged(words)));
        }
    }
}
