//! What stands under a chart: the sentence made from its tables, or somebody's own words about the
//! same tables. Words about other tables than those that stand there by now are stale, and not shown.

use super::sentence::takeaway;
use super::station::Station;
use crate::domain::ids::CollectionId;
use crate::domain::takeaway::Takeaway;
use crate::domain::text::Lang;
use crate::words::PosterWords;

/// What stands under the charts of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The sentence.
    pub said: String,
    /// Who wrote it, where somebody did.
    pub by: Option<String>,
    /// What somebody wrote about figures that are no longer these.
    pub stale: Option<Takeaway>,
}

/// The sentence of a station in a language.
#[must_use]
pub fn spoken(station: &Station, lang: Lang, words: &PosterWords, written: &[Takeaway]) -> Spoken {
    let made = || takeaway(station, lang, words);
    let own = key(station).and_then(|(collection, chart)| {
        written
            .iter()
            .find(|one| one.collection == collection && one.chart == chart && one.lang == lang)
    });
    match own {
        None => Spoken { said: made(), by: None, stale: None },
        Some(own) if own.about == about(station) => {
            Spoken { said: own.said.clone(), by: Some(own.editor.clone()), stale: None }
        }
        Some(old) => Spoken { said: made(), by: None, stale: Some(old.clone()) },
    }
}

/// Under which collection and chart the words of a station are kept: those of its first chart.
#[must_use]
pub fn key(station: &Station) -> Option<(CollectionId, &str)> {
    let first = station.shown.first()?;
    Some((first.tables.first()?.address().collection, first.plan.id.as_str()))
}

/// Which tables stand at a station. A table never changes once it is released, so where these are the
/// same, the figures are.
#[must_use]
pub fn about(station: &Station) -> String {
    let table = |table: &crate::release::Table| {
        let address = table.address();
        let by = address.by.as_deref().unwrap_or_default();
        format!("{}/{by}:{}", address.question, address.release)
    };
    station.tables().map(table).collect::<Vec<_>>().join(" ")
}

/// What a sentence about figures must not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Careless {
    /// It has a number with a decimal.
    Decimal(String),
    /// It says that something is significant, or that something comes from something else.
    Word(&'static str),
    /// It is longer than anybody reads in passing.
    Long,
}

/// The most characters of a sentence under a chart.
pub const LONGEST: usize = 200;

/// Words that claim a test nobody saw, or a cause that a table cannot show.
#[must_use]
pub(super) const fn claims(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::En => &[
            "significant",
            "because",
            "caused by",
            "causes",
            "due to",
            "therefore",
            "thanks to",
            "leads to",
            "as a result",
        ],
        Lang::Nl => &[
            "significant",
            "omdat",
            "doordat",
            "daardoor",
            "veroorzaakt",
            "komt door",
            "dankzij",
            "wegens",
            "leidt tot",
        ],
        Lang::Fr => &[
            "significati",
            "parce que",
            "à cause",
            "en raison",
            "grâce à",
            "provoque",
            "car ",
            "entraîne",
        ],
        Lang::De => &[
            "signifikant",
            "weil ",
            "dadurch",
            "verursacht",
            "wegen ",
            "dank ",
            "aufgrund",
            "führt zu",
        ],
        Lang::Pt => {
            &["significativ", "porque", "por causa", "devido a", "graças a", "provoca", "leva a "]
        }
        Lang::Tr => &[
            "anlamlı",
            "çünkü",
            "nedeniyle",
            "yüzünden",
            "sayesinde",
            "neden oluyor",
            "yol açıyor",
        ],
        Lang::Ar => &["دلالة", "لأن", "بسبب", "يؤدي", "نتيجة لـ", "بفضل"],
    }
}

/// What is careless about a sentence.
#[must_use]
pub fn careless(said: &str, lang: Lang) -> Vec<Careless> {
    let low = said.to_lowercase();
    let claim = |word: &&&'static str| low.contains(**word);
    let mut found: Vec<Careless> =
        claims(lang).iter().filter(claim).map(|word| Careless::Word(word.trim())).collect();
    found.extend(decimal(said).map(Careless::Decimal));
    if said.chars().count() > LONGEST {
        found.push(Careless::Long);
    }
    found
}

/// The first number with a decimal, in the digits and marks of any of the languages.
fn decimal(said: &str) -> Option<String> {
    let chars: Vec<char> = said.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(|c| c.is_numeric());
    let mark = |at: usize| matches!(chars.get(at), Some('.' | ',' | '٫'));
    let at = (1..chars.len()).find(|at| mark(*at) && digit(at - 1) && digit(at + 1))?;
    Some(chars[at - 1..=at + 1].iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_tests_and_decimals_are_careless_in_every_language() {
        assert_eq!(careless("About half of residents say “safe”", Lang::En), []);
        assert_eq!(
            careless("Less safe because of the dark", Lang::En),
            [Careless::Word("because")]
        );
        assert_eq!(careless("Significant: 3.5 of 10", Lang::En).len(), 2);
        assert_eq!(careless("3,5 sur 10", Lang::Fr), [Careless::Decimal("3,5".to_owned())]);
        assert_eq!(careless("٣٫٥", Lang::Ar), [Careless::Decimal("٣٫٥".to_owned())]);
        assert_eq!(careless(&"x".repeat(201), Lang::Nl), [Careless::Long]);
        for lang in Lang::RESPONDENTS {
            for word in claims(lang) {
                assert_eq!(careless(word, lang).len(), 1, "{word}");
            }
        }
    }

    #[test]
    fn the_phrase_tables_claim_nothing() {
        for lang in Lang::RESPONDENTS {
            let words = PosterWords::of(lang).unwrap();
            let all = format!("{words:?}");
            let found: Vec<_> = careless(&all, lang)
                .into_iter()
                .filter(|one| !matches!(one, Careless::Long))
                .collect();
            assert_eq!(found, [], "{lang}");
        }
    }
}
