//! What stands on posters and the projector around the charts, and the phrase table that takeaways
//! are made of.

use serde::Deserialize;

use crate::domain::text::Lang;

/// The texts of posters; `{…}` are places [`super::fill`] fills.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is a text, and its name says which")]
pub struct PosterWords {
    pub station_of: String,
    pub we_think: String,
    pub talk: String,
    pub notes: String,
    pub scan: String,
    pub release: String,
    pub projector_keys: String,
    pub room_says: String,
    pub room_silent: String,
    pub share: ShareWords,
    pub subject: SubjectWords,
    pub says_nobody: String,
    pub says_one: String,
    pub says_many: String,
    pub most_low: String,
    pub one_low: String,
    pub groups_range: String,
    pub groups_alike: String,
    pub most_named: String,
    pub among_most_named: String,
    pub highest: String,
    pub among_highest: String,
    pub quote: String,
    pub people_said: String,
    pub people_nearly: String,
    pub missing_group: String,
    pub like_neighbourhood: String,
    pub no_reference: String,
    pub in_groups: String,
    pub places_range: String,
    pub places_alike: String,
    pub withheld: String,
    pub or: String,
    pub invented: String,
    pub words_by: String,
    pub words_known: String,
    pub words_missing: String,
    pub marks_most: String,
    pub marks_spread: String,
    pub marks_places: String,
    pub sides_apart: String,
    pub sides_alike: String,
    pub ballot_first: String,
    pub ballot_tie: String,
    pub figures: FigureWords,
}

/// Sentences about two ends, cells and waves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureWords {
    pub two_ends: String,
    pub two_alike: String,
    pub then_more: String,
    pub then_less: String,
    pub then_same: String,
    pub then_broken: String,
    pub once: String,
    pub cells_range: String,
}

/// Shares in words (`rules.md` 4.4).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is a text, and its name says which")]
pub struct ShareWords {
    pub almost_nobody: String,
    pub one_in_ten: String,
    pub one_in_five: String,
    pub one_in_four: String,
    pub one_in_three: String,
    pub four_in_ten: String,
    pub half: String,
    pub six_in_ten: String,
    pub two_in_three: String,
    pub three_in_four: String,
    pub eight_in_ten: String,
    pub nine_in_ten: String,
    pub almost_everybody: String,
}

/// Who a sentence is about: never "residents" unless they were a random sample.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is a text, and its name says which")]
pub struct SubjectWords {
    pub random: String,
    pub answered: String,
    pub there: String,
}

impl PosterWords {
    /// The texts of a language.
    ///
    /// # Errors
    /// A sentence, when the file lacks a text or has one too many; a test reads every language.
    pub fn of(lang: Lang) -> Result<Self, String> {
        super::read(lang, "poster")
    }

    /// A share from 0 to 1 in words: the nearest of the phrase table.
    #[must_use]
    pub fn share(&self, share: f64) -> &str {
        self.phrase(share).0
    }

    /// The verb "say" after that share: nobody says, one in ten says, four in ten say.
    #[must_use]
    pub fn says(&self, share: f64) -> &str {
        self.phrase(share).1
    }

    fn phrase(&self, share: f64) -> (&str, &str) {
        let words = &self.share;
        let (nobody, one, many) = (&self.says_nobody, &self.says_one, &self.says_many);
        let table: [(f64, &str, &str); 13] = [
            // Up to 4 % is almost nobody: half way to one in ten is 4.5 %.
            (-0.01, &words.almost_nobody, nobody),
            (0.10, &words.one_in_ten, one),
            (0.20, &words.one_in_five, one),
            (0.25, &words.one_in_four, one),
            (0.333, &words.one_in_three, one),
            (0.40, &words.four_in_ten, many),
            (0.50, &words.half, one),
            (0.60, &words.six_in_ten, many),
            (0.667, &words.two_in_three, many),
            (0.75, &words.three_in_four, many),
            (0.80, &words.eight_in_ten, many),
            (0.90, &words.nine_in_ten, many),
            (1.01, &words.almost_everybody, many),
        ];
        let away = |(at, ..): &&(f64, &str, &str)| (at - share).abs();
        let nearest = table.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
        nearest.map_or(("", ""), |(_, words, says)| (words, says))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::fill;

    #[test]
    fn a_share_is_called_as_the_phrase_table_has_it() {
        let words = PosterWords::of(Lang::En).unwrap();
        let called = [
            (0.0, "Almost nobody among"),
            (0.04, "Almost nobody among"),
            (0.05, "About 1 in 10 of"),
            (0.24, "About 1 in 4 of"),
            (0.35, "About 1 in 3 of"),
            (0.5, "About half of"),
            (0.66, "About 2 in 3 of"),
            (0.95, "About 9 in 10 of"),
            (0.96, "Almost all of"),
            (1.0, "Almost all of"),
        ];
        for (share, phrase) in called {
            assert_eq!(words.share(share), phrase, "{share}");
        }
    }

    #[test]
    fn the_verb_agrees_with_the_share() {
        let said = |lang, share| {
            let words = PosterWords::of(lang).unwrap();
            let with = [
                ("share", words.share(share)),
                ("subject", words.subject.answered.as_str()),
                ("says", words.says(share)),
                ("answers", "x"),
            ];
            fill(&words.one_low, &with)
        };
        assert_eq!(said(Lang::De, 0.21), "Etwa 1 von 5 Befragten sagt x");
        assert_eq!(said(Lang::De, 0.51), "Etwa die Hälfte der Befragten sagt x");
        assert_eq!(said(Lang::De, 0.97), "Fast alle Befragten sagen x");
        assert_eq!(said(Lang::Pt, 0.41), "Cerca de 4 em cada 10 pessoas que responderam dizem x");
        assert_eq!(said(Lang::Fr, 0.01), "Presque personne parmi ceux qui ont répondu ne dit x");
        assert_eq!(said(Lang::Tr, 0.01), "yanıt veren kişilerin neredeyse hiçbiri x demiyor");
    }
}
