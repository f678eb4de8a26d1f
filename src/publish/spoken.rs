//! What stands under a chart: the sentence made from its tables, or somebody's own words about the
//! same tables. Words about other tables than those that stand there by now are stale, and not shown.

use super::sentence::takeaway;
use super::station::Station;
use crate::domain::ids::CollectionId;
use crate::domain::takeaway::Takeaway;
use crate::domain::text::Lang;
use crate::words::{ChartWords, PosterWords};

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
pub fn spoken(
    station: &Station,
    lang: Lang,
    words: (&PosterWords, &ChartWords),
    written: &[Takeaway],
) -> Spoken {
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
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::domain::collection::{Mode, Origin, Presence, Sampling};
    use crate::domain::instrument::{ChartKind, ChartPlan};
    use crate::domain::text::Text;
    use crate::publish::Shown;
    use crate::release::Table;
    use crate::release::table::{About, Group, Label, Sample, Shape, sample};

    fn table(sampling: Sampling, shape: Shape, rows: &[Vec<u64>], by: bool) -> Table {
        let label = |at: usize| Label {
            code: format!("s{at}"),
            text: Text::name("answer"),
            score: Some(if at == 0 { 0.0 } else { 1.0 }),
        };
        let group = |(at, cells): (usize, &Vec<u64>)| Group {
            code: if by { format!("g{at}") } else { String::new() },
            text: Text::name("group"),
            with: Vec::new(),
            base: if shape == Shape::Places { 7 } else { cells.iter().sum::<u64>().max(10) },
            cells: cells.clone(),
            missing: 0,
            reference: None,
        };
        sample(Sample {
            text: Text::name("question"),
            by: by.then(|| Text::name("by")),
            about: About {
                title: "x".to_owned(),
                instrument: "x".to_owned(),
                sampling,
                asked_by: String::new(),
                presence: Presence::Nobody,
                recruited_by: String::new(),
                origin: Origin::Asked,
                modes: vec![Mode::Own],
                ways: Vec::new(),
                population: None,
                opened: None,
                closed: None,
                source: None,
                people: 60,
            },
            shape,
            choices: (0..rows[0].len()).map(label).collect(),
            groups: rows.iter().enumerate().map(group).collect(),
            withheld: None,
            step: 5,
            nearly: Vec::new(),
        })
    }

    fn station(kind: ChartKind, table: Table) -> Station {
        let plan = ChartPlan {
            id: "c".to_owned(),
            chart: kind,
            questions: vec!["q".to_owned()],
            by: table.address().by.clone(),
            top: vec!["s1".to_owned()],
            ends: Vec::new(),
            cut: None,
            title: Text::name("title"),
        };
        let (rounds, ground) = (Vec::new(), None);
        let shown = vec![Shown { plan, tables: vec![table], rounds, ground }];
        Station { number: 1, title: Text::name("title"), prompts: Vec::new(), shown }
    }

    proptest! {
        #[test]
        fn no_sentence_claims_a_test_a_cause_or_a_decimal(
            rows in vec(vec((0..40_u64).prop_map(|n| n * 5), 4), 1..5),
            means in vec(0..=100_u64, 2..6),
            shape in select(vec![Shape::Ordered, Shape::Single, Shape::Multiple, Shape::Groups]),
            sampling in select(Sampling::ALL.to_vec()),
        ) {
            let by = rows.len() > 1;
            let means: Vec<Vec<u64>> = means.into_iter().map(|mean| vec![mean]).collect();
            for lang in Lang::RESPONDENTS {
                let words = PosterWords::of(lang).unwrap();
        let charts = ChartWords::of(lang).unwrap();
                for kind in [
                    ChartKind::Diverging,
                    ChartKind::SortedBars,
                    ChartKind::Population,
                    ChartKind::Interval,
                    ChartKind::Lollipop,
                    ChartKind::Waves,
                    ChartKind::SmallMultiples,
                ] {
                    let said = takeaway(&station(kind, table(sampling, shape, &rows, by)), lang, (&words, &charts));
                    prop_assert_eq!(careless(&said, lang), [], "{}", said);
                    let random = said.contains(&words.subject.random);
                    prop_assert!(sampling == Sampling::Random || !random, "{}", said);
                }
                let places = station(ChartKind::SortedBars, table(sampling, Shape::Places, &means, true));
                let said = takeaway(&places, lang, (&words, &charts));
                prop_assert_eq!(careless(&said, lang), [], "{}", said);
            }
        }
    }

    #[test]
    fn who_a_sentence_is_about_follows_from_how_people_came_to_answer() {
        let rows = [vec![30, 30]];
        let said = |sampling| {
            let words = PosterWords::of(Lang::En).unwrap();
            let charts = ChartWords::of(Lang::En).unwrap();
            let one = station(ChartKind::Diverging, table(sampling, Shape::Ordered, &rows, false));
            takeaway(&one, Lang::En, (&words, &charts))
        };
        assert_eq!(said(Sampling::Random), "About half of residents say “answer”");
        assert_eq!(
            said(Sampling::SelfSelected),
            "About half of the people who answered say “answer”"
        );
        let whole = "About half of the young people who were there say “answer”";
        assert_eq!(said(Sampling::EveryoneInvited), whole);
    }

    #[test]
    fn words_about_other_tables_are_stale() {
        let words = PosterWords::of(Lang::En).unwrap();
        let charts = ChartWords::of(Lang::En).unwrap();
        let here = station(
            ChartKind::Diverging,
            table(Sampling::Random, Shape::Ordered, &[vec![30, 30]], false),
        );
        let (collection, chart) = key(&here).unwrap();
        let own = Takeaway {
            collection,
            chart: chart.to_owned(),
            lang: Lang::En,
            said: "Half do".to_owned(),
            editor: "Ana".to_owned(),
            written: jiff::civil::date(2026, 11, 22),
            about: about(&here),
        };
        let fresh = spoken(&here, Lang::En, (&words, &charts), std::slice::from_ref(&own));
        assert_eq!((fresh.said.as_str(), fresh.by.as_deref()), ("Half do", Some("Ana")));
        let old = Takeaway { about: "q/:1".to_owned(), ..own };
        let made = spoken(&here, Lang::En, (&words, &charts), std::slice::from_ref(&old));
        assert_eq!((made.by, made.stale), (None, Some(old)));
        assert_eq!(made.said, takeaway(&here, Lang::En, (&words, &charts)));
    }

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
