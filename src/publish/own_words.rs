//! What people wrote in their own words and a moderator let through, on paper and on a slide. A wall
//! knows of which instruments words may be shown; the texts themselves are read anew each time, so
//! what is held back or deleted later is on nothing that is made after that.
//!
//! Texts of several groups of one instrument stand together: no card says which group it is from.

use std::collections::BTreeMap;

use super::poster::{Poster, PosterError, Sheet, Texts, sizes};
use super::press;
use super::slide::{Room, told};
use super::station::{Wall, may_hang};
use crate::charts::poster::{self, Content, Drawn, Laid, MOST_LANGUAGES, Said, lay};
use crate::charts::{
    DataTable, Look, MOST_QUOTES, Quote, Refusal, Svg, caption, quote_table, quote_wall,
};
use crate::domain::collection::{Collection, Origin};
use crate::domain::ids::CollectionId;
use crate::domain::instrument::{Instrument, Policy};
use crate::domain::own_words::LetThrough;
use crate::domain::pin::Pin;
use crate::domain::screen::Slide;
use crate::domain::text::{Lang, Text};
use crate::release::Table;
use crate::words::{ChartWords, ScreenWords, fill};

/// Words are shown from so many answers on, and from fewer where everybody of a small group was
/// asked.
const ANSWERS: u64 = 10;
const ANSWERS_OF_A_GROUP: u64 = 5;

/// Whether the words of a collection may be shown, by how many people answered. A sitting is one
/// sheet, on which somebody wrote down what a whole group said.
#[must_use]
pub fn may_quote(policy: Policy, people: Option<u64>) -> bool {
    match policy {
        Policy::Spoken => true,
        Policy::People => people.unwrap_or(0) >= ANSWERS_OF_A_GROUP,
        Policy::Rounded | Policy::Places | Policy::Ballot => people.unwrap_or(0) >= ANSWERS,
        Policy::Private => false,
    }
}

/// An instrument of which words may be shown on a wall.
#[derive(Debug, Clone)]
pub(super) struct Quotable {
    slug: String,
    title: Text,
    collections: Vec<CollectionId>,
    asked: BTreeMap<String, Text>,
    about: Vec<Table>,
    is_invented: bool,
}

/// The instruments of a release whose words may be shown on a public wall.
pub(super) fn quotable(sheets: &[(Collection, Instrument)], tables: &[Table]) -> Vec<Quotable> {
    let mut all: Vec<Quotable> = Vec::new();
    for (collection, instrument) in sheets {
        let own = || tables.iter().filter(|table| table.address().collection == collection.id);
        let people = own().map(|table| table.about().people).max();
        if !may_hang(collection, tables) || !may_quote(collection.field.policy, people) {
            continue;
        }
        let known = all.iter().position(|one| one.slug == instrument.slug);
        let place = known.unwrap_or_else(|| {
            all.push(Quotable {
                slug: instrument.slug.clone(),
                title: instrument.title.clone(),
                collections: Vec::new(),
                asked: BTreeMap::new(),
                about: Vec::new(),
                is_invented: false,
            });
            all.len() - 1
        });
        let Some(one) = all.get_mut(place) else { continue };
        one.collections.push(collection.id);
        one.about.extend(own().next().cloned());
        one.is_invented |= collection.field.origin == Origin::Invented;
        for question in instrument.all_questions() {
            one.asked.entry(question.id.clone()).or_insert_with(|| question.text.clone());
        }
    }
    all
}

/// What people wrote in answer to one instrument.
#[derive(Debug, Clone)]
pub struct OwnWords {
    /// What the instrument is called.
    pub title: Text,
    /// The texts, each with what was asked.
    pub texts: Vec<(LetThrough, Text)>,
    /// Whether some of it is invented.
    pub is_invented: bool,
    about: Vec<Table>,
}

impl Wall {
    /// The collections whose words may be shown.
    #[must_use]
    pub fn may_speak(&self) -> Vec<CollectionId> {
        self.quotable().iter().flat_map(|one| one.collections.iter().copied()).collect()
    }

    /// What was let through, by instrument; instruments without a text are left out.
    #[must_use]
    pub fn own_words(&self, all: &[LetThrough]) -> Vec<OwnWords> {
        let of = |one: &Quotable| {
            let own = all.iter().filter(|text| one.collections.contains(&text.collection));
            let asked = |text: &LetThrough| one.asked.get(&text.question).cloned();
            let texts: Vec<(LetThrough, Text)> =
                own.map(|text| (text.clone(), asked(text).unwrap_or_default())).collect();
            (!texts.is_empty()).then(|| OwnWords {
                title: one.title.clone(),
                texts,
                is_invented: one.is_invented,
                about: one.about.clone(),
            })
        };
        self.quotable().iter().filter_map(of).collect()
    }

    /// The slides of what was let through, after those of the stations.
    #[must_use]
    pub fn slides_with(&self, own: &[OwnWords]) -> Vec<Slide> {
        let words = (1..).zip(own).map(|(chart, _)| Slide { station: Slide::WORDS, chart });
        self.slides().into_iter().chain(words).collect()
    }

    /// Draws the poster of what people wrote.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn words_poster(
        &self,
        (at, own): (usize, &OwnWords),
        wanted: &Sheet<'_>,
    ) -> Result<Poster, PosterError> {
        let texts = wanted.texts.get(..wanted.texts.len().min(MOST_LANGUAGES)).unwrap_or_default();
        let first = texts.first().ok_or(Refusal::Empty)?;
        let content = Content {
            id: format!("words-{at}"),
            paper: wanted.paper,
            said: texts.iter().map(|texts| self.said_of(own, texts)).collect(),
            address: wanted.address.map(str::to_owned),
            too_long: first.set.too_long.clone(),
            release: fill(&first.poster.release, &[("n", &self.release().to_string())]),
            key: Vec::new(),
            around: 1.0,
            room: poster::Room::Some,
        };
        let title = Text::name(&first.form.own_words);
        let quotes = own.quotes(first.lang);
        let least = if texts.len() > 1 { 0.66 } else { 0.8 };
        let mut refused = Refusal::Empty;
        // Cards are read from afar: rather fewer of them than smaller letters.
        for most in (1..=MOST_QUOTES.min(quotes.len())).rev() {
            for size in [36.0, 32.0, 29.0, 26.0, 22.0] {
                let mut look = Look::wall(wanted.paper.between());
                look.text = sizes(size, wanted.paper);
                look.hatched = wanted.stripes;
                let id = format!("w{at}");
                let of = (&look, first.lang);
                let around = (size / 26.0).clamp(least, 1.0);
                let content = Content { around, ..content.clone() };
                let laid = quote_wall((&quotes, most), &id, &title, of, first.chart)
                    .and_then(|chart| lay(&content, &[Drawn { heading: None, chart }], None));
                match laid {
                    Ok(laid) => {
                        let letters = size * wanted.paper.scale();
                        return Ok(Poster { svg: laid.svg(), letters, laid });
                    }
                    Err(refusal) => refused = refusal,
                }
            }
        }
        Err(refused.into())
    }

    /// The posters of what people wrote, a sheet for each instrument, as one tagged PDF.
    ///
    /// # Errors
    /// When one does not fit, or the PDF cannot be written.
    pub fn words_posters(
        &self,
        own: &[OwnWords],
        wanted: &Sheet<'_>,
    ) -> Result<Vec<u8>, PosterError> {
        let sheets = own.iter().enumerate().map(|one| self.words_poster(one, wanted));
        let sheets: Vec<Laid> =
            sheets.map(|poster| poster.map(|poster| poster.laid)).collect::<Result<_, _>>()?;
        press::pdf(&sheets)
    }

    /// What such a poster says in one language.
    fn said_of(&self, own: &OwnWords, texts: &Texts<'_>) -> Said {
        let (lang, words) = (texts.lang, texts.poster);
        Said {
            lang,
            head: format!("{} · {}", own.title.get(lang), self.area()),
            title: texts.form.own_words.clone(),
            heading: String::new(),
            takeaway: texts.form.own_words_intro.clone(),
            who: own.who(lang, texts.chart),
            careful: Vec::new(),
            talk: words.talk.clone(),
            prompts: vec![words.words_known.clone(), words.words_missing.clone()],
            notes: words.notes.clone(),
            scan: words.scan.clone(),
            key: String::new(),
            invented: own.is_invented.then(|| words.invented.clone()),
        }
    }
}

impl OwnWords {
    /// The text of an address.
    #[must_use]
    pub fn find(&self, pin: &Pin) -> Option<&LetThrough> {
        self.texts.iter().map(|(text, _)| text).find(|text| pin.is_at(text))
    }

    /// The texts as cards.
    #[must_use]
    pub fn quotes(&self, lang: Lang) -> Vec<Quote> {
        let quote = |(text, asked): &(LetThrough, Text)| Quote {
            said: text.said.clone(),
            about: asked.get(lang).to_owned(),
        };
        self.texts.iter().map(quote).collect()
    }

    /// Who answered.
    #[must_use]
    pub fn who(&self, lang: Lang, words: &ChartWords) -> String {
        caption(&self.about.iter().take(1).collect::<Vec<_>>(), lang, words).who
    }

    /// Where they come from: what was asked, who answered, what to be careful about, and which
    /// questions of the release they belong to.
    #[must_use]
    pub fn source(
        &self,
        release: i64,
        lang: Lang,
        (words, charts): (&ScreenWords, &ChartWords),
        careful: &str,
    ) -> Vec<(String, Vec<String>)> {
        let questions: BTreeMap<&str, &str> = self
            .texts
            .iter()
            .map(|(one, asked)| (one.question.as_str(), asked.get(lang)))
            .collect();
        let codes: Vec<&str> = questions.keys().copied().collect();
        let asked = questions.values().map(|asked| (*asked).to_owned()).collect();
        let said = (self.who(lang, charts), vec![careful.to_owned()]);
        told(words, asked, said, (release, &codes))
    }

    /// The cards for a page.
    ///
    /// # Errors
    /// When they cannot be drawn.
    pub fn drawn(
        &self,
        id: &str,
        title: &Text,
        (look, lang): (&Look, Lang),
        words: &ChartWords,
    ) -> Result<Svg, Refusal> {
        quote_wall((&self.quotes(lang), MOST_QUOTES), id, title, (look, lang), words)
    }

    /// All texts as a table.
    #[must_use]
    pub fn table(&self, title: &Text, lang: Lang, words: &ChartWords) -> DataTable {
        quote_table(&self.quotes(lang), title, lang, words)
    }

    /// As many cards as a room of a slide has space for; few of them in larger letters, and never in
    /// smaller ones. Of texts that are long, the shorter come first.
    ///
    /// # Errors
    /// When not even one fits.
    pub fn fitted(
        &self,
        (id, title): (&str, &Text),
        room: Room,
        lang: Lang,
        words: &ChartWords,
    ) -> Result<Svg, Refusal> {
        const LARGER: [f64; 4] = [1.7, 1.45, 1.2, 1.0];
        let quotes = self.quotes(lang);
        let mut short = quotes.clone();
        short.sort_by_key(|one| one.said.chars().count());
        let ways = (1..=MOST_QUOTES.min(quotes.len())).rev().map(|most| (&quotes, most));
        let ways = ways.filter(|(_, most)| *most > 3 || *most == quotes.len());
        let shorter = (1..=MOST_QUOTES.min(short.len())).rev().map(|most| (&short, most));
        for (quotes, most) in ways.chain(shorter) {
            for larger in LARGER {
                let look = Look { width: (room.wide / larger).round(), ..Look::projector() };
                let svg = quote_wall((quotes, most), id, title, (&look, lang), words)?;
                if svg.height * larger <= room.tall {
                    return Ok(svg);
                }
            }
        }
        Err(Refusal::DoesNotFit(title.get(lang).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_too_few_people_are_not_shown() {
        assert!(may_quote(Policy::Rounded, Some(10)) && !may_quote(Policy::Rounded, Some(9)));
        assert!(may_quote(Policy::People, Some(5)) && !may_quote(Policy::People, Some(4)));
        assert!(may_quote(Policy::Spoken, None), "a sheet is what a whole group said");
        assert!(!may_quote(Policy::Private, Some(500)) && !may_quote(Policy::Ballot, None));
    }
}
