//! What the check of a file says, in the language of whoever reads it.
//!
//! The check speaks English and knows no words file. Here its sentences are known by their shape,
//! `{what} is missing in {lang}`, and said again. One that is not known stays as it is.

use std::collections::BTreeMap;

use super::read;
use crate::domain::text::Lang;

/// How deep parts of a sentence are said again: `text of question q1` has two parts.
const DEEPEST: u8 = 3;

/// The sentences of one language, as its file has them.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Tree {
    sentences: BTreeMap<String, String>,
    parts: BTreeMap<String, String>,
}

/// The sentences of the check in one language.
#[derive(Debug, Clone, Default)]
pub struct LintWords {
    sentences: Vec<Shape>,
    parts: Vec<Shape>,
}

/// A sentence by its shape, and how it is said here.
#[derive(Debug, Clone)]
struct Shape {
    /// What stands before the first hole, and behind each hole.
    literals: Vec<String>,
    holes: Vec<String>,
    said: String,
}

impl LintWords {
    /// The sentences of a language; English needs none.
    ///
    /// # Errors
    /// A sentence, when the file is missing or ill-formed.
    pub fn of(lang: Lang) -> Result<Self, String> {
        if lang == Lang::En {
            return Ok(Self::default());
        }
        let tree: Tree = read(lang, "lint")?;
        let shapes = |all: BTreeMap<String, String>| -> Vec<Shape> {
            all.into_iter().map(|(shape, said)| Shape::of(&shape, said)).collect()
        };
        Ok(Self { sentences: shapes(tree.sentences), parts: shapes(tree.parts) })
    }

    /// A sentence of the check in this language; nothing when it is not known.
    #[must_use]
    pub fn say(&self, sentence: &str) -> Option<String> {
        self.again(&self.sentences, sentence, DEEPEST)
    }

    fn again(&self, shapes: &[Shape], text: &str, deep: u8) -> Option<String> {
        let fitting = shapes.iter().filter_map(|shape| Some((shape, shape.fits(text)?)));
        // The most words of its own: `{what} has no {key}` gives way to `{what} has no questions`.
        let (shape, holes) = fitting.max_by_key(|(shape, _)| shape.own())?;
        let mut said = shape.said.clone();
        for (name, found) in shape.holes.iter().zip(holes) {
            let word = match (name.as_str(), found.parse::<Lang>()) {
                ("lang", Ok(lang)) => Some(lang.name().to_owned()),
                ("what" | "key" | "thing" | "why" | "wants", _) if deep > 0 => {
                    self.again(&self.parts, found, deep - 1)
                }
                _ => None,
            };
            said = said.replace(&format!("{{{name}}}"), word.as_deref().unwrap_or(found));
        }
        Some(said)
    }
}

impl Shape {
    fn of(shape: &str, said: String) -> Self {
        let mut pieces = shape.split('{');
        let mut literals = vec![pieces.next().unwrap_or("").to_owned()];
        let mut holes = Vec::new();
        for piece in pieces {
            let (hole, literal) = piece.split_once('}').unwrap_or((piece, ""));
            holes.push(hole.to_owned());
            literals.push(literal.to_owned());
        }
        Self { literals, holes, said }
    }

    /// How many letters are its own.
    fn own(&self) -> usize {
        self.literals.iter().map(String::len).sum()
    }

    /// What stands in the holes, if the text has this shape.
    fn fits<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, behind) = self.literals.split_first()?;
        let mut rest = text.strip_prefix(first.as_str())?;
        let mut found = Vec::new();
        for (number, literal) in behind.iter().enumerate() {
            let is_last = number + 1 == behind.len();
            let (hole, after) = if is_last {
                (rest.strip_suffix(literal.as_str())?, "")
            } else {
                rest.split_once(literal.as_str())?
            };
            if hole.is_empty() {
                return None;
            }
            found.push(hole);
            rest = after;
        }
        rest.is_empty().then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROKEN: &str = include_str!("../../tests/surveys/broken.txt");

    /// Every sentence the check says about a file with everything wrong.
    fn sentences() -> impl Iterator<Item = &'static str> {
        let heads = BROKEN.lines().filter_map(|line| line.strip_prefix("broken.toml:"));
        heads.filter_map(|line| Some(line.split_once(": ")?.1.trim_start_matches("warning: ")))
    }

    #[test]
    fn every_sentence_is_said_in_every_language_of_staff() {
        let mut unsaid = Vec::new();
        for lang in Lang::STAFF.into_iter().filter(|lang| *lang != Lang::En) {
            let words = LintWords::of(lang).unwrap();
            let silent = sentences().filter(|sentence| words.say(sentence).is_none());
            unsaid.extend(silent.map(|sentence| format!("{lang}: {sentence}")));
        }
        assert!(sentences().count() > 30);
        assert!(unsaid.is_empty(), "{}", unsaid.join("\n"));
    }

    #[test]
    fn every_language_knows_the_same_sentences_and_fills_the_same_holes() {
        let tree = |lang| read::<Tree>(lang, "lint").unwrap();
        let (nl, fr) = (tree(Lang::Nl), tree(Lang::Fr));
        assert!(nl.sentences.keys().eq(fr.sentences.keys()));
        assert!(nl.parts.keys().eq(fr.parts.keys()));
        for tree in [nl, fr] {
            for (shape, said) in tree.sentences.into_iter().chain(tree.parts) {
                let mut holes =
                    (Shape::of(&shape, String::new()).holes, Shape::of(&said, String::new()).holes);
                holes.0.sort();
                holes.1.sort();
                assert_eq!(holes.0, holes.1, "{shape}");
            }
        }
    }

    #[test]
    fn no_sentence_is_here_that_the_check_does_not_say() {
        let mut code = String::new();
        for folder in ["src/instruments", "src/domain"] {
            for file in std::fs::read_dir(folder).unwrap() {
                code += &std::fs::read_to_string(file.unwrap().path()).unwrap_or_default();
            }
        }
        let code = code.replace("\\\"", "\"");
        let tree = read::<Tree>(Lang::Nl, "lint").unwrap();
        let gone: Vec<String> = tree
            .sentences
            .keys()
            .filter(|shape| {
                let own = Shape::of(shape, String::new()).literals;
                let begins = own.iter().map(|literal| literal.trim().chars().take(16));
                let begins = begins.map(Iterator::collect::<String>);
                !begins.filter(|begin| begin.len() > 4).any(|begin| code.contains(&begin))
            })
            .cloned()
            .collect();
        assert!(gone.is_empty(), "{}", gone.join("\n"));
    }

    #[test]
    fn parts_are_said_again_and_names_stay() {
        let nl = LintWords::of(Lang::Nl).unwrap();
        let said = |sentence: &str| nl.say(sentence).unwrap();
        assert_eq!(
            said("text of question q1 is missing in ar"),
            "tekst van vraag q1 ontbreekt in: العربية"
        );
        assert_eq!(said("question why has no questions"), "vraag why heeft geen vragen");
        assert_eq!(nl.say("something else entirely"), None);
        assert_eq!(LintWords::of(Lang::En).unwrap().say("text is empty"), None);
    }
}
