//! The outermost shell of a GeoJSON file: its features, each still unread.
//!
//! They are slices of the file, so however the file is made, nothing is built of it but a short
//! list; what is nested without end is refused before anything else looks at it.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{LARGEST, MOST_FEATURES, Wrong};

/// What a file begins with when an editor on Windows wrote it.
const MARK: &str = "\u{feff}";

/// Names of degrees of WGS 84 in the member `crs` of older files.
const DEGREES: [&str; 3] = ["CRS84", "4326", "WGS 84"];

/// How deep features are nested at most: those of a street have nine levels.
const DEEPEST: usize = 32;

/// A collection, as far as it is looked into.
#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    features: Option<Features<'a>>,
    #[serde(borrow)]
    crs: Option<&'a RawValue>,
}

/// The first features, and how many there are.
struct Features<'a> {
    first: Vec<&'a RawValue>,
    count: usize,
}

/// The features of a file, unread.
///
/// # Errors
/// When the file is no collection of features, or too large a one.
pub(super) fn features(file: &[u8]) -> Result<Vec<&str>, Wrong> {
    if file.len() > LARGEST {
        return Err(Wrong::TooBig);
    }
    let text = std::str::from_utf8(file).map_err(|error| {
        let before = file.get(..error.valid_up_to()).unwrap_or_default();
        let lines: Vec<&[u8]> = before.split(|byte| *byte == b'\n').collect();
        let column = lines.last().map_or(0, |line| line.len()) + 1;
        Wrong::NotJson { line: lines.len(), column }
    })?;
    let text = text.strip_prefix(MARK).unwrap_or(text);
    if is_too_deep(text) {
        return Err(Wrong::TooDeep);
    }
    let collection: Collection<'_> = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            Wrong::NotACollection
        } else {
            Wrong::NotJson { line: error.line(), column: error.column() }
        }
    })?;
    let is_collection = collection.kind.as_deref() == Some("FeatureCollection");
    let features = collection.features.filter(|_| is_collection).ok_or(Wrong::NotACollection)?;
    if collection.crs.is_some_and(|crs| !DEGREES.iter().any(|known| crs.get().contains(known))) {
        return Err(Wrong::OtherSystem);
    }
    if features.count > MOST_FEATURES {
        return Err(Wrong::TooManyFeatures(features.count));
    }
    Ok(features.first.into_iter().map(RawValue::get).collect())
}

/// Whether brackets are nested beyond any map; brackets inside of texts do not count.
fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

impl<'de: 'a, 'a> Deserialize<'de> for Features<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Each)
    }
}

struct Each;

impl<'de> Visitor<'de> for Each {
    type Value = Features<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut first = Vec::new();
        while first.len() < MOST_FEATURES {
            let Some(one) = list.next_element::<&'de RawValue>()? else {
                return Ok(Features { count: first.len(), first });
            };
            first.push(one);
        }
        let mut count = first.len();
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Features { first, count })
    }
}
