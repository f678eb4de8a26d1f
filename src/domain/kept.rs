//! Reading an answer back from JSON: what it is shows from its first letter, so nothing is tried
//! twice. A release reads millions.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::answer::{Answer, Answers};

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Kept)
    }
}

struct Kept;

/// What stands in a list.
enum Item {
    Code(String),
    Row(Answers),
}

impl<'de> Visitor<'de> for Kept {
    type Value = Answer;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("null, a code, a number, a list of codes or of objects, or counts")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Answer, E> {
        Ok(Answer::Skipped)
    }

    fn visit_none<E: de::Error>(self) -> Result<Answer, E> {
        Ok(Answer::Skipped)
    }

    fn visit_str<E: de::Error>(self, code: &str) -> Result<Answer, E> {
        Ok(Answer::Code(code.to_owned()))
    }

    fn visit_string<E: de::Error>(self, code: String) -> Result<Answer, E> {
        Ok(Answer::Code(code))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Answer, E> {
        Ok(Answer::Number(number))
    }

    #[expect(clippy::cast_precision_loss, reason = "an answer is a small number")]
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Answer, E> {
        Ok(Answer::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "an answer is a small number")]
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Answer, E> {
        Ok(Answer::Number(number as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Answer, A::Error> {
        let (mut codes, mut rows) = (Vec::new(), Vec::new());
        while let Some(item) = list.next_element()? {
            match item {
                Item::Code(code) => codes.push(code),
                Item::Row(row) => rows.push(row),
            }
        }
        match (codes.is_empty(), rows.is_empty()) {
            (_, true) => Ok(Answer::Codes(codes)),
            (true, false) => Ok(Answer::Group(rows)),
            (false, false) => Err(de::Error::custom("a list of codes and objects at once")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let mut counts = BTreeMap::new();
        while let Some((statement, groups)) = map.next_entry()? {
            counts.insert(statement, groups);
        }
        Ok(Answer::Counts(counts))
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Items)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Item;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a code or an object of answers")
    }

    fn visit_str<E: de::Error>(self, code: &str) -> Result<Item, E> {
        Ok(Item::Code(code.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let mut answers = BTreeMap::new();
        while let Some((question, answer)) = map.next_entry()? {
            answers.insert(question, answer);
        }
        Ok(Item::Row(Answers(answers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_comes_back_as_it_was_kept() {
        let text = r#"{"a":null,"b":"x","c":3.5,"d":["x","y"],"e":[],"f":[{"g":"x"},{}],"h":{"s":{"y":3}},"i":-2}"#;
        let read: Answers = serde_json::from_str(text).unwrap();
        let again: Answers = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(read, again);
        assert_eq!(read.0["a"], Answer::Skipped);
        assert_eq!(read.0["c"], Answer::Number(3.5));
        assert_eq!(read.0["e"], Answer::Codes(Vec::new()));
        assert_eq!(read.0["i"], Answer::Number(-2.0));
        let rows = vec![
            Answers([("g".to_owned(), Answer::Code("x".to_owned()))].into()),
            Answers::default(),
        ];
        assert_eq!(read.0["f"], Answer::Group(rows));
        assert_eq!(
            read.0["h"],
            Answer::Counts([("s".to_owned(), [("y".to_owned(), 3)].into())].into())
        );
        for wrong in [r#"{"a":true}"#, r#"{"a":["x",{}]}"#, r#"{"a":{"s":1}}"#, r#"{"a":[1]}"#] {
            assert!(serde_json::from_str::<Answers>(wrong).is_err(), "{wrong}");
        }
    }
}
